"""Lines of the ignore file that the builder reads in another way than they were meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from ...context.watchlist import ASIDE
from ...facts import Scan
from ...findings import Finding
from ...git.ignorelists import ignore_lists
from ...paths import join
from ...rules import globs
from ...rules.habits import Habit, encoding, ends, habit
from ...rules.ignorefile import Rule
from ...rules.matcher import Matcher
from ..inputs.misspelling import nearest
from ..reading import listed
from ..registry import Evidence, finding, finds
from .inactive import WORTH_BYTES

#: Entries that are looked at to tell what a line would exclude.
MOST_ENTRIES: Final = 20_000
#: Of what a line would exclude, so many paths are asked about.
MOST_ASKED: Final = 50
#: Directories of virtual environments: those that have capitals on Windows, and what stands beside them in lists.
_ON_WINDOWS: Final = frozenset({"Include", "Lib", "Scripts"})
_OF_ENVIRONMENTS: Final = _ON_WINDOWS | {".Python", "bin", "include", "lib", "lib64", "pyvenv.cfg", "share"}
_LETTERS: Final = "names are compared to the letter, capitals included"


@finds("warning")
def misread_rule(case: Evidence) -> Iterator[Finding]:
    """A line of the ignore file that does not do what it looks like.

    `build  # output` is one pattern with blanks and a `#` in it, `// output` is no comment, a backslash separates
    nothing, braces and quotes mean nothing, a path of the machine or of the image is none of the context, and in UTF-16
    no line is the rule that it looks like. A path that is a letter or two away from one that is there excludes nothing,
    such as that of a directory which has another name now.

    It is a warning where the line, as it was meant, would exclude something that is kept now, and a note elsewhere, for
    one file whose name has other capitals, and where the build reads what it would exclude. A name with other capitals
    that the build reads is meant to be another one, as `Scripts` of a virtual environment is.
    """
    scan = case.scan
    if scan.ignored is None:
        return
    wrong = encoding(scan.ignored.data)
    if wrong is not None:
        yield finding(
            misread_rule,
            f"the file is in {wrong}: none of its lines is the rule that it looks like",
            path=scan.ignored.label,
            line=1,
            remedy="save it as UTF-8",
            key=wrong,
        )
        return
    odd: dict[str, list[tuple[Rule, Habit]]] = {}
    for rule in scan.ignored.rules:
        found = (
            None
            if rule.pattern.problem
            else habit(rule.text) or _elsewhere(scan, rule.text) or _in_other_letters(scan, rule)
        )
        if found is not None and _first(scan, [rule.pattern.text], kept=False) is None:
            odd.setdefault(found.said, []).append((rule, found))
    for said, lines in odd.items():
        yield from _told(case, said, lines)
    yield from _misspelled(case, [rule for lines in odd.values() for rule, _ in lines])


def _misspelled(case: Evidence, told: Sequence[Rule]) -> Iterator[Finding]:
    """Paths of which one directory is not there, and another one that is called nearly so; one finding for all rules
    with the same."""
    scan, reading = case.scan, case.reading
    found: dict[tuple[str, str], list[tuple[Rule, str]]] = {}
    for rule in scan.ignored.rules if scan.ignored and reading is not None else ():
        if rule.pattern.problem or rule.pattern.negated or rule in told:
            continue
        slip = _slip(scan, rule.pattern.text)
        if slip is None or _is_meant(case, *slip):
            continue
        missed = _first(scan, [slip[2]], kept=True)
        if missed is not None:
            found.setdefault(slip[:2], []).append((rule, slip[2]))
    for (wrong, right), lines in found.items():
        (rule, meant), *more = lines
        also = f" (and on {listed(each.line for each, _ in more[:20])})" if more else ""
        plain = [path for _, path in lines if not globs.is_wild(path)]
        size = sum(map(reading.size, plain)) if reading is not None else 0
        why = next((why for each in plain if (why := case.missed(each)[1]) is not None), None)
        yield finding(
            misread_rule,
            f"{rule.text}: there is no {wrong}, and {right} is kept{also}",
            severity=None if size >= WORTH_BYTES and why is None else "note",
            path=scan.ignored.label if scan.ignored else None,
            line=rule.line,
            size=size,
            remedy=_spelled([meant], why),
            key=rule.text,
        )


def _is_meant(case: Evidence, wrong: str, right: str, meant: str) -> bool:
    """Whether a path is no slip: git is told to ignore it, or what comes there, as well, a RUN or something of the
    project makes it, or the other one is a part of the project as a whole, which nobody excludes."""
    reading = case.reading
    if reading is not None:
        lists = ignore_lists(reading.tree.root, reading.tree.read)
        if lists.ignores(wrong, directory=True) or lists.ignores(join(wrong, "-"), directory=True):
            return True
        if any(wrong in step.instruction.whole for stage in reading.plan.stages for step in stage.steps):
            return True
        from ..project.earlier import made_earlier  # few rules are misspelled

        if made_earlier(reading.tree, wrong, ignored=False):
            return True
    return meant == right and right.rpartition("/")[2] not in ASIDE and case.tracked.below(right)


def _slip(scan: Scan, text: str) -> tuple[str, str, str] | None:
    """Of the path of a rule the beginning that is not there, what it may have been meant to be, and the rule with
    that. What has one part alone may be something else that is not there yet."""
    parts, here = text.split("/"), ""
    for at, part in enumerate(parts if len(parts) > 1 else ()):
        if globs.is_wild(part):
            return None
        names = scan.disk.names(here)
        if part not in names:
            near = nearest(part, names)
            if near is None or near.casefold() == part.casefold():
                return None
            wrong, right = join(here, part), join(here, near)
            return wrong, right, "/".join((right, *parts[at + 1 :]))
        here = join(here, part)
    return None


def _told(case: Evidence, said: str, lines: Sequence[tuple[Rule, Habit]]) -> Iterator[Finding]:
    """One finding for all lines of a habit, and for each one that would exclude something."""
    scan = case.scan
    idle: list[tuple[Rule, Habit]] = []
    for rule, found in lines:
        taken = list(islice(_matched(scan, found.meant, kept=True), MOST_ASKED))
        if not taken:
            idle.append((rule, found))
            continue
        missed, (certain, why) = taken[0], max(map(case.missed, taken), key=_weight)
        if said == _LETTERS and certain:
            continue
        # A name in other letters is a slip; what it costs is what it would have kept back.
        slight = said == _LETTERS and scan.disk.kind(missed) != "dir"
        yield finding(
            misread_rule,
            f"{rule.text}: {said}, and {missed} is kept",
            severity="note" if slight or why is not None else None,
            path=scan.ignored.label if scan.ignored else None,
            line=rule.line,
            remedy=f"take it out: {why}" if certain else _spelled(found.meant, why),
            key=rule.text,
        )
    # A name may have blanks in it: without a sign that two were meant there is nothing to report.
    idle = [(rule, found) for rule, found in idle if not _may_be_a_name(rule.text, found)]
    if idle:
        (rule, found), *more = idle
        where = f" (and on {listed(each.line for each, _ in more[:20])})" if more else ""
        remedy = (
            f"write {' and '.join(found.meant)}" if found.meant else "begin it with #" if "comment" in said else None
        )
        yield finding(
            misread_rule,
            f"{rule.text}: {said}{where}",
            severity="note",
            path=scan.ignored.label if scan.ignored else None,
            line=rule.line,
            remedy=remedy,
            key=rule.text,
        )


def _spelled(meant: Sequence[str], why: str | None) -> str:
    """How to write a rule, unless somebody may read what it takes."""
    each = ", one a line" if len(meant) > 1 else ""
    return f"write {' and '.join(meant)}{each}" + (f", or remove the rule: {why}" if why is not None else "")


def _weight(answer: tuple[bool, str | None]) -> tuple[bool, bool]:
    """Orders answers to the question who would miss a path, certain readers last."""
    return answer[0], answer[1] is not None


def _elsewhere(scan: Scan, line: str) -> Habit | None:
    """A path of a machine or of an image whose end is one of the context."""
    found = ends(line)
    if not found or scan.disk.kind(line.strip("!/").partition("/")[0]) is not None:
        return None
    meant = next((each for each in found if _first(scan, [each], kept=True) is not None), None)
    if meant is None:
        return None
    return Habit("a pattern begins at the context, not at the root of the machine or of the image", (meant,))


def _in_other_letters(scan: Scan, rule: Rule) -> Habit | None:
    """A plain path that is there with capitals in other places."""
    text = rule.pattern.text
    if globs.is_wild(text) or text.casefold() == text.upper() or _is_of_an_environment(scan, text):
        return None
    here = ""
    for part in text.split("/"):
        names = scan.disk.names(here)
        same = part if part in names else next((each for each in names if each.casefold() == part.casefold()), None)
        if same is None:
            return None
        here = join(here, same)
    sign = "!" if rule.pattern.negated else ""
    return None if here == text else Habit(_LETTERS, (sign + here,))


def _is_of_an_environment(scan: Scan, text: str) -> bool:
    """Whether a name is that of a directory of a virtual environment on Windows, among others of one."""
    names = {each.pattern.text for each in scan.ignored.rules} if scan.ignored else set()
    return text in _ON_WINDOWS and len(names & _OF_ENVIRONMENTS) > 2


def _may_be_a_name(line: str, found: Habit) -> bool:
    return " ".join(line.split()) == " ".join(found.meant)


def _first(scan: Scan, texts: Sequence[str], *, kept: bool) -> str | None:
    """The first path that patterns match; with `kept` among those that the rules in use keep."""
    return next(_matched(scan, texts, kept=kept), None)


def _matched(scan: Scan, texts: Sequence[str], *, kept: bool) -> Iterator[str]:
    """The paths that patterns match, and not what lies below them."""
    from ...rules.grammars import PatternProblem  # only where there are rules

    builder = scan.build.builder
    try:
        patterns = [builder.pattern.loaded(text.removeprefix("!")) for text in texts]
    except PatternProblem:
        return
    if not patterns or any(each.problem for each in patterns) or (kept and any(each[:1] == "!" for each in texts)):
        return
    matcher = Matcher(patterns, builder)
    left = MOST_ENTRIES
    todo = [""]
    while todo:
        above = todo.pop(0)
        names = scan.disk.names(above)
        left -= len(names)
        if left < 0:
            return
        for name in names:
            path = join(above, name)
            out = scan.rules.gone(path)
            if matcher.gone(path) and not (kept and out):
                yield path
            elif scan.disk.kind(path) == "dir" and not out:
                todo.append(path)
