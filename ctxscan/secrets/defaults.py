"""What a program is given out with until whoever runs it sets another value: keys with which it signs and encrypts
what is its own, and passwords of services that are started with it, where the text says that they are there to be
replaced.

Takes a text and a place in it, as `excuses` does. What a service of others has given out is no default of anybody.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from ..regex import compiled
from . import hosts, placeholders, services
from .judgement import Strength
from .telling import OWN, SERVICE, announces, spelt

#: So much is looked at of the line before a value, and of what is around it.
_LEFT: Final = 400
_HEAD: Final = 1 << 16
#: What a shell and Compose take where a variable is not set, and what Spring does.
_FALLBACK: Final = r"\$\{([A-Za-z_]\w{1,80}):?[-=][\"']?(?:base64:)?\Z"
_FALLBACK_OF_SPRING: Final = r"\$\{([A-Za-z_][\w.-]{1,80}):\Z"
#: What a program takes where a variable is not set: `process.env.X || "`, `os.getenv("X", "`, `config("X", default="`.
_FALLBACK_OF_CODE: Final = (
    r"(?:[Ee]nv|ENV|[Ee]nviron|[Cc]onfig|[Dd]efault)[\w.]{0,40}[.\[(][\"'`]?([A-Za-z_]\w{1,80})[\"'`]?[\])]?[ ]{0,4}"
    r"(?:,[ ]{0,4}(?:default[ ]?=[ ]?)?|\|\||\?\?|\bor\b)[ ]{0,4}[\"'`](?:base64:)?\Z"
)
#: The name that a value is set for.
_SET: Final = r"([A-Za-z_][\w.-]{1,80})[\"'\]]{0,2}[ \t]{0,8}(?:=>|[=:])[ \t]{0,8}[\"'`]?(?:base64:)?\Z"
_REMARK: Final = r"[ \t]*(?:#(?!!)|//|--|;|\*)"
#: What a comment says of a value that everybody has until he replaces it.
_REPLACED: Final = (
    r"(?i)(?<![a-z])(?:please[ ](?:re-?generate|change|replace|override)|re-?generate[ ](?:the|this|it|your)"
    r"|(?:should|must|needs?[ ]to|has[ ]to|have[ ]to)[ ]be[ ](?:changed|replaced|re-?generated|overridden)"
    r"|(?:change|replace|override)[ ](?:this|it|me|these|them|the[ ]default)(?![a-z])"
    r"|(?:chang|replac|overrid|overwrit)[a-z]{1,4}[ ](?:in|for|before)[ ](?:going[ ]to[ ])?(?:prod|deploy|release)"
    r"|not[ ](?:really[ ])?(?:a|any)[ ](?:real[ ])?secret)"
    # Please change, be sure to change, change for production.
    r"|(?:请|務必|务必)[^\n]{0,8}(?:修改|更改|更换|替换|變更)|(?:生产|正式|线上)(?:环境|发布)[^\n]{0,12}(?:修改|更改|更换|替换)"
)
#: What a chart of Helm is installed with where nobody sets anything else.
_VALUES: Final = ("values.yaml", "values.yml")
#: Its own name says that it is what runs.
_LIVE: Final = r"(?<![a-z])(?:prod|production|live|secrets?)(?![a-z])"
_LINE: Final = r"(?m)^[ \t]*(?:export[ ]|-[ ])?[\"']?([A-Za-z_][\w.-]{1,80})[\"']?[ \t]*[=:][ \t]*([^\n]{0,400})$"
#: As blueprints name a variable and its value.
_PAIR: Final = r"(?m)^[ ]*- key:[ ]*(\w{1,80})[ ]*\n[ ]*value:"
#: What a platform knows a program by, beside the secret that it has given it.
_PLATFORM: Final = r"(?i)(?<![a-z])(?:app|client)[_-]?id[\"']?[ \t]{0,4}[:=]"
#: What no platform gives out.
_MADE_HERE: Final = r"(?:SESSION_SECRET|COOKIE_SECRET|ENCRYPTION_KEY|OIDC_TOKEN_KEY|KEY_BASE)\Z"
_ADDRESS: Final = r"_(?:URL|URI|DSN)\Z"
_LOGIN: Final = r"://[^\s:/@\"']{1,80}:([^\s/@\"']{1,200})@([\w.-]{1,200})"


def most(path: str, text: str, start: int, *, name: str = "") -> Strength | None:
    """What a value at a place in a text weighs at the most where it is given out with a program, None: it is no such
    value. `path` is that of the file, `name` what the value is set for, if the line does not tell."""
    line = text.rfind("\n", max(0, start - _LEFT), start) + 1
    left = text[max(line, start - _LEFT) : start]
    if (fallback := compiled(_FALLBACK).search(left)) is not None:
        return Strength.LOW if is_own(fallback[1], services_too=True) else None
    if (fallback := compiled(_FALLBACK_OF_SPRING).search(left)) is not None:
        return Strength.MEDIUM if is_own(fallback[1]) else None
    written = left
    if not left.strip(" \t\"'`"):
        # What stands on a line of its own goes on from the one above.
        above = text.rfind("\n", max(0, line - 1 - _LEFT), max(0, line - 1)) + 1
        written = f"{text[above : max(0, line - 1)].rstrip()} {left.lstrip()}"
    if (fallback := compiled(_FALLBACK_OF_CODE).search(written)) is not None and is_own(fallback[1]):
        return Strength.MEDIUM
    named = compiled(_SET).search(left)
    name = name or (named[1] if named is not None else "")
    if not name or services.named_before(name) is not None:
        return None
    if _is_told_to_be_replaced(text, line, start):
        return Strength.LOW
    home, _, file = path.lower().rpartition("/")
    if file.startswith(("default.", "defaults.")):
        # What node-config starts from holds in production as well, unless something takes its place.
        base = file.startswith("default.") and home.rpartition("/")[2] == "config"
        return Strength.MEDIUM if base else Strength.LOW
    if not is_own(name):
        return None
    given = compiled(_MADE_HERE).search(spelt(name)) is None
    if given and compiled(_PLATFORM).search(text, max(0, start - 200), start + 200):
        return None
    if file in _VALUES or _is_among_defaults(text, start):
        return Strength.MEDIUM
    if compiled(_LIVE).search(file) is not None or not _is_unset(file, text, text[start : start + 12]):
        return None
    # What a program reads as it is may be what it runs with.
    return Strength.MEDIUM if file.startswith((".env", "application")) else Strength.LOW


#: What begins at the margin, and a map there of what holds where nothing is set.
_AT_MARGIN: Final = r"(?m)^(?![ \t\])}#\n])[^\n]{1,120}"
_DEFAULTS: Final = (
    r"(?:(?:export|const|let|var|static|pub)[ ]){0,3}(?:DEFAULT|[dD]efault)(?:_?[A-Z]\w{0,60}|s|S|_\w{1,60})?"
    r"(?:[ ]?:[^=\n]{1,60})?[ ]?:?=[ ]?[^\n]{0,60}[\[{(][ \t\r]*"
)


def _is_among_defaults(text: str, start: int) -> bool:
    begun = [each[0] for each in compiled(_AT_MARGIN).finditer(text, max(0, start - 4000), start)]
    return bool(begun) and compiled(_DEFAULTS).fullmatch(begun[-1]) is not None


def is_own(name: str, *, services_too: bool = False) -> bool:
    """Whether a name is of a key by which a program signs or encrypts what is its own; `services_too`: or of a password
    of a service that is started with it."""
    words = spelt(name)
    own = compiled(OWN).search(words) is not None and services.named_before(name) is None
    return own or (services_too and compiled(SERVICE).search(words) is not None)


def _is_told_to_be_replaced(text: str, line: int, start: int) -> bool:
    """Whether the comment above a line, or the one at its end, asks for another value."""
    end = text.find("\n", start)
    behind = text[start : end if end >= 0 else len(text)][:_LEFT]
    remark = compiled(r"[ \t](?:#|//|--)").search(behind)
    if remark is not None and compiled(_REPLACED).search(behind, remark.start()):
        return True
    # A file may stand in a statement, on one line with escapes.
    lines = text[max(0, line - 1000) : line].split("\n")[-7:-1]
    lines += text[max(line, start - _LEFT) : start].replace("\\r", "").split("\\n")[:-1]
    for above in reversed(lines):
        if compiled(_REMARK).match(above) is None:
            return False
        if compiled(_REPLACED).search(above):
            return True
    return False


@lru_cache(8)
def _is_unset(file: str, text: str, but: str) -> bool:
    """Whether nothing in a file of settings opens anything, but for what begins so: what should be a secret is left
    out, or is what everybody tries first."""
    told = file.startswith(("compose.", "docker-compose", "render."))
    if not told and not file.endswith(".env") and not file.startswith((".env", "application")):
        return False
    unset = 0
    for each in compiled(_LINE).finditer(compiled(_PAIR).sub(r"\1:", text[:_HEAD])):
        name, value = each[1], _bare(each[2])
        for password, host in compiled(_LOGIN).findall(value):
            if hosts.is_remote(host) and not placeholders.is_placeholder(password):
                return False
        secret = announces(name)
        if value.startswith("$") or not (secret or compiled(_ADDRESS).search(spelt(name))):
            continue
        if not value:
            unset += not file.endswith((".yml", ".yaml"))
        elif placeholders.is_placeholder(value) or placeholders.is_weak(
            value, frozenset(spelt(name).lower().split("_"))
        ):
            unset += 1
        elif secret and placeholders.is_random(value) and not (is_own(name) or but in value):
            return False
    return unset >= (1 if told else 2)


def _bare(value: str) -> str:
    """A value without quotes, the comment behind it and the variable for which it stands in."""
    value = compiled(r"[ \t]#.*\Z").sub("", value).strip().strip("\"'")
    instead = compiled(r"\$\{\w{1,80}:?-([^}]*)\}").fullmatch(value)
    return instead[1] if instead is not None else value
