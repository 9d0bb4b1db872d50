"""The lesson about the user as whom a container runs its program."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from ...dockerfile import images
from ...dockerfile.stages import Step
from ...findings import Finding, Severity
from ...regex import lazy
from ..project.audience import is_sample, is_shipped_by_another
from ..project.clusters import (
    has_all_rights_in_a_cluster,
    runs_in_a_cluster_as_somebody,
    takes_the_machine_in_a_cluster,
)
from ..project.services import (
    asks_docker,
    commands_of_services,
    number_of_session,
    runs_as_somebody,
)
from ..reading import Reading, base_image
from ..registry import Evidence, finding, finds
from .rights import (
    DROP_THEMSELVES,
    becomes_others,
    drops_in_a_file,
    has_to_be_root,
    is_a_harness,
    is_an_add_on,
    is_built_on,
    is_for_others,
    is_given_docker,
    is_started_as_somebody,
    is_the_other,
    needs_root,
    uses_devices,
    works_as_root,
    works_by_itself,
)
from .starts import (
    StartScripts,
    greets,
    hands_out,
    is_prompt,
    is_tool,
    is_windows,
    must_be_root,
    services_give_up_root,
    starting_steps,
    stays,
)

_ROOT: Final = lazy(r"(?:root|0)(?::.*)?")
#: What starts a program for AWS Lambda, which runs all of them as a user of its own.
_OF_LAMBDA: Final = ("awslambdaric", "aws-lambda-ri")
_WHY_NOT_ROOT: Final = "anyone who compromises the process is root in the container"


@finds("warning", scope="shipped")
def root_user(case: Evidence) -> Iterator[Finding]:
    """The command of the image runs as root: no USER, or the last one is root.

    The position of a USER does not matter; only the last one counts, and the command of a service counts as that of its
    image. Silent where nothing runs, where the base image sets a user or is unknown (unless system packages are
    installed or users made without a USER, below an ENTRYPOINT of the Dockerfile), where the program drops root by
    itself (`gosu`, `su-exec`, a script that does, also one that a service lays over the image, a file that it loads,
    `uid` in the settings of uWSGI; to install one of them is not to use it), where it must be root (a scheduler, a
    server that starts its workers as another user, a program that talks to Docker through its socket, Docker inside
    Docker, a pod that has all rights or the processes of its machine, a script that begins with changes of the system's
    own files; a web server that a start script leaves beside another program excuses nothing), where it only moves
    files about and ends, for a stage that another one goes on from with a RUN, on AWS Lambda and on Windows.
    A note for a
    command-line tool, a shell or an interpreter, for a program of which nothing says that it goes on (EXPOSE, VOLUME, a
    health check, a service with ports, a Deployment, a unit of systemd or a Dockerfile beside it that has a user for
    the same program, what runs applications, words such as `serve`), for what is pushed by tags such as `latest-root`
    beside a Dockerfile without root, for what does a job (`batch`, `convert.js`), for a program of Go that starts
    others as somebody else, for what only greets, for what others go on from with what they install (on a page or in a
    comment), for what workflows build and keep while they push another, for an example, for what tries programs with
    one another (`interop`), for a start script that needs root on its way (`chown`, `usermod`, packages of the system
    or of pip, certificates, the system's own files or volumes of another service) or refuses to start with nothing, for
    what scripts run for one job, for the only image that ships where each service that takes a ready one of it, by its
    name, paths or volumes, has another user, for a start script that cannot be read here or becomes a program of a
    base of the project, and where each service of a compose file has another user or a command that drops root,
    each `docker run` of the project has a `--user`, or a manifest of Kubernetes sets another user (unless a page
    has people run the image by Docker), or gives it what is for root on its machine, and for what has drivers for
    devices of the machine, or is given those on a page, and where the sources of the program have it install
    packages of the system or mount something while it runs, and for an add-on of Home Assistant.
    """
    reading = case.reading
    start = starting_steps(reading) if reading else []
    if reading is None or is_windows(reading):
        return
    user = reading.last("USER")
    if not start and is_shipped_by_another(reading):
        return  # who starts it is for that to say
    if not start:
        yield from _left_as_root(case, reading, user) if user is not None else _run_as_root(case, reading)
        return
    if (user is not None and not _ROOT.fullmatch(user.words[0])) or is_built_on(reading):
        return
    lowest = reading.chain[0]
    image = base_image(lowest)
    if image is not None and reading.last("ENTRYPOINT") is None and images.plain_name(image) in DROP_THEMSELVES:
        return
    if image is not None and images.starts_docker(image):
        return
    known = lowest.origin.kind == "scratch" or (image is not None and images.starts_as_root(image))
    if user is None and not known and image is not None:
        from ..project.homemade import image_below  # only on a base of which nothing is known

        below = image_below(reading, image)
        image, known = below or image, below is not None and images.starts_as_root(below)
    scripts = StartScripts(reading, start)
    known |= image is not None and image.repository == "nginx" and scripts.beside is not None
    if user is None and not known and not works_as_root(reading, image):
        return
    if has_to_be_root(reading, start) or hands_out(start):
        return
    if scripts.drop_rights() or scripts.serve_as_root() or scripts.write_as_root() or asks_docker(reading):
        return
    if drops_in_a_file(reading, start):
        return
    parsed = case.scan.build.parsed
    if parsed is not None and any(each in parsed.text for each in _OF_LAMBDA):
        return
    mild = (
        scripts.unread
        or scripts.become_the_base()
        or is_tool(reading, start)
        or is_prompt(start)
        or services_give_up_root(reading)
    )
    mild = (
        mild
        or greets(start)
        or becomes_others(reading)
        or runs_in_a_cluster_as_somebody(reading)
        or takes_the_machine_in_a_cluster(reading)
        or is_sample(case.scan.build)
        or is_the_other(reading)
        or not stays(reading, start, scripts.shell)
        or is_for_others(reading)
        or needs_root(reading, start, scripts.shell)
        or uses_devices(reading)
        or is_started_as_somebody(reading)
        or is_an_add_on(reading)
        or is_a_harness(reading)
    )
    if has_all_rights_in_a_cluster(reading) or (not mild and is_given_docker(reading)):
        return
    working = None if mild else works_by_itself(reading)
    severity: Severity = "note" if mild or working is not None else "warning"
    does = f", and {working[0]}, which is for root" if working is not None else ""
    remedy = _user_remedy(reading, image, user, scripts.started, scripts.beside)
    if working is not None:
        remedy = f"{working[1]}; {remedy}"
    yield finding(
        root_user,
        f"{f'USER {user.words[0]}' if user else 'no USER'}: {_runner(start).keyword} runs as root{does}",
        severity=severity,
        why=_WHY_NOT_ROOT,
        path=case.scan.build.label,
        line=(user or start[-1]).line,
        remedy=remedy,
        key=user.words[0] if user else "",
    )


def _runner(start: list[Step]) -> Step:
    """The instruction that names the program: a CMD may be no more than options of the ENTRYPOINT."""
    return start[0] if start[-1].keyword == "CMD" and start[-1].words[0].startswith("-") else start[-1]


def _left_as_root(case: Evidence, reading: Reading, user: Step) -> Iterator[Finding]:
    """USER root for a step, and no way back, above a base image whose own command is somebody else's."""
    lowest = reading.chain[0]
    image = base_image(lowest)
    own = images.own_user(image) if image is not None else None
    if own is None or not _ROOT.fullmatch(user.words[0]) or asks_docker(reading):
        return
    if image is not None and images.plain_name(image) in DROP_THEMSELVES:
        return
    texts = [step.instruction.text for step in reading.shipped]
    if any("docker.sock" in text for text in texts) or runs_as_somebody(reading):
        return
    scripts = _of_services(reading)
    if scripts is not None and scripts.drop_rights():
        return
    mild = takes_the_machine_in_a_cluster(reading) or (scripts is not None and needs_root(reading, [], scripts.shell))
    severity: Severity = "note" if mild else "warning"
    yield finding(
        root_user,
        f"USER {user.words[0]}: the command of {lowest.written} runs as root",
        severity=severity,
        why=_WHY_NOT_ROOT,
        path=case.scan.build.label,
        line=user.line,
        remedy=f"USER {own} after the last step that needs root",
        key=user.words[0],
    )


def _of_services(reading: Reading) -> StartScripts | None:
    """What the commands of services start in an image without one; None: there are no such."""
    lines = [*commands_of_services(reading)]
    return StartScripts(reading, [], lines) if lines else None


def _run_as_root(case: Evidence, reading: Reading) -> Iterator[Finding]:
    """An image without a command that a service gives one, and nobody a user."""
    lowest = reading.chain[0]
    image = base_image(lowest)
    if image is None or not images.starts_as_root(image) or asks_docker(reading) or runs_as_somebody(reading):
        return
    lines, scripts = list(commands_of_services(reading)), _of_services(reading)
    words = [word for line in lines for word in re.split(r"[\s;&|\"']+", line)]
    if scripts is None or any(map(must_be_root, words)) or scripts.drop_rights() or scripts.serve_as_root():
        return
    mild = is_sample(case.scan.build) or scripts.unread or needs_root(reading, [], scripts.shell)
    last = reading.shipped[-1]
    yield finding(
        root_user,
        "no USER: the command of the Compose service runs as root",
        severity="note" if mild else "warning",
        why=_WHY_NOT_ROOT,
        path=case.scan.build.label,
        line=last.line,
        remedy=_user_remedy(reading, image, None, scripts.started),
    )


def _user_remedy(
    reading: Reading,
    image: images.Reference | None,
    user: Step | None,
    scripts: Sequence[str],
    beside: str | None = None,
) -> str:
    from .owning import user_remedy  # only where there is something to say

    way = user_remedy(reading, image, user, scripts, beside)
    if any(each.keyword == "ADD" or "--chmod" in each.instruction.text for each in reading.shipped):
        from .opening import opened  # few images get what is for root alone

        way += opened(reading, image, way)
    number = number_of_session(reading)
    taken = images.brought_user(image) if image is not None else None
    if number is not None and (taken is None or taken[1] != number):
        way = way.replace("10001", number)  # a socket of that user lets nobody else in
    parts = way.split(", and ")
    return "; ".join(parts).replace("; at its end", ", and at its end") if len(parts) > 2 else way
