"""Node: npm, yarn, pnpm and bun. What their manifests name is in `node_manifests`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Any, Final

from ..dockerfile.commands import Command
from ..dockerfile.shell import replaced
from ..paths import parents, within
from ..regex import lazy
from ..rules import globs
from . import node_manifests, node_scripts
from .ecosystem import (
    Cache,
    Development,
    History,
    Manager,
    Manifests,
    Private,
    Program,
    Strict,
    Use,
    phrases,
    words,
)
from .install import Install
from .maker import ANY_BUILD, maker
from .manifest import Files, listed, table, yaml_list
from .project import MOST_MEMBERS, Project, Reads
from .workplace import Runner

_MANIFEST: Final = "package.json"
WORKSPACE: Final = "pnpm-workspace.yaml"
#: Where all four put packages.
_PACKAGES: Final = "node_modules"
_NAMES: Final = ("npm", "yarn", "pnpm", "bun")
#: The scripts that npm, yarn and pnpm run of the project itself while they install.
_LIFECYCLE: Final = ("preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare")
#: Commands in them that read no source.
_READS_NOTHING: Final = frozenset(
    "husky is-ci true only-allow lefthook simple-git-hooks echo exit opencollective :".split()
)
#: With a store that stays on the builder these only link: an install that runs again costs next to nothing.
_LINKING: Final = frozenset(("pnpm", "bun"))
_LOCKS: Final = {
    "npm": words("package-lock.json npm-shrinkwrap.json"),
    "yarn": ("yarn.lock",),
    "pnpm": ("pnpm-lock.yaml",),
    "bun": words("bun.lock bun.lockb"),
}


# --- what an install reads


def _reads(project: Project) -> Reads | None:
    install = project.install
    if install.manager in _LINKING and project.cached:
        return None
    if install.words or not project.has(_MANIFEST) or project.has("binding.gyp"):
        return None
    members = list(_members(project))
    if len(members) > MOST_MEMBERS or None in members:
        return None
    files = project.there(_MANIFEST, *_LOCKS[install.manager])
    if install.manager == "npm" and len(files) == 1:
        files += project.there(*_LOCKS["yarn"])  # it takes the versions from there
    files += project.there(".npmrc", ".yarnrc", ".yarnrc.yml", WORKSPACE, ".pnpmfile.cjs", "bunfig.toml")
    files += _settings_above(project)
    directories = list(project.directories(".yarn", "patches"))
    files += [each for each in project.there(*_patches(project)) if not any(map(partial(within, each), directories))]
    # A root that lists itself is no member of its own.
    for member in ("", *(each for each in members if each and posixpath.normpath(each) != ".")):
        manifest = posixpath.join(member, _MANIFEST)
        read = _read_by_scripts(project, project.json(manifest), member, members)
        if read is None:
            return None
        directories += read
        files += project.there(*_archives(project.json(manifest), member))
        if member:
            files.append(project.path(manifest))
    return Reads(tuple(dict.fromkeys(files)), tuple(dict.fromkeys(directories)))


def _settings_above(project: Project) -> list[str]:
    """The settings of Yarn in the directories above, which it reads as well."""
    above = PurePosixPath(project.install.cwd).parents if project.install.manager == "yarn" else ()
    roots = [root for each in above if (root := project.locate(str(each))) is not None]
    paths = (posixpath.join(root, name) for root in roots for name in (".yarnrc", ".yarnrc.yml", ".npmrc"))
    return [each for each in paths if project.context.sent.kind(each) == "file"]


def _patches(project: Project) -> Iterator[str]:
    """The patches that an install lays on packages: without one of them, it ends with an error."""
    yield from node_manifests.patches(project.json(_MANIFEST), project.install.manager)
    if project.install.manager == "pnpm":
        yield from node_manifests.patches_of_workspace(project.text(WORKSPACE))


def _members(project: Project) -> Iterator[str | None]:
    """The directories of the workspace below the project; None: a glob that takes a walk."""
    if project.install.manager == "pnpm":  # it does not ask the manifest
        patterns = [*yaml_list(project.text(WORKSPACE), "packages")]
    else:
        spaces = project.json(_MANIFEST).get("workspaces")
        patterns = listed(spaces) + listed(table(spaces).get("packages"))
    return project.members(patterns, _MANIFEST)


def _read_by_scripts(
    project: Project, package: dict[str, Any], member: str, members: Collection[str | None]
) -> list[str] | None:
    """The directories that installing a package reads; None: its sources, perhaps."""
    # What npm leaves out need not be there, which was tried.
    spared = project.install.manager == "npm" and not _OMITS.isdisjoint(project.install.options)
    for kind in ("dependencies", "optionalDependencies", *(() if spared else ("devDependencies",))):
        for value in table(package, kind).values():
            if isinstance(value, str) and not _is_of_no_source(project, value, member, members):
                return None
    if not package or project.install.has("--ignore-scripts"):
        return None if not package else []
    directories: list[str] = []
    if "@prisma/client" in table(package, "dependencies") and project.has(posixpath.join(member, "prisma"), "dir"):
        directories.append(project.path(posixpath.join(member, "prisma")))  # it makes its client while it is installed
    scripts = table(package, "scripts")
    # New Yarn does not run the others of itself.
    modern = project.install.manager == "yarn" and "__metadata:" in project.text(_LOCKS["yarn"][0])
    names = _LIFECYCLE[:3] if modern else _LIFECYCLE
    for script in (scripts[name] for name in names if isinstance(scripts.get(name), str)):
        for part in re.split(r"&&|\|\||;", script):
            parts = part.split()
            while parts and (parts[0] in ("npx", "--yes", "-y", "yarn", "pnpm") or "=" in parts[0]):
                parts.pop(0)
            if parts[:2] == ["prisma", "generate"] and project.has(posixpath.join(member, "prisma"), "dir"):
                directories.append(project.path(posixpath.join(member, "prisma")))
            elif parts and parts[0] not in ("patch-package", *_READS_NOTHING) and not _is_made_again(parts, script):
                return None
    return directories


#: Packages in one file, which has nothing of the sources.
_ARCHIVES: Final = (".tgz", ".tar.gz")


def _archives(package: dict[str, Any], member: str) -> Iterator[str]:
    """The files of packages that a manifest names by their paths."""
    for kind in ("dependencies", "optionalDependencies", "devDependencies"):
        for value in table(package, kind).values():
            if isinstance(value, str) and value.startswith("file:") and value.endswith(_ARCHIVES):
                yield posixpath.normpath(posixpath.join(member, value[len("file:") :].removeprefix("//")))


def _is_of_no_source(project: Project, value: str, member: str, members: Collection[str | None]) -> bool:
    """Whether a dependency is none by path, or one that is there without the sources: a link to a package of the
    workspace, whose manifest is enough, or what a step has put outside of all that is copied with them."""
    kind, _, place = value.partition(":")
    if kind not in ("file", "link", "portal"):
        return True
    path = posixpath.normpath(posixpath.join(member, place.removeprefix("//")))
    if kind == "link":
        return path in members
    if kind == "file" and path.endswith(_ARCHIVES) and project.has(path):
        return True
    where = posixpath.normpath(posixpath.join(project.install.cwd, path))
    return path.startswith("../") and all(project.locate(f"/{each}") is None for each in parents(f"{where[1:]}/_"))


def _is_made_again(parts: list[str], script: str) -> bool:
    """Whether a command only writes types that each build of the framework writes anew, and goes on where there are no
    sources yet."""
    return parts in (["nuxt", "prepare"], ["nuxi", "prepare"]) or (parts == ["svelte-kit", "sync"] and "||" in script)


# --- lock files

#: Options that choose members of a workspace.
_CHOOSE: Final = frozenset(("--filter", "-F", "--workspace", "--workspaces", "-w"))


#: Options that say the contrary of what keeps to the lock file, or the same in another way.
_LOOSE: Final = frozenset(
    "--pure-lockfile --no-lockfile --no-frozen-lockfile --frozen-lockfile=false --no-package-lock --package-lock=false "
    "--no-shrinkwrap --fix-lockfile --save -S --no-save --no-immutable --check-files".split()
)
#: Options by which npm leaves out, or takes, what is for development.
_OMITS: Final = frozenset("--production --omit=dev --only=production --only=prod".split())
_INCLUDES: Final = frozenset("--production=false --prod=false --include=dev --dev -D --also=dev".split())


#: With these words npm installs what it does without.
_ITSELF: Final = (".", "./")


def _anew(install: Install, verb: str, *options: str, without: frozenset[str] = _LOOSE) -> str:
    """An install as it is written, with another verb and these options more."""
    said = install.command.said
    for name in ("--omit", "--only", "--include", "--also"):
        said = said.replace(f" {name} ", f" {name}=")
    words = [each for each in said.split() if each not in without and each not in options]
    # Behind an option it is a value.
    words = [each for at, each in enumerate(words) if each not in _ITSELF or words[at - 1].startswith("-")]
    at = words.index(install.verb) if install.verb in words else 1
    words[at : at + (install.verb in words)] = [*filter(None, [verb]), *options]
    return " ".join(words)


def _npm_remedy(install: Install, lock: str) -> str:
    omits = install.has("--production") or not _OMITS.isdisjoint(install.options)
    return _anew(install, "ci", *(["--omit=dev"] if omits else []), without=_LOOSE | _OMITS)


def _yarn_remedy(install: Install, lock: str) -> str:
    """The options of yarn differ by its version, which tells by its lock file."""
    return _anew(install, "install", "--immutable" if "__metadata:" in lock else "--frozen-lockfile")


def _whole(install: Install, tree: Files, lock: str) -> Iterator[str]:
    """The manifests of a workspace: new Yarn takes those that are not there out of its lock file, which it may not."""
    if "__metadata:" not in tree.text(lock):
        return
    home = posixpath.dirname(lock)
    patterns = node_manifests.spaces(tree, posixpath.join(home, _MANIFEST))
    if not any(each.startswith("!") for each in patterns):
        yield from node_manifests.members(tree, home, patterns)


def _strict_remedy(install: Install, lock: str) -> str:
    return _anew(install, "install", "--frozen-lockfile")


#: The releases of pnpm that wrote an older lock file, by how its version begins. Those since 10 end with an error.
#: Source: https://github.com/pnpm/spec/tree/master/lockfile
_PNPM: Final = {"6.": "8", "5.4": "7", "5.3": "6"}
_LOCKED_BY: Final = lazy(r"(?m)^lockfileVersion:\s*[\"']?([\d.]+)")
_TODAYS_PNPM: Final = lazy(
    r"\b(?:npm|yarn)\b[^\n;&|]*\s(?:-g|--global|global)\s.*?\bpnpm(?:@latest)?(?=\s|$)|"
    r"\bnpm\b[^\n;&|]*\spnpm(?:@latest)?\s+(?:-g|--global)(?=\s|$)"
)


def _fitting_pnpm(lock: str, texts: Iterable[str]) -> str | None:
    """The pnpm that reads a lock file, where one is installed that is newer."""
    release = _wrote(lock)
    return f"pnpm@{release}" if release and any(map(_TODAYS_PNPM.search, texts)) else None


def _wrote(lock: str) -> str:
    """The release that has written a lock file which newer ones do not read; empty: it is none of those."""
    found = _LOCKED_BY.search(lock)
    return next((_PNPM[each] for each in _PNPM if found is not None and found[1].startswith(each)), "")


#: What adds packages to a project by their names, without a version, and options by which it is another one's.
_ADDS: Final = {"npm": ("install", "i", "add"), "pnpm": ("add",), "yarn": ("add",), "bun": ("add",)}
_BARE: Final = lazy(r"(?:@[\w.-]+/)?[\w-][\w.-]*")
_ADDS_ELSEWHERE: Final = frozenset(
    "-g --global --location --prefix -C --dir --cwd --filter -F --workspace -w --no-save".split()
)


def added(command: Command) -> list[str]:
    """The packages that a command adds to the project in its directory by bare names, so that it gets the newest."""
    verbs, given = _ADDS.get(command.name, ()), command.words
    if len(given) < 2 or given[0] not in verbs:
        return []
    options = {each.partition("=")[0] for each in command.arguments}
    return [] if options & _ADDS_ELSEWHERE else [each for each in given[1:] if _BARE.fullmatch(each)]


def newest(command: Command) -> str:
    """The manager that a command installs for the machine in its newest release; empty: none."""
    named = not {"pnpm", "pnpm@latest"}.isdisjoint(command.arguments)
    return "pnpm" if named and _TODAYS_PNPM.search(command.text) else ""


#: Which packages pnpm 10 is told to build. Newer ones are told so by `allowBuilds` alone, and end with an error where
#: a package is not named there.
_BUILT_BY_PNPM_10: Final = "onlyBuiltDependencies"


def release_for(tree: Files, lock: str) -> str:
    """The one release of a manager that reads a lock file and the settings beside it; empty: more than one may."""
    home = posixpath.dirname(lock)
    said = "".join(tree.text(posixpath.join(home, each)) for each in (WORKSPACE, _MANIFEST))
    tied = _BUILT_BY_PNPM_10 in said and "allowBuilds" not in said
    return _wrote(tree.text(lock)) or ("10" if tied else "")


def _chosen(install: Install) -> str:
    """The options that choose members of a workspace, as they were written, with a blank before them."""
    said, words = "", list(install.command.arguments)
    for at, word in enumerate(words):
        name, equals, _ = word.partition("=")
        if name in _CHOOSE:
            said += (
                f" {word}"
                if equals or name in ("-w", "--workspaces")
                else f" {word} {' '.join(words[at + 1 : at + 2])}"
            )
    return said


def lacking(tree: Files, lock: str, *, parts: bool = True) -> str | None:
    """A dependency of the manifest beside a lock file that this has not, or not in that version: an install that keeps
    to it ends with an error. `parts`: also of the manifests of other members of the workspace."""
    package = tree.json(posixpath.join(posixpath.dirname(lock), _MANIFEST))
    if not any(map(package.get, ("dependencies", "devDependencies", "workspaces"))) and lock.endswith(".json"):
        return None
    from . import node_locks  # only where there is something to compare

    manager = next(name for name, locks in _LOCKS.items() if posixpath.basename(lock) in locks)
    return node_locks.lacking(manager, tree, lock, parts=parts)


def workspace_above(directory: str, text: Callable[[str], str | None]) -> str | None:
    """The nearest workspace above a package that asks for what only a workspace has."""
    if not node_manifests.is_member(text(posixpath.join(directory, _MANIFEST)) or ""):
        return None
    for above in (*parents(directory), ""):
        if text(posixpath.join(above, WORKSPACE)) or '"workspaces"' in (text(posixpath.join(above, _MANIFEST)) or ""):
            return above
    return None


#: What makes npm pass over what packages want beside themselves.
_LEGACY: Final = "legacy-peer-deps"


def _lacks(install: Install, tree: Files, lock: str) -> str | None:
    """The same, for an install that has to get through: also what one package needs of another."""
    found = lacking(tree, lock)
    npm = posixpath.basename(lock) in _LOCKS["npm"]
    if found is not None or not npm or '"node_modules/' not in tree.text(lock):
        return found
    from . import node_locks  # only where there is something to compare

    command, settings = install.command, tree.text(posixpath.join(posixpath.dirname(lock), ".npmrc"))
    said = install.has(f"--{_LEGACY}") or command.setting(f"NPM_CONFIG_{_LEGACY}".upper().replace("-", "_"))
    kept = _LEGACY in settings and re.search(rf"(?m)^\s*{_LEGACY}\s*=\s*true\b", settings)
    return node_locks.unresolved(tree.json(lock), peers=not said and not kept)


#: A version that is one, an address, or a place.
_FIXED: Final = lazy(r"[=v]?\d+\.\d+\.\d+[\w.+-]*|.*[:/].*")


def _is_open(tree: Files, project: str) -> bool:
    package = tree.json(posixpath.join(project, _MANIFEST))
    versions = [*table(package, "dependencies").values(), *table(package, "devDependencies").values()]
    return any(isinstance(each, str) and not _FIXED.fullmatch(each.strip()) for each in versions)


# --- development

#: Commands after which nothing for development is left.
#: What else of the manifest is set, as a script or the version, is nothing to the lock file.
_EDITS: Final = lazy(
    r"^(?:yalc\s+(?:add|link|update)|(?:npm|pnpm|yarn|bun)\s+pkg\s+(?:set|delete)\s.*"
    r"(?:[dD]ependencies|resolutions|overrides|workspaces))\b"
)
_PRUNES: Final = lazy(
    r"\bprune\b|\bworkspaces focus\b.*--production|"
    r"--omit[= ]dev|--prod(?:uction)?\b|--only[= ]prod|\brm\b.*node_modules"
)
_TESTS: Final = lazy(r"\b(?:test|tests|lint|check|jest|vitest|mocha|playwright|cypress|e2e)\b")
_BUILDS: Final = lazy(r"\b(?:npm|yarn|pnpm|bun)\b.*\b(?:run|(?:re)?build|compile)\b|^(?:make|task|just)\b")
#: What is only there for development, whatever package brings it.
_ON_THE_FLY: Final = frozenset("tsc ts-node ts-node-dev tsx nodemon vite".split())
#: What puts a program together, with plug-ins that are there for development.
_BUNDLERS: Final = frozenset("webpack rollup parcel esbuild babel gulp grunt".split())
_BUILDERS: Final = frozenset("nuxt nuxi next vite astro gatsby remix react-scripts vue-cli-service ng".split())
_BUILD_TOOLS: Final = _ON_THE_FLY | _BUNDLERS | _BUILDERS | {"typescript", "browserify", "storybook"}
#: The packages of programs that are not called like them.
_BINARIES: Final = {
    "mix": "laravel-mix",
    "ng": "@angular/cli",
    "nest": "@nestjs/cli",
    "sequelize": "sequelize-cli",
    "vue-cli-service": "@vue/cli-service",
    "webpack": "webpack-cli",
    "remix": "@remix-run/dev",
    "react-router": "@react-router/dev",
    "svelte-kit": "@sveltejs/kit",
    "babel": "@babel/cli",
    "babel-node": "@babel/node",
}
_PROGRAMS: Final = (".js", ".cjs", ".mjs")
#: What a module loads at its start, whatever happens: a package, or another module by its place.
_LOADED: Final = lazy(
    r"(?m)^(?:(?:(?:const|let|var|module\.exports|exports\.\w+|app\.\w+)\b[^\n]*\b|(?<=,\n)[ \t]+\w+[ \t]*=[ \t]*)?"
    r"require\(|(?:import|export)\b(?![ \t]+type\b)(?:[^'\"();]{0,2000}\bfrom\b)?)\s*['\"]([^'\"\n]+)['\"]"
)
#: How a module is called that another one names without an ending, and modules that are followed from one.
_MODULES: Final = ("", *_PROGRAMS, ".ts", "/index.js", "/index.cjs", "/index.mjs", "/index.ts")
_MOST_MODULES: Final = 300
#: A package, or its command, by its place.
_PLACED: Final = lazy(r"node_modules/(?:\.bin/)?((?:@[\w.-]+/)?[\w.-]+)")
#: What leaves it out, the second where there is a lock file.
_WITHOUT_DEVELOPMENT: Final = {
    "npm": (("install", "--omit=dev"), ("ci", "--omit=dev")),
    "pnpm": (("install", "--prod"), ("install", "--frozen-lockfile", "--prod")),
    "yarn": (("install", "--production"), ("install", "--frozen-lockfile", "--production")),
    "bun": (("install", "--production"), ("install", "--production")),
}
#: Versions of Yarn that choose members of a workspace with a plug-in.
_OLD_YARN: Final = lazy(r"\byarn[@-][23]\.")
#: What installs the first version of Yarn, and what copies the one that a project has of its own.
_FIRST_YARN: Final = lazy(r"\b(?:npm\s+(?:i|install|add)|yarn\s+global\s+add)\s(?:\S+\s+)*?yarn@\^?1(?![\d-])")
_OWN_YARN: Final = lazy(
    r"(?im)^[ \t]*(?:COPY|ADD)[ \t]+(?:--\S+[ \t]+)*(?:(?:\./?|(?:\./)?\*)[ \t]|\[|(?:[^\n]|\\\n)*\.yarn)"
)


#: What makes a workspace of one package, with those that it needs, in `out`; for Docker the manifests by themselves.
_EXCERPTS: Final = lazy(r"\bturbo(?:@\S+)?\s+prune\b")


def whole(command: Command, path: str) -> str | None:
    """Where in a workspace lay what a command that makes an excerpt of it puts at `path`; None: it puts nothing there,
    or something new, as it does with lock files."""
    written = any(posixpath.basename(path) in each for each in _LOCKS.values())
    if written or "prune" not in command.text or not _EXCERPTS.search(command.text):
        return None
    out = posixpath.join(command.cwd, "out")
    for place in (f"{out}/json", f"{out}/full", out):
        if within(path, place):
            return posixpath.normpath(posixpath.join(command.cwd, posixpath.relpath(path, place)))
    return None


#: What puts packages into another directory, on the command line or in the settings of Yarn.
_FOLDER: Final = lazy(r"(?m)(?:^|\s)--(?:install\.)?modules-(?:folder|dir)[= ][\"']?([^\s\"']+)")


def packages(install: Install, settings: str) -> str:
    """Where an install puts packages, given the text of the `.yarnrc` beside it."""
    found = _FOLDER.search(install.command.text) or (_FOLDER.search(settings) if install.manager == "yarn" else None)
    return posixpath.normpath(posixpath.join(install.cwd, found[1] if found is not None else _PACKAGES))


def deployed(command: Command, place: str) -> str | None:
    """Where the packages at `place` end up, those for development among them, if a command puts a package together
    with all that it needs."""
    words = command.words
    if command.name != "pnpm" or "deploy" not in words or posixpath.basename(place) != _PACKAGES:
        return None
    left_out = {"--prod", "--production", "-P"} & {*command.arguments}
    above = f"{command.cwd}/".startswith(f"{posixpath.dirname(place)}/".replace("//", "/"))
    if left_out or not above or len(words) < 2:
        return None
    return posixpath.normpath(posixpath.join("/", command.cwd, words[-1], _PACKAGES))


def _called(text: str) -> str:
    """The program that a command runs, through what finds it among the packages as well."""
    words = [each for each in text.split() if not each.startswith("-")]
    return next((each for each in words if each not in ("npx", "bunx", "pnpm", "yarn", "exec", "dlx")), "")


def _leaves_out(install: Install) -> bool:
    """Whether an install leaves out what is for development."""
    said = install.has("--production", "--prod", "-P", "-p") or bool(
        {"--omit=dev", "--only=production", "--only=prod"} & set(install.options)
    )
    environment = [install.command.setting(name) for name in ("NODE_ENV", "NPM_CONFIG_OMIT", "npm_config_omit")]
    asked = install.has("--include", "--dev", "-D") or bool(
        {"--production=false", "--prod=false"} & set(install.options)
    )
    return ("production" in environment or "dev" in environment or said) and not asked


#: What a manifest asks for that is no development, and where it names others.
_ASKED: Final = words("dependencies optionalDependencies peerDependencies workspaces")


def _is_idle(install: Install, tree: Files, project: str) -> bool:
    """Whether nothing is left to install: the manifest asks for what is for development alone, which is left out."""
    package = tree.json(posixpath.join(project, _MANIFEST))
    spread = tree.exists(posixpath.join(project, "pnpm-workspace.yaml"))
    alone = bool(package.get("devDependencies")) and not spread and not any(map(package.get, _ASKED))
    return alone and _leaves_out(install)


def _development(install: Install, tree: Files, project: str, use: Use) -> Development | None:
    package = tree.json(posixpath.join(project, _MANIFEST))
    packages = table(package, "devDependencies")
    pruned = any(_PRUNES.search(text) for text in use.taking)
    tested = not use.starts and any(_TESTS.search(text) for text in use.after)
    if _chosen(install) or _starts_a_member(use, package, tree, project):
        return None  # what the root has for development is not what its members have
    if all(name.startswith("@types/") or name.endswith(("-types", "type-aliases")) for name in packages):
        return None  # declarations weigh nothing
    if any(_RAILS_INSTALLS in text for text in (*use.after, *use.onward)) and _is_bundled_by_rails(tree, project):
        return None  # they would come back
    words_said, scripts = _started(use, package)
    loaded = _loaded(words_said, use, packages) | _of_prisma(words_said, tree, project, packages)
    if _leaves_out(install) or pruned or tested or _runs_development(words_said, scripts, packages.keys() - loaded):
        return None
    required = _loads(tree, _programs(words_said, project, install, package), packages)
    if any(_BUILD_TOOLS.intersection(re.split(r"[@/-]", each)) or _COMPILES.search(each) for each in required):
        return None  # their settings, and what these name, are there for development as well
    loaded |= required
    if any(found[1] in packages for word in use.settings for found in _PLACED.finditer(word)):
        return None  # a variable tells a program where it is
    later = (*use.after, *use.onward)
    builds = any(_BUILDS.search(text) or _TESTS.search(text) or _called(text) in packages for text in later)
    stage = ", once a separate stage has built what needs the rest" if builds else ""
    way = _without_development(install, tree, project, use) + stage
    if "typescript" in packages and _starts_next(use, package) and tree.exists(posixpath.join(project, _SETTINGS)):
        loaded |= {"typescript"}
    if not loaded:
        return tuple(packages), way
    others = tuple(each for each in packages if each not in loaded)
    move = f"move {' and '.join(sorted(loaded))} to dependencies, and {way}"
    return (others, move) if others else None


#: What has gems of Rails install all that the manifest names, and call its script that builds.
_RAILS_INSTALLS: Final = "assets:precompile"


def _is_bundled_by_rails(tree: Files, project: str) -> bool:
    """Whether gems of Rails call the scripts of a manifest."""
    gems = tree.text(posixpath.join(project, "Gemfile"))
    return "cssbundling-rails" in gems or "jsbundling-rails" in gems


def _without_development(install: Install, tree: Files, project: str, use: Use) -> str:
    """The install without what is for development, as the lock file that it finds allows; else as it is written."""
    package = tree.json(posixpath.join(project, _MANIFEST))
    lock = next(iter(use.locks), None)
    modern = lock is not None and install.manager == "yarn" and "__metadata:" in tree.text(lock)
    if modern and not _is_first_yarn(install, use):
        command = "yarn workspaces focus --all --production"
        settings = tree.text(posixpath.join(project, ".yarnrc.yml"))
        if "workspace-tools" not in settings and _OLD_YARN.search(f"{settings} {package.get('packageManager')}"):
            command = f"yarn plugin import workspace-tools && {command}"
        return command
    fits = lock is not None and not modern and _lacks(install, tree, lock) is None
    verb, *options = _WITHOUT_DEVELOPMENT[install.manager][fits]
    if not fits:
        return _anew(install, install.verb, *options, without=_INCLUDES)
    return _anew(install, verb, *options, without=_LOOSE | _INCLUDES)


def _is_first_yarn(install: Install, use: Use) -> bool:
    """Whether the Yarn that runs is the first version, which the stage installs, and none of the project's own."""
    above = "\n".join(use.recipe.splitlines()[: install.step.line - 1])
    return any(map(_FIRST_YARN.search, use.before)) and _OWN_YARN.search(above) is None


