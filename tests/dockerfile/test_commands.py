"""Which commands of a RUN a shell may pass over."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import projects

from ctxscan import scan
from ctxscan.dockerfile.commands import commands


@pytest.mark.parametrize(
    ("line", "sure", "maybe"),
    [
        ("a; b", "a b", ""),
        ("if a; then b; fi; c", "c", "a b"),
        ("if a; then if b; then c; fi; d; fi; e", "e", "a b c d"),
        ("if a; then (cd /srv && b); fi; c", "c", "a b"),
        ("for x in 1 2; do if a; then b; fi; c; done; d", "c d", "a b"),
        ("if a; then for x in 1 2; do b; done; c; fi; d", "d", "a b c"),
        ("x=$(a); if b; then c; fi; d", "a d", "b c"),
        ("case $x in 1) a ;; *) b; c ;; esac; d", "d", "a b c"),
        ("while a; do b; done && c", "c", "a b"),
        ("until a; do b; done && c", "a c", "b"),
        ("if a; then until b; do c; done; fi; d", "d", "a b c"),
    ],
)
def test_what_a_condition_holds(line: str, sure: str, maybe: str, tmp_path: Path) -> None:
    """All that is below a condition, to its own end and not to that of another one inside."""
    projects.write(tmp_path, {"Dockerfile": f"FROM debian:13\nRUN {line}\n"})
    plan = scan(tmp_path).plan
    assert plan is not None
    found = [each for each in commands(plan.target.steps[-1]) if len(each.name) == 1]
    assert [each.name for each in found if not each.guarded] == sure.split()
    assert [each.name for each in found if each.guarded] == maybe.split()


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("A=$(date +%F) B=1 go build .", ["date +%F", "go build ."]),
        ("A=`date` go build .", ["date", "go build ."]),
        ('A="$(cat x | head -1)" && go build .', ["cat x", "head -1", "go build ."]),
        ("export A=$(b $(c d)) && e", ["b $(c d)", "c d", "export A=$(b $(c d))", "e"]),
        ("make -j$(nproc) all", ["nproc", "make -j$(nproc) all"]),
        ("a $((1 + 2)) b", ["a $((1 + 2)) b"]),
        ("awk '{print $1}' x", ["awk {print $1} x"]),
    ],
)
def test_commands_whose_output_becomes_a_word(line: str, found: list[str], tmp_path: Path) -> None:
    """They come before the command that is given it, and part no words of that."""
    projects.write(tmp_path, {"Dockerfile": f"FROM debian:13\nRUN {line}\n"})
    plan = scan(tmp_path).plan
    assert plan is not None
    assert [each.text for each in commands(plan.target.steps[-1])] == found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("(cd a && b); c", "a/b c"),
        ("( cd a; (cd b; c); d ); e", "a/b/c a/d e"),
        ("(cd a) && b", "b"),
        ("case x in y) (cd a && b) ;; esac; c", "a/b c"),
        ("cd a && b", "a/b"),
    ],
)
def test_what_is_in_brackets_leaves_the_shell_where_it_is(line: str, found: str, tmp_path: Path) -> None:
    """A directory that is changed to inside of them holds up to their end."""
    projects.write(tmp_path, {"Dockerfile": f"FROM debian:13\nRUN {line}\n"})
    plan = scan(tmp_path).plan
    assert plan is not None
    run = [each for each in commands(plan.target.steps[-1]) if len(each.name) == 1]
    assert [f"{each.cwd}/{each.name}".lstrip("/") for each in run] == found.split()
    assert all(not each.arguments for each in run)
