"""The documentation is true: its transcripts are what the command prints, its tables what the code holds.

`CTXSCAN_UPDATE=1 pytest tests/test_docs.py` writes the transcripts and tables anew; look at the difference.
"""

from __future__ import annotations

import inspect
import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import histories, projects
from support.command import run
from support.histories import Changes
from support.house import FACES, imports, modules
from support.recorded import COMPARED
from support.trees import cases

from ctxscan.cli.parser import command
from ctxscan.config.settings import KEYS
from ctxscan.reports.formats import FORMATS

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
DOCS = ROOT / "docs"
#: The pages that show commands and tables. Those on rules: `tests/checks/test_handbook.py`.
PAGES = (README, *(DOCS / f"{name}.md" for name in ("usage", "ci", "formats", "configuration", "exactness", "library")))
#: Lines that a reader gets through in a minute.
LONGEST = 150
UPDATE = bool(os.environ.get("CTXSCAN_UPDATE"))
#: Transcripts of a tree of their own: what lies in it, by the remark behind the command.
TREES: dict[str, dict[str, str | int]] = {
    "passed over": {"Dockerfile": "FROM scratch\nCOPY . /\n", ".dockerignore": "d/x\n!d\n", "d/x": 10},
    "compose": {
        "compose.yaml": (
            "services:\n"
            "  api: {build: {context: api, target: prod}}\n"
            "  jobs: {build: {context: api, target: prod}}\n"
            "  web: {build: {context: ., dockerfile: web/Dockerfile}}\n"
            "  db: {image: postgres}\n"
        ),
        "api/Dockerfile": "FROM scratch AS prod\nCOPY src /\n",
        "api/src/main.go": 48_211,
        "web/Dockerfile": "FROM scratch\nCOPY . /\n",
        "web/app.js": 20_480,
        "web/photo.jpg": 1_204_880,
    },
    "empty": {
        "Dockerfile": "FROM scratch\nCOPY . /\n",
        ".dockerignore": "*\n!src/**/*.ts\n**/__tests__\n",
        "src/__tests__/b.ts": 10,
    },
}
#: The same with a history: what each commit changes, behind its subject.
HISTORIES: dict[str, dict[str, Changes]] = {
    "a repository": {
        "Start": {
            "Dockerfile": "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN npm run build\nCMD node dist/server.js\n",
            "package.json": '{"name": "orders", "scripts": {"build": "tsc"}}\n', "package-lock.json": "{}\n",
            "README.md": "# Orders\n", "LICENSE": "MIT\n", ".github/workflows/ci.yml": "on: push\n",
            "docs/guide.md": "Guide\n", "src/server.ts": "1\n", "src/orders.ts": "1\n", ".gitignore": "dist\n",
        },
        "Tell how to order": {"README.md": "# Orders\n\nOrder.\n"},
        "Take two orders": {"src/orders.ts": "2\n"},
        "Run the tests in CI": {".github/workflows/ci.yml": "on: [push]\n"},
        "Write the guide": {"docs/guide.md": "A guide\n", "README.md": "# Orders\n\nSee docs.\n"},
        "Update what it needs": {"package-lock.json": '{"lockfileVersion": 3}\n'},
        "Test on two systems": {".github/workflows/ci.yml": "on: [push, pull_request]\n"},
        "Answer at once": {"src/server.ts": "2\n"},
        "Mend a typo": {"README.md": "# Orders\n\nSee the docs.\n"},
    },
}  # fmt: skip
BLOCK = re.compile(r"<!-- transcript: (?P<command>[^\n]*) -->\n```console\n(?P<text>.*?)```\n", re.DOTALL)
TABLE = re.compile(r"<!-- table: (?P<name>[^\n]*) -->\n(?:\|[^\n]*\n)*")


def transcript(command: str, where: Path) -> str:
    """What a user sees: the command behind a prompt, and what it prints on 100 columns without colour."""
    said, _, remark = command.partition(" # ")
    if remark in TREES:
        root = projects.write(where, TREES[remark])
    elif remark in HISTORIES:
        root = histories.write(where, *HISTORIES[remark].values(), subjects=tuple(HISTORIES[remark]))
    else:
        root = projects.node(where, rules=projects.NODE_RULES if "--explain" in said else None)
        if remark == "after --fix":
            printed(root, "--fix")
            projects.settle(root)
    return f"$ {said}\n{printed(root, *said.split()[1:])}"


def printed(root: Path, *arguments: str) -> str:
    done = run(*arguments, cwd=root, NO_COLOR="1")
    assert done.returncode == ("--diff" in arguments), done.stderr
    return done.stdout


