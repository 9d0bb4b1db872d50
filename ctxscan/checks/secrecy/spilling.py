"""What a build does with secrets that it is given safely: written to a file, they stay in the layer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from ...dockerfile.mounts import mount_fields
from ...regex import compiled
from .exposure import Place, chain

if TYPE_CHECKING:
    from ...dockerfile.instructions import Instruction
    from ...dockerfile.stages import Plan, Step

#: What is no part of a layer.
_PASSING: Final = ("/dev/", "/run/", "/proc/", "&")
_FILE: Final = r"[\"']?([^\s\"'<>|;&()]{1,200})"
#: A command that copies a file as it is, and a name in which nothing is for the shell.
_COPIED: Final = r"(?:cp|mv|install|ln|cat)[ \t]"
_FIXED: Final = r"/[\w./+@-]{1,200}"
#: Commands that keep what they are given in a file.
_KEEPING: Final = (
    r"(?:npm|pnpm|yarn|git|pip|composer|bundle|poetry|gem|helm|aws)[ \t][^\n;&|]{0,80}"
    r"(?:config|login|sources|credential)"
)
#: A longer command is not looked at.
_LONGEST: Final = 1 << 16
#: Where gpg keeps the keys that it takes in, and what has it keep them elsewhere.
KEYRING: Final = "~/.gnupg"
_OTHER_KEYRING: Final = ("GNUPGHOME", "--homedir")
#: What a path in the home of the user begins with.
_HOME: Final = r"(?:~|\$HOME|\$\{HOME\}|/root)/"


class Spill(NamedTuple):
    """A build secret, by its id, that the RUN at a line writes to `file`; `whole`: there is nothing else in it.
    `again`: the line of a later RUN that names the file, too."""

    line: int
    place: Place
    id: str
    file: str
    whole: bool
    again: int | None


class _Secret(NamedTuple):
    id: str
    path: str
    variable: str


def spills(plan: Plan) -> Iterator[Spill]:
    """Every build secret that a RUN writes to a file and leaves there."""
    history = chain(plan)
    for stage in plan.stages:
        place: Place = "history" if stage.index in history else "cache"
        for step in stage.steps:
            if step.keyword == "RUN":
                text = step.instruction.whole
                for secret in _mounted(step.instruction):
                    written = _written(text[:_LONGEST], secret)
                    if written is not None:
                        yield Spill(step.line, place, secret.id, *written, _named_again(plan, step, written[0]))


def _named_again(plan: Plan, spilling: Step, file: str) -> int | None:
    """The line of the first RUN below that names a file, by its own name, and does more than to remove it."""
    name = file.rpartition("/")[2]
    if not name or "$" in name:
        return None
    below = (step for stage in plan.stages for step in stage.steps if step.line > spilling.line)
    texts = ((step.line, " ".join(step.words)) for step in below if step.keyword == "RUN")
    return next((line for line, text in texts if name in text and not re.fullmatch(r"\s*rm\s[^;&|]*", text)), None)


def argument_spill(plan: Plan, name: str) -> tuple[int, str] | None:
    """The line of a RUN in the history of the image that writes what is given for a build argument to a file and leaves
    it there, and that file; None: there is none."""
    history = chain(plan)
    for stage in plan.stages:
        for step in stage.steps if stage.index in history else ():
            text = step.instruction.whole
            written = _written(text[:_LONGEST], _Secret(name, "", name)) if step.keyword == "RUN" else None
            if written is not None:
                return step.line, written[0]
    return None


def _mounted(instruction: Instruction) -> Iterator[_Secret]:
    for mount in instruction.given("mount"):
        pairs = (field.partition("=") for field in mount_fields(mount) or ())
        fields = {name.lower(): value for name, _, value in pairs}
        if fields.get("type") == "secret":
            path = next((fields[name] for name in ("target", "dst", "destination") if name in fields), "")
            id = fields.get("id") or path.rpartition("/")[2]
            variable = fields.get("env", "")
            if id:
                yield _Secret(id, path or ("" if variable else f"/run/secrets/{id}"), variable)


def _written(text: str, secret: _Secret) -> tuple[str, bool] | None:
    """The file that gets the secret and is not removed again, and whether it is a copy of it; None: there is none."""
    for pattern in _ways(secret):
        for match in compiled(pattern).finditer(text):
            imports = "--import" in match[0].split()
            if imports and any(each in text for each in _OTHER_KEYRING):
                continue
            file = match[1] if match.re.groups else KEYRING if imports else "the settings of a program"
            if file.startswith(_PASSING) or file == secret.path:
                continue
            own = re.sub(f"^{_HOME}", "", file.rstrip("/"))
            removed = rf"(?<![\w-])(?:rm|shred)[ \t][^\n;&|]{{0,200}}{re.escape(own)}"
            if compiled(removed).search(text, match.end()) is None:
                return file, compiled(_COPIED).match(match[0]) is not None and compiled(_FIXED).fullmatch(
                    file
                ) is not None
    return None


def _ways(secret: _Secret) -> Iterator[str]:
    values = []
    if secret.path:
        path = re.escape(secret.path)
        values.append(rf"(?:\$\([ \t]*(?:cat|<)[ \t]*{path}[ \t]*\)|`cat[ \t]+{path}`)")
        options = r"(?:-\S{1,40}[ \t]+(?:[\w:.-]{1,40}[ \t]+)?){0,8}"
        yield rf"(?<![\w-])(?:cp|mv|install|ln)[ \t]+{options}{path}[ \t]+{_FILE}"
        yield rf"(?<![\w-])gpg2?[ \t][^\n;&|]{{0,80}}--import[ \t]+{path}"
        yield rf"{path}[^\n;&|>]{{0,80}}\|[ \t]*gpg2?[ \t][^\n;&|]{{0,80}}--import"
        read = rf"(?<![\w-])(?:cat|base64[ \t]+-d|sed|envsubst)[ \t<][^\n;&|>]{{0,200}}?{path}"
        yield rf"{read}[^\n;&|>]{{0,80}}>>?[ \t]*{_FILE}"
        yield rf"{path}[^\n;&|>]{{0,80}}\|[ \t]*(?:sudo[ \t]+)?tee[ \t]+(?:-a[ \t]+)?{_FILE}"
    if secret.variable:
        values.append(rf"\$(?:{re.escape(secret.variable)}(?!\w)|\{{{re.escape(secret.variable)}\}})")
    for value in values:
        said = rf"(?<![\w-])(?:echo|printf)[ \t][^\n;|&>]{{0,400}}?{value}[^\n;|>]{{0,200}}"
        yield rf"{said}>>?[ \t]*{_FILE}"
        yield rf"{said}\|[ \t]*tee[ \t]+(?:-a[ \t]+)?{_FILE}"
        yield rf"(?<![\w-]){_KEEPING}[^\n;&|]{{0,200}}?{value}"
