"""`POST /token`: an access token for the roster service, by OAuth 2.0 client credentials.

RFC 6749 §4.4 and §5.2; the client is an instance, its secret the instance's key. Both stand in an
`Authorization: Basic` header or in the body.
"""

from __future__ import annotations

import base64
import binascii
from urllib.parse import parse_qsl, unquote_plus

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from preau.errors import SetAside
from preau.store.api_keys import key_id
from preau.web.access_tokens import LIFE_S, SCOPES, USUAL, AccessTokens
from preau.web.auth import Doorkeeper
from preau.web.limits import read_body
from preau.web.needs import RECEIVE

MAX_BODY = 8_192
_HEADERS = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_FORM = "application/x-www-form-urlencoded"


class _Refused(Exception):
    """An answer of RFC 6749 §5.2."""

    def __init__(self, error: str, why: str, status: int = 400) -> None:
        super().__init__(error)
        self.answer = JSONResponse(
            {"error": error, "error_description": why},
            status,
            _HEADERS | ({"WWW-Authenticate": 'Basic realm="preau"'} if status == 401 else {}),  # noqa: PLR2004
        )


def token_route(door: Doorkeeper, tokens: AccessTokens) -> APIRouter:
    """The one route."""
    router = APIRouter(tags=["rosters"])

    @router.post("/token")
    async def token(request: Request) -> Response:
        """An access token, for an hour; `scope` says what it allows."""
        try:
            return await _given(request, door, tokens)
        except _Refused as refused:
            return refused.answer

    return router


async def _given(request: Request, door: Doorkeeper, tokens: AccessTokens) -> Response:
    said = await _form(request)
    if said.get("grant_type") != "client_credentials":
        raise _Refused("unsupported_grant_type", "grant_type is client_credentials")
    client, secret = _client(request, said)
    key = await door.check(secret)
    if key is None or not key.instance or client not in (key.instance, key_id(secret)):
        raise _Refused("invalid_client", "no such client, or its key is revoked", 401)
    door.pace(key_id(secret))
    if RECEIVE not in key.scopes:
        raise _Refused("unauthorized_client", f"this key does not allow {RECEIVE}")
    asked = said.get("scope", " ".join(USUAL)).split()
    given = [scope for scope in SCOPES if scope in asked]
    if not given:
        raise _Refused("invalid_scope", f"known: {' '.join(SCOPES)}")
    body = {
        "access_token": tokens.make(key_id(secret), given),
        "token_type": "bearer",
        "expires_in": LIFE_S,
        "scope": " ".join(given),
    }
    return JSONResponse(body, headers=_HEADERS)


async def _form(request: Request) -> dict[str, str]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _FORM:
        raise _Refused("invalid_request", f"send the body as {_FORM}")
    try:
        body = await read_body(request, MAX_BODY)
        return dict(parse_qsl(body.decode(), max_num_fields=20))
    except (SetAside, ValueError):
        raise _Refused("invalid_request", "the body cannot be read") from None


def _client(request: Request, said: dict[str, str]) -> tuple[str, str]:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return said.get("client_id", ""), said.get("client_secret", "")
    try:
        name, _, secret = base64.b64decode(given.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise _Refused("invalid_client", "no Basic credentials", 401) from None
    return unquote_plus(name), unquote_plus(secret)
