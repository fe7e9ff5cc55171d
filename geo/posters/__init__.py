"""Posters: what hangs on a wall beside a place, and which of them no longer say what is true."""
