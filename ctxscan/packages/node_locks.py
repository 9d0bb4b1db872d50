"""What the lock files of Node hold, beside what the manifests ask for: where the two differ, an install that keeps to
the lock file ends with an error."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from itertools import takewhile
from typing import Any, Final

from ..paths import parents
from ..regex import lazy
from .manifest import Files, get, table

_MANIFEST: Final = "package.json"
#: Versions that a package of the registry may have.
_ORDINARY: Final = lazy(r"[\w^~<>=*. |-]+")
#: What the managers begin their lock files with.
_WRITTEN: Final = lazy(r"(?m)^(?:# yarn lockfile|__metadata:|lockfileVersion:)")


def lacking(manager: str, tree: Files, lock: str, *, parts: bool) -> str | None:
    """A dependency of the manifest beside a lock file of a manager, or, with its `parts`, of a member of the workspace,
    that this has not, or not in that version. Dependencies of other packages are not looked at."""
    home = posixpath.dirname(lock)
    package = tree.json(posixpath.join(home, _MANIFEST))
    if manager == "yarn":
        # Members are not among them.
        text = tree.text(lock) if "workspaces" not in package else ""
        return _lacking_of_yarn(package, text) if _WRITTEN.search(text) else None
    if manager == "pnpm":
        return _lacking_of_pnpm(tree, home, tree.text(lock), parts=parts)
    return _lacking_of_npm(tree, home, tree.json(lock), parts=parts) if manager == "npm" else None


def _lacking_of_npm(tree: Files, home: str, lock: dict[str, Any], *, parts: bool) -> str | None:
    package = tree.json(posixpath.join(home, _MANIFEST))
    if lock.get("lockfileVersion") == 1:
        return _missed(package, table(lock, "dependencies"), ("",))
    held = table(lock, "packages")
    if "" not in held or len(held) == 1:
        return None  # a stub
    found = _missed(package, held, ("node_modules/",))
    members = [each for each in held if each and "node_modules/" not in each] if parts and found is None else []
    for member in members:
        own = tree.json(posixpath.normpath(posixpath.join(home, member, _MANIFEST)))
        # What the root replaces, it replaces for all of them.
        own = own if "overrides" not in package else {**own, "overrides": package["overrides"]}
        missed = _missed(own, held, (f"{member}/node_modules/", "node_modules/"))
        if missed is not None:
            return f"{missed} ({member})"
    return found


def hoists(tree: Files, lock: str, member: str) -> bool:
    """Whether a lock file of npm has a member of the workspace, and puts all that this depends on beside the others."""
    held = table(tree.json(lock), "packages")
    return member in held and not any(each.startswith(f"{member}/node_modules/") for each in held)


def _missed(package: dict[str, Any], held: dict[str, Any], places: tuple[str, ...]) -> str | None:
    """A dependency that lies at none of some places, or not in the version that is asked for."""
    for name, version in _asked(package):
        entry = next((above + name for above in places if above + name in held), None)
        if entry is None:
            return name
        has = get(held, entry, "version")
        if "overrides" not in package and isinstance(has, str) and satisfies(has, version) is False:
            return f"{name}@{version}"
    return None


def unresolved(lock: dict[str, Any], *, peers: bool) -> str | None:
    """A package that another one in a lock file of npm needs, and that this has nowhere where it would be looked for:
    `npm ci` ends with an error. With `peers`, also those that it wants beside itself. What nothing leads to is passed
    over, as npm does."""
    held = table(lock, "packages")
    todo = ["", *(each for each in held if each and "node_modules/" not in each)] if "" in held else []
    seen = {*todo}
    for place in todo:
        for name, kind in _edges(held, place):
            above = place.rpartition("node_modules/")[0].rstrip("/") if kind == "peerDependencies" else place
            found = _resolved(held, above, name)
            if found is not None and found not in seen:
                seen.add(found)
                todo.append(found)
            elif found is None and "node_modules/" in place and kind in _NEEDED[: 1 + peers]:
                return f"{name} of {place.rpartition('node_modules/')[2]}"
    return None


#: What has to be there, and the other kinds, which npm goes on with where they are.
_NEEDED: Final = ("dependencies", "peerDependencies")
_KINDS: Final = (*_NEEDED, "devDependencies", "optionalDependencies")


def _edges(held: dict[str, Any], place: str) -> Iterator[tuple[str, str]]:
    """What an entry asks for by name, but for what it has in itself and what it can do without."""
    entry = table(held, place)
    meta, aside = table(entry, "peerDependenciesMeta"), entry.get("bundleDependencies")
    for kind in () if entry.get("link") or entry.get("inBundle") else _KINDS:
        for name in table(entry, kind):
            spared = kind == "peerDependencies" and get(meta, name, "optional") is True
            if not spared and not (isinstance(aside, list) and name in aside):
                yield name, kind


def _resolved(held: dict[str, Any], place: str, name: str) -> str | None:
    """Where a package is found as seen from a place, as Node looks for it."""
    for above in (place, *parents(place), ""):
        found = posixpath.join(above, "node_modules", name)
        if found in held:
            return found
    return None


def _lacking_of_yarn(package: dict[str, Any], text: str) -> str | None:
    for name, version in _asked(package):
        start = rf"(?m)^(?:.*, )?\"?{re.escape(name)}@"
        if not re.search(start, text):
            return name
        if "resolutions" not in package and not re.search(rf"{start}(?:npm:)?{re.escape(version)}[\",:]", text):
            return f"{name}@{version}"
    return None


#: A member of a workspace in a lock file of pnpm, and what it asks for: by its name, with the words of its manifest.
_IMPORTER: Final = lazy(r"(?m)^  (\S.*?):[ \t]*\n((?:(?: {4}.*)?\n)+)")
_SPECIFIER: Final = lazy(r"(?m)^\s+['\"]?([^\s'\"]+?)['\"]?:\n\s+specifier: (.+)$")
#: What makes it write other words there than the manifest has.
_CHANGED: Final = lazy(r"(?m)^(?:overrides|pnpmfileChecksum):")


def _lacking_of_pnpm(tree: Files, home: str, text: str, *, parts: bool) -> str | None:
    own = tree.json(posixpath.join(home, _MANIFEST))
    if not _WRITTEN.search(text):
        return None
    for name, _ in _asked(own):
        if not re.search(rf"(?m)^\s+['\"]?{re.escape(name)}['\"]?:", text):
            return name
    if _CHANGED.search(text):
        return None
    listed = re.search(r"(?ms)^importers:\n(.*?)(?=^\S)", text)
    importers = [each.groups() for each in _IMPORTER.finditer(listed[1] if listed else "")]
    for member, block in importers or [(".", re.split(r"(?m)^packages:", text)[0])]:
        held = {name: said.strip("'\"") for name, said in _SPECIFIER.findall(block)}
        if not held or (member != "." and not parts):
            continue  # an older format
        package = tree.json(posixpath.normpath(posixpath.join(home, member, _MANIFEST)))
        for name, version in _asked(package):
            if held.get(name) != version:
                return f"{name}@{version}" + (f" ({member})" if member != "." else "")
    return None


def _asked(package: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The dependencies that come from a registry, with what is said of their versions."""
    shipped, others = table(package, "dependencies"), table(package, "devDependencies")
    for name, version in (*shipped.items(), *others.items()):
        # Of one that is told twice nobody knows which version counts.
        twice = name in shipped and name in others
        if not twice and isinstance(version, str) and _ORDINARY.fullmatch(version):
            yield name, version


