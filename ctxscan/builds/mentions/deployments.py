"""Files of platforms and development tools that build: skaffold, Tilt, Fly, Render and many of their kind."""

from __future__ import annotations

import ast
import posixpath
import tomllib
from collections.abc import Callable, Iterator
from typing import Any, Final

from ...regex import compiled, lazy
from ..project import Project
from .devcontainers import commented_json
from .mention import HOLE, UNKNOWN, Mention, Together
from .values import alternatives
from .yamltext import documents_of, mappings, text_at, variables

Reading = Callable[[str, str], Iterator[Mention | Together]]


def reads(path: str) -> bool:
    return _reading(path) is not None


def mentions(path: str, text: str, project: Project) -> Iterator[Mention | Together]:
    reading = _reading(path)
    if reading is not None:
        yield from reading(path, text)


def runs(path: str, text: str) -> Iterator[str]:
    """The Dockerfiles that a file has a platform build and run."""
    reading = _reading(path)
    if reading is None or reading not in _OF_PLATFORMS:
        return
    own = posixpath.dirname(path)
    if reading is _fly and not _toml(text).get("build"):
        yield posixpath.join(own, "Dockerfile")  # which it looks for beside its own
    for each in reading(path, text):
        if isinstance(each, Mention):
            beside = each.dockerfile is None or each.beside
            for base in each.bases:
                below = posixpath.join(base, each.context if beside else "", each.dockerfile or "Dockerfile")
                yield posixpath.normpath(below)


def _reading(path: str) -> Reading | None:
    name = path.rpartition("/")[2]
    if _NAME.fullmatch(name) is None:
        return None
    return next(reading for pattern, reading in _READERS if compiled(pattern).fullmatch(name))


def _mention(
    path: str, place: str, context: str, dockerfile: str | None, *, beside: bool = False, target: str | None = None
) -> Iterator[Mention]:
    own = posixpath.dirname(path)
    if target is not None and ("$" in target or "{{" in target):
        target = None
    for made in alternatives(f"{context}\x1f{dockerfile or ''}", {}):
        where, file = made.split("\x1f")[:2]
        if "{{" not in made:
            yield Mention(where or ".", file or None, target or None, {}, {}, (own,), place, beside)


# --- YAML -----------------------------------------------------------------------------------------------------------


def _skaffold(path: str, text: str) -> Iterator[Mention | Together]:
    for document in documents_of(text, path):
        for node in mappings(document):
            artifacts = node.mapping.get("artifacts")
            for each in artifacts.items if artifacts else ():
                if not text_at(each, "image") or each.mapping.keys() & {"buildpacks", "jib", "ko", "bazel", "custom"}:
                    continue
                with_docker = each.get("docker") or each.get("kaniko")
                yield from _mention(
                    path,
                    each.place,
                    text_at(each, "context") or text_at(each, "workspace") or ".",
                    text_at(with_docker, "dockerfile") or text_at(with_docker, "dockerfilePath"),
                    beside=True,
                    target=text_at(with_docker, "target"),
                )


def _render(path: str, text: str) -> Iterator[Mention | Together]:
    for document in documents_of(text, path):
        for each in mappings(document):
            kind = text_at(each, "runtime") or text_at(each, "env")
            file, context = text_at(each, "dockerfilePath"), text_at(each, "dockerContext")
            if kind == "docker" or file or context:
                base = text_at(each, "rootDir") or "."
                context = posixpath.join(base, context or ".")
                file = posixpath.join(base, file or "Dockerfile")
                yield Mention(context, file, None, {}, {}, (posixpath.dirname(path),), each.place)


def _heroku(path: str, text: str) -> Iterator[Mention | Together]:
    for document in documents_of(text, path):
        found = document.get("build", "docker")
        for each in found.mapping.values() if found else ():
            file = each.text or text_at(each, "dockerfile")
            if file:
                # Heroku builds in the directory of the Dockerfile.
                yield from _mention(
                    path, each.place, posixpath.dirname(file) or ".", file, target=text_at(each, "target")
                )


def _serverless(path: str, text: str) -> Iterator[Mention | Together]:
    """The images that the Serverless Framework builds for functions."""
    for document in documents_of(text, path):
        images = document.get("provider", "ecr", "images")
        for each in images.mapping.values() if images else ():
            if each.mapping and "uri" not in each.mapping:
                yield from _mention(path, each.place, text_at(each, "path") or ".", text_at(each, "file"), beside=True)


