"""Every reason that the code or a folder may give has its sentence in French."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import yaml

from preau import shelf
from preau.outlets.deadlines import PROCESSING, TRANSPORT
from preau.outlets.reasons import REASONS
from preau.web import french

ENGINE = Path(french.__file__).resolve().parents[1]
CODE = re.compile(r"[A-Z][A-Z_]+")
WORDS = {"APPLIED", "DONE", "LATER"}
"""What `answers:` may say that is no reason."""


def said_by_the_engine() -> set[str]:
    """The reasons of outcomes: second arguments, tables of statuses, answers without a call."""
    found: set[str] = set()
    for room in ("outlets", "agents", "app"):
        for file in (ENGINE / room).glob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and _named(node.func) in {"Outcome", "_later"}:
                    found |= {text for arg in node.args[1:2] for text in _texts(arg)}
    return found


def said_by_folders() -> set[str]:
    found: set[str] = set()
    for file in shelf.connectors().glob("*/outlet/*.yaml"):
        for step in _steps(yaml.safe_load(file.read_text("utf-8"))):
            found |= {str(each) for each in step.get("answers", {}).values()}
    return found - WORDS


def _steps(said: object) -> list[dict[str, dict[str, str]]]:
    if isinstance(said, dict):
        return [said, *(step for each in said.values() for step in _steps(each))]
    return [step for each in said for step in _steps(each)] if isinstance(said, list) else []


def _texts(node: ast.AST) -> set[str]:
    texts = {n.value for n in ast.walk(node) if isinstance(n, ast.Constant)}
    return {text for text in texts if isinstance(text, str) and CODE.fullmatch(text)}


def _named(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def test_every_reason_has_its_sentence() -> None:
    engine, folders = said_by_the_engine(), said_by_folders()
    assert {"UNREACHABLE", "NO_MANDATE", "TOO_LARGE"} <= engine
    assert folders
    assert (engine | folders) - REASONS.keys() == set()


def test_a_sentence_reads_as_one_in_french() -> None:
    for code in REASONS:
        sentence = french.reason("REFUSED", code)
        assert re.fullmatch(r"[A-ZÀÉ].{10,}\.", sentence), code
        assert code not in sentence
        assert not re.search(r"[^\u00a0 ][;:!?]| [:!?]", sentence), code


def test_what_is_late_is_said_in_words() -> None:
    told = {french.late(level) for level in (TRANSPORT, PROCESSING, "OTHER")}
    assert len(told) == 3
    assert all(each.endswith(".") for each in told)
