"""The atlas: every path once, with the fate that everybody else gives it, and nothing lost when it is folded."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import projects
from support.recorded import COMPARED, LEFT_OUT, expected, needs_root
from support.trees import LaidOut, cases, dockerfile

from ctxscan import CtxscanError, scan, treemap
from ctxscan.explain import SENT, reach
from ctxscan.opinions import facts, review
from ctxscan.treemap import Atlas, MapRow, Mark, chart

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX file kinds")
RULES = "d\n!d/keep\n*.log\ncache\n"
FILES: dict[str, str | int] = {
    "Dockerfile": "FROM scratch AS a\nCOPY src /s\nCOPY lib /l\nFROM scratch\nCOPY --from=a /s /s\n",
    ".dockerignore": RULES,
    "a.log": 50, "src/x": 300, "src/y.log": 20, "src/deep/z": 40, "lib/l": 70, "other/o": 90,
    "d/keep": 11, "d/gone": 12, "d/e/f": 13, "cache/1": 100, "cache/2/3": 200, "empty/.keep": 0,
}  # fmt: skip


def whole(made: Atlas) -> dict[str, MapRow]:
    """The rows of files that are told one by one, by path."""
    return {path: made.rows[at] for path, at in made.places().items() if made.rows[at].kind != "dir"}


def leaves(made: Atlas) -> Iterator[MapRow]:
    """What holds no other row."""
    inside = {row.above for row in made.rows}
    return (row for at, row in enumerate(made.rows) if at not in inside and (row.files or row.kind != "dir"))


def by_fate(made: Atlas) -> Counter[Mark]:
    sums: Counter[Mark] = Counter()
    for row in leaves(made):
        sums[made.marks[row.mark]] += row.bytes
    return +sums


def test_each_path_has_its_fate(tmp_path: Path) -> None:
    """Reach, rule, and the inputs that take it; an excluded directory is one row with its totals."""
    made = chart(scan(projects.write(tmp_path, FILES)), after=None, named=())
    told = {path: made.marks[row.mark] for path, row in whole(made).items()}
    assert {path: (mark.reach, mark.rule) for path, mark in told.items()} == {
        "Dockerfile": ("context", None), ".dockerignore": ("context", None), "a.log": ("excluded", 2),
        "src/x": ("image", None), "src/y.log": ("image", None), "src/deep/z": ("image", None), "lib/l": ("transfer", None),
        "other/o": ("context", None), "d/keep": ("context", 1), "d/gone": ("excluded", 0), "empty/.keep": ("context", None),
    }  # fmt: skip
    assert told["src/x"].taken and not told["other/o"].taken
    counted = {path: made.rows[at] for path, at in made.places().items() if path in ("cache", "d/e")}
    assert {path: (row.files, row.bytes) for path, row in counted.items()} == {"cache": (2, 300), "d/e": (1, 13)}


def every(made: Atlas) -> dict[str, tuple[int, Mark]]:
    """The files that are listed, by path, with their bytes and marks."""
    return {
        f"{each.directory}/{name}".lstrip("/"): (size, made.marks[mark])
        for each in made.listed
        for name, size, mark in zip(each.names, each.bytes, each.marks, strict=True)
    }


@pytest.mark.parametrize("most", [1, 10_000], ids=["folded", "unfolded"])
def test_every_file_is_listed(most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much of the tree is folded: with its fate, what is excluded too; beyond the limit they are counted."""
    monkeypatch.setattr(treemap, "MOST_AT_THE_TOP", 0)
    made = chart(scan(projects.write(tmp_path, FILES)), after=None, named=(), most=most)
    sizes = {path: content if isinstance(content, int) else len(content) for path, content in FILES.items()}
    assert {path: size for path, (size, _) in every(made).items()} == sizes
    told = {path: made.marks[row.mark] for path, row in whole(made).items() if row.kind != "rest"}
    assert {path: every(made)[path][1] for path in told} == told
    assert {path for path, (_, mark) in every(made).items() if mark.reach == "excluded"} == {
        "a.log", "d/gone", "d/e/f", "cache/1", "cache/2/3",
    }  # fmt: skip
    assert made.unlisted == 0
    monkeypatch.setattr(treemap, "MOST_LISTED", 3)
    monkeypatch.setattr(treemap, "MOST_EXCLUDED_LISTED", 1)
    made = chart(scan(tmp_path), after=None, named=(), most=most)
    assert (len(every(made)), made.unlisted) == (4, len(FILES) - 4)


