"""What an earlier step may have made: a source that is not there may be no mistake, but come from another job.

Git ignores it, a script, Makefile or workflow speaks of it, or it is in a submodule that is not checked out. Files of
the context are read, and of the repository around it the lists of what git ignores, those in which builds are ordered,
and for a place that is named in full the scripts and readmes in all its directories.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ...builds.names import is_dockerfile
from ...context.tree import Tree
from ...git.command import repository
from ...git.ignorelists import IgnoreLists, ignore_lists
from ...paths import join, parents, within
from ...regex import lazy
from ...rules import globs
from .ordering import ordering_texts, orders, telling

if TYPE_CHECKING:
    from ..reading import Reading

#: What lies in a separate directory, made by a step of a build. Other directories are named for what is in them.
_WORDS: Final = 3


#: Files that are copied by a wild card, and where to.
_COPIES: Final = lazy(r"\b(?:cp|mv|install)\s[^\n;&|]*?(?<=\s)([\w./-]*/)?([\w.-]*\*[\w.*-]*)\s+([^\s;&|]+)")
_MODULE: Final = lazy(r"(?m)^module[ \t]+(\S+)")
_PLATFORM: Final = lazy(
    r"(?:[-_.](?:linux|darwin|windows|amd64|arm64|arm|armv[67]|386|x86_64|aarch64|s390x|ppc64le|riscv64|musl|gnu|"
    r"\$\{?\w+\}?|\*))+$"
)
#: Directories in which a program may have a home of its own.
_MOST_HOMES: Final = 200
_MAJOR: Final = lazy(r"v\d+")
_SUBMODULE: Final = lazy(r"^\s*path\s*=\s*(\S.*?)\s*$", re.MULTILINE)


def made_earlier(tree: Tree, path: str, *, ignored: bool = True) -> bool:
    """Whether an earlier step may make what lies at `path`, which is not there, or the directory that it is in.
    `ignored`: that git ignores it tells that one does."""
    lists, places = ignore_lists(tree.root, tree.read), around(tree)
    absent = [path, *(above for above in parents(path) if not tree.exists(above))]
    return (
        _is_output(tree, path)
        or _is_go_program(tree, path)
        or _is_rust_program(tree, path)
        or any(_is_java_archive(place, path) for place, _ in places)
        or any(
            (ignored and _is_ignored(lists, each))
            or _is_meant(tree, each)
            or any(
                _is_mentioned(texts, each)
                or _is_copied(texts, join(inside, each))
                or _is_put(texts, join(inside, each))
                or _is_moved(texts, each)
                or _is_downloaded(texts, join(inside, each))
                for texts, inside in places
            )
            for each in absent
        )
    )


#: Where build tools put what they make, by the manifests beside it.
_OUTPUTS: Final = {
    "target": ("pom.xml", "Cargo.toml", "build.sbt"),
    "build": ("build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts"),
}


def _is_output(tree: Tree, path: str) -> bool:
    """Whether `path` is below the directory in which the build tool of a project puts what it makes."""
    return any(
        tree.kind(join(posixpath.dirname(each), manifest)) == "file"
        for each in parents(path)
        for manifest in _OUTPUTS.get(posixpath.basename(each), ())
    )


def _is_go_program(tree: Tree, path: str) -> bool:
    """Whether `path` is named as Go names the program of a module, or one of its commands."""
    name = _without_platform(posixpath.basename(path))
    for above in ("", *parents(path)):
        found = _MODULE.search((tree.read(join(above, "go.mod")) or b"").decode(errors="replace"))
        if found is not None:
            made = [each for each in found[1].strip('"').split("/") if not _MAJOR.fullmatch(each)][-1:]
            commands = join(above, "cmd")
            homes = [commands, *(join(commands, each) for each in tree.names(commands)[:_MOST_HOMES])]
            return name in made or any(tree.kind(join(each, name)) == "dir" for each in homes)
    return False


def _is_rust_program(tree: Tree, path: str) -> bool:
    """Whether `path` is named as Cargo names the program of a crate, here or in a directory of that name, or anywhere
    in the workspace."""
    name = _without_platform(posixpath.basename(path))
    named = re.compile(rf"(?m)^name[ \t]*=[ \t]*[\"']{re.escape(name)}[\"']")
    places = ["", *parents(path), name, f"crates/{name}", f"bins/{name}"]
    if "[workspace]" in tree.text("Cargo.toml"):
        places += tree.names("")[:_MOST_HOMES]
    return any(named.search(tree.text(join(each, "Cargo.toml"))) for each in places)


#: An archive that Maven or Gradle makes, by what it is called for, and its version.
_ARCHIVE: Final = lazy(r"([\w.-]+?)(?:-(?:\d[\w.-]*|[\w.-]*[*$].*))?\.[jwe]ar")


def _is_java_archive(tree: Tree, path: str) -> bool:
    """Whether `path` is named as Maven or Gradle name the archive of the project, or of a part of it in a directory of
    that name."""
    found = _ARCHIVE.fullmatch(posixpath.basename(path))
    if found is None:
        return False
    name = found[1]
    maven = f"<artifactId>{name}</artifactId>"
    gradle = re.compile(rf"\brootProject\.name\s*=\s*[\"']{re.escape(name)}[\"']")
    return any(
        maven in tree.text(join(place, "pom.xml"))
        or any(tree.kind(join(place, each)) == "file" for each in ("build.gradle", "build.gradle.kts") if place)
        or any(gradle.search(tree.text(join(place, each))) for each in ("settings.gradle", "settings.gradle.kts"))
        for place in ("", name)
    )


def _without_platform(name: str) -> str:
    """The name of a program that is built for several platforms, without that of the platform."""
    return _PLATFORM.sub("", name)


def submodule_of(tree: Tree, path: str) -> str | None:
    """The submodule, as a path from the root of the repository, in which `path` lies, if it is not checked out; also of
    what git keeps of it below `.git/modules`, and of a directory that has nothing else. None: it lies in none."""
    for place, inside in around(tree):
        wanted = join(inside, path)
        for found in _SUBMODULE.finditer(place.text(".gitmodules")):
            module = posixpath.normpath(found[1].strip('"'))
            if any(within(wanted, each) and not place.names(each) for each in (module, f".git/modules/{module}")):
                return module
            if within(module, wanted) and not place.exists(wanted):
                return module
    return None


@lru_cache(4)
def around(tree: Tree) -> tuple[tuple[Tree, str], ...]:
    """The context, and the repository that it is in, each with the path of the context in it. They are kept, with what
    was read of them, for the other sources that are missed in the context."""
    top, here = repository(tree.root), os.path.realpath(tree.root)
    if top is None or os.path.realpath(top) == here:
        return ((tree, ""),)
    return (tree, ""), (Tree(top), Path(here).relative_to(os.path.realpath(top)).as_posix())


def own_path(reading: Reading) -> str:
    """The Dockerfile as seen from the root of the repository, or of the context where that is in none."""
    inside = around(reading.tree)[-1][1]
    return posixpath.normpath(join(inside, (reading.scan.build.label or "").replace("\\", "/")))


def is_ignored_itself(tree: Tree, path: str) -> bool:
    """Whether git ignores what lies at `path`, or all that would lie in it."""
    return _is_ignored(ignore_lists(tree.root, tree.read), path)


def is_staged(tree: Tree, path: str) -> bool:
    """Whether a script copies what is called `path` to the context, or to a directory that is there for the build
    alone, in which the context may be put together."""
    absent = {posixpath.basename(each) for each in (path, *parents(path)) if not tree.exists(each)}
    return any(
        not absent.isdisjoint(posixpath.basename(each.rstrip("/")) for each in sources)
        and ("$" in target or within(target, inside or ".") or not place.exists(target.partition("/")[0]))
        for place, inside in around(tree)[-1:]
        for text in ordering_texts(place)
        for sources, target in _copied(text)
    )


#: What may stand before a path of the repository: that of the repository itself.
_ROOT: Final = r"(?:\./|/workspace/|\$\{?\w+\}?/|\$\{\{ ?[\w.]+ ?\}\}/)?"


def maker(tree: Tree, path: str) -> str:
    """The line, as `file:1`, in which a script, a workflow or a readme anywhere in the repository writes the file at
    `path`, by its place there; empty: none does."""
    top, inside = around(tree)[-1]
    place = join(inside, path)
    if "/" not in place or globs.is_wild(place):
        return ""
    name = posixpath.basename(place)
    end = r"[\"']?(?=[\s;&|)`]|$)"
    written = rf"[\"']?{_ROOT}{re.escape(place)}{end}"
    writes = re.compile(
        rf"(?:(?<![\w-])(?:-o|-O|--output|--out)[ =]|>\s*|\btee\s+(?:-a\s+)?){written}"
        rf"|(?<![\w-])(?:cp|mv|install|ln)\s[^\n;&|]*\s{written}[ \t]*(?=[;&|)`]|$)",
        re.MULTILINE,
    )
    for file, text in telling(top):
        found = writes.search(text) if name in text else None
        if found is not None:
            return f"{file}:{text.count(chr(10), 0, found.end()) + 1}"
        home = posixpath.dirname(file)
        # A script in a directory above puts it where a variable says.
        if home and within(place, home) and (line := _moved_to(text, name)):
            return f"{file}:{line}"
    return ""


#: What a line asks for, and does not make; the lines of a file that are looked at; and the keys of YAML below which
#: paths are that are only looked at.
_LOOKS: Final = lazy(r"^\s*(?:#|//)|hashFiles|cache-dependency-path")
_MOST_LINES: Final = 100
_TRIGGERS: Final = frozenset("on push pull_request changes only except rules paths-ignore workflow".split())
_KEY: Final = lazy(r"(\s*(?:-\s+)*)[\"']?([\w-]+)[\"']?\s*:(?:\s|$)")


def named_before(tree: Tree, path: str, ordered: tuple[str, str, int], dockerfile: str) -> str:
    """The line, as `file:1`, in which a pipeline or a script names what lies at `path`, by its place in the repository,
    above the line that builds `dockerfile`: a step makes it, or fails. `ordered`: the file that names the build, its
    text and that line."""
    top, inside = around(tree)[-1]
    place = join(inside, path)
    if globs.is_wild(place) or not set(place) & set("./"):
        return ""  # so plain a word means much else
    # A Dockerfile that says how to build it takes what it names.
    own_words = is_dockerfile(posixpath.basename(ordered[0]))
    orders = [ordered] if not (own_words or _NO_STEPS.search(ordered[0])) else []
    own = join(inside, dockerfile)
    for file, text in telling(top) if own != "Dockerfile" else ():
        if place in text and not _NO_STEPS.search(file):
            orders.append((file, text, max((at for at, _ in _naming(text, own)), default=0)))
    found = (f"{file}:{at}" for file, text, line in orders for at, _ in _naming(text, place) if at < line)
    return next(found, "")


#: What names no step: services, and pages for people.
_NO_STEPS: Final = lazy(
    r"(?i)(?:^|/)(?:[^/]*compose[^/]*|docker-bake[^/]*|[^/]*\.hcl|readme[^/]*|[^/]*\.(?:md|rst|txt))$"
)


def _naming(text: str, place: str) -> Iterator[tuple[int, str]]:
    """The lines of a pipeline or a script that name a path in a step, each with its number."""
    if place not in text:
        return
    named = re.compile(rf"(?<![\w./-]){_ROOT}{re.escape(place)}(?![\w-]|\.\w)")
    lines = text.splitlines()
    found = (at for at, line in enumerate(lines) if place in line and named.search(line) and not _LOOKS.search(line))
    for at in islice(found, _MOST_LINES):
        if _TRIGGERS.isdisjoint(_above(lines, at)):
            yield at + 1, lines[at]


def _above(lines: list[str], at: int) -> Iterator[str]:
    """The keys of YAML in which a line stands."""
    deep = len(lines[at]) - len(lines[at].lstrip())
    item = lines[at].lstrip().startswith("- ")
    for line in reversed(lines[:at]):
        found = _KEY.match(line)
        if found is not None and (len(found[1]) < deep or (item and len(found[1]) == deep)):
            deep, item = len(line) - len(line.lstrip()), line.lstrip().startswith("- ")
            yield found[2]


#: What gets a secret out of what hides it, or out of a store; and the options by which it is told where to put it.
_DECRYPTS: Final = lazy(
    r"\bdecrypt\b|\b(?:sops|gpg2?|r?age|openssl)\s(?:[^\n]{0,2000}\s)?-d(?=\s|$)|\bsecrets\s+versions\s+access\b"
    r"|\bget-secret-value\b|\bvault\s+(?:kv\s+get|read)\b"
)
_PUTS: Final = r"(?:(?<![\w-])(?:--plaintext-file|--out-file|--output|--out|-out|-o)[ =]|>|\btee\s)"
#: How a step of a pipeline begins, and the most lines of one that are looked at.
_STEP: Final = lazy(r"\s*-\s+(?:name|id|run|task|script|uses)\s*:")
_LINES: Final = 12


def decrypted(tree: Tree, path: str) -> str:
    """The line, as `file:1`, in which a pipeline or a script decrypts something into the file at `path`, or gets it out
    of a store of secrets; empty: none does."""
    top, inside = around(tree)[-1]
    place = join(inside, path)
    puts = re.compile(rf"{_PUTS}\s*[\"']?{_ROOT}{re.escape(place)}(?![\w/-]|\.\w)")
    for file, text in telling(top):
        lines = text.splitlines() if place in text else []
        for at, line in _naming(text, place):
            if not puts.search(line):
                continue
            start = at - 1
            # The words of a step stand one above the other, and a command goes on behind a backslash.
            while start > max(0, at - _LINES) and not _STEP.match(lines[start]) and _goes_on(lines, start):
                start -= 1
            if _DECRYPTS.search(" ".join(each.strip().rstrip("\\") for each in lines[start : at + 1])):
                return f"{file}:{at}"
    return ""


def _goes_on(lines: list[str], at: int) -> bool:
    """Whether a line belongs to the one above it."""
    return lines[at - 1].endswith("\\") or lines[at].lstrip().startswith(("- ", '"'))


#: What people fill with values of their own.
_EXAMPLE: Final = lazy(r"(?i)example|sample|template|\bdist\b|default")


def is_copied_over(tree: Tree, path: str) -> bool:
    """Whether a script copies a file of the project to what is called `path`, and one that is ready to be used."""
    name = posixpath.basename(path)
    return any(
        posixpath.basename(target) == name and not any(map(_EXAMPLE.search, sources))
        for place, _ in around(tree)
        for text in ordering_texts(place)
        for sources, target in (_copied(text) if name in text else ())
    )


def is_built_elsewhere(tree: Tree, dockerfile: str) -> bool:
    """Whether a script or workflow copies a Dockerfile to a directory that a variable names: there the build is, and
    whatever the Dockerfile takes is put there, too."""
    return any(
        "$" in target and dockerfile in map(posixpath.basename, sources)
        for place, _ in around(tree)
        for text in ordering_texts(place)
        for sources, target in _copied(text)
    )


def _copied(text: str) -> Iterator[tuple[list[str], str]]:
    """What the lines of a script copy, and where to."""
    for line in text.splitlines():
        for part in re.split(r"[;&|]", line) if "cp" in line or "rsync" in line else ():
            words = part.split()
            if len(words) > 2 and words[0] in ("cp", "rsync"):
                plain = [each.strip("\"'") for each in words[1:] if not each.startswith("-")]
                if len(plain) > 1:
                    yield plain[:-1], posixpath.normpath(plain[-1])


def _is_ignored(lists: IgnoreLists, path: str) -> bool:
    fixed = path.split("/")
    at = next((number for number, part in enumerate(fixed) if globs.is_wild(part)), None)
    if at is not None and any(lists.ignores(_filled(each), directory=False) for each in (path, _dotted(path))):
        return True
    # What a wild card stands for is anywhere below what is written before it.
    plain = path if at is None else "/".join(fixed[:at])
    if not plain:
        return False
    if lists.ignores(plain, directory=True) or (at is None and lists.ignores(plain, directory=False)):
        return True
    return lists.ignores_all_in(plain)


def _is_meant(tree: Tree, path: str) -> bool:
    """Whether the list of what git ignores has a path in the form of a shell, `./x`, which matches nothing there."""
    lines = (line.strip() for line in tree.text(".gitignore").splitlines())
    return any(line.startswith("./") and posixpath.normpath(line) == path for line in lines)


def _filled(path: str) -> str:
    """A path that the wild cards match."""
    return re.sub(r"\[[^\]]*\]|[*?]", "x", path)


def _dotted(path: str) -> str:
    """The same where a wild card ends with the dot of an ending: `*zip` is `*.zip` for whoever writes it."""
    return re.sub(r"\*(?=\w)", "*.", path)


def _is_copied(tree: Tree, path: str) -> bool:
    """Whether a script copies the file with others to the directory that it is missed in, or to one in a variable."""
    above, _, name = path.rpartition("/")
    for text in ordering_texts(tree):
        for source, pattern, target in _COPIES.findall(text):
            place = posixpath.normpath(target.strip("\"'"))
            held = posixpath.normpath(source or ".")
            here = "$" in place or place == (above or ".")
            if here and globs.matches(pattern, name) and name in tree.names("" if held == "." else held):
                return True
    return False


#: What moves something to the last of its words, and what such a word may consist of where variables make it.
_MOVES: Final = lazy(r"\b(?:cp|mv|ln|install)\s")
_TARGET: Final = lazy(r"[\w./${}-]+")
_VARIABLE: Final = lazy(r"\$\{?\w+\}?")


def _is_moved(tree: Tree, path: str) -> bool:
    """Whether a script moves something to a name like that of `path`, of which a variable gives a part."""
    name = posixpath.basename(path)
    return any(_moved_to(text, name) for text in ordering_texts(tree))


def _moved_to(text: str, name: str) -> int:
    """The line of a script that moves something to a name like this one, of which a variable gives a part; 0: none."""
    for number, target in _targets(text):
        plain = posixpath.basename(target)
        known = _VARIABLE.sub("", plain)
        if len(re.sub(r"\W", "", known)) >= _WORDS and globs.matches(_VARIABLE.sub("*", plain), name):
            return number
    return 0


def _is_put(tree: Tree, path: str) -> bool:
    """Whether a script copies what is called so, or what a wild card there means, to a directory of that name."""
    above, _, name = path.rpartition("/")
    place = posixpath.basename(above)
    return bool(place) and any(
        posixpath.basename(target) == place and any(globs.matches(name, posixpath.basename(each)) for each in sources)
        for text in ordering_texts(tree)
        if place in text
        for sources, target in _copied(text)
    )


def _targets(text: str) -> Iterator[tuple[int, str]]:
    """What lines of a script end in that move something there, where variables make the name, each with its number."""
    for number, line in enumerate(text.splitlines(), 1):
        last = re.split(r"[;&|]", line)[-1] if "$" in line else ""
        if (moves := _MOVES.search(last)) is None:
            continue
        words = last[moves.end() :].split()
        target = words[-1].strip("\"'") if len(words) > 1 else ""
        if _TARGET.fullmatch(target) and _VARIABLE.search(target):
            yield number, target


#: Where a workflow unpacks what an earlier job has made.
_DOWNLOADS: Final = lazy(
    r"uses:[ \t]*[\"']?actions/download-artifact\b(?:[^\n]{0,200}\n(?![ \t]*-[ \t])){1,12}?[ \t]*path:[ \t]*"
    r"[\"']?([^\s\"']+)"
)


def _is_downloaded(tree: Tree, path: str) -> bool:
    """Whether a workflow unpacks an artifact into a directory above `path`, other than the root."""
    for text in ordering_texts(tree):
        for place in _DOWNLOADS.findall(text):
            plain = posixpath.normpath(place.removeprefix("${{github.workspace}}/"))
            if plain != "." and "$" not in plain and (within(path, plain) and path != plain):
                return True
    return False


def _is_mentioned(tree: Tree, path: str) -> bool:
    name = posixpath.basename(path.rstrip("/"))
    found = [(file, text) for file, text in orders(tree) if name in text]
    texts = [text for _, text in found]
    if globs.is_wild(name) or not name or not texts:
        return False
    if len(name) < _WORDS:
        # So short a name is part of much else: it has to be made by itself, or be what something is copied into.
        alone = re.compile(
            rf"\bmkdir\s+(?:-p\s+)?(?:\./)?{re.escape(name)}/?(?=\s|$)"
            rf"|\bcp\s[^\n]{{0,400}}\s(?:\./)?{re.escape(name)}/(?=\s|$)"
        )
        return any(map(alone.search, texts))
    # As the output of something: behind an option or a redirection, or as a target.
    made = re.compile(
        rf"(?:-o[ =]?|--output[ =]|--out[ =]|--outdir[ =]|--outDir[ =]|>\s*|\btee\s+|\bcp\s[^\n]*\s|\bmv\s[^\n]*\s|"
        rf"\bmkdir\s+(?:-p\s+)?|\bcurl\s[^\n]*-o\s*|(?<![\w-])path:\s*)[\"']?(?:\./)?(?:[\w.${{}}()/-]*/)?{re.escape(name)}(?![\w-])"
        # Or it is the last thing that a script is given, which is not the script itself, or what it takes away.
        rf"|^[ \t]*(?:(?:node|deno|python3?|ruby|bash|sh|go[ \t]+run)(?:[ \t]+-\S+)*[ \t]+(?!-)\S+(?=[ \t])"
        rf"|\./\S+[ \t])[^\n;&|]*"
        rf"[\s\"'/]{re.escape(name)}[\"']?[ \t]*$"
        rf"|\brm\s+(?:-\w+\s+)+[^\n;&|]{{0,400}}(?<![\w.-]){re.escape(name)}(?![\w.-])"
        # Or it is brought here from elsewhere.
        rf"|\b(?:cp|mv|ln)\s[^\n]*/{re.escape(name)}/?\s+\./?(?=\s|$)"
        # Or a variable holds its path, and what is called so is made.
        rf"|^[ \t]*(?:local |export |readonly )?(\w+)=[\"']?[\w.${{}}/-]*/{re.escape(name)}[\"']?[ \t]*$"
        rf"[\s\S]{{0,1000}}?\bmkdir\s+(?:-p\s+)?[\"']?\$\{{?\1\b",
        re.MULTILINE,
    )
    # Or it is a target; a key of YAML is none.
    target = re.compile(rf"(?m)^(?:[\w./-]*/)?{re.escape(name)}\s*:(?!=)")
    return any(made.search(text) or (not file.endswith(_YAML) and target.search(text)) for file, text in found)


_YAML: Final = (".yml", ".yaml")
