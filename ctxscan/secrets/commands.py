"""Secrets on command lines: options, headers, assignments and lines that a command writes into a file.

Takes the text of a shell command or script. Only what a command gives away by its own form is judged here; tokens and
URLs that prove themselves are the business of `search` and `logins`. Every pattern takes time linear in the text.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from ..regex import compiled, lazy_bytes
from . import assignments, checksums, hosts, logins, placeholders, search, telling
from .case import Case
from .judgement import Strength
from .randomness import is_drawn

#: A word of a command line: in quotes of either kind, or up to what ends a word.
_VALUE: Final = r"(?:\"([^\"\n]{1,400})\"|'([^'\n]{1,400})'|([^\s\"'`;|&<>(),\]]{1,400}+))"
#: The same for `user:password`, of which the second alone may be in quotes, or each by itself.
_LOGIN: Final = (
    r"(?:\"([^\"\n]{1,400}(?:\":\"[^\"\n]{1,400})?)\"|'([^'\n]{1,400})'"
    r"|([^\s\"'`;|&<>(),\]]{1,400}+(?:(?<=:)'[^'\n]{1,200}')?))"
)
#: The rest of a simple command, up to its next argument that matters.
_WITHIN: Final = r"(?:[^\n;|&]|\\\n){0,400}?"

_ASSIGNED: Final = rf"(?<![\w.$-])([A-Za-z_][\w.-]{{1,80}}+)[\"']?(?:=|[ \t]{{0,4}}[:?]=[ \t]{{0,4}}){_VALUE}"
#: In `-ppassword` the word is what is behind `-p`.
_OPTION: Final = (
    rf"(?<![\w-])--?(?!ppass)([A-Za-z][\w-]{{2,60}}+)[\"']?(?:[ \t]++(?!-)|[ \t]{{0,4}},[ \t]{{0,4}}|=|:){_VALUE}"
)
_HEADER: Final = (
    r"(?i)(?<![\w-])(authorization|(?:private|job|deploy|api|access)-token|x-[\w-]{0,30}?(?:token|key|auth)|api-?key|cookie)"
    r"[ \t]*+:[ \t]*+(?:(?:basic|bearer|token|apikey|negotiate)[ \t]++)?([^\s\"'`;|&<>\\]{6,400}+)"
)
_NETRC: Final = (
    r"(?<![\w-])machine[ \t]++[^\s\\]{1,200}+(?:\\n|\s){1,20}login[ \t]++[^\s\\]{1,200}+(?:\\n|\s){1,20}"
    r"password[ \t]++([^\s\"'\\]{1,200}+)"
)
_NPM: Final = rf"(?<![\w])_(authToken|auth|password)[\"']?[ \t]*+(?:=[ \t]*+|[ \t]){_VALUE}"
_QUERY: Final = r"(?i)[?&](?:[\w-]{0,30}(?:key|token|secret|password|sig|signature|auth))=([^\s\"'`&;|<>#\\]{8,400}+)"
_SETTING: Final = (
    rf"(?<![\w-])(?:config(?:ure)?|setx|set[ \t]++-[a-zA-Z]{{1,3}})[ \t]++(?>(?:-{{1,2}}[\w-]+[ \t]++)*)(?:set[ \t]++)?"
    rf"([\w./:@-]{{3,120}}+)[ \t]++{_VALUE}"
)
#: Commands that take a password behind a letter; the value may touch it. In front, what has to be there (one of these).
_LETTERS: Final = (
    (
        "mysql mariadb",
        rf"(?<![\w-])(?:mysql(?:admin|dump|import)?|mariadb(?:-dump|-admin)?)[ \t]{_WITHIN}[ \t]-p{_VALUE}",
    ),
    ("sshpass 7z", rf"(?<![\w-])(?:sshpass|7z|7za)[ \t](?:{_WITHIN}[ \t])?-p[ \t]?{_VALUE}"),
    ("login", rf"(?<![\w-])login[ \t](?:{_WITHIN}[ \t])?-p[ \t]{{0,4}}{_VALUE}"),
    ("mongo", rf"(?<![\w-])(?:mongo|mongosh|mongodump|mongorestore|mongoimport)[ \t]{_WITHIN}[ \t]-p[ \t]?{_VALUE}"),
    ("redis-cli", rf"(?<![\w-])redis-cli[ \t]{_WITHIN}(?<=[ \t])-a[ \t]?{_VALUE}"),
    ("sqlcmd bcp", rf"(?<![\w-])(?:sqlcmd|bcp)[ \t]{_WITHIN}-P[ \t]?{_VALUE}"),
    ("ldap", rf"(?<![\w-])ldap(?:add|modify|search|passwd|delete|whoami)[ \t]{_WITHIN}-w[ \t]?{_VALUE}"),
    ("psexec", rf"(?i)(?<![\w-])psexec(?:64)?(?:\.exe)?[ \t]{_WITHIN}[ \t]-p[ \t]++{_VALUE}"),
    ("zip", rf"(?<![\w-])(?:zip|unzip)[ \t]{_WITHIN}-P[ \t]?{_VALUE}"),
    ("pass:", rf"(?<![\w-])pass:{_VALUE}"),
    ("openssl", rf"(?<![\w-])openssl[ \t]{_WITHIN}[ \t]-k[ \t]++{_VALUE}"),
    ("openssl", rf"(?<![\w-])openssl[ \t]++passwd[ \t]++(?>(?:-\w++[ \t]++)*)(?!-){_VALUE}"),
    ("lftp", rf"(?<![\w-])lftp[ \t]{_WITHIN}-u[ \t]?[^\s,:]{{1,80}}+,{_VALUE}"),
    ("twine rabbitmqadmin", rf"(?<![\w-])(?:twine|rabbitmqadmin)[ \t]{_WITHIN}[ \t]-p[ \t]++{_VALUE}"),
    ("mosquitto_", rf"(?<![\w-])mosquitto_(?:pub|sub|rr)[ \t]{_WITHIN}[ \t]-P[ \t]++{_VALUE}"),
    ("plink pscp psftp", rf"(?<![\w-])(?:plink|pscp|psftp)(?:\.exe)?[ \t]{_WITHIN}[ \t]-pw[ \t]++{_VALUE}"),
    ("cmdkey", rf"(?i)(?<![\w-])cmdkey(?:\.exe)?[ \t]{_WITHIN}/pass:{_VALUE}"),
    ("signtool", rf"(?i)(?<![\w-])signtool(?:\.exe)?[ \t]{_WITHIN}[ \t]/p[ \t]++{_VALUE}"),
    ("vault", rf"(?<![\w-])vault[ \t]++login[ \t]++(?>(?:-\S++[ \t]++)*)(?!\w++=){_VALUE}"),
    (
        "sqlplus impdp expdp sqlldr rman",
        r"(?<![\w-])(?:sqlplus|impdp|expdp|sqlldr|rman)[ \t]++(?>(?:-\w++[ \t]++|\w++=)*)\w{1,40}/"
        r"(?:\"([^\"\n]{1,80})\"|'([^'\n]{1,80})'|([^\s@\"'$]{1,80}+))@",
    ),
    (
        "-stdin -token secret",
        rf"(?<![\w-])(?:echo|printf)[ \t]++(?:-[neE]++[ \t]++)?{_VALUE}[ \t]*+\|[^\n|]{{0,200}}?"
        r"(?:--password-stdin|--with-token|--stdin|[ \t]gh[ \t]+secret[ \t]+set)",
    ),
    ("-token -stdin", rf"(?:--with-token|--password-stdin)[^\n|<]{{0,80}}<<<[ \t]*+{_VALUE}"),
    ("--pass", rf"(?<![\w-])--pass\w{{1,8}}-(?:file|command)[ =][\"']?(?:<\()?echo[ \t]++(?:-n[ \t]++)?{_VALUE}"),
    ("secret_access_key", rf"(?<![\w-])secret_access_key[ \t]++{_VALUE}"),
    ("nuget", rf"(?<![\w-])nuget[ \t]{_WITHIN}[ \t]-p[ \t]++{_VALUE}"),
    (
        "htpasswd",
        rf"(?<![\w-])htpasswd[ \t]++-\w*b\w*[ \t]++(?:[^\s-]\S*+[ \t]++){{1,2}}?{_VALUE}[ \t]*+(?=$|[\n;|&>)])",
    ),
    (
        "http-basic.",
        rf"(?<![\w-])config[ \t]++(?>(?:-{{1,2}}\S++[ \t]++)*)http-basic\.[\w.-]++[ \t]++\S++[ \t]++{_VALUE}",
    ),
    (
        "securestring",
        rf"(?i)ConvertTo-SecureString[ \t]++(?>(?:-(?:String|AsPlainText|Force)[ \t]++){{0,3}})(?!-){_VALUE}",
    ),
    (
        "net",
        r"(?i)(?<![\w-])net1?(?:\.exe)?[ \t]++use(?:r)?[ \t]++"
        rf"(?:\S{{1,100}}+[ \t]++){{1,2}}?{_VALUE}[ \t]++/(?:add|user)",
    ),
)
#: User and password with a colon between them, or what the command has there; in front as above.
_LOGINS: Final = (
    (
        "curl http lftp aria2c",
        rf"(?<![\w-])(?:curl|http|https|lftp|aria2c)[ \t]{_WITHIN}"
        rf"(?<=[ \t])(?:-u|--user|--proxy-user|-U|-a)[ \t]{{0,4}}=?{_LOGIN}",
    ),
    (
        "bundle",
        rf"(?<![\w-])bundle[ \t]++config[ \t]{_WITHIN}(?<![\w.-])[\w-]{{1,60}}+(?>(?:\.[\w-]{{1,60}}+)+)"
        rf"[ \t]++{_VALUE}",
    ),
    ("smbclient rpcclient net", rf"(?<![\w-])(?:smbclient|rpcclient|net)[ \t]{_WITHIN}(?:-U|--user)[ \t=]?{_VALUE}"),
)
_PARTED: Final = r"[:%,]"
_COOKIE: Final = rf"(?<![\w-])curl[ \t]{_WITHIN}(?:-b|--cookie)[ \t=]?{_VALUE}"
#: A value that is decoded on the spot, and how.
_DECODED: Final = (
    rf"(?<![\w-])(?:echo|printf)[ \t]++(?:-[neE]++[ \t]++)?{_VALUE}[ \t]*+\|[ \t]*+"
    r"(?:(?:openssl[ \t]++)?(base64[ \t]++(?:-d|-D|--decode))|(xxd[ \t]++-[rp]++[ \t]*+(?:-[rp]++)?)|(rev)(?![\w-]))"
)
_SPELLED: Final = rf"(?<![\w-])(?:echo|printf)[ \t]++(?:-[neE]++[ \t]++)?(?=[^\n]{{0,40}}\\(?:[0-7]{{3}}|x)){_VALUE}"
#: A setting of the Java machine or of a build tool.
_DEFINED: Final = rf"(?<![\w-])-[DP]([A-Za-z_][\w.-]{{1,80}}+)={_VALUE}"
_CHANGED: Final = (
    ("chpasswd", rf"{_VALUE}[ \t]*+\|[ \t]*+(?:sudo[ \t]++)?(?:/usr/sbin/)?chpasswd"),
    ("chpasswd", rf"(?<![\w-])chpasswd[ \t]*+<<<[ \t]*+{_VALUE}"),
    ("passwd", rf"{_VALUE}[ \t]*+\|[ \t]*+(?:sudo[ \t]++)?passwd[ \t]++--stdin"),
)
_CRYPTED: Final = rf"(?<![\w-])(?:useradd|usermod|adduser)[ \t]{_WITHIN}(?:-p|--password)[ \t=]{_VALUE}"

#: What gives a value to a name, with what of it has to be there.
_NAMED: Final = (("-", _OPTION), ("=", _ASSIGNED), ("config set", _SETTING), ("-D -P", _DEFINED))

_HERE_DOCUMENT: Final = r"<<-?[ \t]*+[\"']?([A-Za-z_]\w{0,63})[\"']?"
_TARGET: Final = r"(?:>>?|(?<![\w-])tee(?:[ \t]++-a)?)[ \t]*+[\"']?([^\s\"'<>|;&]{1,200}+)"
_ECHOED: Final = (
    rf"(?<![\w-])(?:echo|printf)[ \t]++(?:-[neE]+[ \t]++)?{_VALUE}[ \t]*+"
    r"(?:>>?|\|[ \t]*+(?:sudo[ \t]++)?tee(?:[ \t]++-a)?)[ \t]*+[\"']?([^\s\"'<>|;&]{1,200}+)"
)


#: Clients of databases that log in on this machine where nobody names another one.
_CLIENTS: Final = ("mysql mariadb", "mongo", "redis-cli", "sqlcmd bcp", "ldap")
_ELSEWHERE: Final = (
    r"[ \t](?:-h|-S|--host(?:name)?|--server|-u(?=[ \t]*redis)|-H(?=[ \t]*[\"']?ldap))[ \t=]?[\"']?"
    r"(?:tcp:|rediss?://[^@\s]{0,99}@|ldaps?://)?([\w.-]+)|mongodb(?:\+srv)?://"
)


def _is_near(match: re.Match[str]) -> bool:
    """Whether a client of a database is called for a server on this machine or its network."""
    return all(hosts.is_near(each[1] or ".") for each in compiled(_ELSEWHERE).finditer(_command(match)))


def _is_request(match: re.Match[str]) -> bool:
    """Whether a command asks servers on this machine or its network, and no other ones."""
    asked: list[str] = compiled(r"https?://(?:[^\s/@\"']{0,200}@)?([\w.-]+)").findall(_command(match))
    return bool(asked) and all(map(hosts.is_near, asked))


def _command(match: re.Match[str]) -> str:
    """The command of a match, up to the end of the line where that ends."""
    return match.string[match.start() : min(_line_end(match.string, match.end()), match.end() + 400)]


class Written(NamedTuple):
    """A file that a command writes: its name, its content, and where in the text of the command that begins."""

    name: str
    content: str
    at: int


class Span(NamedTuple):
    """A part of a text, from `start` to `end`, and what stands there, as it is and in lower case."""

    text: str
    start: int
    end: int
    piece: str
    low: str


class Spans(NamedTuple):
    """Parts of a text, and what stands in all of them."""

    each: list[Span]
    piece: str
    low: str


def judge_commands(case: Case, *, everywhere: bool = True) -> None:
    """Confirm what the commands in the text give away. `everywhere`: all of it is a command, else the lines are looked
    for that may hold one with a secret."""
    text = case.text
    some = [Span(text, 0, len(text), text, text.lower())] if everywhere else list(_speaking(text))
    spans = Spans(some, "\n".join([each.piece for each in some]), "\n".join([each.low for each in some]))
    for match in _found("auth token key cookie", _HEADER, spans):
        _judge_header(case, match)
    for match in _found("machine", _NETRC, spans):
        _confirm(case, match[1], match.start(1), "a password for a machine")
    for match in _found("_auth _password", _NPM, spans):
        # A registry of one's own gives out tokens of the same form, without a sum that fits.
        _judge(case, match, f"a literal value for _{match[1]}", first=2, certain=True)
    for hints, pattern in _LETTERS:
        for match in _found(hints, pattern, spans):
            near = hints in _CLIENTS and _is_near(match)
            # One word guards a key that is made on the spot.
            near = near or (hints == "pass:" and placeholders.is_wordy(_value(match)[0]))
            _judge(case, match, "a password on a command line", near=near)
    for hints, pattern in _LOGINS:
        for match in _found(hints, pattern, spans):
            _judge_login(case, match, "a login on a command line", weak_counts=False)
    for match in _found("curl", _COOKIE, spans):
        value, at = _value(match)
        name, equals, rest = value.partition("=")
        if equals and placeholders.is_random(rest):
            case.confirm("command-line", Strength.HIGH, rest, at + len(name) + 1, "a cookie on a command line")
    _judge_decoded(case, spans)
    for hints, pattern in _CHANGED:
        for match in _found(hints, pattern, spans):
            _judge_login(case, match, "the password of an account", weak_counts=True)
    for match in _found("useradd usermod adduser", _CRYPTED, spans):
        _judge(case, match, "the password of an account")
    for hints, pattern in _NAMED:
        for match in _found(hints, pattern, spans):
            # Beside a name, words stand for a value more often than they are one: `SECRET_KEY=unused`.
            value, at = _value(match, 2)
            value = value.removesuffix("\\n")  # as `printf` writes the end of a line
            if case.full:
                break
            # `s/^NAME=$/NAME=value/`, which writes another one.
            if (
                not value.startswith("$/")
                and _announces(match[1])
                and _counts(match[1], value)
                and weight(value) is not None
            ):
                severity = assignments.weighed(match[1], value, Strength.HIGH, text=text)
                own = compiled(telling.OWN).search(telling.spelt(match[1])) is not None
                if own and compiled(_ASSETS).match(text, match.end()) is not None:
                    severity = Strength.LOW
                reason = f"a literal value for {assignments.shown(match[1])}"
                case.confirm("command-line", severity, value, at, reason)
    for match in _found("=", _QUERY, spans):
        invites = hosts.invites(match.string[max(0, match.start() - 200) : match.start(1)])
        if placeholders.is_random(match[1]) and not invites:
            case.confirm("command-line", Strength.HIGH, match[1], match.start(1), "a secret in the query of a URL")


#: What a command line has that gives a secret away by its form. Each begins with a rare character or word of it, so
#: that the search skips ahead, and looks around that for the rest; one after the other is quicker than all in one. Each
#: with what has to be there, which is found without it.
TELLING: Final = {
    "zation": r"z(?<=[Aa]uthoriz)ation",
    "AUTHORIZATION": r"AUTHORIZATION",
    "k": r"k(?:(?<=-[Tt]ok)en|(?<=[Aa]pik)ey|(?<=[Aa]pi-k)ey|(?<=[Cc]ook)ie:)",
    "Key": r"K(?:(?<=[Aa]piK)|(?<=[Aa]pi-K))ey",
    "passwd": r"passwd",
    "pass:": r"pass:",
    "machine": r"machine[ \t]",
    "SecureString": r"SecureString",
    # From the first of many dashes on, as the others have nothing behind them that it has not.
    "-": r"-(?:(?<=[ \t]-)(?:[upUPawk]|D?[a-z.]{0,80}(?:pass|token|secret|key))"
    r"|(?<!--)-[a-z-]{0,80}(?:user|pass|token|secret|key))",
    "assword": r"w(?<=assw)ord[\"']?[=:]",
    "PASS": r"PASS",
    "_": r"_(?:TOKEN|SECRET|KEY|PWD|auth|key[ \t=]|token[ \t=]|secret[ \t=])",
    "/": r"/(?:user:|pass:|p[ \t])",
    "sqlplus": r"sqlplus[ \t]",
    "pdp": r"pdp[ \t]",
    "vault": r"vault[ \t]+login",
    "gh": r"gh[ \t]+secret",
}
_TELLING: Final = tuple((hint.encode(), lazy_bytes(each.encode())) for hint, each in TELLING.items())


def may_speak(data: bytes) -> bool:
    """Whether anything in `data` is `TELLING`."""
    return any(hint in data and each.search(data) for hint, each in _TELLING)


def _speaking(text: str) -> Iterator[Span]:
    """The lines, each with those that it goes on in and out of, where something is `TELLING`."""
    end = 0
    telling = [each for hint, each in TELLING.items() if hint in text]
    for place in sorted({place for each in telling for place in _places(each, text)}):
        if place < end:
            continue
        start = text.rfind("\n", end, place) + 1 or end
        while start > end and text.endswith("\\", 0, start - 1):
            start = text.rfind("\n", end, start - 1) + 1 or end
        end = _line_end(text, place)
        while text.endswith("\\", 0, end) and end < len(text):
            end = _line_end(text, end + 1)
        if text.startswith("machine", place):  # as `.netrc` has it, on three lines
            end = _line_end(text, min(_line_end(text, min(end + 1, len(text))) + 1, len(text)))
        yield Span(text, start, end, text[start:end], text[start:end].lower())


def _places(pattern: str, text: str) -> Iterator[int]:
    """Where the pattern is found first on each line; it fits nothing that goes over the end of one."""
    search = compiled(pattern).search
    match = search(text)
    while match is not None:
        yield match.start()
        match = search(text, _line_end(text, match.end()))


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return end if end >= 0 else len(text)


def _found(hints: str, pattern: str, spans: Spans) -> Iterator[re.Match[str]]:
    """The matches of a pattern in the spans that have one of the hints: in lower case, where that makes no difference
    to the pattern. Few texts have any: to compile all of the patterns would take longer than to look at a small
    project."""
    plain = not pattern.startswith("(?i)")
    whole = spans.piece if plain else spans.low
    words = [word for word in hints.split() if word in whole]
    for text, start, end, piece, low in spans.each if words else ():
        near = piece if plain else low
        if any(word in near for word in words):
            yield from compiled(pattern).finditer(text, start, end)


def written_files(text: str) -> Iterator[Written]:
    """The files that a script writes with `cat`, `tee`, `echo` or `printf`; line ends that are spelled `\\n` are line
    ends in their content."""
    for match in compiled(_ECHOED).finditer(text) if "echo" in text or "printf" in text else ():
        value, at = _value(match)
        name = match[match.re.groups]
        yield Written(name, value.replace("\\n", "\n"), at)
    at = 0
    waiting: list[tuple[str, str]] = []
    body: list[str] = []
    start = 0
    for line in text.split("\n"):
        begin, at = at, at + len(line) + 1
        if waiting:
            name, end = waiting[0]
            if line.strip() == end:
                if name:
                    yield Written(name, "\n".join(body), start)
                del waiting[0]
                body, start = [], at
            else:
                body.append(line)
            continue
        if "<<" in line:
            target = compiled(_TARGET).search(line)
            waiting = [(target[1] if target else "", each[1]) for each in compiled(_HERE_DOCUMENT).finditer(line)][:16]
            body, start = [], begin + len(line) + 1


def weight(value: str) -> Strength | None:
    """What a value weighs where the form of a command leaves no doubt what it is; None: it only stands for one."""
    if "$" in value and compiled(r"\$[\w{(]").search(value):
        return None
    if compiled(_REPLACED).search(value):
        return None
    if placeholders.is_random(value):
        return Strength.HIGH
    return Strength.MEDIUM if placeholders.is_literal(value) and not placeholders.is_path(value) else None


#: An expression, or what is put in the place of what one has found; the ends of lines in a text.
_REPLACED: Final = r"\[\^?(?:A-Z|a-z|0-9)|\A\\[1-9n]|\\s[*+]|\(\?[:=!]"


def _announces(name: str) -> bool:
    """Whether an option, a variable or a setting says that a secret follows. `-storepass` runs its words together, and
    `github-oauth.<host>` has them in front."""
    low = name.lower()
    return (
        telling.announces(name)
        or low.endswith(("storepass", "keypass"))
        or low.startswith(("github-oauth.", "gitlab-oauth.", "gitlab-token.", "http-basic.", "bearer.", "pypi-token."))
    )


#: What collects the files of pages wants a key to start with, whichever it is.
_ASSETS: Final = (
    r"[^\n;]{0,300}?(?:collectstatic|compilemessages|compilescss|assets:precompile|webpacker:compile|vite:build"
    r"|(?:manage\.py|django-admin)[ ]+compress)(?![\w-])"
)
#: How Docker is told of a secret: by what it is called, and where it lies.
_FROM: Final = ("id=", "src=", "source=", "type=", "env=")


def _counts(name: str, value: str) -> bool:
    if "://" in value or any(map(str.isspace, value)):
        return False  # the business of `logins`, or words
    if name == "secret" and value.startswith(_FROM):
        return False  # what a builder gets it from
    password = telling.spelt(name).endswith(("PASSWORD", "PASSWD", "PASS", "PWD", "PASSPHRASE"))
    return placeholders.is_strong(value) if password else placeholders.is_random(value)


def _value(match: re.Match[str], first: int = 1) -> tuple[str, int]:
    """The value of a match and its place: the one of three groups, from `first` on, that took part."""
    group = next(each for each in range(first, first + 3) if match[each] is not None)
    return match[group], match.start(group)


def _judge(
    case: Case, match: re.Match[str], reason: str, *, first: int = 1, certain: bool = False, near: bool = False
) -> None:
    _confirm(case, *_value(match, first), reason, certain=certain, near=near)


def _confirm(case: Case, value: str, at: int, reason: str, *, certain: bool = False, near: bool = False) -> None:
    """`near`: it opens a service on this machine."""
    severity = weight(value)
    if severity is Strength.MEDIUM:
        severity = Strength.LOW if near else assignments.weighed("", value, Strength.MEDIUM, text=case.text)
    if severity is not None:
        case.confirm("command-line", severity, value, at, reason, certain=certain)


def _judge_header(case: Case, match: re.Match[str]) -> None:
    value, at = match[2], match.start(2)
    if compiled(_REPLACED).search(value):
        return
    login = checksums.login(value)
    if login is not None and login[1]:
        severity = weight(login[1])
        if severity is Strength.MEDIUM:
            severity = assignments.weighed("", login[1], severity, text=case.text)
    elif match[1].lower() == "cookie":
        value = value.partition("=")[2]
        at, severity = at + len(match[2]) - len(value), Strength.HIGH if placeholders.is_random(value) else None
    elif case.text[max(0, at - 8) : at].lower().rstrip().endswith("basic") and value.count("-") == 4:
        severity = None  # a number, which is no user and no password
    else:
        severity = Strength.HIGH if is_drawn(value, least=8) else None
    if severity is not None:
        case.confirm("command-line", severity, value, at, f"a value for the header {match[1].lower()}")


def _judge_decoded(case: Case, spans: Spans) -> None:
    """Confirm what a command decodes, or spells with escapes, where that gives a secret away."""
    found = [(match, _decoded(match)) for match in _found("|", _DECODED, spans)]
    found += [(match, _spelled(_value(match)[0])) for match in _found("echo printf", _SPELLED, spans)]
    for match, text in found:
        if not text or not text.isprintable():
            continue
        value, at = _value(match)
        inner = Case("", text.encode(errors="replace"), size=len(text))
        search.judge_every(inner)
        logins.judge_urls(inner, prose=False)
        if inner.confirmed:
            case.confirm("command-line", Strength.HIGH, value, at, "a secret that the command decodes")


def _decoded(match: re.Match[str]) -> str:
    value = _value(match)[0]
    data: bytes | None = value[::-1].encode(errors="replace")
    if match[4]:
        data = checksums.unbase64(value)
    elif match[5]:
        data = bytes.fromhex(value) if compiled(r"(?:[0-9a-fA-F]{2})+").fullmatch(value) else None
    return (data or b"").decode(errors="replace").strip()


def _spelled(value: str) -> str:
    escapes = compiled(r"\\(?:([0-7]{3})|x([0-9a-fA-F]{2}))")
    return escapes.sub(lambda one: chr(int(one[1], 8) if one[1] else int(one[2], 16)), value)


def _parted(value: str) -> Iterator[tuple[str, str, str]]:
    for match in compiled(_PARTED).finditer(value):
        yield value[: match.start()], match[0], value[match.end() :]


def _judge_login(case: Case, match: re.Match[str], reason: str, *, weak_counts: bool) -> None:
    """`user:password`. `weak_counts`: an account gets this password, however weak it is."""
    value, at = _value(match)
    user, colon, password = next(iter(_parted(value)), (value, "", ""))
    if user.startswith("-") or password.startswith("//"):
        return  # options, in a text that shows how something is called, or an address
    if not colon or (not password and is_drawn(user, least=12)):
        # A key as the user, with no password, is how many services are asked.
        password, user = value[: len(value) - len(colon)], ""
        if not weak_counts and not colon:
            return
        colon = ""
    at += len(user) + len(colon)
    bare = password.removesuffix("\\n").strip("\"'")
    at += password.find(bare)
    password = bare
    severity = weight(password)
    if severity is Strength.MEDIUM and not weak_counts:
        near = password == user or _is_request(match)
        severity = Strength.LOW if near else assignments.weighed("", password, severity, text=case.text)
    if severity is None and weak_counts and password and "$" not in password and "`" not in password:
        severity = Strength.MEDIUM
    if severity is not None:
        case.confirm("command-line", severity, password, at, reason)