@pytest.mark.parametrize("builder", ["buildkit", "classic", "buildah"])
@pytest.mark.parametrize("rules", [RULES, "*\n!src\n", "**\n!**/x\n", ""], ids=["some", "all-but", "wild", "none"])
def test_it_says_what_explain_says(rules: str, builder: str, tmp_path: Path) -> None:
    """For every file that is told one by one, and the sums of what is kept are those of the scan."""
    made = scan(projects.write(tmp_path, {**FILES, ".dockerignore": rules}), builder=builder)
    charted = chart(made, after=None, named=())
    told = {path: charted.marks[row.mark].reach for path, row in whole(charted).items()}
    assert told == {path: reach(made, path).reach for path in told}
    kept = [row for row in leaves(charted) if charted.marks[row.mark].reach != "excluded"]
    assert (sum(row.files for row in kept), sum(row.bytes for row in kept)) == (
        made.context_size.files, made.context_size.bytes
    )  # fmt: skip
    assert sum(row.files for row in leaves(charted)) == len(FILES)


@pytest.mark.skipif(sys.platform != "linux", reason="recorded on Linux")
@pytest.mark.parametrize("name", ["match-basic", "negation", "kinds", "follow"])
def test_what_is_sent_is_what_the_builder_was_sent(name: str, laid_out: LaidOut) -> None:
    """By the recorded answers of BuildKit."""
    compared = 0
    for case in cases(name):
        want = expected(case, "buildkit")
        if want is None or want["context"] is None or case["id"] in LEFT_OUT or case.get("client_uid"):
            continue
        if case.get("contexts") or case.get("dockerfile_stdin") or (os.geteuid() != 0 and needs_root(case)):
            continue
        context = laid_out(name, case)
        path = dockerfile(context, case) if case.get("dockerfile_path") else None
        try:
            made = scan(context, dockerfile=path, target=case.get("target"), build_args=case.get("build_args"))
        except CtxscanError:
            continue
        charted = chart(made, after=None, named=())
        sent = {path for path, row in whole(charted).items() if charted.marks[row.mark].reach in SENT}
        recorded = {path for path, kind, *_ in want["context"]["entries"] if kind != "dir"}
        assert sent == recorded, case["id"]
        compared += 1
    assert compared > COMPARED[name]["buildkit"] // 2


def test_what_leaves_is_what_the_proposals_save(tmp_path: Path) -> None:
    """The kept files that no proposed rule takes out are the context with the rules in; the new file goes, too."""
    made = review(scan(projects.node(tmp_path)), charted=True)
    assert made.atlas is not None and made.after is not None and made.proposed is not None
    marks = [(made.atlas.marks[row.mark], row) for row in leaves(made.atlas)]
    stays = [row for mark, row in marks if mark.reach != "excluded" and mark.leaves is None]
    assert (sum(row.files for row in stays), sum(row.bytes for row in stays)) == (
        made.after.context.files, made.after.context.bytes
    )  # fmt: skip
    assert b"/.dockerignore" in made.proposed.text.splitlines()
    assert made.proposed.after is not None
    rules = made.proposed.after.ignored.rules
    by_rule: Counter[str] = Counter()
    for mark, row in marks:
        if mark.leaves is not None:
            by_rule[rules[mark.leaves].text] += row.bytes
    assert by_rule == {each.pattern: each.bytes for each in made.proposals if each.applied and each.bytes}


