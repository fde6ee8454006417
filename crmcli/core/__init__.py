"""Values of the standard library only: no I/O, no clock, no database."""
