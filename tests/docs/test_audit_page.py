"""The page on audit tells every act that is written, and its script proves an export."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from preau.store.audit_chain import Entry, digest_of
from preau.store.audit_file import Book, lines

PAGE = "docs/en/audit.md"


def test_every_act_that_the_code_writes_is_told(pages: Mapping[str, str], root: Path) -> None:
    written = {
        act
        for file in (root / "streams" / "preau").rglob("*.py")
        for act in re.findall(r'Act\([^"()]*"(\w+\.\w+)"', file.read_text("utf-8"))
    }
    told = set(re.findall(r"`(\w+\.\w+)`", pages[PAGE]))
    assert len(written) > 3
    assert written - told == set()


@pytest.mark.parametrize(("spoilt", "told"), [(False, "whole\n"), (True, "broken at entry 1\n")])
def test_the_script_without_preau_proves_an_export(
    pages: Mapping[str, str], tmp_path: Path, *, spoilt: bool, told: str
) -> None:
    (script,) = re.findall(r"```python\n(.+?)```", pages[PAGE], re.DOTALL)
    made = Entry(1, "2026-10-12", 1, "operator", "key.made", "été", {"a": True}, bytes(32), b"")
    made = made._replace(digest=digest_of(made))
    file = tmp_path / "audit.jsonl"
    file.write_bytes(b"".join(lines(Book(bytes(32), (), None), [made])))
    if spoilt:
        file.write_bytes(file.read_bytes().replace(b"operator", b"somebody"))
    ran = subprocess.run(
        [sys.executable, "-I", "-c", script, str(file)], capture_output=True, text=True, check=False
    )
    assert (ran.stdout or ran.stderr) == told
