"""The hub's six steps: what each is built from, and the process that works one or several."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from functools import partial
from typing import Any, NamedTuple

from preau.agents.deliver import Decode, Deliver
from preau.agents.dispatcher import Tools
from preau.agents.escalation import Escalation
from preau.agents.identity import Identity
from preau.agents.loop import Loop, Step
from preau.agents.normalise import Normalise
from preau.agents.projects import ProjectsStep
from preau.agents.receipts import ReceiptsStep
from preau.agents.refreshing import Refreshing
from preau.agents.set_asides import SetAsidesStep
from preau.app.child import run_child
from preau.app.control import DIGESTS, Control, open_control
from preau.app.counting import Counting
from preau.app.daily import daily
from preau.app.erasing import Erasing
from preau.app.file_reports import FileReports
from preau.app.housekeeping import Housekeeping
from preau.app.kafka_address import Find
from preau.app.products import product
from preau.app.set_writing import SetWriting
from preau.app.worker import DispatchService, StepService, create_app, run_worker
from preau.broker.backlog import Backlog
from preau.broker.publisher import Publisher
from preau.canon.codec import decode, encode
from preau.errors import Place, SetAside, Stop
from preau.keys.envelope import Unsealer
from preau.keys.seal import Opener, Sealer
from preau.mapping.normaliser import Context
from preau.outlets.filing import Drops
from preau.outlets.opening import WaysOut
from preau.settings import Settings
from preau.store.circles import Circles
from preau.store.deliveries import Deliveries
from preau.store.leave import Leave
from preau.store.receipts import Receipts

TURN_S = 1.0
"""How often, in seconds, what goes beside the step of receipts looks for work."""


class Work(NamedTuple):
    """One step: what its loop runs, and what runs beside it until the event is set."""

    step: Step
    beside: Callable[[asyncio.Event], Awaitable[None]] | None = None


class Ground(NamedTuple):
    """What steps are built on; `find_kafka` may wait, `closing` ends with the process."""

    control: Control
    find_kafka: Find
    closing: ExitStack


def normalise(ground: Ground) -> Work:
    """Every connector's mapping, compiled and proven; raises `FixTheFolder` for a broken one."""
    control = ground.control
    context = Context(
        control.master.secret(DIGESTS), degree_of=lambda name: control.degree(name) or ""
    )
    names = control.catalogue.names()
    compiled = {name: control.catalogue.connector(name).normaliser(context) for name in names}
    sealer = Sealer(control.subject_keys, control.clock)
    unsealer = Unsealer(control.letter_keys, control.clock)
    return Work(Normalise(compiled, sealer, encode, control.clock, unsealer, control.kept_out()))


def identity(ground: Ground) -> Work:
    """Who is who, by certain rules; who is alike is only noted."""
    return Work(identity_step(ground.control))


def identity_step(control: Control) -> Identity:
    """The step alone, without what it runs in."""
    opener = Opener(control.subject_keys, control.clock)
    return Identity(control.engine, opener, control.likeness, control.clock)


def projects(ground: Ground) -> Work:
    """What each ENT of a project is to hold; beside it, once a day, what is still true."""
    return Work(projects_step(ground.control), partial(daily, partial(_say_again, ground)))


def _say_again(ground: Ground) -> int:
    bootstrap = ground.find_kafka()
    with Publisher(bootstrap) as publisher:
        work = Refreshing(Backlog(bootstrap), publisher.publish, ground.control.clock)
        return work.run()


def projects_step(control: Control) -> ProjectsStep:
    """The step alone, without what it runs in."""
    names = control.pseudonyms()
    return ProjectsStep(control.engine, control.recipient, names, control.clock, control.kept_out())


