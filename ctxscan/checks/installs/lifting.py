"""What changes with an install that goes above a COPY: the user whom it needs is made before, and what is given to
somebody below it would be stored a second time with all packages."""

import posixpath
import re
from collections.abc import Iterable, Sequence
from typing import Final

from ...dockerfile.commands import Command, commands
from ...dockerfile.stages import Step
from ...packages.catalog import MANAGERS
from ...packages.install import Install
from ...paths import absolute, within
from ..reading import Reading
from .early import Early, Given, before_copy
from .effects import TIDIES, is_outside, reads_nothing, rest_of, sets_the_scene
from .reorder import chain_of, flags_of

#: What makes somebody.
_MAKES: Final = frozenset("useradd groupadd adduser addgroup usermod".split())
_GIVES: Final = frozenset(("chown", "chmod", "chgrp"))


def lifted(reading: Reading, each: Early) -> Early | None:
    """An install with the user whom it needs made before, and the files given to somebody as they are copied, where
    packages would be stored again; None: this is not sure."""
    before, all_of_it = before_copy(reading, each.stage, each.copy), reading.commands(each.install.step)
    after = [] if each.rest is None else [one for one in all_of_it if one.place >= each.rest]
    late = [one for one in after if gives_all(one, each.install)]
    if not late:
        found = given(each, before)
        return None if found is None else each._replace(given=found)
    if each.needed.early is not None:
        # What installs runs again below it, and what it has brought by then need not be given to anybody.
        found = given(each, before)
        plain = len(late) == 1 and late[0].name == "chown" and not late[0].guarded and len(late[0].words) == 2
        return each._replace(given=found._replace(narrowed=late[0].words[1])) if plain and found is not None else None
    between = [one for one in after[: after.index(late[0])] if not reads_nothing(one)]
    found = given_with(each, late[0], before)
    if len(late) > 1 or between or found is None:
        return None
    rest = rest_of(all_of_it, all_of_it.index(late[0]), each.needed, put_off=bool(each.put_off))
    return each._replace(given=found, rest=rest)


def given(each: Early, before: Sequence[Step]) -> Given | None:
    """What else to write where an install goes above a COPY, below the steps `before`; None: it is not sure."""
    used = [each.install.step.user or "", each.handed or "", *(step.instruction.text for step in each.ahead)]
    parts: dict[int, list[str]] = {}
    makes: list[str] = []
    for step in (one for one in each.behind if one.keyword == "RUN"):
        last = max((one.place for one in commands(step) if one.name in _MAKES and _is_used(one, used)), default=-1)
        if last < 0:
            continue
        own, ahead = chain_of(step), [one for one in commands(step) if one.place <= last]
        sure = all(reads_nothing(one) or one.name in TIDIES for one in ahead)
        same = step.user == each.copy.user and not _uses(step, each.ahead)
        if own is None or not sure or not same:
            return None
        early = {one.place for one in ahead if reads_nothing(one)}.difference(
            one.place for one in ahead if not reads_nothing(one)
        )
        first = [part for at, part in enumerate(own) if at in early]
        makes.append(f"RUN {flags_of(step.instruction.flags)}{' && '.join(first)}")
        parts[step.line] = ["" if at in early and not sets_the_scene(part) else part for at, part in enumerate(own)]
    owner = ""
    for step in each.behind:
        for command in commands(step) if step.keyword == "RUN" else ():
            if not gives_all(command, each.install):
                continue
            own = parts.setdefault(step.line, chain_of(step) or [])
            left = _left(each, command) if own and _is_sure(each, command, before) else None
            if left is None or owner not in ("", command.words[0]):
                return None
            owner = command.words[0]
            own[command.place] = left
    if any(gives_all(one, each.install) for one in commands(each.install.step) if one.place in each.put_off):
        return None
    runs = {step.line: flags_of(step.instruction.flags) for step in each.behind if step.line in parts}
    instead = {line: _as_run(runs[line], [part for part in own if part]) for line, own in parts.items()}
    if owner:
        instead |= {
            step.line: with_owner(step, owner) for step in each.behind if step.keyword != "RUN" and _lies_in(step, each)
        }
    return Given(owner, tuple(makes), instead)


