"""Everything in which builders differ, as one table.

Each field names a question to which the builders give different answers; whoever needs the answer reads the field, and
nobody asks for a builder by name. To add a builder, add a row.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from ..errors import CtxscanError

if TYPE_CHECKING:
    from .grammars import IgnorePattern


class Frontend(NamedTuple):
    """What a builder makes of a Dockerfile where it is not what BuildKit makes of it."""

    #: Names of stages and the target are the same in upper and in lower case.
    folds_names: bool = True
    #: The target may be the number of a stage that has no name.
    numbered_targets: bool = False
    #: ONBUILD of a stage adds to the stages that begin with it.
    runs_triggers: bool = True
    #: FROM may name a context that is a directory.
    begins_with_directories: bool = True
    #: COPY may read from its own stage and from later ones.
    copies_from_later: bool = False
    #: All stages up to the target are built, whether anything needs them or not.
    builds_unneeded: bool = False
    #: `${name-word}` and `${name+word}`, without a colon, are known.
    plain_modifiers: bool = True
    #: `--chmod` takes more than octal numbers.
    symbolic_modes: bool = True
    #: A source that leads out of the context counts as one in it.
    keeps_inside: bool = True
    #: Several files whose destination does not end with a slash, and is no directory yet: each replaces the one before,
    #: they go into a directory of that name, or the build ends, whatever is there.
    several_to_one: Literal["replaced", "gathered", "refused"] = "replaced"
    #: A COPY of which no source, wild cards included, matches anything ends the build.
    needs_a_match: bool = False
    #: Sources are looked up among all that lies in the context, and one ends the build if the rules exclude all that it
    #: matches, or if it matches a link that leads to itself.
    looks_at_excluded: bool = False
    #: The Dockerfile may name another frontend, which reads it then.
    may_be_named: bool = True
    #: Flags that only other builders take, by instruction.
    refused_flags: Mapping[str, frozenset[str]] = {}


class Builder(NamedTuple):
    name: str
    #: The name of the grammar of a line.
    grammar: str
    #: What a Dockerfile is called, the first that exists counts.
    dockerfiles: tuple[str, ...]
    #: Ignore files in the root of the context, the first that exists counts.
    root_files: tuple[str, ...]
    #: Endings that make a file beside the Dockerfile its own ignore file, instead of the one in the root.
    own_endings: tuple[str, ...]
    #: A byte order mark on the first line is no part of it.
    reads_mark: bool
    #: Lines of this many bytes are refused; 0: any length.
    longest_line: int
    #: A symlink as ignore file is resolved as if the context were `/`, or on the real file system.
    links: Literal["context", "system"]
    #: A Dockerfile that is a link is resolved as if its directory were `/`, or on the real file system; or it is the
    #: file that it leads to on the real file system, and lies where that lies.
    dockerfile_links: Literal["directory", "system", "target"]
    #: The ignore file of a Dockerfile that was given by a relative path is looked for below the context, which is `/`
    #: to that path and to links, or beside the Dockerfile.
    own_below_context: bool
    #: An ignore file that cannot be read: as if it were empty, or an error.
    unreadable_rules: Literal["empty", "error"]
    #: Patterns travel in a header: control characters are refused, and what is not UTF-8 is replaced.
    header: bool
    #: Which rules that match a directory hit its entries too: those that were *compared* with it (one that could not
    #: have changed its fate was not), every one, or none (which is git's way).
    carries: Literal["compared", "every", "none"]
    #: Which excluded directories are walked all the same, for the sake of a negated rule: those above its text, with or
    #: without regard to its wild cards, or those whose path begins its text in any way.
    walks: Literal["wild", "literal", "prefix"]
    #: An excluded directory with a kept file is sent as a separate entry.
    sends_parents: bool
    #: Sends only what the Dockerfile names, checks rules a second time when the bytes are asked for, and delivers an
    #: empty file where the two checks differ or the file cannot be read.
    on_demand: bool
    #: Looks at every file first: what cannot be read ends the build.
    checks_first: bool
    #: The Dockerfile and the ignore file are sent whatever the rules say.
    sends_own_files: bool
    #: Sockets are sent (and arrive as empty files), or left out.
    sends_sockets: bool
    #: A name that is not UTF-8 ends the build.
    utf8_names: bool
    #: Checks the Dockerfile itself, and stops if that asks for it.
    lints: bool
    #: What is counted in the line that tells the size of the transfer: protocol messages, an archive, or no such line.
    figure: Literal["stream", "tar", None]
    #: How it reads a Dockerfile.
    frontend: Frontend
    #: How the builder's error lines begin: while loading rules, while comparing them.
    error_loading: str
    error_comparing: str

    @property
    def pattern(self) -> "type[IgnorePattern]":
        """The grammar of a line."""
        from .grammars import GRAMMARS  # not to tell what builders there are

        return GRAMMARS[self.grammar]


BUILDKIT: Final = Builder(
    name="buildkit",
    grammar="dockerignore",
    dockerfiles=("Dockerfile", "dockerfile"),
    root_files=(".dockerignore",),
    own_endings=(".dockerignore",),
    reads_mark=True,
    longest_line=65536,
    links="context",
    dockerfile_links="directory",
    own_below_context=False,
    unreadable_rules="empty",
    header=True,
    carries="compared",
    walks="wild",
    sends_parents=True,
    on_demand=True,
    checks_first=False,
    sends_own_files=False,
    sends_sockets=True,
    utf8_names=True,
    lints=True,
    figure="stream",
    frontend=Frontend(),
    error_loading="failed to solve: ",
    error_comparing="failed to solve: error from sender: failed to match excludepatterns: ",
)

CLASSIC: Final = Builder(
    name="classic",
    grammar="dockerignore",
    dockerfiles=("Dockerfile", "dockerfile"),
    root_files=(".dockerignore",),
    own_endings=(),
    reads_mark=True,
    longest_line=65536,
    links="system",
    dockerfile_links="target",
    own_below_context=False,
    unreadable_rules="error",
    header=False,
    carries="compared",
    walks="literal",
    sends_parents=False,
    on_demand=False,
    checks_first=True,
    sends_own_files=True,
    sends_sockets=False,
    utf8_names=False,
    lints=False,
    figure="tar",
    frontend=Frontend(
        may_be_named=False,
        builds_unneeded=True,
        keeps_inside=False,
        several_to_one="refused",
        needs_a_match=True,
        refused_flags={
            "ADD": frozenset(("chmod", "exclude", "keep-git-dir", "link", "unpack")),
            "COPY": frozenset(("chmod", "exclude", "link", "parents")),
            "RUN": frozenset(("device", "mount", "network", "security")),
        },
    ),
    error_loading="checking context: ",
    error_comparing="checking context: ",
)

BUILDAH: Final = Builder(
    name="buildah",
    grammar="containerignore",
    dockerfiles=("Containerfile", "Dockerfile"),
    root_files=(".containerignore", ".dockerignore"),
    own_endings=(".dockerignore", ".containerignore"),
    reads_mark=False,
    longest_line=0,
    links="context",
    dockerfile_links="system",
    own_below_context=True,
    unreadable_rules="error",
    header=False,
    carries="every",
    walks="prefix",
    sends_parents=True,
    on_demand=False,
    checks_first=False,
    sends_own_files=False,
    sends_sockets=False,
    utf8_names=False,
    lints=False,
    figure=None,
    frontend=Frontend(
        may_be_named=False,
        folds_names=False,
        numbered_targets=True,
        runs_triggers=False,  # in the OCI format, its default, which has no place for them
        begins_with_directories=False,
        copies_from_later=True,
        plain_modifiers=False,
        symbolic_modes=False,
        several_to_one="gathered",
        needs_a_match=True,
        looks_at_excluded=True,
        refused_flags={"ADD": frozenset(("unpack",))},
    ),
    error_loading="processing excludes list: ",
    error_comparing="processing excludes list: ",
)

BUILDERS: Final = {builder.name: builder for builder in (BUILDKIT, CLASSIC, BUILDAH)}


def builder_named(name: str) -> Builder:
    if name not in BUILDERS:
        raise CtxscanError(f"unknown builder {name!r}: one of {', '.join(BUILDERS)}")
    return BUILDERS[name]
