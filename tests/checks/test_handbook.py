"""The pages about findings: each code has one, its example gives that finding, and its fix removes it.

`CTXSCAN_UPDATE=1 pytest tests/checks/test_handbook.py` writes `docs/rules/` anew.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import pytest
from support.command import run

from ctxscan.checks.handbook import codes, page
from ctxscan.errors import CtxscanError
from ctxscan.reports.digest.pages import PAGES, page_of

ROOT = Path(__file__).parent.parent.parent
RULES = ROOT / "docs" / "rules"
UPDATE = bool(os.environ.get("CTXSCAN_UPDATE"))
SECTIONS = ("Why it matters", "Example", "Fix", "When to allow it")
UNITS = {"B": 1, "kB": 1000, "MB": 1_000_000}
#: Files up to this size have text in them, larger ones nothing.
SMALL = 4_000_000
#: What a page cannot hold: it would be a secret, or is no text.
SECRET = "".join(("vQ8", "mTz", "47x", "KpLw"))
#: How a KeePass database begins.
KEEPASS = bytes.fromhex("03d9a29a67fb4bb5") + bytes(range(256)) * 8

FILE = re.compile(r"^`([^`]+)`:\n\n```\w*\n(.*?)```$", re.MULTILINE | re.DOTALL)
SIZED = re.compile(r"^\* `([^`]+)`, (\d+) (B|kB|MB)$", re.MULTILINE)
LINK = re.compile(r"^\* `([^`]+)` → `([^`]+)`$", re.MULTILINE)
DELETED = re.compile(r"^Delete `([^`]+)`$", re.MULTILINE)
RUN = re.compile(r"^Run: `ctxscan([^`]*)`$", re.MULTILINE)


def sections(code: str) -> dict[str, str]:
    titles = re.split(r"^## (.*)\n", page(code).sections, flags=re.MULTILINE)
    return dict(zip(titles[1::2], titles[2::2], strict=True))


def lay_out(root: Path, section: str) -> None:
    """The files, sizes and links that a section describes; what it deletes is gone."""
    for path, text in FILE.findall(section):
        data = text.replace("<secret>", SECRET).encode()
        write(root / path, KEEPASS if data == b"<keepass>\n" else data)
    for path, number, unit in SIZED.findall(section):
        size = int(number) * UNITS[unit]
        write(root / path, b"A=1\n" * (size // 4) if size <= SMALL else b"")
        os.truncate(root / path, size)
    for path, target in LINK.findall(section):
        (root / path).symlink_to(target)
    for path in DELETED.findall(section):
        (root / path).unlink()


def write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def found(root: Path, code: str) -> set[str]:
    """The codes that the command of the example finds."""
    options = RUN.search(sections(code)["Example"])
    words = options[1].split() if options else []
    done = run(*words, "--format", "json", cwd=root, GIT_CEILING_DIRECTORIES=str(root.parent))
    assert done.returncode in (0, 1), done.stderr
    (build,) = json.loads(done.stdout)["builds"]
    return {each["code"] for each in build["findings"]}


@pytest.mark.parametrize("code", codes())
def test_every_code_has_a_page(code: str) -> None:
    """With all its sections, in order, each with something in it."""
    parts = sections(code)
    assert tuple(parts) == SECTIONS
    assert all(part.strip() for part in parts.values())
    assert page(code).summary.endswith(".")


def test_every_page_has_a_code() -> None:
    """None is left of a code that is no more."""
    assert sorted(file.stem for file in (ROOT / "ctxscan" / "checks" / "pages").iterdir()) == sorted(codes())


@pytest.mark.skipif(sys.platform == "win32", reason="links and modes that Windows does not have")
@pytest.mark.parametrize("code", codes())
def test_the_example_gives_the_finding_and_the_fix_removes_it(code: str, tmp_path: Path) -> None:
    """As a reader would try it."""
    root = tmp_path / "project"
    root.mkdir()
    parts = sections(code)
    lay_out(root, parts["Example"])
    assert code in found(root, code)
    lay_out(root, parts["Fix"])
    assert code not in found(root, code)


def test_the_documentation_has_these_pages() -> None:
    """One file for each code, and a table of all."""
    pages = {f"{code}.md": page(code).markdown for code in codes()}
    pages["README.md"] = index()
    if UPDATE:
        RULES.mkdir(exist_ok=True)
        for file in RULES.iterdir():
            file.unlink()
        for name, text in pages.items():
            (RULES / name).write_text(text, encoding="utf-8")
    assert {file.name: file.read_text(encoding="utf-8") for file in RULES.iterdir()} == pages


def index() -> str:
    rows = [f"| [`{each}`]({each}.md) | {page(each).severity} | {page(each).summary} |" for each in codes()]
    head = ("# Findings", "", "What ctxscan reports, by code. `ctxscan --rule CODE` prints these pages.", "")
    return "\n".join((*head, "| code | severity | says |", "| --- | --- | --- |", *rows, ""))


def test_links_lead_to_these_pages() -> None:
    """The address that reports show is that of a file of the repository."""
    path = PAGES.partition("/blob/main/")[2]
    for code in codes():
        assert page_of(code) == f"{PAGES}/{code}.md"
        assert (ROOT / path / f"{code}.md").is_file()


def test_an_unknown_code_is_told_with_the_nearest() -> None:
    """And with all of them where none is near."""
    with pytest.raises(CtxscanError, match=r"'secret-fiel'; did you mean secret-file\?"):
        page("secret-fiel")
    with pytest.raises(CtxscanError, match="bad-pattern, "):
        page("xyzzy")
