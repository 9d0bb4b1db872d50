"""What a program has that runs as somebody else: whom it belongs to, and what of the project says so."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from support import projects
from support.command import told

from ctxscan import scan
from ctxscan.findings import Finding
from ctxscan.opinions import review

GIT = {".git/HEAD": "x\n"}


def found(root: Path, place: str = ".", dockerfile: str = "Dockerfile", target: str | None = None) -> list[Finding]:
    with contextlib.chdir(root):
        scanned = scan(root / place, dockerfile=root / place / dockerfile, target=target)
        return [each for each in review(scanned).findings or () if each.code == "root-user"]


def way(root: Path, dockerfile: str, tree: dict[str, str], target: str | None = None) -> str:
    projects.write(root, {"Dockerfile": dockerfile, **tree})
    (told,) = found(root, target=target)
    return told.remedy or ""


SHARED = "services:\n  agent-shop:\n    image: {}\n    volumes:\n      - {}\n{}"
AGENT = 'FROM alpine:3.20\nCOPY agent /srv/shop\nEXPOSE 80\nCMD ["/srv/shop", "serve"]\n'
SOCKET = "/var/run/docker.sock:/var/run/docker.sock:ro"


@pytest.mark.parametrize(
    ("image", "mount", "speaks"),
    [
        ("ghcr.io/acme/agent:1.2", SOCKET, False),
        ("ghcr.io/acme/agent:1.2", "./kept:/srv/kept", True),
        ("ghcr.io/other/agent:1.2", SOCKET, True),
        ("ghcr.io/acme/agents:1.2", SOCKET, True),
        ("agent:1.2", SOCKET, True),
    ],
)
def test_an_image_that_is_called_like_its_directory(image: str, mount: str, speaks: bool, tmp_path: Path) -> None:
    """Its owner is called like the project: what a service gives it counts."""
    tree = {**GIT, "package.json": '{\n  "name": "acme-mail"\n}', "compose.yaml": SHARED.format(image, mount, "")}
    projects.write(tmp_path, {**tree, "data/agent/Dockerfile": AGENT, "data/agent/agent": ""})
    assert bool(found(tmp_path, "data/agent")) is speaks


@pytest.mark.parametrize(
    ("mount", "more", "named"),
    [
        ("./kept:/var/lib/agent", "", "chown -R 10001 ./kept on the host"),
        ("kept:/var/lib/agent", "", "mkdir -p /var/lib/agent"),
        ("D:/mount/var/lib/agent:/data/agent", "", ""),
        ('"d:\\\\kept:/var/lib/agent:rw"', "", ""),
        ("dd:/srv/agent", "", "mkdir -p /srv/agent"),
        ("kept:/var/lib/agent", "  db:\n    image: mysql\n    volumes:\n      - kept:/var/lib/agent\n", ""),
        ("kept:/srv/kept", "  db:\n    image: mysql\n    volumes:\n      - kept:/srv/kept\n", "mkdir -p /srv/kept"),
    ],
)
def test_what_such_a_service_mounts(mount: str, more: str, named: str, tmp_path: Path) -> None:
    """What another image keeps among the files of the system stays its own."""
    compose = SHARED.format("ghcr.io/acme/agent:1.2", mount, more)
    tree = {**GIT, "package.json": '{\n  "name": "acme-mail"\n}', "compose.yaml": compose}
    place = AGENT.replace("EXPOSE", "RUN mkdir -p /var/lib/agent\nENV AGENT_DATA_DIR=/var/lib/agent\nEXPOSE")
    told = place if mount.startswith(".") else AGENT
    projects.write(tmp_path, {**tree, "data/agent/Dockerfile": told, "data/agent/agent": ""})
    (one,) = found(tmp_path, "data/agent")
    assert named in (one.remedy or "")
    assert named or "/var/lib/agent" not in (one.remedy or "")


@pytest.mark.parametrize("user", ["", "    user: '7'\n"])
def test_a_service_that_says_who_runs_it(user: str, tmp_path: Path) -> None:
    """What is mounted there does not belong to the USER of the image."""
    compose = f"services:\n  a:\n    build: .\n    volumes:\n      - ./kept:/srv/kept\n{user}  b:\n    build: .\n"
    told_of = AGENT.replace("EXPOSE", "VOLUME /srv/kept\nEXPOSE")
    remedy = way(tmp_path, told_of, {"compose.yaml": compose, "agent": ""})
    assert ("on the host" in remedy) is (user == "")


RUN_BY = "services:\n  {}:\n    image: acme/shop\n    volumes:\n      - kept:/srv/kept\n"


@pytest.mark.parametrize(
    ("built", "run", "says"),
    [
        ("docker/compose.prod.yaml", "docker/compose.yaml", True),
        ("ops/prod/compose.prod.yaml", "ops/prod/compose.yaml", True),
        ("compose.prod.yaml", "docker/compose.yaml", False),
    ],
)
@pytest.mark.parametrize("service", ["web", "other"])
def test_a_service_in_two_files(built: str, run: str, says: bool, service: str, tmp_path: Path) -> None:
    """One of them builds the image, and the other in the same directory runs it."""
    context = "/".join([".."] * built.count("/")) or "."
    tree = {built: f"services:\n  web:\n    build: {context}\n", run: RUN_BY.format(service), **GIT, "agent": ""}
    projects.write(tmp_path, {**tree, "Dockerfile": AGENT})
    (build,) = told("--compose", built, cwd=tmp_path)
    (one,) = [each for each in build["findings"] if each["code"] == "root-user"]
    assert ("mkdir -p /srv/kept" in one["remedy"]) is (says and service == "web")


def test_a_service_in_two_files_that_name_no_build(tmp_path: Path) -> None:
    """Where such files usually lie, they are found from the Dockerfile as well."""
    tree = {"docker/compose.prod.yaml": "services:\n  web:\n    build: ..\n", **GIT, "agent": ""}
    assert "mkdir -p /srv/kept" in way(tmp_path, AGENT, {**tree, "docker/compose.yaml": RUN_BY.format("web")})


@pytest.mark.parametrize(
    ("order", "speaks"),
    [
        ("docker build -t shop:latest .", True),
        ("docker build -t shop:latest -f scripts/Dockerfile .", False),
        ("cd scripts && docker build -t shop .", False),
        ("docker build -t shops:latest .", False),
        ("# docker build -t shop .", False),
    ],
)
def test_a_service_whose_image_another_dockerfile_makes(order: str, speaks: bool, tmp_path: Path) -> None:
    """What it is given is not for the program of the same name."""
    compose = "services:\n  a:\n    image: shop:latest\n    privileged: true\n"
    own = 'FROM alpine:3.20\nCOPY shop /\nEXPOSE 80\nCMD ["/shop", "server"]\n'
    tree = {**GIT, "compose.yaml": compose, "Makefile": f"image:\n\t@{order}\n", "Dockerfile": own, "shop": ""}
    projects.write(tmp_path, {**tree, "scripts/Dockerfile": own})
    assert bool(found(tmp_path, dockerfile="scripts/Dockerfile")) is speaks


KEPT = "kind: {}\nspec:\n  containers:\n  - image: {}\n"


@pytest.mark.parametrize(
    ("kind", "image", "severity"),
    [
        ("Deployment", "{{ .Values.image.repo }}/shop-queue:{{ .Values.image.version }}", "warning"),
        ("Deployment", "acme/queue:1", "warning"),
        ("Deployment", "acme/other:1\n---\nkind: Job\nspec:\n  containers:\n  - image: acme/queue:1", "note"),
        ("Deployment", "acme/other:1", "note"),
        ("CronJob", "acme/queue:1", "note"),
    ],
)
def test_what_a_cluster_starts_again(kind: str, image: str, severity: str, tmp_path: Path) -> None:
    """A program of which nothing else is said goes on where a manifest has it go on."""
    own = "FROM golang:1.23\nWORKDIR /src\nCOPY *.go .\nRUN go install\nCMD queue\n"
    compose = "services:\n  queue:\n    build: queue\n    image: ${REPO}/shop-queue:${TAG}\n"
    tree = {**GIT, "compose.yaml": compose, "k8s/queue.yaml": KEPT.format(kind, image)}
    projects.write(tmp_path, {**tree, "queue/Dockerfile": own, "queue/main.go": "package main\n"})
    assert [each.severity for each in found(tmp_path, "queue")] == [severity]


@pytest.mark.parametrize(("path", "severity"), [("/var/log", "note"), ("/srv/kept", "warning")])
def test_the_machine_of_a_base_that_has_a_user(path: str, severity: str, tmp_path: Path) -> None:
    """Its pod is given what is for root there."""
    manifest = "kind: DaemonSet\nspec:\n  containers:\n  - image: acme/logs:1\n  volumes:\n  - name: a\n    hostPath:\n      path: {}\n"
    own = "FROM fluent/fluentd:v1.17\nUSER root\nRUN gem install x\n"
    projects.write(tmp_path, {**GIT, "logs/Dockerfile": own, "logs/k8s/a.yaml": manifest.format(path)})
    assert [each.severity for each in found(tmp_path, "logs")] == [severity]


STARTED = 'FROM debian:12\nWORKDIR /app\nCOPY . .\nEXPOSE 80\nCMD ["./start.sh"]\n'


@pytest.mark.parametrize(
    ("line", "script", "severity"),
    [
        ("./tools/more.sh", "#!/bin/sh\napt update && apt upgrade -y\n", None),
        ("./tools/more.sh", "#!/bin/sh\nif x; then\n  apt install -y a\nfi\n", "note"),
        ("./tools/more.sh", "#!/bin/sh\nexec gosu app ./serve\n", None),
        ("./tools/more.sh", "#!/bin/sh\necho hello\n", "warning"),
        ("echo ./tools/more.sh", "#!/bin/sh\napt update && apt upgrade -y\n", "warning"),
        ("./tools/absent.sh", "", "warning"),
    ],
)
def test_a_script_that_a_start_script_runs(line: str, script: str, severity: str | None, tmp_path: Path) -> None:
    start = f"#!/bin/sh\n{line}\nexec ./serve --port 80\n"
    projects.write(tmp_path, {"Dockerfile": STARTED, "start.sh": start, "tools/more.sh": script})
    assert [each.severity for each in found(tmp_path)] == [severity] * (severity is not None)


@pytest.mark.parametrize(
    ("start", "speaks"),
    [('["./shop", "serve"]', True), ('["/usr/bin/entry.sh", "serve"]', None), ('["gosu", "app", "./shop"]', False)],
)
def test_what_is_installed_to_become_somebody(start: str, speaks: bool | None, tmp_path: Path) -> None:
    """It counts where it is used, or where nobody sees the script that may use it."""
    own = (
        f"FROM alpine:3.20\nWORKDIR /app\nCOPY shop .\nRUN apk add --no-cache su-exec tzdata\nEXPOSE 80\nCMD {start}\n"
    )
    projects.write(tmp_path, {"Dockerfile": own, "shop": ""})
    assert bool(found(tmp_path)) is bool(speaks)


NEXT = "FROM node:22\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci && apt-get clean\nCOPY . .\nEXPOSE 80\n{}\n"
GENERATES = "#!/bin/sh\ncd /app\n[ -f .env ] || cp .env.example .env\nnpx prisma generate\nexec npm start\n"
SCRIPTED = NEXT.format('ENTRYPOINT ["sh", "/app/start.sh"]')
SCHEMA = 'generator client {\n  provider = "prisma-client-js"\n}\n'


@pytest.mark.parametrize(
    ("command", "scripts", "kept"),
    [
        ("npm start", '"start": "vite --host"', ".vite"),
        ("npx vite preview", '"a": "b"', None),
        ("npm start", '"start": "react-scripts start"', ".cache"),
    ],
)
def test_what_programs_keep_among_the_packages(command: str, scripts: str, kept: str | None, tmp_path: Path) -> None:
    tree = {"package.json": f'{{"scripts": {{{scripts}}}}}', "package-lock.json": "{}"}
    told = way(tmp_path, NEXT.format(f"CMD {command.split()}".replace("'", '"')), tree)
    assert ("node_modules" in told) is (kept is not None)
    assert kept is None or f"chown -R node /app/node_modules/{kept}" in told


@pytest.mark.parametrize(("more", "says"), [("", True), ('  output = "../made"\n', False)])
def test_a_client_of_prisma_that_is_made_at_the_start(more: str, says: bool, tmp_path: Path) -> None:
    """And a copy of an example is a file, no directory."""
    tree = {"package.json": '{"scripts": {"start": "node a.js"}}', "package-lock.json": "{}", "start.sh": GENERATES}
    told = way(
        tmp_path, SCRIPTED, {**tree, "prisma/schema.prisma": SCHEMA.replace("}", f"{more}}}"), ".env.example": "A=b\n"}
    )
    assert ("chown -R node /app/node_modules/.prisma" in told) is says
    assert ".env" not in told


@pytest.mark.parametrize(
    ("stage", "more"),
    [
        ("FROM shop AS dev\nRUN pip install -r more.txt\n", ", and USER root above line 8, in stage dev"),
        ("FROM shop AS dev\nUSER 7\nRUN pip install -r more.txt\n", ""),
        ("FROM shop AS dev\nCMD python b.py\n", ""),
        ("FROM python:3.12 AS dev\nRUN pip install -r more.txt\n", ""),
    ],
)
def test_a_stage_for_developers_that_goes_on(stage: str, more: str, tmp_path: Path) -> None:
    own = 'FROM python:3.12 AS shop\nWORKDIR /app\nCOPY a.py .\nRUN pip install flask\nEXPOSE 80\nCMD ["python", "a.py"]\n'
    told = way(tmp_path, own + stage, {"a.py": "", "b.py": "", "more.txt": ""}, target="shop")
    assert ("USER root" in told) is bool(more)
    assert more in told


@pytest.mark.parametrize(
    ("owner", "user"), [("1000:2000", "1000:2000"), ("1000", "1000"), ("0:0", "app"), ("shop", "shop")]
)
def test_an_owner_by_number(owner: str, user: str, tmp_path: Path) -> None:
    """Whom a RUN gives files to already runs the program, and gets them once."""
    own = f'FROM python:3.12\nWORKDIR /app\nCOPY a.py .\nRUN mkdir -p media && chown -R {owner} /app/media\nVOLUME /app/media\nCMD ["python", "a.py"]\n'
    told = way(tmp_path, own, {"a.py": "import unknown\nunknown.write()\n"})
    assert f"USER {user} at the end" in told
    assert ("/app/media" in told) is (user == "app")


@pytest.mark.parametrize(("place", "says"), [("/made", True), ("/tmp/made", False), ("/other", False)])
def test_a_health_check_that_looks_for_what_a_script_makes(place: str, says: bool, tmp_path: Path) -> None:
    own = f"FROM python:3.12\nCOPY start.sh .\nHEALTHCHECK CMD test -f {place}\nCMD ./start.sh\n"
    script = "#!/bin/sh\naws x --input file://a.json\ntouch /made /tmp/made\nwhile true; do sleep 60; done\n"
    told = way(tmp_path, own, {"start.sh": script})
    assert ("have HEALTHCHECK on line 3 look for /made there" in told) is says


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("path: temp/logs", "temp/logs"),
        ("source: ./shop.db", "shop.db"),
        ("path: /var/log/shop", ""),
        ("front: ../web/logs", ""),
        ("path: web/dist", ""),
    ],
)
def test_settings_that_name_what_is_written_where_it_starts(line: str, says: str, tmp_path: Path) -> None:
    """They are only read themselves: their directory stays root's."""
    own = 'FROM alpine:3.20\nCOPY main /main\nCOPY shop.db /shop.db\nCOPY a.yml /config/a.yml\nEXPOSE 80\nCMD ["/main", "server", "-c", "/config/a.yml"]\n'
    told = way(tmp_path, own, {"main": "", "shop.db": "", "a.yml": f"shop:\n  {line}\n"})
    assert (f"of that user instead of /, as for {says} (a.yml)" in told) is bool(says)
    assert "/config" not in told


