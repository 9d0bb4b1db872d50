"""One run: from the options to the report and the exit code. What is printed goes through `output`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from .. import session
from ..errors import CtxscanError
from ..facts import Scan
from ..printable import shown
from ..proposals.background import Ahead
from ..reports.formats import CHARTED, Look, load_format, render
from .asked import gate_of, orders_of, root_of, single
from .options import Options, refuse
from .output import listed_paths, tell, tell_fix, tell_remarks, tell_written, write
from .parser import parse_words
from .privacy import Privacy
from .requested import explained, requested
from .terminal import Progressing, colored, follows_links, painted, tells_unicode, width

if TYPE_CHECKING:
    from ..builds.build import Build
    from ..config.gate import Gate
    from ..config.settings import Config
    from ..context.tree import Tree
    from ..opinions import ReadImage, Review
    from ..rules.ignorefile import IgnoreFile
    from ..rules.matcher import Matcher


def execute(asked: Options, ahead: Ahead, privacy: Privacy) -> int:
    """What is asked for, from the builds to the report; the exit status. `ahead` is what it has looked at, which takes
    a while to be forgotten; `privacy` learns what may not be printed."""
    refuse(asked)
    if asked.rule is not None:
        return _show_rule(asked.rule, asked)
    if asked.builds:
        return _list_builds(asked, privacy)
    gate = gate_of(asked)
    configs = session.Configs(asked.config, enabled=not asked.no_config, guarded=gate.guarded, trusted=gate.trusted)
    root = root_of(asked, privacy)
    asked = asked if root is None else root.asked
    if root is not None and (asked.format != "text" or asked.diff or asked.fix):
        tell_remarks(asked, [root.sentence], privacy)
    found, broken = requested(asked, configs, privacy, None if root is None else root.orders)
    builds = [each._replace(blank_bases=True) for each in found]
    if asked.listed and len(builds) > 1:
        raise CtxscanError(f"--list prints the paths of one build, not of {len(builds)}: choose one with --service")
    paths = explained(asked.explain, builds)
    records = session.shared_records(builds)
    ahead.share(records)
    walk = partial(session.scans, keep_entries=asked.list, screened=not asked.only_facts)
    charted = asked.format in CHARTED
    own = [configs.of(each.context) for each in builds]
    meanwhile = partial(_look_ahead, ahead, asked, len(builds) == 1)
    progressing = Progressing(enabled=not (asked.no_progress or asked.quiet))
    with progressing as progress:
        refused: list[CtxscanError] | None = [] if len(builds) > 1 else None
        untold: frozenset[str] = frozenset()
        scans = walk(builds, progress=progress, meanwhile=meanwhile, records=records, refused=refused)
        if refused:
            if not scans:
                raise refused[0]
            done = {id(each.build) for each in scans}
            kept = [at for at, each in enumerate(builds) if id(each) in done]
            # Rules are written for all builds that may read the file or not at all.
            untold = frozenset(os.path.realpath(each.context) for each in builds if id(each) not in done)
            builds, own, paths = [builds[at] for at in kept], [own[at] for at in kept], [paths[at] for at in kept]
        judge = partial(_reviews, asked, configs=own, gate=gate, charted=charted)
        if not asked.only_facts:
            progressing.phase("looking for secrets and waste, and proving rules")
        if asked.listed:
            made: tuple[Review, ...] = ()
        else:
            made = _facts(scans, paths, charted) if asked.only_facts else judge(scans, ahead=ahead)
            made = tuple(_unproposed(each, untold) for each in made)
    for error in refused or ():
        from .advice import way_out

        tell(f"error: {shown(privacy.fit(str(error) + way_out(error, asked)))}")
    if asked.ignore_file is not None and builds[0].builder.name != "buildah" and not asked.quiet:
        name = builds[0].builder.name
        tell(f"note: what-if: {name} would not take {shown(asked.ignore_file)} by itself")
    if asked.listed:
        write(listed_paths(scans[0], zero=asked.zero), asked.output)
        tell_written(asked, "list")
        return 0
    if asked.diff:
        status = _show_diff(made, asked.output, color=colored(asked.color, asked.output))
        return 2 if broken or refused else status
    if asked.log:
        made = tuple(_logged(each, asked.log) for each in made)
    if asked.replay is not None:
        made = tuple(_replayed(each, asked.replay, ahead.tree(each.scan.disk.root)) for each in made)
    if asked.fix:
        current = dict(enumerate(scans))

        def again(positions: Sequence[int]) -> Sequence[Review]:
            ahead = Ahead()  # there are other files now
            meanwhile = partial(_look_ahead, ahead, asked, len(builds) == 1)
            walked = walk([builds[at] for at in positions], progress=None, meanwhile=meanwhile)
            current.update(zip(positions, walked, strict=True))
            return tuple(_unproposed(each, untold) for each in judge(list(current.values()), ahead=ahead))

        before, fixed = made, session.fixed(made, again)
        made = fixed.reviews
        if not asked.quiet:
            tell_fix(before, fixed)
    if asked.write_baseline is not None:
        said = _write_baseline(asked.write_baseline, made, privacy)
        if not asked.quiet:
            tell(said)
    made = _compared(asked, made)
    if asked.since is not None:
        made = _since(asked, asked.since, made, configs, judge, walk)
    if asked.check:
        thresholds = [asked.fail_on or configs.threshold(each.scan.build.context) for each in made]
        made = tuple(each._replace(threshold=one) for each, one in zip(made, thresholds, strict=True))
    if asked.reported:
        look = _look(asked)
        if root is not None and not asked.check and not asked.verbose:
            look = look._replace(overview=privacy.fit(root.sentence))
        write(render(privacy.reviews(made), asked.format, look).encode(errors="surrogateescape"), asked.output)
        tell_written(asked, f"{asked.format} report")
    undone = broken + len(refused or ())
    if undone and asked.check and not asked.quiet:
        tell(f"failed: {undone} build{'s' * (undone > 1)} cannot be done: see above")
    failing = any(each.threshold is not None and each.fails(each.threshold) for each in made)
    return 2 if broken or refused else 1 if failing else 0


def _show_rule(code: str, asked: Options) -> int:
    """The page about a finding."""
    from ..checks.handbook import page
    from .terminal import painted_page

    text = page(code).markdown
    write((painted_page(text) if colored(asked.color, asked.output) else text).encode(), asked.output)
    return 0


def _compared(asked: Options, made: tuple[Review, ...]) -> tuple[Review, ...]:
    """The reviews without what is known already."""
    if asked.baseline is None:
        return made
    from ..comparison import against_baseline

    return against_baseline(made, asked.baseline, asked.trusted)


def _since(
    asked: Options,
    revision: str,
    made: tuple[Review, ...],
    configs: session.Configs,
    judge: Callable[..., tuple[Review, ...]],
    walk: Callable[..., tuple[Scan, ...]],
) -> tuple[Review, ...]:
    """The reviews without what another commit has too."""
    from ..comparison import against_commit
    from ..config.gate import OPEN
    from .since import builds_of, mirror, scans_of

    with mirror(asked, revision) as other:
        own = configs.moved(other.there, other.root)
        builds = builds_of(other, lambda words: requested(words, own, Privacy(), readable=True)[0])
        scans = scans_of(builds, lambda some: walk(some, progress=None))
        settled = [own.of(each.build.context) for each in scans]
        before = judge(scans, ahead=Ahead(), configs=settled, gate=OPEN, charted=False) if scans else ()
        here = Path(os.path.realpath(other.root))
        return against_commit(made, before, revision=revision, root=here, there=other.there)


def _write_baseline(file: str, made: Sequence[Review], privacy: Privacy) -> str:
    """Write what is found to a baseline; what is to be said of that."""
    from ..comparison import baseline_of
    from ..config.baseline import written

    known = [each._replace(path=each.path and privacy.fit(each.path)) for each in baseline_of(made, file)]
    write(written(known).encode(errors="surrogateescape"), file)
    return f"{len(known)} finding{'s' * (len(known) != 1)} written to {shown(file)}"


def _list_builds(asked: Options, privacy: Privacy) -> int:
    from .listing import listing  # only where it is asked for

    found = orders_of(asked, privacy) if asked.several else single(asked)
    tell_remarks(asked, [*asked.remarks, *found.remarks], privacy)
    write(listing(found, asked.format).encode(errors="surrogateescape"), asked.output)
    return 0


def _words(asked: Options) -> tuple[str, ...]:
    """The words that ask for the same builds, where they are several."""
    if not asked.several:
        return ()
    pairs = (
        ("--compose", asked.compose),
        ("--bake", asked.bake),
        ("--set", asked.set),
        ("--var", asked.var),
        ("--profile", asked.profile),
        ("--service", asked.service),
    )
    words = [word for option, values in pairs for value in values for word in (option, value)]
    return (*["--all"] * asked.all, *words, *[asked.place] * (not asked.compose and not asked.bake))


def _look(asked: Options) -> Look:
    output = asked.output
    return Look(
        width(output),
        colored(asked.color, output),
        asked.verbose,
        asked.list,
        asked.check,
        tells_unicode(output),
        _words(asked),
        asked.top,
        asked.depth,
        program=asked.program,
        links=follows_links(output),
    )


def _unproposed(made: Review, contexts: Collection[str]) -> Review:
    """The review, without proposals in one of these contexts, of which a build is not known."""
    known = not contexts or os.path.realpath(made.scan.build.context) not in contexts
    return made if known else made._replace(proposed=None)


def _show_diff(made: Sequence[Review], output: str | None, *, color: bool) -> int:
    text = session.diff_of_all(made)
    write((painted(text) if color else text).encode(errors="surrogateescape"), output)
    return 1 if text else 0


def _look_ahead(
    ahead: Ahead, asked: Options, alone: bool, build: Build, root: str, ignored: IgnoreFile | None, rules: Matcher
) -> None:
    """Do of what comes after the walk as much as needs no answer from it. `alone`: there is no other build, which might
    need what this one does not. Where nobody names the context, it may come out that nothing is proposed."""
    if asked.reported:
        load_format(asked.format)
    if not asked.only_facts:
        from ..checks import catalog, reading  # noqa: F401
        from ..checks.secrecy import inspection  # noqa: F401
        from ..config import suppression  # noqa: F401
        from ..proposals import propose, targets  # noqa: F401

        survey = ahead.survey(root, rules)
        ahead.differences(root, ignored, rules)
        if alone and not asked.listed and not build.guessed:
            targets.ask_ahead(survey, ahead.needs(root, build, ignored, rules))


def _facts(scans: Sequence[Scan], paths: Sequence[Sequence[str]], charted: bool) -> tuple[Review, ...]:
    from ..opinions import facts

    return tuple(facts(scan, explain_paths=each, charted=charted) for scan, each in zip(scans, paths, strict=True))


def _reviews(
    asked: Options,
    scans: Sequence[Scan],
    *,
    configs: Sequence[Config | None],
    gate: Gate,
    charted: bool,
    ahead: Ahead,
) -> tuple[Review, ...]:
    from datetime import date

    from ..config.settings import size
    from ..opinions import reviews

    return reviews(
        scans,
        configs=configs,
        today=date.today(),
        max_size=None if asked.max_size is None else size(asked.max_size),
        deep=asked.deep,
        strict=asked.strict,
        charted=charted,
        ahead=ahead,
        builder_given=asked.builder is not None,
        gate=gate,
        built=_reading(asked),
        consents=asked.consents,
    )


def _reading(asked: Options) -> ReadImage | None:
    """What reads the image that is given, once it is known which secrets to look for."""
    if asked.image is None:
        return None
    from ..opinions import image_reader

    return image_reader("standard input", sys.stdin.buffer) if asked.image == "-" else image_reader(asked.image)


def _replayed(made: Review, commits: int, tree: Tree) -> Review:
    from ..checks.installs.reorder import reordered
    from ..checks.reading import reading_of
    from ..replay.price import priced
    from ..replay.replay import replay

    scan, proposed = made.scan, made.proposed
    after = proposed.text if proposed is not None and proposed.changes else None
    reading = reading_of(scan, tree)
    better = None if reading is None else reordered(reading)
    found = replay(scan, commits, after=after, reordered=better)
    return made._replace(replay=priced(found, made.log) if made.log else found)


def _logged(made: Review, places: Sequence[str]) -> Review:
    from ..opinions import with_logs

    with ExitStack() as stack:
        logs: list[tuple[str, BinaryIO]] = []
        for place in places:
            try:
                file = sys.stdin.buffer if place == "-" else stack.enter_context(Path(place).open("rb"))
            except OSError as error:
                raise CtxscanError(f"cannot read: {(error.strerror or str(error)).lower()}", place=place) from None
            logs.append(("standard input" if place == "-" else place, file))
        return with_logs(made, logs)


def run(name: str, words: Sequence[str]) -> None:
    """The command `name` with the words after it, its errors caught in the one place."""
    ahead, privacy = Ahead(), Privacy()
    try:
        asked = parse_words(name, words)
        status = asked if isinstance(asked, int) else _advised(asked, ahead, privacy)
    except KeyboardInterrupt:
        status = 130
    except CtxscanError as problem:
        tell(f"error: {shown(privacy.fit(str(problem)))}")
        status = 2
    except Exception:
        # A bug shows where it is, and is not mistaken for a finding.
        import traceback

        traceback.print_exc()
        status = 2
    sys.exit(status)


def _advised(asked: Options, ahead: Ahead, privacy: Privacy) -> int:
    """`execute`, whose errors give the way out where one is known."""
    try:
        _stand_somewhere()
        return execute(asked, ahead, privacy)
    except CtxscanError as problem:
        from .advice import way_out

        words = way_out(problem, asked)
        if not words:
            raise
        raise CtxscanError(problem.message + words, place=problem.place) from None


def _stand_somewhere() -> None:
    """Raises `CtxscanError` where the current directory was removed: all paths begin there."""
    try:
        os.getcwd()  # noqa: PTH109
    except OSError:
        raise CtxscanError("the current directory does not exist any more: change to another one") from None
