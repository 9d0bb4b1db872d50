"""Who is to run a program instead of root, what that user is called, and what a program needs that lies in the home of
root, where nobody else gets."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from ...dockerfile import images
from ...dockerfile.commands import Command, is_chosen
from ...dockerfile.shell import replaced
from ...dockerfile.stages import Step
from ...packages import writing
from ...packages.catalog import system_packages, told_alone
from ...paths import absolute, within
from ...regex import lazy
from ..project.services import (
    INITS,
    bound_by_readers,
    commands_of_services,
    mounts_of_services,
    settings_of_services,
    volumes_by_readers,
)
from ..reading import Reading, base_image, listed

#: Somebody for whom no user has to be made.
BY_NUMBER: Final = "10001:10001"


def is_made_here(reading: Reading, image: images.Reference) -> bool:
    """Whether the way out has to make that user."""
    return name_of_user(reading, image) == "app" and made_user(reading) is None


def name_of_user(reading: Reading, image: images.Reference) -> str:
    """What that user is called."""
    made, ready = made_user(reading) or packaged_user(reading), images.ready_user(image)
    given = None if made else _given_by_number(reading)
    if ready and not made and given is None:
        from ..project.clusters import number_in_clusters  # only where an image has a user of its own

        given = number_in_clusters(reading) or _given_in_other_stages(reading)
    if given is not None and given.partition(":")[0] != NUMBERS.get(ready or ""):
        return given
    return made or ready or (BY_NUMBER if images.has_no_useradd(image) else "app")


def _given_by_number(reading: Reading) -> str | None:
    """Whom a RUN gives files to by a number, for which no user is there."""
    given = (command for command in reading.all_commands(reading.shipped) if command.name == "chown")
    owners = (command.words[0] for command in given if len(command.words) > 1 and not is_chosen(command))
    return next((owner for owner in owners if re.fullmatch(r"[1-9]\d*(?::\d+)?", owner)), None)


def _given_in_other_stages(reading: Reading) -> str | None:
    """The number that all other images of the Dockerfile give their files to."""
    parsed = reading.scan.build.parsed
    found = {
        value
        for section in (parsed.sections if parsed is not None else ())
        for one in section.instructions
        for name, value in one.flags
        if name == "chown" and value
    }
    number = next(iter(found), "")
    return number if len(found) == 1 and re.fullmatch(r"[1-9]\d*(?::\d+)?", number) else None


def is_number(user: str) -> bool:
    return user[:1].isdigit()


def owner_of(reading: Reading, image: images.Reference) -> str:
    """That user as COPY takes it: by the number, where no step above it has made the name."""
    name = BY_NUMBER if is_made_here(reading, image) else name_of_user(reading, image)
    alone = is_made_here(reading, image) or (is_number(name) and name != BY_NUMBER)
    return name.partition(":")[0] if alone else name


#: Servers that only read what they hand out, with the user that the package of each makes, on Alpine and elsewhere.
_PACKAGED: Final = {"lighttpd": ("lighttpd", "www-data"), "caddy": ("caddy", "caddy")}


def packaged_user(reading: Reading) -> str | None:
    """The user that the package of the server makes which is started."""
    program = next((posixpath.basename(each) for each in words_of_start(reading)), "")
    for command in reading.all_commands(reading.shipped) if program in _PACKAGED else ():
        if program in command.words and system_packages(command) == "adds":
            return _PACKAGED[program][command.name != "apk"]
    return None


#: The homes of users that images have, or that the way out makes.
HOME: Final = "/root"
_HOMES: Final = {each: f"/home/{each}" for each in "app node bun pwuser".split()} | {"$APP_UID": "/home/app"}


#: The numbers of users that images have, or that the way out makes.
NUMBERS: Final = {"app": "10001", "node": "1000"}


def moved_home(reading: Reading, image: images.Reference | None, place: str) -> str:
    """A place in the home of root as it is in that of the user, if that has one; others stay what they are."""
    home = home_of(reading, image)
    return home + place.removeprefix(HOME) if home is not None and within(place, HOME) else place


def home_of(reading: Reading, image: images.Reference | None) -> str | None:
    return _HOMES.get(name_of_user(reading, image)) if image is not None and made_user(reading) is None else None


def settings_of(reading: Reading) -> list[tuple[str, str]]:
    steps = reading.shipped
    return list(dict(steps[-1].environment).items()) if steps else []


def made_user(reading: Reading) -> str | None:
    """The user that the Dockerfile itself has made, or that it gives files to by its name."""
    for command in reading.all_commands(reading.shipped):
        if command.name in ("useradd", "adduser"):
            from .accounts import asked  # only where somebody is made

            name, number, _ = asked(command)
            if name is None or not re.fullmatch(r"[a-z_][\w-]*", name) or _is_of_a_helper(reading, name):
                continue
            if _is_made_for_want(command, name):
                if number.isdigit():
                    return number
            elif not is_chosen(command):
                return name
    given = [command for command in reading.all_commands(reading.shipped) if command.name == "chown"]
    owners = [command.words[0] for command in given if len(command.words) > 1 and not is_chosen(command)]
    names = (owner.partition(":")[0] for owner in owners)
    names = (name for name in names if re.fullmatch(r"(?!root$)[a-z_][\w-]*", name))
    return next((name for name in names if not _is_of_a_helper(reading, name)), None)


#: Users of servers that an image may have beside its program.
_OF_SERVERS: Final = frozenset("postgres mysql mariadb redis mongodb memcached rabbitmq nginx haproxy".split())


def _is_of_a_helper(reading: Reading, name: str) -> bool:
    """Whether a user is that of a server, and another program is started."""
    if name not in _OF_SERVERS:
        return False
    image = base_image(reading.chain[0])
    started = [posixpath.basename(each) for each in words_of_start(reading)]
    return (image is None or images.plain_name(image) != name) and not any(each.startswith(name) for each in started)


#: What looks whether a user is there, by the name or the number.
_LOOKS_FOR: Final = lazy(r"(?:\bid|\bgetent\s+passwd)\s+(?:-\w+\s+)*[\"']?([\w${}-]+)")


def _is_made_for_want(command: Command, name: str) -> bool:
    """Whether a user is made where there is none of a number or of another name: the one who is there has another."""
    if not command.guarded:
        return False
    looked = _LOOKS_FOR.findall(command.step.instruction.whole)
    return bool(looked) and name not in (replaced(each, dict(command.step.environment)) for each in looked)


def commands_of_start(reading: Reading) -> list[str]:
    return [step.instruction.text for step in start_of(reading)]


def words_of_start(reading: Reading) -> list[str]:
    """Those of ENTRYPOINT and CMD, also where one of them is a line for the shell."""
    return [word for step in start_of(reading) for word in " ".join(step.words).split()]


def start_of(reading: Reading) -> list[Step]:
    found = (reading.last(keyword) for keyword in ("ENTRYPOINT", "CMD"))
    return [step for step in found if step is not None]


def is_started(reading: Reading, step: Step) -> bool:
    """Whether a COPY brings one file, which is what is started."""
    words = (each for each in words_of_start(reading) if each[:1] != "-" and posixpath.basename(each) not in INITS)
    return path_of_one(step) == absolute(reading.workdir, next(words, "/"))


def path_of_one(step: Step) -> str:
    """Where the file of a COPY that brings one comes to lie."""
    if len(step.sources) != 1:
        return ""
    inside = step.destination.endswith(("/", "."))
    return posixpath.join(step.target, posixpath.basename(step.sources[0].text)) if inside else step.target


# --- what lies in the home of root


class _Loaded(NamedTuple):
    """What a RUN puts in the home of whoever runs it, unless a variable names a `place`, or without one that is there:
    how it is written (`words`, one of which is there before `pattern` is asked). `locked`: it is written to when it is
    read. `by`: it is read by a program that is called so, if that is started. The variable may be for other things,
    too, and has an option for the place (`option`)."""

    words: tuple[str, ...]
    pattern: re.Pattern[str]
    variable: str
    place: str
    locked: bool = False
    by: str = ""
    option: str = ""


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
    _Loaded(("local.hex",), lazy(r"\bmix\s+(?:do\s+)?local\.hex\b"), "MIX_HOME", "/opt/mix", by=r"\bmix\s"),
    _Loaded(
        ("mvn",),
        lazy(r"\bmvnw?\s"),
        "MAVEN_OPTS",
        "/opt/m2",
        locked=True,
        by=r"\bmvnw?\s",
        option="-Dmaven.repo.local=",
    ),
    _Loaded(
        ("gradlew ", "gradle "),
        lazy(r"\bgradlew?\s"),
        "GRADLE_USER_HOME",
        "/opt/gradle-home",
        locked=True,
        by=r"\bgradlew?\s",
    ),
)


def has_to_move(reading: Reading, image: images.Reference | None) -> str:
    """What lies in the home of root, where nobody else gets, and the program needs."""
    settings = dict(settings_of(reading))
    runs = [step.instruction.whole for step in reading.shipped if step.keyword == "RUN"]
    if any("chmod" in text and f"{HOME}" in text for text in runs):
        return ""  # somebody has opened it
    out = ""
    elsewhere = _installed_elsewhere(reading, settings)
    places = [each for each in settings.get("PATH", "").split(":") if within(each, HOME)]
    packages = _packages_elsewhere(reading, image, settings)
    if elsewhere or packages:
        places = [each for each in places if each != _LINKS]
        out += elsewhere + packages
    moved = moved_workdir(reading, image)
    if moved is not None:
        out += f", and WORKDIR {moved[1]} instead of {reading.workdir}, which only root can enter, on line {moved[0]}"
    elif within(reading.workdir, HOME):
        places = [*places, reading.workdir]
    if places:
        what = "the program" if reading.workdir in places else f"what is in {' and '.join(dict.fromkeys(places))}"
        out += f", and move {what} out of {HOME}, which only root can enter"
    out += _has_to_be_named(reading, image) + _has_to_be_told(reading, image)
    out += _fetched_again(reading, settings)
    for row in _LOADED if "HOME" not in settings else ():
        lines = _lines_of(reading, row, settings)
        if not lines:
            continue
        given = f"ENV {row.variable}={row.option}{row.place}" if row.variable else f"RUN mkdir -p {row.place}"
        out += f", and {given} above line {lines[0]}, which loads for root alone"
        if row.locked and image is not None:
            # In the same layer, or all of it lies in two.
            end = "its end" if len(lines) == 1 else f"the end of {listed(lines)}"
            out += f", and at {end} && chown -R {owner_of(reading, image)} {row.place}"
    out += _loaded_by_packages(reading, settings)
    for told in filter(None, map(told_alone, reading.all_commands(reading.shipped))):
        if any(told[0] in text for text in commands_of_start(reading)) and told[1].partition("=")[0] not in settings:
            out += f", and ENV {told[1]}: what {told[0]} config says is for root alone"
    return out + _told_to_git(reading)


def _lines_of(reading: Reading, row: _Loaded, settings: Mapping[str, str]) -> list[int]:
    """The lines that load something into the home of root, unless it goes elsewhere."""
    if row.variable in settings:
        return []
    runs = ((step, step.instruction.whole) for step in reading.shipped if step.keyword == "RUN")
    found = [step.line for step, text in runs if any(word in text for word in row.words) and row.pattern.search(text)]
    if not (found and row.by):
        return found
    return found if any(re.search(row.by, text) for text in _texts_of_start(reading)) else []


def _texts_of_start(reading: Reading) -> Iterator[str]:
    """What starts the image: its own command and those of services, and the files that these name."""
    lines = [" ".join(words_of_start(reading)), *commands_of_services(reading)]
    yield from lines
    for path in dict.fromkeys(filter(None, (reading.file_of(word) for line in lines for word in line.split()))):
        yield reading.tree.text(path)


def _loaded_by_packages(reading: Reading, settings: Mapping[str, str]) -> str:
    """How a program finds the browser that a package of Node loads when it is installed."""
    for each in reading.installs(reading.shipped):
        command = each.command
        path = reading.brought(reading.shipped, posixpath.join(each.cwd, "package.json"))
        said = (*settings, *dict(command.settings), *command.arguments)
        if path is None or not writing.gets_a_browser(each.manager, said, reading.tree.text(path)):
            continue
        if not any(word in one.instruction.whole for one in reading.shipped for word in ("chromium", "chrome")):
            setting = "ENV PUPPETEER_CACHE_DIR=/opt/puppeteer"
            return f", and {setting} above line {command.step.line}, which loads a browser for root alone"
    return ""


def loaded_by_user(reading: Reading) -> tuple[list[int], list[str]]:
    """The lines that the user himself has to run, since what they load into the home of whoever does is loaded again at
    the start by anybody else, and the directories where they run; none: there are no such."""
    if "HOME" in dict(settings_of(reading)):
        return [], []
    found = [each for each in reading.all_commands(reading.shipped) if each.name in writing.RESOLVERS]
    texts = [*_texts_of_start(reading)] if found else []
    found = [each for each in found if any(writing.RESOLVERS[each.name].search(text) for text in texts)]
    places = (each.cwd for each in found if each.cwd.count("/") and each.cwd not in ("/", "/tmp"))
    return sorted({each.step.line for each in found}), list(dict.fromkeys(places))


#: Where installers of programs of Python link what they install below the home of whoever runs them, and the variables
#: by which all of it lies elsewhere.
_LINKS: Final = f"{HOME}/.local/bin"
_INSTALLERS: Final = {
    "pipx install": ("PIPX_HOME=/opt/pipx", "PIPX_BIN_DIR=/usr/local/bin"),
    "uv tool install": ("UV_TOOL_DIR=/opt/uv", "UV_TOOL_BIN_DIR=/usr/local/bin"),
}


def _installed_elsewhere(reading: Reading, settings: Mapping[str, str]) -> str:
    """How programs that a RUN installs in the home of root are to lie elsewhere: to move the links would not do."""
    if "HOME" in settings:
        return ""
    for command in reading.all_commands(reading.shipped):
        for words, variables in _INSTALLERS.items():
            names = {each.partition("=")[0] for each in variables}
            if command.text.startswith(f"{words} ") and names.isdisjoint((*settings, *dict(command.settings))):
                return f", and ENV {' '.join(variables)} above line {command.step.line}, which installs for root alone"
    return ""


def moved_workdir(reading: Reading, image: images.Reference | None) -> tuple[int, str] | None:
    """The line of the WORKDIR in the home of root, and the directory that it can name instead, where nothing else says
    that something lies there; None: it is another one, or that would not do."""
    if image is None or not within(reading.workdir, HOME):
        return None
    *others, last = (step for step in reading.shipped if step.keyword == "WORKDIR")
    brought = [step.target for step in reading.shipped if step.keyword in ("COPY", "ADD")]
    said = (step.instruction.whole for step in reading.shipped if step is not last)
    if any(_AT_HOME.search(text) for text in said if HOME in text):
        return None
    if any(within(each.destination, HOME) for each in others):
        return None
    home = home_of(reading, image) if not is_made_here(reading, image) else None
    filled = any(within(each, reading.workdir) for each in brought)
    place = home if home is not None and not filled else "/app"
    return None if any(within(each, place) for each in brought) else (last.line, place)


#: Where pip puts what it installs for one user.
_BY_ONE: Final = f"{HOME}/.local"


def _packages_elsewhere(reading: Reading, image: images.Reference | None, settings: Mapping[str, str]) -> str:
    """How packages that were installed for root alone are to lie where everybody finds them."""
    if image is None or not {"HOME", "PYTHONUSERBASE"}.isdisjoint(settings):
        return ""
    found = reading.all_commands(reading.shipped)
    lines = [each.step.line for each in found if writing.installs_at_home(each.name, each.arguments)]
    out = f", and no --user on {listed(lines)}, which installs for root alone" if lines else ""
    for step in (each for each in reading.shipped if each.keyword == "COPY" and each.target == _BY_ONE):
        stage = step.origin.stage if step.origin is not None else None
        if stage is None or any(each.text.rstrip("/").lstrip("/") != _BY_ONE[1:] for each in step.sources):
            continue
        made = base_image(reading.plan.chain(reading.plan.stage(stage))[0])
        home = home_of(reading, image)
        if {images.plain_name(each) for each in (image, made) if each is not None} == {"python"}:
            # There pip puts what is for everybody by the same names.
            out += f", and COPY to /usr/local instead of {_BY_ONE}, which only root can enter, on line {step.line}"
        elif home is not None:
            out += f", and COPY --chown={owner_of(reading, image)} on line {step.line}, to {home}/.local instead of"
            out += f" {_BY_ONE}, which only root can enter, with ENV PATH={home}/.local/bin:$PATH"
    return out


#: What Git is told for whoever runs it, and what is not for fetching something in a build.
_FOR_GIT: Final = lazy(r"git\s+config\b[^;&|]*?\s--global\b[^;&|]*?\s(?:safe|user|init|core|merge|pull|commit)\.\w+")


def _told_to_git(reading: Reading) -> str:
    """How the Git that a program calls gets what it is told in the home of root, if no RUN below has need of it."""
    runs = [step for step in reading.shipped if step.keyword == "RUN"]
    told = [any(each.name == "git" and _FOR_GIT.search(each.text) for each in reading.commands(step)) for step in runs]
    if "HOME" in dict(settings_of(reading)) or True not in told or not all(told[told.index(True) :]):
        return ""
    lines = listed(step.line for step, tells in zip(runs, told, strict=True) if tells)
    return f", and git config --system instead of --global on {lines}, which is for root alone"


def _told_at_home(reading: Reading) -> list[tuple[Step, str]]:
    """What tells a program something by files in the home of whoever runs it, with the place as it is written."""
    if within(reading.workdir, HOME) or "HOME" in dict(settings_of(reading)):
        return []
    told: list[tuple[Step, str]] = []
    for step in reading.shipped:
        if step.keyword in ("COPY", "ADD") and writing.is_for_programs(step.target):
            told.append((step, step.target))
        for command in reading.commands(step):
            place = writing.told_at_home(command.name, command.arguments)
            if place is not None and all(one is not step for one, _ in told):
                told.append((step, place))
    return told


def own_home(reading: Reading, image: images.Reference) -> str | None:
    """The home of the user, if something is put there that a program reads, which root has done before."""
    return home_of(reading, image) if _told_at_home(reading) else None


def _has_to_be_told(reading: Reading, image: images.Reference | None) -> str:
    """How a program gets what it is told in the home of root."""
    told = _told_at_home(reading)
    if not told:
        return ""
    lines, home = listed(step.line for step, _ in told), home_of(reading, image)
    if home is None:
        puts = "put" if " and " in lines else "puts"
        return f", and first move elsewhere what {lines} {puts} into {HOME}, which only root can enter"
    if any(place.startswith(HOME) for _, place in told):
        return f", and {home} instead of {HOME}, which only root can enter, on {lines}"
    if made_above(reading, image):
        return ""  # it is said there
    return f", and ENV HOME={home} above line {told[0][0].line}, so that the program finds its settings there"


def made_above(reading: Reading, image: images.Reference | None) -> int:
    """The line above which the user has to be made, since settings go into its home there; 0: none."""
    told = _told_at_home(reading)
    if image is None or not told or not is_made_here(reading, image) or home_of(reading, image) is None:
        return 0
    return 0 if any(place.startswith(HOME) for _, place in told) else told[0][0].line


def _fetched_again(reading: Reading, settings: dict[str, str]) -> str:
    """What Corepack has got for root, and gets again for anybody else, each time the container starts."""
    called = list(reading.all_commands(reading.shipped))
    enabled = next((each for each in called if each.name == "corepack" and each.words[:1] == ["enable"]), None)
    if enabled is None or "COREPACK_HOME" in settings:
        return ""
    program = next((each for each in words_of_start(reading) if writing.is_fetched_when_called(each)), None)
    got = any(writing.is_fetched_when_called(each.name) for each in called)
    got |= any(each.name == "corepack" and {*each.words[:1]} & {"install", "prepare", "use"} for each in called)
    if program is None or not got:
        return ""
    return (
        f", and ENV COREPACK_HOME=/usr/local/share/corepack above line {enabled.step.line}, or {program} is downloaded "
        "again whenever it starts"
    )


#: A path in the home of root, alone or as a part of a value.
_AT_HOME: Final = lazy(rf"(?<![\w./${{}}-]){HOME}(?![\w.-])")


def moved_mounts(reading: Reading, image: images.Reference | None) -> list[str]:
    """Where the mounts in the home of root are to be in that of the user, if that is known."""
    home = home_of(reading, image)
    return [home + each.removeprefix(HOME) for each in _mounted(reading)] if home is not None else []


def _mounted(reading: Reading) -> list[str]:
    """Where volumes and services mount something in the home of root, and readers of the project, where settings name
    something in it."""
    volumes = (word for step in reading.shipped if step.keyword == "VOLUME" for word in step.words)
    mounted = [*volumes, *mounts_of_services(reading)]
    mounted += (place for _, place in bound_by_readers(reading)) if _named_at_home(reading) else ()
    mounted += volumes_by_readers(reading, HOME)
    found = (each.rstrip("/") for each in mounted if within(posixpath.normpath(each), HOME))
    return list(dict.fromkeys(found))


def _named_at_home(reading: Reading) -> list[str]:
    """The variables and instructions that name something in the home of root."""
    said = [*settings_of(reading), *settings_of_services(reading)]
    said += [(step.keyword, " ".join(step.words)) for step in start_of(reading)]
    # A cache that a RUN mounts is for the build.
    cached = {
        mount.target
        for stage in reading.plan.stages
        for step in stage.steps
        for mount in step.mounts
        if mount.kind == "cache"
    }
    named = (
        name
        for name, value in said
        if name != "PATH" and HOME in value and value not in cached and _AT_HOME.search(value)
    )
    return list(dict.fromkeys(named))


def _has_to_be_named(reading: Reading, image: images.Reference | None) -> str:
    """What volumes and variables name in the home of root, which another place has to be named for."""
    mounted, named = _mounted(reading), _named_at_home(reading)
    if mounted:
        named = [f"the mount{'s' * (len(mounted) > 1)} at {' and '.join(mounted)}", *named]
    instead = home_of(reading, image) or "a directory of that user"
    shown = " and ".join(filter(None, (", ".join(named[:-1]), *named[-1:])))
    return f", and {instead} instead of {HOME}, which only root can enter, for {shown}" if named else ""
