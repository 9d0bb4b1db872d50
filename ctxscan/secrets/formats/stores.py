"""Files of which the name and the first bytes tell enough: key material, key stores, dumps, databases, captures."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from ...regex import compiled, places
from .. import assignments, containers, databases, placeholders
from ..case import Case
from ..judgement import Strength
from ..logins import judge_authorisation
from ..pem import judge_armour, judge_static_key
from ..row import SecretRow
from .settings import settings

_ARCHIVES: Final = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"\x28\xb5\x2f\xfd", b"Rar!")
#: What somebody has kept a picture as.
_PICTURES: Final = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM", b"\0\0\1\0")
_PICTURE: Final = r"\.(?:png|jpe?g|gif|webp|bmp|ico)[._-]"
#: What a dump has and a schema has not.
_ROWS: Final = (
    r"(?im)^[ \t]{0,8}(?:INSERT INTO[ \t]+(\S{1,200})([^\n]{0,400}?)VALUES"
    r"|COPY[ \t]+(\S{1,200})([^\n]{0,400}?)FROM stdin;?(?![^\n]{0,40}\r?\n\\\.))"
)
#: What brings the tables up to date writes down for itself what it has done.
_HISTORY: Final = (
    r"(?i)\A[\"'`\[]?(?:\w{1,40}[\"'`\]]?\.)?[\"'`\[]?(?:__EFMigrationsHistory|schema_migrations|flyway_schema_history"
    r"|databasechangelog(?:lock)?|(?:django|knex|_prisma|doctrine)_migration(?:s|s_lock|_versions)|alembic_version"
    r"|ar_internal_metadata|goose_db_version|migrations)[\"'`\]]?\Z"
)
#: Of whom rows are kept, by the name of a table; and which tables are of nothing but what one logs in with.
_PEOPLE: Final = (
    r"(?i)user|account|customer|member|person|people|contact|client|patient|employee|student|subscriber|author|login"
    r"|credential|session|profile|passw|e_?mail|token|secret"
)
_KEPT: Final = r"(?i)token|secret|credential|session|passw"
_KEPT_AS: Final = frozenset("key value data hash token".split())
#: How a table is made, and how each of its columns begins.
_CREATED: Final = r"(?i)\bCREATE TABLE[ ](?:IF NOT EXISTS[ ])?([^\s(]{1,200})\s?\("
_COLUMN: Final = r"(?:^|[,(])\s{0,20}[\"`\[]?(\w{1,64})[\"`\]]?[ \t]+\w"
_LONGEST_TABLE: Final = 20_000
#: What passwords are kept as.
_HASHED: Final = r"\$2[abxy]\$\d\d\$|\$argon2|\bpbkdf2|\{SS?HA|\$[156]\$|'\*[0-9A-F]{40}'"
#: With what password a user is made.
_IDENTIFIED: Final = r"(?i)\bIDENTIFIED[ ](?:WITH[ ]\w+[ ])?BY[ ](?:PASSWORD[ ])?'([^'\n]{1,200})'"
#: Request headers, on the wire or in an archive of requests.
_HEADERS: Final = (
    r"(?i)(?:authorization\"?[:,]\s{0,4}(?:\"value\":\s{0,4}\")?(?:basic|bearer|token) "
    r"|cookie\"?[:,]\s{0,4}(?:\"value\":\s{0,4}\")?(?=[\w!#$%&'*+.^|~-]{1,80}=)"
    r"|\"cookies\":\s{0,4}\[\s{0,8}\{\s{0,8}\"name\":\s{0,4}\"[^\"]{1,80}\",\s{0,8}\"value\":\s{0,4}\")([^\s\"]{12,4096})"
)
#: How each of them begins, in lower case.
_HEADER_STARTS: Final = ("authorization", "cookie", '"cookies"')


def key(case: Case, row: SecretRow) -> None:
    """Private keys in any shape; certificates, public keys and what only shares the ending are cleared."""
    if case.found:
        return
    if case.data[:1] >= b"\x80" and containers.judge_openpgp(case):
        return
    if b"\0" not in case.data[:1024]:
        judge_armour(case, case.text)
        judge_static_key(case)


def openpgp(case: Case, row: SecretRow) -> None:
    """Key rings, exported keys, messages."""
    if not case.found and not containers.judge_openpgp(case) and b"\0" not in case.data[:1024]:
        judge_armour(case, case.text)


def store(case: Case, row: SecretRow) -> None:
    """A store that only its password opens: binary, and not known to be harmless."""
    if case.found or len(case.data) < 16 or containers.judge_openpgp(case):
        return
    if b"\0" in case.data or not _is_text(case.data):
        case.opaque(row.kind, row.severity, f"{row.kind.replace('-', ' ')}, cannot be opened")
    else:
        settings(case, row)


def _is_text(data: bytes) -> bool:
    try:
        data[:4096].decode()
    except UnicodeDecodeError as error:
        return error.start > len(data[:4096]) - 4
    return True


def vault(case: Case, row: SecretRow) -> None:
    """A password store of any form: as long as there is something in it."""
    if len(case.data) >= 16 and not case.found and not containers.judge_openpgp(case):
        case.opaque(row.kind, row.severity, f"{row.kind.replace('-', ' ')}, cannot be opened")


def debug_store(case: Case, row: SecretRow) -> None:
    """What everybody has a copy of, or the key to."""
    case.clear(row.kind, "published: everybody has it")


def database(case: Case, row: SecretRow) -> None:
    """SQLite and other databases with something in them; indexes and caches by name are none of that."""
    if compiled(r"(?:^|[._-])(?:search|index|cache|thumbs|test|fixture|icon|geo|tz|zoneinfo)").search(case.name):
        case.clear(row.kind, "an index, a cache or test data by its name")
    elif case.data.startswith(databases.MAGIC):
        _sqlite(case, row)
    elif case.data[:4] == b"\x01\x0f\0\0" or (
        case.name.endswith((".sdf", ".ldf", ".mdf")) and b"\0" in case.data[:512]
    ):
        case.opaque(row.kind, row.severity, "a database with its data")


def _sqlite(case: Case, row: SecretRow) -> None:
    """A database counts for its rows of accounts, if it is small enough to be opened."""
    found = databases.accounts(case.data) if len(case.data) >= case.size else None
    if found is None:
        if case.size > 512:
            case.opaque(row.kind, row.severity, "a database with its data")
    elif found:
        case.opaque(row.kind, row.severity, databases.told(found))
    else:
        case.clear(row.kind, "a database without rows of accounts")


def dump(case: Case, row: SecretRow) -> None:
    """Rows make a dump; a schema alone is none. Archives called a backup cannot be looked into."""
    if case.found:
        return
    if case.data.startswith(_PICTURES) and compiled(_PICTURE).search(case.name):
        case.clear(row.kind, "a picture")
    elif compiled(_DOCUMENT).search(case.name):
        case.clear(row.kind, "what was drawn or written")
    elif case.data.startswith(_ARCHIVES) or case.data[257:262] == b"ustar":
        case.opaque(row.kind, row.severity, "a packed backup")
    elif case.data.startswith(databases.MAGIC):
        _sqlite(case, row)
    elif b"\0" in case.data[:1024]:
        # A model that was learned, of a program, too.
        if case.name.endswith((".dump", ".bak", ".sqldump")) and compiled(_LEARNED).search(case.name) is None:
            case.opaque(row.kind, row.severity, "a binary backup")
    else:
        rows = [
            each for each in compiled(_ROWS).finditer(case.text) if not compiled(_HISTORY).match(each[1] or each[3])
        ]
        people = next((each for each in rows if _opens(each, case.text)), None)
        if rows and people is None and compiled(_MIGRATION).search(f"/{case.path.lower()}"):
            case.clear(row.kind, "a step from one schema to the next")
        elif rows:
            opens = people or compiled(_HASHED).search(case.text) or _makes_users(case.text)
            weight = row.severity if opens else Strength.LOW
            found = people or rows[0]
            case.confirm(row.kind, weight, found[0], found.start(), "a dump with the rows of its tables")
        elif not case.name.endswith((".sql", ".gz", ".zip", ".tar", ".sqldump")):
            settings(case, row)


#: Where programs have the steps that take a database from one version to the next.
_MIGRATION: Final = r"/(?:migrations?|migrate|schemas?|deltas?|changelogs?|changesets?|flyway|liquibase)/"
#: What programs pack that draw and write.
_DOCUMENT: Final = r"\.(?:mwb|docx|xlsx|pptx|od[tpsg]|vsdx|sketch|kra|xmind|epub)\.bak\Z"
_LEARNED: Final = r"\.(?:joblib|pkl|pickle|model|onnx|pth?|h5|safetensors|npy|npz|exe|dll|so)(?:\.[\w-]{1,20})?\.bak\Z"


def _opens(row: re.Match[str], text: str) -> bool:
    """Whether a table has rows with what people log in with: by its columns, or by its name where these are nowhere;
    others are a note."""
    table, opened, listed = ((row[1] or row[3]) + (row[2] or row[4] or "")).partition("(")
    table = _bare(table)
    columns: list[str] = compiled(r"\w+").findall(listed) if opened else _columns(text).get(table, [])
    if not columns:
        return compiled(_PEOPLE).search(table) is not None
    if any(databases.is_telling(each) or each.lower().endswith("token") for each in columns):
        return True
    return compiled(_KEPT).search(table) is not None and not _KEPT_AS.isdisjoint(map(str.lower, columns))


@lru_cache(1)
def _columns(text: str) -> dict[str, list[str]]:
    """The columns of the tables that a text makes, on one line each, or to a bracket at the margin."""
    found = {}
    for each in compiled(_CREATED).finditer(text):
        end = text.find("\n)" if text.startswith(("\n", "\r\n"), each.end()) else "\n", each.end())
        body = text[each.end() : min(end, each.end() + _LONGEST_TABLE) if end >= 0 else None]
        found[_bare(each[1])] = compiled(_COLUMN, re.MULTILINE).findall(body[:_LONGEST_TABLE])
    return found


def _bare(table: str) -> str:
    """The name of a table without that of its schema, and without quotes."""
    return table.strip().rpartition(".")[2].strip("\"`[]'")


def fixture(case: Case) -> None:
    """What Django writes its tables to, with the hashes of passwords: rows of accounts as in any other dump."""
    text = case.text
    if compiled(_MODEL).search(text) is None or ("fields" not in text and "<object" not in text):
        return
    dumped = False
    for each in compiled(_OF_ACCOUNT).finditer(text):
        value, at = each[each.lastindex or 0], each.start(each.lastindex or 0)
        if dumped or value.startswith("!"):
            case.clear("database-dump", "another row, or an account without a password", at=at, length=len(value))
        elif assignments.is_digest(value):
            case.confirm("database-dump", Strength.HIGH, value, at, "a dump with the rows of its tables")
            dumped = True


#: Of which table a row is, as Django calls it in JSON, YAML and XML, and what is kept of a password.
_MODEL: Final = r"\bmodel[\"']?[ \t]{0,8}[:=][ \t]{0,8}[\"']?[a-z_]\w{0,60}\.[a-z]\w{0,60}"
_OF_ACCOUNT: Final = (
    r"\bpassword[\"'](?:[ \t]{0,8}:[ \t]{0,8}[\"']|[^<>\n]{0,80}>)([^\s\"'<>]{2,300})"
    r"|(?m:^)[ \t]+password:[ \t]+[\"']?([^\s\"'<>]{2,300})"
)


def _makes_users(text: str) -> bool:
    """Whether users are made with a password that does more than stand for one."""
    made = (each[1] for each in compiled(_IDENTIFIED).finditer(text))
    return any(not placeholders.is_placeholder(each) and not placeholders.describes_itself(each) for each in made)


def memory(case: Case, row: SecretRow) -> None:
    """Dumps of memory are known by their first bytes, which have been looked at before any reader."""
    if not case.found:
        case.clear(row.kind, "not a dump of memory")


def capture(case: Case, row: SecretRow) -> None:
    """Recorded traffic: authorisation, cookies, and logins of protocols without encryption."""
    low, search = case.text.lower(), compiled(_HEADERS)
    if len(low) == len(case.text):
        found = (search.match(case.text, place) for place in places(_HEADER_STARTS, low))
    else:
        found = (match for match in search.finditer(case.text))
    for match in filter(None, found):
        value = match[1]
        if not placeholders.is_placeholder(value[:128]):
            case.confirm(row.kind, row.severity, value, match.start(1), "authorisation or a cookie in recorded traffic")
    judge_authorisation(case, row.kind, row.severity)
    if case.data.startswith(b"PK\x03\x04"):
        case.opaque(row.kind, row.severity, "recorded traffic, packed")


def profile(case: Case, row: SecretRow) -> None:
    """A signed profile: who may install, on which devices."""
    if case.data[:1] == b"0" and len(case.data) > 64:
        case.opaque(row.kind, Strength.LOW, "a provisioning profile: team, devices, certificates")
