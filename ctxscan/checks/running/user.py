"""Lessons about the container as it runs: its user, its process 1, and whether its health can be checked."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from typing import Final

from ...builds.names import is_dockerfile
from ...dockerfile import images
from ...dockerfile.shell import replaced
from ...dockerfile.stages import Step
from ...findings import Finding, Severity
from ...packages.catalog import system_packages
from ...paths import join
from ...printable import WHITE_SPACE
from ...regex import lazy
from ..project.audience import directories_of, is_rehearsal, is_sample
from ..project.earlier import around
from ..project.ordering import dockerfiles, ordering_texts, readmes
from ..project.services import (
    GIVES_DEVICES,
    asks_docker,
    builders,
    commands_of_services,
    for_readers,
    has_all_rights_in_a_cluster,
    is_kept_in_a_cluster,
    is_not_root,
    is_offered,
    manual,
    ready_services,
    runs_as_somebody,
    runs_in_a_cluster_as_somebody,
    takes_the_machine_in_a_cluster,
)
from ..reading import Reading, base_image
from ..registry import Evidence, finding, finds

#: Programs that start as root to become somebody else.
_DROPS: Final = lazy(
    r"\b(?:gosu|su-exec|setpriv|s6-setuidgid|s6-applyuidgid|s6-svscan|chpst|runuser|supervisord|setuidgid|suexec|"
    r"runit|runsvdir|tini-su|pm2-runtime\s+--uid|start-stop-daemon|setuid|setresuid|drop_privileges|"
    r"process\.set[ug]id|Process::(?:UID|Sys\.setuid)|posix_setuid|syscall\.Setuid|"
    r"(?:gunicorn|uwsgi|celery|unicorn)\b[^;&|]*\s--(?:user|uid)[=\s]|"
    r"su\s+(?:-\S*\s+)*(?:-[cs]|(?:[\"']?\$\([^()\n]*\)[\"']?|\S+)\s+-[cs])|sudo\s+(?:-\w+\s+)*-u|PUID)\b|\bexec\s+su\b|^/init\b"
)
#: Of these, one is in whatever that pattern fits.
_DROP_WORDS: Final = tuple(
    "su set Set --user --uid s6- chpst runuser runit runsvdir pm2-runtime start-stop drop_ Process PUID /init".split()
)
#: How a program of Go sets the user of itself or of what it starts.
_AS_SOMEBODY: Final = ("syscall.Credential{", "syscall.Setuid(", "unix.Setuid(")
#: Programs that have to be root: they bind, schedule, or start workers as somebody else by themselves.
_MUST_BE_ROOT: Final = frozenset(
    "nginx openresty apache2 apache2ctl apache2-foreground httpd httpd-foreground apachectl haproxy php-fpm cron crond "
    "supercronic sshd dockerd containerd buildkitd named dnsmasq unbound postfix dovecot exim slapd openvpn wg-quick "
    "keepalived tcpdump systemd init supervisord runsvdir s6-svscan smbd vsftpd pure-ftpd proftpd freeradius radiusd "
    "mysqld_safe frankenphp mosquitto squid "
    "swapon modprobe ntpd chronyd tor stunnel turnserver pdns_server nsd asterisk".split()
)
_MAKES_USERS: Final = frozenset("useradd adduser groupadd addgroup usermod".split())
#: Images whose servers start as root and have workers of another name.
_WORKERS: Final = frozenset("php apache caddy wordpress nextcloud".split())
#: Programs that a script calls, and that make packets or rules of the network themselves.
_NEEDS_RAW: Final = lazy(
    r"(?m)(?:^|[\s\"'`;&|(])(?:nmap|arp-scan|masscan|tcpdump|tshark|hping3|ip6?tables|nft|ebtables)[\s\"'](?!:)"
)
#: Images whose own entry point starts as root and becomes somebody else.
_DROP_THEMSELVES: Final = frozenset(
    "mysql mariadb percona postgres mongo redis valkey rabbitmq couchdb cassandra neo4j influxdb ghost zookeeper "
    "eclipse-mosquitto arangodb".split()
)
#: Programs that start all that a Procfile has.
_OF_A_PROCFILE: Final = frozenset("forego foreman honcho overmind hivemind goreman".split())
#: Packages of what sets up the network of a container or mounts something, for which it is given the rights of root.
_OF_THE_MACHINE: Final = frozenset(
    "wireguard wireguard-tools wireguard-go iptables nftables openvpn arp-scan tcpdump tshark masscan hping3 "
    "e2fsprogs xfsprogs btrfs-progs lvm2 cryptsetup "
    "fuse fuse3 s3fs s3fs-fuse sshfs davfs2 cifs-utils nfs-utils nfs-kernel-server".split()
)
#: Packages by which a program uses the devices of a machine, which belong to groups of that.
_DEVICES: Final = frozenset(
    "intel-media-va-driver intel-media-va-driver-non-free intel-media-driver i965-va-driver i965-va-driver-shaders "
    "libva-intel-driver mesa-va-drivers mesa-va-gallium mesa-vdpau-drivers mesa-vdpau-gallium".split()
)
#: A web server that a script starts, and the program that the script becomes, or ends with.
_WEB_SERVER: Final = lazy(r"(?:exec\s+)?(?:/usr/sbin/)?(?:nginx|openresty)\b")
_SERVES: Final = (
    r"(?:\S*/)?(?:gunicorn|uvicorn|hypercorn|daphne|granian|java|node|bun|deno|python3?|puma|ruby|bundle|dotnet)\s"
)
_BECOMES: Final = lazy(rf"(?:^|&&\s*)(?:exec\s+)?{_SERVES}")
#: The same in the background, or a program of the directory where it starts.
_BESIDE: Final = lazy(rf"(?:{_SERVES}|\./[\w-]+\s)[^;|]*(?<!&)&$")
_ROOT: Final = lazy(r"(?:root|0)(?::.*)?")
_WHY_NOT_ROOT: Final = "anyone who compromises the process is root in the container"
#: Of a command line tool: what it runs when it is told nothing.
TOLD_NOTHING: Final = frozenset(("--help", "-h", "help", "--version", "-v", "version"))
#: Words of a command of what goes on until it is stopped: what runs applications, what they do, and where they listen.
_GOES_ON: Final = lazy(
    r"node|nodejs|npm|npx|yarn|pnpm|bun|deno|pm2|pm2-runtime|python[\d.]*|pypy3?|gunicorn|uvicorn|hypercorn|daphne|granian|"
    r"uwsgi|waitress-serve|flask|streamlit|celery|uv|poetry|pipenv|ruby|bundle|rails|puma|unicorn|sidekiq|rackup|java|"
    r"dotnet|php|mix|iex|elixir|beam\.smp|litestream|"
    r"(?:.*[-_.])?(?:serve|server|start|run|daemon|daemonize|worker|web|webserver|listen|agent|gateway|proxy|bot|api|"
    r"exporter|operator|collector|broker)|"
    r"(?!(?:.*[-_.])?(?:(?:up|down)?load|(?:re)?build|send|find|read|add|seed|cmd)$).*d|"
    r"(?i:--?(?:p|port|host|bind|listen|addr|address|http|daemon|foreground|server|listen-address|web)(?:[-=.:].*)?)"
)
#: What one program does of several, and ends.
_JOBS: Final = frozenset(
    "analyze build check compile convert create deploy diff dump export fetch fmt format generate import index init "
    "install lint list migrate plan publish render report scan test transform upload validate verify".split()
)
#: How scripts look for a program.
_FOUND: Final = lazy(r"\$\((?:which|command\s+-v|type\s+-p)\s+([\w./-]+)\)")
#: Words in the names of what does its work and ends, whatever runs it.
_WORK: Final = frozenset("batch job jobs cronjob cronjobs migration migrations backfill scrape scraper cli".split())
#: What waits for somebody to type.
_PROMPTS: Final = frozenset(
    "sh bash ash dash zsh fish node python python3 pypy pypy3 irb iex erl R julia ghci php perl psql pwsh jshell deno "
    "bun lua luajit racket sbcl guile scala clojure lein rebar3 gleam groovysh swift ocaml utop nim".split()
)
#: Those of them that only move files about: what such an image makes goes to a volume, and it ends.
_HANDS_OUT: Final = frozenset("echo printf cat ls true mkdir cp mv rm ln touch chmod chown tar rsync sleep".split())
#: What keeps a container there of which others want the files.
_WAITING: Final = ["tail", "-f", "/dev/null"]
#: A line of a script that runs another one by its path.
_CALLED: Final = lazy(r"\s*((?:\.{1,2})?/[\w./-]+\.(?:sh|bash))(?=[\s;&|]|$)")
#: Scripts that are followed from one to the next, and interpreters that run them.
_MOST_SCRIPTS: Final = 8
_INTERPRETERS: Final = frozenset(
    "sh bash ash dash python python3 ruby perl node php tini dumb-init -- -g -e -c exec".split()
)


@finds("warning", scope="shipped")
def root_user(case: Evidence) -> Iterator[Finding]:
    """The command of the image runs as root: no USER, or the last one is root.

    The position of a USER does not matter; only the last one counts, and the command of a service counts as that of its
    image. Silent where nothing runs, where the base image sets a user or is unknown (unless system packages are
    installed or users made without a USER, below an ENTRYPOINT of the Dockerfile), where the program drops root by
    itself (`gosu`, `su-exec`, a script that does, a file that it loads, `uid` in the settings of uWSGI; to install one
    of them is not to use it), where it must be root (a scheduler, a server that starts its workers as another user, a
    program that talks to Docker through its socket, Docker inside Docker, a pod that has all rights or the processes of
    its machine, a script that begins with changes of the system's own files; a web server that a start script leaves
    beside another program excuses nothing), where it only moves files about and ends, for a stage that another one goes
    on from with a RUN, and on Windows. A note for a command-line tool, a shell or an interpreter, for a program of
    which nothing says that it goes on (EXPOSE, VOLUME, a health check, a service with ports, a Deployment, a unit of
    systemd or a Dockerfile beside it that has a user for the same program, what runs applications, words such as
    `serve`), for what is pushed by tags such as `latest-root` beside a Dockerfile without root, for what does a job
    (`batch`, `convert.js`), for a program of Go that starts others as somebody else, for what only greets, for what
    others go on from with what they install (on a page or in a comment), for what workflows build and keep while they
    push another, for an example, for what tries programs with one another (`interop`), for a start script that needs
    root on its way (`chown`, `usermod`, packages, certificates or volumes of another service) or refuses to start with
    nothing, for what scripts run for one job, for the only image that ships where each service that takes a ready one
    of it, by its name, paths or volumes, has another user, for what only waits (`tail -f`, `sleep infinity`), for a
    start script that cannot be read here, and where a compose file or a manifest of Kubernetes sets another user (the
    latter unless a page has people run the image by Docker), or gives it what is for root on its machine, and for what
    has drivers for devices of the machine, or is given those on a page, and where the sources of the program have it
    install packages of the system or mount something while it runs, and for an add-on of Home Assistant.
    """
    reading = case.reading
    start = starting_steps(reading) if reading else []
    if reading is None or is_windows(reading):
        return
    user = reading.last("USER")
    if not start:
        yield from _left_as_root(case, reading, user) if user is not None else _run_as_root(case, reading)
        return
    if (user is not None and not _ROOT.fullmatch(user.words[0])) or _is_built_on(reading):
        return
    lowest = reading.chain[0]
    image = base_image(lowest)
    if image is not None and reading.last("ENTRYPOINT") is None and images.plain_name(image) in _DROP_THEMSELVES:
        return
    if image is not None and images.starts_docker(image):
        return
    known = lowest.origin.kind == "scratch" or (image is not None and images.starts_as_root(image))
    if user is None and not known and image is not None and "/" in image.path:
        from ..project.homemade import image_below  # only on a base of which nothing is known

        below = image_below(reading, image)
        image, known = below or image, below is not None and images.starts_as_root(below)
    scripts = _Scripts(reading, start)
    known |= image is not None and image.repository == "nginx" and scripts.beside is not None
    if user is None and not known and not _works_as_root(reading, image):
        return
    if _has_to_be_root(reading, start) or _hands_out(start):
        return
    if scripts.drop_rights() or scripts.serve_as_root() or scripts.write_as_root() or asks_docker(reading):
        return
    if _drops_in_a_file(reading, start):
        return
    mild = scripts.unread or _is_tool(reading, start) or is_prompt(start) or runs_as_somebody(reading)
    mild = mild or _greets(start) or _waits(start)
    mild = (
        mild
        or _becomes_others(reading)
        or runs_in_a_cluster_as_somebody(reading)
        or takes_the_machine_in_a_cluster(reading)
        or is_sample(case.scan.build)
        or _is_the_other(reading)
        or not _stays(reading, start, scripts.shell)
        or _is_for_others(reading)
        or _needs_root(reading, start, scripts.shell)
        or _uses_devices(reading)
        or _is_started_as_somebody(reading)
        or _is_an_add_on(reading)
        or _is_a_harness(reading)
    )
    if has_all_rights_in_a_cluster(reading) or (not mild and _is_given_docker(reading)):
        return
    working = None if mild else _works_by_itself(reading)
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


#: What starts a program that is named in another way than by its file.
_LOADERS: Final = frozenset(
    "bundle puma rails rackup unicorn gunicorn uvicorn hypercorn daphne granian npm yarn pnpm -m".split()
)


def _drops_in_a_file(reading: Reading, start: list[Step]) -> bool:
    """Whether a file that the program loads makes it somebody else."""
    words = [word for step in start for word in " ".join(step.words).split()]
    if _LOADERS.isdisjoint(map(posixpath.basename, words)) and not any(map(reading.file_of, words)):
        return False
    from .dropping import drops_rights  # only where its files are there

    return drops_rights(reading, start)


def _is_for_others(reading: Reading) -> bool:
    """Whether an image is there to go on from, or to try another one with."""
    top = around(reading.tree)[-1][0]
    if any("docker/build-push-action" in text for text in ordering_texts(top)):
        from ..project.callers import tries_another  # only where workflows build images

        if tries_another(reading):
            return True
    own = (reading.scan.build.text or b"").decode("utf-8", "replace")
    if not any("FROM" in text for text in (*readmes(top), *manual(top))) and not any(
        "FROM" in line[1:] for line in own.splitlines() if line[:1] == "#"
    ):
        return False
    from ..project.basing import is_base  # only where something is said to go on

    return is_base(reading)


def _needs_root(reading: Reading, start: list[Step], scripts: Sequence[str]) -> bool:
    """Whether what is started does what only root may, or scripts run it for one job."""
    elsewhere = start[0].words[0][:1] == "/" and reading.source(start[0].words[0]) is None
    if not (scripts or elsewhere or reading.scan.build.source):
        return False
    from ..project.needing import is_run_for_a_job, needs_root  # only where a script has to do with it

    return needs_root(reading, start, scripts) or is_run_for_a_job(reading)


def _is_started_as_somebody(reading: Reading) -> bool:
    top, inside = around(reading.tree)[-1]
    if not any(is_not_root(each) for _, each in ready_services(top)) or any(builders(reading)):
        return False
    own = posixpath.normpath(join(inside, (reading.scan.build.label or "").replace("\\", "/")))
    others = (path for path, _ in dockerfiles(top) if path != own and is_dockerfile(posixpath.basename(path)))
    if not all(map(is_rehearsal, others)):
        return False  # it may be that of another one
    from ..project.needing import is_started_as_somebody  # only where a service has a user

    return is_started_as_somebody(reading)


def _works_by_itself(reading: Reading) -> tuple[str, str] | None:
    from .owning import works_as_root  # only where a command runs as root

    return works_as_root(reading)


def _is_an_add_on(reading: Reading) -> bool:
    """Whether a label says that the image is an add-on of Home Assistant, which starts each of them as root."""
    labels = (pair for step in reading.shipped if step.keyword == "LABEL" for pair in step.instruction.pairs)
    return any((name.strip("\"'"), value.strip("\"'")) == ("io.hass.type", "addon") for name, value in labels)


def _uses_devices(reading: Reading) -> bool:
    """Whether drivers for devices of the machine are in the image, or a page has people give those to it."""
    if any(
        system_packages(each) == "adds" and _DEVICES & {*each.words} for each in reading.all_commands(reading.shipped)
    ):
        return True
    if not any(word in text for text in for_readers(reading) for word in GIVES_DEVICES):
        return False
    from ..project.needing import is_given_devices  # only where a page has such words

    return is_given_devices(reading)


def _is_given_docker(reading: Reading) -> bool:
    """Whether the repository says that the image gets the socket of Docker, by the name of its directory."""
    if "/" not in join(around(reading.tree)[-1][1], reading.scan.build.label or ""):
        return False
    from ..project.needing import is_given_docker  # few Dockerfiles lie in a directory of their own

    return is_given_docker(reading)


def _runner(start: list[Step]) -> Step:
    """The instruction that names the program: a CMD may be no more than options of the ENTRYPOINT."""
    return start[0] if start[-1].keyword == "CMD" and start[-1].words[0].startswith("-") else start[-1]


#: Words in the names of what tries one program with another.
_HARNESSES: Final = frozenset("interop interoperability conformance harness testbed".split())


def _is_a_harness(reading: Reading) -> bool:
    """Whether the image is there to try programs with one another."""
    said = " ".join((*directories_of(reading.scan.build), reading.scan.build.label or "", reading.plan.target.name))
    if not any(word in said for word in _HARNESSES):
        return False
    return not _HARNESSES.isdisjoint(re.split(r"[^a-z]+", said.lower()))


#: A tag of an image for those who want root.
_AS_ROOT: Final = lazy(r"(?m):\S*-root[\"']?[ \t]*$")


def _is_the_other(reading: Reading) -> bool:
    """Whether the project has a Dockerfile without root beside this one, and gives this one out by tags that say so."""
    top, inside = around(reading.tree)[-1]
    own = posixpath.normpath(join(inside, (reading.scan.build.label or "").replace("\\", "/")))
    beside = (name for name in top.names(posixpath.dirname(own)) if posixpath.basename(own) in name)
    return any("rootless" in name or "nonroot" in name for name in beside) and any(
        _AS_ROOT.search(text) for text in ordering_texts(top) if own in text
    )


def _becomes_others(reading: Reading) -> bool:
    """Whether a program of Go starts others as somebody else, which is for root."""
    from .owning import is_in_go  # only where a command runs as root

    return is_in_go(reading, _AS_SOMEBODY)


def _is_built_on(reading: Reading) -> bool:
    """Whether the Dockerfile goes on from this stage with steps that want root, and ends in an image of its own: there
    the user belongs, at the end."""
    parsed, target = reading.scan.build.parsed, reading.plan.target
    names = {target.name.lower()} - {""}
    for section in parsed.sections[target.index + 1 :] if parsed is not None else ():
        if section.start.words[0].lower() in names and not is_rehearsal(section.name):
            names.add(section.name)
            if any(each.keyword == "RUN" for each in section.instructions):
                return True
    return False


def _works_as_root(reading: Reading, image: images.Reference | None) -> bool:
    """Whether a base of which nothing is known leaves its user root: packages of the system are installed without a
    USER, or users are made. Its own entry point may drop that, unless the Dockerfile has another."""
    if reading.last("ENTRYPOINT") is None:
        return False
    if image is not None and {*re.split(r"[/_-]", images.plain_name(image))} & (
        _MUST_BE_ROOT | _WORKERS | _DROP_THEMSELVES
    ):
        return False
    return any(
        (system_packages(command) == "adds" or command.name in _MAKES_USERS)
        and re.search(r"\bsudo\b", command.step.instruction.text) is None
        for command in reading.all_commands(reading.shipped)
    )


def _left_as_root(case: Evidence, reading: Reading, user: Step) -> Iterator[Finding]:
    """USER root for a step, and no way back, above a base image whose own command is somebody else's."""
    lowest = reading.chain[0]
    image = base_image(lowest)
    own = images.own_user(image) if image is not None else None
    if own is None or not _ROOT.fullmatch(user.words[0]) or asks_docker(reading):
        return
    texts = [step.instruction.text for step in reading.shipped]
    if any("docker.sock" in text for text in texts) or runs_as_somebody(reading):
        return
    severity: Severity = "note" if takes_the_machine_in_a_cluster(reading) else "warning"
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


