"""Lessons about dependencies: when they are installed, whether from a lock file, which of them ship, and what is laid
over them."""

import posixpath
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from ...context.transfer import cleaned
from ...dockerfile.commands import Command, commands
from ...dockerfile.stages import Step
from ...findings import Finding
from ...packages.catalog import LOCKS, MANAGERS
from ...packages.install import Install
from ...paths import join, within
from ...regex import lazy
from ...rules import globs
from ..project.ordering import ordering_texts
from ..reading import Reading, landed, listed
from ..registry import Evidence, finding, finds
from .piecewise import aside, holds_sources, piecewise
from .reorder import (
    Early,
    Given,
    broad,
    chain_of,
    copy_line,
    early,
    early_run,
    flags_of,
    kept_of,
    later_run,
    leads_in,
    lines_of,
    manifest_lines,
    merged,
    names_all,
    place_of,
    reads_nothing,
    scene_of,
    sets_the_scene,
    system_installs,
)

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
    for each in _lifted(reading):
        if told.setdefault((each.copy.line, each.install.manager, place_of(each.install)), each) is each:
            stages.add((each.stage.index, each.copy.line, each.install.manager))
    for installs in _side_by_side(told.values()):
        each = _as_one(installs)
        others = _others(reading, each)
        spare, size = _spare(case, each, others)
        examples = _examples(reading, each, others)
        if spare > 0 and examples and not _holds_lists(reading, each):
            moved = [" ".join(step.instruction.text.split()) for step in others]
            moved.append(_owned(each, _below(each.copy, each.install.step)) + _as_well(reading, each))
            lines = _lines(case, each, _with_a_lock(reading, each), moved)
            overlaid = "".join(dict.fromkeys(_overlaid(case, reading, one) for one in installs))
            first = (others or [each.copy])[0]
            yield _again(case, each, first, spare, size, examples, overlaid + ", then ".join(lines), installs[:-1])
    for one in piecewise(reading):
        below = (one.early.stage.index, one.early.install.manager)
        if any((stage, manager) == below and line < one.early.install.step.line for stage, line, manager in stages):
            continue
        taken = [each for each in case.scan.inputs if (each.input.line, each.input.source) in one.taken]
        spare, size = sum(each.files for each in taken), sum(each.bytes for each in taken)
        if all(_OF_SETTINGS.search(path) for path in one.paths):
            continue  # nobody changes them with every edit
        names = [path + "/" * (reading.sent.kind(path) == "dir") for path in one.paths]
        remedy = ", then ".join(_lines(case, one.early, one.manifests, one.sources))
        yield _again(case, one.early, one.early.copy, spare, size, _few(names), remedy)
    above = {line for _, line, _ in stages}
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
                one.handed is None and one.given == Given() and not one.needed.store and not one.made_executable
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
        run = each.early or (f"make {each.target}" if each.target else each.install.command.text)
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
                        *_moving(each.copy, each.make.step),
                        _before(each.make, run),
                        _below(each.copy, each.make.step),
                        *_named(each.behind),
                        _from(each.make) if each.early else "RUN make with the targets that build",
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


