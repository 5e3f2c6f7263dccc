"""The mandate cases: what the engine does with a folder's own words, with and without a mandate."""
