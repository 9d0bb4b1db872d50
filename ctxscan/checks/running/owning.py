"""How a program that runs as root is to run as somebody else: the user, what that user has to own, and what has to lie
where others than root get."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from ...context.transfer import cleaned
from ...dockerfile import images
from ...dockerfile.shell import every_command, is_whole, replaced
from ...dockerfile.stages import Stage, Step
from ...packages import writing
from ...packages.catalog import MANAGERS
from ...paths import absolute, join, within
from ...regex import lazy
from ...rules import globs
from ..project.clusters import is_shown_in_a_cluster, runs_in_a_cluster
from ..project.earlier import around
from ..project.ordering import dockerfiles
from ..project.services import (
    bound_by_others,
    bound_by_readers,
    bound_by_services,
    commands_of_services,
    for_readers,
    mounts_of_services,
    places_of_context,
    volumes_of_services,
)
from ..reading import Reading, base_image, has_apk
from .homes import (
    BY_NUMBER,
    HOME,
    NUMBERS,
    commands_of_start,
    has_to_move,
    home_of,
    is_made_here,
    is_number,
    made_above,
    made_user,
    moved_home,
    moved_mounts,
    name_of_user,
    own_home,
    owner_of,
    settings_of,
    words_of_start,
)

if TYPE_CHECKING:
    from .giving import Given


def user_remedy(
    reading: Reading,
    image: images.Reference | None,
    user: Step | None,
    scripts: Sequence[str],
    beside: str | None = None,
) -> str:
    """The way out for an image whose command is root, by `user` if one says so, and is started by `scripts` of the
    shell: followed as it is written, the program starts. In the script `beside` a web server wants to be root."""
    chosen = _chosen_by_argument(reading, user)
    if chosen is not None:
        return chosen
    lowest = reading.chain[0]
    if lowest.origin.kind == "context" and any(reading.all_commands(reading.shipped)):
        image = images.reference(lowest.base)  # made by another build, with what commands need
    if image is None or images.is_bare(image) or image.path.startswith("distroless/"):
        return _without_commands(reading, image, scripts) + has_to_move(reading, image) + _of_itself(reading, image)
    name = name_of_user(reading, image)
    made = [_making_user(reading, image)] if is_made_here(reading, image) else []
    if beside is not None:
        # What a script makes in an image of the web server is for that.
        owned = _has_to_own(reading, image, () if image.repository == "nginx" else scripts)
        run = f"RUN {' && '.join([*made, *owned.commands])}, and " if made or owned.commands else ""
        way = f"{run}in {beside} start by su -s /bin/sh {name} -c '…' what is no web server"
        return way + owned.words + has_to_move(reading, image)
    owned, moved = _has_to_own(reading, image, scripts), has_to_move(reading, image)
    there = "" if made or is_number(name) else " (the image has that user)"
    given = owned.given
    run = f"RUN {' && '.join([*made, *owned.commands])}" if made or owned.commands else ""
    run += f" below line {owned.after}" if run and owned.after else ""
    if given is not None and given.below and not moved:
        copies = f", and {given.by_copy()}" if given.copies else ""
        way = f"{run} and USER {name} below line {given.below}{there}{copies}{owned.words}"
        return f"{way}{_of_itself(reading, image)}{_gone_on_from(reading)}{_built_upon(reading)}"
    above = made_above(reading, image)
    if above:
        # Whoever is to have settings at home is there before.
        home = home_of(reading, image)
        run = f"RUN {' && '.join(owned.commands)}" if owned.commands else ""
        first = f"RUN {made[0]} and ENV HOME={home} above line {above}, where the program then finds its settings,"
        before = [first, given.by_copy() if given is not None else "", run]
    else:
        before = [given.by_copy() if given is not None else "", run]
    before = [each for each in before if each]
    place = f"WORKDIR {owned.workplace} for what {owned.writer} writes and " if owned.workplace else ""
    way = f"{' and '.join(before)}, then {place}USER {name}" if before else f"{place}USER {name}"
    way = f"{way} {_at_the_end(reading)}{there}{owned.words}{moved}"
    way += _by_its_manager(reading, image, scripts) + _of_itself(reading, image)
    return f"{way}{_gone_on_from(reading)}{_built_upon(reading)}"


def _by_its_manager(reading: Reading, image: images.Reference, scripts: Sequence[str]) -> str:
    """What a user who does not own the packages needs where their manager starts the program."""
    start = " ".join(words_of_start(reading))
    if "uv run" in start or any("uv run" in text for text in scripts):
        return _by_uv(reading, image, (start, *scripts))
    beside = ("package.json", "pnpm-workspace.yaml", ".npmrc")
    paths = (reading.source(posixpath.join(reading.workdir, each)) for each in beside)
    manifest, *others = (reading.tree.text(path) if path is not None else "" for path in paths)
    told = " ".join((*others, *dict(settings_of(reading))))
    setting = writing.installs_before(next(iter(words_of_start(reading)), ""), manifest, told)
    return f", and ENV {setting}, or pnpm may install again at the start, which only root can" if setting else ""


def _of_itself(reading: Reading, image: images.Reference | None) -> str:
    """What a user other than root needs for what the program opens."""
    return _by_its_port(reading) + _by_its_packets(reading, image)


#: How sources open sockets for packets of any kind, which only root may, and those for which anybody may.
_RAW: Final = lazy(r"\bSetPrivileged\(true\)|[\"'`]ip[46]:(?:ipv6-)?icmp[\"'`]|\bSOCK_RAW\b")
_UNPRIVILEGED: Final = lazy(r"\bSetPrivileged\((?!true\))|[\"'`]udp[46][\"'`]|\bSOCK_DGRAM\b")
_COMPILED: Final = (("go.mod", ".go"), ("Cargo.toml", ".rs"))


def _by_its_packets(reading: Reading, image: images.Reference | None) -> str:
    """What makes that possible for a program that is one file of the machine."""
    started = next((each for each in words_of_start(reading) if each not in _WRAPPERS), "")
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
    low = next((each for each in exposed if each.isdigit() and int(each) < _BELOW), None)
    if low is None:
        return ""
    if not (runs_in_a_cluster(reading) or is_shown_in_a_cluster(reading)):
        from ..project.callers import is_pushed  # few programs have such a port

        return f", and outside Docker a port above 1023 instead of {low}" if is_pushed(reading, anywhere=True) else ""
    sysctl = f"sysctl net.ipv4.ip_unprivileged_port_start={low} for the pod"
    return f", and in Kubernetes a port above 1023 instead of {low}, or {sysctl}"


def _built_upon(reading: Reading) -> str:
    """What other Dockerfiles of the project need that go on from its image."""
    if len(dockerfiles(around(reading.tree)[-1][0])) < 2:
        return ""
    from ..project.basing import built_upon  # only where there are two

    return built_upon(reading)


def _gone_on_from(reading: Reading) -> str:
    """What other stages need that go on from this one by a RUN, which is for root there."""
    parsed, target = reading.scan.build.parsed, reading.plan.target
    for section in parsed.sections[target.index + 1 :] if parsed is not None and target.name else ():
        if section.start.words[0].lower() != target.name.lower():
            continue
        first = next((each for each in section.instructions if each.keyword in ("RUN", "USER")), None)
        if first is not None and first.keyword == "RUN":
            stage = f", in stage {section.name}" if section.name else ""
            return f", and USER root above line {first.line}{stage}"
    return ""


def _at_the_end(reading: Reading) -> str:
    """Where USER belongs: there, whatever is above it may need root, and the command counts as below."""
    target, parsed = reading.plan.target, reading.scan.build.parsed
    last = parsed is None or target.index + 1 >= len(parsed.sections)
    return "at the end" if last else f"at the end of stage {target.name}" if target.name else "at the end of the stage"


def _making_user(reading: Reading, image: images.Reference) -> str:
    """The command that makes the user who runs the program, in the group of root where that may write."""
    called = (each for each in reading.all_commands(reading.shipped) if each.name == "chmod" and each.words)
    open_to = any(_FOR_THE_GROUP.fullmatch(each.words[0]) and not _OPENS.fullmatch(each.words[0]) for each in called)
    if has_apk(reading, image):
        return f"adduser -S -D -u 10001 {'-G root ' * open_to}app"
    return f"useradd --system --create-home --uid 10001 {'--gid 0 ' * open_to}app"


#: Of all that is written to, so many places are named.
_MOST_WRITTEN: Final = 3


class _Owned(NamedTuple):
    """What a user gets: by `commands` of a RUN, and by COPY (`given`), with the `words` for what is not known. The
    program has to start in `workplace`, if there is one. `after`: the line that makes one of the directories, and would
    fail below them."""

    commands: list[str]
    given: Given | None
    words: str
    workplace: str = ""
    writer: str = "it"
    after: int = 0


def _has_to_own(reading: Reading, image: images.Reference, scripts: Sequence[str]) -> _Owned:
    """What a user other than root needs before the program can write where it does: volumes, what its scripts and
    sources say, and, where that may not be all, the whole of the directory that it works in."""
    told = _of_program(reading, scripts)
    known, at_work = told.known, told.here or told.unread
    home, data = own_home(reading, image), list(_for_data(reading, image))
    # A volume belongs to whom the directory of the image belongs to, where there is one.
    data += (each for each in moved_mounts(reading, image) if not _is_file(each))
    places = [*([home] if home else []), *data, *_empty_workplace(reading, image)]
    framework = _of_framework(reading, reading.workdir)
    # They are told to write elsewhere in many ways.
    known, places = known and not framework, [*places, *framework]
    pages = _of_pages(reading)
    if pages is not None:
        known, places = False, [*places, *([] if _is_given(reading, pages) else [pages])]
    told_home = _told_home(reading)
    if told_home is not None and not _has_packages(reading, told_home):
        places = [*places, told_home]
    places += [*told.places, *(_made_at_work(reading) if at_work else ())]
    # Of the directory where it works, the program is given no more than that.
    places += (each for each in told.at_start if each != reading.workdir)
    owner = name_of_user(reading, image)
    places = [each for each in places if not _belongs_to(reading, each, owner)]
    written, database = _outermost(places), _keeps_database(reading)
    # Where its sources write cannot always be read.
    known = known and len(written) <= _MOST_WRITTEN and all(map(is_whole, places))
    # What programs share, such as /var/log, is not given to one of them.
    known = known and _SHARED.isdisjoint(told.places)
    user, place, given = name_of_user(reading, image), None, None
    if not (known or framework):
        from .giving import give, workplace  # only where it may write anywhere

        place = workplace(reading)
        if place is not None and not told.here and _keeps_apart(place, data, written):
            place = None
        if place is not None and not _is_given(reading, place):
            given = give(reading, place, owner_of(reading, image), _line_of_user(reading, user), written)
    inside = [each for each in written if given is not None and within(each, given.place)]
    others = [each for each in written if each not in inside][: _MOST_WRITTEN + len(framework)]
    # What is mounted there has the owner that the image says.
    late = given is not None and given.parts and not given.copies
    new = [each for each in inside if given and each != given.place and (late or reading.source(each) is None)]
    # What lies among packages is theirs who installs them.
    new = [each for each in new if not (given and given.whole and "/node_modules/" in each)][:_MOST_WRITTEN]
    alone = [reading.workdir] * (at_work and known and reading.workdir not in ("/", database, *written))
    alone += [told_home] if told_home is not None and not any(within(told_home, one) for one in written) else []
    alone += [each for each in _locked(reading) if not any(within(each, one) for one in written)]
    alone += (f"/usr/local/tomcat/{each}" for each in ("conf", "webapps") if images.plain_name(image) == "tomcat")
    if database is not None and not any(within(database, each) for each in written):
        alone = [*alone, database]
    deep = [*others, *new]
    new += [each for each in alone if each == database != reading.workdir]
    if given is not None:
        deep = [*others, given.place] if given.whole else deep
        alone = [] if given.whole else [given.place, *alone]
    alone = [each for each in dict.fromkeys(alone) if each not in deep and is_whole(each)]
    alone = [each for each in alone if not _is_given(reading, each, ("chown",))]
    commands = [f"mkdir -p {' '.join([*others, *new])}"] * bool(others or new)
    commands += [f"chown -R {user} {' '.join(deep)}"] * bool(deep)
    commands += [f"chown {user} {' '.join(alone)}"] * bool(alone)
    # Somebody has it start there.
    by_root = reading.workdir == "/" and not known
    says = _said_in_settings(reading) if by_root else ""
    by_root &= bool(says) or any(step.keyword == "WORKDIR" for step in reading.shipped)
    start = home_of(reading, image) or _OWN_PLACE if told.in_root or by_root else ""
    bound = bool(start) and (_starts_by_the_root(reading, image, scripts) or (by_root and not _is_alone(reading)))
    start = "" if bound else start
    commands += [f"mkdir -p {start}", f"chown {user} {start}"] * (start == _OWN_PLACE)
    rest = "anything else it writes to" if commands or start else "what it writes to"
    rest = f"anything it writes to outside {place}" if place is not None and not (given and given.parts) else rest
    words = "" if known else f", and chown {rest}"
    writer = "the script" if told.in_root else "it"
    words += f", and have {writer} write to a directory of that user instead of /{says}" if bound else ""
    words += _looked_for(reading, scripts) if bound else ""
    # What is given to the program alone is mounted as well.
    places = [*written, *([place] if place is not None and place not in written else [])]
    words += _on_the_host(reading, image, user, places)
    return _Owned(commands, given, words, start, writer, _line_of_making(reading, [*others, *new]))


def _line_of_making(reading: Reading, places: Collection[str]) -> int:
    """The last line that makes one of these directories by a `mkdir` that has to find none; 0: there is no such."""
    made = (each for each in reading.all_commands(reading.shipped) if each.name == "mkdir" and not each.guarded)
    plain = (each for each in made if not any(_PARENTS.match(word) for word in each.arguments))
    lines = (one.step.line for one in plain if any(absolute(one.cwd, word) in places for word in one.words))
    return max(lines, default=0)


#: With this `mkdir` is content with a directory that is there.
_PARENTS: Final = lazy(r"-[a-zA-Z]*p|--parents")


def _of_framework(reading: Reading, place: str) -> list[str]:
    """What a framework writes to in a project that lies at `place`."""
    found = (
        names for each, names in writing.WRITTEN.items() if reading.source(posixpath.join(place, each)) is not None
    )
    return [posixpath.join(place, name) for names in found for name in names]


def written_below(reading: Reading, place: str) -> list[str]:
    """The directories below an absolute one that the program is known to write to, whoever owns them."""
    known = [*_of_framework(reading, place), *_for_data(reading, base_image(reading.chain[0]))]
    # A name with a dot alone is that of a file of settings.
    known += (each for each in mounts_of_services(reading) if not (_is_file(each) or "/." in each))
    known += (each for each in _made_empty(reading) if posixpath.basename(each) in _FOR_DATA)
    scripts = (reading.file_of(word) for word in words_of_start(reading))
    texts = [*commands_of_start(reading), *(reading.tree.text(path) for path in scripts if path is not None)]
    for text in texts:
        known += writing.started(text, reading.workdir, dict(settings_of(reading))).places
    known += _of_program(reading, ()).places
    return _outermost(each for each in known if posixpath.normpath(each) != place and within(each, place))[
        :_MOST_WRITTEN
    ]


def _belongs_to(reading: Reading, place: str, owner: str) -> bool:
    """Whether a RUN gives a directory, or one above it, to somebody by the name or number."""
    given = (each for each in reading.all_commands(reading.shipped) if each.name == "chown" and each.words)
    given = (each for each in given if each.words[0].partition(":")[0] == owner.partition(":")[0])
    return any(within(place.rstrip("/"), absolute(one.cwd, path)) for one in given for path in one.words[1:])


#: What is mounted as one file, and only read, unless it is a database.
_FILE: Final = lazy(r".+\.(?!d$|db$|sqlite3?$)\w+")


def _is_file(place: str) -> bool:
    return _FILE.fullmatch(posixpath.basename(place)) is not None


def _told_home(reading: Reading) -> str | None:
    """The directory that a variable makes the home of whoever runs the program, where root has made it."""
    place = posixpath.normpath(dict(settings_of(reading)).get("HOME", ""))
    made = {absolute(step.workdir, step.destination) for step in reading.shipped if step.keyword == "WORKDIR"}
    made |= {
        absolute(each.cwd, word)
        for each in reading.all_commands(reading.shipped)
        if each.name == "mkdir"
        for word in each.words
    }
    return place if place in made and _is_written(place) and not _is_given(reading, place) else None


def _has_packages(reading: Reading, place: str) -> bool:
    """Whether packages lie in a directory, all of which would be stored again."""
    found = ((MANAGERS[each.manager], each) for each in reading.installs(reading.shipped))
    return any(manager.packages and within(join(each.cwd, manager.packages), place) for manager, each in found)


#: Something for data by a path that begins where the program runs, in a file of settings.
_KEPT_HERE: Final = lazy(
    r"(?m)^[ \t]*[\w.-]+[ \t]*[:=][ \t]*[\"']?(?!/|\.\./)((?:[\w.-]+/)*[\w.-]+)[\"']?[ \t]*(?:#.*)?$"
)


def _said_in_settings(reading: Reading) -> str:
    """What files of settings that the command names say is written where it runs."""
    from .giving import settings_of_start  # only where a program starts in the root of the image

    for path in settings_of_start(reading).values():
        said = dict.fromkeys(posixpath.normpath(each) for each in _KEPT_HERE.findall(reading.tree.text(path)))
        kept = [each for each in said if each.endswith(_DATABASES) or ("/" in each and _FOR_DATA & {*each.split("/")})]
        if kept:
            return f", as for {' and '.join(kept[:2])} ({path})"
    return ""


#: A file in the root of the image.
_IN_THE_ROOT: Final = lazy(r"(?<![\w./}-])/[\w-]+(?:\.\w+)*(?![\w./-])")


def _looked_for(reading: Reading, scripts: Sequence[str]) -> str:
    """What a health check looks for in the root of the image, where a script has put it."""
    check = reading.last("HEALTHCHECK")
    for place in _IN_THE_ROOT.findall(check.instruction.text) if check is not None else ():
        made = re.compile(rf"(?m)(?:\btouch\s|>)\s*{re.escape(place)}(?![\w./-])")
        if any(made.search(text) for text in scripts):
            return f", and have HEALTHCHECK on line {check.line if check else 0} look for {place} there"
    return ""


#: A place to start in for a user without a home that is known.
_OWN_PLACE: Final = "/work"


def _starts_by_the_root(reading: Reading, image: images.Reference, scripts: Sequence[str]) -> bool:
    """Whether what is started finds something by a path that begins in the root of the image, or may do so: it cannot
    start elsewhere."""
    if not images.works_in_root(image) or any(_RELATIVE.search(each) for each in commands_of_start(reading)):
        return True
    words = {word for text in scripts for command in every_command(text) for word in command if is_whole(word)}
    return any(
        word.startswith(("./", "../")) or (word[0] not in "/-~" and reading.source(f"/{word}") is not None)
        for word in words
    )


def _keeps_apart(place: str, data: Iterable[str], written: Sequence[str]) -> bool:
    """Whether there are directories for data, and neither they nor anything else that is written to lie in the one of
    the program: what it writes where nobody can read goes there."""
    return any(not within(each, place) for each in _outermost(data)) and not any(
        within(each, place) for each in written
    )


class _Told(NamedTuple):
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


#: What runs scripts of a manifest, or compiles and bundles: one of them is called wherever something is built.
_COMPILERS: Final = frozenset(
    "npm npx yarn pnpm bun tsc next nuxt nuxi vite webpack nest parcel rollup tsup esbuild babel swc gatsby astro "
    "cargo react-scripts vue-cli-service ng".split()
)
_APART: Final = str.maketrans(dict.fromkeys("/;&|\"'()", " "))


def _of_program(reading: Reading, scripts: Sequence[str]) -> _Told:
    """What the sources of the program say, and what is run before it."""
    lines, start = [*scripts, *commands_of_services(reading)], " ".join(words_of_start(reading))
    built: list[tuple[list[str], bool]] = []
    if not _COMPILERS.isdisjoint("\n".join((*lines, start)).translate(_APART).split()):
        from ...packages import start_outputs  # only where something may be built at the start

        above = reading.source(reading.workdir)
        lines = [start_outputs.expanded(reading.tree, above, each) for each in dict.fromkeys((*lines, start))]
        built = [start_outputs.made(reading.tree, above, each, reading.workdir) for each in lines]
    scripted = [writing.started(text, reading.workdir, dict(settings_of(reading))) for text in lines]
    here = next((each.cwd for each in reversed(scripted) if each.cwd != reading.workdir), reading.workdir)
    told = _of_sources(reading, here)
    written = [place for each in scripted for place in each.places]
    written += (place for places, _ in built for place in places)
    at_start = [place for place in written if not _is_given(reading, place)]
    unknown = any(each.unknown for each in scripted) or any(unread for _, unread in built)
    return told._replace(
        here=told.here or reading.workdir in at_start, known=told.known and not unknown, at_start=at_start
    )


def _for_data(reading: Reading, image: images.Reference | None) -> Iterator[str]:
    """Volumes, and directories that are made or named for data."""
    yield from (word for step in reading.shipped if step.keyword == "VOLUME" for word in step.words)
    yield from (moved_home(reading, image, each) for each in volumes_of_services(reading))
    yield from _made_for_data(reading)
    yield from _named_for_data(reading)
    yield from _told_for_data(reading)
    yield from _uploaded(reading)


def _uploaded(reading: Reading) -> Iterator[str]:
    """Where Rails keeps files that models have attached, if that is a directory of its own."""
    services = reading.source(posixpath.join(reading.workdir, "config/storage.yml"))
    if services is None or reading.tree.kind(services) != "file":
        return
    settings, above = dict(settings_of(reading)), posixpath.dirname(posixpath.dirname(services))
    environment = settings.get("RAILS_ENV") or settings.get("RACK_ENV") or "production"
    models = join(above, "app/models")
    if any("_attached" in reading.tree.text(join(models, name)) for name in reading.names(models)):
        active = reading.tree.text(join(above, f"config/environments/{environment}.rb"))
        yield from writing.disk_of(reading.tree.text(services), active)


def _line_of_user(reading: Reading, user: str) -> int:
    """The line that makes a user, below which files may be given to that; 0: the image has one."""
    runs = (step for step in reading.shipped if step.keyword == "RUN" and user in step.instruction.whole)
    return next((step.line for step in runs), 0) if user == made_user(reading) else 0


def _without_commands(reading: Reading, image: images.Reference | None, scripts: Sequence[str]) -> str:
    """The way out where no command is there to give anything. What WORKDIR makes belongs to the user above it."""
    told = _of_program(reading, scripts)
    written = _outermost(places := [*_for_data(reading, image), *told.places])
    empty = image is None and not places and reading.workdir != "/" and _is_left_empty(reading)
    at_work = told.here or told.unread or empty
    made, end = made_user(reading), _at_the_end(reading)
    others = [
        each
        for each in written
        if each != reading.workdir and not (made is not None and _belongs_to(reading, each, made))
    ][:_MOST_WRITTEN]
    # Where nothing is, a directory for everybody is none either: the volume would belong to root.
    others += ["/tmp"] * (image is None and "/tmp" in _for_data(reading, image))
    if image is not None and made is None and image.path.startswith("distroless/"):
        user = f"FROM {image.repository}:{'debug-' * image.tag.startswith('debug')}nonroot"
        end = ""
    else:
        user = f"USER {made or (BY_NUMBER if image is not None else '65532:65532')}"
        end = f" {end}" + " (the image has that user)" * (made is not None)
    if image is None and reading.workdir == "/" and (at_work or not (told.known or others)):
        if _is_alone(reading):
            way = (
                f"{user} and WORKDIR /data{'' if at_work else ' with ENV HOME=/data'}{end}: BuildKit makes that for the"
            )
            return f"{way} user, and the program writes where it works" if at_work else f"{way} user"
        others = [*others, "/data"]
    way = f"{user}{end}"
    if image is None and (reading.workdir in written or (at_work and reading.workdir != "/")):
        way = f"{user} above WORKDIR {reading.workdir}, which BuildKit makes for that user"
    if others:
        shown = " and ".join(f"WORKDIR {each}" for each in others)
        way += f", and below it {shown}, which BuildKit makes for that user, then WORKDIR {reading.workdir} again"
    elif at_work and not places and image is not None:
        way += f", and COPY --chown={'nonroot' if 'distroless' in image.path else BY_NUMBER} what it writes to"
    return way


#: What no program reads.
_LEGAL: Final = lazy(r"(?i)(?:licen[cs]e|notice|copying|readme)")


def _is_alone(reading: Reading) -> bool:
    """Whether nothing but the program lies in the root of the image, where it could look for files."""
    start = words_of_start(reading)[:1]
    copied = [step for step in reading.shipped if step.keyword in ("COPY", "ADD")]
    places = [
        step.target
        if step.target in start
        else posixpath.join(step.target, posixpath.basename(source.text.rstrip("/")))
        for step in copied
        for source in step.sources
    ]
    beside = {each.split("/")[1] for each in places if each not in start and not _LEGAL.match(posixpath.basename(each))}
    return beside <= _OF_SYSTEMS and not any(_RELATIVE.search(each) for each in commands_of_start(reading))


def _outermost(places: Iterable[str]) -> list[str]:
    """Of these directories those that are written to, none of which lies in another."""
    written = [each for each in dict.fromkeys(map(posixpath.normpath, places)) if _is_written(each)]
    return [each for each in written if not any(each != one and within(each, one) for one in written)]


#: Modes that leave nothing to others.
_LOCKED: Final = lazy(r"[0-7]?[0-7]00|(?:u=\w+,)?(?:g=,o=|go=|go-rwx|og-rwx)")


def _locked(reading: Reading) -> Iterator[str]:
    """Files that a RUN makes for root alone, outside of what is the system's."""
    for command in reading.all_commands(reading.shipped):
        words = command.arguments
        modes = [words[at + 1 : at + 2] for at, word in enumerate(words) if word in ("-m", "--mode")]
        if command.name == "install" and any(_LOCKED.fullmatch(each) for one in modes for each in one):
            paths = command.words[-1:]
        elif command.name == "chmod" and command.words and _LOCKED.fullmatch(command.words[0]):
            paths = command.words[1:]
        else:
            continue
        for path in (absolute(command.cwd, each) for each in paths if is_whole(each)):
            if (
                _is_written(path)
                and not path.startswith(("/etc/", "/var/"))
                and not _is_given(reading, path, ("chown",))
            ):
                yield path


