"""Where the nearest place is."""
