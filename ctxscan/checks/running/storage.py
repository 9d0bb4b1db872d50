"""Where a program keeps what it writes: volumes, directories that are made or named for data, what its scripts and
sources say, and whether a RUN gives these to somebody."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from ...dockerfile import images
from ...dockerfile.shell import is_whole, replaced, without_shells
from ...packages import writing
from ...paths import absolute, join, within
from ...regex import lazy
from ..project.services import commands_of_services, mounts_of_services, volumes_of_services
from ..reading import Reading, base_image
from .homes import (
    commands_of_start,
    is_made_here,
    is_started,
    moved_home,
    path_of_one,
    settings_of,
    words_of_start,
)
from .program import Told, told_by_sources

#: Of all that is written to, so many places are named.
MOST_WRITTEN: Final = 3


def of_framework(reading: Reading, place: str) -> list[str]:
    """What a framework writes to in a project that lies at `place`."""
    found = (
        names for each, names in writing.WRITTEN.items() if reading.source(posixpath.join(place, each)) is not None
    )
    return [posixpath.join(place, name) for names in found for name in names]


def written_below(reading: Reading, place: str) -> list[str]:
    """The directories below an absolute one that the program is known to write to, whoever owns them."""
    known = [*of_framework(reading, place), *for_data(reading, base_image(reading.chain[0]))]
    # A name with a dot alone is that of a file of settings.
    known += (each for each in mounts_of_services(reading) if not (is_file(each) or "/." in each))
    known += (each for each in _made_empty(reading) if posixpath.basename(each) in FOR_DATA)
    scripts = (reading.file_of(word) for word in words_of_start(reading))
    texts = [*commands_of_start(reading), *(reading.tree.text(path) for path in scripts if path is not None)]
    for text in texts:
        known += writing.started(text, reading.workdir, dict(settings_of(reading))).places
    known += told_by_program(reading, ()).places
    return outermost(each for each in known if posixpath.normpath(each) != place and within(each, place))[:MOST_WRITTEN]


#: What is mounted as one file, and only read, unless it is a database.
_FILE: Final = lazy(r".+\.(?!d$|db$|sqlite3?$)\w+")


def is_file(place: str) -> bool:
    """Whether a mount is one file that is only read."""
    return _FILE.fullmatch(posixpath.basename(place)) is not None


def home_by_variable(reading: Reading) -> str | None:
    """The directory that a variable makes the home of whoever runs the program, where root has made it."""
    place = posixpath.normpath(dict(settings_of(reading)).get("HOME", ""))
    made = {absolute(step.workdir, step.destination) for step in reading.shipped if step.keyword == "WORKDIR"}
    made |= {
        absolute(each.cwd, word)
        for each in reading.all_commands(reading.shipped)
        if each.name == "mkdir"
        for word in each.words
    }
    return place if place in made and is_written(place) and not is_given(reading, place) else None


#: Something for data by a path that begins where the program runs, in a file of settings.
_KEPT_HERE: Final = lazy(
    r"(?m)^[ \t]*[\w.-]+[ \t]*[:=][ \t]*[\"']?(?!/|\.\./)((?:[\w.-]+/)*[\w.-]+)[\"']?[ \t]*(?:#.*)?$"
)


def said_in_settings(reading: Reading) -> str:
    """What files of settings that the command names say is written where it runs."""
    from .giving import settings_of_start  # only where a program starts in the root of the image

    for path in settings_of_start(reading).values():
        said = dict.fromkeys(posixpath.normpath(each) for each in _KEPT_HERE.findall(reading.tree.text(path)))
        kept = [each for each in said if each.endswith(_DATABASES) or ("/" in each and FOR_DATA & {*each.split("/")})]
        if kept:
            return f", as for {' and '.join(kept[:2])} ({path})"
    return ""


#: What runs scripts of a manifest, or compiles and bundles: one of them is called wherever something is built.
_COMPILERS: Final = frozenset(
    "npm npx yarn pnpm bun tsc next nuxt nuxi vite webpack nest parcel rollup tsup esbuild babel swc gatsby astro "
    "cargo react-scripts vue-cli-service ng mvn mvnw gradle gradlew lein sbt mix".split()
)
_APART: Final = str.maketrans(dict.fromkeys("/;&|\"'()", " "))


def told_by_program(reading: Reading, scripts: Sequence[str]) -> Told:
    """What the sources of the program say, and what is run before it."""
    settings = dict(settings_of(reading))
    lines = [*map(without_shells, (*scripts, *commands_of_services(reading)))]
    start = without_shells(replaced(" ".join(words_of_start(reading)), settings))
    built: list[tuple[list[str], bool]] = []
    if not _COMPILERS.isdisjoint("\n".join((*lines, start)).translate(_APART).split()):
        from ...packages import start_outputs  # only where something may be built at the start

        above = reading.source(reading.workdir)
        lines = [start_outputs.expanded(reading.tree, above, each) for each in dict.fromkeys((*lines, start))]
        built = [start_outputs.made(reading.tree, above, each, reading.workdir) for each in lines]
    scripted = [writing.started(text, reading.workdir, settings) for text in lines]
    here = next((each.cwd for each in reversed(scripted) if each.cwd != reading.workdir), reading.workdir)
    told = told_by_sources(reading, here)
    written = [place for each in scripted for place in each.places]
    written += (place for places, _ in built for place in places)
    at_start = [place for place in written if not is_given(reading, place)]
    unknown = any(each.unknown for each in scripted) or any(unread for _, unread in built)
    return told._replace(
        here=told.here or reading.workdir in at_start, known=told.known and not unknown, at_start=at_start
    )


def for_data(reading: Reading, image: images.Reference | None) -> Iterator[str]:
    """Volumes, and directories that are made or named for data."""
    yield from (word for step in reading.shipped if step.keyword == "VOLUME" for word in step.words)
    # A directory by the name of a file would be in the way of that.
    yield from (moved_home(reading, image, each) for each in volumes_of_services(reading) if not is_file(each))
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


def outermost(places: Iterable[str]) -> list[str]:
    """Of these directories those that are written to, none of which lies in another."""
    written = [each for each in dict.fromkeys(map(posixpath.normpath, places)) if is_written(each)]
    return [each for each in written if not any(each != one and within(each, one) for one in written)]


#: Modes that leave nothing to others.
_LOCKED: Final = lazy(r"[0-7]?[0-7]00|(?:u=\w+,)?(?:g=,o=|go=|go-rwx|og-rwx)")


def locked(reading: Reading) -> Iterator[str]:
    """Files that a RUN makes for root alone, outside of what is the system's: by their mode, or as keys."""
    for command in reading.all_commands(reading.shipped):
        words = command.arguments
        modes = [words[at + 1 : at + 2] for at, word in enumerate(words) if word in ("-m", "--mode")]
        if command.name == "install" and any(_LOCKED.fullmatch(each) for one in modes for each in one):
            paths = command.words[-1:]
        elif command.name == "chmod" and command.words and _LOCKED.fullmatch(command.words[0]):
            paths = command.words[1:]
        else:
            made = writing.private_keys(command.name, words)
            changed = [each for each in reading.all_commands(reading.shipped) if each.name == "chmod"] if made else []
            opened = {absolute(each.cwd, word) for each in changed for word in each.words[1:]}
            paths = [each for each in made if absolute(command.cwd, each) not in opened]
        for path in (absolute(command.cwd, each) for each in paths if is_whole(each)):
            if is_written(path) and not path.startswith(("/etc/", "/var/")) and not is_given(reading, path, ("chown",)):
                yield path


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


