"""Values of the environment are not printed, and nothing else is changed for that."""

from __future__ import annotations

from pathlib import Path

import pytest

from ctxscan.cli.privacy import Privacy


@pytest.mark.parametrize(
    ("value", "text", "shown"),
    [
        ("sesame", "COPY sesame /", "COPY ${X} /"),
        ("/sesame", "apps/sesame", "apps${X}"),
        ("/sweets", "the context is not apps/sweets, and only", "the context is not apps/sweets, and only"),
        ("/sweets", "apps/sweets/.env:2 has apps/sweetshop", "apps/sweets/.env:2 has apps${X}hop"),
        ("/service", "apps/sweets of /service", "apps/sweets of ${X}"),
        ("development", "ships 3 development dependencies", "ships 3 development dependencies"),
        ("undeveloped", "ships 3 undeveloped dependencies", "ships 3 ${X} dependencies"),
    ],
)
def test_what_is_shown(value: str, text: str, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A value is shown by its name, but for a part of a path that is there, and for what every project says."""
    (tmp_path / "apps" / "sweets").mkdir(parents=True)
    (tmp_path / "apps" / "sweets" / ".env").touch()
    monkeypatch.chdir(tmp_path)
    privacy = Privacy()
    privacy.add({"X": value})
    assert privacy.fit(text) == shown
