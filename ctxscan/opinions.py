"""A scan with the opinions on it: what every report is made of.

What a configuration allows or disables is set apart here, so that no check need know it and no report can forget
it. Builds of one run are judged one by one; only what they have in common is looked at together: entries of a
configuration that none of them uses, and rules for an ignore file that several read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, TypeAlias

from .config.gate import OPEN, Gate
from .errors import CtxscanError
from .facts import Scan
from .facts import Sizes as Sizes
from .proposals.background import Ahead
from .proposals.sharing import real, rules_in_use

if TYPE_CHECKING:
    from .builds.build import Build
    from .checks.registry import Evidence, HistoryReader
    from .checks.secrecy.inspection import Examined, Readings
    from .config.inline import Inline
    from .config.settings import Allowed, Config
    from .config.sifting import Sifted
    from .config.suppression import SetAside
    from .explain import Explanation
    from .findings import Finding, Severity
    from .postbuild.image import ImageScan
    from .postbuild.timing import LogFacts
    from .proposals.needs.need import Need
    from .proposals.propose import Ground, Proposal, Proposals
    from .replay.summary import Replay
    from .rules.matcher import Matcher
    from .treemap import Atlas


#: Reads what was built, and holds it against the scan; it takes which files hold a secret.
ReadImage: TypeAlias = "Callable[[Scan, Sequence[tuple[str | None, str]]], ImageScan]"


class Since(NamedTuple):
    """A build beside itself in the commit `revision`: how many of its findings are `fixed` now, and its sizes `before`
    (None: there was no such build) and `now`, both without what git has of its own."""

    revision: str
    fixed: int
    before: Sizes | None
    now: Sizes


class Review(NamedTuple):
    """`findings` are worst first; None: only facts were asked for. `allowed` are those that the configuration lets
    stand, `disabled` those of codes that it disables, and `set_aside` those that the command line, a comment beside the
    line or a baseline keeps from counting; `examined` has also what was cleared, `proposed` the rules that
    would make the context smaller, proven. `atlas` has every path with its fate, `replay` the last commits, if that was
    asked for, `image` what was built, and `log` what the logs of builds tell, if they were given; `threshold` is the
    severity from which on a check fails, None: there is none; `since` is how it has changed since another commit."""

    scan: Scan
    explanations: tuple[Explanation, ...]
    findings: tuple[Finding, ...] | None
    allowed: tuple[Allowed, ...]
    examined: Examined | None
    proposed: Proposals | None
    atlas: Atlas | None
    replay: Replay | None
    disabled: tuple[Finding, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    image: ImageScan | None = None
    log: LogFacts | None = None
    threshold: Severity | None = None
    since: Since | None = None

    @property
    def apart(self) -> Iterator[tuple[Finding, str, str]]:
        """The findings that do not count, each with what keeps it from counting, and why."""
        yield from ((each.finding, "allow", each.reason) for each in self.allowed)
        yield from ((each, "disable", "disabled by the configuration") for each in self.disabled)
        yield from self.set_aside

    @property
    def suppressed(self) -> tuple[tuple[str, str, int], ...]:
        """What keeps findings from counting: their code, by what, and how many. By a key of the configuration (`allow`,
        `disable`), a comment (`inline`), or an option (`select`, `ignore`, `baseline`, `since`)."""
        from collections import Counter

        counts = Counter((finding.code, by) for finding, by, _ in self.apart)
        return tuple((code, key, count) for (code, key), count in sorted(counts.items()))

    @property
    def proposals(self) -> tuple[Proposal, ...]:
        return self.proposed.proposals if self.proposed else ()

    @property
    def after(self) -> Sizes | None:
        """The numbers once the proven rules are in; None: there is none to write."""
        return self.proposed.after.sizes if self.proposed and self.proposed.after else None

    def fails(self, threshold: Severity) -> bool:
        """Whether a finding at or above `threshold` stands."""
        from .findings import SEVERITIES

        worst = SEVERITIES.index(threshold)
        return any(SEVERITIES.index(each.severity) <= worst for each in self.findings or ())


def review(
    scan: Scan,
    *,
    config: Config | None = None,
    today: date | None = None,
    max_size: int | None = None,
    deep: bool = False,
    strict: bool = False,
    explain_paths: Iterable[str] = (),
    charted: bool = False,
) -> Review:
    """Return the `scan` with findings and proposals.

    `config` comes from `config.settings.load_config` (None: no configuration); `today` decides which of its entries
    have expired (None: none has). `max_size` is the maximum transfer size in bytes and overrides the configuration.
    `deep` reads every text file that is sent, `strict` reports files that could not be examined as errors.
    `explain_paths` are paths of the context whose fate to explain, and `charted` adds the tree that a map is drawn
    from.
    """
    return reviews(
        (scan,),
        configs=(config,),
        today=today,
        max_size=max_size,
        deep=deep,
        strict=strict,
        explain_paths=(tuple(explain_paths),),
        charted=charted,
    )[0]


def reviews(
    scans: Sequence[Scan],
    *,
    configs: Sequence[Config | None],
    today: date | None = None,
    max_size: int | None = None,
    deep: bool = False,
    strict: bool = False,
    explain_paths: Sequence[Sequence[str]] = (),
    charted: bool = False,
    ahead: Ahead | None = None,
    builder_given: bool = False,
    gate: Gate = OPEN,
    built: ReadImage | None = None,
    consents: Sequence[str] = (),
) -> tuple[Review, ...]:
    """The builds of one run, each with its own configuration, in the order given; otherwise as `review`. `ahead` is
    what was looked at while they were walked; `builder_given`: an option names the builder; `gate` is what of the
    command line decides which findings count, `consents` are the kinds of tracked files that may go; `built` reads the
    image that the first of them has made.

    An entry of a configuration is unused if no build that has it uses it, and is reported with the first of them. Rules
    are proven for all builds that read the same ignore file. What is the same build under another name is judged once.
    """
    from .builds.build import first_alike
    from .config.settings import NOTHING
    from .config.suppression import chosen, leftover, refused
    from .findings import worst_first
    from .proposals.propose import propose

    today = today or date.min
    settled = [each or NOTHING for each in configs]
    first = first_alike([scan.build for scan in scans])
    distinct = list(dict.fromkeys(first))
    places = [_place(scan, config) for scan, config in zip(scans, settled, strict=True)]
    readings = [rules_in_use(scan) for scan in scans]
    ahead = ahead or Ahead()
    judged: dict[int, _Judged] = {}
    known: dict[str, Readings] = {}
    sharing: dict[tuple[Path, Path], list[int]] = {}
    for at in distinct:
        sharing.setdefault((readings[at].file, readings[at].context), []).append(at)
    beside = {at for at in distinct if readings[at].named}
    in_use = frozenset(one.file for one, scan in zip(readings, scans, strict=True) if scan.ignored)
    for at in distinct:
        alike = sharing[readings[at].file, readings[at].context]
        near = sorted(beside.union(alike))
        touched = [other for other in near if other != at and readings[other].is_touched_by(readings[at])]
        others = [scans[other].build for other in touched]
        sharing_it = tuple(scans[other] for other in alike if other != at)
        config = settled[at]
        read = built if at == 0 else None
        judged[at] = _judged(
            scans[at],
            ahead,
            others,
            config,
            gate,
            known,
            today=today,
            max_size=max_size,
            deep=deep,
            strict=strict,
            built=read,
            in_use=in_use,
            alike=sharing_it,
        )
    proposals: dict[int, Proposals | None] = {}
    out: dict[tuple[Path, Path], list[str]] = {}
    for at in distinct:
        if not scans[at].build.known:
            proposals[at] = None
            continue
        group = readings[at].file, readings[at].context
        if group not in out:
            shared = sharing[group]
            out[group] = sorted({path for other in shared for path in flagged(judged[other].sifted.standing)})
        proposals[at] = propose(
            judged[at].ground,
            flagged=out[group],
            apply_cautions=settled[at].apply_cautions,
            consents=(*consents, *settled[at].with_),
        )
    for at in distinct:
        judged[at] = _judged_late(judged[at], proposals[at], settled[at], gate, today=today)
    comments = _unused_comments(scans, judged)
    made: list[Review] = []
    told: set[Path] = set()
    for at, scan in enumerate(scans):
        found, config = judged[first[at]], settled[at]
        sifted, evidence = found.sifted, found.evidence
        place = places[at]
        more: list[Finding] = []
        if place is not None and place not in told:
            told.add(place)
            here = [judged[each] for other, each in enumerate(first) if places[other] == place]
            used = [one for each in here for one in each.found]
            more = [*leftover(config, used, today=today), *refused(config, builder=not builder_given)]
        kept, aside = chosen((*more, *(each for each in comments.get(at, ()) if each.code not in config.disable)), gate)
        findings = worst_first([*sifted.standing, *kept])
        proposed = proposals[first[at]]
        explained = tuple(
            each._replace(stays=_stays(each, proposed))
            for each in _explained(scan, explain_paths[at] if explain_paths else ())
        )
        after = proposed.after.rules if proposed and proposed.after else None
        atlas = _chart(scan, findings, after) if charted else None
        judgement = Review(scan, explained, findings, sifted.allowed, evidence.examined, proposed, atlas, None)
        made.append(
            judgement._replace(disabled=sifted.disabled, set_aside=(*sifted.set_aside, *aside), image=evidence.image)
        )
    return tuple(made)


def _unused_comments(scans: Sequence[Scan], judged: Mapping[int, _Judged]) -> dict[int, list[Finding]]:
    """What is to be said of comments that ignore nothing, by the position of the first build that has the file: what
    another one of the same file uses is used."""
    from .config.inline import unused

    by_file: dict[tuple[Path, str], list[int]] = {}
    for at, each in judged.items():
        for label in {one.label for one in each.inlines}:
            by_file.setdefault((real(scans[at].build.context), label), []).append(at)
    out: dict[int, list[Finding]] = {}
    for (_, label), positions in by_file.items():
        inlines = [each for each in judged[positions[0]].inlines if each.label == label]
        used = {each for at in positions for each in judged[at].sifted.used}
        plans = [plan for at in positions if (plan := scans[at].plan) is not None]
        stages = {each.index for plan in plans for each in plan.stages}
        out.setdefault(positions[0], []).extend(unused(inlines, used, codes=codes(), stages=stages))
    return out


def image_reader(place: str, stdin: BinaryIO | None = None) -> ReadImage:
    """What reads the archive at `place`, or what comes from `stdin`, as `reviews` takes it."""

    def read(scan: Scan, suspects: Sequence[tuple[str | None, str]]) -> ImageScan:
        from .explain import ending
        from .postbuild.image import scan_image

        def ends(scan: Scan, mask: int, asked: bool) -> str:
            return ending(scan, mask, asked=asked).reach

        return scan_image(place, scan, suspects, ends, stdin=stdin)

    return read


def with_logs(made: Review, logs: Sequence[tuple[str, BinaryIO]]) -> Review:
    """The review with what the logs of builds tell, each a name and what is read: seconds beside the lessons."""
    from .checks.pricing import with_price
    from .postbuild.log import read_log
    from .postbuild.timing import timed

    plan = made.scan.plan
    if plan is None:
        raise CtxscanError("--log needs a Dockerfile: its steps are those of the instructions")
    log = timed([read_log(file, name) for name, file in logs], plan, made.scan.transfer.shown)
    findings = None if made.findings is None else tuple(with_price(each, log, plan) for each in made.findings)
    return made._replace(log=log, findings=findings)


def _place(scan: Scan, config: Config) -> Path | None:
    """Where a configuration comes from; None: from nowhere."""
    return None if config.file is None else real(real(scan.build.context) / config.file)


class _Judged(NamedTuple):
    """`found` is everything that was found by the `evidence`, and `sifted` what of it counts; `inlines` are the
    comments that ignore findings, and `ground` is what is known for the proposals."""

    evidence: Evidence
    found: tuple[Finding, ...]
    sifted: Sifted
    inlines: tuple[Inline, ...]
    ground: Ground


def _judged_late(found: _Judged, proposed: Proposals | None, config: Config, gate: Gate, *, today: date) -> _Judged:
    """The same with what the checks find that have to know what the proposals would change."""
    from .checks.catalog import run_checks
    from .checks.registry import Proven
    from .config.sifting import sifted

    scan = found.evidence.scan
    proven = None
    if proposed is not None and proposed.after is not None:
        saved = scan.sizes.transfer.bytes - proposed.after.sizes.transfer.bytes
        proven = Proven(proposed.after.rules, tuple(each.pattern for each in proposed.applied), saved)
    more = tuple(run_checks(found.evidence._replace(proven=proven), late=True))
    late = sifted(more, found.inlines, config, gate, scan.build, scan.ignored, today=today)
    return found._replace(sifted=found.sifted.and_more(late), found=(*found.found, *more))


def _judged(
    scan: Scan,
    ahead: Ahead,
    others: Sequence[Build],
    config: Config,
    gate: Gate,
    known: dict[str, Readings],
    *,
    today: date,
    max_size: int | None,
    deep: bool,
    strict: bool,
    built: ReadImage | None,
    in_use: frozenset[Path],
    alike: tuple[Scan, ...],
) -> _Judged:
    """What is found in one build, and what of it counts; `known` is what was read of each context so far, `in_use` are
    the ignore files that the builds of the run read, `alike` those of them that read the same one."""
    from .checks.catalog import is_given_up, run_checks, told_of_all
    from .checks.project.audience import scopes
    from .checks.reading import reading_of
    from .checks.registry import Evidence
    from .checks.secrecy.inspection import Readings, examine_named, examining
    from .config.inline import comments_of
    from .config.sifting import sifted
    from .proposals.propose import explore

    root = scan.disk.root
    tree = ahead.tree(root)
    # What needs no answer from it is done while other processes read.
    with examining(scan, tree, deep=deep, known=known.setdefault(root, Readings())) as finish:
        ground = explore(scan, ahead, others)
        differing, reading = ahead.differences(root, scan.ignored, scan.rules), reading_of(scan, tree)
        examined = finish()
    if scan.named:
        named = examine_named(scan, ahead.tree, known=known, deep=deep)
        examined = examined._replace(suspects=examined.suspects + named.suspects, unread=examined.unread + named.unread)
    budget = config.max_size if max_size is None else max_size
    image = None if built is None else built(scan, _holding_secrets(examined))
    evidence = Evidence(
        scan,
        examined,
        differing,
        config.large_directory,
        budget,
        reading,
        scopes(scan.build, reading),
        strict=strict,
        image=image,
        tracked=ground.looked.known,
        missed=ground.missed,
        asks=_reader(ground.needs.history),
        compares=_reader(each for each in [ground.needs.tree] if each and each.certain),
        in_use=in_use,
        alike=alike,
    )
    found = tuple(run_checks(evidence))
    if is_given_up(scan.build, found):
        evidence, found = evidence._replace(scopes=("any",)), told_of_all(found)
    # A budget on the command line holds, whatever the configuration says of it.
    asked = () if max_size is None else ("context-too-large",)
    inlines = comments_of(scan.build, scan.ignored)
    split = sifted(found, inlines, config, gate, scan.build, scan.ignored, today=today, asked=asked)
    return _Judged(evidence, found, split, inlines, ground)


def _reader(needs: Iterable[Need]) -> HistoryReader | None:
    """The first of them that asks git and is known by its line, a certain one before others."""
    from .checks.registry import HistoryReader

    known = [
        each for each in needs if each.line and not each.loose and each.reader.startswith(("git ", "it asks git: "))
    ]
    found = max(known, key=lambda each: each.certain, default=None)
    if found is None:
        return None
    return HistoryReader(found.why.removeprefix("it asks git: "), found.file, found.line)


def _holding_secrets(examined: Examined) -> list[tuple[str | None, str]]:
    """The files with a secret that is worth looking for, each with the named context that it lies in."""
    return [
        (each.context, each.path)
        for each in examined.suspects
        if any(one.verdict == "confirmed" and (one.severity or 0) > 1 for one in each.judgements)
    ]


def facts(scan: Scan, *, explain_paths: Sequence[str] = (), charted: bool = False) -> Review:
    """The scan alone."""
    atlas = _chart(scan, (), None) if charted else None
    explained = _explained(scan, explain_paths) if explain_paths else ()
    if any(each.fate == "kept" for each in explained):
        from .proposals.propose import explore, propose

        # What stays, and why, is known without looking for secrets.
        proposed = propose(explore(scan))
        explained = tuple(each._replace(stays=_stays(each, proposed)) for each in explained)
    return Review(scan, explained, None, (), None, None, atlas, None)


def flagged(findings: Iterable[Finding]) -> list[str]:
    """The files that have to stay behind, whatever they are otherwise."""
    counted = (each for each in findings if each.code in ("secret-file", "secret-opaque") and each.severity != "note")
    return sorted({each.path for each in counted if each.path and each.context is None})


def codes() -> frozenset[str]:
    """Those of all findings there are."""
    from .checks.catalog import CHECKS
    from .config.settings import CODES

    return frozenset(CHECKS).union(CODES)


def _chart(scan: Scan, findings: Iterable[Finding], after: Matcher | None) -> Atlas:
    from .treemap import chart

    return chart(scan, after=after, named=[each.path for each in findings if each.path])


def _stays(explanation: Explanation, proposed: Proposals | None) -> str | None:
    """Why no proven rule takes out what is explained, although it looks like waste; None: it does not, or one does."""
    if proposed is None or explanation.context is not None or explanation.fate == "excluded":
        return None
    path = explanation.path.rstrip("/")
    for each in proposed.needed:
        if f"{path}/".startswith(f"{each.path.rstrip('/')}/"):
            return each.why
    for one in proposed.cautions:
        if one.caution and f"{path}/".startswith(f"{one.pattern.lstrip('/').rstrip('/')}/"):
            return one.caution
    return None


def _explained(scan: Scan, paths: Iterable[str]) -> tuple[Explanation, ...]:
    from .explain import explain

    return tuple(explain(scan, path) for path in paths)
