"""From what a file mentions to the builds that there are: bases tried in order, holes filled from the Dockerfiles."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from .fitting import Needs, missing, needs
from .mentions.mention import HOLE, NOWHERE, UNKNOWN, Mention, seen
from .order import Order, is_address
from .project import Project

#: The names of a Dockerfile that nobody has to give.
DEFAULTS: Final = ("Dockerfile", "dockerfile", "Containerfile")
#: Holes of one path.
MAX_HOLES: Final = 3
_HOLE: Final = re.compile(f"{HOLE}([^{HOLE}]*){HOLE}")


class Placed(NamedTuple):
    """A build of `dockerfile` in `context`, both paths of the project ("" is its root), and how many instructions find
    nothing there. `said`: how many letters of the Dockerfile's path the mention has, if holes had to be filled."""

    dockerfile: str
    context: str
    missing: int
    said: int
    mention: Mention
    base: str


class Placer:
    """Finds the builds that mentions mean. What each Dockerfile needs is read once."""

    def __init__(self, project: Project, dockerfiles: Iterable[str]) -> None:
        self.project = project
        self.dockerfiles = tuple(dockerfiles)
        self._needs: dict[str, Needs] = {}

    def needs(self, dockerfile: str) -> Needs:
        """What a Dockerfile of the project takes from its context."""
        if dockerfile not in self._needs:
            text = self.project.text(dockerfile)
            self._needs[dockerfile] = Needs((), False, known=False) if text is None else needs(text, dockerfile)
        return self._needs[dockerfile]

    def missing(self, dockerfile: str, context: str) -> int:
        return missing(self.project, context, self.needs(dockerfile))

    def placed(self, mention: Mention) -> list[Placed]:
        """The builds of a mention: those in the first of its bases in which every source is found, or in that in which
        the fewest are missing."""
        best: list[Placed] = []
        for base in mention.bases:
            found = list(self._in(mention, base))
            if found and not any(each.missing for each in found):
                return found
            if found and (not best or _lack(found) < _lack(best)):
                best = found
        return [self._moved(each) if each.missing and each.said != EXACT else each for each in best]

    def _moved(self, placed: Placed) -> Placed:
        """A build whose Dockerfile is a guess, in that of its bases in which it misses the fewest."""
        mention = placed.mention
        found = [placed]
        for base in mention.bases if HOLE not in mention.context else ():
            context = _inside(seen(base, mention.context, ""))
            if context is not None and self._is_context(context):
                missed = self.missing(placed.dockerfile, context)
                found.append(placed._replace(context=context, base=base, missing=missed))
        return min(found, key=lambda each: each.missing)

    def _in(self, mention: Mention, base: str) -> Iterator[Placed]:
        if mention.context in (NOWHERE, UNKNOWN):
            pattern = _inside(seen(base, mention.dockerfile or DEFAULTS[0], ""))
            for file, _ in self._files(pattern):
                yield Placed(file, mention.context, 0, _said(mention, pattern or ""), mention, base)
            return
        context = _inside(seen(base, mention.context, ""))
        if context is None:
            return
        for pattern in self._patterns(mention, base, context):
            some = False
            for file, values in self._files(pattern):
                where = self._made(context) if (filled := _filled(context, values)) is None else filled
                if where is not None and self._is_context(where):
                    some = True
                    yield Placed(
                        file, where, self.missing(file, where), _said(mention, pattern + context), mention, base
                    )
            if some:
                return

    def _made(self, context: str) -> str | None:
        """The directory that git ignores, and in which something makes a context that has a name of its own for each
        build; None: there is none."""
        above = context.partition(HOLE)[0].rpartition("/")[0]
        return above if above and not self.project.is_directory(above) and self.project.could(above) else None

    def _is_context(self, path: str) -> bool:
        """Whether a path is a directory of the project, or git ignores it, so that something may make it."""
        if not self.project.is_inside(path):
            return False
        return self.project.is_directory(path) or (bool(path) and self.project.could(path))

    def _patterns(self, mention: Mention, base: str, context: str) -> Iterator[str]:
        """Where the Dockerfile may be, the likeliest first."""
        if mention.dockerfile is None:
            yield from (posixpath.join(context, name) for name in DEFAULTS)
            return
        starts = (seen(base, mention.context, ""), base) if mention.beside else (base,)
        for start in starts:
            found = _inside(seen(start, mention.dockerfile, ""))
            if found is not None:
                yield found

    def _files(self, pattern: str | None) -> Iterator[tuple[str, Mapping[str, str]]]:
        """The Dockerfiles that a path means, with what its holes stand for then."""
        if pattern is None:
            return
        if HOLE not in pattern:
            if self.project.has(pattern):
                yield pattern, {}
            return
        # What is a whole part of the path may be several, if it is not one.
        for several in (False, True):
            expression, names = _expression(pattern, several=several)
            if expression is None:
                return
            some = False
            for each in self.dockerfiles:
                match = expression.fullmatch(each)
                if match is not None:
                    some = True
                    yield each, {name: match[at + 1] for at, name in enumerate(names)}
            if some:
                return


