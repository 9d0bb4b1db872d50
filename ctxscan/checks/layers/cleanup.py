"""The lessons about cleaning up: what a later RUN removes stays in the layer that made it, and what none does, too."""

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from ...builds.names import is_dockerfile
from ...context.transfer import cleaned
from ...dockerfile.commands import Command
from ...dockerfile.stages import Step
from ...facts import Scan
from ...findings import Finding
from ...packages.catalog import CACHES, MANAGERS, REMOVALS, install, is_manifest
from ...packages.ecosystem import Cache
from ...paths import join, within
from ...regex import lazy
from ...rules import globs
from ...secrets.scope import screen
from ..installs.effects import TIDIES
from ..project.audience import is_sample
from ..reading import Reading, cleans, fills, instead, is_among, is_mounted, landed, leaves_out, listed, moved, needing
from ..registry import Evidence, finding, finds

#: Less than this in a layer is not worth a word.
WORTH_BYTES: Final = 1_000_000
#: What a download has to be called to be large, where nobody knows its size.
_LARGE: Final = (
    ".tar", ".tgz", ".gz", ".xz", ".bz2", ".zst", ".zip", ".7z", ".deb", ".rpm", ".apk", ".whl", ".jar", ".war", ".run",
    ".bin", ".iso", ".img", ".AppImage", ".exe", ".msi", "forge.sh", "conda.sh", "-x86_64.sh",
)  # fmt: skip
#: The same of directories: packages that are installed from there, or lie there.
_LARGE_DIRECTORIES: Final = frozenset(
    "wheels wheelhouse .wheels node_modules vendor venv .venv site-packages debs rpms packages pkgs jars".split()
)
#: Entries of a directory whose bytes are added up, and that are compared with a name.
_MOST_ENTRIES: Final = 20_000


class _Late(NamedTuple):
    """What was removed too late: the words for it, the step that made it, its bytes where they are known, and the path
    where it came from, in the context or in another stage. `used`: a later step needs it before it is removed; `more`:
    the other steps that made it; `instead`: how to do without it; `large`: nobody doubts that it is."""

    what: str
    made: Step
    bytes: int
    source: str | None = None
    used: bool = False
    more: tuple[Step, ...] = ()
    instead: str = ""
    large: bool = False

    @property
    def lines(self) -> str:
        return listed([self.made.line, *(each.line for each in self.more)])


@finds("warning", scope="shipped")
def split_cleanup(case: Evidence) -> Iterator[Finding]:
    """A RUN removes what an instruction before it has put into a layer: the layer keeps it, and nothing gets smaller.

    Caches and packages of a package manager, downloads, and what COPY or ADD brought; only in the stages whose layers
    are in the image, and from 1 MB on, or what may be a secret. What a base image brought is not reported. A note for
    what somebody puts into the context first, for a directory of another stage that is not known to be large, and in an
    example. What a RUN moves is stored twice: a file that a COPY brought, or a program that another stage compiles.
    """
    reading = case.reading
    steps = reading.shipped if reading else []
    told: set[tuple[str, int]] = set()
    for at, step in enumerate(steps):
        for each in _removed(reading, steps[:at], step) if reading else ():
            if (each.what, each.made.line) in told:
                continue
            told.add((each.what, each.made.line))
            layer = "layers" if each.more else "layer"
            yield finding(
                split_cleanup,
                f"{each.what} stays in the {layer} created by {each.made.keyword} on {each.lines}",
                severity="note" if _is_brought_later(each) or is_sample(case.scan.build) else None,
                why="a later instruction can only hide what a layer has",
                path=case.scan.build.label,
                line=step.line,
                size=each.bytes,
                reached="image",
                remedy=_remedy(case, steps, each, step),
                key=each.what,
            )


