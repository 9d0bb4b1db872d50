"""What several test modules share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.engine import Engine


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """The engine to compare with, found or started; what it lacks is in `absent`."""
    with Engine.open() as found:
        yield found
