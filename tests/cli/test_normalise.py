"""`preau normalise`: records as JSON lines, refusals on stderr, an exit that tells them apart."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from preau.shelf import connectors

Preau = Callable[..., Any]
REAL = connectors().parents[1] / "shared" / "samples" / "aaf-2013"
#: Requests in each of the State's files of 2013, counted with grep.
REQUESTS = {"EtabEducNat": 10, "MatiereEducNat": 718, "MefEducNat": 2_504}
PUPIL = "CLASSROOM_CREATE_STUDENT-ACCOUNT"
BAD = "AFFECTATION_ADDED--unknown-role"


def sample(name: str, connector: str = "beneylu") -> str:
    return str(next((connectors() / connector / "samples").glob(f"{name}.*")))


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_each_record_is_a_line_of_three_fields(preau: Preau) -> None:
    done = preau("normalise", "beneylu", sample("PARTNERSHIP_JOINED"), sample("MEDIA_DELETED"))

    assert (done.exit_code, done.stderr) == (0, "")
    assert [list(line) for line in lines(done.stdout)] == [["record", "key", "value"]] * 3
    assert [(line["record"], line["key"]) for line in lines(done.stdout)] == [
        ("group", "beneylu/90412"),
        ("membership", "beneylu/90412:5133"),
        ("resource", "beneylu/33001"),
    ]


def test_personal_values_are_shown_only_when_asked_for(preau: Preau) -> None:
    hidden = preau("normalise", "beneylu", sample(PUPIL))
    shown = preau("normalise", "beneylu", sample(PUPIL), "--show-pii")

    assert lines(hidden.stdout)[0]["value"]["pii"] == "sealed"
    assert "DELPRAT" not in hidden.output
    assert lines(shown.stdout)[0]["value"]["pii"]["family_name"] == "DELPRAT"
    assert "120890177FA" not in shown.output


def test_a_refusal_is_told_on_stderr_and_the_other_records_come_out(preau: Preau) -> None:
    done = preau("normalise", "beneylu", sample(BAD), sample("AFFECTATION_ADDED"))

    assert done.exit_code == 3
    assert [line["record"] for line in lines(done.stdout)] == ["membership"]
    assert f"{BAD}.json, record 1: UNKNOWN_VALUE data.role: text of 8" in done.stderr
    assert "known: PUPIL, PARENT" in done.stderr
    assert "MASCOTTE" not in done.output


def test_refusals_may_be_json_too(preau: Preau) -> None:
    done = preau("normalise", "beneylu", sample(BAD), "--json-errors")

    [refusal] = lines(done.stderr)
    assert (refusal["code"], refusal["field"]) == ("UNKNOWN_VALUE", "data.role")
    assert (refusal["file"], refusal["path"]) == (f"{BAD}.json", "record 1")
    assert refusal["known"][:2] == ["PUPIL", "PARENT"]


def test_an_instance_may_be_named(preau: Preau) -> None:
    done = preau("normalise", "beneylu", sample("MEDIA_DELETED"), "--instance", "cantal")

    assert lines(done.stdout)[0]["key"] == "cantal/33001"


def test_an_instance_that_is_no_name_is_refused(preau: Preau) -> None:
    done = preau("normalise", "beneylu", sample("MEDIA_DELETED"), "--instance", "Le Cantal")

    assert done.exit_code != 0
    assert "INSTANCE_NAME" in str(done.exception)


@pytest.mark.parametrize("degree", ["first", "second"])
def test_a_product_of_both_degrees_is_heard_in_the_one_that_is_said(
    preau: Preau, degree: str
) -> None:
    name = sample("directory.group.members.changed", "edifice")

    done = preau("normalise", "edifice", name, "--degree", degree)

    people = [line["value"] for line in lines(done.stdout) if line["record"] == "person"]
    assert {each["national_ref"]["degree"] for each in people} == {degree.upper()}


def test_an_unknown_connector_is_told_with_the_known_ones(preau: Preau) -> None:
    done = preau("normalise", "benelyu", sample("MEDIA_DELETED"))

    assert done.exit_code != 0
    assert "UNKNOWN_CONNECTOR" in str(done.exception)
    assert "known: aaf, aaf-1d, beneylu, edifice" in str(done.exception)


def test_a_file_that_cannot_be_opened_stops_no_other(preau: Preau, tmp_path: Path) -> None:
    done = preau("normalise", "beneylu", str(tmp_path), "absent.json", sample("MEDIA_DELETED"))

    assert done.exit_code == 3
    assert done.stderr.count("FILE_UNREADABLE") == 2
    assert str(tmp_path) not in done.stderr
    assert len(lines(done.stdout)) == 1


@pytest.mark.parametrize(
    ("text", "records", "code"),
    [
        (b"", 0, None),
        (b"not json", 0, "JSON_"),
        (b'{"event": "MEDIA_DELETED", "data": {"id": 1}}\n{"event": "MED', 1, "JSON_TRUNCATED"),
        (b'{"event": "MEDIA_DELETED", "data": {"id": "a\\u0000b"}}', 0, "JSON_NUL"),
        (b'{"event": "TALK_TO_ME"}', 0, "UNKNOWN_EVENT"),
        (b'{"event": "MESSAGING_SEND_MESSAGE", "data": {"content": "x"}}', 0, None),
    ],
)
def test_whatever_a_file_holds_is_records_or_reasons(
    preau: Preau, tmp_path: Path, text: bytes, records: int, code: str | None
) -> None:
    (tmp_path / "said.json").write_bytes(text)

    done = preau("normalise", "beneylu", str(tmp_path / "said.json"))

    assert len(lines(done.stdout)) == records
    assert done.exit_code == (0 if code is None else 3)
    assert (code or "") in done.stderr


def test_a_folder_is_found_by_its_path_too(preau: Preau, tmp_path: Path) -> None:
    copy = tmp_path / "beneylu"
    shutil.copytree(connectors() / "beneylu", copy)

    done = preau("normalise", str(copy), sample("MEDIA_DELETED"))

    assert (done.exit_code, len(lines(done.stdout))) == (0, 1)


@pytest.mark.skipif(not REAL.is_dir(), reason="the State's real files are not beside the checkout")
@pytest.mark.parametrize(("category", "number"), REQUESTS.items())
def test_the_states_real_files_of_2013_go_through(preau: Preau, category: str, number: int) -> None:
    [file] = REAL.glob(f"*_{category}_*.xml")

    done = preau("normalise", "aaf", str(file))

    assert (done.exit_code, done.stderr) == (0, "")
    assert len({line["value"]["meta"]["event_id"] for line in lines(done.stdout)}) == number
