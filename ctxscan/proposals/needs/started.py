"""What is run in containers that are started elsewhere: services of compose files, and images that a workflow or a
Makefile starts, for tests as like as not."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from ...builds.names import is_compose
from ...dockerfile.shell import every_command
from ...paths import parents
from ...regex import lazy
from ..survey import Survey
from .project import AMBIGUOUS, TOKEN
from .recipes import starting

#: What runs tests.
TEST_PROGRAMS: Final = frozenset(
    "pytest py.test phpunit rspec ctest tox nox jest vitest mocha ava tap bats cypress karma prove gotestsum pest "
    "behat codecept stestr nosetests ginkgo".split()
)
#: What runs a program of a project by its name.
LAUNCHERS: Final = frozenset(
    "npm npx pnpm pnpx yarn bun bunx node python python3 uv uvx poetry pipenv pdm hatch rye bundle php composer "
    "sh bash env time xvfb-run sudo su-exec gosu dotenv cross-env deno coverage rails mix go".split()
)
TEST_WORDS: Final = lazy(
    r"(?:run:)?(?:tests?|e2e|check|verify|coverage|nextest|spec)(?::\S+)?|test[-_]\w+|ci:tests?|db:fixtures:\w+"
)
#: What runs a program by its name, or a task of a project.
TASKED: Final = LAUNCHERS | frozenset(
    "make gmake cmake ninja just task turbo nx lerna rush rake gradle gradlew ./gradlew mvn mvnw ./mvnw cargo ant mage "
    "bazel bazelisk grunt gulp jake invoke nox tox meson scons moon mise earthly sbt bundler hugo dotnet "
    "playwright".split()
)
#: What a service of a compose file runs.
_STARTS: Final = lazy(r"(?m)^[ \t]+(?:command|entrypoint):((?:[^\n]*)(?:\n[ \t]+-[ \t][^\n]*)*)")
_VARIABLES: Final = lazy(
    r"""(?m)^[ \t]+(?:-[ \t]+)?["']?[A-Z_][A-Z0-9_]*["']?[ \t]*[:=][ \t]*["']?([^\s"':]+)["']?[ \t]*$"""
)
_MOST_COMPOSE: Final = 20
#: A container that is started, of a compose file if the first group is there; what builds images; an image by a
#: variable; what has the tree of the machine in a container; scripts of tests.
_IN_IMAGE: Final = lazy(
    r"\b(?:docker|podman|nerdctl)(?:[ -](compose)\b[^\n;|&]{0,200}?)? +(?:run|exec)\b(?:\\\n|[^\n;|&]){0,600}"
)
_MOST_STARTED: Final = 100
_LONGEST: Final = 3000
_BUILDING: Final = lazy(r"\b(?:docker|podman|nerdctl|buildah)(?: buildx)? (?:build|bud|bake)\b|build-push-action")
_COMPOSED: Final = lazy(r"(?m)^[ \t]+build:")
_VARYING: Final = lazy(r"[ \t\"'][\w./:-]*\$[({]{0,2}[\w .-]+[)}]{0,2}(?![\w=/.])")
_MOUNTED: Final = lazy(
    r"(?:-v|--volume|src=|source[=:]|\n[ \t]*-)[ =]?[\"']?(?:\.{1,2}/?|\$[({]{0,2}(?:PWD|pwd|CURDIR)[)}]{0,2}|`pwd`|"
    r"\$\{\{ *github\.workspace *\}\})(?:/(?:tests?|spec)\b[^:\n]{0,100})?(?:[:,\"'\n]|$)"
)
_TEST_SCRIPT: Final = lazy(r"(?:^|[-_.])(?:tests?|e2e|integration|rspec)(?:[-_.]|$)")


def services(survey: Survey) -> dict[str, str]:
    """What services of compose files run: tests, or something that they name, with the place."""
    found: dict[str, str] = {}
    for path in survey.compose[:_MOST_COMPOSE]:
        text = survey.tree.text(path)
        for match in _STARTS.finditer(text):
            words = tuple(TOKEN.findall(re.sub(r"(?m)^\s*-\s", " ", match[1])))
            names = {each.rpartition("/")[2] for each in words}
            tests = names & TEST_PROGRAMS or any(TEST_WORDS.fullmatch(each) for each in words)
            if tests and not _MOUNTED.search(_service(text, match.start())):
                found.setdefault("", f"tests are run ({path})")
            for word in words:
                _note(found, word, path)
        for match in _VARIABLES.finditer(text):
            if "/" in match[1]:
                _note(found, match[1], path)
            elif match[1] not in AMBIGUOUS:
                found.setdefault(match[1], f"a service names it ({path})")
    if "" not in found and (place := _run_in_images(survey)):
        found[""] = f"tests are run in the image ({place})"
    return found


def _service(text: str, at: int) -> str:
    """What a Compose file says of the service that has a key at `at`: all lines around it that are as far in, or
    farther."""
    deep = len(text[at:]) - len(text[at:].lstrip(" \t"))
    above = [0, *(match.end() for match in re.finditer(rf"(?m)^[ \t]{{0,{deep - 1}}}[^\s#][^\n]*\n", text[:at]))]
    below = re.compile(rf"(?m)^[ \t]{{0,{deep - 1}}}[^\s#]").search(text, at + deep)
    return text[above[-1] : below.start() if below else len(text)]


def _run_in_images(survey: Survey) -> str | None:
    """Where a container is started for tests that come with its image: the tree of the machine is not mounted
    there, and the file builds images, or says by a variable which one it is, or a compose file builds it that
    mounts nothing either."""
    texts = [*starting(survey)]
    built = any(_COMPOSED.search(text) and not _MOUNTED.search(text) for path, text in texts if is_compose(path))
    for path, text in texts:
        builds = _BUILDING.search(text) is not None
        for match in islice(_IN_IMAGE.finditer(text), _MOST_STARTED):
            words = next(iter(every_command(text[match.start() : match.start() + _LONGEST])), ())
            if _MOUNTED.search(match[0].replace("\\\n", " ")) or not (
                built if match[1] else builds or _VARYING.search(match[0])
            ):
                continue
            if any(_are_tests(each) for each in _started_by(words)):
                return f"{path}:{1 + text.count(chr(10), 0, match.start())}"
    return None


def _started_by(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """What may be run in a container that is started with these words: from each of them on, and scripts among them."""
    for at, word in enumerate(words[2:], 2):
        yield words[at : at + 5]
        if " " in word:
            yield from every_command(word)


def _are_tests(words: tuple[str, ...]) -> bool:
    """Whether words of a command begin with what runs tests: a program, a task, a script that is called so."""
    name = posixpath.basename(words[0])
    if name in TEST_PROGRAMS or ("/" in words[0] and "$" not in name and _TEST_SCRIPT.search(name)):
        return True
    plain = [each for each in words[1:4] if not each.startswith("-")]
    return name in TASKED and any(TEST_WORDS.fullmatch(each) or each.startswith("integration") for each in plain)


def _note(found: dict[str, str], word: str, file: str) -> None:
    """Note what of a context a word in a compose file may name: a path of the context, or the end of one of the
    image."""
    plain = word.removeprefix("./").strip("/")
    above = plain.split("/")[:-1] if word.startswith("/") else []
    for size in range(len(above) + 1):
        rest = "/".join(plain.split("/")[size:])
        for each in (rest, *parents(rest)):
            found.setdefault(each, f"a service names it ({file})")
