"""Rules that do not do what they seem to, and ignore files that nobody reads."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from ...context.transfer import cleaned
from ...context.watchlist import ASIDE, OUTPUTS, is_for_everywhere
from ...dockerfile import images
from ...dockerfile.stages import Step
from ...facts import Scan
from ...findings import Finding, Severity
from ...git.ignorelists import ignore_lists
from ...packages.catalog import LOCKS
from ...paths import join, within
from ...rules.globs import is_wild, matches
from ...rules.habits import hint
from ...rules.ignorefile import Rule
from ...rules.matcher import Matcher
from ...secrets.judgement import Strength
from ..installs.overlays import installed
from ..project.audience import is_rehearsal
from ..reading import Reading, base_image
from ..registry import Evidence, Run, finding, finds
from ..secrecy.inspection import Suspect
from ..secrecy.valuable import SOURCE_ENDINGS
from .inactive import WORTH_BYTES, inactive_ignore_file

if TYPE_CHECKING:
    from ...context.totals import Found
    from ...rules.parts import Part


@finds("warning", scope="own", late=True)
def no_ignore_file(case: Evidence) -> Iterator[Finding]:
    """There is no ignore file, the build takes all of the context, and there is something in it to exclude: more than
    1 MB that no step needs, the repository, or a secret.

    Where BuildKit is only asked for a few paths the rest stays where it is, and nothing is reported. A repository of
    which a step makes a version does not count, nor settings that Git tracks and that hold no secret. A `.env` that is
    not there counts where the image would get it and the project has people write it, with an example or a Compose file
    that names it, while a `.gitignore` has it. One that is there and not read is reported
    as that.
    """
    scan = case.scan
    disk = scan.disk
    if scan.ignored is not None or scan.plan is None or not scan.takes_everything:
        return
    if "own" in case.scopes and any(inactive_ignore_file(case)):
        return
    private = [".git"] if disk.kind(".git") == "dir" and not case.missed(".git")[0] else []
    if disk.kind(".env") == "file" and not case.missed(".env")[0] and not case.tracked.file(".env"):
        private.append(".env")
    elif disk.kind(".env") is None and case.proven is not None and case.proven.rules.gone(".env"):
        private += [".env"] if _ships_all(case.reading) else []
    given = [*_given(case, private)]
    private += given
    secret = any(map(_is_secret, case.examined.suspects)) and _tells_of_secrets(case)
    saved = case.proven.saved if case.proven else 0
    if case.proven is None and not _ships_all(case.reading) and all(case.missed(each)[1] for each in private):
        private = []  # nobody can say that it is not needed
    if _only_builds(case):
        private, secret = [], False
    if not private and not secret and saved < WORTH_BYTES:
        return
    goes = (
        f"not even {' or '.join(private)}"
        if private
        else "not even a secret"
        if secret
        else f"and {saved} bytes that no step needs are sent"
    )
    yield finding(
        no_ignore_file,
        f"no ignore file: nothing is excluded, {goes}",
        why=_of_another(case),
        size=scan.transfer.bytes,
        remedy=_written(case, private, given),
    )


def _of_another(case: Evidence) -> str | None:
    """The ignore file of another Dockerfile beside that of the build, which may be taken for one of all."""
    build = case.scan.build
    above, name = posixpath.split(build.own_name or "")
    for each in case.scan.disk.names(above) if name else ():
        ending = next((one for one in build.builder.own_endings if each.endswith(one)), "")
        own = each.removesuffix(ending)
        if ending and own and own != name and case.scan.disk.kind(join(above, own)) == "file":
            return f"{join(above, each)} counts for {own} alone"
    return None


def _tells_of_secrets(case: Evidence) -> bool:
    """Whether a secret is more than a note, and in a file that can be left out, unlike what is compiled: the rules that
    are proven do so."""
    from ..secrecy.secrets import secret_file  # only where nothing is excluded

    return any(
        each.severity != "note"
        and each.context is None
        and each.path is not None
        and not each.path.endswith(SOURCE_ENDINGS)
        and not case.missed(each.path)[0]
        and case.proven is not None
        and case.proven.rules.gone(each.path)
        for each in secret_file(case)
    )


def _given(case: Evidence, known: Sequence[str]) -> Iterator[str]:
    """Files of variables in the context that a service hands to its container, that git ignores, and that the image
    would get as well: whoever reads them there has the variables already."""
    if case.reading is None or not _ships_all(case.reading):
        return
    from ..project.composefiles import given_files  # only where nothing is excluded
    from ..secrecy.secrets import is_private

    tree = case.reading.tree
    lists = ignore_lists(tree.root, tree.read)
    for path in dict.fromkeys(given_files(case.reading)):
        named = {cleaned(each.input.source) for each in case.scan.inputs}
        if path in known or path in named or case.tracked.file(path) or case.missed(path)[0]:
            continue
        if lists.ignores(path, directory=False) and is_private(path.rpartition("/")[2]):
            yield path


def _only_builds(case: Evidence) -> bool:
    """Whether an image is there to build in, by its name and for want of a command: nobody gets what is in it."""
    reading = case.reading
    if reading is None or "shipped" in case.scopes or reading.last("CMD") or reading.last("ENTRYPOINT"):
        return False
    image = base_image(reading.chain[0])
    called = posixpath.basename(case.scan.build.label or "")
    return is_rehearsal(called) and image is not None and images.is_plain(image)


def _ships_all(reading: Reading | None) -> bool:
    """Whether an instruction puts all of the context into the image itself."""
    steps = reading.shipped if reading is not None else ()
    copies = (step for step in steps if step.keyword in ("COPY", "ADD") and step.origin is None)
    return any(each.kind == "path" and not cleaned(each.text) for step in copies for each in step.sources)


def _written(case: Evidence, private: Sequence[str], given: Sequence[str]) -> str:
    """What writes the file, and what is to be added to that by hand, since somebody may miss it."""
    patterns = case.proven.patterns if case.proven is not None else ()
    left = [each for each in private if case.proven is None or not case.proven.rules.gone(each)]
    asked = (case.missed(each)[1] for each in left if each not in given)
    why = next((f", unless somebody needs it: {said}" for said in asked if said), "")
    # Who has the variables already needs no file of them.
    sure, perhaps = [each for each in left if each in given], [each for each in left if each not in given]
    said = ", and ".join(filter(None, (" and ".join(sure), " and ".join(perhaps)))) + why
    if not patterns:
        return f"write one with {said}" if left else "write one"
    first = sorted(patterns, key=lambda each: each.rpartition("/")[2] not in private)[:3]
    more = f" and {len(patterns) - len(first)} more" if len(patterns) > len(first) else ""
    by_hand = f"; add {said}" if left else ""
    return f"ctxscan --fix writes one: {', '.join(first)}{more}{by_hand}"


def _is_secret(suspect: Suspect) -> bool:
    """Whether somebody would act on the finding: minor ones occur in any project with tests."""
    return any(
        each.verdict == "confirmed" and each.severity is not None and each.severity > Strength.LOW
        for each in suspect.judgements
    )


@finds("error")
def bad_pattern(case: Evidence) -> Iterator[Finding]:
    """A line that the builder rejects as soon as it compares it with a path.

    One that is compared already, or that no builder can load, ends the build and is an error of exit code 2.
    """
    scan = case.scan
    for rule in _rules(scan):
        if rule.pattern.problem:
            words = f"{rule.text}: {rule.pattern.problem}, once it is compared{hint(rule.text)}"
            yield rule_finding(bad_pattern, scan, rule, words)


@finds("warning", scope="own")
def dead_rule(case: Evidence) -> Iterator[Finding]:
    """A rule that decides nothing and cannot: it is covered by others, or no path can match it.

    A note, but for one that is to bring back what a later rule excludes again, and a file that has nothing but rules
    with `!`: it excludes nothing at all.
    """
    scan = case.scan
    excluding, series = False, _Series()
    rules = list(_rules(scan))
    if rules and all(rule.pattern.negated for rule in rules):
        yield _without_effect(scan, rules)
        return
    for at, rule in enumerate(rules):
        text, negated = rule.pattern.text, rule.pattern.negated
        if negated is not series.negated:
            series = _Series(negated=negated)
        reason, remedy = None, "take it out"
        severity: Severity = "note"
        if text in (".", "/") or text == ".." or text.startswith("../"):
            reason = "matches no path: it does not stand for the context or for what is outside"
        elif negated and not excluding:
            reason = "brings nothing back: no rule before it excludes anything"
            # Whoever wrote it may have meant it for one that comes later.
            later = next((each for each in rules[at + 1 :] if _takes(scan, each, text)), None)
            if later is not None:
                reason = f"brings nothing back: line {later.line} {later.text} below excludes it again"
                remedy = f"move it below line {later.line}"
                severity = "warning" if scan.rules.gone(text) and scan.disk.kind(text) is not None else "note"
        else:
            other = series.covering(rule)
            if other is not None:
                reason = f"changes nothing: line {other.line} {other.text} matches all of it"
        series.add(rule)
        excluding = excluding or not negated
        if reason:
            yield rule_finding(dead_rule, scan, rule, f"{rule.text} {reason}", severity=severity, remedy=remedy)


def _without_effect(scan: Scan, rules: Sequence[Rule]) -> Finding:
    """An ignore file that only brings back: perhaps all the rest was to be excluded before."""
    each = f"each of its {len(rules)} rules brings" if len(rules) > 1 else "its only rule brings"
    return rule_finding(
        dead_rule,
        scan,
        rules[0],
        f"the file excludes nothing: {each} back what no rule excludes",
        remedy=f"write ** above line {rules[0].line}, with an exception for all else that is copied, or name what is "
        "to be excluded",
    )


def _takes(scan: Scan, rule: Rule, text: str) -> bool:
    """Whether a rule excludes what another one names plainly."""
    if rule.pattern.negated or not text or is_wild(text):
        return False
    return Matcher([rule.pattern], scan.build.builder).decide(text.strip("/")).excluded


class _Series:
    """Consecutive rules of one sign. Which of them hits whatever another rule hits is looked up by their parts."""

    def __init__(self, *, negated: bool = False) -> None:
        self.negated = negated
        self._same: dict[str, Rule] = {}
        #: By the name that is hit wherever it comes, and by the path that is hit with all below it.
        self._names: dict[Part, Rule] = {}
        self._paths: dict[tuple[Part, ...], Rule] = {}
        self._lengths: set[int] = set()

    def add(self, rule: Rule) -> None:
        self._same[rule.pattern.text] = rule
        parts = rule.pattern.parts
        if parts is None:
            return
        if [part.kind for part in parts] == ["dirs", "literal"]:
            self._names[parts[1]] = rule
        elif all(part.kind == "literal" for part in parts):
            self._paths[parts] = rule
            self._lengths.add(len(parts))

    def covering(self, rule: Rule) -> Rule | None:
        """The last one that hits all that `rule` hits."""
        parts = rule.pattern.parts
        found = [self._same.get(rule.pattern.text)]
        if parts is not None:
            found += map(self._names.get, parts)
            found += (self._paths.get(parts[:size]) for size in self._lengths if size <= len(parts))
        return max(filter(None, found), key=lambda each: each.line, default=None)


@finds("warning", scope="own")
def root_only_rule(case: Evidence) -> Iterator[Finding]:
    """A rule that excludes something in the root of the context only, while the same thing lies deeper and is kept.

    In a .gitignore `node_modules` means every one; here it means the one in the root. What only builds make (`target`,
    `dist`) counts where git tracks nothing in it and no instruction names it, and tests and documents that nothing
    reads where there are none in the root and 1 MB of them deeper. A note where what is kept is less than 1 MB and
    holds no secret, and where nothing of it is there yet but what makes it is: packages of Node or Python, or .NET
    projects, below the level that the rule is for. A warning there as well where the COPY of it comes after the install
    of such packages, so that those of this machine would lie over them; and for a `.env` that git ignores wherever it
    lies, where an example of one lies deeper and an instruction takes that directory.
    """
    scan = case.scan
    deeper: dict[str, list[Found]] = {}  # of many paths few names
    for each in scan.measure.found:
        above, _, name = each.path.rpartition("/")
        if above and each.files:
            deeper.setdefault(name, []).append(each)
    told: set[int] = set()
    for rule in _rules(scan):
        if not is_for_everywhere(rule):
            continue
        matcher = Matcher([rule.pattern], scan.build.builder)
        nested = [
            each
            for name, found in deeper.items()
            if matcher.decide(name).excluded
            for each in found
            if rule.pattern.text not in OUTPUTS or _is_output(case, each.path)
        ]
        name = rule.pattern.text
        if name in ASIDE:
            free = [each for each in nested if case.missed(each.path)[1] is None]
            worth = sum(each.bytes for each in free) >= WORTH_BYTES and scan.disk.kind(name) is None
            nested = free if worth and len(free) == len(nested) else []
        if nested:
            largest = max(nested, key=lambda each: (each.bytes, each.path))
            kept = f" and {len(nested) - 1} more are kept" if len(nested) > 1 else " is kept"
            size = sum(each.bytes for each in nested)
            which = "one in the root alone" if name in ASIDE else "the one in the root"
            told.add(rule.line)
            yield rule_finding(
                root_only_rule,
                scan,
                rule,
                f"{rule.text} excludes {which}, and {largest.path}{kept}",
                severity=None if size >= WORTH_BYTES or _hold_secret(case, nested) else "note",
                size=size,
                remedy=f"write **/{rule.pattern.text}",
            )
    gone: dict[str, Rule] = {}  # by what they are for
    for rule in _rules(scan):
        first, _, rest = rule.pattern.text.partition("/")
        if rest and not rule.pattern.negated and not is_wild(first) and scan.disk.kind(first) is None:
            gone.setdefault(rest.rpartition("/")[2], rule)
    left = [rule for rule in _rules(scan) if rule.line not in told and _is_for_one_level(rule)]
    left += gone.values()
    if left and case.reading is not None:
        for rule, places in _coming(case.reading, left):
            open_places = [each for each in places if not case.missed(each)[0]]
            if not open_places:
                continue
            worst = next((each for each in open_places if _is_worse(case.reading, each)), None)
            place = worst or open_places[0]
            first = rule.pattern.text.partition("/")[0]
            said = f"does not match {place}, which would be kept"
            if rule in gone.values():
                said = f"matches nothing, as there is no {first}: {place} would be kept"
            yield rule_finding(
                root_only_rule,
                scan,
                rule,
                f"{rule.text} {said}",
                severity=None if worst else "note",
                why="a COPY lays it over what was installed there" if worst and first != _SETTINGS else None,
                remedy=f"write **/{rule.pattern.text.rpartition('/')[2]}",
            )


def _is_worse(reading: Reading, place: str) -> bool:
    """Whether something is lost where this lies there: it is private, or a COPY puts it over what was installed there
    by the manifest beside it."""
    above, _, name = place.rpartition("/")
    if name == _SETTINGS:
        return True
    manifests = [posixpath.join(above, each) for each in _MADE_BESIDE.get(name, ())]
    for stage in reading.plan.stages:
        taken: list[str] = []
        for at, step in enumerate(stage.steps):
            if step.keyword != "COPY" or step.origin is not None:
                continue
            sources = [cleaned(each.text) for each in step.sources if each.kind == "path"]
            before, after = stage.steps[:at], stage.steps[at + 1 :]
            if any(not each or within(above, each) for each in sources) and any(
                posixpath.basename(where) == name
                and any(_is_meant(one, each) for one in manifests for each in taken)
                and not (name == "node_modules" and _is_aside(reading, before, step, above, posixpath.dirname(where)))
                for _, where in installed(reading, before, after)
            ):
                return True
            taken += sources
    return False


def _is_aside(reading: Reading, before: Sequence[Step], step: Step, member: str, root: str) -> bool:
    """Whether an install in `root` puts nothing where a COPY puts a directory with a manifest of Node: that manifest
    went elsewhere, or all that it asks for lies in the root, as the lock file says."""
    sources = (cleaned(each.text) for each in step.sources if each.kind == "path")
    source = next(each for each in sources if within("/" + member, "/" + each))
    home = posixpath.normpath(posixpath.join(step.target, posixpath.relpath("/" + member, "/" + source)))
    if reading.came_from(before, f"{home}/package.json") != f"{member}/package.json":
        return True
    from ...packages.node_locks import hoists  # only where a COPY lays something over an install

    locks = filter(None, (reading.came_from(before, posixpath.join(root, name)) for name in LOCKS))
    return any(hoists(reading.tree, lock, posixpath.relpath(home, root)) for lock in locks)


def _is_meant(path: str, source: str) -> bool:
    """Whether a source with wild cards is this path, or above it."""
    parts, globs = path.split("/"), source.split("/")
    return len(globs) <= len(parts) and all(matches(glob, part) for glob, part in zip(globs, parts, strict=False))


def _hold_secret(case: Evidence, places: Sequence[Found]) -> bool:
    paths = {each.path for each in case.examined.suspects if each.context is None and _is_secret(each)}
    return any(each.path in paths or any(within(path, each.path) for path in paths) for each in places)


def _is_output(case: Evidence, path: str) -> bool:
    """Whether a directory of such a name was made by a build: git tracks nothing in it, and no instruction names it."""
    if not case.tracked.known or case.tracked.below(path):
        return False
    named = (cleaned(each.input.source) for each in case.scan.inputs)
    return not any(f"{each}/".startswith(f"{path}/") for each in named)


#: What each tool makes, by the endings of the names beside which it does.
_MADE_BESIDE: Final = {
    "node_modules": ("package.json",),
    "__pycache__": (".py",),
    "*.pyc": (".py",),
    "bin": (".csproj", ".fsproj", ".vbproj"),
    "obj": (".csproj", ".fsproj", ".vbproj"),
}
#: What people write for each machine, beside an example.
_SETTINGS: Final = ".env"
_OF_SETTINGS: Final = (".env.", ".env-", ".env_", "env.", "env-")
_EXAMPLES: Final = ("example", "sample", "template", ".dist")
#: What stands for such a file in a name.
_STANDS_FOR: Final = {"*.pyc": "__pycache__/app.cpython.pyc"}
#: Levels of the context and directories that are looked at.
_DEEPEST: Final = 4
_MOST_DIRECTORIES: Final = 200


def _coming(reading: Reading, rules: Iterable[Rule]) -> Iterator[tuple[Rule, list[str]]]:
    """Of rules for what tools make those after which it is kept where they make it, each with these places."""
    made: dict[str, list[str]] = {}
    for directory, names in _directories(reading):
        for kind, endings in _MADE_BESIDE.items() if directory else ():
            if any(name.endswith(endings) for name in names):
                place = posixpath.join(directory, _STANDS_FOR.get(kind, kind))
                if not reading.scan.rules.gone(place) and reading.sent.kind(directory) == "dir":
                    made.setdefault(kind, []).append(place)
        place = posixpath.join(directory, _SETTINGS)
        if (
            directory
            and any(each.startswith(_OF_SETTINGS) and each.endswith(_EXAMPLES) for each in names)
            and _is_ignored(reading, place)
        ):
            made.setdefault(_SETTINGS, []).append(place)
    for rule in rules:
        if places := made.get(rule.pattern.text.rpartition("/")[2]):
            yield rule, places


def _is_ignored(reading: Reading, path: str) -> bool:
    """Whether git is told to ignore a file that would be sent, at every level."""
    if reading.scan.rules.gone(path) or reading.sent.kind(posixpath.dirname(path)) != "dir":
        return False
    return ignore_lists(reading.tree.root, reading.tree.read).ignores(path, directory=False)


def _directories(reading: Reading) -> Iterator[tuple[str, tuple[str, ...]]]:
    todo = [("", 0)]
    for _ in range(_MOST_DIRECTORIES):
        if not todo:
            return
        here, depth = todo.pop(0)
        names = reading.names(here)
        yield here, names
        for name in names if depth < _DEEPEST else ():
            path = posixpath.join(here, name)
            if name not in _MADE_BESIDE and reading.sent.kind(path) == "dir":
                todo.append((path, depth + 1))


def _is_for_one_level(rule: Rule) -> bool:
    """Whether a rule excludes what tools make beside sources in the root alone, or as many levels down as it says."""
    above, _, last = rule.pattern.text.rpartition("/")
    on_purpose = rule.pattern.negated or rule.text.startswith("/")
    return (
        (last in _MADE_BESIDE or last == _SETTINGS) and not on_purpose and not above.strip("*/") and "**" not in above
    )


@finds("warning", scope="own")
def rule_order(case: Evidence) -> Iterator[Finding]:
    """A rule that does not behave as the documented last-match-wins order suggests, because a parent directory was
    decided first.

    The documentation says that the last match wins. BuildKit and new clients compare a rule with a directory only if it
    could change its fate, and what was not compared there does not count below.
    """
    scan = case.scan
    for each in case.differences:
        if each.documented and scan.ignored:
            rule = scan.ignored.rules[each.rule]
            does = "does not exclude" if not each.excluded else "does not bring back"
            remedy = f"write {'!' if each.excluded else ''}{each.path} below it"
            yield rule_finding(rule_order, scan, rule, f"{rule.text} {does} {each.path}", remedy=remedy)


@finds("note", scope="own")
def not_portable(case: Evidence) -> Iterator[Finding]:
    """Builders disagree on this rule, for a path that exists here."""
    scan = case.scan
    told = {each.path for each in case.differences if each.documented}  # by `rule-order`
    for each in case.differences:
        if not each.documented and each.path not in told and scan.ignored:
            rule = scan.ignored.rules[each.rule]
            mine, theirs = ("excluded", "kept") if each.excluded else ("kept", "excluded")
            others = " and ".join(each.others)
            yield rule_finding(
                not_portable,
                scan,
                rule,
                f"{rule.text}: {each.path} is {mine} by {scan.build.builder.name}, {theirs} by {others}",
            )


def _rules(scan: Scan) -> tuple[Rule, ...]:
    return scan.ignored.rules if scan.ignored else ()


def rule_finding(
    code: Run,
    scan: Scan,
    rule: Rule,
    message: str,
    *,
    severity: Severity | None = None,
    why: str | None = None,
    size: int = 0,
    remedy: str | None = None,
) -> Finding:
    label = scan.ignored.label if scan.ignored else None
    remedy = None if scan.ignored is not None and scan.ignored.foreign else remedy
    return finding(
        code, message, severity=severity, why=why, path=label, line=rule.line, size=size, remedy=remedy, key=rule.text
    )
