"""Which of the last commits would have done which steps again, built one after the other on a warm cache.

    history  ->  variants  ->  course (contents, operations, cache)  ->  blame  ->  summary

The same commits are built as they were, with the Dockerfile and the ignore file of today, with the proposals applied,
and with another Dockerfile if one is given. Nothing is executed but git: what a builder would have in its cache follows
from section 1 of `docs/cache.md`. Bytes that a command makes are not known; where they alone decide, the answer is
None, and between builds other inputs are taken to make other bytes.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..context.narrowing import Narrowing
from ..context.transfer import Sent, follow, narrowed_to
from ..dockerfile.stages import Step
from ..errors import CtxscanError
from ..git.history import DIRECTORY, FILE, PINNED, Commit, GitEntry, History, Objects, Snapshot, digest, history
from ..rules.builders import Builder
from ..rules.matcher import BadPattern, Matcher
from ..secrets.redaction import redacted
from .blame import Changed, blame
from .cache import Cache
from .contents import Contents
from .course import Course, Done, left_open
from .summary import Count, Replay, ReplayedCommit, ReplayedStep, Steps, Summary, Total
from .variants import ReadDockerfile, Readings, Texts, contexts, own

if TYPE_CHECKING:
    from ..facts import Scan

__all__ = ["Count", "Replay", "ReplayedCommit", "ReplayedStep", "Total", "replay"]

#: As many files to blame are named for a step.
MOST_BLAMED = 10
#: Of so many commits the trees are asked for at once.
AHEAD = 100


def replay(scan: Scan, count: int, *, after: bytes | None = None, reordered: bytes | None = None) -> Replay:
    """The last `count` commits of the repository that the context of `scan` lies in.

    `after` is the text of the ignore file with the proposals in it (None: there are none), `reordered` that of another
    Dockerfile to compare with. Raises `CtxscanError` where there is no history, no Dockerfile, or another builder.
    """
    build = scan.build
    if not build.builder.on_demand:
        raise CtxscanError(f"--replay knows the cache of buildkit, not that of {build.builder.name}")
    if build.text is None:
        raise CtxscanError("--replay needs a Dockerfile, and there is none", place=str(build.context))
    past = history(build.context, count)
    today = Texts(build.text, scan.ignored.data if scan.ignored else None)
    with past.objects() as objects, _without_collector():
        return _Replay(scan, past, objects, today, after, reordered).run(count)


@contextmanager
def _without_collector() -> Iterator[None]:
    """What is remembered of every commit is no garbage, and looking for some takes a third of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class _Replay:
    def __init__(
        self,
        scan: Scan,
        past: History,
        objects: Objects,
        today: Texts,
        after: bytes | None,
        reordered: bytes | None,
    ) -> None:
        self.past = past
        self.objects = objects
        self.today = today
        self.readings = Readings(scan.build)
        self.own = own(scan.build, past.root, past.prefix, today)
        self.contexts = contexts(scan.build, past.root)
        self.contents = Contents(past.commits[-1].tree)
        self.takes_git: Step | None = None
        self.git = (scan.build.context / ".git").is_dir(), (scan.build.context / ".git").exists()
        self.after = None if after is None or after == today.rules else today._replace(rules=after)
        self.reordered = None if reordered is None else today._replace(dockerfile=reordered)

    def run(self, count: int) -> Replay:
        commits = [*([self.past.before] if self.past.before else []), *self.past.commits]
        was = [self._texts(commit) for commit in commits]
        same = all(each[:2] == self.today[:2] for each in was)
        # Where two ways of building are the same, one will do.
        current = self._variant()
        before = current if same else self._variant()
        after = current if self.after is None else self._variant()
        reordered = None if self.reordered is None else self._variant()
        recipe = self.readings.recipe(self.today.dockerfile)
        assert isinstance(recipe, ReadDockerfile)  # else there was no scan
        summary = Summary(recipe)
        out = []
        for at, (commit, texts) in enumerate(zip(commits, was, strict=True)):
            if at % AHEAD == 0:
                self.objects.fetch(tree for each in commits[at : at + AHEAD] for tree in (each.tree, *each.trees))
            look = self._look(commit)
            made = now = current.build(look, self.today)
            if before is not current:
                made = before.build(look, texts)
            then = now if self.after is None else after.build(look, self.after)
            other = None if reordered is None or self.reordered is None else reordered.build(look, self.reordered)
            if commit is self.past.before:
                continue
            out.append(_replayed(commit, made))
            if not commit.first:
                summary.add(made.steps, now.steps, then.steps, other.steps if other else None)
            if self.takes_git is None:
                self.takes_git = next((each.step for each, why in now.steps.values() if ".git" in why), None)
        totals = summary.totals(compared=reordered is not None)
        return Replay(count, tuple(out), totals, tuple(self._remarks(count, out)))

    def _remarks(self, count: int, commits: Sequence[ReplayedCommit]) -> Iterator[str]:
        if len(self.past.commits) < count:
            where = "this shallow clone" if self.past.shallow else "the history"
            yield f"only {len(self.past.commits)} commits in {where} ({count} asked for)"
        if failed := sum(each.failed is not None for each in commits):
            yield f"as they were, {failed} of {len(commits)} commits cannot be built"
        if self.takes_git is not None:
            text = redacted(self.takes_git.instruction.text.strip())
            yield f"`{text}` copies .git, which changes with every commit"
        if self.contents.pinned:
            yield f"a submodule counts by its commit: {', '.join(sorted(self.contents.pinned))}"

    def _variant(self) -> _Variant:
        return _Variant(self.readings, self.contents)

    def _texts(self, commit: Commit) -> Texts:
        root = Snapshot(self.objects, commit.tree)
        context = self._below(root, self.past.prefix, None)
        return Texts(None, None) if context is None else self.own.texts(root, context)

    def _look(self, commit: Commit) -> _Look:
        root = Snapshot(self.objects, commit.tree)
        prefix = self.past.prefix
        own: GitEntry | None = None
        is_directory, exists = self.git
        name = bytes.fromhex(commit.id)
        if exists:
            # As a directory it is another one after each commit; as a file it leads elsewhere and stays as it is.
            own = GitEntry(PINNED, name) if is_directory else GitEntry(FILE, digest(b"blob 0\0", like=name))
        paths = [path.removeprefix(prefix) for path in commit.changes if path.startswith(prefix)]
        if is_directory:
            paths.append(".git")
        named = {name: self._below(root, path + "/", None) for name, path in self.contexts.items()}
        first = commit.first and commit is not self.past.before
        return _Look(self._below(root, prefix, own), named, [] if first else paths)

    def _below(self, root: Snapshot, path: str, own: GitEntry | None) -> Snapshot | None:
        """A directory of a commit as a context."""
        entry = root.entry(path.rstrip("/"))
        if entry is None or entry.mode != DIRECTORY:
            return None
        return Snapshot(self.objects, entry.id, repository=own)


