"""The configuration: where it is found, what it refuses and in what words, which findings it allows."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from time import process_time
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from support.examples import examples

from ctxscan import CtxscanError
from ctxscan.config.allow import Lookup, matches
from ctxscan.config.settings import (
    CODES,
    KEYS,
    NOTHING,
    Allow,
    Allowed,
    Config,
    load_config,
    size,
)
from ctxscan.config.suppression import leftover, set_apart
from ctxscan.findings import Finding

TODAY = date(2030, 6, 15)
FINDINGS = ("secret-file", "no-ignore-file", "large-file")
ENTRY = 'code = "secret-file"\npath = "/x"\nreason = "because"\n'


def finding(
    code: str = "secret-file", path: str | None = "certs/dev.pem", *, kind: str | None = None, key: str = ""
) -> Finding:
    return Finding(code, "error", "said", None, path, None, 0, None, kind, None, key)


def entry(
    code: str = "secret-file", path: str | None = "*.pem", *, expires: date | None = None, fingerprint: str | None = None,
    kind: str | None = None,
) -> Allow:  # fmt: skip
    return Allow(code, path, "because", expires, fingerprint, kind, 7)


def config(*entries: Allow, disable: tuple[str, ...] = ()) -> Config:
    return NOTHING._replace(file="pyproject.toml", allow=entries, disable=disable)


def read(root: Path, text: str, *, name: str = ".ctxscan.toml") -> Config:
    (root / name).write_text(text, encoding="utf-8")
    return load_config(root, codes=lambda: FINDINGS)


# --- sizes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0), ("1000", 1000), ("17 B", 17), ("50MB", 50_000_000), ("200KiB", 204_800), ("1.5 GB", 1_500_000_000),
        ("1.5gib", 1_610_612_736), ("2 tb", 2_000_000_000_000), ("1TiB", 1 << 40), (" 3kB ", 3000), ("0.1kB", 100),
        ("1.0009 kB", 1000), ("0.000000001GB", 1), ("1.999B", 1), ("999999999999999999", 999_999_999_999_999_999),
    ],
)  # fmt: skip
def test_sizes(text: str, number: int) -> None:
    """Decimal and binary units, exact and rounded down."""
    assert size(text) == number


@pytest.mark.parametrize(
    "text",
    ["", "MB", "-1", "1.", ".5MB", "1,5MB", "1e9", "1_000", "0x10", "nan", "inf", "5 M B", "5XB", "5 bytes", "٣MB", "1" * 19],
)  # fmt: skip
def test_what_is_no_size(text: str) -> None:
    """The units that there are, said."""
    with pytest.raises(CtxscanError, match=r"invalid size .*: use a number with an optional unit \(B, kB, MB"):
        size(text)


def test_a_unit_that_is_two_things() -> None:
    """`M` is a million to some and 1,048,576 to others: which one is asked."""
    with pytest.raises(CtxscanError, match=r"is it MB, powers of 1000, or MiB, powers of 1024\?"):
        size("50M")


# --- where it is found ----------------------------------------------------------------------------------------------


def tree(root: Path, **files: str) -> Path:
    for name, text in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


PROJECT = '[project]\nname = "x"\n'
OURS = '[tool.ctxscan]\nmax-size = "{}"\n'


def found(context: Path) -> tuple[str | None, int | None]:
    settings = load_config(context, codes=lambda: FINDINGS)
    return settings.file, settings.max_size


def test_nothing_is_said_without_a_file(tmp_path: Path) -> None:
    """No file, no setting."""
    assert load_config(tmp_path, codes=lambda: FINDINGS) == NOTHING


def test_own_file_wins_over_pyproject_beside_it(tmp_path: Path) -> None:
    """Both in one directory: `.ctxscan.toml`."""
    (tmp_path / "pyproject.toml").write_text(OURS.format("1 B"))
    assert found(tmp_path) == ("pyproject.toml", 1)
    (tmp_path / ".ctxscan.toml").write_text('max-size = "2 B"\n')
    assert found(tmp_path) == (".ctxscan.toml", 2)


def test_the_nearest_wins(tmp_path: Path) -> None:
    """Also a pyproject over a `.ctxscan.toml` further up, and never two together."""
    (tmp_path / ".git").mkdir()
    context = tmp_path / "services" / "api"
    context.mkdir(parents=True)
    assert found(context) == (None, None)
    (tmp_path / ".ctxscan.toml").write_text('max-size = "3 B"\nbuilder = "classic"\n')
    assert found(context) == ("../../.ctxscan.toml", 3)
    (tmp_path / "services" / "pyproject.toml").write_text(OURS.format("2 B"))
    assert found(context) == ("../pyproject.toml", 2)
    assert load_config(context, codes=lambda: FINDINGS).builder is None


def test_a_pyproject_without_our_table_is_passed_by(tmp_path: Path) -> None:
    """It is somebody else's, also if it is broken."""
    (tmp_path / ".git").mkdir()
    (tmp_path / ".ctxscan.toml").write_text('max-size = "3 B"\n')
    context = tmp_path / "app"
    context.mkdir()
    for text in (PROJECT, "[tool.ruff]\n", "tool = 3\n", "[broken\n"):
        (context / "pyproject.toml").write_text(text)
        assert found(context) == ("../.ctxscan.toml", 3)


