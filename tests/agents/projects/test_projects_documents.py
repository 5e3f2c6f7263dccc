"""Documents and homework: from one ENT to the others of the project, and nowhere else."""

from __future__ import annotations

import itertools
from typing import Any

import pytest


def puts(deliveries: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(each["destination"], each["operation"]) for each in deliveries]


def documents(hub: Any) -> dict[str, dict[str, Any]]:
    """What each ENT is to hold besides the group and its members."""
    found = {"SHARE_PUT", "HOMEWORK_PUT"}
    return {d: body for (d, _), (operation, body) in hub.holds().items() if operation in found}


def test_a_share_in_one_ent_goes_to_the_other_and_not_back(opened: Any, say: Any) -> None:
    share = say.share("ecole/51", "ecole/G7", permission="COMMENT")
    (only,) = opened.hear(say.resource("ecole/51", "Conte"), share)
    assert (only["destination"], only["operation"]) == ("college", "SHARE_PUT")
    assert only["parents"] == ["group:group-1"]
    assert only["entity"] == f"share:{only['body']['share']}"
    assert only["body"] == {
        "share": only["body"]["share"],
        "group": "group-1",
        "title": "Conte",
        "kind": "DOCUMENT",
        "source_instance": "ecole",
        "source_media": "51",
        "permission": "COMMENT",
    }


def test_a_field_that_the_card_does_not_list_stays(opened: Any, say: Any) -> None:
    (only,) = opened.hear(say.resource("college/d1"), say.share("college/d1", "college/g-8"))
    assert only["destination"] == "ecole"
    assert "permission" not in only["body"]


def test_a_share_waits_for_its_document(opened: Any, say: Any) -> None:
    assert opened.hear(say.share("ecole/51", "ecole/G7")) == []
    assert puts(opened.hear(say.resource("ecole/51"))) == [("college", "SHARE_PUT")]


def test_a_document_waits_for_a_share(opened: Any, say: Any) -> None:
    assert opened.hear(say.resource("ecole/51")) == []
    assert puts(opened.hear(say.share("ecole/51", "ecole/G7"))) == [("college", "SHARE_PUT")]


def test_a_share_with_a_group_that_is_no_projects_stays(opened: Any, say: Any) -> None:
    said = [say.resource("ecole/51"), say.share("ecole/51", "ecole/5121")]
    said += [say.share("ecole/51", "college/g-8x"), say.homework("ecole/8", "ecole/5121")]
    assert opened.hear(*said) == []


def test_a_share_goes_when_its_group_is_known_to_be_a_projects(
    hub: Any, say: Any, ecole: Any, college: Any
) -> None:
    told = hub.hear(hub.project(ecole, college))
    assert hub.hear(say.resource("ecole/51"), say.share("ecole/51", "ecole/G7")) == []
    mine = next(each for each in told if each["destination"] == "ecole")
    assert puts(hub.hear(say.receipt(mine, "G7"))) == [("college", "SHARE_PUT")]


def test_a_share_of_an_instance_outside_the_project_stays(
    opened: Any, say: Any, ecole: Any, college: Any
) -> None:
    told = opened.hear(opened.project(ecole, college, version=2, title="Autre"))
    elsewhere = {**told[0], "destination": "ailleurs"}
    opened.hear(say.receipt(elsewhere, "G9"))
    assert opened.hear(say.resource("ailleurs/1"), say.share("ailleurs/1", "ailleurs/G9")) == []


def test_a_new_title_is_a_new_version(opened: Any, say: Any) -> None:
    opened.hear(say.resource("ecole/51", "Conte"), say.share("ecole/51", "ecole/G7"))
    (only,) = opened.hear(say.resource("ecole/51", "Conte corrigé", 2))
    assert (only["version"], only["body"]["title"]) == (2, "Conte corrigé")


def test_what_no_ent_is_told_of_is_no_new_version(opened: Any, say: Any) -> None:
    opened.hear(say.resource("ecole/51"), say.share("ecole/51", "ecole/G7"))
    assert opened.hear(say.resource("ecole/51", version=2, size=12, language="fr")) == []
    back = [say.resource("college/d1", "Carte"), say.share("college/d1", "college/g-8")]
    assert len(opened.hear(*back)) == 1
    more = say.share("college/d1", "college/g-8", 2, permission="MANAGE")
    assert opened.hear(more) == []


@pytest.mark.parametrize("what", ["resource", "share"])
def test_a_document_or_a_share_deleted_is_withdrawn(opened: Any, say: Any, what: str) -> None:
    opened.hear(say.resource("ecole/51"), say.share("ecole/51", "ecole/G7"))
    gone = {
        "resource": say.record("resource", "ecole/51", 2, deleted=True),
        "share": say.record("share", "ecole/51-G7", 2, deleted=True),
    }
    (only,) = opened.hear(gone[what])
    assert (only["destination"], only["operation"]) == ("college", "SHARE_REMOVE")
    assert only["version"] == 2
    assert documents(opened) == {}


def test_a_document_that_comes_back_is_shared_again(opened: Any, say: Any) -> None:
    opened.hear(say.resource("ecole/51"), say.share("ecole/51", "ecole/G7"))
    opened.hear(say.record("resource", "ecole/51", 2, deleted=True))
    (only,) = opened.hear(say.resource("ecole/51", version=3))
    assert (only["operation"], only["version"]) == ("SHARE_PUT", 3)


def test_homework_goes_to_the_others_without_its_text(opened: Any, say: Any) -> None:
    (only,) = opened.hear(say.homework("college/h1", "college/g-8", subject="FRANCAIS"))
    assert (only["destination"], only["operation"]) == ("ecole", "HOMEWORK_PUT")
    assert only["body"] == {
        "homework": only["entity"].partition(":")[2],
        "group": "group-1",
        "title": "Lire le chapitre 2",
        "due": "2026-10-24",
    }


