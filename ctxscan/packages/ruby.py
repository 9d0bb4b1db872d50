"""Ruby: Bundler and RubyGems."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from ..dockerfile.commands import Command
from ..regex import lazy
from .ecosystem import (
    Cache,
    Development,
    History,
    Manager,
    Manifests,
    Private,
    Program,
    Reader,
    Strict,
    Use,
    phrases,
    words,
)
from .install import Install
from .maker import ANY_BUILD, maker
from .manifest import FILE_NAME, QUOTED, Files, Named, Surveyed, named
from .project import Project, Reads
from .workplace import Called, Ran, Runner, Workplace, reading

_LOCK: Final = "Gemfile.lock"


def _reads(project: Project) -> Reads | None:
    text = re.sub(r"(?m)#.*$", "", project.text("Gemfile"))
    if not text or re.search(r"\bgemspec\b|\bpath\b|eval_gemfile|require_relative|\bDir\b|\b__dir__\b", text):
        return None
    read = re.findall(r"(?:ruby\s+file:|File\.\w+\(?)\s*[\"']([^\"'\n]+)[\"']", text)
    if any(not project.has(each) for each in read):
        return None
    files = project.there("Gemfile", _LOCK, *read)
    return Reads(tuple(dict.fromkeys(files)), project.directories("vendor/cache", ".bundle"))


def _gemfile(survey: Surveyed) -> Iterator[Named]:
    for path in survey.named("Gemfile"):
        text = survey.tree.text(path)
        for each in re.findall(
            r"""(?m)(?:path:|:path\s*=>|gemspec\s+path:)\s*["']([^"'\n]+)["']|^\s*path\s+["']([^"'\n]+)["']""", text
        ):
            yield from named(path, [one for one in each if one], "a gem by path")
        for each in re.findall(
            r"""(?m)^[ \t]*ruby\s+file:\s*["']([^"'\n]+)["']|eval_gemfile\s*\(?\s*["']([^"'\n]+)["']""", text
        ):
            yield from named(path, [one for one in each if one], "read by the Gemfile")
    for path in survey.ending(".gemspec"):
        found = [each for each in QUOTED.findall(survey.tree.text(path)) if FILE_NAME.fullmatch(each)]
        yield from named(path, found, "named by the gemspec")


# --- what is there for development

#: Groups of which no program in production has anything; the first ones are named in any case.
_USUAL: Final = ("development", "test")
_FOR_DEVELOPMENT: Final = frozenset((*_USUAL, "lint", "linting", "rubocop"))
_GROUP: Final = lazy(r"^\s*group[ (]\s*(?P<names>:[\w, :]+?)\s*(?:,\s*optional:[^)]*)?\)?\s+do\b")
_GEM: Final = lazy(r"^\s*gem[ (]\s*[\"']([\w.-]+)[\"'](?P<rest>.*)")
_OF_GROUPS: Final = lazy(r"\bgroups?(?::|\s*=>)\s*(?:%[iIwW])?(\[[^]]*\]|:\w+)")
_BLOCK: Final = lazy(r"\bdo\b(?:\s*\|[^|]*\|)?\s*$|^\s*(?:if|unless|case|begin|def|while)\b")
_PRODUCTION: Final = lazy(r"\b(?:RAILS|RACK|APP|HANAMI)_ENV[= ][\"']?production\b")
_CONFIGURED: Final = lazy(r"\bconfig\b.*\b(?:without|only)\b|\bBUNDLE_(?:WITHOUT|ONLY)\b")
#: The variable that names the groups to leave out.
_WITHOUT: Final = "BUNDLE_WITHOUT"


def _development(install: Install, tree: Files, project: str, use: Use) -> Development | None:
    """Silent where nothing says that the image runs in production: in development, a program loads all of them."""
    settings = " ".join(use.settings)
    told = install.has("--without", "--only") or install.command.setting("BUNDLE_ONLY")
    if told or _PRODUCTION.search(settings) is None or any(map(_CONFIGURED.search, use.before)):
        return None
    if _CONFIGURED.search(tree.text(posixpath.join(project, ".bundle/config"))):
        return None
    without = install.command.setting(_WITHOUT) or ""
    left_out = frozenset(re.split(r"[:\s]+", without))
    found = dict(_gems_for_development(tree.text(posixpath.join(project, "Gemfile")), left_out))
    gems, others = tuple(found), frozenset[str]().union(*found.values()).difference(_USUAL)
    # What the image has by itself comes from no Gemfile.
    own = {word for text in (*use.before, *use.after, *use.onward) if "gem install" in text for word in text.split()}
    if any(posixpath.basename(word) in {*gems} - own for word in use.words):
        return None
    if any("bundle clean" in text for text in use.after):
        return None
    names = ":".join((*_USUAL, *sorted(others)))
    # Bundler asks for them again where the program starts.
    if without:
        return (gems, f"{_WITHOUT}={names} instead of {_WITHOUT}={without}") if gems else None
    again = ", and in the stages that take them from there, which are to start without them" if use.apart else ""
    return (gems, f"ENV {_WITHOUT}={names} before it{again}") if gems else None


def _gems_for_development(text: str, left_out: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """The gems of a Gemfile that are in no group but those, by its lines, each with its groups; none all of whose
    groups are left out."""
    open_blocks: list[frozenset[str]] = []
    for line in re.sub(r"(?m)#.*$", "", text).splitlines():
        group, gem = _GROUP.match(line), _GEM.match(line)
        if group is not None:
            open_blocks.append(frozenset(re.findall(r"\w+", group["names"])))
        elif _BLOCK.search(line):
            open_blocks.append(frozenset())
        elif re.match(r"\s*end\b", line) and open_blocks:
            open_blocks.pop()
        elif gem is not None:
            own = _OF_GROUPS.search(gem["rest"])
            groups = frozenset(re.findall(r"\w+", own[1])) if own else frozenset()
            groups = groups.union(*open_blocks)
            if groups and groups <= _FOR_DEVELOPMENT and not groups <= left_out:
                yield gem[1], groups


def _is_open(tree: Files, project: str) -> bool:
    """Whether a gem is asked for by no version, or by more than one; what is a gem itself leaves that to others."""
    text = tree.text(posixpath.join(project, "Gemfile"))
    gems = (_GEM.match(line) for line in text.splitlines())
    return "gemspec" not in text and any(
        gem is not None and not re.match(r"\s*,\s*[\"']=?\s*\d", gem["rest"]) for gem in gems
    )


def _bundle(command: Command) -> str:
    """Where gems are put in the official images, unless a variable says another place."""
    return command.setting("BUNDLE_PATH") or "/usr/local/bundle"


MANAGERS: Final = (
    Manager(
        "bundler",
        words("bundle bundler"),
        verbs=("", "install"),
        valued=words("--jobs -j --retry --path --without --with --gemfile"),
        locks=(_LOCK,),
        manifests=("Gemfile",),
        open=_is_open,
        strict=Strict(
            "ENV BUNDLE_FROZEN=1 before it",
            options=words("--frozen --deployment --local"),
            settings=words("BUNDLE_DEPLOYMENT BUNDLE_FROZEN"),
            configured=lazy(r"config\b.*\b(?:deployment|frozen)\b"),
            soft=True,
            hits=phrases("bundle install --deployment,BUNDLE_FROZEN=1 bundle install"),
            misses=("bundle install",),
        ),
        updates=("update",),
        locked="bundle install",
        relocks=("lock",),
        reads=_reads,
        development=_development,
        packages="vendor/bundle",
        elsewhere=_bundle,
        homes=("/vendor",),
        hits=phrases("bundle,bundle install --jobs 4"),
        misses=phrases("bundle exec rake,bundle config set deployment true,gem install rails"),
    ),
)
PROGRAMS: Final = (
    Program(("bundle",), inert=words("install config clean"), blind=("config",)),
    Program(("gem",), inert=words("install update"), blind=words("install update")),
)
CACHES: Final[tuple[Cache, ...]] = ()
MANIFESTS: Final = Manifests(
    names=words("Gemfile Rakefile"), endings=(".gemspec",), roots=("Gemfile",), runners={"Rakefile": "rake"}
)
READERS: Final[tuple[Reader, ...]] = (_gemfile,)
SOURCES: Final[tuple[Reader, ...]] = ()
MAKERS: Final = {
    "bundle": maker(
        rf"\bbundle(?:r)?\b(?:\s+_\S+_)?\s*(?:install|update|i\b|-|$|&&|;|\\)|{ANY_BUILD}",
        r"ruby|bundle|rails|rake|jekyll|passenger|puma",
    ),
    "rails-assets": maker(r"assets:precompile|webpacker:compile|vite:build|\bmake\b|build"),
}
PRIVATE: Final[tuple[Private, ...]] = ()
_PROCESS: Final = lazy(r"(?m)^[\w-]+:[ \t]*(\S.*)$")


def _processes(place: Workplace, called: Called) -> Iterator[Ran]:
    """The processes of a Procfile."""
    path = place.at(called.value("-f", "--procfile") or "Procfile", called.cwd)
    text = place.tree.text(path) if path else ""
    for found in _PROCESS.finditer(text) if path and called.words[:1] == ["start"] else ():
        yield Ran(found[1], path or "", 1 + text.count("\n", 0, found.start()), called.cwd)


RUNNERS: Final[tuple[Runner, ...]] = (
    Runner(words("foreman honcho forego overmind hivemind goreman"), _processes),
    Runner(words("bundle gem"), reading("*.gemspec", sure=True)),
    Runner(words("bundle gem rake rails"), reading("Rakefile", "Gemfile")),
)
HISTORY: Final = History()
