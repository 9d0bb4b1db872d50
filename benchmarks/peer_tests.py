"""The test data of other scanners, as files with natural names and a label each.

One function a suite: from a checkout of the scanner to its cases. Values that a suite describes by an expression are
made up here, the same on every run.
"""

from __future__ import annotations

import ast
import contextlib
import csv
import json
import random
import re
import re._constants as ops
import re._parser as parser
import string
import tomllib
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple


class Case(NamedTuple):
    """One file: its path within the suite, its bytes, whether it holds a secret, and what kind the suite calls it."""

    path: str
    data: bytes
    secret: bool
    category: str


#: How people write a value down: the name of the file, and its text. `{i}` is the service, `{v}` the value.
CONTEXTS: Final = (
    ("settings/{i}.env", "HOST=0.0.0.0\n{I}_API_KEY={v}\nPORT=8080\n"),
    ("config/{i}.yml", "service:\n  name: shop\n  {i}_token: {v}\n"),
    ("src/{i}.py", "import os\n\n{i}_secret = '{v}'\n"),
    ("src/{i}.js", 'const {i}Token = "{v}";\nmodule.exports = {{ {i}Token }};\n'),
    ("config/{i}.json", '{{\n  "{i}_key": "{v}"\n}}\n'),
    ("cmd/{i}.go", 'package main\n\nvar {i}Token = "{v}"\n'),
    ("scripts/{i}.sh", '#!/bin/sh\nexport {I}_TOKEN="{v}"\n'),
    ("conf/{i}.properties", "app.name=shop\n{i}.api.key={v}\n"),
)


# ---- values out of expressions ---------------------------------------------------------------------------------------


def made_up(expression: str, dice: random.Random) -> str:
    """A text that an expression fits; look-arounds are not minded."""
    expression = re.sub(r"\[\[:alnum:\]\]", "[0-9A-Za-z]", expression).replace("[:alnum:]", "0-9A-Za-z")
    expression = expression.replace("[:xdigit:]", "0-9a-fA-F").replace(r"\z", r"\Z").replace("(?P<", "(?P<")
    expression = re.sub(r"\(\?([imsx]*)-[imsx]+:", r"(?:", expression)
    flags = re.compile(r"\(\?[imsxU]+\)")
    verbose = bool(re.search(r"\(\?[imsU]*x", expression))
    expression = flags.sub("", expression)
    tree = parser.parse(expression, re.VERBOSE if verbose else 0)
    groups: dict[int, str] = {}
    return "".join(_sampled(tree, dice, groups))


def _sampled(tree: Any, dice: random.Random, groups: dict[int, str]) -> Iterator[str]:
    for operation, value in tree:
        if operation is ops.LITERAL:
            yield chr(value)
        elif operation is ops.NOT_LITERAL:
            yield dice.choice([c for c in string.ascii_letters if ord(c) != value])
        elif operation is ops.ANY:
            yield "."  # hosts are often written without an escape
        elif operation is ops.IN:
            yield dice.choice(_members(value))
        elif operation is ops.BRANCH:
            yield from _sampled(dice.choice(value[1]), dice, groups)
        elif operation is ops.SUBPATTERN:
            text = "".join(_sampled(value[3], dice, groups))
            if value[0] is not None:
                groups[value[0]] = text
            yield text
        elif operation in (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT):
            least, most, inner = value
            if not least and operation is ops.MAX_REPEAT:
                # As many as there like to be: of what may be any letter, about as many as tokens have.
                least = 24 if int(most) > 99 and _is_any(inner) else min(int(most), 1)
            for _ in range(least):
                yield from _sampled(inner, dice, groups)
        elif operation is ops.GROUPREF:
            yield groups.get(value, "")
        elif operation is ops.ATOMIC_GROUP:
            yield from _sampled(value, dice, groups)


def _is_any(tree: Any) -> bool:
    return len(tree) == 1 and tree[0][0] is ops.IN and len(_members(tree[0][1])) >= 36


