"""The story of the Cantal: a sector in a network, four products, a school that changes its ENT."""