@pytest.mark.parametrize("what", ["directory", "file"])
def test_not_above_the_repository(what: str, tmp_path: Path) -> None:
    """`.git` ends the search: a directory, or the file of a work tree."""
    (tmp_path / ".ctxscan.toml").write_text('max-size = "3 B"\n')
    context = tmp_path / "repository" / "app"
    context.mkdir(parents=True)
    git = tmp_path / "repository" / ".git"
    git.mkdir() if what == "directory" else git.write_text("gitdir: elsewhere\n")
    assert found(context) == (None, None)


def test_without_a_repository_only_the_context_counts(tmp_path: Path) -> None:
    """Whatever lies in /tmp is nobody's configuration."""
    (tmp_path / ".ctxscan.toml").write_text('max-size = "3 B"\n')
    context = tmp_path / "app"
    context.mkdir()
    assert found(context) == (None, None)
    assert found(tmp_path) == (".ctxscan.toml", 3)


def test_a_file_that_is_named(tmp_path: Path) -> None:
    """--config: any name, with the keys at the top; a pyproject has to have the table."""
    (tmp_path / ".ctxscan.toml").write_text('max-size = "3 B"\n')
    (tmp_path / "ci.toml").write_text('max-size = "4 B"\n')
    assert load_config(tmp_path, codes=lambda: FINDINGS, file=tmp_path / "ci.toml").max_size == 4
    assert load_config(tmp_path, codes=lambda: FINDINGS, file=tmp_path / "ci.toml").file == "ci.toml"
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    for name, words in (
        ("pyproject.toml", r"there is no \[tool\.ctxscan\] in it"),
        ("nothere.toml", "cannot read it: no such file or directory"),
        (".", "not a file"),
    ):
        with pytest.raises(CtxscanError, match=words) as caught:
            load_config(tmp_path, codes=lambda: FINDINGS, file=tmp_path / name)
        assert caught.value.place == str(tmp_path / name)