def _is_brought_later(late: _Late) -> bool:
    """Whether something is copied that whoever builds puts there first, or another stage: nobody knows how large it
    is."""
    if late.bytes or late.large or late.made.keyword not in ("COPY", "ADD"):
        return False
    return bool(late.source) if late.made.origin is None else not _is_large(late.what) and not _is_large(late.source)


#: Packages of a few kB, which say where others are to be had, and whom to trust there.
_OF_REPOSITORIES: Final = lazy(
    r"(?:^|[/_.-])(?:release|repo|repos|repository|keyring|apt-source|apt-config|packages-microsoft-prod)"
    r"(?:[_.-][\w.+~-]*)?\.(?:deb|rpm)$"
)


def _is_called_large(path: str) -> bool:
    return path.endswith(_LARGE) and not (path.endswith((".deb", ".rpm")) and _OF_REPOSITORIES.search(path))


def _is_large(path: str | None) -> bool:
    """Whether a path is called as what is large."""
    return path is not None and (_is_called_large(path) or posixpath.basename(path) in _LARGE_DIRECTORIES)


#: Programs of which one is called by a RUN that leaves a cache.
_FILLING: Final = tuple({each.split()[0] for cache in CACHES if cache.left is not None for each in cache.left.fills})


@finds("warning", scope="shipped")
def leftover_cache(case: Evidence) -> Iterator[Finding]:
    """A RUN leaves in the image what a package manager downloads for itself: the lists of packages of apt, the cache of
    dnf and yum, those of pip, pipx, poetry and pipenv.

    Only in the layers of the image, where it is a megabyte for sure: of pip for many packages or a large one. `poetry
    install --no-cache` keeps its downloads all the same, and has its virtual environments beside them. The scripts of
    the context that a RUN calls are read as well, and what is removed before it is fetched again is left. A note for
    the index of apk, and in an example. Silent with a cache mount, where a script may tidy up, and where a comment
    above the RUN tells hadolint to ignore it; what a later RUN removes is `split-cleanup`.
    """
    reading = case.reading
    runs = [each for each in reading.shipped if each.keyword == "RUN"] if reading else []
    if reading is None:
        return
    called = any(program in each.instruction.whole for each in runs for program in _FILLING)
    # A script may do so.
    if not called and not any(each.program or ".sh" in each.text for each in reading.all_commands(runs)):
        return
    from .leftovers import leftovers  # only where one of them is called

    for each in leftovers(reading):
        yield finding(
            leftover_cache,
            f"{'RUN' if len(each.steps) == 1 else 'the RUNs'} on {listed(step.line for step in each.steps)} "
            f"leave{'s' if len(each.steps) == 1 else ''} {each.what}",
            severity="note" if each.small or is_sample(case.scan.build) else "warning",
            why="nothing that the image runs reads it",
            path=case.scan.build.label,
            line=each.steps[0].line,
            reached="image",
            remedy=each.remedy,
            key=each.what,
        )


#: What programs read by themselves, and what may hold the key to a registry.
_SETTINGS: Final = frozenset(
    ".npmrc .yarnrc .yarnrc.yml .netrc .pypirc pip.conf .gemrc .git-credentials auth.json NuGet.Config nuget.config "
    "settings.xml credentials.toml".split()
)


