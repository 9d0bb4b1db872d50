"""The formats, each read back by what reads it: a name from the tree is data in every one of them.

SARIF and JSON are validated, workflow commands are read as the runner reads them, Markdown is rendered and its HTML parsed.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import jsonschema
import pytest
from support import histories
from support.command import run
from support.hostile import HOSTILE, posix
from support.readers import TAGS, Command, commands, foreign, page, unprintable
from support.reviews import FORMATS, LISTED, LOOK, VERBOSE, finding, full, path_of, proposal, rendered, reviewed
from support.trees import TESTDATA

from ctxscan import __version__, scan
from ctxscan.checks.catalog import CHECKS
from ctxscan.config.settings import Allow, Allowed
from ctxscan.facts import Scan, Size
from ctxscan.findings import Finding, Severity
from ctxscan.opinions import Sizes, facts, review
from ctxscan.printable import raw, shown, text
from ctxscan.reports import json as json_report
from ctxscan.reports import markdown
from ctxscan.reports.digest.pages import page_of

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scan:
    """A build in the working directory."""
    (tmp_path / "Dockerfile").write_text("FROM scratch\nCOPY . /\n")
    (tmp_path / "a").write_bytes(b"x" * 100)
    monkeypatch.chdir(tmp_path)
    return scan(".")


# --- what no format may print ---------------------------------------------------------------------------------------


#: A quarter of the names; CI tries all.
SOME = [name if at % 4 == 0 else pytest.param(name, marks=pytest.mark.slow) for at, name in enumerate(HOSTILE)]


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", SOME)
@pytest.mark.parametrize("form", FORMATS)
def test_names_are_data(form: str, name: str, small: Scan) -> None:
    """No control or invisible character, and no command to a CI runner but those of `github` itself."""
    for look in (LOOK, VERBOSE):
        printed = rendered(form, full(small, HOSTILE[name]), look=look)
        printed.encode()
        assert not unprintable(printed)
        if form != "github":
            assert commands(printed) == []
            assert not foreign(printed)


@posix
@pytest.mark.parametrize("form", FORMATS)
def test_hostile_trees(form: str, tmp_path: Path) -> None:
    """The same with the names on disk, through the whole of it: scan, checks and report."""
    (tmp_path / "Dockerfile").write_text("FROM scratch\nCOPY . /\n")
    for value in HOSTILE.values():
        path = tmp_path / value
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * 1000)
    made = scan(tmp_path, builder="classic", keep_entries=True)  # BuildKit sends no names that are not UTF-8
    assert len(made.entries) > len(HOSTILE)
    printed = rendered(form, review(made), look=LISTED)
    printed.encode()
    assert not unprintable(printed)
    if form != "github":
        assert commands(printed) == []


@pytest.mark.parametrize("form", FORMATS)
def test_facts_alone(form: str, small: Scan) -> None:
    """Without findings there is nothing to annotate, and the rest has its numbers."""
    printed = rendered(form, facts(small))
    assert printed == rendered(form, facts(small))
    assert (printed == "") is (form == "github")
    if form == "sarif":
        assert json.loads(printed)["runs"][0]["results"] == []
    if form == "markdown":
        assert "No findings" not in printed


# --- github ---------------------------------------------------------------------------------------------------------


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_a_name_makes_one_annotation(name: str, small: Scan) -> None:
    """The runner reads exactly the command that is meant, whatever the name."""
    said = shown(name)
    assert commands(rendered("github", full(small, name))) == [
        Command(
            "error",
            # The runner knows no blanks at the ends of a value either way.
            {"file": shown(path_of(name)), "line": "3", "title": "ctxscan: secret-file"},
            f"key in {said}: {said}\nwhy: {said} is sent\nfix: exclude {said}",
        ),
        Command(
            "notice",
            {"title": "ctxscan: suppressed"},
            "Suppressed: 1 secret-file (allow)",
        ),
    ]


def test_annotations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Severities by their names there, files as seen from the checkout, no line where there is none, nothing twice."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "Dockerfile").write_text("FROM scratch\nCOPY . /\n")
    monkeypatch.chdir(tmp_path)
    made = reviewed(
        scan("app"),
        findings=(
            finding("certs/key.pem"),
            finding("Dockerfile", code="missing-input", severity="warning", line=2),
            finding("../pyproject.toml", code="unused-allow", severity="note", line=7),
            finding(None, code="no-ignore-file", severity="warning", message="100% of it, all"),
        ),
    )
    assert rendered("github", made, made) == (
        "::error file=app/certs/key.pem,title=ctxscan%3A secret-file::a private key\n"
        "::warning file=app/Dockerfile,line=2,title=ctxscan%3A missing-input::a private key\n"
        "::notice file=pyproject.toml,line=7,title=ctxscan%3A unused-allow::a private key\n"
        "::warning title=ctxscan%3A no-ignore-file::100%25 of it, all\n"
    )


def test_a_dockerfile_elsewhere_is_found_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside of the context it is named as it was given; one from standard input has no file."""
    (tmp_path / "app").mkdir()
    (tmp_path / "docker").mkdir()
    (tmp_path / "docker" / "Dockerfile").write_text("FROM scratch\nCOPY . /\n")
    monkeypatch.chdir(tmp_path)
    made = scan("app", dockerfile="docker/Dockerfile")
    assert "file=docker/Dockerfile," in rendered("github", reviewed(made, findings=(finding(made.build.label),)))
    made = scan("app", dockerfile_text=b"FROM scratch\nCOPY . /\n")
    assert "file=" not in rendered("github", reviewed(made, findings=(finding(made.build.label),)))


