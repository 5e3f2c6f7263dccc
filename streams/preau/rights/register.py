"""The register of processing (RGPD, article 30), from what the hub really does; its page. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from preau.broker.topics import DAY_MS, FOREVER, Topic
from preau.canon.schemas import Schema
from preau.rights.paper import PAPER
from preau.store.clocks import CLOCKS

CLASSES: Mapping[str, str] = {
    "personal": "nominative, scellée avec une clé par personne et par année scolaire",
    "pseudonymous": "identifiant opaque ou appartenance, jamais dans un journal technique",
}
NEVER = "messages, notes, absences, santé, adresses, téléphones, naissance, bourses, cantine"
SECURITY = (
    "chiffrement AES-256-GCM, une clé par personne et par année scolaire",
    "messages reçus chiffrés, une clé par installation et par jour",
    "toutes les clés enveloppées par une clé maîtresse",
    "un pseudonyme différent pour chaque destinataire",
    "aucun identifiant d’un ENT n’est donné à un autre",
    "rien ne sort par défaut : projet ouvert, établissement d’accord, champ listé",
    "journal d’audit chaîné et signé chaque jour",
    "aucun nom dans les journaux techniques",
)


class Party(NamedTuple):
    """One instance: its product, degree, and, for one that is written to, what may leave for it."""

    instance: str
    product: str
    degree: str
    written_to: bool
    needs: Mapping[str, Sequence[str]]


class Deeds(NamedTuple):
    """What the hub does now: who speaks and listens, the purposes of its projects, its topics."""

    parties: Sequence[Party]
    purposes: Sequence[str]
    topics: Sequence[Topic]
    people: int


def register(deeds: Deeds, schemas: Mapping[str, Schema], made_at: str) -> dict[str, Any]:
    """The register as plain values, keys in French."""
    return {
        "objet": "registre des activités de traitement (RGPD, article 30)",
        "fait_le": made_at,
        "activité": "échanger entre ENT ce que demande un projet commun à plusieurs établissements",
        "responsables": {
            "premier degré": "le directeur académique (DASEN)",
            "second degré": "le chef d’établissement",
            "sous-traitants": "l’opérateur de Préau et les éditeurs des ENT",
        },
        "finalités": list(deeds.purposes),
        "personnes_concernées": {
            "catégories": _profiles(schemas),
            "comptes_connus": deeds.people,
        },
        "données": list(_data(schemas)),
        "jamais_lues": NEVER,
        "sources": [
            {"instance": p.instance, "produit": p.product, "degré": p.degree} for p in deeds.parties
        ],
        "destinataires": [
            {"instance": p.instance, "champs": {op: list(f) for op, f in sorted(p.needs.items())}}
            for p in deeds.parties
            if p.written_to
        ],
        "hors_union_européenne": "aucun transfert par Préau",
        "durées": {
            "journaux": {topic.name: _kept(topic) for topic in deeds.topics},
            "tables": {table: clock.words for table, clock in sorted(CLOCKS.items())},
        },
        "sécurité": list(SECURITY),
    }


def _kept(topic: Topic) -> str:
    if topic.retention_ms == FOREVER:
        return "tant que c’est vrai ; rien de personnel"
    return f"{topic.retention_ms // DAY_MS} jours, et la durée d’un segment"


def _data(schemas: Mapping[str, Schema]) -> Iterator[dict[str, str]]:
    """Every field that says something of a person, or that may."""
    for name, schema in sorted(schemas.items()):
        for field, doc, sensitivity in _fields(schema.raw["fields"], ""):
            kind = next((each for each in CLASSES if sensitivity.startswith(each)), "")
            if kind:
                told = {"objet": name, "champ": field, "classe": kind, "nature": CLASSES[kind]}
                yield {**told, "description": doc}


def _fields(fields: Iterable[Mapping[str, Any]], path: str) -> Iterator[tuple[str, str, str]]:
    for field in fields:
        name = f"{path}{field['name']}"
        inner = _records(field["type"])
        if inner:
            for record in inner:
                yield from _fields(record["fields"], f"{name}.")
        else:
            yield name, field.get("doc", ""), field.get("x-sensitivity", "")


def _records(kind: Any) -> list[Mapping[str, Any]]:
    """The records inside a type, through unions and lists."""
    if isinstance(kind, list):
        return [record for each in kind for record in _records(each)]
    if isinstance(kind, Mapping):
        if kind.get("type") == "record":
            return [kind]
        if kind.get("type") == "array":
            return _records(kind["items"])
    return []


def _profiles(schemas: Mapping[str, Schema]) -> list[str]:
    """The kinds of people that a record of a person may be about."""
    [profile] = [f for f in schemas["person"].raw["fields"] if f["name"] == "profile"]
    return [symbol for symbol in profile["type"]["symbols"] if symbol != "OTHER"]


def register_page(told: Mapping[str, Any]) -> str:
    """The register as a page of its own: no script, nothing fetched."""
    return PAPER.get_template("register.html").render(told=told)
