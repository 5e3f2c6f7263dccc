"""What each ENT can do: a page in French for schools, and the same as JSON for vendors.

Nothing of it is personal or an operator's: no key is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Response

from preau.catalogue.capability import Capability
from preau.web.pages import Pages


def products(known: Sequence[Capability], pages: Pages) -> APIRouter:
    """The two routes."""
    router = APIRouter(tags=["products"])

    @router.get("/v1/products")
    async def all_products() -> dict[str, Any]:
        """What the hub's connector folders say that each product can do."""
        return {"products": [each._asdict() for each in known]}

    @router.get("/produits", include_in_schema=False)
    async def page() -> Response:
        return pages.show("products", ents=[each for each in known if each.does], known=known)

    return router
