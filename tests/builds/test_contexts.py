"""The context of each Dockerfile, by every source that can name one: repositories in `testdata/contexts/`."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from support import repositories
from support.command import run
from support.trees import TESTDATA

PLACE = TESTDATA / "contexts"
NAMES = sorted(each.stem for each in PLACE.glob("*.txt"))
_FILE = re.compile(r"(?m)^-- (\S+) --\n")


def lay_out(name: str, root: Path) -> list[tuple[str, str, str]]:
    """Write a repository, its files known to git; the builds that are expected."""
    parts = _FILE.split((PLACE / f"{name}.txt").read_text(encoding="utf-8"))[1:]
    files = dict(zip(parts[::2], parts[1::2], strict=True))
    expected = []
    for line in files.pop("expect").splitlines():
        dockerfile, context, place = line.split()
        expected.append((dockerfile, context, place))
        files.setdefault(dockerfile, "FROM scratch\n")
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    repositories.git(root, "init", "-q")
    repositories.git(root, "add", "--all", "--force")
    return sorted(expected)


def test_there_are_enough() -> None:
    """At least sixty Dockerfiles whose context a file names, by every family."""
    texts = [(PLACE / f"{name}.txt").read_text(encoding="utf-8") for name in NAMES if name != "nearest"]
    assert sum(len(text.split("-- expect --\n")[1].split("\n-- ")[0].splitlines()) for text in texts) >= 60


@pytest.mark.parametrize("name", NAMES)
def test_the_context_that_the_files_name(name: str, tmp_path: Path) -> None:
    """None is guessed where a file names it, and each says where."""
    expected = lay_out(name, tmp_path)
    done = run("--builds", "--all", "--format", "json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    builds = json.loads(done.stdout)["builds"]
    found = [(each["dockerfile"], each["context"], each["source"] or "-") for each in builds]
    assert sorted(found) == expected
    assert {each["guessed"] for each in builds} == {name == "nearest"}


def test_what_is_passed_over_is_counted(tmp_path: Path) -> None:
    """In one line, by cause; and a service that cannot be read hides no other."""
    lay_out("notes", tmp_path)
    done = run("--builds", "--all", cwd=tmp_path)
    assert done.stderr.splitlines() == [
        "ctxscan: note: passed over: 4 Dockerfiles that nothing here builds (1 a fixture, 2 templates, 1 vendored); "
        "name one to see it"
    ]
