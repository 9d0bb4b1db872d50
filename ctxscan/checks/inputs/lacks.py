"""What a step or a program misses, as findings say it, and files that no COPY takes to where they are looked for."""

import posixpath
import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from ...context.transfer import cleaned
from ...dockerfile.stages import Step
from ...findings import Severity
from ...paths import within
from .stagefiles import StageFiles, is_known

#: Tracked files that are named in a finding.
MOST_NAMED: Final = 3


class Shortfall(NamedTuple):
    """What is said of a step that does not get what it needs, and the way out."""

    step: Step
    said: str
    remedy: str
    key: str
    severity: Severity = "warning"
    why: str | None = None


class Lack(NamedTuple):
    """What is read and not there: by whom (`reader`, with the place), in which line of the Dockerfile, and the path of
    the context. `held`: a rule takes it out; else nothing copies it. `instead` is a way out without it, and the only
    one with `private`, since what is in it is better not sent; `joined` is the file that names it, where that one names
    many. `ends`: the build ends there, for certain. `nowhere`: the project has no such file, or, with `spelled`, has it
    under that name."""

    reader: str
    line: int
    path: str
    held: bool
    instead: str = ""
    private: bool = False
    put: str = ""
    joined: str = ""
    ends: bool = False
    nowhere: str = ""
    spelled: str = ""
    version: str = ""


def uncopied(there: StageFiles, paths: Sequence[str], step: Step, reader: str) -> Iterator[Lack]:
    """A file that is looked for in the working directory as it lies in the context, and is not there: no instruction
    takes it, or one puts it elsewhere."""
    home = step.workdir or "/"
    if not is_known(there, home) or any(there.at(each).state != "absent" for each in paths):
        return
    for absolute in paths:
        path = posixpath.relpath(absolute, home)
        if path.startswith("../") or not there.is_file(path):
            continue
        if there.tracked.known and not there.tracked.file(path):
            continue
        found = next(_places(there, path), "")
        instead = _as_module(there, step, path, found) if found else ""
        yield Lack(reader, step.line, path, held=False, put=found, instead=instead)
        return


def _as_module(there: StageFiles, step: Step, path: str, found: str) -> str:
    """The way out where a command names a file as a module, and its sources say how they are to lie; "": it does
    not."""
    module, home = path.removesuffix(".py").replace("/", "."), step.workdir or "/"
    said = re.search(rf"(?<![\w./-]){re.escape(module)}(?=:\w|[\s\"',]|$)", step.instruction.text)
    if said is None or "." not in module or not within(found, home):
        return ""
    package, above = module.partition(".")[0], path.partition("/")[0]
    text = there.reading.tree.text(path)
    # Its imports tell from where it is meant to be started.
    if re.search(rf"(?m)^[ \t]*(?:(?:from|import)\s+{re.escape(package)}\b|from\s+\.)", text):
        return f"copy {above} to {posixpath.join(home, above)}"
    shown = posixpath.relpath(found, home).removesuffix(".py").replace("/", ".")
    return f"write {shown} for {module} on line {step.line}"


def _places(there: StageFiles, path: str) -> Iterator[str]:
    """Where in the image the instructions put a file of the context."""
    for step in reversed(there.steps):
        for source in step.sources if step.keyword in ("COPY", "ADD") and step.origin is None else ():
            own = cleaned(source.text)
            if source.kind == "path" and (not own or within(path, own)):
                below = path[len(own) :].lstrip("/") or posixpath.basename(path)
                target = posixpath.normpath(posixpath.join(step.target, below))
                if there.at(target).path == path:
                    yield target


def named_places(there: StageFiles, path: str) -> Iterator[str]:
    """Where in the image a file of the context is put by an instruction that names it."""
    for step in there.steps if there.is_file(path) else ():
        own = step.sources if step.keyword in ("COPY", "ADD") and step.origin is None else ()
        if any(source.kind == "path" and cleaned(source.text) == path for source in own):
            yield from _places(there, path)
            return


def ends_for_certain(there: StageFiles, step: Step, home: str) -> bool:
    """Whether what a stage has where a step runs is known for certain, and the step ends without the rest."""
    from .nowhere import is_sure  # only where something is missed

    return is_known(there, home) and is_sure(there, step)