def _run_as_root(case: Evidence, reading: Reading) -> Iterator[Finding]:
    """An image without a command that a service gives one, and nobody a user."""
    lowest = reading.chain[0]
    image = base_image(lowest)
    if image is None or not images.starts_as_root(image) or asks_docker(reading) or runs_as_somebody(reading):
        return
    lines = list(commands_of_services(reading))
    words = {posixpath.basename(word) for line in lines for word in re.split(r"[\s;&|\"']+", line)}
    if not lines or _MUST_BE_ROOT & words or any(_DROPS.search(line) for line in lines):
        return
    last = reading.shipped[-1]
    yield finding(
        root_user,
        "no USER: the command of the Compose service runs as root",
        severity="note" if is_sample(case.scan.build) else "warning",
        why=_WHY_NOT_ROOT,
        path=case.scan.build.label,
        line=last.line,
        remedy=_user_remedy(reading, image, None, lines),
    )


def starting_steps(reading: Reading) -> list[Step]:
    """The ENTRYPOINT and CMD that count, in their order."""
    found = [reading.last(keyword) for keyword in ("ENTRYPOINT", "CMD")]
    return sorted((step for step in found if step is not None and any(step.words)), key=lambda step: step.line)


def _has_to_be_root(reading: Reading, start: list[Step]) -> bool:
    words = [word for step in start for word in re.split(r"[\s;&|]+", " ".join(step.words))]
    if any(posixpath.basename(word) in _MUST_BE_ROOT for word in words) or any(".wasm" in word for word in words):
        return True
    if any(posixpath.basename(word) == "lighttpd" for word in words) and _drops_by_its_settings(reading, words):
        return True
    called = list(reading.all_commands(reading.shipped))
    if any(each.name in ("apk", "apt-get", "apt", "dnf", "yum") and _OF_THE_MACHINE & {*each.words} for each in called):
        return True
    texts = [step.instruction.text for step in reading.shipped]
    return any("docker.sock" in text for text in texts) or "wasi" in (reading.plan.target.platform or "")


