"""Installs into the Python of a system that keeps it to its own package manager."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ...dockerfile import images
from ...dockerfile.commands import Command
from ...dockerfile.stages import Stage, Step
from ...packages.catalog import system_packages
from ...regex import lazy
from ..reading import Reading, base_image, listed

#: Releases with that mark: Debian since Bookworm, Ubuntu since 23.04, Alpine since 3.19. As whole tags of the systems
#: themselves, and as what the tags of images that are made of them say.
_OWN_TAGS: Final = {
    "debian": lazy(r"(?:1[2-9]|bookworm|trixie|forky|sid|stable|testing|unstable)(?:[.-].*)?|latest|"),
    "ubuntu": lazy(
        r"(?:23\.(?:04|10)|2[4-9]\.\d\d|lunar|mantic|noble|oracular|plucky|questing|resolute|rolling)(?:-.*)?|latest|"
    ),
    "alpine": lazy(r"(?:3\.(?:19|[2-9]\d)|edge)(?:\..*)?|3|latest|"),
}
_MADE_OF: Final = lazy(
    r"(?:.*-)?(?:bookworm|trixie|noble|oracular|plucky|questing|resolute|ubuntu2[4-9]\.\d\d|alpine-?3\.(?:19|[2-9]\d))"
    r"(?:[-.].*)?"
)
_MADE: Final = frozenset(
    "buildpack-deps caddy eclipse-temurin elixir erlang gcc golang haskell httpd mariadb mysql nginx node openjdk perl "
    "php postgres redis ruby rust swift tomcat nvidia/cuda dotnet/sdk dotnet/aspnet dotnet/runtime "
    "dotnet/runtime-deps".split()
)
#: Tags of Node that are made of them by default, on Debian and on Alpine.
_OF_NODE: Final = lazy(r"(?:18|20|2[2-9](?:\.\d+)*|lts)(?:-slim|-alpine)?")
#: What calls it, what goes on where a command fails, and what has a shell end there after all.
_CALLED: Final = ("pip ", "pip3 ")
_GOES_ON: Final = lazy(r"\|\||;|<<|\bif\b|\bset \+e")
_ENDS: Final = lazy(r"(?s)^RUN\s+set\s+-\w*e\w*[^;|<]*;(?=[^|<]*$)[^|<]*$")
#: Where another Python would lie.
_PROGRAMS: Final = ("", "/usr", "/usr/local", "/usr/local/bin")


def refused(reading: Reading, stage: Stage, before: Sequence[Step], step: Step) -> tuple[str, str, str] | None:
    """An install that ends the build, since the Python of the system is not for it; why, and the way out, which is the
    same for all that come after it."""
    image = base_image(reading.plan.chain(stage)[0])
    command = _refused(reading, image, before, step)
    if image is None or command is None:
        return None
    from ...packages import python_system as system  # only where there is such an image

    later = (_refused(reading, image, *each) for each in reading.own_steps(stage) if each[1].line > step.line)
    found = [command, *filter(None, later)]
    name = f"{image.path}:{image.tag}" if image.tag else image.path
    said = f"{' '.join(command.text.split()[:6])} in {name}, whose Python takes no packages from pip"
    tools = "" if images.is_alpine(image) else "python3-venv"
    where = f" on {listed(each.step.line for each in found)}" if len(found) > 1 else ""
    return said, "error: externally-managed-environment", system.way_out(found, tools, where)


def _refused(reading: Reading, image: images.Reference | None, before: Sequence[Step], step: Step) -> Command | None:
    """The first install of a RUN that ends the build."""
    own = step.instruction.whole
    if step.keyword != "RUN" or step.onbuild is not None or not any(each in own for each in _CALLED):
        return None
    if image is None or not _keeps_python(image) or _GOES_ON.search(_ENDS.sub("", own)) or "PIP_BREAK" in own:
        return None
    from ...packages import python_system as system  # only where there is such an image

    brought = False
    for one in (*before, step):
        text = one.instruction.whole
        copies = one.keyword in ("COPY", "ADD")
        if copies and ((one.origin and one.target.rstrip("/") in _PROGRAMS) or system.BRINGS.search(text)):
            return None
        if one.keyword == "ENV" and system.SETS.search(text):
            return None
        if any(each.kind == "bind" for each in one.mounts) or (one.keyword == "RUN" and system.CHANGES.search(text)):
            return None
        for command in reading.commands(one):
            brought |= system_packages(command) == "adds" and not system.BROUGHT_BY.isdisjoint(command.words)
            if one is step and brought and system.is_refused(command):
                return command
    return None


def _keeps_python(image: images.Reference) -> bool:
    """Whether it is known that the Python which the packages of an image's system bring has the mark."""
    name = images.plain_name(image)
    own = _OWN_TAGS.get(name)
    if own is not None:
        return own.fullmatch(image.tag) is not None
    if name == "node" and _OF_NODE.fullmatch(image.tag):
        return True
    return name in _MADE and _MADE_OF.fullmatch(image.tag) is not None
