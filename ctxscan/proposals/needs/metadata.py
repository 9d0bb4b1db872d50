"""What manifests name: readmes and licences of packages, members of workspaces, declared targets, projects of a
solution.

Readers are tolerant and linear: what they do not understand names nothing. No manifest is trusted further than to
keep a file of the context in it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

from ...regex import lazy
from ..survey import Survey
from .need import Need
from .recipes import Recipe

#: Names of one manifest that are followed.
_MOST: Final = 2000
_QUOTED: Final = lazy(r"""["']([^"'\n]{1,300})["']""")


def needs(survey: Survey, recipes: tuple[Recipe, ...]) -> Iterator[Need]:
    """Everything that any manifest names."""
    for reader in (_pyproject, _setup, _node, _cargo, _go, _maven, _gradle, _dotnet, _php, _ruby, _others):
        yield from islice(reader(survey), _MOST)


def get(table: Any, *keys: str) -> Any:
    """A value deep in tables; None if there is none."""
    for key in keys:
        table = table.get(key) if isinstance(table, dict) else None
    return table


def texts(value: Any) -> list[str]:
    """The strings of a string or a list; of the rest nothing."""
    if isinstance(value, str):
        return [value]
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def beside(manifest: str, *paths: str) -> Iterator[str]:
    """Paths relative to a manifest as paths of the context; those that leave it are dropped."""
    above = posixpath.dirname(manifest)
    for each in paths:
        path = posixpath.normpath(posixpath.join(above, each.replace("\\", "/")))
        if path not in (".", "") and not path.startswith(("../", "/")) and path != ".." and "\0" not in path:
            yield path


def _glob(path: str) -> str:
    """A glob of a manifest in the grammar of COPY, where `**` is one level."""
    return path.rstrip("/")


def _named(
    manifest: str, paths: Iterable[str], why: str, *, certain: bool = True, whole: bool = False
) -> Iterator[Need]:
    for path in beside(manifest, *paths):
        yield Need(_glob(path), f"{why} ({manifest})", certain, whole)


# --- Python


def _pyproject(survey: Survey) -> Iterator[Need]:
    for path in survey.named("pyproject.toml"):
        data = survey.tree.toml(path)
        project = get(data, "project") or {}
        for key in ("readme", "license"):
            value = get(project, key)
            yield from _named(path, texts(get(value, "file")), f"the package's {key}")
        yield from _named(path, texts(get(project, "readme")), "the package's readme")
        yield from _named(path, texts(get(project, "license-files")), "the package's licences")
        yield from _named(
            path,
            texts(get(project, "license-files", "paths")) + texts(get(project, "license-files", "globs")),
            "the package's licences",
        )
        tool = get(data, "tool") or {}
        poetry = get(tool, "poetry") or {}
        yield from _named(path, texts(get(poetry, "readme")), "the package's readme")
        for each in get(poetry, "include") or []:
            yield from _named(path, texts(each) + texts(get(each, "path")), "included in the package", whole=True)
        for each in get(poetry, "packages") or []:
            found = [
                posixpath.join(root, name)
                for root in texts(get(each, "from")) or [""]
                for name in texts(get(each, "include"))
            ]
            yield from _named(path, found, "a package of the project")
        for key, value in (
            (get(tool, "setuptools", "dynamic") or {}).items()
            if isinstance(get(tool, "setuptools", "dynamic"), dict)
            else ()
        ):
            yield from _named(path, texts(get(value, "file")), f"the package's {key}")
        yield from _named(path, texts(get(tool, "setuptools", "license-files")), "the package's licences")
        hatch = get(tool, "hatch") or {}
        yield from _named(path, texts(get(hatch, "version", "path")), "the package's version")
        builds = [get(hatch, "build")]
        targets = get(hatch, "build", "targets")
        builds += list(targets.values()) if isinstance(targets, dict) else []
        for each in builds:
            forced = get(each, "force-include")
            yield from _named(
                path, list(forced) if isinstance(forced, dict) else [], "forced into the package", whole=True
            )
            yield from _named(
                path,
                [one.lstrip("/") for one in texts(get(each, "artifacts"))],
                "an artifact of the package",
                whole=True,
            )
        yield from _named(
            path, texts(get(hatch, "metadata", "hooks", "fancy-pypi-readme", "fragments")), "the package's readme"
        )
        for fragment in get(hatch, "metadata", "hooks", "fancy-pypi-readme", "fragments") or []:
            yield from _named(path, texts(get(fragment, "path")), "the package's readme")
        for each in texts(get(tool, "uv", "workspace", "members")):
            yield from _named(path, [each + "/pyproject.toml"], "a member of the workspace")
        sources = get(tool, "uv", "sources")
        for each in sources.values() if isinstance(sources, dict) else ():
            yield from _named(path, texts(get(each, "path")), "a dependency by path")
        yield from _dependencies(path, poetry)
        yield from _named(path, texts(get(tool, "maturin", "manifest-path")), "the manifest of the crate")
        yield from _named(path, texts(get(tool, "maturin", "python-source")), "source of the package")


def _dependencies(path: str, poetry: Any) -> Iterator[Need]:
    tables = [get(poetry, "dependencies"), get(poetry, "dev-dependencies")]
    groups = get(poetry, "group")
    tables += [get(each, "dependencies") for each in groups.values()] if isinstance(groups, dict) else []
    for table in tables:
        for each in table.values() if isinstance(table, dict) else ():
            yield from _named(path, texts(get(each, "path")), "a dependency by path")


_OPENED: Final = lazy(
    r"""(?:open|read_text|read|Path|join|get_requirements|parse_requirements|readfile|read_file|long_description_from\w*|exec\w*|version_file|load_\w+)\s*\([^()\n]*?["']([^"'\n]{1,200})["']"""
)
_FILE_NAME: Final = lazy(
    r"[\w./-]+\.(?:md|rst|txt|toml|json|cfg|in|py|yml|yaml)|(?:[\w./-]*/)?(?:README|LICENSE|LICENCE|VERSION|NOTICE|"
    r"AUTHORS|CHANGELOG|CHANGES|HISTORY)\w*"
)


def _setup(survey: Survey) -> Iterator[Need]:
    for path in survey.named("setup.py"):
        text = survey.tree.text(path)
        read = _OPENED.findall(text)
        read += [each for each in _QUOTED.findall(text) if _FILE_NAME.fullmatch(each)]
        yield from _named(path, read, "read by setup.py")
    for path in survey.named("setup.cfg"):
        text = survey.tree.text(path)
        for line in (line.partition("file:")[2] for line in text.splitlines() if "file:" in line):
            yield from _named(path, [each.strip() for each in line.split(",")], "the package's metadata")
        for line in re.findall(r"(?m)^[ \t]*license_files?\s*=\s*((?:.*\n?)(?:[ \t]+.+\n?)*)", text):
            yield from _named(path, line.replace(",", " ").split(), "the package's licences")
    for path in survey.named("MANIFEST.in"):
        for line in survey.tree.text(path).splitlines():
            command, *words = line.split() or [""]
            if command == "include":
                yield from _named(path, words, "in the manifest of the package")
            elif command in ("recursive-include", "graft") and words:
                yield from _named(path, words[:1], "in the manifest of the package")


# --- Node


def _node(survey: Survey) -> Iterator[Need]:
    for path in survey.named("package.json"):
        data = survey.tree.json(path)
        spaces = get(data, "workspaces")
        for each in texts(spaces) + texts(get(spaces, "packages")):
            yield from _members(survey, path, each)
        for key in ("dependencies", "devDependencies", "optionalDependencies", "resolutions", "overrides"):
            table = get(data, key)
            for value in table.values() if isinstance(table, dict) else ():
                if isinstance(value, str) and value.startswith(("file:", "link:", "portal:", "patch:")):
                    yield from _named(
                        path,
                        [value.partition(":")[2].partition("#")[2] or value.partition(":")[2]],
                        "a dependency by path",
                        whole=True,
                    )
        bundled = get(data, "bundledDependencies") or get(data, "bundleDependencies")
        if bundled:
            yield from _named(path, ["node_modules"], "bundled dependencies", certain=False, whole=True)
        if isinstance(get(data, "imports"), dict):
            for value in data["imports"].values():
                yield from _named(
                    path, [each for each in texts(value) if each.startswith("./")], "imported by name", certain=False
                )
    for path in survey.named("pnpm-workspace.yaml"):
        for each in _yaml_list(survey.tree.text(path), "packages"):
            yield from _members(survey, path, each)
    for path in survey.named("lerna.json"):
        for each in texts(get(survey.tree.json(path), "packages")):
            yield from _members(survey, path, each)
    for path in survey.named("rush.json"):
        for each in re.findall(r'"projectFolder"\s*:\s*"([^"\n]+)"', survey.tree.text(path)):
            yield from _named(path, [each + "/package.json"], "a project of rush.json")
    for path in survey.named(".yarnrc.yml"):
        text = survey.tree.text(path)
        for each in re.findall(r"(?m)^[ \t]*(?:yarnPath|-?\s*path|spec):\s*\"?([^\"\n#]+)", text):
            yield from _named(path, [each.strip()], "named by .yarnrc.yml")
        if re.search(r"(?m)^enableGlobalCache:\s*false", text) and re.search(r"(?m)^enableNetwork:\s*false", text):
            yield from _named(path, [".yarn/cache"], "the only source of packages", whole=True)


def _members(survey: Survey, manifest: str, glob: str) -> Iterator[Need]:
    if glob.startswith("!"):
        return
    parts = glob.strip("/").removeprefix("./").split("/")
    if "**" in parts:
        base = "/".join(parts[: parts.index("**")])
        above = "/".join(beside(manifest, base)) if base else ""
        for path in list(survey.named("package.json")):
            if path.startswith(above + "/") or not above:
                yield Need(path, f"a member of the workspace ({manifest})")
        return
    yield from _named(manifest, ["/".join(parts) + "/package.json"], "a member of the workspace")


def _yaml_list(text: str, key: str) -> Iterator[str]:
    """The items of a list of plain texts, which is all that such a file has."""
    inside = False
    for line in text.splitlines():
        if re.match(rf"{key}\s*:", line):
            inside = True
            yield from _QUOTED.findall(line) or re.findall(r"[\[,]\s*([^\s,\]\"']+)", line)
        elif inside and (found := re.match(r"\s*-\s*[\"']?([^\"'#\n]+?)[\"']?\s*(?:#.*)?$", line)):
            yield found[1]
        elif line.strip() and not line.startswith((" ", "#", "-")):
            inside = False


# --- Rust, Go


def _cargo(survey: Survey) -> Iterator[Need]:
    for path in survey.named("Cargo.toml"):
        data = survey.tree.toml(path)
        package = get(data, "package")
        yield from _named(
            path,
            [each + "/Cargo.toml" for each in texts(get(data, "workspace", "members"))],
            "a member of the workspace",
        )
        if isinstance(package, dict):
            for key in ("build", "readme", "license-file"):
                yield from _named(path, texts(get(package, key)), f"the package's {key}")
        for key, home in (
            ("bench", "benches"),
            ("test", "tests"),
            ("example", "examples"),
            ("bin", "src/bin"),
            ("lib", "src"),
        ):
            found = get(data, key)
            for each in found if isinstance(found, list) else [found]:
                if not isinstance(each, dict):
                    continue
                given = texts(get(each, "path"))
                name = texts(get(each, "name"))
                guesses = given or [f"{home}/{one}.rs" for one in name] + [f"{home}/{one}/main.rs" for one in name]
                there = [one for one in guesses if any(survey.tree.exists(p) for p in beside(path, one))] or guesses[:1]
                yield from _named(path, there, f"a declared [[{key}]]")
        yield from _crates(path, data)
    for path in survey.named("config.toml"):
        if path.endswith(".cargo/config.toml"):
            sources = get(survey.tree.toml(path), "source")
            for each in sources.values() if isinstance(sources, dict) else ():
                yield from _named(
                    posixpath.dirname(path),
                    texts(get(each, "directory")) + texts(get(each, "local-registry")),
                    "vendored sources",
                    whole=True,
                )


def _crates(path: str, data: dict[str, Any]) -> Iterator[Need]:
    tables = [get(data, key) for key in ("dependencies", "dev-dependencies", "build-dependencies")]
    tables += [get(data, "workspace", "dependencies")]
    patches = get(data, "patch")
    tables += list(patches.values()) if isinstance(patches, dict) else []
    targets = get(data, "target")
    tables += [get(each, "dependencies") for each in targets.values()] if isinstance(targets, dict) else []
    for table in tables:
        for each in table.values() if isinstance(table, dict) else ():
            yield from _named(path, texts(get(each, "path")), "a dependency by path")


def _go(survey: Survey) -> Iterator[Need]:
    for path in survey.named("go.work"):
        yield from _named(path, _block(survey.tree.text(path), "use"), "a module of go.work")
    for path in survey.named("go.mod"):
        for line in survey.tree.text(path).splitlines():
            _, arrow, target = line.partition("=>")
            if arrow and target.strip().startswith((".", "/")):
                yield from _named(path, target.split()[:1], "a replaced module")


def _block(text: str, keyword: str) -> Iterator[str]:
    inside = False
    for line in text.splitlines():
        words = line.split("//")[0].split()
        if not words:
            continue
        if words[0] == keyword:
            inside = words[-1] == "("
            if not inside:
                yield from words[1:2]
        elif words == [")"]:
            inside = False
        elif inside:
            yield words[0]


# --- the JVM, .NET


def _maven(survey: Survey) -> Iterator[Need]:
    for path in survey.named("pom.xml"):
        for each in re.findall(r"<module>\s*([^<\s]{1,300})\s*</module>", survey.tree.text(path)):
            name = each if each.endswith(".xml") else each + "/pom.xml"
            yield from _named(path, [name], "a module of the project")


def _gradle(survey: Survey) -> Iterator[Need]:
    for path in survey.named("settings.gradle", "settings.gradle.kts"):
        text = survey.tree.text(path)
        for call in re.findall(
            r"(?m)^[ \t]*(?:include|includeBuild|includeFlat)\b\s*\(?((?:[^)\n]*,\s*\n)*[^)\n]*)", text
        ):
            for each in _QUOTED.findall(call):
                yield from _named(path, [each.strip(":").replace(":", "/")], "a project of the build")
        for each in re.findall(r"""projectDir\s*=\s*(?:new\s+)?[Ff]ile\([^)"'\n]*["']([^"'\n]+)["']""", text):
            yield from _named(path, [each], "a project of the build")


