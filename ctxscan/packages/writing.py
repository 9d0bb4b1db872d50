"""Where a program writes while it runs, as far as its sources say."""

import posixpath
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from ..dockerfile.shell import command_lines, every_command
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

    @property
    def code(self) -> tuple[str, ...]:
        """The endings of its sources, without what names a file of settings."""
        return tuple(each for each in self.endings if each.startswith("."))


#: A file of SQLite by a path that begins where the program runs.
_FILE_OF_DATABASE: Final = r"[\"'`](?!/|\.\.)((?:[\w.-]+/)+[\w-]+\.(?:db|sqlite3?))[\"'`]"
_PYTHON: Final = Language(
    (".py",),
    (
        *("makedirs", "mkdir", "open(", "sqlite", "FileHandler(", "DB_", "DATABASE_", "MEDIA_ROOT"),
        *(".write_", ".to_", "save", "imwrite(", "joblib.dump(", "ersist", "TinyDB(", "basicConfig(", "logger.add("),
    ),
    lazy(r"\bos\.(?:makedirs|mkdir)\(|\bPath\((?=[^()\n]*\)\.mkdir\()"),
    lazy(
        r"(?<![\w.])open\((?=[^()\n]*(?:\([^()\n]*\)[^()\n]*)?,\s*(?:mode\s*=\s*)?['\"][wax])|"
        r"\bsqlite3\.connect\(|\b\w*FileHandler\(|\bTinyDB\(|\blogger\.add\((?=\s*f?['\"])|\bimwrite\("
    ),
    lazy(
        r"\bbackends\.sqlite3\b|\.mkdir\((?:parents|exist_ok)=|(?m:^)MEDIA_ROOT\s*=|"
        r"\.(?:write_(?:text|bytes)|to_(?:csv|excel|parquet)|savefig|save_local|save_pretrained)\(|"
        r"\b(?:joblib\.dump|(?:torch|np)\.save|PersistentClient|shelve\.open)\(|\bpersist_directory\s*=|"
        r"\bbasicConfig\((?=[^()]*\bfilename\s*=)"
    ),
)
_NODE: Final = Language(
    (".js", ".cjs", ".mjs", ".ts", ".mts"),
    (
        "mkdir",
        "ensureDir",
        "WriteStream(",
        "writeFile",
        "appendFile",
        "multer",
        "Multer",
        "Database(",
        "sqlite",
        "DB_",
        "lowdb",
        "nedb",
        "lmdb",
        "transports",
        "DailyRotateFile",
        "SchemaFile",
        "definitions",
        "import-meta-env",
        ".db",
        ".sqlite",
        "uploadDir",
        ".mv(",
        ".toFile(",
        "AuthState(",
        "LocalAuth(",
    ),
    lazy(
        r"\b(?:mkdir(?:Sync|p)?|ensureDir(?:Sync)?)\(|\b(?:dest|uploadDir)\s*:|\bcb\(\s*null\s*,(?=[^\n]*/)|"
        r"\bdiskStorage\(\s*\{\s*destination\s*:(?!\s*(?:\(|async\b|function\b))|"
        r"\bdestination\s*[:(][^{}]{0,80}(?:\{|=>)\s*(?:return\s+)?(?:cb|callback)\(\s*null\s*,"
    ),
    lazy(
        r"\b(?:createWriteStream|(?:write|append)File(?:Sync)?|new\s+(?:sqlite3\.)?Database)\(|"
        r"\bfilename\s*:(?=\s*['\"`][^'\"`]*\.(?:sqlite3?|db|log)\b)"
    ),
    lazy(
        r"\bnew\s+(?:\w+\.)*(?:File|DailyRotateFile)\(\s*\{|['\"](?:better-sqlite3|(?:node:|bun:)?sqlite3?|nedb|lowdb|lmdb)['\"]"
        r"|\b(?:auto|emit)SchemaFile\s*:(?!\s*(?:true|false)\b)|\bdefinitions\s*:\s*\{\s*path\s*:"
        r"|\b(?:diskStorage|(?<=\.)(?:mv|toFile)|useMultiFileAuthState|LocalAuth)\("
    ),
    lazy(rf"\bimport-meta-env\b[^\n]*?\s-p[\s=]+\\?[\"']?([\w./-]+)|{_FILE_OF_DATABASE}"),
)
GO: Final = Language(
    (".go",),
    ("os.Mkdir", "os.Create(", "os.OpenFile(", "os.WriteFile(", "sqlite", "bolt.Open(", "badger.", '.db"'),
    lazy(r"\bos\.Mkdir(?:All)?\("),
    lazy(
        r"\bos\.(?:Create|WriteFile)\(|\bos\.OpenFile\((?=[^\n]*O_(?:CREATE|WRONLY|RDWR|APPEND))|"
        r"\b(?:sqlite|b?bolt)\.Open\("
    ),
    lazy(r"\bsqlx?\.(?:Open|Connect)\(\s*\"sqlite3?\"|\bbadger\.Open\("),
    lazy(_FILE_OF_DATABASE),
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
        *("application-prod.properties", "application-prod.yml", "application-docker.yml", ".java", ".kt"),
    ),
    ("log", "Files.", "FileOutputStream(", "FileWriter(", ".mkdir", ".transferTo(", "jdbc:h2:", "jdbc:sqlite:"),
    _NOTHING,
    lazy(r"\bnew\s+File(?:OutputStream|Writer)\("),
    lazy(
        r"\bFiles\.(?:createDirector(?:y|ies)|write\w*|copy|move|newBufferedWriter|newOutputStream)\(|\.mkdirs?\(\)|"
        r"\.transferTo\(|jdbc:(?:h2:(?:file:|[./~])|sqlite:)"
    ),
    lazy(
        rf"<(?:property|variable)\b[^<>]*\bvalue\s*=\s*{_LOG}|<(?:file|Property\b[^<>]*)>\s*{_LOG}|"
        rf"\bfile(?:Name|NamePattern)(?:=|>)\s*{_LOG}|"
        rf"(?m:^)[ \t]*(?:logging\.(?:file(?:\.(?:name|path))?|path)|[\w.-]*(?i:log-?(?:path|dir)))\s*=\s*{_LOG}|"
        rf"(?m:^)logging:[ \t]*\n(?:[ \t][^\n]*\n)*?[ \t]+(?:file|path|name):[ \t]*{_LOG}"
    ),
)
_DOTNET: Final = Language(
    ("appsettings.json", "appsettings.Production.json", ".cs", ".fs"),
    ("CreateDirectory(", "File.", "FileStream(", "StreamWriter(", "Sqlite", "Data Source", "log"),
    lazy(r"\bDirectory\.CreateDirectory\("),
    lazy(r"\bFile\.(?:Create|OpenWrite|(?:Write|Append)All\w+)\(|\bnew\s+StreamWriter\("),
    lazy(r"\bUseSqlite\(|\bSqliteConnection\(|\bnew\s+FileStream\((?=[^\n]*(?:Create|Append|Write))|\.WriteTo\.File\("),
    lazy(rf"\"(?:Data Source|DataSource|Filename)=([\w./-]+)|\"(?i:path|file(?:name)?)\"\s*:\s*{_LOG}"),
)
_RUBY: Final = Language(
    ("database.yml", ".rb"),
    ("mkdir", "File.", "SQLite3", "sqlite"),
    lazy(r"\b(?:FileUtils\.(?:mkdir_p|mkdir|makedirs)|Dir\.mkdir)\b\(?[ \t]*"),
    lazy(r"\bFile\.(?:write|(?:open|new)(?=[^\n]*,\s*['\"][wa]))\(|\bSQLite3::Database\.(?:new|open)\("),
    lazy(r"\bsqlite3?://|['\"]sqlite3['\"]"),
    lazy(r"(?m)^[ \t]*database:[ \t]*[\"']?([\w./-]+\.sqlite3)"),
)
#: Languages by the image that runs them, the program that does, the one that compiles them, and their manifest.
_BY_IMAGE: Final = {
    "python": _PYTHON, "node": _NODE, "oven/bun": _NODE, "denoland/deno": _NODE, "eclipse-temurin": _JVM,
    "openjdk": _JVM, "amazoncorretto": _JVM, "maven": _JVM, "gradle": _JVM, "dotnet/aspnet": _DOTNET,
    "dotnet/runtime": _DOTNET, "dotnet/sdk": _DOTNET, "ruby": _RUBY,
}  # fmt: skip
_BY_START: Final = {
    "python": _PYTHON, "uvicorn": _PYTHON, "gunicorn": _PYTHON, "flask": _PYTHON, "streamlit": _PYTHON, "node": _NODE,
    "npm": _NODE, "pnpm": _NODE, "yarn": _NODE, "bun": _NODE, "java": _JVM,
    "dotnet": _DOTNET, "ruby": _RUBY,
}  # fmt: skip
_BY_PROGRAM: Final = {
    "go": GO,
    "cargo": _RUST,
    "mvn": _JVM,
    "mvnw": _JVM,
    "gradle": _JVM,
    "gradlew": _JVM,
    "dotnet": _DOTNET,
}
_BY_MANIFEST: Final = {"go.mod": GO, "Cargo.toml": _RUST}
#: What is no part of the program, by the name of its directory and by its own.
_ASIDE: Final = frozenset(
    "scripts script tools e2e cypress examples docs benches benchmarks migrations seeds .github public static "
    "generated _generated locale locales i18n".split()
) | (TESTS | FIXTURES | DOUBLES | LIBRARIES | ENVIRONMENTS | VENDORED)
_ASIDE_BY_NAME: Final = lazy(
    r"(?:test[_-].*|.*(?:[._-](?:test|spec|stories)|[.-]config|\.d)|conftest|setup|build|gulpfile)\.\w+"
)
#: Of these, one is in whatever that pattern fits.
_ASIDE_WORDS: Final = ("test", "spec", "stories", "config", ".d.", "setup", "build", "gulpfile")
#: A setting for the file of a database, with where that is by default.
_DATABASE: Final = lazy(
    r"\b(?:\w+_)?(?:DB|DATABASE|SQLITE)_(?:FILE(?:_?NAME|_?PATH)?|PATH)\b[^\n;]{0,60}?[\"'](/?(?![/.])[\w.-]+(?:/[\w.-]+)+)[\"']"
)
_NAMED_DATABASE: Final = ("DB_FILE", "DB_PATH", "DATABASE_FILE", "DATABASE_PATH", "SQLITE_FILE", "SQLITE_PATH")
#: What goes where each program may write.
_TEMPORARY: Final = lazy(r"(?i)\btempfile\b|tmp_?dir|temp_?dir|mkd?temp|create_?temp|['\"`]/tmp\b")
#: What lies beside the program in the project, where it is worked on.
_BESIDE: Final = lazy(r"\s*['\"`]\.\./")
#: A text without variables, perhaps as a path; what joins the parts of one.
_LITERAL: Final = lazy(r"(?:Path\()?(['\"`])([\w./-][\w./ -]*)\1\)?")
_JOINED: Final = lazy(r"(?:path|os\.path|filepath|File|Path)\.(?:join|resolve|Join|Combine)\(|(?:join|resolve)\(")
#: What takes the directory of a path, and a variable, perhaps as one of its class.
_ABOVE: Final = lazy(r"(?:path|os\.path|filepath)\.(?:dirname|Dir)\(")
_NAME: Final = lazy(r"(?:[A-Z]\w*\.|self\.|this\.)?([A-Za-z_]\w*)")
_MOST_DEEP: Final = 6
#: A part of a path that is not written out.
_ANY: Final = "*"


