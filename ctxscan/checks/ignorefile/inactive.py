"""Ignore files that nobody reads for this build, and what would be read."""

import os
import posixpath
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from ...builds.names import is_compose, is_dockerfile
from ...context.transfer import cleaned
from ...dockerfile.stages import Step
from ...errors import CtxscanError
from ...facts import Scan
from ...findings import Finding, Severity
from ...packages.catalog import is_manifest, runner
from ...paths import FIXTURES, LIBRARIES, SAMPLES, VENDORED, join, parents, within
from ...regex import lazy
from ...rules import globs
from ...rules.ignorefile import Rule, load_ignore_file, resolved, root_of
from ...rules.matcher import BadPattern, Matcher
from ..inputs.misspelling import nearest
from ..project.earlier import around
from ..reading import Reading
from ..registry import Evidence, finding, finds

#: Less than this is not worth an ignore file.
WORTH_BYTES: Final = 1_000_000
_IGNORE_FILES: Final = (".dockerignore", ".containerignore")
#: How those end that belong to one Dockerfile.
_OWN_ENDINGS: Final = tuple(f"file{each}" for each in _IGNORE_FILES)
#: Names that nobody means otherwise, too far from the right one for a misspelling.
_MEANT: Final = frozenset(("dockerignore.txt", ".dockerignore.txt", "docker.ignore", "docker-ignore", "_dockerignore"))
#: What lies below these is somebody else's.
_FOREIGN: Final = VENDORED | LIBRARIES | FIXTURES | SAMPLES
#: Files that say what is built where, and how much of each is read.
_ORDERS: Final = (
    "Makefile",
    "docker-bake.hcl",
    "docker-bake.json",
    "skaffold.yaml",
    "Tiltfile",
    "Justfile",
    "justfile",
)
_ORDER_BYTES: Final = 1 << 16
_MOST_ORDERS: Final = 40


@finds("warning", scope="own")
def inactive_ignore_file(case: Evidence) -> Iterator[Finding]:
    """An ignore file that no builder reads for this build: beside the Dockerfile while the context is above it or
    elsewhere, above the context, in a directory below, shadowed, behind a link that leads out, or under a name that
    this builder does not know.

    A directory that has a Dockerfile, or that a compose file or script of the project names, may be a separate
    context, and is left alone, and so is a file whose rules hold already by the one that is read, or name nothing that
    is in its directory or that the tools of its projects make. A note beside the Dockerfile where all that its rules
    name is excluded already, but for outputs that are not there.
    """
    scan = case.scan
    found = [*_beside(scan, case.alike), *_wrong_names(scan), *_links(scan), *_kept(scan, case.reading, case.alike)]
    found += _beside_outside(scan)
    found += _above(scan, case.reading) if case.reading is not None else []
    for each in sorted({each.path: each for each in reversed(found)}.values()):
        if case.in_use and Path(os.path.realpath(scan.build.context / each.path)) in case.in_use:
            continue  # another build reads it
        yield finding(
            inactive_ignore_file,
            each.reason,
            severity=each.severity,
            path=each.path,
            remedy=each.remedy,
            key=each.context,
        )


class _Unread(NamedTuple):
    """A file that is not read, why, and what to do; `severity` None: that of the check. `context` is the one for which
    something has to be done, where several do not read the file."""

    path: str
    reason: str
    remedy: str | None = None
    severity: Severity | None = None
    context: str = ""


def _in_use(scan: Scan) -> str | None:
    return scan.ignored.label if scan.ignored else None


def _root_file(scan: Scan) -> str:
    return scan.build.builder.root_files[-1]


def _beside(scan: Scan, alike: Sequence[Scan]) -> Iterator[_Unread]:
    """One in the directory of the Dockerfile, or between that and the context."""
    name = scan.build.own_name
    above = posixpath.dirname(name or "")
    if name is None or not above:
        return
    own = [f"{name}{ending}" for ending in scan.build.builder.own_endings]
    if _in_use(scan) in own:
        return
    for home in (above, *parents(above)):
        for path in (f"{home}/{each}" for each in _IGNORE_FILES):
            if scan.disk.kind(path) in ("file", "symlink") and path != _in_use(scan):
                reason = f"is not read: the context is not {home}, and only the file in its root counts"
                mine = _of_others(scan, home, own[:1]) if home == above else own[:1]
                verb = "copy" if len(mine) > 1 else "rename" if home == above else "move"
                rename = f"{verb} it to {_listed(mine)}" if mine else ""
                yield from _passed_over(scan, alike, path, reason, rename, beside=True)