def _lack(found: list[Placed]) -> float:
    return sum(each.missing for each in found) / len(found)


#: All letters are known.
EXACT: Final = 1 << 16


def _said(mention: Mention, pattern: str) -> int:
    if HOLE not in pattern:
        return EXACT
    return len(_HOLE.sub("", mention.context if mention.dockerfile is None else mention.dockerfile))


def _inside(path: str) -> str | None:
    """A path that does not leave the project, without a dot; None: it does."""
    path = posixpath.normpath(path)
    if path == ".." or path.startswith(("../", "/")):
        return None
    return "" if path == "." else path


def _expression(pattern: str, *, several: bool) -> tuple[re.Pattern[str] | None, list[str]]:
    """A path with holes as an expression; None: hardly anything of it is known."""
    parts = _HOLE.split(pattern)
    literal = "".join(parts[::2])
    for name in DEFAULTS:
        literal = literal.replace(name, "")
    names: list[str] = []
    out: list[str] = []
    if not re.search(r"\w", literal) or len(parts) > 2 * MAX_HOLES + 1:
        return None, []
    for at, part in enumerate(parts):
        if at % 2 == 0:
            out.append(re.escape(part))
        elif part in names:
            out.append(rf"\{names.index(part) + 1}")
        else:
            names.append(part)
            begins = at == 1 and not parts[0]
            whole = several and parts[at - 1][-1:] in ("", "/") and parts[at + 1][:1] == "/"
            out.append("(.+)" if begins or whole else "([^/]+)")
    return re.compile("".join(out)), names


def _filled(path: str, values: Mapping[str, str]) -> str | None:
    """A path with its holes filled; None: one of them is not known."""
    if HOLE not in path:
        return path
    if any(name not in values for name in _HOLE.findall(path)):
        return None
    return _inside(_HOLE.sub(lambda match: values[match[1]], path))


def order_of(project: Project, placed: Placed) -> Order:
    """A build as an order, with paths as seen from here."""
    mention = placed.mention

    def place(path: str) -> str:
        found = _inside(seen(placed.base, path, ""))
        return path if found is None else project.place(found)

    def named(path: str) -> str:
        """A named context; one that is not here is made first, as what another target builds."""
        if is_address(path) or path.startswith("docker-image:"):
            return path
        found = _inside(seen(placed.base, path, ""))
        return place(path) if found is None or project.is_directory(found) else f"target:{found}"

    nowhere = placed.context == NOWHERE
    # What an earlier step makes has what that puts there.
    unknown = not nowhere and (placed.context == UNKNOWN or not project.is_directory(placed.context))
    context = posixpath.dirname(placed.dockerfile) if unknown else placed.context
    return Order(
        name="",
        context=NOWHERE if nowhere else project.place(context),
        dockerfile=project.place(placed.dockerfile),
        text=None,
        label=None,
        target=mention.target,
        arguments=dict(mention.arguments),
        contexts={name: named(each) for name, each in mention.contexts.items()},
        place=_as_seen(project, mention.place),
        cloned=mention.cloned,
        guessed=unknown,
        known=not unknown,
    )


def _as_seen(project: Project, place: str) -> str:
    return place if project.root in ("", ".", os.curdir) else project.place(place)
