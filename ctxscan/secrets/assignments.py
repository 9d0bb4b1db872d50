"""NAME=VALUE: whether a name announces a secret, and whether the value beside it is one.

Only configuration comes here; in source code, manuals and lock files names like these are everywhere and mean nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import Final

from ..regex import compiled
from . import defaults, hosts, placeholders
from .case import Case
from .judgement import Strength
from .randomness import is_app_password, is_drawn
from .syntax.field import Field
from .telling import OWN, PUBLIC, SERVICE, announces, spelt

#: A bare ARG with such a name is about to be given a secret: the names that the builder's own linter looks for.
_ARGUMENT: Final = (
    r"(?:\A|_)(?:APIKEY|AUTH|CREDENTIALS?|KEY|PASS|PASSWORD|PWORD|PASSWD|PASSPHRASE|SECRET|TOKEN)(?:_|\Z)"
)
_ARGUMENT_PUBLIC: Final = (
    r"(?:\A|_)(?:PUBLIC|FILE|VERSION|PATH|NAME|ID|URL|SORT|GPG|SHA256|KEYSERVER|TELEMETRY)(?:_|\Z)"
)
_PASSWORDS: Final = ("PASSWORD", "PASSWD", "PASS", "PWD", "PASSPHRASE")
_IDENTIFIER: Final = r"[A-Za-z_$][\w$]*(?:(?:\.|::?|->)[A-Za-z_]\w*)*(?:\[[^\]]*\]|\(.*\))*"


def bare_argument(name: str) -> bool:
    """Whether an ARG of this name, without a default, is there to be given a secret."""
    words = spelt(name)
    public = compiled(PUBLIC).search(words) or compiled(_ARGUMENT_PUBLIC).search(words) or is_shown(name)
    return not public and (compiled(_ARGUMENT).search(words) is not None or announces(name))


def is_password(name: str, value: str) -> bool:
    """Whether a variable of an image is a password, weak ones too; not where it says that it is none, or that another
    one has to be put there."""
    words = spelt(name)
    if not words.endswith(_PASSWORDS) or compiled(PUBLIC).search(words) or value.lower() in _SAY_NO:
        return False
    # What a database is started with is its password, even so, and what everybody tries first opens what it is set for.
    guessed = compiled(_STARTED_WITH).match(words) is not None or compiled(_GUESSED).fullmatch(value) is not None
    if placeholders.is_placeholder(value) and not guessed:
        return False
    return placeholders.is_given(value) and compiled(_STANDS_IN).search(value.lower()) is None


#: What is no password, whatever it is called.
_SAY_NO: Final = frozenset("true false yes no none null optional required disabled enabled prompt ask".split())
#: What is tried first.
_GUESSED: Final = r"(?i)\d{4,16}|(?:admin|password|passw0rd|p@ssw0rd|secret|root|qwerty|letmein)[\d!@#]{0,6}"
#: Variables by which the images of databases make their accounts.
_STARTED_WITH: Final = r"(?:POSTGRES|MYSQL|MARIADB|MONGO_INITDB)_"
#: What only a build needs, or nobody.
_STANDS_IN: Final = r"dummy|fake|un-?used|not-?used|example|build|\Atemp(?:orary)?\Z|\Ano[-_]?(?:password|pass)\Z|\A/"


def is_secret(name: str, value: str) -> bool:
    """Whether a value in a configuration is a secret, as it stands beside this name."""
    if is_app_password(value):
        return spelt(name).endswith(_PASSWORDS)
    if "://" in value or (value and value.split() != [value]):
        return False
    if value.endswith(f"/{name}") and placeholders.is_wordy(value):
        return False  # where it lies in a store of parameters
    if value.endswith(f":{name}") and compiled(r"[A-Za-z:_-]{1,24}").fullmatch(value.removesuffix(name)):
        return False  # what is told of it
    words = spelt(name)
    if words.endswith(_PASSWORDS):
        return placeholders.is_password(value) and not _is_code(value)
    if opens_nothing(words, value):
        return False
    return placeholders.is_random(value) and not _is_called(value) and not _is_joined(value)


def _is_joined(value: str) -> bool:
    """Whether a value is small letters with signs between them, as what lies elsewhere is called: `sftp-authorizedkey`,
    `ui_layout_v2`. Passwords alone are thought of like that."""
    joined = compiled(r"([a-z]{2,20}(?:[-_.:][a-z]{2,20}){1,8})(?:[-_.:]v?\d{1,2})?").fullmatch(value)
    return joined is not None and not is_drawn(joined[1])


def opens_nothing(words: str, value: str) -> bool:
    """Whether a value cannot be what its name, as it is spelt, says: Rails takes a master key of 32 figures alone."""
    return words.endswith("RAILS_MASTER_KEY") and compiled(r"[0-9a-f]{32}").fullmatch(value) is None


def _is_code(value: str) -> bool:
    """A variable, an attribute, a call, an entry point: not what somebody types as password."""
    return ("." in value or "(" in value or "->" in value) and bool(
        compiled(_IDENTIFIER).fullmatch(value) and (placeholders.is_wordy(value) or _is_called(value))
    )


def _is_called(value: str) -> bool:
    """Whether a value is a call of a function on what is named elsewhere: `file(var.pvt_key)`."""
    if value.endswith("()") and compiled(r"[A-Za-z_]\w{0,40}(?:\.\w{1,40}(?:\(\w{0,40}\))?){1,6}").fullmatch(value):
        return True  # `file.read().strip()`
    call = compiled(r"[A-Za-z_][\w.]{0,60}\(([\w.\[\]\"', /~${}-]{0,120})\)").fullmatch(value) if "(" in value else None
    return call is not None and not is_drawn(call[1].strip("\"' "), least=8)


def weighed(name: str, value: str, severity: Strength, *, text: str = "", path: str = "") -> Strength:
    """What a value weighs beside its name: as much as `severity` where it was made up, little where it is words, next
    to nothing where these say what it is for. `text` is where both stand, `path` that of its file, whose
    directories tell what it is about."""
    if is_digest(value) or is_shown(name) or is_digest_of(name, value) or _is_numbered(value, text):
        return Strength.LOW
    random = placeholders.is_random(value) or is_app_password(value)
    if not random and is_of_no_form(name, value):
        return Strength.LOW
    spoken = spelt(name)
    if spoken in _FIRST_OF_SEARCH and _is_switched_off(value, text):
        return Strength.LOW
    # What says what it is was thought of by somebody, unless much was drawn around the word.
    rest = compiled(r"(?i)secret|passw(?:or)?d|token").sub("", value)
    random = random and (rest == value or len(rest) > 11) and compiled(_COUNTED).fullmatch(value) is None
    if random and not compiled(_LETTERS).fullmatch(value):
        if len(value) < 25 and _is_played(value, text[:_NEAR]):
            return Strength.LOW
        return at_home(name, value, severity, text)
    bare = compiled(r"\d+").sub("", spoken.lower())
    words = frozenset(word for word in bare.split("_") if len(word) > 2) | _around(value, text[:_NEAR])
    words |= frozenset(compiled(r"[a-z]{5,14}").findall(path.lower().rpartition("/")[0]))
    weak = placeholders.is_weak(value, words)
    if random and not weak:
        return severity
    if weak or placeholders.describes_itself(value) or _is_another(name, value, text):
        return Strength.LOW
    if compiled(_LABELS).search(spoken):
        return Strength.LOW
    # What signs logs in nowhere.
    if compiled(_SIGNS).search(spoken) is None and _is_near_home(value, text):
        return Strength.LOW
    return min(severity, Strength.MEDIUM)


#: The passwords of the first account of a search engine, and how all logins to it are switched off.
_FIRST_OF_SEARCH: Final = ("OPENSEARCH_INITIAL_ADMIN_PASSWORD", "ELASTIC_PASSWORD", "ELASTICSEARCH_PASSWORD")
_SWITCHED_OFF: Final = (
    r"(?i)(?:plugins\.security\.disabled|DISABLE_SECURITY_PLUGIN)[\"']?[ \t]*[=:][ \t]*[\"']?true"
    r"|xpack\.security\.enabled[\"']?[ \t]*[=:][ \t]*[\"']?false"
)


def _is_switched_off(value: str, text: str) -> bool:
    """Whether a service beside a value asks nobody for it."""
    at = text.find(value)
    return at >= 0 and compiled(_SWITCHED_OFF).search(text, max(0, at - 800), at + 800) is not None


def _is_played(value: str, text: str) -> bool:
    """Whether a value is words that the text is about, with figures for letters."""
    for each in (value, value.rstrip("!")):
        # Without signs: as it stands here, it may stand in the text, too.
        plain = compiled(r"[^a-z]+").sub("", placeholders.unfigured(each))
        if plain and placeholders.is_weak(plain, _around(plain, text)):
            return True
    return False


def is_counted(value: str, text: str) -> bool:
    """Whether a value is words that the text is about, with figures behind them in the order in which they are typed,
    or a year: `shop123456`."""
    return compiled(_COUNTED).fullmatch(value) is not None and placeholders.is_weak(value, _around(value, text[:_NEAR]))


_COUNTED: Final = r"[A-Za-z]{2,24}[-_@.!#$]?(?:123(?:4(?:5(?:6(?:7(?:89?0?)?)?)?)?)?|(?:19|20)\d\d)[!@#$.]?"


def is_digest(value: str) -> bool:
    """Whether a value is what a server checks a password against."""
    value = value.replace("$$", "$").replace("\\$", "$")  # as Compose has a dollar, and a shell
    if compiled(_DIGEST).match(value) is not None:
        return True
    # As directories are given it: `userPassword:: e1NIQX1…`; and `$2y$…`, encoded once more.
    said = placeholders.decoded(value) if value.startswith(("e", "JD")) else None
    return said is not None and said.startswith(("{", "$")) and compiled(_DIGEST).match(said) is not None


def is_shown(name: str) -> bool:
    """Whether a name in code says that its value is in every page or copy of a program, to count who uses it; and salts
    that frameworks write into their own settings."""
    words = spelt(name)
    return compiled(_SHOWN).search(words) is not None or compiled(_SALTS).search(words) is not None


_SHOWN: Final = (
    r"(?:\A|_)(?:SEGMENT|MIX_?PANEL|AMPLITUDE|POST_?HOG|RUDDER_?STACK|HEAP|MATOMO|PLAUSIBLE|ANALYTICS|TELEMETRY)_"
    r"(?:(?:WRITE|PROJECT|CLIENT|API|APP|SITE)_)?(?:KEY|TOKEN|API_?KEY)\Z|(?:\A|_)(?:WRITE|READ)_KEY\Z|(?:\A|_)(?:CHATWOOT_SDK|WEBSITE)_TOKEN\Z"
    # In every copy of an app: Bugfender, CodePush, Mixpanel, Pusher.
    r"|PUSHER_(?:APP_)?KEY\Z|(?:\A|_)(?:EDITOR|TINY_?MCE)_API_KEY\Z|BUGFENDER_KEY\Z|CODE_?PUSH_(?:\w{1,40}_)?KEY\Z|SHARED_INSTANCE_WITH_TOKEN\Z|SITE_KEY\Z|WEBSITE_KEY\Z"
    r"|(?:\A|_)RE_?CAPTCHA(?:_V[23])?(?:_(?:PUBLIC|CLIENT|API))?_?KEY\Z"
)
#: What guards certificates of others, which are public; and what a browser hides the number of a machine with.
_SALTS: Final = (
    r"(?:DEVICE|STORAGE)_ID_SALT\Z|TRUST_?STORE_?(?:PASSWORD|PASS|PWD)\Z"
    r"|(?:SIGNING|ENCRYPTION|PASSWORD|HASH_?IDS?|ATTRIBUTES?|VISITORS?|EMAIL|DOMAIN)_SALT\Z|\ASALT\Z"
)
#: What a form says beside a field for a password.
_LABELS: Final = (
    r"(?:\A|_)(?:HINT|LABEL|PLACEHOLDER|UNSET|FORGOT|FORGOTTEN|LOST|INVALID|WRONG|CONFIRM|ENTER|MISSING|SHOW|REPEAT|RESET"
    r"|CHANGE|TITLE|MESSAGE)_(?:\w{1,40}_)?(?:PASSWORD|PASSPHRASE|TOKEN|SECRET)\Z"
)


def _is_near_home(value: str, text: str, *, below: int = 160) -> bool:
    """Whether what stands around a value, and so far `below`, logs in on this machine or its network, and nowhere
    else."""
    at = text.find(value)
    if at < 0:
        return False
    # From where a line begins, so that no list of hosts loses its name.
    start = text.rfind("\n", max(0, at - 400), max(0, at - 160)) + 1
    start = start if start or at < 400 else at - 160
    named: list[str] = compiled(_HOSTS).findall(text[start : at + below])
    return bool(named) and all(hosts.is_near(each) or hosts.is_private(each) for each in named)


def at_home(name: str, value: str, severity: Strength, text: str) -> Strength:
    """What a random value weighs: no more than a warning where it logs in on this machine or its network alone, and
    where it has nothing of the form in which the service gives its keys out that its name says."""
    words = spelt(name)
    if is_of_no_form(words, value):
        return min(severity, Strength.MEDIUM)
    near = words.endswith((*_PASSWORDS, "CLIENT_SECRET", "KEYCLOAK_SECRET", "VAULT_TOKEN"))
    near = near and _is_near_home(value, text)
    if words == "SECRET" and '"clientAuthenticatorType"' in text:
        near = _is_near_home(value, text, below=400)  # as Keycloak writes down to where a client may send people back
    elif words.endswith("CLIENT_SECRET") and not near:
        at = text.find(value)
        asked: list[str] = compiled(_ASKED).findall(text, max(0, at), max(0, at) + 400)
        near = bool(asked) and all(map(hosts.is_near, asked))
    return min(severity, Strength.MEDIUM) if near else severity


#: Where a client is let in, as Spring has it below its secret.
_ASKED: Final = (
    r"(?i)(?:token|issuer|authorization)[-_]?(?:uri|url|endpoint)[\"']?[ \t]*[:=][ \t]*[\"']?https?://([\w.-]+)"
)


def is_of_no_form(name: str, value: str) -> bool:
    """Whether a name is of a key from a service whose keys all begin alike and are longer than this value."""
    named = compiled(_FORMED).search(spelt(name))
    if named is None:
        return False
    form, least = _FORMS[named[1].replace("_", "")]
    return len(value) < least and compiled(form).match(value) is None


#: A service, and what it lets in with; how that begins, and that it is not shorter than this in any form it ever had.
_FORMED: Final = (
    r"(?:\A|(?<!AZURE)_)(STRIPE|SENDGRID|OPENAI|ANTHROPIC|HUGGING_?FACE|HF|TELEGRAM|GITHUB|SLACK)"
    r"(?:_(?:LIVE|TEST|SECRET|API|ACCESS|BOT|HUB|PERSONAL_ACCESS))*_(?<!SLACK_)(?<!SLACK_API_)(?:KEY|TOKEN)\Z"
)
_FORMS: Final = {
    "STRIPE": (r"[srp]k_", 32),
    "SENDGRID": (r"SG\.", 60),
    "OPENAI": (r"sk-", 40),
    "ANTHROPIC": (r"sk-ant-", 80),
    "HUGGINGFACE": (r"hf_|api_", 30),
    "HF": (r"hf_|api_", 30),
    "TELEGRAM": (r"\d{5,12}:", 40),
    "GITHUB": (r"gh[a-z]_|github_pat_", 40),
    "SLACK": (r"xox", 40),
}


_HOSTS: Final = (
    r"(?:://|@|(?i:hosts?|servers?|hostname|address|nodes?|endpoints?|brokers?|sentinels?)[\"']?[ \t]{0,12}(?:=>|[:=])"
    r"[ \t]{0,4}[\"']?)"
    r"((?=[\w-]*[a-z0-9])[\w.-]{1,100})"
)

#: What a server checks a password against, and logs nobody in.
_DIGEST: Final = (
    # Behind its user, as web servers are given it.
    r"(?:[\w.@-]{1,40}:)?\$(?:1|apr1|2[abxy]?|5|6|y|argon2\w{0,2}|pbkdf2[\w-]{0,16}|scrypt)\$"
    # As Django, Werkzeug, LDAP and ASP.NET Core write them.
    r"|(?:pbkdf2_sha\d{1,3}|bcrypt(?:_sha256)?|argon2\w{0,2}|scrypt|sha1|md5)\$|(?:pbkdf2|scrypt):[\w:]{1,40}\$"
    r"|\{(?i:S?SHA-?\d{0,3}|S?MD5|CRYPT|bcrypt|pbkdf2|argon2)\}"
    # As Transmission does, with a salt of eight characters.
    r"|\{[0-9a-f]{40}[\w./]{8}\Z|AQAAAA(?:E|I)AA[\w+/]{70,90}={0,2}\Z"
    # Rounds, a salt of 16 bytes, and what came out, as programs join them that call PBKDF2 themselves.
    r"|(?:\d{1,7}[.:$;])?[\w+/]{22}==[.:$;](?:[\w+/]{27}=|[\w+/]{43}=|[\w+/]{86}==)\Z"
    r"|(?:\d{1,7}[.:$;])?[0-9a-fA-F]{32}[.:$;](?:[0-9a-fA-F]{40}|[0-9a-fA-F]{64}|[0-9a-fA-F]{128})\Z"
)
_DIGESTED: Final = (
    r"(?:\A|_)(?:SHA_?(?:1|224|256|384|512)|MD5|BCRYPT|ARGON2\w{0,2}|HASH)_(?:PASSWORD|PASSWD|PASS|PWD|KEY|TOKEN)\Z"
)


def is_digest_of(name: str, value: str) -> bool:
    """Whether a name says that its value was made of a password, and its value can have been."""
    words = spelt(name)
    # What MySQL makes of a password is given to programs that compare it themselves, too.
    if words.endswith(_PASSWORDS) and compiled(r"\*?[0-9A-F]{40}").fullmatch(value):
        return True
    return (
        compiled(_DIGESTED).search(words) is not None and compiled(r"(?i)[0-9a-f]{32,128}").fullmatch(value) is not None
    )


#: Letters with signs between them, and a few of anything else at the end: what may be made of words.
_LETTERS: Final = r"(?:[\W_]*[A-Za-z]){6,}[\W\d_]{0,8}"


@lru_cache(64)
def _around(value: str, text: str) -> frozenset[str]:
    """Words in lower case that a value has in it and that stand elsewhere in the text: what that is about. A hostile
    file gives the same value to any number of names."""
    low, text = value.lower(), text.lower()
    words = compiled(r"[a-z]{4,14}(?![a-z0-9])").findall(text.replace(low, " "))
    found = {word for word in words if word in low and word != low}
    if low.isalpha() and len(low) > 3 and _is_part(low, text):
        found.add(low)
    return frozenset(found)


def _is_part(word: str, text: str) -> bool:
    """Whether a word also stands in longer names and in hosts: `confluent` in `confluentdemo.io`."""
    return compiled(rf"[a-z][_/-]?{word}(?![a-z])|(?<![a-z]){word}(?:[_-]?[a-z]|\.[a-z]{{2}})").search(text) is not None


#: The start of a file tells what it is about.
_NEAR: Final = 1 << 16


def _is_another(name: str, value: str, text: str) -> bool:
    """Whether the same value goes by a name that says nothing: a user, a database, a product."""
    text = text[:_NEAR]
    if text.count(value) < 2:
        # A number behind the name of a user makes it no better.
        value = value.rstrip("0123456789!")
        if len(value) < 4 or text.count(value) < 2:
            return False
    for match in islice(
        compiled(
            # In `user:password` the user is no name for it.
            rf"([\w.-]{{1,80}})(?!:{re.escape(value)})[\"']?[ \t]{{0,8}}(?:=>|[:=,])[ \t]{{0,8}}[\"']?"
            rf"{re.escape(value)}(?![\w-])"
        ).finditer(text),
        20,
    ):
        if match[1] != name and not announces(match[1]):
            return True
    return False


def _is_numbered(value: str, text: str) -> bool:
    """Whether a value is one of several that a text counts: `SMS_205755301`, a template beside others."""
    word = compiled(r"([A-Za-z]{2,12}[_-])\d{4,16}").fullmatch(value)
    if word is None:
        return False
    return len(set(compiled(rf"(?<![\w-]){word[1]}\d{{4,16}}(?![\w-])").findall(text, 0, _NEAR))) > 2


def called(field: Field) -> str:
    """What a field is called; one that is only called a key, by what it is a key of."""
    if not field.parents or field.name.lower() != "key":
        return field.name
    of = compiled(r"(?i)(?<=[a-z])[_-]?(?:settings|config|configuration|options|section)\Z").sub("", field.parents[-1])
    return f"{of}_key"


def judge_field(case: Case, field: Field, kind: str, severity: Strength, *, what: str = "") -> None:
    """Confirm a field of a configuration file whose name and value say that it is a secret."""
    name = called(field)
    if case.full or not announces(name):
        return
    if field.name == "secretKey" and "remoteRef" in case.text:
        return  # what the operator for secrets from elsewhere calls one of them
    if (name != field.name or is_of_each(case.text, field.name)) and compiled(_UUID).fullmatch(field.value):
        return  # the number of one in a list
    field = field._replace(name=name)
    if case.knows(field.value):
        # Any number of names may have it.
        case.confirm(kind, severity, field.value, field.at, "")
        return
    if spelt(field.name).endswith(_PASSWORDS) and _is_for_elsewhere(field, case.text):
        weight = severity if placeholders.is_literal(field.value) else Strength.MEDIUM
        case.confirm(kind, weight, field.value, field.at, f"{what or 'a literal value'} for {shown(field.name)}")
        return
    plain = _is_plain(case.name)
    made = is_secret(field.name, field.value) or (plain and _is_word(field))
    if made or is_thought_of(_named(field), field.value, words=plain):
        key = (field.name, field.value)
        if key not in case.weights:
            case.weights[key] = weighed(field.name, field.value, Strength.CRITICAL, text=case.text, path=case.path)
        severity = min(severity, case.weights[key])
        # What CI keeps things by between runs has a key, too.
        kept = case.is_pipeline and spelt(field.name) == "SHARED_KEY" and not is_drawn(field.value)
        if (
            kept
            or is_generated(case, field.name)
            or (kind == "compose" and _is_in_tests(case.text, field))
            or (
                case.is_pipeline
                and (severity <= Strength.MEDIUM or compiled(rf"{OWN}|{SERVICE}").search(spelt(field.name)))
            )
        ):
            severity = Strength.LOW
        elif kind == "compose" and compiled(SERVICE).search(spelt(field.name)):
            # What it starts itself listens where the file says; that a word opens it is no news.
            severity = (
                min(severity, Strength.MEDIUM) if is_drawn(field.value.rstrip("0123456789"), least=10) else Strength.LOW
            )
        elif severity is Strength.MEDIUM and _is_for_container(case, field.name):
            severity = Strength.LOW
        severity = _given_out(case, field, severity)
        if severity is Strength.LOW and not made:
            return
        case.confirm(kind, severity, field.value, field.at, f"{what or 'a literal value'} for {shown(field.name)}")


def _is_for_elsewhere(field: Field, text: str) -> bool:
    """Whether a password is for a machine that all others reach, as the host says that is named as it is: `DB_HOST`
    beside `DB_PASSWORD`. A weak one counts, too."""
    whose = compiled(r"(?i)(?<=[_.-])(?:password|passwd|passphrase|pass|pwd)\Z").sub("", field.name)
    if whose == field.name or not placeholders.is_given(field.value) or is_digest(field.value):
        return False
    found = _named_hosts(text[:_NEAR]).get(whose.lower())
    return found is not None and all(map(hosts.is_elsewhere, found))


@lru_cache(1)
def _named_hosts(text: str) -> dict[str, list[str]]:
    """The hosts that a text names, by what stands in their names before that they are hosts, in lower case."""
    found: dict[str, list[str]] = {}
    for whose, host in compiled(_HOST).findall(text):
        found.setdefault(whose.lower(), []).append(host)
    return found


_HOST: Final = (
    r"(?mi)^[ \t]*(?:export[ ]|-[ ])?[\"']?([\w.-]{1,60}?[_.-])(?:host|hostname|server|address)[\"']?[ \t]*[:=][ \t]*"
    r"[\"']?([\w.-]+)"
)


def is_thought_of(name: str, value: str, *, words: bool = False) -> bool:
    """Whether somebody has thought of a value by which a program signs what is its own, and may run with it: a name
    with a number behind it, and with `words` what is nothing but a name."""
    if not 8 <= len(value) <= 64 or placeholders.is_placeholder(value) or placeholders.is_path(value):
        return False
    if compiled(_SIGNS).search(spelt(name)) is None or not defaults.is_own(name) or compiled(_SAID).search(value):
        return False
    if compiled(r"[!-#%-~]*[A-Za-z][!-#%-~]*").fullmatch(value) is None or "://" in value:
        return False
    return not (_is_code(value) or _is_called(value)) and (
        # Elsewhere what something is called has signs between its words: `app1-key-2`.
        words
        or (
            compiled(r"\d").search(value) is not None and not compiled(r"[a-z\d]+(?:[-_.:/][a-z\d]+)+").fullmatch(value)
        )
    )


#: What says of itself what it is, or that it is not for good.
_SAID: Final = (
    r"(?i)secret|jwt|passw|token|change|your|example|sample|placeholder|default|dummy|develop|local|test|build|temp|used"
    r"|static|precompile"
)
#: By what a program signs, and nothing else does.
_SIGNS: Final = (
    r"(?:\A|_)(?:JWT_SECRET(?:_KEY)?|SECRET_KEY(?:_BASE)?|(?:SESSION|COOKIE|AUTH|NEXTAUTH)_SECRET"
    r"|SIGNING_(?:KEY|SECRET))\Z"
)


def is_of_each(text: str, name: str) -> bool:
    """Whether so many records of a file have a field of this name that they are data: a program has a few keys."""
    return text.count(f'"{name}"') >= _RECORDS


_RECORDS: Final = 5


def _is_in_tests(text: str, field: Field) -> bool:
    """Whether a service of a Compose file is there to run tests: it is called so, or its environment is."""
    if len(field.parents) < 2 or field.parents[0] != "services":
        return False
    service = field.parents[1]
    if compiled(_TESTS).search(service.lower()):
        return True
    opened = [*compiled(rf"(?m)^([ \t]{{1,16}})[\"']?{re.escape(service)}[\"']?:").finditer(text, 0, field.at)]
    if not opened:
        return False
    closed = compiled(rf"(?m)^[ \t]{{0,{len(opened[-1][1])}}}[^\s#]").search(text, field.at)
    return compiled(_TESTING).search(text, opened[-1].end(), closed.start() if closed else len(text)) is not None


_TESTS: Final = r"(?:\A|[_.-])(?:tests?|testing|e2e|specs?|integration-?tests?|playwright|cypress)(?=\Z|[_.\d-])"
_TESTING: Final = (
    r"(?m)^[ \t-]{1,40}[\"']?(?:APP|NODE|RAILS|RACK|MIX|FLASK|DJANGO|ENVIRONMENT|ASPNETCORE|DOTNET)"
    r"(?:_ENV(?:IRONMENT)?)?[\"']?[ \t]{0,4}[:=][ \t]{0,4}[\"']?(?i:test|testing)[\"']?[ \t\r]*$"
)
_UUID: Final = r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def _given_out(case: Case, field: Field, severity: Strength) -> Strength:
    """What a field weighs where its value is given out with the program, and there to be replaced."""
    name = _named(field)
    if case.is_for_development and defaults.is_own(name):
        return Strength.LOW
    return min(severity, defaults.most(case.path, case.text, field.at, name=name) or severity)


def _named(field: Field) -> str:
    """The name of a field, and before one of a single word what it is a part of."""
    above = field.parents[-1] if field.parents and "_" not in spelt(field.name) else ""
    return f"{above}_{field.name}" if above else field.name


def _is_for_container(case: Case, name: str) -> bool:
    """Whether a variable is what the image of a database makes its first account of, in the file that gives it that
    database, too: as beside a service of a Compose file, that a word opens it is no news."""
    if compiled(_FIRST).fullmatch(spelt(name)) is None or compiled(_DATABASE).search(case.text, 0, _NEAR) is None:
        return False
    named: list[str] = compiled(_HOSTS).findall(case.text, 0, _NEAR)
    return not any(map(hosts.is_remote, named))


_FIRST: Final = r"(?:POSTGRES|(?:MYSQL|MARIADB)(?:_ROOT)?|MONGO_INITDB_ROOT)_PASSWORD"
_DATABASE: Final = (
    r"(?m)^(?:export )?(?:POSTGRES_(?:DB|USER)|(?:MYSQL|MARIADB)_(?:DATABASE|USER)|MONGO_INITDB_\w{4,14})="
)


def _is_plain(name: str) -> bool:
    """Whether a file holds settings and nothing that is shown to people, by its name."""
    return name[name.rfind(".") + 1 :] in ("env", "ini", "conf", "cfg", "cnf") or name.startswith(".env")


def _is_word(field: Field) -> bool:
    """Whether a password is one word, which is as good as any where nothing else is meant."""
    value = field.value
    if not (7 <= len(value) <= 64 and value.isascii() and value.islower() and value.isalpha()):
        return False
    return spelt(field.name).endswith(_PASSWORDS) and not placeholders.is_placeholder(value)


def is_generated(case: Case, name: str, at: int | None = None) -> bool:
    """Whether a framework has written the value into its settings for development and tests, in every new project, or
    it was made for the program that CI tries. `at`: where in the text it stands, None: nobody knows."""
    words = spelt(name)
    if case.name in _NEW and compiled(_NEW[case.name]).search(words):
        return True
    stage = _stage(case, at)
    if stage == "test":
        return True
    return (stage or case.is_for_development or case.is_pipeline) and compiled(OWN).search(words) is not None


#: What is the same everywhere, or filled in for every new project, by the name of the file: Phoenix, Rails, Symfony.
_NEW: Final = {
    **dict.fromkeys(("dev.exs", "test.exs", "development.rb", "test.rb"), r"SECRET_KEY_BASE\Z|SALT\Z"),
    ".env.dev": r"\AAPP_SECRET\Z",
    # What rspamd encrypts for a server of others: the public half.
    "fuzzy_check.conf": r"\AENCRYPTION_KEY\Z",
}


def _stage(case: Case, at: int | None) -> str:
    """What settings are for, by the class of Python in which they stand, as Flask has them; empty: for anything."""
    if at is None or not case.name.endswith(".py"):
        return ""
    # What begins at the margin is around it, or above that.
    begun: list[str] = compiled(_BEGUN).findall(case.text, max(0, at - _FAR), at)
    words = compiled(r"[A-Z][a-z]+").findall(begun[-1]) if begun else []
    first = words[0] if words else ""
    return "test" if first in ("Test", "Testing") else "development" if first in ("Dev", "Development", "Local") else ""


#: A class of Python, or anything else at the margin.
_BEGUN: Final = r"(?m)^(?:class[ \t]+(\w{1,60})|(?![ \t#)\]}\"'])\S)"
#: No class of settings is longer.
_FAR: Final = 20000


def judge_known(case: Case, field: Field, kind: str, severity: Strength, *, remote: bool = False) -> None:
    """Confirm a field that the format of the file says is a secret, unless its value only stands for one. `remote`: it
    logs in on another machine, so a weak one counts, too."""
    if placeholders.is_literal(field.value):
        random = placeholders.is_random(field.value) or is_app_password(field.value)
        if not random or _is_numbered(field.value, case.text) or is_counted(field.value, case.text):
            # Of a service on this machine, more often than not.
            local = case.name.startswith("application") and len(field.value) < 8
            weight = weighed(field.name, field.value, severity, text=case.text, path=case.path)
            severity = Strength.LOW if local else Strength.MEDIUM if remote else min(weight, Strength.MEDIUM)
        elif is_digest(field.value):
            severity = Strength.LOW
        elif not remote:
            severity = at_home(field.name, field.value, severity, case.text)
        severity = severity if remote else _given_out(case, field, severity)
        case.confirm(kind, severity, field.value, field.at, f"a literal value for {shown(field.name)}")


def shown(name: str) -> str:
    """A name as it may be told: what does not look like one could be part of a secret."""
    return name if compiled(r"[\w.:/@-]{1,64}").fullmatch(name) and not placeholders.is_random(name) else "a variable"
