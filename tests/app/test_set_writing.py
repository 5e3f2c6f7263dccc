"""A directory service's set in a hub that runs: who is in it, by whose leave, and until when."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest
from lxml import etree
from typer.testing import CliRunner

from preau.app.breach import Breaches
from preau.app.erasure_start import Request
from preau.app.hub_topics import ensure_share_topic
from preau.app.rights_desk import RightsDesk
from preau.app.set_writing import SetWriting
from preau.broker.publisher import Publisher
from preau.cli import create_cli
from preau.demo.hub_operator import Operator
from preau.demo.limoux.town import BENEYLU, COLLEGE, ECOLES, EDIFICE
from preau.outlets.gar.check import check
from preau.outlets.gar.contents import unpacked
from preau.rights.breach import Window
from preau.store import filed, mandates, persons, projects, receipts
from preau.store.instances import Instance
from preau.web.needs import OPERATE
from tests.faults.world import USERS, World, open_world, until

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(300)]
GAR = "u3"
PUPIL = next(each for each in ECOLES[0].classes[0].people if not each.teacher)
ENTS = {COLLEGE.uai: EDIFICE, **{each.uai: BENEYLU for each in ECOLES}}


class Town(NamedTuple):
    """A hub that runs, with an open project between écoles and a collège, and a GAR declared."""

    world: World
    project: str
    operator: Operator
    writing: SetWriting

    @property
    def folder(self) -> Path:
        return self.world.settings.drop_folder / GAR

    def archive(self) -> Path:
        [found] = self.folder.glob("*.tar.gz")
        return found

    def texts(self, kind: str, name: str) -> list[str]:
        """Every value of that element in the files of that kind."""
        said = unpacked(self.archive()).files
        roots = [etree.fromstring(c) for n, c in said.items() if f"_{kind}_" in n]
        return sorted(e.text or "" for root in roots for e in root.iter("{*}" + name))

    def held(self) -> int:
        """How many members are kept for the next set."""
        with self.world.control.engine.connect() as connection:
            rows = filed.held(connection, GAR)
        return sum(1 for row in rows if row.operation == "MEMBER_PUT")

    def preau(self, *arguments: str) -> str:
        """One command, by an operator beside the hub; what it said."""
        settings = replace(self.world.settings, kafka=self.world.hub.bootstrap, replicas="1")
        done = CliRunner().invoke(create_cli(), arguments, env=settings.environment())
        assert done.exit_code == 0, (done.output, done.exception)
        return done.output

    def ask_for(self, uai: str) -> None:
        """The establishment is asked whether its people may be listed there."""
        said = {"uai": uai, "instance": ENTS[uai], "directories": [GAR]}
        self.operator._call("POST", f"/v1/projects/{self.project}/participants", said)


@pytest.fixture(scope="module")
def town(
    tmp_path_factory: pytest.TempPathFactory, hub_database: Callable[[], str]
) -> Iterator[Town]:
    with open_world(tmp_path_factory.mktemp("sets"), hub_database()) as world:
        said = (GAR, "gar", "", "11", "", "", "file")
        world.control.instances.put(Instance(*said, loopback=False, disabled=False))
        ensure_share_topic(world.control, GAR)
        with world.control.engine.connect() as connection:
            [project] = projects.all_ids(connection)
        operator = Operator(world.hub.address, world.control.api_keys.make(None, (OPERATE,)))
        writing = SetWriting(world.control, lambda: world.hub.bootstrap)
        yield Town(world, project, operator, writing)


def test_without_a_mandate_for_it_nobody_is_in_the_set(town: Town) -> None:
    for school in ECOLES:
        town.ask_for(school.uai)
    said = town.preau("project", "directory", town.project, COLLEGE.uai, GAR)
    assert "record its decision" in said
    made = town.writing.write(GAR)
    assert (made.accounts, made.groups) == (0, 0)
    assert check(town.archive()) == []
    assert town.held() == 0


def test_with_their_mandates_each_school_has_its_people_and_its_group(town: Town) -> None:
    for school in ECOLES:
        town.operator.decide(town.project, school.uai, "AUTHORISED", "DASEN")
    town.operator.decide(town.project, COLLEGE.uai, "AUTHORISED", "PRINCIPAL")
    people = sum(len(room.people) for school in ECOLES for room in school.classes)
    until(lambda: town.held() == people + len(USERS))
    made = town.writing.write(GAR)
    told = town.preau("instance", "write", GAR)
    assert f"{people} accounts, {len(ECOLES)} groups" in told
    assert f"left out, NO_NAME: {len(USERS)}" in told
    assert check(town.archive()) == []
    assert town.texts("Groupe", "GARGroupeLibelle") == ["Défi lecture"] * len(ECOLES)
    assert town.texts("Etab", "GARStructureUAI") == sorted(each.uai for each in ECOLES)
    assert made.accounts == people
    assert made.left_out == {"NO_NAME": len(USERS)}  # this ENT tells nobody's name


def test_a_set_is_for_its_owner_alone_and_only_the_last_one_lies_there(town: Town) -> None:
    town.writing.write(GAR)
    files = [each for each in town.folder.iterdir() if "_Complet_" in each.name]
    assert [each.suffix for each in sorted(files)] == [".gz", ".md5"]
    assert {each.stat().st_mode & 0o777 for each in files} == {0o600}


def test_what_is_kept_is_accepted_and_a_report_of_the_set_makes_it_applied(town: Town) -> None:
    made = town.writing.write(GAR)

    def outcomes() -> set[tuple[str, str]]:
        book = receipts.Receipts(town.world.control.engine).of_project(town.project)
        return {(each.outcome, each.reason) for each in book if each.destination == GAR}

    until(lambda: outcomes() == {("ACCEPTED", "NEXT_SET")})
    (town.folder / f"{made.number}.ok").touch()
    kept = ("ACCEPTED", "NEXT_SET")  # whoever has no name is not in it, and is not told to be
    until(lambda: outcomes() == {("APPLIED", ""), kept})


def test_no_name_is_in_what_is_kept_nor_in_what_travels(town: Town) -> None:
    with town.world.control.engine.connect() as connection:
        rows = filed.held(connection, GAR)
    names = {name for row in rows for name in row.fields}
    assert names == {"group", "name", "member_kind", "local_id", "role", "establishment"}


def test_a_breach_there_is_told_with_the_names_that_its_sets_give(town: Town) -> None:
    control = town.world.control
    found = Breaches(control, lambda: town.world.hub.bootstrap)
    said = found.scope(GAR, Window(0, control.clock.now_ms()), "operator")
    assert set(town.texts("Eleve", "GARPersonIdentifiant")) <= {
        each["pseudonyme"] for each in said["personnes"]
    }
    assert {"family_name", "given_name"} <= set(said["personnes"][0]["champs"])
    assert said["personnes_concernées"] == len({each["pseudonyme"] for each in said["personnes"]})


def test_an_erased_person_is_in_no_set_any_more(town: Town) -> None:
    account, before = PUPIL.account, set(town.texts("Eleve", "GARPersonIdentifiant"))
    name, held = town.world.control.pseudonyms(), town.held()
    with town.world.control.engine.connect() as connection:
        source = f"{BENEYLU}/{account}"
        entry = persons.entries(connection, [source])[source].person
    assert name(GAR, entry) in before
    with Publisher(town.world.hub.bootstrap) as publisher:
        desk = RightsDesk(town.world.control, lambda: town.world.hub.bootstrap, publisher.publish)
        desk.erase(Request([entry], "DPO", "operator"))

    def gone() -> bool:
        found = list(town.folder.glob("*.tar.gz"))
        if len(found) != 1:
            return False
        return name(GAR, entry) not in town.texts("Eleve", "GARPersonIdentifiant")

    until(gone)
    until(lambda: town.held() == held - 1)
    assert check(town.archive()) == []


def test_a_revoked_mandate_takes_its_school_out_of_the_next_set(town: Town) -> None:
    control = town.world.control
    with control.engine.begin() as connection:
        given = mandates.of_project(connection, town.project)
        mine = {m.id for m in given if m.instance == GAR and m.of(ECOLES[1].uai)}
        mandates.revoke(connection, mine, control.clock.now_ms())
    town.writing.write(GAR)  # before any withdrawal was delivered: it is asked anew
    assert ECOLES[1].uai not in town.texts("Etab", "GARStructureUAI")


def test_a_set_of_a_week_ago_is_removed(town: Town) -> None:
    town.writing.write(GAR)
    for each in town.folder.iterdir():
        os.utime(each, (1, 1))
    until(lambda: not list(town.folder.glob("*.tar.gz")))
