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
        (5, "note", "no finding large-file on line 6, which a comment ignores: not needed"),
        (7, "warning", "an ignore comment names an unknown code: larg-file"),
        (9, "warning", "an ignore comment gives no reason, so it does not count"),
        (11, "warning", "an ignore comment names no code"),
        (13, "warning", "an ignore comment is beside nothing"),
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
    allow = '[[allow]]\ncode = "secret-file"\npath = ".env"\nreason = "known"\n'
    projects.write(
        tmp_path, {"Dockerfile": "FROM scratch\nCOPY . /\n", "a": 1, ".env": dotenv(KEYS[0]), ".ctxscan.toml": allow}
    )
    assert "unused-allow" not in codes(tmp_path, "--ignore", "secret-file")


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


# --- what is known already ------------------------------------------------------------------------------------------


KEYS = [Made(at).password("20") for at in range(20, 26)]


def dotenv(*values: str) -> str:
    return "".join(f"SECRET_{at}_TOKEN={value}\n" for at, value in enumerate(values))


def project(root: Path, **files: str | int) -> Path:
    named = {name.replace("__", "/").replace("DOT", "."): text for name, text in files.items()}
    rules = "base.json\n.git\n"
    return projects.write(root, {"Dockerfile": "FROM scratch\nCOPY . /\n", ".dockerignore": rules, **named})


def write(root: Path, *options: str) -> dict[str, Any]:
    done = run("--write-baseline", "base.json", *options, ".", cwd=root)
    assert (done.returncode, "written to base.json" in done.stderr) == (0, True), done.stderr
    found: dict[str, Any] = json.loads((root / "base.json").read_text())
    return found


def status(root: Path, *options: str) -> int:
    return run("--check", "--baseline", "base.json", *options, ".", cwd=root).returncode


def test_what_a_baseline_knows_does_not_fail(tmp_path: Path) -> None:
    """It is told with its count; a new secret in the same file fails, and so does the same in another file."""
    project(tmp_path, **{"DOTenv": dotenv(KEYS[0])})
    assert run("--check", ".", cwd=tmp_path).returncode == 1
    write(tmp_path)
    assert status(tmp_path) == 0
    assert ("secret-file", "baseline", 1) in suppressed(tmp_path, "--baseline", "base.json")
    project(tmp_path, **{"DOTenv": dotenv(KEYS[0], KEYS[1])})
    assert status(tmp_path) == 1
    project(tmp_path, **{"DOTenv": "\n# moved\n\n" + dotenv(KEYS[0]), "sub__DOTenv": dotenv(KEYS[0])})
    assert status(tmp_path) == 1
    (tmp_path / "sub" / ".env").unlink()
    assert status(tmp_path) == 0


def test_one_secret_more_among_many_of_a_file_is_new(tmp_path: Path) -> None:
    """However many a baseline holds of one kind, and of one file, the next one fails."""
    keys = [f"{key[:-2]}{number:02}" for key in KEYS[:1] for number in range(10, 22)]
    project(tmp_path, **{"DOTenv": dotenv(*keys[:-1])})
    write(tmp_path)
    assert status(tmp_path) == 0
    project(tmp_path, **{"DOTenv": dotenv(*keys)})
    assert status(tmp_path) == 1


def test_a_baseline_holds_no_value(tmp_path: Path) -> None:
    """Codes, paths, severities and fingerprints, sorted; the same for the same tree, whatever its secrets are."""
    project(tmp_path, **{"DOTenv": dotenv(*KEYS[:3])})
    first = write(tmp_path)
    text = (tmp_path / "base.json").read_text()
    assert not [key for key in KEYS if any(key[at : at + 4] in text for at in range(len(key) - 3))]
    assert {name for each in first["findings"] for name in each} <= {
        "code",
        "severity",
        "context",
        "dockerfile",
        "target",
        "path",
        "fingerprint",
    }
    project(tmp_path, **{"DOTenv": dotenv(*KEYS[3:])})
    assert write(tmp_path) == first


def test_a_finding_that_got_worse_is_new(tmp_path: Path) -> None:
    """A secret that was only kept in the context, and now is sent."""
    project(tmp_path, **{"Dockerfile": "FROM scratch\nCOPY a /\n", "a": 1, "DOTenv": dotenv(KEYS[0])})
    before = {each["code"]: each["severity"] for each in write(tmp_path)["findings"]}
    assert before["secret-file"] == "warning"
    assert status(tmp_path) == 0
    project(tmp_path, **{"Dockerfile": "FROM scratch\nCOPY a .env /\n"})
    assert status(tmp_path) == 1


def test_what_is_gone_is_told(tmp_path: Path) -> None:
    """As a note at the baseline, of the builds that were looked at; it does not fail."""
    project(
        tmp_path,
        **{"DOTenv": dotenv(KEYS[0]), "web__Dockerfile": "FROM scratch\nCOPY . /\n", "web__DOTenv": dotenv(KEYS[1])},
        composeDOTyaml="services: {all: {build: .}, web: {build: web}}\n",
    )
    assert run("--write-baseline", "base.json", "compose.yaml", cwd=tmp_path).returncode == 0
    (tmp_path / ".env").unlink()
    (tmp_path / "web" / ".env").unlink()
    told = [each for each in findings(tmp_path, "--baseline", "base.json") if each["code"] == "unused-baseline"]
    assert {each["path"] for each in told} == {"base.json"}
    assert {each["message"] for each in told} == {
        "secret-file at .env is gone, and the baseline knows it",
        "secret-file at web/.env is gone, and the baseline knows it",
    }
    assert status(tmp_path) == 0
    done = run("--format", "json", "--baseline", "base.json", "compose.yaml", cwd=tmp_path)
    builds = json.loads(done.stdout)["builds"]
    every = [(build["name"], each["message"]) for build in builds for each in build["findings"]]
    assert sorted(name for name, message in every if "secret-file" in message) == ["all", "all", "web"]
    write(tmp_path)
    assert "unused-baseline" not in codes(tmp_path, "--baseline", "base.json")


