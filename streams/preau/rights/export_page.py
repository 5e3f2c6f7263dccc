"""An export as a page that a family reads: who the person is, where, and who was told. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from preau.rights.paper import PAPER

FIELDS: Mapping[str, str] = {
    "family_name": "Nom de naissance",
    "usual_name": "Nom d’usage",
    "given_names": "Prénoms",
    "birth_date": "Date de naissance",
    "gender": "Sexe",
    "email": "Adresse électronique",
    "ine_digest": "Empreinte de l’INE (l’INE lui-même n’est pas gardé)",
}
"""The personal fields, as a family reads them."""
RECORDS: Mapping[str, str] = {
    "person": "compte ou fiche",
    "affiliation": "établissement",
    "guardianship": "lien de responsable",
    "membership": "place dans une classe ou un groupe",
    "roster": "liste d’une classe ou d’un groupe",
    "link": "rapprochement de comptes",
    "usage": "décompte d’usage",
}
_EPOCH = dt.date(1970, 1, 1)


def export_page(export: Mapping[str, Any]) -> str:
    """The export as an HTML page in UTF-8: no script, nothing fetched.

    It shows the last word of each account; the JSON beside it holds every word.
    """
    last: dict[str, Mapping[str, Any]] = {}
    counts: dict[str, int] = {}
    for each in export["données"]:
        counts[each["nature"]] = counts.get(each["nature"], 0) + 1
        if each["nature"] == "person" and "pii" in each["valeur"]:
            meta = each["valeur"]["meta"]
            last[f"{meta['instance']}/{meta['source_id']}"] = each["valeur"]["pii"]
    page = PAPER.get_template("export.html")
    return page.render(
        export=export,
        accounts={name: _fields(pii) for name, pii in sorted(last.items())},
        counts={RECORDS.get(name, name): count for name, count in sorted(counts.items())},
        day=dt.datetime.fromisoformat(export["fait_le"]).strftime("%d/%m/%Y"),
    )


def _fields(pii: Mapping[str, Any]) -> dict[str, str]:
    return {words: _shown(name, pii[name]) for name, words in FIELDS.items() if pii.get(name)}


def _shown(name: str, value: object) -> str:
    if name == "birth_date" and isinstance(value, int):
        return (_EPOCH + dt.timedelta(days=value)).strftime("%d/%m/%Y")
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value)
    return str(value)
