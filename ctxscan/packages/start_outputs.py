"""Where a command writes that compiles or bundles its program whenever it starts."""

import posixpath
import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from ..dockerfile.shell import every_command
from ..paths import absolute
from ..regex import lazy
from .manifest import Files, table

#: How scripts of a manifest are run; of npm few may be called by their names alone.
_SCRIPT: Final = lazy(
    r"(?<![\w./-])(?:npm|pnpm|yarn|bun)\s+(?:(?:-s|--silent|-q|--quiet)\s+)*(?:(?:run|run-script)\s+)?"
    r"(?:(?:-s|--silent|--if-present)\s+)*([A-Za-z][\w:.-]*)(?=[\s;&|\"')]|$)"
)
_ALONE: Final = frozenset("start stop test restart".split())
_MOST_DEEP: Final = 3
_LAUNCHERS: Final = frozenset("npx bunx pnpx exec dlx yarn pnpm bun run cross-env env exec time".split())


class _Tool(NamedTuple):
    """A program that makes something: with the first of these words, if there are any, in these directories, unless one
    of the options names another; `.` is where it runs."""

    verbs: tuple[str, ...]
    places: tuple[str, ...]
    options: tuple[str, ...] = ()


_TOOLS: Final = {
    "next": _Tool(("build", "dev"), (".next",)),
    "nuxt": _Tool(("build", "generate", "dev"), (".nuxt", ".output")),
    "nuxi": _Tool(("build", "generate", "dev"), (".nuxt", ".output")),
    # It puts its settings, compiled, beside them.
    "vite": _Tool(("build",), ("dist", "."), ("--outDir",)),
    "react-scripts": _Tool(("build",), ("build",)),
    "vue-cli-service": _Tool(("build",), ("dist",), ("--dest",)),
    "ng": _Tool(("build",), ("dist", ".angular"), ("--output-path",)),
    "astro": _Tool(("build",), ("dist", ".astro"), ("--outDir",)),
    "nest": _Tool(("build", "start"), ("dist",)),
    "webpack": _Tool((), ("dist",), ("--output-path", "-o")),
    "parcel": _Tool(("build",), ("dist", ".parcel-cache"), ("--dist-dir",)),
    "tsup": _Tool((), ("dist",), ("--out-dir", "-d")),
    "rollup": _Tool((), ("dist",), ("--dir", "-d")),
    "gatsby": _Tool(("build",), ("public", ".cache")),
    "cargo": _Tool(("run", "build"), ("target",), ("--target-dir",)),
    "mvn": _Tool((), ("target",)),
    "mvnw": _Tool((), ("target",)),
    "gradle": _Tool((), ("build", ".gradle")),
    "gradlew": _Tool((), ("build", ".gradle")),
    "lein": _Tool((), ("target",)),
    "sbt": _Tool((), ("target", "project")),
    "mix": _Tool(("phx.server", "run", "compile", "ecto.migrate"), ("_build",)),
    "babel": _Tool((), (), ("--out-dir", "-d")),
    "swc": _Tool((), (), ("--out-dir", "-d")),
    "esbuild": _Tool((), (), ("--outdir",)),
    "tsc": _Tool((), (), ("--outDir",)),
    "vue-tsc": _Tool((), (), ("--outDir",)),
}
#: What of the packages programs keep for themselves as they start or serve what is worked on.
_CACHES: Final = {
    "vite": (("dev", "serve", ""), ".vite"),
    "react-scripts": (("start",), ".cache"),
    "vue-cli-service": (("serve",), ".cache"),
    "prisma": (("generate",), ".prisma"),
}
_SERVES: Final = frozenset(("preview", "dev", "serve", ""))
_OUT_DIR: Final = lazy(r"""["']?outDir["']?\s*:\s*["'`]([\w./-]+)["'`]""")
#: Where a bundler is told to write to, beside its settings, and that it is told so.
_OUTPUT: Final = lazy(r"""\bpath\s*:\s*(?:path\.)?(?:resolve|join)\(\s*__dirname\s*,\s*["'`]([\w./-]+)["'`]\s*\)""")
_HAS_OUTPUT: Final = lazy(r"\boutput\s*:\s*\{[^{}]*\bpath\s*[:,]")
_EXTENDS: Final = lazy(r'"extends"\s*:\s*"(\.[^"\n]+)"')
_COMMENT: Final = lazy(r"(?m)^\s*//.*$|/\*[\s\S]*?\*/")


def expanded(tree: Files, above: str | None, line: str, deep: int = 0) -> str:
    """A line with the scripts of the manifest that lies in `above` in the place of what runs them; None: there is
    none."""
    if above is None or _SCRIPT.search(line) is None:
        return line
    scripts = table(tree.json(posixpath.join(above, "package.json")), "scripts")

    def written(found: re.Match[str]) -> str:
        name, plain = found[1], " run" not in found[0]
        texts = [text for each in (f"pre{name}", name) if isinstance(text := scripts.get(each), str)]
        if name not in scripts or deep > _MOST_DEEP or (plain and found[0].startswith("npm") and name not in _ALONE):
            return found[0]
        return expanded(tree, above, " && ".join(texts), deep + 1)

    return _SCRIPT.sub(written, line)


