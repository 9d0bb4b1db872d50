"""The verdict on one file: what its name expects, what its content proves.

The last module of the package but its front page. Most files are asked a few quick questions and say no to all; only
then is text decoded and are rules tried, and only then is loaded what reads keys, encoded text and formats.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from ..regex import compiled, compiled_bytes
from . import assignments, containers, index, literals, scope, search, telling
from .case import Caps, Case
from .checksums import unbase64
from .commands import judge_commands, may_speak
from .formats.readers import BEFORE_TOKENS, reader
from .judgement import Judgement, Strength
from .logins import has_login, judge_accounts, judge_connections, judge_urls
from .notes import is_note, judge_notes
from .randomness import is_drawn
from .row import SecretRow
from .runs import Run, runs
from .syntax import notations
from .syntax.field import Field
from .syntax.notations import notation

#: Of a text of so many characters it is remembered that it gives nothing away.
_SHORT: Final = 1024
#: Names that announce a secret, with what stands between a name and its value; on text in lower case.
_ANNOUNCED: Final = (
    rb"(?:pass|word|passwd|phrase|code|pwd|secret|token|keys?|base|credentials?|salt|hmac|pw)(?:_\w{1,12})?\d{0,2}"
    rb"[\"'\])]{0,2}[ \t]{0,8}[:=,<>\s]"
)
#: What a dotted or bracketed name has no need of, and a quick look can find.
_WORDS: Final = (b"key", b"pass", b"token", b"secret", b"pwd", b"cred")
#: `-----BEGIN ` and `{"type": "service_account"`, in base64: on one line, with two spaces, four or a tab before the
#: name, and the same where lines end as on Windows.
_ENCODED_STARTS: Final = (
    *("LS0tLS1CRUdJTi", "eyJ0eXBlIjogInNlcnZpY2", "eyJ0eXBlIjoic2Vydmlj"),
    *("ewogICJ0eXBlIjog", "ewogICAgInR5cGUiOi", "ewoJInR5cGUiOi"),
    *("ew0KICAidHlwZSI6", "ew0KICAgICJ0eXBlIjog", "ew0KCSJ0eXBlIjog"),
)
_ENCODED: Final = rf"(?<![A-Za-z0-9+/])(?:{'|'.join(_ENCODED_STARTS)})[A-Za-z0-9+/\r\n]{{64,}}+={{0,2}}"


def judge(
    path: str,
    data: bytes,
    *,
    size: int,
    read: int | None = None,
    deep: bool = False,
    named: bool = False,
    known: set[str | bytes] | None = None,
) -> tuple[Judgement, ...]:
    """What is secret in a file: nothing to say, or why it was cleared, or every secret in it.

    `data` is the start of the file and `size` its size on disk, both in bytes; `read` is how much of it is looked at in
    all, None: no more than `data`. `deep`: look also into trees of
    dependencies and at files that are left alone otherwise. `named`: somebody names this very file, so what its
    directory is does not excuse it. `known` as for `assignment`. Never raises, whatever the content.
    """
    known = set() if known is None else known
    found = _judge(path, data, size=size, read=read, deep=deep, named=named, known=known)
    if not path.lower().endswith(".ipynb"):
        return found
    here = scope.place_of(path, named=named)
    if here.third_party and not deep:
        return found
    # In what came out of a notebook, what proves itself counts.
    whole = Case(path, plain(data), size=size, read=read, caps=_caps(here), known=known)
    if search.suspicious(whole.data):
        search.judge_tokens(whole, only=search.PROVEN)
    shown = tuple(each for each in whole.judgements(None) if each.verdict == "confirmed")
    if not shown:
        return found
    found = tuple(each for each in found if each.verdict != "cleared")
    return tuple(sorted((*found, *shown), key=lambda each: (each.line or 0, each.kind)))


def _judge(
    path: str,
    data: bytes,
    *,
    size: int,
    read: int | None,
    deep: bool,
    named: bool,
    known: set[str | bytes],
) -> tuple[Judgement, ...]:
    low = path.lower()
    cut = low.rfind("/") + 1
    here = scope.place_of(path, named=named)
    if here.third_party and not deep:
        return ()
    template = scope.is_template(low[cut:]) and not low.endswith(_SETTINGS)
    rows = () if template else index.rows_of(low, here.inside)
    if not rows and (left := scope.original(low)) != low:
        low, template = left, scope.is_template(left[cut:])
        rows = () if template else index.rows_of(low, here.inside)
    name = low[cut:]
    read, data = len(data) if read is None else read, without_pictures(plain(data))
    if name.endswith(".ipynb"):
        data = cells(data)
    case = Case(path, data, size=size, read=read, caps=_caps(here), known=known)
    kind = rows[0].kind if rows else None
    if not data:
        return case.judgements(kind)
    if rows and rows[0].reader == "debug-store":
        reader("debug-store")(case, rows[0])
        return case.judgements(kind)
    if data[0] in containers.FIRST_BYTES and containers.judge_binary(case):
        return case.judgements(kind)
    if b"\0" in data or name.endswith(_LAID_OUT):
        # What proves itself does so in a program, too, and in a page that somebody keeps.
        if search.suspicious(data):
            search.judge_tokens(case, only=search.PROVEN)
        _read(case, rows)
        return case.judgements(kind)
    written = None if template else notation(name)
    if scope.is_left_alone(name) or here.locales:
        rows = tuple(row for row in rows if row.reader == "key")
        if not deep and not rows and not here.locales:
            return ()
        template, written = True, None
        case.data = data = without_sums(data)
    commands = scope.is_script(low[:cut], name)
    quotes = written is None and not template and not here.own_tests
    quotes = quotes and (is_note(name, size) or literals.may_quote(data, name))
    look = _look(data, written, everything=bool(rows), commands=commands, quotes=quotes)
    if any(look) or is_note(name, size):
        _judge_text(case, rows, written, look, template=template, test=here.own_tests)
    return case.judgements(kind)


#: Documents, whatever a program made of them.
_LAID_OUT: Final = (".pdf", ".doc", ".docx", ".odt", ".ppt", ".pptx", ".odp")
#: Settings that are called as templates are: what fastlane reads first.
_SETTINGS: Final = ("fastlane/.env.default",)


def judge_piece(path: str, data: bytes, *, deep: bool, known: set[str | bytes]) -> tuple[Judgement, ...]:
    """What is secret in a piece of a text file whose start was judged: whole lines, as UTF-8. Tokens, keys, addresses,
    and names with values where each is on a separate line. `known` as for `assignment`; lines count from the
    start of the piece. Never raises."""
    low = path.lower()
    cut = low.rfind("/") + 1
    here = scope.place_of(path)
    name = low[cut:]
    if b"\0" in data or ((here.third_party or scope.is_left_alone(name)) and not deep):
        return ()
    if scope.is_left_alone(name):
        data = without_sums(data)
    data = without_pictures(data)
    case = Case(path, data, size=len(data), caps=_caps(here), known=known)
    if name.endswith((".ipynb", *_LAID_OUT)):
        if search.suspicious(data):
            search.judge_tokens(case, only=search.PROVEN)
        return tuple(each for each in case.judgements(None) if each.verdict == "confirmed")
    template = scope.is_template(name) or scope.is_left_alone(name) or here.locales
    written = None if template else notation(name)
    quotes = written is None and not template and not here.own_tests and literals.may_quote(data, name)
    if written in _WHOLE:
        written = None
    commands = scope.is_script(low[:cut], name)
    look = _look(data, written, everything=False, commands=commands, quotes=quotes)
    if any(look):
        _judge_text(case, (), written, look, template=template, test=here.own_tests)
    return tuple(each for each in case.judgements(None) if each.verdict == "confirmed")


def _caps(here: scope.Surroundings) -> Caps:
    """How much may be made of what is found in a place: little among tests, in manuals and in code of others; among
    examples, and what is for one's own machine, no more than a warning, and that for what a service has given out."""
    if here.own_tests or here.third_party or here.documentation:
        return Caps(Strength.LOW, Strength.LOW)
    if here.examples or here.local:
        return Caps(Strength.LOW, Strength.MEDIUM)
    return Caps(None, None)


