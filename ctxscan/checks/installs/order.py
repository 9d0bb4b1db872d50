"""Dependencies that are installed below a COPY of everything: each change of a source installs them again."""

import posixpath
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from ...context.transfer import cleaned
from ...dockerfile.commands import Command, commands
from ...dockerfile.stages import Step
from ...findings import Finding
from ...packages.catalog import LOCKS, MANAGERS
from ...packages.install import Install
from ...paths import join, within
from ...regex import lazy
from ...rules import globs
from ..reading import Reading, listed
from ..registry import Evidence, finding, finds
from .early import Early, Given, broad, early, merged
from .effects import leads_in, place_of, reads_nothing, sets_the_scene
from .piecewise import aside, holds_sources, piecewise
from .reorder import chain_of, flags_of, lines_of, manifest_lines
from .snippet import as_below, as_written, lines_to_write, moving, owned, shortened
from .system import system_installs

if TYPE_CHECKING:
    from .making import Made

#: What tells a reader most among the files that make a step run again.
_TELLING: Final = (".git", "README.md", "docs", ".github", "tests", "test", "src", "app", "lib")
#: Where the settings of a project lie.
_OF_SETTINGS: Final = lazy(r"(?:^|/)\.?config(?:/|$)|(?:^|/)[\w-]+\.config\.[mc]?[jt]s$")
#: Names that are shown.
EXAMPLES: Final = 3


@finds("warning", scope="shipped")
def copy_before_install(case: Evidence) -> Iterator[Finding]:
    """A COPY of everything above the install of dependencies: each edit of any file installs them all again.

    The manifests can be copied first, then nothing but them decides. Silent where that is not sure: a dependency by
    path, scripts of the project that run with the install, modules that name each other, sources that are installed
    themselves, an install that came before the COPY already, settings alone above it; and where a cache mount makes it
    cheap. Packages of the system below a COPY of the whole context, or of a large directory of sources, are found
    as well.
    """
    reading = case.reading
    if reading is None:
        return
    told: dict[tuple[int, str, str], Early] = {}
    stages: set[tuple[int, int, str]] = set()
    above: set[int] = set()
    for each in _lifted(reading):
        if is_idle(reading, each.install):
            continue
        if told.setdefault((each.copy.line, each.install.manager, place_of(each.install)), each) is each:
            stages.add((each.stage.index, each.copy.line, each.install.manager))
    for installs in _side_by_side(told.values()):
        each = _as_one(installs)
        others = _others(reading, each)
        spare, size = _spare(case, each, others)
        examples = _examples(reading, each, others)
        if spare > 0 and examples and not _holds_lists(reading, each):
            moved = [" ".join(step.instruction.text.split()) for step in others]
            moved.append(owned(each, as_below(each.copy, each.install.step)) + _as_well(reading, each))
            lines = lines_to_write(case, reading, each, _with_a_lock(reading, each), moved)
            laid = {found for one in installs if (found := _overlaid(case, reading, one))}
            every = dict.fromkeys(f"**/{MANAGERS[one.install.manager].packages}" for one in installs)
            overlaid = f"exclude {' '.join(every)}, and " if len(laid) > 1 else "".join(laid)
            first = (others or [each.copy])[0]
            yield _again(case, each, first, spare, size, examples, overlaid + ", then ".join(lines), installs[:-1])
    for one in piecewise(reading):
        below = (one.early.stage.index, one.early.install.manager)
        if any((stage, manager) == below and line < one.early.install.step.line for stage, line, manager in stages):
            continue
        taken = [each for each in case.scan.inputs if (each.input.line, each.input.source) in one.taken]
        spare, size = sum(each.files for each in taken), sum(each.bytes for each in taken)
        if is_idle(reading, one.early.install) or all(_OF_SETTINGS.search(path) for path in one.paths):
            continue  # it brings nothing, or nobody changes them with every edit
        above.add(one.early.copy.line)
        names = [path + "/" * (reading.sent.kind(path) == "dir") for path in one.paths]
        remedy = ", then ".join(lines_to_write(case, reading, one.early, one.manifests, one.sources, one.paths))
        yield _again(case, one.early, one.early.copy, spare, size, _few(names), remedy)
    above |= {line for _, line, _ in stages}
    makes = any(
        command.name == "make" for stage in reading.plan.stages for command in reading.all_commands(stage.steps)
    )
    by_make = dict(_by_make(case, reading)) if makes else {}
    yield from _system_installs(case, reading, above, by_make)
    yield from by_make.values()


