"""A fictional reader of OneRoster 1.2: takes CSV packages, reads the REST service, shows both."""
