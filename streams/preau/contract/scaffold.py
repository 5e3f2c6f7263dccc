"""A new connector folder that keeps every promise from its first minute."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from preau.contract.acceptance import accept, changes
from preau.contract.evidence import Evidence
from preau.errors import FixTheFolder, Place

Degree = Literal["first", "second", "both"]

CARD = """\
# La carte d'identité : ce que le produit est, et ce qu'il sait faire.
product: {name}
title: {name}
degree: {degree}
reader: json
event: evenement              # le champ qui porte le nom de l'événement
occurred_at: date             # le champ qui porte le moment de l'événement
version: date                 # ce qui ordonne deux états d'un même objet
order: [classe.id]
authority: ENT
ways_in: [http, file]
ways_out: [none]
share: [NONE]
members: [NONE]
needs: {{}}
freshness: 1 day
contact: ""
tier: checked
ignored: {{}}
"""
MAPPING = """\
to: group.v1
fields:
  meta.source_id: {from: classe.id, as: text}
  kind: {const: CLASS}
  name: {from: classe.libelle, as: text}
  levels: {from: classe.niveaux, as: levels}
"""
SAMPLE = """\
{
  "evenement": "classe.creee",
  "date": "2026-09-02T10:00:00+02:00",
  "classe": {"id": "cm2-a", "libelle": "CM2 A", "niveaux": ["CM2"]}
}
"""
WITHOUT_ID = """\
{
  "evenement": "classe.creee",
  "date": "2026-09-02T10:00:01+02:00",
  "classe": {"libelle": "CM2 B", "niveaux": ["CM2"]}
}
"""
README = """\
# {name}

Pour l'éditeur : ce que Préau comprend de vos événements, et d'où vient chaque croyance.

| Événement | Devient | Source |
|---|---|---|
| classe.creee | group (CLASS) | supposé : exemple à remplacer par un événement réel |
"""


def create(shelf: Path, name: str, degree: Degree) -> Path:
    """Writes the folder `shelf/name` and its expected files; refuses an existing one."""
    folder = shelf / name
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,30}", name):
        _refuse("CONNECTOR_NAME", "the name is not one", "use a-z, 0-9 and -, a letter first")
    if folder.exists():
        _refuse("CONNECTOR_EXISTS", f"{folder.name} exists already", "choose another name")
    files = {
        "connector.yaml": CARD.format(name=name, degree=degree),
        "mapping/classe.creee.yaml": MAPPING,
        "samples/classe.creee.json": SAMPLE,
        "samples/classe.creee--sans-identifiant.json": WITHOUT_ID,
        "README.md": README.format(name=name),
    }
    for file, text in files.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text, encoding="utf-8")
    accept(changes(Evidence(folder)))
    return folder


def _refuse(code: str, what: str, fix: str) -> None:
    raise FixTheFolder(code, what, where=Place(field="name"), fix=fix)
