"""What a program does, as its sources say: where it writes, what it does that is for root alone, and what somebody else
needs to run it."""

import posixpath
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final, NamedTuple

from ...context.transfer import cleaned
from ...dockerfile import images
from ...dockerfile.shell import every_command, is_whole, replaced
from ...dockerfile.stages import Stage, Step
from ...packages import writing
from ...paths import absolute, join, within
from ...regex import lazy
from ...rules import globs
from ..project.clusters import is_shown_in_a_cluster, runs_in_a_cluster
from ..project.composefiles import running_services
from ..reading import Reading, base_image, has_apk
from .homes import owner_of, settings_of, words_of_start


def for_its_manager(reading: Reading, image: images.Reference, scripts: Sequence[str]) -> str:
    """What a user who does not own the packages needs where their manager starts the program."""
    start = " ".join(words_of_start(reading))
    apart = _environment_at_home(reading, (start, *scripts))
    if apart:
        return apart
    if "uv run" in start or any("uv run" in text for text in scripts):
        return _by_uv(reading, image, (start, *scripts))
    beside = ("package.json", "pnpm-workspace.yaml", ".npmrc")
    paths = (reading.source(posixpath.join(reading.workdir, each)) for each in beside)
    manifest, *others = (reading.tree.text(path) if path is not None else "" for path in paths)
    told = " ".join((*others, *dict(settings_of(reading))))
    setting = writing.installs_before(next(iter(words_of_start(reading)), ""), manifest, told)
    return f", and ENV {setting}, or pnpm may install again at the start, which only root can" if setting else ""


def _environment_at_home(reading: Reading, lines: Sequence[str]) -> str:
    """How the environment of the project is found by others than root, who alone enters its home."""
    called, settings = list(reading.all_commands(reading.shipped)), dict(settings_of(reading))
    for each in called:
        said = (*settings, *dict(each.settings))
        variable = writing.environment_at_home(each.name, each.arguments, said, lines)
        if variable is None or any(one.name == each.name and one.words[:1] == ["config"] for one in called):
            continue
        if reading.source(posixpath.join(each.cwd, f"{each.name}.toml")) is None:
            return f", and ENV {variable} above line {each.step.line}, or only root finds what {each.name} installs"
    return ""


def for_its_sockets(reading: Reading, image: images.Reference | None) -> str:
    """What a user other than root needs for what the program opens."""
    return _by_its_port(reading) + _by_its_packets(reading, image)


#: How sources open sockets for packets of any kind, which only root may, and those for which anybody may.
_RAW: Final = lazy(r"\bSetPrivileged\(true\)|[\"'`]ip[46]:(?:ipv6-)?icmp[\"'`]|\bSOCK_RAW\b")
_UNPRIVILEGED: Final = lazy(r"\bSetPrivileged\((?!true\))|[\"'`]udp[46][\"'`]|\bSOCK_DGRAM\b")
_COMPILED: Final = (("go.mod", ".go"), ("Cargo.toml", ".rs"))


def _by_its_packets(reading: Reading, image: images.Reference | None) -> str:
    """What makes that possible for a program that is one file of the machine."""
    words = words_of_start(reading)
    started = next((each for each in words if posixpath.basename(each) not in _WRAPPERS), "")
    brought = [step.target for step in reading.shipped if step.keyword in ("COPY", "ADD")]
    brought += (
        posixpath.join(step.target, posixpath.basename(one.text))
        for step in reading.shipped
        for one in (step.sources if step.keyword in ("COPY", "ADD") else ())
    )
    places = (each for each in brought if each == started or ("/" not in started and each.endswith(f"/{started}")))
    binary = next((each for each in places if is_whole(each)), None) if started else None
    path = _opens_raw(reading) if binary is not None else None
    if binary is None or path is None:
        return ""
    command, why = f"setcap cap_net_raw+ep {binary}", f"for its raw sockets ({path})"
    if image is None or images.is_bare(image) or image.path.startswith("distroless/"):
        return f", and {command} in the stage that makes it, {why}"
    apk = has_apk(reading, image)
    tools = "apk add --no-cache libcap" if apk else "apt-get update && apt-get install -y libcap2-bin"
    rest = "" if apk else " && rm -rf /var/lib/apt/lists/*"
    return f", and RUN {tools} && {command}{rest} above USER, {why}"


