"""What a step calls and its image does not have. That there is no shell was seen with Docker, by both builders."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import projects

from ctxscan import scan
from ctxscan.opinions import review

GO = "FROM golang:1.22 AS b\nCOPY a /x\n"
CASES = {
    "shell-of-nothing": (f"{GO}FROM scratch\nCOPY --from=b /x /x\nRUN chmod +x /x\n", "scratch has no shell to run it"),
    "program-for-a-platform": (f"{GO}FROM scratch\nARG TARGETARCH\nCOPY --from=b /$TARGETARCH/x /\nRUN /x\n", "scratch has no shell"),
    "shell-of-distroless": (f"{GO}FROM gcr.io/distroless/static:nonroot\nCOPY --from=b /x /x\nRUN /x --version\n", "distroless/static has no shell"),
    "apt-in-alpine": ("FROM node:20-alpine\nRUN apt-get update && apt-get install -y git\n", "node:20-alpine is Alpine, and has no apt-get"),
    "apk-in-debian": ("FROM python:3.12-slim\nRUN apk add --no-cache git\n", "python:3.12-slim is no Alpine, and has no apk"),
    "bash-in-alpine": ("FROM golang:1.22-alpine\nCOPY a .\nRUN bash a\n", "golang:1.22-alpine has no bash"),
    "next-command-for-a-package": ("FROM example.org/base\nRUN apk add git \\\n  bash \\\n  rm -rf /var/cache/apk/*\n", "apk add takes rm -rf for packages"),
    "cleanup-for-a-package": ("FROM debian:12\nRUN apt-get update && apt-get install -y git apt-get clean\n", "apt-get install takes apt-get clean for packages"),
    "nobody-to-add-users": ("FROM python:3.13-slim\nRUN apt-get update && apt-get install -y gcc tzdata\nRUN adduser --disabled-password --gecos '' app && chown app /srv\n", "python:3.13-slim is Debian 13 or newer, and has no adduser"),
    "nobody-to-add-groups": ("FROM debian:stable-slim\nRUN addgroup --system app && useradd -r -g app app\n", "debian:stable-slim is Debian 13 or newer, and has no addgroup"),
    "nobody-to-add-users-in-the-newest": ("FROM nginx\nRUN adduser --system app\n", "nginx is Debian 13 or newer"),
    "nobody-to-add-users-by-the-name": ("FROM ruby:3.4-slim-trixie AS b\nRUN apt-get update && apt-get install -y --no-install-recommends build-essential git\nFROM b\nRUN adduser app\n", "has no adduser"),
    # --- silent
    "users-of-another-debian": ("FROM python:3.13-slim-bookworm\nRUN adduser --system app\n", ""),
    "users-of-an-older-fix": ("FROM python:3.12.4-slim\nRUN adduser --system app\n", ""),
    "users-of-alpine": ("FROM python:3.13-alpine\nRUN adduser -D app\n", ""),
    "users-of-a-larger-image": ("FROM python:3.13\nRUN adduser --system app\n", ""),
    "users-of-an-image-nobody-knows": ("FROM node:24-slim\nRUN adduser --system app\n", ""),
    "what-adds-users-is-installed": ("FROM debian:13\nRUN apt-get update && apt-get install -y adduser\nRUN adduser --system app\n", ""),
    "what-adds-users-may-come-along": ("FROM debian:13\nRUN apt-get update && apt-get install -y openssh-server && adduser --system app\n", ""),
    "what-adds-users-may-be-among-them": ("FROM debian:13\nARG MORE\nRUN apt-get update && apt-get install -y $MORE && adduser --system app\n", ""),
    "users-if-need-be": ("FROM debian:13\nRUN id app || adduser --system app\n", ""),
    "packages-that-are-called-alike": ("FROM debian:12\nRUN apt-get update && apt-get install -y apt apt-utils curl -y && rm -rf /var/lib/apt/lists/*\n", ""),
    "program-of-nothing": (f'{GO}FROM scratch\nCOPY --from=b /x /x\nRUN ["/x", "--version"]\n', ""),
    "shell-that-is-copied": (f"{GO}FROM scratch\nCOPY --from=b /bin/busybox /bin/sh\nRUN true\n", ""),
    "all-of-a-stage": (f"{GO}FROM scratch\nCOPY --from=b / /\nRUN true\n", ""),
    "all-for-a-platform": (f"{GO}FROM scratch\nARG TARGETPLATFORM\nCOPY --from=b /$TARGETPLATFORM /\nRUN true\n", ""),
    "root-file-system": ("FROM scratch\nADD rootfs.tar.gz /\nRUN true\n", ""),
    "shell-for-debugging": ("FROM gcr.io/distroless/base:debug\nRUN true\n", ""),
    "bash-that-is-installed": ("FROM node:20-alpine\nRUN apk add --no-cache git bash && bash -c true\nRUN bash -c true\n", ""),
    "apt-in-debian": ("FROM node:20\nRUN apt-get update && apt-get install -y git\n", ""),
    "apk-in-alpine": ("FROM node:20-alpine\nRUN apk add git\n", ""),
    "whatever-is-there": ("FROM node:20\nRUN if command -v apk; then apk add git; fi\n", ""),
    "one-or-the-other": ("FROM node:20\nRUN apk add git || apt-get install git\n", ""),
    "a-base-nobody-knows": ("FROM example.org/base:alpine\nRUN apt-get update\n", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_a_step_calls_in_vain(name: str, tmp_path: Path) -> None:
    """An error, since the build ends there; silent where something may have brought it."""
    dockerfile, says = CASES[name]
    projects.write(tmp_path, {"Dockerfile": dockerfile, "a": "x", "rootfs.tar.gz": "x"})
    found = [each for each in review(scan(tmp_path)).findings or () if each.code == "late-failure"]
    assert [(each.severity, says in each.message) for each in found] == ([("error", True)] if says else [])


@pytest.mark.parametrize(
    ("command", "way"),
    [
        ("adduser --disabled-password --gecos '' app", "useradd --create-home app"),
        ('adduser --system --no-create-home --uid 1001 --gecos "" app', "useradd --system --uid 1001 app"),
        ("adduser -u 1001 app", "useradd --create-home --uid 1001 app"),
        ("addgroup --system --gid 1001 app", "groupadd --system --gid 1001 app"),
        ("adduser app www-data", "usermod -aG www-data app"),
    ],
)
def test_how_each_debian_adds_users(command: str, way: str, tmp_path: Path) -> None:
    """By the programs that useradd comes with, which are essential there."""
    projects.write(tmp_path, {"Dockerfile": f"FROM debian:13-slim\nRUN {command}\n"})
    (found,) = [each for each in review(scan(tmp_path)).findings or () if each.code == "late-failure"]
    assert (found.remedy or "").partition(",")[0] == f"write {way}"
    projects.write(tmp_path, {"Dockerfile": f"FROM debian:13-slim\nRUN {way}\n"})
    assert not [each for each in review(scan(tmp_path)).findings or () if each.code == "late-failure"]


@pytest.mark.parametrize(
    ("dockerfile", "way"),
    [
        ("FROM golang:1.22 AS b\nRUN apk add --no-cache build-base\nFROM alpine:3.20\nCOPY --from=b /x /\n", "FROM golang:1.22-alpine on line 1"),
        ("FROM php:8.3-fpm\nRUN apk add --no-cache icu-dev\n", "FROM php:8.3-fpm-alpine on line 1"),
        ("FROM python:3.12-slim-bookworm\nRUN apk add --no-cache musl-dev\n", "FROM python:3.12-alpine on line 1"),
        ("FROM node:20-alpine\nRUN apt-get install -y build-essential\n", "FROM node:20-slim on line 1"),
        ("FROM golang:alpine3.20\nRUN apt-get update\n", "FROM golang on line 1"),
        ("FROM node:20\nRUN apk add --no-cache curl\nRUN apt-get update\n", "write apt-get update && apt-get install -y, with the names that Debian has for the packages"),
        ("FROM golang:1.22 AS b\nRUN apk add git\nFROM debian:12\nCOPY --from=b /x /\n", "write apt-get update && apt-get install -y, with the names that Debian has for the packages"),
        ("FROM alpine:3.20\nRUN apt-get update\n", "write apk add --no-cache, with the names that Alpine has for the packages"),
    ],
)  # fmt: skip
def test_the_system_that_a_step_was_written_for(dockerfile: str, way: str, tmp_path: Path) -> None:
    """Where there is the same image on it, and nothing else needs the one that is there."""
    projects.write(tmp_path, {"Dockerfile": dockerfile})
    (found,) = [each for each in review(scan(tmp_path)).findings or () if each.code == "late-failure"]
    assert found.remedy == way


def test_an_image_that_is_never_made(tmp_path: Path) -> None:
    """Where the build ends for want of a shell, the command that wants one as well is not spoken of."""
    projects.write(tmp_path, {"Dockerfile": "FROM scratch\nRUN mkdir /x\nCMD start.sh\n", "a": "x"})
    found = [each.code for each in review(scan(tmp_path)).findings or () if each.severity != "note"]
    assert found == ["late-failure"]


@pytest.mark.parametrize(("base", "says"), [("scratch", "scratch has none"), ("debian:12", "a shell is process 1")])
def test_a_line_for_a_shell_that_is_not_there(base: str, says: str, tmp_path: Path) -> None:
    """One finding, with the array that needs none."""
    projects.write(
        tmp_path, {"Dockerfile": f"{GO}FROM {base}\nCOPY --from=b /x /x\nUSER 1\nCMD /x --serve\n", "a": "x"}
    )
    (found,) = [each for each in review(scan(tmp_path)).findings or () if each.code == "shell-form-command"]
    assert says in found.message and found.remedy == 'CMD ["/x", "--serve"]'


MOD = {"go.mod": "module example.org/a\n\ngo 1.21\n\ntoolchain go1.21.8\n", "a.go": "package main\n"}
MAKE = {
    "Makefile": "all: server\nserver:\n\tcd server; env GOOS=linux go build -o ../bin/a ./main\n",
    "server/go.mod": MOD["go.mod"],
}
EMBEDS = {"go.mod": "module example.org/a\n\ngo 1.20\n"}
PAGES = 'package main\n\nimport "embed"\n\n'
COMPILES = "\nWORKDIR /s\nCOPY . .\nRUN go build -o /a .\n"
DOOMED = {
    "directory-of-the-image": ("FROM postgres:16\nRUN mkdir /docker-entrypoint-initdb.d\n", {}, "mkdir /docker-entrypoint-initdb.d: postgres:16 has that directory"),
    "directory-of-every-system": ("FROM debian:12\nRUN mkdir /opt && chmod 755 /opt\n", {}, "debian:12 has that directory"),
    "directory-of-workdir": ("FROM acme/base:1\nWORKDIR /app\nRUN mkdir /app && touch /app/x\n", {}, "WORKDIR on line 2 has made it"),
    "archived-by-its-name": ("FROM python:3.7-slim-buster\nRUN apt-get update && apt-get install -y git\n", {}, "which is end-of-life: its packages have moved from deb.debian.org to archive.debian.org"),
    "archived-by-its-number": ("FROM node:12-slim\nRUN apt-get -y update\n", {}, "apt-get update in node:12-slim"),
    "archived-by-its-fix": ("FROM php:7.3.9-apache\nRUN apt-get update && apt-get install -y git\n", {}, "apt-get update in php:7.3.9-apache"),
    "archived-by-a-later-fix": ("FROM python:3.9.5-slim\nRUN apt-get update\n", {}, "apt-get update in python:3.9.5-slim"),
    "between-two-long-ones": ("FROM ubuntu:23.04\nRUN apt update\n", {}, "archive.ubuntu.com"),
    "a-system-past-its-end": ("FROM centos:7\nRUN yum install -y git\n", {}, "mirrorlist.centos.org"),
    "toolchain": ("FROM golang:1.20" + COMPILES, MOD, "golang:1.20 cannot read go.mod:5"),
    "toolchain-by-make": ("FROM golang:1.18.3-alpine\nCOPY . /s\nRUN cd /s && make\n", MAKE, "cannot read server/go.mod:5"),
    "three-numbers": ("FROM golang:1.20.3" + COMPILES, {**MOD, "go.mod": "module a\n\ngo 1.21.0\n"}, "golang:1.20.3 cannot read go.mod:3"),
    "newer-than-the-compiler": ("FROM golang:1.22-alpine" + COMPILES, {**MOD, "go.mod": "module a\n\ngo 1.23\n"}, "golang:1.22-alpine cannot read go.mod:3"),
    "newer-by-a-fix": ("FROM golang:1.22.1" + COMPILES, {**MOD, "go.mod": "module a\n\ngo 1.22.4 // at least\n"}, "golang:1.22.1 cannot read go.mod:3"),
    "embeds-nothing": ("FROM golang:1.22" + COMPILES, {**EMBEDS, "a.go": PAGES + "//go:embed pages\nvar p embed.FS\n"}, "a.go:5 embeds pages, and there is no such file"),
    "embeds-nothing-of-a-kind": ("FROM golang:1.22" + COMPILES, {**EMBEDS, "a.go": PAGES + "//go:embed pages/*.html\nvar p embed.FS\n"}, "embeds pages/*.html"),
    "pip-of-a-system": ("FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y python3-pip\nRUN pip3 install requests\n", {}, "pip3 install requests in debian:bookworm-slim"),
    "pip-as-a-module": ("FROM alpine:3.20\nRUN apk add --no-cache python3 py3-pip && python3 -m pip install requests\n", {}, "pip install requests in alpine:3.20"),
    "pip-that-another-is-told": ("FROM ubuntu:24.04\nRUN apt-get update && apt-get install -y python3-pip\nRUN pip3 install --break-system-packages six\nRUN pip3 install igraph\n", {}, "pip3 install igraph in ubuntu:24.04"),
    "pip-that-is-told-once": ("FROM debian:12\nRUN apt-get update && apt-get install -y python3-pip\nRUN PIP_BREAK_SYSTEM_PACKAGES=1 pip3 install six\nRUN pip3 install igraph\n", {}, "pip3 install igraph in debian:12"),
    "pip-that-ends-there": ("FROM debian:12\nRUN set -ex; apt-get update; apt-get install -y python3-pip; pip3 install requests; rm -rf /var/lib/apt/lists/*\n", {}, "pip3 install requests in debian:12"),
    "pip-made-of-a-system": ("FROM nvidia/cuda:12.6.0-runtime-ubuntu24.04 AS b\nRUN apt-get update && apt-get install -y python3-pip\nFROM b\nRUN pip install torch\n", {}, "whose Python takes no packages from pip"),
    "ruby-of-the-gemfile": ("FROM ruby:3.1.6-alpine3.18\nWORKDIR /s\nCOPY . .\nRUN bundle install\n", {"Gemfile": 'source "x"\nruby "3.4.5"\n'}, "bundle in ruby:3.1.6-alpine3.18: Gemfile:2 wants ruby 3.4.5"),
    "ruby-of-a-file": ("FROM ruby:3.3\nWORKDIR /s\nCOPY . .\nRUN bundle\n", {"Gemfile": 'ruby file: ".ruby-version"\n', ".ruby-version": "ruby-3.2.1\n"}, "Gemfile:1 wants ruby 3.2.1"),
    "ruby-between-bounds": ("FROM ruby:3.3.1-slim\nWORKDIR /s\nCOPY . .\nRUN bundle install\n", {"Gemfile": "ruby '>= 3.1', '< 3.3'\n"}, "wants ruby >= 3.1, < 3.3"),
    "python-of-what-is-built": ("FROM python:3.8\nWORKDIR /s\nCOPY . .\nRUN pip install .\n", {"pyproject.toml": '[project]\nname = "a"\nrequires-python = ">=3.10"\n'}, "pyproject.toml:3 wants python >=3.10"),
    "php-of-the-lock": ("FROM php:8.1-fpm\nWORKDIR /s\nCOPY . .\nRUN composer install --no-dev\n", {"composer.json": "{}", "composer.lock": '{"platform": {"php": "^8.2"}}'}, "composer.lock wants php ^8.2"),
    "node-of-the-project": ("FROM node:18-alpine\nWORKDIR /s\nCOPY . .\nRUN yarn install\n", {"package.json": '{"engines": {\n"node": ">=20"}}', "yarn.lock": "# yarn lockfile v1\n"}, "package.json:2 wants node >=20"),
    # --- silent
    "built-on-a-newer-one-in-the-end": ("FROM php:7.3-apache\nRUN apt-get update && apt-get install -y git\n", {}, ""),
    "built-on-two-systems": ("FROM python:3.9.6-slim\nRUN apt-get update\n", {}, ""),
    "ruby-as-it-is-wanted": ("FROM ruby:3.4\nWORKDIR /s\nCOPY . .\nRUN bundle install\n", {"Gemfile": 'ruby "3.4.5"\n'}, ""),
    "ruby-by-a-condition": ("FROM ruby:3.1\nWORKDIR /s\nCOPY . .\nRUN bundle install\n", {"Gemfile": 'if x\n  ruby "3.4.5"\nelse\n  ruby "3.1.0"\nend\n'}, ""),
    "ruby-of-somebody-else": ("FROM ruby:3.1\nWORKDIR /s\nCOPY . .\nRUN rbenv install 3.4.5\nRUN bundle install\n", {"Gemfile": 'ruby "3.4.5"\n'}, ""),
    "ruby-of-another-gemfile": ("FROM ruby:3.1\nWORKDIR /s\nENV BUNDLE_GEMFILE=/s/b\nCOPY . .\nRUN bundle install\n", {"Gemfile": 'ruby "3.4.5"\n'}, ""),
    "python-of-a-list": ("FROM python:3.8\nWORKDIR /s\nCOPY . .\nRUN pip install -r a.txt\n", {"a.txt": "x\n", "pyproject.toml": '[project]\nname = "a"\nrequires-python = ">=3.10"\n'}, ""),
    "php-for-any": ("FROM php:8.1-fpm\nWORKDIR /s\nCOPY . .\nRUN composer install --ignore-platform-reqs\n", {"composer.json": "{}", "composer.lock": '{"platform": {"php": "^8.2"}}'}, ""),
    "node-by-npm": ("FROM node:18-alpine\nWORKDIR /s\nCOPY . .\nRUN npm install\n", {"package.json": '{"engines": {"node": ">=20"}}'}, ""),
    "node-of-a-newer-yarn": ("FROM node:18-alpine\nWORKDIR /s\nCOPY . .\nRUN yarn install\n", {"package.json": '{"engines": {"node": ">=20"}}', "yarn.lock": "__metadata:\n"}, ""),
    "pip-with-a-way-on": ("FROM debian:12\nRUN apt-get update && apt-get install -y python3-pip\nRUN pip3 install requests || true\n", {}, ""),
    "pip-of-its-own": ("FROM python:3.12-bookworm\nRUN apt-get update && apt-get install -y python3-pip && pip install requests\n", {}, ""),
    "pip-of-an-older-system": ("FROM ubuntu:22.04\nRUN apt-get update && apt-get install -y python3-pip && pip3 install requests\n", {}, ""),
    "pip-that-is-told-to": ("FROM debian:12\nRUN apt-get update && apt-get install -y python3-pip && pip3 install --break-system-packages requests\n", {}, ""),
    "pip-that-is-told-each-time": ("FROM debian:12\nRUN apt-get update && apt-get install -y python3-pip\nRUN pip3 install --break-system-packages six && export PIP_BREAK_SYSTEM_PACKAGES=1 && pip3 install a\n", {}, ""),
    "pip-that-a-file-tells-to": ("FROM debian:12\nRUN apt-get update && apt-get install -y python3-pip && printf '[install]\\nbreak-system-packages = true\\n' > /etc/pip.conf\nRUN pip3 install a\n", {}, ""),
    "pip-that-a-variable-tells-to": ("FROM debian:12\nENV PIP_BREAK_SYSTEM_PACKAGES=1\nRUN apt-get update && apt-get install -y python3-pip && pip3 install requests\n", {}, ""),
    "pip-of-an-environment": ("FROM debian:12\nENV PATH=/opt/venv/bin:$PATH\nRUN apt-get update && apt-get install -y python3-pip python3-venv && python3 -m venv /opt/venv\nRUN pip install requests\n", {}, ""),
    "pip-into-a-directory": ("FROM debian:12\nRUN apt-get update && apt-get install -y python3-pip && pip3 install -t /opt/x requests\n", {}, ""),
    "pip-without-the-mark": ("FROM debian:12\nRUN apt-get update && apt-get install -y python3-pip && rm /usr/lib/python3*/EXTERNALLY-MANAGED\nRUN pip3 install requests\n", {}, ""),
    "pip-that-a-stage-brings": ("FROM python:3.12 AS p\nFROM debian:12\nRUN apt-get update && apt-get install -y python3-pip\nCOPY --from=p /usr/local /usr/local\nRUN pip3 install requests\n", {}, ""),
    "pip-of-nobody-knows": ("FROM debian:12\nRUN pip3 install requests\n", {}, ""),
    "embeds-what-is-there": ("FROM golang:1.22" + COMPILES, {**EMBEDS, "a.go": PAGES + "//go:embed all:pages\nvar p embed.FS\n", "pages/a": ""}, ""),
    "embeds-what-a-stage-makes": ("FROM node:22 AS w\nFROM golang:1.22\nWORKDIR /s\nCOPY . .\nCOPY --from=w /out pages\nRUN go build .\n", {**EMBEDS, "a.go": PAGES + "//go:embed pages\nvar p embed.FS\n"}, ""),
    "embeds-what-a-step-makes": ("FROM golang:1.22\nWORKDIR /s\nCOPY . .\nRUN ./generate pages && go build .\n", {**EMBEDS, "a.go": PAGES + "//go:embed pages\nvar p embed.FS\n"}, ""),
    "embeds-for-another-system": ("FROM golang:1.22" + COMPILES, {**EMBEDS, "a.go": "package main\n", "a_windows.go": PAGES + "//go:embed pages\nvar p embed.FS\n"}, ""),
    "with-parents": ("FROM postgres:16\nRUN mkdir -p /docker-entrypoint-initdb.d\n", {}, ""),
    "beside-it": ("FROM postgres:16\nRUN mkdir /docker-entrypoint-initdb.d/x /opt/x\n", {}, ""),
    "whatever-is-there": ("FROM postgres:16\nRUN mkdir /docker-entrypoint-initdb.d || true\n", {}, ""),
    "removed-first": ("FROM debian:12\nWORKDIR /app\nWORKDIR /\nRUN rm -rf /app && mkdir /app\n", {}, ""),
    "of-a-base-nobody-knows": ("FROM acme/base:1\nRUN mkdir /opt\n", {}, ""),
    "looked-for-in-the-archive": ("FROM debian:buster\nRUN sed -i s/deb.debian/archive.debian/ /etc/apt/sources.list\nRUN apt-get update\n", {}, ""),
    "of-others": ("FROM acme/app:1-buster\nRUN apt-get update\n", {}, ""),
    "on-alpine": ("FROM node:12-alpine\nRUN apk update\n", {}, ""),
    "a-long-one": ("FROM ubuntu:18.04\nRUN apt-get update\n", {}, ""),
    "nothing-is-asked": ("FROM debian:buster\nRUN make\n", {}, ""),
    "new-enough": ("FROM golang:1.21" + COMPILES, MOD, ""),
    "two-numbers-for-an-old-one": ("FROM golang:1.20" + COMPILES, {**MOD, "go.mod": "module a\n\ngo 1.21\n"}, ""),
    "one-that-is-fetched": ("FROM golang:1.22\nENV GOTOOLCHAIN=auto" + COMPILES, {**MOD, "go.mod": "module a\n\ngo 1.23\n"}, ""),
    "a-compiler-that-somebody-names": ("ARG V=1.20\nFROM golang:$V" + COMPILES, MOD, ""),
    "a-program-of-others": ("FROM golang:1.20\nCOPY . .\nRUN go install example.org/b@latest\n", MOD, ""),
}  # fmt: skip


@pytest.mark.parametrize("name", DOOMED)
def test_what_ends_a_build_in_any_case(name: str, tmp_path: Path) -> None:
    """Servers: those of Debian answered 404 for buster in 2026, and for none of the later ones. Go: its documentation
    of toolchains."""
    dockerfile, tree, says = DOOMED[name]
    projects.write(tmp_path, {"Dockerfile": dockerfile, "x": "", **tree})
    found = [each for each in review(scan(tmp_path)).findings or () if each.code == "late-failure"]
    assert [(each.severity, says in each.message) for each in found] == ([("error", True)] if says else []), found


def test_a_compiler_that_is_new_enough(tmp_path: Path) -> None:
    """Of the same flavor, and no newer than it has to be."""
    projects.write(tmp_path, {"Dockerfile": "FROM golang:1.20-alpine3.18" + COMPILES, **MOD})
    (found,) = [each for each in review(scan(tmp_path)).findings or () if each.code == "late-failure"]
    assert found.remedy == "FROM golang:1.21-alpine on line 1"


RUBY = "FROM ruby:2.5.1\nRUN apt-get update\nCOPY . /a\n"
NEWER, ARCHIVE = "FROM a release that still gets updates", "take them from archive.debian.org with [trusted=yes], as its keys have expired"  # fmt: skip
BUSTER = "RUN sed -i -E 's/(deb|security).debian.org/archive.debian.org/' /etc/apt/sources.list below FROM on line 1"
PINNED = f"{ARCHIVE}, since no release that still gets updates has the version that {{}} asks for"


@pytest.mark.parametrize(
    ("dockerfile", "tree", "way"),
    [
        (RUBY, {"Gemfile": "ruby '2.5.1'\n"}, PINNED.format("Gemfile")),
        (RUBY, {".ruby-version": "2.5.1\n"}, PINNED.format(".ruby-version")),
        (RUBY, {".tool-versions": "nodejs 20.1.0\nruby 2.5.1\n"}, PINNED.format(".tool-versions")),
        (RUBY, {"Gemfile": 'ruby ">= 2.4", "< 2.6"\n'}, PINNED.format("Gemfile")),
        (RUBY, {"Gemfile": 'ruby "~> 2.5"\n'}, NEWER),
        (RUBY, {"Gemfile": "gem 'rails'\n"}, NEWER),
        (RUBY.replace("2.5.1", "2.5-slim-buster"), {}, f"{NEWER}, or {BUSTER}"),
        (RUBY.replace("2.5.1", "2.5-slim-buster"), {"Gemfile": "ruby '2.5.1'\n"}, f"{BUSTER}, since no release that still gets updates has the version that Gemfile asks for"),
        (f"{RUBY.replace('ruby:2.5.1', 'debian:stretch')}RUN apt-get install -y grep openjdk-8-jre-headless\n", {}, f"{ARCHIVE}, since other releases may lack openjdk-8-jre-headless"),
        (f"{RUBY.replace('ruby:2.5.1', 'debian:buster')}RUN apt-get install -y php7.3-cli\n", {}, f"{BUSTER}, since other releases may lack php7.3-cli"),
        (f"{RUBY.replace('ruby:2.5.1', 'debian:stretch')}RUN apt-get install -y python3-pip postgresql-client libssl-dev\n", {}, NEWER),
        (RUBY.replace("ruby:2.5.1", "node:12"), {"package.json": '{"engines": {"node": "12.x"}}'}, NEWER),
        (RUBY.replace("ruby:2.5.1", "php:7.2-apache"), {"composer.json": '{"require": {"php": "^7.1 <7.3"}}'}, PINNED.format("composer.json")),
        (RUBY.replace("ruby:2.5.1", "php:7.2-apache"), {"composer.json": '{"require": {"php": "^7.1"}}'}, NEWER),
        (RUBY.replace("ruby:2.5.1", "python:3.5"), {}, NEWER),
        (RUBY.replace("ruby:2.5.1", "python:2.7"), {}, f"{ARCHIVE}, since no release of Python 2 gets updates"),
        (RUBY.replace("ruby:2.5.1", "python:2.7.9"), {}, f"{ARCHIVE}, since no release of Python 2 gets updates"),
        (RUBY.replace("ruby:2.5.1", "python:3.4"), {"setup.py": "setup(python_requires='>=3.4, <3.6')\n"}, PINNED.format("setup.py")),
        (RUBY.replace("ruby:2.5.1", "python:3.4"), {"pyproject.toml": '[project]\nrequires-python = ">=3.4,!=3.6.0"\n'}, NEWER),
    ],
)  # fmt: skip
def test_a_release_that_the_project_cannot_leave(
    dockerfile: str, tree: dict[str, str], way: str, tmp_path: Path
) -> None:
    """A newer image has another version of the language, which the project does not take."""
    projects.write(tmp_path, {"Dockerfile": dockerfile, **tree})
    (found,) = [each for each in review(scan(tmp_path)).findings or () if each.code == "late-failure"]
    assert found.remedy == way


@pytest.mark.parametrize(
    ("command", "way"),
    [
        ("pip3 install requests", "run python3 -m venv /opt/venv (from the package python3-venv) before it, with ENV PATH=/opt/venv/bin:$PATH above the RUN, or write pip3 install --break-system-packages"),
        ("pip3 install requests\nRUN pip3 install six", "run python3 -m venv /opt/venv (from the package python3-venv) before it, with ENV PATH=/opt/venv/bin:$PATH above the RUN, or write pip3 install --break-system-packages on lines 3 and 4"),
        ("pip3 install --upgrade pip", "run python3 -m venv /opt/venv (from the package python3-venv) before it, with ENV PATH=/opt/venv/bin:$PATH above the RUN"),
    ],
)  # fmt: skip
def test_a_python_of_the_system(command: str, way: str, tmp_path: Path) -> None:
    """PEP 668. Debian does not let its own pip go, whatever the option says."""
    text = f"FROM debian:12\nRUN apt-get update && apt-get install -y python3-pip\nRUN {command}\n"
    projects.write(tmp_path, {"Dockerfile": text})
    (found,) = [each for each in review(scan(tmp_path)).findings or () if each.code == "late-failure"]
    assert (found.line, found.remedy) == (3, way)


def test_what_somebody_may_make_before(tmp_path: Path) -> None:
    """A note, as git ignores what is embedded."""
    tree = {**EMBEDS, "a.go": PAGES + "//go:embed pages\nvar p embed.FS\n", ".gitignore": "/pages\n"}
    projects.write(tmp_path, {"Dockerfile": "FROM golang:1.22" + COMPILES, **tree})
    (found,) = [each for each in review(scan(tmp_path)).findings or () if each.code == "late-failure"]
    assert found.severity == "note" and found.message.endswith("made by an earlier step?")


@pytest.mark.parametrize(("version", "codes"), [("1.21", {"late-failure"}), ("1.23", {"copy-before-install"})])
def test_nothing_is_said_of_the_cache_of_what_cannot_succeed(version: str, codes: set[str], tmp_path: Path) -> None:
    """The error comes first."""
    files = {
        "go.mod": "module a\n\ngo 1.22\n\nrequire b.org/b v1.0.0\n",
        "go.sum": "b.org/b v1.0.0 h1:\n",
        "a.go": "",
        "b.go": "",
    }
    projects.write(tmp_path, {"Dockerfile": f'FROM golang:{version}{COMPILES}CMD ["/a"]\n', **files})
    found = {each.code for each in review(scan(tmp_path)).findings or ()}
    assert found & {"late-failure", "copy-before-install"} == codes
