"""Existing rules and COPYs held to what the steps and the program read: hits, misses, and remedies that are followed.

That a back end fails for want of a readme or licence, and Cargo and Go for want of a member or an embedded file, was
tried with the tools themselves.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from support import command, projects
from support.command import told
from support.repositories import git

from ctxscan import scan
from ctxscan.findings import Finding
from ctxscan.opinions import review

HATCH = """\
[project]
name = "pkg"
version = "1.0"
readme = "README.md"

[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
"""
SCM = """\
[build-system]
requires = ["setuptools>=64", "setuptools-scm>=8"]
build-backend = "setuptools.build_meta"

[project]
name = "pkg"
dynamic = ["version"]

[tool.setuptools_scm]
"""
VCS = """\
[build-system]
requires = ["hatchling", "hatch-vcs"]
build-backend = "hatchling.build"

[project]
name = "pkg"
dynamic = ["version"]

[tool.hatch.version]
source = "vcs"
"""
DYNAMIC = """\
[build-system]
requires = ["poetry-core>=1", "poetry-dynamic-versioning>=1,<2"]
build-backend = "poetry_dynamic_versioning.backend"

[tool.poetry]
name = "pkg"
version = "0.0.0"

[tool.poetry-dynamic-versioning]
enable = true
"""
PYTHON = {"src/pkg/__init__.py": "", "README.md": "# pkg\n", "pyproject.toml": HATCH}
COPY_ALL = "FROM python:3.12\nWORKDIR /app\nCOPY . .\n"
SETUP = 'from setuptools import setup\nsetup(name="pkg", long_description=open("README.md").read())\n'
GO = {
    "go.mod": "module example.org/m\n\ngo 1.22\n",
    "cmd/a/main.go": 'package main\n\nimport _ "example.org/m/web"\n\nfunc main() {}\n',
    "web/web.go": 'package web\n\nimport _ "embed"\n\n//go:embed page.html\nvar Page string\n',
    "web/page.html": "<p>\n",
}
GO_BUILD = (
    "FROM golang:1.22 AS b\nWORKDIR /w\nCOPY . .\nRUN go build -o /a ./cmd/a\nFROM scratch\nCOPY --from=b /a /a\n"
)
CARGO = {
    "Cargo.toml": '[workspace]\nmembers = ["app", "tools"]\n',
    "app/Cargo.toml": '[package]\nname = "app"\n',
    "app/src/main.rs": "fn main() {}\n",
    "tools/Cargo.toml": '[package]\nname = "tools"\n',
}
FRAMEWORK = "<Project><PropertyGroup><TargetFramework>net8.0</TargetFramework></PropertyGroup></Project>\n"
CENTRAL = {
    "src/A.csproj": FRAMEWORK.replace("<Project>", '<Project Sdk="Microsoft.NET.Sdk">').replace("</Project>", '\n<ItemGroup><PackageReference Include="X" /></ItemGroup></Project>'),
    "Directory.Packages.props": "<Project><PropertyGroup><ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally></PropertyGroup></Project>\n",
}  # fmt: skip
RESTORE = "FROM dotnet/sdk:8.0\nWORKDIR /a\nCOPY src src\nRUN dotnet restore src/A.csproj\n"
CARGO_BUILD = "FROM rust:1.80\nWORKDIR /w\nCOPY . .\nRUN cargo build --release\n"
BENCH = '[package]\nname = "app"\n\n[[bench]]\nname = "speed"\n'
NODE = {"bin/www": "require('../app');\n", "app.js": "", "package.json": '{"scripts": {"start": "node ./bin/www"}}'}
FLASK = {"app/__init__.py": "", "app/main.py": "import os\nfrom tests.factories import make\n", "tests/factories.py": "", "tests/__init__.py": ""}  # fmt: skip

NPM = {"package.json": '{"name": "x", "dependencies": {"express": "4"}}', "package-lock.json": "{}", "server.js": ""}
NPM_CI = "FROM node:22\nWORKDIR /a\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\n"
PATCHED = '{"name": "x", "pnpm": {"patchedDependencies": {"express@4": "patches/express.patch"}}}'
POM = "<project>\n<!-- <module>old</module> -->\n<modules>\n<module>core</module>\n</modules>\n<profiles><profile><modules><module>it</module></modules></profile></profiles></project>\n"
MAVEN = {"pom.xml": POM, "core/pom.xml": "<project/>", "it/pom.xml": "<project/>", "old/pom.xml": "<project/>"}
GEMFILE = 'ruby file: ".ruby-version"\ngem "rails"\n'
LARAVEL = {
    "composer.json": '{"scripts": {"post-autoload-dump": ["Illuminate\\\\Foundation::x", "@php artisan package:discover --ansi"]}}',
    "composer.lock": "{}",
    "artisan": "",
}
GO_MOD = (
    "module a\n\ngo 1.23\n\nreplace (\n\texample.com/b v1.0.0 => ./libs/b\n\texample.com/c => example.com/d v1.2.3\n)\n"
    "require example.com/b v1.0.0\n"
)


PROJECT = 'Project("{{9A19103F-16F7-4668-BE54-9A1E7A4F7556}}") = "{0}", "{0}\\{0}.csproj", "{{C0EBDCFA-8237-4224-BE6D-1CDDE9A71CF2}}"\nEndProject\n'
SOLUTION = {
    "All.sln": "Microsoft Visual Studio Solution File\n" + PROJECT.format("Shop") + PROJECT.format("Tests"),
    "Shop/Shop.csproj": "<Project/>",
    "Tests/Tests.csproj": "<Project/>",
}
CMAKE = {
    "CMakeLists.txt": "project(a)\nadd_subdirectory(core)\nadd_executable(a main.cpp)\n",
    "core/CMakeLists.txt": "add_library(core c.cpp)\n",
    "core/c.cpp": "",
    "main.cpp": "",
}
SWIFT = {"Package.swift": '.package(url: "https://example.com/b", from: "1.0.0")\n', "Package.resolved": "{}"}


def node(script: str) -> dict[str, str]:
    """A project with a script that runs with each install."""
    return {**NPM, "package.json": f'{{"name": "x", "scripts": {{"postinstall": "{script}"}}}}'}


class Case(NamedTuple):
    """A tree with its rules and Dockerfile, and what one finding says; empty: there is none. `placed`: where it is."""

    tree: dict[str, str]
    rules: str
    dockerfile: str
    says: str
    placed: str = ".dockerignore:1"


HITS = {
    "module-beside-other-packages": Case({"a": 9, "shop/__main__.py": 9}, "", 'FROM python:3.12\nWORKDIR /app\nCOPY a ./\nRUN pip install flask\nCMD ["python", "-m", "shop"]\n', "CMD (Dockerfile:5) reads shop/__main__.py, and no COPY above takes it", "Dockerfile:5"),
    "readme": Case(PYTHON, "*.md\n", COPY_ALL + "RUN uv sync --locked --no-dev\n", "reads README.md, which .dockerignore:1 *.md excludes"),
    "readme-of-pip": Case(PYTHON, "*.md\n", COPY_ALL + "RUN pip install --no-cache-dir .\n", "pyproject.toml:4 names it as the project's readme"),
    "readme-of-an-extra": Case(PYTHON, "*.md\n", COPY_ALL + "RUN pip install -e '.[web]'\n", "RUN pip install -e '.[web]' (Dockerfile:4)".replace("RUN ", "")),
    "readme-in-a-directory": Case({f"svc/{name}": text for name, text in PYTHON.items()}, "**/*.md\n", COPY_ALL + "RUN cd svc && poetry build\n", "svc/README.md"),
    "readme-that-is-not-copied": Case(PYTHON, "x\n", "FROM python:3.12\nWORKDIR /app\nCOPY pyproject.toml ./\nCOPY src ./src\nRUN uv sync\n", "reads README.md, and no COPY above takes it", "Dockerfile:5"),
    "license": Case({**PYTHON, "LICENSE": "MIT\n", "pyproject.toml": HATCH.replace('readme = "README.md"', 'license = {file = "LICENSE"}')}, "LICENSE\n", COPY_ALL + "RUN pip install .\n", "the project's license"),
    "set-up-script": Case({"setup.py": SETUP, "README.md": "x\n"}, "README.md\n", COPY_ALL + "RUN pip install .\n", "setup.py:2 reads README.md, which .dockerignore:1 README.md excludes"),
    "requirements-of-a-set-up-script": Case({"setup.py": 'from setuptools import setup\nreqs = open("requirements.txt").readlines()\nsetup()\n', "requirements.txt": "a\n"}, "*.txt\n", COPY_ALL + "RUN python setup.py install\n", "setup.py:2 reads requirements.txt"),
    "embedded": Case(GO, "**/*.html\n", GO_BUILD, "go:embed (web/web.go:5) reads web/page.html, which .dockerignore:1 **/*.html excludes"),
    "embedded-directory": Case({**GO, "web/web.go": "package web\n\n//go:embed static/*\nvar F embed.FS\n", "web/static/a.css": "x"}, "web/static\n", GO_BUILD, "web/static"),
    "a-pattern-that-matches-nothing": Case({**CARGO, "Cargo.toml": '[workspace]\nmembers = ["app", "examples/*"]\n', "examples/e/Cargo.toml": '[package]\nname = "e"\n'}, "examples\n", CARGO_BUILD, "the workspace (Cargo.toml:2) reads examples, which .dockerignore:1 examples excludes"),
    "member-for-a-recipe": Case(CARGO, "tools\n", "FROM rust:1.80\nWORKDIR /w\nCOPY . .\nRUN cargo chef prepare --recipe-path r.json\n", "the workspace (Cargo.toml:2) reads tools/Cargo.toml, which .dockerignore:1 tools excludes"),
    "member-for-vendored-crates": Case(CARGO, "x\n", "FROM rust:1.80\nWORKDIR /w\nCOPY Cargo.toml ./\nCOPY app app\nRUN cargo vendor\n", "the workspace (Cargo.toml:2) reads tools/Cargo.toml, and no COPY above takes it", "Dockerfile:5"),
    "versions-of-packages": Case(CENTRAL, "x\n", RESTORE, "a package without a version (src/A.csproj:2) reads Directory.Packages.props, and no COPY above takes it", "Dockerfile:4"),
    "versions-that-a-rule-takes": Case(CENTRAL, "*.props\n", RESTORE.replace("COPY src src", "COPY . ."), "reads Directory.Packages.props, which .dockerignore:1 *.props excludes"),
    "what-a-project-is-built-for": Case({"src/A.csproj": '<Project Sdk="Microsoft.NET.Sdk" />\n', "Directory.Build.props": FRAMEWORK}, "x\n", RESTORE, "a project without a TargetFramework (src/A.csproj) reads Directory.Build.props", "Dockerfile:4"),
    "settings-aside-of-a-project": Case({"src/x/A.csproj": '<Project Sdk="Microsoft.NET.Sdk" />\n', "Directory.Build.props": FRAMEWORK}, "y\n", "FROM dotnet/sdk:8.0\nWORKDIR /a\nCOPY Directory.Build.props b/\nCOPY src/x src/x\nRUN dotnet restore src/x/A.csproj\n", "(src/x/A.csproj) reads Directory.Build.props, which is copied to /a/b/Directory.Build.props", "Dockerfile:5"),
    "projects-of-a-solution": Case(SOLUTION, "x\n", "FROM dotnet/sdk:8.0\nWORKDIR /a\nCOPY *.sln ./\nRUN dotnet restore\n", "the solution (All.sln:2) reads Shop/Shop.csproj, Tests/Tests.csproj, and no COPY above takes them", "Dockerfile:4"),
    "one-project-of-a-solution": Case(SOLUTION, "x\n", "FROM dotnet/sdk:8.0\nWORKDIR /a\nCOPY All.sln ./\nCOPY Shop/Shop.csproj Shop/\nRUN dotnet restore All.sln\n", "the solution (All.sln:4) reads Tests/Tests.csproj, and no COPY above takes it", "Dockerfile:5"),
    "directory-of-cmake": Case(CMAKE, "x\n", "FROM gcc:13\nWORKDIR /a\nCOPY CMakeLists.txt main.cpp ./\nRUN cmake . && make\n", "add_subdirectory (CMakeLists.txt:2) reads core/CMakeLists.txt, and no COPY above takes it", "Dockerfile:4"),
    "source-of-cmake": Case(CMAKE, "core/c.cpp\n", "FROM gcc:13\nWORKDIR /a/out\nCOPY . /a\nRUN cmake -DCMAKE_BUILD_TYPE=Release ..\n", "add_library (core/CMakeLists.txt:1) reads core/c.cpp, which .dockerignore:1 core/c.cpp excludes"),
    "versions-of-swift": Case(SWIFT, "*.resolved\n", "FROM swift:5.10\nWORKDIR /a\nCOPY . .\nRUN swift build -c release\n", "Swift's package manager (Package.swift) reads Package.resolved, which .dockerignore:1 *.resolved excludes"),
    "member-of-a-workspace": Case(CARGO, "tools\n", CARGO_BUILD, "the workspace (Cargo.toml:2) reads tools/Cargo.toml, which .dockerignore:1 tools excludes"),
    "declared-bench": Case({"Cargo.toml": BENCH, "src/main.rs": "", "benches/speed.rs": ""}, "benches\n", CARGO_BUILD, "the declared [[bench]] (Cargo.toml) reads benches/speed.rs"),
    "crate-by-path": Case({"Cargo.toml": '[package]\nname = "app"\n\n[dependencies]\nx = { path = "x" }\n', "src/main.rs": "", "x/Cargo.toml": ""}, "x\n", CARGO_BUILD, "a dependency by path (Cargo.toml) reads x/Cargo.toml"),
    "script-of-cmd": Case(NODE, "bin\n", 'FROM node:22\nWORKDIR /app\nCOPY . .\nCMD ["node", "./bin/www"]\n', "CMD (Dockerfile:4) reads bin/www, which .dockerignore:1 bin excludes"),
    "script-of-a-manifest": Case({**NODE, "package-lock.json": "{}"}, "bin\n", 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD ["npm", "start"]\n', "CMD (Dockerfile:5) reads bin/www"),
    "entry-point": Case({"run.sh": "", "a": ""}, "*.sh\n", 'FROM alpine:3\nCOPY . /srv/\nENTRYPOINT ["/srv/run.sh"]\n', "ENTRYPOINT (Dockerfile:3) reads run.sh"),
    "health-check": Case({"check.js": "", "a.js": ""}, "check.js\n", 'FROM node:22\nWORKDIR /a\nCOPY . .\nHEALTHCHECK CMD node check.js\nCMD ["node", "a.js"]\n', "HEALTHCHECK (Dockerfile:4) reads check.js"),
    "imported-tests": Case(FLASK, "tests/\n", COPY_ALL + 'CMD ["python", "-m", "app.main"]\n', "app/main.py:2, which imports tests.factories, reads tests/factories.py, which .dockerignore:1 tests/ excludes"),
    "imported-by-a-server": Case(FLASK, "tests/\n", COPY_ALL + 'CMD ["uvicorn", "app.main:app", "--port", "80"]\n', "imports tests.factories"),
    "imported-further-down": Case({**FLASK, "run.py": "from app import main\n"}, "tests/\n", COPY_ALL + "CMD python run.py\n", "app/main.py:2"),
    "required-for-its-effect": Case({"server.js": "require('./docs/spec');\n", "docs/spec.json": "{}"}, "docs\n", 'FROM node:22\nWORKDIR /a\nCOPY . .\nCMD ["node", "server.js"]\n', "server.js:1, which imports ./docs/spec, reads docs/spec.json"),
    "required": Case({"server.js": "const x = require('./docs/spec');\n", "docs/spec.json": "{}"}, "docs\n", 'FROM node:22\nWORKDIR /a\nCOPY . .\nCMD ["node", "server.js"]\n', "server.js:1, which imports ./docs/spec, reads docs/spec.json"),
    "script-of-run": Case({"scripts/build.sh": "", "a": ""}, "scripts\n", "FROM alpine:3\nWORKDIR /a\nCOPY . .\nRUN sh scripts/build.sh\n", "sh (Dockerfile:4) reads scripts/build.sh"),
    "list-of-packages": Case({"requirements/prod.txt": "", "a.py": ""}, "requirements\n", COPY_ALL + "RUN pip install -r requirements/prod.txt\n", "pip (Dockerfile:4) reads requirements/prod.txt"),
    "version": Case({"pyproject.toml": SCM, ".git/HEAD": "ref: refs/heads/main\n"}, ".git\n", COPY_ALL + "RUN pip install .\n", "makes the version (pyproject.toml; pip, Dockerfile:4) reads .git, which .dockerignore:1 .git excludes"),
    "version-of-hatch": Case({"pyproject.toml": VCS, ".git/HEAD": ""}, ".git\n", COPY_ALL + "RUN pip install .\n", "hatch-vcs makes the version (pyproject.toml; pip, Dockerfile:4) reads .git"),
    "version-of-poetry": Case({"pyproject.toml": DYNAMIC, ".git/HEAD": ""}, ".git\n", COPY_ALL + "RUN pip install .\n", "poetry-dynamic-versioning makes the version"),
    "version-without-which-poetry-installs": Case({"pyproject.toml": DYNAMIC, ".git/HEAD": ""}, ".git\n", COPY_ALL + "RUN poetry install --only main\n", "poetry-dynamic-versioning makes the version"),
    "version-of-a-script": Case({"pyproject.toml": SCM.partition("[project]")[0], "setup.py": "from setuptools import setup\nsetup(name='pkg', use_scm_version=True)\n", ".git/HEAD": ""}, ".git\n", COPY_ALL + "RUN pip install .\n", "setuptools-scm makes the version (pyproject.toml; pip, Dockerfile:4)"),
    "version-that-may-fail": Case({"pyproject.toml": SCM, ".git/HEAD": ""}, ".git\n", COPY_ALL + "RUN pip install . || pip install pkg\n", "makes the version (pyproject.toml; pip, Dockerfile:4)"),
    "version-that-is-written": Case({"pyproject.toml": SCM, ".git/HEAD": ""}, ".git\n", COPY_ALL + "RUN sed -i 's/dynamic.*/version = \"1\"/' pyproject.toml && pip install .\n", "makes the version (pyproject.toml; pip, Dockerfile:4)"),
    "version-of-a-tool-that-is-not-asked": Case({"pyproject.toml": SCM.replace("[tool.setuptools_scm]", ""), ".git/HEAD": ""}, ".git\n", COPY_ALL + "RUN pip install .\n", "makes the version (pyproject.toml; pip, Dockerfile:4)"),
    "version-to-fall-back-to": Case({"pyproject.toml": SCM + 'fallback_version = "1.0rc1"\n', ".git/HEAD": ""}, ".git\n", COPY_ALL + 'RUN pip install .\nCMD ["pkg"]\n', ".git excludes: the version is 1.0rc1"),
    "version-beside-wheels": Case({"pyproject.toml": SCM, ".git/HEAD": ""}, ".git\n", "FROM python:3.12 AS b\nRUN pip wheel -w /w psycopg2\n" + COPY_ALL + "COPY --from=b /w/*.whl ./\nRUN pip install ./*.whl && pip install .\n", "setuptools-scm makes the version (pyproject.toml; pip, Dockerfile:7)"),
    "git-describe-of-what-no-copy-takes": Case({"a": "", ".git/HEAD": ""}, "x\n", "FROM golang:1.22\nWORKDIR /a\nCOPY a .\nRUN echo \"v='$(git describe --tags)'\" > version\n", "git describe (Dockerfile:4) reads .git, and no COPY above takes it", "Dockerfile:4"),
    "git-describe": Case({"a": "", ".git/HEAD": ""}, ".git\n", "FROM golang:1.22\nWORKDIR /a\nCOPY . .\nRUN V=$(git describe --tags) && echo $V > version\n", "git describe (Dockerfile:4) reads .git"),
    "lock-file": Case(NPM, "package-lock.json\n", COPY_ALL.replace("python:3.12", "node:22") + "RUN npm ci\n", "npm ci (package.json) reads package-lock.json"),
    "lock-file-that-is-not-copied": Case(NPM, "x\n", NPM_CI.replace(" package-lock.json", ""), "reads package-lock.json, and no COPY above takes it", "Dockerfile:4"),
    "lock-file-of-pnpm": Case({**NPM, "pnpm-lock.yaml": ""}, "x\n", NPM_CI.replace("npm ci", "pnpm install --frozen-lockfile"), "pnpm --frozen-lockfile (package.json) reads pnpm-lock.yaml", "Dockerfile:4"),
    "patched-dependency": Case({"package.json": PATCHED, "pnpm-lock.yaml": "", "patches/express.patch": ""}, "x\n", "FROM node:22\nWORKDIR /a\nCOPY package.json pnpm-lock.yaml ./\nRUN pnpm install --frozen-lockfile\nCOPY . .\n", "a patched dependency (package.json) reads patches/express.patch", "Dockerfile:4"),
    "patched-dependency-of-a-workspace": Case({"package.json": '{"name": "x"}', "pnpm-workspace.yaml": "patchedDependencies:\n  express: patches/express.patch\n", "pnpm-lock.yaml": "", "patches/express.patch": ""}, "x\n", "FROM node:22\nWORKDIR /a\nCOPY *.json *.yaml ./\nRUN pnpm install --frozen-lockfile\nCOPY . .\n", "a patched dependency (pnpm-workspace.yaml) reads patches/express.patch", "Dockerfile:4"),
    "patches": Case({**node("patch-package"), "patches/express+4.patch": ""}, "x\n", NPM_CI, "patch-package (package.json) reads patches", "Dockerfile:4"),
    "schema": Case({**node("prisma generate"), "prisma/schema.prisma": ""}, "x\n", NPM_CI, "the script postinstall (package.json) reads prisma/schema.prisma", "Dockerfile:4"),
    "script-of-an-install": Case({**node("node scripts/fetch.js"), "scripts/fetch.js": ""}, "x\n", NPM_CI, "the script postinstall (package.json) reads scripts/fetch.js", "Dockerfile:4"),
    "own-yarn": Case({**NPM, "yarn.lock": "", ".yarnrc.yml": "nodeLinker: node-modules\nyarnPath: .yarn/releases/yarn-4.cjs\n", ".yarn/releases/yarn-4.cjs": ""}, "x\n", NPM_CI.replace("package-lock.json", "yarn.lock .yarnrc.yml").replace("npm ci", "yarn install --immutable"), "yarn (.yarnrc.yml:2) reads .yarn/releases/yarn-4.cjs", "Dockerfile:4"),
    "included-list": Case({"requirements.txt": "-r requirements/base.txt\n", "requirements/base.txt": ""}, "x\n", "FROM python:3.12\nWORKDIR /a\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\n", "pip (requirements.txt:1) reads requirements/base.txt", "Dockerfile:4"),
    "included-list-in-a-directory": Case({"requirements/prod.txt": "# x\n-r ./base.txt\n", "requirements/base.txt": ""}, "x\n", "FROM python:3.12\nWORKDIR /a\nCOPY requirements/prod.txt requirements/\nRUN pip3 install -r requirements/prod.txt\n", "pip (requirements/prod.txt:2) reads requirements/base.txt", "Dockerfile:4"),
    "module-by-path": Case({"go.mod": GO_MOD, "go.sum": "", "libs/b/go.mod": "", "main.go": ""}, "x\n", "FROM golang:1.23\nWORKDIR /a\nCOPY go.mod go.sum ./\nRUN go mod download\nCOPY . .\n", "replace (go.mod:6) reads libs/b/go.mod", "Dockerfile:4"),
    "modules-of-maven": Case({"pom.xml": "<project><modules>\n<module>a</module>\n<module>b</module></modules></project>\n", "a/pom.xml": "<project/>", "b/pom.xml": "<project/>"}, "x\n", "FROM maven:3.9\nWORKDIR /a\nCOPY pom.xml .\nRUN mvn -B dependency:go-offline\n", "a module of the build (pom.xml:2) reads a/pom.xml, b/pom.xml", "Dockerfile:4"),
    "module-of-maven": Case(MAVEN, "x\n", "FROM maven:3.9\nWORKDIR /a\nCOPY pom.xml .\nRUN mvn -B dependency:go-offline\n", "a module of the build (pom.xml:4) reads core/pom.xml", "Dockerfile:4"),
    "wrapper": Case({"gradlew": "", "gradle/wrapper/gradle-wrapper.jar": "", "gradle/wrapper/gradle-wrapper.properties": ""}, "**/*.jar\n", "FROM eclipse-temurin:21\nWORKDIR /a\nCOPY . .\nRUN ./gradlew build\n", "gradlew reads gradle/wrapper/gradle-wrapper.jar"),
    "wrapper-of-maven": Case({"mvnw": "", "pom.xml": "", ".mvn/wrapper/maven-wrapper.properties": ""}, ".mvn\n", "FROM eclipse-temurin:21\nWORKDIR /a\nCOPY . .\nRUN ./mvnw package\n", "mvnw reads .mvn/wrapper/maven-wrapper.properties"),
    "version-of-ruby": Case({"Gemfile": GEMFILE, "Gemfile.lock": "", ".ruby-version": "3.3"}, "x\n", "FROM ruby:3.3\nWORKDIR /a\nCOPY Gemfile Gemfile.lock ./\nRUN bundle install\n", "bundle (Gemfile:1) reads .ruby-version", "Dockerfile:4"),
    "gem-by-path": Case({"Gemfile": 'gem "core", path: "engines/core"\n', "engines/core/core.gemspec": ""}, "x\n", "FROM ruby:3.3\nWORKDIR /a\nCOPY Gemfile ./\nRUN bundle install\n", "a gem by path (Gemfile:1) reads engines/core", "Dockerfile:4"),
    "script-of-composer": Case(LARAVEL, "x\n", "FROM composer:2\nWORKDIR /a\nCOPY composer.json composer.lock ./\nRUN composer install --no-dev\nCOPY . .\n", "the script post-autoload-dump (composer.json) reads artisan", "Dockerfile:4"),
    "package-that-is-built": Case(GO, "**/a\n", GO_BUILD, "go build -o /a ./cmd/a (Dockerfile:4) reads cmd/a, which .dockerignore:1 **/a excludes"),
    "package-that-is-imported": Case(GO, "web\n", GO_BUILD, "import (cmd/a/main.go:3) reads web, which .dockerignore:1 web excludes"),
    "package-that-is-not-copied": Case(GO, "x\n", GO_BUILD.replace("COPY . .", "COPY go.mod ./\nCOPY cmd cmd"), "import (cmd/a/main.go:3) reads web, and no COPY above takes it", "Dockerfile:5"),
    "vendored-packages": Case({**GO, "vendor/modules.txt": ""}, "vendor\n", GO_BUILD.replace("-o /a", "-mod=vendor -o /a"), "go -mod=vendor (Dockerfile:4) reads vendor/modules.txt"),
    "lock-file-of-cargo": Case({"Cargo.toml": '[package]\nname = "app"\n', "Cargo.lock": "", "src/main.rs": ""}, "*.lock\n", CARGO_BUILD.replace("--release", "--release --locked"), "cargo build --locked (Dockerfile:4) reads Cargo.lock"),
    "answers-of-a-database": Case({"Cargo.toml": '[package]\nname = "app"\n[dependencies]\nsqlx = "0.8"\n', "src/main.rs": "", ".sqlx/query-1.json": "{}"}, ".*\n", CARGO_BUILD, "sqlx (Cargo.toml) reads .sqlx"),
    "program-of-run": Case({"bin/rails": "", "a.rb": ""}, "bin\n", "FROM ruby:3.3\nWORKDIR /a\nCOPY . .\nRUN bin/rails assets:precompile\n", "RUN (Dockerfile:4) reads bin/rails, which .dockerignore:1 bin excludes"),
    "tests-of-run": Case({"tests/test_a.py": "", "a.py": ""}, "tests\n", COPY_ALL + "RUN pytest tests/test_a.py::test_x -q\n", "pytest (Dockerfile:4) reads tests/test_a.py"),
    "what-is-copied-on": Case({"deploy/nginx.conf": "", "a": ""}, "deploy\n", "FROM nginx:1\nWORKDIR /a\nCOPY . .\nRUN cp deploy/nginx.conf /etc/nginx/nginx.conf\n", "cp (Dockerfile:4) reads deploy/nginx.conf"),
    "directory-of-cd": Case({"web/package.json": "{}", "a": ""}, "web\n", "FROM node:22\nWORKDIR /a\nCOPY . .\nRUN cd web && npm install\n", "cd (Dockerfile:4) reads web"),
    "directory-of-make": Case({"lib/Makefile": "", "a": ""}, "lib\n", "FROM gcc:14\nWORKDIR /a\nCOPY . .\nRUN make -C lib all\n", "make (Dockerfile:4) reads lib"),
    "pages-of-a-site": Case({"mkdocs.yml": "site_name: x\ndocs_dir: pages\n", "pages/index.md": ""}, "pages\n", COPY_ALL + "RUN mkdocs build\n", "mkdocs build (mkdocs.yml) reads pages"),
    "chapters-of-a-book": Case({"book.toml": "", "src/SUMMARY.md": ""}, "**/*.md\n", "FROM rust:1.80\nWORKDIR /a\nCOPY . .\nRUN mdbook build\n", "mdbook build (book.toml) reads src/SUMMARY.md"),
    "script-that-is-not-copied": Case({"manage.py": "", "app/a.py": ""}, "x\n", "FROM python:3.12\nWORKDIR /a\nCOPY app app\nRUN python manage.py collectstatic\n", "python (Dockerfile:4) reads manage.py, and no COPY above takes it", "Dockerfile:4"),
    "script-that-another-command-reads": Case({"bin/get": "", "app/a.py": ""}, "x\n", "FROM python:3.12\nWORKDIR /a\nCOPY app app\nRUN bin/get https://example.org | sh\n", "RUN (Dockerfile:4) reads bin/get, and no COPY above takes it", "Dockerfile:4"),
    "script-at-the-end-of-a-pipe": Case({"bin/get": "", "app/a.py": ""}, "x\n", "FROM python:3.12\nWORKDIR /a\nCOPY app app\nRUN cat app/a.py | bin/get\n", "RUN (Dockerfile:4) reads bin/get, and no COPY above takes it", "Dockerfile:4"),
    "script-in-a-pipe-that-fails": Case({"bin/get": "", "app/a.py": ""}, "x\n", 'FROM python:3.12\nWORKDIR /a\nCOPY app app\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN bin/get https://example.org | sh\n', "RUN (Dockerfile:5) reads bin/get, and no COPY above takes it", "Dockerfile:5"),
    "entry-point-that-is-not-copied": Case({"run.sh": "", "app/a.py": ""}, "x\n", 'FROM python:3.12\nWORKDIR /a\nCOPY app app\nENTRYPOINT ["/a/run.sh"]\n', "ENTRYPOINT (Dockerfile:4) reads run.sh, and no COPY above takes it", "Dockerfile:4"),
    "program-that-is-copied-elsewhere": Case({"src/main.py": ""}, "x\n", 'FROM python:3.12\nWORKDIR /a\nCOPY src/ .\nCMD ["python", "src/main.py"]\n', "CMD (Dockerfile:4) reads src/main.py, which is copied to /a/main.py", "Dockerfile:4"),
    "program-in-the-root": Case({"main.js": ""}, "x\n", 'FROM node:22\nCOPY main.js /srv/\nCMD ["node", "main.js"]\n', "which is copied to /srv/main.js", "Dockerfile:3"),
    "worktree": Case({"pyproject.toml": SCM, ".git": "gitdir: /home/me/repo/.git/worktrees/x\n"}, "x\n", COPY_ALL + "RUN pip install .\n", "a file that points outside the context", "Dockerfile:4"),
}  # fmt: skip

MISSES = {
    "program-of-a-directory-that-is-not-made-yet": Case({"bin/cli.ts": "", "a": 9}, "x\n", 'FROM node:22\nWORKDIR /a\nCOPY build .\nCMD ["node", "bin/cli"]\n', ""),
    "module-of-an-archive": Case({"dist/shop.whl": 9, "shop/__main__.py": 9}, "", 'FROM python:3.12\nCOPY dist /d\nRUN pip install /d/*.whl\nCMD ["python", "-m", "shop"]\n', ""),
    "module-of-a-directory-that-another-stage-installs": Case({"shop/main.py": 9, "pyproject.toml": 9}, "", 'FROM python:3.12 AS b\nCOPY shop /src/shop\nCOPY pyproject.toml /src/\nRUN pip install --prefix=/install /src\nFROM python:3.12\nWORKDIR /app\nCOPY --from=b /install /usr/local\nCMD ["python", "-m", "shop.main"]\n', ""),
    "module-of-a-package": Case({"a": 9, "shop/__main__.py": 9}, "", 'FROM python:3.12\nCOPY a /d\nRUN pip install shop\nCMD ["python", "-m", "shop"]\n', ""),
    "dependencies-alone": Case(PYTHON, "*.md\n", COPY_ALL + "RUN uv sync --no-install-project\n", ""),
    "no-root": Case(PYTHON, "*.md\n", COPY_ALL + "RUN poetry install --no-root\n", ""),
    "other-packages": Case(PYTHON, "*.md\n", COPY_ALL + "RUN pip install flask -r requirements.txt\n", ""),
    "setuptools-warns": Case({**PYTHON, "pyproject.toml": HATCH.replace("hatchling.build", "setuptools.build_meta")}, "*.md\n", COPY_ALL + "RUN pip install .\n", ""),
    "readme-that-a-command-makes": Case(PYTHON, "*.md\n", COPY_ALL + "RUN touch README.md && pip install .\n", ""),
    "readme-that-an-earlier-command-makes": Case(PYTHON, "*.md\n", COPY_ALL + "RUN echo x > README.md\nRUN pip install .\n", ""),
    "readme-that-another-copy-brings": Case(PYTHON, "x\n", COPY_ALL + "RUN pip install .\n", ""),
    "readme-by-a-mount": Case(PYTHON, "x\n", "FROM python:3.12\nWORKDIR /app\nCOPY pyproject.toml ./\nCOPY src src\nRUN --mount=type=bind,source=README.md,target=README.md uv sync\n", ""),
    "edited-manifest": Case(PYTHON, "*.md\n", COPY_ALL + "RUN sed -i /readme/d pyproject.toml\nRUN pip install .\n", ""),
    "no-package": Case({**PYTHON, "pyproject.toml": HATCH + "[tool.uv]\npackage = false\n"}, "*.md\n", COPY_ALL + "RUN uv sync\n", ""),
    "set-up-script-that-looks-first": Case({"setup.py": 'import os\nfrom setuptools import setup\nif os.path.exists("README.md"):\n    text = open("README.md").read()\nsetup()\n', "README.md": ""}, "*.md\n", COPY_ALL + "RUN pip install .\n", ""),
    "embedded-by-what-is-not-built": Case({**GO, "cmd/a/main.go": "package main\n\nfunc main() {}\n"}, "**/*.html\n", GO_BUILD, ""),
    "embedded-from-another-stage": Case(GO, "**/*.html\n", GO_BUILD.replace("COPY . .\n", "COPY . .\nCOPY --from=x /out ./web\n"), ""),
    "embedded-and-some-of-it-there": Case({**GO, "web/web.go": "package web\n\n//go:embed *.html\nvar F embed.FS\n", "web/other.html": ""}, "web/page.html\n", GO_BUILD, ""),
    "generated": Case({**GO, "web/web.go": "package web\n\n//go:embed dist\nvar F embed.FS\n", "web/dist/a": ""}, "web/dist\n", GO_BUILD.replace("RUN go", "RUN make web && go"), ""),
    "bench-with-a-path": Case({"Cargo.toml": BENCH + 'path = "x/speed.rs"\n', "src/main.rs": "", "x/speed.rs": ""}, "x\n", CARGO_BUILD, ""),
    "own-yarn-that-need-not-be-there": Case({**NPM, "yarn.lock": "", ".yarnrc.yml": "yarnPath: .yarn/releases/yarn-4.cjs\n", ".yarn/releases/yarn-4.cjs": ""}, "x\n", NPM_CI.replace("package-lock.json", "yarn.lock .yarnrc.yml").replace("RUN", "COPY .yar[n] ./.yarn\nRUN").replace("npm ci", "yarn install --immutable"), ""),
    "members-by-wild-card": Case({**CARGO, "Cargo.toml": '[workspace]\nmembers = ["*"]\n'}, "tools\n", CARGO_BUILD, ""),
    "git-in-another-clone": Case({".git/HEAD": "x", "a": ""}, ".git\n", COPY_ALL + "RUN cd /opt/packages && git describe\n", ""),
    "not-the-workspace": Case(CARGO, "tools\n", "FROM rust:1.80\nWORKDIR /w\nCOPY app .\nRUN cargo build\n", ""),
    "built-here": Case({"dist/server.js": "", "src/server.ts": ""}, "dist\n", 'FROM node:22\nWORKDIR /a\nCOPY . .\nRUN npm run build\nCMD ["node", "dist/server.js"]\n', ""),
    "of-the-image": Case({"a": ""}, "x\n", 'FROM nginx:1\nCOPY . /srv\nENTRYPOINT ["/docker-entrypoint.sh"]\n', ""),
    "of-a-package": Case({"docker/README.md": "", "app.py": "import docker\n"}, "docker\n", COPY_ALL + 'CMD ["python", "app.py"]\n', ""),
    "imported-if-it-is-there": Case({"app.py": "try:\n    import tests\nexcept ImportError:\n    pass\n", "tests/__init__.py": ""}, "tests\n", COPY_ALL + 'CMD ["python", "app.py"]\n', ""),
    "imported-by-tests-alone": Case({"app.py": "", "tests/__init__.py": "", "conftest.py": "import tests\n"}, "tests\n", COPY_ALL + 'CMD ["python", "app.py"]\n', ""),
    "version-to-fall-back-to-for-tests": Case({"pyproject.toml": SCM + 'fallback_version = "1.0rc1"\n', ".git/HEAD": ""}, ".git\n", COPY_ALL + "RUN pip install .\nCMD [\"pytest\"]\n", ""),
    "version-to-fall-back-to-by-a-variable": Case({"pyproject.toml": SCM, "setup.py": "setup(use_scm_version={'fallback_version': VERSION})\n", ".git/HEAD": ""}, ".git\n", COPY_ALL + "RUN pip install .\n", ""),
    "version-beside-what-may-be-the-history": Case({"pyproject.toml": SCM, ".git/HEAD": ""}, ".git\n", "FROM python:3.12 AS b\nRUN ./fetch /w\n" + COPY_ALL + "COPY --from=b /w ./\nRUN pip install .\n", ""),
    "version-that-is-given": Case({"pyproject.toml": SCM, ".git/HEAD": ""}, ".git\n", COPY_ALL + "ENV SETUPTOOLS_SCM_PRETEND_VERSION=1\nRUN pip install .\n", ""),
    "git-in-what-is-mounted": Case({"a": "", ".git/HEAD": ""}, "x\n", "FROM golang:1.22\nWORKDIR /a\nCOPY a .\nRUN --mount=type=bind,target=. echo $(git describe) > /v\n", ""),
    "git-in-words-for-a-shell": Case({"a": "", ".git/HEAD": ""}, "x\n", "FROM golang:1.22\nWORKDIR /a\nCOPY a .\nRUN echo \"alias v='git log'; PS1='\\$(git rev-parse HEAD)'\" >> /root/.bashrc\n", ""),
    "git-elsewhere": Case({"a": "", ".git/HEAD": ""}, "x\n", "FROM golang:1.22\nCOPY a .\nRUN cd /usr/local/go && echo $(git describe) > /v\n", ""),
    "git-of-something-else": Case({"a": "", ".git/HEAD": ""}, ".git\n", "FROM golang:1.22\nWORKDIR /a\nCOPY . .\nRUN git clone https://example.org/x && cd x && git describe\n", ""),
    "git-that-may-fail": Case({"a": "", ".git/HEAD": ""}, ".git\n", "FROM golang:1.22\nWORKDIR /a\nCOPY . .\nRUN git describe || echo none\n", ""),
    "script-that-may-be-absent": Case({"scripts/build.sh": "", "a": ""}, "scripts\n", "FROM alpine:3\nWORKDIR /a\nCOPY . .\nRUN sh scripts/build.sh || true\n", ""),
    "lock-file-of-yarn-1": Case({**NPM, "yarn.lock": ""}, "x\n", NPM_CI.replace(" package-lock.json", "").replace("npm ci", "yarn install --frozen-lockfile"), ""),
    "install-without-scripts": Case({**node("node scripts/fetch.js"), "scripts/fetch.js": ""}, "x\n", NPM_CI.replace("npm ci", "npm ci --ignore-scripts"), ""),
    "script-that-goes-on": Case({**node("node scripts/fetch.js || true"), "scripts/fetch.js": ""}, "x\n", NPM_CI, ""),
    "packages-by-name": Case({**node("node scripts/fetch.js"), "scripts/fetch.js": ""}, "x\n", NPM_CI.replace("npm ci", "npm install typescript"), ""),
    "schema-that-is-copied": Case({**node("prisma generate"), "prisma/schema.prisma": ""}, "x\n", NPM_CI.replace("RUN", "COPY prisma prisma\nRUN"), ""),
    "list-with-what-it-includes": Case({"requirements.txt": "-r requirements/base.txt\n", "requirements/base.txt": ""}, "x\n", COPY_ALL + "RUN pip install -r requirements.txt\n", ""),
    "another-list": Case({"requirements.txt": "-r requirements/base.txt\n", "requirements/base.txt": "", "other.txt": ""}, "requirements\n", COPY_ALL + "RUN pip install -r other.txt\n", ""),
    "vendored-modules": Case({"go.mod": GO_MOD, "libs/b/go.mod": "", "vendor/modules.txt": "", "main.go": ""}, "libs\n", COPY_ALL.replace("python:3.12", "golang:1.23") + "RUN go build .\n", ""),
    "module-of-a-profile": Case(MAVEN, "it\nold\n", COPY_ALL.replace("python:3.12", "maven:3.9") + "RUN mvn package\n", ""),
    "a-pattern-that-matches": Case({**CARGO, "Cargo.toml": '[workspace]\nmembers = ["app", "examples/*"]\n', "examples/e/Cargo.toml": '[package]\nname = "e"\n'}, "examples/f\n", CARGO_BUILD, ""),
    "settings-beside-a-project-that-is-moved": Case({"src/x/A.csproj": '<Project Sdk="Microsoft.NET.Sdk" />\n', "Directory.Build.props": FRAMEWORK}, "x\n", "FROM dotnet/sdk:8.0\nWORKDIR /a\nCOPY src/x/A.csproj Directory.Build.props ./\nRUN dotnet restore A.csproj\n", ""),
    "versions-that-come-along": Case(CENTRAL, "x\n", RESTORE.replace("COPY src src", "COPY *.props ./\nCOPY src src"), ""),
    "packages-with-versions": Case({**CENTRAL, "src/A.csproj": CENTRAL["src/A.csproj"].replace('"X"', '"X" Version="1.0.0"')}, "x\n", RESTORE, ""),
    "versions-for-nobody": Case({**CENTRAL, "Directory.Packages.props": "<Project />\n"}, "x\n", RESTORE, ""),
    "a-project-that-says-what-it-is-built-for": Case({"src/A.csproj": FRAMEWORK.replace("<Project>", '<Project Sdk="Microsoft.NET.Sdk">'), "Directory.Build.props": FRAMEWORK}, "x\n", RESTORE, ""),
    "solution-with-its-projects": Case(SOLUTION, "x\n", "FROM dotnet/sdk:8.0\nWORKDIR /a\nCOPY . .\nRUN dotnet restore\n", ""),
    "solution-that-is-edited": Case(SOLUTION, "Tests\n", "FROM dotnet/sdk:8.0\nWORKDIR /a\nCOPY . .\nRUN dotnet sln remove Tests/Tests.csproj && dotnet restore\nRUN dotnet build\n", ""),
    "solution-whose-projects-are-moved": Case(SOLUTION, "x\n", "FROM dotnet/sdk:8.0\nWORKDIR /a\nCOPY All.sln */*.csproj ./\nRUN for f in *.csproj; do mkdir ${f%.*} && mv $f ${f%.*}/; done\nRUN dotnet restore\n", ""),
    "project-beside-a-solution": Case(SOLUTION, "x\n", "FROM dotnet/sdk:8.0\nWORKDIR /a\nCOPY All.sln ./\nCOPY Shop/Shop.csproj Shop/\nRUN dotnet restore Shop/Shop.csproj\n", ""),
    "directory-of-cmake-that-is-asked-for": Case({**CMAKE, "CMakeLists.txt": "if(TESTS)\n  add_subdirectory(core)\nendif()\n# add_subdirectory(core)\n"}, "core\n", "FROM gcc:13\nWORKDIR /a\nCOPY . .\nRUN cmake -B out -S .\n", ""),
    "cmake-that-builds": Case(CMAKE, "x\n", "FROM gcc:13\nWORKDIR /a\nCOPY CMakeLists.txt main.cpp ./\nRUN cmake --build .\n", ""),
    "versions-that-git-does-not-have": Case({**SWIFT, "Package.swift": "// no dependencies\n"}, "*.resolved\n", "FROM swift:5.10\nWORKDIR /a\nCOPY . .\nRUN swift build\n", ""),
    "modules-for-nothing-but-the-downloads": Case(MAVEN, "x\n", "FROM maven:3.9\nWORKDIR /a\nCOPY pom.xml .\nRUN mvn -B verify --fail-never\n", ""),
    "pom-alone": Case(MAVEN, "core\n", COPY_ALL.replace("python:3.12", "maven:3.9") + "RUN mvn -N package\n", ""),
    "composer-without-scripts": Case(LARAVEL, "x\n", "FROM composer:2\nWORKDIR /a\nCOPY composer.json composer.lock ./\nRUN composer install --no-scripts\nCOPY . .\n", ""),
    "install-that-may-fail": Case(NPM, "package-lock.json\n", COPY_ALL.replace("python:3.12", "node:22") + "RUN npm ci || npm install\n", ""),
    "package-of-another-program": Case({**GO, "cmd/b/main.go": "package main\n"}, "cmd/b\n", GO_BUILD, ""),
    "package-that-is-generated": Case({**GO, "cmd/a/main.go": 'package main\n\nimport _ "example.org/m/docs"\n'}, "docs\n", GO_BUILD, ""),
    "no-lock-file-asked": Case({"Cargo.toml": '[package]\nname = "app"\n', "Cargo.lock": "", "src/main.rs": ""}, "*.lock\n", CARGO_BUILD, ""),
    "a-database-that-is-asked": Case({"Cargo.toml": '[package]\nname = "app"\n[dependencies]\nsqlx = "0.8"\n', "src/main.rs": "", ".sqlx/query-1.json": "{}"}, ".*\n", CARGO_BUILD.replace("RUN", "ENV DATABASE_URL=x\nRUN"), ""),
    "copied-on-if-it-is-there": Case({"deploy/a.conf": "", "a": ""}, "deploy\n", "FROM nginx:1\nWORKDIR /a\nCOPY . .\nRUN [ -f deploy/a.conf ] && cp deploy/a.conf /etc/ || true\n", ""),
    "copied-on-by-a-shell-that-goes-on": Case({"deploy/a.conf": "", "a": ""}, "deploy\n", "FROM nginx:1\nWORKDIR /a\nCOPY . .\nRUN cp deploy/a.conf /etc/; echo\n", ""),
    "directory-that-is-made": Case({"web/a": "", "a": ""}, "web\n", "FROM node:22\nWORKDIR /a\nCOPY . .\nRUN mkdir web && cd web && npm init\n", ""),
    "pages-by-an-option": Case({"mkdocs.yml": "site_name: x\n", "docs/index.md": "", "b.yml": ""}, "docs\n", COPY_ALL + "RUN mkdocs build -f b.yml\n", ""),
    "script-of-an-image-of-somebody": Case({"manage.py": "", "app/a.py": ""}, "x\n", "FROM acme/django:3\nWORKDIR /a\nCOPY app app\nRUN python manage.py collectstatic\n", ""),
    "script-that-is-fetched": Case({"manage.py": "", "app/a.py": ""}, "x\n", "FROM python:3.12\nWORKDIR /a\nCOPY app app\nRUN git clone https://example.org/x . && python manage.py migrate\n", ""),
    "program-that-compose-mounts": Case({"main.js": "", "package.json": "{}", "compose.yaml": "services:\n  web:\n    build: .\n    volumes:\n      - .:/a\n"}, "x\n", 'FROM node:22\nWORKDIR /a\nCOPY package.json .\nCMD ["node", "main.js"]\n', ""),
    "program-that-a-compose-file-nearby-mounts": Case({"main.js": "", "package.json": "{}", "stack.yml": "services:\n  web:\n    image: x\n    volumes:\n      - ./x/main.js:/a/main.js\n"}, "x\n", 'FROM node:22\nWORKDIR /a\nCOPY package.json .\nCMD ["node", "main.js"]\n', ""),
    "argument-of-an-entry-point": Case({"conf/a.conf": "", "bin/server": ""}, "x\n", 'FROM debian:12\nCOPY bin/server /s/\nENTRYPOINT ["/s/server"]\nCMD ["conf/a.conf"]\n', ""),
    "program-where-the-image-works": Case({"main.go": ""}, "x\n", 'FROM golang:1.22\nCOPY main.go /go/\nCMD ["sh", "main.go"]\n', ""),
    "program-of-what-is-made-before": Case({"bin/cli.ts": "", "package.json": "{}"}, "x\n", 'FROM node:22\nWORKDIR /a\nCOPY package.json .\nCOPY build .\nCMD ["node", "bin/cli"]\n', ""),
    "directory-that-a-stage-fills": Case({"out/.gitignore": "*\n!.gitignore\n", "make.py": ""}, "/out\n", "FROM python:3.12 AS b\nWORKDIR /a\nCOPY . .\nRUN python make.py\nFROM scratch\nCOPY --from=b /a/out /out\n", ""),
    "program-of-a-stage": Case({"main.js": ""}, "x\n", 'FROM node:22 AS b\nCOPY main.js /o/\nFROM node:22\nWORKDIR /a\nCOPY --from=b /o .\nCMD ["node", "main.js"]\n', ""),
    "what-is-reported-as-missing": Case({"run.sh": "", "a": ""}, "*.sh\n", 'FROM alpine:3\nCOPY run.sh /\nENTRYPOINT ["/run.sh"]\n', ""),
    "stage-that-is-not-built": Case(PYTHON, "*.md\n", COPY_ALL.replace("python:3.12", "python:3.12 AS x") + "RUN pip install .\nFROM scratch\nCOPY src /\n", ""),
}  # fmt: skip


def unmet(root: Path, case: Case) -> list[Finding]:
    projects.write(root, {**case.tree, ".dockerignore": case.rules, "Dockerfile": case.dockerfile})
    return needs_of(root)


def unmet_in_git(root: Path, tree: dict[str, str], later: str = "", text: str = "") -> list[Finding]:
    """The same where git tracks the tree, and not the file that comes `later`."""
    projects.write(root, dict(tree))
    git(root, "init", "-q")
    git(root, "add", "-A")
    if later:
        (root / later).write_text(text)
    return needs_of(root)


def needs_of(root: Path) -> list[Finding]:
    return [each for each in review(scan(root)).findings or () if each.code == "unmet-need"]


#: Where the step ends for certain: nothing else brings what it runs.
ENDS = frozenset(
    {
        *("script-that-is-not-copied", "member-for-a-recipe", "member-for-vendored-crates", "member-of-a-workspace"),
        *("script-at-the-end-of-a-pipe", "script-in-a-pipe-that-fails"),
        *("modules-of-maven", "module-of-maven", "module-by-path"),
        *("version", "version-of-hatch", "version-of-poetry", "version-of-a-script", "version-beside-wheels"),
    }
)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", HITS)
def test_what_a_rule_takes_is_reported_with_its_reader(name: str, tmp_path: Path) -> None:
    """One finding that names reader, file and rule; with the exception that it advises there is none."""
    case = HITS[name]
    (finding,) = unmet(tmp_path, case)
    assert case.says in finding.message
    assert (f"{finding.path}:{finding.line}", finding.severity) == (case.placed, "error" if name in ENDS else "warning")
    advice = (finding.remedy or "").partition("or add ")[2].partition(" ")[0].rstrip(",")
    if advice:
        assert not unmet(tmp_path, case._replace(rules=f"{case.rules}{advice}\n"))


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", MISSES)
def test_what_is_not_sure_is_left_alone(name: str, tmp_path: Path) -> None:
    """Nothing of it is read, somebody may have put it there, or the reader can do without."""
    assert not unmet(tmp_path, MISSES[name])


@pytest.mark.skipif(sys.platform == "win32", reason="git with line ends of its own")
@pytest.mark.parametrize(
    ("rules", "dockerfile", "says"),
    [
        ("tests\n", COPY_ALL + "RUN pip install .\n", "tests/test_a.py, excluded by .dockerignore:1 tests, count as deleted"),
        ("untracked\n", COPY_ALL + "RUN pip install .\n", None),
        ("tests\n", COPY_ALL + "RUN pip install -r requirements.txt\n", None),
        ("tests\n", COPY_ALL + "ENV SETUPTOOLS_SCM_PRETEND_VERSION=1\nRUN pip install .\n", None),
    ],
)  # fmt: skip
def test_half_of_a_repository(rules: str, dockerfile: str, says: str | None, tmp_path: Path) -> None:
    """Tracked files that stay behind make the version that of a modified tree."""
    tree = {"pyproject.toml": SCM, "tests/test_a.py": "", "Dockerfile": dockerfile, ".dockerignore": rules}
    found = unmet_in_git(tmp_path, tree, "untracked", "x")
    assert (says is not None) is bool(found)
    assert says is None or (says in found[0].message and found[0].severity == "note")


ALL = "FROM golang:1.22\nWORKDIR /src\nCOPY . .\n"
DESCRIBE = "V := $(shell git describe --tags)\nbuild:\n\tgo build -ldflags '-X main.v=$(V)' .\n"
DIRTY = DESCRIBE.replace("--tags", "--tags --dirty")
MESON = "project('x', 'c')\nv = run_command('git', 'describe', check: false).stdout()\n"
HISTORIES = {
    "make": (".git\n", "Makefile", DESCRIBE, "RUN make build", "git describe (Makefile:1) reads .git, which .dockerignore:1 .git excludes"),
    "meson": ("**/.git\n", "meson.build", MESON, "RUN meson setup build", "git describe (meson.build:2) reads .git, which .dockerignore:1 **/.git excludes"),
    "dirty-by-make": ("docs\n", "Makefile", DIRTY, "RUN make build", "git describe (Makefile:1) compares the tree with .git, and docs/a.md, excluded by .dockerignore:1 docs, count as deleted"),
    "dirty-in-a-run": ("docs\n", "a.go", "", "RUN go build -ldflags \"-X main.v=$(git describe --dirty)\" .", "git describe (Dockerfile:4) compares the tree"),
    # --- silent
    "given-by-name": (".git\n", "Makefile", DESCRIBE, "ARG V\nRUN make build V=$V", ""),
    "something-stands-in": (".git\n", "Makefile", DESCRIBE.replace("--tags", "--tags || echo dev"), "RUN make build", ""),
    "never-called": (".git\n", "Makefile", DESCRIBE, "RUN go build .", ""),
    "kept": ("x\n", "Makefile", DESCRIBE, "RUN make build", ""),
    "state-is-no-matter": ("docs\n", "Makefile", DESCRIBE, "RUN make build", ""),
    "untracked-goes": ("untracked\n", "Makefile", DIRTY, "RUN make build", ""),
}  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="git with line ends of its own")
@pytest.mark.parametrize("name", HISTORIES)
def test_what_a_build_file_asks_the_history(name: str, tmp_path: Path) -> None:
    """A note: most of them go on with an empty version."""
    rules, file, text, run, says = HISTORIES[name]
    tree = {"Dockerfile": f"{ALL}{run}\n", ".dockerignore": rules, "docs/a.md": "", "a.go": "package main\n"}
    found = unmet_in_git(tmp_path, {**tree, "go.mod": "module x\n", file: text}, "untracked", "x")
    assert [(each.severity, says in each.message) for each in found] == ([("note", True)] if says else [])


@pytest.mark.skipif(sys.platform == "win32", reason="git with line ends of its own")
def test_what_another_dockerfile_asks_the_history(tmp_path: Path) -> None:
    """It is told of the build that asks."""
    asks = 'RUN go build -ldflags "-X main.v=$(git describe --dirty)" .\n'
    tree = {"Dockerfile": ALL + asks, "Dockerfile.plain": ALL + "RUN go build .\n", ".dockerignore": "docs\n"}
    projects.write(tmp_path, {**tree, "docs/a.md": "", "a.go": "package main\n", "go.mod": "module x\n"})
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    builds = command.told("--all", cwd=tmp_path)
    assert {build["name"]: "unmet-need" in {each["code"] for each in build["findings"]} for build in builds} == {
        "Dockerfile": True,
        "Dockerfile.plain": False,
    }


@pytest.mark.skipif(sys.platform == "win32", reason="git with line ends of its own")
@pytest.mark.parametrize(("ask", "told"), [("--tags", True), ("--dirty", False)])
def test_a_dockerfile_that_counts_for_the_version_is_kept(ask: str, told: bool, tmp_path: Path) -> None:
    """Without it the tree would not be the one that git tracks."""
    tree = {
        "Dockerfile": f"{ALL}RUN npm ci && git describe {ask} > v\n",
        "package.json": "{}",
        "package-lock.json": "{}",
    }
    projects.write(tmp_path, tree)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    codes = {each.code for each in review(scan(tmp_path)).findings or ()}
    assert ("copied-dockerfile" in codes) is told


WSGI = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n"
READ_AT_RUN_TIME = {
    "page": ("a.js", "fs.readFileSync('./content/terms.md', 'utf8')\n", "content/terms.md", "**/*.md\n", "a.js:1, which names ./content/terms.md, reads content/terms.md"),
    "directory-beside-the-source": ("src/a.js", "\napp.use(express.static(path.join(__dirname, '..', 'public')))\n", "public/a.css", "public\n", "src/a.js:2, which names ../public, reads public"),
    "templates": ("a.py", 'T = Jinja2Templates(directory="web/templates")\n', "web/templates/a.html", "**/templates\n", "a.py:1, which names web/templates, reads web/templates"),
    "in-a-function": ("a.py", "def f():\n    with open('model.json') as file:\n        return file\n", "model.json", "*.json\n", "a.py:2, which names model.json"),
    "of-flask": ("a.py", "app = Flask(__name__)\n", "templates/a.html", "templates\n", "a.py:1, which names templates, reads templates"),
    "settings": ("shop/settings.py", "TEMPLATES = [{'DIRS': [BASE_DIR / 'pages']}]\n", "pages/a.html", "pages\n", "shop/settings.py:1, which names pages, reads pages"),
    "settings-that-join": ("shop/settings.py", "\nSTATICFILES_DIRS = (os.path.join(BASE_DIR, 'assets'),)\n", "assets/a.css", "assets\n", "shop/settings.py:2, which names assets, reads assets"),
    # --- silent
    "kept": ("a.js", "fs.readFileSync('./content/terms.md')\n", "content/terms.md", "x\n", ""),
    "written": ("a.py", "open('out.json', 'w')\n", "out.json", "*.json\n", ""),
    "looked-for-first": ("a.py", "if os.path.exists('a.json'):\n    open('a.json')\n", "a.json", "*.json\n", ""),
    "looked-for-first-in-javascript": ("a.js", "if (fs.existsSync('a.json')) fs.readFileSync('a.json')\n", "a.json", "*.json\n", ""),
    "tried": ("a.py", "try:\n    open('a.json')\nexcept OSError:\n    pass\n", "a.json", "*.json\n", ""),
    "another-folder-for-flask": ("a.py", "app = Flask(__name__, template_folder='x')\n", "templates/a.html", "templates\n", ""),
    "a-method": ("a.py", "zip.open('a.json')\n", "a.json", "*.json\n", ""),
    "from-elsewhere": ("a.js", "fs.readFileSync('/data/a.json')\n", "a.json", "*.json\n", ""),
    "data": ("a.js", "fs.readFileSync('untracked.json')\n", "b", "*.json\n", ""),
}  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="git with line ends of its own")
@pytest.mark.parametrize("name", READ_AT_RUN_TIME)
def test_what_the_program_reads_or_serves(name: str, tmp_path: Path) -> None:
    """A file that git tracks, by its literal name and without looking first."""
    source, text, read, rules, says = READ_AT_RUN_TIME[name]
    start = '["gunicorn", "-w", "4", "shop.wsgi"]' if "/settings" in source else f'["python", "{source}"]'
    if source.endswith(".js"):
        start = f'["node", "{source}"]'
    lines = f"FROM python:3.12\nWORKDIR /srv/x\nCOPY . .\nCMD {start}\n"
    tree = {
        "Dockerfile": lines,
        ".dockerignore": rules,
        "shop/__init__.py": "",
        "shop/wsgi.py": WSGI,
        source: text,
        read: "x",
    }
    found = unmet_in_git(tmp_path, tree, "untracked.json", "{}")
    assert [says in each.message for each in found] == [True] * bool(says)


SCRIPT = "#!/bin/sh\nset -e\n{}\nexec python a.py\n"
#: What starts, a script beside it, the file that a rule takes out, the rules, and what is said.
HANDED = {
    "configuration": ('["gunicorn", "-c", "conf/web.py", "a:app"]', "", "conf/web.py", "conf\n", "CMD (Dockerfile:4) reads conf/web.py, which .dockerignore:1 conf excludes"),
    "configuration-behind-a-sign": ('["gunicorn", "--config=conf/web.py", "a:app"]', "", "conf/web.py", "conf\n", "reads conf/web.py"),
    "by-an-absolute-path": ('["supervisord", "-c", "/srv/x/deploy/s.conf"]', "", "deploy/s.conf", "deploy\n", "reads deploy/s.conf"),
    "directory-by-an-option": ('["serve", "--dir", "./site/pages"]', "", "site/pages/a.html", "site\n", "reads site/pages"),
    "what-a-program-reads-by-itself": ('["sh", "run.sh"]', SCRIPT.format("alembic upgrade head"), "alembic.ini", "*.ini\n", "reads alembic.ini"),
    "of-a-script-without-a-first-line": ('["sh", "run.sh"]', "alembic upgrade head\n", "alembic.ini", "*.ini\n", "reads alembic.ini"),
    "in-an-environment": ('["poetry", "run", "uvicorn", "--log-config", "log.yaml", "a:app"]', "", "log.yaml", "*.yaml\n", "reads log.yaml"),
    "of-a-script": ('["./run.sh"]', SCRIPT.format("nginx -c /srv/x/nginx.conf"), "nginx.conf", "*.conf\n", "reads nginx.conf"),
    # --- silent
    "kept": ('["gunicorn", "-c", "conf/web.py", "a:app"]', "", "conf/web.py", "x\n", ""),
    "a-word-that-is-a-directory": ('["make", "docs/api"]', "", "docs/api/a.md", "docs\n", ""),
    "another-place": ('["gunicorn", "-c", "/etc/web.py", "a:app"]', "", "web.py", "web.py\n", ""),
    "told-another": ('["alembic", "-c", "/etc/alembic.ini", "upgrade", "head"]', "", "alembic.ini", "*.ini\n", ""),
    "looked-for-first": ('["./run.sh"]', SCRIPT.format("[ -f nginx.conf ] && echo\nnginx -c nginx.conf"), "nginx.conf", "*.conf\n", ""),
    "in-one-case": ('["./run.sh"]', SCRIPT.format("if true; then\n  nginx -c nginx.conf\nfi"), "nginx.conf", "*.conf\n", ""),
    "made-by-the-script": ('["./run.sh"]', SCRIPT.format("echo a > nginx.conf\nnginx -c nginx.conf"), "nginx.conf", "*.conf\n", ""),
    "elsewhere": ('["./run.sh"]', SCRIPT.format("cd /etc/nginx\nnginx -c nginx.conf"), "nginx.conf", "*.conf\n", ""),
}  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="git with line ends of its own")
@pytest.mark.parametrize("name", HANDED)
def test_what_a_program_is_told_to_read(name: str, tmp_path: Path) -> None:
    """A tracked file that CMD, or a script that it starts, hands to a program in any case."""
    start, script, read, rules, says = HANDED[name]
    tree = {
        "Dockerfile": f"FROM python:3.12\nWORKDIR /srv/x\nCOPY . .\nCMD {start}\n",
        ".dockerignore": rules,
        "a.py": "",
        read: "x",
        **({"run.sh": script} if script else {}),
    }
    found = [each.message for each in unmet_in_git(tmp_path, tree)]
    assert [says in each for each in found] == [True] * bool(says), found


@pytest.mark.parametrize(
    ("start", "rules", "there", "speaks"),
    [
        ('["node", "--env-file=.env", "a.js"]', ".env*\n", True, True),
        ('["node", "--env-file", "./.env", "a.js"]', ".env*\n", False, True),
        ('["npm", "start"]', ".env\n", False, True),
        ('["node", "--env-file-if-exists=.env", "a.js"]', ".env\n", True, False),
        ('["node", "--env-file=.env", "a.js"]', "x\n", True, False),
        ('["node", "--env-file=.env", "a.js"]', "x\n", False, False),
        ('["node", "--env-file=/run/secrets/env", "a.js"]', ".env\n", True, False),
        ('["x", "--env-file=.env"]', ".env\n", True, False),
    ],
)
def test_variables_that_node_begins_with(start: str, rules: str, there: bool, speaks: bool, tmp_path: Path) -> None:
    """A rule takes the file wherever the project is built, and Node ends without it; what is in it is no image's."""
    manifest = '{"scripts": {"start": "node --env-file=.env a.js"}}'
    dockerfile = f"FROM node:22\nWORKDIR /a\nCOPY . .\nCMD {start}\n"
    tree = {"a.js": "", "package.json": manifest, **({".env": "A=1\n"} if there else {})}
    found = unmet(tmp_path, Case(tree, rules, dockerfile, ""))
    assert bool(found) is speaks
    for each in found:
        assert each.remedy == (
            "write --env-file-if-exists=.env, and hand the variables over with docker run --env-file"
        )


@pytest.mark.parametrize(
    ("start", "speaks"),
    [
        ('["fastapi", "run", "shop/main.py", "--port", "80"]', True),
        ('["fastapi", "dev", "--port", "80", "shop/main.py"]', True),
        ('["fastapi", "run", "main.py"]', False),
        ('["fastapi", "run"]', False),
        ('["streamlit", "run", "--server.port", "80", "shop/main.py"]', True),
        ('["python", "-m", "streamlit", "run", "shop/main.py"]', True),
        ('["streamlit", "run", "https://example.org/main.py"]', False),
        ('["flask", "--app", "shop.main:app", "run"]', True),
        ('["flask", "--app=shop/main.py", "run"]', True),
        ('["flask", "--app", "main", "run"]', False),
        ('["celery", "-A", "shop.main", "worker"]', True),
        ('["celery", "--workdir", "/srv", "-A", "shop.main", "worker"]', False),
        ('["celery", "-A", "main", "worker"]', False),
        ('["celery", "-A", "elsewhere", "worker"]', False),
        ('["uvicorn", "shop.main:app"]', True),
        ('["gunicorn", "main:app"]', False),
    ],
)
def test_what_launchers_load(start: str, speaks: bool, tmp_path: Path) -> None:
    """A COPY of the package's directory puts its files where the command does not look."""
    dockerfile = f"FROM python:3.12\nWORKDIR /srv/x\nCOPY shop /srv/x\nCMD {start}\n"
    found = unmet(tmp_path, Case({"shop/main.py": "app = 1\n", "shop/util.py": ""}, "", dockerfile, ""))
    assert [each.line for each in found] == [4] * speaks
    assert all("shop/main.py" in each.message for each in found)


def test_what_a_compose_file_elsewhere_mounts(tmp_path: Path) -> None:
    """The one that names the build says where the sources come from, wherever it lies."""
    file = "FROM python:3.12\nWORKDIR /a\nCOPY req.txt .\nCMD uvicorn app:app --reload\n"
    service = "services:\n  a:\n    build:\n      context: ..\n      dockerfile: docker/Dockerfile.dev\n{}"
    for volumes, codes in (("", ["unmet-need"]), ("    volumes:\n      - ..:/a\n", [])):
        tree = {"docker/Dockerfile.dev": file, "docker/compose.dev.yaml": service.format(volumes)}
        projects.write(tmp_path, {**tree, "req.txt": "", "app/__init__.py": "app = 1\n"})
        (build,) = told("--compose", "docker/compose.dev.yaml", cwd=tmp_path)
        assert [each["code"] for each in build["findings"] if each["code"] == "unmet-need"] == codes
