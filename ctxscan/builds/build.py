"""Where builds come from, and what each is given: a directory with its Dockerfile, target, arguments and contexts.

It finds files and reads the two that decide everything else, the Dockerfile and the ignore file; it walks nothing.

    a directory (here)   compose (its files, read by documents, variables, merging)   bake (a plan)

All but a directory give orders first (`order`), which become builds here.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from ..errors import CtxscanError
from ..rules import ignorefile
from ..rules.builders import Builder
from ..rules.ignorefile import IgnoreFile
from ..rules.matcher import Matcher
from .quoting import leads_to, lies_inside, quoting
from .written import Written

if TYPE_CHECKING:
    from ..dockerfile.stages import Dockerfile, Plan
    from .order import Order


#: Of a Dockerfile: a sparse one would fill the memory.
MOST_BYTES: Final = 16 << 20


class Build(NamedTuple):
    """One build as it is asked for.

    `name` tells it from others of the same run; None: it is the only one. `dockerfile` is None where there is none and
    where `text` came from standard input or a compose file; `label` is what it is called in messages, relative to the
    context where it lies inside. `own_name` is its path in the context if it lies there for the builder, and
    `own_rules` the path beside which its own ignore file is looked for. `contexts` are the named ones: a directory, or
    None for one that is no directory here. `ignore_file` is evaluated instead of the one the builder would take, and
    `platform` is the one to build for; None: this machine's.

    `source` is where the build is named (`file:line`), None where the command line says it; `cloned`: what names it
    builds from a fresh clone, which has nothing that git does not track. `below` is the path of the context from the
    directory of which all builds are asked for. `guessed`: nobody names the context; not `known`: no directory has what
    the Dockerfile takes, so nothing is judged that rests on it. `blank_bases`: a base without a name, which the builder
    refuses, is reported, since no figure needs it. `written` is what is shown instead of the values of variables.
    `cached`: what names it leaves all that it makes in the cache.
    """

    name: str | None
    context: Path
    dockerfile: Path | None
    label: str | None
    own_name: str | None
    own_rules: Path | None
    text: bytes | None
    target: str | None
    arguments: Mapping[str, str | None]
    contexts: Mapping[str, Path | None]
    builder: Builder
    ignore_file: Path | None
    platform: str | None = None
    source: str | None = None
    guessed: bool = False
    known: bool = True
    blank_bases: bool = False
    written: Written = Written()
    cloned: bool = False
    below: str = ""
    cached: bool = False

    @property
    def shown_target(self) -> str | None:
        """The target as it is shown."""
        return self.written.target or self.target

    @property
    def parsed(self) -> Dockerfile | None:
        """The Dockerfile, read; None: there is none. Raises `CtxscanError` where the builder's parser does."""
        if self.text is None or self.label is None:
            return None
        from ..dockerfile.stages import parse  # only where there is one

        with _quoting(self):
            return parse(self.text, label=self.label)


def directory_build(
    context: str | os.PathLike[str],
    builder: Builder,
    *,
    dockerfile: str | os.PathLike[str] | None,
    text: bytes | None,
    target: str | None,
    arguments: Mapping[str, str | None],
    contexts: Mapping[str, str],
    ignore_file: str | os.PathLike[str] | None,
) -> Build:
    """The build of a directory, as `docker build` is asked for it. Raises `CtxscanError` if something is not there."""
    root = Path(context)
    if not root.is_dir():
        problem = "not a directory" if root.exists() else "no such directory"
        raise CtxscanError(f"the context is {problem}", place=str(root))
    path, label, own_name = _dockerfile(root, builder, dockerfile) if text is None else (None, "-", None)
    if path is not None:
        text = _read(path, builder)
    elif label is None and target is not None:
        raise CtxscanError("--target needs a Dockerfile, and there is none", place=str(root))
    given = None if ignore_file is None else Path(ignore_file)
    if given is not None and not given.is_file():
        raise CtxscanError("no such ignore file", place=str(given))
    named = {name: _named_context(name, where) for name, where in contexts.items()}
    own_rules = path
    if path is not None:
        own_name = _own_name(root, path, builder, own_name, given=dockerfile is not None)
        if builder.own_below_context and dockerfile is not None and not path.is_absolute():
            own_rules = root / os.path.normpath(Path("/", path)).lstrip(os.sep)
    if builder.sends_own_files and text is not None and own_name is None and (root / ".dockerignore").is_symlink():
        # The client puts more text into the entry of the link than a link has.
        raise CtxscanError("error during connect: archive/tar: write too long", place=".dockerignore")
    return Build(None, root, path, label, own_name, own_rules, text, target, dict(arguments), named, builder, given)


