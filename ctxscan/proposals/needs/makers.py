"""Commands that make things again: what was built or installed here is only waste if the image makes its own.

A row of the catalogue names one of these; a Dockerfile that takes the thing has to run such a command, or nobody
there has any use for it.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from ...regex import lazy
from .recipes import Recipe

_JS: Final = (
    r"(?:npm|pnpm|yarn|bun|npx|pnpx|bunx|lerna|rush|nx|turbo|ng|make|just|task|mise|moon|corepack|node|deno|vp)"
)
_ANY_BUILD: Final = (
    r"(?:\bmake\b|\bjust\b|\btask\b|\bninja\b|build\S*\.(?:sh|py|js|ts|mjs)|\bearthly\b|"
    r"\bbazel\b|\bmise\b|\./(?:build|bootstrap|compile|package)\S*)"
)


class Maker(NamedTuple):
    """`makes` is found in a command that makes the thing again, `uses` in one, in a CMD or in the name of a base
    image that has a use for it; without `uses` whoever takes it may use it."""

    makes: re.Pattern[str]
    uses: re.Pattern[str] | None


def _maker(makes: str, uses: str | None = None) -> Maker:
    return Maker(lazy(makes), None if uses is None else lazy(uses))


_NODE_USERS: Final = (
    r"(?:^|[\s/\"'\[,:])(?:node|nodejs|npm|npx|yarn|pnpm|bun|bunx|deno|next|nuxt|pm2|pm2-runtime|nodemon|ts-node|tsx|"
    r"electron|"
    r"nginx|httpd|caddy|serve|http-server|playwright|puppeteer|cypress|static-web-server|zx)(?=$|[\s/\"'\],:@])"
)

_JAVA_USERS: Final = (
    r"(?i)java|gradle|maven|jdk|jre|temurin|kotlin|scala|sbt|clojure|tomcat|jetty|wildfly|payara|corretto|graalvm|zulu|"
    r"semeru|liberica|quarkus|"
    r"\.jar\b|\.war\b"
)

MAKERS: Final = {
    "node-install": _maker(
        rf"\b(?:npm|pnpm|bun|cnpm|lerna|rush|ni|nci|vp)\b[^\n;&|]*\b(?:ci|install|i|add|bootstrap|clean-install|"
        rf"install-ci-test|ic|rebuild|deploy|"
        rf"fetch|update)\b|\byarn(?:pkg)?\b(?:\s+--?\S+(?:[= ]\S+)?)*\s*(?=$|[&|;\n])|\byarn(?:pkg)?\b[^\n;&|"
        rf"]*\b(?:install|workspaces|focus|add|plugnplay)\b|"
        rf"\bdeno\b[^\n;&|]*\b(?:install|cache)\b|\bnpm\s+(?:--\S+\s+)*(?:ci|i)\b|\bbower\b|\bnci\b|{_ANY_BUILD}",
        _NODE_USERS,
    ),
    "node-build": _maker(
        rf"\b{_JS}\b[^\n;&|]*[\w:.@/-]*(?:build|compile|bundle|generate|export|dist|prod|package|release|prerender|"
        rf"pack)[\w:.-]*|"
        r"\b(?:tsc|vite build|next build|nuxt build|nuxi|webpack|rollup|esbuild|astro build|gatsby build|ncc|tsup|swc|"
        r"parcel|"
        r"react-scripts|vue-cli-service|gulp|grunt|ember build|hexo generate|hexo g|eleventy|storybook build|elm make|"
        r"docusaurus build|"
        rf"remix vite:build|quasar build|ionic build|mix assets\.\w+|assets:precompile)\b|{_ANY_BUILD}",
    ),
    "offline": _maker(r"(?s)\A(?!.*(?:--offline|--prefer-offline|--immutable-cache|--frozen-store))", None),
    "yarn-cache": _maker(
        r"(?s)\A(?!.*(?:--offline|--immutable-cache|--check-cache)).*\byarn(?:\s+--?\S+)*\s*(?:install|"
            r"workspaces focus|$|[&|;\n])", r"\byarn\b"
    ),
    "site-build": _maker(
        r"\b(?:mkdocs|sphinx-build|sphinx|hugo|jekyll|zola|mdbook|eleventy|quarto|make|docusaurus|pelican|antora|"
        r"zensical|lektor|nikola|hexo)\b|"
        rf"\b{_JS}\b[^\n;&|]*(?:build|generate|docs)|{_ANY_BUILD}",
    ),
    "django-static": _maker(r"\bcollectstatic\b"),
    "dvc": _maker(r"(?s)\A(?!.*\bdvc\s+(?:checkout|pull)\b)"),
    "composer": _maker(rf"\bcomposer(?:\.phar)?\b[^\n;&|]*\b(?:install|update|create-project|require|i|u)\b|"
        rf"{_ANY_BUILD}", r"\bphp|composer|apache|frankenphp|laravel|artisan|symfony|\bfpm|swoole|bref"),
    "bundle": _maker(rf"\bbundle(?:r)?\b(?:\s+_\S+_)?\s*(?:install|update|i\b|-|$|&&|;|\\)|{_ANY_BUILD}",
        r"ruby|bundle|rails|rake|jekyll|passenger|puma",
    ),
    "rails-assets": _maker(r"assets:precompile|webpacker:compile|vite:build|\bmake\b|build"),
    "gleam": _maker(rf"\bgleam\b|{_ANY_BUILD}"),
    "julia": _maker(r"\bjulia\b[^\n]*make\.jl|\bDocumenter\b"),
    "mix": _maker(rf"\bmix\b|\brebar3\b|{_ANY_BUILD}", r"elixir|erlang|\bmix\b|rebar"),
    "mix-assets": _maker(r"assets\.(?:deploy|build)|phx\.digest|esbuild|build"),
    "renv": _maker(r"restore|install|Rscript|\bR\b"),
    "perl": _maker(r"carton|cpanm|cpm", r"perl|plackup|starman"),
    "luarocks": _maker(r"luarocks", r"lua|openresty"),
    "go": _maker(rf"\b(?:go|xx-go|garble|tinygo)\s+(?:build|install|run|generate|test)\b|\bgoreleaser\b|"
        rf"\bmage\b|\bko\b|{_ANY_BUILD}"),
    "cargo": _maker(rf"\bcargo\b[^\n;&|]*\b(?:build|install|chef|b|auditable|zigbuild|leptos|run|test|nextest|"
        rf"component|lambda)\b|\btrunk\b|\bwasm-pack\b|\bmaturin\b|"
                    rf"\bpip\b|\buv\b|{_ANY_BUILD}"),
    "maven": _maker(rf"\bmvnw?\b|\bmvnd\b|{_ANY_BUILD}", _JAVA_USERS),
    "gradle": _maker(rf"\bgradlew?\b|{_ANY_BUILD}", _JAVA_USERS),
    "sbt": _maker(rf"\bsbt\b|\bmill\b|\bscala-cli\b|{_ANY_BUILD}", _JAVA_USERS),
    "mill": _maker(rf"\bmill\b|\bmvnw?\b|\bgradlew?\b|{_ANY_BUILD}"),
    "javac": _maker(rf"\bjavac\b|\bmvnw?\b|\bgradlew?\b|\bant\b|{_ANY_BUILD}"),
    "ant": _maker(rf"\bant\b|{_ANY_BUILD}", _JAVA_USERS),
    "lein": _maker(rf"\blein\b|\bclojure\b|\bclj\b|{_ANY_BUILD}"),
    "dotnet": _maker(rf"\bdotnet\b[^\n;&|]*\b(?:publish|build|restore|test|run|pack|msbuild|tool)\b|"
        rf"\bmsbuild\b|\bnuget\b|{_ANY_BUILD}", r"(?i)dotnet|aspnet|\.dll\b|mono"),
    "cmake": _maker(rf"\bcmake\b|\bmeson\b|\bninja\b|\bconfigure\b|\bscons\b|\bbazel\b|\bgcc\b|\bg\+\+|"
        rf"\bclang\b|\bcargo\b|\bgo build\b|\bpip\b|\bcc\b|{_ANY_BUILD}"),
    "compiler": _maker(rf"\b(?:go|dart|nim|nimble|crystal|shards|zig|cargo)\s+\S|\bcmake\b|\bmeson\b|\bninja\b|"
        rf"\bgcc\b|\bg\+\+|\bclang|\bcc\b|\bconfigure\b|{_ANY_BUILD}"),
    "python-extension": _maker(r"\bpip3?\s+(?:install|wheel)\b[^\n;&|]*\s(?<!-[rct]\s)[\"']?(?:-e\s*)?[./]|"
        r"\bsetup\.py\b|\bmaturin\b|"
        r"\buv\s+(?:sync|build|pip)|\bpoetry\s+(?:install|build)|\bpdm\s+(?:install|sync|build)|\bcythonize\b|"
        r"-m\s+build\b|\bhatch\b"),
    "terraform": _maker(r"(?s)\A(?!.*(?:-plugin-dir|TF_PLUGIN_CACHE_DIR|filesystem_mirror))"),
    "crystal": _maker(rf"\bshards\b|{_ANY_BUILD}"),
    "swift": _maker(rf"\bswift\s+(?:build|test|run|package)\b|{_ANY_BUILD}"),
    "dart": _maker(rf"\b(?:dart|flutter)\b[^\n;&|]*\b(?:compile|build|pub|run|test)\b|{_ANY_BUILD}"),
    "pods": _maker(r"", None),
    "haskell": _maker(rf"\bstack\b|\bcabal\b|{_ANY_BUILD}"),
    "ocaml": _maker(rf"\bdune\b|\bopam\b|\besy\b|{_ANY_BUILD}"),
    "zig": _maker(rf"\bzig\b|\bnim\b|\bnimble\b|{_ANY_BUILD}"),
    "bazel": _maker(r"bazel|buck|pants|plz|shards|crystal|build"),
    "solidity": _maker(rf"hardhat|forge|truffle|{_ANY_BUILD}|\bcompile\b"),
}  # fmt: skip


def makes(recipe: Recipe, maker: str) -> bool:
    return MAKERS[maker].makes.search(recipe.text) is not None


def uses(recipe: Recipe, maker: str) -> bool:
    """Whether anything in this build has a use for what the maker makes."""
    pattern = MAKERS[maker].uses
    if pattern is None:
        return True
    return pattern.search(recipe.everything) is not None or any(pattern.search(base) for base in recipe.bases)
