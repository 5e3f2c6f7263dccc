"""The register of instances: complete, replaceable, and with secrets that do not show."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from preau.clock import SetClock
from preau.errors import Stop
from preau.keys.master import MasterKey
from preau.store import audit
from preau.store.instances import Instance, Instances

NOW = 1_791_806_400_000
MASTER = MasterKey(bytes(range(32)))
SECRET = "whsec_c2VjcmV0IGRlcyBlY29sZXM"
PLAIN = {"loopback": False, "disabled": False}
ECOLE = Instance("ent-ecole", "primo", "FIRST", "11", "https://ecole.test", SECRET, "push", **PLAIN)
COLLEGE = Instance("mon-ent", "duo", "", None, "http://127.0.0.1:8701", "", "webhook", **PLAIN)
COLLEGE = COLLEGE._replace(loopback=True)


@pytest.fixture
def register(engine: sa.Engine) -> Instances:
    return Instances(engine, MASTER, SetClock(NOW))


def code(stopped: pytest.ExceptionInfo[Stop]) -> str:
    assert SECRET not in str(stopped.value)
    return stopped.value.code


def test_an_instance_is_found_as_it_was_declared(register: Instances) -> None:
    register.put(COLLEGE)
    register.put(ECOLE)
    assert register.get("ent-ecole") == ECOLE
    assert register.get("mon-ent") == COLLEGE
    assert register.all() == [ECOLE, COLLEGE]
    said = [(each.loopback, each.disabled) for each in register.all()]
    assert repr(said) == "[(False, False), (True, False)]"  # SQLite's own answer would be 0 and 1


def test_an_instance_never_declared_is_none(register: Instances) -> None:
    assert register.get("ent-ecole") is None
    assert register.all() == []


def test_a_second_declaration_replaces_the_first(register: Instances) -> None:
    moved = ECOLE._replace(base_url="https://neuf.test", secret="neuf", academy=None, loopback=True)
    register.put(ECOLE)
    register.put(moved)
    assert register.all() == [moved]


def test_a_disabled_instance_stays_known(register: Instances) -> None:
    register.put(ECOLE)
    register.put(COLLEGE)
    register.disable("ent-ecole")
    register.disable("ent-ecole")
    assert register.all() == [ECOLE._replace(disabled=True), COLLEGE]


def test_disabling_what_is_not_there_names_what_is(register: Instances) -> None:
    register.put(ECOLE)
    with pytest.raises(Stop) as stopped:
        register.disable("ent-ecol")
    assert code(stopped) == "INSTANCE_UNKNOWN"
    assert stopped.value.complaint.known == ("ent-ecole",)


@pytest.mark.parametrize("name", ["", "Ent-École", "ent ecole", "a" * 64, "ent/ecole"])
def test_a_name_that_no_topic_may_have_is_refused(register: Instances, name: str) -> None:
    with pytest.raises(Stop) as stopped:
        register.put(ECOLE._replace(name=name))
    assert code(stopped) == "INSTANCE_NAME"
    assert register.all() == []


def test_a_degree_that_does_not_exist_is_refused(register: Instances) -> None:
    with pytest.raises(Stop) as stopped:
        register.put(ECOLE._replace(degree="1D"))
    assert code(stopped) == "INSTANCE_DEGREE"
    assert register.all() == []


def test_a_secret_is_nowhere_in_clear(register: Instances, on_disk: Callable[[], bytes]) -> None:
    register.put(ECOLE)
    held = on_disk()
    assert b"https://ecole.test" in held
    assert SECRET.encode() not in held
    assert SECRET not in f"{ECOLE} {ECOLE!r} {[register.get('ent-ecole')]}"


def test_a_secret_copied_to_another_instance_does_not_open(
    register: Instances, engine: sa.Engine
) -> None:
    register.put(ECOLE)
    register.put(COLLEGE)
    with engine.begin() as connection:
        steal = "update instance set secret = (select secret from instance where name = :victim)"
        connection.execute(sa.text(steal), {"victim": "ent-ecole"})
    assert register.get("ent-ecole") == ECOLE
    with pytest.raises(Stop) as stopped:
        register.get("mon-ent")
    assert code(stopped) == "MASTER_KEY_WRONG"


def test_every_declaration_is_in_the_audit_chain_and_no_secret_is(
    register: Instances, engine: sa.Engine
) -> None:
    register.put(ECOLE)
    register.put(ECOLE._replace(academy="13"))
    register.disable(ECOLE.name)
    register.put(ECOLE)
    register.put(ECOLE._replace(way_out="none"), by=audit.HUB)
    with engine.connect() as connection:
        chain = audit.entries(connection)
    assert [each.act for each in chain] == [
        "instance.added",
        "instance.changed",
        "instance.disabled",
        "instance.enabled",
        "instance.changed",
    ]
    assert [each.actor for each in chain] == ["operator"] * 4 + ["hub"]
    assert {each.object for each in chain} == {ECOLE.name}
    assert SECRET not in repr(chain)


def test_what_is_refused_is_in_no_chain(register: Instances, engine: sa.Engine) -> None:
    with pytest.raises(Stop):
        register.disable("nobody")
    with engine.connect() as connection:
        assert audit.entries(connection) == []
