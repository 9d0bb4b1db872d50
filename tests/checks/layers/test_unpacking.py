"""Releases that are unpacked in one layer and stored again in another."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import projects

from ctxscan import scan
from ctxscan.opinions import review

FETCH = "curl -L https://acme.dev/shop.tar.gz"


def told(root: Path, steps: str) -> list[tuple[int | None, str, str | None]]:
    text = f'FROM debian:12\n{steps}EXPOSE 80\nCMD ["/srv/shop/run"]\n'
    projects.write(root, {"Dockerfile": text, "a": 9})
    found = review(scan(root)).findings or ()
    return [
        (each.line, each.message, each.remedy)
        for each in found
        if each.code == "copy-ownership" and each.severity == "warning"
    ]


@pytest.mark.parametrize(
    "unpack",
    [
        f"{FETCH} | tar -xz -C /srv/shop",
        f"{FETCH} | tar xzC /srv/shop --strip-components=1",
        f"cd /srv/shop && {FETCH} -o a.tgz && tar -xzf a.tgz && rm a.tgz",
        "wget https://acme.dev/shop.zip && unzip -q shop.zip -d /srv/shop && rm shop.zip",
        "git clone --depth 1 -b v1 https://acme.dev/shop.git /srv/shop",
        "cd /srv && git clone https://acme.dev/shop.git",
    ],
)
def test_what_is_given_away_later(unpack: str, tmp_path: Path) -> None:
    """However it came there."""
    assert told(tmp_path, f"RUN {unpack}\nRUN chown -R www-data /srv\n") == [
        (
            3,
            "chown -R www-data /srv stores a second time what RUN on line 2 unpacks",
            "chown -R www-data /srv at the end of the RUN on line 2, and not again on line 3",
        )
    ]


@pytest.mark.parametrize(
    "steps",
    [
        f"RUN {FETCH} | tar -xz -C /srv && chown -R www-data /srv\n",
        f"RUN {FETCH} | tar -xz -C /srv && chown -R www-data /srv\nRUN chown -R www-data /srv\n",
        f"RUN {FETCH} | tar -xz -C /tmp && make install && rm -rf /tmp/*\nRUN chown -R www-data /tmp\n",
        f"RUN {FETCH} | tar -xz -C /srv\nRUN chown www-data /srv\n",
        f"RUN {FETCH} | tar -xz -C /srv\nRUN chown -R www-data /srv/shop/data\n",
        "RUN curl -L https://acme.dev/shop -o /srv/shop\nRUN chown -R www-data /srv\n",
        f"ARG X\nRUN if [ $X ]; then {FETCH} | tar -xz -C /srv; fi\nRUN chown -R www-data /srv\n",
        f"RUN {FETCH} | tar -tz -C /srv\nRUN chown -R www-data /srv\n",
    ],
    ids=["at once", "twice the same", "gone", "itself alone", "a part", "one file", "perhaps", "a list"],
)
def test_what_is_not_stored_again(steps: str, tmp_path: Path) -> None:
    """Or not all of it, or not for sure."""
    assert told(tmp_path, steps) == []


def test_an_owner_who_gets_another_number(tmp_path: Path) -> None:
    """Whoever has the files by name has them no more."""
    unpack = f"RUN {FETCH} | tar -xz -C /srv && chown -R www-data: /srv\n"
    (found,) = told(tmp_path, f"{unpack}RUN usermod -u 1000 www-data && chown -R www-data:www-data /srv /run\n")
    said = (
        "chown -R www-data:www-data /srv at the end of the RUN on line 2, below what makes www-data, and no more than"
    )
    assert found[2] == f"{said} chown -R www-data:www-data /run on line 3"


@pytest.mark.parametrize(
    ("between", "rest"),
    [
        ("", "not again on line 4"),
        ("mkdir -p /var/log/shop && ", "not again on line 4"),
        ("mkdir -p /srv/shop/data && ", "no more than chown www-data /srv/shop /srv/shop/data on line 4"),
        (
            "mkdir -p /srv/a /srv/b /srv/c /srv/d /srv/e /srv/f && ",
            "on line 4 chown no more than what is put there below line 2",
        ),
    ],
)
def test_what_is_made_later_is_given_late(between: str, rest: str, tmp_path: Path) -> None:
    """A directory that a RUN below makes belongs to root."""
    steps = f"RUN {FETCH} | tar -xz -C /srv\nRUN true\nRUN {between}chown -R www-data /srv\n"
    assert [each[2] for each in told(tmp_path, steps)] == [
        f"chown -R www-data /srv at the end of the RUN on line 2, and {rest}"
    ]


def test_what_is_copied_later_is_given_late(tmp_path: Path) -> None:
    """So do files of the context."""
    steps = f"RUN {FETCH} | tar -xz -C /srv\nCOPY a /srv/shop/\nRUN chown -R www-data /srv\n"
    assert [each[2] for each in told(tmp_path, steps)] == [
        "chown -R www-data /srv at the end of the RUN on line 2, and on line 4 chown no more than what is put there below "
        "line 2"
    ]


@pytest.mark.parametrize(
    ("steps", "target"),
    [
        (f"RUN {FETCH} | tar -xz -C /tmp\nRUN cp -R /tmp/shop/. /srv/shop\n", "/srv/shop"),
        (f"RUN {FETCH} | tar -xz -C /tmp\nRUN cp -a /tmp/shop /srv\n", "/srv"),
        (f"RUN {FETCH} | tar -xz -C /tmp/shop\nRUN mv /tmp/shop/* /srv/\n", "/srv"),
        (f"RUN {FETCH} | tar -xz -C /tmp && cp -R /tmp/shop /srv\n", None),
        (f"RUN {FETCH} | tar -xz -C /tmp\nRUN cp /tmp/shop /srv/\n", None),
        (f"RUN {FETCH} | tar -xz -C /tmp\nCOPY a /tmp/a/a\nRUN cp -R /tmp/a /srv\n", None),
        (f"RUN {FETCH} | tar -xz -C /tmp\nRUN mkdir /tmp/shop && make\nRUN cp -R /tmp/shop /srv\n", None),
        (f"RUN {FETCH} | tar -xz -C /usr\nRUN cp -R /usr/lib /srv\n", None),
    ],
)
def test_what_is_copied_to_another_place(steps: str, target: str | None, tmp_path: Path) -> None:
    """All of it, and not what lies beside it."""
    ways = [remedy for *_, remedy in told(tmp_path, steps)]
    assert ways == ([f"have the RUN on line 2 put it into {target}"] if target else [])


@pytest.mark.parametrize(
    ("between", "own", "way"),
    [
        ("", "", ", with chown -R www-data /srv/shop at its end instead of on line 3"),
        ("RUN mkdir /srv/shop/a && chown www-data /srv/shop/a\n", "", ", with chown -R www-data /srv/shop at its end instead of on line 4"),
        ("RUN mkdir /srv/shop/a\n", "", None),
        ("COPY a /srv/shop/\n", "", None),
        ("RUN useradd www-data\n", "", None),
        ("", " && mkdir /srv/shop/a", None),
    ],
)  # fmt: skip
def test_what_is_given_away_where_it_is_copied_to(between: str, own: str, way: str | None, tmp_path: Path) -> None:
    """That goes with it, unless something else there needs it, or the user is not there before."""
    steps = (
        f"RUN {FETCH} | tar -xz -C /tmp\n{between}RUN cp -a /tmp/shop/. /srv/shop{own} && chown -R www-data /srv/shop\n"
    )
    ways = [remedy for *_, remedy in told(tmp_path, steps)]
    assert ways == ([f"have the RUN on line 2 put it into /srv/shop{way}"] if way is not None else [])
