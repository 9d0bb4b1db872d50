"""Python: pip, uv, poetry and pipenv. What their manifests name is in `python_manifests`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise, takewhile
from typing import Any, Final

from ..dockerfile.commands import Command
from ..paths import absolute
from ..regex import lazy
from ..rules import globs
from . import python_manifests
from .ecosystem import (
    Cache,
    Development,
    Find,
    History,
    Left,
    Loose,
    Manager,
    Manifests,
    Private,
    Program,
    Reader,
    Strict,
    Use,
    phrases,
    words,
)
from .install import Install
from .maker import maker
from .manifest import Files, get, listed, table
from .project import MOST_MEMBERS, Context, Project, Reads
from .workplace import Called, Ran, Runner, Workplace

_PROJECT: Final = "pyproject.toml"
#: Requirements that are files of the project.
_LOCAL: Final = lazy(r"\.{0,2}/|\.{1,2}$|\.\[|file:|(?!.*\bhttps?://).*\.(?:whl|zip|tar\.gz)$|.*@\s*(?:file:|\.)")
#: Tools that are installed by their names and need no lock.
_TOOLS: Final = frozenset(
    "pip setuptools wheel poetry uv pipenv pip-tools build virtualenv pdm hatch tox nox awscli supervisor".split()
)
#: Packages of which each is larger than a megabyte, or brings one that is (pydantic-core, the binaries of polars).
_LARGE: Final = frozenset(
    "aiohttp ansible ansible-core babel bitsandbytes black boto3 botocore cmake cryptography django duckdb faiss-cpu "
    "fastapi flash-attn gevent grpcio h5py jaxlib lightgbm lxml matplotlib maturin mypy nltk numpy onnxruntime "
    "onnxruntime-gpu onnxruntime-openvino onnxruntime-rocm onnxruntime-training openai opencv-contrib-python "
    "opencv-contrib-python-headless opencv-python opencv-python-headless pandas pillow pipenv playwright plotly "
    "poetry polars psycopg-binary psycopg2-binary pyarrow pydantic pydantic-core pymupdf pynacl pyproj rapidfuzz "
    "rasterio ruff scikit-learn scipy selenium shapely spacy sphinx sqlalchemy sympy tensorflow tensorflow-cpu "
    "tiktoken tokenizers torch torch-directml torchaudio torchvision transformers triton uv vllm xformers "
    "xgboost".split()
) | {
    f"nvidia-{library}-cu{release}"
    for library in "cublas cudnn cufft curand cusolver cusparse cusparselt nccl nvjitlink cuda-cupti cuda-nvrtc".split()
    for release in (11, 12, 13)
}
#: What pip downloads beside them to build a project: more than a megabyte, and newer than that of the image.
_BUILDER: Final = "setuptools"
#: The same of pip itself, where the system has brought one.
NEWER_PIP: Final = "newer pip"
_UV_LOCK: Final = "uv.lock"
_POETRY_LOCK: Final = "poetry.lock"
_PIPENV_LOCK: Final = "Pipfile.lock"
#: Lock files that pip does not read, and what does.
_NOT_BY_PIP: Final = {
    _UV_LOCK: "uv sync --locked",
    _POETRY_LOCK: "poetry install",
    "pdm.lock": "pdm install --frozen-lockfile",
    _PIPENV_LOCK: "pipenv install --deploy",
}
#: Managers that install what one of these says, so that pip finds it there.
_LOCKED: Final = frozenset(("uv", "poetry", "pipenv"))
_EDITABLE: Final = ("-e", "--editable")
#: What pip clones, editable or not: nothing of the project.
_ELSEWHERE: Final = lazy(r"(?:git|hg|svn|bzr)\+(?:https?|ssh|git)\b")


# --- what an install reads


def _pip(project: Project) -> Reads | None:
    install = project.install
    if install.has(*_EDITABLE, "-f", "--find-links") or any(_LOCAL.match(each) for each in install.words):
        return None
    files: list[str] = []
    for name in install.files:
        path = project.locate(posixpath.normpath(posixpath.join(install.cwd, name)))
        if path is None or not _requirements(project.context, path, files):
            return None
    return Reads(tuple(files)) if files else None


def _requirements(context: Context, path: str, files: list[str]) -> bool:
    """Add a requirements file and those that it names; False: it names something of the project."""
    if path in files:
        return True
    if context.sent.kind(path) != "file" or len(files) > MOST_MEMBERS:
        return False
    if posixpath.basename(path) == _PROJECT:
        files.append(path)
        return _says_all(context.tree.toml(path))
    if not path.endswith((".txt", ".in", ".lock")):
        return False
    files.append(path)
    for option, value, line in _lines(context.tree.text(path)):
        if option in ("-r", "--requirement", "-c", "--constraint"):
            beside = posixpath.normpath(posixpath.join(posixpath.dirname(path), value))
            if not _requirements(context, beside, files):
                return False
        elif option in _EDITABLE and _ELSEWHERE.match(value):
            continue
        elif option in (*_EDITABLE, "-f", "--find-links") or _LOCAL.match(line):
            return False
    return True


def _lines(text: str) -> Iterator[tuple[str, str, str]]:
    """The lines of a requirements file, each with its first word, and what comes behind that."""
    for line in text.splitlines():
        line = line.partition(" #")[0].strip()
        option, _, value = line.replace("=", " ", 1).partition(" ")
        yield option, value.strip(), line


def included(text: str) -> list[str]:
    """The requirements files that one includes, as seen from where it lies."""
    return [value for option, value, _ in _lines(text) if option in ("-r", "--requirement")]


def _says_all(data: dict[str, Any]) -> bool:
    """Whether a manifest has the dependencies in it, none of which is a path: only uv installs them from there, and
    builds the project where it has to ask."""
    project, sources = table(data, "project"), table(data, "tool", "uv", "sources").values()
    local = any("path" in table(each) or "workspace" in table(each) for each in sources)
    return bool(project) and not project.get("dynamic") and not local and "file:" not in str(project)


def _uv(project: Project) -> Reads | None:
    install = project.install
    cached = project.cached and not install.has("--no-cache", "-n")
    data = {} if cached else project.toml(_PROJECT)
    settings = table(data, "tool", "uv")
    sources = [table(each) for each in table(settings, "sources").values()]
    workspace = table(settings, "workspace")
    beside = any("path" in each or ("workspace" in each and not workspace) for each in sources)
    if not data or beside or install.has("--package", "--all-packages"):
        return None
    files = project.there(_PROJECT, _UV_LOCK, ".python-version", "uv.toml")
    if not install.has("--frozen") and not install.command.setting("UV_FROZEN"):
        # The lock file is held against all manifests.
        members = list(project.members(listed(workspace.get("members")), _PROJECT))
        manifests = [posixpath.join(each, _PROJECT) for each in members if each is not None]
        dynamic = any(table(project.toml(each), "project").get("dynamic") for each in (_PROJECT, *manifests))
        if dynamic or None in members or len(members) > MOST_MEMBERS:
            return None
        files += project.there(*manifests)
    packaged = workspace or settings.get("package", "build-system" in data)
    without = "--no-install-workspace" if workspace else "--no-install-project"
    if not packaged or install.has(without):
        return Reads(tuple(files))
    return Reads(tuple(files), (), project.early(project.again(without)))


def _poetry(project: Project) -> Reads | None:
    poetry = table(project.toml(_PROJECT), "tool", "poetry")
    groups = [table(each, "dependencies") for each in table(poetry, "group").values()]
    tables = [table(poetry, "dependencies"), table(poetry, "dev-dependencies"), *groups]
    if any("path" in table(each) for one in tables for each in one.values()):
        return None
    if not project.toml(_PROJECT) or project.install.has("--only-root"):
        return None
    files = tuple(project.there(_PROJECT, _POETRY_LOCK, "poetry.toml"))
    if project.install.has("--no-root") or poetry.get("package-mode") is False:
        return Reads(files)
    return Reads(files, (), project.early(project.again("--no-root")))


def _pipenv(project: Project) -> Reads | None:
    text = project.text("Pipfile")
    if not text or re.search(r"\bpath\s*=|editable", text) or project.install.words:
        return None
    return Reads(tuple(project.there("Pipfile", _PIPENV_LOCK)))


# --- lock files


def _past(install: Install, find: Find, text: Callable[[str], str], earlier: Iterable[Install]) -> Loose | None:
    """Packages that pip takes by name without a version, or by way of the project, though a lock file pins them."""
    if install.has("--no-deps", "--no-index"):
        return None
    if install.command.name == "uv" and _PROJECT in map(posixpath.normpath, install.files):
        lock = find((_UV_LOCK,))
        return Loose(lock, _exported(install, find), False) if lock is not None else None
    for name in install.files:
        listing = find((f"{name.removesuffix('.in')}.txt",)) if name.endswith(".in") else None
        if listing is not None and _is_compiled(text(listing)):
            return Loose(listing, install.command.said.replace(name, f"{name.removesuffix('.in')}.txt"), False)
    if install.files:
        return None
    lock = find(("requirements.txt", *_NOT_BY_PIP))
    names = [word for word in install.words if re.fullmatch(r"[A-Za-z][\w.-]*(\[[\w,-]*\])?", word)]
    names = [name.partition("[")[0] for name in names if name.partition("[")[0].lower() not in _TOOLS]
    earlier = tuple(earlier)
    # What came from the file before is there in its version, and stays.
    came = lock is not None and any(_came_from(one, posixpath.basename(lock)) for one in earlier)
    if lock is not None and names and not came:
        pinned = rf"(?im)^(?:name = \"|\s*\"?)(?:{'|'.join(map(re.escape, names))})(?=\"|\[|\s*==)"
        found = {re.split(r"[\s\"]", each)[-1].lower() for each in re.findall(pinned, text(lock))}
        if found:
            name = posixpath.basename(lock)
            # Those that it has in whatever version come with it.
            there = {_plain(each) for each in re.findall(r"(?m)^\s*([A-Za-z][\w.-]*)", text(lock))} | {
                *map(_plain, found)
            }
            left = [each for each in names if _plain(each) not in there]
            others = f"add {', '.join(left)} to {name if name not in _NOT_BY_PIP else 'the project'}, and " * bool(left)
            return Loose(lock, others + _NOT_BY_PIP.get(name, f"pip install -r {name}"), False)
    own = find(_NOT_BY_PIP)
    itself = any(re.fullmatch(r"\.(?:/|\[[\w,-]*\])?", word) for word in (*install.words, *install.values(*_EDITABLE)))
    if own is not None and itself and not any(_is_locked(each) for each in earlier):
        return Loose(own, _NOT_BY_PIP[posixpath.basename(own)], True)
    if own is None and lock is not None and itself and not any(_is_locked(each) for each in earlier):
        head = text(lock)[:_MOST_OF_HEAD]
        if _is_compiled(head) and any(each in head for each in (_PROJECT, "setup.py")):
            way = f"pip install -r {posixpath.basename(lock)} && {install.command.said} --no-deps"
            return Loose(lock, way, True)
    return None


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")


#: What says at its head which program has written a list of packages, with all that these need.
_MOST_OF_HEAD: Final = 400


def _is_compiled(text: str) -> bool:
    head = text[:_MOST_OF_HEAD]
    return "pip-compile" in head or "uv pip compile" in head


def _exported(install: Install, find: Find) -> str:
    """The way of an install by the manifest to the versions of the lock file, wherever it puts the packages."""
    listing = "requirements.txt" if find(("requirements.txt",)) is None else "locked.txt"
    said, asked = install.command.said, _ASKED.findall(install.command.said)
    without = [] if any("group" in each and "dev" in each for each in asked) else ["--no-dev"]
    again = re.sub(r"(?<=[ =])(?:\./)?pyproject\.toml(?= |$)", listing, _ASKED.sub("", said))
    options = " ".join(("--frozen", *without, *map(str.strip, asked), "--no-emit-project"))
    return f"uv export {options} -o {listing} && {again}"


#: What of a manifest is asked for beside its dependencies.
_ASKED: Final = lazy(r" --(?:all-extras|(?:extra|group)[ =]\S+)(?= |$)")


def _came_from(install: Install, lock: str) -> bool:
    """Whether an install brings what a lock file says."""
    program = _NOT_BY_PIP.get(lock, "").partition(" ")[0]
    return install.manager == program or lock in map(posixpath.basename, install.files)


def _is_locked(install: Install) -> bool:
    return install.manager in _LOCKED or bool(install.files)


# --- development

#: Groups that are there for whoever works on the project, as they are mostly called.
_FOR_DEVELOPERS: Final = frozenset(words("dev develop development test tests testing lint typing docs ci"))


def _pip_development(install: Install, tree: Files, project: str, use: Use) -> Development | None:
    """The groups for developers that pip is asked for beside others."""
    asked = install.values("--group")
    groups = table(tree.toml(posixpath.join(project, _PROJECT)), "dependency-groups")
    left_out = [each for each in asked if each in _FOR_DEVELOPERS]
    packages = [name for each in left_out for name in _named(groups.get(each))]
    main = [name for each in asked if each not in left_out for name in _named(groups.get(each))]
    packages = _not_of_the_program(tree, project, packages, main)
    if not packages or not main:
        return None
    return tuple(packages), re.sub(rf"\s--group[\s=](?:{'|'.join(left_out)})(?=\s|$)", "", install.command.text)


def _uv_development(install: Install, tree: Files, project: str, use: Use) -> Development | None:
    """The groups that uv installs unless it is told not to: of one member those of that."""
    kept = install.has("--locked", "--frozen") or not tree.exists(posixpath.join(project, _UV_LOCK))
    for name in install.values("--package"):
        members = get(tree.toml(posixpath.join(project, _PROJECT)), "tool", "uv", "workspace", "members")
        places = (posixpath.join(project, each) for each in listed(members))
        found = (each for each in places if get(tree.toml(posixpath.join(each, _PROJECT)), "project", "name") == name)
        project = next(found, "")
        if not project:
            return None
    data = tree.toml(posixpath.join(project, _PROJECT))
    packages = _named(get(data, "dependency-groups", "dev")) + _named(table(data, "tool", "uv").get("dev-dependencies"))
    left_out = install.has("--no-dev", "--no-default-groups", "--only-group", "--no-group")
    packages = _not_of_the_program(tree, project, packages, _named(get(data, "project", "dependencies")))
    if not packages or left_out or install.command.setting("UV_NO_DEV"):
        return None
    way = _with(install, *(() if kept else ("--locked",)), "--no-dev")
    if not _syncs_at_start(use):
        return tuple(packages), way
    if install.has("--dev", "--all-groups", "--group") or _OLD_UV.search(use.recipe):
        return tuple(packages), f"{way}, and uv run --no-dev for what starts the image"
    return tuple(packages), "ENV UV_NO_DEV=1 above it: what starts the image installs them as well"


#: A release before 0.8.7, the first that reads UV_NO_DEV.
_OLD_UV: Final = lazy(r"\buv(?:==|:|/)v?0\.(?:[0-7]\b|8\.[0-6]\b)")


def _syncs_at_start(use: Use) -> bool:
    """Whether what starts the image runs a program through uv, which installs first what is not there yet."""
    if any(each.partition("=")[0] == "UV_NO_SYNC" for each in use.settings):
        return False
    said = [posixpath.basename(each) for each in use.words]
    starts = (said[at + 2 :] for at, pair in enumerate(pairwise(said)) if pair == ("uv", "run"))
    options = (list(takewhile(lambda word: word.startswith("-"), each)) for each in starts)
    return any(not _SYNCS_LESS & set(each) for each in options)


_SYNCS_LESS: Final = frozenset(words("--no-sync --no-dev --no-default-groups --no-project --only-group --isolated"))


def _poetry_development(install: Install, tree: Files, project: str, use: Use) -> Development | None:
    poetry = table(tree.toml(posixpath.join(project, _PROJECT)), "tool", "poetry")
    groups = {name: group for name, group in table(poetry, "group").items() if not table(group).get("optional")}
    packages = [
        *table(poetry, "dev-dependencies"),
        *(name for one in groups.values() for name in table(one, "dependencies")),
    ]
    packages = _not_of_the_program(tree, project, packages, table(poetry, "dependencies"))
    if not packages or install.has("--only", "--without", "--no-dev", "--only-root"):
        return None
    return tuple(packages), _with(install, "--only", "main")


def _with(install: Install, *options: str) -> str:
    """An install as it is written, with some options more and without what asks for development."""
    words = [each for each in install.command.text.split() if each not in ("--dev", "--all-groups")]
    return " ".join((*words, *options))


_IMPORTED: Final = lazy(r"(?m)^\s*(?:from|import)\s+(\w+)")
_OF_TESTS: Final = lazy(
    r"(?:conftest|setup|noxfile|test_.*|.*_test)\.py|tests?|docs?|examples?|scripts?|\..*|venv|__pycache__"
)
#: Files of a program in which imports are looked for.
_MOST_SOURCES: Final = 300


def _not_of_the_program(tree: Files, project: str, packages: list[str], main: Iterable[str]) -> list[str]:
    """Packages of which the program needs none: neither does it list one for itself, nor does it import one."""
    own = {_module(name) for name in main}
    left = [name for name in packages if _module(name) not in own]
    imported = _imported(tree, project) if left else set()
    return [name for name in left if _module(name) not in imported]


def _module(package: str) -> str:
    return package.lower().replace("-", "_")


def _imported(tree: Files, project: str) -> set[str]:
    """The modules that the sources of a project import, its tests left aside."""
    found: set[str] = set()
    todo, left = [project], _MOST_SOURCES
    while todo and left > 0:
        here = todo.pop()
        for name in tree.names(here):
            path = posixpath.join(here, name)
            if _OF_TESTS.fullmatch(name):
                continue
            if name.endswith(".py"):
                left -= 1
                found.update(each.lower() for each in _IMPORTED.findall(tree.text(path)))
            elif "." not in name:
                todo.append(path)
    return found


def _named(requirements: object) -> list[str]:
    """The packages of a list of requirements."""
    return [re.split(r"[^\w.-]", text, maxsplit=1)[0] for text in listed(requirements)]


# --- commands


def _of_projects(command: Command, find: Callable[[str], str | None], tree: Files) -> Iterator[str]:
    """The packages that pip downloads with the projects that it installs from their directories: those that they ask
    for, and what builds them."""
    from . import python_needs  # only where pip leaves something

    if "pip" in command.words and not {"-U", "--upgrade"}.isdisjoint(command.arguments):
        yield NEWER_PIP
    for place in python_needs.built(command):
        path = find(posixpath.join(place, _PROJECT))
        data = tree.toml(path) if path is not None else {}
        yield from _named(get(data, "project", "dependencies"))
        if "--no-build-isolation" not in command.arguments:
            builders = _named(get(data, "build-system", "requires"))
            yield from (f"build {each}" if each == _BUILDER else each for each in builders)


def _locked_by_uv(install: Install, lock: str) -> str:
    """An install as it is written, which keeps to the lock file."""
    before, _, after = install.command.said.partition(" sync")
    return f"{before} sync --locked{after}"


def _environment(command: Command) -> str:
    """Where packages are that do not lie beside the project: where a variable says, or in the interpreter's own."""
    return command.setting("UV_PROJECT_ENVIRONMENT") or "/usr/local/lib/python3"


