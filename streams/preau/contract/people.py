"""Only invented people may appear in samples: their names are on a list beside the connectors."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

LIST = "invented-people.txt"
THING = "= "
"""Before the whole name of a school or class, which some products keep under the key of a person's
name: it is allowed as it stands, and hides nobody."""
#: Keys under which the vendors and the State's files of this shelf write a person's name.
NAME_KEYS = frozenset(
    {"last_name", "first_name", "lastname", "firstname", "lastName", "firstName"}
    | {"displayName", "username", "surname", "cn"}
    | {"nom", "prenom", "nomUsage"}
    | {"sn", "givenName", "ENTPersonNomPatro", "ENTPersonAutresPrenoms"}  # AAF, second degree
    | {"ENTPersonNom", "ENTPersonPrenom"}  # AAF, first degree
    | {"NOM", "NOM_DE_FAMILLE", "NOM_USAGE", "PRENOM", "PRENOMS"}  # SIECLE, STSWEB
    | {"NOM_PATRONYMIQUE"}  # STSWEB
    | {"family_name", "given_names", "usual_name"}  # ours
)
#: Keys under which a name hides inside an address or a login; only the part before @ is read.
ADDRESS_KEYS = frozenset({"login", "email", "mail", "courriel", "ENTPersonMail", "MEL"})
_WORD = re.compile(r"[^\W\d_]+")


class People:
    """The names that may appear, compared without case and accents."""

    def __init__(self, lines: Iterator[str]) -> None:
        said = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
        people = [line for line in said if not line.startswith(THING)]
        self._things = {line.removeprefix(THING).strip() for line in said} - set(people)
        self.words = {word for person in people for word in _words(person)}
        self.families = {_plain(person.split(" ")[0]) for person in people}

    def knows(self, text: str) -> bool:
        """True when every word of two letters or more is a word of somebody on the list.

        Or when the list has the whole text as the name of a thing.
        """
        return text.strip() in self._things or all(
            word in self.words for word in _words(text) if len(word) > 1
        )

    def named_in(self, text: str) -> bool:
        """True when a family name of the list stands in the text as a word."""
        plain = _plain(text)
        return any(re.search(rf"\b{re.escape(name)}\b", plain) for name in self.families)


def open_people(folder: Path, said: str = "") -> People:
    """The lists beside the folder, in it, and where its card says (`said`, from the folder)."""
    files = {(place / LIST).resolve() for place in (folder, folder.parent)}
    files |= {(folder / said).resolve()} if said else set()
    texts = [file.read_text(encoding="utf-8") for file in sorted(files) if file.is_file()]
    return People(iter("\n".join(texts).splitlines()))


def names_in(value: object, key: str = "", path: str = "") -> Iterator[tuple[str, str]]:
    """(path, text) of everything in plain values that is, by its key, a person's name."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from names_in(inner, str(name), f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from names_in(inner, key, f"{path}.{index}")
    elif isinstance(value, str) and key in NAME_KEYS:
        yield path, value
    elif isinstance(value, str) and key in ADDRESS_KEYS:
        yield path, value.partition("@")[0]


def _words(text: str) -> list[str]:
    return _WORD.findall(_plain(text))


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE"))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()