def language_of(
    image: str, programs: Collection[str], start: str = "", manifests: Collection[str] = ()
) -> Language | None:
    """The language of a program, by what it starts with, by the name of the image that runs it, by what its stages
    call, or by the manifests that they copy."""
    called = next((row for name, row in _BY_PROGRAM.items() if name in programs), None)
    told = next((row for name, row in _BY_MANIFEST.items() if name in manifests), None)
    return _BY_START.get(start.rstrip("0123456789.")) or _BY_IMAGE.get(image) or called or told


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
    if any(name in text for name in _NAMED_DATABASE):
        # It may have no ending, and is no directory all the same.
        places += (posixpath.dirname(absolute(workdir, found[1])) for found in _DATABASE.finditer(text))
    # Where a source makes a directory, what it writes goes there.
    return list(dict.fromkeys(places)), unknown and not places and _TEMPORARY.search(text) is None


#: What a program puts something into that is there already, file by file.
_REWRITTEN: Final = lazy(r"\bimport-meta-env\b[^\n]*?\s-p[\s=]+\\?[\"']?([\w./-]+?)/\*")


def rewritten(text: str, workdir: str) -> list[str]:
    """The directories, absolute, all files of which a source has changed where they are."""
    found = _REWRITTEN.findall(text) if "import-meta-env" in text else ()
    return [absolute(workdir, each) for each in found]


