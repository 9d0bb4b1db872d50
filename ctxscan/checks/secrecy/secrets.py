"""Secrets: in files of the context, and in the Dockerfile itself."""

from __future__ import annotations

import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterator
from typing import TYPE_CHECKING, Final

from ...context.transfer import cleaned
from ...explain import SENT, ending_words, reach, takers
from ...facts import Scan
from ...findings import Finding, Severity
from ...regex import lazy
from ...rules import globs
from ...secrets.assignments import bare_argument, is_password, shown
from ...secrets.case import is_tried
from ...secrets.judgement import CUT, Conclusion, Judgement, masked
from ...secrets.judgement import Strength as Weight
from ...secrets.scope import place_of
from ...secrets.search import ISSUED
from ...secrets.verdict import assignment
from ..inputs.misspelling import nearest
from ..registry import UNTRACKED, Evidence, Run, finding, finds
from .exposure import Exposure, Place, exposed, in_history, is_for_service_beside, taken_up
from .inspection import Suspect
from .spilling import KEYRING, Spill, argument_spill, spills

if TYPE_CHECKING:
    from ...dockerfile.stages import Plan, Step
    from ...image.reach import Input
    from ..reading import Reading


@finds("error")
def secret_file(case: Evidence) -> Iterator[Finding]:
    """The content of a file proves a secret, and the file is sent to the builder or baked into the image.

    A warning where it only lies in the context and nothing asks for it; a note for keys among the project's own tests
    and for what is public by design. What the Dockerfile copies by name is needed: it belongs in a secret mount, or in
    what the container is given.
    """
    notes: defaultdict[str, list[Finding]] = defaultdict(list)
    for suspect in case.examined.suspects:
        # The Dockerfile itself has a separate check.
        if suspect.context is not None or suspect.path != case.scan.build.own_name:
            for found in _secrets(secret_file, case, suspect, "confirmed"):
                if found.severity == "note":
                    notes[found.kind or ""].append(found)
                else:
                    # Each by itself, whatever a report makes of many: a baseline holds those that were there, no more.
                    yield found
    yield from map(_in_one_line, notes.values())


@finds("warning")
def secret_opaque(case: Evidence) -> Iterator[Finding]:
    """A key store or vault that cannot be opened without its password, or something unreadable under a telling name.

    Notes of one kind, as for what the project's own tests have, are one line.
    """
    notes: defaultdict[str, list[Finding]] = defaultdict(list)
    for suspect in case.examined.suspects:
        for found in _secrets(secret_opaque, case, suspect, "opaque"):
            if found.severity == "note":
                notes[found.kind or ""].append(found)
            else:
                yield found
    # What a project has among its tests belongs there, and is excluded with them or not at all.
    yield from map(_in_one_line, notes.values())


@finds("warning")
def not_examined(case: Evidence) -> Iterator[Finding]:
    """Files that were not read for secrets, or not to their end: how many, why, and the largest of them.

    A warning where a name or an instruction says that they matter, or where a tree has more entries than are looked
    through; a note for files of no telling name that are large or too many, and for archives. With `--strict` each is
    an error.
    """
    for why, count, largest, size, told in case.examined.unread:
        # What no instruction asks for stays where it is.
        told = told and (case.scan.takes_everything or reach(case.scan, largest).reach in SENT)
        if why == CUT:
            files = "1 large text file was" if count == 1 else f"{count} large text files were"
            said = f"{files} searched for secrets only at the start and the end"
        else:
            files = "1 file was" if count == 1 else f"{count} files were"
            said = f"{files} not read for secrets: {why}"
        yield finding(
            not_examined,
            f"{said}; the largest is {largest}" if count > 1 else f"{said}: {largest}",
            severity="error" if case.strict else "warning" if told else "note",
            size=size,
            remedy="exclude what the build does not need; --deep reads every text file that is sent",
            key=why,
        )


