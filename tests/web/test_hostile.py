"""Hostile requests: each gets a 4xx with its reason, and the service keeps answering."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.kafka
BIG = b'{"a":"' + b"x" * 300_000 + b'"}'


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"", {}, 400, "JSON_BROKEN"),
        (b"{", {}, 400, "JSON_BROKEN"),
        (b"[1]", {}, 400, "JSON_NOT_EVENTS"),
        (b'{"uai":"0119001Z","uai":"0119002A"}', {}, 400, "JSON_DUPLICATE"),
        (b'{"a":NaN}', {}, 400, "JSON_NUMBER"),
        (b'{"a":1e999}', {}, 400, "JSON_NUMBER"),
        (b'{"a":"\xff"}', {}, 400, "JSON_ENCODING"),
        ('{"a":1}'.encode("utf-16"), {}, 400, "JSON_NUL"),
        (b'{"a":"\\u0000"}', {}, 400, "JSON_NUL"),
        (b'{"a":"\\ud800"}', {}, 400, "JSON_SURROGATE"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, {}, 413, "BODY_SIZE"),
        (b'{"a":' * 20_000 + b"1" + b"}" * 20_000, {}, 400, "JSON_DEPTH"),
        (BIG, {}, 413, "BODY_SIZE"),
        (b"{}", {"Content_Encoding": "gzip"}, 415, "CONTENT_ENCODING"),
        (b"{}", {"Content_Type": "text/xml"}, 415, "CONTENT_TYPE"),
        (b"{}", {"Content_Type": "application/json; charset=iso-8859-1"}, 415, "CONTENT_TYPE"),
        (b"{}", {"X_Filler": "x" * 17_000}, 431, "HEADER_SIZE"),
        (b'{"uid":"a\\nb"}', {}, 422, "EVENT_ID"),
    ],
)
def test_a_hostile_body_is_refused_with_its_reason(
    running: Any, body: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    answer = running.post("/v1/intake/ent-ecole", body, **headers)
    assert (answer.status, answer.json["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert b"x" * 20 not in answer.body
    assert running.call("GET", "/health/live").status == 200


def test_a_body_that_declares_little_and_sends_much_is_cut(running: Any) -> None:
    head = (
        b"POST /v1/intake/ent-ecole HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer school-key\r\n"
        b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    chunk = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    connection = running.raw(head + chunk * 5)
    answer = connection.recv(65_536)
    connection.close()
    assert b" 413 " in answer.split(b"\r\n")[0]
    assert running.call("GET", "/health/live").status == 200


def test_a_sender_who_leaves_in_the_middle_harms_nobody(running: Any) -> None:
    head = (
        b"POST /v1/intake/ent-ecole HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer school-key\r\n"
        b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
    )
    for _ in range(50):
        running.raw(head).close()
    assert running.post("/v1/intake/ent-ecole", {"data": {}}).status == 202
    assert len(running.read(1)) == 1


def test_a_slow_body_is_given_up(running: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("preau.web.limits.BODY_S", 0.3)
    head = (
        b"POST /v1/intake/ent-ecole HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer school-key\r\n"
        b"Content-Type: application/json\r\nContent-Length: 10\r\n\r\n{"
    )
    connection = running.raw(head)
    answer = connection.recv(65_536)
    connection.close()
    assert b" 408 " in answer.split(b"\r\n")[0]


def test_a_connection_that_says_nothing_is_closed(
    world: Any, serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("preau.web.server.FIRST_REQUEST_S", 0.3)
    with serve(world) as running:
        connection = running.raw(b"GET /health/live HTTP/1.1\r\nX-Slow: ")
        assert connection.recv(100) == b""
        connection.close()


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "NOT_FOUND"),
        ("GET", "/v1/events", 405, "HTTP_REFUSED"),
        ("TRACE", "/v1/events", 405, "HTTP_REFUSED"),
        ("GET", "/docs", 404, "NOT_FOUND"),
        ("GET", "/../../etc/passwd", 404, "NOT_FOUND"),
    ],
)
def test_what_is_not_served_says_so(
    running: Any, method: str, path: str, status: int, code: str
) -> None:
    answer = running.call(method, path)
    assert (answer.status, answer.json["code"]) == (status, code)
