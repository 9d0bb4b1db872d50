"""What goes on from the image of a build: Dockerfiles of the project, and those that it shows to its readers."""

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from ...context.tree import Tree
from ...dockerfile.shell import replaced
from ...regex import lazy
from ..reading import Reading
from .composefiles import is_given_out, names_developers, names_given, names_of_built, names_of_project
from .earlier import around, own_path
from .ordering import dockerfiles, manual, readmes
from .releasing import ACTION, PUSHES, STEP, name_of, order, published_as

#: The last FROM of a Dockerfile that has a RUN or a USER below it.
_GOES_ON: Final = lazy(
    r"(?im)^FROM[ \t]+(?:--\S+[ \t]+)*(?:[^\s/]+/)+([\w.-]+)(?=[\s:@])(?:(?!^FROM\b)(?!^(?:RUN|USER)\b)[\s\S])*"
    r"^RUN\b(?![\s\S]*^FROM\b)"
)
#: A FROM with a RUN below it that installs something, also in a page or behind the marks of comments.
_INSTALLS: Final = lazy(
    r"(?m)^[ \t#>]*FROM[ \t]+(?:--\S+[ \t]+)*((?:[^\s/]+/)+[\w.-]+)(?=[\s:@])"
    r"(?:(?!^[ \t#>]*(?:FROM|USER)\b|^```)[\s\S])*?"
    r"^[ \t#>]*RUN\b(?:[^\n]*\\\n)*[^\n]*\b(?:install|add|install2|pkg_install|i|sync|cache)\b"
)
#: Directories that say nothing of the image which is made there.
_PLAIN: Final = frozenset(("", "docker", ".docker", "build", "container", "deploy", "deployment", "packaging"))


#: The name of a stage behind the image that it begins with, and what stands in the stage.
_NAMED: Final = r"[^\s]*(?:[ \t]+AS[ \t]+([\w.-]+))?[ \t]*$((?:(?!^FROM\b)[\s\S])*)"
_MAKES: Final = lazy(r"(?im)^\s*(?:RUN|COPY|ADD|CMD|ENTRYPOINT)\b")


#: Words in the names of projects that may be in that of any image.
_OF_ANY: Final = frozenset("docker dockerfiles image images build builder base app server api web service core".split())


def built_upon(reading: Reading) -> str:
    """What other Dockerfiles of the project need that are built from the image of this one, as the project publishes
    it: their RUNs get root back."""
    top, own = around(reading.tree)[-1][0], own_path(reading)
    beside = {posixpath.basename(reading.workdir), *names_of_project(top)}
    places: list[str] = []
    for path, written in dockerfiles(top):
        text = _with_defaults(written)
        found = _GOES_ON.search(text) if path != own else None
        if found is not None and (
            (posixpath.dirname(path) == posixpath.dirname(own) and found[1] in beside) or _is_this(top, own, found[1])
        ):
            tag = _WRITTEN_TAG.match(text, found.end(1))
            if tag is not None and _is_another(reading, found[1], tag[1] or "latest"):
                continue
            places.append(f"{path}:{text.count(chr(10), 0, found.start()) + 1}")
    if not places:
        return ""
    *some, last = sorted(places)
    where = f"{', '.join(some)} and {last}, which go" if some else f"{last}, which goes"
    return f", and USER root below FROM in {where} on from this image"


def _with_defaults(text: str) -> str:
    """A Dockerfile in which the images have the names that the defaults of its arguments give them."""
    defaults = dict(_DEFAULT.findall(text)) if "$" in text else {}
    return _FROM.sub(lambda found: replaced(found[0], defaults), text) if defaults else text


#: A tag without variables, or none at all.
_WRITTEN_TAG: Final = lazy(r"(?::([\w.-]+))?(?=\s)")


def _is_another(reading: Reading, name: str, tag: str) -> bool:
    """Whether the image of this name and tag is not the one of this build: services make it of another Dockerfile, or
    all tags of this one are known, and are others."""
    own, others = names_of_built(reading)
    if (called := name_of(reading)) is not None and "$" not in called and name not in names_given(reading):
        return True
    known, made = (
        {said[2] or "latest" for said in (posixpath.basename(each).partition(":") for each in names) if said[0] == name}
        for names in ([*own, *published_as(reading)], others)
    )
    whole = bool(known) and not any({*"$*{"} & {*each} for each in known)
    return tag not in known and (tag in made or whole)


def is_base(reading: Reading) -> bool:
    """Whether the project has others go on from the image, with what they install: on a page for its readers, or in a
    comment."""
    top, own = around(reading.tree)[-1][0], own_path(reading)
    lines = (reading.scan.build.text or b"").decode("utf-8", "replace").splitlines()
    texts = ["\n".join(line for line in lines if line.lstrip().startswith("#")), *readmes(top), *manual(top)]
    said = {found[1] for text in texts if "FROM" in text and "RUN" in text for found in _INSTALLS.finditer(text)}
    return any(_is_this(top, own, posixpath.basename(name)) for name in sorted(said))


def _is_this(top: Tree, own: str, name: str) -> bool:
    """Whether an image is called as that of the Dockerfile `own`: by the name of the project, or by that of its
    part."""
    above, names = posixpath.basename(posixpath.dirname(own)), names_of_project(top)
    names |= {word for each in names for word in re.split(r"[-_.]", each) if word not in _OF_ANY}
    return name in names if above in _PLAIN else above in re.split(r"[-_]", name) and is_given_out(top, name)


