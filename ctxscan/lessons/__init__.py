"""The Dockerfile's lessons, apart from the opinions: what commands install, what that needs, which images there are.

    reading  ->  managers  ->  manifests  ->  reorder        images

After `scan` and `survey`, before `checks`, whose lessons rest on it. What is known without a network stands in tables:
package managers with their manifests, families of images. Nothing is run, and of the context only manifests are read,
by path.
"""

from __future__ import annotations

from .reading import Command, Reading, read
from .reorder import reordered

__all__ = ["Command", "Reading", "read", "reordered"]
