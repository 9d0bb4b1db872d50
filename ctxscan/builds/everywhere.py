"""Every Dockerfile below a directory, each in the contexts that the project itself names for it.

    files of the project  ->  what they mention  ->  builds that there are  ->  for each Dockerfile, the most trusted

The order of trust: Compose files (`composed`), bake files (`baked`), then the families of `mentions.families`, and
where nobody says anything the nearest directory that has what the Dockerfile takes (`fitting`).

Nothing that lies outside of the directory is read, whoever names it, and nothing of the environment of the process:
these files are a stranger's. What cannot be read is reported and passed over.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from ..paths import is_fixture, parents, read_in_tests
from . import baked, composed
from .build import beside
from .fitting import below, fewest_missing, nearest
from .mentions import notes
from .mentions.families import FAMILIES, LAST, family_of
from .mentions.mention import NOWHERE, UNKNOWN, Mention, Together
from .names import is_dockerfile, is_specimen, is_template, is_vendored
from .order import Order, Orders, is_address, joined
from .placing import DEFAULTS, EXACT, Placed, Placer, order_of
from .project import Project

#: The ranks of Compose files and bake files; those of the families come after them.
_COMPOSED: Final = 0
_BAKED: Final = 1
_FIRST: Final = 2
#: Builds that one file mentions.
MAX_MENTIONS: Final = 2000
#: From this many on, Dockerfiles of one directory or one tree of tests that nobody builds are what something reads.
CORPUS: Final = 12


class Candidate(NamedTuple):
    """A build of a Dockerfile: who names it (the lower, the more trusted), with how many letters (`EXACT`: all), and
    how many instructions find nothing in its context; `ordered` as in `Mention`."""

    rank: int
    said: int
    missing: int
    order: Order
    ordered: bool = False


def orders(root: str) -> Orders:
    """The builds of every Dockerfile below `root`, in the order of their paths. A file of the project that something
    builds counts as a Dockerfile, whatever its name."""
    project = Project(root)
    return _orders(project, None)


def orders_of(path: str, root: str) -> Orders:
    """The builds of the Dockerfile at `path`, as seen from here like `root`, which is that of its project. Where it
    lies is all that has to be there."""
    project = Project(root)
    own = posixpath.relpath(_real(path), _real(root))
    found = _orders(project, own)
    return Orders(tuple(_from_here(each) for each in found.orders), found.remarks)


def _real(path: str) -> str:
    """A path without links in its directories; a Dockerfile that is a link lies where the link lies."""
    above, name = posixpath.split(path)
    return posixpath.join(os.path.realpath(above or ".").replace(os.sep, "/"), name)


def _from_here(order: Order) -> Order:
    """An order with the shortest paths, as seen from here."""

    def short(path: str) -> str:
        return path if path == NOWHERE or is_address(path) else os.path.relpath(path).replace(os.sep, "/")

    file, colon, line = order.place.rpartition(":")
    return order._replace(
        context=short(order.context),
        dockerfile=None if order.dockerfile is None else short(order.dockerfile),
        contexts={name: each if _is_elsewhere(each) else short(each) for name, each in order.contexts.items()},
        place=f"{short(file)}:{line}" if colon else order.place,
    )


def _is_elsewhere(context: str) -> bool:
    return is_address(context) or context.startswith(("docker-image:", "target:"))


def named(root: str, files: Iterable[str]) -> tuple[Order, ...]:
    """The builds that the compose files at these paths in `root` have of `root` itself."""
    found = composed.of_root(root, list(files))
    return tuple(each for each in found if joined(each.context, "") == joined(root, ""))


def _orders(project: Project, only: str | None) -> Orders:
    remarks: list[str] = []
    by_name = [each for each in project.files if is_dockerfile(each.rpartition("/")[2]) and _is_text(project, each)]
    if only is not None and only not in by_name:
        by_name.append(only)
    placer = Placer(project, by_name)
    absent: list[str] = []
    inline: list[Order] = []
    candidates = _sure(project, placer, _candidates(project, placer, remarks, absent, inline))
    made: list[Order] = []
    unnamed = [each for each in by_name if each not in candidates]
    passed = {} if only is not None else _passed_over(project, placer, unnamed)
    chosen = sorted({*candidates, *by_name} - passed.keys()) if only is None else [only]
    for path in chosen:
        # Without git the disk was looked through but for hidden directories, which somebody may name all the same.
        if only is None and project.by_git and not project.owns(path):
            continue
        wanted = placer.needs(path)
        alone = wanted.known and not (wanted.sources or wanted.whole)
        found = [each._replace(alone=alone) for each in _chosen(candidates.get(path, ()))]
        found += _of_the_last(project.text(path) or "", found)
        made += _called(found or [_guess(project, placer, candidates, path)], path)
    if only is None:
        remarks += dict.fromkeys(absent)
        made += _told_apart(inline)
        made = [
            each._replace(below=_relative(project, each.context), label=_called_here(project, each)) for each in made
        ]
    return Orders(tuple(made), (*remarks, *_told(passed, project if only is None else None)))


def _called_here(project: Project, order: Order) -> str | None:
    """What a Dockerfile outside its context is called: its path in the project, where that is given from the root of
    the disk; else as it is."""
    file = order.dockerfile
    if file is None or order.label is not None or not os.path.isabs(file):  # noqa: PTH117
        return order.label
    own = _relative(project, file)
    outside = posixpath.relpath(file, order.context).startswith("../")
    return own if outside and not own.startswith("../") else None


def _is_text(project: Project, path: str) -> bool:
    """Whether a file is there, and no program or archive that is called like a Dockerfile; UTF-16 is text."""
    text = project.text(path) or "" if project.has(path) else "\0"
    return "\0" not in text or text.startswith("\ufffd\ufffd")


# --- who names a context --------------------------------------------------------------------------------------------


def _candidates(
    project: Project, placer: Placer, remarks: list[str], absent: list[str], inline: list[Order]
) -> dict[str, list[Candidate]]:
    """The builds of each Dockerfile that somebody names; what Compose files name and is not there goes to `absent`, and
    the builds whose Dockerfile is part of such a file to `inline`."""
    found: dict[str, list[Candidate]] = {}
    together: list[Together] = []
    mentioned: list[tuple[int, Mention]] = []
    sketched: list[tuple[Mention, bool]] = []
    for rank, each in _mentions(project):
        if isinstance(each, Together):
            together.append(each)
        else:
            mentioned.append((rank, each))
    for rank, ordered in (
        (_COMPOSED, composed.orders(project, together, remarks)),
        (_BAKED, baked.orders(project, together, remarks, sketched)),
    ):
        for order in ordered:
            path = _dockerfile(project, order)
            if order.text is not None and _is_inside(project, order):
                inline.append(order)
            elif path is None and rank == _COMPOSED:
                absent += _absent(project, order)
            if path is not None:
                found.setdefault(path, []).append(_candidate(project, placer, path, rank, order))
    for mention, cached in sketched:
        for placed in placer.placed(mention):
            # Where a variable gives the path, another directory may be meant.
            lacks = placed.missing and placed.said != EXACT
            one = placed._replace(context=UNKNOWN, missing=0) if lacks else placed
            order = order_of(project, one)._replace(cached=cached, place=mention.place)
            found.setdefault(one.dockerfile, []).append(Candidate(_BAKED, one.said, one.missing, order))
    for rank, mention in mentioned:
        for placed in placer.placed(mention):
            for one in (placed, *_said_beside(placer, placed)):
                order = order_of(project, one)
                sure = mention.ordered and one is placed and one.said == EXACT and order.known
                candidate = Candidate(_FIRST + rank, one.said, one.missing, order, sure)
                found.setdefault(one.dockerfile, []).append(candidate)
    return found


def _candidate(project: Project, placer: Placer, path: str, rank: int, order: Order) -> Candidate:
    """A build of a Compose file or bake file. Where variables give the path of the Dockerfile, bake may be run in a
    directory above, if that has what is missed."""
    context = _relative(project, order.context)
    missing = placer.missing(path, context)
    for above in (*parents(context), "") if missing and order.loose and context else ():
        if not placer.missing(path, above):
            return Candidate(rank, EXACT, 0, order._replace(context=project.place(above)))
    return Candidate(rank, EXACT, missing, order)


def _said_beside(placer: Placer, placed: Placed) -> Iterator[Placed]:
    """The same build of the Dockerfile in whose comments it stands, if they name one beside it: a copy that was taken
    from there is built as that is."""
    file = placed.mention.place.rpartition(":")[0]
    alike = posixpath.dirname(file) == posixpath.dirname(placed.dockerfile) and file != placed.dockerfile
    if alike and file in placer.dockerfiles:
        missing, mention = placer.missing(file, placed.context), placed.mention._replace(target=None)
        yield placed._replace(dockerfile=file, missing=missing, mention=mention, said=placed.said - 1)


def _mentions(project: Project) -> Iterator[tuple[int, Mention | Together]]:
    """What all families say, the most trusted first."""
    of_family: dict[int, list[str]] = {}
    for path in project.files:
        rank = family_of(path)
        if rank is not None and not is_vendored(path) and not is_fixture(path):
            of_family.setdefault(rank, []).append(path)
    for rank, paths in sorted(of_family.items()):
        family = FAMILIES[rank]
        for path in paths:
            text = project.text(path)
            if text is not None:
                for each in islice(family.mentions(path, text, project), MAX_MENTIONS):
                    yield rank, each
                if family is not LAST:
                    for each in islice(notes.commented(path, text), MAX_MENTIONS):
                        yield FAMILIES.index(LAST), each


def _dockerfile(project: Project, order: Order) -> str | None:
    """The path in the project of the Dockerfile that an order of a file means; None: it is elsewhere, or not there."""
    if not _is_here(project, order):
        return None
    above, name = os.path.split(order.dockerfile) if order.dockerfile is not None else (order.context, "")
    # The builder looks for its usual name in lower case as well.
    names = DEFAULTS if order.dockerfile is None else (name, name.lower()) if name == DEFAULTS[0] else (name,)
    paths = (_relative(project, joined(above, each)) for each in names)
    return next((each for each in paths if not each.startswith("../") and project.has(each)), None)


def _absent(project: Project, order: Order) -> Iterator[str]:
    """What is to be said of a Dockerfile that is not where an order says it is, or of a directory."""
    file = order.dockerfile
    context = _relative(project, order.context)
    if order.text is None and not is_address(order.context) and not os.path.lexists(order.context):
        if not context.startswith("..") and order.context != NOWHERE:
            yield f"passed over: {order.place}: {order.name}: there is no directory {order.shown_context}"
        return
    if _is_here(project, order) and not (file is not None and (is_address(file) or os.path.lexists(file))):
        written = order.written.dockerfile or file or "Dockerfile"
        meant = _meant(project, order) or beside(file or joined(order.context, DEFAULTS[0]))
        yield f"passed over: {order.place}: {order.name}: there is no {written}{meant}"


def _meant(project: Project, order: Order) -> str:
    """Where the Dockerfile is, if its path is written as seen from a directory above the context."""
    if order.dockerfile is None or is_address(order.dockerfile):
        return ""
    written = os.path.relpath(order.dockerfile, order.context)
    above = _relative(project, order.context)
    for place in (*parents(above), "") if above not in ("", ".") else ():
        found = posixpath.normpath(posixpath.join(place, written.replace(os.sep, "/")))
        if not found.startswith("../") and project.has(found):
            return f": the path is one from the context, write {posixpath.relpath(found, above)}"
    return ""


def _is_here(project: Project, order: Order) -> bool:
    """Whether an order means a Dockerfile of its own, in a context of this project."""
    return order.text is None and _is_inside(project, order)


def _is_inside(project: Project, order: Order) -> bool:
    """Whether the context of an order is a directory of this project."""
    if not Path(order.context).is_dir():
        return False
    context = _relative(project, order.context)
    return not context.startswith("..") and project.is_inside(context)


def _relative(project: Project, path: str) -> str:
    found = posixpath.relpath(path, joined(project.root, ""))
    return "" if found == "." else found


def _sure(
    project: Project, placer: Placer, candidates: Mapping[str, list[Candidate]]
) -> dict[str, Sequence[Candidate]]:
    """The candidates, without what people only wrote down where it lacks something that a directory nearby has."""
    last = _FIRST + FAMILIES.index(LAST)
    found: dict[str, Sequence[Candidate]] = {}
    for path, each in candidates.items():
        doubtful = all(one.rank == last and one.missing for one in each)
        if not doubtful or nearest(project, path, placer.needs(path)) is None:
            found[path] = each
    return found


# --- what of it is built --------------------------------------------------------------------------------------------


def _chosen(candidates: Sequence[Candidate]) -> list[Order]:
    """The builds that count. What people wrote down does only where nothing else names one, a path with holes only
    where none is named with more letters, and a context that lacks something only where a more trusted one does, too,
    or a step of a workflow is given it."""
    found = sorted(candidates, key=lambda each: each.rank)
    last = _FIRST + FAMILIES.index(LAST)
    found = [each for each in found if each.order.known and each.order.context != NOWHERE] or found
    ordered = [each for each in found if each.rank < last] or found
    said = max((each.said for each in ordered), default=0)
    # A script that nobody has run for long lacks what others, or the instructions for people, do not.
    stale = all(each.rank > _BAKED and each.missing for each in ordered if each.said == said)
    found = [each for each in found if stale and not each.missing] or ordered
    said = max((each.said for each in found), default=0)
    found = [each for each in found if each.said == said]
    least = min((each.missing for each in found), default=0)
    if found and found[0].missing > least and found[0].rank > _BAKED:
        found = [each for each in found if each.missing == least]
    bar = found[0].missing if found else 0
    kept = [each for each in found if each.missing <= bar]
    return _distinct(each.order for each in (*kept, *(each for each in candidates if each.ordered)))


#: Targets with which people try a program, and that nobody ships.
_FOR_DEVELOPERS: Final = frozenset("dev devel develop development test tests testing debug local".split())


def _of_the_last(text: str, orders: Sequence[Order]) -> list[Order]:
    """The build of the last stage where all that is known are for developers, and it is not: that is what ships, by
    whom nobody says."""
    if not orders or any((each.target or "").lower() not in _FOR_DEVELOPERS for each in orders):
        return []
    lines = (each.lower().split() for each in text.splitlines())
    stages = [words[-1] if words[-2] == "as" else "" for words in lines if words[:1] == ["from"] and len(words) > 1]
    targets = {(each.target or "").lower() for each in orders}
    if not targets <= {*stages} or stages[-1] in _FOR_DEVELOPERS:
        return []
    return [orders[0]._replace(target=None, arguments=dict.fromkeys(orders[0].arguments), place="", guessed=True)]


def _told_apart(orders: Sequence[Order]) -> Iterator[Order]:
    """The same, with the place in the name where two have the same."""
    apart = {(each.name, each.place): each for each in orders}
    names = Counter(name for name, _ in apart)
    for (name, place), each in apart.items():
        yield each if names[name] == 1 else each._replace(name=f"{name} ({place})")


def _guess(project: Project, placer: Placer, candidates: Mapping[str, Sequence[Candidate]], path: str) -> Order:
    """The build of a Dockerfile of which nobody says anything: where those beside it are built, if it fits, or in the
    nearest directory that does; in that which lacks the fewest sources, if no directory has all of them."""
    wanted = placer.needs(path)
    context = _beside(project, placer, candidates, path)
    if context is None and (context := nearest(project, path, wanted)) is not None:
        context = below(project, path, context, wanted)
    elif context is None:
        context = fewest_missing(project, path, wanted)
    # A program beside it may put both where it builds.
    place = _taken_elsewhere(project, path)
    context = None if place else context
    where = posixpath.dirname(path) if context is None else context
    return Order(
        name="",
        context=project.place(where),
        dockerfile=project.place(path),
        text=None,
        label=None,
        target=None,
        arguments={},
        contexts={},
        place=place,
        guessed=True,
        known=context is not None,
    )


#: Programs that may build an image, by the endings of their names.
_PROGRAMS: Final = (".bb", ".clj", ".go", ".groovy", ".js", ".mjs", ".php", ".pl", ".ps1", ".py", ".rb", ".sh", ".ts")


def _taken_elsewhere(project: Project, path: str) -> str:
    """The line of a program beside a Dockerfile that copies it to a directory, and builds an image in that; "": none
    does."""
    above, name = posixpath.split(path)
    for each in project.files_in(above):
        text = project.text(posixpath.join(above, each)) if each.endswith(_PROGRAMS) else None
        if text is None or name not in text or "docker" not in text:
            continue
        copies = rf"\b(?:cp|copy\w*|Copy-Item)\b[^\n]*[\"'/ ]{re.escape(name)}[\"']?[ ,]+[\"']?([\w$][\w${{}}./-]*)"
        for copied in re.finditer(copies, text):
            into = re.escape(copied[1].rstrip("/"))
            built = re.compile(rf"docker\W+(?:buildx\W+)?build\b[^\n]*[\s\"'/]{into}(?![\w-])")
            if found := built.search(text, copied.end()):
                place = f"{posixpath.join(above, each)}:{text.count(chr(10), 0, found.start()) + 1}"
                return place if project.root in ("", ".", os.curdir) else project.place(place)
    return ""


def _beside(project: Project, placer: Placer, candidates: Mapping[str, Sequence[Candidate]], path: str) -> str | None:
    """The one context in which the other Dockerfiles of a directory are built, if it has what this one takes."""
    if not placer.needs(path).whole:
        return None
    above = posixpath.dirname(path)
    contexts = {
        _relative(project, order.context)
        for each in project.files_in(above)
        if (other := posixpath.join(above, each)) in candidates
        for order in _chosen(candidates[other])
        if order.known and order.context != NOWHERE
    }
    found = contexts.pop() if len(contexts) == 1 else None
    return found if found is not None and not placer.missing(path, found) else None


def _passed_over(project: Project, placer: Placer, unnamed: Sequence[str]) -> dict[str, str]:
    """The Dockerfiles that nobody builds, and that are nobody's to build, each with the cause."""
    found: dict[str, str] = {}
    for path in unnamed:
        if is_vendored(path):
            found[path] = "vendored"
        elif is_template(path):
            found[path] = "a template"
        elif is_fixture(path):
            found[path] = "a fixture"
    left = [path for path in unnamed if path not in found]
    inputs = [path for path in left if _is_input(project, path)]
    if len(inputs) >= CORPUS:
        found |= dict.fromkeys(inputs, "a corpus")
        left = [path for path in left if path not in found]
    trees = Counter(tree for path in left if (tree := _tree(path)))
    for path in left:
        if (tree := _tree(path)) and trees[tree] >= CORPUS:
            found[path] = "a corpus"
        elif is_specimen(project.text(path) or "") or _is_tried_on(placer, path):
            found[path] = "a fixture"
    return found


