"""What was built, held against the forecast: recorded images of real builders, and small ones made by hand."""

from __future__ import annotations

import base64
import json
import tarfile
from pathlib import Path
from urllib.parse import quote

import pytest
from support.archives import BUILDERS, KEY, RECORDED, layer, project, recorded, saved, unpacked
from support.command import run, told
from support.schemas import REPORT

from ctxscan import Scan, scan
from ctxscan.opinions import image_reader
from ctxscan.postbuild.image import ImageFacts, ImageScan
from ctxscan.postbuild.origins import keyword, readable
from ctxscan.postbuild.values import Needles, Value, forms

ENV = ((None, ".env"),)


def compared(archive: str | Path, context: Path, builder: str = "buildkit") -> ImageFacts:
    found = read(archive, scan(context, builder=builder))
    assert len(found.images) == 1
    return found.images[0]


def read(archive: str | Path, ours: Scan) -> ImageScan:
    return image_reader(str(archive))(ours, ENV)


def places(image: ImageFacts) -> dict[str, list[tuple[str, int, str]]]:
    """Of each file of the context, where it is, in which layer, and what becomes of it."""
    return {
        each.file.path: [
            (one.path, one.layer, f"{one.hidden.how} {one.hidden.layer}" if one.hidden else "") for one in each.places
        ]
        for each in image.located
    }


@pytest.mark.parametrize("form", BUILDERS)
def test_the_leak_of_the_lesson_is_in_its_layer(form: str, tmp_path: Path) -> None:
    """`.env` came with `COPY . .` and was deleted: it is in the layer of the COPY, which says so."""
    image = compared(recorded("leak", form), project(tmp_path, "leak"), BUILDERS[form])
    # buildah writes no layer for WORKDIR.
    at = 3 if form.startswith("docker") else 2
    assert places(image) == {
        ".env": [("app/.env", at, f"deleted {at + 1}")],
        ".dockerignore": [("app/.dockerignore", at, "")],
        "Dockerfile": [("app/Dockerfile", at, "")],
        "conf/a.yml": [("app/conf/a.yml", at, ""), ("app/conf/b.yml", at + 2, "")],
        "src/index.js": [("app/src/index.js", at, ""), ("app/main.js", at + 3, "")],
    }
    maker = image.layers[at - 1].maker
    assert maker is not None and maker.shown("Dockerfile") == "COPY . . (Dockerfile:3)"
    assert image.forecast[:6] == (5, 5, (), (), (), ())
    assert not image.carried and not image.own
    assert [each.file.path for each in image.secret_files] == [".env"]
    lost = image.layers[at - 1].hidden_bytes
    assert lost == len((tmp_path / ".env").read_bytes())


@pytest.mark.parametrize("form", BUILDERS)
def test_a_value_is_found_in_the_bundle(form: str, tmp_path: Path) -> None:
    """The key of `.env` is in a script of another stage: told with variable, file, layer and instruction."""
    image = compared(recorded("front", form), project(tmp_path, "front"), BUILDERS[form])
    at = 3 if form.startswith("docker") else 2
    (carried,) = image.carried
    assert carried.value.label == "STRIPE_SECRET_KEY (.env:1)"
    assert carried.place is not None and (carried.place.path, carried.place.layer) == ("app/public/app.js", at)
    maker = image.layers[at - 1].maker
    assert maker is not None
    assert maker.shown("Dockerfile") == "COPY --from=build /src/bundle.js public/app.js (Dockerfile:9)"
    # Of what a command decided about, one file is there under another name.
    assert sorted(image.forecast.possible) == [".dockerignore", ".env", "Dockerfile", "conf/a.yml"]
    assert image.forecast.arrived == ("conf/a.yml",)
    assert (image.forecast.foretold, image.forecast.there) == (1, 1)
    assert not image.own and not image.forecast.missing and not image.forecast.surprising


@pytest.mark.parametrize("form", BUILDERS)
def test_a_clean_image_holds_nothing_secret(form: str, tmp_path: Path) -> None:
    image = compared(recorded("clean", form), project(tmp_path, "clean"), BUILDERS[form])
    assert not (image.carried or image.own or image.secret_files or image.forecast.missing or image.forecast.surprising)
    assert image.forecast.possible == image.forecast.arrived == ("conf/a.yml",)


def test_a_squashed_image_says_so(tmp_path: Path) -> None:
    """buildah makes one layer of a stage: what was deleted is gone, and that is no miss of the forecast."""
    project(tmp_path, "leak")
    image = compared(RECORDED / "leak-buildah-squashed.tar.gz", tmp_path, "buildah")
    assert image.squashed and [each.name for each in image.forecast.missing] == [".env"]
    done = run(
        "--builder",
        "buildah",
        "--image",
        str(RECORDED / "leak-buildah-squashed.tar.gz"),
        "--format",
        "json",
        cwd=tmp_path,
    )
    (build,) = json.loads(done.stdout)["builds"]
    assert "forecast-miss" not in {each["code"] for each in build["findings"]}


