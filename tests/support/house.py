"""The rooms of a package, and which imports which, read from the source.

`python tests/support/house.py [PACKAGE]` prints how many there are: rooms, floors, arrows, and the longest chain of
modules that import one another.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import NamedTuple, TypeAlias

#: What imports what, by name.
Graph: TypeAlias = "dict[str, set[str]]"
#: The two modules that stand for the package itself: no room.
FACES = ("__init__", "__main__")


class House(NamedTuple):
    """Counts of one package. `floors` is how many rooms stand on one another, `chain` the same for modules."""

    rooms: int
    floors: int
    arrows: int
    chain: int


def modules(package: Path) -> Iterator[tuple[str, Path]]:
    """Each module's room, which is its top-level file or folder, and its path."""
    for path in sorted(package.rglob("*.py")):
        yield path.relative_to(package).parts[0].removesuffix(".py"), path


@cache
def imports(path: Path, package: Path) -> tuple[str, ...]:
    """The absolute names of what a module imports, in functions too: `from x import y` names `x.y`."""
    return tuple(_imports(path, package))


def _imports(path: Path, package: Path) -> Iterator[str]:
    above = path.relative_to(package.parent).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(above[: len(above) - node.level + 1]) if node.level else ""
            stem = ".".join(part for part in (base, node.module or "") if part)
            yield from (f"{stem}.{alias.name}" for alias in node.names)


def room_graph(package: Path) -> Graph:
    """Which rooms each room imports. The package's own face is no room: it holds the version."""
    rooms = {room for room, _ in modules(package)} - {"__init__"}
    graph: Graph = {room: set() for room in rooms}
    for room, path in modules(package):
        for name in imports(path, package) if room != "__init__" else ():
            parts = name.split(".")
            if parts[0] == package.name and len(parts) > 1 and parts[1] in rooms - {room}:
                graph[room].add(parts[1])
    return graph


def module_graph(package: Path) -> Graph:
    """Which modules each module imports, by dotted name; folders stand for their `__init__`."""
    names = {_dotted(path, package): path for _, path in modules(package)}
    graph: Graph = {name: set() for name in names}
    for name, path in names.items():
        for each in imports(path, package):
            found = each if each in names else each.rpartition(".")[0]
            if found in names and found not in (name, package.name):
                graph[name].add(found)
    return graph


def floors(graph: Mapping[str, set[str]]) -> dict[str, int]:
    """How high each node stands above all that it imports, from 1. Raises `graphlib.CycleError`."""
    found: dict[str, int] = {}
    for name in TopologicalSorter(graph).static_order():
        found[name] = 1 + max((found[each] for each in graph.get(name, ())), default=0)
    return found


def house(package: Path) -> House:
    rooms = room_graph(package)
    return House(
        rooms=len(rooms),
        floors=max(floors(rooms).values()),
        arrows=sum(map(len, rooms.values())),
        chain=max(floors(module_graph(package)).values()),
    )


def _dotted(path: Path, package: Path) -> str:
    return ".".join(path.relative_to(package.parent).with_suffix("").parts).removesuffix(".__init__")


if __name__ == "__main__":
    root = Path(sys.argv[1]) if sys.argv[1:] else Path(__file__).parents[2] / "ctxscan"
    print("  ".join(f"{name} {count}" for name, count in house(root)._asdict().items()))
