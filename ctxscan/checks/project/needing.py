"""What a start script does that only root may, and how scripts of the project run the image: with which directories of
this machine, and whether it does one job there and ends."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from ...context.transfer import cleaned
from ...dockerfile.stages import Step
from ...packages import writing
from ...paths import join, within
from ...regex import lazy
from ..reading import Reading
from .composefiles import builders, names_of_project, ready_services
from .earlier import around, own_path
from .ordering import dockerfiles, ordering_texts, units
from .releasing import ACTION, BUILDS, PUSHES, name_of, path_of, pushes
from .services import GIVES_DEVICES, for_readers, is_not_root, mounts, volumes_of_others, words_of

if TYPE_CHECKING:
    from ...builds.documents import YamlNode

#: A command for root at the beginning of one: it becomes somebody, gives files away, installs, or starts services.
_FOR_ROOT: Final = lazy(
    r"(?m)(?:^|[;&|]|\b(?:then|do|else)[ \t])[ \t]*(?:su[ \t]+[\w$-]|chown[ \t]+\S|(?:useradd|usermod|adduser)[ \t]|"
    r"(?:zypper|apt|apt-get|dnf|microdnf|yum|apk)[ \t][^\n#;&|]*?\b(?:in|install|add|update)\b|"
    r"(?:python3?[ \t]+-m[ \t]+)?pip3?[ \t]+(?:un)?install\b(?![^\n]*[ \t]--(?:user|target)\b)|"
    r"service[ \t]+\S+[ \t]+(?:re)?start\b)"
)


#: What another service keeps in a directory that both have, and only root may read.
_OF_ROOT: Final = lazy(r"(?m)^[^#\n]*(?:/acme\.json(?![\w.-])|/etc/letsencrypt/(?:live|archive)\b)")


def _reads_of_others(reading: Reading, scripts: Sequence[str]) -> bool:
    """Whether scripts read in a volume that a service of another image writes to, as whoever that is."""
    lines = (line[:_LONGEST_LINE] for text in scripts for line in text.splitlines())
    reads = [line for line in lines if _READS.search(line)]
    places = "|".join(map(re.escape, volumes_of_others(reading) if reads else ()))
    read = re.compile(rf"{_READS.pattern}[^\n;&|]*?[\s\"']?(?:{places})(?![\w.-])")
    return bool(places) and any(map(read.search, reads))


#: So much of a line is read.
_LONGEST_LINE: Final = 1000
#: What reads files that it is told.
_READS: Final = lazy(r"(?:(?<![\w./-])(?:find|cat|ls|tail|head|grep|awk|stat|wc|du|source)\s|<)")


def needs_root(reading: Reading, start: Sequence[Step], scripts: Sequence[str]) -> bool:
    """Whether what starts the image does what is for root, such as to change packages that are root's: in `scripts`, or
    in the script of the repository that a package brings along to that place. Or it runs what others give it, and ends
    without that."""
    texts = [*scripts, *_packaged(reading, start)]
    if _reads_of_others(reading, scripts):
        return True
    if any(_FOR_ROOT.search(text) or _OF_ROOT.search(text) for text in texts):
        return True
    settings = dict(reading.shipped[-1].environment)
    if any(writing.started(text, reading.workdir, settings).on_its_way for text in scripts):
        return True
    # What a base of the project brings along may start others as somebody else, and its license is for root.
    if reading.chain[0].origin.kind == "context" and any("license-manager" in text for text in scripts):
        return True
    return reading.last("CMD") is None and bool(scripts) and all(map(_is_told_what_to_run, scripts))


#: What a unit of systemd or a script of OpenRC starts, as whom, and what says that it ends.
_STARTED: Final = lazy(r"(?m)^(?:ExecStart=[-@:+!]*|command=[\"']?)([^\s\"']+)")
_AS: Final = lazy(r"(?m)^(?:User=|command_user=[\"']?)(?!(?:root|0)?(?:[:\s\"']|$))|^DynamicUser=(?:yes|true|1|on)\b")
_ENDS: Final = lazy(r"(?m)^Type=[ \t]*oneshot\b")
_INSTRUCTION: Final = lazy(r"(?im)^(USER|EXPOSE|ENTRYPOINT|CMD)[ \t]+(\S.*)")


def serves_as_somebody(reading: Reading, programs: set[str]) -> bool:
    """Whether the project has one of these programs run as a service of somebody else than root: by a unit for a
    machine, or by another Dockerfile in the directory of this one, which opens a port."""
    top, own = around(reading.tree)[-1][0], own_path(reading)
    for text in units(top):
        started = {posixpath.basename(each) for each in _STARTED.findall(text)}
        if not programs.isdisjoint(started) and _AS.search(text) and not _ENDS.search(text):
            return True
    for path, text in dockerfiles(top):
        if path == own or posixpath.dirname(path) != posixpath.dirname(own):
            continue
        last = re.split(r"(?im)^FROM\b", text)[-1]
        said = {keyword.upper(): words for keyword, words in _INSTRUCTION.findall(last)}
        start = re.findall(r"[^\s\"',\[\]]+", said.get("ENTRYPOINT") or said.get("CMD") or "")
        user = said.get("USER", "root").partition(":")[0].strip()
        if user not in ("root", "0") and "EXPOSE" in said and programs & {*map(posixpath.basename, start[:1])}:
            return True
    return False


def _is_told_what_to_run(script: str) -> bool:
    """Whether a script becomes what it is given, and refuses to start with nothing."""
    return _BECOMES.search(script) is not None and _REFUSES.search(script) is not None


_BECOMES: Final = lazy(r"(?m)^\s*exec\s+\"?\$@\"?\s*\Z")
_REFUSES: Final = lazy(
    r"(?:\$#\"?\s+-(?:eq\s+0|lt\s+1)|-z\s+\"?\$(?:1|\{1:-\}|\*)\"?)\s*\]{1,2}\s*(?:;|\n|&&)"
    r"(?:(?!\bfi\b)[\s\S])*?\bexit\s+[1-9]"
)


def _packaged(reading: Reading, start: Sequence[Step]) -> Iterator[str]:
    """The text of the script of the repository that lies where the end of the path says which is started."""
    word = start[0].words[0] if start else ""
    if not word.startswith("/") or reading.source(word) is not None:
        return
    top = around(reading.tree)[-1][0]
    parts = word.split("/")[1:]
    for at in range(len(parts) - 1):
        text = top.text("/".join(parts[at:])) if top.kind("/".join(parts[at:])) == "file" else ""
        if text.startswith("#!"):
            yield "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
            return


#: Entries of directories that are looked through for one script.
_MOST_ENTRIES: Final = 2_000


def installed_script(reading: Reading, word: str) -> str | None:
    """The one script of the context that is called like the program at a path, in what a RUN mounts or a COPY takes: a
    script that puts things in their places may have put it there, or a stage from which the image gets them."""
    name = posixpath.basename(word)
    if not word.startswith("/") or reading.source(word) is not None:
        return None
    found = _called_so(reading, reading.shipped, name)
    made = (each for each in reading.shipped if each.origin is not None and each.origin.stage is not None)
    if not found and name.endswith((".sh", ".bash")) and any(within(word, each.target) for each in made):
        found = _called_so(reading, (each for stage in reading.plan.stages for each in stage.steps), name)
        # Of several that are for one system each.
        found = {each for each in found if "docker" in each.lower().split("/")} or found
    return found.pop() if len(found) == 1 else None


def _called_so(reading: Reading, steps: Iterable[Step], name: str) -> set[str]:
    """The scripts of this name in the directories that steps bring from the context."""
    found: set[str] = set()
    left, todo = _MOST_ENTRIES, list(dict.fromkeys(_brought(steps)))
    while todo and left > 0:
        here = todo.pop()
        for each in reading.names(here):
            left -= 1
            path = join(here, each)
            if reading.sent.kind(path) == "dir":
                todo.append(path)
            elif each == name and reading.tree.text(path).startswith("#!"):
                found.add(path)
    return found


def _brought(steps: Iterable[Step]) -> Iterator[str]:
    """The directories that RUNs mount from the context, or that go to where a RUN takes them from."""
    for step in steps:
        for mount in step.mounts if step.keyword == "RUN" else ():
            if mount.kind == "bind" and mount.origin is None and cleaned(mount.source):
                yield cleaned(mount.source)
        for source in step.sources if step.keyword in ("COPY", "ADD") and step.origin is None else ():
            if source.kind == "path" and cleaned(source.text):
                yield cleaned(source.text)


# --- how scripts run it


class _Run(NamedTuple):
    """A command that runs the image: the directories of this machine that it lays into it, each with the place,
    whether anything is laid there, whether somebody waits for its end, the command that it gives to the image, and
    whether it says that this is not root."""

    mounts: tuple[tuple[str, str], ...]
    lays: bool
    waits: bool
    command: str
    somebody: bool


#: A command that runs an image, up to its end, and what it is told.
_RUNS: Final = lazy(r"\b(?:docker|podman|nerdctl)\s+(?:container\s+)?run\b((?:[^\n\\]|\\\n?)*)")
_NAMED: Final = lazy(r"\s--name[= ]+\S+")
_GOES_ON: Final = lazy(r"\s(?:-\w*[dpP]\w*|--detach|--publish|--publish-all|--restart)(?=[\s=]|$)")
_BOUND: Final = lazy(
    r"\s(?:-v|--volume)[ =]+[\"']?(?:\$\(pwd\)|\$\{?PWD\}?|(?=[./~]))([./~][^\s:\"'$]*):(/[^\s:\"'$]+)(:ro)?"
)
_LAYS: Final = lazy(r"\s(?:-v|--volume|--mount)[ =]")
_FILES: Final = (".sh", ".bash", "ustfile", "akefile")


#: What says as whom an image is run, unless that is root.
_AS_WHOM: Final = lazy(r"\s(?:-u|--user)[= ]+[\"']?(?!(?:root|0)\b)\S")


def _runs(reading: Reading, texts: Iterable[str] = ()) -> list[_Run]:
    """The commands of scripts, or of other texts, that run the image by the name that whoever builds it gives to it."""
    tag = name_of(reading)
    if tag is None:
        return []
    named = re.compile(rf"\s[\"']?{re.escape(tag)}[\"']?(?=[\s:]|$)")
    found = []
    for text in dict.fromkeys(texts or _scripts(reading)):
        for told in _RUNS.findall(text) if tag in text else ():
            plain = _NAMED.sub("", told.replace("\\\n", " "))
            at = named.search(plain)
            if at is not None:
                options = plain[: at.start()]
                bound = tuple((source, place) for source, place, fixed in _BOUND.findall(options) if not fixed)
                waits = "--rm" in options and _GOES_ON.search(options) is None
                command = plain[at.end() :].partition(" ")[2].strip()
                somebody = _AS_WHOM.search(options) is not None
                found.append(_Run(bound, _LAYS.search(options) is not None, waits, command, somebody))
    return found


def _scripts(reading: Reading) -> Iterator[str]:
    """What gives orders in the repository, and the scripts that lie beside what is copied."""
    yield from ordering_texts(around(reading.tree)[-1][0])
    for step in reading.shipped:
        for each in step.sources if step.keyword in ("COPY", "ADD") and step.origin is None else ():
            path = posixpath.normpath(each.text)
            if reading.tree.kind(path) == "dir":
                yield from (
                    reading.tree.text(join(path, name)) for name in reading.names(path) if name.endswith(_FILES)
                )


def bound_by_scripts(reading: Reading) -> Iterator[tuple[str, str]]:
    """The directories of this machine that scripts lay into the image to be written to, each with the place."""
    for run in _runs(reading):
        yield from (pair for pair in run.mounts if "." not in posixpath.basename(pair[0]))


def is_run_as_somebody(reading: Reading) -> bool:
    """Whether all commands of scripts and pages that run the image say as whom, and that it is not root."""
    found = _runs(reading, [*_scripts(reading), *for_readers(reading)])
    return bool(found) and all(run.somebody for run in found)


def is_run_for_a_job(reading: Reading) -> bool:
    """Whether scripts run the image, and each of them waits for its end and throws the container away."""
    found = _runs(reading)
    return bool(found) and all(run.waits for run in found) and reading.last("EXPOSE") is None


def is_only_run_to_build(reading: Reading) -> bool:
    """Whether all that is done with an image is that scripts have it make something in a directory that they lay into
    it, by a command of theirs, and throw the container away: no page has people run it, and nobody pushes it."""
    found, tag, own = _runs(reading), name_of(reading), reading.last("CMD")
    if own is not None and not {*map(posixpath.basename, own.words)} <= _SHELLS:
        return False
    if tag is None or not found or not all(run.waits and run.lays and run.command for run in found):
        return False
    if any(map(reading.last, ("EXPOSE", "VOLUME", "HEALTHCHECK"))) or any(builders(reading)):
        return False
    texts, path = ordering_texts(around(reading.tree)[-1][0]), path_of(reading) or ""
    if any(ACTION in text and path in text for text in texts):
        return False
    return not any(pushes(text, tag) or _is_built_to_push(text, tag) for text in texts) and not any(
        tag in told for text in for_readers(reading) for told in _RUNS.findall(text)
    )


_SHELLS: Final = frozenset(("bash", "sh"))


def _is_built_to_push(text: str, tag: str) -> bool:
    """Whether a command builds an image by this name, and pushes it at once."""
    commands = (each[1] for each in BUILDS.finditer(text) if tag in text)
    return any(PUSHES.search(each) and tag in each for each in commands)


#: Where images have programs of all kinds.
_SHARED: Final = ("/bin", "/etc", "/lib", "/sbin", "/usr", "/var")


def is_started_as_somebody(reading: Reading) -> bool:
    """Whether the services that take this image ready made, as their names, their commands or their volumes tell, all
    say who runs it, and that this is not root."""
    top = around(reading.tree)[-1][0]
    made = [step.target for step in reading.shipped if step.keyword in ("COPY", "ADD")]
    made += (word for step in reading.shipped if step.keyword == "VOLUME" for word in step.words)
    made = [each for each in (reading.workdir, *made) if each != "/" and not any(within(each, one) for one in _SHARED)]
    names = names_of_project(top)
    found = [each for name, each in ready_services(top) if name in names or _has_paths(reading, each, made)]
    return bool(found) and all(map(is_not_root, found))


def _has_paths(reading: Reading, service: YamlNode, made: Sequence[str]) -> bool:
    """Whether a service that takes an image of somebody has paths that are those of ours."""
    image = service.get("image")
    if image is None or "/" not in (image.text or ""):
        return False
    words = [word for key in ("entrypoint", "command") for word in words_of(service.get(key)) if word[:1] == "/"]
    words = [each.split()[0] for each in words]
    if any(reading.source(each) is not None or any(within(each, one) for one in made) for each in words):
        return True
    # One that is not named by the project may have the same place for data.
    places = [each for each in made if each.count("/") > 1]
    return any(within(each.target, one) for each in mounts(service) for one in places)


#: Pages that say how a program is run, by their paths, and how many of them are read.
_PAGE: Final = lazy(
    r"(?i)[^.]*(?:docker|container|deploy|install|setup|set-up|run|start|usage|agent)[^.]*\.(?:md|rst|adoc)"
)
_MOST_PAGES: Final = 200


def is_given_docker(reading: Reading) -> bool:
    """Whether a page or a script of the repository runs the image with the socket of Docker: one that is called like
    the directory of the Dockerfile, behind the name of the project."""
    top, inside = around(reading.tree)[-1]
    above = posixpath.basename(posixpath.dirname(join(inside, reading.scan.build.label or "")))
    if above in _PLAIN or not re.fullmatch(r"[a-z][\w-]{2,}", above):
        return False
    called = rf"(?:[\w.-]+[-_])?{re.escape(above)}"
    own = re.compile(rf"(?:\s|[\"'])(?:(?:[\w.${{}}:-]+/)+{called}(?=[:@\s\"'\\]|$)|{called}:[\w$])")
    texts = (*ordering_texts(top), *_pages(reading))
    return any(
        "docker.sock" in told and own.search(_MOUNTS.sub(" ", told)) is not None
        for text in texts
        if "docker.sock" in text
        for told in _RUNS.findall(text)
    )


#: An example of a page.
_EXAMPLE: Final = lazy(r"```[^`]*```")
_ALL_RIGHTS: Final = lazy(r"(?m)^[ \t]*(?:privileged:[ \t]*true\b|devices:[ \t]*$)")


def is_given_devices(reading: Reading) -> bool:
    """Whether a page for readers gives the image of the project all rights, or devices of the machine."""
    names = "|".join(map(re.escape, sorted(names_of_project(around(reading.tree)[-1][0]))))
    told = re.compile(rf"[\s/](?:{names})(?=[\s:@`\"']|\Z)")
    taken = re.compile(rf"(?m)^[ \t-]*image:[ \t]*[\"']?(?:\S*/)?(?:{names})(?=[\s:@\"']|$)")
    for text in for_readers(reading):
        for command in _RUNS.findall(text):
            if any(each in command for each in GIVES_DEVICES) and told.search(_MOUNTS.sub(" ", command)):
                return True
        if any(_ALL_RIGHTS.search(each) and taken.search(each) for each in _EXAMPLE.findall(text)):
            return True
    return False


#: Directories that say nothing of the image which is made there.
_PLAIN: Final = frozenset("docker build container containers image images deploy deployment packaging".split())
_MOUNTS: Final = lazy(r"\s(?:-v|--volume|--mount|--name|-w|--workdir)[ =]+\S+")


def _pages(reading: Reading) -> Iterator[str]:
    """The pages below `docs` that say how something is run."""
    top, left, todo = around(reading.tree)[-1][0], _MOST_PAGES, ["docs"]
    while todo and left > 0:
        here = todo.pop()
        for path in (join(here, name) for name in top.names(here)):
            if top.kind(path) == "dir":
                todo.append(path)
            elif _PAGE.fullmatch(path):
                left -= 1
                yield top.text(path)