def _in_one_line(notes: list[Finding]) -> Finding:
    """One finding for all notes of a kind, at the first of them; nothing mends them all, and nothing needs to."""
    first = notes[0]
    if len(notes) == 1:
        return first
    files = list(dict.fromkeys(each.path or "" for each in notes))
    shown_files = ", ".join(files[:3]) + (f" and {len(files) - 3} more" if len(files) > 3 else "")
    kind = (first.kind or "").replace("-", " ")
    where = "1 file" if len(files) == 1 else f"{len(files)} files"
    what = f"{kind}: {len(notes)} in {where}, unlikely to matter: {shown_files}"
    return first._replace(message=what, remedy=None, bytes=sum({each.path: each.bytes for each in notes}.values()))


def _secrets(code: Run, case: Evidence, suspect: Suspect, verdict: Conclusion) -> Iterator[Finding]:
    """A finding for each judgement with this verdict. They are told apart by kind and by their order among equals:
    anything made of a weak value would let a reader of the report try values until one fits."""
    equals: Counter[str] = Counter()
    for each in suspect.judgements:
        # What weighs next to nothing and stays at home is not worth a line.
        idle = suspect.reach == "context" and each.severity is Weight.LOW and not each.proven
        if each.verdict == verdict and not idle:
            yield _secret(code, case, suspect, each, key=f"{each.kind}\0{equals[each.kind]}")
            equals[each.kind] += 1


def _secret(code: Run, case: Evidence, suspect: Suspect, judgement: Judgement, *, key: str) -> Finding:
    scan = case.scan.of(suspect.context)
    taken = takers(scan, suspect.path)
    far = suspect.reach in SENT and not _is_left_open(scan, taken)
    severity = _weighed(judgement, far=far)
    if code is secret_opaque and severity == "error":
        severity = "warning"
    if scan.build.below and not judgement.proven:
        severity = _held(severity, judgement.kind, f"{scan.build.below}/{suspect.path}")
    kind = judgement.kind.replace("-", " ")
    what = judgement.reason if judgement.reason.lower().startswith(kind) else f"{kind}: {judgement.reason}"
    if judgement.masked.strip("*"):
        # How much was read concerns the file, and not the value.
        said, apart, rest = what.partition("; only ")
        what = f"{said} ({judgement.masked}){apart}{rest}"
    named = any(cleaned(each.source) == suspect.path for each in taken)
    return finding(
        code,
        f"{what}; {_ends(scan, suspect, taken)}",
        severity=severity,
        path=suspect.path,
        line=judgement.line,
        size=suspect.size,
        reached=suspect.reach,
        kind=judgement.kind,
        remedy=_way_out(case, suspect, named=named, replace=code is secret_file and severity != "note"),
        key=key,
        context=suspect.context,
    )


def _held(severity: Severity, kind: str, path: str) -> Severity:
    """What a finding weighs at most, by where its file lies in the project: what is made among its tests or for CI is
    tried, and what is made of an example is shown. What a service has given out is a warning there."""
    place = place_of(path)
    if place.own_tests or place.documentation:
        return "note"
    # An account of an image for CI, with a password that anybody could guess, is as much for CI as a key there.
    guessed = severity == "warning" and kind == "command-line"
    if kind not in ISSUED and (is_tried(path, kind) or (guessed and is_tried(path, "private-key"))):
        return "note"
    if place.examples or place.local or posixpath.basename(path).startswith(".gitpod."):
        return "warning" if severity != "note" and kind in ISSUED else "note"
    return severity


def _weighed(judgement: Judgement, *, far: bool) -> Severity:
    """What the evidence weighs where it gets `far` (to the builder or into the image), or stays in the context."""
    weight = judgement.severity or Weight.LOW
    if weight >= Weight.HIGH:
        return "error" if far else "warning"
    if judgement.proven or (weight is Weight.MEDIUM and far):
        return "warning"
    return "note"


