"""What a start script does that only root may, and what scripts of a project say of the images that they run."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from support import command, projects

from ctxscan import scan
from ctxscan.builds import everywhere
from ctxscan.findings import Finding
from ctxscan.opinions import review

PACKAGED = 'FROM debian:12\nRUN apt-get update && apt-get install -y shop\nEXPOSE 80\nENTRYPOINT ["/usr/share/shop/tools/setup"]\n'
COPIED = 'FROM debian:12\nCOPY start.sh /start.sh\nEXPOSE 80\nCMD ["/start.sh"]\n'


def found(root: Path, place: str = ".") -> list[Finding]:
    with contextlib.chdir(root):
        return [each for each in review(scan(root / place)).findings or () if each.code == "root-user"]


@pytest.mark.parametrize(
    ("path", "script", "severity"),
    [
        ("tools/setup", "#!/bin/sh\nusermod -aG video shop\nexec shop serve\n", "note"),
        ("tools/setup", "#!/bin/sh\nif x; then chown shop /run/shop; fi\nexec shop serve\n", "note"),
        ("tools/setup", "#!/bin/bash\nzypper -n in nginx\nexec shop serve\n", "note"),
        ("tools/setup", "#!/bin/bash\nservice cache start\nexec shop serve\n", "note"),
        ("tools/setup", "#!/bin/sh\n# chown shop /run/shop\nexec shop serve --result su\n", "warning"),
        ("tools/setup", "#!/bin/sh\nsudo chown shop /run/shop\nexec shop serve\n", "warning"),
        ("lib/setup", "#!/bin/sh\nusermod -aG video shop\n", "warning"),
    ],
)
def test_a_script_of_the_repository_that_a_package_brings(
    path: str, script: str, severity: str, tmp_path: Path
) -> None:
    """It is read where the end of the path that is started is its own."""
    projects.write(tmp_path, {".git/HEAD": "x\n", "image/Dockerfile": PACKAGED, path: script})
    assert [each.severity for each in found(tmp_path, "image")] == [severity]


@pytest.mark.parametrize(
    ("line", "severity"), [("if x; then chown shop /srv/a; fi", "note"), ("if x; then ls; fi", "warning")]
)
def test_a_script_that_is_copied(line: str, severity: str, tmp_path: Path) -> None:
    projects.write(tmp_path, {"Dockerfile": COPIED, "start.sh": f"#!/bin/sh\n{line}\nexec /srv/shop\n"})
    assert [each.severity for each in found(tmp_path)] == [severity]


PLAIN = 'FROM golang:1.23 AS b\nCOPY . .\nRUN go build -o /shop .\nFROM {}\nCOPY --from=b /shop /bin/shop\nENTRYPOINT ["/bin/shop"{}]\n'
UNIT = "[Unit]\nAfter=network.target\n[Service]\nExecStart=/usr/bin/{} -c /etc/shop.toml\n{}"
BESIDE = 'FROM alpine:3\nCOPY shop /go/shop\n{}ENTRYPOINT ["/go/shop"]\n'


@pytest.mark.parametrize(
    ("base", "more", "severity"),
    [
        ("alpine:3", {}, "note"),
        ("alpine:3", {"contrib/shop.service": UNIT.format("shop", "User=shop\n")}, "warning"),
        ("scratch", {"contrib/shop.service": UNIT.format("shop", "User=shop\n")}, "warning"),
        ("alpine:3", {"packaging/systemd/shop@.service.in": UNIT.format("shop", "DynamicUser=yes\n")}, "warning"),
        ("alpine:3", {"contrib/shop.service": UNIT.format("shop", "User=root\n")}, "note"),
        ("alpine:3", {"contrib/shop.service": UNIT.format("shop", "")}, "note"),
        ("alpine:3", {"contrib/shop.service": UNIT.format("shop", "User=shop\nType=oneshot\n")}, "note"),
        ("alpine:3", {"contrib/other.service": UNIT.format("shop-web", "User=shop\n")}, "note"),
        ("alpine:3", {"contrib/shop.openrc": '#!/sbin/openrc-run\ncommand="/usr/bin/shop"\ncommand_user="shop:shop"\n'}, "warning"),
        ("alpine:3", {"contrib/shop.openrc": '#!/sbin/openrc-run\ncommand="/usr/bin/shop"\n'}, "note"),
        ("alpine:3", {"Dockerfile.slim": BESIDE.format("EXPOSE 8080\nUSER daemon\n")}, "warning"),
        ("alpine:3", {"Dockerfile.slim": BESIDE.format("EXPOSE 8080\n")}, "note"),
        ("alpine:3", {"Dockerfile.slim": BESIDE.format("USER daemon\n")}, "note"),
        ("alpine:3", {"Dockerfile.web": BESIDE.format("EXPOSE 8080\nUSER daemon\n").replace("shop", "web")}, "note"),
        ("alpine:3", {"other/Dockerfile": BESIDE.format("EXPOSE 8080\nUSER daemon\n")}, "note"),
        ("alpine:3", {"compose.yaml": "services:\n  shop:\n    image: acme/shop:1\n    ports: ['80:80']\n"}, "warning"),
        ("alpine:3", {"compose.yaml": "services:\n  shop:\n    image: acme/shop:1\n"}, "note"),
        ("alpine:3", {"compose.yaml": "services:\n  shop:\n    image: acme/other:1\n    ports: ['80:80']\n"}, "note"),
    ],
)  # fmt: skip
def test_what_else_has_the_program_run_as_a_service(
    base: str, more: dict[str, str], severity: str, tmp_path: Path
) -> None:
    """A unit for a machine, or another Dockerfile, with a user of its own for it; or a service with ports."""
    words = "" if base == "scratch" else ', "-c", "/etc/shop.toml"'
    tree = {".git/HEAD": "x\n", "go.mod": "module acme/shop\n", "main.go": "package main\n", "shop": "x", **more}
    projects.write(tmp_path, {"Dockerfile": PLAIN.format(base, words), **tree})
    assert [each.severity for each in found(tmp_path)] == [severity]


RUST = (
    "FROM rust:1.80 AS b\nWORKDIR /b\nCOPY . .\nRUN cargo build --release\nFROM debian:12-slim\nCOPY --from=b /b/target/release/shop /shop\n"
    'ENV A=1 {env}\nEXPOSE 80\nCMD ["/shop", "serve"]\n'
)
CALL = 'Command::new("apt-get").arg("-y").arg("install").arg("clang").status()?;'


@pytest.mark.parametrize(
    ("source", "env", "severity"),
    [
        (f"fn cc() {{\n    {CALL}\n}}\n", "", "note"),
        (f"fn cc() {{\n    if !config().install_clang {{\n        return;\n    }}\n    {CALL}\n}}\n", "", "warning"),
        (f"fn cc() {{\n    if !config().install_clang {{\n        return;\n    }}\n    {CALL}\n}}\n", "SHOP__INSTALL_CLANG=true", "note"),
        (f"fn cc() {{\n    if !config().install_clang {{\n        return;\n    }}\n    {CALL}\n}}\n", "INSTALL_CLANG=false", "warning"),
        (f'fn cc() {{\n    if env::var("SETUP").is_err() {{\n        return;\n    }}\n    {CALL}\n}}\n', "", "warning"),
        (f'fn cc() {{\n    if env::var("SETUP").is_err() {{\n        return;\n    }}\n    {CALL}\n}}\n', "SETUP=1", "note"),
        (f"fn may() {{\n    if install_x() {{}}\n}}\n\nfn cc() {{\n    {CALL}\n}}\n", "", "note"),
        ('fn cc() {\n    Command::new("apt-get").arg("--version").status()?;\n}\n', "", "warning"),
        ('fn cc() {\n    Command::new("sudo").arg("apt-get").arg("install");\n}\n', "", "warning"),
        ('fn cc() {\n    error!("run apt-get install clang");\n}\n', "", "warning"),
    ],
)  # fmt: skip
def test_a_program_that_installs_packages(source: str, env: str, severity: str, tmp_path: Path) -> None:
    """It has to be root for that, unless it needs a setting that the image does not make."""
    tree = {"Cargo.toml": '[package]\nname = "shop"\n', "src/main.rs": source, "tests/a.rs": f"fn a() {{ {CALL} }}\n"}
    projects.write(tmp_path, {"Dockerfile": RUST.format(env=env), **tree})
    (told,) = found(tmp_path)
    assert (told.severity, "src/main.rs has it install packages" in told.message) == (severity, severity == "note")
    assert (told.remedy or "").startswith("install those packages in the Dockerfile; ") is (severity == "note")


@pytest.mark.parametrize(
    ("source", "severity"),
    [
        ("import subprocess\n\ndef add(name):\n    subprocess.run(['apt-get', 'install', '-y', name])\n", "note"),
        ("import os\n\ndef add(name):\n    os.system('apk add ' + name)\n", "note"),
        ("import subprocess\n\ndef add(name):\n    subprocess.run(['pip', 'install', name])\n", "warning"),
        ("import subprocess\n\ndef lay(at):\n    subprocess.run(['mount', '-t', 'cifs', at, '/b'])\n", "note"),
        ("async def lay(at):\n    if mounted(at):\n        await check_output('/bin/umount', at)\n", "note"),
        ("import os\n\ndef lay(at):\n    os.system('mount --bind /a ' + at)\n", "note"),
        (
            "import os, subprocess\n\ndef lay(at):\n    if os.environ.get('LAY_IT'):\n        subprocess.run(['mount', at])\n",
            "warning",
        ),
        ("import subprocess\n\ndef lay(at):\n    subprocess.run(['mountpoint', '-q', at])\n", "warning"),
        ("import app\n\napp.mount('/static', app)\nprint('run mount -a')\n", "warning"),
    ],
)
def test_a_program_of_a_language_that_works_as_root(source: str, severity: str, tmp_path: Path) -> None:
    text = 'FROM python:3.12\nWORKDIR /a\nCOPY a.py .\nEXPOSE 80\nCMD ["python", "a.py", "serve"]\n'
    projects.write(tmp_path, {"Dockerfile": text, "a.py": source})
    assert [each.severity for each in found(tmp_path)] == [severity]


@pytest.mark.parametrize(("kind", "severity"), [("addon", "note"), ("base", "warning")])
def test_an_add_on_of_home_assistant(kind: str, severity: str, tmp_path: Path) -> None:
    """It is always started as root."""
    text = f'FROM python:3.12\nLABEL io.hass.name="a" \\\n  io.hass.type="{kind}"\nEXPOSE 80\nCMD ["python", "/a.py", "serve"]\n'
    projects.write(tmp_path, {"Dockerfile": text})
    assert [each.severity for each in found(tmp_path)] == [severity]


SHARED = "services:\n  watch:\n    build: .\n    volumes: ['{}:/var/spool/shop']\n  shop:\n    image: {}\n    volumes: ['spool:/spool']\n"


@pytest.mark.parametrize(
    ("volume", "image", "line", "severity"),
    [
        ("spool", "acme/shop", "LATE=$(find /var/spool/shop/late -type f | wc -l)", "note"),
        ("spool", "acme/shop", "while read each; do x; done < /var/spool/shop/list", "note"),
        ("spool", "acme/shop", "echo find them below /var/spool/shops", "warning"),
        ("spool", "acme/shop", "mkdir -p /var/spool/shop/seen", "warning"),
        ("other", "acme/shop", "find /var/spool/shop/late -type f", "warning"),
        ("spool", "acme/shop", "find /srv -type f", "warning"),
    ],
)
def test_a_script_that_reads_what_another_service_writes(
    volume: str, image: str, line: str, severity: str, tmp_path: Path
) -> None:
    """In a volume that both have."""
    tree = {"start.sh": f"#!/bin/sh\n{line}\nexec /srv/shop\n", "compose.yaml": SHARED.format(volume, image)}
    projects.write(tmp_path, {"Dockerfile": COPIED, **tree})
    assert [each.severity for each in found(tmp_path)] == [severity]


ALONE = (
    "FROM python:3.12\nWORKDIR /opt/shop/web\nCOPY web .\nRUN useradd shop && chown -R shop media\nEXPOSE 80\n"
    'CMD ["python", "a.py", "serve"]\n'
)
TAKEN = "services:\n  web: &web\n    image: acme/kiosk:1\n{}  job:\n    <<: *web\n    command: [/opt/shop/web/job.py]\n"
AS_SHOP = "    user: 'shop:root'\n"
LAID = "    volumes: ['media:/opt/shop/web/media']\n"


@pytest.mark.parametrize(
    ("tree", "severity"),
    [
        ({"compose.yaml": TAKEN.format(AS_SHOP)}, "note"),
        ({"compose.yaml": TAKEN.format(AS_SHOP).partition("  job")[0]}, "warning"),
        ({"compose.yaml": TAKEN.format(AS_SHOP + LAID).partition("  job")[0]}, "note"),
        ({"compose.yaml": TAKEN.format(AS_SHOP + LAID.replace("/web", "/api")).partition("  job")[0]}, "warning"),
        ({"compose.yaml": TAKEN.format(AS_SHOP).partition("  job")[0].replace("kiosk", "shop")}, "note"),
        ({"compose.yaml": TAKEN.format("    user: '0'\n")}, "warning"),
        ({"compose.yaml": TAKEN.format("")}, "warning"),
        ({"compose.yaml": TAKEN.format(AS_SHOP), "compose.prod.yaml": TAKEN.format("")}, "warning"),
        ({"compose.yaml": TAKEN.format(AS_SHOP), "api/Dockerfile": "FROM scratch\n"}, "warning"),
        ({"compose.yaml": TAKEN.format(AS_SHOP), "test/Dockerfile": "FROM scratch\n"}, "note"),
    ],
)
def test_a_ready_image_that_services_run_as_somebody(tree: dict[str, str], severity: str, tmp_path: Path) -> None:
    """It is that of the only Dockerfile that ships, where names, commands or volumes say so."""
    root = tmp_path / "shop"
    projects.write(root, {".git/HEAD": "x\n", "Dockerfile": ALONE, "web/a.py": "", "web/media/.keep": "", **tree})
    assert [each.severity for each in found(root)] == [severity]


@pytest.mark.parametrize(("owner", "named"), [("shop", False), ("root", True)])
def test_directories_that_a_run_gives_away_are_ready(owner: str, named: bool, tmp_path: Path) -> None:
    """By a path that begins where it works, above a base of which nothing is known."""
    dockerfile = (
        ALONE.replace("FROM python:3.12\n", "ARG BASE\nFROM ${BASE}\n")
        .replace("-R shop", f"-R {owner}")
        .replace("CMD", "ENTRYPOINT")
    )
    compose = "services:\n  web:\n    build: .\n" + LAID
    projects.write(tmp_path, {"Dockerfile": dockerfile, "web/media/.keep": "", "compose.yaml": compose})
    assert ["/web/media" in each["remedy"] for each in told(tmp_path)] == [named]


JOB = 'FROM python:3.12\nWORKDIR /job\nCOPY tool /job/tool\nCMD ["python", "tool/a.py"]\n'


@pytest.mark.parametrize(
    ("run", "severity", "host"),
    [
        ("docker run --rm --name shop-export -v /tmp/kept:/out shop-export python tool/a.py /out", "note", "/tmp/kept"),
        ("docker run -it --rm \\\n    -v $(pwd)/kept:/out \\\n    shop-export", "note", "/kept"),
        ("docker run -d -v /srv/kept:/out shop-export:latest", "warning", "/srv/kept"),
        ("docker run --rm -p 80:80 -v /srv/kept:/out:ro shop-export", "warning", ""),
        ("docker run --rm -v /srv/kept:/out shop-exporter", "warning", ""),
        ("docker run --rm --name shop-export -v /srv/kept:/out shop", "warning", ""),
    ],
)
def test_scripts_that_run_the_image(run: str, severity: str, host: str, tmp_path: Path) -> None:
    """By the name that the build gives to it: what they lay into it is named, and a job that they wait for is a note."""
    tree = {
        "build.sh": "docker build -t shop-export .\n",
        "Dockerfile": JOB,
        "tool/a.py": "",
        "tool/run.sh": f"#!/bin/sh\n{run}\n",
    }
    root = projects.write(tmp_path, tree)
    with contextlib.chdir(root):
        (order,) = everywhere.orders(".").orders
    assert order.name == "Dockerfile"
    (finding,) = told(root)
    assert finding["severity"] == severity
    assert (f"{host} on the host" in finding["remedy"]) is bool(host)


def told(root: Path) -> list[dict[str, str]]:
    import json

    from support.command import run

    (build,) = json.loads(run("--all", "--format", "json", cwd=root).stdout)["builds"]
    return [each for each in build["findings"] if each["code"] == "root-user"]


NET = (
    "FROM mcr.microsoft.com/dotnet/sdk:9.0 AS build\nWORKDIR /src\nCOPY . .\nRUN dotnet publish Shop.Web -o /out\n"
    "FROM mcr.microsoft.com/dotnet/aspnet:9.0\nWORKDIR /app\nCOPY --from=build /out .\nEXPOSE 80\n"
    'ENTRYPOINT ["dotnet", "{}.dll"]\n'
)
PROJECT = '<Project Sdk="x">\n  <ProjectReference Include="{}" />\n</Project>\n'


@pytest.mark.parametrize(
    ("program", "reference", "named"),
    [
        ("Shop.Web", "..\\Shop.Core\\Shop.Core.csproj", False),
        ("Shop.Web", "..\\Shop.Made\\Shop.Made.csproj", True),
        ("Shop.Web", "..\\$(Name)\\x.csproj", True),
        ("Other", "..\\Shop.Core\\Shop.Core.csproj", True),
    ],
)
def test_sources_that_are_not_published(program: str, reference: str, named: bool, tmp_path: Path) -> None:
    """What a project writes counts where the one that is started refers to it, or where that is not known."""
    writes = 'class A {\n  void B() { Directory.CreateDirectory("/made/x"); }\n}\n'
    tree = {
        "Dockerfile": NET.format(program),
        "Shop.Web/Shop.Web.csproj": PROJECT.format(reference),
        "Shop.Web/A.cs": "class W {}\n",
        "Shop.Core/Shop.Core.csproj": "<Project/>\n",
        "Shop.Core/B.cs": "class C {}\n",
        "Shop.Made/Shop.Made.csproj": "<Project/>\n",
        "Shop.Made/A.cs": writes,
    }
    (finding,) = found(projects.write(tmp_path, tree))
    assert ("/made/x" in (finding.remedy or "")) is named


REFUSES = '#!/bin/sh\nset -e\nif [ "$#" -eq 0 ]; then\n  echo "No command" >&2\n  exit 1\nfi\nexec "$@"\n'


@pytest.mark.parametrize(
    ("script", "end", "severity"),
    [
        (REFUSES, "", "note"),
        ('#!/bin/bash\n[[ -z "$1" ]] && { echo usage; exit 2; }\nexec "$@"\n', "", "note"),
        (REFUSES, 'CMD ["shop", "serve"]\n', "warning"),
        (REFUSES.replace('exec "$@"', 'exec shop "$@"'), "", "warning"),
        (REFUSES.replace("exit 1", "set -- shop serve"), "", "warning"),
    ],
    ids=["it ends", "in one line", "it is told", "a program of its own", "a default"],
)
def test_a_script_that_starts_what_it_is_given(script: str, end: str, severity: str, tmp_path: Path) -> None:
    """Whoever gives it nothing starts nothing."""
    dockerfile = COPIED.replace("CMD", "ENTRYPOINT") + end
    projects.write(tmp_path, {"Dockerfile": dockerfile, "start.sh": script})
    assert [each.severity for each in found(tmp_path)] == [severity]


BASED = 'FROM own\nRUN apt-get update && apt-get install -y shop\nCOPY start.sh /start.sh\nEXPOSE 80\nENTRYPOINT ["/start.sh"]\n'


@pytest.mark.parametrize(
    ("base", "call", "severity"),
    [
        ("own", "/opt/shop/bin/license-manager activate $KEY", "note"),
        ("own", "/opt/shop/bin/prepare", "warning"),
        ("debian:12", "/opt/shop/bin/license-manager activate $KEY", "warning"),
    ],
)
def test_a_license_on_a_base_of_the_project(base: str, call: str, severity: str, tmp_path: Path) -> None:
    """The base is made by another build, and may start others as somebody else; the user is made by a command."""
    bake = (
        'target "own" {\n  context = "base"\n}\n'
        'target "web" {\n  context = "web"\n  contexts = { own = "target:own" }\n}\n'
        'group "default" {\n  targets = ["web"]\n}\n'
    )
    script = f"#!/bin/sh\n{call}\nexec /opt/shop/bin/shop serve\n"
    tree = {"web/Dockerfile": BASED.replace("own", base), "web/start.sh": script, "base/Dockerfile": "FROM debian:12\n"}
    projects.write(tmp_path, {"docker-bake.hcl": bake, **tree})
    builds = command.told("--bake", "docker-bake.hcl", cwd=tmp_path)
    (root,) = [each for build in builds for each in build["findings"] if each["code"] == "root-user"]
    assert (root["severity"], root["remedy"].startswith("RUN useradd ")) == (severity, True)


@pytest.mark.parametrize(
    ("line", "severity"),
    [
        ("cat /traefik/acme.json", "note"),
        ("ls /etc/letsencrypt/live", "note"),
        ("# cat /traefik/acme.json", "warning"),
        ("cat /srv/acme.json.md", "warning"),
    ],
)
def test_a_script_that_reads_what_another_service_keeps_for_root(line: str, severity: str, tmp_path: Path) -> None:
    projects.write(tmp_path, {"Dockerfile": COPIED, "start.sh": f"#!/bin/sh\n{line}\nexec /srv/shop\n"})
    assert [each.severity for each in found(tmp_path)] == [severity]


INSTALLED = (
    "FROM debian:12\nRUN --mount=type=bind,source=parts,target=/parts /parts/setup.sh\n"
    'EXPOSE 80\nENTRYPOINT ["tini", "--", "/usr/local/bin/boot"]\nCMD ["--all"]\n'
)


@pytest.mark.parametrize(
    ("script", "severities"),
    [
        ("#!/bin/sh\nexec supervisord -c /etc/shop.conf\n", []),
        ("#!/bin/sh\nexec /srv/shop\n", ["warning"]),
        ("supervisord\n", ["warning"]),
    ],
    ids=["a supervisor", "a program", "no script"],
)
def test_a_script_that_a_mounted_one_puts_in_its_place(script: str, severities: list[str], tmp_path: Path) -> None:
    """It is read where the context has one of that name in what is mounted. Options are no program."""
    projects.write(tmp_path, {"Dockerfile": INSTALLED, "parts/setup.sh": "cp a b\n", "parts/bin/boot": script})
    told = found(tmp_path)
    assert [each.severity for each in told] == severities
    assert all(each.message == "no USER: ENTRYPOINT runs as root" for each in told)


SOCKET = "    docker run \\\n        -v /var/run/docker.sock:/var/run/docker.sock \\\n        {}\n"


@pytest.mark.parametrize(
    ("page", "image", "silent"),
    [
        ("docs/install/docker.rst", "acme/shop-agent:1", True),
        ("docs/install/docker.rst", "shop-agent:1", True),
        ("docs/install/docker.rst", "acme/shop-agents:1", False),
        ("docs/install/docker.rst", "-e HOST=an agent of acme/shop:1", False),
        ("docs/history.rst", "acme/shop-agent:1", False),
        ("scripts/up.sh", "acme/shop-agent:1", True),
    ],
)
def test_a_page_that_gives_an_image_the_socket_of_docker(page: str, image: str, silent: bool, tmp_path: Path) -> None:
    """It is called like the directory of the Dockerfile, behind the name of the project."""
    tree = {".git/HEAD": "x\n", "agent/Dockerfile": COPIED, "agent/start.sh": "#!/bin/sh\nexec /srv/shop\n"}
    projects.write(tmp_path, {**tree, page: SOCKET.format(image)})
    assert (found(tmp_path, "agent") == []) is silent


@pytest.mark.parametrize(
    ("name", "severity"), [("Dockerfile.interop", "note"), ("Dockerfile.international", "warning")]
)
def test_an_image_that_tries_programs_with_one_another(name: str, severity: str, tmp_path: Path) -> None:
    projects.write(tmp_path, {name: COPIED, "start.sh": "#!/bin/sh\nexec /srv/shop\n"})
    told = review(scan(tmp_path, dockerfile=tmp_path / name)).findings or ()
    assert [each.severity for each in told if each.code == "root-user"] == [severity]
