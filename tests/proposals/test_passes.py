"""Sources are read in few passes: what is found is what a plain expression finds that is tried everywhere, and what has
nothing to find is not looked at line by line.

Counters, not clocks: what is counted is how often something is done.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support import dirty

from ctxscan.context.tree import Tree
from ctxscan.git.index import Tracked
from ctxscan.packages import interpreters
from ctxscan.packages.go_programs import GoPrograms
from ctxscan.packages.workplace import Ran, Workplace
from ctxscan.proposals.needs import history, mentions, readers
from ctxscan.proposals.survey import Survey, survey
from ctxscan.rules.builders import BUILDKIT
from ctxscan.rules.matcher import Matcher

#: A name of a file of a key, tried at each character.
PLAIN = rb"([\w.-]+\.(?:key|pem|p12|pfx|jks|keystore|ppk|kdbx)|\bid_(?:rsa|dsa|ecdsa|ed25519))\b"
#: A text, and the names in it that may be those of keys, or of the directory `certs`, each with its line.
KEYS = {
    "a name in quotes": ("x\nread('server.key')\n", ["server.key:2"]),
    "a name at the end of a path": ("/etc/tls/a-b.c.pem\n", ["a-b.c.pem:1"]),
    "a name of SSH": ("~/.ssh/id_rsa\n", ["id_rsa:1"]),
    "one that goes on": ("id_rsa.pem id_rsa.pub\n", ["id_rsa.pem:1", "id_rsa:1"]),
    "two endings": ("a.pem.key b\n", ["a.pem.key:1"]),
    "a part of a word": ("my_id_rsa a.keys .key\n", []),
    "a property": ("if (event.key) {\n", ["event.key:1"]),
    "a directory": ("open('certs')\njoin('/', \"certs\")\ncerts\n", ["certs:1", "certs:2"]),
    "a directory in the middle of a path": ("open('/certs/cache/x')\nopen(`/certs/${name}`)\n", ["certs:2"]),
    "a directory and a key in it": ("/certs/server.key\n", ["server.key:1"]),
    "what a client has of a service": ("open('./res/google_client_secrets.json')\n", ["google_client_secrets.json:1"]),
    "settings of a service": ("open('account.json')\nsecret.pub, secrets\n", []),
    "nothing": ("certs of keys\n", []),
}
PIECES = (
    "id_rsa", "id_ed25519", ".key", ".pem", ".keystore", "id_", "a", "_", "-", ".", "/", '"', "'", " ", "\n", "certs",
    "k", "é", "y" * 70,
)  # fmt: skip


def surveyed(root: Path) -> Survey:
    return survey(Tree(str(root)), Matcher((), BUILDKIT), Tracked(None))


def named(root: Path, text: str) -> list[str]:
    (root / "a.js").write_bytes(text.encode())
    return [f"{each.name}:{each.line}" for each in readers.keys(surveyed(root))]


@pytest.mark.parametrize("case", KEYS)
def test_names_of_keys(case: str, tmp_path: Path) -> None:
    text, expected = KEYS[case]
    dirty.write(tmp_path, {"certs/x.key": "x"})
    assert named(tmp_path, text) == expected


def test_names_of_keys_are_those_of_a_plain_expression(tmp_path: Path) -> None:
    chosen = random.Random(1)
    for _ in range(300):
        text = "".join(chosen.choices(PIECES, k=chosen.randint(1, 14)))
        data = text.encode()
        found = [(match[0], 1 + data.count(b"\n", 0, match.start())) for match in re.finditer(PLAIN, data)]
        assert named(tmp_path, text) == [f"{name.decode(errors='replace')}:{line}" for name, line in found], text


class Counting:
    """An expression that counts how often it is tried."""

    def __init__(self, pattern: Any) -> None:
        self.pattern = pattern
        self.tried = 0

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def trying(*arguments: Any) -> Any:
            self.tried += 1
            return getattr(self.pattern, name)(*arguments)

        return trying


def test_a_long_word_is_no_name_at_each_character(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program in hexadecimal digits has a hundred thousand of them in a row."""
    counting = Counting(readers._KEY)
    monkeypatch.setattr(readers, "_KEY", counting)
    assert named(tmp_path, f"x = '{'0a' * 100_000}'\ny = 'b.key'\n") == ["b.key:2"]
    assert counting.tried == 1


NAMES = [b"docs", b"README.md"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("a\nb", []),
        ("docs", [1]),
        ("\n\ndocs docs README.md\nx\nREADME.md", [3, 5]),
        ("docs\n", [1]),
        ("a\ndocs\n\n", [2]),
    ],
)
def test_lines_with_a_name(text: str, expected: list[int]) -> None:
    assert mentions._numbers(text.encode(), NAMES) == expected


