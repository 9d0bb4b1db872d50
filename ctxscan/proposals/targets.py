"""What is to leave the context, path by path, with the reason and whatever speaks against it.

The candidates of a survey, what was flagged elsewhere, and what a marker makes certain to come are weighed against the
needs; what is left are targets: paths that nobody misses, or only perhaps. How a rule for them is written, and whether
it does what it should, is for `proposals`.
"""

import posixpath
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Final, NamedTuple

from ..packages import catalog
from ..packages.catalog import is_manifest
from ..paths import KEEPERS, WRITTEN, absolute, join
from ..regex import lazy
from ..rules import globs
from .junk.lookup import ROWS, marked, markers
from .junk.row import DATA, HISTORY, OUTPUT, PARTS, PRIVATE, PROJECT, JunkRow
from .needs.find import Needs
from .needs.readers import is_public
from .survey import Candidate, Survey

#: What no row knows is only worth a word from this size on, in bytes.
WORTH_A_WORD: Final = 1_000_000
#: A project file is worth a rule from this size on: one that no instruction takes, and one that is sent.
WORTH_A_RULE: Final = (10_000, 1_000)
#: One that is sent, where a file is written anew anyway.
WORTH_A_LINE: Final = 50


#: What people write for each machine, and many programs read.
_SETTINGS: Final = ".env"
_EXAMPLES: Final = frozenset(
    ".env.example .env.sample .env.dist .env.template .env.default .example.env .sample.env example.env sample.env "
    "env.example env.sample .env-example .env_example".split()
)
_ENV_FILE: Final = lazy(
    r"(?m)^\s*env_file:\s*(?:\[\s*|\n\s*-\s*(?:path:\s*)?)?[\"']?(?:\./)?(\.env(?:\.[\w-]+)?)[\"']?\s*(?:$|[\],#])"
)
_OBJECTS: Final = ".git/objects"
#: What git has in its directory, and a question for `HEAD` or a ref never reads.
_BESIDE_OBJECTS: Final = ("hooks", "index", "logs")
#: How files are called in which nothing but secrets stands.
_PRIVATE_NAMES: Final = tuple(glob for row in ROWS if row.group == PRIVATE for glob in row.paths.split())


