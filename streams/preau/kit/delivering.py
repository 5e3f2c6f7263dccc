"""The cases of what is delivered: a product is told what a mandate lets it have, and that only."""

from __future__ import annotations

import random
from collections.abc import Iterator

from preau.broker.records import Arrival
from preau.canon.codec import decode, encode
from preau.contract.evidence import WITHDRAWN_BY
from preau.ids import event_id
from preau.kit import words
from preau.kit.arriving import ORDERS, SMALL
from preau.kit.paper_outlet import Called
from preau.kit.receiving import Receiving, Recipient
from preau.kit.speaking import compared


def nothing_is_delivered_without_a_mandate(scene: Receiving) -> Iterator[str]:
    """Not routed; not let out either, were it in the queue; with one, all of it, listed fields."""
    with scene.whole() as there:
        queued = list(there.share_topic)
        yield from (f"with a mandate, {each}" for each in compared(scene.due(), scene.held(there)))
        yield from _unlisted(scene, there)
    with scene.opened() as there:
        scene.say(there, scene.words)
        there.hub.turn()
        yield from (f"without a mandate, {e} is routed" for e in _routed(there))
        yield from (f"without a mandate, {e} is delivered" for e in _operations(there))
        there.desk.take([_alone(each) for each in queued])
        yield from (f"queued without a mandate, {e} is delivered" for e in _operations(there))
        for entity, answer in sorted(there.desk.outcomes().items()):
            if answer != "NO_MANDATE":
                yield f"a {entity.partition(':')[0]} without a mandate is answered {answer}"


def after_a_withdrawal_only_removals_are_delivered(scene: Receiving) -> Iterator[str]:
    """All that can be taken back is; nothing new goes, not even what was in the queue."""
    with scene.whole() as there:
        before, queued = len(there.desk.outlet.calls), list(there.share_topic)
        routed = len(queued)
        there.hub.withdraw(scene.ours)
        there.hub.turn()
        yield from (f"after the withdrawal, {each}" for each in _stays(scene, there))
        scene.say(there, [words.again(each, 10) for each in words.living(scene.words)])
        told = [(each, "routed") for each in _routed(there, routed)]
        there.desk.take([_alone(each, 100) for each in queued])
        told += [(each, "delivered") for each in _operations(there, before)]
        for operation, what in told:
            if not operation.endswith("_REMOVE"):
                yield f"{operation} is {what} after the withdrawal"


def a_late_mandate_brings_what_was_given_before(scene: Receiving) -> Iterator[str]:
    """What the other gave before our school authorised is delivered once it does."""
    with scene.opened() as there:
        scene.say(there, scene.words)
        there.hub.authorise(scene.ours)
        there.hub.turn()
        yield from compared(scene.due(), scene.held(there))


def what_is_delivered_again_is_called_for_once(scene: Receiving) -> Iterator[str]:
    """The words again, the deliveries again, a fresh process: not one more call."""
    with scene.whole() as there:
        before = len(there.desk.outlet.calls)
        scene.say(there, scene.words)
        there.desk.take(list(there.share_topic))
        there.hub.restart()
        yield from (f"{each} is called for a second time" for each in _operations(there, before))


def deliveries_in_any_order_end_in_the_same_state(scene: Receiving) -> Iterator[str]:
    """The words in other orders; the deliveries too, so that members come before their group."""
    with scene.whole() as there:
        queued = list(there.share_topic)
    for number in range(ORDERS):
        order = random.Random(number)  # noqa: S311 - an order, not a secret
        said = order.sample(scene.words, len(scene.words))
        half = len(said) // 2
        with scene.opened() as there:
            scene.say(there, said[:half], SMALL)
            there.hub.authorise(scene.ours)
            there.hub.turn()
            scene.say(there, said[half:], SMALL)
            found = list(compared(scene.due(), scene.held(there)))
        with scene.opened() as there:
            there.hub.authorise(scene.ours)
            there.desk.take(
                list(reversed(queued)) if not number else order.sample(queued, len(queued))
            )
            found += compared(scene.due(), scene.held(there))
            found += _before_their_group(there)
        if found:
            yield from (f"in another order, {each}" for each in dict.fromkeys(found))
            return


