"""Files with a particular grammar for who may log in where: one short function each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ...regex import compiled, compiled_bytes
from .. import assignments, checksums, placeholders, telling
from ..case import Case
from ..hosts import is_remote
from ..judgement import Strength
from ..logins import judge_authorisation
from ..randomness import is_drawn
from ..row import SecretRow
from ..syntax.code import code
from ..syntax.field import Field
from ..syntax.notations import notation
from .settings import fields, is_key, settings

#: As crypt, Apache and OpenLDAP write them; the last two have no mark but their length.
_HASH: Final = (
    r"\$(?:apr1|1|2[abxy]?|5|6|7|y|gy|sha1|md5)\$.{8}|\{(?:SSHA|SHA|SHA256|SHA512|MD5|CRYPT)\}.{8}"
    r"|[./0-9A-Za-z]{13}\Z|[0-9a-f]{32}\Z"
)
_ERLANG_KEY: Final = r"(?i)(key|token|secret)['\"]?\s{0,8},\s{0,8}<<\"([0-9A-Za-z+/=_-]{16,200})\">>"
_SHELL_SECRETS: Final = (
    r"(?<!\S)(?:-p|--password[= ]|--token[= ]|--secret[= ]|--api-key[= ]|sshpass -p ?)[\"']?([^\s\"'$<{]{6,200})",
    r"(?<!\S)(?:-u|--user)[ =]?[\"']?[\w.@-]{1,60}:([^\s\"'$<{]{6,200})",
    r"(?<!\S)[A-Z_]{0,40}(?:PASSWORD|PASS|PWD|TOKEN|SECRET|API_?KEY|ACCESS_KEY)=[\"']?([^\s\"'$<{]{6,200})",
    r"(?i)identified (?:by|with \w+ by)[ ]+'([^'\n]{6,200})'|(?:encrypted )?password '([^'\n]{6,200})'",
)


def _lines(case: Case) -> Iterator[tuple[int, str]]:
    """Lines that say something, with the place where they begin."""
    at = 0
    for line in case.text.split("\n"):
        bare = line.strip()
        if bare and bare[0] != "#":
            yield at, line.rstrip("\r")
        at += len(line) + 1


def netrc(case: Case, row: SecretRow) -> None:
    """`machine … login … password …`, over as many lines as it likes."""
    bare = compiled(r"(?m)^[ \t]*+#.*$").sub(lambda comment: " " * len(comment[0]), case.text)
    remote = False
    for key, value, at in _after(bare, ("machine", "password", "account")):
        if key == "machine":
            remote = is_remote(value)
        elif placeholders.is_literal(value) or (remote and placeholders.is_given(value)):
            case.confirm(row.kind, weight(row, value), value, at, "a password for a machine")


def weight(row: SecretRow, value: str) -> Strength:
    """A password that anybody could guess opens no less, but more often than not it is none, and so is a short one of
    letters."""
    short = len(value) < 8 and compiled(r"[A-Za-z_-]+").fullmatch(value) is not None
    return row.severity if placeholders.is_literal(value) and not short else Strength.MEDIUM


def words_after(case: Case, row: SecretRow) -> None:
    """`password value` without a sign between: msmtp, muttrc, redis, esmtp; the row's keys say which words count."""
    hosts = compiled(r"(?im)^[ \t]*host(?:name)?[ \t]{1,20}([\w.-]{1,200})").findall(case.text)
    remote = any(map(is_remote, hosts[:20]))
    for start, line in _lines(case):
        for key, value, at in _after(line, tuple(row.keys.split())):
            bare = value.strip("\"';").lstrip(">")
            given = placeholders.is_literal(bare) or (remote and placeholders.is_given(bare))
            if given and bare[0] not in "`$":
                case.confirm(
                    row.kind, weight(row, bare), bare, start + at + value.index(bare), f"a literal value for {key}"
                )


def _after(text: str, keys: tuple[str, ...]) -> Iterator[tuple[str, str, int]]:
    """Every key with the word that follows it, and where that begins."""
    previous = ""
    for word in compiled(r"[^\s=]+").finditer(text):
        if previous in keys:
            yield previous, word[0], word.start()
            previous = ""
        else:
            previous = word[0].lower()


