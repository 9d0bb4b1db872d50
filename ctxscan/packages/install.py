"""A command that installs what a project depends on."""

from typing import Final, NamedTuple

from ..dockerfile.commands import Command
from ..dockerfile.stages import Step


class Install(NamedTuple):
    """A command that installs what the project in `cwd` depends on. `words` are its arguments that are no options;
    `files` are those that the manager is told to read. `implied`: it is there to build, and has to install for that."""

    manager: str
    command: Command
    verb: str
    cwd: str
    words: tuple[str, ...]
    options: tuple[str, ...]
    files: tuple[str, ...]
    implied: bool

    @property
    def step(self) -> Step:
        return self.command.step

    def has(self, *options: str) -> bool:
        """Whether one of these options is given, with or without a value."""
        return any(each in options or each.partition("=")[0] in options for each in self.options)

    def values(self, *options: str) -> tuple[str, ...]:
        """The values that these options are given."""
        parts = (each.partition("=") for each in self.options)
        return tuple(value for option, _, value in parts if option in options)


#: Options by which an install gets through in spite of what packages want of one another.
_RESOLVES: Final = frozenset("-f --force --legacy-peer-deps".split())


def relock(program: str, command: Command) -> str:
    """What writes the lock file of an install anew: without what makes that one get through, it would not either."""
    return " ".join([program, "install", *(each for each in command.arguments if each in _RESOLVES)])
