"""The command that people already have: `docker build` and its kin, in the words of this command.

    docker build -t app -f docker/D --push .    ->    -f docker/D -- .

An option that says nothing about the context is passed over. The options are those that `docker build --help`,
`docker buildx build --help`, `buildah build --help`, `podman-build(1)` and nerdctl's command reference list; how words
are split is pflag's, which all of them use: a value stands behind `=` or is the next word, letters are clustered, and a
switch takes a value behind `=` only.
"""

import os
import posixpath
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from ..errors import CtxscanError, nearest

#: Options that decide what is sent, and the options of this command with the same meaning.
_MEANT: Final[Mapping[str, str]] = {
    "file": "--file",
    "target": "--target",
    "build-arg": "--build-arg",
    "build-context": "--build-context",
    "platform": "--platform",
    "ignorefile": "--ignore-file",
}
#: Options with a value that are passed over: those of docker and nerdctl, and those that podman and buildah add.
_VALUES: Final = frozenset(
    "add-host allow annotation attest builder buildkit-host cache-from cache-to call cgroup-parent cpu-period "
    "cpu-quota cpu-shares cpuset-cpus cpuset-mems iidfile invoke isolation label memory memory-swap metadata-file "
    "network no-cache-filter on output policy print progress provenance resource root sbom secret security-opt "
    "server-config shm-size source-policy-file ssh tag ulimit".split()
)
_VALUES_DAEMONLESS: Final = frozenset(
    "arch authfile build-arg-file cache-ttl cap-add cap-drop cert-dir cgroupns cpp-flag creds cw decryption-key device "
    "dns dns-option dns-search env format from group-add hooks-dir ignorefile ipc jobs layer-label logfile manifest os "
    "os-feature os-version pid retry retry-delay runtime runtime-flag sbom-image-output sbom-image-purl-output "
    "sbom-merge-strategy sbom-output sbom-purl-output sbom-scanner-command sbom-scanner-image sign-by "
    "signature-policy source-date-epoch timestamp unsetannotation unsetenv unsetlabel userns userns-gid-map "
    "userns-gid-map-group userns-uid-map userns-uid-map-user uts variant volume "
    # of the programs themselves, which take them behind the command as well
    "cgroup-manager connection identity log-level registries-conf runroot storage-driver storage-opt tmpdir "
    "url".split()
)
#: Options without a value, or with one behind `=` only.
_SWITCHES: Final = frozenset(
    "check compress debug detach disable-content-trust force-rm load no-cache pull push quiet rm squash stream".split()
)
_SWITCHES_DAEMONLESS: Final = frozenset(
    "all-platforms compat-volumes created-annotation disable-compression force-compression http-proxy identity-label "
    "inherit-annotations inherit-labels layers logsplit no-hostname no-hosts omit-history pull-always pull-never "
    "rewrite-timestamp save-stages skip-unused-stages squash-all stage-labels stdin tls-verify "
    "remote syslog transient-run-mounts".split()
)
_LETTERS: Final[Mapping[str, str]] = {
    **{"c": "cpu-shares", "D": "debug", "f": "file", "m": "memory"},
    **{"o": "output", "q": "quiet", "t": "tag", "v": "volume"},
}
#: What comes before the command of a build, by program.
_COMMANDS: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "docker": (
        *(("build",), ("image", "build"), ("builder", "build")),
        *(("buildx", "build"), ("buildx", "b"), ("buildx", "debug", "build"), ("buildx", "dap", "build")),
    ),
    "podman": (("build",), ("image", "build"), ("buildx", "build"), ("builder", "build")),
    "buildah": (("build",), ("bud",), ("build-using-dockerfile",)),
    "nerdctl": (("build",), ("image", "build"), ("builder", "build")),
}
#: Programs that take the working directory where no context is given.
_DAEMONLESS: Final = frozenset(("podman", "buildah"))
#: Options of the programs themselves that have a value in the next word.
_OF_PROGRAMS: Final = frozenset(
    "--address --builder --buildkit-host --cgroup-manager --config --connection --context --data-root --host "
    "--identity --log-level --namespace --registries-conf --root --runroot --runtime --snapshotter --storage-driver "
    "--storage-opt --tlscacert --tlscert --tlskey --tmpdir --url -H -a -c -l -n".split()
)
#: Words that stand before a command and change nothing about it.
_BEFORE: Final = frozenset(("command", "env", "exec", "nice", "sudo", "time"))


class Translated(NamedTuple):
    """The words for this command, and what is to be said of those that were there."""

    words: tuple[str, ...]
    remarks: tuple[str, ...]


