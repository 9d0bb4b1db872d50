"""Named tuples that are quick to define.

`class Size(NamedTuple)` reads and behaves as with `typing`, and to a type checker it is the same. There, to define one
compiles every annotation and a constructor: an eighth of a millisecond, and a report defines more than a hundred.
Here annotations are left alone, and the constructor is made with the first instance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple
else:
    from collections import namedtuple

    #: What gets a field out of a tuple knows its place and nothing else, so one set of them serves all.
    _LONGEST = namedtuple("_LONGEST", [f"at{place}" for place in range(40)])
    _PLACES = [vars(_LONGEST)[name] for name in _LONGEST._fields]

    class _Record(tuple):
        __slots__ = ()

        def __new__(cls, /, *values, **named):
            cls.__new__ = staticmethod(_constructor(cls))
            return cls.__new__(cls, *values, **named)

        def __repr__(self):
            return f"{type(self).__name__}({', '.join(map('{}={!r}'.format, self._fields, self))})"

        def __getnewargs__(self):
            return tuple(self)

        @classmethod
        def _make(cls, values):
            self = tuple.__new__(cls, values)
            if len(self) != len(cls._fields):
                raise TypeError(f"{cls.__name__} has {len(cls._fields)} fields, not {len(self)}")
            return self

        def _replace(self, /, **changes):
            self = self._make(map(changes.pop, self._fields, self))
            if changes:
                raise TypeError(f"{type(self).__name__} has no field {next(iter(changes))!r}")
            return self

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

    class _Definition(type):
        def __new__(cls, name, bases, body):
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = tuple(body.get("__annotations__", ()))
            defaults = {field: body[field] for field in fields if field in body}
            body |= zip(fields, _PLACES[: len(fields)], strict=True)
            body |= {"__slots__": (), "_fields": fields, "_field_defaults": defaults, "__match_args__": fields}
            return type(name, (_Record,), body)

    class NamedTuple(metaclass=_Definition):
        pass

    def _constructor(record):
        names = "".join(f"{field}, " for field in record._fields)
        make = eval(f"lambda _cls, {names}: _new(_cls, ({names}))", {"_new": tuple.__new__})  # no field begins so
        make.__defaults__ = tuple(record._field_defaults.values())
        make.__qualname__ = record.__name__
        return make
