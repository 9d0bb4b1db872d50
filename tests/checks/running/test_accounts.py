"""What a RUN does as a user who may not. Which of these end a build was seen with Docker, by both builders."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import projects

from ctxscan import scan
from ctxscan.opinions import review

APP = "FROM debian:12-slim\nRUN useradd app\nUSER app\nWORKDIR /w\n"
ROOT = "FROM debian:12-slim\nRUN useradd app\nWORKDIR /w\n"
CASES = {
    "mode": (f"{APP}COPY a.sh .\nRUN chmod +x a.sh\n", "COPY (line 5) gives a.sh to root", "write COPY --chown=app on line 5"),
    "mode-of-all": (f"{APP}COPY . /w\nRUN chmod -R 755 /w && ./a.sh\n", "gives the context to root", "write COPY --chown=app on line 5"),
    "owner": (f"{APP}ADD . .\nRUN chown -R app .\n", "ADD (line 5) gives the context to root", "write ADD --chown=app on line 5"),
    "by-number": (f"{ROOT}USER 1000:1000\nCOPY . .\nRUN chown -R 1000 /w\n", "gives the context to root", "write COPY --chown=1000 on line 5"),
    "packages": (f"{APP}RUN apt-get update && apt-get install -y curl\nCOPY . .\n", "writes to directories of root", "move it above USER"),
    "packages-of-several-runs": (f"{APP}RUN apt-get update\nCOPY . .\nRUN apt-get install -y curl sudo\n", "apt-get update writes", "move the RUNs on lines 5 and 7 above USER"),
    "a-program-that-makes-root": (f"{APP}RUN apt-get install -y sudo\n", "writes to directories of root", "move it above USER"),
    "packages-on-a-base-of-theirs": ("FROM jenkins/jenkins:2.462\nRUN apt-get update\nRUN apt-get install -y sudo\n", "runs as jenkins", "USER root above the RUNs on lines 2 and 3, and USER jenkins below"),
    "user-of-a-stage": (f"{APP.replace('12-slim', '12-slim AS b')}FROM b\nCOPY a.sh .\nRUN chmod +x a.sh\n", "gives a.sh to root", "write COPY --chown=app on line 6"),
    "user-of-the-base": ("FROM jenkins/jenkins:2.462\nCOPY a.sh /usr/bin/\nRUN chmod 755 /usr/bin/a.sh\n", "runs as jenkins, and", "USER root above it, and USER jenkins below"),
    "user-of-a-notebook": ("FROM quay.io/jupyter/scipy-notebook:2024-10-07\nCOPY a.sh /usr/bin/\nRUN chmod 755 /usr/bin/a.sh\n", "runs as $NB_UID, and", "USER root above it, and USER $NB_UID below"),
    # --- silent
    "a-hub-of-notebooks": ("FROM jupyter/jupyterhub-onbuild:1.5\nRUN apt-get install -y libpq-dev\n", "", ""),
    "a-base-that-began-as-root": ("FROM kibana:5.1\nRUN apt-get update && apt-get install -y netcat\n", "", ""),
    "given": (f"{APP}COPY --chown=app a.sh .\nRUN chmod +x a.sh\n", "", ""),
    "root-again": (f"{APP}USER root\nCOPY a.sh .\nRUN chmod +x a.sh\nUSER app\n", "", ""),
    "above-the-user": (f"{ROOT}COPY a.sh .\nRUN chmod +x a.sh\nUSER app\n", "", ""),
    "given-later": (f"{APP}COPY a.sh .\nUSER root\nRUN chown -R app /w\nUSER app\nRUN chmod +x a.sh\n", "", ""),
    "by-a-program": (f"{APP}COPY a.sh .\nRUN sudo chmod +x a.sh\n", "", ""),
    "by-a-program-that-is-there": (f"{APP}RUN sudo apt-get install -y sudo\n", "", ""),
    "may-fail": (f"{APP}COPY a.sh .\nRUN chmod +x a.sh || true\n", "", ""),
    "fails-unseen": (f"{APP}COPY a.sh .\nRUN chmod +x a.sh; ./a.sh\n", "", ""),
    "a-copy-of-its-own": (f"{APP}COPY a.sh .\nRUN cp a.sh b.sh && chmod +x b.sh\n", "", ""),
    "the-directory-it-lies-in": (f"{APP}COPY a.sh .\nRUN chmod 755 /w\n", "", ""),
    "a-user-nobody-knows": ("FROM debian:12-slim\nARG U=root\nUSER $U\nCOPY a.sh /w/\nRUN chmod +x /w/a.sh\n", "", ""),
    "a-list-of-packages": (f"{APP}RUN apt-get --version\n", "", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_only_root_may_do(name: str, tmp_path: Path) -> None:
    """The user, what is root's, and the way out; a warning where the base has that user."""
    dockerfile, says, remedy = CASES[name]
    projects.write(tmp_path, {"Dockerfile": dockerfile, "a.sh": "#!/bin/sh\n"})
    found = [each for each in review(scan(tmp_path)).findings or () if each.code == "late-failure"]
    assert [each.remedy for each in found] == ([remedy] if says else [])
    assert all(says in each.message for each in found)
    assert all(each.severity == ("warning" if "base" in name or "notebook" in name else "error") for each in found)


