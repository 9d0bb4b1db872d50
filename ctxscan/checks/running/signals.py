"""How a container hears that it has to stop, and whether anybody asks it how it is."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator
from typing import Final

from ...dockerfile import images
from ...dockerfile.shell import BUILT_IN, SET_FOR_IT, one_line, outside
from ...dockerfile.stages import Step
from ...findings import Finding
from ...packages.catalog import system_packages
from ...printable import WHITE_SPACE
from ...regex import lazy
from ..installs.snippet import shortened
from ..project.services import INITS
from ..reading import Reading, base_image, has_apk, listed
from ..registry import Evidence, finding, finds
from .probing import is_probed
from .starts import TOLD_NOTHING, is_prompt, is_windows, starting_steps

#: What a shell has to do in a command.
_SHELL_WORDS: Final = lazy(r"""[|&;<>()$`\\"'*?\[\]#~{}!\n]|^\s*\w+=""")
#: Commands that print something, or do their work, and end: nobody stops them.
_ENDS: Final = frozenset(
    "echo printf cat ls env date true false pwd id whoami uname help printenv set export migrate psql alembic flyway "
    "liquibase goose dbmate pg_dump pg_restore mysqldump mkdir cp mv rm ln touch chmod chown tar cd test".split()
)
#: What a program is told that brings a database up to date, and ends.
_MIGRATES: Final = lazy(r"(?<![./\w])(?:[\w-]+:)*migrat(?:e|ions?)(?:[:\s\"']|$)")
_DEAF: Final = "the shell does not forward signals: a stop takes ten seconds and ends in a kill"


@finds("warning", scope="own")
def shell_form_command(case: Evidence) -> Iterator[Finding]:
    """CMD or ENTRYPOINT as a plain line, or a script without `exec`: a shell is process 1, and the program below it
    never hears SIGTERM.

    Or there is none, as in `scratch`, and nothing starts. So is what is meant for an array and is none, such as
    `['npm', 'start']`: the shell finds no such command, in an image for development either. So is an array whose only
    word has blanks in it, such as `["npm start"]`, and one that hands on a variable, which no shell replaces: `["node",
    "a.js", "--port", "${P:-80}"]`. So is a script of the context that is process 1 of a server and waits for its
    program at its end: a shell becomes the last command of a line at most, and never of a script. A note where the
    shell is named in an array (`["sh", "-c", "…"]`), where the shell of the image becomes the program anyway, as that
    of Alpine does, and that of Fedora for a single command, and where nobody knows which shell the base has. Silent
    where the line ends with `exec`, for what a later instruction replaces, for what prints something, starts a service
    or runs a script of the project, and ends, below an init (`tini`, `dumb-init`), and of a script that catches
    signals, starts something beside the shell, or ends with more than one program, unless a condition chooses one.
    """
    reading = case.reading
    starts = starting_steps(reading) if reading else []
    if reading is None or is_windows(reading):
        return
    yield from _handed_on(case, reading, starts)
    if _is_below_an_init(starts) or (starts and is_prompt(starts)):
        return
    yield from _started_by_a_script(case, reading, starts)
    for step in starts:
        text = " ".join(step.words)
        named = step.instruction.json
        if named and _is_one_word(reading, step, starts):
            yield finding(
                shell_form_command,
                f"{step.keyword} {json.dumps(list(step.words), ensure_ascii=False)}: an array of one word, and no "
                "program is called that",
                why="no shell parts the words of an array",
                path=case.scan.build.label,
                line=step.line,
                remedy=f"{step.keyword} {json.dumps(text.split(), ensure_ascii=False)}",
                key=step.keyword,
            )
            continue
        if named:
            words = _joined(step, starts)
            if len(words) != 3 or posixpath.basename(words[0]) not in ("sh", "bash", "ash", "dash"):
                continue
            if words[1] not in ("-c", "-lc", "-ec", "-xc", "-euc"):
                continue
            text = words[2]
        if _hands_over(text) or _prints(text):
            continue
        if step.keyword == "CMD" and any(each.keyword == "ENTRYPOINT" and not each.instruction.json for each in starts):
            continue  # nobody runs it
        handed = _HANDED.search(text) is not None
        alone = step.keyword == "ENTRYPOINT" and not (named or handed)
        ignored = alone and any(each.keyword == "CMD" for each in starts)
        broken = not named and _array(text) is not None
        # An image that is made before by another build may have any shell.
        if not broken and ("shipped" not in case.scopes or reading.chain[0].origin.kind == "context"):
            continue
        bare = None if named else _without_shell(reading)
        if bare is not None and any(one.keyword == "RUN" and not one.instruction.json for one in reading.shipped):
            continue  # the build ends before that
        if not (broken or ignored or bare) and _runs_to_its_end(reading, text):
            continue
        plain = not (named or broken or ignored) and bare is None
        becomes = plain and _becomes_it(reading, step, text)
        maybe = plain and not becomes and _may_become_it(reading, step, text)
        if becomes:
            said = f"{step.keyword} {_short(text)}: a line for the shell"
        elif bare is not None:
            said = f"{step.keyword} {_short(text)}: a shell has to run it, and {bare} has none"
        elif broken:
            said = f"{step.keyword} {_short(text)} is no JSON array: a shell takes it for a command, and finds none"
        else:
            said = f"{step.keyword} {_short(text)}: a shell {'may be' if maybe else 'is'} process 1"
            said += ", and CMD is ignored" if ignored else ""
        yield finding(
            shell_form_command,
            said,
            severity="note" if named or becomes or maybe else "warning",
            why="the shell of this image replaces itself with the program; that of another base, such as Debian, would "
            "stay process 1 and forward no signals"
            if becomes
            else "unless the shell of the base replaces itself with the program, it does not forward signals: a stop "
            "takes ten seconds and ends in a kill"
            if maybe
            else "no such file or directory: /bin/sh"
            if bare is not None
            else "an array has double quotes and commas between its words, or it is a line for the shell"
            if broken
            else _DEAF,
            path=case.scan.build.label,
            line=step.line,
            remedy=_exec_form(reading, step, text),
            key=step.keyword,
        )


def _joined(step: Step, starts: list[Step]) -> tuple[str, ...]:
    """The words of an array, behind those of the ENTRYPOINT that gets them."""
    above = [each for each in starts if each.keyword == "ENTRYPOINT" and each.instruction.json and each is not step]
    return (*above[0].words, *step.words) if above else step.words


def _started_by_a_script(case: Evidence, reading: Reading, starts: list[Step]) -> Iterator[Finding]:
    """A script that waits for the program of the image."""
    words = [word for step in starts for word in step.words[:2]]
    if "shipped" not in case.scopes or not any(map(reading.file_of, words)):
        return
    from .waiting import waiting  # most images start a program

    found = waiting(reading, starts)
    if found is not None and not _prints(found.command):
        others = [line for line in found.others if line != found.line]
        too = f", and exec before what begins on {listed(others)}" if others else ", also in its other cases"
        too *= bool(found.others)
        yield finding(
            shell_form_command,
            f"{found.path} starts {_short(found.command)} without exec: the shell stays process 1",
            why=_DEAF,
            path=found.path,
            line=found.line,
            remedy=f"{found.given}exec {_short(found.command)}{too}",
            key=found.path,
        )


def _without_shell(reading: Reading) -> str | None:
    """What the image is based on, if that has no shell, and nothing has brought one."""
    lowest = reading.chain[0]
    if lowest.origin.kind != "scratch" and "distroless" not in lowest.base:
        return None
    from ..inputs.lacking import has_no_shell

    return has_no_shell(reading, reading.chain[-1], reading.shipped)


def _is_one_word(reading: Reading, step: Step, starts: list[Step]) -> bool:
    """Whether an array has a whole line as the name of its program. It may be the argument of an ENTRYPOINT, which an
    image may bring along."""
    image = base_image(reading.chain[0])
    known = reading.chain[0].origin.kind == "scratch" or (image is not None and images.brings_no_project(image))
    alone = step.keyword == "ENTRYPOINT" or all(each.keyword != "ENTRYPOINT" for each in starts)
    word = step.words[0] if len(step.words) == 1 else ""
    known |= word.startswith("/")  # a path is the program of whatever hands it on
    return known and alone and " " in word.strip() and _SHELL_WORDS.search(word) is None


def _handed_on(case: Evidence, reading: Reading, starts: list[Step]) -> Iterator[Finding]:
    """What arrays hand on to a program that only a shell would have read."""
    for step in starts:
        if not step.instruction.json or not any("$" in each or each.startswith("--") for each in step.words):
            continue
        from .handing import handed  # few commands have any of it

        found = handed(reading, step, starts)
        if found is not None:
            yield finding(
                shell_form_command,
                f"{step.keyword} {_short(' '.join(step.words))}: {found.said}",
                why=found.why,
                path=case.scan.build.label,
                line=step.line,
                remedy=found.remedy,
                key=f"{step.keyword}\0{found.name}",
            )


def _is_below_an_init(starts: list[Step]) -> bool:
    """Whether process 1 is an init, which hears signals and passes them on."""
    first = next((step.words for step in starts if step.keyword == "ENTRYPOINT" and step.instruction.json), ("",))
    return posixpath.basename(first[0]) in (*INITS, "init", "s6-svscan")


def _hands_over(text: str) -> bool:
    """Whether the last command of a line replaces the shell."""
    parts = re.split(r"&&|\|\||[;&\n]", outside(text.strip(WHITE_SPACE)))
    return re.match(r"exec\s", parts[-1].strip()) is not None


def _becomes_it(reading: Reading, step: Step, text: str) -> bool:
    """Whether the shell that gets a line becomes its last command: BusyBox does, and bash where there is one alone."""
    plain, shell = outside(text.strip(WHITE_SPACE)), posixpath.basename(step.shell[0])
    if _COMPOUND.search(plain):
        return False
    if shell == "sh":
        shell = _shell_of(reading)
    if shell == "bash":
        return "&&" not in plain and ">" not in plain
    return shell == "ash"


def _may_become_it(reading: Reading, step: Step, text: str) -> bool:
    """The same for the shell of a base of which nobody knows which one it has."""
    plain = not _COMPOUND.search(outside(text.strip(WHITE_SPACE)))
    return plain and posixpath.basename(step.shell[0]) == "sh" and not _shell_of(reading)


_COMPOUND: Final = lazy(r"[|;\n(){}]|(?<!&)&(?!&)|^(?:if|while|until|for|case|!)\s")
#: The package managers of systems on which `sh` is bash, and of those on which it is dash.
_BY_BASH: Final = frozenset("dnf microdnf yum tdnf rpm zypper pacman".split())
_BY_DASH: Final = frozenset("apt-get apt dpkg".split())


def _shell_of(reading: Reading) -> str:
    """Which program `sh` is in the image; empty: nobody knows."""
    image = base_image(reading.chain[0])
    if has_apk(reading, image):
        return "ash"
    called = {each.name for each in reading.all_commands(reading.shipped)}
    known = images.shell_of(image) if image is not None else ""
    return known or ("dash" if called & _BY_DASH else "bash" if called & _BY_BASH else "")


def _prints(text: str) -> bool:
    """Whether all that is run ends by itself: what prints something, or starts a service."""
    parts = [part.split() for part in re.split(r"&&|\|\||[;&|\n]", text) if part.strip()]
    if all(_MIGRATES.search(" ".join(part)) for part in parts):
        return True
    return all(posixpath.basename(part[0]) in _ENDS or part[-1] in TOLD_NOTHING or _is_service(part) for part in parts)


def _runs_to_its_end(reading: Reading, text: str) -> bool:
    """Whether the last program of a line is a script of the project that does its work and ends. It may be mounted."""
    inner = _INNER.fullmatch(text.strip(WHITE_SPACE))
    last = _IN_TURN.split(text if inner is None else inner[2] or inner[3] or "")[-1].split()
    path = reading.file_of(last[0]) if last else None
    if path is None and last and last[0].startswith("./"):
        path = posixpath.normpath(last[0])
    if path is None or reading.tree.kind(path) != "file":
        return False
    from .waiting import ends  # few lines call a script

    return ends(reading, reading.tree.text(path))


def _is_service(words: list[str]) -> bool:
    """Whether a command starts something in the background and ends."""
    return words[0] == "service" or words[0].startswith("/etc/init.d/")


#: Those of a word processor.
_QUOTES: Final = str.maketrans("\u201c\u201d\u201e\u2018\u2019", '"""\'\'')


#: How an image comes by `tini`, by the package manager that its commands call.
_TINI: Final = {"apk": "apk add --no-cache tini", "apt-get": "apt-get install -y tini"}


#: What hands the words of CMD on to the program of a line, from the shell that gets them.
_HANDED: Final = lazy(r"(?:\s+[\"']?\$\{?0\}?[\"']?)?\s+[\"']?\$\{?[@*]\}?[\"']?\s*$")


#: A line that starts one more shell, with the line for that.
_INNER: Final = lazy(r"(?s)(?:/(?:usr/)?bin/)?((?:ba|a|da)?sh)\s+-c\s+(?:\"((?:[^\"\\]|\\.)*)\"|'([^']*)')")


def _exec_form(reading: Reading, step: Step, text: str) -> str:
    meant = _array(text)
    if step.keyword == "ENTRYPOINT" and not step.instruction.json:
        text = _HANDED.sub("", text)  # an array gets them without that
    inner = _INNER.fullmatch(text.strip(WHITE_SPACE))
    if inner is not None:
        # A shell in a shell is one too many.
        text = inner[3] or re.sub(r'\\([\\"$`])', r"\1", inner[2] or "")
        text = re.sub(r"^\s*exec\s+", "", text)
    if meant is not None:
        return f"{step.keyword} {json.dumps(meant, ensure_ascii=False)}"
    # Of one that an ENTRYPOINT gives to its shell, that stays.
    rest = step.instruction.json and len(step.words) < 3
    if not (rest or _SHELL_WORDS.search(text)):
        return f"{step.keyword} {json.dumps(text.split(), ensure_ascii=False)}{_in_its_script(reading, text.split())}"
    if re.search(r"(?<!&)&(?!&)", text):
        return _TRAPS if rest else _all_signalled(reading, step)
    if re.search(r"&&|\|\||[;|\n]", text) and (handed := _handed_over(reading, step, text)) is not None:
        return handed
    if len(text) > 200 or re.search(r"&&|\|\||[;|\n]", text):
        return f"{step.keyword} in an array, or a script that ends with exec"
    shell = inner[1] if inner else step.words[0] if step.instruction.json else posixpath.basename(step.shell[0])
    # A variable for the program alone stays before its name, and exec goes between them.
    given = match[0] if (match := SET_FOR_IT.match(text)) is not None else ""
    line = f"{given}exec {text[len(given) :]}"
    head = step.words[:-1] if rest else (shell, "-c")
    return f"{step.keyword} {json.dumps([*head, line], ensure_ascii=False)}"


