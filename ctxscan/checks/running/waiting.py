"""Scripts that a container starts, and that wait for its program: the shell stays process 1, and hears the signals."""

import posixpath
import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from ...dockerfile import images
from ...dockerfile.shell import BUILT_IN, SET_FOR_IT, command_lines, outside
from ...dockerfile.stages import Step
from ...regex import lazy
from ..project.services import brings_an_init, is_offered
from ..reading import Reading, base_image

#: Shells that become the last command of a line (`-c`) at most, and of no script. Tried with each of them.
_SHELLS: Final = frozenset("sh bash ash dash".split())
_SHEBANG: Final = lazy(r"#!\s*(?:\S*/)?(?:env\s+)?(?:ba|a|da)?sh(?:\s+-\w+)*\s*")
#: What hears signals for others, starts something beside the shell, or hands on what it is given.
_BUSY: Final = lazy(r"(?<![\w./-])(?<!bundle )(?:trap|wait|coproc|exec|fg)(?![\w.-])|(?<![&>])&(?![&>\d])")
#: What nobody is sure of: another user's shell, what only follows or waits, what goes to the background by itself.
_UNSURE: Final = frozenset(
    "su sudo runuser setpriv tail sleep sh bash ash dash zsh env nohup setsid timeout service systemctl rc-service "
    "nginx httpd apache2 apachectl apache2ctl openresty haproxy php-fpm cron crond supervisord pm2 sshd init tini "
    "dumb-init".split()
)
#: What changes a script, or its name, and nothing that it says.
_LEAVES: Final = frozenset("chmod chown chgrp ls ln dos2unix test [".split())
#: How a script becomes another program, which may be what it has been given.
_BECOMES: Final = lazy(r"exec\s+(?:\"\$@\"|([\w./-]+)(?:\s+\"\$@\")?)")
_FOREGROUND: Final = ("daemon off", "FOREGROUND")
#: What goes on until it is stopped, whatever the image says of it: servers by their names, and what is told where to
#: listen.
_SERVES: Final = lazy(
    r"(?:(?:bundle\s+exec|python3?\s+-m|(?:uv|poetry|pipenv|pdm)\s+run)\s+)?(?:\S*/)?"
    r"(?:(?:gunicorn|uvicorn|hypercorn|daphne|granian|waitress-serve|puma|unicorn|rackup|nginx|httpd|apache2|haproxy|"
    r"rails\s+s(?:erver)?|node\s+(?:\S*/)?server(?:\.[cm]?js)?|python3?\s+(?:\S*/)?server\.py|"
    r"(?:frankenphp|caddy)\s+run)(?:\s|$)|"
    r"((?!\S*(?:sql|cli|client|dump|curl)\s)[^\n]*\s--(?:bind|port|listen)[= ]))"
)
#: How one of them goes to the background.
_DETACHED: Final = lazy(r"\s(?:-d|-D|--daemon(?:ize)?|--background)(?:[\s=]|$)")
#: What ends a script without another program: one that only says something, or becomes what it is given.
_CLOSES: Final = lazy(r"exec\s+\"\$@\"|(?:echo|printf)\s[^\n;&|<>`]*")
#: What a script is given, and where output goes.
_GIVEN: Final = lazy(r"\$(?:[@*]|\{[@*]\})")
_SENT: Final = lazy(r"\d?>&\d|(?:\d|&)?>>?\s*\S+")
_MOST: Final = 4


class Waiting(NamedTuple):
    """The command for which the script `path` waits at its end, on `line`, behind variables that are `given` to it.
    `others` are the lines of those for which it waits in other cases."""

    path: str
    line: int
    given: str
    command: str
    others: tuple[int, ...] = ()


def waiting(reading: Reading, starts: Sequence[Step]) -> Waiting | None:
    """The program for which a script waits that is process 1 of the image, and goes on as long as that; None: there is
    none, or that is not sure."""
    return None if brings_an_init(reading) else waiting_in(reading, _words(reading, starts))


