"""One order on a project, given by either door: by HTTP or by command."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.app.house import TwoDoors

Body = Mapping[str, Any] | bytes
ROUTES = {
    "decide": "decisions",
    "join": "participants",
    "group": "groups",
    "leaving": "leaving",
    "renew": "renewal",
    "close": "close",
}
STATUS = {"PROJECT_UNKNOWN": 404, "INSTANCE_UNKNOWN": 404, "MANDATE_UNKNOWN": 404}
STATUS |= {"IDEMPOTENCY_KEY": 400, "PROJECT_CLOSED": 409, "JSON_BROKEN": 400, "JSON_TRAILING": 400}


class ByHttp:
    """Orders by the API."""

    def __init__(self, hub: TwoDoors, _: Path) -> None:
        self.hub = hub

    def new(self, body: Body, key: str | None = None) -> tuple[str, str]:
        """The id of a new project, and the code of a refusal."""
        return self._sent("/v1/projects", body, {"Idempotency_Key": key} if key else {})

    def order(self, name: str, project: str, body: Body) -> tuple[str, str]:
        """What was answered: an id, and the code of a refusal."""
        return self._sent(f"/v1/projects/{project}/{ROUTES[name]}", body)

    def _sent(
        self, path: str, body: Body, headers: Mapping[str, str] | None = None
    ) -> tuple[str, str]:
        answer = self.hub.http("POST", path, body, headers=headers or {})
        code = answer.json.get("code", "")
        assert answer.status == (STATUS.get(code, 422) if code else 202), answer.body
        return answer.json.get("id", ""), code


class ByCommand:
    """Orders by the command line."""

    def __init__(self, hub: TwoDoors, folder: Path) -> None:
        self.hub, self.file = hub, folder / "body.json"

    def new(self, body: Body, key: str | None = None) -> tuple[str, str]:
        """The id of a new project, and the code of a refusal."""
        return self._said("new", body, str(self.file), *(["--key", key] if key else []))

    def order(self, name: str, project: str, body: Body) -> tuple[str, str]:
        """What was answered: an id, and the code of a refusal."""
        if name in ("join", "group") or isinstance(body, bytes):
            return self._said(name, body, project, str(self.file))
        said = dict(body)
        role = ["--by", said.pop("by")] if "by" in said else []
        last = ["--until", said.pop("until")] if name == "leaving" else []
        return self._said(name, body, project, *said.values(), *role, *last)

    def _said(self, name: str, body: Body, *arguments: str) -> tuple[str, str]:
        self.file.write_bytes(body if isinstance(body, bytes) else json.dumps(body).encode())
        told, code = self.hub.preau("project", name, *arguments)
        return (told.split() or [""])[0], code


DOORS = (ByHttp, ByCommand)
