"""Errors of the roster service as OneRoster has them: `imsx_StatusInfo`, with the code's words."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi.responses import JSONResponse

from preau.web.problem import Problem

_MINOR: Mapping[str, str] = {
    "ROSTER_FILTER": "invalid_filter_field",
    "ROSTER_FIELD": "invalid_selection_field",
    "ROSTER_SORT": "invalid_sort_field",
}
_BY_STATUS: Mapping[int, str] = {
    400: "invaliddata",
    401: "unauthorisedrequest",
    403: "forbidden",
    404: "unknownobject",
    405: "unsupported",
    429: "server_busy",
    503: "server_busy",
}


def told_as_status(told: Problem) -> JSONResponse:
    """The answer; its description says the code, what is wrong, what is known and what to do."""
    minor = _MINOR.get(told.complaint.code) or _BY_STATUS.get(told.status, "internal_server_error")
    field = {"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": minor}
    body = {
        "imsx_codeMajor": "unsupported" if minor == "unsupported" else "failure",
        "imsx_severity": "error",
        "imsx_description": str(told.complaint),
        "imsx_CodeMinor": {"imsx_codeMinorField": [field]},
    }
    headers = {**told.headers, "Cache-Control": "no-store"}
    return JSONResponse(body, told.status, headers)
