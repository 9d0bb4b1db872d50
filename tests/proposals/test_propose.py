"""Proposals: on labelled trees, in traps, and for whatever tree and ignore file."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import dirty
from support.examples import examples

from ctxscan.config.gate import CONSENTS
from ctxscan.context.tree import Tree
from ctxscan.facts import scan
from ctxscan.proposals.proof import moved
from ctxscan.proposals.propose import explore, propose
from ctxscan.rules import ignorefile
from ctxscan.rules.builders import BUILDERS

CASES = dirty.labelled()
TRAPS = dirty.traps()


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_labelled_tree(tmp_path: Path, case: dict[str, Any]) -> None:
    """Nothing that has to stay is lost, all that is safe to drop is gone, and a second run changes nothing."""
    context = dirty.lay_out(tmp_path, case)
    found = dirty.proposed(context, flagged=dirty.secrets(case), dockerfile=case["dockerfile"])
    assert dirty.judge(context, case, found.text) == ([], [])
    assert found.changes == bool(case["must_go"])
    found.write(context)
    assert not dirty.proposed(context, flagged=dirty.secrets(case), dockerfile=case["dockerfile"]).changes


#: Here something stays that is tests or documentation, or nothing changes, as long as nobody consents. What git
#: describes is the history, with or without the tests in the tree.
UNLESS_CONSENTED = ("finished", "pnpm-monorepo", "go-std", "build-rs-git", "no-git-but-lists")


@pytest.mark.sampled(4)
@pytest.mark.parametrize("case", TRAPS, ids=[case["id"] for case in TRAPS])
def test_trap(tmp_path: Path, case: dict[str, Any]) -> None:
    """What looks like junk and is needed stays, for every builder, also with every consent; what is junk goes. The
    reason is in the case."""
    dirty.lay_out_trap(tmp_path, case)
    flagged, consents = case.get("flagged", []), case.get("consents", [])
    if case["id"] not in UNLESS_CONSENTED and not case.get("same"):
        everything = dirty.proposed(tmp_path, flagged=flagged, consents=CONSENTS)
        assert dirty.trap_failures(tmp_path, case, everything) == []
    found = dirty.proposed(tmp_path, flagged=flagged, consents=consents)
    assert dirty.trap_failures(tmp_path, case, found) == []
    found.write(tmp_path)
    assert not dirty.proposed(tmp_path, flagged=flagged, consents=consents).changes


def test_sizes_are_those_of_the_engine(tmp_path: Path) -> None:
    """What the proposals promise is what a scan with the new file finds, that file included."""
    case = next(case for case in CASES if case["name"] == "npm-workspaces-depths")
    context = dirty.lay_out(tmp_path, case)
    before = scan(str(context))
    found = propose(explore(before), flagged=dirty.secrets(case))
    found.write(context)
    after = scan(str(context))
    assert found.after is not None and found.after.sizes == after.sizes
    own = not found.after.rules.gone(".dockerignore")
    saved = before.context_size.files - after.context_size.files + own
    assert sum(each.files for each in found.applied) == sum(each.transfer_files for each in found.applied) == saved
    saved = before.context_size.bytes - after.context_size.bytes + len(found.text) * own
    assert sum(each.bytes for each in found.applied) == saved


def test_packages_to_come_are_excluded_beside_directories_that_are_needed(tmp_path: Path) -> None:
    """What a build copies as a whole has none, unless it is a project of its own."""
    assets = {"src/assets/a.png": 9, "npm-debug.log": "x" * 90, "Dockerfile": "FROM node:22\nCOPY . .\nRUN npm ci\n"}
    build = '{"projects": {"shop": {"architect": {"build": {"options": {"assets": ["src/assets"]}}}}}}'
    dirty.write(tmp_path, {**assets, "package.json": "{}", "angular.json": build})
    assert "**/node_modules" in [each.pattern for each in dirty.proposed(tmp_path).applied]
    dirty.write(tmp_path, {"src/assets/package.json": "{}"})
    assert "**/node_modules" not in [each.pattern for each in dirty.proposed(tmp_path).applied]


def test_packages_to_come_are_excluded_though_settings_extend_one(tmp_path: Path) -> None:
    """The install brings that one, too; and a manifest that only a variable completes is no directory."""
    dockerfile = (
        "FROM node:22\nARG APP\nCOPY package.json .\nCOPY apps/${APP}/package.json apps/${APP}/\nRUN npm ci\nCOPY . .\n"
    )
    tsconfig = '{"extends": "./node_modules/@tsconfig/node22/tsconfig.json"}'
    files = {"apps/api/package.json": "{}", "apps/api/a.ts": "x", "npm-debug.log": "x" * 90}
    dirty.write(tmp_path, {"Dockerfile": dockerfile, "package.json": "{}", "tsconfig.json": tsconfig, **files})
    assert "**/node_modules" in [each.pattern for each in dirty.proposed(tmp_path).applied]


@pytest.mark.parametrize(
    ("command", "goes"),
    [
        ('test -z "$(find . -name .git -print -quit)"', True),
        ("find . -name .git -exec cp -r {} /srv \\;", False),
        ("cp -r .git /srv", False),
    ],
)
def test_what_is_only_looked_for_is_not_needed(tmp_path: Path, command: str, goes: bool) -> None:
    """A command that wants it away may have its way."""
    files: dict[str, str | int] = {"a.js": "x", ".git/HEAD": "ref: refs/heads/main\n", ".git/objects/a": 90_000}
    dirty.write(tmp_path, {"Dockerfile": f"FROM node\nWORKDIR /app\nCOPY . .\nRUN {command}\n", **files})
    assert ("/.git" in [each.pattern for each in dirty.proposed(tmp_path).applied]) is goes


def test_no_megabytes_are_promised_that_buildkit_would_not_have_sent(tmp_path: Path) -> None:
    """Where the instructions name what they take, a rule saves nothing of the transfer, and says so."""
    dirty.write(tmp_path, {"Dockerfile": "FROM node\nCOPY src /s\n", "src/a.js": "x", "node_modules/.bin/x": 5_000_000})
    (rule,) = dirty.proposed(tmp_path).applied
    assert (rule.pattern, rule.bytes, rule.transfer_bytes, rule.transfer_files) == ("/node_modules", 5_000_000, 0, 0)


def test_cautions_are_applied_where_the_configuration_says_so(tmp_path: Path) -> None:
    """A caution is shown with its reason, and written only if it is named."""
    dirty.write(
        tmp_path,
        {
            "Dockerfile": "FROM node\nCOPY . .\nCMD node a.js\n",
            "package.json": "{}",
            "a.js": "x",
            "node_modules/.bin/x": "x",
        },
    )
    found = dirty.proposed(tmp_path)
    assert not found.changes and [(each.pattern, each.verified, each.applied) for each in found.cautions] == [
        ("**/node_modules", True, False)
    ]
    assert "runs nothing that makes it again" in (found.cautions[0].caution or "")
    again = propose(explore(scan(str(tmp_path))), apply_cautions=["**/node_modules"])
    assert [each.pattern for each in again.applied] == ["**/node_modules"]


@pytest.mark.parametrize(
    ("lines", "goes"),
    [
        ("FROM elixir\nCOPY app app\nRUN mix release\n", True),
        ("FROM debian\nCOPY app app\nCMD app/target/release/a\n", False),
        ("FROM debian\nCOPY app app\nCMD /start.sh --target release\n", False),
        ("FROM rust\nCOPY app app\nCMD /start.sh\n", False),
    ],
)
def test_what_was_built_for_another_image(tmp_path: Path, lines: str, goes: bool) -> None:
    """What Cargo has built on the host is waste where nothing of a build has to do with it."""
    files: dict[str, str | bytes | int | None] = {
        "app/Cargo.toml": "",
        "app/target/.rustc_info.json": "{}",
        "app/target/release/a": 90_000,
    }
    dirty.write(tmp_path, {"Dockerfile": lines, **files})
    after = dirty.proposed(tmp_path).after
    assert (after is not None and dirty.gone(after.rules, "app/target")) is goes


def test_flagged_paths_are_escaped_and_gone_for_every_builder(tmp_path: Path) -> None:
    """A rule for a secret is its literal name."""
    names = [
        "a[1].pem",
        "b*.key",
        "!c",
        "#d",
        " e",
        "f ",
        "g{2}",
        "h|i",
        "j^",
        "k+",
        "l(m)",
        "n\\o",
        "p.q$",
        "r\ts",
        "t\nu",
        "é",
    ]
    dirty.write(
        tmp_path,
        {"Dockerfile": "FROM alpine\nCOPY . .\n"}
        | dict.fromkeys(names, "x")
        | {"b1.key": "x", "a1.pem": "x", "gg": "x"},
    )
    found = dirty.proposed(tmp_path, flagged=names)
    for name in BUILDERS:
        rules = dirty.matcher(found.text, name)
        assert [path for path in names if not dirty.gone(rules, path)] == []
        assert [path for path in ("b1.key", "a1.pem", "gg") if dirty.gone(rules, path)] == []


def test_needed_secret_is_told_and_stays(tmp_path: Path) -> None:
    """What an instruction copies by name is not taken away, whatever is in it."""
    dirty.write(tmp_path, {"Dockerfile": "FROM alpine\nCOPY id_rsa /k\n", "id_rsa": "x"})
    found = dirty.proposed(tmp_path, flagged=["id_rsa"])
    assert not found.changes and found.needed[0].path == "id_rsa" and "Dockerfile:2" in found.needed[0].why


def texts(root: Path, rules: str, files: dict[str, str | bytes | int | None]) -> list[str]:
    """The lines of the patched ignore file for a Node project that builds."""
    project: dict[str, str | bytes | int | None] = {
        "Dockerfile": "FROM node\nCOPY . .\nRUN npm ci && npm run build\n",
        "package.json": "{}",
        ".dockerignore": rules,
    }
    dirty.write(root, project | files)
    found = dirty.proposed(root)
    found.write(root)
    assert not dirty.proposed(root).changes
    return found.text.decode().splitlines()


MOVED = [
    ("below", "*.md\n!dist/keep.js\n", {"coverage/lcov.info": "x", "coverage/keep": "x"}, ["*.md", "!dist/keep.js", "", "# Added by ctxscan", "/coverage"]),
    ("named", "!node_modules/mine\n", {"node_modules/.bin/x": "x", "node_modules/mine/a": "x"}, ["# Added by ctxscan", "**/node_modules", "", "!node_modules/mine"]),
    ("named-absent", "*.md\n!node_modules/mine\n", {"node_modules/.bin/x": "x"}, ["*.md", "", "# Added by ctxscan", "**/node_modules", "", "!node_modules/mine"]),
    ("comment-stays-with-its-line", "*.md\n\n# ours\n!node_modules/mine\n", {"node_modules/.bin/x": "x"}, ["*.md", "", "# Added by ctxscan", "**/node_modules", "", "# ours", "!node_modules/mine"]),
    ("wild-rule", "!keep.log\n", {"a.log": "x", "b/a.log": "x", "keep.log": "x"}, ["# Added by ctxscan", "**/*.log", "", "!keep.log"]),
    ("wild-exception", "!node_modules/*.md\n", {"node_modules/.bin/x": "x"}, ["# Added by ctxscan", "**/node_modules", "", "!node_modules/*.md"]),
    ("after-what-brings-back", "*\n!src\n!src/node_modules/mine\n!*.json\n", {"src/package.json": "{}", "src/node_modules/.bin/x": "x", "src/node_modules/mine/a": "x"}, ["*", "!src", "", "# Added by ctxscan", "**/node_modules", "", "!src/node_modules/mine", "!*.json"]),
]  # fmt: skip


@pytest.mark.parametrize(("rules", "files", "expected"), [each[1:] for each in MOVED], ids=[each[0] for each in MOVED])
def test_exceptions_keep_the_last_word(
    tmp_path: Path, rules: str, files: dict[str, str | bytes | int | None], expected: list[str]
) -> None:
    """A rule that would take away what an exception brings back stands in front of it, any other at the end."""
    assert texts(tmp_path, rules, files) == expected


@pytest.mark.parametrize("builder", BUILDERS)
@pytest.mark.parametrize("source", ["a", "$X/a", "*"], ids=["literal", "variable", "wild"])
def test_a_directory_that_only_its_files_bring_along_keeps_one(tmp_path: Path, source: str, builder: str) -> None:
    """An input may be excluded itself and reach the builder for the sake of what an exception keeps below it: the last
    such file stays, junk or not."""
    dirty.write(
        tmp_path,
        {"Dockerfile": f'FROM node\nCOPY ["{source}", "/x/"]\n', ".dockerignore": "*\n!a/**\n", "a/b.log": "x"},
    )
    before = scan(str(tmp_path), builder=builder)
    found = propose(explore(before))
    found.write(tmp_path)
    after = scan(str(tmp_path), builder=builder)
    assert [each.input.missing for each in after.inputs] == [each.input.missing for each in before.inputs]
    assert not found.changes or source == "*"


def test_what_a_rule_takes_out_is_not_told_to_stay(tmp_path: Path) -> None:
    """A Compose file is for builders whatever stands in it: a secret in it leaves with it."""
    files: dict[str, str | bytes | int | None] = {"package.json": "{}", "compose.yaml": 5000}
    dirty.write(tmp_path, {"Dockerfile": "FROM node\nCOPY . .\nRUN npm ci\n", **files})
    dirty.track(tmp_path, ["Dockerfile", *files])
    found = dirty.proposed(tmp_path, flagged=["compose.yaml"])
    assert "/compose.yaml" in [each.pattern for each in found.applied]
    assert "compose.yaml" not in [each.path for each in found.needed]


@pytest.mark.parametrize(
    ("path", "text"),
    [("flavors/a/compose.yml", "{% set a = 1 %}\nservices: {}\n"), ("templates/compose.yml", "services: {}\n")],
)
def test_a_compose_file_that_is_filled_in(path: str, text: str, tmp_path: Path) -> None:
    """A program makes such files of it, and it is no order of this build."""
    files: dict[str, str | bytes | int | None] = {"package.json": "{}", path: text + "#" * 5000, "b/compose.yml": 5000}
    dirty.write(tmp_path, {"Dockerfile": "FROM node\nCOPY . .\nRUN npm ci\n", **files})
    dirty.track(tmp_path, ["Dockerfile", *files])
    patterns = [each.pattern for each in dirty.proposed(tmp_path).applied]
    assert "/b/compose.yml" in patterns and not any(path.startswith(each.strip("/")) for each in patterns)


@pytest.mark.parametrize("source", ["*", "./*", "dir/*", "dir/*/"])
@pytest.mark.parametrize("builder", ["classic", "buildah"])
def test_a_wild_card_keeps_a_match(tmp_path: Path, source: str, builder: str) -> None:
    """`COPY dir/*` of an empty directory ends the build with these; what is of no use stays rather than a secret."""
    context = tmp_path / "context"
    place = context / "dir" if "dir" in source else context
    place.mkdir(parents=True)
    secret = (place / "key.pem").relative_to(context).as_posix()
    for name in ("key.pem", ".DS_Store"):
        (place / name).write_text("x" * 5000)
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_text(f"FROM scratch\nCOPY {source} /app/\n")
    ground = explore(scan(context, dockerfile=str(dockerfile), builder=builder))
    found = propose(ground, flagged=[secret], apply_cautions=[secret])
    assert [each.pattern for each in found.applied] == [f"/{secret}"]
    found.write(context)
    after = scan(context, dockerfile=str(dockerfile), builder=builder)
    assert [each.input.missing for each in after.inputs] == [()]


def test_a_rule_is_not_put_where_something_would_come_back(tmp_path: Path) -> None:
    """In front of `!x` a rule for `x` gives the exception a say that it did not have: `x/y` would be sent again."""
    dirty.write(
        tmp_path,
        {
            "Dockerfile": "FROM node\nCOPY . .\nRUN npm ci\n",
            "package.json": "{}",
            ".dockerignore": "node_modules/secret\n!node_modules\n!node_modules/mine\n",
            "node_modules/secret/a": "x",
            "node_modules/.bin/x": "x",
            "node_modules/mine/a": "x",
        },
    )
    found = dirty.proposed(tmp_path)
    for name in BUILDERS:
        before, after = (dirty.matcher(text, name) for text in ((tmp_path / ".dockerignore").read_bytes(), found.text))
        assert dirty.gone(before, "node_modules/secret/a") <= dirty.gone(after, "node_modules/secret/a")
        assert not dirty.gone(after, "node_modules/mine/a")


AFTER = [
    ("no-file", "FROM node\nCOPY . .\nRUN npm ci\n", {}),
    ("file-is-not-copied", "FROM node\nCOPY src /s\n", {}),
    ("file-is-copied-by-a-wild-card", "FROM node\nCOPY src .docker* /s/\n", {}),
    ("file-excludes-itself", "FROM node\nCOPY . .\nRUN npm ci\n", {".dockerignore": ".docker*\n"}),
    ("file-grows", "FROM node\nCOPY . .\nRUN npm ci\n", {".dockerignore": "*.md\n"}),
    ("only-a-stage", "FROM node AS a\nCOPY . /a\nRUN npm ci\nFROM node\nCOPY --from=a /a/src /s\n", {}),
    ("a-command-moves", "FROM node AS a\nCOPY . /a\nRUN npm ci && cp -r /a /b\nFROM node\nCOPY --from=a /b /s\n", {}),
    ("excluded-by-copy", "FROM node\nCOPY --exclude=*.ts . .\nRUN npm ci\n", {}),
    ("overwritten", "FROM node AS a\nCOPY src/a.ts /x/\nCOPY b.log /x/a.ts\nRUN npm ci\nFROM node\nCOPY --from=a /x /s\n", {}),
    ("shared-content", "FROM node\nCOPY . .\nRUN npm ci\n", {"z": "hard"}),
    ("no-dockerfile", None, {}),
]  # fmt: skip


def test_a_dockerfile_that_is_sent_and_taken_away_is_in_no_image(tmp_path: Path) -> None:
    """The classic builder sends its Dockerfile whatever the rules say, and takes it away before the first COPY."""
    (tmp_path / "Dockerfile").write_text(f"FROM node\nCOPY . /x\nRUN npm ci {'#' * 1000}\n")
    found = dirty.proposed(tmp_path, builder="classic")
    assert "/Dockerfile" in [each.pattern for each in found.applied]
    found.write(tmp_path)
    after = scan(tmp_path, builder="classic")
    assert found.after is not None and found.after.sizes == after.sizes
    assert (after.sizes.transfer.files, after.sizes.image.files) == (2, 0)


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("builder", "dockerfile", "more"),
    [
        pytest.param(builder, *case, id=f"{name}-{builder}")
        for name, *case in AFTER
        for builder in sorted(BUILDERS)
        if (builder, name) != ("classic", "excluded-by-copy")  # the classic builder refuses the option
    ],
)
def test_after_is_what_a_scan_of_the_patched_tree_finds(
    tmp_path: Path, builder: str, dockerfile: str | None, more: dict[str, str | bytes | int | None]
) -> None:
    """Also of the ignore file itself, if it is sent."""
    files: dict[str, str | bytes | int | None] = {
        "package.json": "{}",
        "src/a.ts": "abc",
        "src/b.log": "abcde",
        "b.log": "abcdefg",
        "node_modules/.bin/x": 70_000,
        "coverage/lcov.info": 500,
        "coverage/node_modules/.bin/y": 3,
    }
    dirty.write(tmp_path, files | more | ({"Dockerfile": dockerfile} if dockerfile else {}))
    if "z" in more:
        (tmp_path / "z").unlink()
        (tmp_path / "z").hardlink_to(tmp_path / "node_modules/.bin/x")
    found = dirty.proposed(tmp_path, builder=builder)
    assert found.changes
    found.write(tmp_path)
    assert found.after is not None and found.after.sizes == scan(str(tmp_path), builder=builder).sizes


def test_a_rule_for_every_depth_takes_nothing_else_from_what_stays(tmp_path: Path) -> None:
    """Nobody has looked into installed modules: where they stay, what only has the name of junk stays too."""
    dirty.write(
        tmp_path,
        {
            "Dockerfile": "FROM node\nCOPY . .\nCMD node a.js\n",
            "package.json": "{}",
            "a/x.log": "x",
            "b/x.log": "x",
            "a/.DS_Store": "x",
            "b/.DS_Store": "x",
            "node_modules/.bin/x": "x",
            "node_modules/m/fixture.log": "x",
            "node_modules/m/.DS_Store": "x",
        },
    )
    rules = dirty.matcher(dirty.proposed(tmp_path).text, "buildkit")
    out = [path for path in dirty.every_file(tmp_path) if dirty.gone(rules, path)]
    assert sorted(out) == ["a/.DS_Store", "a/x.log", "b/.DS_Store", "b/x.log", "node_modules/m/.DS_Store"]


def test_very_many_places_take_one_rule(tmp_path: Path) -> None:
    """Below the directory that all of them have in common; where something else has the name, a rule for each place."""
    files: dict[str, str | bytes | int | None] = {f"data/d{n}/e/a.pid": "x" for n in range(30)}
    dirty.write(tmp_path, {"Dockerfile": "FROM alpine\nCOPY . .\n"} | files)
    assert [each.pattern for each in dirty.proposed(tmp_path).applied] == ["/data/**/*.pid"]
    (tmp_path / "Dockerfile").write_text("FROM alpine\nCOPY . .\nCOPY data/d3/e/a.pid /x\n")
    found = dirty.proposed(tmp_path)
    assert len(found.applied) == 29 and [each.path for each in found.needed] == ["data/d3/e/a.pid"]


@pytest.mark.sampled(3)
@pytest.mark.parametrize("layout", ["{}.log", "d{}/a.log", "d{}/.env"])
def test_many_separate_files_take_time_in_proportion(tmp_path: Path, layout: str) -> None:
    """Work grows with the number of files, not with its square: counted in steps of the interpreter."""
    steps = []
    for count in (150, 600):
        root = tmp_path / str(count)
        dirty.write(root, {"Dockerfile": "FROM alpine\nCOPY . .\n"} | {layout.format(n): "x" for n in range(count)})
        facts = scan(str(root))
        calls = 0

        def count_call(*_: object) -> None:
            nonlocal calls
            calls += 1

        sys.setprofile(count_call)
        try:
            propose(explore(facts))
        finally:
            sys.setprofile(None)
        steps.append(calls)
    assert steps[1] < 6 * steps[0]


# --- any tree

_NAMES = st.sampled_from(
    [
        "a",
        "b.log",
        "src",
        "dist",
        "node_modules",
        ".git",
        "package.json",
        "__pycache__",
        "x.pyc",
        ".env",
        "key.pem",
        "keep.js",
        "a b",
        "[x]",
        ".DS_Store",
        "coverage",
        "lcov.info",
        "target",
        "pom.xml",
        "classes",
    ]
)
_PATHS = st.lists(_NAMES, min_size=1, max_size=4).map("/".join)
_TREES = st.lists(_PATHS, min_size=1, max_size=14, unique=True)
_RULES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "*",
                "**",
                "!src",
                "!src/**",
                "dist",
                "!dist/keep.js",
                "dist/*",
                "node_modules",
                "**/node_modules",
                "!**/keep.js",
                "*.log",
                "!a",
                "a",
                "!a/**",
                "**/dist",
                "!a/b.log",
                "src/*",
                "!src/a",
                "# x",
                "",
                ".git",
                "!.env",
                ".env",
                "!*/a",
                "target/*",
                "!target/*.jar",
                "/a/b",
                "!package.json",
            ]
        ),
        _PATHS,
        _PATHS.map(lambda path: "!" + path),
    ),
    max_size=6,
)
_SOURCES = st.lists(
    st.one_of(
        st.sampled_from([".", "src", "dist/", "package*.json", "target/*.jar", "*", "a", "src/dist", ".env", "$X/a"]),
        _PATHS,
    ),
    min_size=1,
    max_size=3,
)
_ENDS = st.sampled_from(["\n", "\r\n"])


def _lay_out(root: Path, paths: list[str]) -> list[str]:
    """Those of the paths that can be files together."""
    made: list[str] = []
    for path in sorted(paths):
        place = root / path
        if place.exists() or any(above.is_file() for above in place.parents):
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("gitdir: x" if path.endswith(".git") else "x")
        made.append(path)
    return made


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_TREES, _RULES, _SOURCES, st.booleans(), _ENDS, st.booleans(), st.data())
def test_whatever_is_there(
    paths: list[str], rules: list[str], sources: list[str], builds: bool, end: str, closed: bool, data: st.DataObject
) -> None:
    """After a fix every input is as it was, exceptions bring back what they brought back by name, what was flagged is out
    for every builder, nothing comes back, nothing arrives empty, old bytes stay, and another fix changes nothing."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        files = _lay_out(root, paths)
        run = "RUN npm ci && npm run build && mvn package\n" if builds else ""
        copies = "".join(f'COPY ["{source}", "/x/"]\n' for source in sources)
        (root / "Dockerfile").write_text(f"FROM node\n{copies}{run}")
        old = (end.join(rules) + ("" if closed else end)).encode()
        if rules:
            (root / ".dockerignore").write_bytes(old)
        else:
            old = b""
        flagged = data.draw(st.lists(st.sampled_from(files), max_size=2, unique=True)) if files else []
        builder = data.draw(st.sampled_from(sorted(BUILDERS)))
        before = scan(str(root), builder=builder)
        found = propose(explore(before), flagged=flagged)
        rest = iter(found.text)
        assert all(byte in rest for byte in old)
        assert not old or found.text.endswith(b"\n") == old.endswith(b"\n")
        if not found.changes:
            assert found.text == old
        told = {each.path for each in found.needed} | {each.pattern for each in found.cautions}
        # What is left to a person to decide: the rule is shown, and would take the path out.
        shown = dirty.matcher("\n".join(each.pattern for each in found.cautions).encode(), "buildkit")
        meant = [path for path in files if _meant(path, found)]
        for name in BUILDERS:
            first, second = dirty.matcher(old, name), dirty.matcher(found.text, name)
            for path in files:
                was, now = dirty.gone(first, path), dirty.gone(second, path)
                assert not (was and not now), f"{name}: {path} comes back"
                assert not (now and not was) or path in meant, f"{name}: {path} was not meant"
                assert now or not second.decide(path).withheld or first.decide(path).withheld, (
                    f"{name}: {path} is empty"
                )
            for path in flagged:
                assert dirty.gone(second, path) or _told(path, told) or dirty.gone(shown, path), (
                    f"{name}: {path} is still there"
                )
            _check_exceptions(first, second, files, old, name, found)
        _check_cautions(found, files)
        found.write(root)
        after = scan(str(root), builder=builder)
        # What was missing before may be missed at another name: of `b.log/[x]`, with a file `b.log`, that file.
        assert [bool(each.input.missing) for each in after.inputs] == [
            bool(each.input.missing) for each in before.inputs
        ]
        assert found.after is None or found.after.sizes == after.sizes
        again = propose(explore(after), flagged=flagged)
        assert not again.changes, again.diff()


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_TREES, _RULES, _RULES)
def test_what_more_rules_change(paths: list[str], rules: list[str], more: list[str]) -> None:
    """The topmost paths with another fate stand for exactly the files that, asked one by one, have another."""
    with tempfile.TemporaryDirectory() as folder:
        files = _lay_out(Path(folder), paths)
        for name in BUILDERS:
            first = dirty.matcher("\n".join(rules).encode(), name)
            second = dirty.matcher("\n".join([*rules, *more]).encode(), name)
            told = list(moved(Tree(folder), first, second))
            expected = {(path, gone) for path in files if (gone := dirty.gone(second, path)) != dirty.gone(first, path)}
            assert expected == {
                (path, leaves)
                for top, leaves in told
                for path in files
                if (path == top or path.startswith(f"{top}/")) and dirty.gone(first, path) != leaves
            }, name


