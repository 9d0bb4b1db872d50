"""Lessons about a broad COPY: what it brings along that no program needs, and the history of the repository."""

import posixpath
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from ...context.transfer import cleaned
from ...dockerfile.stages import Step
from ...explain import reach, takers
from ...findings import Finding
from ...packages.catalog import MANAGERS, ROOTS, TELLING
from ...packages.versions import INSTALLED, SPEAKS_OF_GIT
from ...regex import lazy
from ...rules import globs
from ..installs.early import broad
from ..installs.reorder import destination_of
from ..reading import Reading
from ..registry import Evidence, finding, finds
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
            history = any(each.name == ".git" and each.bytes for each in aside)
            if not history and (size < ASIDE_BYTES or size < ASIDE_SHARE * total):
                continue
            names = [each.name + "/" * each.directory for each in sorted(aside, key=lambda each: -each.bytes)]
            shown = names[:_EXAMPLES] + ["…"] * (len(names) > _EXAMPLES)
            yield finding(
                broad_copy,
                f"{without_flags(step)} adds {size} bytes that are not needed at run time: {', '.join(shown)}",
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


def without_flags(step: Step) -> str:
    """A COPY or ADD as it is written, but for its flags."""
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
