"""`--builds`: what would be built, as a table or as JSON. Nothing that it names needs to exist."""

from __future__ import annotations

import json
from typing import Final

from ..builds.order import Order, Orders, is_address, joined
from ..printable import shown

VERSION: Final = 1
_COLUMNS: Final = ("build", "context", "dockerfile", "target", "from")


def listing(found: Orders, form: str) -> str:
    """The builds in this form, `text` or `json`."""
    return _json(found) if form == "json" else _table(found)


def _json(found: Orders) -> str:
    builds = [
        {
            "name": each.name,
            "context": each.context,
            "dockerfile": _dockerfile(each),
            "dockerfile_inline": each.text.decode(errors="replace") if each.text is not None else None,
            "target": each.target,
            "args": dict(sorted(each.arguments.items())),
            "contexts": dict(sorted(each.contexts.items())),
            "source": each.place or None,
            "guessed": each.guessed,
        }
        for each in found.orders
    ]
    return json.dumps({"version": VERSION, "builds": builds}, indent=2) + "\n"


def _dockerfile(order: Order) -> str | None:
    if order.text is not None:
        return None
    if order.dockerfile is not None:
        return order.dockerfile
    return "Dockerfile" if is_address(order.context) else joined(order.context, "Dockerfile")


def _table(found: Orders) -> str:
    rows = [_COLUMNS]
    for each in found.orders:
        source = f"{each.place}{' (guessed)' if each.guessed else ''}"
        dockerfile = _dockerfile(each) or each.label or "inline"
        rows.append((each.name or "-", each.context, dockerfile, each.target or "-", source or "-"))
    texts = [[shown(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in texts]
    return "\n".join(lines) + "\n"
