"""The totals: the same as the walk's, however many processes, with as few system calls as it takes."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from time import process_time, sleep
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support.examples import examples
from support.recorded import answer
from support.trees import LaidOut, cases

from ctxscan import CtxscanError
from ctxscan.context import counter, meter
from ctxscan.context import measure as module
from ctxscan.context.directory import wire_key
from ctxscan.context.ledger import LINKED
from ctxscan.context.measure import measure
from ctxscan.context.narrowing import Narrowing
from ctxscan.context.node import DirectoryNode, numbers
from ctxscan.context.records import Records
from ctxscan.context.recount import recount
from ctxscan.context.totals import IMAGE, NAMED, Figure, Measure
from ctxscan.context.walk import Broken, Entry, walk
from ctxscan.context.wire import StreamCount, TarCount
from ctxscan.processes import available
from ctxscan.rules.builders import BUILDAH, BUILDKIT, CLASSIC, Builder
from ctxscan.rules.grammars import DockerPattern
from ctxscan.rules.matcher import BadPattern, Matcher

pytestmark = pytest.mark.usefixtures("system")
PLAIN_IS_SLOW = True
posix = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX file kinds and fork")


def fail(bad: BadPattern, matcher: Matcher) -> CtxscanError:
    return CtxscanError(str(bad))


class Masks:
    """Where files end, by what their names begin with: a stand-in for `usage`."""

    def __init__(self, depth: int = 0, settled: int | None = None) -> None:
        self.depth = depth
        self.settled = settled

    def decide(self, name: str) -> int:
        if self.settled is not None:
            return self.settled
        return {"a": 1, "b": 2, "c": 5}.get(name[:1], 0)

    def enter(self, name: str) -> Masks:
        if self.settled is not None or name.startswith("b"):
            return Masks(self.depth + 1, self.settled if self.settled is not None else 1)
        return Masks(self.depth + 1, 8 if self.depth else None)


class Watching:
    """Chooses what begins with an a, by its own name alone, but for what lies in some directory B."""

    def looks(self, prefix: str) -> bool:
        assert not prefix or prefix.endswith("/")
        return "B/" not in prefix

    def names(self, prefix: str, names: list[str], directories: list[str]) -> Iterable[str]:
        assert self.looks(prefix)
        return [name for name in names + directories if name.startswith("a")]


# --- random trees ---------------------------------------------------------------------------------------------------

NAMES = ("a", "b", "ab", "a.b", "B", "a-b", "c", "é", "a\udcff", "😀", "~", "b\nc", "long" * 12)
SIZES = (0, 0, 1, 10, 127, 128, 16383, 16384, 32767, 32768, 32769, 65536, 100_000, 3_000_000)
PATTERNS = (
    "a", "b", "*", "**", "a/*", "*/b", "**/a", "**/*.b", "?", "a*", "!a", "!b", "!*/a", "!**/b", "!a/b", "*b", "[ab]", "c/**",
    "!c/a", "**/é", "a**b", "!a/**/c", "*.b", "lon*", "!B",
)  # fmt: skip

names = st.sampled_from(NAMES)
files = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["file"] * 12 + ["link"] * 4 + ["symlink", "fifo", "socket"]),
        "size": st.sampled_from(SIZES),
        "mode": st.sampled_from([0o644] * 6 + [0o755, 0o600, 0o444, 0o4755, 0o1644, 0o040, 0]),
        "time": st.sampled_from([1_700_000_000] * 6 + [0, 1, 10**7, 8**11, 8**11 - 1, 72_057_594, 72_057_595]),
        "to": st.integers(0, 20),
    }
)
trees = st.recursive(
    st.dictionaries(names, files, max_size=4),
    lambda below: st.dictionaries(names, st.one_of(files, below, below), max_size=5),
    max_leaves=20,
)
rules = st.lists(st.sampled_from(PATTERNS), max_size=4)
asked_paths = st.one_of(
    st.none(), st.none(), st.lists(st.sampled_from([p for p in PATTERNS if p[0] != "!"]), max_size=2)
)


#: Of the directories, as they come; all may be read by root and some only by root.
modes = st.lists(st.sampled_from([0o755] * 12 + [0o700, 0o711, 0o744]), min_size=1, max_size=4)


def make(root: str, tree: dict[str, Any], made: list[str], modes: Iterator[int]) -> None:
    for name, what in tree.items():
        path = f"{root}/{name}"
        if "kind" not in what:
            os.mkdir(path)
            make(path, what, made, modes)
            os.chmod(path, next(modes))
            continue
        if what["kind"] == "link" and made:
            os.link(made[what["to"] % len(made)], path)
            continue
        if what["kind"] == "symlink":
            os.symlink("x" * what["to"] or ".", path)
            continue
        if what["kind"] == "fifo":
            os.mkfifo(path)
        elif what["kind"] == "socket":
            os.mknod(path, stat.S_IFSOCK | 0o644)
        else:
            with open(path, "wb") as file:
                file.truncate(what["size"])
            made.append(path)
        os.chmod(path, what["mode"])
        os.utime(path, (what["time"], what["time"]))
    os.utime(root, (1_700_000_000, 1_700_000_000))


# --- the walk's entries, added up -----------------------------------------------------------------------------------


def expected(root: str, given: dict[str, Any]) -> dict[str, Any]:
    """By the definitions, one entry after the other."""
    rules, narrowing, reach, figure = given["rules"], given["narrowing"], given["reach"], given["figure"]
    count = {"stream": StreamCount(), "tar": TarCount(), None: None}[figure]
    entries: list[Entry] = []
    broken = None
    try:
        for entry in walk(root, rules, narrowing=narrowing, attributes=True, fail=fail):
            entries.append(entry)
            if entry.sent and count:
                count.add(entry)
    except Broken as end:
        broken = end.entry
        if figure == "tar":
            count.break_off(broken)
    files = [(entry, mask(reach, entry)) for entry in entries if entry.kind != "dir"]
    sent = [(entry, where) for entry, where in files if entry.sent]
    image = [(entry, where) for entry, where in sent if where & IMAGE]
    content: Counter[int] = Counter()
    for inode, size in contents(sent).items():
        joined = 0
        for entry, where in sent:
            if key(entry) == inode:
                joined |= where
        content[joined] += size
    number = Counter(where for _, where in sent)
    return {
        "total": tuple(each for some in (files, sent, image) for each in (len(some), sum(contents(some).values()))),
        "masks": {where: (number[where], content[where]) for where in number | content},
        "figure": count and count.total,
        "empty": tuple(entry.path for entry, _ in sent if entry.empty and entry.kind == "file")[: NAMED],
        "broken": broken and broken.path,
        "directories": {
            above: tuple(
                each
                for some in (files, sent, image)
                for each in (below(some, above), sum(first(some, above)))
            )
            for above in {"", *("/".join(entry.path.split("/")[:depth]) for entry, _ in files for depth in range(entry.path.count("/") + 1))}
        },
    }  # fmt: skip


def key(entry: Entry) -> object:
    return (entry.status.st_dev, entry.status.st_ino) if entry.kind in ("file", "hardlink") else entry.path


def contents(some: list[tuple[Entry, int]]) -> dict[object, int]:
    return {key(entry): entry.size for entry, _ in some}


def below(some: list[tuple[Entry, int]], above: str) -> int:
    return sum(1 for entry, _ in some if not above or entry.path.startswith(above + "/"))


def first(some: list[tuple[Entry, int]], above: str) -> list[int]:
    """The sizes of what lies below, without content that was there before."""
    seen, out = set(), []
    for entry, _ in some:
        if key(entry) not in seen and (not above or entry.path.startswith(above + "/")):
            out.append(entry.size)
        seen.add(key(entry))
    return out


def mask(reach: Any, entry: Entry) -> int:
    *above, name = entry.path.split("/")
    for each in above:
        reach = reach and reach.enter(each)
    return reach.decide(name) if reach else 0


def got(result: Measure) -> dict[str, Any]:
    return {
        "total": tuple(result.total),
        "masks": result.masks,
        "figure": result.figure,
        "empty": result.empty,
        "broken": result.broken and result.broken.path,
        "directories": {
            each.path: (
                each.files, each.bytes, each.files_sent, each.bytes_sent, each.files_image, each.bytes_image,
            )
            for each in result.directories.walk()
        },
    }  # fmt: skip


def outcome(call: Any) -> Any:
    try:
        return call()
    except CtxscanError as error:
        return str(error)


@posix
@pytest.mark.parametrize("builder", [BUILDKIT, CLASSIC, BUILDAH], ids=lambda builder: builder.name)
@settings(max_examples=examples(200, least=10), deadline=None, suppress_health_check=list(HealthCheck))
@given(
    tree=trees,
    lines=rules,
    modes=modes,
    asked=asked_paths,
    reached=st.booleans(),
    watched=st.booleans(),
    figure=st.sampled_from(["stream", "tar", None]),
)
@example(  # what nobody may open does not end a build that asks for nothing, and ends the next one
    tree={"ab": {"B": {"x": {}}}},
    lines=[],
    modes=[0o755, 0o700],
    asked=["?"],
    reached=False,
    watched=False,
    figure="stream",
)
def test_totals_are_those_of_the_walk(
    builder: Builder,
    tree: dict[str, Any],
    modes: list[int],
    lines: list[str],
    asked: list[str] | None,
    reached: bool,
    watched: bool,
    figure: Any,
) -> None:
    """Sums, masks, figures, directories, errors: one process, two, and the walk's entries added up agree."""
    root = tempfile.mkdtemp()
    try:
        make(root, tree, [], cycle(modes))
        os.chmod(root, 0o755)
        given: dict[str, Any] = {
            "rules": matcher(lines, builder),
            "narrowing": None if asked is None else Narrowing(map(DockerPattern.loaded, asked)),
            "reach": Masks() if reached else None,
            "figure": figure,
        }
        compare(root, given, Watching() if watched else None)
        if os.geteuid() == 0:
            # Once more as somebody whom permissions keep out.
            os.seteuid(65534)
            try:
                compare(root, given, Watching() if watched else None)
            finally:
                os.seteuid(0)
    finally:
        shutil.rmtree(root)