def _on_the_host(reading: Reading, image: images.Reference, user: str, written: list[str]) -> str:
    """What services lay over places that the program writes to: there the owner on this machine counts."""
    bound = [
        each.source
        for each in bound_by_services(reading)
        if not _is_file(each.target)
        and _is_written(moved_home(reading, image, each.target))
        and (
            any(within(each.target, place) for place in (*written, HOME))
            or (posixpath.basename(each.target) in _FOR_DATA and "." not in posixpath.basename(each.source))
        )
    ]
    inside = around(reading.tree)[-1][1]
    # The image is not seen below the context.
    bound += (
        join(".", join(inside, posixpath.relpath(each, place)))
        for place in places_of_context(reading)
        for each in written
        if each != place
        and within(each, place)
        and not any(within(each, one) for one in mounts_of_services(reading) if one != place and within(one, place))
    )
    bound += (
        source
        for source, target in bound_by_readers(reading)
        if (_is_kept_to_one(target) or (not _is_file(target) and _is_written(moved_home(reading, image, target))))
        and (any(within(target, each) for each in (*written, HOME)) or _is_set(reading, target))
    )
    if reading.scan.build.source:
        from ..project.needing import bound_by_scripts  # only where something says how it is built

        bound += (source for source, target in bound_by_scripts(reading) if _is_written(target))
    whole = list(filter(is_whole, dict.fromkeys(bound)))
    bound = [each for each in whole if not any(each != one and within(each, one) for one in whole)][:_MOST_WRITTEN]
    number = user if is_number(user) else NUMBERS.get(user, "") if made_user(reading) is None else ""
    if not bound:
        return ""
    shown = " ".join(bound)
    below = [each for each in bound_by_others(reading) if any(within(each, one) and each != one for one in bound)]
    alone = f", without -R, as {below[0]} is for another service" if below and number else ""
    whom = f"chown {'' if below else '-R '}{number} {shown}" if number else f"give that user {shown}"
    return f", and {whom} on the host, which is mounted there{alone}"


