"""Lessons about what ships: dependencies for development that nothing needs at run time."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

from ...builds.names import is_compose
from ...context.transfer import cleaned
from ...dockerfile import images
from ...dockerfile.commands import Command, is_chosen
from ...dockerfile.shell import every_command
from ...dockerfile.stages import Stage, Step
from ...findings import Finding
from ...packages import node_needs
from ...packages.catalog import MANAGERS, deployed, install, prunes
from ...packages.ecosystem import Use
from ...packages.install import Install
from ...paths import parents, within
from ...regex import lazy
from ..project.audience import is_sample, may_be_for_development, runs_tests
from ..project.composefiles import names_developers, services
from ..project.earlier import around
from ..project.ordering import RECIPE, ordering_texts, orders, readmes
from ..project.services import commands_of_services, settings_of_services
from ..reading import Reading, base_image, listed, text_started
from ..registry import Evidence, finding, finds
from .order import EXAMPLES, project_of
from .snippet import shortened

#: Where a setting belongs for every install.
_ABOVE: Final = " above it"
#: What begins a command that runs nothing.
_SAYING: Final = frozenset("[ [[ test echo printf export local set".split())
#: A script that people run in a container that is there, or in a new one.
_EXECUTED: Final = lazy(
    r"\bdocker(?:[ -]compose(?:[ \t]+-[\w-]+[ =]\S+)*[ \t]+(?:exec|run)|[ \t]+exec)[ \t][^\n;&|]*?"
    r"[ \t]((?:npm|yarn|pnpm|bun)[ \t][\w: .-]+)"
)
#: What is in images that somebody debugs in.
_DEBUGGER: Final = lazy(r"\b(?:install|install-php-extensions|docker-php-ext-enable)\b.*\b(?:xdebug|pcov)\b")


@finds("warning", scope="shipped")
def dev_dependencies(case: Evidence) -> Iterator[Finding]:
    """What is installed for development ships: an install with all dependencies in the final stage, or in one whose
    installed packages are copied from there.

    Silent where there are none, where the same layer takes them away again (`npm prune`, or `rm` of what they lie in),
    where NODE_ENV or its like leaves them out, where a variable decides whether they are installed, for gems where no
    variable says that it is production, for a part of a workspace, whose packages lie beside the lock file above, where
    the command of the image needs them, or a script that people run in the container, and where the image is there to
    run tests, also as a service of a compose file, or has a debugger. A note for an example, and where a build argument
    says whether the image is one for development.
    """
    reading = case.reading
    if reading is None or runs_tests(reading):
        return
    ships = (_has_command(reading) or any(commands_of_services(reading))) and not may_be_for_development(reading)
    groups: dict[tuple[object, ...], list[tuple[Install, Collection[str], str]]] = {}
    for stage in reading.plan.stages:
        for each in (each for step in stage.steps for each in reading.installs([step])):
            found = _for_development(reading, stage, each)
            if found is not None:
                part = found[1:] if _ABOVE in found[1] else (stage.index, each.cwd)
                groups.setdefault((each.manager, *part), []).append((each, *found))
    for (each, packages, remedy), *later in groups.values():
        yield finding(
            dev_dependencies,
            f"{shortened(each.command.said)} ships {_counted(packages)}",
            severity="warning" if ships and not is_sample(case.scan.build) else "note",
            why="dead weight in the image, and more to keep free of holes",
            path=case.scan.build.label,
            line=each.step.line,
            remedy=_everywhere(remedy, each, later) + _for_developers(reading, packages),
            key=each.command.text,
        )


def _everywhere(remedy: str, first: Install, later: Iterable[tuple[Install, Collection[str], str]]) -> str:
    """A way out for an install and for later ones, which bring back what it leaves out."""
    if _ABOVE in remedy:
        lines = listed((first.step.line, *(one.step.line for one, _, _ in later)))
        return remedy.replace(_ABOVE, f" above {lines.replace('lines', 'each of lines')}")
    again = {one.step.line: way for one, _, way in later if one.step is not first.step and way != remedy}
    return ", and ".join((remedy, *(f"{way} on line {line}" for line, way in again.items())))


def _for_development(reading: Reading, stage: Stage, each: Install) -> tuple[Collection[str], str] | None:
    """The packages of an install that are for development, and how to leave them out."""
    manager = MANAGERS[each.manager]
    development = manager.development
    if development is None or (manager.asked and not each.has(*manager.asked)):
        return None
    history = reading.history(stage)
    before = history[: next((at for at, step in enumerate(history) if step is each.step), len(history)) + 1]
    project = project_of(reading, each, before)
    if project is None or each.words or is_chosen(each.command) or not _ships(reading, stage, each):
        return None
    if _is_a_part(reading, each, before):
        return None
    if any(_DEBUGGER.search(one.text) and not one.guarded for one in reading.all_commands(reading.shipped)):
        return None
    after = tuple(one.text for one in reading.all_commands(stage.steps) if _comes_after(one, each.command))
    settings = tuple(word for step in reading.shipped if step.keyword == "ENV" for word in step.words)
    earlier = tuple(one.text for one in reading.all_commands(before) if _comes_after(each.command, one))
    onward = tuple(one.text for other in _going_on(reading, stage) for one in reading.all_commands(other.steps))
    apart = stage not in reading.chain or bool(reading.plan.unreached)
    layered = stage in reading.chain
    later = [
        one for one in reading.all_commands([each.step] if layered else stage.steps) if _comes_after(one, each.command)
    ]
    if manager.packages and any(one.name == "rm" for one in later):
        from ..layers.unpacking import is_gone  # few RUNs remove anything behind an install

        if is_gone(later, posixpath.join(each.cwd, manager.packages)):
            return None
    taking = tuple(one.text for one in later)
    runs = tuple(settings_of_services(reading))
    places = (posixpath.join(each.cwd, name) for name in manager.locks)
    locks = tuple(filter(None, [reading.brought(before, place) for place in places]))
    starting, parsed = tuple(_starting(reading)), reading.scan.build.parsed
    recipe = parsed.text if parsed is not None else ""
    use = Use(after, starting, _has_command(reading), settings, earlier, onward, apart, taking, runs, locks, recipe)
    found = development(each, reading.tree, project, use)
    image = base_image(reading.plan.chain(stage)[0])
    if found is None:
        return None
    way = found[1] if image is None else images.omits(image, found[1])
    ahead = _without_scripts(reading, each, project)
    if ahead and way != found[1]:  # an old npm, which has no command for that
        way = way.replace("--only=production", "--only=production --ignore-scripts", 1)
    else:
        # What is moved first is moved by hand.
        move, comma, install = way.rpartition(", and ") if way.startswith("move ") else ("", "", way)
        way = move + comma + ahead + install
    return found[0], way


#: What stands before the program in a command, and what a script hands on.
_LAUNCHERS: Final = frozenset(
    "python python3 uv poetry pipenv pdm run bundle exec npx yarn pnpm npm sh bash time".split()
)
_HANDED: Final = lazy(r"[\"']?\$(?:[@*]|\{[@*]\})[\"']?")
#: How a script calls the lines that follow, and a Makefile the rest of one.
_FUNCTION: Final = lazy(r"[ \t]*(?:function[ \t]+)?([\w-]+)[ \t]*(?:\([ \t]*\))?[ \t]*\{")
_VALUE: Final = lazy(r"[ \t]*(?:export[ \t]+)?(\w+)[ \t]*[:?]?=")


def _for_developers(reading: Reading, packages: Collection[str]) -> str:
    """What else the way out has to have, as those who work on the project run one of these packages in a container of
    the image; empty: nobody is seen to."""
    names = {name for _, name, _ in services(reading)}
    programs = {each.lower().replace("_", "-") for each in packages}
    top = around(reading.tree)[-1][0]
    pages = ((each, top.text(each)) for each in top.names("") if each.lower().startswith(("readme", "contributing")))
    for path, text in (*orders(top), *pages) if names else ():
        found = next((each for each in _run_in(text, names) if each[1] in programs), None)
        if found is not None:
            files = sorted(each for each in top.names("") if is_compose(each) and names_developers(each))
            file = files[0] if files else "the compose file of developers"
            return (
                f", and the others in a separate stage, or by a build argument that {file} sets: "
                f"{path}:{found[0]} runs {found[1]} in this image"
            )
    return ""


def _run_in(text: str, names: Collection[str]) -> Iterator[tuple[int, str]]:
    """The programs that a script or a page has Compose run in containers of some services, with their lines."""
    callers, inside = set[str](), ""
    lines = [(at, line.split()) for at, line in enumerate(text.splitlines(), 1)] if "compose" in text.lower() else []
    for at, words in lines:
        line = " ".join(words)
        inside = found[1] if (found := _FUNCTION.match(line)) is not None else inside
        rest = _said_in(words, names)
        if rest is None:
            continue
        if rest and _HANDED.fullmatch(rest[0]):
            callers.add(inside)
        elif not rest and (value := _VALUE.match(line)) is not None:
            callers.update((f"${value[1]}", f"${{{value[1]}}}", f"$({value[1]})"))
        elif rest:
            yield at, _program(rest)
    yield from ((at, _program(words[1:])) for at, words in lines if words and words[0].lstrip("@") in callers)


def _said_in(words: Sequence[str], names: Collection[str]) -> list[str] | None:
    """What a call of Compose runs in a container of one of some services; None: it is no such call."""
    first = next((at for at, word in enumerate(words) if "compose" in word.lower()), len(words))
    verb = next((at for at in range(first + 1, len(words)) if words[at] in ("run", "exec")), len(words))
    place = next((at for at in range(verb + 1, len(words)) if words[at].strip("\"'") in names), None)
    return None if place is None else list(words[place + 1 :])


def _program(words: Iterable[str]) -> str:
    """The program that a command starts, by the name of its package."""
    plain = (word.strip("\"'`") for word in words)
    named = (word for word in plain if word not in _LAUNCHERS and not word.startswith("-"))
    return posixpath.basename(next(named, "")).lower().replace("_", "-")


def _without_scripts(reading: Reading, each: Install, project: str) -> str:
    """What has to come before an install of Node that leaves out programs which its own scripts call."""
    if not node_needs.is_install(each.command):
        return ""
    bare = each.command._replace(arguments=(*each.command.arguments, "--omit=dev"))
    called = list(node_needs.left_out(reading.tree, posixpath.join(project, "package.json"), bare))
    names = dict.fromkeys(f"scripts.{one.script}" for one in called)
    return f"npm pkg delete {' '.join(names)} && " if names else ""


def _is_a_part(reading: Reading, each: Install, before: list[Step]) -> bool:
    """Whether the lock file lies above the manifest, and none beside it: packages of all parts of such a project are
    where that is."""
    locks = MANAGERS[each.manager].locks
    places = (each.cwd, *(f"/{above}" for above in parents(each.cwd.lstrip("/"))))
    held = [any(reading.brought(before, posixpath.join(place, lock)) for lock in locks) for place in places]
    return not held[0] and any(held)


def _going_on(reading: Reading, stage: Stage) -> list[Stage]:
    """The stages that are built on one, or take something of it, also through others."""
    indexes, found = {stage.index}, list[Stage]()
    for other in reading.plan.stages:
        origins = (other.origin, *(step.origin for step in other.steps if step.keyword == "COPY"))
        if any(each is not None and each.kind == "stage" and each.stage in indexes for each in origins):
            indexes.add(other.index)
            found.append(other)
    return found


def _comes_after(one: Command, other: Command) -> bool:
    return (one.step.line, one.place) > (other.step.line, other.place)


def _counted(packages: Collection[str]) -> str:
    count = len(packages)
    first = ", ".join(list(packages)[:EXAMPLES])
    more = ", …" if count > EXAMPLES else ""
    return f"{count} development {'dependency' if count == 1 else 'dependencies'} ({first}{more})"


def _starting(reading: Reading) -> Iterator[str]:
    """The words of the commands that start the image, as services do it, too, and of those in the scripts and Makefiles
    that these run."""
    todo = [step for keyword in ("ENTRYPOINT", "CMD") if (step := reading.last(keyword)) is not None]
    others = [line.split()[0] for line in commands_of_services(reading) if line.strip()]
    for step in todo:
        words = re.split(r"[\s\"']+", " ".join(step.words))
        yield from words
        for at, word in enumerate(words):
            path = reading.file_of(word) if word.endswith((".sh", ".bash")) or "entrypoint" in word else None
            if path is not None:
                yield from _run(text_started(reading, step, word, path, *others))
            elif word.endswith((".sh", ".bash")) or "entrypoint" in word:
                yield from _run(reading.made_at(word) or "")
            elif word == "make" and (path := reading.file_of("Makefile")) is not None:
                for recipe in RECIPE.finditer(reading.tree.text(path)):
                    yield from _run(recipe[2].replace("\t", "")) if recipe[1] in words[at + 1 :] else ()
    for line in commands_of_services(reading):
        yield from re.split(r"[\s\"']+", line)
    for tree, _ in around(reading.tree):
        for text in (*readmes(tree), *ordering_texts(tree)):
            for found in _EXECUTED.findall(text) if "docker" in text else ():
                yield from found.split()


def _run(script: str) -> Iterator[str]:
    for words in every_command(script):
        yield from () if words[0] in _SAYING else words


def _has_command(reading: Reading) -> bool:
    return reading.last("CMD") is not None or reading.last("ENTRYPOINT") is not None


def _ships(reading: Reading, stage: Stage, each: Install) -> bool:
    """Whether what an install puts beside its project is in the image."""
    manager = MANAGERS[each.manager]
    places = [posixpath.join(each.cwd, manager.packages)] if manager.packages else []
    if manager.elsewhere is not None:
        places.append(manager.elsewhere(each.command))
    todo, seen = [(stage.index, place) for place in places], set[tuple[int, str]]()
    chain = {one.index for one in reading.chain}
    # Stages that the target has no need of are not among them.
    stages = {one.index: one for one in reading.plan.stages}
    while todo:
        index, place = todo.pop()
        if (index, place) in seen:
            continue
        seen.add((index, place))
        if index in chain:
            return True
        todo += [(index, moved) for moved in _moved_on(reading, stages[index], place, each)]
        for other in reading.plan.stages:
            above = other.origin.kind == "stage" and other.origin.stage == index
            if above and not _renewed(reading, other.steps, place):
                todo.append((other.index, place))
            for at, step in enumerate(other.steps):
                if step.keyword == "COPY" and step.origin is not None and step.origin.stage == index:
                    # A layer of the image keeps what a later one replaces.
                    kept, steps = other.index in chain, other.steps[at:]
                    found = [to for to in _copied(step, place) if kept or not _renewed(reading, steps, to)]
                    todo += [(other.index, to) for to in found]
    return False


def _renewed(reading: Reading, steps: Iterable[Step], place: str) -> bool:
    """Whether packages at `place` are reinstalled or pruned."""
    for command in reading.all_commands(steps):
        found = install(command)
        packages = MANAGERS[found.manager].packages if found is not None else ""
        if found is not None and packages and posixpath.join(found.cwd, packages) == place:
            return True
        if prunes(command.text):
            return True
    return False


#: Of `cp` and its kin, and of what puts a package together with all that it needs.
_COPIERS: Final = frozenset(("cp", "mv", "rsync"))


def _moved_on(reading: Reading, stage: Stage, place: str, each: Install) -> Iterator[str]:
    """Where commands of a stage put what was at `place`: a copy of it, or what pnpm deploys from there."""
    for command in reading.all_commands(stage.steps):
        words = [posixpath.normpath(posixpath.join("/", command.cwd, word)) for word in command.words]
        # What came before the install had other packages.
        if any(step is each.step for step in stage.steps) and not _comes_after(command, each.command):
            continue
        if command.guarded or any("$" in word for word in words):
            continue
        if command.name in _COPIERS and len(words) > 1 and place in words[:-1]:
            below = len(words) > 2 or command.words[-1].endswith("/")
            yield posixpath.join(words[-1], posixpath.basename(place)) if below else words[-1]
        elif (there := deployed(command, place)) is not None:
            yield there


def _copied(step: Step, place: str) -> Iterator[str]:
    """Where a COPY --from puts what was at `place`."""
    for source in step.sources:
        own = "/" + cleaned(source.text)
        if within(place, own):
            yield posixpath.normpath(posixpath.join(step.target, posixpath.relpath(place, own)))
