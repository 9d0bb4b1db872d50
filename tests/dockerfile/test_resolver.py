"""Stages, steps, variables, and what each step reads, are those of the builder.

Expected values come from recorded builds, from section 6 of `docs/semantics.md`, and from builds made by hand.
"""

from __future__ import annotations

import pickle
import posixpath
import re
from collections.abc import Collection, Mapping
from contextlib import suppress
from copy import deepcopy
from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.examples import examples
from support.trees import TESTDATA, cases

from ctxscan import CtxscanError
from ctxscan.dockerfile.resolver import resolve
from ctxscan.dockerfile.stages import Mount, Origin, Plan, Step, parse


def plan(
    text: str,
    *,
    target: str | None = None,
    build_args: Mapping[str, str | None] | None = None,
    contexts: Collection[str] = (),
    platform: str = "linux/amd64",
) -> Plan:
    dockerfile = parse(text.encode(), label="Dockerfile")
    return resolve(dockerfile, target=target, build_args=build_args or {}, contexts=contexts, platform=platform)


def last(text: str, **options: Any) -> Step:
    """The last step of what is built."""
    return plan(text, **options).target.steps[-1]


def label(text: str, **options: Any) -> str:
    """The value of the LABEL that ends a Dockerfile: what its variables expand to."""
    return last(text, **options).words[1]


def mount(fields: str, before: str = "") -> Mount:
    return last(f"FROM scratch AS one\nFROM busybox\n{before}RUN --mount={fields} x").mounts[0]


def refused(text: str, **options: Any) -> str:
    with pytest.raises(CtxscanError) as caught:
        plan(text, **options)
    return str(caught.value)


# --- recorded builds ------------------------------------------------------------------------------------------------


def asked(built: Plan) -> list[str] | None:
    """The paths that the builder asks its client for, before links are followed; None: for all."""
    paths = set()
    for step in (step for stage in built.stages for step in stage.steps):
        if step.origin is None:
            paths |= {source.text for source in step.sources if source.kind in ("path", "git")}
        paths |= {each.source for each in step.mounts if each.origin is None and each.kind in ("bind", "tmpfs")}
    cleaned = sorted({posixpath.normpath("/" + path).lstrip("/") for path in paths})
    return None if "" in cleaned else cleaned


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("follow", 120),
        ("fuzz-follow", 200),
        ("size", 100),
        ("parse", 67),
        ("negation", 58),
        ("kinds", 36),
        ("choice", 33),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_asks_for_what_was_recorded(name: str, least: int) -> None:
    """The sources of the reached steps are the paths that the builder asked its client for, before it follows links."""
    compared, wrong = 0, []
    for case in cases(name):
        recorded = case["expect"].get("buildkit", {})
        options = {key: case.get(key) for key in ("target", "build_args", "contexts") if case.get(key)}
        if recorded.get("error") and "could not be found" in recorded["error"]:
            assert refused(case["dockerfile"], **options).endswith(recorded["error"].removeprefix("failed to solve: "))
            compared += 1
            continue
        if not recorded.get("context"):
            continue
        ours, theirs = asked(plan(case["dockerfile"], **options)), recorded["context"].get("follow")
        compared += 1
        if ours != theirs:
            wrong.append(f"{case['id']}: {ours} instead of {theirs}")
    assert wrong == []
    assert compared >= least


def test_takes_every_recorded_dockerfile() -> None:
    """What a builder built is not refused."""
    for case in cases("reach"):
        plan(case["dockerfile"], target=case.get("target"), build_args=case.get("build_args"))


@pytest.mark.sampled(3)
@pytest.mark.parametrize("path", sorted((TESTDATA / "dockerfiles").iterdir()), ids=lambda path: path.stem)
def test_takes_every_file(path: Any) -> None:
    """Every file is taken or refused with the place in it."""
    try:
        resolve(parse(path.read_bytes(), label=path.name), target=None, build_args={})
    except CtxscanError as error:
        assert error.place is not None
        assert re.fullmatch(rf"{re.escape(path.name)}(:\d+)?", error.place)


