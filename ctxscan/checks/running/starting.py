"""Scripts that cannot be started, by the image or by a RUN: line ends of Windows, and no right to be executed."""

import codecs
import json
import posixpath
import re
import stat
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from ...context.transfer import cleaned
from ...dockerfile import images
from ...dockerfile.commands import Command
from ...dockerfile.stages import Step
from ...findings import Finding
from ...paths import parents, within
from ...regex import lazy
from ...rules import globs
from ..installs.snippet import shortened
from ..project.composefiles import services_around
from ..project.services import volumes_of_services, words_of
from ..reading import Reading, base_image
from ..registry import Evidence, finding, finds

#: What runs a script that is named to it, and what a RUN has that gives a file other line ends.
_SHELLS: Final = ("sh", "bash", "ash", "dash")
_CONVERTS: Final = lazy(r"dos2unix|\\r|\$'\\r'|\br\$")


@finds("warning", scope="own")
def broken_start(case: Evidence) -> Iterator[Finding]:
    """The script that ENTRYPOINT or CMD starts cannot be started: its first line ends as on Windows, so that the system
    looks for an interpreter whose name ends with a carriage return ("no such file or directory").

    A note where nobody may execute the file, and neither `COPY --chmod` nor a RUN gives it the right ("permission
    denied"): a client on Windows gives it to every file. Also reported: a script for bash in an image based on Alpine
    that installs none, a script without a line that says what runs it, a program of Go linked against glibc where there
    is none, a USER that the image does not have, one of `nginx` who may not write what it writes first, a HEALTHCHECK,
    or the health check of a service that builds the image, that calls `curl` or `wget` where there is none, or a shell
    in `scratch` and distroless images, a `cp` or `mv` without a target, a script of the project that a RUN cannot run,
    by its lines or its mode, and one that CMD starts without the argument that it asks for. Silent where a RUN converts
    or rewrites the script, and, but for the line ends of a script for a shell, where an interpreter is called with it.
    """
    reading = case.reading
    if reading is not None:
        yield from _without_user(case, reading)
        yield from _of_nginx(case, reading)
        yield from _unhealthy(case, reading)
        yield from _by_shell(reading)
        yield from _to_nowhere(case, reading)
        yield from _without_argument(case, reading)
        yield from _in_builds(case, reading)
    for step in (reading.last("ENTRYPOINT"), reading.last("CMD")) if reading is not None else ():
        word = _program(step) if step is not None else None
        if reading is None or step is None or word is None:
            continue
        path = reading.file_of(word)
        if path is None:
            yield from _not_linked(case, reading, step, word)
            continue
        first = (reading.tree.read(path) or b"")[:200].partition(b"\n")
        name = posixpath.basename(path)
        runs = [one.instruction.whole for stage in reading.plan.stages for one in stage.steps if one.keyword == "RUN"]
        if first[0].startswith(b"#!") and first[0].endswith(b"\r"):
            if not _is_converted(reading, path):
                yield _of_windows(
                    f"{step.keyword} starts {path}, whose lines end with CRLF: no such file or directory",
                    "the system looks for an interpreter whose name ends with a carriage return",
                    path,
                )
        elif step.instruction.json and (lacks := _no_interpreter(reading, path, runs)) is not None:
            yield finding(
                broken_start,
                f"{step.keyword} starts {path}, which {lacks[0]}: exec format error",
                why="the system does not know what runs it, and there is no shell that would",
                path=path,
                line=1,
                remedy=lacks[1],
                key="interpreter",
            )
        elif (shell := _lacking_shell(reading, first[0])) is not None:
            yield finding(
                broken_start,
                f"{step.keyword} starts {path}, which asks for {shell}, and the image has none: no such file or "
                "directory",
                path=path,
                line=1,
                remedy=f"begin it with #!/bin/sh, if it does without {shell}, or RUN apk add --no-cache {shell}",
                key=shell,
            )
        elif first[0].startswith(b"#!") and _is_barred(case, path) and not _is_allowed(reading, path, name, runs):
            yield finding(
                broken_start,
                f"{step.keyword} starts {path}, which nobody may execute: permission denied",
                severity="note",
                path=case.scan.build.label,
                line=step.line,
                remedy=f"COPY --chmod=755, or git update-index --chmod=+x {path}",
                key="mode",
            )


