"""Commands for whoever writes a connector folder: check, explain, new, accept."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.columns import Columns
from rich.console import Console
from rich.panel import Panel
from rich.syntax import Syntax

from preau import shelf
from preau.contract.acceptance import accept as write
from preau.contract.acceptance import changes
from preau.contract.evidence import Evidence, event_of
from preau.contract.scaffold import Degree, create
from preau.contract.telling import answer, as_json
from preau.errors import FixTheFolder, Place
from preau.kit.judge import judge
from preau.settings import read_settings

Folder = Annotated[Path, typer.Argument(help="the folder, or the name of one that ships")]


def check(folder: Folder) -> None:
    """Says of each promise whether the folder keeps it; exits 1 when one is broken."""
    console = Console(soft_wrap=True, highlight=False)
    verdicts = judge(find(folder))
    for verdict in verdicts:
        if verdict.defect is None:
            console.print(f"  ok      {verdict.sentence}", markup=False)
        else:
            console.print(f"  BROKEN  {verdict.defect}", markup=False, style="bold")
    broken = sum(verdict.defect is not None for verdict in verdicts)
    console.print(f"{broken} to mend" if broken else "every promise is kept", markup=False)
    if broken:
        raise typer.Exit(1)


def explain(
    connector: Folder,
    sample: Annotated[str, typer.Argument(help="a sample's name, as in samples/, without ending")],
) -> None:
    """Shows a sample, its mapping and the result side by side."""
    evidence = Evidence(find(connector))
    if evidence.trouble is not None:
        raise evidence.trouble
    if sample not in evidence.samples:
        raise FixTheFolder(
            "UNKNOWN_SAMPLE",
            "this folder has no such sample",
            where=Place(connector=evidence.name, field="sample"),
            known=tuple(evidence.samples),
            fix="give one of the known names",
        )
    mapping = evidence.mappings.get(event_of(sample))
    result = as_json(answer(evidence.rehearse(sample)), indent=True).decode()
    panels = [
        _panel("sample", evidence.samples[sample].read_text("utf-8", "replace"), "json"),
        _panel("mapping", mapping.read_text("utf-8") if mapping else "(no mapping)", "yaml"),
        _panel("result", result, "json"),
    ]
    console = Console()
    third = max(36, console.width // 3 - 1)
    console.print(Columns(panels, width=third))


def new(
    name: Annotated[str, typer.Argument(help="the product's name: a-z, 0-9 and -")],
    *,
    degree: Annotated[Degree, typer.Option(help="the school degree it serves")] = "first",
) -> None:
    """Makes a folder that passes check at once, in PREAU_CONNECTORS or else beside ours."""
    folder = create(_shelves()[0], name, degree)
    typer.echo(f"{folder} is ready; its README.md says what is next")


def accept(
    folder: Folder,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="write without asking")] = False,
) -> None:
    """Shows what would change in expected/, asks, then writes it."""
    wanted = changes(Evidence(find(folder)))
    for change in wanted:
        typer.echo("\n".join(change.lines()))
    if not wanted:
        typer.echo("expected/ says already what comes out")
    elif yes or typer.confirm(f"Write these {len(wanted)} files?", default=False):
        write(wanted)
        typer.echo(f"{len(wanted)} files written")
    else:
        raise typer.Exit(1)


def find(folder: Path) -> Path:
    """The folder given, or the one of that name in PREAU_CONNECTORS or beside ours."""
    for place in (folder, *(one / folder for one in _shelves())):
        if (place / "connector.yaml").is_file() or (place is folder and _is_path(folder)):
            return place.resolve()
    raise FixTheFolder(
        "UNKNOWN_CONNECTOR",
        "there is no such connector folder",
        where=Place(field="connector"),
        known=tuple(sorted(f.name for one in _shelves() for f in one.iterdir() if f.is_dir())),
        fix="give one of the known names, or the path of a folder that holds connector.yaml",
    )


def _shelves() -> list[Path]:
    mine = read_settings().connectors
    return [*([Path(mine)] if mine else []), shelf.connectors()]


def _is_path(folder: Path) -> bool:
    return len(folder.parts) > 1 and folder.is_dir()


def _panel(title: str, text: str, language: str) -> Panel:
    return Panel(Syntax(text, language, word_wrap=True, background_color="default"), title=title)
