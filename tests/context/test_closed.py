"""What to do about a directory or file that may not be opened, in the error of each builder."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from support import projects

from ctxscan import scan
from ctxscan.errors import CtxscanError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="modes and users of POSIX")
OPENED_FIRST = "a rule for it does not help, since the classic builder opens it first"


def refused(root: Path, builder: str) -> str:
    """The error of a scan by a user who may not read everything; empty: there is none."""
    try:
        scan(root, builder=builder)
    except CtxscanError as error:
        return str(error)
    return ""


def as_nobody(root: Path, builder: str) -> str:
    """The same as another user, if this one is root."""
    if os.geteuid() != 0:
        return refused(root, builder)
    for above in (root, *root.parents):
        if above.stat().st_uid == 0 and above != Path("/"):
            above.chmod(above.stat().st_mode | 0o755)
    end, start = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.setuid(65534)
        os.write(start, refused(root, builder).encode())
        os._exit(0)
    os.close(start)
    with os.fdopen(end) as stream:
        said = stream.read()
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    return said


@pytest.mark.parametrize(
    ("builder", "rules", "closed", "says"),
    [
        ("buildkit", None, "data/db", "open data/db: permission denied: add /data/db to .dockerignore, or make it readable"),
        ("buildkit", "data\n!**/keep\n", "data/db", "may bring back something inside: write the exceptions without wild cards"),
        ("buildkit", "data\n", "data/db", ""),
        ("classic", None, "data", f"can't stat 'data': {OPENED_FIRST}: make it readable, move it out of the context"),
        ("classic", "data\n", "data", f"can't stat 'data': {OPENED_FIRST}: make it readable"),
        ("classic", None, "data/db", f"can't stat 'data/db': {OPENED_FIRST}: exclude /data in .dockerignore, make it readable"),
        ("classic", "/data\n", "data/db", ""),
        ("classic", None, "data/file", "no permission to read from 'data/file': add /data/file to .dockerignore"),
        ("classic", "/data/file\n", "data/file", ""),
    ],
)  # fmt: skip
def test_the_way_out(builder: str, rules: str | None, closed: str, says: str, tmp_path: Path) -> None:
    """The rule that helps is named with its file, and where none does that is said; those that help are tried."""
    tree: dict[str, str | int] = {"Dockerfile": "FROM scratch\nCOPY . /\n", "data/db/x": 1, "data/file": 1}
    projects.write(tmp_path, tree if rules is None else {**tree, ".dockerignore": rules})
    (tmp_path / closed).chmod(0)
    try:
        said = as_nobody(tmp_path, builder)
    finally:
        (tmp_path / closed).chmod(0o755)
    assert says in said
    assert bool(says) is bool(said)


def test_an_ignore_file_on_the_way_does_not_count(tmp_path: Path) -> None:
    """Whoever has written the rule in the wrong place is told the right one."""
    projects.write(
        tmp_path, {"Dockerfile": "FROM scratch\nCOPY app /\n", "app/.dockerignore": "data\n", "app/data/x": 1}
    )
    (tmp_path / "app/data").chmod(0)
    try:
        said = as_nobody(tmp_path, "buildkit")
    finally:
        (tmp_path / "app/data").chmod(0o755)
    assert "add /app/data to .dockerignore" in said
    assert said.endswith("(app/.dockerignore is not read: only .dockerignore counts)")
