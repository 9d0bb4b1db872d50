"""Who builds an image, where that tells what it is for: pipelines that give it out, platforms that run it, services of
yesterday, and services that set it up for its developers."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from ...builds.names import is_compose
from ...paths import join, parents, within
from ...regex import lazy
from ..reading import Reading
from .clusters import runs_in_a_cluster
from .composefiles import USUAL, builders, builders_by_name, names_developers
from .earlier import around
from .ordering import RECIPE, manual, ordering_texts, orders, readmes
from .releasing import (
    ACTION,
    BUILDS,
    PUSHES,
    REMARKS,
    STEP,
    TAG,
    given_by_hand,
    name_of,
    naming,
    order,
    path_of,
    pushes,
)
from .services import DEVELOPING, MODES, environment, is_laid_over_always, settings_of_services

if TYPE_CHECKING:
    from ...builds.documents import YamlNode
    from ...context.tree import Tree

_SERVICES: Final = lazy(r"(?m)^services:")
#: Where that action is told to build.
_CONTEXT: Final = lazy(r"(?m)^[ \t]*context:[ \t]*[\"']?(?:\./)?([^\s\"']*)")
_FILE: Final = lazy(r"(?m)^[ \t]*file:[ \t]*[\"']?([^\s\"']*)")


def is_pushed(reading: Reading, *, anywhere: bool = False) -> bool:
    """Whether whoever builds a Dockerfile by its path sends the image to a registry, or is a platform that runs it;
    with `anywhere` a file of the project that does is enough."""
    path = path_of(reading)
    if path is None:
        return False
    tree = around(reading.tree)[-1][0]
    if _is_deployed(tree, path):
        return True
    texts = [text for text in ordering_texts(tree) if not _SERVICES.search(text)]
    if (tag := name_of(reading)) is not None and any(pushes(text, tag) for text in texts):
        return True
    if any(PUSHES.search(step) for text in texts for step in _steps(text, path)):
        return True
    if "/" not in path:
        return False  # whoever calls it so may mean any
    if any(pushes(text, name) for text, name in given_by_hand(reading, path)):
        return True
    named = naming(path)
    found = [text for text in texts if path in text and named.search(REMARKS.sub("", text))]
    return any(PUSHES.search(text) for text in (texts if found and anywhere else found))


#: What the files of platforms begin with that build an image and run it.
_OF_PLATFORMS: Final = tuple(
    "fly. render. heroku. railway. captain-definition skaffold serverless template sam-template app. apprunner. koyeb. "
    "northflank. zeabur. platform. .platform. manifest. porter. werf.".split()
)
#: Programs that may be called so.
_SOURCES: Final = (".py", ".js", ".ts", ".tsx", ".vue", ".go", ".rb", ".php", ".css", ".html")


def _is_deployed(tree: Tree, path: str) -> bool:
    """Whether a platform builds a Dockerfile, as files beside it, or in the directories above, have it do."""
    files = [
        join(above, name)
        for above in (*parents(path), "")
        for name in tree.names(above)
        if name.startswith(_OF_PLATFORMS) and not name.endswith(_SOURCES)
    ]
    if not files:
        return False
    from ...builds.mentions import deployments  # few projects have one

    return any(path in deployments.runs(each, tree.text(each)) for each in files)


#: What runs bake, and what gives targets another output than their file.
_BAKES: Final = lazy(r"\bbuildx\s+bake\b|\bbake-action\b")
_OUTPUTS: Final = lazy(r"\*?\.(?:outputs?|push)\s*[+]?=")


def is_baked_away(reading: Reading) -> bool:
    """Whether whoever runs the bake files of the project sends what they make to a registry, whatever these say."""
    texts = (text for text in ordering_texts(around(reading.tree)[-1][0]) if _BAKES.search(text))
    return any(PUSHES.search(text) or _OUTPUTS.search(text) for text in texts)


def argument_of(reading: Reading, name: str) -> tuple[str, str] | None:
    """The value that the file which names the build gives to an argument, and where; None: it comes from elsewhere."""
    build = reading.scan.build
    value, (path, text, line) = build.arguments.get(name), order(reading)
    if not value or name in build.written.arguments or path.startswith("../"):
        return None
    given = re.compile(rf"(?<!\w){re.escape(name)}[\"']?\s*[:=]\s*[\"']?{re.escape(value)}(?![\w.:/@-])")
    lines = [at for at, each in enumerate(text.splitlines(), 1) if given.search(each)]
    # Another build of the same file may be given the same.
    return (value, f"{path}:{min(lines, key=lambda at: abs(at - line))}") if lines else None


def is_only_tried(reading: Reading) -> bool:
    """Whether a pipeline builds the Dockerfile, and nobody anywhere gives such an image a name, or gives it away: the
    build is the test."""
    source = reading.scan.build.source or ""
    if not any(each in source for each in _PIPELINES):
        return False
    from ...builds.mentions import deployments

    tree = around(reading.tree)[-1][0]
    if any(map(deployments.reads, tree.names(""))) or any(builders(reading)):
        return False
    texts = [*ordering_texts(tree), *readmes(tree)]
    return not any(
        ACTION in text or PUSHES.search(text) or any(TAG.search(each[1]) for each in BUILDS.finditer(text))
        for text in texts
    )


_PIPELINES: Final = (".github/workflows/", ".gitlab-ci.yml", ".circleci/", ".travis.yml", "azure-pipelines.yml")


def tries_another(reading: Reading) -> bool:
    """Whether workflows build a Dockerfile and keep what they get, while they send another image to a registry: it is
    there to try that one."""
    path = path_of(reading)
    if path is None:
        return False
    texts = [text for text in ordering_texts(around(reading.tree)[-1][0]) if ACTION in text]
    if not any(True for text in texts for _ in _steps(text, path)) or is_pushed(reading):
        return False
    steps = [step for text in texts for step in STEP.split(text) if ACTION in step]
    return any(PUSHES.search(step) for step in steps)


def _steps(text: str, path: str) -> Iterator[str]:
    """The steps of a workflow that build the Dockerfile at `path`, which they name, or which their context has by its
    usual name."""
    for step in STEP.split(text) if ACTION in text else ():
        if ACTION in step:
            file, context = _FILE.search(step), _CONTEXT.search(step)
            above = context[1] if context is not None else "."
            if posixpath.normpath(file[1] if file is not None else posixpath.join(above, "Dockerfile")) == path:
                yield step


#: What is set by those who write a compose file by a wizard, also for programs that ship.
_BY_WIZARDS: Final = frozenset(("ASPNETCORE_ENVIRONMENT",))


def is_set_for_developers(reading: Reading) -> bool:
    """Whether each service that builds an image sets it to a mode for developers, and none that runs it to another.

    What is taken from another stage was made to ship."""
    if any(step.keyword == "COPY" and step.origin and step.origin.stage is not None for step in reading.shipped):
        return False
    found = [_modes(service) for _, service in builders(reading)]
    if not found or not all(each and each <= DEVELOPING for each in found):
        return False
    return all(
        value.lower() in DEVELOPING
        for name, value in settings_of_services(reading)
        if name in MODES - _BY_WIZARDS and not value.startswith("$")
    )


def _modes(service: YamlNode) -> set[str]:
    """The modes that a service sets, also by the name of a file with its variables: `.env.dev`."""
    node = service.get("env_file")
    files = [each.text or each.text_of("path") or "" for each in (() if node is None else node.items or (node,))]
    words = {word for each in files for word in re.split(r"[^a-z]+", posixpath.basename(each).lower())}
    return {value.lower() for name, value in environment(service) if name in MODES - _BY_WIZARDS} | words & DEVELOPING


#: What is in a Dockerfile of what ships, or of what is compiled and lies elsewhere than its sources.
_OF_PRODUCTION: Final = lazy(
    r"(?im)^(?!\s*#).*(?:prod|gunicorn|uwsgi|waitress|passenger|nginx|apache|httpd|--no-dev|--omit|--without|"
    r"\b(?:go|cargo|dotnet|mvnw?|gradlew?)\s+\w)"
)
#: What runs programs from their sources.
_RUNS_SOURCES: Final = frozenset(
    "python python3 node npm npx yarn pnpm bun deno ruby bundle rails rake puma rackup php flask uvicorn streamlit mix "
    "celery sh bash poetry uv pipenv".split()
)
#: What of a page or a script says that the image goes to somebody, or to another machine.
_ELSEWHERE: Final = lazy(
    r"(?i)\bdocker\s+(?:run|build|buildx|push)\b|\bcompose\b[^\n]*\spush\b|\bssh\b|\bgit\s+pull\b|build-push-action|"
    r"\b(?:self-?host|deploy|production)[^\n]*\bdocker|\bdocker[^\n]*\b(?:production|deploy|self-?host)"
)


#: The heading of a page that says what an image is for.
_TO_DEVELOP: Final = lazy(
    r"(?im)^#+[ \t][^\n]*(?:\bdevelop(?:ment|ing)?\b[^\n]*\b(?:docker|compose)\b|"
    r"\b(?:docker|compose)\b[^\n]*\bdevelop(?:ment|ing)?\b)"
)


def is_only_developed(reading: Reading) -> bool:
    """Whether all that builds the image are services that lay the sources over what it has of them, a page says that
    this is for development, and nothing that somebody else gets it."""
    source = reading.scan.build.source
    if source is not None and not is_compose(posixpath.basename(source.rpartition(":")[0])):
        return False
    text = (reading.scan.build.text or b"").decode("utf-8", "replace")
    start = reading.last("ENTRYPOINT") or reading.last("CMD")
    program = (" ".join(start.words).split() or [""])[0] if start is not None else ""
    own = "/" in program and within(posixpath.join(reading.workdir, program), reading.workdir)
    if not (own or program in _RUNS_SOURCES) or not is_laid_over_always(reading) or _OF_PRODUCTION.search(text):
        return False
    if any("prod" in value.lower() for _, service in builders(reading) for _, value in environment(service)):
        return False
    from ...builds.mentions import deployments

    tree = around(reading.tree)[-1][0]
    pages = (tree.text(name) for name in tree.names("") if name.endswith(".md"))
    if not any(map(_TO_DEVELOP.search, pages)):
        return False
    texts = [*(each for each in ordering_texts(tree) if not _SERVICES.search(each)), *readmes(tree)]
    if any(map(deployments.reads, tree.names(""))) or any(map(_ELSEWHERE.search, texts)):
        return False
    return not (runs_in_a_cluster(reading) or is_pushed(reading, anywhere=True))


_OF_YESTERDAY: Final = lazy(r"(?i)\b(?:deprecated|obsolete)\b")
#: What is said in a comment of all that follows.
_ALL_BELOW: Final = lazy(r"(?i)#[^\n]*\bbelow\b[^\n]*\b(?:deprecated|obsolete)\b")


def is_of_yesterday(reading: Reading) -> bool:
    """Whether each service that builds an image is called deprecated: by its profile, or by a comment above it."""
    found = [_is_deprecated(text, service) for text, service in builders(reading)]
    return bool(found) and all(found) and not is_pushed(reading)


def is_run_by_developers(reading: Reading) -> bool:
    """Whether all that builds the image are compose files aside, and all that names these are scripts and targets for
    developers or tests, by their own names."""
    names, path = builders_by_name(reading), path_of(reading)
    top = around(reading.tree)[-1][0]
    if (
        path is None
        or not names.isdisjoint(USUAL)
        or any(name in text for name in names for text in (*readmes(top), *manual(top)))
    ):
        return False
    found = False
    for file, text in orders(top):
        if posixpath.basename(file) in names:
            continue
        if not names_developers(posixpath.basename(file)):
            rest = RECIPE.sub(lambda recipe: "" if names_developers(recipe[1]) else recipe[0], text)
            if _builds_by_hand(rest, path) or any(name in rest for name in names):
                return False
        found |= any(name in text for name in names)
    return found


def _builds_by_hand(text: str, path: str) -> bool:
    """Whether a script or workflow builds a Dockerfile by its path, or by the directory that it lies in."""
    above = posixpath.dirname(path)
    if above not in text:
        return False
    given = (word for each in BUILDS.finditer(text) for word in re.split(r"[\s\"']+", each[1]) if word)
    return (
        naming(path).search(text) is not None
        or any(True for _ in _steps(text, path))
        or any(posixpath.normpath(word) == (above or ".") for word in given)
    )


def _is_deprecated(text: str, service: YamlNode) -> bool:
    profiles = service.get("profiles")
    names = [each.text or "" for each in profiles.items] if profiles is not None else []
    if names and all(map(_OF_YESTERDAY.search, names)):
        return True
    if "eprecated" not in text and "bsolete" not in text:
        return False
    above = text.split("\n")[: int(service.place.rpartition(":")[2]) - 1]
    if any(map(_ALL_BELOW.search, above)):
        return True
    while above and above[-1].lstrip().startswith("#"):
        if _OF_YESTERDAY.search(above.pop()):
            return True
    return False
