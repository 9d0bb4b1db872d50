"""Where the programs that build a Node project put what they make, as far as that is plain.

Next makes `.next/standalone` where its settings ask for it and never `public`; Create React App makes `build`, Vite
`dist` or what its settings name by a literal, Angular what `angular.json` names, in `browser` from its 17th version on.
A script that does more than call them, or settings that say otherwise, tell nothing.
"""

import posixpath
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from ..dockerfile.commands import Command
from ..paths import within
from ..regex import lazy
from . import node_builds
from .manifest import Files, table

#: What a script may call besides, since it makes nothing that would be copied.
_BESIDE: Final = frozenset("tsc vue-tsc eslint prisma rimraf cross-env".split())
#: The directory of a build's output, by the program.
_MAKES: Final = {"react-scripts": "build", "vite": "dist"}
#: What the settings of Vite name, by a literal.
_OUTPUT: Final = lazy(r"""\boutDir\s*:\s*["'`](?:\./)?([\w.-]+(?:/[\w.-]+)*)/?["'`]""")
#: What settings of Vite take from elsewhere without a plug-in that chooses another directory.
_PLAIN: Final = lazy(
    r"""(?:vite|vitest/config|@vitejs/[\w-]+|@tailwindcss/vite|(?:node:)?(?:path|url)|\./package\.json)"""
)
_IMPORTS: Final = lazy(r"""(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)["']([^"'\n]+)["']""")


class Unmade(NamedTuple):
    """A program, called in a line of the manifest (0: by the Dockerfile itself), that does not make what is copied.
    `says` is what it makes instead or what would have it do so; `way` leads out, where `{path}` is for another path to
    copy, given as seen from the manifest, and `{line}` for the line of the COPY."""

    program: str
    line: int
    says: str
    way: str
    path: str = ""


def unmade(tree: Files, manifest: str, command: Command, path: str) -> Unmade | None:
    """How the build that a command runs leaves out `path`, as seen from the manifest; None: it may make it."""
    found = list(node_builds.calls(tree, manifest, command))
    mains = [each for each in found if each.name in ("next", "ng", *_MAKES)]
    if len(mains) != 1 or mains[0].arguments[:1] != ("build",) or not _is_plain(tree, manifest, command):
        return None
    call = mains[0]
    if call.name == "next":
        return _of_next(tree, manifest, call, path)
    if any(command.setting(name) for name in ("BUILD_PATH", "VITE_OUT_DIR")):
        return None
    if call.name == "ng":
        makes, below = _of_angular(tree, manifest, call), ""
        usual = path.split("/")[0] == "dist"
    else:
        makes, below = _chosen(tree, manifest, call), "/".join(path.split("/")[1:])
        usual = path.split("/")[0] in ("build", "dist") and len(call.arguments) == 1
    if makes is None or not usual or within(f"/{path}", f"/{makes}") or within(f"/{makes}", f"/{path}"):
        return None
    other = posixpath.join(makes, below) if below else makes
    return Unmade(f"{call.name} build", call.line, f"makes {makes}/", "write {path} on line {line}", other)


def _of_angular(tree: Files, manifest: str, call: node_builds.Call) -> str | None:
    """Where Angular puts its only application."""
    if any(each.startswith(("--output", "--project", "-c=")) for each in call.arguments):
        return None
    settings = tree.json(posixpath.join(posixpath.dirname(manifest), "angular.json"))
    projects = {
        name: table(each, "architect") or table(each, "targets")
        for name, each in table(settings, "projects").items()
        if isinstance(each, dict) and each.get("projectType", "application") == "application"
    }
    if len(projects) != 1:
        return None
    ((name, targets),) = projects.items()
    build = table(targets, "build")
    options, builder = table(build, "options"), str(build.get("builder", ""))
    if "outputPath" in str(build.get("configurations", "")) or not builder.startswith(
        ("@angular-devkit/", "@angular/")
    ):
        return None
    chosen = options.get("outputPath", f"dist/{name}" if builder.endswith(":application") else None)
    return posixpath.normpath(chosen) if isinstance(chosen, str) and not chosen.startswith(("/", "..")) else None


def _of_next(tree: Files, manifest: str, call: node_builds.Call, path: str) -> Unmade | None:
    above = posixpath.dirname(manifest)
    configs = [each for each in tree.names(above) if re.fullmatch(r"next\.config\.(?:[cm]?js|[cm]?ts)", each)]
    texts = [tree.text(posixpath.join(above, each)) for each in configs]
    if path == "public":
        # What writes there says so, in the settings or among what is installed.
        packages = {*table(tree.json(manifest), "dependencies"), *table(tree.json(manifest), "devDependencies")}
        written = any("public" in text for text in texts) or any(
            "pwa" in each or "sitemap" in each for each in packages
        )
        way = "take it out of line {line}, or keep an empty public/.gitkeep in Git"
        return None if written else Unmade("next build", call.line, "makes none, and the project has none", way)
    if path != ".next/standalone" and not path.startswith(".next/standalone/"):
        return None
    # What the settings take in from elsewhere in the project may ask for it.
    if any("standalone" in text or re.search(r"""["']\.{1,2}/""", text) for text in texts):
        return None
    where = configs[0] if configs else "next.config.js"
    says = f'makes that only with output: "standalone" in {where}'
    return Unmade("next build", call.line, says, "set it, or copy {path} and node_modules instead", ".next")


def _chosen(tree: Files, manifest: str, call: node_builds.Call) -> str | None:
    """The directory of the output, as far as nothing else may choose it."""
    above = posixpath.dirname(manifest)
    makes = _MAKES[call.name]
    if call.name == "react-scripts":
        names = [each for each in tree.names(above) if each.startswith(".env")]
        set_by = any("BUILD_PATH" in tree.text(posixpath.join(above, each)) for each in (*names, "package.json"))
        return None if set_by else makes
    for name in tree.names(above):
        if name.startswith(("vite.config.", "svelte.config.", "astro.config.", "react-router.config.")):
            text = tree.text(posixpath.join(above, name))
            if not all(map(_PLAIN.fullmatch, _IMPORTS.findall(text))):
                return None
            if "outDir" in text:
                found = _OUTPUT.findall(text)
                if len(found) != text.count("outDir") or len(set(found)) != 1 or "root" in text:
                    return None
                makes = posixpath.normpath(found[0])
    return makes


def _is_plain(tree: Files, manifest: str, command: Command) -> bool:
    """Whether the scripts that a command runs do nothing but build."""
    scripts = table(tree.json(manifest), "scripts")
    return all(
        words[0] in _BESIDE or words[0] in ("next", "ng", *_MAKES)
        for name in _run_by(command)
        for text in (scripts.get(f"pre{name}"), scripts.get(name), scripts.get(f"post{name}"))
        if isinstance(text, str)
        for words in node_builds.simple_commands(text)
    )


def _run_by(command: Command) -> Iterator[str]:
    words = [each for each in command.words if each not in ("run", "run-script")]
    if command.name in ("npm", "yarn", "pnpm", "bun"):
        yield from words[:1]