def _remedy(case: Evidence, steps: list[Step], late: _Late, step: Step) -> str:
    """What to write: one RUN for all that needs it, a mount, or nothing to copy."""
    reading = case.reading
    made, name = late.made, posixpath.basename(late.what.rstrip("/"))
    first, last = next(at for at, each in enumerate(steps) if each is made), steps.index(step)
    between = [each for each in steps[first + 1 : last] if each.keyword == "RUN"]
    asks = _asking(case) if late.source == ".git" else None
    users = [each for each in between if _works_with(each, late.what) or (asks is not None and asks(each))]
    if late.instead:
        return late.instead
    if made.keyword == "RUN":
        needed = users or late.used or (late.what.startswith("/") and _uses(step, name))
        if not needed or reading is None:
            return f"remove it in the same RUN, on {late.lines}"
        from .merging import merged  # only where a RUN removes what another one needs

        apart = "use it in a separate stage, and COPY --from there what it makes"
        return merged(reading, steps, made, step, late.what) or apart
    spared = _spared(case, made, late)
    colon = ":" if spared == "do not copy it" else ", and"
    used = [*users, *([step] if _uses(step, name) else [])]
    # What is mounted cannot be removed, and what is not there only with -f.
    kept = step in used or not _forces(reading, step, late.what)
    gone = f", without {'its rm' if used == [step] else f'the rm on line {step.line}'}" if kept else ""
    if late.source is not None and (used or asks is not None):
        place = f"{f'source={late.source},' if late.source else ''}target={late.what}"
        if made.origin is not None:
            place = f"from={made.origin.name},{place}"
        one, where = "", f"on {listed(each.line for each in used)}" if used else "on the RUN that asks git"
        if _is_directory(reading, late):
            place += ",rw"  # a command may write beside what it reads: nothing of it is kept
            if len(used) > 1:
                one, where = "one ", f"for what is {where}"  # the next RUN would find nothing of it
        rest = "" if colon == ":" else "; no rule of the ignore file may take it, or the mount finds nothing"
        return f"{spared}{colon} {one}RUN --mount=type=bind,{place} {where}{gone}{rest}"
    if used and made.origin is not None:
        return f"do not copy it: RUN --mount=type=bind,from={made.origin.name} where it is used{gone}"
    if name in _SETTINGS and made.origin is None:
        lines = [each.line for each in between] or [step.line]
        mount = f"RUN --mount=type=secret,id={name.strip('.')},target={late.what}"
        return f"{spared}{colon} {mount} on {listed(lines)}{gone}"
    if late.source is not None and made.origin is None and not used:
        if _exactly(made, late.what):
            return f"{spared}{gone}"
        # What another instruction takes by its name has to be sent.
        wanted = any(
            within(late.source, cleaned(source.text)) and cleaned(source.text)
            for stage in (reading.plan.stages if reading else ())
            for each in stage.steps
            if each is not made and each.keyword in ("COPY", "ADD") and each.origin is None
            for source in each.sources
        )
        wanted = wanted or any(_asks_for(other, late.source) for other in case.alike)
        line = "COPY --exclude it"
        if _is_whole(made):
            line = f"COPY --exclude={late.source} {' '.join(made.instruction.text.split()[1:])}"
        return f"do not copy it: {'' if wanted else f'exclude {late.source}, or '}{line}{_syntax(case)}{gone}"
    if made.origin is not None and _exactly(made, late.what):
        return f"do not copy it{gone}"
    if made.origin is not None and late.source is not None and len(made.sources) == 1:
        below = posixpath.relpath(late.source, f"/{cleaned(made.sources[0].text)}")
        return f"COPY --exclude={below} on line {made.line}{_syntax(case)}{gone}"
    return f"do not copy it: use it in a separate stage or through RUN --mount{gone}"


def _asking(case: Evidence) -> Callable[[Step], bool] | None:
    """What tells of a step whether it asks git of the history, or runs the file that does; None: nobody asks."""
    asks, label = case.asks, case.scan.build.label
    if asks is None or (asks.file != label and is_dockerfile(posixpath.basename(asks.file))):
        return None
    if asks.file == label:
        return lambda step: step.line <= asks.line <= step.instruction.end_line
    return lambda step: posixpath.basename(asks.file) in step.instruction.text


def _is_directory(reading: Reading | None, late: _Late) -> bool:
    if reading is None or late.made.origin is not None or late.source is None:
        return not posixpath.splitext(late.what)[1]
    return not late.source or reading.sent.kind(late.source) == "dir"


