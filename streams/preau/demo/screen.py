"""What a person sees while the story is played: each step as it happens, on a terminal or not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.status import Status

from preau.demo.playbill import Step


class Screen:
    """Writes to one console; where it is no terminal the same lines come without movement."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._status: Status | None = None

    @contextmanager
    def step(self, number: int, of: int, title: str) -> Iterator[None]:
        """Shows that a step is being played; `note` and `waiting` belong to it."""
        self._print(f"{number}/{of}  {title}", "bold")
        with self.console.status("…") as status:
            self._status = status
            yield
        self._status = None

    def note(self, text: str) -> None:
        """Something that has happened, and stays."""
        self._print(f"     {text}")

    def waiting(self, text: str) -> None:
        """What is waited for just now; the next words take their place."""
        if self._status is not None:
            self._status.update(text)

    def ended(self, step: Step) -> None:
        """A step's end, in a line."""
        heard, out, aside, _ = step.counted
        said = []
        if heard:
            said.append(f"événements reçus : {heard} (passés {out}, mis de côté {aside})")
        if any(step.receipts):
            applied, refused, pending = step.receipts
            said.append(f"réponses : {applied} appliqué, {refused} refusé, {pending} en attente")
        said.append(f"{step.seconds:.1f} s")
        self._print(f"  {'✔' if step.ok else '✖'}  {' ; '.join(said)}", "" if step.ok else "bold")

    def say(self, text: str) -> None:
        """A line that belongs to no step; an address in it is never cut."""
        self._print(text)

    def broken(self, reason: str) -> None:
        """Why the story does not hold."""
        self._print(f"L'histoire ne tient pas : {reason}", "bold")

    def _print(self, text: str, style: str = "") -> None:
        self.console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)
