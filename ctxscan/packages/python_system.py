"""The Python of a system that keeps it to its own package manager, and what pip does there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ..dockerfile.commands import Command
from ..regex import lazy

#: The packages of systems that bring pip.
BROUGHT_BY: Final = frozenset("python3-pip py3-pip".split())
#: What of a RUN may bring another Python, make an environment, take the mark away or let pip do what it is told, also
#: in those after it: an option holds for its command, and a variable for its RUN unless it is written to a file.
CHANGES: Final = lazy(
    r"venv|virtualenv|conda|mamba|pyenv|activate|altinstall|get-pip|EXTERNALLY-MANAGED|"
    r"(?<!\s--)break-system|PIP_BREAK(?=[^>]*>)|pip\.conf|\bpip3?\s+config\b|deadsnakes|alternatives|\buv\b|asdf|"
    r"\bmise\b|ensurepip|\brye\b|"
    r"\bmake\s+install\b|/pip3?\b|python3?\.\d|\bln\s"
)
#: The same of an ENV and of a COPY.
SETS: Final = lazy(r"venv|conda|pyenv|python|/env\b|PIP_(?!NO_)")
BRINGS: Final = lazy(r"python|venv|pip\.conf|conda|EXTERNALLY|/etc/?(?:\s|$)")
#: Options of an install that goes elsewhere, and the settings that say the same.
_ELSEWHERE: Final = lazy(
    r"--break-system-packages|--target|-t|--prefix|--root|--dry-run|--python|--help|-h|--version|-V"
)
_SETTINGS: Final = ("PIP_BREAK", "PIP_CONFIG", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_PYTHON", "VIRTUAL_ENV")
#: Packages that Debian does not let go, whatever the options say.
_KEPT: Final = frozenset("pip setuptools wheel".split())


def is_refused(command: Command) -> bool:
    """Whether pip would install into the Python of the system, which has the mark of PEP 668."""
    if command.name not in ("pip", "pip3") or command.program or command.guarded or command.words[:1] != ["install"]:
        return False
    if any(_ELSEWHERE.fullmatch(each.partition("=")[0]) for each in command.arguments):
        return False
    settings = (*command.step.environment, *command.settings)
    return not any(name.startswith(_SETTINGS) for name, _ in settings)


def way_out(commands: Sequence[Command], tools: str, where: str) -> str:
    """What to do instead of some installs, where an environment is made with the package `tools`; `where` they are."""
    brought = f" (from the package {tools})" if tools else ""
    way = f"run python3 -m venv /opt/venv{brought} before it, with ENV PATH=/opt/venv/bin:$PATH above the RUN"
    if any(not _KEPT.isdisjoint(each.words[1:]) for each in commands):
        return way
    names = {each.name for each in commands}
    return f"{way}, or write {names.pop() if len(names) == 1 else 'pip'} install --break-system-packages{where}"
