"""What the environment, an env file or a build argument gave is used for the answer, and never printed.

A variable is shown by its name wherever a text has its value: in findings, inputs and heads of reports, in remarks and
errors. A value that names an existing path is left: the tree tells it by itself.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..regex import lazy
from ..secrets.redaction import SAID_BY_ALL, SHORTEST, hidden, redacted

if TYPE_CHECKING:
    from ..config.settings import Allowed
    from ..facts import InputSize
    from ..findings import Finding
    from ..opinions import Review


_WORD: Final = lazy(r"[^\s\0\"'`()\[\]{}<>,]+")
_SHIELD: Final = lazy(r"\0(\d+)\0")


class Privacy:
    """The values that were used so far, each with the name of its variable. It is filled while builds are read."""

    def __init__(self) -> None:
        self.used: dict[str, str] = {}

    def add(self, arguments: Mapping[str, str | None]) -> None:
        """Build arguments that the command line gives."""
        self.used |= {value: name for name, value in arguments.items() if value}

    def fit(self, text: str) -> str:
        """A text that may be printed."""
        return _hidden(redacted(text), self._values())

    def reviews(self, reviews: Iterable[Review]) -> tuple[Review, ...]:
        """The reviews as they may be shown."""
        values = self._values()
        return tuple(_Fitting(values).review(each) for each in reviews)

    def _values(self) -> Mapping[str, str]:
        return {
            value: name
            for value, name in self.used.items()
            if len(value) >= SHORTEST
            and value.isprintable()
            and value.lower() not in SAID_BY_ALL
            and not os.path.lexists(value)
        }


def _hidden(text: str, values: Mapping[str, str]) -> str:
    """A text without these values, but for paths that exist and have one in them: the tree tells that by itself."""
    if not any(value in text for value in values):
        return hidden(text, values)
    kept: list[str] = []

    def keep(word: re.Match[str]) -> str:
        path = word[0].partition(":")[0].rstrip(".,;")
        if "/" not in path or path in values or not os.path.lexists(path):
            return word[0]
        kept.append(path)
        return f"\0{len(kept) - 1}\0{word[0][len(path) :]}"

    shielded = hidden(_WORD.sub(keep, text), values)
    return _SHIELD.sub(lambda found: kept[int(found[1])], shielded)


class _Fitting:
    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values

    def review(self, review: Review) -> Review:
        scan = review.scan
        inputs = tuple(map(self.input, scan.inputs))
        scan = scan._replace(inputs=inputs)
        if self.values:
            build = scan.build
            scan = scan._replace(
                build=build._replace(
                    context=Path(self.text(str(build.context))),
                    label=self.maybe(build.label),
                    target=self.maybe(build.target),
                    name=self.maybe(build.name),
                )
            )
        findings = review.findings
        return review._replace(
            scan=scan,
            image=review.image.fitted(self.text) if review.image and self.values else review.image,
            log=review.log.fitted(self.text) if review.log and self.values else review.log,
            findings=None if findings is None else tuple(map(self.finding, findings)),
            allowed=tuple(map(self.allowed, review.allowed)),
            disabled=tuple(map(self.finding, review.disabled)),
            set_aside=tuple(each._replace(finding=self.finding(each.finding)) for each in review.set_aside),
            explanations=tuple(
                each._replace(inputs=tuple(map(self.input, each.inputs))) for each in review.explanations
            ),
        )

    def text(self, text: str) -> str:
        return _hidden(text, self.values) if self.values else text

    def maybe(self, text: str | None) -> str | None:
        return None if text is None else self.text(text)

    def input(self, each: InputSize) -> InputSize:
        return each._replace(input=each.input._replace(written=redacted(self.text(each.input.written))))

    def allowed(self, each: Allowed) -> Allowed:
        return each._replace(finding=self.finding(each.finding))

    def finding(self, each: Finding) -> Finding:
        if not self.values:
            return each
        return each._replace(
            message=self.text(each.message),
            why=self.maybe(each.why),
            remedy=self.maybe(each.remedy),
            path=self.maybe(each.path),
        )