def _of_others(scan: Scan, home: str, own: Sequence[str]) -> list[str]:
    """The names for an ignore file of each Dockerfile in a directory, where there are several."""
    names = sorted(each for each in scan.disk.names(home) if own and is_dockerfile(each))
    return [join(home, f"{each}{scan.build.builder.own_endings[0]}") for each in names] or [*own]


def _listed(names: Sequence[str]) -> str:
    *some, last = names
    return f"{', '.join(some)} and {last}" if some else last


def _passed_over(
    scan: Scan, alike: Sequence[Scan], path: str, reason: str, rename: str = "", *, beside: bool = False
) -> Iterator[_Unread]:
    """One in a directory of the context, and what becomes of its rules: nothing, where they hold already. `beside`: it
    lies with the Dockerfile, so that its rules may be meant for the context, and `rename` gives it to that alone."""
    from .mattering import matters, named  # only where there is such a file

    above = posixpath.dirname(path)
    rules = _rules(scan, path)
    if _holds_already(scan, above, rules):
        return
    if (lost := _would_lose(scan, above, rules)) is not None:
        yield _Unread(path, reason, f"remove it: its rules would exclude {lost}")
    elif _takes_nothing(scan, above, rules):
        # The build of another Dockerfile there may take more of it.
        if not _is_shared(scan, above):
            yield _Unread(path, reason, "remove it: no instruction takes what its rules would exclude", "note")
    elif matters(scan, above, rules) or (beside and matters(scan, "", rules)):
        prefixed = f"put {above}/ before its rules for what lies there" * (not _is_for_root(scan, above, rules))
        if not prefixed and _has_them(scan, above, rules):
            yield _Unread(path, reason, f"remove it: {_in_use(scan)} has its rules", "note")
            return
        too = f", and {prefixed}" if prefixed else ""
        move = f"move its rules to {_root_file(scan)} in the root of the context"
        shared = any(_misses(each, above, rules) for each in alike)
        if shared and (now := _in_use(scan)):
            move = f"{rename} with the rules of {now} above its own, as it takes the place of that{too}"
        elif shared:
            move = f"{rename}{too}"
        elif rename and _in_use(scan) is None and not rename.startswith("copy"):
            move = f"{rename}, or {move}" + (prefixed and f"; either way {prefixed}")
        else:
            move = f"{move}{too}"
        yield _Unread(path, reason, move if rename or not shared else None)
    elif beside and (gone := [scan.rules.gone(one) for place in (above, "") for one in named(scan, place, rules)]):
        rest = " of what is there" * (not all(gone))
        yield _Unread(path, reason, f"remove it: {_in_use(scan)} excludes what its rules would{rest}", "note")


def _is_for_root(scan: Scan, above: str, rules: tuple[Rule, ...]) -> bool:
    """Whether rules in the directory `above` are written as seen from the root: a path of several parts leads somewhere
    from there alone, or names do, and none of them is that of something in the directory alone."""
    texts = [each.pattern.text.strip("/") for each in rules if not each.pattern.negated]
    names = [each for each in texts if each and not globs.is_wild(each) and each not in _IGNORE_FILES]
    here = {each for each in names if scan.disk.kind(each) is not None}
    there = {each for each in names if scan.disk.kind(join(above, each)) is not None}
    return any("/" in each for each in here - there) or (here > there)


