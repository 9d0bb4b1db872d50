"""Where a program writes while it runs, as far as its sources say."""

import posixpath
import re
from collections.abc import Collection
from typing import Final, NamedTuple

from ..paths import DOUBLES, ENVIRONMENTS, FIXTURES, LIBRARIES, TESTS, VENDORED, absolute
from ..regex import lazy


class Language(NamedTuple):
    """How sources write: `words`, of which one is there before anything else is asked; what makes a `directory` or a
    `file` that its first argument names; what keeps something `somewhere`, as nobody can read there; and how settings
    have the path of a file or a directory (`said`)."""

    endings: tuple[str, ...]
    words: tuple[str, ...]
    directory: re.Pattern[str]
    file: re.Pattern[str]
    somewhere: re.Pattern[str]
    said: re.Pattern[str] | None = None


_PYTHON: Final = Language(
    (".py",),
    ("makedirs", "mkdir", "open(", "sqlite", "FileHandler("),
    lazy(r"\bos\.(?:makedirs|mkdir)\(|\bPath\((?=[^()\n]*\)\.mkdir\()"),
    lazy(
        r"(?<![\w.])open\((?=[^()\n]*(?:\([^()\n]*\)[^()\n]*)?,\s*(?:mode\s*=\s*)?['\"][wax])|"
        r"\bsqlite3\.connect\(|\b\w*FileHandler\("
    ),
    lazy(r"\bbackends\.sqlite3\b|\.mkdir\((?:parents|exist_ok)="),
)
_NODE: Final = Language(
    (".js", ".cjs", ".mjs", ".ts", ".mts"),
    ("mkdir", "ensureDir", "WriteStream(", "writeFile", "appendFile", "multer", "Multer", "Database(", "sqlite"),
    lazy(r"\b(?:mkdir(?:Sync|p)?|ensureDir(?:Sync)?)\(|\bdest\s*:|\bcb\(\s*null\s*,(?=[^\n]*/)"),
    lazy(
        r"\b(?:createWriteStream|(?:write|append)File(?:Sync)?|new\s+(?:sqlite3\.)?Database)\(|"
        r"\bfilename\s*:(?=\s*['\"`][^'\"`]*\.(?:sqlite3?|db)\b)"
    ),
    lazy(r"(?!)"),
)
_GO: Final = Language(
    (".go",),
    ("os.Mkdir", "os.Create(", "os.OpenFile(", "os.WriteFile(", "sqlite", "bolt.Open(", "badger."),
    lazy(r"\bos\.Mkdir(?:All)?\("),
    lazy(
        r"\bos\.(?:Create|WriteFile)\(|\bos\.OpenFile\((?=[^\n]*O_(?:CREATE|WRONLY|RDWR|APPEND))|"
        r"\b(?:sqlite|b?bolt)\.Open\("
    ),
    lazy(r"\bsqlx?\.(?:Open|Connect)\(\s*\"sqlite3?\"|\bbadger\.Open\("),
)
_RUST: Final = Language(
    (".rs",),
    ("create_dir", "File::create", "fs::write", "rolling", ".create(true)", "Sqlite", "rusqlite", "sled::"),
    lazy(r"\bcreate_dir(?:_all)?\("),
    lazy(r"\bFile::create\(|\bfs::write\("),
    lazy(
        r"\brolling::(?:daily|hourly|minutely|never)\(|\.create\(true\)|\bSqlitePool\b|\bConnection::open\(|"
        r"\bsled::open\("
    ),
)
_NOTHING: Final = lazy(r"(?!)")
#: The path of a log, perhaps as what a variable is by default.
_LOG: Final = (
    r"[\"']?(?:\$\{[\w.-]+:-?)?"
    r"(/[\w./-]*(?i:log)[\w./-]*|(?:[\w.-]+/)*(?i:logs?)(?=[/\"'<}\s]|$)[\w./-]*|(?:[\w.-]+/)*[\w.-]+\.log\b)"
)
#: What Logback and Spring begin their logs with, and end where they cannot.
_JVM: Final = Language(
    (
        *("logback.xml", "logback-spring.xml", "log4j2.xml", "log4j2-spring.xml"),
        *("application.properties", "application.yml", "application.yaml"),
        *("application-prod.properties", "application-prod.yml", "application-docker.yml"),
    ),
    ("log",),
    _NOTHING,
    _NOTHING,
    _NOTHING,
    lazy(
        rf"<(?:property|variable)\b[^<>]*\bvalue\s*=\s*{_LOG}|<file>\s*{_LOG}|"
        rf"\bfile(?:Name|NamePattern)(?:=|>)\s*{_LOG}|"
        rf"(?m:^)[ \t]*(?:logging\.(?:file(?:\.(?:name|path))?|path)|[\w.-]*(?i:log-?(?:path|dir)))\s*=\s*{_LOG}|"
        rf"(?m:^)logging:[ \t]*\n(?:[ \t][^\n]*\n)*?[ \t]+(?:file|path|name):[ \t]*{_LOG}"
    ),
)
#: Languages by the image that runs them, and by the program that compiles them.
_BY_IMAGE: Final = {
    "python": _PYTHON, "node": _NODE, "oven/bun": _NODE, "denoland/deno": _NODE, "eclipse-temurin": _JVM,
    "openjdk": _JVM, "amazoncorretto": _JVM, "maven": _JVM, "gradle": _JVM,
}  # fmt: skip
_BY_PROGRAM: Final = {"go": _GO, "cargo": _RUST, "mvn": _JVM, "mvnw": _JVM, "gradle": _JVM, "gradlew": _JVM}
#: What is no part of the program, by the name of its directory and by its own.
_ASIDE: Final = frozenset(
    "scripts script tools e2e cypress examples docs benches benchmarks migrations seeds .github public static "
    "generated _generated locale locales i18n".split()
) | (TESTS | FIXTURES | DOUBLES | LIBRARIES | ENVIRONMENTS | VENDORED)
_ASIDE_BY_NAME: Final = lazy(
    r"(?:test_.*|.*(?:[._-](?:test|spec|stories|config)|\.d)|conftest|setup|build|gulpfile)\.\w+"
)
#: Of these, one is in whatever that pattern fits.
_ASIDE_WORDS: Final = ("test", "spec", "stories", "config", ".d.", "setup", "build", "gulpfile")
#: What goes where each program may write.
_TEMPORARY: Final = lazy(r"(?i)\btempfile\b|tmp_?dir|temp_?dir|mkd?temp|create_?temp|['\"`]/tmp\b")
#: What lies beside the program in the project, where it is worked on.
_BESIDE: Final = lazy(r"\s*['\"`]\.\./")
#: A text without variables, perhaps as a path; what joins the parts of one.
_LITERAL: Final = lazy(r"(?:Path\()?(['\"`])([\w./-][\w./ -]*)\1\)?")
_JOINED: Final = lazy(r"(?:path|os\.path|filepath)\.(?:join|resolve|Join)\(|(?:join|resolve)\(")
_MOST_DEEP: Final = 3
#: A part of a path that is not written out.
_ANY: Final = "*"