def writes_file(language: Language, text: str, place: str) -> bool:
    """Whether a source writes to the file at an absolute path, which a variable of it names."""
    if place not in text:
        return False
    named = rf"(?m)^[ \t]*(?:\w+[ \t]+)*(\w+)[ \t]*(?::[ \t]*\w+[ \t]*)?:?=(?!=)[^\n]*[\"'`]{re.escape(place)}[\"'`]"
    names = {*re.findall(named, text)}
    said = (_argument(text, found.end()).strip() for found in language.file.finditer(text))
    return any(each in names or each.strip("\"'`") == place for each in said) or any(
        f"{each}.write_text(" in text for each in names
    )


def _meant(said: str, text: str, here: str | None, workdir: str, deep: int = 0) -> str | None:
    """The absolute path that an expression means, with what is not written out as `*`; None: nothing is."""
    said = said.strip()
    literal = _LITERAL.fullmatch(said)
    if literal is not None:
        return absolute(workdir, literal[2])
    above = _ABOVE.match(said)
    if above is not None and deep < _MOST_DEEP:
        path = _meant(_argument(said, above.end()), text, here, workdir, deep + 1)
        return None if path is None else posixpath.dirname(path)
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
        parts = [each for each in parts if each.strip()]
        first = _meant(parts[0], text, here, workdir, deep + 1) if parts else None
        rest = [found[2] if (found := _LITERAL.fullmatch(each.strip())) else _ANY for each in parts[1:]]
        return None if first is None else absolute(first, posixpath.join("", *rest))
    name = _NAME.fullmatch(said)
    if name is not None and deep < _MOST_DEEP:
        before = rf"(?m)^[ \t]*(?:\w+[ \t]+)*{name[1]}[ \t]*(?::[ \t]*\w+[ \t]*)?:?=[ \t]*"
        given = re.search(rf"{before}(?=[^\s=])(?!await\b|null\b|None\b)", text)
        return None if given is None else _meant(_argument(text, given.end()), text, here, workdir, deep + 1)
    return None


