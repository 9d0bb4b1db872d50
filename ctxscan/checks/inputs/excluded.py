"""The rule that takes a path out of the context, and the exception that brings it back."""

from __future__ import annotations

from collections.abc import Iterator

from ...context.transfer import Context
from ...facts import Scan
from ...paths import join
from ...rules import globs
from ...rules.ignorefile import Rule
from ...rules.matcher import Matcher


def way_back(scan: Scan, source: str, path: str, rule: Rule) -> str:
    """The smallest exception that brings the source back, tried on the rules as they are."""
    label = scan.ignored.label if scan.ignored else ""
    # What only keeps a directory in the history brings it back without what else is in it.
    keepers = [join(path, name) for name in scan.disk.names(path) if name in (".gitkeep", ".keep")]
    for text in dict.fromkeys((*keepers, source, path, f"{path}/**")):
        if brings_back(scan, text, source):
            return f"add !{text} at the end of {label}"
    return f"take {rule.text} out of {label}, or write it so that it does not match {path}"


def brings_back(scan: Scan, text: str, source: str) -> bool:
    """Whether an exception at the end of the rules makes `source` find something."""
    rules = _with_exception(scan, text)
    found = list(_found(scan.disk, source)) if rules is not None else []
    return rules is not None and bool(found) and all(_is_kept(scan, rules, path) for path in found)


def is_alone(scan: Scan, rule: Rule, path: str) -> bool:
    """Whether `path` is kept once one rule is taken out."""
    others = [each.pattern for each in scan.ignored.rules if each is not rule] if scan.ignored else []
    return _is_kept(scan, Matcher(others, scan.build.builder), path)


def would_keep(scan: Scan, path: str) -> bool:
    """Whether an exception for `path`, which is not there, would keep it."""
    rules = _with_exception(scan, path)
    return rules is not None and not rules.gone(path)


def _with_exception(scan: Scan, text: str) -> Matcher | None:
    """The rules with an exception at their end; None: it cannot be written."""
    builder = scan.build.builder
    if scan.ignored is None or not text.isprintable():
        return None
    from ...rules.grammars import PatternProblem

    try:
        exception = builder.pattern.loaded(f"!{text}")
    except PatternProblem:
        return None
    if exception.problem:
        return None
    return Matcher([*(one.pattern for one in scan.ignored.rules), exception], builder)


def _found(disk: Context, source: str) -> Iterator[str]:
    """What a source finds in the context, whatever the rules say."""
    level = [""]
    for part in source.split("/"):
        below = []
        for here in level:
            names = globs.matching(part, disk.names(here)) if globs.is_wild(part) else [part]
            below += [join(here, name) for name in names if disk.kind(join(here, name)) is not None]
        level = below[:1000]
    yield from level


def _is_kept(scan: Scan, rules: Matcher, path: str) -> bool:
    """Whether a file is kept, or something in a directory is."""
    left = 1000
    todo = [path]
    while todo and left:
        here = todo.pop()
        left -= 1
        if scan.disk.kind(here) != "dir":
            if not rules.gone(here):
                return True
        else:
            todo += [join(here, name) for name in scan.disk.names(here)]
    return False


def blamed(scan: Scan, path: str) -> Rule | None:
    """The rule that takes `path` out of the context; None: no rule does."""
    rules = scan.rules
    if path in rules.removed and scan.ignored:  # the exception is the builder's own, and does not help
        rules = Matcher([rule.pattern for rule in scan.ignored.rules], rules.builder)
    index = rules.decide(path).rule
    return scan.ignored.rules[index] if scan.ignored and 0 <= index < len(scan.ignored.rules) else None
