"""The story of the design, played on the real hub with two fictional ENTs and invented people."""
