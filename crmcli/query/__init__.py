"""The query language: words to a tree, a tree to SQL; and the references that name one record."""
