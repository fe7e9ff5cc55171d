"""A messy list becomes places: read it, understand it, say what is wrong with it, write it whole or not at all."""
