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

    @property
    def address(self) -> str:
        """Where its hub is."""
        return self._address

    def sector(self, college: str, ecoles: Sequence[str]) -> None:
        """Declares the écoles of a collège's sector."""
        self._call("PUT", "/v1/sectors", {"college": college, "ecoles": list(ecoles)})

    def sectors(self, file: bytes) -> dict[str, Any]:
        """Gives a CSV file of sectors; how many lines it has, how many sectors it changed."""
        return self._call("POST", "/v1/sectors/import", file)

    def create(self, project: dict[str, object]) -> str:
        """Creates a project; its id."""
        return str(self._call("POST", "/v1/projects", project)["id"])

    def decide(self, project: str, uai: str, decision: str, by: str) -> None:
        """Notes what an establishment decides."""
        said = {"uai": uai, "decision": decision, "by": by}
        self._call("POST", f"/v1/projects/{project}/decisions", said)

    def release(self, project: str, uai: str, members: Sequence[str]) -> None:
        """Lets members go whom somebody had picked."""
        said = {"uai": uai, "members": list(members)}
        self._call("POST", f"/v1/projects/{project}/release", said)

    def join(self, project: str, participant: dict[str, object]) -> None:
        """More classes or members of an establishment, or one more."""
        self._call("POST", f"/v1/projects/{project}/participants", participant)

    def move(self, project: str, place: dict[str, object]) -> None:
        """Notes that an establishment takes part from another ENT from now on."""
        self._call("POST", f"/v1/projects/{project}/move", place)

    def page(self, project: str) -> dict[str, Any]:
        """What the project's page shows, as plain values."""
        return self._call("GET", f"/v1/projects/{project}")

    def read(self, path: str) -> bytes:
        """What anybody reads at an address of the hub, without a key."""
        status, content = self._ask("GET", path, None, {})
        if status != http.client.OK:
            raise StoryBroken(f"le hub a refusé de montrer une page : {status}")
        return content

    def link(self, project: str) -> str:
        """The address that opens the project's page in a browser: it carries the key, once."""
        return f"{self._address}/projets/{project}?{urlencode({'cle': self._key})}"

    def _call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        sent = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        status, content = self._ask(method, path, sent, headers)
        try:
            said = json.loads(content)
        except ValueError as error:
            raise StoryBroken("le hub n'a pas répondu en JSON") from error
        if status >= http.client.BAD_REQUEST:
            told = f"{said.get('code', '')} {said.get('detail', '')} {said.get('fix', '')}"
            raise StoryBroken(f"le hub a refusé : {status} {told}")
        return dict(said)

    def _ask(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(
            self._address.removeprefix("http://"), timeout=_PATIENCE_S
        )
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise StoryBroken(f"le hub n'a pas répondu ({type(error).__name__})") from error
        finally:
            connection.close()
