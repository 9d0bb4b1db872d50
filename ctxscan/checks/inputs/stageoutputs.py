"""What COPY takes from another stage that does not have it: files of the project, and what no step makes."""

import posixpath
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from ...context.transfer import cleaned
from ...dockerfile import images
from ...dockerfile.stages import Stage, Step
from ...packages import node_builds
from ...paths import KEEPERS, join, within
from ...rules import globs
from ..reading import Reading, base_image
from ..registry import Evidence
from .lacks import MOST_NAMED, Lack, Shortfall
from .stagefiles import StageFiles, is_edited


class Passed(NamedTuple):
    """A `path` that a COPY takes from another stage, called `name` there, and the files of this stage at its end."""

    step: Step
    path: str
    name: str
    stage: Stage
    there: StageFiles


def _from_stages(case: Evidence, reading: Reading) -> Iterator[Passed]:
    """What COPY takes from other stages by a plain path."""
    ends: dict[int, StageFiles] = {}
    for step in (step for stage in reading.plan.stages for step in stage.steps if step.keyword == "COPY"):
        origin = step.origin
        if origin is None or origin.kind != "stage" or origin.stage is None:
            continue
        stage = reading.plan.stage(origin.stage)
        if origin.stage not in ends:
            ends[origin.stage] = StageFiles(reading, reading.history(stage), None, case.tracked)
        for source in step.sources:
            path = posixpath.normpath(posixpath.join("/", source.text))
            if source.kind == "path" and path != "/" and not globs.is_wild(path) and "$" not in path:
                yield Passed(step, path, origin.name, stage, ends[origin.stage])


def lacks_of_copies(case: Evidence, reading: Reading) -> Iterator[Lack]:
    """Files of the project that a COPY takes from another stage, which did not get them."""
    for each in _from_stages(case, reading):
        where = each.there.at(each.path)
        if where.state == "excluded" and where.path is not None and not _is_place(case, reading, where.path):
            reader = f"COPY --from={each.name} {each.path} ({case.scan.build.label}:{each.step.line})"
            yield Lack(reader, each.step.line, where.path, held=True)


def _is_place(case: Evidence, reading: Reading, path: str) -> bool:
    """Whether all that the project has of a directory keeps a place for what is made there."""
    tracked = case.tracked.within(path, MOST_NAMED) if case.tracked.known else reading.tree.names(path)
    if tracked is None or reading.tree.kind(path) != "dir":
        return False
    return all(posixpath.basename(each) in KEEPERS for each in tracked)


def unmade_outputs(case: Evidence, reading: Reading) -> Iterator[Shortfall]:
    """What a COPY takes from a stage of which no step makes it."""
    for each in _from_stages(case, reading):
        found = _nowhere(reading, each) or _unmade(reading, each)
        if found is None and each.path.endswith("/.next/standalone") and _lacks_assets(reading, each):
            beside = f"{each.path.removesuffix('standalone')}static"
            target = posixpath.join(each.step.words[-1], ".next/static")
            yield Shortfall(
                each.step,
                f"COPY of {each.path} brings no {beside}: the pages come without their scripts and styles",
                remedy=f"COPY --from={each.name} {beside} {target} below it",
                key=f"{each.path}\0static",
            )
        if found is not None:
            says, remedy, key = found
            yield Shortfall(
                each.step,
                f"COPY of {each.path} finds nothing: {says}",
                remedy=remedy,
                key=f"{each.path}\0{key}",
            )


def _lacks_assets(reading: Reading, passed: Passed) -> bool:
    """Whether the program that Next makes gets none of the files that browsers ask for: it has them beside itself, and
    serves them where somebody copies them into it."""
    stages = [step for stage in reading.plan.stages for step in stage.steps]
    texts = [step.instruction.whole for step in stages if step is not passed.step]
    if any("static" in each or re.search(r"\.next(?:\s|/?\s|$)", each) for each in texts):
        return False
    manifest = passed.there.file(posixpath.join(posixpath.dirname(posixpath.dirname(passed.path)), "package.json"))
    if manifest is None:
        return False
    above = posixpath.dirname(manifest)
    names = [each for each in reading.tree.names(above) if each == "package.json" or each.startswith("next.config.")]
    return not any(
        word in reading.tree.text(posixpath.join(above, each)) for each in names for word in ("assetPrefix", "static")
    )


#: A script of this name says nothing of a directory of this name.
_BUILDS: Final = r"\b(?:run|run-script|npm|yarn|pnpm|bun|next|vite|react-scripts)\s+build\b"