def _in_its_script(reading: Reading, words: list[str]) -> str:
    """What else to write where a command is a script that waits for its program."""
    if not any(map(reading.file_of, words[:2])):
        return ""
    from .waiting import waiting_in  # most images start a program

    found = waiting_in(reading, words)
    return "" if found is None else f", and exec before {_short(found.command)} on line {found.line} of {found.path}"


_TRAPS: Final = "a script that begins with trap 'trap - TERM; kill 0' TERM, and ends with wait"
#: What parts commands of which the last always runs.
_IN_TURN: Final = lazy(r"&&|;")


def _handed_over(reading: Reading, step: Step, text: str) -> str | None:
    """The same line with `exec` before its last command; None: that is not a plain one."""
    text = text.strip(WHITE_SPACE)
    if "\n" not in text and "`" not in text:
        text = one_line(text)
    plain = outside(text)
    ends = [each.end() for each in _IN_TURN.finditer(text)]
    if (
        not ends
        or len(ends) != len(_IN_TURN.findall(plain))
        or re.search(r"\||\n|^(?:if|while|until|for|case)\s", plain)
    ):
        return None  # one of them is within quotes, or stands for more
    found = SET_FOR_IT.match(text[ends[-1] :].lstrip())
    last = text[ends[-1] :].lstrip()
    if found is None or not last[found.end() :] or BUILT_IN.match(last[found.end() :]):
        return None
    line = f"{text[: ends[-1]]} {found[0]}exec {last[found.end() :]}"
    said = json.dumps([*step.words[:-1], line], ensure_ascii=False) if step.instruction.json else line
    way = f"{step.keyword} {said}" if len(line) <= 200 else f"write exec before {_short(last)}"
    script = reading.file_of(last[found.end() :].split()[0])
    lines = reading.tree.text(script).strip().splitlines() if script is not None else [""]
    # A shell that waits for its last command hands no signal on either.
    waits = lines[0].startswith("#!") and "sh" in lines[0] and not re.match(r"exec\s", lines[-1].strip())
    return f"{way}, and exec before the last command of {script}" if waits else way


