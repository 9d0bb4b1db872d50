"""Lessons about layers: what a broad COPY brings along, what is removed too late, who owns what was copied."""

import posixpath
import re
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Final, NamedTuple

from ...context.transfer import cleaned
from ...dockerfile import images
from ...dockerfile.commands import Command
from ...dockerfile.shell import replaced
from ...dockerfile.stages import Stage, Step
from ...explain import reach, takers
from ...findings import Finding
from ...packages.catalog import MANAGERS, ROOTS, TELLING, install
from ...packages.install import Install
from ...packages.versions import INSTALLED, SPEAKS_OF_GIT
from ...paths import absolute, within
from ...regex import lazy
from ...rules import globs
from ..installs.early import broad
from ..installs.effects import TIDIES, reads_nothing
from ..installs.reorder import destination_of
from ..installs.snippet import shortened
from ..reading import Reading, base_image, has_apk, landed, listed
from ..registry import Evidence, finding, finds
from .cleanup import bytes_sent
from .sizes import large_directory

#: What no program needs to run, by the name it has in the root of a project.
_ASIDE: Final = frozenset(
    ".git .github .gitlab .circleci .husky .vscode .idea .devcontainer .storybook test tests __tests__ spec specs e2e "
    "cypress playwright playwright-report test-results coverage htmlcov docs doc examples example benchmarks bench "
    "fixtures __mocks__ samples notebooks .pytest_cache .mypy_cache .ruff_cache .tox .nox .cache .terraform tmp temp "
    "logs backup backups dumps screenshots design".split()
)
_ASIDE_ENDINGS: Final = (
    ".log", ".sql", ".dump", ".bak", ".zip", ".tar", ".gz", ".tgz", ".mp4", ".mov", ".psd", ".fig", ".sketch", ".ipynb",
)  # fmt: skip
_META: Final = (
    "readme", "changelog", "contributing", "dockerfile", ".git", ".docker", "docker-compose", "compose.", ".eslint",
    ".prettier",
)  # fmt: skip
#: What comes along is worth a word from this many bytes on, and this share of what is copied.
ASIDE_BYTES: Final = 1_000_000
ASIDE_SHARE: Final = 0.1
_EXAMPLES: Final = 4


class _Entry(NamedTuple):
    name: str
    directory: bool
    bytes: int


@finds("note", scope="shipped", late=True)
def broad_copy(case: Evidence) -> Iterator[Finding]:
    """COPY of everything into the image, and with it more than a megabyte that no program needs to run: tests,
    documents; or with the repository, however small.

    With the COPY lines that would do, where the instructions and the manifest say what else is needed.
    Small savings are not reported, nor what a step reads, or what a RUN or the command of the image names.
    """
    reading = case.reading
    if reading is None:
        return
    for step in (step for step in reading.shipped if step.onbuild is None):
        for source in broad(reading, step):
            inputs = [
                one
                for one in case.scan.inputs
                if one.input.line == step.line and cleaned(one.input.source) in (source, "*")
            ]
            total = sum(one.bytes for one in inputs)
            entries = list(_entries(reading, source))
            aside = [
                each
                for each in _aside(reading, source, entries)
                if not _goes(case, posixpath.join(source, each.name), directory=each.directory)
                and case.missed(posixpath.join(source, each.name))[1] is None
            ]
            size = sum(each.bytes for each in aside)
            if source and not _is_project(entries):
                continue
            history = any(each.name == ".git" for each in aside)
            if not history and (size < ASIDE_BYTES or size < ASIDE_SHARE * total):
                continue
            names = [each.name + "/" * each.directory for each in sorted(aside, key=lambda each: -each.bytes)]
            shown = names[:_EXAMPLES] + ["…"] * (len(names) > _EXAMPLES)
            yield finding(
                broad_copy,
                f"{_said(step)} adds {size} bytes that are not needed at run time: {', '.join(shown)}",
                path=case.scan.build.label,
                line=step.line,
                size=size,
                reached="image",
                remedy=_narrower(case, step, source, entries, aside) or f"exclude {_paths(source, aside)}",
                key=step.instruction.text,
            )


@finds("warning", scope="shipped", late=True)
def git_in_image(case: Evidence) -> Iterator[Finding]:
    """The history of the repository ends in the image, past an ignore file that does not name it: whoever has the
    image reads every version of every file, also what was deleted since.

    Silent where a step or the program reads the history, where an instruction takes it by its name, where it is
    reported as a large directory, and where there is no ignore file at all, which is reported as that. A note where a
    source that is copied may ask it when the program runs.
    """
    scan, reading = case.scan, case.reading
    disk = scan.disk
    if reading is None or scan.ignored is None or disk.kind(".git") != "dir":
        return
    certain, why = case.missed(".git")
    if certain or not (why is None or why.startswith(INSTALLED)):
        return
    taken = takers(scan, ".git/HEAD")
    named = not taken or any(".git" in cleaned(each.source).split("/") for each in taken)
    if reach(scan, ".git/HEAD").reach != "image" or named or reading.sent.kind(".git/objects") != "dir":
        return
    if any(each.path == ".git" for each in large_directory(case)):
        return
    asks = _asking(reading)
    yield finding(
        git_in_image,
        f"{taken[0].instruction} {taken[0].written} bakes .git into the image",
        severity="note" if asks else None,
        why="it holds every version of every file, also of those that were deleted since",
        path=scan.build.label,
        line=taken[0].line,
        size=reading.size(".git"),
        reached="image",
        remedy=f"exclude .git, if what {asks} asks of it is not needed"
        if asks
        else "exclude .git"
        if why is None
        else "exclude .git, or remove it before that if a step asks git for something",
    )


