"""The lines of a Dockerfile that a way out shows: what is copied first, the install, and what moves below it."""

import posixpath
import re
from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from typing import Final

from ...dockerfile.commands import commands
from ...dockerfile.stages import Step
from ...paths import join, within
from ...regex import lazy
from ...rules import globs
from ..project.ordering import ordering_texts
from ..reading import Reading, listed
from ..registry import Evidence
from .early import Early, Given, names_all
from .effects import leads_in
from .reorder import chain_of, copy_line, early_run, flags_of, kept_of, later_run, scene_of

#: Instructions that are told by their words.
_SHORT: Final = 60


def lines_to_write(
    case: Evidence,
    reading: Reading,
    each: Early,
    copied: Sequence[str],
    below: Sequence[str],
    brought: Collection[str] | None = None,
) -> list[str]:
    """What to write: the manifests, the install, what comes `below` it, and the rest of the RUN. `brought` are the
    paths of the context that come below it, if not those of the broad COPY."""
    run, later = early_run(each), later_run(each)
    each = _with_what_it_uses(each, run)
    late = _named_late(case, each, run)
    if len(copied) > _MOST_LINES:
        copied = _abridged(case, reading, each, copied, [each.source] if brought is None else brought)
    line, said = each.install.step.line, shortened(" ".join(each.install.command.said.split()))
    alone = (
        f"RUN with what comes before it{', but for what needs the sources,' if each.put_off else ''} "
        f"and {each.needed.early}"
        if each.needed.early
        else f"RUN {_place_first(each)}{said}"
        if each.put_off
        else f"RUN with the commands of line {line} up to {said}"
    )
    # Below another WORKDIR, a COPY by a place that is seen from where it stands would put its files elsewhere.
    moves = each.copy.workdir != each.install.step.workdir and all(_ABSOLUTE.search(line) for line in below)
    ahead = [step for step in _without_idle_users(each) if moves or step.keyword != "WORKDIR"]
    handed = [each.handed] if each.handed else []
    back, again = _as_whom(each)
    out = [*each.given.makes, *copied, *handed, *as_written(ahead), run or alone, *back, *late, *below, *again]
    if each.needed.early is None and each.rest is None:
        return out
    if each.needed.early:
        given = f", with what the program writes to instead of {each.given.narrowed} for chown"
        return [*out, f"{_whole_again(each, run, later)}{given * bool(each.given.narrowed)}"]
    if each.put_off:
        return [*out, later or f"RUN with the other commands of line {line}"]
    scene = ", ".join(map(shortened, scene_of(each)))
    return [*out, later or f"RUN with {scene}{' and ' * bool(scene)}the commands of line {line} after {said}"]


def _whole_again(each: Early, run: str | None, later: str | None) -> str:
    """What stays below the COPY of a RUN that installs above it with another command."""
    line = each.install.step.line
    whole, kept = later or f"RUN with the commands of line {line}", kept_of(each)
    if run is None:
        return f"line {line} without what that RUN does"
    if len(whole) <= _LONG or each.made_executable:
        return whole
    if kept and not " && ".join(chain_of(each.install.step) or ()).endswith(" && ".join(kept)):
        return whole
    return f"line {line} from {shortened(kept[0])} on" if kept else f"line {line}"


