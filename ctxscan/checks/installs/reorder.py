"""The Dockerfile with its manifests copied first: how a broad COPY moves below an install that `early` has found.

Pure: text in, text out. The final image gets the same files, since a COPY only moves below commands that read nothing
of it.
"""

import json
import posixpath
import re
from collections.abc import Iterable
from itertools import takewhile
from typing import NamedTuple

from ...dockerfile.commands import Command, commands
from ...dockerfile.instructions import Flag
from ...dockerfile.shell import one_line, pipes, pipes_of
from ...dockerfile.stages import Step, parse
from ...errors import CtxscanError
from ...packages.catalog import (
    MANAGERS,
)
from ...paths import absolute, within
from ...rules import globs
from ..reading import Reading
from .early import Early, early, shown_target
from .effects import is_of_the_scene, leads_in, sets_the_scene

# --- the Dockerfile anew ----------------------------------------------------------------------------------------------


class Edit(NamedTuple):
    """`new` instead of the lines from `first` to `last`, from 1."""

    first: int
    last: int
    new: list[str]


def reordered(reading: Reading) -> bytes | None:
    """The Dockerfile with every COPY that `early` finds below its install, and the manifests above; None: there is
    none that can be moved by rewriting lines."""
    text = reading.scan.build.text
    if text is None:
        return None
    lines = text.decode(errors="surrogateescape").split("\n")
    end = "\r" if lines[0].endswith("\r") else ""
    # A COPY in a stage below stays: others may be built on that, too.
    found = (each for each in early(reading) if each.copy.line > each.stage.line and not each.needed.store)
    edits = [edit for group in _by_copy(found) for edit in _edits(reading, group, lines)]
    if not edits:
        return None
    for edit in sorted(edits, reverse=True):
        lines[edit.first - 1 : edit.last] = [line.rstrip("\r") + end for line in edit.new]
    out = "\n".join(lines).encode(errors="surrogateescape")
    try:
        parse(out, label="")
    except CtxscanError:
        return None
    return out


def _by_copy(found: Iterable[Early]) -> list[list[Early]]:
    groups: dict[int, list[Early]] = {}
    for each in found:
        groups.setdefault(id(each.copy), []).append(each)
    return list(groups.values())


def _edits(reading: Reading, group: list[Early], lines: list[str]) -> list[Edit]:
    """The rewritten lines of one broad COPY and its installs; none where more than lines would have to change."""
    copy, last = group[0].copy, group[-1]
    first = [line for each in group for line in manifest_lines(each)]
    runs = [(each, early_run(each), later_run(each)) for each in group]
    lost = any(later is None and (each.rest is not None or each.made_executable) for each, _, later in runs)
    moved = _moved(reading, group)
    read = [path for each in group for path in (*each.needed.files, *each.needed.directories)]
    if (
        moved is None
        or lost
        or any(each.handed is not None or _hands_over(each.install.step) for each in group)
        or any(_goes_on(step, lines) for step in (copy, *moved, *(each.install.step for each in group)))
        or any(globs.is_wild(path) or "$" in path or "\n" in path for path in read)
        or any(run is None for _, run, _ in runs)
    ):
        return []
    after = [line for step in (copy, *moved) for line in _written(step, lines, last.install.step)]
    for each, _, later in runs:
        if each.needed.early is not None and not each.made_executable and not kept_of(each):
            after += _block(each.install.step, lines)
        elif later:
            after.append(later)
    edits = [Edit(copy.line, copy.instruction.end_line, list(dict.fromkeys(first)))]
    edits += [Edit(step.line, step.instruction.end_line, []) for step in moved]
    for each, run, _ in runs:
        step = each.install.step
        whole = each.needed.early is None and each.rest is None
        new = _block(step, lines) if whole else [run or ""]
        edits.append(Edit(step.line, step.instruction.end_line, [*new, *(after if each is last else ())]))
    return edits


def _hands_over(step: Step) -> bool:
    """Whether a RUN gives all below a path to somebody, which would be stored again below a COPY."""
    return any(
        each.name == "chown" and any(one.startswith("-") and "R" in one for one in each.arguments)
        for each in commands(step)
    )


def manifest_lines(each: Early) -> list[str]:
    """The COPY lines that bring what the install reads to where the broad one would."""
    files = [path for path in each.needed.files if path not in each.there]
    return lines_of(each.copy, each.source, files, each.needed.directories)


