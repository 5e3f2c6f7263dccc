"""A small invented académie is rehearsed: what is foreseen is true, and comes true."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import orjson
import pytest
from bench.identity.answers import INSTANCES, read_truth
from bench.identity.hub import Hub

from preau.imports.importer import Order
from preau.imports.rehearsal import Rehearsal
from preau.imports.rehearsal_page import passages, render_html, render_text
from preau.imports.rehearsed import ENDED, Rehearsed
from preau.sandbox.territory.names import BOYS, FAMILIES, GIRLS
from preau.sandbox.territory.plan import Plan
from preau.sandbox.territory.territory import write_territory

CONNECTORS = {"colleges": "aaf", "ecoles": "aaf-1d"}
FORMS = {instance: form for form, instance in INSTANCES.items()}


class Played(NamedTuple):
    """The files, and each directory rehearsed before its September is in and after."""

    territory: Path
    foreseen: dict[str, Rehearsed]
    after: dict[str, Rehearsed]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    territory = tmp_path_factory.mktemp("territory")
    write_territory(Plan(320, 5, territory, 0.04, schools_files="none"))
    hub = Hub(tmp_path_factory.mktemp("hub"))
    for instance, connector in CONNECTORS.items():
        hub.imported(instance, connector, territory / "avant" / FORMS[instance])
    foreseen, after = {}, {}
    for instance, connector in CONNECTORS.items():
        files = territory / "apres" / FORMS[instance]
        foreseen[instance] = rehearsed(hub, instance, files)
        hub.imported(instance, connector, files)
        after[instance] = rehearsed(hub, instance, files)
    hub.engine.dispose()
    return Played(territory, foreseen, after)


def rehearsed(hub: Hub, instance: str, files: Path) -> Rehearsed:
    source = hub.source(instance, CONNECTORS[instance])
    heard = Rehearsal(hub.engine, source, hub.likeness)
    order = Order([files], rehearse=True, listener=heard)
    return heard.report(hub.importer(source).prepare(order))


def test_every_certain_passage_to_college_is_foreseen(played: Played) -> None:
    truth = read_truth(played.territory / "answers.jsonl")
    told = Counter[str]()
    for each in passages(played.foreseen["colleges"].schools):
        told[each.assurance] += each.pupils
    assert told["CERTAIN"] == len(truth.links["ine"]) > 10
    assert told["PROBABLE"] <= len(truth.links["probable"])


def test_the_ecoles_then_know_where_their_pupils_went(played: Played) -> None:
    there, here = (
        Counter({p.rule: p.pupils for p in passages(played.foreseen[name].schools)})
        for name in ("colleges", "ecoles")
    )
    assert 0 < here["ine_digest"] <= there["ine_digest"]


@pytest.mark.parametrize("instance", [*CONNECTORS])
def test_what_is_foreseen_comes_true(played: Played, instance: str) -> None:
    foreseen = {school.uai: school for school in played.foreseen[instance].schools}
    for now in played.after[instance].schools:
        then = foreseen[now.uai]
        change = then.come - then.leave + then.moved_in - then.moved_out
        assert now.pupils == then.pupils + change
        rooms = {r.key: r.pupils + r.come - r.leave for r in then.classes if r.fate != ENDED}
        assert {room.key: room.pupils for room in now.classes if room.fate != ENDED} == rooms


@pytest.mark.parametrize("instance", [*CONNECTORS])
def test_a_set_that_is_in_changes_nothing(played: Played, instance: str) -> None:
    found = played.after[instance]
    assert not found.alarms
    assert not found.projects
    assert {(s.come, s.leave, s.moved_in, s.moved_out) for s in found.schools} == {(0, 0, 0, 0)}


@pytest.mark.parametrize("instance", [*CONNECTORS])
def test_nobody_is_named_and_no_ine_is_told(played: Played, instance: str) -> None:
    found = played.foreseen[instance]
    people = {name.casefold() for name in (*FAMILIES, *BOYS, *GIRLS)}
    with (played.territory / "answers.jsonl").open("rb") as lines:
        ines = {
            said["ids"]["ine"] for said in map(orjson.loads, lines) if "ine" in said.get("ids", {})
        }
    schools = {word for s in found.schools for word in re.findall(r"\w+", s.name.casefold())}
    for told in (render_html(found), render_text(found)):
        words = set(re.findall(r"[\w'-]+", told.casefold()))
        assert words & people <= schools
        assert not {word.upper() for word in words} & ines