def what_was_removed_comes_back_when_given_again(scene: Receiving) -> Iterator[str]:
    """Taken back word by word, and its ENT holds it no more; given again, and it is there."""
    there_at_last = words.living(scene.words)
    with scene.whole() as there:
        scene.say(there, [words.again(each, 2, deleted=True) for each in there_at_last])
        yield from (f"removed: {each}" for each in _stays(scene, there, "GROUP_PUT"))
        scene.say(there, [words.again(each, 1) for each in there_at_last])
        yield from (f"given late: {each}" for each in _stays(scene, there, "GROUP_PUT"))
        scene.say(there, [words.again(each, 4) for each in there_at_last])
        yield from (f"given again: {each}" for each in compared(scene.due(), scene.held(there)))


def what_belongs_to_a_group_waits_for_it(scene: Receiving) -> Iterator[str]:
    """No call before the ENT has the group, all of them after; none if it refused the group."""
    with scene.whole() as there:
        queued = list(there.share_topic)
    groups = [each for each in queued if _of_group(each)]
    others = [each for each in queued if not _of_group(each)]
    with scene.opened() as there:
        there.hub.authorise(scene.ours)
        there.desk.take(others)
        yield from (
            f"{each} is called for before its group is there" for each in _operations(there)
        )
        there.desk.take(groups)
        yield from (f"the group is there: {e}" for e in compared(scene.due(), scene.held(there)))
    with scene.opened() as there:
        there.hub.authorise(scene.ours)
        there.desk.outlet.refuses = frozenset({"GROUP_PUT"})
        there.desk.take(queued)
        for operation in _operations(there):
            if operation != "GROUP_PUT":
                yield f"{operation} is called for though the ENT refused its group"


def _operations(there: Recipient, after: int = 0) -> list[str]:
    return sorted({each.parcel.operation for each in there.desk.outlet.calls[after:]})


def _routed(there: Recipient, after: int = 0) -> list[str]:
    """The operations on its share topic."""
    told = (decode(each.value or b"").value for each in there.share_topic[after:])
    return sorted({each["operation"] for each in told})


def _unlisted(scene: Receiving, there: Recipient) -> Iterator[str]:
    """A field that the card does not list, in anything that reached the way out."""
    for each in there.desk.outlet.calls:
        needs = scene.connector.card.needs.get(each.parcel.operation, ())
        for name in sorted(each.parcel.body.keys() - set(needs)):
            yield f"{each.parcel.operation} carries {name}, which needs does not list"


def _stays(scene: Receiving, there: Recipient, but: str = "") -> Iterator[str]:
    """What the ENT still has though it can be taken back, or must be (`WITHDRAWN_BY`)."""
    needs = scene.connector.card.needs
    for put in sorted({each.operation for each in there.desk.outlet.holds().values()} - {but}):
        remove = put.replace("_PUT", "_REMOVE")
        if remove in needs or put in WITHDRAWN_BY:
            yield f"{put} stays: see needs.{remove} and its file"


def _before_their_group(there: Recipient) -> Iterator[str]:
    """What was called for before the group that it belongs to was applied."""
    calls = there.desk.outlet.calls
    first = next((n for n, each in enumerate(calls) if _makes_group(each)), len(calls))
    for each in calls[:first]:
        if each.parcel.operation != "GROUP_PUT":
            yield f"{each.parcel.operation} is called for before its group"


def _makes_group(called: Called) -> bool:
    return called.done and called.parcel.operation == "GROUP_PUT"


def _of_group(told: Arrival) -> bool:
    operation: str = decode(told.value or b"").value["operation"]
    return operation.startswith("GROUP_")


def _alone(told: Arrival, later: int = 0) -> Arrival:
    """The same delivery, of a later version perhaps, and bound to no other: its mandate decides."""
    said = decode(told.value or b"").value
    identity = event_id("hub", "later", f"{said['event_id']}:{later}")
    changed = {"version": said["version"] + later, "event_id": identity, "parents": []}
    return told._replace(value=encode("delivery", {**said, **changed}))
