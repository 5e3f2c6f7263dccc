"""Of every event that ships: it takes back exactly when all that it becomes is a deletion."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from preau.catalogue.catalogue import Connector, open_catalogue
from preau.errors import Place
from preau.mapping.language import parse_mapping
from preau.mapping.strict_yaml import parse_yaml
from preau.mapping.taking_back import takes_back


def made_of(file: Path) -> list[bool]:
    """Of each record that a sample becomes, whether it is a deletion."""
    told = orjson.loads(file.read_bytes())
    records = told if isinstance(told, list) else []
    return [each["value"]["meta"]["deleted"] for each in records if "value" in each]


SAMPLES = [
    (connector, sample, made)
    for connector in map(open_catalogue().connector, open_catalogue().names())
    for name, sample in connector.samples.items()
    if sample.suffix == ".json" and (made := made_of(connector.expected[name]))
]
TWO = """
- to: share.v1
  when: {state: GONE}
  fields: {meta.source_id: {from: id, as: text}, meta.deleted: {const: true}}
- to: share.v1
  when: {item.kind: GIVEN}
  each: items
  fields: {meta.source_id: {from: item.id, as: text}}
"""


@pytest.mark.parametrize(
    ("connector", "sample", "made"), SAMPLES, ids=lambda each: getattr(each, "stem", "")
)
def test_a_sample_takes_back_when_all_that_it_becomes_is_deleted(
    connector: Connector, sample: Path, made: list[bool]
) -> None:
    event = sample.stem.partition("--")[0]
    assert connector.takes_back(event, orjson.loads(sample.read_bytes())) == all(made)


def test_samples_of_both_kinds_ship() -> None:
    assert {all(made) for *_, made in SAMPLES} == {True, False}


@pytest.mark.parametrize("event", [None, [], "GONE", {}, {"state": "GONE"}, {"state": "OTHER"}])
def test_what_may_give_something_as_well_takes_nothing_back(event: object) -> None:
    """Items of a list are not looked at: a rule that looks at them may hold."""
    place = Place("essai", "mapping/x.yaml")
    rules = parse_mapping(parse_yaml(TWO, place), place)
    assert not takes_back(rules, event)
    only = [rule for rule in rules if not rule.each]
    assert takes_back(only, event) == (event == {"state": "GONE"})


def test_an_event_of_no_mapping_takes_nothing_back() -> None:
    assert not takes_back((), {"state": "GONE"})