def _interpreter(command: Command) -> str:
    """Where pip puts packages: in the environment whose program it is, or whose programs come first, or in the
    interpreter's own."""
    called = posixpath.dirname(absolute(command.cwd, command.program)) if command.program else ""
    first = called or (command.setting("PATH") or "").partition(":")[0]
    own = posixpath.dirname(first) if first.endswith("/bin") and not first.startswith(("/usr", "/root/.local")) else ""
    active = None if called else command.setting("VIRTUAL_ENV")
    return active or own.rstrip("/") or "/usr/local/lib/python3"


def _is_blind(command: Command) -> bool:
    """Whether an install is of tools by their names; what is read by `-r` is not."""
    if "install" not in command.words[:2]:
        return False
    named = [each for each in command.words if each not in ("install", "pip")]
    reads = {"-r", "-e", "-c", "."} & set(command.arguments)
    return not reads and all(re.fullmatch(r"(?!\.)[\w\[\]=<>.,~!-]+", each) for each in named)


def _is_inert(arguments: Sequence[str]) -> bool:
    """Whether an install names no path to a project."""
    project = (".", "/", *_EDITABLE)
    return list(arguments[:1]) == ["install"] and not any(
        each.startswith(project) or globs.is_wild(each) for each in arguments[1:]
    )


