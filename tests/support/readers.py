"""Reports read as others read them: a terminal, the runner of a CI job, a browser that shows rendered Markdown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser

from markdown_it import MarkdownIt


def unprintable(report: str) -> set[str]:
    """The characters in a report that are not to be seen, but for line ends."""
    bad = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    return {c for c in report if c != "\n" and unicodedata.category(c) in bad}


#: The commands of the runner, by the names it knows.
COMMANDS = frozenset(
    "error warning notice debug group endgroup add-mask add-path set-env set-output save-state stop-commands echo "
    "add-matcher remove-matcher internal-set-repo-path".split()
)


@dataclass(frozen=True, slots=True)
class Command:
    name: str
    properties: Mapping[str, str]
    data: str


def commands(printed: str) -> list[Command]:
    """What the runner makes of the output of a step: of each line that begins with `::`, and of `##[` anywhere in one."""
    lines = re.split(r"\r\n|\r|\n", printed)
    return [each for each in (_new_command(line) or _old_command(line) for line in lines) if each is not None]


def _new_command(line: str) -> Command | None:
    line = line.lstrip()
    end = line.find("::", 2)
    if not line.startswith("::") or end < 0:
        return None
    name, _, properties = line[2:end].partition(" ")
    if name.lower() not in COMMANDS:
        return None
    pairs = (each.split("=", 1) for each in properties.strip().split(",") if "=" in each)
    decoded = {pair[0].strip(): _decoded(pair[1], (":", "%3A"), (",", "%2C")) for pair in pairs}
    return Command(name, decoded, _decoded(line[end + 2 :]))


def _old_command(line: str) -> Command | None:
    match = re.search(r"##\[([^]\s]+)([^]]*)\](.*)", line)
    return Command(match[1], {}, match[3]) if match and match[1].lower() in COMMANDS else None


def _decoded(value: str, *more: tuple[str, str]) -> str:
    for c, code in (("\r", "%0D"), ("\n", "%0A"), *more, ("%", "%25")):
        value = value.replace(code, c)
    return value


def foreign(printed: str) -> bool:
    """Whether an Azure agent or TeamCity would read a command, anywhere in a line."""
    return re.search(r"##(vso|teamcity)?\[", printed) is not None


class Page(HTMLParser):
    """The tags and attributes of a page, the text in code and outside of it, and the cells of each row."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str | None]] = set()
        self.other: list[str] = []
        self.code: list[str] = []
        self.plain = ""
        self.rows: list[list[str]] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(attrs)
        self.open.append(tag)
        if tag == "code":
            self.code.append("")
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "code" in self.open:
            self.code[-1] += data
        else:
            self.plain += data
        if "td" in self.open:
            self.rows[-1][-1] += data

    def handle_comment(self, data: str) -> None:
        self.other.append(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def page(report: str, *, html: bool = True) -> Page:
    return Page(MarkdownIt("commonmark", {"html": html}).enable(["table", "strikethrough"]).render(report))


TAGS = {"h2", "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "code", "strong", "a"}
