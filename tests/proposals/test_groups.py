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
