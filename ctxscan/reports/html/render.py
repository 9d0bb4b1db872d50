"""One HTML file that a team can pass around: a map of the context, and all that the other reports say.

Nothing is fetched: script, style and the layout library (`vendor`, see `.ci/vendor`) are in the page, each allowed by
its hash in a policy that allows nothing else. What comes from the tree is in one block of JSON, which the script puts
on the page as text; a policy of trusted types keeps it from ever becoming markup. `data` says what is in the block,
`page` has the files that show it.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from string import Template
from typing import Final

from ... import __version__
from ..digest.digest import Digest
from ..digest.pages import PAGES
from ..formats import Look
from .data import build

_HOME: Final = Path(__file__).parent
#: In the order in which they need one another.
SCRIPTS: Final = (
    *("dom", "model", "kinds", "files", "map", "pins", "table", "details", "lists"),
    *("compare", "explained", "replay", "built", "links", "main"),
)


def render(digests: Sequence[Digest], look: Look) -> str:
    """The page."""
    library = _read("vendor/d3-hierarchy.min.js")
    script = "(() => {\n'use strict';\n" + "\n".join(_read(f"page/{name}.js") for name in SCRIPTS) + "})();\n"
    style = _read("page/style.css")
    document = {"ctxscan": __version__, "pages": PAGES, "builds": [build(each) for each in digests]}
    return Template(_read("page/index.html")).substitute(
        policy=_policy(scripts=(library, script), style=style),
        style=style,
        data=_embedded(json.dumps(document, separators=(",", ":"))),
        library=library,
        script=script,
    )


def _read(name: str) -> str:
    return (_HOME / name).read_text(encoding="utf-8")


def _policy(*, scripts: Sequence[str], style: str) -> str:
    allowed = " ".join(map(_hash, scripts))
    return (
        f"default-src 'none'; script-src {allowed}; style-src {_hash(style)}; base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _embedded(text: str) -> str:
    """JSON that ends no element and starts no comment, wherever it stands, and no command to a CI runner."""
    for c in "<>&":
        text = text.replace(c, f"\\u{ord(c):04x}")
    return text.replace("##", r"\u0023#")