def _beside_outside(scan: Scan) -> Iterator[_Unread]:
    """One in the directory of a Dockerfile that lies outside the context, whose rules would hold there as they are."""
    dockerfile, builder = scan.build.dockerfile, scan.build.builder
    if dockerfile is None or scan.build.own_name is not None or scan.build.guessed or not scan.takes_everything:
        return
    from ..inputs.elsewhere import widest
    from .mattering import matters  # only where there is such a file

    context, home = Path(os.path.realpath(scan.build.context)), Path(os.path.realpath(dockerfile.parent))
    root, own = (
        widest(scan),
        [each for each in builder.own_endings if dockerfile.with_name(dockerfile.name + each).exists()],
    )
    if root is None or own or context.is_relative_to(home) or not home.is_relative_to(root):
        return
    path = Path(os.path.relpath(home / ".dockerignore", context)).as_posix()
    if not (home / ".dockerignore").is_file():
        return
    rules = _rules(scan, path)
    matcher = Matcher([each.pattern for each in rules], builder)
    if any(matcher.gone(cleaned(each.input.source)) for each in scan.inputs) or not matters(scan, "", rules):
        return
    reason = f"is not read: the context is {_shown(context, root)}, and only the file in its root counts"
    now = _in_use(scan)
    alike = sorted(each.name for each in home.iterdir() if is_dockerfile(each.name)) if builder.own_endings else []
    if now is not None or not alike:
        remedy = f"move its rules to {_shown(context / (now or _root_file(scan)), root)}"
    else:
        verb = "copy" if len(alike) > 1 else "rename"
        names = [_shown(home / f"{each}{builder.own_endings[0]}", root) for each in alike]
        remedy = f"{verb} it to {_listed(names)}"
    yield _Unread(path, reason, remedy)


def _shown(path: Path, root: str) -> str:
    """A path as seen from the root of the repository."""
    return Path(os.path.relpath(path, root)).as_posix()


def _misses(scan: Scan, above: str, rules: tuple[Rule, ...]) -> bool:
    """Whether a build takes what rules for the directory `above` would exclude if all builds read them, as they stand
    or as those of that directory: something by its name, or a project of the repository."""
    matcher = Matcher([each.pattern for each in rules], scan.build.builder)

    def gone(path: str) -> bool:
        return matcher.gone(path) or (within(path, above) and path != above and matcher.gone(path[len(above) + 1 :]))

    named = [cleaned(each.input.source) for each in scan.inputs]
    if any(each and not globs.is_wild(each) and gone(each) and not scan.rules.gone(each) for each in named):
        return True
    texts = {each.pattern.text.strip("/"): "/" in each.text.rstrip("/") for each in rules if not each.pattern.negated}
    places = {posixpath.dirname(scan.build.own_name or ""), *texts, *(join(above, each) for each in texts)}
    found = [join(place, name) for place in sorted(places) for name in scan.disk.names(place) if _is_of_a_project(name)]
    # A rule with a slash is likely to mean what lies there as seen from the root.
    found += [text for text, whole in texts.items() if whole and scan.disk.kind(text)]
    return any(
        gone(each) and not scan.rules.gone(each) and any(not one or within(each, one) for one in named)
        for each in found
        if not _FOREIGN.intersection(each.split("/"))
    )


def _is_of_a_project(name: str) -> bool:
    return is_manifest(name) or is_dockerfile(name)


def _rules(scan: Scan, path: str) -> tuple[Rule, ...]:
    """The rules of an ignore file; none where it cannot be read as one."""
    build = scan.build
    try:
        return load_ignore_file(build.context / path, build.builder, context=build.context, root=None).rules
    except (CtxscanError, BadPattern):
        return ()


def _holds_already(scan: Scan, above: str, rules: tuple[Rule, ...]) -> bool:
    """Whether the file that is read excludes from the directory `above` all that these rules name."""
    names = [posixpath.normpath(each.text.removeprefix("**/").strip("/").replace("*", "x")) for each in rules]
    return bool(names) and all(not each.startswith("!") and scan.rules.gone(join(above, each)) for each in names)


def _has_them(scan: Scan, above: str, rules: tuple[Rule, ...]) -> bool:
    """Whether the file that is read has these rules, or excludes what they name in the directory `above`."""
    if scan.ignored is None:
        return False
    there = {each.pattern.text for each in _rules(scan, scan.ignored.label) if not each.pattern.negated}
    mine = [each.pattern for each in rules]
    return all(
        not each.negated and (each.text in there or scan.rules.gone(join(above, each.text.strip("/")))) for each in mine
    )


