"""What two JSON decoders could read differently never passes the edge."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.errors import SetAside
from preau.readers import json_guard

REFUSED = {
    "bytes that are not UTF-8": (b'{"a": "\xe9"}', "JSON_ENCODING"),
    "a surrogate encoded as if it were UTF-8": (b'{"a": "\xed\xa0\x80"}', "JSON_ENCODING"),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), "JSON_NUL"),
    "a byte order mark": (b'\xef\xbb\xbf{"a": 1}', "JSON_BROKEN"),
    "a key twice": (b'{"uai": "0119001Z", "uai": "0119002A"}', "JSON_DUPLICATE"),
    "a key twice, once escaped": (b'{"uai": 1, "u\\u0061i": 2}', "JSON_DUPLICATE"),
    "a key twice, deep inside": (b'[{"a": [{"b": 1, "b": 1}]}]', "JSON_DUPLICATE"),
    "NaN": (b'{"a": NaN}', "JSON_NUMBER"),
    "Infinity": (b'{"a": Infinity}', "JSON_NUMBER"),
    "minus Infinity": (b'{"a": -Infinity}', "JSON_NUMBER"),
    "an integer of 65 bits": (b'{"a": 9223372036854775808}', "JSON_NUMBER"),
    "an integer of ten thousand digits": (b"[" + b"9" * 10_000 + b"]", "JSON_NUMBER"),
    "a real that overflows": (b'{"a": 1e999}', "JSON_NUMBER"),
    "half a surrogate pair": (b'{"a": "\\ud83d"}', "JSON_SURROGATE"),
    "half a surrogate pair in a key": (b'{"\\uDE00": 1}', "JSON_SURROGATE"),
    "a raw NUL": (b'{"a": "\x00"}', "JSON_NUL"),
    "an escaped NUL": (b'{"a": "x\\u0000"}', "JSON_NUL"),
    "a raw line end in a text": (b'{"a": "x\ny"}', "JSON_CONTROL"),
    "33 levels": (b"[" * 33 + b"]" * 33, "JSON_DEPTH"),
    "100,000 levels": (b"[" * 100_000 + b"]" * 100_000, "JSON_DEPTH"),
    "100,000 levels that never close": (b'{"a":' * 50_000, "JSON_DEPTH"),
    "too many bytes": (b'"' + b"x" * json_guard.MAX_BYTES + b'"', "JSON_SIZE"),
    "nothing at all": (b"", "JSON_BROKEN"),
    "two values": (b"{} {}", "JSON_BROKEN"),
    "a truncated object": (b'{"a": [1, 2', "JSON_BROKEN"),
}


@pytest.mark.parametrize(("body", "code"), REFUSED.values(), ids=REFUSED)
def test_a_doubtful_body_is_refused_with_its_reason(body: bytes, code: str) -> None:
    with pytest.raises(SetAside) as told:
        json_guard.check(body)
    assert told.value.code == code
    assert told.value.complaint.fix


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 32 + b"]" * 32,
        b'{"a": "' + b"[{" * 500 + b'"}',  # brackets in a text are no depth
        b'{"a": "\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "b": "\\\\"}',
        b'{"a": "\\ud83d\\ude00"}',
        b'{"a": "\\\\u0000 and \\\\ud800"}',  # a backslash, then letters: no escape
        b'{"a": 9223372036854775807, "b": -9223372036854775808}',
        b'[{"a": 1}, {"a": 1}]',
    ],
)
def test_a_sound_body_passes(body: bytes) -> None:
    json_guard.check(body)


def test_the_reason_never_quotes_what_was_sent() -> None:
    with pytest.raises(SetAside) as told:
        json_guard.check(b'{"sn": "LAPEYRE", "sn": "CARAYON"}')
    assert "LAPEYRE" not in str(told.value)
    assert "CARAYON" not in str(told.value)


_PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8", exclude_characters="\0")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(st.characters(codec="utf-8", exclude_characters="\0")),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(_PLAIN, st.booleans())
def test_whatever_python_writes_from_plain_values_is_read_back_equal(
    value: object,
    ascii_only: bool,  # noqa: FBT001
) -> None:
    assert json_guard.read(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_and_nothing_else(body: bytes) -> None:
    try:
        json_guard.check(body)
    except SetAside:
        return


def test_an_event_of_600_bytes_takes_at_most_15_microseconds() -> None:
    user = {"id": 40001, "role": "TEACHER", "uai": "0119001Z", "aaf_id": "31001"}
    data = {"media_id": 812, "groupId": 5121, "label": "Carnet", "levels": ["CM1"], "user": user}
    body = json.dumps(
        {"event": "SHARE", "date": "2026-10-01", "data": data, "t": "é" * 200}
    ).encode()
    body = json.dumps(json.loads(body), ensure_ascii=False).encode()
    assert 550 <= len(body) <= 680
    best = min(_microseconds(body) for _ in range(20))  # the best: other work shares the machine
    assert best <= 15


def _microseconds(body: bytes, times: int = 500) -> float:
    start = time.perf_counter()
    for _ in range(times):
        json_guard.check(body)
    return (time.perf_counter() - start) / times * 1e6
