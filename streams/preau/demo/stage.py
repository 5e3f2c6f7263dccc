"""Everything that is on stage: the real hub, two fictional ENTs, an operator, and what is counted.

The demo does from outside what a vendor, an académie and an operator do: HTTP calls with keys, and
files in the deposit folder. It looks into the hub's store only to check, never to change, except to
declare instances and make keys, as `preau instance` and `preau key` do.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from preau.app.control import Control, open_control
from preau.app.files import DEPOSIT
from preau.app.serve import running_hub
from preau.broker.admin import opened
from preau.broker.ports import is_free
from preau.demo.hub_operator import Operator
from preau.demo.limoux import ACADEMY, BENEYLU, EDIFICE, STATE
from preau.demo.seeds import beneylu_seed, edifice_seed
from preau.demo.watch import Watch
from preau.errors import Place, Stop
from preau.sandbox.process import EntProcess
from preau.settings import Settings
from preau.store.instances import Instance
from preau.web.needs import OPERATE, PUBLISH


class Ents(NamedTuple):
    """The two fictional ENTs: the écoles' and the collège's."""

    ecoles: EntProcess
    college: EntProcess


@dataclass(frozen=True, slots=True)
class Stage:
    """What an act may use; `address` is the hub's, `deposit` the State's files' folder."""

    address: str
    deposit: Path
    control: Control
    operator: Operator
    ents: Ents
    watch: Watch


@contextmanager
def open_stage(settings: Settings) -> Iterator[Stage]:
    """A whole hub with an empty past, and two ENTs that speak to it; all ended at the end."""
    with ExitStack() as closing_:
        ents, tokens = _ents(settings.folder, closing_)
        control = closing_.enter_context(open_control(settings))
        _declare(control, ents, tokens)
        hub = closing_.enter_context(running_hub(settings))
        watch = closing_.enter_context(closing(Watch(hub.bootstrap)))
        for name, ent in ((BENEYLU, ents.ecoles), (EDIFICE, ents.college)):
            key = control.api_keys.make(name, (PUBLISH,))
            url = f"{hub.address}/v1/intake/{name}"
            asked(ent, "POST /_sandbox/hub", {"url": url, "key": key})
        operator = Operator(hub.address, control.api_keys.make(None, (OPERATE,)))
        deposit = settings.folder / DEPOSIT / STATE
        yield Stage(hub.address, deposit, control, operator, ents, watch)


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


def _ents(folder: Path, closing_: ExitStack) -> tuple[Ents, dict[str, str]]:
    products = {BENEYLU: "beneylu", EDIFICE: "edifice"}
    tokens = {name: secrets.token_urlsafe(24) for name in products}
    made = [EntProcess(products[name], folder / "ent" / name, tokens[name]) for name in products]
    for ent in made:
        closing_.callback(ent.stop)
    with ThreadPoolExecutor(len(made)) as both:
        list(both.map(EntProcess.start, made))
    ents = Ents(*made)
    asked(ents.ecoles, "POST /_sandbox/seed", beneylu_seed())
    asked(ents.college, "POST /_sandbox/seed", edifice_seed(complete=False))
    return ents, tokens


def _declare(control: Control, ents: Ents, tokens: dict[str, str]) -> None:
    pushed = [
        (BENEYLU, "beneylu", "FIRST", ents.ecoles.origin),
        (EDIFICE, "edifice", "SECOND", ents.college.origin),
    ]
    for name, connector, degree, url in pushed:
        said = (name, connector, degree, ACADEMY, url, tokens[name], "push")
        control.instances.put(Instance(*said, loopback=True, disabled=False))
    files = (STATE, "aaf", "SECOND", ACADEMY, "", "", "none")
    control.instances.put(Instance(*files, loopback=False, disabled=False))


def _refuse_used(kafka: str) -> None:
    with opened(kafka) as admin:
        used = sorted(name for name in admin.list_topics() if name.startswith("preau."))
    if used:
        what = f"a hub has used this Kafka already: it has {len(used)} topics named preau.…"
        fix = "unset PREAU_KAFKA (the demo then starts its own), or give an empty Kafka"
        raise Stop("DEMO_KAFKA_USED", what, where=Place(field="PREAU_KAFKA"), fix=fix)