def _loads(tree: Files, paths: Iterable[str], packages: Collection[str]) -> set[str]:
    """The packages that programs need whatever the variables say, in their own modules or in those that these load."""
    found, todo = set[str](), [posixpath.normpath(each) for each in paths]
    for here in todo:
        for name in _LOADED.findall(tree.text(here)):
            package = "/".join(name.split("/")[: 2 if name.startswith("@") else 1])
            if package in packages:
                found.add(package)
            elif name.startswith(".") and len(todo) < _MOST_MODULES:
                place = posixpath.normpath(posixpath.join(posixpath.dirname(here), name))
                module = next((place + end for end in _MODULES if tree.read(place + end) is not None), None)
                todo += [module] if module is not None and module not in todo else []
    return found


def _programs(said: Iterable[str], project: str, install: Install, package: dict[str, Any]) -> Iterator[str]:
    """The modules with which Node starts, by the words of the commands that start the image."""
    for before, word in pairwise(("", *said)):
        path = posixpath.relpath(word, install.cwd) if word.startswith(f"{install.cwd}/") else word
        if word.endswith(_PROGRAMS):
            yield posixpath.join(project, path)
        elif posixpath.basename(before) in ("node", "nodejs") and not word.startswith("-"):
            main = package.get("main") if path == "." else None
            names = [main] if isinstance(main, str) else []
            yield from (posixpath.join(project, path, each) for each in (*names, "index.js"))
            yield posixpath.join(project, f"{path}.js")


