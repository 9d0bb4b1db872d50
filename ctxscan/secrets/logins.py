"""Logins inside other values: in URLs, in connection strings, in basic authorisation.

What is on this machine, or one name away on a private network, weighs little.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Final

from ..regex import compiled, compiled_bytes
from . import assignments, checksums, hosts, placeholders
from .case import Case
from .judgement import Strength
from .randomness import is_drawn

_URL: Final = (
    r"://([^\s/@:\"'<>`\\]{0,100}+):([^\s/@\"'<>`\\]{1,200}+(?:@[^\s/@\"'<>`\\:]{1,60}+){0,2}(?=@))"
    r"@(\[[0-9a-fA-F:]+\]|[\w.-]{1,253}+)?"
)
#: The same with what counts where no variable is set: `://${USER:-shop}:${PASSWORD:-…}@db`.
_BY_DEFAULT: Final = (
    r"://([^\s/@\"'<>`\\]{0,120}?):\$\{\w{1,60}:-([^\s/\"'<>`\\{}$]{1,200})\}@(\[[0-9a-fA-F:]+\]|[\w.-]{1,253}+)?"
)
#: How programs in Go log in at MySQL.
_DSN: Final = r"(?<![\w.:/-])([\w.-]{1,60}):([^\s/@\"'<>`\\]{1,200}+)@(?:tcp6?\(([\w.-]{1,253}+))"
#: How programs say it to curl's library, in C, PHP and others; where to, stands elsewhere.
_CURL: Final = (
    r"CURLOPT_(?:PROXY)?USERPWD[ \t]*+,[ \t]*+[\"']([^\s\"':$%{}]{1,60}+):([^\s\"'$%{}<>]{4,80}+)[\"'][ \t]*+(?=\))()"
)
_URL_START: Final = rb"://[^\s/@:\"'<>`\\]{0,100}+:[^\s/@\"'<>`\\]{1,200}+@"
_CONNECTION: Final = (
    r"(?i:(?<![a-z])(?:password|pwd)[ \t]*+=[ \t]*+)(?:'([^'\n;]{1,200})'|\"([^\"\n;]{1,200})\"|([^\s;\"'<>&]{1,200}))"
)
_DATABASE: Final = "server|data source|host|uid|user id|username|user|database|initial catalog|jdbc:[a-z]+"
_CONNECTION_HINT: Final = rf"(?i)(?<![a-z])(?:{_DATABASE})[ \t]*+[=:]"
_JDBC: Final = r"(?:jdbc:[a-z:]{1,40}+|(?<![:a-z])sqlserver:)//(?:[^/@\s]{1,80}@)?"
_HOST: Final = rf"(?i)(?:(?<![a-z])(?:server|data source|host)[ \t]*+=[ \t]*+(?:tcp:)?|{_JDBC})([\w.-]++)"
_BASIC: Final = r"(?i:authorization[\"']?[ \t]*+[:=]?[ \t]*+[\"']?basic)[ \t]++([A-Za-z0-9+/]{8,400}+={0,2})"
#: Passwords that everybody puts into a URL.
_USUAL: Final = frozenset("pass password passwd secret changeme guest root postgres test mypass pw pwd tiger".split())
#: What people put behind the name of a user to get a password.
_SAID: Final = frozenset(("", "pass", "password", "passwd", "pwd", "pw", "secret"))
#: Programs in browsers report their errors there, with a login that everybody can read.
_COLLECTOR: Final = r"(?:[\w-]+\.)*sentry\.io"
#: What an expression for addresses has in that place: `[A-Za-z0-9]`.
#: A port, and what is asked there: `smtp.acme.io:587?from=ada@acme.io`.
_PORT: Final = r"\d{2,5}\?[\w.%-]{1,40}=.*"
_CHARACTERS: Final = r"\[\^?\w-\w[^\]]{0,40}\]"
_EXAMPLES: Final = r"(?:.*\.)?example\.(?:com|org|net|edu)|.*\.(?:example|invalid)"


def has_login(data: bytes) -> bool:
    """Whether there may be a URL with a login, or what says the same: the quick look."""
    return (
        b"@" in data and (b"@tcp(" in data or compiled_bytes(_URL_START).search(data) is not None)
    ) or b"USERPWD" in data


def judge_urls(case: Case, *, prose: bool) -> None:
    """Confirm `scheme://user:password@host`. `prose`: code and the like, where the password has to look made up; in a
    manual it is an example whatever it looks like."""
    marked = ((":-", _BY_DEFAULT), ("://", _URL), ("@tcp", _DSN), ("USERPWD", _CURL))
    patterns = [pattern for mark, pattern in marked if mark in case.text]
    if not patterns:
        return
    from urllib.parse import unquote

    for match in chain.from_iterable(compiled(pattern).finditer(case.text) for pattern in patterns):
        user, password, host = match[1].rpartition(":-")[2].rstrip("}"), unquote(match[2]), (match[3] or "").lower()
        curl = "://" not in match[0] and not host
        example = compiled(_EXAMPLES).fullmatch(host) is not None and not placeholders.is_random(password)
        if example or _is_usual(user, password):
            case.clear("url-login", "a placeholder in a URL", at=match.start(2), length=len(match[2]))
        elif case.is_manual or (prose and not (_is_made_up(password, host) or (curl and is_drawn(password, least=8)))):
            case.clear("url-login", "an example in a URL", at=match.start(2), length=len(match[2]))
        else:
            near = hosts.is_near(host) and not case.text.endswith("cloudinary", 0, match.start())
            shown = compiled(_COLLECTOR).fullmatch(host) is not None
            severity = (
                Strength.LOW
                if near or shown
                else Strength.HIGH
                if placeholders.is_random(password) or hosts.is_elsewhere(host)
                else Strength.MEDIUM
            )
            where = "on this machine or its network" if near else "on another machine"
            reason = "a password for curl" if curl else f"a password in a URL, for a service {where}"
            case.confirm("url-login", severity, match[2], match.start(2), reason)


def _is_made_up(password: str, host: str) -> bool:
    """Whether a password in code is one: random, or strong and for a machine that others know; a weaker one where that
    is somebody's own."""
    if placeholders.is_random(password) or (placeholders.is_strong(password) and hosts.is_remote(host)):
        return True
    return hosts.is_hosted(host) and placeholders.is_password(password)


