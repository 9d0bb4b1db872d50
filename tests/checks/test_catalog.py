"""Findings: what each check says, and what it keeps quiet about.

What a case must find is written beside it; the wording is in testdata/findings/, one file a case
(`CTXSCAN_UPDATE=1 pytest tests/checks/test_catalog.py` writes them; read the difference).
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest
from support import dockerfile_cases, projects
from support.trees import TESTDATA

from ctxscan import scan
from ctxscan.checks.catalog import CHECKS
from ctxscan.findings import Finding
from ctxscan.opinions import review

UPDATE = bool(os.environ.get("CTXSCAN_UPDATE"))
MB = 1_000_000
COPY_ALL = "FROM scratch\nCOPY . /\n"


class Case(NamedTuple):
    """A tree, what `scan` is asked, and `code place` of every finding."""

    tree: dict[str, str | int]
    finds: list[str]
    options: Mapping[str, Any] = MappingProxyType({})


def tree(dockerfile: str = COPY_ALL, rules: str | None = "Dockerfile\n", **_: None) -> dict[str, str | int]:
    files: dict[str, str | int] = {"Dockerfile": dockerfile}
    if rules is not None:
        files[".dockerignore"] = rules
    return files


INSTALLED = "FROM node:22-slim\nWORKDIR /a\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nUSER node\n"
OWN = {"package.json": "{}", "package-lock.json": "{}"}
MAKES = (
    "FROM node:22-slim AS b\nCOPY src /s/src\nFROM node:22-slim\nWORKDIR /a\nUSER node\nCOPY --from=b /s/dist ./dist\n"
)
CASES = {
    "missing": Case({**tree("FROM scratch\nCOPY a nothere /d/\n"), "a": 1}, ["missing-input Dockerfile:2"]),
    "missing-by-rule": Case(
        {**tree("FROM scratch\nCOPY src /d/\n", "Dockerfile\nsrc\n"), "src/a": 1}, ["missing-input Dockerfile:2"]
    ),
    "missing-below-a-rule": Case(
        {**tree("FROM scratch\nCOPY src/a/b /d/\n", "src\n"), "src/a/b": 1}, ["missing-input Dockerfile:2"]
    ),
    "unknown-user": Case(
        {**tree("FROM scratch\nCOPY --chown=nobody a /\nCOPY --chown=1:2 b /\n"), "a": 1, "b": 1},
        ["late-failure Dockerfile:2"],
    ),
    "unmet-need": Case(
        {**tree('FROM node:22-slim\nWORKDIR /app\nCOPY . .\nUSER node\nCMD ["node", "bin/www"]\n', "Dockerfile\nbin\n"), "bin/www": 1},
        ["unmet-need .dockerignore:2"],
    ),
    "copies-of-one-name": Case(
        {**tree("FROM scratch\nCOPY packages/*/package.json ./packages/\n"), "packages/a/package.json": 1, "packages/b/package.json": 2},
        ["lost-copy Dockerfile:2"],
    ),
    "copies-of-one-name-by-two-sources": Case(
        {**tree("FROM scratch\nCOPY a/x.conf b/x.conf c/y.conf /etc/\n"), "a/x.conf": 1, "b/x.conf": 2, "c/y.conf": 3},
        ["lost-copy Dockerfile:2"],
    ),
    "copies-of-one-name-far-below": Case(
        {**tree("FROM scratch\nCOPY --chown=9 src/common/*/x.toml /w/src/common/\n"), "src/common/a/x.toml": 1, "src/common/b/x.toml": 2},
        ["lost-copy Dockerfile:2"],
    ),
    "copies-of-one-name-for-an-old-frontend": Case(
        {**tree("# syntax=docker/dockerfile:1.9\nFROM scratch\nCOPY src/*/x.toml /w/\n"), "src/a/x.toml": 1, "src/b/x.toml": 2},
        ["lost-copy Dockerfile:3"],
    ),
    "copies-to-what-is-no-directory": Case(
        {**tree("FROM node:22\nCOPY a b /app\n"), "a": 1, "b": 2}, ["lost-copy Dockerfile:2"]
    ),
    "copies-to-no-directory-for-another-builder": Case(
        {**tree("FROM node:22\nWORKDIR /app\nCOPY a b /app\n", "*\n!a\n!b\n"), "a": 1, "b": 2}, ["late-failure Dockerfile:3"], {"builder": "classic"}
    ),
    "copies-to-a-directory-for-another-builder": Case(
        {**tree("FROM node:22\nWORKDIR /app\nCOPY a b ./\nCOPY a b .\n", "*\n!a\n!b\n"), "a": 1, "b": 2}, [], {"builder": "classic"}
    ),
    "copies-to-a-directory": Case({**tree("FROM node:22\nWORKDIR /app\nCOPY a b /app\n"), "a": 1, "b": 2}, []),
    "copies-to-a-directory-of-a-command": Case({**tree("FROM node:22\nRUN mkdir /app\nCOPY a b /app\n"), "a": 1, "b": 2}, []),
    "copies-to-a-directory-of-the-image": Case({**tree("FROM node:22\nCOPY a b /etc\n"), "a": 1, "b": 2}, []),
    "copies-of-a-directory-and-a-file": Case({**tree("FROM node:22\nCOPY a b /app\n"), "a/x": 1, "b": 2}, []),
    "copies-with-their-directories": Case(
        {**tree("FROM scratch\nCOPY --parents packages/*/package.json ./\n"), "packages/a/package.json": 1, "packages/b/package.json": 2},
        [],
    ),
    "copies-of-several-names": Case({**tree("FROM scratch\nCOPY a/*.conf /etc/\n"), "a/x.conf": 1, "a/y.conf": 2}, []),
    "copies-of-which-one-is-excluded": Case(
        {**tree("FROM scratch\nCOPY packages/*/package.json ./\n", "Dockerfile\npackages/b\n"), "packages/a/package.json": 1, "packages/b/package.json": 2},
        [],
    ),
    "two-stars-in-a-source": Case(
        {**tree("FROM scratch\nCOPY **/*.csproj /src/\n"), "src/a/a.csproj": 1, "b/b.csproj": 1}, ["shallow-glob Dockerfile:2"]
    ),
    "two-stars-with-parents": Case({**tree("FROM scratch\nCOPY --parents **/*.csproj /src/\n"), "src/a/a.csproj": 1}, []),
    "two-stars-that-reach-all": Case({**tree("FROM scratch\nCOPY **/*.csproj /src/\n"), "b/b.csproj": 1, "c/c.csproj": 1}, []),
    "shallow-exclude": Case(
        {**tree("FROM scratch\nCOPY --exclude=*.md src /src\n"), "src/a.md": 1, "src/docs/b.md": 1, "src/c": 1},
        ["shallow-exclude Dockerfile:2"],
    ),
    "deep-exclude": Case(
        {**tree("FROM scratch\nCOPY --exclude=**/*.md src /src\n"), "src/a.md": 1, "src/docs/b.md": 1, "src/c": 1}, []
    ),
    "exclude-of-all-there-is": Case(
        {**tree("FROM scratch\nCOPY --exclude=docs --exclude=*.md src /src\n"), "src/a.md": 1, "src/docs/b.md": 1, "src/c": 1}, []
    ),
    "copied-dockerfile": Case(
        {**tree("FROM x:1 AS b\nCOPY . /a\nRUN npm ci\nFROM scratch\nCOPY --from=b /a/out /\n", "x\n"), "a": 1},
        ["copied-dockerfile Dockerfile:2"],
    ),
    "copied-dockerfile-and-nothing-below": Case(
        {**tree("FROM x:1 AS b\nRUN npm ci\nCOPY . /a\nRUN make\nFROM scratch\nCOPY --from=b /a/out /\n", "x\n"), "a": 1}, []
    ),
    "misnamed-dockerfile": Case(
        {"Dockerfile.txt": COPY_ALL, ".dockerignore": "x\n", "a": 1}, ["misnamed-dockerfile Dockerfile.txt"]
    ),
    "empty-source": Case(
        {"Dockerfile": "ARG OUT=dist\nFROM scratch\nCOPY ${OUT} /app\n", ".dockerignore": "Dockerfile\n", "dist/a": 1},
        ["empty-source Dockerfile:3"],
    ),
    "empty-source-that-is-given": Case(
        {**tree("FROM scratch\nARG OUT\nCOPY ${OUT} /app\n"), "dist/a": 1}, []
    ),
    "directory-that-a-rule-empties": Case(
        {**tree("FROM scratch\nCOPY conf/ a /etc/app/\n", "conf/*.yml\nDockerfile\n"), "conf/a.yml": 1, "a": 1},
        ["empty-source Dockerfile:2"],
    ),
    "directory-that-keeps-a-file": Case(
        {**tree("FROM scratch\nCOPY conf/ /etc/app/\n", "conf/*.yml\nDockerfile\n"), "conf/a.yml": 1, "conf/b": 1}, []
    ),
    "directory-that-is-there-to-be-empty": Case(
        {**tree("FROM scratch\nCOPY data/ a /srv/\n", "data/*\ndata/.*\nDockerfile\n"), "data/.gitkeep": 1, "a": 1}, []
    ),
    "empty-part-of-a-source": Case(
        {**tree("FROM scratch\nCOPY dist/${OUT} /app\n"), "dist/a": 1}, []
    ),
    "copied-to-a-tilde": Case(
        {**tree("FROM scratch\nCOPY a ~/app/\n"), "a": 1}, ["lost-copy Dockerfile:2"]
    ),
    "copied-to-a-star": Case(
        {**tree("FROM scratch\nWORKDIR /w\nCOPY --chown=9 src/*/x.toml ./src/*/\nCOPY lib/*/x.toml /o/libs/*/\n", "Dockerfile\n"), "src/a/x.toml": 1, "lib/b/x.toml": 1},
        ["lost-copy Dockerfile:3", "lost-copy Dockerfile:4"],
    ),
    "copied-from-a-stage-to-a-star": Case(
        {**tree("# syntax=docker/dockerfile:1.9\nFROM scratch AS b\nCOPY a /o/\nFROM scratch\nCOPY --from=b /o/* /bin/*\nCOPY a*b /d/*\nCOPY a/* /d/*\nCOPY a/x*/c /d/*/\nCOPY a/a /d/*/\n"), "a/a": 1, "a/x/c": 1, "a9b": 1},
        [f"lost-copy Dockerfile:{line}" for line in (5, 6, 7, 8, 9)],
    ),
    "copied-to-a-route": Case(
        {**tree("FROM scratch\nCOPY app/[[]id]/p.js ./app/[id]/\nCOPY app/* ./app/\n"), "app/[id]/p.js": 1}, []
    ),
    "rule-in-other-letters": Case(
        {**tree("FROM scratch\nCOPY . /\n", "Dockerfile\nNode_Modules/\n"), "node_modules/a.js": 1, "b": 1},
        ["misread-rule .dockerignore:2"],
    ),
    "rule-for-a-file-in-other-letters": Case(
        {**tree("FROM scratch\nCOPY . /\n", "Dockerfile\nReadme.md\n"), "README.md": 1, "b": 1},
        ["misread-rule .dockerignore:2"],
    ),
    "rule-in-other-letters-for-what-a-mount-reads": Case(
        {
            **tree("FROM x:1\nRUN --mount=type=bind,source=tools/a.py,target=/a.py python /a.py\nCOPY . /app\n", "Dockerfile\nTools\n"),
            "tools/a.py": 1,
        },
        [],
    ),
    "rule-in-other-letters-for-what-an-instruction-copies": Case(
        {**tree("FROM scratch\nCOPY docs/a /\nCOPY . /app\n", "Dockerfile\nDocs\n"), "docs/a": 1}, []
    ),
    "rule-for-a-directory-of-an-environment": Case(
        {**tree("FROM scratch\nCOPY . /\n", "Dockerfile\nbin\ninclude\nScripts\n"), "scripts/a": 1}, []
    ),
    "rule-for-a-name-of-an-environment-alone": Case(
        {**tree("FROM scratch\nCOPY . /\n", "Dockerfile\nbin\nScripts\n"), "scripts/a": 1},
        ["misread-rule .dockerignore:3"],
    ),
    "rule-for-another-name": Case(
        {**tree("FROM scratch\nCOPY . /\n", "Dockerfile\nDocs\n"), "docs2/a": 1, "b": 1}, []
    ),
    "rule-for-a-name-nearby": Case(
        {**tree("FROM scratch\nCOPY . /\n", "pacakges/e2e\n"), "packages/e2e/a": 2 * MB, "b": 1},
        ["misread-rule .dockerignore:1"],
    ),
    "rules-for-a-directory-with-another-name": Case(
        {**tree("FROM scratch\nCOPY . /\n", "web/src\nweb/**/*.ts\nweb/x\n"), "web2/src/a.ts": 2 * MB, "b": 1},
        ["misread-rule .dockerignore:1"],
    ),
    "rule-for-a-name-nearby-that-git-ignores": Case(
        {**tree("FROM scratch\nCOPY . /\n", "web/static\n.gitignore\n"), "web/stats/a": 2 * MB, ".gitignore": "static\n"}, []
    ),
    "rule-for-a-name-nearby-of-which-git-ignores-what-comes": Case(
        {**tree("FROM scratch\nCOPY . /\n", "web/static\n.gitignore\n"), "web/stats/a": 2 * MB, ".gitignore": "web/static/*\n"}, []
    ),
    "rule-for-a-name-nearby-that-a-step-makes": Case(
        {**tree("FROM a:1\nWORKDIR /a\nCOPY . .\nRUN mkdir -p /a/web/static\n", "web/static\n"), "web/stats/a": 2 * MB}, []
    ),
    "rule-for-a-name-nearby-that-a-script-makes": Case(
        {**tree("FROM scratch\nCOPY . /\n", "web/static\n"), "web/stats/a": 2 * MB, "x.sh": "cp -r x web/static\n"}, []
    ),
    "rules-for-packages-of-what-is-gone": Case(
        {**tree("FROM scratch\nCOPY . /\n", "shop/__pycache__\nshop/*/__pycache__\n"), "backend/a.py": 1},
        ["root-only-rule .dockerignore:1"],
    ),
    "rules-for-what-is-gone-and-covered": Case(
        {**tree("FROM scratch\nCOPY . /\n", "shop/__pycache__\n**/__pycache__\n"), "backend/a.py": 1}, []
    ),
    "rule-for-a-name-far-away": Case({**tree("FROM scratch\nCOPY . /\n", "pages/e2e\n"), "packages/e2e/a": 1, "b": 1}, []),
    "rule-for-what-the-other-directory-has-not": Case({**tree("FROM scratch\nCOPY . /\n", "web/x\n"), "web2/a.ts": 1, "b": 1}, []),
    "unknown-stage": Case(
        {**tree("FROM scratch AS build\nCOPY a /\nFROM scratch\nCOPY --from=biuld /a /\n"), "a": 1},
        ["unknown-stage Dockerfile:4"],
    ),
    "unknown-stage-by-another-form": Case(
        {**tree("FROM scratch AS builder\nCOPY a /\nFROM scratch\nCOPY --from=build /a /\n"), "a": 1},
        ["unknown-stage Dockerfile:4"],
    ),
    "image-that-is-called-like-a-stage": Case(
        {**tree("FROM scratch AS compose\nCOPY a /\nFROM scratch\nCOPY --from=composer:2 /a /\n"), "a": 1}, []
    ),
    "missing-mount": Case(
        {**tree("FROM x:1\nRUN --mount=type=bind,source=req.txt,target=/r pip install -r /r\n")},
        ["missing-input Dockerfile:2"],
    ),
    "missing-for-want-of-a-value": Case(
        {**tree("FROM scratch\nARG DIR\nCOPY app/$DIR/main.py /\n"), "app/x/main.py": 1}, ["missing-input Dockerfile:3"]
    ),
    "missing-in-a-stage-that-counts": Case(
        {**tree("FROM scratch AS a\nCOPY gone /\nFROM scratch\nCOPY --from=a /gone /\n")},
        ["missing-input Dockerfile:2"],
    ),
    "missing-in-a-stage-that-does-not": Case(
        {**tree("FROM scratch AS a\nCOPY gone /\nFROM scratch\nCOPY b /\n"), "b": 1}, []
    ),
    "missing-in-a-stage": Case(
        {**tree("FROM scratch AS b\nCOPY src /app\nFROM scratch\nCOPY --from=b /app/dist /\n"), "src/a": 1},
        ["missing-input Dockerfile:4"],
    ),
    "made-by-a-command": Case(
        {**tree("FROM node:22 AS b\nCOPY src /app\nRUN make\nFROM scratch\nCOPY --from=b /app/dist /\n"), "src/a": 1}, []
    ),
    "optional-by-wild-card": Case({**tree("FROM scratch\nCOPY a yarn.lock* /d/\n"), "a": 1}, []),
    "wild-card-in-no-directory": Case(
        {**tree("FROM scratch\nCOPY conf/*.json /d/\n"), "a": 1}, ["missing-input Dockerfile:2"]
    ),
    "empty-by-rules": Case(
        {**tree(rules="*\n!src/**/*.ts\n**/__tests__\n"), "src/__tests__/b.ts": 10},
        ["empty-in-build src/__tests__/b.ts", "rule-order .dockerignore:3"],
    ),
    "no-ignore-file": Case({**tree(rules=None), "a": 1, ".git/HEAD": 9}, ["no-ignore-file"]),
    "no-ignore-file-and-nothing-to-exclude": Case({**tree(rules=None), "a": 1, "src/b": 5 * MB}, []),
    "no-ignore-file-but-narrow": Case({**tree("FROM scratch\nCOPY a /\n", None), "a": 1}, []),
    "no-ignore-file-for-classic": Case(
        {**tree("FROM scratch\nCOPY a /\n", None), "a": 1, "package.json": "{}", "node_modules/x/i.js": 2 * MB},
        ["never-copied", "no-ignore-file"],
        {"builder": "classic"},
    ),
    "bad-but-never-compared": Case({**tree(rules="![z-a]\n"), "a": 1}, ["bad-pattern .dockerignore:1", "dead-rule .dockerignore:1"]),
    "comment-behind-a-rule": Case(
        {**tree(rules="dist  # output\ndocs # none\nDockerfile\n"), "dist/a": 1},
        ["misread-rule .dockerignore:1", "misread-rule .dockerignore:2"],
    ),
    "comments-of-another-kind": Case(
        {**tree(rules="// output\ndist\n// data\n"), "dist/a": 1}, ["misread-rule .dockerignore:1"]
    ),
    "name-with-blanks": Case({**tree(rules="Program Files\ndist # x\n"), "dist # x/a": 1}, []),
    "two-patterns-in-a-line": Case({**tree(rules="dist logs\n"), "dist/a": 1}, ["misread-rule .dockerignore:1"]),
    "a-path-of-the-machine": Case({**tree(rules="/home/me/shop/dist\n"), "dist/a": 1}, ["misread-rule .dockerignore:1"]),
    "a-path-of-the-image": Case({**tree(rules="/app/dist\n"), "dist/a": 1}, ["misread-rule .dockerignore:1"]),
    "a-path-that-the-context-has": Case({**tree(rules="/app/dist\n"), "dist/a": 1, "app/a": 1}, []),
    "a-path-of-something-that-is-not-there": Case({**tree(rules="/app/dist\n"), "src/a": 1}, []),
    "braces": Case({**tree(rules="**/*.{js,ts}\n"), "src/a.ts": 1}, ["misread-rule .dockerignore:1"]),
    "dead-dot": Case({**tree(rules=".\n../x\nb\n"), "a": 1}, ["dead-rule .dockerignore:1", "dead-rule .dockerignore:2"]),
    "dead-twice": Case({**tree(rules="a\nb\na\n"), "c": 1}, ["dead-rule .dockerignore:3"]),
    "dead-below": Case({**tree(rules="build\nbuild/tmp\n"), "c": 1}, ["dead-rule .dockerignore:2"]),
    "dead-below-everywhere": Case({**tree(rules="**/build\nx/build/*\n"), "c": 1}, ["dead-rule .dockerignore:2"]),
    "dead-before-what-it-is-for": Case({**tree(rules="!keep.env\nb\n*.env\n"), "keep.env": 1}, ["dead-rule .dockerignore:1"]),
    "dead-exception": Case({**tree(rules="!keep\nb\n"), "keep": 1}, ["dead-rule .dockerignore:1"]),
    "exceptions-alone": Case({**tree(rules="# only go\n!**/*.go\n!go.mod\n"), "a.go": 1, "go.mod": 1, "x": 1}, ["dead-rule .dockerignore:2"]),
    "one-exception-alone": Case({**tree(rules="!keep\n"), "keep": 1}, ["dead-rule .dockerignore:1"]),
    "comments-alone": Case({**tree(rules="# !a\n\n# b\n"), "a": 1}, []),
    "again-after-an-exception": Case({**tree(rules="a\n!a/x\na/x/y\n"), "a/x/z": 1, "a/x/y": 1}, []),
    "root-only": Case(
        {**tree(rules="node_modules\n"), "node_modules/a": 1, "web/node_modules/b": 5}, ["root-only-rule .dockerignore:1"]
    ),
    "root-only-ending": Case({**tree(rules="*.log\n"), "a.log": 1, "d/b.log": 5}, ["root-only-rule .dockerignore:1"]),
    "root-only-of-what-comes": Case(
        {**tree("FROM x:1\nCOPY . /a\n", "bin\n*/obj\n__pycache__\n*.pyc\n"), "src/a/A.csproj": 1, "app/a.py": 1},
        [f"root-only-rule .dockerignore:{line}" for line in (1, 2, 3, 4)],
    ),
    "root-only-of-what-comes-and-is-covered": Case(
        {**tree("FROM x:1\nCOPY . /a\n", "*/bin\n**/obj\n__pycache__\n**/*.pyc\n**/__pycache__\n"), "a/A.csproj": 1, "app/a.py": 1},
        [],
    ),
    "root-only-of-what-comes-in-the-root": Case(
        {**tree("FROM x:1\nCOPY . /a\n", "bin\nnode_modules\n*.pyc\n"), "A.csproj": 1, "a.py": 1, "package.json": "{}"}, []
    ),
    "root-only-of-what-is-not-sent": Case(
        {**tree("FROM x:1\nCOPY . /a\n", "__pycache__\ntools\n"), "tools/a.py": 1, "b": 1}, []
    ),
    "root-only-tests": Case({**tree(rules="tests\n"), "app/tests/test_a.py": 2 * MB}, ["root-only-rule .dockerignore:1"]),
    "root-only-tests-in-the-root-too": Case({**tree(rules="tests\n"), "app/tests/test_a.py": 2 * MB, "tests/a.py": 1}, []),
    "root-only-tests-that-are-small": Case({**tree(rules="tests\n"), "app/tests/test_a.py": 9}, []),
    "root-only-tests-that-are-imported": Case(
        {**tree(rules="tests\n"), "app/tests/test_a.py": 2 * MB, "app/a.py": "from app.tests import test_a\n"}, []
    ),
    "root-only-on-purpose": Case({**tree(rules="/node_modules\n"), "web/node_modules/b": 5}, []),
    "root-only-of-something-else": Case({**tree(rules="docs\n"), "docs/a": 1, "src/docs/b": 5}, []),
    "everywhere": Case({**tree(rules="**/node_modules\n"), "web/node_modules/b": 5}, []),
    "order-of-a-directory": Case(
        {**tree(rules="d/x\n!d\n"), "d/x": 1}, ["rule-order .dockerignore:2"]
    ),
    "exception-that-works": Case({**tree(rules="d\n!d/x\n"), "d/x": 1, "d/y": 1}, []),
    "exception-for-one-builder": Case(
        {**tree(rules="*\n!**/keep\n"), "a/keep": 1}, ["not-portable .dockerignore:2"]
    ),
    "glued-stars": Case({**tree(rules="**.log\n"), "d/x.log": 1}, ["not-portable .dockerignore:1"]),
    "nested-ignore-file": Case(
        {**tree(), "src/.dockerignore": "*.log\n", "src/a.log": 1_000_000}, ["inactive-ignore-file src/.dockerignore"]
    ),
    "nested-context": Case({**tree(), "api/.dockerignore": "x\n", "api/Dockerfile": "FROM scratch\n"}, []),
    "shadowed": Case(
        {**tree(), "Dockerfile.dockerignore": "Dockerfile\n", "a": 1}, ["inactive-ignore-file .dockerignore"]
    ),
    "of-no-dockerfile": Case({**tree(), "Api.dockerignore": "x\n", "a": 1}, ["inactive-ignore-file Api.dockerignore"]),
    "of-another-dockerfile": Case(
        {**tree(), "api.Dockerfile": "FROM scratch\n", "api.Dockerfile.dockerignore": "x\n", "a": 1}, []
    ),
    "containerignore": Case({**tree(), ".containerignore": "x\n", "a": 1}, ["inactive-ignore-file .containerignore"]),
    "large-directory": Case(
        {**tree(), "web/node_modules/a/a.js": 30 * MB, "web/package.json": "{}", "src/a": 1},
        ["large-directory web/node_modules"],
    ),
    "large-history": Case(
        {**tree(), ".git/HEAD": 9, ".git/objects/pack/a.pack": 30 * MB, "src/a": 1}, ["large-directory .git"]
    ),
    "large-directory-of-source": Case({**tree(), "data/raw/a": 30 * MB, "data/raw/b": 5 * MB, "src/a": 1}, []),
    "large-directory-that-is-named": Case({**tree("FROM scratch\nCOPY data /\n"), "data/a": 30 * MB}, []),
    "overwritten-install": Case({**tree(INSTALLED), **OWN, "node_modules/x/i.js": 20}, ["overwritten-output Dockerfile:5"]),
    "overwritten-install-of-a-part": Case(
        {
            **tree(INSTALLED.replace("COPY . .", "COPY packages packages")), **OWN,
            "packages/a/package.json": "{}", "packages/a/node_modules/x/i.js": 20,
        },
        ["overwritten-output Dockerfile:5"],
    ),
    "overwritten-output": Case(
        {**tree(f"{MAKES}COPY . .\n"), "src/a.ts": 1, "dist/a.js": 1}, ["overwritten-output Dockerfile:7"]
    ),
    "overwritten-and-large": Case(
        {**tree(INSTALLED), **OWN, "node_modules/x/i.js": 30 * MB}, ["large-directory node_modules"]
    ),
    "overwritten-and-installed-again": Case(
        {**tree(f"{INSTALLED}RUN npm ci\n", "Dockerfile\n"), **OWN, "node_modules/x/i.js": 20}, []
    ),
    "overwritten-and-built-again": Case(
        {**tree(f"{MAKES}COPY . .\nRUN npm run build\n"), "src/a.ts": 1, "dist/a.js": 1}, []
    ),
    "overwritten-by-its-name": Case({**tree(f"{MAKES}COPY dist dist\n"), "src/a.ts": 1, "dist/a.js": 1}, []),
    "excluded-and-not-overwritten": Case(
        {**tree(INSTALLED, "Dockerfile\nnode_modules\n"), **OWN, "node_modules/x/i.js": 20}, []
    ),
    "large-file": Case({**tree(), "debug.log": 30 * MB, "src/a": 1}, ["large-file debug.log"]),
    "large-file-that-may-be-needed": Case({**tree(), "dump.sql": 30 * MB, "src/a": 1}, []),
    "never-copied-and-small": Case(
        {**tree("FROM scratch\nCOPY src /\n"), "src/a": 1, "docs/a.pdf": 9 * MB}, []
    ),
    "never-copied-and-large": Case(
        {**tree("FROM scratch\nCOPY src /\n"), "src/a": 1, "docs/a.pdf": 19 * MB}, ["never-copied"]
    ),
    "never-copied-and-sent": Case(
        {**tree("FROM scratch\nCOPY src /\n"), "src/a": 1, "docs/a.pdf": 9 * MB}, ["never-copied"], {"builder": "classic"}
    ),
    "clean": Case(
        {
            **tree(projects.NODE_DOCKERFILE, projects.NODE_RULES),
            "package.json": 200, "package-lock.json": 4000, "src/a.ts": 900, "node_modules/x/i.js": 20, "docs/x": 9,
            "a.log": 5, ".git/HEAD": 20,
        },
        [],
    ),
}  # fmt: skip


def findings_of(root: Path, **options: Any) -> tuple[Finding, ...]:
    return review(scan(root, **options)).findings or ()


def place(finding: Finding) -> str:
    return f"{finding.code} {finding.path or ''}{f':{finding.line}' if finding.line else ''}".strip()


def told(case: Case, findings: tuple[Finding, ...]) -> str:
    """The golden file: the tree, and every finding with all that it says."""
    out = [f"{name}: {content!r}" for name, content in sorted(case.tree.items())]
    out += [f"{name} = {value}" for name, value in case.options.items()]
    for each in findings:
        out += ["", f"{each.severity} {place(each)}: {each.message}"]
        out += [f"  {name}: {value}" for name, value in (("why", each.why), ("fix", each.remedy)) if value]
        out += [f"  bytes: {each.bytes}"] if each.bytes else []
        out += [f"  reach: {each.reach}"] if each.reach else []
    return "\n".join(out) + "\n"


@pytest.mark.sampled(3)
@pytest.mark.skipif(sys.platform == "win32", reason="sparse files, and modes")
@pytest.mark.parametrize("name", CASES)
def test_what_is_found(name: str, tmp_path: Path) -> None:
    """The findings are those of the case, and read as the golden file has them."""
    case = CASES[name]
    findings = findings_of(projects.write(tmp_path, case.tree), **case.options)
    assert sorted(map(place, findings)) == sorted(case.finds)
    golden = TESTDATA / "findings" / f"{name}.txt"
    if UPDATE:
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(told(case, findings), encoding="utf-8")
    assert told(case, findings) == golden.read_text(encoding="utf-8")


def test_every_check_finds_something_in_some_case() -> None:
    """No check stands without a case that it finds."""
    found = {each.split()[0] for case in CASES.values() for each in case.finds}
    elsewhere = {
        "secret-file",
        "secret-opaque",
        "secret-in-dockerfile",
        "context-too-large",
        "link-outside",
        "not-examined",
        "foreign-frontend",
        "unknown-context",
        "blank-base",
        "forecast-miss",
        "secret-in-image",
        "broken-start",
        "hidden-install",
    }  # each has tests of its own elsewhere
    assert found | elsewhere | set(dockerfile_cases.CASES) == set(CHECKS)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become another user")
def test_an_unreadable_file_arrives_empty(tmp_path: Path) -> None:
    """What the client may not read, BuildKit sends as an empty file."""
    for above in (tmp_path, *tmp_path.parents):
        if above.stat().st_uid == 0 and above != Path("/"):
            above.chmod(above.stat().st_mode | 0o755)
    projects.write(tmp_path, {**tree(), "secret": 10})
    (tmp_path / "secret").chmod(0o600)
    pid = os.fork()
    if pid == 0:
        os.setuid(65534)
        findings = findings_of(tmp_path)
        os._exit(int([place(each) for each in findings] != ["empty-in-build secret"]))
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


#: Gives up CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH, as a container may that runs as root, and becomes what follows.
_WITHOUT_CAPABILITIES = """import ctypes, os, sys
prctl = ctypes.CDLL(None).prctl
assert not prctl(24, 1, 0, 0, 0) and not prctl(24, 2, 0, 0, 0)
os.execv(sys.argv[1], sys.argv[1:])"""


@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="only root of Linux has capabilities to give up"
)
@pytest.mark.parametrize("mode", [0o000, 0o400])
def test_a_root_without_capabilities_may_not_read_all(tmp_path: Path, mode: int) -> None:
    """Its own files it may, where their modes let their owner."""
    projects.write(tmp_path, {**tree(), "secret": 10})
    (tmp_path / "secret").chmod(mode)
    run = [sys.executable, "-c", _WITHOUT_CAPABILITIES, sys.executable, "-m", "ctxscan", "--format", "json", tmp_path]
    told = json.loads(subprocess.run(run, check=False, capture_output=True).stdout)
    found = [(each["code"], each["path"]) for each in told["builds"][0]["findings"]]
    assert found == ([] if mode else [("empty-in-build", "secret")])


def test_fingerprints_survive_a_moved_line(tmp_path: Path) -> None:
    """A finding is the same after lines were added above it, and another one if the rule changes."""
    prints = []
    for rules in ("a\na\n", "# one\n\na\na\n", "b\nb\n"):
        projects.write(tmp_path, {**tree(rules=rules), "c": 1})
        (finding,) = findings_of(tmp_path)
        prints.append(finding.fingerprint)
    assert prints[0] == prints[1] != prints[2]


@pytest.mark.parametrize(
    ("kept", "severity"),
    [
        ({"web/node_modules/b": 2_000_000}, "warning"),
        ({"web/node_modules/b": 5}, "note"),
        ({"web/.env": f"API_KEY={hashlib.sha256(b'key').hexdigest()}\n"}, "warning"),
        ({"web/.env": "API_URL=http://localhost:8080\n"}, "note"),
    ],
)
def test_a_rule_for_the_root_only_is_worth_a_warning_for_a_loss(
    kept: dict[str, str | int], severity: str, tmp_path: Path
) -> None:
    rules = "node_modules\n.env\nDockerfile\n"
    projects.write(tmp_path, {"Dockerfile": "FROM scratch\nCOPY . /\n", ".dockerignore": rules, "main.js": "", **kept})
    found = [each for each in review(scan(tmp_path)).findings or () if each.code == "root-only-rule"]
    assert [each.severity for each in found] == [severity]


#: Of a workspace with a lock file, which says where the packages of its member lie.
MEMBER = "COPY package*.json ./\nCOPY web/package.json web/\nRUN npm ci\nCOPY web web\n"
HELD = '{{"lockfileVersion": 3, "packages": {{"": {{"workspaces": ["web"]}}, "web": {{}}, "{}": {{}}}}}}'


@pytest.mark.parametrize(
    ("text", "files", "severities"),
    [
        ("COPY package.json .\nCOPY web/*.json web/\nRUN npm ci\nCOPY . .\n", {"web/package.json": "{}"}, ["warning"]),
        ("COPY package.json .\nRUN npm ci\nCOPY . .\n", {"web/package.json": "{}"}, ["note"]),
        ("COPY web/package.json .\nRUN npm ci\nCOPY . .\n", {"web/package.json": "{}"}, ["note"]),
        ("COPY web/package.json .\nRUN npm ci\nCOPY web .\n", {"web/package.json": "{}"}, ["warning"]),
        (MEMBER, {"web/package.json": "{}", "package-lock.json": HELD.format("node_modules/b")}, ["note"]),
        (MEMBER, {"web/package.json": "{}", "package-lock.json": HELD.format("web/node_modules/b")}, ["warning"]),
        ("COPY . .\nRUN npm ci\n", {"web/package.json": "{}"}, ["note"]),
        ("COPY . .\n", {"web/.env.example": "", ".gitignore": ".env\n"}, ["warning"]),
        ("COPY . .\n", {"web/.env.example": "", ".gitignore": "/.env\n"}, []),
        ("COPY src .\n", {"web/.env.example": "", ".gitignore": ".env\n", "src/a": 1}, []),
        ("COPY . .\n", {".env.example": "", ".gitignore": ".env\n"}, []),
    ],
)
def test_a_rule_for_the_root_only_before_anything_is_there(
    text: str, files: dict[str, str | int], severities: list[str], tmp_path: Path
) -> None:
    """Packages of this machine over those of the image, and private settings, are worth a warning ahead."""
    rules = "node_modules\n.env\nDockerfile\n"
    files = {"Dockerfile": f"FROM node:22\nWORKDIR /a\n{text}", ".dockerignore": rules, "package.json": "{}", **files}
    projects.write(tmp_path, files)
    found = [each for each in review(scan(tmp_path)).findings or () if each.code == "root-only-rule"]
    assert [each.severity for each in found] == severities
    over = [each.why for each in found if each.severity == "warning" and "npm ci" in text]
    assert over == ["a COPY lays it over what was installed there"] * len(over)