@dataclass(frozen=True, slots=True)
class _Look:
    """A commit to be built: the context in it (None: there is none), the contexts with names, and what changed."""

    context: Snapshot | None
    named: Mapping[str, Snapshot | None]
    paths: Sequence[str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a build: each step with the files to blame, by the name of the step; `failed` is why there is
    nothing in the end."""

    steps: Steps
    failed: str | None


class _Variant:
    """One cache, and what was built on it last."""

    def __init__(self, readings: Readings, contents: Contents) -> None:
        self.readings = readings
        self.contents = contents
        self.cache = Cache()
        self.asked: dict[tuple[str, ...], Narrowing] = {}
        self.pending: list[str] = []
        self.last: tuple[Texts, Matcher] | None = None
        self.operations: frozenset[object] = frozenset()

    def build(self, look: _Look, texts: Texts) -> Outcome:
        self.pending += look.paths
        recipe = self.readings.recipe(texts.dockerfile)
        rules = self.readings.rules(texts.rules)
        if look.context is None:
            return Outcome({}, "no such directory")
        if isinstance(recipe, str):
            return Outcome({}, recipe)
        if isinstance(rules, str):
            return _unknown(recipe, rules)
        try:
            done = self._course(recipe, rules, look.context, look.named).run()
            outcome = self._blamed(recipe, done, texts, rules, look.context)
        except (BadPattern, CtxscanError) as problem:
            return _unknown(recipe, str(problem))
        except RecursionError:
            return _unknown(recipe, "directories in directories without end")
        if outcome.failed is None:
            self.pending = []
            self.last = texts, rules
            self.operations = frozenset(each.operation for each in done)
        return outcome

    def _course(
        self, recipe: ReadDockerfile, rules: Matcher, context: Snapshot, named: Mapping[str, Snapshot | None]
    ) -> Course:
        narrowing: Narrowing | None = None
        if recipe.sources is not None:
            followed = follow(recipe.sources, context)
            if followed is not None:
                narrowing = self.asked.get(followed)
                if narrowing is None:
                    narrowing = self.asked[followed] = narrowed_to(followed)
        sent = Sent(context, rules, narrowing)
        others = {name: self._named(each, rules.builder) for name, each in named.items() if each is not None}
        return Course(recipe, sent, others, self.cache, self.contents)

    def _named(self, context: Snapshot, builder: Builder) -> Sent:
        text = next((context.read(name) or b"" for name in builder.root_files if context.kind(name)), None)
        rules = self.readings.rules(text)
        if isinstance(rules, str):
            raise CtxscanError(rules)
        return Sent(context, rules, None)

    def _blamed(
        self, recipe: ReadDockerfile, done: tuple[Done, ...], texts: Texts, rules: Matcher, context: Snapshot
    ) -> Outcome:
        failed = next((each.failed for each in done if each.failed is not None), None)
        last, last_rules = self.last or (texts, rules)
        changed = Changed(
            paths=self.pending if self.last else (),
            rules=(rules,) if last_rules is rules else (rules, last_rules),
            files=context,
            dockerfile=texts.labels[0] if texts.dockerfile != last.dockerfile else "",
            ignore_file=texts.labels[1] if texts.rules != last.rules else "",
            operations=self.operations,
        )
        failure = None if failed is None else f'"{failed}": not found'
        blamed = zip(done, blame(done, changed), strict=True)
        return Outcome(dict(zip(recipe.names, blamed, strict=True)), failure)


def _unknown(recipe: ReadDockerfile, failed: str) -> Outcome:
    """A build that fails before its first step."""
    steps = ((left_open(stage, step, recipe), ()) for stage, step in recipe.steps)
    return Outcome(dict(zip(recipe.names, steps, strict=True)), failed)


def _replayed(commit: Commit, outcome: Outcome) -> ReplayedCommit:
    steps = tuple(
        ReplayedStep(
            stage=each.stage.name or each.stage.index,
            line=each.step.line,
            instruction=each.step.keyword,
            text=redacted(each.step.instruction.text.strip()),
            cached=each.cached,
            because=because[:MOST_BLAMED],
            failed=each.failed,
        )
        for each, because in outcome.steps.values()
    )
    return ReplayedCommit(commit.id, commit.subject, steps, outcome.failed)
