"""However the topics interleave, the ENTs end up being told the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preau.broker.records import Arrival

SLOW = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
TEN_MINUTES_MS = 10 * 60_000
PLACES = ("ecole", "college")
MEMBER = ("group", "member_kind", "local_id")
SHARE = ("share", "group", "title", "kind", "source_instance", "source_media")


def directory(say: Any) -> list[Arrival]:
    """Classes and who is in them, with a departure, a list, a family and a deletion."""
    return [
        *(say.group("ecole/5121"), say.group("aaf/6A"), say.group("college/c6")),
        *(say.member("aaf/6A", f"aaf/{number}") for number in (1, 2, 3)),
        say.member("aaf/6A", "aaf/3", 2, deleted=True),
        say.member("aaf/6A", "aaf/4", role="GUARDIAN"),
        say.roster("college/c6", [("college/u5", "PUPIL"), ("college/u6", "PUPIL")]),
        say.roster("college/c6", [("college/u6", "PUPIL"), ("college/u7", "GUARDIAN")], 2),
    ]


def documents(say: Any) -> list[Arrival]:
    """What both ENTs say of their documents, each under a title of its own."""
    return [
        *(say.resource("ecole/51", "Conte"), say.share("ecole/51", "ecole/G7")),
        say.resource("ecole/51", "Conte corrigé", 2),
        *(say.resource("college/d1", "Carte"), say.share("college/d1", "college/g-8")),
        *(say.resource("ecole/52", "Retiré"), say.share("ecole/52", "ecole/G7")),
        say.record("resource", "ecole/52", 2, deleted=True),
        *(say.resource("ecole/53", "Repris"), say.share("ecole/53", "ecole/G7")),
        say.record("share", "ecole/53-G7", 2, deleted=True),
        say.share("ecole/54", "ecole/G7"),
        say.homework("college/h1", "college/g-8"),
        *(say.resource("college/copy", "Conte"), say.share("college/copy", "college/g-8")),
    ]


def answers(say: Any) -> list[Arrival]:
    """Under which id each ENT knows the group, and the collège's copy of the école's document."""
    names = {"ecole": "G7", "college": "g-8"}
    group = {"project": "project-1", "entity": "group:group-1", "version": 1, "cause": ""}
    found = [
        say.receipt({**group, "destination": place, "operation": "GROUP_PUT"}, native)
        for place, native in names.items()
    ]
    share = {**group, "entity": "share:x", "destination": "college", "operation": "SHARE_PUT"}
    return [*found, say.receipt(share, "copy")]


def people(hub: Any) -> list[Arrival]:
    """Identity's words; its decisions are in the store before any of them is read."""
    links = hub.recognise("p1", "aaf/1", "college/u1")
    links += hub.recognise("p2", "aaf/2")
    links += hub.recognise("p3", "aaf/3", "college/u3")
    links += hub.recognise("p6", "college/u6")
    return [*links, *hub.recognise("p9", "college/u9", deleted=True)]


def told(hub: Any, batches: Sequence[Sequence[Arrival]]) -> Mapping[Any, Any]:
    """What the ENTs are to hold after these batches, and once nothing is held back any more."""
    for batch in batches:
        hub.step.handle(batch)
    hub.clock.advance(TEN_MINUTES_MS)
    hub.step.handle([])
    held: Mapping[Any, Any] = hub.holds()
    return held


def start(hub: Any, ecole: Any, college: Any) -> Arrival:
    hub.forget_everything()
    place = college._replace(groups=("aaf/6A", "college/c6"))
    project: Arrival = hub.project(ecole, place)
    return project


@SLOW
@given(data=st.data())
def test_any_interleaving_ends_in_the_same(
    hub: Any, say: Any, ecole: Any, college: Any, data: st.DataObject
) -> None:
    words = [start(hub, ecole, college), *directory(say), *documents(say), *answers(say)]
    expected = told(hub, [[*words, *people(hub)]])
    assert len(expected) == 9
    project = start(hub, ecole, college)
    assert project == words[0]
    left = data.draw(st.permutations([*words, *people(hub)]))
    batches = []
    while left:
        size = data.draw(st.integers(1, len(left)))
        batches.append(left[:size])
        left = left[size:]
    assert told(hub, batches) == expected


@SLOW
@given(data=st.data())
def test_whatever_is_heard_twice_or_after_a_restart_ends_in_the_same(
    hub: Any, say: Any, ecole: Any, college: Any, data: st.DataObject
) -> None:
    words = [start(hub, ecole, college), *directory(say), *documents(say), *answers(say)]
    words += people(hub)
    expected = told(hub, [words])
    start(hub, ecole, college)
    people(hub)
    cut = data.draw(st.integers(0, len(words)))
    hub.step.handle(words[:cut])
    hub.restarted().opening()
    back = data.draw(st.integers(0, cut))
    assert told(hub, [words[back:]]) == expected


NAMES = sorted({*SHARE, *MEMBER, "name", "permission", "homework", "due"})
KINDS = ("GROUP", "MEMBER", "SHARE", "HOMEWORK")
fields = st.sets(st.sampled_from(NAMES))
operations = [f"{kind}_{what}" for kind in KINDS for what in ("PUT", "REMOVE")]
cards = st.dictionaries(st.sampled_from(operations), fields)


@SLOW
@given(first=cards, second=cards, data=st.data())
def test_only_listed_fields_ever_leave(
    hub: Any, say: Any, ecole: Any, college: Any, first: Any, second: Any, data: st.DataObject
) -> None:
    """Default deny: whatever the cards list and whatever happens, nothing else is in a body."""
    project = start(hub, ecole, college)
    for place, needs in zip(PLACES, (first, second), strict=True):
        members = data.draw(st.sampled_from([("GROUP",), ("PERSON",), ("GROUP", "PERSON")]))
        hub.cards[place] = hub.cards[place]._replace(needs=needs, members=members)
    words = [project, *directory(say), *documents(say), *answers(say), *people(hub)]
    found = hub.hear(*words)
    gone = [each._replace(decision="WITHDRAWN") for each in (ecole, college)]
    found += hub.hear(hub.project(*gone, version=2))
    for each in found:
        needs = {"ecole": first, "college": second}[each["destination"]]
        assert set(each["body"]) <= needs.get(each["operation"], set())
        if each["operation"].endswith("_REMOVE"):
            assert each["operation"] in needs
