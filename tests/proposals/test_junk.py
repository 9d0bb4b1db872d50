"""Every row of the catalogue on its own examples, and what the rows have in common."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.dirty import write

from ctxscan.context.tree import Tree
from ctxscan.git.index import Tracked
from ctxscan.packages.catalog import MAKERS
from ctxscan.proposals.junk.content import LARGE, TESTS
from ctxscan.proposals.junk.lookup import ROWS, glance, hits
from ctxscan.proposals.junk.row import GROUPS, JunkRow
from ctxscan.proposals.junk.tracked import IN_ROOT
from ctxscan.proposals.survey import survey
from ctxscan.rules.builders import BUILDKIT
from ctxscan.rules.globs import glob_expression, is_wild
from ctxscan.rules.matcher import Matcher


def lay_out(root: Path, text: str) -> str:
    """The tree of an example; the path in question."""
    files: dict[str, str | bytes | int | None] = {}
    asked = ""
    for word in text.split(" "):
        found = re.fullmatch(r"([^=>*!]*)(!?)(/[^=>*!]*)?(?:=(.*)|(\*)|>(.*))?", word, re.DOTALL)
        assert found, word
        path = found[1] + (found[3] or "")
        if found[2]:
            asked = found[1]
        content: str | bytes | int = (found[4] or "x\n").replace("·", " ").encode("latin-1")
        if found[5]:
            content = LARGE
        elif found[6]:
            content = f"-> {found[6]}"
        files[path] = content
    write(root, files)
    return asked


def rows_for(root: Path, path: str) -> list[JunkRow]:
    looked = survey(Tree(str(root)), Matcher((), BUILDKIT), Tracked(None))
    return [each.row for each in looked.candidates if each.path == path and each.row is not None]


each_row = pytest.mark.parametrize("row", ROWS, ids=[f"{number}-{row.name}" for number, row in enumerate(ROWS)])


@each_row
def test_hits(tmp_path: Path, row: JunkRow) -> None:
    """A row, or one of the same group, knows its own examples."""
    for number, tree in enumerate(row.hits):
        found = rows_for(tmp_path / str(number), lay_out(tmp_path / str(number), tree))
        assert found and found[0].group == row.group, tree


@each_row
def test_misses(tmp_path: Path, row: JunkRow) -> None:
    """A row leaves alone what only looks like its examples."""
    for number, tree in enumerate(row.misses):
        assert row not in rows_for(tmp_path / str(number), lay_out(tmp_path / str(number), tree)), tree


@pytest.mark.parametrize("filling", ["", "a", "x.y"])
@pytest.mark.parametrize("kind", ["dir", "file"])
def test_lookup_finds_what_fits(kind: str, filling: str) -> None:
    """A name is told to be about exactly the rows of which a path fits it, where all markers are there."""
    globs = [(row.paths, *each.rpartition("/")) for row in ROWS if row.kind == kind for each in row.paths.split()]
    shapes = [(glob, glob_expression(glob[-1])) for glob in globs if is_wild(glob[-1])]
    every = frozenset(" ".join(f"{row.beside} {row.above}" for row in ROWS).split())
    for _, above, slash, last in globs:
        name = re.sub(r"\[[^]]*\]|\?", "1", last).replace("*", filling) or "x"
        prefix = above + slash
        fitting = [glob for glob in globs if glob[-1] == name]
        fitting += [glob for glob, shape in shapes if shape and shape.fullmatch(name)]
        expected = {
            (paths, where + mark + end)
            for paths, where, mark, end in fitting
            if not where or f"/{prefix}".endswith(f"/{where}/")
        }
        found = hits(prefix, (name,), {name} if kind == "dir" else set(), glance((name,)), every, every)
        assert {(hit.row.paths, hit.glob) for hit in found} == expected


def test_what_counts_in_the_root_alone_is_not_asked_about_elsewhere() -> None:
    """Of pictures there may be very many; the one in the root is asked about."""
    names = ("logo.png", "hero.svg")
    for prefix, asked in (("", True), ("pictures/", False)):
        found = list(hits(prefix, names, set(), glance(names), frozenset(), frozenset()))
        assert any(hit.row.content in IN_ROOT for hit in found) is asked


def test_rows_are_complete() -> None:
    """A row has both kinds of examples, a known group, test and maker, and a reason; class C says what speaks against it
    or has a marker, a test or a content of its own."""
    for row in ROWS:
        assert row.hits and row.misses and row.why and row.group in GROUPS, row
        assert not row.content or row.content in TESTS, row
        assert not row.made_by or row.made_by in MAKERS, row
        assert not row.everywhere or row.level in "ab", row
