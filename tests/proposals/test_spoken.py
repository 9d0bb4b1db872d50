"""Paths that commands name, through the directory in which they run: who needs them, or that nobody does."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import dirty

from ctxscan.facts import scan
from ctxscan.proposals.propose import explore

#: A Dockerfile, other files, the path that is asked for, and whether it is needed for certain (None: by nobody) and why.
CASES: dict[str, tuple[str, dict[str, str], str, tuple[bool, str] | None]] = {
    "copied by a command": (
        "FROM a\nCOPY . /app\nWORKDIR /app/src\nRUN cp .env.test .env\n",
        {"src/.env.test": "A=1"},
        "src/.env.test",
        (True, "cp .env.test .env (Dockerfile:4)"),
    ),
    "another one of that name": ("FROM a\nCOPY . /app\nWORKDIR /app/src\nRUN cp .env.test x\n", {".env.test": ""}, ".env.test", None),
    "written by a command": ("FROM a\nCOPY . /app\nWORKDIR /app\nRUN cp a.txt .env\n", {"a.txt": "", ".env": "A=1"}, ".env", None),
    "sourced": ("FROM a\nWORKDIR /x\nCOPY . .\nRUN . ./.env && make\n", {".env": "A=1"}, ".env", (True, ". ./.env (Dockerfile:4)")),
    "redirected": (
        "FROM a\nCOPY . /x\nRUN cd /x && envsubst < conf/.env.dist > .env\n",
        {"conf/.env.dist": "A=1"},
        "conf/.env.dist",
        (True, "envsubst < conf/.env.dist > .env (Dockerfile:3)"),
    ),
    "in a script of a manifest": (
        "FROM node\nWORKDIR /x\nCOPY . .\nRUN npm run build\n",
        {"package.json": '{"scripts": {\n"build": "dotenv -e .env.prod -- vite build"}}', ".env.prod": "A=1"},
        ".env.prod",
        (True, "dotenv -e .env.prod -- vite build (package.json:2)"),
    ),
    "in a script": (
        "FROM a\nWORKDIR /x\nCOPY . .\nRUN ./b.sh\n",
        {"b.sh": "#!/bin/sh\nset -e\nsource local.env\n", "local.env": "A=1"},
        "local.env",
        (True, "source local.env (b.sh:3)"),
    ),
    "dumped by Composer": (
        "FROM php\nWORKDIR /x\nCOPY . .\nRUN composer dump-env prod\n",
        {"composer.json": "{}", ".env": "A=1"},
        ".env",
        (True, "composer dump-env prod (Dockerfile:4)"),
    ),
    "started": (
        "FROM node\nWORKDIR /x\nCOPY . .\nCMD node ./bin/www\n", {"bin/www": ""}, "bin/www", (True, "node ./bin/www (Dockerfile:4)"),
    ),
    "started by JSON": (
        'FROM node\nWORKDIR /x\nCOPY . .\nCMD ["node", "server"]\n', {"server.js": ""}, "server.js", (True, "node server (Dockerfile:4)"),
    ),
    "environment of the image": (
        'FROM python\nRUN python -m venv /venv && /venv/bin/pip install -r r.txt\nWORKDIR /app\nCOPY . .\nCMD ["/venv/bin/python", "a.py"]\n',
        {"venv/pyvenv.cfg": "home = /usr", "venv/bin/python": "x", "a.py": ""},
        "venv",
        None,
    ),
    "environment of the context beside the image's": (
        'FROM python\nWORKDIR /app\nRUN python -m venv /opt/venv && /opt/venv/bin/pip install x\nCOPY . .\nCMD ["/app/venv/bin/python", "a.py"]\n',
        {"venv/pyvenv.cfg": "home = /usr", "venv/bin/python": "x", "a.py": ""},
        "venv",
        (True, "/app/venv/bin/python a.py (Dockerfile:5)"),
    ),
    "environment of the context": (
        'FROM python\nWORKDIR /app\nCOPY . .\nCMD ["/app/venv/bin/python", "a.py"]\n',
        {"venv/pyvenv.cfg": "home = /usr", "venv/bin/python": "x", "a.py": ""},
        "venv",
        (True, "/app/venv/bin/python a.py (Dockerfile:4)"),
    ),
    "from another stage": (
        "FROM a AS b\nCOPY . /src\nFROM a\nCOPY --from=b /src/etc /etc/x\nRUN cat /etc/x/a.env\n",
        {"etc/a.env": "A=1"},
        "etc/a.env",
        (True, "cat /etc/x/a.env (Dockerfile:5)"),
    ),
    # keys that a program opens, by their path or the parts of it
    **{
        f"a key that {file} opens": (
            "FROM a\nWORKDIR /app\nCOPY . .\n", {file: text, "conf/own.pem": "x"}, "conf/own.pem", (False, f"it is named ({file}:1)"),
        )
        for file, text in {
            "a.py": "x = open(os.path.join(HERE, 'conf', 'own.pem'))",
            "b/a.py": "x = HERE / 'conf' / 'own.pem'",
            "a.go": 'x, err := os.ReadFile("conf/own.pem")',
            "a.ts": "const x = readFileSync(`./conf/own.pem`)",
            "a.java": 'x = Paths.get("conf", "own.pem");',
            "a.rb": "x = Rails.root.join('conf', 'own.pem').read",
            "a.php": "$x = file_get_contents(__DIR__ . '/conf/own.pem');",
            "a.rs": 'let x = home.join("conf").join("own.pem");',
            "b/a.js": "x = read('/app/conf/own.pem')",
        }.items()
    },
    "settings of an environment": (
        "FROM a\nCOPY . .\nENV RAILS_ENV=staging\n", {".env.staging": "A=1"}, ".env.staging", (False, "RAILS_ENV=staging asks for it (Dockerfile)"),
    ),
    "settings of another environment": ("FROM a\nCOPY . .\nENV RAILS_ENV=production\n", {".env.staging": "A=1"}, ".env.staging", None),
    "settings of a front end": (
        "FROM a\nCOPY . .\nRUN npx vite build\n", {".env": "PORT=1\nVITE_A=1\n", ".gitignore": "/dist\n"}, ".env", (False, "npx vite build may read it (Dockerfile:3)"),
    ),
    "settings of this machine": (
        "FROM a\nCOPY . .\nRUN npx vite build\n", {".env": "PORT=1\nVITE_A=1\n", ".gitignore": ".env\n"}, ".env", None,
    ),
    "settings of a server beside one": ("FROM a\nCOPY . .\nRUN npx vite build\n", {".env": "PORT=1\n"}, ".env", None),
    "tested": ("FROM a\nWORKDIR /x\nCOPY . .\nRUN test -f .env && make\n", {".env": "A=1"}, ".env", (False, "test -f .env (Dockerfile:4)")),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_path_of_a_command(tmp_path: Path, case: str) -> None:
    """A path is needed where a command means it, and not where one only looks like it."""
    dockerfile, files, path, expected = CASES[case]
    dirty.write(tmp_path, {"Dockerfile": dockerfile, **files})
    answer = explore(scan(str(tmp_path))).needs.of(path, row=None)
    assert (None if answer.why is None else (answer.certain, answer.why)) == expected


def test_unplugged_packages_are_unpacked_again(tmp_path: Path) -> None:
    """An install unpacks them from whatever cache it has."""
    yarn = {"package.json": "{}", ".yarnrc.yml": "", ".yarn/cache/a.zip": "x", ".yarn/unplugged/a/x": "x"}
    dirty.write(tmp_path, {"Dockerfile": "FROM node\nCOPY . .\nRUN yarn install --immutable-cache\n", **yarn})
    (tmp_path / ".gitignore").write_text(".yarn/unplugged\n")
    dirty.track(tmp_path, ["Dockerfile", "package.json", ".yarnrc.yml", ".yarn/cache/a.zip", ".gitignore"])
    assert "/.yarn/unplugged" in [each.pattern for each in dirty.proposed(tmp_path).applied]


@pytest.mark.parametrize(("made", "goes"), [(".venv", True), ("/app/.venv", True), ("/opt/venv", False)])
def test_an_environment_that_the_image_makes_in_its_place(made: str, goes: bool, tmp_path: Path) -> None:
    """What starts from it means that of the image; one that lies elsewhere says nothing of the context's own."""
    run = f"RUN python -m venv --copies {made} && pip install -r requirements.txt"
    lines = f'FROM python\nWORKDIR /app\n{run}\nCOPY . .\nCMD [".venv/bin/python", "a.py"]\n'
    dirty.write(
        tmp_path, {"Dockerfile": lines, "a.py": "1", ".venv/pyvenv.cfg": "home = /usr", ".venv/bin/python": "x"}
    )
    assert ("/.venv" in [each.pattern for each in dirty.proposed(tmp_path).applied]) is goes