def _opens_raw(reading: Reading) -> str | None:
    """The source of a compiled program that opens such a socket, and no other one instead."""
    ending = next((each for manifest, each in _COMPILED if reading.tree.kind(manifest) == "file"), None)
    left, todo = _MOST_SEARCHED, [""] if ending is not None else []
    while todo and left > 0:
        here = todo.pop()
        for name in reading.tree.names(here):
            path = join(here, name)
            if writing.is_aside(name):
                continue
            if "." not in name and reading.tree.kind(path) == "dir":
                todo.append(path)
            elif ending is not None and name.endswith(ending):
                left -= 1
                text = reading.tree.text(path)
                if _RAW.search(text) and not _UNPRIVILEGED.search(text):
                    return path
    return None


def _by_uv(reading: Reading, image: images.Reference, lines: Sequence[str]) -> str:
    """What such a user needs where uv starts the program: an environment that is left as it is, or one of his own,
    where the program itself is only installed at the start."""
    settings = dict(settings_of(reading))
    if "UV_NO_SYNC" in settings or not writing.updates_environment(lines):
        return ""
    called = (each for stage in reading.plan.stages for each in reading.all_commands(stage.steps))
    filled = [(each.step, writing.fills_environment(each.name, each.arguments)) for each in called]
    synced = {step.line for step, each in filled if each is not None and step in reading.shipped}
    whole = any(each for _, each in filled)
    manifest = reading.source(posixpath.join(reading.workdir, "pyproject.toml"))
    made = manifest is None or "[build-system]" in reading.tree.text(manifest)
    if whole or (not made and any(each is not None for _, each in filled)):
        return ", and ENV UV_NO_SYNC=1, or uv installs again at the start, which only root can"
    place = absolute(reading.workdir, settings.get("UV_PROJECT_ENVIRONMENT", ".venv"))
    owner = owner_of(reading, image)
    if synced:
        return f", and && chown -R {owner} {place} at the end of line {max(synced)}, as uv installs there at the start"
    copied = next((each for each in reading.shipped if each.keyword == "COPY" and each.target == place), None)
    return f", and COPY --chown={owner} on line {copied.line}, as uv installs there at the start" if copied else ""


#: Ports that only root may open, unless the machine lets others.
_BELOW: Final = 1024


def _by_its_port(reading: Reading) -> str:
    """What a user other than root needs where Kubernetes runs the program, or others run it as they like, for a port
    that Docker lets anybody open."""
    exposed = (word.partition("/")[0] for each in reading.shipped if each.keyword == "EXPOSE" for word in each.words)
    lows = list(dict.fromkeys(each for each in exposed if each.isdigit() and int(each) < _BELOW))
    if not lows:
        return ""
    others = ", ".join(lows[:-1])
    shown = f"each of {others} and {lows[-1]}" if others else lows[0]
    if not (runs_in_a_cluster(reading) or is_shown_in_a_cluster(reading)):
        from ..project.callers import is_pushed  # few programs have such a port

        taken = is_pushed(reading, anywhere=True) or _is_taken(reading)
        return f", and outside Docker a port above 1023 instead of {shown}" if taken else ""
    sysctl = f"sysctl net.ipv4.ip_unprivileged_port_start={min(lows, key=int)} for the pod"
    return f", and in Kubernetes a port above 1023 instead of {shown}, or {sysctl}"


def _is_taken(reading: Reading) -> bool:
    """Whether a service takes the image ready from a registry, where its owner has put it."""
    ready = (service.get("image") for service, _ in running_services(reading) if service.get("build") is None)
    return any("/" in (each.text or "") for each in ready if each is not None)


def for_its_release(reading: Reading, scripts: Sequence[str], owned: Collection[str]) -> str:
    """What a release of Elixir needs that reads settings when it starts, which it writes below itself, where that is
    not in what the user has (`owned`)."""
    copied = [step for step in reading.shipped if step.keyword == "COPY" and "_build/" in step.instruction.text]
    told = reading.tree.kind("config/runtime.exs") == "file"
    if not (copied and told) or "RELEASE_TMP" in dict(settings_of(reading)):
        return ""
    commands = [tuple(words_of_start(reading)), *(each for text in scripts for each in every_command(text))]
    started = any(map(writing.starts_a_release, commands))
    given = any(any(name == "chown" for name, _ in step.flags) for step in copied)
    given |= any(within(step.target, each) for step in copied for each in owned if each.startswith("/"))
    if not started or given:
        return ""
    made = (each for stage in reading.plan.stages for each in reading.all_commands(stage.steps))
    if not any(writing.makes_a_release(each.name, each.arguments) for each in made):
        return ""
    return ", and ENV RELEASE_TMP=/tmp, as the release writes its settings below itself when it starts"


