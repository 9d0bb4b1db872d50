"""Compose files: what Compose itself makes of them, in 50 cases of our own, and what a stranger's file cannot do."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from support import composing, projects

from ctxscan.builds import compose, sources, variables
from ctxscan.builds.documents import documents
from ctxscan.builds.order import Orders
from ctxscan.errors import CtxscanError


def ordered(case: dict[str, Any]) -> Orders:
    """The orders of a case whose files lie in the working directory."""
    environment = composing.environment(case.get("environment", {}))
    files = case.get("files", ["."])
    return sources.of_compose(files, environment, profiles=case.get("profiles", ()), services=())


@pytest.mark.parametrize("name", composing.NAMES)
def test_cases(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every service has the context, Dockerfile, target, arguments and named contexts that Docker Compose gives it."""
    monkeypatch.chdir(composing.lay_out(name, tmp_path))
    case = composing.case(name)
    if "error" in case:
        with pytest.raises(CtxscanError) as caught:
            ordered(case)
        assert case["error"] in str(caught.value)
    else:
        assert {each.name: composing.told(each) for each in ordered(case).orders} == case["builds"]


@pytest.mark.parametrize("name", ["profiles", "addresses", "interpolation-unset", "override-file-not-read"])
def test_what_is_left_out_is_told(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service without its profile, a remote context, a variable without a value, an override that is not read."""
    monkeypatch.chdir(composing.lay_out(name, tmp_path))
    assert (
        list(ordered(composing.case(name)).remarks)
        == {
            "profiles": ["debug, dev: not built without a profile (--profile)"],
            "addresses": [
                "git is skipped: its context https://example.com/x.git#main:sub is no directory here (compose.yaml:3)",
                "ssh is skipped: its context git@example.com:x/y.git is no directory here (compose.yaml:5)",
            ],
            "interpolation-unset": ["$NOTHING is not set: taken as empty, as Compose does (compose.yaml:6)"],
            "override-file-not-read": ["compose.override.yaml is not read: --compose . takes it along"],
        }[name]
    )


def test_the_services_that_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They alone are built, whatever their profiles; a name that is not there is an error with those that are."""
    monkeypatch.chdir(composing.lay_out("profiles", tmp_path))
    found = compose.orders(["compose.yaml"], {}, services=["debug", "always"])
    assert [each.name for each in found.orders] == ["always", "debug"]
    with pytest.raises(CtxscanError, match=r"no such service: nothing \(always, debug, dev\)"):
        compose.orders(["compose.yaml"], {}, services=["nothing"])


def test_paths_are_as_seen_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Relative to the working directory, not to the file, and without a machine's path in them."""
    projects.write(
        tmp_path, {"sub/compose.yaml": "services:\n  a:\n    build:\n      context: ..\n      dockerfile: x/D\n"}
    )
    monkeypatch.chdir(tmp_path)
    (order,) = compose.orders(["sub/compose.yaml"], {}).orders
    assert (order.context, order.dockerfile, order.place) == (".", "x/D", "sub/compose.yaml:3")


def test_without_a_file_the_names_are_told(tmp_path: Path) -> None:
    """A directory without a compose file says which would be one."""
    with pytest.raises(CtxscanError, match=r"no compose file: compose\.yaml, compose\.yml, docker-compose\.yml"):
        compose.project(str(tmp_path), {})


def test_a_file_that_many_extend_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many services extend those of another file, there is no limit to them."""
    monkeypatch.chdir(tmp_path)
    extending = "".join(f"  s{n}: {{extends: {{file: base.yaml, service: b}}}}\n" for n in range(300))
    projects.write(tmp_path, {"base.yaml": "services:\n  b: {build: b}\n", "c.yaml": f"services:\n{extending}"})
    found = compose.orders(["c.yaml"], {}).orders
    assert len(found) == 300
    assert {each.context for each in found} == {"b"}


@pytest.mark.parametrize(
    "text",
    [
        "include: [../out.yaml]\n",
        "include:\n  - {path: in.yaml, env_file: ../out.env}\n",
        "services:\n  a: {extends: {file: ../out.yaml, service: b}}\n",
        "include: [link.yaml]\n",
    ],
    ids=["include", "env-file", "extends", "link"],
)
def test_nothing_outside_is_read_where_nobody_asked(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within a directory no compose file leads out of it; one that is named on the command line may."""
    files: dict[str, str | int] = {
        "out.yaml": "services:\n  b: {build: .}\n",
        "out.env": "A=1\n",
        "root/in.yaml": "services:\n  b: {build: .}\n",
        "root/c.yaml": text,
    }
    projects.write(tmp_path, files)
    (tmp_path / "root/link.yaml").symlink_to("../out.yaml")
    monkeypatch.chdir(tmp_path / "root")
    with pytest.raises(CtxscanError, match="no such file"):
        compose.orders(["c.yaml"], {}, within=tmp_path / "root")
    assert len(compose.orders(["c.yaml"], {}).orders) == 1


# --- a stranger's file ----------------------------------------------------------------------------------------------

LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 10)}]\n" for n in range(12)
)


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("text", "words"),
    [
        (LAUGHS, "c.yaml:6: with its aliases expanded it has more than 200000 parts"),
        ("a: &a {x: &b [*a]}\n", "c.yaml:1: there is no anchor &a before this alias"),
        ("a: " + "[" * 5000, "c.yaml:1: nested too deeply"),
        ("a:\n" + "".join(" " * n + "b:\n" for n in range(1, 900)), "nested too deeply"),
        ("x: " + "y" * (1 << 20), "c.yaml: more than 524288 bytes are no compose file"),
        ("services:\n  a: [\n", "c.yaml:3: not valid YAML: "),
        ("services:\n\ta: b\n", "c.yaml:2: not valid YAML: found character"),
        ("a: \x00\n", "c.yaml: not valid YAML: "),
        ("? [a, b]\n: c\n", "c.yaml:1: keys must be strings"),
        ("<<: text\n", "c.yaml:1: << merges mappings"),
        ("services: [a]\n", "c.yaml:1: services has to be a mapping"),
        ("services:\n  a: b\n", "c.yaml:2: the service a has to be a mapping"),
        ("services:\n  a:\n    build: [b]\n", "c.yaml:3: build has to be a path or a mapping"),
        ("services:\n  a:\n    build:\n      context: [b]\n", "c.yaml:4: context has to be a text"),
        ("services:\n  a:\n    build:\n      args: text\n", "c.yaml:4: a mapping or a list of NAME=VALUE is needed"),
        ("services:\n  a:\n    build:\n      args: [[b]]\n", "c.yaml:4: an entry has to be NAME=VALUE"),
        ("services:\n  a:\n    extends: {file: x}\n", "c.yaml:3: extends has to name a service"),
        ("services:\n  a:\n    extends: {file: nothere, service: x}\n", "c.yaml:3: no such file: nothere"),
        ("include: text\n", "c.yaml:1: include has to be a list"),
        ("include: [nothere]\n", "c.yaml:1: no such file: nothere"),
        (
            "services:\n" + "".join(f"  s{n}: {{extends: s{n + 1}}}\n" for n in range(3000)) + "  s3000: {build: .}\n",
            "more than 40 services extend one another in a row",
        ),
        ("services:\n  a:\n    build: '" + "${A:-" * 30 + "'\n", "is not closed"),
        ("services:\n  a:\n    build: " + "${A:-" * 30 + "}" * 30 + "\n", "c.yaml:3: defaults are nested too deeply"),
        ("services:\n  a:\n    build: " + "$LONG" * 2000 + "\n", "c.yaml:3: with its variables replaced it has more than"),
    ],
    ids=lambda value: ascii(value[:30]),
)  # fmt: skip
def test_a_bad_file_is_told_in_one_line(text: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the place, and in nothing but the one expected error."""
    monkeypatch.chdir(tmp_path)
    Path("c.yaml").write_bytes(text.encode())
    with pytest.raises(CtxscanError) as caught:
        compose.orders(["c.yaml"], {"LONG": "x" * 1000})
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "data", [b"\xff\xfe\x00", b"\x80abc", b"a: \xc3", b"", b"\n\n", b"---\n---\n", b"%YAML 9.9\n---\na: b\n"]
)
def test_odd_bytes(data: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes that are no text are an error, and a file without services has none."""
    monkeypatch.chdir(tmp_path)
    Path("c.yaml").write_bytes(data)
    try:
        assert compose.orders(["c.yaml"], {}).orders == ()
    except CtxscanError as error:
        assert str(error).startswith("c.yaml")


@given(st.text(alphabet="${}:-+?aA_ 1\\'\"#=\n", max_size=40))
def test_variables_never_fail_otherwise(text: str) -> None:
    """Any text is replaced or refused with the one expected error; so is any .env file."""
    for read in (
        lambda: variables.substitute(text, {"A": "x"}.get, place="x", unset=lambda _: None),
        lambda: variables.entries(text, {"A": "x"}, label="x"),
    ):
        with suppress(CtxscanError):
            read()


@given(st.text(alphabet="ab:- \n[]{}&*!<>|'\"#,?~0", max_size=60))
def test_documents_never_fail_otherwise(text: str) -> None:
    """Any text is YAML or refused with the one expected error."""
    with suppress(CtxscanError):
        list(documents(text.encode(), "x"))


# --- two parsers


@pytest.mark.parametrize(
    "text",
    [
        "a: {b: [1, x, 'y']}\nc: &d\n  - e\n  - *d\n",
        "a: &b {c: 20.10}\nd: {<<: *b, e: !reset null}\n---\n# nothing\nf: |\n  one\n   two\n",
        "a: [next-maj?or, b]\n",
        "a: what?\nb: 'what?'  # what?\n",
        "? a\n: b\n",
        "a:\tb\n",
        "a: b\tc\n",
        "a:\n  -\n  - b\n",
        "a: [&b , c]\nd:\n  - !x\n  - e\n",
        "---\n---\na: b\n",
        "%YAML 1.2\n---\na: b\n",
        "a: |2\n    b\n  c\n",
        "a: b\r\nc: d\r\n",
        'a: "\\ud800"\n',
        "a: 'é\u2028ü'\nb: \u0085\n",
        "\ufeffa: b\n",
        "a: b\na: c\n",
        "a: b\n---\na: [b\n",
        "a: @b\n",
        "a: *b\n",
        "",
    ],
)  # fmt: skip
def test_what_a_file_says_does_not_depend_on_the_parser(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """PyYAML alone, and with libyaml, which it is built with for most systems: the same parts, lines and errors."""

    def told(label: str) -> list[str]:
        found = []
        try:
            found += [str(each) for each in documents(text.encode(errors="surrogatepass"), label)]
        except CtxscanError as error:
            found.append(f"{error.place}: {error.message}")
        return [each.replace(label, "x") for each in found]

    both = told("both.yaml")
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    assert told("alone.yaml") == both


@pytest.mark.skipif(not hasattr(yaml, "CSafeLoader"), reason="PyYAML is built without libyaml here")
def test_most_files_are_read_by_libyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which takes a fifteenth of the time."""
    monkeypatch.setattr(yaml, "SafeLoader", None)
    text = "# what?\non:\n  push:\n    branches: [main, 'v?']\nenv:\njobs:\n  - run: |\n      true ? 1 : 2\n"
    (found,) = documents(text.encode(), "libyaml.yaml")
    assert found.get("on", "push", "branches") is not None