#: What a program says that reads the history when it runs, and how many files are looked through.
_ASKS: Final = lazy(
    r"(?:exists|isdir|is_dir|stat)\w*\(\s*[\"'](?:\./)?\.git[\"'/]|Path\([\"']\.git[\"'/]|\bgit\.Repo\("
    r"|[\"'`]git (?:log|describe|rev-parse|pull|fetch|show) "
)
_MOST_SOURCES: Final = 300


def _asking(reading: Reading) -> str:
    """The line, as `file:1`, in which a program of the image asks the history for something; empty: none does."""
    from ..secrecy.valuable import SOURCE_ENDINGS  # only where the history is copied

    todo, left = [""], _MOST_SOURCES
    while todo and left > 0:
        here = todo.pop()
        for name in reading.names(here):
            path = posixpath.join(here, name)
            if reading.sent.kind(path) == "dir":
                todo += [path] if path not in (".git", ".github") and name not in ("node_modules", "tests") else []
            elif name.endswith(SOURCE_ENDINGS):
                left -= 1
                text = reading.tree.text(path)
                found = _ASKS.search(text) if "git" in text else None
                if found is not None:
                    return f"{path}:{text.count(chr(10), 0, found.end()) + 1}"
    return ""


def _goes(case: Evidence, path: str, *, directory: bool) -> bool:
    """Whether a proposal already takes it, and reports it."""
    if case.proven is None:
        return False
    rules = case.proven.rules
    return rules.decide(path).excluded if directory else rules.gone(path)


def _said(step: Step) -> str:
    return " ".join((step.keyword, *(source.text for source in step.sources), step.destination))


def _entries(reading: Reading, source: str) -> Iterator[_Entry]:
    """What lies directly in a directory that is copied; the bytes of small directories do not count."""
    for name in reading.names(source):
        path = posixpath.join(source, name)
        directory = reading.sent.kind(path) == "dir"
        yield _Entry(name, directory, reading.size(path))


def _is_project(entries: list[_Entry]) -> bool:
    """Whether a directory is the root of something, and not one of its parts."""
    return any(each.name in ROOTS for each in entries)


def _aside(reading: Reading, source: str, entries: list[_Entry]) -> list[_Entry]:
    """What lies there and is named by nothing that builds or runs."""
    keywords = ("RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK", "ENV")
    texts = [step.instruction.text for step in reading.shipped if step.keyword in keywords]
    texts += [reading.tree.text(posixpath.join(source, name)) for name in TELLING]
    said = "\n".join(texts)
    installed = {MANAGERS[each.manager].packages for each in reading.installs(reading.shipped)}
    found = []
    for each in entries:
        known = each.name in _ASIDE or each.name in installed if each.directory else each.name.endswith(_ASIDE_ENDINGS)
        if not known or (each.name == ".git" and SPEAKS_OF_GIT.search(said)):
            continue
        if each.name not in said or not re.search(rf"(?<![\w.-]){re.escape(each.name)}(?![\w-])", said):
            found.append(each)
    return found


def _paths(source: str, aside: list[_Entry]) -> str:
    """What there is to exclude, as paths of the context, the largest first."""
    largest = sorted(aside, key=lambda each: -each.bytes)
    return " ".join(posixpath.join(source, each.name) + "/" * each.directory for each in largest)


def _narrower(case: Evidence, step: Step, source: str, entries: list[_Entry], aside: list[_Entry]) -> str | None:
    """The COPY lines for all but what stays aside, if there are few; None: too many to write them.

    Nothing that a finding calls a secret, and nothing that a proposal takes out, is among them.
    """
    secret = {each.path for each in case.examined.suspects if each.context is None}
    rest = [
        each
        for each in entries
        if each not in aside
        and not _is_meta(each.name)
        and posixpath.join(source, each.name) not in secret
        and not _goes(case, posixpath.join(source, each.name), directory=each.directory)
    ]
    files = [posixpath.join(source, each.name) for each in rest if not each.directory]
    directories = [each.name for each in rest if each.directory]
    if (
        not rest
        or len(files) > 6
        or len(directories) > 5
        or any(globs.is_wild(each.name) or " " in each.name for each in rest)
    ):
        return None
    base = destination_of(step).rstrip("/").removeprefix("./")
    base = "" if base == "." else f"{base}/"
    lines = [f"COPY {' '.join(files)} {base or './'}"] if files else list[str]()
    lines += [f"COPY {posixpath.join(source, name)} {base}{name}/" for name in directories]
    return ", ".join(lines)


