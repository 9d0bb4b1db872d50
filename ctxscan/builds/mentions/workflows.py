"""GitHub workflows, and those of Forgejo and Gitea: steps that build, and lines of shell.

Matrices and variables are expanded. Reusable workflows and composite actions of the project are read where they are
used, with what they are given there.
"""

from __future__ import annotations

import itertools
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from ...regex import lazy
from ..documents import YamlNode
from ..order import is_address
from ..project import Project
from .commands import is_written, mentions_of, written_by
from .mention import HOLE, ROOT, UNKNOWN, Mention, Together, speaks_of
from .scripts import assigned
from .values import Values, alternatives
from .values import known as located
from .yamltext import block_start, documents_of, text_at

#: Combinations of a matrix, and how deep workflows and actions may use one another.
MAX_COMBINATIONS: Final = 256
MAX_DEPTH: Final = 4
_WORKFLOW: Final = lazy(r"\.(?:github|forgejo|gitea)/workflows/[^/]+\.ya?ml")
_ACTION: Final = lazy(r"\.(?:github|forgejo|gitea)/(?:actions/.+/)?action\.ya?ml")
#: Actions that build, and the names of their inputs.
_BUILDS: Final = lazy(r"(?i)docker|build|buildah|kaniko|podman|image|container|ecr|ghcr")
_BAKES: Final = lazy(r"(?i)bake-action|/bake(?:[@/]|$)")
_CONTEXT: Final = (
    "context",
    "docker-context",
    "docker_context",
    "build-context",
    "build_context",
    "buildContext",
    "directory",
    "docker_build_context",
)
_FILE: Final = (
    "file",
    "dockerfile",
    "docker-file",
    "docker_file",
    "dockerfile-path",
    "dockerfile_path",
    "containerfiles",
    "containerfile",
    "Dockerfile",
    "docker-filepath",
)
_LIKE_CONTEXT: Final = lazy(r"(?i)(?:image|build|docker)[-_]?context|context[-_]?(?:dir|path)|^context$")
_LIKE_FILE: Final = lazy(r"(?i)(?:docker|container)[-_]?file(?:[-_]?(?:path|name))?$")
_GIT_CONTEXT: Final = lazy(
    r"(?i)^docker/build-push-action@|^depot/build-push-action@|^useblacksmith/build-push-action@"
)
#: The first version of that action, which has other names for its inputs, and builds what is checked out.
_FIRST_VERSION: Final = lazy(r"(?i)^docker/build-push-action@(?:releases/)?v1(?![0-9])")
_DEFAULT_CONTEXT: Final = lazy(r"\{\{ *defaultContext *\}\}")
#: What an action puts a value of its own in place of.
_FILLED_IN: Final = lazy(r"\{ *[\w.]+ *\}")
#: What stands for the default context of the action while values are filled in.
_DEFAULT: Final = "\x04"
_INTERESTING: Final = (
    *("docker", "podman", "buildah", "kaniko", "nerdctl", "container", "compose"),
    *("./.github/", "./.forgejo/", "./.gitea/"),
)


#: A script of the project that a line runs.
_SCRIPT: Final = lazy(
    r"(?m)(?:^|[\s;&|(\"'])((?:\./|\$GITHUB_WORKSPACE/)?[\w.-][\w./-]*\.(?:sh|bash))(?=[\s;&|)\"']|$)"
)


class _Case(NamedTuple):
    """What is known where a step runs: the file that it stands in, the values of names, the directory, the prefix
    under which the project is checked out, and how deep files use one another."""

    path: str
    source: str
    values: Values
    directory: str
    prefix: str
    depth: int


def reads(path: str) -> bool:
    return _WORKFLOW.fullmatch(path) is not None or _ACTION.fullmatch(path) is not None


def mentions(path: str, text: str, project: Project) -> Iterator[Mention | Together]:
    if speaks_of(text, _INTERESTING) or _runs_a_build(text, project):
        yield from _of_file(path, text, {}, project, 0)


