"""Memory over time as one SVG: a line for each size of the same territory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

Line = Sequence[tuple[float, float]]
_WIDE, _HIGH, _LEFT, _FOOT = 800, 360, 60, 40
_DASHES = ("", "8 4", "2 3")


def draw(lines: Mapping[str, Line], limit: float, file: Path) -> None:
    """Writes the plot; x is the share of each import's own time, y megabytes, dashed the limit."""
    top = max([limit, *(mb for line in lines.values() for _, mb in line)]) * 1.1
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {_HIGH}" '
            'font-family="sans-serif" font-size="13">'
        ),
        f'<rect width="{_WIDE}" height="{_HIGH}" fill="white"/>',
        _level(limit, top, f"{limit:.0f} MB: the limit"),
        f'<text x="{_LEFT}" y="{_HIGH - 10}">begin</text>',
        f'<text x="{_WIDE - 40}" y="{_HIGH - 10}">end</text>',
    ]
    for place, (name, line) in enumerate(lines.items()):
        parts.append(_line(line, top, _DASHES[place % len(_DASHES)]))
        peak = max(mb for _, mb in line)
        words = f"{name}: {line[-1][0]:.0f} s, at most {peak:.0f} MB"
        parts.append(f'<text x="{_LEFT + 10}" y="{_HIGH - 60 - 18 * place}">{words}</text>')
    file.write_text("\n".join([*parts, "</svg>"]) + "\n", "utf-8")


def _line(line: Line, top: float, dashes: str) -> str:
    last = line[-1][0] or 1.0
    points = " ".join(
        f"{_LEFT + (_WIDE - _LEFT - 20) * at / last:.1f},{_y(mb, top):.1f}" for at, mb in line
    )
    return f'<polyline points="{points}" fill="none" stroke="black" stroke-dasharray="{dashes}"/>'


def _level(mb: float, top: float, words: str) -> str:
    y = _y(mb, top)
    return (
        f'<line x1="{_LEFT}" x2="{_WIDE - 20}" y1="{y:.1f}" y2="{y:.1f}" stroke="black" '
        f'stroke-dasharray="1 6"/><text x="{_LEFT}" y="{y - 5:.1f}">{words}</text>'
    )


def _y(mb: float, top: float) -> float:
    return (_HIGH - _FOOT) * (1 - mb / top)
