"""A RUN whose work is gone for the next one, or too old: each has a new shell, and makes a layer."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Final

from ...builds.build import undeclared
from ...dockerfile.commands import Command
from ...dockerfile.stages import Stage, Step
from ...findings import Finding
from ...packages.catalog import PUBLIC
from ...regex import lazy
from ..installs.snippet import shortened
from ..project.audience import is_sample
from ..reading import Reading, listed
from ..registry import Evidence, finding, finds

#: What a shell keeps to itself, and what may come before it without a use of it.
_KEPT: Final = frozenset("cd pushd export source . alias umask ulimit set".split())
_IDLE: Final = frozenset("mkdir echo true :".split())
#: Where images have what a RUN calls.
_PROGRAMS: Final = frozenset("/bin /usr/bin /usr/local/bin /busybox".split())
#: What only decides whether something else is done.
_TESTS: Final = frozenset("[ [[ test false fi esac".split())
#: Files that only set something up for the shell that reads them, as they are usually called.
_SETTINGS: Final = frozenset(
    ".bashrc .bash_profile .profile .zshrc profile bashrc environment env nvm.sh sdkman-init.sh setup.bash conda.sh "
    "emsdk_env.sh vars.sh".split()
)
#: What starts a service in the background, and its words for that.
_SERVICES: Final = frozenset(("service", "systemctl", "rc-service"))
_STARTS: Final = frozenset(("start", "restart"))
#: Programs that install from lists of packages that another command of theirs brings up to date.
_LISTS: Final = frozenset(("apt-get", "apt", "aptitude", "apk"))
_UPDATES: Final = frozenset(("update", "upgrade", "dist-upgrade", "full-upgrade"))
_INSTALLS: Final = frozenset(("install", "add"))
_INSTALLING: Final = _INSTALLS | {"i"}
#: Options of `apk` with which it brings its lists up to date first.
_ANEW: Final = frozenset(("-U", "--update", "--update-cache"))


@finds("warning", scope="shipped")
def lost_setting(case: Evidence) -> Iterator[Finding]:
    """A RUN does nothing but change its own shell (`cd`, `export`, `source`), or start a service: the next instruction
    knows nothing of it. Or ENV sets a PATH without the one before: later instructions find no program. Or a stage uses
    an ARG that is declared before FROM alone: there it is empty, as `TARGETARCH` and its like are in a stage without an
    ARG for them, and any ARG is in the shell that runs ENTRYPOINT, CMD or HEALTHCHECK. Or a stage has two of these that
    differ, of which the last alone counts. Or a build is given a variable of its front end that no ARG takes, beside
    others. Or a version in an install is not quoted, so that the shell takes `>` for the way to a file. Or ENV has a
    list of names and no value, or ARG a name and its default without `=`.

    Each RUN begins with a new shell in the WORKDIR, and what it has started ends with it. Only files last. A note for
    options of the shell (`set -ex`).
    """
    reading = case.reading
    if reading is None:
        return
    yield from _given_in_vain(case)
    yield from _without_value(case, reading)
    for stage in reading.plan.stages:
        yield from _replaced(case, stage)
        for at, step in enumerate(stage.steps):
            yield from _taken_by_the_shell(case, reading, step)
            yield from _without_sign(case, step)
            lost = _lost_path(reading, step, stage.steps[at + 1 :]) if step.keyword == "ENV" else None
            if lost is not None:
                value, later = lost
                yield finding(
                    lost_setting,
                    f"ENV PATH={value} leaves out where the programs of the image are: RUN {_line(later)} in line "
                    f"{later.line} finds none",
                    path=case.scan.build.label,
                    line=step.line,
                    remedy=f"write ENV PATH={value}:$PATH",
                    key=step.instruction.text,
                )
            commands = reading.commands(step)
            last = next((each for each in reversed(commands) if not _says(each)), None)
            if last is None or len(stage.steps) == at + 1:
                continue
            if any(each.guarded for each in commands):
                found = _lost_behind_a_test(commands)
            else:
                found = _lost(commands, last, step, stage.steps[at + 1 :])
            if found is not None:
                what, remedy = found
                yield finding(
                    lost_setting,
                    f"RUN {_line(step)}: {what}",
                    severity="note" if last.name == "set" else None,
                    path=case.scan.build.label,
                    line=step.line,
                    remedy=remedy,
                    key=step.instruction.text,
                )


def _given_in_vain(case: Evidence) -> Iterator[Finding]:
    """Variables that a front end is built with, and that whatever names the build passes without an ARG for them."""
    build = case.scan.build
    prefixes = tuple(each for each in PUBLIC if each.endswith("_"))
    names = [each for each in build.arguments if each.startswith(prefixes)] if build.source is not None else []
    lost = undeclared(build, names) if names else []
    sections = build.parsed.sections if lost and build.parsed is not None else ()
    taken = [each for section in sections for each in section.instructions if each.keyword == "ARG"]
    for prefix in prefixes:
        gone = [each for each in lost if each.startswith(prefix)]
        beside = [each.line for each in taken if any(word.startswith(prefix) for word in each.words)]
        if gone and beside:
            yield finding(
                lost_setting,
                f"{posixpath.basename(build.source or '')} passes {', '.join(gone)}, and no ARG takes "
                f"{'it' if len(gone) == 1 else 'them'}: the front end is built without",
                path=build.label,
                line=beside[-1],
                remedy=f"write {' and '.join(f'ARG {each}' for each in gone)} below line {beside[-1]}",
                key=" ".join(gone),
            )


def _replaced(case: Evidence, stage: Stage) -> Iterator[Finding]:
    """What a later instruction of the stage replaces without a word."""
    for keyword in ("CMD", "ENTRYPOINT", "HEALTHCHECK"):
        steps = [each for each in stage.steps if each.keyword == keyword and each.onbuild is None]
        if len(steps) < 2:
            continue
        last = steps[-1]
        # Nothing is lost of what is the same.
        steps = [each for each in steps[:-1] if each.instruction.text.split() != last.instruction.text.split()]
        if not steps:
            continue
        first = steps[0]
        others = f" and {len(steps) - 1} more" if len(steps) > 1 else ""
        yield finding(
            lost_setting,
            f"{shortened(first.instruction.text)}{others}: {keyword} on line {last.line} replaces "
            f"{'them' if others else 'it'}",
            path=case.scan.build.label,
            line=first.line,
            remedy=f"take {'them' if others else 'it'} out, or have one script that does all of it",
            key=f"{keyword}\0{stage.index}",
        )


#: What a text has in it that reads a variable of the platform, or that has a shell start the program.
_READ: Final = ("TARGET", "BUILDPLATFORM", "BUILDOS", "BUILDARCH")


def _without_value(case: Evidence, reading: Reading) -> Iterator[Finding]:
    """Variables that are empty where an instruction reads them."""
    parsed = case.scan.build.parsed
    starts = [step for each in ("ENTRYPOINT", "CMD", "HEALTHCHECK") if (step := reading.last(each)) is not None]
    reads = any("$" in each.instruction.text for each in starts)
    if parsed is None or not (parsed.arguments or reads or any(word in parsed.text for word in _READ)):
        return
    from .unset import unset  # few Dockerfiles have any of it

    for each in unset(reading):
        yield finding(
            lost_setting,
            each.said,
            path=case.scan.build.label,
            line=each.step.line,
            remedy=each.remedy,
            key=each.key,
        )


def _without_sign(case: Evidence, step: Step) -> Iterator[Finding]:
    """Names and values that no `=` parts."""
    if step.keyword not in ("ENV", "ARG") or "=" in step.instruction.text or step.instruction.text.count(" ") < 2:
        return
    from ..secrecy.declaring import declared  # few have none

    found = declared(step)
    if found is not None:
        yield finding(
            lost_setting,
            found.said,
            why=found.why,
            path=case.scan.build.label,
            line=step.line,
            remedy=found.remedy,
            key=step.instruction.text,
        )


#: What follows the sign that sends output or input elsewhere, where it was to compare versions.
_VERSION: Final = lazy(r"=?\d[\w.,*]*")


def _taken_by_the_shell(case: Evidence, reading: Reading, step: Step) -> Iterator[Finding]:
    """The versions of an install that are not quoted: `>` and `<` name files."""
    text = step.instruction.whole
    plain = step.keyword == "RUN" and not step.instruction.json and (">" in text or "<" in text)
    for command in reading.commands(step) if plain and re.search(r"[\w\]][<>]=?\d", text) else ():
        if _INSTALLING.isdisjoint(command.words[:2]):
            continue
        words = command.arguments
        for name, sign, version in zip(words, words[1:], words[2:], strict=False):
            wanted = f"{name}{sign}{version}"
            if sign not in (">", "<") or not _VERSION.fullmatch(version) or name.isdecimal() or wanted not in text:
                continue
            does = (
                f"writes to a file called {version}, and any version"
                if sign == ">"
                else f"reads a file called {version}, and none"
            )
            yield finding(
                lost_setting,
                f"{command.name} {command.words[0]} {wanted}: the shell {does} of {name} is installed",
                path=case.scan.build.label,
                line=step.line,
                remedy=f"write '{wanted}', in quotes",
                key=wanted,
            )
            break


def _lost_path(reading: Reading, step: Step, later: Sequence[Step]) -> tuple[str, Step] | None:
    """The value that ENV gives to PATH without what was in it, and the next RUN, which calls a program by its name."""
    found = re.search(r"\sPATH(?:=|\s+)[\"']?([^\s\"'$]+)[\"']?(?=\s|\Z)", step.instruction.text)
    if found is None or not _PROGRAMS.isdisjoint(each.rstrip("/") for each in found[1].split(":")):
        return None
    for each in later:
        if each.keyword == "ENV" and "PATH" in each.instruction.text:
            return None
        if each.keyword == "RUN":
            commands = reading.commands(each)
            bare = commands and not commands[0].program and commands[0].name not in _KEPT | _IDLE
            return (found[1], each) if bare and "PATH" not in each.instruction.text else None
    return None


def _lost_behind_a_test(commands: Sequence[Command]) -> tuple[str, str] | None:
    """The same for a RUN that sets variables in one case or another, and does nothing with them."""
    if any(each.name not in _TESTS | _IDLE | {"export"} for each in commands):
        return None
    if not any(each.name == "export" and each.words for each in commands):
        return None
    return "variables end with the shell that set them", "set them in the RUN that needs them"


def _says(command: Command) -> bool:
    """Whether a command leaves nothing behind but a line in the log."""
    return command.name in ("echo", "true", ":") and not any(each.startswith((">", "|")) for each in command.arguments)


def _lost(commands: Sequence[Command], last: Command, step: Step, later: Sequence[Step]) -> tuple[str, str] | None:
    """What is gone when a RUN ends, and what to write instead; None: something of it lasts."""
    before = [each for each in commands if each is not last and not each.inside]
    if last.name in _SERVICES and not _STARTS.isdisjoint(last.words) and all(each.name in _IDLE for each in before):
        return "what a RUN starts ends with it", "start it with the container (CMD), or in the RUN that needs it"
    if last.name not in _KEPT or any(each.name not in _KEPT | _IDLE for each in before):
        return None
    if last.name in ("cd", "pushd"):
        # The directory is that of the command itself, which has moved.
        if posixpath.normpath(last.cwd) == (step.workdir or "/") or not last.words:
            return None
        return f"the next instruction begins in {step.workdir or '/'} again", f"write WORKDIR {last.words[-1]}"
    if last.name == "export":
        names = [each.partition("=")[0] for each in last.words if "=" in each]
        plain = names and "$(" not in step.instruction.text and "`" not in step.instruction.text
        way = f"write ENV {last.words[0]}" if plain else "set it in the RUN that needs it"
        if names and not plain and not any(names[0] in each.instruction.whole for each in later):
            # ENV calls no command.
            way = f"if the program needs {names[0]}, export it in the script that starts the container"
        return "variables end with the shell that set them", way
    if last.name == "set":
        return _lost_options(last, step, later)
    if last.name in ("source", ".") and last.words:
        place, _, name = last.words[0].rpartition("/")
        # Any other script may write files as well.
        if not name.startswith("activate") and name not in _SETTINGS and not name.endswith(".env"):
            return None
        if name.startswith("activate"):
            return "what it sets ends with its shell", f"write ENV PATH={place}:$PATH"
    return "what it sets ends with its shell", "do it in the RUN that needs it"


def _lost_options(command: Command, step: Step, later: Sequence[Step]) -> tuple[str, str] | None:
    """The same for options of the shell (`set -ex`), which the RUNs below were to have."""
    options = command.arguments
    if not options or options[0][0] not in "-+" or not any(each.keyword == "RUN" for each in later):
        return None
    *program, last = step.shell
    starts = [each for each in later if each.keyword in ("CMD", "ENTRYPOINT", "HEALTHCHECK")]
    way = f"begin each RUN that needs it with set {' '.join(options)} &&"
    # The program would be started with them, too.
    if last == "-c" and all(each.instruction.json for each in starts):
        way = f"write SHELL {json.dumps([*program, *options, last])} instead"
    return "options of the shell end with it", way


@finds("warning", scope="own")
def split_update(case: Evidence) -> Iterator[Finding]:
    """`apt-get update` is alone in a RUN, and a later RUN installs: the cache gives lists of packages that may be old,
    with versions that are not to be had any more.

    The builder runs an instruction again when the instruction changes, or one above it. When a package is added to the
    install, the update above it is what it was. A note where nobody ships the image, and in an example.
    """
    reading = case.reading
    if reading is None:
        return
    for stage in reading.plan.stages:
        for program, installs, updates in early_updates(reading, stage):
            line = installs[0].line
            also = "" if len(updates) == 1 else f" (and again on {listed(each.line for each in updates[1:])})"
            yield finding(
                split_update,
                f"RUN {_line(updates[0])}{also} is cached by itself: when line {line} changes, it installs from a "
                "stale list",
                path=case.scan.build.label,
                line=updates[0].line,
                remedy=_together(reading, updates, installs, program),
                severity=None if "shipped" in case.scopes and not is_sample(case.scan.build) else "note",
                key=updates[0].instruction.text,
            )


def early_updates(reading: Reading, stage: Stage) -> Iterator[tuple[str, list[Step], list[Step]]]:
    """The RUNs that do nothing but bring the lists of a program up to date, behind the later ones that install from
    these."""
    # By the install that several updates are for: nobody reads what the last of them has not fetched.
    found: dict[tuple[int, str], tuple[list[Step], list[Step]]] = {}
    for at, step in enumerate(stage.steps):
        updated = _updated(reading, step)
        later = [each for each in stage.steps[at + 1 :] if updated and _installs(reading, each, updated)]
        if updated is not None and later:
            found.setdefault((later[0].line, updated), (later, []))[1].append(step)
    yield from ((program, installs, updates) for (_, program), (installs, updates) in found.items())


def _together(reading: Reading, updates: Sequence[Step], later: Sequence[Step], program: str) -> str:
    """What to add to the line that installs; what the others do besides their update stays."""
    between = [
        step
        for stage in reading.plan.stages
        for step in stage.steps
        if updates[-1].line < step.line < later[0].line
        and any(each.name == program and each.words[:1] == ["upgrade"] for each in reading.commands(step))
    ]
    if between:
        # What is upgraded is read in the same lists.
        return f"make one RUN of those on {listed(each.line for each in (*updates, *between, later[0]))}"
    way = f"write {program} update && before the install on line {later[0].line}"
    if program == "apk":
        # Without the update, and with an install that keeps no lists, none are left for the next one.
        way = f"give --no-cache to apk add on line {' and '.join(str(each.line) for each in later)}"
    alone = [
        step.line
        for step in updates
        if all(each.name in _IDLE or each.words[:1] == ["update"] for each in reading.commands(step))
    ]
    return f"{way}, and remove {listed(alone)}" if alone else f"{way} as well"


def _updated(reading: Reading, step: Step) -> str | None:
    """The program whose lists a RUN brings up to date, and of which it installs nothing."""
    commands = reading.commands(step)
    updates = [each for each in commands if each.name in _LISTS and each.words[:1] == ["update"]]
    idle = all(each.name in _IDLE or (each.name in _LISTS and set(each.words[:1]) <= _UPDATES) for each in commands)
    return updates[0].name if updates and idle and not updates[0].guarded else None


def _installs(reading: Reading, step: Step, program: str) -> bool:
    """Whether a RUN installs with a program without new lists."""
    commands = reading.commands(step)
    same = [each for each in commands if each.name == program or {each.name, program} <= {"apt", "apt-get"}]
    if any(not _ANEW.isdisjoint(each.arguments) for each in same):
        return False
    verbs = [each.words[:1] for each in same if "--no-cache" not in each.arguments]
    installs = any(set(each) <= _INSTALLS and each for each in verbs)
    return installs and ["update"] not in verbs


def _line(step: Step) -> str:
    """The commands of a RUN on one line, as far as they tell what it does."""
    words = step.instruction.text.split()
    flags = sum(1 for _ in takewhile(lambda word: word.startswith("--"), words[1:]))
    return shortened(" ".join(words[1 + flags :]))
