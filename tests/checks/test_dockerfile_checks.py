"""The checks of the Dockerfile: on which lines each reports something, how severe that is, and what would be right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support import projects, repositories
from support.dockerfile_cases import (
    ALL,
    BERRY,
    CASES,
    COMPILED,
    DEV,
    GO,
    GRADLE,
    GROUPS,
    HISTORY,
    INSTALLS,
    MAKE,
    NODE,
    OPEN,
    PHP,
    PIP,
    PNPM,
    POETRY,
    POETRY_DEV,
    RAILS,
    RUBY,
    RUBY_DEV,
    RUST,
    STALE,
    UV,
    UV_DEV,
    UV_SPACES,
    WEIGHT,
    YARN,
    A,
    N,
    P,
    package,
    started,
)
from support.mending import are_whole, mended

from ctxscan import scan
from ctxscan.findings import Finding
from ctxscan.opinions import review

ROWS = [(code, name) for code, cases in CASES.items() for name in cases]


def found(root: Path, code: str) -> list[Finding]:
    return [each for each in review(scan(root)).findings or () if each.code == code]


@pytest.mark.sampled(4)
@pytest.mark.parametrize(("code", "name"), ROWS, ids=lambda part: part)
def test_lines_that_are_reported(code: str, name: str, tmp_path: Path) -> None:
    """The check reports these lines of the Dockerfile and no others, each with what would be right."""
    case = CASES[code][name]
    findings = found(projects.write(tmp_path, {"Dockerfile": started(code, case.dockerfile), **case.tree}), code)
    assert sorted(each.line or 0 for each in findings) == list(case.lines)
    assert all(each.remedy and each.path == "Dockerfile" for each in findings)


def test_every_check_has_enough_cases() -> None:
    """At least five hits and ten misses for each."""
    for code, cases in CASES.items():
        hits = sum(bool(case.lines) for case in cases.values())
        assert hits >= 5, code
        assert len(cases) - hits >= 10, code


#: What is worth a note only, and what of the same check is worth more.
SEVERITIES = {
    "no-tag": ("unpinned-base", "FROM node\n", A, "warning"),
    "no-version": ("unpinned-base", "FROM node:lts\n", A, "note"),
    "rolling-without-a-tag": ("unpinned-base", "FROM opensuse/tumbleweed\n", A, "note"),
    "rolling-latest": ("unpinned-base", "FROM archlinux:latest\n", A, "note"),
    "rolling-by-its-tag": ("unpinned-base", "FROM alpine:edge\n", A, "note"),
    "latest-of-what-has-releases": ("unpinned-base", "FROM opensuse/leap:latest\n", A, "warning"),
    "names-of-users-alone": (
        "unpinned-base",
        "FROM alpine AS u\nRUN adduser -D a\nFROM scratch\nCOPY --from=u /etc/passwd /bin/false /etc/\n",
        A,
        "note",
    ),
    "unpacked-of-the-context": (
        "unpinned-base",
        "FROM alpine AS u\nCOPY a.zip /tmp/\nRUN unzip -qo /tmp/a.zip -d /a\nFROM scratch\nCOPY --from=u /a /a\n",
        {"a.zip": "a"},
        "note",
    ),
    "layers-of-an-archive-of-the-context": (
        "unpinned-base",
        "FROM eclipse-temurin AS u\nWORKDIR /x\nCOPY a.jar .\nRUN java -Djarmode=tools -jar a.jar extract\nFROM scratch\n"
        "COPY --from=u /x/a /a\n",
        {"a.jar": "a"},
        "note",
    ),
    "unpacked-with-a-program-of-the-image": (
        "unpinned-base",
        "FROM alpine AS u\nCOPY a.zip /tmp/\nRUN unzip /tmp/a.zip -d /a && cp /bin/busybox /a\nFROM scratch\n"
        "COPY --from=u /a /a\n",
        {"a.zip": "a"},
        "warning",
    ),
    "made-of-the-context": (
        "unpinned-base",
        "FROM alpine AS u\nCOPY a.zip /tmp/\nRUN unzip /tmp/a.zip -d /a && /a/build\nFROM scratch\nCOPY --from=u /a /a\n",
        {"a.zip": "a"},
        "warning",
    ),
    "more-than-names-of-users": (
        "unpinned-base",
        "FROM alpine AS u\nRUN adduser -D a\nFROM scratch\nCOPY --from=u /etc/passwd /bin/sh /etc/\n",
        A,
        "warning",
    ),
    "the-newest-pnpm-beside-a-lock-that-others-read": (
        "unlocked-install",
        N + ALL + "RUN npm install -g pnpm && pnpm install --frozen-lockfile\n",
        {**PNPM, "pnpm-lock.yaml": "lockfileVersion: '9.0'\n"},
        "note",
    ),
    "a-lock-file-that-git-ignores": (
        "unlocked-install",
        N + ALL + "RUN npm install\n",
        {**OPEN, ".gitignore": "package-lock.json\n"},
        "note",
    ),
    "only-a-major": ("unpinned-base", "FROM python:3-slim\n", A, "note"),
    "a-plain-line": ("shell-form-command", "FROM node:22\nCMD npm start\n", A, "warning"),
    "a-shell-in-an-array": ("shell-form-command", 'FROM node:22\nCMD ["sh", "-c", "npm start"]\n', A, "note"),
    "a-plain-line-for-busybox": ("shell-form-command", "FROM node:22-alpine\nCMD cd /app && npm start\n", A, "note"),
    "a-plain-line-where-apk-installs": (
        "shell-form-command",
        "FROM acme/base:1\nRUN apk add curl\nCMD /start.py > /log\n",
        A,
        "note",
    ),
    "a-plain-line-for-bash": (
        "shell-form-command",
        'FROM node:22\nSHELL ["/bin/bash", "-c"]\nCMD node a.js --port $PORT\n',
        A,
        "note",
    ),
    "two-commands-for-bash": (
        "shell-form-command",
        'FROM node:22\nSHELL ["/bin/bash", "-c"]\nCMD a && node a.js\n',
        A,
        "warning",
    ),
    "a-plain-line-on-fedora": ("shell-form-command", "FROM fedora:42\nCMD /srv/a --port 80\n", A, "note"),
    "two-commands-on-fedora": ("shell-form-command", "FROM fedora:42\nCMD umask 2 && /srv/a\n", A, "warning"),
    "a-plain-line-of-corretto": (
        "shell-form-command",
        "FROM tomcat:9-jdk17-corretto\nCMD /srv/a --port 80\n",
        A,
        "note",
    ),
    "a-plain-line-of-an-old-jdk": ("shell-form-command", "FROM openjdk:11-jre\nCMD java -jar /a.jar\n", A, "warning"),
    "a-plain-line-of-a-newer-jdk": ("shell-form-command", "FROM openjdk:17\nCMD java -jar /a.jar\n", A, "note"),
    "a-plain-line-for-some-shell": ("shell-form-command", "FROM acme/runner:1\nCMD /srv/a --port 80\n", A, "note"),
    "a-plain-line-where-apt-installs": (
        "shell-form-command",
        "FROM acme/runner:1\nRUN apt-get update && apt-get install -y git\nCMD /srv/a --port 80\n",
        A,
        "warning",
    ),
    "a-plain-line-where-dnf-installs": (
        "shell-form-command",
        "FROM acme/runner:1\nRUN dnf install -y git\nCMD /srv/a --port 80\n",
        A,
        "note",
    ),
    "two-commands-where-dnf-installs": (
        "shell-form-command",
        "FROM acme/runner:1\nRUN dnf install -y git\nCMD umask 2 && /srv/a\n",
        A,
        "warning",
    ),
    "what-waits-beside-a-server": (
        "root-user",
        "FROM debian:12\nVOLUME /srv\nCMD /srv/run & tail -f /srv/log\n",
        A,
        "warning",
    ),
    "a-start-script-of-the-base": (
        "root-user",
        'FROM tomcat:10\nCOPY a /a\nEXPOSE 8080\nCMD ["catalina.sh", "run"]\n',
        A,
        "warning",
    ),
    "a-start-script-of-no-base": (
        "root-user",
        'FROM debian:12\nCOPY a /a\nEXPOSE 8080\nCMD ["catalina.sh", "run"]\n',
        A,
        "note",
    ),
    "two-ways-for-busybox": ("shell-form-command", "FROM node:22-alpine\nCMD node a.js || node b.js\n", A, "warning"),
    "over-the-lock": ("unlocked-install", N + ALL + "RUN npm install\n", NODE, "warning"),
    "with-the-lock": ("unlocked-install", P + ALL + "RUN uv sync\n", UV, "note"),
    "without-the-lock": ("unlocked-install", P + "COPY pyproject.toml ./\nRUN uv sync\n", UV, "warning"),
    "with-the-lock-mounted": (
        "unlocked-install",
        P + "COPY pyproject.toml ./\nRUN --mount=type=bind,source=uv.lock,target=uv.lock uv sync\n",
        UV,
        "note",
    ),
    "for-whom-an-argument-says": (
        "dev-dependencies",
        'FROM ruby:3.3\nWORKDIR /app\nARG RAILS_ENV=production\nENV RAILS_ENV="${RAILS_ENV}"\nCOPY . .\nRUN bundle install\nCMD ["puma"]\n',
        RUBY_DEV,
        "note",
    ),
    "a-service": ("dev-dependencies", N + ALL + 'RUN npm ci\nCMD ["node", "src/server.js"]\n', DEV, "warning"),
    "a-copy": ("broad-copy", N + ALL, {**NODE, **WEIGHT}, "note"),
    "a-line-that-starts-a-server": ("root-user", "FROM node:22\nCMD npm start\n", A, "warning"),
    "a-program-that-does-a-job": (
        "root-user",
        'FROM debian:12\nRUN apt-get update\nCOPY a /bin/a\nENTRYPOINT ["/bin/a"]\nCMD ["generate"]\n',
        A,
        "note",
    ),
    "a-program-of-which-nothing-is-said": (
        "root-user",
        'FROM debian:12\nRUN apt-get update\nCOPY a /bin/a\nENTRYPOINT ["/bin/a"]\n',
        A,
        "note",
    ),
    "a-program-that-listens": (
        "root-user",
        'FROM debian:12\nRUN apt-get update\nCOPY a /bin/a\nEXPOSE 80\nENTRYPOINT ["/bin/a"]\n',
        A,
        "warning",
    ),
    "a-program-that-a-service-starts-again": (
        "root-user",
        'FROM debian:12\nRUN apt-get update\nCOPY a /bin/a\nENTRYPOINT ["/bin/a"]\n',
        {**A, "compose.yaml": "services:\n  a:\n    build: .\n    restart: always\n"},
        "warning",
    ),
    "a-line-that-only-greets": (
        "root-user",
        'FROM denoland/deno:2.0.0\nENTRYPOINT ["deno"]\nCMD ["eval", "console.log(\'Hello\')"]\n',
        A,
        "note",
    ),
    "a-page-that-greets": (
        "root-user",
        'FROM denoland/deno:2.0.0\nCMD ["deno", "run", "https://acme.dev/std/welcome.ts"]\n',
        A,
        "note",
    ),
    "a-line-that-is-one-program": ("root-user", "FROM debian:12\nCOPY a /usr/bin/a\nCMD a\n", A, "note"),
    "an-owner-later": ("copy-ownership", P + ALL + "RUN chown -R app /app\n", {**PIP, **WEIGHT}, "warning"),
    "a-mode-later": ("copy-ownership", P + ALL + "RUN chmod -R g+w /app\n", {**PIP, **WEIGHT}, "warning"),
    "an-owner-later-of-who-knows": (
        "copy-ownership",
        "FROM node:22 AS b\nCOPY . /app\nFROM node:22-slim\nCOPY --from=b /app /app\nRUN chown -R node /app\n",
        NODE,
        "note",
    ),
    "an-owner-later-of-packages-of-a-stage": (
        "copy-ownership",
        "FROM node:22 AS b\nWORKDIR /app\nCOPY . .\nRUN npm ci\nFROM node:22-slim\nCOPY --from=b /app /app\nRUN chown -R node /app\n",
        NODE,
        "warning",
    ),
    "an-owner-later-beside-packages-of-a-stage": (
        "copy-ownership",
        "FROM node:22 AS b\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nFROM node:22-slim\nCOPY --from=b /app/dist /app/dist\nRUN chown -R node /app\n",
        NODE,
        "note",
    ),
    "an-owner": ("copy-ownership", P + "COPY data /data\nVOLUME /data\nUSER app\n", {"data/x": 9}, "note"),
}
#: What would be right, for projects as they are.
RUBY_IMAGE = 'FROM ruby:3.3\nWORKDIR /app\nENV RACK_ENV=production\nCOPY . .\nRUN bundle install\nCMD ["puma"]\n'
#: A workspace of new Yarn.
#: A project with its front end in a directory.
WEB = {"a.js": 9, **{f"web/{name}": text for name, text in NODE.items()}}
#: One that lacks what a package wants beside itself, and for what another one can do without, and that nothing leads to.
PEERS = {
    "package.json": '{"dependencies": {"a": "1"}}',
    "package-lock.json": '{"lockfileVersion": 3, "packages": {"": {"dependencies": {"a": "1"}}, '
    '"node_modules/a": {"version": "1.0.0", "dependencies": {"b": "1", "c": "1"}, "bundleDependencies": ["c"]}, '
    '"node_modules/a/node_modules/b": {"version": "1.0.0", "peerDependencies": {"x": "1", "y": "1"}, '
    '"peerDependenciesMeta": {"y": {"optional": true}}}, '
    '"node_modules/stray": {"version": "1.0.0", "dependencies": {"z": "1"}}}}',
}
#: A lock file of pnpm of a workspace.
PNPM_LOCK = """\
lockfileVersion: '9.0'

importers:

  .:
    dependencies:
      koa:
        specifier: ^2.0.0
        version: 2.1.0

  api:
    dependencies:
      koa:
        specifier: ~2.1.0
        version: 2.1.0

packages:

  koa@2.1.0:
    resolution: {integrity: sha512-}
