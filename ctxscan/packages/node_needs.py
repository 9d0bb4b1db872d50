"""What an install of a Node project fails without: its lock file, patches, dependencies by path, the manager that it
brings along, the scripts that run with it, and the programs that these call.

What npm makes of a dependency by path that is not there was tried: it links to nothing, and goes on.
"""

import posixpath
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

from ..dockerfile.commands import Command
from ..regex import lazy
from . import node, node_manifests
from .essential import Essential, named_by
from .manifest import Files, beside, reaching, table, yaml_list
from .node_builds import calls, line_of, simple_commands, styles

_INSTALLS: Final = {
    "npm": ("ci", "clean-install", "install", "i"),
    "pnpm": ("install", "i"),
    "yarn": ("install", ""),
    "bun": ("install", "i"),
}
#: Scripts that run with an install, by themselves.
_WITH_INSTALL: Final = ("preinstall", "install", "postinstall", "prepare")
#: What ends an install for want of a lock file: verbs or options, by the manager. Bun goes on, which was tried.
_STRICT: Final = (
    ("npm", ("ci", "clean-install")),
    ("pnpm", ("--frozen-lockfile",)),
    ("yarn", ("--immutable",)),
)
_LOCKS: Final = {each.name: each.locks for each in node.MANAGERS}
#: A file that a script starts.
_STARTS: Final = lazy(r"(?:^|&&|;)\s*(?:node|tsx|sh|bash)\s+((?:\./)?[\w@-][\w./@-]*\.(?:[cm]?js|ts|sh))(?=\s|$|&&|;)")
_SCHEMA: Final = lazy(r"\bprisma\s+generate\b(?!.*--schema)")
#: Where a `.yarnrc.yml` names a program or a plug-in.
_YARN: Final = lazy(r"(?m)^[ \t]*(?:yarnPath|-?[ \t]*path):[ \t]*\"?([^\"\s#]+)")
_LEGACY: Final = lazy(r"(?m)^[ \t]*legacy-peer-deps[ \t]*=[ \t]*true")
#: A script that goes on, or looks first.
_CAREFUL: Final = lazy(r"\|\||\btest\b|\[\s|\bif\b|\bexistsSync\b|is-ci|\bnode\s+-e\b")


def built(command: Command) -> Iterator[str]:
    """The directory whose dependencies a command installs."""
    verbs = _INSTALLS.get(command.name)
    words = command.words
    elsewhere = {"-g", "--global", "--prefix", "--cwd", "-C", "--dir", "--filter", "-F", "-w", "--workspace"}
    if verbs is None or elsewhere & {each.partition("=")[0] for each in command.arguments}:
        return
    if (words[0] if words else "") in verbs and len(words) < 2:
        yield command.cwd


def needs(tree: Files, manifest: str, start: str, command: Command) -> Iterator[Essential]:
    """What an install from a `package.json` fails without, or does without its patches."""
    if posixpath.dirname(manifest) != start:
        return
    data = tree.json(manifest)
    for name, options in _STRICT:
        if command.name == name and set(options) & set(command.arguments):
            there = [path for path in beside(manifest, *_LOCKS[name]) if tree.exists(path)]
            if there:
                yield Essential(there[0], f"{name} {_said(command, options)}", manifest, 0, tuple(there[1:]))
    yield from _of_settings(tree, manifest, command)
    yield from _by_path(tree, manifest, command)
    yield from _of_workspace(tree, manifest, command)
    if command.name == "pnpm":
        space = posixpath.join(start, node.WORKSPACE)
        told = {manifest: node_manifests.patches(data, "pnpm")}
        told[space] = [*node_manifests.patches_of_workspace(tree.text(space))]
        for source, named in told.items():
            yield from (Essential(path, "a patched dependency", source) for path in beside(source, *named))
    if "--ignore-scripts" in command.arguments:
        return
    scripts = table(data, "scripts")
    for key in _WITH_INSTALL:
        text = scripts.get(key)
        if not isinstance(text, str) or _CAREFUL.search(text):
            continue
        line = _line(tree, manifest, key)
        for path in beside(manifest, *_STARTS.findall(text)):
            yield Essential(path, f"the script {key}", manifest, line)
        if _SCHEMA.search(text) and "prisma" not in data:
            first, *others = beside(manifest, "prisma/schema.prisma", "schema.prisma", "prisma/schema")
            yield Essential(first, f"the script {key}", manifest, line, tuple(others))
        if re.search(r"(?:^|\s)patch-package(?:\s*$|\s*&&|\s+--error)", text):
            yield from (Essential(path, "patch-package", manifest, line) for path in beside(manifest, "patches"))


