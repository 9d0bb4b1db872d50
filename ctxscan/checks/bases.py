"""Lessons about FROM: what a base image pins, and what it carries."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from ..dockerfile import images
from ..dockerfile.stages import Source, Stage
from ..findings import Finding
from ..regex import lazy
from .project.audience import is_sample
from .reading import Reading, base_image
from .registry import Evidence, finding, finds

_PINS: Final = {
    "any": ("warning", "no tag" , "the next build may get another major version"),
    "rolling": ("note", "a rolling release", "it changes by the day, whatever tag it has"),
    "release": ("note", "a tag without a version", "the next build may get another release"),
    "minor": ("note", "a tag with the major version only", "releases of it are not all compatible"),
}  # fmt: skip

#: Words of a tag that name no version and no flavour.
_MOVING: Final = frozenset("latest lts stable oldstable current mainline edge nightly rolling devel".split())
#: What Debian has no version of, and publishes by the day.
_BY_DATE: Final = frozenset("sid unstable testing experimental".split())
#: A tag, or all of a name, that one variable gives.
_BY_ARGUMENT: Final = lazy(r"([^$]+:)?\$(?:(\w+)|\{(\w+)\})")
_VARIABLE: Final = lazy(r"\$(?:\w+|\{\w+\})")


@finds("warning", scope="shipped")
def unpinned_base(case: Evidence) -> Iterator[Finding]:
    """FROM or COPY --from an image without a tag, or with `latest`: it may be another one tomorrow.

    So is a tag with a flavour alone of a language or a database (`node:alpine`). A note where the tag of another image
    names no version (`nginx:alpine`, `lts`), or only a number that spans releases which are not compatible with each
    other (`python:3`), for a rolling distribution, where nothing leaves the stage but names of users or certificates,
    or what it unpacks of the context, and in an example. An image that several stages are built on is reported where it
    ships. A digest pins all, and so does the code name of a release, but not that of the system below a language
    (`golang:trixie`, `golang:alpine3.23`). Stages, `scratch` and named contexts have nothing to pin, nor has an image
    that is built here, a tag with a variable that whoever builds has to give, or a COPY that takes nothing but data of
    the day, such as signatures of viruses.
    """
    reading = case.reading
    if reading is None:
        return
    told: set[str] = set()
    # What ships decides, and below that whatever leaves something in it.
    for word, base, written, outside, line, stage in sorted(
        _named(reading), key=lambda each: (each[5] not in reading.chain, _is_aside(reading, each[5]))
    ):
        image = images.reference(base)
        how = images.floating(image) if image else None
        if image is None or how is None or base in told or images.is_local(image) or "@" in written:
            continue  # a digest that a variable gives is one as well
        said = written[written.rfind("/") + 1 :].partition(":")[2]
        if "$" in said and image.tag == _VARIABLE.sub("", said):
            continue  # a variable without a value is for whoever builds to give
        told.add(base)
        from .project.homemade import builds_image  # only where a base is not pinned

        if builds_image(reading, image):
            continue
        severity, what, why = _PINS[how]
        if how == "rolling":
            pass
        elif image.tag == "latest":
            what = "the tag latest"
        elif image.tag and how == "any":
            what = _PINS["release"][1]
        elif not image.tag:
            what = "no tag"
        if how == "minor" and not image.tag:
            what = "no tag, and a name with the major version only"
        pinned, given = _pinned(image, how), None
        if pinned.startswith(image.repository):
            pinned = written[: max(0, written.find(image.repository))] + pinned  # with the host, if that is written
        if outside:
            given = _given(reading, written, pinned)
            way = given[1] if given is not None else f"{written} with a version"
        else:
            way = _at_its_argument(reading, written, pinned) or pinned
        # Of COPY and RUN the flag: the rest of the line stays.
        flag = "" if given is not None or way.startswith("ARG ") else word[word.rfind(" -") + 1 :]
        yield finding(
            unpinned_base,
            f"{word}{written}{given[0] if given is not None else ''}: {what}",
            severity="note" if severity == "note" or is_sample(case.scan.build) or _is_aside(reading, stage) else None,
            why=why,
            path=case.scan.build.label,
            line=line,
            remedy=f"{flag}{way}",
            key=written,
        )


def _named(reading: Reading) -> Iterator[tuple[str, str, str, bool, int, Stage | None]]:
    """The images that a build takes something from: the words before the name, the name, how it is written, whether a
    build argument gave a part of it, the line, and the stage that is built on it."""
    for stage in reading.plan.stages:
        if stage.origin.kind == "image":
            yield "FROM ", stage.base, stage.written, stage.outside, stage.line, stage
        for step in stage.steps:
            image = step.origin is not None and step.origin.kind == "image"
            if step.origin is not None and image and not all(map(_is_of_today, step.sources)):
                yield f"{step.keyword} --from=", step.origin.name, step.origin.name, False, step.line, None
            for mount in step.mounts:
                if mount.origin is not None and mount.origin.kind == "image":
                    yield "RUN --mount=from=", mount.origin.name, mount.origin.name, False, step.line, None


#: Files that are the same in any release: who is called what, which authorities are trusted, what time it is where.
_OF_ANY_RELEASE: Final = lazy(
    r"/?(?:etc/(?:passwd|group|shadow|gshadow|nsswitch\.conf|services|protocols|localtime|timezone|"
    r"(?:ssl|pki|ca-certificates)(?:/.*)?)|usr/share/(?:ca-certificates|zoneinfo)(?:/.*)?|"
    r"usr/local/share/ca-certificates(?:/.*)?|(?:usr/)?s?bin/(?:false|true|nologin)|tmp/?)"
)

#: Data that is published by the day, and wanted as it is today: signatures of viruses, known holes, who is where, and
#: authorities.
_IS_OF_TODAY: Final = lazy(
    r"/?(?:var/lib/clamav(?:/.*)?|(?:.*/)?trivy(?:/db|-db|\.db)(?:/.*)?|(?:usr/(?:local/)?share|var/lib)/GeoIP(?:/.*)?|"
    r".*\.mmdb|etc/(?:ssl|pki|ca-certificates)(?:/.*)?|usr/(?:local/)?share/(?:ca-certificates|zoneinfo)(?:/.*)?)"
)


def _is_of_today(source: Source) -> bool:
    return _IS_OF_TODAY.fullmatch(source.text) is not None


#: Commands that put files elsewhere, or take them out of archives.
_UNPACKS: Final = frozenset(
    "unzip tar gzip gunzip bzip2 bunzip2 xz unxz zstd unzstd 7z jar cp mv rm mkdir rmdir chmod chown chgrp cd ls set "
    "echo true test [ apk apt apt-get".split()
)
#: Where an image has what it consists of.
_OF_IMAGE: Final = lazy(r"/*(?:(?:bin|etc|lib\w*|sbin|usr(?!/src/)|var(?!/www/))(?:/.*)?)?")


def _is_aside(reading: Reading, stage: Stage | None) -> bool:
    """Whether nothing leaves a stage but files that any release of its image has, or what it got from the context and
    has unpacked."""
    if stage is None or stage in reading.chain:
        return False
    taken: list[str] = []
    for other in reading.plan.stages:
        if other.origin.kind == "stage" and other.origin.stage == stage.index:
            return False
        for step in other.steps:
            if any(each.origin is not None and each.origin.stage == stage.index for each in step.mounts):
                return False
            if step.origin is not None and step.origin.stage == stage.index:
                taken += [each.text for each in step.sources]
    if taken and all(_OF_ANY_RELEASE.fullmatch(each) or _IS_OF_TODAY.fullmatch(each) for each in taken):
        return True
    return bool(taken) and not any(map(_OF_IMAGE.fullmatch, taken)) and _only_unpacks(reading, stage)


def _only_unpacks(reading: Reading, stage: Stage) -> bool:
    """Whether all that a stage has beside its image came from the context, as it is or out of an archive."""
    if any(step.origin is not None or {each.kind for each in step.sources} - {"path"} for step in stage.steps):
        return False
    if any(step.keyword == "RUN" and not reading.commands(step) for step in stage.steps):
        return False
    called = [*reading.all_commands(stage.steps)]
    moved = (posixpath.join(each.cwd, word) for each in called if each.name in ("cp", "mv") for word in each.words)
    return not any(map(_OF_IMAGE.fullmatch, moved)) and all(
        each.name in _UNPACKS or (each.name == "java" and "-Djarmode" in each.text) for each in called
    )


def _pinned(image: images.Reference, how: str) -> str:
    if (found := images.successor(image)) is not None:
        return f"{found}:<version>, or a digest, since {image.repository} gets no updates any more"
    if image.path.startswith(images.MOVING_ONLY) or (how == "rolling" and not image.tag.startswith(tuple(_BY_DATE))):
        return f"{image.repository}@sha256:<digest>"
    return f"{image.repository}:{_template(image.tag, how)}, or a digest"


def _at_its_argument(reading: Reading, written: str, pinned: str) -> str | None:
    """What to write where the Dockerfile declares the variable that gives the tag or the name; None: FROM has it."""
    parsed = reading.scan.build.parsed
    name, said = _said_of_argument(written, pinned)
    if not name or parsed is None:
        return None
    lines = [each.line for each in parsed.arguments if any(word.startswith(f"{name}=") for word in each.words)]
    value, digest, _ = said.partition(", or a digest")
    return f"ARG {value} on line {lines[-1]}{digest}" if lines else None


def _said_of_argument(written: str, pinned: str) -> tuple[str, str]:
    """The name of the variable that gives the tag or the name of an image, and how that pins it; empty: none does it
    alone."""
    found = _BY_ARGUMENT.fullmatch(written) if "$" in written else None
    if found is None or (found[1] and ("@" in pinned or " since " in pinned)):
        return "", ""
    name = found[2] or found[3]
    value, digest, _ = pinned.partition(", or a digest")
    return name, f"{name}={value.rpartition(':')[2] if found[1] else value}{digest}"


def _given(reading: Reading, written: str, pinned: str) -> tuple[str, str] | None:
    """What is said of a value that whoever names the build gives, and what to write there; None: it is given
    elsewhere."""
    from .project.callers import argument_of  # only where a base is not pinned

    name, said = _said_of_argument(written, pinned)
    found = argument_of(reading, name) if name else None
    if found is None:
        return None
    value, digest, _ = said.partition(", or a digest")
    return f" ({name}={found[0]}, {found[1]})", f"{value} at {found[1]}{digest}"


def _template(tag: str, how: str) -> str:
    """The form of a tag that pins, with the flavour that is asked for."""
    words = tag.split("-")
    if not _BY_DATE.isdisjoint(words[:1]):
        return "-".join((words[0], "<date>", *words[1:]))
    first, *flavour = [word for word in tag.split("-") if word not in _MOVING] or [""]
    if how == "minor" and first:
        return "-".join((f"{first}.<minor>", *flavour))
    return "-".join(("<version>", *filter(None, (first, *flavour))))


# --- what a base carries ----------------------------------------------------------------------------------------------

#: Commands that need what only the full image has: compilers, version control, what fetches.
_NEEDS_FULL: Final = frozenset(
    "cc gcc g++ c++ clang clang++ ld ar make cmake ninja meson configure autoconf automake libtool node-gyp cargo "
    "rustc go git hg svn curl wget unzip bzip2 xz patch file pkg-config bundle gem mysql_config pg_config mix rebar3 "
    "cpanm cpan perl docker-php-ext-install pecl phpize".split()
)
#: Packages that are compiled when they are installed, or that come from version control.
_COMPILED: Final = lazy(
    r"(?im)^\s*(?:psycopg2|mysqlclient|uwsgi|pycairo|python-ldap|pygraphviz|dlib|pycurl|xmlsec|pyaudio|gdal)\b(?!-binary)"
    r"|git\+(?:https?|ssh)://|\"(?:bcrypt|canvas|better-sqlite3|sqlite3|node-sass|re2|node-gyp|nodegit|zeromq|"
    r"serialport|usb)\"\s*:|\"gypfile\"\s*:\s*true"
)
_MANIFESTS: Final = ("requirements.txt", "pyproject.toml", "setup.py", "Pipfile", "package.json")


@finds("note", scope="shipped")
def fat_base(case: Evidence) -> Iterator[Finding]:
    """What ships is built on a full image, and a slim, runtime-only or distroless one of the same family exists.

    Only the image under the final stage counts, since builder stages stay behind, and only one that sets a command.
    Silent where a step needs what the full image has: a compiler, headers, git, curl. Based on a small table,
    without a registry.
    """
    reading = case.reading
    base = reading.chain[0] if reading else None
    start = reading.last("CMD") or reading.last("ENTRYPOINT") if reading else None
    if reading is None or base is None or start is None or not any(start.words):
        return
    # What waits for somebody to type is there to work in.
    if len(start.words) == 1 and posixpath.basename(start.words[0]) in ("sh", "bash", "ash", "zsh", "fish"):
        return
    image = base_image(base)
    slim = images.slimmer(image) if image and not image.digest else None
    if slim is None or (not slim.sdk and _needs_full(reading)):
        return
    # Without a version it would be another one tomorrow.
    name = slim.name.removesuffix(":slim") + ":<version>-slim" if slim.name.endswith(":slim") else slim.name
    yield finding(
        fat_base,
        f"FROM {base.written} ships {slim.why}",
        path=case.scan.build.label,
        line=base.line,
        remedy=f"FROM {'a slim one' if base.outside else name}, and a separate stage for what needs the rest",
        key=base.written,
    )


def _needs_full(reading: Reading) -> bool:
    """Whether a step of what ships, or its command, uses what a smaller image of the family lacks."""
    for command in reading.all_commands(reading.shipped):
        if command.name in _NEEDS_FULL or command.name.startswith("./"):
            return True
    started = [reading.last(keyword) for keyword in ("CMD", "ENTRYPOINT", "HEALTHCHECK")]
    said = " ".join(" ".join(step.words) for step in started if step is not None)
    if not _NEEDS_FULL.isdisjoint(re.split(r"[\s;&|()\"']+", said)):
        return True
    return any(_COMPILED.search(reading.tree.text(name)) for name in _MANIFESTS)
