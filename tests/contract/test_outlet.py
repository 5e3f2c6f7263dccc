"""What leaves for an ENT: each operation said and listed, no field unlisted, every gift undone."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from preau.catalogue.catalogue import open_catalogue
from preau.contract.evidence import WITHDRAWN_BY, Evidence
from preau.contract.outlet import fields_read
from preau.contract.promises import PROMISES, judge
from preau.outlets.file_forms import read_forms
from preau.outlets.mail_forms import read_mails
from preau.outlets.operation import read_operations

GROUP_PUT = """\
find: {call: GET /groups, query: {external: {from: group}}, keep: {native_id: id}}
steps:
  - call: POST /groups
    only: new
    body: {label: {from: name}, external: {from: group}}
    keep: {native_id: id}
"""
MEMBER_PUT = """\
steps:
  - call: PUT /groups/{group.native_id}/members/{local_id}
    when: {member_kind: PERSON}
"""
FETCH = """\
steps:
  - call: GET /media/{media}
    keep: {url: url}
  - call: GET {step.url}
"""
NEEDS = """\
needs:
  GROUP_PUT: [group, name]
  GROUP_REMOVE: [group]
  MEMBER_PUT: [group, local_id, member_kind]
  MEMBER_REMOVE: [group, local_id, member_kind]
