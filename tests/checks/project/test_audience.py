"""Of whose builds a lesson speaks, and of what images: facts and errors are told of every one."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from support import projects
from support.command import told

from ctxscan import scan
from ctxscan.opinions import review

LOOSE = "FROM node\nWORKDIR /app\nCOPY gone .\nCMD npm start\n"
LESSONS = {"unpinned-base", "root-user", "shell-form-command"}


def codes(root: Path, context: str, dockerfile: str) -> set[str]:
    found = scan(root / context, dockerfile=root / dockerfile)
    return {each.code for each in review(found).findings or ()} & {*LESSONS, "missing-input"}


@pytest.mark.parametrize(
    ("base", "told"),
    [("registry.example/cloud-workstations-images/predefined/base", False), ("registry.example/workstations", True)],
)
def test_an_image_in_which_programs_are_written(base: str, told: bool, tmp_path: Path) -> None:
    """Nobody ships what is built on it."""
    projects.write(tmp_path, {"Dockerfile": f"FROM {base}:latest\nCMD npm start\n"})
    assert ("unpinned-base" in codes(tmp_path, ".", "Dockerfile")) is told


@pytest.mark.parametrize(
    ("context", "dockerfile"),
    [
        ("vendor/github.com/x/y", "vendor/github.com/x/y/Dockerfile"),
        ("web/node_modules/x", "web/node_modules/x/Dockerfile"),
        (".", "third_party/x/Dockerfile"),
        ("pkg/testdata/a", "pkg/testdata/a/Dockerfile"),
        ("test/fixtures/b", "test/fixtures/b/Dockerfile"),
        (".", ".devcontainer/Dockerfile"),
        (".", "Dockerfile.dev"),
        (".", "docker/test.Dockerfile"),
        (".", "ci/Dockerfile"),
        (".", ".github/images/Dockerfile"),
        (".", "hack/Dockerfile"),
        (".", ".dev/Dockerfile"),
        (".", "build/_local/Dockerfile"),
        (".", "Dockerfile-tilt"),
        (".", "builders/linux.x86_64/Dockerfile"),
        ("pkg/shots", "pkg/shots/tool/Dockerfile.diff"),
        (".", "docker/develop/bookworm/Dockerfile"),
        (".", "docker/dummy/oidc/Dockerfile"),
        (".", "compose/local/django/Dockerfile"),
        (".", "images/test-hdfs/Dockerfile"),
        (".", "profiling/Dockerfile"),
        (".", "performance/mock/Dockerfile"),
        (".", "compose/local_worker/django/Dockerfile"),
        (".", "Dockerfile.test2"),
        (".", "Dockerfile.documentation"),
        (".", "attacker.Dockerfile"),
        (".", ".clusterfuzzlite/Dockerfile"),
        (".", "workstation/setup/Dockerfile"),
    ],
)
def test_no_lesson_where_nobody_asks_for_one(context: str, dockerfile: str, tmp_path: Path) -> None:
    """What others wrote, and images for development and tests: what fails is told, and nothing else."""
    projects.write(tmp_path, {".git/HEAD": "ref: refs/heads/main\n", ".git/config": "", dockerfile: LOOSE})
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    assert codes(tmp_path, context, dockerfile) == {"missing-input"}


def test_a_command_that_never_runs_is_told_of_every_image(tmp_path: Path) -> None:
    """One that is meant for an array and is none, also in an image for development, though not in what others wrote."""
    broken = LOOSE.replace("npm start", "['npm', 'run', 'dev']")
    projects.write(tmp_path, {"Dockerfile.dev": broken, "vendor/x/Dockerfile": broken})
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    assert codes(tmp_path, ".", "Dockerfile.dev") == {"missing-input", "shell-form-command"}
    assert codes(tmp_path, "vendor/x", "vendor/x/Dockerfile") == {"missing-input"}


@pytest.mark.parametrize(
    "dockerfile",
    [
        "Dockerfile",
        "docker/api/Dockerfile",
        ".docker/Dockerfile",
        "attest/Dockerfile",
        "Dockerfile.gen2",
        "builder/Dockerfile",
        "testimonials/Dockerfile",
        "locale/Dockerfile",
        "api.Dockerfile",
        "packaging/docker/Dockerfile",
    ],
)
def test_lessons_for_what_ships(dockerfile: str, tmp_path: Path) -> None:
    """An image that runs something of the reader's own is judged, wherever the repository lies."""
    root = tmp_path / "vendor" / "shop"
    projects.write(root, {dockerfile: LOOSE})
    subprocess.run(["git", "-C", str(root), "init", "-q"], check=True)
    assert codes(root, ".", dockerfile) == {*LESSONS, "missing-input"}


