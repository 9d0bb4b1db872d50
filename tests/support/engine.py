"""A real Docker engine and buildah to compare with: found or started, asked for builds, their results read.

    with Engine.open() as engine:
        built = engine.build(context, builder="buildkit")

An engine that answers at `CTXSCAN_DOCKER_HOST` is used as it is; otherwise one is started for the session where that
is possible. Only what was started here is ended, and only directories made here are removed.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple, TypeAlias

import pytest

Builder: TypeAlias = Literal["buildkit", "classic", "buildah"]
BUILDERS: tuple[Builder, ...] = ("buildkit", "classic", "buildah")

#: Where a static busybox lies, which a RUN needs in an image from scratch.
BUSYBOX = Path("/bin/busybox")
_PATH = os.environ.get("PATH", os.defpath) + ":/usr/local/sbin:/usr/sbin:/sbin"
_WAIT = 60.0  # seconds until a started engine must answer
_LIMIT = 300.0  # seconds for one build


class File(NamedTuple):
    """One path of an image. Of names for one file the first in the order of a walk is the `file`, the others are
    `hardlink`s with that one as `target`; `size` and `sha256` are those of the content, also for hard links."""

    kind: str
    size: int = 0
    target: str | None = None
    sha256: str | None = None


Files: TypeAlias = dict[str, File]


@dataclass(frozen=True, slots=True)
class Built:
    """What came of a build: the size of the context as `printed`, the `files` that a container would see, those of each
    layer with its bytes (only where layers were asked for), the build steps with whether they were `cached` (BuildKit
    only), the `error` if it failed, and all that was said."""

    printed: str | None
    files: Files
    layers: tuple[Files, ...]
    bytes: tuple[bytes, ...]
    steps: tuple[tuple[str, bool], ...]
    error: str | None
    log: str


@dataclass(slots=True)
class Engine:
    """`absent` tells for each builder that cannot be asked why not."""

    scratch: Path
    host: str | None
    absent: Mapping[Builder, str]
    images: list[str] = field(default_factory=list)

    @staticmethod
    @contextmanager
    def open() -> Iterator[Engine]:
        scratch = Path(tempfile.mkdtemp(prefix="ctxscan-engine-"))
        daemon: subprocess.Popen[bytes] | None = None
        given = os.environ.get("CTXSCAN_DOCKER_HOST")
        try:
            host, reason = given, _no_docker() or (None if given else _no_daemon())
            if reason is None and host is None:
                host = f"unix://{scratch}/docker.sock"
                daemon = _start(scratch, host)
            if reason is None:
                reason = _silent(scratch, host, daemon)
            absent: dict[Builder, str] = {}
            if reason is not None:
                absent |= {"buildkit": reason, "classic": reason}
            if reason := _no_buildah():
                absent["buildah"] = reason
            engine = Engine(scratch, host, absent)
            yield engine
            if given and engine.images:
                _run([_docker(), "rmi", "--force", *engine.images], _environment(scratch, given))
        finally:
            if daemon is not None:
                _end(daemon)
            _remove(scratch)

    def build(
        self,
        context: Path,
        *,
        builder: Builder,
        dockerfile: Path | None = None,
        target: str | None = None,
        args: Mapping[str, str] | None = None,
        result: Literal["files", "layers"] = "files",
    ) -> Built:
        """Build `context`, RUN without a network, with the cache of earlier builds but sending anew all that is sent.
        `result="layers"` makes an image and reads its layers too."""
        options = ["--network", "none"] if builder != "buildah" else []  # which cannot, in this isolation
        options += ["--file", str(dockerfile)] if dockerfile else []
        options += ["--target", target] if target else []
        for name, value in (args or {}).items():
            options += ["--build-arg", f"{name}={value}"]
        with tempfile.TemporaryDirectory(dir=self.scratch, prefix="result-") as made:
            if builder == "buildah":
                return self._buildah(context, options, Path(made), result)
            return self._docker(context, builder, options, Path(made), result)

    def save(
        self, context: Path, where: Path, *, builder: Builder, form: str = "docker-archive", compression: str = "gzip"
    ) -> tuple[Path, str]:
        """Build an image and write it to an archive: `docker save`, or what buildah pushes in this form. The archive,
        and what the build said."""
        archive = where / f"{builder}.tar"
        options = ["--no-cache", str(context)]
        if builder == "buildah":
            root = ["--root", str(self.scratch / "buildah"), "--runroot", str(self.scratch / "buildah-run")]
            buildah, environment = ["buildah", "--storage-driver", "vfs", *root], _environment(self.scratch, None)
            code, log = _run(
                [*buildah, "bud", "--isolation", "chroot", "--layers", "-t", "made:1", *options], environment
            )
            assert code == 0, log
            target = f"{form}:{archive}" + (":made:1" if form == "docker-archive" else "")
            code, said = _run([*buildah, "push", "--compression-format", compression, "made:1", target], environment)
            assert code == 0, said
            return archive, log
        environment = _environment(self.scratch, self.host, DOCKER_BUILDKIT="1" if builder == "buildkit" else "0")
        command = [_docker(), "build", "--network", "none", "--tag", "made:1"]
        code, log = _run([*command, *(["--progress", "plain"] if builder == "buildkit" else []), *options], environment)
        assert code == 0, log
        self.images.append("made:1")
        code, said = _run([_docker(), "save", "--output", str(archive), "made:1"], environment)
        assert code == 0, said
        return archive, log

    def _docker(self, context: Path, builder: Builder, options: list[str], made: Path, result: str) -> Built:
        # The client's own directory of settings names it: under a new name it has sent nothing yet, so all is sent.
        more = {"DOCKER_CONFIG": str(made / "config"), "DOCKER_BUILDKIT": "1" if builder == "buildkit" else "0"}
        environment = _environment(self.scratch, self.host, **more)
        image, archive = made / "image", made / "result.tar"
        if builder == "buildkit":
            options += ["--progress", "plain"]
        if exported := builder == "buildkit" and result == "files":
            options += ["--output", f"type=tar,dest={archive}"]
        else:
            options += ["--iidfile", str(image)]
        code, log = _run([_docker(), "build", *options, str(context)], environment)
        layers: tuple[Files, ...] = ()
        data: tuple[bytes, ...] = ()
        files: Files = {}
        if code == 0 and exported:
            files = _read(archive)
        elif code == 0:
            self.images.append(image.read_text())
            files, layers, data = self._saved(image.read_text(), archive)
        figure = _stream_figure(log) if builder == "buildkit" else _tar_figure(log)
        return Built(figure, files, layers, data, tuple(_steps(log)), _last_line(log) if code else None, log)

    def _saved(self, image: str, archive: Path) -> tuple[Files, tuple[Files, ...], tuple[bytes, ...]]:
        environment = _environment(self.scratch, self.host)
        failed, said = _run([_docker(), "save", "--output", str(archive), image], environment)
        if not failed:
            return _read_image(archive)
        # An image without a layer is refused.
        _, count = _run([_docker(), "image", "inspect", "--format", "{{len .RootFS.Layers}}", image], environment)
        assert count.strip() == "0", said
        return {}, (), ()

    def _buildah(self, context: Path, options: list[str], made: Path, result: str) -> Built:
        environment = _environment(self.scratch, None)
        image, archive = made / "image", made / "result.tar"
        where = ["--root", str(self.scratch / "buildah"), "--runroot", str(self.scratch / "buildah-run")]
        buildah = ["buildah", "--storage-driver", "vfs", *where]
        if result == "files":
            options += ["--output", f"type=tar,dest={archive}"]
        else:
            options += ["--layers", "--iidfile", str(image)]
        code, log = _run([*buildah, "bud", "--isolation", "chroot", *options, str(context)], environment)
        files: Files = {}
        layers: tuple[Files, ...] = ()
        data: tuple[bytes, ...] = ()
        if code == 0 and result == "files":
            files = _read(archive)
        elif code == 0:
            pushed, why = _run([*buildah, "push", image.read_text(), f"oci-archive:{archive}"], environment)
            assert pushed == 0, why
            files, layers, data = _read_image(archive)
        return Built(None, files, layers, data, (), _last_line(log) if code else None, log)


def need(engine: Engine, builder: Builder, *, busybox: bool = False) -> None:
    """Skip the test, or fail it where `CTXSCAN_ENGINE=required`, if this builder or the busybox is missing."""
    reason = engine.absent.get(builder)
    if reason is None and busybox and not BUSYBOX.is_file():
        reason = "no static busybox"
    if reason is not None:
        if os.environ.get("CTXSCAN_ENGINE") == "required":
            pytest.fail(reason)
        pytest.skip(reason)


def _docker() -> str:
    """The client that came with the distribution's engine, before another one that may be installed beside it."""
    own = "/usr/bin/docker"
    return own if os.access(own, os.X_OK) else "docker"