def _is_left_open(scan: Scan, taken: list[Input]) -> bool:
    """Whether a file is only taken by what an argument names whose value whoever builds passes, and nobody here knows:
    taken as empty, it stands for the whole context."""
    given = scan.build.arguments
    return (
        scan.build.source is not None
        and bool(taken)
        and all(each.empty and all(given.get(name, "") is None for name in each.empty) for each in taken)
    )


def _ends(scan: Scan, suspect: Suspect, taken: list[Input]) -> str:
    first = next((each for each in taken if suspect.reach != "image" or not _is_mounted(each)), None)
    by = f" by {first.instruction} {first.written} ({scan.build.label}:{first.line})" if first else ""
    if _is_left_open(scan, taken):
        return f"taken{by} if the argument has no value"
    if suspect.reach == "image":
        return f"baked into the image{by}"
    if suspect.reach == "transfer" and scan.build.builder.figure is not None:
        return f"sent to the builder{by}, not in the image"
    return ending_words(scan, reach(scan, suspect.path))


def _is_mounted(each: Input) -> bool:
    """Whether a bind mount reads it, which leaves nothing in the image."""
    return each.instruction == "RUN"


def _way_out(case: Evidence, suspect: Suspect, *, named: bool, replace: bool) -> str:
    from .valuable import place_in_container, way_out  # only where there is a secret

    path = suspect.path
    if suspect.context is not None:
        return way_out(path, named=named, tracked=UNTRACKED)
    certain, reader = case.missed(path)
    place = place_in_container(case.reading, path) if named and case.reading is not None else None
    return way_out(
        path,
        named=named,
        tracked=case.tracked,
        reader=reader,
        perhaps=not certain,
        replace=replace,
        place=place,
        sent=suspect.reach != "context",
        loaded=_loader(case.reading, suspect),
        bare=case.reading is not None and _is_bare(case.reading, suspect),
    )


#: A key in text armour, in bytes, and how many rows of dashes are in it.
_LARGEST_KEY: Final = 1 << 15
_DASHES: Final = 4


def _is_bare(reading: Reading, suspect: Suspect) -> bool:
    """Whether a file is nothing but a key in text armour, whatever it is called."""
    if any(not each.kind.endswith("private-key") for each in suspect.judgements) or suspect.size > _LARGEST_KEY:
        return False
    text = reading.tree.text(suspect.path).strip()
    return text.startswith("-----BEGIN ") and text.endswith("-----") and text.count("-----") == _DASHES


def _loader(reading: Reading | None, suspect: Suspect) -> str:
    """How a program that loads a `.env` of the image gets what is in it; "": none is known."""
    if reading is None or suspect.reach not in ("image", "possible") or posixpath.basename(suspect.path) != ".env":
        return ""
    from ...packages.dotenv import loaded  # only where one holds a secret
    from .valuable import GIVEN

    found = loaded(reading.tree, suspect.path)
    if found is not None and found.ends:
        return f"mount it instead: the program ends without it ({found.place})"
    return f"{GIVEN}: {found.place} loads it" if found is not None else ""


