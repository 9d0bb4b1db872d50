"""The search for tokens: a quick look that nearly every file gets, and the closer one for what it brings up.

A new row there may need a word in `GATES`: the test that tries its hits says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Final

from ..regex import compiled, compiled_bytes
from . import placeholders
from .case import Case
from .judgement import Strength
from .runs import Run, runs
from .tokens import TOKENS, Token
from .vendors import VENDORS

#: Every kind of token there is.
EVERY: Final = (*TOKENS, *VENDORS)

#: What nearly every file is asked first, and says no to. Each begins with the rarest character that its tokens have, so
#: that the search skips ahead, and looks around it for the rest; one after the other is quicker than all in one. What
#: they find is a reason to look closer, no more.
GATES: Final = (
    rb"A(?:KIA[A-Z2-7]|SIA[A-Z2-7]{9}|Iza[\w-]{30}|(?<=PRIVA)TE KEY|(?<=:A)A[\w-]{30}|c(?:count|cess)Key=|TATT3x"
    rb"|TBB\w{30}|(?<=ewogICA)gI)",
    rb"J(?:QQJ99|(?<=eyJ)|(?<=ewogICJ)|(?<=ewoJ)I|(?<=T3BlbkFJ)|(?<=LS0tLS1CRUdJ))",
    rb"_(?:[\w+/-]{20}(?:(?<=.(?:h[fpousr]|pm|at|ve|st|ec|sa|lc|v1|ca|pa|ss|ms|pi|sk|r8|bp|et|gd|ys|yu|kn|pw|m2|o1)_"
    rb"[0-9A-Za-z+/-]{20}|(?:pat|oat|ret|tkn|_pw|igd|fo1)_.{20})|(?<=api_org_.{20}))|live_\w{14}(?<=rzp_live_.{14})"
    rb"|[aps]at_\w{16}(?<=sm_.at_.{16})"
    rb"|(?=[a-z0-9_]{0,12}[A-Z])[\w-]{20}(?<=.(?:fp|fc|fo|fu|nd|ci|cr|ck|cp|ca|nu|nb|dp|do|dw|dt|hx|hs|pi|sk|gu|go|oh|uh|dr"
    rb"|ur|or|tp|b1|B1|AT|RJ|au|re|na|io|et|tn|ev|od|v1|e_|st|ey)_.{20}))",
    rb"-(?<=\w-)(?=[\w-]{15})(?:(?<=xox[abeoprs]-)|(?<=xapp-)|(?<=pypi-)|(?<=SPX-)|(?<=AGE-)|(?<=TTY-)|(?<=MAK-)"
    rb"|(?<=RAK-)|(?<=t-)(?:(?<=gl[a-z]t-)|(?<=gl[a-z]{2}t-)|(?<=gl[a-z]{3}t-)|(?<=glagent-)|(?<=sk-ant-))"
    rb"|(?<=sq0...-)|[0-9a-f]{32})",
    rb"hook(?:s\.slack\.com/|s/\d|s\.zapier|/[0-9a-f]{32}/)",
    rb"K(?<=ew0K)(?:IC|CS)",
    rb"@(?:gems|enterprise)\.contribsys",
    rb"~(?<=\dQ~)",
    rb"&(?:amp;)?s(?:ig=|v=20)",
)


def suspicious(data: bytes) -> bool:
    """Whether there may be a token in `data`: a quick look that is often wrong, and never where the answer is no."""
    # Finding that a character is nowhere takes less than starting a search.
    return any(first in data and gate(data) for first, gate in _gates())


@cache
def _gates() -> tuple[tuple[bytes, Callable[[bytes], object]], ...]:
    """The gates, each with the character that it begins with."""
    return tuple((gate.removeprefix(b"\\")[:1], compiled_bytes(gate).search) for gate in GATES)


#: Kinds with a sum inside: one that fits is no accident, not even in a test.
PROVEN: Final = frozenset({"age", "github", "grafana", "nats", "npm", "pypi"})


def judge_tokens(case: Case, *, only: frozenset[str] | None = None) -> None:
    """Confirm every token in the text, and clear what only looks like one. `only`: these kinds, None: all."""
    text = case.text
    for token in _ANYWHERE:
        if (only is None or token.kind in only) and any(hint in text for hint in token.hints):
            for match in compiled(token.pattern).finditer(text):
                _judge(case, token, match)


#: What is looked for in the whole text, and what only around mixed runs.
_MIXED: Final = frozenset("sendgrid google-access-token vault terraform-cloud databricks twilio".split())
_ANYWHERE: Final = (
    *(each for each in TOKENS if each.kind not in _MIXED),
    *(each for each in VENDORS if each.anywhere or all(hint.endswith("_") for hint in each.hints)),
)
_FORMS: Final = tuple(each for each in EVERY if each in VENDORS or each.kind in _MIXED)
#: Around a mixed run, so much belongs to the same token.
_MARGIN: Final = 72
#: Where there are more runs, the whole text is asked first which forms may be in it.
_MANY: Final = 64


def judge_forms(case: Case, found: Iterable[Run], *, only: frozenset[str] | None = None) -> None:
    """As `judge_tokens`, for the forms that services give out: around the mixed `found` runs of the text, where each
    of these has its random part."""
    text = case.text
    found = tuple(found)
    forms = _FORMS
    if len(found) > _MANY:
        forms = tuple(each for each in forms if any(hint in text for hint in each.hints))
    for start, end in case.spans_of(found):
        start, end = max(start - _MARGIN, 0), end + _MARGIN
        near = text[start:end]
        for token in forms:
            if (only is None or token.kind in only) and any(hint in near for hint in token.hints):
                for match in compiled(token.pattern).finditer(text, start, end):
                    _judge(case, token, match)


def judge_every(case: Case) -> None:
    """Confirm every token in a short text."""
    judge_tokens(case)
    judge_forms(case, runs(case.data))


#: What nobody draws.
_BLANKS: Final = r"0{8}|[xX]{6}|1{8}"


def _judge(case: Case, token: Token, match: re.Match[str]) -> None:
    group = match.lastindex or 0
    value, at = match[group], match.start(group)
    severity: Strength | None = token.severity
    reason = ""
    # What is longer is encoded, and spells words by chance.
    if len(value) <= 128 and (placeholders.is_placeholder(value) or compiled(_BLANKS).search(value)):
        severity, reason = None, "a placeholder"
    elif token.check is not None:
        severity, reason = token.check(match)
    if severity is Strength.LOW and case.is_manual:
        severity, reason = None, "an example in a manual"
    if severity is None:
        case.clear(token.kind, reason, at=at, length=len(value))
    else:
        told = reason or token.says or f"a token of {token.kind}, by its form"
        case.confirm(token.kind, severity, value, at, told, proven=token.kind in PROVEN)
