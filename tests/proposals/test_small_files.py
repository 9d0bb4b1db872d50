"""Small files that nearly every project has: licenses, settings of tests and checkers, lists for git. Each case is what
follows `COPY . .`, the files beside the Dockerfile, the path in question, and whether it goes."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import dirty

Files = dict[str, str | bytes | int | None]
TEXT = 5_000
NODE = '{"name": "a", "scripts": {"build": "vite build", "lint": "eslint ."}, "devDependencies": {"eslint": "9", "vite": "6"}}'
PROJECT = 'Project("{FAE04EC0}") = "Api", "Api\\Api.csproj", "{1}"\nEndProject\n'
ITEMS = 'Project("{2150E333}") = "Items", "Items", "{2}"\n\tProjectSection(SolutionItems) = preProject\n\t\t%s = %s\n\tEndProjectSection\nEndProject\n'
MIX = 'def project, do: [elixirc_paths: elixirc_paths(Mix.env())]\ndefp elixirc_paths(:test), do: ["lib", "test/support"]\ndefp elixirc_paths(_), do: ["lib"]\n'
EXS: Files = {"mix.exs": MIX, "test/a_test.exs": TEXT, "test/support/case.ex": TEXT}

CASES: dict[str, tuple[str, Files, str, bool]] = {
    # --- lock files of Node.js in an image of another language
    "packages of Node.js beside those of PHP": ("RUN composer install\n", {"composer.json": "{}", "yarn.lock": TEXT}, "yarn.lock", True),
    "packages beside a program that is only installed": ("RUN apk add make\n", {"manage.py": "x", "yarn.lock": TEXT}, "yarn.lock", True),
    "packages of a program that is installed": ("RUN apk add npm\n", {"manage.py": "x", "yarn.lock": TEXT}, "yarn.lock", False),
    "packages that a command installs": ("RUN yarn build\n", {"composer.json": "{}", "yarn.lock": TEXT}, "yarn.lock", False),
    "packages that a task may install": ("RUN make assets\n", {"composer.json": "{}", "yarn.lock": TEXT}, "yarn.lock", False),
    "packages that a script installs": (
        "RUN composer install\n", {"composer.json": '{"scripts": {"post-install-cmd": "npm ci"}}', "yarn.lock": TEXT}, "yarn.lock", False,
    ),
    "packages of an image with Node.js": (
        "FROM node\nCOPY . .\nCMD [\"./start\"]\n", {"composer.json": "{}", "yarn.lock": TEXT}, "yarn.lock", False,
    ),
    "packages that a program reads": ("CMD php a.php\n", {"composer.json": "{}", "a.php": "<?php read('yarn.lock');", "yarn.lock": TEXT}, "yarn.lock", False),
    # --- licenses and the like
    "a license": ("RUN npm run build\n", {"package.json": NODE, "LICENSE": TEXT}, "LICENSE", True),
    "a license that is copied by name": ("COPY LICENSE /licenses/\n", {"LICENSE": TEXT}, "LICENSE", False),
    "a license that a command copies": ("RUN cp LICENSE /licenses/\n", {"LICENSE": TEXT}, "LICENSE", False),
    "a license that a script copies": ("RUN sh a.sh\n", {"a.sh": "cp LICENSE dist/\n", "LICENSE": TEXT}, "LICENSE", False),
    "a license that a build script copies": (
        "RUN npm run build\n", {"package.json": '{"scripts": {"build": "cp LICENSE dist/"}}', "LICENSE": TEXT}, "LICENSE", False,
    ),
    "a license that is embedded": (
        "RUN go build .\n", {"go.mod": "module x\n", "a.go": "package main\n//go:embed LICENSE\nvar x string\n", "LICENSE": TEXT}, "LICENSE", False,
    ),
    "a license that is included": (
        "RUN cargo build\n", {"Cargo.toml": '[package]\nname = "a"\n', "src/main.rs": 'include_str!("../LICENSE");\n', "LICENSE": TEXT}, "LICENSE", False,
    ),
    "a license that a manifest names": (
        "RUN cargo build\n", {"Cargo.toml": '[package]\nname = "a"\nlicense-file = "LICENSE"\n', "LICENSE": TEXT}, "LICENSE", False,
    ),
    "a license that is packed": (
        "RUN cargo deb\n", {"Cargo.toml": '[package.metadata.deb]\nassets = [["LICENSE", "x", "644"]]\n', "LICENSE": TEXT}, "LICENSE", False,
    ),
    "a license of a package that is built": (
        "RUN pip install .\n",
        {"pyproject.toml": '[project]\nname = "a"\nlicense = {file = "LICENSE"}\n[build-system]\nbuild-backend = "hatchling.build"\n', "LICENSE": TEXT},
        "LICENSE",
        False,
    ),
    "a license that a source opens": ("CMD python a.py\n", {"a.py": "open('LICENSE').read()\n", "LICENSE": TEXT}, "LICENSE", False),
    "a license that a source joins": (
        "CMD node a.js\n", {"a.js": "fs.readFileSync(path.join(__dirname, 'LICENSE'))\n", "LICENSE": TEXT}, "LICENSE", False,
    ),
    "a license that a source talks about": (
        "CMD node a.js\n", {"a.js": "// See LICENSE in the root\nconsole.log('Kinds', ['LICENSE'].length)\n", "LICENSE": TEXT}, "LICENSE", True,
    ),
    "a license that CPack asks for": (
        "RUN cmake .\n", {"CMakeLists.txt": "set(CPACK_RESOURCE_FILE_LICENSE ${CMAKE_SOURCE_DIR}/LICENSE)\n", "LICENSE": TEXT}, "LICENSE", False,
    ),
    "a license that Meson installs": (
        "RUN meson setup b\n", {"meson.build": "project('a')\ninstall_data('LICENSE')\n", "LICENSE": TEXT}, "LICENSE", False,
    ),
    "a license that Cabal installs": ("RUN cabal install\n", {"a.cabal": "name: a\nlicense-file: LICENSE\n", "LICENSE": TEXT}, "LICENSE", False),
    "authors that automake asks for": ("RUN ./configure\n", {"configure.ac": "AM_INIT_AUTOMAKE\n", "AUTHORS": TEXT}, "AUTHORS", False),
    "a license that is served": ("", {"index.html": "x", "LICENSE": TEXT}, "LICENSE", True),
    "a license of a template": ("RUN make\n", {"templates/a/package.json": "{}", "templates/a/LICENSE": TEXT}, "templates/a/LICENSE", False),
    "a license of what others have written": ("RUN make\n", {"vendor/a/go.mod": "x", "vendor/a/LICENSE": TEXT}, "vendor/a/LICENSE", False),
    # --- settings of tests
    "settings of a test runner": ("RUN npm run build\n", {"package.json": NODE, "jest.config.js": TEXT}, "jest.config.js", True),
    "settings of a test runner that runs": ("RUN npx jest\n", {"package.json": NODE, "jest.config.js": TEXT}, "jest.config.js", False),
    "settings of a test runner that others take": (
        "RUN npm run build\n", {"package.json": NODE, "vite.config.ts": "import test from './vitest.config.ts'\n", "vitest.config.ts": TEXT},
        "vitest.config.ts", False,
    ),
    "settings of tests of PHP": ("RUN composer install --no-dev\n", {"composer.json": "{}", "phpunit.xml": TEXT}, "phpunit.xml", True),
    "settings of tests of PHP that run": ("RUN composer install && vendor/bin/phpunit\n", {"composer.json": "{}", "phpunit.xml": TEXT}, "phpunit.xml", False),
    # --- settings of checkers
    "a linter": ("RUN npm run build\n", {"package.json": NODE, ".eslintrc.cjs": TEXT}, ".eslintrc.cjs", True),
    "a linter that runs": ("RUN npm run lint\n", {"package.json": NODE, ".eslintrc.cjs": TEXT}, ".eslintrc.cjs", False),
    "a linter that a bundler runs": (
        "RUN npm run build\n", {"package.json": NODE.replace('"vite"', '"vite-plugin-eslint"'), ".eslintrc.cjs": TEXT}, ".eslintrc.cjs", False,
    ),
    "a linter that a framework runs": (
        "RUN npm run build\n", {"package.json": NODE.replace('"vite":', '"next":').replace("vite b", "next b"), ".eslintrc.json": TEXT}, ".eslintrc.json", False,
    ),
    "a checker of PHP": ("RUN composer install\n", {"composer.json": "{}", "phpstan.neon": TEXT}, "phpstan.neon", True),
    "a checker of PHP that runs": ("RUN vendor/bin/phpstan analyse\n", {"composer.json": "{}", "phpstan.neon": TEXT}, "phpstan.neon", False),
    "a lock of Nix": ("RUN make\n", {"flake.nix": TEXT, "flake.lock": TEXT}, "flake.lock", True),
    "a lock of Nix that is used": ("RUN nix build .#a\n", {"flake.nix": TEXT, "flake.lock": TEXT}, "flake.lock", False),
    "what an agent is told": ("RUN make\n", {".agents/a.md": TEXT}, ".agents", True),
    "what an agent is told that runs": ('CMD ["claude", "-p", "x"]\n', {".agents/a.md": TEXT}, ".agents", False),
    "what an agent is told that a program brings": (
        "CMD python a.py\n", {"requirements.txt": "claude-agent-sdk\n", ".agents/a.md": TEXT}, ".agents", False,
    ),
    # --- the builder's own
    "a Dockerfile in small letters": ("RUN make\n", {"docker/dockerfile": TEXT}, "docker/dockerfile", True),
    "services for developers": ("RUN make\n", {"docker-compose-dev.yml": TEXT}, "docker-compose-dev.yml", True),
    # --- lists for git
    "what git ignores, where it is asked for the version": ("RUN git describe --tags > v\n", {".gitignore": TEXT}, ".gitignore", True),
    "what git ignores, where it lists files": ("RUN git ls-files -o --exclude-standard > v\n", {".gitignore": TEXT}, ".gitignore", False),
    "what git ignores, where files are added": ("RUN git init && git -c a.b=c add -A\n", {".gitignore": TEXT}, ".gitignore", False),
    "what git ignores, where another package is packed": ("RUN npm pack @a/b@1\n", {"package.json": "{}", ".gitignore": TEXT}, ".gitignore", True),
    "what git ignores, where this one is packed": ("RUN npm pack\n", {"package.json": "{}", ".gitignore": TEXT}, ".gitignore", False),
    # --- what a manifest of Node says
    "documents beside what is imported from anywhere": ("RUN npm run build\n", {"package.json": '{"imports": {"#root/*": "./*"}}', "docs/a.md": TEXT}, "docs", True),
    "documents that are imported": ("RUN npm run build\n", {"package.json": '{"imports": {"#docs/*": "./docs/*"}}', "docs/a.md": TEXT}, "docs", False),
    "tests that a linter leaves out": (
        "RUN npm run build\n", {"package.json": '{"standardx": {"ignore": ["tests/vendor"]}}', "tests/a.test.js": TEXT}, "tests", True,
    ),
    # --- what git is installed for
    "a history where packages are fetched": (
        "RUN apt-get install -y git && pip install -r requirements.txt\n", {"requirements.txt": "a @ git+https://example.org/a\n", ".git/HEAD": TEXT}, ".git", True,
    ),
    "a history where nothing is fetched": (
        "RUN apt-get install -y git && pip install -r requirements.txt\n", {"requirements.txt": "a==1\n", ".git/HEAD": TEXT}, ".git", False,
    ),
    # --- what names them
    "an item of a solution": ("RUN dotnet publish A.sln\n", {"A.sln": PROJECT + ITEMS % (("README.md",) * 2), "Api/Api.csproj": "<Project/>", "README.md": TEXT}, "README.md", True),
    "an item of a project": (
        "RUN dotnet publish A.sln\n", {"A.sln": PROJECT, "Api/Api.csproj": '<None Include="../README.md"/>', "README.md": TEXT}, "README.md", False,
    ),
    "a remark": ("CMD node a.js\n", {"a.js": "/**\n * See ./db/README.md\n */\n", "README.md": TEXT}, "README.md", True),
    "a source": ("CMD node a.js\n", {"a.js": "readFileSync('./README.md')\n", "README.md": TEXT}, "README.md", False),
    "what a source tells to read": (
        "CMD node a.js\n", {"a.js": "log.info('Use a proxy instead, see README.md')\n", "README.md": TEXT}, "README.md", True,
    ),
    "what a source asks for by its name": (
        "CMD node a.js\n", {"a.js": "const found = names.find((one) => one === 'README.md')\n", "README.md": TEXT}, "README.md", False,
    ),
    "what a script copies by its name": ("RUN sh a.sh\n", {"a.sh": "cp LICENSE README.md /srv/\n", "README.md": TEXT}, "README.md", False),
    "what a package would have in it": (
        "RUN npm ci\n", {"package.json": '{"name": "a", "files": ["README.md", "lib"]}', "README.md": TEXT}, "README.md", True,
    ),
    "what a package has in it": (
        "RUN npm pack\n", {"package.json": '{"name": "a", "files": ["README.md", "lib"]}', "README.md": TEXT}, "README.md", False,
    ),
    "what a command removes": ("RUN find . -name '.*' -exec bash -c 'rm -rf {}' \\;\n", {".github/a.yml": TEXT}, ".github", True),
    "what a command finds": ("RUN find . -name '.*' -exec cp {} /srv/ \\;\n", {".github/a.yml": TEXT}, ".github", False),
    "a guide": ("CMD node a.js\n", {"A_GUIDE.md": TEXT}, "A_GUIDE.md", True),
    "a guide that a source shows": ("CMD node a.js\n", {"a.js": "render('A_GUIDE.md')\n", "A_GUIDE.md": TEXT}, "A_GUIDE.md", False),
    "a guide beside what reads pages with components": (
        "RUN npm run build\n", {"package.json": NODE, "tailwind.config.ts": "content: ['./*.{ts,tsx,mdx}']\n", "A_GUIDE.md": TEXT}, "A_GUIDE.md", True,
    ),
    "a guide beside what reads both": (
        "RUN npm run build\n", {"package.json": NODE, "tailwind.config.ts": "content: ['./*.{ts,tsx,md,mdx}']\n", "A_GUIDE.md": TEXT}, "A_GUIDE.md", False,
    ),
    "what Composer leaves out of a class map": (
        "RUN composer install\n", {"composer.json": '{"autoload": {"classmap": ["app/"], "exclude-from-classmap": ["**/Tests/**"]}}', "app/a.php": TEXT, ".github/a.yml": TEXT}, ".github", True,
    ),
    "a guide among pages": ("RUN mkdocs build\n", {"mkdocs.yml": TEXT, "docs/a.md": TEXT, "A_GUIDE.md": TEXT}, "A_GUIDE.md", False),
    "tests beside a package by path": (
        "RUN npm ci\n",
        {"package.json": '{"name": "a", "devDependencies": {"b": "file:spec/b"}}', "spec/b/package.json": '{"name": "b"}', "spec/a.spec.js": TEXT, "spec/help/a.js": TEXT},
        "spec/help",
        True,
    ),
    "a package by path among tests": (
        "RUN npm ci\n",
        {"package.json": '{"name": "a", "devDependencies": {"b": "file:spec/b"}}', "spec/b/package.json": '{"name": "b"}', "spec/a.spec.js": TEXT, "spec/help/a.js": TEXT},
        "spec/b",
        False,
    ),
    "what a command removes by its name": ("RUN rm -rf .github docs\n", {".github/a.yml": TEXT}, ".github", True),
    "pages that a program serves": (
        "RUN npm run build\n", {"package.json": '{"scripts": {"build": "vite build", "docs": "docsify serve docs"}}', "docs/a.md": TEXT, "README.md": TEXT}, "README.md", True,
    ),
    "what a task of developers reads": (
        "RUN npm run build\n", {"package.json": '{"scripts": {"build": "vite build", "docs": "node makeDocs.mjs"}}', "makeDocs.mjs": "readdir('./docs')\n", "docs/a.md": TEXT}, "docs", True,
    ),
    "what a task of the build reads": (
        "RUN npm run build\n", {"package.json": '{"scripts": {"build": "node makeDocs.mjs"}}', "makeDocs.mjs": "readdir('./docs')\n", "docs/a.md": TEXT}, "docs", False,
    ),
    "tests in a namespace": ("RUN composer install\n", {"composer.json": '{"autoload": {"psr-4": {"T\\\\": "tests/", "A\\\\": "app/"}}}', "app/a.php": TEXT, "tests/aTest.php": TEXT}, "tests", True),
    "hooks of git": ("RUN npm ci\n", {"package.json": '{"scripts": {"prepare": "husky"}}', ".husky/pre-commit": TEXT}, ".husky", False),
    "hooks of git that an install runs": (
        "RUN npm ci\n", {"package.json": '{"scripts": {"prepare": "node .husky/install.mjs"}}', ".husky/install.mjs": TEXT}, ".husky", False,
    ),
    "pages that nobody makes": ("CMD node a.js\n", {"mkdocs.yml": TEXT, "docs/a.md": TEXT, "README.md": TEXT}, "README.md", True),
    "pages that a command makes": ("RUN mkdocs build\n", {"mkdocs.yml": TEXT, "docs/a.md": TEXT, "README.md": TEXT}, "README.md", False),
    "pages that a book is made of": ("RUN npx honkit build\n", {"SUMMARY.md": TEXT, "README.md": TEXT}, "README.md", False),
    "settings of pages": ("CMD node a.js\n", {"mkdocs.yml": TEXT, "docs/a.md": TEXT}, "mkdocs.yml", True),
    "settings of pages that a command makes": ("RUN mkdocs build\n", {"mkdocs.yml": TEXT, "docs/a.md": TEXT}, "mkdocs.yml", False),
    "tests that only a checker names": (
        "RUN composer install\n", {"rector.php": "->withPaths([__DIR__ . '/tests'])\n", "tests/ATest.php": TEXT}, "tests", True,
    ),
    "tests that settings of a checker name": (
        "RUN pip install .\n", {"setup.cfg": "[metadata]\nname = a\n[isort]\nskip = tests/fixtures/*\n", "tests/test_a.py": TEXT}, "tests", True,
    ),
    "tests that a package has": (
        "RUN pip install .\n", {"setup.cfg": "[options.package_data]\na = tests/data/*\n", "tests/test_a.py": TEXT, "tests/data/a": TEXT}, "tests", False,
    ),
    "paths for tests alone": ("RUN mix release\n", EXS, "test", True),
    "paths for tests alone, by two words and in two lines": (
        "RUN mix release\n", {**EXS, "mix.exs": MIX.replace("(:test), do:", "(:test, _),\n    do:")}, "test", True,
    ),
    "paths for tests that are compiled": ("ENV MIX_ENV=test\nRUN mix compile\n", EXS, "test", False),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_small_files(tmp_path: Path, case: str) -> None:
    lines, files, path, goes = CASES[case]
    base = "nginx" if "served" in case else "a"
    place = "/usr/share/nginx/html" if "served" in case else "."
    dirty.write(tmp_path, {"Dockerfile": f"FROM {base}\nWORKDIR /x\nCOPY . {place}\n{lines}", **files})
    after = dirty.proposed(tmp_path, consents=["tests", "docs"]).after
    assert (after is not None and dirty.gone(after.rules, path)) is (goes and "served" not in case)


FRONT = "FROM php:8.3-apache\nCOPY . /var/www/html\n"


@pytest.mark.parametrize(
    ("files", "goes"), [({"public/index.php": "x"}, True), ({"index.php": "x"}, False), ({"a.php": "x"}, False)]
)
def test_what_visitors_see(tmp_path: Path, files: Files, goes: bool) -> None:
    """A program with an entrance of its own has only the directory of that served."""
    dirty.write(tmp_path, {"Dockerfile": FRONT, "README.md": TEXT, **files})
    after = dirty.proposed(tmp_path).after
    assert (after is not None and dirty.gone(after.rules, "README.md")) is goes


def test_a_few_hundred_bytes_are_worth_a_file(tmp_path: Path) -> None:
    """A change of a README would re-run all that follows."""
    dirty.write(tmp_path, {"Dockerfile": "FROM a\nCOPY . .\n", "README.md": "x" * 300})
    assert [each.pattern for each in dirty.proposed(tmp_path).applied] == ["/.dockerignore", "/README.md"]
    (tmp_path / "README.md").write_text("x" * 150)
    assert not dirty.proposed(tmp_path).applied


@pytest.mark.parametrize(
    ("lines", "tracked", "goes"),
    [
        ("CMD python a.py\n", True, True),
        ("CMD python a.py\n", False, False),
        ("RUN python manage.py compilemessages\n", True, False),
        ("COPY locale/de/a.po /x/\n", True, False),
    ],
)
def test_translations_that_are_compiled(tmp_path: Path, lines: str, tracked: bool, goes: bool) -> None:
    """What they are made into is enough, if it comes with the project."""
    files: Files = {
        "Dockerfile": f"FROM a\nCOPY locale /locale\n{lines}",
        "locale/de/a.po": TEXT,
        "locale/de/a.mo": "x",
    }
    dirty.write(tmp_path, files)
    dirty.track(tmp_path, [each for each in files if tracked or not each.endswith(".mo")])
    after = dirty.proposed(tmp_path).after
    assert (after is not None and dirty.gone(after.rules, "locale/de/a.po")) is goes
    assert after is None or not dirty.gone(after.rules, "locale/de/a.mo")
