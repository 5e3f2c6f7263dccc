"""The key of an event at intake: what must stay in order goes to one partition."""

from __future__ import annotations

from preau.catalogue.card import Card
from preau.mapping.conversions.texts import as_text
from preau.mapping.paths import follow, parse_path
from preau.mapping.refusal import Unfit


def order_key(card: Card, instance: str, event: object) -> bytes:
    """`<instance>/<first value found at the card's order paths>`, else the instance alone."""
    for path in card.order:
        try:
            text = as_text(follow(event, parse_path(path).steps))
        except Unfit:
            continue
        if text is not None:
            return f"{instance}/{text}".encode()
    return instance.encode()
