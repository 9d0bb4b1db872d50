"""The English that users read: none of the words that give a translation away, and American spelling.

Read are the documentation, the pages about findings, `--help`, and every text in the code that may be part of a message.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

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


def test_documents_read_well() -> None:
    """In their prose; code in them is as it is."""
    assert not [
        (path.relative_to(ROOT).as_posix(), prose[max(0, each.start() - 40) : each.end() + 20])
        for path in DOCUMENTS
        for prose in [_prose(path.read_text(encoding="utf-8"))]
        for each in NOT.finditer(prose)
    ]


def _prose(text: str) -> str:
    return re.sub(r"^```.*?^```|`[^`\n]+`", "", text, flags=re.MULTILINE | re.DOTALL)


def test_messages_read_well() -> None:
    """Help, errors, findings, remarks: whatever is put together from texts in the code, of which there are many."""
    found = [(path.relative_to(PACKAGE).as_posix(), text) for path in MODULES for text in texts(path)]
    assert len(found) > 1000
    assert not [(each[0], *place) for place in found for each in NOT.finditer(place[1])]


def test_the_list_is_one() -> None:
    """It finds what it is there to find."""
    assert NOT.search("the rest is told below") and not NOT.search("the rest is reported below")
