"""Which directories are named as paths in sources and manifests, and where: what is imported, opened, served or packed
from a directory of tests or documents keeps it."""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Final

from ...packages import catalog
from ...packages.go_programs import GoPrograms
from ...paths import VENDORED, join, parents, within
from ...regex import lazy, lazy_bytes
from ..junk.row import PROJECT
from ..survey import Survey
from .need import Copied, Need
from .project import EXCLUDED, SOURCES, TOOLS, is_of_style, is_task, taken_by

#: Sources and bytes of them that are read.
_MOST_FILES: Final = 12_000
_MOST_BYTES: Final = 128 << 20
#: A path is no longer than this, and what makes a path of a name stands no further before it.
_LONGEST: Final = 200
_NEAR: Final = 100
#: Files that are read by nobody but whoever runs tests.
_TEST: Final = lazy(
    r"[._](?:test|spec|cy|stories)\.\w+$|_test\.(?:go|py)$|^(?:conftest|test_\w+)\.py$|^(?:jest|vitest|playwright|cypress|karma|cucumber)\."
)
#: Tasks of Rake that run tests, or look for mistakes.
_TASKS: Final = lazy(r"^(?:r?specs?|tests?|lint|cucumber|coverage|rubocop|ci)\w*\.rake$")
#: Where a project of Elixir has tasks of its own, which somebody calls by their names.
_MIX_TASKS: Final = "lib/mix/tasks/"
#: The same of Rails, what is such a task by its name, and what has one run with others.
_RAKE_TASKS: Final = "/lib/tasks/"
_RAKED: Final = lazy(r"(?m)^(?:multi)?(?:task|namespace)[\s(]+[:\"']?(\w+)")
_TOGETHER: Final = ("enhance", "Rake::Task", "invoke")
#: A line that is for tests alone, or says where a generator of Rails or Laravel puts them.
_TESTING: Final = lazy(
    r"\benv\.test\?|NODE_ENV\W{1,10}test\b|^\s*\w+\.(?:fixture_replacement|test_framework)\b"
    r"|[\"']generate[\"']\s*=>|^\s*test_\w+:"
)
#: What is compiled for tests alone, and an image in which that is all the same.
_COMPILED_TESTS: Final = "_paths(:test"
_FOR_TESTING: Final = lazy(r"(?i)\w_ENV\W{1,10}test\b")
#: A source of Go that only those run who name it, as `go generate` does.
_LEFT_OUT: Final = b"//go:build ignore"
#: Parts of a path behind another one, up to the end of the call that joins them.
_FURTHER: Final = lazy(r"[\"'`](?:\s*,\s*[\"'`][\w./-]+[\"'`])+\s*\)")
#: What a project of TypeScript takes by globs: none of them has to match.
_INCLUDED: Final = lazy(r"""(?m)^\s*"(?:include|exclude)"\s*:\s*\[[^\]]*\]""")
#: Directories in which nothing but tests is.
_HOMES: Final = frozenset("tests test __tests__ testdata e2e spec __mocks__ step_definitions".split())
#: The same of Cucumber.
_SUPPORT: Final = "features/support"
#: What stands before a name that is used as a path.
_USED: Final = lazy(
    r"(?i)(?:join|resolve|open|path|dir\w*|read\w*|static|serve\w*|root|glob|embed|include\w*|require\w*|import|from|"
    r"load\w*|folder|file\w*|copy|source\w*|src|packages|exists|walk|scan\w*|content\w*|default(?!value|open|checked)\w*|env\w*|flag\w*|"
    r"base\w*|home|location|where\w*)[\"'\s]*[(=:,\[]?[^\n;]{0,60}$|"
    r"(?:\bexamples\s*=|[\w)\]]\s*/|\|\||\?\?|\bor|\w\s+:?=)\s*[\"'`]$"
)
#: What stands right before a text that something else, such as the path of a request, is only compared with.
_COMPARED: Final = lazy(r"(?i)(?:starts_?with|has_?prefix|ends_?with)\s*\(\s*[\"'`]$")
#: The same for the path of a request, on Django.
_ROUTED: Final = lazy(r"\b(?:re_path|path|url)\(\s*r?[\"']$")
#: Sources, also those of languages that include a file when they are compiled, or open one by its name.
_COMPILED: Final = SOURCES | frozenset(
    ".nim .zig .d .cr .c .cc .cpp .cxx .h .hpp .hh .lua .hs .ml .mli .erl .cljs .fs .vb .m .mm .pas .elm .v .R .S .asm "
    ".ru".split()
)
#: What stands before the last part of a path of which all parts are texts, or which lies in a directory of its own.
_JOINED: Final = lazy(r"""[Jj]oin\(\s*((?:["'][\w./-]+["']\s*,\s*){1,5})["']$""")
_PRIVATE: Final = lazy(r"\bpriv_dir\([^()]{0,40}\)\s*,\s*[\"']$")
#: Names that are words of many other meanings, and what stands right before one of them that is used as a path.
_WORDS: Final = frozenset("test tests spec specs e2e".split())
_PASSED: Final = lazy(
    r"(?i)(?:join|resolve|open|path|dir|read|static|serve|root|glob|embed|include|require|import|from|load|folder|file|"
    r"copy|source|src|packages|exists|walk|scan|get_data)\w*[\"']?\s*[(=:\[,/]\s*[^()\n;]*$|[\w)\]]\s*/\s*[\"']$"
)
#: Lines above one that begins with a text, in which a call may begin.
_ABOVE: Final = 4
#: What stands before a name that is the value of something in a manifest without quotes.
_VALUE: Final = lazy(
    r"(?:[:=\-,\[]\s+|[>\"']|\b(?:DIRECTORY|FILES|SUBDIRS\b[^#\n]*)\s+|\b(?:cp|install|ln|mv|cat)\s[^;&|\n]{0,200}\s)$"
)
_IMPORTED: Final = lazy(r"^[ \t]*(?:from|import)[ \t]+([\w.]+)")
#: What a module of Python has from another one, in one line or in brackets; a module as text; and the list of the
#: parts of a program of Django.
_FROM: Final = lazy(r"^[ \t]*from[ \t]+([\w.]+)[ \t]+import\b")
_DOTTED: Final = lazy(r"[A-Za-z_]\w*(?:\.\w+)+")
_PARTS_OF: Final = lazy(r"\bINSTALLED_APPS\b|\b\w+_APPS\b")
_MOST_LISTED: Final = 150
_ENDINGS: Final = ("", *".ts .tsx .js .jsx .mjs .py .rb .php .json .vue .svelte .css .scss".split())
#: What follows in a source of Rust is compiled for tests alone.
_TESTED: Final = lazy(r"(?m)^#\[cfg\(test\)\]\s+(?:pub(?:\([a-z]+\))?\s+)?mod\s+\w+\s*\{")
#: A line of remarks.
_REMARK: Final = lazy(r"\s*(?://(?!go:)|#\s|\*\s|--\s)")
#: What reads documents whatever they are called: by their ending, one of several, or put together with it. What a
#: loader of a bundler is for (`test:`) is imported by its name.
SOME: Final = lazy_bytes(
    rb"""\*\.(?:mdx?|rst)\b|\*\.[{@(][\w,|(]*\bmdx?\b|(?<!test: )(?<!test:)/[^/\s]*\\\.\(?mdx?\b|"""
    rb"""(?:[Ee]nds_?[Ww]ith|[Ee]xt(?:ension|name)?\b|EXTENSION|[Hh]as_?[Ss]uffix|suffix(?:es)?\b|splitext)"""
    rb"""[^\n]{0,60}["']\.?(?:mdx?|rst)["']|(?:\+|<>|\.\.?) ?["']\.(?:mdx?|rst)["']|[}s]\.(?:mdx?|rst)["'`]"""
)
#: Of these, what takes none of the plain ones.
_ONLY_MDX: Final = lazy_bytes(rb"\A(?![^\n]*\b(?:md|rst|mdx\?)(?!\w))[^\n]*\bmdx\b")
#: What takes those of the root.
_OF_ROOT: Final = lazy_bytes(rb"""["'`](?:\./|/|(?:\.\./)+)?\*\.[{@(]?[\w,|(]*\b(?:mdx?|rst)\b""")
#: One of these, or `.rst`, is in whatever has such a reader in it, and one of all of them in its line.
_ENDED: Final = (b".md", b'"md', b"'md", b"{md", b",md", b"(md")
_ALL_ENDED: Final = [*_ENDED, b"|md", b"@md", b".rst", b'"rst', b"'rst"]
#: Where a source takes one that is called as tests are.
_SPEC: Final = lazy_bytes(rb"""["'`]([\w./@~-]*[\w-]\.(?:spec|test|cy|stories)(?:\.[cm]?[jt]sx?)?)["'`]""")
#: What a server is told to serve, on Nginx, Apache and Caddy.
_SERVED: Final = lazy_bytes(
    rb"""(?m)(?:^|[{;])[ \t]*(?:root|alias|DocumentRoot|Alias[ \t]+\S+)[ \t]+(?:\*[ \t]+)?["']?(/[\w./-]{1,300})"""
)
#: What pages are made of, and what shows pictures beside it; of files of data the beginning is read.
_TEMPLATES: Final = tuple(
    ".html .htm .xhtml .ejs .hbs .handlebars .mustache .erb .haml .slim .pug .twig .njk .liquid .j2 .jinja .jinja2 "
    ".tmpl .gohtml .tpl .cshtml .razor .heex .eex .leex .ftl .jsp .phtml .latte".split()
)
_SHOWING: Final = tuple(".css .scss .sass .less .styl .json .yml .yaml .webmanifest .xml .toml .svg".split())
_LOCKS: Final = ("-lock.json", "-lock.yaml", "compose.yml", "compose.yaml")
_MOST_DATA: Final = 1 << 18
#: Endings of manifests in which a plain name is that of a file beside them.
_BESIDE: Final = (".toml", ".cfg")
#: Manifests that name documents only for what is published.
_PACKED: Final = ("package.json", "Cargo.toml")
#: Manifests whose readers say themselves which files they name, and what package managers write.
_TOLD: Final = (*_PACKED, "pyproject.toml", "composer.json")
#: What stands in a path for what only the program knows.
_VARIABLE: Final = lazy(r"[*${}%<>]")
#: A first part of a path that only the program knows.
_UNKNOWN: Final = lazy(r"^[^/]*[${}%<>][^/]*/")
#: Endings of manifests in which a path may stand without quotes.
_DATA: Final = (
    ".yaml", ".yml", ".cabal", ".toml", ".cfg", ".json", ".in", ".pro", ".pri", ".cmake", ".am", ".ac", ".xml",
    "CMakeLists.txt", "dune", "dist.ini",
)  # fmt: skip
#: Settings of a program by their names, and the directories and endings of others.
_SETTINGS: Final = lazy(
    r"(?:config|settings|application|appsettings|default|production)(?:[.-][\w.-]*)?\."
    r"(?:ya?ml|json|toml|ini|properties|conf)"
)
_VARIABLES: Final = frozenset(
    ".env .env.example .env.sample .env.dist .env.prod .env.production .env.docker .env.template".split()
)
_SET: Final = ("config", "settings", "application", "appsettings", "default", "production")
_OF_SETTINGS: Final = frozenset(("config", "conf", "settings"))
#: A property of MSBuild, in which the directory of a project or a solution stands before a path.
_PROPERTY: Final = lazy(r"\$\(\w*(?:Dir|Directory)\w*\)/?")
#: Endings of settings that are read if a command names them.
_NAMED: Final = (".yaml", ".yml", ".toml", ".cfg", ".json", ".ini", ".conf", ".properties", ".xml", ".spec", ".nix")
#: What is in a directory that lies over that of the image, and is read where it comes to lie: no more of one file.
_LAID_OVER: Final = 1 << 16
#: A program that serves the directory where it is started, or where its file lies, with all that lies there.
_SERVES_ALL: Final = lazy_bytes(
    rb"""(?:\bstatic|\bserveStatic|\bserve_static|\bhttp\.Dir|\bStaticFiles|\bsirv|\bRack::(?:Directory|Files?)\.new|"""
    rb"""\bsend_from_directory|\bServeDir::new)\(\s*(?:directory\s*=\s*|\{\s*root:\s*)?"""
    rb"""(?:__dirname|process\.cwd\(\)|path\.(?:join|resolve)\(\s*__dirname\s*(?:,\s*["']\.?/?["']\s*)?\)|"""
    rb"""path\.resolve\(\s*(?:["']\.["']\s*)?\)|Dir\.pwd|os\.getcwd\(\)|["']\./?["'])\s*[,)}\n]|"""
    rb"""[sS]tatic[^;]{0,100}\broot:\s*(?:__dirname|process\.cwd\(\)|path\.(?:join|resolve)\(\s*__dirname\s*(?:,\s*["']\.?/?["']\s*)?\))\s*[,}\n]"""
)
#: One of these is in whatever has such a server in it, and with it one of those that say which directory that is.
_SERVING: Final = (b"tatic", b"http.Dir", b"sirv", b"Rack::", b"send_from", b"ServeDir")
_HERE: Final = (
    b"__dirname", b"process.cwd()", b"path.resolve(", b"Dir.pwd", b"os.getcwd()", b'"."', b"'.'", b'"./"', b"'./'",
)  # fmt: skip
#: A command in a text of a program, and of these those of which a plain word is a path.
_COMMAND: Final = lazy(
    r"(?:sudo\s+)?(?:cp|mv|cat|ln|tar|rsync|sh|bash|node|python3?|ruby|php|perl|deno|bun|go run)\s[^\n]*"
)
_COPYING: Final = lazy(r"(?:sudo\s+)?(?:cp|mv|tar|rsync)\s(?=.*(?:\s-\w|/))")
#: Projects whose paths have the other slash.
_BACKSLASHED: Final = (".csproj", ".fsproj", ".vbproj", ".props", ".targets")
#: Manifests whose paths begin in a directory of the sources.
_BELOW: Final = ("nest-cli.json", "Package.swift")
_QUOTES: Final = "\"'`"
#: What ends a path that stands in a manifest without quotes.
_ENDS: Final = _QUOTES + " \t,;:=()[]{}<>|"