def _drops_by_its_settings(reading: Reading, words: Sequence[str]) -> bool:
    """Whether lighttpd is told whom to become, as it is by the settings of its package."""
    path = next((word for word in words if word.endswith(".conf")), "/etc/lighttpd/lighttpd.conf")
    source = reading.file_of(path)
    texts = [
        step.instruction.whole for step in reading.shipped if step.keyword == "RUN" and path in step.instruction.whole
    ]
    texts += [reading.tree.text(source)] if source is not None else []
    return not texts or any("server.username" in text for text in texts)


def _line(step: Step) -> str:
    """What an instruction gives to a shell; empty: nothing."""
    if not step.instruction.json:
        return " ".join(step.words)
    return step.words[2] if len(step.words) > 2 and re.fullmatch(r"-\w*c", step.words[1]) else ""


def _hands_out(start: list[Step]) -> bool:
    """Whether all that is run moves files about and ends: nobody talks to it, and it writes to volumes of others."""
    words = [word for step in start for word in step.words]
    text = words[-1] if words[1:2] == ["-c"] else " ".join(words)
    if posixpath.basename((text.split() or [""])[0]) not in _HANDS_OUT:
        return False
    parts = [part.split() for part in re.split(r"&&|\|\||[;&|\n]", text) if part.strip()]
    return all(posixpath.basename(part[0]) in _HANDS_OUT or part == _WAITING for part in parts)