def _to_nowhere(case: Evidence, reading: Reading) -> Iterator[Finding]:
    """A command that copies or moves one thing, and says no place for it."""
    step, image = reading.last("CMD"), base_image(reading.chain[0])
    if step is None or image is None or not images.is_plain(image) or reading.last("ENTRYPOINT") is not None:
        return
    words = " ".join(step.words).split()
    names = [each for each in words[1:] if not each.startswith("-")]
    if words[:1] not in (["cp"], ["mv"]) or len(names) != 1:
        return
    plain = not re.search(r"[|;&<>$`\"'*?\[{]|\s-\S*t|--target", " ".join(words))
    if plain:
        yield finding(
            broken_start,
            f"CMD {' '.join(words)}: {words[0]} has no target, and ends with an error",
            path=case.scan.build.label,
            line=step.line,
            remedy=f"name where they go, such as CMD {' '.join(words)} /out",
            key=words[0],
        )


def _without_argument(case: Evidence, reading: Reading) -> Iterator[Finding]:
    """A script that ends unless it gets an argument, and gets none."""
    step = reading.last("CMD")
    words = step.words[:1] if step is not None else ()
    if not any("/" in each or each in _SHELLS for each in words):
        return
    from .asking import asks  # most start a program

    found = asks(reading)
    if found is not None:
        said = " ".join(found.step.words)
        yield finding(
            broken_start,
            f"CMD {said} passes no argument, without which {found.script}:{found.line} ends with an error",
            path=case.scan.build.label,
            line=found.step.line,
            remedy=f"pass one that it takes, such as {found.value}",
            key=found.script,
        )


def _by_shell(reading: Reading) -> Iterator[Finding]:
    """A script with lines as on Windows that a shell is told to run: it takes the carriage return for a part of what
    ends the line, be it `fi`, an option or the name of a program."""
    for step in (reading.last("ENTRYPOINT"), reading.last("CMD")):
        words = step.words if step is not None and step.instruction.json else ()
        if step is None or len(words) < 2 or posixpath.basename(words[0]) not in _SHELLS:
            continue
        path = None if words[1].startswith("-") else reading.file_of(words[1])
        if path is not None and _is_of_windows(reading, path) and not _is_converted(reading, path):
            yield _of_windows(
                f"{step.keyword} runs {path} with {posixpath.basename(words[0])}, and its lines end with CRLF",
                "the shell takes the carriage return for a part of the last word of each line",
                path,
            )


def _is_of_windows(reading: Reading, path: str) -> bool:
    """Whether the lines of a script that do something end as on Windows."""
    lines = (reading.tree.read(path) or b"").splitlines(keepends=True)
    says = [line for line in lines if line.strip() and not line.lstrip().startswith((b"#", b"echo "))]
    return bool(says) and b"\r" in says[0] and all(line.endswith(b"\r\n") for line in says[:-1])


def _in_builds(case: Evidence, reading: Reading) -> Iterator[Finding]:
    """A script of the project that a RUN runs, the first in each stage."""
    for stage in reading.plan.stages:
        for before, step in reading.own_steps(stage):
            if step.keyword != "RUN" or "||" in step.instruction.text or step.onbuild is not None:
                continue
            tried = (_not_run(case, reading, before, each) for each in reading.commands(step))
            found = next(filter(None, tried), None)
            if found is not None:
                yield finding(
                    broken_start,
                    f"{shortened(step.instruction.text)}: {found.said}",
                    why=found.why,
                    path=case.scan.build.label,
                    line=step.line,
                    remedy=found.remedy,
                    key=found.path,
                )
                break


class _NotRun(NamedTuple):
    """A script that a command cannot run: what is said of it, why, and the way out."""

    path: str
    said: str
    why: str
    remedy: str


def _not_run(case: Evidence, reading: Reading, before: Sequence[Step], command: Command) -> _NotRun | None:
    """The script that a command cannot run; None: it can, or runs none of the project."""
    shell = command.name in _SHELLS and not command.program
    word = command.program or (next(iter(command.arguments), "-") if shell else "-")
    if command.guarded or word.startswith("-") or ("/" not in word and not shell):
        return None
    path = reading.came_from(before, posixpath.normpath(posixpath.join(command.cwd, word)))
    data = (reading.tree.read(path) or b"") if path is not None else b""
    if path is None or not data.startswith(b"#!"):
        return None
    texts = [each.instruction.whole for each in before if each.keyword == "RUN"] + [command.step.instruction.whole]
    windows = data.partition(b"\n")[0].endswith(b"\r") and (not shell or _is_of_windows(reading, path))
    if windows and not any(map(_CONVERTS.search, texts)):
        why = "the shell takes the carriage return for a part of each line" if shell else "there is no such interpreter"
        return _NotRun(path, f"the lines of {path} end with CRLF", why, _with_line_feeds(path))
    given = any(flag == "chmod" for each in before for flag, _ in each.flags) or any(
        "chmod" in text or "install " in text or "setfacl" in text for text in texts
    )
    if shell or given or not _is_barred(case, path):
        return None
    remedy = f"git update-index --chmod=+x {path}, or RUN sh {word}"
    return _NotRun(path, f"nobody may execute {path}", "permission denied", remedy)


