"""The rules of one vendor event, planned, compiled, and run either way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from preau.canon.draft import Draft
from preau.mapping.canon_schema import CanonSchema
from preau.mapping.compiler import Compiled, compile_rules
from preau.mapping.conversions.conversion import About
from preau.mapping.facts import Facts
from preau.mapping.field_writer import Speaker
from preau.mapping.paths import Scope, read
from preau.mapping.plan import RulePlan
from preau.mapping.reference import Made, applies, run, written
from preau.mapping.refusal import Unfit, shape


@dataclass(frozen=True)
class Plainly:
    """What the plain path makes of one event."""

    made: list[Made]
    unfit: list[Unfit]


class RuleSet:
    """All rules of one event; `fallback` switches the fast way off, never the plain one."""

    def __init__(
        self, plans: tuple[RulePlan, ...], schemas: Mapping[str, CanonSchema], speaker: Speaker
    ) -> None:
        self.plans = plans
        self._schemas = schemas
        #: Why the generated code is not used; empty when it is.
        self.fallback = ""
        try:
            self.compiled: tuple[Compiled, ...] = compile_rules(plans, schemas, speaker)
        except Exception as error:
            self.compiled = ()
            self.fallback = f"it cannot be generated ({type(error).__name__})"
        self._runs = tuple(compiled.run for compiled in self.compiled)

    def quickly(self, event: object, facts: Facts, about: About) -> list[Draft] | None:
        """The records by the generated code; None when no rule is about this event.

        Raises for any value that the plain path must explain.
        """
        drafts: list[Draft] = []
        applied = False
        for rule in self._runs:
            if rule(event, facts, about, drafts):
                applied = True
        return drafts if applied else None

    def plainly(self, event: object, facts: Facts, about: About) -> Plainly:
        """The records as plain values, and why others cannot be made; never raises `Unfit`."""
        made: list[Made] = []
        unfit: list[Unfit] = []
        about_it = [plan for plan in self.plans if applies(plan, event, about)]
        for plan in about_it:
            for result in run(plan, event, facts, about):
                if isinstance(result, Made):
                    made.append(result)
                else:
                    unfit.append(result)
        if not about_it:
            unfit.append(self._no_rule(event, about))
        return Plainly(made, unfit)

    def write(self, made: list[Made]) -> list[Draft]:
        """Plain records as Avro, by fastavro."""
        return [written(one, self._schemas[one.plan.schema_name]) for one in made]

    def _no_rule(self, event: object, about: About) -> Unfit:
        """Told at the first condition of the rule that came furthest."""
        scope = Scope(event, about.instance)
        furthest, failed = -1, None
        for plan in self.plans:
            for place, condition in enumerate(plan.always):
                if not condition.holds(read(condition.path, scope)):
                    if place > furthest:
                        furthest, failed = place, condition
                    break
        if failed is None:
            return Unfit("NO_RULE_APPLIES", "nothing")
        lines = [c for plan in self.plans for c in plan.always if c.path == failed.path]
        known = tuple(dict.fromkeys(value for line in lines for value in line.told))
        value = read(failed.path, scope)
        fix = "add a rule for this case, or list the event under `ignored` in connector.yaml"
        if value is None:
            fix = "send it, or add a rule for the case in which it is not there"
        found = shape(value)
        return Unfit("NO_RULE_APPLIES", found, known=known, fix=fix, field=failed.path.text)
