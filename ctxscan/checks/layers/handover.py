"""How files are given to somebody, or get their mode, at once, so that no layer stores them a second time."""

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Final, NamedTuple

from ...dockerfile.commands import Command
from ...dockerfile.shell import replaced
from ...dockerfile.stages import Step
from ...packages.catalog import MANAGERS, install
from ...paths import absolute, within
from ...regex import lazy
from ..installs.effects import TIDIES, reads_nothing
from ..reading import Reading, listed
from .duplicates import ROOT, Duplicate, is_given, stored_below
from .layering import ASIDE_BYTES

#: Directories that are left to a `chown` one by one.
_MOST_LEFT: Final = 5


class _Way(NamedTuple):
    """How an instruction gives files at once: what has to be done before (`first`), the flag, what a command is left
    with (`left`; empty: nothing), and what would do `instead` of the flag."""

    first: str
    flag: str
    left: str
    instead: str


def at_once(reading: Reading, commands: Sequence[Command], again: Duplicate, steps: Sequence[Step]) -> str:
    """What to write so that files are stored once, in a stage with these steps, the last of which gives them by these
    commands."""
    copy, line = again.copy, commands[0].step.line
    found = [_way(reading, each, again, steps) for each in commands]
    ways = [each for each in found if isinstance(each, _Way)]
    said = [each for each in found if isinstance(each, str)]
    if ways and copy is not None:
        lines = listed(each.line for each in _copies(reading, commands, copy, steps))
        way = f"{copy.keyword} {' '.join(each.flag for each in ways)} on {lines}"
        instead = next((each.instead for each in ways if each.instead), "")
        way = f"{instead}, or {way}" if instead and len(ways) == 1 else f"{way} (or {instead})" if instead else way
        left = " and ".join(each.left for each in ways if each.left)
        way += f", and no more than {left} on line {line}" if left else " instead"
        # Who has no name yet gets nothing.
        said.insert(0, "".join(each.first for each in ways) + way)
    return ", and ".join(dict.fromkeys(said))


def _copies(reading: Reading, commands: Sequence[Command], copy: Step, steps: Sequence[Step]) -> Iterator[Step]:
    """What brings files that one of these commands gives to somebody, the same way as `copy`."""

    def spread(command: Command) -> list[str]:
        cheap = _cheap(reading, steps, command)
        return [place for word in command.words[1:] if word not in cheap for place in _places_named(command, word)]

    for step in steps:
        given = [each for each in commands if any(within(step.target, place) for place in spread(each))]
        alike = step.keyword == copy.keyword and any(not is_given(step, each) for each in given)
        if step is copy or alike:
            yield step


def _way(reading: Reading, command: Command, again: Duplicate, steps: Sequence[Step]) -> _Way | str:
    """How the files of one command are given at once; text: not by an instruction."""
    given, *paths = command.words
    if again.release is not None:
        return _in_its_run(reading, command, given, again.release, steps)
    below = steps[next((at for at, each in enumerate(steps) if each is again.copy), 0) + 1 :]
    # What a RUN makes belongs to root, whomever COPY gives the rest.
    filled = any(_writes(one, command) for one in reading.all_commands(below))
    made_before = _made(reading, steps, command)
    if filled or len(made_before) > _MOST_LEFT or (again.install is not None and not again.elsewhere):
        shared = _for_any_user(reading, command, steps)
        return shared or _worked_in(reading, command, given) or _part(reading, command, given, " ".join(paths))
    assert again.copy is not None
    cheap = _cheap(reading, steps, command)
    kept = [each for word in cheap for each in _places_named(command, word)]
    made_before = [each for each in made_before if not any(within(each, one) for one in kept)]
    rest = [f"{command.name} -R {given} {' '.join(cheap)}"] * bool(cheap)
    rest += [f"{command.name} {given} {' '.join(made_before)}"] * bool(made_before)
    left = " and ".join(rest)
    if command.name == "chmod":
        octal = re.fullmatch(r"[0-7]{3,4}", given) is not None
        return _Way(
            "", f"--chmod={given}", left, "" if octal else "change the mode of the files before they are copied"
        )
    if command.name == "chgrp":
        given = f"{(dict(again.copy.flags).get('chown') or 'root').partition(':')[0]}:{given}"
    name = given.partition(":")[0]
    above = next(_copies(reading, [command], again.copy, steps))
    late = _is_made_late(reading, steps, above, name)
    number = _numbered(reading, steps, given) if late else ""
    first = f"make {name} in a RUN above line {above.line}, and " if late and not number else ""
    return _Way(first, f"--chown={number or given}", left, "")


