"""The working tree as proposals see it: what is kept and looks like junk, where manifests and Dockerfiles lie.

One descent over directories that are kept, by names alone; it stops at what is recognized for certain, so a tree of a
hundred thousand installed files costs a glance at its top. Nothing is measured here and nothing decided: a candidate
still has to be needed by nobody.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from ..builds.names import DOCKERFILES, is_compose, is_dockerfile
from ..context.tree import Listing, Tree
from ..git.ignorelists import IgnoreLists, ignore_lists
from ..git.index import Tracked
from ..packages import catalog
from ..paths import FIXTURES, SAMPLES, VENDORED
from ..rules.matcher import Matcher, State
from .junk.lookup import ENDINGS, Glance, Ruling, glance, hits, markers, ruling
from .junk.row import PARTS, PROJECT, JunkRow

#: More manifests than this are not looked at, the shallow ones first.
MOST_MANIFESTS: Final = 600
#: Directories in which Dockerfiles are kept, also where the rules exclude them.
_BUILD_HOMES: Final = frozenset(
    "docker .docker dockerfiles deploy deployment deployments ci .ci ops infra infrastructure container containers "
    "images packaging scripts build hack tools .github contrib dev etc".split()
)
#: What lies below these is somebody else's.
_FOREIGN: Final = VENDORED | FIXTURES | SAMPLES

_ENDINGS: Final = frozenset(ENDINGS.values())


class Candidate(NamedTuple):
    """A kept path that looks like junk. `row` None: no row knows it, git ignores it."""

    path: str
    directory: bool
    row: JunkRow | None
    glob: str
    ruling: Ruling


class Survey:
    """`rules` are those in use, `manifests` the paths of manifests by name, shallow ones first; `dockerfiles` and
    `compose` the paths of such files. `kept` are the directories that were looked at, with the state of the rules in
    each, `excluded` those in which a rule takes something out."""

    __slots__ = (
        "candidates", "compose", "dockerfiles", "ends", "excluded", "kept", "known", "lists", "manifests", "rules",
        "tree",
    )  # fmt: skip

    def __init__(self, tree: Tree, rules: Matcher, known: Tracked, lists: IgnoreLists) -> None:
        self.tree = tree
        self.rules = rules
        self.known = known
        self.lists = lists
        self.candidates: list[Candidate] = []
        self.dockerfiles: list[str] = []
        self.excluded: set[str] = set()
        self.compose: list[str] = []
        self.manifests: dict[str, list[str]] = {}
        self.kept: dict[str, State] = {}
        #: The kept directories in which a name has one of the endings that rows ask for, by these.
        self.ends: dict[str, list[str]] = {}

    def fitting(self, glob: str) -> Iterable[str]:
        """The kept directories in which a name may fit a path of a row."""
        ending = ENDINGS.get(glob)
        return self.kept if ending is None else self.ends.get(ending, ())

    def named(self, *names: str) -> Iterator[str]:
        """The manifests of these names."""
        for name in names:
            yield from self.manifests.get(name, ())

    def ending(self, *endings: str) -> Iterator[str]:
        for name in sorted(self.manifests):
            if name.endswith(endings):
                yield from self.manifests[name]

    def tracks(self, path: str) -> bool:
        return self.known.file(path) or self.known.below(path)


def survey(tree: Tree, rules: Matcher, known: Tracked) -> Survey:
    """Descend into what `rules` keep."""
    out = Survey(tree, rules, known, ignore_lists(tree.root, tree.read))
    found: list[str] = []
    todo: list[tuple[str, State, frozenset[str], bool]] = [("", rules.root, frozenset(), False)]
    while todo:
        path, state, above, foreign = todo.pop()
        listing = tree.listing(path)
        out.kept[path] = state
        prefix = path + "/" if path else ""
        seen = glance(listing.names)
        for ending in seen.ends & _ENDINGS:
            out.ends.setdefault(ending, []).append(path)
        if not foreign:
            _note(out, found, prefix, listing.names, seen)
        verdicts, default = state.verdicts(listing.names), state.default
        names = state.kept(listing.names, verdicts)
        directories = listing.directories
        beside = markers(listing.names, seen)
        above = above | beside if not beside <= above else above
        if len(names) < len(listing.names):
            out.excluded.add(path)
        stop = _judge(out, prefix, names, listing, seen, above, beside)
        for name in sorted(directories, reverse=True):
            below = prefix + name
            if verdicts.get(name, default).excluded and not rules.walks(below):
                if name in _BUILD_HOMES and not foreign:
                    inside = tree.names(below)
                    _note(out, found, below + "/", inside, glance(inside))
                continue
            if name not in stop and name not in catalog.TREES:
                child = state.enter(name) if name in verdicts else state.inside
                todo.append((below, child, above, foreign or name in _FOREIGN))
    for each in sorted(found, key=lambda each: (each.count("/"), each))[:MOST_MANIFESTS]:
        out.manifests.setdefault(each.rpartition("/")[2], []).append(each)
    out.candidates.sort(key=lambda each: each.path)
    out.dockerfiles.sort(key=lambda each: (each.count("/"), each))
    return out


def _note(out: Survey, manifests: list[str], prefix: str, names: Sequence[str], seen: Glance) -> None:
    """Remember manifests and Dockerfiles, excluded or not."""
    if not (catalog.NAMES.isdisjoint(names) and catalog.ENDINGS.isdisjoint(seen.ends)):
        manifests += [prefix + name for name in names if catalog.is_manifest(name)]
    together = seen.text.lower()
    if "compose" in together:
        out.compose += [prefix + name for name in names if is_compose(name)]
    if any(word in together for word in DOCKERFILES):
        found = [prefix + name for name in names if is_dockerfile(name)]
        out.dockerfiles += [path for path in found if out.tree.kind(path) != "dir"]


def _judge(
    out: Survey,
    prefix: str,
    names: Sequence[str],
    listing: Listing,
    seen: Glance,
    above: frozenset[str],
    beside: frozenset[str],
) -> set[str]:
    """Add the candidates of a directory; the directories that need not be entered."""
    stop: set[str] = set()
    kept_directories = listing.directories.intersection(names)
    judged: dict[str, Candidate] = {}
    for name, row, glob in hits(prefix, names, kept_directories, seen, above, beside):
        path = prefix + name
        done = judged.get(name)
        if done is not None and done.ruling.grade == "sure":
            continue
        if name in listing.links and row.content not in ("link", ""):
            continue
        rules = ruling(row, path, out.tree, out.known, out.lists)
        if rules is not None and (done is None or rules.grade == "sure"):
            judged[name] = Candidate(path, row.kind == "dir", row, glob, rules)
    for name, each in judged.items():
        out.candidates.append(each)
        tracked = each.row is None or each.row.group in (PROJECT, PARTS) or each.row.consent
        if each.directory and each.ruling.grade == "sure" and not tracked:
            stop.add(name)
    if out.known.known:
        for name in kept_directories:
            path = prefix + name
            if name not in judged and not out.known.below(path) and _unknown(out, path):
                out.candidates.append(
                    Candidate(path, True, None, "", Ruling("unsure", "no rule of this tool knows it"))
                )
    return stop


def _unknown(out: Survey, path: str) -> bool:
    """A directory that git ignores, the topmost one."""
    above = path.rpartition("/")[0]
    return (
        not out.known.file(path)
        and out.lists.ignores(path, directory=True)
        and not (above and out.lists.ignores(above, directory=True))
    )
