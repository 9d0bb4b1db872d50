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
    "mode": (f"{APP}COPY a.sh .\nRUN chmod +x a.sh\n", "COPY (line 5) gives a.sh to root", "write COPY --chown=app in line 5"),
    "mode-of-all": (f"{APP}COPY . /w\nRUN chmod -R 755 /w && ./a.sh\n", "gives the context to root", "write COPY --chown=app in line 5"),
    "owner": (f"{APP}ADD . .\nRUN chown -R app .\n", "ADD (line 5) gives the context to root", "write ADD --chown=app in line 5"),
    "by-number": (f"{ROOT}USER 1000:1000\nCOPY . .\nRUN chown -R 1000 /w\n", "gives the context to root", "write COPY --chown=1000 in line 5"),
    "packages": (f"{APP}RUN apt-get update && apt-get install -y curl\nCOPY . .\n", "writes to directories of root", "move it above USER"),
    "user-of-a-stage": (f"{APP.replace('12-slim', '12-slim AS b')}FROM b\nCOPY a.sh .\nRUN chmod +x a.sh\n", "gives a.sh to root", "write COPY --chown=app in line 6"),
    "user-of-the-base": ("FROM jenkins/jenkins:2.462\nCOPY a.sh /usr/bin/\nRUN chmod 755 /usr/bin/a.sh\n", "runs as jenkins, and", "USER root above it, and USER jenkins below"),
    # --- silent
    "a-base-that-began-as-root": ("FROM kibana:5.1\nRUN apt-get update && apt-get install -y netcat\n", "", ""),
    "given": (f"{APP}COPY --chown=app a.sh .\nRUN chmod +x a.sh\n", "", ""),
    "root-again": (f"{APP}USER root\nCOPY a.sh .\nRUN chmod +x a.sh\nUSER app\n", "", ""),
    "above-the-user": (f"{ROOT}COPY a.sh .\nRUN chmod +x a.sh\nUSER app\n", "", ""),
    "given-later": (f"{APP}COPY a.sh .\nUSER root\nRUN chown -R app /w\nUSER app\nRUN chmod +x a.sh\n", "", ""),
    "by-a-program": (f"{APP}COPY a.sh .\nRUN sudo chmod +x a.sh\n", "", ""),
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
    assert all(each.severity == ("warning" if "base" in name else "error") for each in found)