def pgpass(case: Case, row: SecretRow) -> None:
    """`host:port:database:user:password`, with `\\:` for a colon."""
    for start, line in _lines(case):
        parts = compiled(r"(?<!\\):").split(line, maxsplit=4)
        value = parts[4].strip() if len(parts) == 5 else ""
        if placeholders.is_literal(value) or (is_remote(parts[0]) and placeholders.is_given(value)):
            case.confirm(
                row.kind, weight(row, value), value, start + len(line) - len(parts[4]), "a password of PostgreSQL"
            )


def htpasswd(case: Case, row: SecretRow) -> None:
    """`user:hash`, and whatever a server takes instead of a hash."""
    for start, line in _lines(case):
        user, colon, value = line.partition(":")
        value = value.split(":")[-1] if value.count(":") == 1 else value  # htdigest has a realm between
        if not colon or not compiled(r"[^\s{}\"'<>=]{1,128}").fullmatch(user) or "//" in value or " " in value:
            continue
        if _is_hash(value) or placeholders.is_strong(value):
            case.confirm(row.kind, row.severity, value, start + line.rindex(value), "the hash of a password")


def _is_hash(value: str) -> bool:
    return compiled(_HASH).match(value) is not None


def shadow(case: Case, row: SecretRow) -> None:
    """`passwd` and `shadow`: a second field that is neither `x` nor locked."""
    for start, line in _lines(case):
        parts = line.split(":")
        if len(parts) >= 6 and _is_hash(parts[1].lstrip("!")):
            case.confirm(row.kind, row.severity, parts[1], start + len(parts[0]) + 1, "the hash of a password")


def git_credentials(case: Case, row: SecretRow) -> None:
    """One URL with a login a line."""
    for start, line in _lines(case):
        # The user may be an address itself, and the password may hold anything but a blank.
        match = compiled(r"\s*https?://(\S{0,200}):(\S{1,400})@([\w.-]{1,200})").match(line)
        match = match or compiled(r"\s*https?://()([^\s/@:]{1,400})@([\w.-]{1,200})").match(line)
        if match is not None and (
            placeholders.is_literal(match[2]) or (match[1] and is_remote(match[3]) and placeholders.is_given(match[2]))
        ):
            case.confirm(row.kind, weight(row, match[2]), match[2], start + match.start(2), "a password in a URL")


def git_config(case: Case, row: SecretRow) -> None:
    """Remotes with a login, and headers that a CI job left behind."""
    for start, line in _lines(case):
        match = compiled(r"url\s*=\s*\w+://([^\s/@]{1,400})@").search(line)
        if match is None:
            continue
        user, colon, password = match[1].partition(":")
        value = password if colon else user
        if (colon or len(user) >= 20) and placeholders.is_literal(value) and password != "x-oauth-basic":
            case.confirm(
                row.kind, row.severity, value, start + match.end(1) - len(value), "a login in the URL of a remote"
            )
    judge_authorisation(case, row.kind, row.severity)


def npmrc(case: Case, row: SecretRow) -> None:
    """`//registry/:_authToken=…`; old forms hold `user:password` in base64."""
    for start, line in _lines(case):
        match = compiled(r"\s*(?:[^\s=]*:)?(_authToken|_auth|_password)\s*=\s*[\"']?([^\s\"';]+)").match(line)
        if match is None or not placeholders.is_literal(match[2]):
            continue
        if match[1] == "_auth":
            login = checksums.login(match[2])
            if login is None or placeholders.is_placeholder(login[1]):
                continue
        elif match[1] == "_password":
            plain = checksums.unbase64(match[2])
            if plain is None or placeholders.is_placeholder(plain.decode("utf-8", "replace")):
                continue
        elif match[2].startswith("npm_") and len(match[2]) == 40 and not checksums.fits_base62_crc(match[2], prefix=4):
            continue
        case.confirm(row.kind, row.severity, match[2], start + match.start(2), f"a literal value for {match[1]}")


