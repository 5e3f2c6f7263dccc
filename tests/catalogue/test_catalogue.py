"""Connector folders: opened whole or refused in words, ours, further ones and those of plugins."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from preau.catalogue.catalogue import open_catalogue, open_connector
from preau.errors import FixTheFolder
from preau.mapping.normaliser import Context
from preau.shelf import connectors

#: The folders that ship, found without the catalogue.
SHIPPED = tuple(sorted(card.parent.name for card in connectors().glob("*/connector.yaml")))


def refused(folder: Path) -> FixTheFolder:
    with pytest.raises(FixTheFolder) as error:
        open_connector(folder)
    return error.value


def test_a_folder_opens_with_its_mappings_samples_and_outlets(folder: Path) -> None:
    (folder / "outlet").mkdir()
    (folder / "outlet" / "group-put.yaml").write_text("steps: []", "utf-8")

    connector = open_connector(folder)

    assert (connector.name, list(connector.mappings)) == ("essai", ["classe.creee"])
    assert list(connector.samples) == ["classe.creee--sans-identifiant", "classe.creee"]
    assert connector.expected.keys() == connector.samples.keys()
    assert connector.outlets == {"group-put": {"steps": []}}
    assert connector.normaliser(Context(b"key")).events == ("classe.creee",)


def test_a_sample_that_cannot_be_read_does_not_stop_the_folder(folder: Path) -> None:
    (folder / "samples" / "classe.creee--cassee.json").write_bytes(b'{"evenement": "cl')

    assert open_connector(folder).normaliser(Context(b"key")).fallbacks == {}


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("mappings/x.yaml", "UNKNOWN_FILE"),
        ("mapping/x.yml", "UNKNOWN_FILE"),
        ("code.py", "UNKNOWN_FILE"),
        ("mapping/x.yaml", "NOT_AN_OBJECT"),
    ],
)
def test_a_file_that_has_no_place_there_is_refused(folder: Path, file: str, code: str) -> None:
    (folder / file).parent.mkdir(exist_ok=True)
    (folder / file).write_text("text", "utf-8")

    assert refused(folder).code == code


def test_hidden_files_are_not_looked_at(folder: Path) -> None:
    for file in (".DS_Store", "mapping/.swp", "samples/.swp"):
        (folder / file).write_bytes(b"\x00")

    assert open_connector(folder).name == "essai"


def test_an_event_is_ignored_or_mapped_not_both(folder: Path) -> None:
    card = (folder / "connector.yaml").read_text("utf-8")
    both = card.replace("ignored: {}", "ignored: {classe.creee: par erreur}")
    (folder / "connector.yaml").write_text(both, "utf-8")

    assert refused(folder).code == "IGNORED_AND_MAPPED"


def test_a_folder_without_a_card_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path).code == "FILE_MISSING"


def test_an_outlet_that_is_no_yaml_is_refused_when_it_is_asked_for(folder: Path) -> None:
    (folder / "outlet").mkdir()
    (folder / "outlet" / "group-put.yaml").write_text("steps: [", "utf-8")
    connector = open_connector(folder)

    with pytest.raises(FixTheFolder, match=r"outlet/group-put\.yaml"):
        _ = connector.outlets


def test_the_shelf_that_ships_has_a_connector_for_each_folder() -> None:
    assert open_catalogue().names() == SHIPPED
    assert {"aaf", "aaf-1d", "beneylu", "edifice"} <= set(SHIPPED)


def test_a_connector_is_opened_once_and_an_unknown_one_is_told(folder: Path) -> None:
    catalogue = open_catalogue(folder.parent)

    assert catalogue.connector("essai") is catalogue.connector("essai")
    with pytest.raises(FixTheFolder) as error:
        catalogue.connector("esai")
    assert error.value.complaint.fix == "did you mean essai?"
    assert error.value.complaint.known == ("essai",)


def test_a_further_shelf_joins_ours_but_never_hides_it(folder: Path, tmp_path: Path) -> None:
    assert "essai" in open_catalogue(further=[folder.parent]).names()
    shutil.copytree(folder, tmp_path / "other" / "beneylu")

    with pytest.raises(FixTheFolder) as error:
        open_catalogue(further=[tmp_path / "other"])
    assert error.value.code == "CONNECTOR_TWICE"


@pytest.fixture
def plugin(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package on the path, installed as far as `importlib.metadata` can see, that never runs."""
    site = tmp_path / "site"
    shutil.copytree(folder, site / "ent_plugin" / "folders" / "essai")
    (site / "ent_plugin" / "__init__.py").write_text("raise SystemExit('it ran')", "utf-8")
    told = site / "ent_plugin-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: ent-plugin\nVersion: 1.0\n")
    (told / "entry_points.txt").write_text("[preau.connectors]\nent = ent_plugin.folders\n")
    monkeypatch.syspath_prepend(str(site))
    yield site
    sys.modules.pop("ent_plugin", None)


def test_a_plugin_brings_folders_and_its_code_never_runs(plugin: Path) -> None:
    catalogue = open_catalogue()

    assert catalogue.names() == tuple(sorted([*SHIPPED, "essai"]))
    assert catalogue.connector("essai").path.is_relative_to(plugin)
    assert "ent_plugin" not in sys.modules
