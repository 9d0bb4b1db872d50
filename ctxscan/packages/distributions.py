"""Distributions of Linux: apt, apk, dnf and yum."""

from __future__ import annotations

from typing import Final

from ..dockerfile.commands import Command
from .ecosystem import (
    Cache,
    History,
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


def _by_name(command: Command) -> bool:
    """Whether no argument is a path, which would be a package of the project."""
    return not any("/" in each for each in command.words)


MANAGERS: Final[tuple[Manager, ...]] = ()
PROGRAMS: Final = (
    Program(words("apk apt apt-get dnf microdnf yum"), inert=("*",), is_blind=_by_name),
    Program(words("zypper add-apt-repository"), inert=("*",)),
)
CACHES: Final = (
    Cache(
        "what apt-get downloaded",
        cleans=phrases("apt-get clean,apt-get autoclean,apt clean,apt autoclean"),
        fills=phrases("apt-get update,apt-get install,apt-get upgrade,apt update,apt install,apt upgrade"),
        place="/var/lib/apt",
        uses=phrases("apt-get install,apt-get upgrade,apt install,apt upgrade"),
        renews="apt-get update",
    ),
    Cache(
        "the index of apk",
        cleans=("apk cache clean",),
        fills=phrases("apk add,apk update"),
        place="/var/cache/apk",
        spared="--no-cache",
        instead="write apk add --no-cache and apk upgrade --no-cache, which take no apk update",
    ),
    Cache(
        "the cache of dnf",
        cleans=phrases("dnf clean,microdnf clean,yum clean"),
        fills=phrases("dnf install,microdnf install,yum install,dnf update,yum update"),
        place="/var/cache",
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
