"""The sheet on which the hub prints what people read away from it: its frame and its style."""
