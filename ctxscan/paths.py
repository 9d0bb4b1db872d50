"""Paths with slashes, as text: nothing here touches a disk."""

from __future__ import annotations

from collections.abc import Iterator


def join(directory: str, name: str) -> str:
    """`name` in `directory`; ``""`` is the context itself."""
    return f"{directory}/{name}" if directory else name


def parents(path: str) -> Iterator[str]:
    """The directories above a relative path, the nearest first, without the context itself."""
    while path := path.rpartition("/")[0]:
        yield path


def within(path: str, directory: str) -> bool:
    """Whether an absolute path is `directory` or lies below it."""
    return path == directory or directory == "/" or path.startswith(directory + "/")