def table(name: str) -> str:
    assert name == "compared"
    return "\n".join([f"<!-- table: {name} -->", *compared(), ""])


def compared() -> Iterator[str]:
    """How many recorded answers the tests compare, of whom and about what."""
    asked = {
        builder: sum(counts.get(builder, 0) for counts in COMPARED.values())
        for builder in ("buildkit", "classic", "buildah")
    }
    yield from ("| compared | with | cases |", "| --- | --- | ---: |")
    entries = "what is sent, in which order, what arrives empty, the figures, the errors"
    yield f"| {entries} | BuildKit 0.32 | {asked['buildkit']:,} |"
    yield f"| the same | the classic builder of Docker 29.7 | {asked['classic']:,} |"
    yield f"| what a COPY finds, the errors | buildah 1.45 | {asked['buildah']:,} |"
    yield f"| where each file ends | BuildKit 0.32 | {len(cases('reach')):,} |"


@pytest.mark.skipif(sys.platform == "win32", reason="the figures depend on POSIX modes")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_transcripts_are_what_is_printed(page: Path, tmp_path: Path) -> None:
    """Every console block is the output of its command."""
    text = page.read_text(encoding="utf-8")
    commands = [match["command"] for match in BLOCK.finditer(text)]
    made = {each: transcript(each, tmp_path / str(number)) for number, each in enumerate(commands)}
    true = BLOCK.sub(
        lambda match: f"<!-- transcript: {match['command']} -->\n```console\n{made[match['command']]}```\n", text
    )
    if UPDATE:
        page.write_text(true, encoding="utf-8")
    assert true == text or UPDATE


def test_there_are_transcripts_of_all_that_the_command_does() -> None:
    """The report, a diff, explanations, several builds, a replay; and each is a test."""
    texts = [page.read_text(encoding="utf-8") for page in PAGES]
    commands = {match["command"].partition(" #")[0] for text in texts for match in BLOCK.finditer(text)}
    modes = {word for each in commands for word in re.findall(r"--[a-z]+", each)}
    assert {"--diff", "--explain", "--facts", "--replay"} <= modes
    assert "ctxscan" in commands
    shown = sum(text.count("```console\n$ ctxscan") for text in texts)
    assert shown == sum(len(BLOCK.findall(text)) for text in texts)


def test_tables_are_what_the_code_holds() -> None:
    """Every number of cases is as the tests count them."""
    names = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        names += [match["name"] for match in TABLE.finditer(text)]
        true = TABLE.sub(lambda match: table(match["name"]), text)
        if UPDATE:
            page.write_text(true, encoding="utf-8")
        assert true == text or UPDATE
    assert names == ["compared"]


def test_the_readme_counts_the_cases() -> None:
    """The sum of the table in `docs/exactness.md`."""
    (told,) = re.findall(r"every answer: ([\d,]+) cases", README.read_text(encoding="utf-8"))
    rows = [int(row.split("|")[-2].replace(",", "")) for row in [*compared()][2:]]
    if UPDATE:
        README.write_text(
            README.read_text(encoding="utf-8").replace(f"{told} cases", f"{sum(rows):,} cases"), encoding="utf-8"
        )
    assert told == f"{sum(rows):,}" or UPDATE


def test_the_readme_is_read_in_a_minute() -> None:
    """The rest is in `docs/`."""
    assert README.read_text(encoding="utf-8").count("\n") <= LONGEST


@pytest.mark.parametrize(
    ("heading", "names"), [("Configuration", KEYS), ("Formats", tuple(FORMATS))], ids=["configuration", "formats"]
)
def test_sections_name_all_there_are(heading: str, names: tuple[str, ...]) -> None:
    """Each key of the configuration and each format stands in the first column of the table of its section."""
    page = (DOCS / f"{heading.lower()}.md").read_text(encoding="utf-8")
    section = re.split(rf"^#+ {heading}$", page, flags=re.MULTILINE)[1]
    table = re.split(r"^#", section, flags=re.MULTILINE)[0]
    told = {name for row in re.findall(r"^\| (`[^|]*)\|", table, re.MULTILINE) for name in re.findall("`(.*?)`", row)}
    assert told - {"--format"} == set(names)


