"""However records and rulings arrive, and whoever dies between, the same people come out of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preau.agents.ruled import key_digest
from preau.agents.ruling_record import told as record
from preau.broker.records import Arrival
from preau.store.persons import MatchKey
from preau.store.rulings import APART, DIFFERENT, SAME, Ruling

SIZE = int(os.environ.get("IDENTITY_EXAMPLES", "40"))
"""Histories tried by each test; a campaign takes more."""
SOURCES = [f"{place}/{n}" for place in ("aaf-1d", "ent") for n in range(3)]
INES = ["a" * 64, "b" * 64]


class Word(NamedTuple):
    """One state of one source."""

    source: str
    version: int
    ine: str | None
    number: str | None
    deleted: bool

    def held(self) -> set[MatchKey]:
        found = {MatchKey(self.source, "ine_digest", self.ine)} if self.ine else set()
        if self.number:
            found.add(MatchKey(self.source, "national_ref", f"11/FIRST/{self.number}"))
        return set() if self.deleted else found


words = st.builds(
    Word,
    st.sampled_from(SOURCES),
    st.integers(1, 4),
    st.none() | st.sampled_from(INES),
    st.none() | st.sampled_from("12"),
    st.sampled_from([False, False, False, True]),
)
sides = st.lists(st.sampled_from(SOURCES), min_size=1, max_size=2, unique=True).map(tuple)
every_key = [("ine_digest", ine) for ine in INES] + [
    ("national_ref", f"11/FIRST/{n}") for n in "12"
]


@st.composite
def rulings(draw: st.DrawFn) -> Ruling:
    """Any ruling, sensible or not; perhaps one that was undone."""
    kind = draw(st.sampled_from([SAME, SAME, DIFFERENT, APART]))
    left = draw(sides)[: 1 if kind == APART else None]
    right = tuple(s for s in draw(sides) if s not in left)
    doubted = draw(st.lists(st.sampled_from(every_key), max_size=2)) if kind == APART else []
    keys = tuple(key_digest(MatchKey(left[0], *key)) for key in doubted)
    number = draw(st.integers(0, 5))
    said = Ruling(f"r{number}", kind, left, right, "cm2_to_6e", keys, "PRINCIPAL", number)
    undone = draw(st.sampled_from([False, False, True]))
    return said._replace(undone_by="DASEN", undone_at=9, version=2) if undone else said


histories = st.lists(words, max_size=12, unique_by=lambda word: word[:2])
ruled = st.lists(rulings(), max_size=5, unique_by=lambda each: each.id)


def groups(sources: set[str], edges: Sequence[tuple[str, str]]) -> list[set[str]]:
    """Whoever an edge leads to, found slowly."""
    found = [{source} for source in sorted(sources)]
    for one, other in edges:
        met = [group for group in found if one in group or other in group]
        found = [group for group in found if group not in met] + [set().union(*met)]
    return found


def together(found: Sequence[set[str]], one: str, other: str) -> bool:
    return any({one, other} <= group for group in found)


def people(history: Sequence[Word], said: Sequence[Ruling]) -> set[frozenset[str]]:
    """The answer by the letter of docs/en/identity.md."""
    last = {w.source: w for w in sorted(history, key=lambda word: word.version)}
    alive = {source for source, word in last.items() if not word.deleted}
    held = [each for each in said if not each.undone_at]
    doubted = {(r.left[0], key) for r in held if r.kind == APART for key in r.keys}
    keys = [k for s in sorted(alive) for k in last[s].held() if (s, key_digest(k)) not in doubted]
    alone: set[str] = set()
    while True:
        edges = [
            (a.source, b.source) for a in keys for b in keys
            if a[1:] == b[1:] and not {a.source, b.source} & alone
        ]  # fmt: skip
        for each in sorted(held, key=lambda r: (r.at, r.id)):
            ends = [[s for s in side if s in alive] for side in (each.left, each.right)]
            if each.kind == SAME and all(ends) and not {ends[0][0], ends[1][0]} & alone:
                edge = (ends[0][0], ends[1][0])
                if not breaks(groups(alive, edges), groups(alive, [*edges, edge]), held):
                    edges.append(edge)
        found = groups(alive, edges)
        met = {
            r.left[0] for r in held if r.kind == APART
            for other in r.right if together(found, r.left[0], other)
        }  # fmt: skip
        if not met - alone:
            return {frozenset(group) for group in found}
        alone |= met


def breaks(before: list[set[str]], after: list[set[str]], held: Sequence[Ruling]) -> bool:
    """Whether two who were ruled different would become one by this."""
    return any(
        together(after, one, other) and not together(before, one, other)
        for each in held if each.kind == DIFFERENT
        for one in each.left for other in each.right
    )  # fmt: skip


def arrival(registry: Any, said: Word | Ruling) -> Arrival:
    if isinstance(said, Word):
        ref = ("11", "FIRST", said.number) if said.number else None
        more = {"ine": said.ine, "ref": ref, "deleted": said.deleted}
        return registry.person(said.source, said.version, **more)  # type: ignore[no-any-return] # the fixture's type is its file's
    output = record(said)
    return Arrival(output.topic, 0, 0, output.key, output.value, {})


def states(said: Sequence[Ruling]) -> list[Ruling]:
    """Each as it was ruled, and as it was undone if it was."""
    first = [each._replace(undone_by="", undone_at=0, version=1) for each in said]
    return [*first, *(each for each in said if each.undone_at)]


@settings(
    max_examples=SIZE, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(history=histories, said=ruled, data=st.data())
def test_any_order_in_any_batches_ends_in_the_same_people(
    registry: Any, history: list[Word], said: list[Ruling], data: st.DataObject
) -> None:
    registry.forget_everything()
    arrivals: list[Word | Ruling] = data.draw(st.permutations([*history, *states(said)]))
    step = registry.step()
    while arrivals:
        size = data.draw(st.integers(1, len(arrivals)))
        step.handle([arrival(registry, each) for each in arrivals[:size]])
        if data.draw(st.booleans()):  # it dies; a fresh process goes on
            step = registry.step()
            step.opening()
        arrivals = arrivals[size:]
    assert registry.people() == people(history, said)


@settings(
    max_examples=SIZE // 2,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(history=histories, said=ruled, data=st.data())
def test_whoever_reads_the_links_knows_what_the_step_knows(
    registry: Any, told: Any, history: list[Word], said: list[Ruling], data: st.DataObject
) -> None:
    registry.forget_everything()
    step = registry.step()
    known: dict[str, Any] = {}
    arrivals: list[Word | Ruling] = data.draw(st.permutations([*history, *states(said)]))
    for each in arrivals:
        known |= told(step.handle([arrival(registry, each)]))
    found: dict[str, set[str]] = {}
    for source, link in known.items():
        if link["decision"] == "LINKED":
            found.setdefault(link["person"], set()).add(source)
    assert {frozenset(each) for each in found.values()} == registry.people()


@settings(
    max_examples=SIZE // 2,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(history=histories, said=ruled)
def test_what_is_undone_leaves_the_people_and_their_names_as_they_were(
    registry: Any, history: list[Word], said: list[Ruling]
) -> None:
    """The hub's own ids too: an ENT knows a child by what follows from them."""
    registry.forget_everything()
    step = registry.step()
    last = {w.source: w for w in sorted(history, key=lambda word: word.version)}
    step.handle([arrival(registry, each) for each in last.values()])
    before = names(registry)
    held = [each._replace(undone_by="", undone_at=0, version=1) for each in said]
    for each in held:
        step.handle([arrival(registry, each)])
    for each in reversed(held):
        undone: Ruling = each._replace(undone_at=9, undone_by="DASEN", version=2)
        step.handle([arrival(registry, undone)])
    assert names(registry) == before


def names(registry: Any) -> dict[str, str]:
    with registry.engine.connect() as connection:
        rows = connection.exec_driver_sql("select source, person from person_entry").all()
    return dict(map(tuple, rows))