def waiting_in(reading: Reading, words: list[str]) -> Waiting | None:
    """The same of a command by its words."""
    for _ in range(_MOST):
        words = words[posixpath.basename((words or [""])[0]) in _SHELLS :]
        path = reading.file_of(words[0]) if words else None
        text = reading.tree.text(path).replace("\r", "") if path is not None else ""
        if path is None or _SHEBANG.fullmatch(text.partition("\n")[0]) is None or _is_changed(reading, words[0]):
            return None
        at, last = _last(text)
        early = _server_first(text) or _in_branches(reading, text)
        if early is not None:
            return early._replace(path=path)
        becomes = _BECOMES.fullmatch(last)
        if becomes is None:
            given, command = _waited_for(text, last)
            return Waiting(path, at, given, command) if command and _serves(reading, command) else None
        words = [becomes[1]] if becomes[1] else words[1:] if "set --" not in text else []
    return None


def _server_first(text: str) -> Waiting | None:
    """A server in the foreground at the end of a script, above what it would become when that ends."""
    closing = ""
    for _ in range(_MOST):
        at, last = _last(text)
        if _CLOSES.fullmatch(last) is None:
            given, command = _waited_for(text, last) if "exec" in closing else ("", "")
            return Waiting("", at, given, command) if _is_named(command) else None
        closing += last
        text = "\n".join(text.splitlines()[: at - 1])
    return None


def _is_named(command: str) -> bool:
    """Whether a command is a server by its name, and stays."""
    server = _SERVES.match(command)
    return server is not None and not server[1] and _DETACHED.search(command) is None


def _in_branches(reading: Reading, text: str) -> Waiting | None:
    """The servers for which a script waits at its end, each in a case of its own; None: none is one by its name, and
    not all cases end with the same program."""
    found = []
    plain, whole = _on_lines(text)
    tails = _tails(plain)
    for upto in tails:
        at, last = _last(upto)
        given, command = _waited_for(upto if whole else text, last)
        if command and _DETACHED.search(command) is None and _serves(reading, command):
            found.append(Waiting("", whole or at, given, command))
    same = len({each.command.split()[0] for each in found}) == 1 < len(found) == len(tails)
    if not any(_is_named(each.command) for each in found) and not (same and _ELSE.search(plain[len(tails[0]) :])):
        return None
    first, *others = found
    return first._replace(others=tuple(each.line for each in others))


#: What a script does in every other case.
_ELSE: Final = lazy(r"(?m)^\s*(?:else\b|\(?\*\))")


def _on_lines(text: str) -> tuple[str, int]:
    """A script with each branch of an `if` that is its last line on lines of their own, and that line; 0: there is
    none."""
    at, last = _last(text)
    if not last.startswith("if ") or not last.endswith("; fi") or outside(last).count("; ") != last.count("; "):
        return text, 0
    parts = re.sub(r"(^|; )(then|else) ", r"\1\2; ", last).split("; ")
    return "\n".join([*text.splitlines()[: at - 1], *parts]), at


#: What stands before the command in a line of a `case`, and what ends the line.
_LABEL: Final = lazy(r"\(?[\w\"'$*|.\- ]+\)\s*")
_CASE_ENDS: Final = lazy(r"\s*;;&?$")
#: More branches are not looked into.
_MOST_BRANCHES: Final = 20


def _tails(text: str) -> list[str]:
    """A script up to the last command of each branch of the `if` or the `case` that ends it; none: it ends otherwise,
    or that is not sure."""
    lines = text.rstrip().split("\n")
    found: list[str] = []
    inside: list[bool] = []  # of each block that is open here, whether the script ends with it
    ends = "<<" not in text
    for at in reversed(range(len(lines))):
        line = lines[at].strip()
        first = line.partition(" ")[0]
        if not line or first.startswith("#"):
            continue
        if line in ("fi", "esac"):
            inside.append(ends)
        elif not inside or len(found) > _MOST_BRANCHES:
            return []
        elif first in ("else", "elif"):
            ends = inside[-1]
        elif first in ("if", "case") and not line.endswith(("fi", "esac")):
            inside.pop()
            ends = False
            if not inside:
                return found[::-1]
        else:
            case_ends = _CASE_ENDS.search(line) is not None
            plain = _CASE_ENDS.sub("", line)
            label = _LABEL.match(plain)
            plain = plain[label.end() :] if label is not None else plain
            if plain and first != "then" and (ends or (case_ends and inside[-1])):
                found.append("\n".join([*lines[:at], plain]))
            ends = case_ends and not plain and inside[-1]
    return []