def _members(value: Any) -> list[str]:
    negated, found = False, set()
    for operation, each in value:
        if operation is ops.NEGATE:
            negated = True
        elif operation is ops.LITERAL:
            found.add(chr(each))
        elif operation is ops.RANGE:
            found |= {chr(c) for c in range(each[0], min(each[1], 0x17F) + 1)}
        elif operation is ops.CATEGORY:
            found |= set(_CATEGORIES[each])
    if negated:
        found = set(string.ascii_letters + string.digits) - found
    # In what may hold any letter and signs, signs are rare.
    plain = sorted(found & set(string.ascii_letters + string.digits))
    return plain or sorted(found) or [" "]


_CATEGORIES: Final = {
    ops.CATEGORY_DIGIT: string.digits,
    ops.CATEGORY_WORD: string.ascii_letters + string.digits + "_",
    ops.CATEGORY_SPACE: " ",
    ops.CATEGORY_NOT_SPACE: string.ascii_letters,
    ops.CATEGORY_NOT_WORD: " ",
    ops.CATEGORY_NOT_DIGIT: string.ascii_letters,
}


def named_for(text: str, stem: str) -> str:
    """A natural path for a piece of text of no known name."""
    start = text.lstrip()
    if start.startswith("-----BEGIN"):
        return f"keys/{stem}.pem"
    if start[:1] in "{[" and '"' in start:
        return f"config/{stem}.json"
    if start.startswith("<"):
        return f"config/{stem}.xml"
    if re.search(r"(?m)^\s*(?:curl|wget|export|docker|echo|mysql|sudo|git|az|aws|npm)\s", text):
        return f"scripts/{stem}.sh"
    if re.search(r"(?m)^\s*(?:import |from \w+ import|def |\w+ = \w+\()", text):
        return f"src/{stem}.py"
    if re.search(r"(?m)^\s*(?:const|let|var) ", text):
        return f"src/{stem}.js"
    if re.search(r"(?m)^\[\w+\] ", text):
        return f"logs/{stem}.log"
    if re.search(r"(?m)^\s*[\w.-]+: \S", text):
        return f"config/{stem}.yml"
    if re.search(r"(?m)^\s*[\w.-]+\s*=\s*\S", text):
        return f"config/{stem}.conf"
    return f"notes/{stem}.txt"


# ---- Go --------------------------------------------------------------------------------------------------------------

_GO_STRING: Final = r"\"(?:[^\"\\\n]|\\.)*+\"|`[^`]*+`"


def _go_text(literal: str) -> str:
    if literal[0] == "`":
        return literal[1:-1]
    try:
        return str(ast.literal_eval(literal))
    except (SyntaxError, ValueError):
        return literal[1:-1]


def _go_value(expression: str, known: dict[str, str]) -> str | None:
    """What a Go expression of strings, names and `fmt.Sprintf` comes to, None: something else is in it."""
    if call := re.fullmatch(rf"(?s)fmt\.Sprintf\(\s*({_GO_STRING}|\w+)\s*,(.*)\)", expression.strip()):
        form = _go_value(call[1], known)
        arguments = [_go_value(each, known) for each in re.findall(rf"{_GO_STRING}|\w+", call[2])]
        if form is None or None in arguments:
            return None
        values = iter(arguments)
        return re.sub(r"%[sdvq]", lambda _: next(values, "") or "", form)
    out = ""
    for piece in re.findall(rf"{_GO_STRING}|\w+(?:\.\w+)*\(?|\+|\S", expression.strip()):
        if piece[0] in '"`':
            out += _go_text(piece)
        elif piece in known:
            out += known[piece]
        elif piece != "+":
            return None
    return out


# ---- suites ----------------------------------------------------------------------------------------------------------


def gitleaks(root: Path) -> Iterator[Case]:
    """Each rule's form in eight surroundings by turns, and the literals that its tests hold for and against it."""
    yield from _forms(root, "config/gitleaks.toml")
    yield from _literals(root)


def betterleaks(root: Path) -> Iterator[Case]:
    """As gitleaks, from which it grew."""
    yield from _forms(root, "config/betterleaks.toml")
    yield from _literals(root)


