"""What a phone keeps of the site, so that the finder answers without a network."""