def _runs_a_build(text: str, project: Project) -> bool:
    """Whether a workflow that does not mention images runs a script that does."""
    scripts = {posixpath.normpath(located(match[1])) for match in _SCRIPT.finditer(text)}
    return any(speaks_of(project.text(each) or "", _INTERESTING) for each in sorted(scripts) if project.owns(each))


def _of_file(path: str, text: str, given: Values, project: Project, depth: int) -> Iterator[Mention | Together]:
    """What a workflow or an action says, given these inputs."""
    for document in documents_of(text, path):
        values = {**_defaults(document), **given, **_environment(document)}
        case = _Case(path, text, values, text_at(document, "defaults", "run", "working-directory") or "", "", depth)
        steps = document.get("runs", "steps")
        if steps is not None:
            yield from _of_steps(steps, case, project)
        jobs = document.get("jobs")
        for job in jobs.mapping.values() if jobs else ():
            for bound in _combinations(job.get("strategy", "matrix")):
                yield from _of_job(job, case, bound, project)


def _defaults(document: YamlNode) -> dict[str, list[str]]:
    """The values of inputs that nobody gives."""
    found: dict[str, list[str]] = {}
    on = document.get("on") or document.get("true")
    for inputs in (
        document.get("inputs"),
        *(on.get(how, "inputs") for how in ("workflow_call", "workflow_dispatch") if on),
    ):
        for name, each in inputs.mapping.items() if inputs else ():
            default = text_at(each, "default")
            if default:
                found[f"inputs.{name}"] = [default]
                found[f"github.event.inputs.{name}"] = [default]
    return found


def _environment(node: YamlNode) -> dict[str, list[str]]:
    """Variables, as workflows and shells call them."""
    found: dict[str, list[str]] = {}
    env = node.get("env")
    for name, each in env.mapping.items() if env else ():
        if each.text is not None:
            found[name] = found[f"env.{name}"] = [each.text]
    return found


def _of_job(job: YamlNode, case: _Case, bound: Values, project: Project) -> Iterator[Mention | Together]:
    values = {**case.values, **bound, **_environment(job)}
    here = case._replace(
        values=values, directory=text_at(job, "defaults", "run", "working-directory") or case.directory
    )
    uses = text_at(job, "uses")
    if uses is not None:
        yield from _used(uses, job, here, project)
    steps = job.get("steps")
    if steps is not None:
        yield from _of_steps(steps, here._replace(prefix=_checked_out(steps, values)), project)


def _checked_out(steps: YamlNode, values: Values) -> str:
    """The directory into which the project itself is checked out; empty: where everything runs."""
    for step in steps.items:
        if (text_at(step, "uses") or "").startswith("actions/checkout@") and not text_at(step, "with", "repository"):
            return _one(text_at(step, "with", "path") or "", values).strip("./")
    return ""


def _of_steps(steps: YamlNode, case: _Case, project: Project) -> Iterator[Mention | Together]:
    written: set[str] = set()
    fetched: set[str] = set()
    for step in steps.items:
        here = case._replace(values={**case.values, **_environment(step)})
        if (text_at(step, "uses") or "").startswith("actions/download-artifact@"):
            fetched |= {
                _stripped(each, case.prefix) for each in alternatives(text_at(step, "with", "path") or "", here.values)
            }
        inside = text_at(step, "working-directory") or here.directory
        written |= {posixpath.normpath(posixpath.join(inside, each)) for each in written_by(text_at(step, "run") or "")}
        for each in _of_step(step, here, project):
            base = "" if isinstance(each, Together) else each.bases[0]
            if isinstance(each, Mention) and each.context in fetched and not project.is_directory(each.context):
                each = each._replace(context=UNKNOWN)
            if isinstance(each, Together) or not is_written(each, written, base):
                yield each


