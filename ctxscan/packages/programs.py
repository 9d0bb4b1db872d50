"""What a command reads by name, what programs look for, what starts one, and what its sources import: as far as it is
plain."""

import ast
import json
import posixpath
import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import dropwhile, pairwise
from typing import Final, NamedTuple

from ..dockerfile.commands import Command
from ..dockerfile.shell import every_command
from ..dockerfile.stages import Step
from ..paths import absolute
from ..regex import lazy

#: The text of the file at an absolute path of the image; empty where it is not known.
Text = Callable[[str], str]


class Start(NamedTuple):
    """A file that is run: any one of `paths`, which are absolute. Imports are looked for in `bases`."""

    paths: tuple[str, ...]
    bases: tuple[str, ...] = ()


class Imported(NamedTuple):
    """A module that a source imports in a line, whatever happens: any one of `paths`, which are absolute."""

    name: str
    line: int
    paths: tuple[str, ...]


class Handed(NamedTuple):
    """An absolute path that a program is given, by an option or as a word (empty)."""

    program: str
    option: str
    path: str


class Silent(NamedTuple):
    """Who reads a file of the root that nobody has to name: `programs` that a command calls, `tasks` of others, and
    `tools` that a manifest has among its packages."""

    programs: list[str]
    tasks: re.Pattern[str]
    tools: re.Pattern[str]


