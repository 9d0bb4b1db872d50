"""How much is sent, and where it ends: the totals of a walk, without the walk's entries.

The same tree under the same rules as `walk`, and the same answers, several times as fast: `tally` adds up the common
files of a directory, `meter` decides on the rest of it and goes deep down, and here the work is shared out to a few
processes and put together again. What would end a build is left to `recount`.
"""

import os
from collections import defaultdict
from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any, Final, NamedTuple, cast

from ..errors import CtxscanError
from ..processes import MOST_TASKS, Trouble, idle, shared_out
from ..rules.matcher import BadPattern, Matcher
from .directory import MAX_OPEN, wire_key
from .largest import Plain, Sum, Sums, apart, plus
from .ledger import LINKED, Counts, Ledger, by_size
from .meter import Meter
from .narrowing import Narrowing
from .node import Attributes, DirectoryNode, numbers
from .records import Records
from .totals import IMAGE, MAYBE, NAMED, UNSENT, Figure, Found, Measure, Progress, Reach, Watch, by_path
from .walk import Broken, Entry, Fail, Gate
from .wire import StreamCount, TarCount, stream_messages, stream_numbers

__all__ = ["IMAGE", "MAYBE", "UNSENT", "Found", "Measure", "Progress", "Reach", "Watch", "measure"]

#: From so many entries to be expected on, what is left is shared out.
LARGE_ENOUGH: Final = 2500
#: Directories that are visited before that is looked at again.
STEP: Final = 16
#: A directory that may hold more than this share of the whole, for each process, is not left to one of them unseen,
FINE_ENOUGH: Final = 1 / 256
#: unless so many entries were seen already, while the other processes wait.
LONG_ENOUGH: Final = 1000


def measure(
    root: str,
    rules: Matcher,
    *,
    narrowing: Narrowing | None,
    reach: Reach | None,
    figure: Figure,
    watch: Watch | None,
    processes: int,
    progress: Progress | None,
    fail: Fail,
    meanwhile: Callable[[], object] = idle,
    records: Records | None = None,
) -> Measure:
    """The totals of what `walk` yields for the same arguments.

    `reach` tells the mask of what is sent (None: all have mask 0), `figure` which of the builders' own counts to make
    (None: none, which is faster). Up to `processes` processes share the work if the tree turns out to be large; the
    result is the same. This one does `meanwhile` what is asked of it, and then its share. `records` has what other
    walks of the run have read, and is added to. Raises `CtxscanError` where the builder fails.
    """
    # What is beyond them is walked by several processes, as if there were none.
    known = None if records is None or records.full else records.below(root)
    gate = Gate(root, rules, narrowing, attributes=figure is not None, fail=fail, records=known)
    processes = processes if known is None else 1
    try:
        return _quickly(Meter(gate, reach, figure, watch, progress), processes, meanwhile)
    except (CtxscanError, BadPattern, Broken, Trouble, OSError):
        from .recount import recount  # hardly any build ends here

        # What ends it is found again in the order of the builder.
        return recount(root, rules, narrowing=narrowing, reach=reach, figure=figure, watch=watch, fail=fail)


# --- several processes ----------------------------------------------------------------------------------------------


def _quickly(meter: Meter, processes: int, meanwhile: Callable[[], object]) -> Measure:
    meter.counter.processes = processes
    top = meter.top()
    if processes > 1:
        _split(meter, top, processes, meanwhile)
    else:
        meter.descend(top)
    return _result(meter.ledger, top)


