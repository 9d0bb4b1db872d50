"""A Dockerfile as the lessons read it: the commands of each RUN, the layers that ship, where a file came from.

First in the package. Nothing here judges, and nothing is read from the disk but what a lesson asks for by path.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from ..context.transfer import Sent, cleaned
from ..context.tree import Tree
from ..dockerfile import images
from ..dockerfile.commands import Command, commands, is_chosen
from ..dockerfile.stages import Plan, Stage, Step
from ..facts import Scan
from ..packages.catalog import install, whole
from ..packages.ecosystem import Cache
from ..packages.install import Install
from ..paths import absolute, within
from ..regex import lazy
from ..rules import globs

#: A set of one character: `[n]` is read as `n`.
_OPTIONAL: Final = lazy(r"\[([\w.-])\]")
#: The home of root, as a shell may be told it.
_HOME: Final = lazy(r"^(?:~|\$HOME|\$\{HOME\})(?=/|$)")
#: Commands that put a file somewhere else as it is.
_PUTS: Final = frozenset(("cp", "install", "ln", "mv"))
#: Steps are compared with each other here; a Dockerfile with more of them is a machine's, and gets no lessons.
MOST_STEPS: Final = 1000
MOST_NAMES: Final = 1000


def base_image(stage: Stage) -> images.Reference | None:
    """The image that FROM of a stage names; None: it begins with something else, or with what can be no image."""
    return images.reference(stage.base) if stage.origin.kind == "image" else None


class Reading(NamedTuple):
    """`chain` are the stages whose layers the image has, the lowest first. `sent` is the context as the builder gets
    it, `tree` the same on disk with what the rules take out. `large` are the bytes of large directories, `kept` the
    commands of RUNs already read."""

    scan: Scan
    plan: Plan
    chain: tuple[Stage, ...]
    sent: Sent
    tree: Tree
    large: dict[str, int]
    kept: dict[int, tuple[Command, ...]]

    @property
    def shipped(self) -> list[Step]:
        """The steps whose layers are in the image."""
        return [step for stage in self.chain for step in stage.steps]

    def commands(self, step: Step) -> tuple[Command, ...]:
        """The commands of a RUN, as far as they are known; of another step none."""
        found = self.kept.get(id(step))
        if found is None:
            found = self.kept[id(step)] = tuple(commands(step)) if step.keyword == "RUN" else ()
        return found

    def all_commands(self, steps: Iterable[Step]) -> Iterator[Command]:
        for step in steps:
            yield from self.commands(step)

    def installs(self, steps: Iterable[Step]) -> Iterator[Install]:
        """What the commands of these steps install."""
        for command in self.all_commands(steps):
            found = install(command)
            if found is not None:
                yield found

    def history(self, stage: Stage) -> list[Step]:
        """The steps of a stage, after those of the stages it is built on."""
        return [step for each in self.plan.chain(stage) for step in each.steps]

    def own_steps(self, stage: Stage) -> Iterator[tuple[list[Step], Step]]:
        """Each step of a stage itself, behind those of its history that come before it."""
        steps = self.history(stage)
        for at in range(len(steps) - len(stage.steps), len(steps)):
            yield steps[:at], steps[at]

    def came_from(self, steps: Iterable[Step], path: str) -> str | None:
        """The path in the context of what `steps` put at the absolute `path`; None: nothing of it, or not known."""
        for step in reversed(list(steps)):
            found = next((each for each in landed(step, path) if self.sent.kind(each)), None)
            if found is not None:
                return found
        return None

    def file_of(self, word: str) -> str | None:
        """The file in the context of what `word` names in the image, from its directory; None: it is none, or not
        known."""
        place = posixpath.normpath(posixpath.join(self.workdir, word))
        path = self.source(place) or next(filter(None, map(self.source, self.taken_from(place))), None)
        return path if path is not None and self.tree.kind(path) == "file" else None

    def made_at(self, word: str) -> str | None:
        """The text of a file of the image that its Dockerfile holds, or has a RUN write line by line; None: it has
        none, or not all of it can be read."""
        place = posixpath.normpath(posixpath.join(self.workdir, word))
        steps = [step for step in self.shipped if posixpath.basename(place) in step.instruction.whole]
        lines = list[str]()
        for step in steps:
            found = written_by(step, place) if step.keyword == "RUN" else held_by(step, place)
            if found is None:
                return None
            lines += found
        return "\n".join(lines) if lines else None

    def taken_from(self, place: str) -> Iterator[str]:
        """What commands copy or link to an absolute path, by absolute paths as well."""
        for command in self.all_commands(self.shipped):
            if command.name not in _PUTS or len(command.words) < 2 or command.guarded:
                continue
            *sources, target = (absolute(command.cwd, word) for word in command.words)
            inside = (each for each in sources if posixpath.join(target, posixpath.basename(each)) == place)
            yield from sources[-1:] if target == place else inside

    def source(self, path: str) -> str | None:
        """The path in the context of what the image has at the absolute `path`, through stages as well."""
        return self._through([(stage.steps, path) for stage in reversed(self.chain)])

    def brought(self, steps: Iterable[Step], path: str) -> str | None:
        """As `came_from`, through stages as well."""
        return self._through([(list(steps), path)])

    def _through(self, todo: list[tuple[Sequence[Step], str]]) -> str | None:
        seen = set[tuple[int, str]]()
        while todo:
            steps, place = todo.pop(0)
            if (id(steps), place) in seen:
                continue
            seen.add((id(steps), place))
            found = self.came_from(steps, place)
            if found is not None:
                return found
            for step in steps:
                if step.keyword == "COPY" and step.origin is not None and step.origin.stage is not None:
                    chain = self.plan.chain(self.plan.stage(step.origin.stage))
                    sources = list(moved(step, place))
                    for command in self.all_commands(each for one in chain for each in one.steps):
                        sources += filter(None, [whole(command, source) for source in sources])
                    todo += [(one.steps, source) for one in chain for source in sources]
        return None

    def size(self, path: str) -> int:
        """The bytes of a file of the context, or of a directory that is large enough to be kept."""
        found = self.scan.disk.size(path)
        return self.large.get(path, 0) if found is None else found

    def names(self, path: str) -> tuple[str, ...]:
        """What the builder gets of a directory; nothing of one with so many entries that it is data."""
        listed = self.tree.names(path)
        if len(listed) > MOST_NAMES:
            return ()
        return tuple(name for name in listed if self.sent.kind(posixpath.join(path, name)))

    def last(self, keyword: str) -> Step | None:
        """The instruction of this kind that counts for the image."""
        return next((step for step in reversed(self.shipped) if step.keyword == keyword), None)

    @property
    def user(self) -> str:
        """The user who runs the command of the image; empty: not set."""
        step = self.last("USER")
        return step.words[0] if step is not None else ""

    @property
    def workdir(self) -> str:
        step = self.last("WORKDIR")
        return step.destination if step is not None else "/"


def held_by(step: Step, place: str) -> list[str]:
    """What of the heredocs of a COPY becomes the file at an absolute path."""
    if step.keyword not in ("COPY", "ADD"):
        return []
    return [
        each.content
        for each in step.instruction.heredocs
        if place in map(posixpath.normpath, (step.target, posixpath.join(step.target, each.name)))
    ]


def written_by(step: Step, place: str) -> list[str] | None:
    """The lines that a RUN writes into the file at an absolute path; None: others as well."""
    from ..secrets.commands import written_files  # only where a RUN names what is started

    body, said = step.instruction, " ".join(step.words)
    # What a shell gets is a script itself; another heredoc goes where the line above it says.
    alone = said.startswith("<<") and len(body.heredocs) == 1
    text = body.heredocs[0].content if alone else "".join((said, *(f"\n{e.content}{e.name}" for e in body.heredocs)))
    found = [each for each in written_files(text) if absolute(step.workdir or "/", each.name) == place]
    name = re.escape(posixpath.basename(place))
    told = re.findall(rf"(?:>|\btee(?:[ \t]+-a)?)[ \t]*[\"']?[^\s\"'<>|;&]*(?<![\w.-]){name}(?=[\s\"';&|)]|$)", text)
    return None if len(told) > len(found) else [each.content.rstrip("\n") for each in found]


def text_started(reading: Reading, step: Step, word: str, path: str, *others: str) -> str:
    """The text of a script that ENTRYPOINT or CMD starts by a word, without the arms of `case "$1"` that neither their
    words nor these others take."""
    text = reading.tree.text(path)
    if "esac" not in text:
        return text
    from ..dockerfile.arms import taken  # few scripts have a choice

    words = " ".join(step.words).split()
    given = words[words.index(word) + 1 :] if word in words else []
    command = reading.last("CMD") if step.keyword == "ENTRYPOINT" and step.instruction.json else None
    if not given and command is not None:
        given = [*command.words] if command.instruction.json else ["/bin/sh"]
    return "\n".join(dict.fromkeys(taken(text, each) for each in (given[0], *others))) if given else text


def reading_of(scan: Scan, tree: Tree) -> Reading | None:
    """The Dockerfile as read; None: there is none, or nobody wrote it by hand."""
    plan = scan.plan
    if plan is None or sum(len(stage.steps) for stage in plan.stages) > MOST_STEPS:
        return None
    large = {each.path: each.bytes_sent for each in scan.directories.walk()}
    return Reading(scan, plan, plan.chain(), Sent(scan.disk, scan.rules, scan.narrowing), tree, large, {})


def has_apk(reading: Reading, image: images.Reference | None) -> bool:
    """Whether an image is made of Alpine, or of what has its package manager and BusyBox as well."""
    if image is not None and images.is_alpine(image):
        return True
    return any(each.name == "apk" for each in reading.all_commands(reading.shipped))


def landed(step: Step, path: str) -> Iterator[str]:
    """The paths of the context that a step may have put at the absolute `path`, the likeliest first."""
    if step.keyword == "RUN":
        for mount in step.mounts:
            if mount.kind == "bind" and mount.origin is None and within(path, mount.target):
                yield posixpath.normpath(posixpath.join(cleaned(mount.source), path[len(mount.target) :].lstrip("/")))
        return
    if step.keyword not in ("COPY", "ADD") or step.origin is not None:
        return
    where = step.target
    if not within(path, where):
        return
    below = path[len(where) :].lstrip("/")
    if below and leaves_out(step, below):
        return
    for source in step.sources:
        if source.kind != "path":
            continue
        # `.yar[n]` is how a source is written that need not be there.
        own = cleaned(source.text)
        own = _OPTIONAL.sub(r"\1", own) if "[" in own else own
        above, _, name = own.rpartition("/")
        if any(flag == "parents" for flag, _ in step.flags):
            yield below
        elif globs.is_wild(name):
            first = below.partition("/")[0]
            if first and globs.matches(name, first):
                yield posixpath.join(above, below)
        else:
            if name and below == name:
                yield own  # a file
            yield posixpath.normpath(posixpath.join(own, below)) if below else own


def leaves_out(step: Step, below: str) -> bool:
    """Whether `--exclude` of a COPY takes out a path, as seen from the source."""
    if not any(flag == "exclude" for flag, _ in step.flags):
        return False
    from ..image.copies import excluded  # only where there is one

    for state in excluded(step):
        for part in below.split("/"):
            if not state.takes(part):
                return True
            state = state.enter(part)
    return False


def moved(step: Step, path: str) -> Iterator[str]:
    """Where a COPY --from may have found what it put at the absolute `path`."""
    if not within(path, step.target):
        return
    below = path[len(step.target) :].lstrip("/")
    if below and leaves_out(step, below):
        return
    for source in step.sources:
        own = "/" + cleaned(source.text)
        above, name = posixpath.split(own)
        if globs.is_wild(name):
            if below and globs.matches(name, below.partition("/")[0]):
                yield posixpath.join(above, below)
            continue
        yield posixpath.normpath(posixpath.join(own, below)) if below else own
        if name == below:
            yield own


def may_fetch(steps: Sequence[Step]) -> bool:
    """Whether a RUN may fetch a release and unpack it."""
    texts = (step.instruction.whole for step in steps if step.keyword == "RUN")
    return any("://" in text or "git@" in text for text in texts)


# --- what managers keep for themselves


def listed(lines: Iterable[int]) -> str:
    """`line 3`, or `lines 3, 4 and 7`."""
    *some, last = sorted(set(lines))
    return f"lines {', '.join(map(str, some))} and {last}" if some else f"line {last}"


def is_among(command: Command, listed: tuple[str, ...]) -> bool:
    """Whether a command begins with one of the listed ones, options left out; `*` is any word."""
    if command.name.partition(" ")[0] not in _programs(listed):
        return False
    said = " ".join((command.name, *(each for each in command.arguments if not each.startswith("-"))))
    # One word is a command that stands alone.
    return any(said == each or (" " in each and said.startswith(f"{each} ".removesuffix("* "))) for each in listed)


@lru_cache(256)
def _programs(listed: tuple[str, ...]) -> frozenset[str]:
    return frozenset(each.partition(" ")[0] for each in listed)


def cleans(cache: Cache, command: Command) -> bool:
    """Whether a command empties a cache."""
    if command.name != "rm":
        return is_among(command, cache.cleans)
    paths = [_HOME.sub("/root", each).rstrip("/*") for each in command.arguments if each.startswith(("/", "~", "$"))]
    if any(each and within(cache.place, each) for each in paths):
        return True
    # What lies deeper may be called by a name that is not there.
    emptied = cache.left is None or cache.left.emptied.search(command.text) is not None
    return emptied and any(within(each, cache.place) for each in paths)


def fills(reading: Reading, step: Step, cache: Cache, called: Iterable[Command] | None = None) -> bool:
    """Whether a step puts something into a cache, whoever builds; `called` are its commands with those of scripts. What
    lives on the lists of others adds none."""
    found = {
        each.name
        for each in (reading.commands(step) if called is None else called)
        if is_among(each, cache.fills)
        and not is_among(each, cache.uses)
        and not {*cache.spared} & {*each.arguments}
        and not is_chosen(each)
    }
    if not found or found - images.ADDS_REPOSITORY:
        return bool(found)
    stage = next((one for one in reading.plan.stages if any(each is step for each in one.steps)), reading.chain[-1])
    image = base_image(reading.plan.chain(stage)[0])
    return image is not None and images.updates_with_repository(image)


def instead(cache: Cache, steps: Iterable[Step]) -> str:
    """How some steps do without a cache."""
    if cache.adapted is None:
        return cache.instead
    return cache.adapted("\n".join(step.instruction.whole for step in steps))


def needs(reading: Reading, step: Step, cache: Cache) -> bool:
    """Whether a step uses what an earlier one has put into a cache, rather than filling it anew first."""
    first = next((each for each in reading.commands(step) if is_among(each, cache.fills)), None)
    return first is not None and is_among(first, cache.uses)


def needing(reading: Reading, made: Sequence[Step], cache: Cache) -> list[Step]:
    """The steps, of whatever stage, that use what one of some steps has put into a cache."""
    found: list[Step] = []
    for stage in reading.plan.stages if cache.uses else ():
        filled = False
        for step in reading.history(stage):
            if filled and step not in found and needs(reading, step, cache) and not is_mounted(step, cache.place):
                found.append(step)
            elif fills(reading, step, cache):
                filled = step in made
    return sorted(found, key=lambda each: each.line)


def is_mounted(step: Step, place: str) -> bool:
    """Whether what a RUN writes below a path goes to a mount, and to no layer. Only a base image may know where one
    is."""
    return any(
        within(place, each.target) or within(each.target, place) or "$" in each.target
        for each in step.mounts
        if each.kind != "bind"
    )