def translated(own: Sequence[str], words: Sequence[str]) -> Translated | None:
    """The words of a build command, from its program on, behind the options `own` of this command; None: they are no
    such command. Raises `CtxscanError` for what the program would refuse, or what is not there to be looked at."""
    assignments, left = _assignments(words)
    if len(left) < 2:
        return None
    program = posixpath.basename(left[0].replace("\\", "/")).removesuffix(".exe")
    if program not in _COMMANDS:
        return None
    left = _after_options(left[1:])
    command = max((each for each in _COMMANDS[program] if _leads(left, each)), key=len, default=None)
    if command is None:
        known = ", ".join(" ".join((program, *each)) for each in _COMMANDS[program][:3])
        raise CtxscanError(f"-- {program}: only builds are understood: {known}")
    return _of_build(own, program, command, left, assignments)


def translated_build(own: Sequence[str], words: Sequence[str]) -> Translated | None:
    """The same for what follows the word `build`, as in `docker build`; None: nothing follows, so it is a context."""
    return _of_build(own, "docker", ("build",), ("build", *words), {}) if words else None


def _of_build(
    own: Sequence[str],
    program: str,
    command: Sequence[str],
    words: Sequence[str],
    assignments: Mapping[str, str],
) -> Translated:
    said = " ".join((program, *command))
    given, contexts = _Reader(program, said).read(_without_options(words, command))
    remarks: list[str] = []
    out = [*own, *_meant(given, said, program, assignments, remarks)]
    if not any(each.split("=", 1)[0] == "--builder" for each in own):
        kept_off = assignments.get("DOCKER_BUILDKIT", os.environ.get("DOCKER_BUILDKIT")) == "0"
        classic = program == "docker" and "buildx" not in command and kept_off
        builder = "buildah" if program in _DAEMONLESS else "classic" if classic else None
        out += [] if builder is None else ["--builder", builder]
    if any(name == "check" for name, _ in given):
        remarks.append(f"--check of {said} is ignored; the one for ctxscan comes before {program}")
    context = contexts[0] if contexts else _own_context(given, program)
    if len(contexts) > 1 or context is None:
        count = "1 argument is expected: PATH" if context is None else f"1 argument is expected, not {len(contexts)}"
        raise CtxscanError(f"{said}: {count}")
    return Translated((*out, "--", context), tuple(remarks))


def _own_context(given: Sequence[tuple[str, str]], program: str) -> str | None:
    """The context where none is given; None: the program wants one. podman takes the directory of the Dockerfile."""
    if program not in _DAEMONLESS:
        return None
    file = next((value for name, value in given if name == "file"), None)
    named = program == "podman" and file is not None and file != "-"
    return str(Path(file or "").parent) if named else "."


def _meant(
    given: Sequence[tuple[str, str]],
    said: str,
    program: str,
    assignments: Mapping[str, str],
    remarks: list[str],
) -> Iterator[str]:
    """The options that decide what is sent, as this command has them. A single one counts as it was given last."""
    files = [value for name, value in given if name == "file"]
    if len(files) > 1 and program in _DAEMONLESS:
        raise CtxscanError(f"{said}: several Dockerfiles that are read as one are not supported")
    single = {name: value for name, value in given if name in _MEANT and not name.startswith("build-")}
    system = {name: value for name, value in given if name in ("os", "arch", "variant")}
    if system and "platform" not in single:
        single["platform"] = "/".join(
            filter(None, (system.get("os", "linux"), system.get("arch"), system.get("variant")))
        )
    platforms = single.get("platform", "").split(",")
    if len(platforms) > 1:
        single["platform"] = platforms[0]
        remarks.append(f"{len(platforms)} platforms: looked at as built for {platforms[0]}")
    for name, value in single.items():
        yield from (_MEANT[name], value)
    for file in (value for name, value in given if name == "build-arg-file"):
        yield from (f"--build-arg={each}" for each in _arguments(file))
    for name, value in given:
        if name == "build-arg" and value in assignments:
            value = f"{value}={assignments[value]}"
        if name.startswith("build-") and name in _MEANT:
            yield from (_MEANT[name], value)


def _arguments(file: str) -> Iterator[str]:
    """The lines of a file of build arguments that are neither blank nor comments."""
    try:
        text = Path(file).read_text(errors="surrogateescape")
    except OSError as error:
        raise CtxscanError(f"cannot read it: {(error.strerror or str(error)).lower()}", place=file) from None
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            yield line.strip()


# --- how words are split --------------------------------------------------------------------------------------------


def _assignments(words: Sequence[str]) -> tuple[dict[str, str], Sequence[str]]:
    """The variables that are set before the program, and the words from the program on."""
    found: dict[str, str] = {}
    for at, word in enumerate(words):
        name, equals, value = word.partition("=")
        if equals and name.isidentifier():
            found[name] = value
        elif word not in _BEFORE:
            return found, words[at:]
    return found, ()


def _after_options(words: Sequence[str]) -> Sequence[str]:
    """The words behind the options of the program itself."""
    at = 0
    while at < len(words) and words[at].startswith("-"):
        at += 2 if words[at] in _OF_PROGRAMS else 1
    return words[at:]