def _of_settings(tree: Files, manifest: str, command: Command) -> Iterator[Essential]:
    """The settings with which npm takes dependencies that do not fit each other."""
    option = "--legacy-peer-deps"
    said = {option, "--force", "-f"} & {*command.arguments} or command.setting("NPM_CONFIG_LEGACY_PEER_DEPS")
    for path in beside(manifest, ".npmrc") if command.name == "npm" and not said else ():
        text = tree.text(path)
        # A file with a token is better not copied.
        if option[2:] in text and _LEGACY.search(text) and "_auth" not in text:
            yield Essential(path, command.text, "", instead=f"write {command.text} {option}")


def _by_path(tree: Files, manifest: str, command: Command) -> Iterator[Essential]:
    """Packages of the project that are installed as dependencies."""
    data = tree.json(manifest)
    for key in ("dependencies", "optionalDependencies", *(() if omits_development(command) else ("devDependencies",))):
        for name, value in table(data, key).items():
            kind, _, place = value.partition(":") if isinstance(value, str) else ("", "", "")
            if kind not in ("file", "link", "portal") or (kind == "link" and command.name != "yarn"):
                continue
            for path in reaching(manifest, place):
                packed = place.endswith((".tgz", ".tar.gz"))
                needed = path if packed else f"{path}/package.json"
                line = _line(tree, manifest, name)
                yield Essential(
                    needed, "a dependency by path", manifest, line, held=not packed and command.name == "npm"
                )


def _of_workspace(tree: Files, manifest: str, command: Command) -> Iterator[Essential]:
    """The packages of a workspace that others of it depend on, and that cannot come from elsewhere: `workspace:` says
    so, or they are private. Of these the manifests are needed, and of pnpm the list of the packages.

    Tried with each: yarn, and pnpm without a frozen lock file, end with an error; npm, and pnpm with one, as it wants
    it where `CI` is set, make a link that leads nowhere, to what a later COPY may bring."""
    above = posixpath.dirname(manifest)
    listed = posixpath.join(above, node.WORKSPACE)
    globs_of = (
        [*yaml_list(tree.text(listed), "packages")] if command.name == "pnpm" else node_manifests.spaces(tree, manifest)
    )
    if not globs_of:
        return
    members = {each: tree.json(each) for each in (manifest, *node_manifests.members(tree, above, globs_of))}
    by_name = {data["name"]: path for path, data in members.items() if isinstance(data.get("name"), str)}
    keys = ("dependencies", *(() if omits_development(command) else ("devDependencies",)))
    frozen = "--frozen-lockfile" in command.arguments or command.setting("CI") is not None
    patient = command.name in ("npm", "bun") or (frozen and command.name == "pnpm")
    beside = listed if command.name == "pnpm" else ""
    for member, data in members.items():
        for name, value in (each for key in keys for each in table(data, key).items()):
            path = by_name.get(name)
            bound = isinstance(value, str) and value.startswith("workspace:")
            if path is None or not (bound or members[path].get("private") is True):
                continue
            line = _line(tree, member, name)
            if bound and command.name == "pnpm":
                yield Essential(listed, "pnpm", member, line, held=patient)
            ends = bound and not patient  # a private one may be in a registry under its name
            yield Essential(path, "a package of the workspace", member, line, held=patient, ends=ends, beside=beside)


def omits_development(command: Command) -> bool:
    """Whether an install leaves out what is there for development."""
    return bool(option_of(command))


