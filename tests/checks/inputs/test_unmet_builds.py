"""What builds read besides sources: configurations, variables of a front end, packages and modules of the project, and
programs that an install leaves out.

That hatchling, poetry-core, flit_core and uv_build refuse a project whose package is not there, and that npm links to a
dependency by path that is not there and goes on, was tried with each of them.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from support import projects
from support.command import told as told_of
from support.repositories import git

from ctxscan import scan
from ctxscan.findings import Finding
from ctxscan.opinions import review


class Case(NamedTuple):
    """A project, its rules and Dockerfile; `says` is in the one finding, "" means there is none. `instead` is a change
    of the Dockerfile that the remedy advises, after which there is none."""

    tree: dict[str, str]
    rules: str
    dockerfile: str
    says: str = ""
    instead: tuple[str, str] | None = None


NODE = "FROM node:22\nWORKDIR /a\nCOPY . .\nRUN npm ci && {}\n"
EARLY = "FROM node:22\nWORKDIR /a\nCOPY package*.json ./\nRUN {}\nCOPY . .\n"
LOCK = {"package-lock.json": "{}", "src/a.ts": "1"}


def node(build: str, **more: str) -> dict[str, str]:
    """A project with a script that builds it."""
    return {"package.json": f'{{"scripts": {{\n"build": "{build}"\n}}}}', **LOCK, **more}


def tailwind(settings: str) -> dict[str, str]:
    """A project whose styles go through packages for development."""
    manifest = (
        '{"scripts": {\n"build": "next build"\n}, "dependencies": {"next": "15", "autoprefixer": "10"}, '
        '"devDependencies": {"tailwindcss": "4", "@tailwindcss/postcss": "4"}}'
    )
    return {"package.json": manifest, "postcss.config.mjs": settings, **LOCK}


#: A lock file with a program for development, and another package.
HELD = '{"packages": {"node_modules/husky": {"dev": true, "bin": {"husky": "a"}}, "b": {"version": "1.0.0"}}}'


def husky(script: str) -> dict[str, str]:
    """A project with a script that runs with an install."""
    return {
        "package.json": f'{{"scripts": {{\n"prepare": "{script}"\n}}, "devDependencies": {{"husky": "9"}}}}',
        **LOCK,
    }


def by_path(value: str, **more: str) -> dict[str, str]:
    """A project with a dependency by path."""
    return {"package.json": f'{{"dependencies": {{\n"lib": "{value}"\n}}}}', "yarn.lock": "", **LOCK, **more}


def vite(**more: str) -> dict[str, str]:
    """A project whose build calls a program for development."""
    manifest = '{"scripts": {\n"build": "vite build"\n}, "devDependencies": {"vite": "7"}}'
    return {"package.json": manifest, "yarn.lock": "", **LOCK, **more}


#: A workspace of which one package needs another.
SPACE = {
    "package.json": '{"name": "r", "private": true, "workspaces": ["packages/*"]}',
    "yarn.lock": "", "pnpm-lock.yaml": "", "pnpm-workspace.yaml": "packages:\n  - packages/*\n", **LOCK,
    "packages/api/package.json": '{"name": "api", "dependencies": {\n"shared": "workspace:*"\n}}',
    "packages/shared/package.json": '{"name": "shared", "private": true}',
}  # fmt: skip
PART = "FROM node:22\nWORKDIR /a\nCOPY package.json *.yaml *.lock *.json ./\nCOPY packages/api packages/api\nRUN {}\n"
RUN = "npm run build"
BUILD = "FROM node:22\nWORKDIR /a\nCOPY . .\nRUN {}\nRUN npm run build\n"
DEPS = (
    "FROM node:22 AS deps\nWORKDIR /a\nCOPY package*.json ./\nRUN {}\nFROM node:22\nWORKDIR /a\n"
    "COPY --from=deps /a/node_modules ./node_modules\nCOPY . .\nRUN npm run build\n"
)
VITE = {".env.production": "VITE_API=https://x.example.org\n"}
HATCH = '[project]\nname = "my-app"\nversion = "1"\n\n[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
POETRY = '[tool.poetry]\nname = "app"\nversion = "1"\n\n[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n'
PYTHON = "FROM python:3.12\nWORKDIR /a\nCOPY pyproject.toml *.lock ./\nRUN {}\nCOPY . .\n"
APP = '<Project><ItemGroup>\n<ProjectReference Include="..\\Lib\\Lib.csproj" />\n</ItemGroup></Project>'
DOTNET = {"App/App.csproj": APP, "Lib/Lib.csproj": "<Project />", "Lib/A.cs": ""}
PUBLISH = "FROM mcr.microsoft.com/dotnet/sdk:8.0\nWORKDIR /a\nCOPY . .\nRUN dotnet publish {} -o /o\n"
GRADLE = {
    "settings.gradle": 'rootProject.name = "x"\ninclude "app", "lib"\n',
    "app/build.gradle": 'dependencies { implementation project(":lib") }\n',
    "lib/build.gradle": "",
}
JAVA = "FROM gradle:8\nWORKDIR /a\nCOPY . .\nRUN gradle build\n"
RUST = {
    "Cargo.toml": '[package]\nname = "x"\n',
    "src/lib.rs": '#![doc = include_str!("../README.md")]\n',
    "README.md": "",
}
CARGO = "FROM rust:1.80\nWORKDIR /a\nCOPY . .\nRUN cargo build --release\n"
WORK = {
    "go.work": "go 1.22\n\nuse (\n\t./api\n\t./lib\n)\n",
    "api/go.mod": "module api\n",
    "lib/go.mod": "module lib\n",
}
GO = "FROM golang:1.22\nWORKDIR /a\nCOPY . .\nRUN go build ./api\n"

PIP = "FROM python:3.12\nWORKDIR /a\nCOPY requirements.txt ./\nRUN pip install -r requirements.txt\nCOPY . .\n"
CRATE = "FROM rust:1.80\nWORKDIR /a\nCOPY Cargo.toml Cargo.lock ./\nRUN cargo build --release\nCOPY src src\n"
PHP = "FROM php:8.3\nWORKDIR /a\nCOPY composer.json ./\nRUN composer install --no-dev\nCOPY . .\n"
RUBY = "FROM ruby:3.3\nWORKDIR /a\nCOPY Gemfile ./\nRUN bundle install\nCOPY . .\n"
OUTPUT = "FROM node:22 AS b\nWORKDIR /a\nCOPY . .\nRUN npm ci && {}\nFROM nginx:1.27\nCOPY --from=b {} /srv/x\n"
MADE = "FROM {} AS b\nWORKDIR /a\nCOPY . .\nRUN {}\nFROM debian:12\nCOPY --from=b /a/{} /x\n"
SHOP = {"Cargo.toml": '[package]\nname = "shop-api"\n', "src/main.rs": "", "src/bin/admin.rs": ""}
POM = {
    "pom.xml": "<project><parent><artifactId>p</artifactId><version>3</version></parent>"
    "<artifactId>shop</artifactId><version>1.0</version></project>"
}
ANGULAR = '{"projects": {"shop": {"projectType": "application", "architect": {"build": {"builder": "@angular-devkit/build-angular:application", "options": {%s}}}}}}'

HITS = {
    "compiler": Case(node("tsc -p tsconfig.json", **{"tsconfig.json": "{}"}), "*.json\n!package*.json\n", NODE.format(RUN), "tsc (package.json:2) reads tsconfig.json, which .dockerignore:1 *.json excludes"),
    "compiler-called-itself": Case(node("x", **{"tsconfig.json": "{}"}), "tsconfig.json\n", NODE.format("npx tsc"), "tsc (Dockerfile:4) reads tsconfig.json"),
    "settings-that-others-extend": Case(node("tsc -b tsconfig.build.json", **{"tsconfig.json": "{}", "tsconfig.build.json": '{"extends": "./tsconfig"}'}), "tsconfig.json\n", NODE.format(RUN), "tsconfig.build.json:1 reads tsconfig.json"),
    "manifest-of-an-install": Case(node("vite build"), "*.json\npackage.json\n", EARLY.format("npm ci"), "npm ci (Dockerfile:4) reads package.json, which .dockerignore:1 *.json excludes"),
    "schema-that-is-not-copied": Case({**node("x"), "prisma/schema.prisma": "x"}, "x\n", "FROM node:22\nWORKDIR /a\nCOPY package*.json ./\nRUN npm ci && npx prisma generate\nCOPY . .\n", "prisma generate (Dockerfile:4) reads prisma/schema.prisma, and no COPY above takes it"),
    "schema-of-a-script": Case({**node("prisma generate"), "prisma/schema.prisma": "x"}, "prisma\n", NODE.format(RUN), "prisma generate (package.json:2) reads prisma/schema.prisma, which .dockerignore:1 prisma excludes"),
    "settings-and-sources-that-are-not-copied": Case({**node("tsc -p .", **{"tsconfig.json": '{"compilerOptions": {\n    // "rootDir": "lib",\n    "rootDir": "./src"\n}}'}), "src/a.ts": 9}, "x\n", "FROM node:22\nWORKDIR /a\nCOPY package*.json ./\nRUN npm run build\n", "tsc (package.json:2) reads tsconfig.json, src, and no COPY above takes them"),
    "settings-of-several-tools-that-are-not-copied": Case({**node("next build", **{"tsconfig.json": "{}", "postcss.config.mjs": "export default {}\n"})}, "x\n", "FROM node:22\nWORKDIR /a\nCOPY package*.json ./\nCOPY src src\nRUN npm run build\n", "next build (package.json:2) reads tsconfig.json, postcss.config.mjs, and no COPY above takes them"),
    "sources-that-are-not-copied": Case({**node("tsc", **{"tsconfig.json": '{"compilerOptions": {\n    "rootDir": "./src"\n}}'}), "src/a.ts": 9}, "x\n", "FROM node:22\nWORKDIR /a\nCOPY *.json ./\nRUN npm run build\n", "tsc (package.json:2) reads src, and no COPY above takes it"),
    "settings-that-are-not-copied": Case(node("tsc", **{"tsconfig.json": "{}"}), "x\n", "FROM node:22\nWORKDIR /a\nCOPY package*.json ./\nCOPY src src\nRUN npm run build\n", "reads tsconfig.json, and no COPY above takes it"),
    "configuration": Case(node("NODE_ENV=production next build", **{"next.config.mjs": ""}), "*.config.*\n", NODE.format(RUN), "next build (package.json:2) reads next.config.mjs"),
    "configuration-by-an-option": Case(node("webpack --config webpack.prod.js", **{"webpack.prod.js": ""}), "webpack.*\n", NODE.format("yarn build"), "webpack (package.json:2) reads webpack.prod.js"),
    "script-in-a-script": Case({"package.json": '{"scripts": {\n"build": "npm run compile && echo",\n"compile": "nest build"\n}}', **LOCK, "nest-cli.json": "{}"}, "nest-cli.json\n", NODE.format(RUN), "nest build (package.json:3) reads nest-cli.json"),
    "script-before-a-script": Case({"package.json": '{"scripts": {\n"prebuild": "babel src",\n"build": "x"\n}}', **LOCK, "babel.config.js": ""}, "babel.*\n", NODE.format(RUN), "babel (package.json:2) reads babel.config.js"),
    "variables": Case(node("vite build", **VITE), ".env*\n", NODE.format(RUN), "vite build (package.json:2) reads .env.production", ("COPY", "ARG VITE_API\nCOPY")),
    "variables-of-a-mode": Case(node("vite build --mode staging", **{".env.staging": "VITE_API=1\n"}), ".env*\n", NODE.format(RUN), "reads .env.staging"),
    "program-that-is-left-out": Case(husky("husky"), "x\n", EARLY.format("npm ci --omit=dev"), "runs the script prepare (package.json:2) and leaves out husky, which that calls: command not found", ("--omit=dev", "--omit=dev --ignore-scripts")),
    "program-left-out-for-certain": Case({**husky("husky"), "package-lock.json": HELD}, "x\n", EARLY.format("npm ci --omit=dev"), "and leaves out husky, which that calls", ("--omit=dev", "--omit=dev --ignore-scripts")),
    "program-left-out-that-another-may-have": Case({**husky("husky"), "package-lock.json": HELD.replace('"b": {', '"b": {"bin": {"husky": "a"}, ')}, "x\n", EARLY.format("npm ci --omit=dev"), "and leaves out husky, which that calls"),
    "program-left-out-in-part-of-a-script": Case({**husky("husky; echo"), "package-lock.json": HELD}, "x\n", EARLY.format("npm ci --omit=dev"), "and leaves out husky, which that calls"),
    "program-left-out-beside-another": Case(husky("husky"), "x\n", EARLY.format("npm i -D left-pad && npm ci --omit=dev"), "and leaves out husky, which that calls"),
    "program-left-out-by-the-environment": Case(husky("husky install"), "x\n", EARLY.format("npm ci").replace("RUN", "ENV NODE_ENV=production\nRUN"), "and leaves out husky, which that calls", ("npm ci", "npm pkg delete scripts.prepare && npm ci")),
    "build-without-its-program": Case(vite(), "x\n", BUILD.format("npm ci --only=production"), "npm run build calls vite (package.json:2), which npm ci --only=production on line 4 leaves out: command not found", (" --only=production", "")),
    "build-in-the-same-line": Case(vite(), "x\n", NODE.format(RUN).replace("npm ci", "npm ci --omit=dev"), "which npm ci --omit=dev on line 4 leaves out", (" --omit=dev", "")),
    "build-without-its-program-by-the-environment": Case(vite(), "x\n", BUILD.format("npm ci").replace("RUN", "ENV NODE_ENV=production\nRUN", 1), "which npm ci on line 5 leaves out", ("ENV NODE_ENV=production\n", "")),
    "program-that-the-lock-keeps-for-development": Case(vite(**{"package-lock.json": '{"packages": {"node_modules/vite": {"dev": true}}}'}), "x\n", BUILD.format("npm ci --omit=dev"), "calls vite", (" --omit=dev", "")),
    "build-beside-a-program-for-all": Case(vite(), "x\n", BUILD.format("npm i -g pm2 && npm ci --omit=dev"), "calls vite", (" --omit=dev", "")),
    "build-whose-packages-come-from-another-stage": Case(vite(), "x\n", DEPS.format("npm ci --only=production"), "npm run build calls vite (package.json:2), which npm ci --only=production on line 4 leaves out: command not found", (" --only=production", "")),
    "build-without-what-postcss-loads": Case(tailwind('export default { plugins: ["@tailwindcss/postcss"] };\n'), "x\n", DEPS.format("npm ci --omit=dev"), "npm run build loads @tailwindcss/postcss (postcss.config.mjs:1), which npm ci --omit=dev on line 4 leaves out: no such module", (" --omit=dev", "")),
    "build-without-what-postcss-loads-by-a-key": Case(tailwind("/** @type {import('x')} */\nmodule.exports = {\n  plugins: {\n    tailwindcss: {},\n  },\n}\n"), "x\n", BUILD.format("npm ci --omit=dev"), "npm run build loads tailwindcss (postcss.config.mjs:4)", (" --omit=dev", "")),
    "no-lock-file": Case({"package.json": "{}", "yarn.lock": ""}, "x\n", EARLY.format("npm ci"), "npm ci needs package-lock.json, and the project has none: the install ends with an error"),
    "no-lock-file-of-pnpm": Case({"web/package.json": "{}"}, "x\n", "FROM node:22\nWORKDIR /a\nCOPY web .\nRUN pnpm install --frozen-lockfile\n", "needs web/pnpm-lock.yaml, and the project has none"),
    "lock-file-that-lacks-a-dependency": Case({"package.json": '{"dependencies": {"a": "1.0.0"}, "devDependencies": {"b": "^2.0.0"}}', "package-lock.json": '{"lockfileVersion": 3, "packages": {"": {}, "node_modules/a": {"version": "1.0.0"}}}'}, "x\n", EARLY.format("npm ci --omit=dev"), "npm ci --omit=dev needs b, which package-lock.json lacks: the install ends with an error"),
    "old-lock-file-that-lacks-a-version": Case({"package.json": '{"dependencies": {"a": "^2.0.0"}}', "package-lock.json": '{"lockfileVersion": 1, "dependencies": {"a": {"version": "1.4.0"}}}'}, "x\n", EARLY.format("npm ci"), "npm ci needs a@^2.0.0, which package-lock.json lacks"),
    "lock-file-of-pnpm-that-lacks-a-dependency": Case({"package.json": '{"dependencies": {"a": "1", "@x/b": "2"}}', "pnpm-lock.yaml": "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      a:\n        specifier: '1'\n"}, "x\n", EARLY.format("pnpm i --frozen-lockfile").replace("package*.json", "package.json pnpm-lock.yaml"), "needs @x/b, which pnpm-lock.yaml lacks"),
    "lock-file-that-git-ignores": Case({"package.json": "{}", ".gitignore": "package-lock.json\n"}, "x\n", EARLY.format("npm ci"), "npm ci needs package-lock.json, which git ignores: in a clone the install ends with an error"),
    "no-lock-file-told-once": Case({"package.json": "{}"}, "x\n", "FROM node:22 AS b\nWORKDIR /a\nCOPY package*.json ./\nRUN npm i -g npm@latest && npm ci\nFROM node:22\nWORKDIR /a\nCOPY package*.json ./\nRUN npm ci --omit=dev\nCOPY --from=b /a/dist dist\n", "npm ci needs package-lock.json"),
    "package-by-path": Case(by_path("file:./lib", **{"lib/package.json": "{}"}), "x\n", "FROM node:22\nWORKDIR /a\nCOPY package.json yarn.lock ./\nRUN yarn install --frozen-lockfile\nCOPY . .\n", "a dependency by path (package.json:2) reads lib/package.json, and no COPY above takes it", ("RUN", "COPY lib lib\nRUN")),
    "packed-package": Case(by_path("file:vendor/lib-1.0.0.tgz", **{"vendor/lib-1.0.0.tgz": ""}), "x\n", EARLY.format("npm ci"), "reads vendor/lib-1.0.0.tgz", ("RUN", "COPY vendor vendor\nRUN")),
    "package-by-path-that-a-rule-takes": Case(by_path("file:lib", **{"lib/package.json": "{}"}), "lib\n", NODE.format("true"), "reads lib/package.json, which .dockerignore:1 lib excludes"),
    "package-of-hatchling": Case({"pyproject.toml": HATCH, "uv.lock": "", "src/my_app/__init__.py": ""}, "x\n", PYTHON.format("uv sync --frozen"), "pyproject.toml names it as the project's package", ("--frozen", "--frozen --no-install-project")),
    "package-of-poetry": Case({"pyproject.toml": POETRY, "poetry.lock": "", "app/__init__.py": ""}, "x\n", PYTHON.format("poetry install --only main"), "reads app, and no COPY above takes it", ("--only main", "--only main --no-root")),
    "package-that-a-rule-takes": Case({"pyproject.toml": HATCH, "my_app/__init__.py": ""}, "my_app\n", "FROM python:3.12\nWORKDIR /a\nCOPY . .\nRUN pip install .\n", "reads my_app, which .dockerignore:1 my_app excludes"),
    "referenced-project": Case(DOTNET, "Lib\n", PUBLISH.format("App/App.csproj"), "a referenced project (App/App.csproj:2) reads Lib/Lib.csproj"),
    "project-of-gradle": Case(GRADLE, "lib\n", JAVA, "a project of the build (settings.gradle:2) reads lib"),
    "included-file": Case(RUST, "*.md\n", CARGO, "include (src/lib.rs:1) reads README.md, which .dockerignore:1 *.md excludes"),
    "package-of-a-workspace": Case(SPACE, "x\n", PART.format("yarn install --frozen-lockfile"), "a package of the workspace (packages/api/package.json:2) reads packages/shared/package.json, and no COPY above takes it", ("COPY packages/api", "COPY packages/shared/package.json packages/shared/package.json\nCOPY packages/api")),
    "package-of-a-workspace-of-pnpm": Case(SPACE, "x\n", PART.format("pnpm install"), "a package of the workspace (packages/api/package.json:2) reads packages/shared/package.json, and no COPY above takes it"),
    "package-of-a-workspace-that-may-come-from-elsewhere": Case({**SPACE, "packages/api/package.json": '{"name": "api", "dependencies": {"shared": "1"}}'}, "x\n", PART.format("yarn install"), "reads packages/shared/package.json"),
    "package-of-a-workspace-that-a-rule-takes": Case(SPACE, "packages/shared\n", NODE.format("true"), "reads packages/shared/package.json, which .dockerignore:1 packages/shared excludes"),
    "list-of-a-workspace": Case(SPACE, "x\n", PART.format("pnpm install").replace("*.yaml ", "").replace("COPY packages/api packages/api", "COPY packages packages"), "pnpm (packages/api/package.json:2) reads pnpm-workspace.yaml", ("COPY packages", "COPY pnpm-workspace.yaml pnpm-workspace.yaml\nCOPY packages")),
    "page-of-a-front-end": Case(node("react-scripts build", **{"public/index.html": ""}), "public\n", NODE.format(RUN), "react-scripts build (package.json:2) reads public/index.html"),
    "page-that-is-not-copied": Case(node("vite build", **{"index.html": "", "src/a.ts": ""}), "x\n", "FROM node:22\nWORKDIR /a\nCOPY package*.json ./\nCOPY src src\nRUN npm run build\n", "vite build (package.json:2) reads index.html, and no COPY above takes it", ("COPY src", "COPY index.html index.html\nCOPY src")),
    "settings-of-a-directory": Case(node("tsc -p .", **{"tsconfig.json": "{}"}), "tsconfig.json\n", NODE.format(RUN), "tsc (package.json:2) reads tsconfig.json"),
    "script-of-gradle": Case({**GRADLE, "build.gradle": "apply from: 'gradle/x.gradle'\n", "gradle/x.gradle": ""}, "gradle\n", JAVA, "apply from (build.gradle:1) reads gradle/x.gradle, which .dockerignore:1 gradle excludes"),
    "module-of-a-workspace": Case(WORK, "lib\n", GO, "a module of the workspace (go.work:5) reads lib/go.mod"),
    "module-of-a-workspace-not-copied": Case(WORK, "x\n", GO.replace("COPY . .", "COPY go.work ./\nCOPY api api"), "reads lib/go.mod, and no COPY above takes it", ("COPY api api", "COPY lib lib\nCOPY api api")),
    "project-in-a-list": Case({"requirements.txt": "flask\n-e .[web]\n", "setup.py": ""}, "x\n", PIP, "pip (requirements.txt:2) reads setup.py, and no COPY above takes it", ("COPY requirements.txt", "COPY requirements.txt setup.py")),
    "package-in-a-list": Case({"requirements.txt": "./libs/x ; python_version > '3'\n", "libs/x/pyproject.toml": ""}, "x\n", PIP, "pip (requirements.txt:1) reads libs/x/pyproject.toml", ("RUN", "COPY libs libs\nRUN")),
    "packages-of-poetry": Case({"pyproject.toml": POETRY.replace('version = "1"', 'version = "1"\npackages = [{include = "shop", from = "lib"}]'), "lib/shop/a.py": ""}, "x\n", PYTHON.format("poetry install"), "pyproject.toml:4 names it as the project's package: RUN poetry install (Dockerfile:4) reads lib/shop", ("install", "install --no-root")),
    "poetry-without-a-back-end": Case({"pyproject.toml": POETRY.partition("[build")[0], "app/a.py": ""}, "x\n", PYTHON.format("poetry install"), "reads app, and no COPY above takes it", ("install", "install --no-root")),
    "crate-without-sources": Case({"Cargo.toml": '[package]\nname = "x"\n', "Cargo.lock": "", "src/lib.rs": ""}, "x\n", CRATE, "the package (Cargo.toml) reads src/lib.rs, and no COPY above takes it", ("RUN", "RUN mkdir -p src && echo 'fn main() {}' > src/main.rs\nRUN")),
    "class-map": Case({"composer.json": '{"autoload": {"classmap": ["database/"]}}', "database/a.php": ""}, "x\n", PHP, "the class map of autoload (composer.json) reads database, and no COPY above takes it", ("install", "install --no-autoloader")),
    "gemspec": Case({"Gemfile": "source 'x'\n\ngemspec\n", "x.gemspec": ""}, "x\n", RUBY, "bundle (Gemfile:3) reads x.gemspec, and no COPY above takes it", ("Gemfile", "Gemfile x.gemspec")),
    "next-without-a-program": Case(node("next build", **{"next.config.js": "module.exports = {}\n"}), "x\n", OUTPUT.format(RUN, "/a/.next/standalone"), 'COPY of /a/.next/standalone finds nothing: next build (package.json:2) makes that only with output: "standalone" in next.config.js', ("--from=b /a/.next/standalone", "--from=b /a/.next")),
    "next-without-public-files": Case(node("prisma generate && next build"), "x\n", OUTPUT.format("yarn build", "/a/public"), "COPY of /a/public finds nothing: next build (package.json:2) makes none, and the project has none"),
    "react-makes-another-directory": Case(node("react-scripts build"), "x\n", OUTPUT.format(RUN, "/a/dist"), "COPY of /a/dist finds nothing: react-scripts build (package.json:2) makes build/", ("/a/dist", "/a/build")),
    "vite-makes-another-directory": Case(node("tsc -b && vite build", **{"tsconfig.json": "{}", "vite.config.ts": "import { defineConfig } from 'vite'\nimport react from '@vitejs/plugin-react'\nexport default defineConfig({plugins: [react()]})\n"}), "x\n", OUTPUT.format("npx vite build", "/a/build/assets"), "COPY of /a/build/assets finds nothing: vite build makes dist/", ("/a/build/assets", "/a/dist/assets")),
    "vite-told-another-directory": Case(node("vite build", **{"vite.config.js": "export default { build: { outDir: './build/' } }\n"}), "x\n", OUTPUT.format(RUN, "/a/dist"), "COPY of /a/dist finds nothing: vite build (package.json:2) makes build/", ("/a/dist", "/a/build")),
    "angular-makes-another-directory": Case(node("ng build", **{"angular.json": ANGULAR % '"outputPath": "dist/web"'}), "x\n", OUTPUT.format(RUN, "/a/dist/shop"), "COPY of /a/dist/shop finds nothing: ng build (package.json:2) makes dist/web/", ("/a/dist/shop", "/a/dist/web")),
    "angular-makes-what-its-project-is-called": Case(node("ng build --configuration production", **{"angular.json": ANGULAR % ""}), "x\n", OUTPUT.format(RUN, "/a/dist/web"), "makes dist/shop/", ("/a/dist/web", "/a/dist/shop")),
    "program-of-another-name": Case(SHOP, "x\n", MADE.format("rust:1.80", "cargo build --release", "target/release/shop"), "COPY of /a/target/release/shop finds nothing: cargo build makes shop-api, admin (Cargo.toml)", ("release/shop", "release/shop-api")),
    "archive-of-another-name": Case(POM, "x\n", MADE.format("maven:3.9", "mvn -q package", "target/app.jar"), "COPY of /a/target/app.jar finds nothing: mvn package makes shop-1.0.jar (pom.xml)", ("app.jar", "shop-1.0.jar")),
    "next-without-its-assets": Case(node("next build", **{"next.config.js": "module.exports = {output: 'standalone'}\n"}), "x\n", OUTPUT.format(RUN, "/a/.next/standalone"), "COPY of /a/.next/standalone brings no /a/.next/static", ("/srv/x\n", "/srv/x\nCOPY --from=b /a/.next/static /srv/x/.next/static\n")),
    "in-the-place-of-the-registry": Case({**SHOP, ".cargo/config.toml": "[source.crates-io]\nreplace-with = 'v'\n[source.v]\ndirectory = 'vendor'\n", "vendor/x/Cargo.toml": ""}, "vendor\n", CARGO, "cargo (.cargo/config.toml) reads vendor, which .dockerignore:1 vendor excludes"),
    "package-of-dart": Case({"pubspec.yaml": "name: a\ndependencies:\n  b:\n    path: packages/b\n", "packages/b/pubspec.yaml": "name: b\n"}, "x\n", "FROM dart:3.3\nWORKDIR /a\nCOPY pubspec.yaml ./\nRUN dart pub get\nCOPY . .\n", "a dependency by path (pubspec.yaml:4) reads packages/b/pubspec.yaml, and no COPY above takes it", ("COPY pubspec.yaml ./", "COPY packages/b/pubspec.yaml packages/b/pubspec.yaml\nCOPY pubspec.yaml ./")),
    "copied-from-where-nothing-is-made": Case({"a.go": ""}, "x\n", "FROM golang:1.22 AS b\nWORKDIR /build\nCOPY . .\nRUN go build -o bin/x .\nFROM debian:12\nCOPY --from=b /src/bin/x /x\n", "COPY of /src/bin/x finds nothing: no step of b makes anything in /src", ("b /src/bin/x", "b /build/bin/x")),
    "made-where-no-setting-says": Case({"ui/webpack.config.js": "output: {path: path.resolve(__dirname, '../private')}\n", "ui/package.json": "{}"}, "x\n", "FROM node:22 AS b\nWORKDIR /app\nCOPY ui/ ./\nRUN yarn run deploy\nFROM debian:12\nCOPY --from=b /priv/static /x\n", "COPY of /priv/static finds nothing: no step of b makes anything in /priv", ("b /priv", "b /app")),
    "copied-as-if-from-the-directory": Case({"a.rs": ""}, "x\n", "FROM rust:1.80 AS b\nWORKDIR /w\nCOPY . .\nRUN cargo install --path . && mkdir -p pages\nFROM debian:12\nCOPY --from=b pages /p\n", "COPY of /pages finds nothing: no step of b makes anything in /pages", ("b pages", "b /w/pages")),
    "copied-from-a-stage-that-did-not-get-it": Case({"conf/a.conf": "", "a.go": ""}, "conf\n", "FROM golang:1.22 AS b\nWORKDIR /a\nCOPY . .\nRUN go build -o /x .\nFROM debian:12\nCOPY --from=b /x /x\nCOPY --from=b /a/conf /conf\n", "COPY --from=b /a/conf (Dockerfile:7) reads conf, which .dockerignore:1 conf excludes"),
}  # fmt: skip

MISSES = {
    "configuration-of-another-tool": Case(node("webpack", **{"vite.config.ts": "", "jest.config.js": "", "webpack.config.js": ""}), "vite.config.ts\njest.config.js\n", NODE.format(RUN)),
    "manifest-that-is-made": Case(node("vite build"), "*.json\n", EARLY.format("npm init -y && npm ci")),
    "schema-by-an-option": Case({**node("x"), "prisma/schema.prisma": "x", "db/a.prisma": "x"}, "x\n", "FROM node:22\nWORKDIR /a\nCOPY package*.json ./\nCOPY db db\nRUN npm ci && npx prisma generate --schema db/a.prisma\n"),
    "files-for-the-compiler": Case(node("tsc src/a.ts", **{"tsconfig.json": "{}"}), "tsconfig.json\n", NODE.format(RUN)),
    "script-that-goes-on": Case(node("tsc || true", **{"tsconfig.json": "{}"}), "tsconfig.json\n", NODE.format(RUN)),
    "made-where-a-setting-says": Case({"ui/webpack.config.js": "output: {path: path.resolve(__dirname, '../priv/static')}\n", "ui/package.json": "{}"}, "x\n", "FROM node:22 AS b\nWORKDIR /app\nCOPY ui/ ./\nRUN yarn run deploy\nFROM debian:12\nCOPY --from=b /priv/static /x\n"),
    "settings-for-another-program": Case(node("tsc --version", **{"tsconfig.json": "{}"}), "tsconfig.json\n", NODE.format(RUN)),
    "another-package": Case(node("tsc", **{"tsconfig.json": "{}"}), "tsconfig.json\n", NODE.format("npm run build --workspace web")),
    "settings-that-the-build-makes": Case(node("tsc", **{"tsconfig.json": "{}"}), "tsconfig.json\n", NODE.format("echo {} > tsconfig.json && npm run build")),
    "variables-that-are-given": Case(node("vite build", **VITE), ".env*\n", NODE.format(RUN).replace("COPY", "ARG VITE_API\nENV VITE_API=$VITE_API\nCOPY")),
    "variables-for-development": Case(node("vite build", **{".env.local": "VITE_API=1\n", ".env.development": "VITE_API=2\n"}), ".env*\n", NODE.format(RUN)),
    "variables-of-this-machine": Case(node("vite build", **{".env": "VITE_API=1\n"}), ".env\n", NODE.format(RUN)),
    "variables-that-come-later": Case(node("vite build", **VITE), "x\n", "FROM node:22\nWORKDIR /a\nCOPY package*.json ./\nCOPY src src\nRUN npm run build\nCOPY . .\n"),
    "program-that-may-fail": Case(husky("husky || true"), "x\n", EARLY.format("npm ci --omit=dev")),
    "program-that-is-installed": Case(husky("husky"), "x\n", EARLY.format("npm ci")),
    "program-installed-for-all": Case(husky("husky"), "x\n", EARLY.format("npm i -g husky && npm ci --omit=dev")),
    "program-installed-before": Case(husky("husky"), "x\n", EARLY.format("pnpm add -D -w husky && npm ci --omit=dev")),
    "install-without-scripts": Case(husky("husky"), "x\n", EARLY.format("npm ci --omit=dev --ignore-scripts")),
    "scripts-off-by-a-setting": Case({**husky("husky"), ".npmrc": "ignore-scripts=true\n"}, "x\n", EARLY.format("npm ci --omit=dev")),
    "development-asked-for": Case(husky("husky"), "x\n", EARLY.format("npm ci --include=dev").replace("RUN", "ENV NODE_ENV=production\nRUN")),
    "script-of-a-new-yarn": Case({**husky("husky"), "yarn.lock": "__metadata:\n  version: 8\n"}, "x\n", "FROM node:22\nWORKDIR /a\nCOPY package.json yarn.lock ./\nRUN yarn install --production\nCOPY . .\n"),
    "program-that-another-brings": Case(vite(**{"package-lock.json": '{"packages": {"node_modules/vite": {"version": "7"}}}'}), "x\n", BUILD.format("npm ci --omit=dev")),
    "program-of-a-second-install": Case(vite(), "x\n", BUILD.format("npm ci --omit=dev\nRUN npm install --include=dev")),
    "program-added-by-name": Case(vite(), "x\n", BUILD.format("npm ci --omit=dev && npm install vite")),
    "program-of-all-projects": Case(vite(), "x\n", BUILD.format("npm ci --omit=dev && npm i -g vite")),
    "program-that-npx-brings": Case({**vite(), "package.json": vite()["package.json"].replace('"vite build', '"npx vite build')}, "x\n", BUILD.format("npm ci --omit=dev")),
    "packages-of-another-stage-for-development": Case(vite(), "x\n", DEPS.format("npm ci")),
    "packages-that-an-image-has": Case(vite(), "x\n", DEPS.format("npm ci --omit=dev").replace("--from=deps /a/node_modules ./node_modules", "--from=node:22 /a ./")),
    "what-postcss-loads-is-shipped": Case(tailwind('export default { plugins: ["autoprefixer"] };\n'), "x\n", BUILD.format("npm ci --omit=dev")),
    "what-postcss-does-not-load": Case(tailwind("// tailwindcss\nmodule.exports = {}\n"), "x\n", BUILD.format("npm ci --omit=dev")),
    "program-for-all-by-its-package": Case({**vite(), "package.json": vite()["package.json"].replace('"vite build', '"ng build').replace('"vite": "7"', '"@angular/cli": "18"')}, "x\n", BUILD.format("npm i -g @angular/cli@18 && npm ci --omit=dev")),
    "program-from-another-stage": Case(vite(), "x\n", BUILD.format("npm ci --omit=dev").replace("RUN npm run", "COPY --from=node:22 /a/node_modules node_modules\nRUN npm run")),
    "program-for-everyone": Case({**vite(), "package.json": vite()["package.json"].replace("devDependencies", "dependencies")}, "x\n", BUILD.format("npm ci --omit=dev")),
    "build-of-another-package": Case({**vite(), "web/package.json": vite()["package.json"]}, "x\n", BUILD.format("npm ci --omit=dev && cd web && npm run build").replace("RUN npm run build\n", "")),
    "variable-that-pnpm-does-not-read": Case({**vite(), "pnpm-lock.yaml": ""}, "x\n", BUILD.format("pnpm install").replace("RUN", "ENV NODE_ENV=production\nRUN", 1)),
    "lock-file-that-is-made": Case({"package.json": "{}"}, "x\n", EARLY.format("npm i --package-lock-only && npm ci")),
    "lock-file-with-one-of-two-versions": Case({"package.json": '{"dependencies": {"a": "^1.0.0"}, "devDependencies": {"a": "^2.0.0"}}', "package-lock.json": '{"lockfileVersion": 3, "packages": {"": {}, "node_modules/a": {"version": "2.1.0"}}}'}, "x\n", EARLY.format("npm ci")),
    "lock-file-that-fits": Case({"package.json": '{"dependencies": {"a": "^1.0.0", "b": "latest", "c": "file:c.tgz"}}', "c.tgz": "", "package-lock.json": '{"lockfileVersion": 3, "packages": {"": {}, "node_modules/a": {"version": "1.4.0"}, "node_modules/b": {"version": "2.1.0-rc.1"}}}'}, "x\n", EARLY.format("npm ci").replace("package*.json", "package*.json c.tgz")),
    "lock-file-above": Case({"package.json": '{"workspaces": ["web"]}', "package-lock.json": "{}", "web/package.json": "{}"}, "x\n", "FROM node:22\nWORKDIR /a\nCOPY . .\nRUN cd web && npm ci\n"),
    "install-without-a-lock-file": Case({"package.json": "{}"}, "x\n", EARLY.format("npm install")),
    "lock-file-of-a-stage": Case({"package.json": "{}"}, "x\n", "FROM node:22 AS b\nWORKDIR /a\nCOPY package.json ./\nRUN npm i\nFROM node:22\nWORKDIR /a\nCOPY package.json ./\nCOPY --from=b /a ./\nRUN npm ci\n"),
    "link-of-npm": Case(by_path("file:./lib", **{"lib/package.json": "{}"}), "x\n", EARLY.format("npm ci")),
    "package-for-development": Case({"package.json": '{"devDependencies": {"lib": "file:lib.tgz"}}', **LOCK, "lib.tgz": ""}, "x\n", EARLY.format("npm ci --omit=dev")),
    "package-of-another-name": Case({"pyproject.toml": HATCH, "other/__init__.py": ""}, "other\n", "FROM python:3.12\nWORKDIR /a\nCOPY . .\nRUN pip install .\n"),
    "package-that-is-told": Case({"pyproject.toml": HATCH + '[tool.hatch.build.targets.wheel]\npackages = ["x"]\n', "my_app/__init__.py": "", "uv.lock": ""}, "x\n", PYTHON.format("uv sync")),
    "package-of-setuptools": Case({"pyproject.toml": HATCH.replace("hatchling.build", "setuptools.build_meta"), "my_app/__init__.py": "", "uv.lock": ""}, "x\n", PYTHON.format("uv sync")),
    "package-that-an-old-poetry-passes-over": Case({"pyproject.toml": POETRY.replace('version = "1"', 'version = "1"\nreadme = "README.md"'), "poetry.lock": "", "README.md": "", "app/__init__.py": ""}, "x\n", PYTHON.format("pip install poetry==1.4.2 && poetry install")),
    "no-package-of-poetry": Case({"pyproject.toml": POETRY.replace("[tool.poetry]", "[tool.poetry]\npackage-mode = false"), "poetry.lock": "", "app/__init__.py": ""}, "x\n", PYTHON.format("poetry install")),
    "conditional-reference": Case({**DOTNET, "App/App.csproj": APP.replace("<ItemGroup>", "<ItemGroup Condition=\"'$(X)' == 'y'\">")}, "Lib\n", PUBLISH.format("App/App.csproj")),
    "another-project-beside-it": Case({**DOTNET, "App/Other.csproj": "<Project />"}, "Lib\n", PUBLISH.format("App/Other.csproj")),
    "project-that-comes-later": Case(DOTNET, "x\n", PUBLISH.format("App").replace("COPY . .", "COPY App App\nRUN dotnet restore App\nCOPY . .")),
    "project-nothing-depends-on": Case({**GRADLE, "app/build.gradle": ""}, "lib\n", JAVA),
    "file-included-in-a-comment": Case({**RUST, "src/lib.rs": '// include_str!("../README.md")\n'}, "*.md\n", CARGO),
    "file-included-for-tests": Case({**RUST, "src/lib.rs": '#[cfg(test)]\nconst A: &str = include_str!("../README.md");\n'}, "*.md\n", CARGO),
    "sources-that-come-later": Case(RUST, "x\n", CARGO.replace("COPY . .", "COPY Cargo.toml ./").replace("cargo build", "mkdir src && touch src/lib.rs && cargo build")),
    "package-of-a-workspace-where-pnpm-holds-to-its-lock-file": Case(SPACE, "x\n", PART.format("CI=1 pnpm install")),
    "program-of-what-yarn-does-not-prepare": Case({**husky("husky"), "yarn.lock": ""}, "x\n", EARLY.format("yarn install --production")),
    "package-of-a-workspace-by-a-link": Case(SPACE, "x\n", PART.format("npm ci")),
    "package-of-a-workspace-with-a-frozen-lock": Case(SPACE, "x\n", PART.format("pnpm install --frozen-lockfile")),
    "package-that-is-published": Case({**SPACE, "packages/api/package.json": '{"name": "api", "dependencies": {"shared": "^1"}}', "packages/shared/package.json": '{"name": "shared"}'}, "x\n", PART.format("yarn install")),
    "package-for-development-alone": Case({**SPACE, "packages/api/package.json": '{"name": "api", "devDependencies": {"shared": "workspace:*"}}'}, "x\n", PART.format("yarn install --production")),
    "script-of-gradle-from-elsewhere": Case({**GRADLE, "build.gradle": 'apply from: "$rootDir/gradle/x.gradle"\n', "gradle/x.gradle": ""}, "gradle\n", JAVA),
    "workspace-that-is-off": Case(WORK, "lib\n", GO.replace("RUN", "ENV GOWORK=off\nRUN")),
    "project-in-a-list-that-is-there": Case({"requirements.txt": "-e .\n", "pyproject.toml": "", "setup.py": ""}, "x\n", PIP.replace("COPY requirements.txt", "COPY requirements.txt setup.py")),
    "project-elsewhere-in-a-list": Case({"requirements.txt": "-e git+https://example.org/x#egg=x\n-e ../lib\n", "setup.py": ""}, "x\n", PIP),
    "packages-that-poetry-is-not-asked-for": Case({"pyproject.toml": POETRY.replace('version = "1"', 'version = "1"\npackages = [{include = "shop*"}]'), "shop/a.py": ""}, "x\n", PYTHON.format("poetry install")),
    "crate-that-is-made": Case({"Cargo.toml": '[package]\nname = "x"\n', "Cargo.lock": "", "src/main.rs": ""}, "x\n", CRATE.replace("COPY Cargo", "RUN cargo init --bin\nCOPY Cargo")),
    "crate-with-an-empty-program": Case({"Cargo.toml": '[package]\nname = "x"\n', "Cargo.lock": "", "src/lib.rs": "", "src/main.rs": ""}, "x\n", CRATE.replace("RUN", "RUN mkdir src && touch src/lib.rs\nRUN")),
    "crates-of-a-workspace": Case({"Cargo.toml": '[workspace]\nmembers = []\n', "Cargo.lock": "", "src/lib.rs": ""}, "x\n", CRATE),
    "class-map-for-development": Case({"composer.json": '{"autoload-dev": {"classmap": ["tests"]}, "autoload": {"files": ["a.php"]}}', "tests/a.php": "", "a.php": ""}, "x\n", PHP),
    "gemspec-elsewhere": Case({"Gemfile": "# gemspec\ngemspec path: 'core'\n", "x.gemspec": ""}, "x\n", RUBY),
    "program-of-its-name": Case(SHOP, "x\n", MADE.format("rust:1.80", "cargo build --release", "target/release/admin")),
    "program-of-a-workspace": Case({**SHOP, "Cargo.toml": SHOP["Cargo.toml"] + "[workspace]\nmembers = ['b']\n", "b/Cargo.toml": "[package]\nname = 'b'\n", "b/src/main.rs": ""}, "x\n", MADE.format("rust:1.80", "cargo build --release", "target/release/b")),
    "program-that-a-command-names": Case(SHOP, "x\n", MADE.format("rust:1.80", "cargo build --release && mv target/release/shop-api target/release/shop", "target/release/shop")),
    "library-of-a-crate": Case(SHOP, "x\n", MADE.format("rust:1.80", "cargo build --release", "target/release/libshop.so")),
    "program-for-another-system": Case(SHOP, "x\n", MADE.format("rust:1.80", "cargo build --release --target x86_64-unknown-linux-musl", "target/release/shop")),
    "archive-of-its-name": Case(POM, "x\n", MADE.format("maven:3.9", "mvn package", "target/shop-1.0.jar")),
    "archive-with-more-in-it": Case(POM, "x\n", MADE.format("maven:3.9", "mvn package", "target/shop-1.0-all.jar")),
    "archive-that-is-named": Case({**POM, "pom.xml": POM["pom.xml"].replace("</project>", "<build><finalName>app</finalName></build></project>")}, "x\n", MADE.format("maven:3.9", "mvn package", "target/app.jar")),
    "archive-of-a-version-above": Case({**POM, "pom.xml": POM["pom.xml"].replace("<version>1.0</version>", "<version>${revision}</version>")}, "x\n", MADE.format("maven:3.9", "mvn package", "target/app.jar")),
    "next-with-its-assets-in-one": Case(node("next build", **{"next.config.js": "module.exports = {output: 'standalone'}\n"}), "x\n", OUTPUT.format(RUN + " && cp -r .next/static .next/standalone/.next/", "/a/.next/standalone")),
    "next-with-assets-elsewhere": Case(node("next build", **{"next.config.js": "module.exports = {output: 'standalone', assetPrefix: 'https://cdn.example.org'}\n"}), "x\n", OUTPUT.format(RUN, "/a/.next/standalone")),
    "package-of-dart-that-is-copied": Case({"pubspec.yaml": "name: a\ndependencies:\n  b:\n    path: packages/b\n", "packages/b/pubspec.yaml": "name: b\n"}, "x\n", "FROM dart:3.3\nWORKDIR /a\nCOPY . .\nRUN dart pub get\n"),
    "next-with-a-program": Case(node("next build", **{"next.config.ts": "export default { output: process.env.X ? 'standalone' : undefined }\n"}), "x\n", OUTPUT.format(RUN, "/a/.next/standalone") + "COPY --from=b /a/.next/static /srv/x/.next/static\n"),
    "next-with-settings-elsewhere": Case(node("next build", **{"next.config.js": "module.exports = require('./config/next')\n"}), "x\n", OUTPUT.format(RUN, "/a/.next/standalone") + "COPY --from=b /a/.next/static /srv/x/.next/static\n"),
    "next-with-public-files": Case(node("next build", **{"public/a.svg": ""}), "x\n", OUTPUT.format(RUN, "/a/public")),
    "next-and-what-writes-public-files": Case(node("node icons.js && next build"), "x\n", OUTPUT.format(RUN, "/a/public")),
    "next-where-a-command-makes-them": Case(node("next build"), "x\n", OUTPUT.format("mkdir -p public && npm run build", "/a/public")),
    "react-told-where": Case(node("BUILD_PATH=dist react-scripts build"), "x\n", OUTPUT.format(RUN, "/a/dist")),
    "react-where-it-is": Case(node("react-scripts build"), "x\n", OUTPUT.format(RUN, "/a/build")),
    "vite-told-where": Case(node("vite build", **{"vite.config.js": "export default { build: { outDir: 'build' } }\n"}), "x\n", OUTPUT.format(RUN, "/a/build")),
    "vite-told-by-a-variable": Case(node("vite build", **{"vite.config.js": "export default { build: { outDir: process.env.OUT || 'build' } }\n"}), "x\n", OUTPUT.format(RUN, "/a/dist")),
    "vite-told-twice": Case(node("vite build", **{"vite.config.js": "export default { build: { outDir: 'build' }, ssr: { outDir: 'out' } }\n"}), "x\n", OUTPUT.format(RUN, "/a/dist")),
    "angular-above-what-it-makes": Case(node("ng build", **{"angular.json": ANGULAR % '"outputPath": "dist/web"'}), "x\n", OUTPUT.format(RUN, "/a/dist")),
    "angular-below-what-it-makes": Case(node("ng build", **{"angular.json": ANGULAR % '"outputPath": "dist/web"'}), "x\n", OUTPUT.format(RUN, "/a/dist/web/browser")),
    "angular-with-an-object": Case(node("ng build", **{"angular.json": ANGULAR % '"outputPath": {"base": "dist/web", "browser": ""}'}), "x\n", OUTPUT.format(RUN, "/a/dist/shop")),
    "angular-told-where": Case(node("ng build --output-path=dist/shop", **{"angular.json": ANGULAR % '"outputPath": "dist/web"'}), "x\n", OUTPUT.format(RUN, "/a/dist/shop")),
    "angular-with-two-applications": Case(node("ng build", **{"angular.json": ANGULAR.replace('"projects": {', '"projects": {"b": {"architect": {}},') % ""}), "x\n", OUTPUT.format(RUN, "/a/dist/b")),
    "vite-with-a-framework": Case(node("vite build", **{"vite.config.js": "import { sveltekit } from '@sveltejs/kit/vite'\nexport default {}\n"}), "x\n", OUTPUT.format(RUN, "/a/build")),
    "copied-from-where-a-script-may-put-it": Case({"a.go": "", "build.sh": ""}, "x\n", "FROM golang:1.22 AS b\nWORKDIR /build\nCOPY . .\nRUN ./build.sh\nFROM debian:12\nCOPY --from=b /src/x /x\n"),
    "copied-from-where-a-variable-says": Case({"a.go": ""}, "x\n", "FROM golang:1.22 AS b\nENV GOBIN=/src\nWORKDIR /build\nCOPY . .\nRUN go install .\nFROM debian:12\nCOPY --from=b /src/x /x\n"),
    "copied-from-where-a-variable-may-be-empty": Case({"a.go": ""}, "x\n", "FROM golang:1.22 AS b\nWORKDIR /build\nCOPY . .\nRUN go build -o $GOBIN/shop .\nFROM debian:12\nCOPY --from=b $GOBIN/shop /x\n"),
    "copied-from-what-the-image-has": Case({"a.go": ""}, "x\n", "FROM acme/go:1.22 AS b\nWORKDIR /build\nCOPY . .\nRUN go build -o x .\nFROM debian:12\nCOPY --from=b /licenses /l\n"),
    "copied-from-a-stage-that-makes-it": Case({"conf/a.conf": "", "a.go": ""}, "conf\n", "FROM golang:1.22 AS b\nWORKDIR /a\nCOPY . .\nRUN go build -o /x . && mkdir conf\nFROM debian:12\nCOPY --from=b /a/conf /conf\n"),
}  # fmt: skip


def unmet(root: Path, case: Case) -> list[Finding]:
    projects.write(root, {**case.tree, ".dockerignore": case.rules, "Dockerfile": case.dockerfile})
    return [each for each in review(scan(root)).findings or () if each.code == "unmet-need"]


#: Without these no install gets anywhere.
ENDING = (
    "manifest-of-an-install",
    "no-lock-file",
    "no-lock-file-of-pnpm",
    "no-lock-file-told-once",
    "lock-file-that-lacks-a-dependency",
    "old-lock-file-that-lacks-a-version",
    "lock-file-of-pnpm-that-lacks-a-dependency",
    "module-of-a-workspace",
    "module-of-a-workspace-not-copied",
    "package-of-a-workspace",
    "package-of-a-workspace-of-pnpm",
    "program-left-out-for-certain",
)


@pytest.mark.parametrize("name", HITS)
def test_what_a_build_reads_is_missed(name: str, tmp_path: Path) -> None:
    """One finding that names reader and file; with what it advises there is none. An error where the build ends."""
    case = HITS[name]
    (finding,) = unmet(tmp_path, case)
    severity = "error" if name in ENDING else "warning"
    assert (case.says in finding.message, finding.severity) == (True, severity), finding.message
    advice = (finding.remedy or "").partition("or add ")[2].partition(" ")[0].rstrip(",")
    if advice:
        assert not unmet(tmp_path, case._replace(rules=f"{case.rules}{advice}\n"))
    if case.instead:
        assert (case.instead[1] or case.instead[0]).split("\n")[0].split()[-1] in (finding.remedy or "")
        assert not unmet(tmp_path, case._replace(dockerfile=case.dockerfile.replace(*case.instead)))


@pytest.mark.parametrize("name", MISSES)
def test_what_a_build_does_without_is_left_alone(name: str, tmp_path: Path) -> None:
    assert not unmet(tmp_path, MISSES[name])


def test_a_tracked_list_of_variables(tmp_path: Path) -> None:
    """A `.env` that git tracks is the project's; where it holds more than a front end gets, it is not to be sent."""
    case = Case(node("vite build", **{".env": "VITE_API=1\nDB_URL=2\n"}), ".env\n", NODE.format(RUN))
    assert not unmet(tmp_path, case)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-Af")
    (finding,) = unmet(tmp_path, case)
    assert finding.remedy == "declare ARG VITE_API above it and pass --build-arg VITE_API=…"