def _no_docker() -> str | None:
    return None if shutil.which(_docker(), path=_PATH) else "no docker client is installed"


def _no_daemon() -> str | None:
    if shutil.which("dockerd", path=_PATH) is None:
        return "CTXSCAN_DOCKER_HOST is not set and dockerd is not installed"
    return None if os.geteuid() == 0 else "CTXSCAN_DOCKER_HOST is not set and only root can start dockerd"


def _no_buildah() -> str | None:
    if shutil.which("buildah", path=_PATH) is None:
        return "buildah is not installed"
    return None if os.geteuid() == 0 else "buildah is asked as root only"


def _environment(scratch: Path, host: str | None, **more: str) -> dict[str, str]:
    """Nothing of the user's settings, so that every machine asks alike."""
    kept = {name: value for name, value in os.environ.items() if name in ("LANG", "LC_ALL", "TMPDIR")}
    client = {"DOCKER_HOST": host, "DOCKER_CONFIG": str(scratch / "config")} if host else {}
    return kept | {"HOME": str(scratch), "PATH": _PATH} | client | more


def _run(command: list[str], environment: dict[str, str]) -> tuple[int, str]:
    done = subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=_LIMIT,
        check=False,
    )
    return done.returncode, done.stdout.decode(errors="replace")


def _start(scratch: Path, host: str) -> subprocess.Popen[bytes]:
    directories = ["--data-root", f"{scratch}/data", "--exec-root", f"{scratch}/exec", "--pidfile", f"{scratch}/pid"]
    network = ["--bridge=none", "--iptables=false", "--ip6tables=false"]
    with (scratch / "log").open("wb") as log:
        return subprocess.Popen(
            ["dockerd", *directories, *network, "--storage-driver=vfs", "--host", host],
            env=_environment(scratch, None),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def _silent(scratch: Path, host: str | None, daemon: subprocess.Popen[bytes] | None) -> str | None:
    """Waits until the engine answers; otherwise tells why it does not."""
    end = time.monotonic() + (_WAIT if daemon else 0)
    while True:
        code, said = _run([_docker(), "version"], _environment(scratch, host))
        if code == 0:
            return None
        if daemon is not None and daemon.poll() is not None:
            log = (scratch / "log").read_text(errors="replace")
            return f"dockerd was started and ended: {_last_line(log)}"
        if time.monotonic() > end:
            return f"no engine answers at {host}: {_last_line(said)}"
        time.sleep(0.2)


def _end(daemon: subprocess.Popen[bytes]) -> None:
    daemon.terminate()
    try:
        daemon.wait(60)
    except subprocess.TimeoutExpired:
        daemon.kill()
        daemon.wait()


def _remove(scratch: Path) -> None:
    """What a daemon left mounted has to go first."""
    mounts = Path("/proc/self/mounts")
    if mounts.exists():
        points = [line.split()[1] for line in mounts.read_text(errors="surrogateescape").splitlines()]
        for point in reversed([point for point in points if point.startswith(f"{scratch}/")]):
            subprocess.run(["umount", "--lazy", point], check=False)
    shutil.rmtree(scratch)


def _last_line(text: str) -> str:
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")


def _stream_figure(log: str) -> str | None:
    """The last that was said of the context itself; the ignore file is loaded by a transfer of its own."""
    number = re.search(r"^#(\d+) \[internal\] load build context$", log, re.MULTILINE)
    if number is None:
        return None
    said = re.findall(rf"^#{number[1]} transferring context: (\S+)", log, re.MULTILINE)
    return said[-1] if said else None


def _tar_figure(log: str) -> str | None:
    # Written over itself with carriage returns while it grows.
    said = re.findall(r"Sending build context to Docker daemon +(\S+)", log)
    return said[-1] if said else None


def _steps(log: str) -> Iterator[tuple[str, bool]]:
    for number, name in re.findall(r"^#(\d+) (\[(?!internal\]).*\].*)$", log, re.MULTILINE):
        yield name, re.search(rf"^#{number} CACHED$", log, re.MULTILINE) is not None


def _read(archive: Path) -> Files:
    """The files of an exported file system."""
    with tarfile.open(archive, encoding="utf-8", errors="surrogateescape") as tar:
        return _linked(_members(tar))


def _read_image(archive: Path) -> tuple[Files, tuple[Files, ...], tuple[bytes, ...]]:
    """The files of an image, as `docker save` or an OCI archive has it, those of each layer, and its bytes."""
    files: Files = {}
    layers, data = [], []
    with tarfile.open(archive) as image:
        for name in _layer_names(image):
            with tarfile.open(fileobj=_opened(image, name), encoding="utf-8", errors="surrogateescape") as tar:
                layer = list(_members(tar))
            files = _laid_over(files, layer)
            layers.append(_linked([each for each in layer if not _hides(each[0])]))
            data.append(_opened(image, name).read())
    return _linked(files.items()), tuple(layers), tuple(data)


def _layer_names(image: tarfile.TarFile) -> list[str]:
    if "manifest.json" in image.getnames():
        return [str(name) for name in json.load(_opened(image, "manifest.json"))[0]["Layers"]]
    blob: dict[str, Any] = json.load(_opened(image, "index.json"))["manifests"][0]
    manifest = json.load(_opened(image, _blob(blob)))
    return [_blob(layer) for layer in manifest["layers"]]


def _blob(descriptor: Mapping[str, Any]) -> str:
    return "blobs/" + str(descriptor["digest"]).replace(":", "/")


def _opened(tar: tarfile.TarFile, member: str | tarfile.TarInfo) -> IO[bytes]:
    file = tar.extractfile(member)
    assert file is not None
    return file


def _members(tar: tarfile.TarFile) -> Iterator[tuple[str, File]]:
    seen: Files = {}
    for member in tar:
        path, link = _clean(member.name), _clean(member.linkname)
        if member.isreg():
            content = _opened(tar, member).read()
            file = File("file", len(content), None, hashlib.sha256(content).hexdigest())
        elif member.islnk():
            file = seen[link]
            if file.kind in ("file", "hardlink"):
                file = File("hardlink", file.size, file.target or link, file.sha256)
        elif member.issym():
            file = File("symlink", 0, member.linkname)
        else:
            file = File("dir" if member.isdir() else "fifo" if member.isfifo() else "device")
        if path not in ("", "."):
            seen[path] = file
            yield path, file


def _clean(path: str) -> str:
    return path.removeprefix("./").strip("/")


def _hides(path: str) -> bool:
    return path.rpartition("/")[2].startswith(".wh.")


def _laid_over(below: Files, layer: Iterable[tuple[str, File]]) -> Files:
    files = dict(below)
    for path, file in layer:
        directory, _, name = path.rpartition("/")
        gone, inside = path, f"{path}/"
        if name == ".wh..wh..opq":
            gone, inside = "", f"{directory}/" if directory else ""
        elif _hides(path):
            gone = f"{directory}/{name[4:]}".lstrip("/")
            inside = f"{gone}/"
        elif file.kind == "dir":
            inside = "\0"  # a directory over a directory: both
        files = {each: old for each, old in files.items() if each != gone and not each.startswith(inside)}
        if not _hides(path):
            files[path] = file
    return files


def _linked(members: Iterable[tuple[str, File]]) -> Files:
    """The first name of each file as the file itself, the others as links to that one."""
    files = dict(members)
    names: dict[tuple[str | None, str | None], list[str]] = {}
    for path, file in files.items():
        if file.kind in ("file", "hardlink"):
            names.setdefault((file.target or path, file.sha256), []).append(path)
    for paths in names.values():
        first = min(paths, key=lambda path: [os.fsencode(part) for part in path.split("/")])
        for path in paths:
            link = ("file", None) if path == first else ("hardlink", first)
            files[path] = files[path]._replace(kind=link[0], target=link[1])
    return files