@pytest.mark.parametrize(
    ("end", "speaks"),
    [
        ('CMD ["node", "server.js"]\n', True),
        ("", False),
        ('CMD ["npx", "next", "dev"]\n', False),
        ('CMD ["npx", "next", "start"]\n', True),
        ("CMD npm run dev\n", False),
        ('CMD ["pnpm", "--filter", "api", "dev"]\n', False),
        ("CMD npm run dev -w web\n", False),
        ("CMD yarn workspace api start\n", True),
        ("CMD pnpm run build:dev:watch\n", False),
        ("CMD npm run watcher\n", True),
        ('ENTRYPOINT ["./gradlew"]\nCMD ["--no-daemon", "check"]\n', False),
        ('ENTRYPOINT ["./gradlew"]\nCMD ["--no-daemon", "run"]\n', True),
        ('CMD ["bundle", "exec", "foreman", "start", "-f", "Procfile.dev"]\n', False),
        ('CMD ["foreman", "start", "-f", "Procfile.web"]\n', True),
        ('CMD ["pnpm", "exec", "vite", "--host"]\n', False),
        ('CMD ["vite", "preview"]\n', True),
        ('CMD ["php", "-S", "0.0.0.0:80", "-t", "public"]\n', False),
        ('CMD ["php", "-d", "a=1", "-S", "0.0.0.0:80"]\n', False),
        ('CMD ["php", "server.php", "-S"]\n', True),
        ("CMD php artisan serve --host=0.0.0.0\n", False),
        ("CMD php artisan queue:work\n", True),
        ("CMD npx expo start\n", False),
        ('CMD ["bundle", "exec", "rails", "s", "-b", "0.0.0.0", "-e", "development"]\n', False),
        ('CMD ["bundle", "exec", "rails", "s", "-b", "0.0.0.0"]\n', True),
        ('CMD ["flask", "run", "--debug"]\n', False),
        ('CMD ["flask", "run"]\n', True),
        ('CMD ["node", "--watch", "server.js"]\n', False),
        ('CMD ["node", "server.js", "--watch"]\n', True),
        ('CMD ["npx", "nest", "start", "--watch"]\n', False),
        ('CMD ["npx", "nest", "start"]\n', True),
        ("CMD npx parcel index.html\n", False),
        ("CMD npx parcel build index.html && node server.js\n", True),
        ('CMD ["live-server", "--port=80"]\n', False),
        ('CMD ["bin/dev"]\n', False),
        ('CMD ["./mvnw", "-B", "quarkus:dev"]\n', False),
        ('CMD ["jupyter", "lab", "--ip=0.0.0.0"]\n', False),
        ('CMD ["python", "-S", "server.py"]\n', True),
        ('COPY start.sh /\nENTRYPOINT ["/start.sh"]\n', True),
        ('COPY dev-start.sh /\nENTRYPOINT ["/dev-start.sh"]\n', False),
        ('COPY pack.sh /\nCMD ["/pack.sh"]\n', False),
        ('COPY try.sh /bin/try\nCMD ["/bin/try"]\n', False),
        ('COPY try.sh /bin/try\nCOPY shop.txt /\nCMD ["/bin/try"]\n', True),
        ('COPY start.sh /bin/try\nCMD ["/bin/try"]\n', True),
        ('ENTRYPOINT ["bash", "/src/docker/build_debian.sh"]\n', False),
        ('ENTRYPOINT ["bash", "/src/docker/rebuild.sh"]\n', True),
        ('CMD ["tail", "-f", "/dev/null"]\n', False),
        ("CMD sleep infinity\n", False),
        ('CMD ["/usr/bin/tail", "-f", "/srv/log"]\n', False),
        ("CMD while true; do sleep 60; done\n", False),
        ("CMD sleep 5 && node server.js\n", True),
        ("CMD service nginx start && tail -f /dev/null\n", True),
        ('ENTRYPOINT ["/start.sh"]\nCMD ["tail", "-f", "/dev/null"]\n', True),
        ('ENV NODE_ENV=development\nCMD ["node", "server.js"]\n', False),
        ('ENV NODE_ENV=production\nCMD ["node", "server.js"]\n', True),
        ('ENV NODE_ENV=development\nENV NODE_ENV=production\nCMD ["node", "server.js"]\n', True),
        ('ARG APP_ENV=dev\nCMD ["php", "server.php"]\n', False),
        ('ENV GF_DEFAULT_APP_MODE "development"\nCMD ["php", "server.php"]\n', False),
        ('CMD ["npm", "test"]\n', False),
        ('CMD ["npm", "run", "test:unit"]\n', False),
        ('ENTRYPOINT ["npx", "playwright", "test"]\n', False),
        ('ENTRYPOINT ["/start"]\nCMD ["test"]\n', True),
    ],
)
def test_an_image_that_runs_nothing_ships_nothing(end: str, speaks: bool, tmp_path: Path) -> None:
    """Without a command on a plain base, or with a runner of tests or a server of sources, there are no lessons."""
    scripts = {
        "start.sh": "#!/bin/sh\nexec node server.js\n",
        "pack.sh": "#!/bin/sh\nmake shop\ncd /build\ndpkg-buildpackage -us -uc -b && \\\ncp ../*.deb /out\n",
        "dev-start.sh": "#!/bin/sh\ncd /web\nnpm run dev &\nwait\n",
        "try.sh": "#!/bin/sh\ncmake -S /src -B /out/shop\nall() {\n  cmake --build /out/shop\n  ctest --test-dir /out/shop\n}\nall\n",
        "shop.txt": "a",
    }
    projects.write(tmp_path, {"Dockerfile": f"FROM node\n{end}", **scripts})
    assert (codes(tmp_path, ".", "Dockerfile") != set()) is speaks


