"""Where a program keeps what it writes, and what of this machine is mounted there."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import projects
from support.mending import mended

from ctxscan import scan
from ctxscan.opinions import review


def way(root: Path, dockerfile: str, tree: dict[str, str]) -> str:
    """The remedy, which leaves nothing that runs as root where it is followed."""
    projects.write(root, {"Dockerfile": dockerfile, **tree})
    (said,) = remedies(root)
    projects.write(root, {"Dockerfile": mended(dockerfile, said)})
    assert remedies(root) == []
    return said


def remedies(root: Path) -> list[str]:
    return [each.remedy or "" for each in review(scan(root)).findings or () if each.code == "root-user"]


PYTHON = 'FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\n{}\nEXPOSE 80\nCMD ["python", "a.py"]\n'


@pytest.mark.parametrize(
    ("step", "place"),
    [
        ("RUN mkdir -p /data", "/data"),
        ("RUN mkdir -p /var/lib/shop", "/var/lib/shop"),
        ("RUN mkdir -p /data/kept\nENV SHOP_DB_PATH=/data/shop.db", "/data"),
        ("ENV DATABASE_URL=sqlite:////kept/new/shop.sqlite3", "/kept/new"),
        ("RUN mkdir -p /data && tar xf a.tar -C /data", None),
        ("RUN mkdir -p /data && cd /data && tar xf /a.tar", None),
        ("RUN mkdir -p /data\nCOPY a.py /data/", None),
        ("RUN mkdir -p /usr/share/man/man1", None),
        ("RUN mkdir -p /lib64", None),
        ("RUN mkdir -p /data && chown 7 /data", None),
    ],
)
def test_a_directory_that_is_left_empty(step: str, place: str | None, tmp_path: Path) -> None:
    """It is made to be written to, as is the one of a file that a variable calls a database."""
    said = way(tmp_path, PYTHON.format(step), {"a.py": "print()\n"})
    assert (f"mkdir -p {place} && chown -R app {place}, then" in said) if place else "mkdir" not in said


@pytest.mark.parametrize(
    ("source", "given"),
    [
        ("engine = create_engine('sqlite:///./a.db')\nother = 'postgres'\n", True),
        ("URL = os.getenv('URL', 'sqlite:///./a.db')\nengine = create_engine(URL)\nother = 'postgres'\n", False),
        ("TRIED = 'sqlite:///./a.db'\nother = 'postgres'\n", False),
    ],
)
def test_a_database_beside_another(source: str, given: bool, tmp_path: Path) -> None:
    """The one that is opened where the program works."""
    assert ("chown app /app" in way(tmp_path, PYTHON.format(""), {"a.py": source})) is given


COMPOSE = "services:\n  web:\n    build: .\n    volumes:\n      - {}\n"
WRITES = "FILE = Path(told or '/app/kept.json')\nwith open(FILE, 'w') as file:\n    pass\n"


@pytest.mark.parametrize(
    ("mount", "source", "named"),
    [
        ("./mine/kept.json:/app/kept.json", WRITES, "./mine/kept.json"),
        ("./mine/kept.json:/app/kept.json", WRITES.replace(", 'w'", ""), None),
        ("./mine/kept.json:/app/kept.json:ro", WRITES, None),
        ("./mine/other.json:/app/other.json", WRITES, None),
        ("./shop:/app/shop", f"{WRITES}open(name, 'w')\n", None),
        ("./config:/app/config", "open(name, 'w')\n", None),
        ("./mine:/app/out", "os.makedirs('out')\n", "./mine"),
        ("$KEPT/mine.log:/app/app.log", "print()\n", "$KEPT/mine.log"),
        ("./mine.err:/app/app.err:ro", "print()\n", None),
        ("${KEPT:-./mine}:/app/out", "os.makedirs('out')\n", "./mine"),
        ("${PWD}/mine:/app/out", "os.makedirs('out')\n", "./mine"),
    ],
)
def test_what_is_changed_on_the_host(mount: str, source: str, named: str | None, tmp_path: Path) -> None:
    """Nothing but what the program is known to write: sources belong to whoever works on them."""
    tree = {"compose.yaml": COMPOSE.format(mount), "a.py": source, "shop/b.py": "", "config/c.yml": ""}
    said = way(tmp_path, PYTHON.format(""), tree)
    assert (f"chown -R 10001 {named} on the host" in said) if named else "on the host" not in said


@pytest.mark.parametrize(
    ("mount", "made"),
    [
        ("kept:/kept", True),
        ("${VOLUME:-kept}:/kept", True),
        ("${KEPT}/mine:/kept", False),
        ("$KEPT/mine.log:/app/app.log", False),
        ("kept:/app/app.log", False),
        ("./mine:/kept", False),
    ],
)
def test_what_the_image_has_for_a_mount(mount: str, made: bool, tmp_path: Path) -> None:
    """A directory of this machine keeps its owner, and one in the place of a file would be in the way."""
    said = way(tmp_path, PYTHON.format(""), {"compose.yaml": COMPOSE.format(mount), "a.py": "print()\n"})
    assert ("mkdir -p /kept && chown -R app /kept" in said) is made
    assert made or "mkdir" not in said


NODE = "FROM node:22\nWORKDIR /srv\nCOPY . .\nRUN npm ci\nEXPOSE 80\n{}\n"
BUNDLER = "const path = require('path')\nmodule.exports = {{ output: {{ path: {} }} }}\n"
SCRIPTS = '{"scripts": {"build": "next build", "shown": "next dev", "dev": "webpack --watch & node a.js", "start": "node a.js"}}'


@pytest.mark.parametrize(
    ("start", "service", "settings", "place"),
    [
        ("", 'bash -c "npm run build && npm start"', "", "/srv/.next"),
        ("", "npm start", "", None),
        ("CMD npm run build && npm start", "", "", "/srv/.next"),
        ('CMD ["sh", "-c", "npm run build && npm start"]', "", "", "/srv/.next"),
        ("", "npm run shown", "", "/srv/.next"),
        ("ENV MODE=dev\nCMD npm run $MODE", "", "path.resolve(__dirname, 'public/made')", "/srv/public/made"),
        ("ENV MODE=start\nCMD npm run $MODE", "", "path.resolve(__dirname, 'public/made')", None),
    ],
)
def test_what_is_built_at_the_start(start: str, service: str, settings: str, place: str | None, tmp_path: Path) -> None:
    """The directory that a command makes when it builds, whatever shell it is given to."""
    tree = {
        "package.json": SCRIPTS,
        "package-lock.json": "{}",
        "a.js": "",
        "webpack.config.js": BUNDLER.format(settings),
    }
    if service:
        tree["compose.yaml"] = f"services:\n  web:\n    build: .\n    command: {service}\n    ports: ['80:80']\n"
    said = way(tmp_path, NODE.format(start).rstrip("\n") + "\n", tree)
    assert (f"mkdir -p {place} && chown -R node {place}, then" in said) if place else "mkdir" not in said


def test_what_is_uploaded_to_what_is_handed_out(tmp_path: Path) -> None:
    """A directory among the files of pages is written to as well."""
    source = "const s = multer.diskStorage({ destination: './public/sent/', filename })\n"
    said = way(tmp_path, NODE.format('CMD ["node", "a.js"]'), {"package.json": "{}", "a.js": source})
    assert "mkdir -p /srv/public/sent && chown -R node /srv/public/sent, then USER node" in said


@pytest.mark.parametrize(
    ("copy", "start", "given"),
    [
        ("COPY --chmod=755 shop /app/", "/app/shop", False),
        ("COPY --chmod=755 shop /app/shop", "/app/shop", False),
        ("WORKDIR /app\nCOPY shop .", "./shop", False),
        ("COPY shop data /app/", "/app/shop", True),
    ],
)
def test_a_program_that_is_only_executed(copy: str, start: str, given: bool, tmp_path: Path) -> None:
    """It needs no owner, who could change it."""
    dockerfile = f'FROM debian:12\n{copy}\nEXPOSE 80\nENTRYPOINT ["{start}", "serve"]\n'
    said = way(tmp_path, dockerfile, {"shop": "", "data": ""})
    assert ("chown -R app /app" in said) is given
    assert "COPY --chown" not in said


BY_THE_CLOCK = "services:\n  web:\n    build: .\n  clock:\n    build: .\n    command: celery -A shop beat{}\n"


@pytest.mark.parametrize(
    ("more", "said"),
    [("", True), (" -s /tmp/kept", False), ("\n    user: '7'", False), ("\n    volumes:\n      - .:/app", True)],
)
def test_tasks_by_the_clock(more: str, said: bool, tmp_path: Path) -> None:
    """When they last were is kept where they start, unless that is told."""
    tree = {"compose.yaml": BY_THE_CLOCK.format(more), "a.py": "print()\n"}
    remedy = way(tmp_path, PYTHON.format(""), tree)
    assert ("celery beat -s /tmp/celerybeat-schedule" in remedy) is said


KEY = "FROM alpine:3.20 AS made\n{}\nFROM alpine:3.20\nCOPY shop /usr/bin/\nCOPY {} /etc/shop\nEXPOSE 80\n{}\n"
MAKES = "RUN openssl genrsa -out /made/key.pem"


@pytest.mark.parametrize(
    ("makes", "copies", "said"),
    [
        (MAKES, "--from=made /made", True),
        (f"{MAKES} && chmod 644 /made/key.pem", "--from=made /made", False),
        (MAKES, "--from=made --chown=7 /made", False),
        (MAKES, "--from=made /other", False),
        ("RUN openssl req -x509 -key a -out /made/cert.pem", "--from=made /made", False),
    ],
)
def test_private_keys(makes: str, copies: str, said: bool, tmp_path: Path) -> None:
    """Nobody but their owner reads them."""
    dockerfile = KEY.format(makes, copies, 'CMD ["/usr/bin/shop", "serve"]')
    assert ("COPY --chown=10001 on line 5, as nobody" in way(tmp_path, dockerfile, {"shop": ""})) is said


@pytest.mark.parametrize(
    "makes", ["RUN openssl genrsa -out key.pem", "RUN openssl genrsa -out key.pem && chmod 644 key.pem"]
)
def test_a_private_key_that_the_image_makes(makes: str, tmp_path: Path) -> None:
    said = way(tmp_path, PYTHON.format(makes), {"a.py": "print()\n"})
    assert ("chown app /app/key.pem" in said) is ("chmod" not in makes)


@pytest.mark.parametrize(("source", "number"), [("/run/user/1234/bus", "1234"), ("/run/other/1234", "10001")])
def test_the_session_of_somebody(source: str, number: str, tmp_path: Path) -> None:
    """A socket in it is for the user of that number alone."""
    compose = COMPOSE.format(f"{source}:/tmp/bus")
    assert f"--uid {number} app" in way(tmp_path, PYTHON.format(""), {"compose.yaml": compose, "a.py": "print()\n"})


SITE = """\
FROM node:22 AS made
WORKDIR /src
COPY . .
RUN npm run build
FROM acme/node
WORKDIR /srv
COPY --from=made /src/run.mjs /site/run.mjs
COPY --from=made /src/dist /site/dist
EXPOSE 80
USER root
CMD ["/bin/sh", "-c", "node /site/run.mjs && node serve.js"]
"""


@pytest.mark.parametrize(
    ("line", "given"), [('execSync(`npx import-meta-env -x a -p "/site/**/*"`)', True), ("run()", False)]
)
def test_a_start_script_of_another_stage(line: str, given: bool, tmp_path: Path) -> None:
    """It changes all files of a directory."""
    dockerfile = SITE.replace("acme/node", "node:22-slim").replace("USER root\n", "")
    said = way(tmp_path, dockerfile, {"run.mjs": f"{line}\n", "package.json": "{}"})
    assert ("chown -R node /site" in said) is given
