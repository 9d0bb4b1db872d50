"""Secrets: where a host is, by its name."""

from __future__ import annotations

import pytest

from ctxscan.secrets.hosts import is_elsewhere, is_here, is_hosted, is_near, is_remote

HERE = ["localhost", "LOCALHOST", "127.0.0.1", "127.10.0.3", "0.0.0.0", "::1", "[::1]"]
NEAR = ["db", "my-redis", "host.docker.internal", "printer.local", "ldap.shop.svc", "ldap.shop.svc.cluster.local"]
FAR = ["db.shop.io", "10.2.3.4", "localhost.shop.io", "svc.shop.io", "shop.localdomain.io"]


@pytest.mark.parametrize("host", HERE)
def test_this_machine(host: str) -> None:
    """It is near as well."""
    assert is_here(host)
    assert is_near(host)


@pytest.mark.parametrize("host", NEAR)
def test_a_network_of_ones_own(host: str) -> None:
    """Near, and not this machine."""
    assert not is_here(host)
    assert is_near(host)
    assert not is_remote(host)


@pytest.mark.parametrize("host", FAR)
def test_a_host_that_others_know(host: str) -> None:
    """Neither here nor near."""
    assert not is_here(host)
    assert not is_near(host)
    assert is_remote(host)


@pytest.mark.parametrize(
    "host", ["shop.c0.eu-west-1.rds.amazonaws.com", "shop.database.windows.net", "a.b1c2.mongodb.net"]
)
def test_a_database_at_a_cloud(host: str) -> None:
    """What a cloud calls its own servers is none."""
    assert is_remote(host)
    assert is_hosted(host)
    assert not is_hosted(host.partition(".")[2] + ".shop.io")
    assert not is_hosted("docs.amazonaws.com")


@pytest.mark.parametrize(
    ("host", "elsewhere"),
    [
        ("51.15.200.7", True),
        ("b1.ala.eu-central-1.emqxsl.com", True),
        *((each, False) for each in ("10.1.2.3", "192.0.2.9", "127.0.0.1", "db.shop.io", "db")),
    ],
)
def test_a_machine_that_all_others_reach(host: str, elsewhere: bool) -> None:
    """By an address that is routed, or somebody's own at a cloud."""
    assert is_elsewhere(host) is elsewhere