#: A name and anything behind it, a sign, the value: as either writes most of its rules.
_SEMI: Final = re.compile(
    r"(?P<names>\S.*?)\(\?:\[ \\t\\w\.-\]\{0,20\}\).*?\{0,5\}(?P<value>\(.*\))\(\?:(?:\\\\\?)?\[[^)]*\\x60"
)


def _forms(root: Path, config: str) -> Iterator[Case]:
    rules = tomllib.loads((root / config).read_text(encoding="utf-8"))["rules"]
    for number, rule in enumerate(rules):
        expression = rule.get("regex")
        if expression is None or rule["id"] == "generic-api-key":
            continue
        dice = random.Random(rule["id"])
        semi = _SEMI.search(expression)
        service = re.sub(r"\W", "_", rule["id"].partition("-")[0])
        if semi is not None:
            # As the row spells it, with what may stand between its words.
            names = re.sub(r"\[\\w[^\]]*\]\{0,\d+\}\??|\(\?i\)|\A\(\?i:", "", semi["names"])
            with contextlib.suppress(re.error):
                service = re.sub(r"\W+", "_", made_up(names, dice)).strip("_").lower() or service
        for turn in range(2):
            try:
                if semi is not None:
                    value = made_up(semi["value"], dice)
                else:
                    value = made_up(re.split(r"\(\?:(?:\\\\\?)?\[[\\x60'\"]{3}", expression)[0], dice)
            except re.error:
                break
            value = _summed(value.strip("\n\r\t '\"`;"))
            path, text = CONTEXTS[(number * 2 + turn) % len(CONTEXTS)]
            if "\n" in value or " " in value or (semi is None and "=" in value[:-2]):
                path, text = named_for(value, "{i}"), "{v}\n"
            filled = text.format(i=service, I=service.upper(), v=value)
            name = path.format(i=f"{rule['id']}-{turn}")
            yield Case(name, filled.encode(), True, rule["id"])


def _summed(value: str) -> str:
    """A token of GitHub, npm, Grafana or age with the sum that theirs have, which its expression cannot say."""
    if re.fullmatch(r"(?:gh[pousr]|npm)_[0-9A-Za-z]{36}", value):
        rest, digits = zlib.crc32(value[4:-6].encode()), ""
        for _ in range(6):
            rest, digit = divmod(rest, 62)
            digits = (string.digits + string.ascii_uppercase + string.ascii_lowercase)[digit] + digits
        return value[:-6] + digits
    if re.fullmatch(r"glsa_[0-9A-Za-z]{32}_[0-9A-Fa-f]{8}", value):
        return value[:-8] + zlib.crc32(value[:-9].encode()).to_bytes(4, "little").hex()
    if re.fullmatch(r"AGE-SECRET-KEY-1[0-9A-Z]{58}", value):
        return value[:-6] + _bech32(value[:-6])
    return value


def _bech32(start: str) -> str:
    """The six characters that BIP 173 puts behind such a text, in capitals."""
    letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    head, _, tail = start.lower().rpartition("1")
    values = [*(ord(c) >> 5 for c in head), 0, *(ord(c) & 31 for c in head), *map(letters.index, tail), *[0] * 6]
    total = 1
    for value in values:
        top, total = total >> 25, (total & 0x1FFFFFF) << 5 ^ value
        for bit, term in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            total ^= term if top >> bit & 1 else 0
    return "".join(letters[(total ^ 1) >> 5 * (5 - at) & 31] for at in range(6)).upper()


def _literals(root: Path) -> Iterator[Case]:
    for source in sorted((root / "cmd/generate/config/rules").glob("*.go")):
        text = source.read_text(encoding="utf-8")
        number = 0
        for label, block in re.findall(r"(?s)\b(tps|fps) (?::?=|= append\()\s*\[\]string\{(.*?)\n\t\}", text):
            for line in re.findall(rf"(?m)^\s*({_GO_STRING}),\s*(?://.*)?$", block):
                number += 1
                value = _go_text(line)
                stem = f"{source.stem}-{label}-{number}"
                yield Case(named_for(value, stem), value.encode(), label == "tps", f"{source.stem} (literal)")


