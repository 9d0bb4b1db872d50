"""What people wrote down: comments in a Dockerfile that show its command, and code in README and CONTRIBUTING."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator
from typing import Final

from ...git.command import repository
from ...regex import lazy
from ..names import is_dockerfile
from ..project import Project
from .commands import mentions_of
from .mention import ROOT, Mention, Together, speaks_of
from .values import joined_lines

_MANUAL: Final = lazy(
    r"(?:.*/)?[^/]+\.(?:md|markdown|rst|adoc|mdx)|(?:.*/)?(?:README|CONTRIBUTING|INSTALL|HACKING|BUILDING)(?:\.txt)?",
    re.IGNORECASE,
)
#: Manuals that are no page of a site about something else.
_FIRST: Final = lazy(
    r"(?:.*/)?(?:readme|contributing|install\w*|hacking|build\w*|develop\w*|docker\w*|container\w*|setup|quick-?start|usage|getting[-_]?started|release\w*|testing|local\w*)[\w.-]*"
    r"|(?:docs?|documentation|\.github)/[^/]+(?:/[^/]+)?",
    re.IGNORECASE,
)
_PROGRAMS: Final = ("docker", "podman", "buildah", "nerdctl")
_BUILDING: Final = lazy(r"(?i)\b(?:docker|podman|buildah|nerdctl|docker-compose)\b")
_COMMENT: Final = lazy(r"(?m)^[ \t]*#+[ \t]?(.*)$")
#: A comment with a whole command in it, perhaps as an item of a list.
_COMMENTED: Final = lazy(r"(?m)^[ \t]*#.*\b(?:docker|podman|nerdctl|buildah)\b[^\n]*\b(?:build|bud)[ \t]")
_PROMPT: Final = lazy(r"^[ \t]*(?:[$#>%]|PS>|[\w@~.-]+[$#])[ \t]+(?=\S)", re.MULTILINE)
#: Where a Dockerfile says that it is built from, in words.
_ROOT_OF_ALL: Final = lazy(
    r"(?i)\b(?:from|in|at|context(?:\s+is)?:?)\s+(?:(?:the|this|our)\s+)?(?:[\w-]+\s+){0,2}?"
    r"(?:(?:mono)?repo(?:sitory)?(?:'s)?\s+root\b|root\s+(?:(?:dir(?:ectory)?|folder)\s+)?of\s+(?:the|this|our)\s+"
    r"(?:[\w-]+\s+)?(?:mono)?repo(?:sitory)?\b)"
)
_INLINE: Final = lazy(r"`+")


def reads(path: str) -> bool:
    if is_dockerfile(path.rpartition("/")[2]):
        return True
    return _MANUAL.fullmatch(path) is not None and _FIRST.fullmatch(path) is not None


def mentions(path: str, text: str, project: Project) -> Iterator[Mention | Together]:
    is_one = is_dockerfile(path.rpartition("/")[2])
    if is_one:
        yield from _from_the_root(path, text, project)
    if not speaks_of(text, _PROGRAMS) or _BUILDING.search(text) is None:
        return
    own = posixpath.dirname(path)
    above = []
    here = own
    while here:
        here = posixpath.dirname(here)
        above.append(here)
    if is_one:
        # The comments alone, line for line, so that places stay.
        lines = [match[1] if (match := _COMMENT.match(line)) else "" for line in text.split("\n")]
        text = "\n".join(lines)
        if _BUILDING.search(text) is None:
            return
        bases = tuple(dict.fromkeys(("", own, *above)))
        yield from mentions_of(_unmarked(text), {}, path=path, line=1, bases=bases, stays=False)
        return
    bases = tuple(dict.fromkeys((own, *above)))
    yield from mentions_of(_unmarked(text), {}, path=path, line=1, bases=bases, stays=True)


def _from_the_root(path: str, text: str, project: Project) -> Iterator[Mention]:
    """A Dockerfile of which the comments above its first instruction say that it is built from the root of the
    repository."""
    if "/" not in path or " root" not in text or repository(project.root) not in (None, os.path.realpath(project.root)):
        return
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            return
        if _ROOT_OF_ALL.search(line):
            yield Mention(ROOT, f"{ROOT}/{path}", None, {}, {}, ("",), f"{path}:{number}")
            return


def commented(path: str, text: str) -> Iterator[Mention | Together]:
    """The commands in the comments of a script or a pipeline: what somebody ran once."""
    if not speaks_of(text, _PROGRAMS) or _COMMENTED.search(text) is None:
        return
    lines = [match[1] if (match := _COMMENT.match(line)) else "" for line in text.split("\n")]
    bases = tuple(dict.fromkeys(("", posixpath.dirname(path))))
    yield from mentions_of(_unmarked("\n".join(lines)), {}, path=path, line=1, bases=bases, stays=False)


def _unmarked(text: str) -> str:
    """Without the signs of prompts and of code in a line."""
    return _INLINE.sub(" ; ", _PROMPT.sub("", joined_lines(text)))