def word(case: Case, row: SecretRow) -> None:
    """A file that is one secret and nothing else, or a few by name."""
    if case.size > 4096:
        case.clear(row.kind, "too long for one secret")
        return
    said = list(_lines(case))
    if case.name.rpartition(".")[2] in _WORDS_AND_CODE and "." in case.name:
        case.clear(row.kind, "code or words about secrets")
        return
    if case.text.startswith("#!") or not said:
        case.clear(row.kind, "a program" if said else "empty")
        return
    if (
        len(said) > 1
        or compiled(r"[\w.-]+\s*[:=]\s").match(said[0][1] + " ")
        or compiled(r"[A-Za-z_]\w*=\S").match(said[0][1])
    ):
        _several(case, row, said)
        return
    value = said[0][1].strip()
    if compiled(r"[\w.-]+:[x*!]?:\d*:").match(value):
        case.clear(row.kind, "an account without a password")
        return
    phrase = " " in value and "phrase" in row.keys.split() and len(value) >= 12
    good = placeholders.is_literal(value) and (" " not in value or phrase) and not placeholders.is_path(value)
    if good and (row.keys or telling.announces(_stem(case.name)) or placeholders.is_random(value)):
        severity = row.severity if placeholders.is_random(value) else min(row.severity, Strength.MEDIUM)
        hashed = "hash" in case.name and compiled(r"(?:[0-9a-f]{32}){1,4}|[0-9a-f]{40}").fullmatch(value) is not None
        if hashed or _is_made_for_development(case, value) or assignments.is_digest(value.partition(":")[2]):
            severity = Strength.LOW
        case.confirm(row.kind, severity, value, said[0][0] + said[0][1].index(value), "the file is one secret")
    else:
        case.clear(row.kind, "nothing that looks made up in it")


def _is_made_for_development(case: Case, value: str) -> bool:
    """Whether Rails has made a key for development and tests on this machine, where it keeps that."""
    here = case.name in ("local_secret.txt", "development_secret.txt") and f"/{case.folder}".endswith("/tmp")
    return here and compiled(r"[0-9a-f]{128}").fullmatch(value) is not None


def _several(case: Case, row: SecretRow, said: list[tuple[int, str]]) -> None:
    for field in fields(case):
        if telling.announces(field.name) or is_key(field.name, "password pass pw key"):
            assignments.judge_known(case, field, row.kind, row.severity)
    if not case.found and notation(case.name) is None:
        for start, line in said[:20]:
            value = line.rpartition(":")[2].strip(" \t\"',;")
            if " " not in value and placeholders.is_random(value) and is_drawn(value, least=8):
                case.confirm(row.kind, row.severity, value, start + line.rindex(value), "a value that looks made up")


def _stem(name: str) -> str:
    return name.partition(".")[0] or name


#: In a directory of secrets, what these hold is code or words about them.
_WORDS_AND_CODE: Final = frozenset(
    """
    md rst adoc html htm css scss less sass py pyi rb js mjs cjs ts tsx jsx vue svelte go rs java kt kts scala groovy
    c h cc cpp hpp cs fs php ex exs eex heex leex erl hrl elm hs ml clj swift m dart lua pl pm r jl sh bash zsh fish ps1
    bat sql graphql proto tpl tmpl j2 erb example sample template dist map lock sum svg gitkeep gitignore keep
    """.split()
)


def secret_directory(case: Case, row: SecretRow) -> None:
    """A file in a directory of secrets: one secret, or names and values; never code or words about it."""
    ending = case.name.rpartition(".")[2]
    if ending in _WORDS_AND_CODE or case.name.startswith(("readme", "license", ".git", "dockerfile", "makefile")):
        case.clear(row.kind, "code or words about secrets")
    elif ending in ("json", "yaml", "yml", "toml", "ini", "env", "properties", "conf", "cfg", "xml"):
        settings(case, row)
    elif b"\0" not in case.data[:4096]:
        word(case, row)


def rails_key(case: Case, row: SecretRow) -> None:
    """32 hexadecimal digits for Rails, 256 for Jenkins, and nothing else in the file."""
    value = case.text.strip()
    if compiled(r"[0-9a-f]{32}|[0-9a-f]{64}|[0-9a-f]{128}|[0-9a-f]{256}").fullmatch(value) and len(set(value)) > 4:
        case.confirm(row.kind, row.severity, value, case.text.index(value), "a key in hexadecimal digits")
    else:
        case.clear(row.kind, "not a key in hexadecimal digits")