def matcher(lines: list[str], builder: Builder) -> Matcher:
    return Matcher([builder.pattern.loaded(line) for line in lines], builder)


@contextmanager
def small_enough(vast: int = counter.VAST) -> Iterator[None]:
    """The work is shared out as soon as there is any. Directories larger than `vast` are set aside until then, and if
    there are few, the entries of each are shared out too."""
    before = module.FINE_ENOUGH, module.LARGE_ENOUGH, counter.VAST
    module.FINE_ENOUGH, module.LARGE_ENOUGH, counter.VAST = 8, 0, vast
    try:
        yield
    finally:
        module.FINE_ENOUGH, module.LARGE_ENOUGH, counter.VAST = before


def compare(root: str, given: dict[str, Any], watch: Watching | None) -> None:
    want = outcome(lambda: expected(root, given))
    rest: dict[str, Any] = {"watch": watch, "progress": None, "fail": fail}
    one = outcome(lambda: measure(root, **given, **rest, processes=1))
    del rest["progress"]
    slow = outcome(lambda: recount(root, **given, **rest))
    assert (got(one) if isinstance(one, Measure) else one) == want
    assert one == slow
    # On some file systems every directory is larger than this, on others those of a few entries.
    for vast in (counter.VAST, 60):
        with small_enough(vast):
            two = outcome(lambda: measure(root, **given, **rest, progress=None, processes=2))
        assert two == one
    # For the first build that reads the directories, and for those after it, whatever they ask for.
    records = Records()
    for some in (given, {**given, "narrowing": Narrowing(), "reach": None, "figure": "stream"}, given):
        alone = outcome(lambda some=some: measure(root, **some, **rest, progress=None, processes=1))
        known = outcome(lambda some=some: measure(root, **some, **rest, progress=None, processes=1, records=records))
        assert known == alone
    assert one == alone


