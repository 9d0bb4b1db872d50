"""One line that a person can act on: does the build work, are secrets sent, what could be saved."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from ...findings import SEVERITIES, Severity
from .figures import Figure, Saving, amount, count
from .told import Told

#: Codes of errors with which a build fails.
FAILING: Final = frozenset({"bad-pattern", "late-failure", "missing-input", "unmet-need"})


class Verdict(NamedTuple):
    """`parts` are in order of importance; `severity` is the worst finding's, None if there is none."""

    severity: Severity | None
    parts: tuple[str, ...]


def verdict(findings: Sequence[Told], figures: Sequence[Figure], saving: Saving | None) -> Verdict:
    """What to know about one build."""
    severity = next((each for each in SEVERITIES if any(one.severity == each for one in findings)), None)
    return Verdict(severity, tuple(_parts(findings, figures, saving)))


def _parts(findings: Sequence[Told], figures: Sequence[Figure], saving: Saving | None) -> Iterator[str]:
    errors = [each for each in findings if each.severity == "error"]
    failing = next((each for each in errors if each.code in FAILING), None)
    if failing is not None:
        yield f"the build will fail at {failing.where}" if failing.where else "the build will fail"
    secrets = [each for each in errors if each.code.startswith("secret-")]
    yield from _secrets(secrets)
    # A saving that cannot be told from nothing is none to open with.
    if saving is not None and amount(saving.after) != amount(saving.before):
        yield f"{amount(saving.before)} could be {amount(saving.after)}"
    else:
        sent = next((each for each in figures if each.name == "transfer"), figures[0])
        yield f"{amount(sent.now.bytes)} {'sent' if sent.name == 'transfer' else 'in the context'}"
    others = len(errors) - len(secrets) - sum(each.code in FAILING for each in errors)
    warnings = sum(each.severity == "warning" for each in findings)
    if others:
        yield count(others, "other error" if secrets or failing else "error")
    if warnings:
        yield count(warnings, "warning")
    elif not errors:
        yield "no problems found" if not findings else count(len(findings), "note")


def _secrets(secrets: Sequence[Told]) -> Iterator[str]:
    written = sum(each.code == "secret-in-dockerfile" for each in secrets)
    image = sum(each.code != "secret-in-dockerfile" and each.reach == "image" for each in secrets)
    possible = sum(each.code != "secret-in-dockerfile" and each.reach == "possible" for each in secrets)
    sent = len(secrets) - written - image - possible
    if image:
        yield f"{count(image, 'secret')} {'ends' if image == 1 else 'end'} up in the image"
    if possible:
        yield f"{count(possible, 'secret')} may end up in the image"
    if sent:
        yield f"{count(sent, 'secret')} {'is' if sent == 1 else 'are'} sent"
    if written:
        yield f"{count(written, 'secret')} in the Dockerfile"
