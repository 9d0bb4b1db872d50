"""How files that are known by name are read: one function a format, from a case and its row to what it confirms.

A format whose names and values are all there is to it needs no function of its own: `settings` and the `keys` of its
row will do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from ..case import Case
from ..row import SecretRow
from .accounts import (
    bundle,
    conda,
    git_config,
    git_credentials,
    hex_config,
    history,
    htpasswd,
    netrc,
    npmrc,
    pgpass,
    rails_key,
    remote_desktop,
    s3_password,
    secret_directory,
    secret_key_expression,
    shadow,
    wireguard,
    word,
    words_after,
)
from .documents import (
    composer,
    docker_auth,
    jenkins,
    kubeconfig,
    kubernetes,
    maven,
    nuget,
    oauth_client,
    published,
    service_account,
    terraform_state,
    web_key,
)
from .settings import connections, dotenv, headers, remote_login, secrets_file, settings
from .statements import statements
from .stores import capture, database, debug_store, dump, key, memory, openpgp, profile, store, vault

FormatReader: TypeAlias = Callable[[Case, SecretRow], None]

READERS: Final[dict[str, FormatReader]] = {
    reader.__name__.replace("_", "-"): reader
    for reader in (
        *(bundle, capture, composer, conda, connections, database, debug_store, docker_auth, dotenv, dump, git_config),
        *(
            git_credentials,
            headers,
            hex_config,
            history,
            htpasswd,
            jenkins,
            key,
            kubeconfig,
            maven,
            memory,
            netrc,
            npmrc,
        ),
        *(
            nuget,
            oauth_client,
            openpgp,
            pgpass,
            profile,
            published,
            rails_key,
            remote_desktop,
            remote_login,
            s3_password,
        ),
        *(secret_directory, secret_key_expression, secrets_file, service_account, settings, shadow, statements, store),
        *(terraform_state, vault, web_key, wireguard, word, words_after),
    )
}

#: These know that something in their file looks like a token and is none; they are asked before the tokens.
BEFORE_TOKENS: Final = frozenset({"debug-store", "oauth-client", "published"})

__all__ = ["BEFORE_TOKENS", "READERS", "FormatReader", "kubernetes"]
