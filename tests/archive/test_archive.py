"""Archives as builders write them, and as nobody should: what is read of them, and what they may cost."""

from __future__ import annotations

import gzip
import io
import random
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from support.archives import BUILDERS, PACKERS, RECORDED, layer, packed, project, recorded, saved, unpacked
from support.command import run_bytes

from ctxscan.archive import limits
from ctxscan.archive.archive import Archive, read_archive
from ctxscan.archive.compression import Compression, compression, inflated
from ctxscan.archive.feed import PIECE, Feed
from ctxscan.archive.tar import Member
from ctxscan.errors import CtxscanError


class Seen:
    """A visitor that keeps all it is shown."""

    def __init__(self) -> None:
        self.members: list[Member] = []
        self.contents: dict[str, bytes] = {}
        self.bytes = 0
        self.ended = False

    def piece(self, data: bytes) -> None:
        self.bytes += len(data)

    def member(self, member: Member, feed: Feed) -> None:
        self.members.append(member)
        if member.kind == "file":
            self.contents[member.path] = b"".join(feed.pieces(member.size))

    def end(self) -> None:
        self.ended = True


def read(data: bytes | Path) -> Archive:
    if isinstance(data, Path):
        return read_archive(str(data), Seen)
    return read_archive("standard input", Seen, io.BytesIO(data))


def names(archive: Archive) -> list[list[str]]:
    """Of each layer of the first image, the paths that are no directories."""
    layers = [archive.layers[each.blob] for each in archive.images[0].layers]
    return [[each.path for each in seen.members if each.kind != "dir"] for seen in layers if isinstance(seen, Seen)]


#: Read off the archives with `tar`. buildah writes no layer for WORKDIR, and gives a RUN its mount points.
LEAK = [
    ["bin/sh"], [], ["app/.dockerignore", "app/.env", "app/Dockerfile", "app/conf/a.yml", "app/src/index.js"], ["app/.wh..env"],
    ["app/conf/b.yml"], ["app/main.js"],
]  # fmt: skip


@pytest.mark.parametrize("form", BUILDERS)
def test_layers_are_those_that_were_built(form: str) -> None:
    """Every layer in its order, whatever the order in the archive and however it is compressed."""
    found = [
        [path for path in each if path.startswith(("app/", "bin/"))] for each in names(read(recorded("leak", form)))
    ]
    assert found == (LEAK if form.startswith("docker") else [each for each in LEAK if each])


@pytest.mark.parametrize("form", BUILDERS)
def test_a_stream_is_read_like_a_file(form: str) -> None:
    """Also where the documents come last, and where it is not compressed."""
    path = recorded("front", form)
    data = path.read_bytes()
    for stream in (data, gzip.decompress(data)):
        assert names(read(stream)) == names(read(path))
        assert read(stream).images == read(path).images


@pytest.mark.parametrize("form", BUILDERS)
def test_a_directory_is_read_like_an_archive(form: str, tmp_path: Path) -> None:
    """An OCI layout, and what `docker save` wrote, once it is unpacked."""
    path = recorded("front", form)
    assert names(read(unpacked(path, tmp_path))) == names(read(path))


def test_every_platform_is_an_image() -> None:
    """An index of several, one level deeper than the layout's own."""
    assert [each.platform for each in read(RECORDED / "platforms-oci.tar.gz").images] == ["linux/amd64", "linux/arm64"]


def test_an_exported_file_system_is_flat(tmp_path: Path) -> None:
    """It has no layers; as a directory, the same files."""
    path = RECORDED / "front-rootfs.tar.gz"
    flat = read(path).flat
    assert isinstance(flat, Seen) and read(path).images == ()
    assert {"app/public/app.js", "app/settings.yml", "app/src/index.js", "bin/sh"} == set(flat.contents)
    below = read(unpacked(path, tmp_path)).flat
    assert isinstance(below, Seen) and below.contents == flat.contents


