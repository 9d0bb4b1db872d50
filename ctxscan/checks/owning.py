"""How a program that runs as root is to run as somebody else: the user, what that user has to own, and what has to lie
where others than root get."""

import posixpath
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from ..context.transfer import cleaned
from ..dockerfile import images
from ..dockerfile.commands import Command, is_chosen
from ..dockerfile.shell import replaced
from ..dockerfile.stages import Stage, Step
from ..packages import writing
from ..packages.catalog import told_alone
from ..paths import absolute, join, within
from ..regex import lazy
from ..rules import globs
from .earlier import around
from .layering import WRITTEN
from .reading import Reading, base_image, has_apk
from .services import bound_by_services, mounts_of_services, names_of_project, settings_of_services, volumes_of_services


def user_remedy(
    reading: Reading,
    image: images.Reference | None,
    user: Step | None,
    scripts: Sequence[str],
    beside: str | None = None,
) -> str:
    """The way out for an image whose command is root, by `user` if one says so, and is started by `scripts` of the
    shell: followed as it is written, the program starts. In the script `beside` a web server wants to be root."""
    if beside is not None and image is not None:
        made = _user_remedy(reading, image).partition(", then")[0] + ", and " if _is_made_here(reading, image) else ""
        way = f"{made}in {beside} start by su -s /bin/sh {_name(reading, image)} -c '…' what is no web server"
        # What a script makes in an image of the web server is for that.
        own = _has_to_own(reading, image, () if image.repository == "nginx" else scripts)
        return way + own + _has_to_move(reading, image)
    chosen = _chosen_by_argument(reading, user)
    owned = _has_to_own(reading, image, scripts)
    return chosen or _user_remedy(reading, image) + owned + _has_to_move(reading, image) + _built_upon(reading)


def _user_remedy(reading: Reading, image: images.Reference | None) -> str:
    made = _made_user(reading)
    if made is not None:
        return f"USER {made} before the command: the image has that user"
    if image is None:
        return "USER 65532:65532 before the command"
    ready = images.ready_user(image)
    if ready:
        return f"USER {ready} before the command: the image has that user"
    if image.path.startswith("distroless/"):
        return f"FROM {image.repository}:{'debug-' * image.tag.startswith('debug')}nonroot"
    if images.has_no_useradd(image):
        return f"USER {_BY_NUMBER} before the command"
    if has_apk(reading, image):
        return "RUN adduser -S -D -u 10001 app, then USER app before the command"
    return "RUN useradd --system --create-home --uid 10001 app, then USER app before the command"


#: The last FROM of a Dockerfile that has a RUN or a USER below it.
_GOES_ON: Final = lazy(
    r"(?im)^FROM[ \t]+(?:--\S+[ \t]+)*(?:[^\s/]+/)+([\w.-]+)(?=[\s:@])(?:(?!^FROM\b)(?!^(?:RUN|USER)\b)[\s\S])*"
    r"^RUN\b(?![\s\S]*^FROM\b)"
)


def _built_upon(reading: Reading) -> str:
    """What another Dockerfile beside this one needs that is built from the image of this one, as the project publishes
    it: its RUN gets root back."""
    top, inside = around(reading.tree)[-1]
    own = posixpath.normpath(join(inside, (reading.scan.build.label or "").replace("\\", "/")))
    here = posixpath.dirname(own)
    for path in (join(here, name) for name in top.names(here) if "dockerfile" in name.lower()):
        found = _GOES_ON.search(top.text(path)) if path != own else None
        if found is not None and found[1] in {posixpath.basename(reading.workdir), *names_of_project(top)}:
            line = top.text(path).count("\n", 0, found.start()) + 1
            return f", and USER root below FROM in {path}:{line}, which goes on from this image"
    return ""


#: Somebody for whom no user has to be made.
_BY_NUMBER: Final = "10001:10001"
#: Of all that is written to, so many places are named.
_MOST_WRITTEN: Final = 3