def build_of(order: Order, builder: Builder) -> Build:
    """The build that was ordered. Raises `CtxscanError`, with the place of the order, if something is not there."""
    try:
        _refuse_absent(order)
        build = directory_build(
            order.context,
            builder,
            dockerfile=order.dockerfile,
            text=order.text,
            target=None,
            arguments=order.arguments,
            contexts=order.contexts,
            ignore_file=None,
        )
        if build.label is None:
            missing = os.path.join(order.shown_context, "Dockerfile")  # noqa: PTH118
            meant = beside(os.path.join(order.context, "Dockerfile"))  # noqa: PTH118
            raise CtxscanError(f"failed to read dockerfile: open {missing}: no such file or directory{meant}")
    except CtxscanError as error:
        absent = error.message.startswith("failed to read") and error.message.endswith("no such file or directory")
        meant = beside(order.dockerfile) if absent and order.dockerfile is not None else ""
        raise CtxscanError(f"{order.name}: {error}{meant}", place=order.place) from None
    return build._replace(
        name=order.name,
        target=order.target,
        label=order.label or build.label,
        source=order.place or None,
        cloned=order.cloned,
        below=order.below,
        guessed=order.guessed,
        known=order.known,
        blank_bases=True,
        written=order.written,
        cached=order.cached,
    )


def beside(dockerfile: str) -> str:
    """What is asked of a Dockerfile that is not there: whether the one that lies beside it is meant, the only one or
    the one of nearly its name; else nothing."""
    from difflib import get_close_matches  # only where one is missed

    from .names import is_dockerfile

    above, name = os.path.split(dockerfile)
    found = sorted(each for each in _names(Path(above or ".")) if is_dockerfile(each))
    alike = found if len(found) == 1 else get_close_matches(name, found, 1, 0.9)
    return f"; did you mean {alike[0]}?" if alike else ""


def _refuse_absent(order: Order) -> None:
    """Raise for what is not there, as it is written, where a variable gave a part of its path."""
    from .order import is_address  # only where there is an order

    written = order.written
    if written.context is not None and not Path(order.context).is_dir():
        problem = "not a directory" if Path(order.context).exists() else "no such directory"
        raise CtxscanError(f"the context is {problem}", place=written.context)
    if written.dockerfile is not None and order.dockerfile is not None and not Path(order.dockerfile).is_file():
        raise CtxscanError(f"failed to read dockerfile: open {written.dockerfile}: no such file or directory")
    for name, where in written.contexts.items():
        path = order.contexts[name]
        if not is_address(path) and not Path(path).is_dir():
            raise CtxscanError(f"the build context {name!r} is no such directory", place=where)


def for_platform(build: Build, platform: str) -> Build:
    """The build as `--platform` asks for it. Raises `CtxscanError` for what is no platform."""
    from ..dockerfile.resolver import platform_named

    return build._replace(platform=platform_named(platform))


def undeclared(build: Build, names: Iterable[str]) -> list[str]:
    """Those of the build arguments `names` that a Dockerfile does not declare and no builder takes by itself."""
    parsed = build.parsed
    if parsed is None:
        return sorted(names)
    from ..dockerfile.stages import declared

    known = declared(parsed)
    return sorted(each for each in names if each not in known and not each.startswith("BUILDKIT_"))


