"""What somebody who got an error may have meant: the way out, as the end of its line.

Nothing here decides anything. A suggestion is one word that is nearly what was written, or a file that is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ..errors import CtxscanError, nearest
from .options import Options

#: Modes that somebody may take for subcommands, with what to type instead.
MODES: Final = {
    **{word: f"--{word}" for word in ("check", "fix", "diff", "explain", "list", "facts", "replay", "rule", "builds")},
    **dict.fromkeys(("scan", "report", "run", "analyze"), "."),
    **{"help": "--help", "version": "--version", "build": "build ."},
}
#: Programs that build by the rules of a builder that has another name.
KIN: Final = {
    **{"podman": "buildah", "docker": "buildkit", "buildx": "buildkit", "docker-buildx": "buildkit"},
    **{"buildkitd": "buildkit", "legacy": "classic", "docker-classic": "classic", "moby": "buildkit"},
}
#: Words that people use for severities.
SEVERITIES: Final = {"critical": "error", "high": "error", "medium": "warning", "low": "note", "info": "note"}


def unknown_value(option: str, value: str, known: Sequence[str]) -> str:
    """The message about a value that an option does not take."""
    message = f"{option}: {value!r} is not one of {', '.join(known)}"
    alias = {**KIN, **SEVERITIES}.get(value.lower())
    meant = alias if alias in known else nearest(value.lower(), known)
    if value.lower() in KIN and meant in known:
        return f"{message}: {value} builds by the rules of {meant}, so use {option} {meant}"
    return message if meant is None else f"{message}; did you mean {meant}?"


def missing_context(given: str) -> str:
    """The message about a CONTEXT that is not there."""
    if given in MODES:
        meant = MODES[given]
        return f"no such directory; {given} is no subcommand, use ctxscan {meant}"
    if given in ("B", "kB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB"):
        return f"no such directory; a size is one word: 5{given}"
    beside = _beside(given)
    return "no such directory" + (f"; did you mean {beside}?" if beside else "")


def _beside(given: str) -> str | None:
    """What lies there under nearly the same name."""
    parent, name = Path(given).parent, Path(given).name
    names = {each.name.lower(): each.name for each in parent.iterdir()} if parent.is_dir() else {}
    near = nearest(name.lower(), names)
    return None if near is None else (parent / names[near]).as_posix()


def extra(words: Sequence[str]) -> str:
    """The message about a second CONTEXT."""
    listed = " ".join(words)
    return f"only one CONTEXT can be scanned, and {listed} is another (--all scans every Dockerfile below a directory)"


def way_out(problem: CtxscanError, asked: Options) -> str:
    """What to add to an error of the work itself; often nothing."""
    message = problem.message
    if asked.target and "target stage" in message and message.endswith("could not be found"):
        return _stages(asked)
    if asked.file and "failed to read dockerfile: open" in message and not Path(asked.file).exists():
        inside = Path(asked.place, asked.file)
        if inside.is_file():
            return f"; -f is relative to the working directory: did you mean -f {inside.as_posix()}?"
        beside = _beside(asked.file)
        return f"; did you mean -f {beside}?" if beside else ""
    if asked.file and message.endswith("is a directory") and (Path(asked.file) / "Dockerfile").is_file():
        return f"; did you mean -f {Path(asked.file, 'Dockerfile').as_posix()}?"
    if "unknown instruction: " in message:
        return _instruction(message.rpartition(": ")[2])
    if "invalid includepatterns" in message and "\\" in message:
        return "; write / between directories, which builders on Windows take as well"
    return ""


def _instruction(written: str) -> str:
    """What may have been meant by a word that begins a line and is no instruction."""
    from ..dockerfile.arguments import KEYWORDS

    meant = nearest(written.upper(), KEYWORDS)
    return "; a line that goes on in the next one ends with \\" if meant is None else f"; did you mean {meant}?"


def _stages(asked: Options) -> str:
    """The stages there are, and the nearest."""
    from ..builds.build import directory_build
    from ..rules.builders import BUILDERS

    try:
        build = directory_build(
            asked.place,
            BUILDERS[asked.builder or "buildkit"],
            dockerfile=asked.file,
            text=None,
            target=None,
            arguments={},
            contexts={},
            ignore_file=None,
        )
        parsed = build.parsed
    except CtxscanError:
        return ""
    names = [section.name for section in parsed.sections if section.name] if parsed is not None else []
    if not names:
        return "; no stage of this Dockerfile has a name"
    meant = nearest((asked.target or "").lower(), names)
    return f"; the stages are {', '.join(names)}" + (f": did you mean {meant}?" if meant else "")
