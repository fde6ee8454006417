"""Customers as nodes, relationships as edges. The only place of networkx."""
