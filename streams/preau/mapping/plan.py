"""The intermediate form: each canonical field of one rule, its Avro type, and what fills it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from preau.mapping.avro_type import Type
from preau.mapping.conversions.conversion import Conversion
from preau.mapping.language import Condition
from preau.mapping.paths import Path


@dataclass(frozen=True)
class Default:
    """Nothing fills it: the schema's default."""


@dataclass(frozen=True)
class Constant:
    """Always this value."""

    value: object


@dataclass(frozen=True)
class Computed:
    """The hub fills it (`meta`): the name of a fact."""

    name: str


@dataclass(frozen=True)
class Reading:
    """Paths, then a conversion if any, then a table if any."""

    paths: tuple[Path, ...]
    conversion: Conversion | None
    table: dict[str, object] | None

    @property
    def told(self) -> str:
        """The vendor's field or fields, for a refusal."""
        return " | ".join(path.text for path in self.paths if path.root != "=")


@dataclass(frozen=True)
class Derived:
    """Computed from canonical values of the same record."""

    derive: Callable[..., object]
    inputs: tuple[FieldPlan, ...]


@dataclass(frozen=True)
class Listing:
    """A list of records, one per item of a list of the vendor."""

    each: Path
    fields: tuple[FieldPlan, ...]


@dataclass(frozen=True)
class Parts:
    """A record inside the record, field by field; `optional`: null when nothing fills it."""

    fields: tuple[FieldPlan, ...]
    optional: bool


Source = Default | Constant | Computed | Reading | Derived | Listing | Parts


@dataclass(frozen=True)
class FieldPlan:
    """One canonical field: `target` is its dotted name, `default` a plain value."""

    target: str
    name: str
    type: Type
    default: object
    required: bool
    source: Source


@dataclass(frozen=True)
class RulePlan:
    """One rule against its schema, ready for the reference interpreter and for the compiler.

    `record` is the name without version; `fields` and `pii` are in the schema's order, `fields`
    without the sealed part; `deleted` is None when the event decides. `always` holds once per
    event, `items` once per item.
    """

    index: int
    record: str
    schema_name: str
    always: tuple[Condition, ...]
    items: tuple[Condition, ...]
    each: tuple[Path, ...]
    fields: tuple[FieldPlan, ...]
    pii: tuple[FieldPlan, ...] | None
    deleted: bool | None

    @property
    def meta(self) -> dict[str, FieldPlan]:
        """The fields of `meta` by name."""
        source = self.fields[0].source
        return {field.name: field for field in source.fields} if isinstance(source, Parts) else {}