# --- sarif ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sarif_schema() -> jsonschema.Draft4Validator:
    schema = json.loads((TESTDATA / "sarif-schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft4Validator.check_schema(schema)
    return jsonschema.Draft4Validator(schema)


def results(printed: str) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = json.loads(printed)["runs"][0]["results"]
    return made


def location(result: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = result["locations"][0]["physicalLocation"]
    return made


#: A relative reference of RFC 3986, whose first component has no colon.
REFERENCE = re.compile(
    r"(?:[A-Za-z0-9._~!$&'()*+,;=@-]|%[0-9A-F]{2})+(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-F]{2})+)*"
)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_sarif_names(name: str, small: Scan, sarif_schema: jsonschema.Draft4Validator) -> None:
    """Valid, the bytes of the path in the URI, the message in one piece and without a link."""
    printed = rendered("sarif", full(small, name))
    sarif_schema.validate(json.loads(printed))
    first, second = results(printed)
    uri = location(first)["artifactLocation"]["uri"]
    assert REFERENCE.fullmatch(uri)
    assert (urlsplit(uri).scheme, urlsplit(uri).netloc, urlsplit(uri).query, urlsplit(uri).fragment) == ("", "", "", "")
    assert unquote_to_bytes(uri) == raw(path_of(name))
    said = first["message"]["text"]
    assert not re.search(r"(?<!\\)\]\(", said)
    assert said.replace("\\", "").startswith(f"key in {shown(name)}".replace("\\", ""))
    assert second["suppressions"][0]["justification"] == f"because {shown(name)}"


def test_sarif_results(small: Scan) -> None:
    """Rule, level, place, fingerprint; a build as a whole is told at its Dockerfile; allowed ones are suppressed."""
    allow = Allow("secret-file", "*", "a test key", None, None, None, 1)
    stands = finding("certs/key.pem", line=4, size=10)
    wide = finding(None, code="never-copied", severity="note")
    made = reviewed(small, findings=(stands, wide), allowed=(Allowed(finding("b"), allow),))
    printed = rendered("sarif", made)
    run = json.loads(printed)["runs"][0]
    first, second, third = run["results"]
    rules = run["tool"]["driver"]["rules"]
    assert [rules[each["ruleIndex"]]["id"] for each in run["results"]] == [each["ruleId"] for each in run["results"]]
    assert first == {
        "ruleId": "secret-file",
        "ruleIndex": first["ruleIndex"],
        "level": "error",
        "message": {"text": "a private key"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "certs/key.pem", "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": 4},
                }
            }
        ],
        "partialFingerprints": {"ctxscan/v1": stands.fingerprint},
        "properties": {"bytes": 10, "reach": "image", "kind": "pem"},
    }
    assert (second["level"], location(second)["artifactLocation"]["uri"]) == ("note", "Dockerfile")
    assert "suppressions" not in first
    assert third["suppressions"] == [{"kind": "external", "status": "accepted", "justification": "a test key"}]


