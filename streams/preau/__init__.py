"""Préau, the event hub between the digital workspaces (ENT) of French écoles and collèges."""

__version__ = "0.1.0"