class Mentions:
    """Where `paths`, directories and documents of the context, are named, and `pictures`, those of them that pages
    show. `commands` are those of the Dockerfiles, `is_run` says of a script of the project whether they run it, `go` of
    a package whether they build it. `together`: whether a reader may have it. `packs`: whether a package is made of the
    project, `copied` what instructions take by name."""

    def __init__(
        self,
        survey: Survey,
        commands: str,
        paths: Iterable[str],
        pictures: Iterable[str],
        is_run: Callable[[str], bool],
        go: GoPrograms,
        together: Callable[[str, str], bool],
        packs: Callable[[], bool],
        copied: Copied,
    ) -> None:
        self.survey = survey
        self.copied = copied
        self.together = together
        self.commands = commands
        self.is_run = is_run
        self.go = go
        self.packs = packs
        self._unread = frozenset(
            each.path for each in survey.candidates if each.directory and each.row and each.row.group == PROJECT
        )
        #: Names without an ending that says what they are.
        self._plain = frozenset(
            each.path.rpartition("/")[2]
            for each in survey.candidates
            if each.row and each.row.content == "of-component"
        )
        self.paths = sorted(paths)
        self._pictures = frozenset(pictures)
        #: The documents by their names.
        self._documents: dict[str, list[str]] = {}
        for each in self.paths:
            if survey.tree.kind(each) != "dir":
                self._documents.setdefault(each.rpartition("/")[2], []).append(each)
        self._found: dict[str, Need] | None = None

    def of(self, path: str) -> Need | None:
        """The first place that names a directory, or something in it."""
        if self._found is None:
            self._found = {}
            for need in self._search():
                if need.path not in self._found and self.together(need.file, need.path):
                    self._found[need.path] = need
        return self._found.get(path)

    def inside(self, path: str) -> Need | None:
        """The same, for a directory with another one in it that may go by itself."""
        self.of(path)
        below = (each for each in self.paths[bisect_left(self.paths, f"{path}/") :])
        for each in below:
            if not within(each, path):
                return None
            need = self.of(each) if self.survey.tree.kind(each) == "dir" else None
            if need is not None and not within(need.file, path):
                return need
        return None

    def _search(self) -> Iterator[Need]:
        names = sorted({path.rpartition("/")[2] for path in self.paths})
        yield from self._served()
        yield from self._referenced()
        pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, names)) or '(?!)'})(?![\w-])")
        raw = [name.encode() for name in names]
        yield from self._shown(pattern, raw)
        alike = _alike(raw)
        for file, data, manifest in self._sources():
            if self._documents and not manifest and (some := _reads_some(data)):
                rooted = _OF_ROOT.search(data) is not None
                endings = (".mdx",) if _ONLY_MDX.match(data[some.start() : some.end() + 1]) else (".md", ".rst", ".mdx")
                for path in self._component(file):
                    if not (rooted or "/" in path) or not path.endswith(endings):
                        continue
                    yield Need(path, "it reads documents", file, line=1 + data.count(b"\n", 0, some.start()))
            if not manifest and all(any(each in data for each in some) for some in (_SERVING, _HERE)):
                yield from self._serving_all(file, data)
            if b".spec" in data or b".test" in data or b".stories" in data:
                yield from self._specs(file, data)
            numbers = _numbers(data, [name for end, some in alike if end in data for name in some])
            if not numbers or (file.endswith(".go") and not self._is_compiled(file, data)):
                continue
            known = not manifest or catalog.part(self.survey.tree, file, self.commands) is None
            lines = data.decode(errors="replace").split("\n")
            for number in numbers:
                line = lines[number - 1]
                if _TESTING.search(line) or (_REMARK.match(line) and not (manifest and line.startswith("*"))):
                    continue
                if not self._is_tested and (_is_for_tests(lines, number) or _is_of_tests(file, lines, number)):
                    continue
                for found in pattern.finditer(line[: 10 * _LONGEST]):
                    for text, dotted in self._texts(
                        file, lines, number, found, manifest, _QUOTES[: 2 if file.endswith(".py") else 3]
                    ):
                        for path in (*self._meant(file, text, dotted), *self._called(file, text)):
                            yield Need(path, "it is named", file, line=number if known else 0)

    def _is_compiled(self, file: str, data: bytes) -> bool:
        """Whether a source of Go is a part of what is built: no build takes one that says `ignore`, unless somebody
        asks for it, as a generator or a makefile may."""
        asked = (posixpath.basename(file), "generate", "make", "mage", "task")
        if _LEFT_OUT in data[:500] and not any(word in self.commands for word in asked):
            return False
        return self.go.is_compiled(posixpath.dirname(file))

    def _is_mixed(self, name: str) -> bool:
        """Whether a command, or a task of the project that others make up, calls the task in a file of this name."""
        task = re.escape(name.rpartition(".")[0])
        called = re.compile(rf"\bmix\s[^;&|\n]*?(?<![\w-]){task}(?![\w-])|[\"'](?:[\w.]+\.)?{task}[\"' ]")
        texts = (self.commands, *map(self.survey.tree.text, self.survey.named("mix.exs")))
        return any(called.search(text) for text in texts)

    def _is_raked(self, path: str) -> bool:
        """Whether a command says the name of a task of Rake in a file, or the file has others run with one."""
        text = self.survey.tree.text(path)
        tasks = _RAKED.findall(text)
        return not tasks or any(each in text for each in _TOGETHER) or any(map(self.is_run, tasks))

    def _texts(
        self, file: str, lines: list[str], number: int, found: re.Match[str], manifest: bool, quotes: str
    ) -> Iterator[tuple[str, bool]]:
        """What of a line may be the path in which a name stands, and whether it is one with dots."""
        line = lines[number - 1]
        imported = _IMPORTED.match(line)
        if imported and imported.start(1) <= found.start() < imported.end(1):
            yield imported[1], True
            return
        if file.endswith(".py") and (module := _module(lines, number, found.start())):
            yield f"{module}{'' if module.endswith('.') else '.'}{found[0]}", True
            return
        ends = _ENDS if manifest else quotes
        start, end = found.start(), found.end()
        while start > 0 and line[start - 1] not in ends and found.start() - start < _LONGEST:
            start -= 1
        while end < len(line) and line[end] not in ends and end - found.end() < _LONGEST:
            end += 1
        if not manifest and (start == 0 or end == len(line)):
            return
        if line[end : end + 3].replace(" ", "").startswith(('":', "':")):
            return  # a key
        text = line[start:end].split("?")[0]
        if " " in text and not manifest and _COMMAND.match(text):
            at = found.start() - start
            word = text[text.rfind(" ", 0, at) + 1 :].split(" ")[0].strip(";")
            if "/" in word.strip("/") or _COPYING.match(text):
                yield word, False
            return
        if "://" in text or text.count(" ") > 2:
            return
        if found[0] in self._documents:
            if not found[0].endswith((".md", ".rst", ".adoc", ".txt")):
                is_path = text.endswith("/" + found[0])
                if found[0] in self._plain and catalog.is_manifest(posixpath.basename(file)):
                    if (is_path or text == found[0]) and not file.endswith(_TOLD):
                        yield text, False
                elif not manifest and (is_path or _USED.search(_before(lines, number, start))):
                    yield text, False
                return
            if not (manifest and file.endswith(_PACKED)):
                yield text, False
            return
        if file.endswith(".py") and (_DOTTED.fullmatch(text) or (text == found[0] and _is_listed(lines, number))):
            yield text, True
        if file.endswith("urls.py") and _ROUTED.search(_before(lines, number, start)):
            return
        if text.strip("/") == found[0] and not manifest and _COMPARED.search(line, max(0, start - _NEAR), start):
            return
        used = _PASSED if found[0] in _WORDS else _USED
        same = text.strip("/") == found[0]
        if same and (inner := _under(line, start)):
            yield f"{inner}/{text}", False
            return
        behind = text.startswith("/") and line[start - 1 : start] in ("}", ")")
        plain = manifest and same and (behind or _VALUE.search(line, 0, start)) and not line.lstrip().startswith("#")
        if "/" in text.strip("/") or plain or (not manifest and used.search(_before(lines, number, start))):
            joined = same and not manifest and line[: start - 1].rstrip().endswith(",")
            yield _with_what_follows(text, line[end:]) if joined else text, False

    def _meant(self, file: str, text: str, dotted: bool) -> Iterator[str]:
        """The directories that a text in a file may mean, or in which what it means lies."""
        above = posixpath.dirname(file)
        if dotted:
            plain = text.lstrip(".")
            up = len(text) - len(plain)
            text = "../" * (up - 1) + plain.replace(".", "/")
            bases = [above] if up else [above, "", *parents(file)]
        else:
            for module, home in self.go.modules:
                if text == module or text.startswith(module + "/"):
                    text = posixpath.join("/", home, text[len(module) + 1 :])
            if text.startswith(("//", "@//")):
                text = text.partition(":")[0]  # a label of Bazel
            text = _UNKNOWN.sub("", text)
            rooted = not text.startswith(".")
            bases = [above, "", *parents(file)] if rooted else [above, ""]
        if not VENDORED.isdisjoint(file.split("/")):
            # What others have written knows where it lies itself, and nothing of the project.
            bases = [each for each in bases if not VENDORED.isdisjoint(each.split("/"))]
        for placed in self.placed(text) if text.startswith("/") else ():
            if (found := self.above(placed)) is not None and self.survey.tree.exists(placed):
                yield found
        text = re.sub(r"^(?:@|~{1,2}|#)?/+", "", text)
        head = _VARIABLE.split(text, maxsplit=1)[0]
        if head != text and "/" in head:
            head = posixpath.dirname(head)
        for base in dict.fromkeys(bases):
            path = posixpath.normpath(posixpath.join(base, head))
            if file.endswith(_BELOW):
                path = path.lstrip("./")
            found = None if path.startswith("..") or path == "." else self.above(path)
            if found is None:
                continue
            # The last part with a dot before may be something in a module.
            wanted = [path, posixpath.dirname(path)] if dotted and posixpath.dirname(path) != found else [path]
            if found == path or any(self.survey.tree.exists(each + end) for each in wanted for end in _ENDINGS):
                yield found

    def placed(self, text: str) -> Iterator[str]:
        """The paths of the context that lie at a path of the image."""
        plain = posixpath.normpath(_VARIABLE.split(text, maxsplit=1)[0])
        for target, source in self.copied.places:
            if within(plain, target) and plain != target:
                yield posixpath.join(source, plain[len(target.rstrip("/")) + 1 :])

    def _shown(self, pattern: re.Pattern[str], names: list[bytes]) -> Iterator[Need]:
        """The pictures and documents that pages, styles and templates name."""
        if not self._pictures and not self._documents:
            return
        for file, data in self._pages():
            data = data if file.endswith(_TEMPLATES) else data[:_MOST_DATA]
            numbers = _numbers(data, names)
            lines = data.decode(errors="replace").split("\n") if numbers else []
            for number in numbers:
                for found in pattern.finditer(lines[number - 1][: 10 * _LONGEST]):
                    if found[0] in self._documents and not file.endswith(_TEMPLATES):
                        continue
                    for text, dotted in self._texts(file, lines, number, found, True, _QUOTES):
                        for path in (*self._meant(file, text, dotted), *self._called(file, text)):
                            if path in self._pictures or self.survey.tree.kind(path) != "dir":
                                yield Need(path, "it is named", file, line=number)

    def _pages(self) -> Iterator[tuple[str, bytes]]:
        """Pages, styles, templates and small files of data outside of the directories and of what tools read."""
        left, size = _MOST_FILES, _MOST_BYTES
        tree = self.survey.tree
        endings = _TEMPLATES + (_SHOWING if self._pictures else ())
        for directory in self._outside():
            for name in tree.names(directory):
                if not name.endswith(endings) or name.startswith(".") or name.endswith(_LOCKS):
                    continue
                if is_of_style(name):
                    continue
                path = join(directory, name)
                data = tree.read(path)
                if data is None or catalog.is_manifest(name):
                    continue
                yield path, data
                left, size = left - 1, size - len(data)
                if left < 0 or size < 0:
                    return

    def _referenced(self) -> Iterator[Need]:
        """The directories that alone a project of TypeScript is made of which another one refers to: the compiler ends
        where there is nothing in it."""
        tree = self.survey.tree
        for file in self.survey.named("tsconfig.json"):
            home = posixpath.dirname(file)
            told = tree.json(file).get("references")
            for each in told if isinstance(told, list) else ():
                path = each.get("path") if isinstance(each, dict) else None
                if not isinstance(path, str) or not path.endswith(".json"):
                    continue
                one = posixpath.normpath(posixpath.join(home, path))
                included = tree.json(one).get("include")
                texts = [text for text in included if isinstance(text, str)] if isinstance(included, list) else []
                found = [[*self._meant(one, text, False)] for text in texts]
                for first in found[:1] if all(found) else ():
                    yield Need(first[0], "a project has nothing else", one)

    def _specs(self, file: str, data: bytes) -> Iterator[Need]:
        """The sources that are called as tests are, and that another source takes."""
        for match in _SPEC.finditer(data):
            text = re.sub(r"^[@~]/", "src/", match[1].decode(errors="replace"))
            for end in _ENDINGS:
                path = posixpath.normpath(posixpath.join(posixpath.dirname(file), text + end))
                if not path.startswith("..") and self.survey.tree.exists(path):
                    yield Need(path, "it is named", file, line=1 + data.count(b"\n", 0, match.start()))

    def _served(self) -> Iterator[Need]:
        """What the settings of servers name. These are paths of the image: the end of one may be a path of the
        context."""
        tree, paths = self.survey.tree, frozenset(self.paths)
        for directory in self.survey.kept:
            for name in tree.names(directory):
                if not name.endswith(".conf") and name != "Caddyfile":
                    continue
                path = join(directory, name)
                data = tree.read(path) or b""
                for found in _SERVED.finditer(data):
                    parts = found[1].decode(errors="replace").strip("/").split("/")
                    ends = ("/".join(parts[at:]) for at in range(len(parts)))
                    for each in paths.intersection(ends):
                        yield Need(each, "a server serves it", path, line=1 + data.count(b"\n", 0, found.start(1)))

    def _serving_all(self, file: str, data: bytes) -> Iterator[Need]:
        """All that lies where a program serves whatever lies there."""
        if file.endswith(".go") and not self.go.is_compiled(posixpath.dirname(file)):
            return
        for found in _SERVES_ALL.finditer(data):
            home = posixpath.dirname(file) if b"__dirname" in found[0] else ""
            for path in self.paths:
                if not home or within(path, home):
                    line = 1 + data.count(b"\n", 0, found.start())
                    yield Need(path, "it serves the directory", file, line=line)

    def _called(self, file: str, text: str) -> Iterator[str]:
        """The documents that a text in a file may mean which does not say in which directory they lie."""
        above, _, name = text.rpartition("/")
        if not above and file.endswith(_BESIDE):
            return  # what lies beside it
        if name in self._documents and (not above or _VARIABLE.search(above)):
            yield from (each for each in self._component(file) if posixpath.basename(each) == name)

    def _component(self, file: str) -> Iterator[str]:
        """The documents of the component that a file belongs to."""
        home = next((each for each in parents(file) if each in self._homes), "")
        if not VENDORED.isdisjoint(file.split("/")):
            home = posixpath.dirname(file)
        return (each for some in self._documents.values() for each in some if not home or within(each, home))

    def _is_own(self, directory: str, name: str) -> bool:
        """Whether a file near the root is called like a program that commands run: that reads it unasked."""
        return directory.count("/") < 1 and _stem(name) in self.copied.programs()

    def _is_laid_over(self, directory: str, name: str) -> bool:
        """Whether a file is taken by its name, or lies in a directory that lies over that of the image: what starts
        there may read it."""
        path = join(directory, name)
        if name in catalog.LOCKS or name.endswith((".lock", *_LOCKS)):
            return False  # what was installed tells what it brought
        if path not in self.copied.files and not any(within(directory, each) for each in self.copied.over):
            return False
        data = self.survey.tree.read(path)
        return data is not None and len(data) < _LAID_OVER and b"\0" not in data

    @cached_property
    def _is_tested(self) -> bool:
        """Whether an image, or a command, is for an environment of tests."""
        return _FOR_TESTING.search(self.commands) is not None or any(map(_FOR_TESTING.search, self.copied.settings))

    @cached_property
    def _homes(self) -> frozenset[str]:
        """The directories of components."""
        manifests = self.survey.manifests
        return frozenset(posixpath.dirname(path) for name in catalog.ROOTS for path in manifests.get(name, ()))

    def above(self, path: str) -> str | None:
        """The nearest of the directories that is `path` or lies above it."""
        for each in (path, *parents(path)):
            at = bisect_left(self.paths, each)
            if at < len(self.paths) and self.paths[at] == each:
                return each
        return None

    def _outside(self) -> Iterator[str]:
        """The directories of the context outside of those that are asked about, of tests, and of what is not read."""
        for directory in self.survey.kept:
            if self.above(directory) is not None or not _HOMES.isdisjoint(directory.split("/")):
                continue
            if within(directory, _SUPPORT):
                continue
            if self._unread.isdisjoint((directory, *parents(directory))):
                yield directory

    def _sources(self) -> Iterator[tuple[str, bytes, bool]]:
        """Sources and manifests outside of the directories, without what a manifest leaves out."""
        left, size = _MOST_FILES, _MOST_BYTES
        tree = self.survey.tree
        for directory in self._outside():
            for name in tree.names(directory):
                source = name[name.rfind(".") :] in _COMPILED
                asked = name.endswith(_NAMED) and (
                    name in self.commands
                    or directory.endswith("assembly")
                    or self._is_own(directory, name)
                    or (name.endswith(".nix") and "nix" in self.commands)
                )
                asked = asked or (not source and self._is_laid_over(directory, name))
                settings = not source and not asked and _is_settings(directory, name)
                if (
                    not (source or asked or settings or catalog.is_manifest(name))
                    or _TEST.search(name)
                    or is_of_style(name)
                    or _TASKS.search(name)
                    or catalog.runner(name) not in (None, "rake", "nx")
                    or (name in catalog.PACKED and not self.packs())
                ):
                    continue  # of what has a runner, that what is run is known; what Rake and Nx run may be programs
                path = join(directory, name)
                if directory.partition("/")[0] in TOOLS and not self.is_run(path):
                    continue
                if not directory and source and is_task(tree, name) and not self.is_run(name):
                    continue
                if _MIX_TASKS in path and not self._is_mixed(name):
                    continue
                if _RAKE_TASKS in f"/{path}" and name.endswith(".rake") and not self._is_raked(path):
                    continue
                said = None if source else catalog.part(tree, path, self.commands)
                data = tree.read(path) if said is None else "\n".join(said).encode()
                if data is not None and name.endswith(".mdx"):
                    data = taken_by(data)
                if data is not None and name.endswith(".rs"):
                    data = _TESTED.split(data.decode(errors="replace"), maxsplit=1)[0].encode()
                if data is None:
                    continue
                if name.endswith(_BACKSLASHED):
                    data = _PROPERTY.sub("", data.replace(b"\\", b"/").decode(errors="replace")).encode()
                if settings and not catalog.is_manifest(name):
                    # A word may be anything else, but for the name of a section.
                    data = b"\n".join(each if b"/" in each or each[-1:] == b":" else b"" for each in data.split(b"\n"))
                if name.endswith(".go") and directory and self.go.leaves_out(directory, data):
                    continue
                if name.startswith("tsconfig") and name.endswith(".json"):
                    data = _INCLUDED.sub("", data.decode(errors="replace")).encode()
                if b"exclude" in data and (not source or name == "setup.py"):
                    data = EXCLUDED.sub("", data.decode(errors="replace")).encode()
                listed = said is not None or name.endswith(_DATA) or asked or settings
                yield path, data, not source and listed
                left, size = left - 1, size - len(data)
                if left < 0 or size < 0:
                    return


