"""Names that mean something to a terminal, a CI runner, or what renders a report."""

from __future__ import annotations

import sys

import pytest

posix = pytest.mark.skipif(sys.platform == "win32", reason="such names are for POSIX")

#: Names that mean something to somebody who reads a report. They are made as files where the file system takes them.
HOSTILE = {
    "newline": "a\nb",
    "command-after-newline": "a\n::error::pwned",
    "return": "a\r::warning::pwned",
    "escape": "\x1b[31mred\x1b]0;title\x07",
    "c1": "a\x9b31mred\x85b",
    "command": "::error::pwned",
    "command-with-properties": "::error file=x,line=1::pwned",
    "stop-commands": "::stop-commands::x",
    "old-command": "x##[error]pwned",
    "other-command": "##vso[task.setvariable variable=x]y",
    "percent": "a%0A::error::pwned",
    "properties": "a,line=9::x",
    "script": "<script>alert(1)</script>",
    "image": "<img src=x onerror=alert(1)>",
    "entity": "&lt;b&gt;&#64;",
    "comment": "<!-- a --> -->",
    "cdata": "]]>",
    "backtick": "a`b",
    "backticks": "``` `` `",
    "only-backtick": "`",
    "pipe": "a|b",
    "pipes": "|a|",
    "backslash-pipe": "a\\|b\\",
    "backslashes": "\\\\|\\",
    "link": "[x](javascript:alert(1))",
    "picture": "![x](https://example.com/x.png)",
    "reference": "[x]: https://example.com",
    "mention": "@everyone",
    "mail": "someone@example.com",
    "issue": "#1 GH-1 owner/repo#2",
    "emphasis": "**a** _b_ ~~c~~",
    "heading": "# a",
    "rule": "---",
    "math": "$x$ $`y`$",
    "autolink": "https://example.com www.example.com",
    "right-to-left": "a\u202egnp.exe",
    "isolate": "a\u2066b\u2069",
    "zero-width": "a\u200bb\ufeff",
    "tag": "a\U000e0041b",
    "line-separator": "a\u2028b\u2029c",
    "not-utf-8": "a\udcff\udcfeb",
    "dash": "-rf",
    "option": "--output=x",
    "blanks": "  a  b  ",
    "braces": "{0} {{1}} ${{ x }}",
    "quotes": "\"a\" 'b'",
    "astral": "😀 é 漢字",
    "long": "x" * 250,
}