def _has_to_own(reading: Reading, image: images.Reference | None, scripts: Sequence[str]) -> str:
    """What a user other than root needs before the program can write where it does: volumes, what its scripts and
    sources say, and what frameworks write to. No command gives it in an image without any."""
    scripted = [writing.started(text, reading.workdir, dict(_settings(reading))) for text in scripts]
    here = next((each.cwd for each in reversed(scripted) if each.cwd != reading.workdir), reading.workdir)
    said, at_work, known = _of_sources(reading, here)
    known &= not any(each.unknown for each in scripted)
    at_start = [place for each in scripted for place in each.places if not _is_given(reading, place)]
    at_work |= reading.workdir in at_start
    places = [word for step in reading.shipped if step.keyword == "VOLUME" for word in step.words]
    places += (_moved(reading, image, each) for each in volumes_of_services(reading))
    places += _made_for_data(reading)
    places += _named_for_data(reading)
    if image is None or images.is_bare(image) or image.path.startswith("distroless/"):
        return _without_commands(reading, image, [*places, *said], at_work)
    places += _empty_workplace(reading, image)
    for marker, names in WRITTEN.items():
        above = reading.source(posixpath.join(reading.workdir, marker))
        if above is not None:
            places += [posixpath.join(reading.workdir, name) for name in names]
    if _serves_pages(reading):
        # It may also make pages anew.
        known, places = False, [*places, posixpath.join(reading.workdir, ".next/cache")]
    places += [*said, *(_made_at_work(reading) if at_work else ())]
    # Of the directory where it works, the program is given no more than that.
    places += (each for each in at_start if each != reading.workdir)
    written = _outermost(places)
    user = _name(reading, image)
    shown = " ".join(written[:_MOST_WRITTEN])
    given = [f"mkdir -p {shown} && chown -R {user} {shown}"] * bool(written)
    database = _keeps_database(reading)
    if database is not None and not any(within(database, each) for each in written):
        given.append(f"mkdir -p {database} && chown {user} {database}")
    own = _is_given(reading, reading.workdir)
    at_work = at_work and reading.workdir not in ("/", database, *written) and not own
    locked = [each for each in _locked(reading) if not any(within(each, one) for one in written)]
    given += [f"chown {user} {' '.join([reading.workdir] * at_work + locked)}"] * (at_work or bool(locked))
    # Where its sources write cannot always be read.
    known = known and len(written) <= _MOST_WRITTEN
    way = "" if not given and (known or own) else ", and give it what it writes to"
    way += f"{'' if known else ', at least'}: RUN {' && '.join(given)}" if given else ""
    return way + _on_the_host(reading, image, user, written)


def _without_commands(reading: Reading, image: images.Reference | None, places: list[str], at_work: bool) -> str:
    """The same where no command is there to give it. What WORKDIR makes belongs to the user above it."""
    if image is None and at_work and reading.workdir == "/":
        return ", and WORKDIR /data between the two, which BuildKit makes for that user: it writes where it works"
    written, way = _outermost(places), ""
    if image is None and (at_work or reading.workdir in written):
        way = f", and above WORKDIR {reading.workdir}, which BuildKit makes for that user"
    others = [each for each in written if each != reading.workdir][:_MOST_WRITTEN]
    if others:
        shown = " and ".join(f"WORKDIR {each}" for each in others)
        way += f", and below it {shown}, which BuildKit makes for that user, then WORKDIR {reading.workdir} again"
    owner = "nonroot" if image is not None and "distroless" in image.path else _BY_NUMBER
    return way if way or places or not at_work else f", and COPY --chown={owner} what it writes to"


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
        for path in (absolute(command.cwd, each) for each in paths if not set(each) & _WILD):
            if (
                _is_written(path)
                and not path.startswith(("/etc/", "/var/"))
                and not _is_given(reading, path, ("chown",))
            ):
                yield path


#: The numbers of users that images have, or that the way out gives.
_NUMBERS: Final = {"app": "10001", "node": "1000"}