#: Words before a program that change nothing of what it is, and those of them that take a user.
_BEFORE: Final = frozenset("exec tini dumb-init catatonit env time nice nohup sudo -- -g -s -v".split())
_AS_USER: Final = frozenset(("gosu", "su-exec", "setpriv", "chroot"))
#: Programs that run another one in what they have installed, and the word that says so (none: always).
_WITHIN: Final = {
    **dict.fromkeys(("npx", "bunx", "pnpx"), ""),
    **dict.fromkeys(("poetry", "uv", "pipenv", "pdm", "hatch", "rye", "pixi"), "run"),
    **{"bundle": "exec"},
}
#: What programs read for themselves, by their first words.
_IMPLIED: Final = {
    ("alembic",): ("alembic.ini",),
    ("flask", "db"): ("migrations",),
    ("prisma", "migrate"): ("prisma/schema.prisma", "prisma/migrations"),
}
_SHELLS: Final = frozenset("sh bash dash ash zsh ksh".split())
_SCRIPTED: Final = frozenset("perl php ruby lua Rscript deno bun node nodejs tsx ts-node".split())
_JS: Final = ("", ".js", ".mjs", ".cjs", ".json", ".ts", ".tsx", ".jsx", "/index.js", "/index.mjs", "/index.ts")
_SERVERS: Final = frozenset("uvicorn gunicorn hypercorn granian daphne waitress-serve".split())
#: Programs that run a file by a word of their own, and those that take an application by an option or a variable.
_LAUNCHERS: Final = {"fastapi": ("run", "dev"), "streamlit": ("run",)}
_TAKES_APPLICATION: Final = {
    "flask": (("-A", "--app"), "FLASK_APP"),
    "celery": (("-A", "--app"), "CELERY_APP"),
}
_NOTHING: Final = lazy(r"(?!)")
#: Files that programs look for by themselves, by their names. Tailwind, Eleventy and what packs a project leave out
#: what git ignores.
SILENT: Final = {
    ".gitignore": Silent(
        "rg ag fd fdfind turbo nx moon pants lerna rush biome prettier eslint ktlint hatch maturin poetry flit pdm "
        "vsce knip repomix tokei scc gitleaks trufflehog semgrep watchexec eleventy vercel netlify gcloud firebase "
        "heroku fly flyctl sls serverless eas".split(),
        lazy(
            r"\b(?:(?:npm|pnpm|yarn|bun)(?: pm| npm)? (?:pack(?! [^-.\s]\S*@)|publish)|cargo (?:package|publish)|"
            r"composer archive)\b|"
            r"\bgit (?:-[cC] \S+ |-\S+ )*(?:add|status|stash|clean|check-ignore|ls-files|commit|grep|diff)\b"
        ),
        lazy(
            r"tailwind|unocss|windicss|11ty|hatch|maturin|poetry|flit|pdm|uv_build|scikit-build|cargo-generate|"
            r"apache-rat|gitignore"
        ),
    ),
    ".editorconfig": Silent(
        "dotnet msbuild prettier biome ktlint shfmt eclint ec editorconfig-checker clang-format".split(),
        lazy(r"\bmvn spotless:|\bcargo fmt\b"),
        lazy(r"ktlint|spotless|editorconfig|detekt|prettier-maven|google-java-format"),
    ),
    ".gitattributes": Silent([], lazy(r"\bgit (?:\S+ )*(?:archive|lfs|check-attr)\b|\bcomposer archive\b"), _NOTHING),
    **dict.fromkeys(
        ".eslintrc .eslintrc.js .eslintrc.cjs .eslintrc.json .eslintrc.yml .eslintrc.yaml .eslintignore "
        "eslint.config.js eslint.config.mjs eslint.config.cjs eslint.config.ts .prettierrc .prettierrc.json "
        ".prettierrc.yml .prettierrc.yaml .prettierrc.js .prettierrc.cjs .prettierrc.mjs prettier.config.js "
        "prettier.config.mjs prettier.config.cjs".split(),
        Silent(
            "eslint prettier next react-scripts craco vue-cli-service nuxt gatsby umi max".split(),
            _NOTHING,
            lazy(
                r"eslint-webpack-plugin|eslint-loader|plugin-eslint|vite-plugin-checker|@nuxt(?:js)?/eslint|gulp-eslint|"
                r"grunt-eslint|react-scripts|cli-service|[\"'](?:next|nuxt|gatsby|umi|standard)[\"']\s*:"
            ),
        ),
    ),
    **dict.fromkeys(
        ".stylelintrc .stylelintrc.json .stylelintrc.js .stylelintrc.cjs .stylelintrc.yml .stylelintrc.yaml "
        "stylelint.config.js stylelint.config.mjs stylelint.config.cjs".split(),
        Silent(["stylelint"], _NOTHING, lazy(r"(?:plugin|gulp|grunt|@nuxtjs)[/-]stylelint|stylelint-webpack")),
    ),
    **dict.fromkeys(
        (".openapi-generator", ".swagger-codegen"),
        Silent(["openapi-generator", "openapi-generator-cli"], _NOTHING, lazy(r"openapi-?generator|swagger-codegen")),
    ),
    **dict.fromkeys(
        "flake.nix flake.lock shell.nix".split(),
        Silent("nix nix-build nix-shell nix-env nix-channel devbox devenv".split(), _NOTHING, _NOTHING),
    ),
    **dict.fromkeys(
        "AGENTS.md CLAUDE.md GEMINI.md .claude .codex .agents .cursor .gemini".split(),
        Silent(
            "claude codex gemini opencode cursor-agent aider goose amp copilot qwen".split(),
            _NOTHING,
            lazy(r"claude[-_](?:code|agent[-_]sdk)|openai[-_/]codex|gemini-cli|opencode-ai|aider-chat"),
        ),
    ),
    "launchSettings.json": Silent([], lazy(r"\bdotnet (?:run|watch|ef|user-jwts|test)\b"), _NOTHING),
    ".pre-commit-config.yaml": Silent(["pre-commit", "prek"], _NOTHING, _NOTHING),
    "renovate.json": Silent(["renovate"], _NOTHING, _NOTHING),
    "codecov.yml": Silent(["codecov", "codecovcli"], _NOTHING, _NOTHING),
    "sonar-project.properties": Silent(["sonar-scanner", "sonar"], _NOTHING, _NOTHING),
}
#: A source that reads or serves something has one of these in it (`literals`).
READING: Final = (
    *("readFile", "createReadStream", "sendFile", "static(", "serveStatic"),
    *("open(", "Jinja2Templates", "StaticFiles", "FileSystemLoader", "send_file", "FileResponse", "Flask("),
    *("TEMPLATES", "STATICFILES_DIRS", "LOCALE_PATHS"),
)
_MODULE: Final = lazy(r"[A-Za-z_]\w*(?:\.\w+)*")
_IMPORTS: Final = lazy(
    r"""(?m)^(?:(?:(?:const|let|var)\s[^\n=]*=\s*)?require\(\s*["'](\.[^"'\n]+)["']\s*\)|"""
    r"""(?:import|export)\s(?:[^\n;"']*\bfrom\s*)?["'](\.[^"'\n]+)["'])"""
)
#: Options of an interpreter that take the next word.
_VALUED: Final = frozenset("-r --require --import --loader -C --conditions --env-file -W -X -o".split())
_PLAIN: Final = lazy(r"[\w.@+/-]+")
#: A script that does one of these works elsewhere, or only perhaps.
_MOVES: Final = lazy(r"(?m)\b(?:cd|pushd)\s")
_CONDITION: Final = lazy(r"\|\||&&|^(?:if|case|while|until|for|function|test)\b|\[\s|\(\)|<<")


