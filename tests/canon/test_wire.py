"""The head of a value as it lies in Kafka."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.canon.wire import frame, unframe
from preau.errors import SetAside


@given(st.integers(0, 2**32 - 1), st.binary(max_size=50))
def test_what_is_framed_is_unframed_again(number: int, body: bytes) -> None:
    assert unframe(frame(number, body)) == (number, body)


def test_the_head_is_a_zero_and_four_bytes_of_id() -> None:
    assert frame(258, b"body") == b"\x00\x00\x00\x01\x02body"


@pytest.mark.parametrize(
    "value", [b"", b"\x00", b"\x00\x00\x00\x01", b"\x01\x00\x00\x00\x02\x00", b'{"json": true}']
)
def test_a_value_without_that_head_is_set_aside(value: bytes) -> None:
    with pytest.raises(SetAside) as aside:
        unframe(value)

    assert aside.value.code == "AVRO_FRAME"
    assert "json" not in aside.value.complaint.what