def _on_the_host(reading: Reading, image: images.Reference, user: str, written: list[str]) -> str:
    """What services lay over places that the program writes to: there the owner on this machine counts."""
    bound = [
        each.source
        for each in bound_by_services(reading)
        if _is_written(_moved(reading, image, each.target))
        and "$" not in each.source
        and (
            any(within(each.target, place) for place in (*written, _HOME))
            or (posixpath.basename(each.target) in _FOR_DATA and "." not in posixpath.basename(each.source))
        )
    ]
    shown = " ".join(list(dict.fromkeys(bound))[:_MOST_WRITTEN])
    number = _NUMBERS.get(user, "") if _made_user(reading) is None else ""
    whom = f"chown -R {number} {shown}" if number else f"give that user {shown}"
    return f", and {whom} on the host, which is mounted there" if shown else ""


def _is_made_here(reading: Reading, image: images.Reference) -> bool:
    """Whether the way out has to make that user."""
    return _name(reading, image) == "app" and _made_user(reading) is None


def _name(reading: Reading, image: images.Reference) -> str:
    """What that user is called."""
    ready = _made_user(reading) or images.ready_user(image)
    return ready or (_BY_NUMBER if images.has_no_useradd(image) else "app")


#: The homes of users that images have, or that the way out makes.
_HOMES: Final = {each: f"/home/{each}" for each in "app node bun pwuser".split()} | {"$APP_UID": "/home/app"}


def _moved(reading: Reading, image: images.Reference | None, place: str) -> str:
    """A place in the home of root as it is in that of the user, if that has one; others stay what they are."""
    home = _home(reading, image)
    return home + place.removeprefix(_HOME) if home is not None and within(place, _HOME) else place


def _home(reading: Reading, image: images.Reference | None) -> str | None:
    return _HOMES.get(_name(reading, image)) if image is not None and _made_user(reading) is None else None


#: A file of SQLite by a path that begins where the program runs, or where its sources are, and is written out.
_DATABASE: Final = lazy(
    r"[\"']sqlite(?:\+\w+)?:///(?!/|:memory:)([\w./-]+)[\"'?]|\burl\s*=\s*\"file:(\./[\w./-]+)\""
    r"|\bBASE_DIR\s*[/,]\s*[\"']([\w./-]+\.sqlite3?)[\"']"
)
#: What says that the program has another database where it runs.
_ANOTHER: Final = ("postgres", "mysql", "mariadb", "mssql", "oracle")
_BY_A_VARIABLE: Final = lazy(r"\bdefault\s*=|environ|\benv\b|getenv|config\(|^\s*(?:#|//)")
_PROGRAM: Final = (".py", ".prisma")
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
    start = _commands(reading)
    said = " ".join(start + [value for name, value in _settings(reading) if not _OF_PROGRAMS.fullmatch(name)])
    for _, place in _made_empty(reading):
        if set(place) & _WILD or within(reading.workdir, place):
            continue
        named = re.search(rf"(?<![\w./-]){re.escape(place)}(?![\w.-])", said) is not None
        own = posixpath.dirname(place) == reading.workdir and posixpath.basename(place) in _FOR_DATA
        if (named or (own and reading.source(place) is None)) and not _is_given(reading, place):
            yield place


#: What the shell puts something else for.
_WILD: Final = frozenset("$*?[{")


def _made_empty(reading: Reading) -> Iterator[tuple[Command, str]]:
    """Directories that a RUN makes and that nothing is copied to, with the command that makes them."""
    copied = _copied(reading)
    for command in reading.all_commands(reading.shipped):
        for word in command.words if command.name == "mkdir" else ():
            place = absolute(command.cwd, word)
            if not any(within(one, place) for one in copied) and not _is_filled(reading, place):
                yield command, place


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
    copied = _copied(reading)
    runs = "\n".join(step.instruction.text for step in reading.shipped if step.keyword == "RUN")
    for name, value in _settings(reading):
        above, _, last = value.rstrip("/").rpartition("/")
        if not above and _PLACES.fullmatch(name) and re.fullmatch(r"[\w-]+", last) and last not in _OF_SYSTEMS:
            place = f"/{last}"
            if (
                not any(within(each, place) or within(place, each) for each in copied if each != "/")
                and last not in runs
            ):
                yield place