def _is_meta(name: str) -> bool:
    """What tells people and tools about a project, and runs nothing."""
    low = name.lower()
    return low.startswith(_META) or low in ("makefile", ".editorconfig", ".nvmrc")


# --- owners ---------------------------------------------------------------------------------------------------------

_DATABASES: Final = (".sqlite", ".sqlite3", ".db")


@finds("warning", scope="shipped")
def copy_ownership(case: Evidence) -> Iterator[Finding]:
    """A later RUN gives all that COPY brought to somebody, or another mode: each file is stored a second time.

    From 1 MB on, or with the packages of an install, also of one in another stage; a note for what else another stage
    made, since nobody knows how large that is. So is all of a release that an earlier RUN has fetched and unpacked, and
    that is given to somebody, or copied to another place (`cp -R`). Silent for directories that hold nothing of these.

    Or, a note: a USER that is not root gets files that root owns, where the program has to write: what Laravel, Rails
    and Symfony write to, a database file, a volume. COPY makes root the owner whatever USER says. Silent where anything
    is given to somebody (`--chown`, `chown`, `chmod`), and where nothing tells that the program writes.

    Or `--chown` has the name of a user that nobody has made by then: BuildKit gives the files to root, and the classic
    builder ends there.
    """
    reading = case.reading
    if reading is None:
        return
    yield from _twice(case, reading)
    yield from _copied_again(case, reading)
    yield from _to_nobody(case, reading)
    if re.fullmatch(r"|(?:root|0)(?::.*)?", reading.user):
        return
    steps = reading.shipped
    words = {command.name for command in reading.all_commands(steps)}
    if words & {"chown", "chmod", "setfacl", "install", "su-exec", "gosu"}:
        return
    for step in steps:
        given = any(name in ("chown", "chmod") for name, _ in step.flags)
        if step.keyword != "COPY" or step.origin is not None or given:
            continue
        for written in _written(reading, step):
            yield finding(
                copy_ownership,
                f"{_said(step)}: root owns {written}, and {reading.user} has to write there",
                severity="note",
                why="COPY makes root the owner, whatever USER says",
                path=case.scan.build.label,
                line=step.line,
                remedy=f"{step.keyword} --chown={reading.user} for what is written to",
                key=written,
            )
            return


def _to_nobody(case: Evidence, reading: Reading) -> Iterator[Finding]:
    """The first `--chown` of each stage with a name that no user has there."""
    for stage in reading.plan.stages:
        steps = reading.history(stage)
        for at in range(len(steps) - len(stage.steps), len(steps)):
            owner = dict(steps[at].flags).get("chown") or ""
            if not owner:
                continue
            from ..running.accounts import unknown_user  # only where somebody gets something

            name = unknown_user(reading, stage, steps[:at], steps[at], owner)
            if name is not None:
                later = any(name in each.instruction.whole for each in steps[at + 1 :] if each.keyword == "RUN")
                made = f"make {name} in a RUN above it, or give a number" if later else _instead(reading, stage, owner)
                yield finding(
                    copy_ownership,
                    f"{_said(steps[at])}: there is no user {name} here, so that BuildKit gives the files to root (the "
                    "classic builder ends with an error)",
                    path=case.scan.build.label,
                    line=steps[at].line,
                    remedy=made,
                    key=name,
                )
                break


def _instead(reading: Reading, stage: Stage, owner: str) -> str:
    """How there is somebody to give files to: the user that the image has, or one who is made, with the group."""
    name, _, group = owner.partition(":")
    image = base_image(reading.plan.chain(stage)[0])
    own = images.brought_user(image) if image is not None else None
    if own is not None:
        return f"--chown={own[0]}, which the image has, or none at all where the files are only read"
    from ..running.accounts import is_everywhere  # only where somebody gets something

    small = has_apk(reading, image)
    program, option, groups = (
        ("adduser -S -D", "-G", "addgroup -S") if small else ("useradd --system", "-g", "groupadd -r")
    )
    # useradd makes a group of the same name, adduser of BusyBox none.
    if group and not is_everywhere(group) and (small or group != name):
        return f"RUN {groups} {group} && {program} {option} {group} {name} above it, or give numbers"
    return f"RUN {program} {name} above it, or give a number"


class _Again(NamedTuple):
    """What a `chown` or `chmod` stores anew: the instruction that brought most of it, how many bytes the context gave,
    and the install of packages among it, which may be one in the stage that the instruction copies from
    (`elsewhere`), or the release that was unpacked there."""

    copy: Step | None
    bytes: int
    install: Install | None
    elsewhere: bool = False
    release: Step | None = None


