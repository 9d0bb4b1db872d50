"""How long does it take to read an image, and how much memory? Against the tools that undo its compression alone.

    python benchmarks/image.py [--work DIR] [--from DIR ...] [--secrets N] [--rounds N] [--memory]

One layer of what lies in the directories (default: the Python that runs this) is compressed with gzip and zstd, in an
OCI archive each, beside a context with N secrets. Times are CPU seconds of the whole command, the least of the rounds;
the ratio is to `gzip -dc | wc -c` and `zstd -dc | wc -c` of the same layer. `--memory` writes a layer of 2 GiB and
prints the largest resident memory instead.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tarfile
import zlib
from pathlib import Path

WORK = Path(__file__).parent / ".work"
CHUNK = 1 << 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=WORK)
    parser.add_argument("--from", dest="sources", type=Path, nargs="*", default=[Path(sys.base_prefix) / "lib"])
    parser.add_argument("--secrets", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", action="store_true")
    asked = parser.parse_args()
    work = asked.work / "image"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    context = write_context(work / "context", asked.secrets)
    if asked.memory:
        measure_memory(work, context)
    else:
        measure_time(work, context, asked)


def write_context(where: Path, secrets: int) -> Path:
    """A project whose `.env` has so many secrets."""
    where.mkdir()
    chance = random.Random(1)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    lines = [f"SERVICE_{number}_PASSWORD={''.join(chance.choices(letters, k=24))}\n" for number in range(secrets)]
    (where / ".env").write_text("".join(lines))
    (where / "Dockerfile").write_text("FROM scratch\nCOPY src /\n")
    (where / "src").mkdir()
    (where / "src" / "main").write_text("main\n")
    return where


def measure_time(work: Path, context: Path, asked: argparse.Namespace) -> None:
    layer = work / "layer.tar"
    with tarfile.open(layer, "w") as tar:
        for each in asked.sources:
            tar.add(each, arcname=f"opt/{each.name}")
    digest = digest_of(layer)
    print(f"a layer of {layer.stat().st_size:,} bytes, {asked.secrets} secrets, load {os.getloadavg()[0]:.1f}")
    print("| compression | undone alone, s | ctxscan, s | ratio |")
    print("| --- | ---: | ---: | ---: |")
    for name, packing in (("gzip", ["gzip", "-6", "-c"]), ("zstd", ["zstd", "-q", "-c"])):
        if shutil.which(name) is None:
            print(f"| {name} | not installed | | |")
            continue
        blob = work / f"layer.{name}"
        with blob.open("wb") as out:
            subprocess.run([*packing, str(layer)], stdout=out, check=True)
        archive = write_archive(work / f"{name}.tar", blob, digest)
        undone = [cpu(f"{name} -dcq '{blob}' | wc -c") for _ in range(asked.rounds)]
        command = f"'{sys.executable}' -m ctxscan --image '{archive}' --format json '{context}'"
        ours = [cpu(command) for _ in range(asked.rounds)]
        print(f"| {name} | {min(undone):.2f} | {min(ours):.2f} | {min(ours) / min(undone):.2f} |")


def cpu(command: str) -> float:
    """CPU seconds, user and system, of a command and all its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(["sh", "-c", command], stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure_memory(work: Path, context: Path) -> None:
    """A layer of 2 GiB in eight files that do not compress away, and 100,000 small ones."""
    blob = work / "layer.gzip"
    whole = hashlib.sha256()
    engine = zlib.compressobj(0, wbits=31)
    noise = random.Random(2).randbytes(CHUNK)
    with blob.open("wb") as out:

        def put(data: bytes) -> None:
            whole.update(data)
            out.write(engine.compress(data))

        for number in range(100_000):
            put(header(f"srv/many/{number % 1000}/{number}.txt", 5) + b"text\n".ljust(512, b"\0"))
        for number in range(8):
            put(header(f"srv/large/{number}.bin", 256 * CHUNK))
            for turn in range(256):
                put(noise[turn:] + noise[:turn])
        put(bytes(1024))
        out.write(engine.flush())
    archive = write_archive(work / "large.tar", blob, whole.hexdigest())
    done = subprocess.run(
        [sys.executable, "-m", "ctxscan", "--image", str(archive), "--format", "json", str(context)],
        capture_output=True,
        check=True,
    )
    (image,) = json.loads(done.stdout)["builds"][0]["image_scan"]["images"]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{image['layers'][0]['bytes']:,} bytes in {image['layers'][0]['files']:,} files: at most {peak:.0f} MiB")


def header(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size = size
    return info.tobuf(tarfile.USTAR_FORMAT)


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_archive(place: Path, blob: Path, plain: str) -> Path:
    """An OCI archive with one layer."""
    with place.open("wb") as out, tarfile.open(fileobj=out, mode="w") as tar:
        config = {
            "os": "linux",
            "architecture": "amd64",
            "config": {},
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{plain}"]},
            "history": [{"created_by": "RUN install"}],
        }
        configured = add(tar, json.dumps(config).encode())
        packed = digest_of(blob)
        info = tarfile.TarInfo(f"blobs/sha256/{packed}")
        info.size = blob.stat().st_size
        with blob.open("rb") as file:
            tar.addfile(info, file)
        layers = [{"digest": f"sha256:{packed}", "mediaType": "application/vnd.oci.image.layer.v1.tar"}]
        manifest = add(tar, json.dumps({"config": {"digest": configured}, "layers": layers}).encode())
        index = json.dumps({"manifests": [{"digest": manifest}]}).encode()
        put(tar, "index.json", index)
    return place


def add(tar: tarfile.TarFile, data: bytes) -> str:
    digest = hashlib.sha256(data).hexdigest()
    put(tar, f"blobs/sha256/{digest}", data)
    return f"sha256:{digest}"


def put(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))


if __name__ == "__main__":
    main()