def detect_secrets(root: Path) -> Iterator[Case]:
    """The pairs of a text and whether it is secret in the tests of its plugins."""
    for source in sorted((root / "tests/plugins").glob("*_test.py")):
        if source.stem in ("high_entropy_strings_test", "ip_public_test", "base_test"):
            continue
        number = 0
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Tuple) or len(node.elts) < 2:
                continue
            first, second = node.elts[:2]
            try:
                text, wanted = ast.literal_eval(first), ast.literal_eval(second)
            except (ValueError, SyntaxError):
                continue
            if isinstance(text, str) and isinstance(wanted, bool) and text.strip():
                number += 1
                kind = source.stem.removesuffix("_test")
                yield Case(named_for(text, f"{kind}-{number}"), text.encode(), wanted, kind)


def credsweeper(root: Path) -> Iterator[Case]:
    """Its samples: what its own strictest run reports is secret."""
    wanted: dict[str, str] = {}
    for each in json.loads((root / "tests/data/output.json").read_text(encoding="utf-8")):
        for line in each["line_data_list"]:
            name = line["path"].partition("/samples/")[2].partition("|")[0]
            wanted.setdefault(name, each["rule"])
    for path in sorted((root / "tests/samples").rglob("*")):
        if path.is_file() and path.stat().st_size:
            name = path.relative_to(root / "tests/samples").as_posix()
            data = path.read_bytes()
            shown = name if "." in name else named_for(data.decode("utf-8", "replace"), name)
            yield Case(shown, data, name in wanted, wanted.get(name, "nothing"))


def secretlint(root: Path) -> Iterator[Case]:
    """Its snapshots: a secret is what has a message."""
    for folder in sorted((root / "packages/@secretlint").glob("secretlint-rule-*/test/snapshots/*/")):
        output = folder / "output.json"
        rule = folder.parents[2].name.removeprefix("secretlint-rule-")
        if rule.startswith(("no-", "preset", "pattern", "example", "internal", "filter")) or not output.exists():
            continue
        messages = json.loads(output.read_text(encoding="utf-8")).get("messages", [])
        for source in sorted(folder.glob("input*")):
            data = source.read_bytes()
            stem = f"{rule}-{folder.name}".replace(".", "-")
            path = named_for(data.decode("utf-8", "replace"), stem)
            if source.suffix not in (".txt", ""):
                path = f"src/{stem}{source.suffix}"
            yield Case(path, data, any(each.get("type") == "message" for each in messages), rule)


def kingfisher(root: Path) -> Iterator[Case]:
    """The examples of its rules."""
    yield from _examples(root / ("crates/kingfisher-rules/data/rules" if (root / "crates").exists() else "data/rules"))


def noseyparker(root: Path) -> Iterator[Case]:
    """The examples of its rules, for and against."""
    yield from _examples(root / "crates/noseyparker/data/default/builtin/rules")


def _examples(folder: Path) -> Iterator[Case]:
    for source in sorted(folder.glob("*.yml")):
        for rule, label, number, text in _listed(source.read_text(encoding="utf-8")):
            stem = f"{rule}-{label[:3]}-{number}".replace(".", "-")
            yield Case(named_for(text, stem), text.encode(), label == "examples", rule)