"""


@pytest.fixture
def pushed_folder(whole_folder: Path) -> Path:
    """A folder whose product is written to: two operations, what undoes them, and a fetch."""
    change(whole_folder, "connector.yaml", "ways_out: [none]", "ways_out: [push]")
    change(whole_folder, "connector.yaml", "needs: {}\n", NEEDS)
    files = {
        "group-put": GROUP_PUT,
        "group-remove": "steps: [{call: 'DELETE /groups/{group.native_id}', known: [404]}]",
        "member-put": MEMBER_PUT,
        "member-remove": MEMBER_PUT.replace("PUT", "DELETE"),
        "fetch-media": FETCH,
    }
    (whole_folder / "outlet").mkdir()
    for name, text in files.items():
        (whole_folder / "outlet" / f"{name}.yaml").write_text(text, "utf-8")
    return whole_folder


def change(folder: Path, file: str, before: str, after: str) -> None:
    text = (folder / file).read_text("utf-8")
    assert before in text
    (folder / file).write_text(text.replace(before, after, 1), "utf-8")


def broken(folder: Path) -> list[str]:
    return [verdict.sentence for verdict in judge(folder) if verdict.defect is not None]


def test_a_folder_that_says_all_keeps_every_promise(pushed_folder: Path) -> None:
    assert [v.sentence for v in judge(pushed_folder)] == [sentence for sentence, _ in PROMISES]


def test_an_operation_that_is_listed_has_its_file(pushed_folder: Path) -> None:
    (pushed_folder / "outlet" / "member-remove.yaml").unlink()

    assert broken(pushed_folder) == ["operation MEMBER_REMOVE has its file"]


def test_a_file_whose_operation_is_not_listed_is_a_defect(pushed_folder: Path) -> None:
    text = "steps: [{call: POST /notices, body: {title: {from: title}}}]"
    (pushed_folder / "outlet" / "notice-put.yaml").write_text(text, "utf-8")

    assert broken(pushed_folder) == ["outlet NOTICE_PUT is listed in needs"]


@pytest.mark.parametrize(
    ("file", "before", "after", "sentence"),
    [
        ("group-put", "{from: name}", "{from: title}", "outlet GROUP_PUT needs title"),
        (
            "group-put",
            "query: {external: {from: group}",
            "query: {a: {from: uai}",
            "GROUP_PUT needs uai",
        ),
        ("group-put", "POST /groups", "POST /groups/{level}", "outlet GROUP_PUT needs level"),
        ("member-put", "{member_kind: PERSON}", "{kind: PERSON}", "outlet MEMBER_PUT needs kind"),
        ("fetch-media", "{media}", "{name}", "outlet FETCH_MEDIA needs name"),
        ("group-put", "only: new", "only: new\n    bytes: file", "GROUP_PUT needs source_media"),
    ],
)
def test_a_field_that_leaves_is_a_field_that_is_listed(
    pushed_folder: Path, file: str, before: str, after: str, sentence: str
) -> None:
    change(pushed_folder, f"outlet/{file}.yaml", before, after)

    assert any(sentence in told for told in broken(pushed_folder))


def test_a_field_that_nothing_reads_has_no_reason_to_leave(pushed_folder: Path) -> None:
    change(
        pushed_folder,
        "connector.yaml",
        "GROUP_PUT: [group, name]",
        "GROUP_PUT: [group, name, title]",
    )

    assert broken(pushed_folder) == ["outlet GROUP_PUT reads title, which the card says it needs"]


def test_a_webhook_carries_all_that_is_listed(pushed_folder: Path) -> None:
    change(pushed_folder, "connector.yaml", "[push]", "[push, webhook]")
    change(
        pushed_folder,
        "connector.yaml",
        "GROUP_PUT: [group, name]",
        "GROUP_PUT: [group, name, title]",
    )

    assert broken(pushed_folder) == []


def test_a_webhook_alone_needs_no_file(pushed_folder: Path) -> None:
    change(pushed_folder, "connector.yaml", "[push]", "[webhook]")
    for file in (pushed_folder / "outlet").iterdir():
        file.unlink()

    assert broken(pushed_folder) == []


@pytest.mark.parametrize(("given", "back"), WITHDRAWN_BY.items())
def test_what_is_given_can_be_taken_back(pushed_folder: Path, given: str, back: str) -> None:
    change(pushed_folder, "connector.yaml", "[push]", "[webhook]")
    change(pushed_folder, "connector.yaml", NEEDS, f"needs: {{{given}: [group]}}\n")
    for file in (pushed_folder / "outlet").iterdir():
        file.unlink()

    assert broken(pushed_folder) == [f"what {given} gives, {back} takes back"]


def test_an_outlet_file_that_cannot_be_read_is_a_defect_of_the_folder(pushed_folder: Path) -> None:
    (pushed_folder / "outlet" / "group-put.yaml").write_text("steps: [", "utf-8")

    assert broken(pushed_folder) == ["outlet/group-put.yaml is understood"]


def test_a_question_reads_no_field_that_is_not_listed(pushed_folder: Path) -> None:
    asked = "{call: GET /groups, query: {by: {from: secretly}}, items: ., id: id}"
    (pushed_folder / "outlet" / "read-back.yaml").write_text(f"group: {asked}", "utf-8")

    assert broken(pushed_folder) == ["the question for group needs secretly"]


def operations() -> Iterable[tuple[str, str]]:
    shelf = open_catalogue()
    found = [(c, name) for c in shelf.names() for name in shelf.connector(c).outlets]
    return [each for each in found if each[1] not in {"files", "read-back", "mail"}]


@pytest.mark.parametrize(("connector", "file"), operations())
def test_the_fields_seen_here_are_those_that_the_ways_out_read(connector: str, file: str) -> None:
    opened = open_catalogue().connector(connector)
    operation = file.replace("-", "_").upper()
    known = read_operations(connector, opened.path / "outlet", opened.card.needs)

    assert fields_read(operation, opened.outlets[file]) == known[operation].fields()


@pytest.mark.parametrize("connector", ["netecole", "netcirco", "netcollege"])
def test_the_fields_of_mails_seen_here_are_those_that_the_letters_read(connector: str) -> None:
    opened = open_catalogue().connector(connector)
    needs = opened.card.needs
    letters = read_mails(connector, opened.path / "outlet", needs).letters
    alone = {name for name in letters if name.startswith("NOTICE")}
    outlets = Evidence(opened.path).outlets

    assert alone == {"NOTICE_PUT", "NOTICE_REMOVE"}
    for name in alone:  # the others are read by lines of files as well
        assert fields_read(name, outlets[name]) == set(letters[name].fields()) == set(needs[name])


@pytest.mark.parametrize("connector", ["netecole", "netcirco", "netcollege"])
def test_the_fields_of_lines_seen_here_are_those_that_the_files_read(connector: str) -> None:
    opened = open_catalogue().connector(connector)
    seen = Evidence(opened.path).outlets
    read: dict[str, set[str]] = {}
    for form in read_forms(connector, opened.path / "outlet", opened.card.needs):
        read.setdefault(form.operation, set())
        for operation, field in form.fields():
            read.setdefault(operation, set()).add(field)

    assert {name: set(fields_read(name, seen[name])) for name in read} == read


@pytest.fixture
def written_folder(pushed_folder: Path) -> Path:
    """The same product, written to by files."""
    change(pushed_folder, "connector.yaml", "[push]", "[file]")
    for file in (pushed_folder / "outlet").iterdir():
        file.unlink()
    lines = "".join(
        f"  - {{name: {name}.csv, form: csv, of: {name.upper()}_PUT, columns: {columns}}}\n"
        for name, columns in (
            ("group", "{code: {from: group}, nom: {from: name}}"),
            ("member", "{g: {from: group}, c: {from: local_id}, t: {from: member_kind}}"),
        )
    )
    needs = NEEDS.replace("_REMOVE: [group]", "_REMOVE: []")
    needs = needs.replace("MEMBER_REMOVE: [group, local_id, member_kind]", "MEMBER_REMOVE: []")
    change(pushed_folder, "connector.yaml", NEEDS, needs)
    (pushed_folder / "outlet" / "files.yaml").write_text(f"files:\n{lines}", "utf-8")
    return pushed_folder


def test_a_line_that_is_missing_is_the_withdrawal(written_folder: Path) -> None:
    assert broken(written_folder) == []


def test_a_need_that_no_file_takes_is_a_defect(written_folder: Path) -> None:
    change(written_folder, "outlet/files.yaml", "of: MEMBER_PUT", "of: SHARE_PUT")
    assert "operation MEMBER_PUT has its file" in broken(written_folder)


def test_a_line_reads_no_field_that_is_not_listed(written_folder: Path) -> None:
    change(written_folder, "outlet/files.yaml", "{from: local_id}", "{from: role}")
    assert broken(written_folder) == [
        "outlet MEMBER_PUT needs role",
        "outlet MEMBER_PUT reads local_id, which the card says it needs",
    ]
