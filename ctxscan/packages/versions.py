"""Commands and tools that ask git, mostly for a version: without the history they fail or say something else."""

from __future__ import annotations

from typing import Final

from ..regex import lazy

#: A command of git that reads the history.
GIT: Final = lazy(
    r"(?:^|[\s;&|(`\"'=/])(?:git|\$[({]?(?:GIT|git)(?:_(?:CMD|cmd|BIN|bin|EXE))?[)}]?)[\"']?\s+(?:-C\s+\S+\s+|--\S+\s+|-c\s+\S+\s+)*(describe|rev-parse|log|show|rev-list|ls-files|"
    r"tag|status|diff|update-index|submodule|branch|archive|name-rev|"
    r"symbolic-ref|cat-file|shortlog|checkout|reset|stash|worktree|show-ref|lfs)\b"
)
#: What is said of a stage that gets the tree and git, and of which no question to it is known.
INSTALLED: Final = "git is installed where the tree is copied"
#: Questions that `HEAD` and the refs answer: no object is read.
HEAD_ONLY: Final = lazy(
    r"\bgit\s+(?:-C\s+\S+\s+)?(?:rev-parse(?!\S)(?![^|;&]*[\^~@{])|symbolic-ref\b|branch\s+--show-current\b|"
    r"tag\s+--points-at\s+HEAD\b)"
)
#: The same in the text of a program, whose words are apart; and what of a revision needs an object.
HEAD_ONLY_CODE: Final = lazy(r"\b(?:rev-parse|symbolic-ref|show-current)\b")
NEEDS_OBJECTS: Final = lazy(
    r"""HEAD["']?[\^~@{]|(?<![.\w])(?:show-toplevel|describe|rev-list|ls-files|log|show|status|diff|tag)(?![.(\w])"""
)
#: Questions, and tools, for which it counts that no file is missing that git tracks.
CLEAN: Final = lazy(
    r"--dirty|--broken|\b(?:status|diff(?:-index|-files)?|ls-files|update-index|stash|checkout|reset|submodule|lfs)\b"
)
CLEAN_CODE: Final = lazy(
    r"--dirty|--broken|(?<![.\w])(?:status|diff(?:-index|-files)?|ls-files|update-index)(?![.(\w])"
)
#: What a build script has to say of these is printed for a person, or changes nothing.
NO_QUESTION: Final = frozenset(("checkout", "reset", "stash", "worktree", "tag"))
#: Commands of other tools that do.
ASKS: Final = lazy(
    r"-buildvcs=true|\bgoreleaser\s+(?:build|release)|\bsetuptools_scm\b|\bversioningit\b|\bdunamai\b|\bnbgv\b|"
    r"\bgitversion\b|\bhatch\s+version\b|"
    r"\bnx\s+affected\b|\blerna\s+(?:changed|version|publish)\b|\bsemantic-release\b|\bpre-commit\s+run\b|"
    r"\bstandard-version\b|\btowncrier\b|\bsentry-cli\s+releases\s+(?:propose-version\b|set-commits\b[^;&|]*--auto)|"
    r"\bdune\s+subst\b|\bgbp\s+(?:dch|buildpackage)\b|\bgit-cliff\b|\b(?:auto|conventional)-changelog\b|"
    r"(?:\bpromu|\$ ?\( ?PROMU ?\))\s+(?:build|crossbuild|tarball)\b|"
    # Programs of packages that are called after what they ask for.
    r"(?:(?<![\w-])bin/|\bnpx\s+|\bbunx\s+|\./)[\w./-]*\bgit-(?:version|revision|info|describe|hash|sha|commit)\b|"
    r"\blerna\b[^;&|]*--since\b|\b(?:turbo|pnpm)\b[^;&|]*(?:--filter|-F)[ =][\"']?\S*\[|\bantora \.(?=\s|$)"
)
#: Of these, one is in whatever that pattern fits.
ASK_WORDS: Final = tuple(
    "buildvcs goreleaser scm git dunamai nbgv hatch nx lerna release pre-commit standard-version towncrier subst gbp "
    "changelog turbo pnpm antora promu PROMU".split()
)
#: The question itself, in the text of a program.
VERB: Final = lazy(r"\b(describe|rev-parse|rev-list|ls-files|log|show|status|tag)\b")
#: The same in the text of a build script.
BUILD_FILES: Final = lazy(
    r"""["'`]git["'`]\s*[),\]]|["'`\s\[(,]git["'`]?[\s,]+\[?\(?["'`]*\s*(describe|rev-parse|log|rev-list|show|ls-files)|"""
    r"\b(git_commit_id|git-commit-id|vergen|built::|git[-_]version|gitversion|build[-_]info[-_]build|shadow[-_]rs|git2|"
    r"git-testament|MinVer|"
    r"Nerdbank\.GitVersioning|GitVersion(?:\.(?:MsBuild|Tool|CommandLine)\b|\()|GitInfo|jgitver|buildnumber-maven-plugin|axion-release|"
    r"nebula\.release|com\.palantir\.git-version|gradle-git-properties|com\.gorylenko|git-properties|reckon|sbt-git|"
    r"sbt-dynver|GitVersioning|git-rev-sync|git-rev|git-last-commit|git-revision-webpack-plugin|git-describe|"
    r"vite-plugin-git|git-changed-files|gitRevision|Microsoft\.SourceLink|SourceRevisionId(?=\))|git-revision-date|git-committers|git-authors)|"
    r"\b(grgit|lein-git-[\w-]+|git-count-revs|simple-?[gG]it|isomorphic-git|nodegit|go-git/v\d+|git-repo-(?:info|version)|gitlog|"
    r"unplugin-info|next-build-id|git-version-gen|vcs_tag|workspace_status_command|dune-build-info)\b|"
    r"\bexecutable\s*=\s*[\"']git[\"']|"
    r"\bGIT_EXECUTABLE\}?[\"']?\s+(?:-C\s+\S+\s+)?(?:describe|rev-parse|log|rev-list|show|ls-files|status|diff)\b|"
    r"\{\s*vsn\s*,\s*\{?git\b|\{\s*release\s*,\s*\{\s*\w+\s*,\s*\{?git\b|"
    r"\b(?:showLastUpdate(?:Time|Author)|lastUpdated)\b\W+true|(?i:enableGitInfo\W{1,4}true)"
)
#: Of these, one is in whatever that pattern fits, in lower case.
BUILD_WORDS: Final = tuple(
    "git vergen built:: build-info build_info shadow minver sourcelink sourcerevisionid buildnumber axion nebula "
    "reckon sbt-dynver showlastupdate lastupdated unplugin-info next-build-id vcs_tag workspace_status".split()
)
#: Programs that run what a source asks while they compile it, with the endings of such sources.
ASK_COMPILING: Final = {
    **dict.fromkeys(("crystal", "shards"), ".cr"),
    **dict.fromkeys(("nim", "nimble"), ".nim"),
    **dict.fromkeys(("stack", "cabal", "ghc", "hpack"), ".hs"),
}
#: Programs that note the commit in the version of what they compile.
NOTE_COMMITS: Final = frozenset(("dotnet",))
#: A word of git or of what takes a version from it, wherever it stands.
SPEAKS_OF_GIT: Final = lazy(r"\bgit\b|scm\b|-vcs|versioneer|versioningit|dunamai|\bpbr\b")
#: A repository that a command makes or fetches is not that of the context.
ELSEWHERE: Final = lazy(r"\bgit\s+(?:\S+\s+)*clone\b|\bgit\s+init\b")
#: One that is made of the whole tree where it lies.
MAKES_HISTORY: Final = (
    lazy(r"\bgit\s+init(?:\s+-\S+)*(?:\s+\.)?\s*(?:$|[;&|\n])"),
    lazy(r"\bgit\s+add\s+(?:\.|-A|--all)(?:$|[\s;&|])"),
    lazy(r"\bgit\s+(?:-c\s+\S+\s+)*commit\b"),
)
FETCHES: Final = lazy(r"\bgit\s+(?:\S+\s+)*(?:clone|fetch)\b|git\+(?:https|ssh)|GOPRIVATE|insteadOf|git@")
#: These clone modules, and packages by their repositories, with it; what is fetched of them is in the lock file.
GETS: Final = lazy(
    r"\bgo\s+(?:mod\s+(?:download|vendor|tidy)|get|install)\b|\b(?:dart|flutter)\s+pub\s+get\b|\bmix\s+[^\n;&|]*\bdeps\.get\b|\bcomposer\s+(?:\S+\s+)*install\b|"
    r"\bshards\s+install\b|\bnimble\s+(?:install|build)\b|\brebar3\b|\bstack\s+build\b|\bcabal\s+(?:build|update)\b|"
    r"\bswift\s+(?:build|package)\b|\bzig\s+(?:build|fetch)\b|\bcargo\s+(?:\+\S+\s+)?(?:build|install|fetch|vendor|chef|zigbuild)\b|\bopam\s+(?:install|init|update|pin)\b|\bgo\s+build\b|\bxx-go\b"
)
#: The compiler of Go by a variable of Make or a shell, whose signs may stand apart: `$(GO)`, `$ ( GO )`.
GO_VARIABLE: Final = r"\$[ ]?[({]?[ ]?\w{0,40}(?:GO|go)\w{0,40}[ ]?[)}]?[\"']?"
#: The version control stamp of Go is of the tree, and fails where half of the history is there.
STAMPS: Final = lazy(
    rf"(?:\b(?:go|xx-go|garble)|{GO_VARIABLE})\s+(?:build|install)\b|\$[ ]?[({{]?[ ]?\w{{0,40}}GO_?BUILD"
)
STAMP_WORDS: Final = ("go", "GO", "garble")
UNSTAMPED: Final = lazy(r"-buildvcs=(?:false|auto=false)|GOFLAGS[^\n]*-buildvcs=false")
#: Images that have git.
HAVE_GIT: Final = lazy(
    r"(?:^|/)(?:golang|buildpack-deps|python|node|ruby|rust|gcc|perl|erlang|elixir)(?::(?!.*(?:alpine|slim))|@|$)|"
    r"(?:^|/)(?:dotnet/sdk|gradle|composer|swift)(?::(?!.*slim)|@|$)"
)
#: Images of Docker's library that have not, by what they are made of.
LACK_GIT: Final = lazy(
    r"(?:docker\.io/)?(?:library/)?(?:(?:alpine|debian|ubuntu|php)(?::[\w.-]*)?|"
    r"(?:golang|node|python|ruby|rust):[\w.-]*(?:alpine|slim)[\w.-]*)(?:@sha256:\w+)?"
)
#: Words of a command that may bring it, by another package or from elsewhere.
BRINGS_GIT: Final = lazy(
    r"(?<![\w-])git(?:-\w+)*(?![\w.-])|\b(?:alpine-sdk|abuild|composer|npm|devscripts|hub|gh|tig|etckeeper|pre-commit|nix\w*|brew|conda|mamba|asdf|mise|"
    r"sdkmanager)\b|\b(?:add|install|in)\b[^\n]*[$`]|\bxargs\b|https?://\S+\.(?:apk|deb|rpm)\b"
)
#: Bundler clones gems with it, so the Dockerfile that Rails writes installs it.
BUNDLES: Final = lazy(r"\bbundle\s+(?:install|check|config)\b")
INSTALLS_GIT: Final = lazy(
    r"\b(?:apk|apt-get|apt|dnf|microdnf|yum|zypper|tdnf)\b[^\n]*?\b(?:add|install|in)\b[^\n]*?(?<![\w./-])git(?![\w./-])"
)
