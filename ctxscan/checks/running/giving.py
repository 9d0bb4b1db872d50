"""How the directory in which a program works is given to its user, so that it may write there whatever it wants to."""

import posixpath
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from ...context.transfer import cleaned
from ...dockerfile import images
from ...dockerfile.commands import Command
from ...dockerfile.shell import is_whole
from ...dockerfile.stages import Step
from ...packages import writing
from ...paths import absolute, within
from ...regex import lazy
from ..layers.cleanup import bytes_sent
from ..reading import Reading, base_image, listed
from .homes import NUMBERS, is_started, words_of_start


class Given(NamedTuple):
    """A directory that is given to `owner`: by `--chown` in the COPY of these lines, so that no layer holds its files
    twice, and by a RUN, with what is in it (`whole`) where that is little. `below`: the line of the WORKDIR below which
    that RUN and USER belong. `parts`: something in it stays root's, which a RUN has put there. `added`: those of the
    lines that have ADD."""

    place: str
    owner: str
    copies: tuple[int, ...]
    whole: bool
    below: int = 0
    parts: bool = False
    added: frozenset[int] = frozenset()

    def by_copy(self) -> str:
        lines = {"COPY": set(self.copies) - self.added, "ADD": set(self.copies) & self.added}
        return " and ".join(f"{key} --chown={self.owner} on {listed(each)}" for key, each in lines.items() if each)


#: So much may lie in two layers for the sake of a plain line.
_SMALL: Final = 1_000_000
#: Directories that hold more than one program, or that only root enters.
_SHARED: Final = frozenset(
    "/ /bin /boot /dev /etc /home /lib /media /mnt /opt /proc /run /sbin /sys /tmp /usr /usr/bin /usr/lib /usr/local "
    "/usr/local/bin /usr/sbin /usr/share /var /var/cache /var/lib /var/log".split()
)
_NOT_OWN: Final = ("/root", "/bin", "/sbin", "/lib", "/etc", "/tmp", "/proc", "/sys", "/dev", "/usr/bin", "/usr/lib")
_OF_SETTINGS: Final = (".yml", ".yaml", ".toml", ".ini", ".conf", ".cfg")
#: A release of Elixir or Erlang: some of its files are for their owner alone.
_RELEASE: Final = lazy(r"(?:^|/)_build/[^/]+/rel(?:/|$)")


def workplace(reading: Reading) -> str | None:
    """The directory that belongs to the program alone: where it works, or where the file lies that is started there;
    None: there is none."""
    for step in (each for each in reading.shipped if each.keyword == "COPY" and _is_own(each.target)):
        if any("_build/" in each.text and _RELEASE.search(each.text) for each in step.sources):
            return step.target
    if _is_own(reading.workdir):
        return reading.workdir
    words = [
        word for word in words_of_start(reading) if word.startswith("/") and word not in settings_of_start(reading)
    ]
    copied = [step.target for step in reading.shipped if step.keyword in ("COPY", "ADD")]
    found = [(word, each) for word in words for each in copied if within(word, each)]
    places = (posixpath.dirname(each) if each == word else each for word, each in found)
    return next((each for each in places if _is_own(each) and not _has_programs_alone(reading, each)), None)


def settings_of_start(reading: Reading) -> dict[str, str]:
    """The files of settings that an option names, by their places in the image, with those in the context: a program
    reads them."""
    words = words_of_start(reading)
    named = (
        value or after for word, after in pairwise(words) for _, _, value in [word.partition("=")] if word[:1] == "-"
    )
    found = ((each, reading.file_of(each)) for each in named if each.endswith(_OF_SETTINGS))
    return {each: path for each, path in found if path is not None}


def _has_programs_alone(reading: Reading, place: str) -> bool:
    """Whether a directory is for programs, or no step puts anything into it but what is started: nothing is written
    there."""
    if posixpath.basename(place) in ("bin", "sbin", "libexec"):
        return True
    brought = [step for step in reading.shipped if step.keyword in ("COPY", "ADD") and _touches(step.target, place)]
    filled = any(_fills(each, place) for each in reading.all_commands(reading.shipped))
    return all(is_started(reading, step) for step in brought) and not filled


def _is_own(place: str) -> bool:
    return place not in _SHARED and not any(within(place, each) for each in _NOT_OWN) and is_whole(place)


def give(reading: Reading, place: str, owner: str, made: int, others: Sequence[str]) -> Given | None:
    """How a directory is given to `owner`, who is there below line `made`, beside `others`; None: COPY has done it."""
    steps, number = reading.shipped, NUMBERS.get(owner, owner)
    copies = [step for step in steps if step.keyword in ("COPY", "ADD") and _brings(reading, step, place)]
    runs = [step for step in steps if any(_fills(each, place) for each in reading.commands(step))]
    # What has been given already, and the program itself, which is read alone, as is what it consists of.
    left = [step for step in copies if _owner(step) not in (owner, number) and not is_started(reading, step)]
    if copies and not (left or runs) and _is_made_by(steps, copies[0], place):
        return None
    kept = [step for step in left if _is_read(reading, step, place, others)]
    left = [step for step in left if step not in kept]
    linked = any(name == "link" for step in left for name, _ in step.flags)
    by = number if linked else owner
    flagged = [
        step
        for step in left
        if made < step.line and (within(step.target, place) or _is_own(step.target)) and (by.isdigit() or not linked)
    ]
    lines = tuple(step.line for step in flagged)
    added = frozenset(step.line for step in flagged if step.keyword == "ADD")
    if runs and len(flagged) == len(left):
        below = _below(reading, place, [*copies, *runs], others)
        if below:
            return Given(place, by, lines, True, below, added=added)
    if not (runs or kept) and _is_small(reading, left):
        return Given(place, by, (), bool(left))
    return Given(place, by, lines, False, parts=bool(runs or kept) or len(flagged) < len(left), added=added)


