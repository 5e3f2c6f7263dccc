"""Ends the place that an earlier process of a slot still has in its group, before the next joins.

A static member that comes back is given the partitions it had, and no more: a topic that was made
while no process ran (an instance declared while the hub was stopped) would not be read. So the old
place is given up first, and Kafka shares the partitions out anew.
"""

from __future__ import annotations

import time

import structlog

from preau.broker.admin import LONE_ERRORS, MemberToRemove, opened
from preau.errors import TryAgain

PATIENCE_S = 10.0
_TICK_S = 0.1
log = structlog.get_logger()


def give_up_place(bootstrap: str, group: str, member: str) -> None:
    """Returns when no earlier process has it; a Kafka that does not answer is told of, in vain.

    `member` is the `group.instance.id`. Without an answer the process goes on: it reads what it
    read before, and its group is looked at again at its next start.
    """
    limit = time.monotonic() + PATIENCE_S
    while True:
        try:
            with opened(bootstrap) as admin:
                _remove(admin, group, member)
        except TryAgain as error:
            if time.monotonic() > limit:
                log.warning("the earlier place in the group stands", group=group, code=error.code)
                return
            time.sleep(_TICK_S)
        else:
            return


def _remove(admin: object, group: str, member: str) -> None:
    remove = getattr(admin, "remove_group_members")  # noqa: B009 - its package has no types
    try:
        remove(group, [MemberToRemove(group_instance_id=member)])
    except LONE_ERRORS:
        return  # nobody was there
