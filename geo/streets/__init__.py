"""The street network: built, saved, snapped to, searched."""
