"""Scripts that an image starts: those that cannot be started, and those that somebody has seen to."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from support import projects

from ctxscan import scan
from ctxscan.opinions import review

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="files without modes")
BASH = "#!/usr/bin/env bash\nexec sleep 1\n"
UNIX, WINDOWS = "#!/bin/sh\nexec sleep 1\n", "#!/bin/sh\r\nexec sleep 1\r\n"
COPY, START = "COPY run.sh /run.sh\n", 'ENTRYPOINT ["/run.sh"]\n'


@pytest.mark.parametrize(
    ("script", "mode", "lines", "severities"),
    [
        pytest.param(WINDOWS, 0o755, COPY + START, ["warning"], id="windows"),
        pytest.param(WINDOWS, 0o755, COPY + "WORKDIR /\nCMD ./run.sh --fast\n", ["warning"], id="windows, as a line"),
        pytest.param(WINDOWS, 0o755, COPY + "CMD exec /run.sh\n", ["warning"], id="windows, handed over"),
        pytest.param(WINDOWS, 0o755, COPY + "RUN sed -i 's/\\r$//' /run.sh\n" + START, [], id="converted"),
        pytest.param(WINDOWS, 0o755, COPY + "RUN dos2unix /run.sh\n" + START, [], id="converted by a program"),
        pytest.param(WINDOWS, 0o755, COPY + 'CMD ["sh", "/run.sh"]\n', ["warning"], id="windows, through a shell"),
        pytest.param(WINDOWS, 0o755, COPY + 'CMD ["sh", "-c", "/run.sh"]\n', [], id="windows, as a text for a shell"),
        pytest.param("echo 1\r\n", 0o755, COPY + 'CMD ["sh", "/run.sh"]\n', [], id="windows, and no matter"),
        pytest.param(
            WINDOWS,
            0o755,
            COPY + "RUN dos2unix /run.sh\n" + COPY + START,
            ["warning"],
            id="converted, and copied again",
        ),
        pytest.param(UNIX, 0o755, COPY + START, [], id="fine"),
        pytest.param(UNIX, 0o644, COPY + START, ["note"], id="not executable"),
        pytest.param(UNIX, 0o644, COPY.replace("COPY", "COPY --chmod=755") + START, [], id="made executable"),
        pytest.param(UNIX, 0o644, COPY + "RUN chmod +x /run.sh\n" + START, [], id="made executable by a RUN"),
        pytest.param(UNIX, 0o644, COPY + 'ENTRYPOINT ["sh", "/run.sh"]\n', [], id="through a shell"),
        pytest.param(BASH, 0o755, COPY + START, ["warning"], id="for another shell"),
        pytest.param(BASH, 0o755, COPY + "RUN apk add --no-cache bash\n" + START, [], id="a shell that is installed"),
        pytest.param(BASH, 0o755, COPY + 'ENTRYPOINT ["sh", "/run.sh"]\n', [], id="another shell, through a shell"),
        pytest.param("echo 1\n", 0o755, COPY + START, ["warning"], id="nothing that runs it"),
        pytest.param("\ufeff" + UNIX, 0o755, COPY + START, ["warning"], id="a byte order mark"),
        pytest.param("echo 1\n", 0o755, COPY + "CMD /run.sh\n", [], id="a shell that runs it"),
        pytest.param("echo 1\n", 0o755, COPY + "RUN sed -i '1i #!/bin/sh' /run.sh\n" + START, [], id="rewritten"),
        pytest.param("\0ELF", 0o755, COPY + START, [], id="a program"),
        pytest.param(UNIX, 0o644, 'ENTRYPOINT ["/run.sh"]\n', [], id="of the image"),
    ],
)
def test_what_cannot_be_started(script: str, mode: int, lines: str, severities: list[str], tmp_path: Path) -> None:
    """The finding names the script, and whoever has seen to it hears nothing."""
    projects.write(tmp_path, {"Dockerfile": f"FROM alpine:3.20\n{lines}"})
    (tmp_path / "run.sh").write_bytes(script.encode())
    (tmp_path / "run.sh").chmod(mode)
    found = [each for each in review(scan(tmp_path)).findings or () if each.code == "broken-start"]
    assert [each.severity for each in found] == severities
    assert all("run.sh" in each.message for each in found)


@pytest.mark.parametrize(
    ("script", "mode", "lines", "says"),
    [
        pytest.param(WINDOWS, 0o755, "RUN /a/run.sh\n", "the lines of run.sh end with CRLF", id="windows"),
        pytest.param(WINDOWS, 0o644, "RUN sh run.sh\n", "the lines of run.sh end with CRLF", id="windows, by a shell"),
        pytest.param(UNIX, 0o644, "RUN ./run.sh --fast\n", "nobody may execute run.sh", id="not executable"),
        pytest.param(UNIX, 0o644, "RUN cd / && ./a/run.sh\n", "nobody may execute run.sh", id="from another directory"),
        pytest.param(UNIX, 0o644, "RUN sh run.sh\n", "", id="by a shell"),
        pytest.param(UNIX, 0o644, "RUN chmod +x run.sh && ./run.sh\n", "", id="made executable"),
        pytest.param(UNIX, 0o644, "RUN ./run.sh || true\n", "", id="may fail"),
        pytest.param(UNIX, 0o644, "RUN if [ -x run.sh ]; then ./run.sh; fi\n", "", id="behind a test"),
        pytest.param(WINDOWS, 0o755, "RUN sed -i 's/\\r//' run.sh && ./run.sh\n", "", id="converted"),
        pytest.param(UNIX, 0o755, "RUN ./run.sh\n", "", id="fine"),
        pytest.param("\0ELF", 0o644, "RUN ./run.sh\n", "", id="no script"),
    ],
)
def test_what_a_run_cannot_run(script: str, mode: int, lines: str, says: str, tmp_path: Path) -> None:
    """In the line of the RUN, and one for each stage."""
    projects.write(tmp_path, {"Dockerfile": f"FROM alpine:3.20\nWORKDIR /a\nCOPY . .\n{lines}"})
    (tmp_path / "run.sh").write_bytes(script.encode())
    (tmp_path / "run.sh").chmod(mode)
    found = [each for each in review(scan(tmp_path)).findings or () if each.code == "broken-start"]
    assert [(each.severity, each.line, says in each.message) for each in found] == (
        [("warning", 4, True)] if says else []
    )


def test_the_remedies_end_it(tmp_path: Path) -> None:
    """Line ends and mode as advised."""
    projects.write(
        tmp_path, {"Dockerfile": f"FROM alpine:3.20\nCOPY --chmod=755 run.sh /run.sh\n{START}", "run.sh": UNIX}
    )
    assert not [each for each in review(scan(tmp_path)).findings or () if each.code == "broken-start"]


@pytest.mark.parametrize(("image", "speaks"), [("node:22-alpine", True), ("node:22", False), ("maven:3-eclipse-temurin-21-alpine", False), ("arm64v8/alpine:3.20", True), ("registry.example.org/docker-hub/library/alpine:3.20", True), ("arm64v8/maven:3-alpine", False), ("shop/alpine:3", False)])  # fmt: skip
def test_which_images_have_no_bash(image: str, speaks: bool, tmp_path: Path) -> None:
    """Those of Alpine have none unless they say so; of those for Java some do."""
    projects.write(tmp_path, {"Dockerfile": f"FROM {image}\n{COPY}{START}", "run.sh": BASH})
    (tmp_path / "run.sh").chmod(0o755)
    assert bool([each for each in review(scan(tmp_path)).findings or () if each.code == "broken-start"]) is speaks


@pytest.mark.parametrize(
    ("lines", "speaks"),
    [
        ("FROM debian:12\nCOPY . /app\nUSER app\n", True),
        ("FROM python:3.12-alpine\nRUN pip install flask\nUSER web:web\n", True),
        ("FROM debian:12\nRUN useradd app\nUSER app\n", False),
        ("FROM debian:12\nRUN apt-get update && apt-get install -y postgresql\nUSER postgresql\n", False),
        ("FROM debian:12\nRUN ./users.sh\nUSER app\n", False),
        ("FROM debian:12\nCOPY --from=b /etc/passwd /etc/passwd\nUSER app\n", False),
        ("FROM node:22\nUSER node\n", False),
        ("FROM debian:12\nUSER www-data\n", False),
        ("FROM debian:12\nARG WHO=app\nUSER $WHO\n", True),
        ("FROM debian:12\nARG WHO=app\nRUN useradd $WHO\nUSER $WHO\n", False),
        ("FROM debian:12\nRUN <<EOF\nuseradd app\nEOF\nUSER app\n", False),
        ("FROM debian:12\nUSER 1000:1000\n", False),
        ("FROM acme/base:1\nUSER app\n", False),
        ("FROM debian:12\nUSER app\nUSER root\n", False),
    ],
)
def test_a_user_that_the_image_does_not_have(lines: str, speaks: bool, tmp_path: Path) -> None:
    """The container does not start; what makes users elsewhere, or may, says nothing."""
    before = "FROM acme/users:1 AS b\n" if "--from=b" in lines else ""
    projects.write(tmp_path, {"Dockerfile": f'{before}{lines}CMD ["run"]\n', "a": 1})
    found = [each for each in review(scan(tmp_path)).findings or () if each.code == "broken-start"]
    assert bool(found) is speaks
    assert not speaks or "the image has no such user" in found[0].message


GO = {
    "go.mod": "module example.org/m\n\ngo 1.22\n",
    "web/a.go": 'package web\n\nimport (\n\t"fmt"\n\thttp "net/http"\n)\n',
}
MAIN = 'package main\n\nimport "example.org/m/web"\n\nfunc main() {}\n'
BUILDER = "FROM golang:1.22 AS b\nWORKDIR /s\nCOPY . .\nRUN go build -o /out/a .\n"
ALPINE = BUILDER + 'FROM alpine:3.20\nCOPY --from=b /out/a /srv/a\nENTRYPOINT ["/srv/a"]\n'


@pytest.mark.parametrize(
    ("main", "lines", "speaks"),
    [
        pytest.param(MAIN, ALPINE, True, id="through a package"),
        pytest.param('package main\n\nimport _ "os/user"\n', ALPINE, True, id="users"),
        pytest.param(MAIN, ALPINE.replace("FROM alpine:3.20", "FROM scratch"), True, id="no library at all"),
        pytest.param(MAIN, ALPINE.replace("FROM alpine:3.20", "FROM gcr.io/distroless/static"), True, id="no library in the base"),
        pytest.param(MAIN, ALPINE.replace("-o /out/a .", "-o=/out/a ./main.go"), True, id="by its source"),
        pytest.param(MAIN, ALPINE.replace("-o /out/a .", "-o /out/ ./cmd/a ./web").replace("/out/a /srv/a", "/out/* /srv/"), True, id="into a directory"),
        pytest.param(MAIN, ALPINE.replace("-o /out/a .", "-o /out/ ./web").replace("/out/a /srv/a", "/out/* /srv/"), False, id="another into a directory"),
        pytest.param(MAIN, ALPINE.replace("RUN go", "RUN CGO_ENABLED=0 go"), False, id="without C"),
        pytest.param(MAIN, ALPINE.replace("WORKDIR", "ENV CGO_ENABLED=0\nWORKDIR"), False, id="without C by a variable"),
        pytest.param(MAIN, ALPINE.replace("go build", "go build -tags netgo,osusergo"), False, id="a resolver of its own"),
        pytest.param(MAIN, ALPINE.replace("go build", "go build -ldflags '-extldflags -static'"), False, id="static"),
        pytest.param(MAIN, ALPINE.replace("golang:1.22", "golang:1.22-alpine"), False, id="made on Alpine"),
        pytest.param(MAIN, ALPINE.replace("alpine:3.20\n", "alpine:3.20\nRUN apk add gcompat\n"), False, id="a library that is installed"),
        pytest.param(MAIN, ALPINE.replace("FROM golang", "FROM --platform=$BUILDPLATFORM golang"), False, id="for another processor"),
        pytest.param(MAIN, ALPINE.replace("alpine:3.20", "debian:12"), False, id="the same library"),
        pytest.param('package main\n\nimport "net/url"\n\nconst a = `\n"net/http"\n`\n', ALPINE, False, id="no network"),
        pytest.param("//go:build windows\n\n" + MAIN, ALPINE, False, id="for another system"),
        pytest.param(MAIN, ALPINE.replace("/srv/a", "/srv/b", 1), False, id="another program"),
    ],
)  # fmt: skip
def test_programs_linked_against_another_library(main: str, lines: str, speaks: bool, tmp_path: Path) -> None:
    """Go links a program that resolves names against the library of C where there is a compiler of C, as the images of
    Go but those of Alpine have one; `ldd` says so of each of these packages with Go 1.19 on Debian."""
    projects.write(tmp_path, {"Dockerfile": lines, **GO, "main.go": main, "cmd/a/main.go": main})
    found = [each for each in review(scan(tmp_path)).findings or () if each.code == "broken-start"]
    assert [each.severity for each in found] == ["warning"] * speaks
    if speaks:
        mended = lines.replace("RUN go", "RUN CGO_ENABLED=0 go")
        projects.write(tmp_path, {"Dockerfile": mended})
        assert not [each for each in review(scan(tmp_path)).findings or () if each.code == "broken-start"]


PROBE = "HEALTHCHECK CMD {} http://localhost/ || exit 1\n"


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("FROM node:22-slim\n" + PROBE.format("curl -f"), "RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*, or"),
        ("FROM node:22-alpine\n" + PROBE.format("curl -f"), "write wget -qO- and the address, or RUN apk add --no-cache curl"),
        ("FROM mcr.microsoft.com/dotnet/aspnet:8.0\nHEALTHCHECK --interval=5s CMD [\"curl\", \"-f\", \"http://localhost\"]\n", "RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*, or"),
        ("FROM debian:12\nRUN apt-get update && apt-get install -y git\n" + PROBE.format("wget -q"), "--no-install-recommends wget &&"),
        ("FROM node:22-slim\nUSER node\n" + PROBE.format("curl -f"), "rm -rf /var/lib/apt/lists/* above USER on line 2, or"),
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl\n" + PROBE.format("curl -f"), ""),
        ("FROM debian:12\nRUN <<EOF\napt-get update\napt-get install -y curl\nEOF\n" + PROBE.format("curl -f"), ""),
        ("FROM node:22\n" + PROBE.format("curl -f"), ""),
        ("FROM node:22-alpine\n" + PROBE.format("wget -q"), ""),
        ("FROM redis:7-alpine\n" + PROBE.format("curl -f"), "write wget -qO- and the address, or RUN apk add --no-cache curl"),
        ("FROM postgres:16-alpine3.20\n" + PROBE.format("curl -f"), "write wget -qO- and the address, or RUN apk add --no-cache curl"),
        ("FROM eclipse-temurin:21-jre-alpine\n" + PROBE.format("curl -f"), "write wget -qO- and the address, or RUN apk add --no-cache curl"),
        ("FROM caddy:2.8-alpine\n" + PROBE.format("curl -f"), "write wget -qO- and the address, or RUN apk add --no-cache curl"),
        ("FROM gcr.io/distroless/java21:nonroot\nUSER 1\n" + PROBE.format("curl -f"), "take it out, and have what runs the container ask"),
        ("FROM gcr.io/distroless/static:nonroot\nHEALTHCHECK CMD /a health\n", 'write HEALTHCHECK CMD ["/a", "health"]'),
        ("FROM gcr.io/distroless/static:nonroot\nHEALTHCHECK CMD /a health | grep up\n", "take it out, and have what runs the container ask"),
        ("FROM scratch\nHEALTHCHECK CMD /a health || exit 1\n", 'write HEALTHCHECK CMD ["/a", "health"]'),
        ('FROM scratch\nHEALTHCHECK CMD ["/a", "health"]\n', ""),
        ("FROM gcr.io/distroless/static:debug\nHEALTHCHECK CMD /a health\n", ""),
        ("FROM cgr.dev/chainguard/node:latest-dev\n" + PROBE.format("wget -q"), ""),
        ("FROM caddy:2.11.4-alpine\n" + PROBE.format("curl -f"), ""),
        ("FROM redis:8-alpine\n" + PROBE.format("curl -f"), ""),
        ("FROM php:8.3-cli-alpine\n" + PROBE.format("curl -f"), ""),
        ("FROM nginx:1.27-alpine\n" + PROBE.format("curl -f"), ""),
        ("FROM acme/node:22-slim\n" + PROBE.format("curl -f"), ""),
        ("FROM python:3.12-slim\nCOPY --from=x /a /usr/bin/\n" + PROBE.format("curl -f"), ""),
        ("FROM python:3.12-slim\nCOPY --chmod=755 a.sh /\nRUN /a.sh\n" + PROBE.format("curl -f"), ""),
        ("FROM python:3.12-slim\n" + PROBE.format("python -c 1"), ""),
        ("FROM python:3.12-slim\nHEALTHCHECK NONE\n", ""),
    ],
)  # fmt: skip
def test_a_probe_that_calls_what_is_not_there(lines: str, says: str, tmp_path: Path) -> None:
    projects.write(tmp_path, {"Dockerfile": f'{lines}CMD ["/a"]\n', "a.sh": UNIX})
    found = [each for each in review(scan(tmp_path)).findings or () if each.code == "broken-start"]
    assert [says in (each.remedy or "") for each in found] == [True] * bool(says)


@pytest.mark.parametrize(
    ("image", "check", "speaks"),
    [
        ("python:3.12-slim", 'test: ["CMD", "curl", "-f", "http://localhost"]', True),
        ("python:3.12-slim", 'test: ["CMD-SHELL", "curl -f http://localhost || exit 1"]', True),
        ("python:3.12-slim", "test: wget -q http://localhost", True),
        ("python:3.12-slim", 'test: ["CMD-SHELL", "curl -f http://localhost || python check.py"]', False),
        ("python:3.12-slim", 'test: ["NONE"]', False),
        ("python:3.12-slim", 'disable: true\n      test: ["CMD", "curl", "-f", "http://localhost"]', False),
        ("python:3.12-slim", "interval: 30s", False),
        ("python:3.12", 'test: ["CMD", "curl", "-f", "http://localhost"]', False),
    ],
)
def test_a_probe_of_a_service_that_calls_what_is_not_there(
    image: str, check: str, speaks: bool, tmp_path: Path
) -> None:
    """It stands in for that of the image, and the Dockerfile is where it can be mended."""
    compose = f"services:\n  web:\n    build: .\n    healthcheck:\n      {check}\n  db:\n    image: postgres:16\n"
    files = {"Dockerfile": f'FROM {image}\nCMD ["/a"]\n', "compose.yaml": compose}
    projects.write(tmp_path, files)
    found = [each for each in review(scan(tmp_path)).findings or () if each.code == "broken-start"]
    assert [(each.line, "compose.yaml:5" in each.message) for each in found] == [(1, True)] * speaks
    if found:
        way = (found[0].remedy or "").partition(", or ")[0]
        projects.write(tmp_path, {**files, "Dockerfile": f'FROM {image}\n{way}\nCMD ["/a"]\n'})
        assert not [each for each in review(scan(tmp_path)).findings or () if each.code == "broken-start"]


@pytest.mark.parametrize(
    ("lines", "remedies"),
    [
        ("COPY --chown=app . /app\nRUN useradd app\n", ["make app in a RUN above it, or give a number"]),
        ("COPY --chown=app:app . /app\n", ["RUN useradd --system app above it, or give a number"]),
        ("ARG WHO=app\nCOPY --chown=$WHO . /app\n", ["RUN useradd --system app above it, or give a number"]),
        ("RUN useradd app\nCOPY --chown=app . /app\n", []),
        ("RUN ./users.sh\nCOPY --chown=app . /app\n", []),
        ("COPY --chown=www-data . /app\n", []),
        ("COPY --chown=1000:app . /app\n", []),
        ("COPY . /app\n", []),
    ],
)
def test_files_for_a_user_that_is_not_there(lines: str, remedies: list[str], tmp_path: Path) -> None:
    """Built with BuildKit 20.10 they belong to root; the classic builder says `no such user`."""
    projects.write(tmp_path, {"Dockerfile": f'FROM debian:12\n{lines}USER 1000\nCMD ["/a"]\n', "a": ""})
    found = [each for each in review(scan(tmp_path)).findings or () if each.code == "copy-ownership"]
    assert [each.remedy for each in found] == remedies


@pytest.mark.parametrize(
    ("lines", "broken"),
    [
        pytest.param("COPY run.sh /usr/share/nginx/html/\nUSER nginx\n", True, id="as its user"),
        pytest.param('RUN chown -R 101 /var/cache/nginx\nUSER 101\nCMD ["nginx"]\n', True, id="half of it given"),
        pytest.param("COPY run.sh /etc/nginx/conf.d/a.conf\nUSER nginx\n", True, id="with a site"),
        pytest.param("COPY run.sh /etc/nginx/nginx.conf\nUSER nginx\n", False, id="with a configuration"),
        pytest.param("RUN chown nginx /var/cache/nginx /var/run\nUSER nginx\n", False, id="given"),
        pytest.param("RUN touch /run/nginx.pid && chown -R 101 /run/nginx.pid\nUSER 101\n", False, id="given one"),
        pytest.param('USER 101\nCMD ["nginx", "-g", "pid /tmp/nginx.pid;"]\n', False, id="told where"),
        pytest.param('USER nginx\nCMD ["/run.sh"]\n', False, id="another program"),
        pytest.param("USER nginx\nRUN nginx -v\nUSER root\n", False, id="root again"),
    ],
)
def test_nginx_as_somebody_else(lines: str, broken: bool, tmp_path: Path) -> None:
    """Silent where something gives that user the file in /run that nginx writes first, or has it write elsewhere."""
    projects.write(tmp_path, {"Dockerfile": f"FROM nginx:1.27-alpine\n{lines}", "run.sh": "#!/bin/sh\n"})
    found = [each for each in review(scan(tmp_path)).findings or () if each.code == "broken-start"]
    assert bool(found) == broken, found


def test_a_program_that_needs_a_compiler_of_c(tmp_path: Path) -> None:
    """Without one, SQLite's package for Go starts and opens nothing."""
    module = {**GO, "go.mod": GO["go.mod"] + "\nrequire github.com/mattn/go-sqlite3 v1.14.22\n"}
    projects.write(tmp_path, {"Dockerfile": ALPINE, **module, "main.go": MAIN})
    (found,) = [each for each in review(scan(tmp_path)).findings or () if each.code == "broken-start"]
    assert "golang:<version>-alpine" in (found.remedy or "") and "CGO_ENABLED" not in (found.remedy or "")


