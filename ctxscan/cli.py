"""Options, streams, exit codes. The only module that prints and exits."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

import click

from . import __version__
from .dialects import DIALECTS
from .errors import CtxscanError
from .manual import Manual
from .names import raw, shown
from .project import candidates
from .reports import CHARTED, FORMATS, Look, render
from .scan import Scan, scan
from .terminal import Progressing, colored, tells_unicode, width

if TYPE_CHECKING:
    from .config import Config
    from .findings import Severity
    from .review import Review

#: What `docker build` takes as context beside a directory; ignore rules do not apply to these alike.
_REMOTE: Final = re.compile(
    r"(?i)^(https?://|git://|git@|ssh://|github\.com/|oci-layout://|docker-image://)|\.git(#.*)?$"
)

_SEVERITIES: Final = ("error", "warning", "note")
_WHEN: Final = ("auto", "always", "never")


def _either(default: str, names: Iterable[str]) -> str:
    return f"{default}, or {', '.join(name for name in names if name != default)}"


@click.command(cls=Manual, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.argument("context", default=".", type=click.Path(path_type=str))
@click.option("-f", "--file", "dockerfile", metavar="PATH", help="The Dockerfile, - for standard input.")
@click.option("--ignore-file", metavar="PATH", help="Evaluate this ignore file, in place of its own.")
@click.option("--target", metavar="STAGE", help="The stage to build (default: the last).")
@click.option("--build-arg", "build_args", metavar="NAME[=VALUE]", multiple=True, help="As in docker build.")
@click.option("--build-context", "build_contexts", metavar="NAME=DIR", multiple=True, help="As in docker build.")
@click.option("--builder", metavar="NAME", type=click.Choice(tuple(DIALECTS)), help=_either("buildkit", DIALECTS))
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
    context: str,
    *,
    dockerfile: str | None,
    ignore_file: str | None,
    target: str | None,
    build_args: tuple[str, ...],
    build_contexts: tuple[str, ...],
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
    form: str,
    output: str | None,
    color: str,
    no_progress: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    """Tell what a container build of CONTEXT will be sent, to the byte, and where it ends, before it is built."""
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
        ("--diff", as_diff, "with --fix", fix),
        ("--diff", as_diff, "with --check", checking),
        ("--diff", as_diff, f"with --format {form}", form != "text"),
        ("--fix", fix, "with --ignore-file: name the one in use", ignore_file is not None),
        ("--fail-on", fail_on is not None, "without --check", not checking),
        ("--config", config_file is not None, "with --no-config", no_config),
    )
    if context == "-" or (_REMOTE.search(context) and not Path(context).is_dir()):
        what = "standard input" if context == "-" else "a remote address"
        raise CtxscanError(
            f"the context is {what}: builders do not apply ignore rules to it alike; give a local directory"
        )
    only_facts = facts or list_entries or bool(explain)
    config = None if no_config else _config(context, config_file)
    builder = builder or (config and config.builder) or "buildkit"
    threshold: Severity = fail_on or (config and config.fail_on) or "error"
    paths = [_inside(path, context) for path in explain]
    asked = partial(
        scan,
        context,
        dockerfile=None if dockerfile == "-" else dockerfile,
        dockerfile_text=sys.stdin.buffer.read() if dockerfile == "-" else None,
        target=target,
        build_args=dict(_argument(each) for each in build_args),
        build_contexts=dict(_named_context(each) for each in build_contexts),
        builder=builder,
        ignore_file=ignore_file,
        keep_entries=list_entries,
        screened=not only_facts,
    )
    charted = form in CHARTED
    with Progressing(enabled=not (no_progress or quiet)) as progress:
        result = asked(progress=progress)
        if list_entries and form == "text":
            made = None
        else:
            made = _facts(result, paths, charted) if only_facts else _review(result, config, max_size, deep, charted)
    if ignore_file is not None and builder != "buildah" and not quiet:
        click.echo(f"ctxscan: note: what-if: {builder} would not take {shown(ignore_file)} by itself", err=True)
    if made is None:
        _write(_listing(result, zero=zero), output)
        return 0
    if as_diff:
        return _show_diff(made, output)
    if fix:
        before, made = made, _fixed(made, lambda: _review(asked(), config, max_size, deep, charted))
        if not quiet:
            _tell_fix(before, made)
    if not quiet and not (fix and form == "text" and not checking):
        look = Look(width(output), colored(color, output), verbose, list_entries, checking, tells_unicode(output))
        _write(render([made], form, look).encode(errors="surrogateescape"), output)
    return 1 if checking and made.fails(threshold) else 0


def _show_diff(made: Review, output: str | None) -> int:
    text = made.proposed.diff() if made.proposed else ""
    _write(text.encode(errors="surrogateescape"), output)
    return 1 if text else 0


def _fixed(made: Review, again: Callable[[], Review]) -> Review:
    """Write the proven rules; what is left then."""
    if made.proposed is None or not made.proposed.changes:
        return made
    made.proposed.write(made.scan.build.context)
    return again()


def _tell_fix(before: Review, after: Review) -> None:
    """What was written and what it brings, on standard error."""
    from humanize import naturalsize

    from .review import sizes

    if before.proposed is None or after is before:
        click.echo("ctxscan: nothing to fix", err=True)
        return
    count = len(before.proposed.applied)
    click.echo(f"ctxscan: {count} rule{'s' * (count != 1)} written to {shown(before.proposed.label)}", err=True)
    then, now = sizes(before.scan), sizes(after.scan)
    for name, old, new in (("context", then.context, now.context), ("transfer", then.transfer, now.transfer)):
        if old.bytes != new.bytes:
            click.echo(f"ctxscan: {name} {naturalsize(old.bytes)} -> {naturalsize(new.bytes)}", err=True)


def _config(context: str, file: str | None) -> Config | None:
    if file is None and not any(candidates(context)):
        return None
    from .config import load
    from .review import codes

    return load(context, codes=codes, file=file)


def _facts(scan: Scan, paths: list[str], charted: bool) -> Review:
    from .review import facts

    return facts(scan, explain_paths=paths, charted=charted)


def _review(scan: Scan, config: Config | None, max_size: str | None, deep: bool, charted: bool) -> Review:
    from datetime import date

    from .config import size
    from .review import review

    budget = None if max_size is None else size(max_size)
    return review(scan, config=config, today=date.today(), max_size=budget, deep=deep, charted=charted)


def run() -> None:
    """The command, with its errors caught in the one place."""
    try:
        status = command.main(prog_name="ctxscan", standalone_mode=False) or 0
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
    except BrokenPipeError:
        # The reader has gone; nothing is left to say, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
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


def _inside(path: str, context: str) -> str:
    """A path to explain, relative to the context: given so, or as seen from here, or absolute."""
    here = Path.cwd()
    root = Path(os.path.normpath(here / context))
    for start in (root, here):
        place = Path(os.path.normpath(start / path))
        if place != root and place.is_relative_to(root):
            return place.relative_to(root).as_posix()
    raise CtxscanError(f"--explain {path}: not a path inside the context")


def _listing(scan: Scan, *, zero: bool) -> bytes:
    """The paths as they are on disk; a name with a line end in it is escaped, or ends in a zero byte like all."""
    if zero:
        return b"".join(raw(entry.path) + b"\0" for entry in scan.entries)
    return b"".join(shown(entry.path).encode() + b"\n" for entry in scan.entries)


def _write(data: bytes, output: str | None) -> None:
    if output is None or output == "-":
        stream: BinaryIO = sys.stdout.buffer
        stream.write(data)
        stream.flush()
        return
    try:
        Path(output).write_bytes(data)
    except OSError as error:
        raise CtxscanError(f"cannot write the report: {(error.strerror or str(error)).lower()}", place=output) from None
