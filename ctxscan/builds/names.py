"""Which files are Dockerfiles, compose files and bake files, by their names. Nothing is opened."""

from __future__ import annotations

from typing import Final

from ..paths import ENVIRONMENTS, LIBRARIES, VENDORED
from ..regex import lazy

#: What a Dockerfile has in its name, whole or beside a dot, and what is none all the same.
DOCKERFILES: Final = ("dockerfile", "containerfile")
_NO_DOCKERFILE: Final = tuple(
    ".dockerignore .containerignore .md .mdx .rst .adoc .txt .sh .bash .py .go .rb .ts .js .yml .yaml .json .xml .html "
    ".svg .png .lock .diff .patch .log .java .bak .orig .original "
    ".old .backup .disabled .ex .exs .rs .kt .cs .cpp .hpp .scala .swift .dart .lua .pl "
    ".tsx .jsx .mjs .cjs .vim .css .scss .snap .expected .gz .zip .tar .csv .wasm .jar .exe .dll .so .bin .pdf .jpg "
    ".jpeg .gif .webp .ico .pyc .class .db .sqlite .whl .deb .rpm .7z .xz .bz2 .tgz .zst .vsix".split()
)
#: What a Dockerfile is made from by a program.
_TEMPLATES: Final = tuple(
    ".j2 .jinja .jinja2 .tpl .tmpl .gotmpl .template .erb .tt .mustache .hbs .handlebars .ejs .liquid .in "
    ".m4 .ftl .twig".split()
)
#: The same as a word in the name of a Dockerfile.
_OF_TEMPLATE: Final = lazy(r"(?:.*[._-])?(?:template|tmpl|tpl)(?:[._-].*)?")
_VENDORED: Final = VENDORED | LIBRARIES | ENVIRONMENTS
#: What bake reads where no file is named: every one of these that is there, in this order.
BAKE_FILES: Final = (
    *("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"),
    *("docker-bake.json", "docker-bake.hcl", "docker-bake.override.json", "docker-bake.override.hcl"),
)
_COMPOSE: Final = lazy(r"(docker-)?compose([.-][\w.-]+)?\.ya?ml")
_BAKE: Final = lazy(r"(.+[.-])?docker-bake([.-][\w.-]+)?\.(hcl|json)|(.+\.)?bake\.hcl")


def is_dockerfile(name: str) -> bool:
    """Whether a file is a Dockerfile by its name."""
    low = name.lower()
    # Every file of a project comes here.
    word = "dockerfile" if "dockerfile" in low else "containerfile"
    return (
        word in low
        and not low.endswith((*_NO_DOCKERFILE, *_TEMPLATES))
        and not _has_template_in_it(low)
        and (
            low == word
            or low.endswith((f".{word}", f"-{word}", f"_{word}"))
            or (low.startswith(word) and _goes_on(name, len(word)))
        )
    )


def _goes_on(name: str, at: int) -> bool:
    """Whether a name has another word from a place on, perhaps by a capital letter (`DockerfileGPU`)."""
    return name[at] in ".-_" or (name[at].isupper() and name[at:].isalnum() and not name.endswith("Template"))


def _has_template_in_it(low: str) -> bool:
    # Few names have it in them, and every name of a Dockerfile comes here.
    return ("templ" in low or "tmpl" in low or "tpl" in low) and _OF_TEMPLATE.fullmatch(low) is not None


def is_template(path: str) -> bool:
    """Whether a Dockerfile is made of a file, by its name or that of a directory above it."""
    if ("{" in path or "<" in path or "__" in path) and any(mark in path for mark in ("{{", "{%", "<%", "__name__")):
        return True
    low = path.rpartition("/")[2].lower()
    named = any(word in low for word in DOCKERFILES)
    return named and (low.endswith(_TEMPLATES) or _has_template_in_it(low))


#: What is said above a line on which a rule of an analyzer is tried.
_EXPECTED: Final = lazy(
    r"(?m)^[ \t]*#[ \t]*(?:(?:todo)?ruleid|todook)[ \t]*:|^[ \t]*#[ \t]*ok[ \t]*:[ \t]*\w+(?:[-.]\w+)+[ \t]*\r?$"
)


def is_specimen(text: str) -> bool:
    """Whether an analyzer is tried on a Dockerfile, as its comments say."""
    return ("ruleid" in text or "ok" in text) and _EXPECTED.search(text) is not None


def is_vendored(path: str) -> bool:
    """Whether others have written a file, by the directories above it."""
    return not _VENDORED.isdisjoint(path.lower().split("/")[:-1])


def is_compose(name: str) -> bool:
    """Whether a file is a compose file by its name."""
    return "compose" in name and _COMPOSE.fullmatch(name) is not None


def is_bake(name: str) -> bool:
    """Whether a file is a bake file by its name."""
    return "bake" in name and _BAKE.fullmatch(name) is not None