def _split(meter: Meter, top: DirectoryNode, processes: int, meanwhile: Callable[[], object]) -> None:
    """Visit what may hold the most, until what is left comes in parts small enough for several processes."""
    nodes = [top]
    # Nothing is known of a directory but how many there are beside it, and beside those above: it may hold as much as
    # each of them. By that share the nodes are visited, and what is left is handed out.
    left, visited, outside = _left(top), 0, meter.ledger.seen()[0]
    top.share = 1 / max(1, left)
    largest = [(-top.share, 0)]
    try:
        while left and not _enough(left, meter.ledger.seen()[0] - outside, visited, -largest[0][0] * processes):
            at = heappop(largest)[1]
            node = nodes[at]
            rest, node.todo = node.todo[:-STEP], node.todo[-STEP:]
            # What alone keeps a process busy is left to one, while the others go on.
            if vast := meter.vast(node):
                node.vast += vast
                node.todo = [name for name in node.todo if name not in vast]
                left -= len(vast)
            before = _left(node)
            below = meter.step(node)
            done = before - _left(node)
            left -= done
            visited += done
            node.todo = rest + node.todo
            if _left(node):
                heappush(largest, (-node.share, at))
            if not _left(node) or len(largest) > MAX_OPEN // 2:
                node.close()
            if below is not None:
                below.share = node.share / _left(below)
                heappush(largest, (-below.share, len(nodes)))
                nodes.append(below)
                left += _left(below)
                if len(largest) > MAX_OPEN // 2:
                    below.close()
    finally:
        for node in nodes:
            node.close()
    if left or any(node.vast for node in nodes):
        _share_out(meter, nodes, left, processes, meanwhile)
    for node in reversed(nodes[1:]):
        meter.leave(node)


def _left(node: DirectoryNode) -> int:
    return len(node.todo) + len(node.own)


def _enough(left: int, files: int, visited: int, largest: float) -> bool:
    """Whether to share out the directories that are left now, to judge by what was seen in those that were visited.
    `largest` is the largest share, times the processes."""
    entries = files + visited
    if left * entries < (visited + 1) * LARGE_ENOUGH:
        return False
    return largest <= FINE_ENOUGH or entries >= LONG_ENOUGH


