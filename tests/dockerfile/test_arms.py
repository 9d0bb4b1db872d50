"""The arms of a script that a first argument takes."""

from __future__ import annotations

import pytest

from ctxscan.dockerfile.arms import taken

SCRIPT = """\
#!/bin/sh
case "$1" in
  "serve")
    start
    ;;
  test|watch) npm run test:watch ;;
  api-*)
    case "$2" in
      a) inner ;;
    esac
    ;;
  *)
    help
esac
end
"""


@pytest.mark.parametrize(
    ("argument", "words"),
    [("serve", "start"), ("watch", "npm run test:watch"), ("api-1", "inner"), ("other", "help")],
)
def test_one_arm_is_taken(argument: str, words: str) -> None:
    """The others are left out, and every line stays where it is."""
    text = taken(SCRIPT, argument)
    assert [each for each in ("start", "npm run test:watch", "inner", "help") if each in text] == [words]
    assert len(text.splitlines()) == len(SCRIPT.splitlines())
    assert text.endswith("end\n")


@pytest.mark.parametrize(
    "script",
    [
        'case "$MODE" in\n a) x ;;\n b) y ;;\nesac\n',
        'shift\ncase "$1" in\n a) x ;;\n b) y ;;\nesac\n',
        'case "$1" in\n a) x ;;\n b) y ;;\n',
    ],
    ids=["by-something-else", "by-another-argument", "without-an-end"],
)
def test_what_cannot_be_followed_stays(script: str) -> None:
    assert taken(script, "a") == script


def test_a_name_for_the_argument() -> None:
    """What stands in for none counts where none is given."""
    script = 'role="${1:-web}"\ncase $role in\n web) serve ;;\n dev) watch ;;\nesac\n'
    assert "serve" in taken(script, "")
    assert "watch" not in taken(script, "")
    assert "serve" not in taken(script, "dev")
