"""Rules to add, and the proof that they take out what they should and nothing else.

`patch` makes text of them. Here the steps come together: what is there, what of it is needed, what may go, how that is
written, the proof, and what it saves.
"""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from ..builds.build import Build
from ..facts import Scan
from ..paths import parents
from ..rules import ignorefile
from ..rules.ignorefile import IgnoreFile
from . import patch
from .background import Ahead
from .junk.lookup import ROWS
from .junk.row import PRIVATE, PROJECT, STATE
from .needs.find import NeedAnswer, Needs
from .phrasing import NewRule, in_order, of_certain, of_private, written
from .proof import Proof
from .savings import After, Kept, Savings, after
from .survey import Survey
from .targets import WORTH_A_WORD, Needed, Target, Weighed, weigh

#: If things of one kind would need more rules than this, none is written for them.
MOST_ALIKE: Final = 1000
#: For fewer bytes sent of project files alone nobody needs an ignore file.
WORTH_A_FILE: Final = 200


class Proposal(NamedTuple):
    """A rule. `bytes` and `files` leave the context, `transfer_bytes` and `transfer_files` what the builder is sent:
    none where it would not have asked for them. `verified`: the proof holds; `caution`: what a proof cannot tell, so
    that the rule is shown and not written. `consent`: git tracks what it takes out, so that it is only written if
    somebody says this word (`--with`). `group` is the heading in a new file."""

    pattern: str
    reasons: tuple[str, ...]
    bytes: int
    files: int
    transfer_bytes: int
    transfer_files: int
    verified: bool
    caution: str | None
    group: str
    applied: bool
    consent: str = ""


class Proposals(NamedTuple):
    """`proposals` has what is to be written first, then the cautions. `text` is the patched ignore file at `path`,
    called `label`; `ignored` the one that is there. `after` is the build with that text in place, None if nothing
    changes. `needed` looks like junk, or is large, and stays, with the reason. `link`: the ignore file is a link of
    this name, and what is written is the file behind it, `label`."""

    proposals: tuple[Proposal, ...]
    needed: tuple[Needed, ...]
    ignored: IgnoreFile | None
    path: Path
    label: str
    text: bytes
    after: After | None
    link: str | None = None

    @property
    def applied(self) -> tuple[Proposal, ...]:
        return tuple(each for each in self.proposals if each.applied)

    @property
    def cautions(self) -> tuple[Proposal, ...]:
        return tuple(each for each in self.proposals if not each.applied)

    @property
    def changes(self) -> bool:
        return self.after is not None

    def diff(self) -> str:
        """The change as a unified diff, "" if there is none."""
        return patch.diff(self.ignored, self.text, label=self.label) if self.changes else ""

    def write(self, context: Path) -> None:
        """Write the change. Raises `CtxscanError` if the file is no longer what it was."""
        if self.changes:
            patch.write(self.path, self.text, expected=self.ignored.data if self.ignored else None, context=context)


class Ground(NamedTuple):
    """What proposals stand on: what is there, what of it is needed, and what has to stay; `weighed` has what came of
    it for other builds that stand on the same."""

    scan: Scan
    looked: Survey
    needs: Needs
    proof: Proof
    kept: Kept
    weighed: dict[object, Weighed]

    def missed(self, path: str) -> NeedAnswer:
        """Who would miss `path` and all below it; of tests, documents and samples also whoever may only name them."""
        rows = (each.row for each in self.looked.candidates if each.path == path)
        return self.needs.of(path, row=next((row for row in rows if row is not None and row.consent), None))


def explore(scan: Scan, ahead: Ahead | None = None, others: Sequence[Build] = ()) -> Ground:
    """Look for what may be proposed. `ahead`: what was looked at already. `others` are builds of the same context that
    read the same ignore file: nothing that one of them takes leaves."""
    ahead = ahead or Ahead()
    looked = ahead.survey(scan.disk.root, scan.rules)
    needs = ahead.needs(scan.disk.root, scan.build, scan.ignored, scan.rules, others)
    kept = ahead.kept(scan.disk.root, scan.rules)
    return Ground(scan, looked, needs, ahead.proof(scan, needs), kept, ahead.weighed(needs))


