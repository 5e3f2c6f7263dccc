"""Where an operator says of an instance what its folder cannot know: `setting.<name>`."""

from __future__ import annotations

import re

from preau.app.control import Control
from preau.app.products import product
from preau.errors import Place, Stop
from preau.outlets.operation import SETTING
from preau.store import audit, instance_settings
from preau.store.audit import OPERATOR, Act

_VALUE = re.compile(r"[A-Za-z0-9._-]{1,64}")


def set_word(control: Control, instance: str, name: str, value: str, by: str = OPERATOR) -> None:
    """Counts from the next delivery on; an empty value takes it back.

    Raises `Stop`: INSTANCE_UNKNOWN, INSTANCE_SETTING (its folder reads no such setting, or
    the value is not up to 64 letters, digits, dots, dashes and underscores).
    """
    place, found = Place(instance, field=name), control.instances.get(instance)
    if found is None:
        known = tuple(each.name for each in control.instances.all())
        fix = "give the name of a declared instance"
        raise Stop("INSTANCE_UNKNOWN", "no such instance", where=place, known=known, fix=fix)
    known = _read(control, found.connector)
    if name not in known or (value and not _VALUE.fullmatch(value)):
        fix = "give a name that the folder reads, and up to 64 letters, digits, dots or dashes"
        raise Stop("INSTANCE_SETTING", "no such setting", where=place, known=known, fix=fix)
    with control.engine.begin() as connection:
        instance_settings.put(connection, instance, name, value)
        act = Act(by, "instance.setting_changed", instance, {"setting": name, "on": bool(value)})
        audit.append(connection, act, control.clock.now_ms())


def _read(control: Control, connector: str) -> tuple[str, ...]:
    """The settings that the folder's operations read."""
    operations = product(control.catalogue, connector).operations.values()
    read = {name for each in operations for call in each.steps for name in call.references()}
    return tuple(sorted(name.removeprefix(SETTING) for name in read if name.startswith(SETTING)))
