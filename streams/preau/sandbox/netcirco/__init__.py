"""A fictional Net'circo: the adults of a circonscription among themselves."""
