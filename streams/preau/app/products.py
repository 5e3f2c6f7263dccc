"""How each product is written to, as its folder says."""

from __future__ import annotations

from preau.app.control import Control
from preau.catalogue.catalogue import Catalogue
from preau.kit.paper_outlet import read_product
from preau.outlets.dropping import drop_folder
from preau.outlets.opening import Product


def product(catalogue: Catalogue, connector: str) -> Product:
    """The operations of a product and the fields that each may read; raises `FixTheFolder`."""
    return read_product(catalogue.connector(connector))


def check_products(control: Control) -> None:
    """Before anything starts: raises `FixTheFolder` for an instance whose product cannot
    be used, `Stop` for one whose folder of files is not its own.

    Found later, by the process that delivers to everybody, it would stop every delivery.
    """
    for instance in control.instances.all():
        if not instance.disabled:
            product(control.catalogue, instance.connector)
            if instance.way_out == "file":
                drop_folder(control.settings.drop_folder, instance.name)
