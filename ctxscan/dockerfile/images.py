"""Base images: what a reference pins, and what is known of families without asking a registry.

Beside the others of the package; tables and plain text, nothing of a scan. What no row knows is not guessed.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from ..regex import lazy
from .references import familiar
from .words import WordProblem


class Reference(NamedTuple):
    """`repository` is the shortest name, `tag` and `digest` as given, empty where there is none."""

    repository: str
    tag: str
    digest: str

    @property
    def path(self) -> str:
        """The repository without the host in front, if there is one: mirrors keep the rest of a name."""
        host, slash, rest = self.repository.partition("/")
        return rest if slash and (set(host) & {".", ":"} or host == "localhost") else self.repository


def reference(name: str) -> Reference | None:
    """The parts of what FROM names; None: it cannot be an image."""
    name, _, digest = name.partition("@")
    head, colon, tag = name.rpartition(":")
    if not colon or "/" in tag:
        head, tag = name, ""
    try:
        return Reference(familiar(head), tag, digest)
    except WordProblem:
        return None


# --- pinned ---------------------------------------------------------------------------------------------------------

#: Families whose first number alone spans releases that are not compatible, or that are one another's successors.
_BY_MINOR: Final = frozenset("alpine elixir golang perl php python ruby rust".split())
#: What distributions call their releases: as good as a number.
_CODE_NAMES: Final = frozenset(
    "bullseye bookworm trixie forky buster stretch sid focal jammy noble bionic oracular plucky questing".split()
)
#: These publish under moving tags only: the release is in the name of the repository, or only a digest tells it.
_BY_REPOSITORY: Final = lazy(r"distroless/.*debian\d+$")
MOVING_ONLY: Final = ("distroless/", "chainguard/")


def floating(image: Reference) -> str | None:
    """How far the same reference may lead tomorrow: to `any` image, another `release` or `minor`; None: to fixes."""
    if image.digest or _BY_REPOSITORY.fullmatch(image.path):
        return None
    if image.path.startswith(MOVING_ONLY):
        return "release" if image.tag in ("", "latest") else None
    if image.tag in ("", "latest"):
        return "any"
    words = re.split(r"[-_.]", image.tag)
    if not any(re.search(r"\d", word) for word in words) and not _CODE_NAMES.intersection(words):
        return "release"
    if image.repository in _BY_MINOR and re.match(r"v?\d+(?:-|$)", image.tag):
        return "minor"
    return None


# --- slimmer --------------------------------------------------------------------------------------------------------


class Family(NamedTuple):
    """Images of a `repository` that have a smaller relative; with a slash in it, on any host.

    `full` matches their tags, `slim` is what to write (a template for `re.Match.expand`; a name of its own if it has a
    colon), `why` is what the full one carries.
    """

    repository: str
    full: re.Pattern[str]
    slim: str
    why: str


def _family(repository: str, full: str, slim: str, why: str) -> Family:
    return Family(repository, lazy(full), slim, why)


_VERSION: Final = r"(\d[\w.]*|lts|current|latest|)"
_DEBIAN: Final = r"(bullseye|bookworm|trixie)"
_COMPILERS: Final = "compilers, headers and version control"
_SDK: Final = "a compiler and its toolchain, which nothing needs once the program is built"
FAMILIES: Final = (
    _family("node", _VERSION, r"\1-slim", _COMPILERS),
    _family("node", rf"{_VERSION}-{_DEBIAN}", r"\1-\2-slim", _COMPILERS),
    _family("python", _VERSION, r"\1-slim", _COMPILERS),
    _family("python", rf"{_VERSION}-{_DEBIAN}", r"\1-slim-\2", _COMPILERS),
    _family("ruby", _VERSION, r"\1-slim", _COMPILERS),
    _family("ruby", rf"{_VERSION}-{_DEBIAN}", r"\1-slim-\2", _COMPILERS),
    _family("perl", _VERSION, r"\1-slim", _COMPILERS),
    _family("perl", rf"{_VERSION}-{_DEBIAN}", r"\1-slim-\2", _COMPILERS),
    _family("elixir", _VERSION, r"\1-slim", _COMPILERS),
    _family("erlang", _VERSION, r"\1-slim", _COMPILERS),
    _family("php", _VERSION + r"(-cli|)", r"\1\2-alpine", _COMPILERS),
    _family("debian", rf"(\d[\d.]*|{_DEBIAN}|stable|latest|)", r"\1-slim", "manual pages and locales"),
    _family("golang", r".*", "distroless/static-debian12:nonroot", _SDK),
    _family("rust", r".*", "distroless/cc-debian12:nonroot", _SDK),
    _family("openjdk", r"(\d+)(?:-jdk)?(?:-.*)?", r"eclipse-temurin:\1-jre", _SDK),
    _family("eclipse-temurin", r"(\d[\w.]*)(?:-jdk)?(-alpine|-noble|-jammy|)", r"\1-jre\2", _SDK),
    _family("amazoncorretto", r"(\d+)", r"\1-alpine-jdk", "a whole distribution"),
    _family("maven", r".*(?:temurin|corretto|jdk)-(\d+)\b.*", r"eclipse-temurin:\1-jre", _SDK),
    _family("maven", r".*", "eclipse-temurin:<version>-jre", _SDK),
    _family("gradle", r".*jdk(\d+)\b.*", r"eclipse-temurin:\1-jre", _SDK),
    _family("gradle", r".*", "eclipse-temurin:<version>-jre", _SDK),
    _family("dotnet/sdk", r"(.*)", r"dotnet/aspnet:\1", _SDK),
)


def slimmer(image: Reference) -> tuple[str, str] | None:
    """A smaller image of the same family and what makes the full one large; None: none is known."""
    for family in FAMILIES:
        hosted = "/" in family.repository
        name = image.path if hosted else image.repository
        found = family.full.fullmatch(image.tag) if family.repository == name else None
        if found is not None:
            slim = found.expand(family.slim).removeprefix("latest-").removeprefix("-")
            host = image.repository.removesuffix(image.path) if hosted else ""
            return host + slim if "/" in slim or ":" in slim else f"{image.repository}:{slim}", family.why
    return None


# --- who runs -------------------------------------------------------------------------------------------------------

#: Images that are known to start as root and to stay it: what they run is what the Dockerfile says.
_STARTS_AS_ROOT: Final = frozenset(
    "alpine almalinux amazoncorretto amazonlinux buildpack-deps busybox bun oven/bun centos debian eclipse-temurin "
    "elixir erlang fedora golang gradle haskell maven node openjdk oraclelinux perl python pypy rockylinux ruby rust "
    "swift ubuntu julia clojure dart tomcat".split()
)
_DOTNET: Final = frozenset("dotnet/aspnet dotnet/runtime dotnet/runtime-deps dotnet/sdk".split())


def starts_as_root(image: Reference) -> bool:
    """Whether a container of this image is root unless USER says otherwise, as far as that is known."""
    if image.path.startswith("distroless/"):
        return "nonroot" not in image.tag
    if "chiseled" in image.tag or "nonroot" in image.tag or "rootless" in image.tag:
        return False
    if image.repository == "php":
        return "fpm" not in image.tag and "apache" not in image.tag  # their workers are www-data
    return image.repository in _STARTS_AS_ROOT or image.path in _DOTNET


def ready_user(image: Reference) -> str | None:
    """The user that an image has ready for this."""
    if image.repository in ("node", "oven/bun"):
        return "node" if image.repository == "node" else "bun"
    if image.path.startswith("dotnet/") and re.match(r"[89]\.|[1-9]\d", image.tag):
        return "$APP_UID"
    return None


def is_bare(image: Reference) -> bool:
    """Whether there is no shell, nor any program to probe with."""
    return image.path.startswith(MOVING_ONLY) or "chiseled" in image.tag