PUSHED = "jobs:\n  a:\n    steps:\n      - uses: docker/build-push-action@v6\n        with:\n          file: {}\n          push: {}\n"


@pytest.mark.parametrize(
    ("end", "tree", "speaks"),
    [
        ("", {".github/workflows/a.yml": PUSHED.format("images/shop/Dockerfile", "true")}, True),
        ("", {".github/workflows/a.yml": PUSHED.format("images/other/Dockerfile", "true")}, False),
        ("", {".github/workflows/a.yml": PUSHED.format("images/shop/Dockerfile", "false")}, False),
        ("", {"Makefile": "a:\n\tdocker build -f images/shop/Dockerfile -t a .\nb:\n\tdocker push a\n"}, True),
        ("", {"Makefile": "a:\n\tdocker build -f images/shop/Dockerfile -t a .\n"}, False),
        ('ENV RAILS_ENV=development\nCMD ["puma"]\n', {"Makefile": "a:\n\tdocker build -f images/shop/Dockerfile .\n"}, False),
        ('ENV RAILS_ENV=development\nCMD ["puma"]\n', {"Makefile": "a:\n\tdocker build -f images/shop/Dockerfile .\n", "ci/push.sh": "docker push $A\n"}, True),
        ('ENV RAILS_ENV=development\nCMD ["puma"]\n', {"compose.yaml": "services:\n  a:\n    build:\n      context: .\n      dockerfile: images/shop/Dockerfile\n", "ci/push.sh": "docker push $A\n"}, False),
    ],
)  # fmt: skip
def test_what_somebody_pushes_ships(end: str, tree: dict[str, str], speaks: bool, tmp_path: Path) -> None:
    """Whatever it runs, and whatever it is set to until somebody starts it."""
    projects.write(tmp_path, {"images/shop/Dockerfile": f"FROM node\n{end}", **tree})
    assert ("unpinned-base" in codes(tmp_path, ".", "images/shop/Dockerfile")) is speaks


@pytest.mark.parametrize(
    ("place", "push", "speaks"),
    [
        ("dev/build", "true", True),
        ("dev/build", "false", False),
        ("ci/build", "true", False),
        (".github", "true", True),
        (".github", "false", False),
        (".github/ci", "true", False),
    ],
)
def test_what_developers_keep_may_ship(place: str, push: str, speaks: bool, tmp_path: Path) -> None:
    """If somebody pushes it; an image for CI is pushed for CI."""
    workflow = PUSHED.format(f"{place}/Dockerfile", push)
    projects.write(tmp_path, {f"{place}/Dockerfile": 'FROM node\nCMD ["node"]\n', ".github/workflows/a.yml": workflow})
    assert ("unpinned-base" in codes(tmp_path, ".", f"{place}/Dockerfile")) is speaks


