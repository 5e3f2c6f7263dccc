"""What the family's products for schools say: classes, pupils, documents, homework.

Events and fields as `connectors/netecole` and `connectors/netcollege` read them, all assumed [A].
Only pupils are said: accounts come "via Base Élèves" [S], and no event about a teacher is assumed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from preau.sandbox.itop.speech import Row, Said
from preau.sandbox.itop.state import PUPIL


class SchoolSpeech:
    """See `Speech`."""

    def room(self, room: Row) -> Sequence[Said]:
        """`classe.creee`."""
        levels = json.loads(room["levels"])
        said = {"code": room["code"], "libelle": room["label"], "niveaux": levels}
        fields = {**_at(room["uai"]), "classe": said}
        return [Said(f"classe:{room['code']}", "classe.creee", fields)]

    def joined(self, room: Row, account: Row) -> Sequence[Said]:
        """`eleve.inscrit`."""
        names = {"nom": account["family_name"], "prenom": account["first_name"]}
        if account["birth_date"]:
            names["date_naissance"] = account["birth_date"]
        if account["ine"]:
            names["ine"] = account["ine"]
        return _pupil("eleve.inscrit", room, account, names)

    def left(self, room: Row, account: Row) -> Sequence[Said]:
        """`eleve.radie`: the account goes too, as the folder has it."""
        return _pupil("eleve.radie", room, account, {})

    def dropped(self, document: Row, uai: str) -> Sequence[Said]:
        """`document.depose`."""
        fields = {
            "identifiant": document["id"],
            "titre": document["title"],
            "type": "DOCUMENT",
            "type_mime": "text/plain",
            "taille": len(document["content"]),
        }
        key = f"document:{document['id']}"
        return [Said(key, "document.depose", {**_at(uai), "document": fields})]

    def shared(self, document: Row, group: str, uai: str, *, there: bool) -> Sequence[Said]:
        """`dossier.partage`, whose `etat` says which."""
        said = {"document": {"identifiant": document["id"]}, "groupe": {"code": group}}
        state = {"droit": "LECTURE", "etat": "PARTAGE"} if there else {"etat": "RETIRE"}
        key = f"document:{document['id']}"
        return [Said(key, "dossier.partage", {**_at(uai), **said, **state})]

    def homework(self, work: Row, group: str, uai: str) -> Sequence[Said]:
        """`cahier_textes.travail_ajoute`."""
        said = {"identifiant": work["id"], "titre": work["title"], "pour_le": work["due"]}
        fields = {**_at(uai), "travail": said, "groupes": [group]}
        return [Said(f"travail:{work['id']}", "cahier_textes.travail_ajoute", fields)]


def _at(uai: str) -> dict[str, object]:
    return {"etablissement": {"uai": uai}}


def _pupil(event: str, room: Row, account: Row, names: dict[str, str]) -> Sequence[Said]:
    if account["profile"] != PUPIL:
        return []
    pupil = {"identifiant": account["id"], **names}
    fields = {**_at(room["uai"]), "eleve": pupil, "classe": {"code": room["code"]}}
    return [Said(f"classe:{room['code']}", event, fields)]
