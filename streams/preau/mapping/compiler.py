"""Writes one rule as straight Python: paths, conditions, fields and Avro bytes in one function.

Constants next to each other are joined while writing, so that a record is one formatted text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from preau.canon.draft import Draft
from preau.ids import event_id
from preau.mapping import assembly
from preau.mapping.canon_schema import CanonSchema
from preau.mapping.conversions.texts import as_text
from preau.mapping.field_writer import FieldWriter, Speaker
from preau.mapping.fragments import Memory, Years, declined, value_reader
from preau.mapping.language import Condition
from preau.mapping.lines import Lines, literal
from preau.mapping.paths import enter
from preau.mapping.plan import Constant, FieldPlan, Reading, RulePlan
from preau.mapping.reference import MAX_PAIRS

_TOOLS: dict[str, Any] = {
    "Draft": Draft,
    "new": tuple.__new__,
    "event_id": event_id,
    "as_text": as_text,
    "enter": enter,
    "declined": declined,
    "text": assembly.text,
    "long": assembly.long,
    "N": assembly.NUMBERS,
    "L": assembly.LOWEST,
    "NONE": assembly.text(""),
    "EMPTY": {},
}


@dataclass(frozen=True)
class Compiled:
    """One rule as a function, and its source for whoever wants to read it.

    `run(event, facts, about, out)` appends drafts to `out` and says whether the rule is about this
    event; it raises whatever it likes for a value that only the plain path can explain.
    """

    run: Callable[..., bool]
    source: str


def compile_rule(plan: RulePlan, schema: CanonSchema, speaker: Speaker) -> Compiled:
    """The function of one rule, generated and executed once."""
    writer = _RuleWriter(plan, speaker)
    source = writer.source()
    space = {
        **_TOOLS,
        **writer.names,
        "SCHEMA_ID": schema.id,
        "strings": Memory(assembly.text),
        "years": Years(),
        "rest": assembly.Rest(),
    }
    file = f"<mapping to {plan.schema_name}, rule {plan.index + 1}>"
    exec(compile(source, file, "exec"), space)  # noqa: S102 - our own text: names and escaped literals
    return Compiled(space["rule"], source)


def compile_rules(
    plans: tuple[RulePlan, ...], schemas: Mapping[str, CanonSchema], speaker: Speaker
) -> tuple[Compiled, ...]:
    """Every rule of one mapping file, compiled; `schemas` by name and version (`person.v1`)."""
    return tuple(compile_rule(plan, schemas[plan.schema_name], speaker) for plan in plans)


class _RuleWriter:
    """Writes the function of one rule."""

    def __init__(self, plan: RulePlan, speaker: Speaker) -> None:
        self._plan = plan
        self._lines = Lines(len(plan.each))
        self._fields = FieldWriter(self._lines, speaker, deleted=plan.deleted is True)
        self.names = self._lines.names

    def source(self) -> str:
        """The whole function."""
        plan, lines = self._plan, self._lines
        lines.line("said = facts.said; instance = about.instance; moment = facts.occurred_at")
        lines.line("received = said.received_at")
        for condition in plan.always:
            self._condition(condition, "return False")
        self._loops()
        for condition in plan.items:
            self._condition(condition, "continue")
        self._record()
        while lines.depth:
            lines.close()
        lines.line("return True")
        return f"def rule(event, facts, about, out):\n{lines}\n"

    def _loops(self) -> None:
        lines, each = self._lines, self._plan.each
        lists = [lines.items(path) for path in each]
        if not lists:
            lines.line("index = 0")
        elif len(lists) == 1:
            lines.loop(f"for index, item in enumerate({lists[0]}):")
        else:
            first, second = lists
            lines.line(f"if len({first}) * len({second}) > {MAX_PAIRS}: declined('each')")
            pairs = f"(a, b) for a in {first} for b in {second}"
            lines.loop(f"for index, (item, item2) in enumerate({pairs}):")

    def _condition(self, condition: Condition, otherwise: str) -> None:
        value = self._lines.path(condition.path)
        accepted = self._lines.name(condition.accepted - {""}, "accepted")
        holds = self._lines.name(condition.holds, "holds")
        fast = f"type({value}) is str and {value} in {accepted}"
        self._lines.line(f"if not (({fast}) or {holds}({value})): {otherwise}")

    def _record(self) -> None:
        plan, lines, mapped = self._plan, self._lines, self._plan.meta
        place = f"f'{plan.index}/{{index}}'" if plan.each else f"'{plan.index}/0'"
        lines.line(f"eid = event_id(instance, facts.told_id, {place})")
        moment = mapped["occurred_at"].source
        if isinstance(moment, Reading):
            read = lines.name(value_reader(moment), "instant")
            lines.line(f"moment = {read}({self._fields.values(moment)}, about)")
            lines.line("if moment is None: moment = facts.occurred_at")
        lines.line("if moment < 8192 or received < 8192: declined('meta.occurred_at')")
        lines.line(f"sid = {self._source_id(mapped['source_id'])}")
        lines.line("if not sid: declined('meta.source_id')")
        lines.line("subject = f'{instance}/{sid}'")
        lines.line(f"head = f'{self._fields.record(plan.fields)}'")
        pii = self._pii()
        key = "sid" if plan.record == "project" else "subject"
        lines.line(
            f"out.append(new(Draft, ({plan.record!r}, SCHEMA_ID, {key}.encode(), subject, eid, "
            f"moment, instance, head.encode('latin-1'), {pii}, {plan.pii is not None})))"
        )

    def _pii(self) -> str:
        if self._plan.pii is None:
            return "None"
        empty = "".join(assembly.encoder(f.type)(f.default) for f in self._plan.pii)
        self._lines.line(f"sealed = f'{self._fields.record(self._plan.pii)}'")
        return f"None if sealed == '{literal(empty)}' else sealed.encode('latin-1')"

    def _source_id(self, field: FieldPlan) -> str:
        source = field.source
        if isinstance(source, Constant):
            return repr(source.value)
        if not isinstance(source, Reading):
            return "None"
        if source.conversion and source.conversion.name == "text" and source.table is None:
            value = self._lines.path(source.paths[0])
            return f"{value}.strip() if type({value}) is str else as_text({value})"
        read = self._lines.name(value_reader(source), "id")
        return f"{read}({self._fields.values(source)}, about)"
