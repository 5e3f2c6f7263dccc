"""What an operator cuts goes no further; once resumed, all is as if it had never been cut."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preau.agents.keeping_back import waits
from preau.store import kept_back, switches
from preau.store.projects import Place
from preau.store.switches import Order
from tests.agents.projects.conftest import Hub, Said

BY = "operator"


def cut(hub: Any, kind: str, target: str) -> int:
    with hub.engine.begin() as connection:
        return switches.cut(connection, Order(kind, target), BY, 1).id


def resume(hub: Any, number: int) -> None:
    with hub.engine.begin() as connection:
        assert switches.resume(connection, number, BY, 2) is not None


def kept(hub: Any) -> int:
    with hub.engine.connect() as connection:
        return kept_back.count(connection)


def ticked(hub: Any) -> list[tuple[str, str, Any]]:
    """What the step does by itself, a second later."""
    told = hub.deliveries(hub.step.tick())
    return [(e["destination"], e["operation"], e["body"].get("title")) for e in told]


def documents(say: Any, title: str = "Conte", version: int = 1) -> list[Any]:
    shared = say.share("ecole/51", "ecole/G7", version)
    return [say.resource("ecole/51", title, version), shared]


@pytest.mark.parametrize(
    ("kind", "target"),
    [("instance", "ecole"), ("record", "share"), ("uai", "0119001Z")],
)
def test_what_is_cut_is_kept_and_told_once_it_is_resumed(
    opened: Any, say: Any, kind: str, target: str
) -> None:
    number = cut(opened, kind, target)
    assert opened.hear(*documents(say)) == []
    assert ticked(opened) == []
    assert kept(opened) > 0
    resume(opened, number)
    assert ticked(opened) == [("college", "SHARE_PUT", "Conte")]
    assert kept(opened) == 0
    assert ticked(opened) == []


@pytest.mark.parametrize(
    ("kind", "target"),
    [("instance", "college"), ("record", "homework"), ("uai", "0119010J"), ("record", "person")],
)
def test_what_is_not_cut_goes_on(opened: Any, say: Any, kind: str, target: str) -> None:
    cut(opened, kind, target)
    assert [each["destination"] for each in opened.hear(*documents(say))] == ["college"]
    assert kept(opened) == 0


def test_only_the_newest_of_each_thing_is_told_afterwards(opened: Any, say: Any) -> None:
    number = cut(opened, "instance", "ecole")
    for version, title in enumerate(("Conte", "Fable", "Poème"), 1):
        opened.hear(*documents(say, title, version))
    assert kept(opened) == 2
    resume(opened, number)
    assert ticked(opened) == [("college", "SHARE_PUT", "Poème")]


def test_what_was_told_before_is_withdrawn_only_once_it_is_resumed(opened: Any, say: Any) -> None:
    opened.hear(*documents(say))
    number = cut(opened, "record", "share")
    assert opened.hear(say.share("ecole/51", "ecole/G7", 2, deleted=True)) == []
    resume(opened, number)
    assert [each[1] for each in ticked(opened)] == ["SHARE_REMOVE"]


def test_what_two_cuts_hold_waits_for_both(opened: Any, say: Any) -> None:
    first, second = cut(opened, "instance", "ecole"), cut(opened, "record", "share")
    opened.hear(*documents(say))
    resume(opened, first)
    assert ticked(opened) == []
    assert kept(opened) == 1
    resume(opened, second)
    assert ticked(opened) == [("college", "SHARE_PUT", "Conte")]


def test_whoever_joins_a_class_of_a_school_that_is_cut_waits(opened: Any, say: Any) -> None:
    """The class is the school's in the project, though no record says whose it is."""
    number = cut(opened, "uai", "0119010J")
    joined = say.member("aaf/6A", "college/u-1")
    assert opened.hear(joined, *opened.recognise("p-1", "college/u-1")) == []
    assert kept(opened) == 1
    resume(opened, number)
    assert [each[:2] for each in ticked(opened)] == [("college", "MEMBER_PUT")]


