"""Whether `root-user` and the lessons of what ships hold, by who builds an image, who names it and what is laid over
it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support import projects
from support.command import told
from support.repositories import git

from ctxscan import scan
from ctxscan.opinions import review

NODE = "FROM node:22-alpine\nWORKDIR /app\nCOPY {} ./\nRUN npm install\nCMD {}\n"
SERVICE = "services:\n  web:\n    build: {}\n    volumes:\n      - {}\n    ports: ['80:80']\n"
PYTHON = "FROM python:3.13-slim\nRUN apt-get update && apt-get install -y git\nWORKDIR /app\n{}EXPOSE 80\n"
START = 'CMD ["python", "app.py"]\n'


def found(root: Path, files: dict[str, str | int], dockerfile: str) -> dict[str, dict[str, str]]:
    """The findings of the builds of a Dockerfile, by code."""
    git(projects.write(root, files), "init", "-q")
    builds = [
        each for each in told("--all", cwd=root) if Path(root, each["context"], each["dockerfile"]) == root / dockerfile
    ]
    return {each["code"]: each for build in builds for each in build["findings"]}


def told_of(root: Path, files: dict[str, str | int]) -> list[dict[str, Any]]:
    """What is told of all builds of a repository."""
    git(projects.write(root, files), "init", "-q")
    return list(told("--all", cwd=root))


def way(root: Path, files: dict[str, str | int], place: str, dockerfile: str = "Dockerfile") -> dict[str, str]:
    """The severity of `root-user`, and its remedy."""
    git(projects.write(root, files), "init", "-q")
    findings = review(scan(root / place, dockerfile=root / place / dockerfile)).findings or ()
    return {each.severity: each.remedy or "" for each in findings if each.code == "root-user"}


@pytest.mark.parametrize(
    ("script", "command", "mount", "speaks"),
    [
        ("ng serve", '["npm", "start", "--", "--host", "0.0.0.0"]', "./web/shop:/app", False),
        ("vite", '["yarn", "start"]', "./web/shop:/app", False),
        ("nodemon app.js", '["pnpm", "start"]', "./web/shop:/app", False),
        ("node app.js", '["npm", "start", "--", "--port", "80"]', "./web/shop:/app", True),
        ("ng serve", '["npm", "start", "--", "--host", "0.0.0.0"]', "./web/other:/app", False),
        ("ng serve", '["npm", "start"]', "data:/app/data", True),
    ],
)
def test_a_script_that_serves_mounted_sources(
    script: str, command: str, mount: str, speaks: bool, tmp_path: Path
) -> None:
    """Whatever it is given behind its name, if sources are mounted over all that the image has there."""
    manifest = f'{{"name": "shop", "scripts": {{"start": "{script}"}}}}'
    files: dict[str, str | int] = {
        "web/Dockerfile": NODE.format("shop/", command),
        "web/shop/package.json": manifest,
        "web/shop/app.js": 9,
        "web/other/app.js": 9,
        "compose.yaml": SERVICE.format("./web", mount),
    }
    assert ("root-user" in found(tmp_path, files, "web/Dockerfile")) is speaks


@pytest.mark.parametrize(
    ("brings", "mount", "speaks"),
    [
        ("", ".:/app", False),
        ("", "./docker:/app", False),
        ("", "./data:/app/data", True),
        ("", "./other:/app", True),
        ("COPY app.py .\n", ".:/app", True),
    ],
)
def test_the_whole_project_over_an_image_with_nothing_of_it(
    brings: str, mount: str, speaks: bool, tmp_path: Path
) -> None:
    files: dict[str, str | int] = {
        "docker/web/Dockerfile": PYTHON.format(brings) + START,
        "docker/web/app.py": 9,
        "compose.yaml": SERVICE.format("./docker/web", mount),
    }
    assert ("leftover-cache" in found(tmp_path, files, "docker/web/Dockerfile")) is speaks


PUSH = """\
jobs:
  a:
    steps:
      - uses: docker/build-push-action@v6
        with:
          context: {}
          push: {}
          tags: acme/mail:1
