"""Files and directories that the sources of a program name in the calls that read or serve them."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterator
from typing import Final

from ..paths import absolute
from ..regex import lazy
from .programs import Imported, module_of

_JS_READS: Final = lazy(
    r"\b(?:readFileSync|readFile|createReadStream|sendFile|express\.static|serveStatic|fastifyStatic)\(\s*"
    # Beside the source, or where the program runs.
    r"(?:(?P<beside>(?:path\.)?(?:join|resolve)\(\s*(?:__dirname|import\.meta\.dirname)\s*,\s*|__dirname\s*\+\s*|new\s+URL\(\s*))?"
    r"[\"'`](?P<path>[\w@./-]+)[\"'`](?P<more>(?:\s*,\s*[\"'`][\w@./-]+[\"'`])*)"
)
_NAMES: Final = lazy(r"[\"'`]([\w@./-]+)[\"'`]")
_PATH: Final = lazy(r"(?:\./)?[\w@-][\w@.-]*(?:/[\w@.-]+)*/?")
#: Calls of Python that read what they are given, and the keyword by which they may be given it.
_READS: Final = {
    **dict.fromkeys(("open", "FileSystemLoader", "send_file", "FileResponse"), "path"),
    **dict.fromkeys(("Jinja2Templates", "StaticFiles"), "directory"),
}
#: Settings of Django that name directories.
_SETTINGS: Final = frozenset(("TEMPLATES", "STATICFILES_DIRS", "LOCALE_PATHS"))


def reads(path: str, text: str, cwd: str) -> Iterator[Imported]:
    """What the source at an absolute path reads or serves by a literal name, whatever happens; `cwd` is where its
    program runs."""
    if path.endswith(".py"):
        yield from _python(path, text, cwd)
    elif path.endswith((".js", ".mjs", ".cjs", ".ts")):
        yield from _javascript(path, text, cwd)


def _javascript(path: str, text: str, cwd: str) -> Iterator[Imported]:
    for found in _JS_READS.finditer(text):
        # Of words behind the first, only those of a path that is put together belong to it.
        words = [found["path"], *(_NAMES.findall(found["more"]) if found["beside"] else ())]
        name = posixpath.join(*(each.lstrip("/") if at or found["beside"] else each for at, each in enumerate(words)))
        if "existsSync" in text and text.count(words[-1]) > 1:
            continue  # it looks first
        if _PATH.fullmatch(name) or name.startswith("../"):
            home = posixpath.dirname(path) if found["beside"] else cwd
            yield Imported(name, text.count("\n", 0, found.start()) + 1, (absolute(home, name),))


def _python(path: str, text: str, cwd: str) -> Iterator[Imported]:
    module = module_of(text)
    if module is None:
        return
    above = posixpath.dirname(path)
    todo: list[ast.AST] = [module]
    while todo:
        node = todo.pop()
        if isinstance(node, (ast.If, ast.Try, ast.IfExp)):
            continue  # it looks first, or goes on
        if isinstance(node, ast.Assign) and any(
            isinstance(each, ast.Name) and each.id in _SETTINGS for each in node.targets
        ):
            for name, line in _directories(node.value):
                yield Imported(
                    name,
                    line,
                    tuple(dict.fromkeys(absolute(each, name) for each in (posixpath.dirname(above), above, cwd))),
                )
        if isinstance(node, ast.Call):
            yield from _called(node, above, cwd)
        todo += ast.iter_child_nodes(node)


def _called(node: ast.Call, above: str, cwd: str) -> Iterator[Imported]:
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if called == "Flask" and node.args and isinstance(node.args[0], ast.Name) and node.args[0].id == "__name__":
        keywords = {each.arg for each in node.keywords}
        for folder, keyword in (("templates", "template_folder"), ("static", "static_folder")):
            if keyword not in keywords:
                yield Imported(folder, node.lineno, (absolute(above, folder),))
        return
    if called not in _READS or (called == "open" and isinstance(node.func, ast.Attribute)):
        return
    given = [*node.args[:1], *(each.value for each in node.keywords if each.arg == _READS[called])]
    modes = [each.value for each in node.args[1:2] if isinstance(each, ast.Constant)]
    if called == "open" and any(isinstance(each, str) and set(each) & set("wax+") for each in modes):
        return
    for each in given:
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and _PATH.fullmatch(each.value):
            yield Imported(each.value, node.lineno, (absolute(cwd, each.value),))


def _directories(value: ast.expr) -> Iterator[tuple[str, int]]:
    """The names at the end of what is put together as `BASE_DIR / "a"` or `join(BASE_DIR, "a")`."""
    for node in ast.walk(value):
        name: ast.expr | None = None
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and isinstance(node.left, ast.Name):
            name = node.right
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "join"
            and len(node.args) == 2
        ):
            name = node.args[1]
        if isinstance(name, ast.Constant) and isinstance(name.value, str) and _PATH.fullmatch(name.value):
            yield name.value, name.lineno