def test_the_library_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Python block works in a project with such a target."""
    projects.write(tmp_path, {"Dockerfile": "FROM scratch AS prod\nCOPY a /\n", "a": 12})
    monkeypatch.chdir(tmp_path)
    block = re.search(r"```python\n(.*?)```", (DOCS / "library.md").read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    exec(compile(block[1], "library.md", "exec"), {})


def test_every_option_named_is_there() -> None:
    """The documentation names no option of ctxscan that the command does not take."""
    options = {name for each in command.params for name in (*each.opts, *each.secondary_opts)} | {"--help"}
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    spans = re.findall(r"`([^`\n]+)`|^\$ (ctxscan.*)$|^(ctxscan .*)$", text, re.MULTILINE)
    words = [word for span in spans for text in span if text.startswith(("ctxscan", "-")) for word in text.split()]
    named = {word for word in words if re.fullmatch(r"--?[a-z0-9][a-z-]*", word)}
    assert {"--fix", "--explain", "-v"} <= named
    assert named <= options


#: A page of `docs/`, with the section if one is cited: `section 6 of semantics.md`, `cache.md 1`, `semantics.md section 5.3`.
CITATION = re.compile(
    r"(?:\bsections?\s+(?P<before>\d+(?:\.\d+)?)(?:\s+(?:to|and)\s+(?P<last>\d+(?:\.\d+)?))?\s+of\s+)?"
    r"`?(?:docs/)?(?P<page>semantics|cache|reach|architecture|glossary)\.md`?"
    r"(?:,?\s+(?:section\s+)?(?P<after>\d+(?:\.\d+)?)\b)?",
    re.IGNORECASE,
)


def sections(page: str) -> set[str]:
    """The numbers that can be cited: `5` and `5.1` of headings, `2.9` of item 9 in section 2."""
    found: set[str] = set()
    inside = ""
    for line in (DOCS / f"{page}.md").read_text(encoding="utf-8").splitlines():
        if heading := re.match(r"#{2,3} (\d+(?:\.\d+)?)\b", line):
            inside = heading[1]
            found.add(inside)
        elif inside and (item := re.match(r"(\d+)\. ", line)):
            found.add(f"{inside}.{item[1]}")
    return found


def citations() -> Iterator[tuple[str, str, str]]:
    """Where code, tests and documentation cite a page of `docs/`: the file, the page, the section or nothing."""
    for directory, ending in (
        ("ctxscan", "py"),
        ("tests", "py"),
        ("benchmarks", "py"),
        (".", "md"),
        ("testdata", "md"),
    ):
        paths = ROOT.glob("*.md") if directory == "." else (ROOT / directory).rglob(f"*.{ending}")
        for path in sorted({*paths} - {Path(__file__)}):
            for match in CITATION.finditer(path.read_text(encoding="utf-8")):
                cited = [match[name] for name in ("before", "last", "after") if match[name]]
                for section in cited or [""]:
                    yield path.relative_to(ROOT).as_posix(), match["page"].lower(), section


def test_citations_name_a_section_that_is_there() -> None:
    """What code and tests call the law can be looked up, in the section that they name."""
    found = list(citations())
    assert ("ctxscan/dockerfile/__init__.py", "semantics", "6") in found
    assert ("ctxscan/context/transfer.py", "semantics", "6.5") in found
    assert ("ctxscan/replay/cache.py", "cache", "1") in found
    assert not [each for each in found if each[2] and each[2] not in sections(each[1])]


def test_a_page_cites_its_own_sections() -> None:
    """`(5.3)` within a page is a section of that page."""
    for page in ("semantics", "cache", "reach"):
        text = (DOCS / f"{page}.md").read_text(encoding="utf-8")
        cited = {each for group in re.findall(r"\((\d\.\d+(?:, \d\.\d+)*)\)", text) for each in group.split(", ")}
        assert cited <= sections(page), page
        assert cited or page != "semantics"


def anchors(text: str) -> set[str]:
    """The fragments of the headings, as code hosts make them."""
    titles = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_links_between_documents_resolve() -> None:
    """A relative link leads to a file of the repository, and its fragment to a heading there."""
    pages = [
        *ROOT.glob("*.md"),
        *DOCS.rglob("*.md"),
        ROOT / "testdata/conformance/README.md",
        ROOT / "benchmarks/README.md",
    ]
    followed = 0
    for page in pages:
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, fragment = target.partition("#")
            other = (page.parent / path).resolve() if path else page
            assert other.exists(), f"{page.name}: {target}"
            assert not fragment or fragment in anchors(other.read_text(encoding="utf-8")), f"{page.name}: {target}"
            followed += 1
    assert followed >= 12


def test_the_rooms_are_those_of_the_package() -> None:
    """`docs/architecture.md` has a row for each module and package that `ctxscan/` holds and no other, and none of them
    imports from a row below its own."""
    package = ROOT / "ctxscan"
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    listed = [name.rstrip("/") for name in re.findall(r"^\| `(\w+/?)` \|", text, re.MULTILINE)]
    own = [(room, path) for room, path in modules(package) if room not in FACES]
    assert sorted(listed) == sorted({room for room, _ in own})
    for room, path in own:
        for name in imports(path, package):
            other = (*name.split("."), "")[1]
            if name.startswith("ctxscan.") and other in listed:
                assert listed.index(other) <= listed.index(room), f"{path.name} imports {name}"


def test_the_example_shows_what_the_tool_is_for(tmp_path: Path) -> None:
    """In a copy of the project that the README's first command copies, what a person would leave out is proposed."""
    commands = re.split(r"^## Run it$", README.read_text(encoding="utf-8"), flags=re.MULTILINE)[1].split("```")[1]
    example = re.search(r"cp -R (\S+) ", commands)
    assert example is not None
    shop = shutil.copytree(ROOT / example[1], tmp_path / "shop")
    build = json.loads(printed(shop, "--format", "json"))["builds"][0]
    proven = {each["pattern"]: each["with"] for each in build["proposals"] if each["verified"]}
    assert {each for each, word in proven.items() if word} == {"/docs", "/test"}
    others = {
        "**/node_modules",
        "/.env",
        "/coverage",
        "/logs",
        "/npm-debug.log",
        "/.dockerignore",
        "/Dockerfile",
        "/README.md",
    }
    assert {each for each, word in proven.items() if not word} == others
    assert {"copy-before-install", "no-ignore-file", "root-user", "unlocked-install"} <= {
        each["code"] for each in build["findings"]
    }
    assert not [each for each in build["findings"] if each["code"].startswith("secret")]


