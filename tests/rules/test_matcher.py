"""The fast matcher is the slow one, the parser takes anything, and nothing hangs."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support import oracle
from support.examples import examples

from ctxscan import CtxscanError
from ctxscan.rules.builders import BUILDAH, BUILDERS, BUILDKIT, CLASSIC, Builder
from ctxscan.rules.grammars import PatternProblem
from ctxscan.rules.ignorefile import parse_rules
from ctxscan.rules.matcher import BadPattern, Matcher
from ctxscan.rules.meaning import meaning

NAMES = ("a", "b", "ab", "aa", "a.b", "x.c", "de", "d1", ".a", "q|r", "B", "a\nb", "é")
PIECES = (
    "a", "b", "ab", "d", "x.c", ".c", "B", "1", "/", "/", "*", "*", "**", "**/", "?", "[ab]", "[^a]", "[^/]", "[a-d]", "[.-0]",
    "\\d", "\\w", "\\D", "\\.", "\\*", "[[:alpha:]]", "[[:^digit:]]", "[\\d]", "{2}", "|", "^", "+", ".", "é", "(", ")", "$",
)  # fmt: skip

patterns = st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join)
rules = st.lists(st.tuples(st.booleans(), patterns), max_size=12)
paths = st.lists(st.sampled_from(NAMES), min_size=1, max_size=4).map("/".join)


def loaded(lines: list[tuple[bool, str]], builder: Builder) -> tuple[Matcher, list[tuple[bool, str]]]:
    """A matcher, and the rules as they are compared."""
    made = []
    for negated, text in lines:
        try:
            pattern = builder.pattern.loaded("!" * negated + text)
        except PatternProblem:
            continue
        if pattern.include is not None:
            made.append(pattern)
    return Matcher(made, builder), [(pattern.negated, pattern.text) for pattern in made]


def rejected(rule: tuple[bool, str], builder: Builder) -> bool:
    """Refused by the builder, or by the engine behind the literal evaluator: nothing to compare."""
    match = oracle.buildah_match if builder is BUILDAH else oracle.docker_match
    try:
        pattern = builder.pattern.loaded("!" * rule[0] + rule[1])
        match(pattern.text, "a")
    except (PatternProblem, oracle.Refused):
        return True
    return pattern.include is None or pattern.problem is not None


@settings(max_examples=examples(10_000), deadline=None)
@given(rules, st.lists(paths, min_size=1, max_size=6))
@example([(False, "*"), (True, "src/**/*.ts"), (False, "**/__tests__")], ["src/__tests__/b.ts"])
@example([(False, "d/x"), (True, "d")], ["d/x"])
@example([(False, "d/x"), (True, "**")], ["d/x"])
def test_docker_rules_decide_as_the_literal_evaluator(lines: list[tuple[bool, str]], tried: list[str]) -> None:
    """BuildKit's and the classic builder's verdicts, and the second look, are those of the rules read aloud."""
    matcher, compared = loaded([rule for rule in lines if not rejected(rule, BUILDKIT)], BUILDKIT)
    for path in tried:
        verdict = matcher.decide(path)
        assert verdict.excluded == oracle.docker_fate(compared, path)
        # Only what is kept is asked for a second time.
        if not verdict.excluded:
            assert verdict.second_look == oracle.docker_second_look(compared, path)
        if verdict.rule >= 0:
            assert verdict.excluded is not compared[verdict.rule][0]


@settings(max_examples=examples(10_000), deadline=None)
@given(rules, st.lists(paths, min_size=1, max_size=6))
def test_buildah_rules_decide_as_the_literal_evaluator(lines: list[tuple[bool, str]], tried: list[str]) -> None:
    """buildah's verdicts are those of the last rule that matches a path or a directory above it."""
    matcher, compared = loaded([rule for rule in lines if not rejected(rule, BUILDAH)], BUILDAH)
    for path in tried:
        assert matcher.decide(path).excluded == oracle.buildah_fate(compared, path)


@settings(max_examples=examples(2_500), deadline=None)
@given(rules, st.lists(st.sampled_from(NAMES), min_size=1, max_size=8, unique=True), st.sampled_from(["", "a", "a/de"]))
def test_names_that_are_not_special_share_the_default(
    lines: list[tuple[bool, str]], names: list[str], above: str
) -> None:
    """Whatever `special` passes over has the default verdict and the default state."""
    for builder in (BUILDKIT, CLASSIC, BUILDAH):
        matcher, _ = loaded([rule for rule in lines if not rejected(rule, builder)], builder)
        state = matcher.at(above)
        for name in set(names) - state.special(names):
            assert state.decide(name) == state.default
            assert state.enter(name) is state.inside


