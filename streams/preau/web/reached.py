"""The hub's own address as a caller reached it."""

from __future__ import annotations

import re

from fastapi import Request

_HOST = re.compile(r"[0-9A-Za-z.\-_:\[\]]{1,255}")


def reached(request: Request) -> str:
    """`https://preau.example`, without a slash at the end; a proxy in front says `https`."""
    host = request.headers.get("host", "")
    secure = request.headers.get("x-forwarded-proto", "").strip().lower() == "https"
    scheme = "https" if secure else request.url.scheme
    return f"{scheme}://{host if _HOST.fullmatch(host) else 'localhost'}"