def _syntax(case: Evidence) -> str:
    """What COPY --exclude needs besides, in words."""
    from ..frontends import keeps  # only where it is advised

    build = case.scan.build
    needed = keeps("exclude", build.text or b"", build.builder)
    if needed is None and build.builder.frontend.may_be_named:
        needed = "# syntax=docker/dockerfile:1 instead of the release that is named"
    return f" (with {needed})" if needed else ""


def _asks_for(scan: Scan, path: str) -> bool:
    """Whether another build that reads the same rules names a path, or something below it, or takes it with everything
    and it is a project."""
    sources = [cleaned(each.input.source) for each in scan.inputs]
    if any(each and (within(each, path) or within(path, each)) for each in sources):
        return True
    return "" in sources and any(is_manifest(each) or is_dockerfile(each) for each in scan.disk.names(path))


def _spared(case: Evidence, made: Step, late: _Late) -> str:
    """How an instruction copies all but what is removed later. A rule of the ignore file would keep it from a mount."""
    if _exactly(made, late.what) or "$" in late.what:
        return "do not copy it" if len(made.sources) == 1 else f"take it out of line {made.line}"
    return f"COPY --exclude{f'={late.source}' if _is_whole(made) else ' it'} on line {made.line}{_syntax(case)}"


def _is_whole(made: Step) -> bool:
    """Whether an instruction copies the context as a whole."""
    return made.origin is None and [cleaned(each.text) for each in made.sources] == [""]


def _forces(reading: Reading | None, step: Step, what: str) -> bool:
    """Whether a RUN goes on where what it removes is not there."""
    commands = reading.commands(step) if reading is not None else ()
    words = [each.arguments for each in commands if _takes(each, what)]
    return all(any(re.match(r"-\w*f|--force", one) for one in each) for each in words)


def _works_with(step: Step, what: str) -> bool:
    """Whether a RUN names what is removed later, or runs in it."""
    return posixpath.basename(what.rstrip("/")) in step.instruction.text or within(step.workdir or "/", what)


def _uses(step: Step, name: str) -> bool:
    """Whether a RUN does more with a file than removing it."""
    parts = re.split(r"&&|\|\||;|\n", step.instruction.text)
    return any(name in part and not _REMOVES.match(part) for part in parts)


_REMOVES: Final = lazy(r"\s*(?:RUN\s+)?(?:rm\s|find\s.*(?:-delete\b|\srm\s))")


def _removed(reading: Reading, before: list[Step], step: Step) -> Iterator[_Late]:
    """What a RUN removes too late."""
    commands = reading.commands(step)
    for cache in CACHES:
        if any(cleans(cache, each) for each in commands) and not is_mounted(step, cache.place):
            left = [made for at, made in enumerate(before) if _leaves(reading, before[:at], made, cache)]
            if left and cache.renews:
                left = _without_early_updates(reading, left, step)
            if left:
                users = needing(reading, left, cache)
                yield _Late(
                    cache.what,
                    left[0],
                    0,
                    used=bool(users),
                    more=tuple(left[1:]),
                    instead=instead(cache, (*left, step)) or _anew(reading, before, step, cache, left, users),
                )
    linked = {_absolute(each, path) for each in commands if each.name == "ln" for path in each.words[-1:]}
    for at, command in enumerate(commands):
        yield from _packages_before(reading, before, commands[:at], command)
        if command.name == "rm" and not command.guarded:
            for path in command.arguments:
                # What gives way to a link is not removed to save anything.
                if not path.startswith("-") and _absolute(command, path) not in linked:
                    yield from _made_before(reading, before, command, path)
        if command.name == "mv" and not command.guarded:
            yield from _moved_before(reading, before, commands[:at], command)
        if command.name == "find" and _deletes(command, commands[at + 1 : at + 2]):
            yield from _found_before(reading, before, command)


def _without_early_updates(reading: Reading, left: list[Step], step: Step) -> list[Step]:
    """Of the RUNs that fill a cache those that leave it there even where `split-update` is followed."""
    from .separate import early_updates  # only where a cache is cleaned late

    gone = [
        update
        for stage in reading.plan.stages
        for _, installs, updates in early_updates(reading, stage)
        for update in updates
        if installs == [step]
    ]
    return [each for each in left if each not in gone]


