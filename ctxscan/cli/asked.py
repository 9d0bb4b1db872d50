"""Which builds a command line means, and the parts of it that have an equals sign."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from ..errors import CtxscanError
from .options import Options
from .privacy import Privacy

if TYPE_CHECKING:
    from ..builds.order import Orders
    from ..config.gate import Gate


def orders_of(asked: Options, privacy: Privacy) -> Orders:
    if asked.all:
        from ..builds import everywhere

        return everywhere.orders(asked.place)
    from ..builds import sources
    from ..builds.bake.orders import Wish

    if asked.compose:
        files, read = asked.compose, sources.of_compose
        return read(files, os.environ, profiles=asked.profile, services=asked.service, used=privacy.used)
    variables = dict(_variable(each) for each in asked.var)
    privacy.add(variables)
    wish = Wish(asked.service, asked.set, variables, os.environ, used=privacy.used)
    if asked.bake:
        return sources.of_bake(asked.bake, wish)
    return _aimed(sources.of_file(asked.place, wish, profiles=asked.profile), asked)


def _aimed(found: Orders, asked: Options) -> Orders:
    """The builds of a Dockerfile that is given as CONTEXT, with the target and the contexts that are asked for: one in
    each context that the project has for it."""
    if not asked.target and not asked.build_context:
        return found
    contexts = dict(named_context(each) for each in asked.build_context)
    made = {
        (each.context, asked.target or each.target): each._replace(
            target=asked.target or each.target, contexts={**each.contexts, **contexts}
        )
        for each in reversed(found.orders)
    }
    orders = [
        each._replace(name=f"{each.dockerfile} (in {each.context})" if len(made) > 1 else each.dockerfile or each.name)
        if asked.target
        else each
        for each in reversed(made.values())
    ]
    return found._replace(orders=tuple(orders))


class Root(NamedTuple):
    """What the plain command means in a directory without a Dockerfile: the options that ask for its builds, these, and
    the sentence that says so."""

    asked: Options
    orders: Orders
    sentence: str


def root_of(asked: Options, privacy: Privacy) -> Root | None:
    """The builds of a directory without a Dockerfile: those of its Compose files, of its bake files, or of the
    Dockerfiles below it. None: it has one, or there are none, or the command line says more of the build."""
    told = asked.file or asked.target or asked.build_context or asked.ignore_file or asked.list or asked.explain
    if asked.several or told or asked.replay is not None or not Path(asked.place).is_dir():
        return None
    if not _may_build_below(asked.place):
        return None
    start = " ".join(asked.program or ("ctxscan",))
    for kind, options in _readings(asked):
        try:
            found = orders_of(options, privacy)
        except CtxscanError:
            continue
        count = len(found.orders)
        if not count:
            continue
        place = kind or "the Dockerfiles below"
        has = "have" if not kind else "has"
        words = f"--all {asked.context}" if asked.context else "--all"
        way = f"{start} {kind or words}"
        return Root(options, found, f"no Dockerfile here; {place} {has} {count} build{'s' * (count != 1)}: `{way}`")
    return None


#: How much is looked at to see whether there is something to build below a directory.
MAX_SEEN: Final = 20_000
MAX_DEEP: Final = 8


def _may_build_below(root: str) -> bool:
    """Whether a directory has no Dockerfile itself, and it or one below it has one, or a file that says what is built.
    By names alone, and within bounds: it is asked in every directory without a Dockerfile."""
    from ..builds.names import is_bake, is_compose, is_dockerfile
    from ..paths import INSTALLED

    apart = INSTALLED | {".git"}
    count = 0
    start = root.rstrip(os.sep).count(os.sep)
    for above, directories, files in os.walk(root):
        if above == root and not {"Dockerfile", "dockerfile", "Containerfile"}.isdisjoint((*files, *directories)):
            return False
        if any(is_dockerfile(each) or is_compose(each) or is_bake(each) for each in files):
            return True
        deep = above.count(os.sep) - start >= MAX_DEEP
        directories[:] = () if deep else sorted(each for each in directories if each not in apart)
        count += len(files)
        if count > MAX_SEEN:
            return True
    return False


def _readings(asked: Options) -> Iterator[tuple[str, Options]]:
    """The ways to read a directory, each with the file that it is called after."""
    from ..builds import compose
    from ..builds.names import BAKE_FILES
    from ..builds.order import joined

    def first(names: Iterable[str]) -> str | None:
        places = (joined(asked.place, each) for each in names)
        return next((each for each in places if Path(each).is_file()), None)

    composed, baked = first(compose.DEFAULTS), first(BAKE_FILES[4:])
    if composed is not None:
        yield composed, asked._replace(context=None, compose=(asked.place,))
    if baked is not None:
        yield baked, asked._replace(context=None, bake=(asked.place,))
    yield "", asked._replace(all=True)


def single(asked: Options) -> Orders:
    """The build of a directory, as it is asked for. Nothing has to be there."""
    from ..builds.order import Order, Orders, joined
    from ..builds.written import Written

    if asked.file == "-":
        raise CtxscanError("--builds cannot be combined with -f -")
    arguments = dict(argument(each) for each in asked.build_arg)
    contexts = dict(named_context(each) for each in asked.build_context)
    context = joined(".", asked.place) if Path(asked.place).exists() else asked.place
    dockerfile = None if asked.file is None else joined(".", asked.file)
    # A shell that is told `--build-arg A=$SECRET` has put the value there.
    written = Written(arguments=dict.fromkeys(arguments))
    order = Order("", context, dockerfile, None, None, asked.target, arguments, contexts, "", written=written)
    return Orders((order,), ())


def gate_of(asked: Options) -> Gate:
    """What of the command line decides which findings count. Raises `CtxscanError` for codes that do not exist."""
    from ..config.gate import Gate

    select, ignore = (frozenset(_codes(*each)) for each in (("--select", asked.select), ("--ignore", asked.ignore)))
    return Gate(select, ignore, asked.check or asked.trusted is not None, asked.trusted)


def _codes(option: str, words: Iterable[str]) -> Iterator[str]:
    """The codes that an option names, each time one or several with commas between them."""
    named = [each.strip() for word in words for each in word.split(",")]
    if not named:
        return
    from ..opinions import codes
    from .docker import meant

    known = codes()
    for each in named:
        if each not in known:
            raise CtxscanError(f"{option}: no such code: {each}{meant(each, known)}")
        yield each


def _variable(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise CtxscanError("--var: expected NAME=VALUE")
    return name, value


def argument(text: str) -> tuple[str, str | None]:
    """A build argument; without a value it has the one of the environment, if there is one."""
    name, equals, value = text.partition("=")
    if not name:
        raise CtxscanError(f"--build-arg {text!r}: expected NAME=VALUE or NAME")
    return name, value if equals else os.environ.get(name)


def named_context(text: str) -> tuple[str, str]:
    name, _, path = text.partition("=")
    if not name or not path:
        raise CtxscanError(f"--build-context {text!r}: expected NAME=DIR")
    return name, path


def refuse_elsewhere(given: str) -> None:
    """Raise for a context that is not on this machine: what a builder would fetch, or nothing."""
    from ..builds.order import is_remote

    if given == "-" or is_remote(given):
        what = "standard input" if given == "-" else "a remote address"
        raise CtxscanError(
            f"the context is {what}, to which builders apply ignore rules differently: scan a local directory instead"
        )
    from .advice import missing_context

    raise CtxscanError(missing_context(given), place=given)