def deliver(ground: Ground) -> Work:
    """The outbox, and one dispatcher per destination beside it."""
    control = ground.control
    publisher = ground.closing.enter_context(Publisher(ground.find_kafka()))
    tools = Tools(
        Deliveries(control.engine),
        Leave(control.engine),
        publisher.publish_async,
        encode,
        control.clock,
        on_disable=control.close_way_out,
        circle=Circles(control.engine),
    )
    drops = Drops(control.settings.drop_folder, control.engine)
    find = partial(product, control.catalogue)
    ways = WaysOut(control.instances.get, find, control.clock, drops, control.settings.relay)
    step = Deliver(tools, reader("delivery"), ways.open)

    async def beside(stop: asyncio.Event) -> None:
        try:
            await step.run(stop)
        finally:
            await ways.close()

    return Work(step, beside)


def receipts(ground: Ground) -> Work:
    """What every ENT answered, for pages; beside it, deadlines are told and erasures ended."""
    control, find = ground.control, ground.find_kafka
    publisher = ground.closing.enter_context(Publisher(find()))
    erasing = Erasing(control, find, publisher.publish)
    keeping = Housekeeping(control)
    escalation = Escalation(control.engine, control.clock)
    reports = FileReports(control, publisher.publish)
    turns = (erasing.quiet_turn, keeping.turn, reports.turn, SetWriting(control, find).turn)

    async def both(stop: asyncio.Event) -> None:
        await asyncio.gather(escalation.run(stop), *(beside(turn, stop) for turn in turns))

    return Work(receipts_step(control), both)


def receipts_step(control: Control) -> ReceiptsStep:
    """The step alone, without what it runs in."""
    return ReceiptsStep(Receipts(control.engine), reader("receipt"))


def setasides(ground: Ground) -> Work:
    """What was set aside, for whoever must decide of it."""
    return Work(setasides_step(ground.control))


def setasides_step(control: Control) -> SetAsidesStep:
    """The step alone, without what it runs in."""
    return SetAsidesStep(control.engine, reader("set_aside"), control.clock)


STEPS: Mapping[str, Callable[[Ground], Work]] = {
    each.__name__: each for each in (normalise, identity, projects, deliver, receipts, setasides)
}


async def beside(turn: Callable[[], None], stop: asyncio.Event) -> None:
    """A turn every second until `stop`, on a thread of its own."""
    while not stop.is_set():
        await asyncio.to_thread(turn)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), TURN_S)


def work_steps(settings: Settings, find_kafka: Find, names: Sequence[str], slot: int = 0) -> int:
    """Works these steps in this process until a signal; gives its exit code, 0 when asked to end.

    `slot` tells apart the processes that share one step (`normalise` only): 0, 1, 2 and so on.
    """
    for name in names:
        if name not in STEPS:
            fix = "give one or more of the known steps"
            what = "there is no such step"
            raise Stop("UNKNOWN_STEP", what, where=Place(field="step"), known=(*STEPS,), fix=fix)
    with ExitStack() as closing:
        control = closing.enter_context(open_control(settings))
        ground = Ground(control, find_kafka, closing)
        works = [STEPS[name](ground) for name in names]
        bootstrap = find_kafka()
        services = [service for work in works for service in _services(work, bootstrap, slot)]
        app = create_app(f"{'-'.join(names)}-{slot}", bootstrap, settings.folder)
        return run_worker(app, services)


def reader(record: str) -> Decode:
    """Reads framed values of one record; raises `SetAside` for any other and for broken bytes."""

    def read(value: bytes) -> Mapping[str, Any]:
        decoded = decode(value)
        if decoded.record != record:
            what = f"a {decoded.record} where only {record} belongs"
            fix = "see what else writes to this topic"
            raise SetAside("AVRO_RECORD", what, known=(record,), fix=fix)
        return decoded.value

    return read


def _services(work: Work, bootstrap: str, slot: int) -> list[Any]:
    counting = Counting(work.step.name)
    loop = Loop(bootstrap, work.step, on_batch=counting, slot=slot)
    made: list[Any] = [StepService(loop)]
    if work.beside is not None:
        made.append(DispatchService(work.beside))
    return made


def _supervised(arguments: Sequence[str]) -> None:
    slot, *names = arguments
    run_child("-".join(names), partial(work_steps, names=names, slot=int(slot)))


if __name__ == "__main__":
    _supervised(sys.argv[1:])