def _starts_a_member(use: Use, package: dict[str, Any], tree: Files, project: str) -> bool:
    """Whether what the image starts is a script of another package of the workspace, which may need what that has for
    development."""
    if {*_NAMES}.isdisjoint(use.words):
        return False
    told = [word.partition("=")[0] for word in use.words]
    if not {*_CHOOSE, "-C", "--dir", "--cwd", "--prefix", "workspace"}.isdisjoint(told):
        return True
    several = "workspaces" in package or tree.exists(posixpath.join(project, WORKSPACE))
    return several and table(package, "scripts").keys().isdisjoint(use.words)


#: What `next start` reads with the compiler, which it installs where that is missing.
_SETTINGS: Final = "next.config.ts"


def _starts_next(use: Use, package: dict[str, Any]) -> bool:
    said = list(use.words)
    for word in () if {*_NAMES}.isdisjoint(said) else use.words:
        said += str(table(package, "scripts").get(word, "")).split()
    return ("next", "start") in pairwise(said)


#: What comes before the name of a script, and variables in it.
_RUNNING: Final = (*_NAMES, "run", "run-script")
_UNKNOWN: Final = lazy(r"\$(?:\{[^}]*\}|\w+)")


def _started(use: Use, package: dict[str, Any]) -> tuple[list[str], list[str]]:
    """The words of the commands that start the image, with those of the scripts that these run, and their names."""
    scripts, called = table(package, "scripts"), list[str]()
    values = {**dict(zip(use.settings[::2], use.settings[1::2], strict=False)), **dict(use.runs)}
    said, runs = list(use.words), [list(use.words)]
    for words_of_one in runs:
        if {*_NAMES}.isdisjoint(words_of_one):
            continue
        for before, word in pairwise(("", *words_of_one)):
            asked = [word]
            if "$" in word and before in _RUNNING:
                # One that no setting gives is given by whoever starts the image: it may be any script.
                asked = globs.matching(_UNKNOWN.sub("*", replaced(word, values)), scripts)
            for name in (each for one in asked for each in (f"pre{one}", one)):
                if name in scripts and name not in called:
                    called.append(name)
                    runs.append(re.split(r"[\s\"'&|;]+", str(scripts[name])))
                    said += runs[-1]
    return said, called


