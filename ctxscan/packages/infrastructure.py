"""Infrastructure as code: Terraform and OpenTofu."""

from __future__ import annotations

from typing import Final

from ..regex import lazy
from .ecosystem import Cache, History, Manager, Manifests, Private, Program, Reader, words
from .maker import maker
from .workplace import Runner

MANAGERS: Final[tuple[Manager, ...]] = ()
PROGRAMS: Final[tuple[Program, ...]] = ()
CACHES: Final[tuple[Cache, ...]] = ()
MANIFESTS: Final = Manifests()
READERS: Final[tuple[Reader, ...]] = ()
SOURCES: Final[tuple[Reader, ...]] = ()
MAKERS: Final = {"terraform": maker(r"(?s)\A(?!.*(?:-plugin-dir|TF_PLUGIN_CACHE_DIR|filesystem_mirror))")}
PRIVATE: Final[tuple[Private, ...]] = (
    (
        words("*.auto.tfvars terraform.tfvars"),
        lazy(r"\bterraform\s+(?:plan|apply|validate)\b|\btofu\s+(?:plan|apply)\b"),
    ),
)

RUNNERS: Final[tuple[Runner, ...]] = ()
HISTORY: Final = History()
