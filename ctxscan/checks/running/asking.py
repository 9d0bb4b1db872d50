"""A script that CMD starts without an argument, and that ends with an error unless it gets one."""

import posixpath
import re
from typing import Final, NamedTuple

from ...dockerfile.stages import Step
from ...regex import lazy
from ..project.services import commands_of_services
from ..reading import Reading

#: A choice by the first argument at the left margin, what it has for any other value, and what ends a script.
_CHOICE: Final = lazy(r"(?ms)^case\s+\"?\$\{?1\}?\"?\s+in\b(.*?)^esac\b")
_LABEL: Final = lazy(r"^[ \t]*\(?[\"']?([\w./|* \"'-]+?)[\"']?\)")
_ENDS: Final = lazy(r"(?m)(?:^|;)[ \t]*exit[ \t]+[1-9]\d*\b")
_GOES_ON: Final = lazy(r"\bif\b|&&|\|\||\bwhile\b|\bread\b|\bexec\b")
#: What gives a script arguments of its own, or leaves before the choice.
_SETS: Final = lazy(r"(?m)^[ \t]*(?:set\s+--|exec\b|exit\b|if\b.*\$[#1]|\[.*\$[#1]|shift\b)|\$\{1:[-=?]|\$\{?#\}?")
_SHELLS: Final = frozenset("sh bash dash ash".split())


class Asking(NamedTuple):
    """The `script` of the context that `step` starts, the `line` of its choice, and a value that it takes."""

    step: Step
    script: str
    line: int
    value: str


def asks(reading: Reading) -> Asking | None:
    """The script of CMD, where a container that is run without more ends at once."""
    step = reading.last("CMD")
    if step is None or not step.instruction.json or reading.last("ENTRYPOINT") is not None:
        return None
    words = [*step.words]
    if posixpath.basename(words[0] if words else "") in _SHELLS:
        words.pop(0)
    path = reading.file_of(words[0]) if len(words) == 1 and not words[0].startswith("-") else None
    if path is None or any(commands_of_services(reading)):
        return None
    text = (reading.tree.read(path) or b"").decode(errors="replace").replace("\r", "")
    found = _CHOICE.search(text)
    if found is None or _SETS.search(text[: found.start()]):
        return None
    *others, last = [each for each in found[1].split(";;") if each.strip()] or [""]
    label = _LABEL.match(last.lstrip("\n"))
    if label is None or label[1] != "*" or any('""' in each or "''" in each for each in others):
        return None
    body = last.lstrip("\n")[label.end() :]
    first = _LABEL.match(others[0].lstrip("\n")) if others else None
    if first is None or not _ENDS.search(body) or _GOES_ON.search(body):
        return None
    value = re.split(r"[|\s\"']", first[1])[0]
    return Asking(step, path, text.count("\n", 0, found.start()) + 1, value) if value and "*" not in value else None