def _is_made_by(steps: Sequence[Step], copy: Step, place: str) -> bool:
    """Whether a COPY makes a directory, which then belongs to whom it gives the files, and no WORKDIR before it."""
    before = steps[: next(at for at, each in enumerate(steps) if each is copy)]
    return all(each.keyword != "WORKDIR" or not within(each.destination, copy.target) for each in before) and within(
        place, copy.target
    )


#: Packages, archives of Java and what runs them, which no program writes to.
_READ: Final = lazy(
    r"(?:.*/)?(?:node_modules|site-packages|\.?venv|jre|jdk|spring-boot-loader|(?:snapshot-)?dependencies|[^/]+\.[jw]ar)/?"
)


def _is_read(reading: Reading, step: Step, place: str, written: Sequence[str]) -> bool:
    """Whether a COPY brings nothing into a directory but what the program only reads: packages, a runtime, or a
    directory that another stage has made, and that nothing says is `written` to."""
    if _RELEASE.search(" ".join(each.text for each in step.sources)):
        return False
    layered = any("spring-boot-loader" in each.text for one in reading.shipped for each in one.sources)
    if all(_READ.fullmatch(each.text) or (layered and _OF_LAYERS.fullmatch(each.text)) for each in step.sources):
        return True
    made = step.origin is not None and step.origin.stage is not None
    return (
        made
        and step.target != place
        and within(step.target, place)
        and not any(_touches(each, step.target) for each in written)
    )


#: The classes of the program itself, as Spring takes them out of its archive.
_OF_LAYERS: Final = lazy(r"(?:.*/)?application/?")


def _touches(target: str, place: str) -> bool:
    return within(target, place) or within(place, target)


def _brings(reading: Reading, step: Step, place: str) -> bool:
    """Whether a COPY puts something into a directory; a file that goes above it does not."""
    files = step.origin is None and all(
        reading.tree.kind(each.text.removeprefix("./")) == "file" for each in step.sources
    )
    return within(step.target, place) or (within(place, step.target) and not files)


def _owner(step: Step) -> str:
    return next((value.partition(":")[0] for name, value in step.flags if name == "chown" and value), "")


def _fills(command: Command, place: str) -> bool:
    """Whether a command puts something into a directory."""
    if writing.fills_nothing(command.name, command.arguments):
        signs = [at for at, each in enumerate(command.arguments) if each.startswith(">")]
        targets = (command.arguments[at].lstrip(">&|") or " ".join(command.arguments[at + 1 : at + 2]) for at in signs)
        return any(within(absolute(command.cwd, each), place) for each in targets)
    words = (absolute(command.cwd, each) for each in command.words if "/" in each)
    return within(command.cwd, place) or any(within(each, place) for each in words)


def _is_small(reading: Reading, copies: Sequence[Step]) -> bool:
    sources = [(step, each) for step in copies for each in step.sources]
    paths = [cleaned(each.text) for step, each in sources if step.origin is None]
    # Of what is made before the build, or by another stage, nobody knows how large it is.
    known = len(paths) == len(sources) and all(each == "" or reading.sent.kind(each) for each in paths)
    return known and sum(bytes_sent(reading, each) for each in paths) < _SMALL


def _below(reading: Reading, place: str, filling: Sequence[Step], others: Sequence[str]) -> int:
    """The line of the WORKDIR below which everything may be done by the user of the image; 0: some of it may not."""
    image = base_image(reading.chain[0])
    steps = reading.chain[-1].steps
    at = next((at for at, step in enumerate(steps) if step.keyword == "WORKDIR" and step.destination == place), None)
    if image is None or at is None or images.ready_user(image) != images.plain_name(image).rpartition("/")[2]:
        return 0
    later = steps[at + 1 :]
    plain = all(writing.is_for_project(each.name, each.arguments) for each in reading.all_commands(later))
    runs = [step for step in later if step.keyword == "RUN"]
    plain &= all(reading.commands(step) and not step.mounts and step.onbuild is None for step in runs)
    filled = [step.target for step in later if step.keyword in ("COPY", "ADD")]
    apart = not any(_touches(each, other) for each in filled for other in others if not within(other, place))
    ours = all(step in later for step in filling) and all(step.keyword not in ("USER", "WORKDIR") for step in later)
    return steps[at].line if plain and apart and ours else 0