#: What tells node to load a module before the program, and the package that this is in.
_PRELOADS: Final = lazy(
    r"(?:^|[\s=\"'])(?:-r|--require|--import|--(?:experimental-)?loader)[\s=]+((?:@[\w.-]+/)?[\w-][\w.-]*)"
)
#: Packages that compile what is loaded after them, with settings and plug-ins that are there for development.
_COMPILES: Final = lazy(r"(?:^|[@/-])(?:ts|tsx|tsconfig|babel|swc|esbuild|sucrase|coffee\w*|nyc|jiti)(?:[/-]|$)")
#: Programs that need no other package of those for development.
_ALONE: Final = {
    "cross-env": "cross-env",
    "cross-env-shell": "cross-env",
    "dotenv": "dotenv-cli",
    "env-cmd": "env-cmd",
    "http-server": "http-server",
    "pm2-runtime": "pm2",
    "serve": "serve",
}


def _loaded(said: list[str], use: Use, packages: dict[str, Any]) -> set[str]:
    """The packages for development that the program is started with: modules that node is told to load, and programs
    that stand for themselves."""
    settings = (*zip(use.settings[::2], use.settings[1::2], strict=False), *use.runs)
    texts = (" ".join(said), *(value for name, value in settings if name == "NODE_OPTIONS"))
    found = {one for text in texts for one in _PRELOADS.findall(text) if not _COMPILES.search(one)}
    found |= {_ALONE[name] for each in said if (name := posixpath.basename(each)) in _ALONE}
    return found & packages.keys()