def _is_kept_to_one(place: str) -> bool:
    """Whether a file is a private key, which is made for nobody else to read."""
    return place.endswith((".key", ".pem")) and ".pub." not in place


def _is_set(reading: Reading, place: str) -> bool:
    """Whether a setting on a page for readers, or in an example of variables, names a place or what lies there."""
    named = re.compile(rf"(?m)^[ \t]*(?:export[ \t]+)?[A-Z][A-Z0-9_]*=[\"']?{re.escape(place)}(?![\w.-])")
    examples = (name for name in reading.tree.names("") if ".env" in name or name.startswith("env."))
    texts = (*for_readers(reading), *map(reading.tree.text, examples))
    return any(named.search(text) for text in texts if place in text)


#: A file of SQLite by a path that begins where the program runs, or where its sources are, and is written out.
_DATABASE: Final = lazy(
    r"[\"']sqlite(?:\+\w+)?:///(?!/|:memory:)([\w./-]+)[\"'?]|\burl\s*=\s*\"file:(\./[\w./-]+)\""
    r"|\bBASE_DIR\s*[/,]\s*[\"']([\w./-]+\.sqlite3?)[\"']"
)
#: What says that the program has another database where it runs.
_ANOTHER: Final = ("postgres", "mysql", "mariadb", "mssql", "oracle")
_BY_A_VARIABLE: Final = lazy(r"\bdefault\s*=|environ|\benv\b|getenv|config\(|^\s*(?:#|//)")
_PROGRAM: Final = (".py", ".prisma")
_DATABASES: Final = (".db", ".sqlite", ".sqlite3")
_MOST_SOURCES: Final = 60