@pytest.mark.parametrize("most", [1, 10, 60, 400])
def test_folding_loses_nothing(most: int, tmp_path: Path) -> None:
    """The same files and bytes of each fate, in no more rows than are asked for but for sums and what is named."""
    made = scan(projects.node(tmp_path, rules="docs\ncoverage\n"))
    every = chart(made, after=None, named=(), most=10_000)
    named = ["node_modules/lodash/file007.js", "packages/mail/src/send.ts", "not/there"]
    some = chart(made, after=None, named=named, most=most)
    assert by_fate(some) == by_fate(every)
    assert (some.rows[0].files, some.rows[0].bytes) == (every.rows[0].files, every.rows[0].bytes)
    assert set(named[:2]) <= set(some.places())
    told = [row for row in some.rows if row.kind != "rest"]
    pinned = len({above for path in named for above in _upwards(path)}) + len(list(tmp_path.iterdir()))
    assert len(told) <= most + pinned + 1
    assert len(some.rows) < len(every.rows)
    sizes = [some.rows[at].bytes for path, at in some.places().items() if path.count("/") > 1 and path not in named]
    assert most < 60 or min(sizes) >= 2_000


def _upwards(path: str) -> Iterator[str]:
    while path:
        yield path
        path = path.rpartition("/")[0]


def test_folding_on_the_way_is_folding_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a tree is folded while it is walked or once it is whole, the result is one."""
    made = scan(projects.node(tmp_path))
    early = chart(made, after=None, named=(), most=50)
    monkeypatch.setattr(treemap, "EARLY", 10_000)
    assert chart(made, after=None, named=(), most=50) == early


def test_each_row_comes_after_its_directory(tmp_path: Path) -> None:
    """In wire order, with the sums of what it holds."""
    made = chart(scan(projects.node(tmp_path)), after=None, named=(), most=100)
    below: Counter[int] = Counter()
    for at, row in enumerate(made.rows):
        assert row.above < at and (at == 0) == (row.above == -1)
        below[row.above] += row.bytes
    assert all(below[at] == row.bytes for at, row in enumerate(made.rows) if at in below)


def test_bare_facts_have_an_atlas_too(tmp_path: Path) -> None:
    """Without a Dockerfile everything kept is context, as nobody knows what will be asked for."""
    made = facts(scan(projects.write(tmp_path, {"a": 1, "b/c": 2})), charted=True)
    assert made.atlas is not None
    assert {mark.reach for mark in made.atlas.marks} == {"context"}
    assert facts(made.scan).atlas is None


@posix
def test_odd_files(tmp_path: Path) -> None:
    """The content of several names counts once, a link has no size, nothing is followed, a fifo is not opened."""
    context = projects.write(tmp_path / "context", {"Dockerfile": "FROM scratch\nCOPY . /\n", "a": 500})
    projects.write(tmp_path / "outside", {"secret": 9_000})
    os.link(context / "a", context / "b")
    (context / "link").symlink_to(tmp_path / "outside", target_is_directory=True)
    os.mkfifo(context / "fifo")
    made = whole(chart(scan(context), after=None, named=()))
    assert {path: (row.kind, row.bytes) for path, row in made.items() if path != "Dockerfile"} == {
        "a": ("file", 500), "b": ("file", 0), "link": ("symlink", 0), "fifo": ("fifo", 0)
    }  # fmt: skip


@posix
@pytest.mark.parametrize("rules", ["", "d\n", "d\n!d/*/x\n"], ids=["kept", "excluded", "excluded-and-walked"])
def test_deep_and_wide_trees(rules: str, tmp_path: Path) -> None:
    """Deeper than descriptors go round, without an error; what is too deep to be counted is said to be more."""
    (tmp_path / ".dockerignore").write_text(rules)
    here = tmp_path / "d"
    for _ in range(150):
        here.mkdir()
        (here / "f").write_bytes(b"xy")
        here = here / "d"
    made = chart(scan(tmp_path), after=None, named=())
    files = made.rows[0].files - 1
    assert made.rows[0].partly is (rules != "")
    assert files == 150 if not rules else 100 < files < 150