"""


@pytest.mark.parametrize("place", ["local-mail", "local", "docker/mail-dev", "dev"])
@pytest.mark.parametrize("push", ["true", "false"])
def test_what_is_pushed_ships_whatever_it_is_called(place: str, push: str, tmp_path: Path) -> None:
    files: dict[str, str | int] = {
        f"{place}/Dockerfile": PYTHON.format("COPY app.py .\n") + START,
        f"{place}/app.py": 9,
        ".github/workflows/a.yml": PUSH.format(place, push),
    }
    assert ("leftover-cache" in found(tmp_path, files, f"{place}/Dockerfile")) is (push == "true")


@pytest.mark.parametrize("place", ["mail-devices", "sundev"])
def test_a_directory_that_is_not_for_developers(place: str, tmp_path: Path) -> None:
    files: dict[str, str | int] = {
        f"{place}/Dockerfile": PYTHON.format("COPY app.py .\n") + START,
        f"{place}/app.py": 9,
    }
    assert "leftover-cache" in found(tmp_path, files, f"{place}/Dockerfile")


VALUES = "images:\n  web:\n    repository: ghcr.io/acme/{}\n    tag: '1'\n  jobs:\n    repository: acme/jobs\n"
TEMPLATE = """\
apiVersion: apps/v1
kind: Deployment
spec:
  template:
    spec:
      containers:
        - image: "{{{{ .Values.images.{key}.repository }}}}:{{{{ .Values.images.{key}.tag }}}}"
          securityContext:
            {says}