def _twice(case: Evidence, reading: Reading) -> Iterator[Finding]:
    """Every RUN that changes the owner or the mode of all that lies below a path; those of which nobody knows how much
    they store, in one finding."""
    steps = reading.shipped
    vague: list[Finding] = []
    sure: list[tuple[Finding, Command, _Again]] = []
    for at, step in enumerate(steps):
        found = [
            (command, most, size)
            for command in reading.commands(step)
            for most, size in _most(reading, steps[:at], command)
        ]
        if not found:
            continue
        # Of several that one of which it is known how much it stores.
        command, most, size = next((each for each in found if _is_known(*each[1:])), found[0])
        # What the same RUN does to the same files as well would store them all the same.
        other = next((one for one in found if one[0].name != command.name and one[1].copy is most.copy), None)
        both = [command] if other is None or most.copy is None else sorted((command, other[0]), key=_place_of)
        known = _is_known(most, size)
        told = finding(
            copy_ownership,
            f"{' and '.join(shortened(each.text) for each in both)} store{'s' * (len(both) == 1)} a second time "
            f"{_what(most, size)}",
            severity="warning" if known else "note",
            why="a file whose owner or mode changes is stored again, whole, in the new layer",
            path=case.scan.build.label,
            line=step.line,
            size=size,
            reached="image",
            remedy=_at_once(reading, both, most, steps[: at + 1]),
            key=both[0].text,
        )
        before = sure[-1] if sure else None
        way = (told.remedy or "").partition(":")[0]
        same = before is not None and (before[0].remedy or "").startswith(f"{way}:")
        if known and before is not None and same and _is_the_same(before[1:], (command, most)):
            subject = f"{shortened(before[1].text)}, and {shortened(command.text)} on line {step.line}, store"
            said = f"{subject} a second time {_what(most, size)}"
            ways = f"{way}, on both lines: what it only reads can stay as it is"
            sure[-1] = (before[0]._replace(message=said, remedy=ways), command, most)
        elif known:
            sure.append((told, command, most))
        else:
            vague.append(told)
    yield from (each for each, *_ in sure)
    if len(vague) > 1:
        others = (
            f"does RUN on line {vague[1].line}" if len(vague) == 2 else f"do {len(vague) - 1} more RUN instructions"
        )
        first = vague[0]
        remedy = f"{first.remedy}, and so on for the others"
        vague[0] = first._replace(message=f"{first.message}, and so {others}", remedy=remedy)
    yield from vague[:1]


def _is_known(most: _Again, size: int) -> bool:
    return bool(size) or most.install is not None or most.release is not None


def _place_of(command: Command) -> int:
    return command.place


def _most(reading: Reading, before: list[Step], command: Command) -> Iterator[tuple[_Again, int]]:
    """What a command stores anew, the most of it, and how many bytes in all (0: nobody knows); nothing where that is
    little."""
    given, *paths = command.words or [""]
    spared = _HELD if command.name == "chmod" else _ROOT if command.name == "chown" else _NOBODY
    if not _is_recursive(command) or not paths or spared.fullmatch(given) or "$(" in given or "`" in given:
        return  # what a command says in their place nobody knows
    # A variable may stand for several.
    paths = [one for each in paths for one in replaced(each, dict(command.step.environment)).split()]
    again = [_stored(reading, before, command, each) for each in paths if not set(each) & set("$*?[")]
    again = [each for each in again if each.copy or each.install or each.release]
    if not again:
        return
    most = max(again, key=lambda each: (each.install is not None, each.release is not None, each.bytes))
    size = sum(each.bytes for each in again)
    if size >= ASIDE_BYTES or most.install is not None or most.release is not None:
        yield most, size
    elif most.copy is not None and most.copy.origin is not None:
        yield most, 0


def _is_the_same(one: tuple[Command, _Again], other: tuple[Command, _Again]) -> bool:
    """Whether two RUNs store the same files anew, by the owner and by the mode: one cause."""
    (first, of_first), (second, of_second) = one, other
    same = of_first.copy is of_second.copy and of_first.install == of_second.install
    return same and of_first.release is None and first.name != second.name and first.words[1:] == second.words[1:]


_ROOT: Final = lazy(r"(?:root|0)?(?::.*)?")
_NOBODY: Final = lazy(r"")
#: What `chmod` gives that files have anyway as they are checked out, and takes that they have not.
_HELD: Final = lazy(r"(?:(?:[ugoa]*\+[rX]+|u[+=]rwX|(?:g|o|go|og)(?:=rX|-w))(?:,|$))+")


def _is_recursive(command: Command) -> bool:
    flags = [each for each in command.arguments if each.startswith("-")]
    all_below = any(each == "--recursive" or (not each.startswith("--") and "R" in each) for each in flags)
    return command.name in ("chown", "chmod", "chgrp") and all_below and not command.guarded


