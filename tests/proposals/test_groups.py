"""Who keeps tests, documentation and samples in the context, and who only seems to. Each case is a project, the path in
question, and why it stays; None: nobody reads it, so that it goes by consent."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import dirty

from ctxscan.config.consents import CONSENTS

NODE = "FROM node\nWORKDIR /app\nCOPY . .\n"
GO = "FROM golang AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /x ./cmd/x\nFROM scratch\nCOPY --from=build /x /\n"
MEMBERS = {
    "package.json": '{"workspaces": ["docs", "app"], "scripts": {"build": "yarn workspaces foreach run build"}}',
    "app/package.json": '{"name": "app", "scripts": {"build": "tsc"}}',
    "docs/package.json": '{"name": "docs", "scripts": {"build": "docusaurus build"}}',
}
PROGRAMS = {
    "go.mod": "module x\n",
    "cmd/x/main.go": "package main\n",
    "cmd/gen/main.go": 'package main\nvar at = "docs/options.md"\n',
    "docs/options.md": 5_000_000,
}

CASES: dict[str, tuple[str, dict[str, str | bytes | int | None], str, str | None]] = {
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
    "a start that runs tests": (NODE + 'CMD ["npx", "jest"]\n', {"tests/a.test.js": 5_000_000}, "tests", "tests are run (Dockerfile:4)"),
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
    "a site of another name": (
        NODE, {"guide/.vitepress/config.ts": "export default {}\n", "guide/a.md": 5_000_000}, "guide", None,
    ),
    "a program that verifies something else": (
        "FROM a\nCOPY . .\nRUN cosign verify x\n", {"tests/a.test.js": 5_000_000}, "tests", None,
    ),
    "a word that is a value": (
        GO, {**PROGRAMS, "cmd/x/main.go": 'package main\nvar x = server.key{"a": []byte("test")}\n', "test/a_test.go": 5_000_000}, "test", None,
    ),
    "pictures of nothing": ("FROM a\nCOPY . .\n", {"README.md": "![](screenshots/a.png)", "screenshots/a.png": 900_000}, "screenshots", None),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_who_keeps_a_group(tmp_path: Path, case: str) -> None:
    """What is read stays, and it is told who reads it where it is large; the rest goes."""
    text, files, path, why = CASES[case]
    dirty.write(tmp_path, {"Dockerfile": text, **files})
    found = dirty.proposed(tmp_path, consents=CONSENTS)
    assert found.after is None or dirty.gone(found.after.rules, path) is (why is None)
    assert (why is None) is (found.after is not None and dirty.gone(found.after.rules, path))
    assert [each.why for each in found.needed if each.path == path] == [why] * bool(why)


def test_the_manifest_of_a_member_stays(tmp_path: Path) -> None:
    """Of documentation that is a member of the workspace everything goes but what the install reads."""
    text = NODE + "RUN (cd app && yarn build)\n"
    dirty.write(tmp_path, {"Dockerfile": text, **MEMBERS, "docs/a.md": 5_000_000, "docs/static/b.png": 5_000_000})
    after = dirty.proposed(tmp_path, consents=["docs"]).after
    assert after is not None
    assert [path for path in ("docs/package.json", "docs/a.md", "docs/static/b.png") if dirty.gone(after.rules, path)] == [
        "docs/a.md", "docs/static/b.png",
    ]  # fmt: skip


#: Files beside a Dockerfile that takes all, a path, and whether it goes with `--with docs`.
DOCUMENTS: dict[str, tuple[dict[str, str | bytes | int | None], str, bool]] = {
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


POD = "apiVersion: v1\nkind: Pod\n" + "# \n" * 500
#: The last lines of a Dockerfile that takes all, other files, and whether `k8s` goes.
CLUSTERS: dict[str, tuple[str, dict[str, str | bytes | int | None], bool]] = {
    "nobody": ("RUN make\n", {}, True),
    "a tool": ("RUN apk add kubectl\n", {}, False),
    "a tool of another stage": ("FROM b\nRUN apk add kubectl\nCOPY --from=0 /y /y\n", {}, True),
    "a script": ("RUN sh a.sh\n", {"a.sh": "apply -f k8s\n"}, False),
    "a source": ("RUN make\n", {"a.py": "open('k8s/a.yaml')\n"}, False),
    "an embedded directory": (
        "RUN go build .\n", {"go.mod": "module x\n", "a.go": "package main\n//go:embed k8s\nvar x embed.FS\n"}, False,
    ),
    "a program among it": ("RUN make\n", {"k8s/a.py": "x"}, False),
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
    (tmp_path / ".idea" / "b").write_text("x")
    assert [each.pattern for each in dirty.proposed(tmp_path).applied] == ["**/.idea"]


def test_one_rule_for_documents_of_a_directory(tmp_path: Path) -> None:
    """Where one of them stays, the rest does not take a rule each."""
    files: dict[str, str | bytes | int | None] = {f"src/{name}/README.md": 2000 for name in ("a", "b/c", "d", "e/f/g")}
    dirty.write(tmp_path, {"Dockerfile": "FROM a\nCOPY . .\nCOPY README.md /x\n", "README.md": 2000, **files})
    assert [each.pattern for each in dirty.proposed(tmp_path, consents=["docs"]).applied] == ["/src/**/README.md"]


def test_a_new_ignore_file_keeps_itself_out(tmp_path: Path) -> None:
    """With the Dockerfile, where both would be sent."""
    dirty.write(tmp_path, {"Dockerfile": "FROM a\nCOPY . .\n" + "#\n" * 100, "README.md": 2000})
    assert [each.pattern for each in dirty.proposed(tmp_path).applied] == [
        "/.dockerignore",
        "/Dockerfile",
        "/README.md",
    ]
