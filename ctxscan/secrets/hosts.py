"""Where a host is, by its name alone: this machine, a network of one's own, or a place that others know, too."""

from __future__ import annotations

from typing import Final

from ..regex import compiled

_HERE: Final = r"localhost|127(?:\.\d{1,3}){3}|0\.0\.0\.0|\[?::1\]?"
#: A service of a compose file or a cluster, a name that no other network knows.
_NEAR: Final = (
    rf"{_HERE}|host\.docker\.internal|[\w-]+"
    r"|[\w.-]+\.(?:local|test|example|invalid|localhost|svc)"
)
_PRIVATE: Final = r"(?:10\.\d{1,3}|192\.168|172\.(?:1[6-9]|2\d|3[01]))(?:\.\d{1,3}){2}"
#: What clouds run for one customer each: databases, caches, queues.
_HOSTED: Final = (
    r".*\.(?:(?:rds|redshift|cache|docdb)\.amazonaws\.com|mq\.[\w-]+\.amazonaws\.com"
    r"|(?:database|redis\.cache|documents)\.(?:windows\.net|azure\.com)|mongodb\.net|mlab\.com|neon\.tech"
    r"|supabase\.com?|redislabs\.com|redis-cloud\.com|upstash\.io|aivencloud\.com|psdb\.cloud|cockroachlabs\.cloud"
    r"|cloudamqp\.com|emqxsl\.com|hivemq\.cloud|elephantsql\.com|db\.ondigitalocean\.com|render\.com|rlwy\.net|railway\.app|clever-cloud\.com)"
)


def is_here(host: str) -> bool:
    """Whether a host is this machine."""
    return compiled(_HERE).fullmatch(host.lower()) is not None


def is_near(host: str) -> bool:
    """Whether a host is this machine, a container or service beside it, or known on its own network only."""
    return compiled(_NEAR).fullmatch(host.lower()) is not None


def is_private(host: str) -> bool:
    """Whether a host is an address that every network may have for itself (RFC 1918)."""
    return compiled(_PRIVATE).fullmatch(host) is not None


def is_remote(host: str) -> bool:
    """Whether a host is another machine, by a name that others know."""
    return "." in host and not is_near(host.strip("[]"))


def is_hosted(host: str) -> bool:
    """Whether a host is a database or a queue of somebody's own at a cloud: no example has such a name by chance."""
    return compiled(_HOSTED).fullmatch(host.lower()) is not None


def is_elsewhere(host: str) -> bool:
    """Whether a host is a machine that all others reach, by its address, or somebody's own at a cloud."""
    return is_hosted(host) or (compiled(_ROUTED).fullmatch(host) is not None and not is_private(host))


#: An address that is routed, and none of those that are there for manuals (RFC 5737).
_ROUTED: Final = (
    r"(?!0\.|127\.|192\.0\.2\.|198\.51\.100\.|203\.0\.113\.|169\.254\.|1\.2\.3\.4\Z|8\.8\.)\d{1,3}(?:\.\d{1,3}){3}"
)


def invites(left: str) -> bool:
    """Whether what stands before a value is the link to a meeting, which is there to be handed on."""
    return compiled(_INVITES).search(left) is not None


_INVITES: Final = (
    r"(?i)//[\w.-]{0,60}(?:zoom|meet|webex|teams|jitsi)[\w.-]{0,60}/(?:\S{0,80}/)?(?:meetings?|j|join|s|wc)/\S{0,120}"
    r"[?&](?:password|pwd)=\Z"
)
