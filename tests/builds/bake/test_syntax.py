"""What bake files may look like: HCL as hclsyntax reads it, and the JSON form."""

from __future__ import annotations

import pytest
from support.baking import baked, read, valued

from ctxscan.builds.bake import orders
from ctxscan.errors import CtxscanError


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ('target default {\n  context = "a"\n}\n', "a"),
        ('\ufefftarget "default" {\r\n  context = "a"\r\n}\r\n', "a"),
        ('target "default" { context = "a" }', "a"),
        ('# x\n// y\n/* z\n */ target "default" { # c\n  context = "a" // d\n}\n', "a"),
        ('target "default" {\n  context = /* here */ "a"\n}\n', "a"),
        ('target "default" {}\n', "."),
        ('target "default" {\n  contxt = nonsense(\n1)\n}\n', "."),
        ('thing "default" {\n  context = nonsense\n}\ntarget "default" {}\n', "."),
        ('target "default" {\n  args {\n    X = nonsense\n  }\n}\n', "."),
        ('target "default" {\n  tags = [nonsense(x)]\n  labels = nonsense\n}\n', "."),
    ],
)
def test_bodies(text: str, context: str) -> None:
    """Labels in quotes or bare, comments, line ends; what bake does not know, and what decides no build, is passed over."""
    assert baked(text)["default"].context == context


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('target "default" {\n', 1, "the block is not closed"),
        ('target "default"\n{\n}\n', 1, "expected = and a value, or a block in braces"),
        ('target "default" { context = "a", target = "b" }\n', 1, "a block on one line has one argument at most"),
        ('target "default" {\n  context = "a" target = "b"\n}\n', 2, "expected the end of the line"),
        ('target "default" {\n  context = "a"\n  context = "b"\n}\n', 3, "context is set already (docker-bake.hcl:2)"),
        ('target "default" {\n  context = "a\n"\n}\n', 2, "text in quotes ends on its line"),
        ('target "default" {\n  context = "\\q"\n}\n', 2, "\\q is no escape"),
        ('target "${x}" {}\n', 1, "a label is plain text"),
        ('target "a.b" {}\n', 1, "'a.b' is no name of a target or group"),
        ('target "a" "b" {}\n', 1, "a target has one name"),
        ('group "g" {}\n', 1, "the group g has no targets"),
        (
            'target "default" {\n  dockerfile-inline = <<EOT\nFROM x\n}\n',
            2,
            "the heredoc has no end: EOT alone on a line",
        ),
        ('target "default" {\n  context = "%{ if true }a"\n}\n', 2, "the template has no endif"),
        ('target "default" {\n  context = "%{ endif }"\n}\n', 2, "endif without its beginning"),
        ("/* x\n", 1, "the comment is not closed"),
        ("target \"default\" {\n  context = 'a'\n}\n", 2, 'text needs double quotes (")'),
        ('target "default" {\n  args = { a.b = 1 }\n}\n', 2, "a key with a dot needs quotes"),
    ],
)
def test_broken_files(text: str, line: int, words: str) -> None:
    """One line, with the place."""
    with pytest.raises(CtxscanError) as caught:
        baked(text)
    assert str(caught.value).startswith(f"docker-bake.hcl:{line}: {words}")


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("!!true", "true"),
        ("- -3", "3"),
        ("-2 % 3 + 1", "-1"),
        ("1 + 2 * 3 == 7 && !false", "true"),
        ("true || false && false", "true"),
        ("8 - 2 - 1", "5"),
        ("true || nope", "true"),
        ("nope && false", "false"),
        ("true ? 1 : nope", "1"),
        ("false ? 1 : true ? 2 : 3", "2"),
        ('"${~ "a" ~}"', "a"),
        ('"${\n  # why\n  "a"\n}"', "a"),
        ('"$${" ', "${"),
        ('"%%{"', "%{"),
        ('"100% of $5"', "100% of $5"),
        ('"\\u00e9\\U0001F600"', "é\U0001f600"),
        ("[{n = 1}, {n = 2}].*.n[1]", "2"),
        ("[[1, 2], [3]][0].1", "2"),
        ('{ "a" : 1, b = 2\n c = 3 }.c', "3"),
        ('[for k, v in { a = 1, b = 2 } : "${k}${v}" if v > 1][0]', "b2"),
        ('{ for s in ["a"] : s => upper(s) }.a', "A"),
        ('join(",", [for x in [[1, 2], [3]] : length(x)])', "2,1"),
        ('upper(["x"]...)', "X"),
    ],
)
def test_expressions_by_the_grammar(expression: str, value: str) -> None:
    """What HCL's specification says of operators, templates, splats and repetition."""
    assert valued(expression) == value


@pytest.mark.parametrize(
    ("heredoc", "text"),
    [
        ("<<EOT\n  a\n b\nEOT", "  a\n b\n"),
        ("<<-EOT\n    a\n\n      b\n  EOT", "a\n\n  b\n"),
        ('<<EOT\n\\n "x" $${y}\nEOT', '\\n "x" ${y}\n'),
        ('<<EOT\n${"a"}%{ if false }b%{ else }c%{ endif }\nEOT', "ac\n"),
        ("<<EOT\nEOT", ""),
    ],
)
def test_heredocs(heredoc: str, text: str) -> None:
    """Without escapes; `-` takes the smallest indent away."""
    found = baked(f'target "default" {{\n  args = {{ X = "1" }}\n  dockerfile-inline = {heredoc}\n}}\n')["default"]
    assert (found.text or b"").decode() == text


def json_form(text: str) -> dict[str, object]:
    wish = orders.Wish(environment={}, platform="linux/amd64")
    return {each.name: each.context for each in orders.orders([read(text, "docker-bake.json")], wish).orders}


@pytest.mark.parametrize(
    "text",
    [
        '{"target": {"default": {"context": "a"}}}',
        '{"target": {"default": [{"context": "b"}, {"context": "a"}]}}',
        '{"target": [{"default": {"context": "b"}}, {"default": {"context": "a"}}]}',
        '{"target": {"default": {"context": "b"}}, "target": {"default": {"context": "a"}}}',
        '{"//": "x", "variable": {"V": {"default": "a", "//": 1}}, "target": {"default": {"//": [], "context": "${V}"}}}',
        '{"function": {"f": {"params": ["x"], "variadic_params": "y", "result": "${x}"}}, "target": {"default": {"context": "${f("a")}"}}}'.replace('f("a")', 'f(\\"a\\")'),
    ],
)  # fmt: skip
def test_json(text: str) -> None:
    """Objects or lists of them, keys that are there twice, comments, functions: every text is a template."""
    assert json_form(text) == {"default": "a"}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"target":\n {"default": {"context": "one",}}}', 2),
        ("{", 1),
        ('{"a": NaN}', 1),
        ('{"target": 1}', 1),
        ("[]x", 1),
    ],
)
def test_broken_json(text: str, line: int) -> None:
    """With the line."""
    with pytest.raises(CtxscanError, match=rf"^docker-bake\.json:{line}: "):
        json_form(text)
