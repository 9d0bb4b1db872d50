"""Standard functions, by the documentation of bake and of go-cty, and regular expressions and numbers against Python's."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.baking import valued

from ctxscan.builds.bake import numbers, regexes
from ctxscan.builds.bake.evaluate import SPECIAL, STANDARD
from ctxscan.errors import CtxscanError

#: The names of bake's standard library.
NAMES = """
    absolute add and base64decode base64encode basename bcrypt byteslen bytesslice can ceil chomp chunklist cidrhost
    cidrnetmask cidrsubnet cidrsubnets coalesce coalescelist compact concat contains convert csvdecode dirname distinct
    divide element equal flatten floor format formatdate formattimestamp formatlist greaterthan greaterthanorequalto
    hasindex homedir indent index indexof int join jsondecode jsonencode keys length lessthan lessthanorequalto log lookup
    lower max md5 merge min modulo multiply negate not notequal or parseint pow range regex_replace regex regexall replace
    reverse reverselist rsadecrypt sanitize semvercmp sethaselement setintersection setproduct setsubtract
    setsymmetricdifference setunion sha1 sha256 sha512 signum slice sort split strlen substr subtract timeadd timestamp
    title trim trimprefix trimspace trimsuffix try unixtimestampparse upper urlencode uuidv4 uuidv5 values zipmap
""".split()


def test_every_function_is_known() -> None:
    """Those of bake and no others."""
    assert sorted([*STANDARD, *SPECIAL]) == sorted(NAMES)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('split("", "abc")[2]', "c"),
        ('join("-", ["a"], [1, true])', "a-1-true"),
        ('title("hello-world it_is")', "Hello-World It_is"),
        ('substr("hello", -3, 2)', "ll"),
        ('trimspace("  a\\n")', "a"),
        ('chomp("a\\r\\n\\n")', "a"),
        ('basename("/a/b.c")', "b.c"),
        ('dirname("/a/b/c")', "/a/b"),
        ('dirname("/a")', "/"),
        ('base64encode("hi")', "aGk="),
        ('sha256("")', "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ('uuidv5("dns", "www.example.org")', "74738ff5-5367-5958-9aee-98fffdcd1876"),
        ('cidrhost("10.12.112.0/20", 16)', "10.12.112.16"),
        ('cidrnetmask("172.16.0.0/12")', "255.240.0.0"),
        ('cidrsubnet("172.16.0.0/12", 4, 2)', "172.18.0.0/16"),
        ('join(" ", cidrsubnets("10.1.0.0/16", 4, 4, 8, 4))', "10.1.0.0/20 10.1.16.0/20 10.1.32.0/24 10.1.48.0/20"),
        ('formatdate("EEEE, DD-MMM-YY hh:mm:ss ZZZ", "2018-01-02T23:12:01Z")', "Tuesday, 02-Jan-18 23:12:01 UTC"),
        ('formatdate("HH:mmaa ZZZZZ", "2018-01-02T23:12:01-08:00")', "11:12pm -08:00"),
        ("formatdate(\"h 'o''clock'\", \"2018-01-02T23:12:01Z\")", "23 o'clock"),
        ('timeadd("2017-11-22T00:00:00Z", "-1h30m")', "2017-11-21T22:30:00Z"),
        ("unixtimestampparse(1690328596).rfc3339", "2023-07-25T23:43:16Z"),
        ("unixtimestampparse(1690328596).weekday_name", "Tuesday"),
        ('parseint("-11", 2)', "-3"),
        ("signum(-0.5)", "-1"),
        ("floor(-1.5)", "-2"),
        ("int(-1.5)", "-1"),
        ("min(3, 1.5)", "1.5"),
        ('join(",", range(5, 1, -2))', "5,3"),
        ('join(",", range(3, 0))', "3,2,1"),
        ('join(",", flatten([[1, [2]], [], 3]))', "1,2,3"),
        ('join(",", slice(["a", "b", "c"], 1, 3))', "b,c"),
        ('join(",", setunion(["b"], ["a", "b"]))', "a,b"),
        ('join(",", setintersection(["a", "b"], ["b", "c"]))', "b"),
        ('join(",", setsymmetricdifference(["a", "b"], ["b", "c"]))', "a,c"),
        ('join(";", [for p in setproduct(["a", "b"], [1, 2]) : "${p[0]}${p[1]}"])', "a1;a2;b1;b2"),
        ('jsonencode({ b = [1, null], a = "x" })', '{"a":"x","b":[1,null]}'),
        ('jsondecode("[1.50, {\\"a\\": null}]")[0]', "1.5"),
        ('coalescelist([], ["a"])[0]', "a"),
        ('lookup({ a = "1" }, "a", "x")', "1"),
        ('try(regex("z", "a"), "none")', "none"),
        ('format("%s|%5s|%-5s|%q", "a", "b", "c", "d")', 'a|    b|c    |"d"'),
        ('format("%x %X %o %08b", 255, 255, 8, 5)', "ff FF 10 00000101"),
        ('format("%.2f %e %g", 3.14159, 1234.5, 100000)', "3.14 1.234500e+03 100000"),
        ('semvercmp("1.2.3", "~1.2")', "true"),
        ('semvercmp("1.3.0", "~1.2")', "false"),
        ('semvercmp("0.3.0", "^0.2.1")', "false"),
        ('semvercmp("1.5.0", ">=1.2, <2")', "true"),
        ('semvercmp("1.5.0", "1.0 - 1.4 || 1.x")', "true"),
        ('semvercmp("2.0.0-rc.1", ">=1.0")', "false"),
        ('sanitize("a/b:1.0")', "a_b_1_0"),
        ('strlen("e\\u0301")', "1"),
        ('regex("(?P<y>\\\\d+)-(?P<m>\\\\d+)", "2024-05").m', "05"),
        ('regex_replace("hello world", "(?P<a>\\\\w+) (\\\\w+)", "$2 $${a}")', "world hello"),
        ("homedir()", "/home/x"),
        ("timestamp()", "2001-09-09T01:46:40Z"),
    ],
)
def test_functions(expression: str, value: str) -> None:
    """Documented examples."""
    assert valued(expression, environment={"HOME": "/home/x", "SOURCE_DATE_EPOCH": "1000000000"}) == value


@pytest.mark.parametrize(
    "expression",
    ['uuidv4()', 'regex("(?=a)", "a")', 'regex("\\\\1", "a")', 'regex("a**", "a")', 'format("%z", 1)', 'range(0, 2000)', 'base64decode("!")', 'csvdecode("a,a\\n1,2")[0]', "1 / 0 * 0", 'log(-1, 2)'],
)  # fmt: skip
def test_what_is_refused(expression: str) -> None:
    """What is random, what Go does not take, and what has no value."""
    with pytest.raises(CtxscanError, match=r"^docker-bake\.hcl:3: "):
        valued(expression)


# Only what means the same to both: Go counts `$` at the very end alone, and Python also before a last line end.
PATTERNS = st.recursive(
    st.sampled_from(["a", "b", "ab", ".", "[ab]", "[^a]", r"\d", r"\w", r"\b", "^", r"\Z"]),
    lambda part: st.one_of(
        st.builds("({})".format, part),
        st.builds("(?:{})".format, part),
        # How often what may be empty is repeated is where matchers differ.
        st.builds(
            "(?:{}){}".format,
            part.filter(lambda each: not any(found[1] == "" for found in re.finditer(f"(?=({each}))", "a b"))),
            st.sampled_from(["*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,2}?"]),
        ),
        st.builds("{}{}".format, part, part),
        st.builds("(?:{}|{})".format, part, part),
    ),
    max_leaves=6,
)


@pytest.mark.slow
@given(PATTERNS, st.text("ab1 ", max_size=8))
@settings(max_examples=400, deadline=None)
def test_regexes_match_as_a_backtracking_matcher_prefers(pattern: str, text: str) -> None:
    """The same whole match as Python's `re`."""
    ours = regexes.Regex(pattern.replace(r"\Z", r"\z")).search(text)
    found = re.compile(pattern, re.ASCII).search(text)
    assert (ours and (ours.start, ours.end)) == (found and found.span())


