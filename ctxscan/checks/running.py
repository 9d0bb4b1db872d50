"""Lessons about the container as it runs: who it is, what process 1 is, and whether anybody can ask how it feels."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator
from typing import Final

from ..dockerfile import images
from ..dockerfile.stages import Step
from ..findings import Finding
from ..printable import WHITE_SPACE
from ..regex import lazy
from .reading import Reading
from .registry import Evidence, finding, finds

#: Programs that start as root to become somebody else.
_DROPS: Final = lazy(r"\b(?:gosu|su-exec|setpriv|s6-setuidgid|chpst|runuser|supervisord|setuidgid|suexec)\b|^/init\b")
_ROOT: Final = lazy(r"(?:root|0)(?::.*)?")
#: What a shell has to do in a command.
_SHELL_WORDS: Final = lazy(r"""[|&;<>()$`\\"'*?\[\]#~{}!\n]|^\s*\w+=""")
#: Where it is run by something that does its own probing.
_ORCHESTRATORS: Final = frozenset(
    "k8s kubernetes helm chart charts manifests kustomize skaffold.yaml kustomization.yaml Chart.yaml fly.toml "
    "app.yaml render.yaml Procfile vercel.json railway.json railway.toml nomad .kamal config/deploy.yml serverless.yml "
    "template.yaml samconfig.toml cloudbuild.yaml copilot terraform".split()
)
_COMPOSE: Final = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")


@finds("warning")
def root_user(case: Evidence) -> Iterator[Finding]:
    """The command of the image runs as root: no USER, or the last one is root.

    Where a USER stands does not matter, only which is the last. Silent where nothing is run, where the base image
    brings a user of its own or is not known, and where an entry point gives its rights up (`gosu`, `su-exec`).
    """
    reading = case.reading
    start = _starts(reading) if reading else []
    if reading is None or not start:
        return
    user = reading.last("USER")
    if user is not None and not _ROOT.fullmatch(user.words[0]):
        return
    lowest = reading.chain[0]
    image = images.reference(lowest.base) if lowest.origin.kind == "image" else None
    known = lowest.origin.kind == "scratch" or (image is not None and images.starts_as_root(image))
    if (user is None and not known) or _drops_rights(reading, start):
        return
    yield finding(
        root_user,
        f"USER {user.words[0]}: {start[-1].keyword} runs as root"
        if user
        else f"no USER: {start[-1].keyword} runs as root",
        why="whoever breaks into the process is root in the container at once",
        path=case.scan.build.label,
        line=(user or start[-1]).line,
        remedy=_user_remedy(image),
        key=user.words[0] if user else "",
    )


def _starts(reading: Reading) -> list[Step]:
    """The ENTRYPOINT and CMD that count, in their order."""
    found = [reading.last(keyword) for keyword in ("ENTRYPOINT", "CMD")]
    return sorted((step for step in found if step is not None and any(step.words)), key=lambda step: step.line)


def _drops_rights(reading: Reading, start: list[Step]) -> bool:
    texts = [" ".join(step.words) for step in start]
    texts += [command.text for command in reading.all_commands(reading.shipped)]
    if any(_DROPS.search(text) for text in texts):
        return True
    for step in start:
        first = " ".join(step.words).split()[:3]
        for word in first:
            path = reading.came_from(reading.shipped, posixpath.normpath(posixpath.join(reading.workdir, word)))
            if path and _DROPS.search(reading.tree.text(path)):
                return True
    return False


def _user_remedy(image: images.Reference | None) -> str:
    if image is None:
        return "USER 65532:65532 before the command"
    ready = images.ready_user(image)
    if ready:
        return f"USER {ready} before the command: the image has that user"
    if image.path.startswith("distroless/"):
        return f"FROM {image.repository}:nonroot"
    if image.repository == "alpine" or "alpine" in image.tag:
        return "RUN adduser -S -D -u 10001 app, then USER app before the command"
    return "RUN useradd --system --uid 10001 app, then USER app before the command"


@finds("warning")
def shell_form_command(case: Evidence) -> Iterator[Finding]:
    """CMD or ENTRYPOINT as a plain line: a shell is process 1, and the program below it never hears SIGTERM.

    A note where the shell is named in an array (`["sh", "-c", "…"]`). Silent where the line begins with `exec`, for
    what a later instruction replaces, and below an init that signals all (`dumb-init`).
    """
    reading = case.reading
    starts = _starts(reading) if reading else []
    if reading is None or _is_windows(reading) or _signals_all(starts):
        return
    for step in starts:
        text = " ".join(step.words)
        named = step.instruction.json
        if named:
            if len(step.words) < 3 or posixpath.basename(step.words[0]) not in ("sh", "bash", "ash", "dash"):
                continue
            if step.words[1] not in ("-c", "-lc", "-ec", "-xc", "-euc") or len(step.words) > 3:
                continue
            text = step.words[2]
        if _hands_over(text):
            continue
        if step.keyword == "CMD" and any(each.keyword == "ENTRYPOINT" and not each.instruction.json for each in starts):
            continue  # nobody runs it
        ignored = step.keyword == "ENTRYPOINT" and not named and any(each.keyword == "CMD" for each in starts)
        yield finding(
            shell_form_command,
            f"{step.keyword} {_short(text)}: a shell is process 1" + (", and CMD is ignored" if ignored else ""),
            severity="note" if named else "warning",
            why="the shell passes no signals on: a stop takes ten seconds and ends in a kill",
            path=case.scan.build.label,
            line=step.line,
            remedy=_exec_form(step, text),
            key=step.keyword,
        )


def _signals_all(starts: list[Step]) -> bool:
    """Whether process 1 is an init that signals every process below it."""
    first = next((step.words for step in starts if step.keyword == "ENTRYPOINT" and step.instruction.json), ("",))
    return posixpath.basename(first[0]) == "dumb-init" or (posixpath.basename(first[0]) == "tini" and "-g" in first)


def _hands_over(text: str) -> bool:
    """Whether the last command of a line takes the place of the shell."""
    return re.match(r"exec\s", re.split(r"&&|\|\||;|\n", text.strip(WHITE_SPACE))[-1].strip()) is not None


def _exec_form(step: Step, text: str) -> str:
    meant = _array(text)
    if meant is not None:
        return f"{step.keyword} {json.dumps(meant, ensure_ascii=False)}"
    if not _SHELL_WORDS.search(text):
        return f"{step.keyword} {json.dumps(text.split(), ensure_ascii=False)}"
    if len(text) > 200 or re.search(r"&&|\|\||[;|\n]", text):
        return f"{step.keyword} in an array, or a script that ends with exec"
    shell = step.words[0] if step.instruction.json else posixpath.basename(step.shell[0])
    return f"{step.keyword} {json.dumps([shell, '-c', f'exec {text}'], ensure_ascii=False)}"


def _array(text: str) -> list[str] | None:
    """The words of an array with the quotes of another language, which makes it a plain line."""
    try:
        found = json.loads(text.replace("'", '"')) if text.startswith("[") else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, list) and all(isinstance(each, str) for each in found) else None


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:59] + "…"


def _is_windows(reading: Reading) -> bool:
    base, platform = reading.chain[0].base, reading.plan.target.platform or ""
    return platform.startswith("windows") or any(word in base for word in ("windows", "nanoserver", "servercore"))


@finds("note")
def missing_healthcheck(case: Evidence) -> Iterator[Finding]:
    """A server (EXPOSE and a command) without a HEALTHCHECK: Docker takes it for well while the process lives.

    Silent where there is nothing to probe with (`scratch`, distroless), and where something beside the Dockerfile does
    the probing: a compose file with a health check, Kubernetes and its like.
    """
    reading = case.reading
    if (
        reading is None
        or reading.rehearses
        or not reading.last("EXPOSE")
        or not _starts(reading)
        or reading.last("HEALTHCHECK")
    ):
        return
    lowest = reading.chain[0]
    image = images.reference(lowest.base) if lowest.origin.kind == "image" else None
    if image is None or images.is_bare(image) or _is_windows(reading) or _probed(reading):
        return
    exposed = reading.last("EXPOSE")
    assert exposed is not None
    port = exposed.words[0].partition("/")[0]
    yield finding(
        missing_healthcheck,
        f"EXPOSE {port} and no HEALTHCHECK",
        why="a server that hangs counts as running",
        path=case.scan.build.label,
        line=exposed.line,
        remedy=f"HEALTHCHECK CMD with a command that asks port {port}",
    )


def _probed(reading: Reading) -> bool:
    names = set(reading.tree.names(""))
    if names & _ORCHESTRATORS or (names & {"deploy", "infra"}) or reading.tree.exists("config/deploy.yml"):
        return True
    return any("healthcheck:" in reading.tree.text(name) for name in _COMPOSE if name in names)
