"""Drawn values beside telling names, in any text: code, scripts, logs, notes, configuration of no known form.

What is rare is looked for first: a run of characters in which letters and digits mix (`runs`); only then is its name
looked for, to the left on its line. The value has to look drawn at random (`randomness`).
"""

from __future__ import annotations

import re
from typing import Final

from ..regex import compiled
from . import assignments, checksums, defaults, excuses, hosts, placeholders, services, telling, tokens
from .case import MOST, Case
from .judgement import Strength
from .randomness import chance, is_app_password, is_drawn
from .runs import LEAST, Run, made_up

#: The value of a name that only ends in `key` is longer than others.
_LEAST_KEY: Final = 20
#: So much of the line before a value is looked at.
_LEFT: Final = 160

#: A name and what stands between it and its value; read from the value to the left, where there is one way to read it.
_USED: Final = r"(?:[ \t]{1,4}(?i:reraeb|cisab|nekot|yekipa|yek-oss|swss)(?![\w.-]))?"
_OPENED: Final = r"[ ]?[\[\"'`({\\@$]{0,4}(?:[bfruBFRU](?![\w]))?"
_SIGN: Final = (
    r"[ \t]{0,12}(?:[>=:|?,(]|-(?=[ \t>])|\|(?=[ \t])|\.|\+(?<==\+)|si(?=[ \t])){1,4}"
    r"(?:[ \t]{1,4}[=:](?=[ \t]))?[ \t]{0,12}"
)
_TYPED: Final = (
    r"(?:(?:[gG]nirt[sS]|rts|rahc|txet|rahcrav|lav|rav)[*&]?[ \t]{0,4}(?::[ \t]{0,4}|(?<=[ \t]))(?:sA[ \t]{1,4})?)?"
)
#: As bytes, in Go, C#, JavaScript, Python.
_BYTES: Final = r"etyb\]\[|setyBteG\.[\w.]{1,30}|morf\.reffuB|setyb"
#: Read from base64 or hex, in Java, Python, C#, PHP, JavaScript, Ruby; in Go, beside an error.
_DECODED: Final = (
    r"edoced\.(?:\)\(redoceDteg\.)?(?:46esaB|xeH)|(?:edoced46b(?:_efaslru)?|yfilxehnu|xehmorf)(?:\.\w{5,8})?"
    r"|(?:gnirtS46esaB|gnirtSxeH)morF\.trevnoC|(?:edoced_46esab|nib2xeh|bota)|46edoced_(?:tcirts|efaslru)\.46esaB"
    r"|gnirtSedoceD\.(?:xeh|gnidocn[eE](?:LRU|dtS)\.46esab)(?:[ ]=:?[ ](?:_|rre)(?=[ ]?,))?"
)
_CAST: Final = rf"(?:(?:{_BYTES}|{_DECODED})(?![\w.]))?"
_CLOSED: Final = r"[\"'`)\]\\?!]{0,5}"
_NAME: Final = r"(?P<name>[\w.$-]{1,80})(?P<more>(?:[ ][\w.-]{1,40}){0,2})"
_NAMED: Final = _USED + _OPENED + _CAST + _USED + _SIGN + _TYPED + _CLOSED + _NAME
#: A header with the word for how it is used.
_SCHEME: Final = (
    r"(?i)(?<![a-z])(?:authorization|auth(?!n)|headers?)[\w\"'\[\](): =,-]{0,30}"
    r"(?:bearer|token|basic|key|ssws)[ \t]{1,4}[\"'`]?\Z"
    r"|\bbearer[ \t]{1,4}\Z"
)
_QUERY: Final = (
    r"(?i)[?&;]((?:[\w-]{0,20}[_-])?"
    r"(?:api[_-]?key|apikey|key|token|secret|password|access_token|auth|appid|app_key))=\Z"
)
_ELEMENT: Final = r"(?i)<[\w:.-]{0,30}?(?:secret|token|password|api_?key)>[^<>\n]{0,40}[ \t{]\Z"
#: What is made of a user and a password.
_CONSTRUCTED: Final = (
    # PHP: host or DSN, user, password.
    r"(?:\bmysqli?_p?connect|\bnew[ ]+mysqli|\bnew[ ]+\\?PDO)\((?:[^()'\",\n]{1,40}|'[^'\n]{0,120}'|\"[^\"\n]{0,120}\")"
    r",[^(),\n]{1,60},[ \t]{0,4}[\"']\Z|"
    r"(?:NetworkCredential|DirectoryEntry|PSCredential|PasswordAuthentication|PasswordCredentials?|BasicAuth\w{0,12}"
    r"|basic_auth|basicAuth|\.login|\.auth|getConnection|jwt\.(?:sign|verify|encode|decode)|createHmac|\bauth[ ]?=[ ]?)"
    r"\([^()\n]{1,80},[ \t]{0,4}[\"'`]\Z"
)
#: A name with a value in quotes behind it, and no sign between them: constants, attributes, calls without brackets.
_SPACED: Final = (
    r"(?:\A[ \t]*|#define[ \t]+|[@{;][ \t]*|\(def[\w-]{0,8}[ \t]+|[{;][ \t]*)([A-Za-z_][\w.-]{1,80})[ \t]{1,20}[\"'`]\Z"
)
#: What is given a value in case a variable is not set.
_OR: Final = r"(?:\?\?|\|\||[ \t]or)[ \t]{0,4}[\"'`]?\Z"
_DEFAULTED: Final = (
    r"[\"'`]([\w.-]{2,80})[\"'`][ \t]{0,4},[ \t]{0,4}(?:default|fallback)(?:_?[vV]alue)?"
    r"[ \t]{0,4}[=:][ \t]{0,4}[bru]?[\"'`]\Z"
)
_INSTEAD: Final = rf"([\w.$-]{{1,80}})[\"'\]]{{0,2}}[ \t]{{0,4}}(?::=|=>|[:=])[ \t]{{0,4}}[^=:,\n]{{1,80}}{_OR}"
#: Where a drawn value is an address, a digest, a name for something.
_NO_SECRET: Final = (
    r"(?:\A|_)(?:PUBLIC|PUB|PUBLISHABLE|CACHE|SORT|SITE|PRIMARY|FOREIGN|PARTITION|HASH|IDEMPOTENCY|ROW|QUERY|TRANSLATION"
    r"|RANGE|INDEX|MAP|BUCKET|FILE|FIELD|OBJECT|HOST|KNOWN|GPG|PGP|SSH|COMMIT|LOOKUP|ROUTE|GROUP|SEGMENT(?:IO)?(?:_WRITE)?|RUDDERSTACK(?:_WRITE)?|STATE|STORAGE"
    r"|REACT|MESSAGE|LOCALE|I18N|REQUEST|RESPONSE|RESOURCE|ISSUE|TREE|MENU|DEDUPE|DEDUPLICATION|CORRELATION|EVENT|TRACE|LICENCE|ANON|CLIENT|PAGE|CURSOR|CONTINUATION"
    r"|SEARCH|S3|KEY|PRODUCT|SHORTCUT|HOT|ARROW|META|TEST|EXPECTED|SORTED|ANSWER|WIDGET|FEATURE|FLAG|SCHEMA|ITEM"
    r"|GATEWAY|CONTACT|COMPANY|CUSTOMER|INVOICE|ORDER|TOPIC|MODULE|COMPONENT|LABEL|ENTITY|RECORD|CATEGORY|OPTION"
    r"|ATTRIBUTE|PARENT|CHILD|VERSION|USB|SENTRY|INSTRUMENTATION|PROJECT)_KEY\Z|PUBKEY\Z|SITEKEY\Z"
    r"|(?:\A|_)(?:NEXT|CART|CHECKOUT|CSRF|XSRF|SYNCHRONIZER|SEARCH|SHARE(?:_AUTH|_LINK)?|PAGE|CURSOR|CONTINUATION|DESIGN|COLOR|LEX|LEXER|TEST|EXPECTED)_TOKEN\Z"
)
#: Also as Duo calls its own; personal access tokens, and what SonarQube's scanner logs in with.
_PLAIN_KEY: Final = r"(?:\A|_)(?:[A-Z0-9]{3,}_?|S)KEY\Z|_PAT\Z|\ASONAR_LOGIN\Z"
#: Every name that is telling has one of these in it.
_TELLING: Final = (*telling.ANNOUNCING, "pat", "login", "jwt")
_COMMENT: Final = (
    r"(?:\A|[ \t,;])(?:#(?!define)|//(?![\w.-]{1,80}/)|/\*|\*)(?=[ \t\"'<\w$@])|\A[ \t]*(?:(?:--|REM)[ \t]|[;%])"
    r"|\A[ \t]*(?:\"\"\"|''')|<!--"
)


