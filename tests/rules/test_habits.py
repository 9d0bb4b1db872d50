"""Lines of an ignore file that were written for another reader."""

from __future__ import annotations

from pathlib import Path

import pytest

from ctxscan.errors import CtxscanError
from ctxscan.rules.builders import BUILDKIT, CLASSIC, Builder
from ctxscan.rules.habits import encoding, habit, hint
from ctxscan.rules.ignorefile import parse_rules


@pytest.mark.parametrize(
    ("line", "says", "meant"),
    [
        ("build  # output", "a comment takes a separate line", ("build",)),
        ("build\t#output", "a comment takes a separate line", ("build",)),
        ("# build", "in the first column", ()),
        ("// build output", "// begins no comment", ()),
        ("//build output", "// begins no comment", ()),
        ("; build", "; begins no comment", ()),
        ("-- build", "-- begins no comment", ()),
        ("/* build */", "/* begins no comment", ()),
        ('"node_modules"', "quotes are part", ("node_modules",)),
        ("!'keep me'", "quotes are part", ("!keep me",)),
        ("bin\\Debug", "separates nothing", ("bin/Debug",)),
        ("bin\\", "separates nothing", ("bin",)),
        ("src\\obj\\*", "separates nothing", ("src/obj/*",)),
        ("*.[!ch]", "! negates no class", ("*.[^ch]",)),
        ("*.{js,ts}", "braces are not expanded", ("*.js", "*.ts")),
        ("{a,b}/{c,d}", "braces are not expanded", ("a/c", "a/d", "b/c", "b/d")),
        ("^dist$", "no regular expression", ("dist",)),
        ("dist$", "no regular expression", ("dist",)),
        (".*\\.log", "no regular expression", ("*.log",)),
        ("~/data", "~ is the name of a file", ()),
        ("dist,", "the comma is part", ("dist",)),
        ("- dist", "the hyphen is part", ("dist",)),
        ("*.md docs", "a line is one pattern", ("*.md", "docs")),
    ],
)
def test_what_a_line_looks_like(line: str, says: str, meant: tuple[str, ...]) -> None:
    """What the builder makes of it, and the patterns that do what was meant."""
    found = habit(line)
    assert found is not None
    assert (says in found.said, found.meant) == (True, meant)


@pytest.mark.parametrize(
    "line",
    ["build", "//build", "!keep", "**/*.log", "a#b", "#", "\\#x", "\\!x", "a\\[b", "[a-z]*", "x{1}", "-x", "--x", "$RECYCLE.BIN", ".*", ".*rc", "a.*", "[^a]*.md", "\\.env", "a,b"],
)  # fmt: skip
def test_what_is_meant_as_it_stands(line: str) -> None:
    """Escapes, classes and odd names are legal; `#` alone stands for a comment that is empty."""
    found = habit(line)
    assert found is None or line == "#"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("obj\\Docker\\publish\\*", "write obj/Docker/publish/*"),
        ("[z-a]", "z-a is no range"),
        ("a[", "written \\["),
        ("bin\\", "write bin"),
    ],
)
def test_a_rejected_line_is_quoted_with_what_was_meant(line: str, words: str) -> None:
    """The words come behind the builder's own."""
    assert words in hint(line)


@pytest.mark.parametrize("builder", [BUILDKIT, CLASSIC], ids=lambda each: each.name)
def test_a_rule_that_is_not_loaded_is_named(builder: Builder, tmp_path: Path) -> None:
    """Line, the builder's words, the pattern and what to write."""
    with pytest.raises(CtxscanError) as caught:
        parse_rules(b"ok\nbin\\\n", builder, path=tmp_path, label=".dockerignore")
    assert caught.value.place == ".dockerignore:2"
    assert str(caught.value).endswith("syntax error in pattern: bin\\: a backslash escapes what follows it and separates nothing: write bin")  # fmt: skip


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ("dist\n".encode("utf-16"), "UTF-16"),
        ("dist\n".encode("utf-16-le"), "UTF-16"),
        ("dist\n".encode("utf-16-be"), "UTF-16"),
        (b"dist\n", None),
        ("grün\n".encode(), None),
        (b"\xef\xbb\xbfdist\n", None),
        (b"", None),
        (b"a\0b", None),
    ],
)
def test_the_encoding_is_told(data: bytes, found: str | None) -> None:
    """With a mark or without one, in both orders of bytes."""
    assert encoding(data) == found
