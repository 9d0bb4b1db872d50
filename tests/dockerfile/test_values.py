"""Values that the builder refuses, in its words; recorded ones are in tests/test_independent.py."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from ctxscan.dockerfile.values import (
    digest_problem,
    duration_problem,
    is_size,
    mode_problem,
    normal_platform,
    platform_problem,
    port_problem,
    retries_problem,
    signal_problem,
)

interval = partial(duration_problem, "interval")


@pytest.mark.parametrize(
    ("check", "text"),
    [
        *((signal_problem, text) for text in ("SIGTERM", "term", "9", "-3", "RTMIN+15", "SIGRTMAX-14", "CLD")),
        *((port_problem, text) for text in ("80", "80/TCP", "80-90/udp", "1.2.3.4:80:80", "[::1]:80:81", "70-80:90")),
        *((interval, text) for text in ("", "0", "5s", "1m30s", "1.5h", "+1ms", "100us0.9ms", "0s", ".5s")),
        *((retries_problem, text) for text in ("", "3", "0")),
        *((mode_problem, text) for text in ("0644", "7777", "u=rwX,go-w", "+x", "a+r-w", "u=g")),
        *((digest_problem, text) for text in ("sha256:" + "0" * 64, "sha512:" + "a" * 128)),
        *((platform_problem, text) for text in ("linux", "arm64", "linux/arm/v7", "Windows(10.0+win32k)/amd64", "a/b")),
    ],
)
def test_is_taken(check: Callable[[str], str | None], text: str) -> None:
    assert check(text) is None


@pytest.mark.parametrize(
    ("check", "text", "problem"),
    [
        (signal_problem, "SIGFOO", "invalid signal: SIGFOO"),
        (signal_problem, "", "invalid signal: "),
        (signal_problem, "0", "invalid signal: 0"),
        (port_problem, "abc", "invalid containerPort: abc"),
        (port_problem, "90-80", "invalid containerPort: 90-80"),
        (port_problem, "65536", "invalid containerPort: 65536"),
        (port_problem, "80/foo", 'invalid port: "80/foo": invalid proto: foo'),
        (port_problem, "/tcp", 'invalid port: "/tcp": no port specified'),
        (port_problem, "x:80", "invalid hostPort: x"),
        (port_problem, "x:1:80", "invalid IP address: x"),
        (interval, "5", 'time: missing unit in duration "5"'),
        (interval, "abc", 'time: invalid duration "abc"'),
        (interval, "5x", 'time: unknown unit "x" in duration "5x"'),
        (interval, "-5s", 'Interval "interval" cannot be less than 1ms'),
        (interval, "10us", 'Interval "interval" cannot be less than 1ms'),
        (retries_problem, "-1", "--retries cannot be negative (-1)"),
        (retries_problem, "x", 'strconv.ParseInt: parsing "x": invalid syntax'),
        (mode_problem, "999", "invalid chmod parameter: '999'. it should be octal string and between 0 and 07777"),
        (mode_problem, "rwx", "invalid syntax"),
        (digest_problem, "sha256:abc", "invalid checksum digest length"),
        (digest_problem, "sha256:" + "X" * 64, "invalid checksum digest format"),
        (digest_problem, "md5:abc", "unsupported digest algorithm"),
        (platform_problem, "linux/amd64/v1/x", '"linux/amd64/v1/x": cannot parse platform specifier: invalid argument'),
        (platform_problem, "nope", '"nope": unknown operating system or architecture: invalid argument'),
    ],
)
def test_is_refused(check: Callable[[str], str | None], text: str, problem: str) -> None:
    assert check(text) == problem


@pytest.mark.parametrize(
    ("text", "want"), [("10m", True), ("1.5 GiB", True), ("1e5", True), ("abc", False), ("10mx", False), ("-1", False)]
)
def test_sizes(text: str, want: bool) -> None:
    assert is_size(text) is want


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("linux", "linux/amd64"),
        ("aarch64", "linux/arm64"),
        ("linux/arm", "linux/arm/v7"),
        ("macos/x86_64/v1", "darwin/amd64"),
    ],
)
def test_platforms_have_one_name(text: str, want: str) -> None:
    assert normal_platform(text, "linux/amd64") == want
