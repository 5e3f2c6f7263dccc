"""`preau products` reads the folders; no hub is needed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from preau.catalogue.catalogue import open_catalogue
from preau.contract.scaffold import create
from tests.cli.conftest import Preau


def test_every_product_is_told_with_what_is_grounded_and_what_assumed(preau: Preau) -> None:
    told = preau("products")
    assert told.exit_code == 0
    for name in open_catalogue().names():
        assert f"{name}  " in told.output
    assert "events grounded" in told.output


def test_programs_read_it_as_json(preau: Preau, tmp_path: Path) -> None:
    told = json.loads(preau("products", "--json").output)
    assert [each["product"] for each in told] == list(open_catalogue().names())
    assert not (tmp_path / "hub").exists()


def test_a_folder_of_ones_own_is_among_them(
    preau: Preau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(tmp_path, "mon-ent", "first")
    monkeypatch.setenv("PREAU_CONNECTORS", str(tmp_path))
    assert "0 events grounded, 1 assumed" in preau("products").output
