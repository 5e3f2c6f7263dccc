"""One vendor event to canonical records or refusals: pure, and it never raises on bad input."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

import orjson

from preau.canon.draft import Draft
from preau.keys.digest import Digests
from preau.mapping.arrival_facts import event_name, facts_reader
from preau.mapping.canon_schema import CanonSchema
from preau.mapping.conversions.conversion import About
from preau.mapping.facts import Facts
from preau.mapping.field_writer import Speaker
from preau.mapping.language import Rule
from preau.mapping.planning import plan_rules
from preau.mapping.proof import difference
from preau.mapping.refusal import Refusal, Unfit, refusal, shape
from preau.mapping.ruleset import RuleSet
from preau.mapping.said import Said
from preau.mapping.trials import trials
from preau.mapping.voice import Voice
from preau.mapping.withdrawal import WITHDRAWN, withdrawn

_log = logging.getLogger(__name__)
#: Made-up events per mapping file at start-up.
TRIALS = 40
_INSTANCES = 1024
_SHOWN_NAME = 80
#: The authority of a source that may say what it no longer says.
STATE = "STATE"
Loads = Callable[[bytes], object]


def _undeclared(_instance: str) -> str:
    return ""


class Context(NamedTuple):
    """What a deployment adds to the folder.

    `secret` is the key of its hashes (INE, personal ids). `degree_of` gives the school degree that
    an operator declared for an instance, FIRST, SECOND or empty; it counts where the product serves
    both degrees, and is asked once per instance.
    """

    secret: bytes
    degree_of: Callable[[str], str] = _undeclared


@dataclass
class Tally:
    """Counts that drafts and refusals do not tell: in = out + set aside + ignored + silent."""

    said: int = 0
    plainly: int = 0
    silent: int = 0
    ignored: dict[str, int] = field(default_factory=dict)


class Normaliser:
    """The mapping of one connector, compiled and proven at construction.

    `mappings` are the rules by vendor event, `samples` bodies to prove the generated code with.
    Raises `FixTheFolder` when a rule does not fit the canonical schemas.
    """

    def __init__(
        self,
        voice: Voice,
        mappings: Mapping[str, Iterable[Rule]],
        schemas: Mapping[str, CanonSchema],
        context: Context,
        samples: Iterable[Said] = (),
    ) -> None:
        self._voice = voice
        self._schemas = schemas
        self._facts = facts_reader(voice)
        #: The keyed hashes of this deployment, for its readers too.
        self.digests = Digests(context.secret)
        self._degree_of = context.degree_of
        self._abouts: dict[str, About] = {}
        self.tally = Tally()
        by_version = {f"{s.name}.v{s.major}": s for s in schemas.values()}
        speaker = Speaker(voice.connector, voice.edition, voice.authority)
        self._rules = {
            event: RuleSet(plan_rules(rules, by_version), by_version, speaker)
            for event, rules in mappings.items()
        }
        #: Events whose generated code was found different and is not used, with the reason.
        self.fallbacks = self._prove(list(samples))

    def normalise(self, said: Said) -> tuple[list[Draft], list[Refusal]]:
        """Canonical records in the order of the rules, and a refusal for each one not made."""
        self.tally.said += 1
        try:
            event = orjson.loads(said.body)
            rules = self._rules[said.event or event_name(event, said, self._voice)]
            if not rules.fallback:
                about = self._abouts.get(said.instance) or self._about(said.instance)
                drafts = rules.quickly(event, self._facts(event, said), about)
                if drafts is not None:
                    self.tally.silent += not drafts
                    return drafts, []
        except Exception:  # noqa: S110 - whatever it is, the plain path explains it
            pass
        return self._slowly(said)

    def plain(self, said: Said) -> list[tuple[str, dict[str, object]]]:
        """The same by the plain path: (record, plain values before Avro), `pii` in clear."""
        try:
            found = self._plainly(said)
        except Unfit:
            return []
        return [
            (made.plan.record, made.datum | ({"pii": made.pii} if made.plan.pii else {}))
            for rules, facts, event in found
            for made in rules.plainly(event, facts, self._about(said.instance)).made
        ]

    def source(self, event: str) -> str:
        """The generated Python of one event's rules, to be read by a person."""
        return "\n\n".join(compiled.source for compiled in self._rules[event].compiled)

    @property
    def events(self) -> tuple[str, ...]:
        """The vendor events that have a mapping."""
        return tuple(sorted(self._rules))

    def _slowly(self, said: Said) -> tuple[list[Draft], list[Refusal]]:
        self.tally.plainly += 1
        drafts: list[Draft] = []
        try:
            if said.event == WITHDRAWN and self._voice.authority == STATE:
                event = _loaded(said.body)
                return withdrawn(event, self._facts(event, said), self._schemas), []
            for rules, facts, event in self._plainly(said):
                result = rules.plainly(event, facts, self._about(said.instance))
                drafts = rules.write(result.made)
                self.tally.silent += not (drafts or result.unfit)
                return drafts, [self._refusal(unfit, said) for unfit in result.unfit]
        except Unfit as unfit:
            return [], [self._refusal(unfit, said)]
        except Exception as error:
            fix = "report it with the event's shape: this is a fault of ours"
            fault = Unfit("ENGINE_FAULT", type(error).__name__, fix=fix)
            return [], [self._refusal(fault, said)]
        return [], []

    def _plainly(self, said: Said) -> list[tuple[RuleSet, Facts, object]]:
        """The rules, facts and event to work with; nothing when the event is ignored."""
        event = _loaded(said.body)
        name = event_name(event, said, self._voice)
        if name in self._voice.ignored:
            self.tally.ignored[name] = self.tally.ignored.get(name, 0) + 1
            return []
        if name not in self._rules:
            fix = "add mapping/<event>.yaml, or list the event under `ignored` in connector.yaml"
            place = self._voice.event.text
            raise Unfit("UNKNOWN_EVENT", shape(name), known=self.events, fix=fix, field=place)
        return [(self._rules[name], self._facts(event, said), event)]

    def _refusal(self, unfit: Unfit, said: Said) -> Refusal:
        name = said.event or ""
        if not name:
            try:
                name = event_name(orjson.loads(said.body), said, self._voice)
            except (Unfit, ValueError, RecursionError):
                name = ""
        return refusal(unfit, said, self._voice.connector, _shown(name))

    def _about(self, instance: str) -> About:
        about = self._abouts.get(instance)
        if about is None:
            if len(self._abouts) >= _INSTANCES:
                self._abouts.clear()
            degree = self._voice.degree or self._degree_of(instance)
            about = About(instance, degree, self.digests.ine, self.digests.hidden)
            self._abouts[instance] = about
        return about

    def _prove(self, samples: list[Said]) -> dict[str, str]:
        found: dict[str, str] = {}
        digests = self.digests
        # with a degree, so that references are made and compared
        about = About("essai", self._voice.degree or "SECOND", digests.ine, digests.hidden)
        for name, rules in self._rules.items():
            said = Said("essai", name, "essai", b"{}", 1_788_220_800_000, "essai", 0, 0, "")
            facts = Facts(
                said,
                self._voice.connector,
                self._voice.edition,
                self._voice.authority,
                "essai",
                said.received_at,
                1,
            )
            bodies = [_value(sample.body) for sample in samples if sample.event in (None, name)]
            events = chain(bodies, trials(rules.plans, TRIALS))
            rules.fallback = rules.fallback or difference(rules, events, facts, about) or ""
            if rules.fallback:
                found[name] = rules.fallback
                _log.warning("mapping of %s uses the plain path: %s", name, rules.fallback)
        return found


def _loaded(body: bytes) -> object:
    try:
        event = orjson.loads(body)
    except (ValueError, RecursionError) as error:
        place = f"{len(body)} bytes that are not JSON"
        fix = "send one JSON object in UTF-8"
        raise Unfit("NOT_JSON", place, known=("JSON in UTF-8",), fix=fix) from error
    if not isinstance(event, dict):
        raise Unfit("NOT_AN_OBJECT", shape(event), known=("object",), fix="send one JSON object")
    return event


def _value(body: bytes) -> object:
    try:
        return orjson.loads(body)
    except ValueError:
        return None


def _shown(name: str) -> str:
    """An event's name if it looks like one; anything else might be a value of a person."""
    plain = name.replace(".", "").replace("_", "").replace("-", "").replace(":", "")
    looks = plain.isascii() and plain.isalnum() and name[:1].isalpha()
    return name if looks and len(name) <= _SHOWN_NAME else ""
