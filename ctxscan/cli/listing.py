"""`--builds`: what would be built, as a table or as JSON. Nothing that it names needs to exist.

The table shows words as they are written. The JSON is what a build is told, variables included, as `docker buildx bake
--print` and `docker compose config` have it; what may be a secret is null there.
"""

from __future__ import annotations

import json
from typing import Final

from ..builds.order import Order, Orders, is_address, joined
from ..printable import shown
from ..secrets.redaction import redacted
from ..secrets.verdict import assignment, spoken

VERSION: Final = 1
_COLUMNS: Final = ("build", "context", "dockerfile", "target", "from")


def listing(found: Orders, form: str) -> str:
    """The builds in this form, `text` or `json`."""
    return _json(found) if form == "json" else _table(found)


def _json(found: Orders) -> str:
    builds = [
        {
            "name": each.name,
            "context": redacted(each.context),
            "dockerfile": _dockerfile(each),
            "dockerfile_inline": _inline(each),
            "target": each.target,
            "args": {name: _argument(name, value) for name, value in sorted(each.arguments.items())},
            "contexts": {name: redacted(where) for name, where in sorted(each.contexts.items())},
            "source": each.place or None,
            "guessed": each.guessed,
        }
        for each in found.orders
    ]
    return json.dumps({"version": VERSION, "builds": builds}, indent=2) + "\n"


def _argument(name: str, value: str | None) -> str | None:
    if value is None:
        return None
    found = assignment(name, value, known=set())
    return None if found is not None and found.verdict == "confirmed" else redacted(value)


def _inline(order: Order) -> str | None:
    if order.text is None:
        return None
    text = order.text.decode(errors="replace")
    return None if spoken(text, known=set()) else text


def _dockerfile(order: Order) -> str | None:
    if order.text is not None:
        return None
    if order.dockerfile is not None:
        return order.dockerfile
    return "Dockerfile" if is_address(order.context) else joined(order.context, "Dockerfile")


def _written_dockerfile(order: Order) -> str:
    if order.dockerfile is not None and order.written.dockerfile is not None:
        return order.written.dockerfile
    if order.text is None and order.dockerfile is None and order.written.context is not None:
        return f"{order.written.context}/Dockerfile"
    return _dockerfile(order) or order.label or "inline"


def _table(found: Orders) -> str:
    rows = [_COLUMNS]
    for each in found.orders:
        source = f"{each.place}{' (guessed)' if each.guessed else ''}"
        dockerfile = _written_dockerfile(each)
        target = each.written.target or each.target
        rows.append((each.name or "-", each.shown_context, dockerfile, target or "-", source or "-"))
    texts = [[shown(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in texts]
    return "\n".join(lines) + "\n"