def _lines(case: Evidence, each: Early, copied: Sequence[str], below: Sequence[str]) -> list[str]:
    """What to write: the manifests, the install, what comes `below` it, and the rest of the RUN."""
    run, later = early_run(each), later_run(each)
    each = _with_what_it_uses(each, run)
    late = _named_late(case, each, run)
    if len(copied) > _MOST_LINES:
        copied = _abridged(copied, case)
    line, said = each.install.step.line, shortened(" ".join(each.install.command.said.split()))
    alone = (
        f"RUN with what comes before it{', but for what needs the sources,' if each.put_off else ''} "
        f"and {each.needed.early}"
        if each.needed.early
        else f"RUN {_place_first(each)}{said}"
        if each.put_off
        else f"RUN with the commands of line {line} up to {said}"
    )
    # Below another WORKDIR, a COPY by a place that is seen from where it stands would put its files elsewhere.
    moves = each.copy.workdir != each.install.step.workdir and all(_ABSOLUTE.search(line) for line in below)
    ahead = [step for step in each.ahead if moves or step.keyword != "WORKDIR"]
    handed = [each.handed] if each.handed else []
    back, again = _as_whom(each)
    out = [*each.given.makes, *copied, *handed, *_named(ahead), run or alone, *back, *late, *below, *again]
    if each.needed.early is None and each.rest is None:
        return out
    if each.needed.early:
        whole = later or f"RUN with the commands of line {line}"
        if run is None:
            return [*out, f"line {line} without what that RUN does"]
        if len(whole) <= _LONG or each.made_executable:
            return [*out, whole]
        kept = kept_of(each)
        if kept and not " && ".join(chain_of(each.install.step) or ()).endswith(" && ".join(kept)):
            return [*out, whole]
        return [*out, f"line {line} from {shortened(kept[0])} on" if kept else f"line {line}"]
    if each.put_off:
        return [*out, later or f"RUN with the other commands of line {line}"]
    scene = ", ".join(map(shortened, scene_of(each)))
    return [*out, later or f"RUN with {scene}{' and ' * bool(scene)}the commands of line {line} after {said}"]


#: Names of arguments whose value is another one with each commit, or each build.
_OF_A_BUILD: Final = lazy(
    r"(?:\w+_)?(?:(?:SHA1?|COMMIT|REVISION|REV|VCS_REF|TIMESTAMP)(?:_(?:SHA|HASH|ID|DATE))?"
    r"|BUILD_?(?:DATE|TIME|NUMBER|ID|NUM)|GIT_(?:REF|HASH|TAG))|(?:(?:APP|BUILD|IMAGE|RELEASE)_?)?(?:VERSION|TAG|DATE)"
)
_GIVEN: Final = lazy(r"\$\{?(\w+)")
#: Variables that programs read by themselves, by what their names have in them.
_READ: Final = lazy(
    r"C?GO|N(?:ODE|PM)|YARN|PNPM|PIP|UV|PYTHON|POETRY|COMPOSER|BUNDLE|GEM|RA(?:ILS|CK)|RUBY|CARGO|RUST|M(?:AVEN|VN|IX)"
    r"|GRADLE|JAVA|DOTNET|NUGET|HEX|DEB|APT|PHP|ELECTRON|CYPRESS|PUPPETEER|PLAYWRIGHT|PRISMA|CI$|ENV$|.*(?:PROXY|TOKEN"
    r"|AUTH|KEY|USER|PASS|REGISTRY|INDEX|MIRROR|HOME|PATH|FLAGS|CACHE|SECRET|CREDENTIAL|URL)",
    re.IGNORECASE,
)
#: Where a COPY puts programs that a RUN below may call.
_OF_PROGRAMS: Final = lazy(r"/|/(?:usr|s?bin|lib\w*|opt|etc|root)(?:/.*)?|.*/s?bin(?:/.*)?")


def _with_what_it_uses(each: Early, run: str | None) -> Early:
    """An install with nothing above it but what it may use: what an argument gives is in the key of each RUN below it,
    and what a stage has made is new with its sources."""
    used = [run or each.install.step.instruction.text]
    below = [step.instruction.text for step in each.stage.steps if step.line >= each.install.step.line]
    ahead: list[Step] = []
    late: list[Step] = []
    for step in reversed(each.ahead):
        if _is_unused(each, step, " ".join(used), " ".join(below)):
            late.append(step)
        else:
            ahead.append(step)
            used.append(step.instruction.text)
    behind = tuple(sorted((*each.behind, *late), key=lambda step: step.line))
    return each._replace(ahead=tuple(reversed(ahead)), behind=behind)


