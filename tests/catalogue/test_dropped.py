"""`inlet/files.yaml` is read strictly: what is not understood is refused, with its fix."""

from __future__ import annotations

from typing import Any

import pytest

from preau.catalogue.catalogue import open_connector
from preau.catalogue.dropped import parse_dropped
from preau.errors import FixTheFolder, Place
from preau.shelf import connectors

PLACE = Place("my-ent", "inlet/files.yaml")
GOOD: dict[str, Any] = {
    "name": "eleves-{date}.csv",
    "event": "eleve.inscrit",
    "stamp": ["numero"],
    "columns": {"Identifiant": "eleve.id", "Nom": "eleve.nom"},
}


def parse(**changed: object) -> Any:
    said = {**GOOD, **changed}
    raw = {"files": [{key: value for key, value in said.items() if value is not None}]}
    return parse_dropped(raw, ("eleve.inscrit",), "numero", PLACE)


def test_what_is_left_out_has_its_default() -> None:
    [form] = parse()
    assert (form.form, form.separator, form.stamp) == ("csv", ";", ("numero",))
    assert (form.optional, form.ine, form.keyed, form.fixed) == (set(), set(), {}, {})


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"names": 1}, "DROPPED_KEY", "names"),
        ({"event": "eleve.parti"}, "DROPPED_VALUE", "event"),
        ({"form": "ics"}, "DROPPED_VALUE", "form"),
        ({"separator": "|"}, "DROPPED_VALUE", "separator"),
        ({"optional": ["Prénom"]}, "DROPPED_VALUE", "optional"),
        ({"ine": ["INE"]}, "DROPPED_VALUE", "ine"),
        ({"name": None}, "DROPPED_FORM", "name"),
        ({"name": "../{date}.csv"}, "DROPPED_FORM", "name"),
        ({"name": "{date}-{number}.csv"}, "DROPPED_FORM", "name"),
        ({"name": "eleves.csv"}, "DROPPED_FORM", "stamp"),
        ({"stamp": None}, "DROPPED_FORM", "stamp"),
        ({"stamp": ["date"]}, "DROPPED_FORM", "stamp"),
        ({"columns": None}, "DROPPED_FORM", "columns"),
        ({"columns": {}}, "DROPPED_FORM", "columns"),
        ({"columns": {"Nom": "a b"}}, "DROPPED_FORM", "columns"),
        ({"columns": {"Nom": "a.0"}}, "DROPPED_FORM", "columns"),
        ({"columns": {"Nom": "a", "NOM": "b"}}, "DROPPED_FORM", "columns"),
        ({"columns": {"Nom": "a", "X": "a"}}, "DROPPED_FORM", "columns"),
        ({"columns": {"Nom": "a", "X": "a.b"}}, "DROPPED_FORM", "columns"),
        ({"keyed": {"id": []}}, "DROPPED_FORM", "keyed"),
        ({"keyed": {"id": ["Nom"]}, "optional": ["Nom"]}, "DROPPED_FORM", "keyed"),
        ({"fixed": {"a": []}}, "DROPPED_FORM", "fixed"),
        ({"beyond": "eleve.ne"}, "DROPPED_FORM", "beyond"),
        ({"beyond": ["eleve.0"]}, "DROPPED_FORM", "beyond"),
        ({"beyond": ["eleve.ne", "eleve.ne"]}, "DROPPED_FORM", "columns"),
        ({"beyond": ["eleve"]}, "DROPPED_FORM", "columns"),
        ({"split": {"UAI": ","}}, "DROPPED_VALUE", "split"),
        ({"split": {"Nom": ", "}}, "DROPPED_FORM", "split"),
    ],
)
def test_what_is_wrong_is_refused_where_it_stands(
    changed: dict[str, object], code: str, field: str
) -> None:
    with pytest.raises(FixTheFolder) as told:
        parse(**changed)
    assert (told.value.code, told.value.complaint.where.field) == (code, field)


DATES: dict[str, Any] = {
    "name": "agenda-{group}-{date}.ics",
    "form": "calendar",
    "columns": {"UID": "rdv.id", "DTSTART": "rdv.debut"},
    "group": ["groupe.code"],
    "ids": {"UID": "rdv-{id}@*"},
}


def test_a_calendar_says_where_its_dates_and_its_group_go() -> None:
    [form] = parse(**DATES)
    assert (form.form, form.group, form.ids) == ("calendar", ("groupe.code",), DATES["ids"])


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"separator": ";"}, "DROPPED_FORM", "separator"),
        ({"optional": []}, "DROPPED_FORM", "optional"),
        (
            {"columns": {"UID": "id", "DTSTART": "at", "DESCRIPTION": "x"}},
            "DROPPED_VALUE",
            "columns",
        ),
        ({"columns": {"UID": "id"}}, "DROPPED_FORM", "columns"),
        ({"ids": None}, "DROPPED_FORM", "ids"),
        ({"ids": {"UID": "rdv"}}, "DROPPED_FORM", "ids"),
        ({"ids": {"UID": "{id}{id}"}}, "DROPPED_FORM", "ids"),
        ({"ids": {"DTEND": "{id}"}}, "DROPPED_VALUE", "ids"),
        ({"group": None}, "DROPPED_FORM", "group"),
        ({"group": ["rdv"]}, "DROPPED_FORM", "columns"),
        ({"name": "{group}-{group}-{date}.ics"}, "DROPPED_FORM", "name"),
    ],
)
def test_what_is_wrong_of_a_calendar_is_refused_where_it_stands(
    changed: dict[str, object], code: str, field: str
) -> None:
    with pytest.raises(FixTheFolder) as told:
        parse(**{**DATES, **changed})
    assert (told.value.code, told.value.complaint.where.field) == (code, field)


@pytest.mark.parametrize("raw", [None, {}, {"files": []}, {"files": {}}, {"files": [1]}])
def test_a_file_that_lists_nothing_is_refused(raw: object) -> None:
    with pytest.raises(FixTheFolder):
        parse_dropped(raw, (), "", PLACE)


def test_what_stands_beyond_the_headers_may_have_a_column_too() -> None:
    [form] = parse(beyond=["eleve.id", "eleve.ne"], split={"Nom": ","})
    assert (form.beyond, form.split) == (("eleve.id", "eleve.ne"), {"Nom": ","})


def test_a_shipped_folder_opens_with_its_tables() -> None:
    opened = open_connector(connectors() / "netecole")
    assert "eleve.inscrit" in {each.event for each in opened.dropped}
    assert opened.inlets == ()