PINGS = "package main\n\nfunc ping() {\n\tpinger.SetPrivileged(true)\n}\n"
MAYBE = "package main\n\nfunc ping() {\n\tpinger.SetPrivileged(root)\n\tpinger.SetPrivileged(true)\n}\n"
OF_GO = 'FROM {}\nCOPY bin/shop /bin/shop\nEXPOSE 8080\nCMD ["{}"]\n'


@pytest.mark.parametrize(
    ("base", "start", "source", "needs"),
    [
        ("alpine:3.20", "/bin/shop", PINGS, "RUN apk add --no-cache libcap && setcap cap_net_raw+ep /bin/shop above USER"),
        ("debian:12", "shop", PINGS, "apt-get install -y libcap2-bin && setcap cap_net_raw+ep /bin/shop && rm -rf"),
        ("scratch", "/bin/shop", PINGS, "setcap cap_net_raw+ep /bin/shop in the stage that makes it"),
        ("alpine:3.20", "/bin/shop", 'package main\n\nvar a, _ = icmp.ListenPacket("ip4:icmp", "")\n', "setcap"),
        ("alpine:3.20", "/bin/shop", MAYBE, ""),
        ("alpine:3.20", "/bin/shop", "package main\n", ""),
        ("alpine:3.20", "/bin/other", PINGS, ""),
    ],
)  # fmt: skip
def test_a_program_that_opens_raw_sockets(base: str, start: str, source: str, needs: str, tmp_path: Path) -> None:
    """A program that pings may do so as anybody by a right of its file."""
    tree = {"go.mod": "module shop\n", "net/ping.go": source, "net/ping_test.go": PINGS, "bin/shop": "x"}
    told = way(tmp_path, OF_GO.format(base, start), tree)
    assert needs in told and ("net/ping.go" in told) is bool(needs)


