"""The instructions of a Dockerfile are those that BuildKit's own parser finds.

That parser is the `dockerfile` wheel: Go code of BuildKit 0.12.5, asked about every file of testdata/dockerfiles/ and
about made-up ones. Where a newer BuildKit reads differently the expectation is written out.
"""

from __future__ import annotations

import json
import platform
import re
import sys
from contextlib import suppress
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from support.examples import examples
from support.trees import TESTDATA

from ctxscan import CtxscanError
from ctxscan.dockerfile.instructions import Instruction, _split, read_instructions
from ctxscan.dockerfile.stages import parse

#: Where its author publishes a wheel; elsewhere it would have to be compiled.
WHEELS = {("linux", "x86_64"), ("darwin", "x86_64"), ("darwin", "arm64"), ("win32", "amd64")}
HAS_WHEEL = (sys.platform, platform.machine().lower()) in WHEELS

if HAS_WHEEL:
    import dockerfile as go

needs_wheel = pytest.mark.skipif(not HAS_WHEEL, reason="no wheel of BuildKit's parser for this platform")

FILES = sorted((TESTDATA / "dockerfiles").glob("*.Dockerfile"))
#: Read differently by newer versions: what is different, and the test that says how.
NEWER = {
    "directive-check": "`check` is a directive too: test_check_is_a_directive",
    "heredoc-blank": "blanks may follow `<<`: test_blanks_before_a_delimiter",
    "json-trailing": "nothing may follow an array: test_text_behind_an_array",
}
KEYWORDS = frozenset(
    "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME "
    "WORKDIR".split()
)


def instructions(text: str) -> tuple[Instruction, ...]:
    return read_instructions(text, label="Dockerfile")[0]


def ours(text: str) -> list[tuple[Any, ...]] | None:
    """What there is in a Dockerfile in the wheel's terms, None for an error."""
    try:
        found, escape, *_ = read_instructions(text, label="Dockerfile")
    except CtxscanError:
        return None
    return [_row(each, escape) for each in found]


def _row(each: Instruction, escape: str) -> tuple[Any, ...]:
    flags = tuple(f"--{name}" if value is None else f"--{name}={value}" for name, value in each.flags)
    trigger, words, is_json = None, each.words, each.json
    if each.keyword == "ONBUILD" and words:
        # Its first line: what follows are the bodies of heredocs.
        trigger, _, words, is_json = _split(words[0].split("\n")[0], escape)
    if trigger == "ONBUILD" or (trigger or each.keyword) not in KEYWORDS:
        words = ("",)  # the wheel does not say
    heredocs = () if trigger else tuple((heredoc.name, heredoc.text) for heredoc in each.heredocs)
    return (each.keyword, trigger, is_json, each.line, each.end_line, flags, words, heredocs)


def theirs(text: str) -> list[tuple[Any, ...]] | None:
    try:
        return [
            (
                (each.cmd or "").upper(),
                each.sub_cmd and each.sub_cmd.upper(),
                each.json,
                each.start_line,
                each.end_line,
                each.flags,
                tuple(each.value),
                () if each.sub_cmd else tuple((heredoc.name, heredoc.content) for heredoc in each.heredocs),
            )
            for each in go.parse_string(text)
        ]
    except go.GoParseError:
        return None


@pytest.mark.sampled(3)
@needs_wheel
@pytest.mark.parametrize("path", [path for path in FILES if path.stem not in NEWER], ids=lambda path: path.stem)
def test_agrees_with_buildkits_parser(path: Path) -> None:
    """Keywords, lines, flags, words, JSON and heredocs are the same, and so is what is refused."""
    text = path.read_bytes().decode(errors="replace")
    assert ours(text) == theirs(text)


def test_there_are_files() -> None:
    """Every exception names a file, and none of them is called like a real Dockerfile."""
    assert len(FILES) >= 60
    assert set(NEWER) <= {path.stem for path in FILES}
    assert not [path for path in FILES if path.name.lower() == "dockerfile"]


