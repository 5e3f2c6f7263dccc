"""A new connector folder that keeps every promise from its first minute."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from preau.contract.acceptance import accept, changes
from preau.contract.evidence import Evidence
from preau.contract.people import LIST
from preau.errors import FixTheFolder, Place
from preau.shelf import connectors

Degree = Literal["first", "second", "both"]

CARD = """\
# La carte d'identité : ce que le produit est, et ce qu'il sait faire. Chaque clé est expliquée
# dans docs/en/integrators.md. Un chemin part de la racine de l'événement : classe.id.
product: {name}
title: {name}
degree: {degree}
reader: json
event: evenement              # le champ qui porte le nom de l'événement
occurred_at: date             # le champ qui porte le moment de l'événement
version: date                 # ce qui ordonne deux états d'un même objet : nombre ou moment
# event_id: id                # l'identifiant de l'événement, si vous en donnez un
order: [classe.id]            # ce dont les événements doivent rester dans l'ordre
place: [ecole.uai]            # l'établissement dont parle l'événement
authority: ENT
ways_in: [http, file]
ways_out: [none]              # push : écrivez outlet/*.yaml et `needs` (docs/en/outlets.md)
share: [NONE]                 # COPY, ACL ou LINK : comment un document y est partagé
members: [NONE]               # GROUP (classes) ou PERSON (comptes)
# needs : opération → les seuls champs qui peuvent sortir pour elle.
needs: {{}}
freshness: 1 day
contact: ""
tier: checked
# ignored : événement → pourquoi il est laissé de côté.
ignored: {{}}
"""
MAPPING = """\
# Une règle par enregistrement. Les champs de chacun, avec leur sens : schemas/avro/ de Préau.
to: group.v1
fields:
  meta.source_id: {from: classe.id, as: text}
  establishments: {from: ecole.uai, as: places}    # sans lui, aucun projet ne trouve la classe
  kind: {const: CLASS}
  name: {from: classe.libelle, as: text}
  levels: {from: classe.niveaux, as: levels}
"""
SAMPLE = """\
{
  "evenement": "classe.creee",
  "date": "2026-09-02T10:00:00+02:00",
  "ecole": {"uai": "0990002P"},
  "classe": {"id": "cm2-a", "libelle": "CM2 A", "niveaux": ["CM2"]}
}
"""
WITHOUT_ID = """\
{
  "evenement": "classe.creee",
  "date": "2026-09-02T10:00:01+02:00",
  "ecole": {"uai": "0990002P"},
  "classe": {"libelle": "CM2 B", "niveaux": ["CM2"]}
}
"""
README = """\
# {name}

Pour l'éditeur : ce que Préau comprend de vos événements, et d'où vient chaque croyance.

| Événement | Devient | Source |
|---|---|---|
| classe.creee | group (CLASS) | supposé : exemple à remplacer par un événement réel |

## La suite (à effacer ensuite)

1. Un événement réel par fichier dans `samples/`, sa règle dans `mapping/`, sa ligne ci-dessus.
2. `preau check {name}` dit ce qui manque ; `preau accept {name}` écrit `expected/`.
3. Dites au moins les classes (`group.v1`), les personnes (`person.v1`) et qui est dans quelle
   classe (`membership.v1`, ou `roster.v1` quand toute la classe est dite d'un coup).
4. Pour recevoir : `ways_out: [push]`, `needs`, et un fichier par opération dans `outlet/`.

Un exemple entier, de la page d'un éditeur au dossier : `docs/en/first-folder.md` de Préau.
"""


def create(shelf: Path, name: str, degree: Degree) -> Path:
    """Writes the folder `shelf/name` and its expected files; refuses an existing one.

    A shelf without a list of invented people gets ours.
    """
    folder = shelf / name
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,30}", name):
        _refuse("CONNECTOR_NAME", "the name is not one", "use a-z, 0-9 and -, a letter first")
    if folder.exists():
        _refuse("CONNECTOR_EXISTS", f"{folder} exists already", "choose another name")
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
    people = shelf / LIST
    if not people.exists():  # a shelf of somebody's own
        people.write_text((connectors() / LIST).read_text("utf-8"), encoding="utf-8")
    accept(changes(Evidence(folder)))
    return folder


def _refuse(code: str, what: str, fix: str) -> None:
    raise FixTheFolder(code, what, where=Place(field="name"), fix=fix)