#: What is in a RUN that makes somebody, or gives all to somebody.
_GIVES: Final = ("useradd", "groupadd", "adduser", "addgroup", " -R", " --recursive", "R ")


def _lifted(reading: Reading) -> Iterator[Early]:
    """The installs that can go above a COPY, with what changes besides."""
    for each in early(reading):
        if any(one in step.instruction.whole for step in (*each.behind, each.install.step) for one in _GIVES):
            from .lifting import lifted  # few give anything away

            found = lifted(reading, each)
            if found is not None:
                yield found
        else:
            yield each


def _side_by_side(found: Iterable[Early]) -> list[list[Early]]:
    """Installs below one COPY, those together that can go above it as they are: one way out for all of them."""
    groups: list[list[Early]] = []
    for each in found:
        alike = (
            bool(groups)
            and each.copy is groups[-1][0].copy
            and (each.stage, each.source) == (groups[-1][0].stage, groups[-1][0].source)
            and all(
                not one.handed and one.given == Given() and not one.needed.store and not one.made_executable
                for one in (each, *groups[-1])
            )
        )
        groups[-1:] = [[*groups[-1], each]] if alike else [*groups[-1:], [each]]
    return groups


def _others(reading: Reading, each: Early) -> list[Step]:
    """The instructions right above a COPY that an install does not need either: it goes above the first of these."""
    steps = reading.history(each.stage)
    at = next(at for at, step in enumerate(steps) if step is each.copy)
    same = each.copy.workdir == each.install.step.workdir and each.copy.line > each.stage.line and not each.needed.store
    return aside(reading, each.install, each.needed, steps[:at]) if same else []


def _with_a_lock(reading: Reading, each: Early) -> list[str]:
    """The COPY lines of an install, also for a lock file that is not there: `unlocked-install` asks for one."""
    lines, manager = manifest_lines(each), MANAGERS[each.install.manager]
    path = next((one for one in each.needed.files if posixpath.basename(one) in manager.manifests), None)
    if path is None or not manager.together or any(posixpath.basename(one) in LOCKS for one in each.needed.files):
        return lines
    above, name = posixpath.split(path)
    alone = [one for one in reading.names(above) if globs.matches(manager.together, one)] == [name]
    return [line.replace(f"{path} ", f"{join(above, manager.together)} ", 1) for line in lines] if alone else lines


def _as_one(installs: list[Early]) -> Early:
    """The last of some installs, with all that they read, and the others above it."""
    last, others = installs[-1], [each.install.step for each in installs[:-1]]
    if not others:
        return last
    ahead = sorted((*last.ahead, *others), key=lambda step: step.line)
    return last._replace(
        needed=merged(last.needed, *(each.needed for each in installs[:-1])),
        there=frozenset().union(*(each.there for each in installs)),
        ahead=tuple(ahead),
        behind=tuple(step for step in last.behind if step not in others),
    )


#: So many files of a context change one by one, and so many of a directory.
_MANY: Final = 6
_LARGE: Final = 50


def _system_installs(
    case: Evidence, reading: Reading, told: Collection[int], by_make: Collection[int]
) -> Iterator[Finding]:
    """Packages of the system below a COPY of everything, where nothing between them can read it, unless the COPY, or
    the RUN, has a finding already."""

    def files(copy: Step, source: str | None = None) -> int:
        inputs = (one for one in case.scan.inputs if one.input.line == copy.line)
        return sum(one.files for one in inputs if source is None or cleaned(one.input.source) == source)

    def is_large(copy: Step, source: str) -> bool:
        return files(copy, source) >= _LARGE and holds_sources(reading, source)

    for each in system_installs(reading, is_large):
        spare = sum(map(files, (*each.above, each.copy)))
        first = (*each.above, each.copy)[0]
        known = each.copy.line in told or each.command.step.line in by_make
        if spare < _MANY or each.stage not in reading.plan.stages or known:
            continue
        shown = [name for source in broad(reading, each.copy) for name in _shown(reading, source)]
        others = [cleaned(source.text) for step in each.above for source in step.sources if step.origin is None]
        shown += [path + "/" * (reading.sent.kind(path) == "dir") for path in others]
        above = f"above the {first.keyword} on line {first.line}"
        now, whom = first.user, each.runs[0][0].step.user
        if now != whom:
            above += f", between USER {whom or 'root'} and USER {now}" if now else f", below USER {whom}"
        whole = [last.step.line for last, alone in each.runs if alone]
        parts = [last for last, alone in each.runs if not alone]
        ways = [f"move the RUN{'s' * (len(whole) > 1)} on {listed(whole)} {above}"] if whole else []
        ways += [f"{_up_to(last)} {above}, and line {last.step.line} without it" for last in parts]
        yield finding(
            copy_before_install,
            f"{shortened(each.command.text)} re-runs whenever any of {spare} files changes: {', '.join(_few(shown))}",
            why="a step re-runs whenever anything copied before it changes",
            path=case.scan.build.label,
            line=first.line,
            remedy=", then ".join(ways),
            key=f"{each.stage.name or each.stage.index}\0{each.command.text}",
        )


