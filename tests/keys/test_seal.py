"""What is sealed opens for its own subject, event and field only, and for nobody once erased."""

from __future__ import annotations

import io
import os
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

import fastavro
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from preau.clock import SetClock
from preau.errors import SetAside
from preau.keys.leased import LEASE_MS
from preau.keys.seal import Opener, Sealer, SubjectKey, associated

EVENT = "5a1f3c1e-6d0b-5b7e-9c57-9d2f1c0e7a11"
META = {"instance": "ent-ecole", "source_id": "5121", "event_id": EVENT}
SEALED = fastavro.parse_schema(
    [
        "null",
        {
            "type": "record",
            "name": "Sealed",
            "fields": [{"name": name, "type": "bytes"} for name in ("kid", "nonce", "ciphertext")],
        },
    ]
)


class Draft(NamedTuple):
    """The part of a canonical draft that sealing reads."""

    subject: str = "ent-ecole/5121"
    event_id: str = EVENT
    schema_id: int = 7
    head: bytes = b"head"
    pii: bytes | None = b"in clear"
    sealable: bool = True


class Book:
    """Keys in a dict; remembers what it was asked, and forgets as an erasure does."""

    def __init__(self) -> None:
        self.held: dict[str, SubjectKey] = {}
        self.asked: list[set[str]] = []

    def keys(self, subjects: Collection[str]) -> Mapping[str, SubjectKey]:
        self.asked.append(set(subjects))
        new = {each: SubjectKey(os.urandom(16), os.urandom(32)) for each in subjects}
        return {each: self.held.setdefault(each, key) for each, key in new.items()}

    def by_kid(self, kids: Collection[bytes]) -> Mapping[bytes, bytes]:
        self.asked.append({kid.hex() for kid in kids})
        return {kid: key for kid, key in self.held.values() if kid in kids}


def part(value: bytes, head: bytes = b"head") -> dict[str, bytes]:
    """The sealed part of a value, read by the reference decoder to the last byte."""
    source = io.BytesIO(value[5 + len(head) :])
    read: Any = fastavro.schemaless_reader(source, SEALED, None)
    assert source.read() == b""
    assert [*read] == ["kid", "nonce", "ciphertext"]
    return {name: bytes(read[name]) for name in read}


def refused(
    opener: Opener, sealed: Mapping[str, bytes], meta: Mapping[str, str] = META, schema_id: int = 7
) -> str:
    with pytest.raises(SetAside) as aside:
        opener.open(schema_id, meta, sealed)
    assert "5121" not in str(aside.value)
    return aside.value.code


@given(st.binary(max_size=20_000), st.binary(max_size=300), st.integers(0, 2**32 - 1))
def test_what_is_sealed_is_opened_again(pii: bytes, head: bytes, schema_id: int) -> None:
    book = Book()
    (value,) = Sealer(book).seal([Draft(schema_id=schema_id, head=head, pii=pii)])
    assert value.startswith(b"\x00" + schema_id.to_bytes(4, "big") + head)
    sealed = part(value, head)
    assert len(sealed["ciphertext"]) == len(pii) + 16
    assert Opener(book).open(schema_id, META, sealed) == pii


def test_nothing_of_the_personal_part_is_left_in_clear() -> None:
    clear = b"Ga\xc3\xablle Martin-Lef\xc3\xa8vre"
    (value,) = Sealer(Book()).seal([Draft(pii=clear)])
    assert not any(clear[at : at + 4] in value for at in range(len(clear) - 3))


def test_records_keep_their_order_whatever_part_they_have() -> None:
    nothing = Draft(head=b"no part", pii=None)
    plain = Draft(head=b"never one", pii=None, sealable=False)
    book = Book()
    values = Sealer(book).seal([nothing, Draft(), plain, Draft(subject="ent-ecole/2")])
    frame = b"\x00\x00\x00\x00\x07"
    assert values[0] == frame + b"no part\x00"
    assert values[2] == frame + b"never one"
    assert Opener(book).open(7, META, part(values[1])) == b"in clear"
    assert Opener(book).open(7, {**META, "source_id": "2"}, part(values[3])) == b"in clear"


def test_the_book_is_asked_once_for_a_batch_and_not_again() -> None:
    book = Book()
    sealer = Sealer(book)
    batch = [Draft(subject=f"ent-ecole/{n % 10}") for n in range(100)]
    sealer.seal(batch)
    sealer.seal(batch)
    assert book.asked == [{f"ent-ecole/{n}" for n in range(10)}]


def test_a_batch_without_personal_parts_asks_for_no_key() -> None:
    book = Book()
    assert Sealer(book).seal([Draft(pii=None)] * 3 + [Draft(pii=None, sealable=False)])
    assert Sealer(book).seal([]) == []
    assert book.asked == []


def test_a_nonce_is_never_used_twice_with_one_key() -> None:
    sealer = Sealer(Book())
    batch = [Draft(subject=f"ent-ecole/{n % 3}") for n in range(10_000)]
    parts = [part(value) for _ in range(5) for value in sealer.seal(batch)]
    assert len({(each["kid"], each["nonce"]) for each in parts}) == 50_000


