"""What several test modules share."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from support.engine import Engine
from support.trees import LaidOut, lay_out

from ctxscan import system as capabilities

# No random test fails because the machine is busy.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

#: What Windows lacks of what `ctxscan.system` tells, and can be done without anywhere.
PLAIN = ("DESCRIPTORS", "FORKS", "ATTRIBUTES")


@pytest.hookimpl(tryfirst=True)  # before it is decided by marks what runs
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of the cases of a test that is `sampled(N)`, one in N runs at once, and the others are slow."""
    cases: Counter[str] = Counter()
    for item in items:
        marker = item.get_closest_marker("sampled")
        if marker is not None:
            name = item.nodeid.partition("[")[0]
            if cases[name] % marker.args[0]:
                item.add_marker(pytest.mark.slow)
            cases[name] += 1


def pytest_collection_finish() -> None:
    """Nothing of what was collected is garbage before the end: it is not looked through again with every collection, and
    of those there are fewer, as the tests make little that only they would free."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object | None:
    """Unless another way is asked for, all tests are given out at the start, and a worker that has done its own takes
    over some of another's: less time goes into handing them out, and none is idle at the end."""
    if config.getoption("dist") != "load":
        return None
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log)


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """The engine to compare with, found or started; what it lacks is in `absent`."""
    with Engine.open() as found:
        yield found


@pytest.fixture(scope="session")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> LaidOut:
    """The context of a recorded case, made when it is first asked for: many tests ask about one, and none writes there."""
    root = tmp_path_factory.mktemp("recorded")
    contexts: dict[tuple[str, str], Path] = {}

    def context(name: str, case: Mapping[str, Any]) -> Path:
        key = name, case["id"]
        if key not in contexts:
            contexts[key] = lay_out(root / str(len(contexts)), case)
        return contexts[key]

    return context


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What uses `system` runs twice, unless it is about what only a native path does. In a module with `PLAIN_IS_SLOW`
    the second run is left to CI."""
    if "system" in metafunc.fixturenames:
        marks = [pytest.mark.slow] if getattr(metafunc.module, "PLAIN_IS_SLOW", False) else []
        plain = pytest.param("plain", marks=marks)
        kinds = ["native"] if metafunc.definition.get_closest_marker("native") else ["native", plain]
        metafunc.parametrize("system", kinds, indirect=True, scope="module")


@pytest.fixture(scope="module")
def system(request: pytest.FixtureRequest) -> Iterator[str]:
    """`native`: what this system offers is used. `plain`: as if it had no directory descriptors, no fork and no
    extended attributes, as Windows has none."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "plain":
            for name in PLAIN:
                patch.setattr(capabilities, name, False)
        yield request.param