class Told(NamedTuple):
    """What the sources and the scripts of a program say: the `places` that it writes to, and those that are written to
    before it starts; whether it writes where it works (`here`) or where that cannot be read (`unread`), and whether
    that is all (`known`). With `in_root` a script writes where it starts, and that is the root of the image."""

    places: list[str]
    here: bool
    unread: bool
    known: bool
    at_start: Sequence[str] = ()

    @property
    def in_root(self) -> bool:
        return "/" in self.at_start


#: Files of a program that are read, and bytes of each.
_MOST_FILES: Final = 400
_MOST_SEARCHED: Final = 2000
_MOST_BYTES: Final = 200_000
#: Programs that start another one.
_WRAPPERS: Final = frozenset("tini dumb-init -- -g exec env sh bash -c uv poetry pipenv run npx bunx".split())
#: Those that hand out the files that were built, and write none.
_SERVERS: Final = frozenset("serve http-server live-server static-web-server lighttpd caddy".split())


def told_by_sources(reading: Reading, here: str) -> Told:
    """What the sources of the program say, which is started in `here`."""
    stages = _making(reading)
    start = _program(reading)
    language = _language(reading, stages)
    places: list[str] = []
    at_work, unread, read = False, False, 0
    if language is None or start in _SERVERS:
        return Told(places, False, False, start in _SERVERS)
    # What a step takes away belongs to those who work on the program.
    removed = [
        posixpath.normpath(posixpath.join(command.cwd, word))
        for stage in stages
        for command in reading.all_commands(stage.steps)
        for word in (command.words if command.name == "rm" else ())
    ]
    others = _not_built(reading, stages) if language is writing.GO else []
    if ".cs" in language.endings:
        from ..project.publishing import not_published  # only for such programs

        others = not_published(reading, words_of_start(reading))
    for path, place in _sources(reading, language, stages):
        if any(within(path, each) for each in others):
            continue
        text = reading.tree.text(path)
        said, unknown = writing.writes(language, text, place, here)
        places += writing.rewritten(text, here)
        said = [each for each in said if not any(within(each, one) for one in removed)]
        places += (
            each for each in said if not within(reading.workdir, each) and not _is_of_sources(reading, language, each)
        )
        unread |= unknown
        at_work |= reading.workdir in said
        read += path.endswith(language.code)
    known = not unread and 0 < read < _MOST_FILES and not _is_fetched(reading, stages)
    # Which program it is may be for whoever builds to say.
    runs = (step.instruction.whole for stage in stages for step in stage.steps if step.keyword == "RUN")
    known = known and not any("go " in text and _CHOSEN.search(text) for text in runs)
    return Told(places, at_work, unread, known)


def _not_built(reading: Reading, stages: list[Stage]) -> list[str]:
    """The directories of programs of Go below `cmd` that no command builds; none where that is not known."""
    parsed = reading.scan.build.parsed
    steps = [each for section in parsed.sections for each in section.instructions] if parsed is not None else []
    given = [word.partition("=") for each in steps if each.keyword == "ARG" for word in each.words]
    values = {name: value for name, _, value in given if value}
    words = [
        _UNSET.sub("*", replaced(word, values))
        for command in reading.all_commands(step for stage in stages for step in stage.steps)
        if command.text.startswith(("go build ", "go install "))
        for word in command.words[1:]
    ]
    # A directory, or the file in it.
    built = [each.partition("cmd/")[2].partition("/")[0] for each in words if "cmd/" in each]
    if any("..." in each for each in words):
        return []
    programs = [join("cmd", name) for name in reading.names("cmd")] if built else []
    return [
        each
        for each in programs
        if reading.tree.kind(join(each, "main.go")) == "file"
        and not any(globs.matches(one, posixpath.basename(each)) for one in built)
    ]


#: A program of Go by a variable.
_CHOSEN: Final = lazy(r"\bgo\s+(?:build|install)\b[^;&|]*\bcmd/[\w./-]*\$")
#: A variable of which nothing is known.
_UNSET: Final = lazy(r"\$(?:\w+|\{[^{}]*\})")
#: Archives and clones of programs.
_ARCHIVE: Final = lazy(r"\.(?:tar\.\w+|tgz|zip)\b")


def _is_fetched(reading: Reading, stages: list[Stage]) -> bool:
    """Whether a RUN gets a program from somewhere else, of which nothing is seen here."""
    return any(
        (each.name == "git" and "clone" in each.words)
        or (each.name in ("curl", "wget") and _ARCHIVE.search(each.text) is not None)
        for each in reading.all_commands(step for stage in stages for step in stage.steps)
    )


