"""Named conversions: a closed list, each with its documentation, examples and tests."""
