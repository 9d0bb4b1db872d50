"""The quick looks at content: what they pass over holds nothing that the closer look would find."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from unittest.mock import Mock

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.examples import examples
from support.trees import TESTDATA

from ctxscan.secrets import assignments, literals, logins, search, telling
from ctxscan.secrets.case import Case
from ctxscan.secrets.randomness import is_drawn
from ctxscan.secrets.runs import runs
from ctxscan.secrets.syntax.field import Field
from ctxscan.secrets.syntax.json import _TOKEN, json
from ctxscan.secrets.syntax.lines import lines as settings_by_line
from ctxscan.secrets.syntax.yaml import yaml
from ctxscan.secrets.verdict import _outer, judge, without_sums

sys.path.append(str(TESTDATA / "secrets"))
from made import Made

#: Every piece of JSON and its relatives, also what says nothing.
EVERY_TOKEN = r'(?m)"((?:[^"\\\n]|\\.)*+)(?:"|\\?$|(?=\n))|([{}\[\],:])|//[^\n]*+|[^\s{}\[\],:"/]++'

signs = st.sampled_from(
    [*'"""{}[]:,/\\ \n\r_-.;=x1ä', "//", '": "', '", "', "\\u0073", "\\w", "\0", "İ", "\u212a", "\u017f", "\ufffd"]
)
words = st.sampled_from(
    """
    Password passwd pass_phrase passCode secret TOKEN Secrets-Key api.key apiSecret privateKey private_key_pem PASS dbPwd
    pw salt key base KEY_BASE credentials _PROD Production -v2 Dev 12 _b64 name value Word server= ;Pwd= jdbc:
    service_role_key
    """.split()
)
texts = st.lists(st.one_of(signs, words, st.text(max_size=2)), max_size=30).map("".join)


@given(texts)
@example('a/"b"//"c\n"d\\"e\\\n"f')
@settings(max_examples=examples(2_000), deadline=None)
def test_strings_and_marks_are_found_without_what_is_between_them(text: str) -> None:
    """The pieces that count are the same, in the same places."""
    found = [(each.span(), each.groups()) for each in re.finditer(EVERY_TOKEN, text) if each.lastindex]
    assert [(each.span(), each.groups()) for each in re.finditer(_TOKEN, text) if each.lastindex] == found


lines = st.lists(
    st.sampled_from(
        [
            *(
                "\t",
                "#",
                "-",
                "%",
                "[",
                "]",
                "|",
                ">",
                "|-",
                "é",
                "\u2028",
                "İ",
                "\n",
                "\r\n",
                "\n  ",
                "\n    ",
                "- ",
                "---\n",
            ),
            *("a:", "b: ", "x1", "'q'", '"v"', "&a ", "!vault |", "{a: b, token: c}", "name: ", "value: ", "key: "),
            *("default: ", "password: ", "secret:", "PASS=x"),
        ]
    ),
    max_size=24,
).map("".join)


@given(lines)
@settings(max_examples=examples(3_000), deadline=None)
def test_no_announcing_name_in_yaml_is_left_out(text: str) -> None:
    """Where only the lines with telling words are read, what has a telling name is the same."""

    def announcing(fields: Iterator[Field]) -> list[Field]:
        return [each for each in fields if telling.announces(assignments.called(_outer(each, "yaml")))]

    assert announcing(yaml(text, words=telling.ANNOUNCING)) == announcing(yaml(text))


settings_of_lines = st.lists(
    st.sampled_from(
        [
            *(
                "\n",
                "\n",
                "\n",
                "\r\n",
                " ",
                "=",
                " = ",
                ": ",
                "#",
                ";",
                "//",
                "[secrets]\n",
                "[a]\n",
                "x1",
                "'q w'",
                '"v"',
                "İ",
            ),
            *(
                'variable "db_password" {\n',
                'variable "a" {\n',
                "}\n",
                "default = ",
                "value=",
                "key = ",
                "keys",
                "export ",
            ),
            *(
                "env = ",
                "{ token = 'y', a = b }",
                "SetEnv PASS z",
                'Environment="A_SECRET=b"',
                "password",
                "TOKEN",
                "a.b",
            ),
        ]
    ),
    max_size=24,
).map("".join)


@given(settings_of_lines)
@settings(max_examples=examples(3_000), deadline=None)
def test_no_announcing_name_in_lines_is_left_out(text: str) -> None:
    """The same where each setting has its line."""

    def announcing(fields: Iterator[Field]) -> list[Field]:
        return [each for each in fields if telling.announces(assignments.called(_outer(each, "lines")))]

    assert announcing(settings_by_line(text, words=telling.ANNOUNCING)) == announcing(settings_by_line(text))


names = st.lists(st.one_of(words, signs), max_size=5).map("".join)


@given(st.one_of(texts, names.map('{{"{}": ["x"]'.format), names.map('"name": "{}", "value": "x"'.format)))
@example('{"name": "db-PASSWORD ", "value": "x"}')
@example('{"privateKeyPem_PROD-2": 1')
@settings(max_examples=examples(3_000), deadline=None)
def test_no_announcing_string_is_passed_over(text: str) -> None:
    """Where a value in JSON has a telling name, the text has such a string, however it is written."""
    if any(telling.announces(field.name) for field in json(text)):
        assert telling.has_announcing_string(text.encode(errors="replace").lower())


@given(
    st.lists(
        st.sampled_from(
            ["server=a;", "Pwd=", "PASSWORD = ", "jdbc:", "x1Y9", "pa\u017f\u017fword=", ";", " ", "\n", "="]
        ),
        max_size=12,
    )
)
@settings(max_examples=examples(2_000), deadline=None)
def test_no_connection_string_is_passed_over(pieces: list[str]) -> None:
    """What has a password in it is not left out for lack of one."""
    text = "".join(pieces)
    found = [line for line in text.split("\n") if re.search(logins._CONNECTION, line)]
    assert set(found) <= {line for _, line in logins._lines_with_password(text)}


