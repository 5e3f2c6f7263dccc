"""What depends on something that an ENT refused is refused with it, without a call."""

from __future__ import annotations

from typing import Any

ECOLE, COLLEGE = "ent-ecole", "mon-ent"


def idle(hub: Any) -> bool:
    done: bool = hub.idle()
    return done


def said(hub: Any) -> dict[str, tuple[str, str | None]]:
    """The last answer to each entity of the collège."""
    rows = [each for each in hub.receipts if each["destination"] == COLLEGE]
    return {each["entity"]: (each["outcome"], each["reason"]) for each in rows}


def test_members_of_a_refused_group_are_refused_without_a_call(
    hub: Any, ents: Any, group: Any, member: Any, users: Any, classes: Any
) -> None:
    hub.denied.add(COLLEGE)  # any refusal for good will do
    hub.send(*(member(COLLEGE, user) for user in users[:20]), group(COLLEGE))
    hub.send(member(ECOLE, classes[0]), group(ECOLE))
    hub.work(idle)
    answers = said(hub)
    assert answers.pop("group:g1") == ("REFUSED", "NO_MANDATE")
    assert set(answers.values()) == {("REFUSED", "PARENT_REFUSED")}
    assert len(answers) == 20
    assert ents["edifice"].effects() == []
    assert [e["verb"] for e in ents["beneylu"].effects()] == ["group.create", "partnership.join"]


def test_a_member_that_comes_after_the_refusal_is_refused_at_once(
    hub: Any, group: Any, member: Any, users: Any
) -> None:
    hub.denied.add(COLLEGE)
    hub.send(group(COLLEGE))
    hub.work(idle)
    hub.send(member(COLLEGE, users[0]))
    hub.work(idle)
    assert said(hub)[f"member:g1:{users[0]}"] == ("REFUSED", "PARENT_REFUSED")


def test_a_member_waits_while_a_later_version_of_its_group_is_open(
    hub: Any, ents: Any, group: Any, member: Any, users: Any
) -> None:
    hub.denied.add(COLLEGE)
    hub.send(group(COLLEGE))
    hub.work(idle)
    hub.denied.clear()
    hub.send(group(COLLEGE, version=2), member(COLLEGE, users[0]))
    hub.work(idle)
    assert set(said(hub).values()) == {("APPLIED", None)}
    assert "member.add" in [each["verb"] for each in ents["edifice"].effects()]


def test_a_process_killed_before_it_said_so_says_it_after(
    hub: Any, group: Any, member: Any, users: Any
) -> None:
    hub.denied.add(COLLEGE)
    hub.send(group(COLLEGE))
    hub.work(idle)
    hub.send(member(COLLEGE, users[0]))
    hub.deaf.set()
    orphan = f"{COLLEGE}|member:g1:{users[0]}|1"
    hub.work_and_die(lambda hub: hub.outbox.told(COLLEGE, orphan)[1] == "STARTED")
    fresh = hub.restarted()
    fresh.work(idle)
    assert said(fresh)[f"member:g1:{users[0]}"] == ("REFUSED", "PARENT_REFUSED")