# --- commands of a RUN


#: Of programs that read what they are given: where that begins among the words, and where it ends.
_READ: Final = {
    **dict.fromkeys("cat head tail sort unzip gunzip dpkg patch source . pytest py.test".split(), (0, None)),
    **dict.fromkeys("chmod chown chgrp".split(), (1, None)),
    **dict.fromkeys("cp mv".split(), (0, -1)),
}


def named_files(command: Command) -> Iterator[str]:
    """The paths of files that a command fails without, as it has them: its own script, and lists of packages."""
    found: list[str] = []
    name, words = command.name, command.words
    if command.program:
        found.append(command.program)
    if name in _SHELLS or name in ("source", ".", "python", "python3", "node", "ruby", "perl", "php"):
        if not {"-c", "-e", "-m", "-"} & set(command.arguments[:2]) and words:
            found.append(words[0])
    elif name in ("pip", "pip3", "uv"):
        pairs = zip(command.arguments, command.arguments[1:], strict=False)
        found += [value for option, value in pairs if option in ("-r", "--requirement", "-c", "--constraint")]
    for each in found:
        if _PLAIN.fullmatch(each) and ("." in each or "/" in each):
            yield each


def read_paths(command: Command) -> Iterator[str]:
    """The paths that a plain command is given to read, as it has them: what `cp`, `cat` or `chmod` takes, the tests of
    `pytest`, the directory of `cd` and `make -C`. The command fails without them, and a shell may go on then."""
    name, words = command.name, command.words
    if name == "cd":
        yield "."
        return
    begins, ends = _READ.get(name, (0, 0))
    found = words[begins:ends]
    if name in ("cp", "mv") and {"-t", "--target-directory", "-T"} & set(command.arguments):
        return
    if name == "make":
        pairs = zip(command.arguments, command.arguments[1:], strict=False)
        found = [value for option, value in pairs if option in ("-C", "--directory", "-f", "--file")]
    for each in found:
        path = each.partition("::")[0]
        if _PLAIN.fullmatch(path):
            yield path


# --- what starts a container


def started(step: Step, text: Text) -> Iterator[Start]:
    """The files that CMD, ENTRYPOINT or HEALTHCHECK runs."""
    cwd, environment = step.workdir or "/", dict(step.environment)
    for words in _called(_words(step), cwd, text, 0):
        yield from _run(words, cwd, environment)


def _run(words: Sequence[str], cwd: str, environment: dict[str, str]) -> Iterator[Start]:
    first, *arguments = words
    program = posixpath.basename(first)
    if program in _SHELLS or program in _SCRIPTED or program.startswith("python") or program in _SERVERS:
        yield from _interpreted(program, arguments, cwd, environment)
    elif program in _LAUNCHERS or program in _TAKES_APPLICATION:
        yield from _launched(program, arguments, cwd, environment)
    elif "/" in first and _PLAIN.fullmatch(first):
        yield Start((absolute(cwd, first),))


