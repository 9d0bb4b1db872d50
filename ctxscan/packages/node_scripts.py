"""What commands of Node run of a project: scripts of a package.json, tasks of Grunt, configurations."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from ..paths import absolute
from ..regex import lazy
from ..rules import globs
from .interpreters import program
from .manifest import get, table, texts
from .workplace import Called, Ran, Runner, Workplace

_MANIFEST: Final = "package.json"
_MANAGERS: Final = ("npm", "yarn", "pnpm", "bun", "yarnpkg", "cnpm", "vp", "nr")
_ALL: Final = ("turbo", "nx", "lerna", "rush", "wsrun", "moon", "ultra")
_INSTALLS: Final = frozenset("ci install i add clean-install ic rebuild".split())
_LIFECYCLE: Final = ("preinstall", "install", "postinstall", "preprepare", "prepare", "postprepare")
#: Options of managers that mean members of the workspace.
_MEMBERS: Final = frozenset(
    "-r --recursive --filter -F -w --workspace --workspaces workspace workspaces --ws foreach -A --all".split()
)
#: Programs with the configuration that they run.
_CONFIGURED: Final = {
    "vite": ("vite.config.*", "svelte.config.js"),
    "vitest": (),
    "webpack": ("webpack*.js", "webpack*.ts", "webpack*.cjs", "webpack*.mjs"),
    "next": ("next.config.*",),
    "nuxt": ("nuxt.config.*",),
    "nuxi": ("nuxt.config.*",),
    "rollup": ("rollup.config.*",),
    "docusaurus": ("docusaurus.config.*",),
    "vue-cli-service": ("vue.config.*",),
    "ng": ("angular.json",),
    "astro": ("astro.config.*",),
    "gatsby": ("gatsby-*.js", "gatsby-*.ts"),
    "svelte-kit": ("svelte.config.*", "vite.config.*"),
    "remix": ("remix.config.*", "vite.config.*"),
    "react-router": ("react-router.config.*", "vite.config.*"),
    "tsup": ("tsup.config.*",),
    "tsdown": ("tsdown.config.*",),
    "unbuild": ("build.config.*",),
    "craco": ("craco.config.*",),
    "react-app-rewired": ("config-overrides.js",),
    "ember": ("ember-cli-build.js", "config/environment.js"),
    "storybook": (".storybook/main.*",),
    "vitepress": (".vitepress/config.*",),
    "vuepress": (".vuepress/config.*",),
    "eleventy": (".eleventy.js", "eleventy.config.*"),
    "quasar": ("quasar.config.*",),
    "rspack": ("rspack.config.*",),
    "rsbuild": ("rsbuild.config.*",),
    "farm": ("farm.config.*",),
    "electron-vite": ("electron.vite.config.*",),
    "electron-builder": ("electron-builder.*",),
    "gulp": ("gulpfile.*",),
    "jake": ("Jakefile*",),
    "nest": ("nest-cli.json",),
    "expo": ("app.config.*",),
}
_NAME: Final = lazy(r"[@\w*][\w./*-]*")
_DEPENDENCIES: Final = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
_TASK: Final = lazy(r"""registerTask\(\s*["']([\w:.-]+)["']""")
_QUOTED: Final = lazy(r"""["']([\w:.-]+)["']""")


def scripts(place: Workplace, path: str) -> dict[str, str]:
    """The scripts of a package.json."""
    return {name: text for name, text in table(place.tree.json(path), "scripts").items() if isinstance(text, str)}


def _manager(place: Workplace, called: Called) -> Iterator[Ran]:
    moved = called.value("--prefix", "--cwd", "-C", "--dir")
    cwd = absolute(called.cwd, moved or "")
    wanted = set(called.words)
    everywhere = called.name in _ALL or bool(_MEMBERS.intersection(part.partition("=")[0] for part in called.arguments))
    found: list[tuple[str, str]] = []
    own = place.at(_MANIFEST, cwd)
    if own is not None:
        found.append((own, cwd))
    if everywhere or own is None:
        found += place.below(cwd if own is not None or everywhere else "/", place.survey.named(_MANIFEST))
    elif called.name == "yarn" and not called.words:
        wanted.add("install")
    if everywhere:
        found = _selected(place, called, found)
    if called.name == "pnpm" and "run" not in wanted:
        wanted.discard("deploy")  # which is a command of its own
    installs = bool(wanted & _INSTALLS) or (called.name.startswith("yarn") and not wanted)
    if "--ignore-scripts" in called.arguments:
        installs = False
    for path, home in dict.fromkeys(found):
        yield from _scripts(place, path, home, wanted, installs)
    yield from _bin(place, called, cwd)


def _selected(place: Workplace, called: Called, found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Of the manifests of a workspace those that a command selects, with the packages that they need where it runs
    their scripts as well; all of them where it does not say, or says more than names."""
    asked = [*_values(called, "--filter", "-F", "--workspace", "-w", "--scope")]
    if called.words[:1] == ["workspace"]:
        asked += called.words[1:2]
    if not asked or any(not _NAME.fullmatch(each.removesuffix("...")) for each in asked):
        return found
    data = {path: place.tree.json(path) for path, _ in found}
    names = {path: name for path, each in data.items() if isinstance(name := each.get("name"), str)}
    wider = called.name in _ALL or any(each.endswith("...") for each in asked)
    wanted = {path for path, name in names.items() if any(_same(each.removesuffix("..."), name) for each in asked)}
    todo = list(wanted)
    while todo and wider:
        package = data[todo.pop()]
        needs = {name for key in _DEPENDENCIES for name in table(package, key)}
        more = [path for path, name in names.items() if name in needs and path not in wanted]
        wanted.update(more)
        todo += more
    return [each for each in found if each[0] in wanted] if wanted else found


def _values(called: Called, *options: str) -> Iterator[str]:
    """All values of these options."""
    for at, each in enumerate(called.arguments):
        option, equals, value = each.partition("=")
        if option in options:
            yield from [value] if equals else called.arguments[at + 1 : at + 2]


def _scripts(place: Workplace, path: str, home: str, wanted: set[str], installs: bool) -> Iterator[Ran]:
    mine = scripts(place, path)
    names = [name for name in mine if any(_same(each, name) for each in wanted)]
    # `nx build app`, `turbo run web#build`.
    names += [
        name for name in mine if name not in names and any(re.split(r"[#:]", each)[-1] == name for each in wanted)
    ]
    if installs:
        names += [name for name in _LIFECYCLE if name in mine]
    for name in dict.fromkeys(names):
        for each in (f"pre{name}", name, f"post{name}"):
            if each in mine:
                yield Ran(mine[each], path, _line(place, path, each), home)


def _same(word: str, name: str) -> bool:
    return word == name or (globs.is_wild(word) and globs.matches(word, name))


def _line(place: Workplace, path: str, name: str) -> int:
    """The line of a script, as far as the text tells."""
    start = f'"{name}"'
    for number, line in enumerate(place.tree.text(path).splitlines(), 1):
        if line.lstrip().startswith(start):
            return number
    return 0


def _bin(place: Workplace, called: Called, cwd: str) -> Iterator[Ran]:
    """`yarn vite build`, `pnpm exec webpack`, `pnpm turbo build`: a program by its name."""
    for each in called.words[:3]:
        if each in _CONFIGURED:
            yield from _configured(place, Called(each, called.arguments, cwd))
        elif each in _ALL and each != called.name:
            at = called.arguments.index(each)
            yield from _manager(place, Called(each, called.arguments[at + 1 :], cwd, called.settings))


def _series(place: Workplace, called: Called) -> Iterator[Ran]:
    """`run-s a b:*`, `concurrently "npm:a" "node b"`."""
    own = place.at(_MANIFEST, called.cwd)
    for each in called.words:
        if " " in each:
            yield Ran(each, "", 0, called.cwd)
        elif own is not None:
            yield from _scripts(place, own, called.cwd, {each.removeprefix("npm:")}, installs=False)


def _configured(place: Workplace, called: Called) -> Iterator[Ran]:
    """The configuration of a program, with what it imports; that of pages may lie among them."""
    given = called.value("-c", "--config", "--gulpfile")
    known = _CONFIGURED.get(called.name, ())
    known += tuple(f"{word}/{each}" for word in called.words for each in known if each.startswith("."))
    for each in (given,) if given else known:
        above, _, name = each.rpartition("/")
        home = absolute(called.cwd, above)
        where = place.at(home)
        names = [name] if not globs.is_wild(name) else []
        if where is not None and globs.is_wild(name):
            names = [one for one in place.tree.names(where) if globs.matches(name, one)]
        if where is None and globs.is_wild(name):
            names = [name.removesuffix("*") + ending for ending in ("js", "ts", "mjs")] if name.endswith(".*") else []
        for one in names:
            if found := place.at(posixpath.join(home, one)):
                yield from program(place, found, called.cwd)


def _grunt(place: Workplace, called: Called) -> Iterator[Ran]:
    """The tasks of a Gruntfile that a command runs, with those that they run, and what is configured for them."""
    path = next((found for each in ("Gruntfile.js", "gruntfile.js") if (found := place.at(each, called.cwd))), None)
    if path is None:
        return
    text = place.tree.text(path)
    starts = [*_TASK.finditer(text)]
    bodies: dict[str, tuple[int, str]] = {}
    for at, each in enumerate(starts):
        end = starts[at + 1].start() if at + 1 < len(starts) else len(text)
        bodies[each[1]] = (each.end(), text[each.end() : end])
    todo, seen = list(called.words or ["default"]), set[str]()
    while todo:
        if (name := todo.pop()) in seen:
            continue
        seen.add(name)
        if name in bodies:
            start, body = bodies[name]
            yield Ran(body, path, text.count("\n", 0, start) + 1, called.cwd, code=True)
            todo += _QUOTED.findall(body)
        for start, body in _settings(text, name.split(":")):
            yield Ran(body, path, text.count("\n", 0, start) + 1, called.cwd, code=True)


def _settings(text: str, names: list[str]) -> Iterator[tuple[int, str]]:
    """The configuration of a task, or of one of its targets, in the text of a Gruntfile."""
    start, end = 0, len(text)
    for name in names:
        found = re.compile(rf"""(?:^|[\s{{,]){re.escape(name)}["']?\s*:\s*\{{""").search(text, start, end)
        if found is None:
            return
        start, depth = found.end(), 1
        at = start
        while at < end and depth:
            depth += {"{": 1, "}": -1}.get(text[at], 0)
            at += 1
        end = at
    yield start, text[start:end]


def _deno(place: Workplace, called: Called) -> Iterator[Ran]:
    """The task of a deno.json, with those that it depends on."""
    found = (place.at(each, called.cwd) for each in ("deno.json", "deno.jsonc"))
    path = next((each for each in found if each), None)
    if path is None or called.words[:1] != ["task"]:
        return
    tasks, todo, seen = table(place.tree.json(path), "tasks"), called.words[1:2], set[str]()
    while todo:
        if (name := todo.pop()) in seen:
            continue
        seen.add(name)
        task = tasks.get(name)
        text = task if isinstance(task, str) else get(task, "command")
        todo += texts(get(task, "dependencies"))
        if isinstance(text, str):
            yield Ran(text, path, _line(place, path, name), called.cwd)


RUNNERS: Final = (
    Runner(("deno",), _deno),
    Runner((*_MANAGERS, *_ALL), _manager),
    Runner(("run-s", "run-p", "npm-run-all", "npm-run-all2", "concurrently"), _series),
    Runner(tuple(_CONFIGURED), _configured),
    Runner(("grunt",), _grunt),
)