def with_flags(reading: Reading, commands: Sequence[Command], again: Duplicate, steps: Sequence[Step]) -> str:
    """How what COPY brings beside the packages of an install is given at once; "": that is little, or not sure."""
    if again.install is None or again.copy is None or again.bytes < ASIDE_BYTES:
        return ""
    copies = [*_copies(reading, commands, again.copy, steps)]
    flags = [f"--{each.name}={each.words[0]}" for each in commands if _is_flag(reading, each, copies[0], steps)]
    return f"{again.copy.keyword} {' '.join(flags)} on {listed(each.line for each in copies)}, and " if flags else ""


def _is_flag(reading: Reading, command: Command, copy: Step, steps: Sequence[Step]) -> bool:
    """Whether a COPY can give what a command does: a mode by its number, or an owner who is there."""
    given = command.words[0]
    if command.name == "chmod":
        return re.fullmatch(r"[0-7]{3,4}", given) is not None
    return command.name == "chown" and not _is_made_late(reading, steps, copy, given.partition(":")[0])


#: A mode by which a group or everybody may write.
_WRITABLE: Final = lazy(r"[0-7]?[0-7](?:[2367][0-7]|[0-7][2367])|[ugoa]*[+=][rwxXst]*w.*|[goa]+=u.*")


def _worked_in(reading: Reading, command: Command, given: str) -> str:
    """What is left of a `chown` where a later RUN works in the directory, as somebody who has to own it; "": none."""
    for step in reading.shipped:
        if command.name != "chown" or step.keyword != "RUN" or step.line <= command.step.line:
            continue
        place = next((each for each in _places(command) if within(step.workdir or "/", each)), None)
        if place is not None and not ROOT.fullmatch(step.user):
            if any(map(_runs_the_project, reading.commands(step))):
                # It may write anywhere.
                return (
                    f"COPY --chown={given}, and chown -R {given} of what a RUN makes there at its end, instead of "
                    f"{place} on line {command.step.line}"
                )
            return (
                f"chown {given} {place} without -R, since line {step.line} works there: what the program only reads "
                "can stay root's"
            )
    return ""


_OF_A_FILE: Final = lazy(r"(?:php|python|node|ruby|(?:ba)?sh)[\d.]*")


def _runs_the_project(command: Command) -> bool:
    """Whether a command runs what lies in a project."""
    if any(command.name in each.programs for each in MANAGERS.values()):
        return {"--no-scripts", "--ignore-scripts"}.isdisjoint(command.arguments)
    script = _OF_A_FILE.fullmatch(command.name) is not None and command.arguments[:1] == tuple(command.words[:1])
    return (script and bool(command.words)) or command.name == "make" or command.program.startswith(".")


def _part(reading: Reading, command: Command, given: str, whole: str) -> str:
    """What to give to somebody, or another mode, in place of all that there is."""
    if command.name == "chown" or _WRITABLE.fullmatch(given):
        from ..running.storage import written_below  # only where all of it is given

        known = list(dict.fromkeys(each for place in _places(command) for each in written_below(reading, place)))
        such = f", such as {_and(known)}" if known else ""
        new = [each for each in known if not _is_there(reading, each)]
        such += f" (mkdir -p {' '.join(new)} before it)" if new else ""
        stays = "root's" if command.name == "chown" else "as it is"
        return (
            f"name the directories that the program writes to instead of {whole}{such}: what it only reads can stay "
            f"{stays}"
        )
    return f"name what needs the mode instead of {whole}: the rest can stay as it is"