"""


@pytest.mark.parametrize(
    ("image", "key", "says", "severity"),
    [
        ("shop", "web", "runAsNonRoot: true", "note"),
        ("shop", "web", "runAsUser: 1001", "note"),
        ("shop", "web", "readOnly: true", "warning"),
        ("shop", "jobs", "runAsNonRoot: true", "warning"),
        ("other", "web", "runAsNonRoot: true", "warning"),
    ],
)
def test_the_image_of_a_template_by_the_values_of_its_chart(
    image: str, key: str, says: str, severity: str, tmp_path: Path
) -> None:
    files: dict[str, str | int] = {
        "Shop/Dockerfile": PYTHON.format("COPY app.py .\n") + START,
        "Shop/app.py": 9,
        "deploy/k8s/charts/shop/values.yaml": VALUES.format(image),
        "deploy/k8s/charts/shop/templates/web.yaml": TEMPLATE.format(key=key, says=says),
    }
    assert list(way(tmp_path, files, "Shop")) == [severity]


CACHES = """\
jobs:
  a:
    steps:
      - uses: docker/build-push-action@v6
        with:
          context: .
          target: engine
{}"""
STAGED = (
    "FROM almalinux:9 AS engine\nRUN dnf install -y gcc\nCOPY a.c .\nRUN gcc -o /a a.c\n\n"
    'FROM almalinux:9\n{}CMD ["/a"]\n'
)


@pytest.mark.parametrize(
    ("more", "last", "speaks"),
    [
        ("          cache-to: type=registry,ref=acme/cache:engine\n", "COPY --from=engine /a /a\n", False),
        ("          outputs: type=local,dest=out\n", "COPY --from=engine /a /a\n", False),
        ("          push: true\n          tags: acme/engine\n", "COPY --from=engine /a /a\n", True),
    ],
)
def test_a_stage_that_fills_a_cache(more: str, last: str, speaks: bool, tmp_path: Path) -> None:
    """Later ones take files of it alone, and nobody gets an image."""
    files: dict[str, str | int] = {
        "Dockerfile": STAGED.format(last),
        "a.c": 9,
        ".github/workflows/a.yml": CACHES.format(more),
    }
    git(projects.write(tmp_path, files), "init", "-q")
    findings = [
        each["code"]
        for build in told("--all", cwd=tmp_path)
        if build["target"] == "engine"
        for each in build["findings"]
    ]
    assert ("leftover-cache" in findings) is speaks


@pytest.mark.parametrize(
    ("run", "severity"),
    [
        ("gosu root:root bash setup.sh", "warning"),
        ("gosu nobody true", "warning"),
        ("wget -O /usr/local/bin/gosu https://example.com/gosu && gosu --version", "warning"),
        ('echo "#!/bin/sh" > /start.sh && echo "exec gosu nobody python app.py" >> /start.sh', ""),
        ('echo "#!/bin/sh" > /start.sh && echo "exec python app.py" >> /start.sh', "warning"),
        ('echo "#!/bin/sh" > /start.sh && echo "exec \\"$@\\"" >> /start.sh', "note"),
        ("printf '#!/bin/sh\\nexec su-exec nobody python app.py\\n' > /start.sh", ""),
    ],
)
def test_who_becomes_somebody_in_a_run(run: str, severity: str, tmp_path: Path) -> None:
    """That of a step says nothing of the start; the script that a step writes does, if all of it can be read."""
    start = 'ENTRYPOINT ["/start.sh"]\n' if "start.sh" in run else START
    dockerfile = PYTHON.format(f"COPY app.py .\nRUN {run}\n") + start
    assert "".join(way(tmp_path, {"Dockerfile": dockerfile, "app.py": 9}, ".")) == severity


@pytest.mark.parametrize(
    ("held", "severity"),
    [
        ("COPY --chmod=755 <<EOF /start.sh\n#!/bin/sh\nexec su-exec nobody python app.py\nEOF\n", ""),
        ("COPY --chmod=755 <<EOF /start.sh\n#!/bin/sh\nexec python app.py\nEOF\n", "warning"),
        ("COPY --chmod=755 <<start.sh /\n#!/bin/sh\nexec python app.py\nstart.sh\n", "warning"),
        ("RUN cat <<EOF > /start.sh\n#!/bin/sh\nexec su-exec nobody python app.py\nEOF\n", ""),
        ("RUN <<EOF\ncat > /start.sh <<END\n#!/bin/sh\nexec python app.py\nEND\nEOF\n", "warning"),
    ],
)
def test_a_start_script_in_the_dockerfile(held: str, severity: str, tmp_path: Path) -> None:
    dockerfile = PYTHON.format(f"COPY app.py .\n{held}") + 'ENTRYPOINT ["/start.sh"]\n'
    assert "".join(way(tmp_path, {"Dockerfile": dockerfile, "app.py": 9}, ".")) == severity


@pytest.mark.parametrize(("start", "speaks"), [("npm run start", False), ("node dist/main", True)])
def test_development_packages_of_a_script_that_a_run_writes(start: str, speaks: bool, tmp_path: Path) -> None:
    """What it starts with them keeps them."""
    manifest = (
        '{"name": "shop", "scripts": {"start": "nest start"}, "dependencies": {"pg": "8.0.0"},'
        ' "devDependencies": {"@nestjs/cli": "10.0.0", "typescript": "5.0.0"}}'
    )
    lock = manifest.replace('"name": "shop"', '"name": "shop", "lockfileVersion": 3, "packages": {}')
    script = f"RUN echo '#!/bin/sh' > go.sh && echo '{start}' >> go.sh && chmod +x go.sh\n"
    dockerfile = f'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\n{script}ENTRYPOINT ["./go.sh"]\n'
    files: dict[str, str | int] = {"Dockerfile": dockerfile, "package.json": manifest, "package-lock.json": lock}
    assert ("dev-dependencies" in found(tmp_path, files, "Dockerfile")) is speaks


@pytest.mark.parametrize(
    ("more", "severities"),
    [
        ({"build.sh": "docker build docker/java --tag shop-java:build\n"}, ["warning"]),
        ({"build.sh": "docker build -t shop-java:build -f docker/java/Dockerfile .\n"}, ["warning"]),
        ({"build.sh": "IMAGE=shop-java\ndocker build -t $IMAGE:build docker/java\n"}, ["warning"]),
        ({"compose.yaml": "services:\n  a:\n    build: docker/java\n    image: shop-java:build\n"}, ["warning"]),
        ({"build.sh": "docker build docker/java --tag other:build\n"}, []),
        ({"build.sh": "docker build docker/user --tag shop-java:build\n"}, []),
        ({}, []),
    ],
)
def test_a_base_that_a_script_of_the_project_builds(
    more: dict[str, str | int], severities: list[str], tmp_path: Path
) -> None:
    """It leaves its user root where its Dockerfile says so."""
    files: dict[str, str | int] = {
        "docker/web/Dockerfile": 'FROM shop-java:build\nCOPY run /opt/\nEXPOSE 80\nCMD ["/opt/run"]\n',
        "docker/web/run": "#!/bin/sh\nexec java -jar /a.jar\n",
        "docker/java/Dockerfile": "FROM alpine:3.20\nRUN apk add --no-cache openjdk21\n",
        "docker/user/Dockerfile": "FROM alpine:3.20\nUSER nobody\n",
        **more,
    }
    assert list(way(tmp_path, files, "docker/web")) == severities


ENV = """\
env:
  WEB_IMAGE: {}
