"""What is shown of a build instead of the values of variables."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Written(NamedTuple):
    """How a file writes what a build is given, where the environment, an env file or the command line gave a part of
    it: that decides what is built, and is not shown. None, or not there: nothing of it is given. An argument without a
    text is given as a whole; `text`: a part of the Dockerfile itself is given."""

    context: str | None = None
    dockerfile: str | None = None
    target: str | None = None
    arguments: Mapping[str, str | None] = MappingProxyType({})
    contexts: Mapping[str, str] = MappingProxyType({})
    text: bool = False