def _made_at_work(reading: Reading) -> Iterator[str]:
    """Directories that a RUN makes where the program works, and that nothing is copied to: they belong to root."""
    for command, place in _made_empty(reading) if reading.workdir != "/" else ():
        inside = place != reading.workdir and within(place, reading.workdir)
        plain = inside and not set(command.text) & _WILD and reading.source(place) is None
        if plain and not _is_given(reading, place):
            yield place


def _is_given(reading: Reading, place: str, by: tuple[str, ...] = ("chown", "chmod")) -> bool:
    """Whether a RUN changes the owner or the mode of a directory, or of one above it."""
    given = (command for command in reading.all_commands(reading.shipped) if command.name in by)
    return any(within(place, absolute(one.cwd, path)) for one in given for path in one.words[1:])


#: A file by a path that begins where the command runs.
_RELATIVE: Final = lazy(r"(?:^|[\s\"'\[,])(?!/|-|https?:)[\w.-]*(?:/|\.\w)")


#: How Next serves what it has built, by the manifest that this comes from.
_NEXT: Final = "next start"
_NEXT_BY_A_SCRIPT: Final = lazy(rf"\"start[\w:-]*\"\s*:\s*\"[^\"\n]*\b{_NEXT}\b")


def _serves_pages(reading: Reading) -> bool:
    """Whether Next is started, which keeps images and what was fetched beside what was built."""
    start = _words_of_start(reading)
    if any("/.next/standalone" in f"/{one.text}" for step in reading.shipped for one in step.sources):
        return True
    if "cd" in start or not any(each.startswith("start") for each in start):
        return False  # of another directory nothing is known
    manifest = reading.source(posixpath.join(reading.workdir, "package.json"))
    text = reading.tree.text(manifest) if manifest is not None else ""
    return _NEXT in " ".join(start) or (_NEXT in text and _NEXT_BY_A_SCRIPT.search(text) is not None)


def _empty_workplace(reading: Reading, image: images.Reference) -> Iterator[str]:
    """The directory where the program starts, if nothing is put there, nor taken from there by the command: it is for
    what the program writes."""
    place = reading.workdir
    for step in reading.shipped:
        filled = step.keyword in ("COPY", "ADD") and (within(step.target, place) or within(place, step.target))
        used = step.keyword == "RUN" and (within(step.workdir or "/", place) or place in step.instruction.whole)
        if filled or used:
            return
    if images.brings_no_project(image) and not any(_RELATIVE.search(each) for each in _commands(reading)):
        yield place


def _settings(reading: Reading) -> list[tuple[str, str]]:
    steps = reading.shipped
    return list(dict(steps[-1].environment).items()) if steps else []


def _is_written(place: str) -> bool:
    """Whether a volume is for data of the program, and not for its sources or packages; nobody else gets into what root
    has at home."""
    kept = posixpath.basename(place) in ("node_modules", "vendor", ".venv", "venv", ".next", "src")
    mine = f"{place}/".startswith(("/tmp/", "/var/tmp/", "/dev/", "/proc/", "/root/"))
    shared = place in _SHARED or place.startswith(_OF_THE_SYSTEM)
    return place.startswith("/") and len(place) > 1 and not kept and "$" not in place and not (mine or shared)


#: Directories that belong to the system, and those in which it keeps what all programs have.
_OF_THE_SYSTEM: Final = ("/bin/", "/boot/", "/lib/", "/sbin/", "/sys/", "/usr/bin/", "/usr/lib/", "/usr/sbin/")
_SHARED: Final = frozenset(
    "/bin /boot /etc /home /lib /media /mnt /opt /run /sbin /srv /sys /usr /usr/bin /usr/lib /usr/local /usr/local/bin "
    "/usr/sbin /usr/share /usr/src /var /var/cache /var/lib /var/log".split()
)


