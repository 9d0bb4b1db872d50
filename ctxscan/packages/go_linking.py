"""Whether a program of Go is linked against the library of C: where there is a compiler of C, Go takes its resolver of
names and its list of users from there."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final, NamedTuple

from ..dockerfile.commands import Command
from ..paths import absolute
from ..regex import lazy
from .go_programs import MODULE, sources
from .manifest import Files

#: Packages of Go itself that are, or import, `net` or `os/user`.
_LINKED: Final = frozenset(
    "net net/http net/http/httptest net/http/httptrace net/http/httputil net/http/pprof net/mail net/rpc net/smtp "
    "net/textproto mime/multipart crypto/tls os/user log/syslog".split()
)
_IMPORT: Final = lazy(r'(?m)^(?:import)?[ \t]*(?:[\w.]+[ \t]+)?"([\w./-]+)"[ \t]*(?://.*)?$')
#: Sources for some systems alone, and what ends the imports of a source.
_CONSTRAINT: Final = lazy(r"(?m)^//(?:go:build|[ \t]*\+build)\b")
_BODY: Final = lazy(r"(?m)^(?:func|type|var|const)\b")
#: Packages of a program that are looked at.
_MOST: Final = 200
#: Options of `go build` that take the next word.
VALUED: Final = frozenset(
    "-o -p -mod -modfile -overlay -pgo -tags -ldflags -gcflags -asmflags -buildmode -installsuffix -C".split()
)


class Linked(NamedTuple):
    """The package that a source imports in a line."""

    package: str
    source: str
    line: int


def outputs(command: Command) -> Iterator[tuple[str, str]]:
    """The absolute path of each program that `go build` makes, and its package; none: it is another command, or there
    is no plain name for it."""
    if command.name not in ("go", "xx-go") or command.words[:1] != ["build"]:
        return
    made, packages = "", []
    todo = iter(command.arguments[1:])
    for each in todo:
        option, equals, value = each.partition("=")
        if option == "-o":
            made = value if equals else next(todo, "")
        elif option in VALUED and not equals:
            next(todo, None)
        elif not each.startswith("-"):
            packages.append(each)
    if not made or "$" in made:
        return
    if made.endswith("/"):  # a directory, where each is called as its package
        for each in packages:
            name = posixpath.basename(each.rstrip("/"))
            if name not in ("", ".", "..", "..."):
                yield absolute(command.cwd, made + name), each.rstrip("/")
    elif len(packages) < 2:
        yield absolute(command.cwd, made), packages[0] if packages else "."


def linked(tree: Files, module: str, package: str) -> Linked | None:
    """What has a program linked against the library of C. `module` is the directory of its `go.mod`, and `package` a
    directory of the context, or a source."""
    return next((each for each in imported(tree, module, package) if each.package in _LINKED), None)


def imported(tree: Files, module: str, package: str) -> Iterator[Linked]:
    """What a program takes from elsewhere, with all of its own packages that it consists of."""
    found = MODULE.search(tree.text(posixpath.join(module, "go.mod")))
    if found is None:
        return
    todo = [package]
    seen = set(todo)
    while todo and len(seen) <= _MOST:
        here = todo.pop(0)
        for source in [here] if here.endswith(".go") else sources(tree, here):
            text = tree.text(source)
            if _CONSTRAINT.search(text):
                continue
            body = _BODY.search(text)
            for each in _IMPORT.finditer(text, 0, body.start() if body else len(text)):
                name = each[1]
                if name != found[1] and not name.startswith(found[1] + "/"):
                    yield Linked(name, source, text.count("\n", 0, each.start(1)) + 1)
                    continue
                inner = posixpath.join(module, name[len(found[1]) + 1 :]).rstrip("/")
                if inner not in seen:
                    seen.add(inner)
                    todo.append(inner)
