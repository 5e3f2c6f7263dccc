"""Whatever is done to an audit chain is found, at the place where it was done."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import pytest

from preau.keys.signing import SigningKey
from preau.store.audit_chain import BEGINNING, Entry, Fact, Link, Root, digest_of
from preau.store.audit_proof import (
    CHANGED,
    CUT,
    FORGED_ROOT,
    INSERTED,
    MISSING,
    MOVED,
    REWRITTEN,
    Fault,
    Held,
    prove,
)

KEY = SigningKey(bytes(range(32)))
DAYS, A_DAY, LENGTH = 3, 12, 40
ALTERATIONS = 10_000
NOON = 1_791_806_400_000


def linked(entries: Sequence[Entry], before: Link = BEGINNING) -> list[Entry]:
    """The same acts as a chain without a fault."""
    made = []
    for seq, entry in enumerate(entries, before.seq + 1):
        fresh = entry._replace(seq=seq, previous=before.digest)
        fresh = fresh._replace(digest=digest_of(fresh))
        made.append(fresh)
        before = Link(seq, fresh.digest)
    return made


def act(number: int) -> Entry:
    day = f"2026-10-{12 + number // A_DAY}"
    facts: dict[str, Fact] = {
        "decision": "AUTHORISED",
        "number": number,
        "convention": number % 2 == 0,
    }
    return Entry(
        0, day, NOON + number, "operator", "project.decided", f"p-{number}", facts, b"", b""
    )


def root(day: int, chain: Sequence[Entry], previous: bytes, upto: int = A_DAY) -> Root:
    part = chain[day * A_DAY : day * A_DAY + upto]
    last = part[-1]
    made = Root(last.day, part[0].seq, last.seq, last.digest, previous, NOON)
    return made._replace(signature=KEY.sign(made.message()))


def signed(chain: Sequence[Entry]) -> list[Root]:
    roots: list[Root] = []
    for day in range(DAYS):
        roots.append(root(day, chain, roots[-1].digest if roots else bytes(32)))
    return roots


CHAIN = linked([act(number) for number in range(LENGTH)])
ROOTS = signed(CHAIN)
END = Link(CHAIN[-1].seq, CHAIN[-1].digest)
HELD = Held(KEY.public, ROOTS, END, kept_from="2026-10-12")
SO_FAR = root(DAYS, CHAIN, ROOTS[-1].digest, upto=3)
"""The root of an open day that an establishment was given."""


def fault(chain: Sequence[Entry], held: Held = HELD) -> Fault | None:
    return prove(chain, held).fault


def modified(chain: list[Entry], at: int, draw: random.Random) -> None:
    """One field; its digest with it, half of the time."""
    was = chain[at]
    changed = [
        was._replace(at=was.at + 1),
        was._replace(actor="hub"),
        was._replace(act="project.closed"),
        was._replace(object="p-x"),
        was._replace(facts={**was.facts, "decision": "REFUSED"}),
        was._replace(previous=draw.randbytes(32)),
    ]
    again = draw.random() < 0.5
    chain[at] = draw.choice([*changed, *([] if again else [was._replace(digest=bytes(32))])])
    if again:
        chain[at] = chain[at]._replace(digest=digest_of(chain[at]))


def deleted(chain: list[Entry], at: int, draw: random.Random) -> None:
    """One entry or a few; the rest is numbered again, half of the time."""
    count = draw.randint(1, min(3, len(chain) - at))
    del chain[at : at + count]
    if draw.random() < 0.5:
        renumber(chain, at)


def inserted(chain: list[Entry], at: int, draw: random.Random) -> None:
    """An act that nobody did, well linked to the one before it."""
    before = Link(chain[at - 1].seq, chain[at - 1].digest) if at else BEGINNING
    chain[at:at] = linked([act(draw.randrange(LENGTH))._replace(object="p-x")], before)
    if draw.random() < 0.5:
        renumber(chain, at + 1)


def swapped(chain: list[Entry], at: int, draw: random.Random) -> None:
    """Two entries, each in the other's place; with the other's number, half of the time."""
    other = draw.randrange(at + 1, len(chain)) if at + 1 < len(chain) else at - 1
    chain[at], chain[other] = chain[other], chain[at]
    if draw.random() < 0.5:
        renumber(chain, 0)


def truncated(chain: list[Entry], at: int, _draw: random.Random) -> None:
    del chain[at:]


def renumber(chain: list[Entry], start: int) -> None:
    chain[start:] = [e._replace(seq=seq) for seq, e in enumerate(chain[start:], start + 1)]


ALTER = (modified, deleted, inserted, swapped, truncated)


def test_a_chain_that_nobody_touched_is_whole() -> None:
    assert prove(CHAIN, HELD) == (LENGTH, DAYS, None)
    assert prove(CHAIN, HELD._replace(outside=[*ROOTS, SO_FAR])).fault is None
    assert prove([], Held(KEY.public, [], Link(0, bytes(32)))) == (0, 0, None)


def test_every_one_of_ten_thousand_alterations_is_found_where_it_was_made() -> None:
    """The first entry that differs is told, or for the end of a chain the span that it ends."""
    draw = random.Random(20261012)
    held = HELD._replace(roots=ROOTS[:1])  # to check a signature takes as long as 40 entries
    for number in range(ALTERATIONS):
        chain, alter = list(CHAIN), ALTER[number % len(ALTER)]
        alter(chain, draw.randrange(LENGTH), draw)
        pairs = zip(CHAIN, chain, strict=False)
        due = next((e.seq for e, other in pairs if e != other), min(len(CHAIN), len(chain)) + 1)
        found = fault(chain, held)
        assert found is not None, (number, alter.__name__, due)
        exact = found.first == due
        assert exact or found.kind == REWRITTEN, (number, alter.__name__, due, found)
        assert found.first <= due <= found.last, (number, alter.__name__, due, found)
        assert exact or due == LENGTH, (number, alter.__name__, due, found)


@pytest.mark.parametrize("forger", [1, 17, 24, 30])
def test_a_chain_written_anew_from_somewhere_on_is_found_by_the_next_root(forger: int) -> None:
    """Whoever computes every digest again cannot sign the roots."""
    forged = [*CHAIN[: forger - 1], CHAIN[forger - 1]._replace(object="p-x"), *CHAIN[forger:]]
    found = fault(linked(forged))
    assert found is not None
    assert found.kind == REWRITTEN
    assert found.first <= forger <= found.last
    assert found.last - found.first < A_DAY


def test_a_root_that_the_hub_did_not_sign_proves_nothing() -> None:
    other = SigningKey(bytes(32))
    bad = ROOTS[1]._replace(signature=other.sign(ROOTS[1].message()))
    assert fault(CHAIN, HELD._replace(roots=[ROOTS[0], bad, ROOTS[2]])) == (FORGED_ROOT, 13, 24)
    assert fault(CHAIN, HELD._replace(outside=[bad])) == (FORGED_ROOT, 13, 24)
    assert fault(CHAIN, HELD._replace(public=b"no key")) == (FORGED_ROOT, 1, 12)


def test_a_root_that_is_gone_is_missed() -> None:
    assert fault(CHAIN, HELD._replace(roots=[ROOTS[0], ROOTS[2]])) == (FORGED_ROOT, 13, 36)


def test_a_tail_cut_off_with_the_head_set_back_is_found_by_a_root_held_outside() -> None:
    cut = CHAIN[:38]
    held = HELD._replace(end=Link(38, cut[-1].digest))
    assert fault(cut, held) is None  # nothing in the database knows better
    assert fault(cut, held._replace(outside=[SO_FAR])) == (CUT, 39, 39)


def test_a_day_cut_off_with_its_root_is_found_by_a_root_held_outside() -> None:
    cut = CHAIN[:24]
    held = Held(KEY.public, ROOTS[:2], Link(24, cut[-1].digest))
    assert fault(cut, held) is None
    assert fault(cut, held._replace(outside=[ROOTS[2]])) == (CUT, 25, 36)


def test_a_day_rewritten_and_signed_again_is_found_by_the_root_that_was_given_out() -> None:
    """Even by somebody who has the master key."""
    forged = linked([*CHAIN[:4], CHAIN[4]._replace(object="p-x"), *CHAIN[5:]])
    held = Held(KEY.public, signed(forged), Link(LENGTH, forged[-1].digest))
    assert fault(forged, held) is None
    found = fault(forged, held._replace(outside=[ROOTS[0]]))
    assert found == (REWRITTEN, 1, 12)


def test_entries_older_than_a_year_are_forgotten_and_the_rest_still_proved() -> None:
    kept = CHAIN[A_DAY:]
    held = HELD._replace(kept_from="2026-10-13")
    assert prove(kept, held) == (LENGTH - A_DAY, DAYS, None)
    assert fault(kept[1:], held) == (MISSING, 1, 1)
    assert fault([kept[0]._replace(object="p-x"), *kept[1:]], held) == (CHANGED, 13, 13)


def test_entries_that_are_forgotten_too_early_are_missed() -> None:
    held = HELD._replace(kept_from="2026-10-12")
    assert fault(CHAIN[A_DAY:], held) == (MISSING, 1, 12)
    assert fault([], held._replace(roots=ROOTS[:1], end=Link(12, ROOTS[0].digest))) == (
        *(MISSING, 1),
        12,
    )


def test_the_root_of_a_forgotten_day_must_still_be_the_one_that_was_given_out() -> None:
    forged = linked([CHAIN[0]._replace(object="p-x"), *CHAIN[1:]])
    held = Held(KEY.public, signed(forged), Link(LENGTH, forged[-1].digest), outside=[ROOTS[0]])
    assert fault(forged[A_DAY:], held) == (REWRITTEN, 1, 12)


def with_one(change: Callable[[list[Entry]], object]) -> list[Entry]:
    chain = list(CHAIN)
    change(chain)
    return chain


def test_each_kind_is_told_by_its_name() -> None:
    assert fault(with_one(lambda chain: chain.pop(6))) == (MISSING, 7, 7)
    assert fault(with_one(lambda chain: chain.insert(6, chain[3]))) == (INSERTED, 7, 7)
    assert fault(with_one(lambda chain: chain.insert(6, chain.pop(20)))) == (MOVED, 7, 7)
    assert fault(CHAIN[:30]) == (CUT, 31, 40)
    told = str(fault(CHAIN[:30]))
    assert told == "entries 31 to 40: the end of the chain was cut off from here on"