# --- what is there to see -------------------------------------------------------------------------------------------


def measured(root: Path, *lines: str, builder: Builder = BUILDKIT, **options: Any) -> Measure:
    given: dict[str, Any] = {
        "narrowing": None, "reach": None, "figure": None, "watch": None, "processes": 1, "progress": None, **options,
    }  # fmt: skip
    return measure(os.fspath(root), matcher(list(lines), builder), fail=fail, **given)


def fill(root: Path, *paths: str, size: int = 1) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(b"x" * size)


@posix
def test_files_of_many_messages_count_where_they_lie(tmp_path: Path) -> None:
    """The number of an entry is longer from the 128th on, and is told with every piece of its content."""
    sizes = (1, 0, 253 << 15, 254 << 15, (254 << 15) + 1, 3 << 30)
    for number in range(300):
        path = tmp_path / f"{number % 7}" / f"{number}"
        path.parent.mkdir(exist_ok=True)
        with path.open("wb") as file:
            file.truncate(sizes[number % len(sizes)])
    count = StreamCount()
    for entry in walk(str(tmp_path), matcher([], BUILDKIT), narrowing=None, attributes=True, fail=fail):
        count.add(entry)
    for processes in (1, 2):
        with small_enough():
            assert measured(tmp_path, figure="stream", processes=processes).figure == count.total