def _keeps_database(reading: Reading) -> str | None:
    """The directory of the image in which the program makes its database: SQLite puts files beside it as well."""
    above = reading.source(reading.workdir)
    if above is None or reading.tree.kind(above) == "file":
        return None
    here = [posixpath.join(above, name) for name in reading.names(above)]
    inside = [
        posixpath.join(each, name)
        for each in here
        if "test" not in posixpath.basename(each) and reading.sent.kind(each) == "dir"
        for name in reading.names(each)
    ]
    found = [each for each in (*here, *inside) if each.endswith(_PROGRAM) and "test" not in posixpath.basename(each)]
    for path in found[:_MOST_SOURCES]:
        text = reading.tree.text(path)
        for line in text.splitlines() if not any(word in text for word in _ANOTHER) else ():
            hit = _DATABASE.search(line) if "sqlite" in line or "file:" in line else None
            if hit is not None and not _BY_A_VARIABLE.search(line):
                beside = posixpath.dirname(path) if hit[2] else above
                place = posixpath.join("/", posixpath.relpath(f"/{beside}", f"/{above}"), hit[1] or hit[2] or hit[3])
                return posixpath.normpath(posixpath.dirname(f"{reading.workdir}{place}"))
    return None


#: Variables that tell where programs and packages are, and nothing that a program writes.
_OF_PROGRAMS: Final = lazy(r"PATH|\w*PATH|VIRTUAL_ENV|(?:JAVA|GO|CARGO|RUSTUP|GEM|BUNDLE|MIX|HEX|COMPOSER|ANDROID)_\w+")