def _up_to(command: Command) -> str:
    """A RUN with the first commands of another one, up to this, without those that work on files of the project."""
    parts = chain_of(command.step)
    if parts is None:
        return f"a RUN with {shortened(command.text)} and what comes before it"
    late = {each.place for each in commands(command.step) if not reads_nothing(each)} - {command.place}
    first = (part for at, part in enumerate(parts[: command.place + 1]) if at not in late)
    return f"RUN {flags_of(command.step.instruction.flags)}{' && '.join(first)}"


def _from(command: Command) -> str:
    """The rest of a RUN, where what `_before` has of it is done above."""
    parts, early = chain_of(command.step), _early_places(command)
    if parts is None:
        return f"line {command.step.line}" + " without what that RUN does" * bool(early)
    late = (part for at, part in enumerate(parts) if at not in early or sets_the_scene(part))
    return f"RUN {flags_of(command.step.instruction.flags)}{' && '.join(late)}"


def _before(command: Command, run: str) -> str:
    """A RUN with what comes before a command in its own, and `run`; without what works on files that are not there."""
    parts, early = chain_of(command.step), _early_places(command)
    if parts is None and early:
        return f"RUN with what comes before {command.name}, but for what needs the sources, and {run}"
    there = command.cwd == command.step.workdir or run.startswith("cd ")
    first = (
        [f"cd {command.cwd}"] * (not there)
        if parts is None
        else [part for at, part in enumerate(parts[: command.place]) if at in early]
    )
    return f"RUN {flags_of(command.step.instruction.flags)}{' && '.join((*first, run))}"


def _early_places(command: Command) -> set[int]:
    """The places of commands before one in its RUN that may prepare it, and need nothing of the project."""
    ahead = [each for each in commands(command.step) if each.place < command.place]
    early = {each.place for each in ahead if reads_nothing(each)} - {
        each.place for each in ahead if each.guarded or not reads_nothing(each)
    }
    plain = chain_of(command.step) is not None
    return early if any(plain or not leads_in(each) for each in ahead if each.place in early) else set()


def _making(command: Command, targets: Iterable[str]) -> str:
    """A call of Make as it is written, for these targets instead of its own."""
    parts = chain_of(command.step)
    said = parts[command.place].split() if parts is not None else ["make", *command.arguments]
    kept = (each for each in said if each not in command.words or "=" in each or each.isdecimal())
    return " ".join((*kept, *targets))


def _made_later(each: "Made") -> list[str]:
    """What makes the rest below the sources, where the installs of a Makefile are done above them."""
    line, parts, early = each.make.step.line, chain_of(each.make.step), _early_places(each.make)
    if each.target is None:
        return [f"line {line}, with {shortened(each.install.command.text)} taken out of {each.makefile}"]
    if each.rest is None:
        return [f"line {line}, with nothing in {each.makefile} that needs {each.target}"]
    if parts is None:
        return [f"line {line}, with {_making(each.make, each.rest)}" if each.rest else f"line {line} without make"]
    here = [_making(each.make, each.rest)] if each.rest else []
    late = [part for at, part in enumerate(parts[: each.make.place]) if at not in early or sets_the_scene(part)]
    late += (*here, *parts[each.make.place + 1 :])
    return [f"RUN {flags_of(each.make.step.instruction.flags)}{' && '.join(late)}"] if late else []