@pytest.mark.parametrize("how", PACKERS)
def test_compressed_data_has_the_same_content(how: Compression) -> None:
    """Several streams one after the other, with padding, in pieces of any size."""
    content = random.Random(how).randbytes(300_000) + bytes(700_000)
    data = PACKERS[how](content[:400_000]) + PACKERS[how](content[400_000:]) + bytes(512)
    assert compression(data[:512]) == how
    for size in (7, 4096, 1 << 20):
        pieces = (data[at : at + size] for at in range(0, len(data), size))
        assert b"".join(inflated(pieces, how)) == content


@pytest.mark.parametrize("how", PACKERS)
def test_what_is_inflated_comes_in_pieces(how: Compression) -> None:
    """However much a few bytes become; what is cut is reported, not taken for the end."""
    data = PACKERS[how](bytes(4 << 20))
    assert [len(piece) <= PIECE for piece in inflated(iter([data]), how)].count(True) >= 16
    with pytest.raises(CtxscanError, match="ends too early"):
        list(inflated(iter([data[:-9]]), how))
    with pytest.raises(CtxscanError, match=f"damaged: its {how} data"):
        list(inflated(iter([data[:12] + b"\xff" * 4000]), how))


def _with_tarfile(form: int) -> bytes:
    return layer([("a" * 150 + "/" + "b" * 120, b"long"), ("é/日本", b"name"), ("plain", b"1234"), ("dir", None)], form)


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_names_of_every_form_are_read(form: int) -> None:
    """ustar has a prefix, GNU a member of its own, PAX a header; the writer is Python's."""
    if form == tarfile.USTAR_FORMAT:
        data = layer([("a" * 90 + "/" + "b" * 90, b"long"), ("plain", b"1234")], form)
        expected = {"a" * 90 + "/" + "b" * 90: b"long", "plain": b"1234"}
    else:
        data = _with_tarfile(form)
        expected = {"a" * 150 + "/" + "b" * 120: b"long", "é/日本": b"name", "plain": b"1234"}
    seen = read(saved([data])).layers["0/layer.tar"]
    assert isinstance(seen, Seen) and seen.contents == expected


@pytest.mark.parametrize("form", ["gnu", "posix", "posix --sparse-version=0.1", "posix --sparse-version=0.0"])
@pytest.mark.skipif(sys.platform != "linux", reason="GNU tar and holes in files")
def test_sparse_files_have_their_size(form: str, tmp_path: Path) -> None:
    """As GNU tar writes them: the size is that of the file, the content what is between the holes."""
    with (tmp_path / "holes").open("wb") as file:
        for at in range(0, 40 << 20, 1 << 20):
            file.seek(at)
            file.write(b"data")
        file.truncate(64 << 20)
    command = ["tar", "--sparse", "--hole-detection=raw", *f"--format={form}".split(), "-cf", "-", "holes"]
    data = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True).stdout
    seen = read(saved([data])).layers["0/layer.tar"]
    assert isinstance(seen, Seen)
    (member,) = seen.members
    assert (member.path, member.full) == ("holes", 64 << 20)
    assert member.data is not None
    assert sum(length for _, length in member.data) == member.size == len(seen.contents["holes"]) < 1 << 20


def test_an_empty_layer_is_a_layer() -> None:
    """Nothing but zeros, as builders write one."""
    assert names(read(saved([bytes(1024), bytes(10240)]))) == [[], []]


def test_a_link_in_the_archive_is_followed() -> None:
    """Older engines write a layer once and link to it."""
    data = layer([("x", b"1")])
    out = io.BytesIO()
    plain_data = io.BytesIO(saved([data, data]))
    with tarfile.open(fileobj=plain_data) as plain, tarfile.open(fileobj=out, mode="w") as tar:
        for member in plain:
            if member.name == "1/layer.tar":
                link = tarfile.TarInfo("1/layer.tar")
                link.type, link.linkname = tarfile.SYMTYPE, "../0/layer.tar"
                tar.addfile(link)
            else:
                tar.addfile(member, plain.extractfile(member))
    assert names(read(out.getvalue())) == [["x"], ["x"]]