def test_errors_name_the_file_as_seen_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Relative to the working directory if the context was given so."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "app").mkdir()
    (tmp_path / "pyproject.toml").write_text("[tool.ctxscan]\nx = 1\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CtxscanError, match=r"^pyproject\.toml: unknown key 'x'"):
        load_config("app", codes=lambda: FINDINGS)


@pytest.mark.skipif(sys.platform == "win32", reason="needs links and fifos")
def test_links_and_fifos(tmp_path: Path) -> None:
    """A link may lead around in the repository, not out of it; a fifo is not opened."""
    outside = tmp_path / "secret.toml"
    outside.write_text("password = 1\n")
    repository = tmp_path / "repository"
    (repository / ".git").mkdir(parents=True)
    (repository / "shared.toml").write_text('max-size = "5 B"\n')
    own = repository / ".ctxscan.toml"
    own.symlink_to("shared.toml")
    assert found(repository) == (".ctxscan.toml", 5)
    own.unlink()
    own.symlink_to(outside)
    with pytest.raises(CtxscanError, match="a link that leads out of the repository is not followed"):
        load_config(repository, codes=lambda: FINDINGS)
    own.unlink()
    os.mkfifo(own)
    assert found(repository) == (None, None)
    with pytest.raises(CtxscanError, match="not a file"):
        load_config(repository, codes=lambda: FINDINGS, file=own)


# --- what it says ---------------------------------------------------------------------------------------------------


def test_every_key(tmp_path: Path) -> None:
    """All there is to say, checked and in our own terms."""
    text = """\
builder = "classic"
fail-on = "warning"
max-size = "50MB"
large-directory = 1000
disable = ["large-file", "no-ignore-file", "large-file"]
apply-cautions = [".git"]
with = ["tests"]

[[allow]]
code = "secret-file"
path = "tests/**/*.pem"
reason = "test keys"
expires = 2031-01-01
kind = "pem"

 [[ allow ]]  # with blanks
code = "no-ignore-file"
reason = "a white list elsewhere"

[[allow]]
code = "secret-file"
fingerprint = "0123456789abcdef"
reason = "the one of the demo"
"""
    expected = Config(
        file=".ctxscan.toml",
        builder="classic",
        fail_on="warning",
        max_size=50_000_000,
        large_directory=1000,
        disable=("large-file", "no-ignore-file"),
        apply_cautions=(".git",),
        with_=("tests",),
        allow=(
            Allow("secret-file", "tests/**/*.pem", "test keys", date(2031, 1, 1), None, "pem", 9),
            Allow("no-ignore-file", None, "a white list elsewhere", None, None, None, 16),
            Allow("secret-file", None, "the one of the demo", None, "0123456789abcdef", None, 20),
        ),
    )
    assert read(tmp_path, text) == expected
    assert set(KEYS) == {
        "builder",
        "fail-on",
        "max-size",
        "large-directory",
        "disable",
        "apply-cautions",
        "with",
        "allow",
    }


def test_the_same_in_pyproject(tmp_path: Path) -> None:
    """Under [tool.ctxscan], with the lines of the entries."""
    text = f"{PROJECT}\n[tool.ctxscan]\nfail-on = 'note'\n[[tool.ctxscan.allow]]\n{ENTRY}"
    settings = read(tmp_path, text, name="pyproject.toml")
    assert (settings.fail_on, settings.allow[0].line) == ("note", 6)


def test_a_line_is_told_only_if_it_is_known(tmp_path: Path) -> None:
    """Entries in one list have no line of their own; none is better than a wrong one."""
    text = 'allow = [{code = "secret-file", path = "x", reason = "because"}]\n'
    assert read(tmp_path, text).allow[0].line is None


def test_own_findings_can_be_disabled(tmp_path: Path) -> None:
    """The codes that are made here are known without being told."""
    assert read(tmp_path, f"disable = {sorted(CODES)}").disable == (
        "expired-allow",
        "untrusted-configuration",
        "unused-allow",
        "unused-baseline",
        "unused-ignore",
    )


CODES_SAID = (
    "expired-allow, large-file, no-ignore-file, secret-file, untrusted-configuration, unused-allow, unused-baseline, "
    "unused-ignore"
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("max_size = 1", "unknown key 'max_size': did you mean max-size?; the keys are builder, fail-on, max-size, "
         "large-directory, disable, apply-cautions, with, allow"),
        ("zzz = 1", "unknown key 'zzz'; the keys are builder, fail-on"),
        ("[tool.ctxscan]\nbuilder = 'classic'", "unknown key 'tool': here the keys are at the top level, not in [tool.ctxscan]"),
        ("builder = 'kaniko'", "builder: unknown value 'kaniko'; it can be buildkit, classic, buildah"),
        ("builder = 'buildkti'", "builder: unknown value 'buildkti': did you mean buildkit?"),
        ("builder = ''", "builder is empty, and has to be a text that is not empty"),
        ("builder = 1", "builder is this number, and has to be a text"),
        ("fail-on = true", "fail-on is true, and has to be a text"),
        ("fail-on = 'errors'", "fail-on: unknown value 'errors': did you mean error?; it can be error, warning, note"),
        ("max-size = '50M'", "max-size: invalid size '50M': use a number"),
        ("max-size = -1", "max-size is this number, and has to be a size"),
        ("max-size = true", "max-size is true, and has to be a size"),
        ("max-size = 1.5", 'max-size is this number, and has to be a size such as "50MB", or a number of bytes'),
        (f"max-size = 0x{'f' * 5000}", "max-size is this number, and has to be a size"),
        ("large-directory = []", "large-directory is a list, and has to be a size"),
        ("disable = 'large-file'", "disable is 'large-file', and has to be a list of texts"),
        ("disable = [1]", "disable is a list, and has to be a list of texts"),
        ("disable = ['large-fiel']", "disable: unknown value 'large-fiel': did you mean large-file?; it can be " + CODES_SAID),
        ("apply-cautions = {}", "apply-cautions is a table, and has to be a list of texts"),
        ("allow = 1", "allow is this number, and has to be a list of tables, each under a line [[…allow]]"),
        ("allow = [1]", "allow is a list, and has to be a list of tables"),
        ("[allow]", "allow is a table, and has to be a list of tables"),
        ("[[allow]]", "allow[1].code is missing: every entry needs one"),
        ("[[allow]]\ncode = 'secret-file'", "allow[1].reason is missing: every entry needs one"),
        ("[[allow]]\ncode = 'secret-file'\nreason = ' '", "allow[1].reason is ' ', and has to be a text that is not empty"),
        ("[[allow]]\ncode = 'secrets'\nreason = 'x'", "allow[1].code: unknown value 'secrets': did you mean secret-file?"),
        (f"[[allow]]\n{ENTRY}\n[[allow]]\n{ENTRY}pth = 'x'", "unknown key 'allow[2].pth': did you mean path?; the keys are "
         "code, path, reason, expires, fingerprint, kind"),
        (f"[[allow]]\n{ENTRY}line = 3", "unknown key 'allow[1].line'"),
        (f"[[allow]]\n{ENTRY}expires = '2030-01-01'", "allow[1].expires is '2030-01-01', and has to be a date such as "
         "2030-12-31, without quotes"),
        (f"[[allow]]\n{ENTRY}expires = 2030-01-01T00:00:00Z", "allow[1].expires is a date with a time"),
        (f"[[allow]]\n{ENTRY}expires = 10:00:00", "allow[1].expires is a time"),
        (f"[[allow]]\n{ENTRY}kind = []", "allow[1].kind is a list"),
        ("[[allow]]\ncode = 'secret-file'\nreason = 'x'\npath = '../x'", "allow[1].path: '../x' is no path glob: it is "
         "relative to the context, without ./, ../ or empty components"),
        ("builder", "not valid TOML: "),
        ("x = " + "[" * 5000, "not valid TOML: "),
        (f"x = {'9' * 5000}", "not valid TOML: "),
    ],
)  # fmt: skip
def test_what_is_refused(text: str, words: str, tmp_path: Path) -> None:
    """Each mistake with its file, key and what would be right."""
    with pytest.raises(CtxscanError) as caught:
        read(tmp_path, text)
    assert str(caught.value.place).endswith(".ctxscan.toml")
    assert caught.value.message.startswith(words)