def option_of(command: Command) -> str:
    """The option or the variable by which an install leaves out what is there for development; "": it does not."""
    arguments = command.arguments
    pairs = set(pairwise(arguments))
    if {"--include=dev", "--production=false", "--dev", "-D"} & set(arguments) or ("--include", "dev") in pairs:
        return ""
    options = "--omit=dev", "--production", "--prod", "-P", "--only=production", "--only=prod"
    said = [each for each in arguments if each in options] + ["--omit dev"] * (("--omit", "dev") in pairs)
    variables = [("NPM_CONFIG_OMIT", "dev"), ("npm_config_omit", "dev")]
    if command.name in ("npm", "yarn"):  # pnpm from its tenth version on installs all the same, and so does Bun
        variables.append(("NODE_ENV", "production"))
    for name, value in variables:
        if command.setting(name) == value:
            said.append(f"{name}={value}")
    return said[0] if said else ""


_SHIPPED: Final = ("dependencies", "optionalDependencies", "peerDependencies")


class LeftOut(NamedTuple):
    """A program that a script of a manifest calls, and that comes with a dependency for development; or, where there
    are `settings`, a package that these make a program load. `ends`: nothing else is called so among what npm or pnpm
    installs, and the script does nothing but that."""

    program: str
    script: str
    line: int
    settings: str = ""
    ends: bool = False


#: Packages whose program is not called as they are.
_PROVIDERS: Final = {
    "tsc": "typescript", "ng": "@angular/cli", "nest": "@nestjs/cli", "ngcc": "@angular/compiler-cli",
    "svelte-kit": "@sveltejs/kit", "webpack": "webpack-cli", "vue-cli-service": "@vue/cli-service", "nuxi": "nuxt",
    "babel": "@babel/cli", "swc": "@swc/cli", "playwright": "@playwright/test", "electron-rebuild": "@electron/rebuild",
}  # fmt: skip


def names_of(program: str) -> tuple[str, ...]:
    """The packages that have a program, by their names."""
    return program, _PROVIDERS.get(program, program)


def left_out(tree: Files, manifest: str, command: Command) -> Iterator[LeftOut]:
    """The programs that an install without what is there for development runs all the same."""
    if not _omits(tree, manifest, command) or "--ignore-scripts" in command.arguments:
        return
    if re.search(
        r"(?m)^[ \t]*ignore-scripts[ \t]*=[ \t]*true", tree.text(posixpath.join(posixpath.dirname(manifest), ".npmrc"))
    ):
        return
    if command.name == "bun" or command.setting("npm_config_ignore_scripts") == "true":
        return
    data = tree.json(manifest)
    # Yarn does not prepare what it leaves half of out, which was tried.
    for key in _WITH_INSTALL[: 3 if command.name == "yarn" else None]:
        text = table(data, "scripts").get(key)
        if not isinstance(text, str) or "||" in text or re.search(r"\bif\b|\[\s|\btest\s", text):
            continue
        for words in simple_commands(text):
            if _is_for_development(tree, manifest, words[0]):
                ends = _PLAIN.fullmatch(text) is not None and _is_nowhere_else(tree, manifest, command, words[0])
                yield LeftOut(words[0], key, line_of(tree, manifest, key), ends=ends)
                break


#: A script that is one command.
_PLAIN: Final = lazy(r"[\w@./: =-]+")


def _is_nowhere_else(tree: Files, manifest: str, command: Command, program: str) -> bool:
    """Whether no package that an install brings has a program of a name."""
    if command.setting("NPM_CONFIG_IGNORE_SCRIPTS") is not None:
        return False
    if command.name != "npm":
        return command.name == "pnpm"  # it shows a project its own dependencies alone
    held = table(tree.json(posixpath.join(posixpath.dirname(manifest), _LOCKS["npm"][0])), "packages")
    having = [each for each in held.values() if isinstance(each, dict) and program in table(each, "bin")]
    return bool(having) and all(each.get("dev") is True for each in having)