@pytest.mark.parametrize(
    ("name", "more", "speaks"),
    [
        ("Dockerfile.build", 'EXPOSE 80\nENTRYPOINT ["/a"]\n', True),
        ("Dockerfile.build", 'HEALTHCHECK CMD /b\nENTRYPOINT ["/a"]\n', True),
        ("Dockerfile.build", 'ENTRYPOINT ["/a"]\n', False),
        ("Dockerfile.build", 'EXPOSE 80\nCMD ["/a"]\n', False),
        ("Dockerfile.dev", 'EXPOSE 80\nENTRYPOINT ["/a"]\n', False),
        ("Dockerfile.test", 'EXPOSE 80\nENTRYPOINT ["/a"]\n', False),
    ],
)
def test_a_server_is_no_builder(name: str, more: str, speaks: bool, tmp_path: Path) -> None:
    """What starts a server ships, whatever its file is called; one for developers is theirs."""
    projects.write(tmp_path, {name: f"FROM node\n{more}"})
    assert ("unpinned-base" in codes(tmp_path, ".", name)) is speaks


@pytest.mark.parametrize(
    ("comment", "speaks"),
    [
        ("# ruleid: last-user-is-root", False),
        ("# todoruleid:x", False),
        ("  # todook: x", False),
        ("# ok: last-user-is-root", False),
        ("# ok: we need this", True),
        ("# ok: fine", True),
        ("# see ruleid", True),
    ],
)
def test_a_file_that_an_analyzer_is_tried_on(comment: str, speaks: bool, tmp_path: Path) -> None:
    """By the comments that say what it finds there."""
    projects.write(tmp_path, {"a/Dockerfile": f"FROM node\n{comment}\nUSER root\nCMD npm start\n"})
    assert (codes(tmp_path, "a", "a/Dockerfile") != set()) is speaks


def test_a_server_runs_by_itself(tmp_path: Path) -> None:
    """Of a base image that is a server the command is inherited."""
    projects.write(tmp_path, {"Dockerfile": "FROM nginx\nCOPY site /usr/share/nginx/html\n", "site/index.html": 9})
    assert codes(tmp_path, ".", "Dockerfile") == {"unpinned-base"}


@pytest.mark.parametrize(
    ("service", "speaks"),
    [
        ("build: web\n    command: node server.js\n", True),
        ("build: {context: ./web}\n    entrypoint: [node, server.js]\n", True),
        ("build: web\n    command: sh -c 'sleep 5; node server.js'\n", True),
        ("build: web\n    volumes: ['./data:/data']\n    command: node server.js\n", True),
        ("build: web\n", False),
        ("build: other\n    command: node server.js\n", False),
        ("build: web\n    volumes: ['./web:/app']\n    command: node server.js\n", False),
        ("build: web\n    command: npm run dev\n", False),
        ("build: web\n    command: python manage.py runserver\n", False),
        ("build: web\n    command: npm test\n", False),
        ("build: web\n    command: bash\n", False),
    ],
)
def test_an_image_that_a_service_starts(service: str, speaks: bool, tmp_path: Path) -> None:
    """It ships without a command of its own, unless it is run from sources that are laid over it."""
    projects.write(tmp_path, {"compose.yaml": f"services:\n  web:\n    {service}"})
    projects.write(tmp_path, {"web/Dockerfile": "FROM node\nWORKDIR /app\nCOPY server.js .\n", "web/server.js": 9})
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    assert (codes(tmp_path, "web", "web/Dockerfile") != set()) is speaks


