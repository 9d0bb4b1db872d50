"""Which files are worth opening: by name, by kind, and where they lie.

After `names`. The table of names is compiled here, once, into what lets a directory be screened in one go; nothing here
reads a file. Directories count by whole components only: `api-testing/` is not `testing/`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Final, NamedTuple, TypeAlias

from ..regex import compiled
from .names import ROWS
from .row import Row

_Glob: TypeAlias = tuple[str | None, int]

#: A file that was not nominated is opened up to this size: configuration and code that people write is smaller.
SMALL: Final = 65536

#: Code of others: whatever keys lie in it, they came with it.
_THIRD_PARTY: Final = (
    r"/(?:node_modules|site-packages|dist-packages|bower_components|jspm_packages|\.venv|\.tox|\.nox|\.eggs|__pypackages__"
    r"|pods|\.pnpm-store|[^/]+\.dist-info|[^/]+\.egg-info|\.m2/repository|\.cargo/registry|\.cargo/git|go/pkg/mod"
    r"|\.nuget/packages|\.yarn/(?:cache|unplugged)|vendor/bundle|vendor/[^/]+/[^/]+|\.gradle/[^/]+)/"
)
#: What tools keep for themselves; only a nominated name is looked at there.
_TOOLS: Final = (
    r"/(?:\.git|\.hg|\.svn|\.jj|target|vendor|__pycache__|\.mypy_cache|\.ruff_cache|\.pytest_cache|\.hypothesis|\.next"
    r"|\.nuxt|\.svelte-kit|\.turbo|\.parcel-cache|\.angular|\.terraform|\.idea|\.vs|\.dart_tool|coverage|\.nyc_output)/"
)
_OWN_TESTS: Final = (
    r"/(?:tests?|specs?|__tests__|testdata|test[_-]data|fixtures|__fixtures__|test[_-]resources|test[_-]fixtures"
    r"|__mocks__|test[_-]?cert(?:s|ificates)?|test[_-]keys)/"
)
_LOCALES: Final = r"/(?:locales?|i18n|l10n|lang|langs|languages|translations?|intl)/"

#: Written to be copied and filled in: by how the name ends, or by a word in it.
_TEMPLATE_ENDINGS: Final = frozenset(
    "example examples sample template tmpl tpl dist default defaults schema j2 erb jinja jinja2 gotmpl mustache".split()
)
_TEMPLATE: Final = (
    r"(?:\A|[._-])(?:examples?|sample|template|tmpl|tpl)(?:[._-]\w{1,12}){1,2}\Z|\.dist\.\w{1,8}\Z"
    r"|\A\w{0,20}[._-]?(?:example|sample|template|dist)\.env\Z"
)
#: Long and random by nature, or written by a tool for itself: by how the name ends, or the whole name.
_LEFT_ALONE_ENDINGS: Final = frozenset("lock lockb map svg ipynb sum snap po pot mo tsbuildinfo pbxproj drawio".split())
_LEFT_ALONE: Final = frozenset(
    """
    package-lock.json npm-shrinkwrap.json pnpm-lock.yaml packages.lock.json project.assets.json checksums.txt
    sha256sums sha512sums .secrets.baseline .gitleaks.toml .gitleaksignore .trivyignore ca-bundle.crt cacert.pem
    ca-certificates.crt
    """.split()
)
_LEFT_ALONE_STARTS: Final = ("swagger", "openapi", ".secretlintrc")
_LEFT_ALONE_ENDS: Final = (".min.js", ".min.css", ".min.mjs")
#: Never text.
_NEVER_TEXT: Final = frozenset(
    """
    png jpg jpeg gif webp bmp ico tif tiff psd avif heic mp3 mp4 m4a mkv mov avi webm wav ogg flac woff woff2 ttf otf
    eot zip gz tgz bz2 xz zst 7z rar tar jar war ear whl egg apk aab ipa dmg iso img deb rpm so dylib dll exe bin o a
    lib obj class pyc pyo pyd wasm pdf doc docx xls xlsx ppt pptx odt ods odp pkl npy npz h5 onnx pt pth ckpt
    safetensors gguf parquet avro orc feather db sqlite sqlite3 pack idx rlib rmeta node swf blend fbx glb dat
    """.split()
)


class Place(NamedTuple):
    """What a directory says about all files in and below it."""

    third_party: bool
    tools: bool
    own_tests: bool
    locales: bool


@lru_cache(4096)
def place(folder: str) -> Place:
    """The place that a directory is, by its path with a slash at the end (``""``: the context)."""
    low = f"/{folder.lower()}"
    return Place(*(compiled(each).search(low) is not None for each in (_THIRD_PARTY, _TOOLS, _OWN_TESTS, _LOCALES)))


def screen(names: Sequence[str], above: str) -> list[str]:
    """Which of the names in one directory nominate their files; `above` is its path (``""``: the context).

    A whole directory costs a few searches, whatever the table holds; only what they find is looked at by name.
    """
    if not names:
        return []
    table = _table()
    folder = f"/{above.lower()}/" if above else "/"
    if place(folder[1:]).third_party:
        return []
    if table.folders.search(folder) is not None:
        return [name for name in names if is_nominated(name, above)]
    joined = "\n" + "\n".join(names).lower() + "\n"
    folded = joined.split("\n")[1:-1]
    if len(folded) != len(names):  # somebody has line ends in names
        return [name for name in names if is_nominated(name, above)]
    found: set[str] = set()
    if not table.exact.keys().isdisjoint(folded):
        found.update(table.exact.keys() & set(folded))
    if not table.endings.keys().isdisjoint(joined.replace(".", "\n").split("\n")):
        for name in folded:
            ending = name[name.rfind(".") + 1 :]
            if ending in table.shapes and _shape(ending).match(name) is not None:
                found.add(name)
    if table.starts.search(joined) is not None or table.ends.search(joined) is not None:
        found.update(name for name in folded if table.starts.search(f"\n{name}\n") or table.ends.search(f"{name}\n"))
    if not found:
        return []
    return [name for name, low in zip(names, folded, strict=True) if low in found and is_nominated(name, above)]


def is_nominated(name: str, above: str) -> bool:
    """Whether one name in the directory `above` is in the table, and no template."""
    path = f"{above}/{name}".lower() if above else name.lower()
    return not is_template(path[path.rfind("/") + 1 :]) and bool(rows_of(path))


def readable(path: str, size: int) -> bool:
    """Whether a file that was not nominated is worth opening all the same: small, text by its name, written here."""
    if not 0 < size <= SMALL:
        return False
    cut = path.rfind("/") + 1
    name = path[cut:].lower()
    if name[name.rfind(".") + 1 :] in _NEVER_TEXT or is_left_alone(name):
        return False
    here = place(path[:cut])
    return not here.third_party and not here.tools


def third_party(path: str) -> bool:
    """Whether a path lies in a tree of dependencies: these are weighed as a whole and not looked into."""
    return place(path[: path.rfind("/") + 1]).third_party


def own_tests(path: str) -> bool:
    """Whether a path lies among the project's own tests, where keys are made to be seen."""
    return place(path[: path.rfind("/") + 1]).own_tests


