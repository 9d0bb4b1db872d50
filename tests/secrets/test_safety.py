"""Secrets: no value gets out, hostile files cost no more than others, and looking at names costs next to nothing."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from types import FrameType
from unittest.mock import Mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.examples import examples
from support.trees import TESTDATA

from ctxscan.secrets import assignments
from ctxscan.secrets.judgement import Strength, masked
from ctxscan.secrets.names import ROWS
from ctxscan.secrets.scope import own_tests, readable, screen, third_party
from ctxscan.secrets.search import EVERY as TOKENS
from ctxscan.secrets.verdict import assignment, judge

sys.path.append(str(TESTDATA / "secrets"))
from made import Made

#: One path for every way in which a file can be read.
PATHS = list({(row.reader, row.notation): row.misses[0].split(": ")[0] for row in ROWS}.values())
PATHS += ["a.py", "a.yaml", "a.json", "a.xml", "a.toml", "Dockerfile", "a.md"]
LABEL = "-----BEGIN PRIVATE" + " KEY-----"


# ---- a value stays where it was found ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made() -> Made:
    """To make keys takes a while."""
    return Made(11)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("row", [row for row in ROWS if row.hits], ids=lambda row: row.kind)
def test_no_judgement_holds_a_value(row: object, made: Made) -> None:
    """Nothing of what was planted is in it, but the masked start."""
    for example in row.hits:  # type: ignore[attr-defined]
        made.planted.clear()
        path, _, text = example.partition(": ")
        data = made.fill(text)
        told = repr(judge(path, data, size=len(data)))
        pieces = [piece for value in made.planted for piece in value.split("\n") if len(piece) > 5]
        assert not [piece for piece in pieces if piece in told or piece[4:] in told], example


def test_no_token_is_told() -> None:
    """Nor by what weighs one assignment."""
    made = Made(12)
    for token in TOKENS:
        for text in token.hits:
            made.planted.clear()
            value = made.fill(text).decode()
            told = repr(assignment("TOKEN", value))
            assert not [piece for piece in made.planted if len(piece) > 5 and piece[4:] in told]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a" * 40, "aaaa****"),
        ("abcdefgh", "ab****"),
        ("abc", "****"),
        ("", "****"),
        ("\x1b[31mred and more", "****"),
        ("ünïcödé and more", "****"),
    ],
)
def test_a_value_is_masked(value: str, shown: str) -> None:
    """A quarter of it at most, four characters at most, and nothing that a terminal would obey."""
    assert masked(value) == shown


def test_a_key_is_reported_once_however_it_is_wrapped() -> None:
    """Line ends, indentation and escapes are no part of a key: four copies in one file are one secret."""
    pem = Made(3).pem("PRIVATE KEY")
    text = "\n\n".join((pem, pem.replace("\n", "\r\n"), "  " + pem.replace("\n", "\n  "), pem.replace("\n", "\\n")))
    assert [each.line for each in judge("a.pem", text.encode(), size=len(text))] == [1]


def test_a_file_that_was_not_read_to_its_end_says_so() -> None:
    """In the reason, whatever the verdict."""
    data = b"A=1\nDB_PASSWORD=%s\n" % Made(2).password("12").encode()
    (confirmed,) = judge(".env", data, size=5_000_000)
    assert confirmed.reason.endswith("only 29 bytes of 5000000 bytes were read")
    (cleared,) = judge(".env", b"A=1\n", size=5_000_000)
    assert cleared.verdict == "cleared" and "were read" in cleared.reason


# ---- hostile files -------------------------------------------------------------------------------------------------


@given(st.sampled_from(PATHS), st.binary(max_size=300))
@settings(max_examples=examples(300), deadline=None)
def test_no_bytes_can_break_it(path: str, data: bytes) -> None:
    """Whatever the name and the content."""
    judge(path, data, size=len(data))


pieces = st.sampled_from(
    [*":={}[]<>\"'\\#-|!&*$@%\n \t/,;", "key", "password", "kind: Secret\n", "://a:b@", "eyJ", LABEL]
)


@given(st.sampled_from(PATHS), st.lists(pieces, max_size=40).map("".join))
@settings(max_examples=examples(500), deadline=None)
def test_no_syntax_can_break_it(path: str, text: str) -> None:
    """Nor can text that is nearly what the readers expect."""
    judge(path, text.encode(), size=len(text))


@pytest.mark.sampled(9)
@pytest.mark.parametrize(
    "piece",
    [
        *(
            "a",
            " ",
            "\n",
            '"',
            '\\"',
            "{",
            "[",
            "<",
            "<!--",
            '<a b="',
            "- ",
            "a: |\n",
            "password=",
            'password: "',
            "${",
        ),
        *("://a:", "@", "eyJ", "eyJa.", LABEL, LABEL + "\n", "AKIA", "secret key=", "xoxb-1-", "sk-aaaaaaaaaaT3BlbkFJ"),
        *(
            "PuTTY-User-Key-File-2:",
            "server=;password=",
            "RUN <<A\n",
            "machine a login b password c ",
            "INSERT INTO a ",
        ),
        *("LS0tLS1CRUdJTiB", "kind: Secret\ndata:\n  a: ", "Authorization: Basic ", "'password' => '", "a:b:c:d:e\n"),
    ],
)
@pytest.mark.parametrize(
    "path", [".env", "a.yaml", "a.json", "a.xml", "wp-config.php", ".pgpass", "x.tfstate", "a.har"]
)
@pytest.mark.parametrize("size", [1 << 16, pytest.param(1 << 19, marks=pytest.mark.slow)])
def test_time_is_linear_in_the_size(size: int, path: str, piece: str) -> None:
    """Half a megabyte of anything is judged in a moment."""
    data = (piece.encode() * size)[:size]
    start = time.process_time()
    judge(path, data, size=len(data))
    assert time.process_time() - start < 5


WORST = {
    "names": "password: abcdefgh1\n",
    "more names": "password«digits:6»: kilimanjaro«digits:4»\n",
    "runs": "0a0a0a0a0a0a0a0a0a-",
    "values": 'key = "0a0b0c0d0e0f0a0b',
    "query": "?key=a0b1c2d3e4f5g6h7&",
    "parts": "a=b=c1d2e3f4a5b6c7d8=",
    "commands": "curl -u a:b -H 'Authorization: Bearer «word:30»' --token ",
    "continued": " -u a:b \\\n",
}


@pytest.mark.parametrize(
    "text",
    [
        *(pytest.param(text, id=name) for name, text in WORST.items()),
        *(
            pytest.param(token.hits[0], id=f"{token.kind}-{number}", marks=() if number % 20 == 0 else pytest.mark.slow)
            for number, token in enumerate(TOKENS)
        ),
    ],
)
def test_work_grows_with_the_size(text: str) -> None:
    """Four times as much of what a rule likes best takes no more than four times as many calls, and some to begin."""
    piece = Made(6).fill(text)[:-1]

    def work(size: int) -> int:
        data = (piece * (size // len(piece) + 1))[:size]
        return calls(lambda: [str(each) for each in judge("a.sh", data, size=size, deep=True)][:0])

    work(1 << 14)  # what is only done once
    assert work(1 << 14) < 5 * work(1 << 12) + 5000


def test_a_list_of_secrets_is_told_in_part() -> None:
    """Somebody who has thousands of them knows it after fifty."""
    data = b"".join(b"u%d:$apr1$abcdefgh$%022d\n" % (number, number) for number in range(5000))
    assert len(judge(".htpasswd", data, size=len(data))) == 50


# ---- scope ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "is_theirs"),
    [
        *(
            (path, True)
            for path in ("node_modules/a/.env", "a/.venv/x", "lib/python3/site-packages/a", "x.dist-info/a")
        ),
        *((path, True) for path in ("vendor/bundle/a", "vendor/a/b/c", ".m2/repository/a", ".gradle/caches/a")),
        *(
            (path, False)
            for path in ("my_node_modules/.env", "vendor/key.pem", ".gradle/gradle.properties", ".m2/settings.xml")
        ),
        *((path, False) for path in ("node_modules", "site-packages.txt", ".cargo/credentials")),
    ],
)
def test_third_party_trees_are_known_by_whole_components(path: str, is_theirs: bool) -> None:
    """A tree of dependencies is weighed as a whole."""
    assert third_party(path) is is_theirs


def test_own_tests_weigh_little() -> None:
    """A key among the tests is told, as low; a directory that only sounds like tests is none."""
    pem = Made(4).pem("PRIVATE KEY").encode()
    for path in (
        "tests/a.pem",
        "pkg/testdata/a.pem",
        "spec/fixtures/a.pem",
        "testing/a.pem",
        "src/application-test.properties",
    ):
        assert own_tests(path)
        assert [each.severity for each in judge(path, pem, size=len(pem))] == [Strength.LOW]
    for path in ("testimonials/a.pem", "api-testing/a.pem", "latest/a.pem"):
        assert not own_tests(path)
        assert [each.severity for each in judge(path, pem, size=len(pem))] == [Strength.CRITICAL]


@pytest.mark.parametrize(
    ("path", "size", "worth_it"),
    [
        *((path, 100, True) for path in ("a.py", "Makefile", "src/app.yaml", "notes.txt", "dist/app.js")),
        *(
            (path, 100, False)
            for path in ("a.png", "yarn.lock", "a.min.js", "go.sum", "node_modules/a.js", ".git/HEAD")
        ),
        ("a.py", 0, False),
        ("a.py", 65537, False),
    ],
)
def test_small_texts_that_are_written_here_are_worth_reading(path: str, size: int, worth_it: bool) -> None:
    """Without a name in the table."""
    assert readable(path, size) is worth_it


def test_dependencies_are_looked_into_on_demand() -> None:
    """As low as the project's own tests."""
    pem = Made(4).pem("PRIVATE KEY").encode()
    path = "node_modules/a/key.pem"
    assert judge(path, pem, size=len(pem)) == ()
    assert [each.severity for each in judge(path, pem, size=len(pem), deep=True)] == [Strength.LOW]


