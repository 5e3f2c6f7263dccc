"""The SQL side: what the hub must find again, read and changed in transactions."""
