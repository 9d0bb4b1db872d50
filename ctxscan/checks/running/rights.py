"""Why a program may have to be root, or who else than the reader decides that it is."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from typing import Final

from ...builds.names import is_dockerfile
from ...dockerfile import images
from ...dockerfile.stages import Step
from ...packages.catalog import system_packages
from ...paths import join
from ...regex import lazy
from ..project.audience import directories_of, is_rehearsal
from ..project.composefiles import builders, ready_services
from ..project.earlier import around, own_path
from ..project.ordering import dockerfiles, manual, ordering_texts, readmes
from ..project.services import GIVES_DEVICES, for_readers, is_not_root
from ..reading import Reading
from .starts import MUST_BE_ROOT, must_be_root

#: Images whose own entry point starts as root and becomes somebody else.
DROP_THEMSELVES: Final = frozenset(
    "mysql mariadb percona postgres mongo redis valkey rabbitmq couchdb cassandra neo4j influxdb ghost zookeeper "
    "eclipse-mosquitto arangodb elasticsearch".split()
)

#: How a program of Go sets the user of itself or of what it starts.
_AS_SOMEBODY: Final = ("syscall.Credential{", "syscall.Setuid(", "unix.Setuid(")
_MAKES_USERS: Final = frozenset("useradd adduser groupadd addgroup usermod".split())
#: Images whose servers start as root and have workers of another name.
_WORKERS: Final = frozenset("php apache caddy wordpress nextcloud".split())
#: Packages of what sets up the network of a container or mounts something, for which it is given the rights of root.
_OF_THE_MACHINE: Final = frozenset(
    "wireguard wireguard-tools wireguard-go iptables nftables openvpn arp-scan tcpdump tshark masscan hping3 "
    "e2fsprogs xfsprogs btrfs-progs lvm2 cryptsetup "
    "fuse fuse3 s3fs s3fs-fuse sshfs davfs2 cifs-utils nfs-utils nfs-kernel-server".split()
)
#: Packages by which a program uses the devices of a machine, which belong to groups of that.
_DEVICES: Final = frozenset(
    "intel-media-va-driver intel-media-va-driver-non-free intel-media-driver i965-va-driver i965-va-driver-shaders "
    "libva-intel-driver mesa-va-drivers mesa-va-gallium mesa-vdpau-drivers mesa-vdpau-gallium".split()
)


#: What starts a program that is named in another way than by its file.
_LOADERS: Final = frozenset(
    "bundle puma rails rackup unicorn gunicorn uvicorn hypercorn daphne granian npm yarn pnpm -m".split()
)


def drops_in_a_file(reading: Reading, start: list[Step]) -> bool:
    """Whether a file that the program loads makes it somebody else."""
    words = [word for step in start for word in " ".join(step.words).split()]
    if _LOADERS.isdisjoint(map(posixpath.basename, words)) and not any(map(reading.file_of, words)):
        return False
    from .dropping import drops_rights  # only where its files are there

    return drops_rights(reading, start)


def is_for_others(reading: Reading) -> bool:
    """Whether an image is there to go on from, or to try another one with."""
    top = around(reading.tree)[-1][0]
    if any("docker/build-push-action" in text for text in ordering_texts(top)):
        from ..project.callers import tries_another  # only where workflows build images

        if tries_another(reading):
            return True
    own = (reading.scan.build.text or b"").decode("utf-8", "replace")
    if not any("FROM" in text for text in (*readmes(top), *manual(top))) and not any(
        "FROM" in line[1:] for line in own.splitlines() if line[:1] == "#"
    ):
        return False
    from ..project.basing import is_base  # only where something is said to go on

    return is_base(reading)


def needs_root(reading: Reading, start: list[Step], scripts: Sequence[str]) -> bool:
    """Whether what is started does what only root may, or scripts run it for one job."""
    elsewhere = bool(start) and start[0].words[0][:1] == "/" and reading.source(start[0].words[0]) is None
    if not (scripts or elsewhere or reading.scan.build.source):
        return False
    from ..project.needing import is_run_for_a_job, needs_root  # only where a script has to do with it

    return needs_root(reading, start, scripts) or is_run_for_a_job(reading)


def is_started_as_somebody(reading: Reading) -> bool:
    if any(builders(reading)):
        return False
    top = around(reading.tree)[-1][0]
    if any(word in text for text in (*ordering_texts(top), *for_readers(reading)) for word in ("--user", " -u")):
        from ..project.needing import is_run_as_somebody  # only where a command may say it

        if is_run_as_somebody(reading):
            return True
    if not any(is_not_root(each) for _, each in ready_services(top)):
        return False
    own = own_path(reading)
    others = (path for path, _ in dockerfiles(top) if path != own and is_dockerfile(posixpath.basename(path)))
    if not all(map(is_rehearsal, others)):
        return False  # it may be that of another one
    from ..project.needing import is_started_as_somebody  # only where a service has a user

    return is_started_as_somebody(reading)


def works_by_itself(reading: Reading) -> tuple[str, str] | None:
    from .program import works_as_root

    return works_as_root(reading)


def is_an_add_on(reading: Reading) -> bool:
    """Whether a label says that the image is an add-on of Home Assistant, which starts each of them as root."""
    labels = (pair for step in reading.shipped if step.keyword == "LABEL" for pair in step.instruction.pairs)
    return any((name.strip("\"'"), value.strip("\"'")) == ("io.hass.type", "addon") for name, value in labels)


def uses_devices(reading: Reading) -> bool:
    """Whether drivers for devices of the machine are in the image, or a page has people give those to it."""
    if any(
        system_packages(each) == "adds" and _DEVICES & {*each.words} for each in reading.all_commands(reading.shipped)
    ):
        return True
    if not any(word in text for text in for_readers(reading) for word in GIVES_DEVICES):
        return False
    from ..project.needing import is_given_devices  # only where a page has such words

    return is_given_devices(reading)


def is_given_docker(reading: Reading) -> bool:
    """Whether the repository says that the image gets the socket of Docker, by the name of its directory."""
    if "/" not in join(around(reading.tree)[-1][1], reading.scan.build.label or ""):
        return False
    from ..project.needing import is_given_docker  # few Dockerfiles lie in a directory of their own

    return is_given_docker(reading)


#: Words in the names of what tries one program with another.
_HARNESSES: Final = frozenset("interop interoperability conformance harness testbed".split())


def is_a_harness(reading: Reading) -> bool:
    """Whether the image is there to try programs with one another."""
    said = " ".join((*directories_of(reading.scan.build), reading.scan.build.label or "", reading.plan.target.name))
    if not any(word in said for word in _HARNESSES):
        return False
    return not _HARNESSES.isdisjoint(re.split(r"[^a-z]+", said.lower()))


#: A tag of an image for those who want root.
_AS_ROOT: Final = lazy(r"(?m):\S*-root[\"']?[ \t]*$")


def is_the_other(reading: Reading) -> bool:
    """Whether the project has a Dockerfile without root beside this one, and gives this one out by tags that say so."""
    top, own = around(reading.tree)[-1][0], own_path(reading)
    beside = (name for name in top.names(posixpath.dirname(own)) if posixpath.basename(own) in name)
    return any("rootless" in name or "nonroot" in name for name in beside) and any(
        _AS_ROOT.search(text) for text in ordering_texts(top) if own in text
    )


def becomes_others(reading: Reading) -> bool:
    """Whether a program of Go starts others as somebody else, which is for root."""
    from .program import is_in_go

    return is_in_go(reading, _AS_SOMEBODY)


def is_built_on(reading: Reading) -> bool:
    """Whether the Dockerfile goes on from this stage with steps that want root, and ends in an image of its own: there
    the user belongs, at the end."""
    parsed, target = reading.scan.build.parsed, reading.plan.target
    names = {target.name.lower()} - {""}
    for section in parsed.sections[target.index + 1 :] if parsed is not None else ():
        if section.start.words[0].lower() in names and not is_rehearsal(section.name):
            names.add(section.name)
            if any(each.keyword == "RUN" for each in section.instructions):
                return True
    return False


def works_as_root(reading: Reading, image: images.Reference | None) -> bool:
    """Whether a base of which nothing is known leaves its user root: packages of the system are installed without a
    USER, or users are made. Its own entry point may drop that, unless the Dockerfile has another."""
    if reading.last("ENTRYPOINT") is None:
        return False
    if image is not None and {*re.split(r"[/_-]", images.plain_name(image))} & (
        MUST_BE_ROOT | _WORKERS | DROP_THEMSELVES
    ):
        return False
    return any(
        (system_packages(command) == "adds" or command.name in _MAKES_USERS)
        and re.search(r"\bsudo\b", command.step.instruction.text) is None
        for command in reading.all_commands(reading.shipped)
    )


def has_to_be_root(reading: Reading, start: list[Step]) -> bool:
    words = [word for step in start for word in re.split(r"[\s;&|]+", " ".join(step.words))]
    if any(map(must_be_root, words)) or any(".wasm" in word for word in words):
        return True
    if any(posixpath.basename(word) == "lighttpd" for word in words) and _drops_by_its_settings(reading, words):
        return True
    called = list(reading.all_commands(reading.shipped))
    if any(each.name in ("apk", "apt-get", "apt", "dnf", "yum") and _OF_THE_MACHINE & {*each.words} for each in called):
        return True
    texts = [step.instruction.text for step in reading.shipped]
    return any("docker.sock" in text for text in texts) or "wasi" in (reading.plan.target.platform or "")


def _drops_by_its_settings(reading: Reading, words: Sequence[str]) -> bool:
    """Whether lighttpd is told whom to become, as it is by the settings of its package."""
    path = next((word for word in words if word.endswith(".conf")), "/etc/lighttpd/lighttpd.conf")
    source = reading.file_of(path)
    texts = [
        step.instruction.whole for step in reading.shipped if step.keyword == "RUN" and path in step.instruction.whole
    ]
    texts += [reading.tree.text(source)] if source is not None else []
    return not texts or any("server.username" in text for text in texts)