def _meant(path: str, found: Any) -> bool:
    """Whether a new rule, taken for itself, is about `path`."""
    alone = dirty.matcher("\n".join(each.pattern for each in found.applied).encode(), "classic")
    return dirty.gone(alone, path)


def _check_cautions(found: Any, files: list[str]) -> None:
    """Those of which it is said that they were verified take out, beside what is written, what they name alone."""
    lines = [each.pattern for each in found.cautions if each.verified]
    alone = dirty.matcher("\n".join(lines).encode(), "classic")
    for name in BUILDERS:
        first = dirty.matcher(found.text, name)
        second = dirty.matcher(b"\n".join([found.text, *(os.fsencode(line) for line in lines)]), name)
        for path in files:
            was, now = dirty.gone(first, path), dirty.gone(second, path)
            assert was <= now, f"{name}: a caution brings {path} back"
            assert not (now and not was) or dirty.gone(alone, path), f"{name}: no caution was about {path}"


def _told(path: str, told: set[str]) -> bool:
    return any(
        path == each
        or path.startswith(each.lstrip("/").replace("\\", "") + "/")
        or each.replace("\\", "").lstrip("/") == path
        for each in told
    )


def _check_exceptions(first: Any, second: Any, files: list[str], old: bytes, name: str, found: Any) -> None:
    """What a negated rule names in full is kept if it was kept."""
    for rule in ignorefile.parse_rules(old, BUILDERS[name], path=Path("i"), label="i").rules:
        text = rule.pattern.text
        if rule.pattern.negated and not set(text) & set("*?[\\") and text in files and not dirty.gone(first, text):
            assert not dirty.gone(second, text), f"{name}: !{text} is lost"


