"""The families of files that name contexts, in the order of their trust.

Before them come the Compose files and bake files themselves (`composed`, `baked`), and after them the guess
(`fitting`): see `everywhere`.
"""

from __future__ import annotations

from typing import Final

from . import deployments, devcontainers, notes, pipelines, scripts, workflows
from .mention import Family

FAMILIES: Final[tuple[Family, ...]] = (workflows, pipelines, deployments, devcontainers, scripts, notes)
#: What people wrote down counts only where nothing builds.
LAST: Final[Family] = notes
#: Endings of sources, pages, pictures and archives, of which most trees consist and which no family reads, but for
#: names like `Makefile.go` and `.env.js`.
UNREAD: Final = frozenset(
    "7z a avi avif bak bin bmp bz2 c cc cjs class cpp cs css csv cts d dart db dll dylib ejs elm eot erb ex exe exs "
    "gif go gz h hbs hpp hs htm html ico jar java jpeg jpg js jsx kt less lock log lua m map mjs mkv mov mp3 mp4 "
    "mts o obj ogg otf pak parquet pdf php pl png pm po pot proto psd pyc pyd pyi r rb rs sass scala scss snap "
    "so sql sqlite stl svelte svg swift tar tgz tif tiff ts tsx ttf vue wasm wav webm webp whl woff woff2 xls "
    "xlsx xml xz zip".split()
)
#: Of JSON, what some family reads, beside what Cloud Build does.
_JSON: Final = frozenset(
    "package.json composer.json deno.json tasks.json devcontainer.json .devcontainer.json railway.json "
    "environment.json project.json".split()
)


def family_of(path: str) -> int | None:
    """The rank of the family that reads a file; None: none does."""
    ending = path[path.rfind(".") + 1 :]
    if ending in UNREAD or ending == "json":
        name = path[path.rfind("/") + 1 :].lower()
        named = "file" in name or name.startswith(".env")
        if not named and (ending != "json" or (name not in _JSON and "cloudbuild" not in name)):
            return None
    for rank, family in enumerate(FAMILIES):  # every file of a project comes here
        if family.reads(path):
            return rank
    return None