def test_a_baseline_says_the_same_from_anywhere(tmp_path: Path) -> None:
    """Contexts are relative to the file, not to where the command runs."""
    project(tmp_path, **{"DOTenv": dotenv(KEYS[0]), "sub__x": 1})
    write(tmp_path)
    for here, file, context in (
        ("sub", "../base.json", ".."),
        (".", str(tmp_path / "base.json"), str(tmp_path)),
        ("..", f"{tmp_path.name}/base.json", tmp_path.name),
    ):
        assert run("--check", "--baseline", file, context, cwd=tmp_path / here).returncode == 0


def test_two_builds_of_a_context_share_what_is_known(tmp_path: Path) -> None:
    """One file that is sent twice is one finding; the same path in another context is another."""
    files = {
        "DOTenv": dotenv(KEYS[0]),
        "DockerfileDOTdev": "FROM scratch\nCOPY . /\n",
        "web__Dockerfile": "FROM scratch\nCOPY . /\n",
    }
    project(tmp_path, **files)
    found = [each for each in write(tmp_path)["findings"] if each["code"] == "secret-file"]
    assert len(found) == 1
    assert status(tmp_path, "--all") == 0
    project(tmp_path, **{"web__DOTenv": dotenv(KEYS[0])})
    assert run("--check", "--all", "--baseline", "base.json", ".", cwd=tmp_path).returncode == 1
    assert run("--check", "--baseline", "base.json", "web", cwd=tmp_path).returncode == 1


def repository(root: Path) -> None:
    histories.git(root, "init", "-q")
    histories.git(root, "add", "--all", "--force")
    histories.git(root, "commit", "-qm", "made")


def test_a_baseline_of_a_pull_request_does_not_hide_secrets(tmp_path: Path) -> None:
    """Beside --trusted an entry for a secret counts only if that commit has it; others count."""
    project(tmp_path, **{"DOTenv": dotenv(KEYS[0])})
    write(tmp_path)
    repository(tmp_path)
    project(tmp_path, **{"DOTenv": dotenv(KEYS[0], KEYS[1]), "config__DOTenv": dotenv(KEYS[2])})
    write(tmp_path)
    assert status(tmp_path) == 0  # whoever names the file without more answers for it
    done = run("--check", "--baseline", "base.json", "--trusted", "HEAD", ".", cwd=tmp_path)
    assert done.returncode == 1
    assert "trusted file (--trusted)" in " ".join(done.stdout.split())
    assert status(tmp_path, "--trusted", "no-such-commit") == 1
    project(tmp_path, **{"DOTenv": dotenv(KEYS[0])})
    (tmp_path / "config" / ".env").unlink()
    assert status(tmp_path, "--trusted", "HEAD") == 0
    # A file outside of what is checked is whose who names it.
    outside = f"../{tmp_path.name}.json"
    assert run("--write-baseline", outside, ".", cwd=tmp_path).returncode == 0
    assert run("--check", "--baseline", outside, "--trusted", "HEAD", ".", cwd=tmp_path).returncode == 0


def test_a_secret_that_the_baseline_of_the_pull_request_makes_worse(tmp_path: Path) -> None:
    """The trusted baseline knows a warning; the one in the tree says that it was an error."""
    project(tmp_path, **{"Dockerfile": "FROM scratch\nCOPY a /\n", "a": 1, "DOTenv": dotenv(KEYS[0])})
    write(tmp_path)
    repository(tmp_path)
    project(tmp_path, **{"Dockerfile": "FROM scratch\nCOPY a .env /\n"})
    write(tmp_path)
    assert status(tmp_path, "--trusted", "HEAD") == 1


BROKEN = {
    "empty": ("", "not a baseline: "),
    "not JSON": ("{", "not a baseline: "),
    "a list": ("[]", "not a baseline: version 1 is expected"),
    "another version": ('{"version": 2, "findings": []}', "not a baseline: version 1 is expected"),
    "no findings": ('{"version": 1}', "not a baseline: findings is not a list"),
    "no object": ('{"version": 1, "findings": [1]}', "not a baseline: finding 1 is not an object"),
    "no code": ('{"version": 1, "findings": [{"severity": "error", "context": ".", "fingerprint": "x"}]}', "not a baseline: finding 1 has no code"),
    "odd severity": ('{"version": 1, "findings": [{"severity": "bad"}]}', "not a baseline: finding 1 has an unknown severity"),
    "deep": ("[" * 100_000, "not a baseline: nested too deeply"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), BROKEN.values(), ids=BROKEN)
def test_what_is_no_baseline_is_an_error(text: str, message: str, tmp_path: Path) -> None:
    """One line with the file, status 2."""
    project(tmp_path, **{"baseDOTjson": text})
    done = run("--check", "--baseline", "base.json", ".", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith(f"ctxscan: error: base.json: {message}")


@pytest.mark.parametrize("options", [["--facts"], ["--list"], ["--explain", "a"], ["--builds"]], ids=" ".join)
def test_what_judges_nothing_knows_no_baseline(options: list[str], tmp_path: Path) -> None:
    """It is refused rather than passed over."""
    project(tmp_path)
    for own in (
        ["--baseline", "x"],
        ["--write-baseline", "x"],
        ["--since", "HEAD"],
        ["--select", "large-file"],
        ["--ignore", "large-file"],
    ):
        done = run(*options, *own, ".", cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert f"{own[0]} cannot be combined with {options[0]}" in done.stderr