def _argument(text: str, at: int) -> str:
    """The expression that begins at `at`: up to the comma or the bracket behind it."""
    depth, quote = 0, ""
    begin = at + len(text[at : at + 200]) - len(text[at : at + 200].lstrip())
    for end in range(begin, min(len(text), at + 200)):
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


# --- what is told to a user


#: What settles or installs packages, and what only shells and their users read: no program does.
_FOR_STEPS: Final = frozenset(
    ".npmrc .yarnrc .yarnrc.yml .netrc .pypirc .pip .gitconfig .git-credentials .ssh .cargo .rustup .m2 .gradle .nuget "
    ".composer .cache .npm .gem .bundle .docker .bashrc .profile .bash_profile .zshrc .vimrc .gnupg .sbt .ivy2 .mix "
    ".hex .bun .nvm .local .rbenv .pyenv .sdkman .deno .wget-hsts .bash_history .yarn .pnpm-store .config/pip "
    ".config/git .config/composer .config/pnpm".split()
)
_IN_HOME: Final = lazy(r"(?:~|\$\{?HOME\}?|/root)/((?:\.config/)?\.?[\w-]+(?:\.\w+)*)")
_OF_FILES: Final = frozenset("mkdir cp mv tee touch echo cat printf install ln sed chmod".split())


def told_at_home(name: str, arguments: Sequence[str]) -> str | None:
    """The first place in the home of root, as it is written, that a command puts settings of a program into."""
    words = (word for word, _ in _targets(name, list(arguments)) if name in _OF_FILES)
    return next(filter(is_for_programs, words), None)


def is_for_programs(path: str) -> bool:
    """Whether a path leads to settings that a program has in the home of root."""
    found = _IN_HOME.match(path) if path.startswith(("~", "$", "/root")) else None
    return found is not None and found[1] not in _FOR_STEPS


#: Programs that Corepack gets when they are called, and keeps for whoever calls them.
_SHIMS: Final = frozenset("pnpm pnpx yarn yarnpkg".split())


def is_fetched_when_called(name: str) -> bool:
    """Whether a command is one that Corepack gets."""
    return name in _SHIMS


