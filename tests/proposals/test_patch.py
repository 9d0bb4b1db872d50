"""The text of a patched ignore file, and how it is written."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.examples import examples

from ctxscan.errors import CtxscanError
from ctxscan.proposals import patch
from ctxscan.rules import ignorefile
from ctxscan.rules.builders import BUILDERS, BUILDKIT
from ctxscan.rules.ignorefile import IgnoreFile
from ctxscan.rules.matcher import Matcher

pytestmark = pytest.mark.usefixtures("system")

ONE = [patch.Addition("/dist", "Build output")]
TWO = [*ONE, patch.Addition("**/node_modules", "Dependencies")]


def file(data: bytes, path: str = ".dockerignore") -> IgnoreFile:
    return ignorefile.parse_rules(data, BUILDKIT, path=Path(path), label=path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"a\n", b"a\n\n# Added by ctxscan\n/dist\n"),
        (b"a", b"a\n\n# Added by ctxscan\n/dist"),
        (b"a\r\nb\r\n", b"a\r\nb\r\n\r\n# Added by ctxscan\r\n/dist\r\n"),
        (b"a\r\nb", b"a\r\nb\r\n\r\n# Added by ctxscan\r\n/dist"),
        (b"\xef\xbb\xbfa\n", b"\xef\xbb\xbfa\n\n# Added by ctxscan\n/dist\n"),
        (b"", b"# Added by ctxscan\n\n# Build output\n/dist\n"),
        (b"\xef\xbb\xbf", b"\xef\xbb\xbf# Added by ctxscan\n\n# Build output\n/dist\n"),
        (b"\n", b"\n# Added by ctxscan\n\n# Build output\n/dist\n"),
        (b"# why\n", b"# why\n\n# Added by ctxscan\n/dist\n"),
        (b"a\n\n# Added by ctxscan\n/x\n", b"a\n\n# Added by ctxscan\n/x\n/dist\n"),
        (b"a\n\n# Added by ctxscan\n/x", b"a\n\n# Added by ctxscan\n/x\n/dist"),
        (b"# Added by ctxscan\n/x\n!/x/y\n", b"# Added by ctxscan\n/x\n!/x/y\n\n# Added by ctxscan\n/dist\n"),
        (b"*\n!src\n", b"*\n!src\n\n# Added by ctxscan\n/dist\n"),
    ],
    ids=["lf", "no-end", "crlf", "crlf-no-end", "bom", "empty", "bom-alone", "blank", "comment", "own-block", "own-block-no-end", "exception-after-block", "white-list"],
)  # fmt: skip
def test_patched(old: bytes, new: bytes) -> None:
    """Old bytes stay, new rules come last, with the line ends of the file."""
    assert patch.patched(file(old), ONE) == new


@pytest.mark.parametrize(
    ("old", "line", "new"),
    [
        (b"a\n!b\n", 2, b"a\n\n# Added by ctxscan\n/dist\n\n!b\n"),
        (b"a\n\n!b", 3, b"a\n\n# Added by ctxscan\n/dist\n\n!b"),
        (b"!b\n", 1, b"# Added by ctxscan\n/dist\n\n!b\n"),
        (b"a\n# why\n!b\n", 3, b"a\n\n# Added by ctxscan\n/dist\n\n# why\n!b\n"),
        (b"a\r\n!b\r\n", 2, b"a\r\n\r\n# Added by ctxscan\r\n/dist\r\n\r\n!b\r\n"),
        (b"\xef\xbb\xbf!b\n", 1, b"\xef\xbb\xbf# Added by ctxscan\n/dist\n\n!b\n"),
        (b"# Added by ctxscan\n/x\n\n!b\n", 4, b"# Added by ctxscan\n/x\n/dist\n\n!b\n"),
        (b"# Added by ctxscan\r\n/x\r\n\r\n!b\r\n", 4, b"# Added by ctxscan\r\n/x\r\n/dist\r\n\r\n!b\r\n"),
        (b"# Added by ctxscan\n/x\n!b\n", 3, b"# Added by ctxscan\n/x\n/dist\n!b\n"),
    ],
    ids=["lf", "no-end", "first-line", "comment", "crlf", "bom", "own-block", "own-block-crlf", "own-block-no-blank"],
)  # fmt: skip
def test_patched_before_an_exception(old: bytes, line: int, new: bytes) -> None:
    """A rule can stand in front of a line and the comment above it; all other bytes stay."""
    assert patch.patched(file(old), [patch.Addition("/dist", "x", before=line)]) == new


def test_patched_in_several_places() -> None:
    """Each rule goes where it belongs, counted in the old file."""
    added = [patch.Addition("/x", "x", before=2), patch.Addition("/y", "x", before=3), patch.Addition("/z", "x")]
    assert patch.patched(file(b"a\n!b\n!c\n"), added) == (
        b"a\n\n# Added by ctxscan\n/x\n\n!b\n\n# Added by ctxscan\n/y\n\n!c\n\n# Added by ctxscan\n/z\n"
    )


def test_nothing_to_add_changes_nothing() -> None:
    """Without rules the text is the old one."""
    assert patch.patched(file(b"a\r\n\xff"), []) == b"a\r\n\xff" and patch.patched(None, []) == b""


def test_new_file_is_grouped_by_reason() -> None:
    """One comment for each group."""
    assert (
        patch.patched(None, TWO) == b"# Added by ctxscan\n\n# Build output\n/dist\n\n# Dependencies\n**/node_modules\n"
    )


def test_diff_is_a_unified_diff() -> None:
    """Also where the last line has no end, and for a new file."""
    old = file(b"a")
    assert patch.diff(old, patch.patched(old, ONE), label=".dockerignore") == (
        "--- a/.dockerignore\n+++ b/.dockerignore\n@@ -1 +1,4 @@\n-a\n\\ No newline at end of file\n+a\n+\n+# Added by ctxscan\n+/dist\n"
        "\\ No newline at end of file\n"
    )
    assert patch.diff(None, b"x\n", label="i") == "--- /dev/null\n+++ b/i\n@@ -0,0 +1 @@\n+x\n"
    assert patch.diff(old, b"a", label="i") == ""


_NAMES = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=8).filter(
    lambda name: name not in (".", "..")
)


@settings(max_examples=examples(400), deadline=None)
@given(st.lists(_NAMES, min_size=1, max_size=3).map("/".join), _NAMES)
@example("a\\", "a")
@example(" ", "x")
@example("!", "x")
@example("!a", "a")
@example("#", "x")
@example("\ufeffa", "a")
@example("a\x00b".replace("\x00", "\x01"), "a")
@example(" !a ", "a")
@example("a/ b ", "a")
@example("[^x]", "y")
@example("**", "x")
@example("$HOME", "x")
@example("\u3000", "x")
@example("\x1d", "x")
def test_a_literal_rule_means_that_name_and_no_other(path: str, other: str) -> None:
    """Every builder reads the rule as exactly this path."""
    text = patch.patched(None, [patch.Addition(patch.literal(path), "x")])
    for name, builder in BUILDERS.items():
        read = ignorefile.parse_rules(text, builder, path=Path("i"), label="i")
        matcher = Matcher([rule.pattern for rule in read.rules], builder)
        above = path.rpartition("/")[0]
        assert matcher.decide(path).excluded, f"{name}: {patch.literal(path)!r}"
        beside = f"{above}/{other}" if above else other
        assert beside == path or not matcher.decide(beside).excluded, (
            f"{name}: {patch.literal(path)!r} takes {beside!r}"
        )


# --- writing


def write(path: Path, text: bytes, expected: bytes | None, context: Path | None = None) -> None:
    patch.write(path, text, expected=expected, context=context or path.parent)


def test_write_keeps_the_mode(tmp_path: Path) -> None:
    """Also an unusual one; nothing else is left in the directory."""
    path = tmp_path / ".dockerignore"
    path.write_bytes(b"a")
    path.chmod(0o640)
    write(path, b"b", b"a")
    assert path.read_bytes() == b"b" and stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_write_makes_a_new_file_as_umask_has_it(tmp_path: Path) -> None:
    """A new file is readable by others where new files are."""
    path, other = tmp_path / ".dockerignore", tmp_path / "other"
    write(path, b"b", None)
    other.touch()
    assert path.read_bytes() == b"b" and path.stat().st_mode == other.stat().st_mode


@pytest.mark.parametrize(
    ("there", "expected", "message"),
    [
        (b"b", b"a", "was changed while ctxscan was running"),
        (b"", None, "was created while ctxscan was running"),
        (None, b"a", "was removed while ctxscan was running"),
    ],
    ids=["changed", "appeared", "vanished"],
)
def test_write_refuses_a_concurrent_change(
    tmp_path: Path, there: bytes | None, expected: bytes | None, message: str
) -> None:
    """What was proven is no longer what is there."""
    path = tmp_path / ".dockerignore"
    if there is not None:
        path.write_bytes(there)
    with pytest.raises(CtxscanError, match=message):
        write(path, b"x", expected)
    assert (path.read_bytes() if path.exists() else None) == there
    assert len(list(tmp_path.iterdir())) == (there is not None)


def test_write_follows_a_link_inside_the_context(tmp_path: Path) -> None:
    """The file behind the link is edited, the link stays."""
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf/ignore").write_bytes(b"a")
    path = tmp_path / ".dockerignore"
    path.symlink_to("conf/ignore")
    write(path, b"b", b"a")
    assert path.is_symlink() and (tmp_path / "conf/ignore").read_bytes() == b"b"


@pytest.mark.parametrize(
    ("target", "message"),
    [("../outside", "out of the context"), ("/etc/hostname", "absolute path"), ("nowhere", "leads nowhere"), (".dockerignore", "leads nowhere")],
    ids=["outside", "absolute", "dangling", "itself"],
)  # fmt: skip
def test_write_refuses_other_links(tmp_path: Path, target: str, message: str) -> None:
    """Nothing outside the context is written, and nothing that builders read differently."""
    context = tmp_path / "context"
    context.mkdir()
    (tmp_path / "outside").write_bytes(b"a")
    path = context / ".dockerignore"
    path.symlink_to(target)
    with pytest.raises(CtxscanError, match=message):
        write(path, b"b", b"a", context)
    assert (tmp_path / "outside").read_bytes() == b"a" and path.is_symlink()


def test_write_refuses_a_link_through_a_directory_that_leads_out(tmp_path: Path) -> None:
    """The directory on the way may be the link."""
    context, outside = tmp_path / "context", tmp_path / "outside"
    context.mkdir()
    outside.mkdir()
    (outside / "ignore").write_bytes(b"a")
    (context / "conf").symlink_to("../outside")
    (context / ".dockerignore").symlink_to("conf/ignore")
    with pytest.raises(CtxscanError, match="out of the context"):
        write(context / ".dockerignore", b"b", b"a", context)
    assert (outside / "ignore").read_bytes() == b"a"


def test_write_tells_what_keeps_it_from_writing(tmp_path: Path) -> None:
    """An unwritable place is an expected error, and the old text stays."""
    path = tmp_path / "gone" / ".dockerignore"
    with pytest.raises(CtxscanError, match=r"cannot write \.dockerignore: no such file"):
        write(path, b"b", None)
    if os.geteuid():
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o500)
        with pytest.raises(CtxscanError, match="permission denied"):
            write(closed / ".dockerignore", b"b", None)
