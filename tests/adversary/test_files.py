"""Secrets planted in files: by place, by encoding, behind padding; an exemption never beats an explicit instruction."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from support import projects
from support.trees import TESTDATA

from ctxscan.checks.secrecy import inspection
from ctxscan.facts import scan
from ctxscan.findings import Finding
from ctxscan.opinions import review

sys.path.append(str(TESTDATA / "secrets"))
from made import Made

PASSWORD = Made(5).password("14")
TOKEN = str(Made(6).value("github"))
DOTENV = f"DB_PASSWORD={PASSWORD}\n"


def findings(root: Path, dockerfile: str, files: dict[str, str | int | bytes], **options: bool) -> list[Finding]:
    projects.write(root, {"Dockerfile": dockerfile})
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else str(content).encode())
    found = review(scan(root), **options).findings or ()
    return [each for each in found if each.code.startswith("secret") or each.code == "not-examined"]


EXEMPT = ("node_modules/x", "vendor/a/b", ".venv/lib", "tests", "src/__tests__", "testdata", "locale")


@pytest.mark.parametrize(
    "take", ["COPY {} /app/.env", "ADD {} /app/.env", "COPY --link {} /app/.env", "COPY {}* /app/", "COPY {}? /app/"]
)
@pytest.mark.parametrize("place", EXEMPT)
def test_what_an_instruction_names_has_full_weight(take: str, place: str, tmp_path: Path) -> None:
    """By its name, or by a wild card that picks it out."""
    path = f"{place}/.env"
    wild = take[5:].startswith(("{}*", "{}?"))
    text = f"FROM scratch\n{take.format(path[:-1] if wild else path)}\n"
    assert [(each.path, each.severity) for each in findings(tmp_path, text, {path: DOTENV})] == [(path, "error")]


@pytest.mark.skipif(os.name == "nt", reason="needs links")
@pytest.mark.parametrize("place", EXEMPT[:4])
@pytest.mark.parametrize("directory", [False, True])
def test_a_link_names_what_it_leads_to(directory: bool, place: str, tmp_path: Path) -> None:
    """Builders follow one that an instruction names, and one on the way to what it names."""
    path = f"{place}/.env"
    projects.write(tmp_path, {path: DOTENV})
    (tmp_path / "link").symlink_to(place if directory else path)
    text = f"FROM scratch\nCOPY link{'/.env' if directory else ''} /app/.env\n"
    assert [(each.path, each.severity) for each in findings(tmp_path, text, {})] == [(path, "error")]


@pytest.mark.parametrize("place", EXEMPT[:4])
def test_a_mount_names_its_file(place: str, tmp_path: Path) -> None:
    """Sent to the builder, for a command to read."""
    path = f"{place}/.env"
    text = f"FROM a\nRUN --mount=type=bind,source={path},target=/x/.env true\n"
    assert [(each.path, each.severity) for each in findings(tmp_path, text, {path: DOTENV})] == [(path, "error")]


@pytest.mark.parametrize("place", EXEMPT[:6])
def test_a_tree_as_a_whole_keeps_its_exemption(place: str, tmp_path: Path) -> None:
    """Keys in test directories are notes; what others wrote is not read."""
    found = findings(tmp_path, f"FROM scratch\nCOPY {place} /app\nCOPY {place}/* /b/\n", {f"{place}/.env": DOTENV})
    assert {each.severity for each in found} <= {"note"}


@pytest.mark.parametrize("path", ["tests/client_test.py", "tests/.env", "spec/fixtures/a.json", "testdata/x.yaml"])
@pytest.mark.parametrize("dockerfile", ["FROM scratch\nCOPY . /\n", "FROM scratch\n"])
def test_a_token_that_proves_itself_is_a_warning_anywhere(path: str, dockerfile: str, tmp_path: Path) -> None:
    """Its checksum fits, which no example's does."""
    found = findings(tmp_path, dockerfile, {path: f'token = "{TOKEN}"\n'})
    assert [(each.path, each.severity) for each in found if each.severity != "note"] == [(path, "warning")]