def keeps_database(reading: Reading) -> str | None:
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
        another = any(word in text for word in _ANOTHER)
        for line in text.splitlines() if "sqlite" in text or "file:" in text else ():
            hit = _DATABASE.search(line) if "sqlite" in line or "file:" in line else None
            # Beside another database it counts where it is opened.
            opened = hit is not None and (not another or "engine" in line[: hit.start()].rpartition("=")[2])
            if hit is not None and opened and not _BY_A_VARIABLE.search(line):
                beside = posixpath.dirname(path) if hit[2] else above
                place = posixpath.join("/", posixpath.relpath(f"/{beside}", f"/{above}"), hit[1] or hit[2] or hit[3])
                return posixpath.normpath(posixpath.dirname(f"{reading.workdir}{place}"))
    return None


#: Variables that tell where programs and packages are, and nothing that a program writes.
_OF_PROGRAMS: Final = lazy(r"PATH|\w*PATH|VIRTUAL_ENV|(?:JAVA|GO|CARGO|RUSTUP|GEM|BUNDLE|MIX|HEX|COMPOSER|ANDROID)_\w+")


#: Directories of a program that are made empty, to be written to.
FOR_DATA: Final = frozenset("logs log data uploads upload storage media backup backups cache tmp temp db".split())


def _made_for_data(reading: Reading) -> Iterator[str]:
    """Directories that a RUN makes, that nothing is copied to, and that the command of the image or a variable names,
    or whose name says so where the program runs: it keeps there what it writes."""
    start = commands_of_start(reading)
    said = " ".join(start + [value for name, value in settings_of(reading) if not _OF_PROGRAMS.fullmatch(name)])
    for place in _made_empty(reading):
        if not is_whole(place) or within(reading.workdir, place):
            continue
        named = re.search(rf"(?<![\w./-]){re.escape(place)}(?![\w.-])", said) is not None
        own = posixpath.dirname(place) == reading.workdir and posixpath.basename(place) in FOR_DATA
        alone = _OWN.match(place) is not None and place.strip("/").partition("/")[0] not in _NOT_OWN
        meant = named or (own and reading.source(place) is None) or (alone and _is_entered_by_none(reading, place))
        if meant and not is_given(reading, place):
            yield place


