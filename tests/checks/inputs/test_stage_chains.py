"""What a stage has that nobody can know: nothing is missing there, whatever another stage takes of it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from support import projects

from ctxscan import scan
from ctxscan.opinions import review

BUILD = "FROM alpine:3.20 AS build\nRUN make\n"
MID = "FROM scratch AS mid\n"
END = "FROM scratch\nCOPY --from=mid /x /\n"


@pytest.mark.parametrize(
    "dockerfile",
    [
        pytest.param(BUILD + MID + "COPY --from=build /x /\n" + END, id="a command made it"),
        pytest.param(MID + "COPY --from=alpine:3.20 /x /\n" + END, id="an image has it"),
        pytest.param(BUILD + MID + "COPY --from=build /out/ /\n" + END, id="in a directory"),
        pytest.param(BUILD + MID + "COPY --from=build /out/* /\n" + END, id="by a wild card"),
        pytest.param(BUILD + MID + "COPY --link --from=build /x /\n" + END, id="in a layer of its own"),
        pytest.param(BUILD + MID + "COPY --from=build / /\n" + END, id="with everything"),
        pytest.param(BUILD + MID + "COPY --from=build /x /\nFROM mid AS two\nCOPY a /\nFROM scratch\nCOPY --from=two /x /\n", id="two on"),
        pytest.param(BUILD + MID + "COPY --from=build /x /\nFROM alpine:3.20\nRUN --mount=from=mid,source=/x,target=/x cp /x /y\n", id="by a mount"),
        pytest.param(BUILD + "COPY a /out/a\n" + MID + "COPY --from=build /out /\n" + END, id="beside what is known"),
        pytest.param(MID + "ADD https://example.com/x /x\n" + END, id="downloaded"),
    ],
)  # fmt: skip
def test_what_may_be_there_is_not_missing(dockerfile: str, tmp_path: Path) -> None:
    """The stage in the middle is FROM scratch, but not all that it has is known."""
    projects.write(tmp_path, {"Dockerfile": dockerfile, "a": 1})
    assert "missing-input" not in {each.code for each in review(scan(tmp_path)).findings or ()}


@pytest.mark.parametrize("source", ["/x", "/a/x", "/etc/passwd"])
def test_what_cannot_be_there_is_missing(source: str, tmp_path: Path) -> None:
    """Everything that the stage has comes from the context."""
    projects.write(tmp_path, {"Dockerfile": f"{MID}COPY a /\nFROM scratch\nCOPY --from=mid {source} /\n", "a": 1})
    found = [each for each in review(scan(tmp_path)).findings or () if each.code == "missing-input"]
    assert [(each.severity, each.line) for each in found] == [("error", 4)]


@pytest.mark.parametrize(
    ("files", "severity"),
    [
        ({}, "error"),
        ({".gitignore": "/dist\n"}, "note"),
        ({".gitignore": "*.jar\n"}, "error"),
        ({"Makefile": "dist/app: main.go\n\tgo build -o dist/app .\n"}, "note"),
        ({".github/workflows/release.yml": "jobs:\n  b:\n    steps:\n      - run: go build -o dist/app\n"}, "note"),
        ({"build.sh": "go build -o dist/app ./cmd\n"}, "note"),
        ({"Makefile": "run:\n\t./start app\n"}, "error"),
        # It is meant to be ignored, though git does not take it so.
        ({".gitignore": "./dist\n"}, "note"),
        ({".gitignore": "./distant\n"}, "error"),
        # The directory around it is made.
        ({".github/workflows/release.yml": "jobs:\n  b:\n    steps:\n      - with:\n          path: dist\n"}, "note"),
        # It comes with others of its kind.
        ({"Makefile": "image:\n\tcp ./bin/a* dist/\n", "bin/app": "x"}, "note"),
        ({"Makefile": "image:\n\t$(if $(1),cp ./bin/* $(1)/)\n", "bin/app": "x"}, "note"),
        ({"Makefile": "image:\n\tcp ./bin/a* dist/\n", "bin/app": "x", "dist/README": "x"}, "note"),
        ({"Makefile": "image:\n\tcp ./bin/b* dist/\n", "bin/app": "x", "dist/README": "x"}, "error"),
        ({"Makefile": "image:\n\tcp ./bin/* out/\n", "bin/app": "x", "dist/README": "x"}, "error"),
        ({"Makefile": "image:\n\tcp ./bin/* dist/\n", "bin/other": "x", "dist/README": "x"}, "error"),
    ],
)
def test_what_an_earlier_step_makes_is_a_note(files: dict[str, str], severity: str, tmp_path: Path) -> None:
    """Git ignores it, or a script of the project writes it; nothing else excuses it."""
    projects.write(tmp_path, {"Dockerfile": "FROM scratch\nCOPY dist/app /\n", **files})
    found = [each for each in review(scan(tmp_path)).findings or () if each.code == "missing-input"]
    assert [each.severity for each in found] == [severity]
    assert found[0].message.endswith(("made by an earlier step?", " makes it")) is (severity == "note")


@pytest.mark.parametrize(
    ("script", "severity"),
    [
        ("mkdir .tmp\ncp -a svc/. .tmp\ncp -r lib .tmp/lib\ncd .tmp && docker build .\n", "note"),
        ("cp -r ../lib $STAGE\n", "note"),
        ("cp -r lib svc/\n", "note"),
        ("cp -r lib docs/\n", "error"),
        ("cp -r other .tmp\n", "error"),
        ("ls lib\n", "error"),
    ],
)
def test_a_context_that_a_script_puts_together(script: str, severity: str, tmp_path: Path) -> None:
    """What lies above the context may be copied to it, or to where the image is built, before the build."""
    svc = {"Dockerfile": "FROM scratch\nCOPY lib /lib\n"}
    projects.write(tmp_path, {**{f"svc/{name}": text for name, text in svc.items()}, "lib/a": "", "docs/a": ""})
    projects.write(tmp_path, {"prepare.sh": script})
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    found = [each for each in review(scan(tmp_path / "svc")).findings or () if each.code == "missing-input"]
    assert [each.severity for each in found] == [severity]


@pytest.mark.parametrize(
    ("ignored", "source", "severity"),
    [
        ("*.zip\n", "parts/*.zip", "note"),
        ("*.zip\n", "parts/shop-*.zip", "note"),
        ("*.zip\n", "./parts/*zip", "note"),
        ("*.zip\n", "parts/*.jar", "error"),
        ("", "parts/*.zip", "error"),
    ],
)
def test_what_a_wild_card_may_match_later(ignored: str, source: str, severity: str, tmp_path: Path) -> None:
    """The directory is there, with nothing that matches in it: an earlier step may put it there if git ignores it."""
    projects.write(tmp_path, {"Dockerfile": f"FROM scratch\nCOPY {source} /\n", ".gitignore": ignored})
    projects.write(tmp_path, {"parts/README": 9})
    found = [each for each in review(scan(tmp_path)).findings or () if each.code == "missing-input"]
    assert [each.severity for each in found] == [severity]
    assert "nothing there matches" in found[0].message


@pytest.mark.parametrize(
    ("step", "severity"),
    [
        ("mkdir ui\n\tcp -r dashboard/dist/* ui/", "note"),
        ("cp -r dashboard/dist/* ui/", "note"),
        ("mkdir -p out/ui-kit", "error"),
        ("./build ui", "error"),
    ],
)
def test_a_short_name_has_to_be_made_by_itself(step: str, severity: str, tmp_path: Path) -> None:
    projects.write(tmp_path, {"Dockerfile": "FROM scratch\nCOPY ui/ /ui/\n", "Makefile": f"image:\n\t{step}\n"})
    found = [each for each in review(scan(tmp_path)).findings or () if each.code == "missing-input"]
    assert [each.severity for each in found] == [severity]


def test_a_program_that_is_called_like_its_directory(tmp_path: Path) -> None:
    """The directory above has something of that name: the context."""
    made = {"app/Makefile": "app: main.go\n\tgo build .\n", "app/main.go": "package main\n"}
    projects.write(tmp_path, {"app/Dockerfile": "FROM scratch\nCOPY app /\n", **made})
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    found = [each for each in review(scan(tmp_path / "app")).findings or () if each.code == "missing-input"]
    assert [each.severity for each in found] == ["note"]


def test_what_a_makefile_above_the_context_makes_is_a_note(tmp_path: Path) -> None:
    """The repository is looked at, not only the context."""
    made = {"Makefile": "debian:\n\tcp ./utils/*.sh debian/\n", "utils/start.sh": "x"}
    projects.write(tmp_path, {"debian/Dockerfile": "FROM scratch\nCOPY start.sh /\n", **made})
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    found = [each for each in review(scan(tmp_path / "debian")).findings or () if each.code == "missing-input"]
    assert [each.severity for each in found] == ["note"]


@pytest.mark.parametrize(("source", "severity"), [("third_party", "note"), ("third", "error")])
def test_a_directory_of_submodules(source: str, severity: str, tmp_path: Path) -> None:
    """It is not there before they are fetched."""
    modules = '[submodule "x"]\n\tpath = third_party/x\n\turl = ../x.git\n'
    projects.write(tmp_path, {"Dockerfile": f"FROM scratch\nCOPY {source} /x/\n", ".gitmodules": modules})
    found = [each for each in review(scan(tmp_path)).findings or () if each.code == "missing-input"]
    assert [each.severity for each in found] == [severity]


@pytest.mark.parametrize(
    ("source", "present", "said"),
    [
        ("app/package.json app/src", False, True),
        (".git/modules/app", False, True),
        ("app/package.json", True, False),
        ("other/package.json", False, False),
    ],
)
def test_a_submodule_that_is_not_checked_out(source: str, present: bool, said: bool, tmp_path: Path) -> None:
    """One finding for all that is missed in it, with the command that fetches it."""
    modules = '[submodule "app"]\n\tpath = app\n\turl = ../app.git\n'
    files = {"Dockerfile": f"FROM scratch\nCOPY {source} /x/\n", ".gitmodules": modules}
    projects.write(tmp_path, {**files, **({"app/README.md": "x"} if present else {})})
    (tmp_path / "app").mkdir(exist_ok=True)
    found = [each for each in review(scan(tmp_path)).findings or () if each.code == "missing-input"]
    assert [each.severity for each in found] == ["note" if said else "error"]
    assert [each.remedy for each in found if said] == (["git submodule update --init app"] if said else [])