def _and(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _is_there(reading: Reading, place: str) -> bool:
    """Whether an instruction makes a directory, or may: the program may be the first to do so."""
    if reading.source(place) is not None:
        return True
    named = {
        absolute(each.cwd, word)
        for each in reading.all_commands(reading.shipped)
        for word in each.words
        if each.name not in ("chown", "chmod", "chgrp")
    }
    targets = (absolute(each.workdir, each.destination) for each in reading.shipped if each.destination)
    return any(within(each, place) for each in (*named, *targets))


#: Root's group, and a mode that lets a group write what its owner may.
_GROUP_OF_ROOT: Final = lazy(r"[^:]*:(?:0|root)|0|root")
_FOR_GROUP: Final = lazy(r"(?:[ua]*g[ua]*[+=][rwxX]*w[rwxX]*|g=u|[0-7]?[0-7][67][0-7])(?:,.*)?")


def _for_any_user(reading: Reading, command: Command, steps: Sequence[Step]) -> str:
    """How all of a directory is for users of any number, who are in the group of root, as OpenShift has them; "": it is
    for one user."""
    both = [each for each in reading.commands(command.step) if each.words[1:] == command.words[1:]]
    group = any(each.name in ("chown", "chgrp") and _GROUP_OF_ROOT.fullmatch(each.words[0]) for each in both)
    if not group or not any(each.name == "chmod" and _FOR_GROUP.fullmatch(each.words[0]) for each in both):
        return ""
    given = next((each.words[0] for each in both if each.name == "chown"), "root:0")
    found = [each for each in reading.installs(steps) if each.step is not command.step]
    brought = dict.fromkeys(MANAGERS[each.manager].packages for each in found if MANAGERS[each.manager].packages)
    names = " ".join(brought) or "of what it makes"
    where = f"on {listed(each.step.line for each in found)}" if found else "that makes something there"
    return (
        f"end the RUN {where} with chgrp -R 0 {names} && chmod -R g+w {names}, and COPY --chown={given} --chmod=g+w "
        f"the rest, instead of all of {' '.join(command.words[1:])} on line {command.step.line}: users of any number "
        "in group 0 may write there"
    )


def _in_its_run(reading: Reading, command: Command, given: str, release: Step, steps: Sequence[Step]) -> str:
    """How what is unpacked is given at once."""
    from .unpacking import is_made_anew, unpacked

    named = [each.place for each in unpacked(reading, [release])]
    places = dict.fromkeys(one for one in _places(command) if any(within(each, one) for each in named))
    after = steps[next(at for at, each in enumerate(steps) if each is release) + 1 :]
    user = given.partition(":")[0]
    late = f", below what makes {user}" if any(is_made_anew(each, user) for each in reading.all_commands(after)) else ""
    said = f"{command.name} -R {given} {' '.join(places)} at the end of the RUN on line {release.line}{late}"
    others = [each for each in dict.fromkeys(_places(command)) if each not in places]
    # What comes there later is root's.
    found = (each for each in _made(reading, after, command) if each not in places)
    made = [each for each in found if any(within(each, one) for one in places)]
    copies = (each for each in after if each.keyword in ("COPY", "ADD") and not is_given(each, command))
    if len(made) > _MOST_LEFT or any(within(each.target, one) for each in copies for one in places):
        rest = f"{', '.join(others)}{' and ' * bool(others)}what is put there below line {release.line}"
        return f"{said}, and on line {command.step.line} {command.name} no more than {rest}"
    left = [f"{command.name} -R {given} {' '.join(others)}"] * bool(others)
    left += [f"{command.name} {given} {' '.join(made)}"] * bool(made)
    again = f"no more than {' and '.join(left)}" if left else "not again"
    return f"{said}, and {again} on line {command.step.line}"


def _makers(reading: Reading, steps: Sequence[Step], name: str, programs: Collection[str]) -> Iterator[tuple[int, str]]:
    """The lines that make a user or a group, with the number that it gets, or ""."""
    from ..running.accounts import asked  # only where somebody is given something late

    for command in reading.all_commands(steps):
        made, number, _ = asked(command) if command.name in programs else (None, "", None)
        if made == name:
            yield command.step.line, number


def _is_made_late(reading: Reading, steps: Sequence[Step], copy: Step, name: str) -> bool:
    """Whether a user is there only below the COPY."""
    made = next((line for line, _ in _makers(reading, steps, name, ("useradd", "adduser"))), 0)
    makes = rf"\b(?:useradd|adduser)\b[^\n;&|]*\s{re.escape(name)}(?![\w-])"
    runs = (each for each in steps if each.keyword == "RUN" and re.search(makes, each.instruction.whole))
    made = made or next((each.line for each in runs), 0)
    return not name[:1].isdigit() and made > copy.line


def _numbered(reading: Reading, steps: Sequence[Step], owner: str) -> str:
    """An owner by the numbers that are asked for where the user and the group are made; "": they get any."""
    user, colon, group = owner.partition(":")
    numbers = [next((each for _, each in _makers(reading, steps, user, ("useradd", "adduser"))), "")]
    if colon and group:
        numbers += [next((each for _, each in _makers(reading, steps, group, ("groupadd", "addgroup"))), "")]
    return ":".join(numbers) if all(each.isdigit() for each in numbers) else ""


def _places(command: Command) -> list[str]:
    """The paths that a `chown` or `chmod` is about, from the root of the image."""
    return [place for each in command.words[1:] for place in _places_named(command, each)]


def _places_named(command: Command, word: str) -> list[str]:
    return [absolute(command.cwd, one) for one in replaced(word, dict(command.step.environment)).split()]


def _cheap(reading: Reading, steps: Sequence[Step], command: Command) -> list[str]:
    """The operands of a `chown` or `chmod`, as they are written, below which next to nothing is stored again."""
    before = [step for step in steps if step is not command.step]

    def costs(place: str) -> bool:
        found = stored_below(reading, before, command, place)
        other = found.copy is not None and found.copy.origin is not None
        return other or found.bytes >= ASIDE_BYTES or found.install is not None or found.release is not None

    return [word for word in command.words[1:] if not any(map(costs, _places_named(command, word)))]


def _writes(one: Command, command: Command) -> bool:
    """Whether a command may put something below what a later one gives; packages are found by themselves."""
    places = _places(command)

    def inside(path: str) -> bool:
        return any(within(path, each) for each in places)

    if one.step is command.step and one.place >= command.place:
        return False
    if one.name in _BRINGS and len(one.words) > 1:
        *sources, target = (absolute(one.cwd, replaced(each, dict(one.step.environment))) for each in one.words)
        moved = one.name == "mv" and all(map(inside, sources))  # whose it was before
        return inside(target) and not moved and not _is_of_one_file(one)
    known = one.name in TIDIES or reads_nothing(one) or install(one) is not None
    return not known and inside(one.cwd)


#: What brings files from one place to another.
_BRINGS: Final = frozenset("cp install mv rsync".split())


def _is_of_one_file(command: Command) -> bool:
    """Whether a command copies one file under a name that it is given."""
    whole = any(re.match(r"--(?:rec|arc|par)|-[a-zA-Z]*[aRrtT]", each) for each in command.arguments)
    return command.name == "cp" and len(command.words) == 2 and not (whole or command.words[1].endswith(("/", ".")))


def _files(one: Command) -> Iterator[str]:
    """The files that a command makes, as it names them."""
    if one.name == "touch":
        yield from one.words
    elif _is_of_one_file(one):
        yield one.words[1]
    yield from (path for sign, path in pairwise(one.arguments) if sign in (">", ">>"))


def _made(reading: Reading, steps: Sequence[Step], command: Command) -> list[str]:
    """The directories and files at and below what a `chown` or `chmod` is about that no COPY makes: those of WORKDIR
    and of commands are root's."""
    made = [
        absolute(step.workdir, replaced(step.words[0], dict(step.environment)))
        for step in steps
        if step.keyword == "WORKDIR" and step.words
    ]
    files: list[str] = []
    for one in reading.all_commands(steps):
        if one.step is command.step and one.place >= command.place:
            continue
        for words, paths in ((_files(one), files), (one.words if one.name == "mkdir" else (), made)):
            plain = (replaced(each, dict(one.step.environment)) for each in words)
            paths += (absolute(one.cwd, each) for each in plain if not set(each) & set("$*?[{"))
    # What lies above a directory is made with it, and belongs to root as well.
    found = [above for each in made for above in (*reversed([str(one) for one in PurePosixPath(each).parents]), each)]
    return [each for each in dict.fromkeys([*found, *files]) if any(within(each, place) for place in _places(command))]
