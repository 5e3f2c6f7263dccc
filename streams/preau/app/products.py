"""How each product is written to, as its folder says."""

from __future__ import annotations

from preau.app.control import Control
from preau.catalogue.catalogue import Catalogue
from preau.outlets.opening import Product
from preau.outlets.operation import read_operations


def product(catalogue: Catalogue, connector: str) -> Product:
    """The operations of a product and the fields that each may read; raises `FixTheFolder`."""
    folder = catalogue.connector(connector)
    needs = folder.card.needs
    return Product(read_operations(connector, folder.path / "outlet", needs), needs)


def check_products(control: Control) -> None:
    """Before anything starts: raises `FixTheFolder` for an instance whose product cannot be used.

    Found later, by the process that delivers to everybody, it would stop every delivery.
    """
    for instance in control.instances.all():
        if not instance.disabled:
            product(control.catalogue, instance.connector)