def _anew(reading: Reading, before: list[Step], step: Step, cache: Cache, left: list[Step], users: list[Step]) -> str:
    """How others live without what is removed, if they need it and cannot be one RUN with what has filled it."""
    if not users:
        return ""
    from .merging import may_be_one, renewed  # only where one RUN lives on the lists of another

    steps = [*before, step]
    if all(each in steps for each in users) and may_be_one(reading, steps, left[0], step):
        return ""
    return renewed(reading, cache, [*left, *(each for each in users if each in before and each not in left)], users)


def _absolute(command: Command, path: str) -> str:
    return posixpath.normpath(posixpath.join("/", command.cwd, path))


def _deletes(command: Command, after: Iterable[Command]) -> bool:
    """Whether a `find` removes what it finds, by itself or through `xargs`."""
    words = command.arguments
    if "-delete" in words or any(one in ("-exec", "-execdir") and two == "rm" for one, two in pairwise(words)):
        return True
    return any(each.name == "xargs" and "rm" in each.arguments for each in after)


def _found_before(reading: Reading, before: list[Step], command: Command) -> Iterator[_Late]:
    """What a `find -name` has found in what was copied."""
    names = [two for one, two in pairwise(command.arguments) if one in ("-name", "-iname")]
    starts = [each for each in command.arguments[:1] if not each.startswith("-")] or ["."]
    for start in starts if names and "!" not in command.arguments and "-not" not in command.arguments else ():
        place = _absolute(command, start)
        for step in reversed(before):
            if step.keyword not in ("COPY", "ADD") or step.origin is not None:
                continue
            above = next((each for each in landed(step, place) if reading.sent.kind(each or ".") or not each), None)
            if above is None and not within(step.target, place):
                continue
            sizes = {
                path: bytes_sent(reading, path)
                for path in _named(reading, above or "", names)
                if not leaves_out(step, posixpath.relpath(path, above or "."))
            }
            large = [path for path, size in sizes.items() if size >= WORTH_BYTES]
            if len(large) == 1 and _is_whole(step):
                yield _Late(posixpath.join(step.target, large[0]), step, sizes[large[0]], large[0])
                break
            if sum(sizes.values()) >= WORTH_BYTES:
                yield _Late(" ".join(names), step, sum(sizes.values()))
                break


def _named(reading: Reading, above: str, names: list[str]) -> Iterator[str]:
    """The paths below a directory of the context whose names match, as the builder gets them."""
    left, todo = _MOST_ENTRIES, [above]
    while todo:
        here = todo.pop()
        for name in reading.tree.names(here):
            left -= 1
            if left < 0:
                return
            path = join(here, name)
            kind = reading.sent.kind(path)
            if kind is not None and any(globs.matches(each, name) for each in names):
                yield path
            elif kind == "dir":
                todo.append(path)


def bytes_sent(reading: Reading, path: str) -> int:
    """The bytes of a file or directory of the context, as the builder gets it."""
    known = reading.size(path) if path else 0
    if known or (path and reading.sent.kind(path) != "dir"):
        return known
    total, left, todo = 0, _MOST_ENTRIES, [path]
    while todo:
        here = todo.pop()
        for name in reading.tree.names(here):
            left -= 1
            if left < 0:
                return total
            below = join(here, name)
            kind = reading.sent.kind(below)
            if kind == "dir":
                todo.append(below)
            elif kind is not None:
                total += reading.tree.size(below)
    return total


