"""Patterns: reading, refusing and matching, by the rules that experiments with real builders gave."""

from __future__ import annotations

from pathlib import Path

import pytest
from pathspec import PathSpec, RegexPattern

from ctxscan.rules.builders import BUILDERS, Builder
from ctxscan.rules.grammars import BuildahPattern, DockerPattern, PatternProblem, check_glob, clean
from ctxscan.rules.ignorefile import parse_rules
from ctxscan.rules.matcher import Matcher


@pytest.mark.parametrize(
    ("path", "cleaned"),
    [
        ("a//b", "a/b"), ("./a", "a"), ("a/", "a"), ("a/./b", "a/b"), ("x/../a", "a"), ("../a", "../a"), ("/../a", "/a"),
        ("**/../a", "a"), ("[a//b]", "[a/b]"), ("/", "/"), ("", "."), (".", "."), ("a/../..", ".."), ("///c///a", "/c/a"),
    ],
)  # fmt: skip
def test_clean_is_lexical(path: str, cleaned: str) -> None:
    """Wild cards are ordinary text when a pattern is cleaned."""
    assert clean(path) == cleaned


@pytest.mark.parametrize(
    ("line", "include", "text"),
    [
        ("a", True, "a"), ("/a/", True, "a"), ("  a  ", True, "a"), ("# a", None, ""), (" #x", True, "#x"), ("", None, ""),
        ("! a", False, "a"), ("/!a", False, "a"), ("/ a", True, "a"), ("!/ a", False, " a"), ("!!a", False, "!a"),
        (".", True, "."), ("a #x", True, "a #x"), ("\u00a0a\u3000", True, "a"), ("\u200ba", True, "\u200ba"),
        ("\x1ca", True, "\x1ca"), ("///c///a", True, "c/a"),
    ],
)  # fmt: skip
def test_docker_reads_a_line(line: str, include: bool | None, text: str) -> None:
    """A line is trimmed, cleaned and looked at a second time."""
    pattern = DockerPattern(line)
    assert (pattern.include, pattern.text) == (include, text)


@pytest.mark.parametrize(
    ("line", "include", "text"),
    [
        ("a", True, "a"), ("! a", False, " a"), ("!c/../a", True, "a"), ("/../a", True, "../a"), ("#a", None, ""),
        ("/a/", True, "a"), ("!a", False, "a"),
    ],
)  # fmt: skip
def test_buildah_reads_a_line(line: str, include: bool | None, text: str) -> None:
    """buildah takes the slashes off both ends first and cleans before it looks for the sign."""
    pattern = BuildahPattern(line)
    assert (pattern.include, pattern.text) == (include, text)


@pytest.mark.parametrize("text", ["[", "[]", "[]a]", "[^]", "[a-]", "[-a]", "[a-", "a\\", "[a\\", "[\udcff]", "x[a-]b"])
def test_malformed_globs_are_refused_at_once(text: str) -> None:
    """What every builder refuses when it loads the list."""
    with pytest.raises(PatternProblem, match="syntax error in pattern"):
        check_glob(text)


@pytest.mark.parametrize("text", ["]", "a]", "[[]", "[a/b]", "[\\]]", "[^^]", "\\[", "[a-c]", "\udcff"])
def test_legal_globs_pass(text: str) -> None:
    """What looks odd and is legal."""
    check_glob(text)


@pytest.mark.parametrize("line", ["!", "!   ", "!/", "!/."])
def test_a_lone_sign_is_refused(line: str) -> None:
    """A negation of nothing has an error of its own."""
    with pytest.raises(PatternProblem, match=r'illegal exclusion pattern: "!"'):
        DockerPattern(line)


@pytest.mark.parametrize("text", ["[z-a]", "[[:x:]]", "\\e", "\\o", "\\1", "\\é", "[a]{2}{3}", "\\p{Nope}*", "*{1001}"])
def test_what_go_cannot_compile_fails_when_compared(text: str) -> None:
    """Loaded without complaint, refused at the first comparison."""
    assert DockerPattern.loaded(text).problem == "syntax error in pattern"