def _is_unused(each: Early, step: Step, used: str, below: str) -> bool:
    if step.keyword in ("ARG", "ENV"):
        # Perhaps it hands on the value of an argument.
        new = step.keyword == "ARG" or any(map(_OF_A_BUILD.fullmatch, _GIVEN.findall(step.instruction.text)))
        return new and all(
            not _says(used, name)
            and not ("xx-" in used and name.startswith("TARGET"))
            and (
                _OF_A_BUILD.fullmatch(name) or ((step.keyword == "ENV" or _says(below, name)) and not _READ.match(name))
            )
            for name in _declared(step)
        )
    if step.keyword != "COPY" or step.origin is None or step.origin.stage is None:
        return False
    near = within(step.target, each.destination) or within(each.destination, step.target)
    return not near and _OF_PROGRAMS.fullmatch(step.target) is None and step.target not in used


def _declared(step: Step) -> list[str]:
    return [word.partition("=")[0] for word in step.instruction.words]


def _says(text: str, name: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", text) is not None


def _named_late(case: Evidence, each: Early, run: str | None) -> list[str]:
    """The arguments above a COPY that callers give a new value with each commit, and that only what builds uses."""
    steps = [step for step in each.stage.steps if step.line <= each.copy.line]
    used = [*each.ahead, *([] if run else [each.install.step])]
    out: list[str] = []
    for at, step in enumerate(steps):
        names = _declared(step) if step.keyword == "ARG" else []
        text = " ".join((run or "", *(one.instruction.text for one in (*steps[at + 1 :], *used))))
        if names and all(_OF_A_BUILD.fullmatch(name) and not _says(text, name) for name in names):
            told = ordering_texts(case.reading.tree) if case.reading else ()
            given = rf"--build-arg[ =]{names[0]}(?!\w|=[\w.])|\b{names[0]}[=:][ \t]*[\"']?[$`{{]"
            if any("arg" in one and re.search(given, one) for one in told):
                out.append(f"{' '.join(step.instruction.text.split())} from line {step.line}")
    return out


def _place_first(each: Early) -> str:
    """How an install that is taken out of its RUN gets to where it runs there."""
    cwd = each.install.cwd
    return "" if cwd == (each.install.step.workdir or "/") else f"cd {cwd} && "


def _named(steps: Sequence[Step], instead: Mapping[int, str] = Given().instead) -> list[str]:
    """Instructions as they are told: a short one by its words, others by their lines, with what they are, and those
    that become another one by that."""
    if not instead.keys().isdisjoint(step.line for step in steps):
        return [
            text
            for changes, own in groupby(steps, lambda step: step.line in instead)
            for text in ([instead[step.line] for step in own] if changes else _named([*own]))
        ]
    texts = [" ".join(step.instruction.text.split()) for step in steps]
    if len(texts) == 1 and len(texts[0]) <= _SHORT and not steps[0].instruction.heredocs:
        return texts
    kinds = ", ".join(dict.fromkeys(_kind(step) for step in steps))
    return [f"{listed(step.line for step in steps)} ({kinds})"] if steps else []


def _kind(step: Step) -> str:
    """An instruction by its keyword, and a RUN by what it calls first."""
    named = (each.name for each in commands(step) if not each.inside and not leads_in(each))
    called = next(named, "") if step.keyword == "RUN" else ""
    return f"{step.keyword} {called}".strip()


def _as_well(reading: Reading, each: Early) -> str:
    """That other stages are built on the one with the COPY, which is not that of the install."""
    owner = next(stage for stage in reading.plan.chain(each.stage) if any(step is each.copy for step in stage.steps))
    stages = (stage for stage in (*reading.plan.stages, *reading.plan.unreached) if stage.index != each.stage.index)
    others = [stage for stage in stages if stage.origin.kind == "stage" and stage.origin.stage == owner.index]
    if owner is each.stage or not others:
        return ""
    return f", which belongs below FROM on {listed(one.line for one in others)} as well"


#: Instructions that are told by their words.
_SHORT: Final = 60


def _as_whom(each: Early) -> tuple[list[str], list[str]]:
    """The USER that what stays below the COPY has to run as, and these instructions with that of the install, or with
    their own directory."""
    instead = each.given.instead
    users = [step for step in each.ahead if step.keyword == "USER"]
    behind = [step for step in each.behind if instead.get(step.line, "RUN")]
    if users and any(step.keyword == "RUN" for step in behind):
        return [f"USER {each.copy.user or 'root'}"], _named((*behind, users[-1]), instead)
    # Above it stands the WORKDIR of the install now.
    here = next((step.workdir for step in behind if not names_all(step)), each.install.step.workdir)
    if users or here == each.install.step.workdir or all(map(names_all, behind)):
        return [], _named(behind, instead)
    return [], [f"WORKDIR {here}", *_named(behind, instead), f"WORKDIR {each.install.step.workdir}"]


def _owned(each: Early, text: str) -> str:
    """A COPY that gives its files to somebody, where that was done below it."""
    if not each.given.owner or "chown" in dict(each.copy.flags):
        return text
    from .lifting import owned  # few give anything away

    return owned(text, each.given.owner)


#: A line that ends with a place in the image as seen from its root, which a variable may stand for.
_ABSOLUTE: Final = lazy(r"[ \"](?:/|\$\{?\w+\}?/)[^ \",]*\"?\s*\]?(?:, which|$)")


def _moving(copy: Step, run: Step) -> list[str]:
    """The WORKDIR that has to come above a RUN when this goes above a COPY."""
    return [f"WORKDIR {run.workdir}"] if copy.workdir != run.workdir else []


def _below(copy: Step, run: Step) -> str:
    """A COPY as it is written once it is below a RUN, and its WORKDIR."""
    if copy.destination.startswith("/") or copy.workdir == run.workdir:
        return " ".join(copy.instruction.text.split())
    sources = [source.written for source in copy.sources]
    place = copy.target + "/" * (copy.destination.endswith("/") or len(sources) > 1)
    return copy_line(flags_of(copy.instruction.flags), sources, place, copy.keyword)


#: A RUN that is told by its line where it stays as it is.
_LONG: Final = 160
#: COPY lines that are all shown.
_MOST_LINES: Final = 3


def _abridged(lines: Sequence[str], case: Evidence) -> list[str]:
    """COPY lines with one for all that take files of the same names, or of the same endings, from other directories."""
    names = [[posixpath.basename(path.rstrip("/")) for path in _paths(line)] for line in lines]
    if len({each[-1] for each in names}) == len(names):
        names = [[*each[:-1], posixpath.splitext(each[-1])[1] or each[-1]] for each in names]
    groups: dict[str, list[str]] = {}
    beside: dict[str, dict[str, None]] = {}
    for line, (*others, name) in zip(lines, names, strict=True):
        groups.setdefault(name, []).append(line)
        beside.setdefault(name, {}).update(dict.fromkeys(others))
    from ..frontends import keeps  # only where there are many

    out: list[str] = []
    needed = keeps("parents", case.scan.build.text or b"", case.scan.build.builder)
    for name, each in groups.items():
        if len(each) < _MOST_LINES:
            out += each
            continue
        flags = "".join(f"{flag} " for flag in each[0].split()[1:] if flag.startswith("--"))
        whose = {"package.json": "workspace's ", "pom.xml": "module's "}.get(name, "")
        said = " and ".join((name, *beside[name]))
        short = None if needed is None else _with_parents(flags, name, each)
        out.append(short or f"COPY {flags}each {whose}{said} to its directory")
        if short and needed:
            out, needed = [needed, *out], ""
    return out


def _paths(line: str) -> list[str]:
    """What a COPY line takes."""
    return [each for each in line.split()[1:-1] if not each.startswith("--")]


def _with_parents(flags: str, name: str, lines: Sequence[str]) -> str | None:
    """A COPY with `--parents` for lines that take a file of this name, or ending, to where it lies below one place;
    None: there is no short one."""
    pairs = [line.removeprefix(f"COPY {flags}").split() for line in lines]
    if any(len(each) != 2 for each in pairs):
        return None
    bases = {place.removesuffix(f"{posixpath.dirname(path)}/") for path, place in pairs}
    last = f"*/*{name}" if name.startswith(".") else f"*/{name}"
    globs_of = list(dict.fromkeys(join(posixpath.dirname(posixpath.dirname(path)), last) for path, _ in pairs))
    if (
        len(bases) != 1
        or any(each and not each.endswith("/") for each in bases)
        or any(place in bases for _, place in pairs)
        or len(globs_of) > _MOST_LINES
    ):
        return None
    return f"COPY {flags}--parents {' '.join(globs_of)} {bases.pop() or './'}"


def shortened(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


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


# --- what is laid over them


class Overwritten(NamedTuple):
    """What `step` lays over what the stage has: a directory of the context, and what put the other one there."""

    step: Step
    path: str
    made: str


#: What makes an output anew.
_BUILDS: Final = lazy(r"\b(?:build|make|compile|generate|tsc|webpack|vite|publish|package|export)\b")
#: Directories below a source in which the packages of a part of the project may be.
_MOST_PARTS: Final = 200


def overwritten(case: Evidence) -> Iterator[Overwritten]:
    """What COPY lays over what a stage has."""
    reading = case.reading
    for stage in reading.plan.stages if reading is not None else ():
        for at, step in enumerate(stage.steps):
            if reading is None or step.keyword != "COPY" or step.origin is not None:
                continue
            before, after = stage.steps[:at], stage.steps[at + 1 :]
            for made, place in (*installed(reading, before, after), *_taken(before, after)):
                for path in _laid(case, reading, step, place):
                    yield Overwritten(step, path, made)


def installed(reading: Reading, before: tuple[Step, ...], after: tuple[Step, ...]) -> Iterator[tuple[str, str]]:
    """What steps installed beside a manifest, and where; nothing that is installed or removed again."""
    again = {each.manager for each in reading.installs(after)}
    for each in reading.installs(before):
        manager = MANAGERS[each.manager]
        if not manager.packages or each.words or each.manager in again:
            continue
        if not any(manager.packages in step.instruction.text for step in after if step.keyword == "RUN"):
            said = " ".join(each.command.text.split()[:2])
            place = posixpath.normpath(posixpath.join(each.cwd, manager.packages))
            yield f"what {said} (line {each.step.line}) installs", place


def _taken(before: tuple[Step, ...], after: tuple[Step, ...]) -> Iterator[tuple[str, str]]:
    """What steps took from another stage, and where they put it."""
    for step in before:
        if step.keyword == "COPY" and step.origin is not None and len(step.sources) == 1:
            name = posixpath.basename(step.target)
            runs = (each.instruction.text for each in after if each.keyword == "RUN")
            if not any(_BUILDS.search(text) or name in text for text in runs):
                yield f"what line {step.line} copies from {step.origin.name or step.origin.stage}", step.target


def _laid(case: Evidence, reading: Reading, step: Step, place: str) -> Iterator[str]:
    """The directories of the context that `step` lays over `place`, or, for packages, over those of a part of the
    project below it."""
    name = posixpath.basename(place)
    for source in step.sources:
        own = cleaned(source.text)
        if source.kind != "path" or globs.is_wild(own) or reading.sent.kind(own or ".") == "file":
            continue
        found = [path for path in landed(step, place) if path != own and (not own or within(path, own))]
        if within(step.target, posixpath.dirname(place)) and name == "node_modules":
            found += _parts(reading, own, name)
        for path in dict.fromkeys(found):
            if path and reading.sent.kind(path) == "dir" and not case.tracked.below(path) and reading.sent.names(path):
                yield path
                return


def _parts(reading: Reading, own: str, name: str) -> Iterator[str]:
    """The packages of the parts of a project in a directory that is copied."""
    parts = [join(own, each) for each in reading.names(own)]
    parts += [join(part, each) for part in parts[:_MOST_PARTS] for each in reading.names(part)]
    for part in parts[:_MOST_PARTS]:
        if reading.sent.kind(f"{part}/{name}") == "dir" and reading.tree.kind(f"{part}/package.json") == "file":
            yield f"{part}/{name}"