def outside(package: str, value: str) -> dict[str, str]:
    """A project in a directory, with a dependency beside that directory."""
    return {f"app/{package}": value, "lib/package.json": "{}", "lib/pyproject.toml": "", "lib/go.mod": "", "lib/Cargo.toml": "", "lib/Lib.csproj": ""}  # fmt: skip


@pytest.mark.parametrize(
    ("tree", "base", "run", "says"),
    [
        (outside("package.json", '{"dependencies": {"lib": "file:../lib"}}'), "node:22", "npm install", "(package.json) reads ../lib/package.json"),
        (outside("pyproject.toml", '[project]\nname = "x"\n[tool.uv.sources]\nlib = {path = "../lib"}\n'), "python:3.12", "uv sync", "(pyproject.toml) reads ../lib/pyproject.toml"),
        (outside("go.mod", "module x\nreplace a.b/c => ../lib\nrequire a.b/c v0.0.0\n"), "golang:1.22", "go build .", "(go.mod:2) reads ../lib/go.mod"),
        (outside("Cargo.toml", '[package]\nname = "x"\n[dependencies]\nlib = {path = "../lib"}\n'), "rust:1.80", "cargo build", "(Cargo.toml) reads ../lib/Cargo.toml"),
        (outside("App.csproj", '<ProjectReference Include="..\\lib\\Lib.csproj" />'), "mcr.microsoft.com/dotnet/sdk:8.0", "dotnet publish", "(App.csproj:1) reads ../lib/Lib.csproj"),
    ],
)  # fmt: skip
def test_a_dependency_outside_the_context(tree: dict[str, str], base: str, run: str, says: str, tmp_path: Path) -> None:
    """It is there on disk, above the context. From the directory that the remedy names it is found; a stage that gets
    it from elsewhere is left alone."""
    git(tmp_path, "init", "-q")
    dockerfile = f"FROM {base}\nWORKDIR /w/app\nCOPY . .\nRUN {run}\n"
    projects.write(tmp_path, {**tree, "app/Dockerfile": dockerfile})
    (found,) = [each for each in review(scan(tmp_path / "app")).findings or () if each.code == "unmet-need"]
    assert says in found.message
    assert "build from .. with -f app/Dockerfile" in (found.remedy or "")
    wide = dockerfile.replace("WORKDIR /w/app\nCOPY . .", "WORKDIR /w\nCOPY . .\nWORKDIR /w/app")
    (tmp_path / "app" / "Dockerfile").write_text(wide)
    assert "unmet-need" not in [
        each.code for each in review(scan(tmp_path, dockerfile=tmp_path / "app" / "Dockerfile")).findings or ()
    ]
    (tmp_path / "app" / "Dockerfile").write_text(
        f"FROM {base} AS lib\n" + dockerfile.replace("COPY . .", "COPY --from=lib /lib /w/lib\nCOPY . .")
    )
    assert "unmet-need" not in [each.code for each in review(scan(tmp_path / "app")).findings or ()]
    # An image of the project's own may have it there; at the root of the image nothing of a project lies.
    for home, told in (("/w/app", False), ("/app", True)):
        text = dockerfile.replace(f"FROM {base}", "FROM acme/shop-base:1").replace("/w/app", home)
        (tmp_path / "app" / "Dockerfile").write_text(text)
        codes = [each.code for each in review(scan(tmp_path / "app")).findings or ()]
        assert ("unmet-need" in codes) is told


