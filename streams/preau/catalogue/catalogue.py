"""Opens connector folders: the card, the mappings, the samples; from our shelf and from plugins."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

from preau import shelf
from preau.canon.schemas import load
from preau.catalogue.card import FILE, Card, read_card
from preau.catalogue.dropped import FILES, parse_dropped
from preau.catalogue.inlet import Inlet, parse_inlet
from preau.errors import FixTheFolder, Place, SetAside
from preau.keys.digest import Digests
from preau.mapping.language import Rule, guess, read_mapping
from preau.mapping.normaliser import Context, Normaliser
from preau.mapping.paths import follow, parse_path
from preau.mapping.said import Said
from preau.mapping.strict_yaml import read_yaml
from preau.mapping.taking_back import takes_back
from preau.readers import open_reader
from preau.readers.dropped_file import DroppedFile
from preau.readers.told import Told

#: Entry points of this group name a package that holds connector folders.
PLUGINS = "preau.connectors"
POLL, FILE_WAY = "poll", "file"
"""The ways in of a product that the hub asks, and of one that drops files."""
_CONTENTS = (
    *(FILE, "README.md", "mapping", "samples", "expected", "outlet", "inlet"),
    "invented-people.txt",
)
#: An invented school (département 099 does not exist), for files that do not say theirs.
SCHOOL = "0990002P"
_TRIAL_MS = 1_788_220_800_000


class Connector:
    """One folder, opened; its files are read when asked for, its mappings at once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.name
        _known_contents(path)
        self.card: Card = read_card(path)
        #: The rules by vendor event.
        self.mappings: Mapping[str, tuple[Rule, ...]] = {
            name: read_mapping(file, self.name)
            for name, file in _files(path / "mapping", ".yaml", strict=True).items()
        }
        for event in self.mappings:
            if event in self.card.ignored:
                fix = "take it out of `ignored`, or delete its mapping"
                where = f"ignored.{event}"
                _refuse("IGNORED_AND_MAPPED", "an event both ignored and mapped", path, where, fix)
        #: How it is asked for its events, in the order of the files' names.
        self.inlets: tuple[Inlet, ...] = _inlets(path, self.card)
        #: The tables that it drops, as `inlet/files.yaml` declares them.
        self.dropped: tuple[DroppedFile, ...] = _dropped(path, self.card, tuple(self.mappings))

    @property
    def samples(self) -> dict[str, Path]:
        """Name (`EVENT--case`) → file of each sample."""
        return _files(self.path / "samples")

    @property
    def expected(self) -> dict[str, Path]:
        """Name → file of each expected result; one that is missing is simply not there."""
        return _files(self.path / "expected", ".json")

    @cached_property
    def says(self) -> dict[str, frozenset[str]]:
        """Vendor event → the canonical records that it may become."""
        return {
            event: frozenset(rule.to.partition(".")[0] for rule in rules)
            for event, rules in self.mappings.items()
        }

    def takes_back(self, event: str, values: object) -> bool:
        """Whether all that this event can become is the deletion of records."""
        return takes_back(self.mappings.get(event, ()), values)

    def asked(self, event: object) -> tuple[str | None, str | None]:
        """The name and the id of an event that is as the hub gets it when it asks; else None."""
        for inlet in self.inlets:
            name = follow(event, parse_path(inlet.event).steps) if inlet.event else None
            if isinstance(name, str):
                own = follow(event, parse_path(inlet.event_id).steps) if inlet.event_id else None
                return name, None if own is None else str(own)
        return None, None

    @cached_property
    def outlets(self) -> dict[str, object]:
        """Operation (`group-put`) → the plain values of its file; raises `FixTheFolder`."""
        found = _files(self.path / "outlet", ".yaml", strict=True)
        places = {name: Place(self.name, f"outlet/{file.name}") for name, file in found.items()}
        return {name: read_yaml(file, places[name]) for name, file in found.items()}

    def normaliser(self, context: Context) -> Normaliser:
        """The mappings against the canonical schemas, compiled and proven with the samples."""
        digests = Digests(context.secret)
        told = Told(uai=SCHOOL, mask=digests.mask, hide=digests.hidden)
        trials = list(self._said(told))
        return Normaliser(self.card.voice, self.mappings, load(), context, trials)

    def _said(self, told: Told) -> Iterator[Said]:
        """Each sample as an event, for the proof; a sample that cannot be read has none."""
        for name, file in self.samples.items():
            event = name.partition("--")[0]
            topic = f"preau.intake.{self.name}"
            try:
                stream = io.BytesIO(file.read_bytes())
                reader = open_reader(self.card.reader, told, self.dropped)
                for piece in reader.split(stream, file.name):
                    if piece.problem is None:
                        said = piece.event or event
                        yield Said(self.name, said, None, piece.body, _TRIAL_MS, topic, 0, 0, "")
            except SetAside:
                continue


