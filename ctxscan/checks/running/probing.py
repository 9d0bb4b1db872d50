"""What else probes a container's health: compose files with a health check, and platforms that run containers.

Compose files of the context are read, and those that say how its image is run. Of the directories above it, up to the
root of the repository, only names count.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from ...builds.build import Build
from ...builds.names import is_compose
from ...git.command import repository
from ...paths import join
from ...regex import lazy
from ..project.services import is_checked
from ..reading import Reading

#: Where containers are run by something that does its own probing.
_ORCHESTRATORS: Final = lazy(
    r"(?:.*[-_])?(?:k8s|kubernetes|helm|charts?|manifests|kustomize|openshift|nomad|terraform|argocd|flux)(?:[-_].*)?"
    r"|skaffold\.ya?ml|kustomization\.ya?ml|Chart\.yaml|fly(?:\.\w+)?\.toml|app\.ya?ml|app\.json|render\.yaml|Procfile"
    r"|vercel\.json|railway\.(?:json|toml)|\.kamal|serverless\.yml|template\.yaml|samconfig\.toml|cloudbuild\.yaml"
    r"|copilot|deploy|deployment|deployments|infra|infrastructure|tilt|Tiltfile|werf\.yaml|garden\.yml|zarf\.yaml"
)
#: Directories of the context that are looked into, and how many levels above it.
_INSIDE: Final = ("", "docker", "docker-compose", "compose", "deploy", "dev", "examples", ".docker")
_MOST_ABOVE: Final = 12


def is_probed(build: Build, reading: Reading) -> bool:
    """Whether a health check is defined elsewhere, or left to what runs the container."""
    checked = is_checked(reading)
    if checked:
        return True
    tree = reading.tree
    if any(_ORCHESTRATORS.fullmatch(name) for name in tree.names("")) or tree.exists("config/deploy.yml"):
        return True
    for place in _INSIDE if checked is None else ():
        for name in tree.names(place) if not place or tree.kind(place) == "dir" else ():
            path = join(place, name)
            if is_compose(name) and "healthcheck:" in tree.text(path):
                return True
    return any(_ORCHESTRATORS.fullmatch(name) for name in _names_above(build))


def _names_above(build: Build) -> set[str]:
    root = repository(build.context)
    here = Path(os.path.realpath(build.context))
    names: set[str] = set()
    if root is None:
        return names
    for above in list(here.parents)[:_MOST_ABOVE]:
        if not above.is_relative_to(root):
            break
        try:
            names.update(os.listdir(above))  # noqa: PTH208 names alone
        except OSError:
            break
    return names
