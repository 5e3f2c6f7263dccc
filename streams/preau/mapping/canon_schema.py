"""What the engine asks of a canonical schema; `preau.canon.schemas` gives it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class CanonSchema(Protocol):
    """One Avro schema: its record's name and major version, its registry id, raw and parsed.

    `pii` is the schema of the personal part before it is sealed, None for a record without one.
    """

    @property
    def name(self) -> str: ...
    @property
    def major(self) -> int: ...
    @property
    def id(self) -> int: ...
    @property
    def raw(self) -> Mapping[str, Any]: ...
    @property
    def parsed(self) -> Any: ...
    @property
    def pii(self) -> CanonSchema | None: ...
