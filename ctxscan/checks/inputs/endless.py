"""Commands of a RUN that serve until somebody ends them: the build waits for that."""

import posixpath
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from ...dockerfile.stages import Step
from ...regex import lazy
from ..reading import Reading

#: A script of a manifest that a command runs.
_SCRIPT: Final = lazy(r"(?:npm|yarn|pnpm|bun)\s+(?:run\s+|run-script\s+)?([\w:.-]+)")
#: What serves whatever it is told besides, behind variables that are set for it.
_SERVES: Final = lazy(
    r"(?:(?:npx|cross-env|python3?|php|bundle exec|poetry run|uv run)\s+|\w+=\S+\s+)*"
    r"(?:(?:next|nuxt|nuxi|astro|gatsby|remix)\s+dev(?:elop)?\b|vite(?:\s+(?:dev|serve|preview)\b|\s+--(?:host|port)\b|$)|"
    r"(?:react-scripts|react-app-rewired|craco)\s+start\b|(?:ng|vue-cli-service|webpack)\s+serve\b|nodemon\s|"
    r"webpack-dev-server\b|ts-node-dev\s|tsx\s+watch\s|\S*manage\.py\s+runserver\b|flask\s+run\b|uvicorn\s|artisan\s+serve\b)"
)
#: What only asks such a program, ends it, or lets it go on behind the RUN.
_ENDS: Final = lazy(r"--?(?:help|version|[hV])\b|\btimeout\b|(?<!&)&(?!&)|\|")


class Endless(NamedTuple):
    """A RUN that serves, by its command, and what that calls."""

    step: Step
    command: str
    called: str


def endless(reading: Reading) -> Iterator[Endless]:
    """Every RUN that does not end by itself."""
    for stage in reading.plan.stages:
        for before, step in reading.own_steps(stage):
            if step.keyword != "RUN" or _ENDS.search(step.instruction.text):
                continue
            for command in reading.commands(step):
                text = command.text
                script = _SCRIPT.fullmatch(text)
                if script is not None:
                    path = reading.brought(before, posixpath.join(command.cwd, "package.json"))
                    scripts = reading.tree.json(path).get("scripts") if path is not None else None
                    said = scripts.get(script[1]) if isinstance(scripts, dict) else None
                    text = re.split(r"&&|;", said)[-1].strip() if isinstance(said, str) else ""
                if not command.guarded and _SERVES.match(text) and not _ENDS.search(text):
                    yield Endless(step, command.text, text)
                    break
