"""What the story gives: for each step its counts and seconds, as JSON and as a table in French."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from rich.box import SIMPLE_HEAD
from rich.table import Table

from preau.demo.watch import Counted

_CAPTION = (
    "Événements : reçus = passés + mis de côté. Réponses des ENT : ce que l'étape a apporté,"
    " et ce qui attend encore."
)


class Receipts(NamedTuple):
    """Answers of the ENTs on the project's page, by what they mean now."""

    applied: int = 0
    refused: int = 0
    pending: int = 0


class Heading(NamedTuple):
    """`name` stands in the JSON report, `title` on the screen, `short` in the table.

    `answers`: whether the step waits for the ENTs' answers; only such a step tells them.
    """

    name: str
    title: str
    short: str
    answers: bool = False


class Step(NamedTuple):
    """One step as it was played: its events; the answers that it brought, and what still waits."""

    heading: Heading
    ok: bool
    counted: Counted
    receipts: Receipts
    seconds: float

    def plain(self) -> dict[str, Any]:
        """One element of `steps` of the JSON report."""
        return {
            "name": self.heading.name,
            "ok": self.ok,
            "in": self.counted.heard,
            "out": self.counted.out,
            "set_aside": self.counted.aside,
            **self.receipts._asdict(),
        }


def since(now: Counted, before: Counted) -> Counted:
    """What was counted since `before`."""
    return Counted(*(a - b for a, b in zip(now, before, strict=True)))


def brought(now: Receipts, before: Receipts) -> Receipts:
    """The answers that came since `before`, and what is pending now."""
    return Receipts(now.applied - before.applied, now.refused - before.refused, now.pending)


def receipts_of(page: Mapping[str, Any]) -> Receipts:
    """Sums a project's page; what is still under way counts as pending."""
    sums = dict.fromkeys(Receipts._fields, 0)
    kinds = {"APPLIED": "applied", "REFUSED": "refused", "EXPIRED": "refused"}
    for answer in page["answers"]:
        sums[kinds.get(answer["outcome"], "pending")] += answer["things"]
    return Receipts(**sums)


def report(steps: Sequence[Step], seconds: float, *, ok: bool) -> dict[str, Any]:
    """The JSON report."""
    told = [step.plain() for step in steps]
    return {"ok": ok, "steps": told, "seconds": round(seconds, 1)}


def table(steps: Sequence[Step], seconds: float) -> Table:
    """The same for a person."""
    drawn = Table(box=SIMPLE_HEAD, caption=_CAPTION, caption_justify="left")
    drawn.add_column("étape", no_wrap=True)
    events, answers = ("reçus", "passés", "mis de\ncôté"), ("appliqué", "refusé", "en\nattente")
    for name in (*events, *answers, "s"):
        drawn.add_column(name, justify="right")
    for number, step in enumerate(steps, 1):
        numbers = (*step.counted[:3], *step.receipts)
        shown = (*map(str, numbers), f"{step.seconds:.1f}")
        drawn.add_row(f"{'✔' if step.ok else '✖'} {number} {step.heading.short}", *shown)
    drawn.add_section()
    sums = [sum(column) for column in zip(*(s.counted[:3] for s in steps), strict=True)]
    last = steps[-1].receipts.pending if steps else 0
    told = [sum(s.receipts.applied for s in steps), sum(s.receipts.refused for s in steps), last]
    drawn.add_row("  en tout", *map(str, (*sums, *told)), f"{seconds:.1f}")
    return drawn
