"""What a build of a Node project reads besides its sources: the configurations of the programs that it runs, and the
files in which variables of a front end are set.

Found through the scripts of a `package.json`, one after the other.
"""

import posixpath
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from ..dockerfile.commands import Command
from ..regex import lazy
from ..rules import globs
from .essential import Essential
from .manifest import Files, beside, reaching, table

_MANAGERS: Final = frozenset(("npm", "yarn", "pnpm", "bun"))
_LAUNCHERS: Final = frozenset(("npx", "bunx", "pnpx"))
#: Options of a manager that mean another package than that of the directory.
_ELSEWHERE: Final = frozenset(
    "--prefix --cwd -C --dir --filter -F -w --workspace --workspaces -r --recursive -ws".split()
)
#: Scripts that are followed from one command.
_MOST_SCRIPTS: Final = 40


class _Tool(NamedTuple):
    """A program that builds. `verbs`: the first words with which it does, none: always; `reads` are the names of its
    configuration and of the page that it begins with, `given` the options that name another, `prefix` what variables
    begin with that it takes out of files, from those of a mode first."""

    verbs: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    prefix: str = ""


_STYLES: Final = ("postcss.config.*", "tailwind.config.*")
_BABEL: Final = ("babel.config.*", ".babelrc", ".babelrc.js", ".babelrc.json")
_TOOLS: Final = {
    "tsc": _Tool((), ("tsconfig.json",), ("-p", "--project", "-b", "--build")),
    "vue-tsc": _Tool((), ("tsconfig.json",), ("-p", "--project", "-b", "--build")),
    "nest": _Tool(("build",), ("nest-cli.json", "tsconfig.json", "tsconfig.build.json"), ("-c", "--config")),
    "next": _Tool(("build",), ("next.config.*", "tsconfig.json", *_STYLES), (), "NEXT_PUBLIC_"),
    "vite": _Tool(("build",), ("vite.config.*", "index.html", *_STYLES), ("-c", "--config"), "VITE_"),
    "react-scripts": _Tool(("build",), ("public/index.html", "tsconfig.json"), (), "REACT_APP_"),
    "craco": _Tool(("build",), ("craco.config.*", "public/index.html", "tsconfig.json"), (), "REACT_APP_"),
    "vue-cli-service": _Tool(("build",), ("vue.config.*", "public/index.html", *_BABEL), (), "VUE_APP_"),
    "nuxt": _Tool(("build", "generate"), ("nuxt.config.*",)),
    "nuxi": _Tool(("build", "generate"), ("nuxt.config.*",)),
    "astro": _Tool(("build",), ("astro.config.*",), ("--config",), "PUBLIC_"),
    "gatsby": _Tool(("build",), ("gatsby-config.*", "gatsby-node.*"), (), "GATSBY_"),
    "ng": _Tool(("build",), ("angular.json", "tsconfig.json")),
    "webpack": _Tool(("", "build", "bundle"), ("webpack.config.*",), ("-c", "--config")),
    "babel": _Tool((), _BABEL, ("--config-file",)),
    "docusaurus": _Tool(("build",), ("docusaurus.config.*",), ("--config",)),
    "tsup": _Tool((), ("tsup.config.*",), ("--config",)),
    "prisma": _Tool(("generate",), ("prisma/schema.prisma",), ("--schema",)),
    "quasar": _Tool(("build",), ("quasar.config.*", "quasar.conf.js")),
    "turbo": _Tool(("run", "build"), ("turbo.json",)),
    "nx": _Tool(("build", "run", "run-many"), ("nx.json",)),
    "gulp": _Tool((), ("gulpfile.*",), ("-f", "--gulpfile")),
    "grunt": _Tool((), ("Gruntfile.*", "gruntfile.*"), ("--gruntfile",)),
}  # fmt: skip
#: What only prints something, or makes the file.
_IDLE: Final = frozenset("--version -v --help -h --init --showConfig".split())
#: The shell goes on where one of two fails, or the script moves.
_CAREFUL: Final = lazy(r"\|\||(?:^|[;&]\s*)cd\s|\bif\b|\btest\s|\[\s")
_SETS: Final = lazy(r"(?m)^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=")
#: Variables without a secret in such a file, besides those of the front end.
_HARMLESS: Final = frozenset(
    "NODE_ENV PORT HOST CI BROWSER PUBLIC_URL GENERATE_SOURCEMAP INLINE_RUNTIME_CHUNK TSC_COMPILE_ON_ERROR "
    "DISABLE_ESLINT_PLUGIN ESLINT_NO_DEV_ERRORS SKIP_PREFLIGHT_CHECK NEXT_TELEMETRY_DISABLED BASE_URL".split()
)
#: Where Prisma is told what it reads.
_OF_PRISMA: Final = "prisma.config.*"
_COMPILERS: Final = frozenset(("tsc", "vue-tsc"))
#: The directory that all sources lie in, for a compiler that is told so.
_ROOT: Final = lazy(r'(?m)^\s*"rootDir"\s*:\s*"([\w./-]+)"')
_EXTENDS: Final = lazy(r'"extends"\s*:\s*"(\.[^"\n]+)"')