def _program(reading: Reading) -> str:
    """What is started, by its name."""
    names = map(posixpath.basename, words_of_start(reading))
    return next((each for each in names if each not in _WRAPPERS), "")


def _language(reading: Reading, stages: list[Stage]) -> writing.Language | None:
    image = base_image(reading.chain[0])
    programs = {each.name for stage in stages for each in reading.all_commands(stage.steps)}
    name = images.plain_name(image) if image is not None else ""
    return writing.language_of(name, programs, _program(reading), _manifests(reading, stages))


def _making(reading: Reading) -> list[Stage]:
    """The stages of the image, and those from which it takes files."""
    taken = {step.origin.stage for step in reading.shipped if step.keyword == "COPY" and step.origin is not None}
    origins = [each for stage in reading.plan.stages if stage.index in taken for each in reading.plan.chain(stage)]
    return list(dict.fromkeys((*reading.chain, *origins)))


def _sources_of_program(reading: Reading) -> Iterator[tuple[str, str]]:
    """The sources of the program that the stages copy, each with its text."""
    stages = _making(reading)
    language = _language(reading, stages)
    for path, _ in _sources(reading, language, stages, _MOST_SEARCHED) if language is not None else ():
        if path.endswith(language.code if language is not None else ()):
            yield path, reading.tree.text(path)


def writes_to(reading: Reading, place: str) -> bool:
    """Whether the sources of the program say that it writes to the file at an absolute path."""
    language = _language(reading, _making(reading))
    return language is not None and any(
        writing.writes_file(language, text, place) for _, text in _sources_of_program(reading)
    )


def is_in_go(reading: Reading, words: Collection[str]) -> bool:
    """Whether the program is one of Go, and one of these is in its sources."""
    stages = _making(reading)
    if _language(reading, stages) is not writing.GO:
        return False
    texts = (reading.tree.text(path) for path, _ in _sources(reading, writing.GO, stages, _MOST_SEARCHED))
    return any(word in text for text in texts for word in words)


class _ForRoot(NamedTuple):
    """What a program does that is for root: how its sources start that, one of the words that are in these, what in a
    condition asks for a setting, what is said of it, and what to do instead."""

    starts: re.Pattern[str]
    words: tuple[str, ...]
    asked: re.Pattern[str]
    does: str
    instead: str


#: How a program starts another one.
_STARTS: Final = (
    r"\b(?:Command::new|exec\.Command(?:Context)?|subprocess\.\w+|os\.system|os\.popen|Popen|ProcessBuilder|system|"
    r"check_(?:output|call)|create_subprocess_\w+|"
    r"(?:exec|spawn|execFile)(?:Sync)?|execa|exec_cmd|run)\(\s*+(?:ctx,\s*+)?[\[({]*+\s*+[\"'`](?:/(?:usr/)?s?bin/)?"
)
#: A variable that lets it, by its name in quotes.
_BY_NAME: Final = r"(?<=[\"'])[A-Z][A-Z0-9_]{3,}(?=[\"'])"
_FOR_ROOT: Final = (
    _ForRoot(
        lazy(_STARTS + r"(?:apt-get|apt|apk|dnf|microdnf|yum)\b[^;{}]{0,160}?[\"'\s](?:install|add)[\"'\s]"),
        ("apt", "apk", "dnf", "yum"),
        lazy(rf"\b\w*(?i:install)\w*\b(?!\()|{_BY_NAME}"),
        "install packages",
        "install those packages in the Dockerfile",
    ),
    _ForRoot(
        lazy(rf"{_STARTS}u?mount[\"'`\s]|\b(?:syscall|unix)\.Mount\("),
        ("mount", "Mount("),
        lazy(_BY_NAME),
        "mount file systems",
        "mount them on the host, or as volumes",
    ),
)
#: What begins a function, and a condition.
_BEGINS: Final = lazy(r"(?m)^[ \t]*(?:\w+[ \t]+)*(?:fn|func|def|function|async)\b")
_CONDITION: Final = lazy(r"(?m)^[ \t}]*(?:else[ \t]+)?(?:if|unless|elif|match|switch)\b(.*)$")
_FALSE: Final = frozenset(("", "0", "false", "no", "off"))
#: So much of a function is read above what it starts.
_ABOVE: Final = 2000


