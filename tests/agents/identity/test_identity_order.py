"""However the same records arrive, the same sources end up as one person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SOURCES = [f"{place}/{n}" for place in ("aaf-1d", "aaf-2d", "ent") for n in range(2)]


class Word(NamedTuple):
    """One state of one source, as a test writes it down."""

    source: str
    version: int
    said: tuple[tuple[str, Any], ...]

    def keys(self) -> set[tuple[str, Any]]:
        """What it can be recognised by, by the letter of the canonical model §6, rules 1 and 2."""
        said = dict(self.said)
        if said.get("deleted"):
            return set()
        found: set[tuple[str, Any]] = set()
        if ref := said.get("ref"):
            found.add(("ref", ref))
            if said["profile"] == "TEACHER":
                found.add(("staff", (ref[0], ref[2])))
        if ine := said.get("ine"):
            found.add(("ine", ine))
        return found


references = st.none() | st.tuples(
    st.just("11"), st.sampled_from(["FIRST", "SECOND"]), st.sampled_from("12")
)
sayings = st.fixed_dictionaries(
    {
        "profile": st.sampled_from(["PUPIL", "TEACHER"]),
        "ref": references,
        "ine": st.none() | st.sampled_from(["a" * 64, "b" * 64]),
        "deleted": st.sampled_from([False, False, False, True]),
    }
)
words = st.builds(
    lambda source, version, said: Word(source, version, tuple(sorted(said.items()))),
    st.sampled_from(SOURCES),
    st.integers(1, 4),
    sayings,
)
histories = st.lists(words, max_size=14, unique_by=lambda word: word[:2])


def families(history: Sequence[Word]) -> set[frozenset[str]]:
    """The answer, found slowly: each joins every group with which it shares a key."""
    last = {w.source: w for w in sorted(history, key=lambda word: word.version)}
    alive = [w for w in last.values() if not dict(w.said)["deleted"]]
    groups: list[tuple[set[str], set[tuple[str, Any]]]] = []
    for word in alive:
        sources, keys = {word.source}, word.keys()
        for group in [g for g in groups if g[1] & keys]:
            groups.remove(group)
            sources, keys = sources | group[0], keys | group[1]
        groups.append((sources, keys))
    return {frozenset(sources) for sources, _ in groups}


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(history=histories, data=st.data())
def test_any_order_in_any_batches_ends_in_the_same_people(
    registry: Any, history: list[Word], data: st.DataObject
) -> None:
    registry.forget_everything()
    repeats = data.draw(st.lists(st.sampled_from(history), max_size=5)) if history else []
    arrivals = data.draw(st.permutations([*history, *repeats]))
    step = registry.step()
    while arrivals:
        size = data.draw(st.integers(1, len(arrivals)))
        batch = [registry.person(w.source, w.version, **dict(w.said)) for w in arrivals[:size]]
        step.handle(batch)
        arrivals = arrivals[size:]
    assert registry.people() == families(history)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(history=histories, data=st.data())
def test_whoever_reads_the_links_knows_what_the_step_knows(
    registry: Any, told: Any, history: list[Word], data: st.DataObject
) -> None:
    """The topic is compacted by source: its last word on each must be the whole truth."""
    registry.forget_everything()
    step = registry.step()
    known: dict[str, Any] = {}
    for word in data.draw(st.permutations(history)):
        known |= told(step.handle([registry.person(word.source, word.version, **dict(word.said))]))
    found: dict[str, set[str]] = {}
    for source, link in known.items():
        if link["decision"] == "LINKED":
            found.setdefault(link["person"], set()).add(source)
    assert {frozenset(each) for each in found.values()} == registry.people()
