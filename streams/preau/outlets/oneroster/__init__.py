"""OneRoster 1.2 of 1EdTech: what a roster is, its CSV package, its check, its queries."""