class Made(NamedTuple):
    """The absolute directories that are written to, and whether there are others, of which nothing is known."""

    places: list[str]
    unread: bool


def made(tree: Files, above: str | None, line: str, cwd: str) -> Made:
    """What a line makes that is run in `cwd`, which has the files of the directory `above`, if that is known."""
    places: list[str] = []
    unread = False
    for words in map(list, every_command(line)):
        while words and (posixpath.basename(words[0]) in _LAUNCHERS or re.match(r"\w+=|-", words[0])):
            words.pop(0)
        name = posixpath.basename(words[0]) if words else ""
        if name == "cd" and len(words) > 1 and absolute(cwd, words[1]) != cwd:
            above = None if above is None or words[1].startswith("/") else posixpath.normpath(f"{above}/{words[1]}")
            cwd = absolute(cwd, words[1])
        tool = _TOOLS.get(name)
        verb = words[1] if len(words) > 1 and not words[1].startswith("-") else ""
        verbs, cache = _CACHES.get(name, ((), ""))
        if verb in verbs and not (name == "prisma" and _is_put_elsewhere(tree, above)):
            places.append(absolute(cwd, f"node_modules/{cache}"))
        if tool is None or {"--help", "--version", "-v", "--noEmit", "--no-emit"} & {*words}:
            continue
        if name == "vite" and verb in _SERVES:
            places.append(cwd)
        elif not tool.verbs or verb in tool.verbs:
            found = _found(tree, above, name, tool, words[1:])
            unread |= not found
            places += (absolute(cwd, each) for each in found)
    return Made(list(dict.fromkeys(places)), unread)


def _is_put_elsewhere(tree: Files, above: str | None) -> bool:
    """Whether the schema of Prisma says where its client goes, or is not where it is looked for."""
    text = tree.text(posixpath.join(above, "prisma/schema.prisma")) if above is not None else ""
    return re.search(r"(?m)^\s*generator\b", text) is None or re.search(r"(?m)^\s*output\s*=", text) is not None


def _found(tree: Files, above: str | None, name: str, tool: _Tool, arguments: Sequence[str]) -> list[str]:
    """The directories of a tool, as it is told by an option or in its settings; none: they are not known."""
    given = _value(arguments, *tool.options)
    if given is not None:
        return [given, *(each for each in tool.places if each.startswith("."))]
    if name in ("tsc", "vue-tsc"):
        return _of_compiler(tree, above, _value(arguments, "-p", "--project", "-b", "--build") or "tsconfig.json")
    if name == "vite" and above is not None:
        for each in tree.names(above):
            said = _OUT_DIR.search(tree.text(posixpath.join(above, each))) if each.startswith("vite.config.") else None
            if said is not None:
                return [said[1], *tool.places[1:]]
    if name == "webpack" and above is not None:
        for path in _settings_of_bundler(tree, above, arguments):
            text = tree.text(path)
            said = _OUTPUT.search(text)
            if said is not None:
                return [posixpath.relpath(posixpath.join(posixpath.dirname(path), said[1]), above or ".")]
            if _HAS_OUTPUT.search(text):
                return []
    return list(tool.places)


def _settings_of_bundler(tree: Files, above: str, arguments: Sequence[str]) -> list[str]:
    """The files of settings of Webpack: the one that is named, or those beside the manifest."""
    given = _value(arguments, "--config", "-c")
    if given is not None:
        return [posixpath.normpath(posixpath.join(above, given))]
    return [posixpath.join(above, each) for each in tree.names(above) if each.startswith("webpack.config.")]


def _of_compiler(tree: Files, above: str | None, settings: str) -> list[str]:
    """Where the compiler of TypeScript is told to write to, and where it notes what it has done."""
    found: list[str] = []
    for _ in range(_MOST_DEEP):
        if above is None:
            break
        path = posixpath.normpath(posixpath.join(above, settings))
        path = path if path.endswith(".json") else posixpath.join(path, "tsconfig.json")
        text = _COMMENT.sub("", tree.text(path))
        if re.search(r'"noEmit"\s*:\s*true', text):
            return ["."]
        if re.search(r'"(?:incremental|composite)"\s*:\s*true', text):
            found.append(".")
        said, extends = _OUT_DIR.search(text), _EXTENDS.search(text)
        if said is not None:
            return [posixpath.relpath(posixpath.join(posixpath.dirname(path), said[1]), above or "."), *found]
        if extends is None:
            break
        settings = posixpath.join(posixpath.relpath(posixpath.dirname(path) or ".", above or "."), extends[1])
    return []


def _value(arguments: Sequence[str], *options: str) -> str | None:
    for at, each in enumerate(arguments):
        option, equals, value = each.partition("=")
        if option in options and (equals or at + 1 < len(arguments)):
            return value if equals else arguments[at + 1]
    return None
