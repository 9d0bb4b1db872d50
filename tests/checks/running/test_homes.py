"""What lies in the home of root, where nobody else gets."""

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


PYTHON = "FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\n"
BY_TWO = "FROM {}:3.12 AS made\nRUN pip install --user -r requirements.txt\nFROM {}:3.12\nWORKDIR /app\n"
TAKEN = 'COPY --from=made {} {}\nENV PATH=/root/.local/bin:$PATH\nCOPY . .\nEXPOSE 80\nCMD ["python3", "a.py"]\n'
SOURCES = {"a.py": "print()\n", "requirements.txt": "flask\n"}


@pytest.mark.parametrize(
    ("image", "taken", "said"),
    [
        ("python", ("/root/.local", "/root/.local"), "COPY to /usr/local instead of /root/.local"),
        ("acme/python", ("/root/.local", "/root/.local"), None),
        ("debian", ("/root/.local", "/root/.local"), "COPY --chown=10001 on line 5, to /home/app/.local instead of"),
        ("python", ("/root/.local/bin", "/root/.local/bin"), "move what is in /root/.local/bin out of /root"),
        ("python", ("/root/.local", "/usr/local"), "move what is in /root/.local/bin out of /root"),
    ],
)
def test_packages_that_another_stage_installs_for_root(
    image: str, taken: tuple[str, str], said: str | None, tmp_path: Path
) -> None:
    """All of them go where everybody finds them: to move their programs would not do."""
    dockerfile = BY_TWO.format(image, image) + TAKEN.format(*taken)
    if said is not None:
        assert said in way(tmp_path, dockerfile, SOURCES)


@pytest.mark.parametrize(
    ("install", "said"),
    [
        ("pip install --user -r requirements.txt", "no --user on line 4"),
        ("python -m pip install --user flask", "no --user on line 4"),
        ("pip install -r requirements.txt", None),
        ("echo --user", None),
    ],
)
def test_packages_that_a_step_installs_for_root(install: str, said: str | None, tmp_path: Path) -> None:
    remedy = way(tmp_path, f'{PYTHON}RUN {install}\nEXPOSE 80\nCMD ["python", "a.py"]\n', SOURCES)
    assert (said or "--user on") in remedy if said else "--user" not in remedy


@pytest.mark.parametrize(
    ("setting", "install", "start", "said"),
    [
        ("", "pipenv install", "pipenv run python a.py", "PIPENV_VENV_IN_PROJECT=1 above line 4"),
        ("", "pipenv sync", "pipenv run python a.py", "PIPENV_VENV_IN_PROJECT=1 above line 4"),
        ("", "poetry install --no-root", "poetry run python a.py", "POETRY_VIRTUALENVS_IN_PROJECT=true above line 4"),
        ("", "pipenv install --system", "pipenv run python a.py", None),
        ("", "pipenv install", "python a.py", None),
        ("ENV PIPENV_VENV_IN_PROJECT=1", "pipenv install", "pipenv run python a.py", None),
        ("ENV POETRY_VIRTUALENVS_CREATE=false", "poetry install", "poetry run python a.py", None),
        ("RUN poetry config virtualenvs.in-project true", "poetry install", "poetry run python a.py", None),
        ("ENV WORKON_HOME=/opt/envs", "pipenv install", "pipenv run python a.py", None),
    ],
)
def test_an_environment_in_the_home_of_root(
    setting: str, install: str, start: str, said: str | None, tmp_path: Path
) -> None:
    """The program that looks for it there is somebody else's."""
    dockerfile = f"{PYTHON}{setting}\nRUN {install}\nEXPOSE 80\nCMD {start}\n".replace("\n\n", "\n")
    remedy = way(tmp_path, dockerfile, SOURCES)
    assert said in remedy if said is not None else "only root finds" not in remedy


STARTED = 'FROM golang:1.24 AS made\nWORKDIR /src\nCOPY . .\nRUN go build -o a .\nFROM {}\n{}\nEXPOSE 80\nCMD ["{}"]\n'
GO = {"go.mod": "module acme/a\n", "main.go": 'package main\nfunc main() { os.MkdirAll("./kept", 0o755) }\n'}


@pytest.mark.parametrize(
    ("steps", "start", "said"),
    [
        ("WORKDIR /root/\nCOPY --from=made /src/a .", "./a", "mkdir -p /app/kept && chown -R app /app/kept, then"),
        (
            "WORKDIR /root/\nCOPY --from=made /src/a .",
            "./a",
            "WORKDIR /app instead of /root, which only root can enter",
        ),
        ("WORKDIR /root\nCOPY --from=made /src/a /root/a", "/root/a", "move the program out of /root"),
        ("WORKDIR /srv\nCOPY --from=made /src/a .", "./a", "mkdir -p /srv/kept && chown -R app /srv/kept, then"),
    ],
)
def test_a_program_in_the_home_of_root(steps: str, start: str, said: str, tmp_path: Path) -> None:
    """What it writes where it works is there as well."""
    assert said in way(tmp_path, STARTED.format("alpine:3.20", steps, start), GO)


def test_a_workplace_where_nothing_is(tmp_path: Path) -> None:
    """The user has a home."""
    dockerfile = 'FROM node:22\nCOPY a.js /srv/\nWORKDIR /root\nEXPOSE 80\nCMD ["node", "/srv/a.js"]\n'
    assert "WORKDIR /home/node instead of /root" in way(tmp_path, dockerfile, {"a.js": ""})


RUN = "# Shop\n\n```\ndocker run -d -v {}:/root/.shop -p 80:80 {}\n```\n"