# --- what a framework is told


_SERVICE: Final = lazy(r"(?m)^\s*config\.active_storage\.service\s*=\s*:?[\"']?(\w+)")


def disk_of(services: str, environment: str) -> list[str]:
    """The absolute directories in which Rails keeps what is uploaded, by `config/storage.yml` and the settings of the
    environment that is active."""
    named = _SERVICE.search(environment)
    block = re.search(rf"(?m)^{named[1]}:[ \t]*\n((?:[ \t]+[^\n]*(?:\n|$))+)", services) if named else None
    if block is None or not re.search(r"\bservice:\s*[\"']?Disk\b", block[1]):
        return []
    root = re.search(r"(?m)^\s*root:(.*)$", block[1])
    return re.findall(r"[\"'\s](/[\w./-]+)", root[1]) if root else []


#: Managers that keep the environment of a project in the home of whoever installs, with what installs, and the variable
#: by which it lies in the project. An option or a variable may say that there is none, or where.
_ENVIRONMENTS_AT_HOME: Final = {
    "pipenv": ("--system", ("PIPENV_", "WORKON_HOME"), "PIPENV_VENV_IN_PROJECT=1"),
    "poetry": ("", ("POETRY_VIRTUALENVS_",), "POETRY_VIRTUALENVS_IN_PROJECT=true"),
}


def environment_at_home(
    name: str, arguments: Sequence[str], settings: Collection[str], lines: Sequence[str]
) -> str | None:
    """The variable by which the environment that a command makes does not lie in the home of whoever runs it, where one
    of these lines looks for that; None: it does not."""
    row = _ENVIRONMENTS_AT_HOME.get(name)
    if row is None or not {"install", "sync"} & {*arguments[:1]} or row[0] in arguments:
        return None
    told = any(each.startswith(row[1]) or each in ("VIRTUAL_ENV", "HOME") for each in settings)
    return row[2] if not told and any(f"{name} run " in each for each in lines) else None


def installs_at_home(name: str, arguments: Sequence[str]) -> bool:
    """Whether a command installs packages of Python into the home of whoever runs it."""
    called = name.startswith("pip") or (name.startswith("python") and "pip" in arguments[:2])
    return called and "install" in arguments and "--user" in arguments


#: What has Puppeteer get no browser, have another, or keep it elsewhere.
_NO_BROWSER: Final = frozenset(
    "PUPPETEER_SKIP_DOWNLOAD PUPPETEER_SKIP_CHROMIUM_DOWNLOAD PUPPETEER_EXECUTABLE_PATH PUPPETEER_CACHE_DIR "
    "--ignore-scripts".split()
)
#: A release of it that keeps its browser in the home of whoever installs.
_PUPPETEER: Final = lazy(r"\"puppeteer\"\s*:\s*\"[\^~>=]*(?:19|[2-9]\d)\.")


def gets_a_browser(manager: str, told: Collection[str], manifest: str) -> bool:
    """Whether a manager that installs what a manifest lists, with these options and variables, gets a browser into the
    home of whoever calls it. Others than these two run no scripts of packages unless they are told to."""
    plain = manager in ("npm", "yarn") and _NO_BROWSER.isdisjoint(told)
    return plain and '"puppeteer"' in manifest and _PUPPETEER.search(manifest) is not None


_BY_CLOJURE: Final = lazy(r"\b(?:clojure|clj)\s+[-{]")
#: What resolves the libraries of a program of Clojure or Scala into the home of whoever runs it, also when it starts,
#: with how it is called; no variable says where all of them are.
RESOLVERS: Final = {
    "clojure": _BY_CLOJURE, "clj": _BY_CLOJURE, "bb": _BY_CLOJURE, "lein": lazy(r"\blein\s"), "sbt": lazy(r"\bsbt\s"),
}  # fmt: skip


#: What starts the tasks of Celery by the clock, and keeps in a file where it works when it last has.
_BY_THE_CLOCK: Final = lazy(r"\bcelery\b[^;&|]*?\s(?:beat|-B|--beat)(?=\s|$)(?![^;&|]*\s(?:-[sS]|--scheduler?)\b)")


def keeps_a_schedule(line: str) -> bool:
    """Whether a line has such a file written where it runs."""
    return "celery" in line and _BY_THE_CLOCK.search(line) is not None


