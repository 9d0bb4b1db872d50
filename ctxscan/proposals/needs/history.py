"""Who reads the history of the repository, or makes a version of it: commands of a stage of the target, and what they
run."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Final

from ...packages import catalog
from ...packages.ecosystem import History
from ...packages.manifest import Named
from ...packages.versions import (
    ASK_COMPILING,
    ASK_WORDS,
    ASKS,
    BRINGS_GIT,
    BUILD_FILES,
    BUILD_WORDS,
    BUNDLES,
    CLEAN,
    CLEAN_CODE,
    ELSEWHERE,
    FETCHES,
    GETS,
    GIT,
    HAVE_GIT,
    HEAD_ONLY,
    HEAD_ONLY_CODE,
    INSTALLED,
    INSTALLS_GIT,
    LACK_GIT,
    MAKES_HISTORY,
    NEEDS_OBJECTS,
    NO_QUESTION,
    NOTE_COMMITS,
    STAMP_WORDS,
    STAMPS,
    UNSTAMPED,
    VERB,
)
from ...paths import FIXTURES, SAMPLES, TESTS, VENDORED, join, within
from ...regex import lazy, places
from ..survey import Survey
from .need import Need
from .project import BY_HAND, SOURCES
from .recipe import Recipe
from .trail import Call, Trail

_GIT: Final = lazy(r"git(?![\w-])")
_WORD: Final = lazy(r"\bgit\b")
#: How far behind the word its arguments stand in a program.
_REACH: Final = 120
#: Sources that are searched for a question to git, and bytes of them.
_MOST_FILES: Final = 6000
_MOST_BYTES: Final = 64 << 20
_ASKING: Final = SOURCES | frozenset((".cmake", ".bzl"))
_ASIDE: Final = TESTS | FIXTURES | SAMPLES | VENDORED | frozenset(("docs", "doc", ".github"))
_OF_TESTS: Final = lazy(r"[._-](?:test|spec|cy|stories)\.\w+$|^test_|Tests?\.\w+$")
#: Sources that an image runs as they are, and of these what a program reads that a command has to start.
_INTERPRETED: Final = tuple(
    ".py .rb .php .js .mjs .cjs .jsx .ts .mts .tsx .vue .erb .haml .slim .twig .pl .pm .lua .r .jl".split()
)
_RUN: Final = lazy(
    r"\.config\.\w+$|(?:^|/)(?:Grunt|[Gg]ulp|Jake)file|(?:^|/)(?:webpack|rollup)\.|(?:^|/)(?:setup|noxfile|fabfile|"
    r"tasks|conf|deploy)\.\w+$"
)
#: The same, each for one task, which somebody calls by hand.
_TASKS: Final = frozenset(("Commands", "commands", "tasks"))
_INSTALLS: Final = lazy(r"\b(?:apk|apt-get|apt|dnf|microdnf|yum|zypper|tdnf)\b[^\n]*?\b(?:add|install|in)\b")
#: Git among the packages that a script has in a list.
_LISTED: Final = lazy(r"(?m)^[ \t]*git[ \t]*\\?$|=\([^()]*\bgit\b[^()]*\)")
#: A library that is asked for the last tag, and says in as many words that whether files have changed is no matter.
_ASKS_NO_STATE: Final = lazy(
    r"(?s)\A(?!.*(?:\ball(?:_git)?\(|\bdirty\()).*Builder::default\(\)\s*\.describe\(\s*\w+,\s*false,"
)
#: A question to git in a program: as a text, or as words.
_QUESTION: Final = lazy(
    r"""\bgit(?:["'`]\s{0,20},\s{0,20}\[?\s{0,20}["'`]| )(?:-C \S+ |--?[\w-]+ )?(?:describe|rev-parse|"""
    r"rev-list|ls-files|log|show|status|symbolic-ref|name-rev|cat-file|shortlog|show-ref|branch)\b|"
    r"\bgit\.(?:Repo|PlainOpen\w*)\(|\bsimpleGit\(|\bRugged::Repository\b|\bpygit2\.Repository\(|"
    r"\bgit_(?:version|describe|testament)!|\btGitInfo\w*|\$\(git(?:Hash|Describe|Branch|CommitDate)\)"
)
#: What is in whatever has one, to be found by its first letters: in sources `git` is for the most part in an address.
_ASKED: Final = lazy(r"""git(?:["'` _]|2?\.Repo|\.Plain|Hash|Describe|Branch|Commit)""")
_BY_NAME: Final = ("simpleGit(", "Rugged::", "tGitInfo")
#: What takes of a version of .NET what stands behind its plus sign: since its SDK 8 the commit, where `HEAD` and the
#: refs are there. A build goes on without them, and nothing else of it changes, so that it counts for such programs
#: alone, and where a project asks for the revision by its name.
_BEHIND_PLUS: Final = lazy(
    r"""\.Split\(\s*["']\+["'][^()\n]{0,40}\)\s*(?:\.Last(?:OrDefault)?\(|\[\s*\^?1\s*\])|"""
    r"""IndexOf\(\s*["']\+["'][^)]{0,40}\)[^}]{0,300}(?:Substring\(|\[)\s*\w+\s*\+\s*1"""
)
#: The same where a library takes it and hands it on by its name.
_HANDED_ON: Final = lazy(
    r"\b\w*(?i:environment|assembly|version|build|info)\.(?:Git(?:Commit)?(?:Hash|Sha)|GitCommit)\b"
)
_SOURCE_LINK: Final = ("Microsoft.SourceLink", "SourceRevisionId")
_DOTNET: Final = (".cs", ".fs", ".vb")
_OF_VERSION: Final = "the commit in the version is read"
#: The directory of git in a program, and the files in it that tell of `HEAD`.
_DIRECTORY: Final = lazy(
    r"""["'`/]\.git(?:/(?:HEAD|refs|packed-refs)\b|["'`](?=[^\n]*(?:\n[^\n]*){0,4}["'`/](?:HEAD|packed-refs)\b))"""
)
_HEADS: Final = lazy(r"""["'`/](?:HEAD|refs|packed-refs)\b""")


def needs(
    survey: Survey,
    recipes: tuple[Recipe, ...],
    trail: Trail,
    is_compiled: Callable[[str], bool],
    is_run: Callable[[str], bool],
) -> Iterator[Need]:
    """Reasons to keep `.git`, and, without a path, those to keep all that it tracks. Only a build that takes it can
    read it. `is_compiled` says of the directory of a package whether it is a part of what is built, and `is_run` of a
    script of developers whether a command runs it."""
    project = _Project(survey, is_compiled, is_run)
    found: list[Need] = []
    for recipe in recipes:
        stages = {each.stage for each in recipe.taking(".git")} & recipe.reached
        if stages:
            found += _of(project, recipe, trail)
    # Where one Dockerfile stamps what it builds, half of the history ends that build, whoever asks for it.
    yield from (each._replace(whole=each.whole or project.stamps) for each in found)


class _Project:
    """What the files of a project have to do with its history, for all Dockerfiles, read when it is asked for."""

    def __init__(self, survey: Survey, is_compiled: Callable[[str], bool], is_run: Callable[[str], bool]) -> None:
        self._survey = survey
        self._is_compiled = is_compiled
        self._is_run = is_run
        #: Whether a compiler notes the history in what it builds.
        self.stamps = False

    @cached_property
    def versions(self) -> list[tuple[History, list[tuple[str, str]]]]:
        return catalog.versions(self._survey)

    @cached_property
    def stamp(self) -> Named | None:
        """The source of what is built that reads what the compiler has noted of the history."""
        found = catalog.stamped(self._survey)
        return next((each for each in found if self._is_compiled(posixpath.dirname(each.file))), None)

    @cached_property
    def fetches(self) -> bool:
        """Whether a list of packages has one that is fetched with git."""
        tree = self._survey.tree
        found = [name for name in tree.names("") if name in catalog.LOCKS or name.startswith("requirements")]
        found += [path for paths in self._survey.manifests.values() for path in paths]
        found += [f"requirements/{name}" for name in tree.names("requirements")]
        return any(b"git+" in (tree.read(path) or b"") for path in found)

    @cached_property
    def questions(self) -> tuple[Need, ...]:
        """What sources ask git, or read in its directory, while the program runs; nothing where there are too many to
        read. What a script asks is known where it is run."""
        tree, left, size = self._survey.tree, _MOST_FILES, _MOST_BYTES
        found: list[Need] = []
        for directory in self._survey.kept:
            if not _ASIDE.isdisjoint(directory.split("/")):
                continue
            by_hand = directory.partition("/")[0] in BY_HAND or not _TASKS.isdisjoint(directory.split("/"))
            for name in [name for name in tree.names(directory) if name[name.rfind(".") :] in _ASKING]:
                if name in catalog.UNREAD:
                    continue
                if name.endswith(".go") and not self._is_compiled(directory):
                    continue
                path = join(directory, name)
                if by_hand and not self._is_run(path):
                    continue
                data = tree.read(path) or b""
                left, size = left - 1, size - len(data)
                if left < 0 or size < 0:
                    return ()
                if (b"git" in data or b"Git" in data or b"InformationalVersion" in data) and not _OF_TESTS.search(name):
                    found += _in_source(path, data.decode(errors="replace"))
        return tuple(found)


def _of(project: _Project, recipe: Recipe, trail: Trail) -> Iterator[Need]:
    holding = _holding(recipe)
    asked = False
    built = [each for each in trail.built(recipe) if each.stage in holding]
    making = (run.text for run in recipe.runs if run.stage in holding and "git" in run.text)
    if any(all(each.search(text) for each in MAKES_HISTORY) for text in making):
        # What is asked then is what was made of the tree.
        yield from (need._replace(path="") for call in built for need in _asked(call) if need.clean)
        return
    elsewhere = {each.line for each in built if each.kind and "git" in each.text and ELSEWHERE.search(each.text)}
    commands = "\n".join(each.text for each in built if not each.code)
    speaks = any(word in commands for word in STAMP_WORDS)
    stamped = speaks and bool(STAMPS.search(commands)) and not UNSTAMPED.search("\n".join((commands, *recipe.settings)))
    project.stamps |= stamped
    lacks: dict[int, bool] = {}
    for call in built:
        if call.kind and "git" in call.text and (call.line in elsewhere or _is_away(recipe, call, holding)):
            continue
        for need in _asked(call):
            if not call.kind and need.reader.startswith("git ") and need.reader.count(" ") == 1:
                if call.stage not in lacks:
                    lacks[call.stage] = _lacks_git(recipe, call.stage, built)
                if lacks[call.stage]:
                    continue  # nothing answers
            asked = True
            yield need._replace(clean=need.clean or (stamped and project.stamp is not None))
    for ending in {ASK_COMPILING[word]: None for call in built for word in call.words[:3] if word in ASK_COMPILING}:
        for need in (each for each in project.questions if each.file.endswith(ending)):
            asked = True
            yield need
    if any(not NOTE_COMMITS.isdisjoint(call.words[:3]) for call in built):
        for need in (each for each in project.questions if each.reader == _OF_VERSION):
            asked = True
            yield need
    for row, packages in project.versions:
        if catalog.takes_version(row, "\n".join(recipe.settings), commands):
            for path, tool in packages:
                if recipe.takes(path):
                    asked = True
                    yield Need(".git", f"{tool} makes the version from it", path, True, True, clean=True)
    if asked:
        return
    shipped = max(recipe.reached, default=-1)
    if shipped in holding:
        # What the image starts asks git where that is, and reads the directory wherever it is.
        found = tuple(
            each for each in project.questions if each.file.endswith(_INTERPRETED) and not _RUN.search(each.file)
        )
        if any(each.whole for each in found) and not _has_git(recipe, shipped, trail.built(recipe)):
            found = tuple(each for each in found if not each.whole)
        if found:
            yield from found
            return
    if stamped and (any(map(HAVE_GIT.search, recipe.bases)) or INSTALLS_GIT.search(recipe.text)):
        if (read := project.stamp) is not None:
            yield Need(".git", read.reader, read.file, False, True, read.line, clean=True)
    elif (
        (line := _installed(recipe, holding)) is not None
        and not FETCHES.search(recipe.text)
        and not any(each.search(commands) for each in (BUNDLES, GETS))
        and not project.fetches
    ):
        # A package that is installed may ask it as well.
        yield from project.questions or (Need(".git", INSTALLED, recipe.label, False, True, line, loose=True),)


def _holding(recipe: Recipe) -> set[int]:
    """The stages that have the history: those that take it and those that continue or copy from one of these."""
    found = {each.stage for each in recipe.taking(".git")}
    for run in recipe.runs:
        if any(not source or source == ".git" or source.startswith(".git/") for _, source in run.places):
            found.add(run.stage)
    for index, (_, parent) in enumerate(recipe.stages):
        if parent in found or any(not each.source or each.source == ".git" for each in recipe.places[index]):
            found.add(index)
    return found


#: The directory that git is made to trust.
_TRUSTS: Final = lazy(r"\bgit\s[^;&|]*\bsafe\.directory(?:=|\s+)[\"']?([^\s\"';&|]+)")


def _trusts_context(call: Call) -> bool:
    """Whether a command makes git trust the directory of the context, and not one that has nothing of it."""
    found = _TRUSTS.search(call.text)
    if found is None:
        return False
    path = found[1]
    return not path.startswith("/") or bool(set(path) & set("$*")) or call.place.at(path) is not None


#: How git is told where to look.
_TOLD: Final = ("-C", "--git-dir", "--work-tree", "GIT_DIR", "$")


def _is_away(recipe: Recipe, call: Call, holding: set[int]) -> bool:
    """Whether a command of the Dockerfile asks another repository: no instruction has taken the history of the context
    yet, or it has gone to a directory that does not lie where that is."""
    if any(each in call.text for each in _TOLD) or "$" in call.cwd:
        return False
    places = [each for each in call.place.places if each.source.split("/")[0] in ("", ".git", "*", ".*")]
    if not places:
        first = min((each.line for each in recipe.taking(".git") if each.stage == call.stage), default=0)
        return call.line < first and holding.isdisjoint([*recipe.chain(call.stage)][1:])
    homes = [posixpath.dirname(each.target) if each.target.endswith("/.git") else each.target for each in places]
    if "/~" in call.cwd:  # the home of somebody
        first_name = call.cwd.partition("/~/")[2].partition("/")[0]
        return bool(first_name) and not any(posixpath.basename(each) == first_name for each in homes)
    return not any(within(call.cwd, each) for each in homes)


#: A question whether there is a repository at all, and how a line goes on where there is none.
_IS_THERE: Final = ("--is-inside-work-tree", "--is-inside-git-dir", "--git-dir")
_GOES_ON: Final = lazy(r"^\s*(?:if|elif)\s|\|\|\s*(?:(?:echo|printf|true|exit 0)(?![\w-])|:)")


def _does_without(call: Call) -> bool:
    """Whether a script asks for nothing but a repository, and goes on without one: an install sets its hooks so."""
    if call.kind or not any(one == "rev-parse" and two in _IS_THERE for one, two in pairwise(call.words)):
        return False
    lines = call.place.tree.text(call.file).splitlines()
    return 0 < call.line <= len(lines) and _GOES_ON.search(lines[call.line - 1]) is not None


def _asked(call: Call) -> Iterator[Need]:
    """What a command, or the text of a program, asks git."""
    if not call.code:
        speaks = "git" in call.text or "GIT" in call.text
        prints = call.words[:1] in (("echo",), ("printf",)) and "$(" not in call.text and "`" not in call.text
        if speaks and not (prints or _does_without(call)) and (found := GIT.search(f" {call.text}")):
            certain = bool(call.kind) or found[1] not in NO_QUESTION
            whole, clean = not HEAD_ONLY.search(call.text), bool(CLEAN.search(call.text))
            yield Need(".git", f"git {found[1]}", call.file, certain, whole, call.line, clean=clean)
        elif any(word in call.text for word in ASK_WORDS) and (asks := ASKS.search(call.text)):
            said = asks[0].strip()[:40].replace("$ ( ", "$(").replace(" )", ")")
            yield Need(".git", f"{said} asks git", call.file, True, True, call.line, clean=True)
        elif "safe.directory" in call.text and _trusts_context(call):
            yield Need(".git", "git is made to trust a directory", call.file, False, True, call.line, clean=True)
        return
    if (asked := _in_program(call.text)) is not None:
        words, reader, above, whole, clean = asked
        # Source Link notes the commit, by `HEAD` and the refs alone.
        noted = words.startswith(_SOURCE_LINK)
        whole, clean = whole and not noted, clean and not noted
        line = call.line + above if call.line else 0
        yield Need(".git", reader, call.file, call.sure and not noted, whole, line, clean=clean)


@lru_cache(64)
def _in_program(text: str) -> tuple[str, str, int, bool, bool] | None:
    """The first question in the text of a program, which several Dockerfiles may run: its words, how it is told, the
    lines above it, and whether it needs the whole history and all that git tracks."""
    said = GIT.finditer(text) if "git" in text else ()
    found = next((each for each in said if each[1] not in NO_QUESTION), None)
    if found is None:
        # A variable may be called like a tool: the question itself says more.
        low = text.lower()
        signs = [*BUILD_FILES.finditer(text)] if any(word in low for word in BUILD_WORDS) else []
        found = next((one for one in signs if _WORD.search(one[0])), signs[0] if signs else None)
    if found is None:
        return None
    words = " ".join(found[0].split()).strip("\"'`([{,;|&= ")[:40]
    verb = VERB.search(text, found.start(), found.end() + 200) if _GIT.match(words) else None
    reader = f"git {verb[1]}" if verb else f"it asks git: {words}"
    plain = verb is not None or "rev-parse" in words
    whole = not plain or not HEAD_ONLY_CODE.search(text) or bool(_near(text, NEEDS_OBJECTS))
    clean = (not plain and not _ASKS_NO_STATE.search(text)) or bool(_near(text, CLEAN_CODE))
    return words, reader, text.count("\n", 0, found.start()), whole, clean


def _near(text: str, pattern: re.Pattern[str]) -> re.Match[str] | None:
    """What a pattern finds behind a word of git in the text of a program."""
    found = (pattern.search(text, each.end(), each.end() + _REACH) for each in _WORD.finditer(text))
    return next(filter(None, found), None)


def _in_source(path: str, text: str) -> Iterator[Need]:
    """What a program of the project asks git, or reads in its directory by itself: `HEAD` and the refs."""
    behind = _BEHIND_PLUS if "InformationalVersion" in text else _HANDED_ON
    if path.endswith(_DOTNET) and (found := behind.search(text)) is not None:
        yield Need(".git", _OF_VERSION, path, False, False, 1 + text.count("\n", 0, found.start()), loose=True)
    elif (found := _question(text)) is not None:
        words = " ".join(found[0].split()).strip("\"'`([{,;|&= ")[:40]
        yield Need(
            ".git", f"it asks git: {words}", path, False, True, 1 + text.count("\n", 0, found.start()), loose=True
        )
    elif ".git" in text and _HEADS.search(text) and (read := _DIRECTORY.search(text)):
        line = 1 + text.count("\n", 0, read.start())
        yield Need(".git", "it reads the history itself", path, False, False, line, loose=True)


def _question(text: str) -> re.Match[str] | None:
    """The first question to git in a source."""
    starts = places(_BY_NAME, text)
    for each in _ASKED.finditer(text):
        # As a rule it begins with the word, else with two letters of a longer one, or with `$(`.
        starts += (each.start(), max(0, each.start() - 2))
    found = filter(None, (_QUESTION.match(text, each) for each in sorted(starts)))
    return next((each for each in found if not each[0].startswith("git ") or _is_run(text, each.start())), None)


#: What stands before a command in a program: a quote, or what parts it from another one; and words that run it.
_OPENS: Final = tuple("\"'`(&|;{=!,[:")
_RUNNING: Final = frozenset("exec sudo command env time run then do if not COMMAND".split())


def _is_run(text: str, at: int) -> bool:
    """Whether a line of a program runs what stands at a place, rather than speaks of it."""
    before = text[text.rfind("\n", 0, at) + 1 : at].rstrip()
    return not before.strip() or before.endswith(_OPENS) or before.split()[-1].lstrip("\"'`(") in _RUNNING


def _has_git(recipe: Recipe, stage: int, built: Iterator[Call]) -> bool:
    """Whether a stage has git: of its image, or because a command installs it, or a script with a list of packages."""
    chain = set(recipe.chain(stage))
    if any(HAVE_GIT.search(recipe.bases[each]) for each in chain):
        return True
    there = [each for each in built if each.stage in chain and not each.code]
    if any("git" in each.text and INSTALLS_GIT.search(each.text) for each in there):
        return True
    texts = (each.place.tree.text(each.file) for each in {call.file: call for call in there if not call.kind}.values())
    return any("git" in each and _LISTED.search(each) and _INSTALLS.search(each) for each in texts)


def _lacks_git(recipe: Recipe, stage: int, built: list[Call]) -> bool:
    """Whether it is sure that a stage has no git: its image is one without, and no command may bring it. Which question
    nobody answers says the same with a history and without."""
    chain = [*recipe.chain(stage)]
    if LACK_GIT.fullmatch(recipe.bases[chain[-1]]) is None or not recipe.lent.isdisjoint(chain):
        return False
    said = (each.text for each in built if each.stage in chain and not each.code)
    return not any(BRINGS_GIT.search(GIT.sub(" ", f" {text}")) for text in said)


def _installed(recipe: Recipe, holding: set[int]) -> int | None:
    """The line of the RUN that installs git where the tree is: a program there may ask it."""
    there = {stage for index in holding & recipe.reached for stage in recipe.chain(index)}
    runs = (run for run in recipe.runs if run.kind == "RUN" and run.stage in there and "git" in run.text)
    return next((run.line for run in runs if INSTALLS_GIT.search(run.text)), None)