#: Names of arguments whose value is another one with each commit, or each build.
_OF_A_BUILD: Final = lazy(
    r"(?:\w+_)?(?:(?:SHA1?|COMMIT|REVISION|REV|VCS_REF|TIMESTAMP)(?:_(?:SHA|HASH|ID|DATE))?"
    r"|BUILD_?(?:DATE|TIME|NUMBER|ID|NUM)|GIT_(?:REF|HASH|TAG))|(?:(?:APP|BUILD|IMAGE|RELEASE)_?)?(?:VERSION|TAG|DATE)"
)
_GIVEN: Final = lazy(r"\$\{?(\w+)")
#: Variables that programs read by themselves, by what their names have in them.
_READ: Final = lazy(
    r"C?GO|N(?:ODE|PM)|YARN|PNPM|PIP|UV|PYTHON|POETRY|COMPOSER|BUNDLE|GEM|RA(?:ILS|CK)|RUBY|CARGO|RUST|M(?:AVEN|VN|IX)"
    r"|GRADLE|JAVA|DOTNET|NUGET|HEX|DEB|APT|PHP|ELECTRON|CYPRESS|PUPPETEER|PLAYWRIGHT|PRISMA|CI$|ENV$|.*(?:PROXY|TOKEN"
    r"|AUTH|KEY|USER|PASS|REGISTRY|INDEX|MIRROR|HOME|PATH|FLAGS|CACHE|SECRET|CREDENTIAL|URL)",
    re.IGNORECASE,
)
#: Where a COPY puts programs that a RUN below may call.
_OF_PROGRAMS: Final = lazy(r"/|/(?:usr|s?bin|lib\w*|opt|etc|root)(?:/.*)?|.*/s?bin(?:/.*)?")


def _with_what_it_uses(each: Early, run: str | None) -> Early:
    """An install with nothing above it but what it may use: what an argument gives is in the key of each RUN below it,
    and what a stage has made is new with its sources."""
    used = [run or each.install.step.instruction.text]
    below = [step.instruction.text for step in each.stage.steps if step.line >= each.install.step.line]
    ahead: list[Step] = []
    late: list[Step] = []
    for step in reversed(each.ahead):
        if _is_unused(each, step, " ".join(used), " ".join(below)):
            late.append(step)
        else:
            ahead.append(step)
            used.append(step.instruction.text)
    behind = tuple(sorted((*each.behind, *late), key=lambda step: step.line))
    return each._replace(ahead=tuple(reversed(ahead)), behind=behind)


def _is_unused(each: Early, step: Step, used: str, below: str) -> bool:
    if step.keyword in ("ARG", "ENV"):
        # Perhaps it hands on the value of an argument.
        new = step.keyword == "ARG" or any(map(_OF_A_BUILD.fullmatch, _GIVEN.findall(step.instruction.text)))
        return new and all(
            not _says(used, name)
            and not ("xx-" in used and name.startswith("TARGET"))
            and (
                _OF_A_BUILD.fullmatch(name) or ((step.keyword == "ENV" or _says(below, name)) and not _READ.match(name))
            )
            for name in _declared(step)
        )
    if step.keyword != "COPY" or step.origin is None or step.origin.stage is None:
        return False
    near = within(step.target, each.destination) or within(each.destination, step.target)
    return not near and _OF_PROGRAMS.fullmatch(step.target) is None and step.target not in used


def _declared(step: Step) -> list[str]:
    return [word.partition("=")[0] for word in step.instruction.words]


