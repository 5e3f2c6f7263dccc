"""A whole set as bytes: XML files of at most 10,000 nodes, in one `.tar.gz`, with its MD5 sum.

The same directory gives the same bytes. MD5 is what the GAR takes: it tells a broken transfer and
is no protection.
"""

from __future__ import annotations

import gzip
import io
import tarfile
from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import md5
from typing import NamedTuple
from xml.sax.saxutils import escape

from preau.outlets.directory import Directory
from preau.outlets.gar.dialect import MOST_NODES, NAMESPACES, VERSION, file_name, stem
from preau.outlets.gar.records import Record, degrees, tell


class Archive(NamedTuple):
    """One set: the archive, its sum, and what is in it; `left_out` as `records.Told` has it."""

    name: str
    content: bytes
    sum: bytes
    files: tuple[str, ...]
    left_out: Counter[str]
    accounts: frozenset[str]


def archive(found: Directory, ent: str) -> Archive:
    """The set of this directory; `ent` is the id under which the GAR knows the ENT."""
    common = stem(ent, found.as_of_ms)
    left: Counter[str] = Counter()
    files: list[tuple[str, bytes]] = []
    there: frozenset[str] = frozenset()
    for degree in degrees(found):
        told = tell(found, degree)
        left += told.left_out
        there |= told.accounts
        for kind, records in told.files.items():
            for index, part in enumerate(parts(records)):
                name = file_name(common, degree, kind, index)
                files.append((name, written(part, degree, kind)))
    content = _packed(files, found.as_of_ms // 1000)
    name = f"{common}.tar.gz"
    digest = md5(content, usedforsecurity=False).hexdigest()
    line = f"{digest}  {name}\n".encode()  # as `md5sum` writes it
    return Archive(name, content, line, tuple(name for name, _ in files), +left, there)


def parts(records: Iterable[Record]) -> Iterator[list[Record]]:
    """The records of one kind, file by file; at least one file, which may be empty."""
    part: list[Record] = []
    nodes = 1
    for record in records:
        if part and nodes + record.nodes > MOST_NODES:
            yield part
            part, nodes = [], 1
        part.append(record)
        nodes += record.nodes
    yield part


def written(records: Iterable[Record], degree: str, kind: str) -> bytes:
    """One XML file, UTF-8."""
    root = f"men:GAR-ENT-{kind}"
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    lines.append(f'<{root} xmlns:men="{NAMESPACES[degree]}" Version="{VERSION}">')
    lines += [_element(record.name, record.fields) for record in records]
    lines.append(f"</{root}>\n")
    return "\n".join(lines).encode()


def _element(name: str, value: object) -> str:
    inner = escape(value) if isinstance(value, str) else _fields(value)
    return f"<men:{name}>{inner}</men:{name}>"


def _fields(fields: object) -> str:
    listed = fields if isinstance(fields, tuple) else ()
    return "".join(_element(name, value) for name, value in listed)


def _packed(files: Iterable[tuple[str, bytes]], at_s: int) -> bytes:
    out = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=out, mode="wb", filename="", mtime=at_s) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar,
    ):
        for name, content in files:
            member = tarfile.TarInfo(name)
            member.size, member.mtime, member.mode = len(content), at_s, 0o600
            tar.addfile(member, io.BytesIO(content))
    return out.getvalue()