#: What brings a database up to date with the schema alone, and which of these make the client as well.
_OF_PRISMA: Final = {("migrate", "deploy"): False, ("db", "push"): True}
#: Generators of its own.
_MAKES_CLIENT: Final = frozenset(("prisma-client-js", "prisma-client"))
_GENERATOR: Final = lazy(r"(?s)\bgenerator\s+\w+\s*\{[^}]*?\bprovider\s*=\s*\"([^\"\n]+)\"")


def _of_prisma(said: list[str], tree: Files, project: str, packages: Collection[str]) -> set[str]:
    """Prisma, with what its settings load, where the image does nothing with it that needs other packages for
    development."""
    words = [posixpath.basename(each) for each in said]
    calls = [next(pairwise(words[at + 1 : at + 3]), ("", "")) for at, each in enumerate(words) if each == "prisma"]
    if not calls or not _OF_PRISMA.keys() >= {*calls} or "prisma" not in packages:
        return set()
    settings = [each for each in tree.names(project) if each.startswith("prisma.config.")]
    if any(_OF_PRISMA[each] for each in calls) and "--skip-generate" not in said:
        schema = tree.text(posixpath.join(project, "prisma/schema.prisma"))
        if settings or not _MAKES_CLIENT.issuperset(_GENERATOR.findall(schema) or [""]):
            return set()
    return {"prisma", *_loads(tree, (posixpath.join(project, each) for each in settings), packages)}