RUN_BY_READERS = "# Shop\n\n    GNUPGHOME=/kept/pgp\n    KEY_PATH=/sign.key\n\n```\ndocker run -v $(pwd)/kept:/kept -v $(pwd)/sign.key:/sign.key -v $(pwd)/site:/site shop\n```\n"


@pytest.mark.parametrize(
    ("page", "host"),
    [
        (RUN_BY_READERS, "./kept ./sign.key on the host"),
        (RUN_BY_READERS.replace("KEY_PATH=/sign", "KEY_PATH=/other"), "./kept on the host"),
        (RUN_BY_READERS.replace("GNUPGHOME=/kept/pgp", "").replace("KEY_PATH=/sign", "KEY_PATH=/other"), ""),
    ],
)
def test_mounts_that_a_setting_names(page: str, host: str, tmp_path: Path) -> None:
    """Wherever they lie in the image; what nothing names may only be read."""
    own = 'FROM python:3.12\nWORKDIR /app\nCOPY a.py .\nEXPOSE 80\nCMD ["python", "a.py"]\n'
    told = way(tmp_path, own, {"a.py": "", "README.md": page})
    assert host in told and ("on the host" in told) is bool(host) and "/site" not in told


LINKED = (
    "FROM debian:12 AS made\nCOPY src src\nRUN make -C src install DESTDIR=/out\nFROM debian:12-slim\n"
    'COPY --from=made /out /shop\nRUN {}\nEXPOSE 80\nENTRYPOINT ["shop", "--serve"]\n'
)
BY_A_VARIABLE = '#!/bin/sh\nBY="su $(id -nu "$RUN_AS") -c"\n$BY "/shop/bin $*"\n'
AS_IT_IS = '#!/bin/sh\nwhoami "su $(id -nu)"\nexec /shop/bin\n'