def test_a_file_system_has_no_layers(tmp_path: Path) -> None:
    """An export tells where files are and what was carried on, from an archive and from a directory."""
    archive = RECORDED / "front-rootfs.tar.gz"
    for place in (archive, unpacked(archive, tmp_path / "root")):
        image = compared(place, project(tmp_path / "context", "front"))
        assert image.flat and [each.where for each in image.carried] == ["app/public/app.js"]
        assert set(places(image)) == {"conf/a.yml", "src/index.js"}


def test_every_platform_is_compared(tmp_path: Path) -> None:
    project(tmp_path, "clean", Dockerfile="FROM scratch\nCOPY src /src\n")
    found = read(RECORDED / "platforms-oci.tar.gz", scan(tmp_path, builder="buildah"))
    assert [(each.platform, each.forecast.there) for each in found.images] == [("linux/amd64", 1), ("linux/arm64", 1)]


# --- by hand: what no recorded image has


def made(where: Path, layers: list[bytes], *history: str, **settings: object) -> Path:
    place = where / "image.tar"
    place.write_bytes(saved(layers, history, settings))
    return place


def context(where: Path, dockerfile: str = "FROM scratch\nCOPY . /\n", **files: str) -> Path:
    return project(where, "clean", Dockerfile=dockerfile, **files)


ALL = [(".env", "Dockerfile", ".dockerignore", "src/index.js", "conf/a.yml")]


def copied(where: Path, *, without: str = "", **more: bytes) -> bytes:
    """The layer that `COPY . /` makes of the context."""
    files = [(path, (where / path).read_bytes()) for path in ALL[0] if path != without]
    return layer([*files, *more.items()])


def test_a_missing_file_is_a_miss(tmp_path: Path) -> None:
    """Foretold in the image and in no layer: `--check` fails and says what to do."""
    where = context(tmp_path / "c")
    archive = made(tmp_path, [copied(where, without="conf/a.yml")], "COPY . / # buildkit")
    done = run("--check", "--image", str(archive), "c", cwd=tmp_path)
    assert done.returncode == 1
    assert "forecast-miss" in done.stdout and "conf/a.yml" in done.stdout


def test_an_unexpected_file_is_a_miss(tmp_path: Path) -> None:
    """Excluded, and in the layer of the COPY that takes the context; not where a command has the same bytes."""
    where = context(tmp_path / "c")
    guide = (where / "docs/guide.md").read_bytes()
    archive = made(tmp_path, [copied(where, **{"docs/guide.md": guide})], "COPY . / # buildkit")
    image = compared(archive, where)
    assert [each.file.path for each in image.forecast.surprising] == ["docs/guide.md"]
    by_command = context(tmp_path / "d", "FROM scratch\nCOPY . /\nRUN x\n")
    layers = [copied(by_command), layer([("pkg/guide.md", guide)])]
    image = compared(made(tmp_path, layers, "COPY . / # buildkit", "RUN /bin/sh -c x # buildkit"), by_command)
    assert not image.forecast.surprising and image.forecast.alike == 1


@pytest.mark.parametrize(
    ("changes", "fate"),
    [
        ([("conf/.wh.a.yml", b"")], "deleted 2"),
        ([(".wh.conf", b"")], "deleted 2"),
        ([("conf/.wh..wh..opq", b"")], "deleted 2"),
        ([(".wh..wh..opq", b"")], "deleted 2"),
        ([("conf/.wh..wh..opq", b""), ("conf/a.yml", b"new")], "overwritten 2"),
        ([("conf/a.yml", b"new")], "overwritten 2"),
        ([("conf", b"a file")], "deleted 2"),
        ([("conf/a.yml/x", b"x"), ("conf/a.yml", None)], "overwritten 2"),
        ([("conf", None), ("conf/b.yml", b"new")], ""),
        ([(".wh..wh.plnk", b""), ("conf/.wh..wh.aufs", b"")], ""),
        ([(".wh.con", b"")], ""),
    ],
    ids=["file", "directory", "opaque", "all", "anew", "over", "file-for-directory", "directory-for-file", "beside", "aufs", "other"],
)  # fmt: skip
def test_later_layers_hide(changes: list[tuple[str, bytes | None]], fate: str, tmp_path: Path) -> None:
    """Whiteouts and opaque directories as the OCI image specification has them; the bytes that are lost are counted."""
    where = context(tmp_path / "c")
    archive = made(tmp_path, [copied(where), layer(changes)], "COPY . /", "RUN /bin/sh -c x")
    image = compared(archive, where)
    assert [each[2] for each in places(image)["conf/a.yml"]] == [fate]
    lost = image.layers[0].hidden_bytes
    assert (lost >= len((where / "conf/a.yml").read_bytes())) == bool(fate)


