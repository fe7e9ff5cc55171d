"""Words that the planner's scripts need, in the language of the request."""

from __future__ import annotations


def plan_words() -> dict[str, dict[str, str]]:
    """Return every word that the planner's scripts show."""
    return {}