#: Directories of a program that are made empty, to be written to.
_FOR_DATA: Final = frozenset("logs log data uploads upload storage media backup backups cache tmp temp db".split())


def _made_for_data(reading: Reading) -> Iterator[str]:
    """Directories that a RUN makes, that nothing is copied to, and that the command of the image or a variable names,
    or whose name says so where the program runs: it keeps there what it writes."""
    start = commands_of_start(reading)
    said = " ".join(start + [value for name, value in settings_of(reading) if not _OF_PROGRAMS.fullmatch(name)])
    for place in _made_empty(reading):
        if not is_whole(place) or within(reading.workdir, place):
            continue
        named = re.search(rf"(?<![\w./-]){re.escape(place)}(?![\w.-])", said) is not None
        own = posixpath.dirname(place) == reading.workdir and posixpath.basename(place) in _FOR_DATA
        if (named or (own and reading.source(place) is None)) and not _is_given(reading, place):
            yield place


def _made_empty(reading: Reading) -> Iterator[str]:
    """Directories that a RUN makes and that nothing is copied to."""
    copied = _copied(reading)
    for command in reading.all_commands(reading.shipped):
        for word in command.words if command.name == "mkdir" else ():
            place = absolute(command.cwd, word)
            if not any(within(one, place) for one in copied) and not _is_filled(reading, place):
                yield place