CHOICE = '#!/bin/sh\ncase "$1" in\n  web)\n    python app.py\n    ;;\n  *)\n    echo "usage: $0 web"\n    exit 1\n    ;;\nesac\n'
WEB = 'WORKDIR /a\nCOPY . .\nCMD ["sh", "run.sh"]\n'


@pytest.mark.parametrize(
    ("script", "lines", "speaks"),
    [
        pytest.param(CHOICE, WEB, True, id="nothing"),
        pytest.param(CHOICE, WEB.replace('"sh", "run.sh"', '"./run.sh"'), True, id="nothing, by its path"),
        pytest.param(CHOICE, WEB.replace('"run.sh"', '"run.sh", "web"'), False, id="an argument"),
        pytest.param(CHOICE.replace("    exit 1\n", ""), WEB, False, id="a choice that goes on"),
        pytest.param(CHOICE.replace("exit 1", "exit 0"), WEB, False, id="help"),
        pytest.param(CHOICE.replace("case", "set -- web\ncase"), WEB, False, id="a script that sets it"),
        pytest.param(CHOICE.replace('"$1"', '"${1:-web}"'), WEB, False, id="a default"),
        pytest.param(CHOICE.replace("web)", 'web|"")'), WEB, False, id="a case of nothing"),
        pytest.param(CHOICE, WEB.replace("CMD", "ENTRYPOINT"), False, id="what is there to be called"),
    ],
)
def test_a_script_that_asks_for_an_argument(script: str, lines: str, speaks: bool, tmp_path: Path) -> None:
    """The container ends at once, with what the script says of its use."""
    tree = {"run.sh": script, "app.py": "print()\n", "Dockerfile": f"FROM python:3.12\n{lines}"}
    projects.write(tmp_path, tree)
    (tmp_path / "run.sh").chmod(0o755)
    found = [each for each in review(scan(tmp_path)).findings or () if each.code == "broken-start"]
    assert [each.remedy for each in found] == ["pass one that it takes, such as web"] * speaks


def test_a_service_that_gives_the_argument(tmp_path: Path) -> None:
    """It starts the image with a line of its own."""
    compose = "services:\n  a:\n    build: .\n    command: sh run.sh web\n"
    projects.write(tmp_path, {"run.sh": CHOICE, "compose.yaml": compose, "Dockerfile": f"FROM python:3.12\n{WEB}"})
    assert not [each for each in review(scan(tmp_path)).findings or () if each.code == "broken-start"]