def is_only_copied_from(reading: Reading) -> bool:
    """Whether other Dockerfiles of the project take files from the image, by the name that whoever builds it gives, and
    nothing else is made of it: no container, and no image on top."""
    if reading.last("CMD") is not None or reading.last("ENTRYPOINT") is not None:
        return False
    if _is_on_the_way(reading):
        return True
    name = name_of(reading)
    # What a workflow gives it is known without the directories.
    names = (
        [rf"(?:[^\s/]+/)+{re.escape(each)}" for each in published_as(reading)] if name is None else [re.escape(name)]
    )
    if not names or "$" in (name or ""):
        return False
    top, own = around(reading.tree)[-1][0], own_path(reading)
    said = rf"(?:{'|'.join(names)})(?=[:@\s]|$)"
    texts = [text for path, text in dockerfiles(top) if path != own and re.search(said, text)]
    handed = [_hands_on(text, said) for text in texts]
    return True in handed and False not in handed


def _is_on_the_way(reading: Reading) -> bool:
    """Whether a workflow builds a stage of which later ones only take files, and gives no image of it to anybody: it
    fills a cache, or takes files itself."""
    parsed, name = reading.scan.build.parsed, reading.plan.target.name.lower()
    later = parsed.sections[reading.plan.target.index + 1 :] if parsed is not None and name else ()
    taken = any(name == each.lower() for one in later for line in one.instructions for each in line.given("from"))
    if not taken or any(each.start.words[0].lower() == name for each in later):
        return False
    _, text, line = order(reading)
    start = sum(len(each) for each in text.splitlines(keepends=True)[: line - 1])
    step = next((each for each in STEP.split(text[start:]) if ACTION in each), "")
    return bool(step) and not (PUSHES.search(step) or _TAGGED.search(step))


_TAGGED: Final = lazy(r"(?m)^\s*tags:")
#: Words in the name of what other images are built in.
_BUILDS: Final = frozenset("build builder builders building buildenv buildbase compile compiler".split())
_FROM: Final = lazy(r"(?im)^FROM[ \t]+(?:--\S+[ \t]+)*(\S+)(?:[ \t]+AS[ \t]+(\S+))?")
_DEFAULT: Final = lazy(r"(?im)^ARG[ \t]+(\w+)=[\"']?([^\s\"']+)")


def is_only_built_in(reading: Reading) -> bool:
    """Whether Dockerfiles of the project use the image, which is called a builder, for stages that they do not end in,
    and nothing else does: it is built in, wherever it is pushed to."""
    top, own = around(reading.tree)[-1][0], own_path(reading)
    if reading.last("CMD") is not None or reading.last("ENTRYPOINT") is not None:
        return False
    file = re.sub(r"(?i)^dockerfile\.|\.dockerfile$", "", posixpath.basename(own))
    plain = file.lower() == "dockerfile"
    called = {posixpath.basename(posixpath.dirname(own)) if plain else file}
    called |= {each.partition(":")[0] for each in published_as(reading) if "*" not in each.partition(":")[0]}
    called = {each for each in called if _BUILDS & {*re.split(r"[^a-z]+", each.lower())}}
    ends = [end for path, text in dockerfiles(top) if path != own and called for end in _ends_in(text, tuple(called))]
    return bool(ends) and not any(ends)


def is_shipped_by_another(reading: Reading) -> bool:
    """Whether a Dockerfile of the project that starts something, and is for no development, ends in a stage on top of
    the image: by a name that is given to this one, or that the Dockerfile has itself."""
    top, own = around(reading.tree)[-1][0], own_path(reading)
    others = [(path, text) for path, text in dockerfiles(top) if path != own and _STARTS.search(text)]
    if not others:
        return False
    said = re.sub(r"(?i)^dockerfile\.|\.dockerfile$", "", posixpath.basename(own))
    # One word may be that of any image.
    called = tuple(each for each in {*names_given(reading), said} if not each.isalpha())
    tags = {each.partition(":")[2] or "latest" for each in published_as(reading)}
    own_tags = frozenset() if any({*"$*{"} & {*each} for each in tags) else frozenset(tags)
    return bool(called) and any(
        any(_ends_in(text, called, own_tags)) for path, text in others if not names_developers(posixpath.basename(path))
    )


_STARTS: Final = lazy(r"(?im)^(?:CMD|ENTRYPOINT)[ \t]+(?!\[[ \t]*\])\S")


def _ends_in(text: str, called: tuple[str, ...], tags: frozenset[str] = frozenset()) -> Iterator[bool]:
    """For each stage of a Dockerfile that begins with an image of these names, perhaps behind others, or with a tag of
    these, whether the last stage is that one, or goes on from it. `tags`: all that an image of the names has, if they
    are known."""
    defaults = dict(_DEFAULT.findall(text))
    stages = [(replaced(base, defaults), name) for base, name in _FROM.findall(text)]
    names = set[str]()
    for at, (base, name) in enumerate(stages):
        image, _, tag = posixpath.basename(base.partition("@")[0]).partition(":")
        ends = tuple(f"{by}{each}" for each in called for by in "-_")
        ours = {image, tag} & {*called} or image.endswith(ends)
        if base in names or (ours and (not tags or "$" in tag or (tag or "latest") in tags)):
            names |= {name} - {""}
            yield at + 1 == len(stages)


def _hands_on(text: str, image: str) -> bool | None:
    """Whether a Dockerfile only copies files from an image, perhaps by the name of a stage; None: it does not name
    it."""
    copies = re.search(rf"(?im)^COPY\b[^\n]*\s--from={image}", text) is not None
    begins = r"(?im)^FROM[ \t]+(?:--\S+[ \t]+)*"
    stages = re.findall(rf"{begins}{image}{_NAMED}", text)
    for name, body in stages:
        taken = name and re.search(rf"(?im)^COPY\b[^\n]*\s--from={re.escape(name)}\s", text)
        if not taken or _MAKES.search(body) or re.search(rf"{begins}{re.escape(name)}(?![\w.-])", text):
            return False
    return True if copies or stages else None