def _made_empty(reading: Reading) -> Iterator[str]:
    """Directories that a RUN makes and that nothing is copied to."""
    copied = _copied(reading)
    for command in reading.all_commands(reading.shipped):
        for word in command.words if command.name == "mkdir" else ():
            place = absolute(command.cwd, word)
            if not any(within(one, place) for one in copied) and not _is_filled(reading, place):
                yield place


OF_SYSTEMS: Final = frozenset("bin boot dev etc home lib opt proc root run sbin srv sys tmp usr var".split())
#: Directories that are of no use to a system, such as `/data` and `/var/lib/shop`.
_OWN: Final = lazy(r"/(?!lib)(?:(?:var/(?:lib|log|cache|spool)|srv|opt|mnt)/)?[\w-]+$")
_NOT_OWN: Final = OF_SYSTEMS - {"var", "srv", "opt", "mnt"}


def _is_entered_by_none(reading: Reading, place: str) -> bool:
    """Whether no step goes to a directory, where it could put something."""
    return not any(within(each.workdir or "/", place) for each in reading.shipped) and not any(
        within(each.cwd, place) for each in reading.all_commands(reading.shipped)
    )


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
    copies = (step for step in reading.shipped if step.keyword in ("COPY", "ADD"))
    return [path_of_one(step) if is_started(reading, step) else step.target for step in copies]


#: Variables that say where a program keeps what it writes.
_PLACES: Final = lazy(
    r"(?:\w+_)?(?:CONFIG|DATA|METADATA|STORAGE|UPLOADS?|CACHE|LOGS?|BACKUPS?|STATE|MEDIA|STATIC)"
    r"_(?:PATH|DIR|DIRECTORY|FOLDER|HOME|ROOT)"
)


def _named_for_data(reading: Reading) -> Iterator[str]:
    """Directories in the root of the image that a variable gives to the program, and that no step makes or fills."""
    for name, value in settings_of(reading):
        above, _, last = value.rstrip("/").rpartition("/")
        database = value.removeprefix("sqlite:///").removeprefix("file:")
        if database.endswith(_DATABASES) and database.count("/") > 1 and is_whole(database) and database[:1] == "/":
            place = posixpath.dirname(database)
            if not any(within(place, each) or within(each, place) for each in _copied(reading)):
                yield place
        elif value[:1] == "/" and not above and _PLACES.fullmatch(name) and re.fullmatch(r"[\w-]+", last):
            yield from _unless_brought(reading, f"/{last}")


def _unless_brought(reading: Reading, place: str) -> Iterator[str]:
    """A directory that is not one of the system, and of which no step says anything."""
    last = posixpath.basename(place)
    copied = any(within(each, place) or within(place, each) for each in _copied(reading) if each != "/")
    run = any(last in step.instruction.text for step in reading.shipped if step.keyword == "RUN")
    if last not in OF_SYSTEMS and not (copied or run):
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


def made_at_work(reading: Reading) -> Iterator[str]:
    """Directories that a RUN makes where the program works, and that nothing is copied to: they belong to root."""
    for place in _made_empty(reading) if reading.workdir != "/" else ():
        inside = place != reading.workdir and within(place, reading.workdir)
        plain = inside and is_whole(place) and reading.source(place) is None
        if plain and not is_given(reading, place):
            yield place