@pytest.mark.parametrize(
    ("line", "path", "script", "severity"),
    [
        ("ln -s /shop/start.sh /usr/bin/shop", "src/start.sh", BY_A_VARIABLE, None),
        ("ln -s /shop/start.sh /usr/bin/shop", "src/docker/start.sh", BY_A_VARIABLE, None),
        ("ln -s /shop/start.sh /usr/bin/shop", "src/start.sh", AS_IT_IS, "warning"),
        ("ln -s /shop/start.sh /usr/bin/shop", "src/other.sh", BY_A_VARIABLE, "note"),
        ("ln -s /shop/start.sh /usr/bin/other", "src/start.sh", BY_A_VARIABLE, "warning"),
        ("ln -s /made/start.sh /usr/bin/shop", "src/start.sh", BY_A_VARIABLE, "note"),
    ],
)
def test_a_link_to_what_a_stage_makes(line: str, path: str, script: str, severity: str | None, tmp_path: Path) -> None:
    """The script lies in what that stage copies, and may start the program as somebody else by a variable."""
    tree = {path: script, "src/generic/start.sh": AS_IT_IS} if "docker/" in path else {path: script}
    projects.write(tmp_path, {"Dockerfile": LINKED.format(line), "src/Makefile": "", **tree})
    assert [each.severity for each in found(tmp_path)] == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("line", "user"),
    [
        ("if ! id -u 1000 >/dev/null 2>&1; then useradd -u 1000 shop; fi", "1000"),
        ("if ! id -u $RUN_AS; then useradd -u $RUN_AS shop; fi", "1000"),
        ("if ! getent passwd other; then useradd -u 2000 shop; fi", "2000"),
        ("if ! id shop; then useradd -u 1000 shop; fi", "shop"),
        ("useradd -u 1000 shop", "shop"),
    ],
)
def test_a_user_that_is_made_for_want_of_one(line: str, user: str, tmp_path: Path) -> None:
    """Whoever has the number already has another name."""
    own = AGENT.replace("COPY", f"ENV RUN_AS=1000\nRUN {line}\nCOPY").replace("alpine:3.20", "debian:12-slim")
    assert f"USER {user} at the end" in way(tmp_path, own, {"agent": ""})