@pytest.mark.parametrize(
    ("tree", "lessons"),
    [
        ({}, False),
        ({"web/package-lock.json": "{}"}, True),
        ({"compose.yaml": "services:\n  web:\n    build: web\n"}, True),
    ],
)
def test_what_nobody_builds_and_what_cannot_be_built_teaches_nothing(
    tree: dict[str, str], lessons: bool, tmp_path: Path
) -> None:
    """It gets its error; what somebody builds, or what can be built, gets the lessons."""
    dockerfile = 'FROM node\nCOPY . /a\nWORKDIR /a\nCOPY package.json package-lock.json ./\nCMD ["node", "a.js"]\n'
    projects.write(tmp_path, {"web/Dockerfile": dockerfile, "web/package.json": "{}", "web/a.js": "", **tree})
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    (build,) = told("--all", cwd=tmp_path)
    found = {each["code"]: each["severity"] for each in build["findings"]}
    assert found.get("missing-input") == (None if "web/package-lock.json" in tree else "error")
    assert ({"unpinned-base", "root-user"} <= found.keys()) is lessons
    assert lessons or found.keys() == {"missing-input"}


@pytest.mark.parametrize(
    ("stage", "speaks"), [("pr-test2", False), ("dev1", False), ("web2", True), ("base2", False), ("gen2", True)]
)
def test_a_stage_with_a_number(stage: str, speaks: bool, tmp_path: Path) -> None:
    """It is read without that."""
    projects.write(tmp_path, {"Dockerfile": f'FROM node AS {stage}\nCMD ["node"]\nFROM node AS other\n'})
    found = review(scan(tmp_path, target=stage)).findings or ()
    assert ("unpinned-base" in {each.code for each in found}) is speaks


@pytest.mark.parametrize(
    ("place", "base", "end", "speaks"),
    [
        ("images", "quay.io/pypa/manylinux_2_28_x86_64", "", False),
        ("builder", "acme/runtime", "", False),
        ("lake-builder", "debian", "", False),
        ("lake-builder", "nginx", "", True),
        ("wheels", "acme/runtime", "", False),
        ("images", "acme/runtime", "", True),
        ("builder", "nginx", "", True),
        ("builder", "acme/runtime", 'CMD ["node"]\n', True),
    ],
)
def test_an_image_without_a_command_to_build_in(place: str, base: str, end: str, speaks: bool, tmp_path: Path) -> None:
    """What it is made from tells, or where it lies; a server ships wherever it lies."""
    projects.write(tmp_path, {f"{place}/x/Dockerfile": f"FROM {base}\nCOPY a /\n{end}", f"{place}/x/a": ""})
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    assert ("unpinned-base" in codes(tmp_path, f"{place}/x", f"{place}/x/Dockerfile")) is speaks


BUILDER = (
    "jobs:\n  a:\n    steps:\n      - uses: docker/build-push-action@v6\n        with:\n          push: true\n"
    "          file: docker/Dockerfile.base-builder\n          tags: ghcr.io/acme/shop-${{ matrix.name }}\n"
)
USES = "ARG B=ghcr.io/acme/shop-base-builder:latest\nFROM ${B} AS b\nRUN make\n"


@pytest.mark.parametrize(
    ("more", "speaks"),
    [
        ({"Dockerfile": f"{USES}FROM debian:12-slim\nCOPY --from=b /a /a\n"}, False),
        ({"Dockerfile": USES}, True),
        ({"Dockerfile": f"{USES}FROM b\nCMD make\n"}, True),
        ({"Dockerfile": "FROM debian:12-slim\nCOPY a /a\n"}, True),
        ({"Dockerfile": f"{USES}FROM debian:12-slim\nCOPY --from=b /a /a\n", "web/Dockerfile": USES}, True),
    ],
    ids=["for a stage", "alone", "in the end", "by nobody", "also in the end"],
)
def test_a_builder_that_is_pushed(more: dict[str, str], speaks: bool, tmp_path: Path) -> None:
    """Images are built in it, and none of them has what it leaves."""
    text = "FROM ubuntu:24.04\nRUN apt-get update && apt-get install -y cmake\n"
    projects.write(
        tmp_path, {".github/workflows/a.yml": BUILDER, "docker/Dockerfile.base-builder": text, "a": "x", **more}
    )
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    builds = told("--all", cwd=tmp_path)
    codes = {each["code"] for build in builds if "base-builder" in build["dockerfile"] for each in build["findings"]}
    assert ("leftover-cache" in codes) is speaks


