"""The search for tokens: a quick look that nearly every file gets, and the closer one for what it brings up.

A new row there may need a word in `GATES`: the test that tries its hits says so.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import groupby
from typing import Final, NamedTuple

from ..regex import compiled, lazy_bytes
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
    return any(first in data and gate.search(data) for first, gate in _GATES)


#: The gates, each with the character that it begins with.
_GATES: Final = tuple((gate.removeprefix(b"\\")[:1], lazy_bytes(gate)) for gate in GATES)


#: Kinds with a sum inside: one that fits is no accident, not even in a test.
PROVEN: Final = frozenset({"age", "github", "grafana", "nats", "npm", "pypi"})


def judge_tokens(case: Case, *, only: frozenset[str] | None = None) -> None:
    """Confirm every token in the text, and clear what only looks like one. `only`: these kinds, None: all."""
    text = case.text
    begun = _begun(text, 0, len(text)) if len(text) >= _LARGE else None
    known = frozenset() if begun is None else _starts().numbers
    asked = [number for number in _ANYWHERE if only is None or EVERY[number].kind in only]
    left = frozenset(asked).difference(known)
    hinted = {number for hint, number in _HINTS_ANYWHERE if number in left and hint in text}
    for number in asked:
        token = EVERY[number]
        if begun is not None and number in known:
            for match in _matches(token, text, begun.get(number, ())):
                _judge(case, token, match)
        elif number in hinted:
            for match in compiled(token.pattern).finditer(text):
                _judge(case, token, match)


def _is_anywhere(form: Token) -> bool:
    """Whether a form of the vendors is looked for in the whole text."""
    return form.anywhere or all(hint.endswith("_") for hint in form.hints)


#: What is looked for in the whole text, and what only around mixed runs, by their numbers in the table.
_MIXED: Final = frozenset("sendgrid google-access-token vault terraform-cloud databricks twilio".split())
_ANYWHERE: Final = tuple(
    number
    for number, each in enumerate(EVERY)
    if (each.kind not in _MIXED if number < len(TOKENS) else _is_anywhere(each))
)
_FORMS: Final = tuple(number for number, each in enumerate(EVERY) if number >= len(TOKENS) or each.kind in _MIXED)
_AROUND: Final = frozenset(_FORMS)
#: One after the other, these are asked in a fraction of the time that a loop over the hints of each kind takes.
_HINTS: Final = tuple((hint, number) for number in _FORMS for hint in EVERY[number].hints)
_HINTS_ANYWHERE: Final = tuple((hint, number) for number in _ANYWHERE for hint in EVERY[number].hints)
#: Around a mixed run, so much belongs to the same token.
_MARGIN: Final = 72


def judge_forms(case: Case, found: Iterable[Run], *, only: frozenset[str] | None = None) -> None:
    """As `judge_tokens`, for the forms that services give out: around the mixed `found` runs of the text, where each
    of these has its random part."""
    text = case.text
    large = len(text) >= _LARGE
    spans = [(max(start - _MARGIN, 0), end + _MARGIN) for start, end in case.spans_of(found)]
    # What stands around all runs is asked first which forms may be there; in a large text, all starts at once tell.
    around = "\n".join([text[start:end] for start, end in spans])
    around = around if len(around) < len(text) else text
    asked = _starts().others if large else _AROUND
    hinted = [(hint, number) for hint, number in _HINTS if number in asked and hint in around] if spans else []
    for start, end in spans:
        near = text[start:end]
        numbers = {number for hint, number in hinted if hint in near}
        for number in sorted(numbers.union(_AROUND.intersection(_begun(text, start, end))) if large else numbers):
            token = EVERY[number]
            if only is None or token.kind in only:
                for match in compiled(token.pattern).finditer(text, start, end):
                    _judge(case, token, match)


# --- many kinds at once

#: From so many characters on, one expression for the starts of all kinds takes less than a search for each, and than
#: being compiled.
_LARGE: Final = 1 << 16
#: What is in front of a token that has nothing of a word before it.
_FRONT: Final = "(?<![0-9A-Za-z"


class Starts(NamedTuple):
    """The kinds whose tokens begin with one of their hints, with nothing of a word before it: their `numbers` in the
    table, by hint, and one expression that finds the places where one of them may begin; `others` are all other kinds.
    """

    numbers: frozenset[int]
    others: frozenset[int]
    by_hint: dict[str, list[int]]
    search: re.Pattern[str]


@cache
def _starts() -> Starts:
    by_hint: dict[str, list[int]] = {}
    numbers = [number for number, each in enumerate(EVERY) if _begins(each)]
    for number in numbers:
        for hint in EVERY[number].hints:
            by_hint.setdefault(hint, []).append(number)
    others = frozenset(range(len(EVERY))).difference(numbers)
    # One look at the first letter is less than one at every branch.
    first = re.escape("".join(sorted({hint[0] for hint in by_hint})))
    search = re.compile(rf"{_FRONT}])(?=[{first}])(?=({_tree(sorted(by_hint))}))")
    return Starts(frozenset(numbers), others, by_hint, search)


def _begins(token: Token) -> bool:
    """Whether the pattern of a token says that it begins with one of its hints."""
    lookbehind, _, rest = token.pattern.partition("])")
    alternatives = "|".join(map(re.escape, token.hints))
    literal = len(token.hints) == 1 and rest.startswith((alternatives, token.hints[0]))
    return lookbehind.startswith(_FRONT) and (literal or rest.startswith(f"((?:{alternatives})"))


def _tree(words: Sequence[str]) -> str:
    """An expression for the longest of these words, which are sorted: letter by letter, so that few are tried."""
    branches = []
    for first, some in groupby(words, key=lambda word: word[:1]):
        rests = [word[1:] for word in some]
        if first:
            branches.append(re.escape(first) + (_tree(rests) if rests != [""] else ""))
    tree = branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"
    return f"(?:{tree})?" if "" in words else tree


def _begun(text: str, start: int, end: int) -> dict[int, list[int]]:
    """The numbers of the kinds of which a token may begin in a part of the text, and where."""
    starts = _starts()
    found: dict[int, list[int]] = {}
    for match in starts.search.finditer(text, start, end):
        longest = match[1]
        for length in range(1, len(longest) + 1):
            for number in starts.by_hint.get(longest[:length], ()):
                found.setdefault(number, []).append(match.start())
    return found


def _matches(token: Token, text: str, places: Iterable[int]) -> Iterator[re.Match[str]]:
    """The matches that begin at one of these places, in order, none of which overlaps another one."""
    end = -1
    for place in places:
        if place >= end and (match := compiled(token.pattern).match(text, place)) is not None:
            yield match
            end = match.end()


def judge_every(case: Case) -> None:
    """Confirm every token in a short text."""
    judge_tokens(case)
    judge_forms(case, runs(case.data))


#: Kinds that anybody can make.
_HOMEMADE: Final = frozenset({"age", "jwt", "nats"})
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
        proven = token.kind in PROVEN and token.check is not None
        case.confirm(token.kind, severity, value, at, told, proven=proven, issued=token.kind not in _HOMEMADE)
