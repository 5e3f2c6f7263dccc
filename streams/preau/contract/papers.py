"""The promises about a folder's files: each mapping shown, each sample answered, the card whole."""

from __future__ import annotations

from collections.abc import Iterator

from preau.contract.evidence import Evidence, event_of
from preau.contract.verdict import Defect

#: What the card must say, by tier; each tier asks also for what the ones before it ask.
CARD = {
    "seen": ("title", "degree", "reader"),
    "checked": ("ways_in", "share", "members", "freshness"),
    "live": ("contact",),
    "trusted": ("ways_out", "needs"),
}


def it_opens(evidence: Evidence) -> Iterator[Defect]:
    """The card, the mappings and the outlet are understood, to the last key."""
    if evidence.trouble is not None:
        told = evidence.trouble.complaint
        file, field = told.where.file or evidence.path.name, told.where.field or ""
        known = f" (known: {', '.join(told.known)})" if told.known else ""
        yield Defect(f"{file} is understood", file, field, f"{told.what}; {told.fix}{known}")


def every_mapping_has_a_sample(evidence: Evidence) -> Iterator[Defect]:
    """A mapping that no sample shows is a guess."""
    shown = {event_of(sample) for sample in evidence.samples}
    for event, file in evidence.mappings.items():
        if event not in shown:
            fix = f"add samples/{event}.json, with invented people only"
            yield Defect(f"mapping {event} has a sample", f"mapping/{file.name}", "", fix)


def every_sample_has_an_expected_file(evidence: Evidence) -> Iterator[Defect]:
    """What comes out is written down, even when it is a refusal."""
    for name, file in evidence.samples.items():
        if name not in evidence.expected:
            fix = f"run preau accept {evidence.shown} and read what it shows"
            yield Defect(f"sample {name} has an expected file", f"samples/{file.name}", "", fix)


def no_expected_file_without_its_sample(evidence: Evidence) -> Iterator[Defect]:
    """An expected file whose sample has gone promises nothing."""
    for name, file in evidence.expected.items():
        if name not in evidence.samples:
            fix = "delete it, or bring its sample back"
            yield Defect(f"expected {name} has its sample", f"expected/{file.name}", "", fix)


def the_card_is_complete_for_its_tier(evidence: Evidence) -> Iterator[Defect]:
    """A folder says no more of itself than its card can show."""
    if evidence.connector is None:
        return
    card = evidence.connector.card
    for tier, fields in CARD.items():
        for name in fields:
            if not getattr(card, name):
                sentence = f"the card says its {name}, as tier {card.tier} asks"
                yield Defect(sentence, "connector.yaml", name, f"fill {name}, or claim less")
        if tier == card.tier:
            return


def the_readme_names_every_event(evidence: Evidence) -> Iterator[Defect]:
    """The vendor's people find each event, marked grounded or assumed."""
    file = evidence.path / "README.md"
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    for event in evidence.mappings:
        if event not in text:
            fix = f"say in README.md what {event} becomes, and whether it is grounded or assumed"
            yield Defect(f"the README names {event}", "README.md", "", fix)