#: Notations in which Django writes its tables down.
_DUMPED: Final = frozenset({"json", "yaml", "xml"})
#: Notations of which a piece means nothing without what is around it.
_WHOLE: Final = frozenset({"json", "table", "xml"})

#: Marks of encodings, the longer ones first.
_ENCODINGS: Final = (
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
#: With what a mark begins.
_MARKED: Final = frozenset(mark[:1] for mark, _ in _ENCODINGS)


def wide(data: bytes) -> str | None:
    """The encoding of text whose characters take two bytes or four, as its first 4096 bytes tell; None: they take one,
    or it is no text."""
    for mark, encoding in _ENCODINGS:
        if data.startswith(mark):
            body = data[len(mark) : len(mark) + 4096]
            return None if b"\0" not in body and containers.is_text(body) else encoding
    head = data[:4096]
    if b"\0" in head:
        for odd, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
            zeros = head[odd::2].count(0)
            if zeros * 4 > len(head) and head[1 - odd :: 2].count(0) * 20 < len(head):
                return encoding
    return None


def plain(data: bytes) -> bytes:
    """Text in UTF-16 or UTF-32 as UTF-8, with a mark or without, and text with stray zero bytes as lines. A mark in
    front of something else is taken away; what is no text stays as it is."""
    if (data[:1] not in _MARKED and b"\0" not in data) or data.startswith(containers.BINARY):
        return data
    encoding = wide(data)
    if encoding is not None:
        return data.decode(encoding, "replace").encode("utf-8", "replace")
    for mark, _ in _ENCODINGS:
        if data.startswith(mark):
            return data[len(mark) :]
    if b"\0" not in data:
        return data
    head = data[:4096]
    bare = data.replace(b"\0", b"\n")
    return bare if head.count(0) * 4 < len(head) and containers.is_text(bare[:4096]) else data


def without_sums(data: bytes) -> bytes:
    """A file that a tool has written, with blanks for what is long and random in it and says nothing: the sums of
    packages."""
    for pattern in _SUMS:
        data = compiled_bytes(pattern).sub(lambda match: b" " * len(match[0]), data)
    return data


def without_pictures(data: bytes) -> bytes:
    """A text with blanks for the pictures, sounds and letters that are written into it, in which anything is spelt by
    chance, and for what colours it in a terminal."""
    if b"\x1b[" in data:
        data = compiled_bytes(_COLOUR).sub(lambda match: b" " * len(match[0]), data)
    if b";base64," not in data:
        return data
    return compiled_bytes(_PICTURE).sub(lambda match: b" " * len(match[0]), data)


_COLOUR: Final = rb"\x1b\[[\d;]{0,20}m"
_PICTURE: Final = (
    rb"data:(?:image|font|audio|video|application/(?:x-)?font)[\w/+.;=-]{0,60};base64,[A-Za-z0-9+/=%\\\r\n]{64,}+"
)
#: As npm and Yarn, Go, pip and its heirs, and Cargo write them.
_SUMS: Final = (
    rb"sha512-[A-Za-z0-9+/]{86}==",
    rb"h1:[A-Za-z0-9+/]{43}=",
    rb"sha256:[0-9a-f]{64}",
    rb"checksum = \"[0-9a-f]{64}",
)


def cells(data: bytes) -> bytes:
    """What somebody has typed into a notebook, on the lines where it stands; what came out of it is left away."""
    kept, at = [], 0
    for match in compiled_bytes(_SOURCE).finditer(data):
        kept += [b"\n" * data.count(b"\n", at, match.start()), match[0]]
        at = match.end()
    return b"".join(kept)


#: A cell: one string, or a list of its lines.
_STRING: Final = rb"\"(?:[^\"\\]|\\.)*+\""
_SOURCE: Final = rb"(?s)\"source\":\s*+(?:\[\s*+(?>(?:" + _STRING + rb"\s*+,?\s*+)*)|" + _STRING + rb")"


def assignment(name: str, value: str, *, known: set[str | bytes] | None = None) -> Judgement | None:
    """What `NAME=value` in a Dockerfile, a compose file or a build argument gives away, None: nothing. `known` are
    values that were reported before; what is found is added to them."""
    case = Case("", value.encode(errors="replace"), size=len(value), known=known)
    search.judge_every(case)
    judge_urls(case, prose=False)
    if not case.found and telling.announces(name):
        secret = assignments.is_secret(name, value)
        severity = assignments.weighed(name, value, Strength.HIGH)
        if secret or (severity > Strength.LOW and assignments.is_thought_of(name, value)):
            case.confirm("assigned-secret", severity, value, 0, f"a literal value for {assignments.shown(name)}")
    found = [judgement for judgement in case.judgements(None) if judgement.verdict == "confirmed"]
    return max(found, key=lambda judgement: judgement.severity or 0, default=None)


def spoken(text: str, *, known: set[str | bytes]) -> tuple[Judgement, ...]:
    """What a command line, a script or any piece of a Dockerfile gives away; `known` as for `assignment`."""
    if len(text) <= _SHORT and _is_silent(text):
        return ()
    return _spoken(text, known)


@lru_cache(1024)
def _is_silent(text: str) -> bool:
    """Whether a short text gives nothing away: Dockerfiles of one run have most lines in common."""
    known: set[str | bytes] = set()
    return not _spoken(text, known) and not known


def _spoken(text: str, known: set[str | bytes]) -> tuple[Judgement, ...]:
    case = Case("", text.encode(errors="replace"), size=len(text), known=known)
    if "PRIVATE KEY" in case.text:
        from .pem import judge_armour

        judge_armour(case, case.text)
    search.judge_every(case)
    _judge_encoded(case)
    judge_urls(case, prose=False)
    judge_commands(case)
    return tuple(judgement for judgement in case.judgements(None) if judgement.verdict == "confirmed")


class _Look(NamedTuple):
    """What the quick questions to a text have brought up: perhaps tokens, perhaps logins, perhaps telling names,
    perhaps command lines, perhaps passwords in quotes, and the runs that may be drawn values."""

    tokens: bool
    logins: bool
    names: bool
    commands: bool
    quotes: bool
    runs: tuple[Run, ...]


def _look(data: bytes, written: str | None, *, everything: bool, commands: bool, quotes: bool) -> _Look:
    found = tuple(runs(data))
    if everything:
        return _Look(True, True, True, commands, True, found)
    return _Look(
        tokens=search.suspicious(data),
        logins=has_login(data),
        names=written is not None and _announces(data),
        commands=commands and may_speak(data),
        quotes=quotes,
        runs=found,
    )


def _announces(data: bytes) -> bool:
    low = data.lower()
    return any(word in low for word in _WORDS) and compiled_bytes(_ANNOUNCED).search(low) is not None


def _read(case: Case, rows: tuple[SecretRow, ...]) -> None:
    for row in rows:
        if row.reader not in BEFORE_TOKENS:
            reader(row.reader)(case, row)


def _judge_text(
    case: Case, rows: tuple[SecretRow, ...], written: str | None, look: _Look, *, template: bool, test: bool
) -> None:
    for row in rows:
        if row.reader in BEFORE_TOKENS:
            reader(row.reader)(case, row)
    if written in _DUMPED and look.names and not template and b"model" in case.data:
        from .formats.stores import fixture

        fixture(case)
    plain_test = test and not rows
    if look.tokens:
        if "PRIVATE KEY" in case.text:
            from .pem import judge_armour

            judge_armour(case, case.text, kind=_key_kind(case, rows), template=template)
        search.judge_tokens(case, only=search.PROVEN if plain_test else None)
        _judge_encoded(case)
    if look.runs:
        search.judge_forms(case, look.runs, only=search.PROVEN if plain_test else None)
    if template and not test and look.runs:
        literals.judge_pairs(case, look.runs)
    if template or plain_test:
        return
    if look.runs:
        from .encoded import judge_encoded_text
        from .pem import judge_bare

        judge_bare(case)
        judge_encoded_text(case, look.runs)
    if look.logins:
        judge_urls(case, prose=written is None and not rows)
    if written == "yaml" and (rows or look.names):
        from .formats.documents import kubernetes

        kubernetes(case)
    _read(case, rows)
    if written is not None and not rows and look.names:
        _judge_configuration(case, written)
    if (look.runs or look.quotes) and not case.is_manual and not _is_sealed(case.data):
        if look.runs:
            literals.judge_literals(case, look.runs)
        if look.quotes and not _is_packed(case):
            _judge_handwritten(case)
            literals.judge_made_up(case)
            judge_connections(case, prose=True)
            judge_accounts(case)
    if look.commands and not case.is_manual:
        judge_commands(case, everywhere=False)
    if is_note(case.name, case.size):
        judge_notes(case)


def _judge_handwritten(case: Case) -> None:
    if not case.name.endswith(literals.PROGRAMS):
        return
    from .handwritten import judge_handwritten  # only for programs that speak of passwords and secrets

    judge_handwritten(case)


def _is_packed(case: Case) -> bool:
    """Whether a program was made small for browsers, so that quotes stand around code as often as around strings."""
    size = len(case.data)
    return case.name.endswith(_SMALL) and size > 4096 and case.data.count(b"\n") * 500 < size


_SMALL: Final = (".js", ".mjs", ".cjs", ".html", ".htm")


def _is_sealed(data: bytes) -> bool:
    """Whether drawn values in it are ciphertext: sealed secrets, and what SOPS has encrypted."""
    return b"SealedSecret" in data or (b"sops" in data and b"ENC[AES256_GCM" in data)


def _key_kind(case: Case, rows: tuple[SecretRow, ...]) -> str | None:
    if '"service_account"' in case.text:
        return "gcp-service-account"
    return next((row.kind for row in rows if row.reader == "key"), None)


def _judge_encoded(case: Case) -> None:
    """Keys in base64, as manifests and variables carry them."""
    if not any(start in case.text for start in _ENCODED_STARTS):
        return
    from .pem import judge_armour

    for match in compiled(_ENCODED).finditer(case.text):
        data = unbase64("".join(match[0].split()))
        if data is not None and b"PRIVATE KEY" in data:
            judge_armour(case, data.decode("utf-8", "replace"), at=match.start())


def _judge_configuration(case: Case, written: str) -> None:
    """Names and values in a file of which nothing is known but how it is written."""
    kind, severity = _KINDS.get(written, ("assigned-secret", Strength.HIGH))
    if case.name.startswith(("compose.", "docker-compose")) or (
        written == "yaml" and compiled(_COMPOSED).search(case.text) is not None
    ):
        kind = "compose"
    sealed: frozenset[int] = frozenset()
    if "SealedSecret" in case.text:
        fields = notations.reader(written)(case.text)
        sealed = frozenset(
            each.document for each in fields if (each.name, each.value, each.parents) == ("kind", "SealedSecret", ())
        )
        if sealed:
            case.clear("encrypted", "a sealed secret")
    if written != "json" or telling.has_announcing_string(case.data.lower()):
        for field in _telling(case.text, written):
            if field.document in sealed and "encryptedData" in field.parents:
                continue
            outer = _outer(field, written)
            # Few names announce anything, which is quicker to see than what a value looks like.
            if telling.announces(assignments.called(outer)) and (written != "json" or _is_made_up(field.value)):
                assignments.judge_field(case, outer, kind, severity)
    judge_connections(case)


def _telling(text: str, written: str) -> Iterator[Field]:
    """The fields of a text, at least those whose names may announce a secret."""
    if written == "yaml":
        from .syntax.yaml import yaml

        return yaml(text, words=telling.ANNOUNCING)
    if written == "lines":
        from .syntax.lines import lines

        return lines(text, words=telling.ANNOUNCING)
    return notations.reader(written)(text)


#: A Compose file of another name.
_COMPOSED: Final = (
    r"(?m)^services:[ \t]*(?:#[^\n]{0,200})?\n(?:[ \t]*(?:#[^\n]{0,200})?\n){0,8}[ \t]+[\w.-]{1,80}:[ \t]*\n"
)


def _outer(field: Field, written: str) -> Field:
    """The field by the name of what it is the default or the value of: a parameter of a template, an element of XML."""
    if field.name not in _DEFAULTS or not field.parents or not telling.announces(field.parents[-1]):
        return field
    if written == "xml" or not _PARAMETERS.isdisjoint(field.parents):
        return field._replace(name=field.parents[-1])
    return field


_DEFAULTS: Final = frozenset(("Default", "default", "defaultValue", "value", "Value"))
_PARAMETERS: Final = frozenset(("Parameters", "parameters", "variables", "inputs"))
_KINDS: Final = {"dockerfile": ("dockerfile-env", Strength.HIGH)}


def _is_made_up(value: str) -> bool:
    """JSON is also what translations, schemas and messages are written in: there a digit has to be in it, or it has to
    look drawn."""
    return any(c.isdigit() for c in value) or is_drawn(value)