#: More than is looked at, by kind; what is said of it.
@pytest.mark.skipif(os.name == "nt", reason="slow")
def test_padding_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many small files, too many entries, too many bytes under telling names: with number and largest."""
    monkeypatch.setattr(inspection, "MOST_FILES", 20)
    files: dict[str, str | int | bytes] = {f"a{number:03}.py": "x = 1\n" * (number + 1) for number in range(50)}
    (found,) = findings(tmp_path / "files", "FROM scratch\nCOPY . /\n", files)
    assert (found.code, found.severity) == ("not-examined", "note")
    assert found.message.startswith("31 files") and found.message.endswith("a049.py")
    (strict,) = findings(tmp_path / "files", "FROM scratch\nCOPY . /\n", files, strict=True)
    assert strict.severity == "error"
    monkeypatch.setattr(inspection, "MOST_ENTRIES", 30)
    (found,) = findings(tmp_path / "entries", "FROM scratch\nCOPY . /\n", files)
    assert (found.severity, found.message.split()[0]) == ("warning", "51")
    monkeypatch.setattr(inspection, "MOST_BYTES", 5_000)
    names = {f"d/{number}.pem": b"x" * 1_000 * number for number in range(1, 4)}
    found = next(
        each
        for each in findings(tmp_path / "bytes", "FROM scratch\nCOPY d /\n", {**names})
        if "may hold" in each.message
    )
    assert (found.severity, found.message.split()[0], found.bytes) == ("warning", "1", 3_000)


#: A file that is not read to its end, and the severity of what is said; without a telling name it is a note.
CUT = [
    pytest.param("a.py", b"x = 1\n" * 30_000, "note", id="a large source"),
    pytest.param(
        "prod.env",
        b"# only a remark, and a long one at that\nA=1\n" * 30_000,
        "warning",
        id="a large file with a telling name",
    ),
    pytest.param("tests/prod.env", b"# only a remark\nA=1\n" * 60_000, "note", id="one of the tests"),
    pytest.param("a.png", b"\x89PNG\0" * 100_000, None, id="a large binary file"),
]


@pytest.mark.parametrize(("path", "data", "severity"), CUT)
def test_what_is_cut_is_reported(path: str, data: bytes, severity: str | None, tmp_path: Path) -> None:
    """As an error where nothing may pass unread."""
    found = findings(tmp_path, "FROM scratch\nCOPY . /\n", {path: data})
    assert [(each.code, each.severity) for each in found] == ([("not-examined", severity)] if severity else [])
    strict = findings(tmp_path, "FROM scratch\nCOPY . /\n", {path: data}, strict=True)
    assert {each.severity for each in strict} == ({"error"} if severity else set())
    # Whatever it is called, what stays at home is no more than a note.
    idle = findings(tmp_path, "FROM scratch\nCOPY b /\n", {path: data, "b": b"x"})
    assert {each.severity for each in idle} <= {"note"}


TEXT = f"# settings of the service\nA=1\nDB_PASSWORD={PASSWORD}\nGITHUB_TOKEN={TOKEN}\n"
#: Bytes of a file called `settings.env` in which the two secrets stand.
ENCODED = {
    "UTF-8": TEXT.encode(),
    "UTF-8 with a mark": TEXT.encode("utf-8-sig"),
    "UTF-16 with a mark": TEXT.encode("utf-16"),
    "UTF-16, little end first": TEXT.encode("utf-16-le"),
    "UTF-16, big end first": TEXT.encode("utf-16-be"),
    "UTF-32": TEXT.encode("utf-32"),
    "a mark that lies": b"\xff\xfe" + TEXT.encode(),
    "another mark that lies": b"\xfe\xff" + TEXT.encode(),
    "zero bytes between lines": TEXT.replace("\n", "\n\0").encode(),
    "a zero byte in front": b"\0" + TEXT.encode(),
    "head of OpenSSL": b"Salted__" + TEXT.encode(),
    "head of OpenSSL on a line": b"Salted__\n" + TEXT.encode(),
    "head of Ansible Vault": b"$ANSIBLE_VAULT;1.1;AES256\n" + TEXT.encode(),
    "head and some of Ansible Vault": b"$ANSIBLE_VAULT;1.1;AES256\n" + b"3132" * 20 + b"\n" + TEXT.encode(),
    "head of age": b"age-encryption.org/v1\n-> X25519 x\n--- x\n" + TEXT.encode(),
    "head of git-crypt": b"\0GITCRYPT\0" + TEXT.encode(),
    "head of a program": b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3e\0\n" + TEXT.encode(),
    "head of a key store": b"\xfe\xed\xfe\xed\0\0\0\2\0\0\0\0" + TEXT.encode(),
    "a letter in front": "é\n".encode() + TEXT.encode(),
    "a word in front": b"# SealedSecret sops ENC[ encryptedData\n" + TEXT.encode(),
}


@pytest.mark.parametrize("data", ENCODED.values(), ids=ENCODED)
def test_no_encoding_and_no_head_clears_what_follows(data: bytes, tmp_path: Path) -> None:
    """A format clears a file only if the file has it all through."""
    found = findings(tmp_path, "FROM scratch\nCOPY . /\n", {"settings.env": data})
    assert [each.path for each in found if each.severity in ("error", "warning")], found


def test_real_ciphertext_is_cleared(tmp_path: Path) -> None:
    """The same heads, with what belongs to them."""
    noise = Made(8).some(400)
    files = {
        "a.env": b"Salted__" + noise,
        "b.env": b"$ANSIBLE_VAULT;1.1;AES256\n" + noise.hex().encode() + b"\n",
        "c.env": b"age-encryption.org/v1\n-> X25519 abc\ndef\n--- ghi\n" + noise,
        "d.env": b"\0GITCRYPT\0" + noise,
    }
    assert findings(tmp_path, "FROM scratch\nCOPY . /\n", {**files}) == []


SEALED = (
    "apiVersion: x\nkind: SealedSecret\nspec:\n  encryptedData:\n    password: «word:40»\n"
    "---\napiVersion: v1\nkind: Secret\nstringData:\n  password: «password:14»\n"
)


def test_a_marker_clears_its_own_node(tmp_path: Path) -> None:
    """The document beside a sealed secret is judged like any other."""
    text = Made(4).fill(SEALED).decode()
    found = findings(tmp_path, "FROM scratch\nCOPY . /\n", {"k8s.yaml": text})
    assert [(each.line, each.severity) for each in found] == [(10, "error")]


#: A value with a filler's word in it, and whether it is one.
FILLERS = [
    ("your-api-token-here", True),
    ("xxxxxxxxxxxxxxxxxxxxxxxx", True),
    ("example-password-123", True),
    ("changeme-please-2024", True),
    ("insert_your_secret_key", True),
    ("«word:24»example", False),
    ("xxxx«word:24»", False),
    ("sample-«word:24»", False),
    ("1234567«word:24»", False),
    ("«word:20»-todo", False),
]


@pytest.mark.parametrize(("value", "clear"), FILLERS, ids=[each[0] for each in FILLERS])
def test_a_word_clears_only_a_placeholder(value: str, clear: bool, tmp_path: Path) -> None:
    """What is left without it must not be a value by itself."""
    text = Made(4).fill(f"API_TOKEN={value}\n").decode()
    found = findings(tmp_path, "FROM scratch\nCOPY . /\n", {".env": text})
    assert [each.severity for each in found] == ([] if clear else ["error"])


def test_a_published_key_is_known_by_all_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another key with the same start is nobody's but its owner's."""
    from hashlib import sha256

    from ctxscan.secrets import pem
    from ctxscan.secrets.checksums import unbase64

    key = str(Made(4).value("vagrant-key"))
    dockerfile = "FROM scratch\nCOPY . /\n"
    assert [each.severity for each in findings(tmp_path / "a", dockerfile, {"id_rsa": key})] == ["error"]
    body = unbase64("".join(line for line in key.splitlines() if "---" not in line))
    assert body is not None
    monkeypatch.setitem(pem.PUBLISHED, sha256(body).hexdigest(), "made up")
    assert findings(tmp_path / "b", dockerfile, {"id_rsa": key}) == []
