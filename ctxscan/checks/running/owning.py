"""How a program that runs as root is to run as somebody else: the user, what that user has to own, and what has to lie
where others than root get."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from ...dockerfile import images
from ...dockerfile.shell import every_command, is_whole
from ...dockerfile.stages import Step
from ...packages import writing
from ...packages.catalog import MANAGERS
from ...paths import absolute, join, within
from ...regex import lazy
from ..project.composefiles import services_around
from ..project.earlier import around
from ..project.ordering import dockerfiles
from ..project.services import (
    bound_by_others,
    bound_by_readers,
    bound_by_services,
    for_readers,
    mounts,
    mounts_of_services,
    places_of_context,
    runs_as_somebody,
    words_of,
)
from ..reading import Reading, has_apk, listed
from .homes import (
    BY_NUMBER,
    HOME,
    NUMBERS,
    commands_of_start,
    has_to_move,
    home_of,
    is_made_here,
    is_number,
    loaded_by_user,
    made_above,
    made_user,
    moved_home,
    moved_mounts,
    moved_workdir,
    name_of_user,
    own_home,
    owner_of,
    words_of_start,
)
from .program import for_its_manager, for_its_release, for_its_sockets, writes_to
from .storage import (
    FOR_DATA,
    FOR_THE_GROUP,
    MOST_WRITTEN,
    OF_SYSTEMS,
    OPENS,
    RELATIVE,
    SHARED,
    empty_workplace,
    for_data,
    home_by_variable,
    is_file,
    is_given,
    is_left_empty,
    is_written,
    keeps_database,
    locked,
    made_at_work,
    of_framework,
    of_pages,
    outermost,
    said_in_settings,
    told_by_program,
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
        return (
            _without_commands(reading, image, scripts) + has_to_move(reading, image) + for_its_sockets(reading, image)
        )
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
        return f"{way}{for_its_sockets(reading, image)}{_gone_on_from(reading)}{_built_upon(reading)}"
    above = made_above(reading, image)
    loading, there_first = loaded_by_user(reading)
    if loading:
        # What is loaded at home is to lie in that of the user.
        early = [f"mkdir -p {' '.join(there_first)}", f"chown {name} {' '.join(there_first)}"] if there_first else []
        rest = [each for each in owned.commands if each not in early]
        first = f"RUN {' && '.join([*made, *early])} above line {loading[0]} and " if made or early else ""
        which = "it" if len(loading) == 1 and first else listed(loading)
        first += f"USER {name} above and USER root below {which}, or each start loads again what they load,"
        before = [first, given.by_copy() if given is not None else "", f"RUN {' && '.join(rest)}" if rest else ""]
    elif above:
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
    way = f"{way} {_at_the_end(reading)}{there}{owned.words}{moved}{_keys_of_root(reading, image, owned)}"
    way += _kept_by_the_clock(reading, scripts, owned)
    mine = [*" ".join(owned.commands).split(), *([given.place] if given is not None else [])]
    way += for_its_release(reading, scripts, mine)
    way += for_its_manager(reading, image, scripts) + for_its_sockets(reading, image)
    return f"{way}{_gone_on_from(reading)}{_built_upon(reading)}"


def _kept_by_the_clock(reading: Reading, scripts: Sequence[str], owned: _Owned) -> str:
    """Where what starts tasks by the clock keeps when it last has, if it may not write where it works."""
    given = reading.workdir in " ".join(owned.commands).split() or is_given(reading, reading.workdir)
    lines = [] if given else [*scripts, " ".join(words_of_start(reading))]
    for service, inside in services_around(reading):
        laid = any(inside == posixpath.normpath(each.source) for each in mounts(service))
        if service.get("user") is None and (laid or not given):
            lines += (" ".join(words_of(service.get(key))) for key in ("entrypoint", "command"))
    told = any(map(writing.keeps_a_schedule, lines))
    return ", and celery beat -s /tmp/celerybeat-schedule: without it, that is written where it works" if told else ""


def _keys_of_root(reading: Reading, image: images.Reference, owned: _Owned) -> str:
    """How private keys that another stage makes are to be read, which are for their owner alone."""
    out, given = "", owned.given.copies if owned.given is not None else ()
    for step in (each for each in reading.shipped if each.keyword == "COPY" and each.line not in given):
        stage = step.origin.stage if step.origin is not None else None
        if stage is None or any(name in ("chown", "chmod") for name, _ in step.flags):
            continue
        made = [each for one in reading.plan.chain(reading.plan.stage(stage)) for each in one.steps]
        called = list(reading.all_commands(made))
        keys = [absolute(each.cwd, key) for each in called for key in writing.private_keys(each.name, each.arguments)]
        changes = [each for each in called if each.name in ("chmod", "chown")] if keys else []
        changed = [absolute(each.cwd, word.rstrip("*")) for each in changes for word in each.words[1:]]
        taken = [absolute("/", each.text) for each in step.sources]
        keys = [key for key in keys if any(within(key, each) for each in taken)]
        if not all(any(within(key, each) for each in changed) for key in keys) and not is_given(reading, step.target):
            owner = owner_of(reading, image)
            out += f", and COPY --chown={owner} on line {step.line}, as nobody but its owner reads a private key"
    return out


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
    open_to = any(FOR_THE_GROUP.fullmatch(each.words[0]) and not OPENS.fullmatch(each.words[0]) for each in called)
    if has_apk(reading, image):
        return f"adduser -S -D -u 10001 {'-G root ' * open_to}app"
    return f"useradd --system --create-home --uid 10001 {'--gid 0 ' * open_to}app"


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
    told = told_by_program(reading, scripts)
    known, at_work = told.known, told.here or told.unread
    home, data = own_home(reading, image), list(for_data(reading, image))
    # A volume belongs to whom the directory of the image belongs to, where there is one.
    # What is laid over it from the host does not.
    laid = [each.target for each in bound_by_services(reading)] + [each for _, each in bound_by_readers(reading)]
    laid = [moved_home(reading, image, posixpath.normpath(each)) for each in laid]
    mounted = [each for each in moved_mounts(reading, image) if not is_file(each)]
    data += (each for each in mounted if each not in laid)
    places = [*([home] if home else []), *data, *empty_workplace(reading, image)]
    framework = of_framework(reading, reading.workdir)
    # They are told to write elsewhere in many ways.
    known, places = known and not framework, [*places, *framework]
    pages = of_pages(reading)
    if pages is not None:
        known, places = False, [*places, *([] if is_given(reading, pages) else [pages])]
    told_home = home_by_variable(reading)
    if told_home is not None and not _has_packages(reading, told_home):
        places = [*places, told_home]
    places += [*told.places, *(made_at_work(reading) if at_work else ())]
    # Of the directory where it works, the program is given no more than that.
    places += (each for each in told.at_start if each != reading.workdir)
    owner = name_of_user(reading, image)
    elsewhere = moved_workdir(reading, image)
    workdir = elsewhere[1] if elsewhere is not None else reading.workdir
    places = [_moved(each, reading.workdir, workdir) for each in places if not is_given(reading, each, to=owner)]
    # His home is his own, if no root has been there.
    places = [each for each in places if elsewhere is None or each != home_of(reading, image)]
    written, database = outermost(places), keeps_database(reading)
    database = database and _moved(database, reading.workdir, workdir)
    # Where its sources write cannot always be read.
    known = known and len(written) <= MOST_WRITTEN and all(map(is_whole, places))
    # What programs share, such as /var/log, is not given to one of them.
    known = known and SHARED.isdisjoint(told.places)
    user, place, given = name_of_user(reading, image), None, None
    if not (known or framework):
        from .giving import give, workplace  # only where it may write anywhere

        place = workplace(reading)
        if place is not None and not told.here and _keeps_apart(place, [*data, *mounted], [*written, *mounted]):
            place = None
        if place is not None and not is_given(reading, place):
            given = give(reading, place, owner_of(reading, image), _line_of_user(reading, user), written)
    inside = [each for each in written if given is not None and within(each, given.place)]
    others = [each for each in written if each not in inside][: MOST_WRITTEN + len(framework)]
    # What is mounted there has the owner that the image says.
    late = given is not None and given.parts and not given.copies
    new = [each for each in inside if given and each != given.place and (late or reading.source(each) is None)]
    # What lies among packages is theirs who installs them.
    new = [each for each in new if not (given and given.whole and "/node_modules/" in each)][:MOST_WRITTEN]
    alone = [workdir] * (at_work and known and workdir not in ("/", database, *written))
    alone += [told_home] if told_home is not None and not any(within(told_home, one) for one in written) else []
    alone += [each for each in locked(reading) if not any(within(each, one) for one in written)]
    alone += (f"/usr/local/tomcat/{each}" for each in ("conf", "webapps") if images.plain_name(image) == "tomcat")
    if database is not None and not any(within(database, each) for each in written):
        alone = [*alone, database]
    deep = [*others, *new]
    new += [each for each in alone if each == database != workdir]
    if given is not None:
        deep = [*others, given.place] if given.whole else deep
        alone = [] if given.whole else [given.place, *alone]
    alone = [each for each in dict.fromkeys(alone) if each not in deep and is_whole(each)]
    alone = [each for each in alone if not is_given(reading, each, ("chown",))]
    commands = [f"mkdir -p {' '.join([*others, *new])}"] * bool(others or new)
    commands += [f"chown -R {user} {' '.join(deep)}"] * bool(deep)
    commands += [f"chown {user} {' '.join(alone)}"] * bool(alone)
    # Somebody has it start there.
    by_root = reading.workdir == "/" and not known
    says = said_in_settings(reading) if by_root else ""
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
    shared = sorted(
        SHARED.intersection(told.at_start).difference([given.place] if given else [], " ".join(commands).split())
    )
    if shared:
        writer_there = "the start script" if any("\n" in each for each in scripts) else "the command"
        words += f", and have {writer_there} write to a directory of that user instead of {' and '.join(shared)}"
    words += _on_the_host(reading, image, user, written)
    if at_work and not written and reading.workdir in places_of_context(reading) and not runs_as_somebody(reading):
        words += f", and chown on the host what it writes to in {reading.workdir}, as the sources are mounted there"
    return _Owned(commands, given, words, start, writer, _line_of_making(reading, [*others, *new]))


def _moved(place: str, above: str, instead: str) -> str:
    """A place as it is where the directory above it has another name."""
    return instead + place.removeprefix(above) if above != instead and within(place, above) else place


def _line_of_making(reading: Reading, places: Collection[str]) -> int:
    """The last line that makes one of these directories by a `mkdir` that has to find none; 0: there is no such."""
    made = (each for each in reading.all_commands(reading.shipped) if each.name == "mkdir" and not each.guarded)
    plain = (each for each in made if not any(_PARENTS.match(word) for word in each.arguments))
    lines = (one.step.line for one in plain if any(absolute(one.cwd, word) in places for word in one.words))
    return max(lines, default=0)


#: With this `mkdir` is content with a directory that is there.
_PARENTS: Final = lazy(r"-[a-zA-Z]*p|--parents")


def _has_packages(reading: Reading, place: str) -> bool:
    """Whether packages lie in a directory, all of which would be stored again."""
    found = ((MANAGERS[each.manager], each) for each in reading.installs(reading.shipped))
    return any(manager.packages and within(join(each.cwd, manager.packages), place) for manager, each in found)


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
    if not images.works_in_root(image) or any(RELATIVE.search(each) for each in commands_of_start(reading)):
        return True
    words = {word for text in scripts for command in every_command(text) for word in command if is_whole(word)}
    return any(
        word.startswith(("./", "../")) or (word[0] not in "/-~" and reading.source(f"/{word}") is not None)
        for word in words
    )


def _keeps_apart(place: str, data: Iterable[str], written: Sequence[str]) -> bool:
    """Whether there are directories for data, and neither they nor anything else that is written to lie in the one of
    the program: what it writes where nobody can read goes there."""
    return any(not within(each, place) for each in outermost(data)) and not any(within(each, place) for each in written)


def _line_of_user(reading: Reading, user: str) -> int:
    """The line that makes a user, below which files may be given to that; 0: the image has one."""
    runs = (step for step in reading.shipped if step.keyword == "RUN" and user in step.instruction.whole)
    return next((step.line for step in runs), 0) if user == made_user(reading) else 0


def _without_commands(reading: Reading, image: images.Reference | None, scripts: Sequence[str]) -> str:
    """The way out where no command is there to give anything. What WORKDIR makes belongs to the user above it."""
    told = told_by_program(reading, scripts)
    written = outermost(places := [*for_data(reading, image), *told.places])
    empty = image is None and not places and reading.workdir != "/" and is_left_empty(reading)
    at_work = told.here or told.unread or empty
    made, end = made_user(reading), _at_the_end(reading)
    others = [
        each
        for each in written
        if each != reading.workdir and not (made is not None and is_given(reading, each, to=made))
    ][:MOST_WRITTEN]
    # Where nothing is, a directory for everybody is none either: the volume would belong to root.
    others += ["/tmp"] * (image is None and "/tmp" in for_data(reading, image))
    if image is not None and made is None and image.path.startswith("distroless/") and image.digest:
        user, end = "USER nonroot", f" {end} (the image has that user)"  # another tag is another digest
    elif image is not None and made is None and image.path.startswith("distroless/"):
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
    return beside <= OF_SYSTEMS and not any(RELATIVE.search(each) for each in commands_of_start(reading))


def _on_the_host(reading: Reading, image: images.Reference, user: str, written: list[str]) -> str:
    """What services lay over places that the program writes to: there the owner on this machine counts."""
    bound = [
        each.source
        for each in bound_by_services(reading)
        if not is_file(each.target)
        and is_written(moved_home(reading, image, each.target))
        and (
            any(within(each.target, place) for place in (*written, HOME))
            or (posixpath.basename(each.target) in FOR_DATA and "." not in posixpath.basename(each.source))
        )
    ]
    single = [each for each in bound_by_services(reading) if is_file(each.target)]
    bound += (each.source for each in single if each.target.endswith(_LOGS) or writes_to(reading, each.target))
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
        if (_is_kept_to_one(target) or (not is_file(target) and is_written(moved_home(reading, image, target))))
        and (any(within(target, each) for each in (*written, HOME)) or _is_set(reading, target))
    )
    if reading.scan.build.source:
        from ..project.needing import bound_by_scripts  # only where something says how it is built

        bound += (source for source, target in bound_by_scripts(reading) if is_written(target))
    whole = [each for each in dict.fromkeys(bound) if is_whole(each.removeprefix("$"))]
    bound = [each for each in whole if not any(each != one and within(each, one) for one in whole)][:MOST_WRITTEN]
    number = user if is_number(user) else NUMBERS.get(user, "") if made_user(reading) is None else ""
    if not bound:
        return ""
    shown = " ".join(bound)
    below = [each for each in bound_by_others(reading) if any(within(each, one) and each != one for one in bound)]
    alone = f", without -R, as {below[0]} is for another service" if below and number else ""
    whom = f"chown {'' if below else '-R '}{number} {shown}" if number else f"give that user {shown}"
    return f", and {whom} on the host, which is mounted there{alone}"


#: Files that are laid into a container for the sake of what is written to them.
_LOGS: Final = (".log", ".err", ".out")


def _is_kept_to_one(place: str) -> bool:
    """Whether a file is a private key, which is made for nobody else to read."""
    return place.endswith((".key", ".pem")) and ".pub." not in place


def _is_set(reading: Reading, place: str) -> bool:
    """Whether a setting on a page for readers, or in an example of variables, names a place or what lies there."""
    named = re.compile(rf"(?m)^[ \t]*(?:export[ \t]+)?[A-Z][A-Z0-9_]*=[\"']?{re.escape(place)}(?![\w.-])")
    examples = (name for name in reading.tree.names("") if ".env" in name or name.startswith("env."))
    texts = (*for_readers(reading), *map(reading.tree.text, examples))
    return any(named.search(text) for text in texts if place in text)


def _chosen_by_argument(reading: Reading, user: Step | None) -> str | None:
    """How somebody else is chosen where an argument of the build says who runs the command."""
    used = re.findall(r"\$\{?(\w+)", user.instruction.text) if user is not None else []
    for step in reading.shipped:
        for word in step.instruction.words if step.keyword == "ARG" else ():
            if word.partition("=")[0] in used:
                name = word.partition("=")[0]
                return f"pass --build-arg {name}=10001, or give ARG {name} another default (line {step.line})"
    return None