# --- variables ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("FROM scratch\nARG D=src\nLABEL x=$D", "src"),
        ("FROM scratch\nENV D=conf\nARG D=src\nLABEL x=$D", "src"),
        ("FROM scratch\nARG D=src\nENV D=conf\nLABEL x=$D", "conf"),
        ("FROM scratch\nLABEL x=$D\nARG D=src\nLABEL x=$D", "src"),
        ("FROM scratch\nARG D\nLABEL x=${D-unset}", "unset"),
        ("FROM scratch\nARG D=\nLABEL x=${D-unset}", ""),
        ("ARG G=global\nFROM scratch\nLABEL x=$G", ""),
        ("ARG G=global\nFROM scratch\nARG G\nLABEL x=$G", "global"),
        ("ARG G=global\nFROM scratch\nARG G=own\nLABEL x=$G", "own"),
        ("ARG A=1\nARG B=${A}2\nFROM scratch\nARG B\nLABEL x=$B", "12"),
        ("ARG A=1\nARG A\nFROM scratch\nARG A\nLABEL x=$A", "1"),
        ("ARG G=1\nFROM scratch AS a\nARG G\nFROM scratch\nLABEL x=$G", ""),
        ("FROM scratch AS a\nARG A=1\nENV B=$A\nFROM a\nLABEL x=$A$B", "11"),
        ("FROM scratch AS a\nENV A=1\nFROM scratch\nLABEL x=$A", ""),
        ("FROM scratch\nENV A=1\nENV A=2 B=$A\nLABEL x=$A$B", "21"),
        ("FROM scratch\nARG A=1 B=$A C\nLABEL x=$A$B$C", "11"),
        ("FROM scratch\nENV N=A $N=1\nENV $N=2\nLABEL x=$A", "2"),
        ("FROM scratch\nENV A one  'two' $PATH\nLABEL x=${A%%/*}", "one  two "),
        ("FROM scratch\nENV a=b c=\"d e\"\nLABEL x=$a$c", "bd e"),
        ("FROM scratch\nLABEL x=$PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
        ("FROM scratch\nLABEL x=${HTTP_PROXY-unset}", "unset"),
        ("FROM scratch\nLABEL x=${TARGETARCH-undeclared}", "undeclared"),
        ("FROM scratch\nARG TARGETPLATFORM\nLABEL x=$TARGETPLATFORM", "linux/amd64"),
        ("FROM scratch\nARG TARGETVARIANT\nLABEL x=${TARGETVARIANT-unset}", "unset"),
        ("FROM scratch\nARG TARGETARCH=own\nLABEL x=$TARGETARCH", "own"),
        ("ARG A=$TARGETARCH\nFROM scratch\nARG A\nLABEL x=$A", "amd64"),
        ("FROM scratch AS end\nARG TARGETSTAGE\nLABEL x=$TARGETSTAGE", "end"),
        ("FROM scratch\nARG TARGETSTAGE\nLABEL x=$TARGETSTAGE", "default"),
        ("# escape=`\nFROM scratch\nENV A=1\nLABEL x=`$A\\$A", "$A\\1"),
    ],
    ids=lambda value: value.replace("\n", "; "),
)  # fmt: skip
def test_value_of_a_variable(text: str, want: str) -> None:
    """The later line wins; a global argument has to be declared again; ENV and ARG pass on to a stage built on it."""
    assert label(text) == want


@pytest.mark.parametrize(
    ("text", "build_args", "want"),
    [
        ("FROM scratch\nARG A=1\nLABEL x=$A", {"A": "2"}, "2"),
        ("FROM scratch\nARG A=1\nLABEL x=$A", {"A": ""}, ""),
        ("FROM scratch\nARG A=1\nLABEL x=$A", {"A": None}, "1"),
        ("FROM scratch\nLABEL x=$A", {"A": "2"}, ""),
        ("FROM scratch\nENV A=1\nLABEL x=$A", {"A": "2"}, "1"),
        ("FROM scratch\nARG A=1\nENV A=3\nLABEL x=$A", {"A": "2"}, "3"),
        ("ARG A=1\nFROM scratch\nLABEL x=$A", {"A": "2"}, ""),
        ("ARG A=1\nFROM scratch\nARG A\nLABEL x=$A", {"A": "2"}, "2"),
        ("ARG A=1\nFROM scratch\nARG A=3\nLABEL x=$A", {"A": "2"}, "2"),
        ("ARG A\nARG B=$A\nFROM scratch\nARG B\nLABEL x=$B", {"A": "2"}, "2"),
        ("FROM scratch\nARG A=${NO:?not needed}\nLABEL x=$A", {"A": "2"}, "2"),
        ("FROM scratch\nARG HTTP_PROXY\nLABEL x=$HTTP_PROXY", {"HTTP_PROXY": "p"}, "p"),
        ("FROM scratch\nARG TARGETARCH\nLABEL x=$TARGETARCH", {"TARGETARCH": "own"}, "own"),
        ("FROM scratch\nARG A B\nLABEL x=$A$B", {"A": "1", "B": "2"}, "12"),
        ("FROM scratch\nARG A\nLABEL x=$A", {"A": "$A\\'"}, "$A\\'"),
    ],
    ids=lambda value: value.replace("\n", "; ") if isinstance(value, str) else None,
)
def test_value_of_a_build_argument(text: str, build_args: dict[str, str | None], want: str) -> None:
    """`--build-arg` counts where the name is declared, instead of the default, and as it is."""
    assert label(text, build_args=build_args) == want