MANIFEST = "FROM python:3.12-slim\nWORKDIR /a\nCOPY pyproject.toml ./\n"
NAMED = "[tool.poetry]\nname = 'web-shop'\nversion = '1'\n"
PACKAGELESS = {
    "app-without-a-package": (f"{MANIFEST}RUN pip install poetry && poetry install --only main\n", NAMED, {"main.py": 9}, True),
    "project-table": (f"{MANIFEST}RUN pipx install 'poetry==2.1'\nRUN poetry install\n", "[project]\nname = 'web-shop'\n", {}, True),
    "copied-as-a-whole": (f"{MANIFEST}COPY . .\nRUN pip install poetry\nRUN poetry install\n", NAMED, {"main.py": 9}, True),
    # --- silent
    "without-the-project": (f"{MANIFEST}RUN pip install poetry && poetry install --no-root\n", NAMED, {}, False),
    "no-package-as-it-says": (f"{MANIFEST}RUN pip install poetry && poetry install\n", NAMED + "package-mode = false\n", {}, False),
    "packages-by-their-names": (f"{MANIFEST}RUN pip install poetry && poetry install\n", NAMED + "packages = [{include = 'lib'}]\n", {}, False),
    "a-poetry-that-warns": (f"{MANIFEST}RUN pip install poetry==1.8.3 && poetry install\n", NAMED, {}, False),
    "a-poetry-by-a-variable": (f"{MANIFEST}ARG V=1.8.3\nRUN pip install poetry==$V && poetry install\n", NAMED, {}, False),
    "a-poetry-of-the-image": (f"{MANIFEST}RUN poetry install\n", NAMED, {}, False),
    "a-module": (f"{MANIFEST}COPY . .\nRUN pip install poetry && poetry install\n", NAMED, {"src/web_shop.py": 9}, False),
    "made-in-the-build": (f"{MANIFEST}RUN mkdir web_shop && touch web_shop/__init__.py\nRUN pip install poetry && poetry install\n", NAMED, {}, False),
    "may-fail": (f"{MANIFEST}RUN pip install poetry && poetry install || true\n", NAMED, {}, False),
}  # fmt: skip


