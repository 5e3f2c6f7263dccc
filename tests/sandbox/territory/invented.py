"""A territory that a test has made: its answers, and its AAF files read without our reader."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from lxml import etree

from preau.sandbox.territory.plan import Plan
from preau.sandbox.territory.territory import write_territory

PUPILS, PER_FILE = 500, 150
YEARS, FORMS = ("avant", "apres"), ("aaf-1d", "aaf-2d")
Values = dict[str, list[str]]
#: One year, format and category → id → attributes, empty values left out.
Records = Callable[[str, str, str], dict[str, Values]]


class Territory(NamedTuple):
    """A folder and what its answer file says."""

    folder: Path
    people: list[dict[str, Any]]
    flaws: list[dict[str, str]]
    counts: dict[str, dict[str, dict[str, dict[str, int]]]]

    def flawed(self, kind: str, year: str, form: str) -> set[str]:
        """The ids that have a planted flaw."""
        told = (each for each in self.flaws if (each["year"], each["format"]) == (year, form))
        return {each["id"] for each in told if each["flaw"] == kind}

    def person(self, number: int, year: str) -> dict[str, Any] | None:
        """One person in one year."""
        found = (p for p in self.people if (p["person"], p["year"]) == (number, year))
        return next(found, None)


def open_territory(plan: Plan) -> Territory:
    """Writes a territory and reads its answers."""
    plan.folder.mkdir(parents=True, exist_ok=True)
    write_territory(plan)
    lines = (plan.folder / "answers.jsonl").read_bytes().splitlines()
    told = [orjson.loads(line) for line in lines]
    people = [each for each in told if "person" in each]
    flaws = [each for each in told if "flaw" in each]
    counts = orjson.loads((plan.folder / "counts.json").read_bytes())
    return Territory(plan.folder, people, flaws, counts)


def aaf_records(folder: Path) -> dict[str, dict[str, Values]]:
    """Category → id → attributes of one set; fails when an id stands twice."""
    found: dict[str, dict[str, Values]] = {}
    for file in sorted(folder.glob("*.xml")):
        for request in etree.parse(file).getroot().iter("addRequest"):
            category = request.findtext("operationalAttributes/attr/value") or ""
            key = request.findtext("identifier/id") or ""
            values = {
                str(attr.get("name")): [v.text for v in attr.iter("value") if v.text]
                for attr in request.iterfind("attributes/attr")
            }
            assert key not in found.setdefault(category, {}), f"{category} {key} stands twice"
            found[category][key] = values
    return found
