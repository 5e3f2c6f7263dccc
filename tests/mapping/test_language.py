"""Whatever a mapping file says that is not understood is refused, with its place and the fix."""

from __future__ import annotations

import pytest

from preau.errors import FixTheFolder, Place
from preau.mapping.language import KEYWORDS, parse_mapping
from preau.mapping.strict_yaml import parse_yaml

HERE = Place("essai", "mapping/x.yaml")
GOOD = "{from: a, as: text}"


def refused(text: str) -> FixTheFolder:
    with pytest.raises(FixTheFolder) as told:
        parse_mapping(parse_yaml(text, HERE), HERE)
    return told.value


def test_there_are_eight_keywords() -> None:
    assert len(KEYWORDS) == 8


@pytest.mark.parametrize(
    ("text", "code", "field"),
    [
        ("[]", "RULES", None),
        ("- 1", "NOT_AN_OBJECT", None),
        ("to: group.v1\nunless: {}", "UNKNOWN_KEYWORD", None),
        ("fields: {}", "NO_TO", "to"),
        ("to: 1\nfields: {}", "NO_TO", "to"),
        ("to: group.v1", "NOT_AN_OBJECT", "fields"),
        ("to: g\nfields: {a: b}", "NOT_AN_OBJECT", "fields.a"),
        ("to: g\nfields: {a: {form: b}}", "UNKNOWN_KEYWORD", "fields.a"),
        ("to: g\nfields: {a: {}}", "ONE_WAY", "fields.a"),
        ("to: g\nfields: {a: {from: b, const: c}}", "ONE_WAY", "fields.a"),
        ("to: g\nfields: {a: {const: c, as: text}}", "ONE_WAY", "fields.a"),
        ("to: g\nfields: {a: {each: b}}", "ONE_WAY", "fields.a"),
        ("to: g\nfields: {a: {from: b}}", "NO_CONVERSION", "fields.a"),
        ("to: g\nfields: {a: {from: [b, c], values: {x: y}}}", "NO_CONVERSION", "fields.a"),
        ("to: g\nfields: {a: {from: b, as: [text]}}", "CONVERSION", "fields.a.as"),
        ("to: g\nfields: {a: {from: [], as: text}}", "PATH", "fields.a.from"),
        ("to: g\nfields: {a: {from: ['=x'], as: join}}", "PATH", "fields.a.from"),
        ("to: g\nfields: {a: {from: 3, as: text}}", "PATH", "fields.a.from"),
        ("to: g\nfields: {a: {from: b..c, as: text}}", "PATH", "fields.a.from"),
        ("to: g\nfields: {a: {from: b, values: {}}}", "VALUES", "fields.a.values"),
        ("to: g\nfields: {a: {from: b, values: {z: x, ' z ': y}}}", "VALUES", "fields.a.values"),
        ("to: g\nfields: {a: {from: b, values: {1.5: x}}}", "NOT_AN_OBJECT", "fields.a.values"),
        ("to: g\nfields: {a: {from: b, values: {x: 1.5}}}", "CONST", "fields.a.values"),
        ("to: g\nfields: {a: {const: 1.5}}", "CONST", "fields.a"),
        ("to: g\nfields: {a: {const: 2026-09-01}}", "CONST", "fields.a"),
        ('to: g\nfields: {a: {const: "\\ud800"}}', "CONST", "fields.a"),
        ('to: g\nfields: {a: {from: "=\\udfff", as: text}}', "PATH", "fields.a.from"),
        ("to: g\nwhen: [a]\nfields: {}", "NOT_AN_OBJECT", "when"),
        ("to: g\nwhen: {a: []}\nfields: {}", "CONDITION", "when.a"),
        ("to: g\nwhen: {a: 1.5}\nfields: {}", "CONDITION", "when.a"),
        ("to: g\nwhen: {a: null}\nfields: {}", "CONDITION", "when.a"),
        ("to: g\neach: [a, b, c]\nfields: {}", "PATH", "each"),
        ("- to: g\n  fields: {}\n- to: g\n  fild: {}", "UNKNOWN_KEYWORD", "rule 2"),
    ],
)
def test_what_is_not_understood_is_refused(text: str, code: str, field: str | None) -> None:
    told = refused(text)

    assert told.code == code
    assert told.complaint.where == Place("essai", "mapping/x.yaml", field)


def test_a_near_miss_is_guessed() -> None:
    assert refused("to: g\nfeilds: {}").complaint.fix == "did you mean fields?"


def test_one_rule_or_a_list_of_rules_are_both_a_mapping() -> None:
    one = parse_mapping(parse_yaml(f"to: g\nfields: {{a: {GOOD}}}", HERE), HERE)
    two = parse_mapping(parse_yaml(f"- to: g\n  fields: {{a: {GOOD}}}", HERE), HERE)

    assert one == two


@pytest.mark.parametrize(
    ("said", "value", "holds"),
    [
        ("CLASS", "CLASS", True),
        ("CLASS", " CLASS ", True),
        ("CLASS", "class", False),
        ("1", 1, True),
        ("1", "1", True),
        ("1", True, False),
        ("true", True, True),
        ("'true'", True, True),
        ("PRESENT", [], True),
        ("PRESENT", "", False),
        ("PRESENT", None, False),
        ("ABSENT", None, True),
        ("ABSENT", " ", True),
        ("ABSENT", 0, False),
        ("[N, ABSENT]", None, True),
        ("[N, ABSENT]", "N", True),
        ("[N, ABSENT]", "O", False),
        ("x", {"x": 1}, False),
        pytest.param("1", 10**5000, False, id="a number too long to write"),
    ],
)
def test_a_condition_compares_by_text(said: str, value: object, holds: bool) -> None:  # noqa: FBT001
    [rule] = parse_mapping(parse_yaml(f"to: g\nwhen: {{a: {said}}}\nfields: {{}}", HERE), HERE)

    assert rule.when[0].holds(value) is holds
