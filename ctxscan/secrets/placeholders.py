"""What only stands for a secret: variables, references, fillers, well-known defaults, words.

Every function takes a value and says what it looks like; none knows where the value stands.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from math import log2
from typing import Final

from ..regex import compiled
from .checksums import unbase64

#: The whole value, in lower case, that says "none", or is everybody's default.
DEFAULTS: Final = frozenset(
    """
    true false yes no on off null none nil undefined todo tbd n/a na empty unset disabled enabled optional required
    string str bytes text value password passwd passphrase pass secret token key apikey admin administrator root
    postgres
    postgresql mysql mariadb mongo mongodb redis rabbitmq rabbit test tests testing tester guest user username default
    changeit android minioadmin minio demo foo bar baz qux foobar foobarbaz letmein qwerty qwertyuiop iloveyou welcome
    monkey dragon tiger sesame opensesame swordfish vagrant ubuntu debian docker oracle sa anonymous nobody private
    public goodnewseveryone h@sh1cor3! 12345 123456 123456789 abc123 abcd1234
    nokiasrl1! c1sco12345 juniper123 admin@123 arista123
    offlineservicing oobesystem specialize windowspe
    1q2w3e4r 1qaz2wsx contraseña contrasena passwort senha wachtwoord
    """.split()
)

#: A value made of nothing but these is a filler: `my-super-secret-key`, `devpassword`, `local_test_token`.
FILLERS: Final = frozenset(
    """
    a an the my your our some this that is not it be to for of in at on with and or only please put here enter set use
    used using just any new old real super very top so most really ultra extra long longer strong safe unsafe random
    unique generated dev development local localhost prod production staging stage test tests testing tested ci demo
    secret secrets pass password passwd pwd phrase passphrase word key keys token tokens api app apps application auth
    authentication access refresh session cookie jwt hash salt signing encryption master private public client server
    service db database user username login admin root guest owner developer default postgres postgresql mysql mariadb
    sql redis
    mongo mongodb rabbitmq rabbit minio keycloak grafana django flask rails laravel symfony spring node express next
    nest
    nextauth web site website backend frontend worker value string text data hello world foo bar baz qux dummy fake temp
    temporary tmp placeholder example sample change changed me must secure insecure
    memcached connection external internal incoming outgoing email mail smtp pg existing initial
    should never always hex base minimum min at least secured
    really awesome hard tough complicated complex simple easy guess guessed some thing something correct fill change if
    sua seu minha meu de aqui clave motdepasse
    you can please tu su mi e2e bla blah blabla
    unsecure unsecured pls plz chr
    exactly pw
    char chars character characters bit bits byte bytes one two three four first second none null empty todo fixme
    """.split()
)

#: Anywhere in the value, in lower case: it is put together from something else.
_PARTS: Final = (
    r"\$\{.{1,99}\}|\$\(.{1,99}\)|\{\{.{1,99}\}\}|\{%.{1,99}%\}|<%.{1,99}%>|#\{.{1,99}\}|\$env\b|\benv\[|os\.environ|process\.env|getenv|env\(|secrets\.|valuefrom"
    r"|secretkeyref|/run/secrets/|%\{\w|%\(\w{1,60}\)[sd]|\$\w{1,20}\{[\w.-]{1,80}\}"
)
#: Words of fillers. They clear a value only if nothing is left that could be one by itself.
_FILLED: Final = (
    r"change[_-]?(?:me|it|this)|\Aun(?:safe|secure)[_-]|your[_-]|[_-]your\b|yourpass|yoursecret|yourtoken|yourkey"
    r"|a1b2c3d4(?:e5f6)?(?:[a-z]\d){0,30}|example|sample|placeholder|dummy|(?<![a-z0-9])fake|insert|replace|redacted|masked|xxxx+|1234567|abcdef|foobar|hunter2|insecure"
    r"|do[-_]not[-_]use|not[_-]?so[_-]?secret|not[_-]?(?:a[_-]?)?(?:real|secret)|unique phrase|\.\.\.|…|\*\*\*|lorem"
    r"|deadbeef|correcthorse|correct[-_ ]horse|goes[_-]here|(?<![a-z0-9])(?:todo|fixme)(?![a-z0-9])"
)
#: Nothing that follows makes it real.
_FAKE: Final = (
    r"(?i:(?<![a-z0-9])(?:fake|dummy)(?:[-_]?(?:key|token|secret|value|password)|(?![a-z])))|(?:EXAMPLE){2}"
    r"|\A(?:UN|IN)(?:SAFE|SECURE)[_-]|(?<![A-Za-z0-9])PLACEHOLDER(?![A-Za-z0-9])|(?i:do[-_]not[-_]use)"
)
#: The name of a variable in which a value would be.
_CONSTANT: Final = r"(?:[A-Z]|[A-Z]{2,}\d{0,3})(?:_[A-Z]{2,}\d{0,3})+"
#: How something is computed: `PBKDF2WithHmacSHA1`, `AES/GCM/NoPadding`.
_ALGORITHM: Final = (
    r"(?:PBKDF2|PBE|Hmac|HMAC|AES|RSA|EC|DSA|SHA|A\d{3})[\w/+-]{0,20}?"
    r"(?:With|with|And|SHA|MD5|Hmac|GCM|CBC|RSA|ECDSA|KW)[\w/+-]{0,20}"
)
#: What `printf` puts a value in for: `%s`, and what it writes behind.
_FORMAT: Final = r"%[sqdvx](?:\Z|\\|[\"'&|,; ])"
#: What vendors have published for everybody's tests, by how it starts: storage and database emulators, playgrounds;
#: what Grafana signs with, the clients in Duende's templates and the token in eShopOnContainers, until somebody sets
#: another one.
_PUBLISHED: Final = (
    *("Eby8vdM02xNO", "C2y6yDjf5/R+ob0N", "zuf+tfteSlswRu7B", "Q3AM3UQ867SPQQA4", "6LeIxAcTAAAA"),
    # What APISIX lets an administrator and a viewer in with, until somebody sets another one.
    *("edd1c9f034335f136f87ad84b625c8f1", "4054f7cf07e344346cd3f287985e76a2"),
    # What CMAK, Gitea's chart, Seata and Dubbo Admin begin with.
    *("^<csmm5Fx4d=r2HEX8pelM3iBkFVv?k[mc", "r8sA8CPHD9!bt6d", "SeataSecretKey0c382ef1", "86295dd0c4ef69a1"),
    # What Slack's own documentation shows as answers.
    *("xoxb-17653672481-19874698323", "xoxp-23984754863-2348975623103"),
    # What the tests of S3 (s3-tests of Ceph) log in with.
    *("0555b35654ad1656d804", "h7GhxuBLTrlhVUyxSPUK"),
    # What the pages and the apps of X itself ask its servers with, as `twitter` has it behind the first letters.
    *("NRILgAAAAAAnNwIzUejRCOuH5E6I8x", "FQODgEAAAAAVHTp76lzh3rFz", "FXzAwAAAAAAMHCxpeSDG1gL"),
    *("3nVuSoBZnx6U4vzUxf5w", "Bcs59EFbbsdF6Sl9Ng71"),
    # By what Google's command line and YouTube on a television say who they are.
    *("ZmssLNjJy2998hD4CTg2", "d-FL95Q19q7MQmFpd7hH", "SboVhoG9s0rNafixCSGG"),
    # What the server answers to that BigBlueButton has for everybody's tests.
    "8cd8ef52e8e101574e400365b55e11a6",
    # What MD5 makes of nothing.
    *("1B2M2Y8AsgTpgAmY7PhCfg", "d41d8cd98f00b204e9800998ecf8427e"),
    # What every server of web sockets adds to a key (RFC 6455), and the token of RFC 6750.
    *("258EAFA5-E914-47DA", "mF_9.B5f-4.1JqM"),
    # What Stripe's manuals have anybody try things with, and what Google's own pages and browser ask its servers with.
    # And what MinIO's manual starts with.
    "MOJRH0mkL1IPauah",
    *(
        "sk_test_BQokikJOvBiI2HlW",
        "sk_test_4eC39HqLyjWDarjt",
        "AIzaSyDyT5W0Jh49F30",
        "AIzaSyAO_FJ2SlqU8Q4",
        "AIzaSyDr2UxVnv_U85A",
    ),
    # "Hello!" and what follows it, as nearly every manual of one-time passwords has it.
    *("JBSWY3DPEHPK3PXP", "base32secret3232"),
    *("SW2YcwTIb9zpOOhoPsMm", "511536EF-F270-4058", "49C1A7E1-0C79-4A89", "6168DB8D-DC58-4094"),
)
#: Keys that sign what programs let people in with, and that many took over from where these programs were learnt: the
#: tutorial of FastAPI, the manual of Flask, and the one that most lessons on Spring and web tokens have.
TAUGHT: Final = frozenset(
    """
    09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7
    192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf
    404e635266556a586e3272357538782f413f4428472b4b6250645367566b5970
    """.split()
)
#: The accounts that Ganache (with `--deterministic`), Hardhat and Anvil give money to on everybody's machine: how their
#: private keys begin.
_ACCOUNTS: Final = (
    *("4f3edf983ac636a6", "6cbed15c793ce576", "6370fd033278c143", "646f1ce2fdad0e6d", "add53f9a7e588d00"),
    *("395df67f0c2d2d9f", "e485d098507f54e7", "a453611d9419d0e5", "829e924fdf021ba3", "b0057716d5917bad"),
    *("ac0974bec39a17e3", "59c6995e998f97a5", "5de4111afa1a4b94", "7c852118294e51e6", "47e179ec19748859"),
    *("8b3a350cf5c34c91", "92db14e403b83dfe", "4bbbf85ce3377467", "dbda1821b80551c9", "2a871d0798f97d79"),
)
#: The secret keys of AWS's own documentation, 40 characters like any other.
_DOCUMENTED: Final = ("examplekey", "exampleaccesskey")
#: At its start: encrypted on purpose, or the address of a secret that lies elsewhere.
_STARTS: Final = (
    r"django-insecure-|\{\{|enc\(|enc\[|encrypted:|\{cipher\}|vault:|vault://|\$ansible_vault|op://|arn:|ref\+|ssm:|kms:|secretsmanager:|gcpsm"
    r"|projects/|@microsoft\.keyvault|pullsecret:|file:|env:|env\.|\{env\}|sops:|secret://|keyring:|var\.|local\.|data\.|module\.|resource:"
    r"|\$\$?[a-z_]\w*\}?$|\$env:|@(?:env|file|secret|keychain):|\$[a-z_]\w*(?:/[a-z_][\w.-]*)+$"
    # A variable in the query of a URL, and an expression that takes anything.
    r"|\$\$?[a-z_]\w*&|\.[*+][^\w]"
    # Which versions will do; a version with its build, as packages are pinned.
    r"|[<>^~]=?\d{1,4}(?:\.\d{1,6}){1,4}"
    r"|\d{1,4}(?:\.\d{1,6}){1,4}[=-]\w{1,40}$"
    # The name of a package.
    r"|(?:com|org|net|io|dev)\.[a-z][a-z0-9_-]{0,20}(?:\.[a-z][a-z0-9_-]{0,20}){1,6}$"
    # To whom something is encrypted with age.
    r"|age1[ac-hj-np-z02-9]{58}$"
    # Ciphertext, also as GeoServer and WildFly mark it, and keys that pages show: PostHog, Mapbox, Stripe,
    # Flutterwave, Supabase.
    r"|encrypted\[|crypt[12]:|digest[12]:|@@file:|phc_|aedpqreaaaa|pk\.ey|pk_(?:live|test)_|flwpubk|sb_publishable_"
)
#: From end to end; a request to change the value may go on, in words.
_WHOLE: Final = (
    r"(?s)(?:&\w+ )?\(\(.*\)\)|<[^>]*>|\[.*\]|\{.*\}|%\w+%|@[\w.-]+@|__\w+__|:\w+:?|[\W_]*|(.)\1*"
    # What a shell or a template puts in, however long, and where a reader of settings has cut it off.
    r"|\$\([\w./-]+ .*|\$\{[^}]*"
    # Who somebody is in a directory: `CN=connect,C=US`.
    r"|(?:cn|uid|ou|dc|o)=[\w .*-]{1,64}(?:, ?[a-z]{1,4}=[\w .*-]{1,64}){1,12}"
    r"|change[-_ ]?(?:me|this|it)(?:[-_ ][a-z\d]{1,12}){0,12}!*"
    # The name of an index or a constraint that a tool made of a table and its columns.
    r"|(?:uniq|idx|fk|pk|uk|uq|ux|ix)_[0-9a-f]{6,40}"
    # What a service gives out, and at its end that it did not.
    r"|[0-9a-f]{4,12}(?:-[0-9a-f]{4,12}){2,6}-(?:tests?|dummy|examples?|samples?|mock)"
)

_ORDERED: Final = (
    "0123456789" * 3,
    "abcdefghijklmnopqrstuvwxyz" * 2,
    "0123456789abcdef" * 3,
    "abcdefghijklmnopqrstuvwxyz0123456789" * 2,
    "0123456789abcdefghijklmnopqrstuvwxyz",
    "9876543210" * 3,
    "qwertyuiopasdfghjklzxcvbnm",
    "mnbvcxzlkjhgfdsapoiuytrewq",
)
#: The signs above the digits of a keyboard.
_ABOVE: Final = "!@#$%^&*()_+"
_LEET: Final = str.maketrans("@0134567$!", "aoleasgtsi")

_LONGEST: Final = 512  # of a longer value, its start tells
_VAGUE: Final = 64  # a longer value is not taken apart into words

_FOLDERS: Final = frozenset(
    "run var etc home root tmp opt usr app srv mnt data secrets vault config path certs keys users workspace".split()
)


def is_placeholder(value: str) -> bool:
    """Whether a value stands for a secret, or is no secret to anybody."""
    value = value[:_LONGEST]
    low = value.strip().lower()
    if low in DEFAULTS or not low:
        return True
    if compiled(_WHOLE).fullmatch(low) or compiled(_STARTS).match(low) or compiled(_PARTS).search(low):
        return True
    if compiled(_FILLED).search(low) and _is_filled(value.strip()):
        return True
    if len(low) in _DIGESTS and compiled(r"[0-9a-f]+").fullmatch(low) and low in _digests():
        return True
    if len(low) >= 8 and (any(low in order for order in _ORDERED) or _is_typed_in_order(value.strip())):
        return True
    behind = compiled(r"[a-z]{1,9}-([a-z]{12,26})\d{0,10}").fullmatch(low)
    if behind is not None and behind[1] in _ORDERED[1]:
        return True  # behind what all keys of a service begin with: `sk-abcdefghij…`
    # What is there again and again has been there before its end.
    if len(low) >= 12 and low[-9:-5] in low[:-9]:
        again = compiled(r"(?:base64:)?([^=]{4,16}?)\1{2,}[^=]{0,3}={0,2}").fullmatch(low)
        if again is not None and is_filler(again[1]):
            return True
    if (
        value.startswith(_PUBLISHED)
        or compiled(_FORMAT).match(value)
        or low.removeprefix("0x").startswith(_ACCOUNTS)
        or compiled(_ALGORITHM).fullmatch(value)
        or compiled(_CONSTANT).fullmatch(value.strip())
    ):
        return True
    if (said := decoded(value)) is not None:
        # What Nx gives out to read what was built before, and to nothing else.
        if compiled(r"[0-9a-f-]{36}\|read(?:-only)?").fullmatch(said):
            return True
        # `{"user": "default", "password": "defaultPassword"}`
        told: list[str] = compiled(_PASSWORD_IN).findall(said) if said[0] == "{" else [said]
        if told and said[0] != "[" and all(map(is_placeholder, told)):
            return True
    return is_filler(low) or is_path(value.strip())


def _is_typed_in_order(value: str) -> bool:
    """Whether a value is pieces of the alphabet and of the keyboard's rows, the signs above the digits among them, and
    a sign at the end: `abcdefg123456!@#$%^`, `123ABabc!`."""
    value = value[:-1] if value[-2:-1].isalnum() and not value[-1].isalnum() else value
    pieces: list[str] = compiled(r"[a-z]+|[A-Z]+|\d+|[^A-Za-z\d\s]+").findall(value)
    least = min(map(len, pieces), default=0)
    if sum(map(len, pieces)) != len(value) or least < 2 or len(value) < 3 * len(pieces) - 2:
        return False
    return all(piece in _ABOVE or any(_once(piece.lower()) in order for order in _ORDERED) for piece in pieces)


def _once(piece: str) -> str:
    """What a piece says again and again: `abcd` of `abcdabcd`."""
    for size in range(3, 9):
        if piece[:size] * (len(piece) // size) == piece:
            return piece[:size]
    return piece


#: A password in an object of JSON, where nothing else is one.
_PASSWORD_IN: Final = r"(?i)\"(?:password|secret|token|key)\"[ ]?:[ ]?\"([^\"]{1,80})\""


def decoded(value: str) -> str | None:
    """What base64 spells, None: it is none, or spells no text."""
    if len(value) < 12 or not compiled(_BASE64).fullmatch(value):
        return None
    data = unbase64(value)
    if data is None or len(data) < 8 or not data.isascii():
        return None
    said = data.decode().strip()
    return said if said.isprintable() else None


_TRIED: Final = (
    "password passwd admin administrator root secret test guest changeme qwerty letmein 123456 12345678".split()
)
#: How many digits a digest has, and how it is made.
_DIGESTS: Final = {32: "md5", 40: "sha1", 64: "sha256"}


@cache
def _digests() -> frozenset[str]:
    """Of passwords that everybody tries first: `5e884898…` is `password`."""
    from hashlib import new

    made = _DIGESTS.values()
    return frozenset(new(how, word.encode(), usedforsecurity=False).hexdigest() for how in made for word in _TRIED)


_BASE64: Final = r"[A-Za-z0-9+/]+={0,2}"


def spells_words(value: str) -> bool:
    """Whether a value in base64 is no more than words: `example-app-secret`, a sentence, the head of a web token."""
    said = decoded(value)
    if not said:
        return False
    return said.startswith('{"alg"') if said[0] in "{[" else " " in said or is_wordy(said)


def _is_filled(value: str) -> bool:
    """Whether a value with a word of fillers in it is no more than a filler."""
    # What has been cut off is shown, and of no use.
    if value.endswith(("...", "…", "***")) or value.lower().endswith(_DOCUMENTED) or compiled(_FAKE).search(value):
        return True
    rest = compiled(rf"(?i){_FILLED}").sub("", value).strip("-_ .")
    if len(rest) < 12 or is_filler(rest.lower()) or is_wordy(rest) or any(rest.lower() in order for order in _ORDERED):
        return True
    if compiled(r"[a-z]+(?:[-_ .][a-z]+)+[!.?]*").fullmatch(rest):
        return True
    return any(c.isspace() for c in rest) or classes(rest) < 2 or entropy(rest) < 3.0


def is_filler(low: str) -> bool:
    """Whether nothing but filler words, digits at the end and signs make up a value in lower case."""
    if len(low) > _VAGUE or sum(map(str.isdigit, low)) > 8:
        return False
    if compiled(_PASSWORD).fullmatch(low):
        return True
    letters = compiled(r"[\W\d_]+").sub("", low)
    bare = compiled(r"[\d\W_]+\Z").sub("", low)
    # Figures that stand together are a number, and no letters.
    read = [low, bare, bare.replace("1", "i"), bare.lstrip(_NO_LETTERS)]
    read += [compiled(r"\d{2,}").sub("", low)] if sum(map(str.isdigit, bare)) > 4 else []
    spelt = (compiled(r"[\W_]+").sub("", each.translate(_LEET)) for each in read)
    return any(_is_made_of_fillers(each) for each in {letters, *spelt} if len(each) >= 3)


#: The word as people write it who have to use figures and signs: `P@szw0rd1!`, `p4sssword`.
_PASSWORD: Final = r"[\W\d_]{0,4}p[a4@]+[s5$z]{1,4}w?[o0]+r?d[\W\d_]{0,6}"
_NO_LETTERS: Final = "0123456789!@#$%^&*()-_=+.,:;?"


def is_weak(value: str, words: frozenset[str]) -> bool:
    """Whether a value is made of fillers and these `words`, in lower case, with digits and signs between them: the name
    of what it is for, of its user, of its product."""
    low = value.lower()[:_VAGUE]
    letters = compiled(r"[\W\d_]+").sub("", low)
    return not letters or _is_made_of_fillers(letters, words)


def unfigured(value: str) -> str:
    """A value with the letters for which figures and signs stand in games: `0p3n-d00r` is `open-door`. Empty: there are
    none, or too many to be words."""
    low = value.lower()
    plain = low.translate(_LEET)
    figures = sum(one != other for one, other in zip(low, plain, strict=True))
    return plain if 1 < figures * 2 <= len(low) and not any(map(str.isdigit, plain)) else ""


def _is_made_of_fillers(letters: str, more: frozenset[str] = frozenset()) -> bool:
    """Whether words from the list, or `more` of them, one after the other, give exactly these letters."""
    reached = [0]
    for end in range(1, len(letters) + 1):
        if any(
            end - start <= 14 and (letters[start:end] in _FILLING or letters[start:end] in more) for start in reached
        ):
            reached.append(end)
    return reached[-1] == len(letters) and any(len(word) > 2 and word in letters for word in _FILLING | more)


_FILLING: Final = FILLERS | {word for word in DEFAULTS if word.isalpha()}


def describes_itself(value: str) -> bool:
    """Whether a value is words that say what it is: `outgoing_email_password`, `my-tls-secret`, `vllmApiKey`, or a
    sentence of them: `ShopSecretKeyForTokens2024AtLeast32CharactersLong!`."""
    said = compiled(r"[A-Z]?[a-z]+|[A-Z]+").findall(value)
    if _SELF.isdisjoint(word.lower() for word in said):
        return False
    value = value.strip("_")
    if compiled(
        rf"(?:[A-Za-z]+|[a-z]{{2,8}}\d{{1,4}}|{_SHORT})(?:[-_. ](?:[A-Za-z]+|\d{{1,4}}|{_SHORT}))+\d{{0,3}}"
        r"|[A-Z]{0,4}[a-z]*\d{0,4}(?:[A-Z][a-z]+)+"
    ).fullmatch(value):
        return True
    if not compiled(r"(?:[A-Z][a-z]+\d{0,5}){5,}[!.?]{0,2}").fullmatch(value):
        return False
    words = [word for word in said if len(word) > 3]
    return sum(map(len, said)) >= 4 * len(said) and all(map(compiled(_SPOKEN).fullmatch, words))


#: Figures among words: `e2e`, `k8s`, `32chr`, `v2`.
_SHORT: Final = r"[A-Za-z]\d[A-Za-z]|\d{1,3}(?:chars?|chr|bits?|bytes?)|v\d"
_SELF: Final = frozenset("password passwd pwd pw pass secret secrets token key apikey passphrase credentials".split())


def is_path(value: str) -> bool:
    """Whether a value names a file: it starts like a path, and its parts are words."""
    if value.startswith(("./", "../", "~/", "file://")) or compiled(r"[A-Za-z]:[\\/]").match(value):
        return True
    if value.startswith("/") and len(value) > 1:
        if compiled(r"/(?:[\w.-]*/)?\{[A-Za-z]\w*\}/.*").fullmatch(value):
            return True  # an address with parts to be filled in
        first = value[1:].partition("/")[0]
        return first in _FOLDERS or (
            value == value.lower() and compiled(r"(?:/[\w.@-]+)+/?").fullmatch(value) is not None
        )
    return len(value) < 128 and compiled(rf"{_FILE}|{_STORED}|{_ESCAPED}").fullmatch(value) is not None


_FILE: Final = (
    r"[\w./\\-]+\.(?:pem|key|json|txt|ya?ml|toml|ini|conf|crt|cer|jks|p12|pfx|keystore|env|pub|gpg|asc|enc|xml"
    r"|properties)|[\w-]+(?:/[\w.-]+)+\.[a-z]{1,5}"
)


#: Where something lies that was stored on a day: `space/2021/05/29/a1cd…`.
_STORED: Final = r"(?:[a-z][\w-]{1,30}/){1,4}(?:19|20)\d\d/[01]?\d/(?:[0-3]?\d/)?[\w.-]{1,80}"


#: A key of the registry of Windows, as settings have it: `Software%5CShop`.
_ESCAPED: Final = r"[A-Za-z][A-Za-z ]{1,30}(?:%5[Cc][A-Za-z0-9 .]{1,40}){1,8}"


def entropy(value: str) -> float:
    """Shannon's, in bits a character."""
    size = len(value)
    return -sum(n / size * log2(n / size) for n in (value.count(c) for c in set(value)))


