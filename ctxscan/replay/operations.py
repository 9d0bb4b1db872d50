"""What of an instruction is its operation: two that are equal here are the same to the cache.

What the operation works on, its parent and its inputs, is not in it.
"""

from __future__ import annotations

from collections.abc import Hashable

from ..context.transfer import cleaned
from ..dockerfile.stages import Mount, Source, Step
from ..image.copies import has

#: Flags that say where something comes from or stands, not what is done; and those that are on or off.
_ELSEWHERE = frozenset(("from", "link", "mount"))
_SWITCHES = frozenset(("parents", "unpack", "keep-git-dir"))


def operation(step: Step) -> Hashable | None:
    """What a step does; None: it is no separate step."""
    if step.keyword in ("COPY", "ADD"):
        return step.keyword, keyed_target(step), tuple(_taken(step, source) for source in step.sources), _flags(step)
    if step.keyword == "RUN":
        surroundings = (step.workdir, step.user, _environment(step))
        return "RUN", _command(step), _flags(step), surroundings, tuple(map(_mount, step.mounts))
    if step.keyword == "WORKDIR" and step.destination != "/":
        return "WORKDIR", step.destination, step.user
    return None


def keyed_target(step: Step) -> str:
    """Where a copy goes, as its cache key has it: with a slash at its end where a directory is meant."""
    written = step.destination
    return step.target + "/" if written in ("", ".") or written.endswith("/") else step.target


def _taken(step: Step, source: Source) -> Hashable:
    """What the operation knows of a source: no more of a path than its last part, but all that is kept of it."""
    if source.kind != "path":
        return source.kind, source.text
    if has(step, "parents"):
        pivot, mark, pattern = source.text.partition("/./")
        return (_last(pivot), cleaned(pattern)) if mark else ("/", cleaned(source.text))
    return _last(source.text)


def _last(path: str) -> str:
    return cleaned(path).rpartition("/")[2] or "/"


def _flags(step: Step) -> Hashable:
    return tuple(
        sorted(
            ((name, has(step, name) if name in _SWITCHES else value) for name, value in step.flags if _counts(name)),
            key=lambda flag: flag[0],
        )
    )


def _counts(flag: str) -> bool:
    return flag not in _ELSEWHERE


def _command(step: Step) -> Hashable:
    """The words of the command; a text of its own is part of them, and its name only if there are other words."""
    if step.instruction.json:
        return step.words
    words = step.words[0].strip() if step.words else ""
    texts = step.instruction.heredocs
    if len(texts) == 1 and words.startswith("<<") and len(words.split()) == 1:
        return *step.shell, "<<", texts[0].content
    return *step.shell, words, *((each.name, each.content) for each in texts)


def _environment(step: Step) -> Hashable:
    """Every ENV and every ARG that has a value, the last one set at the end."""
    values: dict[str, str] = {}
    for name, value in step.settings:
        values.pop(name, None)
        values[name] = value
    return tuple(values.items())


def _mount(mount: Mount) -> Hashable:
    """A mount without what lies in it, and without the name of that."""
    source = "" if mount.kind in ("bind", "tmpfs") else mount.source
    origin = mount.origin is not None and mount.kind != "bind"
    return mount.kind, mount.target, mount.writable, mount.options, source, origin