@pytest.mark.parametrize(
    ("platform", "want"),
    [("linux/amd64", "linux amd64 "), ("linux/arm/v7", "linux arm v7"), ("linux/arm64", "linux arm64 ")],
    ids=str,
)
def test_platform_arguments(platform: str, want: str) -> None:
    """The parts of the target platform are arguments."""
    text = 'FROM scratch\nARG TARGETOS TARGETARCH TARGETVARIANT\nLABEL x="$TARGETOS $TARGETARCH $TARGETVARIANT"'
    assert label(text, platform=platform) == want


def test_build_platform_is_ours() -> None:
    """BUILDPLATFORM is this machine's, whatever is built."""
    text = "FROM scratch\nARG BUILDPLATFORM BUILDOS BUILDARCH\nLABEL x=$BUILDPLATFORM,$BUILDOS/$BUILDARCH"
    own, parts = label(text, platform="linux/riscv64").split(",")
    assert own.startswith(parts)
    assert own.startswith("linux/")
    assert "riscv64" not in own


def test_environment_of_a_step() -> None:
    """In force are ENV and the arguments that have a value, of the stages below too, before the step itself."""
    text = (
        "ARG G=g\nFROM scratch AS a\nENV A=1\nARG G\nFROM a\nRUN one\nARG NO\nENV A=2 B=3\n"
        'WORKDIR /w\nWORKDIR x\nUSER me\nSHELL ["bash"]\nRUN two\n'
    )
    one, *_, two = [step for step in plan(text).target.steps if step.keyword == "RUN"]
    assert one.environment == (("A", "1"), ("G", "g"))
    assert (one.workdir, one.user, one.shell) == ("/", "", ("/bin/sh", "-c"))
    assert dict(two.environment) == {"A": "2", "G": "g", "B": "3"}
    assert (two.workdir, two.user, two.shell) == ("/w/x", "me", ("bash",))


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("WORKDIR a", "/a"),
        ("WORKDIR /a/b\nWORKDIR ../c/./d", "/a/c/d"),
        ("WORKDIR /a\nWORKDIR $NO", "/a"),
        ("WORKDIR //a//b/", "/a/b"),
        ("ENV W=/w\nWORKDIR ${W}/x", "/w/x"),
        ("WORKDIR /a b", "/a b"),
        ("WORKDIR ../..", "/"),
    ],
    ids=lambda value: value.replace("\n", "; "),
)
def test_working_directory(text: str, want: str) -> None:
    """WORKDIR is relative to the one before, and passes on to a stage built on it."""
    assert last(f"FROM scratch\n{text}").destination == want
    assert last(f"FROM scratch AS a\n{text}\nFROM a\nRUN x").workdir == want


def test_a_volume_by_a_variable_of_the_base() -> None:
    """What nobody has set may come with an image that is not known; with `scratch` comes nothing."""
    assert last("FROM app:1 AS a\nFROM a\nVOLUME $DATA").words == ("",)
    with pytest.raises(CtxscanError, match="VOLUME specified can not be an empty string"):
        last("FROM scratch\nVOLUME $DATA")


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ('RUN echo $A "x"', ('echo $A "x"',)),
        ('RUN ["echo", "$A"]', ("echo", "$A")),
        ("CMD $A", ("$A",)),
        ("ENTRYPOINT $A", ("$A",)),
        ("USER $A", ("1",)),
        ("VOLUME $A '/x'", ("1", "/x")),
        ("EXPOSE ${A}0", ("10",)),
        ("STOPSIGNAL $A", ("1",)),
        ("HEALTHCHECK CMD $A", ("CMD", "$A")),
        ("ONBUILD COPY $A /", ("COPY $A /",)),
    ],
    ids=str,
)
def test_where_variables_are_replaced(text: str, want: tuple[str, ...]) -> None:
    """What a shell reads and what ONBUILD keeps for later stays as it is."""
    assert last(f"FROM scratch\nENV A=1\n{text}").words == want


