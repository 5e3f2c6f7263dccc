"""`preau identity` shows ids, schools and rules, and no name; what is ruled waits for the hub."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import confluent_kafka as ck
import pytest
import sqlalchemy as sa

from preau.broker.clients import consumer_settings
from preau.broker.gate import ensure_topics
from preau.broker.topics import RULING, declared
from preau.canon.codec import decode
from preau.store import persons, said
from preau.store.persons import NAME_BIRTH, Entry, MatchKey
from preau.store.said import SaidState

Preau = Callable[..., Any]
SOURCES = ("ecoles/1", "colleges/2")


def state(record: str, key: str, fields: Any, points: Any = ()) -> SaidState:
    return SaidState(record, key, 1, deleted=False, event_id="e", fields=fields, points=points)


@pytest.fixture
def hub(preau: Preau, hub_engine: sa.Engine) -> Preau:
    """A hub that knows two alike, of whom one is in a CM2."""
    group = {"kind": "CLASS", "name": "CM2", "levels": ["CM2"], "establishments": ["0990002P"]}
    member = {"group": "ecoles/9", "member": SOURCES[0], "member_kind": "PERSON", "role": "PUPIL"}
    points = (("group", "ecoles/9"), ("member", SOURCES[0]))
    with hub_engine.begin() as connection:
        rows = [
            Entry(s, 1, deleted=False, person=s[-1], rule="alone", decisions=1, at=0)
            for s in SOURCES
        ]
        persons.put_entries(connection, rows)
        persons.put_keys(connection, [], [MatchKey(s, NAME_BIRTH, "d" * 64) for s in SOURCES])
        said.put(connection, [state("group", "ecoles/9", group)])
        said.put(connection, [state("membership", "ecoles/9-1", member, points)])
    return preau


def test_nothing_is_probable_where_nobody_is_alike(preau: Preau) -> None:
    done = preau("identity", "probable")
    assert done.exit_code == 0, done.output
    assert done.stdout == "0 pairs; none is linked before a person says so\n"


def test_what_is_only_possible_is_shown_when_asked_for(hub: Preau) -> None:
    assert hub("identity", "probable").stdout.startswith("0 pairs")
    line, end = hub("identity", "probable", "--possible").stdout.splitlines()
    assert line == (
        "POSSIBLE name_birth  ecoles/1 (0990002P) = colleges/2 (no class)"
        "  [pii.family_name, pii.given_names, pii.birth_date]"
    )
    assert end.startswith("1 pairs")


def test_each_pair_is_one_line_of_json(hub: Preau) -> None:
    (line,) = hub("identity", "probable", "--possible", "--json").stdout.splitlines()
    said = json.loads(line)
    assert (said["assurance"], said["rule"]) == ("POSSIBLE", "name_birth")
    assert said["left"] == {"person": "1", "sources": ["ecoles/1"], "schools": ["0990002P"]}


def pair_id(hub: Preau) -> str:
    (line,) = hub("identity", "review", "--possible", "--json").stdout.splitlines()
    return str(json.loads(line)["id"])


def test_what_waits_is_told_with_its_id_and_how_many_there_are(hub: Preau) -> None:
    line, count, end = hub("identity", "review", "--possible").stdout.splitlines()
    assert line.startswith(f"{pair_id(hub)}  POSSIBLE name_birth  ecoles/1 (0990002P) = ")
    assert count == "     1  POSSIBLE name_birth"
    assert end.startswith("1 pairs wait")


def test_a_refused_pair_is_kept_until_the_hub_runs_and_can_be_undone(hub: Preau) -> None:
    done = hub("identity", "refuse", pair_id(hub), "--by", "DIRECTOR")
    assert done.exit_code == 0, done.output
    assert done.stdout.endswith("; heard when the hub runs again\n")
    assert hub("identity", "review", "--possible").stdout.startswith("0 pairs")
    ruling = done.stdout.split()[1].rstrip(";")
    assert f"{ruling}  " in hub("identity", "rulings").stdout
    assert "DIFFERENT by DIRECTOR  ecoles/1 / colleges/2" in hub("identity", "rulings").stdout
    assert hub("identity", "undo", ruling, "--by", "DASEN").exit_code == 0
    assert "undone by DASEN" in hub("identity", "rulings").stdout
    assert hub("identity", "review", "--possible").stdout.splitlines()[-1].startswith("1 pairs")


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (("confirm", "none"), "PAIR_UNKNOWN"),
        (("split", "ecoles/1"), "SOURCE_ALONE"),
        (("split", "ecoles/9"), "SOURCE_UNKNOWN"),
        (("undo", "none"), "RULING_UNKNOWN"),
    ],
)
def test_what_cannot_be_ruled_is_refused_in_words(hub: Preau, order: Any, code: str) -> None:
    done = hub("identity", *order, "--by", "PRINCIPAL")
    assert getattr(done.exception, "code", "") == code


def test_a_move_is_told_and_what_waits_is_confirmed_only_when_told_to(hub: Preau) -> None:
    for name in ("ecoles", "colleges"):
        hub("instance", "add", name, "--connector", "aaf", "--academy", "11")
    move = ("identity", "move-uai", "0990002P", "--from", "ecoles", "--to", "colleges")
    done = hub(*move)
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0] == "1 people have an account in the old ENT"
    assert "     1  are not found in the new ENT" in lines
    assert json.loads(hub(*move, "--json").stdout)["people"] == 1
    confirmed = hub(*move, "--confirm-by", "PRINCIPAL").stdout
    assert confirmed.endswith("0 pairs ruled one\n") or "0 pairs ruled one;" in confirmed
    assert "ruled" not in hub(*move, "--confirm-by", "PRINCIPAL", "--dry-run").stdout


def test_a_move_between_instances_that_nobody_declared_is_refused(hub: Preau) -> None:
    done = hub("identity", "move-uai", "0990002P", "--from", "ecoles", "--to", "x")
    assert getattr(done.exception, "code", "") == "INSTANCE_UNKNOWN"


@pytest.mark.kafka
def test_a_running_hub_hears_of_it_at_once(
    hub: Preau, kafka: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (topic,) = (each for each in declared([], []) if each.name == RULING)
    ensure_topics(kafka, [topic])
    monkeypatch.setenv("PREAU_KAFKA", kafka)
    done = hub("identity", "refuse", pair_id(hub), "--by", "DIRECTOR")
    assert done.exit_code == 0, done.output
    ruling = done.stdout.split()[1]
    assert done.stdout == f"ruling {ruling}\n"
    reader = ck.Consumer(consumer_settings(kafka, f"reader-{ruling}"))
    reader.subscribe([RULING])
    try:
        limit = time.monotonic() + 30
        while (message := reader.poll(0.2)) is None or message.key() != ruling.encode():
            assert time.monotonic() < limit
        assert decode(message.value() or b"").value["kind"] == "DIFFERENT"
    finally:
        reader.close()
