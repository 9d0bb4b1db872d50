"""What a container builder is sent, what of it reaches the image, and what to write in `.dockerignore`.

from ctxscan import scan
scan(".").transfer.shown
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["CtxscanError", "Scan", "__version__", "scan"]

if TYPE_CHECKING:
    from .errors import CtxscanError
    from .scan import Scan, scan


class _Package(ModuleType):
    """Imports what is asked for when it is asked for, so that `--version` and completion stay quick.

    `ctxscan.scan` is the function, also once the import of the module of that name has tried to put itself there.
    """

    @property
    def scan(self) -> Any:
        return sys.modules["ctxscan.scan"].scan if "ctxscan.scan" in sys.modules else self._import("scan", "scan")

    @scan.setter
    def scan(self, module: Any) -> None:
        pass

    @property
    def Scan(self) -> Any:
        return self._import("scan", "Scan")

    @property
    def CtxscanError(self) -> Any:
        return self._import("errors", "CtxscanError")

    def _import(self, module: str, name: str) -> Any:
        from importlib import import_module

        return getattr(import_module(f"ctxscan.{module}"), name)


sys.modules[__name__].__class__ = _Package