# --- sources --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("COPY a b/ ./c /", ["a", "b/", "./c"]),
        ("COPY $D/a /", ["src/a"]),
        ("COPY $NO/a dir/$NO /", ["/a", "dir/"]),
        ("COPY '$D' \"$D\" \\$D /", ["$D", "src", "$D"]),
        ('COPY ["a b", "$D", "\\\\$D", "/"]', ["a b", "src", "$D"]),
        ("COPY we\\[ird /", ["we[ird"]),
        ("COPY a\\\n  b \\\n# no\n c /", ["a  b".split()[0], "b", "c"]),
        ("ADD ${D:+x}* /", ["x*"]),
        ("COPY --from=one $D /", ["src"]),
        ("COPY --parents a/./b/c /", ["a/./b/c"]),
    ],
    ids=str,
)
def test_sources(text: str, want: list[str]) -> None:
    """Sources are as given, with variables, quotes and escapes resolved."""
    step = last(f"FROM scratch AS one\nFROM scratch\nARG D=src\n{text}")
    assert [source.text for source in step.sources] == want
    assert {source.kind for source in step.sources} == {"path"}


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("https://a.b/c.tar.gz", "http"),
        ("http://a.b/c?x=.git", "http"),
        ("https://a.b/c.git", "git"),
        ("https://a.git", "http"),
        ("https://a.b/c.GIT", "http"),
        ("https://a.b/c.git#main:dir", "git"),
        ("git@a.b:c/d.git", "git"),
        ("git://a.b/c", "git"),
        ("ssh://git@a.b/c", "git"),
        ("ftp://a.b/c", "path"),
        ("github.com/a/b", "path"),
        ("./git@a.b:c", "path"),
        ("a@b", "path"),
    ],
    ids=str,
)
def test_kind_of_source(source: str, kind: str) -> None:
    """Only ADD fetches."""
    assert last(f"FROM scratch\nADD {source} /").sources[0].kind == kind
    if kind == "path":
        assert last(f"FROM scratch\nCOPY {source} /").sources[0].kind == kind
    else:
        what = {"http": "a URL", "git": "a git ref"}[kind]
        assert (
            refused(f"FROM scratch\nCOPY {source} /") == f"Dockerfile:2: source can't be {what} for COPY: ADD takes one"
        )


def test_heredocs_come_last() -> None:
    """Heredocs are files named like their delimiter, after all others, with variables replaced unless quoted."""
    text = "FROM scratch\nENV V=1\nCOPY <<A <<-'B' a /d/\n$V '$V' \\$V\nA\n\t$V\n\tB\n"
    step = last(text)
    assert [(each.kind, each.text, each.content) for each in step.sources] == [
        ("path", "a", None),
        ("heredoc", "A", "1 '1' $V\n"),
        ("heredoc", "B", "$V\n"),
    ]
    assert step.destination == "/d/"


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("COPY $NO/a ${NO2}b $D c /", ("NO", "NO2")),
        ("COPY ${NO:-a} /", ()),
        ("COPY a $NO/", ()),
        ("COPY --chown=$NO a /", ()),
        ("RUN --mount=source=$NO,target=/x$NO2 x", ("NO",)),
        ("RUN $NO", ()),
    ],
    ids=str,
)
def test_variables_that_were_empty(text: str, want: tuple[str, ...]) -> None:
    """Named are those in what a step reads."""
    assert last(f"FROM scratch\nENV D=\n{text}").empty == want


def test_flags() -> None:
    """Variables are replaced in owner, mode and checksum, not in what is excluded."""
    step = last("FROM scratch\nENV U=1 M=755\nCOPY --link --chown=$U:$U --chmod=$M --exclude=$U a /")
    assert step.flags == (("link", None), ("chown", "1:1"), ("chmod", "755"), ("exclude", "$U"))


# --- stages ---------------------------------------------------------------------------------------------------------

STAGES = """
FROM scratch AS One
COPY a /
FROM scratch AS unused
COPY b /
FROM one AS three
COPY --from=ONE a /
FROM scratch
COPY --from=three --link a /
RUN --mount=from=one,target=/x x
"""


def reached(built: Plan) -> list[int]:
    return [stage.index for stage in built.stages]


@pytest.mark.parametrize(
    ("target", "want"),
    [(None, [0, 2, 3]), ("", [0, 2, 3]), ("one", [0]), ("THREE", [0, 2]), ("unused", [1])],
    ids=str,
)
def test_reached_stages(target: str | None, want: list[int]) -> None:
    """Reached is what the target is built on, copies from or mounts."""
    built = plan(STAGES, target=target)
    assert reached(built) == want
    assert [stage.index for stage in built.unreached] == sorted({0, 1, 2, 3} - set(want))
    assert built.target.index == want[-1]
    assert all(stage.steps == () for stage in built.unreached)


@pytest.mark.parametrize("target", ["0", "3", "four", "stage-3", "scratch"])
def test_target_that_is_not_there(target: str) -> None:
    """A stage is found by its name only; a number is none."""
    assert refused(STAGES, target=target) == f'Dockerfile: target stage "{target}" could not be found'


def test_what_a_stage_is() -> None:
    """Name in lower case, line of its FROM, base with variables replaced."""
    built = plan("ARG V=1\n\nFROM --platform=$BUILDPLATFORM img:$V AS Up\nFROM up AS low")
    up, low = built.stages
    assert (up.index, up.name, up.line, up.base, up.origin) == (0, "up", 3, "img:1", Origin("image", "img:1", None))
    assert (up.platform or "").startswith("linux/")
    assert (low.base, low.origin, low.platform) == ("up", Origin("stage", "up", 0), None)