@needs_wheel
def test_agrees_about_recorded_dockerfiles() -> None:
    """The same for every Dockerfile of the recorded corpus."""
    texts = set()
    for path in sorted((TESTDATA / "conformance").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            texts.add(json.loads(line)["dockerfile"])
    assert len(texts) > 300
    assert [text for text in sorted(texts) if ours(text) != theirs(text)] == []


PIECES = (
    "FROM a\n", "RUN ", "COPY ", "ENV ", "LABEL ", "ARG ", "ONBUILD RUN ", "onbuild copy ", "CMD ",
    "HEALTHCHECK CMD ", "SHELL ", "USER ", "VOLUME ", "EXPOSE ", "\n", "\n", "\n", "\\\n", " \\ \t\n", "\\",
    "\\\\\n", "# c\n", "  # c\n", "\t", "  ", " ", "<<EOF", "<<-EOF", "<<'EOF'", '<<"E F"', "3<<EOF", "<<$V",
    "<<E <<F", "EOF\n", "\tEOF\n", "\nEOF\n", "E\n", "F\n", "--from=x ", "--a='b c' ", '--a="b\\"c" ', "-- ",
    "--link ", "--x=é ", '["a", "b"]\n', '["a"', "[1]\n", "[]\n", "[ x", '["\\u00e9\\ud800"]\n', "[NaN]\n",
    '["a\tb"]\n', "a=b ", "a='b c' ", 'c="d e" ', "x ", "é ", "\xa0", "\u2003", "\x0b", "\x0c", "\r\n", "\r", "$V",
    "${V:-x y}", "${V", "'", '"', "`", "\'", '\\"', "=", "a\\ b ", "#", "cat", "/d/", "\\$x", "{", "<", "|",
)  # fmt: skip
HEADS = (
    "", "", "", "FROM a\n", "FROM a\n", "# escape=`\nFROM a\n", "#syntax=x\n# escape=`\n", "# ESCAPE = `  \n",
    "\ufeff", "# c\n# escape=`\n", "\n# escape=`\n", "  # escape=`\n", "#escape=x\n", "# escape=\\\n# escape=`\n",
    "# escape=  \n",
)  # fmt: skip
#: Read differently by newer versions (an escape directive counts in flags, blanks may follow `<<`), or a file with two
#: errors, of which we name the other one.
DIFFERENT = re.compile(r"`.*--|<<-?[\t\r ]|onbuild\s+onbuild", re.DOTALL | re.IGNORECASE)


@needs_wheel
@settings(max_examples=examples(1_500), deadline=None)
@given(st.sampled_from(HEADS), st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_agrees_about_made_up_files(head: str, body: str) -> None:
    """The same for whatever can be put together from the pieces of a Dockerfile."""
    text = head + body
    assume(not DIFFERENT.search(text))
    try:
        want = theirs(text)
    except UnicodeDecodeError:
        return  # a flag cut in the middle of a character: the wheel cannot say it
    assert ours(text) == want


def test_check_is_a_directive() -> None:
    """`# check=` does not end the directives."""
    assert instructions("# check=skip=all\n# escape=`\nFROM scratch\nCOPY a `\n /\n")[1].words == ("a", "/")


def test_blanks_before_a_delimiter() -> None:
    """`<< EOF` is a heredoc of RUN; COPY parts it into two sources all the same."""
    run, copy = instructions("RUN << EOF\nCOPY a /\nEOF\nCOPY << EOF /\nx\nEOF\n")
    assert [heredoc.name for heredoc in (*run.heredocs, *copy.heredocs)] == ["EOF", "EOF"]
    assert copy.words == ("<<", "EOF", "/")


def test_text_behind_an_array() -> None:
    """An array counts as JSON form only if nothing follows it."""
    (run,) = instructions('RUN ["a"] && b')
    assert (run.json, run.words) == (False, ('["a"] && b',))


def test_escape_directive_counts_in_flags() -> None:
    """A backslash in a flag is a character where the escape is a backtick."""
    copy = instructions("# escape=`\nCOPY --exclude=a\\b --chown=`x` a /")[0]
    assert copy.flags == (("exclude", "a\\b"), ("chown", "x a"))


def test_logical_line() -> None:
    """The text of an instruction has its continuations joined, and no comments."""
    (run,) = instructions("RUN one \\\n# comment\n\n  two # three\n")
    assert (run.text, run.line, run.end_line) == ("RUN one   two # three", 1, 4)


def test_heredoc_keeps_what_it_needs() -> None:
    """A heredoc knows its first line, whether tabs go and whether variables are replaced."""
    (copy,) = instructions("COPY <<-A <<'B' \\\n /d/\n\tx\n\t\ty\n\tA\n\tz\nB\n")
    first, second = copy.heredocs
    assert (first.name, first.line, first.chomp, first.expands) == ("A", 3, True, True)
    assert (first.text, first.content) == ("\tx\n\t\ty\n", "x\ny\n")
    assert (second.name, second.line, second.chomp, second.expands) == ("B", 6, False, False)
    assert second.content == "\tz\n"


NO_DESTINATION = "requires at least two arguments, but only one was provided. Destination could not be determined"


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("", "the Dockerfile cannot be empty"),
        ("\n# only\n", "file with no instructions"),
        ("ARG a\n", "dockerfile contains no stages to build"),
        ("RUN x\nFROM a\n", "no build stage in current context"),
        ("FROM a\nFOO x\n", "dockerfile parse error on line 2: unknown instruction: FOO"),
        ("FROM a\nfoo", "dockerfile parse error on line 2: unknown instruction: foo"),
        ("FROM", "dockerfile parse error on line 1: FROM requires either one or three arguments"),
        ("FROM a b", "dockerfile parse error on line 1: FROM requires either one or three arguments"),
        ("FROM a is b", "dockerfile parse error on line 1: FROM requires either one or three arguments"),
        ("FROM a AS 1", 'invalid name for build stage: "1", name can\'t start with a number or contain symbols'),
        ("FROM a AS b/c", 'invalid name for build stage: "b/c", name can\'t start with a number or contain symbols'),
        ("FROM a\nCOPY x", f"COPY {NO_DESTINATION}"),
        ("FROM a\nADD", f"ADD {NO_DESTINATION}"),
        ('FROM a\nCOPY ["x"]', f"COPY {NO_DESTINATION}"),
        ("FROM a\nCOPY x <<E\nE", "COPY cannot accept a heredoc as a destination"),
        ("FROM a\nCOPY --form=b x /", "unknown flag: --form"),
        ("FROM a\nCOPY --mount=x x /", "unknown flag: --mount"),
        ("FROM a\nADD --from=x x /", "unknown flag: --from"),
        ("FROM a\nADD --parents x /", "unknown flag: --parents"),
        ("FROM a\nENV --x a=b", "unknown flag: --x"),
        ("FROM a\nCOPY --from=a --from=b x /", "duplicate flag specified: --from"),
        ("FROM a\nCOPY --from x /", "missing a value on flag: --from"),
        ("FROM a\nCOPY --link= x /", "missing a value on flag: --link"),
        ("FROM a\nCOPY --link=maybe x /", "expecting boolean value for flag --link, not: maybe"),
        ("FROM a\nENV", "ENV requires at least one argument"),
        ("FROM a\nENV a", "ENV must have two arguments"),
        ("FROM a\nENV =b", "ENV names can not be blank"),
        ("FROM a\nENV a=b c", 'Syntax error - can\'t find = in "c". Must be of the form: name=value'),
        ("FROM a\nLABEL", "LABEL requires at least one argument"),
        ("FROM a\nARG", "ARG requires at least one argument"),
        ("FROM a\nARG =x", "ARG names can not be blank"),
        ("FROM a\nWORKDIR", "WORKDIR requires exactly one argument"),
        ("FROM a\nUSER", "USER requires exactly one argument"),
        ("FROM a\nVOLUME []", "VOLUME requires at least one argument"),
        ('FROM a\nVOLUME [" "]', "VOLUME specified can not be an empty string"),
        ("FROM a\nEXPOSE", "EXPOSE requires at least one argument"),
        ("FROM a\nSHELL bash", "SHELL requires the arguments to be in JSON form"),
        ("FROM a\nSHELL []", "SHELL requires at least one argument"),
        ("FROM a\nHEALTHCHECK", "HEALTHCHECK requires at least one argument"),
        ("FROM a\nHEALTHCHECK CMD", "Missing command after HEALTHCHECK CMD"),
        ("FROM a\nHEALTHCHECK NONE x", "HEALTHCHECK NONE takes no arguments"),
        ("FROM a\nHEALTHCHECK curl x", 'Unknown type "CURL" in HEALTHCHECK (try CMD)'),
        ("FROM a\nONBUILD", "ONBUILD requires at least one argument"),
        ("FROM a\nONBUILD ONBUILD RUN x", "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"),
        ("FROM a\nONBUILD from x", "FROM isn't allowed as an ONBUILD trigger"),
        ("FROM a\nONBUILD MAINTAINER x", "MAINTAINER isn't allowed as an ONBUILD trigger"),
        ("FROM a\nRUN --mount=from=$X y", "'from' doesn't support variable expansion, define alias stage instead"),
        ("FROM a\nRUN --mount= y", "failed to parse csv mounts"),
        ("FROM a\nRUN --mount='a,\"b' y", "failed to parse csv mounts"),
        ("FROM a\nRUN --network=x y", 'invalid network mode "x"'),
        ("FROM a\nRUN --security=x y", 'security "x" is not valid'),
        ("FROM a\nRUN <<E\nx", "unterminated heredoc"),
        ("FROM a\nRUN [1]", "when using JSON array syntax, arrays must be comprised of strings only"),
        ("# escape=x\nFROM a", "invalid escape token 'x' does not match ` or \\"),
        ("# syntax = acme/shared\nINCLUDE b", "INCLUDE is for acme/shared, a frontend that is not known here"),
        ("# syntax=mirror.acme.dev/docker/dockerfile:1.7\nINCLUDE b", "unknown instruction: INCLUDE"),
        ("# syntax=a\n# SYNTAX=b\nFROM a", "only one syntax parser directive can be used"),
        ("FROM a\nRUN " + "x" * 65532, "dockerfile line greater than max allowed size of 65535"),
    ],
    ids=lambda value: None,
)  # fmt: skip
def test_what_the_builder_refuses(text: str, want: str) -> None:
    """The message is the builder's, and the place is the line."""
    with pytest.raises(CtxscanError) as caught:
        parse(text.encode(), label="dir/Dockerfile")
    assert caught.value.message.endswith(want)
    assert re.fullmatch("dir/Dockerfile(:[12])?", caught.value.place or "")