def history(case: Case, row: SecretRow) -> None:
    """What somebody typed: passwords as options, variables set for one command, statements that set one."""
    for field in code(case.text):
        assignments.judge_field(case, field, row.kind, row.severity)
    for start, line in _lines(case):
        if len(line) > 4096:
            continue
        for pattern in _SHELL_SECRETS:
            for match in compiled(pattern).finditer(line):
                group = match.lastindex or 0
                if assignments.is_secret("PASSWORD", match[group]):
                    case.confirm(
                        row.kind, row.severity, match[group], start + match.start(group), "typed on a command line"
                    )


def s3_password(case: Case, row: SecretRow) -> None:
    """`[bucket:]identity:secret`."""
    for start, line in _lines(case):
        value = line.strip().rpartition(":")[2]
        if ":" in line and len(value) >= 16 and placeholders.is_literal(value):
            case.confirm(row.kind, row.severity, value, start + line.rindex(value), "a key of the object store")


def bundle(case: Case, row: SecretRow) -> None:
    """`BUNDLE_HOST__NAME: "user:password"`."""
    for field in fields(case, row):
        if not compiled(r"BUNDLE_\w+__\w+").match(field.name) or compiled(r"BUNDLE_(?:BUILD|LOCAL|MIRROR)_").match(
            field.name
        ):
            continue
        value = field.value.partition(":")[2] or field.value.partition(":")[0]
        if value == "x-oauth-basic":
            value = field.value.partition(":")[0]
        if placeholders.is_literal(value) and (":" in field.value or placeholders.is_random(value)):
            at = field.at + field.value.index(value)
            case.confirm(row.kind, row.severity, value, at, f"a login for {assignments.shown(field.name)}")


def conda(case: Case, row: SecretRow) -> None:
    """Channels whose address carries a login, or a token of Anaconda: `https://host/t/token/channel`."""
    for match in compiled(r"://[\w.-]{1,200}+/t/([\w-]{16,80}+)(?=[/\s\"']|\Z)").finditer(case.text):
        if placeholders.is_random(match[1]):
            case.confirm(row.kind, row.severity, match[1], match.start(1), "a token in the URL of a channel")


def wireguard(case: Case, row: SecretRow) -> None:
    """`PrivateKey` and `PresharedKey`: 32 bytes in base64."""
    for field in fields(case, row):
        if field.name.lower() in ("privatekey", "presharedkey"):
            data = checksums.unbase64(field.value)
            if data is not None and len(data) == 32 and len(set(data)) > 4:
                case.confirm(row.kind, row.severity, field.value, field.at, f"a literal value for {field.name}")


def hex_config(case: Case, row: SecretRow) -> None:
    """Erlang terms with keys in them."""
    for match in compiled(_ERLANG_KEY).finditer(case.text):
        if placeholders.is_literal(match[2]):
            case.confirm(row.kind, row.severity, match[2], match.start(2), "a literal value for a key")


def remote_desktop(case: Case, row: SecretRow) -> None:
    """`password 51:b:…`, which its own user can decrypt."""
    match = compiled(r"(?im)^password 51:b:([0-9A-F]{32,2000})").search(case.text)
    if match is not None:
        case.confirm(row.kind, row.severity, match[1], match.start(1), "a saved password")
    else:
        settings(case, row)


def secret_key_expression(case: Case, row: SecretRow) -> None:
    """GnuPG's own store: an S-expression with a private key."""
    match = compiled_bytes(rb"\(\d{0,4}:?(?:protected-|shadowed-)?private-key").search(case.data)
    if match is None:
        case.clear(row.kind, "no private key in it")
    elif b"shadowed" in match[0]:
        case.clear(row.kind, "the key itself is on a card")
    else:
        locked = b"protected" in match[0]
        reason = f"private key of GnuPG, {'protected by a pass phrase' if locked else 'not encrypted'}"
        case.confirm(row.kind, Strength.HIGH if locked else row.severity, case.data, None, reason)


def named_field(case: Case, row: SecretRow, field: Field) -> None:
    """Confirm a field whose name does not matter, since all that stands there is secret."""
    if placeholders.is_literal(field.value):
        severity = min(row.severity, assignments.weighed(field.name, field.value, row.severity, text=case.text))
        case.confirm(row.kind, severity, field.value, field.at, f"a literal value for {assignments.shown(field.name)}")