def same(build: Build, other: Build) -> bool:
    """Whether two builds are one, whatever they are called."""
    if build.context != other.context:
        return False
    one, another = (each._replace(name=None, source=None, guessed=False, cloned=False) for each in (build, other))
    return one == another


def first_alike(builds: Sequence[Build]) -> list[int]:
    """For each build the position of the first that is the `same`."""
    first: list[int] = []
    alike: dict[object, list[int]] = {}
    for at, build in enumerate(builds):
        # Builds that differ in one of these are not the same: the others need not be compared.
        candidates = alike.setdefault((build.context, build.label, build.target), [])
        known = next((other for other in candidates if same(builds[other], build)), at)
        if known == at:
            candidates.append(at)
        first.append(known)
    return first


def plan(build: Build) -> Plan | None:
    """The stages that the target needs, or None without a Dockerfile. Raises `CtxscanError` in the builder's words."""
    parsed = build.parsed
    if parsed is None:
        return None
    from ..dockerfile.resolver import resolve

    with _quoting(build), _naming(build):
        found = resolve(
            parsed,
            target=build.target,
            build_args=build.arguments,
            contexts=tuple(build.contexts),
            platform=build.platform,
            lints=build.builder.lints,
            frontend=build.builder.frontend,
            blank_bases=build.blank_bases,
        )
    for stage in found.stages if not build.builder.frontend.begins_with_directories else ():
        if stage.origin.kind == "context" and build.contexts.get(stage.origin.name) is not None:
            message = f"{build.builder.name} does not build on a context: FROM {stage.written}"
            raise CtxscanError(message, place=f"{build.label}:{stage.line}")
    return found


def _quoting(build: Build) -> AbstractContextManager[None]:
    """Errors inside quote the Dockerfile if a report may."""
    return quoting("a Dockerfile that the builder takes", lambda: is_quotable(build))


@contextmanager
def _naming(build: Build) -> Iterator[None]:
    """Errors inside name the target as it is written."""
    try:
        yield
    except CtxscanError as error:
        if build.written.target is None or build.target is None or "target stage" not in error.message:
            raise
        from ..dockerfile.words import quoted

        message = error.message.replace(quoted(build.target), quoted(build.written.target))
        raise CtxscanError(message, place=error.place) from None


def is_quotable(build: Build) -> bool:
    """Whether a report may show lines of the Dockerfile: if it lies in the repository, or the command line names it."""
    if build.dockerfile is None:
        return not build.written.text
    named = build.name is None and leads_to(build.dockerfile, build.dockerfile)
    return named or lies_inside(build.dockerfile, build.context)


def rules(build: Build, ignored: IgnoreFile | None = None) -> tuple[IgnoreFile | None, Matcher]:
    """The ignore file in use, or `ignored` instead of it, and its rules with those that the builder adds."""
    builder = build.builder
    if ignored is None:
        path = build.ignore_file
        if path is not None:
            ignored = ignorefile.load_ignore_file(path, builder, context=build.context, root=None)
        elif (path := ignorefile.find_ignore_file(build.context, builder, dockerfile=build.own_rules)) is not None:
            root = ignorefile.root_of(path, builder, context=build.context)
            ignored = load_rules(path, builder, context=build.context, root=root)
    matcher = Matcher([rule.pattern for rule in ignored.rules] if ignored else (), builder)
    removed: set[str] = set()
    for name in (".dockerignore", build.own_name) if builder.sends_own_files else ():
        # The client asks by itself and adds an exception; the builder asks the same, and does not use the file.
        if name and matcher.excludes(name):
            removed.add(name)
            matcher = Matcher((*matcher.patterns, builder.pattern.loaded("!" + name)), builder, removed=removed)
    return ignored, matcher