def started_by_script(step: Step, text: Text) -> Iterator[tuple[str, Start]]:
    """The files that a script of a shell runs in any case, once CMD or ENTRYPOINT has started it, each with the path of
    the script; none that it may have made, or that a variable of its own decides on."""
    cwd, environment = step.workdir or "/", dict(step.environment)
    for words in _called(_words(step), cwd, text, 0):
        script, content = _script_of(words, cwd, text)
        for line in _always(content) if content and "PYTHONPATH" not in content else ():
            for own in _called(line, cwd, text, 0):
                for start in _run(own, cwd, environment):
                    if not any(_is_asked_for(content, path) for path in start.paths):
                        yield script, start
            if line[0] in ("exec", "exit"):
                break


def _script_of(words: Sequence[str], cwd: str, text: Text) -> tuple[str, str]:
    """The script of a shell that a command runs, with its text; empty if it runs none that is known."""
    script = next((each for each in words[:2] if posixpath.basename(each) not in _SHELLS), "")
    content = text(absolute(cwd, script)) if _PLAIN.fullmatch(script) else ""
    shell = posixpath.basename(words[0]) in _SHELLS or (content.startswith("#!") and "sh" in content.partition("\n")[0])
    return (absolute(cwd, script), content) if shell else ("", "")


def handed(step: Step, text: Text) -> Iterator[Handed]:
    """The paths that CMD, ENTRYPOINT or HEALTHCHECK hands to its program, and a script of a shell that it starts to
    those that it calls in any case."""
    cwd = step.workdir or "/"
    for words in _called(_words(step), cwd, text, 0):
        yield from _handed(words, cwd)
        _, content = _script_of(words, cwd, text)
        for line in _always(content) if content else ():
            for own in _called(line, cwd, text, 0):
                yield from (one for one in _handed(own, cwd) if not _is_asked_for(content, one.path))


def _always(script: str) -> Iterator[tuple[str, ...]]:
    """The commands of a script that it calls in any case, where it starts; none if it moves."""
    for line in script.replace("\\\n", " ").split("\n") if not _MOVES.search(script) else ():
        # What is indented, or has a condition in its line, may never be called.
        if (line[:1].isalpha() or line.startswith(("./", "/"))) and not _CONDITION.search(line):
            yield from every_command(line)


def _is_asked_for(script: str, path: str) -> bool:
    """Whether a script looks whether there is a file, or makes it."""
    name = re.escape(posixpath.basename(path))
    return re.search(rf"(?:-[defrsxw]|>|\b(?:cp|mv|tee|touch|mkdir)\b[^\n]*)\s*[\"']?\S*{name}", script) is not None


def _handed(words: Sequence[str], cwd: str) -> Iterator[Handed]:
    program, before = posixpath.basename(words[0]), ""
    for each in words[1:]:
        option, equals, value = each.partition("=") if each.startswith("-") else (before, "", each)
        before = each if each.startswith("-") else ""
        if (equals or not before) and _PLAIN.fullmatch(value) and ("." in value or "/" in value):
            yield Handed(program, option, absolute(cwd, value))
    for start, names in _IMPLIED.items():
        if start == (program, *words[1 : len(start)]) and not {"-c", "--config", "--schema", "-d"} & {*words}:
            yield from (Handed(program, "by itself", absolute(cwd, name)) for name in names)


def _words(step: Step) -> list[str]:
    """The words of what starts a container; none where they are no plain command."""
    words = [*step.words]
    if step.keyword == "HEALTHCHECK":
        words = words[1:] if words[:1] == ["CMD"] else []
    if len(words) == 1 and not step.instruction.json:
        try:
            words = shlex.split(words[0])
        except ValueError:
            return []
    return [] if any(each in ("&&", "||", ";", "|") or "$" in each for each in words) else words


