"""Whether a set for the GAR is whole and right: names, sum, order, lengths, counts, keys, members.

What is wrong is told by a code, the file and the line; never by a value, which may name somebody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import md5
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from preau.outlets.gar.contents import Unpacked, unpacked
from preau.outlets.gar.dialect import MOST_NODES, NAMESPACES, FileName, is_archive, parsed
from preau.outlets.gar.references import Facts, facts, wrong_references
from preau.shelf import shelf

_MOST_TOLD = 20
"""Faults of one file that are told one by one."""


class Finding(NamedTuple):
    """One thing that is wrong; `line` is 0 where a whole file or set is meant."""

    code: str
    file: str
    line: int
    what: str


def check(path: Path) -> list[Finding]:
    """What is wrong with a set, nothing when it is good; its `.md5` lies beside it."""
    return [*_outside(path), *check_files(unpacked(path))]


def check_files(found: Unpacked) -> list[Finding]:
    """What is wrong inside."""
    wrong = [Finding("ARCHIVE", name, 0, what) for name, what in found.trouble]
    names = {name: parsed(name) for name in found.files}
    good = {name: parts for name, parts in names.items() if parts is not None}
    wrong += [Finding("NAME", n, 0, "no name of the GAR's") for n in names.keys() - good.keys()]
    wrong += _names(good)
    trees: list[tuple[FileName, etree._Element]] = []
    for name, parts in sorted(good.items()):
        tree, faults = _file(name, found.files[name], parts)
        wrong += faults
        if tree is not None:
            trees.append((parts, tree))
    for degree in sorted({parts.degree for parts, _ in trees}):
        held: Facts = facts(degree, [(p.kind, t) for p, t in trees if p.degree == degree])
        wrong += [Finding(code, f"{degree}", 0, what) for code, what in wrong_references(held)]
    return wrong


def _outside(path: Path) -> Iterator[Finding]:
    if not is_archive(path.name):
        yield Finding("NAME", path.name, 0, "no name of a set")
    beside = path.with_name(f"{path.name}.md5")
    try:
        said = beside.read_text("ascii").split()[:1]
        with path.open("rb") as file:
            digest = md5(file.read(), usedforsecurity=False).hexdigest()
    except (OSError, UnicodeDecodeError):
        yield Finding("SUM", beside.name, 0, "the sum, or the set, cannot be read")
        return
    if said != [digest]:
        yield Finding("SUM", beside.name, 0, "not the sum of this set")


def _names(good: Mapping[str, FileName]) -> Iterator[Finding]:
    if len({parts.stem for parts in good.values()}) > 1:
        yield Finding("NAME", "", 0, "files of several sets")
    by_kind: dict[tuple[str, str], list[int]] = {}
    for parts in good.values():
        by_kind.setdefault((parts.degree, parts.kind), []).append(parts.number)
    for (degree, kind), found in sorted(by_kind.items()):
        if sorted(found) != list(range(len(found))):
            yield Finding("NAME", f"{degree}_{kind}", 0, "an index is missing or stands twice")


def _file(
    name: str, content: bytes, parts: FileName
) -> tuple[etree._Element | None, list[Finding]]:
    safe = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        tree = etree.fromstring(content, safe)
    except etree.XMLSyntaxError as error:
        return None, [Finding("XML", name, error.lineno or 0, "not well-formed XML")]
    if tree.getroottree().docinfo.doctype:
        return None, [Finding("XML", name, 0, "a document type, which these files do not have")]
    wrong = list(_schema(name, tree, parts))
    if (count := sum(1 for _ in tree.iter(etree.Element))) > MOST_NODES:
        wrong.append(Finding("NODES", name, 0, f"{count} nodes, at most {MOST_NODES}"))
    return tree, wrong


def _schema(name: str, tree: etree._Element, parts: FileName) -> Iterator[Finding]:
    root = etree.QName(tree)
    if (root.namespace, root.localname) != (NAMESPACES[parts.degree], f"GAR-ENT-{parts.kind}"):
        yield Finding("SCHEMA", name, 1, "another root than the name says")
        return
    schema = _schema_of(parts.degree)
    if not schema.validate(tree):
        faults: Iterable[etree._LogEntry] = schema.error_log
        for fault in list(faults)[:_MOST_TOLD]:
            where = fault.path.rpartition("/")[2].partition(":")[2] if fault.path else ""
            yield Finding("SCHEMA", name, fault.line, f"{fault.type_name} at {where}")


def _schema_of(degree: str) -> etree.XMLSchema:
    file = shelf("schemas/gar") / f"gar-{degree.lower()}.xsd"
    return etree.XMLSchema(etree.parse(str(file)))