class Call(NamedTuple):
    """A program as it is called: by a script of the manifest in a line of it (0: by the Dockerfile itself)."""

    name: str
    arguments: tuple[str, ...]
    line: int


def built(command: Command) -> Iterator[str]:
    """The directory in which a command runs a script or a program that builds."""
    found = _called(command.name, command.arguments)
    if found is not None and not _ELSEWHERE & {each.partition("=")[0] for each in command.arguments}:
        yield command.cwd


def needs(tree: Files, manifest: str, start: str, command: Command) -> Iterator[Essential]:
    """The configurations on disk that the programs of a build read, and files with the variables that they put in."""
    if posixpath.dirname(manifest) != start:
        return
    seen: set[str] = set()
    for call in calls(tree, manifest, command):
        for each in _of_call(tree, manifest, call, command):
            if each.path not in seen:
                seen.add(each.path)
                yield each


def _called(name: str, arguments: tuple[str, ...]) -> tuple[str, tuple[str, ...]] | None:
    """The script that a command runs, as `run NAME`, or the program with its arguments; None: neither."""
    words = list(arguments)
    if name in _LAUNCHERS:
        while words and words[0].startswith("-"):
            words.pop(0)
        return _called(words[0], tuple(words[1:])) if words else None
    if name in _MANAGERS:
        while words and words[0].startswith("-"):
            words.pop(0)
        if words[:1] in (["run"], ["run-script"]):
            rest = [each for each in words[1:] if not each.startswith("-")]
            return ("run", (rest[0],)) if rest else None
        if words[:1] in (["exec"], ["dlx"], ["x"]):
            return _called(words[1], tuple(words[2:])) if len(words) > 1 and words[1] != "--" else None
        if name != "npm" and words:
            # Of yarn, pnpm and bun a word alone is a script, or a program.
            return _called(words[0], tuple(words[1:])) if words[0] in _TOOLS else ("run", (words[0],))
        return None
    bare = posixpath.basename(name)
    return (bare, tuple(words)) if bare in _TOOLS else None


def calls(tree: Files, manifest: str, command: Command) -> Iterator[Call]:
    """The programs that build and that a command runs, by scripts of the manifest or by itself."""
    scripts = {name: text for name, text in table(tree.json(manifest), "scripts").items() if isinstance(text, str)}
    first = _called(command.name, command.arguments)
    todo, seen = [(first, 0)] if first is not None else [], set[str]()
    while todo and len(seen) < _MOST_SCRIPTS:
        (name, arguments), line = todo.pop(0)
        if name != "run":
            yield Call(name, arguments, line)
            continue
        for script in (f"pre{arguments[0]}", arguments[0], f"post{arguments[0]}"):
            text = scripts.get(script)
            if text is None or script in seen:
                continue
            seen.add(script)
            if _CAREFUL.search(text):
                continue
            at = line_of(tree, manifest, script)
            todo += [(found, at) for words in simple_commands(text) if (found := _called(words[0], words[1:]))]


def simple_commands(text: str) -> Iterator[tuple[str, ...]]:
    """The words of each command of a script, without what only sets variables for it."""
    for part in re.split(r"&&|;|\n|&", text):
        words = [each.strip("\"'") for each in part.split()]
        while words and (words[0] in ("cross-env", "cross-env-shell", "env") or re.match(r"\w+=", words[0])):
            words.pop(0)
        if words:
            yield tuple(words)


def line_of(tree: Files, manifest: str, script: str) -> int:
    """The line of a script in its manifest; 0: it is not plain."""
    lines = tree.text(manifest).splitlines()
    found = [at for at, line in enumerate(lines, 1) if re.match(rf'\s*"{re.escape(script)}"\s*:\s*"', line)]
    return found[0] if len(found) == 1 else 0


