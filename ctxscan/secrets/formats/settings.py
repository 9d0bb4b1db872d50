"""Files of names and values, whatever their notation: the reader that most rows need."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from ...regex import compiled
from .. import assignments, placeholders, telling
from ..case import Case
from ..hosts import is_remote
from ..judgement import Strength
from ..logins import judge_authorisation, judge_connections
from ..row import SecretRow
from ..syntax.field import Field
from ..syntax.notations import notation, reader, sniffed


def fields(case: Case, row: SecretRow | None = None) -> Iterator[Field]:
    """All names and values of the file."""
    written = (row.notation if row is not None else "") or notation(case.name) or sniffed(case.text)
    text = case.text
    if case.name.endswith(".bru"):
        text = compiled(_SCRIPTS).sub(lambda block: " " * len(block[0]), text)
    return reader(written)(text)


#: What Bruno runs before and after a request is a program, and is looked through as one.
_SCRIPTS: Final = r"(?m)^(?:script:[\w-]+|tests|docs)[ \t]*+\{[ \t]*+\n(?>(?:(?!\})[^\n]*+\n)*)"


@lru_cache(1024)
def is_key(name: str, keys: str) -> bool:
    """Whether a name ends in one of these, as whole words: `spring.mail.password` in `password`."""
    words = f"_{telling.spelt(name)}".lower()
    if words.endswith(("_xsrf_token", "_csrf_token")):
        return False  # what a form brings back
    if any(f"_{made}_" in words for made in ("hashed", "crypted", "digested")):
        return False  # what cannot be turned back
    return any(words.endswith(f"_{key}") for key in keys.split())


def settings(case: Case, row: SecretRow, *, remote: bool = False) -> None:
    """The row's keys count whatever their value looks like, other telling names where the value looks made up. `remote`
    as for `judge_known`."""
    for field in fields(case, row):
        if is_key(field.name, row.keys):
            assignments.judge_known(case, field, row.kind, row.severity, remote=remote)
        else:
            assignments.judge_field(case, field, row.kind, row.severity)
    judge_connections(case)


def remote_login(case: Case, row: SecretRow) -> None:
    """As `settings`, for a file that says where to log in: a weak password for another machine counts, too."""
    found = list(fields(case, row))
    hosts = [each.value for each in found if each.name.lower() in ("host", "hostname", "server", "url")]
    remote = any(is_remote(host.partition("://")[2].partition("/")[0] or host) for host in hosts)
    if remote:
        for field in found:
            weak = placeholders.is_given(field.value) and not placeholders.is_literal(field.value)
            if weak and is_key(field.name, row.keys):
                what = f"a literal value for {assignments.shown(field.name)}"
                case.confirm(row.kind, Strength.MEDIUM, field.value, field.at, what)
    settings(case, row, remote=remote)


def dotenv(case: Case, row: SecretRow) -> None:
    """A `.env` by its variables; one whose values dotenvx encrypted holds nothing to read."""
    encrypted = False
    for field in fields(case, row):
        encrypted = encrypted or field.value.startswith("encrypted:")
        assignments.judge_field(case, field, row.kind, row.severity)
    judge_connections(case)
    if encrypted:
        case.clear("encrypted", "encrypted with dotenvx")


def secrets_file(case: Case, row: SecretRow) -> None:
    """A file called secrets: whatever in it looks made up, under any name; of a manifest for a cluster, the data."""
    found = list(fields(case, row))
    manifests = {field.document for field in found if not field.parents and field.name == "apiVersion"}
    for field in found:
        described = field.document in manifests and field.parents[:1] not in (("data",), ("stringData",))
        if field.parents[:1] == ("sops",) and field.name in _SOPS:
            continue
        if is_key(field.name, row.keys):
            assignments.judge_known(case, field, row.kind, _weight(row, field))
        elif not described and len(field.value) >= 16 and _is_opaque(field.value) and not _names_something(field.name):
            what = f"a value that looks made up, for {assignments.shown(field.name)}"
            case.confirm(row.kind, _weight(row, field), field.value, field.at, what)
        else:
            assignments.judge_field(case, field, row.kind, _weight(row, field))
    judge_connections(case)


#: What SOPS writes down about those who can decrypt a file, and how.
_SOPS: Final = frozenset(
    "recipient fp enc mac arn created_at lastmodified version resource_id vault_url vault_address key_name".split()
)


def _weight(row: SecretRow, field: Field) -> Strength:
    """Frameworks write a section for development and tests whose values everybody may know."""
    return Strength.LOW if {"development", "test"} & set(field.parents) else row.severity


def _is_opaque(value: str) -> bool:
    return (
        placeholders.is_random(value)
        and "://" not in value
        and compiled(r"\d").search(value) is not None
        and compiled(r"[\w+/=.~-]+").fullmatch(value) is not None
        and compiled(r"[\d.:T-]+Z?|\d.*[\d.]\d|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch(value) is None
    )


def _names_something(name: str) -> bool:
    words = telling.spelt(name).split("_")
    return bool(
        {"ID", "NAME", "SHA", "SHA256", "DIGEST", "HASH", "CHECKSUM", "VERSION", "PUBLIC", "FINGERPRINT", "IMAGE"}
        & set(words)
    )


def headers(case: Case, row: SecretRow) -> None:
    """Requests as a client keeps them: values with telling names, and authorisation of either kind."""
    for field in fields(case, row):
        scheme, _, value = field.value.partition(" ")
        if field.name.lower() == "authorization" and scheme in ("Basic", "Bearer") and placeholders.is_random(value):
            case.confirm(row.kind, row.severity, value, field.at + len(scheme) + 1, "authorisation of a request")
    settings(case, row)
    judge_authorisation(case, row.kind, row.severity)


def connections(case: Case, row: SecretRow) -> None:
    """Settings of .NET and Azure: connection strings first of all."""
    judge_connections(case)
    settings(case, row)
