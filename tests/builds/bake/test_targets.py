"""Variables and the environment, targets and what they inherit, groups, links, `--set` and paths, by bake's rules."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.baking import baked, write

from ctxscan.builds import sources
from ctxscan.builds.bake.orders import Wish
from ctxscan.errors import CtxscanError


def of(block: str, environment: dict[str, str], expression: str = "V") -> str | None:
    found = baked(f'{block}\ntarget "default" {{\n  args = {{ X = {expression} }}\n}}\n', environment=environment)
    return found["default"].arguments.get("X")


@pytest.mark.parametrize(
    ("block", "environment", "value"),
    [
        ('variable "V" {}', {}, ""),
        ('variable "V" {}', {"V": "e"}, "e"),
        ('variable "V" { type = string }', {}, None),
        ('variable "V" { default = null }', {"V": ""}, ""),
        ('variable "V" { default = true }', {"V": "f"}, "false"),
        ('variable "V" { default = 1 }', {"V": "1e3"}, "1000"),
        ('variable "V" { default = 1 }', {"V": "007"}, "7"),
        ('variable "V" {\n  type = number\n  default = "5"\n}', {}, "5"),
        ('variable "V" { default = "d" }', {"V_JSON": '"j"'}, '"j"'),
        ('variable "V" {\n  type = string\n  default = "d"\n}', {"V_JSON": '"j"', "V": "e"}, "j"),
        ('variable "V" { default = "d" }\nV = "a"', {}, "a"),
        ('variable "V" { default = "d" }\nV = "a"', {"V": "e"}, "e"),
        ('V = "a"', {"V": "e"}, "a"),
        ('variable "V" { type = number }\nV = "a"', {}, "a"),
        ('variable "V" { default = "d" }', {"V": "e", "BUILDX_BAKE_DISABLE_VARS_ENV_LOOKUP": "1"}, "d"),
        ('variable "DEBUG" { default = "d" }\nV = DEBUG', {"DEBUG": "0"}, "1"),
        ('variable "BAKE_CMD_CONTEXT" { default = "d" }\nV = BAKE_CMD_CONTEXT', {}, "cwd://"),
        ('variable "V" { default = "${W}x" }\nvariable "W" { default = "w" }', {"W": "e"}, "ex"),
    ],
)
def test_variables(block: str, environment: dict[str, str], value: str | None) -> None:
    """What the environment gives, as the type of the default or the declared one."""
    assert of(block, environment) == value


@pytest.mark.parametrize(
    ("type_", "given", "value"),
    [
        ("list(string)", {"V": 'a,"b,c",d'}, "a|b,c|d"),
        ("set(string)", {"V": "b,a,b"}, "a|b"),
        ("list(number)", {"V": "1,2.50"}, "1|2.5"),
        ("map(string)", {"V": "k:v,l:w:x"}, "v|w:x"),
        ("list(string)", {"V_JSON": '["a", "b"]'}, "a|b"),
    ],
)
def test_typed_collections(type_: str, given: dict[str, str], value: str) -> None:
    """Separated by commas, or as JSON."""
    items = "values(V)" if type_.startswith("map") else "[for each in V : each]"
    assert of(f'variable "V" {{ type = {type_} }}', given, f'join("|", {items})') == value


@pytest.mark.parametrize(
    ("block", "environment", "words"),
    [
        ('variable "V" { default = true }', {"V": "yes"}, "what is given for V does not fit: a bool is required"),
        ('variable "V" { default = 1 }', {"V": "0x10"}, "what is given for V does not fit: a number is required"),
        ('variable "V" { default = ["a"] }', {"V": "a"}, "what is given for V does not fit: a tuple without a type cannot be given"),
        ('variable "V" { type = list(number) }', {"V": "secret"}, "what is given for V does not fit: a number is required"),
        ('variable "V" {\n  validation {\n    condition = V != ""\n    error_message = "no ${V}"\n  }\n}', {}, "V does not pass its validation: give it with --var V=…"),
        ('variable "V" { default = W }', {}, "there is no variable named W"),
        ('function "f" {\n  params = [a]\n  result = nope\n}', {}, "there is no variable named nope"),
        ('function "f" {\n  params = [a]\n  result = g(a)\n}\nfunction "g" {\n  params = [a]\n  result = f(a)\n}', {}, "function cycle not allowed for f"),
    ],
)  # fmt: skip
def test_what_bake_refuses_whatever_is_built(block: str, environment: dict[str, str], words: str) -> None:
    """With the place, and without the value that was given."""
    with pytest.raises(CtxscanError) as caught:
        baked(f'{block}\ntarget "default" {{}}\n', environment=environment)
    assert words in str(caught.value)
    assert str(caught.value).startswith("docker-bake.hcl:")
    assert not any(value in str(caught.value) for value in environment.values() if len(value) > 4)


def test_a_diamond_and_repeated_blocks() -> None:
    """A later parent's inherited value beats an earlier parent's own one; parents of repeated blocks add up."""
    found = baked(
        'target "root" {\n  context = "root"\n}\ntarget "left" {\n  inherits = ["root"]\n  context = "left"\n}\n'
        'target "right" {\n  inherits = ["root"]\n}\ntarget "x" {\n  inherits = ["left"]\n}\n',
        'target "x" {\n  inherits = ["right"]\n  target = ""\n}\n',
        names=["x"],
    )["x"]
    assert (found.context, found.target) == ("root", None)


def test_lazy_evaluation() -> None:
    """Only what is asked for, and of that only what decides the build; a problem of it has its place."""
    text = 'target "good" {\n  tags = [nope]\n}\ntarget "bad" {\n  context = nope\n}\n'
    assert [*baked(text, names=["good"])] == ["good"]
    with pytest.raises(CtxscanError, match=r"^docker-bake\.hcl:5: there is no variable named nope$"):
        baked(text, names=["bad"])


@pytest.mark.parametrize(
    ("text", "names", "built"),
    [
        ('group "default" {\n  targets = ["default"]\n}\ntarget "default" {}', [], ["default"]),
        ('target "a.b" {}'.replace(".", "_"), ["a.b"], ["a_b"]),
        ('target "t" {\n  matrix = { v = { b = "2", a = "1" } }\n  name = "t-${v}"\n}', ["t"], ["t-1", "t-2"]),
        ('target "t" {\n  matrix = { v = ["1"] }\n}', ["t"], ["t"]),
        ('target "t" {\n  matrix = { v = ["1", "2"] }\n  name = "t-${v}"\n}\ntarget "t-1" {\n  context = "x"\n}', ["t-*"], ["t-1", "t-2"]),
        ('target "a" {\n  contexts = { b = "target:b" }\n}\ntarget "b" {\n  contexts = { c = "target:c" }\n}\ntarget "c" {}', ["a"], ["a", "b", "c"]),
    ],
)  # fmt: skip
def test_names(text: str, names: list[str], built: list[str]) -> None:
    """Groups that hold their own name, dots, matrices, wild cards, links."""
    assert sorted(baked(text + "\n", names=names)) == built


@pytest.mark.parametrize(
    ("text", "overrides", "words"),
    [
        ('target "t" {\n  contexts = { t = "target:t" }\n}', [], "the target t cannot link to itself"),
        ('target "t" {\n  contexts = { t = "target:g" }\n}\ngroup "g" {\n  targets = ["t"]\n}', [], "no such target: g"),
        ('target "t" {\n  inherits = "b"\n}', [], "inherits has to be a list of names"),
        ('target "t" {\n  contexts = { b = null }\n}', [], "contexts: b"),
        ('target "t" {\n  matrix = { v = "x" }\n}', [], "the values of a matrix have to be a list"),
        ('target "t" {\n  dockerfile = "-"\n}', [], "a dockerfile from standard input is not allowed in bake"),
        ('target "t" {}', ["t.context"], "--set t.context: TARGET.KEY=VALUE is expected"),
        ('target "t" {}', ["t.dockerfile-inline=x"], "--set t.dockerfile-inline: unknown key"),
        ('target "t" {}', ["t.args=x"], "--set t.args: args needs a name behind a dot"),
        ('target "t" {}', ["x*.context=x"], "could not find any target matching x*"),
    ],
)  # fmt: skip
def test_refused_targets(text: str, overrides: list[str], words: str) -> None:
    """What bake refuses where it is asked for."""
    with pytest.raises(CtxscanError) as caught:
        baked(text + "\n", names=["t"], overrides=tuple(overrides))
    assert words in str(caught.value)


def test_set() -> None:
    """On the target and, through it, on those that inherit from it; a value may have dots and equals signs."""
    text = 'target "base" {\n  contexts = { a = "x", b = "y" }\n}\ntarget "t" {\n  inherits = ["base"]\n}\n'
    given = ("base.args.A.B=c=d", "*.contexts.a=", "t.args.H", "t.args.N", "t.tags+=x", "t.target=z")
    found = baked(text, names=["t"], overrides=given, environment={"H": "h"})["t"]
    assert (found.arguments, found.contexts, found.target) == ({"A.B": "c=d", "H": "h"}, {"b": "y"}, "z")


@pytest.mark.parametrize(
    ("body", "context", "dockerfile"),
    [
        ('context = "./a/../b/"', "b", "b/Dockerfile"),
        ('context = "cwd://"', ".", "Dockerfile"),
        ('context = "~/a"', "~/a", "~/a/Dockerfile"),
        ('dockerfile = "~/D"', ".", "~/D"),
        ('context = "a"\n  dockerfile = "/x/D"', "a", "/x/D"),
        ('context = "https://example.com/x.git"\n  dockerfile = "d/D"', "https://example.com/x.git", "d/D"),
        ('dockerfile = "https://example.com/D"', ".", "https://example.com/D"),
    ],
)
def test_paths(body: str, context: str, dockerfile: str) -> None:
    """From where bake is run; a Dockerfile from its context."""
    found = baked(f'target "default" {{\n  {body}\n}}\n')["default"]
    assert (found.context, found.dockerfile) == (context, dockerfile)


def test_a_reference_sees_the_block_alone() -> None:
    """Without what it inherits; what is not set is null."""
    text = 'target "a" {\n  context = "x"\n}\ntarget "b" {\n  inherits = ["a"]\n  args = { N = 1 }\n}\n'
    found = baked(
        f'{text}target "default" {{\n  args = {{ X = "${{target.b.context == null}} ${{target.b.args.N}}" }}\n}}\n'
    )
    assert found["default"].arguments == {"X": "true 1"}


def test_compose_services_lie_below(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bake target is laid over the service of its name, and inherits it, in whatever order the files are named."""
    files = {
        "compose.yml": "services:\n  a.b:\n    build:\n      context: x\n      args: [V=1, W]\n  c:\n    image: y\n",
        "bake.hcl": 'target "a_b" {\n  dockerfile = "D"\n}\ngroup "default" {\n  targets = ["a_b"]\n}\n',
        ".env": "W=w\n",
    }
    write(tmp_path, files)
    monkeypatch.chdir(tmp_path)
    used: dict[str, str] = {}
    (order,) = sources.of_bake(["bake.hcl", "compose.yml"], Wish(environment={}, used=used)).orders
    assert (order.name, order.context, order.dockerfile, order.arguments) == ("a_b", "x", "x/D", {"V": "1", "W": "w"})
    assert used == {"w": "W"}