def _of_windows(message: str, why: str, path: str) -> Finding:
    return finding(broken_start, message, why=why, path=path, line=1, remedy=_with_line_feeds(path), key="CRLF")


def _with_line_feeds(path: str) -> str:
    ending = posixpath.splitext(path)[1]
    kept = f"*{ending}" if ending else path
    return f"save it with LF, and add {kept} text eol=lf to .gitattributes"


def _is_converted(reading: Reading, path: str) -> bool:
    """Whether a RUN gives a file of the context other line ends, behind the last COPY that takes it."""
    steps = [step for stage in reading.plan.stages for step in stage.steps]
    taking = [
        at
        for at, step in enumerate(steps)
        if step.keyword in ("COPY", "ADD")
        and step.origin is None
        and any(each.kind == "path" and _takes(cleaned(each.text), path) for each in step.sources)
    ]
    after = steps[taking[-1] :] if taking else steps
    return any(_CONVERTS.search(each.instruction.whole) for each in after if each.keyword == "RUN")


def _takes(source: str, path: str) -> bool:
    return not source or within(path, source) or globs.is_wild(source)


#: How a package is installed, and leaves nothing behind.
_BY_APK: Final = "apk add --no-cache {}"
_BY_APT: Final = "apt-get update && apt-get install -y --no-install-recommends {} && rm -rf /var/lib/apt/lists/*"


class _Probe(NamedTuple):
    """A health check by the `program` that it calls, and the line of the Dockerfile that it is told of; `text`: the
    line that a shell gets of it, or ""."""

    program: str
    said: str
    line: int
    text: str


def _probes(reading: Reading) -> Iterator[_Probe]:
    """The health checks that begin with a program: of the image, and of the services that build it."""
    step = reading.last("HEALTHCHECK")
    if step is not None and step.words[:1] == ("CMD",) and len(step.words) > 1 and step.words[1].split():
        text = "" if step.instruction.json else step.words[1]
        yield _Probe(step.words[1].split()[0], "HEALTHCHECK", step.line, text)
    for service, _ in services_around(reading):
        test = service.get("healthcheck", "test")
        words = words_of(test)
        if test is None or service.get("healthcheck", "disable") is not None:
            continue
        if words[:1] == ["CMD"]:
            said = words[1:2]
        else:
            # One of several may be there.
            lines = re.split(r"\|\||;", words[-1]) if len(words) == 1 or words[:1] == ["CMD-SHELL"] else []
            called = [each.split()[0] for each in lines if each.split()]
            said = called[:1] if not set(called[1:]) - {"exit", "false"} else []
        for program in said:
            text = "" if words[:1] == ["CMD"] else words[-1]
            yield _Probe(program, f"the health check in {Path(test.place).name}", reading.chain[-1].line, text)


def _unhealthy(case: Evidence, reading: Reading) -> Iterator[Finding]:
    """A HEALTHCHECK that calls what the image does not have, or the one that a service has in its place."""
    image = base_image(reading.chain[0])
    probes = [*_probes(reading)]
    probe = next((each for each in probes if image is not None and images.lacks(image, each.program)), None)
    if probe is None or image is None:
        yield from _without_shell(case, reading, probes)
        return
    program = [probe.program]
    others = [each for each in reading.shipped if each.keyword in ("RUN", "COPY", "ADD")]
    if any(program[0] in each.instruction.whole for each in others):
        return
    if any(each.origin is not None and each.target.startswith(("/bin", "/usr")) for each in others):
        return
    if any(command.program for command in reading.all_commands(others)):
        return
    instead = "wget -qO- and the address" if program == ["curl"] and not images.lacks(image, "wget") else ""
    how = _BY_APK if images.is_alpine(image) else _BY_APT
    user = next((each for each in reading.shipped if each.keyword == "USER"), None)
    above = f" above USER on line {user.line}" if user is not None else ""
    installed = f"RUN {how.format(program[0])}{above}"
    way = f"write {instead}, or {installed}" if instead else f"{installed}, or let the program of the image ask"
    yield finding(
        broken_start,
        f"{probe.said} calls {program[0]}, which {image.repository}:{image.tag} does not have: the container counts as "
        "unhealthy",
        path=case.scan.build.label,
        line=probe.line,
        # No RUN would find a shell.
        remedy=_WITHOUT_PROBE if images.is_bare(image) else way,
        key=program[0],
    )