def private_keys(name: str, arguments: Sequence[str]) -> list[str]:
    """The private keys that a command makes, as they are written: only who has made them reads them."""
    if name == "openssl" and {"genrsa", "genpkey", "-genkey", "-keyout", "req"} & {*arguments}:
        options = ("-keyout",) if "req" in arguments else ("-out",)
    elif name == "ssh-keygen":
        options = ("-f",)
    else:
        return []
    return [after for word, after in pairwise(arguments) if word in options]


#: The releases of pnpm that install before they run a script where packages and manifest differ.
_PNPM_THAT_INSTALLS: Final = lazy(r"\"packageManager\"\s*:\s*\"pnpm@(?:1[1-9]|[2-9]\d)\.")
_TOLD_NOT_TO: Final = lazy(r"verify-?_?deps-?_?before-?_?run", re.IGNORECASE)


def installs_before(program: str, manifest: str, settings: str) -> str:
    """The variable by which a program does not install before it runs a script of the manifest, which somebody who does
    not own the packages cannot; empty: it does not, or the settings say what it does."""
    tied = program == "pnpm" and _PNPM_THAT_INSTALLS.search(manifest) and not _TOLD_NOT_TO.search(settings)
    return "pnpm_config_verify_deps_before_run=false" if tied else ""


#: What runs a program in its environment, and brings that up to date before.
_UPDATES: Final = lazy(r"(?m)\buv run\b(?![^;&|\n]*\s--(?:no-sync|no-project|isolated)\b)")
_WITHOUT_PROGRAM: Final = frozenset(("--no-install-project", "--no-install-workspace"))


def updates_environment(lines: Sequence[str]) -> bool:
    """Whether one of these lines starts a program after its environment was brought up to date."""
    return any(_UPDATES.search(each) for each in lines if "uv run" in each and "UV_NO_SYNC" not in each)


def fills_environment(name: str, arguments: Sequence[str]) -> bool | None:
    """Whether a command installs into such an environment, and the program as well; None: it does not."""
    return _WITHOUT_PROGRAM.isdisjoint(arguments) if name == "uv" and "sync" in arguments[:1] else None


#: Directories that a framework writes to while it runs, by what tells it.
WRITTEN: Final = {
    "artisan": ("storage", "bootstrap/cache"),
    "bin/rails": ("tmp", "log", "storage"),
    "bin/console": ("var",),
}


# --- where the steps of an image put something


#: Commands that put nothing into the directory where they run.
_ELSEWHERE: Final = frozenset(
    "mkdir chown chmod chgrp rm cd ls test [ echo printf cat true set pip pip3 useradd adduser groupadd addgroup "
    "usermod corepack update-ca-certificates ldconfig locale-gen a2enmod docker-php-ext-install pecl ln sleep export "
    "docker-php-ext-configure docker-php-ext-enable which id fi done gem apt-mark apt-get apt apk dnf yum microdnf "
    "tdnf zypper playwright".split()
)
#: What may be done as well as by root where the directory is one's own, and nothing is for the machine.
_OF_PROJECT: Final = {
    "npm": "ci install i run prune rebuild".split(), "yarn": "install run build".split(),
    "bun": "install run".split(), "npx": "prisma tsc next nest vite".split(),
}  # fmt: skip
_FOR_MACHINE: Final = frozenset("-g --global --location=global global".split())


def fills_nothing(name: str, arguments: Collection[str]) -> bool:
    """Whether a command of a RUN puts nothing into the directory where it runs."""
    return name in _ELSEWHERE or not _FOR_MACHINE.isdisjoint(arguments)


def is_for_project(name: str, arguments: Sequence[str]) -> bool:
    """Whether a command installs or builds a project of Node in its directory, for which nobody has to be root."""
    verb = next((each for each in arguments if not each.startswith("-")), "")
    known = name in _OF_PROJECT and (not verb or verb in _OF_PROJECT[name])
    return known and _FOR_MACHINE.isdisjoint(arguments)


# --- what a script of the shell says


class Started(NamedTuple):
    """What a script of the shell writes before it becomes the program: the absolute directories, whether it does at
    once what is for root alone (`as_root`) or writes to the files of the system on some way (`on_its_way`), whether
    it writes where that cannot be read (`unknown`), and where it is at its end."""

    places: list[str]
    as_root: bool
    unknown: bool
    cwd: str
    on_its_way: bool


