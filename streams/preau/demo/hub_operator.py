"""The operator of the story: calls the hub's API with a key, as a person with curl would."""

from __future__ import annotations

import http.client
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from preau.demo.waiting import StoryBroken

_PATIENCE_S = 30.0


class Operator:
    """Holds a key of scope `operate`; every refusal breaks the story, with the hub's own words."""

    def __init__(self, address: str, key: str) -> None:
        self._address = address
        self._key = key

    def sector(self, college: str, ecoles: Sequence[str]) -> None:
        """Declares the écoles of a collège's sector."""
        self._call("PUT", "/v1/sectors", {"college": college, "ecoles": list(ecoles)})

    def create(self, project: dict[str, object]) -> str:
        """Creates a project; its id."""
        return str(self._call("POST", "/v1/projects", project)["id"])

    def decide(self, project: str, uai: str, decision: str, by: str) -> None:
        """Notes what an establishment decides."""
        said = {"uai": uai, "decision": decision, "by": by}
        self._call("POST", f"/v1/projects/{project}/decisions", said)

    def page(self, project: str) -> dict[str, Any]:
        """What the project's page shows, as plain values."""
        return self._call("GET", f"/v1/projects/{project}")

    def link(self, project: str) -> str:
        """The address that opens the project's page in a browser: it carries the key, once."""
        return f"{self._address}/projets/{project}?{urlencode({'cle': self._key})}"

    def _call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        connection = http.client.HTTPConnection(
            self._address.removeprefix("http://"), timeout=_PATIENCE_S
        )
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            said = json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise StoryBroken(f"le hub n'a pas répondu ({type(error).__name__})") from error
        finally:
            connection.close()
        if answer.status >= http.client.BAD_REQUEST:
            told = f"{said.get('code', '')} {said.get('detail', '')} {said.get('fix', '')}"
            raise StoryBroken(f"le hub a refusé : {answer.status} {told}")
        return dict(said)