def rows(page: str, name: str) -> list[tuple[str, ...]]:
    """The cells of a table of `docs/`, below its head."""
    text = (DOCS / f"{page}.md").read_text(encoding="utf-8")
    table = re.search(rf"<!-- table: {name} -->\n((?:\|.*\n)+)", text)
    assert table is not None
    return [tuple(re.split(r"(?<!\\)\|", line)[1:-1]) for line in table[1].splitlines()[2:]]


def quoted(cell: str) -> list[str]:
    return [text.replace("\\|", "|") for text in re.findall(r"`([^`]+)`", cell)]


def fate(where: Path, rules: list[str], path: str, builder: str) -> tuple[str, bool]:
    """What `--explain` says of a file that lies alone with these rules, and whether it arrives empty."""
    text = "".join(f"{rule}\n" for rule in rules)
    projects.write(where, {"Dockerfile": "FROM scratch\nCOPY . /\n", ".dockerignore": text, path: 1})
    said = json.loads(printed(where, "--explain", path, "--builder", builder, "--format", "json"))
    told = said["builds"][0]["explanations"][0]
    return told["fate"], told["empty_in_build"]


@pytest.mark.skipif(sys.platform == "win32", reason="names that Windows does not have")
@pytest.mark.parametrize("row", rows("semantics", "matches"), ids=lambda row: row[0].strip(" `"))
def test_patterns_match_what_is_written(row: tuple[str, ...], tmp_path: Path) -> None:
    """The examples of section 4 hold for both builders that they are about."""
    (pattern,), hits, misses = map(quoted, row)
    assert hits
    assert misses
    number = iter(range(99))
    for builder in ("buildkit", "classic"):
        for path in hits + misses:
            found, _ = fate(tmp_path / str(next(number)), [pattern], path, builder)
            assert (path, found) == (path, "excluded" if path in hits else "kept")


@pytest.mark.parametrize("row", rows("semantics", "fates"), ids=lambda row: row[0].strip())
def test_builders_decide_what_is_written(row: tuple[str, ...], tmp_path: Path) -> None:
    """The examples of section 5 hold for each builder."""
    rules, (path,) = quoted(row[0]), quoted(row[1])
    for builder, cell in zip(("buildkit", "classic", "buildah"), row[2:], strict=True):
        expected = re.match(r" (kept|excluded)\b", cell)
        assert expected is not None
        assert fate(tmp_path / builder, rules, path, builder) == (expected[1], "**empty**" in cell)


def test_the_library_shows_what_it_has() -> None:
    """`dir` and `help` name what is for everybody, and each says what it is."""
    import ctxscan

    assert dir(ctxscan) == ["CtxscanError", "Review", "Scan", "__version__", "review", "scan"]
    assert "from ctxscan import review, scan" in (ctxscan.__doc__ or "")
    for name in ("scan", "review"):
        said = inspect.getdoc(getattr(ctxscan, name)) or ""
        arguments = inspect.signature(getattr(ctxscan, name)).parameters
        assert said.startswith("Return ")
        assert not [each for each in arguments if f"`{each}`" not in said]
