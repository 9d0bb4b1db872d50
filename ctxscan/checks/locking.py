"""The lesson about lock files: whether what is installed is what was tested."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from ..dockerfile.commands import Command
from ..dockerfile.stages import Step
from ..findings import Finding
from ..regex import lazy
from .installs import project_of, shortened
from .managers import Install, installs, locks
from .reading import Reading
from .registry import Evidence, finding, finds


class _Strict(NamedTuple):
    """What makes a manager hold to its lock file: `options`, `settings` (variables) or words of an earlier command that
    `configured` finds; and what to write. `soft`: it reads the lock file anyway, and only may write it anew."""

    options: str
    settings: str
    remedy: str
    soft: bool = False
    configured: re.Pattern[str] | None = None


_STRICT: Final = {
    "npm": _Strict("--package-lock-only", "", "npm ci"),
    "yarn": _Strict(
        "--frozen-lockfile --immutable --immutable-cache",
        "CI YARN_ENABLE_IMMUTABLE_INSTALLS",
        "yarn install --frozen-lockfile",
    ),
    "pnpm": _Strict("--frozen-lockfile --offline", "CI", "pnpm install --frozen-lockfile"),
    "bun": _Strict("--frozen-lockfile --production", "", "bun install --frozen-lockfile"),
    "uv": _Strict("--frozen --locked", "UV_FROZEN UV_LOCKED", "uv sync --locked", soft=True),
    "pipenv": _Strict("--deploy --ignore-pipfile", "", "pipenv install --deploy"),
    "bundler": _Strict(
        "--frozen --deployment --local",
        "BUNDLE_DEPLOYMENT BUNDLE_FROZEN",
        "ENV BUNDLE_DEPLOYMENT=1 before it",
        soft=True,
        configured=lazy(r"config\b.*\b(?:deployment|frozen)\b"),
    ),
}
#: Verbs that always do.
_HOLDS: Final = frozenset(
    (("npm", "ci"), ("npm", "clean-install"), ("npm", "ic"), ("npm", "install-clean"), ("pipenv", "sync"))
)
#: Verbs that look for newer versions, and what installs those of the lock file.
_UPDATES: Final = {
    "npm": ("npm", "update upgrade up", "npm ci"),
    "yarn": ("yarn", "upgrade up", "yarn install --frozen-lockfile"),
    "pnpm": ("pnpm", "update up upgrade", "pnpm install --frozen-lockfile"),
    "composer": ("composer", "update upgrade u", "composer install"),
    "bundle": ("bundler", "update", "bundle install"),
    "poetry": ("poetry", "update", "poetry install"),
    "cargo": ("cargo", "update", "cargo build --locked"),
}
#: Tools that are installed by their names and need no lock.
_TOOLS: Final = frozenset(
    "pip setuptools wheel poetry uv pipenv pip-tools build virtualenv pdm hatch tox nox awscli supervisor".split()
)
#: Lock files that pip does not read, and what does.
_NOT_BY_PIP: Final = {
    "uv.lock": "uv sync --locked",
    "poetry.lock": "poetry install",
    "pdm.lock": "pdm install --frozen-lockfile",
    "Pipfile.lock": "pipenv install --deploy",
}


class _Loose(NamedTuple):
    """The lock file that is passed over, and what would hold to it."""

    lock: str
    remedy: str
    soft: bool


@finds("warning")
def unlocked_install(case: Evidence) -> Iterator[Finding]:
    """Dependencies are installed without holding to the lock file that lies beside the manifest.

    The image then has versions that nobody has tested. A note for those that take the lock file but may write it anew
    (`uv sync`, `bundle install`), and for a project that pip installs past it.
    """
    reading = case.reading
    if reading is None:
        return
    for stage in reading.plan.stages:
        history = reading.history(stage)
        for step in stage.steps:
            before = history[: next(at for at, each in enumerate(history) if each is step) + 1]
            found = [(each.command, _unlocked(reading, each, before)) for each in installs(reading, step)]
            found += [(each, _updated(reading, each, before)) for each in reading.commands(step)]
            for command, loose in found:
                if loose is not None:
                    yield finding(
                        unlocked_install,
                        f"{shortened(command.text)} beside {loose.lock}",
                        severity="note" if loose.soft else "warning",
                        why="it may install other versions than the lock file says",
                        path=case.scan.build.label,
                        line=step.line,
                        remedy=loose.remedy,
                        key=command.text,
                    )


def _unlocked(reading: Reading, each: Install, before: list[Step]) -> _Loose | None:
    project = project_of(reading, each, before)
    if project is None:
        return None
    if each.manager == "pip":
        return _pip(reading, each, project, before)
    lock, strict = _lock(reading, project, locks(each.manager)), _STRICT.get(each.manager)
    if lock is None or strict is None or each.words or (each.manager, each.verb) in _HOLDS:
        return None
    if each.has(*strict.options.split()) or any(_is_set(each.command, name) for name in strict.settings.split()):
        return None
    if strict.configured and any(strict.configured.search(one.text) for one in reading.all_commands(before)):
        return None
    remedy = strict.remedy
    if each.manager == "npm" and (each.has("--omit", "--production") or "--only=production" in each.options):
        remedy += " --omit=dev"
    if each.manager == "yarn" and "__metadata:" in reading.tree.text(lock):
        remedy = "yarn install --immutable"
    copied = reading.came_from(before, posixpath.join(each.cwd, posixpath.basename(lock))) is not None
    return _Loose(lock, remedy if copied else f"COPY {lock} as well, and {remedy}", strict.soft)


def _is_set(command: Command, name: str) -> bool:
    return command.setting(name) not in (None, "", "0", "false")


def _pip(reading: Reading, each: Install, project: str, before: list[Step]) -> _Loose | None:
    """Packages that pip takes by name without a version, or by way of the project, though a lock file pins them."""
    if each.files or each.has("--no-deps", "--no-index"):
        return None
    lock = _lock(reading, project, ("requirements.txt", *_NOT_BY_PIP))
    names = [word for word in each.words if re.fullmatch(r"[A-Za-z][\w.-]*(\[[\w,-]*\])?", word)]
    names = [name.partition("[")[0] for name in names if name.partition("[")[0].lower() not in _TOOLS]
    if lock is not None and names:
        either = "|".join(re.escape(name) for name in names)
        if re.search(rf"(?im)^(?:name = \"|\s*\"?)(?:{either})(?:\"|\[|\s*==)", reading.tree.text(lock)):
            name = posixpath.basename(lock)
            return _Loose(lock, _NOT_BY_PIP.get(name, f"pip install -r {name}"), False)
    own = _lock(reading, project, tuple(_NOT_BY_PIP))
    itself = any(
        re.fullmatch(r"\.(?:/|\[[\w,-]*\])?", word) for word in (*each.words, *_values(each, "-e", "--editable"))
    )
    if own is not None and itself and not any(one is not each and _is_locked(one) for one in _earlier(reading, before)):
        return _Loose(own, _NOT_BY_PIP[posixpath.basename(own)], True)
    return None


def _values(each: Install, *names: str) -> Iterator[str]:
    for option in each.options:
        name, _, value = option.partition("=")
        if name in names:
            yield value


def _earlier(reading: Reading, before: list[Step]) -> Iterator[Install]:
    for step in before:
        yield from installs(reading, step)


def _is_locked(each: Install) -> bool:
    """Whether an install brings what a lock file says, so that pip finds it there."""
    return each.manager in ("uv", "poetry", "pipenv") or bool(each.files)


def _updated(reading: Reading, command: Command, before: list[Step]) -> _Loose | None:
    """A command that looks for newer versions than the lock file has."""
    words = [word for word in command.arguments if not word.startswith("-")]
    manager, verbs, remedy = _UPDATES.get(command.name, ("", "", ""))
    if not words or words[0] not in verbs.split() or {"-g", "--global"} & set(command.arguments):
        return None
    for name in locks(manager):
        found = reading.came_from(before, posixpath.join(command.cwd, name))
        if found is not None:
            return _Loose(found, remedy, False)
    return None


def _lock(reading: Reading, project: str, names: tuple[str, ...]) -> str | None:
    paths = (posixpath.join(project, name) for name in names)
    return next(
        (each for each in paths if reading.tree.kind(each) == "file" and not reading.scan.rules.gone(each)), None
    )