def test_names_that_end_alike() -> None:
    """A source without the ending of several names is asked for none of them; one name is asked for itself."""
    found = mentions._alike([b"a.md", b"docs", b"b.md", b".github", b"x.y.rst", b"Dockerfile"])
    assert found == [
        (b".md", [b"a.md", b"b.md"]),
        (b"", [b"docs", b"Dockerfile"]),
        (b"", [b".github"]),
        (b"", [b"x.y.rst"]),
    ]


def test_lines_without_a_name_are_not_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a line that has one is asked whether it is one of tests, or a remark."""
    counting = Counting(mentions._TESTING)
    monkeypatch.setattr(mentions, "_TESTING", counting)
    source = "x = 1;\n" * 500 + "open('docs/a.md');\n" + "y = 1;\n" * 500
    for name, stays in (("docs", True), ("papers", False)):
        tree = {"Dockerfile": "FROM node\nCOPY . .\n", "a.js": source.replace("docs", name), "docs/a.md": "x" * 900_000}
        root = dirty.write(tmp_path / name, tree)
        dirty.track(root, list(tree))
        found = dirty.proposed(root, dockerfile="Dockerfile", consents=("docs",))
        assert (found.after is None or not dirty.gone(found.after.rules, "docs/a.md")) is stays
        assert (counting.tried > 0) is stays and counting.tried < 10
        counting.tried = 0


#: Texts that read documents, and some that only name one.
READING = (
    "glob('*.md')", "glob('**/*.{js,md}')", "glob('*.@(md|mdx)')", "x.*.rst", "require.context('a', /\\.mdx?$/)",
    "if name.endswith('.md')", 'ext == ".rst"', 'x + ".md"', "`${a}.md`", "{a}.rst'", "test: /\\.md$/", "cmd('README.md')",
    "first.rst and last", "endswith(x)\n'.md'",
)  # fmt: skip


@pytest.mark.parametrize("text", READING)
def test_readers_of_documents_are_those_of_the_expression(text: str) -> None:
    for data in (text.encode(), f"a\n{text}\r\nb.md\n{text}".encode(), f"x.md {text} y".encode()):
        plain, found = mentions.SOME.search(data), mentions._reads_some(data)
        assert (plain and plain.span()) == (found and found.span())


#: Questions to git, and some texts that are none.
QUESTIONS = (
    "exec('git describe')", "['git', 'rev-parse', 'HEAD']", 'run("git", ["-C", x, "log"])', "git.Repo('.')", "pygit2.Repository(x)",
    "simpleGit(x)", "Rugged::Repository", "git_version!()", "tGitInfoCwd", "$(gitHash)", "`git log`", "git --no-pager show",
    "github.com/a/log", "the git repository", "digit log", "gitHub",
)  # fmt: skip


@pytest.mark.parametrize("text", QUESTIONS)
def test_questions_are_those_of_the_expression(text: str) -> None:
    plain, found = history._QUESTION.search(f"x\n{text}\n"), history._question(f"x\n{text}\n")
    assert (plain and plain.span()) == (found and found.span())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("package main\n", True), ("// x\npackage main // y\n", True), ("//go:build ignore\npackage a\n", True),
        ("package mainly\n", False), ("// package main\npackage a\n", False), ("package a\n//go:build ignored\n", False),
    ],
)  # fmt: skip
def test_programs_of_go(tmp_path: Path, text: str, expected: bool) -> None:
    """What a program is stands at the start of a line; that of another one is left out."""
    dirty.write(tmp_path, {"go.mod": "module x\n", "cmd/main.go": "package main\n"})
    go = GoPrograms(surveyed(tmp_path), lambda directory: directory == "cmd")
    assert go.leaves_out("tools", text.encode()) is expected


def test_a_program_of_several_dockerfiles_is_followed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stages that have the context in the same place run the same; another place is another matter."""
    followed: list[tuple[str, str]] = []
    plain = interpreters.program

    def following(place: Workplace, path: str, cwd: str) -> Iterator[Ran]:
        followed.append((path, cwd))
        return plain(place, path, cwd)

    monkeypatch.setattr(interpreters, "program", following)
    text = "FROM node\nWORKDIR {}\nCOPY . .\nRUN node a.js\n"
    texts = {f"{each}.Dockerfile": text.format("/app") for each in "abc"}
    texts |= {"Dockerfile": text.format("/app"), "d.Dockerfile": text.format("/other")}
    texts |= {"a.js": "require('./docs/a')\n", "docs/a.js": "x\n", "docs/b.md": "x" * 900_000}
    dirty.track(dirty.write(tmp_path, texts), list(texts))
    dirty.proposed(tmp_path, dockerfile="Dockerfile", consents=("docs",))
    assert sorted(followed) == [("a.js", "/app"), ("a.js", "/other")]