def _runs_development(said: list[str], scripts: Iterable[str], packages: Collection[str]) -> bool:
    """Whether the image runs what is there for development: a dev server, a compiler on the fly."""
    if any(re.match(r"dev|watch|test|storybook|build", name) for name in scripts):
        return True
    # What builds when it starts reads its configuration then, which names what there is for development.
    if any(word == "build" and posixpath.basename(said[at]) in _BUILDERS for at, word in enumerate(said[1:])):
        return True
    if any(_COMPILES.search(each) for each in _PRELOADS.findall(" ".join(said))):
        return True
    names = {posixpath.basename(word).partition("@")[0] for word in said}
    names |= {_BINARIES[name] for name in names & _BINARIES.keys()}
    # Neither `@types/node` nor `@babel/node` is `node`.
    called_alike = {name.rpartition("/")[2] for name in packages if not name.startswith("@types/")} - {"node"}
    return bool(names & ({*packages} | called_alike | _ON_THE_FLY | _BUNDLERS))


# --- the ecosystem


def _for_the_machine(command: Command) -> bool:
    return not {"-g", "--global"}.isdisjoint(command.arguments)


MANAGERS: Final = (
    Manager(
        "npm",
        ("npm",),
        verbs=words("ci clean-install ic install-clean install i in"),
        itself=_ITSELF,
        valued=words(
            "--omit --only --include --registry --loglevel --cache --userconfig -w --workspace --maxsockets "
            "--fetch-retries --fetch-timeout --fetch-retry-mintimeout --fetch-retry-maxtimeout --install-strategy "
            "--before --os --cpu --libc --script-shell"
        ),
        moves=words("--prefix -C"),
        launchers=("corepack npm",),
        locks=_LOCKS["npm"],
        manifests=(_MANIFEST,),
        together="package*.json",
        open=_is_open,
        strict=Strict(
            "npm ci",
            options=("--package-lock-only",),
            verbs=words("ci clean-install ic install-clean"),
            adapted=_npm_remedy,
            lacks=_lacks,
            hits=phrases("npm ci,npm clean-install --omit=dev"),
            misses=("npm install",),
        ),
        updates=words("update upgrade up"),
        locked="npm ci",
        relocks=phrases("install --package-lock-only,i --package-lock-only"),
        reads=_reads,
        development=_development,
        idle=_is_idle,
        packages=_PACKAGES,
        homes=(_PACKAGES,),
        always=True,
        prunes=_PRUNES,
        edits=_EDITS,
        by_name=True,
        hits=phrases("npm ci,npm i --omit=dev,npm --prefix web ci,corepack npm install,npm install ."),
        misses=phrases("npm install -g pm2,npm run build,npm --version"),
    ),
    Manager(
        "yarn",
        words("yarn yarnpkg"),
        verbs=("", "install"),
        valued=words("--network-timeout --registry --cache-folder --mutex --network-concurrency --modules-folder"),
        moves=("--cwd",),
        launchers=("corepack yarn", "corepack yarnpkg"),
        locks=_LOCKS["yarn"],
        first=("yarn install", "package.json", ""),
        manifests=(_MANIFEST,),
        open=_is_open,
        lenient=True,
        strict=Strict(
            "yarn install --frozen-lockfile",
            options=words("--frozen-lockfile --immutable --immutable-cache"),
            settings=words("CI YARN_ENABLE_IMMUTABLE_INSTALLS"),
            adapted=_yarn_remedy,
            lacks=_lacks,
            whole=_whole,
            hits=phrases("yarn install --immutable,yarn --frozen-lockfile,CI=1 yarn"),
            misses=phrases("yarn,yarn install"),
        ),
        updates=words("upgrade up"),
        locked="yarn install --frozen-lockfile",
        reads=_reads,
        development=_development,
        idle=_is_idle,
        packages=_PACKAGES,
        homes=(_PACKAGES,),
        always=True,
        prunes=_PRUNES,
        edits=_EDITS,
        by_name=True,
        hits=phrases("yarn,yarn install --immutable,yarn --cwd web --frozen-lockfile"),
        misses=phrases("yarn build,yarn add left-pad,yarn --version"),
    ),
    Manager(
        "pnpm",
        ("pnpm",),
        verbs=words("install i"),
        valued=words(
            "--filter -F --store-dir --reporter --registry --loglevel --network-concurrency --child-concurrency "
            "--fetch-retries --fetch-timeout --modules-dir"
        ),
        moves=words("-C --dir"),
        launchers=("corepack pnpm",),
        locks=_LOCKS["pnpm"],
        manifests=(_MANIFEST,),
        open=_is_open,
        strict=Strict(
            "pnpm install --frozen-lockfile",
            options=words("--frozen-lockfile --offline"),
            settings=("CI",),
            adapted=_strict_remedy,
            fitting=_fitting_pnpm,
            lacks=_lacks,
            hits=phrases("pnpm install --frozen-lockfile,CI=true pnpm i"),
            misses=("pnpm install",),
        ),
        updates=words("update up upgrade"),
        locked="pnpm install --frozen-lockfile",
        relocks=phrases("install --lockfile-only,i --lockfile-only"),
        reads=_reads,
        development=_development,
        idle=_is_idle,
        packages=_PACKAGES,
        homes=(_PACKAGES, ".pnpm-store"),
        always=True,
        prunes=_PRUNES,
        edits=_EDITS,
        prepares=("fetch",),
        by_name=True,
        hits=phrases("pnpm install,pnpm i --prod,pnpm --filter api install"),
        misses=phrases("pnpm run build,pnpm fetch,pnpm install -g serve"),
    ),
    Manager(
        "bun",
        ("bun",),
        verbs=words("install i"),
        moves=("--cwd",),
        locks=_LOCKS["bun"],
        first=("bun install", "package.json", ""),
        manifests=(_MANIFEST,),
        strict=Strict(
            "bun install --frozen-lockfile",
            options=words("--frozen-lockfile --immutable --production"),
            adapted=_strict_remedy,
            hits=phrases("bun install --frozen-lockfile,bun install --immutable"),
            misses=("bun install",),
        ),
        reads=_reads,
        development=_development,
        idle=_is_idle,
        packages=_PACKAGES,
        homes=(_PACKAGES,),
        always=True,
        prunes=_PRUNES,
        edits=_EDITS,
        by_name=True,
        hits=phrases("bun install,bun i --production"),
        misses=phrases("bun run build,bun install --global cowsay"),
    ),
)
PROGRAMS: Final = (
    Program(
        ("npm",),
        inert=words("ci install i cache config set clean-install prune"),
        blind=words("cache config set"),
        is_blind=_for_the_machine,
    ),
    Program(("yarn",), inert=words("install cache config set"), blind=words("cache config")),
    Program(("pnpm",), inert=words("install i fetch config prune store"), blind=words("config store")),
    Program(("corepack",), inert=words("enable prepare install use"), blind=("*",)),
)
CACHES: Final = (
    Cache(
        "the cache of npm",
        cleans=("npm cache clean",),
        fills=phrases("npm ci,npm install,npm i"),
        place="/root/.npm",
    ),
    Cache(
        "the cache of yarn",
        cleans=("yarn cache clean",),
        fills=phrases("yarn,yarn install"),
        place="/usr/local/share/.cache",
    ),
)
MANIFESTS: Final = Manifests(
    names=words(
        "package.json pnpm-workspace.yaml lerna.json .yarnrc.yml .npmrc turbo.json nx.json project.json rush.json "
        "tsconfig.json angular.json nest-cli.json gulpfile.js Gulpfile.js gulpfile.mjs gulpfile.ts Gruntfile.js "
        "gruntfile.js webpack.config.js vite.config.js vite.config.ts vite.config.mjs next.config.js next.config.mjs "
        "next.config.ts rollup.config.js project.json electron-builder.yml electron-builder.yaml electron-builder.json "
        "codegen.yml codegen.yaml"
    ),
    roots=(_MANIFEST,),
    telling=(_MANIFEST,),
    trees=words("node_modules bower_components"),
    runners={"project.json": "nx", "nx.json": "nx"},
    unread=("tsconfig.json",),
    scripted=(_MANIFEST,),
    parts={_MANIFEST: node_manifests.part, WORKSPACE: node_manifests.part_of_workspace},
)
READERS: Final = node_manifests.READERS
SOURCES: Final = node_manifests.SOURCES
#: Programs that run the scripts of a project, and build it in the end.
TOOLS: Final = (
    r"(?:npm|pnpm|yarn|bun|npx|pnpx|bunx|lerna|rush|nx|turbo|ng|make|just|task|mise|moon|corepack|node|deno|vp)"
)
MAKERS: Final = {
    "node-install": maker(
        r"\b(?:npm|pnpm|bun|cnpm|lerna|rush|ni|nci|vp)\b[^\n;&|]*\b(?:ci|install|i|add|bootstrap|clean-install|"
        r"install-ci-test|ic|rebuild|deploy|fetch|update)\b|"
        r"\byarn(?:pkg)?\b(?:\s+--?\S+(?:[= ]\S+)?)*\s*(?=$|[&|;\n])|"
        r"\byarn(?:pkg)?\b[^\n;&|]*\b(?:install|workspaces|focus|add|plugnplay)\b|"
        rf"\bdeno\b[^\n;&|]*\b(?:install|cache)\b|\bnpm\s+(?:--\S+\s+)*(?:ci|i)\b|\bbower\b|\bnci\b|{ANY_BUILD}",
        r"(?:^|[\s/\"'\[,:])(?:node|nodejs|npm|npx|yarn|pnpm|bun|bunx|deno|next|nuxt|pm2|pm2-runtime|nodemon|ts-node|"
        r"tsx|electron|nginx|httpd|caddy|serve|http-server|playwright|puppeteer|cypress|static-web-server|zx)"
        r"(?=$|[\s/\"'\],:@])",
    ),
    "node-build": maker(
        rf"\b{TOOLS}\b[^\n;&|]*[\w:.@/-]*(?:build|compile|bundle|generate|export|dist|prod|package|release|prerender|"
        r"pack)[\w:.-]*|"
        r"\b(?:tsc|vite build|next build|nuxt build|nuxi|webpack|rollup|esbuild|astro build|gatsby build|ncc|tsup|swc|"
        r"parcel|react-scripts|vue-cli-service|gulp|grunt|ember build|hexo generate|hexo g|eleventy|storybook build|"
        r"elm make|docusaurus build|remix vite:build|quasar build|ionic build|mix assets\.\w+|assets:precompile)\b|"
        rf"{ANY_BUILD}",
    ),
    "offline": maker(r"(?s)\A(?!.*(?:--offline|--prefer-offline|--immutable-cache|--frozen-store))"),
    # Packages are unpacked from the cache, wherever that comes from.
    "yarn-install": maker(r"\byarn(?:\s+--?\S+)*\s*(?:install|workspaces focus|$|[&|;\n])", r"\byarn\b"),
    "yarn-cache": maker(
        r"(?s)\A(?!.*(?:--offline|--immutable-cache|--check-cache)).*\byarn(?:\s+--?\S+)*\s*(?:install|"
        r"workspaces focus|$|[&|;\n])",
        r"\byarn\b",
    ),
}
#: Variables of which a front end builds its pages begin so.
PUBLIC: Final = (
    "VITE_", "NEXT_PUBLIC_", "REACT_APP_", "VUE_APP_", "NUXT_PUBLIC_", "PUBLIC_", "GATSBY_", "EXPO_PUBLIC_", "NG_",
    "STORYBOOK_", "NODE_ENV", "NODE_OPTIONS",
)  # fmt: skip
PRIVATE: Final[tuple[Private, ...]] = (
    (words(".npmrc .yarnrc .yarnrc.yml bunfig.toml"), MAKERS["node-install"].makes),
    (words(".sentryclirc .env.sentry-build-plugin sentry.properties"), MAKERS["node-build"].makes),
)
RUNNERS: Final[tuple[Runner, ...]] = node_scripts.RUNNERS
HISTORY: Final = History()