#: Commands that write to the last of their words, or to each of them; the first word of the others is no path.
_TO_THE_LAST: Final = frozenset("cp mv rsync install ln".split())
_TO_EACH: Final = frozenset("mkdir touch tee".split())
_CHANGES: Final = frozenset("chmod chown chgrp".split())
#: Options of these that take a value, and those before whose value they write.
_WITH_VALUE: Final = frozenset("-m --mode -o --owner -g --group -S --suffix -e --rsh --exclude --include".split())
_BEFORE_TARGET: Final = frozenset("-t --target-directory".split())
#: Commands that are for root alone.
_FOR_ROOT: Final = frozenset(
    "chown update-ca-certificates update-ca-trust ldconfig useradd adduser groupadd addgroup usermod groupmod chpasswd "
    "apt-get apt apk dnf yum microdnf dpkg rpm locale-gen".split()
)
#: Commands that change the machine, and where that is written: whatever decides of them, root does.
_OF_MACHINE: Final = frozenset("mount umount sysctl modprobe swapon".split())
_KERNEL: Final = ("/sys/", "/proc/sys/")
#: The directories in which the system has its own, beside the files of `/etc` itself.
_OF_SYSTEM: Final = lazy(
    r"(?:/(?:bin|boot|lib\w*|sbin|sys)|/proc/sys|/etc/(?:ssl|pki|ca-certificates|cron[\w.]*|pam\.d|"
    r"sudoers\.d|profile\.d|apt|sysctl\.d|init\.d|systemd|security)|/usr/(?:local/)?(?:s?bin|lib\w*|include|"
    r"share/ca-certificates))(?:/.*)?"
)
#: Of a path, what the shell puts something else for.
_VARIABLE: Final = lazy(r"\$(?:\{(\w+)(?:(:?[-=])([^{}]*)|:?[?+][^{}]*)?\}|(\w+))")
_SPREAD: Final = lazy(r"[$`*?\[{]")
#: And what ends a path that can be read: a quote is left where one does not end in its line.
_UNREAD: Final = lazy(r"[^\w@%+=:,./~-]")
#: What is built or installed at the start, who knows where.
_MAKES: Final = lazy(
    r"\b(?:collectstatic|assets:precompile|(?:npm|yarn|pnpm|bun|pip3?|uv|bundle|composer)\s+(?:ci|install|sync|(?:run\s+)?build))\b"
)
_OPENS: Final = frozenset("if case for while until select".split())
_CLOSES: Final = frozenset("fi esac done".split())
_PREFIXES: Final = frozenset("! { ( then else elif do exec sudo command time nice env".split())
#: What tells a file from a directory, such as `conf.d`.
_ENDING: Final = lazy(r"\w\.(?!d$)\w+$")
_FUNCTION: Final = lazy(r"(?:function\s+[\w-]+\s*(?:\(\))?|[\w-]+\s*\(\))\s*\{?\s*")
_ASSIGNED: Final = lazy(r"([A-Za-z_]\w*)=(.*)")