def test_what_is_known_of_an_entry_for_the_figure_is_a_byte() -> None:
    """There may be millions of them. Once they are put together, what they were made of is forgotten."""
    node = DirectoryNode(None, "", -1, matcher([], BUILDKIT).root, None, None, False, 0)
    node.names, node.messages, node.pieces = ["d", "a", "b"], {"a": 255, "d": 254, "b": LINKED}, {"c": b"\2" * 1000}
    piece = node.piece()
    assert len(piece) == 1000 + 1 + 2 * 5
    assert list(numbers(piece)) == [255, LINKED, *[2] * 1000, 254]
    assert not node.names
    assert not node.messages
    assert not node.pieces


def test_the_largest_files_come_first_and_ties_in_wire_order(tmp_path: Path) -> None:
    """64 of them, whichever process met them, in whatever order."""
    fill(tmp_path, *(f"d{number % 7}/{number:03}" for number in range(300)), size=5)
    fill(tmp_path, "z/large", size=6)
    paths = sorted((f"d{number % 7}/{number:03}" for number in range(300)), key=wire_key)
    for processes in (1, 2):
        with small_enough():
            found = measured(tmp_path, processes=processes).largest
        assert [each.path for each in found] == ["z/large", *paths[:63]]
        assert found[0] == ("z/large", "file", 1, 6, 1, 6, 0)


def test_a_watched_directory_is_told_with_its_sums(tmp_path: Path) -> None:
    """And no more than 64 of one name; files that are watched are told all."""
    fill(tmp_path, *(f"{number:03}/a/x" for number in range(100)), *(f"{number:03}/a.txt" for number in range(100)))
    for processes in (1, 2):
        with small_enough():
            found = measured(tmp_path, "*/a/y", watch=Watching(), processes=processes).found
        assert [each.path for each in found if each.kind == "dir"] == [f"{number:03}/a" for number in range(64)]
        assert [each.path for each in found if each.kind == "file"] == [f"{number:03}/a.txt" for number in range(100)]
        assert {each[1:] for each in found} == {("dir", 1, 1, 1, 1, 0), ("file", 1, 1, 1, 1, 0)}


