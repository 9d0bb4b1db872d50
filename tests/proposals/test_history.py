"""Who reads the history: a command of a stage of the target, or what it runs. Each case is a project and who is found
there; None: nobody, so that `.git` may go."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import dirty

from ctxscan.facts import scan
from ctxscan.proposals.propose import explore

COPIES = "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\n"
GRUNT = """module.exports = function (grunt) {
  grunt.initConfig({
    webpack: { prod: { mode: "production" } },
    exec: { version: { command: "git describe" } },
  });
  grunt.registerTask("prod", ["webpack:prod"]);
  grunt.registerTask("release", ["prod", "exec:version"]);
};
"""
MAKE = """VERSION ?= $(shell git describe --tags)
NOW := $(shell date)
all: app
app:
\tgo build -o app .
release: app
\techo $(VERSION) > app.version
"""
BUILD_RS = 'fn main() {\n    Command::new("git").args(["describe"]);\n}\n'

#: The Dockerfile's last lines, other files, and the need: certain, and its text.
CASES: dict[str, tuple[str, dict[str, str], tuple[bool, str] | None]] = {
    "run": ("RUN git describe > v\n", {}, (True, "git describe (Dockerfile:4)")),
    "clone": ("RUN git clone https://example.org/x && cd x && git describe\n", {}, None),
    "script": ("RUN ./hack/v.sh\n", {"hack/v.sh": "#!/bin/sh\n# git log\n\ngit log -1\n"}, (True, "git log (hack/v.sh:4)")),
    "script not run": ("RUN ./hack/a.sh\n", {"hack/a.sh": "true\n", "hack/v.sh": "git log -1\n"}, None),
    "script of a script": (
        "RUN sh hack/a.sh\n",
        {"hack/a.sh": ". ./hack/v.sh\n", "hack/v.sh": "v=$(git rev-parse --short HEAD)\n"},
        (True, "git rev-parse (hack/v.sh:1)"),
    ),
    "script of a manifest": (
        "RUN npm run build\n",
        {"package.json": '{"scripts": {\n"build": "npm run v && vite build",\n"v": "git describe > v"}}'},
        (True, "git describe (package.json:3)"),
    ),
    "script that nobody calls": ("RUN npm run build\n", {"package.json": '{"scripts": {"build": "x", "v": "git log"}}'}, None),
    "member": (
        "RUN yarn workspaces foreach run build\n",
        {"package.json": "{}", "p/a/package.json": '{"scripts": {"build": "node v.js"}}', "p/a/v.js": "exec('git log -1')"},
        (False, "git log (p/a/v.js:1)"),
    ),
    "configuration": (
        "RUN npx vite build\n",
        {"vite.config.ts": 'import { v } from "./v";\n', "v.ts": "\n\nexecSync('git rev-parse HEAD')\n"},
        (False, "git rev-parse (v.ts:3)"),
    ),
    "configuration of another program": ("RUN npx vite build\n", {"docusaurus.config.js": "exec('git log')"}, None),
    "docs that are not built": (
        "RUN npm run build\n",
        {"package.json": '{"scripts": {"build": "tsc"}}', "docs/docusaurus.config.js": "x = { showLastUpdateTime: true }"},
        None,
    ),
    "docs that are built": (
        "RUN npx docusaurus build\n",
        {"docusaurus.config.js": "x = { showLastUpdateTime: true }"},
        (False, "it asks git: showLastUpdateTime: true (docusaurus.config.js:1)"),
    ),
    "Hugo without hugo": ("RUN make\n", {"Makefile": "all:\n\tgo build\n", "hugo.toml": "enableGitInfo = true\n"}, None),
    "Hugo": ("RUN hugo --minify\n", {"hugo.toml": "enableGitInfo = true\n"}, (True, "it asks git: enableGitInfo = true (hugo.toml:1)")),
    "Grunt": ("RUN npx grunt release\n", {"Gruntfile.js": GRUNT}, (False, "git describe (Gruntfile.js:4)")),
    "task that Grunt does not run": ("RUN npx grunt prod\n", {"Gruntfile.js": GRUNT}, None),
    "Make": ("RUN make release\n", {"Makefile": MAKE}, (True, "git describe (Makefile:1)")),
    "target that Make does not make": ("RUN make\n", {"Makefile": MAKE}, None),
    "variable that is given": ("RUN make release VERSION=1\n", {"Makefile": MAKE}, None),
    "build script": ("RUN cargo build\n", {"Cargo.toml": "", "build.rs": BUILD_RS}, (False, "git describe (build.rs:2)")),
    "go generate": (
        "RUN go generate ./...\n",
        {"go.mod": "module x\n", "v/v.go": "package v\n//go:generate sh -c \"git describe > v\"\n"},
        (True, "git describe (v/v.go:2)"),
    ),
    "version plug-in": (
        "RUN pip install .\n",
        {"pyproject.toml": '[build-system]\nrequires = ["hatch-vcs"]\n'},
        (True, "hatch-vcs makes the version from it (pyproject.toml)"),
    ),
    "version plug-in that builds nothing": (
        "RUN pip install -r r.txt\n",
        {"pyproject.toml": '[build-system]\nrequires = ["hatch-vcs"]\n'},
        None,
    ),
    "MinVer": (
        "RUN dotnet publish src/A\n",
        {"src/A/A.csproj": '<PackageReference Include="MinVer" />'},
        (True, "it asks git: MinVer (src/A/A.csproj:1)"),
    ),
    "SourceLink": (
        "RUN dotnet publish\n",
        {"Directory.Build.props": '<PackageReference Include="Microsoft.SourceLink.GitHub" />'},
        (False, "it asks git: Microsoft.SourceLink (Directory.Build.props:1)"),
    ),
    "Maven": ("RUN mvn package\n", {"pom.xml": "<artifactId>git-commit-id-maven-plugin</artifactId>"},
              (False, "it asks git: git-commit-id (pom.xml:1)")),
    "stage of another target": ("RUN make\nFROM build AS lint\nRUN git status\nFROM build\nRUN true\n", {}, None),
    "stage that copies from it": (
        "FROM build AS v\nRUN git describe > v\nFROM scratch\nCOPY --from=v /app/v /\n",
        {},
        (True, "git describe (Dockerfile:5)"),
    ),
    "mount": ("RUN --mount=target=/src cd /src && git log\n", {}, (True, "git log (Dockerfile:4)")),
    "git is installed": ("RUN apk add --no-cache git make\n", {}, (False, "git is installed where the tree is copied (Dockerfile:4)")),
    "git is installed to clone": ("RUN apk add git && git clone https://example.org/x\n", {}, None),
    "git is installed elsewhere": ("FROM alpine\nRUN apk add git\nCOPY --from=build /app/x /x\n", {}, None),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_who_reads_the_history(tmp_path: Path, case: str) -> None:
    """The first reader is told with its place."""
    lines, files, expected = CASES[case]
    dirty.write(tmp_path, {"Dockerfile": COPIES + lines, ".git/HEAD": "ref: refs/heads/main\n", **files})
    needs = explore(scan(str(tmp_path))).needs
    answer = needs.of(".git", row=None, directory=True)
    assert (None if answer.why is None else (answer.certain, answer.why)) == expected


def test_objects_go_where_only_heads_are_read(tmp_path: Path) -> None:
    """Git answers what HEAD is without any object, as long as their directory is there."""
    dirty.write(
        tmp_path,
        {
            "Dockerfile": COPIES + "RUN git rev-parse --short HEAD > v\n",
            ".git/HEAD": "x",
            ".git/refs/heads/main": "x",
            ".git/objects/ab/c": 5_000_000,
        },
    )
    found = dirty.proposed(tmp_path)
    assert [each.pattern for each in found.applied] == ["/.git/objects/*"]
    found.write(tmp_path)
    assert not dirty.proposed(tmp_path).changes
    (tmp_path / ".dockerignore").unlink()
    (tmp_path / "Dockerfile").write_text(COPIES + "RUN git rev-parse HEAD~1 > v\n")
    assert not dirty.proposed(tmp_path).changes