def started(text: str, workdir: str, settings: Mapping[str, str]) -> Started:
    """What a script says that is run in `workdir` with the variables `settings`."""
    values, cwd, depth = dict(settings), workdir, 0
    places: list[str] = []
    as_root, unknown, on_its_way = False, _MAKES.search(text) is not None, False
    for line in command_lines(text).split("\n"):
        plain = line.strip()
        sure = depth == 0 and "||" not in plain and not plain.startswith(("[", "test ", "if "))
        depth += (_FUNCTION.fullmatch(plain) is not None) - (plain == "}")
        for words in map(list, every_command(plain)):
            while words and (words[0] in _PREFIXES or words[0] in _OPENS or words[0] in _CLOSES or ")" in words[1:2]):
                depth += (words[0] in _OPENS) - (words[0] in _CLOSES)
                if words[0] == "for" and len(words) > 3:
                    values[words[1]] = _valued(words[3], values)
                words = words[2:] if ")" in words[1:2] or words[0] in ("case", "for", "select") else words[1:]
            while words and (words[0] in ("export", "local", "readonly") or _ASSIGNED.fullmatch(words[0])):
                found = _ASSIGNED.fullmatch(words.pop(0))
                if found is not None:
                    values[found[1]] = _valued(found[2], values)
            name = posixpath.basename(words[0]) if words else ""
            if name == "cd" and len(words) > 1 and depth == 0:
                cwd = absolute(cwd, _valued(words[1], values))
            as_root |= (sure and name in _FOR_ROOT) or name in _OF_MACHINE
            # What another command is given to change.
            if name == "find" and "sed -i" in plain:
                words = ["sed", "-i", *(f"{each}/*" for each in words[1:2])]
                name = "sed"
            if "bundle" in words and "install" in words and values.get("BUNDLE_PATH"):
                places.append(absolute(cwd, values["BUNDLE_PATH"]))
            if "collectstatic" in words and values.get("STATIC_ROOT"):
                places.append(absolute(cwd, values["STATIC_ROOT"]))
            for word, is_file in _targets(name, words[1:]) if words else ():
                path = _valued(word, values)
                unread = _UNREAD.search(path)
                if unread is not None:
                    path, is_file = posixpath.dirname(path[: unread.start()]), False
                if not path or path == "/":
                    unknown = True
                elif not path.startswith(("/dev/", "~")):
                    path = absolute(cwd, path)
                    place = posixpath.dirname(path) if is_file else path
                    as_root |= path.startswith(_KERNEL)
                    of_system = place == "/etc" or _OF_SYSTEM.fullmatch(path) is not None
                    as_root |= sure and of_system
                    on_its_way |= of_system
                    places.append(place)
    return Started(list(dict.fromkeys(places)), as_root, unknown, cwd, on_its_way)


def _valued(word: str, values: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda found: values.get(found[1] or found[4]) or found[3] or found[0], word)


def _targets(name: str, arguments: list[str]) -> Iterator[tuple[str, bool]]:
    """What a command writes to, as it is written, and whether that is a file."""
    words: list[str] = []
    options = ""
    waiting = ""
    for word in arguments:
        if waiting:
            if ">" in waiting and not (word.isdigit() or word == "-"):
                yield word, not word.endswith("/")
            elif waiting in _BEFORE_TARGET and name in _TO_THE_LAST:
                yield word, False
            waiting = ""
        elif word and not word.strip("<>&"):
            waiting = word
            if words[-1:] in (["1"], ["2"]):
                words.pop()
        elif word.startswith("-") and len(word) > 1:
            options += word
            waiting = word if name in _TO_THE_LAST and word in _WITH_VALUE | _BEFORE_TARGET else ""
        else:
            words.append(word)
    if name in _TO_THE_LAST and name == "install" and "d" in options:
        yield from ((word, False) for word in words)
    elif name in _TO_THE_LAST and len(words) > 1 and not any(each in options for each in _BEFORE_TARGET):
        whole = len(words) > 2 or _SPREAD.search(words[0]) is not None or re.search(r"-\w*[rRa]", options) is not None
        # A copy of `.env.example` is a file as well.
        first, last = map(posixpath.basename, (words[0], words[-1]))
        copy = bool(last) and first.startswith(f"{last}.")
        named = len(words) == 2 and (copy or _ENDING.search(words[-1]) is not None)
        file = named or not (whole or "." in posixpath.basename(words[0]))
        yield words[-1], file and not words[-1].endswith("/")
    elif name in _TO_EACH:
        yield from ((word, name != "mkdir" and not word.endswith("/")) for word in words)
    elif name in _CHANGES:
        yield from ((word, "R" not in options and not word.endswith("/")) for word in words[1:])
    elif name == "sed" and "i" in options.partition("-i")[1]:
        yield from ((word, True) for word in words[-1:])
    elif name == "import-meta-env" or "import-meta-env" in words:
        at = arguments.index("-p") + 1 if "-p" in arguments else len(arguments)
        yield from ((word, True) for word in arguments[at : at + 1])


#: What a release of Elixir is told, after its name, to start by.
_STARTS_A_RELEASE: Final = frozenset("start start_iex daemon daemon_iex foreground".split())


def makes_a_release(name: str, arguments: Sequence[str]) -> bool:
    """Whether a command puts a program of Elixir together with all that it needs."""
    return name == "mix" and "release" in arguments


def starts_a_release(command: Sequence[str]) -> bool:
    """Whether a command starts such a program, if it is one."""
    return not _STARTS_A_RELEASE.isdisjoint(command[1:])