def _is_tried_on(placer: Placer, path: str) -> bool:
    """Whether a Dockerfile is one of the targets of tests, and needs nothing that would be there to build it."""
    parts = path.lower().split("/")[:-1]
    tests = next((at for at, part in enumerate(parts) if part in ("test", "tests")), len(parts))
    return "targets" in parts[tests:] and not placer.needs(path).sources and not placer.needs(path).whole


def _is_input(project: Project, path: str) -> bool:
    """Whether a file lies beside what is tried on it: a rule, or an expected output, of the same name."""
    above, name = posixpath.split(path)
    stem = name.partition(".")[0]
    if "." not in name or stem.lower() in ("dockerfile", "containerfile"):
        return False
    names = project.files_in(above)
    return any(each != name and each.partition(".")[0] == stem and not is_dockerfile(each) for each in names)


def _tree(path: str) -> str:
    """The directories that hold a Dockerfile as one of many that something reads: those of a parser, a linter or a
    builder in its tests, or one with others under separate names; empty: neither."""
    return read_in_tests(path) or (posixpath.dirname(path) + "/*" if path.lower().endswith(".dockerfile") else "")


def _told(passed: dict[str, str], project: Project | None) -> Iterator[str]:
    """What is passed over, in one line with counts by cause."""
    counts = Counter(passed.values())
    for path in project.files if project else ():
        if is_template(path) and not is_dockerfile(posixpath.basename(path)) and "/" not in path[-1:]:
            counts["a template"] += _is_of_dockerfile(path)
    total = sum(counts.values())
    if total:
        causes = ", ".join(
            f"{count} {_PLURAL[cause] if count > 1 else cause}" for cause, count in sorted(counts.items()) if count
        )
        noun = "Dockerfiles" if total > 1 else "Dockerfile"
        yield f"passed over: {total} {noun} that nothing here builds ({causes}); name one to see it"