def _stored(reading: Reading, before: list[Step], command: Command, path: str) -> _Again:
    """What instructions before it have put below a path."""
    place = posixpath.normpath(posixpath.join("/", command.cwd, path))
    most: Step | None = None
    other: Step | None = None
    most_bytes, total = 0, 0
    installed: Install | None = None
    packed: tuple[Step, Install] | None = None
    for step in before:
        if step.keyword in ("COPY", "ADD") and not _is_given(step, command):
            # Of what another stage made nobody knows how much lies deeper down.
            if not within(step.target, place) and (step.origin is not None or not within(place, step.target)):
                continue
            size = 0 if step.origin is not None else _brought(reading, step, place)
            total += size
            other = step if step.origin is not None else other
            brought = _packages_of(reading, step) if within(step.target, place) else None
            packed = (step, brought) if brought is not None else packed
            if size > most_bytes:
                most, most_bytes = step, size
        elif step.keyword == "RUN":
            # What a RUN makes is in the group of root.
            same = command.name == "chgrp" and _is_roots(command.words[0])
            for found in reading.installs([step]) if not same else ():
                beside = MANAGERS[found.manager].always or MANAGERS[found.manager].packages == "vendor"
                if any(within(each, place) for each in _places_of(found, beside=beside)):
                    installed = found
    if installed is None and packed is not None:
        return _Again(packed[0], total, packed[1], elsewhere=True)
    if installed is None and total < ASIDE_BYTES and _fetches(before):
        from .unpacking import release_below  # few images unpack something

        release = release_below(reading, before, command, place)
        if release is not None:
            return _Again(None, total, None, release=release)
    # Of what another stage made nobody knows how much it is.
    return _Again(most if total >= ASIDE_BYTES or other is None else other, total, installed)


def _fetches(steps: Sequence[Step]) -> bool:
    """Whether a RUN may fetch a release and unpack it."""
    texts = (step.instruction.whole for step in steps if step.keyword == "RUN")
    return any("://" in text or "git@" in text for text in texts)


def _copied_again(case: Evidence, reading: Reading) -> Iterator[Finding]:
    """A RUN that copies all of a release to another place."""
    if not _fetches(reading.shipped):
        return
    from .unpacking import copied_again  # few images unpack something

    for each in copied_again(reading, reading.shipped):
        command, line = each.command, each.found.step.line
        gives = " and ".join(one.text for one in each.gives)
        yield finding(
            copy_ownership,
            f"{shortened(command.text)} stores a second time what RUN on line {line} unpacks",
            why="a layer keeps what is unpacked in it, whatever a later one does with that",
            path=case.scan.build.label,
            line=command.step.line,
            reached="image",
            remedy=f"have the RUN on line {line} put it into {each.target}"
            + (f", with {gives} at its end instead of on line {command.step.line}" if gives else ""),
            key=command.text,
        )


def _is_given(step: Step, command: Command) -> bool:
    """Whether a COPY has given the owner or the mode already that a command gives."""
    flags, values = dict(step.flags), dict(command.step.environment)
    if command.name == "chgrp":
        user, colon, group = replaced(flags.get("chown") or "root:root", values).partition(":")
        asked = replaced(command.words[0], values)
        both = {group if colon else user, asked}
        return len(both) == 1 or all(map(_is_roots, both)) or any("$" in each for each in both)
    wanted = flags.get(command.name, "") if command.name in flags else None
    texts = [replaced(each, values).partition(":")[0] for each in (wanted or "", command.words[0])]
    return wanted is not None and (texts[0] == texts[1] or any("$" in each for each in texts))


def _is_roots(group: str) -> bool:
    return group in ("root", "0")


def _places_of(found: Install, *, beside: bool) -> list[str]:
    """Where the packages of an install are, `beside` its manifest or in an environment of its own."""
    manager = MANAGERS[found.manager]
    places = [posixpath.normpath(posixpath.join(found.cwd, manager.packages))] * (beside and bool(manager.packages))
    return places + ([manager.elsewhere(found.command)] if manager.elsewhere is not None else [])


#: What a build puts together with the packages that a program needs.
_TOGETHER: Final = ("/.next/standalone", "/.output")


def _packages_of(reading: Reading, step: Step) -> Install | None:
    """The install of packages in another stage that a COPY brings along, and that nothing there takes away again."""
    if step.keyword != "COPY" or step.origin is None or step.origin.stage is None:
        return None
    steps = reading.history(reading.plan.stage(step.origin.stage))
    sources = ["/" + cleaned(each.text) for each in step.sources]
    removed = [word for one in reading.all_commands(steps) if one.name == "rm" for word in one.words]
    for found in reading.installs(steps):
        packages = MANAGERS[found.manager].packages
        # What is copied by that name is there.
        named = any(posixpath.basename(each) == packages for each in sources)
        beside = MANAGERS[found.manager].always or packages == "vendor" or named
        places = _places_of(found, beside=beside)
        gone = any(
            posixpath.basename(each.rstrip("/")) == posixpath.basename(one) for each in removed for one in places
        )
        if not gone and any(within(place, each) for place in places for each in sources):
            return found
    if any(each.endswith(_TOGETHER) for each in sources):
        taken = [one.origin.stage for one in steps if one.keyword == "COPY" and one.origin is not None]
        before = [one for each in taken if each is not None for one in reading.history(reading.plan.stage(each))]
        return next((each for each in reading.installs([*before, *steps]) if MANAGERS[each.manager].always), None)
    return None