BY_UV = "FROM python:3.12-slim\nWORKDIR /app\nCOPY pyproject.toml uv.lock ./\nRUN uv sync{}\nCOPY . .\n{}EXPOSE 80\nCMD {}\n"
NO_SYNC = "ENV UV_NO_SYNC=1, or uv installs again"
OWN = "&& chown -R 10001 /app/.venv at the end of line 4"


@pytest.mark.parametrize(
    ("options", "more", "command", "says"),
    [
        ("", "", 'sh -c "uv run shop --port $PORT"', NO_SYNC),
        ("", "", '["uv", "run", "shop"]', NO_SYNC),
        ("", "", '["./run.sh"]', NO_SYNC),
        (" --no-install-project", "RUN uv sync --frozen\n", '["uv", "run", "shop"]', NO_SYNC),
        (" --no-install-project", "", '["uv", "run", "shop"]', OWN),
        ("", "", '["uv", "run", "--no-sync", "shop"]', None),
        ("", "ENV UV_NO_SYNC=1\n", '["uv", "run", "shop"]', None),
        ("", "", '["uv", "run", "--frozen", "--no-project", "shop.py"]', None),
        ("", "", '["/app/.venv/bin/shop", "serve"]', None),
    ],
)
def test_an_environment_that_uv_brings_up_to_date(
    options: str, more: str, command: str, says: str | None, tmp_path: Path
) -> None:
    """What starts the program would install again, and may not."""
    tree = {"pyproject.toml": '[project]\nname = "shop"\n[build-system]\n', "uv.lock": "", "shop.py": ""}
    tree["run.sh"] = "#!/bin/sh\nexec uv run shop\n"
    remedy = way(tmp_path, BY_UV.format(options, more, command), tree)
    assert (says in remedy) if says else ("UV_NO_SYNC" not in remedy and "chown -R 10001 /app/.venv" not in remedy)


