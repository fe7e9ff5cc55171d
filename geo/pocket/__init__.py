"""A district that fits in a phone: one file that answers without a server."""
