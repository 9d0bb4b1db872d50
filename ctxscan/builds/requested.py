"""What a build asks of its contexts: which paths of the main one and of the named ones are sent, and by what rules.

Nothing is walked: this is told from the Dockerfile, the ignore files, and the names on the way of its sources.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from ..context.narrowing import Narrowing
from ..context.transfer import MAIN, Context, Request, Sent, context_sources, follow, link_on, narrowed, requests
from ..errors import CtxscanError
from ..rules import ignorefile
from ..rules.builders import Builder
from ..rules.ignorefile import IgnoreFile
from ..rules.matcher import Matcher
from .build import Build, load_rules

if TYPE_CHECKING:
    from ..dockerfile.stages import Plan, Step


def asked(build: Build, plan: Plan | None) -> list[Request]:
    """What the builder asks for; nothing if it looks at its contexts in another way."""
    return list(requests(plan)) if plan is not None and build.builder.on_demand else []


def main(asked: list[Request]) -> Request | None:
    """The request for the main context, if there is one."""
    return next((each for each in asked if each.name == MAIN), None)


def narrowed_to(request: Request | None, disk: Context, *, asks: bool) -> Narrowing | None:
    """The paths of a context that are sent, None for all of it. `asks`: the builder sends only what it is asked for."""
    if not asks:
        return None
    if request is None:
        return Narrowing()
    return None if request.paths is None else narrowed(request.paths, disk)


def whole(
    plan: Plan | None, main: Request | None, narrowing: Narrowing | None, disk: Context
) -> tuple[bool, tuple[Step, ...], str | None]:
    """Whether nothing of the context stays behind that the rules keep, the steps that ask for it, and the link that
    makes them do so."""
    if main is None or plan is None:
        return narrowing is None, (), None
    if main.paths is None or (narrowing is not None and _ALL.isdisjoint(narrowing.texts)):
        return narrowing is None, main.whole_because, None
    # A link on the way of a wild card, or one that leads to the root, makes a source stand for everything.
    asked = [(step, path) for stage in plan.stages for step in stage.steps for path in context_sources(step)]
    asking = [(step, path) for step, path in asked if not _ALL.isdisjoint(follow([path], disk) or _ALL)]
    links = (link_on(path, disk) for _, path in asking)
    return True, tuple(dict.fromkeys(step for step, _ in asking)), next((link for link in links if link), None)


#: Patterns to which everything in a context's root belongs.
_ALL: Final = frozenset(("*", "**"))


class Named(NamedTuple):
    """A named context that is a directory, and that the build reads: what is asked of it, by one request after the
    other, and what of it is sent by all of them."""

    name: str
    path: Path
    ignored: IgnoreFile | None
    rules: Matcher
    requests: tuple[Request, ...]
    sent: Sent


def named_contexts(build: Build, plan: Plan | None) -> tuple[Named, ...]:
    """The named contexts that a build reads."""
    return named(build, plan, asked(build, plan))


def named(build: Build, plan: Plan | None, asked: Sequence[Request]) -> tuple[Named, ...]:
    # The ignore file of one that is not read is not read either.
    read = {each.name for each in asked} if build.builder.on_demand else _mentioned(plan)
    out = []
    for name, path in build.contexts.items():
        if path is None or name not in read:
            continue
        ignored, rules = _named_rules(name, path, build.builder)
        requests = tuple(each for each in asked if each.name == name)
        disk = Context(path)
        every = {source for each in requests for source in each.paths or ("",)}
        whole = Request(name, None if "" in every else tuple(sorted(every)), ())
        narrowing = narrowed_to(whole, disk, asks=build.builder.on_demand)
        out.append(Named(name, path, ignored, rules, requests, Sent(disk, comparable(rules), narrowing)))
    return tuple(out)


def _mentioned(plan: Plan | None) -> set[str]:
    """The contexts that some step or stage reads."""
    stages = plan.stages if plan is not None else ()
    origins = [stage.origin for stage in stages]
    for step in (step for stage in stages for step in stage.steps):
        origins += [each for each in (step.origin, *(mount.origin for mount in step.mounts)) if each is not None]
    return {origin.name for origin in origins if origin.kind == "context"}


def _named_rules(name: str, path: Path, builder: Builder) -> tuple[IgnoreFile | None, Matcher]:
    # Only the file in its own root counts for a named context.
    found = ignorefile.find_ignore_file(path, builder, dockerfile=None)
    if found is None:
        return None, Matcher((), builder)
    try:
        ignored = load_rules(found, builder, context=path, root=path)
    except CtxscanError as error:
        raise CtxscanError(error.message, place=f"{name}:{error.place}") from None
    ignored = ignored._replace(label=f"{name}:{ignored.label}")
    return ignored, Matcher([rule.pattern for rule in ignored.rules], builder)


def comparable(rules: Matcher) -> Matcher:
    """The same rules without those that cannot be compared: where the builder compares one, the walk has failed."""
    if not any(pattern.problem for pattern in rules.patterns):
        return rules
    patterns = [type(each).loaded(".") if each.problem else each for each in rules.patterns]
    return Matcher(patterns, rules.builder)