def _of_step(step: YamlNode, case: _Case, project: Project) -> Iterator[Mention | Together]:
    uses, run = text_at(step, "uses"), text_at(step, "run")
    if uses is not None:
        yield from _used(uses, step, case, project)
    elif run is not None:
        inside = _one(text_at(step, "working-directory") or case.directory, case.values)
        node = step.get("run")
        start = block_start(node, case.source) if node else 1
        base = _stripped(inside, case.prefix) if HOLE not in inside else ""
        for each in mentions_of(run, case.values, path=case.path, line=start, bases=(base,)):
            yield _without_prefix(each, case.prefix)
        yield from _of_scripts(run, base, case, project)


def _of_scripts(run: str, base: str, case: _Case, project: Project) -> Iterator[Mention | Together]:
    """What the scripts say that a step runs, with the variables that it hands them."""
    handed = {name: each for name, each in case.values.items() if "." not in name}
    for match in _SCRIPT.finditer(run) if handed else ():
        path = posixpath.normpath(posixpath.join(base, _stripped(located(match[1]), case.prefix)))
        text = project.text(path) if not path.startswith("../") and project.has(path) else None
        if text is None or not speaks_of(text, _INTERESTING) or not project.may_use():
            continue
        own = assigned(text)
        # A value that is made of the variable itself is its default.
        values = {**{name: each for name, each in own.items() if name not in handed}, **handed}
        bases = tuple(dict.fromkeys((base, posixpath.dirname(path))))
        yield from mentions_of(text, values, path=path, line=1, bases=bases)


def _used(uses: str, step: YamlNode, case: _Case, project: Project) -> Iterator[Mention | Together]:
    """What a step or job does that uses an action or a workflow."""
    given = step.get("with")
    if uses.startswith("./"):
        if case.depth >= MAX_DEPTH or not project.may_use():
            return
        inputs = {
            f"inputs.{name}": list(alternatives(each.text, case.values))
            for name, each in (given.mapping.items() if given else ())
            if each.text
        }
        below = _stripped(uses, case.prefix)
        for path in (below, posixpath.join(below, "action.yml"), posixpath.join(below, "action.yaml")):
            text = project.text(path) if project.has(path) else None
            if text is not None:
                told = False
                for found in _of_file(path, text, inputs, project, case.depth + 1):
                    told = True
                    yield found
                if told:
                    return
                break
        # What hands them to a separate script: by the names of its inputs.
        handed = {name: each.text for name, each in (given.mapping.items() if given else ()) if each.text}
        if _given(handed, _FILE, _LIKE_FILE):
            yield from _of_action(uses, handed, case, step.place)
        return
    if given is None:
        if _GIT_CONTEXT.search(uses):
            yield from _of_action(uses, {}, case, step.place)
        return
    texts = {name: each.text for name, each in given.mapping.items() if each.text is not None}
    if _BAKES.search(uses):
        files = [
            each
            for line in _one(texts.get("files", ""), case.values).replace(",", "\n").splitlines()
            if (each := line.strip())
        ]
        base = _one(texts.get("workdir", ""), case.values) or _one(texts.get("source", ""), case.values)
        base = "" if HOLE in base or is_address(base) or "{{" in base else _stripped(base, case.prefix)
        if not any(HOLE in each or is_address(each) or "cwd://" in each for each in files):
            yield Together("bake", tuple(files), None, (base,), step.place)
    elif _BUILDS.search(uses):
        yield from _of_action(uses, texts, case, step.place)


