"""What a command is for (it runs tests, makes documents or samples, builds a package), and the paths that it names."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Iterator
from itertools import dropwhile, pairwise
from typing import Final

from ...packages import interpreters
from ...paths import parents, within
from ...regex import lazy
from .project import MODULE, TOKEN
from .spoken import REMOVERS, deletes
from .started import LAUNCHERS, TASKED, TEST_PROGRAMS, TEST_WORDS
from .trail import Call

#: What brings a program instead.
INSTALLS: Final = frozenset(("install", "add", "i", "get", "require", "-g", "--global"))
#: Of these, what other programs than those that run tasks do to something else: `cosign verify`.
_OTHER_CHECKS: Final = lazy(r"check|verify|coverage|spec")
#: What stands before a command of a shell.
_SYNTAX: Final = frozenset("( { ! then do if elif else while until".split())
#: Programs of which such a word is no task.
_NO_TASKS: Final = frozenset(
    "test [ [[ info error warning apt apt-get apk dnf yum bundle echo sha256sum gpg curl wget git pip3 sum find".split()
)
_SKIPPED: Final = lazy(r"-DskipTests|-Dmaven\.test\.skip|-x\s+(?:test|check)|--skip-tests?|--no-tests?|--without\b")
_DOCUMENTS: Final = lazy(
    r"\b(mkdocs|sphinx-\w+|docusaurus|vitepress|vuepress|hugo|jekyll|mdbook|antora|asciidoctor|pandoc|doxygen|eleventy|"
    r"zola|quarto|hexo|storybook|rdoc|yard|typedoc|pdoc|zensical|dpkg-buildpackage|debuild|dh|gbp|rpmbuild|nfpm|fpm|"
    r"makepkg|abuild|honkit|gitbook|slidev|marp|reveal-md)\b"
)
_DOCUMENT_TASKS: Final = lazy(
    r"(?<!no-)(?<!skip-)(?<!without-)\b(?:docs?|documentation|website)(?::\w+)?(?=$|\s)|\b(?:build|make):?-?docs?\b|\b(?:gen|generate)[:_-]?docs?\b"
)
_SAMPLES: Final = lazy(r"\b(storybook|chromatic)\b")
_SAMPLE_TASKS: Final = lazy(r"\b(?:examples?|samples?|demos?|bench(?:es|marks?)?)(?::\w+)?(?=$|\s)")
GO_PROGRAMS: Final = frozenset("go xx-go garble tinygo".split())


def test_start(calls: Iterable[Call]) -> Call | None:
    """What starts a container that runs tests, of ENTRYPOINT and CMD together; None: it does not."""
    starts = [call for call in calls if call.kind == "CMD" and call.words]
    pairs = (
        (one, other._replace(words=(*one.words, *other.words), text=f"{one.text} {other.text}"))
        for one in starts
        for other in starts
        if one is not other and one.stage == other.stage
    )
    return next((one for one, both in pairs if runs_tests(both)), None)


def runs_tests(call: Call) -> bool:
    """Whether a command runs tests, by its program or its task."""
    found = interpreters.called(call.words, call.cwd)
    if found is None:
        return False
    name, words = found[0].name, (found[1], *found[0].arguments)
    if name in _NO_TASKS or name in REMOVERS or call.text.startswith("bundle config"):
        return False
    if "-" in call.text and _SKIPPED.search(call.text):
        return False
    if name in TEST_PROGRAMS:
        return "install" not in words
    if name in LAUNCHERS and any(each.rpartition("/")[2] in TEST_PROGRAMS for each in words[1:6]):
        return not INSTALLS.intersection(words)
    if call.kind == "CMD" and name not in TASKED and posixpath.basename(call.words[0]) not in LAUNCHERS:
        return False
    plain = [each for each in words[1:5] if not each.startswith("-")]
    if name not in TASKED and "/" not in words[0]:
        plain = [each for each in plain if not _OTHER_CHECKS.fullmatch(each)]
    return any(TEST_WORDS.fullmatch(each) for each in plain[:3]) and "install" not in words and "add" not in words


def builds_package(call: Call, path: str, modules: Iterable[tuple[str, str]]) -> bool:
    """Whether a command of Go builds the package in a directory; where its words do not tell, it may."""
    found = interpreters.called(call.words, call.cwd)
    if found is None or any("@" in each for each in found[0].words):
        return False
    if found[0].name not in GO_PROGRAMS:
        return "$" in found[0].name
    if any("$(" in each or "`" in each for each in call.words):
        return True
    words = [each for before, each in pairwise(call.words) if before not in ("-o", "-C")]
    named = [
        posixpath.join(home, each[len(module) + 1 :]).rstrip("/")
        for each in words
        for module, home in modules
        if each == module or each.startswith(f"{module}/")
    ]
    if any(
        each == path or (each.endswith("...") and within(path, each.removesuffix("...").rstrip("/"))) for each in named
    ):
        return True
    files = [posixpath.dirname(each) or "." for each in words if each.endswith(".go")]
    packages = [each for each in words if each == "." or (each.startswith(("./", "../")) and not each.endswith(".go"))]
    packages += files
    plain = [each for at, each in enumerate(call.words) if at == 0 or not call.words[at - 1].startswith("-")]
    if not packages and not named and any("$" in each for each in plain if not each.startswith("-")):
        return True
    packages = packages or ([] if named else ["."])
    for each in packages:
        if "$" in each or "-C" in call.words:
            return True
        place = call.place.at(each.removesuffix("...").rstrip("/") or ".", call.cwd)
        if place is None:
            if call.place.places:
                return True
        elif place == path or (each.endswith("...") and within(path, place)):
            return True
    return False


def own_paths(call: Call) -> Iterator[str]:
    """The files and directories of the context that a command names, and the directory in which it is run."""
    for word in call.words[2:]:
        if "@" not in word and not word.startswith("-") and (path := call.place.at(word, call.cwd)):
            yield path


def makes(call: Call, kind: str) -> bool:
    """Whether a command makes documents or samples."""
    found = interpreters.called(call.words, call.cwd)
    if found is None or len(call.text) >= 2000:
        return False
    name = found[0].name
    if name in REMOVERS or name in _NO_TASKS:
        return False
    plain = _plain(call)
    makers, tasks = (_DOCUMENTS, _DOCUMENT_TASKS) if kind == "docs" else (_SAMPLES, _SAMPLE_TASKS)
    if makers.match(name):
        return True
    return name in TASKED and bool(makers.search(plain) or tasks.search(plain))


def _plain(call: Call) -> str:
    """The words of a command that may be tasks or programs: no options and no paths."""
    words = (each.rpartition("/")[2] if each.startswith("@") else each for each in call.words[:6])
    return " ".join(each for each in words if not each.startswith("-") and "/" not in each)


def started_modules(call: Call) -> Iterator[str]:
    """The modules of Python that a command starts, and those in which they lie."""
    for before, each in pairwise(call.words):
        if before == "-m" and MODULE.fullmatch(each):
            yield from (each.replace(".", "/"), *parents(each.replace(".", "/")))


def named_paths(call: Call, alone: Collection[str]) -> Iterator[str]:
    """The paths that a command names which reads, and those of the directories in which they lie, but for files that
    are needed `alone`."""
    if call.words[0] in REMOVERS or deletes(call) or call.text.startswith("bundle config"):
        return
    modules = [each.replace(".", "/") for before, each in pairwise(call.words) if before == "-m"]
    words = [*dropwhile(_SYNTAX.__contains__, call.words)]
    if words and words[0].isalpha():
        words = words[1:]  # a program, such as `test`
    for word in (*words, *modules):
        for token in TOKEN.findall(word):
            plain = token.removeprefix("./")
            yield plain
            yield from () if plain in alone else parents(plain)
            if MODULE.fullmatch(token):
                yield from parents(token.replace(".", "/"))