def is_sequence(value: str) -> bool:
    """Whether a value counts, or goes up and down the alphabet, or repeats itself, in more than half of its steps."""
    steps = sum(-1 <= ord(after) - ord(before) <= 1 for before, after in pairwise(value))
    return steps * 2 > len(value)


def classes(value: str) -> int:
    """How many kinds of characters there are: small letters, capitals, digits, anything else."""
    return len({0 if c.islower() else 1 if c.isupper() else 2 if c.isdigit() else 3 for c in value})


def is_literal(value: str) -> bool:
    """Good enough where the file leaves no doubt that a password stands here: anything that is no placeholder."""
    return 4 <= len(value) <= 16384 and not is_placeholder(value)


def is_given(value: str) -> bool:
    """Good enough where a file of logins gives a password for another machine: weak ones, too, but no variables, and
    nothing that says to put something there."""
    low = value.strip().lower()
    if not 4 <= len(low) <= 4096 or compiled(_WHOLE).fullmatch(low) or compiled(_STARTS).match(low):
        return False
    return compiled(_PARTS).search(low) is None and compiled(_ASKED).search(low) is None


#: What asks to be replaced.
_ASKED: Final = r"change[_-]?(?:me|it|this)|your|placeholder|insert|replace|redacted|xxx|\.\.\.|…|\*\*|todo"