@finds("error")
def secret_in_dockerfile(case: Evidence) -> Iterator[Finding]:
    """A literal secret in any instruction, in a file that the Dockerfile writes, or given as a build argument.

    An error where the image keeps it: in the final stage and in those that it is built FROM. A warning where only the
    build cache and its exports do, in comments of a Dockerfile that stays at home, and for passwords that anybody could
    guess, as the default of an ARG too that a RUN uses. A note for an ARG that is there to be given a secret; a warning
    where a RUN of the image uses it and a makefile, a script, a compose file or a workflow gives it a value.
    """
    scan = case.scan
    parsed, plan, text = scan.build.parsed, scan.plan, scan.build.text
    if parsed is None or plan is None or text is None:
        return
    own = scan.build.own_name
    sent = reach(scan, own).reach if own is not None else "context"
    # As for a context among tests or examples: its image never ships.
    where = f"{scan.build.below}/{own}".lstrip("/") if own is not None else None
    known: set[str | bytes] = set()
    equals: Counter[str] = Counter()

    def told(each: Exposure, what: str) -> Finding:
        name = each.name
        kind = each.judgement.kind
        key = f"{kind}\0{equals[kind]}"
        equals[kind] += 1
        mount = re.sub(r"[^a-z0-9_.-]+", "_", name.lower()) if name else "token"
        severity = _weighed(each.judgement, far=_is_far(each.place, sent))
        if where is not None and not each.judgement.proven:
            severity = _held(severity, each.judgement.kind, where)
        return finding(
            secret_in_dockerfile,
            f"{what}; {_stays(each.place, sent)}",
            severity=severity,
            path=scan.build.label,
            line=each.line,
            kind=kind,
            remedy=_undeclared(plan, name) if each.place == "provenance" and name else _instead(plan, each, mount),
            key=key,
        )

    def weak() -> Severity:
        return _held("warning", "assigned-secret", where) if where is not None else "warning"

    for name, value in sorted(scan.build.arguments.items()):
        found = assignment(name, value, known=known) if value else None
        if found is not None:
            taken = taken_up(parsed, plan, name)
            place: Place = taken[0] if taken is not None else "provenance"
            line = taken[1] if taken is not None else None
            what = f"the value given for the build argument {shown(name)} ({found.masked}): {found.reason}"
            yield told(Exposure(line, place, name, found), what)
    inside = exposed(parsed, text, plan, known=known)
    if inside.unread:
        yield finding(
            not_examined,
            "some instructions were read only as written: their variables add up to too much",
            severity="error" if case.strict else "warning",
            path=scan.build.label,
            key="variables",
        )
    for each in inside.exposures:
        judgement = each.judgement
        if each.name:
            yield told(each, f"{shown(each.name)} {judgement.masked}: {judgement.reason}")
        else:
            yield told(each, f"{judgement.reason} ({judgement.masked})")
    for spill in spills(plan):
        yield finding(
            secret_in_dockerfile,
            f"the build secret {shown(spill.id)} is written to {spill.file}; {_stays(spill.place, sent)}",
            severity="error" if spill.place == "history" else "warning",
            path=scan.build.label,
            line=spill.line,
            remedy=_kept_out(spill),
            key=f"spill\0{spill.id}",
        )
    kept = _kept(plan)
    named = {each.name for each in inside.exposures}
    passwords = (*_passwords(plan), *_default_passwords(plan, known)) if "shipped" in case.scopes else ()
    for line, name, what, way in (*passwords, *_in_a_page(plan)):
        if name not in named:
            named.add(name)
            yield finding(
                secret_in_dockerfile,
                what,
                severity=weak(),
                path=scan.build.label,
                line=line,
                remedy=way,
                key=name,
            )
    for line, name in _arguments(plan, kept):
        if not bare_argument(name) or name in named or kept.get(name, ("",))[0] in named:
            continue
        variable, at = kept.get(name, (None, line))
        spilled = argument_spill(plan, name) if variable is None else None
        giver = "" if variable is not None or spilled is not None else _giver(case, plan, name, line)
        what = (
            f"ENV {variable} keeps what is given for ARG {name}: it is part of the image"
            if variable is not None
            else f"RUN writes what is given for ARG {name} to {spilled[1]}: it is part of the image"
            if spilled is not None
            else f"ARG {name}: the value that {giver} gives it ends in the history of the image"
            if giver
            else f"ARG {name}: what is given for it ends in the history of the image"
        )
        yield finding(
            secret_in_dockerfile,
            what,
            severity="note" if variable is None and spilled is None and not giver else weak(),
            path=scan.build.label,
            line=at if spilled is None else spilled[0],
            remedy=_of_variable(name.lower()) if variable is not None else _mounted(name.lower()),
            key=name,
        )


