"""A consumer of OneRoster 1.2 as others write them: asks for a token, follows links, keeps rows.

It knows the standard and nothing of Préau.
"""

from __future__ import annotations

import json
import re
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any

SCOPE = "https://purl.imsglobal.org/spec/or/v1p2/scope/roster.readonly"
_NEXT = re.compile(r'<([^>]+)>; rel="next"')


class RosterClient:
    """One consumer of one service."""

    def __init__(self, address: str, client: str, secret: str, scope: str = SCOPE) -> None:
        self._root = f"{address}/ims/oneroster/rostering/v1p2"
        form = {"grant_type": "client_credentials", "scope": scope}
        form |= {"client_id": client, "client_secret": secret}
        body = urllib.parse.urlencode(form).encode()
        with urllib.request.urlopen(f"{address}/token", body, 30) as answer:
            told = json.load(answer)
        assert told["token_type"].lower() == "bearer"
        self.token: str = told["access_token"]

    def get(self, path: str, **asked: str) -> tuple[Any, Any]:
        """One answer and its headers; `path` may be a whole address."""
        address = path if path.startswith("http") else f"{self._root}/{path}"
        if asked:
            address += "?" + urllib.parse.urlencode(asked)
        request = urllib.request.Request(address, headers={"Authorization": f"Bearer {self.token}"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer), answer.headers

    def every(self, path: str, **asked: str) -> Iterator[dict[str, Any]]:
        """Every entity of a collection, page after page."""
        following: str | None = path
        while following is not None:
            body, headers = self.get(following, **asked)
            ((_, entities),) = body.items()
            yield from entities
            found = _NEXT.search(headers.get("Link", ""))
            following, asked = (found[1] if found else None), {}