PLAIN = tuple(name for name in NAMES if name.isascii() and "\n" not in name)
plain_paths = st.lists(st.sampled_from(PLAIN), min_size=1, max_size=4).map("/".join)
plain_patterns = st.lists(st.sampled_from((*PLAIN, *"/****?", "**/", "/**")), min_size=1, max_size=5).map("".join)


@settings(max_examples=examples(2_500), deadline=None)
@given(st.lists(st.one_of(plain_patterns, patterns), min_size=1, max_size=4), st.lists(plain_paths, min_size=1))
@example(["a/**"], ["a", "a/b", "a/b/a"])
def test_where_rules_mean_the_same_nobody_disagrees(lines: list[str], tried: list[str]) -> None:
    """By the literal evaluators, whose judgement is their own."""
    if any(rejected((False, line), builder) for line in lines for builder in BUILDERS.values()):
        return
    matchers = [loaded([(False, line) for line in lines], builder)[0] for builder in BUILDERS.values()]
    meanings = meaning(*matchers)
    if meanings is None or len(set(meanings)) > 1:
        return
    docker, buildah = ([(False, each.text) for each in matcher.patterns] for matcher in (matchers[0], matchers[-1]))
    for path in tried:
        above = ["/".join(path.split("/")[:depth]) for depth in range(1, path.count("/") + 2)]
        # Without exceptions nobody looks into what is excluded.
        assert any(oracle.docker_fate(docker, each) for each in above) == any(
            oracle.buildah_fate(buildah, each) for each in above
        )


def test_rules_that_mean_the_same_are_common() -> None:
    """Most of what is written: a name anywhere, an ending, a path, all below a directory."""
    lines = ["node_modules", "**/node_modules", "**/*.log", "*.md", "a/b", "logs/**", "a/*.c", "?x"]
    meanings = meaning(*(loaded([(False, line) for line in lines], builder)[0] for builder in BUILDERS.values()))
    assert meanings is not None
    assert len(set(meanings)) == 1


@settings(max_examples=examples(2_500), deadline=None)
@given(st.binary(max_size=200), st.sampled_from(list(BUILDERS.values())))
@example(b"\xef\xbb\xbf!\n", BUILDKIT)
@example(b"[\\", CLASSIC)
@example(b"!\xff/../[^\xff]\r\n\x85", BUILDAH)
def test_any_bytes_are_rules_or_a_clear_error(data: bytes, builder: Builder) -> None:
    """An ignore file of random bytes is parsed and matched, or refused in the builder's words."""
    try:
        file = parse_rules(data, builder, path=Path(".dockerignore"), label=".dockerignore")
    except CtxscanError as error:
        assert error.place is not None
        return
    matcher = Matcher([rule.pattern for rule in file.rules], builder)
    try:
        matcher.decide("a/b\udcff/\ufffd")
    except BadPattern as bad:
        assert file.rules[bad.index].pattern.problem


HOSTILE = {
    "stars": ("*a" * 30 + "b", "a" * 4000),
    "deep stars": ("**/a" * 30 + "/b", "a/" * 1000 + "a"),
    "glued": ("a**" * 30 + "b", "a" * 4000),
    "any of": ("[ab]*" * 30 + "c", "ab" * 2000),
    "repetition": ("[a]{50}" * 20 + "*b", "a" * 4000),
    "classes": ("[^b]*" * 30 + "c", "a" * 4000),
    "alternatives": ("*a|" * 200 + "*b", "a" * 4000),
}


@pytest.mark.parametrize("builder", [BUILDKIT, BUILDAH], ids=lambda builder: builder.name)
@pytest.mark.parametrize("name", HOSTILE)
def test_no_pattern_hangs(name: str, builder: Builder) -> None:
    """Matching is linear: patterns made to make a backtracking engine hang take a moment at most."""
    pattern, path = HOSTILE[name]
    matcher = Matcher([builder.pattern.loaded(pattern)], builder)
    start = process_time()
    matcher.decide(path)
    matcher.root.special([path])
    assert process_time() - start < 5, "a backtracking engine would take years here"
