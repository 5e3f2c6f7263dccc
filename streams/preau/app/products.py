"""How each product is written to, as its folder says."""

from __future__ import annotations

from preau.app.control import Control
from preau.catalogue.catalogue import Catalogue
from preau.outlets.dropping import drop_folder
from preau.outlets.file_forms import read_forms, read_set
from preau.outlets.opening import Product
from preau.outlets.operation import read_operations
from preau.outlets.read_back import read_read_back


def product(catalogue: Catalogue, connector: str) -> Product:
    """The operations of a product and the fields that each may read; raises `FixTheFolder`."""
    folder = catalogue.connector(connector)
    needs = folder.card.needs
    outlet = folder.path / "outlet"
    operations = read_operations(connector, outlet, needs)
    forms = read_forms(connector, outlet, needs)
    kind = read_set(connector, outlet)
    back = read_read_back(connector, outlet, needs)
    return Product(operations, needs, folder.card.adults_only, forms, kind, back)


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
