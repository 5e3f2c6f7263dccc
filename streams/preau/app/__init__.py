"""Where everything meets: the hub's shared parts, its worker processes and their supervisor."""
