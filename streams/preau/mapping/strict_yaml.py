"""Reads YAML as plain values and nothing else: no tag, no key twice, no alias bomb, no big file."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from preau.errors import FixTheFolder, Place

#: Bytes of one file of a connector folder.
MAX_BYTES = 65_536
#: Values of one file once its aliases are followed; a real mapping has a few hundred.
MAX_VALUES = 20_000
_MERGE = "tag:yaml.org,2002:merge"


class _Strict(yaml.SafeLoader):
    """YAML's safe subset, where a key may stand once; only a merge (`<<`) may be overridden."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - PyYAML's own signature
        own = [key for key, _ in node.value if key.tag != _MERGE]
        seen: set[str] = set()
        for key in own:
            plain = isinstance(key, yaml.ScalarNode)
            if not plain or key.value in seen:
                why = "a key stands twice" if plain else "a key that is no plain text"
                raise yaml.constructor.ConstructorError(None, None, why, key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def read_yaml(file: Path, where: Place) -> object:
    """The plain values of a file; raises `FixTheFolder` when it cannot be trusted."""
    try:
        raw = file.read_bytes()
        if len(raw) > MAX_BYTES:
            raise FixTheFolder(
                "YAML_SIZE",
                f"{len(raw)} bytes",
                where=where,
                known=(f"at most {MAX_BYTES} bytes",),
                fix="a mapping is a page, not a book: split it by event",
            )
        return parse_yaml(raw.decode("utf-8"), where)
    except OSError as error:
        what = f"the file cannot be read: {error.strerror}"
        raise FixTheFolder("FILE_MISSING", what, where=where, fix="write it") from error
    except UnicodeDecodeError as error:
        what = f"byte {error.start} is not UTF-8"
        raise FixTheFolder("YAML_ENCODING", what, where=where, fix="save as UTF-8") from error


def parse_yaml(text: str, where: Place) -> object:
    """The plain values of a text: None, bool, int, float, str, list, dict."""
    try:
        value = yaml.load(text, _Strict)  # noqa: S506 - a subclass of the safe loader
        if _count(value, MAX_VALUES) > MAX_VALUES:
            raise FixTheFolder(
                "YAML_SIZE",
                f"more than {MAX_VALUES} values once its aliases are followed",
                where=where,
                fix="use fewer aliases",
            )
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        what = f"{line}{getattr(error, 'problem', None) or 'not readable as YAML'}"
        fix = "mend the YAML; quote texts that hold `: `, `#` or look like numbers"
        raise FixTheFolder("YAML_BROKEN", what, where=where, fix=fix) from error
    except RecursionError as error:
        raise FixTheFolder(
            "YAML_DEPTH", "nested too deep", where=where, fix="flatten it"
        ) from error
    return value


def _count(value: object, limit: int) -> int:
    """Values in a tree, as far as `limit`; a cycle of aliases ends there too."""
    waiting, count = [value], 0
    while waiting and count <= limit:
        top = waiting.pop()
        count += 1
        if isinstance(top, dict):
            waiting += [*top.keys(), *top.values()]
        elif isinstance(top, list):
            waiting += top
    return count
