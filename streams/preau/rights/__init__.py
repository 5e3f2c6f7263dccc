"""The rights of people over what the hub holds: what is shown, what is erased, what is told."""
