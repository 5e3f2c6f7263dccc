"""The other cases of what arrives: what a product says goes on while a mandate holds, only then."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from preau.canon.codec import decode
from preau.kit import words
from preau.kit.paper import naming
from preau.kit.small_hub import SmallHub
from preau.kit.speaking import Speaking, compared
from preau.kit.words import PARENTS, Word

ORDERS = 3
"""Orders in which everything is said, besides the first: backwards, and the others by lot."""
MEMBERS = frozenset({"MEMBER_PUT", "MEMBER_REMOVE"})
DEPENDS = {
    "group": MEMBERS,
    "person": MEMBERS,
    "resource": frozenset({"SHARE_PUT"}),
}
"""Record → what waits for it."""
SMALL = 7
"""Records of one batch where their order matters."""
A_DAY_MS = 86_400_000


def what_has_no_mandate_goes_nowhere(scene: Speaking) -> Iterator[str]:
    """No mandate: nothing; that for the directory: members only; the project's: the rest only."""
    due = scene.due()
    for kind, allowed in (
        ("no mandate", {"directory": False, "project": False}),
        ("the directory's mandate only", {"directory": True, "project": False}),
        ("the project's mandate only", {"directory": False, "project": True}),
    ):
        with scene.hub() as hub:
            hub.authorise(scene.ours, **allowed)
            hub.turn()
            scene.say(hub, scene.words)
            for operation in sorted({each["operation"] for each in scene.given(hub)}):
                if not allowed["directory" if operation in MEMBERS else "project"]:
                    yield f"with {kind}, {operation} goes to another ENT"
    with scene.whole() as hub:
        yield from (f"with every mandate, {each}" for each in compared(due, scene.held(hub)))


def a_withdrawal_is_honoured(scene: Speaking) -> Iterator[str]:
    """The other ENT is told to take everything away, and whatever is said later goes nowhere."""
    with scene.whole() as hub:
        before = len(hub.told)
        hub.withdraw(scene.ours)
        hub.turn()
        yield from (f"after the withdrawal, {each}" for each in compared(_NONE, scene.held(hub)))
        scene.say(hub, [words.again(each, 10) for each in words.living(scene.words)])
        hub.turn()
        put = {d["operation"] for d in scene.given(hub, before) if _puts(d["operation"])}
        yield from (f"{each} is told after the withdrawal" for each in sorted(put))


def a_late_mandate_brings_what_came_before(scene: Speaking) -> Iterator[str]:
    """What was said before the mandate is held once it is given, as if it had been there."""
    with scene.hub() as hub:
        scene.say(hub, scene.words)
        hub.authorise(scene.ours)
        hub.turn()
        yield from compared(scene.due(), scene.held(hub))


def what_is_said_again_changes_nothing(scene: Speaking) -> Iterator[str]:
    """Everything a second time, and a fresh process: nobody is told anything."""
    with scene.whole() as hub:
        before, held = len(hub.told), scene.held(hub)
        scene.say(hub, scene.words)
        scene.say(hub, [word for word in scene.words for _ in range(2)], SMALL)
        hub.restart()
        told = {each["operation"] for each in hub.told[before:]}
        yield from (f"{each} is told a second time" for each in sorted(told))
        yield from compared(held, scene.held(hub))


def any_order_ends_in_the_same_state(scene: Speaking) -> Iterator[str]:
    """Backwards, and in orders drawn by lot, always the same."""
    due = scene.due()
    for number in range(ORDERS):
        order = list(reversed(scene.words))
        if number:
            random.Random(number).shuffle(order)  # noqa: S311 - an order, not a secret
        half = len(order) // 2
        with scene.hub() as hub:
            scene.say(hub, order[:half], SMALL)
            hub.authorise(scene.ours)
            hub.turn()
            scene.say(hub, order[half:], SMALL)
            found = list(compared(due, scene.held(hub)))
        if found:
            yield from (f"in another order, {each}" for each in found)
            return


def what_was_deleted_comes_back_with_a_later_event(scene: Speaking) -> Iterator[str]:
    """Deleted: gone; an older state: still gone; a later one: there; an older deletion: there."""
    there = words.living(scene.words)
    gone = [words.again(each, 2, deleted=True) for each in there]
    back = [words.again(each, 4) for each in there]
    with scene.whole() as hub:
        for said, due, what in (
            (gone, _NONE, "deleted"),
            ([words.again(each, 1) for each in there], _NONE, "said late by an older event"),
            (back, scene.due(*back), "said again by a later event"),
            ([words.again(e, 3, deleted=True) for e in there], scene.due(*back), "deleted late"),
        ):
            scene.say(hub, said)
            yield from (f"{what}: {each}" for each in compared(due, scene.held(hub)))


def what_lacks_its_parent_waits_for_it(scene: Speaking) -> Iterator[str]:
    """Without the class, the account, the document, the group's name: held back, then given."""
    for record in PARENTS:
        late = [each for each in scene.words if each.record == record]
        if late:
            yield from _without(scene, record, late)
    with scene.hub(names=False) as hub:
        hub.authorise(scene.ours)
        hub.turn()
        scene.say(hub, scene.words)
        early = {each["operation"] for each in scene.given(hub)} - MEMBERS
        yield from (f"{each} goes before the group is there" for each in sorted(early))
        hub.hear(naming(scene.spaces)(scene.unanswered))
        yield from (f"the group is there: {e}" for e in compared(scene.due(), scene.held(hub)))


def _without(scene: Speaking, record: str, late: Sequence[Word]) -> Iterator[str]:
    with scene.hub() as hub:
        hub.authorise(scene.ours)
        hub.turn()
        scene.say(hub, [each for each in scene.words if each.record != record])
        early = {each["operation"] for each in scene.given(hub)} & DEPENDS.get(record, _NOBODY)
        yield from (f"{each} goes before its {record}" for each in sorted(early))
        if record == "resource" and scene.shares and not _told_after_a_day(hub):
            yield "nobody is told of a share that waits for its document since a day"
        scene.say(hub, late)
        yield from (f"the {record} is there: {e}" for e in compared(scene.due(), scene.held(hub)))


def _told_after_a_day(hub: SmallHub) -> bool:
    hub.clock.advance(A_DAY_MS)
    asides = (decode(each.value or b"").value for each in hub.turn())
    return any(each.get("code") == "PARENT_MISSING" for each in asides)


def _puts(operation: str) -> bool:
    return operation.endswith("_PUT")


_NONE: words.Expected = frozenset()
_NOBODY: frozenset[str] = frozenset()
