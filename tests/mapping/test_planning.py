"""A rule that does not fit the canonical schema is refused before anything runs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from preau.errors import FixTheFolder
from preau.mapping.normaliser import Normaliser

ID = "meta.source_id: {from: data.id, as: text}"
Make = Callable[..., Normaliser]


@pytest.mark.parametrize(
    ("yaml", "code", "field"),
    [
        (f"to: groop.v1\nfields: {{{ID}}}", "UNKNOWN_RECORD", "to"),
        (f"to: group.v2\nfields: {{{ID}}}", "UNKNOWN_RECORD", "to"),
        (f"to: person.pii.v1\nfields: {{{ID}}}", "UNKNOWN_RECORD", "to"),
        ("to: group.v1\nfields: {kind: {const: CLASS}}", "NO_SOURCE_ID", "fields"),
        (f"to: group.v1\nfields: {{{ID}}}", "REQUIRED_TARGET", "fields"),
        (f"to: project.v1\nfields: {{{ID}, nam: {{const: x}}}}", "UNKNOWN_TARGET", "fields.nam"),
        (f"to: project.v1\nfields: {{{ID}, pii.x: {{const: x}}}}", "TARGET", "fields.pii"),
        (
            f"to: project.v1\nfields: {{{ID}, meta.instance: {{const: x}}}}",
            "UNKNOWN_TARGET",
            "fields.meta.instance",
        ),
        (f"to: project.v1\nfields: {{{ID}, title.x: {{const: a}}}}", "TARGET", "fields.title"),
        (
            f"to: project.v1\nfields: {{{ID}, title: {{const: a}}, title.x: {{const: a}}}}",
            "TARGET",
            "fields.title.x",
        ),
        (f"to: project.v1\nfields: {{{ID}, title: {{const: 3}}}}", "MISFIT", "fields.title"),
        (
            f"to: project.v1\nfields: {{{ID}, title: {{from: a, as: date}}}}",
            "MISFIT",
            "fields.title.as",
        ),
        (
            f"to: project.v1\nfields: {{{ID}, title: {{from: a, as: texte}}}}",
            "UNKNOWN_CONVERSION",
            "fields.title.as",
        ),
        (
            f"to: project.v1\nfields: {{{ID}, title: {{from: [a, b], as: text}}}}",
            "ONE_PATH",
            "fields.title.from",
        ),
        (
            f"to: project.v1\nfields: {{{ID}, title: {{from: item.a, as: text}}}}",
            "NO_EACH",
            "fields.title",
        ),
        (
            f"to: project.v1\neach: data\nfields: {{{ID}, title: {{from: item2, as: text}}}}",
            "NO_EACH",
            "fields.title",
        ),
        (f"to: project.v1\nwhen: {{item.a: b}}\nfields: {{{ID}}}", "NO_EACH", "when.item.a"),
        (
            f"to: group.v1\nfields: {{{ID}, kind: {{from: a, values: {{x: SCHOOL}}}}}}",
            "MISFIT",
            "fields.kind.values.x",
        ),
        (
            f"to: group.v1\nfields: {{{ID}, kind: {{from: a, as: levels, values: {{x: CLASS}}}}}}",
            "TABLE",
            "fields.kind.as",
        ),
        (
            f"to: group.v1\nfields: {{{ID}, kind: {{const: CLASS}}, size: {{const: 2147483648}}}}",
            "MISFIT",
            "fields.size",
        ),
        (
            f"to: group.v1\nfields: {{{ID}, kind: {{const: CLASS}}, labels: {{const: x}}}}",
            "MISFIT",
            "fields.labels",
        ),
        (
            f"to: person.v1\nfields: {{{ID}, profile: {{const: PUPIL}}, pii: {{const: x}}}}",
            "TARGET",
            "fields.pii",
        ),
        (
            (
                f"to: roster.v1\nfields: {{{ID}, group: {{const: g}}, "
                "members: {each: data.m, fields: {since: {from: item.d, as: date}}}}"
            ),
            "REQUIRED_TARGET",
            "fields",
        ),
        (
            f"to: project.v1\nfields: {{{ID}, title: {{each: a, fields: {{}}}}}}",
            "TARGET",
            "fields.title",
        ),
        (
            f"to: resource.v1\nfields: {{{ID}, resolver.instance: {{const: x}}}}",
            "REQUIRED_TARGET",
            "fields",
        ),
    ],
)
def test_a_rule_that_does_not_fit_is_refused(make: Make, yaml: str, code: str, field: str) -> None:
    with pytest.raises(FixTheFolder) as refused:
        make(yaml)

    assert (refused.value.code, refused.value.complaint.where.field) == (code, field)
    assert refused.value.complaint.where.file == "mapping/EVENT.yaml"
    assert refused.value.complaint.fix


def test_a_misfit_names_the_symbols_and_the_conversions_that_fit(make: Make) -> None:
    with pytest.raises(FixTheFolder) as refused:
        make(f"to: group.v1\nfields: {{{ID}, kind: {{const: SCHOOL}}}}")

    assert refused.value.complaint.known == ("CLASS", "WORKING_GROUP")
    with pytest.raises(FixTheFolder, match="uai"):
        make(f"to: project.v1\nfields: {{{ID}, title: {{from: a, as: date}}}}")


def test_a_deletion_needs_only_the_id(make: Make) -> None:
    assert make(f"to: person.v1\nfields: {{{ID}, meta.deleted: {{const: true}}}}").fallbacks == {}