NODE, NGINX = "FROM node:22-alpine\nWORKDIR /w\n", "FROM nginx:1.27-alpine\n"
MADE = {
    "number-of-a-group": (f"{NODE}RUN addgroup -g 1000 app && adduser -D -u 1001 -G app app\n", "group node of node:22-alpine has the number 1000"),
    "number-of-a-user": (f"{NODE}RUN adduser -SDHu 1000 app\n", "user node of node:22-alpine has the number 1000"),
    "number-in-a-variable": ("FROM node:22-slim\nARG UID=1000\nRUN useradd --uid ${UID} -m app\n", "user node of node:22-slim has the number 1000"),
    "number-behind-an-equals-sign": ("FROM ubuntu:24.04\nRUN apt-get update && groupadd --gid=1000 app\n", "group ubuntu of ubuntu:24.04 has"),
    "group-by-its-name": (f"{NGINX}RUN addgroup -g 1001 -S nginx && \\\n    adduser -S nginx -u 1001 -G nginx\n", "nginx:1.27-alpine has a group nginx already"),
    "user-by-its-name": ("FROM node:22\nRUN useradd -r -s /bin/false node\n", "node:22 has a user node already"),
    # --- silent
    "another-number": (f"{NODE}RUN addgroup -g 1001 app && adduser -D -u 1001 -G app app\n", ""),
    "no-number": (f"{NODE}RUN addgroup -S app && adduser -S app -G app\n", ""),
    "to-a-group": (f"{NODE}RUN addgroup node tty && adduser node audio\n", ""),
    "a-group-that-is-there": (f"{NODE}RUN adduser -D -u 1001 -G node app && adduser -D -g 1000 -h /w ape\n", ""),
    "gid-that-is-there": ("FROM node:22\nRUN useradd -u 1001 -g 1000 app\n", ""),
    "room-is-made": (f"{NODE}RUN deluser --remove-home node\nRUN adduser -D -u 1000 app\n", ""),
    "other-accounts-are-unpacked": (f"{NODE}RUN wget -O- https://acme.dev/a.tgz | tar xz -C / && addgroup -g 1000 app\n", ""),
    "other-accounts-are-copied": (f"{NODE}COPY rootfs /\nRUN addgroup -g 1000 app\n", ""),
    "may-fail": (f"{NODE}RUN addgroup -g 1000 app || true\n", ""),
    "looked-first": ("FROM node:22\nRUN getent group 1000 || groupadd -g 1000 app\n", ""),
    "twice-the-number": ("FROM node:22\nRUN useradd -o -u 1000 app\n", ""),
    "content-with-what-is-there": ("FROM nginx:1.27\nRUN addgroup --system nginx && groupadd -f nginx\n", ""),
    "an-ubuntu-without-users": ("FROM ubuntu:22.04\nRUN useradd -u 1000 app\n", ""),
    "nobody-knows": ("FROM example.org/node\nRUN useradd -u 1000 app\n", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", MADE)
def test_who_is_made_and_is_there_already(name: str, tmp_path: Path) -> None:
    """An error: the programs end with one, and so does the RUN."""
    dockerfile, says = MADE[name]
    projects.write(tmp_path, {"Dockerfile": dockerfile, "rootfs/etc/passwd": "root:x:0:0::/:/bin/sh\n"})
    found = [each for each in review(scan(tmp_path)).findings or () if each.code == "late-failure"]
    assert [(each.severity, says in each.message) for each in found] == ([("error", True)] if says else [])
