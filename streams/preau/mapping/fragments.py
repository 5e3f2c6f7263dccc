"""What the generated code calls: one value of the vendor to the Avro bytes of one field.

Fragments are Latin-1 text (see `assembly`). Anything unusual raises; the caller then takes the
plain path, which explains.
"""

from __future__ import annotations

from collections.abc import Callable

from preau.mapping.assembly import encoder, text
from preau.mapping.avro_type import Integer, Nullable
from preau.mapping.conversions.calendar import MS_PER_DAY, school_year
from preau.mapping.conversions.conversion import About, Convert
from preau.mapping.fitness import in_range
from preau.mapping.language import key_of
from preau.mapping.paths import Scope
from preau.mapping.plan import FieldPlan, Reading
from preau.mapping.reference import Making, value_of
from preau.mapping.refusal import Unfit

#: Entries of one memory, and characters of a text that is worth remembering.
MEMORY, LONGEST = 4096, 120
Fragment = Callable[[tuple[object, ...], About], str]


class Memory(dict[str, str]):
    """Remembers what texts become; emptied when full, so that its size is bounded."""

    def __init__(self, make: Callable[[str], str]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, said: str) -> str:
        made = self._make(said)
        if len(said) <= LONGEST:
            if len(self) >= MEMORY:
                self.clear()
            self[said] = made
        return made


class Years(dict[int, str]):
    """The field `school_year` by day since 1970, counted two hours ahead of UTC."""

    def __missing__(self, day: int) -> str:
        made = text(school_year(day * MS_PER_DAY))
        if len(self) >= MEMORY:
            self.clear()
        self[day] = made
        return made


def declined(field: str) -> str:
    """Raises: the generated code has met what only the plain path explains."""
    raise Unfit("DECLINED", "", field=field)


def absent(field: FieldPlan, *, deleted: bool) -> str | None:
    """The bytes when nothing fills the field; None when the record then makes no sense."""
    must = field.target == "meta.source_id" or (field.required and not deleted)
    return None if must else encoder(field.type)(field.default)


def reading(field: FieldPlan, *, deleted: bool) -> Fragment:
    """The function from the values of a field's paths, not all absent, to its bytes."""
    source, write, nothing = field.source, encoder(field.type), absent(field, deleted=deleted)
    if not isinstance(source, Reading):
        raise TypeError(f"{field.target} is not read from the event")
    convert = _converter(field, source)

    def fragment(values: tuple[object, ...], about: About) -> str:
        value = convert(values, about)
        if value is None:
            return declined(field.target) if nothing is None else nothing
        return write(value)

    return fragment


def _converter(field: FieldPlan, source: Reading) -> Convert:
    """From the values of the paths to the canonical value; None when nothing is said."""
    convert: Convert = source.conversion.convert if source.conversion else _same
    inner = field.type.inner if isinstance(field.type, Nullable) else field.type
    if source.table is not None:
        convert = _through(source.table, convert, field.target)
    if isinstance(inner, Integer):
        convert = _narrowed(inner, convert, field.target)
    return convert


def guarded(source: Reading, convert: Convert) -> Convert:
    """The same, called only when at least one path has a value."""
    if len(source.paths) == 1:
        return lambda values, about: None if values[0] is None else convert(values, about)
    places = tuple(i for i, path in enumerate(source.paths) if path.root != "=")

    def several(values: tuple[object, ...], about: About) -> object:
        for place in places:
            if values[place] is not None:
                return convert(values, about)
        return None

    return several


def _same(values: tuple[object, ...], _about: About) -> object:
    return values[0]


def _through(table: dict[str, object], convert: Convert, field: str) -> Convert:
    def looked_up(values: tuple[object, ...], about: About) -> object:
        value = convert(values, about)
        key = None if value is None else key_of(value)
        if key in table:
            return table[key]
        return None if value is None or key == "" else declined(field)

    return looked_up


def _narrowed(kind: Integer, convert: Convert, field: str) -> Convert:
    def narrow(values: tuple[object, ...], about: About) -> object:
        value = convert(values, about)
        return value if value is None or in_range(kind, value) else declined(field)

    return narrow


def by_reference(field: FieldPlan, *, deleted: bool) -> Callable[..., str]:
    """The bytes of a rare shape: its value by the plain path, then written."""
    write = encoder(field.type)

    def fragment(event: object, item: object, item2: object, index: int, about: About) -> str:
        scope = Scope(event, about.instance, item, item2, index)
        return write(value_of(field, Making(scope, about, {}, deleted=deleted)))

    return fragment


def value_reader(source: Reading) -> Convert:
    """The function from the values of a field's paths to its plain value, None when absent."""
    if source.conversion is None or source.table is not None:
        raise TypeError("this field of meta is read by a conversion, without a table")
    return guarded(source, source.conversion.convert)