def _of_action(uses: str, texts: Mapping[str, str], case: _Case, place: str) -> Iterator[Mention]:
    """The builds of an action that is given these inputs, one for each value of what they mention."""
    by_name = {name.lower(): text for name, text in texts.items()}
    if _FIRST_VERSION.search(uses):
        by_name = _of_first_version(by_name)
    context, file = _given(by_name, _CONTEXT, _LIKE_CONTEXT), _given(by_name, _FILE, _LIKE_FILE)
    own = _GIT_CONTEXT.search(uses) is not None
    if context is None and file is None and not own:
        return
    # Together, so that a value that both mention is the same in both.
    parts = (
        _DEFAULT_CONTEXT.sub(_DEFAULT, context or ""),
        file or "",
        by_name.get("target", ""),
        by_name.get("build-contexts", ""),
        by_name.get("build-args", ""),
    )
    for made in alternatives("\x1f".join(parts), case.values):
        where, dockerfile, target, contexts, arguments = (*made.split("\x1f"), "", "", "", "", "")[:5]
        dockerfile = dockerfile.strip().partition("\n")[0].strip()
        where = where.strip()
        beside = False
        # Without a context the action has the builder clone the project.
        cloned = own and (not where or where.startswith(_DEFAULT) or is_address(where))
        if where.startswith(_DEFAULT):
            below = where[1:].lstrip(":")
            where, beside = below or ".", bool(below)
        if is_address(where):
            where, beside = _of_address(where)
        if is_address(where) or where == "-" or dockerfile == "-":
            continue
        yield Mention(
            _stripped(where or ".", case.prefix),
            (dockerfile if beside else _stripped(dockerfile, case.prefix)) if dockerfile else None,
            target if target and HOLE not in target else None,
            {
                name: None if HOLE in each or _FILLED_IN.search(each) else each
                for name, each in _pairs(arguments, known=False)
            },
            {
                name: each if is_address(each) or ":" in each else _stripped(each, case.prefix)
                for name, each in _pairs(contexts)
            },
            ("",),
            place,
            beside,
            cloned,
            ordered=own,
        )


def _of_first_version(texts: Mapping[str, str]) -> dict[str, str]:
    """The inputs of the first version of the action by the names that they have now."""
    arguments = texts.get("build_args", "").replace(",", "\n")
    return {**texts, "context": texts.get("path") or ".", "build-args": arguments}


#: Commands that give an image a name, and the names that they give.
_NAMING: Final = lazy(r"\b(?:imagetools[ \t]+create|(?:docker|podman)[ \t]+(?:buildx[ \t]+)?build)\b(?:[^\n\\]|\\\n?)*")
_NAME: Final = lazy(r"(?:\s-t[ =]?|--tag[ =])[\"']?([^\s\"'@]+)")


def names(path: str, text: str, known: Values) -> Iterator[tuple[str, str]]:
    """The names that a workflow gives to images, without their versions, each with the Dockerfile of the image, if the
    last stage of one is built there (else empty). `known`: what is known of the repository."""
    for document in documents_of(text, path):
        values = {**_defaults(document), **known, **_environment(document)}
        jobs = document.get("jobs")
        for job in jobs.mapping.values() if jobs else ():
            steps = job.get("steps")
            for bound in _combinations(job.get("strategy", "matrix")) if steps else ():
                here = {**values, **bound, **_environment(job)}
                for step in steps.items if steps else ():
                    yield from _names(step, {**here, **_environment(step)})


def _names(step: YamlNode, values: Values) -> Iterator[tuple[str, str]]:
    texts = {key: text_at(step, "with", key) or "" for key in ("tags", "images", "file", "context", "target")}
    file = "" if texts["target"] else texts["file"] or posixpath.join(texts["context"], "Dockerfile")
    given = [(texts["tags"], file), (texts["images"], "")]
    for command in _NAMING.finditer(text_at(step, "run") or ""):
        for made in alternatives(command[0], values):
            given += ((name, "") for name in _NAME.findall(made))
    for written, dockerfile in given:
        for made in alternatives(f"{written}\x1f{dockerfile}", values) if written else ():
            *said, where = re.split(r"[\s,]+|\x1f", made)
            for name in said:
                above, slash, last = name.rpartition("/")
                name = above + slash + last.partition(":")[0]
                if name and HOLE not in name:
                    yield name, "" if HOLE in where else posixpath.normpath(where) if where else ""