def _in_a_page(plan: Plan) -> Iterator[tuple[int, str, str, str]]:
    """Line and name of each variable that says password and that the build of a front end compiles into a page, in a
    stage that runs something below it, with what is said and the way out."""
    for stage in plan.stages:
        last = max((step.line for step in stage.steps if step.keyword == "RUN"), default=0)
        for step in stage.steps:
            names = [name for name, _ in step.instruction.pairs] if step.keyword == "ENV" else []
            names += [word.partition("=")[0] for word in step.instruction.words] if step.keyword == "ARG" else []
            for name in names:
                if _PUBLISHED.fullmatch(name) and step.line < last:
                    what = f"{name}: the front end that is built with it gives it to everybody who loads the page"
                    yield step.line, name, what, "check it on the server: what is compiled into a page is no secret"


#: What is handed to whoever loads a page, and is called a password or a secret none the less.
_PUBLISHED: Final = lazy(
    r"(?:VITE|NEXT_PUBLIC|NUXT_PUBLIC|REACT_APP|VUE_APP|EXPO_PUBLIC|GATSBY|NG_APP)_(?:\w+_)?"
    r"(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|SECRET_KEY|PRIVATE_KEY)"
)


def _mounted(mount: str) -> str:
    return f"RUN --mount=type=secret,id={mount} where it is needed"


def _of_variable(mount: str) -> str:
    """How to do without a variable of the image, which the container may read as well as a step."""
    return f"docker run --env-file for the container, or RUN --mount=type=secret,id={mount} for a step of the build"


def _undeclared(plan: Plan, name: str) -> str:
    """What to do with a value that is given for an argument that the Dockerfile does not have."""
    steps = [step for stage in plan.stages for step in stage.steps if step.keyword == "ARG"]
    names = [word.partition("=")[0] for step in steps for word in step.instruction.words]
    near = nearest(name, names)
    line = next((step.line for step in steps if near in [each.partition("=")[0] for each in step.instruction.words]), 0)
    meant = f", unless ARG {near} (line {line}) is meant for it" if near is not None else ""
    return f"do not give it to the build, which has no such argument{meant}"


def _instead(plan: Plan, each: Exposure, mount: str) -> str:
    """How the build, or the container where that alone reads it, gets a secret."""
    steps = [step for stage in plan.stages for step in stage.steps if each.line and step.line <= each.line]
    keyword = max(steps, key=lambda step: step.line).keyword if steps else ""
    if keyword in ("CMD", "ENTRYPOINT", "HEALTHCHECK"):
        return "hand it to the container when it starts: docker run --env-file, or a secret of the service"
    if keyword == "ENV" or (keyword == "ARG" and each.name in _kept(plan)):
        return _of_variable(mount)
    return _mounted(mount)


#: Names of files that are there to hold secrets; those of examples are not among them.
_PRIVATE: Final = lazy(
    r"(?i)\.env(?:\.(?!(?:[\w-]+\.)?(?:example|sample|template|tmpl|dist|defaults?|test|ci|schema|vault|sh|[cm]?[jt]s|py|rb)$)[\w.-]+)?"
    r"|(?:\w[\w.-]*)?\.(?:key|p12|pfx|jks|keystore)|id_(?:rsa|dsa|ecdsa|ed25519)|\.netrc|\.git-credentials|\.pgpass"
    r"|[\w-]*service[-_]?account[\w-]*\.json|secrets?\.(?:json|ya?ml|env|toml)|credentials\.json"
    r"|(?:(?![\w.-]*pub)[\w.-]*[-_.])?(?:key|priv(?:ate)?(?:[-_]?key)?)\.pem"
)
#: One of these is in each of them.
_PRIVATE_WORDS: Final = (
    "env", "key", "priv", "p12", "pfx", "jks", "id_", "netrc", "cred", "pgpass", "account", "secret",
)  # fmt: skip
#: What is for everybody, whoever keeps it from others.
_FOR_ALL: Final = lazy(
    r"(?i)(?!.*key)(?:.*[-_.])?(?:ca|certs?|certificate|crt|cer|(?:full)?chain|pub(?:lic)?)(?:[-_.].*)?"
)


