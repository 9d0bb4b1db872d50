"""PHP: Composer, and the extensions of the official images."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

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
    Use,
    phrases,
    words,
)
from .install import Install
from .maker import ANY_BUILD, maker
from .manifest import Files, Named, Surveyed, get, items, named, strings, table, texts
from .project import Project, Reads
from .workplace import Called, Ran, Runner, Workplace

_MANIFEST: Final = "composer.json"
_LOCK: Final = "composer.lock"


def _reads(project: Project) -> Reads | None:
    data = project.json(_MANIFEST)
    repositories = data.get("repositories")
    listed = list(repositories.values()) if isinstance(repositories, dict) else repositories or []
    local = (
        any(table(each).get("type") in ("path", "artifact") for each in listed) if isinstance(listed, list) else True
    )
    if not data or local or "patches" in table(data, "extra"):
        return None
    files = tuple(project.there(_MANIFEST, _LOCK, "symfony.lock", "auth.json"))
    if project.install.has("--no-autoloader") and project.install.has("--no-scripts"):
        return Reads(files)
    more = [each for each in ("--no-scripts", "--no-autoloader") if not project.install.has(each)]
    without = ("-o", "--optimize-autoloader", "-a", "--classmap-authoritative")
    return Reads(files, (), project.early(project.again(*more, without=without)))


def _is_open(tree: Files, project: str) -> bool:
    """Whether packages are asked for by more than one version each; what PHP brings itself is none."""
    required = table(tree.json(posixpath.join(project, _MANIFEST)), "require")
    versions = [value for name, value in required.items() if "/" in name]
    return any(isinstance(each, str) and not re.fullmatch(r"v?\d+(?:\.\d+)+", each.strip()) for each in versions)


#: Packages that only rule out others.
_WITHOUT_FILES: Final = frozenset(("roave/security-advisories",))


def _leaves_out(install: Install) -> bool:
    """Whether an install leaves out what is for development."""
    return install.has("--no-dev") or install.command.setting("COMPOSER_NO_DEV") == "1"


def _is_idle(install: Install, tree: Files, project: str) -> bool:
    """Whether nothing is left to install: the lock file has no package, or the manifest asks for none."""
    manifest, lock = (tree.json(posixpath.join(project, each)) for each in (_MANIFEST, _LOCK))
    kinds = slice(1 if _leaves_out(install) else 2)
    if lock:
        return all(lock.get(each) == [] for each in ("packages", "packages-dev")[kinds])
    asked = (name for each in ("require", "require-dev")[kinds] for name in table(manifest, each))
    return bool(manifest) and not any("/" in name for name in asked)


def _development(install: Install, tree: Files, project: str, use: Use) -> Development | None:
    packages = table(tree.json(posixpath.join(project, _MANIFEST)), "require-dev").keys() - _WITHOUT_FILES
    if not packages or _leaves_out(install) or any("--no-dev" in text for text in use.after):
        return None
    if _loads_development(tree, project, use) or _provides_development(tree, project):
        return None
    return tuple(sorted(packages)), " ".join(("composer install --no-dev", *install.options))


#: A bundle of Symfony that the kernel loads for developers alone, and the mode in which that runs.
_BUNDLE: Final = lazy(r"::class\s*=>\s*\[(?![^\]]*\ball\b)[^\]]*['\"]dev['\"]\s*=>\s*true")
_MODE: Final = lazy(r"(?m)^[ \t]*(?:export[ \t]+)?APP_ENV[ \t]*=[ \t]*[\"']?(\w+)")


def _loads_development(tree: Files, project: str, use: Use) -> bool:
    """Whether the kernel of Symfony loads bundles for developers where the image runs: it does in the mode `dev`, and
    that is the usual one."""
    if _BUNDLE.search(tree.text(posixpath.join(project, "config/bundles.php"))) is None:
        return False
    if any("dump-env prod" in text or "APP_ENV=prod" in text for text in (*use.before, *use.after)):
        return False
    told = (*pairwise(use.settings), *use.runs)
    modes = [value for name, value in told if name == "APP_ENV"]
    if not modes:
        kept = (tree.text(posixpath.join(project, name)) for name in (".env.local", ".env"))
        modes = [found[1] for found in map(_MODE.search, kept) if found is not None][:1]
    return "dev" in modes or not modes


#: Where Laravel lists the providers that it starts with.
_PROVIDERS: Final = ("config/app.php", "bootstrap/providers.php")
_REMARK: Final = lazy(r"(?m)^[ \t]*(?://|#|\*|/\*).*$")


def _provides_development(tree: Files, project: str) -> bool:
    """Whether Laravel starts a provider that only a package for developers brings, by the namespaces in the lock
    file: without it no command of the framework runs."""
    listed = "".join(_REMARK.sub("", tree.text(posixpath.join(project, each))) for each in _PROVIDERS)
    if "::class" not in listed:
        return False
    # Tools of developers may have one that is called as that of the project.
    own = table(table(tree.json(posixpath.join(project, _MANIFEST)), "autoload"), "psr-4")
    spaces = [
        space
        for each in items(get(tree.json(posixpath.join(project, _LOCK)), "packages-dev"))
        for space in table(table(each, "autoload"), "psr-4")
        if space not in own
    ]
    return any(len(space) > 3 and space in listed for space in spaces)


def _named(survey: Surveyed) -> Iterator[Named]:
    for path in survey.named(_MANIFEST):
        data = survey.tree.json(path)
        for key in ("autoload", "autoload-dev"):
            for kind, entries in table(data, key).items():
                if kind.startswith("exclude"):
                    continue
                values = list(entries.values()) if isinstance(entries, dict) else [entries]
                found = [one for value in values for one in texts(value)]
                if kind.startswith("psr-"):
                    found = [one for one in found if one.strip("/").lower() not in ("tests", "test", "spec")]
                # A directory of a class map that is gone is an error, one of a namespace is not.
                listed = kind in ("files", "classmap")
                if listed or key == "autoload":
                    yield from named(path, found, "autoloaded", certain=key == "autoload")
        sources = get(data, "repositories")
        for each in sources.values() if isinstance(sources, dict) else items(sources):
            if get(each, "type") in ("path", "artifact"):
                yield from named(path, texts(get(each, "url")), "a repository by path", whole=True)


#: What of a composer.json no build reads, or only the commands that run it.
_TOLD_ONLY: Final = frozenset(
    "name description keywords homepage support funding authors license require require-dev scripts "
    "scripts-descriptions autoload-dev config".split()
)


def _part(tree: Files, path: str, commands: str | None) -> Iterator[str]:
    """What a build reads of a composer.json."""
    return strings({key: value for key, value in tree.json(path).items() if key not in _TOLD_ONLY})


#: Scripts that an install or another command of Composer runs.
_EVENTS: Final = {
    "install": words("pre-install-cmd post-install-cmd pre-autoload-dump post-autoload-dump"),
    "update": words("pre-update-cmd post-update-cmd pre-autoload-dump post-autoload-dump"),
    "dump-autoload": words("pre-autoload-dump post-autoload-dump"),
}


def _dumped(called: Called) -> Iterator[str]:
    """`composer dump-env prod` makes a PHP file of `.env`, and fails without it."""
    if "dump-env" in called.arguments or "symfony:dump-env" in called.arguments:
        yield ".env"


def _scripts(place: Workplace, called: Called) -> Iterator[Ran]:
    """The scripts of a composer.json that a command runs."""
    path = place.at(_MANIFEST, called.cwd)
    mine = {} if path is None else table(place.tree.json(path), "scripts")
    wanted = [each for each in called.words if each in mine]
    if "--no-scripts" not in called.arguments:
        wanted += [each for word in called.words for each in _EVENTS.get(word, ()) if each in mine]
    seen = set[str]()
    while wanted:
        if (name := wanted.pop()) in seen:
            continue
        seen.add(name)
        for text in texts(mine.get(name)):
            if text.startswith("@") and text[1:].split()[0] in mine:
                wanted.append(text[1:].split()[0])
            else:
                yield Ran(text.removeprefix("@"), path or "", 0, called.cwd)


MANAGERS: Final = (
    Manager(
        "composer",
        words("composer composer.phar"),
        verbs=words("install i"),
        moves=words("-d --working-dir"),
        own=("-v",),
        launchers=("php *composer.phar",),
        locks=(_LOCK,),
        first=("composer update", "composer.json", ""),
        open=_is_open,
        lenient=True,
        manifests=(_MANIFEST,),
        together="composer.*",
        updates=words("update upgrade u"),
        locked="composer install",
        reads=_reads,
        development=_development,
        idle=_is_idle,
        packages="vendor",
        beside="COMPOSER_VENDOR_DIR",
        homes=("/vendor",),
        hits=phrases("composer install --no-dev -v,php composer.phar install,composer -d api install"),
        misses=phrases("composer require slim/slim,composer dump-autoload,php artisan migrate"),
    ),
)
PROGRAMS: Final = (
    Program(("composer",), inert=words("install config diagnose"), blind=words("config global")),
    Program(
        words("docker-php-ext-configure docker-php-ext-enable docker-php-ext-install install-php-extensions pecl"),
        blind=("*",),
    ),
)
CACHES: Final[tuple[Cache, ...]] = ()
MANIFESTS: Final = Manifests(
    names=(_MANIFEST, *words("box.json box.json.dist")), roots=(_MANIFEST,), parts={_MANIFEST: _part}
)
READERS: Final[tuple[Reader, ...]] = (_named,)
SOURCES: Final[tuple[Reader, ...]] = ()
MAKERS: Final = {
    "composer": maker(
        rf"\bcomposer(?:\.phar)?\b[^\n;&|]*\b(?:install|update|create-project|require|i|u)\b|{ANY_BUILD}",
        r"\bphp|composer|apache|frankenphp|laravel|artisan|symfony|\bfpm|swoole|bref",
    ),
}
PRIVATE: Final[tuple[Private, ...]] = (
    (("auth.json",), lazy(r"\bcomposer(?:\.phar)?\b[^\n;&|]*\b(?:install|update|require|create-project)\b")),
)
RUNNERS: Final[tuple[Runner, ...]] = (Runner(("composer",), _scripts, _dumped),)
HISTORY: Final = History()
