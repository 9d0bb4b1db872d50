"""Who wrote a build, and what it is for: this decides whether lessons apply to it.

What the reader did not write (dependencies that lie in the tree, fixtures) is not judged, and an image whose job is to
build or to test something else is not held to what ships. Facts and real errors are reported for them as for any other.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable
from contextlib import suppress
from itertools import dropwhile, takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ...builds.build import Build
from ...builds.names import is_compose, is_dockerfile, is_specimen
from ...context.transfer import cleaned
from ...dockerfile import images
from ...dockerfile.stages import Step
from ...git.command import repository
from ...packages.catalog import MANAGERS, fetches_packages
from ...paths import FIXTURES, LIBRARIES, RECORDED, SAMPLES, VENDORED
from ...regex import lazy
from ..reading import Reading, base_image, text_started
from .composefiles import USUAL, builders, is_for_developers, services
from .earlier import around, own_path
from .services import (
    DEVELOPING,
    MODES,
    commands_of_services,
    is_laid_over_always,
    is_run_from_sources,
    lays_sources,
    lays_the_context,
    words_of,
)

if TYPE_CHECKING:
    from ..registry import Scope

#: Directories of what somebody else has written, or that are there to be read by tests.
_FOREIGN: Final = (
    VENDORED | LIBRARIES | FIXTURES | RECORDED | frozenset((".devcontainer", "devcontainer", "devcontainers"))
)
_SAMPLES: Final = SAMPLES | frozenset(
    (
        *(".examples", "example", "samples", "sample", "demo", "demos", "tutorial", "tutorials"),
        *("docs", "doc", "documentation"),
    )
)
#: Words in the names of Dockerfiles, stages and directories that tell of development, tests and builds.
_REHEARSALS: Final = frozenset(
    "dev devel develop development devcontainer devenv local debug test tests testing tester unittest unittests "
    "integration e2e ci lint linter linting fuzz fuzzing oss-fuzz bench benchmark benchmarks cypress build "
    "builder builders building buildenv buildbase compile compiler base tool tools toolchain tooling hack docs gen "
    "generate genproto tilt gitpod codespace codespaces devbox vagrant documentation attacker".split()
)
#: Those of them that the last stage may be called all the same.
_MADE_IN: Final = frozenset("build builder builders building compile compiler base tool tools".split())
#: Stages that others go on from, and that are built by themselves for the cache.
_ON_THE_WAY: Final = frozenset("deps dependencies cache".split())
#: Directories of which the same is true, whatever the Dockerfile in them is called.
_WORKSHOPS: Final = frozenset(
    "dev devel develop development local dummy mock mocks test tests testing e2e ci .ci .circleci .github .gitlab "
    ".buildkite .clusterfuzzlite lint hack fuzz fuzzing oss-fuzz bench benchmark benchmarks perf performance profiling "
    "playwright cypress integration integration-test integration-tests integration_test integration_tests "
    "integrationtest integrationtests test-integration system-tests systemtests acceptance acceptance-tests "
    "functional-tests smoke-tests load-tests loadtest loadtests suites genproto devtools build-tools buildtools "
    "toolchain tool builders buildenv build-env devenv gitpod codespace codespaces workstation workstations".split()
)
#: Parts of the names of images in which people write programs.
_WORKPLACES: Final = ("cloud-workstations-images/", "devcontainers/", "gitpod/workspace-")
_OF_DEVELOPERS: Final = frozenset("dev devel develop development".split())
#: Where some keep the Dockerfile of what they ship, too.
_WHERE_SOME_SHIP: Final = _OF_DEVELOPERS | {".github", "local"}
_OF_ONE_MACHINE: Final = ("local_", "local-")
_BY_THEIR_BEGINNING: Final = ("test-", "test_")
#: What the directory of such a Dockerfile may end in.
_BY_THEIR_END: Final = ("-dev", "_dev", "-devel", "-development")
#: Directories of the tests of a project, by their last word.
_OF_TESTS: Final = lazy(r".*[._-]tests|.*\.(?:(?:unit|integration|e2e)[._-]?)?test")
#: What a command begins with that runs tests.
_TESTS: Final = lazy(
    r"^(?:(?:npx|bunx|pnpm|pnpx|yarn|bun|npm|uv|poetry|pipenv|bundle|python3?|exec|run|-m)\s+)*"
    r"(?:pytest|py\.test|jest|vitest|mocha|ava|karma|playwright|cypress|tox|nox|unittest|phpunit|pest|rspec|ctest|"
    r"behave|robot|newman|k6|locust|artillery|test|test:\S+|(?:go|cargo|mix|dotnet|make|gradle|\./gradlew|mvn|swift|"
    r"deno|rails|rake)(?:\s+--?[\w-]+)*\s+(?:test|verify|check)\b)"
)
#: What a command begins with that serves a program from its sources, again at each change of them, and nothing else.
_SERVES_SOURCES: Final = lazy(
    r"^(?:(?:npx|bunx|pnpm|pnpx|yarn|bun|npm|deno|uv|poetry|pipenv|bundle|python3?|exec|run|-m|task|--|"
    r"(?:-[CFw]|--(?:filter|dir|cwd|prefix|workspace))[ =]\S+|workspace\s+\S+)\s+)*"
    r"(?:(?:next|nuxt|nuxi|astro|remix|gatsby|turbo|wrangler|netlify|medusa|strapi|sanity|storybook|fastapi)\s+dev(?:elop)?\b|"
    r"(?:dev|develop|start[:-]dev|serve[:-]dev|dev:\S+|(?:[\w-]+:)*watch(?::[\w-]+)*)(?:\s|$)|"
    r"(?:vite|parcel)(?:\s+(?!preview|build)|$)|"
    r"(?:ng|vue-cli-service|react-scripts|webpack|webpack-dev-server|rollup\s+-w|docusaurus|browser-sync)\s+(?:serve|start)\b|"
    r"(?:nodemon|live-server|ts-node-dev|watchfiles|watchexec|wgo|CompileDaemon|modd|hupper|guard)(?:\s|$)|"
    r"(?:tsx|cargo(?:[ -]leptos)?|gulp|dotnet)[ -]watch\b|(?:node|nest\s+start|bun|deno\s+run)\s+--(?:watch|hot)\b|"
    r"watchmedo\s+auto-restart\b|"
    r"(?:hugo|jekyll|mkdocs|zensical|mdbook|ember|quasar|ionic|symfony|trunk)\s+(?:serve(?:r)?|dev|server:start)\b|"
    r"(?:php\s+)?(?:\./)?(?:artisan|spark|yii)\s+serve\b|php\s+(?:-[^S\s]\S*(?:\s+[\w.]+=\S+)?\s+)*-S\b|"
    r"(?:expo|react-native)\s+start\b|"
    r"(?:\./)?(?:bin/)?rails\s+s(?:erver)?\s(?:\S+\s+)*?(?:-e\s*|--environment[= ])dev(?:elopment)?\b|"
    r"(?:\./)?bin/dev(?:\s|$)|air(?:\s+-|$)|reflex\s+-|gow\s|realize\s+start\b|"
    r"(?:foreman|forego|honcho|overmind|hivemind)\s+\S+\s+(?:\S+\s+)*Procfile\.dev\b|"
    r"(?:\S*/)?(?:mvnw?|gradlew?)\s+(?:\S+\s+)*quarkus:?[dD]ev\b|"
    r"jupyter[ -](?:lab|notebook)\b|flask\s+(?:\S+\s+)*(?:--debug\b))"
)
#: What starts a program from its sources: with those laid over the image its developers have it so.
_RUNS_SOURCES: Final = lazy(
    r"(?:^|[\s/])(?:--(?:auto)?reload|--watch|nodemon|air|watchexec|watchmedo|watchfiles|ts-node-dev|reflex|entr|"
    r"runserver(?:_plus)?|bootRun|(?:spring-boot|jetty):run|server:run|phx\.server|(?:go|cargo|dotnet)\s+run)(?=\s|$)"
)
#: All that a container does which waits for somebody to come in and work.
_IDLES: Final = lazy(
    r"(?:exec\s+)?(?:/\S*/)?(?:tail(?:\s+-\S+)*\s+-\w*[fF]\b[^&|<>]*|sleep\s+(?:inf(?:inity)?|\d+[smhd]?)|cat)\s*"
    r"|while\s+(?:true|:|\[\s*1\s*\]|sleep\s+\d+)\s*;\s*do\s+(?:sleep\s+\S+|:|true)\s*;?\s*done"
)
#: What the last line of a script is in which an image is to serve somebody.
_SERVES: Final = lazy(
    r"exec\s+(?:node|bun|deno|python3?|gunicorn|uvicorn|hypercorn|daphne|java|dotnet|php|ruby|puma|"
    r"(?:npm|yarn|pnpm)\s+(?:run\s+)?(?:start|serve|prod)|\./)"
)
#: What gives a line to a shell.
_SHELL: Final = lazy(r"(?:\S*/)?(?:ba|da|z)?sh\s+-\w*c\s")
#: What a script calls that makes packages or programs, and ends.
_PACKS: Final = lazy(
    r"(?:exec\s+)?(?:dpkg-buildpackage|debuild|rpmbuild|makepkg|abuild|nfpm|fpm|goreleaser|go\s+(?:build|generate)|"
    r"cargo\s+build)\s"
)
#: What a script calls that compiles a program, or runs its tests.
_TRIES: Final = lazy(
    r"(?:exec\s+|time\s+)?(?:(?:ctest|pytest|py\.test|tox|nox|phpunit|rspec|bats|cmake\s+--build)(?:\s|$)|"
    r"(?:go|cargo|mix|dotnet|swift|npm|yarn|pnpm|bun|deno)\s+(?:run\s+)?test\b|"
    r"(?:make|ninja|gradle|\./gradlew|mvn)\s+(?:\S+\s+)*(?:tests?|check|verify)(?:\s|$))"
)
#: What a service runs for its developers, beside that.
_WAITS: Final = lazy(r"\brunserver\b|--(?:reload|watch)\b|\btail\s+-f\b|\bsleep\s+inf|(?:^|/|\s)(?:ba|z)?sh$")
#: A script by its name that makes something, and ends.
_PACKAGES: Final = lazy(r"(?:(?:/bin/)?(?:ba)?sh\s+)?(?:\S*/)?(?:build|package|make)(?:[-_.][\w.-]*)?\.sh(?:\s|$)")
#: What is said above a Dockerfile of an image that nobody else gets.
_NOT_FOR_OTHERS: Final = lazy(
    r"(?i)\bfor\s+(?:[\w-]+\s+)?(?:test(?:ing|s)?|development)(?:\s+purposes?)?\s+only\b|"
    r"\b(?:only|just|purely|solely|exclusively)\s+for\s+(?:[\w-]+\s+)?(?:test(?:ing|s)?|development)\b|\bnot\s+"
    r"(?:(?:meant|suitable|intended|recommended|ready|safe)\s+)?for\s+production\b|"
    r"(?:^(?:syntax=\S+\s+)?(?:(?:an?|the)\s+)?|\bthis\s+is\s+(?:an?|the|our)\s+)(?:local\s+)?dev(?:elopment)?\s+"
    r"(?:image|dockerfile|container)\b(?!\W+(?:is|see|lies|lives)\b)|"
    r"\b(?:this|image|dockerfile)\s+is\s+(?:not|never)\s+(?:(?:an?|the|to\s+be)\s+)?(?:published|pushed|released)\b|"
    r"\b(?:image|dockerfile|this|is|meant|intended|used|only)\s+for\s+contribut(?:ing|ors)\b"
)
#: Of these, one is in whatever that pattern fits.
_SAID_SO: Final = ("for", "develop", "dev ", "publish", "push", "release")
#: What is said above one that is built to see whether it can be.
_TO_TEST: Final = lazy(
    r"(?i)\b(?:used|meant|intended|here|exists|serves)\s+(?:only\s+|just\s+)?to\s+(?:both\s+)?(?:[\w-]+\s+and\s+)?test\b|"
    r"\b(?:docker)?(?:file|image)\s+(?:is\s+)?(?:for|to)\s+test(?:ing|s)?\b"
)
_FOR_PRODUCTION: Final = lazy(r"Dockerfile[.-]prod(?:uction)?|prod(?:uction)?(?:[.-][\w-]+)?\.Dockerfile")
#: A start script of which this many lines were read.
_MOST_LINES: Final = 500


def scopes(build: Build, reading: Reading | None) -> tuple[Scope, ...]:
    """Which checks may speak of a build: few where others wrote it, or it is a fixture of tests, and not those of
    images that ship where the image is a rehearsal, or called deprecated."""
    directories = directories_of(build)
    specimen = is_specimen((build.text or b"").decode("utf-8", "replace"))
    if specimen or not _FOREIGN.isdisjoint(directories) or (reading is not None and _is_to_fuzz(reading, directories)):
        return ("any",)
    if reading is not None and _rehearses(reading, directories):
        return "any", "own"
    if reading is not None and _is_of_yesterday(reading):
        return "any", "own", "used"
    return "any", "own", "used", "shipped"


def _is_to_fuzz(reading: Reading, directories: frozenset[str]) -> bool:
    """Whether an image is one in which ClusterFuzz or OSS-Fuzz compiles the project."""
    image = base_image(reading.chain[0])
    return ".clusterfuzzlite" in directories or (image is not None and "oss-fuzz-base" in image.path)


def is_rehearsal(stage: str) -> bool:
    """Whether a stage is for development, tests or builds, by its name."""
    return not _REHEARSALS.isdisjoint(_words(stage))


def _words(name: str) -> set[str]:
    """The words of a name, also without numbers at their ends; the second generation of something is not generated."""
    found = re.split(r"[^a-z0-9]+", name.lower())
    return {*found, *(each.rstrip("0123456789") for each in found if not each.startswith("gen"))}


def is_sample(build: Build) -> bool:
    """Whether a build is there to be copied: an example of how to use what the project makes."""
    return not _SAMPLES.isdisjoint(directories_of(build))


def _rehearses(reading: Reading, directories: frozenset[str]) -> bool:
    """Whether the image is for development, tests or builds, by its names, its place, or what it runs."""
    build = reading.scan.build
    if build.cached and not _is_baked_away(reading):
        return True
    name = posixpath.basename((build.label or "").replace(os.sep, "/")).lower()
    said = {each[-3:] if each.endswith("dev") else each for each in _words(name)}
    stage = _words(reading.plan.target.name)
    # What a plain build ends in ships, whatever was built in it.
    last = not any(each.index > reading.plan.target.index for each in reading.plan.unreached)
    called = stage - _MADE_IN if build.target is None or last else stage
    if not (_REHEARSALS.isdisjoint(called) and (last or _ON_THE_WAY.isdisjoint(stage))):
        return True
    tells = (words := said & _REHEARSALS) and not (
        words <= _MADE_IN and (_serves(reading) or is_shipped_by_another(reading))
    )
    # What is called so may ship under another name, unless others are only built in it.
    if tells and (not _ships_by_name(reading) or _is_only_built_in(reading)):
        return True
    shown = {each.lstrip("._") for each in directories} | directories
    workshops = shown & _WORKSHOPS
    if workshops - _WHERE_SOME_SHIP or any(
        each.startswith(_BY_THEIR_BEGINNING) or (each.endswith(("test", "tests")) and _OF_TESTS.fullmatch(each))
        for each in directories
    ):
        return True
    own = posixpath.basename(posixpath.dirname(own_path(reading))).lower()
    told = workshops or own.endswith(_BY_THEIR_END) or any(each.startswith(_OF_ONE_MACHINE) for each in directories)
    # What others get is theirs, whatever it is called.
    if told and not _is_pushed(reading):
        return True
    heading = _heading(build)
    said_so = any(each in heading.lower() for each in _SAID_SO) and _NOT_FOR_OTHERS.search(heading) is not None
    if said_so or _is_a_trial(reading, heading):
        return True
    image = base_image(reading.chain[0])
    if image is not None and "/" in image.path and posixpath.basename(image.path) in _OF_DEVELOPERS:
        return True
    if image is not None and any(each in image.repository for each in _WORKPLACES):
        return True
    # Whoever has one for production beside it develops with this one, unless it says itself what it is for.
    file = build.dockerfile
    if (
        file is not None
        and _modes(reading).isdisjoint(_PRODUCTION)
        and any(_is_used(reading, file, each) for each in _for_production(file, name))
        and not _is_pushed(reading)
    ):
        return True
    return (
        not _starts(reading)
        or _installs_for_developers(reading)
        or is_run_from_sources(reading)
        or (_is_in_development(reading) and not _is_pushed(reading, anywhere=True))
        # Of a plain Dockerfile such a file is one use of several.
        or (name != "dockerfile" and is_for_developers(reading) and not _is_pushed(reading))
        or _is_run_by_developers(reading)
        or _is_only_run_to_build(reading)
        or (lays_sources(reading) and _runs_sources(reading) and not _is_pushed(reading))
        or (lays_the_context(reading) and (_is_called_for_developers(reading) or _is_only_developed(reading)))
    )


#: What an install is told that brings the packages of developers.
_FOR_DEVELOPERS: Final = lazy(
    r"(?i)(?:^|[\s=/])(?:requirements[/_.-]dev(?:el(?:op(?:ment)?)?)?|dev(?:elopment)?[/_.-]requirements)\.txt(?:\s|$)|"
    r"\s--(?:group|with|extra|only-group)[ =]dev(?:elopment)?(?:\s|$)"
)


def _installs_for_developers(reading: Reading) -> bool:
    """Whether an image has the packages of developers, and another Dockerfile beside it makes one without them."""
    file = reading.scan.build.dockerfile
    texts = (each.text for each in reading.all_commands(reading.shipped) if "dev" in each.text)
    if file is None or not any(_FOR_DEVELOPERS.search(text) for text in texts) or _is_pushed(reading):
        return False
    from .ordering import dockerfiles  # few images have them

    top, own = around(reading.tree)[-1][0], own_path(reading)
    return any(
        posixpath.dirname(path) == posixpath.dirname(own)
        and is_dockerfile(name := posixpath.basename(path))
        and path != own
        and not is_rehearsal(name)
        and _HAS_COMMAND.search(text) is not None
        and _FOR_DEVELOPERS.search(text) is None
        for path, text in dockerfiles(top)
    )


_HAS_COMMAND: Final = lazy(r"(?mi)^(?:CMD|ENTRYPOINT)\s")


def _serves(reading: Reading) -> bool:
    """Whether an image starts a program that others connect to, or that is looked after: it is not there to build."""
    return reading.last("ENTRYPOINT") is not None and any(map(reading.last, ("EXPOSE", "HEALTHCHECK")))


def _ships_by_name(reading: Reading) -> bool:
    """Whether the image of a Dockerfile is given out under a name that says nothing of what the Dockerfile is for by
    its own: the files for it were made by another step of the workflow."""
    from .releasing import published  # only where a Dockerfile is called so

    return any(all(_REHEARSALS.isdisjoint(_words(each)) for each in names) for names in published(reading))


def _is_only_built_in(reading: Reading) -> bool:
    from .basing import is_only_built_in  # only where a Dockerfile is called so

    return is_only_built_in(reading)


def is_shipped_by_another(reading: Reading) -> bool:
    """Whether an image without a command is what another Dockerfile of the project, with one, makes its own of."""
    steps = map(reading.last, ("ENTRYPOINT", "CMD"))
    if any(step is not None and any(step.words) for step in steps):
        return False
    from .basing import is_shipped_by_another  # only where an image has no command

    return is_shipped_by_another(reading)


def _is_pushed(reading: Reading, *, anywhere: bool = False) -> bool:
    from .callers import is_pushed  # only where a Dockerfile does not tell itself

    return is_pushed(reading, anywhere=anywhere)


def _is_baked_away(reading: Reading) -> bool:
    from .callers import is_baked_away  # only where a bake file keeps what it makes

    return is_baked_away(reading)


def _is_a_trial(reading: Reading, heading: str) -> bool:
    """Whether a build is there to see whether it works, as is said above it, or as nobody gets what it makes."""
    if "test" in heading.lower() and _TO_TEST.search(heading):
        return not _is_pushed(reading)
    source = reading.scan.build.source
    if source is None or is_compose(posixpath.basename(source.rpartition(":")[0])):
        return False
    from .callers import is_only_tried  # only where a pipeline builds it

    return is_only_tried(reading)


def _is_only_developed(reading: Reading) -> bool:
    from .callers import is_only_developed  # only where a service lays the sources over the image

    return is_only_developed(reading)


def _is_run_by_developers(reading: Reading) -> bool:
    name = posixpath.basename((reading.scan.build.source or "").rpartition(":")[0])
    if not is_compose(name) or name in USUAL:
        return False
    from .callers import is_run_by_developers  # only where a compose file aside builds it

    return is_run_by_developers(reading)


def _is_only_run_to_build(reading: Reading) -> bool:
    name = posixpath.basename((reading.scan.build.source or "").rpartition(":")[0])
    if not name or name.endswith((".yml", ".yaml")) or reading.last("ENTRYPOINT") is not None:
        return False
    from .needing import is_only_run_to_build  # only where a script builds it

    return is_only_run_to_build(reading)


def _is_of_yesterday(reading: Reading) -> bool:
    if not any(builders(reading)):
        return False
    from .callers import is_of_yesterday  # only where a service builds it

    return is_of_yesterday(reading)


def _for_production(file: Path, name: str) -> Iterable[str]:
    """The names of the Dockerfiles beside one that would be for production."""
    if name != "dockerfile":
        return f"{file.name}.prod", f"{file.name}.production"
    with suppress(OSError):
        names = (each.name for each in file.parent.iterdir() if "prod" in each.name)
        return sorted(each for each in names if _FOR_PRODUCTION.fullmatch(each))
    return ()


#: A script of a manifest that a command runs.
_SCRIPT: Final = lazy(r"(?:npm|yarn|pnpm|bun)\s+(?:run\s+|run-script\s+)?(\w[\w:.-]*)(?:\s+-.*)?\s*")


def _runs_sources(reading: Reading) -> bool:
    """Whether what the image starts, also by scripts, runs a program from its sources."""
    steps = [step for step in map(reading.last, ("ENTRYPOINT", "CMD")) if step is not None]
    lines = [_run_at_last(reading, " ".join(word for step in steps for word in step.words))]
    lines += [line for step in steps for line in _lines_started(reading, step)]
    return any(_SERVES_SOURCES.match(line) or _RUNS_SOURCES.search(line) for line in lines)


#: What sets variables for a command.
_SETS: Final = ("cross-env", "env")
#: So many scripts call one another.
_MOST_SCRIPTS: Final = 3


def _serves_sources_by_a_script(reading: Reading, line: str) -> bool:
    """Whether a line runs a script of `package.json` that says it is for developers."""
    last = _run_at_last(reading, line)
    return _SERVES_SOURCES.match(last) is not None and not _OF_DEVELOPERS.isdisjoint(_words(last))


def _run_at_last(reading: Reading, line: str) -> str:
    """The program that a line starts, also by scripts of `package.json`."""
    for _ in range(_MOST_SCRIPTS):
        # What it is given behind its name is for the script.
        found = _SCRIPT.fullmatch(line) if line.partition(" ")[0] in MANAGERS else None
        path = reading.file_of("package.json") if found is not None else None
        scripts = reading.tree.json(path).get("scripts") if path is not None else None
        script = scripts.get(found[1]) if found is not None and isinstance(scripts, dict) else None
        if not isinstance(script, str):
            break
        # What comes before the program makes it ready.
        words = script.rpartition("&&")[2].split()
        line = " ".join(dropwhile(lambda word: word in _SETS or "=" in word, words))
    return line


def _is_called_for_developers(reading: Reading) -> bool:
    """Whether the script that the image starts is for developers, by its name."""
    step = reading.last("ENTRYPOINT") or reading.last("CMD")
    words = " ".join(step.words).split() if step is not None else []
    script = next((word for word in words if word.endswith((".sh", ".bash")) or "/" in word), "")
    called = not _OF_DEVELOPERS.isdisjoint(_words(posixpath.basename(script)))
    return called and reading.file_of(script) is not None and not _is_pushed(reading)


def _services_serve_sources(reading: Reading) -> bool:
    """Whether an image has no program to start by itself, and each service that builds it lays the sources over it and
    gives it a command that serves them."""
    entry, step = reading.last("ENTRYPOINT"), reading.last("CMD")
    # One word of an array that only a shell would have taken apart is the name of nothing.
    empty = step is None or (step.instruction.json and not {*"".join(step.words[:1])}.isdisjoint(" ="))
    if entry is None or not (entry.instruction.json and empty and is_laid_over_always(reading)):
        return False
    for _, service in builders(reading):
        first = words_of(service.get("entrypoint")) or entry.words
        said = words_of(service.get("command"))
        if not said or _SERVES_SOURCES.match(_run_at_last(reading, " ".join((*first, *said)))) is None:
            return False
    return True


def runs_tests(reading: Reading) -> bool:
    """Whether a service runs the tests of the project in the image."""
    lines = (line.removeprefix("./").removeprefix("bin/") for line in commands_of_services(reading))
    return any(_TESTS.match(line) for line in lines)


def _is_used(reading: Reading, plain: Path, other: str) -> bool:
    """Whether there is another Dockerfile beside a plain one, and the project builds it, or nothing says what it
    builds."""
    if not plain.with_name(other).is_file():
        return False
    from .ordering import ordering_texts  # only where there are two

    texts = [text for tree, _ in around(reading.tree) for text in ordering_texts(tree)]
    return reading.scan.build.source is None or any(other in text for text in texts)


def _heading(build: Build) -> str:
    """The comments above the first instruction of a Dockerfile, as one line."""
    lines = (build.text or b"")[:4096].decode("utf-8", "replace").splitlines()
    above = takewhile(lambda line: line.startswith("#") or not line.strip(), lines)
    return " ".join(line.lstrip("# ").strip() for line in above)


#: Where Django finds its settings, those for what ships by that name: `acme.settings.production`.
_MODULE: Final = "DJANGO_SETTINGS_MODULE"
#: What the variables that frameworks go by are for what ships.
_PRODUCTION: Final = frozenset(("production", "prod"))


def _modes(reading: Reading) -> set[str]:
    """What the variables that frameworks go by are at the end of what is built."""
    steps = reading.shipped
    settings = dict(steps[-1].environment) if steps else {}
    module = settings.get(_MODULE, "").rpartition(".")[2]
    return {settings[name].lower() for name in MODES & settings.keys()} | (_PRODUCTION & {module})


def _is_in_development(reading: Reading) -> bool:
    """Whether the variables that frameworks go by say so, at the end of what is built."""
    modes = _modes(reading)
    if modes or not any(builders(reading)):
        return not modes.isdisjoint(DEVELOPING)
    from .callers import is_set_for_developers  # only where a service builds it

    return is_set_for_developers(reading)


def may_be_for_development(reading: Reading) -> bool:
    """Whether whoever builds the image says whether it is one for developers: a variable is given as such a mode."""
    pairs = (pair for step in reading.shipped if step.keyword == "ENV" for pair in step.instruction.pairs)
    return any(name in MODES and "$" in value for name, value in pairs)


def _starts(reading: Reading) -> bool:
    """Whether the image is there to be started, with something that is no test."""
    steps = [reading.last(keyword) for keyword in ("ENTRYPOINT", "CMD")]
    texts = [" ".join(step.words) for step in steps if step is not None and any(step.words)]
    if texts:
        line = " ".join(texts)
        shell = _SHELL.match(line) if "sh -" in line else None
        line = line[shell.end() :].strip() if shell is not None else line
        # What comes before the program makes it ready.
        program = line.replace("&&", ";").replace("\n", ";").rpartition(";")[2].strip()
        return not (
            _TESTS.match(line)
            or (
                (
                    _SERVES_SOURCES.match(line)
                    or _SERVES_SOURCES.match(program)
                    or _serves_sources_by_a_script(reading, program)
                    or _services_serve_sources(reading)
                )
                and not _is_pushed(reading)
            )
            or _brings_its_program(reading, line)
            or _IDLES.fullmatch(line)
            or (".sh" in line and _PACKAGES.match(line))
            or _script_serves_nobody(reading)
        )
    if _is_only_copied_from(reading):
        return False
    if is_shipped_by_another(reading):
        return True
    image = base_image(reading.chain[0])
    if image is not None and _makes_for_others(image, directories_of(reading.scan.build)):
        return False
    if _is_for_a_shell(reading):
        return False
    # What other images run by themselves is for them to say: a web server, a database.
    return (
        (image is not None and not images.is_plain(image))
        or any(
            not (_TESTS.match(line) or _SERVES_SOURCES.match(line) or _WAITS.search(line))
            for line in (*commands_of_services(reading), *_commands_of_stacks(reading))
        )
        or _is_pushed(reading)
    )


def _is_only_copied_from(reading: Reading) -> bool:
    from .basing import is_only_copied_from  # only where an image has no command

    return is_only_copied_from(reading)


def _commands_of_stacks(reading: Reading) -> Iterable[str]:
    if any(services(reading)):
        return ()  # a compose file says how it is started
    from .stacks import commands_of_stacks  # only where an image has no command

    return commands_of_stacks(reading)


def _is_for_a_shell(reading: Reading) -> bool:
    """Whether a script of developers builds an image without a command, to work or to test in it."""
    script = posixpath.basename((reading.scan.build.source or "").rpartition(":")[0])
    if _BY_DEVELOPERS.isdisjoint(_words(script)) or script.endswith((".yml", ".yaml")):
        return False
    return not _is_pushed(reading)


#: Words in the names of scripts that build an image without a command for whoever runs them.
_BY_DEVELOPERS: Final = frozenset("dev devel develop development shell devshell test tests testing debug".split())
#: What makes wheels for several systems, by its name.
_OF_WHEELS: Final = ("manylinux", "musllinux")
#: Where images without a command are that things are built in, unless they are servers.
_OF_BUILDERS: Final = frozenset("builder buildenv manylinux manywheel musllinux wheel wheels".split())


def _makes_for_others(image: images.Reference, directories: frozenset[str]) -> bool:
    """Whether an image without a command is there to build in, by what it is made from, or by where it lies."""
    if any(word in image.path for word in _OF_WHEELS):
        return True
    if not _OF_BUILDERS.isdisjoint(directories) and "/" in image.path:
        return True
    return images.is_plain(image) and any(each.endswith(("-builder", "_builder")) for each in directories)


def _brings_its_program(reading: Reading, line: str) -> bool:
    """Whether the command of an image fetches packages of a project that the image has nothing of but manifests: a
    shell for its developers, who lay the sources over it."""
    if not fetches_packages(line):
        return False
    from ...builds.fitting import is_written  # only where a command does that

    brought = [step for step in reading.shipped if step.keyword in ("COPY", "ADD")]
    if any(step.origin is not None for step in brought) or any(
        command.name == "git" for command in reading.all_commands(reading.shipped)
    ):
        return False
    return all(is_written(each.text) for step in brought for each in step.sources)


def _script_serves_nobody(reading: Reading) -> bool:
    """Whether the start script of the image serves a program from its sources, or makes packages."""
    step = reading.last("ENTRYPOINT") or reading.last("CMD")
    lines = _lines_started(reading, step) if step is not None else []
    if any(_SERVES.match(line) and not _SERVES_SOURCES.match(line) for line in lines):
        return False  # which of them is for the mode to say
    if any(_SERVES_SOURCES.match(line) or _PACKS.match(line) for line in lines):
        return True
    return any(_TRIES.match(line) for line in lines) and _has_scripts_alone(reading)


def _lines_started(reading: Reading, step: Step) -> list[str]:
    """The lines of the script of the context that an instruction starts, without those above that it does not take."""
    words = " ".join(step.words).split()
    named = (word for word in words if "/" in word or word.endswith(".sh") or "entrypoint" in word)
    found = ((word, path) for word in named if (path := reading.file_of(word)) is not None)
    script, path = next(found, ("", ""))
    text = text_started(reading, step, script, path) if path else ""
    # A loop may begin in the line of what it repeats.
    return [line.rpartition("; do ")[2].strip() for line in text.splitlines()[:_MOST_LINES]]


def _has_scripts_alone(reading: Reading) -> bool:
    """Whether all that an image has of the project are scripts: what these compile or test is mounted."""
    brought = [step for step in reading.shipped if step.keyword in ("COPY", "ADD")]
    paths = [cleaned(each.text) for step in brought for each in step.sources if step.origin is None]
    return all(step.origin is None for step in brought) and all(
        reading.tree.kind(path) == "file" and reading.tree.text(path).startswith("#!") for path in paths
    )


def directories_of(build: Build) -> frozenset[str]:
    """The names of the directories in which the Dockerfile lies, and its context, from the root of the repository."""
    file = build.dockerfile
    places = [build.context, *([file.parent] if file is not None else [])]
    here = os.path.realpath(Path.cwd())
    around = here if Path(os.path.realpath(build.context)).is_relative_to(here) else build.context
    top = Path(repository(build.context) or os.path.realpath(around))
    found: set[str] = set()
    for place in places:
        real = Path(os.path.realpath(place))
        if real.is_relative_to(top):
            found.update(part.lower() for part in real.relative_to(top).parts)
    return frozenset(found)
