"""The command to run next, as it is to be typed, and what it does."""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from ...printable import shown
from ...proposals.junk.row import PRIVATE
from .figures import figures, saving

if TYPE_CHECKING:
    from ...builds.build import Build
    from ...findings import Finding
    from ...opinions import Review


class Next(NamedTuple):
    """`words` of the command line, and what it `does`."""

    words: tuple[str, ...]
    does: str

    @property
    def command(self) -> str:
        """The words, quoted for a shell and fit to be shown."""
        return " ".join(shlex.quote(shown(word)) for word in self.words)


def following(review: Review, asked: Sequence[str], program: Sequence[str]) -> Next:
    """What to do about one build. `asked` are the words that ask for all builds of several, `program` those that start
    this command."""
    options, does = _step(review)
    if not asked:
        return Next(tuple(words_for(review.scan.build, [*program, *options])), does)
    # Of several builds paths are given as seen from here.
    context = review.scan.build.written.context or review.scan.build.context.as_posix()
    options = [posixpath.normpath(posixpath.join(context, each)) if at else each for at, each in enumerate(options)]
    return Next((*program, *options, *asked), does)


def urgency(review: Review) -> int:
    """How much there is to do about a build: 0 is the most."""
    return 0 if _saves(review) else 1 if review.fails("error") else 2 if review.findings else 3


def _step(review: Review) -> tuple[list[str], str]:
    if review.findings is None:
        return [], "show the whole report, with findings and proposals"
    if _saves(review):
        if review.scan.build.ignore_file is not None:
            return ["--diff"], "show the proposed rules as a patch"
        return ["--fix"], "write the proposed rules (--diff shows them first)"
    odd = next((each for each in review.findings if each.severity != "note" and _is_in_the_tree(each, review)), None)
    if odd is not None and odd.path is not None:
        return ["--explain", odd.path], "show which rule and instruction let it in"
    if review.fails("error"):
        return ["--check"], "once fixed, check that no error is left"
    return ["--check"], "guard this in CI"


def _saves(review: Review) -> bool:
    """Whether the proven rules make this build send less, rather than one by another builder, or keep private settings
    from it that are still to come."""
    change = saving(figures(review.scan, review.after))
    if change is None:
        return False
    return change.after < change.before or any(not each.files and each.group == PRIVATE for each in review.proposals)


def _is_in_the_tree(each: Finding, review: Review) -> bool:
    """Whether a finding is about a path that somebody may want out, and not about a line of a file."""
    build, ignored = review.scan.build, review.scan.ignored
    if each.path is None or shown(each.path) != each.path:
        return False
    return each.bytes > 0 and each.path not in (build.label, ignored.label if ignored else None)


def words_for(build: Build, words: Sequence[str]) -> list[str]:
    """The words of a command, with those that ask for the same build. Values of build arguments may be secret and are
    left out."""
    words = [*words]
    usual = build.dockerfile == build.context / build.builder.dockerfiles[0]
    if build.label is not None and not usual:
        words += ["-f", "-" if build.dockerfile is None else build.written.dockerfile or str(build.dockerfile)]
    if build.shown_target is not None:
        words += ["--target", build.shown_target]
    for argument in build.arguments:
        words += ["--build-arg", f"{argument}=..."]
    for context, path in build.contexts.items():
        words += ["--build-context", f"{context}={build.written.contexts.get(context, path or '...')}"]
    if build.builder.name != "buildkit":
        words += ["--builder", build.builder.name]
    if build.ignore_file is not None:
        words += ["--ignore-file", str(build.ignore_file)]
    if str(build.context) != ".":
        words.append(build.written.context or str(build.context))
    return words
