"""What a command line asks for, and what does not go together."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..errors import CtxscanError

if TYPE_CHECKING:
    from ..findings import Severity


class Options(NamedTuple):
    """Each option under its own word, and the argument, CONTEXT. `program` are the words
    before them, and `remarks` are about the words themselves."""

    context: str | None
    file: str | None
    ignore_file: str | None
    target: str | None
    build_arg: tuple[str, ...]
    build_context: tuple[str, ...]
    compose: tuple[str, ...]
    profile: tuple[str, ...]
    service: tuple[str, ...]
    bake: tuple[str, ...]
    set: tuple[str, ...]
    var: tuple[str, ...]
    all: bool
    builds: bool
    platform: str | None
    builder: str | None
    facts: bool
    fix: bool
    diff: bool
    with_: tuple[str, ...]
    check: bool
    fail_on: "Severity | None"
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    baseline: str | None
    write_baseline: str | None
    since: str | None
    max_size: str | None
    deep: bool
    strict: bool
    config: str | None
    trusted: str | None
    no_config: bool
    list: bool
    zero: bool
    explain: tuple[str, ...]
    replay: int | None
    image: str | None
    log: tuple[str, ...]
    format: str
    output: str | None
    color: str
    no_progress: bool
    quiet: bool
    verbose: bool
    top: int | None
    depth: int | None
    rule: str | None
    program: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        return self.context or "."

    @property
    def names_dockerfile(self) -> bool:
        """Whether CONTEXT is a Dockerfile, by its name."""
        from ..builds.names import is_dockerfile

        return self.context is not None and is_dockerfile(Path(self.context).name) and Path(self.context).is_file()

    @property
    def several(self) -> bool:
        """Whether a file names the builds, or they are looked for; all others are one directory."""
        path = Path(self.place)
        return bool(self.compose or self.bake) or self.all or path.is_file() or path.is_fifo()

    @property
    def only_facts(self) -> bool:
        return self.facts or self.list or bool(self.explain)

    @property
    def consents(self) -> tuple[str, ...]:
        """The kinds of tracked files that may go. Raises `CtxscanError` for a word that is none."""
        from ..config.gate import CONSENTS  # most runs name none

        words = [each.strip() for text in self.with_ for each in text.split(",")]
        wrong = next((each for each in words if each not in CONSENTS), None)
        if wrong is not None:
            raise CtxscanError(f"--with: unknown kind {wrong!r}: use {', '.join(CONSENTS)}, separated by commas")
        return tuple(words)

    @property
    def listed(self) -> bool:
        """Whether a list of paths is printed instead of a report."""
        return self.list and self.format == "text"

    @property
    def reported(self) -> bool:
        """Whether there is a report."""
        told_already = self.fix and self.format == "text" and not self.check
        return not (self.listed or self.diff or self.quiet or told_already)


def refuse(options: Options) -> None:
    """Raise `CtxscanError` for the first option that is given and does not go with what else is."""
    for option, given, circumstance, holds in _conflicts(options):
        if given and holds:
            raise CtxscanError(f"{option} {_refusal(circumstance)}")


def _refusal(circumstance: str) -> str:
    """`with --fix` is what an option cannot be combined with, `without --list` what it needs."""
    if circumstance.startswith("with "):
        return f"cannot be combined {circumstance}"
    return circumstance.replace("without ", "needs ", 1)


def _conflicts(asked: Options) -> Iterator[tuple[str, bool, str, bool]]:
    several, replayed = asked.several, asked.replay is not None
    yield "-0", asked.zero, "without --list", not asked.list
    yield "-0", asked.zero, f"with --format {asked.format}", asked.format != "text"
    yield "-q", asked.quiet, "with -v", asked.verbose
    for option, number in (("--top", asked.top), ("--depth", asked.depth)):
        yield option, number is not None, f"with --format {asked.format}", asked.format != "text"
        yield option, number is not None, "needs a number of 1 or more", number is not None and number < 1
    yield "--explain", bool(asked.explain), "with --list", asked.list
    facts = (("--facts", asked.facts), ("--list", asked.list), ("--explain", bool(asked.explain)))
    for option, given in (("--check", asked.check), ("--fix", asked.fix), ("--diff", asked.diff)):
        for other, holds in facts:
            yield option, given, f"with {other}", holds
    for other, holds in (
        *facts,
        ("--fix", asked.fix),
        ("--diff", asked.diff),
        (f"--format {asked.format}", asked.format in ("sarif", "github")),
    ):
        yield "--replay", replayed, f"with {other}", holds
    for other, holds in (*facts, ("--fix", asked.fix), ("--diff", asked.diff), ("--builds", asked.builds)):
        yield "--image", asked.image is not None, f"with {other}", holds
        yield "--log", bool(asked.log), f"with {other}", holds
    yield "--image", asked.image is not None, "with several builds: give one of them", several
    yield "--log", bool(asked.log), "with several builds: give one of them", several
    read = [asked.file, asked.image, *asked.log].count("-")
    yield "--log -", "-" in asked.log, "with anything else from standard input", read > 1
    yield "--image -", asked.image == "-", "with a Dockerfile from standard input", asked.file == "-"
    yield "--replay", replayed, "without a commit", asked.replay is not None and asked.replay < 1
    for other, holds in facts:
        yield "--with", bool(asked.with_), f"with {other}", holds
    yield "--diff", asked.diff, "with --fix", asked.fix
    yield "--diff", asked.diff, "with --check", asked.check
    yield "--diff", asked.diff, f"with --format {asked.format}", asked.format != "text"
    yield "--fix", asked.fix, "with --ignore-file: it writes to the file in use", asked.ignore_file is not None
    for option, given in (
        ("--select", bool(asked.select)),
        ("--ignore", bool(asked.ignore)),
        ("--baseline", asked.baseline is not None),
        ("--write-baseline", asked.write_baseline is not None),
        ("--since", asked.since is not None),
    ):
        for other, holds in (*facts, ("--builds", asked.builds)):
            yield option, given, f"with {other}", holds
    yield "--write-baseline", asked.write_baseline is not None, "with --check", asked.check
    yield "--write-baseline", asked.write_baseline is not None, "with --since", asked.since is not None
    yield "--since", asked.since is not None, "with --baseline", asked.baseline is not None
    yield "--since", asked.since is not None, "with -f -", asked.file == "-"
    yield "--fail-on", asked.fail_on is not None, "without --check", not asked.check
    yield "--config", asked.config is not None, "with --no-config", asked.no_config
    yield "--compose", bool(asked.compose), f"with {asked.place}: give one of them", asked.context is not None
    yield "--bake", bool(asked.bake), f"with {asked.place}: give one of them", asked.context is not None
    yield "--bake", bool(asked.bake), "with --compose", bool(asked.compose)
    yield "--all", asked.all, "with --compose", bool(asked.compose)
    yield "--all", asked.all, "with --bake", bool(asked.bake)
    for option, given in (
        *facts,
        ("--check", asked.check),
        ("--fix", asked.fix),
        ("--diff", asked.diff),
        ("--replay", replayed),
    ):
        yield option, given, "with --builds", asked.builds
    yield "--builds", asked.builds, f"with --format {asked.format}", asked.format not in ("text", "json")
    yield "--all", asked.all, f"needs a directory, and {asked.place} is none", not Path(asked.place).is_dir()
    for option, given in (
        ("-f", asked.file is not None),
        ("--target", asked.target is not None and not asked.names_dockerfile),
        ("--build-context", bool(asked.build_context) and not asked.names_dockerfile),
        ("--ignore-file", asked.ignore_file is not None),
    ):
        yield option, given, "with a compose file, bake file, or --all", several
    for option, names in (
        ("--profile", asked.profile),
        ("--service", asked.service),
        ("--set", asked.set),
        ("--var", asked.var),
    ):
        yield option, bool(names), "without a compose file or bake file", not several or asked.all
    for option, names in (("--set", asked.set), ("--var", asked.var)):
        yield option, bool(names), "with --compose", bool(asked.compose)
    yield "--profile", bool(asked.profile), "with --bake", bool(asked.bake)
