"""SQLite databases: whether they hold rows of accounts.

The names of tables and columns are read, and whether there is anything in a column that says it holds passwords; no
value leaves SQLite. A database is opened from memory, so nothing on disk is locked, written or followed, and queries
end after `MOST_STEPS` of SQLite's machine.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final, NamedTuple

from ..printable import shown
from ..regex import compiled
from .containers import SQLITE

MAGIC: Final = SQLITE
#: A database is read into memory up to this size, in bytes.
LARGEST: Final = 64 << 20
MOST_TABLES: Final = 500
#: Rows are counted up to this number.
MOST_ROWS: Final = 1_000
#: Instructions of SQLite's virtual machine for all queries.
MOST_STEPS: Final = 5_000_000
_STRIDE: Final = 10_000

#: Columns that hold what one logs in with: each word of the name, or two that stand together.
_WORDS: Final = frozenset(
    "password passwd passphrase passcode pwd passhash pwhash pw secret credential credentials".split()
)
_PAIRS: Final = frozenset(
    """
    access_token refresh_token api_token auth_token session_token bearer_token api_key apikey private_key secret_key
    access_key password_hash session_key session_data encrypted_value otp_secret
    """.split()
)
#: What such words also begin, and holds nothing.
_HARMLESS: Final = frozenset(
    """
    id ids type hint question policy expires expiry expired at on date count length changed reset required enabled url
    uri
    """.split()
)


class Accounts(NamedTuple):
    """A table with rows in a column that says it holds secrets; `rows` is at most `MOST_ROWS`."""

    table: str
    column: str
    rows: int


def accounts(data: bytes) -> list[Accounts] | None:
    """The tables with rows of accounts in a database; None: it cannot be opened. Never raises, whatever the content."""
    import sqlite3  # few contexts have a database

    if not hasattr(sqlite3.Connection, "deserialize") or not data.startswith(MAGIC):
        return None
    # A journal beside it would be asked for; in memory there is none.
    data = data[:18] + b"\1\1" + data[20:]
    steps = 0

    def late() -> bool:
        nonlocal steps
        steps += _STRIDE
        return steps > MOST_STEPS

    try:
        connection = sqlite3.connect(":memory:")
    except sqlite3.Error:
        return None
    try:
        connection.deserialize(data)
        connection.set_progress_handler(late, _STRIDE)
        connection.text_factory = bytes
        for setting in ("trusted_schema = OFF", "cell_size_check = ON", "query_only = ON", "temp_store = MEMORY"):
            connection.execute(f"PRAGMA {setting}")
        return _tables(connection)
    except (sqlite3.Error, sqlite3.Warning, OverflowError, MemoryError, ValueError):
        return None
    finally:
        connection.close()


def told(found: list[Accounts]) -> str:
    """One table with the number of its rows, in words."""
    first = max(found, key=lambda each: each.rows)
    rows = (
        f"{MOST_ROWS} rows or more" if first.rows >= MOST_ROWS else "1 row" if first.rows == 1 else f"{first.rows} rows"
    )
    return f"a database with accounts: {shown(first.table)} has {rows} with {shown(first.column)}"


def _tables(connection: object) -> list[Accounts]:
    execute = connection.execute  # type: ignore[attr-defined]
    tables = execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' LIMIT ?",
        (MOST_TABLES,),
    ).fetchall()
    found = []
    for name, sql in tables:
        # A virtual table would run the code of its module.
        if not isinstance(name, bytes) or not isinstance(sql, bytes) or b"VIRTUAL" in sql[:40].upper():
            continue
        table = name.decode("utf-8", "replace")
        quoted = _quoted(table)
        for column in execute(f"PRAGMA table_info({quoted})").fetchall():
            title = column[1].decode("utf-8", "replace")
            if not is_telling(title):
                continue
            value = _quoted(title)
            rows = execute(
                f"SELECT count(*) FROM (SELECT 1 FROM {quoted} WHERE length({value}) >= 4 LIMIT {MOST_ROWS})"
            ).fetchone()[0]
            if rows:
                found.append(Accounts(table, title, int(rows)))
                break
    return found


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def is_telling(column: str) -> bool:
    """Whether the name of a column says that it holds what one logs in with."""
    low = compiled(r"(?<=[a-z0-9])(?=[A-Z])").sub("_", column).lower()
    words = [word for word in re.split(r"[^a-z0-9]+", low) if word]
    if not words or not _HARMLESS.isdisjoint(words):
        return False
    pairs = {f"{one}_{two}" for one, two in pairwise(words)}
    return not _WORDS.isdisjoint(words) or not _PAIRS.isdisjoint(pairs) or words in (["apikey"], ["token"])