def _by_make(case: Evidence, reading: Reading) -> Iterator[tuple[int, Finding]]:
    """Installs of a Makefile that runs below a COPY of everything, with the line of the RUN."""
    from .making import made  # only where something is made

    for each in made(reading):
        inputs = [
            one
            for one in case.scan.inputs
            if one.input.line == each.copy.line and cleaned(one.input.source) in (each.source, "*")
        ]
        spare = sum(one.files for one in inputs) - len(each.files)
        names = _shown(reading, each.source, each.files)
        if spare <= 0 or not names:
            continue
        copied = (each.makefile, *each.files) if each.target else each.files
        run = each.early or (_making(each.make, [each.target]) if each.target else each.install.command.text)
        again = "downloads all dependencies again" if each.early else "re-runs"
        shown = _few(names)
        yield (
            each.make.step.line,
            finding(
                copy_before_install,
                f"{shortened(each.install.command.text)} ({each.makefile}) {again} whenever any of {spare} "
                f"{'' if each.early else 'unrelated '}files changes: {', '.join(shown)}",
                why="a step re-runs whenever anything copied before it changes",
                path=case.scan.build.label,
                line=each.copy.line,
                remedy=", then ".join(
                    [
                        *lines_of(each.copy, each.source, copied),
                        *moving(each.copy, each.make.step),
                        _before(each.make, run),
                        as_below(each.copy, each.make.step),
                        *as_written(each.behind),
                        *([_from(each.make)] if each.early else _made_later(each)),
                    ]
                ),
                key=f"{each.stage.name or each.stage.index}\0make\0{each.install.command.text}",
            ),
        )


def _again(
    case: Evidence,
    each: Early,
    first: Step,
    spare: int,
    size: int,
    examples: list[str],
    remedy: str,
    others: Sequence[Early] = (),
) -> Finding:
    """An install that files make run again, at the `first` instruction that brings them."""
    said = [" ".join(one.install.command.said.split()) for one in (*others, each)]
    if each.needed.store:
        lines = _using(case, each)
        remedy = f"RUN --mount=type=cache,target={each.needed.store} on {listed(lines)}"
    # What builds has to run again for its sources, but without a download.
    builds = each.install.implied or bool(each.needed.store)
    one = "" if others else "s"
    again = f"download{one} all dependencies again" if builds else f"re-run{one}"
    kind = "file" if builds else "unrelated file"
    which = f"{'a' if kind == 'file' else 'an'} {kind}" if spare == 1 else f"any of {spare} {kind}s"
    return finding(
        copy_before_install,
        f"{' and '.join(map(shortened, said))} {again} whenever {which} changes: {', '.join(examples)}",
        why="a step re-runs whenever anything copied before it changes",
        path=case.scan.build.label,
        line=first.line,
        size=size,
        remedy=remedy,
        key="\0".join((each.stage.name or str(each.stage.index), *said)),
    )


#: Lists of packages that a directory has for several ends.
_MOST_LISTS: Final = 10


def _holds_lists(reading: Reading, each: Early) -> bool:
    """Whether a COPY takes a directory with nothing but lists like the one that is read: they change as rarely."""
    names = reading.names(each.source)
    endings = {posixpath.splitext(path)[1] for path in each.needed.files}
    paths = [posixpath.join(each.source, name) for name in names]
    return (
        len(names) <= _MOST_LISTS
        and bool(each.source)
        and all(posixpath.dirname(path) == each.source for path in each.needed.files)
        and all(reading.sent.kind(path) == "file" and posixpath.splitext(path)[1] in endings for path in paths)
    )


def _using(case: Evidence, each: Early) -> list[int]:
    """The lines from that of an install on that run its manager, and find no packages without the mount."""
    programs, reading = MANAGERS[each.install.manager].programs, case.reading
    lines = {each.install.step.line}
    for stage in reading.plan.stages if reading is not None else ():
        if reading is not None and each.stage in reading.plan.chain(stage):
            for step in stage.steps:
                if step.line > each.install.step.line and any(one.name in programs for one in reading.commands(step)):
                    lines.add(step.line)
    return sorted(lines)


def _overlaid(case: Evidence, reading: Reading, each: Early) -> str:
    """What the COPY would lay over the packages, once it comes after them: what lies there, or is put there by whoever
    works on the project, unless the ignore file excludes it, and not in the root alone."""
    manager = MANAGERS[each.install.manager]
    packages, gone = manager.packages, reading.scan.rules.gone
    if not packages or not within(each.install.cwd, each.destination):
        return ""
    below = posixpath.relpath(each.install.cwd, each.destination)
    path = posixpath.normpath(posixpath.join(each.source, below, packages))
    if reading.sent.kind(path) == "dir":
        return f"exclude {path}, and "
    own = (one for one in each.needed.files if manager.always and posixpath.basename(one) in manager.manifests)
    left = [
        one
        for one in dict.fromkeys((path, *(join(posixpath.dirname(each), packages) for each in own)))
        if not gone(one)
    ]
    if not left or not (gone(packages) or _are_beside(case, reading, each, path)):
        return ""
    return f"exclude {left[0] if len(left) == 1 and not gone(packages) else f'**/{packages}'}, and "


