"""One `name = value` a line: dotenv, INI, properties, TOML, HCL, unit files, shell exports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ...regex import compiled, places
from .field import Field

_LEADING: Final = r"(?:export|set|setx|declare -x|local|readonly|Environment=)[ \t]*+(?=[\w\"'@$])"
_REMARK: Final = r"//(?:[^=]*\Z|[ \t]*[A-Za-z_][\w-]*[ \t]*=)"
#: As Apache and nginx hand a variable to a program.
_HANDING: Final = ("SetEnv", "fastcgi_param", "uwsgi_param", "scgi_param")
_HANDED: Final = r"\w++[ \t]++([\w.-]{1,100}+)[ \t]++(?=\S)"
_VARIABLE: Final = r"variable[ \t]++\"?([\w-]{1,100}+)\"?[ \t]*+\{"
#: Settings that are variables themselves.
_ENVIRONMENTS: Final = frozenset(("env", "environment", "raw_env", "setenv"))
_PLAIN: Final = r"[\w.\-/@$\\*\[\]:'\" ]{1,200}"
#: A name and a value in which nothing has a meaning of its own.
_SIMPLE: Final = r"([\w.-]{1,200}+)=([\w.+/@:-]*+)"
#: Several on a line: `host ansible_user=a ansible_password=b`, `{ token = "x" }`.
_INNER: Final = r"(?<![\w.-])([\w.-]++)[ \t]*+=[ \t]*+(\"(?:[^\"\\\n]|\\.)*+\"|'[^'\n]*+'|[^\s,}\"']++)"


def lines(text: str, *, words: Sequence[str] = ()) -> Iterator[Field]:
    """The section is the one parent. Lines that begin with `#` or `;` say nothing, nor does `//` before a plain name:
    in front of a host it is how npm writes for which registry a setting is. The default of a variable of Terraform goes
    by the name of the variable.

    `words`: only those whose name may have one of these in it, in lower case, and whatever goes by the name of
    something else; a text has few of them.
    """
    low = text.lower()
    known = bool(words) and len(low) == len(text)
    telling = iter((*places((*words, *_ELSEWHERE), low), len(text) + 1) if known else ())
    told = next(telling, -1)
    section = variable = ""
    at = 0
    for line in text.split("\n"):
        start, at = at, at + len(line) + 1
        bare = line.strip()
        if not bare or bare[0] in "#;" or (bare[0] == "/" and compiled(_REMARK).match(bare)):
            continue
        if bare[0] == "[" and "=" not in bare:
            section = bare.strip("[]").strip()
            continue
        if bare[0] in "v}" and (bare == "}" or bare.startswith("variable ")):
            block = compiled(_VARIABLE).fullmatch(bare)
            variable = block[1] if block else ""
            continue
        while 0 <= told < start:
            told = next(telling)
        if told >= at:
            continue
        offset = start + line.index(bare[0])
        if bare.startswith(_HANDING) and (handed := compiled(_HANDED).match(bare)):
            value, quoted = unquoted(bare[handed.end() :])
            yield Field(handed[1], value, offset + handed.end() + quoted, (section,), quoted)
            continue
        if bare[0] in "Edelrs" and (leading := compiled(_LEADING).match(bare)):
            offset, bare = offset + leading.end(), bare[leading.end() :]
        # Most lines are no more than this, which takes a fraction of the time to read.
        if simple := compiled(_SIMPLE).fullmatch(bare):
            yield Field(simple[1], simple[2], offset + simple.start(2), (section,))
            continue
        for field in _pairs(bare, offset, (section,)):
            yield field._replace(name=variable) if variable and field.name == "default" else field


#: What is in the names of what may go by another one: that of what it is the default or the value of.
_ELSEWHERE: Final = ("default", "value")


def _pairs(bare: str, offset: int, parents: tuple[str, ...]) -> Iterator[Field]:
    if bare[0] in "\"'" and bare[-1] == bare[0] and "=" in bare and bare.count(bare[0]) == 2:
        offset, bare = offset + 1, bare[1:-1]  # Environment="NAME=value"
    equals, colon = bare.find("="), bare.find(":")
    cut = equals if colon < 0 or (equals >= 0 and (equals < colon or "://" in bare[:equals])) else colon
    if cut < 1:
        return
    name = bare[:cut].rstrip().rstrip("+?").rstrip()
    value = bare[cut + 1 :].lstrip("=>").lstrip()
    if not compiled(_PLAIN).fullmatch(name) or " " in name.strip("\"'"):
        yield from _inner(bare, offset, parents)
        return
    if value.startswith("{"):
        yield from _inner(value, offset + len(bare) - len(value), (*parents, name.strip("\"'")))
        return
    if name.lower() in _ENVIRONMENTS and "=" in value:  # env = NAME=value, environment=NAME="value",OTHER="value"
        yield from _inner(value, offset + len(bare) - len(value), parents)
        return
    literal, quoted = unquoted(value)
    yield Field(name.strip("\"'"), literal, offset + len(bare) - len(value) + quoted, parents, quoted)


def _inner(bare: str, offset: int, parents: tuple[str, ...]) -> Iterator[Field]:
    for found in compiled(_INNER).finditer(bare):
        value, quoted = unquoted(found[2])
        yield Field(found[1], value, offset + found.start(2) + quoted, parents, quoted)


def unquoted(value: str) -> tuple[str, bool]:
    """A value without its quotes and without what follows them, or without a comment behind it."""
    if value[:1] in ('"', "'", "`") and value:
        end = value.find(value[0], 1)
        while end > 0 and value[0] == '"' and value[end - 1] == "\\":
            end = value.find(value[0], end + 1)
        return (value[1:end] if end > 0 else value[1:]), True
    for mark in (" #", "\t#", " ;"):
        value = value.partition(mark)[0]
    return value.rstrip().rstrip(",;").rstrip(), False