def test_sarif_tells_once_what_builds_share(small: Scan) -> None:
    """Two services with one context: one run, and no result twice."""
    made = reviewed(small, findings=(finding("a"), finding("b")))
    assert results(rendered("sarif", made, made)) == results(rendered("sarif", made))


def test_sarif_rules(small: Scan) -> None:
    """Every code that there is, with help from the check itself, also without a finding."""
    driver = json.loads(rendered("sarif", reviewed(small)))["runs"][0]["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("ctxscan", __version__)
    rules = {each["id"]: each for each in driver["rules"]}
    assert list(rules) == sorted(rules)
    assert set(rules) >= {*CHECKS, "unused-allow", "expired-allow"}
    for code, rule in rules.items():
        assert len(rule["shortDescription"]["text"]) > 20
        assert "\n " not in rule["help"]["text"]
        assert rule["help"]["text"].startswith(rule["shortDescription"]["text"])
        assert rule["helpUri"] == page_of(code)
        assert rule["help"]["markdown"].startswith(f"# {code}\n") and "## Example\n" in rule["help"]["markdown"]
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
        assert ("security-severity" in rule["properties"]) is code.startswith("secret")


def test_many_findings_validate(small: Scan, sarif_schema: jsonschema.Draft4Validator) -> None:
    """Thirty of all severities, with codes that no check knows."""
    severities: Sequence[Severity] = ("error", "warning", "note")
    found = tuple(
        finding(
            f"d{number}/f", code=f"made-up-{'abc'[number % 3]}", severity=severities[number % 3], line=number or None
        )
        for number in range(30)
    )
    printed = rendered("sarif", reviewed(small, findings=found))
    sarif_schema.validate(json.loads(printed))
    assert len(results(printed)) == 30


def test_the_schema_refuses(sarif_schema: jsonschema.Draft4Validator, small: Scan) -> None:
    """The validation is one: a line of 0 and an unknown key are errors."""
    document = json.loads(rendered("sarif", reviewed(small, findings=(finding("a"),))))
    location(document["runs"][0]["results"][0])["region"]["startLine"] = 0
    document["runs"][0]["nonsense"] = True
    assert len(list(sarif_schema.iter_errors(document))) == 2


# --- markdown -------------------------------------------------------------------------------------------------------


#: What hosts make links of in plain text: mentions, addresses, issues, commits, mathematics.
LINKED = re.compile(r"[@#$<>`|\[\]*_~]|\w\.\w*[A-Za-z]|://|www|GH-\d|\b[0-9a-f]*\d[0-9a-f]{6,}\b")


@pytest.mark.sampled(5)
@pytest.mark.parametrize("html", [True, False], ids=["html", "no-html"])
@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_markdown_names(name: str, html: bool, small: Scan) -> None:
    """Rendered, a name is text in a code span, and the page has our tags, rows and cells and nothing more."""
    report = rendered("markdown", full(small, name))
    made = page(report, html=html)
    assert made.tags <= TAGS
    own = {("style", "text-align:right"), ("style", "text-align:left"), ("href", page_of("secret-file"))}
    assert made.attributes <= own
    assert made.other == []
    figures = re.compile(r"\d+(\.\d+)? (B|kB)|ctxscan:|Fix:")
    assert not LINKED.search(figures.sub("", made.plain)), made.plain
    assert [len(row) for row in made.rows] == [6, 6, 6, 6, 5, 5, 3, 3, 4, 4, 3, 3]
    code = ["".join(each.split()) for each in made.code]
    expected = "".join(visible(name).split())
    assert any(expected in each for each in code) or len(name) > 100


def visible(name: str) -> str:
    return shown(name).replace("##", r"#\x23")


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    "name", [each for each in HOSTILE.values() if len(each) < 100], ids=lambda each: ascii(each)[:30]
)
def test_markdown_shows_the_whole_name(name: str, small: Scan) -> None:
    """In the column of places, as it is, between no quotes."""
    made = page(rendered("markdown", reviewed(small, findings=(finding(name, line=3),))))
    assert made.rows[-1][3] == f"{visible(name)}:3"


