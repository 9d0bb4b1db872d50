"""What a container build sends, what of it ends up in the image, and what to write in `.dockerignore`.

    from ctxscan import review, scan

    found = scan(".", target="prod")  # the facts, a `Scan`
    found.transfer.shown              # "40.89kB", as the builder will print it
    found.sizes.image.bytes           # content bytes that are certainly in the image

    judged = review(found)            # the same with opinions, a `Review`
    judged.findings                   # worst first
    judged.proposals                  # rules to add, each proven not to break the build

Results are typed and immutable. Where the builder would refuse to work, both raise `CtxscanError`, whose text is one
line.
"""

import sys

# `python -m` puts the working directory first on the path, and there lies what is scanned: nothing of it is imported,
# not even in the place of a module of Python's own. So this comes before any other import.
_WORDS = [*sys.orig_argv, "-m"]
if sys.argv[:1] == ["-m"] and __name__ in _WORDS[_WORDS.index("-m") + 1 :][:1] and not sys.flags.safe_path:
    del sys.path[0]

__version__ = "0.1.0"
__all__ = ["CtxscanError", "Review", "Scan", "__version__", "review", "scan"]

TYPE_CHECKING = False  # `typing` itself takes longer to import than `--version` has
if TYPE_CHECKING:
    from .errors import CtxscanError
    from .facts import Scan, scan
    from .opinions import Review, review

_HOMES = {"CtxscanError": "errors", "Review": "opinions", "Scan": "facts", "review": "opinions", "scan": "facts"}


def __getattr__(name: str) -> object:
    """What is asked for, imported when it is asked for, so that `--version` and completion stay quick."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """What the package offers."""
    return sorted(__all__)
