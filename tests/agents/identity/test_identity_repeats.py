"""A repeat, a late word, a crash, an erasure, unreadable bytes: nothing is lost by them."""

from __future__ import annotations

from typing import Any

import pytest

from preau.broker.records import Arrival
from preau.canon.codec import encode

AAF, ECOLE, COLLEGE = "aaf/700001", "ent-ecole/5121", "mon-ent/a1b2"
REF = ("11", "FIRST", "700001")
INE = "0" * 63 + "1"


def test_a_repeat_tells_the_same_bytes_even_later(registry: Any) -> None:
    batch = [registry.person(s, ref=REF) for s in (AAF, ECOLE)]
    step = registry.step()
    first = step.handle(batch)
    step.acknowledged()
    registry.clock.advance(60_000)
    assert step.handle(batch) == first
    assert registry.step().handle(batch) == first


def test_a_newer_version_that_says_the_same_is_the_same_decision(registry: Any) -> None:
    step = registry.step()
    first = step.handle([registry.person(s, ref=REF) for s in (AAF, ECOLE)])
    registry.clock.advance(86_400_000)
    assert step.handle([registry.person(s, 2, ref=REF) for s in (AAF, ECOLE)]) == first


def test_a_late_word_changes_nothing(registry: Any, told: Any) -> None:
    step = registry.step()
    step.handle([registry.person(AAF, ref=REF)])
    current = told(step.handle([registry.person(ECOLE, 5, ref=REF)]))[ECOLE]
    late = registry.person(ECOLE, 4, ref=("11", "FIRST", "9"))
    assert told(step.handle([late])) == {ECOLE: current}
    assert registry.people() == {frozenset({AAF, ECOLE})}


def test_of_one_source_in_a_batch_the_newest_word_counts(registry: Any, told: Any) -> None:
    said = [
        registry.person(ECOLE, 1, ref=("11", "FIRST", "9")),
        registry.person(ECOLE, 3, ref=REF),
        registry.person(ECOLE, 2, deleted=True),
        registry.person(AAF, ref=REF),
    ]
    assert set(told(registry.step().handle(said))) == {ECOLE, AAF}
    assert registry.people() == {frozenset({AAF, ECOLE})}


def merge(registry: Any) -> tuple[list[Arrival], list[Any]]:
    """A batch that moves two sources without a word of theirs, and what it tells."""
    step = registry.step()
    step.handle([registry.person(AAF, ref=REF), registry.person(COLLEGE, ine=INE)])
    step.acknowledged()
    batch = [registry.person(ECOLE, ref=REF, ine=INE)]
    return batch, step.handle(batch)


def test_a_crash_before_kafka_loses_no_decision(registry: Any, told: Any) -> None:
    """The process dies after its transaction; the next one tells the movers, then the batch."""
    batch, lost = merge(registry)
    assert set(told(lost)) == {AAF, ECOLE, COLLEGE}
    registry.clock.advance(5_000)
    fresh = registry.step()
    assert sorted([*fresh.opening(), *fresh.handle(batch)]) == sorted(lost)


def test_a_crash_in_a_split_loses_no_decision(registry: Any) -> None:
    step = registry.step()
    step.handle([registry.person(AAF, ref=REF), registry.person(COLLEGE, ine=INE)])
    step.handle([registry.person(ECOLE, ref=REF, ine=INE)])
    step.acknowledged()
    batch = [registry.person(ECOLE, 2, deleted=True)]
    lost = step.handle(batch)
    fresh = registry.step()
    assert sorted([*fresh.opening(), *fresh.handle(batch)]) == sorted(lost)


def test_what_is_owed_stays_owed_until_kafka_has_it(registry: Any) -> None:
    merge(registry)
    owed = registry.step().opening()
    assert {output.key for output in owed} == {AAF.encode(), COLLEGE.encode()}
    second = registry.step()
    assert second.opening() == owed
    second.acknowledged()
    assert registry.step().opening() == []


def test_only_what_was_handed_over_is_acknowledged(registry: Any) -> None:
    merge(registry)
    registry.step().acknowledged()  # it has handed nothing over yet
    assert len(registry.step().opening()) == 2


def test_an_erased_person_is_known_by_what_is_not_sealed(registry: Any) -> None:
    said = [registry.person(s, ref=REF, ine=INE) for s in (AAF, ECOLE)]
    registry.keys.forget([AAF])
    registry.step().handle([*said, registry.person(COLLEGE, ine=INE)])
    assert registry.people() == {frozenset({AAF, ECOLE, COLLEGE})}
    registry.forget_everything()
    registry.keys.forget([ECOLE])
    registry.step().handle([*said, registry.person(COLLEGE, ine=INE)])
    assert registry.people() == {frozenset({AAF, ECOLE}), frozenset({COLLEGE})}


def unreadable(registry: Any) -> list[Arrival]:
    good = registry.person(COLLEGE, ine=INE)
    head = Arrival("preau.canon.person", 0, 0, b"x/1", b"", {})
    group = encode("group", {"kind": "CLASS"})
    return [
        head._replace(value=b""),
        head._replace(value=b"\x00\x00\x00\xff\xff" + b"?" * 9),
        head._replace(value=(good.value or b"")[:-7]),
        head._replace(value=group),
        head._replace(value=good.value, key=b"\xff\xfe"),
        head._replace(value=good.value, key=None),
        head._replace(value=None),
    ]


@pytest.mark.parametrize("number", range(7))
def test_what_cannot_be_read_is_passed_over(registry: Any, told: Any, number: int) -> None:
    bad = unreadable(registry)[number]
    links = told(registry.step().handle([bad, registry.person(AAF, ref=REF), bad]))
    assert set(links) == {AAF}


def test_a_seal_from_another_record_is_not_believed(registry: Any, told: Any) -> None:
    """Its key exists, but it was sealed for another subject: somebody forged the record."""
    good = registry.person(ECOLE, ine=INE)
    value = good.value.replace(b"ent-ecole", b"ent-autre")
    forged = good._replace(key=b"ent-autre/5121", value=value)
    links = told(registry.step().handle([forged, registry.person(COLLEGE, ine=INE)]))
    assert set(links) == {COLLEGE}


def test_an_import_said_again_every_day_moves_nobody(registry: Any) -> None:
    step = registry.step()
    sources = [f"aaf/{n}" for n in range(50)]
    step.handle([registry.person(s, ref=("11", "FIRST", s)) for s in sources])
    keys = "select source, kind, value from person_key order by 1, 2, 3"
    with registry.engine.connect() as connection:
        before = connection.exec_driver_sql(keys).all()
    step.handle([registry.person(s, 2, ref=("11", "FIRST", s)) for s in sources])
    with registry.engine.connect() as connection:
        assert connection.exec_driver_sql(keys).all() == before
        versions = connection.exec_driver_sql(
            "select distinct version, decisions from person_entry"
        )
        assert versions.all() == [(2, 1)]