def _called(words: Sequence[str], cwd: str, text: Text, depth: int) -> Iterator[list[str]]:
    """The command without what runs it: the one of a script, where a package manager is told to run that."""
    rest = list(words)
    while rest and (posixpath.basename(rest[0]) in _BEFORE or re.match(r"\w+=", rest[0])):
        rest.pop(0)
    if len(rest) > 1 and posixpath.basename(rest[0]) in _AS_USER:
        rest = rest[2:]
    inner = _WITHIN.get(rest[0]) if rest else None
    if inner is not None and (not inner or rest[1:2] == [inner]):
        rest = list(dropwhile(lambda each: each.startswith("-"), rest[2 if inner else 1 :]))
    if not rest:
        return
    program = posixpath.basename(rest[0])
    if program in ("npm", "yarn", "pnpm", "bun") and depth < 3:
        script = _script(program, rest[1:], text(posixpath.join(cwd, "package.json")))
        if script:
            yield from _called(script, cwd, text, depth + 1)
            return
    yield rest


def _script(program: str, arguments: list[str], manifest: str) -> list[str]:
    """The words of a script that a package manager runs, if it is one plain command."""
    words = [each for each in arguments if not each.startswith("-")]
    name = words[1] if words[:1] == ["run"] and len(words) > 1 else words[0] if words else ""
    if program == "npm" and words[:1] != ["run"] and name not in ("start", "test"):
        return []
    try:
        scripts = json.loads(manifest or "{}").get("scripts", {})
        line = scripts.get(name, "") if isinstance(scripts, dict) else ""
        return shlex.split(line) if isinstance(line, str) and not set(line) & set("&|;$`<>") else []
    except (ValueError, AttributeError, RecursionError):
        return []


def _interpreted(program: str, arguments: list[str], cwd: str, environment: dict[str, str]) -> Iterator[Start]:
    paths = [each for each in environment.get("PYTHONPATH", "").split(":") if each]
    bases = (cwd, *(absolute(cwd, each) for each in paths))
    words: list[str] = []
    todo = iter(arguments)
    for each in todo:
        if each in ("-c", "-e", "-p", "--eval", "-") and not words:
            return
        if each == "-m" and program.startswith("python"):
            module = next(todo, "")
            if module in _SERVERS:
                yield from _served(list(todo), bases)
            elif module in _LAUNCHERS or module in _TAKES_APPLICATION:
                yield from _launched(module, list(todo), cwd, environment)
            elif _MODULE.fullmatch(module):
                yield Start(tuple(_module_paths(bases, module, ("/__main__.py", ".py"))), bases)
            return
        if each in _VALUED:
            next(todo, None)
        elif not each.startswith("-"):
            words.append(each)
            if program not in _SERVERS:
                break
    if program in _SERVERS:
        yield from _served(words, bases)
    elif words and _PLAIN.fullmatch(words[0]) and words[0] != "run":
        path = absolute(cwd, words[0])
        if program.startswith("python"):
            yield Start((path, f"{path}/__main__.py"), (posixpath.dirname(path), *bases[1:]))
        elif program in ("node", "nodejs", "bun", "tsx", "ts-node"):
            yield Start(tuple(path + ending for ending in _JS), bases)
        else:
            yield Start((path,))


