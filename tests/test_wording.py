"""The English that users read: none of the words that give a translation away, and American spelling.

Read are the documentation, the pages about findings, `--help`, and every text in the code that may be part of a message.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "ctxscan"
#: What not to write, and what to write instead.
INSTEAD = {
    r"\btold\b": "reported",
    r"\bdone again\b": "re-run",
    r"\bis no size\b": "invalid size",
    r"\bstands\b": "is, remains",
    r"\bin place of\b": "instead of",
    r"\bof its own\b": "separate",
    r"\bmeanwhile\b": "while ctxscan was running",
    r"\b(?:colour|behaviour|recognise|licence|organise|favour)": "American spelling",
    r"\ba command decides\b": "depends on a RUN command",
    r"\b1 files\b": "1 file",
}
NOT = re.compile("|".join(INSTEAD), re.IGNORECASE)
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((PACKAGE / "checks" / "pages").iterdir()),
]
MODULES = sorted(PACKAGE.rglob("*.py"))


def texts(path: Path) -> Iterator[str]:
    """The strings of a module that are more than a word, without docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {id(node.body[0].value) for node in ast.walk(tree) if isinstance(node, documented) and _is_said(node)}  # type: ignore[attr-defined]
    for node in ast.walk(tree):
        said = isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
        if said and " " in node.value.strip():
            yield node.value


def _is_said(node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return bool(node.body) and isinstance(node.body[0], ast.Expr)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_document_reads_well(path: Path) -> None:
    """In its prose; code in it is as it is."""
    prose = re.sub(r"^```.*?^```|`[^`\n]+`", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    assert not [prose[max(0, each.start() - 40) : each.end() + 20] for each in NOT.finditer(prose)]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_messages_read_well(path: Path) -> None:
    """Help, errors, findings, remarks: whatever is put together from texts in the code."""
    assert not [(each[0], text) for text in texts(path) for each in NOT.finditer(text)]


def test_the_list_is_one() -> None:
    """It finds what it is there to find, and the code has texts."""
    assert NOT.search("the rest is told below") and not NOT.search("the rest is reported below")
    assert sum(1 for path in MODULES for _ in texts(path)) > 1000
