"""Paths with slashes, as text, and what the names of directories say: nothing here touches a disk."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final

from .regex import lazy


def join(directory: str, name: str) -> str:
    """`name` in `directory`; ``""`` is the context itself."""
    return f"{directory}/{name}" if directory else name


def parents(path: str) -> Iterator[str]:
    """The directories above a relative path, the nearest first, without the context itself."""
    while path := path.rpartition("/")[0]:
        yield path


def absolute(cwd: str, path: str) -> str:
    """A path as a command in the directory `cwd` means it."""
    return "/" + posixpath.normpath(posixpath.join("/", cwd, path)).lstrip("/")


def within(path: str, directory: str) -> bool:
    """Whether an absolute path is `directory` or lies below it."""
    return path == directory or directory == "/" or path.startswith(directory + "/")


# What the name of a directory, in lower case, says of all that lies in it. Each list is one kind; who asks joins those
# that matter to the question.

#: Files that only keep a directory in the history.
KEEPERS: Final = frozenset((".keep", ".gitkeep", ".gitignore", ".keepme", ".empty", ".placeholder"))
#: Where package managers put what they install.
LIBRARIES: Final = frozenset(
    "node_modules site-packages dist-packages bower_components jspm_packages __pypackages__ .pnpm-store".split()
)
#: An interpreter with what was installed for it, or what such are made in.
ENVIRONMENTS: Final = frozenset("venv .venv .tox .nox .eggs".split())
#: What is not looked into for builds where git does not tell what belongs to the project.
INSTALLED: Final = LIBRARIES | ENVIRONMENTS | {"vendor", "__pycache__"}
#: Code of others that was copied into the project.
VENDORED: Final = frozenset(
    "vendor vendored _vendor third_party third-party thirdparty 3rdparty godeps external_libs".split()
)
#: The same, or code of one's own beside the program.
EXTERNAL: Final = frozenset(("extern", "external"))
#: The code of tests.
TESTS: Final = frozenset("test tests spec specs __tests__".split())
#: What tests read.
FIXTURES: Final = frozenset(
    "testdata test-data test_data fixture fixtures __fixtures__ test-fixtures test_fixtures".split()
)
#: What is used in tests in place of the real thing.
DOUBLES: Final = frozenset(
    "mock mocks mocked __mocks__ stub stubs __stubs__ fake fakes __fakes__ dummy dummies".split()
)
#: What tests compare with, or a collection of another kind.
RECORDED: Final = frozenset("corpus corpora snapshots __snapshots__".split())
#: A path below a directory of either, by these names or one like them, or below one of data for tests.
_FIXTURE: Final = lazy(
    rf"(?i)(?:.*/)?(?:{'|'.join(sorted(FIXTURES | RECORDED))}|test-?_?fixtures?|__\w+__|test-?_?files?(?:-\w+)?"
    r"|snapshot|goldens?|test-?_?(?:cases?|resources|assets|repos?|projects?|inputs?)"
    r"|(?:tests?|specs?)/(?:.*/)?(?:data|resources|files|inputs?|cases|samples|stubs|mocks?))/.*"
)
#: How files end that people write: a program may read them, whoever tracks them.
WRITTEN: Final = tuple(
    ".py .js .jsx .ts .tsx .mjs .cjs .vue .svelte .go .rs .java .kt .kts .scala .groovy .gradle .rb .php .cs .fs .ex "
    ".exs .erl .swift .dart .c .h .cc .cpp .hpp .sh .bash .ps1 .pl .lua .r .jl .clj .sql .html .css .md .rst .toml "
    ".ini .cfg .xml .tf .hcl .proto .graphql".split()
)
#: How files end that are written to be read by people.
DOCUMENTS: Final = (".md", ".rst", ".adoc")
#: What is there to be copied.
SAMPLES: Final = frozenset(("examples", "templates"))


#: Directories of what a parser, a linter or a builder reads.
_READER: Final = lazy(
    r"(?i)pars(?:e|er|ing)|lex(?:er)?$|lint|syntax|grammar|rules?$|checks?$|scan|highlight|conformance|^bud$|polic"
)


def is_fixture(path: str) -> bool:
    """Whether a file is what a test reads or compares with, by the directories above it."""
    return _FIXTURE.fullmatch(path) is not None


def read_in_tests(path: str) -> str:
    """The directory above a file with what a parser, a linter or a builder reads in its tests; empty: there is none."""
    parts = path.split("/")[:-1]
    for at, part in enumerate(parts):
        above = parts[: at + 1]
        if _READER.search(part) and any(each.lower() in ("test", "tests", "spec", "testing") for each in above):
            return "/".join(above)
    return ""
