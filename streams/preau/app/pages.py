"""The process of the API and the pages: what vendors post, what schools and operators read."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Iterable
from contextlib import closing
from functools import partial

from preau.app.accounts import StoreAccounts
from preau.app.audit_desk import AuditDesk, days_closed
from preau.app.child import run_child
from preau.app.control import Control, open_control
from preau.app.feeds_desk import FeedsDesk
from preau.app.identity_desk import IdentityDesk
from preau.app.imports import writing
from preau.app.imports_desk import ImportsDesk, open_desk
from preau.app.kafka_address import Find
from preau.app.mandates_desk import MandatesDesk
from preau.app.memberships_desk import MembershipsDesk
from preau.app.projects_desk import ProjectsDesk
from preau.app.receipts_desk import ReceiptsDesk
from preau.app.rights_desk import RightsDesk
from preau.app.rosters_desk import RostersDesk, directories
from preau.app.sectors_desk import SectorsDesk
from preau.app.set_asides_desk import SetAsidesDesk
from preau.app.step_topics import reads
from preau.app.switch_desk import SwitchDesk
from preau.app.why_desk import WhyDesk
from preau.broker.originals import read_originals
from preau.broker.publisher import Publisher
from preau.canon.schemas import Schema, released
from preau.catalogue.capability import capabilities
from preau.settings import Settings
from preau.web.api import create_api
from preau.web.flow import KafkaFlow
from preau.web.hub import Hub
from preau.web.needs import Released
from preau.web.server import listen, server


def serve_pages(settings: Settings, find_kafka: Find, held: int | None = None) -> int:
    """Answers until SIGTERM or SIGINT, then ends what is under way; 0.

    `held` is the file descriptor of a socket that listens already: the supervisor's, so that calls
    wait instead of failing while this process is started again. Raises `Stop` (PORT_TAKEN).
    """
    with open_control(settings) as control, closing(_door(settings, held)) as door:
        bootstrap = find_kafka()
        with (
            Publisher(bootstrap) as publisher,
            open_desk(control, partial(writing, publisher, control.seal())) as desk,
            days_closed(AuditDesk(control)),
        ):
            serving = server(create_api(hub_of(control, bootstrap, publisher, desk)))
            for number in (signal.SIGTERM, signal.SIGINT):
                # uvicorn takes them while it runs, and sends them once more when it has ended
                signal.signal(number, lambda *_: setattr(serving, "should_exit", True))
            serving.run(sockets=[door])
    return 0


def _door(settings: Settings, held: int | None) -> socket.socket:
    if held is None:
        return listen(settings.host, settings.port_number)
    return socket.socket(fileno=held)


def hub_of(control: Control, bootstrap: str, publisher: Publisher, desk: ImportsDesk) -> Hub:
    """The parts that the web stands on: each desk once, as the commands open it."""
    return Hub(
        kafka=publisher,
        keys=control.api_keys,
        speakers=control,
        projects=ProjectsDesk(
            control.engine, control.degree, control.clock, control.recipient, control.silent
        ),
        flow=KafkaFlow(bootstrap, reads(control.catalogue.names())),
        accounts=StoreAccounts(control.engine),
        imports=desk,
        audit=AuditDesk(control),
        switches=SwitchDesk(control),
        receipts=ReceiptsDesk(control.engine, control.clock),
        set_asides=SetAsidesDesk(control, partial(read_originals, bootstrap), publisher.publish),
        identity=IdentityDesk(control.engine, control.clock),
        why=WhyDesk(control.engine, control.clock),
        rights=RightsDesk(control, lambda: bootstrap, publisher.publish),
        mandates=MandatesDesk(control.engine, control.degree, control.recipient, control.clock),
        sectors=SectorsDesk(control.engine, control.clock),
        feeds=FeedsDesk(control.engine, control.degree, control.clock),
        memberships=MembershipsDesk(control.engine, control.recipient, control.clock),
        rosters=RostersDesk(control, directories(control, lambda: bootstrap)),
        schemas=registry(released().values()),
        products=capabilities(control.catalogue),
        clock=control.clock,
        seal=control.seal(),
    )


def registry(schemas: Iterable[Schema]) -> list[Released]:
    """The schemas as a registry tells them: versions 1, 2 … of each subject, in order of ids."""
    told: list[Released] = []
    versions: dict[str, int] = {}
    for each in sorted(schemas, key=lambda schema: schema.id):
        versions[each.subject] = versions.get(each.subject, 0) + 1
        told.append(Released(each.subject, versions[each.subject], each.id, each.text))
    return told


if __name__ == "__main__":
    run_child("web", partial(serve_pages, held=int(sys.argv[1])))
