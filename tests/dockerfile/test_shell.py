"""The commands of a script, as a shell parts them."""

from __future__ import annotations

import pytest

from ctxscan.dockerfile.shell import every_command, pipes, spread


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b && c | d; e || f & g", ["a b", "c", "d", "e", "f", "g"]),
        ("a 'b && c'", ["a b && c"]),
        ("a \\\n  b\n# c 'd\n e", ["a b", "e"]),
        ('V="$(git describe --tags)" make', ["V=$(git describe --tags) make", "git describe --tags"]),
        ("V=`git log -1`", ["V=`git log -1`", "git log -1"]),
        ("a 'b\nc d && e", ["a 'b", "c d", "e"]),
        ("", []),
    ],
    ids=["operators", "quoted", "continued", "substituted", "backquotes", "unended", "empty"],
)
def test_every_command(text: str, expected: list[str]) -> None:
    """Operators part commands, quotes hold them together, and what a substitution runs is a command, too."""
    assert [" ".join(words) for words in every_command(text)] == expected


def test_pipes_are_everybodys_own() -> None:
    """They are read once, and what one reader takes away the next one still has."""
    first = list(pipes("a b | c; d"))
    first[0][0].pop()
    assert list(pipes("a b | c; d")) == [[["a", "b"], ["c"]], [["d"]]]


def test_pipes_before_a_quote_that_does_not_end() -> None:
    """They come before the error, each time."""
    for _ in range(2):
        found = pipes("a; b 'c\nd")
        assert next(found) == [["a"]]
        with pytest.raises(ValueError, match="quotation"):
            next(found)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("{README,NEWS}.md", ["README.md", "NEWS.md"]),
        ("a{1,2}{b,}", ["a1b", "a1", "a2b", "a2"]),
        ("${A,B}", ["${A,B}"]),
        ("{one}", ["{one}"]),
        ("{a, b}", ["{a, b}"]),
        ("puts Dir['*/{test,docs}']", ["puts Dir['*/{test,docs}']"]),
    ],
)
def test_braces(word: str, expected: list[str]) -> None:
    """As Bash expands them; what has blanks in it was quoted."""
    assert list(spread([word])) == expected


def test_braces_are_bounded() -> None:
    """Each pair doubles the words: there are no more than some."""
    assert len(spread(["{a,b}" * 60])) <= 1000


def test_an_empty_word_ends_no_command() -> None:
    """`adduser --gecos '' app` is one command, whose third word has no letters."""
    assert list(pipes("adduser --gecos '' app && a \"\"\nb")) == [
        [["adduser", "--gecos", "", "app"]],
        [["a", ""]],
        [["b"]],
    ]