def is_template(name: str) -> bool:
    """Whether a file of this name, in lower case, is there to be copied and filled in: it holds no secrets, unless
    somebody pasted one."""
    if name[name.rfind(".") + 1 :] in _TEMPLATE_ENDINGS:
        return True
    # Every word of the pattern has one of these in it.
    return ("mpl" in name or "tpl" in name or "dist" in name) and compiled(_TEMPLATE).search(name) is not None


def is_left_alone(name: str) -> bool:
    """Whether everything in a file of this name, in lower case, looks random by nature."""
    return (
        name[name.rfind(".") + 1 :] in _LEFT_ALONE_ENDINGS
        or name in _LEFT_ALONE
        or name.startswith(_LEFT_ALONE_STARTS)
        or name.endswith(_LEFT_ALONE_ENDS)
    )


# ---- the table, compiled -------------------------------------------------------------------------------------------


class _Table(NamedTuple):
    """Globs by what of them can be looked up: a whole name, what follows the last dot, how a name begins or ends, and
    the directory where any name will do. With each goes the glob, or None where there is no more to it, and the number
    of its row. `shapes` has the globs of all names with an ending."""

    exact: dict[str, list[_Glob]]
    endings: dict[str, list[_Glob]]
    shapes: dict[str, list[str]]
    others: list[_Glob]
    inside: list[_Glob]
    starts: re.Pattern[str]
    ends: re.Pattern[str]
    folders: re.Pattern[str]