class Target(NamedTuple):
    """A path that may go, and what speaks against it. `consent`: git tracks it, and somebody has to say this word.
    `contents`: only what is in the directory goes, as these rules
    (two texts, a literal path and a glob below it) and the paths that each is for."""

    path: str
    directory: bool
    row: JunkRow | None
    glob: str
    reason: str
    group: str
    caution: str | None
    consent: str = ""
    contents: tuple[tuple[str, str, tuple[str, ...]], ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """What leaves."""
        return tuple(path for _, _, paths in self.contents for path in paths) or (self.path,)


class Needed(NamedTuple):
    """Something that looks like junk, and why it stays."""

    path: str
    why: str


class Weighed(NamedTuple):
    targets: tuple[Target, ...]
    needed: tuple[Needed, ...]


def weigh(survey: Survey, needs: Needs, flagged: Iterable[str], *, fresh: bool, size: Callable[[str], int]) -> Weighed:
    """Everything that may go. `flagged` are exact paths that somebody else wants out, `fresh`: the ignore file has no
    rules yet, so that what is small counts too. `size` gives the bytes of all that is kept in a path."""
    targets: dict[str, Target] = {}
    needed: list[Needed] = []
    for path in sorted(set(flagged)):
        if survey.tree.exists(path):
            answer = needs.of(path, row=None)
            stays = answer.why if answer.certain else _source(survey, path)
            if stays is not None:
                needed.append(Needed(path, stays))
                continue
            caution = answer.why or _dirty(survey, needs, path, None)
            directory = survey.tree.kind(path) == "dir"
            targets[path] = Target(path, directory, None, "", "secret", PRIVATE, caution)
    for each in survey.candidates:
        if (
            not fresh
            and each.row is not None
            and each.row.tracked
            and not each.row.consent
            and (each.row.group == PROJECT or survey.tracks(each.path))
        ):
            continue  # somebody has looked at this context before
        if each.ruling.grade == "contents":
            contents = tuple(_contents(survey, needs, each))
            if contents:
                targets[each.path] = _target(each, survey, needs, None)._replace(contents=contents)
            continue
        if each.row is not None and each.row.consent:
            if _worth(each, needs, size, fresh=fresh):
                why = needs.of(each.path, row=each.row).why
                why = why or _dirty(survey, needs, each.path, each.row)
                contents = () if why is None else tuple(_beside_needs(survey, needs, each))
                if why is None or contents:
                    targets[each.path] = _target(each, survey, needs, None)._replace(contents=contents)
                elif size(each.path) >= WORTH_A_WORD:
                    needed.append(Needed(each.path, why))
            continue
        if each.row is not None and each.row.again and not needs.is_made_again(each.path):
            continue
        project = each.row is not None and each.row.group == PROJECT
        if project and not _worth(each, needs, size, fresh=fresh):
            continue
        answer = needs.of(each.path, row=each.row)
        project = project or (each.row is not None and each.row.group == PARTS)
        if project and (answer.why or _dirty(survey, needs, each.path, each.row)):
            continue
        if answer.certain and answer.why:
            needed.append(Needed(each.path, answer.why))
            if each.path == ".git" and needs.heads_only:
                targets |= {one.path: one for one in _objects(survey)}
            targets |= {one.path: one for one in _aside(survey, needs, each, size) if one.path not in targets}
            continue
        if each.path == ".git" and needs.heads_only:
            targets |= {one.path: one for one in _objects(survey)}
        target = _target(each, survey, needs, answer.why)
        if target.row is None and size(target.path) < WORTH_A_WORD:
            continue
        if each.path not in targets or targets[each.path].caution:
            targets[each.path] = target
    return Weighed(tuple(_topmost(targets)), tuple(needed))


def ask_ahead(survey: Survey, needs: Needs) -> None:
    """Ask now what `weigh` asks whatever the sizes are and whatever was flagged: who needs the directories of tests,
    documents and samples that an instruction takes. For the answer all sources are read, and it is kept."""
    for each in survey.candidates:
        optional = each.directory and each.row is not None and each.row.consent and each.ruling.grade != "contents"
        if optional and needs.taken(each.path):
            needs.of(each.path, row=each.row)


def _worth(each: Candidate, needs: Needs, size: Callable[[str], int], *, fresh: bool) -> bool:
    """Whether a project file is worth a rule. Of what one rule is for wherever it lies, all that is sent counts."""
    taken = needs.taken(each.path)
    if taken and (each.directory or (each.row is not None and each.row.everywhere and each.row.consent)):
        return True
    return size(each.path) >= (WORTH_A_LINE if fresh and taken else WORTH_A_RULE[taken])


def _target(each: Candidate, survey: Survey, needs: Needs, possible: str | None) -> Target:
    row, ruling = each.row, each.ruling
    if row is None:
        # Nothing is known but that git ignores it and that no instruction takes it.
        caution = "git ignores it, and an instruction takes it" if needs.taken(each.path) else possible
        return Target(each.path, True, None, "", "ignored by git", DATA, caution)
    caution = possible or (ruling.missing if ruling.grade == "unsure" else None)
    if caution is not None and possible is None and needs.recipes and not needs.taken(each.path) and survey.known.known:
        caution = None  # no instruction takes it, and git does not know it
    if caution is None and row.tracked:
        caution = _dirty(survey, needs, each.path, each.row)
    return Target(each.path, each.directory, row, each.glob, row.why, row.group, caution, row.consent)


def _source(survey: Survey, path: str) -> str | None:
    """A secret that stands in a file of the project has to be taken out of the file, and not the file with it."""
    name = path.rpartition("/")[2]
    if any(globs.matches(glob.rpartition("/")[2], name) for glob in _PRIVATE_NAMES):
        return None
    if survey.tracks(path):
        return "git tracks it: take the secret out of it, or exclude it yourself"
    written = is_manifest(name) or name.endswith(WRITTEN)
    if written and not survey.lists.ignores(path, directory=False):
        return "it may be source: take the secret out of it"
    return None


def _dirty(survey: Survey, needs: Needs, path: str, row: JunkRow | None) -> str | None:
    """A tracked file that is missing makes another version, where one is made of the history."""
    tracks = survey.tracks(path) or (row is not None and row.tracked and not survey.known.known)
    if path != ".git" and needs.tree is not None and tracks:
        return f"git tracks it, and {needs.tree.why}"
    return None


def _topmost(targets: dict[str, Target]) -> Iterator[Target]:
    """Without what lies below another one that goes for certain."""
    for path, each in sorted(targets.items(), key=lambda item: item[0].split("/")):
        above = path
        while above := posixpath.dirname(above):
            other = targets.get(above)
            if other is not None and not other.contents and (other.caution is None or each.caution is not None):
                break
        else:
            yield each


def certain(survey: Survey, needs: Needs) -> Iterator[tuple[JunkRow, str]]:
    """Rows whose marker makes sure that the thing will be there: with the glob of the rule for all of them."""
    for row in ROWS:
        if not row.certain:
            continue
        glob = row.name
        homes = {
            posixpath.dirname(path)
            for name in survey.manifests
            if marked(row.above, markers((name,)))
            for path in survey.manifests[name]
        }
        if not homes and not any(
            marked(row.above, markers(survey.tree.names(path))) for path in survey.kept if path.count("/") < 2
        ):
            continue
        paths = [posixpath.join(home, glob) for home in sorted(homes) or [""]]
        if any(survey.tracks(path) or needs.of(path, row=row).why for path in paths):
            continue
        if needs.may_be(row, glob):
            yield row, glob


def coming(survey: Survey, needs: Needs) -> Iterator[tuple[JunkRow, str, list[str]]]:
    """Rows of what a developer's machine will have, since git is told to ignore it, and every image that takes it makes
    itself: with a glob of the row, and the paths where it will lie."""
    for row in ROWS:
        if not row.coming or not needs.recipes:
            continue
        homes = sorted(
            {
                posixpath.dirname(path)
                for name in survey.manifests
                if marked(row.beside or row.above, markers((name,)))
                for path in survey.manifests[name]
            }
        )
        for glob in row.paths.split():
            paths = [
                path
                for path in (posixpath.join(home, glob) for home in homes)
                if not survey.tree.exists(path)
                and not survey.tracks(path)
                and not survey.rules.gone(path)
                and survey.lists.ignores(path, directory=True)
                and needs.taken(path)
                and needs.made_again(path, row.made_by)
                and needs.of(path, row=row).why is None
            ]
            if paths:
                yield row, glob, paths


def to_come(survey: Survey, needs: Needs) -> Iterator[tuple[JunkRow, str]]:
    """The settings of a machine that are not there yet, that the project has people write, that git is told to ignore,
    and that an instruction takes: what is in them is private. Not where a stage copies them from another by name, which
    fails without them."""
    handed = _handed(survey)
    passed = {each.path.rpartition("/")[2] for recipe in needs.recipes for each in recipe.passed}
    names = {*([_SETTINGS] if _is_written(survey, needs, handed) else ()), *handed}
    rows = [(each, name) for each in ROWS if each.group == PRIVATE for name in each.paths.split()]
    for row, name in rows:
        if name not in names or name in passed or survey.tree.exists(name) or survey.rules.gone(name):
            continue
        if (
            survey.lists.ignores(name, directory=False)
            and needs.recipes
            and needs.taken(name)
            and needs.of(name, row=row).why is None
        ):
            yield from [(row, name)] if needs.may_be(row, name) else ()


def _handed(survey: Survey) -> set[str]:
    """The files of settings that Compose files in the root give to their services."""
    composed = (survey.tree.text(each) for each in survey.compose if "/" not in each)
    return {found for text in composed if "env_file" in text for found in _ENV_FILE.findall(text)}


def removed(survey: Survey, needs: Needs) -> Iterator[Target]:
    """What git ignores, an instruction takes, and a RUN removes again: wherever there is one, a layer keeps it. What
    has no ending may be a directory, and what another command names may be its own."""
    for recipe in needs.recipes:
        said = [call for call in needs.trail.of(recipe) if call.kind == "RUN"]
        for call in (each for each in said if each.words[:1] == ("rm",)):
            words = (each for each in call.words[1:] if not each.startswith("-") and not set(each) & set("*?[$"))
            for word in (each for each in words if posixpath.splitext(each)[1]):
                if any(posixpath.basename(word) in each.text for each in said if each.words[:1] != ("rm",)):
                    continue
                for path in call.place.candidates(absolute(call.cwd, word)):
                    # Where its directory is not there either, something makes both.
                    if survey.tree.exists(path) or not survey.tree.exists(posixpath.dirname(path)):
                        continue
                    if survey.rules.gone(path) or not needs.taken(path):
                        continue
                    if survey.lists.ignores(path, directory=False) and needs.of(path, row=None).why is None:
                        why = f"git ignores it, and rm comes too late ({recipe.label}:{call.line})"
                        yield Target(path, False, None, "", why, PRIVATE, None)


def _is_written(survey: Survey, needs: Needs, handed: Collection[str]) -> bool:
    """Whether an example of such settings is there, a Compose file gives them to a service (they are `handed`), or git
    is told of those in this very directory. Not where a build takes variables of it into a page, which everybody is
    shown."""
    examples = [survey.tree.text(each) for each in survey.tree.names("") if each in _EXAMPLES]
    if examples:
        builds = any(each.takes(_SETTINGS) and catalog.FRONT_END.search(each.text) for each in needs.recipes)
        return not all(is_public(text, some=builds) for text in examples)
    if f"/{_SETTINGS}" in survey.tree.text(".gitignore").splitlines():
        return True
    return _SETTINGS in handed


def _aside(survey: Survey, needs: Needs, each: Candidate, size: Callable[[str], int]) -> Iterator[Target]:
    """What lies beside the part of a directory of output that is copied by name: nobody takes it."""
    if each.row is None or each.row.group != OUTPUT or not each.directory or not survey.known.known:
        return
    why = f"{each.row.why}, and only what is beside it is copied"
    for name in survey.tree.names(each.path):
        path = f"{each.path}/{name}"
        if needs.taken(path) or survey.rules.gone(path):
            continue
        directory = survey.tree.kind(path) == "dir"
        if directory or size(path) >= WORTH_A_RULE[False]:
            yield Target(path, directory, each.row, "", why, OUTPUT, None)


def _beside_needs(survey: Survey, needs: Needs, each: Candidate) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """What is in a member of a workspace of which only the manifest is needed, and what is beside the parts of a
    directory that are needed by name."""
    inside = needs.idle(each.path) or needs.parts(each.path)
    if each.row is None or not inside or needs.optional.why(each.path, each.row) is not None:
        return
    if _dirty(survey, needs, each.path, each.row) or needs.brought_back(each.path):
        return
    todo = [each.path]
    while todo:
        here = todo.pop(0)
        for name in survey.tree.names(here):
            path = f"{here}/{name}"
            if survey.rules.gone(path):
                continue
            touching = [one for one in inside if one.touches(path)]
            if touching:
                if all(one.spoken and one.path != path for one in touching):
                    todo.append(path)  # a file further down alone
            elif needs.of(path, row=each.row).why is None:
                yield path, "", (path,)


def _objects(survey: Survey) -> Iterator[Target]:
    """What the history consists of, and what git keeps beside it, where nobody asks for more than what `HEAD` and the
    refs say. Git requires the directory of the objects itself."""
    names = survey.tree.names(_OBJECTS)
    paths = tuple(path for name in names if not survey.rules.gone(path := f"{_OBJECTS}/{name}"))
    if not paths:
        return
    contents = ((_OBJECTS, "*", paths),)
    yield Target(_OBJECTS, True, None, "", "only HEAD and the refs are read", HISTORY, None, "", contents)
    for name in _BESIDE_OBJECTS:
        path = f".git/{name}"
        if survey.tree.exists(path) and not survey.rules.gone(path):
            directory = survey.tree.kind(path) == "dir"
            yield Target(path, directory, None, "", "only HEAD and the refs are read", HISTORY, None)


def _contents(survey: Survey, needs: Needs, each: Candidate) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """What is in a directory whose tracked files keep it there."""
    todo = [each.path]
    while todo:
        here = todo.pop()
        state = survey.kept.get(here)
        if state is None:
            continue
        names = [name for name in survey.tree.names(here) if not state.decide(name).excluded]
        free = []
        for name in names:
            path = f"{here}/{name}"
            directory = survey.tree.kind(path) == "dir"
            if survey.tracks(path) or (not survey.known.known and _keeps(survey, path, directory)):
                if directory:
                    todo.append(path)
            elif (
                each.row is None or each.row.level != "c" or survey.lists.ignores(path, directory=directory)
            ) and needs.of(path, row=each.row).why is None:
                free.append(name)
        plain = [name for name in names if not name.startswith(".")]
        if free and plain and set(plain) <= set(free) and not needs.meets(f"{here}/[^.]*"):
            yield here, "[^.]*", tuple(f"{here}/{name}" for name in plain)
            free = [name for name in free if name.startswith(".")]
        for name in free:
            yield f"{here}/{name}", "", (f"{here}/{name}",)


def _keeps(survey: Survey, path: str, directory: bool) -> bool:
    """Whether a file is there to keep its directory, or is named as what git has of it, or something in a directory
    is."""
    if not directory:
        above, _, name = path.rpartition("/")
        return name in KEEPERS or f"!{name}" in survey.tree.text(join(above, ".gitignore")).splitlines()
    return any(name in KEEPERS for name in survey.tree.names(path)) or any(
        _keeps(survey, f"{path}/{name}", True) for name in survey.tree.listing(path).directories
    )
