"""Quotes, escapes and variables are what BuildKit's small shell makes of them."""

from __future__ import annotations

from contextlib import suppress
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.examples import examples

from ctxscan.dockerfile.words import WordProblem, expand, expand_body, split_words

VALUES = {
    "V": "foo.tar.gz",
    "P": "/a/b/c",
    "EMPTY": "",
    "GLOB": "a*b?c\\d",
    "LINES": "one\ntwo",
    "AAA": "aaa",
    "SPACED": "a b",
    "é1_": "letters",
}


def text(written: str, escape: str = "\\") -> str:
    return expand(written, VALUES.get, escape=escape).text


@pytest.mark.parametrize(
    ("written", "want"),
    [
        ("plain", "plain"),
        ("$V", "foo.tar.gz"),
        ("${V}", "foo.tar.gz"),
        ("$V.x", "foo.tar.gz.x"),
        ("$Vx", ""),
        ("x$", "x$"),
        ("$/", "$/"),
        ("$1x", "x"),
        ("$$x", "x"),
        ("$é1_", "letters"),
        ("'$V'", "$V"),
        ('"$V"', "foo.tar.gz"),
        ("\"'$V'\"", "'foo.tar.gz'"),
        (r"\$V", "$V"),
        (r'"\$V"', "$V"),
        (r'"\x"', r"\x"),
        (r"\x", "x"),
        (r'"\\"', "\\"),
        (r"'\'", "\\"),
        (r"a\"b", 'a"b'),
        ("a\\", "a"),
        ("a b", "a b"),
        ('"a b"c', "a bc"),
        ("a<b<<c", "a<b<<c"),
    ],
    ids=str,
)
def test_quotes_and_escapes(written: str, want: str) -> None:
    """Single quotes and escapes keep a variable as it is written, double quotes do not."""
    assert text(written) == want


@pytest.mark.parametrize(
    ("written", "want"),
    [
        ("${V:-d}", "foo.tar.gz"),
        ("${NO:-d}", "d"),
        ("${EMPTY:-d}", "d"),
        ("${V-d}", "foo.tar.gz"),
        ("${NO-d}", "d"),
        ("${EMPTY-d}", ""),
        ("${V:+a}", "a"),
        ("${NO:+a}", ""),
        ("${EMPTY:+a}", ""),
        ("${V+a}", "a"),
        ("${NO+a}", ""),
        ("${EMPTY+a}", "a"),
        ("${V:?e}", "foo.tar.gz"),
        ("${V?e}", "foo.tar.gz"),
        ("${EMPTY?e}", ""),
        ("${NO:-}", ""),
        ("${NO:-$V}", "foo.tar.gz"),
        ("${NO:-${NO2:-${V}}}", "foo.tar.gz"),
        ("${NO:-'$V'}", "$V"),
        ('${NO:-"a b"}', "a b"),
        (r"${NO:-\}}", "}"),
        ("${V:+${EMPTY:-x}}", "x"),
    ],
    ids=str,
)
def test_values_in_place_of_a_value(written: str, want: str) -> None:
    """With a colon an empty value counts as none; the word may hold variables and quotes of its own."""
    assert text(written) == want


@pytest.mark.parametrize(
    ("written", "want"),
    [
        ("${V#*.}", "tar.gz"),
        ("${V##*.}", "gz"),
        ("${V%.*}", "foo.tar"),
        ("${V%%.*}", "foo"),
        ("${V#f??}", ".tar.gz"),
        ("${V#tar}", "foo.tar.gz"),
        ("${V%tar}", "foo.tar.gz"),
        ("${V#}", "foo.tar.gz"),
        ("${V#*}", "foo.tar.gz"),
        ("${V##*}", ""),
        ("${V%%*}", ""),
        ("${V%*}", "foo.tar.gz"),
        ("${P#/}", "a/b/c"),
        ("${P##*/}", "c"),
        ("${P%/*}", "/a/b"),
        ("${P%%/*}", ""),
        ("${AAA#a*a}", "a"),
        ("${AAA##a*a}", ""),
        (r"${GLOB#a\*}", "b?c\\d"),
        (r"${GLOB%\\d}", "a*b?c"),
        (r"${GLOB#a\*b\?}", "c\\d"),
        ("${LINES#*e}", "\ntwo"),
        ("${LINES##*}", "\ntwo"),
        ("${LINES%%*}", "one\n"),
        ("${V#[f]}", "foo.tar.gz"),
        ("${V#${NO:-foo}}", ".tar.gz"),
        ("${NO#x}", ""),
    ],
    ids=str,
)
def test_ends_taken_off(written: str, want: str) -> None:
    """`#` and `%` take off the shortest match, doubled the longest; a star stops at a line end."""
    assert text(written) == want