def _all_signalled(reading: Reading, step: Step) -> str:
    """How all that a line starts side by side hears of a stop: below `tini`, which most images have to install."""
    called = list(reading.all_commands(reading.shipped))
    init = f'ENTRYPOINT ["tini", "-g", "--"] above {step.keyword}, which signals all that it starts'
    if any("tini" in command.words for command in called):
        return init
    # Its lists may be gone below the install.
    adds = next((each for each in called if each.name in _TINI and system_packages(each) == "adds"), None)
    if adds is not None:
        return f"tini among the packages of line {adds.step.line}, and {init}"
    how = next((_TINI[command.name] for command in called if command.name in _TINI), None)
    if how is None and has_apk(reading, base_image(reading.chain[0])):
        how = _TINI["apk"]
    if how is None:
        return _TRAPS
    return f"{how} in a RUN, and {init}"


def _array(text: str) -> list[str] | None:
    """The words of what is meant for an array and is none, which makes it a plain line: the quotes of another language,
    a comma or a bracket too many or too few."""
    text = text.strip(WHITE_SPACE)
    if not (text.startswith("[") and text.endswith("]")):
        return None
    inside = text.strip("[]" + WHITE_SPACE).translate(_QUOTES)
    quoted = r"\"([^\"]*)\"|'([^']*)'"
    if not inside.startswith(("'", '"')) or re.sub(quoted, "", inside).strip(", []" + WHITE_SPACE):
        return None  # a test of the shell, or what nobody can tell
    return [double or single for double, single in re.findall(quoted, inside)]


