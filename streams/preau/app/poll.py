"""The process that asks: instances for events and files, and at night for what they hold."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from preau.agents.asker import AskTools, Source
from preau.agents.asking import Asking
from preau.agents.collecting import Collecting, CollectTools
from preau.agents.loop import settle_memory
from preau.agents.nightly import Nightly
from preau.app.child import run_child
from preau.app.comparisons_desk import ComparisonsDesk
from preau.app.control import Control, open_control
from preau.app.files import DEPOSIT
from preau.app.kafka_address import Find
from preau.broker.publisher import Publisher
from preau.broker.records import Output
from preau.canon.codec import encode
from preau.catalogue.catalogue import POLL
from preau.inlets.intake import Intake
from preau.inlets.sealing import Seal
from preau.settings import Settings
from preau.store import sftp_sources
from preau.store.sftp_sources import SftpSource


def ask_instances(settings: Settings, find_kafka: Find) -> int:
    """Asks until SIGTERM or SIGINT; 0."""
    with open_control(settings) as control, Publisher(find_kafka()) as publisher:
        tools = AskTools(
            control.engine,
            publishing(publisher, control.seal()),
            encode,
            control.digests.hidden,
            control.clock,
        )
        fetch = CollectTools(
            control.engine,
            settings.folder / DEPOSIT,
            control.clock,
            lambda name: bool((found := control.instances.get(name)) and found.loopback),
        )
        asking = Asking(lambda: sources(control), tools)
        collecting = Collecting(lambda: servers(control), fetch)
        works: list[_Work] = [asking, collecting]
        if settings.compare_at is not None:
            desk = ComparisonsDesk(control)
            works.append(Nightly(desk.sources, desk.tools, settings.compare_at))
        settle_memory()
        asyncio.run(_until_signal(works))
    return 0


def sources(control: Control) -> list[Source]:
    """Every enabled instance that is to be asked, as it is declared now.

    A webhook's address and secret are for what the hub says: with them nobody is asked.
    """
    asked = [
        each
        for each in control.instances.all()
        if each.base_url and not each.disabled and each.way_out != "webhook"
    ]
    found = []
    for each in asked:
        opened = control.catalogue.connector(each.connector)
        speaker = control.speaker(each.name) if POLL in opened.card.ways_in else None
        if speaker is not None:
            where = (each.name, each.base_url, each.secret, each.loopback)
            found.append(Source(*where, speaker, opened.inlets))
    return found


def publishing(publisher: Publisher, seal: Seal) -> Callable[[Sequence[Intake]], Awaitable[None]]:
    """Seals letters and writes them; it returns when Kafka has every one."""

    async def publish(letters: Sequence[Intake]) -> None:
        sealed = await asyncio.to_thread(seal, letters)
        await publisher.publish_async([Output(*letter) for letter in sealed])

    return publish


def servers(control: Control) -> list[SftpSource]:
    """The SFTP servers of enabled instances, as they are declared now."""
    with control.engine.connect() as connection:
        return sftp_sources.every(connection, control.master)


class _Work(Protocol):
    async def run(self, stop: asyncio.Event) -> None: ...


async def _until_signal(works: Sequence[_Work]) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await asyncio.gather(*(work.run(stop) for work in works))


if __name__ == "__main__":
    run_child(POLL, ask_instances)
