"""What starts as root: a line that ends, a shell before a script, programs of the base and of others."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from support import projects

from ctxscan import scan
from ctxscan.findings import Finding
from ctxscan.opinions import review

GIT = {".git/HEAD": "x\n"}


def found(root: Path, tree: dict[str, str], dockerfile: str = "Dockerfile", place: str = ".") -> list[Finding]:
    projects.write(root, {**GIT, **tree})
    with contextlib.chdir(root):
        scanned = scan(root / place, dockerfile=root / dockerfile)
        return [each for each in review(scanned).findings or () if each.code == "root-user"]


@pytest.mark.parametrize(
    ("command", "speaks"),
    [
        ("printf 'Is gone; use the other & go\\n' && exit 1", False),
        ("echo gone; exit 1", False),
        ("echo gone || false", False),
        ('["sh", "-c", "cat /gone.txt && exit 1"]', False),
        ("echo up && ./shop serve", True),
        ("echo up; ./shop serve || exit 1", True),
    ],
)
def test_a_line_that_only_says_something(command: str, speaks: bool, tmp_path: Path) -> None:
    tree = {"Dockerfile": f"FROM alpine:3.20\nEXPOSE 80\nCMD {command}\n"}
    assert bool(found(tmp_path, tree)) is speaks


WEB = '#!/bin/sh\nnginx\nif [ -z "$WITH" ]; then\n  {}\nelse\n  {}\nfi\n'
LOGGED = "java -jar a.jar 2>&1 | tee -a /srv/a.log"


@pytest.mark.parametrize(
    ("order", "script", "severity"),
    [
        ("CMD", "#!/bin/sh\nexec java -jar a.jar\n", "warning"),
        ("ENTRYPOINT", "#!/bin/sh\nexec java -jar a.jar\n", "warning"),
        ("CMD", "#!/bin/sh\nexec su-exec shop java -jar a.jar\n", None),
        ("CMD", WEB.format(LOGGED, LOGGED), "warning"),
        ("CMD", WEB.format("exec java -jar a.jar", "exec java -jar b.jar"), "warning"),
        ("CMD", WEB.format("echo no", "echo yes"), None),
        ("CMD", "if a; then\n  exec nginx\nelse\n  exec java -jar a.jar\nfi\n", None),
        ("CMD", f"#!/bin/sh\nnginx\nif a; then\n  su -s /bin/sh app -c '{LOGGED}'\nfi\n", None),
    ],
)
def test_a_shell_before_a_script(order: str, script: str, severity: str | None, tmp_path: Path) -> None:
    """The script is what is started, in whichever order the two are written; a web server in it excuses nothing else."""
    both = ['CMD ["/srv/start.sh"]\n', 'ENTRYPOINT ["/bin/sh"]\n']
    own = "FROM debian:12\nCOPY start.sh a.jar /srv/\nEXPOSE 80\n" + "".join(both if order == "CMD" else both[::-1])
    told = found(tmp_path, {"Dockerfile": own, "start.sh": script, "a.jar": ""})
    assert [each.severity for each in told] == [severity] * (severity is not None)
    if "nginx" in script and told:
        assert "in start.sh start by su -s /bin/sh app" in (told[0].remedy or "")


def test_a_shell_alone(tmp_path: Path) -> None:
    own = 'FROM debian:12\nRUN apt-get update\nEXPOSE 80\nENTRYPOINT ["/bin/sh"]\n'
    assert [each.severity for each in found(tmp_path, {"Dockerfile": own})] == ["note"]


@pytest.mark.parametrize(
    ("base", "step", "becomes", "severity"),
    [
        ("acme/base", "", "/begin.py", "note"),
        ("acme/base", "COPY --from=made /out /\n", "/begin.py", "warning"),
        ("acme/base", "RUN make /begin.py\n", "/begin.py", "warning"),
        ("acme/base", "", "/usr/bin/shop", "warning"),
        ("acme/base", "", "/other.py", "warning"),
        ("debian:12", "", "/begin.py", "warning"),
    ],
)
def test_a_program_of_a_base_of_the_project(base: str, step: str, becomes: str, severity: str, tmp_path: Path) -> None:
    """What it does is said where that base is made."""
    own = f"FROM debian:12 AS made\nRUN make\nFROM {base}\nRUN adduser --system postgres\n{step}COPY start.sh /\nEXPOSE 80\n"
    tree = {
        "all/Dockerfile": f'{own}ENTRYPOINT ["/start.sh"]\n',
        "all/start.sh": f'#!/bin/sh\nmkdir -p /a\nexec {becomes} "$@"\n',
        "Dockerfile-base": 'FROM debian:12\nCOPY begin.py /begin.py\nENTRYPOINT ["/begin.py"]\n',
        "begin.py": "",
    }
    assert [each.severity for each in found(tmp_path, tree, "all/Dockerfile", "all")] == [severity]


@pytest.mark.parametrize(
    ("step", "start", "user"),
    [
        ("RUN adduser --system postgres\nRUN gosu postgres initdb\n", '["node", "a.js"]', "USER node "),
        ("RUN chown -R redis /var/lib/redis\n", '["node", "a.js"]', "USER node "),
        ("RUN useradd redis\n", '["redis-server"]', "USER redis "),
        ("RUN useradd shop\nRUN useradd redis\n", '["node", "a.js"]', "USER shop "),
    ],
)
def test_the_user_of_a_server_beside_the_program(step: str, start: str, user: str, tmp_path: Path) -> None:
    (told,) = found(tmp_path, {"Dockerfile": f"FROM node:22\n{step}EXPOSE 8080\nCMD {start}\n", "a.js": ""})
    assert user in (told.remedy or "")


@pytest.mark.parametrize(
    ("image", "taken"),
    [("docker.io/acme/mail-server:1", True), ("docker.io/acme/web-server:1", False)],
)
def test_a_service_whose_image_is_called_like_the_project(image: str, taken: bool, tmp_path: Path) -> None:
    """Another spelling is the same name; all its volumes are given, and all ports named."""
    service = f"services:\n  a:\n    image: {image}\n    volumes:\n      - kept:/etc/mail\n      - logs:/var/log/acme\n"
    own = (
        'FROM debian:12\nEXPOSE \\\n  # Mail\n  25/tcp \\\n  # and more\n  465 8080 993\nCMD ["/srv/a", "/etc/mail"]\n'
    )
    root = tmp_path / "MailServer"
    (told,) = found(root, {"Dockerfile": own, "compose.yaml": service})
    assert ("mkdir -p /etc/mail /var/log/acme" in (told.remedy or "")) is taken
    assert ("instead of each of 25, 465 and 993" in (told.remedy or "")) is taken


RELEASE = (
    "FROM elixir:1.18 AS made\nWORKDIR /src\nCOPY . .\nRUN cargo build\nRUN mix do deps.get + release\nFROM debian:12\n{}"
    "COPY {}--from=made /src/_build/prod/rel/shop /opt/shop\nWORKDIR /opt/shop/bin\nCOPY run.sh ./\n"
    'EXPOSE 8080\nCMD ["sh", "run.sh"]\n'
)


@pytest.mark.parametrize(
    ("step", "flag", "does", "settings", "said"),
    [
        ("", "", "start", "config/runtime.exs", True),
        ("ENV RELEASE_TMP=/tmp\n", "", "start", "config/runtime.exs", False),
        ("RUN useradd shop\n", "--chown=shop ", "start", "config/runtime.exs", False),
        ("", "", "start", "config/config.exs", False),
        ("", "", "eval A.b", "config/runtime.exs", False),
    ],
)
def test_a_release_that_reads_settings_when_it_starts(
    step: str, flag: str, does: str, settings: str, said: bool, tmp_path: Path
) -> None:
    """It writes them below itself, unless it is told where, or belongs to the user."""
    tree = {
        "Dockerfile": RELEASE.format(step, flag),
        settings: "import Config\n",
        "mix.exs": "",
        "Cargo.toml": "",
        "native/a.rs": "",
    }
    (told,) = found(tmp_path, {**tree, "run.sh": f"#!/bin/sh\n./shop {does}\n"})
    assert ("ENV RELEASE_TMP=/tmp" in (told.remedy or "")) is said
