"""The page that `--help` prints: options by what they are for, examples at the end.

It puts the options of `parser` in order. What an option does is said where it is declared.
"""

from __future__ import annotations

import os
from typing import Any, Final

import click

#: The options, by the names of their parameters, in the order shown. A new one takes its place here with one word.
GROUPS: Final = {
    "The build": (
        *("file", "target", "build_arg", "build_context", "platform", "builder", "ignore_file"),
        *("compose", "profile", "service", "bake", "set", "var", "all"),
    ),
    "Instead of the report": (
        *("diff", "fix", "with_", "check", "explain", "list", "zero", "facts", "builds", "replay", "rule"),
    ),
    "After the build": (*("image", "log"),),
    "What counts": (
        *("fail_on", "select", "ignore", "baseline", "write_baseline", "since", "max_size", "deep", "strict"),
        *("config", "trusted", "no_config"),
    ),
    "Output": ("format", "output", "top", "depth", "verbose", "quiet", "color", "no_progress", "version"),
}
#: What follows the name of the command, and what it does.
EXAMPLES: Final = (
    ("build -t app .", "show what that docker build sends"),
    ("--fix", "exclude what is proven unnecessary"),
    ("--check --max-size 50MB", "fail in CI if something is wrong"),
    ("--explain src/.env", "show why a path is in or out"),
)


class Manual(click.Command):
    """A command whose page has groups."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        options = [each for each in self.get_params(ctx) if isinstance(each, click.Option)]
        records = {each.name or "": row for each in options if (row := each.get_help_record(ctx))}
        groups = {title: [records.pop(name) for name in names] for title, names in GROUPS.items()}
        # What click adds, under a name that depends on its version: --help.
        groups["Output"] += records.values()
        # One column for all.
        width = max(len(option) for rows in groups.values() for option, _ in rows)
        for title, rows in groups.items():
            with formatter.section(_styled(title, bold=True)):
                formatter.write_dl([(_styled(option.ljust(width), fg="cyan"), text) for option, text in rows])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(_styled("Examples", bold=True)):
            rows = [(_styled(f"{ctx.command_path} {words}".rstrip(), fg="cyan"), what) for words, what in EXAMPLES]
            formatter.write_dl(rows, col_max=40)


def _styled(text: str, **style: Any) -> str:
    """For terminals that show color and people who want it; click takes it out where the page goes elsewhere."""
    return text if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" else click.style(text, **style)
