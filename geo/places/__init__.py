"""What exists: places, the services that they offer, the kit in them."""