def lines_of(copy: Step, source: str, files: Iterable[str], directories: Iterable[str] = ()) -> list[str]:
    """The COPY lines that bring these paths of the context to where `copy` takes them with all of `source`."""
    flags = flags_of(flag for flag in copy.instruction.flags if flag[0] in ("chown", "chmod", "link"))
    written = (shown_target(copy) if "$" in copy.instruction.words[-1] else copy.destination).rstrip("/")
    base = "" if written in (".", "") and copy.destination != "/" else written.removeprefix("./") + "/"
    out = []
    for above, names in _by_directory(files).items():
        below = posixpath.relpath("/" + above, "/" + source)
        place = base + (f"{below}/" if below != "." else "")
        out.append(copy_line(flags, names, place or "./"))
    for directory in directories:
        below = posixpath.relpath("/" + directory, "/" + source)
        out.append(copy_line(flags, [directory], f"{base}{below}/"))
    return out


def _by_directory(paths: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in dict.fromkeys(paths):
        found.setdefault(posixpath.dirname(path), []).append(path)
    return found


def destination_of(copy: Step) -> str:
    """Where a COPY takes things, for another line: variables as they stand, and without the quotes of a word."""
    written = copy.instruction.words[-1]
    return written.strip("\"'") if "$" in written else copy.destination


def copy_line(flags: str, sources: list[str], place: str, keyword: str = "COPY") -> str:
    if any(set(each) & set(' \t"') for each in (*sources, place)):
        return f"{keyword} {flags}{json.dumps([*sources, place], ensure_ascii=False)}"
    return f"{keyword} {flags}{' '.join(sources)} {place}"


def early_run(each: Early) -> str | None:
    """The RUN that installs, on one line; None: it cannot be told from what else is in it."""
    step = each.install.step
    flags = flags_of(step.instruction.flags)
    if each.needed.early is not None:
        ahead = _ahead(each)
        commands = None if ahead is None else (*ahead, each.needed.early, *_removals(each))
        return f"RUN {flags}{' && '.join(commands)}" if commands is not None else None
    if each.rest is None:
        return one_line(step.instruction.text)
    halves = _halves(each)
    return f"RUN {flags}{halves[0]}" if halves else None


def later_run(each: Early) -> str | None:
    """What of the RUN stays below the COPY, on one line."""
    step = each.install.step
    if each.needed.early is not None:
        if not each.made_executable:
            if kept := kept_of(each):
                return f"RUN {flags_of(step.instruction.flags)}{' && '.join(kept)}"
            return None if step.instruction.heredocs else one_line(step.instruction.text)
        if step.instruction.heredocs or step.instruction.json:
            return None
        again = "".join(f"chmod +x {name} && " for name in each.made_executable)
        return f"RUN {flags_of(step.instruction.flags)}{again}{one_line(' '.join(step.words))}"
    halves = _halves(each)
    flags = flags_of(step.instruction.flags)
    return f"RUN {flags}{halves[1]}" if halves else None


def _halves(each: Early) -> tuple[str, str] | None:
    """The text of a RUN before and from the place of what else it does, where it is a plain chain of `&&`. What has set
    the scene begins the second half as well."""
    parts = chain_of(each.install.step) if each.rest is not None else None
    if parts is None:
        return None
    first = [part for at, part in enumerate(parts[: each.rest]) if at not in each.put_off]
    second = [*(parts[at] for at in each.put_off), *parts[each.rest :]]
    return " && ".join(first), " && ".join((*filter(sets_the_scene, first), *second))


def chain_of(step: Step) -> list[str] | None:
    """The commands of a RUN, each on one line, where it is a plain chain of `&&`."""
    if step.instruction.json or step.instruction.heredocs:
        return None
    text = " ".join(step.words)
    parts = [one_line(part) for part in text.split("&&")]
    plain = re.search(r"[;()\n`]|\|\|", re.sub(r"\$\([^()]*\)|'[^']*'", "", text)) is None
    return parts if plain and len(parts) == sum(1 for _ in pipes(text)) else None


def scene_of(each: Early) -> list[str]:
    """What sets the scene in a RUN before the place of what else it does, and still holds there."""
    found: list[str] = []
    outside: list[int] = []
    for pipe in list(pipes_of(each.install.step) or ())[: each.rest]:
        words = [word for word in pipe[0] if word != "("]
        outside += [len(found)] * pipe[0].count("(")
        closed = words.count(")")
        if len(pipe) == 1 and not closed and words and is_of_the_scene(words):
            found.append(" ".join(map(_as_written, words)))
        for _ in range(min(closed, len(outside))):
            del found[outside.pop() :]
    return found


def _as_written(word: str) -> str:
    """A word of a shell with quotes where it needs them."""
    name, sign, value = word.rpartition("=")
    return f'{name}{sign}"{value}"' if " " in value else word


def _removals(each: Early) -> list[str]:
    """The commands right behind an install that take away some of what it brings: both halves need them."""
    packages, step = MANAGERS[each.install.manager].packages, each.install.step
    parts = chain_of(step) if packages else None
    place = posixpath.join(each.install.cwd, packages)
    own = (one for one in commands(step) if one.place > each.install.command.place)
    removes = takewhile(lambda one: one.name == "rm" and all(_is_inside(one, word, place) for word in one.words), own)
    return [] if parts is None else [parts[one.place] for one in removes]


def _is_inside(command: Command, word: str, place: str) -> bool:
    path = absolute(command.cwd, word)
    return path != place and within(path, place)


def _ahead(each: Early) -> tuple[str, ...] | None:
    """What a RUN does before its install, which may bring the program that installs; None: it is no plain chain."""
    step, place = each.install.step, each.install.command.place
    own = [one for one in commands(step) if one.place < place and one.place not in each.put_off]
    if not step.instruction.json and all(map(leads_in, own)):
        return ()  # the install is told where
    parts = chain_of(step)
    if parts is None or any(one.name == "cd" for one in own):
        return None
    return tuple(part for at, part in enumerate(parts[:place]) if at not in each.put_off)


def kept_of(each: Early) -> list[str]:
    """What is left of a RUN once commands before its install come above the COPY; none where none of them do."""
    if not _ahead(each):
        return []
    parts, place = chain_of(each.install.step) or [], each.install.command.place
    return [part for at, part in enumerate(parts) if at >= place or at in each.put_off or sets_the_scene(part)]


def flags_of(flags: Iterable[Flag]) -> str:
    return "".join(f"--{name} " if value is None else f"--{name}={value} " for name, value in flags)


def _goes_on(step: Step, lines: list[str]) -> bool:
    """Whether the last line of an instruction asks for one more, at the end of the file."""
    return lines[step.instruction.end_line - 1].rstrip().endswith(("\\", "`"))


def _block(step: Step, lines: list[str]) -> list[str]:
    return lines[step.line - 1 : step.instruction.end_line]


def _moved(reading: Reading, group: list[Early]) -> list[Step] | None:
    """The instructions that have to stay behind the broad COPY when it moves; None: it must not move."""
    copy, last = group[0].copy, group[-1].install.step
    steps = [step for step in group[0].stage.steps if copy.line < step.line < last.line]
    manifests = {posixpath.basename(path) for each in group for path in each.needed.files}
    if "$" in copy.instruction.text and any(step.keyword in ("ENV", "ARG") for step in steps):
        return None
    if copy.instruction.json and copy.workdir != last.workdir:
        return None
    moved: list[Step] = []
    for step in steps:
        if step.keyword not in ("COPY", "ADD"):
            continue
        where = step.target
        if not (within(where, group[0].destination) or within(group[0].destination, where)):
            continue
        own = posixpath.join(group[0].source, posixpath.relpath(where, group[0].destination))
        if step.origin is not None and reading.sent.kind(posixpath.normpath(own)) is None:
            continue  # nothing of the broad one comes to lie over it
        named = {posixpath.basename(source.text) for source in step.sources} | {posixpath.basename(where)}
        if step.origin is not None or named & manifests or step.workdir != last.workdir:
            return None
        moved.append(step)
    return moved


def _written(step: Step, lines: list[str], at: Step) -> list[str]:
    """A COPY as it stands, for another working directory if need be."""
    if step.destination.startswith("/") or step.workdir == at.workdir:
        return _block(step, lines)
    words = step.instruction.text.split()
    return [" ".join((*words[:-1], step.target.rstrip("/") + "/"))]
