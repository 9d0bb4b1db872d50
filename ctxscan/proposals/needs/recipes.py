"""The Dockerfiles of a context, all of them that share its ignore file.

Every stage counts, whatever the target, since another build may ask for it; a variable that no Dockerfile gives a value
stands for any name.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ...builds.build import Build
from ...paths import is_fixture, read_in_tests
from ...rules import globs, ignorefile
from ..survey import Survey
from .recipe import Recipe, read_recipe

if TYPE_CHECKING:
    from ...builds.order import Order

#: More than these are not read.
MOST: Final = 200
_BYTES: Final = 1 << 20
#: Compose files that nobody asked for: how many are read, and how large they may be.
_MOST_COMPOSE: Final = 20
_COMPOSE_BYTES: Final = 1 << 16
#: Where it is said which images are built, beside compose files; so many of them are read.
_BUILD_IMAGES: Final = frozenset(
    "Makefile docker-bake.hcl docker-bake.json justfile Taskfile.yml .gitlab-ci.yml .travis.yml Jenkinsfile".split()
)
_WORKFLOWS: Final = ".github/workflows"
_MOST_TELLING: Final = 200


def starting(survey: Survey) -> Iterator[tuple[str, str]]:
    """The files that build images and start them, with their texts."""
    tree = survey.tree
    files = [*survey.compose, *(name for name in tree.names("") if name in _BUILD_IMAGES)]
    files += [f"{_WORKFLOWS}/{name}" for name in tree.names(_WORKFLOWS) if name.endswith((".yml", ".yaml"))]
    yield from ((each, tree.text(each)) for each in files[:_MOST_TELLING])


class Together:
    """Whether whoever reads one path of the context may have another one: some Dockerfile takes both of them, or an
    image goes on in another Dockerfile. Where nobody knows what is taken, it may."""

    def __init__(self, survey: Survey, recipes: tuple[Recipe, ...]) -> None:
        self._survey = survey
        self._recipes = recipes
        self._takers: dict[str, frozenset[int]] = {}

    def __call__(self, reader: str, path: str) -> bool:
        if not self._recipes:
            return True
        one, other = self._of(reader), self._of(path)
        return not one.isdisjoint(other) or bool(one and other and self._continued & (one | other))

    def _of(self, path: str) -> frozenset[int]:
        if path not in self._takers:
            self._takers[path] = frozenset(at for at, each in enumerate(self._recipes) if each.takes(path))
        return self._takers[path]

    @cached_property
    def _continued(self) -> frozenset[int]:
        """The Dockerfiles whose base may be what another one makes: files that build images, or start them, have its
        name."""
        text = "\n".join(text for _, text in starting(self._survey))
        return frozenset(
            at
            for at, each in enumerate(self._recipes)
            if any("$" in base or _is_made(base, text) for base in each.bases if base.lower() not in each.names)
        )


def _is_made(base: str, text: str) -> bool:
    """Whether an image is one of which a text says that it is made; a name with an owner says enough by itself."""
    name = re.sub(r"(?:@|:(?![^/]*/)).*", "", base)
    if not name or name == "scratch":
        return False
    before = "" if "/" in name else r"(?:\bimage: *|-t +|--tag[= ]|\btags?\b[^\n]{0,20}|target:)[\"']?"
    return re.search(rf"{before}(?<![\w./-]){re.escape(name)}(?![\w/-])", text) is not None


def recipes(build: Build, survey: Survey, others: Iterable[Build] = ()) -> tuple[Recipe, ...]:
    """The Dockerfile that is built, those of the `others`, and those in the context that take the same ignore file: as
    compose files there name them, or as they lie there."""
    out = []
    for each in (build, *others):
        if each.text is not None and each.label is not None:
            out.append(
                read_recipe(
                    each.text,
                    each.label,
                    each.arguments,
                    target=each.target,
                    names=_names_of(build.context, each),
                )
            )
    used = _ignore_file(build, build.dockerfile)
    known = {each.own_name for each in (build, *others)}
    for order in _named(build, survey):
        path = order.label or posixpath.relpath(order.dockerfile or "Dockerfile", build.context.as_posix())
        data = order.text or survey.tree.read(path)
        if data and (order.text or _ignore_file(build, build.context / path) == used):
            out.append(read_recipe(data[:_BYTES], path, order.arguments, target=order.target))
            known.add(path)
    for path in survey.dockerfiles[:MOST]:
        if path in known or _ignore_file(build, build.context / path) != used:
            continue
        if is_fixture(path) or read_in_tests(path):
            continue  # a test reads it, and nobody builds it
        data = survey.tree.read(path)
        found = data and read_recipe(data[:_BYTES], path, {})
        if found and _is_for_root(found, path, survey):
            out.append(found)
    return tuple(each for each in out if each is not None)


def _names_of(context: Path, build: Build) -> frozenset[str]:
    """What a directory is called in a build: "" is its context."""
    named = [name for name, path in build.contexts.items() if path and path.resolve() == context.resolve()]
    return frozenset([*named, *[""] * (build.context.resolve() == context.resolve())])


def _named(build: Build, survey: Survey) -> Sequence[Order]:
    """What the compose files in the context build of it with a Dockerfile that its directory does not give away."""
    telling = [path for path in survey.compose[:_MOST_COMPOSE] if _tells(survey.tree.read(path) or b"")]
    if not telling:
        return ()
    from ...builds import everywhere  # only where there is something to read

    return everywhere.named(str(build.context), telling)


def _tells(data: bytes) -> bool:
    return b"dockerfile" in data and len(data) < _COMPOSE_BYTES


def _ignore_file(build: Build, dockerfile: Path | None) -> Path | None:
    if build.ignore_file is not None:
        return build.ignore_file
    return ignorefile.find_ignore_file(build.context, build.builder, dockerfile=dockerfile)


def _is_for_root(recipe: Recipe, path: str, survey: Survey) -> bool:
    """Whether a Dockerfile in a directory may be built with the root as its context: its sources are not all beside
    it, or it takes all there is, and from that something which only the root has."""
    above = path.rpartition("/")[0]
    if not above:
        return True
    named = [each.path for each in recipe.taken if each.path and not each.open]
    if not named:
        passed = (each.path for each in recipe.passed if each.path and not each.open)
        return any(_exists(survey, each) and not _exists(survey, f"{above}/{each}") for each in passed)
    return not all(_exists(survey, f"{above}/{each}") for each in named)


def _exists(survey: Survey, path: str) -> bool:
    above, _, name = path.rpartition("/")
    if globs.is_wild(above):
        return True
    return any(globs.matches(name, each) if globs.is_wild(name) else name == each for each in survey.tree.names(above))
