"""Canonical records: their schemas, their bytes, and what surrounds them in Kafka."""
