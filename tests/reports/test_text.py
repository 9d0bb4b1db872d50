"""The report for people: what it looks like, recorded, and what has to hold of it whatever it looks like.

`CTXSCAN_UPDATE=1 pytest tests/reports/test_text.py` writes the recorded ones anew; look at them in a terminal (`cat`).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import sys
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import projects
from support.command import process, run
from support.dirty import track
from support.samples import ODD_NAMES, SAMPLES
from support.trees import TESTDATA

from ctxscan import scan
from ctxscan.context.largest import DirectoryTotals
from ctxscan.findings import Severity
from ctxscan.opinions import Review, review
from ctxscan.printable import shown
from ctxscan.reports.digest.pages import page_of
from ctxscan.reports.formats import Look, render
from ctxscan.reports.text.directories import DirectoryRow, rows
from ctxscan.reports.text.drawing import bar, shortened

sys.path.append(str(TESTDATA / "secrets"))
from made import Made

GOLDEN = Path(__file__).parent.parent.parent / "testdata" / "reports"
UPDATE = bool(os.environ.get("CTXSCAN_UPDATE"))
PLAIN = Look(width=100, color=False, verbose=False, list_entries=False)
WIDTHS = (40, 60, 80, 100, 160)
ESCAPE = re.compile(r"\x1b\[[\d;]*m")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="names and modes that Windows does not have")


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {name: sample.lay_out(tmp_path_factory.mktemp(name)) for name, sample in SAMPLES.items()}


@pytest.fixture(scope="module")
def reviews(laid_out: dict[str, Path]) -> Iterator[dict[str, Review]]:
    """Each seen from within it, so that no path of this machine is shown."""
    here = Path.cwd()
    made = {}
    for name, root in laid_out.items():
        os.chdir(root)
        made[name] = review(scan(".", **SAMPLES[name].options))
    os.chdir(here)
    yield made


@pytest.fixture(params=SAMPLES)
def sample(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def made(sample: str, reviews: dict[str, Review]) -> Review:
    return reviews[sample]


def text(made: Review, **look: Any) -> str:
    return render([made], "text", PLAIN._replace(**look))


def columns(line: str) -> int:
    """How many columns of a terminal a line takes, by the tables of Unicode."""
    marks = ("Mn", "Me", "Cf")
    return sum(
        0 if unicodedata.category(c) in marks else 1 + (unicodedata.east_asian_width(c) in ("W", "F")) for c in line
    )


# --- recorded -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("color", [False, True], ids=["plain", "color"])
@pytest.mark.parametrize("width", [80, 100, 160])
def test_it_looks_as_recorded(width: int, color: bool, sample: str, made: Review) -> None:
    """The golden files, which people have looked at."""
    seen = text(made, width=width, color=color)
    file = GOLDEN / f"{sample}-{width}.{'ansi' if color else 'txt'}"
    if UPDATE:
        file.parent.mkdir(exist_ok=True)
        file.write_text(seen, encoding="utf-8")
    assert seen == file.read_text(encoding="utf-8")


# --- whatever it looks like -----------------------------------------------------------------------------------------


@pytest.mark.sampled(3)
@pytest.mark.parametrize("look", [{}, {"verbose": True}, {"compact": True}, {"unicode": False}], ids=str)
@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_is_wider_than_the_terminal(width: int, look: dict[str, Any], made: Review) -> None:
    """Measured by the tables of Unicode, names of wide and combining characters included."""
    assert max(map(columns, text(made, width=width, **look).splitlines())) <= width


@pytest.mark.sampled(3)
@pytest.mark.parametrize("width", WIDTHS)
def test_colour_changes_no_character(width: int, made: Review) -> None:
    """Without the escapes the text is the same, to the blank; and each is closed on its line."""
    colored = text(made, width=width, color=True)
    assert ESCAPE.sub("", colored) == text(made, width=width)
    assert "\x1b[" in colored
    assert {ESCAPE.findall(line)[-1] for line in colored.splitlines() if "\x1b" in line} == {"\x1b[0m"}


@pytest.mark.parametrize("unicode", [True, False])
def test_nothing_in_a_name_acts_on_a_terminal(unicode: bool, made: Review) -> None:
    """Neither controls nor what turns, joins or hides text, nor what a CI runner takes for a command."""
    for verbose in (False, True):
        seen = text(made, unicode=unicode, verbose=verbose)
        assert {unicodedata.category(c) for c in seen} - {"Cc"} <= {
            *("Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Nd", "Pc", "Pd", "Ps", "Pe", "Po", "Sm", "Sc", "Sk", "So", "Zs"),
        }
        assert {c for c in seen if unicodedata.category(c) == "Cc"} == {"\n"}
        assert not re.search(r"(?i)(?<!\w)::|::(?:error|warning|add-mask|set-output|stop-commands)", seen)
        assert unicode or seen.isascii()


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("Acquire::Languages", "Acquire::Languages"),
        ("std::set_a/::1", r"std::set_a/:\x3a1"),
        ("::error::a", r":\x3aerror::a"),
        ("a::add-mask::b", r"a:\x3aadd-mask::b"),
        ("a::Error file=x::b", r"a:\x3aError file=x::b"),
        ("a:::b##[error]", r"a:\x3a:b#\x23[error]"),
    ],
)
def test_two_colons_within_a_word_are_plain(name: str, seen: str) -> None:
    """A runner takes them for a command where a line begins with them, which one that is folded may, too."""
    assert shown(name) == seen


def test_markup_in_a_name_is_shown(reviews: dict[str, Review]) -> None:
    """Square brackets are no style."""
    assert "[bold]no markup[/bold]/" in text(reviews["odd-names"])


@pytest.mark.parametrize("color", [False, True])
def test_codes_are_links_where_they_are_followed(color: bool, made: Review) -> None:
    """To the page about the code; without the links the text is the same."""
    linked = text(made, color=color, links=True)
    assert re.sub(r"\x1b\]8;;[^\x1b]*\x1b\\", "", linked) == text(made, color=color)
    codes = {each.code for each in made.findings or ()}
    assert set(re.findall(r"\x1b\]8;;([^\x1b]+)\x1b", linked)) == {page_of(code) for code in codes}


def test_severity_is_told_without_colour(made: Review) -> None:
    """A sign and the word before each code, and the sums above them all."""
    document = json.loads(render([made], "json", PLAIN))["builds"][0]["findings"]
    seen = text(made)
    for severity, sign in (("error", "✗"), ("warning", "!"), ("note", "·")):
        codes = [each["code"] for each in document if each["severity"] == severity]
        for code in set(codes):
            several = f"{codes.count(code)} {severity}s" if codes.count(code) > 1 else severity
            assert f"\n{sign} {several}  {code}\n" in seen
        if codes:
            assert re.search(rf"^Findings  .*\b{len(codes)} {severity}{'s' * (len(codes) != 1)}\b", seen, re.MULTILINE)


def test_the_numbers_are_those_of_the_json(made: Review) -> None:
    """With -v they are exact: the sizes, the directories, what is left of them, the proposals."""
    build = json.loads(render([made], "json", PLAIN))["builds"][0]
    seen = text(made, verbose=True, width=160)
    sizes = build["sizes"]
    for title, name in (("Context", "context"), ("Transfer", "transfer"), ("Image", "image")):
        told = re.search(rf"^{title} +([\d,]+) B +([\d,]+) files? ", seen, re.MULTILINE)
        if told is None:
            assert build["dockerfile"] is None and name != "context"
        else:
            assert [int(number.replace(",", "")) for number in told.groups()] == [
                sizes[name]["bytes"],
                sizes[name]["files"],
            ]
    if sizes["transfer"]["shown"]:
        assert f"  transferring context: {sizes['transfer']['shown']}\n" in seen
    for each in build["proposals"]:
        assert f"{each['bytes']:,} B  " in seen or not each["files"]
    tops = re.findall(r"^ *([\d,]+) B +([\d,]+) files? +[<>]?\d+%  [█▏▎▍▌▋▊▉ ]{34}(?![ │├└])", seen, re.MULTILINE)
    assert sum(int(size.replace(",", "")) for size, _ in tops) == sizes["context"]["bytes"]
    assert sum(int(files.replace(",", "")) for _, files in tops) == sizes["context"]["files"]


def test_it_ends_with_the_command_to_run_next(sample: str, made: Review, laid_out: dict[str, Path]) -> None:
    """The last line is one that works as it is typed: it is no usage error, and its output is about this build."""
    for look in ({}, {"width": 40}, {"verbose": True}):
        *_, before, last = text(made, **look).splitlines()
        assert before.startswith("Next  ") or look == {"width": 40}
    words = shlex.split(last)
    assert words[0] == "ctxscan"
    done = run(*words[1:], cwd=laid_out[sample], GIT_CEILING_DIRECTORIES=str(laid_out[sample].parent))
    assert done.returncode in (0, 1), done.stderr
    if "--fix" in words:
        assert "written to .dockerignore" in done.stderr
        SAMPLES[sample].lay_out(laid_out[sample])


@pytest.mark.parametrize("name", ["node", "python", "no-dockerfile"])
def test_an_ordinary_project_fits_on_one_screen(name: str, reviews: dict[str, Review]) -> None:
    """Of 46 lines, on 100 columns."""
    assert text(reviews[name]).count("\n") <= 46


def test_many_findings_of_one_code_are_one_message(reviews: dict[str, Review]) -> None:
    """Twelve files with the same secret: said once, five of the places named, the others counted; -v names all."""
    short, long = text(reviews["monorepo"]), text(reviews["monorepo"], verbose=True)
    assert "✗ 12 errors  secret-file\n" in short
    assert (short.count("DB_PASSWORD"), long.count("DB_PASSWORD")) == (1, 1)
    assert [len(re.findall(r"^    services/s\d\d/\.env:2$", seen, re.MULTILINE)) for seen in (short, long)] == [5, 12]
    assert "    … 7 more (-v shows all)\n" in short


def test_one_file_does_not_hide_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file with many secrets takes one place, with their number, and what mends all that is shown is said once; -v
    tells them one by one."""
    keys = iter(hashlib.sha256(str(number).encode()).hexdigest()[:40] for number in range(9))
    settings = [f"{name}_API_KEY = '{next(keys)}'" for name in ("FIRST", "SECOND", "THIRD", "FOURTH", "FIFTH", "SIXTH")]
    files = {"app/many.py": "\n".join(settings), "app/one.py": settings[0].replace("FIRST", "ONLY")}
    projects.write(tmp_path, {"Dockerfile": "FROM scratch\nCOPY app /app\n", ".dockerignore": ".git\n", **files})
    monkeypatch.chdir(tmp_path)
    made = review(scan("."))
    short, long = text(made), text(made, verbose=True)
    assert [each.path for each in made.findings or () if each.severity == "error"].count("app/many.py") == 6
    assert re.findall(r"^  app/(\w+)\.py:", short, re.MULTILINE) == ["many", "one"]
    assert "5 more in this file" in " ".join(short.split())
    assert short.count("fix: take the value out of") == 1
    assert re.findall(r"^  app/(\w+)\.py:", long, re.MULTILINE) == ["many"] * 6 + ["one"]