def _brought(reading: Reading, step: Step, place: str) -> int:
    """The bytes of the context that a COPY has put below a path."""
    if within(step.target, place):
        sources = (cleaned(each.text) for each in step.sources if each.kind == "path")
        paths = [each for source in sources for each in _meant(reading, source)]
    else:
        paths = [each for each in landed(step, place) if reading.sent.kind(each)][:1]
    return sum(bytes_sent(reading, each) for each in paths)


def _meant(reading: Reading, source: str) -> list[str]:
    above, _, name = source.rpartition("/")
    if not globs.is_wild(name):
        return [source]
    return [posixpath.join(above, each) for each in reading.names(above) if globs.matches(name, each)]


def _what(again: _Again, size: int) -> str:
    if again.elsewhere and again.copy is not None and again.install is not None:
        packages = " ".join(again.install.command.text.split()[:3])
        return f"what {again.copy.keyword} on line {again.copy.line} brings, with the packages of {packages}"
    if again.install is not None:
        return f"the packages of {' '.join(again.install.command.text.split()[:3])} (line {again.install.step.line})"
    if again.release is not None:
        return f"what RUN on line {again.release.line} unpacks"
    assert again.copy is not None
    brought = f"{again.copy.keyword} on line {again.copy.line}"
    return f"{size} bytes from {brought}" if size else f"what {brought} brings"


#: Directories that are left to a `chown` one by one.
_MOST_LEFT: Final = 5


class _Way(NamedTuple):
    """How an instruction gives files at once: what has to be done before (`first`), the flag, what a command is left
    with (`left`; empty: nothing), and what would do `instead` of the flag."""

    first: str
    flag: str
    left: str
    instead: str


def _at_once(reading: Reading, commands: Sequence[Command], again: _Again, steps: Sequence[Step]) -> str:
    """What to write so that files are stored once, in a stage with these steps, the last of which gives them by these
    commands."""
    copy, line = again.copy, commands[0].step.line
    found = [_way(reading, each, again, steps) for each in commands]
    ways = [each for each in found if isinstance(each, _Way)]
    said = [each for each in found if isinstance(each, str)]
    if ways and copy is not None:
        lines = listed(each.line for each in _copies(reading, commands, copy, steps))
        way = f"{copy.keyword} {' '.join(each.flag for each in ways)} on {lines}"
        instead = next((each.instead for each in ways if each.instead), "")
        way = f"{instead}, or {way}" if instead and len(ways) == 1 else f"{way} (or {instead})" if instead else way
        left = " and ".join(each.left for each in ways if each.left)
        way += f", and no more than {left} on line {line}" if left else " instead"
        # Who has no name yet gets nothing.
        said.insert(0, "".join(each.first for each in ways) + way)
    return ", and ".join(dict.fromkeys(said))


def _copies(reading: Reading, commands: Sequence[Command], copy: Step, steps: Sequence[Step]) -> Iterator[Step]:
    """What brings files that one of these commands gives to somebody, the same way as `copy`."""

    def spread(command: Command) -> list[str]:
        cheap = _cheap(reading, steps, command)
        return [place for word in command.words[1:] if word not in cheap for place in _places_named(command, word)]

    for step in steps:
        given = [each for each in commands if any(within(step.target, place) for place in spread(each))]
        alike = step.keyword == copy.keyword and any(not _is_given(step, each) for each in given)
        if step is copy or alike:
            yield step


def _way(reading: Reading, command: Command, again: _Again, steps: Sequence[Step]) -> _Way | str:
    """How the files of one command are given at once; text: not by an instruction."""
    given, *paths = command.words
    if again.release is not None:
        return _in_its_run(reading, command, given, again.release, steps)
    below = steps[next((at for at, each in enumerate(steps) if each is again.copy), 0) + 1 :]
    # What a RUN makes belongs to root, whomever COPY gives the rest.
    filled = any(_writes(one, command) for one in reading.all_commands(below))
    made_before = _made(reading, steps, command)
    if filled or len(made_before) > _MOST_LEFT or (again.install is not None and not again.elsewhere):
        return _worked_in(reading, command, given) or _part(reading, command, given, " ".join(paths))
    assert again.copy is not None
    cheap = _cheap(reading, steps, command)
    kept = [each for word in cheap for each in _places_named(command, word)]
    made_before = [each for each in made_before if not any(within(each, one) for one in kept)]
    rest = [f"{command.name} -R {given} {' '.join(cheap)}"] * bool(cheap)
    rest += [f"{command.name} {given} {' '.join(made_before)}"] * bool(made_before)
    left = " and ".join(rest)
    if command.name == "chmod":
        octal = re.fullmatch(r"[0-7]{3,4}", given) is not None
        return _Way(
            "", f"--chmod={given}", left, "" if octal else "change the mode of the files before they are copied"
        )
    if command.name == "chgrp":
        given = f"{(dict(again.copy.flags).get('chown') or 'root').partition(':')[0]}:{given}"
    name = given.partition(":")[0]
    above = next(_copies(reading, [command], again.copy, steps))
    late = _is_made_late(reading, steps, above, name)
    number = _numbered(reading, steps, given) if late else ""
    first = f"make {name} in a RUN above line {above.line}, and " if late and not number else ""
    return _Way(first, f"--chown={number or given}", left, "")