@pytest.mark.parametrize(
    "text",
    ["ARG --x a", "STOPSIGNAL --x a", "HEALTHCHECK --x none", "CMD", "ENTRYPOINT []", "RUN", "COPY --link=TRUE a /"],
    ids=str,
)
def test_what_the_builder_lets_pass(text: str) -> None:
    """Oddities that are no error."""
    parse(f"FROM a\n{text}\n".encode(), label="Dockerfile")


@pytest.mark.parametrize(
    "text",
    [
        "ONBUILD " * 100_000,
        "RUN " + "[" * 50_000,
        "RUN [" + '"a",' * 15_000,
        "#" * 60_000 + "\n" + "# a=" + " " * 60_000 + "x\nFROM a",
        ("\\\n" * 100_000),
        "RUN " + "x \\\n" * 100_000,
        "COPY " + "<<A " * 15_000 + "\n" + "A\n" * 10,
        "RUN <<" + " " * 60_000 + "<",
        "COPY " + "--link " * 9_000 + "a /",
        "RUN --mount=" + ('"' * 30_000) + " x",
        "ENV " + "'\"" * 30_000,
        "HEALTHCHECK " + "CMD " * 15_000,
    ],
    ids=lambda text: text[:12],
)
def test_time_is_bounded(text: str) -> None:
    """No Dockerfile takes more than a moment, and none exhausts the stack."""
    start = process_time()
    with suppress(CtxscanError):
        parse(text.encode(), label="Dockerfile")
    assert process_time() - start < 5


@settings(max_examples=examples(1_000), deadline=None)
@given(
    st.binary(max_size=200)
    | st.lists(st.sampled_from(PIECES), max_size=20).map(lambda pieces: "".join(pieces).encode())
)
@example(b"\\")
@example(b"FROM a\nONBUILD <<")
def test_any_bytes_are_read_or_refused(text: bytes) -> None:
    """Nothing but `CtxscanError` is ever raised."""
    with suppress(CtxscanError):
        parse(text, label="Dockerfile")
