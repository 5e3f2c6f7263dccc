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
    shelf = _Shelf(released)

    @router.get("/subjects")
    async def names() -> JSONResponse:
        """The names of all subjects."""
        return _told(sorted(shelf.subjects))

    @router.get("/subjects/{subject}/versions")
    async def versions(subject: str) -> JSONResponse:
        """The versions of one subject."""
        return shelf.versions(subject)

    @router.get("/subjects/{subject}/versions/{version}")
    async def one(subject: str, version: str) -> JSONResponse:
        """One version; `latest` is the newest."""
        return shelf.one(subject, version)

    @router.get("/schemas/ids/{number}")
    async def by_number(number: str) -> JSONResponse:
        """The schema with this id, as it stands in the first bytes of every value."""
        return shelf.by_number(number)

    return router


class _Shelf:
    """What is released, found as the registry's API asks."""

    def __init__(self, released: Sequence[Released]) -> None:
        self.subjects: dict[str, dict[int, Released]] = {}
        for each in released:
            self.subjects.setdefault(each.subject, {})[each.version] = each
        self._by_id = {str(each.id): each for each in released}

    def versions(self, subject: str) -> JSONResponse:
        if subject not in self.subjects:
            return _missing(40401, f"Subject '{_short(subject)}' not found.")
        return _told(sorted(self.subjects[subject]))

    def one(self, subject: str, version: str) -> JSONResponse:
        if subject not in self.subjects:
            return _missing(40401, f"Subject '{_short(subject)}' not found.")
        known = {str(number): each for number, each in self.subjects[subject].items()}
        found = known.get(str(max(self.subjects[subject])) if version == "latest" else version)
        if found is None:
            return _missing(40402, "Version not found.")
        said = {"subject": subject, "version": found.version, "id": found.id}
        return _told({**said, "schema": found.text})

    def by_number(self, number: str) -> JSONResponse:
        found = self._by_id.get(number)
        return (
            _missing(40403, "Schema not found") if found is None else _told({"schema": found.text})
        )


def _told(body: object) -> JSONResponse:
    return JSONResponse(body, media_type=MEDIA_TYPE)


def _missing(code: int, message: str) -> JSONResponse:
    return JSONResponse({"error_code": code, "message": message}, 404, media_type=MEDIA_TYPE)


def _short(text: str) -> str:
    return text[:100]
