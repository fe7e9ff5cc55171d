"""Posters, drawn: A4, in both languages, with a code that leads to the finder at that place."""
