"""Kafka: the embedded node, the topics and their settings, the clients."""
