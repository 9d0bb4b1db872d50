"""What the commands of a RUN do with files, as far as their words tell.

A handful of plain commands (`cp`, `mv`, `cat a b > c`, `tar cf`, `find | xargs cat`) are followed exactly; those known
to carry no file on (`mkdir`, `apt-get`, `npm ci`, `wc`) have no effect; every other one may have read all that it could
see and have written it anywhere. Nothing is run, and what is removed again may be there for all that is known here: the
answer errs on the side of "it may be in the image". The layer of the COPY that brought it has it in any case.
"""

import posixpath
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from ..dockerfile.shell import pipes_of, replaced, substitutes
from ..dockerfile.stages import Step
from ..rules import globs
from .layers import Dir, File, LayerNode, Work, lookup, select

#: Commands after which no file of the context is anywhere where it was not before; beside those of package managers.
_CARRY_NOTHING: Final = frozenset(
    "[ : addgroup adduser basename chgrp chmod chown cksum date deluser dirname du echo exit export false file getent "
    "groupadd groupmod hash id ldconfig ls md5sum mkdir printf pwd rm rmdir set sha1sum sha256sum sha512sum sleep stat "
    "test touch true umask unset update-ca-certificates useradd usermod wc which whoami".split()
)
#: Commands that write what they read, changed perhaps, to where their output goes.
_FILTERS: Final = frozenset(
    "awk base64 cat column cut dd envsubst expand fold grep gunzip gzip head iconv jq nl paste rev sed sort split "
    "strings tac tail tee tr uniq xargs xz zcat".split()
)
#: Of a pipe with one of these only a figure comes out.
_DIGESTS: Final = frozenset("cksum du md5sum sha1sum sha224sum sha256sum sha384sum sha512sum wc".split())
_COMPOUND: Final = frozenset(
    "case do done elif else esac fi for function if in select then until while { } ( ) !".split()
)


class Effect(NamedTuple):
    """`made`: nodes that were put into the stage. `read`: what commands that are not understood may have put there,
    somewhere. `removes`: it takes something away, and puts nothing anywhere."""

    made: tuple[LayerNode, ...]
    read: tuple[LayerNode, ...]
    removes: bool


class Seen(NamedTuple):
    """What a command sees: the stage, and what is mounted over it by absolute path. `bit` is the command's own, which
    is left on what it makes."""

    root: Dir
    mounts: tuple[tuple[str, LayerNode], ...]
    work: Work
    bit: int

    def lookup(self, path: str) -> list[tuple[str, LayerNode]]:
        """The nodes at an absolute path, wild cards expanded as a shell does."""
        for target, node in reversed(self.mounts):
            if path == target or path.startswith(target.rstrip("/") + "/"):
                if isinstance(node, Dir):
                    return self._selected(node, path[len(target) :].lstrip("/"))
                return [(posixpath.basename(target), node)] if path == target else []
        return self._selected(self.root, path)

    def _selected(self, root: Dir, path: str) -> list[tuple[str, LayerNode]]:
        """As it is now, whatever the next command makes of it."""
        return [(name, node.copy()) for name, node in select(root, path, self.work).found]

    def all_below(self, path: str) -> Iterator[LayerNode]:
        """What a command in the directory `path` may read unasked: that directory and every mount."""
        for _, node in self.lookup(path):
            yield node
        for _, node in self.mounts:
            yield node


def run_commands(step: Step, seen: Seen) -> Effect:
    """The effect of a RUN on the stage; `seen.root` takes what is made."""
    return _Shell(step, seen).outcome()