_QUOTES: Final = ("'", '"', "`")
#: What a program refers to, where it is in no quotes: `crypto.SECP256K1_JWT_ALG`.
_ATTRIBUTE: Final = r"[A-Za-z_$]\w*(?:\.[A-Za-z_]\w*)+"
PROGRAMS: Final = (
    *(".py", ".rb", ".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".tsx", ".jsx", ".vue", ".svelte", ".go", ".rs"),
    *(".java", ".kt", ".scala", ".groovy", ".c", ".h", ".cc", ".cpp", ".cs", ".fs", ".php", ".ex", ".exs", ".swift"),
    ".dart",
)


#: Where git keeps the numbers of commits beside the names of branches.
_REFS: Final = r"/\.git/(?:.{1,200}/)?(?:packed-refs|FETCH_HEAD|logs/.{1,200})\Z"


def judge_literals(case: Case, found: tuple[Run, ...], *, kind: str = "assigned-secret") -> None:
    """Confirm every drawn value among the runs that has a telling name before it on its line."""
    if compiled(_REFS).search(f"/{case.path}"):
        return
    told = 0
    for run, (start, end) in zip(found, case.spans_of(found), strict=True):
        value = case.text[start:end]
        # `NAME=value` is one run, and so is `name.part=value`.
        name, equals, behind = _parted(value)
        left = _left(case.data, run, alone=not equals)
        if equals:
            left, value, start = left + name + "=", behind, end - len(behind)
        value = value.rstrip(".")
        if value.startswith("-") and left.endswith(":") and "${" in left:
            value, start = value[1:], start + 1  # `${NAME:-value}`
        left, value, start = _unquoted(case.text, left, value, start)
        sealed = left.endswith("{") and case.text[end : end + 1] == "}"  # as Maven and Jenkins encrypt
        if not value or sealed or (reason := _telling(left, value)) is None or _is_no_value(left):
            continue
        referred = (
            "checksum/" in left  # by what pods are told to start anew
            or (
                case.name.endswith(PROGRAMS)
                and not left.endswith(_QUOTES)
                and compiled(rf"{_ATTRIBUTE}|0x[0-9A-Fa-f_]+").fullmatch(value) is not None
            )
            # A salt and what was made of a password with it, as bitcoind writes them.
            or compiled(r"[0-9a-f]{32}(?=\$[0-9a-f]{64}(?![0-9a-f]))").match(case.text, start) is not None
            or is_compared(case.text, left, value, start)
            or _is_thumbprint(case.text, value, start)
            or _is_one_of_many(case.text, left, start, end)
        )
        # For this, all of the text above is searched.
        if (
            referred
            or _is_digest_in_table(case, left, value)
            or _is_name(case.text, left, end)
            or excuses.is_in_block_comment(case.text, start)
        ):
            continue
        # A migration that brings in a service gives it a number among others.
        numbered = reason.startswith(_BESIDE) and compiled(_FIRST_ROWS).search(f"/{case.folder}/") is not None
        severity = Strength.LOW if numbered or _is_shown(case, left, start) else Strength.HIGH
        if _is_first(case, left, start):
            severity = Strength.LOW
        if _is_played_with(case.text, start) or (reason == _QUERIED and _is_among_hosts(case.text, start)):
            severity = Strength.LOW
        said = compiled(_NAMED).match(left[::-1])
        if said is not None:
            name = said["name"][::-1]
            if assignments.is_of_each(case.text, name) and compiled(_NUMBER).fullmatch(value):
                continue
            severity = assignments.at_home(name, value, severity, case.text)
            if _is_made_into_pages(case, name):
                licensed = telling.spelt(name).endswith("LICENSE_KEY")
                severity = min(severity, Strength.LOW if licensed else Strength.MEDIUM)
        if reason == _QUERIED and case.name.endswith(excuses.COMPONENTS):
            severity = min(severity, Strength.MEDIUM)  # the browser of whoever looks at the page asks with it
        severity = min(severity, defaults.most(case.path, case.text, start) or severity)
        if "secrets." in left and (instead := compiled(_WITHOUT_SECRET).search(left)) is not None:
            if compiled(telling.PUBLIC).search(telling.spelt(instead[1])):
                continue
            severity = min(severity, Strength.MEDIUM)
        case.confirm(kind, severity, value, start, reason)
        told += 1
        if told >= MOST:
            return


#: What a workflow runs with where its repository has no such secret, as every fork has none; the variable that gets it.
_WITHOUT_SECRET: Final = r"([\w-]+):[ \t]*[\"']?\$\{\{[ ]*secrets\.\w+[ ]*\|\|[ ]*['\"]\Z"

#: What a service gives out together: the name of the one, and of the other that nobody else may know.
_OPEN_HALF: Final = r"(\w{2,40}?_)(?:ACCESS_KEY(?:_ID)?|API_KEY|APP_KEY|KEY(?:_ID)?|CLIENT_ID)"
_SECRET_HALF: Final = r"(\w{2,40}?_)(?:SECRET(?:_(?:ACCESS_)?KEY)?|API_SECRET|APP_SECRET|CLIENT_SECRET)"
#: Services that are started with a program, with whatever it gives them.
_OF_ITS_OWN: Final = r"MINIO|LOCALSTACK|GARAGE|LIVEKIT|RUSTFS|SEAWEED|CEPH|REVERB|PUSHER|SOKETI"


def judge_pairs(case: Case, found: tuple[Run, ...], *, kind: str = "assigned-secret") -> None:
    """Confirm the pairs of keys that a service has given out, in a file that is there to be copied: whoever filled in
    one value may have left another by mistake, but no two that look drawn."""
    drawn: dict[str, tuple[str, int]] = {}
    for run, (start, end) in zip(found, case.spans_of(found), strict=True):
        name, equals, value = _parted(case.text[start:end])
        if equals and case.data[run.start - 1 : run.start] in (b"", b"\n", b" ") and is_drawn(value, least=_LEAST_KEY):
            drawn[name] = (value, end - len(value))
    for name, (value, start) in drawn.items():
        half = compiled(_SECRET_HALF).fullmatch(name)
        if half is None or compiled(_OF_ITS_OWN).search(name):
            continue
        others = (compiled(_OPEN_HALF).fullmatch(each) for each in drawn if each != name)
        if any(other is not None and other[1] == half[1] for other in others):
            reason = f"a random value for {assignments.shown(name)}, beside its other half"
            case.confirm(kind, Strength.MEDIUM, value, start, reason)


def _is_digest_in_table(case: Case, left: str, value: str) -> bool:
    """Whether a statement of SQL gives a column for passwords what was made of one."""
    if not case.name.endswith(".sql") or compiled(_DIGEST).fullmatch(value) is None:
        return False
    return compiled(r"(?i)passw(?:or)?d[\"`]?[ ]*=[ ]*'\Z").search(left) is not None


#: What says of a login that no money moves with it.
_SANDBOX: Final = (
    r"(?i)\b(?:is_?|use_?)?sandbox(?:_?mode)?\\{0,3}[\"']?\s{0,8}[:=]\s{0,8}\\{0,3}[\"']?(?:true|1)\b"
    r"|\bis_?prod(?:uction)?\\{0,3}[\"']?\s{0,8}[:=]\s{0,8}\\{0,3}[\"']?false\b"
    r"|\b(?:mode|env|environment)\\{0,3}[\"']?\s{0,8}[:=]\s{0,8}\\{0,3}[\"']sandbox\b"
)


def _is_played_with(text: str, start: int) -> bool:
    """Whether what stands beside a value, in the same braces, says that it is for a sandbox."""
    left, right = text[max(0, start - 300) : start], text[start : start + 300]
    own = left[left.rfind("{") + 1 :] + right.partition("}")[0]
    return compiled(_SANDBOX).search(own) is not None


#: Addresses of so many others around one make a list of what was seen, and none that somebody logs in at.
_MANY: Final = 8
_OF_OTHERS: Final = r"(?<![\w.@-])(?:[a-z0-9-]{1,63}\.){1,4}[a-z0-9]{2,24}(?=/)"


def _is_among_hosts(text: str, start: int) -> bool:
    return len(set(compiled(_OF_OTHERS).findall(text, max(0, start - 2000), start + 2000))) >= _MANY


def _is_first(case: Case, left: str, start: int) -> bool:
    """Whether Phoenix signs with a value on this machine, which whoever runs the program elsewhere is made to replace:
    one of the settings for all stages, beside the host."""
    if case.name != "config.exs" or compiled(r"(?:key_base|salt|secret):[ \t]*\"\Z").search(left) is None:
        return False
    near = case.text[max(0, start - 600) : start + 600]
    return compiled(r"\bhost:[ ]*\"(?:localhost|127\.0\.0\.1)\"").search(near) is not None


def _is_name(text: str, left: str, end: int) -> bool:
    """Whether a string is the name in a pair that has its value behind a colon: `"a": "password", "87f5…": "b"`."""
    if not left.endswith(('"', "'")) or text[end : end + 1] != left[-1]:
        return False
    if compiled(r"[ \t]{0,4}:(?![:=])[ \t]{0,40}\S").match(text, end + 1) is None:
        return False
    return compiled(r"(?:[?=]|\bin|\bcase)[ \t]{0,4}[\"']\Z").search(left) is None


def _is_one_of_many(text: str, left: str, start: int, end: int) -> bool:
    """Whether a string is on a line of its own between two others, in a list of names: `"SharedSecret", "X509Name", …`,
    one below the other. A name and its value are two, with no third one."""
    line = text.rfind("\n", 0, start) + 1
    if not line or not left.endswith(_QUOTES) or text[line:start].strip(" \t\"'`"):
        return False
    above = text[text.rfind("\n", 0, line - 1) + 1 : line]
    return (
        compiled(rf"{_ELEMENT_OF_LIST}\n").fullmatch(above) is not None
        and compiled(rf"[\"'],[ \t]*\r?\n{_ELEMENT_OF_LIST}$", re.MULTILINE).match(text, end) is not None
    )


#: How long digests are, and what a program makes one with.
_DIGEST: Final = r"(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})"
#: What is kept of a password, or made of it, and not what somebody types.
_COMPARED: Final = (
    r"(?i)(?:(?<=[.>])passw(?:or)?d|(?:encrypt|md5|sha\d{0,3}|hash|digest)\w{0,20}\([^\n]{0,80}\))"
    r"[ ]*={2,3}[ ]*[\"']\Z"
)
_ASKED_FOR: Final = r"\|\|\s{0,40}[\"']\Z"
#: A program asks whether somebody has left a setting as it was: beside whether it is empty, or to refuse it.
_UNSET: Final = (
    r"(?:==[ ]?(?:\"\"|''|nil|null|None)|(?:\bnot[ ]+|!)[\w.]{1,60}|is[_ ]?[eE]mpty(?:\([\w.]{0,40}\))?)"
    r"[ ]{0,4}(?:\|\||\bor\b)[^\n]{1,100}=={1,2}[ ]?[\"'`]\Z"
)
_REFUSED: Final = (
    r"[^\n\"'`]{0,80}[\"'`][^\n]{0,40}\n(?:[ \t]*\{[ \t]*\n)?[ \t]*(?:return[ ]+)?[\w.]{0,40}?"
    r"(?:Err!?\(|\b(?:raise|throw|panic!?|die|abort|bail!?|fatal|warn(?:ing)?!?|[eE]rrors?(?:\.New|!)?)\b)"
)
_DIGESTED: Final = r"hexdigest\(|createHash\(|\b(?:sha|SHA)-?(?:1|256|384|512)\b|\b(?:md5|MD5)\b|Digest::"


def is_compared(text: str, left: str, value: str, start: int) -> bool:
    """Whether a program compares a value with the digest that it has made of a password, or asks for a default: it is
    nothing `|| 'that' ===` what is set, or is refused."""
    if compiled(_ASKED_FOR).search(left) and compiled(r"[\"'] ?[!=]==?").match(text, start + len(value)):
        return True
    if compiled(r"(?<![=!<>])=={1,2}[ ]?[\"'`]\Z").search(left) and (
        compiled(_UNSET).search(left) or compiled(_REFUSED).match(text, start)
    ):
        return True
    if not left.rstrip(" \t\"'").endswith("==") or compiled(_DIGEST).fullmatch(value) is None:
        return False
    if compiled(_COMPARED).search(left):
        return True
    return compiled(_DIGESTED).search(text, max(0, start - 1000), start) is not None


def _is_thumbprint(text: str, value: str, start: int) -> bool:
    """Whether a value is the fingerprint of a certificate, as what stands around it says, too."""
    if compiled(_FINGERPRINT).fullmatch(value) is None:
        return False
    return compiled(r"(?i)thumb_?print").search(text, max(0, start - 300), start + 300) is not None


def _is_no_value(left: str) -> bool:
    """Whether what stands before a string says that it is a comment, or has to be decrypted first."""
    if compiled(_COMMENT).search(left) or (left.endswith(_QUOTES) and compiled(_FOUND).search(left)):
        return True
    return "ecrypt" in left and compiled(_DECRYPTED).search(left) is not None


#: An element of a page is looked for.
_FOUND: Final = (
    r"(?:\$|\bquerySelector(?:All)?|\bgetElement\w{2,14}|\.(?:find|closest|locator|getByTestId)|\bBy\.\w{2,12})"
    r"\([\"'`]\Z"
)
#: Alone, or behind what it is decrypted with.
_DECRYPTED: Final = r"[dD]ecrypt\w{0,40}\((?:[^()\n]{1,80},)?[ \t]{0,8}[\"'`]\Z"


#: An element that brings what a service shows on pages, and whose token goes to everybody who looks at one.
_EMBEDDED: Final = r"<[A-Z]\w{0,30}(?:Chat|Widget|Captcha|Analytics|Messenger)\w{0,30}\s[^<>]{0,200}\Z"


def _is_shown(case: Case, left: str, start: int) -> bool:
    """Whether pages show a key to everybody: what counts visitors, draws a map, searches a manual."""
    match = compiled(_NAMED).match(left[::-1])
    if match is None:
        return False
    if left.endswith("=") and compiled(_TILES).search(left):
        return True
    if case.name.endswith(excuses.COMPONENTS) and compiled(_EMBEDDED).search(case.text, max(0, start - 300), start):
        return True
    name = match["name"][::-1]
    if any(
        assignments.is_shown(each) or assignments.is_generated(case, each, start) for each in (name, _assigned(left))
    ):
        return True
    if case.name.endswith(".sql") and compiled(_FIRST_ROWS).search(f"/{case.folder}/"):
        return True
    # What Google Analytics counts with is in every copy of a program.
    if telling.spelt(name) == "API_SECRET" and "measurement_id" in case.text[max(0, start - 300) : start + 300]:
        return True
    words = telling.spelt(name)
    if words.endswith(("KEY", "TOKEN")) and compiled(_COUNTED_BY).search(case.text, max(0, start - 300), start):
        return True
    if case.name.endswith(PROGRAMS) and _is_of_every_copy(case.text, words, name, start):
        return True
    if _is_delivered(case) and words.endswith(("KEY", "TOKEN")) and compiled(_GUARDED).search(words) is None:
        return True
    if not words.endswith(("API_KEY", "APIKEY")):
        return False
    if case.name.endswith((".jsx", ".tsx")) and compiled(_ELEMENT_GIVEN).search(left):
        return True
    near = case.text[max(0, start - 400) : start + 200]
    if compiled(_REPORTING).search(near):
        return True
    if compiled(_INDEXED).search(near) and not compiled(r"ADMIN|WRITE").search(telling.spelt(name)):
        return True
    if case.name.endswith(excuses.PAGES) and case.text.rfind("<script", 0, start) > case.text.rfind(
        "</script", 0, start
    ):
        return True
    return compiled(_MAP).search(near) is not None or compiled(_SEARCHED).search(case.text, 0, 1 << 16) is not None


#: The settings of what counts visitors, which holds its key.
_COUNTED_BY: Final = (
    r"(?i)(?<![a-z])(?:amplitude|mix_?panel|segment|post_?hog|heap|rudder_?stack|matomo|plausible|bugsnag|hotjar|fullstory"
    r"|log_?rocket|intercom|crisp|pendo)(?:Config|Options|Settings)?[\"']?\s{0,4}[:=]\s{0,4}\{[^{}]{0,120}\Z"
)
#: What a program tells a service about itself, beside what it logs in with, as every copy of it does.
_OF_A_COPY: Final = r"(?i)(?:app|client|sdk)_?(?:ver\b|version)|package_?name"
#: What a protocol encrypts and signs with, as every program has it that speaks it.
_CIPHER: Final = r"(?<![A-Za-z])(?:AES|aes|DES|RC4|iv|IV)(?![a-z])|[Cc]ipher|[Pp]ublic_?[Kk]ey"


def _is_of_every_copy(text: str, words: str, name: str, start: int) -> bool:
    """Whether a value in a program is what every copy of some program has: what its client is called by, what its
    protocol is spoken with. Whoever has a copy has it, too, and nobody can replace it here."""
    near = text[max(0, start - 400) : start + 400]
    if words.endswith(("CLIENT_SECRET", "SALT", "SIGN_KEY")) and compiled(_OF_A_COPY).search(near):
        return True
    return words.endswith("_KEY") and not telling.announces(name) and compiled(_CIPHER).search(near) is not None


#: Where servers have what browsers get, and what is no page's to show, whoever wrote it there.
_DELIVERED: Final = r"/(?:static|assets|public|wwwroot|htdocs)/(?:[^/]{1,80}/){0,12}[^/]{1,120}\.(?:m?js|html?)\Z"
_GUARDED: Final = r"SECRET|PRIVATE|PASS|CREDENTIAL|ADMIN|MASTER|ROOT|SERVER|SERVICE"
#: What is made into pages: parts of them, and what lies in directories that are called so; not what asks for them.
_FOR_PAGES: Final = (
    r"/(?:front-?end|webapp|web-?ui|ui|client|dashboard|browser|components|hooks|views|stores?|javascripts?)/"
    r"(?:[^/]{1,80}/){0,12}[^/]{1,120}\.[cm]?[jt]sx?\Z"
)
_ON_SERVERS: Final = r"/(?:server|api|backend|functions|scripts|cli)/|[./](?:config|server|setup)\.[cm]?[jt]s\Z"


def _is_delivered(case: Case) -> bool:
    """Whether a browser gets to see a file, and whoever has one."""
    return (
        case.name.endswith(("js", "html", "htm")) and compiled(_DELIVERED).search(f"/{case.path.lower()}") is not None
    )


def _is_made_into_pages(case: Case, name: str) -> bool:
    """Whether pages are made of a program, and a key in it has a name that does not say that nobody may see it: by
    what counts, draws or searches in a browser, more often than not, and it may still open what it should not."""
    path = f"/{case.path.lower()}"
    words = telling.spelt(name)
    return (
        (case.name.endswith(excuses.COMPONENTS) or compiled(_FOR_PAGES).search(path) is not None)
        and compiled(_ON_SERVERS).search(path) is None
        and words.endswith(("KEY", "TOKEN"))
        and compiled(_GUARDED).search(words) is None
    )


#: What every installation of a program begins with.
_FIRST_ROWS: Final = r"/(?:db[_-]?)?schemas?/|/migrations?/"
#: The settings of a map that the browser draws.
_MAP: Final = (
    r"(?i)map[_-]?(?:provider|layer|type|settings|tiles?)(?![a-z])|(?:google|here|tencent|bing|yandex)-?maps?|leaflet"
    r"|tile[_-]?layer"
)
#: Where the browser gets the tiles of a map, or a file.
_TILES: Final = (
    r"(?i)(?:https?:)?//[\w.-]{0,60}(?:tile|maps?[.-])[\w.-]{0,60}/[^\s\"'<>]{0,120}[?&;](?:api_?)?(?:key|ak)=\Z"
    # What a page opens to talk to somebody, or shows of another one.
    r"|//[\w.-]{1,100}/(?:[\w.-]{1,60}/){0,6}(?:widgets?|live-?chat|embed)(?:[/.][^\s\"'<>]{0,120})?[?&;](?:api_?)?key=\Z"
    # What whoever clicks is let in with.
    r"|\b(?:href|link)[\"']?[ \t]{0,4}[:=][ \t]{0,4}[\"'`{]{0,3}https?://[^\s\"'<>]{0,200}[?&;][\w-]{1,40}=\Z"
    # What Firebase adds to the address of a file, for all who get to see it.
    r"|//firebasestorage\.googleapis\.com/[^\s\"'<>]{0,200}[?&;]token=\Z"
)
#: What an element of a page is given, which the browser makes of it.
_ELEMENT_GIVEN: Final = r"(?i)(?:<[a-z][\w.]{0,60}[ ](?:[^<>\n]{0,200}[ ])?|\A[ \t]*)api_?key=\{?[\"'`]\Z"
#: What counts visitors or tells of errors, as the browser starts it.
_REPORTING: Final = r"\b(?:initializeFaro|[bB]ugsnag\.(?:start|[cC]onfigure)|posthog\.init|amplitude\.init)\("
#: An application at Algolia, beside the key by which whoever uses it searches.
_INDEXED: Final = r"(?i:app(?:lication)?_?id)[\"']?[ \t]{0,4}[:=][ \t]{0,4}[\"'][A-Z0-9]{10}[\"']"
#: The settings of a search that runs in the browser.
_SEARCHED: Final = r"(?i)algolia[^\0]{0,600}?index_?name|index_?name[^\0]{0,600}?algolia|docsearch|inkeep"


def _unquoted(text: str, left: str, value: str, start: int) -> tuple[str, str, int]:
    """With what else is in the quotes around a value: in passwords there are signs."""
    opened = compiled(r"([\"'`])([^\s\"'`]{0,40})\Z").search(left)
    if opened is None:
        return left, value, start
    if opened[2] == "base64:":
        return left[: opened.start() + 1], value, start  # as Laravel writes keys
    end = text.find(opened[1], start, start + len(value) + 64)
    whole = opened[2] + text[start:end] if end >= 0 else ""
    # Before a secret, its number: `"869511423:…"`.
    bare = whole[len(opened[2]) :] if compiled(r"\d{3,20}:").fullmatch(opened[2]) else whole
    if not whole or len(whole) > 128 or compiled(r"[\s\"'`$\\{}<>()\[\]/:,]").search(bare):
        return left, value, start
    return left[: opened.start() + 1], whole, start - len(opened[2])


def _left(data: bytes, run: Run, *, alone: bool = True) -> str:
    """What stands before a run on its line; with `alone`, the line above where the run stands alone on its own, and the
    last word of it where a sign stands before the run."""
    least = max(0, run.start - _LEFT)
    line = data.rfind(b"\n", least, run.start) + 1
    left = data[line or least : run.start].decode("utf-8", "replace")
    if alone and line and left.strip(" \t\"'`{|=") == "":
        lines = data[max(0, line - _LEFT) : line - 1].decode("utf-8", "replace").split("\n")[-2:]
        if len(lines) > 1 and all(compiled(_ELEMENT_OF_LIST).fullmatch(each) for each in lines):
            return left  # one of many
        above = lines[-1].rstrip()
        if left.lstrip().startswith("="):
            above = above.rpartition(" ")[2]
        left = f"{above} {left.lstrip()}"
    return left


#: A string on a line of its own, and another one to come.
_ELEMENT_OF_LIST: Final = r"[ \t]*(?:\"[^\"]*\"|'[^']*'),[ \t\r]*"


def _parted(value: str) -> tuple[str, str, str]:
    """Name, sign and value of `NAME=value`; a sign within what was drawn is part of the value, as is the padding of
    base64."""
    bare = value.rstrip("=")
    name, equals, behind = bare.rpartition("=")
    if not name or (is_drawn(name) and not telling.announces(name)):
        return "", "", value
    return name, equals, behind + value[len(bare) :]


def _telling(left: str, value: str) -> str | None:
    """Why a value is a secret, by what stands before it; None: it is none."""
    if left.endswith("=") and (
        _has_ended(left) or compiled(_ASKED_HERE).search(left) or compiled(_SHARED).search(left) or hosts.invites(left)
    ):
        return None
    named = _says_any(left, _TELLING)
    if named and (match := compiled(_NAMED).match(left[::-1])) is not None:
        for name in _names(match) if not _is_listed(left, match) else ():
            if is_telling(name, value) and is_drawn(value, least=_least(name)):
                return f"a random value for {assignments.shown(name)}"
    if named and (name := _assigned(left)) and is_telling(name, value) and is_drawn(value, least=_least(name)):
        return f"a random value for {assignments.shown(name)}"
    low = left.lower()
    if (
        ("auth" in low or "bearer" in low)
        and compiled(_SCHEME).search(left)
        and is_drawn(value, least=20)
        and not _is_usual_login(value)
        # What is basic is a user and a password.
        and not (low.rstrip(" \t\"'`").endswith("basic") and compiled(_NUMBER).fullmatch(value))
    ):
        return "a random value in an authorization"
    queried = compiled(_QUERY).search(left) if low.endswith("=") else None
    if queried is not None and compiled(_NO_SECRET).search(telling.spelt(queried[1])):
        queried = None
    if queried and is_drawn(value) and not compiled(_ADDRESS).fullmatch(value):
        return _QUERIED
    if ">" in low and compiled(_ELEMENT).search(left) and is_drawn(value):
        return "a random value in an element for a secret"
    if "(" in low and compiled(_CONSTRUCTED).search(left) and is_drawn(value):
        return "a random value where a login is made"
    return _of_service(left, value)


def _names(match: re.Match[str]) -> tuple[str, ...]:
    """A name alone, and with the words before it: `shop license key`."""
    last = match["name"][::-1]
    more = [word for word in match["more"][::-1].split() if word.lower() not in _MODIFIERS]
    return (last, " ".join((*more, last))) if more else (last,)


#: Words before a name that say nothing about its value.
_MODIFIERS: Final = frozenset(
    "static const final public private protected internal readonly let var val string char auto".split()
)
_QUERIED: Final = "a random value in the query of a URL"


def _has_ended(left: str) -> bool:
    """Whether a URL says until when it is good, and that moment has passed."""
    until = compiled(_UNTIL).search(left)
    return until is not None and int(until[1]) < tokens.MADE


#: What runs on this machine draws a new one with each start.
_ASKED_HERE: Final = r"(?:localhost|127\.0\.0\.1)\)?[:/]\S{0,120}[?&][\w-]{1,40}=\Z"
#: The number of a document, which lets nobody in who may not read it.
_SHARED: Final = r"//(?:docs|drive|spreadsheets)\.google\.com/\S{0,200}[?&](?:key|id)=\Z"
_UNTIL: Final = r"(?i)[?&](?:e|exp|expires)=(\d{10})&[\w%.=&;-]{0,80}\Z"


def _is_usual_login(value: str) -> bool:
    """Whether a value is a user and a password in base64, and the password says that it is one."""
    login = checksums.login(value)
    return login is not None and (placeholders.is_placeholder(login[1]) or placeholders.describes_itself(login[1]))


def _assigned(left: str) -> str:
    """The name that gets a value where another name, or no sign, stands directly before it; empty: there is none."""
    if left.endswith(_QUOTES) and (match := compiled(_SPACED).search(left)):
        return match[1]
    if ("default" in left or "fallback" in left) and (match := compiled(_DEFAULTED).search(left)):
        return match[1]
    if ("??" in left or "||" in left or " or" in left) and (match := compiled(_INSTEAD).search(left)):
        return match[1]
    return ""


def may_quote(data: bytes, name: str) -> bool:
    """Whether a text may have a password or a secret in quotes, as a quick look tells; `name` is that of its file."""
    ending = name[name.rfind(".") + 1 :]
    if ending in _WITHOUT:
        return False
    for word in (*_SPOKEN, *_SPOKEN_IN.get(ending, ())):  # noqa: SIM110  (most texts come here)
        if word in data:
            return True
    return False


#: What is written to be read or to be looked at.
_WITHOUT: Final = frozenset("md mdx livemd rst adoc html htm tex css scss less svg".split())
_SPOKEN: Final = (
    *(b"assw", b"ecret", b"ASSW", b"ECRET", b"MASTER_KEY"),
    # Only right before a string: most programs speak of tokens.
    *(b'oken = "', b"oken = '", b'oken: "', b"oken: '", b'oken="', b"oken='"),
)
#: Where a login is made in the languages that have a way of their own.
_SPOKEN_IN: Final = {
    **dict.fromkeys(("js", "mjs", "cjs", "ts", "mts"), (b"pass:", b"jwt.")),
    "php": (b"_connect(", b"mysqli(", b"PDO("),
    "py": (b"auth=(", b".login(", b"jwt."),
    "go": (b"jwtKey",),
    "cs": (b"Credential(",),
    "vb": (b"Credential(",),
    "java": (b"getConnection(",),
    "kt": (b"getConnection(",),
    "ino": (b"pass",),
    "gradle": (b"pass",),
    "sql": (b"DENTIFIED", b"dentified"),
}


def judge_made_up(case: Case, *, kind: str = "assigned-secret") -> None:
    """Confirm every string in quotes that is too short for a drawn value, or has signs in it, beside a name that says
    password or secret: it has a digit, and looks drawn or has three kinds of characters and is not put together from
    words."""
    told = 0
    found = list(made_up(case.data))
    for run, (start, end) in zip(found, case.spans_of(found), strict=True):
        value, left = case.text[start:end], _left(case.data, run)
        # To look at what stands before a value takes a fraction of what the value takes.
        names = _protecting(left)
        if not names and not _is_constructed(left):
            continue
        drawn = is_drawn(value, least=8) or is_app_password(value)
        if not is_app_password(value):
            if not (placeholders.is_random(value) or (drawn and chance(value) <= _BEYOND_DOUBT)):
                continue
            if not (drawn or placeholders.classes(value) > 2):
                continue
            if placeholders.is_path(value) or compiled(_EXPRESSION).search(value):
                continue
        if (
            _is_no_value(left)
            or _is_digest_in_table(case, left, value)
            or is_compared(case.text, left, value, start)
            or _is_name(case.text, left, end)
            or _is_one_of_many(case.text, left, start, end)
            or (reason := _protected(names, left, value, drawn=drawn)) is None
        ):
            continue
        if excuses.is_in_block_comment(case.text, start):
            continue
        # What somebody thought of is more often the password of an example than one that opens something; settings
        # and logins are told apart from it by their form.
        thought_of = Strength.MEDIUM if reason == _LOGIN or is_settings(case.path) else Strength.LOW
        severity = Strength.HIGH if drawn else thought_of
        if severity is Strength.LOW and names and _logs_in_elsewhere(case.text, start, end):
            severity, reason = Strength.HIGH, f"{reason}, for a machine that all others reach"
        if reason == _LOGIN and compiled(_HOME).search(left):
            severity = Strength.LOW
        if any(assignments.is_of_no_form(name, value) for name in names):
            severity = min(severity, Strength.MEDIUM)
        if _is_shown(case, left, start):
            severity = Strength.LOW
        severity = min(severity, defaults.most(case.path, case.text, start) or severity)
        case.confirm(kind, severity, value, start, reason)
        told += 1
        if told >= MOST:
            return


def _logs_in_elsewhere(text: str, start: int, end: int) -> bool:
    from .logins import logs_in_elsewhere  # few programs have a password in them

    return logs_in_elsewhere(text, start, end)


#: So little like words is no value that somebody thought of, however it may be spoken.
_BEYOND_DOUBT: Final = -1.0

#: Code that configures a program, as it is called or as its directory is.
_SETTINGS: Final = (
    r"(?i)(?:\A|/)(?:[\w-]{1,40}[._-])?(?:settings?|config(?:uration)?|conf|secrets?|credentials?|database|env(?:ironment)?)"
    r"(?:[._-][\w-]{1,40})?\.[a-z]{1,5}\Z|(?:\A|/)(?:config|conf|settings|credentials|environments?)/[^/]+\Z"
)


def is_settings(path: str) -> bool:
    """Whether a program keeps its settings in a file of this path, and nothing else."""
    return compiled(_SETTINGS).search(path[-200:]) is not None


#: What an expression has and a password has not: `[0-9a-f]{40}`.
_EXPRESSION: Final = r"\[[^\]]{0,40}\w-\w[^\]]{0,40}\]|\{\d{1,4},?\d{0,4}\}|\(\?[:!=<]"


def _protecting(left: str) -> list[str]:
    """The names before a string that say password, secret, key or token."""
    if not _says_any(left, _PROTECTING):
        return []
    names = [_assigned(left)]
    match = compiled(_NAMED).match(left[::-1])
    if match is not None and not _is_listed(left, match):
        names += _names(match)
    return [name for name in dict.fromkeys(names) if name and compiled(_PROTECTED_TOO).search(telling.spelt(name))]


def _is_constructed(left: str) -> bool:
    """Whether a login is made of a string and of what stands before it."""
    return "(" in left and compiled(_CONSTRUCTED).search(left) is not None


def _protected(names: list[str], left: str, value: str, *, drawn: bool) -> str | None:
    """Why a string is a password or a secret, by the names before it; None: it is none. `drawn`: it looks so, which
    makes a token of it where it is not too short, and has three kinds of characters or the name of a service."""
    token = drawn and len(value) >= _LEAST_TOKEN
    token = token and (placeholders.classes(value) > 2 or services.named_before(left) is not None)
    for name in names:
        if (token or compiled(_PROTECTED).search(telling.spelt(name))) and is_telling(name, value):
            return f"a literal value for {assignments.shown(name)}"
    return _LOGIN if _is_constructed(left) else None


_LOGIN: Final = "a literal password in a login"
#: A login on this machine or its network.
_HOME: Final = r"(?i)localhost|127\.0\.0\.1|\bhost=[\w-]+[;\"']|(?:connect|mysqli)\([\"'][\w-]+[\"']"


#: What a name says of a string that is no long run of letters and digits.
_LEAST_TOKEN: Final = 12
_PROTECTED_TOO: Final = r"(?:PASSWORD|PASSWD|PASS|PWD|PASSPHRASE|SECRET|KEY|SECRETS|KEY_BASE|TOKEN)(?:_?\d)?\Z"
_PROTECTED: Final = r"(?:PASSWORD|PASSWD|PASS|PWD|PASSPHRASE|SECRET|SECRET_?KEY|SECRETS|KEY_BASE)(?:_?\d)?\Z"
#: Every such name has one of these in it.
_PROTECTING: Final = ("pass", "pwd", "secret", "key", "token")


def _says_any(left: str, words: tuple[str, ...]) -> bool:
    low = left.lower()
    for word in words:  # noqa: SIM110  (every run comes here)
        if word in low:
            return True
    return False


def _of_service(left: str, value: str) -> str | None:
    """Why a value is a key of a service that is named before it; None: it is none."""
    if not services.is_any_key(value) or not compiled(r"[\w+/=.:-]+").fullmatch(value):
        return None
    name = services.named_before(left)
    if name is None or not services.is_key(name, value) or (name in _COUNTING and "ecret" not in left):
        return None
    if not is_drawn(value) or placeholders.is_path(value) or value.startswith((*_SHOWN, "//")):
        return None
    return f"{_BESIDE}, {name}"


#: What counts visitors, or tells them what is new, by a number that each of them gets to see.
_COUNTING: Final = frozenset("mixpanel posthog pusher".split())
_BESIDE: Final = "a random value beside the name of a service"


def _is_listed(left: str, match: re.Match[str]) -> bool:
    """Whether the name is the end of some other string in a list, as a password in the values of a row, or a variable
    before another argument."""
    start, end = len(left) - match.end("name"), len(left) - match.start("name")
    # The last part of an address, to which something belongs.
    if compiled(r"[\"'`]https?://[^\s\"'`]{0,200}/\Z").search(left, 0, start) and left[end : end + 1] in _QUOTES:
        return True
    # `kind == "refresh_token" ? "…"`: one of two values, by what something is called.
    if left[end + 1 :].lstrip().startswith("?") and left[: start - 1].rstrip().endswith(("==", "!=")):
        return True
    # `ask(accessToken, "…")`; a name in capitals says what it is for.
    if left[end:].lstrip().startswith(",") and left[start].islower() and left[:start].rstrip().endswith(("(", ",")):
        return True
    if left.startswith("$", start) and left[end:].lstrip().startswith(","):
        return True
    if left[end : end + 1] not in ("'", '"') or not left[end + 1 :].lstrip().startswith(","):
        return False
    return left[start - 1 : start] != left[end]


#: An account on a chain of blocks, also in base64 where its 20 bytes fill up 32; an order at PayPal, as the buyer sees
#: it in the address of a page.
_ADDRESS: Final = r"0x(?:[0-9A-Fa-f]{16}|[0-9A-Fa-f]{40})|A{16}[\w+/-]{27,28}=?|EC-[0-9A-Z]{17}"
#: An identifier of something; the fingerprint of a public key.
_NUMBER: Final = r"(?i:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
_FINGERPRINT: Final = r"[0-9A-F]{40}"


def _least(name: str) -> int:
    return LEAST if telling.announces(name) else _LEAST_KEY


#: A key of reCAPTCHA, for pages or for servers.
_CAPTCHA: Final = r"6L[\w-]{38}"
#: Keys that pages show to everybody, by how they begin: PostHog, Mapbox, Stripe, Flutterwave, Supabase, Android.
_SHOWN: Final = (
    "phc_",
    "pk.ey",
    "pk_live_",
    "pk_test_",
    "FLWPUBK",
    "sb_publishable_",
    # What one gets money at (BIP 32, SLIP 132).
    *("xpub", "ypub", "zpub", "tpub", "upub", "vpub"),
    "pub-c-",
    "AEdPqrEAAAA",
    "sub-c-",
)


def is_telling(name: str, value: str) -> bool:
    """Whether a name says that a drawn value is a secret: as in configuration, or `SERVICE_KEY`."""
    words = telling.spelt(name)
    if compiled(_NO_SECRET).search(words) and "ENCRYPT" not in words:
        return False
    if compiled(telling.PUBLIC).search(words) or assignments.is_digest_of(name, value):
        return False
    if compiled(_ADDRESS).fullmatch(value) or assignments.opens_nothing(words, value):
        return False
    if compiled(_CAPTCHA).fullmatch(value) and "SECRET" not in words and "PRIVATE" not in words:
        return False
    if words.endswith(("PASS", "PASSWORD")) and compiled(_NUMBER).fullmatch(value):
        return False
    if words.endswith("KEY") and not telling.announces(name) and compiled(_FINGERPRINT).fullmatch(value):
        return False
    # What web tokens are signed with; they themselves are none of hexadecimal figures.
    signs = words == "JWT" and compiled(r"[0-9a-fA-F]{32,}").fullmatch(value) is not None
    if not (signs or telling.announces(name) or compiled(_PLAIN_KEY).search(words)):
        return False
    return not (value.startswith(_SHOWN) or placeholders.is_path(value) or assignments.is_digest(value))