def test_columns_align_behind_wide_names(reviews: dict[str, Review]) -> None:
    """The reasons beside the patterns start in one column, whatever characters the patterns have."""
    seen = text(reviews["odd-names"], verbose=True, width=160)
    starts = {columns(line[: line.index("secret")]) for line in seen.splitlines() if re.search(r" {2}secret$", line)}
    assert len(starts) == 1
    assert sum(line.endswith("  secret") for line in seen.splitlines()) == len(ODD_NAMES)


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("encoding", "plain"), [("ascii", True), ("latin-1", True), ("utf-8", False)])
def test_another_encoding_gets_plain_text(encoding: str, plain: bool, laid_out: dict[str, Path]) -> None:
    """Where standard output is not UTF-8 there is nothing but ASCII in the report, and nothing crashes."""
    done = process("-v", cwd=laid_out["odd-names"], PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.isascii() is plain
    assert (b"\\u6587\\u66f8" in done.stdout) is plain


def test_the_next_command_names_what_was_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that tells one build from another, quoted for a shell; but no value of a build argument."""
    projects.write(tmp_path, {"my app/own.Dockerfile": "FROM scratch AS x\nARG A\nCOPY a /\n", "my app/a": 1})
    monkeypatch.chdir(tmp_path)
    options: dict[str, Any] = {"target": "x", "build_args": {"A": "hidden"}, "builder": "classic"}
    made = review(scan("my app", dockerfile="my app/own.Dockerfile", **options))
    assert text(made).splitlines()[-1].strip() == (
        "ctxscan --check -f 'my app/own.Dockerfile' --target x --build-arg A=... --builder classic 'my app'"
    )


def test_rules_that_change_nothing_here_are_not_what_to_do_next(tmp_path: Path) -> None:
    """BuildKit asks only for what is copied: rules for the rest help other builders, and the report says so."""
    projects.write(tmp_path, {"Dockerfile": "FROM scratch\nCOPY a /\n", "a": 1, ".git/HEAD": "x" * 9000})
    seen, other = (text(review(scan(str(tmp_path), builder=builder))) for builder in ("buildkit", "classic"))
    assert "/.git  git history (not sent today)\n" in seen
    assert "Transfer  1 B either way: this builder asks only for what is copied\n" in seen
    assert " ctxscan --check " in " ".join(seen.split())
    assert "either way" not in other
    assert " ctxscan --fix " in " ".join(other.split())


def test_what_a_rule_alone_does_not_mend_is_said(tmp_path: Path) -> None:
    """A rule that is proposed below is not repeated as the remedy, but for a value that Git keeps."""
    secret = hashlib.sha256(b"key").hexdigest()
    files = {"package.json": "{}", "compose.yaml": f"services:\n  a:\n    environment:\n      APP_SECRET: {secret}\n"}
    projects.write(tmp_path, {"Dockerfile": "FROM node:22.1\nCOPY . .\nRUN npm start\n", "a": 5000, **files})
    untracked = text(review(scan(str(tmp_path))))
    track(tmp_path, ["Dockerfile", *files])
    tracked = text(review(scan(str(tmp_path))))
    assert [" fix: exclude compose.yaml" in " ".join(seen.split()) for seen in (untracked, tracked)] == [False, True]
    assert "replace the value as well" in " ".join(tracked.split())
    assert "/compose.yaml " in untracked
    assert "/compose.yaml " in tracked


def test_a_note_is_not_what_to_do_next(tmp_path: Path) -> None:
    """A key for tests leads nobody to ask how it got in."""
    key = Made(5).fill("«pem:RSA PRIVATE KEY»").decode()
    files = {".dockerignore": ".git\n", "tests/fake_rsa": key, "a": 1}
    projects.write(tmp_path, {"Dockerfile": "FROM scratch\nCOPY a tests /\n", **files})
    made = review(scan(str(tmp_path)))
    assert [(each.path, each.severity) for each in made.findings or ()] == [("tests/fake_rsa", "note")]
    assert " ctxscan --check " in " ".join(text(made).split())


def test_a_gate_tells_findings_alone(reviews: dict[str, Review]) -> None:
    """With `--check` the first line sums them up, and an open gate says one thing only."""
    assert text(reviews["node"], compact=True).startswith("Findings  1 error, 3 warnings\n✗ error  secret-file\n")
    assert text(reviews["python"], compact=True) == "No findings\n"


def test_of_several_builds_the_one_with_most_to_do_is_next(reviews: dict[str, Review]) -> None:
    """One command at the end of all, for the first build that something can be written for."""
    several = [reviews["no-dockerfile"], reviews["monorepo"], reviews["node"]]
    lines = render(several, "text", PLAIN).splitlines()
    assert lines[-1] == "  ctxscan --fix -f docker/api.Dockerfile --target prod"
    assert [line for line in lines if line.startswith("Next  ")] == [lines[-2]]


# --- parts ----------------------------------------------------------------------------------------------------------


@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=60), st.integers(3, 70))
def test_a_shortened_name_fits_and_keeps_its_ends(path: str, width: int) -> None:
    """It is left alone if it fits; else both its ends are those that it had."""
    from rich.cells import cell_len

    short = shortened(path, width, PLAIN)
    assert cell_len(short) <= width
    if cell_len(path) <= width:
        assert short == path
    else:
        start, _, end = short.partition("…")
        assert path.startswith(start)
        assert path.endswith(end.rpartition("…")[2])


@pytest.mark.parametrize(
    ("path", "width", "short"),
    [
        ("src/a/b/c.ts", 12, "src/a/b/c.ts"),
        ("src/a/b/c.ts", 11, "src/…/c.ts"),
        ("src/a/b/c.ts", 10, "src/…/c.ts"),
        ("src/a/b/c.ts", 9, "src/…c.ts"),
        ("/vendor/very/long/x", 17, "/…/very/long/x"),
        ("packages/itinerary-planning/Dockerfile", 33, "…/itinerary-planning/Dockerfile"),
        ("packages/itinerary-planning-service/Dockerfile", 33, "…/itinerary…ng-service/Dockerfile"),
        ("packages/itinerary-planning/Dockerfile", 22, "packages/…/Dockerfile"),
        ("文書管理システム", 9, "文書…テム"),
        ("文書管理システム", 8, "文…テム"),
        ("e\u0301a\u0301e\u0301a\u0301", 3, "e\u0301…a\u0301"),
    ],
)  # fmt: skip
def test_names_are_shortened_in_the_middle(path: str, width: int, short: str) -> None:
    """Directories go first; a wide character takes two columns, and a mark stays with its letter."""
    assert shortened(path, width, PLAIN) == short


@pytest.mark.parametrize(
    ("share", "drawn"),
    [(0, ""), (0.0001, "▏"), (0.05, "▌"), (0.1, "█"), (0.25, "██▌"), (0.99, "█████████▉"), (1, "██████████")],
)  # fmt: skip
def test_a_bar_is_as_long_as_its_share(share: float, drawn: str) -> None:
    """In eighths of ten columns, and never invisible."""
    assert bar(share, 10, PLAIN) == drawn


def tree(spec: dict[str, Any], path: str = "") -> DirectoryTotals:
    """A directory from names: a number is a file of that size, a dictionary a directory."""
    below = [tree(each, f"{path}/{name}".lstrip("/")) for name, each in spec.items() if isinstance(each, dict)]
    below.sort(key=lambda each: -each.bytes)
    own = [each for each in spec.values() if not isinstance(each, dict)]
    files, size = len(own) + sum(each.files for each in below), sum(own) + sum(each.bytes for each in below)
    return DirectoryTotals(path, files, size, 0, 0, 0, 0, below)


def drawn(
    spec: dict[str, Any], leaving: Callable[[str], str | None] = lambda path: None, lines: int = 10
) -> list[DirectoryRow]:
    return list(rows(tree(spec), leaving, lines=lines, share=0.01))


def test_chains_are_folded_and_the_rest_is_summed_up() -> None:
    """A directory that holds nearly all of another one stands for it; what has no line of its own is counted."""
    spec = {
        "a": {"b": {"c": {"x": 600, "y": 100}, "z": 2}},
        "d": {"e": {"f": 100}, "g": {"h": 50}, "i": 48},
        "j": 100,
    }
    assert drawn(spec) == [
        DirectoryRow(0, "a/b/c", 700, 2, None),
        DirectoryRow(0, "d", 198, 3, None),
        DirectoryRow(1, "e", 100, 1, None),
        DirectoryRow(1, "g", 50, 1, None),
        DirectoryRow(1, None, 48, 1, None),
        DirectoryRow(0, None, 102, 2, None),
    ]


def test_what_leaves_is_not_looked_into() -> None:
    """With its reason, and nothing below it."""
    spec = {"web": {"node_modules": {"x": {"y": 500}, "z": {"y": 400}}}, "src": {"a": 100}}
    found = drawn(spec, lambda path: "installed" if "node_modules" in path.split("/") else None)
    assert found == [DirectoryRow(0, "web/node_modules", 900, 2, "installed"), DirectoryRow(0, "src", 100, 1, None)]


sizes = st.integers(0, 1000)
specs = st.recursive(
    st.dictionaries(st.sampled_from("abcdef"), sizes, max_size=4),
    lambda below: st.dictionaries(st.sampled_from("abcdef"), sizes | below, max_size=5),
    max_leaves=60,
)


@given(specs, st.integers(1, 12))
def test_the_rows_add_up(spec: dict[str, Any], lines: int) -> None:
    """At the top to all there is; below a directory to no more than it has; and there are not too many of them."""
    root = tree(spec)
    found = drawn(spec, lines=lines)
    named = [each for each in found if each.label is not None]
    known = {each.path: each for each in root.walk()}
    assert len(named) <= lines
    if found:
        assert sum(each.bytes for each in found if each.depth == 0) == root.bytes
        assert sum(each.files for each in found if each.depth == 0) == root.files
    above: list[str] = []
    for each in named:
        del above[each.depth :]
        path = "/".join([*above, str(each.label)])
        above.append(str(each.label))
        assert (each.bytes, each.files) == (known[path].bytes, known[path].files)


@pytest.mark.parametrize(
    ("threshold", "says"), [(None, "Findings"), ("error", "No errors"), ("warning", "Findings"), ("note", "Findings")]
)
def test_a_check_without_errors_does_not_deny_the_rest(threshold: Severity | None, says: str, tmp_path: Path) -> None:
    """It says that there are none of those that it asks for, and how many others there are."""
    (tmp_path / "Dockerfile").write_text('FROM debian:latest\nCOPY a /\nCMD ["a"]\n')
    (tmp_path / "a").write_text("x")
    found = review(scan(tmp_path))
    assert found.fails("warning")
    assert not found.fails("error")
    assert text(found._replace(threshold=threshold), compact=True).splitlines()[0].startswith(says)