def _says(text: str, name: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", text) is not None


def _named_late(case: Evidence, each: Early, run: str | None) -> list[str]:
    """The arguments above a COPY that callers give a new value with each commit, and that only what builds uses."""
    steps = [step for step in each.stage.steps if step.line <= each.copy.line]
    used = [*each.ahead, *([] if run else [each.install.step])]
    out: list[str] = []
    for at, step in enumerate(steps):
        names = _declared(step) if step.keyword == "ARG" else []
        text = " ".join((run or "", *(one.instruction.text for one in (*steps[at + 1 :], *used))))
        if names and all(_OF_A_BUILD.fullmatch(name) and not _says(text, name) for name in names):
            told = ordering_texts(case.reading.tree) if case.reading else ()
            given = rf"--build-arg[ =]{names[0]}(?!\w|=[\w.])|\b{names[0]}[=:][ \t]*[\"']?[$`{{]"
            if any("arg" in one and re.search(given, one) for one in told):
                out.append(f"{' '.join(step.instruction.text.split())} from line {step.line}")
    return out


def _place_first(each: Early) -> str:
    """How an install that is taken out of its RUN gets to where it runs there."""
    cwd = each.install.cwd
    return "" if cwd == (each.install.step.workdir or "/") else f"cd {cwd} && "


def as_written(steps: Sequence[Step], instead: Mapping[int, str] = Given().instead) -> list[str]:
    """Instructions as they are told: a short one by its words, others by their lines, with what they are, and those
    that become another one by that."""
    if not instead.keys().isdisjoint(step.line for step in steps):
        return [
            text
            for changes, own in groupby(steps, lambda step: step.line in instead)
            for text in ([instead[step.line] for step in own] if changes else as_written([*own]))
        ]
    texts = [" ".join(step.instruction.text.split()) for step in steps]
    if len(texts) == 1 and len(texts[0]) <= _SHORT and not steps[0].instruction.heredocs:
        return texts
    kinds = ", ".join(dict.fromkeys(_kind(step) for step in steps))
    return [f"{listed(step.line for step in steps)} ({kinds})"] if steps else []


def _kind(step: Step) -> str:
    """An instruction by its keyword, and a RUN by what it calls first."""
    named = (each.name for each in commands(step) if not each.inside and not leads_in(each))
    called = next(named, "") if step.keyword == "RUN" else ""
    return f"{step.keyword} {called}".strip()


def _without_idle_users(each: Early) -> list[Step]:
    """What goes above the COPY with an install, without the USER instructions below which nothing runs as another."""
    user, out = each.copy.user, list[Step]()
    for at, step in enumerate(each.ahead):
        if step.keyword == "USER":
            below = (one for one in each.ahead[at + 1 :] if one.keyword in ("USER", "RUN"))
            first = next(below, each.install.step)
            if first.keyword == "USER" or first.user == user:
                continue
            user = first.user
        out.append(step)
    return out


def _as_whom(each: Early) -> tuple[list[str], list[str]]:
    """The USER that what stays below the COPY has to run as, and these instructions with that of the install, or with
    their own directory."""
    instead = each.given.instead
    behind = [step for step in each.behind if instead.get(step.line, "RUN")]
    own = each.install.step.user
    whose = [step.user for step in behind if step.keyword == "RUN"]
    if any(user != own for user in whose):
        written: list[str] = []
        now = whose[0]
        for user, steps in groupby(behind, lambda step: step.user if step.keyword == "RUN" else None):
            written += [f"USER {user or 'root'}"] * (user is not None and user != now)
            now = now if user is None else user
            written += as_written([*steps], instead)
        first = [f"USER {whose[0] or 'root'}"] * (whose[0] != own)
        return first, [*written, *([f"USER {own or 'root'}"] * (now != own))]
    # Above it stands the WORKDIR of the install now.
    here = next((step.workdir for step in behind if not names_all(step)), each.install.step.workdir)
    if here == each.install.step.workdir or all(map(names_all, behind)):
        return [], as_written(behind, instead)
    return [], [f"WORKDIR {here}", *as_written(behind, instead), f"WORKDIR {each.install.step.workdir}"]


def owned(each: Early, text: str) -> str:
    """A COPY that gives its files to somebody, where that was done below it."""
    if not each.given.owner or "chown" in dict(each.copy.flags):
        return text
    from .lifting import owned  # few give anything away

    return owned(text, each.given.owner)


#: A line that ends with a place in the image as seen from its root, which a variable may stand for.
_ABSOLUTE: Final = lazy(r"[ \"](?:/|\$\{?\w+\}?/)[^ \",]*\"?\s*\]?(?:, which|$)")


def moving(copy: Step, run: Step) -> list[str]:
    """The WORKDIR that has to come above a RUN when this goes above a COPY."""
    return [f"WORKDIR {run.workdir}"] if copy.workdir != run.workdir else []


def as_below(copy: Step, run: Step) -> str:
    """A COPY as it is written once it is below a RUN, and its WORKDIR."""
    if copy.destination.startswith("/") or copy.workdir == run.workdir:
        return " ".join(copy.instruction.text.split())
    sources = [source.written for source in copy.sources]
    place = copy.target + "/" * (copy.destination.endswith("/") or len(sources) > 1)
    return copy_line(flags_of(copy.instruction.flags), sources, place, copy.keyword)


#: A RUN that is told by its line where it stays as it is.
_LONG: Final = 160
#: COPY lines that are all shown, and files that one of them names.
_MOST_LINES: Final = 3
_MOST_NAMES: Final = 8


def _abridged(
    case: Evidence, reading: Reading, early: Early, lines: Sequence[str], brought: Collection[str]
) -> list[str]:
    """COPY lines with one for all that take files of the same names, or of the same endings, from other directories."""
    names = [[posixpath.basename(path.rstrip("/")) for path in _paths(line)] for line in lines]
    if len({each[-1] for each in names}) == len(names):
        names = [[*each[:-1], posixpath.splitext(each[-1])[1] or each[-1]] for each in names]
    groups: dict[str, list[str]] = {}
    beside: dict[str, dict[str, None]] = {}
    for line, (*others, name) in zip(lines, names, strict=True):
        groups.setdefault(name, []).append(line)
        beside.setdefault(name, {}).update(dict.fromkeys(others))
    from ..frontends import keeps  # only where there are many

    out: list[str] = []
    needed = keeps("parents", case.scan.build.text or b"", case.scan.build.builder)
    written = {" ".join(step.instruction.text.split()): step for step in early.stage.steps}
    for name, each in groups.items():
        if len(each) < _MOST_LINES:
            out += each
            continue
        if all(line in written for line in each):
            out += as_written([written[line] for line in each])
            continue
        flags = "".join(f"{flag} " for flag in each[0].split()[1:] if flag.startswith("--"))
        said = " and ".join((name, *beside[name]))
        short, whole = _with_parents(reading, flags, name, each, brought)
        if short and needed is not None:
            out, needed = [*([needed] if needed else []), *out, short], ""
            continue
        whose = {"package.json": "workspace's ", "pom.xml": "module's "}.get(name, "") if whole else ""
        which = "" if whole else ", of what comes below it,"
        out.append(f"COPY {flags}each {whose}{said}{which} to its directory")
    return out


def _paths(line: str) -> list[str]:
    """What a COPY line takes."""
    return [each for each in line.split()[1:-1] if not each.startswith("--")]


def _with_parents(
    reading: Reading, flags: str, name: str, lines: Sequence[str], brought: Collection[str]
) -> tuple[str, bool]:
    """A COPY with `--parents` for lines that take files of such a name, or ending, to where they lie below one place;
    empty: there is no short one. And whether all files that are called so come with what is `brought` below it."""
    rows = [(_paths(line), line.split()[-1]) for line in lines]
    paths = [path for each, _ in rows for path in each]
    bases = {place.removesuffix(f"{posixpath.dirname(path)}/") for each, place in rows for path in each}
    ending = name if name.startswith(".") else ""
    called = [f"*{ending}" if ending and path.endswith(ending) else posixpath.basename(path) for path in paths]
    above = [posixpath.dirname(posixpath.dirname(path)) for path in paths]
    patterns = list(dict.fromkeys(join(place, f"*/{one}") for place, one in zip(above, called, strict=True)))
    whole = all(
        path in paths or any(within(f"/{path}", f"/{one}") for one in brought)
        for pattern in patterns
        for path in _meant(reading, pattern)
    )
    base = bases.pop() if len(bases) == 1 else " "
    if base == " " or (base and not base.endswith("/")) or "[" in lines[0] or any(place == base for _, place in rows):
        return "", whole
    if whole and len(patterns) > _MOST_LINES and ending and "" in brought:
        patterns = list(dict.fromkeys(f"**/{one}" for one in called))
    if not whole and len(paths) <= _MOST_NAMES:
        patterns, whole = paths, True
    short = whole and (len(patterns) <= _MOST_LINES or patterns is paths)
    return f"COPY {flags}--parents {' '.join(patterns)} {base or './'}" if short else "", whole


def _meant(reading: Reading, pattern: str) -> list[str]:
    """What the rules keep by a pattern with a wild card for the directories in a directory."""
    above, _, last = pattern.partition("*/")
    places = [join(above.rstrip("/"), name) for name in reading.tree.names(above.rstrip("/"))]
    found = [join(place, each) for place in places for each in globs.matching(last, reading.tree.names(place))]
    return [each for each in found if not reading.scan.rules.gone(each)]


def shortened(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
