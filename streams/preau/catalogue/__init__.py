"""The connector folders: ours on the shelf, and those that plugins bring."""