def test_groups_are_proposed_and_go_by_consent(tmp_path: Path) -> None:
    """Tests at any depth are one group with a word; without it nothing of them is written, with it all of them."""
    dirty.write(
        tmp_path,
        {
            "Dockerfile": "FROM python\nCOPY . .\nCMD python -m app\n",
            "pyproject.toml": "",
            "app/__init__.py": "",
            "app/tests/test_a.py": 2_000,
            "tests/test_b.py": 3_000,
            "docs/a.md": 4_000,
        },
    )
    found = dirty.proposed(tmp_path, consents=["docs"])
    assert {each.pattern for each in found.applied if each.consent} == {"/docs"}
    asked = {each.pattern: (each.consent, each.verified) for each in found.cautions}
    assert asked == {"/app/tests": ("tests", True), "/tests": ("tests", True)}
    assert "--with tests" in (found.cautions[0].caution or "")
    both = dirty.proposed(tmp_path, consents=["docs", "tests"])
    assert {each.pattern for each in both.applied if each.consent} == {"/docs", "/app/tests", "/tests"}


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("RUN pytest\n", "tests are run (Dockerfile:3)"),
        ("RUN make check\n", "tests are run (Dockerfile:3)"),
        ("CMD python -c 'import helper'\n", "it is named (helper.py:1)"),
    ],
)
def test_readers_of_a_group(tmp_path: Path, lines: str, why: str) -> None:
    """Who runs tests, or names a path of theirs in a source, keeps them and is told."""
    helper = "DATA = open('tests/a.json').read()\n" if "helper" in lines else ""
    files = {
        "Makefile": "check:\n\tpytest -x\n",
        "helper.py": helper,
        "tests/test_a.py": 2_000_000,
        "tests/a.json": "{}",
    }
    dirty.write(tmp_path, {"Dockerfile": f"FROM python\nCOPY . .\n{lines}", **files})
    found = dirty.proposed(tmp_path, consents=CONSENTS)
    assert [(each.path, each.why) for each in found.needed] == [("tests", why)]


def test_what_is_large_and_stays_has_a_reason(tmp_path: Path) -> None:
    """One line for each: who copies it, or that git tracks it."""
    files: dict[str, str | bytes | int | None] = {"Dockerfile": "FROM a\nCOPY model.bin /m\nCOPY web /w\n"}
    dirty.write(tmp_path, {**files, "model.bin": 2_000_000, "web/a.mp4": 3_000_000})
    dirty.track(tmp_path, ["Dockerfile", "web/a.mp4", "model.bin"])
    found = dirty.proposed(tmp_path)
    assert {each.path: each.why for each in found.needed} == {
        "model.bin": "COPY copies it (Dockerfile:2)",
        "web/a.mp4": "tracked by git: yours to decide",
    }


def test_the_file_behind_a_link_is_named(tmp_path: Path) -> None:
    """What is written is the target, and it is told so."""
    dirty.write(
        tmp_path,
        {"Dockerfile": "FROM a\nCOPY . .\n", ".dockerignore": "-> .gitignore", ".gitignore": "x\n", ".git/HEAD": "x"},
    )
    found = dirty.proposed(tmp_path)
    assert (found.label, found.link) == (".gitignore", ".dockerignore")
    assert "+++ b/.gitignore" in found.diff()