tokens = st.sampled_from(
    [*"AJK_-.~&hdx0Z", "hooks/1", "dapi", "AKIA7", "eyJ", "ghp_", "xoxb-", "8Q~", "&sig=", "0" * 32, "a" * 22]
)


@given(st.lists(tokens, max_size=6).map(lambda pieces: "".join(pieces).encode()))
@settings(max_examples=examples(1_000), deadline=None)
def test_a_gate_is_tried_wherever_its_first_character_stands(data: bytes) -> None:
    """No gate is passed by unasked."""
    assert search.suspicious(data) == any(re.search(gate, data) for gate in search.GATES)


@pytest.mark.parametrize("wall", [" ", "_", "x", "\n", "é"])
def test_many_kinds_at_once_are_found_as_one_by_one(wall: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What rows bring as hits and misses, in one text, with anything between them: asking for the words of the text
    leaves out no kind that a search for each hint finds, no place of it, and the order is the same."""
    made = Made(7)
    texts = [made.fill(text) for token in search.EVERY for text in (*token.hits, *token.misses)]
    data = (wall * 80).encode().join(texts)

    def found() -> tuple[object, ...]:
        case = Case("x.txt", data, size=len(data))
        search.judge_every(case)
        return case.judgements(None)

    monkeypatch.setattr("ctxscan.secrets.case.MOST", 100_000)
    at_once = found()
    monkeypatch.setattr(search.Hints, "among", lambda self, text, _: [hint for hint in self.kinds if hint in text])
    every = search._kinds()._replace(begun=frozenset())
    monkeypatch.setattr(search, "_kinds", lambda: every)
    assert len(at_once) > 30
    assert found() == at_once


def test_every_hint_is_where_it_is_looked_for() -> None:
    """In a piece as long as a token, unless it says that it stands apart."""
    made = Made(11)
    assert search._APART.issubset(hint for token in search.EVERY for hint in token.hints)
    for token in search.EVERY:
        for hit in token.hits:
            data = made.fill(hit)
            long = search._said(data).long
            there = [hint for hint in token.hints if hint.encode() in data and hint not in search._APART]
            assert not there or any(hint.encode() in long for hint in there), hit


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("package-lock.json", '"integrity": "sha512-{}=="'.format("aB3d" * 21 + "xY")),
        ("pnpm-lock.yaml", "resolution: {{integrity: sha512-{}==}}".format("AKIA" * 21 + "xY")),
        ("go.sum", "example.org/a v1.0.0 h1:{}=".format("aB3" * 14 + "x")),
        ("poetry.lock", 'hash = "sha256:{}"'.format("0a" * 32)),
        ("Cargo.lock", 'checksum = "{}"'.format("0a" * 32)),
    ],
    ids=["npm", "pnpm", "go", "poetry", "cargo"],
)
def test_sums_of_packages_are_passed_over_and_what_is_beside_them_is_not(name: str, text: str) -> None:
    """With `--deep`, in files that a package manager writes: a line stays where it is."""
    bare = without_sums(text.encode())
    assert len(bare) == len(text) and not list(runs(bare))
    data = Made(3).fill(f"{text}\n{text}\nresolved https://x:«github»@example.org\n")
    found = judge(name, data, size=len(data), deep=True)
    assert [(each.verdict, each.line, each.kind) for each in found] == [("confirmed", 3, "github")]


# ---- how much is looked at -----------------------------------------------------------------------------------------


def test_only_strings_beside_telling_names_are_weighed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A value is looked at closely where a name before it says something: two of two thousand here."""
    weighed = Mock(side_effect=is_drawn)
    monkeypatch.setattr(literals, "is_drawn", weighed)
    lines = [f'note{number} = check("a{number}B!x7q(Z")\n' for number in range(2_000)]
    data = "".join((*lines, 'password = "xK3!vQ9z&tR"\n', 'secret = "mB7?wN2c*pL"\n')).encode()
    case = Case("a.py", data, size=len(data))
    literals.judge_made_up(case)
    assert [each.line for each in case.judgements(None)] == [2_001, 2_002]
    assert weighed.call_count <= 4


def test_only_telling_lines_of_yaml_become_fields() -> None:
    """A description of an interface has thousands of lines, and few names that announce anything."""
    text = "".join(f"  field{number}:\n    type: string\n    description: >\n      A token.\n" for number in range(500))
    found = list(yaml(f"paths:\n{text}auth:\n  password: x1\n", words=telling.ANNOUNCING))
    assert [(each.name, each.value, each.parents) for each in found] == [("password", "x1", ("auth",))]


def test_only_telling_lines_of_settings_become_fields() -> None:
    """Few of them have a name that announces anything."""
    text = "".join(f"[part{number}]\nname = a\nport = {number}\n" for number in range(500))
    found = list(settings_by_line(f"{text}password = x1\n", words=telling.ANNOUNCING))
    assert [(each.name, each.value, each.parents) for each in found] == [("password", "x1", ("part499",))]


def test_the_words_of_a_text_are_looked_up_once() -> None:
    """For all kinds of tokens: those in the whole text, and those around its runs."""
    data = b" ".join(b"name_%d=ghp_%s" % (number, b"a1B2c3D4e5F6g7H8i9" * 2) for number in range(50))
    case = Case("a.txt", data, size=len(data))
    search._said.cache_clear()
    search.judge_every(case)
    assert search._said.cache_info().misses == 1