@finds("warning", scope="used")
def copied_secret(case: Evidence) -> Iterator[Finding]:
    """An instruction copies a file into the image by its name that is there to hold secrets (`.env`, `server.key`, an
    `app.env` that git ignores and no script copies from the project), or into which a pipeline decrypts something, and
    that is not in this checkout: wherever there is one, the image has what it holds.

    What is there is judged by its content, as any other file.
    """
    reading, scan = case.reading, case.scan
    for step in reading.shipped if reading is not None else ():
        if reading is None or step.keyword not in ("COPY", "ADD") or step.onbuild is not None:
            continue
        for source in step.sources if step.origin is None or step.origin.kind == "stage" else ():
            path = cleaned(source.text)
            name = posixpath.basename(path).rstrip("*")
            if source.kind != "path":
                continue
            # A pattern takes what is called so (`*.key`).
            own = is_private(name.replace("*", "x") if name.startswith("*.") else name) or _is_kept_to_oneself(
                reading, path
            )
            if not own and (step.origin is not None or not path or globs.is_wild(path)):
                continue
            if _is_here(reading, step, path):
                continue
            if step.origin is None and scan.rules.gone(path):
                continue  # it is reported as missing
            line = "" if own or _FOR_ALL.fullmatch(name) else _decrypted(reading, path)
            if not (own or line):
                continue
            yield finding(
                copied_secret,
                f"{step.keyword} {source.text} bakes it into the image wherever there is one"
                + (f": {line} decrypts it" if line else ""),
                why="everybody who has the image can read it",
                path=scan.build.label,
                line=step.line,
                reached="image",
                remedy=handed(name),
                key=path,
            )


def _is_kept_to_oneself(reading: Reading, path: str) -> bool:
    """Whether a path is of variables that git ignores, whatever program they are for (`shop.env`), and that no script
    copies from the project."""
    if not path.rstrip("*").endswith(".env"):
        return False
    from ..project.earlier import is_copied_over, is_ignored_itself  # only for such a name

    plain = path.rstrip("*")
    return is_ignored_itself(reading.tree, plain) and not is_copied_over(reading.tree, plain)


def _decrypted(reading: Reading, path: str) -> str:
    from ..project.earlier import decrypted  # only for what is not there

    return decrypted(reading.tree, path)


def handed(name: str) -> str:
    """How a program or a build gets a file that is better not in the image."""
    return f"hand {name} to the container when it starts, or RUN --mount=type=secret to the build"


def is_private(name: str) -> bool:
    """Whether a file of this name is there to hold secrets."""
    return any(word in name.lower() for word in _PRIVATE_WORDS) and _PRIVATE.fullmatch(name) is not None


def _is_here(reading: Reading, step: Step, path: str) -> bool:
    """Whether a file of the context is what an instruction takes, as far as is known."""
    above, _, name = path.rpartition("/")
    if step.origin is not None:
        return (
            step.origin.stage is None
            or reading.brought(reading.history(reading.plan.stage(step.origin.stage)), f"/{path}") is not None
        )
    if globs.is_wild(name):
        return any(globs.matches(name, each) for each in reading.names(above))
    return reading.sent.kind(path) is not None


def _is_far(place: Place, sent: str) -> bool:
    """Whether a secret in the Dockerfile leaves: with the image, or with the Dockerfile itself."""
    return place == "history" or sent == "image" or (place == "comment" and sent == "transfer")


def _stays(place: Place, sent: str) -> str:
    if place == "history":
        return "it stays in the image and its history"
    if sent == "image":
        return "the Dockerfile itself is copied into the image"
    return {
        "cache": "it stays in the build cache and its exports",
        "unbuilt": "in a stage that this build does not need",
        "comment": "in a comment" + (", which is sent to the builder" if sent == "transfer" else ""),
        "provenance": "nothing declares it, and the provenance of the build may list it",
    }[place]