#: Commands that fill no directory.
_FILLS_NOTHING: Final = frozenset("mkdir chown chmod chgrp rm cd ls test [".split())


def _is_filled(reading: Reading, place: str) -> bool:
    """Whether a RUN names a directory, or what lies in it, to put something there."""
    return any(
        within(absolute(command.cwd, word), place)
        for command in reading.all_commands(reading.shipped)
        for word in (command.words if command.name not in _FILLS_NOTHING else ())
    )


def _copied(reading: Reading) -> list[str]:
    """Where the image gets files."""
    return [step.target for step in reading.shipped if step.keyword in ("COPY", "ADD")]


#: Variables that say where a program keeps what it writes.
_PLACES: Final = lazy(
    r"(?:\w+_)?(?:CONFIG|DATA|METADATA|STORAGE|UPLOADS?|CACHE|LOGS?|BACKUPS?|STATE|MEDIA|STATIC)"
    r"_(?:PATH|DIR|DIRECTORY|FOLDER|HOME|ROOT)"
)
_OF_SYSTEMS: Final = frozenset("bin boot dev etc home lib opt proc root run sbin srv sys tmp usr var".split())


def _named_for_data(reading: Reading) -> Iterator[str]:
    """Directories in the root of the image that a variable gives to the program, and that no step makes or fills."""
    for name, value in settings_of(reading):
        above, _, last = value.rstrip("/").rpartition("/")
        if value[:1] == "/" and not above and _PLACES.fullmatch(name) and re.fullmatch(r"[\w-]+", last):
            yield from _unless_brought(reading, f"/{last}")


