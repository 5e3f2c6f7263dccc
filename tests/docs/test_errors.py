"""Every error that the product can say stands in `docs/en/errors.md`, and nothing else does.

The codes are read from the source: the first argument of the errors' constructors, and of every
function that hands one of its own parameters on to such a constructor.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from preau.outlets.reasons import REASONS

PAGE = "docs/en/errors.md"
#: What is constructed → under which heading of the page its codes stand.
SECTIONS = {
    "FixTheFolder": "Fix the folder",
    "SetAside": "Set aside",
    "Unfit": "Set aside",
    "Flaw": "Set aside",
    "TryAgain": "Try again",
    "Stop": "Stop",
    "Complaint": "Answers of the API",
}
RECEIPTS = "Reasons of a receipt"
#: Told by the generated mapping to the plain one, which then says the real code.
NEVER_SAID = {"DECLINED"}
CODE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")
ROW = re.compile(r"^\| `([A-Z0-9_]+)` \| (.+) \| (.+) \|$", re.MULTILINE)
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Said(NamedTuple):
    """A code, the section that its error belongs to, and where it is said."""

    code: str
    section: str
    place: str


class Source:
    """One file of the engine, and the codes that it says."""

    def __init__(self, file: Path, name: str) -> None:
        self._tree = ast.parse(file.read_text("utf-8"))
        self._name = name
        #: What takes a code → (place of the code among its arguments, section).
        self._takers = dict.fromkeys(SECTIONS.items(), 0)
        #: What could not be told to be a code by reading.
        self.unclear: list[str] = []

    def said(self) -> set[Said]:
        """Every code; wrappers of wrappers are found by reading again until nothing is new."""
        found: set[Said] = set()
        known = -1
        while known != len(self._takers):
            known, found, self.unclear = len(self._takers), set(), []
            for function, call in self._calls():
                found |= set(self._of_call(function, call))
        return found | set(self._in_dicts())

    def _calls(self) -> Iterator[tuple[Function | None, ast.Call]]:
        for inside in [self._tree, *ast.walk(self._tree)]:
            if isinstance(inside, ast.Module | Function):
                function = inside if isinstance(inside, Function) else None
                for node in _own(inside):
                    if isinstance(node, ast.Call):
                        yield function, node

    def _of_call(self, function: Function | None, call: ast.Call) -> Iterator[Said]:
        for (name, section), place in list(self._takers.items()):
            if _name(call.func) == name and len(call.args) > place:
                for code in self._codes(function, call.args[place], section):
                    yield Said(code, section, f"{self._name}:{call.lineno}")

    def _codes(self, function: Function | None, said: ast.expr, section: str) -> set[str]:
        if isinstance(said, ast.Constant):
            return {str(said.value)}
        if isinstance(said, ast.IfExp):
            return self._codes(function, said.body, section) | self._codes(
                function, said.orelse, section
            )
        if isinstance(said, ast.Attribute) and said.attr == "code":
            return set()  # handed on: it was said where it was made
        if isinstance(said, ast.Name):
            parameters = _parameters(function)
            if function is not None and said.id in parameters:
                self._takers[function.name, section] = parameters.index(said.id)
                return set()
            if (codes := self._named(function, said.id, section)) is not None:
                return codes
        self.unclear.append(f"{self._name}:{said.lineno}: {ast.unparse(said)}")
        return set()

    def _named(self, function: Function | None, name: str, section: str) -> set[str] | None:
        """What a name may stand for: what it is assigned, or the first column of a table."""
        found: set[str] | None = None
        for node in [*ast.walk(function or self._tree), *self._tree.body]:
            if isinstance(node, ast.Assign) and name in _names(node.targets[0]):
                unpacked = isinstance(node.targets[0], ast.Tuple)  # handed on in parts
                codes = set() if unpacked else self._codes(function, node.value, section)
                found = (found or set()) | codes
            if isinstance(node, ast.For) and name in _names(node.target):
                found = (found or set()) | self._column(_name(node.iter))
        return found

    def _column(self, table: str) -> set[str]:
        for node in self._tree.body:
            if isinstance(node, ast.Assign) and _name(node.targets[0]) == table:
                rows = ast.literal_eval(node.value)
                return {row[0] for row in rows}
        return set()

    def _in_dicts(self) -> Iterator[Said]:
        """The codes of records that are made without an error: `{"code": "…"}`."""
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Dict):
                for key, value in zip(node.keys, node.values, strict=True):
                    if isinstance(key, ast.Constant) and key.value == "code":
                        codes = [value.value] if isinstance(value, ast.Constant) else []
                        for code in filter(CODE.fullmatch, map(str, codes)):
                            yield Said(code, "Set aside", f"{self._name}:{value.lineno}")


def _own(inside: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function or module, without those of the functions in it."""
    for node in ast.iter_child_nodes(inside):
        if not isinstance(node, Function):
            yield node
            yield from _own(node)


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _names(target: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(target) if isinstance(node, ast.Name)}