def _would_lose(scan: Scan, above: str, rules: tuple[Rule, ...]) -> str | None:
    """What rules would exclude from the directory `above`, if they were read, that an instruction names, or the
    manifest of a project: as they stand they are those of another build, which is given what was made before."""
    matcher = Matcher([each.pattern for each in rules], scan.build.builder)
    for each in scan.inputs:
        path = cleaned(each.input.source)
        if path.startswith(f"{above}/") and not globs.is_wild(path) and matcher.gone(path[len(above) + 1 :]):
            return f"{path}, which line {each.input.line} copies"
    runs = " ".join(step.instruction.text for step in _runs(scan))
    names = (
        each
        for each in scan.disk.names(above)
        if is_manifest(each) and matcher.gone(each) and (runner(each) or "") in runs
    )
    found = (f"{above}/{each}, which is built here" for each in names if not scan.rules.gone(f"{above}/{each}"))
    return next(found, None) if scan.takes_everything else None


def _runs(scan: Scan) -> Iterator[Step]:
    for stage in scan.plan.stages if scan.plan is not None else ():
        yield from (step for step in stage.steps if step.keyword == "RUN")


def _is_shared(scan: Scan, above: str) -> bool:
    """Whether another Dockerfile lies in a directory, whose build may take more of it."""
    names = (each for each in scan.disk.names(above) if is_dockerfile(each))
    return any(f"{above}/{each}" != scan.build.own_name for each in names)


def _takes_nothing(scan: Scan, above: str, rules: tuple[Rule, ...]) -> bool:
    """Whether no instruction takes what these rules name in the directory `above`, there or not yet. Of rules for all
    but a few, whether they would exclude nothing that is there but the files of the builder."""
    texts = [each.pattern.text for each in rules if not each.pattern.negated]
    if any(not set(each) - set("*/.") for each in texts) and _is_taken(scan, above, "*"):
        matcher = Matcher([each.pattern for each in rules], scan.build.builder)
        names = [each for each in scan.disk.names(above) if each not in _IGNORE_FILES and not is_dockerfile(each)]
        return all(scan.disk.kind(f"{above}/{each}") == "file" and not matcher.gone(each) for each in names)
    return bool(texts) and not any(_is_taken(scan, above, each) for each in texts)


def _is_taken(scan: Scan, above: str, text: str) -> bool:
    """Whether an instruction takes what a rule in a directory names."""
    return any(_meets(scan, above, text, cleaned(each.input.source)) for each in scan.inputs)


def _meets(scan: Scan, above: str, text: str, source: str) -> bool:
    """Whether a rule in a directory names something that a source takes, or that it lies in."""
    if text.startswith("**/") and within(source, above) and scan.disk.kind(source) != "file":
        return True
    theirs = source.split("/") if source else []
    mine = join(above, text.removeprefix("**/").strip("/").removeprefix("./")).split("/")
    alike = (globs.matches(one, other) or globs.matches(other, one) for one, other in zip(theirs, mine, strict=False))
    return all(alike) and (len(theirs) >= len(mine) or scan.disk.kind(source) != "file")


#: What says that a directory is built itself.
_ITSELF: Final = lazy(r"(?m)(?:build|context)[\"']?:\s*[\"']?\.(?:/|[\"'])?\s*(?:#|$)|\bbuild\b[^\n]*\s\.(?:\s|$)")


def _above(scan: Scan, reading: Reading) -> Iterator[_Unread]:
    """One in the nearest directory above the context that has one, where nothing is built from there."""
    # A context that is only guessed may be another one.
    if scan.ignored is not None or not scan.takes_everything or scan.build.guessed:
        return
    tree, inside = around(reading.tree)[-1]
    for above in (*parents(inside), "") if inside else ():
        path = join(above, ".dockerignore")
        if tree.kind(path) != "file":
            continue
        names = tree.names(above)
        orders = [join(above, name) for name in names if is_compose(name) or name in _ORDERS]
        orders += [f".github/workflows/{name}" for name in tree.names(".github/workflows")] if not above else []
        said = (tree.text(each)[:_ORDER_BYTES] for each in orders[:_MOST_ORDERS])
        if not any(map(is_dockerfile, names)) and not any(map(_ITSELF.search, said)):
            here = posixpath.relpath(inside, above or ".")
            from .mattering import matters  # only where there is such a file

            if not matters(scan, "", _rules(scan, posixpath.relpath(path, inside)), here):
                return
            right = f"{here}/{_root_file(scan)}"
            rules = tree.text(path).splitlines()
            prefixed = any(each.strip().lstrip("!/").startswith((f"{here}/", f"**/{here}/")) for each in rules)
            yield _Unread(
                posixpath.relpath(path, inside),
                f"is not read: the context is {here}, and only a file in its root counts",
                f"copy what it says of {here} to {right}, without {here}/ before it"
                if prefixed
                else f"copy it to {right}",
                context=here,
            )
        return


