"""The command line, as click reads it.

What an option does is said here; what goes together with what, in `options`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

import click

from .. import __version__
from ..errors import CtxscanError
from ..reports.formats import FORMATS, format_of
from ..rules.builders import BUILDERS
from .manual import Manual
from .options import Options

_SEVERITIES: Final = ("error", "warning", "note")
_WHEN: Final = ("auto", "always", "never")
_BUILDER: Final = "buildkit (default), classic, or buildah."
_FAIL_ON: Final = "error (default), warning, or note."
#: Commits of --replay without a number.
REPLAYED: Final = 50


@click.command(cls=Manual, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.argument("context", required=False, type=click.Path(path_type=str))
@click.option("-f", "--file", metavar="PATH", help="The Dockerfile; - reads standard input.")
@click.option("--ignore-file", metavar="PATH", help="Use this ignore file instead of the build's.")
@click.option("--target", metavar="STAGE", help="The stage to build (default: the last).")
@click.option("--build-arg", metavar="NAME[=VALUE]", multiple=True, help="Set a build argument.")
@click.option("--build-context", metavar="NAME=DIR", multiple=True, help="Add a named context.")
@click.option("--platform", metavar="NAME", help="The platform to build for (linux/arm64).")
@click.option(
    "--builder",
    metavar="NAME",
    type=click.Choice(tuple(BUILDERS)),
    help="buildkit (default), classic, or buildah.",
)
@click.option("--compose", metavar="FILE", multiple=True, help="Read compose files, merged in this order.")
@click.option("--profile", metavar="NAME", multiple=True, help="Enable a profile of the compose file.")
@click.option("--service", metavar="NAME", multiple=True, help="Scan only this service or bake target.")
@click.option("--bake", metavar="FILE", multiple=True, help="Read bake files, merged in order; . finds them.")
@click.option("--set", metavar="TARGET.KEY=VALUE", multiple=True, help="Override a bake target.")
@click.option("--var", metavar="NAME=VALUE", multiple=True, help="Set a bake variable.")
@click.option("--all", is_flag=True, help="Scan every Dockerfile below CONTEXT.")
@click.option("--builds", is_flag=True, help="List what would be built; scan nothing.")
@click.option("--facts", is_flag=True, help="Show only what is sent and its size; no checks.")
@click.option("--fix", is_flag=True, help="Write the proven rules to the ignore file.")
@click.option("--with", "with_", metavar="KIND", multiple=True, help="Also exclude tracked tests, docs, or samples.")
@click.option("--diff", is_flag=True, help="Print the proven rules as a diff; exit 1 if any.")
@click.option("--check", is_flag=True, help="Exit 1 if there is a finding (see --fail-on).")
@click.option(
    "--fail-on",
    metavar="SEVERITY",
    type=click.Choice(_SEVERITIES),
    help="error (default), warning, or note.",
)
@click.option("--select", metavar="CODE", multiple=True, help="Count only findings with this code.")
@click.option("--ignore", metavar="CODE", multiple=True, help="Do not count findings with this code.")
@click.option("--baseline", metavar="FILE", help="Do not count findings listed in this file.")
@click.option("--write-baseline", metavar="FILE", help="Write the current findings to a baseline.")
@click.option("--since", metavar="REV", help="Count only findings newer than this commit.")
@click.option("--max-size", metavar="SIZE", help="Maximum transfer size (50MB, 200KiB).")
@click.option("--deep", is_flag=True, help="Look for secrets in every text file sent.")
@click.option("--strict", is_flag=True, help="Report files that cannot be examined as errors.")
@click.option("--list", is_flag=True, help="Print every path that is sent, in order.")
@click.option("-0", "zero", is_flag=True, help="With --list, end each path with a zero byte.")
@click.option("--explain", metavar="PATH", multiple=True, help="Show why a path is in or out, and its reach.")
@click.option(
    "--replay",
    metavar="[N]",
    is_flag=False,
    flag_value=str(REPLAYED),
    type=int,
    help=f"Show which steps the last N ({REPLAYED}) commits re-ran.",
)
@click.option("--image", metavar="ARCHIVE", help="Compare with what was built (- is stdin).")
@click.option("--log", metavar="FILE", multiple=True, help="Read seconds and CACHED from a build's log.")
@click.option("--rule", metavar="CODE", help="Explain a finding: why, an example, the fix.")
@click.option("--config", metavar="FILE", help="Use this configuration, not the nearest one.")
@click.option("--trusted", metavar="REV", help="Trust the configuration as of this commit.")
@click.option("--no-config", is_flag=True, help="Ignore configuration files.")
@click.option(
    "--format",
    metavar="NAME",
    type=click.Choice(tuple(FORMATS)),
    help="text, json, html, sarif, github, or markdown.",
)
@click.option("-o", "--output", metavar="FILE", help="Write to FILE, in the format that its name says.")
@click.option("--top", metavar="N", type=int, help="Show the N largest directories and files.")
@click.option("--depth", metavar="N", type=int, help="Show directories down to this level.")
@click.option(
    "--color", metavar="WHEN", type=click.Choice(_WHEN), help="auto (default), always, or never.", default="auto"
)
@click.option("--no-progress", is_flag=True, help="Do not show progress.")
@click.option("-q", "--quiet", is_flag=True, help="Print only notes and errors.")
@click.option("-v", "--verbose", is_flag=True, help="Show exact numbers and every finding.")
@click.version_option(__version__, "--version", "-V", prog_name="ctxscan", message="%(prog)s %(version)s")
def command(**given: Any) -> Options:
    """Show what a build of CONTEXT (a directory, compose file, or bake file) would send, to the byte, and where each
    file ends up."""
    if given["format"] is None:
        # What is no report has no other format.
        named = None if given["output"] is None or given["diff"] else format_of(given["output"])
        given["format"] = named or "text"
    return Options(**given)


def parse_words(name: str, words: Sequence[str]) -> Options | int:
    """What the words after `name` ask for; a status to end with where all is said, as with `--help`. Raises
    `CtxscanError` for what cannot be read."""
    given, remarks = _given(words)
    try:
        found: Options | int = command.main(given, prog_name=name, standalone_mode=False)
    except click.NoSuchOption as problem:
        known = [each for option in command.params for each in option.opts]
        from .docker import meant, options

        near = meant(problem.option_name, [*known, *options()])
        raise CtxscanError(f"no such option: {problem.option_name}{near}") from None
    except click.BadParameter as problem:
        raise CtxscanError(_refused(problem)) from None
    except click.UsageError as problem:
        extra = re.match(r"Got unexpected extra arguments? \((.*)\)", problem.message, re.DOTALL)
        if extra is None:
            raise CtxscanError(problem.format_message()) from None
        from . import advice

        raise CtxscanError(advice.extra(extra[1].split(" "))) from None
    except click.ClickException as problem:
        raise CtxscanError(problem.format_message()) from None
    except OSError as error:  # by now only of what writes the help
        raise CtxscanError(f"cannot write: {(error.strerror or str(error)).lower()}", place="standard output") from None
    except click.Abort:
        raise KeyboardInterrupt from None
    return found._replace(program=tuple(name.split()), remarks=remarks) if isinstance(found, Options) else found


def _refused(problem: click.BadParameter) -> str:
    """What is wrong with a value."""
    param = problem.param
    if param is None:
        return problem.format_message()
    option = param.opts[0]
    # click quotes what was given.
    quoted = re.match(r"'(.*)' is not", problem.message, re.DOTALL)
    if quoted is not None and isinstance(param.type, click.Choice):
        from . import advice

        return advice.unknown_value(option, quoted[1], [str(each) for each in param.type.choices])
    if quoted is not None and param.type is click.INT:
        return f"{option}: {quoted[1]!r} is not a number"
    return f"{option}: {problem.message}"


def _given(words: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """The words of the command line with those of a build command in them translated, and what is to be said of that;
    `--replay` takes what follows only if that is a number."""
    if not any(word.startswith("-") or word == "build" for word in words):
        return [*words], ()
    from . import docker  # whose options stand among those of this command, if any do

    options = [each for each in command.params if isinstance(each, click.Option)]
    switches = {name for each in options if each.is_flag for name in each.opts}
    values = {name for each in options if not each.is_flag for name in each.opts}
    at = next(_arguments(words, values), None)
    found = None
    if at is not None and words[at] == "build":
        found = docker.translated_build(words[:at], words[at + 1 :])
    elif at is not None and at and words[at - 1] == "--":
        found = docker.translated(words[: at - 1], words[at:])
    if found is not None:
        words = found.words
    words = docker.without_foreign(words, switches=switches | {"-h", "--help"}, values=values)
    after = [*words[1:], ""]
    replayed = [
        f"--replay={REPLAYED}" if word == "--replay" and not after[at].isdigit() else word
        for at, word in enumerate(words)
    ]
    return replayed, found.remarks if found is not None else ()


def _arguments(words: Sequence[str], values: Collection[str]) -> Iterator[int]:
    """The positions of the words that are neither options of this command nor their values, up to `--` and the one
    behind it."""
    left = iter(range(len(words)))
    for at in left:
        word = words[at]
        if word == "--":
            if at + 1 < len(words):
                yield at + 1
            return
        if word == "-" or not word.startswith("-"):
            yield at
        elif word == "--replay":
            _ = next(left, None) if words[at + 1 : at + 2] and words[at + 1].isdigit() else None
        elif word in values:
            next(left, None)
