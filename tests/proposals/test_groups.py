"""Who keeps tests, documentation and samples in the context, and who only seems to. Each case is a project, the path in
question, and why it stays; None: nobody reads it, so that it goes by consent."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import dirty

from ctxscan.config.gate import CONSENTS

NODE = "FROM node\nWORKDIR /app\nCOPY . .\n"
GO = "FROM golang AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /x ./cmd/x\nFROM scratch\nCOPY --from=build /x /\n"
ELIXIR = "FROM elixir\nWORKDIR /app\nCOPY . .\n"
MEMBERS = {
    "package.json": '{"workspaces": ["docs", "app"], "scripts": {"build": "yarn workspaces foreach run build"}}',
    "app/package.json": '{"name": "app", "scripts": {"build": "tsc"}}',
    "docs/package.json": '{"name": "docs", "scripts": {"build": "docusaurus build"}}',
}
GENERATOR = '//go:build ignore\n\npackage main\n\nfunc main() {\n\tos.ReadFile(filepath.Join("docs", "a.md"))\n}\n'
PROGRAMS = {
    "go.mod": "module x\n",
    "cmd/x/main.go": "package main\n",
    "cmd/gen/main.go": 'package main\nvar at = "docs/options.md"\n',
    "docs/options.md": 5_000_000,
}

CASES: dict[str, tuple[str, dict[str, str | bytes | int | None], str, str | None]] = {
    "settings of the environment of tests": (
        NODE, {"config/a.yml": "test:\n  list: ./test/a_test.rb\nstage:\n  list: ./a.txt\n", "test/a_test.rb": 5_000_000}, "test", None,
    ),
    "settings of another environment": (
        NODE,
        {"config/a.yml": "test:\n  list: ./a.txt\nstage:\n  list: ./test/a_test.rb\n", "test/a_test.rb": 5_000_000},
        "test",
        "it is named (config/a.yml:4)",
    ),
    "settings of a linter for a compiler": (
        NODE, {"tsconfig.eslint.json": '{"include": [\n"src", "tests"]}\n', "tests/a.test.ts": 5_000_000}, "tests", None,
    ),
    "settings of what counts tests": (
        NODE, {"codecov.yml": 'ignore:\n  - "assets"\n', "README.md": "![](assets/a.png)\n", "assets/a.png": 5_000_000}, "assets", None,
    ),
    "helpers of Cucumber": (NODE, {"features/support/a.rb": "require 'test/a'\n", "test/a_test.rb": 5_000_000}, "test", None),
    "tests of Cucumber": (NODE, {"features/step_definitions/a.rb": "x", "features/a.feature": 5_000_000}, "features", None),
    "a task of Rails that nobody calls": (
        NODE, {"lib/tasks/icon.rake": "task :icons do\n  read 'docs/a.md'\nend\n", "docs/a.md": 5_000_000}, "docs", None,
    ),
    "a task of Rails that is called": (
        NODE + "RUN rake icons\n",
        {"lib/tasks/icon.rake": "task :icons do\n  read 'docs/a.md'\nend\n", "docs/a.md": 5_000_000},
        "docs",
        "it is named (lib/tasks/icon.rake:2)",
    ),
    "a task of Rails that others run": (
        NODE,
        {"lib/tasks/icon.rake": "task :icons do\n  read 'docs/a.md'\nend\nRake::Task['a'].enhance(['icons'])\n", "docs/a.md": 5_000_000},
        "docs",
        "it is named (lib/tasks/icon.rake:2)",
    ),
    "files of tests under a name of their own": (NODE, {"app/test_volume/a.gz": 5_000_000}, "app/test_volume", None),
    "files of tests that a source reads": (
        NODE, {"app/a.py": "open('test_volume/a.gz')\n", "app/test_volume/a.gz": 5_000_000}, "app/test_volume", "it is named (app/a.py:1)",
    ),
    "documents of a design": (NODE, {"design/001.md": 5_000_000}, "design", None),
    "documents of a design that a source reads": (
        NODE, {"a.py": "open('design/001.md')\n", "design/001.md": 5_000_000}, "design", "it is named (a.py:1)",
    ),
    "settings of the forge name it": (
        NODE,
        {".github/bot.js": "module.exports = { path: 'docs/a.md' }\n", "docs/a.md": 5_000_000},
        "docs",
        None,
    ),
    "a linter names it": (NODE, {"eslint.config.mjs": "export default [{ ignores: ['docs/'] }]\n", "docs/a.md": 5_000_000}, "docs", None),
    "a script that nobody runs": (NODE, {"script/ci.py": "open('docs/a.md')\n", "docs/a.md": 5_000_000}, "docs", None),
    "a script that is run": (
        NODE + "RUN python script/ci.py\n",
        {"script/ci.py": "open('docs/a.md')\n", "docs/a.md": 5_000_000},
        "docs",
        "it is named (script/ci.py:1)",
    ),
    "a word that is not about documents": (
        NODE + "RUN rm -rf /usr/share/doc && npm run build:no-docs\n", {"CHANGELOG.md": 5_000_000}, "CHANGELOG.md", None,
    ),
    "a package that shows Markdown": (
        NODE, {"package.json": '{"dependencies": {"react-markdown": "9"}}', "README.md": 5_000_000}, "README.md", None,
    ),
    "a readme that only a registry shows": (
        "FROM rust\nCOPY . .\nRUN cargo build\n", {"Cargo.toml": '[package]\nreadme = "README.md"\n', "README.md": 5_000_000}, "README.md", None,
    ),
    "a readme that setuptools only misses": (
        "FROM python\nCOPY . .\nRUN uv sync\n", {"pyproject.toml": '[project]\nname = "a"\nreadme = "README.md"\n', "README.md": 5_000_000}, "README.md", None,
    ),
    "a path of a request on Django": (
        "FROM python\nCOPY . .\n", {"app/urls.py": 'urlpatterns = [path("docs/<int:at>", show), path(\n  "docs/", all)]\n', "docs/a.md": 5_000_000}, "docs", None,
    ),
    "a directory that Django serves": (
        "FROM python\nCOPY . .\n",
        {"app/urls.py": 'urlpatterns = static("/help/", document_root="docs")\n', "docs/a.md": 5_000_000},
        "docs",
        "it is named (app/urls.py:1)",
    ),
    "a program that is only installed": (
        "FROM a\nCOPY . .\nRUN apk add curl make\n",
        {"Makefile": "x:\n\tdocker build .github/images\n", ".github/images/a.yml": 5_000_000},
        ".github",
        None,
    ),
    "a check that leaves it out": (
        "FROM maven\nCOPY . .\nRUN mvn package\n",
        {"pom.xml": "<excludes><exclude>.github/**</exclude></excludes>", ".github/a.yml": 5_000_000},
        ".github",
        None,
    ),
    "settings of pages that nobody makes": (
        "FROM python\nCOPY . .\n", {"mkdocs.yml": "plugins:\n  - macros:\n      module: docs/a\n", "docs/a.md": 5_000_000}, "docs", None,
    ),
    "settings of a release": (
        "FROM gcc\nCOPY . .\nRUN cmake .\n",
        {"pyproject.toml": "[tool.cibuildwheel]\ntest-command = 'cd test/data'\n", "test/data/a": 5_000_000, "test/test_a.py": ""},
        "test",
        None,
    ),
    "tests of the JVM, whatever they are called": (
        "FROM maven\nCOPY . .\nRUN mvn package -DskipTests\n",
        {"pom.xml": "", "a/pom.xml": "", "a/src/test/java/ITServer.java": 5_000_000, "a/src/test/java/B.java": "", "a/src/test/java/CTest.java": ""},
        "a/src/test",
        None,
    ),
    "what git ignores, and nobody asks": (
        "FROM golang\nCOPY . .\nRUN go build -o /x .\n", {"go.mod": "module x\n", ".gitignore": 5_000_000}, ".gitignore", None,
    ),
    "a program that is not built": (GO, PROGRAMS, "docs", None),
    "a program that is built": (
        GO.replace("./cmd/x", "./cmd/..."), PROGRAMS, "docs", "it is named (cmd/gen/main.go:2)",
    ),
    "a test runner that is installed": (
        NODE + "RUN ./install.sh gotestsum\n",
        {"install.sh": "#!/bin/sh\ntrue\n", "tests/a.test.js": 5_000_000},
        "tests",
        None,
    ),
    "tests that a service runs in its image": (
        NODE,
        {"compose.yaml": "services:\n  a:\n    build: .\n    command: npx jest\n  b:\n    image: x\n    volumes: [\".:/b\"]\n",
         "tests/a.test.js": 5_000_000},
        "tests",
        "tests are run (compose.yaml)",
    ),
    "tests that a service runs where they are mounted": (
        NODE,
        {"compose.yaml": "services:\n  a:\n    image: x\n    command: npx jest\n    volumes:\n      - '.:/src'\n  b:\n    build: .\n",
         "tests/a.test.js": 5_000_000},
        "tests",
        None,
    ),
    "benchmarks": (NODE, {"benchmarks/a.js": 5_000_000}, "benchmarks", None),
    "benchmarks that are run": (NODE + "RUN node benchmarks/a.js\n", {"benchmarks/a.js": 5_000_000}, "benchmarks", "node benchmarks/a.js (Dockerfile:4)"),
    "a start that runs tests": (NODE + 'CMD ["npx", "jest"]\n', {"tests/a.test.js": 5_000_000}, "tests", "tests are run (Dockerfile:4)"),
    "a stage for tests": (
        f"{NODE}FROM 0 AS ci\n", {"tests/a.test.js": 5_000_000}, "tests", "the stage ci is for tests (Dockerfile)",
    ),
    "documents that tests read which are run": (
        NODE + "RUN npx jest\n",
        {"a/fixtures/package.json": "{}", "a/fixtures/docs/a.md": 5_000_000},
        "a/fixtures/docs",
        "tests are run (Dockerfile:4)",
    ),
    "documents that tests read which nobody runs": (
        NODE, {"a/fixtures/package.json": "{}", "a/fixtures/docs/a.md": 5_000_000}, "a/fixtures/docs", None,
    ),
    "a variable of a script with another value": (
        NODE + "RUN ./a.sh\n", {"a.sh": "D=docs\nD=$(mktemp -d)\ncat $D/a.md\n", "docs/a.md": 5_000_000}, "docs", None,
    ),
    "a package of Node without it": (
        NODE + "RUN npm pack\n", {"package.json": '{"files": ["dist"]}', "docs/a.md": 5_000_000}, "docs", None,
    ),
    "a path of a request": (NODE, {"a.js": "if (requestPath.startsWith('/docs/')) next()\n", "docs/a.md": 5_000_000}, "docs", None),
    "a path of a request that is served": (
        NODE,
        {"a.js": "if (requestPath.startsWith('/docs/')) serve(path.join(ROOT, 'docs'))\n", "docs/a.md": 5_000_000},
        "docs",
        "it is named (a.js:1)",
    ),
    "a part of a path that is not there": (
        NODE, {"a.js": "read(join(TEMPLATES, 'docs', 'b.md'))\n", "docs/a.md": 5_000_000}, "docs", None,
    ),
    "a part of a path that is there": (
        NODE, {"a.js": "read(join(ROOT, 'docs', 'a.md'))\n", "docs/a.md": 5_000_000}, "docs", "it is named (a.js:1)",
    ),
    "a part of a path that a program completes": (
        NODE, {"a.js": "read(join(ROOT, 'docs', name))\n", "docs/a.md": 5_000_000}, "docs", "it is named (a.js:1)",
    ),
    "tests of a package that another one takes by its path": (
        NODE + "RUN npm ci\n",
        {
            "package.json": '{"dependencies": {"x": "file:./lib/x"}}',
            "lib/x/package.json": '{"name": "x"}',
            "lib/x/tests/a.test.js": 5_000_000,
        },
        "lib/x/tests",
        None,
    ),
    "a generator of Go that no build takes": (
        GO, {**PROGRAMS, "cmd/x/gen.go": GENERATOR, "docs/a.md": 5_000_000}, "docs", None,
    ),
    "a generator of Go that is asked for": (
        GO.replace("RUN", "RUN go generate ./... &&", 1),
        {**PROGRAMS, "cmd/x/gen.go": GENERATOR, "docs/a.md": 5_000_000},
        "docs",
        "it is named (cmd/x/gen.go:6)",
    ),
    "a value that is chosen at first": (
        NODE, {"a.tsx": '<Accordion defaultValue={["docs"]}>\n', "docs/a.md": 5_000_000}, "docs", None,
    ),
    "documents that are only removed": (
        NODE + "RUN find . -name '*.md' -delete\n", {"docs/a.md": 5_000_000}, "docs", None,
    ),
    "a condition of a shell": (
        NODE + 'ENTRYPOINT ["./start.sh"]\n',
        {"start.sh": '#!/bin/sh\nif test "$1" = "test"; then\n  true\nfi\n', "tests/a.test.js": 5_000_000},
        "tests",
        None,
    ),
    "a task that runs tests and is not asked for": (
        "FROM ruby\nWORKDIR /app\nCOPY . .\nRUN bundle install\n",
        {"Gemfile": "", "lib/tasks/rspec.rake": "load 'spec/a_spec.rb'\n", "spec/a_spec.rb": 5_000_000},
        "spec",
        None,
    ),
    "a task of Mix that is called": (
        ELIXIR + "RUN mix shop.pages\n",
        {"mix.exs": "", "lib/mix/tasks/shop.pages.ex": 'File.cp_r!(Path.join("docs", "a"), "o")\n', "docs/a.md": 5_000_000},
        "docs",
        "it is named (lib/mix/tasks/shop.pages.ex:1)",
    ),
    "a task of Mix that another one calls": (
        ELIXIR + "RUN mix build\n",
        {"mix.exs": '[build: ["shop.docs", "compile"]]\n', "lib/mix/tasks/docs.ex": 'File.cp_r!(Path.join("docs", "a"), "o")\n', "docs/a.md": 5_000_000},
        "docs",
        "it is named (lib/mix/tasks/docs.ex:1)",
    ),
    "a task of Mix that nobody calls": (
        ELIXIR + "RUN mix release\n",
        {"mix.exs": "", "lib/mix/tasks/docs.ex": 'File.cp_r!(Path.join("docs", "a"), "o")\n', "docs/a.md": 5_000_000},
        "docs",
        None,
    ),
    "what tests of Elixir leave out, and what Dialyzer does": (
        ELIXIR + "RUN mix release\n",
        {
            "mix.exs": "[\n  test_ignore_filters: [~r|x|, \"test/a.exs\"],\n]\n",
            ".dialyzer_ignore.exs": '[{"test/a.exs", :x}]\n',
            "test/a_test.exs": 5_000_000,
        },
        "test",
        None,
    ),
    "where a generator of Laravel puts tests": (
        "FROM php\nCOPY . /app\n",
        {"config/modules.php": "<?php return [\n'test' => ['path' => 'tests/Unit', 'generate' => false],\n];\n", "tests/ATest.php": 5_000_000},
        "tests",
        None,
    ),
    "a Dockerfile that a test of a parser reads": (
        NODE, {"tests/parsing/dockerfile/a.dockerfile": "FROM a\nCOPY docs /o\n", "docs/a.md": 5_000_000}, "docs", None,
    ),
    "a Dockerfile for tests": (
        NODE, {"tests/Dockerfile": "FROM a\nCOPY docs /o\n", "docs/a.md": 5_000_000}, "docs", "an instruction takes docs",
    ),
    "a source directory of the root that a command names": (
        NODE + "RUN npx unocss 'src/**/*.ts' -o o.css\n",
        {**MEMBERS, "src/a.ts": "", "docs/src/a.md": 5_000_000},
        "docs/src",
        None,
    ),
    "the environment of tests": (
        "FROM ruby\nWORKDIR /app\nCOPY . .\n",
        {"Gemfile": "", "config/application.rb": "load 'spec/env.rb' if Rails.env.test?\n", "spec/env.rb": 5, "spec/a_spec.rb": 5_000_000},
        "spec",
        None,
    ),
    "globs of a compiler": (NODE, {"tsconfig.json": '{\n  "include": ["test/**/*.ts"]\n}', "test/a.test.ts": 5_000_000}, "test", None),
    "a site that is built": (NODE + "RUN yarn build\n", {**MEMBERS, "docs/a.md": 5_000_000}, "docs", "a member of the workspace (package.json)"),
    "a site that a directory leaves out": (
        NODE + "RUN (cd app && yarn build)\n", {**MEMBERS, "docs/a.md": 5_000_000}, "docs/a.md", None,
    ),
    "a site that a filter leaves out": (
        NODE + "RUN pnpm --filter app build\n", {**MEMBERS, "docs/a.md": 5_000_000}, "docs/a.md", None,
    ),
    "a word that is a user": ("FROM a\nCOPY . .\nRUN adduser -G hugo hugo\n", {"docs/a.md": 5_000_000}, "docs", None),
    "a text about tests": (
        "FROM python\nCOPY . .\n",
        {"a.py": '"""``tests/test_a.py`` keeps these in step."""\n', "tests/test_a.py": 5_000_000},
        "tests",
        None,
    ),
    "pictures of a page": (
        "FROM a\nCOPY . .\n",
        {"manifest.json": '{"screenshots": [{"src": "screenshots/a.png"}]}', "screenshots/a.png": 900_000},
        "screenshots",
        "",
    ),
    "a condition that is called like tests": (NODE + 'RUN test -n "$CI" && npm ci\n', {"test/a.test.js": 5_000_000}, "test", None),
    "a condition about a file of tests": (
        NODE + "RUN if test -f test/a.test.js; then npm ci; fi\n", {"test/a.test.js": 5_000_000}, "test", "RUN names it (Dockerfile:4)",
    ),
    "a source of others": (NODE, {"vendor/javascript/a.js": 'load("test")\n', "test/a.test.js": 5_000_000}, "test", None),
    "a source of others that says where": (
        NODE, {"vendor/javascript/a.js": 'load("../../test/a.test.js")\n', "test/a.test.js": 5_000_000}, "test", "it is named (vendor/javascript/a.js:1)",
    ),
    "a source of one's own": (NODE, {"lib/a.js": 'load("test")\n', "test/a.test.js": 5_000_000}, "test", "it is named (lib/a.js:1)"),
    "a site that a program builds which a manager calls": (
        NODE + "RUN pnpm turbo build\n",
        {**MEMBERS, "package.json": '{"workspaces": ["docs", "app"]}', "docs/a.md": 5_000_000},
        "docs",
        "a member of the workspace (package.json)",
    ),
    "a task that runs in a directory": (
        NODE + "RUN task build\n",
        {
            "Taskfile.yml": "tasks:\n  build:\n    deps: [make]\n  make:\n    dir: docs\n    cmds:\n      - sh make.sh\n",
            "docs/make.sh": "true\n",
            "docs/a.md": 5_000_000,
        },
        "docs",
        "sh make.sh (Taskfile.yml:7)",
    ),
    "a task that nobody calls": (
        NODE + "RUN task build\n",
        {
            "Taskfile.yml": "tasks:\n  build: npm ci\n  make:\n    dir: docs\n    cmds:\n      - sh make.sh\n",
            "docs/make.sh": "true\n",
            "docs/a.md": 5_000_000,
        },
        "docs",
        None,
    ),
    "a wild card of a manifest": (
        "FROM maven\nCOPY . .\nRUN mvn package\n",
        {"pom.xml": "<include>CHANGELOG*</include>", "CHANGELOG.md": 5_000_000},
        "CHANGELOG.md",
        "",
    ),
    "a wild card for something else": (
        "FROM maven\nCOPY . .\nRUN mvn package\n",
        {"pom.xml": "<include>NOTES*</include>", "CHANGELOG.md": 5_000_000},
        "CHANGELOG.md",
        None,
    ),
    "samples that pages show": (
        "FROM python\nCOPY . .\nRUN sphinx-build docs /out\n",
        {"docs/index.rst": ".. literalinclude:: ../examples/a.py\n", "examples/a.py": 5_000_000},
        "examples",
        "docs are made (Dockerfile:3)",
    ),
    "settings that only developers start with": (
        "FROM a\nCOPY . .\nRUN dotnet publish src\n", {"src/Properties/launchSettings.json": 5_000_000}, "src/Properties/launchSettings.json", None,
    ),
    "settings with which a container starts": (
        "FROM a\nCOPY . .\nCMD dotnet run --project src\n",
        {"src/Properties/launchSettings.json": 5_000_000},
        "src/Properties/launchSettings.json",
        "",
    ),
    "targets of Nx that nobody runs": (
        NODE, {"project.json": '{"targets": {"up": {"command": "helm install chart"}}}', "chart/Chart.yaml": "", "chart/a.yaml": 5_000_000}, "chart", None,
    ),
    "targets of Nx": (
        NODE + "RUN npx nx build\n",
        {"project.json": '{"targets": {"build": {"options": {"assets": ["chart/a.yaml"]}}}}', "chart/Chart.yaml": "", "chart/a.yaml": 5_000_000},
        "chart",
        "",
    ),
    "pictures of the readme that others show from elsewhere": (
        "FROM a\nCOPY . .\n",
        {"README.md": "![](media/a.png)", "app.json": '{"logo": "https://example.org/x/media/a.png"}', "media/a.png": 5_000_000},
        "media",
        None,
    ),
    "the end of a path of texts": ("FROM python\nCOPY . .\n", {"a.py": 'open(join("data", "docs"))\n', "docs/a.md": 5_000_000}, "docs", None),
    "the end of a path that begins with something else": (
        "FROM python\nCOPY . .\n", {"a.py": 'open(join(ROOT, "docs"))\n', "docs/a.md": 5_000_000}, "docs", "it is named (a.py:1)",
    ),
    "a path of texts": (
        "FROM python\nCOPY . .\n", {"a.py": 'open(join("data", "docs"))\n', "data/package.json": "{}", "data/docs/a.md": 5_000_000}, "data/docs", "it is named (a.py:1)",
    ),
    "a directory of an application of Elixir": (
        "FROM elixir\nCOPY . .\nRUN mix release\n",
        {"mix.exs": "", "lib/a.ex": 'Path.join(:code.priv_dir(:a), "docs")\n', "docs/a.md": 5_000_000},
        "docs",
        None,
    ),
    "groups of gems": (
        "FROM ruby\nWORKDIR /app\nCOPY . .\nRUN bundle config set --local without 'development test' && bundle install\n",
        {"Gemfile": "", "test/a_test.rb": 5_000_000},
        "test",
        None,
    ),
    "what another stage copies": (
        "FROM a AS b\nWORKDIR /x\nCOPY . .\nFROM scratch\nCOPY --from=b /x/docs /docs\n",
        {"docs/a.md": 5_000_000},
        "docs",
        "COPY --from=b /x/docs /docs (Dockerfile:5)",
    ),
    "what another stage mounts": (
        "FROM a AS b\nWORKDIR /x\nCOPY . .\nFROM a\nRUN --mount=from=b,source=/x/docs,target=/d cp -r /d /e\n",
        {"docs/a.md": 5_000_000},
        "docs",
        "RUN --mount=from=b,source=/x/docs,target=/d cp -r /d /e (Dockerfile:5)",
    ),
    "what a server serves": (
        "FROM a\nRUN apk add nginx\nCOPY . /www\n",
        {"conf/nginx.conf": "server {\n  location / {\n    alias /www/docs/;\n  }\n}\n", "docs/a.md": 5_000_000},
        "docs",
        "a server serves it (conf/nginx.conf:3)",
    ),
    "a remark": (NODE, {"a.js": "// open('docs/a.md') shows it\n", "docs/a.md": 5_000_000}, "docs", None),
    "a package that no program has": (
        GO,
        {**PROGRAMS, "cmd/gen/main.go": "package main\n", "suites/a.go": 'package suites\nvar at = "docs/a.md"\n'},
        "docs",
        None,
    ),
    "a package that a program has": (
        GO,
        {**PROGRAMS, "cmd/x/main.go": 'package main\nimport "x/suites"\n', "suites/a.go": 'package suites\nvar at = "docs/options.md"\n'},
        "docs",
        "it is named (suites/a.go:2)",
    ),
    "a program that is built by the name of its package": (
        GO.replace("./cmd/x", "x/cmd/gen"), PROGRAMS, "docs", "it is named (cmd/gen/main.go:2)",
    ),
    "a reader that no image has": (
        "FROM a\nCOPY web /web\n", {"gen/a.js": "read('web/docs/a.md')\n", "web/package.json": "{}", "web/docs/a.md": 5_000_000}, "web/docs", None,
    ),
    "a reader that the image has": (
        "FROM a\nCOPY web /web\n",
        {"web/a.js": "read('web/docs/a.md')\n", "web/package.json": "{}", "web/docs/a.md": 5_000_000},
        "web/docs",
        "it is named (web/a.js:1)",
    ),
    "a reader that the image has from another one": (
        "FROM acme/base\nCOPY web /web\n",
        {
            "base.Dockerfile": "FROM a\nCOPY gen /gen\n",
            ".github/workflows/a.yml": "run: docker build -f base.Dockerfile -t acme/base:1 .\n",
            "gen/a.js": "read('web/docs/a.md')\n",
            "web/package.json": "{}", "web/docs/a.md": 5_000_000,
        },
        "web/docs",
        "it is named (gen/a.js:1)",
    ),
    "tests of the machine in an image": (
        "FROM a\nCOPY . .\n",
        {"Makefile": "test:\n\tdocker build -t a .\n\tdocker run -v $(PWD):/a a pytest\n", "tests/test_a.py": 5_000_000},
        "tests",
        None,
    ),
    "tests of the machine in a service": (
        "FROM a\nCOPY . .\n",
        {
            "Makefile": "test:\n\tdocker compose run web pytest\n",
            "compose.yaml": "services:\n  web:\n    build: .\n    volumes:\n      - .:/app\n",
            "tests/test_a.py": 5_000_000,
        },
        "tests",
        None,
    ),
    "tests in an image of others": (
        "FROM a\nCOPY . .\n", {"Makefile": "test:\n\tdocker run acme/checks pytest\n", "tests/test_a.py": 5_000_000}, "tests", None,
    ),
    "a container that is started for something else": (
        "FROM a\nCOPY . .\n",
        {"Makefile": "lint:\n\tdocker build -t a .\n\tdocker run a make lint\n", "tests/test_a.py": 5_000_000},
        "tests",
        None,
    ),
    "an image of whoever builds, with the tree": (
        NODE,
        {"tool.Dockerfile": "ARG IMAGE\nFROM $IMAGE\nWORKDIR /r\nCOPY . .\n", "samples/a/a.txt": 5_000_000},
        "samples",
        "the image on which it is built may read it (tool.Dockerfile:4)",
    ),
    "an image of whoever builds, in which something is run": (
        NODE, {"tool.Dockerfile": "ARG IMAGE\nFROM $IMAGE\nCOPY . .\nRUN make\n", "samples/a/a.txt": 5_000_000}, "samples", None,
    ),
    "a version of whoever builds": (
        NODE, {"tool.Dockerfile": "ARG V\nFROM node:$V\nCOPY . .\n", "samples/a/a.txt": 5_000_000}, "samples", None,
    ),
    "an engine beside Dockerfiles": (
        "FROM a\nRUN apk add docker-cli\nCOPY . /r\n",
        {"samples/a/Dockerfile": "FROM b\n", "samples/a/a.txt": 5_000_000},
        "samples",
        "an engine is installed where it is copied (Dockerfile:3)",
    ),
    "an image with an engine": (
        "FROM docker:27-cli\nCOPY . /r\n",
        {"samples/a/Dockerfile": "FROM b\n", "samples/a/a.txt": 5_000_000},
        "samples",
        "an engine is installed where it is copied (Dockerfile:2)",
    ),
    "an engine beside none": (
        "FROM a\nRUN apk add docker-cli\nCOPY . /r\n", {"samples/a/a.txt": 5_000_000}, "samples", None,
    ),
    "an engine in another stage": (
        "FROM b\nRUN apk add docker-cli\nFROM a\nCOPY . /r\n",
        {"samples/a/Dockerfile": "FROM b\n", "samples/a/a.txt": 5_000_000},
        "samples",
        None,
    ),
    "a path of the image": (
        "FROM a\nCOPY . .\nRUN sed -i s,/usr/share/doc/x,y, /z\n", {"doc/a.md": 5_000_000}, "doc", None,
    ),
    "settings of a test runner": (
        NODE, {"cucumber.mjs": "export default { paths: ['docs/a.md'] }\n", "docs/a.md": 5_000_000}, "docs", None,
    ),
    "fixtures beside what tests share": (
        NODE, {"server/test/support.js": "x", "server/test/fixtures/a.html": 5_000_000}, "server/test/fixtures", None,
    ),
    "fixtures that a program has": (
        NODE,
        {"server/seed.js": "read('./test/fixtures/a.html')\n", "server/test/fixtures/a.html": 5_000_000},
        "server/test/fixtures",
        "it is named (server/seed.js:1)",
    ),
    "a site of another name": (
        NODE, {"guide/.vitepress/config.ts": "export default {}\n", "guide/a.md": 5_000_000}, "guide", None,
    ),
    "a program that verifies something else": (
        "FROM a\nCOPY . .\nRUN cosign verify x\n", {"tests/a.test.js": 5_000_000}, "tests", None,
    ),
    "a word that is a value": (
        GO, {**PROGRAMS, "cmd/x/main.go": 'package main\nvar x = server.key{"a": []byte("test")}\n', "test/a_test.go": 5_000_000}, "test", None,
    ),
    "projects of tests in no solution": (
        "FROM sdk\nWORKDIR /s\nCOPY . .\nRUN dotnet publish -c Release src/A/A.csproj\n",
        {
            "src/A/A.csproj": "<Project/>",
            "src/Tests/A.Tests/A.Tests.csproj": '<PackageReference Include="xunit" />', "src/Tests/A.Tests/A.cs": 5_000_000,
        },
        "src/Tests",
        None,
    ),
    "projects of tests in a solution": (
        "FROM sdk\nWORKDIR /s\nCOPY . .\nRUN dotnet publish -c Release\n",
        {
            "A.slnx": '<Solution><Project Path="src/Tests/A.Tests/A.Tests.csproj" /></Solution>', "src/A/A.csproj": "<Project/>",
            "src/Tests/A.Tests/A.Tests.csproj": '<PackageReference Include="xunit" />', "src/Tests/A.Tests/A.cs": 5_000_000,
        },
        "src/Tests",
        "a project of the solution (A.slnx)",
    ),
    "projects of tests that another one refers to": (
        "FROM sdk\nWORKDIR /s\nCOPY . .\nRUN dotnet publish -c Release src/A/A.csproj\n",
        {
            "src/A/A.csproj": '<ProjectReference Include="..\\A.Tests\\A.Tests.csproj" />',
            "src/A.Tests/A.Tests.csproj": '<PackageReference Include="xunit" />', "src/A.Tests/A.cs": 5_000_000,
        },
        "src/A.Tests",
        "a referenced project (src/A/A.csproj)",
    ),
    "a page that speaks of it": (NODE, {"src/a.mdx": "Look into `README.md`.\n", "README.md": 5_000_000}, "README.md", None),
    "a page that takes it": (
        NODE, {"src/a.mdx": 'import Readme from "../README.md"\n', "README.md": 5_000_000}, "README.md", "",
    ),
    "a test that names it": (NODE, {"src/a.test.ts": "expect(read('AGENTS.md'))\n", "AGENTS.md": 5_000_000}, "AGENTS.md", None),
    "a test that names it and is run": (
        NODE + "RUN npx vitest\n", {"src/a.test.ts": "expect(read('AGENTS.md'))\n", "AGENTS.md": 5_000_000}, "AGENTS.md", "",
    ),
    "a package that nobody makes": (
        "FROM python\nWORKDIR /app\nCOPY requirements.txt .\nRUN pip install --target=/d -r requirements.txt\nCOPY app /app/app\n",
        {
            "requirements.txt": "flask\n", "MANIFEST.in": "recursive-include app/tests *\n",
            "app/a.py": "", "app/tests/test_a.py": 5_000_000,
        },
        "app/tests",
        None,
    ),
    "a package that somebody makes": (
        "FROM python\nWORKDIR /app\nCOPY . .\nRUN pip install .\n",
        {"MANIFEST.in": "recursive-include app/tests *\n", "app/a.py": "", "app/tests/test_a.py": 5_000_000},
        "app/tests",
        "in the manifest of the package (MANIFEST.in)",
    ),
    "a generator that makes tests": (
        "FROM ruby\nWORKDIR /app\nCOPY . .\n", {"Gemfile": "", "config/application.rb": 'g.fixture_replacement :a, dir: "spec/support"\n', "spec/a_spec.rb": 5_000_000}, "spec", None,
    ),
    "pictures of nothing": ("FROM a\nCOPY . .\n", {"README.md": "![](screenshots/a.png)", "screenshots/a.png": 900_000}, "screenshots", None),
}  # fmt: skip


#: What a RUN starts, the script, and whether the rest of the documents beside `docs/api/v1/a.json` goes.
NAMED_IN_FULL = {
    "a value of last resort": ("./get.sh", '#!/bin/sh\n\nA=1\nF=${F:-"./docs/api/v1/a.json"}\ncp $F /x\n', True),
    "a copy": ("cp docs/api/v1/a.json /x", "", True),
    "its directory": ("cp -r docs/api /x", "", False),
    "a script": ("sh docs/api/v1/make.sh", "", False),
}


@pytest.mark.parametrize("case", NAMED_IN_FULL)
def test_a_file_that_is_named_in_full(tmp_path: Path, case: str) -> None:
    """It stays with the directories that it lies in, and what is beside these goes."""
    command, script, goes = NAMED_IN_FULL[case]
    places = ("api/v1/a.json", "api/v1/make.sh", "api/v2/a.json", "imgs/a.png", "guide.md")
    dirty.write(tmp_path, {"Dockerfile": f"FROM a\nWORKDIR /s\nCOPY . .\nRUN {command}\n", "get.sh": script})
    dirty.write(tmp_path, {f"docs/{place}": 2_000_000 for place in places})
    (tmp_path / "docs/api/v1/make.sh").write_text("#!/bin/sh\ncat a.json\n")
    found = dirty.proposed(tmp_path, consents=CONSENTS).after
    for place in ("imgs/a.png", "guide.md", "api/v2/a.json"):
        assert (found is not None and dirty.gone(found.rules, f"docs/{place}")) is goes
    assert found is None or not dirty.gone(found.rules, "docs/api/v1/a.json")


@pytest.mark.parametrize("case", CASES)
def test_who_keeps_a_group(tmp_path: Path, case: str) -> None:
    """What is read stays, and it is told who reads it where it is large; the rest goes."""
    text, files, path, why = CASES[case]
    dirty.write(tmp_path, {"Dockerfile": text, **files})
    found = dirty.proposed(tmp_path, consents=CONSENTS)
    assert found.after is None or dirty.gone(found.after.rules, path) is (why is None)
    assert (why is None) is (found.after is not None and dirty.gone(found.after.rules, path))
    assert [each.why for each in found.needed if each.path == path] == [why] * bool(why)


@pytest.mark.parametrize(
    "manifests", [{}, {"package.json": "{}", "pnpm-workspace.yaml": "packages:\n  - docs\n  - app\n"}]
)
def test_the_manifest_of_a_member_stays(tmp_path: Path, manifests: dict[str, str]) -> None:
    """Of documentation that is a member of the workspace everything goes but what the install reads."""
    text = NODE + "RUN (cd app && yarn build)\n"
    files: dict[str, str | bytes | int | None] = {**MEMBERS, **manifests}
    dirty.write(tmp_path, {"Dockerfile": text, **files, "docs/a.md": 5_000_000, "docs/static/b.png": 5_000_000})
    after = dirty.proposed(tmp_path, consents=["docs"]).after
    assert after is not None
    assert [path for path in ("docs/package.json", "docs/a.md", "docs/static/b.png") if dirty.gone(after.rules, path)] == [
        "docs/a.md", "docs/static/b.png",
    ]  # fmt: skip


#: Files beside a Dockerfile that takes all, a path, and whether it goes with `--with docs`.
DOCUMENTS: dict[str, tuple[dict[str, str | bytes | int | None], str, bool]] = {
    "called like one that a manifest names": (
        {"pyproject.toml": '[project]\nname = "a"\nreadme = "README.rst"\n', "README.rst": 2000, "a/b/README.rst": 2000}, "a/b/README.rst", True,
    ),
    "called like one that a source names": (
        {"pyproject.toml": '[project]\nname = "a"\n', "a/x.py": "open(base + '/README.rst')\n", "a/b/README.rst": 2000}, "a/b/README.rst", False,
    ),
    "deep": ({"src/a/README.md": 2000}, "src/a/README.md", True),
    "read beside a manifest": (
        {"a/package.json": "{}", "a/x.js": "read(dir + '/README.md')\n", "a/b/README.md": 2000}, "a/b/README.md", False,
    ),
    "read in another component": (
        {"a/package.json": "{}", "a/x.js": "read(dir + '/README.md')\n", "b/package.json": "{}", "b/README.md": 2000},
        "b/README.md",
        True,
    ),
    "read whatever it is called": ({"x.py": "glob('*.md')\n", "src/a/README.md": 2000}, "src/a/README.md", False),
    "named by a page": ({"a.html": '<zero-md src="src/a/README.md">', "src/a/README.md": 2000}, "src/a/README.md", False),
    "included by a compiler": ({"src/a/a.nim": 'staticRead("README.md")', "src/a/README.md": 2000}, "src/a/README.md", False),
    "installed by CMake": (
        {"CMakeLists.txt": "install(FILES src/a/README.md DESTINATION x)\n", "src/a/README.md": 2000}, "src/a/README.md", False,
    ),
    "a file group of Bazel": ({"src/a/BUILD": 'exports_files(["README.md"])\n', "src/a/README.md": 2000}, "src/a/README.md", False),
    "a stanza of Dune": ({"src/a/dune": "(install (files README.md))\n", "src/a/README.md": 2000}, "src/a/README.md", False),
    "a long description": (
        {"a/setup.py": "text = (HERE / 'README.md').read_text()\n", "a/README.md": 2000}, "a/README.md", False,
    ),
    "published": ({"a/package.json": '{"files": ["README.md"]}', "a/README.md": 2000}, "a/README.md", True),
    "a crate": ({"a/Cargo.toml": '[package]\nreadme = "README.md"\n', "a/README.md": 2000}, "a/README.md", True),
    "a crate that becomes a wheel": (
        {"a/Cargo.toml": '[package]\nreadme = "README.md"\n', "a/pyproject.toml": "", "a/README.md": 2000},
        "a/README.md",
        False,
    ),
    "a crate that includes it": (
        {"a/Cargo.toml": "", "a/src/lib.rs": '#![doc = include_str!("../README.md")]\n', "a/README.md": 2000},
        "a/README.md",
        False,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", DOCUMENTS)
def test_documents_at_any_depth(tmp_path: Path, case: str) -> None:
    """What nobody reads goes by consent, and never without."""
    files, path, goes = DOCUMENTS[case]
    dirty.write(tmp_path, {"Dockerfile": "FROM a\nCOPY . .\n", **files})
    found = dirty.proposed(tmp_path, consents=["docs"])
    assert (found.after is not None and dirty.gone(found.after.rules, path)) is goes
    unasked = dirty.proposed(tmp_path).after
    assert unasked is None or not dirty.gone(unasked.rules, path)


#: A source that reads all documents, or, at the end, does not.
READERS: tuple[tuple[str, str, bool], ...] = (
    ("a.js", "files.filter(each => each.endsWith('.md'))\n", True),
    ("a.js", "require.context('./', true, /\\.md$/)\n", True),
    ("a.js", "files.filter(each => /\\.mdx?$/.test(each))\n", True),
    ("a.js", "read(`${name}.md`)\n", True),
    ("a.ts", "glob({ pattern: '**/*.{md,mdx}' })\n", True),
    ("a.go", 'package a\nvar is = strings.HasSuffix(name, ".md")\n', True),
    ("a.go", 'package a\nvar is = filepath.Ext(name) == ".md"\n', True),
    ("a.py", "x = path.suffix.lower() in ('.md', '.rst')\n", True),
    ("a.py", "open(name + '.md')\n", True),
    ("a.cs", 'var x = Path.GetExtension(name) == ".md";\n', True),
    ("A.java", 'class A { boolean is(String name) { return name.endsWith(".md"); } }\n', True),
    ("a.php", "<?php $is = pathinfo($name, PATHINFO_EXTENSION) === 'md';\n", True),
    ("a.rs", 'fn is(path: &Path) -> bool { path.extension() == Some("md") }\n', True),
    ("a.rb", "Dir.glob('**/*.{md,markdown}')\n", True),
    ("webpack.config.js", "module.exports = { rules: [{ test: /\\.md$/, use: 'raw-loader' }] }\n", False),
    ("a.js", "log('.md is not taken')\n", False),
)


@pytest.mark.parametrize(("name", "text", "reads"), READERS)
def test_documents_that_are_found_by_their_ending(tmp_path: Path, name: str, text: str, reads: bool) -> None:
    """However a language says it."""
    dirty.write(tmp_path, {"Dockerfile": "FROM a\nCOPY . .\n", f"src/{name}": text, "src/a/README.md": 2000})
    after = dirty.proposed(tmp_path, consents=["docs"]).after
    assert (after is not None and dirty.gone(after.rules, "src/a/README.md")) is not reads


#: The last lines of a Dockerfile that takes all, other files, a path, and whether it goes with `--with docs`.
KEPT: dict[str, tuple[str, dict[str, str | bytes | int | None], str, bool]] = {
    "found by a command": ("RUN find . -name '*.md' -exec cp {} /x ;\n", {"a/README.md": 2000}, "a/README.md", False),
    "a variable of the image": ("ENV PAGES=/app/docs\n", {"docs/a.md": 2000}, "docs", False),
    "another variable": ("ENV PAGES=/app/pages\n", {"docs/a.md": 2000}, "docs", True),
    "settings that a start names": (
        'CMD ["x", "--config", "a.yaml"]\n', {"a.yaml": "pages: ./docs/site\n", "docs/site/a.md": 2000}, "docs", False,
    ),
    "settings that nobody names": ("CMD x\n", {"a.yaml": "pages: ./docs/site\n", "docs/site/a.md": 2000}, "docs", True),
    "a module of scripts that is run": (
        "RUN python -m scripts.pages\n", {"scripts/pages.py": "os.listdir('docs')\n", "docs/a.md": 2000}, "docs", False,
    ),
    "what makes a release": (
        "CMD node a.js\n",
        {"a.js": "1\n", "release/feed.js": "readdirSync(join('.', 'docs'))\n", "docs/a.md": 2000},
        "docs",
        True,
    ),
    "a module of releases that is imported": (
        "CMD node a.js\n",
        {"a.js": "import x from './release/feed.js'\n", "release/feed.js": "readdirSync(join('.', 'docs'))\n", "docs/a.md": 2000},
        "docs",
        False,
    ),
    "a module of scripts that is imported": (
        "CMD python a.py\n",
        {"a.py": "from scripts.pages import x\n", "scripts/pages.py": "os.listdir('docs')\n", "docs/a.md": 2000},
        "docs",
        False,
    ),
    "a style shows it": (
        "RUN make\n",
        {"images/a.png": 5000, "README.md": "![](images/a.png)", "src/a.scss": "a { background: url(../images/a.png) }\n"},
        "images",
        False,
    ),
    "a page below shows it": (
        "RUN make\n",
        {"images/a.png": 5000, "README.md": "![](images/a.png)", "src/a.html": "<img src=/images/a.png>\n"},
        "images",
        False,
    ),
    "another picture is shown": (
        "RUN make\n",
        {"images/a.png": 5000, "README.md": "![](images/a.png)", "src/a.html": "<img src=/pictures/a.png>\n"},
        "images",
        True,
    ),
    "a picture that a source imports": (
        "RUN make\n", {"screenshot.png": 5000, "src/a.ts": "import x from '../screenshot.png'\n"}, "screenshot.png", False,
    ),
    "a picture of a list": (
        "RUN make\n", {"screenshots/a.png": 5000, "web/a.webmanifest": '{"src": "/screenshots/a.png"}'}, "screenshots", False,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", KEPT)
def test_who_else_keeps_documents(tmp_path: Path, case: str) -> None:
    """Variables, settings, styles and pages name what a program reads."""
    lines, files, path, goes = KEPT[case]
    dirty.write(tmp_path, {"Dockerfile": f"FROM a\nWORKDIR /app\nCOPY . .\n{lines}", **files})
    after = dirty.proposed(tmp_path, consents=["docs"]).after
    assert (after is not None and dirty.gone(after.rules, path)) is goes


#: How a program is built that reads `docs`, files beside it, and whether anybody can tell that it is not.
BUILT: dict[str, tuple[str, dict[str, str | bytes | int | None], bool]] = {
    "Make with a variable": ("make build", {"Makefile": "GO ?= go\nbuild:\n\t$(GO) build -o x ./cmd/gen\n"}, False),
    "Task": ("task build", {"Taskfile.yml": "version: '3'\ntasks:\n  build:\n    cmds: [go build ./cmd/gen]\n"}, False),
    "Bazel": ("bazel build //cmd/gen", {}, False),
    "ko": ("ko build ./cmd/gen", {}, False),
    "a directory first": ("go -C cmd/gen build", {}, False),
    "an option first": ("garble -literals build -o /x ./cmd/gen", {}, False),
    "files": ("go build -o /x cmd/gen/*.go", {}, False),
    "a list": ("go install $(go list ./...)", {}, False),
    "another file": ("go build -o /x cmd/x/main.go", {}, True),
}


@pytest.mark.parametrize("case", BUILT)
def test_programs_of_go(tmp_path: Path, case: str) -> None:
    """Where commands do not tell which program is built, all of them may be."""
    command, files, goes = BUILT[case]
    dirty.write(tmp_path, {"Dockerfile": f"FROM a\nWORKDIR /app\nCOPY . .\nRUN {command}\n", **PROGRAMS, **files})
    after = dirty.proposed(tmp_path, consents=["docs"]).after
    assert (after is not None and dirty.gone(after.rules, "docs")) is goes


#: Files beside a Dockerfile in `box`, and whether that goes.
BUILDERS: dict[str, tuple[dict[str, str | bytes | int | None], bool]] = {
    "nobody": ({"a.py": "x = 1\n"}, True),
    "a program that reads it": ({"a.py": "open(os.path.join(HERE, 'box', 'Dockerfile'))\n"}, False),
    "a program that builds images": ({"a.py": "import docker\nclient.images.build(path='box')\n"}, False),
    "a command that a program runs": ({"a.js": "spawn('docker', ['build', 'box'])\n"}, False),
    "another component": ({"b/package.json": "{}", "b/a.js": "spawn('docker', ['build', 'box'])\n"}, True),
    "a test": ({"a_test.go": 'package a\nvar x = "/Dockerfile"\n'}, True),
    "a package of Python": ({"box/__init__.py": ""}, False),
    "a project of Dockerfiles": ({f"{at}/Dockerfile": "FROM b\n" for at in range(40)}, False),
    "a project of Dockerfiles, of which an image gets its own": (
        {"Dockerfile": "FROM a\nCOPY box /x\n", **{f"{at}/Dockerfile": "FROM b\n" for at in range(40)}},
        True,
    ),
    "a program that no image has": (
        {"Dockerfile": "FROM a\nCOPY box /x\n", "a.js": "spawn('docker', ['build', 'box'])\n"},
        True,
    ),
    "a program of Go that is not built": (
        {**PROGRAMS, "Dockerfile": GO, "cmd/gen/main.go": 'package main\nvar x = run("docker", "build")\n'},
        True,
    ),
    "a program of Go that is built": (
        {**PROGRAMS, "Dockerfile": GO, "cmd/x/main.go": 'package main\nvar x = run("docker", "build")\n'},
        False,
    ),
    "a directory that only a variable knows": ({"Dockerfile": "FROM a\nARG X\nCOPY box /x\nCOPY ${X}/y /z\n"}, True),
}


@pytest.mark.parametrize("case", BUILDERS)
def test_dockerfiles_that_a_program_builds(tmp_path: Path, case: str) -> None:
    """What runs builds itself is told apart from what the builder reads."""
    files, goes = BUILDERS[case]
    dirty.write(tmp_path, {"Dockerfile": "FROM a\nCOPY . .\n", "box/Dockerfile": "FROM b\n" * 500, **files})
    after = dirty.proposed(tmp_path).after
    assert (after is not None and dirty.gone(after.rules, "box/Dockerfile")) is goes


#: A Dockerfile, files beside the key in `certs` that git tracks, and what speaks against leaving it out.
KEYS: dict[str, tuple[str, dict[str, str | bytes | int | None], str | None]] = {
    "nobody": ("FROM a\nCOPY . .\n", {"a.js": "read('other.key')\n"}, None),
    "a source": ("FROM a\nCOPY . .\n", {"a.js": "read(join(HERE, 'certs', 'server.key'))\n"}, "it is named (a.js:1)"),
    "a server of all that is beside it": (
        "FROM a\nCOPY . .\n", {"a.js": "serve(resolve('certs'))\n"}, "its directory is named (a.js:1)",
    ),
    "a server": ("FROM a\nCOPY . .\n", {"a.conf": "\nkey /certs/server.key;\n"}, "it is named (a.conf:2)"),
    "a copy of its directory": (
        "FROM a\nCOPY certs /certs\n", {}, "its directory is taken by name (Dockerfile:2)",
    ),
    "a copy of more": ("FROM a\nCOPY src /src\n", {}, None),
    "a copy of a project": ("FROM a\nCOPY certs /certs\n", {"certs/package.json": "{}"}, None),
    "another file of its directory": ("FROM a\nCOPY . .\n", {"a.js": "serve('/certs/cache/x')\n"}, None),
    "a pipeline": ("FROM a\nCOPY . .\n", {".gitlab-ci.yml": "a: 'x/certs'\nb: server.key\n"}, None),
    "a test": ("FROM a\nCOPY . .\n", {"a_test.go": 'read("certs/server.key")\n'}, None),
}  # fmt: skip


@pytest.mark.parametrize("case", KEYS)
def test_a_key_that_comes_with_the_project(tmp_path: Path, case: str) -> None:
    """It is a secret all the same: the rule is shown, and not written."""
    text, files, why = KEYS[case]
    at = "src/certs" if "src" in text else "certs"
    dirty.write(tmp_path, {"Dockerfile": text, f"{at}/server.key": "x", **files})
    found = dirty.proposed(tmp_path, flagged=[f"{at}/server.key"])
    assert [each.caution for each in found.proposals if "server.key" in each.pattern] == [why]


@pytest.mark.parametrize(("text", "why"), [("open('res/client_secret.json')\n", "it is named (a.py:1)"), ("x\n", None)])
def test_what_a_service_gives_its_clients(tmp_path: Path, text: str, why: str | None) -> None:
    """As for a key: a program that names it reads it."""
    dirty.write(tmp_path, {"Dockerfile": "FROM a\nCOPY . .\n", "res/client_secret.json": "x", "a.py": text})
    found = dirty.proposed(tmp_path, flagged=["res/client_secret.json"])
    assert [each.caution for each in found.proposals if "client_secret" in each.pattern] == [why]


#: Files beside a Dockerfile that takes all, and a project file that stays without being asked for.
UNASKED: dict[str, tuple[dict[str, str | bytes | int | None], str]] = {
    "found by its ending": ({"a.py": "Path('pages').rglob('*.md')\n", "pages/SECURITY.md": 9000}, "pages/SECURITY.md"),
    "named by a page": ({"src/a.html": '<zero-md src="CHANGELOG.md">', "src/CHANGELOG.md": 9000}, "src/CHANGELOG.md"),
    "included by a compiler": ({"a.nim": 'staticRead("CHANGELOG.md")', "CHANGELOG.md": 9000}, "CHANGELOG.md"),
    "opened by a template": ({"a.erb": "<%= read('CHANGELOG.md') %>", "CHANGELOG.md": 9000}, "CHANGELOG.md"),
    "of a template": ({"project-templates/a/.travis.yml": 9000}, "project-templates/a/.travis.yml"),
    "of what tests read": ({"a/spec/fixtures/b/.devcontainer/a.json": 9000}, "a/spec/fixtures/b/.devcontainer"),
    "of what others have written": ({"vendor/example.org/a/.travis.yml": 9000}, "vendor/example.org/a/.travis.yml"),
    "of a skeleton": ({"skeleton/CONTRIBUTING.md": 9000}, "skeleton/CONTRIBUTING.md"),
    "settings of an editor of a template": ({"templates/a/.vscode/settings.json": 9000}, "templates/a/.vscode"),
}  # fmt: skip


@pytest.mark.parametrize("case", UNASKED)
def test_project_files_that_somebody_reads(tmp_path: Path, case: str) -> None:
    """They go without consent, so that nobody may miss them."""
    files, path = UNASKED[case]
    dirty.write(tmp_path, {"Dockerfile": "FROM a\nCOPY . .\n", **files})
    after = dirty.proposed(tmp_path).after
    assert after is None or not dirty.gone(after.rules, path)


def test_an_application_among_tests(tmp_path: Path) -> None:
    """Settings name the module."""
    files: dict[str, str | bytes | int | None] = {
        "a/settings.py": "INSTALLED_APPS = ['tests.app']\n",
        "tests/app/models.py": "x",
        "tests/test_a.py": 9000,
    }
    dirty.write(tmp_path, {"Dockerfile": "FROM a\nCOPY . .\n", **files})
    after = dirty.proposed(tmp_path, consents=["tests"]).after
    assert after is None or not dirty.gone(after.rules, "tests")


def test_welsh_is_no_test(tmp_path: Path) -> None:
    """A rule for tests of Cypress takes out no translation that is called like one."""
    tests: dict[str, str | bytes | int | None] = {f"src/{at}.cy.js": "describe('x', () => {})\n" * 99 for at in "abcd"}
    dirty.write(tmp_path, {"Dockerfile": "FROM a\nCOPY . .\n", "public/dates.cy.js": "dates.cy = {}\n", **tests})
    after = dirty.proposed(tmp_path, consents=["tests"]).after
    assert after is not None and dirty.gone(after.rules, "src/a.cy.js")
    assert not dirty.gone(after.rules, "public/dates.cy.js")


POD = "apiVersion: v1\nkind: Pod\n" + "# \n" * 500
#: The last lines of a Dockerfile that takes all, other files, and whether `k8s` goes.
CLUSTERS: dict[str, tuple[str, dict[str, str | bytes | int | None], bool]] = {
    "nobody": ("RUN make\n", {}, True),
    "a tool": ("RUN apk add kubectl\n", {}, False),
    "a tool of another stage": ("FROM b\nRUN apk add kubectl\nCOPY --from=0 /y /y\n", {}, True),
    "a script": ("RUN sh a.sh\n", {"a.sh": "apply -f k8s\n"}, False),
    "a source": ("RUN make\n", {"a.py": "open('k8s/a.yaml')\n"}, False),
    "a variable": ("ENV AT=k8s\n", {}, False),
    "an embedded directory": (
        "RUN go build .\n", {"go.mod": "module x\n", "a.go": "package main\n//go:embed k8s\nvar x embed.FS\n"}, False,
    ),
    "a program among it": ("RUN make\n", {"k8s/a.py": "x"}, False),
    "a task of that name": ("RUN make x\n", {"Makefile": "x:\n\tgo build .\nk8s:\n\tapply -f k8s/a.yaml\n"}, True),
    "a task that is run": ("RUN make x\n", {"Makefile": "x:\n\tapply -f k8s/a.yaml\n"}, False),
    "a variable of tasks": ("RUN make x\n", {"Makefile": "all := $(wildcard k8s/*)\nx:\n\tgo build .\n"}, False),
    "a task that is called like a tool": ("RUN make helm-all\n", {}, True),
    "settings of style": ("RUN make\n", {".prettierrc.js": "module.exports = { files: 'k8s/**' }\n"}, True),
    "a script beside a marker": ("RUN make\n", {"k8s/kustomization.yaml": "x", "k8s/a.sh": "x"}, True),
    "a script alone": ("RUN make\n", {"k8s/a.sh": "x"}, False),
}  # fmt: skip


@pytest.mark.parametrize("case", CLUSTERS)
def test_settings_of_a_cluster(tmp_path: Path, case: str) -> None:
    """A build reads none of them, unless somebody says so."""
    lines, files, goes = CLUSTERS[case]
    dirty.write(tmp_path, {"Dockerfile": f"FROM a\nWORKDIR /x\nCOPY . .\n{lines}", "k8s/a.yaml": POD, **files})
    after = dirty.proposed(tmp_path).after
    assert (after is not None and dirty.gone(after.rules, "k8s")) is goes


def test_nothing_is_proposed_that_saves_nothing(tmp_path: Path) -> None:
    """A directory of an editor with a link and an empty file in it."""
    files: dict[str, str | bytes | int | None] = {".claude/a": "-> ../a", ".idea/b": ""}
    dirty.write(tmp_path, {"Dockerfile": "FROM a\nCOPY . .\n", ".dockerignore": "x\n", "a": "x", **files})
    assert not dirty.proposed(tmp_path).proposals
    # What comes and goes with a process changes the context.
    (tmp_path / "app.pid").touch()
    assert [each.pattern for each in dirty.proposed(tmp_path).applied] == ["/app.pid"]
    (tmp_path / "app.pid").unlink()
    (tmp_path / ".idea" / "b").write_text("x")
    assert [each.pattern for each in dirty.proposed(tmp_path).applied] == ["**/.idea"]


def test_one_rule_for_documents_of_a_directory(tmp_path: Path) -> None:
    """Where one of them stays, the rest does not take a rule each."""
    files: dict[str, str | bytes | int | None] = {f"src/{name}/README.md": 2000 for name in ("a", "b/c", "d", "e/f/g")}
    dirty.write(tmp_path, {"Dockerfile": "FROM a\nCOPY . .\nCOPY README.md /x\n", "README.md": 2000, **files})
    assert [each.pattern for each in dirty.proposed(tmp_path, consents=["docs"]).applied] == ["/src/**/README.md"]


@pytest.mark.parametrize(("taken", "one"), [("go.*", True), ("go*", False)])
def test_one_rule_for_tests_where_a_wild_card_means_something_else(tmp_path: Path, taken: str, one: bool) -> None:
    """`go.*` stands for `go.mod` and `go.sum`; what stands for a test that is there is another matter."""
    files: dict[str, str | bytes | int | None] = {f"{name}_test.go": 20_000 for name in ("a/b", "c/d", "e/f", "go_x")}
    dirty.write(tmp_path, {"Dockerfile": f"FROM a\nCOPY . .\nCOPY {taken} /x/\n", "go.mod": "module x\n", **files})
    patterns = [each.pattern for each in dirty.proposed(tmp_path, consents=["tests"]).applied]
    assert ("**/*_test.go" in patterns) is one


def test_one_rule_for_tests_beside_a_directory_of_them(tmp_path: Path) -> None:
    """What lies in a directory that leaves needs no rule, and is in the way of none."""
    files: dict[str, str | bytes | int | None] = {
        f"src/{at}.test.js": 20_000 for at in ("a/b", "c/d", "e/f", "__tests__/g")
    }
    dirty.write(tmp_path, {"Dockerfile": NODE, "package.json": "{}", **files})
    patterns = [each.pattern for each in dirty.proposed(tmp_path, consents=["tests"]).applied if "test" in each.pattern]
    assert "**/*.test.js" in patterns
    assert not [each for each in patterns if each.startswith("/src/a")]


def test_a_new_ignore_file_keeps_itself_out(tmp_path: Path) -> None:
    """With the Dockerfile, where both would be sent."""
    dirty.write(tmp_path, {"Dockerfile": "FROM a\nCOPY . .\n" + "#\n" * 100, "README.md": 2000})
    assert [each.pattern for each in dirty.proposed(tmp_path).applied] == [
        "/.dockerignore",
        "/Dockerfile",
        "/README.md",
    ]


#: What lies in the root beside a Dockerfile, and whether `.env`, which is not there, is excluded.
TO_COME = {
    "ignored, with an example": ({".gitignore": ".env\n", ".env.example": "A=\n", ".dockerignore": "x\n"}, True),
    "no example": ({".gitignore": ".env\n", ".dockerignore": "x\n"}, False),
    "not ignored by git": ({".gitignore": "x\n", ".env.example": "A=\n", ".dockerignore": "x\n"}, False),
    "excluded already": ({".gitignore": ".env\n", ".env.example": "A=\n", ".dockerignore": "**/.env*\n"}, None),
    "no other rule for a new file": ({".gitignore": ".env\n", ".env.example": "A=\n"}, True),
    "an example of a page": ({".gitignore": ".env\n", ".env.example": "VITE_URL=/api\n"}, False),
    "an example of a page, by the prefix of Angular": (
        {".gitignore": ".env\n", ".env.example": "NG_URL=/api\n"},
        False,
    ),
    "an example in part of a page that is built": (
        {
            ".gitignore": ".env\n",
            ".env.example": "VITE_URL=/api\nKEY=\n",
            "Dockerfile": "FROM a\nCOPY . .\nRUN npm run build\n",
        },
        False,
    ),
    "an example in part of a page that is not built": (
        {".gitignore": ".env\n", ".env.example": "VITE_URL=/api\nKEY=\n"},
        True,
    ),
    "named for this directory": ({".gitignore": "/.env\n"}, True),
    "given to a service": (
        {
            ".gitignore": ".env\n",
            ".dockerignore": "compose.yml\n",
            "compose.yml": "services:\n  a:\n    env_file:\n      - .env\n",
        },
        True,
    ),
    "read by a step": (
        {
            ".gitignore": ".env\n",
            ".env.example": "A=\n",
            ".dockerignore": "x\n",
            "Dockerfile": "FROM a\nCOPY . .\nRUN . ./.env\n",
        },
        False,
    ),
    "copied from a stage by its name": (
        {
            ".gitignore": ".env\n",
            ".env.example": "A=\n",
            ".dockerignore": "x\n",
            "Dockerfile": "FROM a AS b\nWORKDIR /a\nCOPY . .\nFROM a\nCOPY --from=b /a/.env ./.env\n",
        },
        False,
    ),
    "not taken": (
        {
            ".gitignore": ".env\n",
            ".env.example": "A=\n",
            ".dockerignore": "x\n",
            "Dockerfile": "FROM a\nCOPY src .\n",
            "src/a": "",
        },
        False,
    ),
}


@pytest.mark.parametrize("case", TO_COME)
def test_private_settings_that_are_to_come(tmp_path: Path, case: str) -> None:
    """The next build on the machine of a developer would take them."""
    files, goes = TO_COME[case]
    dirty.write(tmp_path, {"Dockerfile": "FROM a\nCOPY . .\n", **files})
    found = dirty.proposed(tmp_path)
    assert ([each.pattern for each in found.applied] == ["**/.env"]) is bool(goes)


HANDED = {"compose.yml": "services:\n  a:\n    build: .\n    env_file: .env.prod\n", ".gitignore": ".env.prod\n"}
PAGES = "FROM a AS b\nWORKDIR /w\nCOPY {} ./\nRUN npm ci && npm run build\nFROM a\nCOPY . .\n"


@pytest.mark.parametrize(
    ("files", "goes"),
    [
        ({}, True),
        ({".gitignore": ""}, False),
        ({"compose.yml": "services:\n  a:\n    build: .\n"}, False),
        ({"Dockerfile": PAGES.format("web/"), "web/package.json": "{}"}, True),
        ({"Dockerfile": PAGES.format("."), "package.json": "{}"}, False),
    ],
)
def test_settings_that_a_service_is_given(files: dict[str, str], goes: bool, tmp_path: Path) -> None:
    """By any name that such files have, unless pages are built where they lie."""
    dirty.write(tmp_path, {"Dockerfile": "FROM a\nCOPY . .\n", **HANDED, **files})
    assert ("**/.env.prod" in [each.pattern for each in dirty.proposed(tmp_path).applied]) is goes


STAGES = "FROM a AS b\nCOPY . /srv\nRUN make\nFROM a\n"
#: What git ignores, a Dockerfile that removes a path of it, and the rule, if any.
REMOVED = {
    "copied whole": ("conf/local.py", "FROM a\nCOPY . /app\nRUN rm -f /app/conf/local.py && make\n", ["/conf/local.py"]),
    "in the root": ("/local.py", "FROM a\nCOPY . /app\nRUN rm -f /app/local.py\n", ["/local.py"]),
    "through a stage": ("conf/local.py", f"{STAGES}COPY --from=b /srv/ /app/\nRUN rm -f /app/conf/local.py\n", ["/conf/local.py"]),
    "not ignored": ("other.py", "FROM a\nCOPY . /app\nRUN rm -f /app/conf/local.py\n", []),
    "not taken": ("conf/local.py", "FROM a\nCOPY src /app\nRUN rm -f /app/conf/local.py\n", []),
    "made in between": ("conf/local.py", "FROM a\nCOPY . /app\nRUN cd /app && cp x conf/local.py && make && rm conf/local.py\n", []),
    "in a directory that is made": ("out", "FROM a\nCOPY out /app\nRUN rm -f /app/local.py\n", []),
    "a directory": ("out", "FROM a\nCOPY . /app\nRUN rm -rf /app/out\n", []),
}  # fmt: skip


@pytest.mark.parametrize("case", REMOVED)
def test_what_is_removed_again_wherever_there_is_one(tmp_path: Path, case: str) -> None:
    """A file of each machine stays in a layer, whatever removes it later."""
    ignored, dockerfile, rules = REMOVED[case]
    files = {".gitignore": f"{ignored}\n", ".dockerignore": "x\n", "Dockerfile": dockerfile, "src/a": "", "x": ""}
    files["conf/a"] = ""
    dirty.write(tmp_path, files)
    assert [each.pattern for each in dirty.proposed(tmp_path).applied] == rules


def test_what_git_has_among_the_state_of_a_program(tmp_path: Path) -> None:
    """Without git to ask, the list beside it names that, and a program shows it."""
    home = "storage/app/public/faces"
    files: dict[str, str | bytes | int | None] = {
        "Dockerfile": "FROM php\nCOPY . .\n",
        "artisan": "",
        "storage/app/public/.gitignore": "*\n",
    }
    files |= {
        f"{home}/.gitignore": "*\n!default.jpg\n!.gitignore\n",
        f"{home}/default.jpg": 5000,
        f"{home}/1.jpg": 5000,
    }
    dirty.write(tmp_path, files)
    after = dirty.proposed(tmp_path).after
    assert after is not None
    assert [dirty.gone(after.rules, f"{home}/{name}") for name in ("1.jpg", "default.jpg")] == [True, False]


MANIFESTS = "FROM node AS b\nWORKDIR /w\nCOPY package.json yarn.lock ./\nCOPY apps/web/package.json apps/web/\n"
WORKSPACE: dict[str, str | bytes | int | None] = {
    "package.json": '{"workspaces": ["apps/*"], "scripts": {"dev": "yarn workspace phone start"}}',
    "yarn.lock": "x",
    "apps/web/package.json": '{"name": "web", "scripts": {"build": "vite build"}}',
    "apps/web/a.ts": "export {}\n",
    "apps/phone/package.json": '{"name": "phone", "dependencies": {"ui": "*"}}',
    "apps/phone/a.ts": "x" * 5000,
    "apps/ui/package.json": '{"name": "ui"}',
    "apps/ui/a.ts": "x" * 5000,
}
#: What a Dockerfile does behind the manifests that it names, other files, and the members that go.
PARTS: dict[str, tuple[str, dict[str, str | bytes | int | None], set[str]]] = {
    "neither is installed": ("RUN yarn install\nCOPY . .\nRUN yarn workspace web build\n", {}, {"phone", "ui"}),
    "an install behind them": ("RUN yarn install\nCOPY . .\nRUN yarn install && yarn workspace web build\n", {}, set()),
    "an install of nothing else": ("COPY . .\nRUN yarn install\n", {}, set()),
    "no install": ("COPY . .\nRUN make\n", {}, set()),
    "a dependency": (
        "RUN yarn install\nCOPY . .\nRUN yarn workspace web build\n",
        {"apps/web/package.json": '{"name": "web", "dependencies": {"ui": "*"}}'},
        {"phone"},
    ),
    "an import": (
        "RUN yarn install\nCOPY . .\nRUN yarn workspace web build\n", {"apps/web/a.ts": "import '../ui/a'\n"}, {"phone"},
    ),
    "a command": ("RUN yarn install\nCOPY . .\nRUN yarn workspace web build && cp -r apps/ui /u\n", {}, {"phone"}),
    "a directory": ("RUN yarn install\nCOPY . .\nWORKDIR /w/apps/phone\nRUN npx vite build\n", {}, set()),
    "all of them": ("RUN yarn install\nCOPY . .\nRUN yarn workspaces foreach run build\n", {}, set()),
    "all by another program": ("RUN yarn install\nCOPY . .\nRUN npx turbo run build\n", {}, set()),
    "one by another program": ("RUN yarn install\nCOPY . .\nRUN npx turbo run build --filter=web\n", {}, {"phone", "ui"}),
    "all that depend on one": ("RUN yarn install\nCOPY . .\nRUN npx turbo run build --filter=...ui\n", {}, set()),
    "a copy by name": ("RUN yarn install\nCOPY . .\nCOPY apps/ui/a.ts /u/\nRUN yarn workspace web build\n", {}, {"phone"}),
    "an image of their own": (
        "RUN yarn install\nCOPY . .\nRUN yarn workspace web build\n", {"apps/phone/Dockerfile": "FROM a\nCOPY apps/phone /p\n"}, set(),
    ),
    "a service": (
        "RUN yarn install\nCOPY . .\nRUN yarn workspace web build\n",
        {"compose.yaml": "services:\n  p:\n    build: .\n    command: yarn workspace phone start\n"},
        set(),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", PARTS)
def test_members_of_a_workspace_that_no_image_is_made_of(tmp_path: Path, case: str) -> None:
    """Whose manifest no install sees, and whom nothing names."""
    lines, files, parts = PARTS[case]
    dirty.write(tmp_path, {"Dockerfile": MANIFESTS + lines, **WORKSPACE, **files})
    after = dirty.proposed(tmp_path).after
    members = ("web", "phone", "ui")
    gone = {each for each in members if after is not None and dirty.gone(after.rules, f"apps/{each}/package.json")}
    assert gone == parts