def _unmade(reading: Reading, passed: Passed) -> tuple[str, str, str] | None:
    """What a build of the stage makes instead, or what it needs to make this, with a way out and the key of both."""
    from ...packages import outputs  # only where a stage is copied from

    path, there = passed.path, passed.there
    ran = [each for each in there.steps if each.keyword == "RUN"]
    name = posixpath.basename(path)
    text = re.sub(_BUILDS, "", "\n".join(each.instruction.whole for each in ran))
    if there.at(path).state in ("there", "excluded") or re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", text):
        return None
    for command in reading.all_commands(ran):
        for directory in node_builds.built(command) if within(path, command.cwd) else ():
            manifest = there.file(posixpath.join(directory, "package.json"))
            if manifest is None or is_edited(there, "package.json"):
                continue
            from ...packages.node_outputs import unmade  # only where a stage is copied from that builds with Node

            each = unmade(reading.tree, manifest, command, posixpath.relpath(path, directory))
            if each is None or reading.tree.exists(posixpath.join(posixpath.dirname(manifest), name)):
                continue
            called = f"{each.program} ({manifest}:{each.line})" if each.line else each.program
            way = each.way.format(path=posixpath.join(directory, each.path), line=passed.step.line)
            return f"{called} {each.says}", way, each.program
        named = outputs.MANIFESTS.get(command.name)
        if named is not None and within(path, command.cwd):
            manifest = there.file(posixpath.join(command.cwd, named))
            below = posixpath.relpath(path, command.cwd)
            found = None if manifest is None else outputs.made(reading.tree, manifest, command, below)
            if found is not None:
                names = [posixpath.join(command.cwd, found.directory, each) for each in found.names]
                way = f"write {' or '.join(names[:MOST_NAMED])} on line {passed.step.line}"
                return f"{found.program} makes {', '.join(found.names[:MOST_NAMED])} ({manifest})", way, found.program
    return None


#: What images have in their root.
_ROOTS: Final = frozenset(
    "bin boot dev etc go home lib lib32 lib64 libx32 media mnt opt proc root run sbin srv sys tmp usr var".split()
)
#: Programs that put what they make below their own directory, or where they are told.
_TOLD: Final = frozenset(
    "go cargo npm npx yarn pnpm bun corepack mvn mvnw gradle gradlew dotnet apk apt-get apt pip pip3 poetry uv "
    "composer bundle mkdir cp mv rm chmod chown ln echo cd ls cat export touch set true tsc vite next ng".split()
)


def _in_place(there: StageFiles, path: str) -> str:
    """The same path in the directory where the commands of a stage run."""
    home = next((each.workdir for each in reversed(there.steps) if each.keyword == "RUN"), "") or "/"
    _, top, *rest = path.split("/")
    return posixpath.join(home, *(rest or [top]))


def _nowhere(reading: Reading, passed: Passed) -> tuple[str, str, str] | None:
    """That a path lies in a directory in the root of a stage which nothing there makes or names; as for `_unmade`."""
    top = passed.path.split("/")[1]
    if top in _ROOTS:
        return None
    lowest = reading.plan.chain(passed.stage)[0]
    image = base_image(lowest)
    if lowest.origin.kind != "scratch" and (image is None or not images.brings_no_project(image)):
        return None
    if any(_may_make(reading, one, top) for one in passed.there.steps) or _is_set(reading, passed.there, top):
        return None
    way = f"write {_in_place(passed.there, passed.path)}, if it is made there, in the directory of that stage"
    return f"no step of {passed.name} makes anything in /{top}", way, "nowhere"


#: Files that tell a build where to put what it makes.
_SETTINGS: Final = (".js", ".cjs", ".mjs", ".ts", ".json", ".toml", ".yml", ".yaml")


def _is_set(reading: Reading, there: StageFiles, top: str) -> bool:
    """Whether a file beside what is built sends the output to a directory in the root, as seen from where it runs."""
    steps = there.steps
    places = {posixpath.relpath(f"/{top}", each.workdir or "/") for each in steps if each.keyword == "RUN"}
    ways = [place for place in places if place.startswith("../")]
    sources = [
        cleaned(source.text)
        for step in steps
        if ways and step.keyword in ("COPY", "ADD") and step.origin is None
        for source in step.sources
    ]
    files = [name for source in sources for name in (source, *(join(source, one) for one in reading.names(source)))]
    texts = (reading.tree.text(each) for each in files if each.endswith(_SETTINGS))
    return any(re.search(rf"{re.escape(way)}(?![\w-])", text) for text in texts for way in ways if way in text)


def _may_make(reading: Reading, step: Step, top: str) -> bool:
    """Whether a step names a directory in the root, or may make one without."""
    # A word after a slash or a variable is a part of another path, unless the variable has no value.
    if re.search(rf"(?:(?<![\w.)}}/-])|\$\{{?\w+\}}?)/{re.escape(top)}(?![\w-])", step.instruction.whole):
        return True
    if step.keyword in ("COPY", "ADD"):
        return step.target == "/" or within(f"/{top}", step.target)
    if step.keyword == "WORKDIR":
        return within(step.destination, f"/{top}")
    return step.keyword == "RUN" and (
        (step.workdir or "/") == "/"
        or any(
            each.name not in _TOLD or (each.program and each.program not in ("./gradlew", "./mvnw"))
            for each in reading.commands(step)
        )
    )
