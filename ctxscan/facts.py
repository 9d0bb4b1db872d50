"""All facts of one build: the page to read first.

    the build  ->  the rules in use  ->  what the builder asks for  ->  where it ends  ->  the walk  ->  the figures

Facts never judge (`checks` does) and nothing here prints.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from .builds import requested
from .builds.build import Build, directory_build
from .builds.build import plan as plan_of
from .builds.build import rules as rules_of
from .context.closed import advising
from .context.largest import DirectoryTotals
from .context.measure import measure
from .context.narrowing import Narrowing
from .context.totals import IMAGE, MAYBE, Measure, Progress, Watch
from .context.transfer import Context, Sent
from .context.walk import Broken, Entry, walk
from .context.wire import rewritten, stream_text, tar_text
from .errors import CtxscanError
from .printable import shown
from .processes import available, idle
from .rules import builders
from .rules.builders import Builder
from .rules.habits import hint
from .rules.ignorefile import IgnoreFile
from .rules.matcher import BadPattern, Matcher

if TYPE_CHECKING:
    from .context.records import Records
    from .dockerfile.stages import Plan, Step
    from .image.reach import Input, Usage


class Size(NamedTuple):
    """`files` that are not directories, and the `bytes` of their content."""

    files: int
    bytes: int


class Sizes(NamedTuple):
    """The numbers of a scan. `image` is what certainly is in a layer of the image, `possible` what a command may have
    put there besides."""

    context: Size
    transfer: Size
    image: Size
    possible: Size = Size(0, 0)


class Transfer(NamedTuple):
    """What the builder is sent of one context. `stream_bytes` is the builder's own count and `shown` what it prints;
    None where it prints none. `whole_context`: nothing of the context stays behind, because of the steps
    `whole_because`, and of the link `whole_link` on the way of a wild card, if that is why."""

    files: int
    bytes: int
    stream_bytes: int | None
    shown: str | None
    whole_context: bool
    whole_because: tuple[Step, ...] = ()
    whole_link: str | None = None


class InputSize(NamedTuple):
    """What one source of an instruction takes. `reach`: `image`, `transfer`, or None if it takes nothing."""

    input: Input
    files: int
    bytes: int
    reach: str | None


class Scan(NamedTuple):
    """The facts of one build. Paths are POSIX and relative to the context; sizes are content bytes of regular files.

    `narrowing` is what is asked for; None: all. `image` counts what certainly is in a layer and, in
    `image_unsure`, what a command may have put there. `entries` is what is sent, in wire order, if that was asked for.
    `contexts` are the transfers of named contexts, and `named` says of each of those that are directories, and that the
    build reads, what is said of the main one here. `measure` has the totals, and the files and directories worth a
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
    named: tuple[tuple[str, Scan], ...] = ()

    def of(self, context: str | None) -> Scan:
        """What is said of a named context; None: the main one."""
        return self if context is None else dict(self.named)[context]

    def asks_for(self, path: str) -> bool:
        """Whether the builder asks for `path`, be it kept or not."""
        return self.narrowing is None or self.narrowing.asks_for(path)

    @property
    def context_size(self) -> Size:
        return Size(self.measure.total.files, self.measure.total.bytes)

    @property
    def image(self) -> Size:
        """Of all contexts."""
        return _sum(_of_mask(each.measure, IMAGE, IMAGE) for each in self._every)

    @property
    def image_unsure(self) -> Size:
        return _sum(_of_mask(each.measure, IMAGE | MAYBE, MAYBE) for each in self._every)

    def decider(self, mask: int) -> Step | None:
        """The command that decides whether what carries this mask is in the image; None: none does."""
        if self.usage is None or mask & (IMAGE | MAYBE) != MAYBE:
            return None
        found = [each for each in reversed(self.usage.deciders) if mask & each.mask]
        # What was made of a file before it was removed is what may go on.
        return next((each.step for each in sorted(found, key=lambda each: each.removes)), None)

    @property
    def deciding(self) -> tuple[Step, ...]:
        """The commands that decide what of `image_unsure` is in the image, the one that decides most first."""
        sizes: dict[tuple[int, str], tuple[int, Step]] = {}
        for each in self._every:
            for mask, (files, size, *_) in each.measure.masks.items():
                step = each.decider(mask) if files else None
                if step is not None:
                    key = step.line, step.instruction.text
                    sizes[key] = sizes.get(key, (0, step))[0] + size, step
        return tuple(step for _, step in sorted(sizes.values(), key=lambda each: (-each[0], each[1].line)))

    @property
    def sizes(self) -> Sizes:
        """Of all contexts: what the rules keep of them, what of that is sent (as often as it is), and what of it is in
        the image, certainly or possibly."""
        kept = _sum(
            each.context_size for each in self._every if each is self or each.build.context != self.build.context
        )
        sent = self.contexts if self.build.builder.figure is not None else ()
        transfers = _sum(Size(each.files, each.bytes) for each in (self.transfer, *(each for _, each in sent)))
        return Sizes(kept, transfers, self.image, self.image_unsure)

    @property
    def _every(self) -> Iterator[Scan]:
        yield self
        yield from (each for _, each in self.named)

    @property
    def taken(self) -> Size:
        """What some instruction reads."""
        whole, untaken = self.measure.masks, _of_mask(self.measure, ~0, 0)
        return Size(
            sum(each[0] for each in whole.values()) - untaken.files,
            sum(each[1] for each in whole.values()) - untaken.bytes,
        )

    @property
    def directories(self) -> DirectoryTotals:
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
    """Return what a build of the directory `context` would send, and where each file ends up.

    `dockerfile` is a path as for `docker build -f` (default: the one in the context, if any), `dockerfile_text` its
    content if it comes from standard input. `target`, `build_args`, and `build_contexts` are as in `docker build`; a
    build argument of None takes its value from the environment. `builder` is `buildkit`, `classic`, or `buildah`.
    `ignore_file` is used instead of the file that the builder would read. With `keep_entries`, the result lists
    everything that is sent, in wire order. `screened` picks the files that `review` looks at; `progress` is called with
    files and bytes so far. Raises `CtxscanError` where the builder would refuse to work.
    """
    build = directory_build(
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


#: An ignore file with its rules, and what they depend on: the context, the builder, the file, and what it takes out.
Rules: TypeAlias = tuple[IgnoreFile | None, Matcher]
RulesKey: TypeAlias = tuple[Path, str, tuple[Path, str, bytes] | None, frozenset[str]]


def scan_build(
    build: Build,
    *,
    ignored: IgnoreFile | None = None,
    keep_entries: bool = False,
    screened: bool = True,
    progress: Progress | None = None,
    meanwhile: Callable[[Build, str, IgnoreFile | None, Matcher], object] = idle,
    read: dict[RulesKey, Rules] | None = None,
    records: Records | None = None,
) -> Scan:
    """The facts of one build, from `builds`; with `ignored` instead of the ignore file that lies there. While other
    processes walk, if they do, this one does `meanwhile` what is asked of it: that takes the build, the context's root,
    the ignore file and the rules. `read` has the rules of other builds of the run, and is added to: what one build has
    found out about rules serves all that have the same. `records` has what they have read of directories."""
    ignored, rules = rules_of(build, ignored)
    if read is not None:
        told = None if ignored is None else (ignored.path, ignored.label, ignored.data)
        key = (build.context, build.builder.name, told, frozenset(rules.removed))
        ignored, rules = read.setdefault(key, (ignored, rules))
    plan = plan_of(build)
    asked = requested.asked(build, plan)
    main = requested.main(asked)
    disk = Context(build.context)
    with _quoting(plan):
        named = requested.named(build, plan, asked)
        narrowing = requested.narrowed_to(main, disk, asks=plan is not None and build.builder.on_demand)
    usage = None if plan is None else trace_usage(build, plan, Sent(disk, rules, narrowing), named)
    fail = _failure(ignored, build.builder)
    # Without a Dockerfile nobody knows what will be asked for, and without a transfer nothing is counted or compared.
    counted = plan is not None and (main is not None or not build.builder.on_demand)
    if plan is not None and not counted:
        rules = requested.comparable(rules)
    watch = _screening(ignored, records) if screened else None
    with advising(build.context, ignored, rules):
        measured = measure(
            disk.root,
            rules,
            narrowing=narrowing,
            reach=usage.root if usage else None,
            figure=build.builder.figure if counted else None,
            watch=watch,
            processes=available(),
            progress=progress,
            fail=fail,
            meanwhile=partial(meanwhile, build, disk.root, ignored, rules),
            records=records,
        )
    whole, because, link = requested.whole(plan, main, narrowing, disk)
    scan = Scan(
        build=build,
        ignored=ignored,
        rules=requested.comparable(rules),
        narrowing=narrowing,
        plan=plan,
        usage=usage,
        disk=disk,
        measure=measured,
        transfer=_transfer(build, measured, disk, whole=whole, because=because)._replace(whole_link=link),
        inputs=tuple(_inputs(usage, measured)),
        entries=_entries(disk.root, rules, narrowing, fail) if keep_entries else (),
        contexts=(),
    )
    scans = tuple((each.name, _scan_named(scan, each, screened=screened, records=records)) for each in named)
    contexts = tuple(transfer for each, (_, one) in zip(named, scans, strict=True) for transfer in _sent(each, one))
    return scan._replace(named=scans, contexts=contexts)


@contextmanager
def _quoting(plan: Plan | None) -> Iterator[None]:
    """Errors inside quote sources, unless a build argument gave a part of one."""
    try:
        yield
    except CtxscanError as error:
        steps = [step for stage in (plan.stages if plan else ()) for step in stage.steps]
        sources = any(each.outside for step in steps for each in step.sources)
        if not sources and not any(each.outside for step in steps for each in step.mounts):
            raise
        message, listed, _ = error.message.partition(": [")
        message += ", to which a build argument gave a part" if listed else ""
        raise CtxscanError(message, place=error.place, closed=error.closed) from None


def _screening(ignored: IgnoreFile | None, records: Records | None) -> Watch:
    from .context.watchlist import Screening  # with the table of secret names: not for bare facts

    watch = Screening(ignored)
    return watch if records is None else records.watch(ignored, watch)


def _entries(
    root: str, rules: Matcher, narrowing: Narrowing | None, fail: Callable[[BadPattern, Matcher], CtxscanError]
) -> tuple[Entry, ...]:
    """What is sent, in wire order."""
    sent: list[Entry] = []
    with suppress(Broken):  # the archive ends there
        sent += (entry for entry in walk(root, rules, narrowing=narrowing, attributes=False, fail=fail) if entry.sent)
    return tuple(sent)


def _sum(sizes: Iterable[Size]) -> Size:
    each = list(sizes)
    return Size(sum(size.files for size in each), sum(size.bytes for size in each))


def _of_mask(measured: Measure, bits: int, value: int) -> Size:
    """What is sent and has `value` in these bits of its mask."""
    chosen = [counts for mask, counts in measured.masks.items() if mask & bits == value]
    return Size(sum(each[0] for each in chosen), sum(each[1] for each in chosen))


def _inputs(usage: Usage | None, measured: Measure) -> Iterator[InputSize]:
    for each in usage.inputs if usage else ():
        size = _of_mask(measured, each.mask, each.mask)
        aside = _of_mask(measured, each.mask | IMAGE | MAYBE, each.mask)
        sure = _of_mask(measured, each.mask | IMAGE, each.mask | IMAGE)
        reach = None if not size.files else "transfer" if aside == size else "image" if sure.files else "possible"
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


def trace_usage(build: Build, plan: Plan, sent: Sent, named: Sequence[requested.Named] = ()) -> Usage:
    """Where everything ends that was sent."""
    from .image.reach import trace  # only where there is a Dockerfile

    sent = Sent(sent.context, requested.comparable(sent.rules), sent.narrowing)
    return trace(plan, sent, {each.name: each.sent for each in named})


def _scan_named(scan: Scan, named: requested.Named, *, screened: bool, records: Records | None) -> Scan:
    """What is said of a named context."""
    usage = scan.usage
    if usage is not None:
        inputs, root = next((inputs, root) for name, inputs, root in usage.named if name == named.name)
        usage = usage._replace(inputs=inputs, root=root, lost=(), named=())
    builder = scan.build.builder
    narrowing = named.sent.narrowing
    with advising(named.path, named.ignored, named.rules):
        measured = measure(
            os.fspath(named.path),
            named.rules,
            narrowing=narrowing,
            reach=usage.root if usage else None,
            figure=builder.figure,
            watch=_screening(named.ignored, records) if screened else None,
            processes=available(),
            progress=None,
            fail=_failure(named.ignored, builder),
            records=records,
        )
    disk = Context(named.path)
    build = scan.build._replace(context=named.path, own_name=None, contexts={})
    return scan._replace(
        build=build,
        ignored=named.ignored,
        rules=named.sent.rules,
        narrowing=narrowing,
        usage=usage,
        disk=disk,
        measure=measured,
        transfer=_transfer(build, measured, disk, whole=narrowing is None, because=()),
        inputs=tuple(_inputs(usage, measured)),
        entries=(),
        contexts=(),
        named=(),
    )


def _sent(named: requested.Named, scan: Scan) -> Iterator[tuple[str, Transfer]]:
    """The transfers of a named context; one, of what is read of it, where the builder reads in place."""
    builder = scan.build.builder
    if builder.figure is None:
        yield named.name, Transfer(*scan.taken, None, None, whole_context=False)
        return
    if len(named.requests) < 2:
        yield named.name, scan.transfer._replace(whole_because=())
        return
    for request in named.requests:
        narrowing = requested.narrowed_to(request, scan.disk, asks=True)
        measured = measure(
            scan.disk.root,
            named.rules,
            narrowing=narrowing,
            reach=None,
            figure=builder.figure,
            watch=None,
            processes=1,
            progress=None,
            fail=_failure(named.ignored, builder),
        )
        yield named.name, _transfer(scan.build, measured, scan.disk, whole=narrowing is None, because=())


def _failure(ignored: IgnoreFile | None, builder: Builder) -> Callable[[BadPattern, Matcher], CtxscanError]:
    def fail(bad: BadPattern, matcher: Matcher) -> CtxscanError:
        if ignored is None:
            return CtxscanError(f"{builder.error_comparing}{bad}")
        rule = ignored.rules[bad.index]
        if ignored.foreign:
            return CtxscanError(f"{builder.error_comparing}a rule of it", place=f"{ignored.label}:{rule.line}")
        words = f"{builder.error_comparing}{bad}: {shown(rule.text)}{shown(hint(rule.text))}"
        return CtxscanError(words, place=f"{ignored.label}:{rule.line}")

    return fail
