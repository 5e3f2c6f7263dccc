"""Keys: the master key, one key per subject that seals its personal part, digests, pseudonyms."""
