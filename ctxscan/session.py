"""The builds of one run: what they have in common is done once, and no ignore file is written unproven.

One build is a batch like any other. Nothing is judged here and nothing printed.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from .builds.build import first_alike
from .builds.build import plan as plan_of
from .builds.names import is_bake, is_compose
from .config.places import candidates
from .context.totals import Progress
from .errors import CtxscanError
from .facts import Rules, RulesKey, Scan, scan_build
from .git.command import repository
from .opinions import Review
from .processes import idle
from .proposals.sharing import RulesInUse, rules_in_use
from .rules.builders import BUILDERS, Builder

if TYPE_CHECKING:
    from .builds.build import Build
    from .builds.order import Order
    from .config.settings import Config
    from .context.records import Records
    from .findings import Severity
    from .proposals.propose import Proposals
    from .rules.ignorefile import IgnoreFile
    from .rules.matcher import Matcher

#: Reviews of the whole batch, with the builds at these positions looked at anew.
Again = Callable[[Sequence[int]], Sequence[Review]]


class Fixed(NamedTuple):
    """The reviews after rules were written, the positions of those that wrote, and of those that could not since their
    ignore file counts for other contexts too."""

    reviews: tuple[Review, ...]
    wrote: tuple[int, ...]
    refused: tuple[int, ...]


class Configs:
    """The configuration of each context, read once, and what follows from it.

    `guarded`: what is found in the tree may not hide secrets, nor choose the builder, unless it is the same in the
    commit `trusted`.
    """

    def __init__(self, file: str | None, *, enabled: bool, guarded: bool = False, trusted: str | None = None) -> None:
        self.file = file
        self.enabled = enabled
        self.guarded = guarded
        self.trusted = trusted
        self.known: dict[str, Config | None] = {}
        self._moved: tuple[Path, Path] | None = None

    def moved(self, there: Path, root: Path) -> Configs:
        """The same for contexts below the directory `there`, which stand for those below `root`."""
        made = Configs(self.file, enabled=self.enabled, guarded=self.guarded, trusted=self.trusted)
        made.known, made._moved = self.known, (there, root)
        return made

    def of(self, context: str | Path) -> Config | None:
        if self._moved is not None:
            there, root = self._moved
            place = Path(os.path.realpath(context))
            context = root / place.relative_to(there) if place.is_relative_to(there) else place
            if not context.is_dir():
                return None
        key = os.fspath(context)
        if key not in self.known:
            self.known[key] = self._load(key)
        return self.known[key]

    def _load(self, context: str) -> Config | None:
        if not self.enabled or (self.file is None and not any(candidates(context))):
            return None
        from .config.settings import load_config
        from .config.trust import is_unchanged
        from .opinions import codes

        config = load_config(context, codes=codes, file=self.file)
        if self.file is not None or config.file is None or not self.guarded:
            return config
        return config._replace(trusted=self.trusted is not None and is_unchanged(context, config, self.trusted))

    def builder(self, context: str, given: str | None) -> Builder:
        config = None if given else self.of(context)
        chosen = config.builder if config is not None and config.trusted else None
        return BUILDERS[given or chosen or "buildkit"]

    def threshold(self, context: Path) -> Severity:
        config = self.of(context)
        return (config and config.fail_on) or "error"


#: What a merge leaves in a file that somebody has to look at.
_CONFLICT: Final = "unknown instruction: <<<<<<<"
#: What a builder says of `${project.version}`, and what has Maven replace it.
_PROPERTY: Final = "unsupported modifier (.) in substitution"
_FILTERING: Final = "<filtering>true"
#: Directories above a Dockerfile that are looked at for a project.
_MOST_PROJECTS: Final = 3


def readable(
    orders: Sequence[Order], make: Callable[[Order], Build], remarks: Sequence[str], *, checked: bool = False
) -> tuple[list[Build], tuple[str, ...], tuple[CtxscanError, ...]]:
    """The builds of these orders, what is to be said, and what has failed. What no builder could read is passed over
    and reported: not every file that is called so is a Dockerfile. Where it is `checked` that the builds go well, one
    that a Compose file or bake file orders has failed, and one that a merge was left open in."""
    made: list[Build] = []
    failed: list[CtxscanError] = []
    said = list(remarks)
    filled: list[str] = []
    for order in orders:
        file = posixpath.basename(order.place.rpartition(":")[0].replace(os.sep, "/"))
        composed = is_compose(file) or is_bake(file)
        order, absent = without_absent(order)
        if absent is not None:
            if checked and composed and not absent.elsewhere:
                failed.append(absent.error)
            else:
                said.append(str(absent.error))
        try:
            build = make(order)
            with _named(build):
                plan_of(build)
        except CtxscanError as error:
            from .dockerfile.stages import ANOTHER_FRONTEND  # it is there by now

            ordered = composed and not error.message.endswith(ANOTHER_FRONTEND)
            if checked and (ordered or _CONFLICT in str(error)):
                failed.append(error)
            elif _PROPERTY in str(error) and _is_filled(order):
                filled.append(order.name)
            else:
                said.append(f"passed over: {error}")
        else:
            made.append(build)
    if filled:
        noun = "Dockerfiles that are templates" if len(filled) > 1 else "Dockerfile that is a template"
        said.append(
            f"passed over: {len(filled)} {noun} ({filled[0]}), which Maven fills: build what it puts in target/"
        )
    return made, tuple(said), tuple(failed)


class Absent(NamedTuple):
    """What is to be said of named contexts that are not here; `elsewhere`: they are directories of a machine outside of
    the project, which another one may have."""

    error: CtxscanError
    elsewhere: bool


def without_absent(order: Order) -> tuple[Order, Absent | None]:
    """An order without the named contexts that are not here, so that the rest of it can be examined; and these."""
    from .builds.order import is_address

    absent = {
        name: where
        for name, where in order.contexts.items()
        if not is_address(where) and "\0" not in where and not Path(where).exists()
    }
    if not absent:
        return order, None
    shown = ", ".join(order.written.contexts.get(name, where) for name, where in absent.items())
    *some, last = map(repr, absent)
    what = f"build contexts {', '.join(some)} and {last} are" if some else f"build context {last} is"
    above = repository(order.context) or order.context
    own = os.path.realpath(above)
    elsewhere = all(Path(each).is_absolute() and not Path(each).is_relative_to(own) for each in absent.values())
    kind = "not here: what comes of that is not examined" if elsewhere else f"no such director{'ies' if some else 'y'}"
    error = CtxscanError(f"{order.name}: {shown}: the {what} {kind}", place=order.place or None)
    contexts = {name: f"target:{name}" if name in absent else where for name, where in order.contexts.items()}
    return order._replace(contexts=contexts), Absent(error, elsewhere)


def _is_filled(order: Order) -> bool:
    """Whether a project of Maven around the Dockerfile of an order fills resources with its properties."""
    file = order.dockerfile
    for above in islice(Path(file).parents, _MOST_PROJECTS) if file is not None else ():
        try:
            text = (above / "pom.xml").read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        if _FILTERING in text:
            return True
    return False


def scans(
    wanted: Sequence[Build],
    *,
    keep_entries: bool,
    screened: bool,
    progress: Progress | None,
    meanwhile: Callable[[Build, str, IgnoreFile | None, Matcher], object] = idle,
    records: Records | None = None,
    refused: list[CtxscanError] | None = None,
) -> tuple[Scan, ...]:
    """The facts of each build. What is the same build under another name is walked once; while other processes walk,
    this one does `meanwhile`, as `scan_build` tells. `records` come from `shared_records`. `refused` gets the errors of
    the builds that a builder would not begin, and what they are about is left out; None: the first of them is raised.
    """
    done: dict[int, Scan] = {}
    read: dict[RulesKey, Rules] = {}
    for at, (build, first) in enumerate(zip(wanted, first_alike(wanted), strict=True)):
        if first != at:
            if first in done:
                done[at] = done[first]._replace(build=build)
            continue
        try:
            with _named(build):
                done[at] = scan_build(
                    build,
                    keep_entries=keep_entries,
                    screened=screened,
                    progress=progress,
                    meanwhile=meanwhile,
                    read=read,
                    records=records,
                )
        except CtxscanError as error:
            if refused is None:
                raise
            refused.append(error)
    return tuple(done.values())


def shared_records(wanted: Sequence[Build]) -> Records | None:
    """Where these builds keep what they read of directories, if one of them reads what another one does: the same
    context, or one inside of it."""
    distinct = [wanted[at] for at in sorted(set(first_alike(wanted)))]
    places = [each.context for each in distinct]
    places += [place for each in distinct for place in each.contexts.values() if place is not None]
    contexts = sorted((Path(os.path.realpath(each)) for each in places), key=lambda each: each.parts)
    if len(distinct) < 2 or not any(each.is_relative_to(above) for above, each in pairwise(contexts)):
        return None
    from .context.records import Records

    return Records()


@contextmanager
def _named(build: Build) -> Iterator[None]:
    """Errors inside say whose they are, where there are several."""
    try:
        yield
    except CtxscanError as error:
        # The name of a build begins with the path of its Dockerfile where there are several.
        first = (build.name or "").partition(" (")[0]
        twice = error.place is not None and f"/{first}".endswith(f"/{error.place}")
        raise CtxscanError(error.message if twice else str(error), place=build.name) from None


def diff_of_all(reviews: Sequence[Review]) -> str:
    """The changes to all ignore files as one patch; each is proven for all builds that read the file."""
    from .proposals import patch

    contexts = [review.scan.build.context for review in reviews]
    # A patch goes nowhere above where it is applied: there it is for the directory that has all contexts below it.
    away = [each.as_posix() for each in contexts if each.is_absolute() or ".." in each.parts]
    alike = len(away) == len(contexts) and len({each.is_absolute() for each in contexts}) == 1
    base = posixpath.commonpath(away) if alike else "."
    out = []
    for at, proposed in _to_write(reviews, [rules_in_use(review.scan) for review in reviews]):
        label = posixpath.normpath(posixpath.join(contexts[at].as_posix(), proposed.label))
        label = posixpath.relpath(label, base) if alike else label.lstrip("/")
        out.append(patch.diff(proposed.ignored, proposed.text, label=label))
    return "".join(out)


def fixed(reviews: Sequence[Review], again: Again) -> Fixed:
    """Write the proven rules of all builds, each ignore file once, and look at the builds anew; once more, if there is
    still something to write for one of those that share a file."""
    current = tuple(reviews)
    wrote: list[int] = []
    readings = [rules_in_use(review.scan) for review in reviews]
    for _ in reviews:
        written: set[Path] = set()
        for at, proposed in _to_write(current, readings):
            proposed.write(current[at].scan.build.context)
            written.add(readings[at].file)
            wrote.append(at)
        if not written:
            break
        current = tuple(again([at for at, each in enumerate(readings) if each.file in written]))
    refused = [at for at, each in enumerate(current) if each.proposed and each.proposed.changes]
    return Fixed(current, tuple(dict.fromkeys(wrote)), tuple(refused))


def _to_write(reviews: Sequence[Review], readings: Sequence[RulesInUse]) -> Iterator[tuple[int, Proposals]]:
    """The positions at which there is something to write, each ignore file once."""
    told: set[Path] = set()
    for at, review in enumerate(reviews):
        proposed, file = review.proposed, readings[at].file
        if proposed is not None and proposed.changes and file not in told and not _is_foreign(readings, at):
            told.add(file)
            yield at, proposed


def _is_foreign(readings: Sequence[RulesInUse], at: int) -> bool:
    """Whether a build of another context reads the same ignore file: what is proven here is not proven there."""
    own = readings[at]
    return any(each.file == own.file and not each.shares(own) for each in readings)
