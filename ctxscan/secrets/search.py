"""The search for tokens: a quick look that nearly every file gets, and the closer one for what it brings up.

A new row there may need a word in `GATES`: the test that tries its hits says so.
"""

from __future__ import annotations

import re
from typing import Final

from ..regex import compiled, compiled_bytes
from . import placeholders
from .case import Case
from .judgement import Strength
from .tokens import TOKENS, Token

#: What nearly every file is asked first, and says no to. Each begins with the rarest character that its tokens have, so
#: that the search skips ahead, and looks around it for the rest; one after the other is quicker than all in one. What
#: they find is a reason to look closer, no more.
GATES: Final = (
    rb"A(?:KIA[A-Z2-7]|SIA[A-Z2-7]{9}|Iza[\w-]{30}|(?<=PRIVA)TE KEY|(?<=:A)A[\w-]{30}|c(?:count|cess)Key=|TATT3x"
    rb"|TBB\w{30}|(?<=ewogICA)gI)",
    rb"J(?:QQJ99|(?<=eyJ)|(?<=ewogICJ)|(?<=ewoJ)I|(?<=T3BlbkFJ)|(?<=LS0tLS1CRUdJ))",
    rb"_[\w+/-]{20}(?<=.(?:h[fpousr]|pm|at|ve|st|ec|sa|lc|v1|ca|pa|ss|ms|pi|sk|r8|bp|et|gd|ys|yu|kn|pw|m2|o1)_"
    rb"[0-9A-Za-z+/-]{20}|(?:pat|oat|ret|tkn|_pw|igd|fo1)_.{20})",
    rb"-(?<=\w-)(?=[\w-]{15})(?:(?<=xox[abeoprs]-)|(?<=xapp-)|(?<=pypi-)|(?<=SPX-)|(?<=AGE-)|(?<=TTY-)|(?<=MAK-)"
    rb"|(?<=RAK-)|(?<=t-)(?:(?<=gl[a-z]t-)|(?<=gl[a-z]{2}t-)|(?<=gl[a-z]{3}t-)|(?<=glagent-)|(?<=sk-ant-))"
    rb"|(?<=sq0...-)|[0-9a-f]{32})",
    rb"\.[\w-]{22}(?<=(?:\WSG|a29|hvs|hvb|hvr|sv1)\..{22})",
    rb"hooks(?:\.slack\.com/|/\d)",
    rb"dapi[0-9a-f]{32}",
    rb"K(?:[0-9a-f]{32}(?<=SK.{32})|(?<=ew0K)(?:IC|CS))",
    rb"~(?<=\dQ~)",
    rb"&(?:amp;)?s(?:ig=|v=20)",
)


def suspicious(data: bytes) -> bool:
    """Whether there may be a token in `data`: a quick look that is often wrong, and never where the answer is no."""
    # To find that a character is nowhere takes less than to begin a search.
    return any(first in data and compiled_bytes(gate).search(data) for first, gate in _FIRST)


#: The gates with the character that each begins with.
_FIRST: Final = tuple((gate.removeprefix(b"\\")[:1], gate) for gate in GATES)
#: Kinds with a sum inside: one that fits is no accident, not even in a test.
PROVEN: Final = frozenset({"age", "github", "grafana", "npm", "pypi"})


def judge_tokens(case: Case, *, only: frozenset[str] | None = None) -> None:
    """Confirm every token in the text, and clear what only looks like one. `only`: these kinds, None: all."""
    text = case.text
    for token in TOKENS:
        if (only is None or token.kind in only) and any(hint in text for hint in token.hints):
            for match in compiled(token.pattern).finditer(text):
                _judge(case, token, match)


def _judge(case: Case, token: Token, match: re.Match[str]) -> None:
    group = match.lastindex or 0
    value, at = match[group], match.start(group)
    severity: Strength | None = token.severity
    reason = ""
    # What is longer is encoded, and spells words by chance.
    if len(value) <= 128 and placeholders.is_placeholder(value):
        severity, reason = None, "a placeholder"
    elif token.check is not None:
        severity, reason = token.check(match)
    if severity is Strength.LOW and case.is_manual:
        severity, reason = None, "an example in a manual"
    if severity is None:
        case.clear(token.kind, reason, at=at, length=len(value))
    else:
        told = reason or token.says or f"the form of a token of {token.kind}"
        case.confirm(token.kind, severity, value, at, told, proven=token.kind in PROVEN)
