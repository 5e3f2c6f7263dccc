"""The REST door of a fictional Moodle: `POST /webservice/rest/server.php`, a form in, JSON out.

From the public code (moodle/moodle, webservice/rest/locallib.php and webservice/lib.php): the token
is a parameter (`wstoken`); every refusal is a JSON exception with status 200; a function that does
not exist is an `invalidrecord`, one that the service does not have an `accessexception`.
"""

from __future__ import annotations

import hmac

from preau.sandbox.ledger import Ledger
from preau.sandbox.magistere.functions import Cohorts, missing
from preau.sandbox.magistere.messages import Messages
from preau.sandbox.magistere.parameters import Invalid, invalid, nested, problem, validated
from preau.sandbox.surface import Call

_OTHERS = frozenset({"core_user_get_users_by_field", "core_course_get_courses"})
"""Functions that Moodle has and the hub's service has not."""
FORBIDDEN = "forbidden"
"""The setting by which the technical account has lost `moodle/cohort:manage`."""


class Rest:
    """Answers every call of the hub; `token` is that of its service."""

    def __init__(self, ledger: Ledger, token: str) -> None:
        self._ledger = ledger
        self._token = token
        self._functions = {**Cohorts(ledger).functions(), **Messages(ledger).functions()}

    def answer(self, call: Call) -> object:
        """The function's result; raises Moodle's exception as JSON."""
        said = nested(call.body)
        token, name = str(said.pop("wstoken", "")), str(said.pop("wsfunction", ""))
        if not hmac.compare_digest(token.encode(), self._token.encode()):
            message = "Invalid token - token not found"
            raise problem("moodle_exception", "invalidtoken", message)
        if said.pop("moodlewsrestformat", "xml") != "json":
            raise invalid("this server speaks JSON only [A]")
        if name in _OTHERS:
            message = "Access control exception"
            raise problem("webservice_access_exception", "accessexception", message)
        if name not in self._functions:
            raise missing("external_functions")
        function = self._functions[name]
        try:
            given = validated(function.takes, said)
        except Invalid as wrong:
            raise invalid(str(wrong)) from wrong
        if self._ledger.setting(FORBIDDEN):
            message = "Sorry, but you do not currently have permissions to do that"
            raise problem("required_capability_exception", "nopermissions", message)
        return function.act(given if isinstance(given, dict) else {}, call.trace)
