"""What stands around a value, where its file lies and what it spells: each of these makes a note of an alarm, and none
of what only looks like it does. Every case was met in a public repository and judged there by reading."""

from __future__ import annotations

import base64
import sys

import pytest
from support.trees import TESTDATA

from ctxscan.secrets.judgement import Strength
from ctxscan.secrets.verdict import judge

sys.path.append(str(TESTDATA / "secrets"))
from made import Made

MADE = Made(21)
VALUE = MADE.word("40")
HEX = MADE.word("32")
PEM = MADE.pem("PRIVATE KEY")
WORDS = base64.b64encode(b"example-app-secret").decode()


def weight(path: str, text: str) -> Strength | None:
    """What the heaviest secret in a file weighs, None: there is none."""
    data = text.encode()
    found = judge(path, data, size=len(data))
    return max((each.severity for each in found if each.severity is not None), default=None)


#: A path and a text that make an alarm, and the same where somebody shows it: nothing, or a note.
QUIET = {
    "an example's directory": ("conf/app.env", "examples/one/app.env", f"API_TOKEN={VALUE}\n"),
    "a demonstration": ("setup/key.pem", "demo-setups/key.pem", PEM),
    "a machine for development": ("keys/worker_key.pem", "hack/keys/worker_key.pem", PEM),
    "tests by the start of a directory's name": ("data/a.env", "test-files/a.env", f"API_TOKEN={VALUE}\n"),
    "tests in Perl": ("sql/a.py", "t/sql/a.py", f'api_token = "{VALUE}"\n'),
    "the values of a chart's trial": ("chart/values.yaml", "chart/ci/tls-values.yaml", f"apiToken: {VALUE}\n"),
    "a key that says so": ("tls/server.key", "tls/server_test_a.key", PEM),
    "a schema": ("values.json", "values.schema.json", f'{{"apiToken": "{VALUE}"}}\n'),
    "recorded requests": ("web/a.yml", "web/cassettes/a.yml", f"api_token: {VALUE}\n"),
    "settings of a new project": ("config/prod.exs", "config/dev.exs", f'  secret_key_base: "{VALUE}"\n'),
    "the program's own key in CI": ("deploy.yml", ".github/workflows/ci.yml", f"env:\n  SECRET_KEY: {VALUE}\n"),
}


@pytest.mark.parametrize(("loud", "quiet", "text"), QUIET.values(), ids=QUIET)
def test_a_place_makes_a_note(loud: str, quiet: str, text: str) -> None:
    """The same text elsewhere is an error."""
    assert (weight(loud, text) or Strength.LOW) >= Strength.HIGH
    assert weight(quiet, text) in (None, Strength.LOW)


#: Two texts of a file: one is an alarm, the other a note or nothing.
TEXTS = {
    "what a field says while it is empty": (
        "a.tsx",
        f'  const apiToken = "{VALUE}";\n',
        f'  placeholder: "apiToken={VALUE}",\n',
    ),
    "a command in a description": (
        "a.rs",
        f'  let token = "{VALUE}";\n',
        f"\"Send the key:\\n```bash\\n-H 'Authorization: Bearer {VALUE}'\\n```\"\n",
    ),
    "a name for a test": ("a.rs", f'const KEY: &str = "{PEM}";\n', f'const TEST_FAKE_KEY: &str = "{PEM}";\n'),
    "a comment of several lines": (
        "a.go",
        f'var x = "access_token": "{VALUE}"\n',
        f'/*\n{{\n  "access_token": "{VALUE}"\n}}\n*/\n',
    ),
    "to be found by a rule": ("a.go", f'apiToken := "{VALUE}"\n', f'// ruleid: api-token\napiToken := "{VALUE}"\n'),
    "a name among names": (
        "a.py",
        f'values = ("api_token", "{VALUE}")\n',
        f"VALUES (1, '{{CLEAR}}password', '{HEX}')\n",
    ),
    "words in base64": ("a.yaml", f"secret: {VALUE}\n", f"secret: {WORDS}\n"),
    "what counts visitors": ("a.ts", f'const API_KEY = "{VALUE}"\n', f'const SEGMENT_WRITE_KEY = "{VALUE}"\n'),
    "a search in a manual": (
        "a.js",
        f'  apiKey: "{HEX}",\n',
        f'algolia: {{\n  appId: "A",\n  apiKey: "{HEX}",\n  indexName: "docs" }}\n',
    ),
    "the hash of a password": ("a.rb", f'user.password = "{HEX}"\n', f'user.hashed_password = "{HEX}"\n'),
    "an object of a cluster": ("a.yaml", f"apiSecret: {VALUE}\n", "existingSecret: my-pg-secret\n"),
    "the name of a variable": ("a.yaml", f"secretKey: {VALUE}\n", "secretKey: VLLM_API_KEY\n"),
    "taken from a store": ("a.yaml", f"password: {VALUE}\n", "password: ((uaa_users_admin))\n"),
    "what it is": ("a.yaml", f"password: {VALUE}\n", "password: outgoing_email_password\n"),
    "its user": ("a.yaml", f"secretKey: {VALUE}\n", "accessKey: console\nsecretKey: console123\n"),
    "on this machine": (
        "application-x.yaml",
        f"spring:\n  datasource:\n    password: {VALUE}\n",
        "spring:\n  datasource:\n    url: jdbc:mysql://localhost:3306/halo\n    password: openmysql\n",
    ),
    "an emulator's": ("Makefile", f"ACCOUNT_KEY={VALUE}\n", f"ACCOUNT_KEY=Eby8vdM02xNO{VALUE}\n"),
    "an algorithm": ("a.java", f'newSecretKey("{VALUE}", p)\n', 'newSecretKey("PBKDF2WithHmacSHA1", password)\n'),
    "a product's number": (
        "a.ts",
        f'NordToken = "{VALUE}"\n',
        'NordPass = "b84e4048-15dc-4dd0-8640-f4f60813c8af"\n',
    ),
}


@pytest.mark.parametrize(("path", "loud", "quiet"), TEXTS.values(), ids=TEXTS)
def test_a_text_makes_a_note(path: str, loud: str, quiet: str) -> None:
    """Beside each stands a text that is an alarm in the same file."""
    assert (weight(path, loud) or Strength.LOW) >= Strength.MEDIUM
    assert weight(path, quiet) in (None, Strength.LOW)


def test_a_token_with_a_sum_stays_an_alarm() -> None:
    """Whatever stands around it: it is reported as proven."""
    token = MADE.fill("«github»").decode()
    for path, text in (
        ("examples/a.py", f'x = "{token}"\n'),
        ("a.go", f'x := "{token}" // gitleaks:allow\n'),
        ("README.md", f"placeholder: {token}\n"),
    ):
        data = text.encode()
        assert [each.proven for each in judge(path, data, size=len(data))] == [True]


@pytest.mark.parametrize("path", [".env", "conf/app.env", "app.properties", "app.py"])
def test_a_comment_for_another_scanner_excuses_nothing(path: str) -> None:
    """Anybody could write it."""
    quote = '"' if path.endswith(".py") else ""
    line = f"API_TOKEN={quote}{VALUE}{quote}"
    assert (weight(path, f"{line} # gitleaks:allow\n") or Strength.LOW) >= Strength.HIGH
    assert (weight(path, f"# pragma: allowlist secret\n{line}\n") or Strength.LOW) >= Strength.HIGH
