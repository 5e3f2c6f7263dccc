"""The table of the matrix: what each recipient said that it did, pair by pair."""

from __future__ import annotations

from collections.abc import Mapping

from tests.matrix.board import Board, Pair

PAGE = "docs/en/matrix.md"
BEGIN, END = "<!-- matrix: from tests/matrix -->\n", "<!-- end -->\n"
KINDS = {"GROUP": "group", "MEMBER": "members", "CLASS": "members", "SHARE": "document"}


def cell(board: Board, pair: Pair) -> str:
    """The recipient's answers of one project, by what they are about."""
    page = board.operator.page(board.projects[pair])
    told: dict[str, set[str]] = {}
    for answer in page["answers"]:
        if answer["ent"] != pair.recipient or answer["what"] not in KINDS:
            continue
        reason = f" ({answer['reason']})" if answer["reason"] else ""
        told.setdefault(KINDS[answer["what"]], set()).add((answer["outcome"] or "PENDING") + reason)
    return ", ".join(
        f"{kind} {' '.join(sorted(said))}" for kind, said in sorted(told.items(), key=_rank)
    )


def _rank(told: tuple[str, set[str]]) -> int:
    return list(KINDS.values()).index(told[0])


def drawn(board: Board, cells: Mapping[Pair, str]) -> str:
    """The whole table in Markdown."""
    lines = ["| from | to | what the recipient answered |", "|---|---|---|"]
    lines += [f"| {pair.source} | {pair.recipient} | {cells[pair]} |" for pair in sorted(cells)]
    assert len(cells) == len(board.projects)
    return "\n".join(lines)


def in_page(text: str) -> str:
    """The table that stands between the two marks of the page."""
    return text.partition(BEGIN)[2].partition(END)[0].strip()