class Catalogue:
    """Every connector folder by name; a folder is opened when it is asked for."""

    def __init__(self, folders: Mapping[str, Path]) -> None:
        self._folders = dict(folders)
        self._opened: dict[str, Connector] = {}

    def names(self) -> tuple[str, ...]:
        """The connectors there are."""
        return tuple(sorted(self._folders))

    def connector(self, name: str) -> Connector:
        """The connector of that name; raises `FixTheFolder` when unknown or broken."""
        if name not in self._folders:
            known = self.names()
            fix = guess(name, known) or "name one of the known connectors"
            where = Place(field="connector")
            what = "there is no such connector"
            raise FixTheFolder("UNKNOWN_CONNECTOR", what, where=where, known=known, fix=fix)
        if name not in self._opened:
            self._opened[name] = open_connector(self._folders[name])
        return self._opened[name]


def open_catalogue(folders: Path | None = None, further: Sequence[Path] = ()) -> Catalogue:
    """The folders of one shelf, by default ours and every plugin's; then those of `further`.

    Raises `FixTheFolder` when a plugin or a further shelf has a connector that is there already.
    """
    shelves = [folders] if folders is not None else [shelf.connectors(), *plugin_shelves()]
    shelves += further
    found: dict[str, Path] = {}
    for one in shelves:
        for path in sorted(one.iterdir()):
            if not (path / FILE).is_file():
                continue
            if path.name in found:
                fix = "rename one of the two folders, or remove the plugin"
                _refuse("CONNECTOR_TWICE", "two folders have this name", path, "product", fix)
            found[path.name] = path
    return Catalogue(found)


def open_connector(path: Path) -> Connector:
    """One folder, wherever it is; raises `FixTheFolder`."""
    return Connector(path.resolve())


def plugin_shelves() -> list[Path]:
    """The folders that installed plugins name; their code, if any, is never run."""
    found: list[Path] = []
    for plugin in entry_points(group=PLUGINS):
        spec = find_spec(plugin.module.partition(".")[0])
        inside = plugin.module.split(".")[1:]
        places = list(spec.submodule_search_locations or ()) if spec else []
        found += [place for root in places if (place := Path(root, *inside)).is_dir()]
    return found


def _known_contents(path: Path) -> None:
    for inside in sorted(path.iterdir()) if path.is_dir() else []:
        if inside.name not in _CONTENTS and not inside.name.startswith("."):
            what = f"`{inside.name}` has no place in a connector folder"
            fix = guess(inside.name, _CONTENTS) or "take it away"
            raise FixTheFolder(
                "UNKNOWN_FILE", what, where=Place(path.name, inside.name), known=_CONTENTS, fix=fix
            )


def _files(folder: Path, ending: str = "", *, strict: bool = False) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for file in sorted(folder.iterdir()) if folder.is_dir() else []:
        if file.name.startswith("."):
            continue
        if file.is_file() and file.name.endswith(ending):
            found[file.name.removesuffix(ending) if ending else file.stem] = file
        elif strict:
            what = f"only files that end in {ending} belong here"
            where = Place(folder.parent.name, f"{folder.name}/{file.name}")
            raise FixTheFolder("UNKNOWN_FILE", what, where=where, fix="rename it or take it away")
    return found


def _inlets(path: Path, card: Card) -> tuple[Inlet, ...]:
    found = _files(path / "inlet", ".yaml", strict=True)
    found.pop(FILES, None)
    if bool(found) != (POLL in card.ways_in):
        what = "ways_in and the folder inlet/ do not say the same"
        fix = "write inlet/<name>.yaml and list poll in ways_in, or neither"
        _refuse("INLET_MISSING", what, path, "ways_in", fix)
    places = {name: Place(path.name, f"inlet/{file.name}") for name, file in found.items()}
    return tuple(
        parse_inlet(name, read_yaml(file, places[name]), places[name])
        for name, file in found.items()
    )


def _dropped(path: Path, card: Card, events: tuple[str, ...]) -> tuple[DroppedFile, ...]:
    file = path / "inlet" / f"{FILES}.yaml"
    if not file.is_file():
        return ()
    if FILE_WAY not in card.ways_in:
        what = "inlet/files.yaml declares files, and ways_in does not list them"
        _refuse("WAY_IN_FILES", what, path, "ways_in", "list file in ways_in")
    place = Place(path.name, f"inlet/{file.name}")
    return parse_dropped(read_yaml(file, place), events, card.version, place)


def _refuse(code: str, what: str, path: Path, field: str, fix: str) -> NoReturn:
    raise FixTheFolder(code, what, where=Place(path.name, FILE, field), fix=fix)
