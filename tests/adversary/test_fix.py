"""`--fix` leaves nothing behind, whoever ends it and whenever; what it cannot keep it says."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support import projects

from ctxscan.errors import CtxscanError
from ctxscan.proposals import patch

posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX")


@posix
@pytest.mark.parametrize("seed", range(8))
def test_a_kill_leaves_no_litter_and_no_torn_file(seed: int, tmp_path: Path) -> None:
    """At any moment of the write, with the writing slowed down to be hit."""
    context = projects.write(tmp_path / "context", {"a": 1, ".dockerignore": "old\n"})
    text = b"new\n" * 200_000
    script = (
        "import sys; from pathlib import Path; from ctxscan.proposals.patch import write\n"
        f"for at in range(200): write(Path({str(context / '.dockerignore')!r}), {b'new' + bytes([10])!r} * 200000, "
        f"expected=Path({str(context / '.dockerignore')!r}).read_bytes(), context=Path({str(context)!r}))\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script])
    time.sleep(0.4 + random.Random(seed).random() * 0.4)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert sorted(path.name for path in context.iterdir()) == [".dockerignore", "a"]
    assert (context / ".dockerignore").read_bytes() in (b"old\n", text)
    patch.write(context / ".dockerignore", b"x\n", expected=(context / ".dockerignore").read_bytes(), context=context)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["context"]


@posix
def test_litter_of_an_earlier_run_is_removed(tmp_path: Path) -> None:
    """That of a process that is gone, and of no other."""
    gone = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True, check=True
    )
    context = projects.write(tmp_path / "context", {".dockerignore": "old\n"})
    mine, others = context / f".ctxscan-{gone.stdout.strip()}-abc", context / f".ctxscan-{os.getppid()}-abc"
    for path in (mine, others, context / ".ctxscan.toml"):
        path.write_text("")
    patch.write(context / ".dockerignore", b"x\n", expected=b"old\n", context=context)
    assert sorted(path.name for path in context.iterdir()) == sorted([".ctxscan.toml", ".dockerignore", others.name])


@posix
def test_hard_links_are_not_parted(tmp_path: Path) -> None:
    """Nothing is written, and the message says what to do."""
    projects.write(tmp_path, {".dockerignore": "old\n"})
    os.link(tmp_path / ".dockerignore", tmp_path / "other")
    with pytest.raises(CtxscanError, match="other hard links"):
        patch.write(tmp_path / ".dockerignore", b"x\n", expected=b"old\n", context=tmp_path)
    assert (tmp_path / "other").read_bytes() == b"old\n"


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="needs extended attributes")
def test_extended_attributes_are_kept(tmp_path: Path) -> None:
    """As the file had them."""
    path = projects.write(tmp_path, {".dockerignore": "old\n"}) / ".dockerignore"
    try:
        os.setxattr(path, "user.note", b"kept")
    except OSError:
        pytest.skip("the file system has none")
    patch.write(path, b"x\n", expected=b"old\n", context=tmp_path)
    assert os.getxattr(path, "user.note") == b"kept"