def matches(pattern: str, path: str, grammar: type[DockerPattern] | type[BuildahPattern] = DockerPattern) -> bool:
    return grammar.loaded(pattern).automaton.matches(path)


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("a", ["a"], ["A", "a/b", "ab"]),
        ("*.go", ["a.go", ".go"], ["x/a.go"]),
        ("foo**", ["foo", "foobar", "foo/x"], ["xfoo"]),
        ("foo/**", ["foo/x", "foo/x/y"], ["foo"]),
        ("**/foo", ["foo", "a/foo", "a/b/foo"], ["xfoo", "a/xfoo"]),
        ("**foo", ["foo", "xfoo", "a/xfoo"], ["foox"]),
        ("**foo*", ["foo1", "a/foo1"], ["xfoo1"]),
        ("**", ["a", "a/b"], []),
        ("**.txt", ["a.txt", "d/a.txt", ".txt"], ["a.txtx"]),
        ("a/**/b", ["a/b", "a/x/y/b"], ["a/xb", "b"]),
        ("a/**b", ["a/b", "a/x/b"], ["a/bb"]),
        ("a**/b", ["ab", "a/b", "ax/b"], ["b"]),
        ("***", ["a", "a/b/c"], []),
        ("*/**", ["a/b", "a/b/c"], ["a"]),
        ("[*]", ["]", "[]", "^]", "/]", "[^]"], ["a", "*"]),
        ("[!a]", ["!", "a"], ["b"]),
        ("dir[^x]1", ["dir/1", "diry1"], ["dirx1"]),
        ("dir[.-0]1", ["dir/1", "dir.1"], ["dira1"]),
        ("dir?1", ["dirx1"], ["dir/1"]),
        ("\\d", ["1"], ["d", "a"]),
        ("\\D*", ["a1"], ["1a"]),
        ("\\x41", ["A"], ["x41"]),
        ("\\x{41}?", ["Ab"], ["A"]),
        ("\\101", ["A"], ["101"]),
        ("\\pL*", ["éa", "a"], ["1"]),
        ("\\p{Lu}?", ["Äa"], ["äa"]),
        ("*\\bfoo", ["a foo", "foo"], ["afoo"]),
        ("[[:alpha:]]", ["a"], ["1"]),
        ("[[:^digit:]]", ["a"], ["1"]),
        ("[\\d]", ["1"], ["d"]),
        ("a{2}*", ["aa", "aab"], ["a{2}", "ab"]),
        ("[a]{2}b", ["aab"], ["ab", "a{2}b"]),
        ("a{2}", ["a{2}"], ["aa"]),
        ("foo|*.bar", ["foox/y", "x/y.bar"], ["xfoo", "bar"]),
        ("a|*", ["x", "x/y"], []),
        ("q|r", ["q|r"], ["q", "r"]),
        ("^x*", ["xy"], ["^x"]),
        ("x^*", [], ["x^a", "xa"]),
        ("^a", ["^a"], ["a"]),
        ("a+b", ["a+b"], ["aab"]),
        ("(p)", ["(p)"], ["p"]),
        ("a.b*", ["a.bc"], ["axbc"]),
        ("\\Qab*", ["ab[^/]*$"], ["ab", "ab*"]),
        ("\\a\\n", ["\a\n"], ["an"]),
        ("caf\u00e9", ["caf\u00e9"], ["cafe\u0301"]),
        ("?", ["é"], ["e\u0301"]),
    ],
)  # fmt: skip
def test_docker_matches(pattern: str, yes: list[str], no: list[str]) -> None:
    """Half a glob, half a regular expression."""
    assert [path for path in yes if not matches(pattern, path)] == []
    assert [path for path in no if matches(pattern, path)] == []


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("a+b", ["aab", "ab"], ["a+b"]),
        ("a|b", ["ax", "xb"], ["x"]),
        ("(p)", ["p"], ["(p)"]),
        ("^a", ["a"], ["^a"]),
        ("**foo", ["foo", "a/foo"], ["xfoo"]),
        ("**.txt", [".txt", "a/.txt"], ["a.txt"]),
        ("**", ["a", "a/b"], ["a\nb"]),
        ("a$", ["a$"], ["a"]),
    ],
)
def test_buildah_matches(pattern: str, yes: list[str], no: list[str]) -> None:
    """Only a dot and a dollar are escaped: the rest is an expression."""
    assert [path for path in yes if not matches(pattern, path, BuildahPattern)] == []
    assert [path for path in no if matches(pattern, path, BuildahPattern)] == []


def test_newlines_stop_two_stars_in_an_expression_only() -> None:
    """`.*` does not cross a line end, a comparison of text does."""
    assert matches("**/f", "d\nx/f")
    assert not matches("**/f*", "d\nx/f")


@pytest.mark.parametrize("name", ["dockerignore", "containerignore"])
def test_registered_with_pathspec(name: str) -> None:
    """`PathSpec.from_lines` takes both grammars by name."""
    spec = PathSpec.from_lines(name, ["# comment", "", "node_modules", "**/*.log", "!keep.log"])
    assert spec.match_file("node_modules/x/y.js")
    assert spec.match_file("a/b.log")
    assert not spec.match_file("keep.log")
    assert not spec.match_file("src/node_modules/x.js")


@pytest.mark.parametrize("builder", BUILDERS.values(), ids=list(BUILDERS))
def test_the_matcher_walks_patterns_of_pathspec(builder: Builder) -> None:
    """One class a grammar: what an ignore file gives, the matcher holds, and pathspec makes of the same line."""
    read = parse_rules(b"*.log\n!keep.log\n", builder, path=Path("i"), label="i")
    matcher = Matcher([rule.pattern for rule in read.rules], builder)
    spec = PathSpec.from_lines(builder.grammar, ["*.log", "!keep.log"])
    assert all(isinstance(pattern, RegexPattern) for pattern in matcher.patterns)
    assert list(matcher.patterns) == list(spec.patterns)
    assert {type(pattern) for pattern in spec.patterns} == {builder.pattern}


@pytest.mark.parametrize("text", ["a", "a/b", "**/x", "*.c", "[a-c]?", "foo**", "a{2}*", "**/*x*y*", "\\d|*"])
def test_the_expression_for_others_is_the_same(text: str) -> None:
    """`regex`, which pathspec's users look at, finds what the automaton finds."""
    pattern = DockerPattern(text)
    assert pattern.regex is not None and DockerPattern.pattern_to_regex(text) == (pattern.regex.pattern, True)
    for path in ["a", "a/b", "x", "d/x", "x.c", "b1", "foo/z", "aaq", "q/axby", "1"]:
        assert (pattern.regex.search(path) is not None) == pattern.automaton.matches(path), path


def test_parts_are_found_where_the_expression_comes_apart() -> None:
    """What can be told component by component is; the rest keeps its automaton."""
    kinds = {text: DockerPattern.loaded(text).parts for text in ("a/*.c", "**/x", "a**/b", "[^x]y", "a|*")}
    assert [part.kind for part in kinds["a/*.c"] or ()] == ["literal", "suffix"]
    assert [part.kind for part in kinds["**/x"] or ()] == ["dirs", "literal"]
    assert kinds["a**/b"] is kinds["[^x]y"] is kinds["a|*"] is None
