"""A Net'École of the matrix: a group's members are pupils' accounts; a document is a link."""

from __future__ import annotations

from tests.matrix.pupils import OfPupils


class Here(OfPupils):
    """One école."""

    product, degree, shares = "netecole", "FIRST", True
    letters, level = "ne", "CM2"
