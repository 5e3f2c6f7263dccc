"""Two fictional ENTs: real HTTP servers that behave as the documented surfaces of real products.

They keep their own state, refuse what the real one would refuse, and know nothing of the hub but
the address where their events go. What is documented and what is assumed ([A]) about each product
is said at the head of `beneylu.py` and `edifice.py`.
"""
