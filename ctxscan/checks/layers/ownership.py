"""Lessons about the owner of what was copied: whom COPY gives it to, and what a later RUN stores a second time."""

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from ...dockerfile import images
from ...dockerfile.commands import Command
from ...dockerfile.stages import Stage, Step
from ...findings import Finding
from ...paths import within
from ..installs.early import broad
from ..installs.snippet import shortened
from ..reading import Reading, base_image, has_apk, may_fetch
from ..registry import Evidence, finding, finds
from .layering import without_flags

_DATABASES: Final = (".sqlite", ".sqlite3", ".db")


@finds("warning", scope="shipped")
def copy_ownership(case: Evidence) -> Iterator[Finding]:
    """A later RUN gives all that COPY brought to somebody, or another mode: each file is stored a second time.

    From 1 MB on, or with the packages of an install, also of one in another stage; a note for what else another stage
    made, since nobody knows how large that is. So is all of a release that an earlier RUN has fetched and unpacked, and
    that is given to somebody, or copied to another place (`cp -R`). Silent for directories that hold nothing of these.

    Or, a note: a USER that is not root gets files that root owns, where the program has to write: what Laravel, Rails
    and Symfony write to, a database file, a volume. COPY makes root the owner whatever USER says. Silent where anything
    is given to somebody (`--chown`, `chown`, `chmod`), and where nothing tells that the program writes.

    Or `--chown` has the name of a user that nobody has made by then: BuildKit gives the files to root, and the classic
    builder ends there.
    """
    reading = case.reading
    if reading is None:
        return
    if any(map(_is_recursive, reading.all_commands(reading.shipped))):
        yield from _twice(case, reading)
    yield from _copied_again(case, reading)
    yield from _to_nobody(case, reading)
    if re.fullmatch(r"|(?:root|0)(?::.*)?", reading.user):
        return
    steps = reading.shipped
    words = {command.name for command in reading.all_commands(steps)}
    if words & {"chown", "chmod", "setfacl", "install", "su-exec", "gosu"}:
        return
    for step in steps:
        given = any(name in ("chown", "chmod") for name, _ in step.flags)
        if step.keyword != "COPY" or step.origin is not None or given:
            continue
        for written in _written(reading, step):
            yield finding(
                copy_ownership,
                f"{without_flags(step)}: root owns {written}, and {reading.user} has to write there",
                severity="note",
                why="COPY makes root the owner, whatever USER says",
                path=case.scan.build.label,
                line=step.line,
                remedy=f"{step.keyword} --chown={reading.user} for what is written to",
                key=written,
            )
            return


def _to_nobody(case: Evidence, reading: Reading) -> Iterator[Finding]:
    """The first `--chown` of each stage with a name that no user has there."""
    for stage in reading.plan.stages:
        steps = reading.history(stage)
        for at in range(len(steps) - len(stage.steps), len(steps)):
            owner = dict(steps[at].flags).get("chown") or ""
            if not owner:
                continue
            from ..running.accounts import unknown_user  # only where somebody gets something

            name = unknown_user(reading, stage, steps[:at], steps[at], owner)
            if name is not None:
                later = any(name in each.instruction.whole for each in steps[at + 1 :] if each.keyword == "RUN")
                made = f"make {name} in a RUN above it, or give a number" if later else _instead(reading, stage, owner)
                yield finding(
                    copy_ownership,
                    f"{without_flags(steps[at])}: there is no user {name} here, so that BuildKit gives the files to "
                    "root (the classic builder ends with an error)",
                    path=case.scan.build.label,
                    line=steps[at].line,
                    remedy=made,
                    key=name,
                )
                break


def _instead(reading: Reading, stage: Stage, owner: str) -> str:
    """How there is somebody to give files to: the user that the image has, or one who is made, with the group."""
    name, _, group = owner.partition(":")
    image = base_image(reading.plan.chain(stage)[0])
    own = images.brought_user(image) if image is not None else None
    if own is not None:
        return f"--chown={own[0]}, which the image has, or none at all where the files are only read"
    from ..running.accounts import is_everywhere  # only where somebody gets something

    small = has_apk(reading, image)
    if image is not None and images.has_no_useradd(image) and not small:
        return "give numbers instead, such as --chown=10001:10001"
    program, option, groups = (
        ("adduser -S -D", "-G", "addgroup -S") if small else ("useradd --system", "-g", "groupadd -r")
    )
    # useradd makes a group of the same name, adduser of BusyBox none.
    if group and not is_everywhere(group) and (small or group != name):
        return f"RUN {groups} {group} && {program} {option} {group} {name} above it, or give numbers"
    return f"RUN {program} {name} above it, or give a number"