def language_of(image: str, programs: Collection[str]) -> Language | None:
    """The language of a program, by the name of the image that runs it, or by what its stages call."""
    return _BY_IMAGE.get(image) or next((row for name, row in _BY_PROGRAM.items() if name in programs), None)


def is_aside(name: str) -> bool:
    """Whether a file or a directory of this name is for those who work on the program."""
    if name.lower() in _ASIDE:
        return True
    return any(word in name for word in _ASIDE_WORDS) and _ASIDE_BY_NAME.fullmatch(name) is not None


def writes(language: Language, text: str, here: str | None, workdir: str) -> tuple[list[str], bool]:
    """The directories that a source writes to, absolute, if it lies at `here` in the image and runs in `workdir`; and
    whether it writes where that cannot be read."""
    if not any(word in text for word in language.words):
        return [], False
    places: list[str] = []
    unknown = language.somewhere.search(text) is not None
    for pattern, is_file in ((language.directory, False), (language.file, True)):
        for found in pattern.finditer(text):
            said = _argument(text, found.end())
            if workdir.count("/") == 1 and _BESIDE.match(said):
                continue  # no project lies in the root of an image
            path = _meant(said, text, here, workdir)
            if path is None:
                # A setting, or what is called back, may as well be about something else.
                unknown |= found[0].endswith("(")
                continue
            known = path.partition(f"/{_ANY}")[0]
            places.append(posixpath.dirname(path) if is_file and known == path else known)
    for found in language.said.finditer(text) if language.said is not None else ():
        path = absolute(workdir, next(filter(None, found.groups())))
        places.append(posixpath.dirname(path) if "." in posixpath.basename(path) else path)
    # Where a source makes a directory, what it writes goes there.
    return list(dict.fromkeys(places)), unknown and not places and _TEMPORARY.search(text) is None


def _meant(said: str, text: str, here: str | None, workdir: str, deep: int = 0) -> str | None:
    """The absolute path that an expression means, with what is not written out as `*`; None: nothing is."""
    said = said.strip()
    literal = _LITERAL.fullmatch(said)
    if literal is not None:
        return absolute(workdir, literal[2])
    if said in ("process.cwd()", "os.getcwd()"):
        return workdir
    if said in ("__dirname", "import.meta.dirname"):
        return None if here is None else posixpath.dirname(here)
    joined = _JOINED.match(said)
    if joined is not None and deep < _MOST_DEEP:
        parts, at = list[str](), joined.end()
        while at < len(said):
            parts.append(_argument(said, at))
            at += len(parts[-1]) + 1
        first = _meant(parts[0], text, here, workdir, deep + 1) if parts else None
        rest = [found[2] if (found := _LITERAL.fullmatch(each.strip())) else _ANY for each in parts[1:]]
        return None if first is None else absolute(first, posixpath.join("", *rest))
    if said.isidentifier() and deep < _MOST_DEEP:
        given = re.search(rf"(?m)^\s*(?:(?:const|let|var)\s+)?{said}\s*:?=\s*(\S[^;\n]*)", text)
        return None if given is None else _meant(_argument(given[1], 0), text, here, workdir, deep + 1)
    return None


def _argument(text: str, at: int) -> str:
    """The expression that begins at `at`: up to the comma or the bracket behind it."""
    depth, quote = 0, ""
    for end in range(at, min(len(text), at + 200)):
        sign = text[end]
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"`":
            quote = sign
        elif sign in "([{":
            depth += 1
        elif sign in ")]},;\n" and depth == 0:
            return text[at:end]
        elif sign in ")]}":
            depth -= 1
    return text[at : at + 200]