def _kept(plan: Plan) -> dict[str, tuple[str, int]]:
    """The variables by which ENV, in the history of the image, takes up a name, and its line."""
    found: dict[str, tuple[str, int]] = {}
    for step in in_history(plan, "ENV"):
        for name, value in step.instruction.pairs:
            # `${NAME:+true}` says that there is one, and not what it is.
            for match in re.finditer(r"\$(?:\{([A-Za-z_]\w*+)(?!:?\+)|([A-Za-z_]\w*))", value):
                found.setdefault(match[1] or match[2], (name, step.line))
    return found


def _kept_out(spill: Spill) -> str:
    """How what a RUN makes of a build secret does not stay."""
    if spill.file == KEYRING:
        return "import it when the container starts, from a file that is mounted, or rm -rf ~/.gnupg in the same RUN"
    mounted = f"mount it where it is read, with target={spill.file}, or " if spill.whole else ""
    what = "the file" if spill.file.startswith(("/", "~", "$")) else "it"
    again = f", and mount the secret on line {spill.again} as well, which uses it" if spill.again else ""
    return f"{mounted}remove {what} in the same RUN{again}"


def _arguments(plan: Plan, taken: Container[str]) -> Iterator[tuple[int, str]]:
    """Arguments in the history of the image that have no default, or an empty one, which is as good as none: what is
    given to others stays with the builder, unless ENV has taken it up."""
    for step in in_history(plan, "ARG"):
        words = [*step.instruction.words]
        if len(words) == 2:
            from .declaring import is_default_without_sign  # hardly any ARG has two

            if is_default_without_sign(words):
                continue  # told as what it is
        for word in words:
            name, _, default = word.partition("=")
            default = default.strip("\"'")
            if default == "" or (name in taken and is_password(name, default)):
                yield step.line, name


def _passwords(plan: Plan) -> Iterator[tuple[int, str, str, str]]:
    """Line and name of each ENV in the history of the image that sets a password, also one that anybody could guess,
    with what is said and the way out."""
    for step in in_history(plan, "ENV"):
        pairs = [(name, value.strip("\"'")) for name, value in step.instruction.pairs]
        for name, value in pairs:
            if is_password(name, value) and not is_for_service_beside(name, pairs):
                what = f"ENV {name}: a password that everybody with the image has ({masked(value)})"
                yield step.line, name, what, _of_variable(name.lower())


def _giver(case: Evidence, plan: Plan, name: str, line: int) -> str:
    """The file that gives a value to an ARG of an image that ships, where a RUN below uses it: each RUN is kept with
    the values that it was given. "": nobody is known to."""
    if case.reading is None or "shipped" not in case.scopes or not _is_used(plan, name, line):
        return ""
    from ..project.earlier import around  # hardly any image has such an ARG
    from ..project.ordering import orders

    word = re.escape(name)
    given = re.compile(rf"(?m)--build-arg[= ][\"']?{word}(?=[=\s\"']|$)|^[ \t-]*{word}[:=][ \t]*[\"']?\$")
    texts = orders(around(case.reading.tree)[-1][0])
    return next(
        (f"{path}:{text.count(chr(10), 0, at.start()) + 1}" for path, text in texts if (at := given.search(text))), ""
    )


def _is_used(plan: Plan, name: str, line: int) -> bool:
    """Whether a RUN of the image below a line uses a variable."""
    used = re.compile(rf"\$(?:{re.escape(name)}\b|\{{{re.escape(name)}[}}:+-])")
    return any(step.line > line and used.search(step.instruction.whole) for step in in_history(plan, "RUN"))


def _default_passwords(plan: Plan, known: Container[str | bytes]) -> Iterator[tuple[int, str, str, str]]:
    """The same of each ARG with a password as its default that a RUN below it uses: the history shows it as a part of
    that RUN. `known` are the values that are told elsewhere."""
    for step in in_history(plan, "ARG"):
        for name, _, default in (word.partition("=") for word in step.instruction.words):
            value = default.strip("\"'")
            if not value or "$" in value or value in known or not is_password(name, value):
                continue
            if _is_used(plan, name, step.line):
                what = f"ARG {name}: its default is a password that everybody with the image has ({masked(value)})"
                yield step.line, name, what, _mounted(name.lower())
