"""What an install reads of the context: manifests, lock files, and whether they are all it needs.

Where the sources themselves may be read (a dependency by path, a script of the project's own that runs with the
install, modules that know each other) the answer is that nobody knows. A false answer is wrong advice, so whatever is
not understood counts as unknown.
"""

import posixpath
import shlex
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, Final, NamedTuple, Protocol, TypeAlias

from ..regex import lazy
from ..rules import globs
from .install import Install
from .manifest import Files

#: Members of a workspace that are named one by one.
MOST_MEMBERS: Final = 100
#: Directories that are walked in search of them.
_MOST_DIRECTORIES: Final = 2000


class Reads(NamedTuple):
    """`files` and `directories` of the context are all that an install reads. `early`: the command that installs from
    them alone, where that of the Dockerfile does more and has to stay below. `store`: no command does so, and what is
    downloaded can stay on the builder where it is put."""

    files: tuple[str, ...]
    directories: tuple[str, ...] = ()
    early: str | None = None
    store: str = ""


class Sent(Protocol):
    """What the builder gets of a context."""

    def kind(self, path: str) -> str | None:
        """`file` or `dir`, or what else it is; None: the builder does not get it."""


class Context(Protocol):
    """A context as an install finds it: what is sent, and the files themselves. `names` are those of what is sent of a
    directory."""

    @property
    def sent(self) -> Sent: ...
    @property
    def tree(self) -> Files: ...
    def names(self, path: str) -> tuple[str, ...]: ...


#: Where something at an absolute path of the stage came from in the context.
Locate: TypeAlias = Callable[[str], str | None]


class Project:
    """The directory of the context in which an install finds its manifest. Names are relative to it, paths are not."""

    def __init__(self, context: Context, root: str, install: Install, locate: Locate) -> None:
        self.context = context
        self.root = root
        self.install = install
        self.locate = locate

    def path(self, name: str) -> str:
        return posixpath.normpath(posixpath.join(self.root, name)) if self.root or name else ""

    def has(self, name: str, kind: str = "file") -> bool:
        return self.context.sent.kind(self.path(name)) == kind

    def there(self, *names: str) -> list[str]:
        """The files of these names that the builder gets."""
        return [self.path(name) for name in names if self.has(name)]

    def directories(self, *names: str) -> tuple[str, ...]:
        return tuple(self.path(name) for name in names if self.has(name, "dir"))

    def names(self, where: str = "") -> tuple[str, ...]:
        return self.context.names(self.path(where))

    def text(self, name: str) -> str:
        return self.context.tree.text(self.path(name)) if self.has(name) else ""

    def json(self, name: str) -> dict[str, Any]:
        return self.context.tree.json(self.path(name)) if self.has(name) else {}

    def toml(self, name: str) -> dict[str, Any]:
        return self.context.tree.toml(self.path(name)) if self.has(name) else {}

    def members(self, patterns: Iterable[str], manifest: str) -> Iterator[str | None]:
        """The directories with a manifest that globs of a workspace stand for, each once; None: a walk that does not
        end soon."""
        told: set[str] = set()
        for pattern in patterns:
            if pattern.startswith("!"):
                continue
            found = list(islice(self._meant(pattern), _MOST_DIRECTORIES))
            if len(found) == _MOST_DIRECTORIES:
                yield None
            members = (each for each in found if each not in told and self.has(posixpath.join(each, manifest)))
            for each in sorted(dict.fromkeys(members)):
                told.add(each)
                yield each

    def _meant(self, pattern: str) -> Iterator[str]:
        """The paths that a glob may stand for; `**` is any number of directories."""
        todo = [("", [each for each in pattern.split("/") if each not in ("", ".")])]
        while todo:
            above, parts = todo.pop()
            if not parts:
                yield above
                continue
            first, *rest = parts
            if not globs.is_wild(first):
                todo.append((posixpath.join(above, first), rest))
                continue
            names = [each for each in self.names(above) if each != "node_modules"]
            if first != "**":
                todo += [(posixpath.join(above, each), rest) for each in names if globs.matches(first, each)]
                continue
            below = [posixpath.join(above, each) for each in names]
            todo += [(each, parts) for each in below if self.has(each, "dir")]
            todo.append((above, rest))

    @property
    def cached(self) -> bool:
        """What is downloaded stays on the builder."""
        return any(mount.kind == "cache" for mount in self.install.step.mounts)

    def stored(self, below: str, setting: str = "") -> Reads | None:
        """Where the packages of any project can stay on the builder: in a directory that a variable of the command
        names, or that lies below the home of root; None: nobody knows."""
        command = self.install.command
        given = command.setting(setting) if setting else None
        root = (self.install.step.user or "root").partition(":")[0] in ("root", "0")
        store = given or (f"/root/{below}" if root else "")
        return Reads((), (), "", store) if store and not self.cached else None

    def early(self, command: str) -> str:
        """A command as it is written to run in the directory of the install."""
        where = "" if self.install.cwd == (self.install.step.workdir or "/") else f"cd {self.install.cwd} && "
        return f"{where}{command}"

    def again(self, *options: str, without: tuple[str, ...] = ()) -> str:
        """The command of the install, with these options more and without those."""
        command = self.install.command
        settings = (f"{name}={shlex.quote(value)}" for name, value in command.settings if "$" not in value)
        words = (each for each in command.written or command.arguments if each not in without)
        return " ".join((*settings, command.name, *map(quoted, words), *options))


#: A word with variables in it that a shell reads as one.
_WITH_VARIABLES: Final = lazy(r"(?:[\w@%+=:,./-]|\$\w+|\$\{\w+\})+")


def quoted(word: str) -> str:
    """A word as a shell takes it, its variables left in force."""
    return word if _WITH_VARIABLES.fullmatch(word) else shlex.quote(word)
