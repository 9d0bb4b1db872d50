"""Images built by real engines, held against the forecast file by file.

A difference is a defect of the forecast, or of the reading of images: none is expected.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support import projects
from support.dockerfiles import BASE, RANDOM, STAGES, random_dockerfile, tree
from support.engine import BUSYBOX, Builder, Engine, need

from ctxscan import scan
from ctxscan.errors import CtxscanError
from ctxscan.explain import reach
from ctxscan.opinions import image_reader
from ctxscan.postbuild.image import ImageFacts

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(sys.platform != "linux", reason="builds with engines for Linux"),
]

FORMS = [
    ("classic", "docker-archive", "gzip"), ("buildkit", "docker-archive", "gzip"),
    ("buildah", "oci-archive", "gzip"), ("buildah", "oci-archive", "zstd"), ("buildah", "docker-archive", "gzip"),
]  # fmt: skip


def compared(archive: Path, context: Path, builder: Builder, *, secrets: tuple[str, ...] = ()) -> ImageFacts:
    found = image_reader(str(archive))(scan(context, builder=builder), [(None, path) for path in secrets])
    return found.images[0]


@pytest.mark.parametrize("number", RANDOM)
def test_a_random_image_is_what_was_foretold(number: int, engine: Engine, tmp_path: Path) -> None:
    """Without commands nothing is possible: every file is in the image, or is not, as foretold."""
    need(engine, "buildkit")
    dockerfile, rules = random_dockerfile(number)
    context = tree(tmp_path / "context")
    projects.write(context, {"Dockerfile": dockerfile, ".dockerignore": rules})
    ours = scan(context, keep_entries=True)
    assert ours.usage is not None
    # Of files with a content: links are compared by nobody, and empty files are all alike.
    sent = [each.path for each in ours.entries if each.kind == "file" and each.size]
    foretold = sum(reach(ours, path).reach == "image" for path in sent)
    if any(each.input.missing for each in ours.inputs) or ours.usage.lost:
        with pytest.raises(AssertionError):
            engine.save(context, tmp_path, builder="buildkit")
        return
    try:
        archive, _ = engine.save(context, tmp_path, builder="buildkit")
    except AssertionError as error:
        # An image without a layer cannot be saved.
        assert "empty export" in str(error)
        assert foretold == 0
        return
    told = compared(archive, context, "buildkit").forecast
    assert (told.foretold, told.possible) == (foretold, ())
    assert (told.there, told.missing, told.surprising, told.alike) == (told.foretold, (), (), 0), dockerfile


@pytest.mark.parametrize("name", STAGES)
def test_an_image_with_commands_is_what_was_foretold(name: str, engine: Engine, tmp_path: Path) -> None:
    """What is certain is so; of what is possible, each file is told as there or not; nothing else is there."""
    need(engine, "buildkit", busybox=True)
    context = tree(tmp_path / "context")
    shutil.copy(BUSYBOX, context / "busybox")
    projects.write(context, {"Dockerfile": BASE + STAGES[name], ".dockerignore": "Dockerfile\n.dockerignore\n"})
    (context / "busybox").chmod(0o755)
    archive, _ = engine.save(context, tmp_path, builder="buildkit")
    told = compared(archive, context, "buildkit").forecast
    assert (told.missing, told.surprising, told.alike) == ((), (), 0), told
    assert set(told.arrived) <= set(told.possible)


@pytest.mark.parametrize(("builder", "form", "compression"), FORMS)
def test_links_whiteouts_and_names_of_every_kind(
    builder: Builder, form: str, compression: str, engine: Engine, tmp_path: Path
) -> None:
    """Hard links, long and foreign names, files that are deleted, overwritten and replaced by a directory, a directory
    that is made anew, empty layers."""
    need(engine, builder, busybox=True)
    context = tmp_path / "context"
    long = "/".join(["d" * 90] * 3)
    files: dict[str, str | int] = {
        "a.txt": "a\n" * 9, "b.txt": "b\n" * 8, "keep/é/日本.txt": "name\n", f"keep/{long}/x.txt": "long\n",
        "old/one.txt": "one\n" * 5, "old/two/three.txt": "three\n" * 3, "big.bin": 3_000_000, ".env": "A=1\n",
        "Dockerfile": BASE + (
            "COPY . /w\nRUN ln /w/a.txt /w/hard.txt\nRUN rm /w/.env\nRUN cp /w/b.txt /w/a.txt\nRUN true\n"
            "RUN rm -r /w/old && mkdir /w/old && cp /w/a.txt /w/old/new.txt\nRUN rm /w/big.bin && mkdir /w/big.bin\n"
        ).replace("RUN true", "RUN cat /w/b.txt > /dev/null"),
        ".dockerignore": "Dockerfile\n.dockerignore\n",
    }  # fmt: skip
    projects.write(context, files)
    shutil.copy(BUSYBOX, context / "busybox")
    (context / "busybox").chmod(0o755)
    for number, path in enumerate(sorted(context.rglob("*"))):
        os.utime(path, (1_700_000_000 + number, 1_700_000_000 + number))
    archive, _ = engine.save(context, tmp_path, builder=builder, form=form, compression=compression)
    image = compared(archive, context, builder)
    told = image.forecast
    assert (told.there, told.missing, told.surprising) == (told.foretold, (), ())
    fates = {}
    for each in image.located:
        first = each.places[0]
        maker = image.layers[first.hidden.layer - 1].maker if first.hidden else None
        fates[each.file.path] = (first.hidden.how, maker.text.split()[1] if maker else "") if first.hidden else None
    assert fates["busybox"] is None and fates["b.txt"] is None
    assert fates["keep/é/日本.txt"] is None and fates[f"keep/{long}/x.txt"] is None
    assert fates[".env"] == ("deleted", "rm")
    assert fates["a.txt"] == ("overwritten", "ln" if fates["a.txt"][1] == "ln" else "cp")
    assert fates["old/one.txt"] == fates["old/two/three.txt"] == ("deleted", "rm")
    assert fates["big.bin"] == ("overwritten", "rm")


@pytest.mark.parametrize(("builder", "form", "compression"), FORMS)
def test_a_secret_is_carried_into_an_image(
    builder: Builder, form: str, compression: str, engine: Engine, tmp_path: Path
) -> None:
    """A front end that inlines a key; the same in base64 and in a label; and the same build without it."""
    need(engine, builder, busybox=True)
    key = "_".join(("sk", "live", "4eC39HqLyjWDarjtT1zdp7dc"))
    for inlined in (True, False):
        where = tmp_path / str(inlined)
        context = where / "context"
        command = (
            "RUN sed -n 's/^STRIPE_KEY=\\(.*\\)/var k=\"\\1\"/p' .env > /app.js"
            if inlined
            else "RUN cat src/i.js > /app.js"
        )
        dockerfile = (
            f"{BASE}FROM base AS b\nWORKDIR /s\nCOPY . .\n{command}\nFROM scratch\nCOPY --from=b /app.js /dist/app.js\n"
        )
        projects.write(
            context,
            {
                "Dockerfile": dockerfile,
                ".env": f"PORT=1\nSTRIPE_KEY={key}\n",
                "src/i.js": "console.log(1)\n",
                ".dockerignore": "x\n",
            },
        )
        shutil.copy(BUSYBOX, context / "busybox")
        (context / "busybox").chmod(0o755)
        archive, _ = engine.save(context, where, builder=builder, form=form, compression=compression)
        image = compared(archive, context, builder, secrets=(".env",))
        told = [(each.value.label, each.where, each.place and each.place.layer) for each in image.carried]
        assert told == ([("STRIPE_KEY (.env:2)", "dist/app.js", 1)] if inlined else [])
        maker = image.layers[0].maker
        assert maker is not None and maker.shown("Dockerfile").startswith(
            "COPY --from=b /app.js /dist/app.js (Dockerfile:"
        )
        assert not image.own


def test_the_lab(engine: Engine, tmp_path: Path) -> None:
    """A project with packages and a history: all that `COPY . .` takes is there, and nothing that the rules exclude."""
    need(engine, "buildkit")
    files: dict[str, str | int] = {
        "Dockerfile": "FROM scratch\nWORKDIR /app\nCOPY package*.json ./\nCOPY . .\n",
        "package.json": '{"name": "lab"}\n', "package-lock.json": "{}\n", "src/index.js": "console.log(1)\n",
        "docs/guide.md": "guide\n" * 99, ".env": "PORT=1\n", ".dockerignore": "docs\n.env\n**/*.log\n", "npm.log": "log\n",
    }  # fmt: skip
    for number in range(60):
        files[f"node_modules/p{number}/package.json"] = f'{{"name": "p{number}"}}\n'
        files[f"node_modules/p{number}/index.js"] = f"// {number}\n" * 50
    projects.write(tmp_path / "lab", files)
    subprocess.run(["git", "init", "-q", "."], cwd=tmp_path / "lab", check=True)
    archive, _ = engine.save(tmp_path / "lab", tmp_path, builder="buildkit")
    image = compared(archive, tmp_path / "lab", "buildkit")
    ours = scan(tmp_path / "lab")
    told = image.forecast
    assert told.foretold == ours.image.files > 120
    assert (told.there, told.missing, told.surprising) == (told.foretold, (), ())
    assert dict(image.waste)["version control"] > 0


def test_a_truncated_image_is_said_to_be_one(engine: Engine, tmp_path: Path) -> None:
    need(engine, "buildkit")
    projects.write(tmp_path / "c", {"Dockerfile": "FROM scratch\nCOPY a /\n", "a": 100_000})
    archive, _ = engine.save(tmp_path / "c", tmp_path, builder="buildkit")
    (tmp_path / "cut.tar").write_bytes(archive.read_bytes()[:60_000])
    with pytest.raises(CtxscanError, match="ends too early"):
        compared(tmp_path / "cut.tar", tmp_path / "c", "buildkit")
