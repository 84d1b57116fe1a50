"""The routines jobs run: the table ROUTINES."""