def _share_out(
    meter: Meter, nodes: list[DirectoryNode], left: int, processes: int, meanwhile: Callable[[], object]
) -> None:
    size = left // 512 + 1
    parts = [(node, node.part([name], [])) for node in nodes for name in node.vast]
    # What may take long comes first, so that nobody is left with it in the end.
    for node in sorted(nodes, key=lambda node: -node.share * min(size, _left(node))):
        parts += [(node, node.part(node.todo[at : at + size], [])) for at in range(0, len(node.todo), size)]
        parts += [(node, node.part([], node.own[at : at + size])) for at in range(0, len(node.own), size)]
        node.todo, node.own = [], []
    tasks = min(len(parts), MOST_TASKS)
    meter.counter.processes = max(1, processes // len(parts))
    processes = min(processes, tasks + 1)  # the children alone can do all
    done: dict[int, Sum] = {}

    def work(number: int) -> None:
        try:
            for index in range(number, len(parts), tasks):
                part = parts[index][1]
                meter.descend(part)
                done[index] = part.sum()
        except (CtxscanError, BadPattern, Broken, OSError):
            raise Trouble from None

    progress, board = meter.ledger.progress, None
    if progress is not None:
        board = _Board(processes - 1)
        meter.ledger.progress = board.added_to(progress)

    def prepare(child: int) -> None:
        done.clear()
        meter.ledger.start_again()
        meter.ledger.progress = None if board is None else board.entry(child, meter)

    def result() -> Any:
        meter.ledger.tree.forget()
        return done, meter.ledger.tree.kept, meter.ledger.tree.unsure, meter.ledger.counts.state()

    with shared_out(tasks, processes, prepare=prepare, work=work, result=result) as finish:
        meanwhile()
        answers = finish()
    for sums, kept, unsure, counts in answers:
        done.update(sums)
        meter.ledger.tree.kept.update(kept)
        meter.ledger.tree.unsure.update(unsure)
        meter.ledger.counts.add(counts)
    for index, (node, _) in enumerate(parts):
        node.add(done.pop(index))


class _Board:
    """Where children write how far they are: files and bytes of each."""

    def __init__(self, children: int) -> None:
        import mmap  # hardly ever wanted

        self.counts = memoryview(mmap.mmap(-1, 16 * children)).cast("Q")

    def added_to(self, progress: Progress) -> Progress:
        return lambda files, size: progress(files + sum(self.counts[::2]), size + sum(self.counts[1::2]))

    def entry(self, child: int, meter: Meter) -> Progress:
        before = meter.ledger.seen()

        def write(files: int, size: int) -> None:
            self.counts[2 * child], self.counts[2 * child + 1] = files - before[0], size - before[1]

        return write


# --- the end --------------------------------------------------------------------------------------------------------


def _result(ledger: Ledger, top: DirectoryNode) -> Measure:
    counts = ledger.counts
    whole = top
    if top.apart is None:
        whole = DirectoryNode(None, "", -1, top.rules, top.asked, top.reach, top.checked, None)
        ledger.settle(whole, top)
    sums = whole.apart or [0] * 6
    total, links, shared = _links(ledger, apart(sums[:2], sums[2:4], sums[4:]))
    figure = None
    if ledger.figure == "tar":
        figure = counts.figure + TarCount().total
    elif ledger.figure == "stream":
        messages = numbers(top.piece())
        at = -1
        for each in links:
            at = messages.index(LINKED, at + 1)
            messages[at] = each
        figure = counts.figure + StreamCount().total + stream_numbers(messages)
    rows = [row for found in counts.directories.values() for row in sorted(found, key=by_path)[:NAMED]]
    return Measure(
        total=Sums(*total),
        masks={mask: (files, size) for mask, (files, size) in sorted(counts.masks.items()) if files or size},
        directories=ledger.tree.root(total),
        largest=tuple(
            Found(path, "file", 1, size, 1, size, mask)
            for size, path, mask in sorted(counts.largest, key=by_size)[:NAMED]
        ),
        empty=tuple(sorted(counts.empty, key=wire_key)[:NAMED]),
        found=tuple(Found(*row) for row in sorted(rows + counts.found, key=by_path)),
        decided=tuple(counts.decided),
        figure=figure,
        broken=None,
        shared=shared,
    )


def _links(ledger: Ledger, total: Plain) -> tuple[Plain, list[int], bool]:
    """Files with several names: the first name that is kept, sent, in the image carries the content there. Returns
    the sums with them, the messages that they take, in wire order, and whether any content has two names here."""
    counts = ledger.counts
    kept: set[tuple[int, int]] = set()
    image: set[tuple[int, int]] = set()
    sent: dict[tuple[int, int], str] = {}
    masks: dict[tuple[int, int], tuple[int, int]] = {}
    sizes: defaultdict[str, list[int]] = defaultdict(lambda: [0] * 6)
    messages = []
    shared = False
    for path, device, inode, size, mask, empty, mode, time, attributes in sorted(counts.linked, key=by_path):
        key = (device, inode)
        more = sizes[path.rpartition("/")[0]]
        if key not in kept:
            kept.add(key)
            more[1] += size
        elif size:
            shared = True
        if mask == UNSENT:
            continue
        if key not in sent:
            sent[key] = path
            more[3] += size
            if size:
                ledger.large(size, path, mask)
            if empty:
                ledger.empty(path)
        if mask & IMAGE and key not in image:
            image.add(key)
            more[5] += size
        masks[key] = (masks.get(key, (0, 0))[0] | mask, size)
        if ledger.figure:
            entry = _link(path, sent[key], size, empty, mode, time, attributes)
            messages.append(stream_messages(entry))
            counts.figure += ledger.weight(entry)
    for mask, size in masks.values():
        counts.mask(mask, 0, size)
    for path, each in sizes.items():
        more_here = cast(Plain, tuple(each))
        total = plus(total, more_here)
        ledger.tree.settle(path, more_here)
        _settle_found(counts, path, more_here)
    return total, messages, shared


def _settle_found(counts: Counts, path: str, more: Plain) -> None:
    for rows in counts.directories.values():
        for at, row in enumerate(rows):
            if path == row[0] or path.startswith(row[0] + "/"):
                rows[at] = (*row[:2], *plus((*row[2:6], 0, 0), more)[:4], row[6])


class _Stamp(NamedTuple):
    """As much of a status as the figures need."""

    st_mode: int
    st_mtime_ns: int
    st_rdev: int


def _link(path: str, first: str, size: int, empty: bool, mode: int, time: int, attributes: Attributes) -> Entry:
    status = cast(os.stat_result, _Stamp(mode, time, 0))
    if first == path:
        return Entry(path, "file", size, None, True, empty, status, attributes)
    return Entry(path, "hardlink", size, first, True, False, status, attributes)
