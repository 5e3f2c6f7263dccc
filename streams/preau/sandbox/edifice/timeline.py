"""The notifications that a fictional Edifice shows to users when another service asks for it.

Documented in the public code: `POST /timeline/external/notification/:projectId`, the fields of its
body, the filter for administrators, and that a template `<projectId>.external_notification` must
exist (`elea` does). Assumed [A]: that an unknown field or user is refused, the bodies of refusals,
that `resource` is an address on the platform, and that a repeat is shown twice. In the seed,
`"templates": ["preau"]` adds templates, `"admin": false` takes the machine account's right away.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from preau.sandbox.edifice.state import checked, known_user, only_texts
from preau.sandbox.ledger import Ledger
from preau.sandbox.page import Space
from preau.sandbox.surface import Call, Handler, Refused

_FIELDS = frozenset(
    {"recipients", "body", "senderId", "username", "resource"}
    | {"pushMobile", "mobileTitle", "mobileBody"}
)
_SHIPPED = "elea"


class Timeline:
    """Works inside the caller's transaction."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def routes(self) -> Mapping[str, Handler]:
        """What an administrator may call."""
        return {"POST /timeline/external/notification/{project}": self.notify}

    def notify(self, call: Call) -> object:
        """One notification to each recipient."""
        if self._ledger.setting("timeline.refuses"):
            raise Refused(401, {"error": "unauthorized"})
        project = call.path["project"]
        if project not in {_SHIPPED, *self._ledger.setting("timeline.templates").split(",")}:
            raise Refused(404, {"error": "template.not.found"})
        if set(call.body) - _FIELDS:
            raise Refused(400, {"error": "property.not.allowed"})
        recipients = only_texts(call.body.get("recipients"))
        if not recipients:
            raise Refused(400, {"error": "recipients.required"})
        for each in recipients:
            known_user(self._ledger, each)
        body = checked(call.body, "body")
        row = (project, body, json.dumps(recipients), str(call.body.get("resource", "")))
        self._ledger.change(
            "insert into external_notification (project, body, recipients, resource)"
            " values (?,?,?,?)",
            *row,
        )
        self._ledger.effect(call.trace, "notification.external", row[3])
        return {"notified": len(recipients)}

    def seed(self, order: Mapping[str, Any]) -> None:
        """Which templates there are, and whether the machine account is an administrator."""
        self._ledger.set("timeline.templates", ",".join(order.get("templates", ())))
        self._ledger.set("timeline.refuses", "" if order.get("admin", True) else "yes")

    def shown(self) -> list[Space]:
        """What its users were told, the last first, as one more part of the page."""
        rows = self._ledger.rows(
            "select body, recipients from external_notification order by seq desc limit 200"
        )
        told = [
            f"{each['body']} Comptes prévenus : {len(json.loads(each['recipients']))}"
            for each in rows
        ]
        return [Space("Notifications", "Fil de nouveautés", [], told)] if told else []
