"""Named tuples of our own against those of `typing`: the same in everything but the time that it takes to define one."""

from __future__ import annotations

import copy
import pickle
import typing
from collections.abc import Callable
from typing import Any

import pytest

from ctxscan import records


class Ours(records.NamedTuple):
    """A place and a size."""

    path: str
    size: int = 7
    marks: tuple[str, ...] = ()

    @property
    def doubled(self) -> int:
        return self.size * 2

    def __str__(self) -> str:
        return f"{self.path}: {self.size}"


class Theirs(typing.NamedTuple):
    """A place and a size."""

    path: str
    size: int = 7
    marks: tuple[str, ...] = ()

    @property
    def doubled(self) -> int:
        return self.size * 2

    def __str__(self) -> str:
        return f"{self.path}: {self.size}"


class Named(records.NamedTuple):
    """Fields that are called like something else."""

    cls: int
    self: int
    new: int
    tuple: int = 4


class Nothing(records.NamedTuple):
    pass


USES: dict[str, Callable[[Any], object]] = {
    "positions": lambda kind: kind("a", 1, ("x",)),
    "names": lambda kind: kind(size=2, path="a"),
    "defaults": lambda kind: kind("a"),
    "repr": lambda kind: repr(kind("a")).partition("(")[2],
    "str": lambda kind: str(kind("a")),
    "fields": lambda kind: (
        kind._fields,
        kind._field_defaults,
        kind.__match_args__,
        kind.__doc__,
    ),
    "types": lambda kind: typing.get_type_hints(kind),
    "attributes": lambda kind: [(each.path, each.size, each.marks, each.doubled) for each in (kind("a"), kind("b", 2))],
    "unpacked": lambda kind: [*kind("a")],
    "equal": lambda kind: (kind("a") == ("a", 7, ()), kind("a") == kind("a", 7), kind("a") != kind("b")),
    "hash": lambda kind: hash(kind("a")),
    "order": lambda kind: sorted([kind("b"), kind("a", 9), kind("a", 1)]),
    "replaced": lambda kind: kind("a")._replace(size=3),
    "as a dictionary": lambda kind: kind("a")._asdict(),
    "made of a list": lambda kind: kind._make(["a", 1, ()]),
    "copied": lambda kind: (copy.copy(kind("a")), copy.deepcopy(kind("a"))),
    "pickled": lambda kind: pickle.loads(pickle.dumps(kind("a", 3))),
    "its type once pickled": lambda kind: type(pickle.loads(pickle.dumps(kind("a", 3)))) is kind,
    "no dictionary": lambda kind: hasattr(kind("a"), "__dict__"),
}
MISUSES: dict[str, Callable[[Any], object]] = {
    "too few": lambda kind: kind(),
    "too many": lambda kind: kind("a", 1, (), 4),
    "a name that is none": lambda kind: kind("a", sise=1),
    "twice": lambda kind: kind("a", path="b"),
    "made of too few": lambda kind: kind._make(["a"]),
    "another attribute": lambda kind: setattr(kind("a"), "other", 1),
    "a new value": lambda kind: setattr(kind("a"), "size", 1),
}


@pytest.mark.parametrize("use", USES)
def test_it_does_what_those_of_typing_do(use: str) -> None:
    """Every use has the same result, whichever comes first in the life of a class."""
    assert USES[use](Ours) == USES[use](Theirs)


@pytest.mark.parametrize("misuse", MISUSES)
def test_it_refuses_what_those_of_typing_refuse(misuse: str) -> None:
    """The same kind of error."""
    with pytest.raises((TypeError, ValueError, AttributeError)) as theirs:
        MISUSES[misuse](Theirs)
    with pytest.raises(theirs.type):
        MISUSES[misuse](Ours)


def test_what_is_wrong_with_an_argument_is_told_by_the_name_of_the_class() -> None:
    """A bug shows where it is."""
    with pytest.raises(TypeError, match="Ours"):
        Ours(path="a", sise=1)  # type: ignore[call-arg]
    with pytest.raises((TypeError, ValueError), match="'sise'"):
        Ours("a")._replace(sise=1)  # type: ignore[call-arg]


def test_a_match_statement_takes_it_apart() -> None:
    """By position and by name."""
    match Ours("a", 2):
        case Ours(path, size=2):
            assert path == "a"
        case _:
            pytest.fail("it does not match")


def test_a_field_may_be_called_like_anything() -> None:
    """Nothing that makes an instance is in the way."""
    assert Named(1, 2, 3) == (1, 2, 3, 4)
    assert Named(cls=1, self=2, new=3) == (1, 2, 3, 4)
    assert Named(1, 2, 3)._replace(cls=5, self=6, new=7, tuple=8) == (5, 6, 7, 8)


def test_it_may_have_no_field() -> None:
    """As a plain tuple may be empty."""
    assert Nothing() == ()
    assert repr(Nothing()) == "Nothing()"
