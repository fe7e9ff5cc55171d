"""Who has no place, when, why, and where the next one should go."""
