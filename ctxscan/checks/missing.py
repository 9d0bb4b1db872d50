"""Why a source is not there, and the way out: where its reader would look next.

Names are looked up in the context alone, but for a file of the same path in the directories above it, as far as the
repository goes: there only whether it exists is asked.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from ..context.transfer import Context, cleaned, link_on
from ..dockerfile.steps import leads_out
from ..facts import Scan
from ..git.command import repository
from ..paths import join, within
from ..regex import lazy
from ..rules import globs
from ..rules.ignorefile import Rule, resolved
from ..rules.matcher import Matcher

if TYPE_CHECKING:
    from ..dockerfile.stages import Section, Step
    from ..image.reach import Input

#: Entries of the context that are looked at in search of a file by its name.
MOST_ENTRIES: Final = 20_000
#: More names of a directory are not compared with a misspelled one.
MOST_COMPARED: Final = 5_000
#: What a build makes, by the name of the directory: a later stage has it from an earlier one.
_MADE: Final = frozenset("dist build out target public .next .output publish bin release node_modules".split())
#: Words that a shell would read, and COPY takes for paths.
_SHELL: Final = lazy(r"(?:\d?>|<|>>|\|\||&&|;|\|).*|true")


class Cause(NamedTuple):
    """Why a source is missing, as the end of a sentence, and what to write.

    `certain` is False where something that is not known here, like a variable of the base image, may put it right;
    `given`: a build argument would. `whole`: it is about the instruction, so that one finding says it for all of its
    sources; `wide`: about the context, for those of all instructions.
    """

    said: str
    remedy: str | None
    certain: bool = True
    whole: bool = False
    wide: bool = False
    given: bool = False


def cause(scan: Scan, each: Input, path: str) -> Cause:
    """The first cause that explains why `path`, which the source `each` needs, is not found."""
    step = _step(scan, each)
    for found in _causes(scan, each, step, path):
        return found
    return Cause("not found in the context", None)


def _causes(scan: Scan, each: Input, step: Step | None, path: str) -> Iterator[Cause]:
    if scan.disk.kind(path) is not None:
        yield _kept_back(scan, each, path)
        return
    if each.empty:
        yield no_value(scan, each, "not found in the context")
    if step is not None:
        yield from _misread(scan, step, each, path)
    yield from _behind(scan, each, path)
    yield from _outside(scan, each)
    yield from _beside_dockerfile(scan, each, path)
    yield from _in_stage(scan, step, each)
    yield from _above(scan, each, path)
    yield from _alike(scan, each, path)
    yield from _elsewhere(scan, each, path)


def _step(scan: Scan, each: Input) -> Step | None:
    for stage in scan.plan.stages if scan.plan else ():
        for step in stage.steps if each.stage in (stage.name, stage.index) else ():
            reads = (*(one.text for one in step.sources), *(one.source or "." for one in step.mounts))
            if step.line == each.line and each.source in reads:
                return step
    return None


# --- variables
# ---------------------------------------------------------------------------------------------------------------


def no_value(scan: Scan, each: Input, said: str) -> Cause:
    """Why a variable in a source has no value; `said` begins the sentence."""
    name = each.empty[0]
    said = f"{said} (${name} has no value)"
    parsed = scan.build.parsed
    if parsed is None:
        return Cause(said, None)
    declared = {word.partition("=")[0] for one in parsed.arguments for word in one.words}
    stage = next((one for one in parsed.sections if each.stage in (one.name, one.index)), None)
    here = (
        [one.line for one in stage.instructions if one.keyword == "ARG" and _declares(one.words, name)] if stage else []
    )
    if any(line > each.line for line in here) and not any(line < each.line for line in here):
        line = min(line for line in here if line > each.line)
        return Cause(
            f"{said}: ARG {name} is declared below it, in line {line}", f"move ARG {name} above line {each.line}"
        )
    if here:
        return Cause(
            f"{said}: ARG {name} has no default", f"pass --build-arg {name}=…, or give ARG {name} a default", given=True
        )
    if name in declared:
        why = f"{name} is declared before FROM, which counts for FROM alone"
        return Cause(f"{said}: {why}", f"repeat ARG {name} in this stage, after FROM")
    others = [
        one.name or str(one.index)
        for one in parsed.sections
        if one is not stage
        and any(each.keyword in ("ARG", "ENV") and _declares(each.words, name) for each in one.instructions)
    ]
    if others:
        return Cause(f"{said}: it is declared in the stage {others[0]} alone", f"declare ARG {name} in this stage, too")
    # A base image may bring it along.
    known = _is_whole(scan, each)
    return Cause(f"{said}: no ARG or ENV declares it", f"declare ARG {name} above line {each.line}", certain=known)


def _declares(words: tuple[str, ...], name: str) -> bool:
    return any(word.partition("=")[0] == name for word in words)


def _is_whole(scan: Scan, each: Input) -> bool:
    """Whether all that the stage is built on is in the Dockerfile."""
    plan = scan.plan
    stage = next((one for one in plan.stages if each.stage in (one.name, one.index)), None) if plan else None
    return stage is not None and plan is not None and plan.chain(stage)[0].origin.kind == "scratch"


# --- words that are no paths
# ---------------------------------------------------------------------------------------------------------------


def _misread(scan: Scan, step: Step, each: Input, path: str) -> Iterator[Cause]:
    words = step.instruction.words
    if step.keyword in ("COPY", "ADD"):
        start = next((at for at, word in enumerate(words) if word.startswith("#")), None)
        if start is not None and each.source in words[max(start - 1, 0) :]:
            yield Cause(
                "a comment takes a separate line: `#` and what follows are read as sources",
                f"move the comment above line {each.line}",
                whole=True,
            )
        shell = [word for word in words if _SHELL.fullmatch(word)]
        if shell and shell != ["true"]:
            yield Cause(
                f"no shell runs {step.keyword}: {' '.join(shell)} is read as paths",
                "take that out; a source that may be absent is written as a wild card, like name*",
                whole=True,
            )
    raw = _with_back_slashes(step, each.source)
    if raw is not None:
        plain = cleaned(raw.replace("\\", "/"))
        hint = f"write {plain}" if scan.disk.kind(plain) is not None else "separate directories with /"
        yield Cause(f"{raw}: a backslash escapes what follows it and separates nothing", hint)
    if re.match(r"~/|[A-Za-z]:[\\/]", each.source):
        yield Cause(
            "a path of this machine: sources are relative to the context",
            "move it into the context, or pass its directory with --build-context",
        )
    inside = _below_root(scan, each.source)
    if inside is not None:
        yield Cause("a path of this machine: sources are relative to the context", f"write {inside or '.'}")


def _with_back_slashes(step: Step, source: str) -> str | None:
    """The source as it was written with back slashes that separate nothing; None: it was not."""
    text = step.instruction.text
    for word in text.split():
        bare = word.strip("\"',[]")
        if "\\" in bare and bare.replace("\\", "") == source.replace("\\", "") and re.search(r"\\[\w.]", bare):
            return bare
    return None


def _below_root(scan: Scan, source: str) -> str | None:
    """The path in the context of an absolute path of this machine."""
    root = os.path.realpath(scan.build.context)
    if not source.startswith("/") or root == "/" or not within(posixpath.normpath(source), Path(root).as_posix()):
        return None
    inside = posixpath.relpath(posixpath.normpath(source), Path(root).as_posix())
    return "" if inside == "." else inside


# --- excluded
# ---------------------------------------------------------------------------------------------------------------


def _kept_back(scan: Scan, each: Input, path: str) -> Cause:
    """Why what is there does not arrive: a rule, or a link."""
    rule = blamed(scan, path)
    if rule is not None:
        label = scan.ignored.label if scan.ignored else ""
        return Cause(f"excluded by {label}:{rule.line} {rule.text}", _way_back(scan, cleaned(each.source), path, rule))
    link = scan.disk.link(path)
    if link is None:
        return Cause("leads to something that is not sent", None)
    target = posixpath.normpath(posixpath.join(posixpath.dirname(path), link))
    if link.startswith("/") or target.split("/")[0] == "..":
        return Cause(
            f"a link that leads out of the context ({link}), which no builder follows",
            "put a copy in the place of the link, or pass the directory behind it with --build-context",
        )
    rule = blamed(scan, target) if scan.disk.kind(target) is not None else None
    if rule is not None:
        label = scan.ignored.label if scan.ignored else ""
        return Cause(
            f"a link to {target}, which is excluded by {label}:{rule.line} {rule.text}",
            _way_back(scan, target, target, rule),
        )
    gone = "which does not exist" if scan.disk.kind(target) is None else "which is not sent"
    return Cause(f"a link to {target}, {gone}", None)


def _way_back(scan: Scan, source: str, path: str, rule: Rule) -> str:
    """The smallest exception that brings the source back, tried on the rules as they are."""
    label = scan.ignored.label if scan.ignored else ""
    for text in dict.fromkeys((source, path, f"{path}/**")):
        if brings_back(scan, text, source):
            return f"add !{text} at the end of {label}"
    return f"take {rule.text} out of {label}, or write it so that it does not match {path}"


def brings_back(scan: Scan, text: str, source: str) -> bool:
    """Whether an exception at the end of the rules makes `source` find something."""
    builder = scan.build.builder
    if scan.ignored is None or not text.isprintable():
        return False
    from ..rules.grammars import PatternProblem

    try:
        exception = builder.pattern.loaded(f"!{text}")
    except PatternProblem:
        return False
    if exception.problem:
        return False
    rules = Matcher([*(one.pattern for one in scan.ignored.rules), exception], builder)
    found = list(_found(scan.disk, source))
    return bool(found) and all(_is_kept(scan, rules, path) for path in found)


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


# --- elsewhere
# ---------------------------------------------------------------------------------------------------------------


def _behind(scan: Scan, each: Input, path: str) -> Iterator[Cause]:
    """A link on the way, which was followed for another source."""
    link = link_on(path, scan.disk)
    found = None if link is None else resolved(Path(scan.disk.root), path)
    if link is None or found is None:
        return
    real = found.relative_to(scan.disk.root).as_posix()
    if scan.disk.kind(real) is not None and not scan.rules.gone(real):
        yield Cause(
            f"it lies behind the link {link}, which is followed once in a build, for the first that asks",
            f"write {each.instruction} {real}",
        )


def _outside(scan: Scan, each: Input) -> Iterator[Cause]:
    """A source that begins above the context."""
    source = each.source
    if not leads_out(source):
        return
    said = f"{source} lies outside the context, and builders take it for /{cleaned(source)} in it"
    plain = posixpath.normpath(source)
    name = posixpath.basename(plain)
    root = _widest(scan)
    real = os.path.normpath(Path(scan.build.context, plain))
    if root is None or not Path(os.path.realpath(real)).is_relative_to(root) or not os.path.lexists(real):
        yield Cause(said, "build from a directory that holds it with -f, or pass its directory with --build-context")
        return
    ups = posixpath.join(*[".."] * plain.split("/").count(".."))
    parent = plain if Path(real).is_dir() else posixpath.dirname(plain)
    context = posixpath.basename(parent) if posixpath.basename(parent) not in ("..", "") else "parent"
    what = "." if Path(real).is_dir() else name
    yield Cause(
        said,
        f"build from {ups} with -f {_dockerfile_from(scan, ups)}, or pass --build-context {context}={parent} and write "
        f"{each.instruction} --from={context} {what}",
    )


def _widest(scan: Scan) -> str | None:
    """The highest directory in which files are looked for: the repository, or where the command runs."""
    context = os.path.realpath(scan.build.context)
    found = repository(scan.build.context)
    here = os.path.realpath(Path.cwd())
    if found is not None:
        return os.path.realpath(found)
    return here if Path(context).is_relative_to(here) else None


def _dockerfile_from(scan: Scan, ups: str) -> str:
    """The path of the Dockerfile for a build from a directory above."""
    context = Path(os.path.realpath(scan.build.context))
    dockerfile = scan.build.dockerfile
    if dockerfile is None:
        return "DOCKERFILE"
    base = Path(os.path.realpath(context / ups))
    real = Path(os.path.realpath(dockerfile.parent), dockerfile.name)
    return real.relative_to(base).as_posix() if real.is_relative_to(base) else "DOCKERFILE"


def _beside_dockerfile(scan: Scan, each: Input, path: str) -> Iterator[Cause]:
    """A path as seen from the Dockerfile."""
    above = posixpath.dirname(scan.build.own_name or "")
    if above and scan.disk.kind(f"{above}/{path}") is not None:
        yield Cause(
            f"not found in the context: sources are relative to it, not to {scan.build.own_name}",
            f"write {each.instruction} {above}/{cleaned(each.source)}",
        )


def _above(scan: Scan, each: Input, path: str) -> Iterator[Cause]:
    """A file of that path in a directory above the context."""
    root = _widest(scan)
    context = here = Path(os.path.realpath(scan.build.context))
    if root is None or not path:
        return
    ups: list[str] = []
    while here != Path(root) and here.is_relative_to(root) and here != here.parent:
        here = here.parent
        ups.append("..")
        found = here / path
        if not os.path.lexists(found):
            continue
        up = "/".join(ups)
        build = f"build from {up} with -f {_dockerfile_from(scan, up)}"
        if not _all_seen_from(scan, here):
            build += " and write every source as seen from there"
        inside = found.relative_to(context).as_posix() if found.is_relative_to(context) else None
        if inside is not None and inside != ".":
            build += f", or write {each.instruction} {inside}{cleaned(each.source)[len(path) :]}"
        yield Cause(f"not found in the context: it is there as seen from {up}", build, wide=True)
        return


def _all_seen_from(scan: Scan, directory: Path) -> bool:
    """Whether all sources are found where another directory is the context."""
    sources = [cleaned(one.input.source) for one in scan.inputs]
    plain = [source for source in sources if source and not globs.is_wild(source)]
    return all(os.path.lexists(directory / source) for source in plain)


def _alike(scan: Scan, each: Input, path: str) -> Iterator[Cause]:
    """The same path in other case or slightly misspelled."""
    disk = scan.disk
    here = ""
    changed = False
    for part in path.split("/"):
        names = disk.names(here)
        if part in names:
            here = join(here, part)
            continue
        near = None if globs.is_wild(part) or len(names) > MOST_COMPARED else nearest(part, names)
        if near is None:
            return
        here, changed = join(here, near), True
    if not changed or disk.kind(here) is None or blamed(scan, here) is not None:
        return
    rest = cleaned(each.source)[len(path) :]
    what = "in other letters" if here.casefold() == path.casefold() else "under a similar name"
    yield Cause(f"not found in the context: it is there {what}: {here}", f"write {each.instruction} {here}{rest}")


def _elsewhere(scan: Scan, each: Input, path: str) -> Iterator[Cause]:
    """A file or directory of that name in other directories."""
    name = path.rpartition("/")[2]
    found = sorted(_named(scan, name), key=lambda each: (each.count("/"), each))
    # As many places as somebody reads; a name like `index.js` tells nothing.
    if found and len(found) <= 3:
        rest = cleaned(each.source)[len(path) :]
        places = " and ".join(found)
        one = f"write {each.instruction} {found[0]}{rest}, if that is meant"
        yield Cause(f"not found in the context: {name} is in another directory ({places})", one)


def _named(scan: Scan, name: str) -> Iterator[str]:
    """The paths of this name that the rules keep."""
    left = MOST_ENTRIES
    todo = [""]
    while todo:
        here = todo.pop()
        names = scan.disk.names(here)
        left -= len(names)
        if left < 0:
            return
        for each in names:
            path = join(here, each)
            kind = scan.disk.kind(path)
            if each == name and not scan.rules.gone(path):
                yield path
            elif kind == "dir" and each not in (".git", "node_modules") and not scan.rules.gone(path):
                todo.append(path)


# --- stages
# ---------------------------------------------------------------------------------------------------------------


def _in_stage(scan: Scan, step: Step | None, each: Input) -> Iterator[Cause]:
    """What an earlier stage has, or is likely to have made; also one that nothing takes from yet."""
    parsed = scan.build.parsed
    if step is None or scan.plan is None or parsed is None or step.keyword not in ("COPY", "ADD"):
        return
    own = next(one for one in scan.plan.stages if step in one.steps)
    chain = {one.index for one in scan.plan.chain(own)}
    for section in reversed(parsed.sections[: own.index]):
        place = None if section.index in chain else _place_in(section, each.source)
        if place is not None:
            name = section.name or str(section.index)
            yield Cause(
                f"not found in the context: it is probably meant from the stage {name}",
                f"write {each.instruction} --from={name} {place}",
            )
            return


def _place_in(section: Section, source: str) -> str | None:
    """Where a stage has, or has made, what is called `source`."""
    workdir, homes = "/", []
    for one in section.instructions:
        if one.keyword == "WORKDIR" and one.words:
            workdir = posixpath.normpath(posixpath.join(workdir, one.words[0]))
            homes.append(workdir)
        elif one.keyword in ("COPY", "ADD") and one.words:
            homes.append(posixpath.normpath(posixpath.join(workdir, one.words[-1])))
    runs = [one.text for one in section.instructions if one.keyword == "RUN"]
    if source.startswith("/"):
        plain = posixpath.normpath(source)
        # What is directly in the root of the stage tells nothing: `/a` may as well be meant in the context.
        held = any(above != "/" and within(plain, above) for home in homes for above in (home, posixpath.dirname(home)))
        return source if held or any(plain in run for run in runs) else None
    plain = cleaned(source)
    named = re.compile(rf"[ /=]{re.escape(plain)}(?![\w.-])")
    if runs and "$" not in workdir and (plain.split("/")[0] in _MADE or any(named.search(run) for run in runs)):
        return posixpath.join(workdir, cleaned(source))
    return None


def nearest_stage(name: str, stages: Iterable[str]) -> str | None:
    """The stage that `name` is a misspelling of; None: it is far from all of them."""
    return nearest(name.lower(), [each for each in stages if each])


def nearest(name: str, names: Sequence[str]) -> str | None:
    """The one of `names` that `name` is a misspelling of: in other letters, or a typing error or two away."""
    for each in names:
        if each.casefold() == name.casefold():
            return each
    most = 0 if len(name) < 3 else 1 if len(name) < 6 else 2
    found = [(_distance(name, each, most), each) for each in names if abs(len(each) - len(name)) <= most]
    distance, best = min(found, default=(most + 1, ""))
    return best if distance <= most else None


def _distance(one: str, other: str, most: int) -> int:
    """How many letters are wrong, missing, too many or swapped with their neighbor; more than `most` is not counted."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and b == one[i - 2]:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before, last = last, row
    return last[-1]
