"""`--set TARGET.KEY=VALUE`, as bake reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from ...errors import CtxscanError
from ...rules.globs import matches

#: What can be set, without and with a name behind it.
_KEYS: Final = frozenset(
    "context dockerfile target args contexts labels tags platform platforms output cache-from cache-to secrets secret "
    "ssh attest annotations policy entitlements network call no-cache no-cache-filter pull push load shm-size ulimits "
    "resources extra-hosts".split()
)
_NAMED: Final = ("args", "contexts", "labels", "extra-hosts", "resources")


class Override(NamedTuple):
    """One `--set`: `value` for `key`, and what is `sub` to it, of the targets that match `pattern`; None: as in the
    environment."""

    pattern: str
    key: str
    sub: str
    given: str | None
    place: str

    @property
    def value(self) -> str:
        return self.given or ""


def read(texts: Sequence[str]) -> tuple[Override, ...]:
    """The overrides that a command line gives. Raises `CtxscanError`."""
    found = []
    for text in texts:
        name, equals, value = text.partition("=")
        pattern, dot, rest = name.partition(".")
        key, _, sub = rest.partition(".")
        if not dot or not pattern or not key:
            raise CtxscanError(f"--set {name}: TARGET.KEY=VALUE is expected")
        sub, plain = sub.removesuffix("+"), key if sub else key.removesuffix("+")
        if plain not in _KEYS:
            raise CtxscanError(f"--set {name}: unknown key: {key}")
        if plain in _NAMED and not sub:
            raise CtxscanError(f"--set {name}: {plain} needs a name behind a dot")
        if not equals and plain != "args":
            raise CtxscanError(f"--set {name}: TARGET.KEY=VALUE is expected")
        found.append(Override(pattern, plain, sub, value if equals else None, "--set"))
    return tuple(found)


def expanded(
    overrides: Sequence[Override], names: Sequence[str], environment: Mapping[str, str]
) -> Mapping[str, Sequence[Override]]:
    """The overrides of each target. Raises `CtxscanError` for one that matches no target."""
    found: dict[str, list[Override]] = {}
    for each in overrides:
        matching = [each.pattern] if each.pattern in names else [name for name in names if matches(each.pattern, name)]
        if not matching:
            raise CtxscanError(f"could not find any target matching {each.pattern}", place=each.place)
        given = environment.get(each.sub) if each.given is None else each.given
        for name in matching if given is not None else ():
            found.setdefault(name, []).append(each._replace(given=given))
    return found
