"""Nothing but public addresses is called, whatever the address looks like."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from typing import Any

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from hypothesis import given
from hypothesis import strategies as st

from preau.errors import Stop
from preau.outlets.address import CheckedResolver, check_url, is_public, open_session

FORBIDDEN = [
    "127.0.0.1",
    "127.8.9.1",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.127.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "203.0.113.7",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]
UGLY = [
    "http://192.0.2.1/",
    "http://example.org/",
    "ftp://example.org/",
    "file:///etc/passwd",
    "gopher://example.org/",
    "//example.org/",
    "example.org",
    "",
    "https://",
    "https://user@example.org/",
    "https://user:pass@example.org/",
    "https://example.org:99999/",
    "https://[::1/",
    "https://127.0.0.1.:443/",
]


@pytest.mark.parametrize("text", FORBIDDEN)
def test_an_address_that_a_stranger_cannot_own_is_not_public(text: str) -> None:
    assert not is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_a_public_address_is_public(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_inside_any_ipv6_coat_is_never_more_public(
    address: ipaddress.IPv4Address,
) -> None:
    number = int(address)
    coats = [0x64FF9B << 96 | number, 0x2002 << 112 | number << 80, number]
    assert not any(is_public(ipaddress.IPv6Address(coat)) for coat in coats)
    mapped = ipaddress.IPv6Address(0xFFFF << 32 | number)
    assert is_public(mapped) == is_public(address)


@pytest.mark.parametrize("text", [t for t in UGLY if t != "https://127.0.0.1.:443/"])
def test_an_address_of_a_wrong_form_is_refused(text: str) -> None:
    with pytest.raises(Stop, match="ADDRESS_NOT_ALLOWED"):
        check_url(text, loopback=False)


@pytest.mark.parametrize("text", FORBIDDEN)
def test_a_literal_that_is_not_public_is_refused_even_under_https(text: str) -> None:
    host = f"[{text}]" if ":" in text else text
    with pytest.raises(Stop):
        check_url(f"https://{host}/", loopback=False)


def test_loopback_over_http_needs_the_operators_leave_and_nothing_else_gets_it() -> None:
    assert check_url("http://127.0.0.1:8080/x", loopback=True).port == 8080
    assert check_url("http://localhost:8080/", loopback=True).host == "localhost"
    for text in ("http://127.0.0.1/", "https://[::1]/"):
        with pytest.raises(Stop):
            check_url(text, loopback=False)
    for text in ("http://10.0.0.1/", "https://10.0.0.1/", "http://example.org/"):
        with pytest.raises(Stop):
            check_url(text, loopback=True)


class Resolver(AbstractResolver):
    """Gives the addresses it was made with, whatever the name."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses
        self.asked = 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked += 1
        return [
            ResolveResult(hostname=host, host=each, port=port, family=family, proto=0, flags=0)
            for each in self.addresses
        ]

    async def close(self) -> None: ...


@pytest.mark.parametrize("bad", FORBIDDEN)
def test_a_name_is_refused_when_one_of_its_addresses_is_not_public(bad: str) -> None:
    resolver = CheckedResolver(loopback=False, inner=Resolver("93.184.216.34", bad))
    with pytest.raises(Stop):
        asyncio.run(resolver.resolve("ent.example", 443))


def test_a_name_with_public_addresses_only_gives_them_unchanged() -> None:
    inner = Resolver("93.184.216.34", "2606:2800:220:1::1")
    found = asyncio.run(CheckedResolver(loopback=False, inner=inner).resolve("ent.example", 443))
    assert [each["host"] for each in found] == ["93.184.216.34", "2606:2800:220:1::1"]


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost", "localhost."]
)
def test_no_connection_reaches_a_local_listener_however_its_address_is_written(
    host: str, server: Any
) -> None:
    port = server.url.rsplit(":", 1)[1]

    async def call() -> None:
        async with open_session(loopback=False) as session:
            await session.get(f"https://{host}:{port}/", allow_redirects=False)

    with pytest.raises((Stop, OSError, aiohttp.ClientError)):
        asyncio.run(call())
    assert server.seen == []
