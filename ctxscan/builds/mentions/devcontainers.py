"""`devcontainer.json`: the build of a development container, or the Compose files that it is one service of.

Paths are relative to its own directory; without a context it is the directory of the Dockerfile.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator
from typing import Any, Final

from ...regex import lazy
from ..project import Project
from .mention import Mention, Together

_NAME: Final = lazy(r"(?:.*/)?(?:\.?devcontainer\.json)")
_COMMENT: Final = lazy(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
_COMMA: Final = lazy(r'("(?:[^"\\\n]|\\.)*")|,(?=\s*[\]}])')


def reads(path: str) -> bool:
    return _NAME.fullmatch(path) is not None


def mentions(path: str, text: str, project: Project) -> Iterator[Mention | Together]:
    found = commented_json(text)
    if not isinstance(found, dict):
        return
    own = posixpath.dirname(path)
    build = _mapping(found.get("build"))
    dockerfile = build.get("dockerfile") or found.get("dockerFile")
    context = build.get("context") or found.get("context")
    if isinstance(dockerfile, str) and dockerfile:
        where = context if isinstance(context, str) and context else posixpath.dirname(dockerfile) or "."
        arguments = _mapping(build.get("args"))
        target = build.get("target")
        yield Mention(
            _local(where),
            _local(dockerfile),
            target if isinstance(target, str) and target else None,
            {name: value for name, value in arguments.items() if isinstance(value, str) and "${" not in value},
            {},
            (own,),
            _place(path, text, "dockerfile"),
        )
    files = found.get("dockerComposeFile")
    listed = [files] if isinstance(files, str) else files if isinstance(files, list) else []
    if listed and all(isinstance(each, str) for each in listed):
        yield Together(
            "compose", tuple(_local(each) for each in listed), None, (own,), _place(path, text, "composefile")
        )


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _local(path: str) -> str:
    return re.sub(r"^\$\{localWorkspaceFolder\}", "\x01", path)


def _place(path: str, text: str, word: str) -> str:
    at = text.lower().find(word)
    return f"{path}:{text.count(chr(10), 0, max(at, 0)) + 1}"


def commented_json(text: str) -> Any:
    """JSON with comments and commas at the end of lists; None if it is none."""
    text = _COMMENT.sub(lambda match: match[0] if match[0][0] == '"' else " ", text)
    text = _COMMA.sub(lambda match: match[1] or "", text)
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