def _dotnet(survey: Survey) -> Iterator[Need]:
    for path in survey.ending(".sln", ".slnx"):
        for each in re.findall(r'"([^"\n]{1,300}\.\w*proj)"', survey.tree.text(path)):
            yield from _named(path, [each], "a project of the solution")
    for path in survey.ending(".csproj", ".fsproj", ".vbproj"):
        for each in re.findall(r'<ProjectReference\s+Include="([^"\n]{1,300})"', survey.tree.text(path)):
            yield from _named(path, [each], "a referenced project")
        for each in re.findall(
            r'<(?:Content|None|EmbeddedResource|Resource|AdditionalFiles|PackageReadmeFile)\s+(?:Include|Update)="([^"\n$*]{1,300})"',
            survey.tree.text(path),
        ):
            yield from _named(path, [each], "an item of the project")


# --- PHP, Ruby, others


def _php(survey: Survey) -> Iterator[Need]:
    for path in survey.named("composer.json"):
        data = survey.tree.json(path)
        for key in ("autoload", "autoload-dev"):
            table = get(data, key)
            for kind, entries in table.items() if isinstance(table, dict) else ():
                values = list(entries.values()) if isinstance(entries, dict) else [entries]
                found = [one for value in values for one in texts(value)]
                # A directory of a class map that is gone is an error, one of a namespace is not.
                yield from _named(path, found, "autoloaded", certain=kind in ("files", "classmap") or key == "autoload")
        sources = get(data, "repositories")
        for each in sources.values() if isinstance(sources, dict) else sources or []:
            if get(each, "type") in ("path", "artifact"):
                yield from _named(path, texts(get(each, "url")), "a repository by path", whole=True)


