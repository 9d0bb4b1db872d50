"""Distributions of Linux: apt, apk, dnf, yum and zypper."""

from __future__ import annotations

from typing import Final

from ..dockerfile.commands import Command
from ..regex import lazy
from .ecosystem import (
    Cache,
    History,
    Left,
    Manager,
    Manifests,
    Private,
    Program,
    Reader,
    Removal,
    phrases,
    words,
)
from .maker import Maker
from .workplace import Runner


def _without_index(text: str) -> str:
    """How RUNs do without the index of apk."""
    upgrades, updates = "apk upgrade" in text, "apk update" in text or "apk upgrade -U" in text
    way = "write apk add --no-cache" + (" and apk upgrade --no-cache" if upgrades else "")
    return way + (f", which take{'' if upgrades else 's'} no apk update" if updates else "")


def _by_name(command: Command) -> bool:
    """Whether no argument is a path, which would be a package of the project."""
    return not any("/" in each for each in command.words)


#: What brings the lists of zypper up to date.
_ZYPPER: Final = tuple(f"zypper {each}" for each in words("install in update up refresh ref dist-upgrade dup patch"))

MANAGERS: Final[tuple[Manager, ...]] = ()
PROGRAMS: Final = (
    Program(words("apk apt apt-get dnf microdnf yum"), inert=("*",), is_blind=_by_name),
    Program(words("zypper add-apt-repository apt-add-repository"), inert=("*",)),
)
CACHES: Final = (
    Cache(
        "what apt-get downloaded",
        cleans=phrases("apt-get clean,apt-get autoclean,apt clean,apt autoclean"),
        fills=phrases(
            "apt-get update,apt-get install,apt-get upgrade,apt update,apt install,apt upgrade,"
            "add-apt-repository *,apt-add-repository *"
        ),
        place="/var/lib/apt",
        spared=words("-n --no-update"),
        uses=phrases("apt-get install,apt-get upgrade,apt install,apt upgrade"),
        renews="apt-get update",
        left=Left(
            "the package lists of apt",
            "some 20 MB",
            fills=phrases(
                "apt-get update,apt update,add-apt-repository *,apt-add-repository *,playwright install-deps"
            ),
            # Another directory of nearly that name removes nothing, and `rm -rf` does not say so.
            emptied=lazy(
                r"/var/lib/(?:apt(?![-\w]|/(?!lists(?![-\w])|\W|\w*[*?]|$))|\{|\*)|(?<![-\w])apt/lists(?![-\w])|"
                r"\bdist-?clean\b|/var/lib/?(?:\s|$)"
            ),
            empties="rm -rf /var/lib/apt/lists/*",
            rule="DL3009",
            scripts=lazy(r"//deb\.nodesource\.com/setup_"),
            through=("playwright", lazy(r"\bplaywright(?:@\S+)?\s(?:.*\s)?(?:install-deps|install\s.*--with-deps)\b")),
        ),
    ),
    Cache(
        "the index of apk",
        cleans=("apk cache clean",),
        fills=phrases("apk add,apk update"),
        place="/var/cache/apk",
        spared=words("--no-cache --no-network"),
        instead="write apk add --no-cache",
        adapted=_without_index,
        left=Left(
            "the index of apk",
            "some 2 MB",
            fills=phrases("apk add,apk update,apk upgrade"),
            emptied=lazy(r"/var/cache(?![-\w])|\bcache\s+clean\b"),
            rule="DL3019",
            small=True,
        ),
    ),
    Cache(
        "the cache of dnf",
        cleans=phrases("dnf clean,microdnf clean,yum clean"),
        fills=phrases("dnf install,microdnf install,yum install,dnf update,yum update"),
        place="/var/cache",
        left=Left(
            "the cache of {program}",
            "20 MB and more",
            fills=phrases("dnf install,microdnf install,yum install,dnf update,yum update,dnf upgrade,yum upgrade"),
            emptied=lazy(r"\bclean\b|/var/cache(?![-\w])"),
            empties="{program} clean all",
            rule="DL3040 DL3032",
        ),
    ),
    # Packages go by themselves, what is told of the repositories stays; clean alone takes the packages.
    # Source: https://github.com/openSUSE/zypper/blob/master/doc/zypper.8.txt
    Cache(
        "the cache of zypper",
        cleans=phrases("zypper clean,zypper cc"),
        fills=_ZYPPER,
        place="/var/cache/zypp",
        left=Left(
            "the cache of zypper",
            "",
            fills=_ZYPPER,
            emptied=lazy(r"\b(?:clean|cc)\b|/var/cache(?![-\w])"),
            empties="zypper clean --all",
            rule="DL3036",
        ),
    ),
)
REMOVALS: Final[tuple[Removal, ...]] = (
    (
        phrases("apt-get purge,apt-get remove,apt purge,apt remove"),
        phrases("apt-get install,apt install"),
    ),
    (("apk del",), ("apk add",)),
    (
        phrases("dnf remove,microdnf remove,yum remove"),
        phrases("dnf install,microdnf install,yum install"),
    ),
)
MANIFESTS: Final = Manifests()
READERS: Final[tuple[Reader, ...]] = ()
SOURCES: Final[tuple[Reader, ...]] = ()
MAKERS: Final[dict[str, Maker]] = {}
PRIVATE: Final[tuple[Private, ...]] = ()
RUNNERS: Final[tuple[Runner, ...]] = ()
HISTORY: Final = History()