def is_strong(value: str) -> bool:
    """Good enough in any configuration: eight characters, of two classes, with the spread of a made-up value."""
    if not 8 <= len(value) <= 4096 or is_placeholder(value):
        return False
    hexadecimal = compiled(r"[0-9a-fA-F-]+").fullmatch(value) is not None
    return classes(value) >= 2 and entropy(value) >= (2.5 if hexadecimal else 3.0)


def is_password(value: str) -> bool:
    """Good enough beside a name that says password: strong, or short with a digit or a sign among its letters."""
    if is_strong(value):
        return True
    if not 6 <= len(value) <= 64 or is_placeholder(value) or classes(value) < 2 or entropy(value) < 2.2:
        return False
    return compiled(r"[A-Za-z]").search(value) is not None and compiled(r"[0-9!#%&*+=?@^~]").search(value) is not None


def is_random(value: str) -> bool:
    """Strong, and not put together from words: no name, no sentence, no piece of code."""
    return (
        is_strong(value)
        and value.isascii()
        and not is_wordy(value)
        and not describes_itself(value)
        and not spells_words(value)
    )


def is_wordy(value: str) -> bool:
    """Whether a value reads as words, as names and prose do: `oauth2-proxy.cookieSecret`, `Reset password`."""
    value = compiled(r"(?<=[A-Za-z_-])12345678\d{0,32}\Z").sub("", value)
    # A word with a number behind it is what many think of first.
    bare = compiled(r"(?<=[A-Za-z]{3})\d{1,4}[!@#$%*.?]?\Z").sub("", value)
    value = bare if bare.isalpha() else value
    chunks: list[str] = compiled(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+|[^\x00-\x7f]+").findall(value)
    words = [chunk for chunk in chunks if not chunk.isdigit()]
    digits = sum(len(chunk) for chunk in chunks if chunk.isdigit())
    if not words or digits > 4 or digits * 4 > len(value) or len(compiled(r"(?i)[a-z]\d+[a-z]").findall(value)) > 1:
        return False
    if compiled(r"[a-z]{2,}(?:[-_.](?:[a-z]{2,}|a|i))+").fullmatch(value) and any(len(word) > 3 for word in words):
        # Names with short parts: `accounts-db`.
        return all(compiled(_SPOKEN).fullmatch(word) for word in words if len(word) > 3)
    if sum(map(len, words)) < 3.5 * len(words) or sum(len(word) < 3 for word in words) * 3 > len(words):
        return False
    return all(compiled(_SPOKEN).fullmatch(word) for word in words if len(word) > 3)


#: A word that can be said: a vowel in it, and never many consonants in a row.
_SPOKEN: Final = r"(?i)(?=.*[aeiouyäöüéèà])(?!.*[bcdfghjklmnpqrstvwxz]{5}).+"