@given(st.lists(st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=8), max_size=8))
def test_whatever_the_batches_each_part_takes_its_own_fresh_bytes(
    batches: list[list[tuple[int, bool]]],
) -> None:
    """With a source that counts, a byte used for two nonces would show."""
    given_out = 0

    def count(size: int) -> bytes:
        nonlocal given_out
        begin, given_out = given_out, given_out + size
        return b"".join((at // 12).to_bytes(12, "big") for at in range(begin, given_out, 12))

    sealer = Sealer(Book(), random=count)
    used = [
        part(value)["nonce"]
        for batch in batches
        for value, (_, personal) in zip(
            sealer.seal([Draft(f"i/{n}", pii=b"x" if some else None) for n, some in batch]),
            batch,
            strict=True,
        )
        if personal
    ]
    assert used == [n.to_bytes(12, "big") for n in range(len(used))]


def test_the_same_record_sealed_twice_has_two_ciphertexts() -> None:
    one, other = Sealer(Book()).seal([Draft(), Draft()])
    assert part(one)["kid"] == part(other)["kid"]
    assert part(one)["ciphertext"] != part(other)["ciphertext"]


@pytest.mark.parametrize("name", ["instance", "source_id", "event_id"])
def test_a_part_moved_to_another_subject_or_event_does_not_open(name: str) -> None:
    book = Book()
    sealed = part(Sealer(book).seal([Draft()])[0])
    assert refused(Opener(book), sealed, {**META, name: META[name] + "0"}) == "SEAL_BROKEN"


def test_a_part_moved_to_another_record_type_or_field_does_not_open() -> None:
    book = Book()
    sealed = part(Sealer(book).seal([Draft()])[0])
    assert refused(Opener(book), sealed, schema_id=8) == "SEAL_BROKEN"
    kid, key = book.held["ent-ecole/5121"]
    elsewhere = associated("ent-ecole/5121", EVENT, 7).replace(b"\0pii\0", b"\0note\0")
    forged = AESGCM(key).encrypt(sealed["nonce"], b"in clear", elsewhere)
    made = {"kid": kid, "nonce": sealed["nonce"], "ciphertext": forged}
    assert refused(Opener(book), made) == "SEAL_BROKEN"


def test_a_part_under_another_subjects_key_does_not_open() -> None:
    book = Book()
    mine, other = (part(value) for value in Sealer(book).seal([Draft(), Draft("ent-ecole/2")]))
    assert refused(Opener(book), {**mine, "kid": other["kid"]}) == "SEAL_BROKEN"


@given(st.data())
def test_one_bit_changed_anywhere_is_noticed(data: st.DataObject) -> None:
    book = Book()
    sealed = part(Sealer(book).seal([Draft()])[0])
    name = data.draw(st.sampled_from(["kid", "nonce", "ciphertext"]))
    changed = bytearray(sealed[name])
    changed[data.draw(st.integers(0, len(changed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    said = refused(Opener(book), {**sealed, name: bytes(changed)})
    assert said == ("KEY_GONE" if name == "kid" else "SEAL_BROKEN")


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_a_part_of_any_shape_is_set_aside_and_never_stops_the_step(
    nonce: bytes, ciphertext: bytes
) -> None:
    book = Book()
    kid = book.keys(["ent-ecole/5121"])["ent-ecole/5121"].kid
    made = {"kid": kid, "nonce": nonce, "ciphertext": ciphertext}
    assert refused(Opener(book), made) == "SEAL_BROKEN"


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)


@given(st.tuples(_TEXT, st.integers(0, 20)), st.tuples(_TEXT, st.integers(0, 20)))
def test_what_a_part_is_bound_to_tells_any_two_records_apart(
    one: tuple[str, int], other: tuple[str, int]
) -> None:
    bound = [associated(subject, EVENT, schema_id) for subject, schema_id in (one, other)]
    assert (bound[0] == bound[1]) == (one == other)


def test_nul_in_a_vendors_id_forges_no_other_subject() -> None:
    assert associated(f"a\0{EVENT}\0pii\x007", EVENT, 7) != associated("a", EVENT, 7)


def test_a_destroyed_key_is_gone_for_every_opener_when_its_lease_ends() -> None:
    book, clock = Book(), SetClock(0)
    sealed = part(Sealer(book, clock).seal([Draft()])[0])
    running = Opener(book, clock)
    assert running.open(7, META, sealed) == b"in clear"
    book.held.clear()
    assert refused(Opener(book, clock), sealed) == "KEY_GONE"
    clock.advance(LEASE_MS)
    assert refused(running, sealed) == "KEY_GONE"


def test_a_forgotten_subject_that_speaks_again_is_sealed_with_a_new_key() -> None:
    book, clock = Book(), SetClock(0)
    sealer = Sealer(book, clock)
    before = part(sealer.seal([Draft()])[0])
    book.held.clear()
    clock.advance(LEASE_MS)
    after = part(sealer.seal([Draft()])[0])
    assert after["kid"] != before["kid"]
    assert Opener(book).open(7, META, after) == b"in clear"
    assert refused(Opener(book), before) == "KEY_GONE"


def test_a_batch_to_open_asks_the_book_once() -> None:
    book = Book()
    drafts = [Draft(subject=f"ent-ecole/{n}") for n in range(50)]
    parts = [part(value) for value in Sealer(book).seal(drafts)]
    book.asked.clear()
    opener = Opener(book)
    opener.expect(parts)
    for n, sealed in enumerate(parts):
        assert opener.open(7, {**META, "source_id": str(n)}, sealed) == b"in clear"
    assert len(book.asked) == 1


def test_a_subject_key_does_not_show_itself() -> None:
    key = SubjectKey(b"k" * 16, b"s" * 32)
    assert "s" * 4 not in f"{key!r} {key}"
    assert (b"s" * 32).hex() not in repr(key)
