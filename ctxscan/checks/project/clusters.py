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
from .composefiles import DEEPEST, names_given, names_of_project, services_around
from .earlier import around
from .ordering import manual, ordering_texts, readmes

if TYPE_CHECKING:
    from ...context.tree import Tree

#: What is in the names of directories with manifests of Kubernetes, and how many are read.
_CLUSTERS: Final = ("k8s", "kubernetes", "manifest", "deploy", "chart", "helm", "kustomize")
_MOST_MANIFESTS: Final = 200
#: How deep below these a chart has its templates (`k8s/charts/shop/templates`), and how much may wait to be looked at.
_DEEPEST_CHART: Final = 5
_MOST_IN_CLUSTERS: Final = 1000
_NOT_AS_ROOT: Final = lazy(r"(?m)^[ \t-]*(?:runAsNonRoot:[ \t]*true|runAsUser:[ \t]*[1-9]\d*)[ \t]*$")


def runs_in_a_cluster_as_somebody(reading: Reading) -> bool:
    """Whether a manifest for an image that is called like the directory of this one says that it is not root, and no
    page has people run it elsewhere, where nobody says so."""
    if not any(_NOT_AS_ROOT.search(text) for text in _own_manifests(reading)):
        parts = list(_of_charts(reading))
        if not parts or not all(map(_NOT_AS_ROOT.search, parts)):
            return False
    called = _called(reading)
    given = rf"(?:docker/pulls|hub\.docker\.com/r)/(?:[\w.-]+/)?(?:{called})(?![\w-])"
    run = rf"\bdocker\s+run\b(?:[^\n\\]|\\\n?)*[\s/](?:{called})(?=[\s:@`]|$)"
    elsewhere = re.compile(f"{given}|{run}")
    return not any(elsewhere.search(text) for tree, _ in around(reading.tree) for text in readmes(tree))


_NUMBER: Final = lazy(r"(?m)^[ \t-]*runAsUser:[ \t]*([1-9]\d*)[ \t]*$")


def number_in_clusters(reading: Reading) -> str | None:
    """The number of the user who all manifests for such an image say runs it."""
    found = {number for text in _own_manifests(reading) if "runAsUser" in text for number in _NUMBER.findall(text)}
    return found.pop() if len(found) == 1 else None


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
    texts = list(_manifests(around(reading.tree)[-1][0]))
    called = _called(reading) if texts else ""
    if not called:
        return
    own = re.compile(rf"(?m)^[ \t-]*(?:image|repository):[ \t]*[\"']?(?:[^\s\"']*/)?(?:{called})(?=[\s:@\"']|$)")
    yield from filter(own.search, texts)


#: A value of a chart that names an image, and how far its key stands to the right.
_VALUE: Final = lazy(r"^( *)(?:- )?([\w-]+):[ \t]*[\"']?([^\s\"'#]*)")


def _of_charts(reading: Reading) -> Iterator[str]:
    """The objects in the templates of charts that start the image which the values of the chart name."""
    files = list(_manifest_files(around(reading.tree)[-1][0]))
    charts = [(path, text) for path, text in files if posixpath.basename(path).startswith("values")]
    called = _called(reading) if charts else ""
    if not called:
        return
    own = re.compile(rf"(?:^|/)(?:{called})(?::|$)")
    for path, text in charts:
        keys = [re.escape(f".Values.{key}") for key, value in _values(text) if own.search(value)]
        named = re.compile(rf"(?:{'|'.join(keys)})(?![\w-])")
        home = posixpath.join(posixpath.dirname(path), "templates/")
        texts = (template for other, template in files if keys and other.startswith(home))
        parts = (part for template in texts for part in _PARTED.split(template))
        yield from (part for part in parts if any(map(named.search, _IMAGE.findall(part))))


def _values(text: str) -> Iterator[tuple[str, str]]:
    """The values that name images, each with the key of what has its repository, or its own, through those above."""
    above = list[tuple[int, str]]()
    for found in filter(None, map(_VALUE.match, text.splitlines())):
        depth, key, value = len(found[1]), found[2], found[3]
        above = [each for each in above if each[0] < depth]
        if key == "repository" and above:
            yield ".".join(name for _, name in above), value
        elif key == "image" and value:
            yield ".".join([*(name for _, name in above), key]), value
        above.append((depth, key))


def _called(reading: Reading) -> str:
    """What the image may be called, by the directories of the build and by who builds it, as an expression."""
    build = reading.scan.build
    places = (build.context, *([build.dockerfile.parent] if build.dockerfile is not None else []))
    names = {Path(each).resolve().name for each in places} - {"", "docker", "build"}
    names |= {each.lower() for each in names}
    if any(word in text for text in ordering_texts(around(reading.tree)[-1][0]) for word in _BUILD):
        names |= names_given(reading)
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


#: What is in whatever builds images.
_BUILD: Final = ("docker build", "podman build", "build-push-action", "buildx")


def _manifests(tree: Tree) -> Iterator[str]:
    return (text for _, text in _manifest_files(tree))


def _manifest_files(tree: Tree) -> Iterator[tuple[str, str]]:
    left = _MOST_MANIFESTS
    for name in tree.names(""):
        other = is_compose(name) or any(word in name.lower() for word in _CLUSTERS)
        if name.endswith((".yaml", ".yml")) and not other and b"apiVersion:" in (tree.read(name) or b""):
            yield name, tree.text(name)
    todo = [(path, 1) for path in _of_clusters(tree)]
    while todo and left:
        path, depth = todo.pop(0)
        if tree.kind(path) == "dir":
            near = depth <= _DEEPEST_CHART and len(todo) < _MOST_IN_CLUSTERS
            todo += [(join(path, name), depth + 1) for name in tree.names(path)] if near else []
        elif path.endswith((".yaml", ".yml")):
            left -= 1
            yield path, tree.text(path)


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
