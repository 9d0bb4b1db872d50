"""The other tools: how each is installed, called and understood.

Every function in `PEERS` prepares one of them and returns how to make its command for a tree (a directory with a
`.dockerignore`), or raises `NotHere` with the reason. What is installed from a registry goes to the work directory.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from measure import Command, which_all

ADAPTERS = Path(__file__).parent / "adapters"


class NotHere(Exception):
    """A peer that cannot be run on this machine: why."""


@dataclass(frozen=True, slots=True)
class Peer:
    """`builder`: what it prints is the size of what is sent, as ctxscan foretells it for this builder; else it is a
    number of files. `reset` is called before each case."""

    command: Callable[[Path], Command]
    builder: str | None
    reset: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Bench:
    """Where peers live, and what ends them."""

    work: Path
    closing: ExitStack


def docker_py(bench: Bench) -> Peer:
    return _peer("docker-py 7.2.0", (_python(bench, "docker==7.2.0"), str(ADAPTERS / "docker_py.py")))


def balena(bench: Bench) -> Peer:
    module = _npm(bench, "@balena/dockerignore", "1.0.2")
    return _peer("@balena/dockerignore 1.0.2", (_on_path("node"), str(ADAPTERS / "node_walk.cjs"), module))


def zeit(bench: Bench) -> Peer:
    module = _npm(bench, "@zeit/dockerignore", "0.0.5")
    return _peer("@zeit/dockerignore 0.0.5", (_on_path("node"), str(ADAPTERS / "node_walk.cjs"), module))


def e2b(bench: Bench) -> Peer:
    return _peer(
        "e2b-dockerfile-utils 0.1.1", (_python(bench, "e2b-dockerfile-utils==0.1.1"), str(ADAPTERS / "e2b.py"))
    )


def contextleak(bench: Bench) -> Peer:
    """It reads names only; status 1 says that it has found a name to complain of."""
    python = _python(bench, "contextleak==0.1.0")

    def kept(output: str) -> str:
        found = json.loads(output)
        return _files(found["context_files"] - found["ignored_files"])

    return _peer("contextleak 0.1.0", (python, "-m", "contextleak", "--json"), answer=kept, statuses=(0, 1))


def docker_devtools(bench: Bench) -> Peer:
    python = Path(_python(bench, "docker-devtools==0.1.0"))

    def kept(output: str) -> str:
        return _files(int(re.findall(r"^transferred: ([\d,]+) files", output, re.M)[-1].replace(",", "")))

    def command(tree: Path) -> Command:
        program = str(python.with_name("docker-devtools"))
        options = ("build-context", "ls", "--whole-context", "--summary", "--file", str(tree / "probe.Dockerfile"))
        title = "docker-devtools 0.1.0 (prints every path)"
        return Command(title, (program, *options, str(tree)), kept, {}, (0,), "")

    return Peer(command, None, reset=lambda: None)


def classic(bench: Bench) -> Peer:
    """Until the first step starts: the whole context has reached the daemon then."""
    docker = _daemon(bench)
    sent = r"Sending build context to Docker daemon +(\S+)\s+Step 1/"
    return _docker_build(docker, "classic", "classic", sent, "0")


def buildkit(bench: Bench) -> Peer:
    """Until the context has been transferred. The warm-up round sends it all; the rounds after it find it there and
    send the list of files only, which is the least that the client can do."""
    docker = _daemon(bench)
    sent = r"^#(\d+) \[internal\] load build context\n(?s:.*?)^#\1 transferring context: (\S+) (?:[\d.]+s )?done"
    return _docker_build(docker, "BuildKit, unchanged context", "buildkit", sent, "1")


PEERS: dict[str, Callable[[Bench], Peer]] = {
    "classic": classic,
    "buildkit": buildkit,
    "docker-devtools": docker_devtools,
    "docker-py": docker_py,
    "e2b": e2b,
    "contextleak": contextleak,
    "balena": balena,
    "zeit": zeit,
}


def _peer(
    title: str,
    arguments: tuple[str, ...],
    *,
    answer: Callable[[str], str] = lambda output: _files(int(output.split()[-2])),
    statuses: tuple[int, ...] = (0,),
) -> Peer:
    """A command that takes the tree as its last argument."""
    return Peer(
        lambda tree: Command(title, (*arguments, str(tree)), answer, {}, statuses, ""), None, reset=lambda: None
    )


def _files(number: int) -> str:
    return f"{number:,} files"


def _on_path(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise NotHere(f"{name} is not on the PATH")
    return found


def _call(*arguments: str) -> str:
    done = subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        raise NotHere(f"{Path(arguments[0]).name}: {(done.stdout.strip().splitlines() or ['failed'])[-1]}")
    return done.stdout


def _python(bench: Bench, requirement: str) -> str:
    """An interpreter with `requirement` from PyPI."""
    place = bench.work / "peers" / "python"
    python = place / "bin" / "python"
    if not python.exists():
        _call(sys.executable, "-m", "venv", str(place))
    _call(str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", requirement)
    return str(python)


def _npm(bench: Bench, name: str, version: str) -> str:
    """The directory of a module from npm."""
    place = bench.work / "peers" / f"node-{name.strip('@').replace('/', '-')}"
    module = place / "node_modules" / name
    if not module.exists():
        place.mkdir(parents=True, exist_ok=True)
        quiet = ("--no-audit", "--no-fund", "--ignore-scripts")
        _call(_on_path("npm"), "install", "--prefix", str(place), *quiet, f"{name}@{version}")
    return str(module)


@dataclass(frozen=True, slots=True)
class _Docker:
    """A client and the daemon it talks to. `own`: the daemon is ours, and may forget."""

    client: str
    environment: dict[str, str]
    version: str
    own: bool


_running: dict[Path, _Docker] = {}


def _daemon(bench: Bench) -> _Docker:
    """The daemon in reach, or else one of our own, which is ended when the benchmarks are over."""
    if bench.work not in _running:
        _running[bench.work] = _reachable(bench) or _started(bench)
    return _running[bench.work]


def _reachable(bench: Bench) -> _Docker | None:
    environment = {"DOCKER_CONFIG": str(bench.work / "docker" / "config")}
    for client in which_all("docker"):
        if version := _version(client, environment):
            return _Docker(_client(environment), environment, version, False)
    return None


def _started(bench: Bench) -> _Docker:
    """A daemon without network that keeps files in plain directories: it needs root, and nothing of the system's."""
    daemon = shutil.which("dockerd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if daemon is None:
        raise NotHere("no daemon answers, and dockerd is not on the PATH (Debian: docker.io)")
    if os.geteuid():
        raise NotHere("no daemon answers, and starting one needs root")
    run = Path(tempfile.mkdtemp(prefix="bench-"))  # short: the name of a socket has room for 108 bytes
    bench.closing.callback(shutil.rmtree, run, ignore_errors=True)
    data = bench.work / "docker"
    _remove(data)
    (data / "config").mkdir(parents=True)
    bench.closing.callback(_remove, data)
    environment = {"DOCKER_CONFIG": str(data / "config"), "DOCKER_HOST": f"unix://{run}/socket"}
    with (run / "log").open("wb") as log:
        process = subprocess.Popen(
            (
                *(daemon, "--data-root", str(data / "root"), "--exec-root", str(run / "exec")),
                *("--pidfile", str(run / "pid"), "-H", environment["DOCKER_HOST"]),
                *("--iptables=false", "--ip6tables=false", "--bridge=none", "--storage-driver=vfs"),
            ),
            stdout=log,
            stderr=log,
        )
    bench.closing.callback(_end, process)
    client = _client(environment)
    for _ in range(120):
        if version := _version(client, environment):
            return _Docker(client, environment, version, True)
        if process.poll() is not None:
            break
        time.sleep(0.25)
    raise NotHere(f"dockerd does not start: {((run / 'log').read_text().splitlines() or ['no output'])[-1][:160]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _remove(data: Path) -> None:
    """The daemon mounts its directory on itself, and leaves that behind."""
    if (data / "root").exists():
        subprocess.run(("umount", str(data / "root")), stderr=subprocess.DEVNULL, check=False)
    shutil.rmtree(data, ignore_errors=True)


def _client(environment: dict[str, str]) -> str:
    """The first client with BuildKit: it was built in before version 23, and is a plugin since."""
    clients = which_all("docker")
    if not clients:
        raise NotHere("docker is not on the PATH (Debian: docker.io)")
    for client in clients:
        version = subprocess.run((client, "--version"), capture_output=True, text=True, check=False).stdout
        number = re.search(r"version (\d+)", version)
        builtin = number is not None and int(number[1]) < 23
        plugin = (client, "buildx", "version")
        if builtin or not subprocess.run(plugin, env={**os.environ, **environment}, capture_output=True).returncode:
            return client
    return clients[0]


def _version(client: str, environment: dict[str, str]) -> str:
    """The version of the client, and of the server where it differs; empty if no server answers."""
    done = subprocess.run(
        (client, "version", "--format", "{{.Client.Version}}/{{.Server.Version}}"),
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        return ""
    return " with ".join(dict.fromkeys(version.partition("+")[0] for version in done.stdout.strip().split("/")))


def _docker_build(docker: _Docker, title: str, builder: str, sent: str, enabled: str) -> Peer:
    """A build that stops, with status 1, once it has the context: the Dockerfile asks for a file that is not there."""
    environment = {**docker.environment, "DOCKER_BUILDKIT": enabled, "BUILDKIT_PROGRESS": "plain"}

    def answer(output: str) -> str:
        found = re.search(sent, output, re.M)
        if found is None:
            raise ValueError
        return f"{found[found.lastindex or 0]} sent"

    def command(tree: Path) -> Command:
        arguments = (docker.client, "build", "--file", str(tree / "probe.Dockerfile"), str(tree))
        return Command(f"docker build {docker.version}, {title}", arguments, answer, environment, (1,), sent)

    def forget() -> None:
        if docker.own and builder == "buildkit":
            prune = (docker.client, "builder", "prune", "--all", "--force")
            subprocess.run(prune, env={**os.environ, **docker.environment}, capture_output=True, check=False)

    return Peer(command, builder, forget)
