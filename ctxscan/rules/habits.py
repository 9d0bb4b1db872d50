"""Lines that were written for another reader: what they look like, and what the builder takes them for.

Read off the text alone. Whether a line does what it looks like, since there is a file of just that name, is for whoever
knows the context.
"""

import codecs
import re
from typing import Final, NamedTuple

from ..regex import lazy

#: A brace with alternatives is written out to so many patterns at the most.
MOST_MEANT: Final = 20
_COMMENT: Final = lazy(r"(.*?\S)\s+#.*", re.DOTALL)
_OTHER_COMMENT: Final = lazy(r"(//|;|--|/\*|<!--)(?:\s.*|\S+\s.*)", re.DOTALL)
_QUOTED: Final = lazy(r"""(!?)(["'`])(.+)\2""", re.DOTALL)
_BRACE: Final = lazy(r"\{([^{}/]*,[^{}/]*)\}")
#: Where projects lie on machines and in images.
_ELSEWHERE: Final = lazy(r"(!?)/(?:home|Users|root|mnt|usr|opt|srv|var|app|workspaces?)(/.+)")
#: A regular expression for names or paths: an anchor, or a dot that is escaped behind "any letters".
_EXPRESSION: Final = lazy(r"\^[^\^$\[\](){}|]+\$?|[^\^$\[\](){}|]+\$|\.[*+]\\\.[\w$]+")
_SEPARATOR: Final = lazy(r"\\(?=\w)|(?<=\w)\\(?=\*)")
_RANGE: Final = lazy(r"([^\[\]\\])-([^\[\]\\])(?=[^\[]*\])")
_MARKS: Final = ((codecs.BOM_UTF16_LE, "UTF-16"), (codecs.BOM_UTF16_BE, "UTF-16"))


class Habit(NamedTuple):
    """`said` tells what the builder makes of the line, `meant` the patterns that would do what it looks like; none:
    it looks like a comment."""

    said: str
    meant: tuple[str, ...]


def habit(line: str) -> Habit | None:
    """What a pattern line, without outer blanks, looks like and is not."""
    if line.startswith("#"):
        return Habit("a comment begins with # in the first column, and this one is indented", ())
    if "#" in line and (found := _COMMENT.fullmatch(line)):
        return Habit("a comment takes a separate line: this # and what follows are part of the pattern", (found[1],))
    if line.startswith(("/", ";", "-", "<")) and (found := _OTHER_COMMENT.fullmatch(line)):
        return Habit(f"{found[1]} begins no comment: # does", ())
    if line.endswith(("'", '"', "`")) and (found := _QUOTED.fullmatch(line)):
        return Habit("quotes are part of the pattern", (found[1] + found[3],))
    if ("^" in line or "$" in line or "\\." in line) and _EXPRESSION.fullmatch(line):
        plain = re.sub(r"\.[*+]", "*", line.strip("^$")).replace("\\.", ".")
        return Habit("a pattern is no regular expression", (plain,))
    if "\\" in line and (line.endswith("\\") or _SEPARATOR.search(line)):
        plain = re.sub(r"\\+", "/", line).rstrip("/")
        return Habit("a backslash escapes what follows it and separates nothing", (plain,) if plain else ())
    if "[!" in line:
        return Habit("! negates no class of characters: ^ does", (line.replace("[!", "[^"),))
    if "{" in line and _BRACE.search(line):
        return Habit("braces are not expanded", _alternatives(line))
    if line.startswith("~/"):
        return Habit("~ is the name of a file here", ())
    if line.endswith((",", ";")) and len(line) > 1:
        name = "comma" if line[-1] == "," else "semicolon"
        return Habit(f"the {name} is part of the pattern", (line[:-1].rstrip(),))
    if line.startswith("- "):
        return Habit("the hyphen is part of the pattern", (line[2:].strip(),))
    words = line.removeprefix("!").split()
    if len(words) > 1:
        sign = "!" if line.startswith("!") else ""
        return Habit(
            "a line is one pattern, blanks included", tuple(sign * (at == 0) + each for at, each in enumerate(words))
        )
    return None


def ends(line: str) -> tuple[str, ...]:
    """Of a line that looks like a path of a machine or of an image, what it may have been meant for: its ends, the
    longest first."""
    found = _ELSEWHERE.fullmatch(line)
    if found is None:
        return ()
    parts = found[2].strip("/").split("/")
    return tuple(found[1] + "/".join(parts[at:]) for at in range(min(len(parts), MOST_MEANT)))


def encoding(data: bytes) -> str | None:
    """The encoding of an ignore file in which no builder finds its rules; None: it may be read."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    # Every other byte of plain text is zero.
    return "UTF-16" if len(data) > 3 and (not any(data[1:64:2]) or not any(data[:64:2])) else None


def hint(line: str) -> str:
    """What is wrong with a line that cannot be read as a pattern, as the end of a message; may be empty."""
    found = habit(line)
    if found is not None and found.meant:
        return f": {found.said}: write {' and '.join(found.meant)}"
    if found is not None:
        return f": {found.said}"
    if found_range := next((each for each in _RANGE.finditer(line) if each[1] > each[2]), None):
        return f": {found_range[0]} is no range, since {found_range[2]} comes before {found_range[1]}"
    if "[" in line:
        return ": a [ that begins no class of characters is written \\["
    return ""


def _alternatives(text: str) -> tuple[str, ...]:
    todo: list[str] = [text]
    done: list[str] = []
    while todo and len(todo) + len(done) <= MOST_MEANT:
        here = todo.pop(0)
        found = _BRACE.search(here)
        if found is None:
            done.append(here)
        else:
            todo += [here[: found.start()] + each.strip() + here[found.end() :] for each in found[1].split(",")]
    return tuple(done) if not todo else ()