#: What is left for an image that has nothing to probe with, and no way to install it.
_WITHOUT_PROBE: Final = (
    "take it out, and have what runs the container ask, or COPY a static program that does, and call it in an array, "
    "without a shell"
)


def _without_shell(case: Evidence, reading: Reading, probes: list[_Probe]) -> Iterator[Finding]:
    """A line for the shell in an image that has none."""
    probe = next((each for each in probes if each.text), None)
    lowest = reading.chain[0]
    if probe is None or (lowest.origin.kind != "scratch" and "distroless" not in lowest.base):
        return
    from ..inputs.lacking import has_no_shell  # few images have none

    bare = has_no_shell(reading, reading.chain[-1], reading.shipped)
    if bare is None:
        return
    words = probe.text.partition("||")[0].split()
    array = f"HEALTHCHECK CMD {json.dumps(words, ensure_ascii=False)}" if probe.said == "HEALTHCHECK" else ""
    plain = array and not set(" ".join(words)) & set("|&;<>()$`\"'*?[]#~{}!\\") and "/" in words[0]
    yield finding(
        broken_start,
        f"{probe.said} {shortened(probe.text)}: a shell has to run it, and {bare} has none: the container counts as "
        "unhealthy",
        path=case.scan.build.label,
        line=probe.line,
        remedy=f"write {array}" if plain else _WITHOUT_PROBE,
        key="shell",
    )


#: A package of Go that starts, and does nothing, without a compiler of C.
_NEEDS_C: Final = "mattn/go-sqlite3"


def _module_of(reading: Reading, source: str) -> str:
    """The `go.mod` nearest to a source, or the path of one in the root."""
    places = (posixpath.join(above, "go.mod") for above in parents(source))
    return next((each for each in places if reading.tree.kind(each) == "file"), "go.mod")


def _not_linked(case: Evidence, reading: Reading, step: Step, word: str) -> Iterator[Finding]:
    """A program that needs the library of C of the stage that made it."""
    made = (images.has_compiler_of_c(one) for each in reading.plan.stages if (one := base_image(each)) is not None)
    if not any(made):
        return
    from .linking import without_library  # only where such a stage makes something

    found = without_library(reading, step, word)
    if found is not None:
        run, linked, kind = found
        yield finding(
            broken_start,
            f"{step.keyword} starts {word}, which line {run.line} links against glibc ({linked.source}:{linked.line} "
            f"imports {linked.package}), and the image is {kind}: no such file or directory",
            path=case.scan.build.label,
            line=run.line,
            remedy="make it in golang:<version>-alpine, with RUN apk add --no-cache build-base: go-sqlite3 needs C"
            if "Alpine" in kind and _NEEDS_C in reading.tree.text(_module_of(reading, linked.source))
            else f"write CGO_ENABLED=0 before go build on line {run.line}",
            key="glibc",
        )


def _without_user(case: Evidence, reading: Reading) -> Iterator[Finding]:
    """A USER by a name that no step of the image makes, and that its base does not have."""
    step = reading.last("USER")
    image = base_image(reading.chain[0])
    if step is None or image is None or not step.words:
        return
    from .accounts import unknown_user  # only where the image is run by somebody

    name = unknown_user(reading, reading.chain[-1], reading.shipped, step, step.words[0])
    if name is None:
        return
    small = images.plain_name(image) == "busybox" or images.is_alpine(image)
    made = f"RUN adduser -S -D {name}" if small else f"RUN useradd --system {name}"
    yield finding(
        broken_start,
        f"USER {name}: the image has no such user, and no step makes one: the container does not start",
        path=case.scan.build.label,
        line=step.line,
        remedy="USER 10001:10001" if images.has_no_useradd(image) and not small else f"{made} before it",
        key=name,
    )