def _leaves(reading: Reading, before: list[Step], step: Step, cache: Cache) -> bool:
    """Whether a step fills a cache and leaves it, itself or by a script, and nobody says that it is so on purpose."""
    if step.keyword != "RUN" or is_mounted(step, cache.place):
        return False
    from .leftovers import called, is_ignored  # only where a cache is cleaned late

    commands = called(reading, before, step)
    if not fills(reading, step, cache, commands) or any(cleans(cache, each) for each in commands):
        return False
    return cache.left is None or not is_ignored(reading, step, cache.left.rule)


#: Commands for which nobody installs anything.
_IDLE: Final = TIDIES | frozenset(": addgroup adduser cd echo export groupadd printf set true useradd usermod".split())


def _packages_before(
    reading: Reading, before: list[Step], ahead: Sequence[Command], command: Command
) -> Iterator[_Late]:
    """Packages of the system that an earlier RUN has installed and left; `ahead` is what the same RUN did until now."""
    for takes, brings in REMOVALS:
        names = set(command.arguments[1:]) if is_among(command, takes) else set[str]()
        # `--auto` is no package, nor is the bracket that a shell closes.
        names = {name for name in names if name[:1].isalnum()} - {"purge", "remove", "del"}
        names -= _words(ahead, brings)
        for at, step in enumerate(before) if names else ():
            commands = reading.commands(step)
            installed = names & (_words(commands, brings) - _words(commands, takes))
            if installed:
                # They were brought for what runs until they go, if it runs any program.
                between = (*reading.all_commands(before[at + 1 :]), *ahead)
                used = any(each.name not in _IDLE or each.name in names for each in between)
                yield _Late(" ".join(sorted(installed)[:3]), step, 0, used=used)
                break


def _words(commands: Iterable[Command], listed: Iterable[str]) -> set[str]:
    """The arguments of those commands that are listed."""
    listed = tuple(listed)
    return {word for each in commands if is_among(each, listed) for word in each.arguments}


def _made_before(reading: Reading, before: list[Step], command: Command, path: str) -> Iterator[_Late]:
    if "$" in path:
        yield from _given(before, command, path)
    if "$" in path or path in ("/", ".", "*"):
        return
    place = _absolute(command, path)
    if globs.is_wild(path):
        # A shell takes it for what lies there: of all that, downloads are known by their names.
        called = (each for each in reading.all_commands(before) if each.name in ("curl", "wget"))
        for one in dict.fromkeys(path for each in called for path in _made(each) if _stands_for(place, path)):
            yield from (each._replace(what=place) for each in _made_before(reading, before, command, one))
        return
    # The home of whoever runs it has no name here.
    what = path if path.startswith("~") else place
    for step in reversed(before):
        if step.keyword in ("COPY", "ADD"):
            if step.origin is None:
                found = next((each for each in landed(step, place) if each and reading.sent.kind(each)), None)
                if found is None and step.target == place and _is_whole(step) and not step.flags:
                    found = ""  # the context itself
                if found is not None:
                    size = bytes_sent(reading, found)
                    if size >= WORTH_BYTES or (found and _may_be_secret(reading, found)):
                        yield _Late(what, step, size, found)
                    return
                if _is_called_large(place) and _exactly(step, place) and step.keyword == "COPY":
                    # An earlier step of whoever builds makes it.
                    yield _Late(what, step, 0, next(landed(step, place)))
                    return
            if (step.origin is not None or any(source.kind == "http" for source in step.sources)) and _exactly(
                step, place
            ):
                if _is_called_large(place):
                    source = step.sources[0].text if len(step.sources) == 1 and step.origin is not None else "*"
                    yield _Late(what, step, 0, None if globs.is_wild(source) else f"/{cleaned(source)}")
                elif within(step.target, place):
                    yield from _of_stage(reading, step, command)
                return
            if step.origin is not None and within(step.target, place):
                yield from _of_stage(reading, step, command)
                return
            if step.origin is not None and (found := _through_stage(reading, step, place)) is not None:
                size = bytes_sent(reading, found)
                if size >= WORTH_BYTES or _may_be_secret(reading, found):
                    yield _Late(what, step, size, next(moved(step, place), None))
                return
        elif step.keyword == "RUN":
            made = [(each, path) for each in reading.commands(step) for path in _made(each) if _goes(path, place)]
            if not made:
                continue
            left = any(
                (each.name not in ("curl", "wget") or _is_called_large(path))
                and not any(_takes(one, path) for one in reading.commands(step))
                for each, path in made
            )
            if left:
                yield _Late(what, step, 0)
            return


