"""`preau instance`: what is declared is told back, but never a secret."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from preau.app.control import open_control
from preau.contract.scaffold import create
from preau.errors import PreauError
from preau.settings import read_settings
from preau.store import audit, delta_sources, polls
from preau.store.instances import Instance
from preau.store.polls import Poll

PUSH = ("--connector", "beneylu", "--way-out", "push")
ADDRESS = ("--url", "https://ent.example.org")


def kept(name: str) -> Instance:
    with open_control(read_settings()) as control:
        found = control.instances.get(name)
    assert found is not None
    return found


def refusal(result: Any) -> str:
    assert isinstance(result.exception, PreauError)
    return result.exception.code


def test_an_instance_that_only_speaks_needs_no_secret(preau: Any) -> None:
    result = preau("instance", "add", "rectorat", "--connector", "aaf", "--academy", "11")
    assert result.exit_code == 0
    assert "preau key new --instance rectorat" in result.output
    said = kept("rectorat")
    assert (said.connector, said.academy, said.way_out, said.secret) == ("aaf", "11", "none", "")


def test_the_degree_is_the_cards_unless_it_is_said(preau: Any) -> None:
    preau("instance", "add", "one", "--connector", "beneylu")
    preau("instance", "add", "two", "--connector", "edifice")
    preau("instance", "add", "three", "--connector", "edifice", "--degree", "second")
    assert [kept(name).degree for name in ("one", "two", "three")] == ["FIRST", "", "SECOND"]


def test_a_secret_is_asked_for_and_never_shown(preau: Any) -> None:
    result = preau("instance", "add", "ent", *PUSH, *ADDRESS, said="t0ken\n")
    assert result.exit_code == 0
    assert kept("ent").secret == "t0ken"
    assert "t0ken" not in result.output + preau("instance", "list").output


def test_a_secret_may_come_from_a_file_or_from_standard_input(preau: Any, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("from a file\n", "utf-8")
    preau("instance", "add", "one", *PUSH, *ADDRESS, "--secret-file", str(file))
    preau("instance", "add", "two", *PUSH, *ADDRESS, "--secret-file", "-", said="from stdin\n")
    assert (kept("one").secret, kept("two").secret) == ("from a file", "from stdin")


def test_a_webhooks_secret_is_made_and_shown_once(preau: Any, webhook: tuple[str, ...]) -> None:
    result = preau("instance", "add", "ent", *webhook)
    assert result.exit_code == 0
    assert kept("ent").secret.startswith("whsec_")
    assert kept("ent").secret in result.output
    assert "whsec_" not in preau("instance", "list").output


def test_a_webhooks_secret_that_could_sign_nothing_is_refused(
    preau: Any, webhook: tuple[str, ...]
) -> None:
    for secret in ("token", "whsec_c2hvcnQ=", "whsec_é"):
        result = preau("instance", "add", "ent", *webhook, "--secret-file", "-", said=secret)
        assert refusal(result) == "SECRET_FORM"


@pytest.fixture
def webhook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """The options of an instance of a product that takes webhooks, on a further shelf."""
    folder = tmp_path / "mine" / "listener"
    folder.mkdir(parents=True)
    card = (
        "product: listener\ntitle: Listener\ndegree: first\nreader: json\nevent: event\n"
        "authority: ENT\ntier: seen\nways_out: [webhook]\n"
    )
    (folder / "connector.yaml").write_text(card, "utf-8")
    monkeypatch.setenv("PREAU_CONNECTORS", str(tmp_path / "mine"))
    return ("--connector", "listener", "--way-out", "webhook", *ADDRESS)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--connector", "unknown"), "UNKNOWN_CONNECTOR"),
        (("--connector", "aaf", "--way-out", "push", *ADDRESS), "WAY_OUT"),
        (PUSH, "URL_MISSING"),
        ((*PUSH, "--url", "http://127.0.0.1:80"), "ADDRESS_NOT_ALLOWED"),
        ((*PUSH, *ADDRESS, "--secret-file", "/no/such/file"), "SECRET_FILE"),
        ((*PUSH, *ADDRESS, "--secret-file", "/dev/null"), "SECRET_MISSING"),
        (("--connector", "aaf", "--academy", "Montpellier"), "ACADEMY"),
    ],
)
def test_what_cannot_work_is_refused_before_it_is_kept(
    preau: Any, arguments: tuple[str, ...], code: str
) -> None:
    assert refusal(preau("instance", "add", "ent", *arguments)) == code
    assert "ent" not in preau("instance", "list").output.split()


def test_this_machine_is_reached_only_where_it_was_allowed(preau: Any) -> None:
    here = ("--url", "http://127.0.0.1:8080", "--allow-loopback")
    assert preau("instance", "add", "trial", *PUSH, *here, said="t\n").exit_code == 0
    assert kept("trial").loopback


def test_a_bad_name_is_refused(preau: Any) -> None:
    assert refusal(preau("instance", "add", "ENT École", "--connector", "aaf")) == "INSTANCE_NAME"


def test_a_disabled_instance_is_told_as_such_until_it_is_declared_again(preau: Any) -> None:
    preau("instance", "add", "ent", "--connector", "beneylu")
    assert preau("instance", "disable", "ent").exit_code == 0
    assert "disabled" in preau("instance", "list").output
    preau("instance", "add", "ent", "--connector", "beneylu")
    assert "disabled" not in preau("instance", "list").output
    assert refusal(preau("instance", "disable", "elsewhere")) == "INSTANCE_UNKNOWN"


def test_delta_files_are_expected_when_it_is_said_and_no_more_when_not(
    preau: Any, tmp_path: Path
) -> None:
    preau("instance", "add", "rectorat", "--connector", "aaf", "--academy", "11")
    kept = tmp_path / "hub" / "imports" / "rectorat" / "values.db"
    for state, on in (("on", True), ("off", False)):
        result = preau("instance", "deltas", "rectorat", state)
        assert result.exit_code == 0, result.output
        with open_control(read_settings()) as control, control.engine.connect() as connection:
            assert delta_sources.has(connection, "rectorat") is on
            (*_, act) = audit.every(connection)
        assert ("deltas" in preau("instance", "list").output) is on
        assert (act.act, act.object, act.facts["on"]) == (
            "instance.deltas_expected",
            "rectorat",
            on,
        )
        if on:
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(b"sealed")
    assert not kept.exists()


def test_a_product_without_delta_files_expects_none(preau: Any) -> None:
    preau("instance", "add", "ecole", "--connector", "onde")
    assert refusal(preau("instance", "deltas", "ecole", "on")) == "IMPORT_NO_DELTA"
    assert refusal(preau("instance", "deltas", "nowhere", "on")) == "INSTANCE_UNKNOWN"


def test_a_product_that_is_asked_needs_no_way_out_but_an_address_and_a_token(preau: Any) -> None:
    result = preau("instance", "add", "neo", "--connector", "edifice", *ADDRESS, said="t0ken\n")
    assert result.exit_code == 0
    assert (kept("neo").way_out, kept("neo").secret) == ("none", "t0ken")
    refused = preau("instance", "add", "ent", "--connector", "beneylu", *ADDRESS)
    assert refusal(refused) == "WAY_IN_POLL"
    local = ("--url", "http://127.0.0.1:9")
    assert refusal(preau("instance", "add", "neo", "--connector", "edifice", *local)) == (
        "ADDRESS_NOT_ALLOWED"
    )


def test_who_is_asked_is_told_with_what_is_wrong_and_asked_at_once(preau: Any) -> None:
    assert refusal(preau("instance", "ask", "neo")) == "INSTANCE_NOT_ASKED"
    told = Poll("neo", "feed", "7", moved_at=1, code="POLL_BUSY", said="it asks to wait (503)")
    with open_control(read_settings()) as control, control.engine.begin() as connection:
        polls.begin(connection, told._replace(tries=2, due=9_999_999_999_999))
    listed = preau("instance", "polls").output
    assert "neo feed troubled: asked never" in listed
    assert "2 tries: POLL_BUSY: it asks to wait (503)" in listed
    assert "seconds" in preau("instance", "ask", "neo").output
    with open_control(read_settings()) as control, control.engine.begin() as connection:
        [row] = polls.every(connection)
        (*_, act) = audit.every(connection)
    assert row.due == 0
    assert (act.act, act.object) == ("instance.asked", "neo")


def test_a_product_that_takes_files_needs_neither_address_nor_secret(
    preau: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf, drops = tmp_path / "shelf", tmp_path / "drops"
    monkeypatch.setenv("PREAU_CONNECTORS", str(shelf))
    monkeypatch.setenv("PREAU_DROPS", str(drops))
    create(shelf, "papier", "first")
    card = shelf / "papier/connector.yaml"
    text = card.read_text("utf-8")
    assert "ways_out: [none]" in text
    card.write_text(text.replace("ways_out: [none]", "ways_out: [file]"), "utf-8")
    added = preau("instance", "add", "papier-1", "--connector", "papier", "--way-out", "file")
    assert added.exit_code == 0, added.output
    assert (kept("papier-1").way_out, kept("papier-1").secret) == ("file", "")
    assert (drops / "papier-1").is_dir()
