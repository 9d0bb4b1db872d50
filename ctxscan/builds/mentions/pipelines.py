"""Pipelines other than workflows: GitLab, CircleCI, Azure, Jenkins, Cloud Build, Drone, Buildkite, Tekton and others.

Every text in them may be lines of shell; the tasks and plugins that build are known by their inputs.
"""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from ...regex import lazy
from ..documents import YamlNode
from ..project import Project
from .commands import MAX_COMMANDS, mentions_of
from .mention import HOLE, Mention, Together, speaks_of
from .scripts import assigned
from .values import Values, alternatives
from .yamltext import block_start, documents_of, line_of, mappings, scalars, text_at, variables

_YAML: Final = lazy(
    r"(?:.*/)?(?:\.gitlab-ci|bitbucket-pipelines|\.travis|appveyor|\.appveyor|codefresh|semaphore|buildspec|\.cirrus|wercker|shippable)\.ya?ml"
    r"|(?:.*/)?\.?azure-pipelines[\w.-]*\.ya?ml|(?:.*/)?[\w.-]*cloudbuild[\w.-]*\.(?:ya?ml|json)"
    r"|(?:.*/)?[^/]*[.-]?gitlab-ci[\w.-]*\.ya?ml|(?:.*/)?\.?gitlab(?:-ci)?/.*\.ya?ml|(?:.*/)?\.circleci/.*\.ya?ml"
    r"|(?:.*/)?\.(?:drone|woodpecker)(?:/[^/]+)?\.ya?ml|(?:.*/)?\.woodpecker/.*\.ya?ml|(?:.*/)?\.buildkite/.*\.ya?ml"
    r"|(?:.*/)?(?:\.azure|\.azuredevops|\.azure-pipelines|azure-pipelines|\.?pipelines?|eng/pipelines|\.vsts|\.tekton|tekton|\.semaphore|\.codebuild|\.concourse|concourse)/.*\.ya?ml"
    r"|(?:.*/)?cloudbuild/(?:.*/)?[^/]+\.ya?ml|(?:.*/)?[\w.-]*(?:build|docker|image)[\w.-]*\.ya?ml|(?:.*/)?ci/(?:.*/)?[^/]+\.ya?ml"
)
_GROOVY: Final = lazy(r"(?:.*/)?(?:Jenkinsfile[\w.-]*|[^/]+\.(?:jenkinsfile|Jenkinsfile|groovy))")
_INTERESTING: Final = ("docker", "podman", "buildah", "kaniko", "nerdctl")
_GROOVY_BUILD: Final = lazy(r"""docker\.build\(?\s*["'][^"']*["']\s*(?:,\s*(?:"([^"]*)"|'([^']*)'))?""")
_GROOVY_AGENT: Final = lazy(r"\bdockerfile\s*\{([^{}]*)\}|\bdockerfile[ \t]+true\b")
_GROOVY_KEY: Final = lazy(r"""\b(filename|dir)[ \t]+["']([^"'\n]*)["']""")
_PLUGINS: Final = lazy(
    r"(?i)(?:plugins/(?:docker|kaniko|ecr|gcr|acr|buildx)|plugin-docker-buildx|drone-kaniko|docker-buildx|buildah|kaniko|plugin-kaniko)"
)


def reads(path: str) -> bool:
    if path.endswith((".yml", ".yaml", ".json")):
        return _YAML.fullmatch(path) is not None
    return _GROOVY.fullmatch(path) is not None


def mentions(path: str, text: str, project: Project) -> Iterator[Mention | Together]:
    if not speaks_of(text, _INTERESTING):
        return
    if _GROOVY.fullmatch(path):
        yield from _of_groovy(path, text)
        return
    own = posixpath.dirname(path)
    bases = tuple(dict.fromkeys(("", own)))
    read = documents_of(text, path)
    if not read:
        yield from mentions_of(text, assigned(text), path=path, line=1, bases=bases)
    for document in read:
        values = variables(document)
        for node in mappings(document):
            yield from _of_mapping(node, values, bases, path)
        for each in scalars(document):
            if each.text is None or not speaks_of(each.text, _INTERESTING):
                continue
            known = {**values, **assigned(each.text)} if "=" in each.text else values
            start = block_start(each, text)
            yield from mentions_of(each.text, known, path=path, line=start, bases=bases)
        yield from _of_lists(document, text, values, bases, path)


def _of_lists(
    document: YamlNode, text: str, values: Values, bases: Sequence[str], path: str
) -> Iterator[Mention | Together]:
    """Lines that are run one after the other in one shell: what `cd` in one says counts for the next."""
    for node in mappings(document):
        for key in ("script", "before_script", "commands", "steps", "run"):
            listed = node.mapping.get(key)
            lines = [each.text or "" for each in listed.items] if listed else []
            if listed is None or not any(lines) or not any("cd " in each for each in lines):
                continue
            block = "\n".join(each.replace("\n", " ; ") for each in lines)
            for found in mentions_of(block, values, path=path, line=1, bases=bases):
                at = int(found.place.rpartition(":")[2]) - 1
                yield found._replace(place=listed.items[min(at, len(lines) - 1)].place)


