"""The fictional Net'École as one server: its tables and its parts."""

from __future__ import annotations

from preau.sandbox.itop.family import SCHOOL_FILES, Member, open_member
from preau.sandbox.itop.post_office import TABLES as POST
from preau.sandbox.itop.school import SchoolSpeech
from preau.sandbox.itop.state import TABLES as STATE
from preau.sandbox.ledger import Ledger
from preau.sandbox.surface import Product

TABLES = STATE + POST
_THIS = Member("netecole", "Net'École (fictif)", "ne", SchoolSpeech(), SCHOOL_FILES)


def product(ledger: Ledger, _token: str, _origin: str) -> Product:
    """The whole product over its state."""
    return open_member(_THIS, ledger)