jobs:
  a:
    steps:
      - run: |
          docker build -t $WEB_IMAGE:latest ./front
          docker push $WEB_IMAGE:latest
"""
POD = (
    "apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n"
    "        - image: acme/shop-web:latest\n"
)


@pytest.mark.parametrize(("image", "says"), [("acme/shop-web", True), ("acme/other", False)])
def test_the_name_that_a_variable_of_a_workflow_gives(image: str, says: bool, tmp_path: Path) -> None:
    """A manifest that names it is that of the image."""
    files: dict[str, str | int] = {
        "front/Dockerfile": PYTHON.format("COPY app.py .\n") + START,
        "front/app.py": 9,
        "k8s/web.yaml": POD,
        ".github/workflows/a.yml": ENV.format(image),
    }
    (remedy,) = way(tmp_path, files, "front").values()
    assert ("in Kubernetes a port above 1023" in remedy) is says


@pytest.mark.parametrize(
    ("pin", "remedy"),
    [("@sha256:" + "a" * 64, "USER nonroot at the end (the image has that user)"), ("", "FROM {}:nonroot")],
)
def test_a_digest_that_another_tag_would_drop(pin: str, remedy: str, tmp_path: Path) -> None:
    base = "gcr.io/distroless/nodejs22-debian12"
    dockerfile = f'FROM {base}{pin}\nWORKDIR /app\nCOPY app.js .\nEXPOSE 80\nCMD ["app.js"]\n'
    written = way(tmp_path, {"Dockerfile": dockerfile, "app.js": 9}, ".")
    assert all(each.startswith(remedy.format(base)) for each in written.values())
    assert written
    if pin:
        projects.write(tmp_path, {"Dockerfile": dockerfile.replace("CMD", "USER nonroot\nCMD")})
        assert not way(tmp_path, {}, ".")


@pytest.mark.parametrize(("repository", "named"), [("acme/shop", True), ("acme/other", False)])
def test_what_goes_on_from_the_default_of_an_argument(repository: str, named: bool, tmp_path: Path) -> None:
    files: dict[str, str | int] = {
        "package.json": '{"name": "shop"}',
        "deploy/Dockerfile.app": PYTHON.format("COPY app.py .\n") + START,
        "deploy/Dockerfile": f"ARG TAG=1\nARG REPO={repository}\n\nFROM ghcr.io/$REPO:$TAG\nRUN apt-get install -y x\n",
        "deploy/app.py": 9,
    }
    (remedy,) = way(tmp_path, files, "deploy", "Dockerfile.app").values()
    assert ("USER root below FROM in deploy/Dockerfile:4" in remedy) is named


BASE = PYTHON.format("COPY app.py .\n").replace("EXPOSE 80\n", "").replace("-slim", "")


@pytest.mark.parametrize("entry", ["", "ENTRYPOINT []\n"])
@pytest.mark.parametrize(
    ("base", "end", "name", "speaks"),
    [
        ("$REPO/shop_api_base:1", START, "Dockerfile.api", True),
        ("$REPO/shop_api_base:1", "RUN true\n", "Dockerfile.api", False),
        ("$REPO/shop_other:1", START, "Dockerfile.api", False),
        ("$REPO/shop_api_base:1", START, "Dockerfile.dev", False),
        ("$REPO/shop_api_base:1 AS base\nFROM alpine:3.20", START, "Dockerfile.api", False),
    ],
)
def test_a_base_that_ships_in_another_image(
    entry: str, base: str, end: str, name: str, speaks: bool, tmp_path: Path
) -> None:
    """It has no command itself, and what lies in it lies in that."""
    files: dict[str, str | int] = {
        "Dockerfile.api_base": BASE + entry,
        name: f"ARG REPO=acme\nFROM {base}\n{end}",
        "app.py": 9,
    }
    codes = found(tmp_path, files, "Dockerfile.api_base")
    assert ("leftover-cache" in codes) is speaks
    assert not {"root-user", "fat-base"} & codes.keys()


@pytest.mark.parametrize(
    ("scripts", "mount", "speaks"),
    [
        ('"start": "gatsby develop -H 0.0.0.0"', "", False),
        ('"start": "npm run serve", "serve": "tsc && NODE_ENV=x next dev"', "", False),
        ('"start": "npm run serve", "serve": "next start"', "./shop/src:/app/src", True),
        ('"start": "npm start"', "./shop/src:/app/src", True),
        ('"start": "nodemon app.js"', "./shop/src:/app/src", False),
        ('"start": "nodemon app.js"', "./shop/src:/app/other", True),
        ('"start": "nodemon app.js"', "./other:/app/src", True),
        ('"start": "node app.js"', "./shop/src:/app/src", True),
    ],
)
def test_a_script_for_developers_by_its_command(scripts: str, mount: str, speaks: bool, tmp_path: Path) -> None:
    """It says that it is, or a part of what it serves is mounted over the image."""
    files: dict[str, str | int] = {
        "shop/Dockerfile": NODE.format(".", '["npm", "start"]'),
        "shop/package.json": f'{{"scripts": {{{scripts}}}}}',
        "shop/src/a.js": 9,
        "other/a.js": 9,
    }
    files |= {"compose.yaml": SERVICE.format("./shop", mount)} if mount else {}
    assert ("root-user" in found(tmp_path, files, "shop/Dockerfile")) is speaks


@pytest.mark.parametrize(
    ("start", "command", "mount", "speaks"),
    [
        ('ENTRYPOINT ["yarn"]', "develop --host=0.0.0.0", ".:/app", False),
        ('ENTRYPOINT ["yarn"]', "web", ".:/app", False),
        ('CMD ["A=1 yarn add a"]\nENTRYPOINT ["yarn"]', "develop", ".:/app", False),
        ('ENTRYPOINT ["yarn"]\nCMD ["serve"]', "develop", ".:/app", True),
        ('ENTRYPOINT ["yarn"]', "serve", ".:/app", True),
        ('ENTRYPOINT ["yarn"]', "develop", "data:/app/data", True),
        ('CMD ["node", "a.js"]', "yarn develop", ".:/app", True),
    ],
)
def test_a_command_of_a_service_for_developers(
    start: str, command: str, mount: str, speaks: bool, tmp_path: Path
) -> None:
    """What the service gives an entry point takes the place of CMD; an image that has a program of its own ships."""
    files: dict[str, str | int] = {
        "Dockerfile": f"FROM node:22\nWORKDIR /app\nCOPY . .\nEXPOSE 80\n{start}\n",
        "package.json": '{"scripts": {"serve": "node a.js", "web": "vite"}}',
        "a.js": 9,
        "compose.yaml": f"{SERVICE.format('.', mount)}    command: {command}\n",
    }
    assert ("root-user" in found(tmp_path, files, "Dockerfile")) is speaks


@pytest.mark.parametrize(
    ("command", "more", "mount", "speaks"),
    [
        ("python manage.py runserver 0.0.0.0:80", {}, ".:/app", False),
        ("python manage.py runserver 0.0.0.0:80", {}, "data:/app/data", True),
        ("python manage.py runserver 0.0.0.0:80", {"a.sh": "docker push acme/shop\n"}, ".:/app", False),
        (
            "python manage.py runserver 0.0.0.0:80",
            {".github/workflows/a.yml": PUSH.format(".", "true")},
            ".:/app",
            True,
        ),
        ("uvicorn shop:app --reload", {}, "./src:/app", False),
        ("./start.sh", {"start.sh": "#!/bin/sh\n./gradlew bootRun\n"}, ".:/app", False),
        ("./start.sh", {"start.sh": "#!/bin/sh\nexec java -jar shop.jar\n"}, ".:/app", True),
        ("go run ./shop", {}, ".:/app", False),
        ("go-run shop", {}, ".:/app", True),
    ],
)
def test_what_runs_sources_that_a_service_lays_over_the_image(
    command: str, more: dict[str, str | int], mount: str, speaks: bool, tmp_path: Path
) -> None:
    """Alone the command does not tell: many have it in what they ship."""
    files: dict[str, str | int] = {
        "Dockerfile": PYTHON.format("COPY . .\n") + f"CMD exec {command}\n",
        "src/a.py": 9,
        "compose.yaml": SERVICE.format(".", mount),
        **more,
    }
    assert ("root-user" in found(tmp_path, files, "Dockerfile")) is speaks


@pytest.mark.parametrize(
    ("says", "script", "severity"),
    [
        ("command: ./up.sh", "exec gosu shop python a.py", "note"),
        ("command: ./up.sh", "exec python a.py", "warning"),
        ("command: ./up.sh", "exec chroot --userspec=shop / python a.py", "note"),
        ("command: ./up.sh", "exec gunicorn -u shop a:app", "note"),
        ("command: ./up.sh", "exec gunicorn a:app", "warning"),
        ("command: ./up.sh", "exec php-fpm8.3 -F", "note"),
        ("entrypoint: [doas, -u, shop, python, a.py]", "", "note"),
        ("command: [php-fpm83, -F]", "", "note"),
        ("user: shop", "", "note"),
        ("user: '0'\n    command: su-exec shop python a.py", "", "note"),
        ("command: ./up.sh\n  more:\n    build: .", "exec gosu shop python a.py", "warning"),
        ("command: ./up.sh\n  more:\n    build: .\n    user: shop", "exec gosu shop python a.py", "note"),
    ],
)
def test_services_that_give_up_root_for_a_program(says: str, script: str, severity: str, tmp_path: Path) -> None:
    """All of them do; whoever runs the image by hand has root."""
    files: dict[str, str | int] = {
        "Dockerfile": PYTHON.format("COPY . .\n") + START,
        "app.py": 9,
        "up.sh": f"#!/bin/sh\n{script}\n",
        "compose.yaml": SERVICE.format(".", "data:/data") + f"    {says}\n",
    }
    assert [*way(tmp_path, files, ".")] == [severity]


@pytest.mark.parametrize(
    ("file", "run", "severity"),
    [
        ("run.sh", "docker run -d --user 1000:1000 -p 80:80 acme/shop", "note"),
        ("Makefile", "docker run -u $(id -u) acme/shop:1", "note"),
        ("README.md", "podman run --user=nobody -p 80:80 acme/shop", "note"),
        ("run.sh", "docker run -d --user root -p 80:80 acme/shop", "warning"),
        ("run.sh", "docker run -d --user 0 -p 80:80 acme/shop", "warning"),
        ("run.sh", "docker run -d --user 1000 -p 80:80 acme/other", "warning"),
        ("run.sh", "docker run -d acme/shop --user 1000", "warning"),
        ("run.sh", "docker run --user 1 acme/shop\n\tdocker run -p 80:80 acme/shop", "warning"),
    ],
)
def test_commands_that_run_an_image_as_somebody(file: str, run: str, severity: str, tmp_path: Path) -> None:
    files: dict[str, str | int] = {
        "Dockerfile": PYTHON.format("COPY app.py .\n") + START,
        "app.py": 9,
        "build.sh": "docker build -t acme/shop .\n",
        file: f"all:\n\t{run}\n",
    }
    builds = [each for each in told_of(tmp_path, files) if each["dockerfile"] == "Dockerfile"]
    assert {f["severity"] for b in builds for f in b["findings"] if f["code"] == "root-user"} == {severity}


@pytest.mark.parametrize(
    ("base", "command", "severities"),
    [
        ("elasticsearch:8.15.0\nUSER root", "", []),
        ("solr:9.7\nUSER root", "", ["warning"]),
        ("debian:12", "CMD memcached -u nobody\n", []),
        ("debian:12", "CMD memcached\n", ["warning"]),
        ("debian:12", 'CMD ["/usr/sbin/php-fpm8.2", "-F"]\n', []),
        ("debian:12", 'CMD ["varnishd", "-F"]\n', []),
        ("debian:12", 'CMD ["redis-server"]\n', ["warning"]),
        ("node:22", 'CMD ["yarn", "workspace", "shop", "migrate"]\n', ["warning"]),
    ],
)
def test_programs_that_drop_root_by_themselves(base: str, command: str, severities: list[str], tmp_path: Path) -> None:
    files: dict[str, str | int] = {"Dockerfile": f"FROM {base}\nCOPY a /a\nEXPOSE 80\n{command}", "a": 9}
    assert [*way(tmp_path, files, ".")] == severities


@pytest.mark.parametrize(
    ("command", "severity"), [("yarn workspace shop migrate", "note"), ("yarn workspace shop start", "warning")]
)
def test_a_job_by_its_last_word(command: str, severity: str, tmp_path: Path) -> None:
    files: dict[str, str | int] = {"Dockerfile": f"FROM node:22\nCOPY a /a\nCMD {command}\n", "a": 9}
    assert [*way(tmp_path, files, ".")] == [severity]


@pytest.mark.parametrize(
    ("script", "text", "mount", "speaks"),
    [
        ("start-dev.sh", "while true; do\n  python manage.py runserver_plus\n  sleep 1\ndone", ".:/app", False),
        ("start-dev.sh", "while true; do python manage.py runserver_plus; sleep 1; done", ".:/app", False),
        ("start-dev.sh", "while true; do\n  python manage.py runserver_plus\ndone", "data:/app/data", True),
        ("start-device.sh", "exec python a.py", ".:/app", True),
        ("start.sh", "exec python a.py", ".:/app", True),
        ("start.sh", "while true; do fastapi dev a.py; done", "data:/app/data", False),
        ("start.sh", "while true; do\n  fastapi dev a.py\ndone", "data:/app/data", False),
    ],
)
def test_a_start_script_for_developers(script: str, text: str, mount: str, speaks: bool, tmp_path: Path) -> None:
    """By its name, with the sources laid over the image; or by what it repeats, in one line or in several."""
    files: dict[str, str | int] = {
        "Dockerfile": PYTHON.format("COPY . .\n") + f"CMD ./{script}\n",
        script: f"#!/bin/bash\n{text}\n",
        "a.py": 9,
        "compose.yaml": SERVICE.format(".", mount),
    }
    assert {"root-user", "shell-form-command"} & found(tmp_path, files, "Dockerfile").keys() == (
        {"root-user", "shell-form-command"} if speaks else set()
    )


@pytest.mark.parametrize("base", ["solr:9.7", "python:3.13-slim\nRUN pip install a"])
@pytest.mark.parametrize(
    ("copied", "command", "mount", "script", "severity"),
    [
        ("COPY up.sh /up.sh", "/up.sh", "kept:/kept", "exec gosu shop serve", ""),
        ("COPY up.sh /up.sh", "/up.sh", "kept:/kept", "exec serve --port 80", "warning"),
        ("", "/tree/shop/up.sh", ".:/tree", 'su -c "\\\n  serve" -m shop', ""),
        ("", "/tree/shop/up.sh", ".:/tree", "serve", "warning"),
        ("", "/tree/shop/up.sh", ".:/tree", "/tree/shop/more.sh", ""),
        ("", "/tree/shop/up.sh", ".:/tree", "pip3 uninstall -y a\npip3 install -e .\nexec serve", "note"),
        ("", "/tree/shop/up.sh", ".:/tree", "pip3 install --user -e .\nexec serve", "warning"),
        ("", "/tree/shop/up.sh", ".:/tree", "# exec gosu shop serve\nexec serve", "warning"),
    ],
)
def test_a_script_that_a_service_starts(
    base: str, copied: str, command: str, mount: str, script: str, severity: str, tmp_path: Path
) -> None:
    """It is read where the image has it, and where the repository is laid over that."""
    files: dict[str, str | int] = {
        "shop/Dockerfile": f"FROM {base}\nUSER root\n{copied}\n" if "solr" in base else f"FROM {base}\n{copied}\n",
        "shop/up.sh": f"#!/bin/bash\nset -e\n{script}\n",
        "shop/more.sh": "#!/bin/sh\nexec setpriv --reuid=shop serve\n",
        "compose.yaml": f"{SERVICE.format('./shop', mount)}    command: {command}\n",
    }
    assert "".join(way(tmp_path, files, "shop")) == severity


@pytest.mark.parametrize(
    ("source", "mount", "said"),
    [
        ("open(place(), 'w')\n", ".:/app", True),
        ("open(place(), 'w')\n", "./kept:/app/kept", False),
        ("open(place(), 'w')\n", ".:/app\n    user: 1000:1000", False),
        ("print(1)\n", ".:/app", False),
        ("open('kept/a', 'w')\n", ".:/app", False),
    ],
)
def test_what_is_written_somewhere_below_mounted_sources(source: str, mount: str, said: bool, tmp_path: Path) -> None:
    """A chown in the image changes nothing there, and the sources as a whole are nobody's to give away."""
    files: dict[str, str | int] = {
        "Dockerfile": PYTHON.format("COPY . .\n") + 'CMD ["python", "a.py"]\n',
        "a.py": source,
        "compose.yaml": SERVICE.format(".", mount),
    }
    (told,) = way(tmp_path, files, ".").values()
    assert ("chown on the host what it writes to in /app, as the sources are mounted there" in told) is said
    assert ("chown -R 10001 ./kept on the host" in told) is ("kept" in source)