# --- the ecosystem


def _setup(place: Workplace, called: Called) -> Iterator[Ran]:
    """The setup.py of a project that is built or installed itself, and the hooks of its build."""
    if python_manifests.builds(" ".join((called.name, *called.arguments))):
        hooks = python_manifests.hooks(place.survey)
        for path, home in place.below("/", (*place.survey.named("setup.py"), *hooks)):
            yield Ran(place.tree.text(path), path, 1, home, code=True)


MANAGERS: Final = (
    Manager(
        "pip",
        words("pip pip3"),
        verbs=("install", "wheel"),
        valued=words(
            "-w --wheel-dir -r --requirement -c --constraint -i --index-url --extra-index-url -t --target --prefix "
            "--timeout --retries --trusted-host --root -e --editable -f --find-links --platform --python-version "
            "--only-binary --no-binary --cache-dir --progress-bar --root-user-action --python --group"
        ),
        reading=words("-r --requirement -c --constraint"),
        own=("-v",),
        launchers=("uv pip",),
        manifests=words("requirements.txt pyproject.toml setup.py app.py main.py manage.py"),
        past=_past,
        reads=_pip,
        development=_pip_development,
        asked=("--group",),
        elsewhere=_interpreter,
        homes=words("venv site-packages"),
        by_name=True,
        hits=phrases(
            "pip install -r requirements.txt,pip3 install -rrequirements.txt,python3 -m pip install .,"
            "uv pip install flask,pip wheel -w /wheels -r requirements.txt,pip install -v ."
        ),
        misses=phrases("pip list,pip download flask,pip --version"),
    ),
    Manager(
        "uv",
        ("uv",),
        verbs=("sync",),
        valued=words("--group --no-group --extra --python -p --package --index-url"),
        moves=words("--directory --project"),
        own=("-v",),
        locks=(_UV_LOCK,),
        manifests=(_PROJECT,),
        relocks=("lock",),
        strict=Strict(
            _NOT_BY_PIP[_UV_LOCK],
            options=words("--frozen --locked"),
            settings=words("UV_FROZEN UV_LOCKED"),
            adapted=_locked_by_uv,
            soft=True,
            hits=phrases("uv sync --locked,uv sync --frozen,UV_FROZEN=1 uv sync"),
            misses=("uv sync",),
        ),
        reads=_uv,
        development=_uv_development,
        packages=".venv",
        beside="UV_PROJECT_ENVIRONMENT",
        homes=("venv",),
        elsewhere=_environment,
        hits=phrases("uv sync,uv --directory api sync --no-dev,uv sync -v"),
        misses=phrases("uv run pytest,uv tool install ruff,uv lock"),
    ),
    Manager(
        "poetry",
        ("poetry",),
        verbs=words("install sync"),
        valued=words("--only --without --with -E --extras -P"),
        moves=words("-C --directory"),
        own=("-v",),
        locks=(_POETRY_LOCK,),
        lenient=True,
        manifests=(_PROJECT,),
        updates=("update",),
        locked=_NOT_BY_PIP[_POETRY_LOCK],
        relocks=("lock",),
        edits=lazy(r"^poetry\s+(?:add|remove)\b"),
        reads=_poetry,
        development=_poetry_development,
        packages=".venv",
        homes=("venv",),
        elsewhere=_environment,
        alone=("config virtualenvs.create false", "POETRY_VIRTUALENVS_CREATE=false"),
        hits=phrases("poetry install --no-root,poetry sync --only main,poetry install -v"),
        misses=phrases("poetry run pytest,poetry lock"),
    ),
    Manager(
        "pipenv",
        ("pipenv",),
        verbs=words("install sync"),
        locks=(_PIPENV_LOCK,),
        manifests=("Pipfile",),
        relocks=("lock",),
        strict=Strict(
            _NOT_BY_PIP[_PIPENV_LOCK],
            options=words("--deploy --ignore-pipfile"),
            verbs=("sync",),
            hits=phrases("pipenv install --deploy,pipenv sync"),
            misses=("pipenv install",),
        ),
        reads=_pipenv,
        hits=phrases("pipenv install --deploy,pipenv sync"),
        misses=phrases("pipenv run pytest,pipenv lock"),
    ),
)
PROGRAMS: Final = (
    Program(words("venv virtualenv"), blind=("*",)),
    Program(("pip",), blind=("cache",), is_inert=_is_inert, is_blind=_is_blind),
    Program(("pip3",), is_inert=_is_inert, is_blind=_is_blind),
    Program(("uv",), is_blind=_is_blind),
    Program(("poetry",), inert=words("config self lock"), blind=words("config self")),
)
#: pip takes an option by its beginning, too, where no other one begins so.
_UNCACHED: Final = tuple("--no-cache-dir"[:end] for end in range(len("--no-ca"), len("--no-cache-dir") + 1))
#: What leaves nothing in the cache of pip, and the variables that may.
_EMPTIED: Final = lazy(r"\.cache|\bcache\s+purge\b|(?i:no.cache.dir)")
#: What is told pip alone says nothing of the pip that pipx starts.
_EMPTIED_BY_PIPX: Final = lazy(r"\.cache|\bcache\s+purge\b|PIP_NO_CACHE|--pip-args")
_MOVED: Final = words("PIP_NO_CACHE PIP_CACHE PIP_CONFIG XDG_CACHE_HOME")
CACHES: Final = (
    Cache(
        "the cache of pip",
        cleans=phrases("pip cache purge,pip3 cache purge"),
        fills=phrases("pip install,pip3 install"),
        place="/root/.cache/pip",
        spared=_UNCACHED,
        instead="install with --no-cache-dir",
        left=Left(
            "pip's download cache",
            "",
            fills=phrases("pip install,pip3 install"),
            emptied=_EMPTIED,
            rule="DL3042",
            large=_LARGE | {f"build {_BUILDER}", NEWER_PIP},
            names=lazy(r"(?m)^\s*([A-Za-z][\w.-]*)"),
            of_projects=_of_projects,
            settings=_MOVED,
        ),
    ),
    # pipx has pip upgrade itself before anything else, which is a megabyte alone.
    Cache(
        "the cache of pip for pipx",
        cleans=phrases("pip cache purge,pip3 cache purge"),
        fills=phrases("pipx install,pipx inject"),
        place="/root/.cache/pip",
        instead="write PIP_NO_CACHE_DIR=1 before pipx",
        left=Left(
            "pip's download cache for pipx",
            "",
            fills=phrases("pipx install,pipx inject"),
            emptied=_EMPTIED_BY_PIPX,
            rule="DL3042",
            settings=_MOVED,
        ),
    ),
    # What uv installs from its cache in the same layer is linked, unless it is told to copy.
    Cache(
        "the cache of uv",
        cleans=("uv cache clean",),
        fills=(),
        place="/root/.cache/uv",
        spared=words("--no-cache --no-cache-dir -n --dry-run"),
        instead="install with --no-cache",
        left=Left(
            "uv's cache",
            "",
            fills=phrases("uv pip install,uv pip sync,uv sync"),
            emptied=lazy(r"\.cache|\bcache\s+(?:clean|prune)\b|UV_(?:NO_)?CACHE|--cache-dir|\buv\b.*--no-cache"),
            large=_LARGE,
            names=lazy(r'(?m)^(?:name = ")?([A-Za-z][\w.-]*)(?=\s*(?:[=~!]=|[<>;@#\[]|"?$))'),
            locks=(_UV_LOCK,),
            of_projects=_of_projects,
            settings=words("UV_NO_CACHE UV_CACHE XDG_CACHE_HOME"),
            copying=("UV_LINK_MODE", "--link-mode", "copy"),
        ),
    ),
    # --no-cache spares the answers of the index alone, and virtual environments lie beside what is downloaded.
    # Source: https://github.com/python-poetry/poetry/issues/3374
    Cache(
        "the cache of poetry",
        cleans=("poetry cache clear",),
        fills=phrases("poetry install,poetry sync"),
        place="/root/.cache/pypoetry/artifacts",
        spared=words("--only-root --dry-run"),
        instead="end the RUN with rm -rf ~/.cache/pypoetry/artifacts ~/.cache/pypoetry/cache",
        left=Left(
            "poetry's download cache",
            "",
            fills=phrases("poetry install,poetry sync"),
            emptied=lazy(r"\.cache|\bcache\s+clear\b|CACHE_DIR"),
            empties="rm -rf ~/.cache/pypoetry/artifacts ~/.cache/pypoetry/cache",
            large=_LARGE,
            names=lazy(r'(?m)^name = "([\w.-]+)"'),
            locks=(_POETRY_LOCK,),
            settings=("POETRY_CACHE", "XDG_CACHE_HOME"),
        ),
    ),
    Cache(
        "the cache of pipenv",
        cleans=("pipenv --clear",),
        fills=phrases("pipenv install,pipenv sync"),
        place="/root/.cache/pipenv",
        instead="end the RUN with rm -rf ~/.cache/pipenv",
        left=Left(
            "pipenv's download cache",
            "",
            fills=phrases("pipenv install,pipenv sync"),
            emptied=lazy(r"\.cache|--clear\b|CACHE_DIR"),
            empties="rm -rf ~/.cache/pipenv",
            large=_LARGE,
            names=lazy(r'"([\w.-]+)": \{\s*"(?:extras|hashes|index|markers|version)"'),
            locks=(_PIPENV_LOCK,),
            settings=words("PIP_NO_CACHE PIPENV_CACHE XDG_CACHE_HOME"),
        ),
    ),
)
MANIFESTS: Final = Manifests(
    names=words("pyproject.toml setup.py setup.cfg MANIFEST.in tox.ini noxfile.py"),
    roots=words("pyproject.toml requirements.txt"),
    telling=words("pyproject.toml setup.py"),
    trees=("site-packages",),
    unread=words("tox.ini noxfile.py"),
    packed=("MANIFEST.in",),
    packs=python_manifests.packs,
    parts={_PROJECT: python_manifests.part, "setup.cfg": python_manifests.part_of_settings},
)
READERS: Final = python_manifests.READERS
SOURCES: Final[tuple[Reader, ...]] = ()
MAKERS: Final = {
    "django-static": maker(r"\bcollectstatic\b"),
    "dvc": maker(r"(?s)\A(?!.*\bdvc\s+(?:checkout|pull)\b)"),
    # Where the project lies, not in a place for the image alone; without it another Python runs what is installed.
    "virtual-environment": maker(
        r"(?:-m\s+venv|\bvirtualenv|\buv\s+venv)\s+(?:-\S+\s+)*(?!/(?:opt/|venv|\.venv|env\b))[\w./]|"
        r"\buv\s+(?:sync|venv\s*(?:$|[&|;\n]))|\bpdm\s+(?:install|sync)\b|\bPIPENV_VENV_IN_PROJECT|"
        r"\bPOETRY_VIRTUALENVS_IN_PROJECT|virtualenvs\.in-project\s+true",
        r"(?!)",
    ),
    "python-extension": maker(
        r"\bpip3?\s+(?:install|wheel)\b[^\n;&|]*\s(?<!-[rct]\s)[\"']?(?:-e\s*)?[./]|\bsetup\.py\b|\bmaturin\b|"
        r"\buv\s+(?:sync|build|pip)|\bpoetry\s+(?:install|build)|\bpdm\s+(?:install|sync|build)|\bcythonize\b|"
        r"-m\s+build\b|\bhatch\b"
    ),
}
PRIVATE: Final[tuple[Private, ...]] = ()
RUNNERS: Final[tuple[Runner, ...]] = (Runner(words("pip pip3 uv poetry pdm hatch flit build pipx"), _setup),)
HISTORY: Final = History(
    versions=python_manifests.versions,
    builds=python_manifests.builds,
    given=python_manifests.GIVEN,
)