def _is_usual(user: str, password: str) -> bool:
    return (
        password.lower() in _USUAL
        or user == "scott"
        or user.lower().endswith(("$env", "{env"))  # `$env:TOKEN`, as PowerShell has it
        or (password.startswith(user) and password[len(user) :].lower().strip("-_") in _SAID)
        or len(password) < 4
        or password == "x-oauth-basic"
        or placeholders.is_placeholder(password)
        or compiled(rf"{_PORT}|.*{_CHARACTERS}.*").fullmatch(password) is not None
    )


def judge_connections(case: Case, *, prose: bool = False) -> None:
    """Confirm `Server=…;User Id=…;Password=…` in configuration, and `host=… user=… password=…`. `prose`: code and the
    like, where the password has to look made up."""
    text = case.text
    for line_start, line in _lines_with_password(text):
        if not (";" in line or "jdbc:" in line or (" user=" in line and "host=" in line)):
            continue
        if not compiled(_CONNECTION_HINT).search(line):
            continue
        for match in compiled(_CONNECTION).finditer(line):
            group = match.lastindex or 0
            value = match[group]
            if not (placeholders.is_random if prose else placeholders.is_literal)(value) or placeholders.is_path(value):
                continue
            host = compiled(_HOST).search(line)
            if prose and host is None and "jdbc:" not in line:
                continue
            # A service of a Compose file or a cluster may have a dot in its name.
            near = host is not None and (hosts.is_near(host[1]) or f" {host[1]}:\n" in text)
            severity = Strength.LOW
            if not near and host is not None and hosts.is_remote(host[1]):
                severity = Strength.HIGH if placeholders.is_random(value) else Strength.MEDIUM
            elif not near:
                severity = assignments.weighed("password", value, Strength.HIGH, text=text)
            reason = "a password in a connection string"
            case.confirm("connection-string", severity, value, line_start + match.start(group), reason)


#: What a statement gives to an account: in MySQL, Oracle, PostgreSQL, SQL Server. In lower case; each begins with a
#: word, so that the search skips ahead.
_GIVEN: Final = r"(?:(')([^'\n]{6,128})'|(\")([^\"\n]{6,128})\")"
_ACCOUNTS: Final = (
    rf"identified[ \t]++(?:with[ \t]++[\"'`]?\w++[\"'`]?[ \t]++)?(?:by|as)[ \t]++(?:password[ \t]++)?{_GIVEN}",
    rf"set[ \t]++password[ \t]++(?:for[ \t]++\S{{1,120}}+[ \t]++)?=[ \t]*+(?:password\()?{_GIVEN}",
    # No name of a column in quotes, which another quote ends.
    rf"(?<![\"`\[])password[ \t]*+=?[ \t]*+n?{_GIVEN}",
)
#: What each of them has in it.
_ACCOUNT_WORDS: Final = ("identified", "password", "password")
#: What comes before the last of them.
_ACCOUNT: Final = r"(?<![a-z_])(?:user|role|login)[ \t][^;\n]*\Z"


