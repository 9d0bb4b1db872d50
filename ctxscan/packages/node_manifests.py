"""What the manifests of Node name: members of workspaces, dependencies by path, scripts that a build runs."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from ..regex import lazy
from ..rules import globs
from .ecosystem import Reader
from .manifest import BY_PATH, Files, Named, Surveyed, beside, get, items, named, strings, table, texts, yaml_list

#: Scripts that an install, a build or a start runs without being named.
_LIFECYCLE: Final = frozenset(
    "preinstall install postinstall preprepare prepare postprepare prebuild build postbuild prepack prestart "
    "start".split()
)
#: What of a package.json no build reads, or is a need of its own.
_TOLD_ONLY: Final = frozenset(
    "name description keywords repository homepage bugs author contributors license funding dependencies "
    "devDependencies peerDependencies optionalDependencies overrides resolutions engines jest nyc c8 ava mocha tap "
    "eslintConfig eslintIgnore prettier stylelint directories lint-staged husky release commitlint scripts "
    "workspaces standard standardx semistandard xo".split()
)
#: Words of commands that take the files of a package.
_PACKS: Final = ("pack", "publish", "deploy")
#: What runs a script, with what stands before its name.
_RUNS: Final = (
    r"(?:\b(?:npm|yarn|pnpm|bun|turbo|nx|lerna|rush|nr|run)\b|\brun-[sp]\b|\bconcurrently\b)(?:[^\n;&|]|\\\n)*"
)


def part(tree: Files, path: str, commands: str | None) -> Iterator[str]:
    """What a build reads of a package.json; what is packed (`files`), where something is."""
    data = tree.json(path)
    packs = commands is None or any(word in commands for word in _PACKS)
    said = {key: value for key, value in data.items() if key not in _TOLD_ONLY and (packs or key != "files")}
    yield from strings(said)
    yield from _scripts(data, commands)


def patches(data: dict[str, Any], manager: str) -> list[str]:
    """The patches that a package.json tells pnpm or Bun to lay on packages, by their paths from there."""
    keys = {"pnpm": ("pnpm", "patchedDependencies"), "bun": ("patchedDependencies",)}.get(manager)
    return [each for each in table(data, *keys).values() if isinstance(each, str)] if keys is not None else []


def patches_of_workspace(text: str) -> Iterator[str]:
    """The same that a pnpm-workspace.yaml tells pnpm."""
    _, *rows = re.split(r"(?m)^patchedDependencies:", text, maxsplit=1)
    for each in rows:
        lines = re.split(r"(?m)^\w", each)[0]
        yield from re.findall(r"(?m)^\s+(?!#)\S.*?:\s+[\"']?([^\"'#\n]+?)[\"']?\s*$", lines)


#: A dependency that only the workspace resolves.
_OF_WORKSPACE: Final = lazy(r":\s*\"(?:workspace|catalog):")


def is_member(text: str) -> bool:
    """Whether a package.json asks for what only a workspace has, so that it cannot be installed outside of one."""
    return _OF_WORKSPACE.search(text) is not None


def part_of_workspace(tree: Files, path: str, commands: str | None) -> Iterator[str]:
    """What a build reads of a pnpm-workspace.yaml beside the members, which are needs of their own."""
    inside = False
    for line in tree.text(path).splitlines():
        inside = line.startswith("packages:") or (inside and (not line.strip() or line[0] in " \t-#"))
        if not inside:
            yield line


def _scripts(data: dict[str, Any], commands: str | None) -> list[str]:
    """The scripts that an installation or a command of a Dockerfile runs, and those that they run."""
    if commands is None:
        return []
    left = {name: text for name, text in table(data, "scripts").items() if isinstance(text, str)}
    found = [left.pop(name) for name in sorted(_LIFECYCLE.intersection(left))]
    todo = [commands, *found]
    while todo:
        text = todo.pop()
        names = [name for name in left if re.search(rf"{_RUNS}(?<![\w:.-]){re.escape(name)}(?![\w:.-])", text)]
        more = [left.pop(name) for name in names]
        found += more
        todo += more
    return found


def _package(survey: Surveyed) -> Iterator[Named]:
    for path in survey.named("package.json"):
        data = survey.tree.json(path)
        spaces = get(data, "workspaces")
        for each in texts(spaces) + texts(get(spaces, "packages")):
            yield from _members(survey, path, each)
        for key in ("dependencies", "devDependencies", "optionalDependencies", "resolutions", "overrides"):
            for value in table(data, key).values():
                if isinstance(value, str) and value.startswith(("file:", "link:", "portal:", "patch:")):
                    place = value.partition(":")[2].partition("#")[2] or value.partition(":")[2]
                    yield from named(path, [place], BY_PATH, whole=True)
        bundled = get(data, "bundledDependencies") or get(data, "bundleDependencies")
        if bundled:
            yield from named(path, ["node_modules"], "bundled dependencies", certain=False, whole=True)
        for value in table(data, "imports").values():
            imported = [each for each in texts(value) if each.startswith("./") and each.strip("./*")]
            yield from named(path, imported, "imported by name", certain=False)
    for path in survey.named("pnpm-workspace.yaml"):
        for each in yaml_list(survey.tree.text(path), "packages"):
            yield from _members(survey, path, each)
    for path in survey.named("lerna.json"):
        for each in texts(get(survey.tree.json(path), "packages")):
            yield from _members(survey, path, each)
    for path in survey.named("rush.json"):
        for each in re.findall(r'"projectFolder"\s*:\s*"([^"\n]+)"', survey.tree.text(path)):
            yield from named(path, [each + "/package.json"], "a project of rush.json")
    for path in survey.named(".yarnrc.yml"):
        text = survey.tree.text(path)
        for each in re.findall(r"(?m)^[ \t]*(?:yarnPath|-?\s*path|spec):\s*\"?([^\"\n#]+)", text):
            yield from named(path, [each.strip()], "named by .yarnrc.yml")
        if re.search(r"(?m)^enableGlobalCache:\s*false", text) and re.search(r"(?m)^enableNetwork:\s*false", text):
            yield from named(path, [".yarn/cache"], "the only source of packages", whole=True)


def _members(survey: Surveyed, manifest: str, glob: str) -> Iterator[Named]:
    if glob.startswith("!"):
        return
    parts = glob.strip("/").removeprefix("./").split("/")
    if "**" in parts:
        base = "/".join(parts[: parts.index("**")])
        above = "/".join(beside(manifest, base)) if base else ""
        for path in list(survey.named("package.json")):
            if path.startswith(above + "/") or not above:
                yield Named(path, "a member of the workspace", manifest)
        return
    yield from named(manifest, ["/".join(parts) + "/package.json"], "a member of the workspace")


def _nest(survey: Surveyed) -> Iterator[Named]:
    """The assets that Nest copies beside what it compiles."""
    for path in survey.named("nest-cli.json"):
        data = survey.tree.json(path)
        for each in (data, *table(data, "projects").values()):
            root = get(each, "sourceRoot")
            for asset in items(get(each, "compilerOptions", "assets")):
                for glob in texts(asset) + texts(get(asset, "include")):
                    for place in beside(path, posixpath.join(root if isinstance(root, str) else "src", glob)):
                        yield from _fitting(survey, path, place)


def _fitting(survey: Surveyed, manifest: str, glob: str) -> Iterator[Named]:
    """The files of a glob; with two stars in it, those that are in doubt."""
    base, deep, name = glob.partition("**")
    if not deep:
        yield Named(glob, "an asset of the program", manifest, whole=True)
        return
    last = name.strip("/").rpartition("/")[2]
    for each in survey.candidates:
        if each.path.startswith(base) and globs.matches(last, posixpath.basename(each.path)) and last.strip("*"):
            yield Named(each.path, "an asset of the program", manifest)


#: What of the settings of a build with Angular names one file, and what names several.
_ANGULAR: Final = ("main", "browser", "server", "index", "polyfills", "tsConfig", "ngswConfigPath", "webWorkerTsConfig")
_ANGULAR_LISTS: Final = ("styles", "scripts", "polyfills", "assets")


def _angular(survey: Surveyed) -> Iterator[Named]:
    """The files that a build with Angular takes by name."""
    for path in survey.named("angular.json"):
        for project in table(survey.tree.json(path), "projects").values():
            build = table(project, "architect", "build") or table(project, "targets", "build")
            for options in (table(build, "options"), *table(build, "configurations").values()):
                files = [one for key in _ANGULAR for one in texts(get(options, key))]
                for each in (each for key in _ANGULAR_LISTS for each in items(get(options, key))):
                    files += texts(each) if isinstance(each, str) else texts(get(each, "input"))
                for each in items(get(options, "fileReplacements")):
                    files += [*texts(get(each, "replace")), *texts(get(each, "with"))]
                found = [each for each in files if "/" in each and "*" not in each and "node_modules" not in each]
                yield from named(path, found, "named by the build", whole=True)


def _tsconfig(survey: Surveyed) -> Iterator[Named]:
    """Projects of TypeScript that a project builds first."""
    for path in survey.named("tsconfig.json"):
        text = survey.tree.text(path)
        for each in re.findall(r'"path"\s*:\s*"([^"\n]+)"', text):
            yield from (Named(one, "a referenced project", path) for one in beside(path, each))
        for each in re.findall(r'"extends"\s*:\s*"(\.[^"\n]+)"', text):
            if "node_modules" in each:
                continue  # as any package, it comes with the install
            yield from (Named(one, "the settings that it extends", path) for one in beside(path, each))


READERS: Final[tuple[Reader, ...]] = (_package, _nest, _angular)
SOURCES: Final[tuple[Reader, ...]] = (_tsconfig,)


#: Packages of a workspace that are looked at, and directories in search of them.
_MOST_MEMBERS: Final = 300


def spaces(tree: Files, manifest: str) -> list[str]:
    """The patterns by which a manifest names the packages of its workspace."""
    found = tree.json(manifest).get("workspaces")
    return texts(found.get("packages") if isinstance(found, dict) else found)


def members(tree: Files, above: str, patterns: Sequence[str]) -> Iterator[str]:
    """The manifests of the packages that patterns name; `**` stands for one directory or two here."""
    told: set[str] = set()
    for pattern in patterns:
        for each in {pattern.replace("**", "*"), pattern.replace("**", "*/*")} if pattern[:1] != "!" else ():
            level = [above]
            for part in each.removeprefix("./").strip("/").split("/"):
                if not globs.is_wild(part):
                    level = [posixpath.join(here, part) for here in level]
                else:
                    names = ((here, name) for here in level for name in globs.matching(part, tree.names(here)))
                    level = [posixpath.join(here, name) for here, name in names if name != "node_modules"]
                level = level[:_MOST_MEMBERS]
            for here in level:
                path = posixpath.normpath(posixpath.join(here, "package.json"))
                if path not in told and not path.startswith("../") and tree.exists(path):
                    told.add(path)
                    yield path
