"""The lines of a generated function: names of its own, paths read once, loops."""

from __future__ import annotations

from typing import Any

from preau.mapping.paths import EVENT, INDEX, ITEM, ITEM2, LITERAL, SAID, Path

_LONG = 10  # digits: no list has so many values


class Lines:
    """Writes the body of one function; `names` are the objects that its lines refer to."""

    def __init__(self, lists: int) -> None:
        self.names: dict[str, Any] = {}
        #: Where each kind of path starts: the name of a variable.
        self.roots = {
            EVENT: "event",
            ITEM: "item" if lists > 0 else "None",
            ITEM2: "item2" if lists > 1 else "None",
            INDEX: "index",
        }
        self._lines: list[str] = []
        self._known: list[dict[tuple[str, tuple[str, ...]], str]] = [{}]
        self._objects: list[dict[str, str]] = [{}]
        self._count = 0

    def __str__(self) -> str:
        return "\n".join(self._lines)

    def line(self, text: str) -> None:
        """Adds one line at the present depth."""
        self._lines.append("    " * len(self._known) + text)

    def fresh(self, kind: str) -> str:
        """A variable's name that nothing else has."""
        self._count += 1
        return f"{kind}_{self._count}"

    def name(self, thing: object, kind: str) -> str:
        """The name under which the lines may refer to an object of ours."""
        name = self.fresh(kind)
        self.names[name] = thing
        return name

    def let(self, kind: str, expression: str) -> str:
        """A new variable with this value."""
        name = self.fresh(kind)
        self.line(f"{name} = {expression}")
        return name

    def items(self, path: Path) -> str:
        """A variable that holds the list at a path, empty when absent; else the code declines."""
        value = self.path(path)
        items = self.let("items", f"() if {value} is None else {value}")
        self.line(f"if {items} and type({items}) is not list: declined('each')")
        self.line(f"if type({items}) in (str, dict): declined('each')")
        return items

    def loop(self, head: str) -> None:
        """Opens a loop; what is read inside is forgotten when it closes."""
        self.line(head)
        self._known.append({})
        self._objects.append({})

    def close(self) -> None:
        """Closes the innermost loop."""
        self._known.pop()
        self._objects.pop()

    @property
    def depth(self) -> int:
        """How many loops are open."""
        return len(self._known) - 1

    def path(self, path: Path) -> str:
        """The expression of a path's value, None when absent; each step is read once."""
        if path.root == LITERAL:
            return repr(path.steps[0])
        return "instance" if path.root == SAID else self._steps(self.roots[path.root], path.steps)

    def _steps(self, root: str, steps: tuple[str, ...]) -> str:
        if not steps:
            return root
        for known in self._known:
            if (root, steps) in known:
                return known[root, steps]
        above, step = self._steps(root, steps[:-1]), steps[-1]
        if step.isascii() and step.isdigit() and len(step) < _LONG:
            place = int(step)
            inside = f"{above}[{place}] if len({above}) > {place} else None"
            other = f"None if {above} is None else enter({above}, {step!r})"
            name = self.let("v", f"({inside}) if type({above}) is list else {other}")
        elif step.isascii() and step.isdigit():
            name = self.let("v", f"enter({above}, {step!r})")
        else:
            name = self.let("v", f"{self._object(above)}.get({step!r})")
        self._known[-1][root, steps] = name
        return name

    def _object(self, value: str) -> str:
        """The variable of a value if it is an object, else of one without fields."""
        for objects in self._objects:
            if value in objects:
                return objects[value]
        name = self.let("o", f"{value} if type({value}) is dict else EMPTY")
        self._objects[-1][value] = name
        return name


def literal(value: str) -> str:
    """Bytes as they may stand inside an f-string of the generated source."""
    return "".join(
        c if c.isascii() and c.isprintable() and c not in "\"'\\{}" else f"\\x{ord(c):02x}"
        for c in value
    )