def _sam(path: str, text: str) -> Iterator[Mention | Together]:
    """The images that SAM builds for functions of AWS."""
    for document in documents_of(text, path) if "DockerContext" in text else ():
        for each in mappings(document):
            context, file = text_at(each, "DockerContext"), text_at(each, "Dockerfile")
            if context:
                target = text_at(each, "DockerBuildTarget")
                yield from _mention(path, each.place, context, file, beside=True, target=target)


def _generic(path: str, text: str) -> Iterator[Mention | Together]:
    """Okteto, DevSpace, Werf, Garden, Copilot, DigitalOcean, Tye and others: a mapping with a Dockerfile, and perhaps
    the context beside it."""
    for document in documents_of(text, path):
        values = variables(document)
        for each in mappings(document):
            file = next((found for key in _FILE_KEYS if (found := text_at(each, key))), None)
            context = next((found for key in _CONTEXT_KEYS if (found := text_at(each, key))), None)
            if file is None:
                continue
            beside = posixpath.basename(path) in ("okteto.yml", "okteto.yaml", "garden.yml", "werf.yaml") and bool(
                context
            )
            own = posixpath.dirname(path)
            bases = tuple(dict.fromkeys((own, posixpath.dirname(own), "")))
            for made in alternatives(f"{context or ''}\x1f{file}", values):
                where, dockerfile = made.split("\x1f")[:2]
                if not where:
                    where = posixpath.dirname(dockerfile) or "." if "copilot" in path else "."
                yield Mention(where, dockerfile, None, {}, {}, bases, each.place, beside)


_FILE_KEYS: Final = ("dockerfile", "dockerfile_path", "dockerfilePath", "dockerFile")
_CONTEXT_KEYS: Final = ("context", "source_dir", "dockerContext", "buildContext", "docker_context")


def _gitpod(path: str, text: str) -> Iterator[Mention | Together]:
    """The image of a workspace; without a context it is built where its Dockerfile lies."""
    for document in documents_of(text, path):
        image = document.get("image")
        file = text_at(image, "file")
        if image is not None and file:
            context = text_at(image, "context") or posixpath.dirname(file) or "."
            yield from _mention(path, image.mapping["file"].place, context, file)


def _goreleaser(path: str, text: str) -> Iterator[Mention | Together]:
    """GoReleaser builds in a separate directory, with the programs that it has made."""
    for document in documents_of(text, path):
        for key in ("dockers", "dockers_v2", "docker"):
            listed = document.get(key)
            for each in (listed.items or (listed,)) if listed else ():
                file = text_at(each, "dockerfile") or "Dockerfile"
                if "{{" not in file:
                    bases = tuple(dict.fromkeys((posixpath.dirname(path), "")))
                    yield Mention(UNKNOWN, file, None, {}, {}, bases, each.place)


# --- TOML, JSON, Starlark -------------------------------------------------------------------------------------------


def _fly(path: str, text: str) -> Iterator[Mention | Together]:
    build = _toml(text).get("build")
    if isinstance(build, dict):
        file, target = build.get("dockerfile"), build.get("build-target")
        if isinstance(file, str):
            own = posixpath.dirname(path)
            bases = tuple(dict.fromkeys((own, "")))
            stage = target if isinstance(target, str) else None
            # Whoever deploys may be in the directory of the file, or in that of the repository: what is copied tells.
            if own and stage is None:
                return
            yield Mention(UNKNOWN if own else ".", file, stage, {}, {}, bases, _place(path, text, "dockerfile"))


def _railway(path: str, text: str) -> Iterator[Mention | Together]:
    found = commented_json(text) if path.endswith(".json") else _toml(text)
    build = found.get("build") if isinstance(found, dict) else None
    file = build.get("dockerfilePath") if isinstance(build, dict) else None
    if isinstance(file, str):
        bases = tuple(dict.fromkeys(("", posixpath.dirname(path))))
        yield Mention(".", file.lstrip("/"), None, {}, {}, bases, _place(path, text, "dockerfilePath"))


def _cursor(path: str, text: str) -> Iterator[Mention | Together]:
    found = commented_json(text)
    build = found.get("build") if isinstance(found, dict) else None
    if isinstance(build, dict) and isinstance(build.get("dockerfile"), str):
        context = build.get("context")
        where = context if isinstance(context, str) else posixpath.dirname(build["dockerfile"]) or "."
        yield from _mention(path, _place(path, text, "dockerfile"), where, build["dockerfile"])


