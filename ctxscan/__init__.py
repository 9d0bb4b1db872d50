"""What a container builder is sent, what of it reaches the image, and what to write in `.dockerignore`.

from ctxscan import review, scan
scan(".").transfer.shown
"""

from __future__ import annotations

import sys

__version__ = "0.1.0"
__all__ = ["CtxscanError", "Review", "Scan", "__version__", "review", "scan"]

TYPE_CHECKING = False  # `typing` itself takes longer to import than `--version` has
if TYPE_CHECKING:
    from .errors import CtxscanError
    from .facts import Scan, scan
    from .opinions import Review, review

_HOMES = {"CtxscanError": "errors", "Review": "opinions", "Scan": "facts", "review": "opinions", "scan": "facts"}


class _Package(type(sys)):  # type: ignore[misc]
    """Imports what is asked for when it is asked for, so that `--version` and completion stay quick.

    `ctxscan.scan` is the function, also once the import of the module of that name has tried to put itself there.
    """

    def __getattribute__(self, name: str) -> object:
        if name not in _HOMES:
            return super().__getattribute__(name)
        from importlib import import_module

        return getattr(import_module(f"ctxscan.{_HOMES[name]}"), name)


sys.modules[__name__].__class__ = _Package