def _parameters(function: Function | None) -> list[str]:
    if function is None:
        return []
    names = [argument.arg for argument in function.args.args]
    return names[1:] if names[:1] in (["self"], ["cls"]) else names


@pytest.fixture(scope="module")
def sources(root: Path) -> list[Source]:
    engine = root / "streams" / "preau"
    files = [file for file in sorted(engine.rglob("*.py")) if file.name != "errors.py"]
    return [Source(file, str(file.relative_to(engine))) for file in files]


@pytest.fixture(scope="module")
def said(sources: list[Source]) -> set[Said]:
    found = {each for source in sources for each in source.said()}
    return {each for each in found if each.code not in NEVER_SAID}


@pytest.fixture(scope="module")
def told(pages: Mapping[str, str]) -> dict[str, dict[str, tuple[str, str]]]:
    """Section → code → (what it means, what to do)."""
    sections: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
    for part in pages[PAGE].split("\n## ")[1:]:
        title, _, text = part.partition("\n")
        for code, meaning, todo in ROW.findall(text):
            assert code not in sections[title], f"{code} stands twice under {title}"
            sections[title][code] = (meaning, todo)
    return sections


def test_every_code_of_the_source_can_be_read(sources: list[Source]) -> None:
    for source in sources:
        source.said()
    assert [place for source in sources for place in source.unclear] == []


def test_the_reading_finds_what_is_said_in_every_way(said: set[Said]) -> None:
    found = {(each.code, each.section) for each in said}
    assert ("BAD_SETTING", "Stop") in found  # a function that makes the error
    assert ("CARD_VALUE", "Fix the folder") in found  # a function that is handed the code
    assert ("EVENT_ID", "Set aside") in found  # as its third argument
    assert ("XML_BROKEN", "Set aside") in found  # a method
    assert ("DISK_FULL", "Stop") in found  # a table
    assert ("NOT_FOUND", "Answers of the API") in found  # a choice between two


@pytest.mark.parametrize("section", sorted({*SECTIONS.values()}))
def test_every_code_stands_on_the_page_under_what_to_do(
    section: str, said: set[Said], told: dict[str, dict[str, tuple[str, str]]]
) -> None:
    missing = {
        e.code: e.place for e in said if e.section == section and e.code not in told[section]
    }
    assert missing == {}, f"add to {PAGE}, under {section}"


@pytest.mark.parametrize("section", sorted({*SECTIONS.values()}))
def test_the_page_has_no_code_that_nothing_says(
    section: str, said: set[Said], told: dict[str, dict[str, tuple[str, str]]]
) -> None:
    codes = {each.code for each in said if each.section == section}
    assert sorted(told[section].keys() - codes) == [], f"take away from {PAGE}, under {section}"


def test_every_reason_of_a_receipt_stands_on_the_page_and_no_other(
    told: dict[str, dict[str, tuple[str, str]]],
) -> None:
    assert set(told[RECEIPTS]) == set(REASONS)


def test_every_table_of_codes_can_be_read(pages: Mapping[str, str]) -> None:
    rows = [line for line in pages[PAGE].splitlines() if line.startswith("| `")]
    assert [row for row in rows if not ROW.fullmatch(row)] == []