def test_nobody_is_newly_recognised_while_persons_are_cut(opened: Any, say: Any) -> None:
    number = cut(opened, "record", "person")
    opened.hear(say.member("aaf/6A", "aaf/9"))
    assert opened.hear(*opened.recognise("p-1", "aaf/9", "college/u-1")) == []
    assert kept(opened) == 2
    resume(opened, number)
    assert [each[:2] for each in ticked(opened)] == [("college", "MEMBER_PUT")]


def test_answers_of_an_ent_that_is_cut_are_still_heard(opened: Any, say: Any) -> None:
    """They are about what left before; and without them our own copies would look like theirs."""
    (told,) = opened.hear(*documents(say))
    cut(opened, "instance", "college")
    assert opened.hear(say.receipt(told, "d-1")) == []
    assert kept(opened) == 0


def test_a_process_killed_meanwhile_keeps_what_was_kept(opened: Any, say: Any) -> None:
    number = cut(opened, "instance", "ecole")
    opened.hear(*documents(say))
    opened.restarted()
    assert opened.deliveries(opened.step.opening()) == []
    resume(opened, number)
    opened.restarted()
    opened.step.opening()
    assert ticked(opened) == [("college", "SHARE_PUT", "Conte")]


def test_a_batch_lets_go_what_is_free_without_waiting_for_the_second(opened: Any, say: Any) -> None:
    number = cut(opened, "instance", "ecole")
    opened.hear(*documents(say))
    resume(opened, number)
    with opened.engine.connect() as connection:
        assert waits(connection)
    told = opened.hear(say.homework("ecole/8", "ecole/G7"))
    assert [each["operation"] for each in told] == ["SHARE_PUT", "HOMEWORK_PUT"]


STEPS = ("share", "homework", "member", "class")


def records(say: Said, what: str, version: int) -> list[Any]:
    if what == "share":
        return documents(say, f"Conte {version}", version)
    if what == "homework":
        return [say.homework("ecole/8", "ecole/G7", version=version, title=f"Lire {version}")]
    if what == "member":
        gone = version % 2 == 0
        return [say.member("aaf/6A", "college/u-1", version, deleted=gone)]
    return [say.group("ecole/5121", version, name=f"CM2 {version}")]


def open_hub(database: str) -> Hub:
    hub, say = Hub(database), Said()
    places = [
        ("0119001Z", "ecole", "AUTHORISED", "DASEN", 1, ("ecole/5121",)),
        ("0119010J", "college", "AUTHORISED", "PRINCIPAL", 1, ("aaf/6A",)),
    ]
    made = [Place(*each) for each in places]
    told = hub.hear(hub.project(*made), say.group("ecole/5121"), say.group("aaf/6A"))
    names = {"ecole": "G7", "college": "g-8"}
    puts = [each for each in told if each["operation"] == "GROUP_PUT"]
    hub.hear(*(say.receipt(each, names[each["destination"]]) for each in puts))
    return hub


CUTS = [("instance", "ecole"), ("instance", "aaf"), ("record", "share"), ("uai", "0119010J")]


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.sampled_from(STEPS), min_size=1, max_size=8),
    st.sampled_from(CUTS),
    st.integers(0, 7),
    st.integers(0, 7),
)
def test_whenever_it_was_cut_every_ent_holds_in_the_end_what_it_would_have_held(
    tmp_path_factory: pytest.TempPathFactory,
    hub_database: Callable[[], str],
    history: list[str],
    target: tuple[str, str],
    begins: int,
    lasts: int,
) -> None:
    say, number = Said(), 0
    files = (tmp_path_factory.mktemp("hub") / "preau.db" for _ in range(2))
    never, once = (open_hub(hub_database() or f"sqlite:///{file}") for file in files)
    for at, what in enumerate(history):
        if at == begins:
            number = cut(once, *target)
        if number and at == begins + lasts:
            resume(once, number)
            number = 0
        for hub in (never, once):
            hub.hear(*records(say, what, at + 2))
    if number:
        resume(once, number)
    once.step.tick()
    assert once.holds() == never.holds()
    for hub in (never, once):
        hub.engine.dispose()