def test_homework_given_to_another_group_instead_is_withdrawn(opened: Any, say: Any) -> None:
    """The ENT's card has no operation for it: the hub holds it as withdrawn and sends nothing."""
    opened.hear(say.homework("college/h1", "college/g-8"))
    assert opened.hear(say.homework("college/h1", "college/c6", version=2)) == []
    assert documents(opened) == {}


def test_a_share_that_is_for_another_group_now_is_withdrawn(opened: Any, say: Any) -> None:
    said = {"resource": "ecole/51", "permission": "READ"}
    first = say.record("share", "ecole/s1", group="ecole/G7", **said)
    opened.hear(say.resource("ecole/51"), first)
    (only,) = opened.hear(say.record("share", "ecole/s1", 2, group="ecole/5121", **said))
    assert only["operation"] == "SHARE_REMOVE"


def test_what_an_ent_has_no_operation_for_goes_without_a_field(opened: Any, say: Any) -> None:
    """So it refuses, and the page shows why nothing came."""
    card = opened.cards["ecole"]
    needs = {name: fields for name, fields in card.needs.items() if name != "HOMEWORK_PUT"}
    opened.cards["ecole"] = card._replace(needs=needs)
    (only,) = opened.hear(say.homework("college/h1", "college/g-8"))
    assert (only["operation"], only["body"]) == ("HOMEWORK_PUT", {})


def echo(say: Any, kind: str) -> list[Any]:
    """What the collège's ENT says of the copy that we made there, under its own id."""
    if kind == "homework":
        return [say.homework("college/copy", "college/g-8")]
    return [say.resource("college/copy"), say.share("college/copy", "college/g-8")]


def given(opened: Any, say: Any, kind: str) -> Any:
    """One document or homework of the école, on its way to the collège: its answer."""
    original = {
        "share": [say.resource("ecole/51"), say.share("ecole/51", "ecole/G7")],
        "homework": [say.homework("ecole/8", "ecole/G7")],
    }
    (put,) = opened.hear(*original[kind])
    return say.receipt(put, "copy")


@pytest.mark.parametrize("kind", ["share", "homework"])
@pytest.mark.parametrize("turn", range(6))
def test_our_own_copy_told_back_is_not_shared_again_whatever_comes_first(
    opened: Any, say: Any, kind: str, turn: int
) -> None:
    words = [given(opened, say, kind), *echo(say, kind)]
    before = opened.holds()
    orders = list(itertools.permutations(words))
    for word in orders[turn % len(orders)]:
        assert opened.hear(word) == []
    assert opened.holds() == before


@pytest.mark.parametrize("kind", ["share", "homework"])
def test_our_own_copy_said_again_later_is_not_shared_again(
    opened: Any, say: Any, kind: str
) -> None:
    opened.hear(given(opened, say, kind))
    opened.hear(*echo(say, kind))
    before = opened.holds()
    again = {
        "share": [say.resource("college/copy", "Conte à moi", 2)],
        "homework": [say.homework("college/copy", "college/g-8", version=2, title="À moi")],
    }
    assert opened.hear(*again[kind]) == []
    assert opened.holds() == before


def test_an_ents_own_document_is_given_while_another_is_under_way(opened: Any, say: Any) -> None:
    given(opened, say, "share")
    own = [say.resource("college/d1", "Carte"), say.share("college/d1", "college/g-8")]
    assert puts(opened.hear(*own)) == [("ecole", "SHARE_PUT")]


def test_what_was_given_stays_when_the_other_ent_gives_the_same_title(
    opened: Any, say: Any
) -> None:
    """Two teachers may each have a document of one name; only what is new can be an echo."""
    opened.hear(say.resource("college/d1"), say.share("college/d1", "college/g-8"))
    opened.clock.advance(11 * 60_000)
    opened.hear(say.resource("ecole/51"), say.share("ecole/51", "ecole/G7"))
    opened.clock.advance(11 * 60_000)
    opened.hear(say.resource("college/d1", version=2), say.resource("ecole/51", version=2))
    assert set(documents(opened)) == {"ecole", "college"}


@pytest.mark.parametrize("outcome", ["REFUSED", "EXPIRED", "APPLIED"])
def test_what_was_no_copy_of_ours_goes_when_the_answer_is_there(
    opened: Any, say: Any, outcome: str
) -> None:
    """Same title, but the answer names another copy, or none."""
    (put,) = opened.hear(say.resource("ecole/51"), say.share("ecole/51", "ecole/G7"))
    own = [say.resource("college/d1"), say.share("college/d1", "college/g-8")]
    assert opened.hear(*own) == []
    assert opened.hear(say.receipt(put, None, outcome="PENDING")) == []
    native = "copy" if outcome == "APPLIED" else None
    found = opened.hear(say.receipt(put, native, outcome=outcome))
    assert puts(found) == [("ecole", "SHARE_PUT")]


def test_an_ent_that_does_not_answer_holds_nothing_back_for_long(opened: Any, say: Any) -> None:
    given(opened, say, "share")
    given(opened, say, "homework")
    assert opened.hear(*echo(say, "share"), *echo(say, "homework")) == []
    opened.clock.advance(10 * 60_000)
    found = opened.hear(say.group("ecole/9999"))
    assert puts(found) == [("ecole", "SHARE_PUT"), ("ecole", "HOMEWORK_PUT")]
    assert opened.hear(say.resource("college/copy", version=2)) == []