@pytest.mark.parametrize(
    "text",
    [
        f"key={KEY};",
        base64.b64encode(f"{KEY}".encode()).decode(),
        base64.b64encode(f"u:{KEY}:x".encode()).decode(),
        base64.urlsafe_b64encode(f"ab{KEY}".encode()).decode(),
        "x" * 262_130 + KEY,
        "x" * (1 << 20) + KEY + "y" * 70_000,
    ],
    ids=["plain", "base64", "base64 of a pair", "base64 for URLs", "across pieces", "far inside"],
)
def test_a_value_is_found_in_every_form(text: str, tmp_path: Path) -> None:
    where = context(tmp_path / "c", "FROM scratch\nCOPY src /\n")
    layers = [layer([("index.js", (where / "src/index.js").read_bytes()), ("dist/app.bin", text.encode())])]
    image = compared(made(tmp_path, layers, "COPY src / # buildkit"), where)
    assert [each.where for each in image.carried] == ["dist/app.bin"]


@pytest.mark.parametrize(
    ("escape", "name"), [(quote, "URL"), (lambda value: json.dumps(value)[1:-1], "JSON")], ids=["URL", "JSON"]
)
def test_an_escaped_value_is_found(escape: object, name: str) -> None:
    """Where a value has characters that a format escapes."""
    value = 'p"ss w/rd&Zx81é'
    needles = Needles([(value, Value("A", ".env", 1, name, 3))])
    assert callable(escape)
    assert list(needles.search(f"x={escape(value)}".encode()))


def test_common_words_are_not_looked_for() -> None:
    """A database image has `postgres` in a thousand places."""
    assert not list(forms("postgres")) and not list(forms("abc12")) and list(forms("correcthorsebatterystaple"))
    assert list(forms("s3cret-x9"))


def test_the_configuration_is_searched(tmp_path: Path) -> None:
    """Environment, command, labels and history; no value is shown."""
    where = context(tmp_path / "c", "FROM scratch\nCOPY src /\n")
    layers = [layer([("index.js", (where / "src/index.js").read_bytes())])]
    archive = made(
        tmp_path, layers, f"RUN |1 KEY={KEY} /bin/sh -c make # buildkit", Env=[f"PAY={KEY}", "A=b"], Cmd=["x", KEY],
        Labels={"org.key": KEY},
    )  # fmt: skip
    image = compared(archive, where)
    assert [each.where for each in image.carried] == ["ENV PAY", "CMD", "LABEL org.key", "the history: RUN make"]
    for form in ("text", "json", "markdown", "sarif", "github", "html"):
        assert KEY not in run("--image", str(archive), "--format", form, "-v", "c", cwd=tmp_path).stdout


def test_a_secret_of_the_image_itself_is_found(tmp_path: Path) -> None:
    """A RUN fetched it; packages and what a distribution brings are left alone, as in a context."""
    where = context(tmp_path / "c", "FROM scratch\nCOPY src /\n")
    key = f"stripe = '{KEY}'\n".encode()
    project(where, "clean", Dockerfile="FROM scratch\nCOPY src /\n", **{".env": "A=b\n"})
    layers = [
        layer(
            [
                ("index.js", (where / "src/index.js").read_bytes()),
                ("srv/settings.py", key),
                ("usr/lib/python3/settings.py", key),
                ("app/node_modules/x/settings.js", key),
            ]
        )
    ]
    image = compared(made(tmp_path, layers, "COPY src / # buildkit"), where)
    assert "srv/settings.py" in {each.where for each in image.own}
    assert not {each.where for each in image.own} & {"usr/lib/python3/settings.py", "app/node_modules/x/settings.js"}