def _launched(program: str, arguments: list[str], cwd: str, environment: dict[str, str]) -> Iterator[Start]:
    """The file, or the module, that a program loads which is told of it by its own words."""
    words = [each for each in arguments if not each.startswith("-")]
    if program in _LAUNCHERS:
        file = next((each for each in arguments if each.endswith(".py") and not each.startswith("-")), "")
        if words[:1] and words[0] in _LAUNCHERS[program] and _PLAIN.fullmatch(file):
            yield Start((absolute(cwd, file),))
        return
    options, variable = _TAKES_APPLICATION[program]
    if any(each.startswith(("--workdir", "-w", "--chdir")) for each in arguments):
        return
    said = [two for one, two in pairwise((*arguments, "")) if one in options]
    said += [each.partition("=")[2] for each in arguments if each.startswith("--app=")]
    name = (said[0] if said else environment.get(variable, "")).partition(":")[0]
    paths = [each for each in environment.get("PYTHONPATH", "").split(":") if each]
    if name.endswith(".py") and _PLAIN.fullmatch(name):
        yield Start((absolute(cwd, name),))
    elif _MODULE.fullmatch(name):
        bases = (cwd, *(absolute(cwd, each) for each in paths))
        # The last part may be called like something in the module above.
        modules = (name, name.rpartition(".")[0]) if "." in name else (name,)
        endings = (".py", "/__init__.py", "/celery.py")
        yield Start(tuple(path for each in modules for path in _module_paths(bases, each, endings)))


def _served(words: list[str], bases: tuple[str, ...]) -> Iterator[Start]:
    """The module of `package.module:application`, or of `package.module` alone."""
    for each in (*words, *(f"{each}:" for each in words if "." in each and ":" not in each)):
        module, colon, _ = each.partition(":")
        if colon and _MODULE.fullmatch(module):
            yield Start(tuple(_module_paths(bases, module)), bases)
            return


def _module_paths(
    bases: tuple[str, ...], module: str, endings: tuple[str, ...] = (".py", "/__init__.py")
) -> Iterator[str]:
    for base in bases:
        for ending in endings:
            yield absolute(base, module.replace(".", "/") + ending)


# --- what sources import


def imports(path: str, text: str, bases: tuple[str, ...]) -> Iterator[Imported]:
    """What the source at an absolute path imports when it is loaded, in the project itself."""
    if path.endswith(".py"):
        yield from _python(path, text, bases)
    elif path.endswith((".js", ".mjs", ".cjs", ".ts")) or "." not in posixpath.basename(path):
        for found in _IMPORTS.finditer(text):
            name = found[1] or found[2]
            line = text.count("\n", 0, found.start()) + 1
            where = absolute(posixpath.dirname(path), name)
            # TypeScript names its modules as they will be called.
            bare = re.sub(r"\.[mc]?js$", "", where)
            yield Imported(
                name, line, tuple(dict.fromkeys((*(where + each for each in _JS), *(bare + each for each in _JS))))
            )


@lru_cache(1)
def module_of(text: str) -> ast.Module | None:
    """A source of Python, parsed; None: it cannot be. The last one is kept, since what it imports and what it reads is
    asked one after the other."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _python(path: str, text: str, bases: tuple[str, ...]) -> Iterator[Imported]:
    module = module_of(text)
    if module is None:
        return
    above = posixpath.dirname(path)
    for node in ast.walk(module) if "DJANGO_SETTINGS_MODULE" in text else ():
        if (
            isinstance(node, ast.Call)
            and len(node.args) == 2
            and all(isinstance(each, ast.Constant) for each in node.args)
        ):
            key, name = (each.value for each in node.args if isinstance(each, ast.Constant))
            if key == "DJANGO_SETTINGS_MODULE" and isinstance(name, str) and _MODULE.fullmatch(name):
                yield Imported(name, node.lineno, tuple(_module_paths(bases, name)))
    for node in module.body:  # what stands in `if` or `try` may fail
        if isinstance(node, ast.Import):
            for each in node.names:
                yield Imported(each.name, node.lineno, tuple(_module_paths(bases, each.name)))
        elif isinstance(node, ast.ImportFrom):
            name = node.module or ""
            roots = bases
            if node.level:
                roots = (posixpath.normpath(posixpath.join(above, *[".."] * (node.level - 1))),)
            if name:
                yield Imported(name, node.lineno, tuple(_module_paths(roots, name)))
            for each in node.names:
                full = f"{name}.{each.name}".lstrip(".")
                if each.name != "*":
                    yield Imported(full, node.lineno, tuple(_module_paths(roots, full)))
