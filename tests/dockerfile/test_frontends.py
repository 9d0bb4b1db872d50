"""What the classic builder and buildah make of a Dockerfile where BuildKit makes something else.

Each row was built with dockerd 20.10.24 (the classic builder, and its BuildKit) or buildah 1.28.2: what ended in the
image, or words of the error.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from ctxscan import CtxscanError, scan

#: Builder, ignore file, Dockerfile, and the files of the image or, with an exclamation mark, what the builder says.
ROWS = [
    ("classic", "", "FROM scratch\nCOPY ../a /", "! forbidden path outside the build context: ../a"),
    ("classic", "", "FROM scratch\nCOPY /../a /", "! forbidden path outside"),
    ("classic", "", "FROM scratch\nCOPY src/../a /", "a"),
    ("classic", "", "FROM scratch\nCOPY src/../../a /", "! forbidden path outside"),
    ("classic", "", "FROM scratch\nCOPY ../a* b /q/", "q/b"),
    ("classic", "", "FROM scratch AS s\nCOPY a /\nFROM scratch\nCOPY --from=s ../a /", "! forbidden path outside"),
    ("classic", "", "FROM scratch\nCOPY zz* /", "! missing"),
    ("classic", "", "FROM scratch\nCOPY zz* a /q/", "q/a"),
    ("classic", "", "FROM scratch\nCOPY --link a /", "! --link"),
    ("classic", "", "FROM scratch\nCOPY --chmod=644 a /", "! --chmod option requires BuildKit"),
    ("classic", "", "FROM scratch\nADD --keep-git-dir a /", "! --keep-git-dir"),
    ("classic", "", "FROM scratch\nRUN --mount=target=/m ls", "! --mount option requires BuildKit"),
    ("classic", "", "FROM scratch AS bad\nCOPY zz /\nFROM scratch\nCOPY b /", "! missing"),
    ("classic", "", "FROM scratch AS p\nONBUILD COPY a /\nFROM p\nCOPY b /", "a b"),
    ("classic", "Dockerfile\n", "FROM scratch\nCOPY Dockerfile a /app/", "! missing"),
    ("classic", "Dockerfile\n.dockerignore\n", "FROM scratch\nCOPY . /", "a b src/x"),
    ("buildah", "", "FROM scratch AS s\nCOPY --from=t a /b2\nFROM scratch AS t\nCOPY a /\nFROM s", "b2"),
    ("buildah", "", "FROM scratch AS S\nCOPY a /\nFROM S\nCOPY b /", "a b"),
    ("buildah", "", "FROM scratch\nCOPY ${V-a} /", "! ':' in substitution: ${V-a}"),
    ("buildah", "", "FROM scratch\nENV V=1\nCOPY ${V+a} /", "! ':' in substitution: ${V+a}"),
    ("buildah", "", "FROM scratch\nENV V=1\nCOPY ${V:+a} /", "a"),
    ("buildah", "", "FROM scratch\nCOPY ../a /", "a"),
    ("buildah", "", "FROM scratch\nCOPY zz* /\nCOPY a /", "! missing"),
    ("buildah", "", "FROM scratch\nCOPY zz* a /", "a"),
    ("buildah", "", "FROM scratch AS p\nONBUILD COPY a /\nFROM p\nCOPY b /", "b"),
    ("buildah", "", "FROM scratch AS bad\nCOPY zz /\nFROM scratch\nCOPY b /", "b"),
    ("buildah", "a\n", "FROM scratch\nCOPY a* src /q/", "! missing"),
    ("buildah", "src\n", "FROM scratch\nCOPY a src/* /q/", "! missing"),
    ("buildah", "src/*\n", "FROM scratch\nCOPY a s* /q/", "q/a"),
    ("buildah", "loop\n", "FROM scratch\nCOPY a l* /q/", "! missing"),
    ("buildah", "dangling\n", "FROM scratch\nCOPY a d* /q/", "! missing"),
    ("buildkit", "", "FROM scratch\nCOPY ../a zz* /", "a"),
]


def built(root: Path, builder: str, ignore: str, dockerfile: str, target: str | None = None) -> str:
    """The files of the image as far as they are known, or why there is none."""
    (root / "src").mkdir(parents=True)
    for name in ("a", "b", "src/x"):
        (root / name).write_text(name)
    (root / "loop").symlink_to("loop")
    (root / "dangling").symlink_to("nope")
    (root / ".dockerignore").write_text(ignore + "loop\ndangling\n.dockerignore\nDockerfile\n")
    (root / "Dockerfile").write_text(dockerfile)
    try:
        found = scan(root, builder=builder, target=target)
    except CtxscanError as error:
        return f"! {error.message}"
    assert found.usage is not None
    if found.usage.lost or any(each.input.missing for each in found.inputs):
        return "! missing"
    return " ".join(sorted(files(found.usage.files)))


def files(directory: object, above: str = "") -> list[str]:
    from ctxscan.image.layers import Dir

    assert isinstance(directory, Dir)
    out: list[str] = []
    for name, node in directory.entries():
        out += files(node, f"{above}{name}/") if isinstance(node, Dir) else [above + name]
    return out


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("builder", "ignore", "dockerfile", "outcome"), ROWS)
def test_ends_as_it_ended_with_the_builder(
    builder: str, ignore: str, dockerfile: str, outcome: str, tmp_path: Path
) -> None:
    got = built(tmp_path / "context", builder, ignore, dockerfile + "\n")
    if outcome.startswith("!"):
        assert got.startswith("!") and outcome[2:] in got
    else:
        assert got == outcome


def test_a_target_may_be_a_number_for_buildah(tmp_path: Path) -> None:
    text = "FROM scratch\nCOPY a /\nFROM scratch\nCOPY b /\n"
    assert built(tmp_path / "one", "buildah", "", text, target="0") == "a"
    assert built(tmp_path / "two", "buildkit", "", text, target="0").startswith("! target stage")
    assert built(tmp_path / "three", "buildah", "", "FROM scratch AS S\n", target="s").startswith("! target stage")
    assert built(tmp_path / "four", "classic", "", "FROM scratch AS S\nCOPY b /\n", target="s") == "b"
