"""The hub seen from outside: the HTTP API, the schema and health surfaces, the French pages."""