def test_a_broken_pyproject_that_is_ours(tmp_path: Path) -> None:
    """A settled gate does not open because of a typing error."""
    with pytest.raises(CtxscanError, match="not valid TOML"):
        read(tmp_path, "[tool.ctxscan\nbuilder = 1\n", name="pyproject.toml")
    with pytest.raises(CtxscanError, match=r"tool\.ctxscan is 'x', and has to be a table"):
        read(tmp_path, "[tool]\nctxscan = 'x'\n", name="pyproject.toml")


def test_bytes_that_are_no_text_and_files_that_are_no_configuration(tmp_path: Path) -> None:
    """Neither ends in a traceback."""
    own = tmp_path / ".ctxscan.toml"
    own.write_bytes(b"builder = '\xff'\n")
    with pytest.raises(CtxscanError, match="not valid TOML: 'utf-8' codec"):
        load_config(tmp_path, codes=lambda: FINDINGS)
    with own.open("wb") as file:
        file.truncate(1 << 30)
    with pytest.raises(CtxscanError, match="not valid TOML: more than 4194304 bytes"):
        load_config(tmp_path, codes=lambda: FINDINGS)


# --- path globs -----------------------------------------------------------------------------------------------------

GLOBS = [
    ("*.pem", "a.pem", True), ("*.pem", "x/y/a.pem", True), ("*.pem", "a.pem/x", True), ("*.pem", "a.pemx", False),
    ("/a.pem", "a.pem", True), ("/a.pem", "x/a.pem", False), ("x/a.pem", "x/a.pem", True), ("x/a.pem", "y/x/a.pem", False),
    ("x", "x", True), ("x", "x/y", True), ("x", "y/x/z", True), ("x/", "x", False), ("x/", "x/y", True), ("x/", "y/x/z", True),
    ("/x/", "x/y", True), ("/x/", "y/x/z", False), ("**/x", "x", True), ("**/x", "a/b/x", True), ("x/**", "x", False),
    ("x/**", "x/y/z", True), ("x/**/y", "x/y", True), ("x/**/y", "x/a/b/y", True), ("x/**/y", "x/a/b", False),
    ("**", "a", True), ("**", "a/b", True), ("*", "a", True), ("/*", "a/b", True), ("a*b", "a/b", False), ("x/*", "x/y/z", True),
    ("a**b", "axb", True), ("a**b", "ax/yb", False), ("?", "é", True), ("?", "ab", False), ("[a-c]x", "bx", True),
    ("[!a]x", "bx", True), ("[!a]x", "ax", False), ("[^a]x", "ax", False), ("\\*", "*", True), ("\\*", "a", False),
    ("a**/b", "a/x/b", True), ("a**/b", "ax/y/b", True), ("a**b", "a/b", False), ("**a/b", "x/a/b", False), ("a/**/", "a/a", False),
    ("\\!x", "!x", True), ("#x", "#x", True), ("a b", "a b", True), ("A", "a", False), ("*", "a\nb", True), ("?", "\n", True),
    ("a[!b]*/c", "axx/c", True), ("[[:alpha:]]x", "bx", True), ("[[:alpha:]]x", "1x", False), ("[a-]x", "-x", True), ("**/a/**/b/**", "a/x/b/y", True), ("**/a/**/b/**", "a/x/b", False), ("*", "\udcff", True),
]  # fmt: skip