def _under(line: str, start: int) -> str:
    """The directory under which a text is put that begins there, where all of that stands before it."""
    before = line[max(0, start - _NEAR) : start]
    if "oin(" not in before:
        return ""
    if _PRIVATE.search(before):
        return "priv"
    found = _JOINED.search(before)
    return "/".join(re.findall(r"[\w./-]+", found[1])) if found else ""


def _stem(name: str) -> str:
    """The name of the program whose settings a file of this name may have."""
    return name.lstrip(".").partition(".")[0].lower()


def _reads_some(data: bytes) -> re.Match[bytes] | None:
    """The first reader of documents in a source. Most have not even what all words for one have in common, and are
    looked through twice and not for each of them; of others a few lines do."""
    if b".rst" in data or (b"md" in data and any(each in data for each in _ENDED)):
        for end in _ends(data, _ALL_ENDED):
            if found := SOME.search(data, data.rfind(b"\n", 0, end) + 1, end):
                return found
    return None


def _is_settings(directory: str, name: str) -> bool:
    """Whether a file in a directory has settings of a program, by its name or that of the directory."""
    if directory.rpartition("/")[2] in _OF_SETTINGS and name.endswith(_NAMED):
        return True
    return name in _VARIABLES or (name.startswith(_SET) and _SETTINGS.fullmatch(name) is not None)


