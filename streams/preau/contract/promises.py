"""Every promise of a connector folder, and the judge that turns each into tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from preau.contract import order, outlet, papers, privacy, results
from preau.contract.evidence import Evidence
from preau.contract.verdict import Defect, Verdict

Promise = Callable[[Evidence], Iterator[Defect]]

#: The sentence when it is kept, and the function that yields one defect per breach.
PROMISES: tuple[tuple[str, Promise], ...] = (
    ("the folder is understood, no unknown key", papers.it_opens),
    ("every mapping has a sample", papers.every_mapping_has_a_sample),
    ("every sample has an expected file", papers.every_sample_has_an_expected_file),
    ("no expected file without its sample", papers.no_expected_file_without_its_sample),
    ("the card is complete for its tier", papers.the_card_is_complete_for_its_tier),
    ("the README names every event", papers.the_readme_names_every_event),
    (
        "every need has its outlet file, every outlet file its need",
        outlet.every_need_has_its_file_and_every_file_its_need,
    ),
    ("the outlet reads only what is needed", outlet.the_outlet_reads_only_what_is_needed),
    ("the card needs only what is read", outlet.the_card_needs_only_what_the_outlet_reads),
    ("what is given can be taken back", outlet.what_is_given_can_be_taken_back),
    (
        "every sample gives exactly its expected records",
        results.every_sample_gives_exactly_its_expected_records,
    ),
    ("every record is valid under its schema", results.every_record_is_valid_under_its_schema),
    ("every refusal says why", results.every_refusal_says_why),
    ("mapping twice gives the same bytes", order.mapping_twice_gives_the_same_bytes),
    ("the order of fields does not matter", order.the_order_of_fields_does_not_matter),
    (
        "late, repeated and re-ordered events end in the same state",
        order.any_order_ends_in_the_same_state,
    ),
    ("an event heard late stays late", order.a_late_event_stays_late),
    ("no vendor grants itself a mandate", results.no_vendor_grants_itself_a_mandate),
    ("only invented people", privacy.only_invented_people),
    ("names stay in the sealed part", privacy.names_stay_in_the_sealed_part),
)


def judge(folder: Path) -> list[Verdict]:
    """One verdict per promise kept, one per defect; never raises on a bad folder."""
    return judged(Evidence(folder))


def judged(evidence: Evidence) -> list[Verdict]:
    """The same for a folder that was opened already."""
    verdicts: list[Verdict] = []
    for sentence, promise in PROMISES:
        defects = dict.fromkeys(promise(evidence))
        verdicts += [Verdict(evidence.name, d.sentence, d) for d in defects]
        if not defects:
            verdicts.append(Verdict(evidence.name, sentence, None))
    return verdicts