@pytest.mark.parametrize(
    ("written", "want"),
    [
        ("${V/o/0}", "f0o.tar.gz"),
        ("${V//o/0}", "f00.tar.gz"),
        ("${V/o/}", "fo.tar.gz"),
        ("${V//./-}", "foo-tar-gz"),
        (r"${P//\//_}", "_a_b_c"),
        (r"${P/\//}", "a/b/c"),
        ("${V/t*./X}", "foo.Xgz"),
        ("${V//?/x}", "xxxxxxxxxx"),
        ("${V//*/x}", "x"),
        ("${EMPTY//*/x}", "x"),
        ("${V/nothing/x}", "foo.tar.gz"),
        ("${V//fo*/$P}", "/a/b/c"),
        ("${AAA//a/aa}", "aaaaaa"),
        ("${LINES//*/x}", "x\nx"),
        ("${V///-}", "-f-o-o-.-t-a-r-.-g-z-"),
        ("${V//o/'<$0>'}", "f<o><o>.tar.gz"),
        ("${V//o/'$$'}", "f$$.tar.gz"),
        ("${V//o/'${1}-'}", "f--.tar.gz"),
        ("${V/o/'$0'}", "f$0o.tar.gz"),
        ("${NO/x/y}", ""),
    ],
    ids=str,
)
def test_replacing(written: str, want: str) -> None:
    """One slash replaces the first match, two every one; there the text is a template, as in Go."""
    assert text(written) == want


@pytest.mark.parametrize(
    ("written", "want"),
    [("`$V", "$V"), ("\\$V", "\\foo.tar.gz"), ('"`$V\\"', "$V\\"), ("${NO:-`}}", "}"), ("${GLOB#a\\*}", "b?c\\d")],
    ids=str,
)
def test_the_other_escape(written: str, want: str) -> None:
    """With the escape directive a backslash is a character, except in a pattern."""
    assert text(written, escape="`") == want


@pytest.mark.parametrize(
    ("written", "want"),
    [
        ("'a", "unexpected end of statement while looking for matching single-quote"),
        ('"a', "unexpected end of statement while looking for matching double-quote"),
        ("${V", "syntax error: missing '}'"),
        ("${", "syntax error: missing '}'"),
        ("${NO:-a", "syntax error: missing '}'"),
        ("${NO:-'a", "syntax error: missing '}'"),
        ("${V/o}", "syntax error: missing '/' in ${}"),
        ("${V/o/x", "syntax error: missing '}'"),
        ("${}", "syntax error: bad substitution"),
        ("${{V}}", "syntax error: bad substitution"),
        ("${:V}", "syntax error: bad substitution"),
        ("${V:x}", "unsupported modifier (:x) in substitution"),
        ("${V=x}", "unsupported modifier (=) in substitution"),
        ("${V:#x}", "unsupported modifier (:#) in substitution"),
        ("${V^^}", "unsupported modifier (^) in substitution"),
        ("${NO?}", "NO: is not allowed to be unset"),
        ("${NO:?}", "NO: is not allowed to be unset"),
        ("${EMPTY:?}", "EMPTY: is not allowed to be empty"),
        ("${NO:?tell me}", "NO: tell me"),
        (r"${V#\x}", r"invalid pattern (\x) in substitution: invalid escape '\x'"),
        (r"${V/\x/y}", r"invalid pattern (\x) in substitution: invalid escape '\x'"),
    ],
    ids=str,
)
def test_what_the_builder_refuses(written: str, want: str) -> None:
    """The message is the builder's, with the whole word in front."""
    with pytest.raises(WordProblem) as caught:
        text(written)
    assert str(caught.value).startswith("failed to process ")
    assert str(caught.value).endswith(f": {want}")