def _is_tool(reading: Reading, start: list[Step]) -> bool:
    """Whether the image is a command-line tool: it shows its help unless told more, or is one program and no server."""
    # A plain line is one word here, and many for its shell.
    ordered = sorted(start, key=lambda step: step.keyword == "CMD")
    words = [
        word for step in ordered for word in (step.words if step.instruction.json else " ".join(step.words).split())
    ]
    if words[-1] in TOLD_NOTHING:
        return True
    bare = reading.chain[0].origin.kind == "scratch" or not any(reading.commands(step) for step in reading.shipped)
    serves = any(reading.last(keyword) for keyword in ("EXPOSE", "VOLUME", "HEALTHCHECK")) or _is_called_a_server(
        reading, words[0]
    )
    # A server is called by its path, and a tool by its name, as its users do.
    called = ordered[0].keyword == "ENTRYPOINT" or "/" not in words[0]
    named = ordered[0].keyword == "ENTRYPOINT" and "/" not in words[0] and ordered[0].instruction.json
    one = len(words) == 1 and ((bare and called) or named)
    job = ordered[0].keyword == "ENTRYPOINT" and len(words) == 2 and words[1] in _JOBS
    return (one or job) and not serves and not _serves_as_somebody(reading, words[:1])


def _serves_as_somebody(reading: Reading, started: Sequence[str]) -> bool:
    programs = {posixpath.basename(each) for each in started} - _INTERPRETERS - _PROMPTS
    if not programs:
        return False
    from ..project.needing import serves_as_somebody  # only where nothing else says that a program serves

    return serves_as_somebody(reading, programs)


