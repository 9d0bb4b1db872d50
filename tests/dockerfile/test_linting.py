"""The builder's own checks end a build that asks for it. What each finds is documented by the builder."""

from __future__ import annotations

import re

import pytest

from ctxscan import CtxscanError
from ctxscan.dockerfile.resolver import resolve
from ctxscan.dockerfile.stages import parse

BASE = "FROM scratch AS x\n"


def found(text: str, **arguments: str) -> set[str]:
    """The rules that are violated."""
    try:
        resolve(parse(f"# check=error=true\n{text}".encode(), label="D"), target=None, build_args=arguments)
    except CtxscanError as error:
        match = re.search(r"lint violation found for rules: (.*)", str(error))
        if match is None:
            raise
        return set(match[1].split(", "))
    return set()


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        (BASE + "COPY a /\n", ""),
        ("FROM scratch as x\nCOPY a /\n", "FromAsCasing"),
        ("from scratch as x\ncopy a /\n", ""),
        ("FROM scratch AS Base\n", "StageNameCasing"),
        (BASE + "copy a /\nCOPY b /\n", "ConsistentInstructionCasing"),
        (BASE + "MAINTAINER me\n", "MaintainerDeprecated"),
        ("FROM scratch AS a\nFROM scratch AS a\n", "DuplicateStageName"),
        ("FROM scratch AS context\n", "ReservedStageName"),
        (BASE + "COPY a \\\n\n  /\n", "NoEmptyContinuation"),
        (BASE + "COPY a \\\n  # comment\n  /\n", ""),
        (BASE + "CMD run\n", "JSONArgsRecommended"),
        (BASE + 'SHELL ["/s"]\nCMD run\n', ""),
        ("FROM alpine\nCMD run\n", ""),
        (BASE + 'CMD ["a"]\nCMD ["b"]\n', "MultipleInstructionsDisallowed"),
        (BASE + "ENV a b\n", "LegacyKeyValueFormat"),
        (BASE + "ENV a=b\n", ""),
        (BASE + "ARG API_KEY\n", "SecretsUsedInArgOrEnv"),
        (BASE + "ARG KEY_FILE\n", ""),
        (BASE + "WORKDIR app\n", "WorkdirRelativePath"),
        ("FROM scratch AS a\nWORKDIR /x\nFROM a\nWORKDIR y\n", ""),
        (BASE + "EXPOSE 80/TCP\n", "ExposeProtoCasing"),
        (BASE + "EXPOSE 80:80\n", "ExposeInvalidFormat"),
        (BASE + "COPY $nope /\n", "UndefinedVar"),
        (BASE + "ARG nope\nCOPY $nope /\n", ""),
        ("FROM alpine\nCOPY $nope /\n", ""),
        ("FROM ${V:-scratch}\n", "UndefinedArgInFrom"),
        ("ARG V\nFROM ${V:-scratch}\n", ""),
        ("ARG V\nFROM a:$V\n", "InvalidDefaultArgInFrom"),
        ("FROM --platform=$TARGETPLATFORM scratch\n", "RedundantTargetPlatform"),
        ("FROM --platform=linux/amd64 scratch AS x\n", "FromPlatformFlagConstDisallowed"),
        ("FROM --platform=linux/amd64 scratch AS x-amd64\n", ""),
        ("FROM scratch AS y\n# check=skip=WorkdirRelativePath\nWORKDIR app\n", ""),
    ],
)
def test_what_is_found(text: str, rules: str) -> None:
    given = {"V": "1"} if "a:$V" in text else {}
    assert found(text, **given) == set(rules.split())


def test_a_directive_stands_once() -> None:
    with pytest.raises(CtxscanError, match="only one check parser directive"):
        found("# check=skip=FromAsCasing\nFROM scratch as x\n")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ("bogus", 'invalid check option "bogus"'),
        ("bogus=1", 'invalid check option "bogus"'),
        ("error=maybe", 'failed to parse check option "error=maybe"'),
    ],
)
def test_options_that_there_are_not(options: str, problem: str) -> None:
    """A directive is quoted; what an argument gives may come from the environment, and is not."""
    with pytest.raises(CtxscanError, match=re.escape(problem)):
        resolve(parse(f"# check={options}\n{BASE}".encode(), label="D"), target=None, build_args={})
    with pytest.raises(CtxscanError) as raised:
        found(BASE, BUILDKIT_DOCKERFILE_CHECK=options)
    assert problem.partition(' "')[0] in str(raised.value) and options not in str(raised.value)


def test_the_argument_takes_the_place_of_the_directive() -> None:
    text = "FROM scratch as x\n"
    assert found(text, BUILDKIT_DOCKERFILE_CHECK="skip=all;error=true") == set()
    assert found(text, BUILDKIT_DOCKERFILE_CHECK="") == set()
