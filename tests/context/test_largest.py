"""Totals per directory."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ctxscan.context.largest import SHARE, Largest, Plain, Sums


def test_directories_nest_and_the_larger_come_first() -> None:
    """By bytes, then by files, then by name."""
    largest = Largest()
    for path, files, size in (("a", 1, 5), ("b/c", 2, 9), ("b", 3, 10), ("d", 2, 5), ("b/a", 1, 1), ("e", 2, 5)):
        largest.add(path, Sums(files, size, 0, 0, 0, 0))
    root = largest.root(Sums(8, 25, 0, 0, 0, 0))
    assert [each.path for each in root.walk()] == ["", "b", "b/c", "b/a", "d", "e", "a"]


def test_small_directories_are_forgotten() -> None:
    """Memory does not grow with a tree of many small directories beside a large one."""
    largest = Largest()
    most = 0
    for number in range(50_000):
        largest.least = Sums(number + 2, number + 1_000_001, 0, 0, 0, 0)
        largest.add(f"b/{number:05}", Sums(1, 1, 0, 0, 0, 0))
        most = max(most, len(largest.kept))
    largest.add("a", Sums(1, 1_000_000, 0, 0, 0, 0))
    largest.add("b", Sums(50_000, 50_000, 0, 0, 0, 0))
    root = largest.root(Sums(50_001, 1_050_000, 0, 0, 0, 0))
    assert [each.path for each in root.walk()] == ["", "a", "b"]
    assert most < 5000


sums = st.tuples(*[st.integers(0, 1000)] * 6).map(lambda counts: Sums(*counts))


@given(st.lists(sums, max_size=600), st.randoms(use_true_random=False))
def test_what_is_kept_does_not_depend_on_the_order(counts: list[Plain], random: object) -> None:
    """However early it is asked to forget, and whatever comes first."""
    whole = Sums(*map(sum, zip(*counts, strict=True))) if counts else Sums(0, 0, 0, 0, 0, 0)
    roots = []
    for limit in (4096, 10):
        named = [(f"d{number:03}", each) for number, each in enumerate(counts)]
        random.shuffle(named)  # type: ignore[attr-defined]
        largest = Largest()
        largest._limit = limit
        sofar = Sums(0, 0, 0, 0, 0, 0)
        for path, each in named:
            sofar = Sums(*(one + other for one, other in zip(sofar, each, strict=True)))
            largest.least = sofar
            largest.add(path, each)
        roots.append(largest.root(whole))
    assert roots[0] == roots[1]
    assert len(roots[0].directories) <= 6 * SHARE


def test_unsure_bytes_keep_a_directory_until_they_are_settled() -> None:
    """A file with several names may turn out to lie in any of its directories."""
    largest = Largest()
    largest._limit = 3
    for number in range(10):
        largest.least = Sums(10_000, 10_000, 0, 0, 0, 0)
        largest.add(f"d{number}", Sums(1, 0, 0, 0, 0, 0), unsure=5000)
    largest.settle("d7/x", Sums(0, 5000, 0, 0, 0, 0))
    root = largest.root(Sums(10_000, 15_000, 0, 0, 0, 0))
    assert [(each.path, each.bytes) for each in root.directories] == [("d7", 5000)]
