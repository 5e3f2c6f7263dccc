"""What each ENT can do, without a key: as JSON, and in French."""

from __future__ import annotations

import json
from typing import Any

import pytest

from preau.canon.schemas import load
from preau.catalogue.capability import Capability, capabilities
from preau.catalogue.card import DEGREES as CARD_DEGREES
from preau.catalogue.card import TIERS as CARD_TIERS
from preau.catalogue.catalogue import open_catalogue
from preau.web.product_words import DEGREES, RECORDS, TIERS, documents, members, others

pytestmark = pytest.mark.kafka


def test_the_list_is_that_of_the_folders(running: Any) -> None:
    answer = running.call("GET", "/v1/products")
    assert answer.status == 200
    told = json.loads(answer.body)["products"]
    assert [each["product"] for each in told] == list(open_catalogue().names())
    assert set(told[0]) == set(Capability._fields)


def test_the_page_names_each_ent_in_french(running: Any) -> None:
    page = running.call("GET", "/produits").body.decode()
    for each in capabilities(open_catalogue()):
        if each.does or each.says:
            assert each.title.replace("'", "&#39;") in page
    assert "des classes" in page
    assert "supposé" in page


def test_no_word_of_a_card_is_left_without_french() -> None:
    assert set(DEGREES) == set(CARD_DEGREES)
    assert set(TIERS) == set(CARD_TIERS)
    assert _said() <= set(RECORDS) <= {name.partition(".")[0] for name in load()} | {"share"}
    for each in capabilities(open_catalogue()):
        if each.does:
            assert documents(each) or members(each) or others(each)


def _said() -> set[str]:
    return {record for each in capabilities(open_catalogue()) for record in each.says}
