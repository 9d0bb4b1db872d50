"""What an archive says of its images: manifests, indexes and configurations, in the forms of Docker and of OCI.

Source: "Docker Image Specification v1.2" (`docker save`) and the OCI image specification 1.1.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from ..errors import CtxscanError
from .limits import MAX_DEPTH, MAX_IMAGES, MAX_LAYERS

#: Where the documents lie that name all others.
MANIFEST: Final = "manifest.json"
INDEX: Final = "index.json"
_ATTESTATION: Final = "vnd.docker.reference.type"
#: Layers that stay where they come from.
_FOREIGN: Final = ("foreign", "nondistributable")
_MOST_HISTORY: Final = 10_000
_HALF: Final = re.compile(r"\\u[dD][89a-fA-F]")


class History(NamedTuple):
    """What made a layer, or changed the configuration alone (`empty`)."""

    created_by: str
    empty: bool


class LayerRef(NamedTuple):
    """`blob` is the name of the layer in the archive, `digest` that of its content, if it is known. `foreign`: it need
    not be in the archive."""

    blob: str
    digest: str | None
    foreign: bool


class Image(NamedTuple):
    """One image: the names it was saved under, the platform, the layers from the lowest up, the history in the same
    order, and the text of its configuration."""

    names: tuple[str, ...]
    platform: str | None
    layers: tuple[LayerRef, ...]
    history: tuple[History, ...]
    config: str

    @property
    def settings(self) -> Mapping[str, Any]:
        """What a container is started with, by the keys of the format."""
        return _table(_loaded(self.config, "the configuration"), "config")


#: A document by its name in the archive; None: it is not there.
Find = Callable[[str], "str | None"]


def images(find: Find) -> tuple[tuple[Image, ...], tuple[str, ...]]:
    """The images of an archive, and the platforms that are named and not there. Raises `CtxscanError` where the
    documents say nothing that can be read."""
    if (text := find(MANIFEST)) is not None:
        found = [_docker(each, find) for each in _list(_loaded(text, MANIFEST), MANIFEST)[:MAX_IMAGES]]
        absent: list[str] = []
    elif (text := find(INDEX)) is not None:
        absent = []
        found = list(_indexed(_loaded(text, INDEX), find, absent, depth=0))
    else:
        raise CtxscanError("no image archive: it has neither manifest.json nor index.json")
    if not found:
        raise CtxscanError("holds no image" + (f" for {', '.join(absent)}" if absent else ""))
    return tuple(dict.fromkeys(found)), tuple(absent)


def _docker(entry: Any, find: Find) -> Image:
    """An entry of `manifest.json`."""
    config = _text(entry, "Config")
    names = tuple(each for each in _list(_table(entry).get("RepoTags") or [], "RepoTags") if isinstance(each, str))
    blobs = [each for each in _list(_table(entry).get("Layers") or [], "Layers") if isinstance(each, str)]
    return _image(names, config, [(posixpath.normpath(each), False) for each in blobs], find, None)


def _indexed(index: Any, find: Find, absent: list[str], *, depth: int) -> Iterator[Image]:
    if depth > MAX_DEPTH:
        raise CtxscanError("its indexes lie too deep in one another")
    for number, each in enumerate(_list(_table(index).get("manifests") or [], "manifests")):
        if number >= MAX_IMAGES:
            raise CtxscanError(f"holds more than {MAX_IMAGES} images")
        notes = each.get("annotations") if isinstance(each, dict) else None
        notes = notes if isinstance(notes, dict) else {}
        platform = _platform(_table(each).get("platform"))
        if _ATTESTATION in notes or platform == "unknown/unknown":
            continue
        digest = _text(each, "digest")
        text = find(_blob(digest))
        if text is None:
            absent.append(platform or digest[:19])
            continue
        document = _table(_loaded(text, digest[:19]))
        if "manifests" in document:
            yield from _indexed(document, find, absent, depth=depth + 1)
        elif isinstance(document.get("config"), dict):
            name = notes.get("io.containerd.image.name") or notes.get("org.opencontainers.image.ref.name")
            layers = _list(document.get("layers") or [], "layers")
            if any("in-toto" in str(_table(one).get("mediaType")) for one in layers):
                continue
            blobs = [(_blob(_text(one, "digest")), _is_foreign(one)) for one in layers]
            names = (name,) if isinstance(name, str) else ()
            yield _image(names, _blob(_text(document["config"], "digest")), blobs, find, platform)


def _image(
    names: tuple[str, ...], config: str, blobs: list[tuple[str, bool]], find: Find, platform: str | None
) -> Image:
    if len(blobs) > MAX_LAYERS:
        raise CtxscanError(f"holds an image of more than {MAX_LAYERS} layers")
    text = find(config)
    if text is None:
        raise CtxscanError(f"damaged: the configuration {config} is missing")
    document = _table(_loaded(text, config))
    system, architecture = document.get("os"), document.get("architecture")
    own = _platform({"os": system, "architecture": architecture, "variant": document.get("variant")})
    rootfs = document.get("rootfs")
    digests = _list(_table(rootfs).get("diff_ids") or [], "diff_ids") if rootfs else []
    if digests and len(digests) != len(blobs):
        raise CtxscanError(f"damaged: {len(blobs)} layers, and {len(digests)} in the configuration")
    layers = []
    for at, (blob, foreign) in enumerate(blobs):
        digest = digests[at] if digests else None
        layers.append(LayerRef(blob, digest if isinstance(digest, str) else None, foreign))
    history = [_history(each) for each in _list(document.get("history") or [], "history")[:_MOST_HISTORY]]
    return Image(names, platform or own, tuple(layers), tuple(history), text)


def _history(entry: Any) -> History:
    made = _table(entry).get("created_by")
    return History(made if isinstance(made, str) else "", _table(entry).get("empty_layer") is True)


def _is_foreign(layer: Any) -> bool:
    kind = str(_table(layer).get("mediaType"))
    return any(each in kind for each in _FOREIGN)


def _platform(value: Any) -> str | None:
    if not isinstance(value, dict):
        return None
    parts = [value.get(each) for each in ("os", "architecture", "variant")]
    return "/".join(each for each in parts if isinstance(each, str) and each) or None


def _blob(digest: str) -> str:
    """Where the content with a digest lies."""
    algorithm, _, value = digest.partition(":")
    if not algorithm.isalnum() or not value.isalnum():
        raise CtxscanError("damaged: a descriptor has no digest")
    return f"blobs/{algorithm}/{value}"


def _loaded(text: str, name: str) -> Any:
    try:
        found = json.loads(text)
        if _HALF.search(text):
            # An escape for half a character: no builder writes one, and it cannot be printed.
            json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise CtxscanError(f"damaged: {name} cannot be read") from None
    return found


def _table(value: Any, key: str | None = None) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise CtxscanError("damaged: a description has another form than it should have")
    return value if key is None else _table(value.get(key) or {})


def _list(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise CtxscanError(f"damaged: {name} has another form than it should have")
    return value


def _text(entry: Any, key: str) -> str:
    value = _table(entry).get(key)
    if not isinstance(value, str):
        raise CtxscanError(f"damaged: {key} is missing")
    return value
