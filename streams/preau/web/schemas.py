"""The released schemas, read as from a registry: what standard Kafka tools ask in order to decode.

The read subset of Confluent's REST API (docs.confluent.io, Schema Registry API reference); error
codes 40401, 40402 and 40403 are that API's own. Schemas are public: no key is needed.
"""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from preau.web.needs import Released

MEDIA_TYPE = "application/vnd.schemaregistry.v1+json"


def schemas(released: Sequence[Released]) -> APIRouter:
    """The four routes."""
    router = APIRouter(tags=["schemas"])
    subjects: dict[str, dict[int, Released]] = {}
    for each in released:
        subjects.setdefault(each.subject, {})[each.version] = each
    by_id = {each.id: each for each in released}

    @router.get("/subjects")
    async def names() -> JSONResponse:
        """The names of all subjects."""
        return _told(sorted(subjects))

    @router.get("/subjects/{subject}/versions")
    async def versions(subject: str) -> JSONResponse:
        """The versions of one subject."""
        if subject not in subjects:
            return _missing(40401, f"Subject '{_short(subject)}' not found.")
        return _told(sorted(subjects[subject]))

    @router.get("/subjects/{subject}/versions/{version}")
    async def one(subject: str, version: str) -> JSONResponse:
        """One version; `latest` is the newest."""
        if subject not in subjects:
            return _missing(40401, f"Subject '{_short(subject)}' not found.")
        known = subjects[subject]
        number = max(known) if version == "latest" else int(version) if version.isdigit() else 0
        if number not in known:
            return _missing(40402, "Version not found.")
        told = known[number]
        return _told({"subject": subject, "version": number, "id": told.id, "schema": told.text})

    @router.get("/schemas/ids/{number}")
    async def by_number(number: str) -> JSONResponse:
        """The schema with this id, as it stands in the first bytes of every value."""
        found = by_id.get(int(number)) if number.isdigit() and len(number) < 10 else None  # noqa: PLR2004
        if found is None:
            return _missing(40403, "Schema not found")
        return _told({"schema": found.text})

    return router


def _told(body: object) -> JSONResponse:
    return JSONResponse(body, media_type=MEDIA_TYPE)


def _missing(code: int, message: str) -> JSONResponse:
    return JSONResponse({"error_code": code, "message": message}, 404, media_type=MEDIA_TYPE)


def _short(text: str) -> str:
    return text[:100]