@pytest.mark.parametrize(("glob", "path", "expected"), GLOBS)
def test_path_globs(glob: str, path: str, expected: bool) -> None:
    """As a line of a .gitignore means a file, itself or by a directory above."""
    assert matches(glob, path) is expected


@pytest.mark.skipif(sys.platform == "win32" or shutil.which("git") is None, reason="asks git, for any path")
def test_path_globs_are_those_of_git(tmp_path: Path) -> None:
    """Git itself gives the same answers."""
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    git = ["git", "-c", "core.excludesFile="]
    subprocess.run([*git, "init", "-q", tmp_path], check=True, env=environment)
    for glob, path, expected in GLOBS:
        if glob.startswith("#") or not path.isascii():
            continue  # a comment to git, and to it a character is a byte
        (tmp_path / ".gitignore").write_text(glob + "\n", encoding="utf-8")
        # Without the directories on disk git takes what has something below it for one all the same.
        asked = [*git, "check-ignore", "-q", "--no-index", "--", path]
        assert (subprocess.run(asked, cwd=tmp_path, check=False, env=environment).returncode == 0) is expected, (
            glob,
            path,
        )


# Without what is not ASCII: to git a character is a byte.
PIECES = ("a", "b", "ab", "*", "**", "/", "/", "?", "[ab]", "[a-c]", "[!a]", ".x", "**/", "/**", "\\*")
NAMES = ("a", "b", "ab", "ba", "aab", "c", "a.x", "*", "ab.x")