#: Names of what serves others until it is stopped.
_SERVER: Final = lazy(r"(?:.*[-_.])?(?:server|daemon|relay|gateway|exporter|collector|broker)")


def _is_called_a_server(reading: Reading, program: str) -> bool:
    """Whether the program, or the directory of its Dockerfile, is called like a server."""
    own = posixpath.dirname(join(around(reading.tree)[-1][1], (reading.scan.build.label or "").replace("\\", "/")))
    return any(_SERVER.fullmatch(posixpath.basename(each)) for each in (program, own))


def _stays(reading: Reading, start: list[Step], scripts: list[str]) -> bool:
    """Whether something says that what is started goes on and serves: a port, data of its own, a service, what runs
    applications, or the words of a command. A program of which nothing is said may be a tool, or end when its work is
    done."""
    if any(reading.last(keyword) for keyword in ("EXPOSE", "VOLUME", "HEALTHCHECK")) or is_offered(reading):
        return True
    if _is_called_a_server(reading, start[0].words[0]):
        return True
    words = [word for step in start for word in re.split(r"[\s;&|\"']+", " ".join(step.words))]
    said = [posixpath.basename(words[-1]), *directories_of(reading.scan.build), reading.plan.target.name]
    if not _WORK.isdisjoint(part for each in said for part in re.split(r"[^a-z]+", each.lower())):
        return False
    script, ending, _ = said[0].partition(".")
    if ending and script != "index" and script.replace("_", "-").partition("-")[0] in _JOBS:
        return False
    lines = [line.strip().removeprefix("exec ").split() for text in scripts for line in text.splitlines()]
    words += (programs := [line[0] for line in lines if line])
    if _serves_as_somebody(reading, [*start[0].words[:1], *programs]):
        return True
    words += [word for line in commands_of_services(reading) for word in line.split()]
    return any(_GOES_ON.fullmatch(posixpath.basename(word)) for word in words) or is_kept_in_a_cluster(reading)