HOSTILE: dict[str, Any] = {
    "nesting": 'target "default" {\n  context = ' + "(" * 5000 + "\n}\n",
    "templates": 'target "default" {\n  context = ' + '"${' * 3000 + "\n}\n",
    "operators": 'target "default" {\n  args = { X = ' + "1 + " * 5000 + "1 }\n}\n",
    "unary": 'target "default" {\n  args = { X = ' + "!" * 5000 + "true }\n}\n",
    "doubling": "A0 = [1, 1]\n" + "".join(f"A{n + 1} = [A{n}, A{n}]\n" for n in range(60)) + 'target "default" {\n  args = { X = length(A60) }\n}\n',
    "text": 'A0 = "0123456789"\n' + "".join(f'A{n + 1} = "${{A{n}}}${{A{n}}}"\n' for n in range(60)) + 'target "default" {\n  context = A60\n}\n',
    "matrix": 'target "default" {\n  name = "a"\n  matrix = { ' + ", ".join(f"a{n} = range(1000)" for n in range(6)) + " }\n}\n",
    "loops": 'target "default" {\n  args = { X = length([for a in range(1000) : [for b in range(1000) : [for c in range(1000) : 1]]]) }\n}\n',
    "replacing": 'target "default" {\n  args = { X = replace(join("", [for n in range(1000) : "aaaaaaaaaa"]), "", join("", [for n in range(1000) : "bbbb"])) }\n}\n',
    "expression": 'target "default" {\n  args = { X = regex("((a?){900}){900}", "a") }\n}\n',
    "backtracking": 'target "default" {\n  args = { X = can(regex("(a*)*b", join("", [for n in range(1000) : "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]))) ? 1 : nope }\n}\n',
    "number": 'target "default" {\n  args = { X = 1e99999 }\n}\n',
    "power": "A0 = 1e2000\n" + "".join(f"A{n + 1} = A{n} * A{n}\n" for n in range(60)) + 'target "default" {\n  args = { X = A60 }\n}\n',
    "calls": "".join(f'function "f{n}" {{\n  params = [x]\n  result = [f{n + 1}(x), f{n + 1}(x)]\n}}\n' for n in range(40)) + 'function "f40" {\n  params = [x]\n  result = x\n}\ntarget "default" {\n  args = { X = length(f0(1)) }\n}\n',
    "width": 'target "default" {\n  args = { X = format("%999999999d", 1) }\n}\n',
    "subnets": 'target "default" {\n  args = { X = join("", [for n in range(1000) : pow(10, 300)]) }\n}\n'.replace("pow(10, 300)", "log(0, 1)"),
}  # fmt: skip


@pytest.mark.sampled(3)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=list(HOSTILE))
def test_work_is_bounded(text: str) -> None:
    """A file that would take all time or memory is an error in one line with its place."""
    with pytest.raises(CtxscanError, match=r"^docker-bake\.hcl(:\d+)?: [^\n]+$"):
        baked(text)