def _are_beside(case: Evidence, reading: Reading, each: Early, path: str) -> bool:
    """Whether an install puts packages at the `path` of a working copy, and git does not have them."""
    manager = MANAGERS[each.install.manager]
    if case.tracked.below(path) or not (manager.always or manager.beside):
        return False
    # The newer Yarn makes such a directory only if it is asked to.
    settings = reading.tree.text(join(posixpath.dirname(path), ".yarnrc.yml")) if manager.always else ""
    if settings and "node-modules" not in settings:
        return False
    return not manager.beside or not each.install.command.setting(manager.beside)


def _spare(case: Evidence, each: Early, others: Sequence[Step]) -> tuple[int, int]:
    """How many files of the COPY, and of others above it, the install does not read, and their bytes."""
    lines, sources = {step.line for step in others}, _sources(each)
    inputs = [
        one
        for one in case.scan.inputs
        if one.input.line in lines or (one.input.line == each.copy.line and one.input.source in sources)
    ]
    files, size = sum(one.files for one in inputs), sum(one.bytes for one in inputs)
    read = sum(case.scan.disk.size(path) or 0 for path in each.needed.files)
    return files - len(each.needed.files), max(0, size - read)


def _sources(each: Early) -> set[str]:
    return {source.text for source in each.copy.sources if cleaned(source.text) in (each.source, "*")}


def _examples(reading: Reading, each: Early, others: Sequence[Step]) -> list[str]:
    read = {*each.needed.files, *each.needed.directories}
    names = [f"{cleaned(source.text)}/" for step in others for source in step.sources]
    return _few([*names, *_shown(reading, each.source, read)])


def _shown(reading: Reading, source: str, read: Collection[str] = ()) -> list[str]:
    """The entries of a directory by their paths, beside those that are read, the most telling first."""
    paths = (posixpath.join(source, name) for name in sorted(reading.names(source), key=_telling))
    return [path + "/" * (reading.sent.kind(path) == "dir") for path in paths if path not in read]


def _few(names: list[str]) -> list[str]:
    return [*names[:EXAMPLES], "…"] if len(names) > EXAMPLES else names


def _telling(name: str) -> tuple[int, str]:
    if name in _TELLING:
        return _TELLING.index(name), name
    return len(_TELLING) + name.startswith((".", "Dockerfile")), name


def _as_well(reading: Reading, each: Early) -> str:
    """That other stages are built on the one with the COPY, which is not that of the install."""
    owner = next(stage for stage in reading.plan.chain(each.stage) if any(step is each.copy for step in stage.steps))
    stages = (stage for stage in (*reading.plan.stages, *reading.plan.unreached) if stage.index != each.stage.index)
    others = [stage for stage in stages if stage.origin.kind == "stage" and stage.origin.stage == owner.index]
    if owner is each.stage or not others:
        return ""
    return f", which belongs below FROM on {listed(one.line for one in others)} as well"


def is_idle(reading: Reading, each: Install) -> bool:
    """Whether it is sure that an install brings no package: what is asked for is left out, or nothing is."""
    idle = MANAGERS[each.manager].idle
    if idle is None or each.words:
        return False
    stage = next((one for one in reading.plan.stages if any(step is each.step for step in one.steps)), None)
    steps = [] if stage is None else reading.history(stage)
    at = next((at for at, step in enumerate(steps) if step is each.step), 0)
    project = project_of(reading, each, steps[: at + 1])
    return project is not None and idle(each, reading.tree, project)


def project_of(reading: Reading, each: Install, before: list[Step]) -> str | None:
    """The directory of the context where the manifest of an install lies; None: nowhere, or the build writes it."""
    manager = MANAGERS[each.manager]
    if any(step.keyword == "RUN" and _is_written(step.instruction.text, manager.manifests) for step in before):
        return None
    for name in (*manager.locks, *manager.manifests):
        found = reading.brought(before, posixpath.join(each.cwd, name))
        if found is not None and reading.tree.kind(found) == "file":
            return posixpath.dirname(found)
    return None


def _is_written(text: str, manifests: tuple[str, ...]) -> bool:
    """Whether a RUN makes a manifest of its own."""
    if not any(word in text for word in (">", "tee", "mv", "cp", "init")):
        return False
    names = "|".join(map(re.escape, manifests))
    made = rf"(?:>\s*|\btee\s+|\b(?:mv|cp)\s+\S+\s+)(?:\S*/)?(?:{names})(?=[\s;&|]|$)|\bnpm\s+init\b"
    return bool(names) and re.search(made, text) is not None