def is_prompt(start: list[Step]) -> bool:
    """Whether the image is there to be built on, or to be used by hand: it starts a shell or an interpreter, and gives
    it nothing to run."""
    # An entry point before it prepares something, and starts what it is given.
    words = [word for word in start[-1].words if word not in ("-c", "-i", "-l")]
    return len(words) == 1 and " " not in words[0].strip() and posixpath.basename(words[0].strip()) in _PROMPTS


#: How a tool greets whoever starts it with nothing to do.
_GREETING: Final = lazy(
    r"\bhttps?://\S*\bwelcome\b|(?:\beval|\s-[ecpr])\s+[\"']*(?:console\.log|print|puts|echo|cat)\b[^;&|]*$"
)


_GREETS: Final = ("welcome", "console.log", "print", "puts", "echo", "cat")


def _greets(start: list[Step]) -> bool:
    """Whether all that is started says something, and ends: the image is there for what others start in it."""
    text = " ".join(word for step in start for word in step.words)
    return any(word in text for word in _GREETS) and _GREETING.search(text) is not None


def _is_optional(text: str, line: str, path: str) -> bool:
    """Whether a line takes in settings of somebody's own, if there are any: the script looks for them first."""
    if not re.match(r"\s*(?:\.|source)\s", line):
        return False
    return re.search(rf"-[efrs]\s+[\"']?{re.escape(path)}[\"']?\s", text) is not None


