"""A fictional Beneylu School (1st degree, dialect v1): classes, partnerships, media copies."""
