"""Who reads the history of the repository, or makes a version of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ...regex import lazy
from ..survey import Survey
from .metadata import get, texts
from .need import Need
from .recipes import Recipe, lines

#: Build requirements that take the version of a package from its tags.
_TOOLS: Final = lazy(
    r"(?i)^(setuptools[-_]scm|setuptools-git-versioning|hatch-vcs|versioningit|poetry-dynamic-versioning|"
    r"poetry-version-plugin|"
    r"dunamai|pbr|versioneer|flit[-_]scm|uv-dynamic-versioning|incremental-git|dynamic-versioning|vcs-versioning|"
    r"hatch-regex-commit|setuptools-vcs-version|better-setuptools-git-version|pdm-vcs|scikit-build-vcs|miniver|"
    r"katversion|"
    r"autosemver|reno)\b"
)
_PRETEND: Final = lazy(
    r"PRETEND_VERSION|PBR_VERSION|HATCH_VCS_PRETEND|POETRY_DYNAMIC_VERSIONING_BYPASS|PDM_BUILD_SCM_VERSION|"
    r"UV_DYNAMIC_VERSIONING_BYPASS|VERSIONEER_OVERRIDE"
)
#: Commands that build or install the project itself, not only its dependencies.
_INSTALLS: Final = lazy(
    r"\bpip3?\s+(?:install|wheel|download)\b[^\n;&|]*(?:\s(?:-e\s*|--editable[ =])?[\"']?(?:\.{1,2}(?:/\S*)?|/\S+|"
    r"file:\S+)(?:\[[^\]]*\])?[\"']?(?=\s|$))|"
    r"\buv\s+(?:sync(?![^\n;&|]*--no-install-project)|build|run(?![^\n;&|]*--no-project))|"
    r"\bpoetry\s+(?:install(?![^\n;&|]*--no-root)|build)|"
    r"\bpdm\s+(?:install(?![^\n;&|]*--no-self)|sync(?![^\n;&|]*--no-self)|build)|\bpython3?\s+(?:-m\s+build|setup\.py)|"
    r"\bhatch\s+(?:build|version|run|env)|\bflit\s+(?:install|build)|"
    r"\bpipx\s+(?:install|run)\b|\bpyproject-build\b|\bmaturin\b|\btox\b|\bnox\b|\bmake\b|\bpipenv\s+install\b"
)
_GIT: Final = lazy(
    r"(?:^|[\s;&|(`\"'=/])git\s+(?:-C\s+\S+\s+|--\S+\s+|-c\s+\S+\s+)*(describe|rev-parse|log|show|rev-list|ls-files|"
    r"tag|status|diff|submodule|branch|archive|name-rev|"
    r"symbolic-ref|cat-file|shortlog|checkout|reset|stash|worktree|show-ref|lfs)\b"
)
#: What a build script has to say of these is told to a person, or changes nothing.
_NO_QUESTION: Final = frozenset(("checkout", "reset", "stash", "worktree", "tag"))
#: Options of pip with a path that is no project.
_OPTIONS: Final = lazy(
    r"\s(?:-[rctf]|--(?:requirement|constraint|prefix|target|root|find-links|cache-dir|python|index-url|"
    r"extra-index-url))[ =]\S+"
)
_ASKS: Final = lazy(
    r"-buildvcs=true|\bgoreleaser\s+(?:build|release)|\bsetuptools_scm\b|\bversioningit\b|\bdunamai\b|\bnbgv\b|"
    r"\bgitversion\b|\bhatch\s+version\b|"
    r"\bnx\s+affected\b|\blerna\s+(?:changed|version|publish)\b|\bsemantic-release\b|\bpre-commit\s+run\b|"
    r"\bstandard-version\b|\btowncrier\b"
)
_ELSEWHERE: Final = lazy(r"\bgit\s+(?:\S+\s+)*clone\b|\bgit\s+init\b")
_BUILD_FILES: Final = lazy(
    r"""["'`]git["'`]\s*[),\]]|["'`\s\[(,]git["'`]?[\s,]+\[?\(?["'`]*\s*(describe|rev-parse|log|rev-list|show|ls-files)|"""
    r"\b(git_commit_id|git-commit-id|vergen|built::|git_version|gitversion|shadow[-_]rs|git2|git-testament|MinVer|"
    r"Nerdbank\.GitVersioning|GitVersion\.MsBuild|GitInfo|jgitver|buildnumber-maven-plugin|axion-release|"
    r"nebula\.release|com\.palantir\.git-version|gradle-git-properties|com\.gorylenko|git-properties|reckon|sbt-git|"
    r"sbt-dynver|GitVersioning|git-rev-sync|git-rev|git-last-commit|git-revision-webpack-plugin|git-describe|"
    r"vite-plugin-git)"
)


def needs(survey: Survey, recipes: tuple[Recipe, ...]) -> Iterator[Need]:
    """Reasons to keep `.git`. Only a build that takes it can read it."""
    takers = [each for each in recipes if each.takes(".git")]
    versioned = list(_python(survey)) if takers else []
    for recipe in takers:
        whole = dict(recipe.commands)
        for kind, line, text in lines(recipe):
            found = _GIT.search(text)
            if kind == "RUN" and found and not _ELSEWHERE.search(whole[line]):
                yield Need(".git", f"git {found[1]} ({recipe.label}:{line})", True, True)
            elif kind == "RUN" and (asks := _ASKS.search(text)):
                yield Need(".git", f"{asks[0].strip()[:40]} asks git ({recipe.label}:{line})", True, True)
            elif kind == "RUN" and "safe.directory" in text:
                yield Need(".git", f"git is made to trust a directory ({recipe.label}:{line})", False, True)
        if not versioned or _PRETEND.search("\n".join((*recipe.settings, recipe.text))):
            continue
        if _INSTALLS.search(_OPTIONS.sub(" ", recipe.text)):
            for path, tool in versioned:
                yield Need(".git", f"{tool} makes the version from it ({path})", True, True)
    if takers:
        yield from _others(survey, takers)


def _python(survey: Survey) -> Iterator[tuple[str, str]]:
    for path in survey.named("pyproject.toml"):
        data = survey.tree.toml(path)
        tools = [
            found[1] for each in texts(get(data, "build-system", "requires")) if (found := _TOOLS.match(each.strip()))
        ]
        if get(data, "tool", "pdm", "version", "source") == "scm":
            tools.append("pdm")
        if (
            get(data, "tool", "scikit-build", "metadata", "version", "provider")
            == "scikit_build_core.metadata.setuptools_scm"
        ):
            tools.append("setuptools_scm")
        for key in ("setuptools_scm", "versioneer", "versioningit", "setuptools-git-versioning"):
            if get(data, "tool", key) is not None:
                tools.append(key)
        if get(data, "tool", "poetry-dynamic-versioning", "enable"):
            tools.append("poetry-dynamic-versioning")
        for tool in tools[:1]:
            yield path, tool
    for path in (*survey.named("setup.py"), *survey.named("setup.cfg")):
        text = survey.tree.text(path)
        found = re.search(
            r"use_scm_version|setuptools[-_]scm|\bpbr\b|versioneer|setuptools[-_]git[-_]versioning|vcversioner|"
            r"git_version",
            text,
        )
        if found:
            yield path, found[0]


def _others(survey: Survey, takers: list[Recipe]) -> Iterator[Need]:
    """Build scripts that ask git: most of them can do without, so this is only a possibility."""
    everything = "\n".join(each.text for each in takers)
    for names, runs in (
        (("build.rs", "Cargo.toml"), r"\bcargo\b|\bmaturin\b|\bpip\b"),
        (("pom.xml",), r"\bmvnw?\b"),
        (("build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts"), r"\bgradlew?\b"),
        (("Makefile", "makefile", "GNUmakefile", "justfile", "Justfile", "Taskfile.yml"), r"\bmake\b|\bjust\b|"
            r"\btask\b"),
        (("CMakeLists.txt", "meson.build", "configure.ac"), r"\bcmake\b|\bmeson\b|\bconfigure\b|\bmake\b|\bpip\b"),
        (("webpack.config.js", "vite.config.js", "vite.config.ts", "vite.config.mjs", "next.config.js",
         "next.config.mjs",
          "next.config.ts", "rollup.config.js", "docusaurus.config.js", "docusaurus.config.ts", "gulpfile.js",
         "Gruntfile.js",
          "angular.json"), r"\b(npm|pnpm|yarn|bun|npx|node|vite|next)\b"),
        (("mix.exs",), r"\bmix\b"),
        (("build.sbt",), r"\bsbt\b"),
        (("setup.py", "noxfile.py"), r"\bpip\b|setup\.py|\buv\b"),
        (("Directory.Build.props",), r"\bdotnet\b"),
        (("mkdocs.yml",), r"\bmkdocs\b"),
        (("Rakefile", "Gemfile"), r"\b(bundle|rake|rails|gem)\b"),
    ):  # fmt: skip
        scripts = list(survey.named(*names))
        if scripts and re.search(runs, everything):
            for path in scripts:
                text = survey.tree.text(path)
                asked = next((each for each in _GIT.finditer(text) if each[1] not in _NO_QUESTION), None)
                found = asked or _BUILD_FILES.search(text)
                if found:
                    yield Need(".git", f"{path} asks git: {found[0].strip()[:40]}", False, True)
                    break
    if re.search(r"\bdotnet\b", everything):
        for path in survey.ending(".csproj", ".fsproj", ".props"):
            if found := re.search(
                r"MinVer|Nerdbank\.GitVersioning|GitVersion\.MsBuild|GitInfo", survey.tree.text(path)
            ):
                yield Need(".git", f"{found[0]} makes the version from it ({path})", True, True)
                break
    if re.search(r"\b(bundle|gem)\b", everything):
        for path in survey.ending(".gemspec"):
            if "git ls-files" in survey.tree.text(path):
                yield Need(".git", f"git ls-files ({path})", True, True)
                break
    for path in survey.named("package.json"):
        scripts = get(survey.tree.json(path), "scripts")
        for name, script in scripts.items() if isinstance(scripts, dict) else ():
            if (
                isinstance(script, str)
                and _GIT.search(" " + script)
                and re.search(rf"\b{re.escape(name)}\b|build", everything)
                and "build" in name
            ):
                yield Need(".git", f"script {name[:40]} asks git ({path})", False, True)
                return
    for path in survey.named("hugo.toml", "hugo.yaml", "hugo.json", "config.toml"):
        if re.search(r"(?im)^\s*\W?enableGitInfo\W?\s*[:=]\s*true", survey.tree.text(path)):
            yield Need(".git", f"the pages show it (enableGitInfo, {path})", True, True)
            return
    for path in survey.named("pubspec.yaml", "mkdocs.yml", "docusaurus.config.js", "docusaurus.config.ts"):
        if re.search(
            r"git-revision-date|git-committers|showLastUpdate(?:Time|Author)|git-authors", survey.tree.text(path)
        ):
            yield Need(".git", f"{path} shows dates of commits", False, True)
            return
