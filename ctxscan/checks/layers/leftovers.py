"""What package managers keep for themselves in an image, where no step takes it away."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final, NamedTuple

from ...dockerfile import images
from ...dockerfile.commands import Command, alternatives, is_chosen, is_tested
from ...dockerfile.stages import Step
from ...packages.catalog import CACHES, MANAGERS, install, system_packages
from ...packages.ecosystem import Cache, Left
from ...packages.install import Install
from ...packages.python import NEWER_PIP, included
from ...regex import lazy
from ..reading import Reading, base_image, cleans, instead, is_among, is_mounted, listed, needing

#: So many packages are a megabyte, whichever they are.
_MANY: Final = 10
#: What a manager is told about its cache (`poetry config cache-dir`, `pip config set global.no-cache-dir`).
_CACHE: Final = lazy(r"\bcache")
#: Of some images what their Python may have already, where no version is asked for.
_BRINGING: Final = {
    "tensorflow/tensorflow": frozenset(
        "tensorflow tensorflow-gpu numpy scipy pandas matplotlib scikit-learn sklearn pillow h5py grpcio jupyter keras "
        "ipykernel protobuf six wheel setuptools requests".split()
    ),
}
#: Other images that say nothing about the caches of a manager.
_PLAIN: Final = frozenset(
    "nvidia/cuda pytorch/pytorch mambaorg/micromamba mamba-org/micromamba continuumio/miniconda3 continuumio/anaconda3 "
    "condaforge/miniforge3 condaforge/mambaforge".split()
) | frozenset(_BRINGING)
#: What tidies up by a name of its own.
_TIDIES: Final = lazy(r"clean|tidy|purge|shrink|minimi[sz]e")


class Leftover(NamedTuple):
    """What RUNs leave, with its size and the way out, and whether a note is enough."""

    steps: list[Step]
    what: str
    remedy: str
    small: bool


def leftovers(reading: Reading) -> Iterator[Leftover]:
    """The caches that are in the image, each with all the steps that fill it and that no later one cleans."""
    steps = reading.shipped
    runs = [called(reading, steps[:at], step) for at, step in enumerate(steps)]
    for cache in CACHES:
        left = cache.left
        if left is None:
            continue
        last = max((at for at, step in enumerate(steps) if _is_removed(runs[at], step, cache)), default=0)
        kept = range(last, len(steps))
        found = [
            (steps[at], each) for at in kept if (each := _fills(reading, steps[at], runs[at], cache, left)) is not None
        ]
        filled = [step for step, _ in found]
        if filled and (not left.large or _keeps_much(reading, filled, left)):
            program = found[0][1].name
            what = f"{left.what.format(program=program)} in the image" + (f" ({left.size})" if left.size else "")
            yield Leftover(filled, what, _remedy(reading, cache, left, filled, program), left.small)


def called(reading: Reading, before: list[Step], step: Step) -> tuple[Command, ...]:
    """The commands of a step, with those of the scripts that it calls."""
    commands = reading.commands(step)
    if not any(each.program or ".sh" in each.text for each in commands):
        return commands
    from ..project import scripted  # few RUNs call one

    return tuple(scripted.called(reading, before, step))


def _fills(reading: Reading, step: Step, commands: Sequence[Command], cache: Cache, left: Left) -> Command | None:
    """The one of the commands of a RUN that leaves something."""
    if step.keyword != "RUN" or step.onbuild is not None or is_mounted(step, cache.place):
        return None
    filling = [each for each in commands if _is_filling(each, left) and not {*cache.spared} & {*each.arguments}]
    image = base_image(reading.chain[0])
    if image is None or not images.updates_with_repository(image):
        filling = [each for each in filling if each.name not in images.ADDS_REPOSITORY]
    either = [each for branches in _branches(reading, step, filling) for branch in branches for each in branch]
    found = [each for each in filling if each in either or not (each.guarded or is_chosen(each))]
    found = [each for each in found if not _is_there(reading, step, each, left)]
    if not found:
        return None
    # What one install is told holds for no other.
    spared = [
        each for each in reading.commands(step) if _is_filling(each, left) and {*cache.spared} & {*each.arguments}
    ]
    if _is_emptied(step, [each for each in commands if each not in spared], spared, found[-1], cache, left):
        return None
    if any(_TIDIES.search(each.name) for each in commands) or is_ignored(reading, step, left.rule):
        return None
    return found[0] if not left.settings or _is_kept(reading, step, left) else None


def _branches(reading: Reading, step: Step, filling: Sequence[Command]) -> Iterator[list[list[Command]]]:
    """Of some commands those in the branches of which the shell takes one, where each branch has some, or ends with an
    error."""
    if not any(each.guarded for each in filling):
        return
    for branches in alternatives(step):
        found = []
        for places in branches:
            own = [each for each in reading.commands(step) if each.place in places]
            if not any(each.name in ("exit", "false") for each in own):
                found.append([each for each in filling if each in own and not is_tested(each)])
        if found and all(found):
            yield found


#: Options by which pip installs elsewhere, or what is there already once more.
_ELSEWHERE: Final = ("-t", "--target", "--prefix", "--root", "--dry-run")
_ANEW: Final = ("-U", "--upgrade", "-I", "--ignore-installed", "--force-reinstall")


def _is_there(reading: Reading, step: Step, command: Command, left: Left) -> bool:
    """Whether an install only asks for packages by their names which an earlier one has brought: nothing is
    downloaded."""
    found = install(command) if left.of_projects is not None else None
    if found is None or found.files or not found.words or found.has(*_ANEW, *_ELSEWHERE):
        return False
    asked = {word.lower().replace("_", "-") for word in found.words}
    before = reading.shipped[: reading.shipped.index(step) + 1]
    for one in reading.installs(before):
        same = (one.manager, one.command.program) == (found.manager, command.program)
        same = same and one.command.setting("PATH") == command.setting("PATH") and not one.command.guarded
        if same and not one.has(*_ELSEWHERE) and (one.step is not step or one.command.place < command.place):
            asked -= {_named(each) for each in one.words} | {*_listed(reading, before, one, left, sure=True)}
    return not asked


#: What runs commands later than they are written.
_LATER: Final = lazy(r"\btrap\b|\(\s*\)")


def _is_emptied(
    step: Step, commands: Sequence[Command], spared: Sequence[Command], last: Command, cache: Cache, left: Left
) -> bool:
    """Whether a RUN takes away what its commands leave, or says for all of them that nothing is to be left, as some
    that are `spared` do for themselves: not before the `last` one that fills it again."""
    text = step.instruction.whole
    places = [at for at, each in enumerate(commands) if left.emptied.search(each.text)]
    if not places or _LATER.search(text):
        alone = sum(len(left.emptied.findall(each.text)) for each in spared)
        return bool(places) or len(left.emptied.findall(text)) > alone
    known = all(commands[at].name == "rm" or is_among(commands[at], cache.cleans) for at in places)
    return not known or places[-1] > next(at for at, each in enumerate(commands) if each is last)


def _is_filling(command: Command, left: Left) -> bool:
    script = left.scripts is not None and command.name in ("curl", "wget") and left.scripts.search(command.text)
    through = left.through is not None and left.through[0] in command.text and left.through[1].search(command.text)
    if left.copying is not None and not _is_copying(command, *left.copying):
        return False
    return bool(script) or bool(through) or is_among(command, left.fills)


def _is_copying(command: Command, variable: str, option: str, value: str) -> bool:
    said = " ".join(command.arguments).replace("=", " ")
    return f"{option} {value}" in said if option in said else command.setting(variable) == value


def _is_removed(commands: Sequence[Command], step: Step, cache: Cache) -> bool:
    return any(cleans(cache, each) for each in commands) and not is_mounted(step, cache.place)


def is_ignored(reading: Reading, step: Step, rules: str) -> bool:
    """Whether a comment above an instruction says that it is so on purpose."""
    parsed = reading.scan.build.parsed
    lines = parsed.text.split("\n")[: step.line - 1] if parsed is not None else []
    while lines and lines[-1].lstrip().startswith("#"):
        said = lines.pop()
        if "hadolint" in said and any(rule in said for rule in rules.split()):
            return True
    return False


def _is_kept(reading: Reading, step: Step, left: Left) -> bool:
    """Whether it is sure where a step keeps what it downloads: at home, in an image that says nothing else."""
    image = base_image(reading.chain[0])
    if image is None or not (images.brings_no_project(image) or image.path in _PLAIN):
        return False
    if any(name.startswith(left.settings) for name, _ in step.environment):
        return False
    before = [*reading.all_commands(reading.shipped[: reading.shipped.index(step)])]
    if step.user not in ("", "root", "0", images.own_user(image)):
        mounted = any(mount.kind == "cache" for mount in step.mounts)
        if mounted or not any(_has_home(each, step.user or "") for each in before):
            return False
    return not any(each.arguments[:1] == ("config",) and _CACHE.search(each.text) for each in before)


def _has_home(command: Command, user: str) -> bool:
    """Whether a command makes a user with a directory of its own."""
    if command.guarded or user.partition(":")[0] not in command.words:
        return False
    given = command.arguments
    if command.name == "useradd":
        return "--create-home" in given or any(re.fullmatch(r"-[a-z]*m[a-z]*", each) for each in given)
    return command.name == "adduser" and {"-H", "--no-create-home", "--system"}.isdisjoint(given)


def _keeps_much(reading: Reading, filled: Sequence[Step], left: Left) -> bool:
    """Whether what some steps install is a megabyte for sure."""
    names: set[str] = set()
    for step in filled:
        installs = [each for each in reading.installs([step]) if is_among(each.command, left.fills)]
        for branches in _branches(reading, step, [each.command for each in installs]):
            # Of several that may be installed those that are the least.
            brought = [[each for each in installs if each.command in branch] for branch in branches]
            least = min(brought, key=lambda each: _weight(_packages(reading, step, each, left), left))
            installs = [each for each in installs if each in least or not any(each in one for one in brought)]
        names |= _packages(reading, step, installs, left)
    return _weight(names, left) >= (False, _MANY)


def _weight(names: set[str], left: Left) -> tuple[bool, int]:
    return not names.isdisjoint(left.large), len(names)


def _packages(reading: Reading, step: Step, installs: Sequence[Install], left: Left) -> set[str]:
    """What installs of a step bring, by its name."""
    names: set[str] = set()
    before = reading.shipped[: reading.shipped.index(step) + 1]
    for one in installs:
        names.update(_named(word) for word in one.words)
        if left.of_projects is not None:
            find = partial(reading.brought, before)
            names.update(map(str.lower, left.of_projects(one.command, find, reading.tree)))
            # That of an image may be the newest.
            names -= set() if _has_pip_of_system(reading) else {NEWER_PIP}
        names.update(_listed(reading, before, one, left))
    image = base_image(reading.chain[0])
    brought = _BRINGING.get(image.path) if image is not None else None
    if brought and not names.isdisjoint(brought):
        names -= brought - {*_pinned(reading, before, installs)}
    return names


def _pinned(reading: Reading, before: Sequence[Step], installs: Sequence[Install]) -> Iterator[str]:
    """The packages that installs ask for in one version each, by themselves or in the files that they are given."""
    for one in installs:
        paths = (reading.brought(before, posixpath.join("/", one.cwd, each)) for each in one.files)
        lines = [line for path in paths if path is not None for line in reading.tree.text(path).splitlines()]
        yield from (_named(each.strip()) for each in (*one.words, *lines) if "==" in each)


def _listed(reading: Reading, before: Sequence[Step], one: Install, left: Left, *, sure: bool = False) -> Iterator[str]:
    """The packages in the files that an install is given, and in its lock; `sure`: those without a condition."""
    bounds = one.values("-c", "--constraint")  # which install nothing
    locks = left.locks if MANAGERS[one.manager].locks else ()
    todo = [posixpath.join("/", one.cwd, each) for each in (*one.files, *locks) if each not in bounds]
    for place in todo:
        path = reading.brought(before, place)
        text = reading.tree.text(path) if path is not None else ""
        others = (posixpath.join(posixpath.dirname(place), each) for each in included(text) if one.files)
        todo += [each for each in map(posixpath.normpath, others) if each not in todo]
        text = "\n".join(line for line in text.splitlines() if ";" not in line) if sure else text
        yield from (each.lower().replace("_", "-") for each in (left.names.findall(text) if left.names else ()))


def _named(word: str) -> str:
    """The package that a word asks for, which may be a file of it."""
    if word.endswith(".whl"):
        return posixpath.basename(word).partition("-")[0].lower().replace("_", "-")
    return re.split(r"[^\w.-]", word)[0].lower().replace("_", "-")


def _has_pip_of_system(reading: Reading) -> bool:
    """Whether pip comes from a package of the system, which is as old as that."""
    from ...packages.python_system import BROUGHT_BY  # only where pip leaves something

    return any(
        system_packages(each) == "adds" and BROUGHT_BY & {*each.words} for each in reading.all_commands(reading.shipped)
    )


def _only_updates(command: Command) -> bool:
    """Whether a command does nothing but bring lists up to date."""
    return command.words == ["update"]


def _remedy(reading: Reading, cache: Cache, left: Left, filled: Sequence[Step], program: str) -> str:
    if not left.empties:
        return f"{instead(cache, filled)}, on {listed(each.line for each in filled)}"
    users = needing(reading, filled, cache)
    if not users and all(_only_updates(each) for step in filled for each in reading.commands(step)):
        return f"remove {listed(each.line for each in filled)}: nothing is installed from these lists"
    shipped = [each for each in users if each in reading.shipped]
    sudo = "sudo " if re.search(r"(?:^RUN|[;&|(])\s*sudo\s", filled[0].instruction.text) else ""
    way = f"with {sudo}{left.empties.format(program=program)}"
    lines = listed(each.line for each in (*filled, *shipped))
    lines = f"RUN{'s' if ' and ' in lines else ''} on {lines}"
    if not users:
        return f"end the {lines} {way}"
    anew = f"{sudo}{cache.renews} && before the install on {listed(each.line for each in users)}"
    if shipped and all(is_among(each, left.fills) for step in filled for each in reading.commands(step)):
        return f"write {anew}, end the RUN there {way}, and remove {listed(each.line for each in filled)}"
    return f"end the {lines} {way}, and write {anew}"
