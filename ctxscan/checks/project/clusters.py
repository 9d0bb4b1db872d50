"""What runs an image, as the manifests of Kubernetes in the repository say."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ...builds.names import is_compose
from ...paths import join
from ...regex import lazy
from ..reading import Reading
from .composefiles import DEEPEST, names_of_project, services_around
from .earlier import around
from .ordering import manual, readmes

if TYPE_CHECKING:
    from ...context.tree import Tree

#: What is in the names of directories with manifests of Kubernetes, and how many are read.
_CLUSTERS: Final = ("k8s", "kubernetes", "manifest", "deploy", "chart", "helm", "kustomize")
_MOST_MANIFESTS: Final = 200
_NOT_AS_ROOT: Final = lazy(r"(?m)^[ \t-]*(?:runAsNonRoot:[ \t]*true|runAsUser:[ \t]*[1-9]\d*)[ \t]*$")


def runs_in_a_cluster_as_somebody(reading: Reading) -> bool:
    """Whether a manifest for an image that is called like the directory of this one says that it is not root, and no
    page has people run it elsewhere, where nobody says so."""
    if not any(_NOT_AS_ROOT.search(text) for text in _own_manifests(reading)):
        return False
    given = rf"(?:docker/pulls|hub\.docker\.com/r)/(?:[\w.-]+/)?(?:{_called(reading)})(?![\w-])"
    run = rf"\bdocker\s+run\b(?:[^\n\\]|\\\n?)*[\s/](?:{_called(reading)})(?=[\s:@`]|$)"
    elsewhere = re.compile(f"{given}|{run}")
    return not any(elsewhere.search(text) for tree, _ in around(reading.tree) for text in readmes(tree))


def runs_in_a_cluster(reading: Reading) -> bool:
    """Whether a manifest of Kubernetes, or the values of a chart, name such an image."""
    return any(_own_manifests(reading))


def is_set_in_a_cluster(reading: Reading, variable: str) -> bool:
    """Whether a manifest of Kubernetes gives a variable to a container, or may give it more than it names."""
    given = re.compile(rf"(?m)^[ \t-]*name:[ \t]*[\"']?{re.escape(variable)}[\"']?[ \t]*$|^[ \t-]*envFrom:")
    return any(given.search(text) for text in _manifests(around(reading.tree)[-1][0]))


def is_shown_in_a_cluster(reading: Reading) -> bool:
    """Whether a page of the project has a manifest of Kubernetes that starts an image called like the project."""
    top = around(reading.tree)[-1][0]
    texts = [text for text in (*readmes(top), *manual(top)) if "apiVersion:" in text and _KEEPS_ON_A_PAGE.search(text)]
    names = "|".join(map(re.escape, sorted(names_of_project(top)))) if texts else ""
    own = re.compile(rf"(?m)^[ \t-]*image:[ \t]*[\"']?(?:[^\s\"']*/)?(?:{names})(?=[\s:@\"']|$)")
    return any(map(own.search, texts))


#: Objects that start again what ends.
_KEEPS_ON_A_PAGE: Final = lazy(r"(?m)^[ \t>]*kind:[ \t]*[\"']?(?:Deployment|StatefulSet|DaemonSet|Pod)\b")
_KEEPS: Final = lazy(r"(?m)^kind:[ \t]*[\"']?(?:Deployment|StatefulSet|DaemonSet)\b")


def is_kept_in_a_cluster(reading: Reading) -> bool:
    """Whether a manifest of Kubernetes has such an object for the image, by its directory or by the name that a service
    gives it."""
    texts = [text for text in _manifests(around(reading.tree)[-1][0]) if _KEEPS.search(text)]
    images = (service.get("image") for service, _ in services_around(reading)) if texts else ()
    given = [posixpath.basename(each.text or "").partition(":")[0] for each in images if each is not None]
    called = "|".join((*(re.escape(each) for each in given if each), *filter(None, (_called(reading),))))
    if not called:
        return False
    above = r"(?:(?:\{\{[^}\n]*\}\}|\{(?!\{)|[^\s\"'{])*/)?"
    own = re.compile(rf"(?m)^[ \t-]*image:[ \t]*[\"']?{above}(?:{called})(?=[\s:@\"']|$)")
    return any(_KEEPS.search(part) and own.search(part) for text in texts for part in _PARTED.split(text))


def _own_manifests(reading: Reading) -> Iterator[str]:
    """The manifests that name an image which is called like the directory of this one."""
    texts, called = list(_manifests(around(reading.tree)[-1][0])), _called(reading)
    if not (texts and called):
        return
    own = re.compile(rf"(?m)^[ \t-]*(?:image|repository):[ \t]*[\"']?(?:[^\s\"']*/)?(?:{called})(?=[\s:@\"']|$)")
    yield from filter(own.search, texts)


def _called(reading: Reading) -> str:
    """What the image may be called, by the directories of the build, as an expression."""
    build = reading.scan.build
    places = (build.context, *([build.dockerfile.parent] if build.dockerfile is not None else []))
    names = {Path(each).resolve().name for each in places} - {"", "docker", "build"}
    return "|".join(map(re.escape, sorted(names)))


#: What of a machine a pod is given that is for root: its sockets and directories, its processes, or all rights.
_OF_THE_MACHINE: Final = lazy(
    r"(?m)^[ \t-]*(?:privileged|hostPID):[ \t]*true|\bhostPath:[ \t]*\n(?:[ \t]*type:[^\n]*\n)?[ \t]*path:[ \t]*[\"']?/"
    r"(?:\S*\.sock\b|(?:etc|dev|proc|sys|run|boot|lib|usr|var/(?:run|log|lib))\b|[\"']?[ \t]*$)"
)
_GIVES: Final = ("hostPath:", "privileged:", "hostPID:")
#: Of these, what nobody but root can use.
_FOR_ROOT: Final = lazy(r"(?m)^[ \t-]*(?:privileged|hostPID):[ \t]*true\b")
_IMAGE: Final = lazy(r"(?m)^[ \t-]*image:[ \t]*(\S[^\n]*)")
#: What parts the objects of a manifest.
_PARTED: Final = lazy(r"(?m)^---")


def takes_the_machine_in_a_cluster(reading: Reading) -> bool:
    """Whether a manifest of Kubernetes, or the template of one, gives this image what is for root on its machine."""
    return _is_given_in_a_cluster(reading, _OF_THE_MACHINE)


def has_all_rights_in_a_cluster(reading: Reading) -> bool:
    """Whether one gives it all rights, or the processes of its machine, and the object has no other image."""
    return _is_given_in_a_cluster(reading, _FOR_ROOT, alone=True)


def _is_given_in_a_cluster(reading: Reading, what: re.Pattern[str], *, alone: bool = False) -> bool:
    top = around(reading.tree)[-1][0]
    texts = list(_manifests(top))
    giving = [text for text in texts if any(word in text for word in _GIVES) and what.search(text)]
    if not giving:
        return False
    if alone:
        parts = [part for text in giving for part in _PARTED.split(text) if what.search(part)]
        giving = [part for part in parts if len({*_IMAGE.findall(part)}) == 1]
    start = reading.last("ENTRYPOINT") or reading.last("CMD")
    program = start.words[0] if start is not None and start.words else ""
    # An interpreter is called by its name.
    names = names_of_project(top) | ({posixpath.basename(program)} if "/" in program else set())
    called = "|".join((*map(re.escape, sorted(names)), *filter(None, (_called(reading),))))
    own = re.compile(rf"(?:^|[/.\s\"'])(?:{called})(?=[\s:@.\"'}}]|$)")
    # A chart has the image among its values.
    valued = re.compile(rf"(?m)^[ \t]+(?:repository|image|name):[ \t]*[\"']?\S*?/(?:{called})(?=[\"':@\s]|$)")
    by_value = any(valued.search(text) for text in texts if "repository:" in text)
    lines = [line for text in giving for line in _IMAGE.findall(text)]
    return any(own.search(line) or (by_value and ".Values.image" in line) for line in lines)


def _manifests(tree: Tree) -> Iterator[str]:
    left = _MOST_MANIFESTS
    for name in tree.names(""):
        other = is_compose(name) or any(word in name.lower() for word in _CLUSTERS)
        if name.endswith((".yaml", ".yml")) and not other and b"apiVersion:" in (tree.read(name) or b""):
            yield tree.text(name)
    todo = [(path, 1) for path in _of_clusters(tree)]
    while todo and left:
        path, depth = todo.pop(0)
        if tree.kind(path) == "dir":
            todo += [(join(path, name), depth + 1) for name in tree.names(path)] if depth <= DEEPEST else []
        elif path.endswith((".yaml", ".yml")):
            left -= 1
            yield tree.text(path)


#: Directories that are for something else, and how many of the others are looked into.
_NOT_LOOKED_INTO: Final = frozenset("node_modules vendor .git testdata".split())
_MOST_LOOKED_INTO: Final = 100


def _of_clusters(tree: Tree) -> Iterator[str]:
    """What is named for Kubernetes, in the root of a tree or not far below."""
    todo = [("", 0)]
    for above, depth in todo:
        for name in tree.names(above):
            path = join(above, name)
            if any(word in name.lower() for word in _CLUSTERS):
                yield path
            elif depth < DEEPEST and name not in _NOT_LOOKED_INTO and len(todo) < _MOST_LOOKED_INTO:
                todo += [(path, depth + 1)] if "." not in name and tree.kind(path) == "dir" else []