def rows_of(path: str) -> tuple[Row, ...]:
    """The rows for a path in lower case, in the order of the table."""
    table = _table()
    cut = path.rfind("/") + 1
    name = path[cut:]
    globs = [*table.exact.get(name, ()), *table.endings.get(name[name.rfind(".") + 1 :], ())]
    if table.starts.match(f"\n{name}\n") is not None or table.ends.search(f"{name}\n") is not None:
        globs += table.others
    if table.folders.search(f"/{path[:cut]}") is not None:
        globs += table.inside
    if not globs:
        return ()
    found = {index for glob, index in globs if glob is None or _path(glob).search(f"/{path}") is not None}
    return tuple(ROWS[index] for index in sorted(found))


@cache
def _table() -> _Table:
    exact: dict[str, list[_Glob]] = {}
    endings: dict[str, list[_Glob]] = {}
    shapes: dict[str, list[str]] = {}
    others: list[_Glob] = []
    inside: list[_Glob] = []
    starts: list[str] = []
    ends: list[str] = []
    folders: list[str] = []
    for index, row in enumerate(ROWS):
        for glob in row.globs.split():
            above, slash, last = glob.rpartition("/")
            ending = last[last.rfind(".") + 1 :] if "." in last else ""
            if not _is_wild(last):
                exact.setdefault(last, []).append((glob if slash else None, index))
            elif slash:
                folders.append(f"/{translated(above)}/" + ("" if last == "**" else r"\Z"))
                inside.append((glob, index))
            elif last[0] == "*" and ending and not _is_wild(ending):
                plain = last == f"*.{ending}"
                endings.setdefault(ending, []).append((None if plain else glob, index))
                shapes.setdefault(ending, []).append("" if plain else last)
            else:
                (ends if last[0] == "*" else starts).append(translated(last.removeprefix("*")))
                others.append((glob, index))
    return _Table(
        exact,
        endings,
        shapes,
        others,
        inside,
        starts=compiled(rf"\n(?:{'|'.join(starts)})\n"),
        ends=compiled(rf"(?:{'|'.join(ends)})\n"),
        folders=compiled("|".join(dict.fromkeys(folders))),
    )


@cache
def _shape(ending: str) -> re.Pattern[str]:
    """All names with an ending that are in the table."""
    return compiled("|".join(f"{translated(glob)}\\Z" if glob else "" for glob in _table().shapes[ending]))


@cache
def _path(glob: str) -> re.Pattern[str]:
    """A path that ends as the glob says, with a slash in front."""
    return compiled(f"/{translated(glob)}\\Z")


def _is_wild(glob: str) -> bool:
    return not {"*", "?", "["}.isdisjoint(glob)


def translated(glob: str) -> str:
    """A glob of the table as a regular expression: `**/` is any directories or none, `*` stays within a component."""
    out = ""
    at = 0
    while at < len(glob):
        if glob.startswith("**/", at):
            out, at = out + "(?:[^/]*/)*", at + 3
        elif glob.startswith("**", at):
            out, at = out + ".+", at + 2
        elif glob[at] == "[":
            end = glob.index("]", at)
            out, at = out + glob[at : end + 1], end + 1
        else:
            out += {"*": "[^/]*", "?": "[^/]"}.get(glob[at], re.escape(glob[at]))
            at += 1
    return out
