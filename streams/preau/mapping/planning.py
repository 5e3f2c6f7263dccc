"""A rule compared with its schema: every target, conversion and symbol is checked, then planned."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NoReturn

from preau.errors import FixTheFolder
from preau.mapping.avro_type import Array, Field, Record, read_type
from preau.mapping.canon_schema import CanonSchema
from preau.mapping.conversions.levels import is_cycle_3
from preau.mapping.conversions.registry import CONVERSIONS
from preau.mapping.conversions.schools import uai_is_valid
from preau.mapping.fitness import bare, can_fill, can_precede_table, is_value_of, told
from preau.mapping.language import FieldRule, Rule, at, guess
from preau.mapping.paths import INDEX, ITEM, ITEM2, Path
from preau.mapping.plan import (
    Computed,
    Constant,
    Default,
    Derived,
    FieldPlan,
    Listing,
    Parts,
    Reading,
    RulePlan,
    Source,
)

META, PII = "meta", "pii"
#: What a mapping may say of `meta`; the rest is the hub's to fill.
META_TARGETS = ("source_id", "version", "occurred_at", "deleted")
#: Fields that follow from others of the same record when the mapping does not fill them itself.
DERIVED: dict[str, tuple[Callable[..., object], tuple[str, ...]]] = {
    "uai_valid": (uai_is_valid, ("uai",)),
    "cycle3": (is_cycle_3, ("levels", "mefstat4")),
}
Tree = dict[str, "FieldRule | Tree"]


def plan_rule(rule: Rule, index: int, schemas: Mapping[str, CanonSchema]) -> RulePlan:
    """The plan of one rule; raises `FixTheFolder` with the file, the field and what is known."""
    schema = _schema(rule, schemas)
    kind = read_type(schema.raw)
    if not isinstance(kind, Record):
        raise TypeError(f"schema {schema.name} is not a record")
    planner = _Planner(rule)
    tree = planner.tree(rule.fields)
    sealed = tree.pop(PII, {})
    deleted = _deleted(tree)
    fields = planner.record(kind, tree, "", strict=deleted is not True)
    if sealed and schema.pii is None:
        fix = "take the pii fields away"
        planner.refuse("TARGET", f"{rule.to} has no sealed part", f"fields.{PII}", fix=fix)
    always = tuple(c for c in rule.when if not _is_of_item(c.path))
    items = tuple(c for c in rule.when if _is_of_item(c.path))
    planner.check_roots([(c.path, f"when.{c.path.text}") for c in rule.when], depth=len(rule.each))
    return RulePlan(
        index,
        _record_name(rule.to),
        rule.to,
        always,
        items,
        rule.each,
        tuple(f for f in fields if f.name != PII or schema.pii is None),
        planner.sealed(schema, sealed),
        deleted,
    )


def _record_name(to: str) -> str:
    return to.rpartition(".v")[0]


def _schema(rule: Rule, schemas: Mapping[str, CanonSchema]) -> CanonSchema:
    known = {f"{s.name}.v{s.major}": s for s in schemas.values() if _takes_mappings(s)}
    if rule.to not in known:
        fix = guess(rule.to, known) or "name one of the canonical records"
        where = at(rule.place, "to")
        what = f"there is no record `{rule.to}`"
        raise FixTheFolder("UNKNOWN_RECORD", what, where=where, known=tuple(sorted(known)), fix=fix)
    return known[rule.to]


def _takes_mappings(schema: CanonSchema) -> bool:
    fields = schema.raw.get("fields")
    return isinstance(fields, list) and bool(fields) and fields[0].get("name") == META


def _deleted(tree: Tree) -> bool | None:
    meta = tree.get(META)
    rule = meta.get("deleted") if isinstance(meta, dict) else None
    if not isinstance(rule, FieldRule):
        return False
    return bool(rule.const) if isinstance(rule.const, bool) else None


def _is_of_item(path: Path) -> bool:
    return path.root in (ITEM, ITEM2, INDEX)


class _Planner:
    """Plans the fields of one rule; knows where it is, to say so."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self._depth = len(rule.each)

    def refuse(
        self, code: str, what: str, field: str, known: Iterable[str] = (), fix: str = ""
    ) -> NoReturn:
        place = self._rule.place
        raise FixTheFolder(code, what, where=at(place, field), known=tuple(known), fix=fix)

    def tree(self, rules: tuple[FieldRule, ...]) -> Tree:
        """Dotted targets as a tree; a target may not be both a field and a record of fields."""
        tree: Tree = {}
        for rule in rules:
            *above, last = rule.target.split(".")
            branch = tree
            for step in above:
                inner = branch.setdefault(step, {})
                if isinstance(inner, FieldRule):
                    self._twice(rule)
                branch = inner
            if last in branch:
                self._twice(rule)
            branch[last] = rule
        return tree

    def _twice(self, rule: FieldRule) -> NoReturn:
        where, fix = f"fields.{rule.target}", "fill it once, whole or field by field"
        self.refuse("TARGET", "filled whole and in parts", where, fix=fix)

    def record(
        self, kind: Record, tree: Tree, above: str, *, strict: bool
    ) -> tuple[FieldPlan, ...]:
        """A plan for each field of a record, in its order; `strict` asks for the required ones."""
        known = [f"{above}{f.name}" for f in kind.fields if f"{above}{f.name}" != PII]
        for name in tree:
            if f"{above}{name}" not in known:
                shown = [f"{above}{n}" for n in META_TARGETS] if above == f"{META}." else known
                fix = guess(f"{above}{name}", shown) or "name one of the record's fields"
                self.refuse(
                    "UNKNOWN_TARGET",
                    "the record has no such field",
                    f"fields.{above}{name}",
                    shown,
                    fix,
                )
        plans = [self._field(f, tree.get(f.name), above, strict=strict) for f in kind.fields]
        return tuple(self._derive(plan, plans) for plan in plans)

    def sealed(self, schema: CanonSchema, tree: Tree | FieldRule) -> tuple[FieldPlan, ...] | None:
        """The plan of the personal part, None for a record that has none."""
        inner = read_type(schema.pii.raw) if schema.pii is not None else None
        if not isinstance(inner, Record):
            return None
        if isinstance(tree, FieldRule):
            what, fix = "the sealed part is filled field by field", "fill pii.family_name …"
            self.refuse("TARGET", what, f"fields.{PII}", fix=fix)
        return self.record(inner, tree, f"{PII}.", strict=bool(tree))

    def _field(
        self, field: Field, rule: FieldRule | Tree | None, above: str, *, strict: bool
    ) -> FieldPlan:
        target = f"{above}{field.name}"
        if target == META:
            source: Source = self._meta(field, rule)
        elif rule is None:
            if field.required and strict:
                fix = f"add `{target}: {{from: …, as: …}}`"
                self.refuse("REQUIRED_TARGET", f"{self._rule.to} needs {target}", "fields", fix=fix)
            source = Default()
        elif isinstance(rule, dict):
            source = self._parts(field, rule, target)
        else:
            source = self._source(field, rule)
        return FieldPlan(target, field.name, field.type, field.default, field.required, source)

    def _meta(self, field: Field, tree: FieldRule | Tree | None) -> Parts:
        said = tree if isinstance(tree, dict) else {}
        kind = bare(field.type)
        if not isinstance(kind, Record) or "source_id" not in said:
            fix = "add `meta.source_id: {from: data.id, as: text}`"
            self.refuse("NO_SOURCE_ID", "a rule says which object it is about", "fields", fix=fix)
        for name in said:
            if name not in META_TARGETS:
                known = [f"{META}.{target}" for target in META_TARGETS]
                fix = guess(f"{META}.{name}", known) or "the hub fills it"
                self.refuse(
                    "UNKNOWN_TARGET", "not for a mapping", f"fields.{META}.{name}", known, fix
                )
        plans = (
            self._field(f, said[f.name], f"{META}.", strict=True)
            if f.name in said
            else FieldPlan(
                f"{META}.{f.name}",
                f.name,
                f.type,
                f.default,
                required=False,
                source=Computed(f.name),
            )
            for f in kind.fields
        )
        return Parts(tuple(plans), optional=False)

    def _parts(self, field: Field, tree: Tree, target: str) -> Parts:
        kind = bare(field.type)
        if not isinstance(kind, Record):
            what, fix = f"{target} is {told(kind)}, it has no fields", f"fill {target} itself"
            self.refuse("TARGET", what, f"fields.{target}", fix=fix)
        optional = kind is not field.type
        return Parts(self.record(kind, tree, f"{target}.", strict=True), optional)

    def _source(self, field: Field, rule: FieldRule) -> Source:
        where = f"fields.{rule.target}"
        if rule.each is not None:
            return self._listing(field, rule, where)
        if rule.paths:
            self.check_roots([(path, where) for path in rule.paths], self._depth)
            return self._reading(field, rule, where)
        if not is_value_of(field.type, rule.const):
            self._misfit(field, "this constant", where)
        return Constant(rule.const)

    def _reading(self, field: Field, rule: FieldRule, where: str) -> Reading:
        conversion = CONVERSIONS.get(rule.conversion) if rule.conversion else None
        if rule.conversion and conversion is None:
            fix = guess(rule.conversion, CONVERSIONS) or "use one of the list"
            what = f"there is no conversion `{rule.conversion}`"
            self.refuse("UNKNOWN_CONVERSION", what, f"{where}.as", sorted(CONVERSIONS), fix)
        if conversion and len(rule.paths) > 1 and not conversion.several:
            what = f"`{conversion.name}` reads one path"
            several = [c.name for c in CONVERSIONS.values() if c.several]
            self.refuse("ONE_PATH", what, f"{where}.from", several, "give one path")
        table = dict(rule.table) if rule.table is not None else None
        if table is None and conversion and not can_fill(conversion, field.type):
            self._misfit(field, f"`{conversion.name}` ({conversion.gives.value})", f"{where}.as")
        if table is not None and conversion and not can_precede_table(conversion):
            what, fix = f"`{conversion.name}` gives no key for a table", "use `text` before a table"
            self.refuse("TABLE", what, f"{where}.as", fix=fix)
        for key, value in (table or {}).items():
            if not is_value_of(field.type, value):
                self._misfit(field, "this value of the table", f"{where}.values.{key}")
        return Reading(rule.paths, conversion, table)

    def _listing(self, field: Field, rule: FieldRule, where: str) -> Listing:
        kind = bare(field.type)
        if rule.each is None or not isinstance(kind, Array) or not isinstance(kind.items, Record):
            self.refuse("TARGET", f"{rule.target} is no list of records", where, fix="use `from`")
        self.check_roots([(rule.each, f"{where}.each")], self._depth)
        outside, self._depth = self._depth, max(1, self._depth)
        inner = self.record(kind.items, self.tree(rule.fields), f"{rule.target}.", strict=True)
        self._depth = outside
        return Listing(rule.each, inner)

    def _derive(self, plan: FieldPlan, plans: list[FieldPlan]) -> FieldPlan:
        if plan.target not in DERIVED or not isinstance(plan.source, Default):
            return plan
        derive, names = DERIVED[plan.target]
        by_name = {p.name: p for p in plans}
        filled = [n for n in names if n in by_name and not isinstance(by_name[n].source, Default)]
        if not filled:
            return plan
        inputs = tuple(by_name[name] for name in names if name in by_name)
        source = Derived(derive, inputs)
        return FieldPlan(
            plan.target, plan.name, plan.type, plan.default, required=False, source=source
        )

    def check_roots(self, paths: Iterable[tuple[Path, str]], depth: int) -> None:
        """`item`, `item2` and `index` mean something only under `each`."""
        for path, where in paths:
            needs = {ITEM: 1, INDEX: 1, ITEM2: 2}.get(path.root, 0)
            if depth < needs:
                fix = "add `each`" if needs == 1 else "give `each` two lists"
                self.refuse("NO_EACH", f"`{path.root}` without its list", where, fix=fix)

    def _misfit(self, field: Field, what: str, where: str) -> NoReturn:
        inner = bare(field.type)
        known = getattr(inner, "symbols", ()) or getattr(
            getattr(inner, "items", None), "symbols", ()
        )
        fits = [c.name for c in CONVERSIONS.values() if can_fill(c, field.type)]
        fix = f"the field holds {told(field.type)}" + (
            f"; conversions that give it: {', '.join(fits)}" if fits else ""
        )
        self.refuse("MISFIT", f"{what} does not fit this field", where, known, fix)


def plan_rules(rules: Iterable[Rule], schemas: Mapping[str, CanonSchema]) -> tuple[RulePlan, ...]:
    """The plans of one mapping file."""
    return tuple(plan_rule(rule, index, schemas) for index, rule in enumerate(rules))
