"""Programs that load a `.env` by themselves, and what becomes of those that find none.

Most go on: they load it if there is one. Some end without the file, and some without a variable that it alone has.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from ..paths import ENVIRONMENTS, LIBRARIES, VENDORED, join
from ..regex import lazy, lazy_bytes
from .manifest import Files

#: What loads one, in each language.
_JS: Final = lazy_bytes(
    rb"dotenv(?:-\w+)?/config|\brequire\(\s*[\"']dotenv[\"']|\bfrom\s+[\"']dotenv[\"']|\bloadEnvFile\("
)
_JVM: Final = lazy_bytes(rb"\bDotenv\.(?:load|configure)\(|\bdotenv\s*\{")
_LOADS: Final = {
    **dict.fromkeys((".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"), _JS),
    **dict.fromkeys((".java", ".kt"), _JVM),
    **dict.fromkeys((".ex", ".exs"), lazy_bytes(rb"\bDotenvy?\.(?:load|source)!?\(")),
    ".jl": lazy_bytes(rb"\bDotEnv\.(?:load!?|config)\("),
    ".py": lazy_bytes(rb"\b(?:load_dotenv|dotenv_values|read_env)\(|\b(?:from|import)\s+decouple\b"),
    ".go": lazy_bytes(rb"\bgodotenv\.(?:Load|Overload|Read)\(|/godotenv/autoload\""),
    ".rs": lazy_bytes(rb"\bdotenvy?::\w|\bdotenvy?\(\)"),
    ".php": lazy_bytes(rb"\bDotenv::create\w*\(|\bnew\s+Dotenv\(|->(?:loadEnv|bootEnv)\("),
    ".rb": lazy_bytes(rb"\bDotenv\.(?:over)?load\b|[\"']dotenv/load[\"']|\bDotenv::"),
    ".cs": lazy_bytes(rb"\b(?:Env|DotEnv)\.Load\("),
}
#: The same where the program ends if there is none.
_ENDS: Final = {
    **dict.fromkeys((".java", ".kt"), lazy_bytes(rb"\bDotenv\.load\(\)")),
    ".go": lazy_bytes(
        rb"\bgodotenv\.(?:Load|Overload|Read)\([^()\n]*\)[^}]{0,200}?(?:\blog\.(?:Fatal|Panic)\w*\(|\bpanic\(|os\.Exit\()"
    ),
    ".rs": lazy_bytes(rb"\bdotenvy?(?:::dotenv)?\(\)\s*(?:\.expect\(|\.unwrap\(|\?)"),
    ".php": lazy_bytes(rb"\bDotenv::create\w*\([^;]{0,200}\)\s*->\s*load\("),
    ".rb": lazy_bytes(rb"\bDotenv\.(?:over)?load!"),
}
#: What asks for a variable, and ends where there is none.
_ASKS: Final = {
    **dict.fromkeys((".ex", ".exs"), lazy_bytes(rb"\bfetch_env!\(\s*\"(\w+)\"")),
    ".jl": lazy_bytes(rb"\bENV\[\"(\w+)\"\](?!\s*=[^=])"),
    ".py": lazy_bytes(rb"\b(?:os\.)?environ\[[\"'](\w+)[\"']\](?!\s*=[^=])|\b(?:config|env)\(\s*[\"'](\w+)[\"']\s*\)"),
    ".rb": lazy_bytes(rb"\bENV\.fetch\(\s*[\"'](\w+)[\"']\s*\)(?!\s*(?:\{|do\b))"),
    ".rs": lazy_bytes(rb"\benv::var\(\s*\"(\w+)\"\s*\)\s*(?:\.expect\(|\.unwrap\(\)|\?)"),
}
#: What somebody looks at first.
_LOOKS: Final = (
    rb"haskey\(\s*ENV\s*,\s*\"%s\"|[\"']%s[\"']\s+(?:not\s+)?in\s+(?:os\.)?environ|setdefault\(\s*[\"']%s[\"']"
)
_ONLY_IF: Final = lazy_bytes(rb"os\.(?:Stat|Getenv|LookupEnv)\(|file_exists\(|\bexists\(")
_BEFORE: Final = 300
_VARIABLE: Final = lazy(r"(?m)^[ \t]*(?:export[ \t]+)?(\w+)[ \t]*=")
_ASIDE: Final = LIBRARIES | VENDORED | ENVIRONMENTS | frozenset("tests test spec e2e __tests__".split())
_MOST_ENTRIES: Final = 20_000
_MOST_FILES: Final = 1000


class Loaded(NamedTuple):
    """Who loads a `.env`, as `file:1`; whether the program `ends` without the file; and the variables of it that it
    cannot do without, each with the line that asks for it."""

    place: str
    ends: bool
    asks: dict[str, str]


def loaded(tree: Files, path: str) -> Loaded | None:
    """Who loads the `.env` at a path, as far as a source beside it or below tells; None: nobody."""
    if posixpath.basename(path) != ".env":
        return None
    variables = set(_VARIABLE.findall(tree.text(path)))
    place, ends, asks = "", False, dict[str, str]()
    for file, data in _sources(tree, posixpath.dirname(path)):
        ending = posixpath.splitext(file)[1]
        if (found := _LOADS[ending].search(data)) is not None:
            end = _ENDS[ending].search(data) if ending in _ENDS else None
            sure = end is not None and not _ONLY_IF.search(data, max(0, end.start() - _BEFORE), end.start())
            if not place or (sure and not ends):
                place, ends = f"{file}:{_line(data, found.start())}", sure
        for match in _ASKS[ending].finditer(data) if ending in _ASKS else ():
            name = next(filter(None, match.groups()))
            if name.decode() in variables and not re.search(_LOOKS.replace(b"%s", name), data):
                asks.setdefault(name.decode(), f"{file}:{_line(data, match.start())}")
    return Loaded(place, ends, asks) if place else None


#: What of Symfony loads one, and ends without it, whatever the container is given.
_SYMFONY: Final = lazy_bytes(rb"\bautoload_runtime\.php|->(?:loadEnv|bootEnv)\(")
_OF_SYMFONY: Final = ("symfony/dotenv", "symfony/framework-bundle")
#: Files of which one does instead.
_INSTEAD: Final = (".env.dist", ".env.local.php")


def loaded_by_symfony(tree: Files, path: str) -> str | None:
    """Where a project of Symfony loads the `.env` at a path, which it cannot start without: as `file:1`; None:
    nowhere."""
    above, _, name = path.rpartition("/")
    wanted = tree.json(join(above, "composer.json")).get("require") if name == ".env" else None
    if not isinstance(wanted, dict) or wanted.keys().isdisjoint(_OF_SYMFONY):
        return None
    if not {*_INSTEAD}.isdisjoint(tree.names(above)):
        return None
    for place in ("public/index.php", "config/bootstrap.php", "bin/console"):
        data = tree.read(join(above, place)) or b""
        if (found := _SYMFONY.search(data)) is not None:
            return f"{join(above, place)}:{_line(data, found.start())}"
    return None


class Composed(NamedTuple):
    """A name of such a file that a program makes of a variable: how it begins and ends, who loads it, as `file:1`, and
    whether the program `ends` where there is none."""

    head: str
    tail: str
    place: str
    ends: bool

    def fits(self, name: str) -> bool:
        return len(name) > len(self.head + self.tail) and name.startswith(self.head) and name.endswith(self.tail)


#: A name in quotes with a variable in it, as Ruby, scripts, PHP and Python write it.
_COMPOSED: Final = lazy_bytes(
    rb"(\w?)[\"'`](?:[\w./-]*/)?(\.env[\w.-]*)(#\{[^}\n]*\}|\$\{[^}\n]*\}|\{\$?[^}\n]*\}|\$\w+)([\w.-]*)[\"'`]"
)


def composed(tree: Files, directory: str) -> tuple[Composed, ...]:
    """The names of such files in a directory that a source in it or below makes of a variable."""
    found: list[Composed] = []
    for file, data in _sources(tree, directory):
        ending = posixpath.splitext(file)[1]
        for match in _COMPOSED.finditer(data) if b".env" in data else ():
            before, head, variable, tail = match.groups()
            # Of plain braces only Python makes a variable, where the text says so.
            if variable[:1] == b"{" and variable[:2] != b"{$" and not (ending == ".py" and before in b"fF" and before):
                continue
            start = data.rfind(b"\n", 0, match.start()) + 1
            end = _ENDS[ending].search(data, start, match.end()) if ending in _ENDS else None
            found.append(Composed(head.decode(), tail.decode(), f"{file}:{_line(data, start)}", end is not None))
    return tuple(found)


def _line(data: bytes, at: int) -> int:
    return data.count(b"\n", 0, at) + 1


def _sources(tree: Files, directory: str) -> Iterator[tuple[str, bytes]]:
    left, most, todo = _MOST_ENTRIES, _MOST_FILES, [directory]
    while todo and left > 0:
        here = todo.pop(0)
        names = tree.names(here)
        left -= len(names)
        for name in names:
            path = join(here, name)
            if posixpath.splitext(name)[1] in _LOADS:
                most -= 1
                if most < 0:
                    return
                yield path, tree.read(path) or b""
            elif "." not in name and name not in _ASIDE:
                todo.append(path)  # a directory, most likely