def load_rules(path: Path, builder: Builder, *, context: Path, root: Path) -> IgnoreFile:
    """An ignore file that nobody has named. One that lies outside the repository, where a link may lead to any file of
    this machine, is not quoted. Raises `CtxscanError`."""
    found = ignorefile.followed(path, root, builder) or path
    # Beside a Dockerfile that the command line names, but not behind a link.
    inside = lies_inside(found, context) or leads_to(found, path)
    with quoting("an ignore file that the builder takes", lambda: inside):
        ignored = ignorefile.load_ignore_file(path, builder, context=context, root=root)
    return ignored if inside else ignored.unquoted


def _dockerfile(
    root: Path, builder: Builder, given: str | os.PathLike[str] | None
) -> tuple[Path | None, str | None, str | None]:
    """The Dockerfile, its label, and its path in the context if it lies there."""
    if given is None:
        # The name as it is on disk counts, also where the file system does not tell cases apart.
        present = _names(root).intersection(builder.dockerfiles)
        name = next((name for name in builder.dockerfiles if name in present and (root / name).is_file()), None)
        name = name or next((name for name in builder.dockerfiles if (root / name).is_symlink()), None)
        if name is None:
            return None, None, None
        if builder.dockerfiles[0] in present and builder.dockerfile_links == "directory":
            name = builder.dockerfiles[0]
        return root / name, name, name
    path = Path(os.path.normpath(given))
    lower = path.name.lower()
    if lower in builder.dockerfiles and lower in (names := _names(path.parent)) and path.name not in names:
        path = path.with_name(lower)
    if not path.is_file() and not path.is_symlink():
        problem = "is a directory" if path.is_dir() else "no such file or directory"
        raise CtxscanError(f"failed to read dockerfile: open {path}: {problem}")
    # Without following links: a Dockerfile that is a link lies where the link lies.
    inside, real = _absolute(root), _absolute(path)
    if not real.is_relative_to(inside):
        return path, str(path), None
    name = real.relative_to(inside).as_posix()
    return path, name, name


def _own_name(root: Path, path: Path, builder: Builder, name: str | None, *, given: bool) -> str | None:
    """The path in the context under which the builder has the Dockerfile; None: it gets it in another way."""
    if builder.dockerfile_links != "target":
        return name
    inside, real = os.path.realpath(root), os.path.realpath(path)
    if Path(real).is_relative_to(inside):
        return Path(real).relative_to(inside).as_posix()
    if not given:
        raise CtxscanError("unable to open Dockerfile: open : no such file or directory", place=str(path))
    return None


def _names(directory: Path) -> set[str]:
    try:
        return {path.name for path in directory.iterdir()}
    except OSError:
        return set()


def _absolute(path: Path) -> Path:
    return Path(os.path.normpath(Path.cwd() / path))


def _read(path: Path, builder: Builder) -> bytes:
    found: Path | None = path
    if builder.dockerfile_links == "directory":
        # It is sent with what a link in it leads to, from a directory that is the root to the one who follows it; the
        # name in lower case is asked for as well.
        found = ignorefile.resolved(path.parent, path.name)
        lower = path.with_name(path.name.lower())
        if (found is None or not found.is_file()) and lower.name in builder.dockerfiles and lower.is_file():
            found = lower
    if found is None:
        raise CtxscanError(f"failed to read dockerfile: open {path.name}: no such file or directory", place=str(path))
    try:
        with found.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except OSError as error:
        words = (error.strerror or str(error)).lower()
        raise CtxscanError(f"failed to read dockerfile: open {path}: {words}") from None
    if len(data) > MOST_BYTES:
        raise CtxscanError(f"the Dockerfile has more than {MOST_BYTES} bytes", place=str(path))
    return data


def _named_context(name: str, where: str) -> Path | None:
    from .order import is_address

    if is_address(where):
        return None
    path = Path(where)
    if not path.is_dir():
        problem = "not a directory" if path.exists() else "no such directory"
        raise CtxscanError(f"the build context {name!r} is {problem}", place=where)
    return path