def test_several_images_are_refused(tmp_path: Path) -> None:
    """They cannot all be of this build."""
    where = context(tmp_path / "c")
    manifest = json.loads(_document(made(tmp_path, [copied(where)], "COPY . /")))
    entries = [manifest[0], {**manifest[0], "RepoTags": ["b:1"]}]
    out = tmp_path / "two.tar"
    out.write_bytes(_with_document(tmp_path / "image.tar", json.dumps(entries).encode()))
    done = run("--image", "two.tar", "c", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (
        2,
        "ctxscan: error: two.tar: holds 2 images: app:1; b:1: save the one to compare\n",
    )


def _document(archive: Path) -> bytes:
    with tarfile.open(archive) as tar:
        file = tar.extractfile("manifest.json")
        assert file is not None
        return file.read()


def _with_document(archive: Path, text: bytes) -> bytes:
    files: list[tuple[str, bytes | None]] = []
    with tarfile.open(archive) as tar:
        for member in tar:
            file = tar.extractfile(member)
            assert file is not None
            files.append((member.name, text if member.name == "manifest.json" else file.read()))
    return layer(files)


@pytest.mark.parametrize(
    ("line", "what", "shown"),
    [
        ("/bin/sh -c #(nop) COPY dir:12ab in /app ", "COPY", "COPY dir:12ab in /app"),
        ("/bin/sh -c #(nop)  CMD [\"/bin/sh\"]", "CMD", 'CMD ["/bin/sh"]'),
        ("/bin/sh -c npm ci", "RUN", "RUN npm ci"),
        ("RUN /bin/sh -c npm ci # buildkit", "RUN", "RUN npm ci"),
        ("RUN |2 A=b c C=d /bin/sh -c npm ci # buildkit", "RUN", "RUN npm ci"),
        ("|1 A=b /bin/sh -c make", "RUN", "RUN make"),
        ("COPY . . # buildkit", "COPY", "COPY . ."),
        ("WORKDIR /app", "WORKDIR", "WORKDIR /app"),
        ("bazel build ...", "RUN", "RUN bazel build ..."),
        ("", "RUN", "RUN"),
    ],
)  # fmt: skip
def test_lines_of_the_history_are_read(line: str, what: str, shown: str) -> None:
    """As Docker's builders and buildah write them; the value of a build argument is not shown."""
    assert (keyword(line), readable(line)) == (what, shown)


def test_standard_input_is_read_once(tmp_path: Path) -> None:
    """`docker save app | ctxscan --image - .`"""
    project(tmp_path, "leak")
    data = recorded("leak", "docker-buildkit").read_bytes()
    done = run("--image", "-", "--format", "json", ".", cwd=tmp_path, stdin=data)
    (build,) = json.loads(done.stdout)["builds"]
    assert build["image_scan"]["archive"] == "standard input"
    assert build["image_scan"]["images"][0]["names"] == ["shop-buildkit:leak"]


def test_the_report_tells_each_possible_file(tmp_path: Path) -> None:
    project(tmp_path, "front")
    (build,) = told("--image", str(recorded("front", "docker-buildkit")), cwd=tmp_path)
    possible = build["image_scan"]["images"][0]["forecast"]["possible"]
    assert {each["path"]: each["there"] for each in possible} == {
        "conf/a.yml": True, ".env": False, ".dockerignore": False, "Dockerfile": False,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["leak", "front", "clean"])
def test_the_schema_holds(name: str, tmp_path: Path) -> None:
    """What is printed is what the schema in the package says."""
    done = run("--image", str(recorded(name, "docker-buildkit")), "--format", "json", cwd=project(tmp_path, name))
    REPORT.validate(json.loads(done.stdout))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--fix",), "--image cannot be combined with --fix"),
        (("--facts",), "--image cannot be combined with --facts"),
        (("--explain", "a"), "--image cannot be combined with --explain"),
        (("--all",), "--image cannot be combined with several builds: give one of them"),
        (("-f", "-"), "--image - cannot be combined with a Dockerfile from standard input"),
    ],
)
def test_what_does_not_go_together_is_said(options: tuple[str, ...], said: str, tmp_path: Path) -> None:
    done = run("--image", "-", *options, ".", cwd=project(tmp_path, "clean"))
    assert (done.returncode, done.stderr) == (2, f"ctxscan: error: {said}\n")


def test_every_format_tells_what_was_built(tmp_path: Path) -> None:
    """The same sentences in text, Markdown and HTML; findings in SARIF and as annotations."""
    where = project(tmp_path, "front")
    image = ("--image", str(recorded("front", "docker-buildkit")))
    secret = "STRIPE_SECRET_KEY"
    for form in ("text", "markdown", "html"):
        text = run(*image, "--format", form, cwd=where).stdout
        assert "1 foretold: 1 there" in text and "4 possible: 1 there" in text and secret in text, form
    sarif = json.loads(run(*image, "--format", "sarif", cwd=where).stdout)
    (result,) = [each for each in sarif["runs"][0]["results"] if each["ruleId"] == "secret-in-image"]
    assert result["level"] == "error" and "app/public/app.js" in result["message"]["text"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == ".env"
    assert "secret-in-image" in run(*image, "--format", "github", cwd=where).stdout
    assert run("--check", *image, cwd=where).returncode == 1