# --- damaged and hostile


def refused(data: bytes) -> str:
    with pytest.raises(CtxscanError) as caught:
        read(data)
    assert "\n" not in str(caught.value)
    return caught.value.message


GOOD = saved([layer([("etc/passwd", b"root"), ("app/a", b"1" * 2000)])], ["COPY . ."])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"hello" * 200, "no tar archive"),
        (b"PK\x03\x04" + bytes(600), "zip"),
        (b"\xfd7zXZ\0" + bytes(600), "xz"),
        (GOOD[:5000], "ends too early"),
        (gzip.compress(GOOD)[:-20], "ends too early"),
        (gzip.compress(GOOD)[:200] + b"\xff" * 400, "cannot be read"),
        (GOOD.replace(b"root", b"toor"), "digest"),
        (saved([gzip.compress(b"no tar" * 100)]), "the layer is missing"),
        (layer([("manifest.json", b"[]")]), "holds no image"),
        (layer([("manifest.json", b"{")]), "cannot be read"),
        (layer([("manifest.json", b"[" * 100_000)]), "cannot be read"),
        (layer([("manifest.json", b'[{"Config": 1}]')]), "Config is missing"),
        (layer([("manifest.json", b'[{"Config": "\\ud800"}]')]), "manifest.json cannot be read"),
        (layer([("index.json", b'{"manifests": [{"digest": "../../etc"}]}')]), "digest"),
        (layer([("blobs/sha256/" + "0" * 64, b"x")]), "neither manifest.json nor index.json"),
        (saved([layer([("x", b"1")])] * 2, rootfs={"diff_ids": ["sha256:1"]}), "2 layers, and 1"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_in_one_line(data: bytes, said: str) -> None:
    assert said in refused(data)


def _header(**fields: bytes) -> bytes:
    """A tar header with some of its fields overwritten and the sum right."""
    block = bytearray(tarfile.TarInfo("x").tobuf(tarfile.USTAR_FORMAT)[:512])
    places = {"size": (124, 12), "flag": (156, 1), "magic": (257, 8), "prefix": (345, 155)}
    for name, value in fields.items():
        start, length = places[name]
        block[start : start + length] = value.ljust(length, b"\0")
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (_header(size=b"77777777777"), "ends too early"),
        (_header(size=b"\x80" + b"\0" * 3 + b"\xff" * 8), "cannot be"),
        (_header(size=b"\xff" * 12), "cannot be"),
        (_header(size=b"zz"), "no number"),
        (_header(flag=b"x", size=b"77777777777"), "too long"),
        (_header(flag=b"L", size=b"77777777777"), "too long"),
        (_header(flag=b"x", size=b"00000000005") + b"9 a=b".ljust(512, b"\0"), "extended header"),
        (_header(flag=b"x", size=b"00000000012") + b"10 size=-\n".ljust(512, b"\0") + _header(), "no number"),
        (bytes(100), "missing"),
    ],
    ids=["long", "huge", "negative", "no number", "pax", "name", "record", "value", "short"],
)
def test_a_hostile_header_costs_nothing(header: bytes, said: str) -> None:
    assert said in refused(saved([header]))


def test_a_bomb_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes, members and growth are counted, in whatever lies in one another."""
    monkeypatch.setattr(limits, "MAX_BYTES", 1 << 20)
    assert "GiB" in refused(saved([layer([("x", bytes(2 << 20))])]))
    monkeypatch.undo()
    monkeypatch.setattr(limits, "MAX_MEMBERS", 50)
    assert "members" in refused(saved([layer([(str(number), b"") for number in range(60)])]))


def test_what_inflates_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small thing that becomes a large one."""
    monkeypatch.setattr("ctxscan.archive.compression.FREE_BYTES", 1 << 20)
    monkeypatch.setattr("ctxscan.archive.compression.MAX_RATIO", 100)
    assert "inflates" in refused(saved([packed(layer([("x", bytes(4 << 20))]))]))


