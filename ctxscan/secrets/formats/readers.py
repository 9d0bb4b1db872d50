"""How files that are known by name are read: one function a format, from a case and its row to what it confirms.

A format whose names and values are all there is to it needs no function of its own: `settings` and the `keys` of its
row will do.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Final, TypeAlias

from ..case import Case
from ..row import SecretRow

FormatReader: TypeAlias = Callable[[Case, SecretRow], None]

_HOMES: Final = {
    "accounts": """
        bundle conda git-config git-credentials hex-config history htpasswd netrc npmrc pgpass rails-key
        remote-desktop s3-password secret-directory secret-key-expression shadow wireguard word words-after
    """,
    "documents": """
        composer docker-auth jenkins kubeconfig maven nuget oauth-client published service-account
        terraform-state web-key
    """,
    "settings": "connections dotenv headers remote-login secrets-file settings",
    "statements": "statements",
    "stores": "capture database debug-store dump key memory openpgp profile store vault",
}
#: Where each format is read: in the function of its name in this module.
FORMATS: Final = {name: module for module, names in _HOMES.items() for name in names.split()}


@cache
def reader(name: str) -> FormatReader:
    """What reads a format; its module is loaded with the first file that is written so."""
    found: FormatReader = getattr(import_module(f".{FORMATS[name]}", __package__), name.replace("-", "_"))
    return found


#: These know that something in their file looks like a token and is none; they are asked before the tokens.
BEFORE_TOKENS: Final = frozenset({"debug-store", "oauth-client", "published"})