def _wrong_names(scan: Scan) -> Iterator[_Unread]:
    """One in the root under a name that is nearly the right one, or that another tool reads."""
    if scan.ignored is not None:
        return
    right = _root_file(scan)
    for name in scan.disk.names(""):
        own = name.endswith(_OWN_ENDINGS) and name not in _IGNORE_FILES
        if name in _IGNORE_FILES or own or scan.disk.kind(name) != "file":
            continue
        if name.lower() in _MEANT or nearest(name, [right]) is not None:
            yield _Unread(name, f"is not read: builders look for {right}", f"rename it to {right}")
        elif name == ".gcloudignore":
            yield _Unread(
                name, f"is not read by builders, which look for {right}", f"copy its rules to {right}", "note"
            )


def _links(scan: Scan) -> Iterator[_Unread]:
    """A link in the place of the ignore file that leads nowhere the builder follows it to."""
    builder = scan.build.builder
    own_name = scan.build.own_name
    names = list(builder.root_files) if scan.ignored is None else []
    names += [f"{own_name}{ending}" for ending in builder.own_endings] if own_name else []
    for name in names if builder.links == "context" else ():
        target = scan.disk.link(name)
        if target is None or name == _in_use(scan):
            continue
        root = root_of(scan.build.context / name, builder, context=scan.build.context)
        found = resolved(root, posixpath.basename(name) if root != scan.build.context else name)
        if found is None or not found.is_file():
            leads = posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
            out = target.startswith("/") or leads.split("/")[0] == ".." or root != scan.build.context
            whose = "the context" if root == scan.build.context else "the directory of the Dockerfile"
            where = (
                f"out of {whose} ({target}), where {builder.name} does not follow it" if out else f"nowhere ({target})"
            )
            yield _Unread(
                name, f"is not read: the link leads {where}", "put a copy of the file in the place of the link"
            )


def _renamed(scan: Scan, above: str, own: str) -> str | None:
    """The name that the file needs, where it has that of the Dockerfile without one part: `prod.dockerignore` beside
    `Dockerfile.prod` or `prod.Dockerfile`."""
    built = scan.build.own_name or ""
    home, _, name = built.rpartition("/")
    ending = scan.build.builder.own_endings[0]
    kinds = ("dockerfile", "containerfile")
    alike = name.lower() in [one for kind in kinds for one in (f"{kind}.{own.lower()}", f"{own.lower()}.{kind}")]
    return f"rename it to {name}{ending}" if home == above and alike else None


