"""What an ENT holds beside what it should: shown, put back where the folder says so, or held."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from preau.app.accounts import StoreAccounts
from preau.outlets.inventory import Busy
from preau.outlets.reasons import REPAIRED
from preau.store.drifts import DIFFERENT, EXTRA, FOUND, HELD, MISSING
from preau.store.drifts import REPAIRED as DONE
from tests.agents.comparing.conftest import CLASSES
from tests.agents.comparing.house import House

ECOLE, COLLEGE = "ecole", "college"


def group(house: House) -> dict[str, Any]:
    """The project's group in the école's ENT."""
    (found,) = house.holds(ECOLE)
    return found


def leave(house: House, *classes: str) -> None:
    """People of the ENT take classes out of the group by hand."""
    there = group(house)["id"]
    for each in classes:
        left = house.ents[ECOLE].call(f"PUT /partnerships/{there}/groups/{each}/leave", {})
        assert left.status == 200


def members(house: House) -> list[str]:
    return [str(each) for each in group(house)["members"]]


def calls(house: House) -> int:
    """How many calls of the hub changed or could have changed something there."""
    logged = house.ents[ECOLE].call("GET /_sandbox/calls").body
    return sum(1 for each in logged if each["method"] != "GET")


def test_where_all_is_as_it_should_be_nothing_is_found_and_nothing_is_told(house: House) -> None:
    before = calls(house)
    told = house.compare(ECOLE)
    assert (told.should, told.unread, told.differs, told.held) == (13, 0, False, 0)
    assert house.drifts(ECOLE) == {}
    assert calls(house) == before


def test_a_member_deleted_by_hand_is_put_back_and_its_receipt_says_so(house: House) -> None:
    leave(house, CLASSES[0])
    told = house.compare(ECOLE)
    assert (told.missing, told.held) == (1, 0)
    assert members(house) == CLASSES
    assert house.reasons(ECOLE)[-1] == ("MEMBER_PUT", "APPLIED", REPAIRED)
    (row,) = house.rows(ECOLE)
    assert (row.kind, row.what, row.state, row.times) == (MISSING, "CLASS", DONE, 1)
    assert not house.compare(ECOLE).differs
    assert house.drifts(ECOLE) == {row.entity: (MISSING, DONE)}


def test_a_foreign_member_is_shown_and_never_touched(house: House) -> None:
    uid = group(house)["uid"]
    assert house.ents[ECOLE].call(f"PUT /partnerships/{uid}/adds/5030/group", {}).status == 200
    for _ in range(2):
        told = house.compare(ECOLE)
        assert (told.extra, told.foreign, told.missing) == (1, 1, 0)
        (row,) = house.rows(ECOLE)
        assert (row.kind, row.what, row.state) == (EXTRA, "CLASS", FOUND)
        assert row.foreign
        assert "5030" not in row.entity
        assert StoreAccounts(house.engine).drifts_by_kind() == {(EXTRA, FOUND): 1}
    assert "5030" in members(house)
    leave(house, "5030")
    assert not house.compare(ECOLE).differs
    assert house.drifts(ECOLE) == {}


def test_a_group_renamed_by_hand_has_its_name_again(house: House) -> None:
    renamed = house.ents[ECOLE].call(f"PUT /groups/{group(house)['id']}", {"label": "Rien"})
    assert renamed.status == 200
    assert house.compare(ECOLE).different == 1
    assert group(house)["label"] == "Défi lecture"
    assert house.reasons(ECOLE)[-1] == ("GROUP_PUT", "APPLIED", REPAIRED)
    assert list(house.drifts(ECOLE).values()) == [(DIFFERENT, DONE)]


def test_everything_gone_is_held_until_a_person_confirms(house: House) -> None:
    assert house.ents[ECOLE].call(f"DELETE /groups/{group(house)['id']}").status == 200
    told = house.compare(ECOLE)
    assert (told.missing, told.should, told.held) == (13, 13, 1)
    assert set(house.drifts(ECOLE).values()) == {(MISSING, HELD)}
    assert house.holds(ECOLE) == []
    assert house.compare(ECOLE, confirmed=True).missing == 13
    assert members(house) == CLASSES
    assert set(house.drifts(ECOLE).values()) == {(MISSING, DONE)}
    back = [each for each in house.reasons(ECOLE) if each[2] == REPAIRED]
    assert len(back) == 13
    assert not house.compare(ECOLE).differs


def test_a_mass_of_members_is_held_and_a_few_are_not(house: House) -> None:
    leave(house, *CLASSES[:6])
    assert house.compare(ECOLE).held == 1
    assert members(house) == CLASSES[6:]
    uid = group(house)["uid"]
    for each in CLASSES[:1]:  # one comes back by hand: five of thirteen are a few
        house.ents[ECOLE].call(f"PUT /partnerships/{uid}/adds/{each}/group", {})
    assert house.compare(ECOLE).held == 0
    assert sorted(members(house)) == CLASSES


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 500, "times": 9},
        {"kind": "status", "status": 503, "times": 9, "retry_after": "3600"},
        {"kind": "lie", "times": 9},
    ],
)
def test_an_ent_in_trouble_holds_nothing_that_anybody_could_compare(
    house: House, fault: dict[str, Any]
) -> None:
    leave(house, CLASSES[0])
    house.ents[ECOLE].call("POST /_sandbox/fault", fault)
    with pytest.raises(Busy):
        house.compare(ECOLE)
    assert house.drifts(ECOLE) == {}


def test_an_ent_that_is_dead_is_not_empty(house: House) -> None:
    house.ents[ECOLE].kill()
    with pytest.raises(Busy) as told:
        house.compare(ECOLE)
    assert told.value.reason == "UNREACHABLE"
    assert house.drifts(ECOLE) == {}


def test_an_ent_that_stumbles_once_is_asked_once_more(house: House) -> None:
    leave(house, CLASSES[0])
    house.ents[ECOLE].call("POST /_sandbox/fault", {"kind": "status", "status": 503, "times": 2})
    assert house.compare(ECOLE).missing == 1
    assert members(house) == CLASSES


def test_a_list_that_nobody_may_read_tells_nothing(house: House) -> None:
    leave(house, CLASSES[0])
    fault = {"kind": "status", "status": 403, "times": 9, "path": "/members"}
    house.ents[ECOLE].call("POST /_sandbox/fault", fault)
    told = house.compare(ECOLE)
    assert (told.unread, told.should, told.missing) == (1, 1, 0)
    assert house.drifts(ECOLE) == {}


def test_what_no_mandate_allows_any_more_is_withdrawn_and_not_put_back(
    house: House, ecole: Any, college: Any
) -> None:
    leave(house, CLASSES[0])
    assert asyncio.run(house.comparing(ECOLE)).missing == 1  # noted, and not told yet
    gone = ecole._replace(decision="WITHDRAWN")
    house.tell(house.project(gone, college, version=2))
    house.tick()
    assert house.holds(ECOLE) == []
    assert REPAIRED not in {reason for _, _, reason in house.reasons(ECOLE)}
    assert not house.compare(ECOLE).differs
    assert house.drifts(ECOLE) == {}


def test_a_withdrawn_member_that_is_there_again_is_taken_out_again(house: House, say: Any) -> None:
    house.tell(say.group(f"ecole/{CLASSES[0]}", 2, deleted=True))
    assert members(house) == CLASSES[1:]
    uid = group(house)["uid"]
    house.ents[ECOLE].call(f"PUT /partnerships/{uid}/adds/{CLASSES[0]}/group", {})
    told = house.compare(ECOLE)
    assert (told.extra, told.foreign) == (1, 0)
    assert members(house) == CLASSES[1:]
    assert house.reasons(ECOLE)[-1] == ("MEMBER_REMOVE", "APPLIED", REPAIRED)


def test_what_never_stays_is_left_to_a_person_after_three_times(house: House) -> None:
    for _ in range(3):
        leave(house, CLASSES[0])
        house.compare(ECOLE)
    leave(house, CLASSES[0])
    house.compare(ECOLE)
    assert list(house.drifts(ECOLE).values()) == [(MISSING, HELD)]
    assert members(house) == CLASSES[1:]
    house.compare(ECOLE, confirmed=True)
    assert members(house) == CLASSES


def test_a_copy_that_a_user_deleted_is_shown_and_stays_away(house: House, say: Any) -> None:
    told = {
        "what": "share",
        "teacher": "t",
        "group": house.holds(COLLEGE)[0]["id"],
        "title": "Règles",
    }
    (document,) = house.ents[COLLEGE].call("POST /_sandbox/say", told).body["documents"]
    where = f"college/{document}"
    target = f"college/{house.holds(COLLEGE)[0]['id']}"
    house.tell(say.resource(where, title="Règles"), say.share(where, target))
    assert [each["title"] for each in group(house)["documents"]] == ["Règles"]
    assert not house.compare(ECOLE).differs
    share = house.entity(ECOLE, "SHARE_PUT")
    (media,) = house.outbox.natives(ECOLE, [share])[share].values()
    route = f"/api/1.0/media-library/media/{media}"
    assert house.ents[ECOLE].call(f"PATCH {route}", {"label": "Autre"}).status == 200
    assert house.compare(ECOLE).different == 1
    assert house.ents[ECOLE].call(f"DELETE {route}").status == 200
    assert house.compare(ECOLE).missing == 1
    assert house.drifts(ECOLE) == {share: (MISSING, FOUND)}
    assert group(house)["documents"] == []


def test_an_ent_whose_members_cannot_be_read_back_says_of_its_group_and_name(house: House) -> None:
    told = house.compare(COLLEGE)
    assert (told.should, told.differs) == (1, False)
    native = house.holds(COLLEGE)[0]["id"]
    said = house.ents[COLLEGE].call("POST /bridge/directory.group.manual.delete", {"id": native})
    assert said.status == 200
    assert house.compare(COLLEGE).missing == 4
    assert len(house.holds(COLLEGE)[0]["members"]) == 3
    assert not house.compare(COLLEGE).differs