def _listed(text: str) -> Iterator[tuple[str, str, int, str]]:
    """Rule, list and text of every example: as much YAML as these files need."""
    rule, label, number, outer = "", "", 0, 0
    lines = iter([*text.split("\n"), ""])
    line = next(lines)
    while True:
        bare = line.strip()
        try:
            if found := re.match(r"id: (\S+)", bare):
                rule, label = found[1], ""
            elif found := re.match(r"(examples|negative_examples):", bare):
                label, number, outer = found[1], 0, len(line) - len(line.lstrip())
            elif label and bare.startswith("- ") and len(line) - len(line.lstrip()) >= outer:
                number += 1
                indent = len(line) - len(line.lstrip())
                value = bare[2:].strip()
                rest = []
                line = next(lines)
                while line.strip() == "" or len(line) - len(line.lstrip()) > indent:
                    rest.append(line)
                    line = next(lines)
                if value[:1] in "|>" and len(value) < 4:
                    least = min((len(each) - len(each.lstrip()) for each in rest if each.strip()), default=0)
                    value = "\n".join(each[least:] for each in rest)
                elif value[:1] == "'":
                    value = value.strip().removeprefix("'").removesuffix("'").replace("''", "'")
                elif value[:1] == '"':
                    value = str(json.loads(value)) if value.endswith('"') and len(value) > 1 else value[1:]
                if value.strip():
                    yield rule, label, number, value
                continue
            elif bare and not bare.startswith(("#", "-")) and re.match(r"\w+:", bare):
                label = ""
            line = next(lines)
        except StopIteration:
            return
        except ValueError:
            line = next(lines, "")


def trufflehog(root: Path) -> Iterator[Case]:
    """The inputs of its detectors' tests: a secret where something is wanted."""
    for source in sorted((root / "pkg/detectors").rglob("*_test.go")):
        if source.stem.endswith("integration_test"):
            continue
        text = source.read_text(encoding="utf-8", errors="replace")
        known: dict[str, str] = {}
        for name, expression in re.findall(rf"(?m)^\s*(?:const\s+|var\s+)?(\w+)\s*:?=\s*({_GO_STRING})\s*$", text):
            known.setdefault(name, _go_text(expression))
        number = 0
        for body, wanted in re.findall(
            r"(?s)\binput:\s*(.*?),\s*\n\s*(?:\w+:[^\n]*\n\s*)??want:\s*(nil|\[\]string\{[^\n]*)", text
        ):
            value = _go_value(body, known)
            if value is None or not value.strip():
                continue
            number += 1
            secret = wanted != "nil" and not wanted.startswith("[]string{}")
            stem = f"{source.parent.name}-{source.stem.removesuffix('_test')}-{number}"
            yield Case(named_for(value, stem), value.encode(), secret, source.parent.name)


def whispers(root: Path) -> Iterator[Case]:
    """The fixtures for which its tests expect a number of findings."""
    counts: dict[str, int] = {}
    for source in sorted((root / "tests/unit").rglob("test_*.py")):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Tuple) and len(node.elts) >= 2:
                try:
                    name, *rest = map(ast.literal_eval, node.elts)
                except (ValueError, SyntaxError):
                    continue
                wanted = next((each for each in rest if isinstance(each, int | list)), None)
                if isinstance(name, str) and wanted is not None:
                    count = len(wanted) if isinstance(wanted, list) else wanted
                    counts[name] = max(counts.get(name, 0), count)
    for name, count in sorted(counts.items()):
        path = root / "tests/fixtures" / name
        if path.is_file() and path.stat().st_size:
            yield Case(f"app/{name}", path.read_bytes(), count > 0, path.suffix or name)


def leaky_repo(root: Path) -> Iterator[Case]:
    """Its files, with what their author counted as a risk in each."""
    with (root / ".leaky-meta/secrets.csv").open(encoding="utf-8") as table:
        for row in csv.reader(line for line in table if line.strip() and not line.startswith("#")):
            path = root / row[0]
            if path.is_file():
                yield Case(row[0], path.read_bytes(), int(row[1]) > 0, row[0].split("/")[0])


SUITES: Final[dict[str, Callable[[Path], Iterator[Case]]]] = {
    "gitleaks": gitleaks,
    "betterleaks": betterleaks,
    "detect-secrets": detect_secrets,
    "CredSweeper": credsweeper,
    "secretlint": secretlint,
    "kingfisher": kingfisher,
    "noseyparker": noseyparker,
    "trufflehog": trufflehog,
    "whispers": whispers,
    "leaky-repo": leaky_repo,
}