@pytest.mark.parametrize(
    ("pattern", "text", "groups"),
    [("(a)|(b)", "b", (None, "b")), ("(a*)(a?)", "aa", ("aa", "")), ("(a*?)(a*)", "aa", ("", "aa")), ("((a)|b)+", "ab", ("b", "a")), ("(?i:(A))b", "ab", ("a",)), ("(?U)(a+)(a*)", "aaa", ("a", "")), ("((|a)*)", "aa", ("", "")), ("((?:\\b|a)*)", "aa", ("",)), ("((a|b){2,})", "abab", ("abab", "b"))],
)  # fmt: skip
def test_groups(pattern: str, text: str, groups: tuple[str | None, ...]) -> None:
    """As Go's documentation of `regexp` has them."""
    found = regexes.Regex(pattern).search(text)
    assert found is not None
    assert tuple(None if each is None else text[slice(*each)] for each in found.groups) == groups


@given(st.decimals(allow_nan=False, allow_infinity=False, places=30, min_value=-(10**40), max_value=10**40))
@settings(max_examples=200, deadline=None)
def test_numbers_come_back_as_they_were_written(number: object) -> None:
    """Up to 150 digits the shortest decimal of 512 bits is the one that was written."""
    plain = f"{number:f}"
    shown = plain.rstrip("0").rstrip(".") if "." in plain else plain
    assert numbers.text(numbers.parsed(plain)) == ("0" if shown in ("-0", "") else shown)


@pytest.mark.parametrize(
    ("value", "text"), [(Fraction(0), "0"), (Fraction(-5, 2), "-2.5"), (Fraction(1 << 600), str(1 << 600))]
)
def test_exact_numbers(value: Fraction, text: str) -> None:
    """Fractions of powers of two in as few digits as do; a large power of two is told apart from its neighbors."""
    shown = numbers.text(numbers.rounded(value))
    assert numbers.parsed(shown) == value
    assert len(shown) <= len(text)
