"""`preau new`, `check`, `explain` and `accept`: what a folder's author is told and asked."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from preau import shelf
from preau.contract.promises import PROMISES
from preau.kit.judge import ARRIVING

Preau = Callable[..., Any]
EXPECTED = "expected/classe.creee.json"


@pytest.fixture
def own_shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shelf of connectors of its own, with the people that samples may name."""
    people = shelf.connectors() / "invented-people.txt"
    made = tmp_path / "connectors"
    made.mkdir()
    shutil.copy(people, made)
    monkeypatch.setattr(shelf, "connectors", lambda: made)
    return made


@pytest.fixture
def essai(own_shelf: Path, preau: Preau) -> Path:
    """The folder that `preau new essai` makes."""
    done = preau("new", "essai")
    assert done.exit_code == 0, done.output
    return own_shelf / "essai"


def swap(file: Path, before: str, after: str) -> None:
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), "utf-8")


def test_a_new_folder_keeps_every_promise(essai: Path, preau: Preau) -> None:
    done = preau("check", "essai")

    assert done.exit_code == 0
    assert done.output.count("  ok ") == len(PROMISES) + len(ARRIVING)
    assert "every promise is kept" in done.output
    assert essai.is_dir()


@pytest.mark.parametrize("degree", ["first", "second", "both"])
def test_a_new_folder_of_any_degree_keeps_every_promise(
    own_shelf: Path, preau: Preau, degree: str
) -> None:
    assert preau("new", "autre", "--degree", degree).exit_code == 0
    assert f"degree: {degree}" in (own_shelf / "autre" / "connector.yaml").read_text("utf-8")
    assert preau("check", "autre").exit_code == 0


def test_a_new_folder_is_all_that_is_made(essai: Path, own_shelf: Path) -> None:
    assert sorted(file.name for file in own_shelf.iterdir()) == ["essai", "invented-people.txt"]
    assert len(list(essai.rglob("*"))) > 5


@pytest.mark.parametrize(
    ("name", "code"),
    [("essai", "CONNECTOR_EXISTS"), ("../x", "CONNECTOR_NAME"), ("É", "CONNECTOR")],
)
def test_a_folder_that_exists_or_a_bad_name_is_refused(
    essai: Path, preau: Preau, name: str, code: str
) -> None:
    before = sorted(essai.parent.rglob("*"))

    done = preau("new", name)

    assert code in str(done.exception)
    assert sorted(essai.parent.rglob("*")) == before


def test_a_broken_promise_is_one_sentence_and_exits_1(essai: Path, preau: Preau) -> None:
    swap(essai / EXPECTED, '"CM2 A"', '"CM2 B"')

    done = preau("check", str(essai))

    assert done.exit_code == 1
    assert "BROKEN  sample classe.creee gives its expected records" in done.output
    assert "(expected/classe.creee.json, 0.value.name)" in done.output
    assert "1 to mend" in done.output


def test_a_folder_that_is_not_understood_is_told_not_raised(essai: Path, preau: Preau) -> None:
    (essai / "connector.yaml").write_text("product: [", "utf-8")

    done = preau("check", str(essai))

    assert done.exit_code == 1
    assert "connector.yaml is understood" in done.output


@pytest.mark.parametrize("command", ["check", "accept"])
def test_an_unknown_folder_is_told_with_the_known_ones(
    essai: Path, preau: Preau, command: str
) -> None:
    done = preau(command, "esai")

    assert "UNKNOWN_CONNECTOR" in str(done.exception)
    assert essai.name in str(done.exception)