#: What does nothing but wait.
_WAITS: Final = lazy(
    r"(?:exec\s+)?(?:/\S*/)?(?:tail(?:\s+-\S+)*\s+-\w*[fF]\b.*|sleep\s+(?:inf(?:inity)?|\d+[smhd]?)|cat)"
    r"|while\s+(?:true|:|\[\s*1\s*\]|sleep\s+\d+)\s*;\s*do\s+(?:sleep\s+\S+|:|true)\s*;?\s*done"
)


_MAY_WAIT: Final = ("/", "exec", "tail", "sleep", "cat", "while")


def _waits(start: list[Step]) -> bool:
    """Whether all that is started waits until it is stopped: somebody comes in, or wants what is in the image."""
    ordered = sorted(start, key=lambda step: step.keyword == "CMD")
    words = [word for step in ordered for word in step.words]
    shell = len(words) == 3 and posixpath.basename(words[0]) in _PROMPTS and re.fullmatch(r"-\w*c", words[1])
    text = (words[2] if shell else " ".join(words)).strip(WHITE_SPACE)
    return text.startswith(_MAY_WAIT) and not {*text} & {*"&|<>"} and _WAITS.fullmatch(text) is not None


class _Scripts:
    """The scripts that a command starts, and those that they start. `unread`: one of them is not in the context."""

    def __init__(self, reading: Reading, start: list[Step]) -> None:
        self.reading = reading
        self.texts = [" ".join(step.words) for step in start]
        called = [*reading.all_commands(reading.shipped)]
        self.texts += [each.text for each in called if system_packages(each) != "adds"]
        self._installed = [each.text for each in called if system_packages(each) == "adds"]
        self.followed: dict[str, str] = {}
        self.shell: list[str] = []
        self.read: list[str] = []
        self.unread = False
        self._lines = [_line(step) for step in start]
        self._seen: set[str] = set()
        for step in start:
            for word in self._programs(replaced(" ".join(step.words), dict(step.environment))):
                self._follow(word)
                if posixpath.basename(word) in _OF_A_PROCFILE:
                    self._follow_processes()

    def drop_rights(self) -> bool:
        """Whether something says so. What is installed for that is used by a script that nobody sees, or not at all."""
        texts = [*self.texts, *(self._installed if self.unread else ())]
        return any(_DROPS.search(text) for text in texts if any(word in text for word in _DROP_WORDS))

    def serve_as_root(self) -> bool:
        """Whether a script ends up in a program that has to be root, or calls one."""
        if any(_NEEDS_RAW.search(text) for text in self.read):
            return True
        lines = [_FOUND.sub(r"\1", line.strip()) for text in self.followed.values() for line in text.splitlines()]
        if self.beside is not None:
            lines = [line for line in lines if not _WEB_SERVER.match(line)]
        words = [re.split(r"[\s;&|]+", line.removeprefix("exec ").removeprefix("set -- ").strip()) for line in lines]
        return any(posixpath.basename(each[0].strip("\"'")) in _MUST_BE_ROOT for each in words)

    @property
    def started(self) -> list[str]:
        """All that a shell runs before the program."""
        return [*self.shell, *filter(None, self._lines)]

    def write_as_root(self) -> bool:
        """Whether what is started begins with what is for root alone, such as to write the files of the system."""
        from ...packages import writing  # only where a command runs as root

        settings = dict(self.reading.shipped[-1].environment)
        return any(writing.started(text, self.reading.workdir, settings).as_root for text in self.started)

    @property
    def beside(self) -> str | None:
        """The script that starts a web server and, at its end or in the background, a program that has no need of root,
        which then has the rights that only the web server wants."""
        texts = {path: text.rstrip() for path, text in self.followed.items()}
        if not any("nginx" in text or "resty" in text for text in texts.values()):
            return None
        lines = ((path, line.strip()) for path, text in texts.items() for line in text.splitlines() if "&" in line)
        last = ((path, text.rpartition("\n")[2].strip()) for path, text in texts.items())
        ends = [path for path, line in last if _BECOMES.search(line)]
        return next(iter([*ends, *(path for path, line in lines if _BESIDE.match(line))]), None)

    @staticmethod
    def _programs(line: str) -> list[str]:
        words = [word for word in re.split(r"[\s\"';&|]+", line) if word and word not in _INTERPRETERS]
        return words[:3]

    def _follow(self, word: str) -> None:
        path = self._place(word)
        if path is None:
            # A link may lead to what another stage has made.
            word = next((one for each in self._places(word) for one in self.reading.taken_from(each)), word)
        if path is None and word.startswith("/"):
            from ..project.needing import installed_script  # only where a program is not one of the context

            path = installed_script(self.reading, word)
        if path is None:
            first = posixpath.basename(word)
            image = base_image(self.reading.chain[0])
            if image is not None and images.brings_script(image, first):
                return
            self.unread |= word.endswith((".sh", ".bash")) or ("entrypoint" in first and ":" not in first)
            return
        if path in self._seen or len(self._seen) > _MOST_SCRIPTS:
            return
        self._seen.add(path)
        text = self.reading.tree.text(path)
        plain = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
        self.texts.append(plain)
        self.read.append(plain)
        if text.startswith("#!") or word.endswith((".sh", ".bash")):
            self.followed[path] = plain
            first = text.partition("\n")[0]
            self.shell += [plain] if "sh" in first or not first.startswith("#!") else []
        if text.startswith("#!"):
            for line in text.splitlines():
                found = re.match(r"\s*(?:exec|\.|source|sh|bash)\s+[\"']?([\w./-]+)", line)
                if found is not None and not _is_optional(text, line, found[1]):
                    self._follow(found[1])
                elif (called := _CALLED.match(line)) is not None and self._place(called[1]) is not None:
                    self._follow(called[1])

    def _follow_processes(self) -> None:
        path = self.reading.file_of(posixpath.join(self.reading.workdir, "Procfile"))
        lines = self.reading.tree.text(path).splitlines() if path is not None else []
        self.followed["Procfile"] = "\n".join(line.partition(":")[2] for line in lines)

    def _place(self, word: str) -> str | None:
        """The file of the context that is started as `word`, by its path or through the search path."""
        return next(filter(None, map(self.reading.file_of, self._places(word))), None)

    @staticmethod
    def _places(word: str) -> list[str]:
        searched = () if "/" in word else ("/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin")
        return [word, *(f"{above}/{word}" for above in searched)]


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
    parts = way.split(", and ")
    return "; ".join(parts).replace("; at its end", ", and at its end") if len(parts) > 2 else way


def is_windows(reading: Reading) -> bool:
    base, platform = reading.chain[0].base, reading.plan.target.platform or ""
    # Many a library image has Windows behind the same name.
    shells = (step.words[0].lower() for step in reading.shipped if step.keyword == "SHELL" and step.words)
    return platform.startswith("windows") or images.is_windows(base) or any(each in _OF_WINDOWS for each in shells)


#: Shells that no other system has by these names.
_OF_WINDOWS: Final = ("powershell", "cmd")