def _made_user(reading: Reading) -> str | None:
    """The user that the Dockerfile itself has made, or that it gives files to by its name."""
    for command in reading.all_commands(reading.shipped):
        if command.name in ("useradd", "adduser") and not is_chosen(command):
            from .accounts import asked  # only where somebody is made

            name = asked(command)[0]
            if name is not None and re.fullmatch(r"[a-z_][\w-]*", name):
                return name
    given = [command for command in reading.all_commands(reading.shipped) if command.name == "chown"]
    owners = [command.words[0] for command in given if len(command.words) > 1 and not is_chosen(command)]
    names = (owner.partition(":")[0] for owner in owners)
    return next((name for name in names if re.fullmatch(r"(?!root$)[a-z_][\w-]*", name)), None)


def _chosen_by_argument(reading: Reading, user: Step | None) -> str | None:
    """How somebody else is chosen where an argument of the build says who runs the command."""
    used = re.findall(r"\$\{?(\w+)", user.instruction.text) if user is not None else []
    for step in reading.shipped:
        for word in step.instruction.words if step.keyword == "ARG" else ():
            if word.partition("=")[0] in used:
                name = word.partition("=")[0]
                return f"pass --build-arg {name}=10001, or give ARG {name} another default (line {step.line})"
    return None


def _commands(reading: Reading) -> list[str]:
    return [step.instruction.text for step in _start(reading)]


def _words_of_start(reading: Reading) -> list[str]:
    """Those of ENTRYPOINT and CMD, also where one of them is a line for the shell."""
    return [word for step in _start(reading) for word in " ".join(step.words).split()]


def _start(reading: Reading) -> list[Step]:
    found = (reading.last(keyword) for keyword in ("ENTRYPOINT", "CMD"))
    return [step for step in found if step is not None]


_HOME: Final = "/root"


class _Loaded(NamedTuple):
    """What a RUN puts in the home of whoever runs it, unless a variable names a `place`, or without one that is there:
    how it is written (`words`, one of which is there before `pattern` is asked). `locked`: it is written to when it is
    read."""

    words: tuple[str, ...]
    pattern: re.Pattern[str]
    variable: str
    place: str
    locked: bool = False


_LOADED: Final = (
    # A browser for tests and robots.
    _Loaded(
        ("playwright",),
        lazy(r"playwright\b[^;&|]*\sinstall(?!-)\b"),
        "PLAYWRIGHT_BROWSERS_PATH",
        "/ms-playwright",
    ),
    _Loaded(("puppeteer",), lazy(r"\bpuppeteer\s+browsers\s+install\b"), "PUPPETEER_CACHE_DIR", "/opt/puppeteer"),
    _Loaded(
        ("nltk",),
        lazy(r"nltk\.download(?![^;&|]*download_dir)|nltk\.downloader\b(?![^;&|]*\s-d)"),
        "",
        "/usr/local/share/nltk_data",
    ),
    _Loaded(
        ("huggingface", "hf", "_download(", "from_pretrained", "SentenceTransformer"),
        lazy(
            r"\b(?:huggingface-cli|hf)\s+download\b|\b(?:snapshot|hf_hub)_download\(|\.from_pretrained\(|"
            r"\bSentenceTransformer\("
        ),
        "HF_HOME",
        "/opt/huggingface",
        locked=True,
    ),
    _Loaded(("ollama",), lazy(r"\bollama\s+pull\b"), "OLLAMA_MODELS", "/opt/ollama", locked=True),
    _Loaded(("uv python",), lazy(r"\buv\s+python\s+install\b"), "UV_PYTHON_INSTALL_DIR", "/opt/python"),
)