def _kept(scan: Scan, reading: Reading | None, alike: Sequence[Scan]) -> Iterator[_Unread]:
    """Those that are in the context."""
    in_use = _in_use(scan)
    builder = scan.build.builder
    dockerfiles = {each.path for each in scan.measure.found if _is_dockerfile(each.path.rpartition("/")[2])}
    homes = {each.rpartition("/")[0] for each in dockerfiles}
    for path in (each.path for each in scan.measure.found if each.path.endswith(_IGNORE_FILES)):
        above, _, name = path.rpartition("/")
        if path == in_use or (above and (above in homes or _FOREIGN.intersection(above.split("/")))):
            continue
        remedy = None
        if not above and name in builder.root_files and scan.ignored:
            if any(not _has_own(scan, each) for each in dockerfiles - {scan.build.own_name}):
                continue  # that of the other Dockerfile
            reason = f"is not read: {in_use} takes its place"
            remedy = f"move what is to hold to {in_use}, and remove {name}"
        elif name.endswith(builder.own_endings or ("\0",)) and name not in _IGNORE_FILES:
            own = name.removesuffix(".dockerignore").removesuffix(".containerignore")
            beside = f"{above}/{own}".lstrip("/")
            if beside in dockerfiles or scan.disk.kind(beside):
                continue  # that of another Dockerfile
            reason = f"belongs to {own}, which is not beside it"
            remedy = _renamed(scan, above, own)
        elif above:
            if reading is None or _is_named(reading, above) or _is_repository(scan, above):
                continue
            from .mattering import saves  # only where there is such a file

            if _is_taken(scan, above, "*") and saves(scan, above, _rules(scan, path), WORTH_BYTES):
                yield from _passed_over(
                    scan, alike, path, "is never read: only the one in the root of the context counts"
                )
            continue
        else:
            reason = f"is not read by {builder.name}"
            remedy = None if scan.ignored else f"rename it to {_root_file(scan)}"
            # Who has both is likely to build with the tools that know them.
            if name == ".containerignore" and "containerfile" in (scan.build.label or "").lower():
                yield _Unread(path, f"{reason}, but by podman and buildah (--builder buildah)", None, "note")
                continue
        yield _Unread(path, reason, remedy)


#: What lies in the root of a repository.
_REPOSITORY: Final = (".git", ".gitmodules", ".github", ".gitlab-ci.yml")


def _is_repository(scan: Scan, directory: str) -> bool:
    """Whether a directory is another project, which has its own builds."""
    return any(scan.disk.kind(f"{directory}/{each}") is not None for each in _REPOSITORY)


def _has_own(scan: Scan, dockerfile: str) -> bool:
    return any(scan.disk.kind(dockerfile + ending) for ending in scan.build.builder.own_endings)


def _is_named(reading: Reading, directory: str) -> bool:
    """Whether a file that says what is built where names the directory, so that it may be a context."""
    word = re.escape(directory.rpartition("/")[2].encode(errors="surrogateescape"))
    start = rb"(?:/|\b(?:build|context)[\"']?\s*:\s*[\"']?)" if "/" in directory else rb"(?<![\w-])"
    named = re.compile(start + word + rb"(?![\w-])")
    tree = reading.tree
    paths = [name for name in tree.names("") if name in _ORDERS or is_compose(name)]
    paths += [f".github/workflows/{name}" for name in tree.names(".github/workflows")]
    return any(named.search(tree.read(path) or b"", 0, _ORDER_BYTES) for path in paths[:_MOST_ORDERS])


def _is_dockerfile(name: str) -> bool:
    return name.lower() in ("dockerfile", "containerfile") or name.lower().endswith(".dockerfile")


#: How those end that an editor, or its user, has added.
_ADDED: Final = (".txt", ".docker", ".md", ".sh")


@finds("warning")
def misnamed_dockerfile(case: Evidence) -> Iterator[Finding]:
    """There is no Dockerfile, and a file whose name is nearly that: builders do not find it without `-f`.

    A note where only upper and lower case differ (`DockerFile`) and nothing names the file: builders find it on Windows
    and macOS, but not on Linux.
    """
    scan = case.scan
    build = scan.build
    if build.label is not None:
        name = posixpath.basename(build.label.replace(os.sep, "/"))
        right = build.builder.dockerfiles[0]
        plain = build.source is None and build.guessed and name not in build.builder.dockerfiles
        if plain and name.lower() in [each.lower() for each in build.builder.dockerfiles]:
            yield finding(
                misnamed_dockerfile,
                f"is not found under this name on Linux: builders look for {right}",
                severity="note",
                path=build.label,
                remedy=f"rename it to {right}, or build with -f {name}",
            )
        return
    names = scan.build.builder.dockerfiles
    for name in scan.disk.names(""):
        bare = next((name.removesuffix(each) for each in _ADDED if name.lower().endswith(each)), name)
        if name in names or scan.disk.kind(name) != "file" or nearest(bare, names[:1]) is None:
            continue
        yield finding(
            misnamed_dockerfile,
            f"is not found under this name: builders look for {names[0]}",
            path=name,
            remedy=f"rename it to {names[0]}, or build with -f {name}",
        )