@pytest.mark.parametrize("lines", [(), ("**/*.log",)])
def test_nothing_is_chosen_where_the_watch_does_not_look(lines: tuple[str, ...], tmp_path: Path) -> None:
    """Nor below, whatever was chosen in the directories beside."""
    names = ("A", "B", "C", "D/B", "E")
    fill(tmp_path, *(f"p/{name}/{file}" for name in names for file in ("a", "x")), "p/B/deep/a")
    for processes in (1, 2):
        with small_enough():
            found = measured(tmp_path, *lines, watch=Watching(), processes=processes).found
        assert [each.path for each in found] == ["p/A/a", "p/C/a", "p/E/a"]


def test_rules_are_counted_where_they_decide(tmp_path: Path) -> None:
    """Not where a directory above has the same fate by the same rule."""
    fill(tmp_path, "a/b.log", "a/c", "node_modules/x/y.log", "d.log", "e")
    found = measured(tmp_path, "node_modules", "**/*.log", "node_modules/x", "!e")
    assert found.decided == (1, 2, 0, 0, 0)
    assert measured(tmp_path, "*", "!e").decided == (3, 1, 0)


@posix
def test_the_archive_of_the_classic_builder_breaks_off(tmp_path: Path) -> None:
    """A file that it did not check beforehand and cannot read: what follows is not sent."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to be somebody else")
    fill(tmp_path, "a", "d/keep", "z")
    (tmp_path / "d" / "keep").chmod(0o600)
    for each in (tmp_path, *tmp_path.parents):
        if each.stat().st_uid == 0 and len(each.parts) > 2:
            each.chmod(each.stat().st_mode | 0o055)
    os.seteuid(65534)
    try:
        found = measured(tmp_path, "d", "!d/keep", builder=CLASSIC, figure="tar", processes=2)
    finally:
        os.seteuid(0)
    assert found.broken is not None
    assert (found.broken.path, found.total.files, found.figure) == ("d/keep", 2, 512 + 512 + 512)


# --- large, deep ----------------------------------------------------------------------------------------------------


@posix
@pytest.mark.slow
@pytest.mark.parametrize("processes", [1, 2])
def test_deep_trees_take_few_descriptors_and_little_time(system: str, tmp_path: Path, processes: int) -> None:
    """1,500 levels with something left to do in each: the way back is found without the way there."""
    import resource

    depth = 1500 if system == "native" else 600  # each plain path is looked up from the root
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(depth):
        for name in ("a", "b"):
            os.mkdir(name, dir_fd=here)
        os.close(os.open("b/f", os.O_CREAT | os.O_WRONLY, dir_fd=here))
        below = os.open("a", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (200, limits[1]))
    try:
        start = process_time()
        found = measured(tmp_path, "nothing/**/like-this", processes=processes, figure="stream")
        assert process_time() - start < 20
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        flatten(tmp_path)
    assert found.total.files == depth


def flatten(root: Path) -> None:
    """Python's own removal recurses."""
    while (root / "a").exists():
        shutil.rmtree(root / "b")
        (root / "a").rename(root / "next")
        for child in list((root / "next").iterdir()):
            child.rename(root / child.name)
        (root / "next").rmdir()