def _has_to_move(reading: Reading, image: images.Reference | None) -> str:
    """What lies in the home of root, where nobody else gets, and the program needs."""
    settings = dict(_settings(reading))
    runs = [step.instruction.whole for step in reading.shipped if step.keyword == "RUN"]
    if any("chmod" in text and f"{_HOME}" in text for text in runs):
        return ""  # somebody has opened it
    out = ""
    places = [each for each in settings.get("PATH", "").split(":") if within(each, _HOME)]
    places += [reading.workdir] if within(reading.workdir, _HOME) else []
    if places:
        out += f", with what is in {' and '.join(dict.fromkeys(places))} elsewhere: only root gets into {_HOME}"
    out += _has_to_be_named(reading, image, settings)
    for step in (each for each in reading.shipped if each.keyword == "RUN" and "HOME" not in settings):
        text = step.instruction.whole
        for row in _LOADED:
            if row.variable in settings or not any(word in text for word in row.words) or not row.pattern.search(text):
                continue
            out += f", and {f'ENV {row.variable}={row.place}' if row.variable else f'RUN mkdir -p {row.place}'}"
            out += f" above line {step.line}, which loads for root alone"
            if row.locked and image is not None:
                out += f", and RUN chown -R {_name(reading, image)} {row.place} below it"
    for told in filter(None, map(told_alone, reading.all_commands(reading.shipped))):
        if any(told[0] in text for text in _commands(reading)) and told[1].partition("=")[0] not in settings:
            out += f", and ENV {told[1]}: what {told[0]} config says is for root alone"
    return out


def _has_to_be_named(reading: Reading, image: images.Reference | None, settings: dict[str, str]) -> str:
    """What volumes and variables name in the home of root, which another place has to be named for."""
    volumes = (word for step in reading.shipped if step.keyword == "VOLUME" for word in step.words)
    mounted = [each for each in (*volumes, *mounts_of_services(reading)) if within(posixpath.normpath(each), _HOME)]
    said = [*settings.items(), *settings_of_services(reading)]
    named = [name for name, value in said if name != "PATH" and within(value, _HOME)]
    at = f"the mount{'s' * (len({*mounted}) > 1)} at {' and '.join(dict.fromkeys(mounted))}" if mounted else ""
    named = [at] * bool(at) + list(dict.fromkeys(named))
    instead = _home(reading, image) or "a directory of that user"
    return f", and {instead} instead of {_HOME} for {' and '.join(named)}: only root gets there" if named else ""


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
_SERVERS: Final = frozenset("serve http-server live-server static-web-server".split())


def _of_sources(reading: Reading, here: str) -> tuple[list[str], bool, bool]:
    """The directories that the sources of the program write to, which is started in `here`, whether they also write in
    the working directory, or where a setting says, and whether all that they write is known."""
    stages = _making(reading)
    start = _program(reading)
    language = _language(reading, stages)
    places: list[str] = []
    at_work, known, read = False, True, 0
    if language is None or start in _SERVERS:
        return places, False, start in _SERVERS
    # What a step takes away belongs to those who work on the program.
    removed = [
        posixpath.normpath(posixpath.join(command.cwd, word))
        for stage in stages
        for command in reading.all_commands(stage.steps)
        for word in (command.words if command.name == "rm" else ())
    ]
    others = _not_built(reading, stages) if language is writing.GO else []
    for path, place in _sources(reading, language, stages):
        if any(within(path, each) for each in others):
            continue
        said, unknown = writing.writes(language, reading.tree.text(path), place, here)
        said = [each for each in said if not any(within(each, one) for one in removed)]
        places += (
            each for each in said if not within(reading.workdir, each) and not _is_of_sources(reading, language, each)
        )
        known &= not unknown
        at_work |= unknown or reading.workdir in said
        read += path.endswith(language.code)
    return places, at_work, known and 0 < read < _MOST_FILES and not _is_fetched(reading, stages)


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
    return next((posixpath.basename(each) for each in _words_of_start(reading) if each not in _WRAPPERS), "")


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


def is_in_go(reading: Reading, words: Collection[str]) -> bool:
    """Whether the program is one of Go, and one of these is in its sources."""
    stages = _making(reading)
    if _language(reading, stages) is not writing.GO:
        return False
    texts = (reading.tree.text(path) for path, _ in _sources(reading, writing.GO, stages, _MOST_SEARCHED))
    return any(word in text for text in texts for word in words)


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
    todo: list[tuple[str, str | None]] = []
    shipped = reading.shipped
    for path, step in _copied_sources(stages):
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
