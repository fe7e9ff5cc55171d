"""Which places would do: what a place must have, and whether it lets one in."""