#: Where nginx writes, and the configuration that may have it write elsewhere.
_NGINX_WRITES: Final = lazy(r"\.pid\b|/run\b|/etc/nginx(?:/(?:nginx\.conf)?)?(?![\w./])")


def _of_nginx(case: Evidence, reading: Reading) -> Iterator[Finding]:
    """A USER who may not write the file that nginx has its number in, as its image is."""
    user, image = reading.last("USER"), base_image(reading.chain[0])
    if user is None or image is None or images.plain_name(image) != "nginx" or "$" in user.words[0]:
        return
    command = " ".join(word for each in ("ENTRYPOINT", "CMD") if (step := reading.last(each)) for word in step.words)
    if re.match(r"(?:root|0)(?::|$)", user.words[0]) or (command and not re.match(r"(?:\S*/)?nginx\b", command)):
        return
    texts = [each.instruction.whole for each in reading.shipped if each is not user]
    texts += volumes_of_services(reading)
    copied = [each for each in reading.shipped if each.keyword in ("COPY", "ADD")]
    if any(map(_NGINX_WRITES.search, texts)) or any(each.target == "/" for each in copied):
        return
    name = user.words[0].partition(":")[0]
    yield finding(
        broken_start,
        f"USER {user.words[0]}: nginx may not write /run/nginx.pid, and does not start",
        why="the master of the image is root, and so is what it writes to",
        path=case.scan.build.label,
        line=user.line,
        remedy=f"RUN touch /run/nginx.pid && chown -R {name} /run/nginx.pid /var/cache/nginx before it, or FROM "
        "nginxinc/nginx-unprivileged, which listens on 8080",
        key="nginx",
    )


#: Images for Java, some of which bring bash.
_JAVA: Final = frozenset("eclipse-temurin openjdk maven gradle".split())


def _lacking_shell(reading: Reading, line: bytes) -> str | None:
    """The shell that the first line of a script asks for, where an image based on Alpine has another one alone."""
    if re.fullmatch(rb"#!\s*(?:/usr)?/bin/(?:env\s+)?bash(?:\s.*)?", line.rstrip()) is None:
        return None
    image = base_image(reading.chain[0])
    if image is None or not images.brings_no_project(image) or not images.is_alpine(image):
        return None
    if images.plain_name(image) in _JAVA:
        return None  # some of these bring it
    brought = any(step.keyword in ("COPY", "ADD") and step.origin is not None for step in reading.shipped)
    texts = (step.instruction.text for step in reading.shipped if step.keyword == "RUN")
    return None if brought or any("bash" in text for text in texts) else "bash"


def _no_interpreter(reading: Reading, path: str, runs: list[str]) -> tuple[str, str] | None:
    """How a text that is a script by its name does not begin as one, and the way out. Tried with Docker."""
    text = reading.tree.read(path) or b""
    name = posixpath.basename(path)
    if not text.strip() or b"\0" in text or any(name in each for each in runs):
        return None
    if text.startswith(codecs.BOM_UTF8 + b"#!"):
        return "begins with a byte order mark", "save it as UTF-8 without one"
    if name.endswith((".sh", ".bash")) and not text.startswith(b"#!"):
        return "does not begin with #!", "write #!/bin/sh in its first line"
    return None


def _program(step: Step) -> str | None:
    """The path that is executed itself; None: a program of the image is, or it is not plain."""
    words = step.words if step.instruction.json else " ".join(step.words).split()
    first = words[0] if words else ""
    if first == "exec" and len(words) > 1:
        first = words[1]
    if "/" not in first or set(first) & set("$`;&|(<>*"):
        return None
    return first


def _is_barred(case: Evidence, path: str) -> bool:
    """Whether the file has no bit that lets anybody execute it, where files have such bits."""
    if sys.platform == "win32":
        return False
    try:
        mode = Path(case.scan.disk.root, path).lstat().st_mode
    except OSError:
        return False
    return stat.S_ISREG(mode) and not mode & 0o111


def _is_allowed(reading: Reading, path: str, name: str, runs: list[str]) -> bool:
    """Whether an instruction gives the right, or may do so."""
    if any("chmod" in text or "install " in text or name in text for text in runs):
        return True
    copies = (one for stage in reading.plan.stages for one in stage.steps if one.keyword in ("COPY", "ADD"))
    return any(flag == "chmod" for one in copies for flag, _ in one.flags)
