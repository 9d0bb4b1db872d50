"""Programs that stop being root by a call of their own, in the files with which they start."""

import posixpath
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from ...dockerfile.stages import Step
from ...paths import join
from ...regex import lazy
from ..reading import Reading

#: How a process of Ruby, Python or Node becomes somebody else.
_DROPS: Final = lazy(
    r"(?m)^[^#\n]*(?:\bProcess(?:::Sys\.sete?[ug]id|::(?:UID|GID)\.(?:change_privilege|grant_privilege|eid\s*=)|"
    r"\.e?[ug]id\s*=(?!=))|\bos\.set(?:e|re|res)?[ug]id\(|\bprocess\.sete?[ug]id\(|\bdrop_priv(?:ilege)?s?\()"
)
#: What loads another file of the project: `require_relative "x"`, `from . import x`, `require("./x")`.
_LOADS: Final = lazy(
    r"(?m)^[ \t]*(?:require_relative|load)[ \t(]+['\"]([\w./-]+)['\"]|\brequire\([ \t]*['\"](\.{1,2}/[\w./-]+)['\"]|"
    r"(?:\bfrom|^import)[ \t]+['\"](\.{1,2}/[\w./-]+)['\"]|^from[ \t]+([\w.]+)[ \t]+import\b|^import[ \t]+([\w.]+)"
)
#: What a web server of Python is told to serve, and a module that is run.
_SERVED: Final = lazy(r"([A-Za-z_]\w*(?:\.\w+)*):\w+(?:\(\))?")
#: What Ruby's web servers load first, and where they are told to start.
_OF_RUBY: Final = ("config/puma.rb", "config/boot.rb", "config/environment.rb", "config/application.rb", "config.ru")
_RUBY: Final = frozenset("bundle puma rails rackup unicorn ruby sidekiq falcon".split())
_BY_A_SCRIPT: Final = frozenset("npm yarn pnpm bun".split())
_MOST_FILES: Final = 24


def drops_rights(reading: Reading, start: Sequence[Step]) -> bool:
    """Whether one of the files that the program loads when it starts makes it somebody else."""
    todo, seen = [*_first(reading, [word for step in start for word in " ".join(step.words).split()])], set[str]()
    while todo and len(seen) < _MOST_FILES:
        path = todo.pop(0)
        if path in seen or reading.tree.kind(path) != "file":
            continue
        seen.add(path)
        text = reading.tree.text(path)
        if _DROPS.search(text) is not None or (path.endswith(_ENDINGS) and _is_told(path, text)):
            return True
        for found in _LOADS.findall(text):
            todo += _loaded(reading, path, next(filter(None, found)))
    return False


#: Settings of uWSGI that say whom it becomes, in each of the ways that it reads, and where they are.
_UWSGI: Final = lazy(
    r"(?m)^[ \t]*(?:<[ \t]*)?[\"']?(?:immediate-)?uid[\"']?[ \t]*(?:[=:>])[ \t]*[\"']?(?!(?:0|root)\b)[\w$%({-]"
)
_ENDINGS: Final = (".ini", ".yaml", ".yml", ".xml")


def _is_told(path: str, text: str) -> bool:
    """Whether a file of settings of uWSGI says whom it becomes."""
    return ("uwsgi" in text or "uwsgi" in path) and _UWSGI.search(text) is not None


def _first(reading: Reading, words: Sequence[str]) -> Iterator[str]:
    """The files of the context with which a program starts, by the words of its command."""
    plain = [word.strip("[],\"'") for word in words]
    yield from filter(None, map(reading.file_of, plain))
    place = next((after for word, after in pairwise(plain) if word == "--dir"), reading.workdir)
    if not _RUBY.isdisjoint(map(posixpath.basename, plain)):
        yield from filter(None, (reading.file_of(posixpath.join(place, each)) for each in _OF_RUBY))
    modules = [found[1] for word in plain if (found := _SERVED.fullmatch(word)) is not None]
    modules += [after for word, after in pairwise(plain) if word == "-m"]
    for module in modules:
        where = posixpath.join(place, *module.split("."))
        names = [f"{where}.py", f"{where}/__init__.py", f"{where}/__main__.py"]
        yield from filter(None, map(reading.file_of, [*names, posixpath.join(place, "gunicorn.conf.py")]))
    manifest = reading.file_of("package.json") if _BY_A_SCRIPT & {*plain} else None
    if manifest is not None:
        scripts = reading.tree.json(manifest).get("scripts")
        said = scripts.get("start") if isinstance(scripts, dict) else None
        yield from filter(None, map(reading.file_of, said.split() if isinstance(said, str) else ()))


def _loaded(reading: Reading, path: str, name: str) -> list[str]:
    """The files of the project that another one may mean by a name."""
    above = posixpath.dirname(path)
    if path.endswith(".py"):
        parts = name.lstrip(".").replace(".", "/")
        places = [join(above, parts), parts]
        return [f"{each}{end}" for each in places for end in (".py", "/__init__.py")]
    place = posixpath.normpath(posixpath.join(above, name))
    return [place + end for end in ("", ".rb", ".js", ".mjs", ".cjs", ".ts", "/index.js", "/index.ts")]
