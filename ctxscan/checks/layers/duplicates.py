"""What a RUN stores a second time where it gives files to somebody, or another mode: what instructions above it have
brought."""

import posixpath
from collections.abc import Iterator
from typing import Final, NamedTuple

from ...context.transfer import cleaned
from ...dockerfile.commands import Command
from ...dockerfile.shell import replaced
from ...dockerfile.stages import Step
from ...packages.catalog import MANAGERS
from ...packages.install import Install
from ...paths import within
from ...regex import lazy
from ...rules import globs
from ..installs.order import is_idle
from ..reading import Reading, landed, may_fetch
from .cleanup import bytes_sent
from .layering import ASIDE_BYTES


class Duplicate(NamedTuple):
    """What a `chown` or `chmod` stores anew: the instruction that brought most of it, how many bytes the context gave,
    and the install of packages among it, which may be one in the stage that the instruction copies from
    (`elsewhere`), or the release that was unpacked there."""

    copy: Step | None
    bytes: int
    install: Install | None
    elsewhere: bool = False
    release: Step | None = None


def is_known(most: Duplicate, size: int) -> bool:
    """Whether something says how much a command stores anew, or that it is much."""
    return bool(size) or most.install is not None or most.release is not None


def stored_again(reading: Reading, before: list[Step], command: Command) -> Iterator[tuple[Duplicate, int]]:
    """What a command that gives all below its paths stores anew, the most of it, and how many bytes in all (0: nobody
    knows); nothing where that is little."""
    given, *paths = command.words or [""]
    spared = _HELD if command.name == "chmod" else ROOT if command.name == "chown" else _NOBODY
    if not paths or spared.fullmatch(given) or "$(" in given or "`" in given:
        return  # what a command says in their place nobody knows
    # A variable may stand for several.
    paths = [one for each in paths for one in replaced(each, dict(command.step.environment)).split()]
    again = [stored_below(reading, before, command, each) for each in paths if not set(each) & set("$*?[")]
    again = [each for each in again if each.copy or each.install or each.release]
    if not again:
        return
    most = max(again, key=lambda each: (each.install is not None, each.release is not None, each.bytes))
    size = sum(each.bytes for each in again)
    if size >= ASIDE_BYTES or most.install is not None or most.release is not None:
        yield most, size
    elif most.copy is not None and most.copy.origin is not None:
        yield most, 0


def is_the_same(one: tuple[Command, Duplicate], other: tuple[Command, Duplicate]) -> bool:
    """Whether two RUNs store the same files anew, by the owner and by the mode: one cause."""
    (first, of_first), (second, of_second) = one, other
    same = of_first.copy is of_second.copy and of_first.install == of_second.install
    return same and of_first.release is None and first.name != second.name and first.words[1:] == second.words[1:]


ROOT: Final = lazy(r"(?:root|0)?(?::.*)?")
_NOBODY: Final = lazy(r"")
#: What `chmod` gives that files have anyway as they are checked out, and takes that they have not.
_HELD: Final = lazy(r"(?:(?:[ugoa]*\+[rX]+|u[+=]rwX|(?:g|o|go|og)(?:=rX|-w))(?:,|$))+")


def stored_below(reading: Reading, before: list[Step], command: Command, path: str) -> Duplicate:
    """What instructions before it have put below a path."""
    place = posixpath.normpath(posixpath.join("/", command.cwd, path))
    most: Step | None = None
    other: Step | None = None
    most_bytes, total = 0, 0
    installed: Install | None = None
    packed: tuple[Step, Install] | None = None
    for step in before:
        if step.keyword in ("COPY", "ADD") and not is_given(step, command):
            # Of what another stage made nobody knows how much lies deeper down.
            if not within(step.target, place) and (step.origin is not None or not within(place, step.target)):
                continue
            size = 0 if step.origin is not None else _brought(reading, step, place)
            total += size
            other = step if step.origin is not None else other
            brought = _packages_of(reading, step) if within(step.target, place) else None
            packed = (step, brought) if brought is not None else packed
            if size > most_bytes:
                most, most_bytes = step, size
        elif step.keyword == "RUN":
            # What a RUN makes is in the group of root.
            same = command.name == "chgrp" and _is_roots(command.words[0])
            for found in reading.installs([step]) if not same else ():
                beside = MANAGERS[found.manager].always or MANAGERS[found.manager].packages == "vendor"
                below = any(within(each, place) for each in _places_of(found, beside=beside))
                if below and not is_idle(reading, found):
                    installed = found
    if installed is None and packed is not None:
        return Duplicate(packed[0], total, packed[1], elsewhere=True)
    if installed is None and total < ASIDE_BYTES and may_fetch(before):
        from .unpacking import release_below  # few images unpack something

        release = release_below(reading, before, command, place)
        if release is not None:
            return Duplicate(None, total, None, release=release)
    # Of what another stage made nobody knows how much it is.
    return Duplicate(most if total >= ASIDE_BYTES or other is None else other, total, installed)


