"""Where a finding is, as seen from the checkout: what code hosts want to know of a path.

A finding names its file relative to the context; annotations and SARIF need it relative to where the command was run,
which in a CI job is the root of the repository. Only what was asked for is put together here, nothing is looked up.
"""

from __future__ import annotations

import posixpath

from ..facts import Scan
from ..findings import Finding


def place(scan: Scan, finding: Finding) -> str | None:
    """The file of a finding, relative to the working directory if the context was given so; None: it has none."""
    if finding.path is None:
        return None
    build = scan.build
    if finding.context is not None:
        root = build.contexts.get(finding.context)
        path = finding.path[len(finding.context) + 1 :]
        return path if root is None or root.is_absolute() else posixpath.normpath(posixpath.join(root.as_posix(), path))
    if finding.path == build.label:
        if build.dockerfile is None:
            return None  # it came from standard input
        if not build.dockerfile.is_absolute():
            return posixpath.normpath(build.dockerfile.as_posix())
    if build.context.is_absolute():
        return finding.path
    return posixpath.normpath(posixpath.join(build.context.as_posix(), finding.path))


def fallback(scan: Scan) -> str | None:
    """A file that stands for the build as a whole: the Dockerfile, or the ignore file."""
    build = scan.build
    if build.dockerfile is not None and not build.dockerfile.is_absolute():
        return posixpath.normpath(build.dockerfile.as_posix())
    if build.label is not None and build.dockerfile is not None:
        return build.label
    return None if scan.ignored is None else scan.ignored.label
