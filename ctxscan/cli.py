"""Options, streams, exit codes. The only module that prints and exits."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

import click

from . import __version__, batch
from .ahead import Ahead
from .builds import directory, ordered
from .dialects import DIALECTS
from .errors import CtxscanError
from .manual import Manual
from .names import raw, shown
from .reports import CHARTED, FORMATS, Look, load, render
from .scan import Scan
from .terminal import Progressing, colored, tells_unicode, width

if TYPE_CHECKING:
    from .builds import Build
    from .builds.order import Order, Orders
    from .config import Config
    from .findings import Severity
    from .ignorefile import IgnoreFile
    from .listings import Tree
    from .matcher import Matcher
    from .review import Review

_SEVERITIES: Final = ("error", "warning", "note")
_WHEN: Final = ("auto", "always", "never")
#: Commits of --replay without a number.
REPLAYED: Final = 50


def _either(default: str, names: Iterable[str]) -> str:
    return f"{default}, or {', '.join(name for name in names if name != default)}"


@click.command(cls=Manual, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.argument("context", required=False, type=click.Path(path_type=str))
@click.option("-f", "--file", "dockerfile", metavar="PATH", help="The Dockerfile, - for standard input.")
@click.option("--ignore-file", metavar="PATH", help="Evaluate this ignore file, in place of its own.")
@click.option("--target", metavar="STAGE", help="The stage to build (default: the last).")
@click.option("--build-arg", "build_args", metavar="NAME[=VALUE]", multiple=True, help="As in docker build.")
@click.option("--build-context", "build_contexts", metavar="NAME=DIR", multiple=True, help="As in docker build.")
@click.option("--builder", metavar="NAME", type=click.Choice(tuple(DIALECTS)), help=_either("buildkit", DIALECTS))
@click.option("--compose", "compose", metavar="FILE", multiple=True, help="Compose files, one laid over another.")
@click.option("--profile", "profiles", metavar="NAME", multiple=True, help="A profile of the compose file.")
@click.option("--service", "services", metavar="NAME", multiple=True, help="This service alone, or target of a plan.")
@click.option("--all", "everything", is_flag=True, help="Every Dockerfile below CONTEXT.")
@click.option("--facts", is_flag=True, help="What is sent and how large: no opinions, fast.")
@click.option("--fix", is_flag=True, help="Write the proven rules to the ignore file.")
@click.option("--diff", "as_diff", is_flag=True, help="Print the proven rules as a diff; exit 1 if any.")
@click.option("--check", "checking", is_flag=True, help="Exit 1 if a finding stands (see --fail-on).")
@click.option("--fail-on", metavar="SEVERITY", type=click.Choice(_SEVERITIES), help=_either("error", _SEVERITIES))
@click.option("--max-size", metavar="SIZE", help="Budget of the transfer (50MB, 200KiB).")
@click.option("--deep", is_flag=True, help="Look for secrets in every text file sent.")
@click.option("--list", "list_entries", is_flag=True, help="Print every path sent, in the order sent.")
@click.option("-0", "zero", is_flag=True, help="With --list: end each with a zero byte.")
@click.option("--explain", "explain", metavar="PATH", multiple=True, help="Why a path is in or out, and where it ends.")
@click.option(
    "--replay",
    "commits",
    metavar="[N]",
    is_flag=False,
    flag_value=str(REPLAYED),
    type=int,
    help=f"What the last N commits re-ran ({REPLAYED} by default).",
)
@click.option("--config", "config_file", metavar="FILE", help="The configuration (default: the nearest one).")
@click.option("--no-config", is_flag=True, help="Read no configuration.")
@click.option(
    "--format",
    "form",
    metavar="NAME",
    type=click.Choice(tuple(FORMATS)),
    help=_either("text", FORMATS),
    default="text",
)
@click.option("-o", "--output", metavar="FILE", help="Write the report to a file.")
@click.option("--color", metavar="WHEN", type=click.Choice(_WHEN), help=_either("auto", _WHEN), default="auto")
@click.option("--no-progress", is_flag=True, help="Show no progress on long walks.")
@click.option("-q", "--quiet", is_flag=True, help="Print remarks and errors only.")
@click.option("-v", "--verbose", is_flag=True, help="Exact numbers, and every finding.")
@click.version_option(__version__, "--version", "-V", prog_name="ctxscan", message="%(prog)s %(version)s")
def command(
    context: str | None,
    *,
    dockerfile: str | None,
    ignore_file: str | None,
    target: str | None,
    build_args: tuple[str, ...],
    build_contexts: tuple[str, ...],
    compose: tuple[str, ...],
    profiles: tuple[str, ...],
    services: tuple[str, ...],
    everything: bool,
    builder: str | None,
    facts: bool,
    fix: bool,
    as_diff: bool,
    checking: bool,
    fail_on: Severity | None,
    max_size: str | None,
    deep: bool,
    config_file: str | None,
    no_config: bool,
    list_entries: bool,
    zero: bool,
    explain: tuple[str, ...],
    commits: int | None,
    form: str,
    output: str | None,
    color: str,
    no_progress: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    """Tell what a container build of CONTEXT (a directory, compose file or bake plan) will be sent, to the byte, and
    where it ends, before it is built."""
    given = context or "."
    several = bool(compose) or everything or Path(given).is_file() or Path(given).is_fifo()
    _refuse(
        ("-0", zero, "without --list", not list_entries),
        ("-0", zero, f"with --format {form}", form != "text"),
        ("-q", quiet, "with -v", verbose),
        ("--explain", bool(explain), "with --list", list_entries),
        *(
            (option, given, f"with {other}", holds)
            for option, given in (("--check", checking), ("--fix", fix), ("--diff", as_diff))
            for other, holds in (("--facts", facts), ("--list", list_entries), ("--explain", bool(explain)))
        ),
        *(
            ("--replay", commits is not None, f"with {other}", holds)
            for other, holds in (
                ("--facts", facts),
                ("--list", list_entries),
                ("--explain", bool(explain)),
                ("--fix", fix),
                ("--diff", as_diff),
                (f"--format {form}", form in ("sarif", "github")),
            )
        ),
        ("--replay", commits is not None, "without a commit", commits is not None and commits < 1),
        ("--diff", as_diff, "with --fix", fix),
        ("--diff", as_diff, "with --check", checking),
        ("--diff", as_diff, f"with --format {form}", form != "text"),
        ("--fix", fix, "with --ignore-file: name the one in use", ignore_file is not None),
        ("--fail-on", fail_on is not None, "without --check", not checking),
        ("--config", config_file is not None, "with --no-config", no_config),
        ("--compose", bool(compose), f"with {given}: give one of them", context is not None),
        ("--all", everything, "with --compose", bool(compose)),
        ("--all", everything, f"with {given}: give a directory", not Path(given).is_dir()),
        *(
            (option, given_too, "with builds that say it themselves", several)
            for option, given_too in (
                ("-f", dockerfile is not None),
                ("--target", target is not None),
                ("--build-context", bool(build_contexts)),
                ("--ignore-file", ignore_file is not None),
            )
        ),
        *(
            (option, bool(names), "without a compose file or bake plan", not several or everything)
            for option, names in (("--profile", profiles), ("--service", services))
        ),
    )
    if not Path(given).exists() or given == "-":
        _refuse_elsewhere(given)
    only_facts = facts or list_entries or bool(explain)
    configs = batch.Configs(config_file, enabled=not no_config)
    arguments = dict(_argument(each) for each in build_args)
    if several:
        found = _orders(given, compose, profiles, services, everything)

        def make(order: Order) -> Build:
            order = order._replace(arguments={**order.arguments, **arguments})
            return ordered(order, configs.dialect(order.context, builder))

        remarks = found.remarks
        if everything:
            builds, remarks = batch.readable(found.orders, make, found.remarks)
        else:
            builds = [make(order) for order in found.orders]
        for remark in () if quiet else remarks:
            click.echo(f"ctxscan: note: {shown(remark)}", err=True)
        if not builds:
            raise CtxscanError("nothing is built here", place=given)
    else:
        builds = [
            directory(
                given,
                configs.dialect(given, builder),
                dockerfile=None if dockerfile == "-" else dockerfile,
                text=sys.stdin.buffer.read() if dockerfile == "-" else None,
                target=target,
                arguments=arguments,
                contexts=dict(_named_context(each) for each in build_contexts),
                ignore_file=ignore_file,
            )
        ]
    if list_entries and form == "text" and len(builds) > 1:
        raise click.UsageError(f"--list prints the paths of one build, and there are {len(builds)}: --service NAME")
    paths = _explained(explain, builds)
    walk = partial(batch.scans, keep_entries=list_entries, screened=not only_facts)
    charted = form in CHARTED
    own = [configs.of(each.context) for each in builds]
    judge = partial(_reviews, configs=own, max_size=max_size, deep=deep, charted=charted)
    listed = list_entries and form == "text"
    ahead = Ahead()
    look_ahead = partial(_look_ahead, form=None if list_entries else form, judging=not only_facts)
    with Progressing(enabled=not (no_progress or quiet)) as progress:
        scans = walk(builds, progress=progress, meanwhile=partial(look_ahead, ahead))
        made = () if listed else _facts(scans, paths, charted) if only_facts else judge(scans, ahead=ahead)
    if ignore_file is not None and builds[0].dialect.name != "buildah" and not quiet:
        name = builds[0].dialect.name
        click.echo(f"ctxscan: note: what-if: {name} would not take {shown(ignore_file)} by itself", err=True)
    if listed:
        _write(_listing(scans[0], zero=zero), output)
        return 0
    if as_diff:
        return _show_diff(made, output)
    if commits is not None:
        made = tuple(_replayed(each, commits, ahead.tree(each.scan.disk.root)) for each in made)
    if fix:

        def again(positions: Sequence[int]) -> Sequence[Review]:
            ahead = Ahead()  # there are other files now
            walked = walk([builds[at] for at in positions], progress=None, meanwhile=partial(look_ahead, ahead))
            anew = dict(zip(positions, walked, strict=True))
            return judge([anew.get(at, scan) for at, scan in enumerate(scans)], ahead=ahead)

        before, done = made, batch.fixed(made, again)
        made = done.reviews
        if not quiet:
            _tell_fix(before, done)
    if not quiet and not (fix and form == "text" and not checking):
        asked = _asked(given, compose, profiles, services, everything) if several else ()
        look = Look(
            width(output), colored(color, output), verbose, list_entries, checking, tells_unicode(output), asked
        )
        _write(render(made, form, look).encode(errors="surrogateescape"), output)
    failing = (review.fails(fail_on or configs.threshold(review.scan.build.context)) for review in made)
    return 1 if checking and any(failing) else 0


def _orders(
    given: str, compose: Sequence[str], profiles: Sequence[str], services: Sequence[str], everything: bool
) -> Orders:
    from .builds import everywhere, sources

    if everything:
        return everywhere.orders(given)
    if compose:
        return sources.of_compose(compose, os.environ, profiles=profiles, services=services)
    return sources.of_file(given, os.environ, profiles=profiles, services=services)


def _asked(
    given: str, compose: Sequence[str], profiles: Sequence[str], services: Sequence[str], everything: bool
) -> tuple[str, ...]:
    """The words that ask for the same builds."""
    pairs = (("--compose", compose), ("--profile", profiles), ("--service", services))
    words = [word for option, values in pairs for value in values for word in (option, value)]
    return (*["--all"] * everything, *words, *[given] * (not compose))


def _show_diff(made: Sequence[Review], output: str | None) -> int:
    text = batch.diff(made)
    _write(text.encode(errors="surrogateescape"), output)
    return 1 if text else 0


def _tell_fix(before: Sequence[Review], done: batch.Fixed) -> None:
    """What was written and what it brings, on standard error."""
    from .reports.figures import amount

    if not done.wrote:
        click.echo("ctxscan: nothing to fix", err=True)
    for at in done.wrote:
        proposed = before[at].proposed
        if proposed is None:
            continue
        count = len(proposed.applied)
        then, now = before[at].scan.sizes, done.reviews[at].scan.sizes
        place = proposed.label
        if len(before) > 1:
            place = os.path.normpath(before[at].scan.build.context / proposed.label)
        click.echo(f"ctxscan: {count} rule{'s' * (count != 1)} written to {shown(place)}", err=True)
        for name, old, new in (("context", then.context, now.context), ("transfer", then.transfer, now.transfer)):
            if old.bytes != new.bytes:
                click.echo(f"ctxscan: {name} {amount(old.bytes)} -> {amount(new.bytes)}", err=True)
    for at in done.refused:
        name = shown(done.reviews[at].scan.build.name or "")
        click.echo(f"ctxscan: note: {name}: its ignore file counts for other contexts too: not written", err=True)


def _look_ahead(
    ahead: Ahead, root: str, ignored: IgnoreFile | None, rules: Matcher, *, form: str | None, judging: bool
) -> None:
    """Do of what comes after the walk as much as needs no answer from it."""
    if form is not None:
        load(form)
    if judging:
        from . import checks, config, examine, lessons, proposals  # noqa: F401

        ahead.survey(root, rules)
        ahead.differences(root, ignored, rules)


def _facts(scans: Sequence[Scan], paths: Sequence[Sequence[str]], charted: bool) -> tuple[Review, ...]:
    from .review import facts

    return tuple(facts(scan, explain_paths=each, charted=charted) for scan, each in zip(scans, paths, strict=True))


def _reviews(
    scans: Sequence[Scan],
    *,
    configs: Sequence[Config | None],
    max_size: str | None,
    deep: bool,
    charted: bool,
    ahead: Ahead,
) -> tuple[Review, ...]:
    from datetime import date

    from .config import size
    from .review import reviews

    budget = None if max_size is None else size(max_size)
    today = date.today()
    return reviews(scans, configs=configs, today=today, max_size=budget, deep=deep, charted=charted, ahead=ahead)


def _replayed(made: Review, commits: int, tree: Tree) -> Review:
    from .lessons import read, reordered
    from .replay import replay

    scan, proposed = made.scan, made.proposed
    after = proposed.text if proposed is not None and proposed.changes else None
    reading = read(scan, tree)
    better = None if reading is None else reordered(reading)
    return made._replace(replay=replay(scan, commits, after=after, reordered=better))


def _given(words: Sequence[str]) -> list[str]:
    """The words of the command line; `--replay` takes what follows only if that is a number."""
    after = [*words[1:], ""]
    return [
        f"--replay={REPLAYED}" if word == "--replay" and not after[at].isdigit() else word
        for at, word in enumerate(words)
    ]


def run(name: str = "ctxscan", arguments: Sequence[str] | None = None) -> None:
    """The command, with its errors caught in the one place. `arguments`: those of the process."""
    try:
        words = _given(sys.argv[1:] if arguments is None else arguments)
        status = command.main(words, prog_name=name, standalone_mode=False) or 0
        sys.stdout.flush()
    except click.exceptions.Exit as done:
        status = done.exit_code
    except click.ClickException as problem:
        _complain(problem.format_message())
        status = 2
    except click.Abort:
        status = 130
    except CtxscanError as problem:
        _complain(str(problem))
        status = 2
    except Exception:
        # A bug shows where it is, and is not mistaken for a finding.
        import traceback

        traceback.print_exc()
        status = 2
    sys.exit(status)


def _complain(message: str) -> None:
    click.echo(f"ctxscan: error: {shown(message)}", err=True)


def _refuse(*conflicts: tuple[str, bool, str, bool]) -> None:
    """Raise a usage error for the first option that is given and does not go with what else is."""
    for option, given, circumstance, holds in conflicts:
        if given and holds:
            raise click.UsageError(f"{option} does not work {circumstance}")


def _refuse_elsewhere(given: str) -> None:
    """Raise for a context that a builder fetches; one that is missing is told where it is looked for."""
    from .builds.order import is_remote

    if given == "-" or is_remote(given):
        what = "standard input" if given == "-" else "a remote address"
        raise CtxscanError(
            f"the context is {what}: builders do not apply ignore rules to it alike; give a local directory"
        )


def _argument(text: str) -> tuple[str, str | None]:
    """A build argument; without a value it has the one of the environment, if there is one."""
    name, equals, value = text.partition("=")
    if not name:
        raise click.BadParameter(f"--build-arg {text!r}: NAME=VALUE or NAME")
    return name, value if equals else os.environ.get(name)


def _named_context(text: str) -> tuple[str, str]:
    name, _, path = text.partition("=")
    if not name or not path:
        raise click.BadParameter(f"--build-context {text!r}: NAME=DIR")
    return name, path


def _explained(paths: Iterable[str], builds: Sequence[Build]) -> list[list[str]]:
    """The paths to explain for each build: those that lie in its context, which has to be one."""
    found: list[list[str]] = [[] for _ in builds]
    for path in paths:
        inside = [_inside(path, each.context, only=len(builds) == 1) for each in builds]
        if not any(inside):
            raise CtxscanError(f"--explain {path}: not a path inside the context")
        for own, one in zip(found, inside, strict=True):
            own += [one] if one else []
    return found


def _inside(path: str, context: Path, *, only: bool) -> str | None:
    """A path to explain, relative to the context: given so if it is the `only` one, or as seen from here, or absolute.
    None: it lies elsewhere."""
    here = Path.cwd()
    root = Path(os.path.normpath(here / context))
    for start in (root, here) if only else (here,):
        place = Path(os.path.normpath(start / path))
        if place != root and place.is_relative_to(root):
            return place.relative_to(root).as_posix()
    return None


def _listing(scan: Scan, *, zero: bool) -> bytes:
    """The paths as they are on disk; a name with a line end in it is escaped, or ends in a zero byte like all."""
    if zero:
        return b"".join(raw(entry.path) + b"\0" for entry in scan.entries)
    return b"".join(shown(entry.path).encode() + b"\n" for entry in scan.entries)


def _write(data: bytes, output: str | None) -> None:
    if output is None or output == "-":
        stream: BinaryIO = sys.stdout.buffer
        try:
            stream.write(data)
            stream.flush()
        except BrokenPipeError:
            # The reader has gone: nothing is left to say, not even at exit. It is no failure, as click would have it.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return
    try:
        Path(output).write_bytes(data)
    except OSError as error:
        raise CtxscanError(f"cannot write the report: {(error.strerror or str(error)).lower()}", place=output) from None
