"""Which ignore file counts, and what is read in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ctxscan import CtxscanError, scan
from ctxscan.rules.builders import BUILDAH, BUILDKIT, CLASSIC
from ctxscan.rules.ignorefile import find_ignore_file, load_ignore_file, parse_rules


def texts(data: bytes, builder=BUILDKIT) -> list[str]:
    file = parse_rules(data, builder, path=Path(".dockerignore"), label=".dockerignore")
    return [("!" if rule.pattern.negated else "") + rule.pattern.text for rule in file.rules]


def test_lines_keep_their_numbers_and_bytes() -> None:
    """Rules know the line they stand on, and the file keeps every byte."""
    data = b"\xef\xbb\xbf# mine\r\n\r\n  a/ \r\n!b"
    file = parse_rules(data, BUILDKIT, path=Path(".dockerignore"), label=".dockerignore")
    assert [(rule.line, rule.text, rule.pattern.text) for rule in file.rules] == [(3, "a/", "a"), (4, "!b", "b")]
    assert file.data == data


def test_a_mark_counts_on_the_first_line_only() -> None:
    """One byte order mark at the start of the file is dropped, any other stays."""
    assert texts(b"\xef\xbb\xbfa\n\xef\xbb\xbfb\n") == ["a", "\ufeffb"]


def test_stray_bytes_are_replaced_where_patterns_travel_as_text() -> None:
    """BuildKit gets U+FFFD a byte, the classic builder the bytes."""
    assert texts(b"a\xff\xfe\n") == ["a\ufffd\ufffd"]
    assert texts(b"a\xff\n", CLASSIC) == ["a\udcff"]


def test_control_characters_need_company() -> None:
    """A tab is refused in a header of ASCII and travels in one that has to be encoded."""
    with pytest.raises(CtxscanError, match="non-printable") as caught:
        texts(b"x\na\tb\n")
    assert caught.value.place == ".dockerignore:2"
    assert texts("a\tb\né\n".encode()) == ["a\tb", "é"]
    assert texts(b"a\tb\n", CLASSIC) == ["a\tb"]


@pytest.mark.parametrize("size", [65535, 65536])
def test_too_long_a_line_is_refused(size: int) -> None:
    """64 KiB is too much for BuildKit and the classic builder."""
    data = b"a" * size + b"\n"
    assert texts(data, BUILDAH) == ["a" * size]
    if size == 65535:
        assert texts(data) == ["a" * size]
    else:
        with pytest.raises(CtxscanError, match="token too long"):
            texts(data)


def test_the_dockerfiles_own_file_wins(tmp_path: Path) -> None:
    """It replaces the one in the root for the builders that know it, and the classic builder does not."""
    (tmp_path / ".dockerignore").write_text("a\n")
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    own = tmp_path / "Dockerfile.dockerignore"
    own.write_text("")
    for builder, found in ((BUILDKIT, own), (BUILDAH, own), (CLASSIC, tmp_path / ".dockerignore")):
        assert find_ignore_file(tmp_path, builder, dockerfile=tmp_path / "Dockerfile") == found
    assert find_ignore_file(tmp_path, BUILDKIT, dockerfile=None) == tmp_path / ".dockerignore"


def test_containerignore_is_buildahs(tmp_path: Path) -> None:
    """It beats `.dockerignore` there and is nothing elsewhere."""
    (tmp_path / ".containerignore").write_text("a\n")
    assert find_ignore_file(tmp_path, BUILDAH, dockerfile=None) == tmp_path / ".containerignore"
    assert find_ignore_file(tmp_path, BUILDKIT, dockerfile=None) is None


@pytest.mark.parametrize("target", ["/rules", "../rules", "sub/../rules", "rules"])
def test_a_linked_file_stays_in_the_context(target: str, tmp_path: Path) -> None:
    """A symlink is resolved as if the context were the root directory: nothing outside is read."""
    (tmp_path / "rules").write_text("outside\n")
    context = tmp_path / "context"
    context.mkdir()
    (context / "sub").mkdir()
    (context / "rules").write_text("inside\n")
    (context / ".dockerignore").symlink_to(target)
    path = find_ignore_file(context, BUILDKIT, dockerfile=None)
    assert path is not None
    assert [rule.text for rule in load_ignore_file(path, BUILDKIT, context=context, root=context).rules] == ["inside"]


def test_a_link_that_leads_nowhere_is_no_file(tmp_path: Path) -> None:
    """Dangling and circular links are as if there were no ignore file."""
    (tmp_path / ".dockerignore").symlink_to("nowhere")
    for builder in (BUILDKIT, CLASSIC, BUILDAH):
        assert find_ignore_file(tmp_path, builder, dockerfile=None) is None
    (tmp_path / ".dockerignore").unlink()
    (tmp_path / ".dockerignore").symlink_to(".dockerignore")
    assert find_ignore_file(tmp_path, BUILDKIT, dockerfile=None) is None


def test_a_directory_as_ignore_file(tmp_path: Path) -> None:
    """As if it were empty for BuildKit, an error for the others."""
    (tmp_path / ".dockerignore").mkdir()
    assert scan(tmp_path).rules.patterns == ()
    for builder in ("classic", "buildah"):
        with pytest.raises(CtxscanError, match="is a directory"):
            scan(tmp_path, builder=builder)


def test_an_error_names_the_line(tmp_path: Path) -> None:
    """Patterns the builder refuses come with file, line and its own words, loaded or compared."""
    for text, line in (("a\n[\n", 2), ("a\n\n![z-a]\nq*\n", None), ("[z-a]\n", 1)):
        (tmp_path / ".dockerignore").write_text(text)
        if line is None:
            scan(tmp_path)  # nothing is excluded before it, so it is never compared
            continue
        with pytest.raises(CtxscanError, match="syntax error in pattern") as caught:
            scan(tmp_path)
        assert caught.value.place == f".dockerignore:{line}"
