"""What people wrote down: comments in a Dockerfile that show its command, and code in README and CONTRIBUTING."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from ...regex import lazy
from ..names import is_dockerfile
from ..project import Project
from .commands import mentions_of
from .mention import Mention, Together, speaks_of
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
_INLINE: Final = lazy(r"`+")


def reads(path: str) -> bool:
    if is_dockerfile(path.rpartition("/")[2]):
        return True
    return _MANUAL.fullmatch(path) is not None and _FIRST.fullmatch(path) is not None


def mentions(path: str, text: str, project: Project) -> Iterator[Mention | Together]:
    if not speaks_of(text, _PROGRAMS) or _BUILDING.search(text) is None:
        return
    own = posixpath.dirname(path)
    above = []
    here = own
    while here:
        here = posixpath.dirname(here)
        above.append(here)
    if is_dockerfile(path.rpartition("/")[2]):
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
