"""What people write down for themselves: a machine, who logs in there, and with which password.

Only in files of plain text; there has to be a machine near, and the password has to look made up.
"""

from __future__ import annotations

from typing import Final

from ..regex import compiled
from . import placeholders
from .case import Case
from .judgement import Strength
from .randomness import is_drawn

#: A longer text was not written by hand.
_LONGEST: Final = 1 << 16
#: So far from its password a machine may be named, in characters.
_NEAR: Final = 300
_NOTES: Final = (".txt", ".text", ".note", ".notes", ".org")
#: A password by that name, in a few languages; or behind a user, with a slash between.
_PASSWORD: Final = (
    r"(?i)(?<![\w.-])(?:password|passwort|passwd|pass|pw|pwd|contraseña|mot de passe|senha|kennwort)"
    r"(?:[ \t]++(?:is|for[ \t]++\S{1,40}))?(?:[ \t]*+[:=][ \t]*+|[ \t]++)[\"'`(]?([^\s\"'`,;<>]{8,64})"
)
_PAIR: Final = (
    # No part of a path: `C:/Users/ada/x`, `gateway/vpn/home/x`.
    r"(?i)(?<![\w./@\\-])(?:login|log in|user(?:name)?|account|creds?|credentials|admin|root|ssh|vpn)(?![A-Za-z])"
    r"[ \t]*+[:=]?[ \t]*+"
    r"(?:[\w.@-]{1,60}+[ \t]*+)?[/|][ \t]*+([^\s\"'`,;<>]{8,64})"
)
_MACHINE: Final = r"(?<![\w.-])(?:\d{1,3}(?:\.\d{1,3}){3}|[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}\.[a-z]{2,10}|[a-z]{3,8}://[\w.-]{4,100})(?![\w-])"


def is_note(name: str, size: int) -> bool:
    """Whether a file of this name, in lower case, and of this size in bytes may have been written by hand."""
    return size <= _LONGEST and (name.endswith(_NOTES) or name in ("todo", "notes", "passwords", "access"))


def judge_notes(case: Case) -> None:
    """Confirm every password that stands near a machine."""
    text = case.text
    for pattern in (_PASSWORD, _PAIR):
        for match in compiled(pattern).finditer(text):
            value = match[1].rstrip(".)")
            if not placeholders.is_random(value) or placeholders.classes(value) < 3 or "://" in value:
                continue
            around = text[max(0, match.start() - _NEAR) : match.end() + _NEAR]
            if placeholders.is_path(value) or compiled(_MACHINE).search(around) is None:
                continue
            severity = Strength.HIGH if is_drawn(value, least=8) else Strength.MEDIUM
            case.confirm("login", severity, value, match.start(1), "a password near the name of a machine")
