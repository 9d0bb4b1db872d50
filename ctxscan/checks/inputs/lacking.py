"""What a step calls and its image does not have: a shell, the package manager of another system, or a package that is
called like the next command."""

import posixpath
import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from ...archive.endings import UNPACKED
from ...dockerfile import images
from ...dockerfile.commands import Command
from ...dockerfile.stages import Stage, Step
from ...packages.catalog import adds_to_system
from ...regex import lazy
from ..reading import Reading, base_image

#: The package managers of Debian, and what installs with that of Alpine; images that are made of one of the two.
_OF_DEBIAN: Final = ("apt-get", "apt", "dpkg", "aptitude")
_OF_ALPINE: Final = ("apk",)
_MADE_OF_DEBIAN: Final = frozenset("debian ubuntu node python ruby golang php perl rust gcc buildpack-deps".split())
#: What goes on where one of its commands is not there, or asks first.
_CAREFUL: Final = lazy(r"\|\||;|<<|\bwhich\b|\bcommand -v\b|\btype\b")
#: Where a shell would lie.
_PROGRAMS: Final = ("/bin", "/usr", "/busybox", "/sbin", "/lib")

#: A source that the platform names.
_BY_PLATFORM: Final = lazy(r"(?:^|/)\$\{?TARGET(?:PLATFORM|ARCH)\b\}?/?$")


class Lacking(NamedTuple):
    """What is said of a step that ends the build, and the way out."""

    step: Step
    said: str
    remedy: str


def lacking(reading: Reading) -> Iterator[Lacking]:
    """What the RUNs of each stage call in vain, the first of each."""
    for stage in reading.plan.stages:
        for before, step in reading.own_steps(stage):
            if step.keyword == "RUN" and step.onbuild is None:
                found = _lacks(reading, stage, before, step)
                if found is not None:
                    yield Lacking(step, *found)
                    break


#: Programs behind the packages of an install, and the first word of what they do, which is no package: the `&&` between
#: the two is missing.
_NEXT: Final = lazy(
    r"(?:rm|mkdir|cp|mv|ln|chmod|chown)\0-|(?:apt|apt-get)\0(?:-\w+\0)*(?:clean|autoclean|autoremove|install|update|purge)(?:\0|$)|"
    r"apk\0(?:add|update|del|cache)(?:\0|$)"
)


def _swallowed(reading: Reading, step: Step) -> tuple[str, str] | None:
    """A command that an install of packages takes for packages."""
    for command in reading.commands(step):
        if command.name in (*_OF_DEBIAN, *_OF_ALPINE) and " ".join(command.words[:1]) in ("install", "add"):
            words = command.arguments
            for at in range(1, len(words)):
                if _NEXT.match("\0".join(words[at:])):
                    lost = " ".join(words[at : at + 2])
                    return f"{command.name} {command.words[0]} takes {lost} for packages", f"write && before {lost}"
    return None


def _lacks(reading: Reading, stage: Stage, before: Sequence[Step], step: Step) -> tuple[str, str] | None:
    if (swallowed := _swallowed(reading, step)) is not None and "||" not in step.instruction.whole:
        return swallowed
    if not step.instruction.json and (bare := has_no_shell(reading, stage, before)) is not None:
        if any(each.kind != "secret" for each in step.mounts):
            return None
        return f"{bare} has no shell to run it", "do it in another stage, and copy what comes of it"
    image = base_image(reading.plan.chain(stage)[0])
    text = step.instruction.whole
    if image is None or _CAREFUL.search(text) or _brings_more(before):
        return None
    if (gone := _adds_somebody(reading, image, before, step)) is not None:
        return gone
    alpine, name = images.is_alpine(image), images.plain_name(image)
    if not (alpine and images.brings_no_project(image)) and name not in _MADE_OF_DEBIAN:
        return None
    for command in reading.commands(step):
        if command.guarded or command.program:
            continue
        if alpine and command.name in _OF_DEBIAN:
            said = f"{image.path}:{image.tag} is Alpine, and has no {command.name}"
            way = f"write apk add --no-cache, {_NAMES.format('Alpine')}"
            return said, _on_the_other(reading, stage, image, _OF_ALPINE) or way
        if not alpine and command.name in _OF_ALPINE:
            said = f"{image.path}:{image.tag} is no Alpine, and has no apk"
            way = f"write apt-get update && apt-get install -y, {_NAMES.format('Debian')}"
            return said, _on_the_other(reading, stage, image, _OF_DEBIAN) or way
        if command.name == "bash" and images.lacks(image, "bash"):
            texts = [each.instruction.whole for each in (*before, step) if each.keyword == "RUN"]
            if not any(re.search(r"\badd\b[^\n;&|]*\bbash\b", each) for each in texts):
                return f"{image.path}:{image.tag} has no bash", "write sh, or RUN apk add --no-cache bash above it"
    return None