class _Shell:
    def __init__(self, step: Step, seen: Seen) -> None:
        self.step = step
        self.seen = seen
        self.cwd = step.workdir
        self.variables = dict(step.environment)
        self.made: list[LayerNode] = []
        self.read: list[LayerNode] = []
        self.removes = False

    def outcome(self) -> Effect:
        for pipe in self._pipes():
            if pipe is None:
                self.read += self.seen.all_below(self.cwd)
            else:
                self._pipe(pipe)
        return Effect(tuple(self.made), tuple(self.read), self.removes and not self.made and not self.read)

    def _pipes(self) -> Iterator[list[list[str]] | None]:
        """The pipes of the command, each a list of commands; None: one that is not understood."""
        found = pipes_of(self.step)
        if found is None or substitutes(self.step):
            yield None
            return
        try:
            yield from found
        except ValueError:
            yield None

    def _pipe(self, pipe: list[list[str]]) -> None:
        inputs: list[LayerNode] = []
        carries = True
        outputs: list[str] = []
        understood = True
        for words in pipe:
            words, into, out_of = _redirected([replaced(word, self.variables) for word in words])
            inputs += self._nodes(out_of)
            outputs += into
            if not words:
                continue
            name, arguments = posixpath.basename(words[0]), words[1:]
            if any("$" in word for word in words) or name in _COMPOUND:
                understood = False
            elif name == "cd":
                self.cwd = posixpath.join(self.cwd, arguments[0] if arguments else "/root")
            elif name in ("cp", "mv", "install"):
                understood &= self._copy(arguments)
            elif name == "tar":
                understood &= self._tar(arguments)
            elif name == "find":
                inputs += self._nodes(arguments[:1] if arguments[:1] and not arguments[0].startswith("-") else ["."])
                understood &= not {"-exec", "-execdir", "-ok"} & set(arguments)
                if "-delete" in arguments:
                    self._doubt(each for each in arguments[:1] if not each.startswith("-"))
            elif name in ("rm", "unlink"):
                self._doubt(each for each in arguments if not each.startswith("-"))
            elif name in _FILTERS:
                inputs += self._nodes(each for each in arguments if not each.startswith("-"))
                outputs += [each for each in arguments if not each.startswith("-")] if name == "tee" else []
            elif name in _CARRY_NOTHING or _installs(name, arguments):
                carries &= name not in _DIGESTS
            else:
                understood = False
        if not understood:
            self.read += [*inputs, *self.seen.all_below(self.cwd)]
        outputs = [each for each in outputs if not each.startswith(("/dev/", "&"))]
        if carries and inputs and outputs:
            node = File(made_of=tuple(inputs), by=self.seen.bit)
            for each in outputs:
                self._put(each, node)

    def _absolute(self, path: str) -> str:
        return posixpath.join("/", self.cwd, path)

    def _nodes(self, paths: Iterable[str]) -> list[LayerNode]:
        return [node for path in paths for _, node in self.seen.lookup(self._absolute(path))]

    def _put(self, path: str, node: LayerNode) -> None:
        """Place `node` where a command writes `path`."""
        place = posixpath.normpath(self._absolute(path))
        above, _, name = place.rpartition("/")
        if not name:
            return
        directory = self.seen.root
        for part in filter(None, above.split("/")):
            directory = directory.directory(part)
        directory.put(name, node, self.seen.work)
        self.made.append(node)

    def _doubt(self, paths: Iterable[str]) -> None:
        """What a command removes, or perhaps does not: from here on it is as if the command had put it there."""
        for path in paths:
            above, _, name = posixpath.normpath(self._absolute(path)).rpartition("/")
            directory: LayerNode | None = self.seen.root
            for part in filter(None, above.split("/")):
                directory = directory.child(part) if isinstance(directory, Dir) else None
            if not name or not isinstance(directory, Dir):
                continue
            names = [name]
            if globs.is_wild(name):
                entries = [each for each, _ in directory.entries()]
                self.seen.work.spend(len(entries))
                names = list(globs.matching(name, entries))
            changes = [
                (each, node.unsure(self.seen.bit, self.seen.work))
                for each in names
                if (node := directory.child(each)) is not None
            ]
            if changes:
                self.removes = True
                place = self.seen.root
                for part in filter(None, above.split("/")):
                    place = place.directory(part)
                for each, node in changes:
                    place.replace(each, node)

    def _copy(self, arguments: list[str]) -> bool:
        """`cp`, `mv` or `install`; False: with flags that change what it does."""
        flags = [each for each in arguments if each.startswith("-")]
        if any(each in ("-t", "--target-directory", "-T", "--parents", "-m", "-o", "-g") for each in flags):
            return False
        paths = [each for each in arguments if not each.startswith("-")]
        if len(paths) < 2:
            return False
        *sources, target = paths
        into = isinstance((lookup(self.seen.root, self._absolute(target)) or ("", None))[1], Dir) or target.endswith(
            "/"
        )
        for source in sources:
            dot = source.rstrip("/").endswith("/.") or source == "."
            for name, node in self.seen.lookup(self._absolute(source)):
                self._put(
                    posixpath.join(target, name) if into and not dot else target,
                    node.unsure(self.seen.bit, self.seen.work),
                )
        return True

    def _tar(self, arguments: list[str]) -> bool:
        """An archive that is written; False: one that is read, or a form that is not understood."""
        mode, *rest = arguments or [""]
        mode = mode.lstrip("-")
        if not mode.startswith("c") or not mode.endswith("f") or len(rest) < 2:
            return False
        output, cwd, nodes = rest[0], self.cwd, list[LayerNode]()
        words = iter(rest[1:])
        for word in words:
            if word == "-C":
                self.cwd = posixpath.join(self.cwd, next(words, "."))
            elif word.startswith("-"):
                self.cwd = cwd
                return False
            else:
                nodes += self._nodes([word])
        self.cwd = cwd
        self._put(output, File(made_of=tuple(nodes), by=self.seen.bit))
        return True


def _installs(name: str, arguments: list[str]) -> bool:
    """Whether a command of a package manager leaves the files of the context where they are."""
    from ..packages.catalog import is_inert  # much is known there, and many builds run nothing

    return is_inert(name, arguments)


def _redirected(words: list[str]) -> tuple[list[str], list[str], list[str]]:
    """A command without its redirections, what it writes to, and what it reads from."""
    plain: list[str] = []
    into: list[str] = []
    out_of: list[str] = []
    todo = iter(words)
    for word in todo:
        if word in (">", ">>", ">|", "&>"):
            if plain and plain[-1] in ("1", "2"):
                plain.pop()
            into += [each for each in [next(todo, "")] if each]
        elif word == "<":
            out_of += [each for each in [next(todo, "")] if each]
        elif word == ">&":
            next(todo, None)
            if plain and plain[-1] in ("1", "2"):
                plain.pop()
        else:
            plain.append(word)
    return plain, into, out_of