def _twice(case: Evidence, reading: Reading) -> Iterator[Finding]:
    """Every RUN that changes the owner or the mode of all that lies below a path; those of which nobody knows how much
    they store, in one finding."""
    from .duplicates import Duplicate, is_known, is_the_same, said_of, stored_again  # few files are given again

    steps = reading.shipped
    vague: list[Finding] = []
    sure: list[tuple[Finding, Command, Duplicate]] = []
    for at, step in enumerate(steps):
        found = [
            (command, most, size)
            for command in reading.commands(step)
            if _is_recursive(command)
            for most, size in stored_again(reading, steps[:at], command)
        ]
        if not found:
            continue
        from .handover import at_once, with_flags  # few files are stored a second time

        # Of several that one of which it is known how much it stores.
        command, most, size = next((each for each in found if is_known(*each[1:])), found[0])
        # What the same RUN does to the same files as well would store them all the same.
        other = next((one for one in found if one[0].name != command.name and one[1].copy is most.copy), None)
        both = [command] if other is None or most.copy is None else sorted((command, other[0]), key=_place_of)
        known = is_known(most, size)
        way = at_once(reading, both, most, steps[: at + 1])
        flags = "" if "COPY" in way else with_flags(reading, both, most, steps[: at + 1])
        told = finding(
            copy_ownership,
            f"{' and '.join(shortened(each.text) for each in both)} store{'s' * (len(both) == 1)} a second time "
            f"{said_of(most, size)}",
            severity="warning" if known else "note",
            why="a file whose owner or mode changes is stored again, whole, in the new layer",
            path=case.scan.build.label,
            line=step.line,
            size=size,
            reached="image",
            remedy=f"{flags}{way}",
            key=both[0].text,
        )
        before = sure[-1] if sure else None
        way = way.partition(":")[0]
        same = before is not None and f"{way}:" in (before[0].remedy or "")
        if known and before is not None and same and is_the_same(before[1:], (command, most)):
            subject = f"{shortened(before[1].text)}, and {shortened(command.text)} on line {step.line}, store"
            said = f"{subject} a second time {said_of(most, size)}"
            flags = with_flags(reading, [before[1], command], most, steps[: at + 1]) if flags else ""
            ways = f"{flags}{way}, on both lines: what it only reads can stay as it is"
            sure[-1] = (before[0]._replace(message=said, remedy=ways), command, most)
        elif known:
            sure.append((told, command, most))
        else:
            vague.append(told)
    yield from (each for each, *_ in sure)
    if len(vague) > 1:
        others = (
            f"does RUN on line {vague[1].line}" if len(vague) == 2 else f"do {len(vague) - 1} more RUN instructions"
        )
        first = vague[0]
        remedy = f"{first.remedy}, and so on for the others"
        vague[0] = first._replace(message=f"{first.message}, and so {others}", remedy=remedy)
    yield from vague[:1]


def _place_of(command: Command) -> int:
    return command.place


def _is_recursive(command: Command) -> bool:
    flags = [each for each in command.arguments if each.startswith("-")]
    all_below = any(each == "--recursive" or (not each.startswith("--") and "R" in each) for each in flags)
    return command.name in ("chown", "chmod", "chgrp") and all_below and not command.guarded


def _copied_again(case: Evidence, reading: Reading) -> Iterator[Finding]:
    """A RUN that copies all of a release to another place."""
    if not may_fetch(reading.shipped):
        return
    from .unpacking import copied_again  # few images unpack something

    for each in copied_again(reading, reading.shipped):
        command, line = each.command, each.found.step.line
        gives = " and ".join(one.text for one in each.gives)
        yield finding(
            copy_ownership,
            f"{shortened(command.text)} stores a second time what RUN on line {line} unpacks",
            why="a layer keeps what is unpacked in it, whatever a later one does with that",
            path=case.scan.build.label,
            line=command.step.line,
            reached="image",
            remedy=f"have the RUN on line {line} put it into {each.target}"
            + (f", with {gives} at its end instead of on line {command.step.line}" if gives else ""),
            key=command.text,
        )


def _written(reading: Reading, step: Step) -> Iterator[str]:
    """What a COPY brings that the program writes to."""
    from ...packages import writing  # only where something is given away

    where = step.target
    for source in broad(reading, step):
        for marker, names in writing.WRITTEN.items():
            if reading.sent.kind(posixpath.join(source, marker)) == "file":
                yield from (name for name in names if reading.sent.kind(posixpath.join(source, name)) == "dir")
        yield from (name for name in reading.names(source) if name.endswith(_DATABASES))
    yield from (each.text for each in step.sources if each.text.endswith(_DATABASES))
    for volume in (word for each in reading.shipped if each.keyword == "VOLUME" for word in each.words):
        if within(where, posixpath.normpath(posixpath.join("/", volume))):
            yield volume