#: A mode by which a group or everybody may write.
_WRITABLE: Final = lazy(r"[0-7]?[0-7](?:[2367][0-7]|[0-7][2367])|[ugoa]*[+=][rwxXst]*w.*|[goa]+=u.*")


def _worked_in(reading: Reading, command: Command, given: str) -> str:
    """What is left of a `chown` where a later RUN works in the directory, as somebody who has to own it; "": none."""
    for step in reading.shipped:
        if command.name != "chown" or step.keyword != "RUN" or step.line <= command.step.line:
            continue
        place = next((each for each in _places(command) if within(step.workdir or "/", each)), None)
        if place is not None and not _ROOT.fullmatch(step.user):
            if any(map(_runs_the_project, reading.commands(step))):
                # It may write anywhere.
                return (
                    f"COPY --chown={given}, and chown -R {given} of what a RUN makes there at its end, instead of "
                    f"{place} on line {command.step.line}"
                )
            return (
                f"chown {given} {place} without -R, since line {step.line} works there: what the program only reads "
                "can stay root's"
            )
    return ""


_OF_A_FILE: Final = lazy(r"(?:php|python|node|ruby|(?:ba)?sh)[\d.]*")


def _runs_the_project(command: Command) -> bool:
    """Whether a command runs what lies in a project."""
    if any(command.name in each.programs for each in MANAGERS.values()):
        return {"--no-scripts", "--ignore-scripts"}.isdisjoint(command.arguments)
    script = _OF_A_FILE.fullmatch(command.name) is not None and command.arguments[:1] == tuple(command.words[:1])
    return (script and bool(command.words)) or command.name == "make" or command.program.startswith(".")


def _part(reading: Reading, command: Command, given: str, whole: str) -> str:
    """What to give to somebody, or another mode, in place of all that there is."""
    if command.name == "chown" or _WRITABLE.fullmatch(given):
        from ..running.storage import written_below  # only where all of it is given

        known = list(dict.fromkeys(each for place in _places(command) for each in written_below(reading, place)))
        such = f", such as {' and '.join(filter(None, (', '.join(known[:-1]), known[-1])))}" if known else ""
        stays = "root's" if command.name == "chown" else "as it is"
        return (
            f"name the directories that the program writes to instead of {whole}{such}: what it only reads can stay "
            f"{stays}"
        )
    return f"name what needs the mode instead of {whole}: the rest can stay as it is"


def _in_its_run(reading: Reading, command: Command, given: str, release: Step, steps: Sequence[Step]) -> str:
    """How what is unpacked is given at once."""
    from .unpacking import is_made_anew, unpacked

    named = [each.place for each in unpacked(reading, [release])]
    places = dict.fromkeys(one for one in _places(command) if any(within(each, one) for each in named))
    after = steps[next(at for at, each in enumerate(steps) if each is release) + 1 :]
    user = given.partition(":")[0]
    late = f", below what makes {user}" if any(is_made_anew(each, user) for each in reading.all_commands(after)) else ""
    said = f"{command.name} -R {given} {' '.join(places)} at the end of the RUN on line {release.line}{late}"
    others = [each for each in dict.fromkeys(_places(command)) if each not in places]
    # What comes there later is root's.
    found = (each for each in _made(reading, after, command) if each not in places)
    made = [each for each in found if any(within(each, one) for one in places)]
    copies = (each for each in after if each.keyword in ("COPY", "ADD") and not _is_given(each, command))
    if len(made) > _MOST_LEFT or any(within(each.target, one) for each in copies for one in places):
        rest = f"{', '.join(others)}{' and ' * bool(others)}what is put there below line {release.line}"
        return f"{said}, and on line {command.step.line} {command.name} no more than {rest}"
    left = [f"{command.name} -R {given} {' '.join(others)}"] * bool(others)
    left += [f"{command.name} {given} {' '.join(made)}"] * bool(made)
    again = f"no more than {' and '.join(left)}" if left else "not again"
    return f"{said}, and {again} on line {command.step.line}"


def _makers(reading: Reading, steps: Sequence[Step], name: str, programs: Collection[str]) -> Iterator[tuple[int, str]]:
    """The lines that make a user or a group, with the number that it gets, or ""."""
    from ..running.accounts import asked  # only where somebody is given something late

    for command in reading.all_commands(steps):
        made, number, _ = asked(command) if command.name in programs else (None, "", None)
        if made == name:
            yield command.step.line, number


