"""What the builds of a context need: who reads which path of it, and where that is written.

Sources of every Dockerfile that shares the ignore file, whether or not they exist yet; what manifests, workspaces and
sources name; who reads the history; exceptions in the ignore file, which somebody wrote on purpose. A need that is
certain forbids a rule, one that is possible makes it a caution. Nothing is proposed here, and nothing is judged.

    needs = find_needs(build, survey, ignored)
    needs.found          every `Need`: path, reader, file, line (`why` and `place` are the same as text)
    needs.history        the readers of `.git`
    needs.withheld()     the needs that the rules in use keep from their readers, and the paths these miss
    needs.of(path, ...)  whether a path may leave, and if not, who would miss it

    recipes (Dockerfiles)   history (.git)   makers (what is made again)   project (tests and documents)
    readers (of private files)   and of `packages` what manifests and sources name
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final, NamedTuple

from ...builds.build import Build
from ...context.tree import Tree
from ...packages import catalog
from ...packages.manifest import BY_PATH
from ...paths import absolute, join, within
from ...regex import lazy
from ...rules import globs
from ...rules.ignorefile import IgnoreFile
from ..junk.row import DATA, HISTORY, OUTPUT, PARTS, PERSONAL, PRIVATE, PROJECT, JunkRow
from ..junk.tracked import MADE_OF
from ..survey import Survey
from . import history, spoken
from .handed import handed
from .makers import installs, makes, uses
from .need import Need, overlap
from .optional import Optional
from .project import TOKEN, Project, is_data, serves
from .readers import KEYS, is_key, reader
from .recipe import Recipe
from .recipes import Together, recipes
from .trail import Call, Trail

__all__ = ["Need", "NeedAnswer", "Needs", "Recipe", "find_needs", "places"]

#: Concrete paths of all sources that are looked at.
MOST_INPUTS: Final = 20_000
#: Directories of which a copy means all that is in them, since none of it is source.
_OUTPUTS: Final = frozenset(
    "dist build out target .next .output .nuxt .svelte-kit release node_modules .venv venv _site _build artifacts "
    "publish "
    "storybook-static deps .build bundle wheelhouse wheels jars".split()
)
_DATABASES: Final = lazy(
    r"(?i)(^|[^a-z])(dev|development|test|local|debug|tmp|backup|db)([^a-z]|$)|-(journal|wal|shm)$"
)
_AMONG_TESTS: Final = frozenset("tests test __tests__ testdata e2e spec".split())
_KEY_STORES: Final = (".p12", ".pfx", ".jks", ".keystore", ".kdbx")


class NeedAnswer(NamedTuple):
    """Whether a path is needed: `certain`, possibly, or (`why` None) by nobody."""

    certain: bool
    why: str | None


FREE: Final = NeedAnswer(False, None)


class Asked(NamedTuple):
    """What was answered: builds that share their rules ask the same of every path. By a path and the row that it is
    taken for, of which there is one object each."""

    answers: dict[tuple[str, int], NeedAnswer]
    taken: dict[str, bool]


class Needs(NamedTuple):
    """`history` are the readers of `.git`, `exceptions` what the ignore file brings back, `found` all other needs.
    `tree` is the first who makes a version of it, or compares it, so that it would not be clean without a file that git
    tracks; None: nobody does."""

    survey: Survey
    recipes: tuple[Recipe, ...]
    found: tuple[Need, ...]
    exceptions: tuple[Need, ...]
    history: tuple[Need, ...]
    tree: Need | None
    project: Project
    optional: Optional
    trail: Trail
    #: The same by the first component of their paths; "" are those with a wild card in it.
    by_first: dict[str, list[Need]]
    #: All that each of the recipes runs.
    run: tuple[str, ...]
    asked: Asked

    def of(self, path: str, *, row: JunkRow | None) -> NeedAnswer:
        """Who would miss `path` and all below it. `row` says what it is taken for; None: a file by name."""
        known, key = self.asked.answers, (path, id(row))
        if key not in known:
            known[key] = self._of(path, row)
        return known[key]

    def _of(self, path: str, row: JunkRow | None) -> NeedAnswer:
        if row is not None and row.group == PARTS:
            return self._part(path, row)
        if path == ".git/objects" and self.heads_only:
            return FREE
        if path == ".git" and self.history:
            first = max(self.history, key=lambda each: each.certain)
            return NeedAnswer(first.certain, first.why)
        exception = self.brought_back(path)
        if exception is not None:
            return NeedAnswer(True, exception.why)
        if row is not None and row.tracked and MADE_OF.search(path.rpartition("/")[0]):
            return NeedAnswer(True, "projects are made of it")
        if row is None and (embeds := self._embeds(path)) is not None:
            return NeedAnswer(True, embeds.why)
        if (why := self._started(path)) is not None:
            return NeedAnswer(True, why)
        possible: str | None = None
        never_source = row is not None and (row.level == "a" or row.group in (HISTORY, PERSONAL))
        for need in (*self.by_first.get(path.partition("/")[0], ()), *self.by_first.get("", ())):
            if not need.touches(path) or (never_source and (need.loose or need.spoken)):
                continue
            if (
                need.lies_below(path)
                and row is not None
                and (row.kind == "file" or (never_source and not need.certain))
            ):
                continue  # a file holds nothing, and no variable means the directory of a tool
            if row is not None and row.consent and (_inside(need, path) or _is_of_a_package(need, path)):
                continue  # tests read each other, and whoever takes a package reads none of its
            if row is not None and row.group == PROJECT and self._own(need, path):
                continue  # a tool of its own reads it
            if need.spoken and row is not None and row.made_by and self.made_again(path, row.made_by):
                continue
            if row is not None and row.group == PERSONAL and len(path.split("/")) > len(need.path.split("/")):
                continue  # something of an editor below a directory that is needed
            if need.certain and not need.loose:
                return NeedAnswer(True, need.why)
            possible = possible or need.why
        for answer in (self._named(path, row), self._made(path, row)):
            if answer.certain:
                return answer
            possible = possible or answer.why
        return NeedAnswer(False, possible or self._suspected(path, row))

    def _part(self, path: str, row: JunkRow) -> NeedAnswer:
        """Who would miss a member of a workspace, of whose manifest it is needless to say that the workspace has it."""
        from .members import MEMBER  # only where there is a workspace

        exception = self.brought_back(path)
        if exception is not None:
            return NeedAnswer(True, exception.why)
        manifest = f"{path}/package.json"
        for need in (*self.by_first.get(path.partition("/")[0], ()), *self.by_first.get("", ())):
            if not need.touches(path) or within(need.file, path):
                continue
            if not (need.reader == MEMBER and need.path.count("/") == manifest.count("/") and need.touches(manifest)):
                return NeedAnswer(True, need.why)
        why = self.optional.members.why(path) or handed(path, row, self.recipes, self.survey)
        return NeedAnswer(why is not None, why)

    def _embeds(self, path: str) -> Need | None:
        """The source that embeds a file. Those above what looks like junk are read beforehand (`found`); this may be
        any file, such as one that holds a secret."""
        found = (Need(*each[:-1]) for each in catalog.embeds(self.survey, path))
        return next((each for each in found if each.touches(path)), None)

    def _own(self, need: Need, path: str) -> bool:
        """Whether a source or a manifest in `path` itself reads it, and no Dockerfile."""
        return need.file.startswith(f"{path}/") and all(each.label != need.file for each in self.recipes)

    def withheld(self) -> Iterator[tuple[Need, str]]:
        """The needs whose path is on disk and that a rule in use takes out, each with that path."""
        for need in (*self.history, *self.found):
            for path in places(self.survey.tree, need.path.removesuffix("/*"), stars=True):
                if path and self.survey.rules.gone(path):
                    yield need, path

    def brought_back(self, path: str) -> Need | None:
        """The exception that names `path` itself. A directory above may go all the same, if the rule for it leaves the
        exception the last word."""
        return next(
            (each for each in self.exceptions if each.path.count("/") == path.count("/") and each.touches(path)), None
        )

    def idle(self, path: str) -> tuple[Need, ...]:
        """The needs that touch a directory, if that is a member of a workspace of which an install reads the manifest,
        no command runs a script, and no other member takes anything; else nothing."""
        first = path.partition("/")[0]
        found = [each for each in (*self.by_first.get(first, ()), *self.by_first.get("", ())) if each.touches(path)]
        manifest = f"{path}/package.json"
        if not found or not all(each.touches(manifest) and not each.whole and not each.loose for each in found):
            return ()
        if any(each.path.count("/") != manifest.count("/") for each in found):
            return ()
        if any(call.file == manifest for recipe in self.recipes for call in self.trail.of(recipe)):
            return ()
        name = self.survey.tree.json(manifest).get("name")
        others = [each for each in self.survey.named("package.json") if each != manifest]
        if not isinstance(name, str) or any(f'"{name}":' in self.survey.tree.text(each) for each in others):
            return ()
        return tuple(found)

    def parts(self, path: str) -> tuple[Need, ...]:
        """The needs that touch a directory, if each is for a directory of its own in it, or a file that a command
        names: a package by path has all that it is made of."""
        some = (*self.by_first.get(path.partition("/")[0], ()), *self.by_first.get("", ()))
        found = tuple(each for each in some if each.touches(path) and not _inside(each, path))
        apart = (each.whole or (each.spoken and is_data(self.survey.tree, each.path)) for each in found)
        inside = all(within(each.path, path) and each.path != path for each in found)
        return found if inside and all(apart) else ()

    def may_be(self, row: JunkRow, glob: str, top: str = "") -> bool:
        """Whether one rule for everything that is called `glob`, in a directory of the root or anywhere, hides nothing
        that is needed now or later."""
        for need in (*self.by_first.get(top, ()), *self.by_first.get("", ())) if top else self.found:
            if need.loose and row.level == "a":
                continue
            if need.touched_by(glob) and not (row.consent and self._fits_nothing(need, glob)):
                return False
            if (
                need.whole
                and row.group != PERSONAL
                and (row.group == OUTPUT or self._holds(need.path, glob) or self._installs(need.path, glob))
            ):
                return False
        return True

    def _fits_nothing(self, need: Need, glob: str) -> bool:
        """Whether a need with a wild card and a rule for what git tracks have no name in common, of those there are:
        `go.*` means no `go.x_test.go`."""
        found = places(self.survey.tree, need.path) if globs.is_wild(need.path) else [need.path]
        return not any(globs.matches(glob, part) for path in found for part in path.split("/"))

    def meets(self, pattern: str) -> bool:
        """Whether a rule with wild cards could hide something that is needed, there or not yet."""
        mine = pattern.split("/")
        for need in self.found:
            theirs = need.path.split("/")
            if (len(mine) <= len(theirs) or need.whole) and all(map(overlap, mine, theirs)):
                return True
        return False

    def named(self, path: str) -> tuple[str, str] | None:
        """The instruction that takes `path` by its own name, and its place."""
        for recipe in self.recipes:
            for each in recipe.taking(path):
                if each.path and each.path.count("/") == path.count("/") and not each.open:
                    return each.text.split()[0].upper(), f"{recipe.label}:{each.line}"
        return None

    def taken(self, path: str) -> bool:
        """Whether any Dockerfile takes `path`; without a Dockerfile nobody knows."""
        known = self.asked.taken
        if path not in known:
            known[path] = not self.recipes or any(each.takes(path) for each in self.recipes)
        return known[path]

    @property
    def heads_only(self) -> bool:
        """The history has readers, and what `HEAD` and the refs say is enough for them."""
        return bool(self.history) and not any(each.whole for each in self.history)

    def _holds(self, path: str, glob: str) -> bool:
        """Whether a directory that is needed as a whole has such a name in it."""
        tree, todo, seen = self.survey.tree, [path], 0
        while todo and seen < 500:
            here = todo.pop()
            listing = tree.listing(here)
            seen += 1
            if any(globs.matches(glob, name) if globs.is_wild(glob) else name == glob for name in listing.names):
                return True
            todo += [f"{here}/{name}" for name in listing.directories]
        return bool(todo)

    def _installs(self, path: str, glob: str) -> bool:
        """Whether packages may yet be installed in a directory that is needed as a whole: it is one of a project, or
        something makes it first, and it is no manifest by its name."""
        if "node_modules" not in glob or catalog.is_manifest(path.rpartition("/")[2]):
            return False
        if self.survey.tree.exists(path):
            return self._holds(path, "package.json")
        made = not _OUTPUTS.isdisjoint(path.split("/")) or not self.survey.known.known
        return made or self.survey.lists.ignores(path, directory=True)

    def made_again(self, path: str, maker: str) -> bool:
        """Whether every Dockerfile that takes the path makes it again."""
        return all(makes(each, maker) for each in self.recipes if each.takes(path))

    def is_made_again(self, path: str) -> bool:
        """Whether every Dockerfile that takes a directory of packages installs all of them itself, and one does."""
        taking = [each for each in self.recipes if each.takes(path)]
        partly = any("NODE_ENV" in text for each in taking for text in each.settings)
        return bool(taking) and not partly and all(installs(each, self.trail, path) for each in taking)

    def _named(self, path: str, row: JunkRow | None) -> NeedAnswer:
        """A command or a start of a Dockerfile that takes the path says its name."""
        if row is not None and row.level == "a" and not row.made_by:
            return FREE
        if row is not None and row.consent:
            why = self.optional.why(path, row) or handed(path, row, self.recipes, self.survey)
            return NeedAnswer(why is not None, why)
        if row is not None and row.group == PROJECT:
            why = self.project.why(path, row) or handed(path, row, self.recipes, self.survey)
            if why is None and row.content in ("deployment", "cluster"):
                why = self.optional.deploys(path)
            if why is None:
                why = self.optional.reads(path, row)
            return NeedAnswer(why is not None, why)
        for recipe, everything in zip(self.recipes, self.run, strict=True):
            if path not in everything or not recipe.takes(path):
                continue
            made = row is not None and row.made_by and makes(recipe, row.made_by)
            if made:
                continue
            pattern = re.compile(rf"""(?:^|[\s"'=:(\[,<]|\./|/)(?:\./)?{re.escape(path)}(?=$|[\s"'/:,;)*\]\\])""")
            for call in self.trail.of(recipe):
                if call.kind and pattern.search(_read_by(call.text)) and _means(call, path, pattern):
                    certain = call.words[0] not in spoken.TESTS
                    return NeedAnswer(certain, f"{call.kind} names it ({recipe.label}:{call.line})")
        return FREE

    def _made(self, path: str, row: JunkRow | None) -> NeedAnswer:
        """What was made here has to be made again where it is used."""
        if row is None or not row.made_by:
            return FREE
        if not self.recipes and row.group == OUTPUT and row.level != "a":
            return NeedAnswer(False, "no Dockerfile tells whether it is made again")
        for recipe in self.recipes:
            if recipe.takes(path) and not makes(recipe, row.made_by) and uses(recipe, row.made_by):
                return NeedAnswer(False, f"{recipe.label} takes it and runs nothing that makes it again")
        return FREE

    def _suspected(self, path: str, row: JunkRow | None) -> str | None:
        """Things that some image ships on purpose, or that a tool reads by itself."""
        if not self.taken(path):
            return None
        if (row is None or row.group == PRIVATE) and (why := reader(self.survey, self.recipes, path)):
            return why
        if (row is None or row.group == PRIVATE) and (place := self.optional.opens(path)):
            return f"it is named ({place})"
        if (row is None or row.group == PRIVATE) and path.rpartition("/")[2] == ".env" and self.survey.tracks(path):
            return self._loaded(path)
        if (row is None or row.group == PRIVATE) and "/.env." in f"/{path}" and self.survey.tracks(path):
            return self.optional.composes(path)
        if row is None and (self.survey.tracks(path) or not self.survey.known.known):
            return self._pointed(path)
        if row is None:
            return None
        name = path.rpartition("/")[2]
        if name == ".cache" and self._set(name):
            return "an instruction takes it, and a variable of the image names it"
        if name == ".htpasswd" and any(serves(each.base) for one in self.recipes for each in one.taking(path)):
            return "a server takes it"
        if (
            row.group == PRIVATE
            and not row.private
            and any(each.takes(path) and _builds_with(each, path) for each in self.recipes)
        ):
            return "an instruction takes it, and a build script may read it"
        if row.group == DATA or path.endswith(_KEY_STORES):
            return "an instruction takes it, and its name tells nothing"
        if row.content == "database" and not _DATABASES.search(name):
            return "an instruction takes it, and it may be data that the image ships"
        return None

    def _started(self, path: str) -> str | None:
        """Who does not even start without a `.env` that git tracks: it has what else is given by default."""
        if path.rpartition("/")[2] != ".env" or not self.taken(path) or not self.survey.tracks(path):
            return None
        from ...packages.dotenv import loaded_by_symfony  # only where git tracks one

        place = loaded_by_symfony(self.survey.tree, path)
        return f"Symfony ends without it ({place})" if place is not None else None

    def _loaded(self, path: str) -> str | None:
        """What of a program that loads a `.env` cannot do without it, in a project that gives its variables nowhere
        else. What git does not track is in no image of a pipeline, so that these have them from elsewhere."""
        from ...packages.dotenv import loaded  # only where git tracks one

        found = loaded(self.survey.tree, path)
        given = [self.survey.tree.text(each) for each in self.survey.compose]
        if found is None or any("env_file" in each for each in given):
            return None
        said = "\n".join((*given, *(each for recipe in self.recipes for each in recipe.settings)))
        for name, place in found.asks.items():
            if not re.search(rf"\b{name}\b", said):
                return f"the program needs {name} from it ({place})"
        return f"the program ends without it ({found.place})" if found.ends else None

    def _pointed(self, path: str) -> str | None:
        """Who reads a file of a key that comes with the project, or of what a service gives its clients: what names it,
        or who takes the directory of a key by name."""
        above, _, name = path.rpartition("/")
        key = KEYS.fullmatch(name)
        if is_key(name) and (place := self.optional.keys.get(name)):
            return f"it is named ({place})"
        if not key or any(map(catalog.is_manifest, self.survey.tree.names(above))):
            return None  # whoever names the directory of a project does not mean a key that lies in it
        if place := self.optional.keys.get(above.rpartition("/")[2]):
            return f"its directory is named ({place})"
        for recipe in self.recipes:
            for each in recipe.taking(path):
                if above and each.path == above:
                    return f"its directory is taken by name ({recipe.label}:{each.line})"
        return None

    def _set(self, name: str) -> bool:
        """Whether ENV or ARG has a path with this name in it."""
        word = re.compile(rf"(?:[=/\s\"']){re.escape(name)}(?=$|[/\s\"'])")
        return any(word.search(text) for recipe in self.recipes for text in recipe.settings if "PATH=" not in text)


def places(tree: Tree, glob: str, *, stars: bool = False) -> list[str]:
    """The paths on disk that a path with the wild cards of COPY means. Without `stars`, a star that stands alone means
    nothing: what is needed of everything is told by others."""
    found = [""]
    for part in glob.split("/") if glob else ():
        found = [join(above, name) for above in found for name in _fitting(tree, above, part, stars)]
        del found[MOST_INPUTS:]
    return found


def _fitting(tree: Tree, above: str, part: str, stars: bool) -> list[str]:
    if set(part) <= {"*"} and not stars:
        return []
    if globs.is_wild(part):
        return globs.matching(part, tree.names(above))
    name = globs.literal(part)
    return [name] if tree.has(above, name) else []


def find_needs(build: Build, survey: Survey, ignored: IgnoreFile | None, others: Iterable[Build] = ()) -> Needs:
    """All needs of the builds that share the ignore file of `build`: `others` are those that are known beside the
    Dockerfiles that lie there."""
    known = recipes(build, survey, others)
    trail = Trail(survey)
    packs = cache(lambda: _packs(known, trail))
    found = [*_sources(known, survey)]
    named_there = (each for each in catalog.named(survey) if not each.packed or packs())
    found += (Need(*each[:-1]) for each in (*named_there, *catalog.embedded(survey)))
    said = [*spoken.needs(known, trail)]
    found += said
    unique = _unique(found)
    by_first: dict[str, list[Need]] = {}
    for need in unique:
        first = need.path.partition("/")[0]
        by_first.setdefault("" if globs.is_wild(first) else first, []).append(need)
    together = Together(survey, known)
    optional = Optional(survey, known, trail, together, packs, frozenset(each.path for each in said))
    readers = history.needs(survey, known, trail, optional.go.is_compiled, optional.is_run)
    asked = tuple(dict.fromkeys(readers))
    return Needs(
        survey,
        known,
        unique,
        tuple(dict.fromkeys(_exceptions(ignored))),
        tuple(each for each in asked if each.path),
        next((each for each in asked if each.clean), None),
        Project(survey, known, optional, optional.go.is_compiled, together, packs),
        optional,
        trail,
        by_first,
        tuple(each.everything for each in known),
        Asked({}, {}),
    )


def _packs(known: Iterable[Recipe], trail: Trail) -> bool:
    """Whether a command, or a script of Python that one runs, may make a package of the project; without a Dockerfile
    nobody knows."""
    said = ((call for call in trail.of(recipe) if not call.code or call.file.endswith(".py")) for recipe in known)
    commands = ["\n".join(call.text for call in calls) for calls in said]
    return not commands or any(catalog.packs(trail.survey.tree, text) for text in commands)


def _unique(found: Iterable[Need]) -> tuple[Need, ...]:
    return tuple(dict.fromkeys(found))


def _sources(known: Iterable[Recipe], survey: Survey) -> Iterator[Need]:
    for recipe in known:
        for each in recipe.taken:
            if each.path:
                loose = each.open and set(each.path) <= set("*/.")
                whole = _is_output(each.path, survey)
                yield Need(each.path, each.text, recipe.label, not each.open, whole, each.line, loose)
        for each in recipe.passed:
            # A star at the end means whatever there is, which is no need.
            if places(survey.tree, each.path, stars=set(each.path.rpartition("/")[2]) != {"*"}):
                yield Need(each.path, each.text, recipe.label, line=each.line, spoken=True)


def _is_output(path: str, survey: Survey) -> bool:
    """Whether all below a source is wanted as it is, since it was made to be copied."""
    if _OUTPUTS.intersection(path.split("/")):
        return True
    if globs.is_wild(path):
        return False
    return not survey.tree.exists(path) or (survey.known.known and not survey.tracks(path))


def _exceptions(ignored: IgnoreFile | None) -> Iterator[Need]:
    """What the ignore file brings back by name is wanted."""
    for rule in ignored.rules if ignored else ():
        pattern = rule.pattern
        text = pattern.text.removesuffix("/**").removesuffix("/*")
        if pattern.negated and text and "**" not in text and set(text) - set("*/?"):
            label = ignored.label if ignored else ""
            yield Need(text, f"{rule.text} brings it back", label, line=rule.line)


def _inside(need: Need, path: str) -> bool:
    """Whether the reader lies in `path` itself, or among tests."""
    return need.file.startswith(f"{path}/") or not _AMONG_TESTS.isdisjoint(need.file.split("/"))


def _is_of_a_package(need: Need, path: str) -> bool:
    """Whether a path lies inside a package that another one takes by its path."""
    return need.reader == BY_PATH and need.whole and within(path, need.path) and path != need.path


def _builds_with(recipe: Recipe, path: str) -> bool:
    """Whether a command builds pages where a path of the context may lie."""
    parts = path.split("/")

    def holds(source: str) -> bool:
        own = source.split("/") if source else []
        return len(own) <= len(parts) and all(map(globs.matches, own, parts))

    built = (run for run in recipe.runs if catalog.FRONT_END.search(run.text))
    return any(holds(each.source) for run in built for each in run.places)


def _means(call: Call, path: str, pattern: re.Pattern[str]) -> bool:
    """Whether a word of a command that looks like a path of the context is it: `/venv` is another one than that of a
    context which lies in `/app`, and `cp .env x` takes that of its directory."""
    if not call.place.places:
        return False  # nothing of the context is there yet
    words = [word for at, word in enumerate(call.words) if at == 0 or call.words[at - 1] != "-m"]
    tokens = [token for word in words for token in TOKEN.findall(word) if pattern.search(token)]
    relative = call.words[0] in spoken.TAKE_PATHS and any(call.place.candidates(call.cwd))
    for token in tokens:
        found = call.place.candidates(absolute(call.cwd, token))
        if not (token.startswith("/") or relative) or any(f"{each}/".startswith(f"{path}/") for each in found):
            return True
    return False


def _read_by(text: str) -> str:
    """A single command without what it only removes or writes, or looks for by name and does nothing with."""
    if "find " in text and "-exec" not in text and "xargs" not in text:
        text = re.sub(r"\s-(?:i?name|i?path|i?wholename)\s+\S+", " ", text)
    words = re.sub(r">{1,2}\s*\S+", " ", text).split()
    while words and (
        re.fullmatch(r"\w+=\S*", words[0])
        or words[0] in ("RUN", "sudo", "if", "then", "do", "(", "{", "exec", "!")
        or words[0].startswith("--")
    ):
        words.pop(0)
    if not words or words[0] in spoken.REMOVERS:
        return ""
    if words[0] in spoken.WRITERS and len(words) > 2:
        words.pop()
    return " ".join(words)
