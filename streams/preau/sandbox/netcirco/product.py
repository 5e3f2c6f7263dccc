"""The fictional Net'circo as one server: its tables and its parts."""

from __future__ import annotations

from preau.sandbox.itop.family import ADULT_FILES, Member, open_member
from preau.sandbox.itop.post_office import TABLES as POST
from preau.sandbox.itop.state import TABLES as STATE
from preau.sandbox.ledger import Ledger
from preau.sandbox.netcirco.speech import CircoSpeech
from preau.sandbox.surface import Product

TABLES = STATE + POST
_THIS = Member("netcirco", "Net'circo (fictif)", "nc", CircoSpeech(), ADULT_FILES, adults_only=True)


def product(ledger: Ledger, _token: str, _origin: str) -> Product:
    """The whole product over its state."""
    return open_member(_THIS, ledger)
