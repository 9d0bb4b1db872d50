"""What a command line asks for, and what does not go together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..errors import CtxscanError

if TYPE_CHECKING:
    from ..findings import Severity


class Options(NamedTuple):
    """Each option under the name that `parser` gives it, and the argument, CONTEXT."""

    context: str | None
    dockerfile: str | None
    ignore_file: str | None
    target: str | None
    build_args: tuple[str, ...]
    build_contexts: tuple[str, ...]
    compose: tuple[str, ...]
    profiles: tuple[str, ...]
    services: tuple[str, ...]
    bake: tuple[str, ...]
    overrides: tuple[str, ...]
    variables: tuple[str, ...]
    everything: bool
    listed_builds: bool
    builder: str | None
    facts: bool
    fix: bool
    as_diff: bool
    checking: bool
    fail_on: Severity | None
    max_size: str | None
    deep: bool
    strict: bool
    config_file: str | None
    trusted: str | None
    no_config: bool
    list_entries: bool
    zero: bool
    explain: tuple[str, ...]
    commits: int | None
    form: str
    output: str | None
    color: str
    no_progress: bool
    quiet: bool
    verbose: bool

    @property
    def place(self) -> str:
        return self.context or "."

    @property
    def several(self) -> bool:
        """Whether the builds are told by a file, or looked for; all others are one directory."""
        path = Path(self.place)
        return bool(self.compose or self.bake) or self.everything or path.is_file() or path.is_fifo()

    @property
    def only_facts(self) -> bool:
        return self.facts or self.list_entries or bool(self.explain)

    @property
    def listed(self) -> bool:
        """Whether there is a list of paths in place of a report."""
        return self.list_entries and self.form == "text"

    @property
    def reported(self) -> bool:
        """Whether there is a report."""
        told_already = self.fix and self.form == "text" and not self.checking
        return not (self.listed or self.as_diff or self.quiet or told_already)


def refuse(options: Options) -> None:
    """Raise `CtxscanError` for the first option that is given and does not go with what else is."""
    for option, given, circumstance, holds in _conflicts(options):
        if given and holds:
            raise CtxscanError(f"{option} does not work {circumstance}")


def _conflicts(asked: Options) -> Iterator[tuple[str, bool, str, bool]]:
    several, replayed = asked.several, asked.commits is not None
    yield "-0", asked.zero, "without --list", not asked.list_entries
    yield "-0", asked.zero, f"with --format {asked.form}", asked.form != "text"
    yield "-q", asked.quiet, "with -v", asked.verbose
    yield "--explain", bool(asked.explain), "with --list", asked.list_entries
    facts = (("--facts", asked.facts), ("--list", asked.list_entries), ("--explain", bool(asked.explain)))
    for option, given in (("--check", asked.checking), ("--fix", asked.fix), ("--diff", asked.as_diff)):
        for other, holds in facts:
            yield option, given, f"with {other}", holds
    for other, holds in (
        *facts,
        ("--fix", asked.fix),
        ("--diff", asked.as_diff),
        (f"--format {asked.form}", asked.form in ("sarif", "github")),
    ):
        yield "--replay", replayed, f"with {other}", holds
    yield "--replay", replayed, "without a commit", asked.commits is not None and asked.commits < 1
    yield "--diff", asked.as_diff, "with --fix", asked.fix
    yield "--diff", asked.as_diff, "with --check", asked.checking
    yield "--diff", asked.as_diff, f"with --format {asked.form}", asked.form != "text"
    yield "--fix", asked.fix, "with --ignore-file: name the one in use", asked.ignore_file is not None
    yield "--fail-on", asked.fail_on is not None, "without --check", not asked.checking
    yield "--config", asked.config_file is not None, "with --no-config", asked.no_config
    yield "--trusted", asked.trusted is not None, "with --config, which is trusted", asked.config_file is not None
    yield "--compose", bool(asked.compose), f"with {asked.place}: give one of them", asked.context is not None
    yield "--bake", bool(asked.bake), f"with {asked.place}: give one of them", asked.context is not None
    yield "--bake", bool(asked.bake), "with --compose", bool(asked.compose)
    yield "--all", asked.everything, "with --compose", bool(asked.compose)
    yield "--all", asked.everything, "with --bake", bool(asked.bake)
    for option, given in (
        *facts,
        ("--check", asked.checking),
        ("--fix", asked.fix),
        ("--diff", asked.as_diff),
        ("--replay", replayed),
    ):
        yield option, given, "with --builds", asked.listed_builds
    yield "--builds", asked.listed_builds, f"with --format {asked.form}", asked.form not in ("text", "json")
    yield "--all", asked.everything, f"with {asked.place}: give a directory", not Path(asked.place).is_dir()
    for option, given in (
        ("-f", asked.dockerfile is not None),
        ("--target", asked.target is not None),
        ("--build-context", bool(asked.build_contexts)),
        ("--ignore-file", asked.ignore_file is not None),
    ):
        yield option, given, "with builds that say it themselves", several
    for option, names in (
        ("--profile", asked.profiles),
        ("--service", asked.services),
        ("--set", asked.overrides),
        ("--var", asked.variables),
    ):
        yield option, bool(names), "without a compose file or bake file", not several or asked.everything
    for option, names in (("--set", asked.overrides), ("--var", asked.variables)):
        yield option, bool(names), "with --compose", bool(asked.compose)
    yield "--profile", bool(asked.profiles), "with --bake", bool(asked.bake)
