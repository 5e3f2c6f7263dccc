"""Fictional ENTs: real HTTP servers that behave as the documented surfaces of real products.

They keep their own state, refuse what the real one would refuse, and know nothing of the hub but
the address where their events go. One folder per product; what is documented and what is assumed
([A]) about it is said at the head of its `routes.py`.
"""
