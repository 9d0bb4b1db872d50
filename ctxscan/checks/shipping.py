"""Lessons about what ships: dependencies for development that nothing needs at run time."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

from ..context.transfer import cleaned
from ..dockerfile.commands import Command
from ..dockerfile.stages import Stage, Step
from ..findings import Finding
from ..regex import lazy
from .installs import EXAMPLES, PACKAGES, project_of, shortened
from .managers import Install, install, installs
from .manifests import table
from .reading import Reading, within
from .registry import Evidence, finding, finds

#: Commands after which nothing for development is left.
_PRUNES: Final = lazy(
    r"\bprune\b|\bworkspaces focus\b.*--production|"
    r"--omit[= ]dev|--prod(?:uction)?\b|--only[= ]prod|\brm\b.*node_modules"
)


@finds("warning")
def dev_dependencies(case: Evidence) -> Iterator[Finding]:
    """What is installed for development ships: an install with all dependencies in the final stage, or in one whose
    installed packages are copied from there.

    Silent where there are none, where they are taken away again (`npm prune`), where NODE_ENV or its like leaves them
    out, where the command of the image needs them, and where the image is there to run tests.
    """
    reading = case.reading
    if reading is None or reading.rehearses:
        return
    for stage in reading.plan.stages:
        told: set[str] = set()
        for each in (each for step in stage.steps for each in installs(reading, step)):
            found = _for_development(reading, stage, each)
            if found is not None and each.manager not in told:
                told.add(each.manager)
                count, remedy = found
                yield finding(
                    dev_dependencies,
                    f"{shortened(each.command.text)} ships {count}",
                    severity="warning" if _has_command(reading) else "note",
                    why="dead weight in the image, and more to keep free of holes",
                    path=case.scan.build.label,
                    line=each.step.line,
                    remedy=remedy,
                    key=each.command.text,
                )


def _for_development(reading: Reading, stage: Stage, each: Install) -> tuple[str, str] | None:
    history = reading.history(stage)
    before = history[: next((at for at, step in enumerate(history) if step is each.step), len(history)) + 1]
    project = project_of(reading, each, before)
    if project is None or each.words or not _ships(reading, stage, each):
        return None
    after = [one.text for one in reading.all_commands(stage.steps) if _comes_after(one, each.command)]
    if each.manager in ("uv", "poetry"):
        return _python_development(each, reading.tree.toml(posixpath.join(project, "pyproject.toml")))
    if each.manager in ("npm", "yarn", "pnpm", "bun"):
        return _node_development(reading, each, project, after)
    if each.manager == "composer":
        packages = table(reading.tree.json(posixpath.join(project, "composer.json")), "require-dev")
        said = each.has("--no-dev") or each.command.setting("COMPOSER_NO_DEV") == "1"
        if packages and not said and not any("--no-dev" in text for text in after):
            return _counted(packages), " ".join(("composer install --no-dev", *each.options))
    return None


def _comes_after(one: Command, other: Command) -> bool:
    return (one.step.line, one.place) > (other.step.line, other.place)


def _python_development(each: Install, data: dict[str, Any]) -> tuple[str, str] | None:
    """The groups that uv and poetry install unless they are told not to."""
    if each.manager == "uv":
        groups = data.get("dependency-groups")
        packages = _names(groups.get("dev") if isinstance(groups, dict) else None)
        packages += _names(table(data, "tool", "uv").get("dev-dependencies"))
        if each.has("--no-dev", "--no-default-groups", "--only-group", "--no-group") or each.command.setting(
            "UV_NO_DEV"
        ):
            return None
        return (_counted(packages), "uv sync --locked --no-dev") if packages else None
    poetry = table(data, "tool", "poetry")
    groups = {name: group for name, group in table(poetry, "group").items() if not table(group).get("optional")}
    packages = [
        *table(poetry, "dev-dependencies"),
        *(name for one in groups.values() for name in table(one, "dependencies")),
    ]
    if not packages or each.has("--only", "--without", "--no-dev", "--only-root"):
        return None
    return _counted(packages), "poetry install --only main"


def _names(requirements: object) -> list[str]:
    """The packages of a list of requirements."""
    texts = requirements if isinstance(requirements, list) else []
    return [re.split(r"[^\w.-]", text, maxsplit=1)[0] for text in texts if isinstance(text, str)]


def _node_development(reading: Reading, each: Install, project: str, after: list[str]) -> tuple[str, str] | None:
    package = reading.tree.json(posixpath.join(project, "package.json"))
    packages = table(package, "devDependencies")
    said = each.has("--production", "--prod", "-P", "-p") or bool(
        {"--omit=dev", "--only=production", "--only=prod"} & set(each.options)
    )
    environment = (
        each.command.setting("NODE_ENV"),
        each.command.setting("NPM_CONFIG_OMIT"),
        each.command.setting("npm_config_omit"),
    )
    asked = each.has("--include", "--dev", "-D") or "--production=false" in each.options
    left_out = ("production" in environment or "dev" in environment or said) and not asked
    pruned = any(_PRUNES.search(text) for text in after)
    tested = not _has_command(reading) and any(_TESTS.search(text) for text in after)
    if not packages or left_out or pruned or tested or _runs_development(reading, package, packages):
        return None
    remedy = {
        "npm": "npm ci --omit=dev",
        "pnpm": "pnpm install --frozen-lockfile --prod",
        "yarn": "yarn install --production",
        "bun": "bun install --production",
    }[each.manager]
    builds = any(re.search(r"\b(?:npm|yarn|pnpm|bun)\b.*\b(?:run|build)\b", text) for text in after)
    return _counted(packages), remedy + (", once a stage of its own has built what needs the rest" if builds else "")


def _counted(packages: Collection[str]) -> str:
    count = len(packages)
    first = ", ".join(list(packages)[:EXAMPLES])
    more = ", …" if count > EXAMPLES else ""
    return f"{count} development {'dependency' if count == 1 else 'dependencies'} ({first}{more})"


_TESTS: Final = lazy(r"\b(?:test|tests|lint|check|jest|vitest|mocha|playwright|cypress|e2e)\b")


def _has_command(reading: Reading) -> bool:
    return reading.last("CMD") is not None or reading.last("ENTRYPOINT") is not None


#: What is only there for development, whatever package brings it.
_ON_THE_FLY: Final = frozenset("tsc ts-node ts-node-dev tsx nodemon vite".split())


def _runs_development(reading: Reading, package: dict[str, object], packages: dict[str, object]) -> bool:
    """Whether the image runs what is there for development: a dev server, a compiler on the fly."""
    words: list[str] = []
    scripts = table(package, "scripts")
    for keyword in ("ENTRYPOINT", "CMD"):
        step = reading.last(keyword)
        words += re.split(r"[\s\"']+", " ".join(step.words)) if step else []
    if {"npm", "yarn", "pnpm", "bun"} & set(words):
        called = [word for word in words if word in scripts]
        words += [part for name in called for part in re.split(r"[\s\"'&|;]+", str(scripts[name]))]
        if any(re.match(r"dev|watch|test|storybook", name) for name in called):
            return True
    names = {posixpath.basename(word).partition("@")[0] for word in words}
    return bool(names & (packages.keys() | {name.rpartition("/")[2] for name in packages} | _ON_THE_FLY))


def _ships(reading: Reading, stage: Stage, each: Install) -> bool:
    """Whether what an install puts beside its project is in the image."""
    places = [posixpath.join(each.cwd, PACKAGES.get(each.manager, "node_modules"))]
    if each.manager in ("uv", "poetry"):
        # Beside the project, where a variable says, or in the interpreter's own.
        places += [each.command.setting("UV_PROJECT_ENVIRONMENT") or "/usr/local/lib/python3"]
    todo, seen = [(stage.index, place) for place in places], set[tuple[int, str]]()
    chain = {one.index for one in reading.chain}
    while todo:
        index, place = todo.pop()
        if (index, place) in seen:
            continue
        seen.add((index, place))
        if index in chain:
            return True
        for other in reading.plan.stages:
            above = other.origin.kind == "stage" and other.origin.stage == index
            if above and not _renewed(reading, other.steps, place):
                todo.append((other.index, place))
            for at, step in enumerate(other.steps):
                if step.keyword == "COPY" and step.origin is not None and step.origin.stage == index:
                    found = [moved for moved in _copied(step, place) if not _renewed(reading, other.steps[at:], moved)]
                    todo += [(other.index, moved) for moved in found]
    return False


def _renewed(reading: Reading, steps: Iterable[Step], place: str) -> bool:
    """Whether packages at `place` are installed anew, or pruned."""
    for command in reading.all_commands(steps):
        found = install(command)
        if found is not None and posixpath.join(found.cwd, PACKAGES.get(found.manager, "")) == place:
            return True
        if _PRUNES.search(command.text):
            return True
    return False


def _copied(step: Step, place: str) -> Iterator[str]:
    """Where a COPY --from puts what was at `place`."""
    for source in step.sources:
        own = "/" + cleaned(source.text)
        if within(place, own):
            yield posixpath.normpath(posixpath.join(step.target, posixpath.relpath(place, own)))
