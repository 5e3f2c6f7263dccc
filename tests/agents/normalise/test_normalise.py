"""Each intake record becomes canonical records or set-asides; none is lost, none stops the step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preau.agents.normalise import LARGEST
from preau.broker.records import Arrival, Output
from preau.broker.topics import CANON, RECORD_BYTES, RECORDS, SET_ASIDE
from preau.canon.codec import Decoded, read_inner
from preau.canon.schemas import load

Arrive = Callable[..., Arrival]
Pupil = Callable[..., dict[str, Any]]
Read = Callable[[Output], Decoded]
TRACE = b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
ASIDE = f"{SET_ASIDE}essai"


def ids(outputs: list[Output]) -> list[bytes]:
    return [dict(output.headers)["ce_id"] for output in outputs]


def test_an_event_becomes_its_record_with_its_personal_part_sealed(
    house: Any, arrive: Arrive, pupil: Pupil, read: Read
) -> None:
    [output] = house.step.handle([arrive(pupil(7), 41, traceparent=TRACE)])
    decoded, headers = read(output), dict(output.headers)

    assert (output.topic, output.key) == (f"{CANON}person", b"ecole/7")
    assert decoded.value["profile"] == "PUPIL"
    assert decoded.value["meta"]["lineage"] == {
        "topic": "preau.intake.essai",
        "partition": 1,
        "offset": 41,
        "path": "",
    }
    assert headers["ce_id"].decode() == decoded.value["meta"]["event_id"]
    assert (headers["ce_type"], headers["traceparent"]) == (b"fr.preau.person.v1", TRACE)
    assert b"DELPRAT" not in (output.value or b"")
    assert read_inner("person", house.opened(decoded))["family_name"] == "DELPRAT"


def test_what_the_inlet_knew_counts(house: Any, arrive: Arrive, pupil: Pupil, read: Read) -> None:
    named = {**pupil(7), "event": "SOMETHING ELSE"}
    heads = {"event": b"PUPIL", "vendor_event_id": b"e-1", "path": b"record 17"}

    first, again = house.step.handle([arrive(named, **heads), arrive(pupil(8), **heads)])

    assert read(first).value["meta"]["lineage"]["path"] == "record 17"
    assert ids([first]) == ids([again])  # the vendor says that it is one event


def test_the_step_reads_the_intake_topic_of_every_connector(house: Any) -> None:
    assert (house.step.name, house.step.topics()) == ("normalise", ["preau.intake.essai"])


def test_a_refusal_is_a_set_aside_that_says_why_and_where(
    house: Any, arrive: Arrive, pupil: Pupil, read: Read
) -> None:
    bad = arrive(pupil(7, born="31/02/2016"), 12, path=b"record 3", traceparent=TRACE)

    [output] = house.step.handle([bad])
    decoded, headers = read(output), dict(output.headers)

    assert (output.topic, output.key, decoded.record) == (ASIDE, b"ecole", "set_aside")
    assert headers["ce_type"] == b"fr.preau.set_aside.v1"
    assert (headers["ce_source"], headers["traceparent"]) == (b"urn:preau:ecole", TRACE)
    assert {name: decoded.value[name] for name in ("code", "field", "found", "event")} == {
        "code": "NOT_A_DATE",
        "field": "born",
        "found": "text of 10 characters",
        "event": "PUPIL",
    }
    assert [decoded.value[name] for name in ("topic", "partition", "offset", "path", "at")] == [
        "preau.intake.essai",
        1,
        12,
        "record 3",
        house.clock.now_ms(),
    ]
    assert decoded.value["known"]
    assert decoded.value["fix"]
    assert b"DELPRAT" not in (output.value or b"")


def test_the_good_items_of_a_broken_event_go_out(house: Any, arrive: Arrive, read: Read) -> None:
    members = [{"id": 1}, {"id": []}, {"id": 3}, {}]

    outputs = house.step.handle([arrive({"event": "MEMBERS", "id": 9, "members": members})])

    assert [output.topic.rpartition(".")[2] for output in outputs] == [
        *("membership", "membership"),
        *("essai", "essai"),
    ]
    assert [read(output).value["field"] for output in outputs[2:]] == [
        "id | members.1.id",
        "members.3.id",
    ]
    assert len(set(ids(outputs))) == 4


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("instance", None),
        ("instance", b""),
        ("instance", b"\xff"),
        ("instance", b"Timeo Delprat"),
        ("received_at", None),
        ("received_at", b"hier"),
        ("received_at", b"-1"),
        ("received_at", b"9" * 30),
        ("event", b"\xff"),
        ("event", b"E" * 1000),
        ("event", b"PUP\0IL"),
        ("vendor_event_id", b"\xff"),
        ("path", b"p" * 1_000_000),
    ],
)
def test_a_header_that_cannot_be_read_is_a_set_aside(
    house: Any, arrive: Arrive, pupil: Pupil, read: Read, name: str, raw: bytes | None
) -> None:
    [output] = house.step.handle([arrive(pupil(7), **{name: raw})])
    said = read(output).value

    assert (output.topic, said["code"], said["field"]) == (
        ASIDE,
        "INTAKE_HEADER",
        f"header {name}",
    )
    assert said["instance"] == ("" if name == "instance" else "ecole")
    assert dict(output.headers)["ce_source"] != b"urn:preau:"
    assert b"Delprat" not in (output.value or b"")


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (None, "NO_BYTES"),
        (b"", "NOT_JSON"),
        (b"\xff", "NOT_JSON"),
        (b"[]", "NOT_AN_OBJECT"),
        ({"event": "PUPIL", "id": "a\0b"}, "JSON_NUL"),
        ({"event": "UNHEARD"}, "UNKNOWN_EVENT"),
    ],
)
def test_bytes_that_are_no_event_are_set_aside(
    house: Any, arrive: Arrive, read: Read, event: object, code: str
) -> None:
    [output] = house.step.handle([arrive(event)])

    assert read(output).value["code"] == code


def test_an_escape_that_only_looks_like_nul_goes_through(house: Any, arrive: Arrive) -> None:
    [output] = house.step.handle([arrive(b'{"event": "CLASS", "id": 1, "name": "\\\\u0000"}')])

    assert output.topic == f"{CANON}group"


def test_an_ignored_event_and_an_empty_list_are_counted(house: Any, arrive: Arrive) -> None:
    nothing = house.step.handle(
        [arrive({"event": "TALK"}), arrive({"event": "MEMBERS", "id": 9, "members": []})]
    )

    assert nothing == []
    tally = house.normaliser.tally
    assert (tally.said, tally.ignored, tally.silent) == (2, {"TALK": 1}, 1)


def test_a_record_larger_than_kafka_takes_is_set_aside_alone(
    house: Any, arrive: Arrive, read: Read
) -> None:
    long = "x" * (RECORD_BYTES // 2)
    members = [{"id": 1}, {"id": long}, {"id": long + "2"}, {"id": 4}]

    outputs = house.step.handle([arrive({"event": "MEMBERS", "id": 9, "members": members})])

    assert [output.key for output in outputs] == [b"ecole/9:1", b"ecole/9:4", b"ecole", b"ecole"]
    assert [read(output).value["code"] for output in outputs[2:]] == ["RECORD_SIZE"] * 2
    assert len(set(ids(outputs))) == 4


def test_the_largest_record_has_room_for_its_headers(house: Any, arrive: Arrive) -> None:
    def of(size: int) -> Output:
        event = {"event": "CLASS", "id": 1, "name": "x" * size}
        output: Output
        [output] = house.step.handle([arrive(event, traceparent=TRACE)])
        return output

    around = len(of(100_000).value or b"") - 100_000
    largest = of(LARGEST - around - len(b"ecole/1"))
    told = sum(len(name) + len(raw) + 10 for name, raw in largest.headers)

    assert largest.topic == f"{CANON}group"
    assert len(largest.value or b"") + len(b"ecole/1") + told + 500 < RECORD_BYTES
    assert of(LARGEST - around - len(b"ecole/1") + 1).topic == ASIDE


@pytest.mark.parametrize("trace", [b"", b"00-short", b"x" * 1_000_000])
def test_what_is_no_trace_is_not_passed_on(
    house: Any, arrive: Arrive, pupil: Pupil, trace: bytes
) -> None:
    outputs = house.step.handle(
        [arrive(pupil(7), traceparent=trace), arrive(b"", traceparent=trace)]
    )

    assert len(outputs) == 2
    assert all("traceparent" not in dict(output.headers) for output in outputs)


GOOD = st.builds(
    lambda n, name: {"event": "PUPIL", "id": n, "name": name},
    st.integers(1, 4),
    st.text(max_size=9),
)
BROKEN = st.sampled_from(
    [
        b"{",
        None,
        {"event": "PUPIL"},
        {"event": "CLASS", "id": [1]},
        {"event": "MEMBERS", "id": 1, "members": [{"id": 1}, {}, {"id": 2}]},
    ]
)
QUIET = st.sampled_from([{"event": "TALK"}, {"event": "MEMBERS", "id": 1, "members": []}])
HEADS = st.fixed_dictionaries(
    {},
    optional={
        name: st.binary(max_size=12)
        for name in ("instance", "received_at", "event", "vendor_event_id", "path", "traceparent")
    },
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(events=st.lists(st.tuples(GOOD | BROKEN | QUIET, HEADS | st.just({})), max_size=12))
def test_all_that_comes_in_is_accounted_for_in_its_order(
    house: Any, arrive: Arrive, events: list[Any]
) -> None:
    batch = [arrive(event, offset, **heads) for offset, (event, heads) in enumerate(events)]
    tally = house.normaliser.tally

    alone = []
    for one in batch:
        quiet = tally.silent + sum(tally.ignored.values())
        outputs = house.step.handle([one])
        assert outputs or tally.silent + sum(tally.ignored.values()) == quiet + 1
        alone += outputs
    together = house.step.handle(batch)

    for kind in (True, False):  # canonical records, then set-asides: each in order of arrival
        mine = [output for output in alone if (output.topic == ASIDE) is kind]
        theirs = [output for output in together if (output.topic == ASIDE) is kind]
        assert ids(mine) == ids(theirs)
        assert [output.key for output in mine] == [output.key for output in theirs]


def test_a_repeat_gives_the_same_ids_in_the_same_order(
    house: Any, arrive: Arrive, pupil: Pupil
) -> None:
    batch = [arrive(pupil(n % 3, born="?" if n % 4 == 0 else ""), n) for n in range(20)]

    first = house.step.handle(batch)
    house.clock.advance(5_000)
    again = house.step.handle(batch)

    assert [(o.topic, o.key) for o in first] == [(o.topic, o.key) for o in again]
    assert ids(first) == ids(again)


def test_every_record_that_a_mapping_may_give_has_a_topic() -> None:
    mapped = {s.name for s in load().values() if s.raw["fields"][0]["name"] == "meta"}

    assert mapped <= RECORDS
