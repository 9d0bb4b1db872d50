"""All facts of one build: the page to read first.

    the build  ->  the rules in use  ->  what the builder asks for  ->  where it ends  ->  the walk  ->  the figures

Facts never judge (`checks` does) and nothing here prints.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .builds.build import Build, directory
from .builds.build import plan as plan_of
from .builds.build import rules as rules_of
from .context.largest import Directory
from .context.measure import measure
from .context.narrowing import Narrowing
from .context.totals import IMAGE, MAYBE, Measure, Watch
from .context.transfer import MAIN, Context, Request, Sent, narrowed, requests
from .context.walk import Broken, Entry, walk
from .context.wire import rewritten, stream_text, tar_text
from .errors import CtxscanError
from .processes import available, idle
from .rules import builders, ignorefile
from .rules.builders import Builder
from .rules.ignorefile import IgnoreFile
from .rules.matcher import BadPattern, Matcher

if TYPE_CHECKING:
    from .dockerfile.stages import Plan, Step
    from .image.reach import Input, Usage

#: What `progress` is told: how many files so far, and their bytes.
Progress = Callable[[int, int], None]


class Size(NamedTuple):
    """`files` that are not directories, and the `bytes` of their content."""

    files: int
    bytes: int


class Sizes(NamedTuple):
    """The three numbers of a scan; `image` with what a command may have put there."""

    context: Size
    transfer: Size
    image: Size


class Transfer(NamedTuple):
    """What the builder is sent of one context. `stream_bytes` is the builder's own count and `shown` what it prints;
    None where it prints none. `whole_context`: nothing of the context stays behind, because of the steps
    `whole_because`."""

    files: int
    bytes: int
    stream_bytes: int | None
    shown: str | None
    whole_context: bool
    whole_because: tuple[Step, ...] = ()


class InputSize(NamedTuple):
    """What one source of an instruction takes. `reach`: `image`, `transfer`, or None if it takes nothing."""

    input: Input
    files: int
    bytes: int
    reach: str | None


class Scan(NamedTuple):
    """The facts of one build. Paths are POSIX and relative to the context.

    `narrowing` is what is asked for; None: all. `image` counts what certainly is in a layer and, in
    `image_unsure`, what a command may have put there. `entries` is what is sent, in wire order, if that was asked for.
    `contexts` are the transfers of named contexts. `measure` has the totals, and the files and directories worth a
    look.
    """

    build: Build
    ignored: IgnoreFile | None
    rules: Matcher
    narrowing: Narrowing | None
    plan: Plan | None
    usage: Usage | None
    disk: Context
    measure: Measure
    transfer: Transfer
    inputs: tuple[InputSize, ...]
    entries: tuple[Entry, ...]
    contexts: tuple[tuple[str, Transfer], ...]

    def asks_for(self, path: str) -> bool:
        """Whether the builder asks for `path`, be it kept or not."""
        return self.narrowing is None or self.narrowing.asks_for(path)

    @property
    def context_size(self) -> Size:
        return Size(self.measure.total.files, self.measure.total.bytes)

    @property
    def image(self) -> Size:
        return _of_mask(self.measure, IMAGE, IMAGE)

    @property
    def image_unsure(self) -> Size:
        return _of_mask(self.measure, IMAGE | MAYBE, MAYBE)

    @property
    def sizes(self) -> Sizes:
        sure, unsure = self.image, self.image_unsure
        image = Size(sure.files + unsure.files, sure.bytes + unsure.bytes)
        return Sizes(self.context_size, Size(self.transfer.files, self.transfer.bytes), image)

    @property
    def taken(self) -> Size:
        """What some instruction reads."""
        whole, untaken = self.measure.masks, _of_mask(self.measure, ~0, 0)
        return Size(
            sum(each[0] for each in whole.values()) - untaken.files,
            sum(each[1] for each in whole.values()) - untaken.bytes,
        )

    @property
    def directories(self) -> Directory:
        return self.measure.directories

    @property
    def takes_everything(self) -> bool:
        """Whether all that the rules keep leaves this machine, or would."""
        return self.plan is None or self.transfer.whole_context or not self.build.builder.on_demand


def scan(
    context: str | os.PathLike[str] = ".",
    *,
    dockerfile: str | os.PathLike[str] | None = None,
    dockerfile_text: bytes | None = None,
    target: str | None = None,
    build_args: Mapping[str, str | None] | None = None,
    build_contexts: Mapping[str, str] | None = None,
    builder: str = "buildkit",
    ignore_file: str | os.PathLike[str] | None = None,
    keep_entries: bool = False,
    screened: bool = True,
    progress: Progress | None = None,
) -> Scan:
    """What a build of `context` would send, and where it ends.

    `dockerfile` is a path as for `docker build -f` (default: the one in the context, if any), `dockerfile_text` its
    content where it comes from standard input. A build argument of None has the value that the environment gives it.
    `ignore_file` is evaluated in place of the one the builder would take. With `keep_entries` the result lists
    everything that is sent, in wire order. Raises `CtxscanError` where the builder would refuse to work.
    """
    build = directory(
        context,
        builders.builder_named(builder),
        dockerfile=dockerfile,
        text=dockerfile_text,
        target=target,
        arguments=build_args or {},
        contexts=build_contexts or {},
        ignore_file=ignore_file,
    )
    return scan_build(build, keep_entries=keep_entries, screened=screened, progress=progress)


def scan_build(
    build: Build,
    *,
    ignored: IgnoreFile | None = None,
    keep_entries: bool = False,
    screened: bool = True,
    progress: Progress | None = None,
    meanwhile: Callable[[str, IgnoreFile | None, Matcher], object] = idle,
) -> Scan:
    """The facts of one build, from `builds`; with `ignored` in place of the ignore file that lies there. While other
    processes walk, if they do, this one does `meanwhile` what is asked of it: that is told the context's root, the
    ignore file and the rules."""
    ignored, rules = rules_of(build, ignored)
    plan = plan_of(build)
    asked = _asked(build, plan)
    main = _main(asked)
    disk = Context(build.context)
    narrowing = _narrowing(main, disk, asks=plan is not None and build.builder.on_demand)
    usage = None if plan is None else trace_usage(build, plan, Sent(disk, rules, narrowing))
    # Without a Dockerfile nobody knows what will be asked for, and without a transfer nothing is counted.
    counted = plan is not None and (main is not None or not build.builder.on_demand)
    fail = _failure(ignored, build.builder)
    measured = measure(
        disk.root,
        rules,
        narrowing=narrowing,
        reach=usage.root if usage else None,
        figure=build.builder.figure if counted else None,
        watch=_screening(ignored) if screened else None,
        processes=available(),
        progress=progress,
        fail=fail,
        meanwhile=partial(meanwhile, disk.root, ignored, rules),
    )
    return Scan(
        build=build,
        ignored=ignored,
        rules=rules,
        narrowing=narrowing,
        plan=plan,
        usage=usage,
        disk=disk,
        measure=measured,
        transfer=_transfer(build, measured, disk, whole=narrowing is None, because=main.whole_because if main else ()),
        inputs=tuple(_inputs(usage, measured)),
        entries=_entries(disk.root, rules, narrowing, fail) if keep_entries else (),
        contexts=tuple(_named_transfers(build, asked)),
    )


def _screening(ignored: IgnoreFile | None) -> Watch:
    from .context.watchlist import Screening  # with the table of secret names: not for bare facts

    return Screening(ignored)


def _entries(
    root: str, rules: Matcher, narrowing: Narrowing | None, fail: Callable[[BadPattern, Matcher], CtxscanError]
) -> tuple[Entry, ...]:
    """What is sent, in wire order."""
    sent: list[Entry] = []
    with suppress(Broken):  # the archive ends there
        sent += (entry for entry in walk(root, rules, narrowing=narrowing, attributes=False, fail=fail) if entry.sent)
    return tuple(sent)


def _of_mask(measured: Measure, bits: int, value: int) -> Size:
    """What is sent and has `value` in these bits of its mask."""
    chosen = [counts for mask, counts in measured.masks.items() if mask & bits == value]
    return Size(sum(each[0] for each in chosen), sum(each[1] for each in chosen))


def _inputs(usage: Usage | None, measured: Measure) -> Iterator[InputSize]:
    for each in usage.inputs if usage else ():
        size = _of_mask(measured, each.mask, each.mask)
        aside = _of_mask(measured, each.mask | IMAGE | MAYBE, each.mask)
        reach = None if not size.files else "transfer" if aside == size else "image"
        yield InputSize(each, size.files, size.bytes, reach)


def _transfer(build: Build, measured: Measure, disk: Context, *, whole: bool, because: tuple[Step, ...]) -> Transfer:
    if build.builder.figure is None:
        return Transfer(0, 0, None, None, whole_context=False)  # it reads in place
    size = _of_mask(measured, 0, 0)
    figure = measured.figure
    if figure is not None and build.builder.figure == "tar" and build.own_name is None and build.text is not None:
        figure = rewritten(figure, len(build.text), disk.size(".dockerignore"))
    text = stream_text if build.builder.figure == "stream" else tar_text
    return Transfer(size.files, size.bytes, figure, None if figure is None else text(figure), whole, because)


def _asked(build: Build, plan: Plan | None) -> list[Request]:
    """What the builder asks for; nothing if it looks at its contexts in another way."""
    return list(requests(plan)) if plan is not None and build.builder.on_demand else []


def _main(asked: list[Request]) -> Request | None:
    return next((each for each in asked if each.name == MAIN), None)


def _narrowing(request: Request | None, disk: Context, *, asks: bool) -> Narrowing | None:
    """The paths of a context that are sent, None for all of it. `asks`: the builder sends only what it is asked for."""
    if not asks:
        return None
    if request is None:
        return Narrowing()
    return None if request.paths is None else narrowed(request.paths, disk)


def trace_usage(build: Build, plan: Plan, sent: Sent) -> Usage:
    """Where everything ends that was sent."""
    from .image.reach import trace  # only where there is a Dockerfile

    return trace(plan, sent, _named(build))


def _named(build: Build) -> dict[str, Sent]:
    """The named contexts that are directories, as far as their rules keep them."""
    out = {}
    for name, path in build.contexts.items():
        if path is not None:
            rules = _named_rules(path, build.builder)[1]
            out[name] = Sent(Context(path), rules, None)
    return out


def _named_rules(path: Path, builder: Builder) -> tuple[IgnoreFile | None, Matcher]:
    # Only the file in its own root counts for a named context.
    found = ignorefile.find(path, builder, dockerfile=None)
    ignored = None if found is None else ignorefile.load(found, builder, context=path, root=path)
    return ignored, Matcher([rule.pattern for rule in ignored.rules] if ignored else (), builder)


def _named_transfers(build: Build, asked: list[Request]) -> Iterator[tuple[str, Transfer]]:
    for request in asked:
        path = build.contexts.get(request.name) if request.name != MAIN else None
        if path is not None:
            ignored, rules = _named_rules(path, build.builder)
            narrowing = _narrowing(request, Context(path), asks=True)
            measured = measure(
                os.fspath(path),
                rules,
                narrowing=narrowing,
                reach=None,
                figure=build.builder.figure,
                watch=None,
                processes=1,
                progress=None,
                fail=_failure(ignored, build.builder),
            )
            yield request.name, _transfer(build, measured, Context(path), whole=narrowing is None, because=())


def _failure(ignored: IgnoreFile | None, builder: Builder) -> Callable[[BadPattern, Matcher], CtxscanError]:
    def fail(bad: BadPattern, matcher: Matcher) -> CtxscanError:
        place = f"{ignored.label}:{ignored.rules[bad.index].line}" if ignored else None
        return CtxscanError(f"{builder.error_comparing}{bad}", place=place)

    return fail
