"""Proposals: on labelled trees, in traps, and for whatever tree and ignore file."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import dirty
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ctxscan import ignorefile
from ctxscan.dialects import DIALECTS
from ctxscan.proposals import propose
from ctxscan.scan import scan

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


@pytest.mark.parametrize("case", TRAPS, ids=[case["id"] for case in TRAPS])
def test_trap(tmp_path: Path, case: dict[str, Any]) -> None:
    """What looks like junk and is needed stays, for every builder; what is junk goes. The reason is in the case."""
    dirty.lay_out_trap(tmp_path, case)
    found = dirty.proposed(tmp_path)
    assert dirty.trap_failures(tmp_path, case, found) == []
    found.write(tmp_path)
    assert not dirty.proposed(tmp_path).changes


def test_sizes_are_those_of_the_engine(tmp_path: Path) -> None:
    """What the proposals promise is what a scan with the new file finds, but for that file itself."""
    case = next(case for case in CASES if case["name"] == "npm-workspaces-depths")
    context = dirty.lay_out(tmp_path, case)
    before = scan(str(context))
    found = propose(before, flagged=dirty.secrets(case))
    found.write(context)
    after = scan(str(context))
    assert found.after is not None
    own = len(found.text)
    assert (after.context_size.files, after.context_size.bytes) == (
        found.after.context_size.files + 1,
        found.after.context_size.bytes + own,
    )
    assert (after.transfer.files, after.transfer.bytes) == (
        found.after.transfer.files + 1,
        found.after.transfer.bytes + own,
    )
    saved = before.context_size.files - found.after.context_size.files
    assert sum(each.files for each in found.applied) == sum(each.transfer_files for each in found.applied) == saved
    assert sum(each.bytes for each in found.applied) == before.context_size.bytes - found.after.context_size.bytes


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
    again = propose(scan(str(tmp_path)), apply_cautions=["**/node_modules"])
    assert [each.pattern for each in again.applied] == ["**/node_modules"]


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
    for name in DIALECTS:
        rules = dirty.matcher(found.text, name)
        assert [path for path in names if not dirty.gone(rules, path)] == []
        assert [path for path in ("b1.key", "a1.pem", "gg", "Dockerfile") if dirty.gone(rules, path)] == []


def test_needed_secret_is_told_and_stays(tmp_path: Path) -> None:
    """What an instruction copies by name is not taken away, whatever is in it."""
    dirty.write(tmp_path, {"Dockerfile": "FROM alpine\nCOPY id_rsa /k\n", "id_rsa": "x"})
    found = dirty.proposed(tmp_path, flagged=["id_rsa"])
    assert not found.changes and found.needed[0].path == "id_rsa" and "Dockerfile:2" in found.needed[0].why


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


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
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
        before = scan(str(root))
        found = propose(before, flagged=flagged)
        assert found.text.startswith(old)
        if not found.changes:
            assert found.text == old
        told = {each.path for each in found.needed} | {each.pattern for each in found.cautions}
        # What is left to a person to decide: the rule is shown, and would take the path out.
        shown = dirty.matcher("\n".join(each.pattern for each in found.cautions).encode(), "buildkit")
        meant = [path for path in files if _meant(path, found)]
        for name in DIALECTS:
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
        found.write(root)
        after = scan(str(root))
        assert [each.input.missing for each in after.inputs] == [each.input.missing for each in before.inputs]
        again = propose(after, flagged=flagged)
        assert not again.changes, again.diff()


def _meant(path: str, found: Any) -> bool:
    """Whether a new rule, taken for itself, is about `path`."""
    alone = dirty.matcher("\n".join(each.pattern for each in found.applied).encode(), "classic")
    return dirty.gone(alone, path)


def _told(path: str, told: set[str]) -> bool:
    return any(
        path == each
        or path.startswith(each.lstrip("/").replace("\\", "") + "/")
        or each.replace("\\", "").lstrip("/") == path
        for each in told
    )


def _check_exceptions(first: Any, second: Any, files: list[str], old: bytes, name: str, found: Any) -> None:
    """What a negated rule names in full is kept if it was kept."""
    for rule in ignorefile.parse(old, DIALECTS[name], path=Path("i"), label="i").rules:
        text = rule.pattern.text
        if rule.pattern.negated and not set(text) & set("*?[\\") and text in files and not dirty.gone(first, text):
            assert not dirty.gone(second, text), f"{name}: !{text} is lost"
