"""Image archives: the recorded ones with the projects they were built from, and small ones made by hand.

The recorded ones are in `testdata/images`; its README says which builder made which.
"""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import json
import lzma
import sys
import tarfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from ctxscan.archive.compression import Compression

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

#: What compresses data in each form that is read.
PACKERS: dict[Compression, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstd.compress,
}
RECORDED = Path(__file__).parents[2] / "testdata" / "images"
#: The value in `.env`, put together here: no scanner is to find it in this file.
KEY = "_".join(("sk", "live", "4eC39HqLyjWDarjtT1zdp7dc"))
_FILES = {
    ".env": f"STRIPE_SECRET_KEY={KEY}\nPORT=8080\n",
    ".dockerignore": "docs\n",
    "src/index.js": 'console.log("shop");\n',
    "conf/a.yml": "level: debug\n",
    "docs/guide.md": "The guide.\n",
}
_DOCKERFILES = {
    "leak": (
        "FROM tool:1\nWORKDIR /app\nCOPY . .\nRUN rm /app/.env\nRUN cp conf/a.yml conf/b.yml\n"
        'RUN ln src/index.js main.js\nCMD ["/bin/sh"]\n'
    ),
    "front": (
        "FROM tool:1 AS build\nWORKDIR /src\nCOPY . .\nRUN bundle .env bundle.js\nRUN cp conf/a.yml settings.yml\n\n"
        "FROM tool:1\nWORKDIR /app\nCOPY --from=build /src/bundle.js public/app.js\n"
        'COPY --from=build /src/settings.yml .\nCOPY src src\nCMD ["/bin/sh"]\n'
    ),
    "clean": (
        "FROM tool:1 AS build\nCOPY conf /conf\nRUN cp /conf/a.yml /made.yml\n\n"
        'FROM tool:1\nWORKDIR /app\nCOPY --from=build /made.yml .\nCOPY src src\nCMD ["/bin/sh"]\n'
    ),
}
#: Which archives there are of each project, and the builder whose rules hold for it.
BUILDERS = {
    "docker-classic": "classic",
    "docker-buildkit": "buildkit",
    "buildah-gzip": "buildah",
    "buildah-zstd": "buildah",
    "buildah-docker": "buildah",
}


def project(where: Path, name: str, **changes: str) -> Path:
    """The project as it was when the image was built, to the byte."""
    for path, text in {**_FILES, "Dockerfile": _DOCKERFILES[name], **changes}.items():
        place = where / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode())
    return where


def recorded(name: str, form: str) -> Path:
    return RECORDED / f"{name}-{form}.tar.gz"


def unpacked(archive: Path, where: Path) -> Path:
    """What is in a recorded archive, as files below a directory."""
    with tarfile.open(archive) as tar:
        # Python has filters since 3.11.4; these archives are our own.
        tar.extraction_filter = getattr(tarfile, "data_filter", None)
        tar.extractall(where)
    return where


def layer(files: Iterable[tuple[str, bytes | None]], form: int = tarfile.PAX_FORMAT) -> bytes:
    """A tar of files; no content: a directory."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as tar:
        for path, content in files:
            info = tarfile.TarInfo(path)
            info.type = tarfile.DIRTYPE if content is None else tarfile.REGTYPE
            info.size = len(content or b"")
            tar.addfile(info, io.BytesIO(content or b""))
    return out.getvalue()


def saved(
    layers: Iterable[bytes], history: Iterable[str] = (), settings: Mapping[str, object] | None = None, **more: object
) -> bytes:
    """An archive as `docker save` makes it."""
    layers = list(layers)
    config = {
        "architecture": "amd64",
        "os": "linux",
        "config": dict(settings or {}),
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(each).hexdigest()}" for each in layers]},
        "history": [{"created_by": each} for each in history],
        **more,
    }
    text = json.dumps(config).encode()
    name = hashlib.sha256(text).hexdigest()
    names = [f"{number}/layer.tar" for number in range(len(layers))]
    manifest = [{"Config": f"{name}.json", "RepoTags": ["app:1"], "Layers": names}]
    files = [(f"{name}.json", text), *zip(names, layers, strict=True), ("manifest.json", json.dumps(manifest).encode())]
    return layer(files)


def packed(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)