@pytest.mark.parametrize(
    ("remedy", "code"),
    [
        ('CMD ["npm", "start"]', '["npm", "start"]'),
        ('use ["a", "b"], then build', '["a", "b"]'),
        ('[open "b", c.d', '[open "b"'),
    ],
    ids=["array", "in a sentence", "not closed"],
)
def test_markdown_keeps_an_array_whole(remedy: str, code: str, small: Scan) -> None:
    """The form of an instruction stands in one code span."""
    wrong = Finding("x", "note", "m", None, None, None, 0, None, None, remedy)
    assert code in page(rendered("markdown", reviewed(small, findings=(wrong,)))).code


def test_markdown(small: Scan) -> None:
    """What a job summary shows, whole."""
    made = reviewed(
        small,
        findings=(
            finding(
                "certs/key.pem",
                message="private key, baked into the image by COPY . / (Dockerfile:2)",
                line=1,
                size=1700,
            ),
            finding(None, code="no-ignore-file", severity="warning", message="no ignore file: nothing is excluded"),
        ),
        allowed=(Allowed(finding("tests/x.pem"), Allow("secret-file", "*", "test key", None, None, None, 1)),),
        rules=(
            proposal("**/node_modules", ("installed in the image", "of npm"), 54_000_000, 765, True, None, True),
            proposal(".git", ("history",), 61_000_000, 1, True, "RUN git describe reads it (Dockerfile:4)", False),
        ),
        then=Sizes(Size(1, 50), Size(1, 50), Size(1, 122)),
    )
    assert (
        rendered("markdown", made)
        == """\
## ctxscan: `.`, `Dockerfile`

**1 secret ends up in the image · 122 B could be 50 B · 1 warning**

| | size | files | with the rules below | files | saves |
| --- | ---: | ---: | ---: | ---: | ---: |
| context | 122 B | 2 | 50 B | 1 | 59% |
| transfer | 122 B | 2 | 50 B | 1 | 59% |
| image | 122 B | 2 | 122 B | 1 | 0% |

The builder will print `transferring context: 198B`. The whole context is sent because of `COPY . /` (`Dockerfile:2`). There is no ignore file.

### Findings: 1 error, 1 warning

|  | code | what | where | size |
| --- | --- | --- | --- | --- |
| 🔴 error | [`secret-file`](https://github.com/ctxscan/ctxscan/blob/main/docs/rules/secret-file.md) | private key, baked into the image by COPY `. /` (`Dockerfile:2`) | `certs/key.pem:1` | 1.7 kB |
| 🟡 warning | [`no-ignore-file`](https://github.com/ctxscan/ctxscan/blob/main/docs/rules/no-ignore-file.md) | no ignore file: nothing is excluded |  |  |

### Rules to add: `ctxscan --fix` writes them

| rule | saves | why |
| --- | --- | --- |
| `**/node_modules` | 54.0 MB, 765 files | installed in the image; of npm |

### Rules to decide on

| rule | would save | why | why not |
| --- | --- | --- | --- |
| `.git` | 61.0 MB, 1 file | history | RUN git describe reads it (`Dockerfile:4`) |

### Suppressed: 1 secret-file (allow)

| code | where | reason |
| --- | --- | --- |
| `secret-file` | `tests/x.pem` | test key |
""".replace("198B", small.transfer.shown or "")
    )


