"""What the operating system offers: that ctxscan makes do with less, and what it knows of Windows.

Nothing here runs on Windows unless the tests do; where they run elsewhere, what Windows lacks is taken away.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import ctxscan
from ctxscan import system
from ctxscan.context.directory import Directory
from ctxscan.context.measure import measure
from ctxscan.context.transfer import Context
from ctxscan.context.walk import walk
from ctxscan.errors import CtxscanError
from ctxscan.git import command
from ctxscan.proposals import patch
from ctxscan.rules.builders import BUILDKIT
from ctxscan.rules.matcher import BadPattern, Matcher

PACKAGE = Path(ctxscan.__file__).parent
#: Run in a process of its own: afterwards `os` is what it is on Windows, as far as taking away goes.
LIKE_WINDOWS = """
import os, sys

class Missing:
    '''Finds nothing of what Windows has no module for.'''
    def find_spec(self, name, path=None, target=None):
        if name in ("fcntl", "grp", "pwd", "resource", "termios"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

# What the standard library and what we depend on load for Linux, once it has seen that this is Linux.
import importlib.metadata, shutil, subprocess, tempfile
for name in ("fcntl", "grp", "pwd", "resource", "termios"):
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Missing())
for name in (
    "chown", "fork", "getegid", "geteuid", "getgid", "getuid", "getxattr", "lchown", "listxattr", "mkfifo", "mknod",
    "sched_getaffinity", "setxattr", "O_CLOEXEC", "O_DIRECTORY", "O_NOFOLLOW", "O_NONBLOCK",
):
    delattr(os, name)
os.supports_dir_fd.clear()
os.supports_fd.clear()
os.supports_effective_ids.clear()
"""
IMPORT_ALL = """
import importlib, pathlib, sys
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.py")):
    name = ".".join(path.relative_to(pathlib.Path(sys.argv[1]).parent).with_suffix("").parts)
    importlib.import_module(name.removesuffix(".__init__"))
    print(name)
"""
RUN = """
from ctxscan import __main__, system
assert not any((system.DESCRIPTORS, system.FORKS, system.ATTRIBUTES, system.OWNERS)), "there is more than on Windows"
__main__._leave = sys.exit
sys.argv[0] = "ctxscan"
__main__.main()
"""


def like_windows(program: str, *arguments: str, cwd: Path) -> str:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("COV")}
    run = subprocess.run(
        [sys.executable, "-c", (LIKE_WINDOWS if sys.platform == "linux" else "import sys") + program, *arguments],
        cwd=cwd, capture_output=True, text=True, env=environment, encoding="utf-8",
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project with something to add to its ignore file."""
    for path, text in {
        "Dockerfile": 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD ["node", "src/index.js"]\n',
        ".dockerignore": "*.log\n",
        "package.json": '{"name": "project"}\n',
        "package-lock.json": '{"lockfileVersion": 3}\n',
        "src/index.js": "1\n",
        "node_modules/left-pad/index.js": "2\n",
        "npm-debug.log": "3\n",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def test_all_modules_import_without_posix(tmp_path: Path) -> None:
    """A simulation of Windows: `os` without what it lacks there, and none of the modules that are POSIX's."""
    seen = like_windows(IMPORT_ALL, os.fspath(PACKAGE), cwd=tmp_path).split()
    assert len(seen) == len(list(PACKAGE.rglob("*.py")))


@pytest.mark.sampled(5)
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--facts", "."], "The whole context is sent"),
        (["."], "installed by npm"),
        (["--format", "json", "."], '"copy-before-install"'),
        (["--format", "html", "."], "<title>"),
        (["--explain", "npm-debug.log", "."], "by .dockerignore:1 *.log"),
    ],
    ids=["facts", "report", "json", "html", "explain"],
)
def test_reports_come_without_posix(project: Path, arguments: list[str], said: str) -> None:
    """The same simulation, and a run of the command."""
    assert said in like_windows(RUN, *arguments, cwd=project)


def test_an_ignore_file_is_written_without_posix(project: Path) -> None:
    """The same simulation: an existing file is replaced though there are no owners to keep."""
    like_windows(RUN, "--fix", ".", cwd=project)
    lines = (project / ".dockerignore").read_text().splitlines()
    assert lines[0] == "*.log" and any("node_modules" in line for line in lines[1:])


# --- single capabilities --------------------------------------------------------------------------------------------


def fail(bad: BadPattern, matcher: Matcher) -> CtxscanError:
    return CtxscanError(str(bad))