"""
#: A service of the image beside one of another, and what the way out says where developers run something in it.
RUN_BY = {
    "compose.yaml": "services:\n  web:\n    build: .\n    command: python a.py\n  db:\n    image: postgres:17\n",
    "compose.dev.yaml": "services:\n  web:\n    environment:\n      DEBUG: 1\n",
}
BESIDE = (
    ", and the others in a separate stage, or by a build argument that compose.dev.yaml sets: {} runs pytest in "
    "this image"
)


def _of(name: str) -> tuple[str, dict[str, object]]:
    """What a case of `copy-before-install` is about."""
    case = CASES["copy-before-install"][name]
    return case.dockerfile, {**case.tree}


REMEDIES = {
    "npm": ("copy-before-install", N + ALL + "RUN npm ci\n", NODE, "COPY package.json package-lock.json ./, then RUN npm ci, then COPY . ."),
    "julia": ("copy-before-install", "FROM julia:1.11\nWORKDIR /app\n" + ALL + "RUN julia --project -e 'using Pkg; Pkg.instantiate()' && julia --project main.jl\n", {"Project.toml": "[deps]\nHTTP = 'a'\n", "Manifest.toml": "", "LocalPreferences.toml": "", "main.jl": 9}, "COPY Project.toml Manifest.toml LocalPreferences.toml ./, then RUN julia --project -e 'using Pkg; Pkg.instantiate()', then COPY . ., then RUN julia --project main.jl"),
    "of-a-run-with-packages-of-the-system": ("copy-before-install", N + ALL + "RUN apt-get update && apt-get install -y git && git config --global a.b c && npm ci && npm run build\n", {**NODE, **{f"src/{at}.js": 9 for at in range(9)}}, "COPY package.json package-lock.json ./, then RUN apt-get update && apt-get install -y git && git config --global a.b c && npm ci, then COPY . ., then RUN npm run build"),
    "installs-side-by-side": ("copy-before-install", P + ALL + "RUN apt-get update\nRUN pip install -r requirements.txt\nRUN npm ci\nRUN npm run build\n", {**PIP, **NODE}, "COPY package.json package-lock.json requirements.txt ./, then lines 4 and 5 (RUN apt-get, RUN pip), then RUN npm ci, then COPY . ."),
    "installs-in-one-run": ("copy-before-install", P + ALL + "RUN pip install -r requirements.txt && npm ci && npm run build\n", {**PIP, **NODE}, "COPY requirements.txt package.json package-lock.json ./, then RUN pip install -r requirements.txt && npm ci, then COPY . ., then RUN npm run build"),
    "above-all-that-it-does-not-need": ("copy-before-install", N + "COPY lib lib\nCOPY web web\nRUN npm --prefix web ci && npm --prefix web run build\n", {**WEB, "lib/a.js": 9}, "COPY web/package.json web/package-lock.json web/, then RUN npm --prefix web ci, then COPY lib lib, then COPY web web, then RUN npm --prefix web run build"),
    "above-others-that-it-does-not-need": ("copy-before-install", N + "COPY lib lib\nCOPY web/package.json web/package-lock.json web/\nRUN npm --prefix web ci\nCOPY web web\n", {**WEB, "lib/a.js": 9}, "COPY web/package.json web/package-lock.json web/, then RUN npm --prefix web ci, then COPY lib lib"),
    "behind-what-needs-the-sources": ("copy-before-install", *_of("composer-behind-what-the-system-needs-tidying"), "COPY composer.json composer.lock ./, then RUN apk add --no-cache git && docker-php-ext-install zip && curl -sS https://getcomposer.org/installer | php -- --filename=composer && composer install --no-dev --no-scripts --no-autoloader, then COPY . ., then RUN cp .env.example .env && mkdir -p storage/logs && chmod 777 -R storage && composer install --no-dev && rm .env"),
    "packages-of-the-system-and-of-the-project-in-a-run": ("copy-before-install", *_of("composer-above-what-is-given-to-somebody-tidying"), "COPY composer.json composer.lock ./, then RUN apk add --no-cache git && composer install --no-dev --no-scripts --no-autoloader, then COPY . ., then RUN cp .env.example .env && composer install --no-dev && rm .env && chown -R www-data:www-data ., with what the program writes to instead of . for chown"),
    "below-the-build-of-another-package": ("copy-before-install", *_of("yarn-below-the-build-of-another-package-tidying"), "COPY api/package.json api/yarn.lock api/, then COPY web/package.json web/yarn.lock web/, then RUN cd web && yarn, then RUN cd api && yarn --production, then COPY . ., then RUN cd web && yarn build"),
    "of-some-members-after-all-of-it": ("copy-before-install", *_of("yarn-of-some-members-after-all-of-it"), "COPY package.json yarn.lock ./, then COPY packages/a/package.json packages/a/, then COPY packages/b/package.json packages/b/, then RUN yarn install --immutable && yarn workspaces focus a b, then COPY . ."),
    "above-what-is-unpacked-elsewhere": ("copy-before-install", *_of("npm-below-what-is-unpacked-elsewhere-tidying"), "COPY package* /app, then line 5 (RUN curl), then RUN npm ci --only=production, then COPY index.js /app, then COPY /src /app/src"),
    "a-long-rest-of-a-run": ("copy-before-install", "FROM golang:1.23\nWORKDIR /s\n" + ALL + f"RUN apt-get install -y git && go build -o /a -tags {'a' * 160} .\n", {**GO, "a.md": 9}, "COPY go.mod go.sum ./, then RUN apt-get install -y git && go mod download, then COPY . ., then line 4 from go build -o /a -tags aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa… on"),
    "a-rest-that-nobody-can-part": ("copy-before-install", "FROM golang:1.23\nWORKDIR /s\n" + ALL + "RUN apt-get install -y git; ./gen; go build .\n", {**GO, "gen": 9}, "COPY go.mod go.sum ./, then RUN with what comes before it, but for what needs the sources, and go mod download, then COPY . ., then line 4 without what that RUN does"),
    "with-what-is-set-for-it": ("copy-before-install", "FROM golang:1.23\nWORKDIR /s\n" + ALL + "RUN export GOPROXY=off && ./gen && go build .\n", {**GO, "gen": 9}, "COPY go.mod go.sum ./, then RUN export GOPROXY=off && go mod download, then COPY . ., then RUN export GOPROXY=off && ./gen && go build ."),
    "behind-a-test-if-it-is-asked-for": ("copy-before-install", "FROM golang:1.23\nWORKDIR /s\n" + ALL + 'RUN if [ "$T" = 1 ]; then go test ./...; fi && go build .\n', {**GO, "a.md": 9}, 'COPY go.mod go.sum ./, then RUN go mod download, then COPY . ., then RUN if [ "$T" = 1 ]; then go test ./...; fi && go build .'),
    "arguments-of-what-is-built": ("copy-before-install", "FROM golang:1.23\nWORKDIR /s\n" + ALL + "ARG SHA1=none\nARG TARGETOS\nARG GOPROXY\nARG LIST\nRUN apt-get install -y $LIST\nRUN GOOS=$TARGETOS go build -ldflags=-X=v=$SHA1 .\n", {**GO, "a.md": 9}, "COPY go.mod go.sum ./, then lines 6, 7 and 8 (ARG, RUN apt-get), then RUN go mod download, then COPY . ., then lines 4 and 5 (ARG), then RUN GOOS=$TARGETOS go build -ldflags=-X=v=$SHA1 ."),
    "a-variable-with-what-an-argument-gives": ("copy-before-install", "FROM golang:1.23\nWORKDIR /s\n" + ALL + "ARG VERSION\nENV SHOP=$VERSION\nENV GOPROXY=off\nRUN go build .\n", {**GO, "a.md": 9}, "COPY go.mod go.sum ./, then ENV GOPROXY=off, then RUN go mod download, then COPY . ., then lines 4 and 5 (ARG, ENV), then RUN go build ."),
    "arguments-that-an-install-may-read": ("copy-before-install", N + ALL + "ARG NODE_ENV\nARG NPM_TOKEN\nRUN npm ci && echo $NODE_ENV $NPM_TOKEN > a\n", NODE, "COPY package.json package-lock.json ./, then lines 4 and 5 (ARG), then RUN npm ci, then COPY . ., then RUN echo $NODE_ENV $NPM_TOKEN > a"),
    "an-argument-above-that-callers-fill": ("copy-before-install", "FROM golang:1.23\nARG VERSION=latest\nWORKDIR /s\n" + ALL + "RUN go build -ldflags=-X=v=$VERSION .\n", {**GO, "Makefile": 'image:\n\tdocker build --build-arg VERSION="$(V)" .\n'}, "COPY go.mod go.sum ./, then RUN go mod download, then ARG VERSION=latest from line 2, then COPY . ., then RUN go build -ldflags=-X=v=$VERSION ."),
    "an-argument-above-that-stays-the-same": ("copy-before-install", "FROM golang:1.23\nARG VERSION=latest\nWORKDIR /s\n" + ALL + "RUN go build -ldflags=-X=v=$VERSION .\n", {**GO, "Makefile": "image:\n\tdocker build --build-arg VERSION=1 .\n"}, "COPY go.mod go.sum ./, then RUN go mod download, then COPY . ., then RUN go build -ldflags=-X=v=$VERSION ."),
    "an-argument-above-that-another-line-uses": ("copy-before-install", "FROM golang:1.23\nARG VERSION=latest\nENV V=$VERSION\nWORKDIR /s\n" + ALL + "RUN go build .\n", {**GO, "Makefile": 'image:\n\tdocker build --build-arg VERSION="$(V)" .\n'}, "COPY go.mod go.sum ./, then RUN go mod download, then COPY . ., then RUN go build ."),
    "what-a-stage-has-made-stays-below": ("copy-before-install", "FROM node:22 AS ui\nFROM golang:1.23\nWORKDIR /s\n" + ALL + "COPY --from=ui /dist /ui\nCOPY --from=ui /t/tool /usr/bin/tool\nRUN go build .\n", {**GO, "a.md": 9}, "COPY go.mod go.sum ./, then COPY --from=ui /t/tool /usr/bin/tool, then RUN go mod download, then COPY . ., then COPY --from=ui /dist /ui, then RUN go build ."),
    "make-below-what-a-stage-has-made": ("copy-before-install", "FROM node:22 AS ui\nFROM golang:1.23\nCOPY . /s\nCOPY --from=ui /dist /ui\nRUN if [ -d /ui ]; then cp -r /ui /s/ui; fi\nRUN cd /s && if [ -n \"$T\" ]; then go test ./...; fi && make\n", {**GO, "Makefile": "all:\n\tgo build -o shop .\n"}, "COPY go.mod go.sum /s/, then RUN cd /s && go mod download, then COPY . /s, then lines 4 and 5 (COPY, RUN cp), then line 6"),
    "with-a-script-that-fetches-the-program": ("copy-before-install", *_of("composer-below-a-script-that-fetches-it-in-order"), "COPY composer.json composer.lock ./, then lines 4 and 5 (COPY, RUN install.sh), then RUN composer install --no-scripts --no-autoloader, then COPY . ., then RUN composer install"),
    "with-a-lock-file-that-is-to-come": ("copy-before-install", N + ALL + "RUN npm install\n", OPEN, "COPY package*.json ./, then RUN npm install, then COPY . ."),
    "with-a-lock-file-to-come-beside-others": ("copy-before-install", N + ALL + "RUN npm install\n", {**OPEN, "package.old.json": "{}"}, "COPY package.json ./, then RUN npm install, then COPY . ."),
    "groups-that-a-script-runs": ("dev-dependencies", P + ALL + "RUN pip install --group main --group dev\n", {**GROUPS, **RUN_BY, "test": "#!/bin/sh\ndocker compose -f compose.yaml run --rm -e A=1 web python -m pytest -q\n"}, f"pip install --group main{BESIDE.format('test:2')}"),
    "groups-that-a-function-runs": ("dev-dependencies", P + ALL + "RUN pip install --group main --group dev\n", {**GROUPS, **RUN_BY, "do": '#!/bin/sh\nrun() {\n  $COMPOSE exec web "$@"\n}\nother() {\n  $COMPOSE exec db "$@"\n}\nother pytest\nrun pytest\n'}, f"pip install --group main{BESIDE.format('do:9')}"),
    "groups-that-a-recipe-runs": ("dev-dependencies", P + ALL + "RUN pip install --group main --group dev\n", {**GROUPS, **RUN_BY, "Makefile": "RUN = docker-compose run --rm web\ntest:\n\t@$(RUN) pytest\n"}, f"pip install --group main{BESIDE.format('Makefile:3')}"),
    "groups-that-run-elsewhere": ("dev-dependencies", P + ALL + "RUN pip install --group main --group dev\n", {**GROUPS, **RUN_BY, "test": "#!/bin/sh\ndocker compose run --rm web python a.py\ndocker compose run tests pytest\npytest\n"}, "pip install --group main"),
    "a-manifest-that-is-written-twice": ("copy-before-install", N + "COPY package.json package-lock.json package-lock.json ./\nCOPY src src\nRUN npm ci\n", NODE, "COPY package.json package-lock.json ./, then RUN npm ci, then COPY src src"),
    "given-to-who-installs": ("copy-before-install", N + ALL + "RUN chown -R node:node /app\nUSER node\nRUN npm ci\n", NODE, "COPY package.json package-lock.json ./, then RUN chown node:node /app, then USER node, then RUN npm ci, then COPY --chown=node:node . ."),
    "given-to-who-installs-and-more": ("copy-before-install", N + ALL + "RUN chown -R node:node /app /srv && ls -la\nUSER node\nRUN npm ci\n", NODE, "COPY package.json package-lock.json ./, then RUN chown node:node /app, then USER node, then RUN npm ci, then USER root, then COPY --chown=node:node . ., then RUN chown -R node:node /srv && ls -la, then USER node"),
    "given-to-who-is-made": ("copy-before-install", N + ALL + "RUN addgroup -S app && adduser -S app -G app && chown -R app:app /app\nUSER app\nRUN npm ci\n", NODE, "RUN addgroup -S app && adduser -S app -G app, then COPY package.json package-lock.json ./, then RUN chown app:app /app, then USER app, then RUN npm ci, then COPY --chown=app:app . ."),
    "made-for-the-install": ("copy-before-install", N + ALL + "RUN adduser -S app && chmod +x ./start\nUSER app\nRUN npm ci\n", NODE, "RUN adduser -S app, then COPY package.json package-lock.json ./, then RUN chown app /app, then USER app, then RUN npm ci, then USER root, then COPY . ., then RUN chmod +x ./start, then USER app"),
    "given-beside-another-copy": ("copy-before-install", N + ALL + "COPY a.env .env\nRUN chown -R node /app\nRUN npm ci\n", {**NODE, "a.env": "A=1\n"}, "COPY package.json package-lock.json ./, then RUN npm ci, then COPY --chown=node . ., then COPY --chown=node a.env .env, then RUN chown node /app"),
    "given-in-the-same-run": ("copy-before-install", N + ALL + "RUN npm ci && chown -R node:node /app && npm run build\n", NODE, "COPY package.json package-lock.json ./, then RUN npm ci && chown -R node:node /app, then COPY --chown=node:node . ., then RUN npm run build"),
    "with-what-brings-the-program-that-installs": ("copy-before-install", N + ALL + "RUN npm install -g npm@11\nRUN npm ci\n", NODE, "COPY package.json package-lock.json ./, then RUN npm install -g npm@11, then RUN npm ci, then COPY . ."),
    "with-the-program-of-an-image": ("copy-before-install", "FROM php:8.3\nWORKDIR /app\n" + ALL + "COPY --from=composer:2 /usr/bin/composer ./composer.phar\nRUN php composer.phar install\n", {**PHP, "a.php": 9}, "COPY composer.json composer.lock ./, then COPY --from=composer:2 /usr/bin/composer ./composer.phar, then RUN php composer.phar install --no-scripts --no-autoloader, then COPY . ., then RUN php composer.phar install"),
    "with-the-manifests-that-are-copied-after-all": ("copy-before-install", "FROM node:22 AS base\nCOPY . /app\nFROM base AS b\nCOPY ./package.json package-lock.json /app/\nWORKDIR /app\nRUN npm ci && npm run build\nFROM node:22\nCOPY --from=b /app/out /app\nCMD [\"node\", \"a.js\"]\n", NODE, "COPY package.json package-lock.json /app/, then lines 4 and 5 (COPY, WORKDIR), then RUN npm ci, then COPY . /app, then RUN npm run build"),
    "a-mode-before-it-in-the-same-run": ("copy-before-install", P + ALL + "RUN chmod +x run.sh && pip install -r requirements.txt\n", {**PIP, "run.sh": 9}, "COPY requirements.txt ./, then RUN pip install -r requirements.txt, then COPY . ., then RUN chmod +x run.sh"),
    "a-mode-before-it-of-files-by-name": ("copy-before-install", P + "ENV U=me\nCOPY --chown=$U app.py requirements.txt run.sh ./\nRUN cd /app && chmod +x run.sh && pip install -r requirements.txt && ./run.sh\n", {**PIP, "run.sh": 9}, "COPY --chown=$U requirements.txt ./, then RUN cd /app && pip install -r requirements.txt, then COPY --chown=$U app.py run.sh ./, then RUN cd /app && chmod +x run.sh && ./run.sh"),
    "a-mode-before-it-in-another-order": ("copy-before-install", P + ALL + "RUN chmod +x run.sh; pip install -r requirements.txt\n", {**PIP, "run.sh": 9}, "COPY requirements.txt ./, then RUN pip install -r requirements.txt, then COPY . ., then RUN with the other commands of line 4"),
    "what-is-removed-before-it": ("copy-before-install", N + ALL + "RUN rm -rf node_modules && npm ci\n", NODE, "COPY package.json package-lock.json ./, then RUN rm -rf node_modules && npm ci, then COPY . ."),
    "to-where-an-unknown-base-says": ("copy-before-install", "FROM acme/base:1\nCOPY web ${ROOT}/web\nWORKDIR ${ROOT}/web\nRUN npm ci\n", {f"web/{name}": text for name, text in NODE.items()}, "COPY web/package.json web/package-lock.json ${ROOT}/web/, then WORKDIR ${ROOT}/web, then RUN npm ci, then COPY web ${ROOT}/web"),
    "to-where-the-dockerfile-says": ("copy-before-install", "FROM node:22\nENV ROOT=/srv\nCOPY web ${ROOT}/web\nWORKDIR ${ROOT}/web\nRUN npm ci\n", {f"web/{name}": text for name, text in NODE.items()}, "COPY web/package.json web/package-lock.json /srv/web/, then WORKDIR ${ROOT}/web, then RUN npm ci, then COPY web ${ROOT}/web"),
    "with-what-goes-elsewhere-between": ("copy-before-install", P + "COPY app.py requirements.txt ./\nCOPY b.py /\nCOPY conf /etc/x\nRUN pip install -r requirements.txt\n", {**PIP, "b.py": 9, "conf/a": ""}, "COPY requirements.txt ./, then COPY conf /etc/x, then RUN pip install -r requirements.txt, then COPY app.py ./, then COPY b.py /"),
    "a-list-that-a-variable-names": ("copy-before-install", P + "ARG E=live\n" + ALL + "RUN pip install -r requirements/${E}.txt\n", {"requirements/live.txt": "flask\n", "requirements/test.txt": "pytest\n", "app.py": 9}, "COPY requirements requirements/, then RUN pip install -r requirements/${E}.txt, then COPY . ."),
    "lists-beside-the-sources-that-a-variable-names": ("copy-before-install", P + "ARG E=live\n" + ALL + "RUN pip install -r requirements-$E.txt\n", {"requirements-live.txt": "flask\n", "requirements-test.txt": "pytest\n", "app.py": 9}, "COPY requirements-live.txt requirements-test.txt ./, then RUN pip install -r requirements-$E.txt, then COPY . ."),
    "commands-that-have-to-part": ("copy-before-install", P + ALL + "RUN pip install -r requirements.txt; python setup.py\n", {**PIP, "setup.py": 9}, "COPY requirements.txt ./, then RUN with the commands of line 4 up to pip install -r requirements.txt, then COPY . ., then RUN with the commands of line 4 after pip install -r requirements.txt"),
    "packages-apart-from-what-is-copied-before-them": ("copy-before-install", P + ALL + "RUN cp a.cfg b.cfg && apt-get update && apt-get install -y git\n", {**{f"{at}.py": 9 for at in range(9)}, "a.cfg": 9}, "RUN apt-get update && apt-get install -y git above the COPY on line 3, and line 4 without it"),
    "what-is-taken-away-again": ("copy-before-install", "FROM php:8.3\nWORKDIR /app\n" + ALL + "RUN composer install --no-dev && rm -rf vendor/*/*/.git && rm -rf own\n", PHP, "COPY composer.json composer.lock ./, then RUN composer install --no-dev --no-scripts --no-autoloader && rm -rf vendor/*/*/.git, then COPY . ., then RUN composer install --no-dev && rm -rf vendor/*/*/.git && rm -rf own"),
    "lists-of-a-browser": ("leftover-cache", P + "RUN playwright install --with-deps\n", A, "end the RUN on line 3 with rm -rf /var/lib/apt/lists/*"),
    "owner-of-what-is-not-there": ("copy-ownership", "FROM ruby:3.4\nWORKDIR /srv\nCOPY . .\nRUN bundle exec rake assets:precompile\nRUN chown -R app:app /srv\n", {"bin/rails": "", "config/application.rb": "", "log/.keep": "", "tmp/.keep": "", **WEIGHT}, "name the directories that the program writes to instead of /srv, such as /srv/tmp, /srv/log and /srv/storage (mkdir -p /srv/storage before it): what it only reads can stay root's"),
    "owner-for-users-of-any-number": ("copy-ownership", "FROM node:22\nWORKDIR /srv\nCOPY . .\nRUN npm ci\nRUN chown -R app:0 /srv && chmod -R g+w /srv\n", NODE, "end the RUN on line 4 with chgrp -R 0 node_modules && chmod -R g+w node_modules, and COPY --chown=app:0 --chmod=g+w the rest, instead of all of /srv on line 5: users of any number in group 0 may write there"),
    "lists-that-nothing-is-installed-from": ("leftover-cache", "FROM debian:12\nRUN apt update\n", {"a": 9}, "remove line 2: nothing is installed from these lists"),
    "a-half-with-a-secret": ("copy-before-install", N + "COPY package.json pnpm-lock.yaml .npmrc .npmrc-own ./\nCOPY src ./src\nRUN rm .npmrc && cp .npmrc-own .npmrc\nRUN --mount=type=secret,id=t export T=$(cat /run/secrets/t) && pnpm install && pnpm build\n", {"package.json": package(), "pnpm-lock.yaml": "", "src/a.js": 9, ".npmrc": "a=1\n", ".npmrc-own": "a=2\n"}, "COPY package.json pnpm-lock.yaml .npmrc .npmrc-own ./, then RUN rm .npmrc && cp .npmrc-own .npmrc, then RUN --mount=type=secret,id=t export T=$(cat /run/secrets/t) && pnpm install, then COPY src ./src, then RUN --mount=type=secret,id=t export T=$(cat /run/secrets/t) && pnpm build"),
    "a-half-in-the-directory-of-the-first": ("copy-before-install", N + ALL + "RUN cd web && npm ci && npm run build\n", WEB, "COPY web/package.json web/package-lock.json web/, then RUN cd web && npm ci, then COPY . ., then RUN cd web && npm run build"),
    "a-half-with-what-is-set-in-the-first": ("copy-before-install", N + ALL + "RUN export A=1 && B=2 && npm ci && npm run build\n", NODE, "COPY package.json package-lock.json ./, then RUN export A=1 && B=2 && npm ci, then COPY . ., then RUN export A=1 && B=2 && npm run build"),
    "a-half-that-goes-to-what-is-copied": ("copy-before-install", N + ALL + "RUN npm ci && cd src && node a.js\n", {**NODE, "src/a.js": 9}, "COPY package.json package-lock.json ./, then RUN npm ci, then COPY . ., then RUN cd src && node a.js"),
    "commands-that-have-to-part-in-a-directory": ("copy-before-install", N + ALL + "RUN set -e; export A=\"b c\"; cd web; npm ci; npm run build\n", WEB, "COPY web/package.json web/package-lock.json web/, then RUN with the commands of line 4 up to npm ci, then COPY . ., then RUN with set -e, export A=\"b c\", cd web and the commands of line 4 after npm ci"),
    "commands-that-have-to-part-behind-a-subshell": ("copy-before-install", N + ALL + "RUN (cd web && npm ci); node a.js\n", WEB, "COPY web/package.json web/package-lock.json web/, then RUN with the commands of line 4 up to npm ci, then COPY . ., then RUN with the commands of line 4 after npm ci"),
    "an-install-that-is-tried-again": ("copy-before-install", N + ALL + "RUN for i in 1 2 3; do npm ci && exit 0; sleep 5; done; exit 1\n", NODE, "COPY package.json package-lock.json ./, then RUN for i in 1 2 3; do npm ci && exit 0; sleep 5; done; exit 1, then COPY . ."),
    "an-install-or-what-takes-its-place": ("copy-before-install", N + ALL + "RUN npm ci || npm install\n", NODE, "COPY package.json package-lock.json ./, then RUN npm ci || npm install, then COPY . ."),
    "words-in-quotes": ("copy-before-install", N + 'COPY --link "." "."\nRUN npm ci\n', NODE, 'COPY --link package.json package-lock.json ./, then RUN npm ci, then COPY --link "." "."'),
    "words-in-quotes-piece-by-piece": ("copy-before-install", N + 'COPY package.json package-lock.json src "./app/"\nRUN cd app && npm ci\n', {**NODE, "src/a.js": 9}, "COPY package.json package-lock.json ./app/, then RUN cd app && npm ci, then COPY src ./app/"),
    "a-command-that-names-all-from-the-root": ("copy-before-install", "FROM ruby:3.3\nCOPY . /app\nRUN chmod +x /app/start.sh\nWORKDIR /app\nRUN bundle install\n", {**RUBY, "start.sh": 9}, "COPY Gemfile Gemfile.lock /app/, then WORKDIR /app, then RUN bundle install, then COPY . /app, then RUN chmod +x /app/start.sh"),
    "with-what-other-stages-need": ("copy-before-install", "FROM node:22 AS base\nWORKDIR /app\nCOPY . .\nFROM base AS b\nRUN npm ci && npm run build\nFROM base\nCOPY --from=b /app/out out\nCMD [\"node\", \"a.js\"]\n", NODE, "COPY package.json package-lock.json ./, then RUN npm ci, then COPY . ., which belongs below FROM on line 6 as well, then RUN npm run build"),
    "with-all-that-may-prepare-it": ("copy-before-install", "FROM php:8.3\nWORKDIR /app\n" + ALL + "RUN chmod +x artisan\nCOPY --from=composer:2 /usr/bin/composer /usr/bin/composer\nENV COMPOSER_HOME=/c\nLABEL a=b\nRUN composer install --no-dev\n", PHP, "COPY composer.json composer.lock ./, then lines 5 and 6 (COPY, ENV), then RUN composer install --no-dev --no-scripts --no-autoloader, then COPY . ., then RUN chmod +x artisan, then RUN composer install --no-dev"),
    "what-a-copy-brings-is-removed-below-it": ("copy-before-install", "FROM php:8.3\nWORKDIR /app\n" + ALL + "RUN rm -rf /app/public/build\nRUN composer install\n", {**PHP, "public/build/a.js": 9}, "COPY composer.json composer.lock ./, then RUN composer install --no-scripts --no-autoloader, then COPY . ., then RUN rm -rf /app/public/build, then RUN composer install"),
    "what-an-install-is-to-be-without-is-removed-above-it": ("copy-before-install", N + ALL + "RUN rm -rf /app/node_modules\nRUN npm ci\n", NODE, "COPY package.json package-lock.json ./, then RUN npm ci, then COPY . ., then RUN rm -rf /app/node_modules"),
    "go-by-another-name-below-its-module": ("copy-before-install", "FROM golang:1.23\nWORKDIR /src\n" + ALL + "RUN cd cmd/shop && xx-go build && xx-verify shop\n", {**GO, "cmd/shop/main.go": 9}, "COPY go.mod go.sum ./, then RUN go mod download, then COPY . ., then RUN cd cmd/shop && xx-go build && xx-verify shop"),
    "with-an-array-of-a-directory-that-comes-later": ("copy-before-install", 'FROM golang:1.23\nWORKDIR /\nCOPY [".", "app/"]\nWORKDIR /app\nRUN go build .\n', {**GO, "a.md": 9}, "COPY go.mod go.sum app/, then WORKDIR /app, then RUN go mod download, then COPY . /app/, then RUN go build ."),
    "a-workspace-that-lists-itself": ("copy-before-install", N + ALL + "RUN pnpm i --frozen-lockfile\n", {**PNPM, "pnpm-workspace.yaml": "packages:\n  - '.'\n"}, "COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./, then RUN pnpm i --frozen-lockfile, then COPY . ."),
    "patches-that-a-workspace-names": ("copy-before-install", N + ALL + "RUN pnpm i --frozen-lockfile\n", {**PNPM, "fixes/a/x.patch": "", "fixes/y.patch": "", "fixes/z.patch": "", "pnpm-workspace.yaml": "patchedDependencies:\n  # of: fixes/z.patch\n  '@x/x@1.0.0': 'fixes/a/x.patch'\n  y: fixes/y.patch\n\noverrides:\n  z: fixes/z.patch\n"}, "COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./, then COPY fixes/a/x.patch fixes/a/, then COPY fixes/y.patch fixes/, then RUN pnpm i --frozen-lockfile, then COPY . ."),
    "patches-that-a-manifest-names": ("copy-before-install", N + ALL + "RUN pnpm i --frozen-lockfile\n", {**PNPM, "package.json": '{"dependencies": {"a": "1", "b": "1"}, "pnpm": {"patchedDependencies": {"a": "fixes/a.patch", "b": "patches/b.patch"}}}', "fixes/a.patch": "", "patches/b.patch": ""}, "COPY package.json pnpm-lock.yaml ./, then COPY fixes/a.patch fixes/, then COPY patches patches/, then RUN pnpm i --frozen-lockfile, then COPY . ."),
    "owner-at-once": ("copy-ownership", P + ALL + "RUN chown -R app:app /app\n", {**PIP, **WEIGHT}, "COPY --chown=app:app on line 3, and no more than chown app:app /app on line 4"),
    "owner-of-what-a-framework-writes-to": ("copy-ownership", "FROM php:8.3\nWORKDIR /srv\nCOPY . .\nRUN php artisan storage:link\nRUN chown -R www-data .\n", {"artisan": "", "storage/a": "", **WEIGHT}, "name the directories that the program writes to instead of ., such as /srv/storage and /srv/bootstrap/cache (mkdir -p /srv/bootstrap/cache before it): what it only reads can stay root's"),
    "owner-of-what-is-mounted-and-made-at-the-start": ("copy-ownership", P + ALL + 'RUN python build.py && mkdir logs\nVOLUME /app/kept\nRUN chown -R app:app /app\nCMD ["./start.sh"]\n', {**PIP, **WEIGHT, "start.sh": "#!/bin/sh\nmkdir -p /app/var\nexec python a.py\n", "compose.yaml": "services:\n  a:\n    build: .\n    volumes:\n      - ./.env:/app/.env\n"}, "name the directories that the program writes to instead of /app, such as /app/kept, /app/logs and /app/var (mkdir -p /app/kept /app/var before it): what it only reads can stay root's"),
    "owner-and-mode-at-once": ("copy-ownership", P + ALL + "RUN chown -R app:app /app && chmod -R 755 /app\n", {**PIP, **WEIGHT}, "COPY --chown=app:app --chmod=755 on line 3, and no more than chown app:app /app and chmod 755 /app on line 4"),
    "owner-and-mode-by-letters-at-once": ("copy-ownership", P + "COPY . src\nRUN chmod -R o+rx src && chown -R app:app src\n", {**PIP, **WEIGHT}, "COPY --chmod=o+rx --chown=app:app on line 3 (or change the mode of the files before they are copied) instead"),
    "owner-and-mode-of-others": ("copy-ownership", P + ALL + "RUN chown -R app:app /app && chmod -R 755 /srv\n", {**PIP, **WEIGHT}, "COPY --chown=app:app on line 3, and no more than chown app:app /app on line 4"),
    "owner-of-all-that-is-copied": ("copy-ownership", P + "COPY docs docs\nCOPY requirements.txt /app/\nRUN chown -R app /app\n", {**PIP, **WEIGHT}, "COPY --chown=app on lines 3 and 4, and no more than chown app /app on line 5"),
    "group-of-what-a-stage-has": ("copy-ownership", "FROM node:22 AS b\nWORKDIR /a\nCOPY . .\nRUN npm ci && npm run build\nFROM node:22\nWORKDIR /app\nCOPY --from=b --chown=node:node /a/.next/standalone ./\nRUN chgrp -R 0 /app && chmod -R 775 /app\n", NODE, "COPY --chown=node:0 --chmod=775 on line 7, and no more than chgrp 0 /app and chmod 775 /app on line 8"),
    "owner-of-what-a-step-makes": ("copy-ownership", P + ALL + "RUN python build.py\nRUN chown -R app:app /app\n", {**PIP, **WEIGHT}, "name the directories that the program writes to instead of /app: what it only reads can stay root's"),
    "mode-of-directories": ("copy-ownership", P + "COPY . src\nRUN mkdir logs && chmod -R 777 /app\n", {**PIP, **WEIGHT}, "COPY --chmod=777 on line 3, and no more than chmod 777 /app /app/logs on line 4"),
    "owner-of-others-as-well": ("copy-ownership", P + "COPY requirements.txt /etc/shop/\nCOPY . .\nRUN mkdir -p /var/log/shop && chown -R app /etc/shop /app /var/log\n", {**PIP, **WEIGHT}, "COPY --chown=app on line 4, and no more than chown -R app /etc/shop /var/log and chown app /app on line 5"),
    "owner-of-files-that-a-command-makes": ("copy-ownership", P + ALL + "WORKDIR /\nRUN touch /app/a.log && cp /app/x.ini /app/y.ini && echo 1 > /app/v && chown -R app /app && touch /app/late\n", {**PIP, **WEIGHT, "x.ini": ""}, "COPY --chown=app on line 3, and no more than chown app /app /app/a.log /app/y.ini /app/v on line 5"),
    "owner-of-what-is-moved-inside": ("copy-ownership", P + ALL + "RUN mv x.ini y.ini && chown -R app /app\n", {**PIP, **WEIGHT, "x.ini": ""}, "COPY --chown=app on line 3, and no more than chown app /app on line 4"),
    "owner-of-a-tree-that-is-copied-in": ("copy-ownership", P + ALL + "WORKDIR /\nRUN cp -r /srv/kept /app/kept && chown -R app /app\n", {**PIP, **WEIGHT}, "name the directories that the program writes to instead of /app: what it only reads can stay root's"),
    "owner-of-directories": ("copy-ownership", "FROM python:3.12\nENV HOME=/srv\nRUN mkdir $HOME/kept /var/x\nCOPY . /srv\nRUN chown -R app /srv\n", {**PIP, **WEIGHT}, "COPY --chown=app on line 4, and no more than chown app /srv /srv/kept on line 5"),
    "the-whole-context": ("split-cleanup", "FROM debian:12\nCOPY . /srv/u\nRUN make -C /srv/u install && rm -rf /srv/u\n", {"a.bin": 3_000_000}, "do not copy it: RUN --mount=type=bind,target=/srv/u,rw on line 3, without its rm"),
    "the-whole-context-in-several-steps": ("split-cleanup", "FROM debian:12\nCOPY . /srv/u\nRUN make -C /srv/u\nRUN make -C /srv/u install\nRUN rm -rf /srv/u\n", {"a.bin": 3_000_000}, "do not copy it: one RUN --mount=type=bind,target=/srv/u,rw for what is on lines 3 and 4"),
    "npm-by-its-own-directory": ("unlocked-install", N + "COPY package*.json ./\nRUN npm install . --silent\n", NODE, "npm ci --silent"),
    "npm-by-its-own-directory-and-all-before": ("copy-before-install", N + ALL + "RUN npm install .\n", NODE, "COPY package.json package-lock.json ./, then RUN npm install ., then COPY . ."),
    "options-of-the-shell": ("lost-setting", "FROM debian:12\nRUN set -e -o pipefail\nRUN make | tee a\nCMD [\"a\"]\n", A, 'write SHELL ["/bin/sh", "-e", "-o", "pipefail", "-c"] instead'),
    "options-of-the-shell-and-a-line-for-it": ("lost-setting", "FROM debian:12\nRUN set -ex\nRUN make; make install\nCMD exec a\n", A, "begin each RUN that needs it with set -ex &&"),
    "a-line-for-the-shell-of-an-entry-point": ("shell-form-command", 'FROM python:3.12\nENTRYPOINT ["/bin/bash"]\nCMD ["-c", "umask 2; python -m gunicorn shop"]\n', A, 'CMD ["-c", "umask 2; exec python -m gunicorn shop"]'),
    "a-line-for-an-entry-point-with-its-option": ("shell-form-command", 'FROM python:3.12\nENTRYPOINT ["sh", "-c"]\nCMD ["python -m gunicorn $SHOP"]\n', A, 'CMD ["exec python -m gunicorn $SHOP"]'),
    "sources-until-the-end": ("split-cleanup", "FROM debian:12\nRUN git clone https://example.com/x /build/x\nWORKDIR /build/x\nRUN make install\nRUN rm -rf /build\n", A, "merge the RUN instructions of lines 2 to 5 into one that removes it at its end, with cd /build/x for WORKDIR"),
    "lists-below-another-directory": ("split-cleanup", "FROM debian:12\nRUN apt-get update && apt-get install -y gcc\nWORKDIR /a\nCOPY a.txt .\nRUN apt-get install -y jq\nUSER root\nRUN rm -rf /var/lib/apt/lists/*\n", {"a.txt": ""}, "remove it in the same RUN, on lines 2 and 5, and write apt-get update && before the install on line 5"),
    "lists-that-are-fetched-alone": ("split-cleanup", "FROM debian:12\nRUN apt-get update\nRUN apt-get install -y jq\nCOPY . /srv\nRUN rm -rf /var/lib/apt/lists/*\n", A, "remove it in the same RUN, on line 3, write apt-get update && before the install on line 3, and remove line 2"),
    "packages-that-build-in-another-directory": ("split-cleanup", "FROM debian:12\nRUN apt-get update && apt-get install -y gcc\nWORKDIR /a\nRUN make\nRUN apt-get purge -y gcc\n", A, "use it in a separate stage, and COPY --from there what it makes"),
    "packages-that-build-the-sources": ("split-cleanup", "FROM debian:12\nRUN apt-get update && apt-get install -y gcc\nCOPY . /srv\nRUN make -C /srv\nRUN (apt-get purge -y gcc)\n", A, "use it in a separate stage, and COPY --from there what it makes"),
    "packages-that-build-by-a-variable": ("split-cleanup", "FROM debian:12\nRUN apt-get update && apt-get install -y gcc\nARG FLAGS\nRUN make $FLAGS\nRUN apt-get purge -y gcc\n", A, "use it in a separate stage, and COPY --from there what it makes"),
    "packages-that-nothing-uses": ("split-cleanup", "FROM debian:12\nRUN apt-get update && apt-get install -y gcc\nWORKDIR /a\nRUN mkdir x\nRUN apt-get purge -y gcc\n", A, "remove it in the same RUN, on line 2"),
    "packages-that-fetch": ("split-cleanup", "FROM debian:12\nRUN apt-get install -y curl\nRUN curl -o /a https://example.com/a\nRUN apt-get purge -y curl\n", A, "merge the RUN instructions of lines 2 to 4 into one that removes it at its end"),
    "a-home-that-root-makes": ("root-user", 'FROM python:3.12-slim\nENV HOME=/opt/shop\nWORKDIR /opt/shop\nCOPY a.py .\nRUN shop --prepare\nCMD ["uvicorn", "a:app"]\n', {"a.py": ""}, "RUN useradd --system --create-home --uid 10001 app && mkdir -p /opt/shop && chown -R app /opt/shop, then USER app at the end"),
    "a-home-with-packages": ("root-user", 'FROM node:22\nENV HOME=/opt/shop\nWORKDIR /opt/shop\nCOPY package.json a.js ./\nRUN npm install\nCMD ["node", "a.js"]\n', {"package.json": "{}", "a.js": ""}, "RUN chown node /opt/shop, then USER node at the end (the image has that user)"),
    "a-volume-to-write-to": ("root-user", 'FROM node:22\nVOLUME /data\nCMD ["node", "a.js"]\n', A, "RUN mkdir -p /data && chown -R node /data, then USER node at the end (the image has that user), and chown anything else it writes to"),
    "what-is-fetched-for-root-alone": ("root-user", 'FROM python:3.12-slim\nADD https://example.com/a.csv /data/\nADD https://example.com/b.csv /data/b.csv\nCOPY a.py /bin/\nCMD ["python", "/bin/a.py"]\n', {"a.py": 9, "b.key": 9}, "RUN useradd --system --create-home --uid 10001 app, then USER app at the end, and ADD --chmod=644 on lines 2 and 3, as it lets root alone read what it fetches"),
    "what-is-fetched-and-opened": ("root-user", 'FROM python:3.12-slim\nADD https://example.com/a.csv /data/\nADD --chmod=644 https://example.com/b.csv /data/\nADD https://example.com/c.tar.gz /tmp/\nRUN chmod -R a+rX /data && tar -xf /tmp/c.tar.gz\nCOPY a.py /bin/\nCMD ["python", "/bin/a.py"]\n', {"a.py": 9, "b.key": 9}, "RUN useradd --system --create-home --uid 10001 app, then USER app at the end"),
    "what-is-copied-for-root-alone": ("root-user", 'FROM python:3.12-slim\nCOPY --chmod=600 b.key /data/\nCOPY --chmod=600 b.key /etc/b.key\nCOPY --chmod=755 a.py /bin/\nCMD ["python", "/bin/a.py"]\n', {"a.py": 9, "b.key": 9}, "RUN useradd --system --create-home --uid 10001 app, then USER app at the end, and COPY --chown=10001 on line 2"),
    "directories-of-an-image-that-a-workflow-names": ("root-user", 'FROM python:3.12-slim\nVOLUME /kept\nCOPY a.py /bin/\nCMD ["python", "/bin/a.py"]\n', {"a.py": 9, "docker/compose.yaml": "services:\n  a:\n    image: acme/web:latest\n    volumes:\n      - ~/.web:/kept\n", ".github/workflows/a.yml": "jobs:\n  a:\n    strategy:\n      matrix:\n        include:\n          - image: acme/web\n            dockerfile: ./Dockerfile\n    steps:\n      - uses: docker/build-push-action@v6\n        with:\n          context: .\n          file: ${{ matrix.dockerfile }}\n          outputs: type=image,name=${{ matrix.image }},push-by-digest=true,push=true\n"}, "RUN useradd --system --create-home --uid 10001 app && mkdir -p /kept && chown -R app /kept, then USER app at the end, and chown -R 10001 ~/.web on the host, which is mounted there"),
    "directories-of-an-image-that-a-workflow-keeps": ("root-user", 'FROM python:3.12-slim\nVOLUME /kept\nCOPY a.py /bin/\nCMD ["python", "/bin/a.py"]\n', {"a.py": 9, "docker/compose.yaml": "services:\n  a:\n    image: acme/web:latest\n    volumes:\n      - ~/.web:/kept\n", ".github/workflows/a.yml": "jobs:\n  a:\n    strategy:\n      matrix:\n        include:\n          - image: acme/web\n            dockerfile: ./Dockerfile\n    steps:\n      - uses: docker/build-push-action@v6\n        with:\n          context: .\n          file: ${{ matrix.dockerfile }}\n          outputs: type=image,name=${{ matrix.image }},push=false\n"}, "RUN useradd --system --create-home --uid 10001 app && mkdir -p /kept && chown -R app /kept, then USER app at the end"),
    "directories-of-the-host": ("root-user", 'FROM python:3.12\nWORKDIR /srv\nCOPY a.py .\nCMD ["python", "a.py"]\n', {"a.py": 9, "compose.yaml": "services:\n  a:\n    build: .\n    volumes:\n      - ./kept/logs:/srv/logs\n      - ./kept/media:/srv/media:ro\n      - ./src:/srv/src\n      - .:/srv/data\n"}, "RUN useradd --system --create-home --uid 10001 app, then USER app at the end, and chown -R 10001 ./kept/logs on the host, which is mounted there"),
    "a-volume-of-a-service": ("root-user", 'FROM python:3.12\nCMD ["python", "a.py"]\n', {"compose.yaml": "services:\n  a:\n    build: .\n    volumes:\n      - uploads:/srv/uploads\n      - /a/node_modules\n      - ./src:/src\n"}, "RUN useradd --system --create-home --uid 10001 app && mkdir -p /srv/uploads && chown -R app /srv/uploads, then USER app at the end, and chown anything else it writes to"),
    "a-mount-by-a-variable-at-the-home-of-root": ("root-user", 'FROM node:22\nCMD ["node", "a.js"]\n', {"a.js": "", "compose.yaml": "services:\n  a:\n    build: .\n    volumes:\n      - ${DATA:-./data}/x:/root/.shop:rw\n"}, "USER node at the end (the image has that user); chown what it writes to; chown -R 1000 ./data/x on the host, which is mounted there; /home/node instead of /root, which only root can enter, for the mount at /root/.shop"),
    "what-the-group-of-root-may-write": ("root-user", 'FROM python:3.12-slim\nWORKDIR /app\nCOPY a.py .\nRUN chmod -R g=u /app\nCMD ["python", "a.py"]\n', {"a.py": "open(name, 'w')\n"}, "RUN useradd --system --create-home --uid 10001 --gid 0 app, then USER app at the end, and chown anything it writes to outside /app"),
    "what-the-group-of-root-may-write-on-alpine": ("root-user", 'FROM python:3.12-alpine\nWORKDIR /app\nCOPY a.py .\nRUN chmod -R 775 /app\nCMD ["python", "a.py"]\n', {"a.py": "open(name, 'w')\n"}, "RUN adduser -S -D -u 10001 -G root app, then USER app at the end, and chown anything it writes to outside /app"),
    "what-all-may-write": ("root-user", 'FROM python:3.12-slim\nWORKDIR /app\nCOPY a.py .\nRUN chmod -R 777 /app\nCMD ["python", "a.py"]\n', {"a.py": "open(name, 'w')\n"}, "RUN useradd --system --create-home --uid 10001 app, then USER app at the end, and chown anything it writes to outside /app"),
    "what-others-may-only-read": ("root-user", 'FROM python:3.12-slim\nWORKDIR /app\nCOPY a.py .\nRUN chmod -R 755 /app\nCMD ["python", "a.py"]\n', {"a.py": "open(name, 'w')\n"}, "RUN useradd --system --create-home --uid 10001 app && chown -R app /app, then USER app at the end, and chown anything it writes to outside /app"),
    "a-script-that-a-run-copies": ("root-user", 'FROM debian:12\nCOPY . /src\nRUN cp /src/start.sh /start.sh && chmod +x /start.sh\nEXPOSE 80\nENTRYPOINT ["/start.sh"]\n', {"start.sh": "#!/bin/sh\nmkdir -p /srv/kept\nexec /srv/shop\n"}, "RUN useradd --system --create-home --uid 10001 app && mkdir -p /srv/kept && chown -R app /srv/kept, then USER app at the end, and chown anything else it writes to"),
    "a-volume-at-the-home-of-root": ("root-user", 'FROM node:22\nVOLUME /root/.cache\nCMD ["node", "a.js"]\n', A, "RUN mkdir -p /home/node/.cache && chown -R node /home/node/.cache, then USER node at the end (the image has that user); chown anything else it writes to; /home/node instead of /root, which only root can enter, for the mount at /root/.cache"),
    "mounts-at-the-home-of-root": ("root-user", 'FROM python:3.12-slim\nWORKDIR /app\nCOPY a.py .\nCMD ["python", "a.py"]\n', {"a.py": "", "compose.yaml": "services:\n  a:\n    build: .\n    environment:\n      - SHOP_DIR=/root/shop\n      - PATH=/root/bin\n    volumes:\n      - kept:/root/shop\n      - ./models:/root/models\n"}, "RUN useradd --system --create-home --uid 10001 app && mkdir -p /home/app/shop && chown -R app /home/app/shop, then USER app at the end; chown -R 10001 ./models on the host, which is mounted there; /home/app instead of /root, which only root can enter, for the mounts at /root/shop and /root/models and SHOP_DIR"),
    "variables-at-the-home-of-root": ("root-user", 'FROM debian:12\nENV SHOP_DIR=/root/shop\nRUN useradd shop\nCOPY a /a\nEXPOSE 80\nCMD ["/a"]\n', A, "USER shop at the end (the image has that user); chown what it writes to; a directory of that user instead of /root, which only root can enter, for SHOP_DIR"),
    "what-next-keeps": ("root-user", 'FROM node:22\nWORKDIR /app\nCOPY . .\nCMD ["npm", "start"]\n', {"package.json": '{"scripts": {"dev": "next dev", "start": "next start -p 80"}}'}, "RUN mkdir -p /app/.next/cache && chown -R node /app, then USER node at the end (the image has that user), and chown anything it writes to outside /app"),
    "what-next-keeps-alone": ("root-user", 'FROM node:22 AS build\nWORKDIR /src\nRUN npm run build\nFROM node:22\nWORKDIR /app\nCOPY --from=build /src/.next/standalone .\nCMD ["node", "server.js"]\n', A, "COPY --chown=node on line 6 and RUN mkdir -p /app/.next/cache && chown -R node /app/.next/cache && chown node /app, then USER node at the end (the image has that user), and chown anything it writes to outside /app"),
    "what-it-writes-anywhere-in-a-project-of-its-own": ("root-user", 'FROM node:22\nRUN apt-get update\nWORKDIR /app\nCOPY package.json ./\nRUN npm ci\nCOPY . .\nRUN npm run build\nVOLUME /app/kept\nCMD ["npm", "start"]\n', {"package.json": '{"scripts": {"start": "next start"}}'}, "RUN mkdir -p /app/kept /app/.next/cache && chown -R node /app and USER node below line 3 (the image has that user); COPY --chown=node on lines 4 and 6; chown anything it writes to outside /app"),
    "what-it-writes-anywhere-below-steps-of-root": ("root-user", 'FROM node:22\nWORKDIR /app\nCOPY package.json ./\nRUN npm ci && npm install -g tool\nCOPY . .\nCMD ["npm", "start"]\n', {"package.json": '{"scripts": {"start": "next start"}}'}, "COPY --chown=node on lines 3 and 5 and RUN mkdir -p /app/.next/cache && chown -R node /app/.next/cache && chown node /app, then USER node at the end (the image has that user), and chown anything else it writes to"),
    "what-it-writes-anywhere-in-what-is-linked": ("root-user", 'FROM node:22 AS b\nFROM node:22\nWORKDIR /app\nCOPY --link --from=b /app .\nCMD ["node", "a.js", "--data", "./data"]\n', {"a": 9}, "COPY --chown=1000 on line 4 and RUN chown node /app, then USER node at the end (the image has that user), and chown anything it writes to outside /app"),
    "a-file-above-what-is-its-own": ("root-user", 'FROM debian:12 AS b\nFROM debian:12\nCOPY --from=b /app /app\nCOPY probe.sh /\nWORKDIR /app\nEXPOSE 80\nCMD ["./shop"]\n', {"probe.sh": 9}, "COPY --chown=10001 on line 3 and RUN useradd --system --create-home --uid 10001 app && chown app /app, then USER app at the end, and chown anything it writes to outside /app"),
    "a-release-of-elixir": ("root-user", 'FROM elixir:1.17 AS b\nWORKDIR /src\nRUN mix release\nFROM debian:12-slim\nWORKDIR /work\nCOPY --from=b /src/_build/prod/rel/shop /opt/shop\nEXPOSE 80\nCMD ["/opt/shop/bin/shop", "start"]\n', {"mix.exs": ""}, "COPY --chown=10001 on line 6 and RUN useradd --system --create-home --uid 10001 app && mkdir -p /work && chown -R app /work && chown app /opt/shop, then USER app at the end, and chown anything it writes to outside /opt/shop"),
    "what-next-keeps-where-the-line-goes": ("root-user", 'FROM node:22 AS b\nFROM node:22\nWORKDIR /srv\nCOPY --from=b /srv .\nCMD ["sh", "-c", "migrate && exec both \\"cd /srv/web && exec next start\\" \\"cd /srv/jobs && exec jobs\\""]\n', {"a": 9}, "COPY --chown=node on line 4 and RUN mkdir -p /srv/web/.next/cache && chown -R node /srv/web/.next/cache && chown node /srv, then USER node at the end (the image has that user), and chown anything it writes to outside /srv"),
    "what-next-keeps-and-everybody-may-write": ("root-user", 'FROM node:22 AS b\nFROM node:22\nWORKDIR /srv\nCOPY --from=b /srv .\nRUN mkdir -p web/.next/cache && chmod 777 web/.next/cache\nCMD cd web && next start\n', {"a": 9}, "COPY --chown=node on line 4 and RUN chown node /srv, then USER node at the end (the image has that user), and chown anything it writes to outside /srv"),
    "a-program-that-is-compiled-at-the-start": ("root-user", 'FROM debian:12\nWORKDIR /src\nCOPY . .\nEXPOSE 80\nCMD ["make", "run"]\n', {"Makefile": "run: compile\n\t./shop\ncompile:\n\tcc -o shop a.c\n"}, "RUN useradd --system --create-home --uid 10001 app && chown -R app /src, then USER app at the end, and chown anything it writes to outside /src"),
    "settings-that-a-step-puts-at-home": ("root-user", P + ALL + 'RUN mkdir -p ~/.shop\nRUN cp shop.toml ~/.shop/\nRUN echo x > ~/.bashrc\nCMD ["python", "a.py"]\n', {"a.py": "", "shop.toml": ""}, "RUN useradd --system --create-home --uid 10001 app and ENV HOME=/home/app above line 4, where the program then finds its settings, and RUN mkdir -p /home/app && chown -R app /home/app, then USER app at the end"),
    "settings-at-home-by-its-path": ("root-user", 'FROM node:22\nWORKDIR /app\nCOPY shop.json /root/.config/shop/\nCOPY a.js .\nCMD ["node", "a.js"]\n', {"a.js": 9, "shop.json": 9}, "RUN mkdir -p /home/node && chown -R node /home/node, then USER node at the end (the image has that user), and /home/node instead of /root, which only root can enter, on line 3"),
    "settings-at-home-of-nobody": ("root-user", 'FROM debian:12\nRUN useradd shop\nRUN mkdir -p $HOME/.shop && cp x $HOME/.shop/x\nEXPOSE 80\nCMD ["/a"]\n', A, "USER shop at the end (the image has that user); chown what it writes to; first move elsewhere what line 3 puts into /root, which only root can enter"),
    "what-steps-have-at-home": ("root-user", P + ALL + 'RUN mkdir -p ~/.ssh && cp key ~/.ssh/ && cp pip.conf ~/.config/pip/pip.conf\nCMD ["python", "a.py"]\n', {"a.py": ""}, "RUN useradd --system --create-home --uid 10001 app, then USER app at the end"),
    "a-manager-that-is-fetched-again": ("root-user", 'FROM node:22 AS base\nRUN corepack enable\nFROM base\nWORKDIR /app\nCOPY . .\nRUN pnpm install\nCMD ["pnpm", "start"]\n', {"package.json": '{"packageManager": "pnpm@10.0.0"}', "a.js": 9}, "USER node at the end (the image has that user), and ENV COREPACK_HOME=/usr/local/share/corepack above line 2, or pnpm is downloaded again whenever it starts"),
    "a-manager-with-a-home-for-all": ("root-user", 'FROM node:22\nENV COREPACK_HOME=/opt/corepack\nRUN corepack enable\nWORKDIR /app\nCOPY . .\nRUN pnpm install\nCMD ["pnpm", "start"]\n', {"package.json": "{}", "a.js": 9}, "USER node at the end (the image has that user)"),
    "a-schema-that-is-written-at-the-start": ("root-user", 'FROM node:22\nWORKDIR /app\nCOPY . .\nCMD ["node", "dist/main.js"]\n', {"src/app.ts": "GraphQLModule.forRoot({\n  autoSchemaFile: join(process.cwd(), 'src/schema.gql'),\n})\n"}, "RUN chown -R node /app, then USER node at the end (the image has that user), and chown anything it writes to outside /app"),
    "a-schema-that-is-kept-in-memory": ("root-user", 'FROM node:22\nWORKDIR /app\nCOPY . .\nCMD ["node", "dist/main.js"]\n', {"src/app.ts": "GraphQLModule.forRoot({\n  autoSchemaFile: true,\n})\n"}, "USER node at the end (the image has that user)"),
    "pages-that-a-program-changes": ("root-user", 'FROM node:22\nWORKDIR /work\nCOPY run.mjs .\nCOPY pages /site\nCMD ["node", "run.mjs"]\n', {"run.mjs": 'execSync(`npx import-meta-env -x a.env -p "/site/**/*"`)\n', "pages/a.html": 9}, "RUN mkdir -p /site && chown -R node /site, then USER node at the end (the image has that user)"),
    "pages-that-a-script-changes": ("root-user", 'FROM node:22\nWORKDIR /work\nCOPY . .\nEXPOSE 80\nENTRYPOINT ["sh", "./run.sh"]\n', {"run.sh": 'find /pages -name "*.js" -exec sed -i "s/A/$A/" {} +\nfor each in /site/*.html; do sed -i "s/B/$B/" $each; done\nexec node a.js\n', "a.js": ""}, "RUN mkdir -p /pages /site && chown -R node /pages /site, then USER node at the end (the image has that user)"),
    "what-models-have-attached": ("root-user", 'FROM ruby:3.3\nENV RAILS_ENV=production\nWORKDIR /app\nCOPY . .\nEXPOSE 80\nCMD ["bundle", "exec", "puma"]\n', {"bin/rails": "", "app/models/a.rb": "has_one_attached :picture\n", "config/environments/production.rb": "  config.active_storage.service = :local\n", "config/storage.yml": 'test:\n  service: Disk\n  root: /test\nlocal:\n  service: Disk\n  root: <%= ENV["X"] ? "x" : "/kept" %>\n'}, "RUN useradd --system --create-home --uid 10001 app && mkdir -p /kept /app/tmp /app/log /app/storage && chown -R app /kept /app/tmp /app/log /app/storage, then USER app at the end, and chown anything else it writes to"),
    "what-models-could-attach": ("root-user", 'FROM ruby:3.3\nENV RAILS_ENV=production\nWORKDIR /app\nCOPY . .\nEXPOSE 80\nCMD ["bundle", "exec", "puma"]\n', {"bin/rails": "", "app/models/a.rb": "has_one :picture\n", "config/environments/production.rb": "  config.active_storage.service = :local\n", "config/storage.yml": 'local:\n  service: Disk\n  root: /kept\n'}, "RUN useradd --system --create-home --uid 10001 app && mkdir -p /app/tmp /app/log /app/storage && chown -R app /app/tmp /app/log /app/storage, then USER app at the end, and chown anything else it writes to"),
    "assets-that-a-script-makes": ("root-user", 'FROM ruby:3.3\nWORKDIR /shop\nCOPY . .\nEXPOSE 80\nENTRYPOINT ["./run.sh"]\n', {"run.sh": "#!/bin/sh\nrails assets:precompile\nexec puma\n"}, "RUN useradd --system --create-home --uid 10001 app && chown -R app /shop, then USER app at the end, and chown anything it writes to outside /shop"),
    "media-of-a-framework": ("root-user", P + ALL + 'CMD ["gunicorn", "shop.wsgi"]\n', {"shop/settings.py": "MEDIA_ROOT = BASE_DIR / 'media'\n"}, "RUN useradd --system --create-home --uid 10001 app && chown -R app /app, then USER app at the end, and chown anything it writes to outside /app"),
    "a-database-in-a-directory-that-is-not-there": ("root-user", 'FROM golang:1.23 AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /out/shop .\nFROM debian:12\nWORKDIR /srv/shop\nCOPY --from=build /out/shop .\nEXPOSE 80\nCMD ["./shop"]\n', {"go.mod": "module a\n", "config.go": 'var standard = Config{Connection: "kept/shop.db"}\n', "README.md": "    docker run -v $PWD/mine:/srv/shop/kept -v /x:/other acme/shop\n"}, "RUN useradd --system --create-home --uid 10001 app && mkdir -p /srv/shop/kept && chown -R app /srv/shop/kept, then USER app at the end, and chown -R 10001 ./mine on the host, which is mounted there"),
    "what-the-context-is-laid-over": ("root-user", P + ALL + 'RUN mkdir logs\nCMD ["python", "a.py"]\n', {"a.py": "", "compose.yaml": "services:\n  a:\n    build: .\n    volumes:\n      - .:/app\n"}, "RUN useradd --system --create-home --uid 10001 app && mkdir -p /app/logs && chown -R app /app/logs below line 4, then USER app at the end, and chown -R 10001 ./logs on the host, which is mounted there"),
    "what-winston-writes": ("root-user", 'FROM node:22\nWORKDIR /app\nCOPY . .\nENTRYPOINT ["sh", "./start.sh"]\n', {"start.sh": "cd back\nnode a.js\n", "back/a.js": "new winston.transports.File({\n  level: 'error',\n  filename: 'kept/error.log',\n})\n"}, "RUN mkdir -p /app/back/kept && chown -R node /app/back/kept, then USER node at the end (the image has that user)"),
    "a-base-that-gets-no-updates": ("unpinned-base", "FROM java\nCOPY a /\nCMD a\n", A, "FROM eclipse-temurin:<version>, or a digest, since java gets no updates any more"),
    "a-base-that-gets-no-updates-with-its-version-elsewhere": ("unpinned-base", "ARG V=latest\nFROM openjdk:$V\nCOPY a /\nCMD a\n", A, "FROM eclipse-temurin:<version>, or a digest, since openjdk gets no updates any more"),
    "a-base-of-another-owner-with-the-name-of-one-that-gets-none": ("unpinned-base", "FROM acme/java\nCOPY a /\nCMD a\n", A, "FROM acme/java:<version>, or a digest"),
    "an-archive-of-java-that-is-added": ("root-user", 'FROM debian:12\nWORKDIR /srv\nADD made/a.war /srv/\nEXPOSE 80\nCMD ["java", "-jar", "a.war"]\n', {".gitignore": "made\n"}, "RUN useradd --system --create-home --uid 10001 app && chown app /srv, then USER app at the end, and chown anything else it writes to"),
    "layers-of-an-archive-of-java": ("root-user", 'FROM eclipse-temurin:21-jre AS b\nWORKDIR /src\nCOPY a.jar .\nRUN java -Djarmode=tools -jar a.jar extract --layers\nFROM eclipse-temurin:21-jre\nWORKDIR /srv\nCOPY --from=b /src/a/dependencies/ ./\nCOPY --from=b /src/a/spring-boot-loader/ ./\nCOPY --from=b /src/a/application/ ./\nEXPOSE 80\nCMD ["java", "-jar", "a.jar"]\n', {"a.jar": 9}, "RUN useradd --system --create-home --uid 10001 app && chown app /srv, then USER app at the end, and chown anything else it writes to"),
    "packages-and-what-is-built-beside-what-it-writes": ("root-user", 'FROM node:22 AS b\nWORKDIR /src\nCOPY . .\nRUN npm ci && npm run build\nFROM node:22\nWORKDIR /app\nCOPY --from=b /src/node_modules node_modules\nCOPY --from=b /src/dist /app/dist\nRUN mkdir data\nVOLUME /app/data\nEXPOSE 80\nCMD ["node", "dist/a.js"]\n', {**NODE, "a.js": "fs.writeFileSync(target, 1)\n"}, "RUN mkdir -p /app/data && chown -R node /app/data && chown node /app below line 9, then USER node at the end (the image has that user), and chown anything else it writes to"),
    "a-file-that-is-mounted-at-the-home-of-root": ("root-user", 'FROM python:3.12-slim\nCMD ["python", "/a.py"]\n', {"compose.yaml": "services:\n  a:\n    build: .\n    volumes:\n      - ./shop.yml:/root/shop.yml\n"}, "RUN useradd --system --create-home --uid 10001 app, then USER app at the end; chown what it writes to; /home/app instead of /root, which only root can enter, for the mount at /root/shop.yml"),
    "an-archive-that-is-added": ("root-user", 'FROM debian:12\nWORKDIR /srv\nCOPY made/lib /srv/lib\nADD made/a.tgz /srv/\nEXPOSE 80\nCMD ["java", "-jar", "a.war"]\n', {".gitignore": "made\n"}, "COPY --chown=10001 on line 3 and ADD --chown=10001 on line 4 and RUN useradd --system --create-home --uid 10001 app && chown app /srv, then USER app at the end, and chown anything it writes to outside /srv"),
    "what-a-program-that-is-not-built-writes": ("root-user", 'FROM golang:1.23 AS build\nARG WHICH=shop\nWORKDIR /src\nCOPY . .\nRUN go build -o /out/a ./cmd/${WHICH}\nFROM alpine:3.20\nWORKDIR /srv\nCOPY --from=build /out/a .\nEXPOSE 80\nCMD ["/srv/a"]\n', {"go.mod": "module a\n", "cmd/shop/main.go": 'func main() { os.MkdirAll("/var/shop", 0o755) }\n', "cmd/tool/main.go": 'func main() { os.MkdirAll("/var/tool", 0o755) }\n'}, "RUN adduser -S -D -u 10001 app && mkdir -p /var/shop && chown -R app /var/shop && chown app /srv, then USER app at the end, and chown anything it writes to outside /srv"),
    "an-image-that-another-is-built-from": ("root-user", 'FROM node:22\nWORKDIR /shop\nEXPOSE 80\nCMD ["node", "a.js"]\n', {"Dockerfile.all": "# all\nFROM acme/shop:latest\nWORKDIR /shop\nRUN apt-get update\n", "Dockerfile.one": "FROM acme/shop\nUSER root\nRUN a\n", "Dockerfile.two": "FROM acme/other\nRUN a\n"}, "RUN chown node /shop, then USER node at the end (the image has that user); chown anything it writes to outside /shop; USER root below FROM in Dockerfile.all:2, which goes on from this image"),
    "a-port-of-which-nothing-is-known": ("missing-healthcheck", 'FROM node:22\nUSER node\nEXPOSE ${PORT}\nCMD ["node", "a.js"]\n', A, "HEALTHCHECK CMD with a command that probes the port where it listens"),
    "files-that-go-nowhere": ("broken-start", "FROM node:22-alpine\nRUN npm run build\nCMD cp -r build\n", A, "name where they go, such as CMD cp -r build /out"),
    "a-program-beside-a-web-server": ("root-user", 'FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nVOLUME /data\nEXPOSE 80\nENTRYPOINT ["./run.sh"]\n', {"run.sh": "#!/bin/sh\nnginx &\npython3 shop.py\n", "shop.py": ""}, "RUN useradd --system --create-home --uid 10001 app && mkdir -p /data && chown -R app /data, and in run.sh start by su -s /bin/sh app -c '…' what is no web server"),
    "what-laravel-writes-to": ("root-user", 'FROM php:8.3-cli\nWORKDIR /app\nCOPY . .\nEXPOSE 80\nCMD ["php", "artisan", "octane:start"]\n', {"artisan": 9}, "RUN useradd --system --create-home --uid 10001 app && mkdir -p /app/storage /app/bootstrap/cache && chown -R app /app/storage /app/bootstrap/cache, then USER app at the end, and chown anything else it writes to"),
    "a-directory-that-the-command-names": ("root-user", 'FROM python:3.12\nRUN [ ! -d /store ] && mkdir /store\nWORKDIR /app\nCMD ["python", "a.py", "-d", "/store"]\n', A, "RUN useradd --system --create-home --uid 10001 app && mkdir -p /store && chown -R app /store below line 2, then USER app at the end, and chown anything else it writes to"),
    "a-directory-that-a-variable-names": ("root-user", 'FROM node:22\nENV UPLOADS=/srv/uploads/new\nRUN mkdir -p /srv/uploads/new\nCMD ["node", "a.js"]\n', A, "RUN mkdir -p /srv/uploads/new && chown -R node /srv/uploads/new, then USER node at the end (the image has that user), and chown anything else it writes to"),
    "a-directory-that-nothing-names": ("root-user", 'FROM node:22\nRUN mkdir -p /etc/keyrings\nCMD ["node", "a.js"]\n', A, "USER node at the end (the image has that user), and chown what it writes to"),
    "a-directory-for-packages": ("root-user", 'FROM python:3.12\nENV VIRTUAL_ENV=/opt/venv\nRUN mkdir /opt/venv\nCMD ["python", "a.py"]\n', A, "RUN useradd --system --create-home --uid 10001 app, then USER app at the end, and chown what it writes to"),
    "a-directory-that-is-copied-to": ("root-user", 'FROM node:22\nRUN mkdir /app\nCOPY a /app/\nCMD ["node", "/app/a"]\n', A, "RUN chown -R node /app, then USER node at the end (the image has that user), and chown anything it writes to outside /app"),
    "a-variable-that-is-no-path": ("root-user", 'FROM node:22\nENV APP_NO_CACHE_DIR=1 LOG_DIR=off DATA_DIR=pictures UPLOAD_DIR=/kept\nWORKDIR /app\nCOPY a.js .\nCMD ["node", "a.js"]\n', A, "RUN mkdir -p /kept && chown -R node /kept, then USER node at the end (the image has that user)"),
    "what-tomcat-unpacks": ("root-user", 'FROM tomcat:10\nCOPY a /a\nEXPOSE 8080\nCMD ["catalina.sh", "run"]\n', A, "RUN useradd --system --create-home --uid 10001 app && chown app /usr/local/tomcat/conf /usr/local/tomcat/webapps, then USER app at the end, and chown anything else it writes to"),
    "a-directory-that-a-variable-gives": ("root-user", 'FROM node:22\nENV CONFIG_PATH=/config MEDIA_ROOT=/pictures APP_DATA_DIR=/etc/x LOG_DIR=/var/log\nWORKDIR /app\nCOPY a.js .\nCMD ["node", "a.js"]\n', A, "RUN mkdir -p /config /pictures && chown -R node /config /pictures, then USER node at the end (the image has that user)"),
    "what-a-task-builds": ("dev-dependencies", N + "COPY package*.json ./\nRUN npm ci\nCOPY . .\nRUN task build\nCMD [\"node\", \"a.js\"]\n", {**NODE, "package.json": '{"devDependencies": {"esbuild": "1"}}'}, "npm ci --omit=dev, once a separate stage has built what needs the rest"),
    "blanks-between-what-is-quoted": ("copy-before-install", "FROM golang:1.23\nWORKDIR /src\nCOPY . .\nRUN go build -ldflags='-s  -w' \\\n\t-tags='a' .\n", {**GO, "a.md": 9}, "COPY go.mod go.sum ./, then RUN go mod download, then COPY . ., then RUN go build -ldflags='-s  -w' -tags='a' ."),
    "uv-beside-a-script-of-node": ("dev-dependencies", "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN uv sync --frozen\nCMD [\"python\", \"a.py\"]\n", {"pyproject.toml": "[project]\nname = 'a'\nversion = '1'\n[dependency-groups]\ndev = ['pytest>=8']\n", "uv.lock": "", "a.py": 9, "package.json": '{"scripts": {"prepare": "husky"}, "devDependencies": {"husky": "9"}}'}, "uv sync --frozen --no-dev"),
    "uv-with-its-options": ("dev-dependencies", "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN uv sync --frozen --all-extras\nCMD [\"python\", \"a.py\"]\n", {"pyproject.toml": "[project]\nname = 'a'\nversion = '1'\n[dependency-groups]\ndev = ['pytest>=8']\n", "uv.lock": "", "a.py": 9}, "uv sync --frozen --all-extras --no-dev"),
    "poetry-with-its-options": ("dev-dependencies", "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN poetry install --no-root\nCMD [\"python\", \"a.py\"]\n", {"pyproject.toml": "[tool.poetry]\nname = 'a'\nversion = '1'\n[tool.poetry.group.dev.dependencies]\npytest = '8'\n", "poetry.lock": "", "a.py": 9}, "poetry install --no-root --only main"),
    "what-a-step-takes-away": ("root-user", 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN rm -rf texts\nCMD ["node", "a.js"]\n', {"a.js": 9, "extract.js": "fs.mkdirSync('texts/new')\n"}, "USER node at the end (the image has that user)"),
    "what-a-build-makes": ("root-user", 'FROM node:22\nWORKDIR /app\nCOPY a.js build.js ./\nRUN node build.js\nCMD ["node", "a.js"]\n', {"a.js": 9, "build.js": "fs.mkdirSync('made')\n"}, "USER node at the end (the image has that user)"),
    "what-lies-beside-the-program": ("root-user", 'FROM node:22\nWORKDIR /app\nCOPY . .\nCMD ["node", "a.js"]\n', {"a.js": "fs.writeFileSync('../web/schema.graphql', text)\n"}, "USER node at the end (the image has that user)"),
    "what-its-sources-make": ("root-user", 'FROM node:22\nWORKDIR /app\nCOPY . .\nCMD ["node", "src/a.js"]\n', {"src/a.js": "const logs = path.join(__dirname, '../logs')\nfs.mkdirSync(logs)\n"}, "RUN mkdir -p /app/logs && chown -R node /app/logs, then USER node at the end (the image has that user)"),
    "where-a-setting-says": ("root-user", 'FROM golang:1.23 AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /a .\nFROM alpine:3.20\nWORKDIR /srv\nCOPY --from=build /a .\nEXPOSE 80\nCMD ["/srv/a"]\n', {"go.mod": "module a\n", "a.go": 'db, err := sql.Open("sqlite", path)\n'}, "RUN adduser -S -D -u 10001 app && chown app /srv, then USER app at the end, and chown anything it writes to outside /srv"),
    "where-a-step-made-it": ("root-user", 'FROM python:3.12\nWORKDIR /srv\nRUN mkdir -p data static\nCOPY . .\nCMD ["python", "a.py"]\n', {"a.py": "sqlite3.connect(path)\n", "static/a.css": "x"}, "RUN useradd --system --create-home --uid 10001 app && mkdir -p /srv/data && chown -R app /srv, then USER app at the end, and chown anything it writes to outside /srv"),
    "where-a-setting-says-without-a-shell": ("root-user", 'FROM golang:1.23 AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /a .\nFROM scratch\nCOPY --from=build /a /\nEXPOSE 80\nCMD ["/a"]\n', {"go.mod": "module a\n", "a.go": 'db, err := sql.Open("sqlite", path)\n'}, "USER 65532:65532 and WORKDIR /data at the end: BuildKit makes that for the user, and the program writes where it works"),
    "where-a-setting-says-beside-files": ("root-user", 'FROM golang:1.23 AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /a .\nFROM scratch\nCOPY --from=build /a /\nCOPY web /web\nEXPOSE 80\nCMD ["/a"]\n', {"go.mod": "module a\n", "web/a": "", "a.go": 'db, err := sql.Open("sqlite", path)\n'}, "USER 65532:65532 at the end, and below it WORKDIR /data, which BuildKit makes for that user, then WORKDIR / again"),
    "what-its-sources-generate": ("root-user", 'FROM node:22\nWORKDIR /app\nCOPY . .\nCMD ["node", "src/a.js"]\n', {"src/a.js": "fs.writeFileSync('src/i18n/de.json', x)\nfs.writeFileSync('src/api/b.json', y)\n", "src/api/b.js": "x"}, "USER node at the end (the image has that user)"),
    "what-a-front-end-makes": ("root-user", 'FROM node:22 AS build\nCOPY . .\nRUN npm run build\nFROM node:22\nCOPY --from=build /build /build\nCMD ["serve", "-s", "build"]\n', {"api/a.js": "fs.mkdirSync('uploads')\n"}, "USER node at the end (the image has that user)"),
    "what-lies-in-the-home-of-root": ("root-user", 'FROM python:3.12\nWORKDIR /app\nRUN pip install playwright==1.49.0 && playwright install chromium\nCOPY . .\nCMD ["python", "a.py"]\n', {"a.py": 9}, "RUN useradd --system --create-home --uid 10001 app, then USER app at the end, and ENV PLAYWRIGHT_BROWSERS_PATH=/ms-playwright above line 3, which loads for root alone"),
    "what-all-programs-have": ("root-user", 'FROM node:22\nVOLUME /var/log /opt /usr/bin/x /data\nCMD ["node", "a.js"]\n', A, "RUN mkdir -p /data && chown -R node /data, then USER node at the end (the image has that user), and chown anything else it writes to"),
    "argument-of-the-platform": ("lost-setting", "FROM alpine:3.20 AS b\nRUN wget https://a.example/$TARGETOS-$TARGETARCH\nFROM b\nRUN echo $TARGETARCH\n", A, "write ARG TARGETARCH and ARG TARGETOS below FROM on line 1"),
    "argument-at-the-start": ("lost-setting", 'FROM debian:12\nARG PART=web\nUSER 1\nCMD ["sh", "-c", "exec /srv/$PART"]\n', A, "write ENV PART=${PART} below line 2"),
    "variable-for-a-later-command": ("lost-setting", "FROM debian:12\nRUN export V=$(cat /v)\nRUN make V=$V\n", A, "set it in the RUN that needs it"),
    "variable-for-the-program": ("lost-setting", "FROM debian:12\nRUN export LD_LIBRARY_PATH=`cat /v`\nRUN make\n", A, "if the program needs LD_LIBRARY_PATH, export it in the script that starts the container"),
    "variable-with-a-plain-value": ("lost-setting", "FROM debian:12\nRUN export LD_LIBRARY_PATH=/opt/x/lib\nRUN make\n", A, "write ENV LD_LIBRARY_PATH=/opt/x/lib"),
    "arguments-before-from": ("lost-setting", 'ARG A=1\nARG B=2\nFROM node:22\nRUN make "$A" && make $B\nUSER 1\nCMD ["node", "a.js"]\n', A, "repeat ARG A, ARG B in this stage, after FROM"),
    "where-logback-writes": ("root-user", 'FROM eclipse-temurin:21-jre\nCOPY target/*.jar /a.jar\nCMD ["java", "-jar", "/a.jar"]\n', {"target/a.jar": 9, "src/main/resources/logback.xml": '<property name="place" value="${LOGS:-/data/logs}/shop.log"/>\n'}, "RUN useradd --system --create-home --uid 10001 app && mkdir -p /data/logs && chown -R app /data/logs, then USER app at the end, and chown anything else it writes to"),
    "a-directory-for-logs": ("root-user", 'FROM node:22\nWORKDIR /app\nCOPY a.js .\nRUN mkdir -p logs bin\nCMD ["node", "a.js"]\n', A, "RUN mkdir -p /app/logs && chown -R node /app/logs, then USER node at the end (the image has that user)"),
    "no-program-that-makes-users": ("root-user", 'FROM registry.access.redhat.com/ubi9-minimal:9.4\nVOLUME /data\nCMD ["/srv/a"]\n', A, "RUN mkdir -p /data && chown -R 10001:10001 /data, then USER 10001:10001 at the end, and chown anything else it writes to"),
    "a-database-beside-the-program": ("root-user", P + ALL + 'CMD ["python", "main.py"]\n', {"main.py": 'URL = "sqlite:///./shop.db"\n'}, "RUN useradd --system --create-home --uid 10001 app && chown app /app, then USER app at the end"),
    "a-database-of-a-framework": ("root-user", P + ALL + 'CMD ["python", "manage.py", "runserver"]\n', {"manage.py": "", "shop/settings.py": "D = {'NAME': BASE_DIR / 'data/db.sqlite3'}\n"}, "RUN useradd --system --create-home --uid 10001 app && mkdir -p /app/data && chown app /app/data, then USER app at the end"),
    "a-database-that-a-variable-names": ("root-user", P + ALL + 'CMD ["python", "main.py"]\n', {"main.py": 'URL = os.getenv("URL", "sqlite:///./shop.db")\n'}, "RUN useradd --system --create-home --uid 10001 app, then USER app at the end"),
    "a-database-where-it-is-tried": ("root-user", P + ALL + 'CMD ["python", "main.py"]\n', {"main.py": 'URL = "sqlite:///shop.db" if DEBUG else "postgresql://db/shop"\n'}, "RUN useradd --system --create-home --uid 10001 app, then USER app at the end"),
    "a-database-by-default": ("root-user", P + ALL + 'CMD ["python", "main.py"]\n', {"main.py": 'DB = parse(\n    default="sqlite:///shop.db"\n)\n'}, "RUN useradd --system --create-home --uid 10001 app, then USER app at the end"),
    "what-pnpm-starts": ("root-user", 'FROM node:24\nWORKDIR /app\nCOPY package.json pnpm-lock.yaml ./\nRUN pnpm install --frozen-lockfile\nCOPY a.js ./\nEXPOSE 80\nCMD ["pnpm", "start"]\n', {**PNPM, "package.json": '{"packageManager": "pnpm@11.21.0", "scripts": {"start": "node a.js"}}', "a.js": 9}, "USER node at the end (the image has that user), and ENV pnpm_config_verify_deps_before_run=false, or pnpm may install again at the start, which only root can"),
    "what-an-older-pnpm-starts": ("root-user", 'FROM node:24\nWORKDIR /app\nCOPY package.json pnpm-lock.yaml ./\nRUN pnpm install --frozen-lockfile\nCOPY a.js ./\nEXPOSE 80\nCMD ["pnpm", "start"]\n', {**PNPM, "package.json": '{"packageManager": "pnpm@10.2.0", "scripts": {"start": "node a.js"}}', "a.js": 9}, "USER node at the end (the image has that user)"),
    "what-pnpm-starts-that-is-told-so": ("root-user", 'FROM node:24\nWORKDIR /app\nCOPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./\nRUN pnpm install --frozen-lockfile\nCOPY a.js ./\nEXPOSE 80\nCMD ["pnpm", "start"]\n', {**PNPM, "package.json": '{"packageManager": "pnpm@11.21.0", "scripts": {"start": "node a.js"}}', "pnpm-workspace.yaml": "verifyDepsBeforeRun: false\n", "a.js": 9}, "USER node at the end (the image has that user)"),
    "a-program-that-pipx-installs": ("root-user", P + 'RUN pip install pipx && pipx install markitdown==0.1\nENV PATH=/root/.local/bin:$PATH\nCOPY a /app/\nCMD ["python", "a.py"]\n', A, "COPY --chown=10001 on line 5 and RUN useradd --system --create-home --uid 10001 app && chown app /app, then USER app at the end; chown anything else it writes to; ENV PIPX_HOME=/opt/pipx PIPX_BIN_DIR=/usr/local/bin above line 3, which installs for root alone"),
    "a-program-in-the-home-of-root": ("root-user", P + 'ENV PATH=/root/.local/bin:$PATH\nCOPY a /app/\nCMD ["python", "a.py"]\n', A, "RUN useradd --system --create-home --uid 10001 app && chown -R app /app, then USER app at the end; chown anything it writes to outside /app; move what is in /root/.local/bin out of /root, which only root can enter"),
    "started-in-the-home-of-root": ("root-user", 'FROM alpine:3.20\nWORKDIR /root/\nCOPY a .\nEXPOSE 80\nCMD ["./a"]\n', A, "RUN adduser -S -D -u 10001 app, then USER app at the end; chown what it writes to; WORKDIR /app instead of /root, which only root can enter, on line 2"),
    "browsers-in-the-home-of-root": ("root-user", N + 'RUN npx playwright install --with-deps chromium\nCMD ["node", "a.js"]\n', A, "RUN chown node /app, then USER node at the end (the image has that user); chown anything else it writes to; ENV PLAYWRIGHT_BROWSERS_PATH=/ms-playwright above line 3, which loads for root alone"),
    "settings-in-the-home-of-root": ("root-user", P + 'RUN pip install poetry && poetry config virtualenvs.create false && poetry install\nCMD ["poetry", "run", "a"]\n', A, "RUN useradd --system --create-home --uid 10001 app && chown app /app, then USER app at the end; chown anything else it writes to; ENV POETRY_VIRTUALENVS_CREATE=false: what poetry config says is for root alone"),
    "a-home-of-root-that-is-open": ("root-user", P + 'RUN chmod 755 /root\nENV PATH=/root/.local/bin:$PATH\nCMD ["python", "a.py"]\n', A, "RUN useradd --system --create-home --uid 10001 app && chown app /app, then USER app at the end, and chown anything it writes to outside /app"),
    "of-busybox": ("root-user", 'FROM busybox:1.36\nCOPY a /srv/a\nCMD ["/srv/a", "serve"]\n', A, "USER 10001:10001 at the end, and chown what it writes to"),
    "of-playwright": ("root-user", 'FROM mcr.microsoft.com/playwright/python:v1.49.0\nCMD ["python", "a.py"]\n', A, "USER pwuser at the end (the image has that user), and chown what it writes to"),
    "packages-of-the-host-in-a-part": ("copy-before-install", N + "COPY web ./\nRUN npm ci\n", {**{f"web/{name}": text for name, text in NODE.items()}, ".dockerignore": "node_modules\n"}, "exclude **/node_modules, and COPY web/package.json web/package-lock.json ./, then RUN npm ci, then COPY web ./"),
    "packages-of-whoever-works-here": ("copy-before-install", N + ALL + "RUN npm ci\n", NODE, "exclude node_modules, and COPY package.json package-lock.json ./, then RUN npm ci, then COPY . ."),
    "packages-of-whoever-works-on-a-part": ("copy-before-install", N + "COPY web ./\nRUN npm ci\n", {f"web/{name}": text for name, text in NODE.items()}, "exclude web/node_modules, and COPY web/package.json web/package-lock.json ./, then RUN npm ci, then COPY web ./"),
    "packages-of-composer-here": ("copy-before-install", "FROM php:8.3\nWORKDIR /app\nCOPY . .\nRUN composer install --no-dev --no-scripts --no-autoloader\nRUN composer dump-autoload\n", PHP, "exclude vendor, and COPY composer.json composer.lock ./, then RUN composer install --no-dev --no-scripts --no-autoloader, then COPY . ."),
    "packages-of-composer-elsewhere": ("copy-before-install", "FROM php:8.3\nWORKDIR /app\nENV COMPOSER_VENDOR_DIR=/vendor\nCOPY . .\nRUN composer install --no-dev --no-scripts --no-autoloader\nRUN composer dump-autoload\n", {**PHP, ".dockerignore": "*.log\n"}, "COPY composer.json composer.lock ./, then RUN composer install --no-dev --no-scripts --no-autoloader, then COPY . ."),
    "packages-of-a-yarn-that-makes-no-directory": ("copy-before-install", N + ALL + "RUN yarn install --immutable\n", {**NODE, "yarn.lock": "__metadata:\n", ".yarnrc.yml": "nodeLinker: pnp\n", ".dockerignore": "*.log\n"}, "COPY package.json yarn.lock .yarnrc.yml ./, then RUN yarn install --immutable, then COPY . ."),
    "packages-of-the-host-wherever": ("copy-before-install", N + "COPY web ./\nRUN npm ci\n", {**{f"web/{name}": text for name, text in NODE.items()}, ".dockerignore": "**/node_modules\n"}, "COPY web/package.json web/package-lock.json ./, then RUN npm ci, then COPY web ./"),
    "npm-by-the-lock-file-of-another": ("copy-before-install", N + ALL + "RUN npm install\n", YARN, "COPY package.json yarn.lock ./, then RUN npm install, then COPY . ."),
    "no-lock-file": ("unlocked-install", N + "COPY package*.json ./\nRUN npm i\n", OPEN, "commit the package-lock.json that npm install writes, and npm ci"),
    "no-lock-file-that-is-copied": ("unlocked-install", N + "COPY package.json ./\nRUN yarn\n", OPEN, "commit the yarn.lock that yarn install writes, COPY yarn.lock as well, and yarn install --frozen-lockfile"),
    "no-lock-file-of-composer": ("unlocked-install", "FROM php:8.3\nWORKDIR /app\n" + ALL + "RUN composer install\n", {"composer.json": PHP["composer.json"]}, "commit the composer.lock that composer install writes"),
    "uv-beside-a-lock-with-its-options": ("unlocked-install", P + ALL + "RUN uv sync --no-dev --group web\n", UV, "uv sync --locked --no-dev --group web"),
    "yarn-with-its-options": ("unlocked-install", N + ALL + "RUN yarn install --pure-lockfile --network-timeout 9000\n", YARN, "yarn install --frozen-lockfile --network-timeout 9000"),
    "development-by-yarn-with-its-options": ("dev-dependencies", N + ALL + "RUN yarn --frozen-lockfile --network-timeout 9000\nCMD [\"node\", \"src/server.js\"]\n", {**DEV, **{"yarn.lock": ""}}, "yarn install --frozen-lockfile --production --network-timeout 9000"),
    "packages-of-the-host": ("copy-before-install", N + ALL + "RUN npm ci\n", {**NODE, "node_modules/x/i.js": 9}, "exclude node_modules, and COPY package.json package-lock.json ./, then RUN npm ci, then COPY . ."),
    "a-project-that-is-restored-and-built": ("copy-before-install", "FROM dotnet/sdk:8.0\nARG TARGETARCH\nWORKDIR /src\nCOPY . .\nRUN dotnet restore Shop/Shop.csproj -a $TARGETARCH\nWORKDIR /src/Shop\nRUN dotnet build Shop.csproj\n", {"Shop/Shop.csproj": "<Project/>", "Shop/a.cs": 9}, "COPY Shop/Shop.csproj Shop/, then RUN dotnet restore Shop/Shop.csproj -a $TARGETARCH, then COPY . ."),
    "a-platform-that-is-built-for": ("copy-before-install", "FROM dotnet/sdk:8.0\nARG TARGETARCH\nWORKDIR /src\nCOPY . .\nRUN dotnet publish Shop.csproj -a $TARGETARCH\n", {"Shop.csproj": "<Project/>", "a.cs": 9}, "COPY Shop.csproj ./, then RUN dotnet restore Shop.csproj -a $TARGETARCH, then COPY . ., then RUN dotnet publish Shop.csproj -a $TARGETARCH"),
    "uv-of-a-workspace": ("copy-before-install", P + ALL + "RUN uv sync --locked\n", UV_SPACES, "COPY pyproject.toml uv.lock ./, then COPY libs/a/pyproject.toml libs/a/, then RUN uv sync --locked --no-install-workspace, then COPY . ., then RUN uv sync --locked"),
    "uv-of-a-workspace-with-a-frozen-lock-file": ("copy-before-install", P + ALL + "RUN uv sync --frozen\n", UV_SPACES, "COPY pyproject.toml uv.lock ./, then RUN uv sync --frozen --no-install-workspace, then COPY . ., then RUN uv sync --frozen"),
    "what-a-list-pins-and-what-not": ("unlocked-install", P + ALL + "RUN pip install flask gunicorn\n", PIP, "add gunicorn to requirements.txt, and pip install -r requirements.txt"),
    "what-a-list-has-in-any-version": ("unlocked-install", P + ALL + "RUN pip install flask gunicorn[gevent] python_dotenv psutil\n", {**PIP, "requirements.txt": "flask==3.0.0\ngunicorn>=20\npython-dotenv\n"}, "add psutil to requirements.txt, and pip install -r requirements.txt"),
    "what-a-lock-file-pins-and-what-not": ("unlocked-install", P + ALL + "RUN uv pip install Flask gunicorn\n", {**UV, "uv.lock": 'name = "flask"\n'}, "add gunicorn to the project, and uv sync --locked"),
    "central-versions": ("copy-before-install", "FROM registry.example/dotnet/sdk:8.0\nWORKDIR /src\n" + ALL + "RUN cd Shop && dotnet restore\n", {"Shop/Shop.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web"></Project>', "Shop/Program.cs": 9, "Directory.Packages.props": "<Project />"}, "COPY Directory.Packages.props ./, then COPY Shop/Shop.csproj Shop/, then RUN cd Shop && dotnet restore, then COPY . ."),
    "a-stage-that-builds-with-it": ("dev-dependencies", N.replace("slim", "slim AS deps") + "COPY package.json ./\nRUN npm install\n" + N.replace("slim", "slim AS built") + "COPY . .\nCOPY --from=deps /app/node_modules node_modules\nRUN npm run build\n" + N + "COPY --from=built /app ./\nCMD [\"node\", \"src/server.js\"]\n", {"package.json": DEV["package.json"], "src/server.js": 9}, "npm install --omit=dev, once a separate stage has built what needs the rest"),
    "a-tool-that-builds": ("dev-dependencies", N + ALL + "RUN npm ci && vitest build\n", DEV, "npm ci --omit=dev, once a separate stage has built what needs the rest"),
    "a-test-that-runs": ("dev-dependencies", N + ALL + "RUN npm install\nRUN npm test\nCMD [\"node\", \"src/server.js\"]\n", {**DEV, "package-lock.json": "{}"}, "npm ci --omit=dev, once a separate stage has built what needs the rest"),
    "development-with-options": ("dev-dependencies", N + ALL + "RUN npm install --legacy-peer-deps --silent\n", {**DEV, "package-lock.json": "{}"}, "npm ci --omit=dev --legacy-peer-deps --silent"),
    "development-with-an-old-npm": ("dev-dependencies", "FROM node:10\nWORKDIR /app\n" + ALL + "RUN npm i\nCMD [\"node\", \"src/server.js\"]\n", {"package.json": DEV["package.json"], "src/server.js": 9}, "npm i --only=production"),
    "locked-with-an-npm-before-ci": ("unlocked-install", "FROM node:9.11.2-alpine\nCOPY package*.json ./\nRUN npm install\nCMD [\"node\", \"a.js\"]\n", NODE, "npm ci (FROM node:8.12, 10.3 or newer, whose npm has it)"),
    "locked-with-the-first-npm-with-ci": ("unlocked-install", "FROM node:10.3\nCOPY package*.json ./\nRUN npm install\nCMD [\"node\", \"a.js\"]\n", NODE, "npm ci"),
    "development-with-an-npm-before-ci": ("dev-dependencies", "FROM node:8.11\nWORKDIR /app\n" + ALL + "RUN npm install\nCMD [\"node\", \"src/server.js\"]\n", DEV, "npm install --only=production"),
    "locked-by-an-older-pnpm": ("unlocked-install", N + "RUN npm install pnpm -g\n" + ALL + "RUN pnpm install\n", {"package.json": "{}", "pnpm-lock.yaml": "lockfileVersion: '6.0'\n", "a": 1}, "pnpm install --frozen-lockfile, with pnpm@8, which reads a lock file of that version"),
    "locked-by-the-pnpm-that-is-installed": ("unlocked-install", N + "RUN npm install -g pnpm@8\n" + ALL + "RUN pnpm install\n", {"package.json": "{}", "pnpm-lock.yaml": "lockfileVersion: '6.0'\n", "a": 1}, "pnpm install --frozen-lockfile"),
    "an-install-in-another-directory-of-its-run": ("copy-before-install", "FROM python:3.12\nCOPY . /app\nRUN cd /app && cp config.json.dist config.json && pip install -r requirements.txt && python app.py\n", {**PIP, "config.json.dist": "{}"}, "COPY requirements.txt /app/, then RUN cd /app && pip install -r requirements.txt, then COPY . /app, then RUN cd /app && cp config.json.dist config.json && python app.py"),
    "locked-with-an-old-npm": ("unlocked-install", "FROM node:14.21-alpine\nWORKDIR /app\n" + "COPY package*.json ./\nRUN npm install --production\nCMD [\"node\", \"a.js\"]\n", NODE, "npm ci --only=production"),
    "development-without-a-lock": ("dev-dependencies", N + ALL + "RUN npm i\n", {"package.json": DEV["package.json"], "src/server.js": 9}, "npm i --omit=dev"),
    "development-of-berry": ("dev-dependencies", N + ALL + "RUN yarn --immutable\n", {"package.json": DEV["package.json"], "yarn.lock": "__metadata:\n  version: 8\n", "a": 1}, "yarn workspaces focus --all --production"),
    "development-of-berry-without-its-plug-in": ("dev-dependencies", N + ALL + "RUN yarn --immutable\n", {"package.json": DEV["package.json"], "yarn.lock": "__metadata:\n  version: 6\n", ".yarnrc.yml": "yarnPath: .yarn/releases/yarn-3.6.4.cjs\n"}, "yarn plugin import workspace-tools && yarn workspaces focus --all --production"),
    "development-of-a-first-yarn": ("dev-dependencies", N + "COPY package.json yarn.lock ./\nRUN npm install -g yarn@1.22.19 && yarn install --immutable\nCOPY . .\n", {"package.json": DEV["package.json"], "yarn.lock": "__metadata:\n  version: 6\n", ".yarnrc.yml": "yarnPath: .yarn/releases/yarn-3.6.4.cjs\n"}, "yarn install --production --immutable"),
    "development-of-an-own-yarn": ("dev-dependencies", N + "COPY package.json yarn.lock ./\nCOPY --link .yarn ./.yarn\nCOPY .yarnrc.yml .\nRUN npm install -g yarn@1.22.19 && yarn install --immutable\nCOPY . .\n", {"package.json": DEV["package.json"], "yarn.lock": "__metadata:\n  version: 6\n", ".yarn/releases/yarn-3.6.4.cjs": "", ".yarnrc.yml": "yarnPath: .yarn/releases/yarn-3.6.4.cjs\n"}, "yarn plugin import workspace-tools && yarn workspaces focus --all --production"),
    "gems-of-one-group": ("dev-dependencies", RAILS + "ENV BUNDLE_WITHOUT=development\n" + ALL + "RUN bundle install\nCMD [\"rails\", \"s\"]\n", RUBY_DEV, "BUNDLE_WITHOUT=development:test instead of BUNDLE_WITHOUT=development"),
    "gems-that-may-be-written-anew": ("unlocked-install", RAILS + ALL + "RUN bundle install\n", RUBY, "ENV BUNDLE_FROZEN=1 before it"),
    "gems-in-another-stage": ("dev-dependencies", "FROM ruby:3.3 AS b\nENV RAILS_ENV=production\n" + ALL + "RUN bundle install\nFROM ruby:3.3-slim\nENV RAILS_ENV=production\nCOPY --from=b /usr/local/bundle /usr/local/bundle\nCMD [\"rails\", \"s\"]\n", {"Gemfile": "gem 'rails'\ngroup :test do\n  gem 'rspec'\nend\n", "Gemfile.lock": ""}, "ENV BUNDLE_WITHOUT=development:test before it, and in the stages that take them from there, which are to start without them"),
    "a-member": ("unlocked-install", N + ALL + "RUN pnpm install --filter api\n", {"package.json": "{}", "pnpm-lock.yaml": "", "a": 1}, "pnpm install --frozen-lockfile --filter api"),
    "development-of-a-member": ("dev-dependencies", P + ALL + "RUN uv sync --frozen --no-install-workspace --package api\nRUN uv sync --frozen --package api\nCMD [\"api\"]\n", {"pyproject.toml": '[dependency-groups]\ndev = ["ruff"]\n[tool.uv.workspace]\nmembers = ["api"]\n', "uv.lock": "", "api/pyproject.toml": '[project]\nname = "api"\n[dependency-groups]\ndev = ["pytest"]\n'}, "uv sync --frozen --no-install-workspace --package api --no-dev, and uv sync --frozen --package api --no-dev on line 5"),
    "a-program-by-its-name": ("root-user", 'FROM node:22\nRUN npm install -g shop\nEXPOSE 80\nENTRYPOINT ["shop", "start"]\n', A, "USER node at the end (the image has that user), and chown what it writes to"),
    "a-program-that-is-built-before": ("root-user", 'FROM node:22\nWORKDIR /srv\nCOPY --chmod=755 target/shop /srv/shop\nEXPOSE 80\nENTRYPOINT ["./shop"]\n', {".gitignore": "target\n", "a": 9}, "RUN chown node /srv, then USER node at the end (the image has that user), and chown anything it writes to outside /srv"),
    "a-script-that-writes": ("root-user", 'FROM node:22\nWORKDIR /app\nCOPY . .\nENTRYPOINT ["sh", "./start.sh"]\nCMD ["node", "a.js"]\n', {"a.js": 9, "start.sh": 'echo "$A" > /app/public/env.js 2>/dev/null\nexec "$@"\n'}, "RUN mkdir -p /app/public && chown -R node /app/public, then USER node at the end (the image has that user)"),
    "a-script-that-fills-a-directory": ("root-user", 'FROM debian:12\nWORKDIR /srv\nCOPY start.sh .\nEXPOSE 80\nENTRYPOINT ["bash", "start.sh"]\n', {"start.sh": 'mkdir -p /etc/shop\nrsync -a /a/* /etc/shop\ncp b.yml conf/\nexec shopd\n'}, "RUN useradd --system --create-home --uid 10001 app && mkdir -p /etc/shop /srv/conf && chown -R app /etc/shop /srv, then USER app at the end, and chown anything it writes to outside /srv"),
    "a-script-that-writes-in-the-root": ("root-user", 'FROM eclipse-temurin:21-jre\nCOPY start.sh /\nEXPOSE 80\nENTRYPOINT ["/start.sh"]\n', {"start.sh": '#!/bin/sh\nFILE=${FILE:-shop.properties}\necho "$SHOP" > $FILE\nexec java -jar /srv/a.jar\n'}, "RUN useradd --system --create-home --uid 10001 app, then WORKDIR /home/app for what the script writes and USER app at the end, and chown anything else it writes to"),
    "a-script-that-writes-in-the-root-for-a-user-that-is-there": ("root-user", 'FROM debian:12\nRUN useradd shop\nCOPY start.sh /\nEXPOSE 80\nENTRYPOINT ["/start.sh"]\n', {"start.sh": "#!/bin/sh\ntouch started\nexec shopd\n"}, "RUN mkdir -p /work && chown shop /work, then WORKDIR /work for what the script writes and USER shop at the end (the image has that user), and chown anything else it writes to"),
    "a-script-that-writes-and-reads-in-the-root": ("root-user", 'FROM debian:12\nCOPY start.sh web /\nEXPOSE 80\nENTRYPOINT ["/start.sh"]\n', {"web/pages/a": 9, "start.sh": "#!/bin/sh\ntouch started\nexec shopd pages\n"}, "RUN useradd --system --create-home --uid 10001 app, then USER app at the end; chown what it writes to; have the script write to a directory of that user instead of /"),
    "what-an-argument-names": ("root-user", 'FROM alpine:3.20 AS b\nFROM alpine:3.20\nCOPY --from=b /shop /app/shop\nWORKDIR /app\nEXPOSE 80\nENTRYPOINT ["/app/shop", "--config.dir=/kept", "--cacheDir", "/srv/cache", "--log-file=/app/log"]\nCMD ["-db", "/data/store.db", "--storage.path=/series"]\n', A, "RUN adduser -S -D -u 10001 app && mkdir -p /kept /srv/cache /data && chown -R app /kept /srv/cache /data, then USER app at the end, and chown anything else it writes to"),
    "what-an-argument-names-and-the-image-has": ("root-user", 'FROM alpine:3.20 AS b\nFROM alpine:3.20\nRUN fetch /kept/shop.db\nCOPY --from=b /shop /app/\nEXPOSE 80\nENTRYPOINT ["/app/shop", "-db", "/kept/shop.db", "--data-dir", "/app/data", "--config", "/x/a.yml", "--state", "on"]\n', A, "RUN adduser -S -D -u 10001 app && mkdir -p /app/data && chown -R app /app/data, then USER app at the end, and chown anything else it writes to"),
    "paths-that-are-not-whole": ("root-user", 'FROM debian:12\nARG KEPT\nVOLUME ["/my data", "/srv/$KEPT"]\nENV SHOP_DIR="/srv/a b"\nCOPY start.sh /\nWORKDIR /srv/$KEPT\nEXPOSE 80\nENTRYPOINT ["/start.sh"]\n', {"start.sh": "#!/bin/sh\nawk '\n{ print }\n' /a > \"/out/a\"\nmkdir -p /out/b \"$SHOP_DIR\"\nexec shopd\n"}, "RUN useradd --system --create-home --uid 10001 app && mkdir -p /out/b && chown -R app /out/b && chown app /srv, then USER app at the end, and chown anything it writes to outside /srv"),
    "a-file-for-root-alone": ("root-user", 'FROM debian:12\nCOPY a /srv/a\nRUN make-key | install -m 0600 /dev/stdin /srv/key && chmod 400 /srv/pem\nEXPOSE 80\nCMD ["/srv/a"]\n', A, "RUN useradd --system --create-home --uid 10001 app && chown app /srv /srv/key /srv/pem, then USER app at the end, and chown anything else it writes to"),
    "a-directory-that-a-step-fills": ("root-user", 'FROM debian:12\nRUN mkdir -p /srv/models && fetch-models /srv/models\nEXPOSE 80\nCMD ["/srv/a", "--models", "/srv/models"]\n', A, "RUN useradd --system --create-home --uid 10001 app, then USER app at the end, and chown what it writes to"),
    "directories-of-an-image-that-works-in-its-root": ("root-user", 'FROM python:3.12\nRUN mkdir -p /stage/a\nCOPY a.py /\nEXPOSE 80\nCMD ["python", "/a.py"]\n', {"a.py": "open(name, 'w')\n"}, "RUN useradd --system --create-home --uid 10001 app, then USER app at the end, and chown what it writes to"),
    "where-it-starts-without-commands": ("root-user", 'FROM scratch\nENV DATA_DIR=/srv/a\nWORKDIR /srv/a\nCOPY a /a\nEXPOSE 80\nCMD ["/a"]\n', A, "USER 65532:65532 above WORKDIR /srv/a, which BuildKit makes for that user"),
    "a-volume-without-commands": ("root-user", 'FROM scratch\nCOPY a /a\nVOLUME /data\nWORKDIR /srv\nEXPOSE 80\nCMD ["/a"]\n', A, "USER 65532:65532 at the end, and below it WORKDIR /data, which BuildKit makes for that user, then WORKDIR /srv again"),
    "a-volume-for-everybody-without-commands": ("root-user", 'FROM scratch\nCOPY a /a\nVOLUME /data /tmp\nEXPOSE 80\nCMD ["/a"]\n', A, "USER 65532:65532 at the end, and below it WORKDIR /data and WORKDIR /tmp, which BuildKit makes for that user, then WORKDIR / again"),
    "a-volume-where-it-works-without-commands": ("root-user", 'FROM scratch\nVOLUME /data\nWORKDIR /data\nCOPY a /a\nEXPOSE 80\nCMD ["/a"]\n', A, "USER 65532:65532 above WORKDIR /data, which BuildKit makes for that user"),
    "a-program-that-make-compiles": ("root-user", 'FROM acme/build AS b\nCOPY . /src\nRUN make -C /src\nFROM debian:12\nWORKDIR /srv\nCOPY --from=b /src/a .\nEXPOSE 80\nCMD ["./a", "serve"]\n', {"go.mod": "module a\n", "a.go": "os.MkdirAll(settings.Plugins, 0o755)\n"}, "RUN useradd --system --create-home --uid 10001 app && chown app /srv, then USER app at the end, and chown anything it writes to outside /srv"),
    "sources-that-are-mounted": ("root-user", 'FROM golang:1.23 AS b\nRUN --mount=target=/src cd /src && go build -o /a .\nFROM debian:12\nWORKDIR /srv\nCOPY --from=b /a /bin/a\nEXPOSE 80\nCMD ["/bin/a", "-c", "a.yml"]\n', {"go.mod": "module a\n", "a.go": "package main\n"}, "RUN useradd --system --create-home --uid 10001 app, then USER app at the end"),
    "logs-of-java": ("root-user", 'FROM maven:3-eclipse-temurin-21 AS b\nWORKDIR /src\nCOPY . .\nRUN mvn package\nFROM eclipse-temurin:21-jre\nWORKDIR /srv\nCOPY --from=b /src/target/a.jar a.jar\nCMD ["java", "-jar", "a.jar"]\n', {"pom.xml": "<project/>", "src/main/resources/logback-spring.xml": "<file>${LOGS:-logs}/a.log</file>\n<file>/var/log/shop/b.log</file>\n<file>${LOG_FILE}</file>\n"}, "RUN useradd --system --create-home --uid 10001 app && mkdir -p /var/log/shop /srv/logs && chown -R app /var/log/shop /srv/logs && chown app /srv, then USER app at the end, and chown anything else it writes to"),
    "in-another-directory": ("unlocked-install", N + ALL + "RUN pnpm --dir web i --prod\n", {"web/package.json": "{}", "web/pnpm-lock.yaml": "", "a": 1}, "pnpm --dir web install --frozen-lockfile --prod"),
    "a-nonroot-image": ("root-user", 'FROM registry.example/distroless/static-debian12\nCMD ["/a"]\n', A, "FROM registry.example/distroless/static-debian12:nonroot"),
    "a-nonroot-image-with-a-shell": ("root-user", 'FROM registry.example/distroless/java21-debian12:debug\nCMD ["/a"]\n', A, "FROM registry.example/distroless/java21-debian12:debug-nonroot"),
    "a-variable-for-the-program-alone": ("shell-form-command", "FROM node:22\nCMD PORT=80 node server.js\n", A, 'CMD ["sh", "-c", "PORT=80 exec node server.js"]'),
    "a-variable-that-a-command-gives": ("shell-form-command", "FROM node:22\nCMD NOW=$(date +%s) node server.js\n", A, 'CMD ["sh", "-c", "NOW=$(date +%s) exec node server.js"]'),
    "a-variable": ("shell-form-command", "FROM node:22\nCMD node server.js --port $PORT\n", A, 'CMD ["sh", "-c", "exec node server.js --port $PORT"]'),
    "a-variable-behind-an-entry-point": ("shell-form-command", 'FROM python:3.12\nENTRYPOINT ["gunicorn", "shop:app"]\nCMD ["-w", "${WORKERS:-4}", "--name", "a b"]\n', A, 'ENTRYPOINT ["sh", "-c", "exec gunicorn shop:app -w ${WORKERS:-4} --name \'a b\'"], without CMD'),
    "an-option-and-its-value": ("shell-form-command", 'FROM python:3.12\nCMD ["gunicorn", "--config /srv/g.py", "shop:app"]\n', A, 'CMD ["gunicorn", "--config", "/srv/g.py", "shop:app"]'),
    "quotes-of-another-language": ("shell-form-command", "FROM node:22\nCMD ['node', 'server.js']\n", A, 'CMD ["node", "server.js"]'),
    "one-after-the-other": ("shell-form-command", "FROM node:22\nCMD npm run migrate && PORT=80 node server.js\n", A, "CMD npm run migrate && PORT=80 exec node server.js"),
    "one-after-the-other-on-lines-of-their-own": ("shell-form-command", "FROM node:22\nCMD npm run migrate \\\n\t&& node server.js\n", A, "CMD npm run migrate && exec node server.js"),
    "one-after-the-other-in-an-array": ("shell-form-command", 'FROM node:22\nCMD ["bash", "-c", "umask 2; ./a --x \'b;c\'"]\n', A, "CMD in an array, or a script that ends with exec"),
    "in-an-array": ("shell-form-command", 'FROM node:22\nCMD ["bash", "-c", "umask 2; ./a --x"]\n', A, 'CMD ["bash", "-c", "umask 2; exec ./a --x"]'),
    "a-script-that-waits-alone": ("shell-form-command", "FROM debian:12\nWORKDIR /s\nCOPY . .\nEXPOSE 80\nUSER 1\nCMD /bin/bash start.sh\n", {"start.sh": "#!/bin/bash\nset -e\njava -jar a.jar\n"}, 'CMD ["/bin/bash", "start.sh"], and exec before java -jar a.jar on line 3 of start.sh'),
    "a-script-that-hands-over-alone": ("shell-form-command", "FROM debian:12\nWORKDIR /s\nCOPY . .\nEXPOSE 80\nUSER 1\nCMD /bin/bash start.sh\n", {"start.sh": "#!/bin/bash\nexec java -jar a.jar\n"}, 'CMD ["/bin/bash", "start.sh"]'),
    "owner-of-packages-and-files": ("copy-ownership", N + "COPY . .\nRUN npm ci\nRUN chown -R node:node /app\n", {**NODE, **WEIGHT}, "COPY --chown=node:node on line 3, and name the directories that the program writes to instead of /app: what it only reads can stay root's"),
    "mode-of-packages-and-files": ("copy-ownership", N + "COPY . .\nRUN npm ci\nRUN chmod -R 777 /app\n", {**NODE, **WEIGHT}, "COPY --chmod=777 on line 3, and name the directories that the program writes to instead of /app: what it only reads can stay as it is"),
    "a-script-that-waits": ("shell-form-command", "FROM node:22\nWORKDIR /s\nCOPY . .\nCMD umask 2 && ./start.sh\n", {"start.sh": "#!/bin/bash\n. venv/bin/activate\npython a.py\n"}, "CMD umask 2 && exec ./start.sh, and exec before the last command of start.sh"),
    "a-script-that-hands-over": ("shell-form-command", "FROM node:22\nWORKDIR /s\nCOPY . .\nCMD umask 2 && ./start.sh\n", {"start.sh": "#!/bin/bash\nexec python a.py\n"}, "CMD umask 2 && exec ./start.sh"),
    "what-waits-for-others": ("shell-form-command", "FROM node:22\nCMD start-all; wait\n", A, "CMD in an array, or a script that ends with exec"),
    "a-bracket-too-many": ("shell-form-command", 'FROM node:22\nCMD ["node", "server.js"]]\n', A, 'CMD ["node", "server.js"]'),
    "a-comma-too-few": ("shell-form-command", 'FROM node:22\nENTRYPOINT ["node" "server.js"]\n', A, 'ENTRYPOINT ["node", "server.js"]'),
    "quotes-of-a-word-processor": ("shell-form-command", 'FROM node:22\nCMD [“sh”, “-c”, “a && b”]\n', A, 'CMD ["sh", "-c", "a && b"]'),
    "two-and-an-init-that-is-there": ("shell-form-command", "FROM alpine:3.22\nRUN apk add tini\nCMD a & b\n", A, 'ENTRYPOINT ["tini", "-g", "--"] above CMD, which signals all that it starts'),
    "two-and-an-init-to-install": ("shell-form-command", "FROM node:22\nRUN apt-get update && apt-get install -y curl\nCMD a & b\n", A, 'tini among the packages of line 2, and ENTRYPOINT ["tini", "-g", "--"] above CMD, which signals all that it starts'),
    "two-where-lists-alone-are-read": ("shell-form-command", "FROM node:22\nRUN apt-get update\nCMD a & b\n", A, 'apt-get install -y tini in a RUN, and ENTRYPOINT ["tini", "-g", "--"] above CMD, which signals all that it starts'),
    "two-on-alpine": ("shell-form-command", "FROM node:22-alpine\nCMD a & b\n", A, 'apk add --no-cache tini in a RUN, and ENTRYPOINT ["tini", "-g", "--"] above CMD, which signals all that it starts'),
    "two-where-nothing-installs": ("shell-form-command", "FROM node:22\nCMD a & b\n", A, "a script that begins with trap 'trap - TERM; kill 0' TERM, and ends with wait"),
    "a-test-of-the-shell": ("shell-form-command", 'FROM node:22\nCMD [ "$A" = "b" ]\n', A, r'CMD ["sh", "-c", "exec [ \"$A\" = \"b\" ]"]'),
    "omit": ("unlocked-install", N + "COPY package*.json ./\nRUN npm install --production\n", NODE, "npm ci --omit=dev"),
    "a-shell-in-a-shell": ("shell-form-command", 'FROM debian:12\nCMD sh -c "./a --x \\"$X\\""\n', A, 'CMD ["sh", "-c", "exec ./a --x \\"$X\\""]'),
    "a-shell-in-a-shell-that-hands-over": ("shell-form-command", "FROM debian:12\nCMD /bin/bash -c 'exec ./a'\n", A, 'CMD ["./a"]'),
    "a-shell-with-more-beside-it": ("shell-form-command", 'FROM debian:12\nCMD sh -c "./a" "$X"\n', A, 'CMD ["sh", "-c", "exec sh -c \\"./a\\" \\"$X\\""]'),
    "what-hands-its-words-on": ("shell-form-command", 'FROM node:22\nENTRYPOINT /start.sh $0 "$@"\nCMD ["node", "a.js"]\n', A, 'ENTRYPOINT ["/start.sh"]'),
    "an-update-by-itself": ("split-update", "FROM debian:12\nRUN apt-get update\nRUN x\nRUN apt-get install -y curl\n", A, "write apt-get update && before the install on line 4, and remove line 2"),
    "updates-one-after-another": ("split-update", "FROM debian:12\nRUN apt-get update\nRUN x\nRUN apt-get update\nRUN apt-get install -y curl\n", A, "write apt-get update && before the install on line 5, and remove lines 2 and 4"),
    "an-update-and-an-upgrade": ("split-update", "FROM debian:12\nRUN apt-get update && apt-get upgrade -y\nRUN apt-get install -y curl\n", A, "write apt-get update && before the install on line 3 as well"),
    "a-module-of-what-is-copied-elsewhere": ("unmet-need", 'FROM python:3.12\nWORKDIR /srv\nCOPY app/ .\nCMD ["uvicorn", "app.main:app"]\n', {"app/main.py": "from api import x\n", "app/api.py": "x = 1\n"}, "write main for app.main on line 4"),
    "a-module-that-knows-its-package": ("unmet-need", 'FROM python:3.12\nWORKDIR /srv\nCOPY app/ .\nCMD ["uvicorn", "app.main:app"]\n', {"app/main.py": "from app.api import x\n", "app/api.py": "x = 1\n"}, "copy app to /srv/app"),
    "what-a-second-install-brings-back": ("dev-dependencies", P + "COPY uv.lock pyproject.toml ./\nRUN uv sync --frozen --no-install-project\n" + ALL + "RUN uv sync --locked\nCMD [\"python\", \"shop.py\"]\n", UV_DEV, "uv sync --frozen --no-install-project --no-dev, and uv sync --locked --no-dev on line 6"),
    "a-script-that-calls-what-is-left-out": ("dev-dependencies", N + "COPY package*.json ./\nRUN npm ci\nCOPY . .\nCMD [\"node\", \"a.js\"]\n", {**NODE, "package.json": '{"devDependencies": {"husky": "9"}, "scripts": {"prepare": "husky"}}'}, "npm pkg delete scripts.prepare && npm ci --omit=dev"),
    "such-a-script-with-an-old-npm": ("dev-dependencies", "FROM node:14\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nCMD [\"node\", \"a.js\"]\n", {**NODE, "package.json": '{"devDependencies": {"husky": "9"}, "scripts": {"prepare": "husky"}}'}, "npm ci --only=production --ignore-scripts"),
    "settings-that-no-copy-takes": ("unmet-need", N + "COPY package*.json ./\nRUN npm ci\n" + ALL, {**NODE, ".npmrc": "fund=false\nlegacy-peer-deps=true\n"}, "copy .npmrc before line 4, or write npm ci --legacy-peer-deps"),
    "packages-that-build-others": ("split-cleanup", "FROM python:3.12-alpine\nRUN apk add --no-cache --virtual tools gcc\nCOPY a.txt /\nRUN pip install -r /a.txt\nRUN apk del tools\nCMD [\"a\"]\n", {"a.txt": "x\n"}, "merge the RUN instructions of lines 2 to 5 into one that removes it at its end, below line 3"),
    "packages-that-the-remover-builds-with": ("split-cleanup", "FROM python:3.12-slim\nRUN apt-get update && apt-get install -y gcc && rm -rf /var/lib/apt/lists/*\nRUN pip install x && apt-get purge -y gcc\nCMD [\"a\"]\n", A, "merge the RUN instructions of lines 2 to 3 into one that removes it at its end"),
    "an-update-that-an-upgrade-reads": ("split-update", "FROM alpine:3.20\nRUN apk update\nRUN apk upgrade --available\nRUN apk add curl\n", A, "make one RUN of those on lines 2, 3 and 4"),
    "an-update-of-alpine-for-two": ("split-update", "FROM alpine:3.20\nRUN apk update\nRUN apk add curl\nRUN apk add --no-cache jq\nRUN apk add git\n", A, "give --no-cache to apk add on line 3 and 5, and remove line 2"),
    "an-update-of-alpine": ("split-update", "FROM alpine:3.20\nRUN apk update\nRUN apk add curl\n", A, "give --no-cache to apk add on line 3, and remove line 2"),
    "by-make-that-cleans-first": ("copy-before-install", "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN make\n", {**YARN, "Makefile": "all: clean install build\nbuild: pages\n\tcp -r pages out\npages:\n\tyarn build\ninstall:\n\tyarn install --frozen-lockfile\nclean:\n\trm -rf out\n"}, "COPY Makefile package.json yarn.lock ./, then RUN make install, then COPY . ., then RUN make clean pages build"),
    "by-make-in-a-directory-that-comes-later": ("copy-before-install", "FROM node:22\nCOPY . /app\nWORKDIR /app\nRUN make install build\n", {**YARN, "Makefile": "install:\n\tyarn install --frozen-lockfile\nbuild:\n\tyarn build\n"}, "COPY Makefile package.json yarn.lock /app/, then WORKDIR /app, then RUN make install, then COPY . /app, then RUN make build"),
    "gradle-keeps-what-it-downloads": ("copy-before-install", "FROM gradle:8\nWORKDIR /src\n" + ALL + "RUN gradle bootJar\n", {**GRADLE, "a.md": 9}, "RUN --mount=type=cache,target=/root/.gradle on line 4"),
    "a-link-between-stays-below": ("copy-before-install", N + ALL + 'RUN ln -fs "$(pwd)/src" "$(pwd)/lib/"\nRUN npm ci\n', NODE, 'COPY package.json package-lock.json ./, then RUN npm ci, then COPY . ., then RUN ln -fs "$(pwd)/src" "$(pwd)/lib/"'),
    "a-link-in-a-directory-of-its-own": ("copy-before-install", "FROM node:22\nWORKDIR /a\nCOPY . .\nRUN ln -s src lib\nWORKDIR /a/web\nRUN npm ci\n", {**{f"web/{name}": text for name, text in NODE.items()}, "src/a.js": 9}, "COPY web/package.json web/package-lock.json web/, then WORKDIR /a/web, then RUN npm ci, then COPY . /a, then WORKDIR /a, then RUN ln -s src lib, then WORKDIR /a/web"),
    "what-stands-between-comes-below-as-well": ("copy-before-install", N + "COPY package*.json ./\nCOPY src src\nCOPY assets assets\nRUN npm ci\n", {**NODE, "src/a.js": 9, "assets/a.css": 9}, "COPY package*.json ./, then RUN npm ci, then COPY src src, then COPY assets assets"),
    "settings-of-yarn-above": ("copy-before-install", N + ALL + "RUN cd web && yarn --frozen-lockfile\n", {**{f"web/{name}": text for name, text in YARN.items()}, ".yarnrc": "network-timeout 600000\n", "a.md": 9}, "COPY web/package.json web/yarn.lock web/, then COPY .yarnrc ./, then RUN cd web && yarn --frozen-lockfile, then COPY . ."),
    "groups-of-gems-by-what-checks-them": ("dev-dependencies", RUBY_IMAGE, {"Gemfile": 'gem "puma"\ngroup :lint do\n  gem "erb_lint"\nend\n', "Gemfile.lock": ""}, "ENV BUNDLE_WITHOUT=development:test:lint before it"),
    "a-gem-that-the-image-has-by-itself": ("dev-dependencies", RUBY_IMAGE.replace("puma", "foreman").replace("COPY", "RUN gem install foreman\nCOPY"), {"Gemfile": 'gem "puma"\ngroup :development do\n  gem "foreman"\nend\n', "Gemfile.lock": ""}, "ENV BUNDLE_WITHOUT=development:test before it"),
    "a-go-project-by-make": ("copy-before-install", "FROM golang:1.23\nWORKDIR /src\n" + ALL + "RUN make build\n", {**GO, "Makefile": "build:\n\tgo build -o shop .\n", "a.md": 9}, "COPY go.mod go.sum ./, then RUN go mod download, then COPY . ., then RUN make build"),
    "a-go-project-by-make-below-what-reads-the-history": ("copy-before-install", "FROM golang:1.23\nWORKDIR /src\n" + ALL + "RUN git update-index --refresh; make build\n", {**GO, "Makefile": "build:\n\tgo build -o shop .\n", "a.md": 9}, "COPY go.mod go.sum ./, then RUN go mod download, then COPY . ., then line 4"),
    "a-go-project-by-make-below-what-makes-its-place": ("copy-before-install", "FROM golang:1.23\nWORKDIR /src\n" + ALL + "RUN mkdir -p /out && git status && make build\n", {**GO, "Makefile": "build:\n\tgo build -o shop .\n", "a.md": 9}, "COPY go.mod go.sum ./, then RUN mkdir -p /out && go mod download, then COPY . ., then RUN git status && make build"),
    "in-a-directory-that-comes-later": ("copy-before-install", "FROM golang:1.23\nWORKDIR /\nCOPY . app\nWORKDIR /app\nRUN go build .\n", {**GO, "a.md": 9}, "COPY go.mod go.sum app/, then WORKDIR /app, then RUN go mod download, then COPY . /app, then RUN go build ."),
    "what-make-reads-goes-where-the-copy-takes-it": ("copy-before-install", "FROM golang:1.23\nCOPY . /src\nWORKDIR /src\nRUN make build\n", {**GO, "Makefile": "build:\n\tgo build -o shop .\n", "a.md": 9}, "COPY go.mod go.sum /src/, then WORKDIR /src, then RUN go mod download, then COPY . /src, then RUN make build"),
    "a-directory-of-projects": ("copy-before-install", "FROM registry.example/dotnet/sdk:8.0\nCOPY src /src\nRUN dotnet publish /src/a/a.csproj -o /out\n", {"src/a/a.csproj": "<Project/>", "src/a/p.cs": 9}, "COPY src/a/a.csproj /src/a/, then RUN cd /src/a && dotnet restore a.csproj, then COPY src /src, then RUN dotnet publish /src/a/a.csproj -o /out"),
    "another-directory": ("unlocked-install", N + ALL + "RUN yarn --cwd web install\n", {f"web/{name}": text for name, text in YARN.items()}, "yarn --cwd web install --frozen-lockfile"),
    "what-another-stage-needs": ("split-cleanup", "FROM node:22 AS b\nCOPY web /web\nFROM node:22-slim\nCOPY . /app\nRUN rm -rf /app/web\nCOPY --from=b /web/film.mp4 /srv/\n", {"web/film.mp4": 3_000_000, "a.js": 9}, "do not copy it: COPY --exclude=web . /app (with # syntax=docker/dockerfile:1 as the first line)"),
    "what-builds-by-bunx": ("dev-dependencies", N + ALL + "RUN npm ci\nRUN npx vitest build\n", DEV, "npm ci --omit=dev, once a separate stage has built what needs the rest"),
    "lock-that-comes-after-a-layer-of-dependencies": ("unlocked-install", "FROM rust:1.82\nWORKDIR /src\nCOPY Cargo.toml ./\nRUN mkdir src && touch src/main.rs && cargo build\n" + ALL + "RUN cargo build --release\n", RUST, "copy Cargo.lock before line 4"),
    "lock-that-lacks-a-dependency": ("unlocked-install", N + "COPY package*.json ./\nRUN npm i\n", STALE, "run npm install, commit package-lock.json, and npm ci"),
    "lock-that-lacks-a-dependency-beside-peers-that-do-not-fit": ("unlocked-install", N + "COPY package*.json ./\nRUN npm i --legacy-peer-deps --no-audit\n", STALE, "run npm install --legacy-peer-deps, commit package-lock.json, and npm ci --legacy-peer-deps --no-audit"),
    "lock-that-lacks-what-a-package-wants-beside-itself": ("unlocked-install", N + "COPY web/package*.json ./\nRUN npm i --force\n", {f"web/{name}": text for name, text in PEERS.items()}, "run npm install --force in web, commit web/package-lock.json, and npm ci --force"),
    "lock-of-a-project-that-passes-over-peers": ("unlocked-install", N + "COPY package*.json ./\nRUN npm i\n", {**PEERS, ".npmrc": "legacy-peer-deps=true\n"}, "npm ci"),
    "lock-of-an-install-that-passes-over-peers": ("unlocked-install", N + "COPY package*.json ./\nRUN npm i --legacy-peer-deps\n", PEERS, "npm ci --legacy-peer-deps"),
    "lock-that-has-what-a-package-wants-beside-itself": ("unlocked-install", N + "COPY package*.json ./\nRUN npm i\n", {**PEERS, "package-lock.json": PEERS["package-lock.json"].replace("node_modules/stray", "node_modules/a/node_modules/x").replace(', "dependencies": {"z": "1"}', "")}, "npm ci"),
    "lock-of-yarn-that-lacks-a-dependency": ("unlocked-install", N + "COPY package.json yarn.lock ./\nRUN yarn\n", {"package.json": '{"dependencies": {"a": "1", "@x/b": "2"}}', "yarn.lock": "# yarn lockfile v1\n\na@1:\n"}, "run yarn install, commit yarn.lock, and yarn install --frozen-lockfile"),
    "what-next-reads-when-it-starts": ("dev-dependencies", N + ALL + "RUN npm ci && npm run build\nCMD [\"npm\", \"start\"]\n", {**NODE, "package.json": '{"devDependencies": {"typescript": "5", "eslint": "9"}, "scripts": {"start": "next start", "build": "next build"}}', "next.config.ts": ""}, "move typescript to dependencies, and npm ci --omit=dev, once a separate stage has built what needs the rest"),
    "development-beside-a-lock-that-a-rule-excludes": ("dev-dependencies", N + ALL + "RUN npm install\nCMD [\"node\", \"src/server.js\"]\n", {**DEV, ".dockerignore": "package-lock.json\n"}, "npm install --omit=dev"),
    "development-beside-a-lock-that-no-copy-takes": ("dev-dependencies", N + "COPY package.json ./\nRUN yarn\nCOPY src src\nCMD [\"node\", \"src/server.js\"]\n", {**DEV, "yarn.lock": ""}, "yarn --production"),
    "what-node-loads-first": ("dev-dependencies", N + ALL + "RUN npm ci\nCMD [\"node\", \"-r\", \"dotenv/config\", \"a.js\"]\n", {**NODE, "package.json": '{"devDependencies": {"dotenv": "16", "vitest": "3"}}', "a.js": ""}, "move dotenv to dependencies, and npm ci --omit=dev"),
    "what-a-script-loads-first": ("dev-dependencies", N + ALL + "RUN npm ci\nCMD [\"npm\", \"start\"]\n", {**NODE, "package.json": '{"devDependencies": {"@acme/trace": "1", "cross-env": "7", "vitest": "3"}, "scripts": {"start": "cross-env A=1 node --import=@acme/trace/on a.js"}}'}, "move @acme/trace and cross-env to dependencies, and npm ci --omit=dev"),
    "what-a-variable-loads-first": ("dev-dependencies", N + ALL + "ENV NODE_OPTIONS=\"--require dd-trace/init\"\nRUN npm ci\nCMD [\"node\", \"a.js\"]\n", {**NODE, "package.json": '{"devDependencies": {"dd-trace": "5", "vitest": "3"}}'}, "move dd-trace to dependencies, and npm ci --omit=dev"),
    "what-a-module-of-the-program-loads": ("dev-dependencies", N + ALL + "RUN npm ci\nCMD [\"npm\", \"start\"]\n", {**NODE, "package.json": '{"devDependencies": {"dotenv": "16", "@acme/log": "1", "vitest": "3"}, "scripts": {"start": "node index.js"}}', "index.js": "// require('./old')\nif (process.env.DEV) require('./dev')\nconst a = require('./settings')\n", "settings/index.js": "const b = 1,\n  log = require('@acme/log/one')\nmodule.exports = require('../env')\n", "env.mjs": "import {\n  a,\n} from 'dotenv'\n", "dev.js": "require('vitest')\n", "old.js": "require('vitest')\n"}, "move @acme/log and dotenv to dependencies, and npm ci --omit=dev"),
    "what-the-program-loads-by-its-place": ("dev-dependencies", N + ALL + "RUN npm ci\nCMD [\"node\", \"/app/src\"]\n", {**NODE, "package.json": '{"devDependencies": {"dotenv": "16", "vitest": "3"}}', "src/index.js": "import 'dotenv/config'\n"}, "move dotenv to dependencies, and npm ci --omit=dev"),
    "what-brings-the-schema-up-to-date": ("dev-dependencies", N + ALL + "RUN npm ci\nCMD [\"npm\", \"run\", \"serve\"]\n", {**NODE, "package.json": '{"devDependencies": {"prisma": "5", "vitest": "3"}, "scripts": {"serve": "npx prisma db push --accept-data-loss && node a.js"}}', "prisma/schema.prisma": 'generator client {\n  provider = "prisma-client-js"\n}\n'}, "move prisma to dependencies, and npm ci --omit=dev"),
    "what-brings-the-schema-up-to-date-by-its-settings": ("dev-dependencies", N + ALL + "RUN npm ci\nCMD prisma migrate deploy && exec node a.js\n", {**NODE, "package.json": '{"devDependencies": {"prisma": "7", "dotenv": "16", "vitest": "3"}}', "prisma.config.ts": 'import "dotenv/config"\nimport { defineConfig } from "prisma/config"\n'}, "move dotenv and prisma to dependencies, and npm ci --omit=dev"),
    "as-another-than-what-stays-below": ("copy-before-install", "FROM python:3.12 AS b\nRUN useradd app\nUSER app\nFROM b\nWORKDIR /srv\nCOPY . .\nUSER root\nRUN chown -R app /srv/src\nUSER app\nRUN pip install build\n", {"src/a.py": 9}, "RUN pip install build, then USER root, then COPY . ., then RUN chown -R app /srv/src, then USER app"),
    "as-what-stays-below": ("copy-before-install", "FROM python:3.12 AS b\nRUN useradd app\nUSER app\nFROM b\nWORKDIR /srv\nCOPY . .\nUSER root\nRUN chmod +x /srv/src/a.py\nRUN pip install build\nUSER app\n", {"src/a.py": 9}, "USER root, then RUN pip install build, then COPY . ., then RUN chmod +x /srv/src/a.py"),
    "system-as-another": ("copy-before-install", "FROM python:3.12 AS b\nRUN useradd app\nUSER app\nFROM b\nWORKDIR /srv\nCOPY . .\nUSER root\nRUN apt-get update && apt-get install -y gcc\nUSER app\n", {f"src/{name}.py": 9 for name in "abcdefg"}, "move the RUN on line 8 above the COPY on line 6, between USER root and USER app"),
    "system-with-what-moves-above": ("copy-before-install", "FROM python:3.12 AS b\nRUN useradd app\nUSER app\nFROM b\nWORKDIR /srv\nCOPY . .\nUSER root\nRUN apt-get update && apt-get install -y gcc\nRUN pip install build\nUSER app\n", {f"src/{name}.py": 9 for name in "abcdefg"}, "lines 7 and 8 (USER, RUN apt-get), then RUN pip install build, then COPY . ."),
    "pip-past-the-list-that-is-made": ("unlocked-install", P + "COPY needs needs\nCOPY app.py .\nRUN pip install -q -r needs/prod.in\n", {"app.py": 9, "needs/prod.in": "flask\n", "needs/prod.txt": COMPILED}, "pip install -q -r needs/prod.txt"),
    "pip-past-the-list-that-is-made-of-a-project": ("unlocked-install", P + ALL + "RUN pip install .\n", {"pyproject.toml": '[project]\nname = "shop"\ndependencies = ["flask"]\n', "requirements.txt": COMPILED}, "pip install -r requirements.txt && pip install . --no-deps"),
    "uv-by-the-manifest": ("unlocked-install", P + ALL + "RUN uv pip install --system -r pyproject.toml\n", UV, "uv export --frozen --no-dev --no-emit-project -o requirements.txt && uv pip install --system -r requirements.txt"),
    "uv-by-the-manifest-beside-a-list": ("unlocked-install", P + ALL + "RUN uv pip install --all-extras -r ./pyproject.toml --group dev\n", {**UV, "requirements.txt": ""}, "uv export --frozen --all-extras --group dev --no-emit-project -o locked.txt && uv pip install -r locked.txt"),
    "uv-by-a-manifest-that-is-mounted": ("unlocked-install", P + "RUN --mount=type=bind,source=pyproject.toml,target=pyproject.toml uv pip install -r pyproject.toml\n", UV, "mount uv.lock as well, and uv export --frozen --no-dev --no-emit-project -o requirements.txt && uv pip install -r requirements.txt"),
    "a-package-in-an-archive": ("copy-before-install", N + ALL + "RUN npm ci\n", {**NODE, "package.json": package(workspaces=["lib"]), "lib/package.json": package(dependencies={"grid": "file:files/grid-1.0.0.tgz"}), "lib/files/grid-1.0.0.tgz": 9}, "COPY package.json package-lock.json ./, then COPY lib/files/grid-1.0.0.tgz lib/files/, then COPY lib/package.json lib/, then RUN npm ci, then COPY . ."),
    "some-of-many-workspaces": ("copy-before-install", "# syntax=docker/dockerfile:1\n" + N + "COPY package.json yarn.lock ./\nCOPY p/a p/a\nCOPY p/b p/b\nCOPY p/c p/c\nRUN yarn\n", {"package.json": package(workspaces=["p/*"]), "yarn.lock": "", **{f"p/{each}/package.json": package() for each in "abcd"}, **{f"p/{each}/a.js": 9 for each in "abcd"}}, "COPY package.json yarn.lock ./, then COPY --parents p/a/package.json p/b/package.json p/c/package.json ./, then RUN yarn, then COPY p/a p/a, then COPY p/b p/b, then COPY p/c p/c"),
    "all-of-many-workspaces": ("copy-before-install", "# syntax=docker/dockerfile:1\n" + N + "COPY package.json yarn.lock ./\nCOPY p/a p/a\nCOPY p/b p/b\nCOPY p/c p/c\nRUN yarn\n", {"package.json": package(workspaces=["p/*"]), "yarn.lock": "", **{f"p/{each}/package.json": package() for each in "abcd"}, **{f"p/{each}/a.js": 9 for each in "abcd"}, ".dockerignore": "p/d\nnode_modules\n"}, "COPY package.json yarn.lock ./, then COPY --parents p/*/package.json ./, then RUN yarn, then COPY p/a p/a, then COPY p/b p/b, then COPY p/c p/c"),
    "manifests-that-are-copied-already": ("copy-before-install", N + "COPY package.json .\nCOPY yarn.lock .\nCOPY p/a/src p/a/src\nCOPY p/a/package.json p/a/package.json\nCOPY p/b/package.json p/b/package.json\nRUN yarn\n", {"package.json": package(workspaces=["p/*"]), "yarn.lock": "", **{f"p/{each}/package.json": package() for each in "abcd"}, "p/a/src/a.js": 9}, "lines 3, 6 and 7 (COPY), then COPY yarn.lock ., then RUN yarn, then COPY p/a/src p/a/src"),
    "dotnet-of-many-directories": ("copy-before-install", "# syntax=docker/dockerfile:1\nFROM registry.example/dotnet/sdk:8.0\nWORKDIR /src\nCOPY . .\nRUN dotnet restore a/a/a.csproj\n", {"a/a/a.csproj": '<Project><ItemGroup>' + "".join(f'<ProjectReference Include="../../{each}/{each}/{each}.csproj" />' for each in "bcd") + '</ItemGroup></Project>', **{f"{each}/{each}/{each}.csproj": "<Project/>" for each in "bcde"}, **{f"{each}/{each}/packages.lock.json": "{}" for each in "ab"}, "a/a/p.cs": 9}, "COPY --parents **/packages.lock.json **/*.csproj ./, then RUN dotnet restore a/a/a.csproj, then COPY . ."),
    "npm-in-a-script": ("unlocked-install", N + "COPY package.json ./\nCOPY bin bin\nENV MODE=slim\nRUN bin/deps.sh\n", {**NODE, "bin/deps.sh": INSTALLS}, "COPY package-lock.json as well, and npm ci --omit=dev in bin/deps.sh"),
    "uv-in-two-stages": ("dev-dependencies", "FROM python:3.12 AS b\nWORKDIR /app\nCOPY . .\nRUN uv sync\nFROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nCOPY --from=b /app/.venv .venv\nRUN uv sync\nCMD uv run shop\n", UV_DEV, "ENV UV_NO_DEV=1 above each of lines 4 and 9: what starts the image installs them as well"),
    "uv-that-starts-without-them": ("dev-dependencies", P + ALL + "RUN uv sync --locked\nCMD [\"uv\", \"run\", \"--no-sync\", \"shop\"]\n", UV_DEV, "uv sync --locked --no-dev"),
    "old-uv": ("dev-dependencies", P + "COPY --from=ghcr.io/astral-sh/uv:0.5.9 /uv /bin/\n" + ALL + "RUN uv sync --locked\nCMD [\"uv\", \"run\", \"shop\"]\n", UV_DEV, "uv sync --locked --no-dev, and uv run --no-dev for what starts the image"),
    "groups-of-pip": ("dev-dependencies", P + ALL + "RUN pip install --group main --group dev\n", GROUPS, "pip install --group main"),
    "pip-in-several-steps": ("leftover-cache", P + "RUN pip install pika\nRUN pip install torch\nRUN pip install --no-cache-dir a\nRUN pip install b\n", A, "install with --no-cache-dir, on lines 3, 4 and 6"),
    "the-newest-pnpm-on-two-lines": ("unlocked-install", "FROM node:22 AS b\nWORKDIR /app\n" + ALL + "RUN npm i -g pnpm && pnpm install --frozen-lockfile\nFROM node:22\nRUN npm i -g pnpm\nCOPY --from=b /app /app\n", {**PNPM, "pnpm-workspace.yaml": "onlyBuiltDependencies:\n  - esbuild\n"}, "write pnpm@10 on lines 4 and 6"),
    "dependencies-by-their-names": ("unlocked-install", "FROM node:22\nWORKDIR /app\nRUN npm i a b @c/d e\n", {"package.json": '{"dependencies": {"a": "^1.2.3", "@c/d": "4.5.6", "e": ">=1 <3"}, "devDependencies": {"b": "~2.0"}}'}, "write a@^1.2.3 b@~2.0 @c/d@4.5.6"),
    "pip-by-pipx": ("leftover-cache", "FROM debian:12\nRUN pipx install a && pipx inject a b\n", A, "write PIP_NO_CACHE_DIR=1 before pipx, on line 2"),
    "lists-of-several-steps": ("leftover-cache", "FROM ubuntu:22.04\nRUN apt update && apt install -y git\nRUN add-apt-repository ppa:a/b\nRUN apt update && apt install -y c\n", A, "end the RUNs on lines 2, 3 and 4 with rm -rf /var/lib/apt/lists/*"),
    "index-without-an-update": ("leftover-cache", "FROM alpine:3.20\nRUN apk add git\n", A, "write apk add --no-cache, on line 2"),
    "index-with-an-upgrade": ("leftover-cache", "FROM alpine:3.20\nRUN apk update && apk upgrade && apk add git\n", A, "write apk add --no-cache and apk upgrade --no-cache, which take no apk update, on line 2"),
    "first-of-two-ports": ("missing-healthcheck", 'FROM node:22\nEXPOSE 8080\nEXPOSE 9090\nCMD ["node", "a.js"]\n', A, "HEALTHCHECK CMD with a command that probes port 8080"),
    "port-of-the-command": ("missing-healthcheck", 'FROM node:22\nEXPOSE 22 8080\nCMD ["node", "a.js", "--port", "8080"]\n', A, "HEALTHCHECK CMD with a command that probes port 8080"),
    "port-of-a-variable": ("missing-healthcheck", 'FROM node:22\nENV PORT=3000\nEXPOSE 9090\nEXPOSE 3000/tcp\nCMD ["node", "a.js"]\n', A, "HEALTHCHECK CMD with a command that probes port 3000"),
    "password-without-its-sign": ("lost-setting", "FROM debian:12\nARG DB_PASSWORD hunter\nENV DB_PASSWORD ${DB_PASSWORD}\n", A, "take the value out, and give DB_PASSWORD to the container (docker run --env-file)"),
    "default-without-its-sign": ("lost-setting", "FROM debian:12\nARG API_HOST api\n", A, "write ARG API_HOST=api"),
    "command-over-several-lines": ("shell-form-command", 'FROM debian:12\nCMD echo "in ${A}  s" && \\\n    sleep ${A} && \\\n    java -jar /a.jar\n', A, 'CMD echo "in ${A}  s" && sleep ${A} && exec java -jar /a.jar'),
    "npm-of-many-workspaces": ("copy-before-install", N + "COPY --chown=node . .\nRUN yarn\n", {"package.json": package(workspaces=["p/*"]), "yarn.lock": "", ".yarn/releases/a.cjs": 9, "a.js": 9, **{f"p/{each}/package.json": package() for each in "abcd"}}, "# syntax=docker/dockerfile:1 as the first line, then COPY --chown=node package.json yarn.lock ./, then COPY --chown=node --parents p/*/package.json ./, then COPY --chown=node .yarn .yarn/, then RUN yarn, then COPY --chown=node . ."),
    "npm-of-many-workspaces-in-a-directory-of-another-name": ("copy-before-install", "FROM node:22\nCOPY client /shop-client\nWORKDIR /shop-client\nRUN yarn\n", {"client/package.json": package(workspaces=["p/*"]), "client/yarn.lock": "", "client/a.js": 9, **{f"client/p/{each}/package.json": package() for each in "abcd"}}, "COPY client/package.json client/yarn.lock /shop-client/, then COPY each workspace's package.json to its directory, then WORKDIR /shop-client, then RUN yarn, then COPY client /shop-client"),
    "npm-of-many-workspaces-below-an-old-frontend": ("copy-before-install", "# syntax=docker/dockerfile:1.19.0\n" + N + "COPY --chown=node . .\nRUN yarn\n", {"package.json": package(workspaces=["p/*"]), "yarn.lock": "", ".yarn/releases/a.cjs": 9, "a.js": 9, **{f"p/{each}/package.json": package() for each in "abcd"}}, "COPY --chown=node package.json yarn.lock ./, then COPY --chown=node each workspace's package.json to its directory, then COPY --chown=node .yarn .yarn/, then RUN yarn, then COPY --chown=node . ."),
    "a-lock-that-is-written-anew": ("unlocked-install", P + "COPY pyproject.toml ./\nRUN poetry lock && poetry install --no-root\n", POETRY, "copy poetry.lock before line 4, and take out poetry lock"),
    "an-update-without-the-lock": ("unlocked-install", "FROM php:8.3\nWORKDIR /app\nCOPY composer.json ./\nRUN composer update --no-dev\n", PHP, "copy composer.lock before line 4, and composer install"),
    "dotnet-of-projects-beside-it": ("copy-before-install", "# syntax=docker/dockerfile:1.19.0\nFROM registry.example/dotnet/sdk:8.0\nWORKDIR /src\nCOPY . .\nWORKDIR /src/src/a\nRUN dotnet restore\n", {"src/a/a.csproj": '<Project><ItemGroup><ProjectReference Include="../b/b.csproj" /><ProjectReference Include="../libs/c/c.csproj" /></ItemGroup></Project>', "src/b/b.csproj": "<Project/>", "src/libs/c/c.csproj": "<Project/>", **{f"src/{each}/packages.lock.json": "{}" for each in ("a", "b", "libs/c")}, "src/libs/Directory.Build.props": "<Project/>", "global.json": "{}", "src/a/p.cs": 9, "README.md": 9}, "COPY global.json ./, then COPY each .csproj and packages.lock.json to its directory, then COPY src/libs/Directory.Build.props src/libs/, then WORKDIR /src/src/a, then RUN dotnet restore, then COPY . /src"),
    "npm-of-many-workspaces-below-the-newest-frontend": ("copy-before-install", "# syntax=docker/dockerfile:1\n" + N + "COPY --chown=node . .\nRUN yarn\n", {"package.json": package(workspaces=["p/*"]), "yarn.lock": "", ".yarn/releases/a.cjs": 9, "a.js": 9, **{f"p/{each}/package.json": package() for each in "abcd"}}, "COPY --chown=node package.json yarn.lock ./, then COPY --chown=node --parents p/*/package.json ./, then COPY --chown=node .yarn .yarn/, then RUN yarn, then COPY --chown=node . ."),
    "npm-beside-a-lock-of-other-versions": ("unlocked-install", N + ALL + "RUN npm install\n", {**STALE, "package.json": package(dependencies={"express": "^4.22.0"}, devDependencies={})}, "run npm install, commit package-lock.json, and npm ci"),
    "npm-beside-a-lock-of-another-member": ("unlocked-install", N + ALL + "RUN npm install\n", {"package.json": package(dependencies={}, devDependencies={}, workspaces=["api"]), "api/package.json": package(dependencies={"koa": "^3.0.0"}, devDependencies={}), "package-lock.json": '{"lockfileVersion": 3, "packages": {"": {}, "api": {}, "node_modules/koa": {"version": "2.16.0"}}}'}, "run npm install, commit package-lock.json, and npm ci"),
    "pnpm-beside-a-lock-of-other-words": ("unlocked-install", N + ALL + "RUN pnpm install\n", {"package.json": package(dependencies={"koa": "^3.0.0"}, devDependencies={}), "pnpm-lock.yaml": PNPM_LOCK}, "run pnpm install, commit pnpm-lock.yaml, and pnpm install --frozen-lockfile"),
    "pnpm-beside-a-lock-of-another-member": ("unlocked-install", N + ALL + "RUN pnpm install\n", {"package.json": package(dependencies={"koa": "^2.0.0"}, devDependencies={}), "api/package.json": package(dependencies={"koa": "^3.0.0"}, devDependencies={}), "pnpm-workspace.yaml": "packages: [api]\n", "pnpm-lock.yaml": PNPM_LOCK}, "run pnpm install, commit pnpm-lock.yaml, and pnpm install --frozen-lockfile"),
    "pnpm-beside-a-lock-that-fits": ("unlocked-install", N + ALL + "RUN pnpm install\n", {"package.json": package(dependencies={"koa": "^2.0.0"}, devDependencies={}), "api/package.json": package(dependencies={"koa": "~2.1.0"}, devDependencies={}), "pnpm-workspace.yaml": "packages: [api]\n", "pnpm-lock.yaml": PNPM_LOCK}, "pnpm install --frozen-lockfile"),
    "development-beside-such-a-lock": ("dev-dependencies", N + ALL + "RUN npm i\nCMD [\"node\", \"a.js\"]\n", STALE, "npm i --omit=dev"),
    "lock-not-copied": ("unlocked-install", N + "COPY package.json ./\nRUN npm install\n", NODE, "COPY package-lock.json as well, and npm ci"),
    "lock-excluded": ("unlocked-install", N + ALL + "RUN yarn\n", {**YARN, ".dockerignore": "*.lock\n"}, "add !yarn.lock at the end of .dockerignore, and yarn install --frozen-lockfile"),
    "yarn-berry-with-all-of-a-workspace": ("unlocked-install", N + "COPY package.json yarn.lock ./\nCOPY packages ./packages\nRUN yarn\n", BERRY, "yarn install --immutable"),
    "yarn-berry": ("unlocked-install", N + ALL + "RUN yarn\n", {**YARN, "yarn.lock": "__metadata:\n  version: 8\n\n\"express@npm:4.21.1\":\n  version: 4.21.1\n"}, "yarn install --immutable"),
    "to-nobody-of-a-web-server": ("copy-ownership", "FROM nginx:1.27\nCOPY --chown=node:node a /usr/share/nginx/html/a\n", A, "--chown=nginx, which the image has, or none at all where the files are only read"),
    "mode-of-what-a-step-makes": ("copy-ownership", P + "ADD . .\nRUN python build.py\nRUN chmod -R g=u /app\n", {**PIP, **WEIGHT}, "name the directories that the program writes to instead of /app: what it only reads can stay as it is"),
    "mode-to-run-what-a-step-makes": ("copy-ownership", P + ALL + "RUN python build.py\nRUN chmod -R 755 /app\n", {**PIP, **WEIGHT}, "name what needs the mode instead of /app: the rest can stay as it is"),
    "mode-of-what-is-added": ("copy-ownership", P + "ADD . .\nRUN chmod -R g=u /app\n", {**PIP, **WEIGHT}, "change the mode of the files before they are copied, or ADD --chmod=g=u on line 3, and no more than chmod g=u /app on line 4"),
    "to-nobody-and-no-group-of-alpine": ("copy-ownership", "FROM alpine:3.20\nCOPY --chown=shop:shop a /a\n", A, "RUN addgroup -S shop && adduser -S -D -G shop shop above it, or give numbers"),
    "to-nobody-and-another-group": ("copy-ownership", "FROM debian:12\nCOPY --chown=shop:web a /a\n", A, "RUN groupadd -r web && useradd --system -g web shop above it, or give numbers"),
    "to-nobody-and-its-own-group": ("copy-ownership", "FROM debian:12\nCOPY --chown=shop:shop a /a\n", A, "RUN useradd --system shop above it, or give a number"),
    "to-nobody-and-the-group-of-root": ("copy-ownership", "FROM alpine:3.20\nCOPY --chown=shop:root a /a\n", A, "RUN adduser -S -D shop above it, or give a number"),
    "to-nobody-of-azure-linux": ("copy-ownership", "FROM mcr.microsoft.com/azurelinux/base/core:3.0\nCOPY --chown=shop a /a\n", A, "give numbers instead, such as --chown=10001:10001"),
    "to-nobody-of-rocky-linux": ("copy-ownership", "FROM rockylinux:9\nCOPY --chown=shop a /a\n", A, "RUN useradd --system shop above it, or give a number"),
    "to-nobody-of-alpine": ("copy-ownership", "FROM alpine:3.20\nCOPY --chown=node a /a\n", A, "RUN adduser -S -D node above it, or give a number"),
    "to-whom-a-number-is-given-later": ("copy-ownership", "FROM python:3.12-slim\nARG WHO=shop\nWORKDIR /app\n" + ALL + "RUN addgroup --gid 77 ${WHO} && adduser --uid 78 --ingroup ${WHO} ${WHO} && chown -R ${WHO}:${WHO} /app\n", {**PIP, **WEIGHT}, "COPY --chown=78:77 on line 4, and no more than chown shop:shop /app on line 5"),
    "to-whom-any-number-is-given-later": ("copy-ownership", "FROM python:3.12-slim\nARG WHO=shop\nWORKDIR /app\n" + ALL + "RUN useradd ${WHO} && chown -R ${WHO} /app\n", {**PIP, **WEIGHT}, "make shop in a RUN above line 4, and COPY --chown=shop on line 4, and no more than chown shop /app on line 5"),
    "much-that-it-writes-beside": ("root-user", 'FROM node:22\nRUN apt-get update\nWORKDIR /app\nCOPY package.json ./\nRUN npm ci && npm install -g tool\nCOPY . .\nCMD ["node", "a.js"]\n', {"package.json": 9, "a.js": "fs.writeFileSync(target, 1)\n", "film.mp4": 2_000_000}, "COPY --chown=node on lines 4 and 6 and RUN chown node /app, then USER node at the end (the image has that user), and chown anything else it writes to"),
    "much-that-is-copied": ("root-user", 'FROM python:3.12\nWORKDIR /app\nCOPY . .\nCMD ["python", "a.py"]\n', {"a.py": "open(name, 'w')\n", "film.mp4": 2_000_000}, "COPY --chown=10001 on line 3 and RUN useradd --system --create-home --uid 10001 app && chown app /app, then USER app at the end, and chown anything it writes to outside /app"),
    "an-archive-that-a-step-stands-beside": ("root-user", 'FROM eclipse-temurin:21-jre\nWORKDIR /app\nCOPY build/shop.jar ./\nRUN echo 1 > VERSION\nCMD ["java", "-jar", "shop.jar"]\n', {"build/shop.jar": 3_000_000}, "RUN useradd --system --create-home --uid 10001 app && chown app /app, then USER app at the end, and chown anything else it writes to"),
    "a-program-that-is-made-before": ("root-user", 'FROM debian:12\nWORKDIR /app\nRUN apt-get update\nCOPY made/shop shop\nEXPOSE 80\nENTRYPOINT ["/app/shop"]\n', {"README.md": 9, ".gitignore": "made/\n"}, "RUN useradd --system --create-home --uid 10001 app && chown app /app, then USER app at the end, and chown anything it writes to outside /app"),
    "what-the-copy-has-given": ("root-user", 'FROM node:22 AS b\nFROM node:22\nCOPY --chown=node:node --from=b /app ./app\nEXPOSE 80\nWORKDIR /app/apps/shop\nCMD ["node", "a.js"]\n', A, "USER node at the end (the image has that user), and chown anything it writes to outside /app/apps/shop"),
    "what-is-copied-above-whoever-is-made": ("root-user", 'FROM debian:12 AS b\nFROM debian:12\nWORKDIR /app\nCOPY --from=b /app .\nRUN useradd shop\nEXPOSE 80\nCMD ["./shop"]\n', A, "RUN chown shop /app, then USER shop at the end (the image has that user), and chown anything else it writes to"),
    "a-volume-that-what-it-writes-goes-to": ("root-user", 'FROM python:3.12\nWORKDIR /app\nCOPY . .\nVOLUME /kept\nCMD ["python", "a.py", "/kept"]\n', {"a.py": "open(sys.argv[1], 'w')\n", "film.mp4": 2_000_000}, "RUN useradd --system --create-home --uid 10001 app && mkdir -p /kept && chown -R app /kept, then USER app at the end, and chown anything else it writes to"),
    "what-is-compiled-at-the-start": ("root-user", 'FROM node:22\nWORKDIR /app\nCOPY . .\nCMD ["npm", "start"]\n', {"a.ts": "serve()\n", "package.json": '{"scripts": {"start": "npm run compile && node out/a.js", "compile": "tsc"}}', "tsconfig.json": '{\n  // where it goes\n  "compilerOptions": {"outDir": "./out"}\n}'}, "RUN mkdir -p /app/out && chown -R node /app/out, then USER node at the end (the image has that user)"),
    "what-a-service-bundles-at-the-start": ("root-user", 'FROM node:22\nWORKDIR /app\nCOPY . .\n', {"a.ts": "serve()\n", "package.json": '{"scripts": {"up": "vite build --outDir site && node a.js"}}', "compose.yaml": "services:\n  a:\n    build: .\n    command: yarn up\n"}, "RUN mkdir -p /app/site && chown -R node /app/site && chown node /app, then USER node at the end (the image has that user)"),
    "what-is-checked-at-the-start": ("root-user", 'FROM node:22\nWORKDIR /app\nCOPY . .\nCMD ["npm", "start"]\n', {"a.js": "serve()\n", "package.json": '{"scripts": {"start": "tsc --noEmit && node a.js"}}'}, "USER node at the end (the image has that user)"),
    "what-cargo-builds-at-the-start": ("root-user", 'FROM rust:1.85\nWORKDIR /shop\nCOPY . .\nEXPOSE 80\nCMD ["cargo", "run", "--release"]\n', {"Cargo.toml": '[package]\nname = "shop"\n', "src/main.rs": "fn main() {}\n"}, "RUN useradd --system --create-home --uid 10001 app && mkdir -p /shop/target && chown -R app /shop/target, then USER app at the end"),
    "pages-that-are-only-read": ("root-user", 'FROM debian:12 AS b\nFROM alpine:3.20\nRUN apk add --no-cache lighttpd\nWORKDIR /pages\nCOPY --from=b /pages .\nRUN echo port=80 > /etc/lighttpd/lighttpd.conf\nEXPOSE 80\nCMD ["lighttpd", "-D", "-f", "/etc/lighttpd/lighttpd.conf"]\n', A, "USER lighttpd at the end (the image has that user)"),
    "a-directory-of-the-host-of-which-it-has-a-part-as-well": ("root-user", 'FROM node:22\nVOLUME /kept\nCMD ["node", "a.js"]\n', {"compose.yaml": "services:\n  a:\n    build: .\n    volumes:\n      - ./all:/kept\n      - ./all/db:/more\n"}, "RUN mkdir -p /kept && chown -R node /kept, then USER node at the end (the image has that user); chown anything else it writes to; chown -R 1000 ./all on the host, which is mounted there"),
    "a-secret-where-programs-share": ("root-user", 'FROM alpine:3.20\nCOPY run.sh /run.sh\nEXPOSE 80\nENTRYPOINT ["/run.sh"]\n', {"run.sh": "#!/bin/sh\ninstall -m 600 /dev/null /run/shop.secret\nprintf '%s' \"$A\" > /run/shop.secret\nmkdir -p /srv/kept\nexec /usr/sbin/shop\n"}, "RUN adduser -S -D -u 10001 app && mkdir -p /srv/kept && chown -R app /srv/kept, then USER app at the end; chown anything else it writes to; have the start script write to a directory of that user instead of /run"),
    "a-file-by-tee-and-cp": ("root-user", 'FROM alpine:3.20\nCOPY run.sh /run.sh\nEXPOSE 80\nENTRYPOINT ["/run.sh"]\n', {"run.sh": "#!/bin/sh\necho 1 | tee /srv/a/a.conf\ncp /etc/shop.conf /srv/b/b.conf\necho 1 >> /srv/c/c.conf\nexec /usr/sbin/shop\n"}, "RUN adduser -S -D -u 10001 app && mkdir -p /srv/a /srv/b /srv/c && chown -R app /srv/a /srv/b /srv/c, then USER app at the end, and chown anything else it writes to"),
    "what-a-script-puts-in-order-with-an-end-of-line": ("copy-before-install", 'FROM node:22\nWORKDIR /app\nCOPY . .\nCOPY a.sh /a.sh\nRUN sed -i \'s/x$//\' /a.sh && chmod +x /a.sh\nRUN npm ci\n', {**NODE, "a.sh": ""}, "COPY package.json package-lock.json ./, then lines 4 and 5 (COPY, RUN sed), then RUN npm ci, then COPY . ."),
    "a-project-that-an-install-takes-whole": ("copy-before-install", 'FROM nikolaik/python-nodejs:python3.12-nodejs22\nWORKDIR /app\nCOPY pyproject.toml ./\nCOPY web web\nRUN uv pip install --system ".[all]"\nWORKDIR /app/web\nRUN npm ci && npm run build\n', {"pyproject.toml": "[project]\nname = 'shop'\nversion = '1'\n", **{f"web/{name}": text for name, text in NODE.items()}}, 'COPY web/package.json web/package-lock.json web/, then WORKDIR /app/web, then RUN npm ci, then COPY web /app/web, then WORKDIR /app, then RUN uv pip install --system ".[all]", then WORKDIR /app/web, then RUN npm run build'),
    "a-directory-of-the-host-that-another-has-a-part-of": ("root-user", 'FROM node:22\nVOLUME /kept\nCMD ["node", "a.js"]\n', {"compose.yaml": "services:\n  a:\n    build: .\n    volumes:\n      - ./all:/kept\n  db:\n    image: postgres:17\n    volumes:\n      - ./all/db:/var/lib/postgresql/data\n"}, "RUN mkdir -p /kept && chown -R node /kept, then USER node at the end (the image has that user); chown anything else it writes to; chown 1000 ./all on the host, which is mounted there, without -R, as ./all/db is for another service"),
    "what-git-is-told": ("root-user", 'FROM node:22\nWORKDIR /app\nCOPY a.js .\nRUN git config --global --add safe.directory /data\nCMD ["node", "a.js"]\n', {"a.js": "serve()\n"}, "USER node at the end (the image has that user), and git config --system instead of --global on line 4, which is for root alone"),
    "what-git-is-told-for-a-step": ("root-user", 'FROM node:22\nWORKDIR /app\nCOPY a.js .\nRUN git config --global --add safe.directory /app\nRUN make\nCMD ["node", "a.js"]\n', {"a.js": "serve()\n"}, "USER node at the end (the image has that user)"),
    "where-docker-helps-a-tool-at-git": ("root-user", 'FROM node:22\nWORKDIR /app\nCOPY a.js .\nRUN git config --global url.https://.insteadOf git://\nCMD ["node", "a.js"]\n', {"a.js": "serve()\n"}, "USER node at the end (the image has that user)"),
    "a-user-that-is-there": ("root-user", 'FROM node:22\nCMD ["node"]\n', A, "USER node at the end (the image has that user), and chown what it writes to"),
    "a-user-of-alpine-from-a-mirror": ("root-user", 'FROM mirror.example.com/library/alpine:3.20\nEXPOSE 80\nCMD ["/a"]\n', A, "RUN adduser -S -D -u 10001 app, then USER app at the end, and chown what it writes to"),
    "a-user-who-is-given-files": ("root-user", 'ARG OS\nFROM ${OS:-debian:12}\nRUN apt-get install -y unit && chown -R unit:root /srv\nEXPOSE 80\nCMD ["/a"]\n', A, "USER unit at the end (the image has that user), and chown what it writes to"),
    "a-user-with-joined-options": ("root-user", 'FROM alpine:3.20\nRUN adduser -Dh /home/shop shop\nEXPOSE 80\nCMD ["/a"]\n', A, "USER shop at the end (the image has that user), and chown what it writes to"),
    "a-model-in-the-home-of-root": ("root-user", 'FROM node:22\nRUN ollama serve & sleep 5 && ollama pull tiny\nCMD ["node", "a.js"]\n', A, "USER node at the end (the image has that user); chown what it writes to; ENV OLLAMA_MODELS=/opt/ollama above line 2, which loads for root alone, and at its end && chown -R node /opt/ollama"),
    "a-step-below-the-command": ("root-user", 'FROM node:22 AS a\nCMD ["node", "a.js"]\nFROM a AS b\nRUN apt-get update\n', A, "USER node at the end (the image has that user), and chown what it writes to"),
    "a-volume-of-an-image-of-others": ("root-user", 'FROM node:22\nEXPOSE 80\nCMD ["node", "a.js"]\n', {'package.json': '{"dependencies": {"@types/store": "^7"}}', 'docker-compose.yml': 'services:\n  store:\n    image: store/store:1\n    volumes:\n      - kept:/data\n  grafana:\n    image: grafana/grafana:11\n    volumes:\n      - drawn:/var/lib/grafana\n'}, "USER node at the end (the image has that user), and chown what it writes to"),
    "a-volume-of-a-published-image": ("root-user", 'FROM node:22\nEXPOSE 80\nCMD ["node", "a.js"]\n', {'package.json': '{"name": "shop"}', 'docs/install/plain/docker-compose.yml': 'services:\n  a:\n    image: ghcr.io/acme/shop:latest\n    volumes:\n      - kept:/srv/data\n  b:\n    image: acme/other\n    volumes:\n      - other:/srv/other\n'}, "RUN mkdir -p /srv/data && chown -R node /srv/data, then USER node at the end (the image has that user); chown anything else it writes to; outside Docker a port above 1023 instead of 80"),
    "a-volume-of-another-image-that-a-workflow-pushes": ("root-user", 'FROM node:22\nEXPOSE 80\nCMD ["node", "a.js"]\n', {'.github/workflows/a.yml': 'tags: |\n  acme/shop:latest\n  acme/shop-db:latest\n', 'docker/compose.yml': 'services:\n  a:\n    image: acme/shop-db\n    volumes:\n      - kept:/srv/data\n'}, "USER node at the end (the image has that user), and chown what it writes to"),
    "a-volume-of-an-image-that-a-workflow-pushes": ("root-user", 'FROM node:22\nEXPOSE 80\nCMD ["node", "a.js"]\n', {'.github/workflows/a.yml': 'tags: ${{ env.HUB }}/shop-all:latest\nimage: acme/db\n', 'docker/compose.yml': 'services:\n  a:\n    image: acme/shop-all\n    volumes:\n      - kept:/srv/data\n  b:\n    image: acme/db\n    volumes:\n      - other:/srv/other\n'}, "RUN mkdir -p /srv/data && chown -R node /srv/data, then USER node at the end (the image has that user); chown anything else it writes to; outside Docker a port above 1023 instead of 80"),
    "a-volume-of-the-service-in-another-file": ("root-user", 'FROM node:22\nEXPOSE 80\nCMD ["node", "a.js"]\n', {'compose.dev.yaml': 'services:\n  web:\n    build: .\n', 'compose.yaml': 'services:\n  web:\n    image: acme/web\n    volumes:\n      - kept:/srv/data\n  db:\n    image: acme/db\n    volumes:\n      - other:/srv/other\n'}, "RUN mkdir -p /srv/data && chown -R node /srv/data, then USER node at the end (the image has that user); chown anything else it writes to; outside Docker a port above 1023 instead of 80"),
    "a-volume-of-a-service-by-a-variable": ("root-user", 'FROM node:22\nEXPOSE 80\nCMD ["node", "a.js"]\n', {'compose.yaml': 'services:\n  web:\n    build:\n      context: .\n      dockerfile: ${FILE:-Dockerfile}\n      target: ${STAGE}\n    volumes:\n      - kept:/srv/data\n', '.env': 'OTHER=1\n'}, "RUN mkdir -p /srv/data && chown -R node /srv/data, then USER node at the end (the image has that user), and chown anything else it writes to"),
    "a-program-that-is-cloned": ("root-user", 'FROM node:22\nWORKDIR /app\nRUN git clone https://git.acme.dev/shop .\nCOPY start.js .\nEXPOSE 80\nCMD ["node", "start.js"]\n', {"start.js": "start()\n"}, "COPY --chown=node on line 4 and RUN chown node /app, then USER node at the end (the image has that user), and chown anything else it writes to"),
    "a-user-who-is-made-if-asked-for": ("root-user", 'FROM debian:12\nARG WITH\nRUN if [ -n "$WITH" ]; then useradd shop; fi\nEXPOSE 80\nCMD ["/a"]\n', A, "RUN useradd --system --create-home --uid 10001 app, then USER app at the end, and chown what it writes to"),
    "a-directory-that-nothing-is-put-in": ("root-user", 'FROM alpine:3.20\nCOPY a /bin/a\nWORKDIR /data\nEXPOSE 80\nCMD ["/bin/a"]\n', A, "RUN adduser -S -D -u 10001 app && chown app /data, then USER app at the end, and chown anything it writes to outside /data"),
    "packages-of-uv-for-development": ("dev-dependencies", P + ALL + "RUN uv sync --locked --all-extras\nCMD [\"python\", \"shop.py\"]\n", UV_DEV, "uv sync --locked --all-extras --no-dev"),
    "packages-of-poetry-for-development": ("dev-dependencies", P + ALL + "RUN poetry install --no-root\nCMD [\"python\", \"shop/a.py\"]\n", POETRY_DEV, "poetry install --no-root --only main"),
    "a-user-by-an-argument": ("root-user", 'FROM debian:12\nARG ID=0\nRUN if [ "$ID" != 0 ]; then useradd -u $ID shop; fi\nUSER $ID:$ID\nEXPOSE 80\nCMD ["/a"]\n', A, "pass --build-arg ID=10001, or give ARG ID another default (line 2)"),
    "where-a-program-lies-alone": ("root-user", 'FROM debian:12\nCOPY a /srv/shop/a\nEXPOSE 80\nCMD ["/srv/shop/a"]\n', A, "RUN useradd --system --create-home --uid 10001 app, then USER app at the end, and chown what it writes to"),
    "where-programs-lie": ("root-user", 'FROM debian:12\nCOPY a b /go/bin/\nEXPOSE 80\nCMD ["/go/bin/a"]\n', A, "RUN useradd --system --create-home --uid 10001 app, then USER app at the end, and chown what it writes to"),
    "where-more-than-a-program-lies": ("root-user", 'FROM debian:12\nCOPY a /srv/shop/a\nCOPY b /srv/shop/b\nEXPOSE 80\nCMD ["/srv/shop/a"]\n', A, "COPY --chown=10001 on line 3 and RUN useradd --system --create-home --uid 10001 app && chown app /srv/shop, then USER app at the end, and chown anything it writes to outside /srv/shop"),
    "a-part-of-a-variable-in-the-home-of-root": ("root-user", 'FROM node:22\nENV SETTINGS="optional:file:/root/.shop/" LIKE=/srv/root/a\nEXPOSE 80\nCMD ["node", "a.js", "--kept=/root/.shop/kept"]\n', {"README.md": "docker run -v ~/.shop:/root/.shop acme/shop"}, "USER node at the end (the image has that user); chown what it writes to; chown -R 1000 ~/.shop on the host, which is mounted there; /home/node instead of /root, which only root can enter, for the mount at /root/.shop, SETTINGS and CMD"),
    "a-cache-of-the-build-in-the-home-of-root": ("root-user", 'FROM node:22\nENV UV_CACHE_DIR=/root/.cache/uv\nRUN --mount=type=cache,target=/root/.cache/uv true\nEXPOSE 80\nCMD ["node", "a.js"]\n', A, "USER node at the end (the image has that user), and chown what it writes to"),
    "what-an-example-for-compose-mounts": ("root-user", 'FROM debian:12\nCOPY a /srv/shop/a\nVOLUME /kept\nEXPOSE 80\nCMD ["/srv/shop/a"]\n', {'README.md': '```yaml\nservices:\n  shop:\n    volumes:\n      - "~/shop:/kept"\n```\n'}, 'RUN useradd --system --create-home --uid 10001 app && mkdir -p /kept && chown -R app /kept, then USER app at the end; chown anything else it writes to; chown -R 10001 ~/shop on the host, which is mounted there'),
    "what-readers-mount-to-be-read": ("root-user", 'FROM debian:12\nCOPY a /srv/shop/a\nVOLUME /kept\nEXPOSE 80\nCMD ["/srv/shop/a"]\n', {'README.md': 'docker run -v ~/shop:/kept:ro shop\n'}, "RUN useradd --system --create-home --uid 10001 app && mkdir -p /kept && chown -R app /kept, then USER app at the end, and chown anything else it writes to"),
    "what-stands-for-a-directory-of-readers": ("root-user", 'FROM debian:12\nCOPY a /srv/shop/a\nVOLUME /kept\nEXPOSE 80\nCMD ["/srv/shop/a"]\n', {'README.md': 'docker run -v /path/to/shop:/kept shop\n'}, "RUN useradd --system --create-home --uid 10001 app && mkdir -p /kept && chown -R app /kept, then USER app at the end, and chown anything else it writes to"),
    "a-file-of-readers": ("root-user", 'FROM debian:12\nCOPY a /srv/shop/a\nVOLUME /kept\nEXPOSE 80\nCMD ["/srv/shop/a"]\n', {'README.md': 'docker run -v ~/shop.conf:/kept/shop.conf shop\n'}, "RUN useradd --system --create-home --uid 10001 app && mkdir -p /kept && chown -R app /kept, then USER app at the end, and chown anything else it writes to"),
    "where-the-root-is-where-it-works": ("root-user", 'FROM debian:12\nWORKDIR /\nCOPY a /a\nEXPOSE 80\nCMD ["/a"]\n', {'a': ''}, 'RUN useradd --system --create-home --uid 10001 app, then WORKDIR /home/app for what it writes and USER app at the end, and chown anything else it writes to'),
    "where-the-root-has-its-files": ("root-user", 'FROM debian:12\nWORKDIR /\nCOPY a /a\nCOPY web /web\nEXPOSE 80\nCMD ["/a"]\n', {'a': '', 'web/a': ''}, 'RUN useradd --system --create-home --uid 10001 app, then USER app at the end; chown what it writes to; have it write to a directory of that user instead of /'),
    "a-program-alone-in-nothing": ("root-user", 'FROM scratch\nCOPY a /a\nCOPY LICENSE /shop/LICENSE\nEXPOSE 80\nCMD ["/a"]\n', {'a': '', 'LICENSE': ''}, 'USER 65532:65532 and WORKDIR /data with ENV HOME=/data at the end: BuildKit makes that for the user'),
    "a-program-with-files-in-nothing": ("root-user", 'FROM scratch\nCOPY a /a\nCOPY web /web\nEXPOSE 80\nCMD ["/a"]\n', {'a': '', 'web/a': ''}, 'USER 65532:65532 at the end, and below it WORKDIR /data, which BuildKit makes for that user, then WORKDIR / again'),
    "logs-where-all-programs-have-theirs": ("root-user", 'FROM eclipse-temurin:21\nCOPY Main.java /srv/Main.java\nCOPY etc /etc/shop\nEXPOSE 80\nCMD ["java", "/srv/Main.java"]\n', {'Main.java': 'serve();\n', 'etc/log4j2.xml': '<Property name="base">/var/log</Property>\n'}, "RUN useradd --system --create-home --uid 10001 app && chown -R app /srv, then USER app at the end, and chown anything it writes to outside /srv"),
    "a-directory-above-the-one-where-it-works": ("copy-ownership", 'FROM debian:12\nWORKDIR /srv/all/shop\nCOPY . .\nRUN useradd -u 1000 shop && chown -R 1000 /srv/all\nUSER shop\nCMD ["./a"]\n', {'a': 2000000}, 'COPY --chown=1000 on line 3, and no more than chown 1000 /srv/all /srv/all/shop on line 4'),
    "a-directory-where-a-step-works-later": ("copy-ownership", 'FROM node:22\nWORKDIR /tools\nCOPY package.json yarn.lock ./\nRUN yarn install --frozen-lockfile\nRUN chown -R node /tools\nUSER node\nRUN git clone https://git.acme.dev/a\nCMD ["node", "a.js"]\n', {'package.json': '{}', 'yarn.lock': ''}, "chown node /tools without -R, since line 7 works there: what the program only reads can stay root's"),
    "a-directory-where-a-script-works-later": ("copy-ownership", 'FROM node:22\nWORKDIR /tools\nCOPY package.json yarn.lock ./\nRUN yarn install --frozen-lockfile\nRUN chown -R node /tools\nUSER node\nRUN yarn build\nCMD ["node", "a.js"]\n', {'package.json': '{}', 'yarn.lock': ''}, "COPY --chown=node, and chown -R node of what a RUN makes there at its end, instead of /tools on line 5"),
    "a-directory-where-root-works-later": ("copy-ownership", 'FROM node:22\nWORKDIR /tools\nCOPY package.json yarn.lock ./\nRUN yarn install --frozen-lockfile\nRUN chown -R node /tools\nRUN git clone https://git.acme.dev/a\nUSER node\nCMD ["node", "a.js"]\n', {'package.json': '{}', 'yarn.lock': ''}, "name the directories that the program writes to instead of /tools: what it only reads can stay root's"),
    "a-user-of-alpine": ("root-user", 'FROM python:3.12-alpine\nCMD ["python"]\n', A, "RUN adduser -S -D -u 10001 app, then USER app at the end, and chown what it writes to"),
    "slim-before-the-release": ("fat-base", "FROM python:3.12-bookworm\n", A, "FROM python:3.12-slim-bookworm, and a separate stage for what needs the rest"),
    "slim-after-the-release": ("fat-base", "FROM node:22-bookworm\n", A, "FROM node:22-bookworm-slim, and a separate stage for what needs the rest"),
    "slim-with-a-version": ("fat-base", "FROM node:latest\n", A, "FROM node:<version>-slim, and a separate stage for what needs the rest"),
    "the-java-stays": ("fat-base", "FROM maven:3.9-eclipse-temurin-17\n", A, "FROM eclipse-temurin:17-jre, and a separate stage for what needs the rest"),
    "a-major-in-the-name": ("unpinned-base", "FROM condaforge/miniforge3\n", A, "FROM condaforge/miniforge3:<version>, or a digest"),
    "a-rolling-release": ("unpinned-base", "FROM fedora:rawhide\n", A, "FROM fedora@sha256:<digest>"),
    "a-day-of-what-is-never-released": ("unpinned-base", "ARG SYSTEM=debian:sid-slim\nFROM $SYSTEM\n", A, "ARG SYSTEM=debian:sid-<date>-slim on line 1, or a digest"),
    "a-tag-by-an-argument": ("unpinned-base", "ARG V=lts\nARG W=lts-slim\nFROM node:${W}\n", A, "ARG W=<version>-slim on line 2, or a digest"),
    "the-host-stays": ("unpinned-base", "FROM docker.io/library/golang:alpine3.23\n", A, "FROM docker.io/library/golang:<version>-alpine3.23, or a digest"),
    "the-system-stays": ("unpinned-base", "FROM acme/crystal:latest-ubuntu-24.04\n", A, "FROM acme/crystal:<version>-ubuntu-24.04, or a digest"),
    "the-flavour-stays": ("unpinned-base", "FROM node:lts-alpine\n", A, "FROM node:<version>-alpine, or a digest"),
    "what-is-left": ("broad-copy", P + ALL, {**PIP, **WEIGHT}, "COPY app.py requirements.txt ./"),
}  # fmt: skip


@pytest.mark.parametrize("name", SEVERITIES)
def test_how_bad_it_is(name: str, tmp_path: Path) -> None:
    """One finding, of this severity."""
    code, dockerfile, tree, severity = SEVERITIES[name]
    (finding,) = found(projects.write(tmp_path, {"Dockerfile": started(code, dockerfile), **tree}), code)
    assert finding.severity == severity


@pytest.mark.parametrize("name", REMEDIES)
def test_what_would_be_right(name: str, tmp_path: Path) -> None:
    """The remedy is the lines to write, with what this project has."""
    code, dockerfile, tree, remedy = REMEDIES[name]
    if code == "copy-before-install" and "exclude" not in remedy:
        tree = {".dockerignore": "**/node_modules\n**/.venv\n**/vendor\n", **tree}  # what whoever works there has
    (finding,) = found(projects.write(tmp_path, {"Dockerfile": started(code, dockerfile), **tree}), code)
    assert finding.remedy == remedy


def test_what_is_advised_can_be_run() -> None:
    """The shell reads each RUN for a user: no word of it has half a quote, or stands for something else."""
    said = [remedy for code, *_, remedy in REMEDIES.values() if code == "root-user"]
    assert [each for each in said if not are_whole(each)] == []
    assert not are_whole('RUN useradd app && chown app /src/"/out, then USER app at the end')


@pytest.mark.parametrize("name", [name for name, (code, *_) in REMEDIES.items() if code == "root-user"])
def test_a_user_that_is_given_what_is_written(name: str, tmp_path: Path) -> None:
    """Followed as it is written, the remedy leaves nothing that runs as root, and stores nothing a second time."""
    code, dockerfile, tree, remedy = REMEDIES[name]
    if re.search(r"USER \S+ at the end(?! of)|below line", remedy) is None:
        pytest.skip("the user belongs elsewhere")
    text = started(code, dockerfile)
    projects.write(tmp_path, {"Dockerfile": mended(text, remedy), **tree})
    assert not found(tmp_path, "root-user")
    assert not found(tmp_path, "copy-ownership")


@pytest.mark.parametrize(
    ("name", "speaks"), [("app", False), ("base", True)], ids=["one beside it makes it", "it is made from it"]
)
def test_an_image_that_is_called_like_a_directory_of_the_context(name: str, speaks: bool, tmp_path: Path) -> None:
    """The same beside the Dockerfile, where all are built in one context."""
    dockerfile = f"docker/{name}/Dockerfile"
    projects.write(tmp_path, {dockerfile: 'FROM acme/base\nCMD ["/start"]\n', "docker/other/Dockerfile": ""})
    if not speaks:
        projects.write(tmp_path, {"docker/base/Dockerfile": "FROM scratch\n"})
    told = review(scan(tmp_path, dockerfile=tmp_path / dockerfile)).findings or ()
    assert any(each.code == "unpinned-base" for each in told) is speaks


@pytest.mark.parametrize(
    ("image", "speaks"),
    [("acme/base", False), ("acme/bases", True), ("node", True), ("acme/runtime", False), ("acme/told", False)],
)
def test_an_image_that_the_repository_builds(image: str, speaks: bool, tmp_path: Path) -> None:
    """A script around the context makes what has the name of an owner, and nothing that anybody pulls."""
    repositories.make(tmp_path, [])
    projects.write(
        tmp_path,
        {
            "Makefile": "x:\n\tdocker build -t acme/base .\n\tdocker tag node -t node\n",
            "README.md": "Run `docker build -t acme/told .`\n",
            "deploy/Makefile": "OWNER ?= acme\nNAME = $(OWNER)/runtime\nx:\n\tdocker build -t $(NAME):$(V) .\n",
        },
    )
    projects.write(tmp_path, {"web/Dockerfile": f'FROM {image}\nCMD ["/start"]\n'})
    assert bool(found(tmp_path / "web", "unpinned-base")) is speaks


@pytest.mark.parametrize(("where", "speaks"), [("app", False), ("base", True)], ids=["beside it", "its own directory"])
def test_an_image_that_is_called_like_a_directory(where: str, speaks: bool, tmp_path: Path) -> None:
    """The Dockerfile of a directory beside the context may make it; the one that is built from it does not."""
    repositories.make(tmp_path, ["base/Dockerfile"])
    projects.write(tmp_path, {f"{where}/Dockerfile": 'FROM acme/base\nCMD ["/start"]\n'})
    assert bool(found(tmp_path / where, "unpinned-base")) is speaks


@pytest.mark.parametrize(
    ("run", "makefile", "remedy"),
    [
        (
            "RUN make\n",
            MAKE["Makefile"],
            "COPY Makefile package.json package-lock.json ./, then RUN make install, then COPY . ., then RUN make build",
        ),
        (
            "RUN touch .keep && MODE=production make -j 2 install build && rm .keep\n",
            MAKE["Makefile"],
            "COPY Makefile package.json package-lock.json ./, then RUN MODE=production make -j 2 install, then COPY . ., "
            "then RUN touch .keep && MODE=production make -j 2 build && rm .keep",
        ),
        (
            "RUN make\n",
            MAKE["Makefile"].replace("build:", "build: install"),
            "COPY Makefile package.json package-lock.json ./, then RUN make install, then COPY . ., then line 4, with nothing in "
            "Makefile that needs install",
        ),
        (
            "RUN apt-get update && apt-get install -y make && make dist\n",
            "dist:\n\tnpm ci\n\tnpx vite build\n",
            "COPY package.json package-lock.json ./, then RUN apt-get update && apt-get install -y make && npm ci, then COPY . ., then line 4, with npm ci taken out of Makefile",
        ),
        ("RUN make build\n", MAKE["Makefile"], None),
        ("RUN make -C web\n", MAKE["Makefile"], None),
        ("RUN --mount=type=cache,target=/root/.npm make\n", MAKE["Makefile"], None),
        ("RUN make\n", "all:\n\tgo build -o a .\n", None),
        (
            "RUN cat legacy.cnf >> /etc/ssl/openssl.cnf && make\n",
            "all:\n\tCGO_ENABLED=0 go build -mod=readonly -installsuffix cgo -o a\n",
            "COPY go.mod go.sum ./, then RUN go mod download, then COPY . ., "
            "then RUN cat legacy.cnf >> /etc/ssl/openssl.cnf && make",
        ),
        (
            "RUN if [ $TESTS = 1 ]; then go test ./...; fi && make\n",
            "all:\n\tCGO_ENABLED=0 go build -o a .\n",
            "COPY go.mod go.sum ./, then RUN go mod download, then COPY . ., then line 4",
        ),
        (
            "RUN apk add make && make bin/a\n",
            "OUT ?= bin\nbin/a: dirs\n\tCGO_ENABLED=0 go build -o $(OUT)/a .\ndirs:\n\tmkdir -p $(OUT)\n",
            "COPY go.mod go.sum ./, then RUN apk add make && go mod download, then COPY . ., then RUN make bin/a",
        ),
    ],
    ids=[
        "a target installs",
        "a target installs beside more",
        "a target installs for another",
        "a target installs and builds",
        "another target",
        "another place",
        "cheap",
        "no install",
        "below settings of another program",
        "below a test",
        "a target builds",
    ],
)
def test_installs_that_make_runs(run: str, makefile: str, remedy: str | None, tmp_path: Path) -> None:
    """Make reads everything, and so installs again with every change, unless its install comes first."""
    dockerfile = f'{N}{ALL}{run}CMD ["node", "src/server.js"]\n'
    module = GO if "CGO_ENABLED" in makefile else {}
    projects.write(tmp_path, {"Dockerfile": dockerfile, **MAKE, **module, "Makefile": makefile})
    told = found(tmp_path, "copy-before-install")
    assert [each.remedy for each in told] == ([] if remedy is None else [remedy])
    if remedy is not None:
        first, second, *_ = remedy.split(", then ")
        mended = f'{N}{first}\n{second}\n{ALL}RUN npx vite build\nCMD ["node", "src/server.js"]\n'
        projects.write(tmp_path, {"Dockerfile": mended})
        assert not found(tmp_path, "copy-before-install")


def test_what_several_runs_store_again_is_one_finding(tmp_path: Path) -> None:
    """Of what another stage made nobody knows how large it is."""
    lines = ["FROM node:22 AS b", "COPY . /app", "FROM node:22-slim"]
    for name in "abc":
        lines += [f"COPY --from=b /app /{name}", f"RUN chown -R node /{name}"]
    projects.write(tmp_path, {**NODE, "Dockerfile": "\n".join([*lines, 'CMD ["node", "/a/a.js"]'])})
    (found,) = [each for each in review(scan(tmp_path)).findings or () if each.code == "copy-ownership"]
    assert (found.line, found.severity) == (5, "note")
    assert "and so do 2 more RUN instructions" in found.message
    assert (found.remedy or "").endswith("and so on for the others")


def test_where_output_goes_is_left_out_of_a_command(tmp_path: Path) -> None:
    """It is no part of what installs."""
    projects.write(
        tmp_path, {**NODE, "Dockerfile": N + ALL + 'RUN npm install --silent > /log 2>&1\nCMD ["node", "a.js"]\n'}
    )
    (found,) = [each for each in review(scan(tmp_path)).findings or () if each.code == "unlocked-install"]
    assert found.message == "npm install --silent beside package-lock.json"


def test_examples_are_named_by_their_paths(tmp_path: Path) -> None:
    """From the root of the context, whatever directory is copied."""
    tree = {f"web/{name}": text for name, text in NODE.items()}
    projects.write(tmp_path, {**tree, "Dockerfile": f'{N}COPY ./web .\nRUN npm ci\nCMD ["node", "a.js"]\n'})
    (told,) = found(tmp_path, "copy-before-install")
    assert told.message == "npm ci re-runs whenever any of 2 unrelated files changes: web/README.md, web/src/"


@pytest.mark.parametrize(
    ("run", "remedy"),
    [
        ("RUN npm install -g turbo@2\n", "move the RUN on line 4 above the COPY on line 3"),
        (
            "RUN npm i -g turbo@2 && turbo prune shop\n",
            "RUN npm i -g turbo@2 above the COPY on line 3, and line 4 without it",
        ),
        ("RUN apt-get update && apt-get install -y git\n", "move the RUN on line 4 above the COPY on line 3"),
        (
            "RUN --mount=type=cache,target=/var/cache/apt apt-get update && apt-get install -y git\n",
            "move the RUN on line 4 above the COPY on line 3",
        ),
        (
            "RUN apt-get install -y git\nRUN docker-php-ext-install zip\n",
            "move the RUNs on lines 4 and 5 above the COPY on line 3",
        ),
        (
            "RUN cp a.cfg b.cfg && apt-get install -y git && docker-php-ext-install zip && ./build\n",
            "RUN apt-get install -y git && docker-php-ext-install zip above the COPY on line 3, and line 4 without it",
        ),
        (
            "RUN apt-get install -y git\nENV A=b\nRUN docker-php-ext-install zip && cp a.cfg b.cfg\n",
            "move the RUN on line 4 above the COPY on line 3, then RUN docker-php-ext-install zip above the COPY on line 3, "
            "and line 6 without it",
        ),
        (
            "RUN case $A in a) mv /app /srv ;; *) rm -rf /app && git clone https://a.example/b /srv ;; esac\n"
            "RUN apt-get install -y git\n",
            "move the RUN on line 5 above the COPY on line 3",
        ),
        (
            'RUN if [ -n "$A" ]; then mv src lib; fi\nRUN apt-get install -y git\n',
            "move the RUN on line 5 above the COPY on line 3",
        ),
        ('RUN if [ -n "$A" ]; then apt-get install -y curl; fi\nRUN apt-get install -y git\n', None),
        ('RUN if [ -n "$A" ]; then cp a.list /etc/apt/; fi\nRUN apt-get install -y git\n', None),
        ("RUN --mount=type=bind,target=/x apt-get update && apt-get install -y git\n", None),
        ("RUN npm install -g ./cli\n", None),
        ("RUN ./prepare && npm install -g turbo@2\n", None),
    ],
    ids=[
        "alone",
        "with what it is for",
        "of the system",
        "with a cache",
        "in two",
        "with an extension",
        "with a part of another one",
        "below what one case moves and another removes",
        "below what is moved on a condition",
        "below another one on a condition",
        "below what is put there on a condition",
        "with the context",
        "of the project",
        "after a script",
    ],
)
def test_installs_for_the_machine(run: str, remedy: str | None, tmp_path: Path) -> None:
    """What reads nothing of the context need not wait for it."""
    sources = {f"src/{number}.js": 9 for number in range(20)}
    projects.write(tmp_path, {**sources, "Dockerfile": f'{N}{ALL}{run}CMD ["node", "src/1.js"]\n'})
    assert [each.remedy for each in found(tmp_path, "copy-before-install")] == ([] if remedy is None else [remedy])


@pytest.mark.parametrize(
    ("above", "line"),
    [
        ("COPY go.mod ./\nCOPY lib ./lib\n", 3),
        ("COPY go.mod ./\nRUN go mod download\nCOPY lib ./lib\n", 5),
        ("COPY sources.list /etc/apt/\nCOPY lib ./lib\n", 4),
        ("COPY packages.txt /tmp/\nCOPY lib ./lib\n", 4),
    ],
    ids=["all of them", "another step", "the sources of packages", "what it removes"],
)
def test_packages_of_the_system_go_above_all_that_they_do_not_need(above: str, line: int, tmp_path: Path) -> None:
    """Each COPY left above the RUN makes it run again."""
    tree = {f"{name}/{number}.go": 9 for name in ("lib", "src") for number in range(60)}
    tree |= {"go.mod": "module a\n", "sources.list": "deb a b c\n", "packages.txt": "git\n"}
    aside = " && rm -f /tmp/packages.txt" if "packages.txt" in above else ""
    run = f"RUN apt-get install -y git{aside}\nRUN go build ./src\n"
    text = f'FROM golang:1.25\nWORKDIR /a\n{above}COPY src ./src\n{run}CMD ["/a/a"]\n'
    projects.write(tmp_path, {**tree, "Dockerfile": text})
    told = [each for each in found(tmp_path, "copy-before-install") if "apt-get" in each.message]
    below = 4 + above.count("\n")
    assert [(each.line, each.remedy) for each in told] == [
        (line, f"move the RUN on line {below} above the COPY on line {line}")
    ]


@pytest.mark.parametrize(("tracked", "lines"), [(True, [4]), (False, [])])
def test_a_lock_file_that_a_rule_names(tracked: bool, lines: list[int], tmp_path: Path) -> None:
    """What git has is there to be installed from, and what it has not somebody may not want. It is told once."""
    again = P + "COPY pyproject.toml ./\nRUN poetry install --no-root\nCOPY . .\nRUN poetry install\n"
    files = {**POETRY, "Dockerfile": started("unlocked-install", again), ".dockerignore": "poetry.lock\n"}
    projects.write(tmp_path, files)
    repositories.git(tmp_path, "init", "-q")
    repositories.git(tmp_path, "add", *(["."] if tracked else ["pyproject.toml", "Dockerfile"]))
    told = found(tmp_path, "unlocked-install")
    assert [each.line for each in told] == lines
    assert all("poetry.lock, which .dockerignore:1 poetry.lock excludes" in each.message for each in told)
    assert all("take poetry.lock out of .dockerignore" in (each.remedy or "") for each in told)


@pytest.mark.parametrize(
    ("source", "severity"),
    [
        ('if os.path.exists(".git"):\n    version = run("git log -1")\n', "note"),
        ('IGNORED = [".git", "venv"]\n', "warning"),
    ],
)
def test_a_program_that_asks_the_history(source: str, severity: str, tmp_path: Path) -> None:
    """Whether it is to go on asking is for the reader to decide."""
    tree = {**HISTORY, "app.py": source, ".dockerignore": "*.log\n"}
    projects.write(tmp_path, {"Dockerfile": P + ALL + 'CMD ["python", "app.py"]\n', **tree})
    assert [each.severity for each in found(tmp_path, "git-in-image")] == [severity]


@pytest.mark.parametrize(("place", "lines"), [("/app", [5]), ("/app/a.js", [5, 6])])
def test_the_owner_and_the_mode_of_the_same_files(place: str, lines: list[int], tmp_path: Path) -> None:
    """Two RUNs that store them anew have one cause."""
    run = f"{N}{ALL}RUN npm ci\nRUN chown -R node /app\nRUN chmod -R 777 {place}\n"
    tree = {**NODE, "a.js/data.bin": 3_000_000}
    projects.write(tmp_path, {**tree, "Dockerfile": f'{run}CMD ["node", "src/server.js"]\n'})
    told = found(tmp_path, "copy-ownership")
    assert [each.line for each in told] == lines
    assert ("on both lines" in (told[0].remedy or "")) is (len(lines) == 1)
