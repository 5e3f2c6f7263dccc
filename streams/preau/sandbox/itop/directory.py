"""The directory of a fictional ENT of the family: classes or groups of adults, and who is in them.

A room is `{"code", "libelle", "niveaux"?, "uai", "comptes": [{"identifiant", "nom", "prenom",
"profil", "date_naissance"?, "ine"?}]}`; profiles are ELEVE, ENSEIGNANT, DIRECTEUR, and for adults
among themselves IEN and CONSEILLER_PEDAGOGIQUE.
"""

from __future__ import annotations

import json
from typing import Any

from preau.sandbox.itop.speech import Outbox, Said, Speech
from preau.sandbox.itop.state import PUPIL, known_account, known_room
from preau.sandbox.ledger import Ledger
from preau.sandbox.surface import Refused


class Directory:
    """Works inside the caller's transaction."""

    def __init__(self, ledger: Ledger, speech: Speech, *, adults_only: bool) -> None:
        self._ledger = ledger
        self._speech = speech
        self._outbox = Outbox(ledger)
        self._adults_only = adults_only

    def put(self, room: dict[str, Any]) -> None:
        """One room with its accounts; nothing is said of it."""
        levels = json.dumps(room.get("niveaux", []))
        put = "insert or replace into room values (?,?,?,?)"
        self._ledger.change(put, room["code"], room["libelle"], levels, room["uai"])
        for each in room.get("comptes", ()):
            self._account(each)
            put = "insert or ignore into enrolment values (?,?)"
            self._ledger.change(put, room["code"], each["identifiant"])

    def say_all(self) -> int:
        """Everything that it holds; how many events that is."""
        said: list[Said] = []
        for room in self._ledger.rows("select * from room order by code"):
            said += self._speech.room(room)
            for account in self._in(room["code"]):
                said += self._speech.joined(room, account)
        return self._outbox.say(said)

    def members(self, code: str, wanted: list[str]) -> int:
        """Makes these accounts, and no other, those of a room; how many events that is."""
        room = known_room(self._ledger, code)
        there = {account["id"] for account in self._in(code)}
        said: list[Said] = []
        for each in wanted:
            if each not in there:
                account = known_account(self._ledger, each)
                self._ledger.change("insert into enrolment values (?,?)", code, each)
                said += self._speech.joined(room, account)
        for each in sorted(there.difference(wanted)):
            sql = "delete from enrolment where room=? and account=?"
            self._ledger.change(sql, code, each)
            said += self._speech.left(room, known_account(self._ledger, each))
        return self._outbox.say(said)

    def _in(self, code: str) -> list[dict[str, Any]]:
        sql = (
            "select a.* from enrolment e join account a on a.id=e.account"
            " where e.room=? order by a.id"
        )
        return self._ledger.rows(sql, code)

    def _account(self, said: dict[str, Any]) -> None:
        if self._adults_only and said["profil"] == PUPIL:
            raise Refused(400, {"erreur": "aucun élève n'a de compte ici"})
        self._ledger.change(
            "insert or replace into account values (?,?,?,?,?,?)",
            *(said["identifiant"], said["nom"], said["prenom"], said["profil"]),
            *(said.get("date_naissance"), said.get("ine")),
        )