@pytest.mark.skipif(not system.HARD_LINKS, reason="builders know none here")
@pytest.mark.parametrize(("known", "kinds", "size"), [(True, ["file", "hardlink"], 3), (False, ["file", "file"], 6)])
def test_names_of_one_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known: bool, kinds: list[str], size: int
) -> None:
    """Where builders do not know that two names are of one file, each is sent with its content."""
    (tmp_path / "a").write_text("abc")
    (tmp_path / "b").hardlink_to(tmp_path / "a")
    monkeypatch.setattr(system, "HARD_LINKS", known)
    rules = Matcher((), BUILDKIT)
    found = list(walk(os.fspath(tmp_path), rules, narrowing=None, attributes=False, fail=fail))
    assert [entry.kind for entry in found] == kinds
    total = measure(
        os.fspath(tmp_path), rules, narrowing=None, reach=None, figure=None, watch=None, processes=1, progress=None,
        fail=fail,
    ).total  # fmt: skip
    assert (total.files, total.bytes) == (2, size)


@pytest.mark.skipif(os.sep == "\\", reason="the text has backslashes by itself")
def test_links_are_told_with_slashes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows gives the text of a link with backslashes, and builders send it with slashes."""
    (tmp_path / "link").symlink_to("..\\shared\\file")
    monkeypatch.setattr(system, "SEPARATOR", "\\")
    monkeypatch.setattr(system, "DESCRIPTORS", False)
    assert Context(tmp_path).link("link") == "../shared/file"
    assert Directory.top(os.fspath(tmp_path)).read_link("link") == "../shared/file"


def test_an_ignore_file_is_replaced_where_files_have_no_owners(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is asked to whom it belongs."""
    path = tmp_path / ".dockerignore"
    path.write_bytes(b"a\n")
    monkeypatch.setattr(system, "OWNERS", False)
    patch.write(path, b"a\nb\n", expected=b"a\n", context=tmp_path)
    assert path.read_bytes() == b"a\nb\n"
    assert system.user() is None


def test_no_program_of_the_current_directory_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows looks there first, and it may be a stranger's repository: only absolute directories of `PATH` count."""
    for directory in ("repository", "programs"):
        (tmp_path / directory).mkdir()
        (tmp_path / directory / "git.exe").touch(mode=0o755)
    monkeypatch.chdir(tmp_path / "repository")
    monkeypatch.setattr(system, "HERE_FIRST", True)
    monkeypatch.setenv("PATH", os.pathsep.join((".", "", f'"{tmp_path / "programs"}"')))
    assert command.locked_down("root", "place", "log")[0] == os.fspath(tmp_path / "programs" / "git.exe")
    monkeypatch.setenv("PATH", ".")
    assert command.ask("root", ".", "log", seconds=1) is None


@pytest.mark.skipif(sys.platform != "win32", reason="there are no junctions here")
def test_junctions_are_not_entered(tmp_path: Path) -> None:
    """A package manager makes them, and two that name one another lead in a circle."""
    import _winapi

    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "file").write_text("x")
    _winapi.CreateJunction(os.fspath(tmp_path), os.fspath(tmp_path / "a" / "circle"))
    rules = Matcher((), BUILDKIT)
    found = walk(os.fspath(tmp_path), rules, narrowing=None, attributes=False, fail=fail)
    assert [entry.path for entry in found if entry.kind == "file"] == ["a/file"]
    total = measure(
        os.fspath(tmp_path), rules, narrowing=None, reach=None, figure=None, watch=None, processes=1, progress=None,
        fail=fail,
    ).total  # fmt: skip
    assert (total.files, total.bytes) == (1, 1)


@pytest.mark.parametrize(
    ("root", "path", "form"),
    [
        ("C:\\work\\app", "", "\\\\?\\C:\\work\\app"),
        ("C:\\work\\app", "src/a.js", "\\\\?\\C:\\work\\app\\src\\a.js"),
        ("C:/work/x/../app", "a", "\\\\?\\C:\\work\\app\\a"),
        ("C:\\", "a/b", "\\\\?\\C:\\a\\b"),
        ("\\\\server\\share\\app", "a/b", "\\\\?\\UNC\\server\\share\\app\\a\\b"),
        ("\\\\?\\C:\\app", "a/b", "\\\\?\\C:\\app\\a\\b"),
        ("C:\\app", "ends in. /dot.", "\\\\?\\C:\\app\\ends in. \\dot."),
    ],
)
def test_the_form_of_long_paths(root: str, path: str, form: str) -> None:
    """As Microsoft's documentation of the maximum path length has it."""
    assert system.extended(root, path) == form