def _serves(reading: Reading, command: str) -> bool:
    """Whether the program of an image goes on, by what it is, or by what is said of the image."""
    said = any(reading.last(keyword) for keyword in ("EXPOSE", "HEALTHCHECK")) or is_offered(reading)
    return said or _SERVES.match(command) is not None


#: What runs programs that may go on.
_RUNS: Final = lazy(
    r"(?:python[\d.]*|node|java|ruby|php|perl|dotnet|npm|npx|yarn|pnpm|bun|bundle|uv|poetry|make|docker)\b"
)


def ends(reading: Reading, text: str, deep: int = _MOST) -> bool:
    """Whether a script does its work and ends: it waits for each of its commands, nothing says that one serves, and the
    last is a tool, or a script of the project that ends."""
    lines = command_lines(text)
    if _SHEBANG.fullmatch(text.replace("\r", "").partition("\n")[0]) is None or _BUSY.search(lines):
        return False
    last = _last(text)[1].partition(" ")[0]
    if (
        not last
        or last in _UNSURE
        or _RUNS.match(last)
        or any(_serves(reading, line.strip()) for line in lines.splitlines())
    ):
        return False
    below = posixpath.normpath(last) if last.startswith("./") else None
    return "/" not in last if below is None else deep > 0 and ends(reading, reading.tree.text(below), deep - 1)


def _words(reading: Reading, starts: Sequence[Step]) -> list[str]:
    """The command of the image as it is started without a shell of its own; empty: it has one, or nobody knows."""
    if not all(step.instruction.json for step in starts):
        return []
    if all(step.keyword != "ENTRYPOINT" for step in starts):
        # One of the base may do whatever it likes.
        image = base_image(reading.chain[0])
        if image is None or not images.brings_no_project(image):
            return []
    ordered = sorted(starts, key=lambda step: step.keyword == "CMD")
    return [word for step in ordered for word in step.words]


def _is_changed(reading: Reading, word: str) -> bool:
    """Whether a RUN may write something else into a script."""
    name = posixpath.basename(word)
    return any(
        name in command.text and command.name not in _LEAVES and r"\r" not in command.text
        for command in reading.all_commands(reading.shipped)
    )


def _last(text: str) -> tuple[int, str]:
    """The last command of a script, as one line, with the line on which it begins; 0: it is none that stands alone."""
    lines = text.splitlines()
    end = next((at for at in reversed(range(len(lines))) if lines[at].strip() and lines[at].lstrip()[0] != "#"), -1)
    start = end
    while start > 0 and lines[start - 1].endswith("\\"):
        start -= 1
    said = " ".join(line.removesuffix("\\").strip() for line in lines[start : end + 1])
    read = command_lines(text).rstrip().rpartition("\n")[2]
    # It may lie within quotes, or in what another command gets.
    return (start + 1, said) if " ".join(read.split()) == " ".join(said.split()) else (0, "")


def _named(text: str, word: str) -> str:
    """The program that a word names, which may be kept in a variable with its arguments."""
    name = word.strip("${}")
    if word not in (f"${name}", f"${{{name}}}") or not name.isidentifier():
        return word
    values = re.findall(rf"(?<![\w$]){name}=[\"']?([\w./-]*)", text)
    return values[0] if len(values) == 1 and values[0] else word


def _waited_for(text: str, last: str) -> tuple[str, str]:
    """The variables for the program for which a script does nothing but wait at its end, and that; empty: it does more,
    or that is not sure."""
    if not last or _BUSY.search(command_lines(text)):
        return "", ""
    plain = _SENT.sub("", outside(_GIVEN.sub("_", last)))
    if last.count("&&") == plain.count("&&"):
        last, plain = last.rpartition("&&")[2].strip(), plain.rpartition("&&")[2]
    if set(plain) & set("|;&(){}<>\"'`"):
        return "", ""
    set_for_it = SET_FOR_IT.match(last)
    given = set_for_it[0] if set_for_it is not None else ""
    program = last[len(given) :]
    name = posixpath.basename(_named(text, (program.split() or [""])[0].strip("\"'")))
    function = rf"(?m)^\s*(?:function\s+{re.escape(name)}\b|{re.escape(name)}\s*\(\))"
    sure = name not in _UNSURE or any(word in program for word in _FOREGROUND)
    known = name and "$" not in name and not BUILT_IN.match(program) and not re.search(function, text)
    return (given, program) if sure and known else ("", "")
