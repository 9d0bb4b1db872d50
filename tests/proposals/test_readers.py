"""What a build or a program reads although its name stands nowhere in a plain command. Each case is a Dockerfile, the
reader (a file and its text, or more of the Dockerfile), what else there is, and the paths that stay; without the reader
they go."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import dirty

FILE = 900_000
NODE = "FROM node\nWORKDIR /app\nCOPY . .\n"
PYTHON = "FROM python\nWORKDIR /app\nCOPY . .\n"
PIP = PYTHON + "RUN pip install .\n"
RUBY = "FROM ruby\nWORKDIR /app\nCOPY . .\n"
RUST = "FROM rust\nWORKDIR /app\nCOPY . .\nRUN cargo build\n"
JAVA = "FROM maven\nWORKDIR /app\nCOPY . .\nRUN mvn package -DskipTests\n"
GCC = "FROM gcc\nWORKDIR /app\nCOPY . .\nRUN "
GO = "FROM golang\nWORKDIR /src\nCOPY . .\nRUN "
DOTNET = "FROM sdk\nWORKDIR /src\nCOPY . .\nRUN dotnet publish src/A/A.csproj\n"
DOCS: dict[str, str | bytes | int | None] = {"docs/a.md": FILE}
CHART: dict[str, str | bytes | int | None] = {"charts/a/Chart.yaml": "name: a\n", "charts/a/b.yaml": FILE}
PROGRAM: dict[str, str | bytes | int | None] = {"go.mod": "module x\n", **DOCS}
MODULE: dict[str, str | bytes | int | None] = {
    "app/__init__.py": "", "app/testdata/__init__.py": "", "app/testdata/x.py": FILE,
}  # fmt: skip

CASES: dict[str, tuple[str, str, str, dict[str, str | bytes | int | None], str]] = {
    # a path that is put together
    "a division": (PYTHON, "a.py", "x = HERE / 'docs'\n", DOCS, "docs/a.md"),
    "a call in several lines": (NODE, "a.js", "x = path.join(\n  __dirname,\n  'docs',\n);\n", DOCS, "docs/a.md"),
    "a value of last resort": (NODE, "a.js", "const x = process.env.X || 'docs'\n", DOCS, "docs/a.md"),
    "a constant": (NODE, "a.js", "const x = 'docs'\n", DOCS, "docs/a.md"),
    "a text with a variable": (NODE, "a.js", "read(`docs/${x}.md`)\n", DOCS, "docs/a.md"),
    "a text that begins with a variable": (RUBY, "a.rb", 'x = "#{root}/docs/#{n}"\n', DOCS, "docs/a.md"),
    "an ending that is put behind": (NODE, "a.js", "read(slug + '.md')\n", {"kb/README.md": FILE}, "kb/README.md"),
    # sources of other languages
    "Haskell": ("FROM haskell\nWORKDIR /app\nCOPY . .\n", "src/A.hs", 'x = $(embedDir "docs")\n', DOCS, "docs/a.md"),
    "Zig": ("FROM alpine\nWORKDIR /app\nCOPY . .\n", "a.zig", 'x = @embedFile("docs/a.md");\n', DOCS, "docs/a.md"),
    "C": (GCC + "gcc a.c\n", "a.c", '#include "tests/a.h"\n', {"tests/a.h": FILE, "tests/test_a.c": ""}, "tests/a.h"),
    "a page of Ruby": (RUBY, "a.html.erb", "<%= File.read('README.md') %>\n", {"README.md": FILE}, "README.md"),
    # modules of Python
    "a module from a package": (PYTHON, "app/a.py", "from . import testdata\n", MODULE, "app/testdata/x.py"),
    "modules in brackets": (PYTHON, "app/a.py", "from app import (\n    b,\n    testdata,\n)\n", MODULE, "app/testdata/x.py"),
    "a module as a text": (PYTHON, "a.py", "load('app.testdata.x')\n", MODULE, "app/testdata/x.py"),
    "a module that is started": (PYTHON, "Dockerfile", 'CMD ["python", "-m", "tests.serve"]\n', {"tests/serve.py": FILE, "tests/test_a.py": ""}, "tests/serve.py"),
    "a part of a program of Django": (
        PYTHON, "settings.py", "INSTALLED_APPS = [\n    'core',\n    'tests',\n]\n", {"tests/__init__.py": "", "tests/models.py": FILE}, "tests/models.py",
    ),
    "a module that a server is given": (PYTHON, "Dockerfile", "CMD uvicorn tests.serve:app\n", {"tests/serve.py": FILE, "tests/test_a.py": ""}, "tests/serve.py"),
    "a module in a variable": (PYTHON, "Dockerfile", "ENV FLASK_APP=tests.serve\n", {"tests/serve.py": FILE, "tests/test_a.py": ""}, "tests/serve.py"),
    "a program of a package": (PIP, "pyproject.toml", "[project.scripts]\na = 'tests.serve:main'\n", {"tests/serve.py": FILE, "tests/test_a.py": ""}, "tests/serve.py"),
    "a path in a script": (
        PYTHON + 'ENTRYPOINT ["./a.sh"]\n', "a.sh", 'cat "$(dirname $0)/README.md" ${X}/docs/*\n', {"README.md": FILE, **DOCS}, "README.md docs/a.md",
    ),
    "a package of Node with some files": (
        NODE, "Dockerfile", "RUN npm pack\n", {"package.json": '{"files": ["dist", "docs"]}', **DOCS}, "docs/a.md",
    ),
    "a package of Node with all files": (NODE, "Dockerfile", "RUN npm pack\n", {"package.json": "{}", **DOCS}, "docs/a.md"),
    "a variable of a script": (PYTHON + "RUN ./a.sh\n", "a.sh", "D=docs\nfor x in ${D}/*.md; do cat $x; done\n", DOCS, "docs/a.md"),
    "a loop over directories": (PYTHON + "RUN ./a.sh\n", "a.sh", "for d in docs; do tar c $d; done\n", DOCS, "docs/a.md"),
    "documents wherever they lie": (PYTHON, "Dockerfile", "RUN find . -name '*.md' -exec cp {} /x +\n", DOCS, "docs/a.md"),
    "what a stage takes by a star": (
        "FROM a AS b\nWORKDIR /x\nCOPY . .\nFROM a\n", "Dockerfile", "COPY --from=b /x/lib/*/README.md /y/\n", {"lib/a/README.md": FILE}, "lib/a/README.md",
    ),
    "packages of Hatch": (PIP, "pyproject.toml", "[tool.hatch.build.targets.wheel]\npackages = ['src/a', 'tests']\n", {"tests/test_a.py": FILE}, "tests/test_a.py"),
    "packages of setuptools": (PIP, "pyproject.toml", "[tool.setuptools]\npackages = ['a', 'tests']\n", {"tests/test_a.py": FILE}, "tests/test_a.py"),
    # programs of Go that nobody knows
    "Mage": (GO + "mage build\n", "cmd/x/main.go", 'package main\nvar x = read("docs/a.md")\n', {"magefile.go": "//go:build mage\n", **PROGRAM}, "docs/a.md"),
    "a program that runs the compiler": (
        GO + "go run build.go\n", "lib/a.go", 'package lib\nvar x = read("docs/a.md")\n',
        {"build.go": '//go:build ignore\npackage main\nimport "os/exec"\n', "cmd/x/main.go": 'package main\nimport "x/lib"\n', **PROGRAM}, "docs/a.md",
    ),
    "packages in a variable": (
        GO + "make\n", "cmd/x/main.go", 'package main\nvar x = read("docs/a.md")\n', {"Makefile": "P = ./cmd/x\nall:\n\tgo build -o b $(P)\n", **PROGRAM}, "docs/a.md",
    ),
    # files that programs look for by themselves
    "git": (NODE, "Dockerfile", "RUN git add -A\n", {".gitignore": FILE}, ".gitignore"),
    "what shares its work by git": (NODE + "RUN npm run build\n", "package.json", '{"scripts": {"build": "turbo run build"}}', {".gitignore": FILE}, ".gitignore"),
    "Tailwind": (NODE + "RUN npx vite build\n", "package.json", '{"devDependencies": {"tailwindcss": "4"}}', {".gitignore": FILE}, ".gitignore"),
    "Hatch": (PIP, "pyproject.toml", "[build-system]\nrequires = ['hatchling']\n", {".gitignore": FILE}, ".gitignore"),
    "a readme that ends the build": (
        PIP, "pyproject.toml", "[build-system]\nbuild-backend = 'uv_build'\n[project]\nreadme = 'README.md'\n", {"README.md": FILE}, "README.md",
    ),
    "a package that is made of it": (NODE, "Dockerfile", "RUN npm pack\n", {"package.json": "{}", ".gitignore": FILE}, ".gitignore"),
    "a script that checks the layout": (
        NODE + "RUN ./a.sh\n", "a.sh", "#!/bin/sh\nprettier --check .\n", {".prettierignore": FILE}, ".prettierignore",
    ),
    "a check of licenses": (JAVA, "pom.xml", "<artifactId>apache-rat-plugin</artifactId>", {".gitignore": FILE}, ".gitignore"),
    "a check of the style": (
        "FROM gradle\nCOPY . .\nRUN gradle build\n", "build.gradle", "plugins { id 'com.diffplug.spotless' }\n", {".editorconfig": FILE}, ".editorconfig",
    ),
    "Terraform": ("FROM hashicorp/terraform\nCOPY . .\n", "main.tf", 'x = file("README.md")\n', {"README.md": FILE}, "README.md"),
    "the style of a compiler": (NODE, "Dockerfile", "RUN dotnet publish\n", {".editorconfig": FILE}, ".editorconfig"),
    "a generator of pages": (NODE, "package.json", '{"devDependencies": {"vuepress": "2"}}', {"README.md": FILE}, "README.md"),
    "a script that makes pages": (
        PYTHON + "RUN ./a.sh\n", "a.sh", "#!/bin/sh\nmkdocs build\n", {"CHANGELOG.md": FILE}, "CHANGELOG.md",
    ),
    "mdBook": (GCC.replace("RUN ", ""), "Dockerfile", "RUN mdbook build\n", {"book.toml": "", **DOCS}, "docs/a.md"),
    "Perl": (GCC.replace("RUN ", ""), "Dockerfile", "RUN prove -r t\n", {"t/a.t": FILE}, "t/a.t"),
    "a picture that a program sends": (NODE, "a.js", "send('./banner.png')\n", {"README.md": "![](banner.png)\n", "banner.png": FILE}, "banner.png"),
    "a directory in one of tests": (
        NODE, "src/a.js", "import x from '../test/fixtures/x.json'\n", {"test/fixtures/x.json": FILE, "test/a.test.js": ""}, "test/fixtures/x.json",
    ),
    "a story that another source takes": (NODE, "src/a.js", "import { x } from './b.stories'\n", {"src/b.stories.jsx": FILE}, "src/b.stories.jsx"),
    "samples that a program shows": (PYTHON, "a.py", "show(run, examples='examples')\n", {"examples/a.json": FILE}, "examples/a.json"),
    "a picture in a directory of tools": (NODE, "src/a.js", "import x from '../.github/a.png'\n", {".github/a.png": FILE}, ".github/a.png"),
    "checks before a commit": (PYTHON, "Dockerfile", "RUN pre-commit run -a\n", {".pre-commit-config.yaml": FILE}, ".pre-commit-config.yaml"),
    "an archive of what git tracks": (NODE, "Dockerfile", "RUN git archive HEAD | tar x -C /o\n", {".gitattributes": FILE}, ".gitattributes"),
    "a directory in which a command runs": (NODE, "Dockerfile", "WORKDIR /app/demo\nRUN npm ci\n", {"demo/a.js": FILE}, "demo/a.js"),
    "a server of the directory where it runs": (NODE, "Dockerfile", "CMD npx serve -p 80 .\n", DOCS, "docs/a.md"),
    "a server of Python": (PYTHON, "Dockerfile", 'CMD ["python", "-m", "http.server", "80"]\n', DOCS, "docs/a.md"),
    "settings of a program": (PYTHON, "config/a.yaml", "read: docs/a.md\n", DOCS, "docs/a.md"),
    "settings in the root": (NODE, ".env.example", "READ=docs/a.md\n", DOCS, "docs/a.md"),
    "settings that a command names": (
        PYTHON + "CMD supervisord -c a.conf\n", "a.conf", "command=python tests/serve.py\n", {"tests/serve.py": FILE, "tests/test_a.py": ""}, "tests/serve.py",
    ),
    "a process of a Procfile": (
        RUBY + "CMD foreman start\n", "Procfile", "web: ruby tests/serve.rb\n", {"tests/serve.rb": FILE, "tests/a_test.rb": ""}, "tests/serve.rb",
    ),
    "a task of Rake": (
        RUBY + "RUN bundle exec rake a\n", "Rakefile", "Dir.glob('spec/support/*.rake').each { |x| load x }\n",
        {"spec/support/a.rake": FILE, "spec/a_spec.rb": ""}, "spec/support/a.rake",
    ),
    "a command behind another one": (NODE + "RUN ./a.sh\n", "a.sh", "#!/bin/sh\nshx cp -r samples dist\n", {"samples/a.json": FILE}, "samples/a.json"),
    "settings of a generator": (GO + "sqlc generate\n", "sqlc.yaml", "sql:\n- schema: docs/a.sql\n", {"docs/a.sql": FILE, "docs/a.md": ""}, "docs/a.sql"),
    # builds of other kinds
    "headers by an option": (
        GCC + "make\n", "Makefile", "all:\n\tcc -Itests/include a.c\n", {"tests/include/a.h": FILE, "tests/test_a.c": ""}, "tests/include/a.h",
    ),
    "what Make turns into something else": (
        GCC + "make\n", "Makefile", "A := $(wildcard src/*.c examples/*.c)\nall: $(A:.c=.o)\n", {"examples/a.c": FILE}, "examples/a.c",
    ),
    "a label of Bazel": (
        GCC + "bazel build //app\n", "app/BUILD.bazel", "x(deps = ['//tests/util:lib'])\n", {"tests/util/a.cc": FILE, "tests/test_a.cc": ""}, "tests/util/a.cc",
    ),
    "a property of MSBuild": (DOTNET, "src/A/A.csproj", '<None Include="$(SolutionDir)samples\\**\\*" />', {"samples/a.json": FILE}, "samples/a.json"),
    "a loop of CMake": (
        GCC + "cmake -B b .\n", "CMakeLists.txt", "foreach(each src docs)\n  add_subdirectory(${each})\nendforeach()\n",
        {"docs/CMakeLists.txt": "", **DOCS}, "docs/CMakeLists.txt",
    ),
    "what configure makes files of": (
        GCC + "./configure\n", "configure.ac", "AC_CONFIG_FILES([\n  Makefile\n  examples/Makefile\n])\n",
        {"configure": "#!/bin/sh\n", "examples/Makefile.in": FILE}, "examples/Makefile.in",
    ),
    "what configure makes a Makefile of": (
        GCC + "./configure && make install\n", "Makefile.in", "install:\n\tinstall docs/a.1 /usr/share/man\n",
        {"configure": "#!/bin/sh\n", "docs/a.1": FILE, **DOCS}, "docs/a.1",
    ),
    "assets of Nest": (
        NODE + "RUN npx nest build\n", "nest-cli.json", '{"compilerOptions": {"assets": [{"include": "../docs/**/*.md"}]}}', DOCS, "docs/a.md",
    ),
    "shared data of Hatch": (
        PIP, "pyproject.toml", "[tool.hatch.build.targets.wheel.shared-data]\n'docs/a.md' = 'share/a.md'\n", DOCS, "docs/a.md",
    ),
    "CMake installs": (GCC + "cmake -B b .\n", "CMakeLists.txt", "install(DIRECTORY docs DESTINATION share)\n", DOCS, "docs/a.md"),
    "automake": (GCC + "make\n", "Makefile.am", "SUBDIRS = src tests\n", {"tests/Makefile.am": "", "tests/test_a.c": FILE}, "tests/Makefile.am"),
    "what Make wants first": (GCC + "make\n", "Makefile", "all: docs/a.md\n\ttrue\n", DOCS, "docs/a.md"),
    "what a variable of Make has in it": (
        GCC + "make\n", "Makefile", "P := do\nD = $(P)cs\nall:\n\tcp -r $(D)/a.md /x\n", DOCS, "docs/a.md",
    ),
    "what Make includes": (
        GCC + "make\n", "Makefile", "include docs/a.mk\nall:\n\ttrue\n", {"docs/a.mk": "x = 1\n", **DOCS}, "docs/a.mk",
    ),
    "the shell of Make": (
        GCC + "make x\n", "a.sh", "cp CHANGELOG.md /x\n", {"CHANGELOG.md": FILE, "Makefile": 'x:\n\t"$(SHELL)" ./a.sh\n'}, "CHANGELOG.md",
    ),
    "a target whose name Make puts together": (
        GCC + "make x\n", "Makefile", "A = 1\nB_1 = b\nx: $(B_$(A))\n\ttrue\nb:\n\tcp CHANGELOG.md /x\n", {"CHANGELOG.md": FILE}, "CHANGELOG.md",
    ),
    "a target by a variable that is given": (
        GCC + "make x A=1\n", "Makefile", "A = 0\nB_1 = b\nx: $(B_$(A))\n\ttrue\nb:\n\tcp CHANGELOG.md /x\n", {"CHANGELOG.md": FILE}, "CHANGELOG.md",
    ),
    "options of a shell that have a value": (
        GCC + "env -i A=1 bash -euo pipefail a.sh\n", "a.sh", "cp CHANGELOG.md /x\n", {"CHANGELOG.md": FILE}, "CHANGELOG.md",
    ),
    "a text for a shell with such options": (
        GCC.replace("RUN ", ""), "Dockerfile", 'RUN ["bash", "-o", "pipefail", "-c", "cp CHANGELOG.md /x"]\n', {"CHANGELOG.md": FILE}, "CHANGELOG.md",
    ),
    "braces": (GCC + "bash a.sh\n", "a.sh", "cp {README,CHANGELOG}.md /x\n", {"CHANGELOG.md": FILE}, "CHANGELOG.md"),
    "a loop over parts of names": (
        GCC + "sh a.sh\n", "a.sh", "for f in README CHANGELOG; do\n  cp $f.md /x\ndone\n", {"CHANGELOG.md": FILE}, "CHANGELOG.md",
    ),
    "Nx": (
        NODE + "RUN npx nx build a\n", "a/project.json", '{"targets": {"build": {"options": {"assets": ["CHANGELOG.md"]}}}}',
        {"nx.json": "{}", "CHANGELOG.md": FILE}, "CHANGELOG.md",
    ),
    "documents of the root by a glob": (
        NODE + "RUN npx gulp\n", "gulpfile.js", "exports.default = () => src(['*.md']).pipe(dest('out'))\n", {"CHANGELOG.md": FILE}, "CHANGELOG.md",
    ),
    "documents of the root in a program": (NODE, "a.ts", "const x = import.meta.glob('/*.md')\n", {"CHANGELOG.md": FILE}, "CHANGELOG.md"),
    "a package for Debian": (
        RUST.replace("cargo build", "cargo deb"), "Cargo.toml", "[package.metadata.deb]\nassets = [['CHANGELOG.md', 'usr/', '644']]\n",
        {"src/main.rs": "", "CHANGELOG.md": FILE}, "CHANGELOG.md",
    ),
    "an archive of Maven": (
        JAVA, "src/assembly/a.xml", "<files><file><source>${basedir}/CHANGELOG.md</source></file></files>",
        {"pom.xml": "<descriptor>src/assembly/a.xml</descriptor>", "CHANGELOG.md": FILE}, "CHANGELOG.md",
    ),
    "a set of files of Maven": (
        JAVA, "src/assembly/a.xml", "<fileSet><directory>.</directory><includes><include>CHANGELOG.md</include></includes></fileSet>",
        {"pom.xml": "<descriptor>src/assembly/a.xml</descriptor>", "CHANGELOG.md": FILE}, "CHANGELOG.md",
    ),
    "Ant": (GCC + "ant\n", "build.xml", "<copy file='CHANGELOG.md' todir='x'/>", {"CHANGELOG.md": FILE}, "CHANGELOG.md"),
    "Cake": (GCC + "dotnet cake\n", "build.cake", 'CopyFile("./CHANGELOG.md", "x");\n', {"CHANGELOG.md": FILE}, "CHANGELOG.md"),
    "a program of PHP in one file": (GCC + "box compile\n", "box.json", '{"files": ["CHANGELOG.md"]}', {"CHANGELOG.md": FILE}, "CHANGELOG.md"),
    "Bazel": (GCC + "bazel build //...\n", "BUILD.bazel", "x(srcs = glob(['docs/**']))\n", DOCS, "docs/a.md"),
    "resources of Maven": (JAVA, "pom.xml", "<resource><directory>docs</directory></resource>", DOCS, "docs/a.md"),
    "a package of tests": (JAVA, "b/pom.xml", "<type>test-jar</type>", {"pom.xml": "", "a/pom.xml": "", "a/src/test/java/ATest.java": FILE}, "a/src/test/java/ATest.java"),
    "the other slash": (DOTNET, "src/A/A.csproj", '<Content Include="..\\..\\docs\\**" />', DOCS, "docs/a.md"),
    "checksums of Cargo": (
        RUST, "offline/x/.cargo-checksum.json", "{}",
        {"Cargo.toml": "", "src/main.rs": "", "offline/x/Cargo.toml": "", "offline/x/CHANGELOG.md": FILE, "offline/x/.github/a.yml": FILE},
        "offline/x/CHANGELOG.md offline/x/.github",
    ),
    "a package of a distribution": (GCC.replace("RUN ", ""), "Dockerfile", "RUN dpkg-buildpackage -b\n", DOCS, "docs/a.md"),
    "a project of TypeScript with nothing else": (
        NODE + "RUN npx tsc -b\n", "tsconfig.json", '{"files": [], "references": [{"path": "./tsconfig.test.json"}]}',
        {"tsconfig.test.json": '{"include": ["test"]}', "test/a.test.ts": FILE}, "test/a.test.ts",
    ),
    "a source that is called as tests are": (NODE, "a.js", "require('./api.spec.js')\n", {"api.spec.js": FILE}, "api.spec.js"),
    "settings of an environment": (NODE, "config/a.production.js", "", {"config/a.test.js": FILE, "config/b.test.js": FILE}, "config/a.test.js"),
    "a style sheet": (
        NODE, "css/a.css", "body { background: url(../img/a.png) }\n", {"img/a.png": FILE, "README.md": "![](img/a.png)\n"}, "img/a.png",
    ),
    # what images and services are told
    "a variable of the image": (PYTHON, "Dockerfile", "ENV WHERE=/app/docs\n", DOCS, "docs/a.md"),
    "a variable that names settings of a cluster": (PYTHON, "Dockerfile", "ENV WHERE=/app/charts\n", CHART, "charts/a/b.yaml"),
    "a variable of a service": (PYTHON, "compose.yaml", "services:\n  a:\n    environment:\n      WHERE: /app/docs\n", DOCS, "docs/a.md"),
    "a word in a variable of a service": (
        PYTHON, "compose.yaml", "services:\n  a:\n    environment:\n      WHERE: website\n", {"website/a.md": FILE}, "website/a.md",
    ),
    "tests that a workflow runs in the image": (
        PYTHON, ".github/workflows/a.yml", "- run: docker build -t a .\n- run: docker run --rm a pytest -q\n", {"tests/test_a.py": FILE}, "tests/test_a.py",
    ),
    "tests that Make runs in the image": (
        PYTHON, "Makefile", "test:\n\tdocker build -t a .\n\tdocker run \\\n\t\t--rm a python manage.py test\n", {"tests/test_a.py": FILE}, "tests/test_a.py",
    ),
    "tests that a script runs in the image of a variable": (
        PYTHON, ".github/workflows/a.yml", "- run: |\n    docker run \\\n      --env A=1 \\\n      acme/${{ matrix.x }} bash -c \\\n      \"cd /a && ./script/ci-test\"\n",
        {"tests/test_a.py": FILE}, "tests/test_a.py",
    ),
    "tests that are run in a service": (
        PYTHON, "Makefile", "test:\n\tdocker compose run --rm web bundle exec rspec\n",
        {"compose.yaml": "services:\n  web:\n    build: .\n", "tests/test_a.py": FILE}, "tests/test_a.py",
    ),
    "the start of a service": (PYTHON, "compose.yaml", "services:\n  a:\n    command: serve docs\n", DOCS, "docs/a.md"),
    "a service that runs tests": (PYTHON, "compose.yaml", "services:\n  a:\n    command: pytest\n", {"tests/test_a.py": FILE}, "tests/test_a.py"),
    "an entry point with its words": (NODE, "Dockerfile", 'ENTRYPOINT ["npx", "playwright"]\nCMD ["test"]\n', {"tests/a.spec.ts": FILE}, "tests/a.spec.ts"),
    # files for builders that a program reads
    "Dockerfiles of a program": (PYTHON, "a.py", "read(join(BASE, lang, 'Dockerfile'))\n", {"kinds/b/Dockerfile": FILE}, "kinds/b/Dockerfile"),
    "Dockerfiles that a start builds": (PYTHON, "Dockerfile", "CMD docker build kinds/b\n", {"kinds/b/Dockerfile": FILE}, "kinds/b/Dockerfile"),
    "services that a start brings up": (PYTHON, "Dockerfile", "CMD docker compose up\n", {"compose.yaml": FILE}, "compose.yaml"),
    # what lists of files name, and scripts hold
    "a list of Tar": (PYTHON + "RUN tar -cf /o.tar -T list.txt\n", "list.txt", "docs/a.md\nsrc/x\n", DOCS, "docs/a.md"),
    "a list of rsync": (PYTHON + "RUN rsync -a --files-from=sent.lst . /o\n", "sent.lst", "docs/a.md\n", DOCS, "docs/a.md"),
    "a list of a compiler": (JAVA + "RUN javac @sources.txt\n", "sources.txt", "src/A.java\nexamples/B.java\n", {"examples/B.java": FILE}, "examples/B.java"),
    "a list of xargs": (PYTHON + "RUN xargs cp -t /o < files.txt\n", "files.txt", "docs\n", DOCS, "docs/a.md"),
    "a list that a loop reads": (PYTHON + "RUN while read f; do cp $f /o; done < files.txt\n", "files.txt", "./docs/a.md\n", DOCS, "docs/a.md"),
    "an array of a script": (
        PYTHON + "RUN ./a.sh\n", "a.sh", '#!/bin/bash\nD=(src docs)\nfor d in "${D[@]}"; do cp -r "$d" /o; done\n', DOCS, "docs/a.md",
    ),
    "a function of a script": (PYTHON + "RUN ./a.sh\n", "a.sh", '#!/bin/sh\nput() { cp -r "$1" /o; }\nput docs\n', DOCS, "docs/a.md"),
    "a value of last resort in a script": (
        PYTHON + 'ENTRYPOINT ["./a.sh"]\n', "a.sh", "#!/bin/sh\ncat ${CONF:-samples/a.json}\n", {"samples/a.json": FILE}, "samples/a.json",
    ),
    "a command in quotes": (PYTHON + "RUN ./a.sh\n", "a.sh", '#!/bin/sh\nT=docs\neval "cp -r $T /o"\n', DOCS, "docs/a.md"),
    "a command in a program": (RUBY + "RUN rake build\n", "Rakefile", "task(:build) { sh 'cp -r docs /o' }\n", DOCS, "docs/a.md"),
    "a command with a path in a program": (RUBY, "config/jobs.rb", "every(1.day) { command 'ruby examples/a.rb' }\n", {"examples/a.rb": FILE}, "examples/a.rb"),
    # Make
    "a function of Make for each word": (GCC + "make\n", "Makefile", "all:\n\t$(foreach d,docs man,cp -r $(d) /o;)\n", DOCS, "docs/a.md"),
    "an ending that Make adds": (GCC + "make\n", "Makefile", "P := $(addsuffix /a.md,docs man)\nall: $(P)\n\tcat $^ > o\n", DOCS, "docs/a.md"),
    "a directory that Make adds": (GCC + "make\n", "Makefile", "all:\n\tcat $(addprefix docs/,a.md b.md)\n", DOCS, "docs/a.md"),
    "where Make looks": (GCC + "make\n", "Makefile", "VPATH = src:tests/data\nall: x.o\n", {"tests/data/x.c": FILE, "tests/test_a.c": ""}, "tests/data/x.c"),
    "where Make looks for some": (
        GCC + "make\n", "Makefile", "vpath %.c src tests/data\nall: x.o\n", {"tests/data/x.c": FILE, "tests/test_a.c": ""}, "tests/data/x.c",
    ),
    "a pattern of Make": (GCC + "make out/a.html\n", "Makefile", "out/%.html: docs/%.md\n\tcp $< $@\n", DOCS, "docs/a.md"),
    "a variable of Make in several lines": (
        GCC + "make\n", "Makefile", "define put\ncp -r docs /o\nendef\nall:\n\t$(call put)\n", DOCS, "docs/a.md",
    ),
    # programs that serve whatever lies there
    "a server of the directory of its file": (NODE, "a.js", "app.use(express.static(__dirname))\n", DOCS, "docs/a.md"),
    "a server of where it is started": (NODE, "src/a.js", "app.use(express.static(process.cwd()))\n", DOCS, "docs/a.md"),
    "a server with options": (NODE, "a.js", "app.register(fastifyStatic, { root: path.join(__dirname, '.') })\n", DOCS, "docs/a.md"),
    "a server of Go": (GO + "go build -o /x .\n", "a.go", 'package main\nvar x = http.FileServer(http.Dir("."))\n', PROGRAM, "docs/a.md"),
    # settings by the name of the program, and what is laid over the image
    "settings called like the program": (
        PYTHON + "CMD alembic upgrade head\n", "alembic.ini", "[alembic]\nscript_location = tests/sql\n", {"tests/sql/a.py": FILE, "tests/test_a.py": ""}, "tests/sql/a.py",
    ),
    "settings of a watcher": (NODE + "CMD npx nodemon\n", "nodemon.json", '{"exec": "node tests/serve.js"}', {"tests/serve.js": FILE, "tests/a.test.js": ""}, "tests/serve.js"),
    "times at which something starts": (
        PYTHON + "COPY crontab /etc/cron.d/a\n", "crontab", "* * * * * root cd /app && python tests/job.py\n", {"tests/job.py": FILE, "tests/test_a.py": ""}, "tests/job.py",
    ),
    "a path of the image": (PYTHON, "a.py", "read('/app/docs/a.md')\n", DOCS, "docs/a.md"),
    "a service with a path of the image": (
        PYTHON + "COPY a.service /etc/systemd/system/\n", "a.service", "[Service]\nExecStart=/app/examples/run\n", {"examples/run": FILE}, "examples/run",
    ),
    "a service in a directory that lies over the image": (
        PYTHON + "COPY root/ /\n", "root/etc/services.d/a/run", "#!/bin/sh\nexec python /app/examples/a.py\n", {"root/x": "", "examples/a.py": FILE}, "examples/a.py",
    ),
    "a module that a process starts": (
        PYTHON + "CMD honcho start\n", "Procfile", "web: python -m tests.serve\n", {"tests/serve.py": FILE, "tests/test_a.py": ""}, "tests/serve.py",
    ),
    "a server in one line": ("FROM a\nCOPY . /srv\n", "n.conf", "server { root /srv/docs; }\n", DOCS, "docs/a.md"),
    # manifests
    "a rock": ("FROM a\nWORKDIR /app\nCOPY . .\nRUN luarocks make\n", "a-1.rockspec", "build = { copy_directories = { 'docs' } }\n", DOCS, "docs/a.md"),
    "a directory behind a variable of CMake": (
        GCC + "cmake -B b .\n", "CMakeLists.txt", "install(DIRECTORY ${CMAKE_SOURCE_DIR}/docs DESTINATION share)\n", DOCS, "docs/a.md",
    ),
    "targets of MSBuild": (
        DOTNET, "Directory.Build.targets", '<None Include="$(MSBuildThisFileDirectory)docs/a.md" />', {"src/A/A.csproj": "", **DOCS}, "docs/a.md",
    ),
    "data of a bundle": (PYTHON + "RUN pyinstaller a.spec\n", "a.spec", "a = Analysis(['a.py'], datas=[('docs', 'docs')])\n", DOCS, "docs/a.md"),
    "an assembler": (GCC + "gcc a.S\n", "a.S", '.incbin "docs/a.md"\n', DOCS, "docs/a.md"),
    "a derivation": ("FROM nixos/nix\nWORKDIR /app\nCOPY . .\nRUN nix-build\n", "default.nix", "{ installPhase = ''cp -r docs $out''; }\n", DOCS, "docs/a.md"),
    "a package that a requirement is": (PYTHON + "RUN pip install -r requirements.txt\n", "requirements.txt", "flask\n-e .\n", {"MANIFEST.in": "graft examples\n", "examples/a.json": FILE}, "examples/a.json"),
    "a package that a requirement of a requirement is": (
        PYTHON + "RUN pip install -r /app/req/prod.txt\n", "req/base.txt", ".[all]\n",
        {"MANIFEST.in": "graft examples\n", "req/prod.txt": "-r base.txt\n", "examples/a.json": FILE}, "examples/a.json",
    ),
    "a package that a script installs": (
        PYTHON + "RUN ./a.sh\n", "a.sh", "#!/bin/sh\npython -m pip install .\n", {"MANIFEST.in": "graft examples\n", "examples/a.json": FILE}, "examples/a.json",
    ),
    "a package in a variable": (
        PYTHON + "ARG X\n", "Dockerfile", "RUN pip install $X\n", {"MANIFEST.in": "graft examples\n", "examples/a.json": FILE}, "examples/a.json",
    ),
    # what is served
    "a theme": ("FROM php\nCOPY . /x\n", "style.css", "/*\nTheme Name: a\n*/\n", {"screenshot.png": FILE}, "screenshot.png"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_is_read_stays(tmp_path: Path, case: str) -> None:
    """The paths stay because of the reader, and go without it."""
    text, reader, said, files, paths = CASES[case]
    with_reader = {"Dockerfile": text, **files, reader: text + said if reader == "Dockerfile" else said}
    without = {"Dockerfile": text, **files}
    gone = []
    for name, tree in (("with", with_reader), ("without", without)):
        root = dirty.write(tmp_path / name, tree)
        dirty.track(root, list(tree))
        found = dirty.proposed(root, consents=("tests", "docs", "samples"))
        gone.append([path for path in paths.split() if found.after is not None and dirty.gone(found.after.rules, path)])
    assert gone == [[], paths.split()]


def test_what_lies_beside_it_goes(tmp_path: Path) -> None:
    """A program that takes the data of tests has no need of the tests."""
    tree: dict[str, str | bytes | int | None] = {
        "Dockerfile": NODE, "src/a.js": "import x from '../test/fixtures/x.json'\n",
        "test/fixtures/x.json": FILE, "test/a.test.js": FILE, ".github/a.png": FILE,
    }  # fmt: skip
    root = dirty.write(tmp_path, tree)
    dirty.track(root, list(tree))
    found = dirty.proposed(root, consents=("tests",))
    assert found.after is not None
    assert [path for path in tree if dirty.gone(found.after.rules, path)] == ["test/a.test.js", ".github/a.png"]


@pytest.mark.parametrize(
    "more",
    [
        {"Dockerfile": NODE + "CMD npx serve dist\n"},
        {"Dockerfile": NODE + "CMD node a.js\n", "docs/Dockerfile": "FROM node\nCOPY . .\nRUN npm ci\n"},
        {"Dockerfile": NODE, "config/a.yaml": "docs: true\nname: docs\n"},
        {"Dockerfile": NODE, "ci/a.yaml": "read: docs/a.md\n"},
        {"Dockerfile": NODE, "a.js": "app.use(express.static(path.join(__dirname, 'public')))\n"},
        {"Dockerfile": NODE, "web/a.js": "app.use(express.static(__dirname))\n"},
        {"Dockerfile": NODE, "a.js": "show('install the docs')\n"},
        {"Dockerfile": NODE, "vite.config.js": "export default { root: __dirname }\n"},
        {"Dockerfile": NODE, "a.js": "z.enum(['static', '/'])\n"},
        {"Dockerfile": NODE, "a.js": "app.get('/app2/docs/a.md', show)\n"},
        {"Dockerfile": NODE + "CMD node a.js\n", "alembic.ini": "x = docs/a.md\n"},
        {"Dockerfile": PYTHON + "RUN tar -cf /o.tar -T list.txt\n", "list.txt": "src/x\n", "other.txt": "docs/a.md\n"},
        {"Dockerfile": PYTHON + "RUN ./a.sh\n", "a.sh": "#!/bin/bash\nD=(src lib)\nput() { cp $1 /o; }\nput src\n"},
        {"Dockerfile": GCC + "make\n", "Makefile": "VPATH = src\nall: x.o\ndefine put\ncp -r docs /o\nendef\n"},
        {"Dockerfile": PYTHON + "COPY conf/ /conf/\n", "conf.d/a": "read docs/a.md\n", "conf/b": "b\n"},
        {
            "Dockerfile": PYTHON + "RUN pip install -r requirements.txt\n",
            "requirements.txt": "flask\n",
            "MANIFEST.in": "graft docs\n",
        },
    ],
)
def test_what_nobody_reads_goes(tmp_path: Path, more: dict[str, str]) -> None:
    """A server of another directory, the same word with another meaning, settings of no program: the documents go."""
    tree: dict[str, str | bytes | int | None] = {**DOCS, **more}
    root = dirty.write(tmp_path, tree)
    dirty.track(root, list(tree))
    found = dirty.proposed(root, dockerfile="Dockerfile", consents=("docs",))
    assert found.after is not None
    assert dirty.gone(found.after.rules, "docs/a.md")
