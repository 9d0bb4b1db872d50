"""The same trees built by a real Docker engine and by buildah, and compared with ours.

What the engine answers is the only source of what is expected. Distributions ship engines whose rules are older than
ours, so the random ignore files hold only what old and new builders read alike: every candidate is tried with literal
evaluators of both (`oracle`, and the old rule below), and dropped where they differ.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from support import oracle
from support.engine import Builder, Built, Engine, File, Files
from support.examples import examples
from support.trees import TIME, lay_out

from ctxscan import Scan, scan

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="builds with engines for Linux")

#: A part of 100, as `CTXSCAN_EXAMPLES` says.
TREES = range(examples(100))
#: A rule as it is compared: negated, and the pattern's text.
Rule = tuple[bool, str]


def build(number: int, builder: Builder, engine: Engine, where: Path) -> tuple[Built, Scan, Path]:
    """What the real builder makes of a random tree, what we say of it, and the tree.

    Skips where the builder cannot be asked, or fails where `CTXSCAN_ENGINE=required` says that it must be."""
    reason = engine.absent.get(builder)
    if reason is None and os.geteuid() != 0:
        reason = "only root can make the trees: they hold devices and files that nobody may read"
    if reason is not None:
        if os.environ.get("CTXSCAN_ENGINE") == "required":
            pytest.fail(reason)
        pytest.skip(reason)
    context = lay_out(where, random_case(number)[0])
    built = engine.build(context, builder=builder)
    assert built.error is None, built.log
    return built, scan(context, builder=builder, keep_entries=True), context


@pytest.mark.engine
@pytest.mark.parametrize("number", TREES)
def test_classic_sends_and_copies_what_we_say(number: int, engine: Engine, tmp_path: Path) -> None:
    """The printed size and every path, kind, size, link and content in the image are ours."""
    built, ours, context = build(number, "classic", engine, tmp_path)
    expected = copied(ours, context)
    for path in list(expected):
        # Only there because a directory inside is: the archive has no entry for it, unpacking makes it.
        expected |= {above: File("dir") for above in oracle.parents(path)}
    for own in (".dockerignore", "Dockerfile"):
        if old_fate(random_case(number)[1], own):
            expected.pop(own, None)  # sent all the same, and taken away again before COPY looks
    assert ours.transfer.shown == built.printed
    assert expected == built.files


@pytest.mark.engine
@pytest.mark.parametrize("number", TREES)
def test_buildkit_transfers_and_copies_what_we_say(number: int, engine: Engine, tmp_path: Path) -> None:
    """The figure of the transfer and every path, kind, size, link and content in the exported tar are ours."""
    built, ours, context = build(number, "buildkit", engine, tmp_path)
    # Releases differ in what becomes of fifos, sockets and devices in an image; that they are sent, the figure shows.
    special = {entry.path for entry in ours.entries if entry.kind in ("fifo", "socket", "device")}
    assert ours.transfer.shown == built.printed
    assert without(special, copied(ours, context)) == without(special, built.files)


@pytest.mark.engine
@pytest.mark.parametrize("number", TREES)
def test_buildah_copies_what_we_say(number: int, engine: Engine, tmp_path: Path) -> None:
    """Every path, kind, size, link and content that buildah copies is ours."""
    built, ours, context = build(number, "buildah", engine, tmp_path)
    assert copied(ours, context) == built.files


def copied(ours: Scan, context: Path) -> Files:
    """What is sent, as `COPY . /` makes an image of it."""
    files: Files = {}
    for entry in ours.entries:
        if entry.kind in ("file", "hardlink"):
            content = (context / entry.path).read_bytes() if not entry.empty else b""
            digest = hashlib.sha256(content).hexdigest()
            files[entry.path] = File(entry.kind, entry.size, entry.target, digest)
        else:
            files[entry.path] = File(entry.kind, 0, entry.target)
    return files


def without(paths: set[str], files: Files) -> Files:
    return {path: file for path, file in files.items() if path not in paths}


@pytest.mark.slow
def test_the_trees_hold_what_they_are_meant_to() -> None:
    """Every construct on which builders agree, and every kind of entry, occurs in several of the hundred trees."""
    seen: Counter[str] = Counter()
    for number in range(100):
        case, rules = random_case(number)
        paths = [entry["path"] for entry in case["tree"]]
        text = case["dockerignore"] or ""
        seen.update({entry.get("type", "file") for entry in case["tree"]})
        seen.update({name for name, holds in CONSTRUCTS.items() if any(holds(pattern) for _, pattern in rules)})
        seen.update({name for name, holds in LINES.items() if holds(text)})
        seen.update(
            name
            for name, holds in {
                "more than one piece": any(len(entry.get("content_hex", "")) > 2 * 32768 for entry in case["tree"]),
                "not ASCII": any(not path.isascii() for path in paths),
                "long name": any(len(path.encode()) > 100 for path in paths),
                "all kept": bool(rules) and not any(oracle.docker_fate(rules, path) for path in paths),
                "some excluded": any(oracle.docker_fate(rules, path) for path in paths),
                "brought back": any(brought_back(rules, path) for path in paths),
                "own files excluded": any(old_fate(rules, own) for own in (".dockerignore", "Dockerfile")),
                "no ignore file": case["dockerignore"] is None,
            }.items()
            if holds
        )
    print(dict(seen))
    assert {name: count for name, count in seen.items() if count < 5} == {}
    assert len(seen) == len(KINDS) + len(CONSTRUCTS) + len(LINES) + 8


KINDS = ("file", "dir", "symlink", "hardlink", "fifo", "socket", "chardev")

CONSTRUCTS: dict[str, Callable[[str], bool]] = {
    "literal": lambda text: not set(text) & set("*?[\\"),
    "star": lambda text: re.search(r"(^|[^*\\])\*($|[^*])", text) is not None,
    "question mark": lambda text: "?" in text,
    "class": lambda text: re.search(r"(^|[^\\])\[[^^]", text) is not None,
    "negated class": lambda text: "[^" in text,
    "escape": lambda text: "\\" in text,
    "leading **": lambda text: text.startswith("**/"),
    "trailing **": lambda text: text.endswith("/**"),
    "** between": lambda text: "/**/" in text,
    "lone **": lambda text: text == "**",
}

LINES: dict[str, Callable[[str], bool]] = {
    "exception": lambda text: re.search(r"^\s*!", text, re.MULTILINE) is not None,
    "comment": lambda text: re.search(r"^#", text, re.MULTILINE) is not None,
    "blank line": lambda text: re.search(r"^[ \t]*\r?\n", text, re.MULTILINE) is not None,
    "CRLF": lambda text: "\r\n" in text,
    "byte order mark": lambda text: text.startswith("\ufeff"),
    "leading slash": lambda text: re.search(r"^/", text, re.MULTILINE) is not None,
    "trailing slash": lambda text: re.search(r"/\r?$", text, re.MULTILINE) is not None,
    "leading dot": lambda text: re.search(r"^\./", text, re.MULTILINE) is not None,
    "trailing blank": lambda text: re.search(r"[ \t]\r?$", text, re.MULTILINE) is not None,
    "unfinished line": lambda text: bool(text) and not text.endswith("\n"),
}


# -- random trees ------------------------------------------------------------------------------------------------------

NAMES = (
    "a", "b", "ab", "c.d", "src", "lib", "node_modules", "dist", "x.js", "y.js", "z.log", "main.go", "README.md",
    ".env", ".cache", "data.bin", "d1", "d2", "Makefile", "test",
)  # fmt: skip
ODD_NAMES = (
    "a b", "é", "e\u0301", "日本語", "a+b", "x(1)", "[z]", "st*r", "wh?t", "q{2}", "p|q", "^up", "co$t", "#hash",
    "!bang", "-dash", "back\\slash", "new\nline", "tab\there", "~tilde", "per%20cent", "k" * 99, "l" * 100, "m" * 101,
    "n" * 150 + ".txt", "é" * 60, "o" * 60, "p" * 80,
)  # fmt: skip
SIZES = (0, 1, 17, 100, 511, 512, 513, 4096, 32767, 32768, 32769, 65536, 100_001)
TIMES = (TIME, TIME + 123_456_789, 0, 1, -1, -(10**18), (8**11 - 1) * 10**9, 8**11 * 10**9, 127, 128)
TARGETS = ("a", "../b", "nowhere", "/etc/passwd", "../../../out", ".", "é/ü", "t" * 100, "t" * 101, "u/" * 90)


@cache
def random_case(number: int) -> tuple[dict[str, Any], list[Rule]]:
    """A tree with an ignore file, as trees.py lays it out, and the rules in that file. A third are so small that the
    figures are printed to the byte."""
    random = Random(20_000 + number)
    tree = _random_tree(random, small=number % 3 == 0)
    dockerfile = "FROM scratch\nCOPY . /\n" + "#" * random.choice((0, 0, 400, 600))
    case: dict[str, Any] = {"tree": tree, "dockerfile": dockerfile, "dockerignore": None}
    if number % 10 == 0:
        return case, []
    directories = {above for entry in tree for above in oracle.parents(entry["path"])}
    directories |= {entry["path"] for entry in tree if entry.get("type") == "dir"}
    files = {entry["path"] for entry in tree} | {"Dockerfile", ".dockerignore"}
    everything = sorted(directories | files)
    while True:
        rules = [_random_rule(random, random.choice(everything)) for _ in range(random.choice((1, 2, 3, 5, 8)))]
        if number % 2:
            rules += _random_exception(
                random, random.choice([each for each in everything if "/" in each] or everything)
            )
        if read_alike(rules, directories, files - directories):
            return case | {"dockerignore": _random_text(random, rules)}, rules


def _random_tree(random: Random, *, small: bool) -> list[dict[str, Any]]:
    directories, tree = [""], []
    names = NAMES if random.random() < 0.4 else NAMES + ODD_NAMES
    taken = {"Dockerfile", ".dockerignore"}

    def place(names: Sequence[str] = names) -> str:
        while True:
            path = (
                random.choice(directories) + random.choice(names) + random.choice(("", "", str(random.randrange(99))))
            )
            if path not in taken and f"{path}/" not in directories and len(path.encode()) < 900:
                taken.add(path)
                return path

    for _ in range(random.randint(0, 2 if small else 8)):
        path = place()
        directories.append(f"{path}/")
        tree.append(_dated(random, {"path": path, "type": "dir"}, ("0755", "0755", "0700", "1777", "2755")))
    for _ in range(random.randint(1, 5) if small else random.randint(5, 40)):
        size = random.randint(0, 40) if small else random.choice(SIZES)
        entry = {"path": place(), "content_hex": random.randbytes(size).hex()}
        tree.append(_dated(random, entry, ("0644", "0644", "0755", "0600", "4755", "0000")))
    regular = [entry["path"] for entry in tree if "content_hex" in entry]
    for kind in KINDS[2:]:
        for _ in range(random.choice((0, 0, 1) if small else (0, 1, 2))):
            # The name of a socket is an address, which may not be as long as others.
            entry = {"path": place(NAMES if kind == "socket" else names), "type": kind}
            if kind == "symlink":
                entry["target"] = random.choice((*TARGETS, *regular))
            elif kind == "hardlink":
                entry["target"] = random.choice(regular)
            tree.append(entry)
    return tree


def _dated(random: Random, entry: dict[str, Any], modes: Sequence[str]) -> dict[str, Any]:
    return entry | {"mode": random.choice(modes), "mtime_ns": random.choice(TIMES)}


def _random_rule(random: Random, path: str) -> Rule:
    parts = path.split("/")
    head, name = parts[: random.randint(1, len(parts))], parts[-1]
    texts = [_random_name(random, part) for part in head]
    form = random.randrange(12)
    if form < 5:
        text = "/".join(texts)
    elif form < 7:
        text = "**/" + _random_name(random, name)
    elif form == 7:
        text = "/".join(texts) + "/**"
    elif form == 8:
        text = "/".join(texts) + "/*"
    elif form == 9:
        text = texts[0] + "/**/" + _random_name(random, name)
    elif form == 10:
        text = "*" + "".join(re.findall(r"\.\w+$", name)) if random.random() < 0.5 else "**/*" + name[-1:]
        text = _printable(text)
    else:
        text = random.choice(("*", "**", "**", "*/*", "?", "*/?", "**/?*", "**/[a-l]*", ".*"))
    return random.random() < 0.3, text


def _random_exception(random: Random, path: str) -> list[Rule]:
    """Excludes a directory and brings something in it back."""
    parts = path.split("/")
    top = "/".join(_escaped(part) for part in parts[: random.randint(1, len(parts))])
    end = random.choice(("", "", "/*", "/**")) if "/" in path else ""
    whole = "/".join(_escaped(part) for part in parts) if end == "" else top
    return [(False, random.choice((top, _random_name(random, parts[0]), "*"))), (True, whole + end)]


def _escaped(name: str) -> str:
    return _printable("".join(_pieces(name)))


def _pieces(name: str) -> list[str]:
    """The characters of a pattern that matches only this name."""
    pieces = [f"\\{c}" if c in "*?[]\\+(){}|^$" else c for c in name]
    pieces[0] = f"\\{name[0]}" if name[0] in "#!" else pieces[0]
    return pieces


def _random_name(random: Random, name: str) -> str:
    """A pattern that matches this name, among others perhaps."""
    pieces = _pieces(name)
    at = random.randrange(len(pieces))
    form = random.randrange(8)
    if form == 0:
        pieces[at:] = ["*"]
    elif form == 1:
        pieces[:at] = ["*"]
    elif form == 2:
        pieces[at] = "?"
    elif form == 3 and name[at].isalnum():
        pieces[at] = random.choice(("[{}]", "[{}z]", "[^z{}]", "[^q]")).format(name[at])
    elif form == 4 and name[at] in ".-%~ ":
        pieces[at] = f"\\{name[at]}"
    return _printable("".join(pieces))


def _printable(text: str) -> str:
    """New builders refuse control characters in patterns."""
    return re.sub(r"\\?[\n\t]", "?", text)


def _random_text(random: Random, rules: list[Rule]) -> str:
    """The rules as lines, written in the ways that all builders read alike."""
    end = random.choice(("\n", "\n", "\r\n"))
    lines = []
    for negated, text in rules:
        for filler in ("# a comment", "", "  \t"):
            if random.random() < 0.1:
                lines.append(filler)
        form = random.randrange(12)
        if form == 0:
            text = f"/{text}"
        elif form == 1:
            text = f"./{text}"
        elif form == 2:
            text = f"{text}/"
        elif form == 3:
            text = text.replace("/", random.choice(("//", "/./", "/x/../")))
        line = "!" * negated + text
        lines.append({4: f"  {line}", 5: f"{line} \t"}.get(form, line))
    mark = "\ufeff" if random.random() < 0.2 else ""
    return mark + end.join(lines) + random.choice((end, end, ""))


# -- where old and new builders agree ----------------------------------------------------------------------------------


def old_fate(rules: list[Rule], path: str) -> bool:
    """Whether Docker 20.10 excludes `path`: the last rule that matches it, or the directory above it that has as many
    components as the rule."""
    excluded, above = False, path.split("/")[:-1]
    for negated, pattern in rules:
        depth = pattern.count("/") + 1
        tried = [path, *(["/".join(above[:depth])] if depth <= len(above) else [])]
        if any(oracle.buildah_match(pattern, each) for each in tried):
            excluded = not negated
    return excluded


def brought_back(rules: list[Rule], path: str) -> bool:
    return not oracle.docker_fate(rules, path) and any(oracle.docker_fate(rules, each) for each in oracle.parents(path))


def read_alike(rules: list[Rule], directories: set[str], files: set[str]) -> bool:
    """Whether builders old and new keep the same entries, and none of them arrives empty."""
    exceptions = [pattern for negated, pattern in rules if negated]
    trimmed = [pattern.removesuffix("/**").removesuffix("/*") for pattern in exceptions]
    wild = any(set(pattern) & set("*[]?^\\") for pattern in trimmed)

    def named(directory: str) -> bool:
        return any(f"{pattern}/".startswith(f"{directory}/") for pattern in exceptions)

    def below(directory: str) -> bool:
        return any(f"{pattern}/".startswith(directory) for pattern in exceptions)

    def any_below(directory: str) -> bool:
        return wild or any(f"{pattern}/".startswith(f"{directory}/") for pattern in trimmed)

    def kept(fate: Callable[[list[Rule], str], bool], walks: Callable[[str], bool]) -> set[str]:
        gone = {each for each in directories if fate(rules, each) and not walks(each)}
        return {
            each
            for each in directories | files
            if not fate(rules, each) and not any(above in gone for above in oracle.parents(each))
        }

    try:
        new = kept(oracle.docker_fate, any_below)
        others = (
            kept(oracle.docker_fate, named),  # newer classic builders
            kept(old_fate, named),
            kept(oracle.buildah_fate, below),
        )
    except oracle.Refused:
        return False
    # Old BuildKit sends a directory that an exception could bring something back in, also if nothing is.
    owed = {each for each in directories if each not in new and named(each)}
    empty = {each for each in owed if not any(path.startswith(f"{each}/") for path in new)}
    withheld = any(oracle.docker_second_look(rules, each) for each in new)
    return all(each == new for each in others) and not empty and not withheld
