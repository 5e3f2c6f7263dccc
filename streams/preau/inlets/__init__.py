"""Ways in: what a vendor says, by HTTP or as a file, becomes records of its intake topic."""
