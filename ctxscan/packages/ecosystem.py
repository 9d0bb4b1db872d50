"""What an ecosystem is: the Protocol that each module of this room satisfies, and the rows that it consists of.

A row has defaults for all that a manager may lack, so that a new one says only what is so.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol, TypeAlias

from ..dockerfile.commands import Command
from .install import Install
from .maker import Maker
from .manifest import Files, Named, Surveyed
from .project import Project, Reads
from .workplace import Runner

# --- what installs ----------------------------------------------------------------------------------------------------


class Strict(NamedTuple):
    """What makes an install keep to the lock file: one of the `verbs` or `options`, a variable of `settings`, or an
    earlier command that `configured` is found in.

    `remedy` is what to write instead; `adapted` fits it to the install and to the text of the lock file, and `fitting`
    says, of that text and the commands above, which release has to be installed to read it. `soft`: the
    lock file is read anyway, and is only written anew where it does not fit. `lacks`: what the lock file
    at a path has not, so that the install would end with an error. `whole`: the manifests without any of which it would
    not keep to that. `hits` are commands that keep to it, `misses` those
    that do not.
    """

    remedy: str
    options: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    configured: re.Pattern[str] | None = None
    adapted: Callable[[Install, str], str] | None = None
    fitting: Callable[[str, Iterable[str]], str | None] | None = None
    soft: bool = False
    lacks: Callable[[Install, Files, str], str | None] | None = None
    whole: Callable[[Install, Files, str], Iterable[str]] | None = None
    hits: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()


class Loose(NamedTuple):
    """The lock file that an install does not keep to, or why there is none, and what would. `soft` as in `Strict`."""

    lock: str
    remedy: str
    soft: bool
    why: str = "it may install other versions than the lock file says"


class Use(NamedTuple):
    """How an image uses what an install brings: the texts of the commands `after` it in its stage, the `words` of
    ENTRYPOINT and CMD, whether it has one of these (`starts`), the `settings` that ENV makes, and the texts of the
    commands `before` the install and `onward`: in the stages that go on with what is in its own. `apart`: there are
    other stages, which its own is not built into. `taking`: those of `after` that can still take away what it brought,
    as no layer that ships has it yet. `runs` are the settings that services make which run the image, `locks` the lock
    files that the install finds beside its manifest. `recipe` is the text of the Dockerfile."""

    after: tuple[str, ...]
    words: tuple[str, ...]
    starts: bool
    settings: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    onward: tuple[str, ...] = ()
    apart: bool = False
    taking: tuple[str, ...] = ()
    runs: tuple[tuple[str, str], ...] = ()
    locks: tuple[str, ...] = ()
    recipe: str = ""


#: Packages that are installed and are there for development only, and a command that leaves them out, or an ENV
#: that belongs `above it` and above each other install.
Development: TypeAlias = tuple[tuple[str, ...], str]
#: The path of the first of some names that lies beside a manifest and that the rules keep.
Find: TypeAlias = Callable[[Iterable[str]], str | None]


class Manager(NamedTuple):
    """A package manager: which commands of `programs` install what a project depends on, and what they go by.

    How its command line is read:

    `verbs`      install from the manifest; "" stands for a command without a verb
    `builds`     verbs that install on the way to something else, perhaps with an option behind a blank, without which
                 they do not; `leading`: such a verb is the first word
    `valued`     options that take the next word as their value
    `moves`      of these, the options that name another directory
    `reading`    of these, the options that name a file to install from
    `own`        options that mean something else to it than they usually do
    `launchers`  commands that become one of it without their first words, the last of which is the program: as globs
    `called`     reads the whole line instead, where the program is told in a language of its own what to do

    What it goes by:

    `locks`, `manifests`  names of the lock file and of the manifest, the likeliest first
    `together`   a wild card that takes the manifest with its lock file, if there is one
    `strict`              what keeps to the lock file
    `open`                whether the manifest of a project leaves versions open, given its directory
    `lenient`             without a lock file it installs what fits the manifest, whatever keeps to one
    `edits`               is found in commands that change the manifest, and the lock file does not fit it any more
    `updates`             verbs that look for newer versions, and `locked`: the command that installs those of the file
    `relocks`             verbs, perhaps with an option behind a blank, that write a lock file where there is none
    `first`               where none does only that: the command that writes the first one, the manifest that it goes
                          by, and a word without which there it writes none
    `past`                how an install passes over a lock file that is not its own, given what finds files beside the
                          manifest and their text, and the installs up to this one
    `itself`              words for the project where it runs, with which it does what it does without them
    `reads`               all that an install reads of the context; without it nobody knows
    `inside`              the same install, run from where the project lies that its words name
    `development`         which packages are for development only, given the directory of the project; `asked`: options
                          of which one is given where it installs any
    `idle`                whether an install brings no package at all, given the directory of the project

    What it leaves behind:

    `packages`   the directory beside the manifest where packages may be; `always`: where they are, whatever is set
    `elsewhere`  another place of them, by the variables of the command
    `beside`     the variable that names another place where nothing else but it does
    `homes`      texts that paths to its packages, or to what it keeps of them, have in an image
    `prunes`     is found in commands after which nothing for development is left
    `prepares`   words of a command, beside installs, that may have brought packages already; "*": any but those of
                 `cleans`, which take away what was built and nothing else
    `alone`      a setting by a command, which is there for whoever ran it alone, and the variable that says it for all
    `by_name`    it also installs single packages by their names, which are nobody's dependencies
    `wrappers`   scripts of the project that stand for the program, and come with the manifest

    `hits` are commands that install what a project depends on, `misses` those that do not: the tests run all of them.
    """

    name: str
    programs: tuple[str, ...]
    verbs: tuple[str, ...]
    builds: tuple[str, ...] = ()
    leading: bool = False
    valued: tuple[str, ...] = ()
    moves: tuple[str, ...] = ()
    reading: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    launchers: tuple[str, ...] = ()
    called: Callable[[Command], Install | None] | None = None
    locks: tuple[str, ...] = ()
    manifests: tuple[str, ...] = ()
    together: str = ""
    strict: Strict | None = None
    open: Callable[[Files, str], bool] | None = None
    lenient: bool = False
    edits: re.Pattern[str] | None = None
    updates: tuple[str, ...] = ()
    locked: str = ""
    relocks: tuple[str, ...] = ()
    first: tuple[str, str, str] | None = None
    past: Callable[[Install, Find, Callable[[str], str], Iterable[Install]], Loose | None] | None = None
    itself: tuple[str, ...] = ()
    reads: Callable[[Project], Reads | None] | None = None
    inside: Callable[[Install], Install] | None = None
    development: Callable[[Install, Files, str, Use], Development | None] | None = None
    asked: tuple[str, ...] = ()
    idle: Callable[[Install, Files, str], bool] | None = None
    packages: str = ""
    always: bool = False
    elsewhere: Callable[[Command], str] | None = None
    beside: str = ""
    homes: tuple[str, ...] = ()
    prunes: re.Pattern[str] | None = None
    prepares: tuple[str, ...] = ()
    cleans: tuple[str, ...] = ()
    alone: tuple[str, str] | None = None
    by_name: bool = False
    wrappers: tuple[str, ...] = ()
    hits: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()


class Program(NamedTuple):
    """What commands do to the files of a context, by their first words that are no options; "*" is any.

    `inert`: no file is anywhere afterwards where it was not before. `blind`: no file of the project is looked at.
    `is_inert` and `is_blind` say so by all arguments.
    """

    names: tuple[str, ...]
    inert: tuple[str, ...] = ()
    blind: tuple[str, ...] = ()
    is_inert: Callable[[Sequence[str]], bool] | None = None
    is_blind: Callable[[Command], bool] | None = None


class Left(NamedTuple):
    """What `fills` leave in an image, and its size (empty: nobody knows), where nothing that `emptied` is found in
    is done in the same RUN: which `empties`, or else what the cache has `instead`. `scripts`: addresses of those that
    do what `fills` do; `through`: a word, and what is found in the commands with it that do so as well.

    `rule` is what hadolint calls it, and `small`: a note is enough. With packages that are `large`, each one of them or
    many of any are worth a word: those in the command, those that `names` finds in a file that it is given or in one of
    `locks`, and those `of_projects` that it is given by their directories. Variables that begin as `settings` do may
    say something else. `copying`: nothing is worth a word but where a variable or an option has this value, as files
    are linked otherwise, and stored once.
    """

    what: str
    size: str
    fills: tuple[str, ...]
    emptied: re.Pattern[str]
    empties: str = ""
    rule: str = ""
    small: bool = False
    large: frozenset[str] = frozenset()
    names: re.Pattern[str] | None = None
    locks: tuple[str, ...] = ()
    of_projects: Callable[[Command, Callable[[str], str | None], Files], Iterable[str]] | None = None
    settings: tuple[str, ...] = ()
    scripts: re.Pattern[str] | None = None
    through: tuple[str, re.Pattern[str]] | None = None
    copying: tuple[str, str, str] | None = None


class Cache(NamedTuple):
    """What a manager keeps for itself: `cleans`, `fills` and `uses` are commands by their first words, the last those
    that do not work without what others have filled in. `place` is where it lies in an image; with one of the options
    `spared` nothing is kept, and `instead` is how to do without; `adapted` says that for the text of some RUNs.
    `renews` is what the commands that `uses` has want before them where it is empty, and `left` what is worth a word
    where no step takes it away."""

    what: str
    cleans: tuple[str, ...]
    fills: tuple[str, ...]
    place: str
    spared: tuple[str, ...] = ()
    instead: str = ""
    adapted: Callable[[str], str] | None = None
    uses: tuple[str, ...] = ()
    renews: str = ""
    left: Left | None = None


#: Commands by their first words that take packages of the operating system away, and those that bring them.
Removal: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]


# --- what manifests say -----------------------------------------------------------------------------------------------

#: What manifests, or sources, of a kind name.
Reader: TypeAlias = Callable[[Surveyed], Iterator[Named]]
#: What of a manifest a build reads, by its path, as texts. It is given the commands of the Dockerfiles; None: there are
#: no Dockerfiles.
Part: TypeAlias = Callable[[Files, str, str | None], Iterable[str]]


class Manifests(NamedTuple):
    """Files that tell how something is built, by `names` and `endings`.

    `roots`    names that lie in the root of a project
    `telling`  of these, those whose text may name what a program needs when it runs
    `trees`    directories that nothing but packages fill
    `runners`  the program, by the name or ending of what it alone reads
    `unread`   names that no build reads unless a command says so
    `scripted` names that hold scripts by name
    `packed`   names that only whoever makes a package of the project reads
    `packs`    whether that may be done by commands, given the files of the context
    `parts`    by the name or ending of a manifest that says more than a build reads: what of it a build does
    """

    names: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    roots: tuple[str, ...] = ()
    telling: tuple[str, ...] = ()
    trees: tuple[str, ...] = ()
    runners: Mapping[str, str] = {}
    unread: tuple[str, ...] = ()
    scripted: tuple[str, ...] = ()
    packed: tuple[str, ...] = ()
    packs: Callable[[Files, str], bool] | None = None
    parts: Mapping[str, Part] = {}


#: Files with secrets, as globs of their names, and what is found in commands whose tool reads them by itself.
Private: TypeAlias = tuple[tuple[str, ...], re.Pattern[str]]


class History(NamedTuple):
    """Which packages take their version from the history of the repository.

    `versions` gives the manifests of packages that take their version from it, with the tool that does so. This counts
    where `builds` says of the commands that the package itself is built, and `given` is not found in them. `stamps`
    gives the sources that read what the compiler has noted of the history.
    """

    versions: Callable[[Surveyed], Iterator[tuple[str, str]]] | None = None
    builds: Callable[[str], bool] | None = None
    given: re.Pattern[str] | None = None
    stamps: Callable[[Surveyed], Iterator[Named]] | None = None


class Ecosystem(Protocol):
    """What a module of this room knows of one language or kind of tool. What it has nothing of is empty.

    The catalog lists the modules; who asks it gets the answer of all of them.
    """

    @property
    def MANAGERS(self) -> tuple[Manager, ...]:
        """Its package managers."""

    @property
    def PROGRAMS(self) -> tuple[Program, ...]:
        """What of the files of a context its commands touch."""

    @property
    def CACHES(self) -> tuple[Cache, ...]:
        """What its commands keep for themselves in an image."""

    @property
    def MANIFESTS(self) -> Manifests:
        """Which files tell how its projects are built."""

    @property
    def READERS(self) -> tuple[Reader, ...]:
        """What these manifests name, each by a reader that is given a working tree."""

    @property
    def SOURCES(self) -> tuple[Reader, ...]:
        """What sources name that a compiler reads, and nobody copies by name."""

    @property
    def MAKERS(self) -> Mapping[str, Maker]:
        """Commands that make things again, by the name that rows of junk call them."""

    @property
    def PRIVATE(self) -> tuple[Private, ...]:
        """Which files with secrets its commands read."""

    @property
    def RUNNERS(self) -> tuple[Runner, ...]:
        """What its commands run of what a project has written: scripts, tasks, configurations."""

    @property
    def HISTORY(self) -> History:
        """What of it reads the history of the repository."""


def words(text: str) -> tuple[str, ...]:
    """A table of words, as it is written in a row."""
    return tuple(text.split())


def phrases(text: str) -> tuple[str, ...]:
    """A table of commands, separated by commas."""
    return tuple(text.split(","))