@pytest.mark.parametrize(
    ("name", "want"),
    [
        ("0", Origin("stage", "0", 0)),
        ("+1", Origin("stage", "+1", 1)),
        ("one", Origin("stage", "one", 0)),
        ("ONE", Origin("stage", "ONE", 0)),
        ("busybox:1", Origin("image", "busybox:1", None)),
        ("scratch", Origin("scratch", "scratch", None)),
        ("ctx", Origin("context", "ctx", None)),
        ("docker.io/library/ctx:latest", Origin("context", "ctx", None)),
        ("ctx:1", Origin("image", "ctx:1", None)),
        ("two", Origin("context", "two", 1)),
        ("1", Origin("stage", "1", 1)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_where_copy_takes_from(name: str, want: Origin) -> None:
    """A number is a stage, a name a stage, a named context, or an image; a context replaces a stage of its name."""
    text = f"FROM scratch AS one\nFROM scratch AS two\nFROM scratch\nCOPY --from={name} a /"
    contexts = ("ctx", "two") if want.kind == "context" else ("ctx",)
    assert last(text, contexts=contexts).origin == want


def test_copy_without_from_takes_from_the_context() -> None:
    """No origin is the context of the build, also for an empty `--from`."""
    assert last("FROM scratch\nCOPY a /").origin is None
    assert last("FROM scratch\nCOPY --from= a /").origin is None


def test_a_context_replaces_a_stage() -> None:
    """The steps of a replaced stage do not run; what is built on it, is built on the context."""
    text = "FROM scratch AS a\nCOPY a /\nFROM a AS b\nCOPY b /\nFROM scratch\nCOPY --from=b b /\n"
    whole, replaced = plan(text), plan(text, contexts=["a"])
    assert [len(stage.steps) for stage in whole.stages] == [1, 1, 1]
    assert [len(stage.steps) for stage in replaced.stages] == [0, 1, 1]
    assert (replaced.stages[0].replaced, replaced.stages[1].origin) == ("a", Origin("context", "a", 0))
    assert reached(plan(text, contexts=["b"])) == [1, 2]


def test_a_context_replaces_an_image() -> None:
    """FROM an image that has the name of a context takes the context."""
    for name in ("alpine", "alpine:latest", "docker.io/library/alpine"):
        assert plan(f"FROM {name}", contexts=["alpine"]).target.origin == Origin("context", "alpine", None)
    assert plan("FROM alpine:3", contexts=["alpine"]).target.origin.kind == "image"


def test_name_of_a_context() -> None:
    """A context has to have a name that an image could have."""
    assert refused("FROM scratch", contexts=["No!"]).startswith("invalid context name No!: invalid reference format")


def test_the_same_name_twice() -> None:
    """FROM finds the stage of that name above it, everything else the last one."""
    text = "FROM scratch AS a\nFROM a AS a\nCOPY x /\nFROM a\nCOPY --from=a x /"
    built = plan(text)
    assert [stage.origin.stage for stage in built.stages] == [None, 0, 1]
    assert built.target.steps[0].origin == Origin("stage", "a", 1)


NOT_LOWER = "invalid reference format: repository name (library/Up) must be lowercase"
NO_QUOTE = "unexpected end of statement while looking for matching double-quote"


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("FROM $NO", "1: base name ($NO) should not be blank"),
        ("FROM scratch AS a\nFROM $NO", "2: base name ($NO) should not be blank"),
        ("FROM --platform=$NO scratch", "1: empty platform value from expression $NO"),
        ("FROM ${NO:?give}", '1: failed to process "${NO:?give}": NO: give'),
        ("FROM img:$NO", '1: failed to parse stage name "img:": invalid reference format'),
        ("FROM a b", "1: dockerfile parse error on line 1: FROM requires either one or three arguments"),
        ("FROM scratch AS Up\nFROM Up", f'2: failed to parse stage name "Up": {NOT_LOWER}'),
        ("FROM scratch\nCOPY --from=Up a /", f'2: failed to parse stage name "Up": {NOT_LOWER}'),
        ("FROM scratch\nCOPY --from=5 a /", "2: invalid stage index 5"),
        ("FROM scratch\nCOPY --from=-1 a /", "2: invalid stage index -1"),
        ("FROM scratch AS x\nCOPY --from=x a /", "2: circular dependency detected on stage: x"),
        ("FROM scratch\nCOPY --from=0 a /", "2: circular dependency detected on stage: stage-0"),
        (
            "FROM scratch AS x\nCOPY --from=y a /\nFROM scratch AS y\nCOPY --from=x a /\nFROM scratch",
            "4: circular dependency detected on stage: x",
        ),
        ("FROM scratch AS x\nRUN --mount=from=x,target=/x x", "2: circular dependency detected on stage: x"),
        ("FROM scratch\nLABEL a=${NO:?no}", '2: failed to process "${NO:?no}": NO: no'),
        ('FROM scratch\nCOPY "a b" /', f'2: failed to process "\\"a": {NO_QUOTE}'),
        ("FROM scratch\nADD --checksum=x a /", "2: checksum requires HTTP(S) or Git sources"),
        ("FROM scratch\nADD --checksum=x https://a/b a /", "2: checksum can't be specified for multiple sources"),
        ("FROM scratch\nENV A=${B\n", "2: failed to process \"${B\": syntax error: missing '}'"),
    ],
    ids=lambda value: None,
)  # fmt: skip
def test_what_the_builder_refuses(text: str, want: str) -> None:
    """The message is the builder's, with the line."""
    assert refused(text) == f"Dockerfile:{want}"


@pytest.mark.parametrize("name", ["$A", "${A}", "a$A", "'a'", "a\\b"])
def test_from_takes_no_variable(name: str) -> None:
    """`--from` is taken as it is: a variable in it is an error, also in a stage that is not built."""
    text = f"FROM scratch\nARG A=1\nCOPY --from={name} a /\nFROM scratch"
    # Quotes and escapes in a flag are gone before.
    flag = name.replace("'", "").replace("\\", "")
    if "$" not in flag:
        plan(text)
        return
    assert "variable expansion is not supported for --from" in refused(text)
    assert "'from' doesn't support variable expansion" in refused(f"FROM scratch\nRUN --mount=from={name},target=/x x")


def test_a_later_stage() -> None:
    """A stage below can be built before, but not be read from; left alone, nobody looks."""
    text = "FROM scratch AS x\nCOPY --from=y a /\nFROM scratch AS y\nCOPY b /"
    message = 'cannot copy from stage "y", it needs to be defined before current stage "x"'
    assert refused(text, target="x") == f"Dockerfile:2: {message}"
    assert reached(plan(text)) == [1]
    text = "FROM scratch AS x\nRUN --mount=from=y,target=/t a\nFROM scratch AS y"
    message = 'cannot mount from stage "y" to "/t", stage needs to be defined before current command'
    assert refused(text, target="x") == f"Dockerfile:2: {message}"


# --- ONBUILD --------------------------------------------------------------------------------------------------------


def test_onbuild_runs_in_the_direct_child() -> None:
    """ONBUILD is nothing in its own stage, comes first in the one built on it, and is gone in the next."""
    text = (
        "FROM scratch AS a\nENV V=1\nONBUILD COPY $V /\nonbuild ARG B=2\n"
        "FROM a AS b\nENV V=3\nCOPY $V$B /\nFROM b AS c\nCOPY c /\n"
    )
    a, b, c = plan(text).stages
    assert [step.keyword for step in a.steps] == ["ENV", "ONBUILD", "ONBUILD"]
    assert a.steps[1].sources == ()
    assert [(step.keyword, step.onbuild, step.line) for step in b.steps] == [
        ("COPY", 3, 3),
        ("ARG", 4, 4),
        ("ENV", None, 6),
        ("COPY", None, 7),
    ]
    assert [source.text for step in b.steps for source in step.sources] == ["1", "32"]
    assert [step.keyword for step in c.steps] == ["COPY"]


def test_onbuild_reaches_stages() -> None:
    """What an ONBUILD step copies from is built as well."""
    text = "FROM scratch AS t\nCOPY t /\nFROM scratch AS a\nONBUILD COPY --from=t /t /\nFROM a\n"
    assert reached(plan(text)) == [0, 1, 2]
    assert reached(plan(text, target="a")) == [1]


def test_onbuild_with_a_heredoc() -> None:
    """The body of a heredoc goes with the instruction."""
    text = "FROM scratch AS a\nONBUILD COPY <<-X <<Y /d/\n\tone\n\tX\ntwo\nY\nFROM a\n"
    assert [(each.text, each.content) for each in last(text).sources] == [("X", "one\n"), ("Y", "two\n")]


@pytest.mark.parametrize(
    ("trigger", "want"),
    [
        ("FOO x", "unknown instruction: FOO"),
        ("COPY --x a /", "unknown flag: --x"),
        ("COPY --from=$X a /", "variable expansion is not supported for --from"),
        ("COPY --from=9 a /", "invalid stage index 9"),
        ("RUN ${", None),
        ("COPY ${A:?no} /", 'failed to process "${A:?no}": A: no'),
    ],
    ids=str,
)
def test_onbuild_is_checked_where_it_runs(trigger: str, want: str | None) -> None:
    """An ONBUILD that nobody is built on is not looked at; the place of an error is its line."""
    plan(f"FROM scratch\nONBUILD {trigger}")
    text = f"FROM scratch AS a\nONBUILD {trigger}\nFROM a"
    if want is None:
        plan(text)
    else:
        assert refused(text).startswith(f"Dockerfile:2: {want}")


# --- mounts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "want"),
    [
        ("target=/x", ("bind", "", "/x", False)),
        ("type=bind,source=a,target=/x", ("bind", "a", "/x", False)),
        ("src=a,dst=/x", ("bind", "a", "/x", False)),
        ("SOURCE=a,Destination=/x", ("bind", "a", "/x", False)),
        ("target=/x,rw", ("bind", "", "/x", True)),
        ("target=/x,readwrite=true", ("bind", "", "/x", True)),
        ("target=/x,ro=false", ("bind", "", "/x", True)),
        ("target=/x,rw=0", ("bind", "", "/x", False)),
        ("target=/x,readonly", ("bind", "", "/x", False)),
        ("target=x", ("bind", "", "/w/x", False)),
        ("target=../x/", ("bind", "", "/x", False)),
        ("type=cache,target=/x", ("cache", "", "/x", True)),
        ("type=cache,target=/x,ro", ("cache", "", "/x", False)),
        ("type=TMPFS,target=/x,size=1", ("tmpfs", "", "/x", True)),
        ("type=secret,id=s", ("secret", "", "", False)),
        ("type=ssh", ("ssh", "", "", False)),
        ("type=$T,source=${S}/a,target=/$S", ("cache", "s/a", "/s", True)),
        ('source="a b",target=/x', ("bind", "a b", "/x", False)),
        ("'\"source=a,b\",target=/x'", ("bind", "a,b", "/x", False)),
        ("source='$S',target=/x", ("bind", "s", "/x", False)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_mount(fields: str, want: tuple[str, str, str, bool]) -> None:
    """Keys have synonyms and any case; only caches and tmpfs can be written unless it says so."""
    found = mount(fields, "WORKDIR /w\nENV T=cache S=s\n")
    assert (found.kind, found.source, found.target, found.writable) == want


def test_several_mounts() -> None:
    """Each mount has an origin of its own; none of them is the context of the build, if it can have one."""
    text = (
        "FROM scratch AS one\nFROM busybox\nRUN --mount=target=/a --mount=from=ONE,target=/b --mount=from=0,target=/c "
        "--mount=from=ctx,source=x,target=/d --network=none --mount=type=cache,id=i,sharing=LOCKED,target=/e x"
    )
    step = last(text, contexts=["ctx"])
    assert [each.origin for each in step.mounts] == [
        None,
        Origin("stage", "ONE", 0),
        Origin("image", "0", None),
        Origin("context", "ctx", None),
        None,
    ]
    assert step.mounts[-1].options == (("id", "i"), ("sharing", "locked"))
    assert step.words == ("x",)


@pytest.mark.parametrize(
    ("fields", "want"),
    [
        ("type=foo,target=/x", 'unsupported mount type "foo"'),
        ("target=/x,foo=1", "unexpected key 'foo' in 'foo=1'"),
        ("target=/x,foo", "invalid field 'foo' must be a key=value pair"),
        ("target=/x,ro=maybe", "invalid value for ro: maybe"),
        ("target=/x,required", "unexpected key 'required' for mount type 'bind'"),
        ("required,type=secret,id=x", "unexpected key 'required' for mount type 'bind'"),
        ("target=/x,size=1", "unexpected key 'size' for mount type 'bind'"),
        ("target=/x,mode=755", 'mode not allowed for "bind" type mounts'),
        ("target=/x,type=cache,mode=9", "invalid value 9 for mode"),
        ("target=/x,type=cache,uid=x", "invalid value x for uid"),
        ("target=/x,type=cache,sharing=x", 'unsupported sharing value "x"'),
        ("target=/x,sharing=locked", "invalid cache sharing set for bind mount"),
        ("type=secret", "invalid secret mount. one of source, target required"),
        ("type=secret,id=a,source=b", "both source and id can't be set"),
        ("type=secret,id=a,from=one", "secret mount should not have a from"),
        ("target=/", 'invalid mount target "/"'),
        ("target=${NO:?no}", 'failed to process "${NO:?no}": NO: no'),
    ],
    ids=str,
)
def test_mount_that_the_builder_refuses(fields: str, want: str) -> None:
    """The message is the builder's; fields count in their order."""
    with pytest.raises(CtxscanError) as caught:
        mount(fields)
    assert str(caught.value) == f"Dockerfile:3: {want}"


def test_a_mount_into_a_directory_that_only_the_image_knows() -> None:
    """An image may have a WORKDIR, and then the target is below it; nothing else has."""
    text = "FROM {}\nRUN --mount=type=bind,target=. true\n"
    steps = plan(text.format("image:1")).target.steps
    assert [mount.target for mount in steps[0].mounts] == ["/"]
    with pytest.raises(CtxscanError, match='invalid mount target "/"'):
        plan(text.format("scratch"))


@pytest.mark.parametrize(
    "fields", ["uid=${NUMBER}", "gid=$NUMBER", "mode=0${MODE}", "sharing=${SHARING}", "type=tmpfs,size=${SIZE}"]
)
def test_a_mount_with_a_value_that_only_the_image_knows(fields: str) -> None:
    """An image may set the variable; `scratch` sets none, and the builder refuses what is empty."""
    text = f"RUN --mount=type=cache,target=/c,{fields} true\n"
    (read,) = plan(f"FROM example/client:latest\n{text}").target.steps[0].mounts
    assert (read.target, read.options) == ("/c", ())
    for before in ("FROM scratch\n", "FROM example/client:latest\nENV NUMBER= MODE=9 SHARING= SIZE=\n"):
        with pytest.raises(CtxscanError, match="value"):
            plan(before + text.replace("0$", "9$"))


def test_a_mount_where_only_the_image_knows() -> None:
    """What a variable of the image names is not the root."""
    text = "FROM {}\nWORKDIR /\nRUN --mount=type=cache,target=${{CACHE}} true\n"
    assert plan(text.format("example/client:latest")).target.steps[1].mounts[0].target == "/${CACHE}"
    with pytest.raises(CtxscanError, match='invalid mount target "/"'):
        plan(text.format("scratch"))


@pytest.mark.parametrize("text", ["STOPSIGNAL $SIGNAL", "EXPOSE $PORT/tcp"])
def test_a_signal_and_a_port_that_only_the_image_knows(text: str) -> None:
    """With an image that is not known they may be anything."""
    assert len(plan(f"FROM app:1\n{text}\n").target.steps) == 1
    with pytest.raises(CtxscanError, match="invalid"):
        plan(f"FROM scratch\n{text}\n")


# --- strangers' files -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "FROM scratch\nENV A=aaaaaaaaaa\n" + "ENV A=$A$A$A$A\n" * 100,
        "FROM scratch\nENV A=" + "a" * 60_000 + "\n" + "COPY $A /\n" * 1_000,
    ],
    ids=["doubling", "long"],
)
def test_expansion_is_bounded(text: str) -> None:
    """Variables that multiply are refused before they fill the memory."""
    assert "variables expand to more than" in refused(text)


def test_a_plan_can_be_copied() -> None:
    """A chain of many variables is no deep structure to whoever copies or pickles it."""
    step = last("FROM scratch\n" + "".join(f"ENV A{index}={index}\n" for index in range(5_000)) + "RUN x")
    assert len(step.environment) == 5_000
    assert pickle.loads(pickle.dumps(step)).environment == step.environment
    assert deepcopy(step).environment == step.environment


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"FROM scratch AS s{index}\nCOPY --from=s{index + 1} a /\n" for index in range(3_000))
        + "FROM scratch AS s3000",
        "FROM scratch AS s0\n" + "".join(f"FROM s{index} AS s{index + 1}\nENV A{index}=1\n" for index in range(1_000)),
        "FROM scratch\n" + "ENV A=1 B=2\nRUN x\n" * 5_000,
        "FROM scratch AS a\n" + "ONBUILD COPY a /\n" * 2_000 + "FROM a\n" * 50,
        "FROM " + "a" * 60_000 + "!",
        "FROM scratch\nRUN " + "--mount=type=cache,target=/x " * 1_500 + "x",
    ],
    ids=["chain", "parents", "variables", "triggers", "name", "mounts"],
)
def test_time_is_bounded(text: str) -> None:
    """Many stages, variables or mounts take a moment, and no stack."""
    start = process_time()
    with suppress(CtxscanError):
        plan(text)
    assert process_time() - start < 5


LINES = (
    "FROM scratch", "FROM scratch AS a", "FROM a AS b", "FROM $X", "ARG X=a", "ARG X", "ENV X=1 Y=$X", "COPY $X a /",
    "COPY --from=a x /", "COPY --from=b x /", "COPY --from=0 x /", "RUN --mount=from=b,target=/x,source=$X y",
    "RUN --mount=type=$X,target=/x y", "ONBUILD COPY --from=b a /", "ONBUILD RUN x", "WORKDIR $X", "COPY <<E /", "E",
    "USER ${X:?e}", "SHELL []", "ADD https://x /",
)  # fmt: skip


@settings(max_examples=examples(1_000), deadline=None)
@given(
    st.lists(st.sampled_from(LINES), max_size=12).map("\n".join),
    st.sampled_from([None, "a", "b"]),
    st.sampled_from([(), ("a",), ("b", "scratch")]),
)
def test_any_file_is_resolved_or_refused(text: str, target: str | None, contexts: tuple[str, ...]) -> None:
    """Nothing but `CtxscanError` is ever raised, and the target is among what is reached."""
    with suppress(CtxscanError):
        built = plan(text, target=target, contexts=contexts)
        assert built.target in built.stages
