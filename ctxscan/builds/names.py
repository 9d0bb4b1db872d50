"""Which files are Dockerfiles, compose files and bake files, by their names. Nothing is opened."""

from __future__ import annotations

from typing import Final

from ..regex import lazy

#: What a Dockerfile has in its name, whole or beside a dot, and what is none all the same.
DOCKERFILES: Final = ("dockerfile", "containerfile")
_NO_DOCKERFILE: Final = tuple(".dockerignore .containerignore .md .txt .sh .j2 .tpl .tmpl .py .go .rb .ts .js".split())
_COMPOSE: Final = lazy(r"(docker-)?compose([.-][\w.-]+)?\.ya?ml")
_BAKE: Final = lazy(r"(.+[.-])?docker-bake([.-][\w.-]+)?\.(hcl|json)|(.+\.)?bake\.hcl")


def is_dockerfile(name: str) -> bool:
    """Whether a file is a Dockerfile by its name."""
    low = name.lower()
    word = next((word for word in DOCKERFILES if word in low), None)
    return (
        word is not None
        and not low.endswith(_NO_DOCKERFILE)
        and (low == word or low.endswith(f".{word}") or (low.startswith(word) and low[len(word)] in ".-_"))
    )


def is_compose(name: str) -> bool:
    """Whether a file is a compose file by its name."""
    return _COMPOSE.fullmatch(name) is not None


def is_bake(name: str) -> bool:
    """Whether a file is a bake file by its name."""
    return _BAKE.fullmatch(name) is not None
