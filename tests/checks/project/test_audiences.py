"""Who runs an image, and what it is for: what else in the repository says so, and what a lesson makes of it."""

from __future__ import annotations

import contextlib
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest
from support import projects
from support.command import told

from ctxscan import scan
from ctxscan.opinions import review

CHOICE = 'FROM node:22.1-slim\nCOPY run.sh /\nENTRYPOINT ["/run.sh"]\nCMD ["{}"]\n'
ARMS = '#!/bin/sh\ncase "$1" in\n  serve) gunicorn app ;;\n  watch)\n    npm run test:watch\n    ;;\nesac\n'
APP = 'FROM debian:12-slim\nCOPY app /app\nEXPOSE 80\nCMD ["/app"]\n'
SCRIPT = 'FROM debian:12-slim\nCOPY run.sh /run.sh\nENTRYPOINT ["/run.sh"]\n'
SOURCES = 'FROM node:22\nWORKDIR /a\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY docker/start.sh /start.sh\nENTRYPOINT ["/start.sh"]\n'
PRECOMPILED = (
    "FROM ruby:3.3 AS b\nWORKDIR /a\nCOPY . .\nRUN npm ci\nFROM ruby:3.3\nWORKDIR /a\nCOPY --from=b /a /a\n"
    'RUN bin/rails assets:precompile\nCMD ["bin/rails", "server"]\n'
)
MOUNTED = "services:\n  web:\n    build: .\n    volumes:\n      - .:/a\n"
PACKAGE = {
    "package.json": '{"dependencies": {"a": "1"}, "devDependencies": {"b": "1"}}',
    "package-lock.json": "{}",
    "docker/start.sh": '#!/bin/sh\nexec "$@"\n',
}
#: An image that starts a script of its manifest, and two stages that take packages from another one.
WATCHED = 'FROM node:22\nWORKDIR /a\nCOPY . .\nEXPOSE 80\nCMD ["npm", "start"]\n'
DEPLOYED = (
    "FROM node:22 AS b\nWORKDIR /a\nCOPY . .\nRUN pnpm install --frozen-lockfile\nRUN pnpm deploy --filter=a {}/out\n"
    'FROM node:22-slim\nWORKDIR /a\nCOPY --from=b /out .\nCMD ["node", "a.js"]\n'
)
GROUPED = 'FROM python:3.12\nWORKDIR /a\nCOPY . .\nRUN poetry install --with dev\nCMD ["python", "a.py"]\n'
GROUP = {
    "pyproject.toml": "[tool.poetry.dependencies]\nflask = '3'\n[tool.poetry.group.dev.dependencies]\nflask = '3'\npass-lib = '1'\n",
    "poetry.lock": "",
}
ASIDE = (
    "FROM node:22 AS b\nWORKDIR /a\nCOPY . .\nRUN {}\n"
    'FROM node:22-slim\nWORKDIR /a\nCOPY --from=b /kept ./node_modules\nCOPY --from=b /a/a.js .\nCMD ["node", "a.js"]\n'
)


SYMFONY = 'FROM php:8.4-fpm\nWORKDIR /a\n{}COPY . .\nRUN composer install\nCMD ["php-fpm"]\n'
BUNDLES = {
    "composer.json": '{"require-dev": {"acme/debug-bundle": "8.*"}}',
    "composer.lock": "{}",
    "config/bundles.php": "<?php\nreturn [\n    Acme\\Web\\WebBundle::class => ['all' => true],\n    Acme\\Debug\\DebugBundle::class => ['dev' => true],\n];\n",
}
LARAVEL = {
    "composer.json": '{"require-dev": {"acme/helper": "8.*"}}',
    "composer.lock": '{"packages-dev": [{"name": "acme/helper", "autoload": {"psr-4": {"Acme\\\\Helper\\\\": "src"}}}]}',
    "config/app.php": "<?php\nreturn ['providers' => [\n    Acme\\Helper\\Provider::class,\n]];\n",
}
#: On top of the image of the project.
OWN = 'FROM ghcr.io/acme/shop\nCOPY a /\nCMD ["/a"]\n'
SHOP_JSON = '{\n  "name": "shop"\n}'
GIVEN = "jobs:\n  a:\n    steps:\n      - uses: docker/metadata-action@v5\n        with:\n          {}\n"
#: Workflows that put the names of images together.
MATRIX = "env:\n  REGISTRY: ghcr.io\njobs:\n  a:\n    strategy:\n      matrix:\n        include:\n          - part: base\n    steps:\n      - {}\n"
PARTS = MATRIX.format(
    "uses: docker/build-push-action@v6\n        with:\n          file: docker/${{ matrix.part }}.Dockerfile\n"
    "          tags: ${{ env.REGISTRY }}/${{ github.repository }}-${{ matrix.part }}:latest"
)
JOINED = MATRIX.format(
    "run: |\n          docker buildx imagetools create \\\n"
    "            -t ${{ env.REGISTRY }}/${{ github.repository }}-${{ matrix.part }}:1 ${{ inputs.digest }}"
)
PARTED = {"package.json": SHOP_JSON, ".github/workflows/a.yml": PARTS, "a": ""}
SERVED = 'FROM ghcr.io/acme/shop-base\nCOPY a /\nEXPOSE 80\nCMD ["/a"]\n'
SET = "services:\n  web:\n    build: .\n    environment:\n      {}\n"
#: Images of which a service says for whom they are, and some that start what is not in them.
SERVER = 'FROM node:22\nWORKDIR /a\nCOPY . .\nEXPOSE 80\nCMD ["node", "a.js"]\n'
BUILT = 'FROM node:22 AS b\nWORKDIR /a\nCOPY . .\nFROM node:22-slim\nCOPY --from=b /a /a\nEXPOSE 80\nCMD ["node", "/a/a.js"]\n'
EMPTY = "FROM elixir:1.17\nWORKDIR /a\n{}EXPOSE 4000\nCMD {}\n"
YESTERDAY = "services:\n{}  web:\n    {}\n    build: .\n"


class Case(NamedTuple):
    """A Dockerfile with what lies around it; `severities` are those of the findings of a `code`."""

    code: str
    dockerfile: str
    tree: dict[str, str]
    severities: list[str]


EVERYTHING = 'FROM debian:12-slim\nWORKDIR /a\nCOPY . .\nRUN {}\nUSER 1000\nCMD ["/a/app"]\n'
MANY = {f"src/{number}.c": "" for number in range(12)}
CHOSEN = 'FROM python:3.12\nWORKDIR /a\nCOPY . .\nARG DEV\nRUN {}\nCMD ["python", "a.py"]\n'
INSTALLED = "FROM registry.acme.dev/acme/base:1.2\n{}COPY run.sh /run.sh\nEXPOSE 80\n{}"
INSTALL = 'FROM node:22\nWORKDIR /a\nCOPY package.json package-lock.json ./\nCOPY {0} {0}/\nRUN npm ci\nCOPY lib lib/\nUSER node\nCMD ["node", "a.js"]\n'
LOCKED = {"package.json": '{"dependencies": {"a": "1"}}', "package-lock.json": "{}", "lib/a.js": ""}
DEVELOPED = "services:\n  a:\n    build:\n      context: .\n      dockerfile: {}\n"


#: A service that starts what it mounts, in an image that has no command.
MOUNTING = "services:\n  a:\n    build: .\n    command: /bin/sh -c '/dist/a serve'\n    volumes:\n      - {}\n"
DOCKER = 'FROM {}\nRUN apk add tini\nCOPY app /app\nEXPOSE 80\nENTRYPOINT ["/app"]\n'
TOOLS = "FROM golang:1.23\nRUN apt-get update && apt-get install -y git\nWORKDIR /backend\n{}EXPOSE 80\n"
#: An image that nothing starts by itself, and services of a stack that do, in files of any name.
UNSTARTED = "FROM debian:12\nRUN apt-get update && apt-get install -y git\nCOPY app /app\n"
NAMED = "services:\n  web:\n    build: .\n    image: acme/shop:test\n"
TAKEN = "services:\n  web:\n    image: acme/{}:1\n    {}\n"
#: An image for those who work on a project, with one for others beside it.
FOR_DEVELOPERS = 'FROM python:3.12\nCOPY requirements requirements\nRUN apt-get update && pip install -r requirements/dev.txt\nCMD ["/r/run"]\n'
FOR_OTHERS = FOR_DEVELOPERS.replace("dev.txt", "base.txt")
LISTS = {"requirements/dev.txt": "x\n", "requirements/base.txt": "x\n"}

#: A service for developers, and what has a platform build the same Dockerfile.
SET_FOR_DEVELOPERS = "services:\n  a:\n    build: .\n    environment:\n      NODE_ENV: development\n"
PLATFORMS = (
    ("nobody", "a.yml", "a: b\n", []),
    ("serverless", "serverless.yml", "provider:\n  ecr:\n    images:\n      a:\n        path: ./\n", ["warning"]),
    ("another-of-serverless", "serverless.yml", "provider:\n  ecr:\n    images:\n      a:\n        path: b\n", []),
    ("a-ready-one-of-serverless", "serverless.yml", "provider:\n  ecr:\n    images:\n      a: acme/a:1\n", []),
    (
        "sam",
        "template.yaml",
        "Resources:\n  A:\n    Properties:\n      Role: !GetAtt B.Arn\n    Metadata:\n      Dockerfile: Dockerfile\n"
        "      DockerContext: .\n",
        ["warning"],
    ),
    ("render", "render.yaml", "services:\n  - type: web\n    runtime: docker\n", ["warning"]),
    ("fly", "fly.toml", 'app = "a"\n', ["warning"]),
    ("fly-by-another", "fly.toml", '[build]\nimage = "acme/a:1"\n', []),
    ("okteto", "okteto.yml", "build:\n  a:\n    context: .\n    dockerfile: Dockerfile\n", []),
)