@pytest.mark.parametrize(
    ("written", "want"),
    [
        ("$V/$NO/${OTHER}", ("NO", "OTHER")),
        ("$NO$NO", ("NO",)),
        ("$EMPTY", ()),
        ("${NO:-x}${NO:+x}", ()),
        ("${NO%x}", ("NO",)),
        ("'$NO'", ()),
    ],
    ids=str,
)
def test_variables_taken_as_empty(written: str, want: tuple[str, ...]) -> None:
    """Named are those without a value, unless the word says what to do then."""
    assert expand(written, VALUES.get, escape="\\").empty == want


@pytest.mark.parametrize(
    ("written", "want"),
    [("\"$V\" '$V'", "\"foo.tar.gz\" 'foo.tar.gz'"), (r"\$V \n", "$V n"), ("it's", "it's")],
    ids=str,
)
def test_heredoc_bodies(written: str, want: str) -> None:
    """Quotes are part of a body, variables and escapes are not."""
    assert expand_body(written, VALUES.get) == want


@pytest.mark.parametrize(
    ("line", "want"),
    [
        ("a  b\tc", ["a", "b", "c"]),
        ("'a b' \"c d\"", ["'a b'", '"c d"']),
        ("a\\ b", ["a\\ b"]),
        ("<< EOF x", ["<< EOF", "x"]),
        ("${V:-a b}", ["${V:-a", "b}"]),
        ('"" a', ['""', "a"]),
        ("$V${W}", ["$V${W}"]),
    ],
    ids=str,
)
def test_words_of_a_line(line: str, want: list[str]) -> None:
    """Words are parted where they are for heredocs: not in quotes, and not between `<<` and its delimiter."""
    assert split_words(line, quotes="keep", escapes="keep") == want


@pytest.mark.parametrize(
    "open_, close", [("${A:-", "}"), ("${A#", "}"), ('"${A:-', '}"')], ids=["word", "pattern", "quoted"]
)
def test_nesting_has_an_end(open_: str, close: str) -> None:
    """Deep nesting is refused, or works; it never exhausts the stack."""
    assert text(open_ * 99 + "x" + close * 99) in ("x", "")
    with pytest.raises(WordProblem, match="nested more than 100 deep"):
        text(open_ * 50_000 + close * 50_000)


@pytest.mark.parametrize(
    "written",
    [
        "${A##" + "*a" * 5_000 + "b}",
        "${A%%" + "a*" * 5_000 + "b}",
        "${A//" + "a*" * 5_000 + "b/x}",
        "${A//a*b/x}",
        "$B" * 20_000,
        "'" * 50_000,
        "<" * 50_000,
    ],
    ids=["prefix", "suffix", "replace", "replace-short", "many", "quotes", "less-than"],
)
def test_time_is_bounded(written: str) -> None:
    """No text takes more than a moment, whatever its pattern."""
    start = process_time()
    expand(written, {"A": "a" * 30_000, "B": "b"}.get, escape="\\")
    assert process_time() - start < 5


def test_growth_is_bounded() -> None:
    """A replacement cannot multiply two long texts."""
    with pytest.raises(WordProblem, match="grows to more than"):
        expand("${A//a/$A}", {"A": "a" * 30_000}.get, escape="\\")


PIECES = (
    "$",
    "{",
    "}",
    "V",
    "P",
    ":",
    "-",
    "+",
    "?",
    "#",
    "%",
    "/",
    "*",
    "'",
    '"',
    "\\",
    "<",
    " ",
    "a",
    "\n",
    "é",
    "`",
    "0",
)


@settings(max_examples=examples(2_000), deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join), st.sampled_from(["\\", "`"]))
def test_any_text_is_read_or_refused(written: str, escape: str) -> None:
    """Nothing but `WordProblem` is ever raised."""
    for use in (
        lambda: expand(written, VALUES.get, escape=escape),
        lambda: expand_body(written, VALUES.get),
        lambda: split_words(written, quotes="keep", escapes="keep"),
        lambda: split_words(written, quotes="drop", escapes="drop"),
    ):
        with suppress(WordProblem):
            use()
