"""One file under judgement: what is known of it, and what was found so far.

Readers and rules get a case, look at its text, and say `confirm`, `opaque` or `clear`; they return nothing, so that no
value leaves them.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from ..regex import compiled
from . import excuses, hosts, placeholders
from .judgement import Judgement, Strength, masked

#: Of a file that is one long list of secrets, this many are reported.
MOST: Final = 50

#: Where lies what CI starts to try a program.
_TRIED: Final = (
    r"(?:\A|/(?:\.?docker|scripts?|build|tools?|infra|dev|hack|contrib|testing))"
    r"/ci(?:[-_](?:config|setup|files|data))?/"
    # As images are called that a service starts beside what it tries.
    r"|(?:\A|/)github-?actions(?:[-_][\w-]{1,40})?/"
)
#: Among the settings of CI, these are for what is tried there.
KEYS: Final = frozenset({"private-key", "rails-master-key", "pkcs12", "java-key-store"})
#: Settings of Django and Elixir that those for production, beside them, go on from.
BASES: Final = (
    *(f"settings/{name}.py" for name in ("base", "common", "default", "dev", "development", "local")),
    "config/config.exs",
)
_OPENPGP: Final = frozenset({"openpgp", "openpgp-private-key"})
_PIPELINE: Final = (
    rf"{_TRIED}|/(?:\.github|\.gitlab|\.circleci|\.woodpecker|\.buildkite|\.ci|\.tekton|\.semaphore)/"
    r"|/(?:\.[\w-]{2,20}-ci[\w.-]{0,40}|[\w.-]{0,40}\.travis|\.drone|\.cirrus|bitbucket-pipelines|azure-pipelines[\w.-]*|\.?appveyor)\.ya?ml\Z|\.travis\Z"
    r"|[/._-]ci\.(?:ya?ml|json|toml|properties|ini|env|py|rb|exs|php|[jt]s)\Z"
)
#: What CI needs to bring a program to where it runs.
SHIPPED: Final = r"(?<![a-z])(?:deploy|prod|live|release|publish|sign|ssh|id_)|upload"
#: Where a project has all that those who work on it start.
_WORKBENCH: Final = (
    r"\A/(?:dev|development)/|/(?:build|docker|configs?|infra|deploy(?:ments?)?)/(?:dev|development|local)/"
)
_DEVELOPMENT: Final = (
    r"[/._-](?:dev|development)\.(?:exs?|rb|py|php|[cm]?[jt]s|ya?ml|json|toml|properties|ini|conf)\Z"
    r"|[/._-](?:dev|development|self-?signed)(?:[._-][\w.-]{1,40})?\.(?:pem|key|crt)\Z"
    # As Django's settings are parted, and those of others.
    r"|/settings/local\.py\Z|[/._-]local\.(?:ya?ml|json|toml|properties|ini)\Z"
    rf"|{_WORKBENCH}"
)
#: What Mix reads in an environment that is not the one where a program runs, as a rule; and an address.
_OF_MIX: Final = r"/config/(?!(?:config|prod|production|staging|releases|runtime)\.exs\Z)\w+\.exs\Z"
_ADDRESS: Final = r"https?://([\w.-]+)|\bhost(?:name)?: \"([^\"]+)"
#: Keys that nobody else takes for anybody's: made for this machine, or as packages of systems make them.
_OF_NOBODY: Final = (
    rf"{_WORKBENCH}"
    r"|[/._-](?:localhost|local[_-]dev|dev[_-]local|snake-?oil)(?:[._-][\w.-]{1,40})?\.(?:pem|key|crt|p12|pfx|jks|keystore)\Z"
)
#: A key that a program has in it until it is given another one, as everybody has who has the program.
_BY_DEFAULT: Final = (
    r"(?i)(?<![A-Za-z])default[A-Z0-9_]\w{0,40}(?:[ \t]+(?:string|\[\]byte))?[ \t]*:?=[ \t]*"
    r"[(\[]{0,2}[\"'`\\\n]{0,4}\Z"
)
#: How a page of the manual begins that `man` shows.
_ROFF: Final = r"(?:[.']\\\"[^\n]*\n)*\.T[Hh][ ]"
_MANUALS: Final = (".md", ".mdx", ".livemd", ".rst", ".adoc", ".html", ".htm", ".tex")


def is_tried(path: str, kind: str) -> bool:
    """Whether what was found under a path lies where CI has what it starts, and goes nowhere else."""
    low = f"/{path.lower()}"
    if compiled(SHIPPED).search(low):
        return False
    tried = compiled(_TRIED).search(f"{low.rpartition('/')[0]}/") is not None
    return tried or (kind in KEYS and compiled(_PIPELINE).search(low) is not None)


class Caps(NamedTuple):
    """What is found weighs no more than this; `issued` is for tokens that a service gives out, told by their form."""

    found: Strength | None
    issued: Strength | None


NO_CAPS: Final = Caps(None, None)


class Case:
    """`path` is as given, `name` and `folder` its last component and what is above, in lower case; `size` is that of
    the whole file, of which `read` bytes are looked at, the first of them in `data`, as UTF-8 if they are text. `caps`:
    nothing found here weighs more. `known` are the values that were reported before, for texts that are judged
    together."""

    __slots__ = (
        "_found",
        "_known",
        "_reasons",
        "_spans",
        "_text",
        "caps",
        "confirmed",
        "data",
        "folder",
        "name",
        "path",
        "read",
        "size",
        "weights",
    )

    def __init__(
        self,
        path: str,
        data: bytes,
        *,
        size: int,
        read: int | None = None,
        caps: Caps = NO_CAPS,
        known: set[str | bytes] | None = None,
    ) -> None:
        self.path = path
        self.folder, _, self.name = path.lower().rpartition("/")
        self.data = data
        self.size = size
        self.read = len(data) if read is None else read
        self.caps = caps
        #: What a value weighs beside a name, where that took a look at the whole text.
        self.weights: dict[tuple[str, str], Strength] = {}
        #: Where in the text confirmed values begin and end.
        self.confirmed: list[tuple[int, int]] = []
        self._text: str | None = None
        self._found: list[Judgement] = []
        self._known: set[str | bytes] = set() if known is None else known
        self._spans: list[tuple[int, int]] = []
        self._reasons: list[tuple[str, str]] = []

    @property
    def text(self) -> str:
        """The content as text: UTF-8, or UTF-16 where its mark says so; what is neither becomes U+FFFD."""
        if self._text is None:
            wide = self.data[:2] in (b"\xff\xfe", b"\xfe\xff")
            self._text = self.data.decode("utf-16" if wide else "utf-8-sig", "replace")
        return self._text

    def spans_of(self, found: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """Places in the data as places in the text; they are in order, and do not overlap."""
        if self.data.isascii():
            yield from found
            return
        seen = at = 0
        for start, end in found:
            at += len(self.data[seen:start].decode("utf-8" if seen else "utf-8-sig", "replace"))
            length = len(self.data[start:end].decode("utf-8", "replace"))
            yield at, at + length
            at, seen = at + length, end

    @property
    def is_manual(self) -> bool:
        """Whether the file was written to be read, and full of examples."""
        return (
            self.name.endswith(_MANUALS)
            or self.name.startswith(("readme", "manual."))
            or (self.name[-2:-1] == "." and self.name[-1:].isdigit() and compiled(_ROFF).match(self.text) is not None)
        )

    @property
    def is_pipeline(self) -> bool:
        """Whether the file configures a CI service: what a program is given there was made for its tests."""
        return compiled(_PIPELINE).search(f"/{self.path.lower()}") is not None

    @property
    def is_for_development(self) -> bool:
        """Whether the file holds settings for the machine of whoever works on the program: what signs and encrypts
        there was made for it, and for it alone."""
        path = f"/{self.path.lower()}"
        return compiled(_DEVELOPMENT).search(path) is not None or (
            compiled(_OF_MIX).search(path) is not None and self._is_for_this_machine()
        )

    def _is_for_this_machine(self) -> bool:
        """Whether all addresses in the file are of this machine."""
        found = [each[1] or each[2] for each in compiled(_ADDRESS).finditer(self.text)]
        return bool(found) and all(map(hosts.is_here, found))

    def knows(self, value: str) -> bool:
        """Whether the value was reported before."""
        return value in self._known

    @property
    def full(self) -> bool:
        """Whether no more can be reported."""
        return len(self._found) >= MOST

    @property
    def found(self) -> bool:
        """Whether anything was confirmed or is opaque."""
        return bool(self._found)

    def confirm(
        self,
        kind: str,
        severity: Strength,
        value: str | bytes,
        at: int | None,
        reason: str,
        *,
        proven: bool = False,
        certain: bool = False,
        issued: bool = False,
    ) -> None:
        """There is a secret: `value`, at this place in the text (None: the file as a whole). `certain`: what stands
        around it leaves no doubt, also where the value itself was cleared. `issued`: a service gives out values of
        this form."""
        if len(self._found) >= MOST or (at is not None and not self._take(at, at + len(value), anew=certain)):
            return
        if at is not None:
            self.confirmed.append((at, at + len(value)))
        if value in self._known:
            return
        self._known.add(value)
        line = None if at is None else self.text.count("\n", 0, at) + 1
        shown = masked(value) if isinstance(value, str) else "****"
        weight = self._weigh(severity, kind=kind, issued=issued)
        if isinstance(value, str) and value.lower() in placeholders.TAUGHT:
            weight, reason = min(weight, Strength.MEDIUM), f"{reason}: one from a tutorial, which everybody knows"
        if at is not None and kind in KEYS and compiled(_BY_DEFAULT).search(self.text[max(0, at - 80) : at]):
            weight = Strength.LOW
        if at is not None and weight > Strength.LOW:
            strong = issued and weight > Strength.MEDIUM
            most: Strength | None = Strength.MEDIUM if strong else Strength.LOW
            if not self.is_manual:
                most = excuses.most(self.name, self.text, at, issued=strong)
            if most is Strength.MEDIUM and not strong and self.is_pipeline:
                most = Strength.LOW  # a request to what CI has just started
            weight = weight if most is None else min(weight, most)
        self._found.append(Judgement("confirmed", kind, weight, line, shown, self._told(reason), proven))

    def opaque(self, kind: str, severity: Strength, reason: str) -> None:
        """The file is a store of secrets that cannot be looked into."""
        self._found.append(Judgement("opaque", kind, self._weigh(severity, kind=kind), None, "", self._told(reason)))

    def clear(self, kind: str, reason: str, *, at: int | None = None, length: int = 0) -> None:
        """What looked like a secret is none, and nobody needs to look at that place again."""
        if len(self._reasons) < MOST:
            self._reasons.append((kind, reason))
        if at is not None:
            self._take(at, at + length)

    def spend(self, start: int, end: int) -> None:
        """All of a piece of the text belongs to what was confirmed where it begins."""
        spans = [span for span in self._spans if span[1] <= start or span[0] >= end]
        self._spans[:] = sorted((*spans, (start, end)))

    def judgements(self, kind: str | None) -> tuple[Judgement, ...]:
        """The outcome, in the order of the lines. `kind`: what the name had led to expect, None: nothing."""
        if self._found:
            return tuple(sorted(self._found, key=lambda found: (found.line or 0, found.kind)))
        if self._reasons:
            told, reason = self._reasons[0]
            return (Judgement("cleared", told, None, None, "", self._told(reason)),)
        if kind is not None:
            reason = self._told("no secret proven in it" if self.data else "empty")
            return (Judgement("cleared", kind, None, None, "", reason),)
        return ()

    def _weigh(self, severity: Strength, *, kind: str = "", issued: bool = False) -> Strength:
        cap = self.caps.issued if issued else self.caps.found
        if cap is None and severity > Strength.LOW:
            tried = compiled(_TRIED).search(f"/{self.folder}/") is not None
            shipped = compiled(SHIPPED).search(self.path.lower()) is not None
            # Beside what else a program signs with while it is worked on.
            within = kind in KEYS and self.is_for_development and not self.name.endswith((".pem", ".key", ".crt"))
            nobody = kind in KEYS | _OPENPGP and compiled(_OF_NOBODY).search(f"/{self.path.lower()}") is not None
            tried_only = (tried and not issued) or within or (kind in KEYS and self.is_pipeline)
            if nobody or (tried_only and not shipped):
                cap = Strength.LOW
            elif (kind in KEYS and (self.is_pipeline or self.is_for_development)) or (tried and not issued):
                cap = Strength.MEDIUM
        return severity if cap is None else min(severity, cap)

    def _told(self, reason: str) -> str:
        if self.size > self.read:
            return f"{reason}; only {self.read} bytes of {self.size} bytes were read"
        return reason

    def _take(self, start: int, end: int, *, anew: bool = False) -> bool:
        """Claim a piece of the text, False if some of it has been claimed before; `anew`: and confirmed."""
        if anew:
            return not any(taken < end and start < until for taken, until in self.confirmed)
        index = bisect_left(self._spans, (start, start))
        for taken_start, taken_end in self._spans[max(0, index - 1) : index + 1]:
            if taken_start < end and start < taken_end:
                return False
        insort(self._spans, (start, end))
        return True
