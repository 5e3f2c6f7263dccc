"""Errors over HTTP: RFC 9457 problem details with our code; never a stack or a payload."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from fastapi import Request
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from preau.errors import Complaint, PreauError, SetAside, TryAgain

MEDIA_TYPE = "application/problem+json"
RETRY_S = 5
_STATUS = {
    "JSON_SIZE": 413,
    "EVENT_SIZE": 413,
    "BATCH_SIZE": 413,
    "BODY_SIZE": 413,
    "BODY_SLOW": 408,
    "BODY_CUT": 400,
    "HEADER_SIZE": 431,
    "CONTENT_TYPE": 415,
    "CONTENT_ENCODING": 415,
    "KEY_MISSING": 401,
    "KEY_REFUSED": 401,
    "KEY_SCOPE": 403,
    "KEY_INSTANCE": 403,
    "WAY_IN": 403,
    "MANDATE_MISSING": 403,
    "MANDATE_ELSEWHERE": 403,
    "CE_SOURCE": 403,
    "INSTANCE_UNKNOWN": 404,
    "PROJECT_UNKNOWN": 404,
    "PROJECT_CLOSED": 409,
    "MANDATE_UNKNOWN": 404,
    "IMPORT_UNKNOWN": 404,
    "SETASIDE_UNKNOWN": 404,
    "DELIVERY_UNKNOWN": 404,
    "RECEIPT_ENDED": 409,
    "IDEMPOTENCY_KEY": 400,
    "PAIR_UNKNOWN": 404,
    "PERSON_UNKNOWN": 404,
    "GROUP_UNKNOWN": 404,
    "SHARE_UNKNOWN": 404,
    "ERASURE_UNKNOWN": 404,
    "SOURCE_UNKNOWN": 404,
    "RULING_UNKNOWN": 404,
    "PAIR_POSSIBLE": 409,
    "SOURCE_ALONE": 409,
    "SWITCH_UNKNOWN": 404,
    "IMPORT_BEGUN": 409,
    "IMPORT_NOT_HELD": 409,
    "FORM_STRANGE": 403,
    "FEED_UNKNOWN": 404,
    "NRPS_QUERY": 400,
    **dict.fromkeys(("ROSTER_FILTER", "ROSTER_FIELD", "ROSTER_SORT", "ROSTER_PAGE"), 400),
    **dict.fromkeys(("ROSTER_UNKNOWN", "ROSTER_PATH"), 404),
    **dict.fromkeys(("ROSTER_NONE", "TOKEN_SCOPE"), 403),
    "TOKEN_REFUSED": 401,
    "NOT_FOUND": 404,
    "TOO_MANY_REQUESTS": 429,
}


@dataclass(frozen=True, slots=True)
class Problem(Exception):
    """An answer that is an error: its status, and what it says."""

    status: int
    complaint: Complaint
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, object]:
        """The members of RFC 9457 §3.1, and our own: code, field, known, fix."""
        told = self.complaint
        said: dict[str, object] = {
            "type": f"urn:preau:error:{told.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": told.what,
            "code": told.code,
        }
        extra = {"field": told.where.field, "known": list(told.known), "fix": told.fix}
        return said | {name: value for name, value in extra.items() if value}


def problem(error: PreauError) -> Problem:
    """The HTTP form of one of our errors."""
    code = error.code
    if isinstance(error, SetAside):
        status = _STATUS.get(code, 400 if code.startswith("JSON_") else 422)
        headers = {"WWW-Authenticate": 'Bearer realm="preau"'} if status == 401 else {}  # noqa: PLR2004
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            headers = {"Retry-After": "1"}
        return Problem(status, error.complaint, headers)
    if isinstance(error, TryAgain):
        return Problem(503, error.complaint, {"Retry-After": str(RETRY_S)})
    # An operator's or an author's affair: the caller learns the code only.
    return Problem(500, Complaint(code, "the hub cannot do this now; its operator must act"))


def from_http(error: HTTPException) -> Problem:
    """What the framework itself refuses: an unknown path, a method that is not served there."""
    code = "NOT_FOUND" if error.status_code == HTTPStatus.NOT_FOUND else "HTTP_REFUSED"
    phrase = HTTPStatus(error.status_code).phrase.lower()
    fix = "see docs/en/vendors.md for the addresses"
    return Problem(error.status_code, Complaint(code, phrase, fix=fix), dict(error.headers or {}))


def answer(told: Problem) -> JSONResponse:
    """The response of a problem."""
    return JSONResponse(told.body(), told.status, headers=dict(told.headers), media_type=MEDIA_TYPE)


async def on_error(_request: Request, error: Exception) -> JSONResponse:
    """Handles every error of the API; what is not ours says nothing of itself."""
    if isinstance(error, PreauError):
        return answer(problem(error))
    if isinstance(error, HTTPException):
        return answer(from_http(error))
    return answer(Problem(500, Complaint("INTERNAL", "an unforeseen error; it is in the log")))
