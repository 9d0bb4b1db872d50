"""The same totals from the entries of `walk`: slowly, without a shortcut, and in the builder's order.

For what would end a build, so that the error is the one that a builder meets first; and for the tests.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any, cast

from .. import system
from ..rules.matcher import Matcher
from .directory import wire_key
from .largest import Largest, Plain, Sums
from .narrowing import Narrowing
from .totals import IMAGE, NAMED, UNSENT, Figure, Found, Measure, Reach, Watch, by_path, label_of
from .walk import Broken, Entry, Fail, Gate, entries
from .wire import StreamCount, TarCount


def recount(
    root: str,
    rules: Matcher,
    *,
    narrowing: Narrowing | None,
    reach: Reach | None,
    figure: Figure,
    watch: Watch | None,
    fail: Fail,
) -> Measure:
    """What `measure` returns."""
    gate = Gate(root, rules, narrowing, attributes=figure is not None, fail=fail)
    total = _Sums(gate, reach)
    count = {"stream": StreamCount, "tar": TarCount, None: None}[figure]
    counter: Any = count and count()
    broken = None
    try:
        for entry in entries(gate):
            total.add(entry)
            if counter and entry.sent:
                counter.add(entry)
    except Broken as end:
        broken = end.entry
        if figure == "tar" and broken is not None:
            counter.break_off(broken)
    return total.result(watch, counter and counter.total, broken)


class _Sums:
    """Adds up entries."""

    def __init__(self, gate: Gate, reach: Reach | None) -> None:
        self.gate = gate
        self.reach = reach
        self.below: defaultdict[str, list[int]] = defaultdict(lambda: [0] * 6)
        self.masks: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])
        self.files: list[Found] = []
        self.directories: list[str] = []
        self.empty: list[str] = []
        self.repeated: set[str] = set()
        self.shared = False
        # Of files with several names: which counts have their content, where they end.
        self.seen: set[tuple[int, int, int]] = set()
        self.ends: dict[tuple[int, int], tuple[int, int]] = {}

    def add(self, entry: Entry) -> None:
        path, size = entry.path, entry.size
        if entry.kind == "dir":
            if not self.gate.rules.decide(path).excluded:
                self.directories.append(path)
            return
        mask = UNSENT
        if entry.sent:
            state, names = self.reach, path.split("/")
            for name in names[:-1]:
                state = state and state.enter(name)
            mask = state.decide(names[-1]) if state else 0
        files = [1, int(entry.sent), int(entry.sent and bool(mask & IMAGE))]
        sizes = [size * each for each in files]
        kind = entry.kind
        if kind == "hardlink":
            kind = "file"
            self.repeated.add(path)
        self.files.append(Found(path, kind, 1, size, files[1], sizes[1], mask))
        if size and entry.status.st_nlink > 1 and system.HARD_LINKS:
            key = (entry.status.st_dev, entry.status.st_ino)
            for at in range(3):
                if files[at] and (*key, at) in self.seen:
                    sizes[at] = 0
                    self.shared = True
                elif files[at]:
                    self.seen.add((*key, at))
            if entry.sent:
                self.ends[key] = (self.ends.get(key, (0, 0))[0] | mask, size)
                self.masks[mask][0] += 1
        elif entry.sent:
            self.masks[mask][0] += 1
            self.masks[mask][1] += size
        if entry.empty and entry.sent and entry.kind == "file":
            self.empty.append(path)
        while path:
            path = path.rpartition("/")[0]
            for at in range(3):
                self.below[path][2 * at] += files[at]
                self.below[path][2 * at + 1] += sizes[at]

    def result(self, watch: Watch | None, figure: int | None, broken: Entry | None) -> Measure:
        for mask, size in self.ends.values():
            self.masks[mask][1] += size
        largest = Largest()
        for path, sums in self.below.items():
            if path:
                largest.add(path, cast(Plain, tuple(sums)))
        total = Sums(*self.below[""])
        sent = [each for each in self.files if each.mask != UNSENT and each.bytes and each.path not in self.repeated]
        return Measure(
            total=total,
            masks={mask: (files, size) for mask, (files, size) in sorted(self.masks.items())},
            directories=largest.root(total),
            largest=tuple(sorted(sent, key=lambda each: (-each.bytes, wire_key(each.path)))[:NAMED]),
            empty=tuple(self.empty[:NAMED]),
            found=tuple(self._found(watch)) if watch else (),
            decided=tuple(self.gate.decided),
            figure=figure,
            broken=broken,
            shared=self.shared,
        )

    def _found(self, watch: Watch) -> list[Found]:
        inside: defaultdict[str, tuple[dict[str, Found], list[str]]] = defaultdict(lambda: ({}, []))
        for each in self.files:
            above, slash, name = each.path.rpartition("/")
            inside[above + slash][0][name] = each
        for path in self.directories:
            above, slash, name = path.rpartition("/")
            inside[above + slash][1].append(name)
        found: list[Found] = []
        named: defaultdict[str, list[Found]] = defaultdict(list)
        for prefix, (files, directories) in inside.items():
            for name in set(watch.names(prefix, list(files), directories)) if watch.looks(prefix) else ():
                if name in files:
                    found.append(files[name])
                else:
                    named[name] += self._directory(prefix + name)
        for some in named.values():
            found += sorted(some, key=by_path)[:NAMED]
        return sorted(found, key=by_path)

    def _directory(self, path: str) -> list[Found]:
        if path not in self.below:
            return []
        asked = None if self.gate.narrowing is None else self.gate.narrowing.at(path)
        reach = self.reach
        for name in path.split("/"):
            reach = reach and reach.enter(name)
        sums = self.below[path]
        return [Found(path, "dir", sums[0], sums[1], sums[2], sums[3], label_of(asked, reach))]
