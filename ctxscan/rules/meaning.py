"""What rules mean by their text alone, so that two readings can be compared without a path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .lookup import Program
from .matcher import Matcher

if TYPE_CHECKING:
    from .parts import Part


def may_differ(rules: Matcher) -> bool:
    """Whether there may be two readings of the patterns: a quick look."""
    return any(map(_may_differ, rules.patterns))


def _may_differ(pattern: object) -> bool:
    text = str(getattr(pattern, "text", ""))
    return bool(getattr(pattern, "negated", False)) or any(c in text for c in "+(){}|^") or "**" in text


def meaning(*matchers: Matcher) -> tuple[object, ...] | None:
    """What rules mean to plain names: ASCII, without line ends. None: there are exceptions among them or what does not
    come apart at slashes, so builders may not agree even there."""
    programs = [program for matcher in matchers for program in matcher.programs]
    if any(program.negated or program.parts is None or program.start == -1 for program in programs):
        return None
    return tuple(tuple(map(_said, matcher.programs)) for matcher in matchers)


def _said(program: Program) -> tuple[bool, tuple[Part, ...] | None]:
    """`a/**` is compared by its beginning or as an expression: it is the same."""
    parts = program.parts
    if program.sticky and parts and parts[-1].kind == "any":
        return False, (*parts[:-1], parts[-1]._replace(kind="rest"))
    return program.sticky, parts
