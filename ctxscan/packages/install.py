"""A command that installs what a project depends on."""

from typing import NamedTuple

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
