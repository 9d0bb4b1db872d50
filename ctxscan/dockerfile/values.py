"""Values that the builder refuses: signals, ports, durations, sizes, modes, digests, platforms.

Each function takes the text as it is once variables are replaced and returns the builder's words for what is wrong
with it, None if nothing is. Source: BuildKit's frontend and the Go libraries that it reads these values with.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Final

from ..regex import lazy
from .words import quoted

_NUMBER: Final = lazy(r"[+-]?[0-9]+")
_SIGNALS: Final = frozenset(
    "ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP "
    "TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ RTMIN RTMAX".split()
).union((f"RTMIN+{at}" for at in range(1, 16)), (f"RTMAX-{at}" for at in range(1, 15)))


def signal_problem(text: str) -> str | None:
    """STOPSIGNAL: a number other than 0, or a name with or without `SIG`."""
    known = int(text) != 0 if _NUMBER.fullmatch(text) else text.upper().removeprefix("SIG") in _SIGNALS
    return None if known else f"invalid signal: {text}"


# --- ports ----------------------------------------------------------------------------------------------------------


def port_problem(text: str) -> str | None:
    """EXPOSE: `[address:][host port:]port[-port][/protocol]`."""
    *others, last = text.split(":")
    host = others.pop() if others else ""
    address = ":".join(others)
    port, _, protocol = last.partition("/")
    if not port:
        return f"invalid port: {quoted(text)}: no port specified"
    if protocol.lower() not in ("", "tcp", "udp", "sctp"):
        return f"invalid port: {quoted(text)}: invalid proto: {protocol}"
    if address and not _is_address(address):
        return f"invalid IP address: {address}"
    ports, hosts = _range(port), _range(host)
    if ports is None:
        return f"invalid containerPort: {port}"
    if host and hosts is None:
        return f"invalid hostPort: {host}"
    if hosts is not None and len(ports) != len(hosts) and len(ports) > 1:
        return f"invalid ranges specified for container and host Ports: {port} and {host}"
    return None


def _range(text: str) -> range | None:
    start, dash, end = text.partition("-")
    if not dash:
        end = start
    if not (_NUMBER.fullmatch(start) and _NUMBER.fullmatch(end)):
        return None
    first, last = int(start), int(end)
    return range(first, last + 1) if 0 <= first <= last <= 65535 else None


def _is_address(text: str) -> bool:
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1]
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


# --- times and sizes ------------------------------------------------------------------------------------------------

#: In nanoseconds.
_UNITS: Final = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9}
_UNITS["h"] = 60 * _UNITS["m"]
_SPAN: Final = lazy(r"([0-9]*)(?:\.([0-9]*))?([^0-9.]*)")


def duration_problem(flag: str, text: str) -> str | None:
    """An interval of HEALTHCHECK: numbers with units (`1m30s`), nothing or 0 or at least a millisecond."""
    if not text:
        return None
    rest = text.removeprefix("-") if text.startswith("-") else text.removeprefix("+")
    if rest == "0":
        return None
    if not rest:
        return f"time: invalid duration {quoted(text)}"
    total = 0.0
    while rest:
        match = _SPAN.match(rest)
        if match is None or not (match[1] or match[2]):
            return f"time: invalid duration {quoted(text)}"
        if not match[3]:
            return f"time: missing unit in duration {quoted(text)}"
        if match[3] not in _UNITS:
            return f"time: unknown unit {quoted(match[3])} in duration {quoted(text)}"
        total += float(f"{match[1] or 0}.{match[2] or 0}") * _UNITS[match[3]]
        rest = rest[match.end() :]
    if total >= 1 << 63:
        return f"time: invalid duration {quoted(text)}"
    if int(total) and (text.startswith("-") or total < 10**6):
        return f"Interval {quoted(flag)} cannot be less than 1ms"
    return None


def retries_problem(text: str) -> str | None:
    """The retries of HEALTHCHECK."""
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        return f"strconv.ParseInt: parsing {quoted(text)}: invalid syntax"
    if not -(1 << 31) <= int(text) < 1 << 31:
        return f"strconv.ParseInt: parsing {quoted(text)}: value out of range"
    return f"--retries cannot be negative ({int(text)})" if int(text) < 0 else None


_SIZE: Final = lazy(r"\+?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)? ?(?:[bB]|[kmgtpKMGTP](?:[iI]?[bB])?)?")


def is_size(text: str) -> bool:
    """Whether this is an amount of memory: `64m`, `1.5 GiB`."""
    return _SIZE.fullmatch(text) is not None


# --- modes and digests ----------------------------------------------------------------------------------------------

_SYMBOLIC: Final = lazy(r"[augo]*(?:[-+=][rstwXxugo]*)+(?:,[augo]*(?:[-+=][rstwXxugo]*)+)*")


def mode_problem(text: str) -> str | None:
    """`--chmod`: an octal number up to 7777, or changes such as `u=rwX,go-w`."""
    if re.fullmatch("[0-7]+", text) and int(text, 8) <= 0o7777:
        return None
    if text[:1].isdecimal():
        problem = "it should be octal string and between 0 and 07777"
        return f"invalid chmod parameter: '{text}'. {problem}"
    return None if _SYMBOLIC.fullmatch(text) else "invalid syntax"


_DIGITS: Final = {"sha256": 64, "sha384": 96, "sha512": 128}
_DIGEST: Final = lazy(r"[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+")


def digest_problem(text: str) -> str | None:
    """`--checksum` of what comes over HTTP."""
    algorithm, _, digits = text.partition(":")
    if algorithm and digits and algorithm in _DIGITS:
        if len(digits.encode()) != _DIGITS[algorithm]:
            return "invalid checksum digest length"
        return None if re.fullmatch("[a-f0-9]+", digits) else "invalid checksum digest format"
    return "unsupported digest algorithm" if _DIGEST.fullmatch(text) else "invalid checksum digest format"


# --- platforms ------------------------------------------------------------------------------------------------------

_SYSTEM: Final = r"^([A-Za-z0-9_-]+)(?:\(([A-Za-z0-9_.%-]*)((?:\+[A-Za-z0-9_.%-]+)*)\))?$"
_COMPONENT: Final = r"^[A-Za-z0-9_.-]+$"
_SYSTEMS: Final = frozenset(
    "aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris windows "
    "zos".split()
)
_MACHINES: Final = frozenset(
    "386 amd64 amd64p32 arm armbe arm64 arm64be ppc64 ppc64le loong64 mips mipsle mips64 mips64le mips64p32 "
    "mips64p32le ppc riscv riscv64 s390 s390x sparc sparc64 wasm".split()
)
_SYNONYMS: Final = {
    "aarch64": "arm64",
    "armel": "arm",
    "armhf": "arm",
    "i386": "386",
    "x86-64": "amd64",
    "x86_64": "amd64",
}


def platform_problem(text: str) -> str | None:
    """`--platform`: a system, an architecture, or `system/architecture[/variant]`."""
    if "*" in text:
        return f"{quoted(text)}: wildcards not yet supported: invalid argument"
    system, *parts = text.split("/", 3)
    must = "specifier component must match"
    if not re.fullmatch(_SYSTEM[1:-1], system):
        kind = f"{quoted(system)} is an invalid OS component of {quoted(text)}"
        return f"{kind}: OSAndVersion {must} {quoted(_SYSTEM)}: invalid argument"
    for part in parts:
        if not re.fullmatch(_COMPONENT[1:-1], part):
            kind = f"{quoted(part)} is an invalid component of {quoted(text)}"
            return f"{kind}: platform {must} {quoted(_COMPONENT)}: invalid argument"
    if len(parts) > 2:
        return f"{quoted(text)}: cannot parse platform specifier: invalid argument"
    if not parts and _system(system) not in _SYSTEMS and _machine(system) not in _MACHINES:
        return f"{quoted(text)}: unknown operating system or architecture: invalid argument"
    return None


def normal_platform(text: str, own: str) -> str:
    """A valid platform as the builder writes it, `linux/arm64`; what is not said is that of `own`."""
    system, *parts = text.split("/")
    own_system, own_machine = own.split("/")[:2]
    if not parts:
        if _system(system) in _SYSTEMS:
            parts = [own_machine]
        else:
            system, parts = own_system, [system]
    machine, *others = parts
    variant = others[0].lower() if others else _VARIANTS.get(machine.lower(), "")
    machine = _machine(machine)
    variant = _DEFAULTS.get((machine, variant), variant)
    return "/".join(filter(None, (_system(system), machine, variant)))


_VARIANTS: Final = {"armel": "v6", "armhf": "v7", "arm": "v7"}
#: How variants are written, empty where one goes without saying.
_DEFAULTS: Final = {
    ("amd64", "v1"): "",
    ("arm", "5"): "v5",
    ("arm", "6"): "v6",
    ("arm", "7"): "v7",
    ("arm", "8"): "v8",
    ("arm64", "8"): "",
    ("arm64", "9"): "v9",
    ("arm64", "9.0"): "v9",
    ("arm64", "v8"): "",
    ("arm64", "v8.0"): "",
    ("arm64", "v9.0"): "v9",
}


def _system(text: str) -> str:
    name = text.lower()
    return "darwin" if name == "macos" else name


def _machine(text: str) -> str:
    return _SYNONYMS.get(text.lower(), text.lower())
