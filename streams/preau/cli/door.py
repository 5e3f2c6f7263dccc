"""The door of the command line: every error of the product leaves in words, with its exit code."""

from __future__ import annotations

import sys
from collections.abc import Callable

import typer
from rich.console import Console
from typer.core import TyperGroup

from preau.errors import FixTheFolder, PreauError, SetAside, Stop, TryAgain, frames

#: 0 ok, 1 the check or story failed, 2 usage, 3 bad folder or data, 4 stop (operator), 7 try again,
#: 70 a fault of ours (sysexits.h).
EX_SOFTWARE = 70
EXIT_CODES: dict[type[PreauError], int] = {FixTheFolder: 3, SetAside: 3, Stop: 4, TryAgain: 7}
ADVICE = {
    FixTheFolder: "the connector's folder must be mended",
    SetAside: "this input was refused; nothing else was touched",
    Stop: "nothing was changed or lost; mend this, then run it again",
    TryAgain: "a passing fault; try again",
}


def through_the_door(run: Callable[[], None]) -> None:
    """Runs a command; an error of the product becomes one paragraph on stderr and an exit code."""
    try:
        run()
    except PreauError as error:
        console = Console(stderr=True, soft_wrap=True)
        kind = next((k for k in EXIT_CODES if isinstance(error, k)), Stop)
        console.print(str(error), style="bold", markup=False, highlight=False)
        console.print(f"({ADVICE[kind]}; docs/en/errors.md, {error.code})", markup=False)
        sys.exit(EXIT_CODES[kind])
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # `preau … | head` closed its end: not an error
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:  # its words may quote what it met: they are not shown
        where = ", ".join(frames(error))
        typer.echo(f"[FAULT] a fault of ours ({type(error).__name__}); report {where}", err=True)
        sys.exit(EX_SOFTWARE)


def new_app(kind: type[TyperGroup]) -> typer.Typer:
    """A Typer application without its own tracebacks and without shell completion noise."""
    return typer.Typer(
        cls=kind,
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        help="Préau, the event hub between French school workspaces (ENT).",
    )
