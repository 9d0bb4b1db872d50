"""Who reads the history: a command of a stage of the target, or what it runs. Each case is a project and who is found
there; None: nobody, so that `.git` may go."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import dirty

from ctxscan.facts import scan
from ctxscan.proposals.propose import explore

COPIES = "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\n"
#: An image of Go in which no git is.
BARE = "FROM golang:1-alpine\nWORKDIR /s\nCOPY . .\n"
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
    "CMake with the program that it finds": (
        "RUN cmake -B b .\n",
        {"CMakeLists.txt": "execute_process(\n  COMMAND ${GIT_EXECUTABLE} describe --tags)\n"},
        (False, "it asks git: GIT_EXECUTABLE} describe (CMakeLists.txt:2)"),
    ),
    "CMake that fetches with it": (
        "RUN cmake -B b .\n", {"CMakeLists.txt": "execute_process(COMMAND ${GIT_EXECUTABLE} clone https://example.org/x)\n"}, None,
    ),
    "Cake": ("RUN dotnet cake --target=Release\n", {"build.cake": "#tool dotnet:?package=GitVersion.Tool&version=6\n"}, (False, "it asks git: GitVersion.Tool (build.cake:1)")),
    "Cake by its own name": ("RUN dotnet-cake\n", {"build.cake": "var v = GitVersion(settings);\n"}, (False, "it asks git: GitVersion (build.cake:1)")),
    "Cake that is not run": ("RUN dotnet publish\n", {"build.cake": "var v = GitVersion(settings);\n"}, None),
    "Meson": ("RUN meson setup b\n", {"meson.build": "vcs_tag(input: 'v.in')\n"}, (False, "it asks git: vcs_tag (meson.build:1)")),
    "autoconf": ("RUN autoreconf -i\n", {"configure.ac": "AC_INIT([a], m4_esyscmd_s([git describe]))\n"}, (False, "git describe (configure.ac:1)")),
    "qmake": ("RUN qmake\n", {"a.pro": "V = $$system(git describe)\n"}, (False, "git describe (a.pro:1)")),
    "dune": ("RUN dune build\n", {"dune": "(rule (action (run git describe)))\n"}, (False, "git describe (dune:1)")),
    "Bazel": (
        "RUN bazel build --stamp //...\n",
        {".bazelrc": "build --workspace_status_command=./s.sh\n"},
        (False, "it asks git: workspace_status_command (.bazelrc:1)"),
    ),
    "a plug-in of sbt": (
        "RUN sbt assembly\n",
        {"build.sbt": "", "project/plugins.sbt": 'addSbtPlugin("com.github.sbt" % "sbt-dynver" % "5")\n'},
        (False, "it asks git: sbt-dynver (project/plugins.sbt:1)"),
    ),
    "a plug-in of Gradle": ("RUN gradle build\n", {"build.gradle": "version = grgit.head().id\n"}, (False, "it asks git: grgit (build.gradle:1)")),
    "Leiningen": (
        "RUN lein uberjar\n", {"project.clj": ":plugins [[x/lein-git-version]]\n"}, (False, "it asks git: lein-git-version (project.clj:1)"),
    ),
    "tools.build": ("RUN clojure -T:build uber\n", {"build.clj": "(b/git-count-revs nil)\n"}, (False, "it asks git: git-count-revs (build.clj:1)")),
    "rebar": ("RUN rebar3 release\n", {"src/a.app.src": "{application, a, [{vsn, git}]}.\n"}, (False, "it asks git: vsn, git (src/a.app.src:1)")),
    "Swift": ("RUN swift build\n", {"Package.swift": 'p.arguments = ["git", "describe"]\n'}, (False, "git describe (Package.swift:1)")),
    "Zig": ("RUN zig build\n", {"build.zig": 'b.run(&.{ "git", "describe" });\n'}, (False, "git describe (build.zig:1)")),
    "Crystal while it compiles": (
        "RUN shards build\n", {"src/a.cr": "V = {{ `git describe` }}\n"}, (False, "it asks git: git describe (src/a.cr:1)"),
    ),
    "Nim while it compiles": ("RUN nimble build\n", {"src/a.nim": 'const v = staticExec("git describe")\n'}, (False, "it asks git: git describe (src/a.nim:1)")),
    "Haskell while it compiles": ("RUN stack build\n", {"src/A.hs": "x = $$tGitInfoCwd\n"}, (False, "it asks git: tGitInfoCwd (src/A.hs:1)")),
    "Crystal that nobody compiles": ("RUN npm ci\n", {"src/a.cr": "V = {{ `git describe` }}\n"}, None),
    "settings of Svelte": (
        "RUN npx vite build\n", {"svelte.config.js": "execSync('git rev-parse HEAD')\n"}, (False, "git rev-parse (svelte.config.js:1)"),
    ),
    "dates of pages in a directory": (
        "RUN npx vitepress build docs\n",
        {"docs/.vitepress/config.ts": "export default { lastUpdated: true }\n"},
        (False, "it asks git: lastUpdated: true (docs/.vitepress/config.ts:1)"),
    ),
    "pages of Sphinx": ("RUN sphinx-build docs out\n", {"docs/conf.py": 'v = getoutput("git describe")\n'}, (False, "git describe (docs/conf.py:1)")),
    "a package that asks": (
        "RUN node build.mjs\n", {"build.mjs": "import { simpleGit } from 'simple-git'\n"}, (False, "it asks git: simple-git (build.mjs:1)"),
    ),
    "a script beside the script": (
        "RUN ./hack/a.sh\n",
        {"hack/a.sh": '#!/bin/sh\n"$(dirname "$0")"/v.sh\n', "hack/v.sh": "git log -1\n"},
        (True, "git log (hack/v.sh:1)"),
    ),
    "the directory of the script": (
        "RUN ./hack/a.sh\n",
        {"hack/a.sh": '#!/bin/bash\nat="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"\n"$at/bin/v.sh"\n', "bin/v.sh": "git log -1\n"},
        (True, "git log (bin/v.sh:1)"),
    ),
    "a directory that the image names": (
        "ENV AT=/app/hack\nRUN cd $AT && ./v.sh\n", {"hack/v.sh": "git log -1\n"}, (True, "git log (hack/v.sh:1)"),
    ),
    "a directory that a script of the image names": (
        "ENV AT=/app/hack\nRUN ./a.sh\n", {"a.sh": "cd $AT && ./v.sh\n", "hack/v.sh": "git log -1\n"}, (True, "git log (hack/v.sh:1)"),
    ),
    "a version of tags, and Make that is only installed": (
        "RUN apt-get install -y make\n", {"pyproject.toml": '[build-system]\nrequires = ["setuptools-scm"]\n[tool.setuptools_scm]\n'}, None,
    ),
    "a version of tags, and Make": (
        "RUN apt-get install -y make && make\n",
        {"pyproject.toml": '[build-system]\nrequires = ["setuptools-scm"]\n[tool.setuptools_scm]\n'},
        (True, "setuptools-scm makes the version from it (pyproject.toml)"),
    ),
    "a macro of a crate": (
        "RUN cargo build\n", {"Cargo.toml": '[dependencies]\ngit-version = "0.3"\n'}, (False, "it asks git: git-version (Cargo.toml:2)"),
    ),
    "a build step of a crate": (
        "RUN cargo build\n",
        {"Cargo.toml": '[build-dependencies]\nbuild-info-build = "0.0"\n'},
        (False, "it asks git: build-info-build (Cargo.toml:2)"),
    ),
    "a macro of a crate that is not built": ("RUN npm ci\n", {"Cargo.toml": '[dependencies]\ngit-version = "0.3"\n'}, None),
    "clone": ("RUN git clone https://example.org/x && cd x && git describe\n", {}, None),
    "another clone": ("RUN cd ~/packages && git reset --hard v1 && git describe\n", {}, None),
    "another directory": ("RUN cd /opt/packages && git describe\n", {}, None),
    "at home": ("RUN cd ~/app && git describe\n", {}, (True, "git describe (Dockerfile:4)")),
    "further down": ("RUN mkdir b && cd b && git describe\n", {}, (True, "git describe (Dockerfile:4)")),
    "another directory by an option": ("RUN cd /opt && git -C /app describe\n", {}, (True, "git describe (Dockerfile:4)")),
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
    "a program that is called after it": (
        "RUN ./vendor/bin/page-git-version export > var/git-version/a.json\n",
        {},
        (True, "./vendor/bin/page-git-version asks git (Dockerfile:4)"),
    ),
    "a directory that is called after it": ("RUN rm -rf var/git-version && mkdir -p var/git-version\n", {}, None),
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
    "a Makefile that is included with a tab": (
        "RUN make\n",
        {"Makefile": "ifeq ($(OS), Windows_NT)\nX = 1\nelse\n\tinclude mk/unix.mk\nendif\nall:\n\techo $(V)\n", "mk/unix.mk": "V := $(shell git describe)\n"},
        (True, "git describe (mk/unix.mk:1)"),
    ),
    "a variable that a condition sets with a tab": (
        "RUN make\n",
        {"Makefile": "SHA ?= $(shell git rev-parse HEAD)\nifeq ($(V),)\n\tV := $(shell echo next-$(shell echo $(SHA) | cut -c -10))\nendif\nall:\n\tgo build -ldflags $(V)\n"},
        (True, "git rev-parse (Makefile:1)"),
    ),
    "target that Make does not make": ("RUN make\n", {"Makefile": MAKE}, None),
    "target that is the name of a directory": (
        "RUN make\n",
        {"Makefile": "all: shop\nshop:\n\t$(MAKE) -C $@ all\n", "shop/Makefile": "B := app\nV = $(shell git describe)\nall: $(B)\n$(B):\n\tgo build -ldflags $(V) -o $@\n"},
        (True, "git describe (shop/Makefile:2)"),
    ),
    "variable that is given": ("RUN make release VERSION=1\n", {"Makefile": MAKE}, None),
    "build script": ("RUN cargo build\n", {"Cargo.toml": "", "build.rs": BUILD_RS}, (False, "git describe (build.rs:2)")),
    "variable of a build script": (
        "RUN cargo build\n",
        {"Cargo.toml": "", "build.rs": 'let git_commit_id =\n    Command::new("git").args(["rev-parse", "HEAD"]);\n'},
        (False, "git rev-parse (build.rs:2)"),
    ),
    "go test of a file that asks by a library": (
        "RUN go test -v -run TestVersion ./util/a_test.go ./util/a.go\n",
        {"go.mod": "module x\n", "util/a.go": 'package util\n\nimport "github.com/go-git/go-git/v5"\n', "util/a_test.go": "package util\n"},
        (False, "it asks git: go-git/v5 (util/a.go:3)"),
    ),
    "a program of Go that makes a version": ("RUN make\n", {"Makefile": "all:\n\t@$(PROMU) build --prefix .\n"}, (True, "$(PROMU) build asks git (Makefile:2)")),
    "go test of a package": (
        "RUN go test ./util\n",
        {"go.mod": "module x\n", "util/a.go": 'package util\n\nimport "github.com/go-git/go-git/v5"\n', "util/a_test.go": "package util\n"},
        None,
    ),
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
    "the commit behind the version on .NET": (
        "RUN dotnet publish src/A/A.csproj\n",
        {"src/A/A.csproj": "<Project/>", "src/A/A.cs": "var v = a.InformationalVersion;\nvar c = v.Split('+')[1];\n"},
        (False, "the commit in the version is read (src/A/A.cs:2)"),
    ),
    "the version on .NET without the commit": (
        "RUN dotnet publish src/A/A.csproj\n",
        {"src/A/A.csproj": "<Project/>", "src/A/A.cs": "var v = a.InformationalVersion;\nvar c = v.Split('+')[0];\n"},
        None,
    ),
    "the commit that a library hands on, on .NET": (
        "RUN dotnet publish src/A/A.csproj\n",
        {"src/A/A.csproj": "<Project/>", "src/A/A.cs": "GitHash = hostEnvironment.GitHash;\n"},
        (False, "the commit in the version is read (src/A/A.cs:1)"),
    ),
    "a commit of something else on .NET": (
        "RUN dotnet publish src/A/A.csproj\n",
        {"src/A/A.csproj": "<Project/>", "src/A/A.cs": "show(push.GitHash);\n"},
        None,
    ),
    "the revision by its name on .NET": (
        "RUN dotnet publish src/A/A.csproj\n",
        {"src/A/A.csproj": '<AssemblyMetadata Include="Commit" Value="$(SourceRevisionId)" />'},
        (False, "it asks git: SourceRevisionId (src/A/A.csproj:1)"),
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
    "git is installed": (
        "RUN apk add --no-cache git make\n",
        {"src/a.js": "clone(git)\n"},
        (False, "git is installed where the tree is copied (Dockerfile:4)"),
    ),
    "git is installed for a program that asks it": (
        "RUN apk add --no-cache git make\n",
        {"src/v.js": "\nexecFileSync('git', ['rev-parse', 'HEAD'])\n"},
        (False, "it asks git: git', ['rev-parse (src/v.js:2)"),
    ),
    "hooks that are set where there is a repository": (
        "RUN npm ci\n",
        {"package.json": '{\n"scripts": {\n"prepare": "git rev-parse --git-dir >/dev/null 2>&1 && git config core.hooksPath a || echo no git worktree"}}', "package-lock.json": "{}"},
        None,
    ),
    "hooks that have to be set": (
        "RUN npm ci\n",
        {"package.json": '{\n"scripts": {\n"prepare": "git rev-parse --git-dir && git config core.hooksPath a"}}', "package-lock.json": "{}"},
        (True, "git rev-parse (package.json:3)"),
    ),
    "git is installed for a program that speaks of it": (
        "RUN apk add --no-cache git make\n",
        {"src/v.py": '"""What it has:\n\n - `branch` - git branch\n"""\n'},
        (False, "git is installed where the tree is copied (Dockerfile:4)"),
    ),
    "git is installed for a program that asks in a line of shell": (
        "RUN apk add --no-cache git make\n",
        {"src/v.py": "# of the git branch\nrun('cd x && git branch --show-current')\n"},
        (False, "it asks git: git branch (src/v.py:2)"),
    ),
    "git is installed for tests that ask it": (
        "RUN apk add --no-cache git make\n",
        {"tests/v.js": "exec('git rev-parse HEAD')\n"},
        (False, "git is installed where the tree is copied (Dockerfile:4)"),
    ),
    "git is installed for tests of Go that ask it": (
        "RUN apk add --no-cache git make\n",
        {"go.mod": "module x\n", "a_test.go": 'package a\nvar x = exec("git", "rev-parse", "HEAD")\nvar y = "/.git/HEAD"\n'},
        (False, "git is installed where the tree is copied (Dockerfile:4)"),
    ),
    "git is installed for a release that asks it": (
        "RUN apk add --no-cache git make\n",
        {"bin/release.js": "exec('git rev-parse HEAD')\n"},
        (False, "git is installed where the tree is copied (Dockerfile:4)"),
    ),
    "git is installed for a start that asks it": (
        "RUN apk add --no-cache git make\nCMD node /app/bin/v.js\n",
        {"bin/v.js": "exec('git rev-parse HEAD')\n"},
        (False, "git rev-parse (bin/v.js:1)"),
    ),
    "program that asks where no git is": (
        "FROM node:22-slim\nCOPY --from=build /app /app\nCMD node /app/a.js\n", {"src/v.js": "exec('git rev-parse HEAD')\n"}, None,
    ),
    "program that asks in an image that has git": (
        "CMD node a.js\n", {"src/v.js": "exec('git rev-parse HEAD')\n"}, (False, "it asks git: git rev-parse (src/v.js:1)"),
    ),
    "program that asks in a stage that is not shipped": (
        "FROM node:22\nCOPY --from=build /app/dist /app\nCMD node /app/a.js\n", {"src/v.js": "exec('git rev-parse HEAD')\n"}, None,
    ),
    "program that asks where git is installed to get packages": (
        "FROM php:8-fpm\nCOPY --from=build /app /app\nRUN apt-get install -y git && composer install\n",
        {"views/v.php": "<?= shell_exec('git log -1') ?>\n"},
        (False, "it asks git: git log (views/v.php:1)"),
    ),
    "program that asks where a script installs git": (
        "FROM php:8-fpm AS base\nCOPY a.sh /\nRUN /a.sh\nFROM base\nCOPY --from=build /app /app\n",
        {"a.sh": "#!/bin/sh\npackages=(\n  curl\n  git\n)\napt-get install -y \"${packages[@]}\"\n", "views/v.php": "<?= shell_exec('git log -1') ?>\n"},
        (False, "it asks git: git log (views/v.php:1)"),
    ),
    "a task that somebody calls by hand": (
        "CMD node a.js\n", {"app/Console/Commands/Release.php": "exec('git rev-parse HEAD');\n"}, None,
    ),
    "program that reads the directory where no git is": (
        "FROM php:8-fpm\nCOPY --from=build /app /app\n",
        {"config/app.php": "<?php\n$v = file_get_contents(__DIR__ . '/../.git/HEAD');\n"},
        (False, "it reads the history itself (config/app.php:2)"),
    ),
    "program that has to do with repositories of others": (
        "FROM php:8-fpm\nCOPY --from=build /app /app\n",
        {"app/a.py": "def plain(url):\n    return url.removesuffix('.git')\n\n\n\n\n\nMAIN = 'refs/heads/main'\n"},
        None,
    ),
    "a variable of Make in what a shell asks": (
        "RUN make\n", {"Makefile": "GIT ?= git\nV := $(shell $(GIT) describe)\nall:\n\techo $(V)\n"}, (True, "git describe (Makefile:2)"),
    ),
    "a variable of a script": ("RUN ./a.sh\n", {"a.sh": '#!/bin/sh\n"$GIT" rev-parse HEAD\n'}, (True, "git rev-parse (a.sh:2)")),
    "another program in a variable": ("RUN ./a.sh\n", {"a.sh": '#!/bin/sh\n"$DIGIT" describe HEAD\n'}, None),
    "Mage": (
        "RUN mage build\n", {"magefile.go": '//go:build mage\npackage main\nvar v = sh.Output("git", "describe")\n'}, (False, "git describe (magefile.go:3)"),
    ),
    "a plug-in of the project for Gradle": (
        "RUN gradle build\n",
        {"build.gradle": "", "buildSrc/src/main/kotlin/V.kt": 'val v = exec("git", "describe")\n'},
        (False, "git describe (buildSrc/src/main/kotlin/V.kt:1)"),
    ),
    "a script that Gradle applies": (
        "RUN gradle build\n", {"build.gradle": "", "gradle/version.gradle": "def v = 'git describe'.execute()\n"}, (False, "git describe (gradle/version.gradle:1)"),
    ),
    "a source of a program that Gradle builds": (
        "RUN gradle build\n", {"build.gradle": "", "src/main/kotlin/V.kt": 'val v = exec("git", "describe")\n'}, None,
    ),
    "an extension of Maven": (
        "RUN mvn package\n",
        {"pom.xml": "", ".mvn/extensions.xml": "<extension><artifactId>jgitver-maven-plugin</artifactId></extension>\n"},
        (False, "it asks git: jgitver (.mvn/extensions.xml:1)"),
    ),
    "Ant": ("RUN ant\n", {"build.xml": '<exec executable="git"><arg value="describe"/></exec>\n'}, (False, 'it asks git: executable="git (build.xml:1)')),
    "a build script of another name": (
        "RUN cargo build\n", {"a/Cargo.toml": '[package]\nbuild = "tools/b.rs"\n', "a/tools/b.rs": BUILD_RS}, (False, "git describe (a/tools/b.rs:2)"),
    ),
    "a hook of Hatch": (
        "RUN pip install .\n",
        {"pyproject.toml": "[tool.hatch.build.hooks.custom]\n", "hatch_build.py": "run(['git', 'describe'])\n"},
        (False, "git describe (hatch_build.py:1)"),
    ),
    "a hook of Hatch that nobody builds": (
        "FROM alpine\nCOPY --from=build /app /app\nRUN make\n",
        {"pyproject.toml": "[tool.hatch.build.hooks.custom]\n", "hatch_build.py": "run(['git', 'describe'])\n"}, None,
    ),
    "a value that a module of Elixir keeps": (
        "RUN mix release\n",
        {"mix.exs": "", "lib/v.ex": 'defmodule V do\n  @v System.cmd("git", ["describe"])\nend\n'},
        (False, "git describe (lib/v.ex:2)"),
    ),
    "a function of Elixir": (
        "RUN mix release\n", {"mix.exs": "", "lib/v.ex": 'defmodule V do\n  def v, do: System.cmd("git", ["describe"])\nend\n'}, None,
    ),
    "a task of Deno": (
        "RUN deno task build\n",
        {"deno.json": '{"tasks": {"build": {"command": "true", "dependencies": ["v"]}, "v": "git describe > v", "w": "git log"}}'},
        (True, "git describe (deno.json)"),
    ),
    "a task of Deno that nobody runs": ("RUN deno task build\n", {"deno.json": '{"tasks": {"build": "true", "w": "git log"}}'}, None),
    "pages of Antora": ("RUN npx antora a.yml\n", {"a.yml": "content:\n  sources:\n  - url: .\n"}, (True, "antora . asks git (a.yml:3)")),
    "pages of Antora of another repository": ("RUN npx antora a.yml\n", {"a.yml": "sources:\n- url: https://example.org/x\n"}, None),
    "substitutions of dune": ("RUN dune subst && dune build\n", {}, (True, "dune subst asks git (Dockerfile:4)")),
    "commits of a release": ("RUN sentry-cli releases set-commits --auto x\n", {}, (True, "sentry-cli releases set-commits --auto asks git (Dockerfile:4)")),
    "what has changed since": ("RUN npx turbo run build --filter=...[HEAD^1]\n", {"package.json": "{}"}, (True, "turbo run build --filter=...[ asks git (Dockerfile:4)")),
    "what a filter names": ("RUN npx turbo run build --filter=web...\n", {"package.json": "{}"}, None),
    "git is installed for a program that reads its directory": (
        "RUN apk add --no-cache git\n",
        {"src/v.py": 'def version():\n    directory = ROOT / ".git"\n    return (directory / "HEAD").read_text()\n'},
        (False, "it reads the history itself (src/v.py:2)"),
    ),
    "git is installed to get packages of Dart": ("RUN apt-get install -y git && dart pub get\n", {"lib/a.dart": "'git log'"}, None),
    "git is installed to clone": ("RUN apk add git && git clone https://example.org/x\n", {}, None),
    "git is installed to get modules": ("RUN apk add git && go mod download\n", {"go.mod": "module x\n"}, None),
    "stamp that the program reads": (
        "RUN apk add git && go build\n",
        {"go.mod": "module x\n", "v.go": 'package main\nconst key = "vcs.revision"\n'},
        (False, "the version stamp is read (v.go:2)"),
    ),
    "stamp that a program reads which is not built": (
        "RUN apk add git && go build ./cmd/a\n",
        {
            "go.mod": "module example.org/x\n",
            "cmd/a/a.go": 'package main\nimport "example.org/x/v"\n',
            "v/v.go": "package v\n",
            "cmd/b/b.go": 'package main\nconst key = "vcs.revision"\n',
        },
        None,
    ),
    "stamp that a package reads of what is built": (
        "RUN apk add git && go build ./cmd/a\n",
        {
            "go.mod": "module example.org/x\n",
            "cmd/a/a.go": 'package main\nimport "example.org/x/v"\n',
            "v/v.go": 'package v\nconst key = "vcs.revision"\n',
        },
        (False, "the version stamp is read (v/v.go:2)"),
    ),
    "stamp that is not made": (
        "RUN apk add git && go build -buildvcs=false\n",
        {"go.mod": "module x\n", "v.go": 'package main\nconst key = "vcs.revision"\n'},
        None,
    ),
    "subshell": (
        "RUN (cd a && npm run v) && npm run w\n",
        {"package.json": '{"scripts": {"w": "true"}}', "a/package.json": '{"scripts": {"v": "git describe"}}'},
        (True, "git describe (a/package.json)"),
    ),
    "a directory that git is made to trust": (
        "RUN git config --global --add safe.directory /app\n", {}, (False, "git is made to trust a directory (Dockerfile:4)"),
    ),
    "all that git is made to trust": (
        "RUN git config --global safe.directory '*'\n", {}, (False, "git is made to trust a directory (Dockerfile:4)"),
    ),
    "another directory that git is made to trust": ("RUN git config --global --add safe.directory /opt/builds.git\n", {}, None),
    "a script that explains what it trusts": (
        "RUN ./a.sh\n", {"a.sh": "#!/bin/sh\nhelp() {\n  cat <<EOF\nTakes the clone\nas a safe.directory.\nEOF\n}\n"}, None,
    ),
    "history that is made of the tree": (
        "RUN git init && git add . && git commit -m x\nFROM build AS out\nCOPY --from=build /app .\nRUN git ls-files -m\n", {}, None,
    ),
    "history that is made elsewhere": (
        "RUN git init /x && git -C /x add . && git commit -m x\nRUN git ls-files\n", {}, (True, "git ls-files (Dockerfile:5)"),
    ),
    "an image without git": (f"{BARE}RUN make release\n", {"Makefile": MAKE}, None),
    "an image without git, and a command of its own": (f"{BARE}RUN git describe\n", {}, (True, "git describe (Dockerfile:7)")),
    "an image without git that gets it": (f"{BARE}RUN apk add git && make release\n", {"Makefile": MAKE}, (True, "git describe (Makefile:1)")),
    "an image without git that gets it with others": (
        f"{BARE}RUN apk add alpine-sdk && make release\n", {"Makefile": MAKE}, (True, "git describe (Makefile:1)"),
    ),
    "an image without git that gets it from another": (
        f"{BARE}COPY --from=alpine/git / /\nRUN make release\n", {"Makefile": MAKE}, (True, "git describe (Makefile:1)"),
    ),
    "an image of somebody else": (
        BARE.replace("golang:1-alpine", "example.org/golang:1-alpine") + "RUN make release\n", {"Makefile": MAKE}, (True, "git describe (Makefile:1)"),
    ),
    "an image without git, and a library that reads the history": (
        f"{BARE}RUN cargo build\n", {"Cargo.toml": "", "build.rs": 'git2::Repository::open(".")\n'}, (False, "it asks git: git2 (build.rs:1)"),
    ),
    "git is installed to get packages of Elixir among other things": (
        "RUN apt-get install -y git && mix do local.hex --force + deps.get\n", {"mix.exs": ""}, None,
    ),
    "git is installed to get crates": ("RUN apt-get install -y git && cargo build\n", {"Cargo.toml": ""}, None),
    "git is installed to get crates, and a build script asks it": (
        "RUN apt-get install -y git && cargo build\n", {"Cargo.toml": "", "build.rs": BUILD_RS}, (False, "git describe (build.rs:2)"),
    ),
    "git is installed elsewhere": ("FROM alpine\nRUN apk add git\nCOPY --from=build /app/x /x\n", {}, None),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_who_reads_the_history(tmp_path: Path, case: str) -> None:
    """The first reader is told with its place."""
    lines, files, expected = CASES[case]
    dirty.write(tmp_path, {"Dockerfile": COPIES + lines, ".git/HEAD": "ref: refs/heads/main\n", **files})
    needs = explore(scan(str(tmp_path))).needs
    answer = needs.of(".git", row=None)
    assert (None if answer.why is None else (answer.certain, answer.why)) == expected


def test_a_question_before_the_history_is_there(tmp_path: Path) -> None:
    """It is about a repository of the image."""
    ask, take = "RUN cd /opt/packages && git reset --hard v1\n", "COPY . .\n"
    for lines, kept in ((ask + take, False), (f"WORKDIR /opt\n{take}{ask}", True)):
        dirty.write(tmp_path, {"Dockerfile": f"FROM alpine AS build\n{lines}", ".git/HEAD": "ref: refs/heads/main\n"})
        assert (explore(scan(str(tmp_path))).needs.of(".git", row=None).why is not None) is kept


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
    assert [each.pattern for each in found.applied if "/.git/" in each.pattern] == ["/.git/objects/*"]
    found.write(tmp_path)
    assert not dirty.proposed(tmp_path).changes
    (tmp_path / ".dockerignore").unlink()
    (tmp_path / "Dockerfile").write_text(COPIES + "RUN git rev-parse HEAD~1 > v\n")
    assert not dirty.proposed(tmp_path).changes


def test_half_a_history_is_none_for_go(tmp_path: Path) -> None:
    """A build with Go asks for the state of the tree, and fails where objects are missing."""
    line = 'RUN go build -ldflags "-X main.v=$(git rev-parse HEAD)"\n'
    dirty.write(
        tmp_path,
        {"Dockerfile": COPIES + line, "go.mod": "module x\n", ".git/HEAD": "x", ".git/objects/ab/c": 5_000_000},
    )
    assert not dirty.proposed(tmp_path).changes


@pytest.mark.parametrize(
    "recipe", ["$(GO) build -o app .", '@"${GO}" install ./...', "$(GOBUILD) -o app .", "@$(GO_BUILD)"]
)
def test_half_a_history_is_none_for_go_in_a_variable(recipe: str, tmp_path: Path) -> None:
    """Without objects Go 1.19 says `error obtaining VCS status: exit status 128`, and the build ends."""
    make = f"GO := $(shell which go)\nREVISION = $(shell git rev-parse HEAD)\napp:\n\t{recipe}\n\techo $(REVISION)\n"
    files = {"go.mod": "module x\n", "Makefile": make, ".git/HEAD": "x", ".git/objects/ab/c": 5_000_000}
    dirty.write(tmp_path, {"Dockerfile": COPIES + "RUN make app\n", **files})
    assert not [each.pattern for each in dirty.proposed(tmp_path).applied if each.pattern.startswith("/.git/")]


def test_half_a_history_is_none_for_the_go_of_another_dockerfile(tmp_path: Path) -> None:
    """The rules are for both."""
    asks = {"tool.Dockerfile": COPIES + "RUN git rev-parse HEAD > v\n"}
    objects: dict[str, str | bytes | int | None] = {
        ".git/HEAD": "x",
        ".git/objects/ab/c": 5_000_000,
        "go.mod": "module x\n",
    }
    dirty.write(tmp_path, {"Dockerfile": COPIES + "RUN go build .\n", **asks, **objects})
    assert not [each.pattern for each in dirty.proposed(tmp_path).applied if each.pattern.startswith("/.git/")]
    (tmp_path / "Dockerfile").write_text(COPIES + "RUN go build -buildvcs=false .\n")
    assert "/.git/objects/*" in [each.pattern for each in dirty.proposed(tmp_path).applied]


@pytest.mark.parametrize(("source", "goes"), [("build/a.toml", False), ("a.toml", True)])
def test_another_dockerfile_that_takes_all_of_the_context(source: str, goes: bool, tmp_path: Path) -> None:
    """It reads the history of the root, if that is its context: what it takes on from there tells."""
    tool = f"FROM node:22 AS build\nCOPY . /app\nRUN cd /app && git rev-parse HEAD > v\nFROM a\nCOPY --from=build /app/{source} /\n"
    files = {"build/tool.Dockerfile": tool, "build/a.toml": "", ".git/HEAD": "x", ".git/objects/ab/c": 5_000_000}
    dirty.write(tmp_path, {"Dockerfile": COPIES + "RUN node a.js\n", **files})
    assert ("/.git" in [each.pattern for each in dirty.proposed(tmp_path).applied]) is goes


@pytest.mark.parametrize(
    ("command", "goes"),
    [
        ("git describe --tags", True),
        ("git describe --dirty", False),
        ("git status", False),
        ("git init && git add . && git commit -m x && make && git status", False),
        ("git init && git add . && git commit -m x && git describe --always", True),
    ],
)
def test_what_is_tracked_goes_where_nobody_asks_for_it(tmp_path: Path, command: str, goes: bool) -> None:
    """A question about the history has the same answer without a file of the tree, one about the tree has not."""
    dirty.write(tmp_path, {"Dockerfile": COPIES + f"RUN {command} > v\n", "docs/a.md": 5_000_000})
    dirty.track(tmp_path, ["Dockerfile", "docs/a.md"])
    found = dirty.proposed(tmp_path, consents=["docs"])
    assert [each.pattern for each in found.applied if each.consent] == ["/docs"] * goes


def test_objects_go_where_a_program_reads_heads_only(tmp_path: Path) -> None:
    """Also where the question stands in a program, which may not mind: the history itself is for its reader to decide."""
    files: dict[str, str | bytes | int | None] = {
        "Cargo.toml": "",
        "build.rs": BUILD_RS.replace("describe", 'rev-parse", "HEAD').replace("]);", "]).output()?.status;"),
    }
    dirty.write(
        tmp_path,
        {"Dockerfile": COPIES + "RUN cargo build\n", ".git/HEAD": "x", ".git/objects/ab/c": 5_000_000, **files},
    )
    found = dirty.proposed(tmp_path)
    assert [each.pattern for each in found.applied if "/.git/" in each.pattern] == ["/.git/objects/*"]
    assert [each.pattern for each in found.cautions] == ["/.git"]


def test_the_directory_of_git_has_no_variable_for_its_name(tmp_path: Path) -> None:
    """`COPY ${X}/y` may mean any directory of the project, and what a directory holds is in no file."""
    dirty.write(
        tmp_path,
        {
            "Dockerfile": COPIES + "ARG X\nCOPY ${X}/y /z\n",
            ".git/HEAD": "x",
            ".git/objects/ab/c": 5_000_000,
            "compose.yaml": 20_000,
            "node_modules/a/index.js": 20_000,
        },
    )
    patterns = [each.pattern for each in dirty.proposed(tmp_path).applied]
    assert "/.git" in patterns
    assert "/compose.yaml" in patterns


@pytest.mark.parametrize(("state", "clean"), [("false", True), ("true", False)])
def test_a_library_that_is_asked_for_tags_alone(state: str, clean: bool, tmp_path: Path) -> None:
    """Its second word says whether changed files count."""
    text = f"GitclBuilder::default().describe(true, {state}, None).build()?;\n// vergen\n"
    dirty.write(
        tmp_path, {"Dockerfile": COPIES + "RUN cargo build\n", ".git/HEAD": "", "Cargo.toml": "", "build.rs": text}
    )
    needs = explore(scan(str(tmp_path))).needs
    assert needs.of(".git", row=None).why
    assert (needs.tree is None) is clean


def test_source_link_asks_for_heads_alone(tmp_path: Path) -> None:
    """It notes the commit, whatever else is there: neither objects nor a clean tree count."""
    props = '<PackageReference Include="Microsoft.SourceLink.GitHub" />'
    dirty.write(
        tmp_path, {"Dockerfile": COPIES + "RUN dotnet publish\n", ".git/HEAD": "", "Directory.Build.props": props}
    )
    needs = explore(scan(str(tmp_path))).needs
    assert needs.heads_only
    assert needs.tree is None
