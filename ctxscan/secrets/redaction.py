"""Text made fit to be printed: what is known to be a secret is masked, and what the environment gave is named instead.

`redacted` is for texts that quote what somebody wrote (instructions, addresses, commands): it masks what the engine
recognizes. `hidden` is for all that leaves the program: no value of a variable that was replaced is in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from ..regex import compiled
from . import search
from .case import Case
from .commands import judge_commands
from .logins import judge_urls

#: A shorter value is no secret that a search could find again.
SHORTEST: Final = 5
#: Not even a number that somebody types at a door.
_SAYS_NOTHING: Final = 3
#: What a word of a command or a path has beside it, and a word of a sentence has not.
_BESIDE: Final = r"[/.:=_\-\"'@]"
#: Of a longer one, any piece of this length gives it away.
_PIECE: Final = 8
#: Values that say what every project says of itself.
SAID_BY_ALL: Final = frozenset(
    "development production staging testing debug release local default latest password secret token user root".split()
)
_QUICK: Final = (
    r"://[^\s/@]*:|(?i:authorization|-token|cookie|chpasswd|passwd|pass:|machine|securestring)|(?<![\w-])-[uUpPawkbD]|base64|xxd|\\\\x?\d\d"
    r"|(?i:token|key|secret|pass(?:word|wd|phrase)?|pwd|sig|auth)[\w.-]*[\"']?(?:=|:| )"
)
#: What a text of the report becomes in a format, so that a value is found there as well.
_ESCAPES: Final = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#x27;"))


def redacted(text: str) -> str:
    """`text` with `****` for the user information of URLs, for passwords and tokens on command lines, and for whatever
    proves itself."""
    data = text.encode(errors="replace")
    if not (compiled(_QUICK).search(text) or search.suspicious(data)):
        return text
    case = Case("", data, size=len(data))
    search.judge_every(case)
    judge_urls(case, prose=False)
    judge_commands(case)
    if not case.confirmed:
        return text
    out, at = [], 0
    for start, end in sorted(case.confirmed):
        if start >= at:
            out += [text[at:start], "****"]
            at = end
    return "".join((*out, text[at:]))


#: The last plane of Unicode, for private use, has more characters than there are variables.
_PRIVATE: Final = 0x100000


def restored(text: str, values: Mapping[str, str]) -> str:
    """`text` about one instruction, with variables where it has their `values`: each is replaced by the name that is
    given for it, also one that is short. A plain word stays where it is one of ours, and not a part of a path or pair.
    """
    marks = _marks(values)
    for value, name in sorted(values.items(), key=lambda each: (-len(each[0]), each[1])):
        if len(value) < _SAYS_NOTHING:
            continue
        said = re.escape(value)
        start, end = "(?<!\\w)" if value[0].isalnum() else "", "(?!\\w)" if value[-1].isalnum() else ""
        whole = f"{start}{said}{end}"
        beside = f"(?<={_BESIDE}){said}{end}|{start}{said}(?={_BESIDE})"
        text = re.sub(beside if value.isalpha() else whole, marks[name], text)
    return _named(_without_all(text, values, marks), marks)


def hidden(text: str, values: Mapping[str, str]) -> str:
    """`text` without the `values`, each of which is replaced by the name that is given for it; no more than a few
    characters of one remain, also where a piece was cut off."""
    marks = _marks(values)
    return _named(_without_all(text, values, marks), marks)


def _marks(values: Mapping[str, str]) -> dict[str, str]:
    """A character that no text has for each name, so that what stands for one value is not searched for another."""
    return {name: chr(_PRIVATE + at) for at, name in enumerate(dict.fromkeys(values.values()))}


def _named(text: str, marks: Mapping[str, str]) -> str:
    return text.translate({ord(mark): f"${{{name}}}" for name, mark in marks.items()})


def _without_all(text: str, values: Mapping[str, str], marks: Mapping[str, str]) -> str:
    for value, name in sorted(values.items(), key=lambda each: (-len(each[0]), each[1])):
        for form in dict.fromkeys(_forms(value)):
            if len(form) >= SHORTEST:
                text = _without(text, form, marks[name])
    return text


def _forms(value: str) -> tuple[str, ...]:
    import json
    from urllib.parse import quote

    html = value
    for character, escape in _ESCAPES:
        html = html.replace(character, escape)
    plain = (value, value.lower(), value.strip())
    return (*plain, json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1], html, quote(value))


def _without(text: str, value: str, name: str) -> str:
    text = text.replace(value, name)
    if len(value) <= _PIECE:
        return text
    pieces = set(_pieces(value))
    if not any(piece in text for piece in pieces):
        return text
    out, at = [], 0
    while at < len(text):
        end = at
        while text[end : end + _PIECE] in pieces:
            end += 1
        if end > at:
            out.append(name)
            at = end + _PIECE - 1
        else:
            out.append(text[at])
            at += 1
    return "".join(out)


def _pieces(value: str) -> Iterator[str]:
    """The pieces of a value that tell something of it: `ne:lates` of `shop/one:latest` tells nothing."""
    low = value.lower()
    words = [(at, at + len(word)) for word in SAID_BY_ALL for at in range(len(low)) if low.startswith(word, at)]
    for at in range(len(value) - _PIECE + 1):
        if all(min(end, at + _PIECE) - max(start, at) <= _PIECE // 2 for start, end in words):
            yield value[at : at + _PIECE]
