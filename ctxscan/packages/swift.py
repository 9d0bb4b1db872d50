"""Swift and Objective-C: the package manager of Swift, CocoaPods."""

from __future__ import annotations

from typing import Final

from .ecosystem import Cache, History, Manager, Manifests, Private, Program, Reader
from .maker import ANY_BUILD, maker
from .workplace import Runner, reading

MANAGERS: Final[tuple[Manager, ...]] = ()
PROGRAMS: Final[tuple[Program, ...]] = ()
CACHES: Final[tuple[Cache, ...]] = ()
MANIFESTS: Final = Manifests(names=("Package.swift",))
READERS: Final[tuple[Reader, ...]] = ()
SOURCES: Final[tuple[Reader, ...]] = ()
MAKERS: Final = {
    "swift": maker(rf"\bswift\s+(?:build|test|run|package)\b|{ANY_BUILD}"),
    # Xcode runs on macOS alone: whatever an image does, it never needs these.
    "pods": maker(r""),
}
PRIVATE: Final[tuple[Private, ...]] = ()
RUNNERS: Final[tuple[Runner, ...]] = (Runner(("swift",), reading("Package.swift")),)
HISTORY: Final = History()