@pytest.mark.skipif(sys.platform == "win32" or shutil.which("git") is None, reason="asks git, for any path")
@settings(max_examples=examples(200), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=8).map("".join),
    st.lists(
        st.lists(st.sampled_from(NAMES), min_size=1, max_size=5).map("/".join), min_size=1, max_size=8, unique=True
    ),
)
def test_any_path_globs_are_those_of_git(tmp_path: Path, glob: str, paths: list[str]) -> None:
    """Git itself gives the same answers."""
    assume("//" not in glob and glob.strip("/"))
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    git = ["git", "-c", "core.excludesFile=", "-C", tmp_path]
    if not (tmp_path / ".git").exists():
        subprocess.run([*git, "init", "-q"], check=True, env=environment)
    (tmp_path / ".gitignore").write_text(glob + "\n")
    asked = [*git, "check-ignore", "-z", "--stdin", "--no-index"]
    told = subprocess.run(asked, input="\0".join(paths), capture_output=True, text=True, check=False, env=environment)
    assert told.returncode in (0, 1), told.stderr
    assert [path for path in paths if matches(glob, path)] == [path for path in told.stdout.split("\0") if path]


@pytest.mark.parametrize(
    "glob", ["./x", "x/../y", "x//y", "/", "//", "!x", "[a", "a\\", "[[:alpah:]]x", "[]x", "[a-", "x/./y"]
)
def test_globs_that_could_match_nothing(glob: str) -> None:
    """Git would say nothing, and the entry would seem to do its work."""
    with pytest.raises(CtxscanError, match="is no path glob: "):
        matches(glob, "x")


@pytest.mark.parametrize(
    ("glob", "path"),
    [
        ("*a" * 60 + "b", "a" * 4000),
        ("**/a/" * 60 + "b", "a/" * 2000 + "c"),
        ("**/*a*/" * 30 + "b", "aa/" * 1300 + "c"),
    ],
    ids=["stars", "directories", "both"],
)
def test_globs_take_linear_time(glob: str, path: str) -> None:
    """What makes a backtracking expression hang is nothing here."""
    began = process_time()
    assert not matches(glob, path)
    assert process_time() - began < 2


# --- which findings are allowed -------------------------------------------------------------------------------------


class Outcome(NamedTuple):
    """What counts, what is allowed, and what there is to say about the entries themselves."""

    standing: tuple[Finding, ...]
    allowed: tuple[Allowed, ...]
    extra: tuple[Finding, ...]


def allowed(findings: Sequence[Finding], config: Config, *, today: date) -> Outcome:
    """The outcome of one build alone."""
    standing, apart, _ = set_apart(findings, config, today=today)
    return Outcome(standing, apart, leftover(config, [each.finding for each in apart], today=today))


@pytest.mark.parametrize(
    ("allow", "what", "expected"),
    [
        (entry(), finding(), True),
        (entry(code="large-file"), finding(), False),
        (entry(path="/dev.pem"), finding(), False),
        (entry(path="/certs"), finding(), True),
        (entry(kind="pem"), finding(kind="pem"), True),
        (entry(kind="pem"), finding(kind="jks"), False),
        (entry(kind="pem"), finding(), False),
        (entry(fingerprint=finding().fingerprint), finding(), True),
        (entry(fingerprint="0" * 16), finding(), False),
        (entry(path=None, fingerprint=finding().fingerprint), finding(), True),
        (entry(path=None, fingerprint=finding(key="a").fingerprint), finding(key="b"), False),
        (entry(path=None), finding(), False),
        (entry(code="no-ignore-file", path=None), finding("no-ignore-file", None), True),
        (entry(code="no-ignore-file", path="*"), finding("no-ignore-file", None), False),
    ],
)
def test_what_an_entry_covers(allow: Allow, what: Finding, expected: bool) -> None:
    """Code, kind, fingerprint and path all have to agree; leaving the path out does not allow a whole code."""
    assert allow.covers(what) is expected