@posix
def test_a_directory_larger_than_one_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looked at piece by piece, with the same result."""
    fill(tmp_path, *(f"d/{number:03}{'.log' * (number % 3 == 0)}" for number in range(100)), "d/x/y", "d/a/z")
    whole = measured(tmp_path, "**/*.log", figure="stream", watch=Watching())
    for each in (counter, meter):
        monkeypatch.setattr(each, "BATCH", 7)
    assert measured(tmp_path, "**/*.log", figure="stream", watch=Watching()) == whole
    assert measured(tmp_path, "**/*.log").total == whole.total


# --- several processes ----------------------------------------------------------------------------------------------


@posix
def test_nothing_is_left_behind(tmp_path: Path) -> None:
    """No descriptor, no process: after success, after an error, after a bug."""
    fill(tmp_path, *(f"{number}/{number}/f" for number in range(200)))
    before = len(os.listdir("/dev/fd"))
    with small_enough():
        measured(tmp_path, processes=4, figure="stream")
        (tmp_path / os.fsdecode(b"7/7/\xff")).write_bytes(b"")
        with pytest.raises(CtxscanError, match="invalid UTF-8"):
            measured(tmp_path, processes=4)
        with pytest.raises(ZeroDivisionError):
            measured(tmp_path, processes=1, reach=Buggy(os.getpid()))
    assert len(os.listdir("/dev/fd")) == before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.mark.parametrize("asked", [None, (), ("p",), ("p/B/deep", "q")], ids=str)
def test_what_was_read_is_not_read_again(
    asked: tuple[str, ...] | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a second walk of a context, nor by one of a context inside of it; and no descriptor is left open."""
    fill(tmp_path, *(f"p/{name}/{file}" for name in ("A", "B") for file in ("a", "x.log")), "p/B/deep/a", "q/a", "f")
    narrowing = None if asked is None else Narrowing(map(DockerPattern.loaded, asked))
    before = len(os.listdir("/dev/fd"))
    records = Records()
    measured(tmp_path, "**/*.log", records=records)
    alone = measured(tmp_path / "p", "x", watch=Watching(), figure="stream")
    whole = measured(tmp_path, "**/*.log", narrowing=narrowing)
    read: list[object] = []
    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", lambda place: read.append(place) or scandir(place))  # type: ignore[func-returns-value]
    assert measured(tmp_path / "p", "x", watch=Watching(), figure="stream", records=records) == alone
    assert measured(tmp_path, "**/*.log", narrowing=narrowing, records=records) == whole
    assert read == []
    assert len(os.listdir("/dev/fd")) == before


def test_no_more_is_recorded_than_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is beyond is read by every walk, with the same result."""
    fill(tmp_path, *(f"{number}/a" for number in range(50)))
    whole = measured(tmp_path)
    monkeypatch.setattr("ctxscan.context.records.MOST", 60)
    records = Records()
    assert measured(tmp_path, records=records) == whole and records.full
    assert measured(tmp_path, records=records) == whole


@posix
def test_this_process_has_time_while_others_walk(tmp_path: Path) -> None:
    """What is to be done meanwhile is done here, once, and not where one process does all; if it fails, nothing is left
    behind."""
    fill(tmp_path, *(f"{number}/{number}/f" for number in range(200)))
    before = len(os.listdir("/dev/fd"))
    done: list[int] = []
    with small_enough():
        for processes in (1, 3):
            found = measured(tmp_path, processes=processes, meanwhile=lambda: done.append(os.getpid()))
            assert found.total.files == 200
            assert done == [os.getpid()] * (processes > 1)
        with pytest.raises(ZeroDivisionError):
            measured(tmp_path, processes=3, meanwhile=lambda: 1 // 0)
    assert len(os.listdir("/dev/fd")) == before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@posix
def test_a_vast_directory_is_left_to_another_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where there is nothing else to share out; a small one is not worth it."""
    fill(tmp_path, *(f"data/{number}" for number in range(60)), "src/a/b", "src/c")
    done: list[int] = []
    for vast, shared in ((counter.VAST, 0), (-1, 1)):
        monkeypatch.setattr(counter, "VAST", vast)
        found = measured(tmp_path, "*/a", processes=2, meanwhile=lambda: done.append(os.getpid()))
        assert found.total.files == 61
        assert done == [os.getpid()] * shared


