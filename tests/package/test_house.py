"""The house keeps its measures: sizes, names, and no vendor in the engine."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ENGINE = ROOT / "streams" / "preau"
FILES = sorted(
    [*ENGINE.rglob("*.py"), *(ROOT / "tests").rglob("*.py"), *(ROOT / "bench").rglob("*.py")]
)
NAMES = [str(path.relative_to(ROOT)) for path in FILES]
FORBIDDEN = {"utils", "helpers", "common", "manager", "base"}


@pytest.fixture(params=FILES, ids=NAMES)
def source(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_a_file_is_short_and_its_functions_are_too(source: Path) -> None:
    assert source.read_text("utf-8").count("\n") <= 300
    long = [f.name for f in functions(source) if (f.end_lineno or 0) - f.lineno + 1 > 40]
    assert long == []


def test_a_constructor_takes_at_most_seven_parameters(source: Path) -> None:
    big = [
        f.name
        for f in functions(source)
        if f.name == "__init__" and len(f.args.args) + len(f.args.kwonlyargs) - 1 > 7
    ]
    assert big == []


def test_a_file_is_named_by_a_noun_of_the_field(source: Path) -> None:
    assert source.stem not in FORBIDDEN


def test_a_module_says_what_it_is_for(source: Path) -> None:
    assert ast.get_docstring(ast.parse(source.read_text("utf-8")))


def test_nothing_is_imported_inside_a_function_from_our_own_house(source: Path) -> None:
    inside = [
        node.lineno
        for function in functions(source)
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("preau")
    ]
    assert inside == []


def test_the_engine_names_no_product() -> None:
    """The demonstration and the fictional ENTs are about products; the engine is not."""
    products = [folder.name for folder in (ROOT / "connectors").iterdir() if folder.is_dir()]
    formats = {"aaf", "aaf-1d", "onde", "siecle", "sts", "gar"}  # of the State
    formats |= {"oneroster"}  # a standard
    word = re.compile(rf"\b({'|'.join(sorted(set(products) - formats))})\b", re.IGNORECASE)
    apart = {"sandbox", "demo"}
    named = [
        str(path.relative_to(ENGINE))
        for path in ENGINE.rglob("*.py")
        if path.relative_to(ENGINE).parts[0] not in apart and word.search(path.read_text("utf-8"))
    ]
    assert named == []