def _moved_before(reading: Reading, before: list[Step], ahead: Sequence[Command], command: Command) -> Iterator[_Late]:
    """What a COPY has brought, and what is in one more layer once it is moved; `ahead` is what the RUN did before."""
    *paths, last = [each for each in command.arguments if not each.startswith("-")] or [""]
    into = _absolute(command, last)
    made = {_absolute(each, path) for each in ahead if each.name == "mkdir" for path in each.words}
    directory = last.endswith("/") or len(paths) > 1 or into in made
    for path in paths if "$" not in last else ():
        place = _absolute(command, path)
        at = next((at for at, each in reversed([*enumerate(before)]) if _brings(each, place)), None)
        if at is None or before[at].keyword == "RUN" or any(place in each.arguments for each in ahead):
            continue
        step, own = before[at], before[at] in reading.plan.target.steps
        if own and any(each.keyword == "RUN" and _works_with(each, place) for each in before[at + 1 :]):
            continue
        found = next((each for each in landed(step, place) if each and reading.sent.kind(each)), None)
        size = bytes_sent(reading, found) if found is not None else 0
        if size < WORTH_BYTES and not _is_compiled(reading, step, place):
            continue
        there = f"{last.rstrip('/')}/" if directory else last
        way = f"COPY it to {there} itself, on line {step.line}, without the mv"
        apart = f"begin both stages with one that lacks the COPY on line {step.line}, and here COPY it to {there}"
        yield _Late(place, step, size, found, instead=way if own else apart, large=True)


def _brings(step: Step, place: str) -> bool:
    """Whether a COPY brings what lies at a place, or a RUN names it, and may have written it anew."""
    if step.keyword == "RUN":
        return re.search(rf"{re.escape(place)}(?![\w./-])", step.instruction.whole) is not None
    return step.keyword == "COPY" and _exactly(step, place)


#: Where programs lie, and what compiles them.
_PROGRAMS: Final = lazy(r"(?:.*/)?s?bin/[\w-]+")
_COMPILES: Final = frozenset(
    "go cargo make cmake ninja dune stack cabal swift zig gcc g++ dotnet xx-go xx-cargo".split()
)


def _is_compiled(reading: Reading, step: Step, place: str) -> bool:
    """Whether a COPY has brought a program from a stage that compiles one."""
    origin = step.origin.stage if step.origin is not None else None
    if origin is None or not _PROGRAMS.fullmatch(place):
        return False
    return any(each.name in _COMPILES for each in reading.all_commands(reading.history(reading.plan.stage(origin))))


def _of_stage(reading: Reading, step: Step, command: Command) -> Iterator[_Late]:
    """A directory that a COPY has taken from another stage or image, and that goes as a whole."""
    # A file is small as like as not.
    if not any(re.match(r"-\w*[rR]|--recursive", each) for each in command.arguments) or step.origin is None:
        return
    sources = [f"/{cleaned(each.text)}" for each in step.sources if each.kind == "path"]
    stage = None if step.origin.stage is None else reading.plan.stage(step.origin.stage)
    found = [reading.brought(reading.history(stage), each) if stage is not None else None for each in sources]
    size = sum(bytes_sent(reading, each) for each in found if each)
    if size >= WORTH_BYTES or not all(found):
        source = sources[0] if len(sources) == 1 and not globs.is_wild(sources[0]) else None
        yield _Late(step.target, step, size if size >= WORTH_BYTES else 0, source)