@pytest.mark.parametrize(("started", "says"), [("src/a.js", False), ("scripts/make.js", True)])
def test_scripts_that_people_run_by_hand(started: str, says: bool, tmp_path: Path) -> None:
    """What they write counts where one of them is started."""
    own = f'FROM node:22\nWORKDIR /app\nCOPY scripts scripts\nCOPY src src\nEXPOSE 80\nCMD ["node", "{started}"]\n'
    tree = {"src/a.js": "", "scripts/make.js": "require('fs').mkdirSync('kept/made')\n"}
    assert ("/app/kept/made" in way(tmp_path, own, tree)) is says


@pytest.mark.parametrize(("home", "says"), [("hosting/docker", True), ("garden", False)])
def test_where_a_project_says_how_it_is_run(home: str, says: bool, tmp_path: Path) -> None:
    """The image is called like the directory of its Dockerfile, of the owner of the project."""
    compose = SHARED.format("ghcr.io/acme/agent:1.2", "kept:/srv/kept", "")
    tree = {**GIT, "package.json": '{\n  "name": "acme"\n}', f"{home}/compose.yaml": compose}
    projects.write(tmp_path, {**tree, "apps/agent/Dockerfile": AGENT, "apps/agent/agent": ""})
    (one,) = found(tmp_path, "apps/agent")
    assert ("mkdir -p /srv/kept" in (one.remedy or "")) is says