def propose(
    ground: Ground, *, flagged: Sequence[str] = (), apply_cautions: Collection[str] = (), consents: Collection[str] = ()
) -> Proposals:
    """The rules that would make this context smaller, proven.

    `flagged` are paths of the context that should go whatever they are: secrets that were found in it. A caution whose
    pattern or path is in `apply_cautions` counts as applied; of `CONSENTS` those in `consents` do. Nothing is written.
    """
    scan, looked, needs, proof, kept, known = ground
    ignored = scan.ignored
    fresh = ignored is None or not ignored.rules
    savings = Savings(scan, proof, kept)
    secrets = [path for path in flagged if not proof.gone_everywhere(path)]
    # Content with several names is counted where the build meets it first.
    key = (tuple(secrets), fresh, id(scan) if scan.measure.shared else 0)
    if key not in known:
        known[key] = weigh(looked, needs, secrets, fresh=fresh, size=savings.size)
    weighed = known[key]
    wanted = set(apply_cautions)
    sure = [each for each in weighed.targets if _goes(each, wanted, consents)]
    rest = [each for each in weighed.targets if not _goes(each, wanted, consents)]
    if (
        all(each.group == PROJECT for each in sure)
        and sum(savings.of(each.path).bytes_sent for each in sure) < WORTH_A_FILE
    ):
        sure = []
    given_up = list(weighed.needed)
    path = ignored.path if ignored else scan.build.context / scan.build.builder.root_files[-1]
    rules = _readable(_saving(written(sure, looked, needs), savings, fresh=fresh), given_up)
    if fresh and rules:
        # A new file also excludes what is sure to come.
        rules = sorted([*rules, *of_certain(rules, looked, needs), *_itself(ignored, path, rules, needs)], key=in_order)
    rules = sorted([*rules, *of_private(rules, looked, needs)], key=in_order)
    rules, failed = proof.proven(rules)
    unsure = _readable(_saving(written(rest, looked, needs, rules), savings, fresh=fresh), given_up)
    text = patch.patched(ignored, [each.addition for each in rules])
    label = ignored.label if ignored else path.name
    behind = patch.behind(path, scan.build.context)
    new = ignorefile.parse_rules(text, scan.build.builder, path=path, label=label)
    bad = proof.failures(unsure, new if rules else None)
    shown = [_proposal(each, savings, applied=True, verified=True) for each in rules]
    shown += [_proposal(each, savings, applied=False, verified=at not in bad) for at, each in enumerate(unsure)]
    # A secret in what goes for another reason, such as a Compose file, goes with it.
    gone = {path for rule in rules for path in rule.paths}
    stays = [each for each in (*given_up, *failed) if each.path not in gone]
    return Proposals(
        proposals=tuple(shown),
        needed=tuple(_kept(ground, stays, [*rules, *unsure])),
        ignored=ignored,
        path=path,
        label=label if behind is None else behind,
        text=text,
        after=after(scan, savings, new) if rules else None,
        link=None if behind is None else label,
    )


def _kept(ground: Ground, needed: Sequence[Needed], rules: Sequence[NewRule]) -> Iterator[Needed]:
    """What stays, with the reason, and the largest files that are sent and that nothing else mentions."""
    yield from needed
    scan, looked, needs = ground.scan, ground.looked, ground.needs
    told = {each.path for each in needed} | {path for rule in rules for path in rule.paths}
    for each in scan.measure.largest:
        if each.bytes < WORTH_A_WORD or any(above in told for above in (each.path, *parents(each.path))):
            continue
        if (taken := needs.named(each.path)) is not None:
            yield Needed(each.path, f"{taken[0]} copies it ({taken[1]})")
            continue
        answer = needs.of(each.path, row=None)
        if answer.why is not None:
            yield Needed(each.path, answer.why)
        elif looked.tracks(each.path):
            yield Needed(each.path, "tracked by git: yours to decide")