def _alike(names: list[bytes]) -> list[tuple[bytes, list[bytes]]]:
    """Names by how they end, where several end alike, as documents do: of most sources the ending alone tells that
    none of them is there."""
    found: dict[bytes, list[bytes]] = {}
    for name in names:
        found.setdefault(name[name.rfind(b".") :] if b"." in name else b"", []).append(name)
    return [(end if len(some) > 1 else b"", some) for end, some in found.items()]


def _ends(data: bytes, words: list[bytes]) -> list[int]:
    """Where the lines of a source end in which one of the words is: in most there is none, and nothing else looks at
    them one by one."""
    found: set[int] = set()
    for word in words:
        at = data.find(word)
        while at >= 0:
            end = data.find(b"\n", at)
            if end < 0:
                found.add(len(data))
                break
            found.add(end)
            at = data.find(word, end + 1)
    return sorted(found)


def _numbers(data: bytes, words: list[bytes]) -> list[int]:
    """The numbers of these lines."""
    numbers, number, last = [], 1, 0
    for end in _ends(data, words):
        number += data.count(b"\n", last, end)
        numbers.append(number)
        last = end
    return numbers


def _before(lines: list[str], number: int, start: int) -> str:
    """What stands before a text in its line, and in the lines above where the line begins with it."""
    line = lines[number - 1]
    near = line[max(0, start - _NEAR) : start]
    if near.strip(" \t" + _QUOTES):
        return near
    above = [each[-2 * _NEAR :].strip()[-_NEAR:] for each in lines[max(0, number - 1 - _ABOVE) : number - 1]]
    return " ".join((*above, near.strip(" \t")))