def _short(text: str) -> str:
    return shortened(" ".join(text.split()))


def _probed(reading: Reading) -> tuple[Step, str | None]:
    """The EXPOSE with the port to probe, and that: the one that the command or PORT names, or else the first."""
    steps = [step for step in reading.shipped if step.keyword == "EXPOSE"]
    words = [(word.partition("/")[0], step) for step in steps for word in step.words]
    ports = {each: step for each, step in reversed(words) if each}
    port = next(reversed(ports), None)
    if len(ports) > 1:
        said = " ".join(word for step in starting_steps(reading) for word in step.words)
        named = [dict(reading.shipped[-1].environment).get("PORT", ""), *_PORTS.findall(said)]
        port = next((each for each in named if each in ports), port)
    return (ports[port] if port is not None else steps[0]), port


#: A port in the command of a server.
_PORTS: Final = lazy(r"(?:^|[\s:=])(\d{2,5})(?!\S)")


@finds("note", scope="shipped")
def missing_healthcheck(case: Evidence) -> Iterator[Finding]:
    """A server (EXPOSE and a command) without a HEALTHCHECK: Docker considers it healthy while the process runs.

    Silent where there is nothing to probe with (`scratch`, distroless), and where something beside the Dockerfile does
    the probing: a compose file with a health check, Kubernetes and its like.
    """
    reading = case.reading
    if reading is None or not reading.last("EXPOSE") or not starting_steps(reading) or reading.last("HEALTHCHECK"):
        return
    lowest = reading.chain[0]
    image = base_image(lowest)
    if image is None or images.is_bare(image) or is_windows(reading) or is_probed(case.scan.build, reading):
        return
    exposed, port = _probed(reading)
    # A variable that has no value here.
    written = " ".join(exposed.instruction.text.split()[1:2]) or "its port"
    yield finding(
        missing_healthcheck,
        f"EXPOSE {port or written} and no HEALTHCHECK",
        why="a server that hangs counts as running",
        path=case.scan.build.label,
        line=exposed.line,
        remedy=f"HEALTHCHECK CMD with a command that probes {f'port {port}' if port else 'the port where it listens'}",
    )
