"""Nothing is said about what is well made; the lab says everything about what is not."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from support import projects
from support.trees import TESTDATA

from ctxscan import scan
from ctxscan.opinions import review

sys.path.append(str(TESTDATA / "lab"))
import lab

RULES = ".git\n.dockerignore\nDockerfile\nREADME.md\n**/node_modules\n"
#: What lies beside each of the Dockerfiles in testdata/exemplary.
TREES: dict[str, dict[str, str | int]] = {
    "distroless-go": {
        "go.mod": "module example.com/shop\n\ngo 1.23\n\nrequire github.com/go-chi/chi/v5 v5.1.0\n", "go.sum": 900,
        "cmd/server/main.go": 800, "internal/orders/orders.go": 4_000, "internal/orders/orders_test.go": 2_000,
    },
    "uv-python": {
        "pyproject.toml": "[project]\nname = 'shop'\nversion = '1'\nreadme = 'README.md'\ndependencies = ['fastapi']\n[dependency-groups]\ndev = ['pytest']\n[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n",
        "uv.lock": "version = 1\n", "shop/main.py": 900, "shop/__init__.py": "", "tests/test_main.py": 700,
        ".dockerignore": RULES.replace("README.md\n", "") + ".venv\n",
    },
    "pnpm-monorepo": {
        "package.json": '{"name": "repo", "private": true, "devDependencies": {"turbo": "2.3.0"}}',
        "pnpm-workspace.yaml": "packages:\n  - apps/*\n  - packages/*\n", "pnpm-lock.yaml": 9_000,
        "apps/api/package.json": '{"name": "api", "scripts": {"build": "tsc"}, "devDependencies": {"typescript": "5.6.3"}}',
        "apps/api/src/main.ts": 700, "apps/api/tsconfig.json": "{}", "packages/mail/package.json": '{"name": "mail"}',
        "packages/mail/src/send.ts": 300,
    },
    "spring-layered": {
        "pom.xml": "<project><parent><artifactId>spring-boot-starter-parent</artifactId></parent></project>", "mvnw": 900,
        ".mvn/wrapper/maven-wrapper.properties": 100, "src/main/java/shop/App.java": 900,
        "src/main/resources/application.yml": "server:\n  port: 8080\n",
    },
    "rails": {
        "Gemfile": 'source "https://rubygems.org"\ngem "rails", "~> 8.0"\n', "Gemfile.lock": 2_000, "config.ru": 100,
        "bin/rails": 200, "bin/docker-entrypoint": "#!/bin/bash -e\nexec \"${@}\"\n", "bin/thrust": 100, "app/models/order.rb": 300,
        "config/application.rb": 400, "db/schema.rb": 900, "log/.keep": "", "tmp/.keep": "", "storage/.keep": "", "lib/tasks/.keep": "",
        "public/robots.txt": 40, "test/models/order_test.rb": 300,
    },
    "php-fpm": {
        "composer.json": '{"require": {"slim/slim": "^4"}, "require-dev": {"phpunit/phpunit": "^11"}, "autoload": {"psr-4": {"App\\\\": "src/"}}}',
        "composer.lock": "{}", "public/index.php": 300, "src/App.php": 900,
    },
    "rust-chef": {
        "Cargo.toml": "[package]\nname = 'shop'\nversion = '0.1.0'\nedition = '2021'\n[dependencies]\naxum = '0.7'\n",
        "Cargo.lock": 'source = "registry+https://github.com/rust-lang/crates.io-index"\n', "src/main.rs": 900,
    },
    "dotnet": {
        "Shop.sln": 'Project("{9A19103F}") = "Shop", "src\\Shop\\Shop.csproj", "{1}"\n',
        "src/Shop/Shop.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web"></Project>', "src/Shop/Program.cs": 500,
    },
    "nginx-static": {
        "package.json": '{"name": "site", "scripts": {"build": "vite build"}, "devDependencies": {"vite": "6.0.1"}}',
        "package-lock.json": "{}", "index.html": 300, "src/main.ts": 300, "nginx.conf": "server { listen 80; }\n",
    },
    "elixir-release": {
        "mix.exs": "defmodule Shop.MixProject do\nend\n", "mix.lock": "%{}\n", "config/config.exs": 90, "lib/shop.ex": 90,
        "priv/repo/seeds.exs": 90,
    },
    "next-standalone": {
        "package.json": '{"name": "web", "scripts": {"build": "next build"}, "dependencies": {"next": "15.0.3"}, "devDependencies": {"typescript": "5.6.3"}}',
        "package-lock.json": "{}", "next.config.mjs": 'export default { output: "standalone" }\n', "app/page.tsx": 90, "public/logo.svg": 900,
    },
    "django": {
        "requirements.txt": "django==5.1.3\ngunicorn==23.0.0\n", "manage.py": 600, "shop/wsgi.py": 300, "shop/settings.py": 900,
        "orders/models.py": 900, "orders/tests.py": 900,
    },
}  # fmt: skip
#: The seven problems of the slow Dockerfile, each with its line.
SEVEN = {
    ("unpinned-base", 1),
    ("copy-before-install", 4),
    ("no-ignore-file", None),
    ("root-user", 10),
    ("shell-form-command", 10),
    ("secret-in-dockerfile", 3),
    ("split-cleanup", 8),
}


def found(root: Path, tree: dict[str, str | int]) -> set[tuple[str, int | None]]:
    return {(each.code, each.line) for each in review(scan(projects.write(root, tree))).findings or ()}


@pytest.mark.parametrize("name", sorted(path.stem for path in (TESTDATA / "exemplary").glob("*.Dockerfile")))
def test_nothing_is_said_about_what_is_well_made(name: str, tmp_path: Path) -> None:
    """No finding of any code, notes included."""
    text = (TESTDATA / "exemplary" / f"{name}.Dockerfile").read_text(encoding="utf-8")
    assert found(tmp_path, {"Dockerfile": text, ".dockerignore": RULES, **TREES[name]}) == set()


def test_the_slow_one_shows_its_seven_problems(tmp_path: Path) -> None:
    """Each with the line it stands on."""
    assert found(tmp_path, lab.SLOW_TREE) >= SEVEN


def test_the_ignore_file_mends_one_of_them(tmp_path: Path) -> None:
    """With the ignore file of the lesson six are left."""
    assert found(tmp_path, lab.IGNORED_TREE) & SEVEN == SEVEN - {("no-ignore-file", None)}


def test_the_fast_one_shows_none(tmp_path: Path) -> None:
    """No finding of any code."""
    assert found(tmp_path, lab.FAST_TREE) == set()