_PLURAL: Final = {"vendored": "vendored", "a template": "templates", "a fixture": "fixtures", "a corpus": "in a corpus"}


def _is_of_dockerfile(path: str) -> bool:
    name = posixpath.basename(path).lower()
    return "dockerfile" in name or "containerfile" in name


# --- names ----------------------------------------------------------------------------------------------------------


def _distinct(orders: Iterable[Order]) -> list[Order]:
    """Each context with each target once: with the arguments that are named first. One that only others give it has
    no value here, and may have one."""
    found: dict[tuple[str, str | None], Order] = {}
    for each in orders:
        first = found.setdefault((each.context, each.target), each)
        # What one of them gives out ships.
        first = found[each.context, each.target] = first._replace(cached=first.cached and each.cached)
        if each.arguments.keys() - first.arguments.keys():
            found[each.context, each.target] = first._replace(
                arguments={**dict.fromkeys(each.arguments), **first.arguments}
            )
    return list(found.values())


def _called(orders: Sequence[Order], path: str) -> Iterator[Order]:
    """Orders of one Dockerfile, each called after it and what sets it apart."""
    contexts, targets = len({each.context for each in orders}), len({each.target for each in orders})
    for each in orders:
        apart = [f"in {each.context}"] if contexts > 1 else []
        apart += [f"target {each.target or 'last'}"] if targets > 1 else []
        name = f"{path} ({', '.join(apart)})" if apart else path
        file = each.dockerfile or joined(each.context, posixpath.basename(path))
        yield each._replace(name=name, dockerfile=file)
