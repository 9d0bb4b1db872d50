"""Archives, databases and long files: what is in them is found, what is not is not, and none of them costs much."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import sqlite3
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from support.archives import PACKERS
from support.trees import TESTDATA

from ctxscan.archive.feed import Feed
from ctxscan.secrets import archives, databases, judgement
from ctxscan.secrets.judgement import Judgement, Strength
from ctxscan.secrets.whole import PIECE, TAIL, Whole, judge_file

sys.path.append(str(TESTDATA / "secrets"))
from made import Made

ENV = "A=1\nDB_PASSWORD=«password»\n"


def judged(path: str, data: bytes, *, start: int = 1 << 16, deep: bool = False) -> Whole:
    return judge_file(path, io.BytesIO(data), data[:start], len(data), deep=deep, named=False)


def zipped(members: Mapping[str, bytes], *, kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", kind) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def told(result: Whole) -> list[tuple[str, str]]:
    return [(each.verdict, each.reason.rpartition(", in ")[2]) for each in result.judgements]


PACKINGS: dict[str, Callable[[Mapping[str, bytes]], bytes]] = {
    "x.zip": zipped,
    "stored.zip": lambda members: zipped(members, kind=zipfile.ZIP_STORED),
    "x.jar": zipped,
    "x.tar": tarred,
    "x.tar.gz": lambda members: gzip.compress(tarred(members)),
    "x.tgz": lambda members: gzip.compress(tarred(members)[:512]) + gzip.compress(tarred(members)[512:]),
    "x.tar.bz2": lambda members: bz2.compress(tarred(members)),
    "x.tar.xz": lambda members: lzma.compress(tarred(members)),
    "x.tar.zst": lambda members: PACKERS["zstd"](tarred(members)),
}


@pytest.mark.parametrize("name", PACKINGS)
def test_members_are_judged_as_files(name: str) -> None:
    """The secret is named with its member and its line there; the value is in no word of it."""
    made = Made(5)
    secret = made.fill(ENV)
    result = judged(f"dist/{name}", PACKINGS[name]({"a/readme.txt": b"hello\n", "conf/.env": secret}))
    assert told(result) == [("confirmed", "conf/.env:2")]
    assert result.missed is None
    assert made.planted[0] not in repr(result)


@pytest.mark.parametrize("name", PACKINGS)
def test_an_archive_without_secrets_is_quiet(name: str) -> None:
    result = judged(f"dist/{name}", PACKINGS[name]({"a/readme.txt": b"hello\n", ".env.example": b"A=\n"}))
    assert not [each for each in result.judgements if each.verdict != "cleared"]
    assert result.missed is None


@pytest.mark.parametrize("packed", PACKERS.values(), ids=PACKERS)
def test_a_packed_file_is_judged_under_its_own_name(packed: Callable[[bytes], bytes]) -> None:
    """`.env.gz` is an `.env`; a dump with rows is a dump, and a schema is none, though both are called a backup."""
    assert told(judged(".env.gz", packed(Made(6).fill(ENV))))[0][0] == "confirmed"
    rows = b"CREATE TABLE a (b int);\nINSERT INTO a VALUES (1, 'x');\n"
    assert told(judged("backup.sql.gz", packed(rows)))[0][0] == "confirmed"
    (schema,) = judged("backup.sql.gz", packed(rows[:24])).judgements
    assert schema.verdict == "cleared"


def test_archives_in_archives_are_opened_down_to_a_depth() -> None:
    """Three are; a fourth is told as left out."""
    data = zipped({".env": Made(7).fill(ENV)})
    for depth in range(1, archives.DEEPEST + 2):
        result = judged("x.zip", data)
        if depth <= archives.DEEPEST:
            assert [verdict for verdict, _ in told(result)] == ["confirmed"], depth
            assert result.missed is None
        else:
            assert not result.judgements
            assert result.missed == archives.TOO_MUCH
        data = zipped({f"inner{depth}.jar": data})


def test_libraries_in_an_archive_are_of_others() -> None:
    inner = zipped({".env": Made(8).fill(ENV)})
    assert not judged("app.jar", zipped({"BOOT-INF/lib/other.jar": inner, "node_modules/a/.env": b"A=1\n"})).judgements


def test_names_of_members_are_escaped() -> None:
    made = Made(9)
    ((_, place),) = told(judged("x.tar", tarred({"\x1b[31m/../.env": made.fill(ENV)})))
    assert place == "\\x1b[31m/../.env:2"


ZEROS = bytes(24 << 20)
BOMBS: dict[str, Callable[[], bytes]] = {
    "zeros.gz": lambda: gzip.compress(ZEROS),
    "zeros.tar.gz": lambda: gzip.compress(tarred({"a.txt": ZEROS})),
    "zeros.zip": lambda: zipped({f"{at}.env": ZEROS for at in range(4)}),
    "zeros.xz": lambda: lzma.compress(ZEROS, preset=0),
    "zeros.bz2": lambda: bz2.compress(ZEROS, 1),
    "zeros.zst": lambda: PACKERS["zstd"](ZEROS),
    "twice.gz": lambda: gzip.compress(gzip.compress(ZEROS)),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_a_note(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """So much is unpacked and no more, and the result says that it was not all."""
    data = BOMBS[name]()
    handed = 0

    def counted(pieces: Iterator[bytes]) -> Feed:
        def count() -> Iterator[bytes]:
            nonlocal handed
            for piece in pieces:
                handed += len(piece)
                yield piece

        return Feed(count())

    monkeypatch.setattr(archives, "Feed", counted)
    result = judged(name, data)
    assert not [each for each in result.judgements if each.verdict == "confirmed"]
    assert handed <= archives.LEAST + archives.RATIO * len(data) + archives.MEMBER_BYTES


@pytest.mark.parametrize("name", PACKINGS)
def test_damaged_archives_end(name: str) -> None:
    """Whatever is changed in them: an answer, and no exception."""
    whole_data = PACKINGS[name]({"a/readme.txt": b"hello\n" * 50, "conf/.env": Made(10).fill(ENV)})
    chance = random.Random(name)
    for _ in range(60):
        data = bytearray(whole_data)
        for _ in range(chance.randrange(1, 6)):
            data[chance.randrange(len(data))] = chance.choice((0, 0xFF, chance.randrange(256)))
        cut = bytes(data[: chance.randrange(len(data))]) if chance.random() < 0.3 else bytes(data)
        assert isinstance(judged(f"d/{name}", cut), Whole)


def test_an_encrypted_zip_is_told() -> None:
    """A member that needs a password was not read, and the result says so."""
    data = bytearray(zipped({".env": b"A=1\n"}))
    for head, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(head) + at] |= 1
    result = judged("x.zip", bytes(data))
    assert result.missed == archives.CLOSED


# ---- databases -----------------------------------------------------------------------------------------------------


def database(path: Path, *statements: str) -> bytes:
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return path.read_bytes()


ACCOUNTS = "CREATE TABLE users (id integer primary key, name text, {} text)"


@pytest.mark.parametrize(
    ("column", "telling"),
    [
        *(
            (each, True)
            for each in ("password", "password_hash", "passwordHash", "pwd", "api_key", "accessToken", "secret")
        ),
        *(
            (each, False)
            for each in ("nickname", "token_count", "password_reset_at", "passed", "compass", "tokens", "key")
        ),
    ],
)
def test_rows_of_accounts_make_a_database_one(column: str, telling: bool, tmp_path: Path) -> None:
    """Rows with a value in a column that says what it is; an empty table is none, however it is called."""
    empty = database(tmp_path / "a.db", ACCOUNTS.format(column))
    (cleared,) = judged("data/app.sqlite", empty).judgements
    assert cleared.verdict == "cleared"
    value = Made(11).password("12")
    assert isinstance(value, str)
    full = database(tmp_path / "a.db", f"INSERT INTO users VALUES (1, 'ana', '{value}')")
    (found,) = judged("data/app.sqlite", full).judgements
    assert found.verdict == ("opaque" if telling else "cleared")
    if telling:
        assert found.reason == f"a database with accounts: users has 1 row with {column}"
    assert value not in repr(found)


def test_a_database_that_is_longer_than_what_is_read_first(tmp_path: Path) -> None:
    """It is read as a whole, and a journal that is not there is not asked for."""
    filler = "x" * 1000
    rows = [f"INSERT INTO notes VALUES ('{filler}')" for _ in range(300)]
    data = database(
        tmp_path / "a.db",
        *("PRAGMA journal_mode = WAL", "CREATE TABLE notes (body text)", *rows),
        *(ACCOUNTS.format("password"), "INSERT INTO users VALUES (1, 'ana', 'four score')"),
    )
    assert len(data) > 1 << 16
    (found,) = judged("data/app.db", data).judgements
    assert (found.verdict, found.reason.partition(":")[0]) == ("opaque", "a database with accounts")


def test_a_database_whose_start_is_text_is_one(tmp_path: Path) -> None:
    """It is known by how it begins, however much of it can be read."""
    columns = ", ".join(f"{'column_of_text' * 3}_{number} text" for number in range(70))
    data = database(
        tmp_path / "a.db",
        f"CREATE TABLE notes ({columns})",
        *(ACCOUNTS.format("password"), "INSERT INTO users VALUES (1, 'ana', 'four score')"),
    )
    assert data[:4096].count(0) * 4 < 4096
    (found,) = judged("data/app.db", data).judgements
    assert (found.verdict, found.reason.partition(":")[0]) == ("opaque", "a database with accounts")


def test_a_damaged_database_stays_closed(tmp_path: Path) -> None:
    """It is said to be a database with its data, as one that is too large is."""
    data = bytearray(
        database(tmp_path / "a.db", ACCOUNTS.format("password"), "INSERT INTO users VALUES (1, 'a', 'bcdef')")
    )
    chance = random.Random(4)
    seen = set()
    for _ in range(200):
        broken = bytearray(data)
        for _ in range(chance.randrange(1, 60)):
            broken[chance.randrange(16, len(broken))] = chance.randrange(256)
        (found,) = judged("data/app.db", bytes(broken)).judgements
        seen.add(found.verdict)
    assert "opaque" in seen
    assert databases.accounts(bytes(data[:700])) is None


def test_a_query_without_end_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work on a database is counted in SQLite's own steps."""
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 50000)"
    rows = f"{numbers} INSERT INTO users SELECT i, '', '' FROM n"
    data = database(tmp_path / "a.db", ACCOUNTS.format("password"), rows)
    assert databases.accounts(data) == []
    monkeypatch.setattr(databases, "MOST_STEPS", 50_000)
    assert databases.accounts(data) is None


