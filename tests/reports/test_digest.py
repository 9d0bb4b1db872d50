"""The digest: what every format shows, worked out once. Formats are compared with it figure by figure."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import projects
from support.command import run
from support.examples import examples
from support.reviews import LOOK, finding, reviewed
from support.samples import SAMPLES

from ctxscan import scan
from ctxscan.facts import Scan, Size, Sizes
from ctxscan.opinions import Review, review
from ctxscan.printable import shown
from ctxscan.reports.digest.digest import Digest, digest, digests
from ctxscan.reports.digest.figures import Saving, amount, count, readable, share
from ctxscan.reports.formats import FORMATS, Look, format_of, load_format, render
from ctxscan.reports.text.directories import LINES, SHARE, leaving, rows

WIDE = LOOK._replace(width=160)
#: A size as people read it, and a number of files.
SIZE = re.compile(r"(?<![\w.,/])\d[\d,]*(?:\.\d)? [kMGT]?B\b")
FILES = re.compile(r"(?<![\w.,/])\d[\d,]* files?\b")


@pytest.fixture(scope="module", params=SAMPLES)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Review]:
    """Each sample, seen from within."""
    sample = SAMPLES[request.param]
    here = Path.cwd()
    os.chdir(sample.lay_out(tmp_path_factory.mktemp(request.param)))
    yield review(scan(".", **sample.options), charted=True)
    os.chdir(here)


def shown_as(each: Review, form: str, look: Look = WIDE) -> str:
    return render([each], form, look)


# --- every figure is the digest's -----------------------------------------------------------------------------------


def sizes(of: Digest) -> set[int]:
    """Every number of bytes that a report on this build may show: those of the digest, and of the largest files."""
    known = {size.bytes for each in of.figures for size in (each.now, each.after) if size is not None}
    if of.saving is not None:
        known |= {of.saving.before, of.saving.after, abs(of.saving.before - of.saving.after)}
    known |= {each.bytes for each in (*of.proposed, *of.cautions)} | {each.bytes for each in of.findings or ()}
    known |= {each.bytes for each in of.review.scan.measure.largest}
    return known


def folded(of: Digest) -> set[int]:
    """Sums: of the rules for one reason, and what is left over in a directory."""
    by_reason: dict[tuple[str, ...], int] = {}
    for each in (*of.proposed, *of.cautions):
        by_reason[each.reasons] = by_reason.get(each.reasons, 0) + each.bytes
    tree = rows(of.review.scan.directories, leaving(of), lines=LINES[0], share=SHARE[0])  # which add up: test_text
    return {*by_reason.values(), *(each.bytes for each in tree)}


def said(of: Digest) -> str:
    """All sentences of the digest."""
    texts = [text for each in of.findings or () for text in (each.message, each.why, each.remedy) if text]
    texts += [text for each in of.remarks for text in (each.before, each.value, each.after)]
    return "\n".join((*texts, *(of.verdict.parts if of.verdict else ()), of.printed or ""))


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_every_size_that_is_read_is_one_of_the_digest(form: str, made: Review) -> None:
    """Rounded as everywhere, and nothing else that looks like one."""
    of = digest(made)
    known = {amount(each) for each in sizes(of) | folded(of)} | set(SIZE.findall(said(of)))
    printed = shown_as(made, form)
    assert SIZE.findall(printed)
    assert set(SIZE.findall(printed)) <= known


def figures(of: Digest) -> dict[str, tuple[Size, Size | None]]:
    return {each.name: (each.now, each.after) for each in of.figures}


def data(each: Review) -> dict[str, Any]:
    """The block of data in the page."""
    block = re.search(r'<script type="application/json" id="data">(.*?)</script>', shown_as(each, "html"), re.DOTALL)
    assert block is not None
    (build,) = json.loads(block[1])["builds"]
    return dict(build)


def test_json_has_the_figures_of_the_digest(made: Review) -> None:
    """Now and after, what is certain and what is possible apart in both."""
    of = digest(made)
    (build,) = json.loads(shown_as(made, "json"))["builds"]
    for name, (now, after) in figures(of).items():
        for where, size in (("sizes", now), ("after", after)):
            if size is not None:
                listed = build[where]["image"]["uncertain"] if name == "possible" else build[where][name]
                assert Size(listed["files"], listed["bytes"]) == size
    assert (build.get("after") is None) is all(after is None for _, after in figures(of).values())


def test_the_page_has_the_figures_of_the_digest(made: Review) -> None:
    """The same numbers, in the same order."""
    of = digest(made)
    numbers = [
        (Size(*each["now"]), None if each["after"] is None else Size(*each["after"])) for each in data(made)["numbers"]
    ]
    assert numbers == list(figures(of).values())


@pytest.mark.parametrize("verbose", [False, True])
def test_the_text_has_the_figures_of_the_digest(verbose: bool, made: Review) -> None:
    """One line each, in bytes and files."""
    printed = shown_as(made, "text", WIDE._replace(verbose=verbose))
    for each in digest(made).figures:
        title = "" if each.name == "possible" else each.name.capitalize()
        size, files = amount(each.now.bytes, exact=verbose), count(each.now.files, "file")
        assert re.search(rf"^{title} +{re.escape(size)} +{files} .*{re.escape(each.what)}$", printed, re.MULTILINE)


def test_the_markdown_has_the_figures_of_the_digest(made: Review) -> None:
    """One row each, now and after."""
    printed = shown_as(made, "markdown")
    for each in digest(made).figures:
        title = "possibly in the image" if each.name == "possible" else each.name
        row = f"| {title} | {amount(each.now.bytes)} | {each.now.files:,} |"
        if each.after is not None:
            row += f" {amount(each.after.bytes)} | {each.after.files:,} |"
        assert f"\n{row}" in printed


def test_all_formats_say_the_same(made: Review) -> None:
    """The verdict, the next command, the place of each finding, and what is not proposed."""
    of = digest(made)
    (build,), page = json.loads(shown_as(made, "json"))["builds"], data(made)
    printed, marked = shown_as(made, "text"), shown_as(made, "markdown")
    assert of.verdict is not None
    assert build["verdict"] == page["verdict"] == list(of.verdict.parts)
    first, _, _ = printed.partition("\n")
    assert first[2:].lower() == " · ".join(of.verdict.parts).lower()
    assert build["next"]["command"] == page["next"]["command"] == of.next.command == printed.splitlines()[-1].strip()
    assert [each["where"] if each["line"] else each["path"] for each in map(_where, page["findings"])] == [
        each.where and shown(each.where) for each in of.findings or ()
    ]
    assert [[each["path"], each["why"]] for each in build["needed"]] == page["needed"]
    for path, _ in page["needed"][:3]:
        assert path in printed or len(path) > 40
        assert path in marked


def _where(each: dict[str, Any]) -> dict[str, Any]:
    return {**each, "where": f"{each['path']}:{each['line']}"}


DOCKERFILES = (
    "FROM scratch\nCOPY . /\n",
    "FROM scratch\nCOPY src /\n",
    "FROM alpine AS build\nCOPY . /app\nRUN make\nFROM scratch\nCOPY --from=build /app/out /\n",
    "FROM alpine\nCOPY . /app\nRUN rm -rf /app/src\nCOPY gone /\n",
)
FILES_BELOW = st.dictionaries(
    st.sampled_from(
        ("src/a.c", "src/b/c.c", "node_modules/x/index.js", ".git/objects/a", "log/a.log", "a.txt", ".env.x")
    ),
    st.integers(0, 3_000_000),
    max_size=6,
)


@settings(max_examples=examples(100, least=5), deadline=None)  # it walks and judges a tree
@given(FILES_BELOW, st.sampled_from(DOCKERFILES), st.sampled_from(("buildkit", "classic", "buildah")))
def test_any_build_is_told_alike(files: dict[str, int], dockerfile: str, builder: str) -> None:
    """Whatever is in it: no format has a figure of its own."""
    with TemporaryDirectory() as place:
        root = projects.write(Path(place) / "p", {"Dockerfile": dockerfile, **files})
        each = review(scan(root, builder=builder), charted=True)
    of = digest(each)
    known = {amount(size) for size in sizes(of) | folded(of)} | set(SIZE.findall(said(of)))
    for form in ("text", "markdown"):
        assert set(SIZE.findall(shown_as(each, form))) <= known
    test_json_has_the_figures_of_the_digest(each)
    test_the_page_has_the_figures_of_the_digest(each)


# --- words for figures ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (117_300_000, 152_000, "99.8% less"),
        (103_200_000, 7_000, "99.9% less"),
        (1000, 0, "100% less"),
        (1000, 923, "7.7% less"),
        (100_000_000, 99_999_942, "58 B less"),
        (1000, 1058, "58 B more"),
        (0, 12, "12 B more"),
        (5, 5, "the same size"),
        (0, 0, "the same size"),
    ],
)
def test_what_is_saved(before: int, after: int, words: str) -> None:
    """Never 100% where something is left, and never less than nothing."""
    assert Saving("transfer", before, after).words() == words


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [(0, 10, "0%"), (1, 1000, "<1%"), (1, 100, "1%"), (999, 1000, ">99%"), (1000, 1000, "100%"), (1, 2, "50%"), (0, 0, "0%")],
)  # fmt: skip
def test_shares(part: int, whole: int, words: str) -> None:
    """Something is never 0%, and a part never 100%."""
    assert share(part, whole) == words


@pytest.mark.parametrize(
    ("number", "what", "words"),
    [(1, "file", "1 file"), (0, "file", "0 files"), (1200, "file", "1,200 files"), (2, "entry|entries", "2 entries")],
)
def test_counts(number: int, what: str, words: str) -> None:
    """With the right ending."""
    assert count(number, what) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("adds 23941 bytes that", "adds 23.9 kB that"),
        ("1,234,567 bytes and 12 bytes", "1.2 MB and 12 B"),
        ("5 bytes are sent", "5 B are sent"),
        ("v1.5 bytes", "v1.5 bytes"),
    ],
)
def test_sentences_have_readable_sizes(text: str, words: str) -> None:
    """In the units of everything else."""
    assert readable(text) == words


# --- the verdict ----------------------------------------------------------------------------------------------------


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scan:
    monkeypatch.chdir(projects.write(tmp_path, {"Dockerfile": "FROM scratch\nCOPY . /\n", "a": 100}))
    return scan(".")


LESS = Sizes(Size(1, 50), Size(1, 50), Size(1, 50))


@pytest.mark.parametrize(
    ("findings", "then", "parts"),
    [
        ((), None, ("122 B sent", "no problems found")),
        ((), LESS, ("122 B could be 50 B", "no problems found")),
        ((finding("a"),), LESS, ("1 secret ends up in the image", "122 B could be 50 B")),
        ((finding("a"), finding("b")), None, ("2 secrets end up in the image", "122 B sent")),
        ((finding("Dockerfile", code="secret-in-dockerfile", line=2),), None, ("1 secret in the Dockerfile", "122 B sent")),
        (
            (finding("Dockerfile", code="missing-input", line=2), finding("x", code="root-user", severity="warning")),
            None,
            ("the build will fail at Dockerfile:2", "122 B sent", "1 warning"),
        ),
        ((finding("Dockerfile", code="unmet-need", line=3),), None, ("the build will fail at Dockerfile:3", "122 B sent")),
        (
            (finding("Dockerfile", code="unmet-need", line=3, severity="warning"),),
            None,
            ("122 B sent", "1 warning"),
        ),
        ((finding(None, code="context-too-large"),), None, ("122 B sent", "1 error")),
        ((finding("a", code="x", severity="note"),), None, ("122 B sent", "1 note")),
    ],
)  # fmt: skip
def test_the_verdict(findings: Any, then: Sizes | None, parts: tuple[str, ...], small: Scan) -> None:
    """A failing build first, then secrets, then what could be saved, then the rest."""
    verdict = digest(reviewed(small, findings=findings, then=then)).verdict
    assert verdict is not None
    assert verdict.parts == parts
    assert verdict.severity == (findings[0].severity if findings else None)


# --- places ---------------------------------------------------------------------------------------------------------


def test_places_are_as_seen_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three services with a Dockerfile each: their lines are told apart, in places and in sentences."""
    names = ("api", "jobs", "web")
    services = "".join(f"  {name}: {{build: {name}}}\n" for name in names)
    files = {f"{name}/Dockerfile": "FROM scratch\nCOPY . /\nCOPY gone /\n" for name in names}
    monkeypatch.chdir(projects.write(tmp_path, {"compose.yaml": f"services:\n{services}", **files}))
    done = run("-v", "compose.yaml", cwd=tmp_path)
    for name in names:
        assert f"  {name}/Dockerfile:3  COPY gone: not found in the context\n" in done.stdout
        assert f"The whole context is sent because of  COPY . / ({name}/Dockerfile:2)\n" in done.stdout
    assert not re.search(r"(?<!/)Dockerfile:\d", done.stdout)