def is_given(step: Step, command: Command) -> bool:
    """Whether a COPY has given the owner or the mode already that a command gives."""
    flags, values = dict(step.flags), dict(command.step.environment)
    if command.name == "chgrp":
        user, colon, group = replaced(flags.get("chown") or "root:root", values).partition(":")
        asked = replaced(command.words[0], values)
        both = {group if colon else user, asked}
        return len(both) == 1 or all(map(_is_roots, both)) or any("$" in each for each in both)
    wanted = flags.get(command.name, "") if command.name in flags else None
    texts = [replaced(each, values).partition(":")[0] for each in (wanted or "", command.words[0])]
    return wanted is not None and (texts[0] == texts[1] or any("$" in each for each in texts))


def _is_roots(group: str) -> bool:
    return group in ("root", "0")


def _places_of(found: Install, *, beside: bool) -> list[str]:
    """Where the packages of an install are, `beside` its manifest or in an environment of its own."""
    manager = MANAGERS[found.manager]
    places = [posixpath.normpath(posixpath.join(found.cwd, manager.packages))] * (beside and bool(manager.packages))
    return places + ([manager.elsewhere(found.command)] if manager.elsewhere is not None else [])


#: What a build puts together with the packages that a program needs.
_TOGETHER: Final = ("/.next/standalone", "/.output")


def _packages_of(reading: Reading, step: Step) -> Install | None:
    """The install of packages in another stage that a COPY brings along, and that nothing there takes away again."""
    if step.keyword != "COPY" or step.origin is None or step.origin.stage is None:
        return None
    steps = reading.history(reading.plan.stage(step.origin.stage))
    sources = ["/" + cleaned(each.text) for each in step.sources]
    removed = [word for one in reading.all_commands(steps) if one.name == "rm" for word in one.words]
    for found in reading.installs(steps):
        packages = MANAGERS[found.manager].packages
        # What is copied by that name is there.
        named = any(posixpath.basename(each) == packages for each in sources)
        beside = MANAGERS[found.manager].always or packages == "vendor" or named
        places = _places_of(found, beside=beside)
        gone = any(
            posixpath.basename(each.rstrip("/")) == posixpath.basename(one) for each in removed for one in places
        )
        brought = not gone and any(within(place, each) for place in places for each in sources)
        if brought and not is_idle(reading, found):
            return found
    if any(each.endswith(_TOGETHER) for each in sources):
        taken = [one.origin.stage for one in steps if one.keyword == "COPY" and one.origin is not None]
        before = [one for each in taken if each is not None for one in reading.history(reading.plan.stage(each))]
        return next((each for each in reading.installs([*before, *steps]) if MANAGERS[each.manager].always), None)
    return None


def _brought(reading: Reading, step: Step, place: str) -> int:
    """The bytes of the context that a COPY has put below a path."""
    if within(step.target, place):
        sources = (cleaned(each.text) for each in step.sources if each.kind == "path")
        paths = [each for source in sources for each in _meant(reading, source)]
    else:
        paths = [each for each in landed(step, place) if reading.sent.kind(each)][:1]
    return sum(bytes_sent(reading, each) for each in paths)


def _meant(reading: Reading, source: str) -> list[str]:
    above, _, name = source.rpartition("/")
    if not globs.is_wild(name):
        return [source]
    return [posixpath.join(above, each) for each in reading.names(above) if globs.matches(name, each)]


def said_of(again: Duplicate, size: int) -> str:
    """What is stored anew, as the finding says it."""
    if again.elsewhere and again.copy is not None and again.install is not None:
        packages = " ".join(again.install.command.text.split()[:3])
        return f"what {again.copy.keyword} on line {again.copy.line} brings, with the packages of {packages}"
    if again.install is not None:
        found, own = again.install.command, again.copy if size >= ASIDE_BYTES else None
        also = f", and {size} bytes from {own.keyword} on line {own.line}" if own is not None else ""
        return f"the packages of {' '.join(found.text.split()[:3])} (line {again.install.step.line}){also}"
    if again.release is not None:
        return f"what RUN on line {again.release.line} unpacks"
    assert again.copy is not None
    brought = f"{again.copy.keyword} on line {again.copy.line}"
    return f"{size} bytes from {brought}" if size else f"what {brought} brings"