def test_a_directory_is_entered_by_no_link(tmp_path: Path) -> None:
    """A layout whose files are links is not followed out of it."""
    (tmp_path / "secret").write_text('{"manifests": []}')
    layout = tmp_path / "layout"
    (layout / "blobs").mkdir(parents=True)
    (layout / "index.json").symlink_to("../secret")
    with pytest.raises(CtxscanError, match=r"neither manifest\.json nor index\.json"):
        read(layout)


def _mutated(data: bytes, number: int) -> bytes:
    """The archive with a few bytes changed, cut, repeated or moved, the same for the same number."""
    chance = random.Random(number)
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5))):
        at = chance.randrange(len(changed))
        kind = chance.randrange(6)
        if kind == 0:
            changed[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            changed[at : at + 8] = chance.randbytes(8)
        elif kind == 2:
            del changed[at : at + chance.choice((1, 100, 512, 1024))]
        elif kind == 3:
            changed[at:at] = changed[at : at + chance.choice((1, 512, 1024))]
        elif kind == 4:
            block = at // 512 * 512
            changed[block + 124 : block + 136] = chance.choice(
                (b"77777777777\0", b"\x80" + bytes(10) + b"\xff", bytes(12))
            )
        else:
            del changed[at:]
            break
        if not changed:
            break
    return bytes(changed)


def _samples() -> list[bytes]:
    """Recorded archives, not compressed, so that changes hit what is in them; and one where they hit the compression."""
    found = [gzip.decompress(recorded("leak", form).read_bytes()) for form in BUILDERS]
    found += [gzip.decompress((RECORDED / f"{name}.tar.gz").read_bytes()) for name in ("platforms-oci", "front-rootfs")]
    return [*found, recorded("leak", "docker-buildkit").read_bytes(), GOOD]


def _survives(number: int, samples: list[bytes]) -> bool:
    """Whether a changed archive is read all the same; all that may be raised is the one expected error, in one line."""
    try:
        read(_mutated(samples[number % len(samples)], number))
    except CtxscanError as error:
        assert "\n" not in str(error)
        return False
    return True


def test_a_few_hundred_changed_archives_end_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No traceback, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    samples = _samples()
    outcomes = [_survives(number, samples) for number in range(400)]
    assert {True, False} == set(outcomes)
    assert not any(tmp_path.iterdir())


def test_changed_archives_end_in_one_line_of_the_command(tmp_path: Path) -> None:
    """From standard input to the report: an exit status and at most one line on standard error."""
    context = project(tmp_path, "leak")
    samples = _samples()
    statuses = set()
    for number in range(36):
        data = _mutated(samples[number % len(samples)], number)
        form = ("text", "json", "markdown", "html")[number % 4]
        done = run_bytes("--image", "-", "--format", form, ".", cwd=context, stdin=data)
        statuses.add(done.returncode)
        assert done.stderr.count(b"\n") == (done.returncode == 2)
        assert b"Traceback" not in done.stderr
    assert statuses == {0, 2}


@pytest.mark.slow
def test_ten_thousand_changed_archives_end_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    samples = _samples()
    outcomes = [_survives(number, samples) for number in range(10_000)]
    assert outcomes.count(False) > 5_000
    assert not any(tmp_path.iterdir())


def test_no_more_is_held_than_a_piece() -> None:
    """However large a member is: the feed gives it in pieces of what comes in."""
    pieces = (bytes(1 << 16) for _ in range(100))
    feed = Feed(pieces)
    assert max(map(len, feed.pieces(100 << 16))) == 1 << 16


def test_an_error_names_the_archive() -> None:
    """As it was given."""
    with pytest.raises(CtxscanError) as caught:
        read_archive("gone.tar", Seen)
    assert str(caught.value) == "gone.tar: cannot read: no such file or directory"