def judge_accounts(case: Case) -> None:
    """Confirm the passwords that SQL gives to accounts of a database, where they look made up."""
    low = case.text.lower()
    if len(low) != len(case.text):
        return
    for number, pattern in enumerate(_ACCOUNTS):
        for match in compiled(pattern).finditer(low) if _ACCOUNT_WORDS[number] in low else ():
            if number == 2 and not compiled(_ACCOUNT).search(low, max(0, match.start() - 160), match.start()):
                continue
            group = match.lastindex or 0
            value = case.text[match.start(group) : match.end(group)]
            # A program puts it in: `'…&password=' + DDNS_PASSWORD + '…'`, `"… password='" . $_GET['password'] . "'"`.
            joined = compiled(r"[\"']?[ ]*[+.][ ]*[$\w]|[\"']?[ ]*[+.]?[ ]*\Z").match(value)
            if placeholders.is_random(value) and "%" not in value and not joined:
                severity = Strength.HIGH if is_drawn(value, least=8) else Strength.MEDIUM
                if assignments.is_counted(value, case.text) or assignments.is_digest(value) or _is_hashed(value):
                    severity = Strength.LOW
                reason = "the password of a database account"
                case.confirm("database-login", severity, value, match.start(group), reason)


def _is_hashed(value: str) -> bool:
    """Whether a value is as long as MD5, SHA-1 or SHA-256 make one in hexadecimal."""
    return compiled(r"[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}").fullmatch(value) is not None


#: What a connection string with a password must have, by its rarest letter: the search skips to the next one.
_SIGNS: Final = tuple(rf"{letter}(?:[oO][rR]|(?<=[pP].))[dD][ \t]*+=" for letter in "wW")


def _lines_with_password(text: str) -> Iterator[tuple[int, str]]:
    """The lines that may have a password in a connection string, each with its place."""
    low = text.lower()
    if "=" not in low or not ("word" in low or "pwd" in low):
        return
    end = -1
    for place in sorted(match.start() for sign in _SIGNS for match in compiled(sign).finditer(text)):
        if place > end:
            start = text.rfind("\n", 0, place) + 1
            end = text.find("\n", place)
            end = end if end >= 0 else len(text)
            if end - start < _LONGEST_LINE:
                yield start, text[start:end]


_LONGEST_LINE: Final = 16384


def judge_authorisation(case: Case, kind: str, severity: Strength) -> None:
    """Confirm `Authorization: Basic …` where a user and a password are inside."""
    for match in compiled(_BASIC).finditer(case.text) if "basic" in case.text.lower() else ():
        login = checksums.login(match[1])
        if login is not None and login[1] and not placeholders.is_placeholder(login[1]):
            case.confirm(kind, severity, match[1], match.start(1), f"basic authorisation of {_named(login[0])}")


def _named(user: str) -> str:
    return user if compiled(r"[\w.@-]{1,40}").fullmatch(user) and not placeholders.is_random(user) else "a user"


#: So much is looked at on each side of a password for what it logs in at.
_NEAR: Final = 300
#: What names a machine, and the machine as it is called with its user: `host: "…"`, `.connect("…", username=`.
_MACHINE: Final = (
    r"(?i)(?:\b(?:host|hostname|server|address|remote)[\"']?[ \t]{0,4}(?:=>|[:=])[ \t]{0,4}|\.connect\([ \t\n]{0,20})"
    r"[bruf]?[\"'`]([\w.-]{4,100})[\"'`]"
)
_WITH_USER: Final = (
    r"(?i)\b(?:user|username|user_?name|login|uid)[\"']?[ \t]{0,4}(?:=>|[:=])[ \t]{0,4}[bruf]?[\"'`][\w.@-]{2,60}[\"'`]"
)


def logs_in_elsewhere(text: str, start: int, end: int) -> bool:
    """Whether a password in a program stands in the same braces or brackets as a user and the address of a machine that
    all others reach, or of a database of somebody's own at a cloud."""
    left, right = text[max(0, start - _NEAR) : start], text[end : end + _NEAR]
    opened = max(left.rfind("{"), left.rfind("("))
    inside = left[left.rfind("\n", 0, max(0, opened)) + 1 :] + compiled(r"[})]").split(right, 1)[0]
    if compiled(_WITH_USER).search(inside) is None:
        return False
    return any(map(hosts.is_elsewhere, compiled(_MACHINE).findall(inside)))