@pytest.mark.parametrize(("base", "speaks"), [("builder-go", True), ("builder-go AS b\nFROM debian:12-slim", False)])
def test_a_builder_by_its_tag(base: str, speaks: bool, tmp_path: Path) -> None:
    """Beside it, under the same name, is what ships."""
    text = "FROM golang:1.24\nRUN apt-get update && apt-get install -y cmake\n"
    build = "docker buildx build -f docker/builder-go.dockerfile -t acme/net-shop:builder-go . --push"
    ships = f"FROM acme/net-shop:{base}\nCOPY --from=acme/net-shop:base /a /a\nCMD /a\n"
    files = {"package.json": f'{{"scripts": {{"go": "{build}"}}}}', "docker/builder-go.dockerfile": text}
    projects.write(tmp_path, {**files, "docker/dockerfile": ships})
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    builds = [each for each in told("--all", cwd=tmp_path) if "builder-go" in each["dockerfile"]]
    assert builds
    assert ("leftover-cache" in {each["code"] for build in builds for each in build["findings"]}) is speaks


@pytest.mark.parametrize(("base", "speaks"), [("gcr.io/oss-fuzz-base/base-builder-go", False), ("acme/builder", True)])
def test_an_image_to_fuzz_in(base: str, speaks: bool, tmp_path: Path) -> None:
    """It compiles the project for its fuzzers, which want all of it: not even the ignore file is missed."""
    files: dict[str, str | int] = {"Dockerfile": f"FROM {base}\nCOPY . /src\n", ".env": "A=b\n", "data.bin": 2_000_000}
    projects.write(tmp_path, {**files, ".env.example": "A=\n", ".gitignore": "/.env\n/data.bin\n"})
    found = {each.code for each in review(scan(tmp_path)).findings or ()}
    assert ("no-ignore-file" in found) is speaks


MATRIX = """\
jobs:
  a:
    strategy:
      matrix:
        include:
          - image: acme/shop:latest,acme/shop:slim
            dockerfile: ./Dockerfile.ci
#          - image: acme/shop:old
#            dockerfile: ./Dockerfile.old.ci
          - dockerfile: ./Dockerfile.tools
            image: ghcr.io/${{ github.repository }}-tools
    steps:
      - uses: docker/build-push-action@v6
        with:
          context: .
          file: ${{ matrix.dockerfile }}
          push: true
          tags: ${{ matrix.image }}
"""


@pytest.mark.parametrize(
    ("file", "tree", "speaks"),
    [
        ("Dockerfile.ci", {".github/workflows/a.yml": MATRIX}, True),
        ("Dockerfile.old.ci", {".github/workflows/a.yml": MATRIX}, False),
        ("Dockerfile.tools", {".github/workflows/a.yml": MATRIX}, False),
        ("Dockerfile.ci", {".github/workflows/a.yml": MATRIX.replace("push: true", "push: false")}, False),
        ("Dockerfile.ci", {".github/workflows/a.yml": PUSHED.format("Dockerfile.ci", "true")}, False),
        ("Dockerfile.ci", {"push.sh": "docker build -f Dockerfile.ci -t acme/shop .\ndocker push acme/shop\n"}, True),
        ("Dockerfile.ci", {"push.sh": "docker build -f Dockerfile.ci -t acme/ci .\ndocker push acme/ci\n"}, False),
    ],
)
def test_what_is_pushed_under_another_name_ships(file: str, tree: dict[str, str], speaks: bool, tmp_path: Path) -> None:
    """A workflow may build an image from what its other steps have made, by a Dockerfile that is for that alone."""
    projects.write(tmp_path, {file: 'FROM node\nCOPY a /\nCMD ["node", "/a"]\n', "a": "", **tree})
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    (build,) = told("--all", cwd=tmp_path)
    assert ("unpinned-base" in {each["code"] for each in build["findings"]}) is speaks


@pytest.mark.parametrize(
    ("script", "lessons"),
    [("bin/dev-shell", False), ("bin/run-tests", False), ("bin/image", True), ("docker/build.sh", True)],
)
def test_an_image_without_a_command_by_who_builds_it(script: str, lessons: bool, tmp_path: Path) -> None:
    """A script of developers makes it to work in it; of others nobody knows what the base starts."""
    dockerfile = "FROM acme/base:1\nRUN apt-get update && apt-get install -y git\n"
    root = projects.write(tmp_path, {"web/Dockerfile": dockerfile, script: "#!/bin/sh\ndocker build web\n"})
    subprocess.run(["git", "-C", str(root), "init", "-q"], check=True)
    (build,) = told("--all", cwd=root)
    assert ("leftover-cache" in {each["code"] for each in build["findings"]}) is lessons
