"""The commands of a script, as a shell parts them."""

from __future__ import annotations

import pytest

from ctxscan.dockerfile.shell import every_command


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
