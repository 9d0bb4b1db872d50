"""What git tracks, asked seldom: an index says of each context what git itself says of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.histories import write

from ctxscan.git import index
from ctxscan.git.index import Index, tracked

FILES = {"a": "1", "api/a": "1", "api/src/b": "1", "api-old/c": "1", "web/x y": "1", "api/é": "1"}
PLACES = ("", "api", "api/src", "api-old", "web")


def test_an_index_says_what_git_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of every context of a repository, in any order; git is asked once for one of them, and twice for all."""
    root = write(tmp_path, FILES)
    (root / "empty").mkdir()
    expected = {place: tracked(str(root / place))._paths for place in PLACES}
    asked = 0
    ask = index.ask

    def counting(*arguments: object, **options: object) -> bytes | None:
        nonlocal asked
        asked += 1
        return ask(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(index, "ask", counting)
    for order in (PLACES, PLACES[::-1]):
        known = Index()
        asked = 0
        assert known.of(str(root / order[0]))._paths == expected[order[0]]
        assert asked == 1
        for place in order:
            assert known.of(str(root / place))._paths == expected[place], place
        assert asked == 2
    # Nothing in it is tracked, which is as good as unknown.
    assert not known.of(str(root / "empty")).known
    assert not Index().of(str(tmp_path.parent)).known


def test_a_commit_tells_where_nothing_is_checked_out(tmp_path: Path) -> None:
    """Its files may come from an archive, beside a repository without an index."""
    root = write(tmp_path, FILES)
    expected = {place: tracked(str(root / place))._paths for place in PLACES}
    (root / ".git" / "index").unlink()
    assert {place: tracked(str(root / place))._paths for place in PLACES} == expected
    assert {place: Index().of(str(root / place))._paths for place in PLACES} == expected
