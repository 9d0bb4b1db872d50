"""A scan with the opinions on it: what every report is made of.

After `checks`, before `reports`. What a configuration allows or disables is set apart here, so that a check need not
know it and a report cannot forget it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .atlas import Atlas
    from .config import Allowed, Config
    from .examine import Examined
    from .explain import Explanation
    from .findings import Finding, Severity
    from .proposals import Proposal, Proposals
    from .scan import Scan, Size

#: What makes fingerprints where nobody gave a key of their own.
KEY: Final = b"ctxscan fingerprint 1"


@dataclass(frozen=True, slots=True)
class Sizes:
    """The three numbers of a scan; `image` with what a command may have put there."""

    context: Size
    transfer: Size
    image: Size


@dataclass(frozen=True, slots=True)
class Review:
    """`findings` are worst first; None: only facts were asked for. `allowed` are those that the configuration lets
    stand; `examined` has also what was cleared, `proposed` the rules that would make the context smaller, proven.
    `atlas` has every path with its fate, if that was asked for."""

    scan: Scan
    explanations: tuple[Explanation, ...]
    findings: tuple[Finding, ...] | None
    allowed: tuple[Allowed, ...]
    examined: Examined | None
    proposed: Proposals | None
    atlas: Atlas | None

    @property
    def proposals(self) -> tuple[Proposal, ...]:
        return self.proposed.proposals if self.proposed else ()

    @property
    def after(self) -> Sizes | None:
        """The numbers once the proven rules are in; None: there is none to write."""
        return sizes(self.proposed.after) if self.proposed and self.proposed.after else None

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
    explain_paths: Iterable[str] = (),
    charted: bool = False,
) -> Review:
    """The scan with every finding that stands.

    `config` comes from `config.load` (None: nothing is settled); `today` decides which of its entries have expired
    (None: none has). `max_size` is the budget of the transfer in bytes, before that of the configuration. `deep` reads
    every text file that is sent; `charted`: the result has an atlas.
    """
    from . import config as configuration
    from .checks import Evidence, check
    from .examine import examine
    from .findings import ordered
    from .lessons import read
    from .listings import Tree
    from .portability import differences
    from .proposals import propose

    config = config or configuration.NOTHING
    tree = Tree(scan.disk.root)
    examined = examine(scan, tree, key=KEY, deep=deep)
    budget = config.max_size if max_size is None else max_size
    evidence = Evidence(scan, examined, differences(scan, tree), KEY, config.large_directory, budget, read(scan, tree))
    found = check(evidence)
    counted = [each for each in found if each.code not in config.disable]
    outcome = configuration.allowed(counted, config, today=today or date.min)
    findings = ordered([*outcome.standing, *outcome.extra])
    proposed = propose(scan, tree=tree, flagged=flagged(findings), apply_cautions=config.apply_cautions)
    atlas = _chart(scan, findings, proposed.after) if charted else None
    return Review(scan, _explained(scan, explain_paths), findings, outcome.allowed, examined, proposed, atlas)


def facts(scan: Scan, *, explain_paths: Sequence[str] = (), charted: bool = False) -> Review:
    """The scan alone."""
    atlas = _chart(scan, (), None) if charted else None
    return Review(scan, _explained(scan, explain_paths) if explain_paths else (), None, (), None, None, atlas)


def sizes(scan: Scan) -> Sizes:
    """What a scan measured."""
    sure, unsure = scan.image, scan.image_unsure
    image = type(sure)(sure.files + unsure.files, sure.bytes + unsure.bytes)
    return Sizes(scan.context_size, type(sure)(scan.transfer.files, scan.transfer.bytes), image)


def flagged(findings: Iterable[Finding]) -> list[str]:
    """The files that have to stay behind, whatever they are otherwise."""
    counted = (each for each in findings if each.code in ("secret-file", "secret-opaque") and each.severity != "note")
    return sorted({each.path for each in counted if each.path})


def codes() -> frozenset[str]:
    """Those of all findings there are."""
    from .checks import CHECKS
    from .config import CODES

    return frozenset(CHECKS).union(CODES)


def _chart(scan: Scan, findings: Iterable[Finding], after: Scan | None) -> Atlas:
    from .atlas import chart

    return chart(scan, after=after, named=[each.path for each in findings if each.path])


def _explained(scan: Scan, paths: Iterable[str]) -> tuple[Explanation, ...]:
    from .explain import explain

    return tuple(explain(scan, path) for path in paths)