def missing(tree: Files, manifest: str, install: Command, command: Command) -> LeftOut | None:
    """The first program that a script calls which a command runs, and that an install in its directory left out."""
    if not _omits(tree, manifest, install):
        return None
    lines = tree.text(manifest).splitlines()
    for call in calls(tree, manifest, command):
        # npx and its like bring what is not there.
        text = lines[call.line - 1] if call.line else "npx"
        if not re.search(r"\b(?:npx|bunx|pnpx|dlx|exec)\b", text) and _is_for_development(tree, manifest, call.name):
            return LeftOut(call.name, _key(text), call.line)
        for path in styles(tree, manifest, call):
            if (loaded := _loaded(tree, manifest, path)) is not None:
                return loaded._replace(script=_key(text))
    return None


_REMARKS: Final = lazy(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_NAMES: Final = lazy(r"@?[\w-]+(?:/[\w-]+)?")


def _loaded(tree: Files, manifest: str, path: str) -> LeftOut | None:
    """The first package for development that settings name."""
    text = _REMARKS.sub(lambda found: "\n" * found[0].count("\n"), tree.text(path))
    for name in _NAMES.finditer(text):
        if _is_for_development(tree, manifest, name[0]):
            return LeftOut(name[0], "", 1 + text.count("\n", 0, name.start()), path)
    return None


def is_install(command: Command) -> bool:
    """Whether a command of a manager installs packages, wherever."""
    words = command.words
    return command.name in _INSTALLS and (words[0] if words else "") in (
        *_INSTALLS[command.name],
        "add",
        "install-test",
    )


def is_of_project(command: Command) -> bool:
    """Whether a command installs packages, and not for all."""
    return is_install(command) and not {"-g", "--global"} & {*command.arguments}


def lock_of(command: Command) -> tuple[str, ...]:
    """The lock files of which an install ends with an error if there is none."""
    strict = next((options for name, options in _STRICT if name == command.name), ())
    return _LOCKS[command.name] if command.name in ("npm", "pnpm") and {*strict} & {*command.arguments} else ()


def makes_lock(command: Command) -> bool:
    """Whether a command may write a lock file."""
    if command.name in _INSTALLS and command.words[:1] in (["shrinkwrap"], ["import"]):
        return True
    return is_of_project(command) and not lock_of(command)


def _omits(tree: Files, manifest: str, command: Command) -> bool:
    """Whether an install leaves out what is there for development; new Yarn does not know the option."""
    lock = tree.text(posixpath.join(posixpath.dirname(manifest), _LOCKS["yarn"][0]))
    return omits_development(command) and not (command.name == "yarn" and "__metadata:" in lock)


def _is_for_development(tree: Files, manifest: str, program: str) -> bool:
    """Whether a program comes with a dependency for development only; a lock file of npm says it of each."""
    data = tree.json(manifest)
    package = _PROVIDERS.get(program, program)
    shipped = {name for key in _SHIPPED for name in table(data, key)}
    if package not in table(data, "devDependencies") or package in shipped:
        return False
    lock = posixpath.join(posixpath.dirname(manifest), _LOCKS["npm"][0])
    locked = table(tree.json(lock), "packages", f"node_modules/{package}") if tree.exists(lock) else {}
    return not locked or locked.get("dev") is True


def _key(line: str) -> str:
    return line.partition(":")[0].strip().strip('"')


def yarn_needs(tree: Files, manifest: str, start: str, command: Command) -> Iterator[Essential]:
    """The Yarn that a `.yarnrc.yml` says to run, and the plug-ins that it loads."""
    if command.name == "yarn":
        yield from named_by(_YARN, tree.text(manifest), manifest, "yarn")


def _said(command: Command, options: tuple[str, ...]) -> str:
    return next(each for each in command.arguments if each in options)


def _line(tree: Files, manifest: str, key: str) -> int:
    lines = tree.text(manifest).splitlines()
    found = [at for at, line in enumerate(lines, 1) if re.match(rf'\s*"{key}"\s*:\s*"', line)]
    return found[0] if len(found) == 1 else 0
