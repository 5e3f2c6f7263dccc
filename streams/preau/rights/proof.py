"""What proves an erasure: what was destroyed in the hub, and what every ENT answered. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from preau.outlets.reasons import words
from preau.rights.paper import PAPER, iso, moment
from preau.store.erasures import DONE, DRAINING, Erasure, Recipient

COUNTS: Mapping[str, str] = {
    "accounts": "comptes et fiches effacés",
    "letter_keys": "clés de lettres détruites",
    "letters_kept": "lettres de voisins mises sous une nouvelle clé",
    "letters_destroyed": "lettres en attente qui parlaient de la personne, détruites",
    "files_read": "fichiers déjà lus, supprimés du dépôt",
    "import_marks": "marques d’import supprimées",
    "person_entry": "lignes d’identité",
    "person_key": "clés de rapprochement",
    "person_trace": "traces de départ",
    "person_move": "décisions en attente",
    "person_past": "personnes d’avant",
    "person_ruled": "rattachements décidés par quelqu’un",
    "person_origin": "provenances",
    "project_pick": "choix pour un projet",
    "project_member": "participations à un projet dont on se souvient",
    "kept_back": "messages retenus par une coupure",
    "ruling": "décisions humaines sur l’identité",
    "said": "appartenances à des classes et des groupes",
    "outgoing": "membres en attente d’un compte",
    "files_refused": "fichiers refusés qui restent au dépôt : à retirer par l’opérateur",
    "imports_held": "imports retenus qui restent : à abandonner ou à refaire",
}
"""What is counted, as a data protection officer reads it."""
STATES: Mapping[str, str] = {
    DRAINING: "en cours : les messages déjà reçus finissent d’être traités",
    "WAITING": "fait dans Préau ; des ENT doivent encore répondre",
    DONE: "terminé : tout est détruit dans Préau et chaque ENT a répondu",
}
OUTCOMES: Mapping[str, str] = {
    "PENDING": "en attente",
    "ACCEPTED": "retrait accepté",
    "APPLIED": "retrait fait",
    "REFUSED": "retrait refusé",
    "EXPIRED": "sans réponse à l’échéance",
}
LIMITS = (
    "Les identifiants opaques de comptes restent dans Kafka jusqu’au compactage, 90 jours au plus.",
    "Plus rien dans Préau ne relie ces identifiants à une personne.",
    "Les sauvegardes de la base gardent les clés aussi longtemps qu’elles sont gardées.",
    "Ce que les ENT ont copié hors du projet relève de chaque ENT, responsable de ses données.",
)
_ESCALATE = frozenset({"REFUSED", "EXPIRED"})


def proof(
    erasure: Erasure, rows: Sequence[Recipient], digests: Mapping[str, Any]
) -> dict[str, Any]:
    """The proof as plain values, keys in French; times in ISO 8601."""
    return {
        "objet": "effacement d’une personne (RGPD, article 17)",
        "effacement": erasure.id,
        "personne": erasure.person,
        "demandé_par": erasure.by,
        "tenue_à_l_écart": erasure.keep_out,
        "état": erasure.state,
        "demandé_le": iso(erasure.requested_at),
        "détruit_dans_préau_le": iso(erasure.drained_at),
        "terminé_le": iso(erasure.ended_at),
        "échéance_des_ent": iso(erasure.deadline),
        "empreintes": {**digests, "méthode": "SHA-256 du sel puis de instance/identifiant"},
        "dans_préau": {name: erasure.counts.get(name, 0) for name in COUNTS},
        "destinataires": [_recipient(row) for row in rows],
        "limites": list(LIMITS),
    }


def _recipient(row: Recipient) -> dict[str, Any]:
    return {
        "instance": row.destination,
        "issue": row.outcome,
        "motif": row.reason,
        "le": iso(row.at) if row.outcome != "PENDING" else None,
        "à_relancer": row.outcome in _ESCALATE,
    }


def escalation(row: Recipient) -> str:
    """What a person must do about an ENT, in French; empty when nothing."""
    if row.outcome not in _ESCALATE:
        return ""
    return f"Relancer l’éditeur de l’ENT {row.destination} : {reason(row.reason)}."


def reason(code: str) -> str:
    """Why, in French."""
    return "pas de réponse avant l’échéance" if code == "DEADLINE" else words(code)


def proof_page(told: Mapping[str, Any]) -> str:
    """The proof as a page of its own: no script, nothing fetched."""
    page = PAPER.get_template("proof.html")
    return page.render(
        told=told, counts=COUNTS, states=STATES, outcomes=OUTCOMES, reason=reason, moment=_moment
    )


def _moment(iso_text: str | None) -> str:
    if iso_text is None:
        return "pas encore"
    return moment(int(datetime.fromisoformat(iso_text).timestamp() * 1_000))