#: Packages that bring no `adduser`: with what they recommend, and without. Of others nobody knows.
_ALONE: Final = frozenset(
    "ca-certificates curl g++ gcc jq libffi-dev libpq-dev libpq5 libssl-dev make netcat-openbsd tzdata unzip wget zip "
    "zlib1g-dev".split()
)
_WITHOUT_MORE: Final = _ALONE | frozenset(
    "bash build-essential default-libmysqlclient-dev ffmpeg gettext git gosu libgl1 libglib2.0-0 libgomp1 "
    "libjpeg-dev libmagic1 libxml2-dev libxslt1-dev nano pkg-config procps python3-dev vim".split()
)


def _adds_somebody(
    reading: Reading, image: images.Reference, before: Sequence[Step], step: Step
) -> tuple[str, str] | None:
    """A user or a group that a program makes which the system no longer brings."""
    text = step.instruction.whole
    if ("adduser" not in text and "addgroup" not in text) or not images.has_no_adduser(image):
        return None
    for command in reading.all_commands((*before, step)):
        if command.name in ("adduser", "addgroup") and command.step is step:
            said = f"{image.path}:{image.tag}".rstrip(":") + f" is Debian 13 or newer, and has no {command.name}"
            return None if command.guarded or command.program else (said, _made_by_others(command))
        listed = _ALONE if "--no-install-recommends" not in command.arguments else _WITHOUT_MORE
        if command.program or command.name in (*_OF_ALPINE, "dpkg", "gdebi", "sh", "bash"):
            return None
        packages = {re.split(r"[=/]", each)[0] for each in command.words[1:]}
        if adds_to_system(command) and not packages <= listed:
            return None
    return None


def _made_by_others(command: Command) -> str:
    """How the same is made by what each Debian has."""
    from ..running.accounts import asked  # few make somebody in vain

    name, number, flags = asked(command)
    if name is None:
        user, group = command.words if len(command.words) == 2 else ("USER", "GROUP")
        return f"write usermod -aG {group} {user}"
    words = ["groupadd" if command.name == "addgroup" or "--group" in flags - {"--system"} else "useradd"]
    if "--system" in flags:
        words.append("--system")
    elif words == ["useradd"] and not {"--no-create-home", "-H"} & flags:
        words.append("--create-home")
    if number:
        words.append(f"--{'gid' if words[0] == 'groupadd' else 'uid'} {number}")
    return f"write {' '.join((*words, name))}, or install the package adduser above it"


#: Packages are rarely called the same.
_NAMES: Final = "with the names that {} has for the packages"


def _on_the_other(reading: Reading, stage: Stage, image: images.Reference, managers: Sequence[str]) -> str | None:
    """The FROM that all commands of a stage were written for; None: some need the system that is there, as one of its
    `managers` does, or what is made here goes to a stage that has the same."""
    lowest = reading.plan.chain(stage)[0]
    other = images.on_the_other(image) if "$" not in lowest.written else None
    if other is None or any(each.name in managers for each in reading.all_commands(reading.history(stage))):
        return None
    last = base_image(reading.chain[0])
    same = last is not None and images.is_alpine(last) is images.is_alpine(image) and images.brings_no_project(last)
    return None if same and lowest is not reading.chain[0] else f"FROM {other} on line {lowest.line}"


def _brings_more(before: Sequence[Step]) -> bool:
    """Whether steps may have put programs there."""
    copies = (step for step in before if step.keyword in ("COPY", "ADD"))
    return any(step.target.startswith(_PROGRAMS) or (step.target == "/" and step.origin is not None) for step in copies)


def has_no_shell(reading: Reading, stage: Stage, before: Sequence[Step]) -> str | None:
    """The base of a stage that comes without a shell, if no step before has brought one."""
    lowest = reading.plan.chain(stage)[0]
    image = base_image(lowest)
    bare = image is not None and image.path.startswith("distroless/") and "debug" not in image.tag
    if lowest.origin.kind != "scratch" and not bare:
        return None
    for step in before:
        if step.keyword == "SHELL" or (step.keyword == "ADD" and step.words and step.words[0].endswith(UNPACKED)):
            return None
        if step.keyword in ("COPY", "ADD"):
            names = [posixpath.basename(each.text) for each in step.sources]
            # What lies there for a platform may be all of a system.
            if step.target == "/" and any(map(_BY_PLATFORM.search, step.instruction.words[:-1])):
                return None
            if step.target == "/" and any(not each or each in (".", "*") for each in names):
                return None
            if step.target.startswith(_PROGRAMS) or any("rootfs" in each or "busybox" in each for each in names):
                return None
    return "scratch" if image is None else image.path