def given_with(each: Early, command: Command, before: Sequence[Step]) -> Given | None:
    """What else to write where a command of the same RUN gives all to somebody right behind an install."""
    sure = _is_sure(each, command, before) and not each.behind
    return Given(command.words[0]) if sure and _left(each, command) is not None else None


def gives_all(command: Command, found: Install) -> bool:
    """Whether a command gives all to somebody, or a mode, in a directory with the packages of an install."""
    packages = MANAGERS[found.manager].packages
    flags = [one for one in command.arguments if one.startswith("-")]
    if command.name not in _GIVES or not packages or not any("R" in one or one == "--recursive" for one in flags):
        return False
    place = posixpath.join(found.cwd, packages)
    return any(within(place, absolute(command.cwd, path)) for path in command.words[1:])


def with_owner(step: Step, owner: str) -> str:
    """A COPY that gives what it brings to somebody."""
    text = " ".join(step.instruction.text.split())
    return text if "chown" in dict(step.flags) else owned(text, owner)


def owned(text: str, owner: str) -> str:
    """The words of a COPY with an owner."""
    keyword, _, rest = text.partition(" ")
    return f"{keyword} --chown={owner} {rest}"


def _is_used(command: Command, used: Iterable[str]) -> bool:
    """Whether a command makes somebody who is named in one of some texts."""
    names = [re.escape(one) for one in command.words if re.fullmatch(r"[\w$-][\w${}-]*", one)]
    return any(re.search(rf"(?<![\w$-])(?:{'|'.join(names)})(?![\w-])", text) for text in used) if names else False


def _uses(step: Step, ahead: Iterable[Step]) -> bool:
    """Whether a RUN uses a variable that is declared only below the COPY."""
    names = [word.partition("=")[0] for one in ahead if one.keyword in ("ARG", "ENV") for word in one.instruction.words]
    return any(re.search(rf"\b{re.escape(name)}\b", step.instruction.whole) for name in names if name.isidentifier())


def _is_sure(each: Early, command: Command, before: Sequence[Step]) -> bool:
    """Whether a `chown` gives no more to somebody than what the COPY brings, and others that can do so themselves."""
    place = each.destination
    owner = command.words[0] if command.words else ""
    if command.name != "chown" or command.guarded or not re.fullmatch(r"[\w.-]+(?::[\w.-]+)?", owner):
        return False
    if dict(each.copy.flags).get("chown", owner) != owner or each.copy.target != place or place == "/":
        return False
    if [one for one in command.words[1:] if within(place, absolute(command.cwd, one))] != command.words[1:2]:
        return False  # it is told of the first alone
    if absolute(command.cwd, command.words[1]) != place:
        return False
    # What the COPY brings as well is laid over by it.
    if any(_lies_in(step, each) and step.origin is not None for step in (*before, *each.ahead)):
        return False
    runs = [one for step in (*before, *each.ahead) if step.keyword == "RUN" for one in commands(step)]
    late = [
        one for step in each.behind if step.keyword == "RUN" and step.line < command.step.line for one in commands(step)
    ]
    late += [one for one in commands(command.step) if one.place < command.place and command.step in each.behind]
    fills = [one for one in runs if f"{place}/" in one.text or within(one.cwd, place)]
    return all(_makes_nothing(one) or is_outside(one, place) for one in (*fills, *late))


def _makes_nothing(command: Command) -> bool:
    return command.name in _GIVES or command.name in _MAKES or (reads_nothing(command) and command.name != "mkdir")


def _lies_in(step: Step, each: Early) -> bool:
    return step.keyword in ("COPY", "ADD") and within(step.target, each.destination)


def _left(each: Early, command: Command) -> str | None:
    """What is left of a `chown` of all once each COPY gives its files itself; None: it cannot be told."""
    owner, place, *others = command.words
    if any("$" in one or set(one) & set("*?[") for one in others):
        return None
    out = [f"chown -R {owner} {' '.join(others)}"] * bool(others)
    if each.handed != f"RUN chown {owner} {each.destination}":
        out.insert(0, f"chown {owner} {place}")
    return " && ".join(out)


def _as_run(flags: str, parts: list[str]) -> str:
    return f"RUN {flags}{' && '.join(parts)}" if any(not sets_the_scene(part) for part in parts) else ""