@pytest.mark.parametrize("count", [0, 1, 50, pytest.param(5000, marks=pytest.mark.slow)])
def test_markdown_is_bounded(count: int, small: Scan) -> None:
    """However much there is to say; what is left out is told, and what is there is whole."""
    found = tuple(finding(f"{'漢`|' * 30}/{number}", message=f"{'漢字 | ' * 100}{number}") for number in range(count))
    made = full(small, "x")
    report = rendered(
        "markdown",
        reviewed(small, findings=found, allowed=made.allowed * count, rules=made.proposals * count),
    )
    assert len(report.encode()) <= markdown.LIMIT
    cut = re.search(r"… and ([\d,]+) more, left out for length", report)
    rows = report.count("🔴")
    assert rows + (int(cut[1].replace(",", "")) if cut else 0) == count
    assert page(report).tags <= TAGS
    if count == 5000:
        # Nobody is crowded out altogether.
        assert rows > 10
        assert report.count("left out for length") == 4


def test_markdown_of_many_builds(small: Scan) -> None:
    """Each has its numbers while there is room, and the rest is counted."""
    reviews = [reviewed(small, findings=tuple(finding(f"{number}/{'y' * 90}") for number in range(40)))] * 300
    report = rendered("markdown", *reviews, look=VERBOSE)
    assert len(report.encode()) <= markdown.LIMIT
    builds = report.count("## ctxscan: ") - 1  # one is that of all
    assert builds > 20
    assert f"… and {300 - builds} more builds, left out for length." in report


# --- json -----------------------------------------------------------------------------------------------------------


