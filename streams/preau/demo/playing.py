"""The story while it is played: act after act, each one timed, counted, and told."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial

from preau.demo.playbill import Heading, Receipts, Step, brought, since
from preau.demo.screen import Screen
from preau.demo.script import Script
from preau.demo.stage import open_stage
from preau.demo.story import Story
from preau.demo.waiting import StoryBroken
from preau.demo.watch import Counted
from preau.errors import PreauError
from preau.settings import Settings


@dataclass
class Playing:
    """`closing` ends what the play started; `story` is there once the hub runs."""

    screen: Screen
    script: Script
    closing: ExitStack
    story: Story | None = None
    steps: list[Step] = field(default_factory=list)
    seconds: float = 0.0
    _counted: Counted = field(default_factory=Counted)
    _receipts: Receipts = field(default_factory=Receipts)

    @property
    def length(self) -> int:
        """How many steps the script has."""
        return 1 + len(self.script.acts)

    @property
    def holds(self) -> bool:
        """Whether every step was played and holds."""
        return len(self.steps) == self.length and all(step.ok for step in self.steps)

    def play(self, settings: Settings) -> None:
        """Every act in turn, up to the first that does not hold."""
        began = time.monotonic()
        going = self._step(self.script.start, partial(self._start, settings))
        for act in self.script.acts:
            if not going or self.story is None:
                break
            going = self._step(act.heading, partial(act.play, self.story))
        self.seconds = time.monotonic() - began

    def _start(self, settings: Settings) -> None:
        stage = self.closing.enter_context(open_stage(settings, self.script.cast))
        self.story = Story(stage, self.screen)
        self.screen.note(f"le hub répond à {stage.address}")
        self.screen.note(self.script.ents)

    def _step(self, heading: Heading, act: Callable[[], None]) -> bool:
        began, reason = time.monotonic(), ""
        with self.screen.step(len(self.steps) + 1, self.length, heading.title):
            try:
                act()
            except (StoryBroken, PreauError) as broken:
                reason = str(broken)
            counted, receipts = self._new(heading)
        seconds = time.monotonic() - began
        self.steps.append(Step(heading, not reason, counted, receipts, seconds))
        self.screen.ended(self.steps[-1])
        if reason:
            self.screen.broken(reason)
        return not reason

    def _new(self, heading: Heading) -> tuple[Counted, Receipts]:
        """What came since the step before: events, and answers if this step waits for them.

        Nothing when there is no hub to ask.
        """
        if self.story is None:
            return Counted(), Receipts()
        try:
            counted = self.story.counted()
            receipts = self.story.receipts() if heading.answers else self._receipts
        except (StoryBroken, PreauError):
            return Counted(), Receipts()
        new = since(counted, self._counted), brought(receipts, self._receipts)
        self._counted, self._receipts = counted, receipts
        return new