@pytest.mark.parametrize("given", [".", "..", "app", "./app/", "absolute"])
def test_the_place_of_a_context(given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Relative to where the command runs, however the context is given; an absolute one below it, too."""
    root = projects.write(tmp_path / "app", {"Dockerfile": "FROM scratch\nCOPY gone /\n", "sub/a": 1})
    here = {".": root, "..": root / "sub"}.get(given, tmp_path)
    monkeypatch.chdir(here)
    made = digest(review(scan(str(root) if given == "absolute" else given)))
    missing = next(each for each in made.findings or () if each.code == "missing-input")
    expected = {".": "Dockerfile:2", "..": "../Dockerfile:2"}.get(given, "app/Dockerfile:2")
    assert missing.where == expected


def test_a_context_elsewhere_tells_no_path_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An absolute one: its files are told relative to it."""
    root = projects.write(tmp_path / "app", {"Dockerfile": "FROM scratch\nCOPY gone /\n"})
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    made = digest(review(scan(root)))
    assert {each.where for each in made.findings or () if each.code == "missing-input"} == {"Dockerfile:2"}


# --- source frames --------------------------------------------------------------------------------------------------


def test_an_error_shows_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what is meant: the source that is missing."""
    root = projects.write(tmp_path, {"Dockerfile": "FROM scratch\n  COPY here gone /x/\n", "here": 1})
    monkeypatch.chdir(root)
    made = digest(review(scan(".")))
    (missing,) = [each for each in made.findings or () if each.code == "missing-input"]
    assert missing.frame == (2, "COPY here gone /x/", len("COPY here "), len("gone"))


def test_a_secret_has_no_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither its own line, nor another one that holds it."""
    value = "".join(("vQ8", "mTz", "47x", "KpLw"))
    text = f"FROM scratch\nENV DB_PASSWORD={value}\nCOPY gone /\n"
    monkeypatch.chdir(projects.write(tmp_path, {"Dockerfile": text}))
    made = digest(review(scan(".")))
    assert {each.code for each in made.findings or () if each.frame} == {"missing-input"}
    assert value not in repr([each.frame for each in made.findings or ()])


# --- formats by name ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "form"),
    [
        ("report.html", "html"),
        ("a/b.HTM", "html"),
        ("x.json", "json"),
        ("x.sarif", "sarif"),
        ("x.sarif.json", "sarif"),
        ("x.md", "markdown"),
        ("x.txt", "text"),
        ("x", None),
        ("html", None),
        ("x.html/report", None),
    ],
)
def test_a_name_asks_for_a_format(file: str, form: str | None) -> None:
    """By its ending."""
    assert format_of(file) == form
    assert form is None or form in FORMATS


def test_formats_take_digests(made: Review) -> None:
    """Each is a function of digests and a look."""
    for form in FORMATS:
        assert load_format(form).render(digests([made]), WIDE) == shown_as(made, form)
