"""A NetCollège of the matrix: a group's members are pupils' accounts; a document is a link."""

from __future__ import annotations

from tests.matrix.pupils import OfPupils


class Here(OfPupils):
    """One collège."""

    product, degree, shares = "netcollege", "SECOND", True
    letters, level = "nco", "6EME"
