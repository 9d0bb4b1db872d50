"""The shape of a row of the catalogue, and the groups under which rules are explained."""

from typing import Final, Literal, NamedTuple, TypeAlias

#: `a`: the name is never source, at any depth. `b`: marker or content has to agree. `c`: only the exact path, only if
#: marker and content agree or git ignores it, and only where the build makes it again.
Confidence: TypeAlias = Literal["a", "b", "c"]

HISTORY: Final = "History of the repository"
DEPENDENCIES: Final = "Dependencies, installed again in the image"
OUTPUT: Final = "Build output, made again in the image"
CACHES: Final = "Caches"
REPORTS: Final = "Test reports and coverage"
PERSONAL: Final = "Editors and operating systems"
PRIVATE: Final = "Secrets and private settings"
STATE: Final = "Logs and run-time state"
DATA: Final = "Large files that no build step needs"
PROJECT: Final = "Project files that no build step needs"
PARTS: Final = "Parts of the workspace that no image is made of"
TESTS: Final = "Tests"
DOCS: Final = "Documentation"
SAMPLES: Final = "Samples"
#: In the order of a new file.
GROUPS: Final = (
    HISTORY, PRIVATE, DEPENDENCIES, OUTPUT, CACHES, REPORTS, STATE, DATA, PERSONAL, PROJECT, PARTS, TESTS, DOCS,
    SAMPLES,
)  # fmt: skip


class JunkRow(NamedTuple):
    """One kind of thing that a working tree holds and a build does not need.

    `paths` are globs for the end of a path. `beside` are names of which one has to lie in the same directory, `above`
    in that or any directory above, `inside` in the directory itself (`**` before one: not at its top only); `only`:
    every entry of the directory has this form. `content` is a test on a file. `made_by` names the commands that make it
    again where an instruction takes it (`packages`). `everywhere`: one rule for all of them at any depth will do, where
    nothing else has that name. `tracked`: also if git tracks it. `again`: only if git tracks it, and where an
    instruction lays it over what the install of that very project makes. `private`: its content is private, so it is
    excluded even though nothing is saved. `certain`: the marker makes sure that it will come, so a new file excludes it
    beforehand; `coming`: so it does where git is told to ignore it and every image that takes it makes its own.
    `consent` is the word (of `CONSENTS`) with which somebody lets things of this kind go that git tracks.

    `hits` and `misses` are trees in which the row does and does not apply: paths, with `!` behind the one in question;
    `=` and the beginning of its content (a middle dot is a blank), `*` for a large one, `>` for a link.
    """

    paths: str
    kind: Literal["dir", "file"]
    level: Confidence
    group: str
    why: str
    unless: str = ""
    beside: str = ""
    above: str = ""
    inside: str = ""
    only: str = ""
    content: str = ""
    made_by: str = ""
    everywhere: bool = False
    tracked: bool = False
    again: bool = False
    private: bool = False
    certain: bool = False
    coming: bool = False
    consent: str = ""
    hits: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.paths.split()[0]