#: A plain version, and one with an operator and perhaps without its last numbers.
_PLAIN: Final = lazy(r"(\d+)\.(\d+)\.(\d+)")
_COMPARED: Final = lazy(r"(\^|~>?|>=|<=|>|<|=)?v?(\d+)(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?")


def satisfies(version: str, asked: str) -> bool | None:
    """Whether a version is one that a range of npm has; None: not known, as one of them is a prerelease or a tag."""
    plain = _PLAIN.fullmatch(version)
    if plain is None:
        return None
    has = tuple(map(int, plain.groups()))
    found = [_is_in(has, each.strip()) for each in asked.split("||")]
    return True if True in found else None if None in found else False


def _is_in(has: tuple[int, ...], asked: str) -> bool | None:
    if asked in ("", "*", "x", "X"):
        return True
    low, hyphen, high = asked.partition(" - ")
    words = re.sub(r"([\^~<>=])\s+", r"\1", asked).split()
    if hyphen:
        words = [f">={low.strip()}", f"<={high.strip()}"]
    bounds = [_bounds(each) for each in words]
    if None in bounds:
        return None
    return all(low <= has < high for low, high in filter(None, bounds))


#: Above each version.
_NEVER: Final = (10**9,)


def _bounds(asked: str) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """The first version that a range has, and the first one behind it; None: it is no plain one."""
    found = _COMPARED.fullmatch(asked)
    if found is None:
        return None
    sign = found[1] or ""
    said = [int(each) for each in takewhile(lambda each: each is not None and each.isdigit(), found.groups()[1:])]
    low = (*said, 0, 0)[:3]
    behind = _next(said, len(said) - 1)
    if sign == "^":
        first = next((at for at, each in enumerate(said) if each), len(said) - 1)
        return low, _next(said, first)
    if sign.startswith("~"):
        return low, _next(said, min(1, len(said) - 1))
    if sign in ("", "="):
        return low, behind
    if sign == ">=":
        return low, _NEVER
    if sign == ">":
        return behind, _NEVER
    return (0, 0, 0), low if sign == "<" else behind


def _next(said: list[int], at: int) -> tuple[int, ...]:
    """The first version whose number at a place is the next one."""
    return (*said[:at], said[at] + 1, 0, 0)[:3]