def _with_what_follows(text: str, after: str) -> str:
    """A part of a path with those that stand behind it in the same call: `join(root, "docs", "a", "b.md")`. Only what
    they lead to is read, wherever the first part may be."""
    parts = _FURTHER.match(after)
    return "/".join((text, *re.findall(r"[\"'`]([\w./-]+)[\"'`]", parts[0][1:]))) if parts else text


def _module(lines: list[str], number: int, start: int) -> str | None:
    """The module from which the name at this place is taken; None: it is not."""
    found = _FROM.match(lines[number - 1])
    if found is not None:
        return found[1] if found.end() <= start else None
    for line in reversed(lines[max(0, number - _MOST_LISTED) : number - 1]):
        found = _FROM.match(line)
        if found is not None:
            return found[1] if "(" in line and ")" not in line else None
        if len(line) > _LONGEST or not re.fullmatch(r"[\s\w,#]*", line):
            return None
    return None


def _is_listed(lines: list[str], number: int) -> bool:
    """Whether a line is in the list of the parts of a program of Django."""
    for line in reversed(lines[max(0, number - _MOST_LISTED) : number]):
        if _PARTS_OF.search(line[:_LONGEST]):
            return True
        if line[:_LONGEST].strip().startswith(("]", ")")):
            return False
    return False


def _is_for_tests(lines: Sequence[str], number: int) -> bool:
    """Whether a line says what Mix compiles for tests alone."""
    line = lines[number - 1]
    return _COMPILED_TESTS in line or (line.lstrip().startswith("do:") and _COMPILED_TESTS in lines[number - 2])


def _is_of_tests(file: str, lines: Sequence[str], number: int) -> bool:
    """Whether a line of settings stands under the name of the environment of tests."""
    if not file.endswith((".yml", ".yaml")) or not lines[number - 1][:1].isspace():
        return False
    first = next((each for each in reversed(lines[: number - 1]) if each[:1].isalpha()), "")
    return first.startswith(("test:", "cucumber:"))