def _is_made_late(reading: Reading, steps: Sequence[Step], copy: Step, name: str) -> bool:
    """Whether a user is there only below the COPY."""
    made = next((line for line, _ in _makers(reading, steps, name, ("useradd", "adduser"))), 0)
    makes = rf"\b(?:useradd|adduser)\b[^\n;&|]*\s{re.escape(name)}(?![\w-])"
    runs = (each for each in steps if each.keyword == "RUN" and re.search(makes, each.instruction.whole))
    made = made or next((each.line for each in runs), 0)
    return not name[:1].isdigit() and made > copy.line


def _numbered(reading: Reading, steps: Sequence[Step], owner: str) -> str:
    """An owner by the numbers that are asked for where the user and the group are made; "": they get any."""
    user, colon, group = owner.partition(":")
    numbers = [next((each for _, each in _makers(reading, steps, user, ("useradd", "adduser"))), "")]
    if colon and group:
        numbers += [next((each for _, each in _makers(reading, steps, group, ("groupadd", "addgroup"))), "")]
    return ":".join(numbers) if all(each.isdigit() for each in numbers) else ""


def _places(command: Command) -> list[str]:
    """The paths that a `chown` or `chmod` is about, from the root of the image."""
    return [place for each in command.words[1:] for place in _places_named(command, each)]


def _places_named(command: Command, word: str) -> list[str]:
    return [absolute(command.cwd, one) for one in replaced(word, dict(command.step.environment)).split()]


def _cheap(reading: Reading, steps: Sequence[Step], command: Command) -> list[str]:
    """The operands of a `chown` or `chmod`, as they are written, below which next to nothing is stored again."""
    before = [step for step in steps if step is not command.step]

    def costs(place: str) -> bool:
        found = _stored(reading, before, command, place)
        other = found.copy is not None and found.copy.origin is not None
        return other or found.bytes >= ASIDE_BYTES or found.install is not None or found.release is not None

    return [word for word in command.words[1:] if not any(map(costs, _places_named(command, word)))]


def _writes(one: Command, command: Command) -> bool:
    """Whether a command may put something below what a later one gives; packages are found by themselves."""
    places = _places(command)

    def inside(path: str) -> bool:
        return any(within(path, each) for each in places)

    if one.step is command.step and one.place >= command.place:
        return False
    if one.name in _BRINGS and len(one.words) > 1:
        *sources, target = (absolute(one.cwd, replaced(each, dict(one.step.environment))) for each in one.words)
        moved = one.name == "mv" and all(map(inside, sources))  # whose it was before
        return inside(target) and not moved and not _is_of_one_file(one)
    known = one.name in TIDIES or reads_nothing(one) or install(one) is not None
    return not known and inside(one.cwd)


#: What brings files from one place to another.
_BRINGS: Final = frozenset("cp install mv rsync".split())


def _is_of_one_file(command: Command) -> bool:
    """Whether a command copies one file under a name that it is given."""
    whole = any(re.match(r"--(?:rec|arc|par)|-[a-zA-Z]*[aRrtT]", each) for each in command.arguments)
    return command.name == "cp" and len(command.words) == 2 and not (whole or command.words[1].endswith(("/", ".")))


def _files(one: Command) -> Iterator[str]:
    """The files that a command makes, as it names them."""
    if one.name == "touch":
        yield from one.words
    elif _is_of_one_file(one):
        yield one.words[1]
    yield from (path for sign, path in pairwise(one.arguments) if sign in (">", ">>"))


def _made(reading: Reading, steps: Sequence[Step], command: Command) -> list[str]:
    """The directories and files at and below what a `chown` or `chmod` is about that no COPY makes: those of WORKDIR
    and of commands are root's."""
    made = [
        absolute(step.workdir, replaced(step.words[0], dict(step.environment)))
        for step in steps
        if step.keyword == "WORKDIR" and step.words
    ]
    files: list[str] = []
    for one in reading.all_commands(steps):
        if one.step is command.step and one.place >= command.place:
            continue
        for words, paths in ((_files(one), files), (one.words if one.name == "mkdir" else (), made)):
            plain = (replaced(each, dict(one.step.environment)) for each in words)
            paths += (absolute(one.cwd, each) for each in plain if not set(each) & set("$*?[{"))
    # What lies above a directory is made with it, and belongs to root as well.
    found = [above for each in made for above in (*reversed([str(one) for one in PurePosixPath(each).parents]), each)]
    return [each for each in dict.fromkeys([*found, *files]) if any(within(each, place) for place in _places(command))]


def _written(reading: Reading, step: Step) -> Iterator[str]:
    """What a COPY brings that the program writes to."""
    from ...packages import writing  # only where something is given away

    where = step.target
    for source in broad(reading, step):
        for marker, names in writing.WRITTEN.items():
            if reading.sent.kind(posixpath.join(source, marker)) == "file":
                yield from (name for name in names if reading.sent.kind(posixpath.join(source, name)) == "dir")
        yield from (name for name in reading.names(source) if name.endswith(_DATABASES))
    yield from (each.text for each in step.sources if each.text.endswith(_DATABASES))
    for volume in (word for each in reading.shipped if each.keyword == "VOLUME" for word in each.words):
        if within(where, posixpath.normpath(posixpath.join("/", volume))):
            yield volume
