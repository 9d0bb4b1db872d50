"""Rules that take modules of which a program in Rust is made: the build ends there."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
from support import projects, repositories

from ctxscan import scan
from ctxscan.opinions import review

RUST = "FROM rust:1.80\nWORKDIR /w\nCOPY . .\nRUN cargo build --release\n"
CRATE = {
    "Cargo.toml": '[package]\nname = "shop"\n',
    "src/main.rs": "mod db;\n\nfn main() {}\n",
    "src/db.rs": "#![cfg_attr(x, y)]\npub(crate) mod steps;\n",
    "src/db/steps/mod.rs": "",
}
WORKSPACE = {
    "Cargo.toml": '[workspace]\nmembers = ["app", "lib", "tools"]\n[workspace.dependencies]\nlib = { path = "lib" }\n',
    "app/Cargo.toml": '[package]\nname = "app"\n[dependencies]\nlib.workspace = true\n',
    "app/src/main.rs": "fn main() {}\n",
    "lib/Cargo.toml": '[package]\nname = "lib"\n',
    "lib/src/lib.rs": "mod tests;\n",
    "lib/src/tests/mod.rs": "",
    "tools/Cargo.toml": '[package]\nname = "tools"\n',
    "tools/src/main.rs": "mod more;\nfn main() {}\n",
    "tools/src/more.rs": "",
}


class Case(NamedTuple):
    """A project that git tracks, the rules, the Dockerfile, and how bad what is said: none, it is silent."""

    tree: dict[str, str]
    rules: str
    dockerfile: str
    severity: str | None
    says: str = ""


CASES = {
    "module": Case(CRATE, "**/steps\n", RUST, "error", "src/db.rs:2 reads src/db/steps, which .dockerignore:1 **/steps excludes"),
    "module-under-a-condition": Case({**CRATE, "src/db.rs": "#[cfg(test)]\nmod steps;\n"}, "**/steps\n", RUST, None),
    "module-by-a-path": Case({**CRATE, "src/db.rs": '#[path = "../x.rs"]\n// there\nmod steps;\n', "x.rs": ""}, "**/steps\n", RUST, None),
    "module-in-a-comment": Case({**CRATE, "src/db.rs": "/*\nmod steps;\n*/\n"}, "**/steps\n", RUST, None),
    "module-in-itself": Case({**CRATE, "src/db.rs": "mod steps {}\n"}, "**/steps\n", RUST, None),
    "module-that-comes-back": Case(CRATE, "**/steps\n!src/db/steps\n", RUST, None),
    "module-of-a-dependency": Case(WORKSPACE, "**/tests\n", RUST.replace("--release", "-p app"), "error", "lib/src/lib.rs:1 reads lib/src/tests, which"),
    "module-of-what-is-not-built": Case(WORKSPACE, "**/more.rs\n", RUST.replace("--release", "-p app"), None),
    "module-of-all-members": Case(WORKSPACE, "**/more.rs\n", RUST, "error", "tools/src/main.rs:1 reads tools/src/more.rs"),
    "module-of-the-program-alone": Case(CRATE, "**/steps\n", RUST.replace("--release", "--lib"), None),
    "flags": Case({**CRATE, ".cargo/config.toml": '[build]\nrustflags = ["--cfg", "tokio_unstable"]\n'}, ".*\n", RUST, "warning", "cargo build (Dockerfile:4) reads .cargo/config.toml"),
    "flags-that-the-dockerfile-has": Case({**CRATE, ".cargo/config.toml": '[build]\nrustflags = ["--cfg", "tokio_unstable"]\n'}, ".*\n", RUST.replace("RUN", "ENV RUSTFLAGS=--cfg=tokio_unstable\nRUN"), None),
    "a-linker": Case({**CRATE, ".cargo/config.toml": '[build]\nrustflags = ["-C", "link-arg=-fuse-ld=lld"]\n'}, ".*\n", RUST, None),
    "short-names": Case({**CRATE, ".cargo/config.toml": '[alias]\nx = "run"\n'}, ".*\n", RUST, None),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_sources_declare(name: str, tmp_path: Path) -> None:
    """Said with the line that declares it; silent where it may not be compiled."""
    case = CASES[name]
    files: dict[str, str | int] = {**case.tree, ".dockerignore": case.rules, "Dockerfile": case.dockerfile}
    projects.write(tmp_path, files)
    for arguments in (("init", "-q"), ("add", "-A", "-f")):
        repositories.git(tmp_path, *arguments)
    found = [each for each in review(scan(tmp_path)).findings or () if each.code == "unmet-need"]
    assert [each.severity for each in found] == ([case.severity] if case.severity else [])
    if found:
        assert case.says in found[0].message
        back = (found[0].remedy or "").partition("or add ")[2].partition(" ")[0]
        (tmp_path / ".dockerignore").write_text(f"{case.rules}{back}\n")
        assert not [each for each in review(scan(tmp_path)).findings or () if each.code == "unmet-need"]
