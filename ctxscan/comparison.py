"""Reviews beside what is known of their builds already: from a baseline, or from another commit."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from . import facts
from .builds.build import Build
from .config import baseline
from .config.baseline import Baseline, Judged, Known
from .config.evidence import Secrets
from .config.suppression import GUARDED, SetAside
from .config.trust import content_at
from .facts import Scan
from .findings import Finding, worst_first
from .git.command import repository
from .opinions import Review, Since
from .rules.ignorefile import parse_rules


def judged(review: Review, root: Path) -> Judged:
    """The findings of a build that count, and where it is as seen from the directory `root`."""
    build = review.scan.build
    return Judged(baseline.place_of(root, build.context, build.dockerfile, build.target), review.findings or ())


def against_baseline(reviews: Sequence[Review], file: str, trusted: str | None) -> tuple[Review, ...]:
    """The reviews without the findings that the baseline in `file` knows. A secret has to be known to the commit
    `trusted` too, if one is given and the file lies in what is looked at. What is gone is reported with the first build
    that it belongs to. Raises `CtxscanError`."""
    root = Path(file).absolute().parent
    known = Baseline(baseline.load(file), None if trusted is None else _trusted(Path(file), trusted, reviews))
    builds = [judged(each, root) for each in reviews]
    compared, gone = baseline.compare(builds, known, by="baseline", reason=f"the baseline {file}")
    out = []
    told: set[baseline.Place] = set()
    for review, build, each in zip(reviews, builds, compared, strict=True):
        own = [entry for entry in gone if entry.place == build.place and build.place not in told]
        told.add(build.place)
        label = _label(Path(file), review.scan.build.context)
        findings = worst_first([*each.kept, *baseline.unused(own, label)])
        out.append(review._replace(findings=findings, set_aside=(*review.set_aside, *each.aside)))
    return tuple(out)


def _label(file: Path, context: Path) -> str:
    """The path of a file relative to a context, as findings name files."""
    try:
        return os.path.relpath(os.path.realpath(file), os.path.realpath(context)).replace(os.sep, "/")
    except ValueError:  # another drive
        return file.as_posix()


def _trusted(file: Path, revision: str, reviews: Sequence[Review]) -> tuple[Known, ...] | None:
    """What the baseline knows in a commit: nothing, if it is not there; None where it lies outside all that is looked
    at, so that nobody who is checked can have written it."""
    path = Path(os.path.normpath(Path.cwd() / file))
    contexts = {review.scan.build.context for review in reviews}
    roots = [Path(os.path.realpath(repository(each) or each)) for each in contexts]
    places = (Path(os.path.realpath(path)), Path(os.path.realpath(path.parent), path.name))
    if not any(place.is_relative_to(root) for place in places for root in roots):
        return None
    before = content_at(path, revision)
    try:
        return () if before is None else baseline.known_in(before)
    except ValueError:
        return ()


def baseline_of(reviews: Sequence[Review], file: str) -> tuple[Known, ...]:
    """What a baseline in `file` is to know of these builds: all that counts."""
    root = Path(file).absolute().parent
    return baseline.known_of(judged(each, root) for each in reviews)


# --- another commit -------------------------------------------------------------------------------------------------


def against_commit(
    reviews: Sequence[Review], before: Sequence[Review], *, revision: str, root: Path, there: Path
) -> tuple[Review, ...]:
    """The reviews without the findings that `before` has, which are those of the same builds in the commit `revision`,
    laid out in the directory `there` as the repository is at `root`; and how the sizes have changed."""
    known = baseline.known_of(Judged(judged(each, there).place, _every(each)) for each in before)
    builds = [judged(each, root) for each in reviews]
    compared, gone = baseline.compare(builds, Baseline(known), by="since", reason=f"{revision} has it too")
    then = {_which(each.scan.build, there): each for each in before}
    out, secrets = [], Secrets()
    for review, build, each in zip(reviews, builds, compared, strict=True):
        old = then.get(_which(review.scan.build, root))
        kept, aside = list(each.kept), list[SetAside]()
        for one in each.aside:
            if not one.finding.code.startswith(GUARDED) or (
                old is not None and secrets.are_same(one.finding, review.scan.build, old.scan.build)
            ):
                aside.append(one)
            else:
                kept.append(one.finding)  # another value in the same place
        for finding in each.kept if old is not None else ():
            if old is not None and _is_of_git(finding.path) and not old.scan.rules.excludes(finding.path or ""):
                kept.remove(finding)
                aside.append(SetAside(finding, "since", f"{revision} has it too"))
        fixed = sum(entry.place == build.place for entry in gone if not _is_of_git(entry.path))
        sizes = None if old is None else _sizes(old.scan)
        since = Since(revision, fixed, sizes, _sizes(review.scan))
        out.append(review._replace(findings=worst_first(kept), set_aside=(*review.set_aside, *aside), since=since))
    return tuple(out)


def _every(review: Review) -> Sequence[Finding]:
    return (*(review.findings or ()), *(finding for finding, _, _ in review.apart))


def _which(build: Build, root: Path) -> tuple[str, baseline.Place]:
    """What a build is known by in two trees: its name, or where it is."""
    place = baseline.place_of(root, build.context, build.dockerfile, build.target)
    return (build.name, baseline.Place("", None, None)) if build.name is not None else ("", place)


def _is_of_git(path: str | None) -> bool:
    """Whether a path is in what git has of its own, which no commit holds."""
    return path is not None and ".git" in path.split("/")


def _sizes(scan: Scan) -> facts.Sizes:
    """The sizes without what git has of its own: that is another one on each machine."""
    build = scan.build
    if not os.path.lexists(build.context / ".git") or scan.rules.excludes(".git"):
        return scan.sizes
    path = scan.ignored.path if scan.ignored else build.context / build.builder.root_files[-1]
    data = (scan.ignored.data if scan.ignored else b"") + b"\n.git\n**/.git\n"
    label = scan.ignored.label if scan.ignored else path.name
    ignored = parse_rules(data, build.builder, path=path, label=label)
    return facts.scan_build(build, ignored=ignored, screened=False).sizes