def _through_stage(reading: Reading, step: Step, place: str) -> str | None:
    """The path in the context of what a COPY has brought to `place` with more, from a stage that has left it there."""
    origin = step.origin.stage if step.origin is not None else None
    if origin is None or (found := reading.brought([step], place)) is None:
        return None
    there = [*moved(step, place)]
    commands = reading.all_commands(reading.history(reading.plan.stage(origin)))
    return None if any(_takes(each, path) for each in commands for path in there) else found


def _stands_for(pattern: str, path: str) -> bool:
    """Whether a wild card in the last part of an absolute path stands for another one."""
    above, _, name = pattern.rpartition("/")
    return posixpath.dirname(path) == (above or "/") and globs.matches(name, posixpath.basename(path))


def _given(before: list[Step], command: Command, path: str) -> Iterator[_Late]:
    """An archive that whoever builds names, and that is unpacked and removed by the same variable."""
    unpacked = re.search(r"\b(?:tar|unzip)\s", command.step.instruction.text)
    for step in reversed(before) if unpacked else ():
        written = [each.written.strip("\"'") for each in step.sources if each.kind == "path"]
        if step.keyword == "COPY" and step.origin is None and written == [path] and step.target == command.cwd:
            yield _Late(posixpath.join(command.cwd, path), step, 0, path)
            return


def _goes(path: str, place: str) -> bool:
    """Whether what was made at a path is removed with `place`; of a clone its history may go alone."""
    return within(path, place) or place == f"{path}/.git"


#: What begins a key or a certificate that is for everybody.
_PUBLIC: Final = lazy(r"-----BEGIN (?:PGP PUBLIC KEY BLOCK|PUBLIC KEY|CERTIFICATE)-----")


def _may_be_secret(reading: Reading, path: str) -> bool:
    """By its name, unless it begins as a public key; a small database that is removed again is the empty one that the
    program would make itself."""
    above, _, name = path.rpartition("/")
    if name.endswith((".db", ".sqlite", ".sqlite3")) or not list(screen([name], above)):
        return False
    text = reading.tree.text(path) if reading.tree.kind(path) == "file" else ""
    return _PUBLIC.search(text) is None or "PRIVATE KEY" in text


def _exactly(step: Step, place: str) -> bool:
    """Whether a COPY puts a thing of its own at `place`."""
    where = step.target
    return where == place or any(
        posixpath.join(where, posixpath.basename(source.text)) == place for source in step.sources
    )


def _made(command: Command) -> Iterator[str]:
    """Where a command leaves something: a download, a clone, an install."""
    found = install(command)
    if found is not None and MANAGERS[found.manager].always:
        yield posixpath.join(found.cwd, MANAGERS[found.manager].packages)
        return
    paths: list[str] = []
    arguments = list(command.arguments)
    if command.name in ("curl", "wget"):
        flags = ("-o", "--output") if command.name == "curl" else ("-O", "--output-document")
        paths += [after for one, after in pairwise(arguments) if one in flags]
        if (command.name == "wget" and not paths) or {"-O", "-LO", "-sLO", "-fsSLO", "--remote-name"} & set(arguments):
            paths += [posixpath.basename(each.partition("?")[0]) for each in arguments if "://" in each]
    if command.name == "git" and arguments[:1] == ["clone"]:
        words = [each for each in arguments[1:] if not each.startswith("-")]
        paths += words[1:2] or [posixpath.basename(each).removesuffix(".git") for each in words[:1]]
    for each in filter(None, paths):
        if each != "-":
            yield posixpath.normpath(posixpath.join("/", command.cwd, each))


def _takes(command: Command, path: str) -> bool:
    """Whether a command removes what lies at a path, or a directory with it."""
    places = (posixpath.normpath(posixpath.join("/", command.cwd, each)) for each in command.arguments)
    return command.name in ("rm", "mv") and any(
        within(path, each) or _stands_for(each, path) for each in places if each != "/"
    )