ENTRIES = st.builds(
    entry,
    code=st.sampled_from(["secret-file", "large-file"]),
    path=st.sampled_from([None, "*", "a", "/a", "a/b", "a/", "b/*.pem", "*.pem", "**/b", "a/**", "?", "a*/b", "\\a", "[ab]", "a b", "*.p?m"]),
    kind=st.sampled_from([None, "pem", "jks"]),
    fingerprint=st.sampled_from([None, None, finding(path="a/b").fingerprint]),
)  # fmt: skip
FOUND = st.builds(
    finding,
    code=st.sampled_from(["secret-file", "large-file"]),
    path=st.sampled_from([None, "a", "b", "a/b", "b/x.pem", "x.pem", "c/a/b", "a/x.pem/b", "a b", "c.p?m", "x.pim"]),
    kind=st.sampled_from([None, "pem", "jks"]),
    key=st.sampled_from(["", "k"]),
)


@settings(max_examples=examples(300))
@given(st.lists(ENTRIES, max_size=6), st.lists(FOUND, max_size=4))
def test_the_lookup_asks_all_that_matter(entries: list[Allow], found: list[Finding]) -> None:
    """The first entry that covers a finding, and those that cover none, as asking each of them tells."""
    lookup = Lookup(entries)
    for each in found:
        plain = next((one for one in entries if one.covers(each)), None)
        assert lookup.first(each) == plain
    unused = {one.meaning for one in entries if not any(one.covers(each) for each in found)}
    assert lookup.unused(found) == unused


def test_an_allowed_finding_is_set_apart_with_its_reason() -> None:
    """Order stays, nothing is lost, and a used entry is not spoken of."""
    kept, gone = finding(path="a.key"), finding()
    outcome = allowed([kept, gone], config(entry()), today=TODAY)
    assert outcome == ((kept,), (Allowed(gone, entry()),), ())
    assert outcome.allowed[0].reason == "because"


def test_an_entry_holds_to_the_end_of_its_day() -> None:
    """On the last day it allows; the day after the finding counts, and the entry is reported, used or not."""
    settings = config(entry(expires=TODAY))
    assert allowed([finding()], settings, today=TODAY).standing == ()
    standing, apart, extra = allowed([finding()], settings, today=date(2030, 6, 16))
    assert (standing, apart) == ((finding(),), ())
    assert [(each.code, each.severity, each.path, each.line) for each in extra] == [
        ("expired-allow", "warning", "pyproject.toml", 7)
    ]
    assert extra[0].message == "the entry that allows secret-file for *.pem expired on 2030-06-15: because"
    assert allowed([], settings, today=date(2031, 1, 1)).extra == extra


def test_an_unused_entry_is_reported() -> None:
    """As a note, at its line."""
    outcome = allowed([finding(path="a.key")], config(entry()), today=TODAY)
    assert [(each.code, each.severity, each.path, each.line) for each in outcome.extra] == [
        ("unused-allow", "note", "pyproject.toml", 7)
    ]
    assert outcome.extra[0].message == "no finding secret-file for *.pem, which an entry allows: because"


def test_an_entry_may_be_used_in_any_of_several_builds() -> None:
    """Services that share a configuration: unused is what is unused in all of them."""
    settings = config(entry(), entry(path="*.key"))
    apart = [each.finding for build in ([finding()], []) for each in set_apart(build, settings, today=TODAY).allowed]
    assert [each.message for each in leftover(settings, apart, today=TODAY)] == [
        "no finding secret-file for *.key, which an entry allows: because"
    ]


def test_entries_that_cover_the_same_are_all_used() -> None:
    """The first gives the reason; the other is no mistake."""
    first, second = entry(), entry(path="certs/")
    outcome = allowed([finding()], config(first, second), today=TODAY)
    assert (outcome.allowed[0].entry, outcome.extra) == (first, ())


def test_what_is_disabled_is_not_spoken_of() -> None:
    """Neither an entry for a code that is off, nor a code of ours that is off."""
    assert allowed([], config(entry(), disable=("secret-file",)), today=TODAY).extra == ()
    assert allowed([], config(entry(), disable=("unused-allow",)), today=TODAY).extra == ()


def test_fingerprints_of_entries_stay() -> None:
    """They depend on what an entry says, not on where it stands."""
    one = allowed([], config(entry()), today=TODAY).extra[0]
    other = allowed([], config(entry(path="x"), entry()._replace(line=99)), today=TODAY).extra
    assert one.fingerprint in [each.fingerprint for each in other]
    assert len({each.fingerprint for each in other}) == 2
