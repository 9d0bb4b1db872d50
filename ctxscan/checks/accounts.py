"""Users of an image by their names: those of its base, and those that its steps make."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ..dockerfile import images
from ..dockerfile.stages import Stage, Step
from .reading import Reading, base_image

#: Users that images of a system or a language have: those of Debian, Alpine and Fedora, and the ones for programs.
_USERS: Final = frozenset(
    "root daemon bin sys sync games man lp mail news uucp proxy www-data backup list irc gnats nobody _apt adm "
    "shutdown halt operator ftp guest ntp sshd http postgres cyrus vpopmail squid at cron svn xfs smmsp uuidd dbus git "
    "ubuntu debian node bun gradle alpine tss systemd-network systemd-resolve systemd-timesync systemd-coredump".split()
)


def unknown_user(reading: Reading, stage: Stage, before: Sequence[Step], step: Step, owner: str) -> str | None:
    """The name of a user (`owner` may have a group behind it), if it is sure that there is none of it when `step` of a
    stage comes after the steps `before`; None: there may be one, or it is a number."""
    image = base_image(reading.plan.chain(stage)[0])
    name = owner.partition(":")[0]
    plain = name.replace("-", "_").isidentifier() and name.isascii()
    if image is None or not images.brings_no_project(image) or not plain:
        return None
    if name in _USERS or name == images.ready_user(image):
        return None
    # Who is made by the same variable is not written out.
    said = (name, *re.findall(r"\$\{?(\w+)", step.instruction.text))
    for one in before:
        # It is named where it is made, and a package that makes one is called as it is; anything may lie in a tree
        # that is copied over the root, and a script may do anything.
        if one.keyword == "RUN" and (
            any(each in one.instruction.whole for each in said) or any(each.program for each in reading.commands(one))
        ):
            return None
        if one.keyword in ("COPY", "ADD") and (one.target == "/" or one.target.startswith("/etc")):
            return None
    return name
