"""The figures that builders print."""

from __future__ import annotations

import pytest

from ctxscan.context.wire import stream_text, tar_text


@pytest.mark.parametrize(
    ("size", "stream", "tar"),
    [
        (2, "2B", "2B"), (999, "999B", "999B"), (1000, "1.00kB", "1kB"), (1114, "1.11kB", "1.114kB"),
        (40893, "40.89kB", "40.89kB"), (1048917, "1.05MB", "1.049MB"), (3000823, "3.00MB", "3.001MB"),
        (2097748, "2.10MB", "2.098MB"), (7168, "7.17kB", "7.168kB"), (200_000_000, "200.00MB", "200MB"),
        (1_500_000_000, "1.50GB", "1.5GB"),
    ],
)  # fmt: skip
def test_sizes_are_printed_as_the_builders_do(size: int, stream: str, tar: str) -> None:
    """Two decimals from BuildKit, four significant digits from the classic builder, powers of 1000."""
    assert (stream_text(size), tar_text(size)) == (stream, tar)