CASES = {
    "sources-over-an-image-with-nothing-of-the-project": Case("leftover-cache", TOOLS.format(""), {"compose.yaml": MOUNTING.format("../backend:/backend")}, []),
    "data-in-an-image-with-nothing-of-the-project": Case("leftover-cache", TOOLS.format(""), {"compose.yaml": MOUNTING.format("../data:/data")}, ["warning"]),
    "a-directory-over-an-image-with-the-project": Case("leftover-cache", TOOLS.format("COPY a /dist/\n"), {"a": "", "compose.yaml": MOUNTING.format("../backend:/backend")}, ["warning"]),
    "docker-in-docker": Case("root-user", DOCKER.format("docker:28-dind"), {"app": ""}, []),
    "docker-without-its-server": Case("root-user", DOCKER.format("docker:28-cli"), {"app": ""}, ["warning"]),
    "started-by-a-stack": Case("leftover-cache", UNSTARTED, {"app": "", "ci.yml": NAMED, "default.yml": TAKEN.format("shop", "entrypoint: [/app]")}, ["warning"]),
    "started-by-the-file-that-builds-it": Case("leftover-cache", UNSTARTED, {"app": "", "stack.yml": NAMED + "    command: /app\n"}, ["warning"]),
    "tested-by-a-stack": Case("leftover-cache", UNSTARTED, {"app": "", "ci.yml": NAMED, "default.yml": TAKEN.format("shop", "command: pytest")}, []),
    "another-image-of-a-stack": Case("leftover-cache", UNSTARTED, {"app": "", "ci.yml": NAMED, "default.yml": TAKEN.format("db", "command: /app")}, []),
    "a-stack-that-starts-nothing-anew": Case("leftover-cache", UNSTARTED, {"app": "", "ci.yml": NAMED, "default.yml": TAKEN.format("shop", "restart: always")}, []),
    "started-by-the-name-that-a-readme-gives-it": Case("leftover-cache", UNSTARTED, {"app": "", "docker-compose-server.yml": TAKEN.format("shop", "command: /app"), "docs/README.md": "Run `docker build -t acme/shop .` first\n"}, ["warning"]),
    "tested-by-the-name-that-a-readme-gives-it": Case("leftover-cache", UNSTARTED, {"app": "", "docker-compose-server.yml": TAKEN.format("shop", "command: pytest"), "README.md": "docker build -t acme/shop .\n"}, []),
    "another-name-than-a-readme-gives-it": Case("leftover-cache", UNSTARTED, {"app": "", "docker-compose-server.yml": TAKEN.format("shop", "command: /app"), "README.md": "docker build -t other/shop .\n"}, []),
    "the-name-of-another-dockerfile": Case("leftover-cache", UNSTARTED, {"app": "", "docker-compose-server.yml": TAKEN.format("shop", "command: /app"), "README.md": "docker build -t acme/shop -f web/Dockerfile .\n"}, []),
    "sources-over-the-name-that-a-readme-gives-it": Case("leftover-cache", UNSTARTED + "WORKDIR /app\n", {"app": "", "docker-compose-server.yml": TAKEN.format("shop", "command: /app\n    volumes: ['.:/app']"), "README.md": "docker build -t acme/shop .\n"}, []),
    "packages-of-developers-beside-another": Case("leftover-cache", FOR_DEVELOPERS, {**LISTS, "Dockerfile.cloud": FOR_OTHERS}, []),
    "packages-of-developers-alone": Case("leftover-cache", FOR_DEVELOPERS, LISTS, ["warning"]),
    "packages-of-developers-in-both": Case("leftover-cache", FOR_DEVELOPERS, {**LISTS, "Dockerfile.cloud": FOR_DEVELOPERS}, ["warning"]),
    "packages-of-developers-beside-one-for-tests": Case("leftover-cache", FOR_DEVELOPERS, {**LISTS, "Dockerfile.test": FOR_OTHERS}, ["warning"]),
    "other-packages-beside-another": Case("leftover-cache", FOR_OTHERS, {**LISTS, "Dockerfile.cloud": FOR_OTHERS}, ["warning"]),
    "server": Case("root-user", APP, {"app": ""}, ["warning"]),
    "socket-of-docker": Case("root-user", APP, {"app": "", "compose.yaml": "services:\n  a:\n    build: .\n    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock:ro\n"}, []),
    "socket-of-another-daemon": Case("root-user", APP, {"app": "", "compose.yaml": "services:\n  a:\n    build: .\n    volumes:\n      - /run/containerd/containerd.sock:/run/c.sock\n"}, []),
    "devices": Case("root-user", APP, {"app": "", "compose.yaml": "services:\n  a:\n    build: .\n    devices:\n      - /dev/ttyUSB0\n"}, []),
    "all-rights": Case("root-user", APP, {"app": "", "compose.yaml": "services:\n  a:\n    build: .\n    privileged: true\n"}, []),
    "all-rights-for-another": Case("root-user", APP, {"app": "", "compose.yaml": "services:\n  a:\n    build: .\n    privileged: false\n  b:\n    image: b\n    privileged: true\n"}, ["warning"]),
    "socket-of-docker-for-another": Case("root-user", APP, {"app": "", "compose.yaml": "services:\n  a:\n    build: .\n  proxy:\n    image: traefik:3\n    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock\n"}, ["warning"]),
    "socket-in-a-readme": Case("root-user", APP, {"app": "", "README.md": "    docker run -d \\\n      -v /var/run/docker.sock:/var/run/docker.sock app\n"}, []),
    "socket-in-a-manual-and-a-library": Case("root-user", APP, {"app": "", "go.mod": "require (\n\tgithub.com/docker/docker v27.0.0\n)\n", "docs/install/docker.md": "    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock\n"}, []),
    "socket-in-a-manual-without-a-library": Case("root-user", APP, {"app": "", "docs/install/docker.md": "    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock\n"}, ["warning"]),
    "start-script-that-is-mounted": Case("root-user", "FROM python:3.12\nWORKDIR /a\nENTRYPOINT [\"./run.sh\"]\n", {"run.sh": "exec python3 x.py\n", "compose.yaml": "services:\n  a:\n    build: .\n    volumes:\n      - ./run.sh:/a/run.sh\n"}, []),
    "start-script-that-is-mounted-over-its-own": Case("root-user", "FROM python:3.12\nWORKDIR /a\nCOPY run.sh ./\nEXPOSE 80\nENTRYPOINT [\"./run.sh\"]\n", {"run.sh": "exec python3 x.py\n", "compose.yaml": "services:\n  a:\n    build: .\n    volumes:\n      - ./run.sh:/a/run.sh\n"}, ["warning"]),
    "settings-that-there-may-be": Case("root-user", SCRIPT + "EXPOSE 80\n", {"run.sh": "#!/bin/sh\nif [ -r /etc/shop.sh ]; then\n  . /etc/shop.sh\nfi\nexec /bin/shop\n"}, ["warning"]),
    "settings-that-there-have-to-be": Case("root-user", SCRIPT + "EXPOSE 80\n", {"run.sh": "#!/bin/sh\n. /etc/shop.sh\nexec /bin/shop\n"}, ["note"]),
    "program-that-there-may-be": Case("root-user", SCRIPT + "EXPOSE 80\n", {"run.sh": "#!/bin/sh\nif [ -f /opt/run.sh ]; then\n  exec /opt/run.sh\nfi\nexec /bin/shop\n"}, ["note"]),
    "bundles-for-development": Case("dev-dependencies", SYMFONY.format(""), BUNDLES, []),
    "bundles-for-development-in-production": Case("dev-dependencies", SYMFONY.format("ENV APP_ENV=prod\n"), BUNDLES, ["warning"]),
    "bundles-for-development-where-a-service-says-so": Case("dev-dependencies", SYMFONY.format("COPY --from=b /x /x\n").replace("FROM php", "FROM scratch AS b\nCOPY config /x\nFROM php"), {**BUNDLES, "compose.yaml": SET.format("APP_ENV: dev"), ".env": "APP_ENV=prod\n"}, []),
    "bundles-for-development-and-settings-for-production": Case("dev-dependencies", SYMFONY.format(""), {**BUNDLES, ".env": "# APP_ENV=dev\nAPP_ENV=prod\n"}, ["warning"]),
    "bundles-for-all": Case("dev-dependencies", SYMFONY.format(""), {**BUNDLES, "config/bundles.php": "<?php\nreturn [\n    Acme\\DebugBundle::class => ['all' => true, 'dev' => true],\n];\n"}, ["warning"]),
    "a-namespace-of-its-own": Case("dev-dependencies", SYMFONY.format(""), {**LARAVEL, "composer.json": '{"autoload": {"psr-4": {"Acme\\\\Helper\\\\": "app"}}, "require-dev": {"acme/helper": "8.*"}}'}, ["warning"]),
    "a-provider-for-development": Case("dev-dependencies", SYMFONY.format(""), LARAVEL, []),
    "a-provider-for-development-in-a-remark": Case("dev-dependencies", SYMFONY.format(""), {**LARAVEL, "config/app.php": LARAVEL["config/app.php"].replace("    Acme", "    // Acme").replace("[\n", "[\n    Shop\\A::class,\n")}, ["warning"]),
    "set-for-developers": Case("root-user", SERVER, {"a.js": "", "compose.yaml": SET.format("APP_ENV: dev")}, []),
    "set-for-developers-in-a-list": Case("root-user", SERVER, {"a.js": "", "compose.yaml": SET.format("- NODE_ENV=development")}, []),
    "given-variables-for-developers": Case("root-user", SERVER, {"a.js": "", "compose.yaml": "services:\n  web:\n    build: .\n    env_file:\n      - conf/.env.dev.txt\n"}, []),
    "given-variables-for-developers-in-one-of-two": Case("root-user", SERVER, {"a.js": "", "compose.yaml": "services:\n  web:\n    build: .\n    env_file: .env.dev\n  job:\n    build: .\n    env_file: .env\n"}, ["warning"]),
    "given-variables-for-all": Case("root-user", SERVER, {"a.js": "", "compose.yaml": "services:\n  web:\n    build: .\n    env_file: .env.device\n"}, ["warning"]),
    "set-for-production": Case("root-user", SERVER, {"a.js": "", "compose.yaml": SET.format("APP_ENV: prod")}, ["warning"]),
    "set-by-whoever-starts-it": Case("root-user", SERVER, {"a.js": "", "compose.yaml": SET.format("APP_ENV: ${APP_ENV:-dev}")}, ["warning"]),
    "set-for-developers-in-one-of-two": Case("root-user", SERVER, {"a.js": "", "compose.yaml": SET.format("APP_ENV: dev") + "  job:\n    build: .\n"}, ["warning"]),
    "set-for-production-in-another-file": Case("root-user", SERVER, {"a.js": "", "compose.yaml": SET.format("APP_ENV: dev"), "compose.prod.yaml": "services:\n  web:\n    environment:\n      APP_ENV: prod\n"}, ["warning"]),
    "set-for-developers-and-made-to-ship": Case("root-user", BUILT, {"a.js": "", "compose.yaml": SET.format("NODE_ENV: development")}, ["warning"]),
    "set-for-developers-and-pushed": Case("root-user", SERVER, {"a.js": "", "compose.yaml": SET.format("APP_ENV: dev"), ".github/workflows/a.yml": "jobs:\n  a:\n    steps:\n      - uses: docker/build-push-action@v6\n        with:\n          context: .\n          push: true\n"}, ["warning"]),
    "set-for-developers-and-another-is-pushed": Case("root-user", SERVER, {"a.js": "", "compose.yaml": SET.format("APP_ENV: dev"), ".github/workflows/a.yml": "jobs:\n  a:\n    steps:\n      - uses: docker/build-push-action@v6\n        with:\n          context: web\n          push: true\n"}, []),
    "set-by-a-wizard": Case("root-user", SERVER, {"a.js": "", "compose.yaml": SET.format("ASPNETCORE_ENVIRONMENT: Development")}, ["warning"]),
    "fetches-what-is-not-there": Case("root-user", EMPTY.format("COPY mix.exs mix.lock ./\n", "mix deps.get && mix phx.server"), {"mix.exs": "", "mix.lock": ""}, []),
    "fetches-beside-its-sources": Case("root-user", EMPTY.format("COPY mix.exs mix.lock ./\nCOPY lib lib\n", "mix deps.get && mix phx.server"), {"mix.exs": "", "mix.lock": "", "lib/a.ex": ""}, ["warning"]),
    "fetches-beside-a-clone": Case("root-user", EMPTY.format("RUN git clone https://example.com/a .\n", "mix deps.get && mix phx.server"), {}, ["warning"]),
    "profile-of-yesterday": Case("root-user", SERVER, {"a.js": "", "compose.yaml": YESTERDAY.format("", "profiles: [deprecated]")}, []),
    "profile-of-yesterday-and-today": Case("root-user", SERVER, {"a.js": "", "compose.yaml": YESTERDAY.format("", "profiles: [deprecated, web]")}, ["warning"]),
    "values-of-this-machine-of-yesterday": Case("copied-secret", SERVER.replace("COPY . .", "COPY .env a.js ./"), {"a.js": "", ".gitignore": ".env\n", "compose.yaml": YESTERDAY.format("", "profiles: [deprecated]")}, ["warning"]),
    "comment-above-a-service": Case("root-user", SERVER, {"a.js": "", "compose.yaml": YESTERDAY.format("  # Deprecated: take the one in ./new.\n", "restart: always")}, []),
    "comment-above-all-of-them": Case("root-user", SERVER, {"a.js": "", "compose.yaml": YESTERDAY.format("  # All services below are deprecated\n  db:\n    image: postgres:17\n", "restart: always")}, []),
    "comment-above-another-service": Case("root-user", SERVER, {"a.js": "", "compose.yaml": YESTERDAY.format("  # Deprecated.\n  db:\n    image: postgres:17\n", "restart: always")}, ["warning"]),
    "socket-of-the-machine-in-a-cluster": Case("root-user", APP, {"app": "", "package.json": '{\n  "name": "shop"\n}', "build/shop-helm/templates/a.yml": "kind: DaemonSet\nspec:\n  containers:\n    - image: '{{ .Values.shop.image.ref }}'\n      name: a\n  volumes:\n    - name: b\n      hostPath:\n        path: /run/containerd/containerd.sock\n"}, ["note"]),
    "rights-that-readers-give": Case("root-user", APP, {"app": "", "package.json": '{\n  "name": "shop"\n}', "README.md": 'docker run -d --privileged \\\n  --name a acme/shop:1\n'}, ["note"]),
    "rights-that-readers-give-by-compose": Case("root-user", APP, {"app": "", "package.json": '{\n  "name": "shop"\n}', "README.md": '```yaml\nservices:\n  a:\n    image: acme/shop\n    privileged: true\n```\n'}, ["note"]),
    "rights-that-readers-give-another": Case("root-user", APP, {"app": "", "package.json": '{\n  "name": "shop"\n}', "README.md": 'docker run --privileged acme/agent\n\n```yaml\nimage: acme/agent\ndevices:\n```\n'}, ["warning"]),
    "rights-beside-the-project": Case("root-user", APP, {"app": "", "package.json": '{\n  "name": "shop"\n}', "README.md": 'docker run -p 80:80 acme/shop\n\ndocker run --privileged acme/agent\n'}, ["warning"]),
    "drivers-for-devices": Case("root-user", "FROM debian:12\nRUN apt-get update && apt-get install -y mesa-va-drivers\n" + APP.partition("\n")[2], {"app": ""}, ["note"]),
    "a-program-that-is-called-a-server": Case("root-user", 'FROM gcr.io/distroless/base\nCOPY a /shop-server\nENTRYPOINT ["/shop-server"]\n', {"a": ""}, ["warning"]),
    "rights-of-the-machine-in-a-chart": Case("root-user", APP, {"app": "", "package.json": '{\n  "name": "shop"\n}', "chart/templates/a.yaml": "kind: Pod\nspec:\n  containers:\n    - image: {{ .Values.image.repository }}:1\n      securityContext:\n        privileged: true\n", "chart/values.yaml": "image:\n  repository: ghcr.io/acme/shop\n"}, []),
    "rights-of-the-machine-in-a-manifest-of-the-root": Case("root-user", APP, {"app": "", "package.json": '{\n  "name": "shop"\n}', "shop-ds.yaml": "apiVersion: apps/v1\nkind: DaemonSet\nspec:\n  hostPID: true\n  containers:\n    - image: acme/shop:1\n"}, []),
    "rights-of-the-machine-with-another-image": Case("root-user", APP, {"app": "", "package.json": '{\n  "name": "shop"\n}', "shop-ds.yaml": "apiVersion: apps/v1\nkind: DaemonSet\nspec:\n  hostPID: true\n  containers:\n    - image: acme/shop:1\n    - image: acme/agent:1\n"}, ["note"]),
    "rights-of-the-machine-for-another-object": Case("root-user", APP, {"app": "", "package.json": '{\n  "name": "shop"\n}', "shop-ds.yaml": "apiVersion: apps/v1\nkind: DaemonSet\nspec:\n  hostPID: true\n  containers:\n    - image: acme/agent:1\n---\nspec:\n  containers:\n    - image: acme/shop:1\n"}, ["note"]),
    "rights-in-what-is-no-manifest": Case("root-user", APP, {"app": "", "package.json": '{\n  "name": "shop"\n}', "shop-ds.yaml": "kind: DaemonSet\nspec:\n  hostPID: true\n  containers:\n    - image: acme/shop:1\n"}, ["warning"]),
    "directory-of-its-own-in-a-cluster": Case("root-user", APP, {"app": "", "package.json": '{\n  "name": "shop"\n}', "k8s/a.yml": "kind: DaemonSet\nspec:\n  containers:\n    - image: acme/shop:1\n      name: a\n  volumes:\n    - name: b\n      hostPath:\n        path: /srv/shop\n"}, ["warning"]),
    "socket-of-the-machine-for-another-in-a-cluster": Case("root-user", APP, {"app": "", "package.json": '{\n  "name": "shop"\n}', "k8s/a.yml": "kind: DaemonSet\nspec:\n  containers:\n    - image: acme/agent:1\n      name: a\n  volumes:\n    - name: b\n      hostPath:\n        path: /run/containerd/containerd.sock\n"}, ["warning"]),
    "rootless-beside-it": Case("root-user", APP, {"app": "", "Dockerfile.rootless": APP, ".github/workflows/a.yml": "file: ./Dockerfile\ntags: |\n  acme/shop:latest-root\n"}, ["note"]),
    "rootless-beside-the-latest": Case("root-user", APP, {"app": "", "Dockerfile.rootless": APP, ".github/workflows/a.yml": "file: ./Dockerfile\ntags: |\n  acme/shop:latest\n"}, ["warning"]),
    "user-of-a-service": Case("root-user", APP, {"app": "", "compose.yaml": "services:\n  a:\n    build: .\n    user: '1000:1000'\n"}, ["note"]),
    "user-of-one-service": Case("root-user", APP, {"app": "", "compose.yaml": "services:\n  a:\n    build: .\n    user: '1000'\n  b:\n    build: .\n"}, ["warning"]),
    "user-of-a-service-is-root": Case("root-user", APP, {"app": "", "compose.yaml": "services:\n  a:\n    build: .\n    user: root\n"}, ["warning"]),
    "service-that-is-not-started-again": Case("root-user", "FROM debian:12\nCOPY goose /bin/\nCMD [\"sh\", \"-c\", \"goose up\"]\n", {"goose": "", "compose.yaml": "services:\n  a:\n    build: .\n    restart: 'no'\n"}, ["note"]),
    "service-that-is-started-again": Case("root-user", "FROM debian:12\nRUN apt-get update\nCOPY tool /bin/\nCMD [\"tool\"]\n", {"tool": "", "compose.yaml": "services:\n  a:\n    build: .\n    restart: always\n"}, ["warning"]),
    "command-of-a-service-that-serves": Case("root-user", SCRIPT.replace("COPY", "RUN apt-get update\nCOPY"), {"run.sh": "#!/bin/sh\nexec \"$@\"\n", "compose.yaml": "services:\n  a:\n    build: .\n    command: gunicorn shop.wsgi\n"}, ["warning"]),
    "files-of-the-system-in-a-script": Case("root-user", SCRIPT + "EXPOSE 80\n", {"run.sh": "#!/bin/sh\necho 10.0.0.1 db >> /etc/hosts\nexec shopd\n"}, []),
    "files-of-the-system-if-asked-for": Case("root-user", SCRIPT + "EXPOSE 80\n", {"run.sh": "#!/bin/sh\nif [ \"$A\" ]; then echo 10.0.0.1 db >> /etc/hosts; fi\nexec shopd\n"}, ["note"]),
    "files-of-its-own-if-asked-for": Case("root-user", SCRIPT + "EXPOSE 80\n", {"run.sh": "#!/bin/sh\nif [ \"$A\" ]; then echo 1 >> /srv/kept/a; fi\nexec shopd\n"}, ["warning"]),
    "network-of-its-own-in-a-script": Case("root-user", SCRIPT + "EXPOSE 80\n", {"run.sh": "#!/bin/sh\nset -e\ntailscaled --tun=userspace-networking &\ntailscale up\nexec node a.js\n"}, []),
    "sources-that-are-watched": Case("root-user", "FROM python:3.12\nWORKDIR /app\nCOPY needed.txt .\nRUN pip install -r needed.txt\nCMD [\"uvicorn\", \"a:app\", \"--reload\"]\n", {"needed.txt": "flask\n", "shop/a.py": "", "compose.yaml": "services:\n  a:\n    build: .\n    volumes:\n      - ./shop:/app\n"}, []),
    "sources-that-are-watched-and-copied": Case("root-user", "FROM python:3.12\nWORKDIR /app\nCOPY shop .\nCMD [\"uvicorn\", \"a:app\", \"--reload\"]\n", {"shop/a.py": "", "compose.yaml": "services:\n  a:\n    build: .\n    volumes:\n      - ./shop:/app\n"}, []),
    "sources-that-are-watched-by-nobody": Case("root-user", "FROM python:3.12\nWORKDIR /app\nCOPY needed.txt .\nRUN pip install -r needed.txt\nCMD [\"uvicorn\", \"a:app\"]\n", {"needed.txt": "flask\n", "shop/a.py": "", "compose.yaml": "services:\n  a:\n    build: .\n    volumes:\n      - ./shop:/app\n"}, ["warning"]),
    "data-that-lies-where-it-works": Case("root-user", "FROM python:3.12\nWORKDIR /app\nCOPY a.py .\nCMD [\"uvicorn\", \"a:app\", \"--reload\"]\n", {"a.py": "", "compose.yaml": "services:\n  a:\n    build: .\n    volumes:\n      - ./kept:/app/kept\n"}, ["warning"]),
    "certificates-of-the-system-in-a-line": Case("root-user", "FROM debian:12\nCOPY a /a\nEXPOSE 80\nCMD update-ca-certificates && exec /a\n", {"a": ""}, []),
    "makes-file-systems": Case("root-user", "FROM debian:12\nRUN apt-get update && apt-get install -y e2fsprogs\nCOPY a /a\nEXPOSE 80\nCMD [\"/a\", \"serve\"]\n", {"a": ""}, []),
    "scheduler-in-a-script": Case("root-user", SCRIPT, {"run.sh": "#!/bin/sh\ncrontab /x\nexec cron -f\n"}, []),
    "server-in-a-script": Case("root-user", SCRIPT, {"run.sh": "#!/bin/sh\nexec /usr/sbin/sshd -D\n"}, []),
    "server-in-a-script-by-a-variable": Case("root-user", "FROM debian:12\nENV HOME_OF=/srv\nCOPY run.sh /srv/run.sh\nCMD $HOME_OF/run.sh\n", {"run.sh": "#!/bin/sh\nexec /usr/sbin/sshd -D\n"}, []),
    "program-in-a-script-by-a-variable": Case("root-user", "FROM debian:12\nENV HOME_OF=/srv\nCOPY run.sh /srv/run.sh\nCMD $HOME_OF/run.sh\n", {"run.sh": "#!/bin/sh\nexec python3 /app.py\n"}, ["warning"]),
    "program-in-a-script": Case("root-user", SCRIPT + "EXPOSE 80\n", {"run.sh": "#!/bin/sh\necho nginx\nexec python3 /app.py\n"}, ["warning"]),
    "web-server-beside-a-program-in-a-script": Case("root-user", SCRIPT + "EXPOSE 80\n", {"run.sh": "#!/bin/sh\nnginx -g 'daemon off;' &\numask 0 && exec gunicorn shop.wsgi\n"}, ["warning"]),
    "web-server-in-front-of-a-program-in-a-script": Case("root-user", SCRIPT + "EXPOSE 80\n", {"run.sh": "#!/bin/sh\ngunicorn shop.wsgi &\nexec nginx -g 'daemon off;'\n"}, ["warning"]),
    "web-server-of-its-image-in-front-of-a-program": Case("root-user", "FROM nginx:1.27\nCOPY run.sh /\nEXPOSE 80\nCMD [\"/run.sh\"]\n", {"run.sh": "#!/bin/sh\n./shopd \"$@\" &\nnginx -g 'daemon off;'\n"}, ["warning"]),
    "web-server-beside-a-program-without-exec": Case("root-user", SCRIPT + "EXPOSE 80\n", {"run.sh": "#!/bin/sh\nnginx &\npython3 shop.py\n"}, ["warning"]),
    "web-server-beside-a-watcher": Case("root-user", SCRIPT + "EXPOSE 80\n", {"run.sh": "#!/bin/sh\n(while sleep 60; do nginx -s reload; done) &\nexec nginx -g 'daemon off;'\n"}, []),
    "scheduler-beside-a-program-in-a-script": Case("root-user", SCRIPT, {"run.sh": "#!/bin/sh\ncron\nexec gunicorn shop.wsgi\n"}, []),
    "rights-given-up-in-a-program": Case("root-user", "FROM node:22\nCOPY a.js /\nCMD [\"node\", \"/a.js\"]\n", {"a.js": "process.setgid(1000)\nprocess.setuid(1000)\n"}, []),
    "interpreter": Case("root-user", "FROM node:22\nCOPY e.sh /\nENTRYPOINT [\"/e.sh\"]\nCMD [\"node\"]\n", {"e.sh": "#!/bin/sh\nexec \"$@\"\n"}, ["note"]),
    "shell": Case("root-user", "FROM debian:12\nCOPY a /\nCMD [\"bash\"]\n", {"a": ""}, ["note"]),
    "interpreter-with-a-program": Case("root-user", "FROM node:22\nCOPY a.js /\nCMD [\"node\", \"a.js\"]\n", {"a.js": ""}, ["warning"]),
    "tool-by-its-name": Case("root-user", "FROM alpine:3.20\nCOPY tool /bin/\nCMD [\"tool\"]\n", {"tool": ""}, ["note"]),
    "server-by-its-path": Case("root-user", "FROM alpine:3.20\nCOPY app /app\nEXPOSE 80\nCMD [\"/app\"]\n", {"app": ""}, ["warning"]),
    "windows-by-its-shell": Case("root-user", "FROM python:3.12\nSHELL [\"powershell\", \"-Command\"]\nCOPY a /\nEXPOSE 80\nCMD [\"python\", \"/a\"]\n", {"a": ""}, []),
    "windows": Case("root-user", "FROM mcr.microsoft.com/dotnet/aspnet:8.0-nanoserver-ltsc2022\nCOPY a /\nCMD [\"a\"]\n", {"a": ""}, []),
    "last-stage-called-build": Case("root-user", APP.replace("slim", "slim AS build"), {"app": ""}, ["warning"]),
    "for-tests-as-it-says": Case("root-user", "# For integration testing only.\n#\n# More.\n\n" + APP, {"app": ""}, []),
    "for-developers-as-it-says": Case("root-user", "# NOTE: this Dockerfile is purely for local development! It is *not* used for the image.\n" + APP, {"app": ""}, []),
    "on-a-base-for-developers": Case("unpinned-base", APP.replace("debian:12-slim", "acme/dev"), {"app": ""}, []),
    "on-a-base-with-that-in-its-name": Case("unpinned-base", APP.replace("debian:12-slim", "dev/acme"), {"app": ""}, ["warning"]),
    "not-for-production-as-it-says": Case("root-user", "# syntax=docker/dockerfile:1\n# Used by a script. Not suitable for production use.\n" + APP, {"app": ""}, []),
    "socket-of-docker-beside-its-program": Case("root-user", APP, {"app": "", "compose.example.yaml": "services:\n  a:\n    image: acme/app:v3\n    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock\n"}, []),
    "called-development-by-its-head": Case("root-user", "# syntax=docker/dockerfile:1\n# DEVELOPMENT image: from sources.\n" + APP, {"app": ""}, []),
    "said-not-to-be-published": Case("root-user", "# This is NOT the published acme/app image. See build/.\n" + APP, {"app": ""}, []),
    "said-to-be-for-contributors": Case("root-user", "# An image for contributing to the project.\n" + APP, {"app": ""}, []),
    "that-names-one-for-development": Case("root-user", "# Beside it, Dockerfile.dev makes the development image.\n" + APP, {"app": ""}, ["warning"]),
    "that-begins-with-one-for-development": Case("root-user", "# Development image: see Dockerfile.dev.\n" + APP, {"app": ""}, ["warning"]),
    "whose-port-is-not-published": Case("root-user", "# The port is not published. For contributing, see the manual.\n" + APP, {"app": ""}, ["warning"]),
    "with-a-comment-on-something-else": Case("root-user", "# Tested for production; testing is in CI.\n" + APP, {"app": ""}, ["warning"]),
    "tool-with-what-it-calls": Case("root-user", "FROM alpine:3.20\nRUN apk add git\nCOPY tool /bin/\nENTRYPOINT [\"tool\"]\n", {"tool": ""}, ["note"]),
    "server-with-what-it-calls": Case("root-user", "FROM alpine:3.20\nRUN apk add git\nCOPY serve /bin/\nEXPOSE 80\nENTRYPOINT [\"serve\"]\n", {"serve": ""}, ["warning"]),
    "beside-one-for-production": Case("root-user", APP, {"app": "", "Dockerfile.prod": APP}, []),
    **{
        f"set-for-developers-and-run-by-{name}": Case("root-user", APP, {"app": "", "compose.yaml": SET_FOR_DEVELOPERS, path: text}, codes)
        for name, path, text, codes in PLATFORMS
    },
    "run-by-lambda": Case("root-user", APP.replace("EXPOSE", "ADD https://example.com/aws-lambda-rie /bin/\nEXPOSE"), {"app": ""}, []),
    "without-a-command-for-heroku": Case("unlocked-install", "FROM node:22.1-slim\nCOPY package.json ./\nRUN npm install\n", {"package.json": "{}", "package-lock.json": "{}", "heroku.yml": "build:\n  docker:\n    web: Dockerfile\nrun:\n  web: node a.js\n"}, ["warning"]),
    "without-a-command-for-nobody": Case("unlocked-install", "FROM node:22.1-slim\nCOPY package.json ./\nRUN npm install\n", {"package.json": "{}", "package-lock.json": "{}", "heroku.yml": "build:\n  docker:\n    web: web/Dockerfile\n", "web/Dockerfile": APP, "web/app": ""}, []),
    "with-settings-for-production-beside-one-for-production": Case("root-user", APP.replace("CMD", "ENV DJANGO_SETTINGS_MODULE=shop.settings.production\nCMD"), {"app": "", "Dockerfile.prod": APP}, ["warning"]),
    "with-settings-beside-one-for-production": Case("root-user", APP.replace("CMD", "ENV DJANGO_SETTINGS_MODULE=shop.settings.local\nCMD"), {"app": "", "Dockerfile.prod": APP}, []),
    "for-production-beside-one-for-production": Case("root-user", APP.replace("CMD", "ENV NODE_ENV=production\nCMD"), {"app": "", "Dockerfile.prod": APP}, ["warning"]),
    "script-with-an-arm-for-developers": Case("root-user", CHOICE.format("serve"), {"run.sh": ARMS}, ["warning"]),
    "script-with-an-arm-for-developers-that-is-taken": Case("root-user", CHOICE.format("watch"), {"run.sh": ARMS}, []),
    "beside-one-for-production-by-its-first-word": Case("root-user", APP, {"app": "", "production.Dockerfile": APP}, []),
    "beside-one-for-production-of-a-part": Case("root-user", APP, {"app": "", "production-api.Dockerfile": APP}, []),
    "beside-one-for-products": Case("root-user", APP, {"app": "", "products.Dockerfile": APP}, ["warning"]),
    "beside-one-for-development": Case("root-user", APP, {"app": "", "Dockerfile.dev": APP}, ["warning"]),
    "last-stage-called-test": Case("root-user", APP.replace("slim", "slim AS test"), {"app": ""}, []),
    "script-that-watches-sources-of-a-mount": Case("root-user", WATCHED, {"package.json": '{"scripts": {"start": "nodemon src/a.js"}}', "compose.yaml": MOUNTED}, []),
    "watcher-of-go": Case("shell-form-command", "FROM golang:1.22\nWORKDIR /a\nCOPY . .\nCMD reflex -r '\\.go$' -s -- go run .\n", {"a.go": ""}, []),
    "framework-called-like-a-watcher": Case("shell-form-command", "FROM python:3.12\nWORKDIR /a\nCOPY . .\nCMD reflex run --env prod\n", {"a.py": ""}, ["warning"]),
    "script-that-watches-sources-of-its-own": Case("root-user", WATCHED, {"package.json": '{"scripts": {"start": "nodemon src/a.js"}}'}, ["warning"]),
    "script-that-watches-nothing-below-a-mount": Case("root-user", WATCHED, {"package.json": '{"scripts": {"start": "node src/a.js"}}', "compose.yaml": MOUNTED}, ["warning"]),
    "program-of-a-stage-below-a-mount": Case("root-user", "FROM golang:1.22 AS b\nWORKDIR /a\nCOPY . .\nRUN go build -o /a/m .\nFROM debian:12\nWORKDIR /a\nCOPY --from=b /a/m .\nEXPOSE 80\nCMD [\"./m\"]\n", {"m.go": "", "compose.yaml": MOUNTED}, ["warning"]),
    "program-of-an-image-below-a-mount": Case("root-user", "FROM composer:2 AS b\nFROM php:8.3-cli\nCOPY --from=b /usr/bin/composer /usr/bin/composer\nWORKDIR /a\nEXPOSE 80\nCMD [\"php\", \"-S\", \"0.0.0.0:80\"]\n", {"a.php": "", "compose.yaml": MOUNTED}, []),
    "image-that-a-service-tests-in": Case("dev-dependencies", SOURCES + "COPY . .\n", {**PACKAGE, "a.js": "", "compose.test.yaml": "services:\n  sut:\n    build: .\n    command: npm test\n"}, []),
    "image-that-a-service-starts": Case("dev-dependencies", SOURCES + "COPY . .\n", {**PACKAGE, "a.js": "", "compose.test.yaml": "services:\n  sut:\n    build: .\n    command: node a.js\n"}, ["warning"]),
    "deployed-with-all": Case("dev-dependencies", DEPLOYED.format(""), {**PACKAGE, "pnpm-lock.yaml": "", "a.js": ""}, ["warning"]),
    "deployed-without": Case("dev-dependencies", DEPLOYED.format("--prod "), {**PACKAGE, "pnpm-lock.yaml": "", "a.js": ""}, []),
    "put-aside-with-all": Case("dev-dependencies", ASIDE.format("npm ci && cp -R node_modules /kept"), {**PACKAGE, "a.js": ""}, ["warning"]),
    "put-aside-behind-stages-of-no-use": Case("dev-dependencies", "FROM scratch AS c\nFROM scratch AS d\n" + ASIDE.format("npm ci && cp -R node_modules /kept"), {**PACKAGE, "a.js": ""}, ["warning"]),
    "put-aside-before-the-rest-came": Case("dev-dependencies", ASIDE.format("npm ci --omit=dev && cp -R node_modules /kept && npm ci"), {**PACKAGE, "a.js": ""}, []),
    "script-with-a-server-for-each-mode": Case("root-user", SCRIPT + "EXPOSE 80\n", {"run.sh": "#!/bin/sh\nif [ \"$M\" = dev ]; then\n  exec npm run dev\nelse\n  exec node dist/index.js\nfi\n"}, ["warning"]),
    "script-with-a-server-of-sources": Case("root-user", SCRIPT + "EXPOSE 80\n", {"run.sh": "#!/bin/sh\nexec npm run dev\n"}, []),
    "service-that-calls-a-tool": Case("dev-dependencies", SOURCES + "COPY . .\n", {**PACKAGE, "a.js": "", "compose.yaml": "services:\n  a:\n    build: .\n  migrate:\n    build: .\n    command: npx b migrate\n"}, []),
    "service-that-calls-another-tool": Case("dev-dependencies", SOURCES + "COPY . .\n", {**PACKAGE, "a.js": "", "compose.yaml": "services:\n  a:\n    build: .\n  migrate:\n    build: .\n    command: npx a migrate\n"}, ["warning"]),
    "command-of-a-service-alone": Case("dev-dependencies", "FROM node:22\nWORKDIR /a\nCOPY . .\nRUN npm ci\n", {**PACKAGE, "a.js": "", "compose.yaml": "services:\n  a:\n    build: .\n    command: node a.js\n"}, ["warning"]),
    "command-of-nobody-at-all": Case("dev-dependencies", "FROM node:22\nWORKDIR /a\nCOPY . .\nRUN npm ci\n", {**PACKAGE, "a.js": "", "compose.yaml": "services:\n  a:\n    build: .\n"}, []),
    "group-that-the-program-imports": Case("dev-dependencies", GROUPED, {**GROUP, "a.py": "import flask\nfrom pass_lib import x\n"}, []),
    "group-that-only-tests-import": Case("dev-dependencies", GROUPED, {**GROUP, "a.py": "import flask\n", "tests/test_a.py": "import pass_lib\n"}, ["warning"]),
    "files-for-others-and-waits": Case("root-user", "FROM alpine:3.20\nCOPY app /dist/\nCMD [\"sh\", \"-c\", \"echo ready; tail -f /dev/null\"]\n", {"app": ""}, []),
    "files-and-a-server-behind-them": Case("root-user", "FROM node:22\nCOPY app /dist/\nCMD [\"sh\", \"-c\", \"echo ready; node /dist/app\"]\n", {"app": ""}, ["warning"]),
    "sources-served-in-a-shell": Case("root-user", "FROM node:22\nCOPY app /a/\nCMD [\"sh\", \"-c\", \"npm run dev\"]\n", {"app": ""}, []),
    "pages-served-at-the-end-of-a-line": Case("root-user", "FROM debian:12\nEXPOSE 80\nENTRYPOINT [\"/bin/bash\", \"-lc\", \"cd /a && yarn && hugo server --bind 0.0.0.0\"]\n", {"app": ""}, []),
    "program-started-in-a-shell": Case("root-user", "FROM node:22\nCOPY app /a/\nCMD [\"sh\", \"-c\", \"npm run serve\"]\n", {"app": ""}, ["warning"]),
    "packages-that-rails-installs-again": Case("dev-dependencies", PRECOMPILED, {**PACKAGE, "Gemfile": 'gem "rails"\ngem "cssbundling-rails"\n'}, []),
    "packages-that-rails-does-not-install": Case("dev-dependencies", PRECOMPILED, {**PACKAGE, "Gemfile": 'gem "rails"\n'}, ["warning"]),
    "sources-by-a-mount": Case("dev-dependencies", SOURCES, {**PACKAGE, "compose.yaml": MOUNTED, "a.js": ""}, []),
    "sources-in-the-image": Case("dev-dependencies", SOURCES + "COPY . .\n", {**PACKAGE, "compose.yaml": MOUNTED, "a.js": ""}, ["warning"]),
    "a-tool-that-a-variable-places": Case("dev-dependencies", SOURCES + "ENV LINTER=/a/node_modules/.bin/b\n", PACKAGE, []),
    "a-package-that-a-variable-places": Case("dev-dependencies", SOURCES + "ENV PARSER=/a/node_modules/a\n", PACKAGE, ["warning"]),
    "sources-nowhere": Case("dev-dependencies", SOURCES, PACKAGE, ["warning"]),
    "image-of-a-directory": Case("unpinned-base", "FROM acme/base\nCOPY a /\nCMD [\"/a\"]\n", {"a": "", "base/Dockerfile": "FROM scratch\n"}, []),
    "image-of-the-machine": Case("unpinned-base", "FROM localhost:5000/base:latest\nCOPY a /\nCMD [\"/a\"]\n", {"a": ""}, []),
    "frontend-of-a-mirror": Case("foreign-frontend", "# syntax=mirror.acme.dev/docker/dockerfile:1\n" + APP, {"app": ""}, ["note"]),
    "frontend-of-others": Case("foreign-frontend", "# syntax=mirror.acme.dev/acme/dockerfile:1\n" + APP, {"app": ""}, ["warning"]),
    "command-of-a-service": Case("root-user", "FROM node:22\nWORKDIR /a\nCOPY a /a/\n", {"a": "", "compose.yaml": "services:\n  web:\n    build: .\n    command: npm run start\n"}, ["warning"]),
    "command-and-user-of-a-service": Case("root-user", "FROM node:22\nWORKDIR /a\nCOPY a /a/\n", {"a": "", "compose.yaml": "services:\n  web:\n    build: .\n    user: node\n    command: npm run start\n"}, []),
    "command-of-a-service-that-develops": Case("root-user", "FROM node:22\nWORKDIR /a\nCOPY a /a/\n", {"a": "", "compose.yaml": "services:\n  web:\n    build: .\n    command: npm run dev\n"}, []),
    "command-of-nobody": Case("root-user", "FROM node:22\nWORKDIR /a\nCOPY a /a/\n", {"a": "", "compose.yaml": "services:\n  web:\n    build: .\n"}, []),
    "image-that-a-workflow-gives-out": Case("unpinned-base", OWN, {"package.json": SHOP_JSON, ".github/workflows/a.yml": GIVEN.format("images: ghcr.io/${{ github.repository }}")}, []),
    "image-of-a-list-with-conditions": Case("unpinned-base", OWN, {".github/workflows/a.yml": GIVEN.format("images: |\n            name=ghcr.io/a/b,enable=true\n            name=acme/shop,enable=${{ github.ref == 'a' }}")}, []),
    "image-of-a-list-in-a-variable": Case("unpinned-base", OWN, {".github/workflows/a.yml": "env:\n  META_IMAGES: |\n    a/b\n    ghcr.io/acme/shop\n  OTHER: 1\n"}, []),
    "image-of-another-list": Case("unpinned-base", OWN, {".github/workflows/a.yml": "env:\n  META_IMAGES: |\n    a/b\n  MIRRORS: |\n    ghcr.io/acme/shop\n"}, ["warning"]),
    "image-that-a-workflow-gives-out-by-its-owner": Case("unpinned-base", OWN, {"package.json": SHOP_JSON, ".github/workflows/a.yml": GIVEN.format("tags: ghcr.io/${{ github.repository_owner }}/shop:1")}, []),
    "image-that-a-workflow-gives-out-by-a-variable": Case("unpinned-base", OWN, {"package.json": SHOP_JSON, ".github/workflows/a.yml": "env:\n  IMAGE_NAME: ${{ github.repository }}\n"}, []),
    "image-by-a-matrix": Case("unpinned-base", OWN.replace("shop", "shop-base"), {"package.json": SHOP_JSON, ".github/workflows/a.yml": PARTS}, []),
    "image-by-another-matrix": Case("unpinned-base", OWN.replace("shop", "shop-other"), {"package.json": SHOP_JSON, ".github/workflows/a.yml": PARTS}, ["warning"]),
    "image-of-another-project-by-a-matrix": Case("unpinned-base", OWN.replace("shop", "shop-base"), {".github/workflows/a.yml": PARTS}, ["warning"]),
    "image-that-manifests-name": Case("unpinned-base", OWN.replace("shop", "shop-base"), {"package.json": SHOP_JSON, ".github/workflows/a.yml": JOINED}, []),
    "image-that-another-manifest-names": Case("unpinned-base", OWN.replace("shop", "shop-other"), {"package.json": SHOP_JSON, ".github/workflows/a.yml": JOINED}, ["warning"]),
    "root-on-an-own-base": Case("root-user", SERVED, {**PARTED, "docker/base.Dockerfile": "FROM ubuntu:24.04\nRUN apt-get update\n"}, ["warning"]),
    "user-of-an-own-base": Case("root-user", SERVED, {**PARTED, "docker/base.Dockerfile": "FROM ubuntu:24.04\nUSER app\n"}, []),
    "entry-point-of-an-own-base": Case("root-user", SERVED, {**PARTED, "docker/base.Dockerfile": 'FROM ubuntu:24.04\nENTRYPOINT ["/init"]\n'}, []),
    "own-base-on-a-base-of-others": Case("root-user", SERVED, {**PARTED, "docker/base.Dockerfile": "FROM others/base:1\n"}, []),
    "base-of-others": Case("root-user", SERVED.replace("shop-base", "other"), {**PARTED, "docker/base.Dockerfile": "FROM ubuntu:24.04\n"}, []),
    "image-of-another-than-a-workflow-gives-out": Case("unpinned-base", OWN.replace("shop", "other"), {"package.json": SHOP_JSON, ".github/workflows/a.yml": GIVEN.format("images: ghcr.io/${{ github.repository }}")}, ["warning"]),
    "image-that-no-workflow-gives-out": Case("unpinned-base", OWN, {"package.json": SHOP_JSON, ".github/workflows/a.yml": "jobs:\n  a:\n    if: github.repository == 'acme/shop'\n"}, ["warning"]),
    "image-of-a-service": Case("unpinned-base", "FROM acme/base\nCOPY a /\nCMD [\"/a\"]\n", {"a": "", "compose.yaml": "services:\n  base:\n    build: base\n    image: acme/base\n  web:\n    build: .\n"}, []),
    "image-of-a-service-that-only-runs-it": Case("unpinned-base", "FROM acme/base\nCOPY a /\nCMD [\"/a\"]\n", {"a": "", "compose.yaml": "services:\n  web:\n    build: .\n  base:\n    image: acme/base\n    ports: []\n  last:\n    build: last\n"}, ["warning"]),
    "packages-below-everything": Case("copy-before-install", EVERYTHING.format("apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*"), MANY, ["warning"]),
    "packages-below-everything-and-a-build": Case("copy-before-install", EVERYTHING.format("apt-get install -y gcc && ./build"), MANY, ["warning"]),
    "packages-behind-files-that-go": Case("copy-before-install", EVERYTHING.format("find . -name '.*' -exec rm -rf {} \\\\; && cp a/b.json ./\nRUN apt-get install -y tini"), MANY, ["warning"]),
    "packages-below-many-sources": Case("copy-before-install", EVERYTHING.format("apt-get install -y tini").replace("COPY . ", "COPY src "), {f"src/{at}.py": "" for at in range(60)}, ["warning"]),
    "packages-below-some-sources": Case("copy-before-install", EVERYTHING.format("apt-get install -y tini").replace("COPY . ", "COPY src "), {f"src/{at}.py": "" for at in range(20)}, []),
    "packages-below-what-is-made-of-sources": Case("copy-before-install", EVERYTHING.format("apt-get install -y tini").replace("COPY . ", "COPY --from=0 /b /b\nCOPY src ").replace("FROM", "FROM debian:12\nRUN make\nFROM"), {f"src/{at}.py": "" for at in range(60)}, []),
    "packages-of-sources-that-are-put-there": Case("copy-before-install", EVERYTHING.format("cp own.list /etc/apt/sources.list.d/\nRUN apt-get update && apt-get install -y tini"), {**MANY, "own.list": ""}, []),
    "packages-behind-a-build": Case("copy-before-install", EVERYTHING.format("./prepare && apt-get install -y curl"), MANY, []),
    "packages-of-a-list-of-the-project": Case("copy-before-install", EVERYTHING.format("apt-get install -y $(cat packages)"), MANY, []),
    "package-of-the-project": Case("copy-before-install", EVERYTHING.format("apt-get install -y ./app.deb"), MANY, []),
    "packages-that-go-again": Case("copy-before-install", EVERYTHING.format("apk add gcc && make && apk del gcc"), MANY, []),
    "packages-of-sources-that-are-copied": Case("copy-before-install", EVERYTHING.format("apt-get install -y curl").replace("RUN", "COPY sources.list /etc/apt/\nRUN"), {**MANY, "sources.list": ""}, []),
    "packages-below-a-few-files": Case("copy-before-install", EVERYTHING.format("apt-get install -y curl"), {"app": ""}, []),
    "packages-below-a-cache": Case("copy-before-install", EVERYTHING.format("--mount=type=cache,target=/var/cache/apt apt-get install -y curl"), MANY, ["warning"]),
    "packages-and-dependencies": Case("copy-before-install", EVERYTHING.format("apt-get install -y python3-pip\nRUN pip install -r requirements.txt").replace("debian:12-slim", "ubuntu:22.04"), {**MANY, "requirements.txt": "flask\n"}, ["warning"]),
    "group-that-a-variable-asks-for": Case("dev-dependencies", CHOSEN.format("if [ $DEV ]; then poetry install --with dev; fi"), {**GROUP, "a.py": ""}, []),
    "group-that-a-variable-asks-for-in-one-line": Case("dev-dependencies", CHOSEN.format('[ "$DEV" = no ] || (poetry install --with dev)'), {**GROUP, "a.py": ""}, []),
    "group-below-a-test-of-a-file": Case("dev-dependencies", CHOSEN.format("if [ -f poetry.lock ]; then poetry install --with dev; fi"), {**GROUP, "a.py": ""}, ["warning"]),
    "root-by-what-it-installs": Case("root-user", INSTALLED.format("RUN apt-get update && apt-get install -y curl\n", 'ENTRYPOINT ["/run.sh"]\n'), {"run.sh": "#!/bin/sh\nexec python3 /app.py\n"}, ["warning"]),
    "of-who-knows-what-user": Case("root-user", INSTALLED.format("RUN mkdir /a\n", 'ENTRYPOINT ["/run.sh"]\n'), {"run.sh": "#!/bin/sh\nexec python3 /app.py\n"}, []),
    "root-by-the-leave-of-another": Case("root-user", INSTALLED.format("RUN sudo apt-get install -y curl\n", 'ENTRYPOINT ["/run.sh"]\n'), {"run.sh": "#!/bin/sh\nexec python3 /app.py\n"}, []),
    "below-an-entry-point-of-the-base": Case("root-user", INSTALLED.format("RUN apt-get install -y curl\n", 'CMD ["/run.sh"]\n'), {"run.sh": "#!/bin/sh\nexec python3 /app.py\n"}, []),
    "base-that-drops-its-rights": Case("root-user", INSTALLED.replace("registry.acme.dev/acme/base:1.2", "postgres:16").format("RUN apt-get install -y curl\n", 'ENTRYPOINT ["/run.sh"]\n'), {"run.sh": "#!/bin/sh\ndocker-entrypoint.sh postgres\n"}, []),
    "base-with-workers": Case("root-user", INSTALLED.replace("base", "php-apache").format("RUN apt-get install -y curl\n", 'ENTRYPOINT ["/run.sh"]\n'), {"run.sh": "#!/bin/sh\nexec \"$@\"\n"}, []),
    "root-by-the-users-that-it-makes": Case("root-user", INSTALLED.format("RUN useradd app\n", 'ENTRYPOINT ["/run.sh"]\n'), {"run.sh": "#!/bin/sh\nexec python3 /app.py\n"}, ["warning"]),
    "server-that-a-script-looks-for": Case("root-user", SCRIPT + "EXPOSE 80\n", {"run.sh": "#!/bin/sh\nexec $(which squid) -N\n"}, []),
    "program-that-a-script-looks-for": Case("root-user", SCRIPT + "EXPOSE 80\n", {"run.sh": "#!/bin/sh\nexec $(which shopd) -N\n"}, ["warning"]),
    "module-that-is-called-entrypoint": Case("root-user", 'FROM python:3.12\nCOPY app /app\nEXPOSE 80\nCMD ["uvicorn", "app.entrypoint:app"]\n', {"app": ""}, ["warning"]),
    "script-that-is-called-entrypoint": Case("root-user", 'FROM python:3.12\nCOPY app /app\nEXPOSE 80\nCMD ["/made/entrypoint"]\n', {"app": ""}, ["note"]),
    "workers-of-somebody-else": Case("root-user", "FROM python:3.12\nCOPY app /app\nEXPOSE 80\nCMD python a.py migrate && gunicorn a:b --user www-data --group www-data\n", {"app": ""}, []),
    "workers-of-a-group": Case("root-user", "FROM python:3.12\nCOPY app /app\nEXPOSE 80\nCMD gunicorn a:b --group www-data --user-agent x\n", {"app": ""}, ["warning"]),
    "tool-below-its-words": Case("root-user", 'FROM ruby:3.3\nRUN gem install x\nVOLUME /src\nCMD ["--help"]\nENTRYPOINT ["x-change"]\n', {"app": ""}, ["note"]),
    "server-below-its-words": Case("root-user", 'FROM ruby:3.3\nRUN gem install x\nVOLUME /src\nCMD ["--all"]\nENTRYPOINT ["x-change"]\n', {"app": ""}, ["warning"]),
    "words-of-a-script-of-python": Case("root-user", 'FROM python:3.12\nRUN true\nCOPY run.py /usr/bin/sender\nCMD ["sender"]\n', {"run.py": "#!/usr/bin/env python3\nif a:\n    add\n"}, ["note"]),
    "work-that-ends-like-a-server": Case("root-user", 'FROM python:3.12\nRUN true\nCOPY run.py /usr/bin/a\nCMD ["a", "rebuild"]\n', {"run.py": ""}, ["note"]),
    "work-by-what-its-script-does": Case("root-user", 'FROM node:22\nCOPY . /a/\nCMD ["node", "/a/convert.js"]\n', {"convert.js": ""}, ["note"]),
    "first-script-of-a-directory": Case("root-user", 'FROM node:22\nCOPY . /a/\nCMD ["node", "/a/index.js"]\n', {"index.js": ""}, ["warning"]),
    "others-as-somebody-else": Case("root-user", "FROM golang:1.23\nCOPY . .\nRUN go build -o /a .\nEXPOSE 80\nCMD [\"/a\"]\n", {"run/a.go": "Credential: &syscall.Credential{Uid: id},\n"}, ["note"]),
    "server-by-its-ending": Case("root-user", 'FROM python:3.12\nRUN true\nCOPY run.py /usr/bin/shopd\nCMD ["shopd"]\n', {"run.py": ""}, ["warning"]),
    "words-of-a-script-of-the-shell": Case("root-user", 'FROM python:3.12\nRUN true\nCOPY run.py /usr/bin/sender\nCMD ["sender"]\n', {"run.py": "#!/bin/sh\nexec shopd\n"}, ["warning"]),
    "work-by-the-name-of-its-program": Case("root-user", 'FROM python:3.12\nCOPY a.py /\nCMD ["python", "/batch_handler.py"]\n', {"a.py": ""}, ["note"]),
    "work-that-listens": Case("root-user", 'FROM python:3.12\nCOPY a.py /\nEXPOSE 80\nCMD ["python", "/batch_handler.py"]\n', {"a.py": ""}, ["warning"]),
    "settings-above-an-install": Case("copy-before-install", INSTALL.format("config"), {**LOCKED, "config/a.js": ""}, []),
    "sources-above-an-install": Case("copy-before-install", INSTALL.format("src"), {**LOCKED, "src/a.js": ""}, ["warning"]),
    "image-of-others": Case("unpinned-base", "FROM acme/base\nCOPY a /\nCMD [\"/a\"]\n", {"a": "", "basis/Dockerfile": "FROM scratch\n"}, ["warning"]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_is_made_of_a_use(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    projects.write(tmp_path, {**case.tree, "Dockerfile": case.dockerfile, ".dockerignore": "x\n"})
    found = [each for each in review(scan(tmp_path)).findings or () if each.code == case.code]
    assert [each.severity for each in found] == case.severities


@pytest.mark.parametrize(("base", "severities"), [("acme/base", []), ("acme/other", ["warning"])])
def test_an_image_of_a_directory_further_up(base: str, severities: list[str], tmp_path: Path) -> None:
    """A variant of an image lies in the directory of that image, and is made of one that lies beside it."""
    nested = "images/app/gpu/Dockerfile"
    projects.write(tmp_path, {"images/base/Dockerfile": "FROM scratch\n", nested: f'FROM {base}\nCMD ["/a"]\n'})
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    found = review(scan(tmp_path / "images" / "app" / "gpu")).findings or ()
    assert [each.severity for each in found if each.code == "unpinned-base"] == severities


@pytest.mark.parametrize(("file", "severities"), [("Dockerfile.prod", []), ("Dockerfile", ["warning"])])
def test_one_for_production_that_nobody_builds(file: str, severities: list[str], tmp_path: Path) -> None:
    """A plain Dockerfile is for development where the project builds the other; where it does not, the plain one
    ships."""
    other = f"services:\n  web:\n    build:\n      context: .\n      dockerfile: {file}\n"
    plain = "services:\n  web:\n    build: .\n"
    files = {"Dockerfile": APP, "Dockerfile.prod": APP, "app": "", "compose.yaml": plain, "scripts/compose.yaml": other}
    projects.write(tmp_path, files)
    builds = told("--compose", "compose.yaml", cwd=tmp_path)
    found = [each for each in builds[0]["findings"] if each["code"] == "root-user"]
    assert [each["severity"] for each in found] == severities


@pytest.mark.parametrize(
    ("file", "place", "severities"),
    [
        ("Dockerfile", "", ["warning"]),
        ("docker/Dockerfile", "docker/", ["warning"]),
        ("docker/Dockerfile.prod", "docker/", []),
    ],
)
def test_one_that_a_workflow_pushes_beside_one_for_production(
    file: str, place: str, severities: list[str], tmp_path: Path
) -> None:
    """What others get ships, whatever lies beside it."""
    step = "      - uses: docker/build-push-action@v6\n        with:\n          file: ./{}\n          push: true\n"
    order = "on: push\njobs:\n  a:\n    steps:\n" + step.format(file)
    files = {f"{place}Dockerfile": APP, f"{place}Dockerfile.prod": APP, "app": "", ".github/workflows/a.yml": order}
    projects.write(tmp_path, files)
    builds = told("--file", f"{place}Dockerfile", ".", cwd=tmp_path)
    found = [each for each in builds[0]["findings"] if each["code"] == "root-user"]
    assert [each["severity"] for each in found] == severities


@pytest.mark.parametrize(("other", "severities"), [("web.production", []), ("api.production", ["warning"])])
def test_one_of_several_with_another_for_production(other: str, severities: list[str], tmp_path: Path) -> None:
    """Where each program has two Dockerfiles, the shorter name is for development."""
    projects.write(tmp_path, {"Dockerfile.web": APP, f"Dockerfile.{other}": APP, "app": ""})
    builds = told("--file", "Dockerfile.web", ".", cwd=tmp_path)
    found = [each for each in builds[0]["findings"] if each["code"] == "root-user"]
    assert [each["severity"] for each in found] == severities


@pytest.mark.parametrize(
    ("files", "severities"),
    [
        (("docker-compose-dev.yml",), []),
        (("compose.yaml",), ["warning"]),
        (("docker-compose-dev.yml", "docker-compose-prod.yml"), ["warning"]),
        (("docker-compose-device.yml",), ["warning"]),
        (("docker-compose-dev.yml", ".github/workflows/a.yml"), ["warning"]),
    ],
)
def test_a_compose_file_for_developers(files: tuple[str, ...], severities: list[str], tmp_path: Path) -> None:
    """What it alone builds is for them, unless it is the Dockerfile without a name of its own."""
    pushed = "on: push\njobs:\n  a:\n    steps:\n      - uses: x\n        with:\n          file: ./web/Dockerfile-web\n          push: true\n"
    texts = {each: pushed if each[0] == "." else DEVELOPED.format("web/Dockerfile-web") for each in files}
    projects.write(tmp_path, {"web/Dockerfile-web": APP, "app": "", **texts})
    builds = told("--compose", files[0], cwd=tmp_path)
    found = [each for each in builds[0]["findings"] if each["code"] == "root-user"]
    assert [each["severity"] for each in found] == severities


@pytest.mark.parametrize(("stage", "severities"), [("deps", []), ("tools", []), ("web", ["warning"])])
def test_a_stage_that_others_go_on_from(stage: str, severities: list[str], tmp_path: Path) -> None:
    """One that is built for the cache is not the image that a service without a target starts."""
    file = f'FROM python:3.12 AS {stage}\nWORKDIR /a\nFROM {stage} AS last\nUSER 1000\nCMD ["python", "a.py"]\n'
    services = f"services:\n  a:\n    build:\n      context: .\n      target: {stage}\n    command: python a.py\n"
    other = "services:\n  b:\n    build: .\n    command: python a.py\n"
    files = {"Dockerfile": file, "compose.yaml": services if stage == "web" else other, "docker-bake.hcl": ""}
    files["docker-bake.hcl"] = f'target "default" {{\n  target = "{stage}"\n}}\n'
    builds = told("--bake", "docker-bake.hcl", cwd=projects.write(tmp_path, files))
    found = [each for each in builds[0]["findings"] if each["code"] == "root-user"]
    assert [each["severity"] for each in found] == severities


@pytest.mark.parametrize(
    ("name", "step", "severities"),
    [("full", "RUN apt-get update", []), ("full", "COPY app /b", ["warning"]), ("test", "RUN apt-get update", ["warning"])],
)  # fmt: skip
def test_a_stage_that_another_image_goes_on_from(name: str, step: str, severities: list[str], tmp_path: Path) -> None:
    """A user in the middle may not do what the next stage does: it is told at the end, once."""
    file = f'FROM python:3.12 AS lite\nEXPOSE 80\nCMD ["python", "a.py"]\nFROM lite AS {name}\n{step}\n'
    bake = 'target "default" {\n  target = "lite"\n}\n'
    projects.write(tmp_path, {"Dockerfile": file, "app": "", "docker-bake.hcl": bake})
    builds = told("--bake", "docker-bake.hcl", cwd=tmp_path)
    found = [each for each in builds[0]["findings"] if each["code"] == "root-user"]
    assert [each["severity"] for each in found] == severities


@pytest.mark.parametrize(
    ("mount", "severities"), [("..:/app", []), ("../docs:/app", ["warning"]), ("..:/srv", ["warning"])]
)
def test_sources_below_a_directory_that_is_mounted(mount: str, severities: list[str], tmp_path: Path) -> None:
    """Whoever lays the whole project into the image works on it."""
    file = 'FROM node:22\nWORKDIR /app/site\nEXPOSE 80\nCMD ["node", "a.js"]\n'
    services = f"services:\n  a:\n    build: .\n    volumes:\n      - {mount}\n"
    projects.write(tmp_path, {"site/Dockerfile": file, "site/compose.yaml": services, "docs/a": ""})
    found = review(scan(tmp_path / "site")).findings or ()
    assert [each.severity for each in found if each.code == "root-user"] == severities


def test_a_compose_file_for_developers_and_a_plain_dockerfile(tmp_path: Path) -> None:
    projects.write(tmp_path, {"Dockerfile": APP, "app": "", "compose.dev.yaml": DEVELOPED.format("Dockerfile")})
    builds = told("--compose", "compose.dev.yaml", cwd=tmp_path)
    assert [each["severity"] for each in builds[0]["findings"] if each["code"] == "root-user"] == ["warning"]


@pytest.mark.parametrize(("check", "codes"), [("    healthcheck:\n      test: x\n", []), ("", ["missing-healthcheck"])])
@pytest.mark.parametrize(("compose", "context"), [("samples/compose.yaml", "web"), ("compose.yaml", "samples/web")])
def test_the_compose_file_above_checks_the_health(
    compose: str, context: str, check: str, codes: list[str], tmp_path: Path
) -> None:
    """The service that is built here counts, wherever between the context and the root its compose file lies."""
    service = f"services:\n  web:\n    build: {context}\n{check}"
    other = "  other:\n    image: x\n    healthcheck:\n      test: x\n"
    files = {
        "samples/web/Dockerfile": 'FROM node:22\nEXPOSE 80\nUSER node\nCMD ["node", "a.js"]\n',
        compose: service + other,
    }
    projects.write(tmp_path, files)
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    found = review(scan(tmp_path / "samples" / "web")).findings or ()
    assert [each.code for each in found if each.code == "missing-healthcheck"] == codes


POD = """kind: Deployment
spec:
  template:
    spec:
      securityContext:
        runAsNonRoot: {}
      containers:
        - name: server
          image: acme.dev/{}:v1
"""


@pytest.mark.parametrize(
    ("secure", "image", "severity"),
    [("true", "mail", "note"), ("false", "mail", "warning"), ("true", "web", "warning")],
)
def test_a_cluster_runs_it_as_somebody_else(secure: str, image: str, severity: str, tmp_path: Path) -> None:
    """A manifest of the repository for an image that is called like the directory."""
    files = {"src/mail/Dockerfile": APP, "src/mail/app": "", "kubernetes-manifests/a.yaml": POD.format(secure, image)}
    projects.write(tmp_path, files)
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    found = review(scan(tmp_path / "src" / "mail")).findings or ()
    assert [each.severity for each in found if each.code == "root-user"] == [severity]


@pytest.mark.parametrize(
    ("page", "severity"),
    [
        ("![Pulls](https://img.shields.io/docker/pulls/acme/mail)", "warning"),
        ("See https://hub.docker.com/r/acme/mail.", "warning"),
        ("Run `docker run --rm \\\n  -p 80:80 acme/mail:1`.", "warning"),
        ("Run `docker run --rm acme/mailer`.", "note"),
        ("Run `docker run postgres` and skaffold with mail.", "note"),
    ],
)
def test_a_cluster_is_not_the_only_one_that_runs_it(page: str, severity: str, tmp_path: Path) -> None:
    """Where a page has people run it by Docker, nobody says that it is not root."""
    files = {"src/mail/Dockerfile": APP, "src/mail/app": "", "README.md": f"# Mail\n\n{page}\n"}
    projects.write(tmp_path, {**files, "kubernetes-manifests/a.yaml": POD.format("true", "mail")})
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    found = review(scan(tmp_path / "src" / "mail")).findings or ()
    assert [each.severity for each in found if each.code == "root-user"] == [severity]


@pytest.mark.parametrize(
    ("place", "severity"),
    [
        ("examples/web", "note"),
        ("batch/web", "note"),
        ("news-scraper", "note"),
        ("web.Tests", None),
        ("acceptance_tests/web", None),
        ("gitpod/web", None),
        ("contests/web", "warning"),
        ("speed-test", "warning"),
    ],
)
def test_the_place_of_an_image(place: str, severity: str | None, tmp_path: Path) -> None:
    """An example and what does its work and ends are no servers, and what tests is no image that ships."""
    projects.write(
        tmp_path, {f"{place}/Dockerfile": 'FROM node:22\nCOPY a.js /\nCMD ["node", "/a.js"]\n', f"{place}/a.js": ""}
    )
    with contextlib.chdir(tmp_path):
        found = review(scan(tmp_path / place)).findings or ()
    assert next((each.severity for each in found if each.code == "root-user"), None) == severity


def test_a_member_that_talks_to_docker(tmp_path: Path) -> None:
    """It is given the socket, which is for root alone."""
    files = {"Dockerfile": 'FROM node:22\nCOPY . .\nEXPOSE 3000\nCMD ["node", "a.js"]\n', "package.json": "{}"}
    projects.write(tmp_path, {**files, "apps/web/package.json": '{"dependencies": {"dockerode": "4"}}'})
    assert not [each for each in review(scan(tmp_path)).findings or () if each.code == "root-user"]


@pytest.mark.parametrize(("stage", "severity"), [("cli", "note"), ("web", "warning")])
def test_the_name_of_a_stage(stage: str, severity: str, tmp_path: Path) -> None:
    """It may say that the image is a tool."""
    projects.write(
        tmp_path, {"Dockerfile": f'FROM node:22 AS {stage}\nCOPY a.js /\nENTRYPOINT ["node", "/a.js"]\n', "a.js": ""}
    )
    found = review(scan(tmp_path)).findings or ()
    assert [each.severity for each in found if each.code == "root-user"] == [severity]


@pytest.mark.parametrize("place", ["examples/web", "docs/recipes"])
def test_an_example_is_not_held_to_pins(place: str, tmp_path: Path) -> None:
    """It shows how to use what the project makes: a note where something else is a warning."""
    projects.write(tmp_path, {f"{place}/Dockerfile": "FROM acme/web\nCOPY a /\n", f"{place}/a": ""})
    with contextlib.chdir(tmp_path):
        found = review(scan(tmp_path / place)).findings or ()
    assert [each.severity for each in found if each.code == "unpinned-base"] == ["note"]


@pytest.mark.parametrize(("place", "severity"), [("examples/web", "note"), ("web", "warning")])
def test_an_example_that_a_service_starts(place: str, severity: str, tmp_path: Path) -> None:
    service = "services:\n  a:\n    build: .\n    command: python a.py\n"
    tree = {
        f"{place}/Dockerfile": "FROM python:3.12\nCOPY a.py /\n",
        f"{place}/a.py": "",
        f"{place}/compose.yaml": service,
    }
    projects.write(tmp_path, tree)
    with contextlib.chdir(tmp_path):
        found = review(scan(tmp_path / place)).findings or ()
    assert [each.severity for each in found if each.code == "root-user"] == [severity]


@pytest.mark.parametrize(("place", "severity"), [("examples/web", "note"), ("web", "warning")])
def test_an_example_need_not_have_a_lock_file(place: str, severity: str, tmp_path: Path) -> None:
    """Nobody keeps its versions up to date."""
    files = {"package.json": '{"dependencies": {"express": "^4"}}', "a.js": ""}
    files["Dockerfile"] = 'FROM node:22\nCOPY . .\nRUN npm install\nCMD ["node", "a.js"]\n'
    projects.write(tmp_path, {f"{place}/{name}": text for name, text in files.items()})
    with contextlib.chdir(tmp_path):
        found = review(scan(tmp_path / place)).findings or ()
    assert [each.severity for each in found if each.code == "unlocked-install"] == [severity]


@pytest.mark.parametrize(("place", "severity"), [("examples/web", "note"), ("web", "warning")])
def test_layers_of_an_example(place: str, severity: str, tmp_path: Path) -> None:
    """One measure for all that is said of what apt leaves."""
    steps = "RUN apt-get update\nRUN apt-get install -y cron\nRUN rm -rf /var/lib/apt/lists/*\n"
    projects.write(tmp_path, {f"{place}/Dockerfile": f"FROM debian:12\n{steps}COPY a /\nCMD /a\n", f"{place}/a": ""})
    with contextlib.chdir(tmp_path):
        found = review(scan(tmp_path / place)).findings or ()
    told = {each.code: each.severity for each in found if each.code in ("split-update", "split-cleanup")}
    assert told == {"split-update": severity, "split-cleanup": severity}


MISSING = "FROM scratch\nCOPY {} /\n"
DOWNLOAD = "on: push\njobs:\n  a:\n    steps:\n      - uses: actions/download-artifact@v4\n        with:\n          name: x\n          path: bin/\n"


@pytest.mark.parametrize(
    ("source", "tree", "severity"),
    [
        ("bin/app", {".github/workflows/a.yml": DOWNLOAD}, "note"),
        ("lib/app", {".github/workflows/a.yml": DOWNLOAD}, "error"),
        ("go.sum", {".github/workflows/a.yml": "on: push\ncache-dependency-path: go.sum\n"}, "error"),
        ("app-amd64", {"build.sh": 'for a in amd64; do\n  mv out "app-$a"\ndone\n'}, "note"),
        ("tool-amd64", {"build.sh": 'for a in amd64; do\n  mv out "app-$a"\ndone\n'}, "error"),
        ("app.tar.gz", {"build.sh": "node pack.js ./app.tar.gz\n"}, "note"),
        ("app", {"release.sh": 'cp Dockerfile "$DIR/Dockerfile"\n'}, "note"),
        ("app", {"release.sh": 'cp Dockerfile.web "$DIR/Dockerfile"\n'}, "error"),
        ("shop", {"Cargo.toml": '[package]\nname = "shop"\n'}, "note"),
        ("shop", {"crates/shop/Cargo.toml": '[package]\nname = "shop"\n'}, "note"),
        ("shop.toml", {"Cargo.toml": '[package]\nname = "shop"\n'}, "error"),
        ("target/*.jar", {"pom.xml": "", "target/classes/a": ""}, "note"),
        ("target/*.jar", {"target/classes/a": ""}, "error"),
        ("target/lib/", {"pom.xml": "", ".dockerignore": "target/\n!target/lib/*.jar\n"}, "note"),
        ("target/lib/", {"pom.xml": "", ".dockerignore": "target/\n!target/other/*.jar\n"}, "error"),
        ("api/build/libs/a.jar", {"api/build.gradle.kts": ""}, "note"),
        ("build/libs/a.jar", {"api/build.gradle.kts": ""}, "error"),
        ("shop-api-1.0-SNAPSHOT.jar", {"shop-api/pom.xml": "<artifactId>shop-api</artifactId>"}, "note"),
        ("out/shop-*.war", {"settings.gradle": "rootProject.name = 'shop'\n"}, "note"),
        ("web.jar", {"web/build.gradle": ""}, "note"),
        ("jar/shop.jar", {"copy.sh": "cp ../shop/target/shop.jar ./web/jar\n"}, "note"),
        ("db/*.sql", {"copy.sh": "cp ../sql/2024.sql ./web/db\n"}, "note"),
        ("jar/shop.jar", {"copy.sh": "cp ../shop/target/shop.jar ./web/lib\n"}, "error"),
        ("agent-1.0.jar", {"shop-api/pom.xml": "<artifactId>shop-api</artifactId>", "web/build.gradle": ""}, "error"),
        ("shop", {"go.mod": "module example.org/acme/shop/v2\n"}, "note"),
        ("bin/worker", {"go.mod": "module example.org/acme/shop\n", "cmd/worker/main.go": ""}, "note"),
        ("data", {"go.mod": "module example.org/acme/shop\n", "cmd/worker/main.go": ""}, "error"),
        ("worker-linux-arm64", {"go.mod": "module example.org/acme/shop\n", "cmd/infra/worker/main.go": ""}, "note"),
        ("data-linux-arm64", {"go.mod": "module example.org/acme/shop\n", "cmd/infra/worker/main.go": ""}, "error"),
        (
            "shop-gateway",
            {"Cargo.toml": "[workspace]\n", "gateway/Cargo.toml": '[package]\nname = "shop-gateway"\n'},
            "note",
        ),
        ("shop-gateway", {"gateway/Cargo.toml": '[package]\nname = "shop-gateway"\n'}, "error"),
        ("native", {"make-it": '#!/bin/sh\ndir=${here}/native\nmkdir "${dir}"\n'}, "note"),
        ("native", {"make-it": '#!/bin/sh\ndir=${here}/native\nls "${dir}"\n'}, "error"),
        ("native", {"make-it": 'dir=${here}/native\nmkdir "${dir}"\n'}, "error"),
        ("app.tar.gz", {"build.sh": "rm -f app.tar.gz\n"}, "note"),
        ("app.tar.gz", {"build.sh": "tar xf app.tar.gz\n"}, "error"),
        (
            "app-amd64",
            {".github/actions/pack/action.yml": "runs:\n  steps:\n    - run: |\n        mv out app-amd64\n"},
            "note",
        ),
    ],
)
def test_what_an_earlier_step_makes(source: str, tree: dict[str, str], severity: str, tmp_path: Path) -> None:
    """A workflow that unpacks an artifact there, and scripts that move, write or clean up a file of that name."""
    projects.write(tmp_path, {**tree, "Dockerfile": MISSING.format(source)})
    found = [each for each in review(scan(tmp_path)).findings or () if each.code == "missing-input"]
    assert [each.severity for each in found] == [severity]


@pytest.mark.parametrize(
    ("image", "given"),
    [("shop_api:latest", True), ("shop-api", True), ("api", False), ("shop_web", False), ("acme/shop_api", False)],
)
def test_volumes_of_an_image_that_is_built_by_hand(image: str, given: bool, tmp_path: Path) -> None:
    """A service takes it by the name of the project and of the directory that it is built from."""
    services = f"services:\n  a:\n    image: {image}\n    volumes:\n      - kept:/srv/kept\n"
    projects.write(tmp_path, {"api/Dockerfile": APP, "api/app": "", "infra/docker-compose.yml": services})
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    remedies = [each.remedy for each in review(scan(tmp_path / "api")).findings or () if each.code == "root-user"]
    assert ["/srv/kept" in (each or "") for each in remedies] == [given]