def strict(schema: Any) -> Any:
    """The schema without its openness: a key that it does not know is an error, so that it cannot fall behind."""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    out = {key: strict(value) for key, value in schema.items()}
    if "properties" in schema:
        out["unevaluatedProperties"] = False
    return out


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft202012Validator:
    loaded = json.loads((Path(json_report.__file__).parent / "schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(loaded)
    made = strict(loaded)
    del made["$defs"]["finding-keys"]["unevaluatedProperties"]  # shared by two that have it
    made["$defs"]["finding"]["unevaluatedProperties"] = False
    return jsonschema.Draft202012Validator(made)


def tree(root: Path, files: Mapping[str, str]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return root


APP = {
    "Dockerfile": "FROM scratch AS build\nCOPY src missing /s/\nRUN make\nFROM scratch\nCOPY --from=build /s/a /\n",
    ".dockerignore": "node_modules\nnode_modules\n*.log\n!d\n",
    "src/a": "x" * 100,
    "src/node_modules/b": "y" * 2000,
    "web/.dockerignore": "x\n",
    "x.log": "log",
}


@pytest.mark.parametrize(
    ("files", "options", "listed", "explained"),
    [
        (APP, {}, False, ()),
        (APP, {}, True, ("src/a", "x.log", "nothere/at/all")),
        (APP, {"builder": "classic"}, True, ("x.log",)),
        (APP, {"builder": "buildah"}, True, ("src",)),
        (APP, {"target": "build", "build_contexts": {"other": "."}}, True, ()),
        ({"a": "x"}, {}, True, ("a",)),
        ({"Dockerfile": "FROM scratch\n"}, {}, True, ()),
        ({"Dockerfile": "FROM scratch\nCOPY --from=other . /\n"}, {"build_contexts": {"other": "."}}, True, ()),
    ],
    ids=["plain", "explained", "classic", "buildah", "target", "no-dockerfile", "nothing-copied", "named-context"],
)
def test_json_of_real_scans(
    files: Mapping[str, str],
    options: Mapping[str, Any],
    listed: bool,
    explained: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    schema: jsonschema.Draft202012Validator,
) -> None:
    """What is printed is what the schema says, to the key, with opinions and without."""
    monkeypatch.chdir(tree(tmp_path, files))
    if sys.platform != "win32":
        (tmp_path / "link").symlink_to("src")
        os.mkfifo(tmp_path / "fifo")
    made = scan(".", keep_entries=listed, **options)
    for each in (review(made, explain_paths=explained), facts(made, explain_paths=explained)):
        document = json.loads(rendered("json", each, look=LISTED if listed else LOOK))
        schema.validate(document)
        (build,) = document["builds"]
        assert ("entries" in build) is listed
        assert ("explanations" in build) is bool(explained)
        assert ("findings" in build) is (each.findings is not None)


@posix
def test_json_names_that_are_not_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, schema: jsonschema.Draft202012Validator
) -> None:
    """U+FFFD in the path, and the bytes beside it."""
    monkeypatch.chdir(tree(tmp_path, {"Dockerfile": "FROM scratch\nCOPY . /\n"}))
    (tmp_path / "a\udcffb").write_text("x")
    try:
        made = scan(".", keep_entries=True, builder="classic")
    except OSError:
        pytest.skip("the file system wants text")
    document = json.loads(rendered("json", review(made), look=LISTED))
    schema.validate(document)
    entries = document["builds"][0]["entries"]
    assert [(each["path"], each["path_hex"]) for each in entries if "path_hex" in each] == [("a\ufffdb", "61ff62")]


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_json_names(name: str, small: Scan, schema: jsonschema.Draft202012Validator) -> None:
    """A reader gets the name back."""
    document = json.loads(rendered("json", full(small, name)))
    assert document["builds"][0]["findings"][0]["path"] == text(path_of(name))


def test_the_schema_knows_what_is_promised(schema: jsonschema.Draft202012Validator, small: Scan) -> None:
    """Allowed findings, proposals, sizes after and a replay validate as they are documented; a wrong key does not."""
    document = json.loads(rendered("json", reviewed(small, findings=(finding("a"),))))
    (build,) = document["builds"]
    step = {"stage": "build", "line": 3, "instruction": "RUN make"}
    build |= {
        "allowed": [{**build["findings"][0], "reason": "because"}],
        "proposals": [
            {"pattern": ".git", "reasons": ["x"], "bytes": 1, "files": 1, "verified": True, "caution": None},
        ],
        "after": {key: {"files": 1, "bytes": 2} for key in ("context", "transfer", "image")},
        "replay": {
            "commits": [{"commit": "0" * 40, "subject": "x", "steps": [{**step, "cached": None, "because": ["a"]}]}],
            "summary": [{**step, "of": 3, "reran": 2, "reran_today": 1, "reran_after": 0}],
        },
    }
    schema.validate(document)
    for broken in ({"nonsense": 1}, {"allowed": build["findings"]}, {"proposals": [{}]}, {"replay": {}}, {"after": {}}):
        with pytest.raises(jsonschema.ValidationError):
            schema.validate({**document, "builds": [{**build, **broken}]})


# --- the same again -------------------------------------------------------------------------------------------------

PROGRAM = """
import sys
from importlib import import_module
from support.hostile import HOSTILE
from support.reviews import full, rendered
from ctxscan import scan
made = scan(".")
for form in ("json", "sarif", "github", "markdown", "text", "html"):
    sys.stdout.buffer.write(rendered(form, *[full(made, name) for name in list(HOSTILE.values())[::4]]).encode())
"""


@pytest.mark.slow
def test_two_runs_are_the_same_to_the_byte(small: Scan) -> None:
    """Also in processes whose hashes differ."""
    runs = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    ]
    assert len(runs[0]) > 10_000
    assert runs[0] == runs[1] == runs[2]


# --- where people work ----------------------------------------------------------------------------------------------


def scripts(path: Path) -> Iterator[str]:
    """The blocks of shell script in a workflow or an action."""
    lines = path.read_text(encoding="utf-8").split("\n")
    for at, line in enumerate(lines):
        match = re.match(r"( *)(?:- )?run: *(.*)", line)
        if match:
            body = [match[2]]
            for below in lines[at + 1 :]:
                if below.strip() and len(below) - len(below.lstrip()) <= len(match[1]):
                    break
                body.append(below)
            yield "\n".join(body)


FILES = [ROOT / "action.yml", *sorted((ROOT / ".github" / "workflows").glob("*.yml"))]


@pytest.mark.skipif(not FILES[0].exists(), reason="not in an sdist")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_scripts_hold_no_expressions(path: Path) -> None:
    """What a caller passes reaches a script as a variable, never as part of its text."""
    assert list(scripts(path))
    assert not [each for each in scripts(path) if "${{" in each]


@pytest.mark.skipif(not FILES[0].exists(), reason="not in an sdist")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_actions_are_pinned(path: Path) -> None:
    """By the whole commit, with the tag beside it for people."""
    used = [each for each in re.findall(r"uses: *(.*)", path.read_text(encoding="utf-8")) if each.split()[0] != "./"]
    assert used
    assert all(re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v[\d.]+", each) for each in used)


COMMAND = shutil.which("ctxscan", path=str(Path(sys.executable).parent))
#: The inputs of the action beside CONTEXT, as a caller gets them that says nothing.
USUAL = {"ALL": "false", "CHECK": "true", "SUMMARY": "true", "NO_CONFIG": "false"} | dict.fromkeys(
    "FILE TARGET BUILD_ARGS BUILDER FAIL_ON MAX_SIZE CONFIG TRUSTED PROFILE BASELINE SINCE IMAGE LOG".split(), ""
)


def act(where: Path, inputs: Mapping[str, str]) -> tuple[dict[str, Path], subprocess.CompletedProcess[str]]:
    """Run the script of the action in the directory `work` with these inputs, as the runner would; the files that it may
    write."""
    names = {"GITHUB_OUTPUT": "output", "GITHUB_STEP_SUMMARY": "summary", "SARIF": "sarif", "COMMENT": "comment"}
    files = {name: where / file for name, file in names.items()}
    given = {"CONTEXT": "bad", **USUAL, **inputs}
    (script,) = (each for each in scripts(FILES[0]) if "INPUT_CONTEXT" in each)
    assert {f"INPUT_{name}" for name in given} == set(re.findall(r"INPUT_[A-Z_]+", script))
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", textwrap.dedent(script.partition("\n")[2])],
        cwd=where / "work",
        env={
            **os.environ,
            "CTXSCAN": str(COMMAND),
            **{name: str(path) for name, path in files.items()},
            **{f"INPUT_{name}": value for name, value in given.items()},
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return files, done


@pytest.mark.skipif(not FILES[0].exists(), reason="not in an sdist")
@pytest.mark.skipif(sys.platform == "win32" or not COMMAND, reason="runs the script with the installed command")
@pytest.mark.slow
@pytest.mark.parametrize(
    ("inputs", "status", "annotated"),
    [
        ({}, 1, ["error"]),
        ({"CHECK": "false"}, 0, ["error"]),
        ({"CONTEXT": "good"}, 0, []),
        ({"CONTEXT": "good", "MAX_SIZE": "1 B"}, 1, ["error"]),
        ({"CONTEXT": "compose.yaml"}, 1, ["error"]),
        ({"CONTEXT": "compose.yaml", "TARGET": "x"}, 2, []),
        ({"CONTEXT": "good", "BUILD_ARGS": "A=1\r\nB=$(touch pwned) x\n"}, 0, []),
        ({"CONTEXT": "--version"}, 2, []),
        ({"FILE": "$(touch pwned)"}, 2, []),
        ({"TARGET": "; touch pwned"}, 2, []),
        ({"CONFIG": "nothere.toml"}, 2, []),
        ({"CONFIG": "off.toml"}, 0, ["notice"]),
        ({"TRUSTED": "no-such-commit"}, 1, ["error"]),
        ({"CONTEXT": "good", "SUMMARY": "false"}, 0, []),
        ({"CONTEXT": ".", "ALL": "true"}, 1, ["error"]),
        ({"CONTEXT": "good", "ALL": "false"}, 0, []),
        ({"CONTEXT": "compose.yaml", "PROFILE": "x\r\n$(touch pwned)\n"}, 1, ["error"]),
        ({"CONTEXT": "good", "PROFILE": "x"}, 2, []),
        ({"BASELINE": "base.json"}, 0, ["notice"]),
        ({"BASELINE": "base.json", "TRUSTED": "no-such-commit"}, 0, ["notice"]),
        ({"BASELINE": "$(touch pwned)"}, 2, []),
        ({"SINCE": "no-such-commit"}, 1, ["error"]),
        ({"SINCE": "; touch pwned"}, 1, ["error"]),
    ],
)
def test_the_script_of_the_action(inputs: Mapping[str, str], status: int, annotated: list[str], tmp_path: Path) -> None:
    """Run as the runner would: annotations, a job summary, a SARIF file, and nothing that a caller passes is executed."""
    tree(
        tmp_path / "work",
        {"bad/Dockerfile": "FROM scratch\nCOPY nothere /\n", "good/Dockerfile": "FROM scratch\nCOPY a /\n"},
    )
    tree(tmp_path / "work", {"compose.yaml": "services:\n  a: {build: good}\n  b: {build: bad}\n  c: {build: bad}\n"})
    tree(tmp_path / "work", {"good/a": "xx", "off.toml": "disable = ['missing-input']\n"})
    if "BASELINE" in inputs:
        run("--write-baseline", "base.json", "bad", cwd=tmp_path / "work")
    files, done = act(tmp_path, inputs)
    assert done.returncode == status, done.stderr
    assert [each.name for each in commands(done.stdout)] == annotated
    assert not (tmp_path / "work" / "pwned").exists()
    if status < 2:
        assert files["GITHUB_OUTPUT"].read_text() == f"sarif={files['SARIF']}\n"
        assert not files["COMMENT"].exists()
        assert len(results(files["SARIF"].read_text(encoding="utf-8"))) == len(annotated)
        assert files["GITHUB_STEP_SUMMARY"].exists() is (inputs.get("SUMMARY") != "false")


@pytest.mark.skipif(not FILES[0].exists(), reason="not in an sdist")
@pytest.mark.skipif(sys.platform == "win32" or not COMMAND, reason="runs the script with the installed command")
@pytest.mark.slow
def test_the_comment_of_the_action(tmp_path: Path) -> None:
    """In a pull request it says what has changed since the base, while the check covers everything; a baseline that the
    request brings along knows no secret."""
    root = tmp_path / "work"
    tree(
        root,
        {
            "Dockerfile": "FROM scratch\nCOPY . /\n",
            ".dockerignore": ".git\n",
            ".env": "A_PASSWORD=" + "Xk29fjQpz7" + "TbvLw3Rm8s\n",
        },
    )
    histories.git(root, "init", "-q")
    histories.git(root, "add", "--all")
    histories.git(root, "commit", "-qm", "base")
    base = histories.git(root, "rev-parse", "HEAD").strip()
    tree(root, {"large": "x" * 3_200_000})
    run("--write-baseline", "base.json", ".", cwd=root)
    files, done = act(tmp_path, {"CONTEXT": ".", "SINCE": base, "TRUSTED": base, "BASELINE": "base.json"})
    assert done.returncode == 1
    assert "knows it, which the check takes only from a trusted file" in done.stdout
    assert files["GITHUB_OUTPUT"].read_text() == f"comment={files['COMMENT']}\nsarif={files['SARIF']}\n"
    comment = files["COMMENT"].read_text(encoding="utf-8")
    assert "transfer `+3.2` MB against" in comment
    assert f"against `{base[:12]}`" in comment
    assert "1 new finding, 0 fixed" in comment  # a large file; the secret is not new
    histories.git(root, "add", "base.json")
    histories.git(root, "commit", "-qm", "baseline")
    then = histories.git(root, "rev-parse", "HEAD").strip()
    assert act(tmp_path, {"CONTEXT": ".", "TRUSTED": then, "BASELINE": "base.json"})[1].returncode == 0