# ---- the end of long files -----------------------------------------------------------------------------------------


def long(before: bytes, secret: bytes, after: bytes) -> bytes:
    return before + secret + after


FILL = b"level=info msg=ready\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_end_of_a_long_file_is_read(encoding: str) -> None:
    """The last of it always, what lies between with `deep`; there the number of the line is known."""
    made = Made(12)
    secret = made.fill("url=postgres://app:«password»@db.prod.internal.net/app\n")
    before, after = FILL * 60_000, FILL * 200

    def encoded(*parts: bytes) -> bytes:
        return b"".join(parts).decode().encode(encoding)

    end = encoded(before, secret, after)
    (found,) = judged("logs/run.log", end).judgements
    assert found.verdict == "confirmed"
    assert found.line is None
    assert judged("logs/run.log", end).missed == judgement.CUT
    (found,) = judged("logs/run.log", end, deep=True).judgements
    assert found.line == 60_001
    middle = encoded(before, secret, after * 60)
    assert not confirmed(judged("logs/run.log", middle))
    (found,) = confirmed(judged("logs/run.log", middle, deep=True))
    assert found.line == 60_001
    assert judged("logs/run.log", middle, deep=True).missed is None


def test_what_stands_above_the_end_is_read_where_that_has_an_alarm() -> None:
    """It tells the line, and what the value is for: a module for tests begins far above."""
    secret = Made(14).fill('    const URL: &str = "postgres://app:«password»@db.prod.internal.net/app";\n')
    code, tests = b"fn a() {}\n" * 6_000, b"    fn b() {}\n" * 8_000
    (found,) = confirmed(judged("src/a.rs", code + b"mod inner {\n" + tests + secret + b"}\n"))
    assert (found.line, found.severity) == (14_002, Strength.HIGH)
    (found,) = confirmed(judged("src/a.rs", code + b"#[cfg(test)]\nmod tests {\n" + tests + secret + b"}\n"))
    assert (found.line, found.severity) == (14_003, Strength.LOW)


def confirmed(result: Whole) -> list[Judgement]:
    return [each for each in result.judgements if each.verdict == "confirmed"]


def test_what_lies_on_the_border_of_two_pieces_is_found_once() -> None:
    """A key of many lines, at every distance from the border at which something could be cut."""
    made = Made(13)
    key = made.fill("«pem:RSA PRIVATE KEY»")
    for shift in range(-len(key) - 100, 200, 97):
        at = (1 << 16) + PIECE + shift
        before = (FILL * (at // len(FILL) + 1))[: at - 1] + b"\n"
        result = judged("notes.txt", before + key + b"\n" + FILL * 10_000, deep=True)
        assert len(confirmed(result)) == 1, shift
    assert TAIL < PIECE
