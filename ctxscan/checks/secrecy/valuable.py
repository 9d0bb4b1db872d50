"""What to do about a file that holds a secret: keep it out of the build, or the value out of the file.

A remedy that breaks the build is none. What instructions name, what is compiled or imported, and what the project's
history has as a part of it may be needed; a file that is there to hold secrets goes as a whole.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Final

from ...builds.names import is_compose
from ...context.transfer import cleaned
from ...git.index import Tracked
from ...packages.catalog import is_manifest
from ...paths import WRITTEN
from ...regex import lazy
from ...secrets.scope import own_tests, screen

if TYPE_CHECKING:
    from ..reading import Reading

#: Endings of what compilers and interpreters take: without it a program does not build, or ends when it starts.
SOURCE_ENDINGS: Final = (
    ".py", ".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs", ".vue", ".svelte", ".astro", ".go", ".rs", ".java", ".kt",
    ".kts", ".scala", ".groovy", ".rb", ".erb", ".php", ".cs", ".vb", ".fs", ".razor", ".cshtml", ".ex", ".exs",
    ".erl", ".swift", ".dart", ".c", ".h", ".cc", ".cpp", ".cxx", ".hpp", ".m", ".pl", ".pm", ".lua", ".r", ".jl",
    ".clj", ".cljs", ".cljc", ".cr", ".nim", ".zig", ".hs", ".ml", ".mli", ".elm",
)  # fmt: skip
#: What orders builds and deployments, and is read by neither the build nor the program.
_AROUND: Final = lazy(
    r"(?:^|/)\.(?:github|gitlab|circleci|buildkite|azure-pipelines|devcontainer|vscode|idea|husky|woodpecker|drone)/"
    r"|(?:^|/)(?:docs?|documentation|k8s|kubernetes|helm|charts?|terraform|ansible|deploy|deployments?)/"
    r"|(?:^|/)(?:\.gitlab-ci|\.travis|\.drone|\.woodpecker|azure-pipelines|bitbucket-pipelines|render|fly|app|netlify)"
    r"\.(?:ya?ml|toml|json)$|\.(?:md|mdx|rst|adoc)$"
)
#: What makes values for tests, or stands for something in them, and is compiled with the program all the same.
_MADE: Final = lazy(r"(?:^|/)(?:lib|src|app)/(?:.*/)?(?:factory|factories|[^/]*(?:Mock|Stub|Fake)s?)\.\w+$")
#: What the program of a framework reads its settings from, and where tools for Java pack up all that they find.
_SETTINGS: Final = lazy(
    r"(?:^|/)(?:(?:application|bootstrap)(?:-[\w-]+)?\.(?:properties|ya?ml)|appsettings(?:\.[\w.-]+)?\.json|database\.ya?ml)$"
    r"|(?:^|/)config/secrets\.ya?ml$"
)
_PACKED: Final = lazy(r"(?:^|/)src/main/resources/")
GIVEN: Final = "give its values to the container (docker run --env-file, env_file in Compose)"
_ROTATE: Final = "replace the value as well: it stays in the Git history"
_HOW: Final = "configuration at run time, or RUN --mount=type=secret"


def way_out(
    path: str,
    *,
    named: bool,
    tracked: Tracked,
    reader: str | None = None,
    perhaps: bool = False,
    replace: bool = False,
    place: str | None = None,
    sent: bool = True,
    loaded: str = "",
    bare: bool = False,
) -> str:
    """The remedy for a secret in the file at `path` of a context. `named`: an instruction takes it by its own name;
    `reader`: what would miss it, or `perhaps`; `replace`: the value opens something, so that one that others may have
    read has to be replaced. `place`: where the container alone reads it; not `sent`: no step of this build has it.
    `loaded`: how a program that loads it gets what is in it; `bare`: nothing but a key is in it."""
    above, _, name = path.rpartition("/")
    if not sent and (name.lower().endswith(_STORES) or _SETTINGS.search(path) or not screen([name], above)):
        reader = None
    if named and place is not None:
        how = (
            GIVEN
            if posixpath.basename(path).startswith(".env")
            else f"mount it at {place} in the container (a secret in Compose or Kubernetes, docker run -v)"
        )
        out = f"leave {path} out of the image, and {how}"
    else:
        out = _way_out(path, named=named, tracked=tracked, reader=None if perhaps else reader, bare=bare)
    if perhaps and reader is not None and reader.endswith(")") and out == f"exclude {path}":
        # Whoever reads it is known by the place: without the file that may end.
        way = GIVEN if reader.startswith("the program needs") else "mount it instead"
        out = f"exclude {path}, and {way}: {reader}"
        if reader.startswith("the program ends") and posixpath.basename(path) != ".env":
            # One of several, which the project has as it has its sources.
            out = f"take the value out of {path} ({_HOW}): {reader}"
    elif loaded and out == f"exclude {path}":
        out += f", and {loaded}"
    return f"{out}; {_ROTATE}" if replace and tracked.file(path) else out


#: Stores of keys, out of which nobody takes a value.
_STORES: Final = (".pfx", ".p12", ".jks", ".keystore", ".bks", ".ppk")
_MOUNTED: Final = "and mount it in the container that reads it"


def _way_out(path: str, *, named: bool, tracked: Tracked, reader: str | None, bare: bool) -> str:
    above, _, name = path.rpartition("/")
    store = name.lower().endswith(_STORES) or (bare and reader is not None)
    if store and not named and not own_tests(path):
        return (
            f"exclude {path}, {_MOUNTED}"
            if reader is None
            else f"move {path} out of the project, {_MOUNTED}: excluding it alone would break the build: {reader}"
        )
    private = bare or (bool(screen([name], above)) and not _is_source(name))
    if named:
        if private:
            return f"RUN --mount=type=secret instead of copying {path}: excluding it would break the build"
        return f"take the value out of {path} ({_HOW}): excluding it would break the build"
    if reader is not None:
        return f"take the value out of {path} ({_HOW}): excluding it would break the build: {reader}"
    if (own_tests(path) and not _MADE.search(path)) or is_compose(name) or _AROUND.search(path):
        return f"exclude {path}"
    if _is_source(name) or (_PACKED.search(path) and tracked.file(path)):
        return f"take the value out of {path} ({_HOW}): excluding source may break the build"
    if (not private or _SETTINGS.search(path)) and (tracked.file(path) if tracked.known else name.endswith(WRITTEN)):
        return f"take the value out of {path} ({_HOW}), or exclude it if nothing reads it"
    return f"exclude {path}"


def place_in_container(reading: Reading, path: str) -> str | None:
    """Where the image has a file of secrets that an instruction takes by its own name and that no step of the build
    reads, so that it is there for the container; None: a step may read it."""
    above, _, name = path.rpartition("/")
    if not screen([name], above) or _is_source(name) or name.lower().startswith(_FOR_TOOLS):
        return None
    place = None
    for step in reading.shipped:
        if step.keyword in ("COPY", "ADD") and step.origin is None:
            if any(each.kind == "path" and cleaned(each.text) == path for each in step.sources):
                inside = step.destination.endswith("/") or len(step.sources) > 1 or step.target == step.workdir
                place = posixpath.join(step.target, name) if inside else step.target
        elif step.keyword == "RUN" and place is not None:
            # A tool may look for settings itself, and a script is not known.
            if name.startswith(".env") or not (done := reading.commands(step)):
                return None
            if any(each.name not in _TOUCH and name in " ".join(each.arguments) for each in done):
                return None
    return place


#: What only changes whose a file is, or looks at it.
_TOUCH: Final = frozenset("chown chmod chgrp ls mkdir echo".split())
#: Settings that tools of the build look for themselves.
_FOR_TOOLS: Final = (
    ".npmrc", ".yarnrc", ".netrc", "_netrc", "pip.conf", ".pypirc", ".git-credentials", ".gitconfig", "settings.xml",
    "nuget.config", "auth.json", ".gem", ".bundle", ".cargo", "credentials.toml", "gradle.properties",
)  # fmt: skip


def _is_source(name: str) -> bool:
    return name.endswith(SOURCE_ENDINGS) or is_manifest(name)
