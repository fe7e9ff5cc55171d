"""Finds the nearest place that will let you in, and shows who has none.

Everything that computes lives here; nothing in this package knows of the web.
"""

__version__ = "0.1.0"
