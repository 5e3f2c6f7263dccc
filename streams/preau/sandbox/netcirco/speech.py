"""What a Net'circo says: groups of adults of several écoles, and what is put in common there.

Events and fields as `connectors/netcirco` reads them, all assumed [A].
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from preau.sandbox.itop.speech import Row, Said
from preau.sandbox.surface import Refused

CIRCONSCRIPTION = "IEN AURILLAC 1"
_GROUP = "groupe_inter_etablissement"


class CircoSpeech:
    """See `Speech` of the family."""

    def room(self, room: Row) -> Sequence[Said]:
        """`groupe_inter_etablissement.cree`."""
        return [_said(f"groupe:{room['code']}", f"{_GROUP}.cree", {"groupe": _group(room)})]

    def joined(self, room: Row, account: Row) -> Sequence[Said]:
        """`groupe_inter_etablissement.membre_ajoute`."""
        return [_member("membre_ajoute", room, account)]

    def left(self, room: Row, account: Row) -> Sequence[Said]:
        """`groupe_inter_etablissement.membre_retire`."""
        return [_member("membre_retire", room, account)]

    def dropped(self, document: Row, uai: str) -> Sequence[Said]:
        """Nothing: what no group sees is said to nobody; a new title comes with the next share."""
        del document, uai
        return []

    def shared(self, document: Row, group: str, uai: str, *, there: bool) -> Sequence[Said]:
        """`ressource.mutualisee`, whose `etat` says which."""
        del uai
        resource = {
            "identifiant": document["id"],
            "titre": document["title"],
            "type": "DOCUMENT",
        }
        state = "MUTUALISEE" if there else "RETIREE"
        fields = {"groupe": {"code": group}, "ressource": resource, "etat": state}
        return [_said(f"ressource:{document['id']}", "ressource.mutualisee", fields)]

    def homework(self, work: Row, group: str, uai: str) -> Sequence[Said]:
        """Refused: nobody here is given homework."""
        del work, group, uai
        raise Refused(400, {"erreur": "pas de cahier de textes ici"})


def _said(key: str, event: str, fields: Mapping[str, object]) -> Said:
    return Said(key, event, {"circonscription": CIRCONSCRIPTION, **fields})


def _group(room: Row) -> dict[str, object]:
    return {"code": room["code"], "libelle": room["label"], "type": "INTER_ETABLISSEMENT"}


def _member(event: str, room: Row, account: Row) -> Said:
    member = {
        "identifiant": account["id"],
        "profil": account["profile"],
        "nom": account["family_name"],
        "prenom": account["first_name"],
        "uai": room["uai"],
    }
    fields = {"groupe": _group(room), "membre": member}
    return _said(f"groupe:{room['code']}", f"{_GROUP}.{event}", fields)
