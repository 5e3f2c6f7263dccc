"""The messages of a fictional Moodle: sent one by one, deleted for everybody.

From the public code (moodle/moodle, message/externallib.php, webservice/externallib.php): the
parameters; a message that cannot be sent is no error, its entry has `msgid` -1 and an
`errormessage`; deleting for all needs a right of its own; one that is not there is `invalidrecord`
[A].
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from preau.sandbox.ledger import Ledger, Trace
from preau.sandbox.magistere.functions import INT, RAW, Function, missing
from preau.sandbox.magistere.parameters import DEFAULT, OPTIONAL, Multiple, Scalar, Single

SENDER = 2
"""The technical account's own id."""
TABLES = """
create table if not exists message (
  id integer primary key autoincrement, user_id integer, text text, client_id text);
"""
_MESSAGE = Single(
    {
        "touserid": INT,
        "text": RAW,
        "textformat": Scalar("int", DEFAULT, 0),
        "clientmsgid": Scalar("alphanumext", OPTIONAL),
    }
)


class Messages:
    """The messages of one Moodle; each method runs inside one transaction."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def functions(self) -> Mapping[str, Function]:
        """Those that the hub's service has, by their names."""
        send = Single({"messages": Multiple(_MESSAGE)})
        delete = Single({"messageid": INT, "userid": INT})
        info = Single({"serviceshortnames": Multiple(Scalar("alphanumext"), DEFAULT, [])})
        return {
            "core_message_send_instant_messages": Function(send, self.send),
            "core_message_delete_message_for_all_users": Function(delete, self.delete),
            "core_webservice_get_site_info": Function(info, self.site_info),
        }

    def site_info(self, _said: dict[str, Any], _trace: Trace) -> object:
        """Who the technical account is."""
        return {"sitename": self._ledger.setting("title"), "userid": SENDER}

    def send(self, said: dict[str, Any], trace: Trace) -> object:
        """To each, if there is such an account."""
        return [self._send(each, trace) for each in said["messages"]]

    def _send(self, said: dict[str, Any], trace: Trace) -> dict[str, object]:
        client = {"clientmsgid": said["clientmsgid"]} if "clientmsgid" in said else {}
        sql = "select id from users where id=? and not deleted"
        if self._ledger.row(sql, said["touserid"]) is None:
            return {**client, "msgid": -1, "errormessage": "The recipient is not a valid user"}
        sql = "insert into message (user_id, text, client_id) values (?,?,?)"
        number = self._ledger.add(sql, said["touserid"], said["text"], said.get("clientmsgid", ""))
        self._ledger.effect(trace, "message.send", number)
        return {**client, "msgid": number, "text": said["text"], "useridfrom": SENDER}

    def delete(self, said: dict[str, Any], trace: Trace) -> object:
        """For everybody; by the account that asks only."""
        if self._ledger.row("select id from message where id=?", said["messageid"]) is None:
            raise missing("messages")
        self._ledger.change("delete from message where id=?", said["messageid"])
        self._ledger.effect(trace, "message.delete", said["messageid"])
        return {"warnings": []}

    def of(self, cohort: str) -> list[dict[str, Any]]:
        """What the members of a cohort were told of: each thing once, by its title."""
        rows = self._ledger.rows(
            "select client_id as hub_id, text, count(*) as times from message"
            " where instr(text, ?)=1 group by client_id, text order by min(id)",
            f"{cohort} : ",
        )
        return [{**row, "title": row["text"].split("\n")[1], "content": b""} for row in rows]
