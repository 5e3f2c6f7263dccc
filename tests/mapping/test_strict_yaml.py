"""YAML is read as plain values; every trick is refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from preau.errors import FixTheFolder, Place
from preau.mapping.strict_yaml import MAX_BYTES, parse_yaml, read_yaml

HERE = Place("essai", "mapping/x.yaml")
BOMB = "a: &a [x,x,x,x,x,x,x,x]\n" + "\n".join(
    f"{b}: &{b} [{','.join([f'*{a}'] * 8)}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: 1\na: 2", "YAML_BROKEN"),
        ("a: {b: 1, b: 2}", "YAML_BROKEN"),
        ("a: !!python/object/apply:os.system [ls]", "YAML_BROKEN"),
        ("a: [1", "YAML_BROKEN"),
        ("a: 1\n---\nb: 2", "YAML_BROKEN"),
        ("a: \x00", "YAML_BROKEN"),
        ("? [a, b]\n: 1", "YAML_BROKEN"),
        ("a: 2026-99-99", "YAML_BROKEN"),
        (BOMB, "YAML_SIZE"),
        ("[" * 5000, "YAML_DEPTH"),
    ],
)
def test_a_trick_is_refused(text: str, code: str) -> None:
    with pytest.raises(FixTheFolder) as refused:
        parse_yaml(text, HERE)

    assert refused.value.code == code
    assert refused.value.complaint.where == HERE


def test_a_merge_may_be_overridden() -> None:
    text = "a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  y: 3"

    assert parse_yaml(text, HERE) == {"a": {"x": 1, "y": 2}, "b": {"x": 1, "y": 3}}


def test_a_file_that_is_too_big_missing_or_not_utf_8_is_refused(tmp_path: Path) -> None:
    big, latin = tmp_path / "big.yaml", tmp_path / "latin.yaml"
    big.write_bytes(b"#" * (MAX_BYTES + 1))
    latin.write_bytes("é: 1".encode("latin-1"))
    codes = []
    for file in (big, latin, tmp_path / "none.yaml"):
        with pytest.raises(FixTheFolder) as refused:
            read_yaml(file, HERE)
        codes.append(refused.value.code)

    assert codes == ["YAML_SIZE", "YAML_ENCODING", "FILE_MISSING"]
