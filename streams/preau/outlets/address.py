"""No call leaves for an address that is not public: checked once, and that one is connected to.

`https` only. An operator may allow loopback for one instance (tests, the demo); then, and only
then, `http` to a loopback address is also accepted. Names are resolved by our own resolver inside
aiohttp, which hands over checked addresses only, so a name that changes its address between the
check and the connection changes nothing. Redirects are never followed.
Prefixes: IANA special-purpose registries; NAT64 (RFC 6052, 8215), 6to4 (RFC 3056), Teredo
(RFC 4380) and IPv4-compatible addresses hide an IPv4 address and are refused as a whole.
"""

from __future__ import annotations

import ipaddress
import socket

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from preau.errors import Place, Stop

TIMEOUT_S = 15.0
"""The whole of one call, in seconds (Standard Webhooks, Svix)."""
_HIDING = tuple(
    ipaddress.ip_network(prefix)
    for prefix in (
        "::/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2001::/32",
        "2002::/16",
        "fec0::/10",
        "100.64.0.0/10",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "240.0.0.0/4",
    )
)
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_public(address: Address) -> bool:
    """True when a stranger on the Internet could own this address."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    hidden = any(address.version == net.version and address in net for net in _HIDING)
    return address.is_global and not (address.is_multicast or address.is_reserved or hidden)


def check_address(address: Address, *, loopback: bool) -> None:
    """Raises `Stop` unless public, or loopback where the operator allowed it."""
    plain = getattr(address, "ipv4_mapped", None) or address
    if not (is_public(address) or (loopback and plain.is_loopback)):
        raise _refused("it leads to an address that is not public")


def check_url(text: str, *, loopback: bool) -> URL:
    """The address, parsed, if its form may be called at all; raises `Stop` otherwise."""
    try:
        url = URL(text)
        host, user, port = url.host, url.user, url.port
    except ValueError as error:
        raise _refused("it cannot be read") from error
    if not host or user is not None or url.password is not None or port is None:
        raise _refused("it has no host, or it carries a user name")
    literal = _literal(host)
    if literal is not None:
        check_address(literal, loopback=loopback)
    local = host == "localhost" or (literal is not None and literal.is_loopback)
    if url.scheme != "https" and not (url.scheme == "http" and loopback and local):
        raise _refused("it does not begin with https")
    return url


def open_session(*, loopback: bool, connections: int = 32) -> aiohttp.ClientSession:
    """A keep-alive session whose every connection goes to a checked address, directly."""
    connector = aiohttp.TCPConnector(
        resolver=CheckedResolver(loopback=loopback), limit=connections, ttl_dns_cache=60
    )
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    return aiohttp.ClientSession(
        connector=connector,
        timeout=timeout,
        trust_env=False,  # a proxy would resolve the name again, unchecked
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": "Preau"},
    )


class CheckedResolver(AbstractResolver):
    """Resolves a name and gives its addresses only if every one of them may be called."""

    def __init__(self, *, loopback: bool, inner: AbstractResolver | None = None) -> None:
        self._loopback = loopback
        self._inner = inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        inner = self._inner or ThreadedResolver()
        found = await inner.resolve(host, port, family)
        for each in found:
            address = ipaddress.ip_address(each["host"].partition("%")[0])
            check_address(address, loopback=self._loopback)
        return found

    async def close(self) -> None:
        """Nothing of its own to close."""


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None


def _refused(what: str) -> Stop:
    return Stop(
        "ADDRESS_NOT_ALLOWED",
        f"the instance's address is not called: {what}",
        where=Place(field="base_url"),
        known=("https:// and a public address",),
        fix="correct the instance's address; loopback needs the operator's leave",
    )
