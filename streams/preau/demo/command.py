"""`preau demo`: plays the story on a real hub, shows it, and says whether it holds."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event

from rich.console import Console

from preau.app.logs import start_logs
from preau.demo.folder import fresh_folder
from preau.demo.playbill import report, table
from preau.demo.playing import Playing
from preau.demo.screen import Screen
from preau.demo.script import Script
from preau.demo.stage import demo_settings
from preau.demo.story import Story
from preau.settings import Settings

BROKEN, INTERRUPTED = 1, 130
"""Exit codes: the story does not hold; Ctrl-C ended it before its end (128 + SIGINT)."""


def play(
    settings: Settings,
    script: Script,
    *,
    once: bool,
    as_json: bool,
    database: str = "",
) -> int:
    """Plays a story in `<data>/demo`, made anew; gives the exit code.

    0 when it holds, 1 when it does not, 130 when Ctrl-C or SIGTERM ended it before. Unless `once`,
    the hub and the ENTs go on serving until Ctrl-C. `as_json` puts the report, and only that, on
    standard output. The hub stands on the empty `database` of this address, if there is
    one. Raises `Stop` when the demo cannot have its folder.
    """
    with _one_interruption(), fresh_folder(settings.folder) as folder:
        screen = Screen(Console(stderr=as_json))
        try:
            with ExitStack() as closing:
                own = demo_settings(settings, folder, database)
                closing.enter_context(_logging_to(folder / "logs" / "demo.log", own.log_level))
                playing = Playing(screen, script, closing)
                playing.play(own)
                return _told(playing, once=once, as_json=as_json)
        except KeyboardInterrupt:
            return INTERRUPTED


def _told(playing: Playing, *, once: bool, as_json: bool) -> int:
    code = 0 if playing.holds else BROKEN
    if as_json:
        told = report(playing.steps, playing.seconds, ok=playing.holds)
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
        sys.stdout.flush()
    else:
        playing.screen.console.print(table(playing.steps, playing.seconds))
    if code == 0 and playing.story is not None:
        _tell_addresses(playing, playing.story)
        if once:
            playing.screen.say("Sans --once, ces adresses restent ouvertes jusqu'à Ctrl-C.")
        else:
            _serve(playing.screen)
    return code


def _tell_addresses(playing: Playing, story: Story) -> None:
    screen, stage = playing.screen, story.stage
    screen.say(f"La page du projet : {stage.operator.link(story.project)}")
    for ent in playing.script.cast.ents:
        screen.say(f"Ce que {ent.seen_by} ({ent.name}) : {stage.ents[ent.name].origin}/")
    for uai, path in list(story.secrets.items())[:1]:
        screen.say(f"L'agenda que lit {uai} : {stage.address}{path}")


def _serve(screen: Screen) -> None:
    """Until Ctrl-C, which is how a story that holds ends."""
    screen.say("Tout reste ouvert ; Ctrl-C arrête tout.")
    try:
        Event().wait()
    except KeyboardInterrupt:
        screen.say("Tout s'arrête.")


@contextmanager
def _one_interruption() -> Iterator[None]:
    """The first SIGINT or SIGTERM ends what is under way; later ones do not disturb the end."""
    heard = Event()

    def hear(*_: object) -> None:
        if not heard.is_set():
            heard.set()
            raise KeyboardInterrupt

    before = {number: signal.signal(number, hear) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _logging_to(file: Path, level: str) -> Iterator[None]:
    """What the hub's supervisor logs goes to a file: the screen is for the story."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as sink:
        start_logs(level, "demo", sink)
        try:
            yield
        finally:
            start_logs(level, "demo")
