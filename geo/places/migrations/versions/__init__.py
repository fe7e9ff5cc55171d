"""The steps. One that is released is never changed: the next one is written."""