@pytest.mark.parametrize("name", PACKAGELESS)
def test_a_project_that_is_no_package(name: str, tmp_path: Path) -> None:
    """Seen with Poetry 2.5, which ends with an error, and 1.8, which warns."""
    dockerfile, manifest, tree, speaks = PACKAGELESS[name]
    projects.write(tmp_path, {"Dockerfile": dockerfile, "pyproject.toml": manifest, **tree})
    told = [each for each in review(scan(tmp_path)).findings or () if each.code == "unmet-need"]
    assert ["installs the package web_shop" in each.message for each in told] == [True] * speaks


GOLANG = "FROM golang:1.22\nWORKDIR /a\nCOPY go.mod ./\nRUN go mod download\nCOPY . .\n"
MODULE = {"go.mod": "module example.org/shop\n"}
TARGETS = {
    "a-directory": (f"{GOLANG}RUN CGO_ENABLED=0 go build -o ./bin/shop ./cmd/shop/\n", {"main.go": "package main\n"}, "builds cmd/shop", "write . for it"),
    "a-file": (f"{GOLANG}RUN go build ./cmd/main.go\n", {"cmd/shop/main.go": "package main\n"}, "builds cmd/main.go", "write ./cmd/shop"),
    "a-misspelled-directory": (f"{GOLANG}RUN go build ./cmd/serve\n", {"cmd/server/main.go": "package main\n", "cmd/tool/main.go": "package main\n"}, "builds cmd/serve", "write ./cmd/server"),
    # --- silent
    "there": (f"{GOLANG}RUN go build -o ./shop ./cmd/shop\n", {"cmd/shop/main.go": "package main\n"}, "", ""),
    "the-module-itself": (f"{GOLANG.replace('COPY . .', 'COPY main.go main.go')}RUN go build -o shop ./\n", {"main.go": "package main\n"}, "", ""),
    "all": (f"{GOLANG}RUN go build ./... && go test ./x/...\n", {"main.go": "package main\n"}, "", ""),
    "an-argument": (f"{GOLANG}RUN go run . ./config.yml\n", {"main.go": "package main\n"}, "", ""),
    "generated": (f"{GOLANG}RUN mkdir -p cmd/shop && cp main.go cmd/shop/\nRUN go build ./cmd/shop\n", {"main.go": "package main\n"}, "", ""),
    "cloned": (f"{GOLANG}RUN git clone https://example.org/x cmd\nRUN go build ./cmd/shop\n", {"main.go": "package main\n"}, "", ""),
    "made-before": (f"{GOLANG}RUN go build ./gen/shop\n", {"main.go": "package main\n", ".gitignore": "gen/\n"}, "", ""),
    "may-fail": (f"{GOLANG}RUN go build ./cmd/shop || go build .\n", {"main.go": "package main\n"}, "", ""),
    "of-a-submodule": (f"{GOLANG}RUN go build ./sub/shop\n", {"main.go": "package main\n", ".gitmodules": '[submodule "sub"]\n\tpath = sub\n\turl = https://example.org/sub\n'}, "", ""),
    "of-no-module": ("FROM golang:1.22\nWORKDIR /a\nCOPY main.go .\nRUN go build ./cmd/shop\n", {"main.go": "package main\n"}, "", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", TARGETS)
def test_a_program_that_is_not_there(name: str, tmp_path: Path) -> None:
    """Go ends with "no such file or directory"; silent where something may make it."""
    dockerfile, tree, says, way = TARGETS[name]
    projects.write(tmp_path, {"Dockerfile": dockerfile, **MODULE, **tree})
    told = [each for each in review(scan(tmp_path)).findings or () if each.code == "unmet-need"]
    assert [says in each.message and way in (each.remedy or "") for each in told] == [True] * bool(says)
    assert all(each.severity == "error" for each in told)


SOLUTION = 'Project("{9A19}") = "Shop", "src\\\\Shop\\\\Shop.csproj", "{1}"\n'.replace("\\\\", "\\")
SDK = "FROM mcr.microsoft.com/dotnet/sdk:8.0\nWORKDIR /a\nCOPY . .\nRUN dotnet restore\n"
IN_VAIN = {
    "a-solution-in-another-case": (SDK, {"All.sln": SOLUTION, "src/shop/Shop.csproj": "<Project/>"}, "error", "All.sln:1 names src/Shop/Shop.csproj, which is src/shop/Shop.csproj in the project: RUN dotnet restore ends there", "write src/shop/Shop.csproj in All.sln:1"),
    "a-solution-with-a-project-that-is-gone": (SDK, {"All.sln": SOLUTION, "src/a.cs": ""}, "error", "All.sln:1 names src/Shop/Shop.csproj, and the project has no such file", "take it out of All.sln, or add what is meant"),
    "a-reference-in-another-case": (SDK.replace("restore", "build"), {"a.csproj": '<Project><ItemGroup><ProjectReference Include="..\\..\\a\\Lib\\b.csproj" /></ItemGroup></Project>'.replace("..\\..\\a\\", ""), "lib/b.csproj": "<Project/>"}, "warning", "a.csproj:1 names Lib/b.csproj, which is lib/b.csproj in the project", "write lib/b.csproj in a.csproj:1"),
    "a-module-of-maven": ("FROM maven:3.9\nWORKDIR /a\nCOPY . .\nRUN mvn package\n", {"pom.xml": "<project>\n<module>Core</module>\n<module>web</module></project>", "core/pom.xml": "<project/>", "web/pom.xml": "<project/>"}, "error", "pom.xml:2 names Core/pom.xml, which is core/pom.xml in the project: RUN mvn package ends there", "write core/pom.xml in pom.xml:2"),
    "a-member-of-cargo": ("FROM rust:1.80\nWORKDIR /a\nCOPY . .\nRUN cargo build\n", {"Cargo.toml": '[workspace]\nmembers = ["app", "old"]\n', "app/Cargo.toml": '[package]\nname = "app"\n', "app/src/main.rs": ""}, "error", "names old/Cargo.toml, and the project has no such file: RUN cargo build ends there", "take it out of Cargo.toml:2, or add what is meant"),
    "a-module-of-go": ("FROM golang:1.22\nWORKDIR /a\nCOPY . .\nRUN go build ./app\n", {"go.work": "go 1.22\n\nuse (\n\t./app\n\t./gone\n)\n", "app/go.mod": "module app\n", "app/a.go": "package main\n"}, "error", "go.work:5 names gone/go.mod", "take it out of go.work:5, or add what is meant"),
    # --- silent
    "a-solution-that-is-whole": (SDK, {"All.sln": SOLUTION, "src/Shop/Shop.csproj": "<Project/>"}, "", "", ""),
    "a-solution-that-is-not-read": (SDK.replace("restore", "restore src/shop/Shop.csproj"), {"All.sln": SOLUTION, "src/shop/Shop.csproj": "<Project/>"}, "", "", ""),
    "a-member-of-a-submodule": ("FROM rust:1.80\nWORKDIR /a\nCOPY . .\nRUN cargo build\n", {"Cargo.toml": '[workspace]\nmembers = ["app", "old"]\n', "app/Cargo.toml": '[package]\nname = "app"\n', "app/src/main.rs": "", ".gitmodules": '[submodule "old"]\n\tpath = old\n\turl = https://example.org/old\n'}, "", "", ""),
    "a-solution-that-is-mended": (SDK.replace("RUN", "RUN dotnet sln remove src/Shop/Shop.csproj\nRUN"), {"All.sln": SOLUTION, "src/a.cs": ""}, "", "", ""),
}  # fmt: skip


@pytest.mark.skipif(sys.platform != "linux", reason="the case of letters counts")
@pytest.mark.parametrize("name", IN_VAIN)
def test_what_a_manifest_names_and_nobody_has(name: str, tmp_path: Path) -> None:
    """MSB3202 of MSBuild, and its like: each reads all that its manifest names before it does anything."""
    dockerfile, tree, severity, says, way = IN_VAIN[name]
    projects.write(tmp_path, {"Dockerfile": dockerfile, **tree})
    told = [each for each in review(scan(tmp_path)).findings or () if each.code == "unmet-need"]
    assert [(each.severity, each.remedy) for each in told] == ([(severity, way)] if says else []), told
    assert all(says in each.message for each in told)


ALPINE = "FROM alpine:3.20\nWORKDIR /app\n"
CALLED = {
    "a-mode-of-what-no-copy-brings": (f"{ALPINE}COPY app.py ./\nRUN chmod +x start.sh\n", {"scripts/start.sh": "", "app.py": ""}, "chmod +x start.sh needs /app/start.sh", "COPY scripts/start.sh /app/start.sh above line 4"),
    "a-misspelled-script": (f"{ALPINE}COPY . .\nRUN apk add --no-cache git && sh ./strat.sh\n", {"start.sh": ""}, "sh ./strat.sh needs /app/strat.sh", "write start.sh, which is the nearest name"),
    "a-script-that-nobody-has": (f"{ALPINE}COPY . .\nRUN ./compile\n", {"app.py": ""}, "compile needs /app/compile", "add compile to the project, or take the command out"),
    "a-script-that-is-not-copied": (f"{ALPINE}COPY app.py ./\nRUN chmod +x start.sh\n", {"start.sh": "", "app.py": ""}, "reads start.sh, and no COPY above takes it", "copy start.sh before line 4"),
    # --- silent
    "what-a-step-may-make": (f"{ALPINE}COPY . .\nRUN ./generate.sh\nRUN chmod +x start.sh\n", {"generate.sh": ""}, "", ""),
    "what-is-made": (f"{ALPINE}RUN touch start.sh\nRUN chmod +x start.sh\n", {"app.py": ""}, "", ""),
    "what-may-not-be-there": (f"{ALPINE}COPY . .\nRUN chmod +x start.sh || true\n", {"app.py": ""}, "", ""),
    "what-the-image-has": ("FROM acme/base:1\nWORKDIR /app\nRUN chmod +x start.sh\n", {"app.py": ""}, "", ""),
    "what-is-elsewhere": (f"{ALPINE}COPY . .\nRUN chmod +x /usr/local/bin/start.sh\n", {"app.py": ""}, "", ""),
    "what-git-ignores": (f"{ALPINE}COPY . .\nRUN chmod +x start.sh\n", {"app.py": "", ".gitignore": "start.sh\n"}, "", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", CALLED)
def test_what_a_step_calls_and_nothing_brings(name: str, tmp_path: Path) -> None:
    """An error, since the step ends with one."""
    dockerfile, tree, says, way = CALLED[name]
    projects.write(tmp_path, {"Dockerfile": dockerfile, **tree})
    told = [each for each in review(scan(tmp_path)).findings or () if each.code == "unmet-need"]
    assert [(each.severity, each.remedy) for each in told] == ([("error", way)] if says else []), told
    assert all(says in each.message for each in told)


def test_a_script_that_lies_above_the_context(tmp_path: Path) -> None:
    """It is there as seen from the root, from which the build is to be done; that a workflow runs it makes none."""
    files = {
        "app/Dockerfile": f"{ALPINE}COPY . .\nRUN ./scripts/prepare.sh /app\n",
        "compose.yaml": "services:\n  app:\n    build: ./app\n",
        "scripts/prepare.sh": "",
        ".github/workflows/ci.yml": "jobs:\n  a:\n    steps:\n      - run: |\n          bash scripts/prepare.sh\n",
        ".git/HEAD": "x",
    }
    projects.write(tmp_path, files)
    (found,) = [each for each in told_of("--all", cwd=tmp_path)[0]["findings"] if each["code"] == "unmet-need"]
    assert (found["severity"], found["remedy"]) == (
        "error",
        "write context: . and dockerfile: app/Dockerfile in compose.yaml, line 3",
    )
    projects.write(
        tmp_path, {"compose.yaml": files["compose.yaml"].replace("./app", "{context: ., dockerfile: app/Dockerfile}")}
    )
    assert not [each for each in told_of("--all", cwd=tmp_path)[0]["findings"] if each["code"] == "unmet-need"]
    # What a script is given may be what it makes.
    workflow = files[".github/workflows/ci.yml"].replace("bash scripts", "bash make.sh scripts")
    projects.write(tmp_path, {**files, ".github/workflows/ci.yml": workflow})
    assert not [each for each in told_of("--all", cwd=tmp_path)[0]["findings"] if each["code"] == "unmet-need"]


LOCKS = (
    "FROM node:22\nWORKDIR /app\nCOPY package.json yarn.lock* package-lock.json* ./\n"
    "RUN if [ -f yarn.lock ]; then yarn --frozen-lockfile; \\\n  elif [ -f package-lock.json ]; then npm ci; \\\n"
    '  else echo "No lock file." && exit 1; \\\n  fi\n'
)
FIRST = "run yarn install beside package.json, and commit yarn.lock"
ENDS = {
    "neither": (LOCKS, {}, "error", FIRST),
    "no lock file": (LOCKS.replace("yarn.lock", "a.cfg").replace("package-lock.json", "b.cfg"), {}, "error", "add a.cfg or b.cfg"),
    # --- silent
    "one of them": (LOCKS, {"package-lock.json": "{}"}, "", ""),
    "no end": (LOCKS.replace("exit 1", "npm install"), {}, "", ""),
    "an end in another branch": (LOCKS.replace("npm ci", "exit 1").replace(" && exit 1", ""), {}, "", ""),
    "an end that counts for nothing": (LOCKS.replace("  fi", "  fi || true"), {}, "", ""),
    "what git ignores": (LOCKS, {".gitignore": "yarn.lock\n"}, "", ""),
    "what a step may make": (LOCKS.replace("RUN", "RUN npm install --package-lock-only\nRUN", 1), {}, "", ""),
    "what the image has": (LOCKS.replace("node:22", "acme/base:1"), {}, "", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", ENDS)
def test_a_run_that_wants_one_of_several_files(name: str, tmp_path: Path) -> None:
    """It ends in the last branch where none of them is there."""
    dockerfile, tree, severity, way = ENDS[name]
    projects.write(tmp_path, {"Dockerfile": dockerfile, "package.json": '{"dependencies": {"a": "1"}}', **tree})
    told = [each for each in review(scan(tmp_path)).findings or () if each.code == "unmet-need"]
    assert [(each.severity, each.remedy) for each in told] == ([(severity, way)] if severity else []), told


def test_the_lock_file_of_a_template(tmp_path: Path) -> None:
    """Whoever makes a project from it makes that first, so that it is a note."""
    files = {
        f"templates/next/{name}": text
        for name, text in (("Dockerfile", LOCKS), ("package.json", '{"dependencies": {"a": "1"}}'))
    }
    projects.write(tmp_path, {**files, ".git/HEAD": "x"})
    (found,) = [each for each in review(scan(tmp_path / "templates/next")).findings or () if each.code == "unmet-need"]
    assert (found.severity, found.remedy) == ("note", FIRST)
    projects.write(tmp_path, {"templates/next/yarn.lock": "a"})
    assert not [each for each in review(scan(tmp_path / "templates/next")).findings or () if each.code == "unmet-need"]


RUNS = 'FROM python:3.12\nWORKDIR /a\nCOPY app app\nCOPY run.sh ./\nCMD ["bash", "run.sh"]\n'
STARTED = {
    "a-program": ("export A=1\npython3 run.py\n", RUNS, True),
    "a-program-that-takes-over": ("exec python3 run.py\n", RUNS, True),
    "a-program-by-its-path": ("#!/bin/sh\n./run.py\n", RUNS.replace('"bash", "run.sh"', '"./run.sh"'), True),
    # --- silent
    "a-program-that-is-there": ("python3 run.py\n", RUNS.replace("run.sh ./", "run.sh run.py ./"), False),
    "a-program-perhaps": ("if [ -f x ]; then\n  python3 run.py\nfi\n", RUNS, False),
    "a-program-or-not": ("python3 run.py || true\n", RUNS, False),
    "a-program-after-another": ("exec python3 app/b.py\npython3 run.py\n", RUNS, False),
    "a-program-elsewhere": ("cd app\npython3 run.py\n", RUNS, False),
    "a-program-that-it-makes": ("cp app/b.py run.py\npython3 run.py\n", RUNS, False),
    "a-program-in-a-function": ("start() {\n  python3 run.py\n}\n", RUNS, False),
}  # fmt: skip


@pytest.mark.parametrize("name", STARTED)
def test_what_the_script_of_a_program_runs(name: str, tmp_path: Path) -> None:
    """As if CMD ran it: no COPY takes it."""
    script, dockerfile, speaks = STARTED[name]
    projects.write(tmp_path, {"Dockerfile": dockerfile, "run.sh": script, "run.py": "", "app/b.py": ""})
    told = [each for each in review(scan(tmp_path)).findings or () if each.code == "unmet-need"]
    says = "run.sh, which CMD (Dockerfile:5) starts, reads run.py, and no COPY above takes it"
    assert [each.message for each in told] == [says] * speaks


REPLACED = "module m\n\ngo {}\n\nreplace (\n\ta.b/c => ./c\n\ta.b/d v1.0.0 => ./d\n)\n"
REQUIRED = "require (\n\ta.b/c v0.0.0\n\ta.b/d v1.0.0{}\n)\n"
IMPORTS = 'package main\n\nimport "a.b/c/x"\n'


@pytest.mark.parametrize(
    ("version", "required", "source", "run", "says"),
    [
        ("1.22", REQUIRED, "package main\n", "go mod download", ("error", "replace (go.mod:6) reads c/go.mod, d/go.mod, and no")),
        ("1.22", REQUIRED, IMPORTS, "go build .", ("error", "replace (go.mod:6) reads c/go.mod, and no")),
        ("1.22", REQUIRED, "package main\n", "go build .", None),
        ("1.22", REQUIRED.replace("c v0.0.0\n\ta.b/d v1.0.0{}", "d v1.0.0 // indirect"), "package main\n", "go build .", ("warning", "(go.mod:7) reads d/go.mod")),
        ("1.16", REQUIRED, "package main\n", "go build .", ("error", "reads c/go.mod, d/go.mod")),
        ("1.22", REQUIRED.replace("1.0.0", "1.1.0"), "package main\n", "go mod download", ("error", "reads c/go.mod, and no")),
        ("1.22", "", IMPORTS, "go mod download", None),
        ("1.22", REQUIRED, "package main\n", "go mod download a.b/e@v1.0.0", None),
    ],
)  # fmt: skip
def test_what_takes_the_place_of_a_module(
    version: str, required: str, source: str, run: str, says: tuple[str, str] | None, tmp_path: Path
) -> None:
    """Each command that downloads reads all that is required, a build what it imports; tried with Go 1.26. What one
    `go.mod` misses is told at once."""
    manifest = REPLACED.format(version) + required.replace("{}", "")
    files = {"go.mod": manifest, "main.go": source, "c/go.mod": "module c\n", "d/go.mod": "module d\n"}
    dockerfile = f"FROM golang:1.26\nWORKDIR /a\nCOPY go.mod main.go ./\nRUN --mount=type=cache,target=/go/pkg {run}\n"
    projects.write(tmp_path, {**files, "Dockerfile": dockerfile})
    found = [each for each in review(scan(tmp_path)).findings or () if each.code == "unmet-need"]
    assert [(each.severity, says is not None and says[1] in each.message) for each in found] == (
        [] if says is None else [(says[0], True)]
    )


def test_a_module_of_a_workspace_takes_the_place_of_none(tmp_path: Path) -> None:
    """The workspace may have it; what lies above the context is an error only where somebody names that."""
    git(tmp_path, "init", "-q")
    manifest = "module m\n\ngo 1.22\n\nreplace a.b/c => ../c\n\nrequire a.b/c v0.0.0\n"
    dockerfile = "FROM golang:1.26\nWORKDIR /w/app\nCOPY . .\nRUN go mod download\n"
    projects.write(tmp_path, {"app/go.mod": manifest, "c/go.mod": "module c\n", "app/Dockerfile": dockerfile})

    def severity() -> str:
        (one,) = [each for each in review(scan(tmp_path / "app")).findings or () if each.code == "unmet-need"]
        return one.severity

    assert severity() == "error"
    projects.write(tmp_path, {"app/go.work": "go 1.22\nuse .\n"})
    assert severity() == "warning"


def test_settings_of_one_build(tmp_path: Path) -> None:
    """What one program reads beside its sources is told at once."""
    manifest = '{"scripts": {"build": "next build"}, "dependencies": {"next": "15.0.0"}}'
    files = {
        "package.json": manifest,
        "package-lock.json": "{}",
        "tsconfig.json": "{}",
        "postcss.config.mjs": "",
        "app/a.tsx": "",
    }
    dockerfile = "FROM node:22\nWORKDIR /a\nCOPY package*.json ./\nRUN npm ci\nCOPY app app\nRUN npm run build\n"
    projects.write(tmp_path, {**files, "Dockerfile": dockerfile})
    (found,) = [each for each in review(scan(tmp_path)).findings or () if each.code == "unmet-need"]
    assert "reads tsconfig.json, postcss.config.mjs, and no COPY above takes them" in found.message
    assert found.remedy == "copy them before line 6"


@pytest.mark.parametrize(("place", "severity"), [("deploy/api/", "note"), ("", "error")])
def test_a_program_that_a_guessed_context_does_not_have(place: str, severity: str, tmp_path: Path) -> None:
    """It speaks against the guess; the directory of the Dockerfile is none."""
    dockerfile = "FROM golang:1.22\nWORKDIR /a\nCOPY go.mod ./\nCOPY . .\nRUN go build -o shop ./cmd/server\n"
    projects.write(tmp_path, {"go.mod": "module test\n", "t.go": "package main\n", f"{place}Dockerfile": dockerfile})
    (found,) = [
        each for build in told_of("--all", cwd=tmp_path) for each in build["findings"] if each["code"] == "unmet-need"
    ]
    assert found["severity"] == severity
    assert ("nothing builds this Dockerfile" in found["message"]) is bool(place)
    assert "write . for it" not in found["remedy"]


@pytest.mark.parametrize("copied", ["package.json", "package*.json", "."])
def test_a_lock_file_that_no_copy_would_take(copied: str, tmp_path: Path) -> None:
    """The way out names both steps, and after both there is nothing to say."""
    files = {"package.json": '{"dependencies": {}}', ".gitignore": "package-lock.json\n"}
    text = f"FROM node:22\nWORKDIR /a\nCOPY {copied} ./\nRUN npm ci\n"
    git(projects.write(tmp_path, files), "init", "-q")
    (found,) = unmet(tmp_path, Case({}, "x\n", text))
    assert ("and COPY it with the manifest" in (found.remedy or "")) is (copied == "package.json")
    lock = '{"lockfileVersion": 3, "packages": {"": {"dependencies": {}}}}'
    after = text.replace("COPY package.json", "COPY package.json package-lock.json")
    assert not unmet(tmp_path, Case({".gitignore": "", "package-lock.json": lock}, "x\n", after))