def _of_mapping(node: YamlNode, values: Values, bases: Sequence[str], path: str) -> Iterator[Mention | Together]:
    task = text_at(node, "task") or ""
    inputs = node.get("inputs")
    if inputs is not None and task.lower().startswith(("docker@", "dockercompose@", "containerbuild@")):
        yield from _of_azure(task, inputs, values, bases)
    plugin = text_at(node, "image") or ""
    settings = node.get("settings") or node.get("vargs")
    if settings is not None and _PLUGINS.search(plugin):
        yield from _made(settings, values, bases, context=("context",), file=("dockerfile",))
    name = text_at(node, "name") or ""
    arguments = node.get("args")
    if arguments is not None and arguments.items:
        yield from _of_arguments(name, node, arguments, values, bases, path)
    for key, each in node.mapping.items():
        # The jobs and commands of orbs, and Codefresh.
        if each.mapping and ("docker" in key or "build" in key or "image" in key or "ecr" in key or "kaniko" in key):
            yield from _made(
                each,
                values,
                bases,
                context=("docker-context", "docker_context", "build-context", "context", "working_directory", "path"),
                file=("dockerfile", "docker-file", "dockerfile-path", "dockerfile_path"),
            )


def _of_azure(task: str, inputs: YamlNode, values: Values, bases: Sequence[str]) -> Iterator[Mention | Together]:
    given = {name.lower(): each.text or "" for name, each in inputs.mapping.items()}
    command = given.get("command", "buildandpush").lower()
    if task.lower().startswith("dockercompose"):
        file = given.get("dockercomposefile")
        if file and "*" not in file:
            for made in alternatives(file, values):
                yield Together("compose", (made,), None, tuple(bases), inputs.place)
        return
    if not command.startswith("build"):
        return
    parts = (given.get("dockerfile", "Dockerfile"), given.get("buildcontext", given.get("buildcontextpath", "**")))
    for made in alternatives("\x1f".join(parts), values):
        file, context = made.split("\x1f")[:2]
        file = file.removeprefix("**/")
        if context == "**":
            context = posixpath.dirname(file) or "."
        if "*" not in file + context:
            yield Mention(context or ".", file, given.get("target") or None, {}, {}, tuple(bases), inputs.place)


def _of_arguments(
    name: str, node: YamlNode, arguments: YamlNode, values: Values, bases: Sequence[str], path: str
) -> Iterator[Mention | Together]:
    """The words that a step gives to a builder, as Cloud Build and Tekton have them."""
    words = [each.text or "" for each in arguments.items]
    inside = text_at(node, "dir") or ""
    line = line_of(arguments)
    entry = text_at(node, "entrypoint") or ""
    if entry.endswith(("bash", "sh")):
        return  # a line of shell among the texts
    program = ""
    if "kaniko" in name or (words and words[0].startswith(("--dockerfile", "--context", "--destination"))):
        program = "executor"
    elif words[:1] in (["build"], ["buildx"], ["bud"]) or "docker" in name:
        program = "buildah" if "buildah" in name else "docker"
    if not program:
        return
    there = tuple(posixpath.normpath(posixpath.join(base, inside)) for base in bases) if inside else tuple(bases)
    for made in alternatives(shlex.join([program, *words]), values):
        yield from mentions_of(made, {}, path=path, line=line, bases=there)


def _made(
    node: YamlNode, values: Values, bases: Sequence[str], *, context: Sequence[str], file: Sequence[str]
) -> Iterator[Mention]:
    where = next((found for key in context if (found := text_at(node, key))), None)
    dockerfile = next((found for key in file if (found := text_at(node, key))), None)
    if dockerfile is None and not any(text_at(node, key) for key in context[:-1]):
        return
    beside = False
    below = text_at(node, "path")
    if below and where != below and "path" in context:
        where = posixpath.join(below, where or ".")
    if below and dockerfile and where == below:
        beside = True
    for made in alternatives("\x1f".join((where or ".", dockerfile or "")), values):
        one, other = made.split("\x1f")[:2]
        yield Mention(one, other or None, text_at(node, "target"), {}, {}, tuple(bases), node.place, beside)


def _of_groovy(path: str, text: str) -> Iterator[Mention | Together]:
    bases = tuple(dict.fromkeys(("", posixpath.dirname(path))))
    values = assigned(text)
    yield from mentions_of(text.replace('"""', "\n").replace("'''", "\n"), values, path=path, line=1, bases=bases)
    for match in islice(_GROOVY_BUILD.finditer(text), MAX_COMMANDS):
        line = text.count("\n", 0, match.start()) + 1
        words = match[1] or match[2] or "."
        yield from mentions_of(f"docker build {words}", values, path=path, line=line, bases=bases)
    for match in islice(_GROOVY_AGENT.finditer(text), MAX_COMMANDS):
        keys = dict(_GROOVY_KEY.findall(match[1] or ""))
        where = keys.get("dir", ".")
        place = f"{path}:{text.count(chr(10), 0, match.start()) + 1}"
        if HOLE not in where and "$" not in where + keys.get("filename", ""):
            yield Mention(where, keys.get("filename"), None, {}, {}, bases, place, beside=True)
