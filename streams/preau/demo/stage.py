"""Everything that is on stage: the real hub, fictional ENTs, an operator, and what is counted.

The demo does from outside what a vendor, an académie and an operator do: HTTP calls with keys, and
files in the deposit folder. It looks into the hub's store only to check, never to change, except to
declare instances and make keys, as `preau instance` and `preau key` do.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from preau.app.control import Control, open_control
from preau.app.files import DEPOSIT
from preau.app.serve import running_hub
from preau.broker.admin import opened
from preau.broker.ports import is_free
from preau.demo.cast import Cast, Ent
from preau.demo.hub_operator import Operator
from preau.demo.watch import Watch
from preau.errors import Place, Stop
from preau.sandbox.process import EntProcess
from preau.settings import Settings
from preau.store.instances import Instance
from preau.web.needs import OPERATE, PUBLISH

Ents = Mapping[str, EntProcess]
"""The fictional ENTs by the name of their instance."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What an act may use; `address` is the hub's, `deposits` where files are left for it."""

    address: str
    deposits: Path
    control: Control
    operator: Operator
    ents: Ents
    watch: Watch

    def say(self, name: str, order: object) -> int:
        """Has the people of that ENT do something; how many events it says of it."""
        return int(asked(self.ents[name], "POST /_sandbox/say", order)["said"])


@contextmanager
def open_stage(settings: Settings, cast: Cast) -> Iterator[Stage]:
    """A whole hub with an empty past, and ENTs that speak to it; all ended at the end."""
    with ExitStack() as closing_:
        token = secrets.token_urlsafe(24)
        ents = _started(settings.folder, cast, token, closing_)
        control = closing_.enter_context(open_control(settings))
        for each in cast.ents:
            _declare(control, each, cast.academy, ents[each.name], token)
        for files in cast.deposits:
            said = (*files, cast.academy, "", "", "none")
            control.instances.put(Instance(*said, loopback=False, disabled=False))
        hub = closing_.enter_context(running_hub(settings))
        watch = closing_.enter_context(closing(Watch(hub.bootstrap)))
        for name, ent in ents.items():
            key = control.api_keys.make(name, (PUBLISH,))
            url = f"{hub.address}/v1/intake/{name}"
            asked(ent, "POST /_sandbox/hub", {"url": url, "key": key})
        operator = Operator(hub.address, control.api_keys.make(None, (OPERATE,)))
        deposits = settings.folder / DEPOSIT
        yield Stage(hub.address, deposits, control, operator, ents, watch)


def demo_settings(settings: Settings, folder: Path, database: str = "") -> Settings:
    """The operator's settings, with a data folder, a database and a master key of the demo's own.

    The database is an SQLite file in the folder, or the empty one of this address; never theirs.

    An operator's Kafka (`PREAU_KAFKA`) is used if no hub ever wrote there: the topics and groups of
    a hub have one name each, so two hubs on one Kafka would take each other's events. The usual
    port, when somebody has it already, gives way to a free one; a port that was chosen does not.
    """
    if settings.kafka:
        _refuse_used(settings.kafka)
    usual = settings.port == Settings().port and not is_free(settings.port_number)
    port = "0" if usual else settings.port
    return replace(settings, data=str(folder), database=database, master_key="", port=port)


def asked(ent: EntProcess, route: str, body: object = None) -> Any:
    """The JSON that the ENT answers; raises `Stop` when it refuses what the demo asks."""
    answer = ent.call(route, body)
    if answer.status != 200:  # noqa: PLR2004 - OK
        what = f"the fictional ENT answered {answer.status} to {route}"
        raise Stop("SANDBOX_ANSWER", what, fix="tell whoever maintains Préau: this is a defect")
    return answer.body


def _started(folder: Path, cast: Cast, token: str, closing_: ExitStack) -> Ents:
    ents = {e.name: EntProcess(e.product, folder / "ent" / e.name, token) for e in cast.ents}
    for ent in ents.values():
        closing_.callback(ent.stop)
    with ThreadPoolExecutor(len(ents)) as all_at_once:
        list(all_at_once.map(EntProcess.start, ents.values()))
    return ents


def _declare(control: Control, ent: Ent, academy: str, process: EntProcess, token: str) -> None:
    """Declares the instance and fills its ENT; one that takes files is told where they will be."""
    way = control.card(ent.product).ways_out[0]
    drops = {"drops": str(control.settings.drop_folder / ent.name)} if way == "file" else {}
    asked(process, "POST /_sandbox/seed", {**ent.seed, **drops})
    said = (ent.name, ent.product, ent.degree, academy, process.origin, token, way)
    control.instances.put(Instance(*said, loopback=True, disabled=False))


def _refuse_used(kafka: str) -> None:
    with opened(kafka) as admin:
        used = sorted(name for name in admin.list_topics() if name.startswith("preau."))
    if used:
        what = f"a hub has used this Kafka already: it has {len(used)} topics named preau.…"
        fix = "unset PREAU_KAFKA (the demo then starts its own), or give an empty Kafka"
        raise Stop("DEMO_KAFKA_USED", what, where=Place(field="PREAU_KAFKA"), fix=fix)