def _goes(target: Target, wanted: set[str], consents: Collection[str]) -> bool:
    """Whether a target is to be excluded: nothing argues against it, or the user said so."""
    if target.caution is None and (not target.consent or target.consent in consents):
        return True
    return _accepted(target, wanted)


def _accepted(target: Target, wanted: set[str]) -> bool:
    return bool(wanted) and bool(
        wanted & {target.path, patch.literal(target.path), f"**/{target.glob}", f"/{target.path}"}
    )


def _saving(rules: Sequence[NewRule], savings: Savings, *, fresh: bool) -> list[NewRule]:
    """Without those that save nothing: a link to a directory, an empty file. What is nobody else's business goes
    anyway, and so does the state of a running process, such as a socket, which changes the context from build to build;
    the rest where a file is written anew for more than that."""
    saving = [rule for rule in rules if any(savings.of(path).bytes for path in rule.paths)]
    if fresh and saving:
        return list(rules)
    apart = [rule for rule in rules if any(each.group in (PRIVATE, STATE) for each in rule.targets)]
    return [rule for rule in rules if rule in saving or rule in apart]


def _itself(ignored: IgnoreFile | None, path: Path, rules: Sequence[NewRule], needs: Needs) -> list[NewRule]:
    """The rule that keeps a new ignore file from being sent with the context, beside those for other files of the
    project; none where nothing takes it."""
    row = next((each for each in ROWS if path.name in each.paths.split()), None)
    if row is None or not any(rule.group == PROJECT for rule in rules):
        return []  # `--ignore-file` takes any name
    if ignored is not None or not needs.taken(path.name) or needs.of(path.name, row=row).why is not None:
        return []
    target = Target(path.name, False, row, path.name, row.why, row.group, None)
    return [NewRule(patch.literal(path.name), (target,), ())]


def _readable(rules: list[NewRule], given_up: list[Needed]) -> list[NewRule]:
    """Drops those of which there are too many of one kind to read."""
    by_kind: dict[tuple[str, str], list[NewRule]] = {}
    for rule in rules:
        by_kind.setdefault((rule.group, rule.targets[0].glob), []).append(rule)
    dropped: set[str] = set()
    for group in by_kind.values():
        if len(group) > MOST_ALIKE and group[0].targets[0].row is not None:
            dropped.update(rule.pattern for rule in group)
            given_up.append(Needed(group[0].paths[0], f"it and its like would take {len(group)} rules"))
    return [rule for rule in rules if rule.pattern not in dropped] if dropped else rules


def _asked(consent: str, *, applied: bool) -> str | None:
    """The consent that excluding something that git tracks requires."""
    return f"tracked by git: --fix --with {consent}" if consent and not applied else None


def _proposal(rule: NewRule, savings: Savings, *, applied: bool, verified: bool) -> Proposal:
    sums = [savings.of(path) for path in rule.paths]
    counted = savings.scan.build.builder.figure is not None
    cautions = [each.caution for each in rule.targets if each.caution]
    return Proposal(
        pattern=rule.pattern,
        reasons=tuple(dict.fromkeys(each.reason for each in rule.targets)),
        bytes=sum(each.bytes for each in sums),
        files=sum(each.files for each in sums),
        transfer_bytes=sum(each.bytes_sent for each in sums) if counted else 0,
        transfer_files=sum(each.files_sent for each in sums) if counted else 0,
        verified=verified,
        caution=cautions[0] if cautions else _asked(rule.targets[0].consent, applied=applied),
        group=rule.group,
        applied=applied,
        consent=rule.targets[0].consent,
    )
