"""What an ENT's answer means: applied, refused for good, or to be tried again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from preau.clock import Clock
from preau.outlets.operation import DONE, LATER, Call
from preau.outlets.outcome import Outcome

_LATER = {401: "NOT_AUTHENTICATED", 408: "NO_ANSWER", 425: "TOO_MANY", 429: "TOO_MANY"}
WAITING = frozenset(_LATER.values())
"""Reasons that pass, or that the operator can lift: also under `answers`, they are tried again."""
LONGEST_WAIT_MS = 24 * 3600 * 1000
"""An ENT may ask for a day's rest at most; more is cut to that."""


class Answer(NamedTuple):
    """One HTTP answer, read to the end; `body` is its JSON, None when it had none."""

    status: int
    headers: Mapping[str, str]
    body: object


def judge(call: Call, answer: Answer, unit_ms: int, clock: Clock) -> Outcome | None:
    """None when the step succeeded and the next may begin, else the outcome of the try."""
    status = answer.status
    if str(status) in call.known:
        return None
    said = _error(call, answer)
    named = call.answers.get(said) or (call.answers.get(str(status)) if not said else None)
    if named == DONE or (named is None and not said and 200 <= status < 300):  # noqa: PLR2004
        return None
    if named == LATER or named in WAITING:
        reason = "ENT_ERROR" if named == LATER else named
        return Outcome(LATER, reason, wait_ms=retry_after(answer, unit_ms, clock))
    if named is not None:
        return Outcome("REFUSED", named)
    if status in _LATER or status >= 500 or 300 <= status < 400:  # noqa: PLR2004
        return Outcome(
            LATER, _reason(status), wait_ms=retry_after(answer, unit_ms, clock), disable=False
        )
    return Outcome("REFUSED", "NOT_ALLOWED" if status == 403 else "REFUSED")  # noqa: PLR2004


def retry_after(answer: Answer, unit_ms: int, clock: Clock) -> int | None:
    """Milliseconds that the ENT asks us to wait (RFC 9110 §10.2.3), None when it does not say."""
    said = answer.headers.get("Retry-After", "").strip()
    if not said:
        return None
    if said.isdigit():
        return min(int(said[:12]) * unit_ms, LONGEST_WAIT_MS)
    try:
        at = parsedate_to_datetime(said)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    wait = int((at - datetime.fromtimestamp(clock.now_ms() / 1000, UTC)).total_seconds() * 1000)
    return max(0, min(wait, LONGEST_WAIT_MS))


def at_path(body: object, path: str) -> object:
    """The value under a dotted path (`response.id`, `0.id`), None when there is none."""
    for name in path.split("."):
        if isinstance(body, list) and name.isdigit() and int(name) < len(body):
            body = body[int(name)]
        elif isinstance(body, dict):
            body = body.get(name)
        else:
            return None
    return body


def kept(call: Call, answer: Answer) -> dict[str, str]:
    """What the step teaches: only texts and whole numbers, as text."""
    found = {name: at_path(answer.body, path) for name, path in call.keep.items()}
    return {
        name: str(value)
        for name, value in found.items()
        if isinstance(value, str | int) and not isinstance(value, bool)
    }


def _error(call: Call, answer: Answer) -> str:
    for path in call.error:
        said = at_path(answer.body, path)
        if said not in (None, "", False):
            return str(said)
    return ""


def _reason(status: int) -> str:
    if status in _LATER:
        return _LATER[status]
    return "REDIRECTED" if status < 400 else "ENT_ERROR"  # noqa: PLR2004
