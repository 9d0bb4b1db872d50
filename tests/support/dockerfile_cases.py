"""Dockerfiles with a tree beside them, and the lines on which the check of each code has something to say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple


def package(*, dev: str = "", **fields: object) -> str:
    table = dict.fromkeys(dev.split(), "1.0.0")
    return json.dumps({"name": "shop", "dependencies": {"express": "4.21.1"}, "devDependencies": table, **fields})


NODE = {"package.json": package(), "package-lock.json": "{}", "src/server.js": 40, "README.md": 20}
DEV = {
    **NODE,
    "package.json": package(
        dev="typescript vitest", scripts={"start": "node src/server.js", "build": "tsc", "dev": "vitest"}
    ),
}
YARN = {"package.json": package(), "yarn.lock": "", "src/server.js": 40}
PNPM = {"package.json": package(), "pnpm-lock.yaml": "", "src/server.js": 40}
SPACES = {
    "package.json": package(workspaces=["packages/*"]), "package-lock.json": "{}", "packages/a/package.json": package(),
    "packages/a/index.js": 20, "packages/b/package.json": package(), "packages/b/index.js": 20,
}  # fmt: skip
PIP = {"requirements.txt": "flask==3.0.3\n", "app.py": 40, "tests/test_app.py": 40}
UV = {"pyproject.toml": "[project]\nname = 'shop'\nversion = '1'\n", "uv.lock": "version = 1\n", "shop.py": 40}
UV_PACKAGE = {**UV, "pyproject.toml": UV["pyproject.toml"] + "[build-system]\nrequires = ['hatchling']\n"}
POETRY = {
    "pyproject.toml": "[tool.poetry]\nname = 'shop'\n[tool.poetry.dependencies]\nflask = '^3'\n",
    "poetry.lock": "",
    "shop/a.py": 9,
}
UV_DEV = {**UV, "pyproject.toml": UV["pyproject.toml"] + "[dependency-groups]\ndev = ['pytest>=8', 'mypy']\n"}
POETRY_DEV = {
    **POETRY,
    "pyproject.toml": POETRY["pyproject.toml"] + "[tool.poetry.group.dev.dependencies]\npytest = '^8'\n",
}
RUBY = {"Gemfile": "source 'https://rubygems.org'\ngem 'rails'\n", "Gemfile.lock": "", "config.ru": 9, "app/a.rb": 9}
PHP = {
    "composer.json": '{"require": {"slim/slim": "4.*"}, "require-dev": {"phpunit/phpunit": "11.*"}}',
    "composer.lock": "{}",
    "src/a.php": 9,
}
GO = {"go.mod": "module shop\nrequire github.com/x/y v1.2.3\n", "go.sum": "github.com/x/y v1.2.3 h1:\n", "main.go": 40}
RUST = {
    "Cargo.toml": "[package]\nname = 'shop'\nversion = '0.1.0'\n[dependencies]\nserde = '1'\n",
    "Cargo.lock": 'source = "registry+https://github.com/rust-lang/crates.io-index"\n', "src/main.rs": "fn main() {}\n",
}  # fmt: skip
MAVEN = {"pom.xml": "<project><artifactId>shop</artifactId></project>", "src/main/java/A.java": 40}
GRADLE = {
    "build.gradle": "plugins { id 'java' }\n",
    "settings.gradle": "rootProject.name = 'shop'\n",
    "src/main/java/A.java": 40,
}
DOTNET = {"Shop.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web"></Project>', "Program.cs": 40}
WEIGHT = {"tests/data.bin": 3_000_000, "docs/film.mp4": 2_000_000}
A = {"a": 9}


class Case(NamedTuple):
    """`lines` are those on which the check reports something; none: it is silent."""

    dockerfile: str
    tree: Mapping[str, str | int]
    lines: tuple[int, ...] = ()


def started(code: str, dockerfile: str) -> str:
    """The Dockerfile with a command at its end where it has none: lessons are for images that run something."""
    told = code in ("root-user", "missing-healthcheck", "shell-form-command")
    return dockerfile if told or "CMD" in dockerfile or "ENTRYPOINT" in dockerfile else f'{dockerfile}CMD ["/start"]\n'


ALL = "COPY . .\n"
N, P = "FROM node:22.1-slim\nWORKDIR /app\n", "FROM python:3.12-slim\nWORKDIR /app\n"
CASES: dict[str, dict[str, Case]] = {
    "copy-before-install": {
        "npm": Case(N + ALL + "RUN npm ci\n", NODE, (3,)),
        "npm-with-an-absolute-target": Case("FROM node:22.1\nCOPY . /srv\nWORKDIR /srv\nRUN npm install\n", NODE, (2,)),
        "npm-in-one-run-with-the-build": Case(N + ALL + "RUN npm ci && npm run build\n", NODE, (3,)),
        "npm-after-apt-get": Case(N + ALL + "RUN apt-get update && apt-get install -y git\nRUN npm ci\n", NODE, (3,)),
        "npm-after-cd": Case(N + ALL + "RUN cd api && npm ci\n", {f"api/{name}": text for name, text in NODE.items()}, (3,)),
        "npm-in-a-directory": Case(N + "COPY api ./\nRUN npm ci\n", {f"api/{name}": text for name, text in NODE.items()}, (3,)),
        "npm-with-a-star": Case(N + "COPY * ./\nRUN npm ci\n", NODE, (3,)),
        "npm-with-a-workspace": Case(N + ALL + "RUN npm ci\n", SPACES, (3,)),
        "npm-with-husky": Case(N + ALL + "RUN npm ci\n", {**NODE, "package.json": package(scripts={"prepare": "husky"})}, (3,)),
        "pip-after-pip-itself": Case(P + "RUN pip install --upgrade pip\n" + ALL + "RUN pip install -r requirements.txt\n", PIP, (4,)),
        "go-after-a-tool": Case("FROM golang:1.23\nWORKDIR /src\nRUN go install github.com/x/tool@v1\n" + ALL + "RUN go build .\n", GO, (4,)),
        "npm-below-manifests-and-all": Case(N + "COPY package*.json ./\n" + ALL + "RUN npm ci\n", NODE, (4,)),
        "yarn": Case(N + ALL + "RUN yarn --frozen-lockfile\n", YARN, (3,)),
        "pnpm": Case(N + ALL + "RUN corepack enable && pnpm i --frozen-lockfile\n", PNPM, (3,)),
        "pip": Case(P + ALL + "RUN pip install --no-cache-dir -r requirements.txt\n", PIP, (3,)),
        "pip-as-a-module": Case(P + "ADD . /app\nRUN python -m pip install -r /app/requirements.txt\n", PIP, (3,)),
        "uv": Case(P + ALL + "RUN uv sync --locked\n", UV, (3,)),
        "uv-of-a-package": Case(P + ALL + "RUN uv sync --locked\n", UV_PACKAGE, (3,)),
        "poetry": Case(P + ALL + "RUN poetry install --without dev\n", POETRY, (3,)),
        "bundler": Case("FROM ruby:3.3-slim\nWORKDIR /app\n" + ALL + "RUN bundle install\n", RUBY, (3,)),
        "composer": Case("FROM php:8.3-fpm\nWORKDIR /app\n" + ALL + "RUN composer install --no-dev\n", PHP, (3,)),
        "go": Case("FROM golang:1.23\nWORKDIR /src\n" + ALL + "RUN go build -o /shop .\n", GO, (3,)),
        "go-mod-download": Case("FROM golang:1.23\nWORKDIR /src\n" + ALL + "RUN go mod download\n", GO, (3,)),
        "cargo": Case("FROM rust:1.82\nWORKDIR /src\n" + ALL + "RUN cargo build --release\n", RUST, (3,)),
        "maven": Case("FROM maven:3.9-eclipse-temurin-21\nWORKDIR /src\n" + ALL + "RUN mvn -B package\n", MAVEN, (3,)),
        "gradle": Case("FROM gradle:8.10\nWORKDIR /src\n" + ALL + "RUN gradle bootJar\n", GRADLE, (3,)),
        "gradle-wrapper": Case("FROM eclipse-temurin:21\nWORKDIR /src\n" + ALL + "RUN chmod +x ./gradlew\nRUN ./gradlew build -x test\n", {**GRADLE, "gradlew": 9, "gradle/wrapper/x": 9}, (3,)),
        "dotnet": Case("FROM registry.example/dotnet/sdk:8.0\nWORKDIR /src\n" + ALL + "RUN dotnet publish -c Release\n", DOTNET, (3,)),
        "in-a-stage-below": Case("FROM node:22.1 AS base\nCOPY . /app\nWORKDIR /app\nFROM base AS deps\nRUN pnpm i --prod\nFROM base\nRUN pnpm i\nCOPY --from=deps /app/node_modules /n\n", PNPM, (2,)),
        "in-a-stage": Case(N.replace("slim", "slim AS b") + ALL + "RUN npm ci\nFROM scratch\nCOPY --from=b /app /\n", NODE, (3,)),
        # --- silent
        "manifests-first": Case(N + "COPY package*.json ./\nRUN npm ci\n" + ALL, NODE),
        "nothing-else-copied": Case(N + "COPY package*.json ./\nRUN npm ci\n", NODE),
        "install-in-a-stage-not-built": Case("FROM node:22 AS x\nCOPY . .\nRUN npm ci\nFROM scratch\nCOPY a /\n", {**NODE, **A}),
        "dynamic-metadata": Case(P + ALL + "RUN uv sync --locked\n", {**UV_PACKAGE, "pyproject.toml": "[project]\nname = 'a'\ndynamic = ['version']\n[build-system]\n"}),
        "dependency-by-path": Case(N + ALL + "RUN npm ci\n", {**NODE, "package.json": package(dependencies={"own": "file:./own"})}),
        "postinstall-of-its-own": Case(N + ALL + "RUN npm ci\n", {**NODE, "package.json": package(scripts={"postinstall": "node build.js"})}),
        "prepare-in-a-member": Case(N + ALL + "RUN npm ci\n", {**SPACES, "packages/a/package.json": package(scripts={"prepare": "tsc"})}),
        "native-code": Case(N + ALL + "RUN npm ci\n", {**NODE, "binding.gyp": "{}"}),
        "workspace-that-takes-a-walk": Case(N + ALL + "RUN npm ci\n", {**SPACES, "package.json": package(workspaces=["**"])}),
        "script-before": Case(N + ALL + "RUN ./prepare.sh && npm ci\n", {**NODE, "prepare.sh": 9}),
        "run-before": Case(N + ALL + "RUN node make-lock.js\nRUN npm ci\n", NODE),
        "two-steps-of-uv": Case(P + "COPY pyproject.toml uv.lock ./\nRUN uv sync --locked --no-install-project\n" + ALL + "RUN uv sync --locked\n", UV_PACKAGE),
        "two-steps-with-a-mount": Case(P + "RUN --mount=type=bind,source=uv.lock,target=uv.lock uv sync --no-install-project\n" + ALL + "RUN uv sync\n", UV_PACKAGE),
        "pip-of-the-project": Case(P + ALL + "RUN pip install .\n", {**UV_PACKAGE, "requirements.txt": "flask\n"}),
        "pip-editable": Case(P + ALL + "RUN pip install -e .\n", UV_PACKAGE),
        "requirements-of-the-project": Case(P + ALL + "RUN pip install -r requirements.txt\n", {**PIP, "requirements.txt": "flask\n-e .\n"}),
        "requirements-by-path": Case(P + ALL + "RUN pip install -r requirements.txt\n", {**PIP, "requirements.txt": "./vendor/x\n"}),
        "wheels-beside": Case(P + ALL + "RUN pip install --find-links wheels -r requirements.txt\n", PIP),
        "poetry-by-path": Case(P + ALL + "RUN poetry install\n", {**POETRY, "pyproject.toml": POETRY["pyproject.toml"] + "own = {path = 'own'}\n"}),
        "gem-by-path": Case("FROM ruby:3.3-slim\n" + ALL + "RUN bundle install\n", {**RUBY, "Gemfile": "gem 'own', path: 'own'\n"}),
        "gemspec": Case("FROM ruby:3.3-slim\n" + ALL + "RUN bundle install\n", {**RUBY, "Gemfile": "gemspec\n"}),
        "go-vendored": Case("FROM golang:1.23\nWORKDIR /s\n" + ALL + "RUN go build .\n", {**GO, "vendor/modules.txt": "# x\n"}),
        "go-by-path": Case("FROM golang:1.23\nWORKDIR /s\n" + ALL + "RUN go build .\n", {**GO, "go.mod": "module s\nreplace x => ./x\n"}),
        "pnpm-with-a-store": Case(N + ALL + "RUN --mount=type=cache,id=pnpm,target=/pnpm/store pnpm install --frozen-lockfile\n", PNPM),
        "uv-with-a-cache": Case(P + ALL + "RUN --mount=type=cache,target=/root/.cache/uv uv sync --locked\n", UV),
        "go-with-a-cache": Case("FROM golang:1.23\nWORKDIR /s\n" + ALL + "RUN --mount=type=cache,target=/go/pkg/mod go build .\n", GO),
        "go-without-dependencies": Case("FROM golang:1.23\nWORKDIR /s\n" + ALL + "RUN go build .\n", {"go.mod": "module s\n", "main.go": 9}),
        "go-of-a-tool": Case("FROM golang:1.23\nWORKDIR /s\n" + ALL + "RUN go install github.com/x/tool@v1\n", GO),
        "cargo-workspace": Case("FROM rust:1.82\nWORKDIR /s\n" + ALL + "RUN cargo build\n", {**RUST, "Cargo.toml": RUST["Cargo.toml"] + "[workspace]\n"}),
        "cargo-chef": Case("FROM rust:1.82\nWORKDIR /s\nCOPY recipe.json .\nRUN cargo chef cook\n" + ALL + "RUN cargo build\n", {**RUST, "recipe.json": "{}"}),
        "cargo-with-a-dummy": Case("FROM rust:1.82\nWORKDIR /s\nCOPY Cargo.* ./\nRUN mkdir src && touch src/main.rs && cargo build\n" + ALL + "RUN cargo build\n", RUST),
        "maven-modules": Case("FROM maven:3.9\nWORKDIR /s\n" + ALL + "RUN mvn package\n", {**MAVEN, "pom.xml": "<project><modules><module>a</module></modules></project>"}),
        "maven-with-a-cache": Case("FROM maven:3.9\nWORKDIR /s\n" + ALL + "RUN --mount=type=cache,target=/root/.m2 mvn package\n", MAVEN),
        "maven-gone-offline": Case("FROM maven:3.9\nWORKDIR /s\nCOPY pom.xml .\nRUN mvn dependency:go-offline\n" + ALL + "RUN mvn package\n", MAVEN),
        "gradle-projects": Case("FROM gradle:8.10\nWORKDIR /s\n" + ALL + "RUN gradle build\n", {**GRADLE, "settings.gradle": "include 'a'\n"}),
        "packages-of-another-stage": Case("FROM node:22 AS d\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\n" + N + "COPY --from=d /app/node_modules node_modules\n" + ALL + "RUN npm ci\n", NODE),
        "onbuild": Case(N + "ONBUILD COPY . .\nONBUILD RUN npm ci\n", NODE),
        "tools-for-the-machine": Case(N + ALL + "RUN npm install -g pm2\n", NODE),
        "manifest-not-copied": Case(N + "COPY src ./src\nRUN npm ci\n", NODE),
        "only-perhaps": Case(N + ALL + "RUN if [ -f yarn.lock ]; then yarn; fi\n", YARN),
    },
    "broad-copy": {
        "tests-and-films": Case(N + ALL, {**NODE, **WEIGHT}, (3,)),
        "history": Case(P + ALL, {**PIP, ".git/objects/pack/a.pack": 5_000_000}, (3,)),
        "by-add": Case(P + "ADD . /app\n", {**PIP, **WEIGHT}, (3,)),
        "a-star": Case(P + "COPY * ./\n", {**PIP, "dump.sql": 4_000_000}, (3,)),
        "in-a-base-stage": Case("FROM python:3.12 AS base\nCOPY . /app\nFROM base\nRUN true\n", {**PIP, **WEIGHT}, (2,)),
        "a-project-in-a-directory": Case(P + "COPY api ./\n", {f"api/{name}": text for name, text in {**PIP, **WEIGHT}.items()}, (3,)),
        # --- silent
        "what-a-proposal-takes": Case(N + "COPY package*.json ./\nRUN npm ci\n" + ALL, {**NODE, "node_modules/x/big.js": 3_000_000}),
        "small": Case(P + ALL, {**PIP, "tests/a.py": 900, "docs/a.md": 900}),
        "nothing-aside": Case(P + ALL, {**PIP, "model.bin": 9_000_000}),
        "packages-that-are-taken": Case(N + ALL, {**NODE, "node_modules/x/big.js": 3_000_000}),
        "history-that-tells-the-version": Case(P + ALL + "RUN pip install .\n", {"pyproject.toml": "[build-system]\nrequires = ['setuptools-scm']\n", ".git/objects/pack/a.pack": 5_000_000}),
        "little-of-much": Case(P + ALL, {**PIP, "model.bin": 90_000_000, "tests/a": 2_000_000}),
        "excluded": Case(P + ALL, {**PIP, **WEIGHT, ".dockerignore": "tests\ndocs\n"}),
        "in-a-builder": Case("FROM node:22 AS b\nCOPY . .\nFROM scratch\nCOPY --from=b /dist /\n", {**NODE, **WEIGHT}),
        "narrow": Case(P + "COPY app.py requirements.txt ./\n", {**PIP, **WEIGHT}),
        "a-directory-of-its-own": Case(P + "COPY web ./\n", {"web/docs/film.mp4": 9_000_000}),
        "tests-that-are-run": Case(P + ALL + "RUN pytest tests\n", {**PIP, "tests/data.bin": 3_000_000}),
        "documents-that-are-served": Case("FROM nginx:1.27\nWORKDIR /srv\n" + ALL + 'CMD ["serve", "docs"]\n', {**NODE, "docs/film.mp4": 9_000_000}),
        "by-mount": Case(P + "RUN --mount=type=bind,target=/src make\n", {**PIP, **WEIGHT}),
        "onbuild": Case("FROM python:3.12\nONBUILD COPY . .\n", {**PIP, **WEIGHT}),
    },
    "unpinned-base": {
        "no-tag": Case("FROM node\n", A, (1,)),
        "latest": Case("FROM python:latest\n", A, (1,)),
        "by-argument": Case("ARG V=latest\nFROM node:$V\n", A, (2,)),
        "no-version": Case("FROM node:lts-alpine\n", A, (1,)),
        "only-a-flavour": Case("FROM nginx:alpine\n", A, (1,)),
        "a-major-that-spans": Case("FROM python:3-slim\n", A, (1,)),
        "a-builder": Case("FROM golang AS b\nFROM scratch\nCOPY --from=b /x /\n", A, (1,)),
        "with-a-registry": Case("FROM registry.example.com:5000/team/app\n", A, (1,)),
        # --- silent
        "a-minor": Case("FROM python:3.12-slim\n", A),
        "a-major-that-is-a-line": Case("FROM node:22-slim\n", A),
        "a-digest": Case(f"FROM node@sha256:{'0' * 64}\n", A),
        "a-tag-and-a-digest": Case(f"FROM node:latest@sha256:{'0' * 64}\n", A),
        "a-stage": Case("FROM node:22.1 AS base\nFROM base\n", A),
        "scratch": Case("FROM scratch\nCOPY a /\n", A),
        "argument": Case("ARG V=22.1\nFROM node:${V}-slim\n", A),
        "a-release-by-its-name": Case("FROM debian:bookworm-slim\n", A),
        "distroless": Case("FROM registry.example/distroless/static-debian12\n", A),
        "distroless-of-no-release": Case("FROM registry.example/distroless/static:nonroot\n", A),
        "a-stage-not-built": Case("FROM node AS x\nFROM scratch\nCOPY a /\n", A),
        "a-port": Case("FROM registry.example.com:5000/team/app:1.2\n", A),
        "a-date": Case("FROM ubuntu:24.04\n", A),
    },
    "fat-base": {
        "node": Case("FROM node:22\n", A, (1,)),
        "python-with-a-release": Case("FROM python:3.12-bookworm\n", A, (1,)),
        "golang": Case("FROM golang:1.23\nCOPY a /\n", A, (1,)),
        "below-the-last-stage": Case("FROM ruby:3.3 AS base\nRUN true\nFROM base\n", A, (1,)),
        "a-jdk": Case("FROM eclipse-temurin:21\n", A, (1,)),
        "an-sdk": Case("FROM registry.example/dotnet/sdk:8.0\n", A, (1,)),
        "debian": Case("FROM debian:12\n", A, (1,)),
        # --- silent
        "slim": Case("FROM node:22-slim\n", A),
        "alpine": Case("FROM node:22-alpine\n", A),
        "slim-with-a-release": Case("FROM python:3.12-slim-bookworm\n", A),
        "a-builder": Case("FROM node:22 AS b\nFROM node:22-slim\nCOPY --from=b /x /\n", A),
        "a-jre": Case("FROM eclipse-temurin:21-jre\n", A),
        "nginx": Case("FROM nginx:1.27\n", A),
        "unknown": Case("FROM registry.example.com/team/node:22\n", A),
        "scratch": Case("FROM scratch\nCOPY a /\n", A),
        "debian-slim": Case("FROM debian:bookworm-slim\n", A),
        "distroless": Case("FROM registry.example/distroless/base-debian12\n", A),
        "for-development": Case("FROM node:22 AS development\n", A),
        "php-for-a-server": Case("FROM php:8.3-fpm\n", A),
        "php-alpine": Case("FROM php:8.3-fpm-alpine\n", A),
    },
    "unlocked-install": {
        "npm": Case(N + "COPY package*.json ./\nRUN npm install\n", NODE, (4,)),
        "npm-i": Case(N + "COPY package*.json ./\nRUN npm i --omit=dev\n", NODE, (4,)),
        "npm-without-the-lock": Case(N + "COPY package.json ./\nRUN npm install\n", NODE, (4,)),
        "yarn": Case(N + ALL + "RUN yarn install\n", YARN, (4,)),
        "yarn-without-a-verb": Case(N + ALL + "RUN yarn\n", YARN, (4,)),
        "pnpm": Case(N + ALL + "RUN pnpm install\n", PNPM, (4,)),
        "pip-by-name": Case(P + ALL + "RUN pip install flask\n", PIP, (4,)),
        "uv": Case(P + ALL + "RUN uv sync\n", UV, (4,)),
        "uv-passed-over": Case(P + ALL + "RUN pip install .\n", UV_PACKAGE, (4,)),
        "composer-update": Case("FROM php:8.3\nWORKDIR /app\n" + ALL + "RUN composer update --no-dev\n", PHP, (4,)),
        "npm-update": Case(N + "COPY package*.json ./\nRUN npm ci && npm update\n", NODE, (4,)),
        "bundler": Case("FROM ruby:3.3-slim\nWORKDIR /app\nCOPY Gemfile* ./\nRUN bundle install\n", RUBY, (4,)),
        # --- silent
        "npm-ci": Case(N + "COPY package*.json ./\nRUN npm ci\n", NODE),
        "no-lock": Case(N + ALL + "RUN npm install\n", {"package.json": package(), "src/a.js": 9}),
        "lock-excluded": Case(N + ALL + "RUN npm install\n", {**NODE, ".dockerignore": "package-lock.json\n"}),
        "a-tool": Case(N + "COPY package*.json ./\nRUN npm install -g pm2\n", NODE),
        "one-more-package": Case(N + "COPY package*.json ./\nRUN npm ci && npm install left-pad@1.0.0\n", NODE),
        "yarn-frozen": Case(N + ALL + "RUN yarn install --frozen-lockfile\n", YARN),
        "yarn-immutable": Case(N + ALL + "RUN yarn --immutable\n", YARN),
        "pnpm-in-ci": Case(N + "ENV CI=true\n" + ALL + "RUN pnpm install\n", PNPM),
        "pip-from-the-file": Case(P + ALL + "RUN pip install -r requirements.txt\n", PIP),
        "pip-pinned": Case(P + ALL + "RUN pip install flask==3.0.3\n", PIP),
        "pip-of-tools": Case(P + ALL + "RUN pip install --upgrade pip uv\n", PIP),
        "pip-of-something-else": Case(P + ALL + "RUN pip install gunicorn\n", PIP),
        "uv-locked": Case(P + ALL + "RUN uv sync --locked\n", UV),
        "uv-by-variable": Case(P + "ENV UV_FROZEN=1\n" + ALL + "RUN uv sync\n", UV),
        "bundler-by-variable": Case("FROM ruby:3.3-slim\nWORKDIR /app\nENV BUNDLE_DEPLOYMENT=1\nCOPY Gemfile* ./\nRUN bundle install\n", RUBY),
        "bundler-configured": Case("FROM ruby:3.3-slim\nWORKDIR /app\nCOPY Gemfile* ./\nRUN bundle config set --local deployment true && bundle install\n", RUBY),
        "poetry": Case(P + ALL + "RUN poetry install\n", POETRY),
        "pip-after-the-lock": Case(P + ALL + "RUN uv sync --locked --no-install-project && pip install .\n", UV_PACKAGE),
        "pip-without-dependencies": Case(P + ALL + "RUN pip install --no-deps .\n", UV_PACKAGE),
        "update-of-the-system": Case(N + "COPY package*.json ./\nRUN apt-get update && npm ci && npm update -g npm\n", NODE),
        "composer": Case("FROM php:8.3\nWORKDIR /app\n" + ALL + "RUN composer install\n", PHP),
    },
    "dev-dependencies": {
        "npm-ci": Case(N + "COPY package*.json ./\nRUN npm ci\n", DEV, (4,)),
        "npm-install": Case(N + ALL + "RUN npm install\n", DEV, (4,)),
        "in-a-base-stage": Case("FROM node:22 AS base\nWORKDIR /app\nCOPY . .\nRUN npm ci\nFROM base\n", DEV, (4,)),
        "copied-from-a-stage": Case("FROM node:22 AS d\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nFROM node:22-slim\nCOPY --from=d /app/node_modules /app/node_modules\n", DEV, (4,)),
        "copied-with-all": Case("FROM node:22 AS d\nWORKDIR /app\nCOPY . .\nRUN npm ci\nFROM node:22-slim\nCOPY --from=d /app /srv\n", DEV, (4,)),
        "copied-twice": Case("FROM node:22 AS d\nWORKDIR /app\nCOPY . .\nRUN npm ci\nFROM d AS e\nRUN true\nFROM node:22-slim\nCOPY --from=e /app /srv\n", DEV, (4,)),
        "asked-for": Case(N + "ENV NODE_ENV=production\n" + ALL + "RUN npm ci --include=dev\n", DEV, (5,)),
        "composer": Case("FROM php:8.3\nWORKDIR /app\n" + ALL + "RUN composer install\n", PHP, (4,)),
        "uv": Case(P + ALL + "RUN uv sync --locked\n", UV_DEV, (4,)),
        "uv-copied": Case("FROM python:3.12 AS b\nWORKDIR /app\nCOPY . .\nRUN uv sync --locked\nFROM python:3.12-slim\nCOPY --from=b /app/.venv /app/.venv\n", UV_DEV, (4,)),
        "poetry": Case(P + ALL + "RUN poetry install\n", POETRY_DEV, (4,)),
        # --- silent
        "uv-no-dev": Case(P + ALL + "RUN uv sync --locked --no-dev\n", UV_DEV),
        "uv-by-variable": Case(P + "ENV UV_NO_DEV=1\n" + ALL + "RUN uv sync --locked\n", UV_DEV),
        "uv-without-groups": Case(P + ALL + "RUN uv sync --locked\n", UV),
        "uv-in-a-builder": Case("FROM python:3.12 AS b\nWORKDIR /app\nCOPY . .\nRUN uv sync --locked && uv run mkdocs build\nFROM nginx:1.27\nCOPY --from=b /app/site /srv\n", UV_DEV),
        "poetry-only-main": Case(P + ALL + "RUN poetry install --only main\n", POETRY_DEV),
        "poetry-optional-group": Case(P + ALL + "RUN poetry install\n", {**POETRY, "pyproject.toml": POETRY["pyproject.toml"] + "[tool.poetry.group.dev]\noptional = true\n[tool.poetry.group.dev.dependencies]\npytest = '^8'\n"}),
        "installed-anew": Case("FROM node:22 AS a\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nFROM node:22 AS b\nWORKDIR /app\nCOPY --from=a /app/node_modules node_modules\nCOPY . .\nRUN npm run build && npm ci --omit=dev\nFROM node:22-slim\nCOPY --from=b /app/node_modules node_modules\n", DEV),
        "left-out": Case(N + ALL + "RUN npm ci --omit=dev\n", DEV),
        "left-out-in-two-words": Case(N + ALL + "RUN npm ci --omit dev\n", DEV),
        "by-the-environment": Case(N + "ENV NODE_ENV=production\n" + ALL + "RUN npm ci\n", DEV),
        "by-the-environment-of-one": Case(N + ALL + "RUN NODE_ENV=production npm ci\n", DEV),
        "an-argument": Case(N + "ARG NODE_ENV=production\n" + ALL + "RUN npm ci\n", DEV),
        "pruned": Case(N + ALL + "RUN npm ci && npm run build && npm prune --omit=dev\n", DEV),
        "pruned-in-a-later-run": Case(N + ALL + "RUN npm ci\nRUN npm prune --production\n", DEV),
        "only-in-a-builder": Case("FROM node:22 AS b\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nFROM nginx:1.27\nCOPY --from=b /app/dist /usr/share/nginx/html\n", DEV),
        "none-there": Case(N + ALL + "RUN npm ci\n", NODE),
        "a-dev-server": Case(N + ALL + 'RUN npm ci\nCMD ["npm", "run", "dev"]\n', DEV),
        "a-compiler-on-the-fly": Case(N + ALL + 'RUN npm ci\nCMD ["npx", "vitest"]\n', DEV),
        "yarn-production": Case(N + ALL + "RUN yarn install --production\n", {**DEV, "yarn.lock": ""}),
        "for-tests": Case(N + ALL + 'RUN npm ci\nCMD ["npm", "test"]\n', DEV),
        "for-development": Case("FROM node:22.1-slim AS dev\nWORKDIR /app\n" + ALL + "RUN npm ci\n", DEV),
        "composer-no-dev": Case("FROM php:8.3\nWORKDIR /app\n" + ALL + "RUN composer install --no-dev\n", PHP),
    },
    "root-user": {
        "no-user": Case('FROM node:22\nCMD ["node"]\n', A, (2,)),
        "root": Case('FROM python:3.12\nUSER root\nCMD ["python"]\n', A, (2,)),
        "root-again": Case('FROM node:22\nUSER node\nUSER 0:0\nENTRYPOINT ["node"]\n', A, (3,)),
        "scratch": Case('FROM scratch\nCOPY a /\nENTRYPOINT ["/a"]\n', A, (3,)),
        "distroless": Case('FROM registry.example/distroless/static-debian12\nCMD ["/a"]\n', A, (2,)),
        "user-in-a-builder": Case('FROM node:22 AS b\nUSER node\nFROM node:22-slim\nCMD ["node"]\n', A, (4,)),
        # --- silent
        "user": Case('FROM node:22\nUSER node\nCMD ["node"]\n', A),
        "user-after-the-command": Case('FROM node:22\nCMD ["node"]\nUSER node\n', A),
        "by-number": Case('FROM scratch\nCOPY a /\nUSER 65532:65532\nENTRYPOINT ["/a"]\n', A),
        "inherited": Case('FROM node:22 AS base\nUSER node\nFROM base\nCMD ["node"]\n', A),
        "nonroot-image": Case('FROM registry.example/distroless/static-debian12:nonroot\nCMD ["/a"]\n', A),
        "unprivileged-image": Case("FROM nginxinc/nginx-unprivileged:1.27\nCMD [\"nginx\"]\n", A),
        "unknown-image": Case('FROM registry.example.com/base:1\nCMD ["a"]\n', A),
        "drops-rights": Case('FROM postgres:16\nCMD ["postgres"]\n', A),
        "gosu": Case('FROM debian:12\nRUN apt-get install -y gosu\nENTRYPOINT ["/start.sh"]\n', A),
        "a-script-that-drops": Case('FROM debian:12\nCOPY start.sh /start.sh\nENTRYPOINT ["/start.sh"]\n', {"start.sh": 'exec su-exec app "$@"\n'}),
        "nothing-is-run": Case("FROM scratch\nCOPY a /\n", A),
        "by-argument": Case('FROM node:22\nARG U=node\nUSER $U\nCMD ["node"]\n', A),
        "chiseled": Case('FROM registry.example/dotnet/aspnet:8.0-jammy-chiseled\nENTRYPOINT ["dotnet"]\n', A),
    },
    "shell-form-command": {
        "cmd": Case("FROM node:22\nCMD npm start\n", A, (2,)),
        "entrypoint": Case("FROM node:22\nENTRYPOINT node server.js\n", A, (2,)),
        "both": Case("FROM node:22\nENTRYPOINT node server.js\nCMD server --port 80\n", A, (2,)),
        "with-a-variable": Case("FROM node:22\nCMD node server.js --port $PORT\n", A, (2,)),
        "a-shell-in-an-array": Case('FROM node:22\nCMD ["sh", "-c", "node server.js"]\n', A, (2,)),
        "an-array-that-is-none": Case("FROM node:22\nCMD ['node', 'server.js']\n", A, (2,)),
        "in-a-base-stage": Case("FROM node:22 AS base\nCMD npm start\nFROM base\n", A, (2,)),
        # --- silent
        "an-array": Case('FROM node:22\nCMD ["node", "server.js"]\n', A),
        "exec": Case("FROM node:22\nCMD exec node server.js --port $PORT\n", A),
        "exec-at-the-end": Case("FROM node:22\nCMD migrate && exec node server.js\n", A),
        "exec-in-an-array": Case('FROM node:22\nCMD ["sh", "-c", "exec node server.js"]\n', A),
        "replaced": Case('FROM node:22\nCMD npm start\nCMD ["node"]\n', A),
        "in-a-builder": Case("FROM node:22 AS b\nCMD npm start\nFROM scratch\nCOPY --from=b /x /\n", A),
        "below-an-init": Case('FROM node:22\nENTRYPOINT ["/usr/bin/dumb-init", "--"]\nCMD npm start\n', A),
        "health-check": Case('FROM node:22\nHEALTHCHECK CMD curl -f http://localhost\nCMD ["node"]\n', A),
        "run": Case("FROM node:22\nRUN npm start\n", A),
        "windows": Case("FROM registry.example/windows/nanoserver:ltsc2022\nCMD app.exe\n", A),
        "empty": Case("FROM node:22\nCMD []\n", A),
        "a-script": Case('FROM node:22\nENTRYPOINT ["./docker-entrypoint.sh"]\nCMD ["sh"]\n', A),
    },
    "split-cleanup": {
        "apt-lists": Case("FROM debian:12\nRUN apt-get update && apt-get install -y git\nRUN rm -rf /var/lib/apt/lists/*\n", A, (3,)),
        "apt-clean": Case("FROM debian:12\nRUN apt-get update\nRUN apt-get install -y git\nRUN apt-get clean\n", A, (4,)),
        "packages": Case("FROM debian:12\nRUN apt-get install -y gcc\nRUN make\nRUN apt-get purge -y gcc\n", A, (4,)),
        "apk": Case("FROM alpine:3.20\nRUN apk add gcc\nRUN make && apk del gcc\n", A, (3,)),
        "npm-cache": Case(N + "RUN npm ci\nRUN npm cache clean --force\n", NODE, (4,)),
        "copied": Case(P + ALL + "RUN rm -rf tests\n", {**PIP, **WEIGHT}, (4,)),
        "found-by-name": Case(P + ALL + "RUN find . -name .git | xargs rm -rf\n", {**PIP, ".git/objects/pack/a.pack": 5_000_000}, (4,)),
        "found-and-deleted": Case(P + ALL + "RUN find /app -name '*.mp4' -delete\n", {**PIP, **WEIGHT}, (4,)),
        "cleaned-for-another": Case("FROM debian:12\nRUN apt-get update && apt-get install -y a\nRUN apt-get update && apt-get install -y b && rm -rf /var/lib/apt/lists/*\n", A, (3,)),
        "copied-and-named": Case(N + "COPY .npmrc ./\nRUN npm ci\nRUN rm -f /app/.npmrc\n", {**NODE, ".npmrc": "x"}, (5,)),
        "downloaded": Case("FROM debian:12\nRUN curl -fsSL -o /tmp/x.tgz https://example.com/x.tgz\nRUN tar xf /tmp/x.tgz && rm /tmp/x.tgz\n", A, (3,)),
        "installed": Case(N + ALL + "RUN npm ci && npm run build\nRUN rm -rf node_modules && npm ci --omit=dev\n", NODE, (5,)),
        "in-a-base-stage": Case("FROM debian:12 AS base\nRUN apt-get update\nFROM base\nRUN rm -rf /var/lib/apt/lists/*\n", A, (4,)),
        # --- silent
        "packages-nobody-needs": Case("FROM debian:12\nRUN apt-get install -y gcc\nRUN apt-get autoremove -y\n", A),
        "in-the-same-run": Case("FROM debian:12\nRUN apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/*\n", A),
        "small": Case(P + ALL + "RUN rm -rf tests\n", PIP),
        "a-small-download": Case("FROM debian:12\nRUN curl -o /tmp/key.asc https://example.com/key.asc\nRUN apt-key add /tmp/key.asc && rm /tmp/key.asc\n", A),
        "a-link-in-its-place": Case(P + ALL + "RUN rm -rf tests && ln -s /data tests\n", {**PIP, **WEIGHT}),
        "found-small": Case(P + ALL + "RUN find . -name '*.md' -delete\n", {**PIP, "a.md": 9}),
        "in-a-builder": Case("FROM debian:12 AS b\nRUN apt-get update\nRUN rm -rf /var/lib/apt/lists/*\nFROM scratch\nCOPY --from=b /x /\n", A),
        "of-the-base-image": Case("FROM nginx:1.27\nRUN rm -rf /usr/share/nginx/html/* /etc/nginx/conf.d/default.conf\n", A),
        "with-a-cache-mount": Case("FROM debian:12\nRUN --mount=type=cache,target=/var/lib/apt apt-get update\nRUN rm -rf /var/lib/apt/lists/*\n", A),
        "downloaded-and-removed": Case("FROM debian:12\nRUN curl -o /tmp/x https://example.com/x && rm /tmp/x\n", A),
        "made-by-a-command": Case(P + ALL + "RUN make\nRUN rm -rf /app/build\n", PIP),
        "of-another-stage": Case("FROM node:22 AS b\nCOPY . /app\nFROM node:22\nRUN rm -rf /app/tests\n", {**PIP, **WEIGHT}),
        "excluded": Case(P + ALL + "RUN rm -rf tests\n", {**PIP, **WEIGHT, ".dockerignore": "tests\n"}),
        "apk-without-a-cache": Case("FROM alpine:3.20\nRUN apk add --no-cache git\nRUN rm -rf /var/cache/apk/*\n", A),
        "pip-without-a-cache": Case(P + "RUN pip install --no-cache-dir flask\nRUN rm -rf /root/.cache\n", A),
        "a-variable": Case(P + ALL + "RUN rm -rf $DIR/tests\n", {**PIP, **WEIGHT}),
    },
    "missing-healthcheck": {
        "a-server": Case('FROM node:22\nEXPOSE 3000\nCMD ["node"]\n', A, (2,)),
        "with-a-protocol": Case('FROM node:22\nEXPOSE 3000/tcp\nENTRYPOINT ["node"]\n', A, (2,)),
        "in-a-base-stage": Case('FROM node:22 AS base\nEXPOSE 80\nFROM base\nCMD ["node"]\n', A, (2,)),
        "beside-a-compose-file": Case('FROM node:22\nEXPOSE 80\nCMD ["node"]\n', {"compose.yaml": "services: {}\n"}, (2,)),
        "a-check-in-a-builder": Case('FROM node:22 AS b\nHEALTHCHECK CMD true\nFROM node:22\nEXPOSE 80\nCMD ["node"]\n', A, (4,)),
        # --- silent
        "checked": Case('FROM node:22\nEXPOSE 80\nHEALTHCHECK CMD curl -f localhost\nCMD ["node"]\n', A),
        "none-on-purpose": Case('FROM node:22\nEXPOSE 80\nHEALTHCHECK NONE\nCMD ["node"]\n', A),
        "no-server": Case('FROM node:22\nCMD ["node"]\n', A),
        "no-command": Case("FROM node:22\nEXPOSE 80\n", A),
        "scratch": Case('FROM scratch\nCOPY a /\nEXPOSE 80\nCMD ["/a"]\n', A),
        "distroless": Case('FROM registry.example/distroless/static-debian12\nEXPOSE 80\nCMD ["/a"]\n', A),
        "in-a-base-stage-checked": Case('FROM node:22 AS base\nHEALTHCHECK CMD true\nFROM base\nEXPOSE 80\nCMD ["node"]\n', A),
        "kubernetes": Case('FROM node:22\nEXPOSE 80\nCMD ["node"]\n', {"k8s/deployment.yaml": 9}),
        "helm": Case('FROM node:22\nEXPOSE 80\nCMD ["node"]\n', {"charts/app/Chart.yaml": 9}),
        "in-the-compose-file": Case('FROM node:22\nEXPOSE 80\nCMD ["node"]\n', {"compose.yaml": "services:\n  a:\n    healthcheck:\n      test: x\n"}),
        "fly": Case('FROM node:22\nEXPOSE 80\nCMD ["node"]\n', {"fly.toml": ""}),
    },
    "copy-ownership": {
        "laravel": Case("FROM php:8.3-fpm\nWORKDIR /app\nCOPY . .\nUSER www-data\n", {"artisan": 9, "storage/logs/x": 9}, (3,)),
        "rails": Case("FROM ruby:3.3-slim\nWORKDIR /app\nCOPY . .\nUSER rails\n", {**RUBY, "bin/rails": 9, "tmp/.keep": ""}, (3,)),
        "symfony": Case("FROM php:8.3-fpm\nWORKDIR /app\nUSER www-data\nCOPY . .\n", {"bin/console": 9, "var/.keep": ""}, (4,)),
        "a-database": Case(P + "COPY app.py shop.sqlite3 ./\nUSER 1000\n", {**PIP, "shop.sqlite3": 9}, (3,)),
        "a-volume": Case(P + "COPY data /data\nVOLUME /data\nUSER app\n", {"data/x": 9}, (3,)),
        # --- silent
        "given": Case("FROM php:8.3-fpm\nCOPY --chown=www-data . /app\nUSER www-data\n", {"artisan": 9, "storage/x": 9}),
        "given-later": Case("FROM php:8.3-fpm\nCOPY . /app\nRUN chown -R www-data /app/storage\nUSER www-data\n", {"artisan": 9, "storage/x": 9}),
        "root": Case("FROM php:8.3-fpm\nCOPY . /app\n", {"artisan": 9, "storage/x": 9}),
        "root-by-name": Case("FROM php:8.3-fpm\nCOPY . /app\nUSER root\n", {"artisan": 9, "storage/x": 9}),
        "nothing-written": Case(N + ALL + "USER node\n", NODE),
        "in-a-builder": Case("FROM php:8.3 AS b\nCOPY . /app\nFROM php:8.3-fpm\nUSER www-data\n", {"artisan": 9, "storage/x": 9}),
        "from-a-stage": Case("FROM php:8.3 AS b\nCOPY . /app\nFROM php:8.3-fpm\nCOPY --from=b /app /app\nUSER www-data\n", {"artisan": 9, "storage/x": 9}),
        "not-there": Case("FROM php:8.3-fpm\nCOPY . /app\nUSER www-data\n", {"artisan": 9}),
        "with-a-mode": Case("FROM php:8.3-fpm\nCOPY --chmod=777 . /app\nUSER www-data\n", {"artisan": 9, "storage/x": 9}),
        "another-volume": Case(P + "COPY data /data\nVOLUME /other\nUSER app\n", {"data/x": 9}),
        "excluded": Case("FROM php:8.3-fpm\nCOPY . /app\nUSER www-data\n", {"artisan": 9, "storage/x": 9, ".dockerignore": "storage\n"}),
    },
}  # fmt: skip
