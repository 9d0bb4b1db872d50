"""Work is bounded: what would take for ever, or all memory, ends with an error that names the limit.

Counters, not clocks: what is counted is how often something is done.
"""

from __future__ import annotations

import os
import re
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from support import projects
from support.trees import TESTDATA

from ctxscan.builds import build
from ctxscan.checks import inspection
from ctxscan.context.tree import Tree
from ctxscan.errors import CtxscanError
from ctxscan.facts import scan
from ctxscan.image import layers
from ctxscan.opinions import review
from ctxscan.rules import ignorefile
from ctxscan.secrets.redaction import redacted
from ctxscan.secrets.verdict import spoken

sys.path.append(str(TESTDATA / "secrets"))
from made import Made


def doubling(stages: int) -> str:
    """Each stage has the one before it twice."""
    text = "FROM scratch AS s0\nCOPY . /x/\n"
    for at in range(1, stages):
        text += f"FROM scratch AS s{at}\nCOPY --from=s{at - 1} / /l/\nCOPY --from=s{at - 1} / /r/\n"
    return text


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
    monkeypatch.setattr("ctxscan.checks.exposure.MOST_EXPANDED", 1_000)
    lines = [f"ENV A={'x' * 900}", *["RUN echo $A"] * 3]
    projects.write(tmp_path, {"Dockerfile": "FROM a\n" + "\n".join(lines) + "\n"})
    found = review(scan(tmp_path)).findings or ()
    assert [each.severity for each in found if each.code == "not-examined"] == ["warning"]


def test_a_secret_behind_much_text_is_found() -> None:
    """On one line of half a megabyte."""
    value = Made(1).word("40")
    assert re.search("HIGH", repr(spoken("x " * 250_000 + f"--token {value}", known=set())))
