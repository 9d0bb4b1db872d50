"""The page that `--help` prints: options by what they are for, examples at the end.

Before `parser`, whose options it puts in order. What an option does is said where it is declared, not here.
"""

from __future__ import annotations

from typing import Final

import click

#: The options, by the names of their parameters, in the order shown. A new one takes its place here with one word.
GROUPS: Final = {
    "The build": (
        *("file", "target", "build_arg", "build_context", "platform", "builder", "ignore_file"),
        *("compose", "profile", "service", "bake", "set", "var", "all"),
    ),
    "Instead of the report": (*("diff", "fix", "check", "explain", "list", "zero", "facts", "builds", "replay"),),
    "After the build": (*("image", "log"),),
    "Judgement": (
        *("fail_on", "select", "ignore", "baseline", "write_baseline", "since", "max_size", "deep", "strict"),
        *("config", "trusted", "no_config"),
    ),
    "Output": ("format", "output", "verbose", "quiet", "color", "no_progress", "version"),
}
#: What follows the name of the command, and what one gets.
EXAMPLES: Final = (
    ("", "what a build from here is sent"),
    ("build -t app .", "what that docker build is sent"),
    ("--fix", "leave out what is proven to be of no use"),
    ("--check --max-size 50MB", "fail if something is wrong, in CI"),
    ("--explain src/.env", "why a path is in or out"),
    ("--list -0 | xargs -0 ls -d", "every path that is sent"),
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
            with formatter.section(title):
                formatter.write_dl([(option.ljust(width), text) for option, text in rows])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Examples"):
            formatter.write_dl([(f"{ctx.command_path} {words}".rstrip(), what) for words, what in EXAMPLES], col_max=40)