def _of_call(tree: Files, manifest: str, call: Call, command: Command | None) -> Iterator[Essential]:
    tool = _TOOLS[call.name]
    given = _value(call.arguments, *tool.given)
    words = [each for each in call.arguments if not each.startswith("-") and each != given]
    verb = words[0] if words else ""
    if _IDLE & set(call.arguments) or (tool.verbs and verb not in tool.verbs):
        return
    file = manifest if call.line else ""
    said = call.name if not tool.verbs or not verb else f"{call.name} {verb}"
    names = tool.reads if given is None else (given,)
    if given is None and call.name in _COMPILERS and any(each.endswith((".ts", ".tsx")) for each in words):
        return  # it compiles the files that are named, and reads no settings
    above = posixpath.dirname(manifest)
    if call.name == "prisma" and (table(tree.json(manifest), "prisma") or _matching(tree, above, _OF_PRISMA)):
        return  # perhaps it is told of another schema
    for name in names:
        for path in beside(manifest, *_matching(tree, above, name)):
            sources = _sources(tree, path) if call.name in _COMPILERS else ()
            for each in (path, *sources):
                yield Essential(each, said, file, call.line, joined=f"{manifest} {said}")
            yield from _extended(tree, path)
    if tool.prefix and command is not None:
        yield from _variables(tree, manifest, call, command, said)


def styles(tree: Files, manifest: str, call: Call) -> Iterator[str]:
    """The settings on disk by which a program that builds finds what PostCSS is to load."""
    for each in _of_call(tree, manifest, call, None):
        if globs.matches(_STYLES[0], posixpath.basename(each.path)):
            yield each.path


def _matching(tree: Files, above: str, name: str) -> list[str]:
    if globs.is_wild(name):
        return [each for each in tree.names(above) if globs.matches(name, each) and not each.endswith(".d.ts")]
    place = posixpath.normpath(posixpath.join(above, name))
    if tree.exists(posixpath.normpath(posixpath.join(place, "tsconfig.json"))):
        return [posixpath.join(name, "tsconfig.json")]
    return [name] if tree.exists(place) else []


def _sources(tree: Files, path: str) -> tuple[str, ...]:
    """The directory of the sources that settings of TypeScript name."""
    found = _ROOT.search(tree.text(path))
    return () if found is None else tuple(each for each in beside(path, found[1]) if tree.names(each))


def _extended(tree: Files, path: str) -> Iterator[Essential]:
    """The settings that others of TypeScript take in."""
    seen = {path}
    while posixpath.basename(path).startswith("tsconfig"):
        found = _EXTENDS.search(tree.text(path))
        if found is None:
            return
        line = tree.text(path).count("\n", 0, found.start()) + 1
        names = [found[1], f"{found[1]}.json"]
        outside = next((each for each in reaching(path, *names) if each.startswith("../")), None)
        if outside is not None:
            ending = "" if outside.endswith(".json") else ".json"
            yield Essential(outside + ending, posixpath.basename(path), path, line)
            return
        there = next((each for each in beside(path, *names) if tree.exists(each)), None)
        if there is None or there in seen:
            return
        yield Essential(there, posixpath.basename(path), path, line)
        seen.add(there)
        path = there


def _value(arguments: tuple[str, ...], *options: str) -> str | None:
    for at, each in enumerate(arguments):
        option, equals, value = each.partition("=")
        if option in options:
            found = value if equals else next(iter(arguments[at + 1 : at + 2]), "")
            return found if found and not found.startswith("-") else None
    return None


def _variables(tree: Files, manifest: str, call: Call, command: Command, said: str) -> Iterator[Essential]:
    """The files of a mode with variables for the front end that the Dockerfile does not set."""
    tool = _TOOLS[call.name]
    mode = _value(call.arguments, "--mode", "-m") or "production"
    for name in (f".env.{mode}", ".env"):
        for path in beside(manifest, name):
            keys = _SETS.findall(tree.text(path))
            wanted = tuple(key for key in keys if key.startswith(tool.prefix) and command.setting(key) is None)
            if not wanted:
                continue
            private = any(not key.startswith(tool.prefix) and key not in _HARMLESS for key in keys)
            file = manifest if call.line else ""
            needed = Essential(path, said, file, call.line, held=True, tracked=name == ".env", given=wanted)
            yield needed._replace(private=private)