def _project_json(path: str, text: str) -> Iterator[Mention | Together]:
    """The targets of Nx that build a container; paths are those of the workspace."""
    found = commented_json(text)
    targets = found.get("targets") if isinstance(found, dict) else None
    for each in targets.values() if isinstance(targets, dict) else ():
        options = each.get("options") if isinstance(each, dict) else None
        if not isinstance(options, dict) or "container" not in str(each.get("executor")):
            continue
        file, context = options.get("file"), options.get("context")
        own = posixpath.dirname(path)
        words = {"{projectRoot}": own, "{workspaceRoot}": ".", "{args.": ""}
        where = context if isinstance(context, str) else "."
        name = file if isinstance(file, str) else posixpath.join(own, "Dockerfile")
        for word, value in words.items():
            where, name = where.replace(word, value), name.replace(word, value)
        yield Mention(where, name, None, {}, {}, ("",), _place(path, text, "container"))


def _captain(path: str, text: str) -> Iterator[Mention | Together]:
    found = commented_json(text)
    file = found.get("dockerfilePath") if isinstance(found, dict) else None
    if isinstance(file, str):
        yield from _mention(path, _place(path, text, "dockerfilePath"), ".", file)


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        return {}


def _tilt(path: str, text: str) -> Iterator[Mention | Together]:
    """`docker_build(name, context, dockerfile=…)`, and the Compose files of `docker_compose`."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    own = posixpath.dirname(path)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        given = {each.arg: each.value for each in node.keywords if each.arg}
        place = f"{path}:{node.lineno}"
        if node.func.id in ("docker_build", "docker_build_with_restart", "custom_build_docker"):
            context = given.get("context", node.args[1] if len(node.args) > 1 else None)
            where, file, target = (_literal(each) for each in (context, given.get("dockerfile"), given.get("target")))
            if (
                where is not None
                and (file is not None or "dockerfile" not in given)
                and "dockerfile_contents" not in given
            ):
                yield Mention(where, file, target, _arguments(given.get("build_args")), {}, (own,), place)
        elif node.func.id == "docker_compose" and node.args:
            files = [
                _literal(each) for each in (node.args[0].elts if isinstance(node.args[0], ast.List) else node.args[:1])
            ]
            if all(files):
                yield Together("compose", tuple(filter(None, files)), None, (own,), place)


def _arguments(node: ast.expr | None) -> dict[str, str | None]:
    """Build arguments by name; None for a value that only a run tells."""
    if not isinstance(node, ast.Dict):
        return {}
    pairs = ((_literal(key), _literal(value)) for key, value in zip(node.keys, node.values, strict=True))
    return {name: None if value is None or HOLE in value else value for name, value in pairs if name is not None}


def _literal(node: ast.expr | None) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        left, right = _literal(node.left), _literal(node.right)
        return (left or f"{HOLE}a{HOLE}") + (right or f"{HOLE}b{HOLE}") if isinstance(node.op, ast.Add) else None
    return None


def _place(path: str, text: str, word: str) -> str:
    return f"{path}:{text.count(chr(10), 0, max(text.find(word), 0)) + 1}"


_READERS: Final[tuple[tuple[str, Reading], ...]] = (
    (r"skaffold[\w.-]*\.ya?ml", _skaffold),
    (r"Tiltfile|[\w.-]+\.tiltfile|Tiltfile\.[\w.-]+", _tilt),
    (r"fly[\w.-]*\.toml", _fly),
    (r"render\.ya?ml", _render),
    (r"serverless[\w.-]*\.ya?ml", _serverless),
    (r"(?:sam-)?template[\w.-]*\.ya?ml", _sam),
    (r"\.gitpod\.ya?ml", _gitpod),
    (r"heroku\.ya?ml", _heroku),
    (r"railway\.(?:json|toml)", _railway),
    (r"environment\.json", _cursor),
    (r"captain-definition", _captain),
    (r"project\.json", _project_json),
    (r"\.?goreleaser[\w.-]*\.ya?ml", _goreleaser),
    (
        r"(?:okteto|devspace|werf|garden|tye|app|manifest|\.?platform|koyeb|zeabur|northflank|apprunner|draft|porter)\.ya?ml|[\w.-]+\.garden\.yml",
        _generic,
    ),
)
#: A name that any of them reads: few have one.
_NAME: Final = lazy("|".join(f"(?:{pattern})" for pattern, _ in _READERS))
#: Those that run what ships.
_OF_PLATFORMS: Final = (_skaffold, _fly, _render, _heroku, _railway, _captain, _serverless, _sam, _generic)
