"""`preau instance setting`: what its folder cannot know of an instance."""

from __future__ import annotations

from typing import Annotated

import typer

from preau.app.control import open_control
from preau.app.instance_words import set_word
from preau.settings import read_settings


def setting(
    name: Annotated[str, typer.Argument(help="the instance's name in the hub")],
    word: Annotated[str, typer.Argument(help="the setting, as the product's folder names it")],
    value: Annotated[str, typer.Argument(help="its value; nothing takes it back")] = "",
) -> None:
    """Says, or takes back, what the calls of the product's folder read as `setting.<name>`."""
    with open_control(read_settings()) as control:
        set_word(control, name, word, value)
    typer.echo(f"{name}: {word} is {value}" if value else f"{name}: {word} is taken back")
