"""What keeps a finding from counting is exact: the finding that is meant, no other, and never a secret by what is
checked. What is suppressed is told in every format."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from support import histories, projects
from support.command import run
from support.trees import TESTDATA

sys.path.append(str(TESTDATA / "secrets"))
from made import Made

#: Two findings of one code at lines 2 and 3, and one of a secret; each a literal that cannot be mistaken.
TOKEN = Made(11).password("20")
SHELL = "FROM scratch\nENTRYPOINT run a\nHEALTHCHECK NONE\nUSER 1\n"


def findings(root: Path, *options: str) -> list[dict[str, Any]]:
    done = run("--format", "json", *options, ".", cwd=root)
    assert done.returncode in (0, 1), done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["builds"][0]["findings"]
    return found


def suppressed(root: Path, *options: str) -> list[tuple[str, str, int]]:
    done = run("--format", "json", *options, ".", cwd=root)
    return [(each["code"], each["by"], each["count"]) for each in json.loads(done.stdout)["builds"][0]["suppressed"]]


def codes(root: Path, *options: str) -> set[str]:
    return {each["code"] for each in findings(root, *options)}


#: A Dockerfile with a finding `shell-form-command` on its ENTRYPOINT; `{}` is what stands above that, and whether a
#: comment there ignores it.
ABOVE = {
    "none": ("", False),
    "directly": ("# ctxscan: ignore[shell-form-command] the program is the shell\n", True),
    "with blanks": ("  #ctxscan:ignore[ shell-form-command ]   why not  \n", True),
    "of several": ("# ctxscan: ignore[root-user, shell-form-command] a tool\n", True),
    "other comments between": ("# ctxscan: ignore[shell-form-command] because\n# of this\n", True),
    "another code": ("# ctxscan: ignore[root-user] because\n", False),
    "no reason": ("# ctxscan: ignore[shell-form-command]\n", False),
    "no code": ("# ctxscan: ignore because\n", False),
    "all codes": ("# ctxscan: ignore[*] because\n", False),
    "unknown code": ("# ctxscan: ignore[shell-form] because\n", False),
    "an empty line between": ("# ctxscan: ignore[shell-form-command] because\n\n", False),
    "an instruction between": ("# ctxscan: ignore[shell-form-command] because\nLABEL a=b\n", False),
    "not a comment": ('LABEL x="# ctxscan: ignore[shell-form-command] because"\n', False),
    "in a heredoc": ("COPY <<E /x\n# ctxscan: ignore[shell-form-command] because\nE\n", False),
    "at the end of a line": ("RUN true # ctxscan: ignore[shell-form-command] because\n", False),
    "another word": ("# ctxscan: ignored[shell-form-command] because\n", False),
    "another tool": ("# hadolint: ignore[shell-form-command] because\n", False),
}


@pytest.mark.parametrize(("above", "holds"), ABOVE.values(), ids=ABOVE)
def test_a_comment_ignores_what_stands_below_it(above: str, holds: bool, tmp_path: Path) -> None:
    """One instruction, the codes that it names, and only with a reason."""
    text = f"FROM alpine:3.20\nUSER 1\n{above}ENTRYPOINT run --it all\n"
    projects.write(tmp_path, {"Dockerfile": text})
    assert ("shell-form-command" not in codes(tmp_path)) is holds
    assert (("shell-form-command", "inline", 1) in suppressed(tmp_path)) is holds


INSIDE = {
    "in the instruction": ("RUN a && \\\n# ctxscan: ignore[{code}] because\n b\n", True),
    "behind it": ("RUN a && \\\n b\n# ctxscan: ignore[{code}] because\n", False),
    "in its heredoc": ("RUN <<E\n# ctxscan: ignore[{code}] because\na\nE\n", False),
}


@pytest.mark.parametrize(("text", "holds"), INSIDE.values(), ids=INSIDE)
def test_a_comment_inside_an_instruction(text: str, holds: bool, tmp_path: Path) -> None:
    """Between its lines it is about that instruction; in a heredoc it is a part of a file."""
    instruction = text.format(code="unpinned-base").replace("RUN", "RUN")
    before = instruction.replace(" b\n", f" curl -H 'Authorization: Bearer {TOKEN}' https://x.example\n")
    before = before.replace("\na\n", f"\ncurl -H 'Authorization: Bearer {TOKEN}' https://x.example\n")
    projects.write(
        tmp_path,
        {
            "Dockerfile": f'FROM alpine:3.20\n{before.replace("unpinned-base", "secret-in-dockerfile")}USER 1\nCMD ["a"]\n'
        },
    )
    assert ("secret-in-dockerfile" not in codes(tmp_path)) is holds


def test_comments_without_effect_are_told(tmp_path: Path) -> None:
    """What is wrong with one is a warning, what is not needed a note, each at its line; a stage that is not built is
    not spoken of."""
    projects.write(tmp_path, {
        "Dockerfile": (
            "FROM alpine:3.20 AS other\n# ctxscan: ignore[large-file] nobody looks here\nLABEL a=b\n"
            "FROM alpine:3.20\n# ctxscan: ignore[large-file] not needed\nLABEL a=b\n# ctxscan: ignore[larg-file] odd\nUSER 1\n"
            "# ctxscan: ignore[large-file]\nWORKDIR /x\n# ctxscan: ignore\nLABEL c=d\n# ctxscan: ignore[large-file] nothing\n"
        ),
    })  # fmt: skip
    told = [
        (each["line"], each["severity"], each["message"])
        for each in findings(tmp_path)
        if each["code"] == "unused-ignore"
    ]
    assert sorted(told) == [
        (5, "note", "no finding large-file in line 6, which a comment ignores: not needed"),
        (7, "warning", "an ignore comment names an unknown code: larg-file"),
        (9, "warning", "an ignore comment gives no reason, so it does not count"),
        (11, "warning", "an ignore comment names no code"),
        (13, "warning", "an ignore comment stands beside nothing"),
    ]


def test_a_comment_above_a_rule(tmp_path: Path) -> None:
    """In an ignore file it is about the rule below it."""
    files: dict[str, str | int] = {"Dockerfile": "FROM scratch\nCOPY . /\n", "a/node_modules/x": 1, "src/b": 1}
    projects.write(tmp_path, {**files, ".dockerignore": "node_modules\n"})
    assert "root-only-rule" in codes(tmp_path)
    projects.write(tmp_path, {".dockerignore": "# ctxscan: ignore[root-only-rule] those are sources\nnode_modules\n"})
    assert "root-only-rule" not in codes(tmp_path)
    projects.write(
        tmp_path, {".dockerignore": "# ctxscan: ignore[root-only-rule] those are sources\nsrc/x\nnode_modules\n"}
    )
    assert "root-only-rule" in codes(tmp_path)


def secret(comment: str = "") -> str:
    return f'FROM alpine:3.20\n{comment}ENV API_TOKEN={TOKEN}\nUSER 1\nCMD ["a"]\n'


COMMENT = "# ctxscan: ignore[secret-in-dockerfile] only a test\n"


def test_a_comment_does_not_hide_a_secret_from_the_gate(tmp_path: Path) -> None:
    """With --check it counts only where the trusted commit has it beside the same instruction, and that is said."""
    projects.write(tmp_path, {"Dockerfile": secret()})
    histories.git(tmp_path, "init", "-q")
    histories.git(tmp_path, "add", "--all")
    histories.git(tmp_path, "commit", "-qm", "made")
    assert run("--check", ".", cwd=tmp_path).returncode == 1
    projects.write(tmp_path, {"Dockerfile": secret(COMMENT)})
    assert "secret-in-dockerfile" not in codes(tmp_path)
    for options in ((), ("--trusted", "HEAD"), ("--trusted", "nothing"), ("--trusted=--help",)):
        done = run("--check", *options, ".", cwd=tmp_path)
        assert done.returncode == 1
        assert "trusted file (--trusted)" in " ".join(done.stdout.split())
    histories.git(tmp_path, "commit", "-qam", "ignored")
    assert run("--check", "--trusted", "HEAD", ".", cwd=tmp_path).returncode == 0
    assert run("--check", ".", cwd=tmp_path).returncode == 1
    # Another value under the comment, or another instruction, is another line.
    for text in (secret(COMMENT).replace(TOKEN, TOKEN[::-1]), secret(COMMENT).replace("API_TOKEN", "DB_PASSWORD")):
        projects.write(tmp_path, {"Dockerfile": text})
        assert run("--check", "--trusted", "HEAD", ".", cwd=tmp_path).returncode == 1
    # Lines that move do not matter.
    projects.write(
        tmp_path, {"Dockerfile": secret(COMMENT).replace("FROM alpine:3.20\n", "FROM alpine:3.20\nLABEL a=b\n\n")}
    )
    assert run("--check", "--trusted", "HEAD", ".", cwd=tmp_path).returncode == 0


def test_the_command_line_decides_which_codes_count(tmp_path: Path) -> None:
    """`--ignore` and `--select`, each several times or with commas; a code that does not exist is an error."""
    projects.write(tmp_path, {"Dockerfile": secret() + "ENTRYPOINT run a\n"})
    every = codes(tmp_path)
    assert {"secret-in-dockerfile", "shell-form-command"} <= every
    assert codes(tmp_path, "--ignore", "shell-form-command") == every - {"shell-form-command"}
    assert codes(tmp_path, "--select", "shell-form-command") == {"shell-form-command"}
    assert codes(tmp_path, "--select", "shell-form-command,secret-in-dockerfile") == {
        "shell-form-command",
        "secret-in-dockerfile",
    }
    assert run("--check", "--ignore", "secret-in-dockerfile", ".", cwd=tmp_path).returncode == 0
    assert run("--check", "--select", "shell-form-command", ".", cwd=tmp_path).returncode == 0
    assert (
        run(
            "--check", "--select", "secret-in-dockerfile", "--ignore", "shell-form-command", ".", cwd=tmp_path
        ).returncode
        == 1
    )
    assert suppressed(tmp_path, "--ignore", "shell-form-command") == [("shell-form-command", "ignore", 1)]
    assert {by for _, by, _ in suppressed(tmp_path, "--select", "shell-form-command")} == {"select"}
    done = run("--ignore", "shell-from-command", ".", cwd=tmp_path)
    assert (
        done.stderr == "ctxscan: error: --ignore: no such code: shell-from-command (did you mean shell-form-command?)\n"
    )


def test_an_entry_for_an_ignored_finding_is_used(tmp_path: Path) -> None:
    """What the command line leaves out is there all the same."""
    allow = '[[allow]]\ncode = "large-file"\npath = "b"\nreason = "known"\n'
    projects.write(
        tmp_path, {"Dockerfile": "FROM scratch\nCOPY . /\n", "a": 1, "b": 20_000_000, ".ctxscan.toml": allow}
    )
    assert "unused-allow" not in codes(tmp_path, "--ignore", "large-file")


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github", "markdown", "html"])
def test_what_is_suppressed_is_told_in_every_format(form: str, tmp_path: Path) -> None:
    """With its code and by what."""
    projects.write(
        tmp_path,
        {"Dockerfile": "FROM alpine:3.20\nUSER 1\n# ctxscan: ignore[shell-form-command] because\nENTRYPOINT run a\n"},
    )
    done = run("--format", form, ".", cwd=tmp_path)
    assert "shell-form-command" in done.stdout
    assert "inline" in done.stdout or "because" in done.stdout
