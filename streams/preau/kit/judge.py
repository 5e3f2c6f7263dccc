"""Every promise and every mandate case of one connector folder, as tests.

The promises read the folder's files. A case plays what would happen, with the engine itself, in a
temporary folder, without Kafka and without the network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from preau.catalogue.card import FILE as CARD
from preau.contract.evidence import Evidence
from preau.contract.promises import judged
from preau.contract.verdict import Defect, Verdict
from preau.errors import FixTheFolder, PreauError
from preau.kit import arriving, delivering, door
from preau.kit.ground import Ground
from preau.kit.paper_outlet import read_product
from preau.kit.receiving import Receiving
from preau.kit.speaking import Speaking

Scene = TypeVar("Scene", Speaking, Receiving)
Cases = Mapping[str, Callable[[Scene], Iterator[str]]]
"""The sentence when the case holds → what plays it, and yields each way in which it does not."""

ARRIVING: Cases[Speaking] = {
    "in: nothing is accepted without a mandate": door.nothing_is_accepted_without_a_mandate,
    "in: what has no mandate goes to no other ENT": arriving.what_has_no_mandate_goes_nowhere,
    "in: a withdrawal is honoured": arriving.a_withdrawal_is_honoured,
    "in: a late mandate brings what came before it": (
        arriving.a_late_mandate_brings_what_came_before
    ),
    "in: what is said again changes nothing": arriving.what_is_said_again_changes_nothing,
    "in: any order ends in the same state": arriving.any_order_ends_in_the_same_state,
    "in: what was deleted comes back with a later event only": (
        arriving.what_was_deleted_comes_back_with_a_later_event
    ),
    "in: what lacks its class, account, document or group waits for it": (
        arriving.what_lacks_its_parent_waits_for_it
    ),
}
DELIVERING: Cases[Receiving] = {
    "out: nothing is delivered without a mandate": (
        delivering.nothing_is_delivered_without_a_mandate
    ),
    "out: after a withdrawal only removals are delivered": (
        delivering.after_a_withdrawal_only_removals_are_delivered
    ),
    "out: a late mandate brings what was given before it": (
        delivering.a_late_mandate_brings_what_was_given_before
    ),
    "out: what is delivered again is called for once": (
        delivering.what_is_delivered_again_is_called_for_once
    ),
    "out: deliveries in any order end in the same state": (
        delivering.deliveries_in_any_order_end_in_the_same_state
    ),
    "out: what was removed comes back when given again": (
        delivering.what_was_removed_comes_back_when_given_again
    ),
    "out: what belongs to a group waits for it": delivering.what_belongs_to_a_group_waits_for_it,
}
WRITTEN = frozenset({"push", "webhook", "file"})
"""Ways in which a product is written to."""
PAGE = "docs/en/kit.md"
"""Where each case is explained."""


def judge(folder: Path) -> list[Verdict]:
    """One verdict per promise and case kept, one per defect; never raises on a bad folder."""
    evidence = Evidence(folder)
    return [*judged(evidence), *played(evidence)]


def played(evidence: Evidence) -> list[Verdict]:
    """The cases of what arrives, if the product speaks; of what it is told, if it is written to.

    None of a folder that does not open: the promises say why.
    """
    if evidence.connector is None:
        return []
    connector, verdicts = evidence.connector, list[Verdict]()
    with TemporaryDirectory(prefix="preau-kit-") as place:
        ground = Ground(evidence, Path(place))
        if ground.words:
            verdicts += _each(ARRIVING, Speaking(ground, connector), evidence.name)
        try:
            product = read_product(connector)
        except FixTheFolder as trouble:
            return [*verdicts, _unread(evidence.name, trouble)]
        if not WRITTEN.isdisjoint(connector.card.ways_out):
            scene = Receiving(ground, connector, product)
            verdicts += _each(DELIVERING, scene, evidence.name)
    return verdicts


def _unread(folder: str, trouble: FixTheFolder) -> Verdict:
    """What would stop `preau instance add` and the hub; the promises see the fields only."""
    told = trouble.complaint
    file, known = told.where.file or "outlet", ", ".join(told.known)
    fix = f"{told.what}; {told.fix}" + f" (known: {known})" * bool(known)
    sentence = f"{file} is read as the hub reads it"
    return Verdict(folder, sentence, Defect(sentence, file, told.where.field or "", fix))


def _each(cases: Cases[Scene], scene: Scene, folder: str) -> Iterator[Verdict]:
    for sentence, play in cases.items():
        found = _found(play(scene))
        defect = Defect(sentence, CARD, "", f"{'; '.join(found)}; see {PAGE}") if found else None
        yield Verdict(folder, sentence, defect)


def _found(play: Iterator[str]) -> list[str]:
    """What does not hold, said once; where the case cannot even be played to its end, that."""
    found: list[str] = []
    try:
        found.extend(play)
    except (PreauError, TimeoutError) as error:
        found.append(f"it cannot be played to its end: {getattr(error, 'code', 'it never ends')}")
    return list(dict.fromkeys(found))
