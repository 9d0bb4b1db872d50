"""The search for tokens: a quick look that nearly every file gets, and the closer one for what it brings up.

A new row there may need a word in `GATES`: the test that tries its hits says so.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from string import ascii_letters, digits
from typing import Final, NamedTuple

from ..regex import compiled, compiled_bytes, lazy_bytes, places
from . import placeholders
from .case import Case
from .checksums import web_token
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
    rb"A(?:KIA[A-Z2-7]|SIA[A-Z2-7]{9}|Iza[\w-]{30}|(?<=PRIVA)TE KEY|(?<=:A)A[\w-]{30}|ccessKey=|TATT3x"
    rb"|TBB\w{30}|(?<=ewogICA)gI)",
    rb"J(?:QQJ99|(?<=eyJ)|(?<=ewogICJ)|(?<=ewoJ)I|(?<=T3BlbkFJ)|(?<=LS0tLS1CRUdJ))",
    rb"_(?=[\w+/-]{19})(?:[\w+/-]{20}(?:(?<=.(?:h[fpousr]|pm|at|ve|st|ec|sa|lc|v1|ca|pa|ss|ms|og|pi|sk|r8|bp|et|gd|ys|yu"
    rb"|kn|pw|m2|o1)_[0-9A-Za-z+/-]{20}|(?:pat|oat|ret|tkn|_pw|igd|fo1)_.{20})|(?<=api_org_.{20}))"
    rb"|live_\w{14}(?<=rzp_live_.{14})|[aps]at_\w{16}(?<=sm_.at_.{16})"
    # No name of a test: `Get_WhenNothingIsThere`.
    rb"|(?=[a-z0-9_]{0,12}+[A-Z])(?=[A-Za-z_]{0,19}+[0-9-]|[A-Za-z_]{0,17}?[A-Z][A-Za-z]?[A-Z])[\w-]{20}"
    rb"(?<=.(?:fp|fc|fo|fu|nd|ci|cr|ck|cp|ca|nu|nb|dp|do|dw|dt|hx|hs|pi|sk|gu|go|oh|uh|dr|ur|or|tp|b1|B1|AT|RJ|au|re|na|io"
    rb"|et|tn|ev|od|v1|e_|st|ey)_.{20}))",
    rb"-(?<=\w-)(?:(?<=K_TEST-)\w{12}|(?=[\w-]{15})(?:(?<=xox[abeoprs]-)|(?<=da2-)|(?<=xapp-)|(?<=pypi-)|(?<=SPX-)|(?<=AGE-)|(?<=TTY-)|(?<=MAK-)"
    rb"|(?<=RAK-)|(?<=t-)(?:(?<=gl[a-z]t-)|(?<=gl[a-z]{2}t-)|(?<=gl[a-z]{3}t-)|(?<=glagent-)|(?<=sk-ant-))"
    rb"|(?<=sq0...-)|[0-9a-f]{32}))",
    rb"k(?<=hook)(?:s\.slack\.com/|s/\d|s\.zapier|/[0-9a-f]{32}/)",
    rb"K(?<=ew0K)(?:IC|CS)",
    rb"@(?:gems|enterprise)\.contribsys",
    rb"~(?<=\dQ~)",
    rb"\+(?<=endr\+)",
    rb"&(?:amp;)?s(?:ig=|v=(?:20|1\.0))",
)


def suspicious(data: bytes) -> bool:
    """Whether there may be a token in `data`: a quick look that is often wrong, and never where the answer is no."""
    for first, gate in _GATES:  # noqa: SIM110  (every text comes here)
        # Finding that a character is nowhere takes less than starting a search.
        if first in data and gate.search(data):
            return True
    return False


#: The gates, each with the character that it begins with.
_GATES: Final = tuple((gate.removeprefix(b"\\")[:1], lazy_bytes(gate)) for gate in GATES)


#: Kinds with a sum inside: one that fits is no accident, not even in a test.
PROVEN: Final = frozenset({"age", "github", "grafana", "nats", "npm", "pypi"})


def judge_tokens(case: Case, *, only: frozenset[str] | None = None) -> None:
    """Confirm every token in the text, and clear what only looks like one. `only`: these kinds, None: all."""
    text = case.text
    hints = _kinds().anywhere
    hinted = hints.among(text, _said(case.data))
    for number in hints.numbers(hinted, text):
        token = EVERY[number]
        if only is None or token.kind in only:
            for match in _matches(number, hinted, text, 0, len(text)):
                _judge(case, token, match)


#: Around a mixed run, so much belongs to the same token.
_MARGIN: Final = 72


def judge_forms(case: Case, found: Iterable[Run], *, only: frozenset[str] | None = None) -> None:
    """As `judge_tokens`, for the forms that services give out: around the mixed `found` runs of the text, where each
    of these has its random part."""
    text = case.text
    spans: list[tuple[int, int]] = []
    for start, end in case.spans_of(found):
        if spans and start - _MARGIN <= spans[-1][1]:
            spans[-1] = spans[-1][0], end + _MARGIN
        else:
            spans.append((max(start - _MARGIN, 0), end + _MARGIN))
    # What stands around all runs is asked first which forms may be there.
    around = "\n".join([text[start:end] for start, end in spans])
    whole = 2 * len(around) > len(text)
    hints = _kinds().around
    hinted = hints.among(around, _said(case.data if whole else around.encode("utf-8", "replace")))
    for start, end in spans if hinted else ():
        near = text[start:end]
        here = [hint for hint in hinted if hint in near]
        for number in hints.numbers(here, near):
            token = EVERY[number]
            if only is None or token.kind in only:
                for match in _matches(number, here, text, start, end):
                    _judge(case, token, match)


# --- which kinds there may be

#: Among `TOKENS`, what is looked for only around mixed runs, as the forms of the vendors are.
_MIXED: Final = frozenset("azure-storage sendgrid google-access-token vault terraform-cloud databricks twilio".split())
#: What is in front of a token that has nothing of a word before it.
_FRONT: Final = tuple(f"(?<![{each}-])" for each in ("0-9A-Za-z_", "0-9A-Za-z_.", r"\w.", r"\w+/"))


#: What words and tokens consist of, and what may join the parts of a token.
_IN_WORDS: Final = f"{ascii_letters}{digits}_-"
_JOINTS: Final = "+/=.~!%:|$@"
#: No token is shorter than so many of both in a row.
_LEAST: Final = 15
#: Hints that stand apart from what is random in a token.
_APART: Final = frozenset(
    "AccountKey accountKey account_key ACCOUNT_KEY ecret secret_key proceed auth nseal .azconfig.io mailgun Mailgun "
    "MAILGUN ngrok NGROK".split()
)
_MASK: Final = bytes(97 if chr(each) in _IN_WORDS + _JOINTS else 32 for each in range(256))
_WORDS: Final = bytes(each if chr(each) in _IN_WORDS else 32 for each in range(256))
#: So much of the start of a word is looked up.
_HEAD: Final = 4


class Said(NamedTuple):
    """All of a text that is long enough for a token, each piece once, and how the words in it begin: with four
    characters, and with two or three of them."""

    long: bytes
    heads: set[bytes]
    starts: set[bytes]


@lru_cache(1)
def _said(data: bytes) -> Said:
    """What a text says, as UTF-8; that of one that was asked before is at hand."""
    found = compiled_bytes(b"a" * _LEAST + b"a*+").finditer(data.translate(_MASK))
    long = b" ".join({data[each.start() : each.end()] for each in found})
    heads = {word[:_HEAD] for word in long.translate(_WORDS).split()}
    return Said(long, heads, heads.union({head[:3] for head in heads}, {head[:2] for head in heads}))


class Hints(NamedTuple):
    """Hints, by what has to be in a text for each: `whole` by a word, `heads` by how one begins, `inner` by what is in
    a long piece, and `apart` are the rest. `kinds` has the numbers of the kinds that have a hint.

    A text is taken apart once, and only what is long in it, which takes less than a search for each hint."""

    kinds: dict[str, list[int]]
    whole: dict[bytes, list[str]]
    heads: dict[bytes, list[str]]
    inner: list[str]
    apart: list[str]

    def among(self, text: str, said: Said) -> list[str]:
        """Those that are in a text in which this is said."""
        asked = list(self.inner)
        for known, told in ((self.whole, said.heads), (self.heads, said.starts)):
            for part in known.keys() & told:
                asked += known[part]
        found = [hint for hint in asked if hint.encode() in said.long]
        found += [hint for hint in self.apart if hint in text]
        return [hint for hint in found if any(_is_named(EVERY[number], text) for number in self.kinds[hint])]

    def numbers(self, hints: Iterable[str], text: str) -> list[int]:
        """The kinds that have one of these hints, in the order of the table, where the name that has to stand beside
        their tokens is in the text."""
        found = {number for hint in hints for number in self.kinds[hint]}
        return sorted(number for number in found if _is_named(EVERY[number], text))


def _is_named(token: Token, text: str) -> bool:
    """Whether one of the names that have to stand beside a token is in a text."""
    return not token.beside or any(name in text for name in token.beside)


class Kinds(NamedTuple):
    """The hints of what is looked for in a whole text, and of what only around mixed runs; the numbers of the kinds
    whose tokens begin with one of their hints."""

    anywhere: Hints
    around: Hints
    begun: frozenset[int]


@cache
def _kinds() -> Kinds:
    begun = frozenset(number for number, each in enumerate(EVERY) if _begins(each))
    forms = [number for number, each in enumerate(EVERY) if number >= len(TOKENS) or each.kind in _MIXED]
    anywhere = [number for number, each in enumerate(EVERY) if _is_anywhere(number, each)]
    words = frozenset(number for number in begun if EVERY[number].pattern.startswith(_FRONT))
    return Kinds(_hints(anywhere, words), _hints(forms, words), begun)


def _is_anywhere(number: int, token: Token) -> bool:
    """Whether tokens of a kind are looked for in the whole text."""
    if number < len(TOKENS):
        return token.kind not in _MIXED
    return token.anywhere or all(hint.endswith("_") for hint in token.hints)


def _hints(numbers: Iterable[int], words: frozenset[int]) -> Hints:
    found = Hints({}, {}, {}, [], [])
    for number in numbers:
        for hint in EVERY[number].hints:
            found.kinds.setdefault(hint, []).append(number)
    for hint, kinds in found.kinds.items():
        head = hint[: len(hint) - len(hint.lstrip(_IN_WORDS))] if words.issuperset(kinds) else ""
        if hint in _APART:
            found.apart.append(hint)
        elif not head:
            found.inner.append(hint)
        elif head != hint:
            found.whole.setdefault(head[:_HEAD].encode(), []).append(hint)
        else:
            found.heads.setdefault(head[:_HEAD].encode(), []).append(hint)
    return found


def _begins(token: Token) -> bool:
    """Whether the pattern of a token says that it begins with one of its hints."""
    rest = token.pattern.partition("])")[2]
    alternatives = "|".join(map(re.escape, token.hints))
    literal = len(token.hints) == 1 and rest.startswith((alternatives, token.hints[0]))
    return literal or rest.startswith(tuple(f"{opened}(?:{alternatives})" for opened in ("", "(", "(?P<body>")))


def _matches(number: int, hinted: Sequence[str], text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """The matches of a kind between two places of the text, where these hints are: in order, none of which overlaps
    another one."""
    token = EVERY[number]
    pattern = compiled(token.pattern)
    if number not in _kinds().begun:
        yield from pattern.finditer(text, start, end)
        return
    for place in places([hint for hint in token.hints if hint in hinted], text, start, end):
        if place >= start and (match := pattern.match(text, place, end)) is not None:
            yield match
            start = match.end()


def judge_every(case: Case) -> None:
    """Confirm every token in a short text."""
    judge_tokens(case)
    judge_forms(case, runs(case.data))


def _is_licence(left: str) -> bool:
    """Whether what stands before a web token says that it is a licence."""
    return (
        compiled(r"(?i)licen[cs]e(?:_?key|_?token)?[\"']?[ \t]{0,4}(?:=>|[:=])[ \t]{0,4}[\"']?\Z").search(left)
        is not None
    )


def _is_issued(token: str) -> bool:
    """Whether a web token says which server elsewhere has given it out, or for which project of a cloud it is."""
    found = web_token(token)
    return found is not None and ("ref" in found.claims or "." in str(found.claims.get("iss", "")))


#: Kinds that anybody can make.
_HOMEMADE: Final = frozenset({"age", "jwt", "nats"})
#: Kinds whose tokens have nothing that base64 has not.
_BARE: Final = frozenset({"twitter"})
_LINE: Final = r"[ \t]*[A-Za-z0-9+/]{48,}={0,2}[ \t\r]*"
_BLOCK: Final = rf"(?m)^{_LINE}(?:\n{_LINE})+$"


def _is_in_block(text: str, at: int) -> bool:
    """Whether a place is on one of several lines of base64, as a picture in XML has them."""
    found = compiled(_BLOCK).finditer(text, max(0, at - 300), at + 400)
    return any(each.start() <= at < each.end() for each in found)


#: So much around a token is what it was found in, and no longer than any token is that.
_AROUND: Final = 300
_BASE64: Final = f"{ascii_letters}{digits}+/"


def _is_within(text: str, start: int, end: int) -> bool:
    """Whether what stands around a place is base64 without an end, as a font in a program is."""
    left, right = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
    return len(left) - len(left.rstrip(_BASE64)) + len(right) - len(right.lstrip(_BASE64)) >= _AROUND


#: Kinds that a service gives out.
ISSUED: Final = frozenset(each.kind for each in EVERY) - _HOMEMADE
#: How a key begins by which nothing is bought or sent.
_TRIAL: Final = r"(?:[a-z]{2,8}[_-])?test[_-]"
#: What nobody draws.
_BLANKS: Final = r"0{8}|[xX]{6}|1{8}"


def _judge(case: Case, token: Token, match: re.Match[str]) -> None:
    group = match.lastindex or 0
    value, at = match[group], match.start(group)
    severity: Strength | None = token.severity
    reason = ""
    # What is longer is encoded, and spells words by chance.
    if (token.kind in _BARE and _is_in_block(match.string, at)) or (
        token.kind not in PROVEN and _is_within(match.string, at, at + len(value))
    ):
        severity, reason = None, "a piece of a longer text in base64"
    elif len(value) <= 128 and (placeholders.is_placeholder(value) or compiled(_BLANKS).search(value)):
        severity, reason = None, "a placeholder"
    elif token.check is not None:
        severity, reason = token.check(match)
    if token.kind == "jwt" and severity is not None and _is_licence(match.string[max(0, at - 80) : at]):
        severity, reason = Strength.LOW, "the proof of a purchase, which logs nobody in"
    tried = severity is not None and compiled(_TRIAL).match(value) is not None
    if tried:
        severity, reason = min(severity or Strength.LOW, Strength.MEDIUM), "a key of the test mode"
    if severity is not None and (tried or (token.kind == "jwt" and not _is_issued(value))):
        from .scope import is_template

        if is_template(case.name):
            severity, reason = Strength.LOW, reason if tried else "made for what runs on one's own machine"
    if severity is Strength.LOW and case.is_manual:
        severity, reason = None, "an example in a manual"
    if severity is None:
        case.clear(token.kind, reason, at=at, length=len(value))
    else:
        told = reason or token.says or f"a token of {token.kind}, by its form"
        # A sum fits in what anybody makes to show how it looks.
        proven = token.kind in PROVEN - _HOMEMADE and token.check is not None
        case.confirm(token.kind, severity, value, at, told, proven=proven, issued=token.kind not in _HOMEMADE)