def _given(texts: Mapping[str, str], names: Sequence[str], like: re.Pattern[str]) -> str | None:
    """The input of one of these names, or else of one like them."""
    found = next((text for name in names for key, text in texts.items() if key.lower() == name.lower() and text), None)
    return found or next((text for key, text in texts.items() if text and like.search(key)), None)


def _of_address(address: str) -> tuple[str, bool]:
    """The directory of a git context that is the project itself, and whether it is one below its root."""
    fragment = address.partition("#")[2]
    below = fragment.partition(":")[2]
    if "github.repository" in address or "github.server_url" in address:
        return below or ".", bool(below)
    return address, False


def _pairs(text: str, *, known: bool = True) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        # A line is one of CSV, which may be in quotes as a whole.
        line = line.strip()
        line = line[1:-1].replace('""', '"') if len(line) > 1 and line[0] == line[-1] == '"' else line
        name, equals, value = line.partition("=")
        if equals and name and HOLE not in (line if known else name) and not name.startswith("#"):
            yield name.strip(), value.strip().strip("\"'")


def _stripped(path: str, prefix: str) -> str:
    """A path without the directory into which the project is checked out."""
    path = path.removeprefix(ROOT + "/").removeprefix(ROOT) if path.startswith(ROOT) else path
    path = posixpath.normpath(path or ".")
    if prefix and (path == prefix or path.startswith(prefix + "/")):
        return path[len(prefix) + 1 :] or "."
    return path


def _without_prefix(each: Mention | Together, prefix: str) -> Mention | Together:
    if not prefix or isinstance(each, Together):
        return each
    file = each.dockerfile
    return each._replace(
        context=_stripped(each.context, prefix), dockerfile=None if file is None else _stripped(file, prefix)
    )


def _one(text: str, values: Values) -> str:
    return next(alternatives(text, values), text) if "$" in text else text


# --- matrices -------------------------------------------------------------------------------------------------------


def _combinations(matrix: YamlNode | None) -> Iterator[dict[str, list[str]]]:
    """What each job of a matrix knows; one that knows nothing without a matrix, or where it is computed."""
    if matrix is None or not matrix.mapping:
        yield {}
        return
    axes = {
        name: each.items for name, each in matrix.mapping.items() if name not in ("include", "exclude") and each.items
    }
    made = [
        dict(zip(axes, chosen, strict=True))
        for chosen in itertools.islice(itertools.product(*axes.values()), MAX_COMBINATIONS)
    ]
    excluded = matrix.mapping.get("exclude")
    for each in excluded.items if excluded else ():
        made = [one for one in made if not _agrees(one, each.mapping)]
    included = matrix.mapping.get("include")
    if not axes:
        made = []
    original = [dict(each) for each in made]
    for each in included.items if included else ():
        shared = {name: node for name, node in each.mapping.items() if name in axes}
        fits = [at for at, one in enumerate(original) if _agrees(one, shared)]
        for at in fits:
            made[at] = {**made[at], **each.mapping}
        if not fits:
            made.append(dict(each.mapping))
    told = False
    for one in made[:MAX_COMBINATIONS]:
        told = True
        yield {name: [value] for name, value in _flat("matrix", one)}
    if not told:
        yield {}


def _agrees(one: Mapping[str, YamlNode], other: Mapping[str, YamlNode]) -> bool:
    return all(name in one and _plain(one[name]) == _plain(node) for name, node in other.items())


def _plain(node: YamlNode) -> object:
    if node.mapping:
        return {name: _plain(each) for name, each in node.mapping.items()}
    return tuple(map(_plain, node.items)) if node.items else node.text


def _flat(name: str, value: Mapping[str, YamlNode]) -> Iterator[tuple[str, str]]:
    for key, node in value.items():
        own = f"{name}.{key}"
        if node.text is not None:
            yield own, node.text
        elif node.mapping:
            yield from _flat(own, node.mapping)
        elif node.value is None:
            yield own, ""