def works_as_root(reading: Reading) -> tuple[str, str] | None:
    """What the program does while it runs for which it has to be root, by the source that says so, and what to do
    instead; None: nothing, or only by a setting that the image does not make."""
    made = {re.sub(r"\W|_", "", name).lower() for name, value in settings_of(reading) if value.lower() not in _FALSE}
    for path, text in _sources_of_program(reading):
        for each in _FOR_ROOT:
            if any(word in text for word in each.words) and _does(text, each, made):
                return f"{path} has it {each.does}", each.instead
    return None


def _does(text: str, work: _ForRoot, made: Collection[str]) -> bool:
    for found in work.starts.finditer(text):
        above = text[max(0, found.start() - _ABOVE) : found.start()]
        begin = max((each.start() for each in _BEGINS.finditer(above)), default=0)
        asked = {
            re.sub(r"\W|_", "", name).lower()
            for line in _CONDITION.findall(above[begin:])
            for name in work.asked.findall(line)
        }
        if not asked or any(one.endswith(each) for each in asked for one in made):
            return True
    return False


def _manifests(reading: Reading, stages: list[Stage]) -> set[str]:
    """The names of the files that lie where stages copy sources from."""
    found = set[str]()
    for path in {path for path, _ in _copied_sources(stages) if not globs.is_wild(path)}:
        found |= {posixpath.basename(path), *(reading.names(path) if reading.tree.kind(path) == "dir" else ())}
    return found


def _copied_sources(stages: list[Stage]) -> Iterator[tuple[str, Step]]:
    """What stages copy from the context, or mount for a RUN, with the step."""
    for step in (step for stage in stages for step in stage.steps):
        if step.keyword in ("COPY", "ADD") and step.origin is None:
            yield from ((cleaned(one.text), step) for one in step.sources if one.kind == "path")
        for mount in step.mounts if step.keyword == "RUN" else ():
            if mount.kind == "bind" and mount.origin is None:
                yield cleaned(mount.source), step


def _is_of_sources(reading: Reading, language: writing.Language, place: str) -> bool:
    """Whether a directory is for those who work on the program: what they generate for it, or where its sources lie."""
    path = reading.source(place)
    names = () if path is None or reading.tree.kind(path) != "dir" else reading.names(path)
    aside = any(map(writing.is_aside, (each for each in place.split("/") if each not in _HANDED_OUT)))
    return aside or any(each.endswith(language.endings) for each in names)


#: What a program hands out: what people upload may lie there.
_HANDED_OUT: Final = frozenset(("public", "static"))


#: An archive where Maven or Gradle puts it, in its part of the project.
_PACKED: Final = lazy(r"(?:(.+)/)?(?:target|build/libs)/[^/]+\.[jw]ar$")


def _sources(
    reading: Reading, language: writing.Language, stages: list[Stage], most: int = _MOST_FILES
) -> Iterator[tuple[str, str | None]]:
    """The sources that stages copy from the context, each with its place in the image, if it lies there."""
    # What is started says most.
    started = [(reading.file_of(word), absolute(reading.workdir, word)) for word in words_of_start(reading)]
    todo: list[tuple[str, str | None]] = [(path, place) for path, place in started if path is not None]
    shipped = reading.shipped
    for path, step in _copied_sources(stages):
        # A directory of scripts that people run by hand, named by itself.
        if writing.is_aside(posixpath.basename(path)) and not any(each and within(each, path) for each, _ in started):
            continue
        todo.append((path, step.target if step in shipped and step.keyword != "RUN" else None))
        # What is built before the build has its settings in it, which the builder does not get.
        packed = _PACKED.match(path) if path.endswith("ar") else None
        if packed is not None:
            settings = join(packed[1] or "", "src/main/resources")
            todo += [(join(settings, name), None) for name in reading.tree.names(settings)]
    seen = set[str]()
    while todo and len(seen) < most:
        path, place = todo.pop(0)
        name = posixpath.basename(path)
        if globs.is_wild(path) or reading.tree.kind(path) == "dir":
            above, pattern = (posixpath.dirname(path), name) if globs.is_wild(path) else (path, None)
            for each in reading.names(above):
                if (pattern is None or globs.matches(pattern, each)) and not writing.is_aside(each):
                    todo.append((join(above, each), None if place is None else posixpath.join(place, each)))
        elif writing.is_aside(name):
            continue  # named by itself, and for a step alone
        elif path.endswith(language.endings) and path not in seen and reading.size(path) <= _MOST_BYTES:
            seen.add(path)
            yield path, place if place is None or place.endswith(name) else posixpath.join(place, name)