def test_explain_shows_the_sample_the_mapping_and_the_result(
    essai: Path, preau: Preau, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")

    done = preau("explain", "essai", "classe.creee")

    assert (done.exit_code, essai.name) == (0, "essai")
    first, *_ = done.output.splitlines()
    assert first.index("sample") < first.index("mapping") < first.index("result")
    assert '"libelle": "CM2 A"' in done.output
    assert "to: group.v1" in done.output
    assert '"record": "group"' in done.output


def test_explain_shows_a_refusal_too(essai: Path, preau: Preau) -> None:
    done = preau("explain", str(essai), "classe.creee--sans-identifiant")

    assert done.exit_code == 0
    assert "set_aside" in done.output
    assert "MISSING" in done.output


def test_explain_of_an_unknown_sample_names_the_known_ones(essai: Path, preau: Preau) -> None:
    done = preau("explain", str(essai), "classe.cree")

    assert "UNKNOWN_SAMPLE" in str(done.exception)
    assert "classe.creee--sans-identifiant" in str(done.exception)


def test_explain_of_a_broken_folder_says_what_is_broken(essai: Path, preau: Preau) -> None:
    swap(essai / "mapping/classe.creee.yaml", "as: levels", "as: niveaux")

    assert "UNKNOWN_CONVERSION" in str(preau("explain", str(essai), "classe.creee").exception)


def test_accept_shows_asks_and_writes(essai: Path, preau: Preau) -> None:
    swap(essai / "samples/classe.creee.json", "CM2 A", "CM2 Z")

    no = preau("accept", str(essai), said="n\n")
    assert no.exit_code == 1
    assert '-      "name": "CM2 A",' in no.output
    assert '+      "name": "CM2 Z",' in no.output
    assert "CM2 A" in (essai / EXPECTED).read_text("utf-8")

    yes = preau("accept", str(essai), said="y\n")
    assert yes.exit_code == 0
    assert "CM2 Z" in (essai / EXPECTED).read_text("utf-8")
    assert preau("check", str(essai)).exit_code == 0


def test_accept_without_a_question_and_twice(essai: Path, preau: Preau) -> None:
    (essai / EXPECTED).unlink()
    (essai / "expected/classe.partie.json").write_text("[]", "utf-8")

    done = preau("accept", str(essai), "--yes")

    assert (done.exit_code, "2 files written" in done.output) == (0, True)
    assert sorted(file.name for file in (essai / "expected").iterdir()) == [
        "classe.creee--sans-identifiant.json",
        "classe.creee.json",
    ]
    assert "says already what comes out" in preau("accept", str(essai)).output


def test_accept_writes_nothing_for_a_broken_folder(essai: Path, preau: Preau) -> None:
    before = (essai / EXPECTED).read_bytes()
    swap(essai / "mapping/classe.creee.yaml", "group.v1", "classe.v1")

    assert "UNKNOWN_RECORD" in str(preau("accept", str(essai), "--yes").exception)
    assert (essai / EXPECTED).read_bytes() == before


@pytest.fixture
def mine(own_shelf: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shelf outside Préau, empty, that PREAU_CONNECTORS names."""
    made = own_shelf.parent / "mine"
    made.mkdir()
    monkeypatch.setenv("PREAU_CONNECTORS", str(made))
    return made


def test_a_folder_of_ones_own_is_made_and_found_where_the_setting_says(
    mine: Path, own_shelf: Path, preau: Preau
) -> None:
    done = preau("new", "essai")

    assert str(mine / "essai") in done.output
    assert sorted(file.name for file in mine.iterdir()) == ["essai", "invented-people.txt"]
    assert [file.name for file in own_shelf.iterdir()] == ["invented-people.txt"]
    assert preau("check", "essai").exit_code == 0
    assert preau("explain", "essai", "classe.creee").exit_code == 0
    assert str(mine / "essai") in str(preau("new", "essai").exception)
    assert "essai" in str(preau("check", "nobody").exception)


def test_a_missing_expected_file_is_told_with_the_command_that_works(
    mine: Path, preau: Preau
) -> None:
    preau("new", "essai")
    (mine / "essai" / EXPECTED).unlink()

    assert f"preau accept {mine / 'essai'} and" in preau("check", "essai").output


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("fetch-media.yaml", "page: /doc\n", "a path with {media} in it"),
        ("fetch-media.yaml", "{}\n", "a list of at least one call is needed"),
        ("fetch-media.yaml", "steps: [{call: GET /x, onyl: new}]\n", "a key that does not exist"),
    ],
)
def test_what_would_stop_the_hub_is_told_by_check(
    essai: Path, preau: Preau, file: str, text: str, said: str
) -> None:
    (essai / "outlet").mkdir()
    (essai / "outlet" / file).write_text(text, "utf-8")

    done = preau("check", "essai")

    assert done.exit_code == 1
    assert said in done.output
    assert f"outlet/{file} is read as the hub reads it" in done.output
