"""The grammar of a `.gitignore`: git itself is asked what each line means."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from time import process_time

import pytest
from pathspec import PathSpec, RegexPattern
from support import repositories

from ctxscan.git.ignorelists import IgnoreLists
from ctxscan.rules.gitignore import GitignorePattern, patterns

pytestmark = pytest.mark.skipif(
    sys.platform == "win32" or shutil.which("git") is None, reason="asks git, for names that Windows does not allow"
)

#: Files; what lies above them is a directory.
FILES = (
    "a", "b", "ab", "a.x", "c/a", "c/b", "c/ab", "c/d/a", "c/d/e/a.x", "d/a", "dx/a", "x]", "[", "-", "!b", "#b", "\\", "é",
    "à\u0301", "1", "_", "A", "b b", "b ", "b\t", "a*", "?", "ax/y/b", "ax/b", "axb", "a/..b".replace("a/", "q/"), "^", "c/[x", "\n", "c\n/a",
    "y\r", "+", ".hidden", "c/.hidden", "aab", "abab", "c/d/b/a", "\x0b", "\udcff",
)  # fmt: skip
#: One list a line.
LISTS = (
    "a", "a/", "/a", "/c", "c/", "/c/", "c/a", "c/d/", "*.x", "*", "/*", "**", "/**", "**/", "**/a", "**/d/a", "c/**", "c/**/a",
    "c/**/", "c/*/a", "c*/a", "a**", "/a**", "/a**b", "a**/b", "**b", "***/a", "c/***", "c/***/a", "c**/a", "c/d**/a", "?", "??",
    "???", "[ab]", "[a-c]", "[!a]", "[^a]", "[]x]", "[!]x]", "x[]]", "[a-]", "[-a]", "[", "[a", "\\[", "c/[[]x", "a\\", "\\\\",
    "\\a", "\\b", "\\!b", "!b", "\\#b", "#b", "b b", "b ", "b\\ ", "b  ", "b\t", "a\r", "y\r\r", "[[:alpha:]]", "[[:digit:]_]", "[![:alnum:]]", "[[:space:]]",
    "[[:upper:]]", "[[:nope:]]", "[[:alpha]", "[[:]", "[:a]", "[[:punct:]]", "[[:cntrl:]]", "[b-a]", "[a-b-c]", "[+--]", "c[/]a", "c[.-0]a", "c[!x]a", "c\\/a",
    "c/**\\/a", "a//b", "//a", "/", "//", "!", "*a*b", "[\\]]x", "x[\\]]", "a\\*", "\\?", "é", "[é]", "*[^é]", ".*", "c/.*", "*/a", "*/*/a", "*/",
    "c\n!c/a", "*\n!c\n!c/a", "*\n!*/\n!a", "c/*\n!c/a", "/*\n!/c\n/c/*\n!/c/d", "*.x\n!a.x", "a\n!a\na", "!a\na", "\ufeffa", "a\x00b", "c/*/", "c/**/d/**/a", "+", "a+b", "a|b", "(a)", "{a,b}", "^", "$",
)  # fmt: skip


@pytest.mark.sampled(3)
@pytest.mark.parametrize("text", LISTS)
def test_a_list_means_what_git_takes_it_for(tmp_path: Path, text: str) -> None:
    """Every file and every directory, as `git check-ignore` has it."""
    repositories.make(tmp_path, [*FILES, (".gitignore", text.encode() + b"\n")])
    lists = IgnoreLists({".gitignore": text.encode() + b"\n"}.get)
    paths = repositories.below(tmp_path)
    ours = {path for path in paths if lists.ignores(path, directory=(tmp_path / path).is_dir())}
    assert ours == repositories.ignored_by_git(tmp_path, paths)


def test_registered_with_pathspec() -> None:
    """Under a name that does not take the place of pathspec's own grammar."""
    spec = PathSpec.from_lines("gitignore-linear", ["# comment", "*.log", "!keep.log", "dist/"])
    assert [path for path in ("a.log", "x/a.log", "keep.log", "dist", "dist/", "x/dist/y") if spec.match_file(path)] == [
        "a.log", "x/a.log", "dist/", "x/dist/y",
    ]  # fmt: skip
    assert all(isinstance(pattern, RegexPattern) for pattern in patterns(b"a\n!b\n"))


def test_what_nobody_wrote_is_no_list() -> None:
    """A list is short, and what is longer is taken for none, not for its beginning."""
    assert len(patterns(b"a\n" * 4000)) == 4000
    assert patterns(b"a\n" * 6000) == patterns(b"#" * (1 << 20) + b"\na\n") == ()


@pytest.mark.parametrize("text", ["*a" * 60 + "b", "/x" + "**/a/" * 60 + "b", "[" + "a" * 5000 + "]b"])
def test_takes_linear_time(text: str) -> None:
    """What makes a backtracking expression hang is nothing here."""
    began = process_time()
    assert not GitignorePattern(text).match_file("a" * 4000)
    assert not GitignorePattern(text).match_file("x/" + "a/" * 2000 + "c")
    assert process_time() - began < 2
