"""Work is bounded: what would take for ever, or all memory, ends with an error that names the limit.

Counters, not clocks: what is counted is how often something is done.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from support import projects
from support.trees import TESTDATA

from ctxscan import system
from ctxscan.builds import build
from ctxscan.checks.secrecy import inspection
from ctxscan.cli import run as command
from ctxscan.config.allow import MOST_ALIKE, Allow, Lookup
from ctxscan.context.tree import Tree
from ctxscan.dockerfile import resolver, stages
from ctxscan.errors import CtxscanError
from ctxscan.facts import scan
from ctxscan.findings import Finding
from ctxscan.image import layers
from ctxscan.opinions import review
from ctxscan.rules import automaton, ignorefile, matcher
from ctxscan.rules.grammars import DockerPattern
from ctxscan.rules.lookup import Program
from ctxscan.secrets.redaction import redacted
from ctxscan.secrets.verdict import spoken

sys.path.append(str(TESTDATA / "secrets"))
from made import Made

COPY_ALL = "FROM scratch\nCOPY . /\n"


#: What each stage copies from the one before it, and how much there is then of the one file to begin with.
DOUBLED = {
    "beside": "FROM scratch AS s{at}\nCOPY --from=s{below} / /l/\nCOPY --from=s{below} / /r/\n",
    "below": "FROM s{below} AS s{at}\nCOPY --from=s{below} / /l/\nCOPY --from=s{below} / /r/\n",
    "owned": "FROM scratch AS s{at}\nCOPY --chown={at} --from=s{below} / /l/\nCOPY --from=s{below} / /r/\n",
    "less": "FROM scratch AS s{at}\nCOPY --exclude=*.{at} --from=s{below} / /l/\nCOPY --from=s{below} / /r/\n",
    "read": "FROM b AS s{at}\nCOPY --from=s{below} / /l/\nCOPY --from=s{below} / /r/\nRUN make && cat /l/* /r/* > /z\n",
    "run": "FROM s{below} AS s{at}\nRUN cp -r /x /l && cp -r /x /r && mv /l /r /x/\n",
}


def counted(monkeypatch: pytest.MonkeyPatch) -> list[layers.Work]:
    """What every scan from now on counts its work with."""
    made: list[layers.Work] = []
    begin = layers.Work.__init__

    def remembering(self: layers.Work, limit: int = layers.MAX_WORK) -> None:
        begin(self, limit)
        made.append(self)

    monkeypatch.setattr(layers.Work, "__init__", remembering)
    return made


@pytest.mark.parametrize(
    ("kind", "written"),
    [(kind, f"COPY {source} /x/") for kind in DOUBLED for source in ("a", ".") if (kind, source) != ("less", ".")],
)
def test_copies_that_double_share_what_they_copy(
    kind: str, written: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forty stages have a million million paths, and are gone through in a few thousand steps."""
    text = f"FROM scratch AS s0\n{written}\n"
    text += "".join(DOUBLED[kind].format(at=at, below=at - 1) for at in range(1, 41))
    work = counted(monkeypatch)
    found = scan(projects.write(tmp_path, {"Dockerfile": text, "a": 1}))
    assert found.image.files + found.image_unsure.files == (1 if written == "COPY a /x/" else 2)
    assert work and sum(each.done for each in work) < 20_000


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [("less", "COPY . /x/", ""), ("beside", "COPY a /x/", f"FROM scratch\nCOPY --from=s40 {'/*' * 40} /\n")],
)
def test_copies_that_never_agree_are_refused(
    kind: str, first: str, last: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where every path differs there is nothing to share."""
    monkeypatch.setattr(layers.Work.__init__, "__defaults__", (10_000,))
    text = f"FROM scratch AS s0\n{first}\n"
    text += "".join(DOUBLED[kind].format(at=at, below=at - 1) for at in range(1, 41))
    projects.write(tmp_path, {"Dockerfile": text + last, "a": 1})
    with pytest.raises(CtxscanError, match=r"more than 10000 entries"):
        scan(tmp_path)


@pytest.mark.parametrize("text", ["COPY a {}/", "WORKDIR {}\nCOPY a .", "WORKDIR {}\nRUN mkdir x"])
def test_deep_directories_are_followed(text: str, tmp_path: Path) -> None:
    """However deep, as long as nobody lays one over the other; then they are refused."""
    deep = text.format("/d" * 3_000)
    first = f"FROM scratch AS s\n{deep}\nFROM s\nCOPY --from=s / /\n"
    projects.write(tmp_path, {"Dockerfile": first, "a": 1})
    assert scan(tmp_path).image.files == ("COPY" in text)
    projects.write(tmp_path, {"Dockerfile": f"{first}COPY a {'/d' * 3_000}/b\nCOPY --from=s / /\n"})
    with pytest.raises(CtxscanError, match="levels of directories"):
        scan(tmp_path)


@pytest.mark.slow
def test_a_deep_tree_is_asked_for_by_a_glob(tmp_path: Path) -> None:
    """Whether a directory is sent depends on what lies below it: deeper than Python's own calls go."""
    deep = tmp_path.joinpath(*["d"] * 400)
    deep.mkdir(parents=True)
    (deep / "f").write_text("x")
    (deep.parent / "e").mkdir()
    projects.write(tmp_path, {"Dockerfile": "FROM scratch\nCOPY --parents **/f /\n"})
    found = scan(tmp_path)
    assert (found.transfer.files, found.image.files) == (1, 1)


@pytest.mark.skipif(os.name == "nt", reason="needs sparse files")
@pytest.mark.parametrize(("name", "module"), [("Dockerfile", build), (".dockerignore", ignorefile)])
def test_a_sparse_file_is_refused(name: str, module: object, tmp_path: Path) -> None:
    """Twenty gigabytes of nothing are not read."""
    projects.write(tmp_path, {"Dockerfile": "FROM scratch\nCOPY . /\n", "a": 1})
    with (tmp_path / name).open("ab") as stream:
        stream.truncate(20 << 30)
    with pytest.raises(CtxscanError, match=f"more than {module.MOST_BYTES} bytes"):  # type: ignore[attr-defined]
        scan(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
@pytest.mark.parametrize(
    "name", ["Dockerfile", ".dockerignore", "compose.yaml", ".env", ".ctxscan.toml", "id_rsa", "pyproject.toml", ".git"]
)
def test_a_pipe_keeps_nobody_waiting(name: str, tmp_path: Path) -> None:
    """It is not opened, wherever it stands."""
    projects.write(tmp_path, {"a": 1, "Dockerfile": "FROM scratch\nCOPY . /\n"})
    (tmp_path / name).unlink(missing_ok=True)
    os.mkfifo(tmp_path / name)
    try:
        review(scan(tmp_path))
    except CtxscanError as error:
        assert "named pipe" in str(error)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
@pytest.mark.parametrize(
    "words",
    [["compose.yaml"], ["--compose", "compose.yaml"], ["plan.json"], ["-f", "plan.json"], ["--ignore-file", "plan.json"],
     ["--config", "plan.json"], ["--compose", "."]],
    ids=" ".join,
)  # fmt: skip
def test_a_pipe_that_is_named_keeps_nobody_waiting(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """It is refused in one line."""
    projects.write(tmp_path, {"Dockerfile": COPY_ALL})
    for name in ("compose.yaml", "plan.json"):
        os.mkfifo(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        command.run("ctxscan", words)
    assert ended.value.code == 2
    assert re.fullmatch(r"ctxscan: error: .+\n", capfd.readouterr().err)


def test_many_large_files_with_telling_names_are_not_all_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes are counted; what is left out is told."""
    monkeypatch.setattr(inspection, "MOST_BYTES", 1 << 20)
    read = 0
    start = Tree.start

    def counting(self: Tree, path: str, most: int, *, largest: int | None = None) -> tuple[bytes, int] | None:
        nonlocal read
        found = start(self, path, most, largest=largest)
        read += len(found[0]) if found else 0
        return found

    monkeypatch.setattr(Tree, "start", counting)
    for at in range(40):
        projects.write(tmp_path, {f"{at}.pem": 100_000})
    projects.write(tmp_path, {"Dockerfile": "FROM scratch\nCOPY . /\n"})
    found = review(scan(tmp_path)).findings or ()
    assert any(each.code == "not-examined" and each.message.startswith("30 files") for each in found)
    assert read < 4 << 20


#: Lines that made matching slow, each a few hundred kilobytes long.
HOSTILE = [
    "curl " * 60_000,
    "mysql " + "-p " * 100_000,
    "--token " * 40_000,
    "a=" * 150_000,
    "config set " * 30_000,
    "login " + "x" * 300_000,
    "machine a login " * 20_000,
    "?token" * 50_000,
    "echo '" * 50_000,
    "x-" * 150_000 + ":",
    "$" * 300_000,
    "${" * 100_000,
    "<<EOF\n" * 50_000,
]


@pytest.mark.slow
@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:8])
def test_hostile_command_lines_end(text: str) -> None:
    """Twice as much text takes about twice as many steps of the matcher: no pattern starts over from every place."""
    import time

    def cost(size: int) -> float:
        begin = time.process_time()
        spoken(text[:size], known=set())
        redacted(text[:size])
        return time.process_time() - begin

    half, whole = min(cost(len(text) // 4) for _ in range(2)), cost(len(text) // 2)
    assert whole < 0.5 or whole < 3.5 * half


@pytest.mark.slow
def test_variables_that_grow_are_left(tmp_path: Path) -> None:
    """What they add up to is bounded, and the builder's own limit ends the rest."""
    names = [f"V{at}" for at in range(30)]
    lines = [f"ENV {names[0]}={'x' * 1000}"] + [f"ENV {b}=${a}" for a, b in pairwise(names)]
    lines += [f"RUN echo {' '.join(f'${name}' for name in names)}" for _ in range(50)]
    projects.write(tmp_path, {"Dockerfile": "FROM a\n" + "\n".join(lines) + "\n"})
    found = review(scan(tmp_path)).findings or ()
    assert not [each for each in found if each.code == "secret-in-dockerfile"]


def test_texts_that_were_not_expanded_are_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where variables add up to too much, as a warning."""
    monkeypatch.setattr("ctxscan.checks.secrecy.exposure.MOST_EXPANDED", 1_000)
    lines = [f"ENV A={'x' * 900}", *["RUN echo $A"] * 3]
    projects.write(tmp_path, {"Dockerfile": "FROM a\n" + "\n".join(lines) + "\n"})
    found = review(scan(tmp_path)).findings or ()
    assert [each.severity for each in found if each.code == "not-examined"] == ["warning"]


def test_a_secret_behind_much_text_is_found() -> None:
    """On one line of half a megabyte."""
    value = Made(1).word("40")
    assert re.search("HIGH", repr(spoken("x " * 250_000 + f"--token {value}", known=set())))


@pytest.mark.slow
def test_counts_in_rules_are_written_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A count of one character makes a rule like any other: no automaton, whose states would be a million million."""
    steps = 0
    step = automaton.Automaton._step

    def counting(self: automaton.Automaton, state: automaton.AutomatonState, c: str) -> automaton.AutomatonState:
        nonlocal steps
        steps += 1
        return step(self, state, c)

    monkeypatch.setattr(automaton.Automaton, "_step", counting)
    draw = random.Random(1)
    names = ["".join(draw.choice("ab") for _ in range(200)) for _ in range(200)]
    rules = "".join(f"*a[ab]{{100}}{at}*b\n" for at in range(100)) + "*a[ab]{150}b\n"
    projects.write(tmp_path, {".dockerignore": rules, "Dockerfile": COPY_ALL, **dict.fromkeys(names, 1)})
    gone = [name for name in names if name[-1] == "b" and "a" in name[:49] and name[-152] == "a"]
    assert gone
    assert scan(tmp_path).image.files == 2 + len(names) - len(gone)
    assert steps == 0


def test_automata_have_a_budget(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of steps for all rules and names together, and of memory for each."""
    monkeypatch.setattr(automaton.Effort.__init__, "__defaults__", (200_000,))
    monkeypatch.setattr(automaton, "MAX_MEMORY", 2_000)
    draw = random.Random(1)
    names = ["".join(draw.choice("ab") for _ in range(200)) for _ in range(50)]
    projects.write(tmp_path, {".dockerignore": "*a[ab]{50,90}c*b\n" * 3, **dict.fromkeys(names, 1)})
    with pytest.raises(CtxscanError, match="more than 200000 steps"):
        scan(tmp_path)
    made = DockerPattern.loaded("*a[ab]{50,90}c*b").automaton
    assert sum(len(each.rests) + 1 for each in made._states.values()) <= 2_000 + 200
    assert made.matches("a" * 95 + "cab")


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each name is compared with a part of a pattern."""
    fits, names = Program.fits, Counter[str]()

    def counting(self: Program, at: int, name: str) -> bool:
        names[name] += 1
        return fits(self, at, name)

    monkeypatch.setattr(Program, "fits", counting)
    return names


def test_names_that_no_rule_fits_are_compared_with_many_at_once(tmp_path: Path, compared: Counter[str]) -> None:
    """Of four thousand rules with two wild cards and five hundred names, two million pairs, only what fits is looked at."""
    rules = "*\n" + "".join(f"!*x{at}*y*\n" for at in range(2_000)) + "!*keep*me*\n" * 2_000
    files = {f"f{at}": 1 for at in range(500)} | {"1keep2me3": 1}
    projects.write(tmp_path, {".dockerignore": rules, "Dockerfile": COPY_ALL, **files})
    assert scan(tmp_path).image.files == 1
    assert compared.total() < 5_000


def test_sources_with_wild_cards_look_only_at_what_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 200 sources and 500 files, a hundred thousand pairs, a node is made where a name fits."""
    asked, child = 0, layers.Dir.child

    def counting(self: layers.Dir, name: str) -> layers.LayerNode | None:
        nonlocal asked
        asked += 1
        return child(self, name)

    monkeypatch.setattr(layers.Dir, "child", counting)
    text = "FROM scratch\n" + "".join(f"COPY *a{at}*b* /x{at}/\n" for at in range(200))
    projects.write(tmp_path, {"Dockerfile": text, **{f"n{at}a{at}b": 1 for at in range(500)}})
    assert scan(tmp_path).image.files == 500  # each has the digits of a source behind its letter
    assert asked < 6_000


def test_exceptions_are_not_tried_on_every_directory(tmp_path: Path, compared: Counter[str]) -> None:
    """2,000 of them with two wild cards, below any directory, and 500 directories: not a million pairs."""
    rules = "**\n" + "".join(f"!**/a{at}*/b*{at}\n" for at in range(2_000))
    files = {f"d{at}/e/f": 1 for at in range(500)} | {"x/a7y/bz7": 1}
    projects.write(tmp_path, {".dockerignore": rules, "Dockerfile": COPY_ALL, **files})
    assert scan(tmp_path).image.files == 1
    assert compared.total() < 20_000


def test_one_long_line_is_not_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of twelve megabytes without a line end no more is judged than of any other file; the rest is reported."""
    judged, judge = 0, inspection.judge

    def counting(path: str, data: bytes, *rest: object, **options: object) -> object:
        nonlocal judged
        judged += len(data)
        return judge(path, data, *rest, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(inspection, "judge", counting)
    projects.write(tmp_path, {"Dockerfile": COPY_ALL})
    for name in ("a.js", "b.json", "c.yaml", "d.env"):
        (tmp_path / name).write_text("x: [a=1;" * 1_500_000)
    found = review(scan(tmp_path)).findings or ()
    assert any(each.code == "not-examined" for each in found)
    assert 0 < judged < 8 << 20


def test_states_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The directories of a context do not all stay in memory with all the rules that are live in them."""
    monkeypatch.setattr(matcher, "MAX_HELD", 2_000)
    rules = "".join(f"d{at}/*/{at}\n!d{at}/x/{at}\n" for at in range(100))
    text = {f"d{at}/{name}/{number}": 1 for at in range(100) for name in "xy" for number in (at, at + 1)}
    found = scan(projects.write(tmp_path, {".dockerignore": rules, "Dockerfile": COPY_ALL, **text}))
    assert found.image.files == 2 + 300
    assert sum(len(each.live) for each in found.rules._states.values()) <= 2_200


def test_onbuild_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many stages begin with it; and what that adds up to is refused."""
    read, count = resolver.read_instructions, 0

    def counting(text: str, *, label: str) -> object:
        nonlocal count
        count += 1
        return read(text, label=label)

    monkeypatch.setattr(resolver, "read_instructions", counting)
    text = "FROM scratch AS s\n" + "ONBUILD COPY a /\n" * 20
    text += "".join(f"FROM s AS s{at}\n" for at in range(100))
    text += "FROM scratch\n" + "".join(f"COPY --from=s{at} /a /{at}\n" for at in range(100))
    projects.write(tmp_path, {"Dockerfile": text, "a": 1})
    assert scan(tmp_path).image.files == 1
    assert count == 20
    monkeypatch.setattr(resolver, "MAX_STEPS", 1_000)
    with pytest.raises(CtxscanError, match="more than 1000 steps"):
        scan(tmp_path)


def test_a_dockerfile_of_many_targets_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of its builds looks at what the others copy."""
    read, count = stages.read_instructions, 0

    def counting(text: str, *, label: str) -> object:
        nonlocal count
        count += 1
        return read(text, label=label)

    monkeypatch.setattr(stages, "read_instructions", counting)
    text = "".join(f"FROM a AS t{at}\nCOPY . /{tmp_path.name}\nRUN npm ci\n" for at in range(20))
    services = "".join(f"  t{at}: {{build: {{context: ., target: t{at}}}}}\n" for at in range(20))
    projects.write(tmp_path, {"Dockerfile": text, "compose.yaml": f"services:\n{services}", "package.json": "{}"})
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        command.run("ctxscan", ["compose.yaml"])
    assert ended.value.code == 0
    assert count == 1


@pytest.mark.slow
@pytest.mark.skipif(not system.DESCRIPTORS, reason="needs paths longer than a system call takes")
def test_a_tree_is_as_deep_as_it_likes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Nothing goes down by calling itself: neither the walk nor what looks for secrets and waste, nor a report."""
    projects.write(tmp_path, {"Dockerfile": "FROM a\nCOPY . /\nRUN npm ci\n", ".dockerignore": "x\n"})
    monkeypatch.chdir(tmp_path)
    for _ in range(2_500):
        Path("d").mkdir()
        os.chdir("d")
    projects.write(Path(), {"id_rsa": "-----BEGIN RSA PRIVATE KEY-----\n", "package.json": "{}", "node_modules/a/b": 1})
    os.chdir(tmp_path)
    path = "d/" * 2_500 + "id_rsa"
    words = [["--facts"], ["--list"], ["--diff"], ["--check"], ["--explain", path]]
    words += [["--format", each] for each in ("text", "json", "sarif", "markdown", "github", "html")]
    try:
        for each in words:
            with pytest.raises(SystemExit) as ended:
                command.run("ctxscan", each)
            assert ended.value.code in (0, 1), each
            assert b"Traceback" not in capfdbinary.readouterr().err
    finally:
        # pytest removes a tree by calling itself.
        for _ in range(2_500):
            os.rename("d/d", "e") if Path("d/d").exists() else None
            shutil.rmtree("d", ignore_errors=True)
            os.rename("e", "d") if Path("e").exists() else None
        shutil.rmtree("d", ignore_errors=True)


#: Ten thousand entries of a configuration, none of which covers a finding below, and how often one may be tried.
ENTRIES = {
    "paths": "d{at}/x",
    "rooted": "/d{at}/f{at}",
    "names": "n{at}",
    "stars": "d{at}/*",
    "any depth": "**/n{at}/**",
    "endings": "*.e{at}",
    "one directory": "d1/n{at}/",
    "one path": "/d1/f1/",
}


@pytest.mark.sampled(3)
@pytest.mark.parametrize("glob", ENTRIES.values(), ids=ENTRIES)
def test_allow_entries_are_not_tried_on_every_finding(glob: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """10,000 entries and 10,000 findings: a few tries a finding, not 10,000."""
    covers, tried = Allow.covers, 0

    def counting(self: Allow, finding: Finding) -> bool:
        nonlocal tried
        tried += 1
        return covers(self, finding)

    monkeypatch.setattr(Allow, "covers", counting)
    count = 10_000
    entries = [Allow("secret-file", glob.format(at=at), "fine", None, None, f"k{at}", at) for at in range(count)]
    found = [
        Finding("secret-file", "error", "said", None, f"d{at}/f{at}.e{at}", None, 0, None, "pem", None)
        for at in range(count)
    ]
    lookup = Lookup(entries)
    assert not any(lookup.first(each) for each in found)
    assert len(lookup.unused(found)) == count
    assert tried <= 4 * count


def test_entries_that_nothing_tells_apart_are_bounded() -> None:
    """An error that names the limit."""
    entries = [Allow("secret-file", f"*{at}*", "fine", None, None, None, at) for at in range(MOST_ALIKE + 1)]
    with pytest.raises(CtxscanError, match="more than 1000 entries allow secret-file by globs that are much alike"):
        Lookup(entries)