@posix
@pytest.mark.native
@pytest.mark.parametrize("figure", [None, "stream", "tar"])
def test_the_entries_of_a_vast_directory_are_shared_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, figure: Figure
) -> None:
    """Each process counts some of them, and the sums, the figure, and what is chosen are the same; those of a small
    directory are counted by one."""
    for number in range(90):
        fill(tmp_path, f"{number:02}{('', '.log', '.key')[number % 3]}", size=(number + 1) * 900)
    fill(tmp_path, "d/e/f", "g/h")
    os.link(tmp_path / "00", tmp_path / "00.again")
    forks: list[int] = []
    fork = os.fork
    monkeypatch.setattr(os, "fork", lambda: forks.append(1) or fork())
    options: dict[str, Any] = {"figure": figure, "watch": Watching()}
    alone = measured(tmp_path, "*.log", "!1*", **options)
    assert (alone.total.files, alone.shared) == (67, True)
    monkeypatch.setattr(meter.Meter, "vast", lambda *_: [])
    for vast, processes, forked in ((counter.VAST, 3, 0), (-1, 1, 0), (-1, 2, 1), (-1, 3, 2)):
        forks.clear()
        monkeypatch.setattr(counter, "VAST", vast)
        assert measured(tmp_path, "*.log", "!1*", **options, processes=processes) == alone
        assert len(forks) >= forked if forked else not forks


class Buggy:
    """Has a bug, in one process or in all others."""

    settled = None

    def __init__(self, here: int, depth: int = 0) -> None:
        self.here = here
        self.depth = depth

    def decide(self, name: str) -> int:
        if self.depth > 1:
            if self.here < 0:
                sleep(0.01)
            if self.here in (os.getpid(), -os.getppid()):
                raise ZeroDivisionError
        return 0

    def enter(self, name: str) -> Buggy:
        return Buggy(self.here, self.depth + 1)


@posix
def test_a_bug_in_a_child_shows_its_traceback(tmp_path: Path) -> None:
    """It is raised here, with where it happened there."""
    fill(tmp_path, *(f"{number}/{number}/f" for number in range(100)))
    with small_enough(), pytest.raises(RuntimeError, match=r"in decide\n.*\n.*ZeroDivisionError"):
        measured(tmp_path, processes=2, reach=Buggy(-os.getpid()))


