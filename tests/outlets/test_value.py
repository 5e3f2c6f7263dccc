"""Values as a product wants them written: dates as French products write them."""

from __future__ import annotations

import pytest

from preau.errors import FixTheFolder, Place
from preau.outlets.operation import parse_operation
from preau.outlets.value import parse_value


@pytest.mark.parametrize(
    ("source", "written", "said", "told"),
    [
        ("due", "french_day", "2026-10-12", "12/10/2026"),
        ("start", "french_day", "2026-10-11T22:30:00Z", "12/10/2026"),
        ("start", "french_moment", "2026-10-12T06:30:00Z", "12/10/2026 08:30"),
        ("end", "french_moment", "2026-12-12T07:30:00Z", "12/12/2026 08:30"),
        ("due", "french_day", None, None),
    ],
)
def test_a_date_is_written_as_french_products_write_it(
    source: str, written: str, said: object, told: object
) -> None:
    assert parse_value({"from": source, "as": written}, Place()).told(said) == told


@pytest.mark.parametrize(
    "value",
    [
        {"from": "title", "as": "french_day"},
        {"from": "due", "as": "french_moment"},
        {"const": "x", "as": "french_day"},
        {"from": "due", "as": "yyyymmdd"},
    ],
)
def test_what_is_no_date_is_not_written_as_one(value: object) -> None:
    with pytest.raises(FixTheFolder, match="OUTLET_"):
        parse_value(value, Place())


def test_only_a_share_has_an_address() -> None:
    raw = {"steps": [{"call": "POST /x", "body": {"url": {"from": "link"}}}]}
    needs = ("source_instance", "source_media")
    assert parse_operation("SHARE_PUT", raw, needs, Place()).fields() == set(needs)
    with pytest.raises(FixTheFolder, match="only SHARE_PUT"):
        parse_operation("GROUP_PUT", raw, needs, Place())
    with pytest.raises(FixTheFolder, match="source_instance"):
        parse_operation("SHARE_PUT", raw, (), Place())


def test_a_product_that_only_shows_documents_has_a_page_and_no_steps() -> None:
    operation = parse_operation("FETCH_MEDIA", {"page": "/doc/{media}"}, ("media",), Place())
    assert (operation.page, operation.steps) == ("/doc/{media}", ())
    with pytest.raises(FixTheFolder, match="at least one call"):
        parse_operation("FETCH_MEDIA", {}, ("media",), Place())


def test_a_text_names_what_it_is_made_from() -> None:
    value = parse_value({"text": "{group.title} : {title}"}, Place("essai"))
    assert value.references() == {"group.title", "title"}


@pytest.mark.parametrize(
    "raw", [{"text": "{Titre}"}, {"text": "{secret}"}, {"text": "a", "from": "title"}, {}]
)
def test_a_text_of_something_else_is_refused(raw: dict[str, str]) -> None:
    with pytest.raises(FixTheFolder):
        parse_value(raw, Place("essai"))
