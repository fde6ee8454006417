"""The SQLite file: opening it, keeping its schema up to date, and its history of operations."""
