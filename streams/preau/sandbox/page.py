"""The small French page of a fictional ENT: what its teachers now see, in plain accessible HTML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

_STYLE = (
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem;"
    "color:#1b1b1b;background:#fff}section{border-top:2px solid #555;margin-top:2rem}"
)


class Space(NamedTuple):
    """One group as its teachers see it."""

    title: str
    subtitle: str
    members: Sequence[str]
    documents: Sequence[str]


def page(title: str, note: str, spaces: Sequence[Space]) -> str:
    """The whole page; every text is escaped."""
    shown = "".join(_space(space) for space in spaces)
    if not shown:
        shown = "<p>Aucun groupe pour le moment.</p>"
    return (
        '<!doctype html><html lang="fr"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main>"
        f"<h1>{escape(title)}</h1><p>{escape(note)}</p>{shown}</main></body></html>"
    )


def _space(space: Space) -> str:
    return (
        f"<section><h2>{escape(space.title)}</h2><p>{escape(space.subtitle)}</p>"
        f"<h3>Membres</h3>{_list(space.members, 'Aucun membre')}"
        f"<h3>Documents</h3>{_list(space.documents, 'Aucun document')}</section>"
    )


def _list(items: Sequence[str], nothing: str) -> str:
    if not items:
        return f"<p>{nothing}.</p>"
    return "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in items) + "</ul>"