@posix
def test_processes_are_few_where_it_is_not_safe_to_fork(system: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One while there are threads, and where nothing can be forked; else what the environment says."""
    monkeypatch.setenv("CTXSCAN_PROCESSES", "3")
    assert available() == (3 if system == "native" else 1)
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert available() == 1
    finally:
        done.set()
        thread.join()


# --- system calls ---------------------------------------------------------------------------------------------------


class Counted:
    """An entry of a directory that counts how often it is looked at."""

    def __init__(self, entry: os.DirEntry[str], calls: Counter[str]) -> None:
        self.entry, self.calls, self.name = entry, calls, entry.name

    def is_dir(self, *, follow_symlinks: bool) -> bool:
        return self.entry.is_dir(follow_symlinks=follow_symlinks)  # the listing tells

    def stat(self, *, follow_symlinks: bool) -> os.stat_result:
        self.calls["stat"] += 1
        self.calls[f"stat {self.name}"] += 1
        return self.entry.stat(follow_symlinks=follow_symlinks)


class Listing:
    def __init__(self, entries: Any, calls: Counter[str]) -> None:
        self.entries, self.calls = entries, calls

    def __enter__(self) -> Iterator[Counted]:
        return (Counted(entry, self.calls) for entry in self.entries)

    def __exit__(self, *_: object) -> None:
        self.entries.close()


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often the system is asked, by call."""
    counts: Counter[str] = Counter()

    def count(name: str) -> None:
        real = getattr(os, name)

        def counted(*arguments: Any, **options: Any) -> Any:
            counts[name] += 1
            counts[f"{name} {arguments[0]}"] += 1
            return Listing(real(*arguments), counts) if name == "scandir" else real(*arguments, **options)

        monkeypatch.setattr(os, name, counted)

    for name in ("open", "scandir", "close", "stat", "lstat", "fstat", "readlink", "access"):
        count(name)
    if hasattr(os, "listxattr"):
        count("listxattr")
    return counts


@posix
@pytest.mark.native
@pytest.mark.parametrize("lines", [(), ("nothing", "**/*.none", "x/*/[ab]?", "!not")], ids=["no rules", "rules"])
def test_each_entry_is_asked_for_once(tmp_path: Path, calls: Counter[str], lines: tuple[str, ...]) -> None:
    """One open, one listing, one close for a directory, one stat for a file; without the figure nothing else."""
    fill(tmp_path, *(f"d{number % 5}/e{number % 3}/{number}" for number in range(60)))
    calls.clear()
    assert measured(tmp_path, *lines).total.files == 60
    counts = {name: count for name, count in calls.items() if " " not in name}
    assert counts == {"open": 21, "scandir": 21, "close": 21, "stat": 60}


@posix
@pytest.mark.native
def test_the_figure_takes_one_call_more(tmp_path: Path, calls: Counter[str]) -> None:
    """The extended attributes, of directories too."""
    fill(tmp_path, *(f"d{number % 5}/e{number % 3}/{number}" for number in range(60)))
    calls.clear()
    measured(tmp_path, figure="stream")
    counts = {name: count for name, count in calls.items() if " " not in name}
    assert counts == {
        "open": 21, "scandir": 21, "close": 21, "stat": 80, **({"listxattr": 80} if hasattr(os, "listxattr") else {}),
    }  # fmt: skip


@posix
@pytest.mark.native
def test_what_is_excluded_is_not_touched(tmp_path: Path, calls: Counter[str]) -> None:
    """Excluded files are not looked at, and nothing below an excluded directory is even listed."""
    fill(tmp_path, "a.log", "keep", "node_modules/p/index.js", "src/b.log", "src/c")
    calls.clear()
    assert measured(tmp_path, "node_modules", "**/*.log").total.files == 2
    assert (calls["open"], calls["stat"]) == (2, 2)
    assert not {f"{call} {name}" for call in ("open", "stat") for name in ("node_modules", "a.log", "b.log")} & set(
        calls
    )


@pytest.mark.sampled(5)
@pytest.mark.skipif(sys.platform != "linux", reason="recorded on Linux: devices, modes, owners")
@pytest.mark.native
@pytest.mark.parametrize("builder", ["buildkit", "classic", "buildah"])
@pytest.mark.parametrize("name", ["kinds", "negation", "size", pytest.param("fuzz", marks=pytest.mark.slow)])
@pytest.mark.parametrize("step", [5, pytest.param(1, marks=pytest.mark.slow)], ids=["some", "all"])
def test_recorded_cases_are_the_same_in_two_processes(
    step: int, name: str, builder: str, laid_out: LaidOut, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What test_conformance holds to the recordings, shared out as soon as there is anything to share."""
    for case in cases(name)[:150:step]:
        context = laid_out(name, case)
        monkeypatch.setenv("CTXSCAN_PROCESSES", "1")
        one = outcome(lambda case=case, context=context: answer(case, builder, context))
        monkeypatch.setenv("CTXSCAN_PROCESSES", "2")
        with small_enough():
            two = outcome(lambda case=case, context=context: answer(case, builder, context))
        assert two == one, case["id"]


@posix
@pytest.mark.slow
def test_progress_tells_of_all_processes(tmp_path: Path) -> None:
    """Never less than before, and in the end nearly everything."""
    fill(tmp_path, *(f"{number % 50}/{number}" for number in range(20_000)))
    for processes in (1, 2):
        seen: list[tuple[int, int]] = []
        with small_enough():
            measured(tmp_path, processes=processes, progress=lambda files, size, seen=seen: seen.append((files, size)))
        assert seen == sorted(seen)
        assert 15_000 < seen[-1][0] <= 20_000
