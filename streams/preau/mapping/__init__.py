"""From one vendor event to canonical records: a pure function, read from YAML, compiled once."""