@pytest.mark.parametrize(
    ("page", "text", "moved"),
    [
        ("README.md", RUN.format("kept", "acme/shop"), True),
        ("docs/docker.mdx", RUN.format("kept", "acme/shop:1.2"), True),
        ("docs/run.md", RUN.format("kept", "acme/other"), False),
        ("README.md", RUN.format("kept", "acme/shop").replace("/root/.shop", "/srv/shop"), False),
    ],
)
def test_volumes_that_readers_mount(page: str, text: str, moved: bool, tmp_path: Path) -> None:
    """Where a page has everybody mount what the program keeps, it is found in another home."""
    dockerfile = 'FROM debian:12\nCOPY shop /usr/bin/\nEXPOSE 80\nENTRYPOINT ["/usr/bin/shop"]\nCMD ["serve"]\n'
    said = way(tmp_path, dockerfile, {".git/HEAD": "x\n", "go.mod": "module a.b/shop\n", "shop": "", page: text})
    assert ("/home/app instead of /root, which only root can enter, for the mount at /root/.shop" in said) is moved
    assert ("chown -R app /home/app/.shop" in said) is moved


STAGES = 'FROM debian:12 AS other\nCOPY --chown={} a /srv/\nFROM node:22\nCOPY a.js /srv/\nCMD ["node", "/srv/a.js"]\n'
MANIFEST = "kind: Deployment\nspec:\n  image: acme/shop\n  runAsUser: {}\n"


@pytest.mark.parametrize(("owner", "user"), [("1001:1001", "1001:1001"), ("app", "node"), ("1000", "node")])
def test_the_number_of_other_stages(owner: str, user: str, tmp_path: Path) -> None:
    """All images of the Dockerfile run as the same user."""
    dockerfile = STAGES.format(owner).replace("CMD", "EXPOSE 80\nCMD")
    assert f"USER {user} at the end" in way(tmp_path, dockerfile, {"a": "", "a.js": ""})


@pytest.mark.parametrize(("numbers", "user"), [(["2000"], "2000"), (["2000", "3000"], "node")])
def test_the_number_of_manifests(numbers: list[str], user: str, tmp_path: Path) -> None:
    """They say who runs it; where two of them differ, neither does."""
    dockerfile = 'FROM node:22\nCOPY a.js /srv/\nEXPOSE 80\nCMD ["node", "/srv/a.js"]\n'
    tree = {f"k8s/{each}.yaml": MANIFEST.format(each) for each in numbers}
    projects.write(tmp_path, {".git/HEAD": "x\n", **tree})
    assert f"USER {user} at the end" in way(tmp_path / "shop", dockerfile, {"a.js": ""})


@pytest.mark.parametrize(
    ("image", "said"),
    [
        ("tomcat:9-jdk17-corretto", "USER 10001:10001"),
        ("maven:3-amazoncorretto-17", "USER 10001:10001"),
        ("tomcat:9-jdk17-temurin", "useradd"),
        ("amazoncorretto:17-alpine", "adduser"),
    ],
)
def test_images_that_make_no_users(image: str, said: str, tmp_path: Path) -> None:
    """Somebody by a number needs none."""
    dockerfile = f'FROM {image}\nCOPY a.jar /srv/\nEXPOSE 80\nCMD ["java", "-jar", "/srv/a.jar"]\n'
    assert said in way(tmp_path, dockerfile, {"a.jar": ""})


LOADS = "FROM {}\nWORKDIR /srv\nCOPY . .\n{}\nEXPOSE 80\nCMD {}\n"


@pytest.mark.parametrize(
    ("image", "run", "start", "said"),
    [
        (
            "clojure",
            "RUN clojure -P",
            "clojure -M:run",
            "RUN useradd --system --create-home --uid 10001 app && mkdir -p /srv && chown app /srv above line 4 and "
            "USER app above and USER root below it, or each start loads again what they load",
        ),
        ("clojure", "RUN lein deps\nRUN lein compile", "lein run", "USER app above and USER root below lines 4 and 5"),
        ("clojure", "RUN lein uberjar", "java -jar /srv/a.jar", None),
        ("maven:3", "RUN mvn package", "mvn spring-boot:run", "ENV MAVEN_OPTS=-Dmaven.repo.local=/opt/m2 above line 4"),
        ("maven:3", "RUN mvn package", "java -jar /srv/a.jar", None),
        ("eclipse-temurin:21", "RUN ./gradlew build", "./gradlew bootRun", "ENV GRADLE_USER_HOME=/opt/gradle-home"),
        ("elixir:1.17", "RUN mix local.hex --force", "mix phx.server", "ENV MIX_HOME=/opt/mix above line 4"),
        ("node:22", "RUN npm ci", "node a.js", "ENV PUPPETEER_CACHE_DIR=/opt/puppeteer above line 4"),
        ("node:22", "RUN PUPPETEER_SKIP_DOWNLOAD=1 npm ci", "node a.js", None),
        ("node:22", "ENV PUPPETEER_EXECUTABLE_PATH=/usr/bin/a\nRUN npm ci", "node a.js", None),
    ],
)
def test_what_is_loaded_when_it_is_built(image: str, run: str, start: str, said: str | None, tmp_path: Path) -> None:
    """The program finds it as well where somebody else starts it, and does not load it again."""
    tree = {"package.json": '{"dependencies": {"puppeteer": "^22.1.0"}}', "a.js": "", "a.jar": "", "gradlew": ""}
    remedy = way(tmp_path, LOADS.format(image, run, start), tree)
    assert said in remedy if said else not any(each in remedy for each in ("ENV ", "above line", "USER root"))