def _ruby(survey: Survey) -> Iterator[Need]:
    for path in survey.named("Gemfile"):
        for each in re.findall(
            r"""(?:path:|:path\s*=>|gemspec\s+path:)\s*["']([^"'\n]+)["']|^\s*path\s+["']([^"'\n]+)["']""",
            survey.tree.text(path),
            re.M,
        ):
            yield from _named(path, [one for one in each if one], "a gem by path")
        for each in re.findall(
            r"""(?m)^[ \t]*ruby\s+file:\s*["']([^"'\n]+)["']|eval_gemfile\s*\(?\s*["']([^"'\n]+)["']""",
            survey.tree.text(path),
        ):
            yield from _named(path, [one for one in each if one], "read by the Gemfile")
    for path in survey.ending(".gemspec"):
        found = [each for each in _QUOTED.findall(survey.tree.text(path)) if _FILE_NAME.fullmatch(each)]
        yield from _named(path, found, "named by the gemspec")


def _others(survey: Survey) -> Iterator[Need]:
    for path in survey.named("mix.exs"):
        text = survey.tree.text(path)
        found = re.findall(r"""File\.(?:read!?|stream!?|exists\?|open!?)\(\s*["']([^"'\n]+)["']""", text)
        found += re.findall(r"""path:\s*["']([^"'\n]+)["']""", text)
        yield from _named(path, found, "read by mix.exs")
    for path in survey.named("pubspec.yaml"):
        text = survey.tree.text(path)
        yield from _named(
            path, re.findall(r"(?m)^[ \t]+path:\s*[\"']?([^\"'#\n]+?)[\"']?\s*$", text), "a dependency by path"
        )
        yield from _named(
            path, list(_yaml_list(re.sub(r"(?m)^  (?=\S)", "", text), "assets")), "an asset", certain=False
        )
    for path in survey.named("CMakeLists.txt"):
        found = re.findall(
            r"(?i)(?:add_subdirectory|configure_file|include)\s*\(\s*[\"']?([\w./${}-]+)", survey.tree.text(path)
        )
        yield from _named(path, [re.sub(r"\$\{[^}]*\}/?", "", each) for each in found], "named by CMakeLists.txt")
    for path in survey.named("meson.build"):
        found = re.findall(r"subdir\(\s*'([^'\n]+)'", survey.tree.text(path))
        yield from _named(path, found, "named by meson.build")
    for path in survey.named("mkdocs.yml"):
        found = re.findall(r"(?m)^docs_dir:\s*[\"']?([^\"'#\n]+)", survey.tree.text(path))
        yield from _named(path, [each.strip() for each in found] or ["docs"], "the pages of MkDocs", certain=False)
