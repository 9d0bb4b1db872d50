"""Names looked up quickly: the same answers as the table and the directories tried one by one."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.examples import examples

from ctxscan.context.watchlist import Screening
from ctxscan.secrets.index import fits, translated
from ctxscan.secrets.names import ROWS
from ctxscan.secrets.row import SecretRow
from ctxscan.secrets.scope import is_left_alone, is_template, own_tests, readable, rows_of, screen, surroundings

THIRD_PARTY = (
    r"/(?:node_modules|site-packages|dist-packages|bower_components|jspm_packages|\.venv|\.tox|\.nox|\.eggs|__pypackages__"
    r"|pods|\.pnpm-store|[^/]+\.dist-info|[^/]+\.egg-info|\.m2/repository|\.cargo/registry|\.cargo/git|go/pkg/mod"
    r"|\.nuget/packages|\.yarn/(?:cache|unplugged)|vendor/bundle|vendor/[^/]+/[^/]+|\.gradle/[^/]+)/"
)
OWN_TESTS = (
    r"/(?:tests?|specs?|__tests__|testdata|test[_-]data|fixtures|__fixtures__|test[_-]resources|test[_-]fixtures"
    r"|__mocks__|test[_-]?cert(?:s|ificates)?|test[_-]keys)/"
)
LOCALES = r"/(?:locales?|i18n|l10n|lang|langs|languages|translations?|intl)/"

GLOBS = [(glob, row) for row in ROWS for glob in row.globs.split()]
fillers = st.sampled_from(["", "a", "-", ".", "x1", "deadbeef0123", "0", "9", "ä", "\n", "env", "_", "B"])


def filled(glob: str) -> st.SearchStrategy[str]:
    """A name that fits a glob, or nearly, in capitals at times."""
    pieces = [
        fillers if piece[0] in "*?[" else st.just(piece) for piece in re.findall(r"\*+|\?|\[[^]]*\]|[^*?[]+", glob)
    ]
    change: st.SearchStrategy[Callable[[str], str]] = st.sampled_from([str, str, str.upper, lambda text: text[1:]])
    return st.tuples(st.tuples(*pieces).map("".join), fillers, change).map(lambda each: each[2](each[0]) + each[1])


ordinary = """
node_modules site-packages .venv x.dist-info .dist-info y.egg-info .m2 repository .cargo registry git go pkg mod .nuget
packages .yarn cache unplugged vendor bundle .gradle Pods tests Test_Data test-certs specs locales lang .git target src
b.c conf.d key pem env db Dump.sql a.example .sample x.tmpl config.dist.js app.min.js yarn.lock main.py logo.PNG
"""
globs = st.sampled_from(sorted(glob for glob, _ in GLOBS)).flatmap(filled)
paths = st.lists(st.one_of(st.sampled_from(ordinary.split()), globs), min_size=1, max_size=4).map(
    lambda parts: "/".join(part for part in "/".join(parts).split("/") if part) or "a"
)


#: Every glob with its row, as an expression; where a name in a directory is wild, also one for the directory.
PLAIN = [
    (
        row,
        glob,
        re.compile(f"/{translated(glob)}\\Z"),
        "/" in glob and bool(re.search(r"[*?[]", glob.rpartition("/")[2])),
    )
    for glob, row in GLOBS
]
FOLDERS = re.compile(
    "|".join(
        f"/{translated(glob.rpartition('/')[0])}/" + ("" if glob.endswith("/**") else r"\Z")
        for _, glob, _, in_folder in PLAIN
        if in_folder
    )
)


def plain_rows(path: str) -> list[SecretRow]:
    """The rows of a path, one glob after the other. Wild names in a directory count where one such directory is; a
    file may be called by its ending alone."""
    low = f"/{path.lower()}"
    above, _, name = low.rpartition("/")
    inside = FOLDERS.search(above + "/") is not None
    found = [
        row
        for row, glob, expression, in_folder in PLAIN
        if (inside or not in_folder) and (expression.search(low) or (glob == f"*.{name}" and "." not in name))
    ]
    return list(dict.fromkeys(found))


@given(paths)
@settings(max_examples=examples(1_000), deadline=None)
def test_rows_are_looked_up_as_if_each_glob_were_tried(path: str) -> None:
    """Whatever the name and the directory."""
    assert list(rows_of(path)) == plain_rows(path)


@given(st.sampled_from(sorted(glob for glob, _ in GLOBS)), paths)
@settings(max_examples=examples(1_000), deadline=None)
def test_a_glob_is_compared_as_its_expression_is(glob: str, path: str) -> None:
    """Also where no expression is made of it."""
    assert fits(glob, path.lower()) == bool(re.search(f"/{translated(glob)}\\Z", f"/{path.lower()}"))


@given(paths, st.lists(paths.map(lambda path: path.rpartition("/")[2]), max_size=6))
@settings(max_examples=examples(500), deadline=None)
def test_a_directory_is_screened_as_each_of_its_names(path: str, others: list[str]) -> None:
    """In their order, without templates, and nothing of others."""
    above, _, name = path.rpartition("/")
    names = [*others, name]
    theirs = re.search(THIRD_PARTY, f"/{above}/".lower().replace("//", "/"))
    wanted = [
        each
        for each in names
        if not theirs and not is_template(each.lower()) and plain_rows(f"{above}/{each}".lstrip("/"))
    ]
    assert screen(names, above) == wanted


@given(paths)
@settings(max_examples=examples(1_000), deadline=None)
def test_a_place_is_known_by_its_directories(path: str) -> None:
    """By each as a whole, wherever it is in the path."""
    here = surroundings(path + "/")
    low = f"/{path}/".lower()
    for found, expression in ((here.third_party, THIRD_PARTY), (here.own_tests, OWN_TESTS), (here.locales, LOCALES)):
        assert found == bool(re.search(expression, low)), expression
    if here.third_party or here.tools or is_left_alone(path.rpartition("/")[2].lower()):
        assert not readable(f"{path}/{path.rpartition('/')[2]}", 1)


@given(st.lists(paths.map(lambda path: path.rpartition("/")[2]), max_size=6))
def test_what_screening_adds_is_found_by_whole_names_and_endings(names: list[str]) -> None:
    """Ignore files and Dockerfiles, with what may be a secret."""
    more = ["web.Dockerfile", "Dockerfile", "a.dockerignore", "Dockerfile.prod", "x.containerignore", "docker.md"]
    found = set(Screening(None).names("src/", [*names, *more], ["Dockerfile", "lib"]))
    assert found == {
        *screen([*names, *more], "src"),
        "web.Dockerfile",
        "Dockerfile",
        "a.dockerignore",
        "x.containerignore",
    }


@pytest.mark.parametrize(
    ("folder", "tests"),
    [
        *(
            (each, True)
            for each in (
                "httptest",
                "caddytest",
                "servertesting",
                "fstest",
                "testserver",
                "uv-test",
                "uv_tests",
                "my-app-test",
                "e2e",
                "UNIT_TESTING",
                "unit-testing",
                "IntegrationTesting",
                "end_to_end-testing",
                "shop-test-keys-old",
                "ShopTestClient",
                "testing-e2e",
            )
        ),
        *(
            (each, False)
            for each in (
                "contest",
                "latest",
                "node-latest",
                "api-testing",
                "x-fastest",
                "attest",
                "LoadTestingPlatform",
                "testing-platform",
                "Greatest_Hits",
                "latestNews",
            )
        ),
    ],
)
def test_directories_of_tests_are_told_by_the_end_of_their_name(folder: str, tests: bool) -> None:
    """Not by a word that happens to end so."""
    assert own_tests(f"crates/{folder}/src/lib.rs") is tests


@pytest.mark.parametrize(
    ("name", "tests"),
    [
        ("local/test_ssh_key", True),
        ("ops/test-rsa", True),
        ("certs/test_deploy_ed25519", True),
        ("workspace/insecure_id_rsa", True),
        ("ops/latest_key", False),
        ("ops/deploy_key", False),
        ("src/test_runner_config", False),
    ],
)
def test_a_key_that_is_called_so_is_for_tests(name: str, tests: bool) -> None:
    """By the name of the file, which has no ending."""
    assert own_tests(name) is tests
