"""What a container builder is sent, what of it reaches the image, and what to write in `.dockerignore`.

from ctxscan import review, scan
scan(".").transfer.shown
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
    return sorted({*globals(), *__all__})
