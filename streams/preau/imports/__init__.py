"""Imports: a whole file set of the State as one act, of which only what changed travels."""
