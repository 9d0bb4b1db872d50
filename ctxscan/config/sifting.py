"""The findings of one build, by what keeps them from counting: the configuration, the command line, a comment."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from ..findings import Finding
from .gate import Gate
from .inline import Inline
from .settings import Allowed, Config
from .suppression import SetAside, beside, chosen, set_apart

if TYPE_CHECKING:
    from ..builds.build import Build
    from ..rules.ignorefile import IgnoreFile


class Sifted(NamedTuple):
    """Findings, told apart by whether they count; `used` are the comments that ignore one of them."""

    standing: tuple[Finding, ...]
    allowed: tuple[Allowed, ...]
    disabled: tuple[Finding, ...]
    set_aside: tuple[SetAside, ...]
    used: frozenset[Inline]

    def and_more(self, other: Sifted) -> Sifted:
        return Sifted(
            (*self.standing, *other.standing),
            (*self.allowed, *other.allowed),
            (*self.disabled, *other.disabled),
            (*self.set_aside, *other.set_aside),
            self.used | other.used,
        )


def sifted(
    found: Sequence[Finding],
    inlines: Sequence[Inline],
    config: Config,
    gate: Gate,
    build: Build,
    ignored: IgnoreFile | None,
    *,
    today: date,
    asked: Collection[str] = (),
) -> Sifted:
    """The findings in one build, told apart; `asked` are the codes that an option asks for, which beats the
    configuration."""

    def counts(comment: Inline) -> bool:
        if not gate.guarded:
            return True
        from .trust import is_comment_unchanged  # asks git

        return is_comment_unchanged(comment, build, ignored, gate.trusted)

    asked_for, aside = chosen(found, gate)
    split = set_apart(asked_for, config, today=today, asked=asked)
    told = beside(split.standing, inlines, counts)
    set_aside = (*aside, *told.aside)
    return Sifted(tuple(told.kept), split.allowed, split.disabled, set_aside, frozenset(told.used))
