"""Each entity says when it changed, and one that has gone says so without a name."""

from __future__ import annotations

from typing import Any

from hypothesis import given

from preau.outlets.directory import Directory
from preau.outlets.oneroster.history import Key, changes, dated, moment
from preau.outlets.oneroster.queries import answer, read_query
from preau.outlets.oneroster.roster import KINDS, Roster, roster
from preau.store.roster_rows import RosterRow
from tests.outlets.oneroster.directories import LIMOUX, directories

SECRET = b"the hub's"
Kept = dict[Key, RosterRow]


def seen(found: Directory, kept: Kept, at: int) -> Roster:
    made = roster(found)
    kept.update(changes(made, kept, SECRET, at))
    return dated(made, kept)


def since(made: Roster, kind: str, at: int) -> list[tuple[str, str]]:
    asked = read_query({"filter": f"dateLastModified>'{moment(at)}'"}, kind)
    return [(each["sourcedId"], each["status"]) for each in answer(made[kind], asked).entities]


@given(directories())
def test_nothing_changes_when_nothing_changed(found: Directory) -> None:
    kept: Kept = {}
    first = seen(found, kept, 1_000)
    assert changes(roster(found), kept, SECRET, 2_000) == {}
    assert seen(found, kept, 2_000) == first


@given(directories(), directories())
def test_whoever_asks_for_what_changed_arrives_where_a_whole_reading_does(
    before: Directory, after: Directory
) -> None:
    kept: Kept = {}
    seen(before, kept, 1_000)
    held = {kind: {e["sourcedId"] for e in roster(before)[kind]} for kind in KINDS}
    now = seen(after, kept, 2_000)
    for kind in KINDS:
        for sourced_id, status in since(now, kind, 1_000):
            if status == "active":
                held[kind].add(sourced_id)
            else:
                held[kind].discard(sourced_id)
        assert held[kind] == {e["sourcedId"] for e in roster(after)[kind]}


def test_one_who_leaves_is_to_be_deleted_and_has_no_name_left() -> None:
    kept: Kept = {}
    seen(LIMOUX, kept, 1_000)
    without = LIMOUX._replace(
        accounts=LIMOUX.accounts[1:],
        belongs=tuple(b for b in LIMOUX.belongs if b.account != "ana2"),
    )
    now = seen(without, kept, 2_000)
    assert since(now, "users", 1_000) == [("ana2", "tobedeleted")]
    (enrollment,) = since(now, "enrollments", 1_000)
    assert enrollment[1] == "tobedeleted"
    (gone,) = (each for each in now["users"] if each["sourcedId"] == "ana2")
    assert (gone["givenName"], gone["familyName"]) == ("", "")
    assert "grades" not in gone
    assert gone["roles"][0]["role"] == "student"
    back = seen(LIMOUX, kept, 3_000)
    assert since(back, "users", 2_000) == [("ana2", "active")]


def test_one_who_is_gone_is_told_only_to_whom_it_concerns() -> None:
    kept: Kept = {}
    seen(LIMOUX, kept, 1_000)
    now = seen(LIMOUX._replace(accounts=LIMOUX.accounts[1:], belongs=()), kept, 2_000)

    def told(**said: str) -> list[str]:
        return [e["sourcedId"] for e in answer(now["users"], read_query(said, "users")).entities]

    assert told() == ["leo3", "mme4"]
    assert told(filter="status='tobedeleted'") == ["ana2"]
    assert told(filter="status='active'") == ["leo3", "mme4"]


def test_a_name_that_changes_moves_the_date_and_is_kept_nowhere() -> None:
    kept: Kept = {}
    seen(LIMOUX, kept, 1_000)
    first, *others = LIMOUX.accounts
    now = seen(LIMOUX._replace(accounts=(first._replace(given_name="Anna"), *others)), kept, 2_000)
    assert since(now, "users", 1_000) == [("ana2", "active")]
    everything: Any = [(row.digest, row.bones) for row in kept.values()]
    for name in ("Anna", "Anaïs", "Ferrandi", "Ostermann", "Vasseur", "Défi", "Delteil"):
        assert name not in str(everything)
    assert "\\u00ef" not in str(everything)