def is_given(reading: Reading, place: str, by: tuple[str, ...] = ("chown", "chmod"), *, to: str | None = None) -> bool:
    """Whether a RUN changes the owner of a directory, or of one above it, or has others write to it. `to`: only what
    `chown` gives to somebody of that name or number counts."""
    given = (each for each in reading.all_commands(reading.shipped) if each.name in by and each.words)
    if to is not None:
        user = to.partition(":")[0]
        given = (each for each in given if each.name == "chown" and each.words[0].partition(":")[0] == user)
    image = base_image(reading.chain[0])
    modes = (OPENS, FOR_THE_GROUP) if image is not None and is_made_here(reading, image) else (OPENS,)
    given = (each for each in given if each.name != "chmod" or any(one.fullmatch(each.words[0]) for one in modes))
    return any(within(place, absolute(one.cwd, path)) for one in given for path in one.words[1:])


#: A mode by which all others may write, and one by which the group may, which is that of root.
OPENS: Final = lazy(r"[0-7]?[0-7]{2}[2367]|(?:.*,)?[ug]*[oa][ugoa]*[+=][rxXst]*w.*")
FOR_THE_GROUP: Final = lazy(r"[0-7]?[0-7][2367][0-7]|(?:.*,)?[uoa]*g[ugoa]*[+=](?:u|[rxXst]*w).*")


#: A file by a path that begins where the command runs.
RELATIVE: Final = lazy(r"(?:^|[\s\"'\[,])(?!/|-|https?:)[\w.-]*(?:/|\.\w)")


#: How Next serves what it has built, by the manifest that this comes from, and by a line that goes there first.
_NEXT: Final = "next start"
_NEXT_BY_A_SCRIPT: Final = lazy(rf"\"start[\w:-]*\"\s*:\s*\"[^\"\n]*\b{_NEXT}\b")
_NEXT_ELSEWHERE: Final = lazy(rf"\bcd\s+([^\s;&|\"']+)\s*&&(?:(?!\bcd\s)[^;|\"'])*?\b{_NEXT}\b")


def of_pages(reading: Reading) -> str | None:
    """Where Next keeps images and what was fetched, beside what was built, if that is started; None: it is not."""
    start = words_of_start(reading) or " ".join(map(without_shells, commands_of_services(reading))).split()
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


def empty_workplace(reading: Reading, image: images.Reference) -> Iterator[str]:
    """The directory where the program starts, if nothing is put there, nor taken from there by the command: it is for
    what the program writes."""
    if images.brings_no_project(image) and is_left_empty(reading):
        yield reading.workdir


def is_left_empty(reading: Reading) -> bool:
    """Whether no step puts anything where the program starts, and its command takes nothing from there."""
    place = reading.workdir
    for step in reading.shipped:
        filled = step.keyword in ("COPY", "ADD") and (within(step.target, place) or within(place, step.target))
        used = step.keyword == "RUN" and (within(step.workdir or "/", place) or place in step.instruction.whole)
        if filled or used:
            return False
    return not any(RELATIVE.search(each) for each in commands_of_start(reading))


def is_written(place: str) -> bool:
    """Whether a volume is for data of the program, and not for its sources or packages; nobody else gets into what root
    has at home."""
    kept = posixpath.basename(place) in ("node_modules", "vendor", ".venv", "venv", "src")
    mine = f"{place}/".startswith(("/tmp/", "/var/tmp/", "/dev/", "/proc/", "/root/"))
    shared = place in SHARED or place.startswith(_OF_THE_SYSTEM)
    return place.startswith("/") and len(place) > 1 and is_whole(place) and not (kept or mine or shared)


#: Directories that belong to the system, and those in which it keeps what all programs have.
_OF_THE_SYSTEM: Final = ("/bin/", "/boot/", "/lib/", "/sbin/", "/sys/", "/usr/bin/", "/usr/lib/", "/usr/sbin/")
SHARED: Final = frozenset(
    "/bin /boot /etc /home /lib /media /mnt /opt /run /sbin /srv /sys /usr /usr/bin /usr/lib /usr/local /usr/local/bin "
    "/usr/sbin /usr/share /usr/src /var /var/cache /var/lib /var/log".split()
)
