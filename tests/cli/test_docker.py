"""`docker build` and its kin: the command that people already have, as they write it."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
from support import projects
from support.command import run

from ctxscan.cli.options import Options
from ctxscan.cli.parser import command, parse_words
from ctxscan.errors import CtxscanError

#: A line as people write it, and what of it decides what is sent.
LINES: list[tuple[str, dict[str, Any]]] = [
    ("docker build .", {}),
    ("docker build ./", {"context": "./"}),
    ("docker build -t app .", {}),
    ("docker build -tapp:1.2 .", {}),
    ("docker build . -t app", {}),
    ("docker build -t ghcr.io/acme/app:latest -t ghcr.io/acme/app:1 --push .", {}),
    ("docker build --no-cache --pull --rm -t app .", {}),
    ("docker build --rm=false --force-rm=true -q .", {}),
    ("docker build -qt app .", {}),
    ("docker build --tag=app --file=docker/Dockerfile .", {"file": "docker/Dockerfile"}),
    ("docker build -f docker/Dockerfile .", {"file": "docker/Dockerfile"}),
    ("docker build -fdocker/Dockerfile .", {"file": "docker/Dockerfile"}),
    ("docker build . --file=Dockerfile --target=prod", {"file": "Dockerfile", "target": "prod"}),
    ("docker build -f a -f docker/Dockerfile .", {"file": "docker/Dockerfile"}),
    ("docker build src/quote --target base -t quote", {"context": "src/quote", "target": "base"}),
    ("docker build -t app --build-arg VERSION=1.2 --build-arg=REV .", {"build_arg": ("VERSION=1.2", "REV")}),
    ("docker build --build-arg 'NAME=two words' --build-arg EMPTY= .", {"build_arg": ("NAME=two words", "EMPTY=")}),
    ("docker build --platform linux/arm64 .", {"platform": "linux/arm64"}),
    ("docker build --platform=linux/amd64,linux/arm64 --output type=image,push=true .", {"platform": "linux/amd64"}),
    ("docker build --progress=plain --no-cache -t test . -f Dockerfile.test", {"file": "Dockerfile.test"}),
    ("docker build --secret id=npm,src=$HOME/.npmrc --ssh default .", {}),
    ("docker build --label org.opencontainers.image.source=x --network host --add-host db:10.0.0.1 .", {}),
    ("docker build --cache-from app:cache --cache-to type=inline -m 2g --memory-swap -1 .", {}),
    ("docker build --cpu-period 50000 --cpu-quota 25000 -c 512 --cpuset-cpus 0-3 --cpuset-mems 0 .", {}),
    ("docker build --shm-size 1g --ulimit nofile=1024:1024 --cgroup-parent x --security-opt seccomp=unconfined .", {}),
    ("docker build --isolation hyperv --squash --compress --disable-content-trust=false .", {}),
    ("docker build --iidfile id.txt -o out .", {}),
    ("docker build --check .", {}),
    ("docker --log-level error build .", {}),
    ("docker -H tcp://10.0.0.2:2376 --tls build -t app .", {}),
    ("docker --context remote build .", {}),
    ("docker image build -t app .", {}),
    ("docker builder build -t app .", {}),
    ("DOCKER_BUILDKIT=1 docker build .", {}),
    ("DOCKER_BUILDKIT=0 docker build .", {"builder": "classic"}),
    ("V=7 docker build --build-arg V .", {"build_arg": ("V=7",)}),
    ("sudo docker build -t app .", {}),
    ("/usr/local/bin/docker build -t app .", {}),
    ("docker buildx build --load -t app .", {}),
    ("docker buildx b --push .", {}),
    ("DOCKER_BUILDKIT=0 docker buildx build .", {}),
    ("docker buildx build --builder cloud-acme --provenance=false --sbom true --metadata-file meta.json .", {}),
    ("docker buildx --builder cloud build --call outline --allow security.insecure .", {}),
    ("docker buildx build --annotation index:a=b --attest type=sbom --no-cache-filter install,test .", {}),
    ("docker buildx build --build-context shared=lib -o type=local,dest=out .", {"build_context": ("shared=lib",)}),
    ("docker buildx build --build-context base=docker-image://alpine:3 .", {"build_context": ("base=docker-image://alpine:3",)}),
    ("docker buildx build --cache-from=type=gha --cache-to=type=gha,mode=max --pull .", {}),
    ("docker buildx build -f - .", {"file": "-"}),
    ("docker buildx build -- .", {}),
    ("docker buildx debug build --invoke /bin/sh .", {}),
    # As public Makefiles, scripts and workflows write them.
    ("docker build --memory=3200m --build-arg jdk=17 -t img -f tests/D -- tests", {"context": "tests", "file": "tests/D", "build_arg": ("jdk=17",)}),
    ("docker buildx build --provenance false --platform linux/amd64 --build-arg=rev=a -t a -t b cmd/app/", {"context": "cmd/app/", "platform": "linux/amd64", "build_arg": ("rev=a",)}),
    ("docker build -q --no-cache -t x --build-arg RELEASE=v1 . -f Dockerfile.hotfix", {"file": "Dockerfile.hotfix", "build_arg": ("RELEASE=v1",)}),
    ("docker buildx build --no-cache --platform=linux/arm64,linux/amd64 --file a.dockerfile --tag a:b --push .", {"file": "a.dockerfile", "platform": "linux/arm64"}),
    ("docker build --network=host --build-arg golang_image=golang:1 -f D -t x .", {"file": "D", "build_arg": ("golang_image=golang:1",)}),
    ("docker buildx build --platform windows/amd64 --output=type=docker,dest=out.tar --pull -t x -f Dockerfile.win .", {"file": "Dockerfile.win", "platform": "windows/amd64"}),
    ("docker build -f config/Dockerfile config -t etcd-config:latest --build-arg TAG=latest", {"context": "config", "file": "config/Dockerfile", "build_arg": ("TAG=latest",)}),
    ("docker image build --tag app:dev --file ./Dockerfile .", {"file": "./Dockerfile"}),
    ("docker buildx build --push --sbom=true --attest type=provenance,mode=max -t a .", {}),
    ("docker buildx build --progress plain --secret id=T,env=T --target out --output type=local,dest=./out .", {"target": "out"}),
    ("docker build --ulimit nofile=65536:65536 --shm-size=2gb --tag test .", {}),
    ("docker build --rm -f \"docker/Dockerfile\" -t app:latest \".\"", {"file": "docker/Dockerfile"}),
    ("docker buildx build --cache-from type=registry,ref=a/b:c --cache-to type=registry,ref=a/b:c,mode=max --push src", {"context": "src"}),
    ("docker build --label \"created=2024-01-01\" --build-arg \"COMMIT=abc def\" --tag x .", {"build_arg": ("COMMIT=abc def",)}),
    ("docker build --pull --force-rm --build-arg UID=1000 --build-arg GID=1000 -t dev .devcontainer", {"context": ".devcontainer", "build_arg": ("UID=1000", "GID=1000")}),
    ("podman build -t app .", {"builder": "buildah"}),
    ("podman build", {"builder": "buildah"}),
    ("podman build -f docker/Dockerfile", {"builder": "buildah", "file": "docker/Dockerfile", "context": "docker"}),
    ("podman build --format docker --pull=always --layers=false --ignorefile ci.ignore .", {"builder": "buildah", "ignore_file": "ci.ignore"}),
    ("podman build --arch arm64 --manifest app:1 -v $PWD:/src:z --userns host .", {"builder": "buildah", "platform": "linux/arm64"}),
    ("podman --remote build --squash-all --tls-verify=false --creds u:p .", {"builder": "buildah"}),
    ("podman buildx build --platform linux/arm64 .", {"builder": "buildah", "platform": "linux/arm64"}),
    ("buildah bud -t app .", {"builder": "buildah"}),
    ("buildah build --storage-driver overlay --timestamp 0 .", {"builder": "buildah"}),
    ("buildah --storage-driver vfs bud -D -t app -f docker/Dockerfile", {"builder": "buildah", "file": "docker/Dockerfile"}),
    ("nerdctl build -t app .", {}),
    ("nerdctl -n k8s.io build --buildkit-host unix:///run/b.sock -o type=oci,dest=x.tar .", {}),
]  # fmt: skip
FIELDS = ("context", "file", "target", "build_arg", "build_context", "platform", "builder", "ignore_file")


def asked(*words: str) -> Options:
    found = parse_words("ctxscan", words)
    assert isinstance(found, Options)
    return found


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("line", "expected"), LINES, ids=[line for line, _ in LINES])
def test_a_build_command_is_taken_as_it_is(line: str, expected: dict[str, Any]) -> None:
    """Each word means what it means to the program; what says nothing about the context changes nothing."""
    found = asked("--facts", "--", *shlex.split(line))
    nothing = dict.fromkeys(FIELDS) | {"context": ".", "build_arg": (), "build_context": ()}
    assert {name: getattr(found, name) for name in FIELDS} == nothing | expected
    assert found.facts and not found.check and found.output is None and not found.quiet


def test_there_are_lines_enough() -> None:
    """The table has at least 40."""
    assert len({line for line, _ in LINES}) >= 40


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("-t app --push .", {"context": "."}),
        ("--tag app --no-cache --pull=true --load .", {"context": "."}),
        ("-tapp -m 2g --secret id=x,src=y -f D --provenance=false ctx", {"context": "ctx", "file": "D"}),
        ("--cache-from a --cache-to b --label k=v --check .", {"context": ".", "check": True}),
        ("--platform linux/arm/v7 --network host . --ssh default", {"context": ".", "platform": "linux/arm/v7"}),
        ("--explain -t .", {"context": ".", "explain": ("-t",)}),
        ("build -t app --push .", {"context": "."}),
        ("--check build -t app -f docker/D ctx", {"context": "ctx", "file": "docker/D", "check": True}),
        ("build", {"context": "build"}),
        ("-- build", {"context": "build"}),
        ("-- docker", {"context": "docker"}),
        ("--replay 3 build -t app .", {"context": ".", "replay": 3}),
        ("--explain build .", {"context": ".", "explain": ("build",)}),
    ],
)  # fmt: skip
def test_options_of_docker_beside_our_own(words: str, expected: dict[str, Any]) -> None:
    """Without a program before them, words that both have mean what they mean here."""
    found = asked(*words.split())
    assert {name: getattr(found, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("-- docker build", "docker build: 1 argument is expected: PATH"),
        ("-- docker build a b", "docker build: 1 argument is expected, not 2"),
        ("-- docker build --tga app .", "docker build: no such option: --tga"),
        ("-- docker build --plaform linux .", "docker build: no such option: --plaform (did you mean --platform?)"),
        ("-- docker build --format json .", "docker build: no such option: --format"),
        ("-- docker build -v x .", "docker build: no such option: -v"),
        ("-- docker build -Z .", "docker build: no such option: -Z"),
        ("-- docker build . -t", "docker build: -t needs a value"),
        ("-- docker run app", "-- docker: only builds are understood"),
        ("-- podman build -f a -f b .", "podman build: several Dockerfiles that are read as one are not supported"),
        ("--nonsense", "no such option: --nonsense"),
        ("--chekc .", "no such option: --chekc (did you mean --check?)"),
        ("-o type=docker .", "-o names the file of the report here: write ctxscan -- docker build … for docker's own"),
        ("--output=type=docker .", "--output names the file of the report here"),
        ("--platform a/b/c/d .", "--platform: "),
    ],
)  # fmt: skip
def test_what_is_not_understood(line: str, message: str, tmp_path: Path) -> None:
    """One line, with a near word or none, and status 2."""
    projects.write(tmp_path, {"Dockerfile": "FROM scratch\n"})
    done = run(*line.split(), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith(f"ctxscan: error: {message}")


def test_no_option_is_meant_that_is_far() -> None:
    """A suggestion is one letter or two away."""
    with pytest.raises(CtxscanError) as told:
        parse_words("ctxscan", ["--foo"])
    assert str(told.value) == "no such option: --foo"


def test_the_platform_decides_what_is_copied(tmp_path: Path) -> None:
    """TARGETPLATFORM and its kin have the value of --platform, of which the first counts; and that is said."""
    projects.write(tmp_path, {
        "Dockerfile": "FROM scratch\nARG TARGETARCH TARGETVARIANT\nCOPY bin/$TARGETARCH$TARGETVARIANT /\n",
        "bin/amd64": 1, "bin/arm64": 22, "bin/armv7": 333,
    })  # fmt: skip
    platforms = ("linux/amd64", "linux/arm64", "linux/arm/v7", "arm64", "linux/arm64,linux/amd64")
    sizes = {}
    for platform in platforms:
        done = run("--format", "json", "--", "docker", "build", "--platform", platform, ".", cwd=tmp_path)
        sizes[platform] = json.loads(done.stdout)["builds"][0]["sizes"]["transfer"]["bytes"]
    assert sizes == {
        "linux/amd64": 1,
        "linux/arm64": 22,
        "linux/arm/v7": 333,
        "arm64": 22,
        "linux/arm64,linux/amd64": 22,
    }
    done = run("--facts", "--", "docker", "build", "--platform", "linux/arm64,linux/amd64", ".", cwd=tmp_path)
    assert done.stderr == "ctxscan: note: 2 platforms: looked at as built for linux/arm64\n"


def test_unused_build_arguments_are_told(tmp_path: Path) -> None:
    """One line for those that no ARG declares; what every builder takes by itself is used."""
    projects.write(tmp_path, {"Dockerfile": "ARG BASE=scratch\nFROM scratch\nARG V=1\nCOPY a /\n", "a": 1})
    words = [
        "--build-arg",
        "V=2",
        "--build-arg",
        "BASE=x",
        "--build-arg",
        "HTTP_PROXY=http://p",
        "--build-arg",
        "BUILDKIT_INLINE_CACHE=1",
    ]
    assert run(*words, ".", cwd=tmp_path).stderr == ""
    done = run(*words, "--build-arg", "VERSION=secret-value", "--build-arg", "X=2", ".", cwd=tmp_path)
    assert done.stderr == "ctxscan: note: --build-arg VERSION, X: not used, since no ARG in Dockerfile declares them\n"


def test_every_option_has_one_name() -> None:
    """From the command line to the code that acts on it: the longest word of an option is the field's."""
    names = {each.name: max(each.opts, key=len).lstrip("-").replace("-", "_") for each in command.params}
    # One is a number and one a word that Python keeps for itself.
    assert {name: word for name, word in names.items() if name != word} == {"zero": "0", "with_": "with"}
    assert set(Options._fields) == {*names, "program", "remarks"} - {"version"}