def test_names_with_line_ends_are_screened_too() -> None:
    """They would put two names where there is one."""
    assert screen(["a\nb.py", ".env", "c.py"], "") == [".env"]


def test_screening_a_directory_costs_next_to_nothing() -> None:
    """Two look-ups a name, and no function is called for one: ten thousand names take as many calls as ten."""
    names = [f"component_{number}.tsx" for number in range(10_000)]
    screen(names, "src")
    few, many = (calls(lambda some=some: screen(some, "src/components")) for some in (names[:10], names))
    assert 0 < many == few


def calls(work: Callable[[], list[str]]) -> int:
    """How many functions `work` calls, those of the interpreter included, to find nothing."""
    count = 0

    def look(_frame: FrameType, event: str, _value: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(look)
    try:
        found = work()
    finally:
        sys.setprofile(None)
    assert found == []
    return count


def test_importing_it_imports_nothing_heavy() -> None:
    """Parsers and hashes come when there is something to parse and to hash."""
    script = "import sys, ctxscan; before = set(sys.modules); import ctxscan.secrets; print(*set(sys.modules) - before)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert not {"json", "hmac", "hashlib", "urllib.parse", "xml", "yaml"} & set(loaded)


def test_one_value_under_many_names_is_weighed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look takes time that grows with the text: 10,000 of them would take seconds."""
    weighed = Mock(wraps=assignments.weighed)
    monkeypatch.setattr(assignments, "weighed", weighed)
    data = b"".join(b"NAME%d_PASSWORD=kaninchen\n" % number for number in range(1000))
    assert [each.line for each in judge(".env", data, size=len(data))] == [1]
    assert weighed.call_count == 1
