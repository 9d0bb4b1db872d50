"""The last line of the report: the command to run next, as it is to be typed."""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from ...builds.build import Build
from ...findings import Finding
from ...opinions import Review
from ...printable import shown
from ..formats import Look
from .drawing import name


def print_following(console: Console, reviews: Sequence[Review], look: Look) -> None:
    """Of several builds the first that something can be done about counts."""
    review = min(reviews, key=_urgency, default=None)
    if review is None or (look.compact and not review.findings):
        return  # a gate that is open
    options, what = _following(review, look)
    if look.compact or not review.after or len(reviews) > 1:
        console.print()  # else it belongs to what the rules save
    console.print(Text.assemble(("Next      ", "bold"), what))
    build = review.scan.build
    if look.asked:
        options = [posixpath.join(build.context.as_posix(), each) if at else each for at, each in enumerate(options)]
        said = quoted(["ctxscan", *options, *look.asked], look)
    else:
        said = command_line(build, options, look)
    console.print(Text(f"  {said}", "bold"))


def _urgency(review: Review) -> int:
    return 0 if review.after else 1 if review.fails("error") else 2 if review.findings else 3


def _following(review: Review, look: Look) -> tuple[list[str], str]:
    if review.findings is None:
        return [], "the whole report, with findings and proposals"
    if review.after:
        if review.scan.build.ignore_file is not None:
            return ["--diff"], "see what is proposed as a patch"
        return ["--fix"], "write what is proposed; --diff shows it"
    odd = next((each for each in review.findings if _is_in_the_tree(each, review)), None)
    if odd is not None and odd.path is not None:
        return ["--explain", odd.path], "see what lets it in"
    if review.fails("error"):
        return ["--check"], "once this is mended, see that nothing is left"
    return ["--check"], "keep it so, in CI"


def _is_in_the_tree(each: Finding, review: Review) -> bool:
    """Whether a finding is about a path that somebody may want out, and not about a line of a file."""
    build, ignored = review.scan.build, review.scan.ignored
    if each.path is None or shown(each.path) != each.path:
        return False
    return each.bytes > 0 and each.path not in (build.label, ignored.label if ignored else None)


def command_line(build: Build, options: Sequence[str], look: Look) -> str:
    """ctxscan for the same build. Values of build arguments may be secret and are left out."""
    words = ["ctxscan", *options]
    usual = build.dockerfile == build.context / build.builder.dockerfiles[0]
    if build.label is not None and not usual:
        words += ["-f", "-" if build.dockerfile is None else str(build.dockerfile)]
    if build.target is not None:
        words += ["--target", build.target]
    for argument in build.arguments:
        words += ["--build-arg", f"{argument}=..."]
    for context, path in build.contexts.items():
        words += ["--build-context", f"{context}={'...' if path is None else path}"]
    if build.builder.name != "buildkit":
        words += ["--builder", build.builder.name]
    if build.ignore_file is not None:
        words += ["--ignore-file", str(build.ignore_file)]
    if str(build.context) != ".":
        words.append(str(build.context))
    return quoted(words, look)


def quoted(words: Sequence[str], look: Look) -> str:
    return " ".join(shlex.quote(name(word, look)) for word in words)
