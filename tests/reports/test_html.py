"""The HTML report as a file: what a browser may do with it, what is in its block of data, and that it stays small.

What a person does with it in a browser is in `test_html_browser.py`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from support import projects
from support.command import process
from support.hostile import HOSTILE, posix
from support.reviews import LOOK, finding, full, reviewed

from ctxscan import scan
from ctxscan.facts import Scan
from ctxscan.opinions import Review, facts, review
from ctxscan.printable import shown
from ctxscan.reports.digest.pages import PAGES
from ctxscan.reports.formats import CHARTED, FORMATS, render
from ctxscan.reports.html import render as html
from ctxscan.treemap import MOST_NODES

HOME = Path(html.__file__).parent
#: What the page is made of, whatever it shows: the elements of its template.
ELEMENTS = frozenset(re.findall(r"<([a-z]+\d?)", (HOME / "page" / "index.html").read_text(encoding="utf-8")))


class Page(HTMLParser):
    """The elements of a page with their attributes, and the text in each script and style."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.blocks: list[tuple[str, dict[str, str | None], str]] = []
        self.other: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            self.blocks.append((tag, dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        if self.blocks and self.cdata_elem:
            tag, attributes, text = self.blocks[-1]
            self.blocks[-1] = (tag, attributes, text + data)

    def handle_comment(self, data: str) -> None:
        self.other.append(data)

    unknown_decl = handle_pi = handle_comment

    def data(self) -> dict[str, Any]:
        """What the page is told."""
        (text,) = (text for tag, attributes, text in self.blocks if attributes.get("type") == "application/json")
        made: dict[str, Any] = json.loads(text)
        return made

    def policy(self) -> dict[str, list[str]]:
        (content,) = (
            each["content"] or "" for _, each in self.elements if each.get("http-equiv") == "Content-Security-Policy"
        )
        return {name: values for name, *values in (part.split() for part in content.split(";"))}


def printed(*reviews: Review) -> str:
    return render(list(reviews), "html", LOOK)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Review:
    return review(scan(projects.node(tmp_path_factory.mktemp("node"))), charted=True)


# --- the file -------------------------------------------------------------------------------------------------------


def test_the_policy_allows_what_is_there_and_nothing_else(made: Review) -> None:
    """Each script and style by the hash of its bytes; no source, no inline, no attribute, no trusted type."""
    page = Page(printed(made))
    policy = page.policy()
    blocks: dict[str, set[str]] = {"script": set(), "style": set()}
    for tag, attributes, text in page.blocks:
        assert not set(attributes) - {"type", "id"}
        if attributes.get("type") != "application/json":
            digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            blocks[tag].add(f"'sha256-{digest}'")
    assert (len(blocks["script"]), len(blocks["style"])) == (2, 1)
    assert policy == {
        "default-src": ["'none'"], "base-uri": ["'none'"], "form-action": ["'none'"],
        "script-src": policy["script-src"], "style-src": policy["style-src"],
        "require-trusted-types-for": ["'script'"], "trusted-types": ["'none'"],
    }  # fmt: skip
    assert set(policy["script-src"]) == blocks["script"]
    assert set(policy["style-src"]) == blocks["style"]


def test_nothing_is_asked_of_a_network(made: Review) -> None:
    """No address, no import, no attribute that loads, handles or styles anything."""
    text = printed(made)
    page = Page(text)
    loading = {"src", "srcset", "data", "action", "style", "background", "poster", "ping", "integrity"}
    for tag, attributes in page.elements:
        assert not loading & set(attributes)
        assert not [name for name in attributes if name.startswith("on")]
        assert (attributes.get("href") or "#").startswith("#")
        assert tag not in ("link", "iframe", "img", "object", "embed", "base")
    vendored = (HOME / "vendor" / "d3-hierarchy.min.js").read_text(encoding="utf-8")
    own = text.replace(vendored, "").replace(PAGES, "")  # links to pages about findings, which a reader may follow
    own = re.sub(r"'sha256-[^']*'", "", own)  # in which anything may occur
    assert not re.findall(r"https?:|//[a-z]|@import|url\(|\bimport\b|fetch\(|XMLHttp|WebSocket|innerHTML|eval\(", own)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_a_name_is_never_markup(name: str, tmp_path: Path) -> None:
    """The elements are those of the template, whatever the name, and the data says it as every report does."""
    projects.write(tmp_path, {"Dockerfile": "FROM scratch\nCOPY . /\n"})
    page = Page(printed(full(scan(tmp_path), name)))
    assert {tag for tag, _ in page.elements} <= ELEMENTS
    assert len(page.elements) == len(Page(printed()).elements)
    assert not page.other
    (build,) = page.data()["builds"]
    assert build["proposals"][0]["pattern"] == shown(name)
    assert build["findings"][0]["message"] == f"key in {shown(name)}: {shown(name)}"


@posix
def test_hostile_names_on_the_map(tmp_path: Path) -> None:
    """From a disk: each is a row, shown in full, and the block of data holds no character that ends it."""
    (tmp_path / "Dockerfile").write_text("FROM scratch\nCOPY . /\n")
    for value in HOSTILE.values():
        path = tmp_path / value
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * 1000)
    text = printed(review(scan(tmp_path, builder="classic"), charted=True))
    block = text.partition('id="data">')[2].partition("</script>")[0]
    assert block.isascii() and not set(block) & set("<>&\n")
    names = Page(text).data()["builds"][0]["map"]["name"]
    parts = {shown(part) for value in HOSTILE.values() for part in value.split("/") if part}
    assert parts <= set(names)


def test_several_builds_are_on_one_page(made: Review) -> None:
    """In their order, each whole."""
    one = Page(printed(made)).data()["builds"]
    assert Page(printed(made, facts(made.scan), made)).data()["builds"][::2] == one * 2


@pytest.mark.slow
def test_the_same_tree_is_the_same_bytes(tmp_path: Path) -> None:
    """Made twice, in processes whose hashes differ, with nothing of the place it lies in but its own name."""
    pages = []
    for seed in ("1", "2"):
        root = projects.node(tmp_path / seed / "shop")
        pages.append(process("--format", "html", cwd=root, PYTHONHASHSEED=seed).stdout)
        assert os.fsencode(tmp_path) not in pages[-1]
    assert pages[0] == pages[1] != b""


# --- what it says ---------------------------------------------------------------------------------------------------


def test_the_numbers_are_those_of_the_json_report(made: Review) -> None:
    """Sizes now and after, the builder's line, findings and proposals, one by one; the map adds up to them."""
    (build,) = Page(printed(made)).data()["builds"]
    (want,) = json.loads(render([made], "json", LOOK))["builds"]
    for number in build["numbers"]:
        key = number["name"].lower()
        sizes = (want["sizes"], want["after"])
        if key == "possibly in the image":
            now, after = (each["image"]["uncertain"] for each in sizes)
        else:
            now, after = (each[key] for each in sizes)
        assert number["now"] == [now["files"], now["bytes"]]
        assert number["after"] == [after["files"], after["bytes"]]
    assert build["printed"] == f"transferring context: {want['sizes']['transfer']['shown']}"
    told = ("severity", "code", "path", "line", "message", "why", "remedy", "bytes")
    assert [[each[key] for key in told] for each in build["findings"]] == [
        [each[key] for key in told] for each in want["findings"]
    ]
    assert [[each["pattern"], each["size"], each["sent"], each["applied"]] for each in build["proposals"]] == [
        [
            each["pattern"],
            [each["files"], each["bytes"]],
            [each["transfer_files"], each["transfer_bytes"]],
            each["applied"],
        ]
        for each in want["proposals"]
    ]
    chart, image = build["map"], want["sizes"]["image"]
    sums = Counter[str]()
    for at in {*range(len(chart["name"]))} - {*chart["above"]}:  # what holds no other row
        reach = chart["marks"][chart["mark"][at]]["reach"]
        sums["image" if reach == "possible" else reach] += chart["bytes"][at]
    assert sums == {"image": image["bytes"] + image["uncertain"]["bytes"]}
    assert sums.total() == want["sizes"]["context"]["bytes"]


def test_a_row_says_why(tmp_path: Path) -> None:
    """The rule with its place, the instruction with its line, and the rule that is proposed."""
    root = projects.write(tmp_path, {
        "Dockerfile": "FROM scratch AS b\nCOPY src /s\nFROM scratch\nCOPY --from=b /s /\n", ".dockerignore": "# out\n*.log\n",
        "a.log": 5, "src/main.c": 10, "coverage/lcov.info": "TN:\nSF:a\nend_of_record\n",
    })  # fmt: skip
    (build,) = Page(printed(review(scan(root), charted=True))).data()["builds"]
    chart = build["map"]
    marks = {name: chart["marks"][mark] for name, mark in zip(chart["name"], chart["mark"], strict=True)}
    assert (marks["a.log"]["reach"], marks["a.log"]["rule"]) == ("excluded", [".dockerignore:2", "*.log"])
    assert [chart["inputs"][at] for at in marks["main.c"]["taken"]] == ["COPY src (Dockerfile:2) in stage b"]
    assert marks["main.c"]["leaves"] is None
    assert marks["coverage"]["leaves"] is not None and marks["coverage"]["leaves"][1] == "/coverage"


def test_a_finding_knows_its_row(made: Review) -> None:
    """The row of its path, so that the page can show it there."""
    (build,) = Page(printed(made)).data()["builds"]
    rows = {each["path"]: each["row"] for each in build["findings"]}
    assert {path: build["map"]["name"][row] for path, row in rows.items() if row is not None} == {
        ".git": ".git", "node_modules": "node_modules"
    }  # fmt: skip
    assert rows[None] is None


def test_secrets_are_marked(tmp_path: Path) -> None:
    """By the row, where a finding stands that counts."""
    value = "".join(("vQ8", "mTz", "47x", "KpLw"))
    root = projects.write(
        tmp_path, {"Dockerfile": "FROM scratch\nCOPY . /\n", "conf/.env": f"DB_PASSWORD={value}\n", "a": 1}
    )
    (build,) = Page(printed(review(scan(root), charted=True))).data()["builds"]
    assert [build["map"]["name"][at] for at in build["map"]["secret"]] == [".env"]


def test_an_explanation_is_told(tmp_path: Path) -> None:
    """With `--explain`: each component with its rule, those passed over, and what takes the path."""
    root = projects.write(
        tmp_path, {"Dockerfile": "FROM scratch\nCOPY . /\n", ".dockerignore": "d/x\n!d\n", "d/x": 10, "d/y": 10}
    )
    (build,) = Page(printed(facts(scan(root), explain_paths=["d/x", "d/y", "no"], charted=True))).data()["builds"]
    first, second, third = build["explanations"]
    assert (first["fate"], second["fate"], third["fate"]) == ("excluded", "kept", "absent")
    assert first["trail"] == [
        {"name": "d/", "excluded": False, "rule": None, "inherited": False, "passed": [[".dockerignore:2", "!d"]]},
        {"name": "x", "excluded": True, "rule": [".dockerignore:1", "d/x"], "inherited": False, "passed": []},
    ]
    assert (second["reach"], second["taken"]) == ("image", ["COPY . (Dockerfile:2)"])


@pytest.mark.parametrize(
    ("files", "options", "command"),
    [
        ({"Dockerfile": "FROM scratch\nCOPY . /\n", ".git/HEAD": "ref: x\n", ".git/objects/a": 50_000}, {}, "ctxscan --fix"),
        ({"Dockerfile": "FROM scratch\nCOPY a /\n", ".dockerignore": "x\n", "a": 1}, {}, "ctxscan --check"),
        ({"Dockerfile": "FROM scratch\nCOPY no /\n", ".dockerignore": "x\n"}, {}, "ctxscan --check"),
        (
            {"d/My.Dockerfile": "FROM scratch AS t\nCOPY d /\n", ".dockerignore": "x\n"},
            {"dockerfile": "d/My.Dockerfile", "target": "t", "builder": "classic"},
            "ctxscan --check -f d/My.Dockerfile --target t --builder classic",
        ),
    ],
    ids=["fix", "check", "tell", "options"],
)  # fmt: skip
def test_the_next_command(
    files: dict[str, str | int], options: dict[str, Any], command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What there is to do, for the build that was asked about."""
    monkeypatch.chdir(projects.write(tmp_path, files))
    (build,) = Page(printed(review(scan(".", **options)))).data()["builds"]
    assert build["next"]["command"] == command


def test_without_an_atlas_there_is_no_map(tmp_path: Path) -> None:
    """And the rest is there: numbers, findings, what to do."""
    (build,) = Page(printed(reviewed(small(tmp_path), findings=(finding("a"),)))).data()["builds"]
    assert build["map"] is None and len(build["findings"]) == 1 and len(build["numbers"]) == 3


def small(root: Path) -> Scan:
    return scan(projects.write(root, {"Dockerfile": "FROM scratch\nCOPY . /\n", "a": 100}))


# --- large trees ----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_page_stays_small(tmp_path: Path) -> None:
    """100,000 files are some thousand rows with sums that are whole, and their names: a dozen bytes each."""
    (tmp_path / "Dockerfile").write_text("FROM scratch\nCOPY src /\n")
    for number in range(100):
        directory = tmp_path / ("src", "data")[number % 2] / f"part{number:02}"
        directory.mkdir(parents=True)
        for name in range(1000):
            (directory / f"file{name:03}").touch()
        with (directory / "file000").open("wb") as file:
            file.truncate(1000 * number)
    text = printed(review(scan(tmp_path), charted=True))
    (build,) = Page(text).data()["builds"]
    chart = build["map"]
    assert len(text) < 1_600_000
    assert len([kind for kind in chart["kind"] if kind != "rest"]) <= MOST_NODES + 3
    inside = set(chart["above"])
    files: Counter[str] = Counter()
    for at in range(len(chart["name"])):
        if at not in inside:
            files[chart["marks"][chart["mark"][at]]["reach"]] += chart["files"][at]
    assert files == {"image": 50_000, "context": 50_001}


# --- what ships -----------------------------------------------------------------------------------------------------


def test_the_library_is_the_one_that_is_recorded() -> None:
    """Version, licence and the bytes of both files, as `.ci/vendor` wrote them."""
    record = json.loads((HOME / "vendor" / "version.json").read_text(encoding="utf-8"))
    for name, digest in record["sha256"].items():
        text = (HOME / "vendor" / name).read_text(encoding="utf-8")  # whatever a checkout makes of line ends
        assert hashlib.sha256(text.encode()).hexdigest() == digest
    script = (HOME / "vendor" / "d3-hierarchy.min.js").read_text(encoding="utf-8")
    assert script.startswith("// ") and f"d3-hierarchy/ v{record['version']} " in script.partition("\n")[0]
    assert (record["license"], set(record["sha256"])) == ("ISC", {"d3-hierarchy.min.js", "d3-hierarchy.LICENSE"})


def test_every_script_is_on_the_page() -> None:
    """No file of the page is forgotten, and the format is the one that has an atlas made for it."""
    assert {path.stem for path in (HOME / "page").glob("*.js")} == set(html.SCRIPTS)
    assert set(FORMATS) >= CHARTED
