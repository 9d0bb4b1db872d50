"""What somebody has thought of and written into a program that signs or lets in: no value there is random, and yet it
opens something.

What is random is found without these (`literals`). Each needs more than its name: the digit that names of variables and
of headers seldom have, or the comparison by which it lets people in.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from ..regex import compiled
from . import placeholders, telling
from .case import Case
from .judgement import Strength
from .literals import is_compared
from .randomness import is_drawn


class _Literal(NamedTuple):
    value: str
    at: int
    reason: str


def judge_handwritten(case: Case) -> None:
    """Confirm, in a program, keys with which it signs or lets in, and passwords that it compares with what is typed."""
    for found in (*_signing(case.text), *_compared(case.text), *_made_by_django(case)):
        case.confirm("assigned-secret", Strength.MEDIUM, found.value, found.at, found.reason)


#: What a program signs with, or lets its owner in by, with the value that it is given right there.
_SET: Final = (
    r"((?:[sS]ecret|SECRET|(?:[mM]aster|MASTER)_?(?=[kK]))(?:_?(?:[kK]ey|KEY)|OrKey)?)[\"'\]]{0,2}[ \t]{0,4}"
    r"(?::[ \t]{0,4}[\w<>]{1,24}[ \t]{0,4}(?==))?(?:=>|:=|[=:])(?!=)[ \t]{0,4}[bru]?"
    r"[\"'`]([\w!@#%^&*+=.,:;-]{10,80})[\"'`]"
)
_BEFORE: Final = r"[\w.-]{0,60}\Z"
_SIGNS: Final = (
    r"(?:\A|_)(?:JWT|TOKEN|SESSION|COOKIE|AUTH|NEXTAUTH|ACCESS|REFRESH)_SECRET(?:_KEY)?\Z|(?:\A|_)SECRET_OR_KEY\Z"
    r"|(?:\A|_)MASTER_KEY\Z"
)


def _signing(text: str) -> Iterator[_Literal]:
    for match in compiled(_SET).finditer(text):
        value = match[2]
        before = compiled(_BEFORE).search(text, max(0, match.start() - 60), match.start())
        name = (before[0] if before is not None else "") + match[1]
        if compiled(_SIGNS).search(telling.spelt(name)) is None or not _is_handwritten(value):
            continue
        line = text.rfind("\n", 0, match.start()) + 1
        if compiled(_REMARK).match(text, line) is None:
            yield _Literal(value, match.start(2), f"a value for {name} that is in force as it is written")


#: A password that is compared with a string.
_COMPARED: Final = (
    r"(?:[pP]ass(?:word|wd)?|PASS(?:WORD|WD)?|[pP]wd)[\"'\])]{0,3}[ \t]{0,4}(?:={2,3}|\.[eE]quals\()[ \t]{0,4}"
    r"[\"'`]([\w!@#$%^&*+=.,:;-]{8,64})[\"'`]"
)
_REMARK: Final = r"[ \t]*(?:#|//|/\*|\*|--|<!--)"
_TRIED: Final = r"(?i)\b(?:assert|expect|should|require\.|check)\w*"


def _compared(text: str) -> Iterator[_Literal]:
    for match in compiled(_COMPARED).finditer(text):
        line = text.rfind("\n", 0, match.start()) + 1
        value = match[1]
        if compiled(_REMARK).match(text, line) or compiled(_TRIED).search(text, line, match.start()):
            continue
        if is_compared(text, text[max(line, match.start(1) - 400) : match.start(1)], value, match.start(1)):
            continue  # by a program that refuses what somebody left as it was
        if _is_handwritten(value) and placeholders.classes(value) > 2:
            yield _Literal(value, match.start(1), "a password that lets in whoever types it")


def _is_handwritten(value: str) -> bool:
    """Whether a value is somebody's own, by the digit in it and by what is no filler."""
    return (
        compiled(r"\d").search(value) is not None
        and compiled(r"[A-Za-z]{4}").search(value) is not None
        and not placeholders.is_placeholder(value)
        and not placeholders.is_path(value)
        and not is_drawn(value, least=8)  # these weigh more
    )


#: As `django-admin startproject` writes it.
_OF_DJANGO: Final = (
    r"(?m)^SECRET_KEY[ \t]*=[ \t]*(?:'(django-insecure-[^'\n]{30,80})'|\"(django-insecure-[^\"\n]{30,80})\")"
)


def _made_by_django(case: Case) -> Iterator[_Literal]:
    """The key that Django makes for a project to begin with, in the settings that nothing else replaces."""
    if case.name != "settings.py" or case.text.count("SECRET_KEY") > 1 or "local_settings" in case.text:
        return
    for match in compiled(_OF_DJANGO).finditer(case.text):
        group = match.lastindex or 1
        yield _Literal(match[group], match.start(group), "the SECRET_KEY that Django made to begin with, and no other")