def _leads(words: Sequence[str], command: Sequence[str]) -> bool:
    """Whether the words begin with those of a command, with options between them passed over."""
    for each in command:
        words = _after_options(words)
        if words[:1] not in ([each], (each,)):
            return False
        words = words[1:]
    return True


def _without_options(words: Sequence[str], command: Sequence[str]) -> Sequence[str]:
    """The words behind those of the command."""
    for _ in command:
        words = _after_options(words)[1:]
    return words


class _Reader:
    """What an option of a `program` is; `said` is the command, for messages."""

    def __init__(self, program: str, said: str) -> None:
        more = program in _DAEMONLESS
        self.said = said
        self.values = _VALUES | _VALUES_DAEMONLESS if more else _VALUES
        self.values |= _MEANT.keys() - (set() if more else _VALUES_DAEMONLESS)
        self.switches = _SWITCHES | _SWITCHES_DAEMONLESS if more else _SWITCHES

    def read(self, words: Sequence[str]) -> tuple[list[tuple[str, str]], list[str]]:
        """The options with their values ("" for a switch), and the other words."""
        given: list[tuple[str, str]] = []
        others: list[str] = []
        left = iter(words)
        for word in left:
            if word == "--":
                others += left
            elif word.startswith("--"):
                name, equals, value = word[2:].partition("=")
                if name in self.switches:
                    given += [(name, value)] if value != "false" else []
                elif name in self.values:
                    given.append((name, value if equals else self.next(left, word)))
                else:
                    raise self.unknown(f"--{name}")
            elif word.startswith("-") and word != "-":
                given += self.cluster(word, left)
            else:
                others.append(word)
        return given, others

    def cluster(self, word: str, left: Iterator[str]) -> Iterator[tuple[str, str]]:
        for at, letter in enumerate(word[1:], 1):
            name = _LETTERS.get(letter, "")
            if name in self.switches:
                yield name, ""
                continue
            if name not in self.values:
                raise self.unknown(f"-{letter}")
            rest = word[at + 1 :].removeprefix("=")
            yield name, rest or self.next(left, f"-{letter}")
            return

    def next(self, left: Iterator[str], option: str) -> str:
        value = next(left, None)
        if value is None:
            raise CtxscanError(f"{self.said}: {option} needs a value")
        return value

    def unknown(self, option: str) -> CtxscanError:
        near = meant(option, (f"--{each}" for each in self.values | self.switches))
        return CtxscanError(f"{self.said}: no such option: {option}{near}")


# --- beside the options of this command -----------------------------------------------------------------------------


def without_foreign(words: Sequence[str], *, switches: Collection[str], values: Collection[str]) -> list[str]:
    """The words without the options of `docker build` that say nothing about the context; `switches` and `values` are
    the options of this command, which mean what they mean here."""
    out: list[str] = []
    left = iter(words)
    for word in left:
        name, equals, value = word.partition("=")
        letter = word[:2]
        if word == "--":
            return [*out, word, *left]
        if not word.startswith("-") or word == "-" or word in switches:
            out.append(word)
        elif name in values or (not word.startswith("--") and letter in values):
            whole = equals or (not word.startswith("--") and len(word) > 2)
            out += [word] if whole else [word, *_one(left)]
            _refuse_output(out[-1] if not whole else value or word[2:], letter if name not in values else name)
        elif word.startswith("--"):
            if name[2:] in _VALUES or name[2:] in _VALUES_DAEMONLESS:
                _ = None if equals else next(left, None)
            elif name[2:] not in _SWITCHES and name[2:] not in _SWITCHES_DAEMONLESS:
                out.append(word)
        elif letter in ("-t", "-m", "-c"):
            _ = next(left, None) if len(word) == 2 else None
        elif word != "-D":
            out.append(word)
    return out


def _one(left: Iterator[str]) -> Iterable[str]:
    value = next(left, None)
    return () if value is None else (value,)


def _refuse_output(value: str, option: str) -> None:
    if option in ("-o", "--output") and value.startswith("type="):
        raise CtxscanError(
            f"{option} names the file of the report here: write ctxscan -- docker build … for docker's own"
        )


def options() -> list[str]:
    """The long options of `docker build`."""
    return sorted(f"--{each}" for each in (_VALUES | _SWITCHES | _MEANT.keys()) - _VALUES_DAEMONLESS)


def takes_value(word: str) -> bool:
    """Whether an option of `docker build` has a value in the next word."""
    if word.startswith("--"):
        return word[2:] in _VALUES or word[2:] in _MEANT
    return len(word) == 2 and _LETTERS.get(word[1:], "") in _VALUES | _MEANT.keys()


def meant(word: str, known: Iterable[str]) -> str:
    """What somebody may have meant by an option that does not exist, as the end of a message; often nothing."""
    near = nearest(word, known, cutoff=0.8) if len(word) > 4 else None
    return f" (did you mean {near}?)" if near else ""
