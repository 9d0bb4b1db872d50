"""The shape of an opinion about a build.

A finding knows where it stands, how bad it is and what would mend it; it says nothing about how it is shown.
"""

from typing import Final, Literal, NamedTuple, TypeAlias

Severity: TypeAlias = Literal["error", "warning", "note"]
#: Worst first.
SEVERITIES: Final[tuple[Severity, ...]] = ("error", "warning", "note")


class Finding(NamedTuple):
    """One opinion.

    `message` says what is wrong in one line, `why` what follows from it, `remedy` what to write. `path` and `line` are
    the place: a file of the context, or a line of the Dockerfile or ignore file. `bytes` is what it is about, in
    content. `key` tells findings of one code and path apart in `fingerprint`, where a line number would move.
    `context` is the named context in which the file lies, and then `path` begins with it: `lib:src/.env`.
    """

    code: str
    severity: Severity
    message: str
    why: str | None
    path: str | None
    line: int | None
    bytes: int
    reach: str | None
    kind: str | None
    remedy: str | None
    key: str = ""
    context: str | None = None

    @property
    def fingerprint(self) -> str:
        """The same for the same finding in another run, also if lines have moved; 16 hexadecimal digits.

        Made of code, path and `key`. For a secret, `key` is its kind and its place among secrets of that kind in the
        file, never anything of the value: a digest of a weak password is as good as the password.
        """
        import hashlib  # few formats show it

        text = "\0".join((self.code, self.path or "", self.key))
        return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()[:16]


def worst_first(findings: list[Finding]) -> tuple[Finding, ...]:
    """Worst first, then by code, largest first, and by place."""

    def rank(each: Finding) -> tuple[int, str, int, str, int]:
        return SEVERITIES.index(each.severity), each.code, -each.bytes, each.path or "", each.line or 0

    return tuple(sorted(findings, key=rank))