def _unless_brought(reading: Reading, place: str) -> Iterator[str]:
    """A directory that is not one of the system, and of which no step says anything."""
    last = posixpath.basename(place)
    copied = any(within(each, place) or within(place, each) for each in _copied(reading) if each != "/")
    run = any(last in step.instruction.text for step in reading.shipped if step.keyword == "RUN")
    if last not in _OF_SYSTEMS and not (copied or run):
        yield place


#: Words of options that say where a program keeps what it writes, those of a directory for whatever else, and the last
#: ones of a directory, of a file, and of either.
_KEPT: Final = frozenset("db database sqlite data datadir storage store cache state uploads media backup".split())
_OTHERS: Final = frozenset("config conf log logs work".split())
_DIRECTORIES: Final = frozenset("dir directory folder home datadir".split())
_FILES: Final = frozenset("db database sqlite file".split())
_EITHER: Final = frozenset("path location data storage store cache state uploads media backup".split())
_PARTS: Final = lazy(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def _told_for_data(reading: Reading) -> Iterator[str]:
    """Directories that an argument gives to the program, such as `--data-dir /kept` or `-db /kept/a.db`, and that no
    step makes or fills."""
    words = words_of_start(reading)
    for word, following in zip(words, [*words[1:], ""], strict=False):
        option, sign, value = word.partition("=")
        value = value if sign else following
        if option[:1] != "-" or value[:1] != "/":
            continue
        parts = [each.lower() for each in _PARTS.findall(option)]
        directory = not _DIRECTORIES.isdisjoint(parts[-1:]) and not (_KEPT | _OTHERS).isdisjoint(parts)
        file = not _FILES.isdisjoint(parts[-1:])
        if directory or (not _KEPT.isdisjoint(parts) and (file or not _EITHER.isdisjoint(parts[-1:]))):
            place = posixpath.normpath(value)
            named = "." in posixpath.basename(place) or (file and place.count("/") > 1)
            yield from _unless_brought(reading, posixpath.dirname(place) if named and not directory else place)


def _made_at_work(reading: Reading) -> Iterator[str]:
    """Directories that a RUN makes where the program works, and that nothing is copied to: they belong to root."""
    for place in _made_empty(reading) if reading.workdir != "/" else ():
        inside = place != reading.workdir and within(place, reading.workdir)
        plain = inside and is_whole(place) and reading.source(place) is None
        if plain and not _is_given(reading, place):
            yield place


def _is_given(reading: Reading, place: str, by: tuple[str, ...] = ("chown", "chmod")) -> bool:
    """Whether a RUN changes the owner of a directory, or of one above it, or has others write to it."""
    given = (each for each in reading.all_commands(reading.shipped) if each.name in by and each.words)
    image = base_image(reading.chain[0])
    modes = (_OPENS, _FOR_THE_GROUP) if image is not None and is_made_here(reading, image) else (_OPENS,)
    given = (each for each in given if each.name != "chmod" or any(one.fullmatch(each.words[0]) for one in modes))
    return any(within(place, absolute(one.cwd, path)) for one in given for path in one.words[1:])


#: A mode by which all others may write, and one by which the group may, which is that of root.
_OPENS: Final = lazy(r"[0-7]?[0-7]{2}[2367]|(?:.*,)?[ug]*[oa][ugoa]*[+=][rxXst]*w.*")
_FOR_THE_GROUP: Final = lazy(r"[0-7]?[0-7][2367][0-7]|(?:.*,)?[uoa]*g[ugoa]*[+=](?:u|[rxXst]*w).*")


#: A file by a path that begins where the command runs.
_RELATIVE: Final = lazy(r"(?:^|[\s\"'\[,])(?!/|-|https?:)[\w.-]*(?:/|\.\w)")


#: How Next serves what it has built, by the manifest that this comes from, and by a line that goes there first.
_NEXT: Final = "next start"
_NEXT_BY_A_SCRIPT: Final = lazy(rf"\"start[\w:-]*\"\s*:\s*\"[^\"\n]*\b{_NEXT}\b")
_NEXT_ELSEWHERE: Final = lazy(rf"\bcd\s+([^\s;&|\"']+)\s*&&(?:(?!\bcd\s)[^;|\"'])*?\b{_NEXT}\b")


def _of_pages(reading: Reading) -> str | None:
    """Where Next keeps images and what was fetched, beside what was built, if that is started; None: it is not."""
    start = words_of_start(reading)
    there = reading.workdir
    said = " ".join(start)
    elsewhere = _NEXT_ELSEWHERE.search(said) if _NEXT in said else None
    if elsewhere is not None:
        there = absolute(there, elsewhere[1])
    elif not any("/.next/standalone" in f"/{one.text}" for step in reading.shipped for one in step.sources):
        if "cd" in start or not any(each.startswith("start") for each in start):
            return None  # of another directory nothing is known
        manifest = reading.source(posixpath.join(there, "package.json"))
        text = reading.tree.text(manifest) if manifest is not None else ""
        if _NEXT not in said and (_NEXT not in text or _NEXT_BY_A_SCRIPT.search(text) is None):
            return None
    return posixpath.join(there, ".next/cache")


def _empty_workplace(reading: Reading, image: images.Reference) -> Iterator[str]:
    """The directory where the program starts, if nothing is put there, nor taken from there by the command: it is for
    what the program writes."""
    if images.brings_no_project(image) and _is_left_empty(reading):
        yield reading.workdir


def _is_left_empty(reading: Reading) -> bool:
    """Whether no step puts anything where the program starts, and its command takes nothing from there."""
    place = reading.workdir
    for step in reading.shipped:
        filled = step.keyword in ("COPY", "ADD") and (within(step.target, place) or within(place, step.target))
        used = step.keyword == "RUN" and (within(step.workdir or "/", place) or place in step.instruction.whole)
        if filled or used:
            return False
    return not any(_RELATIVE.search(each) for each in commands_of_start(reading))


def _is_written(place: str) -> bool:
    """Whether a volume is for data of the program, and not for its sources or packages; nobody else gets into what root
    has at home."""
    kept = posixpath.basename(place) in ("node_modules", "vendor", ".venv", "venv", ".next", "src")
    mine = f"{place}/".startswith(("/tmp/", "/var/tmp/", "/dev/", "/proc/", "/root/"))
    shared = place in _SHARED or place.startswith(_OF_THE_SYSTEM)
    return place.startswith("/") and len(place) > 1 and is_whole(place) and not (kept or mine or shared)


#: Directories that belong to the system, and those in which it keeps what all programs have.
_OF_THE_SYSTEM: Final = ("/bin/", "/boot/", "/lib/", "/sbin/", "/sys/", "/usr/bin/", "/usr/lib/", "/usr/sbin/")
_SHARED: Final = frozenset(
    "/bin /boot /etc /home /lib /media /mnt /opt /run /sbin /srv /sys /usr /usr/bin /usr/lib /usr/local /usr/local/bin "
    "/usr/sbin /usr/share /usr/src /var /var/cache /var/lib /var/log".split()
)


def _chosen_by_argument(reading: Reading, user: Step | None) -> str | None:
    """How somebody else is chosen where an argument of the build says who runs the command."""
    used = re.findall(r"\$\{?(\w+)", user.instruction.text) if user is not None else []
    for step in reading.shipped:
        for word in step.instruction.words if step.keyword == "ARG" else ():
            if word.partition("=")[0] in used:
                name = word.partition("=")[0]
                return f"pass --build-arg {name}=10001, or give ARG {name} another default (line {step.line})"
    return None


# --- what the sources say


#: Files of a program that are read, and bytes of each.
_MOST_FILES: Final = 400
_MOST_SEARCHED: Final = 2000
_MOST_BYTES: Final = 200_000
#: Programs that start another one.
_WRAPPERS: Final = frozenset(
    "tini /sbin/tini /usr/bin/tini dumb-init /usr/bin/dumb-init -- -g exec env sh bash -c uv poetry pipenv run npx "
    "bunx".split()
)
#: Those that hand out the files that were built, and write none.
_SERVERS: Final = frozenset("serve http-server live-server static-web-server lighttpd caddy".split())


def _of_sources(reading: Reading, here: str) -> _Told:
    """What the sources of the program say, which is started in `here`."""
    stages = _making(reading)
    start = _program(reading)
    language = _language(reading, stages)
    places: list[str] = []
    at_work, unread, read = False, False, 0
    if language is None or start in _SERVERS:
        return _Told(places, False, False, start in _SERVERS)
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
        said, unknown = writing.writes(language, reading.tree.text(path), place, here)
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
    return _Told(places, at_work, unread, known)


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
    return next((posixpath.basename(each) for each in words_of_start(reading) if each not in _WRAPPERS), "")


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
    return any(map(writing.is_aside, place.split("/"))) or any(each.endswith(language.endings) for each in names)


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
