"""Which files are worth opening: by name, by kind, and where they lie.

A directory is screened in one go; nothing here reads a file. Directories count by whole components only: `api-testing/`
is not `testing/`.
"""

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import Final, NamedTuple

from ..paths import DOUBLES, ENVIRONMENTS, FIXTURES, LIBRARIES, TESTS
from ..regex import compiled
from . import index
from .index import HEAD, TAIL, SuffixGlob, folders_of, is_in
from .row import SecretRow

#: A file that was not nominated is opened up to this size: configuration and code that people write is smaller.
SMALL: Final = 65536

#: Code of others: whatever keys lie in it, they came with it.
_THIRD_PARTY: Final = (LIBRARIES | ENVIRONMENTS | {"pods", "deps"}) - {
    "venv"
}  # some keep their project in one called so
_THIRD_PARTY_DEEPER: Final = (
    r"/(?:[^/]+\.dist-info|[^/]+\.egg-info|\.m2/repository|\.cargo/registry|\.cargo/git|go/pkg/mod|\.nuget/packages"
    r"|\.yarn/(?:cache|unplugged|releases|plugins|sdks)|vendor/bundle|vendor/composer|vendor/[^/]+/[^/]+|\.gradle/[^/]+)/"
)
#: Every path that the expression fits has one of these in it.
_DEEPER_WORDS: Final = frozenset("dist-info egg-info m2 cargo mod nuget yarn vendor gradle".split())
#: What tools keep for themselves; only a nominated name is looked at there.
_TOOLS: Final = frozenset(
    """
    .git .hg .svn .jj target vendor __pycache__ .mypy_cache .ruff_cache .pytest_cache .hypothesis .next .nuxt
    .svelte-kit .turbo .parcel-cache .angular .terraform .idea .vs .dart_tool coverage .nyc_output
    """.split()
)
_OWN_TESTS: Final = (
    TESTS
    | FIXTURES
    | DOUBLES
    | frozenset(
        """
    test_resources test-resources testcert testcerts testcertificates test_cert test_certs test_certificates
    test-cert test-certs test-certificates test_keys test-keys e2e cypress __snapshots__ suites unittest unittests
    integration_test integration_tests integration-test integration-tests t playwright cassettes
    .snapshots snapshots conformance testing fuzz _fuzz fuzzing corpus corpora bench benchmark benchmarks factories
    _test _tests _testdata _fixtures
    k6 jmeter gatling locust loadtest loadtests load-test load-tests load_test load_tests
    vcr_cassettes wiremock mockserver mountebank pacts molecule recordings __recordings__ replaydata golden goldens
    """.split()
    )
)
#: What is written to be read, also where it is a template or a page.
_DOCUMENTATION: Final = frozenset(
    "docs doc documentation api-docs apidocs api_docs _docs .scribe man manual user_guide user_guide_src website "
    "help".split()
)
#: Shown to be copied, or filled in for a first look: examples, demonstrations, what a new database begins with.
_EXAMPLES: Final = (
    r"/[._]?(?:[a-z0-9]{1,20}[_-]){0,4}(?:examples?|samples?|demos?|tutorials?|cookbooks?|quickstarts?|seeds?|seeders?)"
    r"(?:[_-][a-z0-9]{1,20}){0,4}/"
    # What containerlab has made of a network that somebody tries.
    r"|/clab-[a-z0-9_-]{1,60}/"
)
#: What a new database begins with, in one file.
_SEED: Final = (
    r"\A(?:(?:seeds?|populate(?:_db)?)\.(?:exs?|rb|py|[cm]?[jt]s|sql|php)"
    r"|(?:add|create|generate|insert|load|make|populate)[_-](?:fake|dummy|sample|demo|mock)[_-]\w{1,40}"
    r"\.(?:exs?|rb|py|[cm]?[jt]s|sh|sql|php)"
    r"|[\w.-]{0,60}?(?:seeders?|(?<![a-z])(?:sample|demo|dummy|fake|seed)[_-]?data)(?:[_-]?(?:command|service|job|task))?"
    r"\.(?:exs?|rb|py|[cm]?[jt]s|sql|php|java|kt|cs|go))\Z"
    r"|\A(?:sample|demo|dummy|fake|mock)[_-]?[a-z0-9_-]{0,30}data\.(?:json|ya?ml|csv|xml|sql)\Z"
)
_SEED_WORDS: Final = ("seed", "data", "populate", "fake", "dummy", "sample", "demo", "mock")
_EXAMPLE_WORDS: Final = ("example", "sample", "demo", "tutorial", "cookbook", "quickstart", "seed", "clab-")
_SHOWN_KEY: Final = (
    r"(?:\A|[._-])(?:examples?|samples?|demo|place[_-]?holder|(?:un|in)secure[_-]default)(?:[._-][\w.-]*)?"
    r"\.(?:pem|key|crt|p8|p12|pfx|jks|keystore)\Z"
)
#: What describes an interface, with examples, as its name ends.
_DESCRIBED: Final = ("-swagger", "_swagger", ".swagger", "-openapi", "_openapi", ".openapi")
#: What a program is given that nobody has set up yet.
_SHIPPED: Final = (
    r"defaults?_config\.(?:go|py|rs|ts|js|rb|java)|defaults?\.env"
    r"|defaults\.(?:hjson|json5?|ya?ml|toml|ini|conf|cfg|properties)"
)
_KEY_ENDINGS: Final = (".pem", ".key", ".crt", ".p8", ".p12", ".pfx", ".jks", ".keystore")
#: For the machine of whoever works on the project: nothing in it opens anything elsewhere.
_LOCAL: Final = (
    r"/(?:hack|devenv|\.dev|\.envs/\.(?:local|template|test)|\.devcontainer|\.ddev|\.gitpod|sandbox|playground|local[_-]?dev(?:elopment)?|dev[_-]local|dev[_-]?scripts?"
    r"|(?:local|dev|development)[_-](?:env|environment|setup|stack|cluster|certs?|keys?))/"
    # What a cluster on one's own machine is given.
    r"|/overlays?/(?:[a-z0-9_.-]{0,40}[._-])?(?:local|localhost|minikube|kind|k3d|k3s|microk8s|docker-(?:for-)?desktop"
    r"|docker-for-mac|orbstack|rancher-desktop|colima)(?:[._-][a-z0-9_.-]{0,40})?/"
)
#: Settings of Spring for a machine of one's own.
_LOCAL_SETTINGS: Final = r"(?:application|bootstrap)-local(?:-[a-z0-9_-]{1,30})?\.(?:ya?ml|properties)"
_LOCAL_WORDS: Final = ("hack", "dev", "gitpod", "sandbox", "playground", "local", ".envs", "overlay")
#: `caddytest/`, `httptest/`, `uv-test/`: tests by the end of their name.
_TEST_FOLDER: Final = (
    r"/(?:(?!(?:latest|fastest|greatest|contest|attest|protest|detest|abtesting)/)[a-z]{2,20}test(?:s|ing)?"
    # As bundles are called that bring what tests need.
    r"|[a-z]{2,60}(?:testing|tests?)bundle"
    # By a word among others; what is only said to be for testing may be what a program is for.
    r"|(?:[a-z0-9]{1,20}[_-]){1,4}tests?(?:[_-][a-z0-9]{1,20}){0,4}"
    r"|(?:[a-z0-9]{1,20}[_-]){0,3}(?:unit|integration|functional|acceptance|regression|system|smoke|e2e|end[_-]to[_-]end)"
    r"[_-]testing(?:[_-][a-z0-9]{1,20}){0,3}"
    r"|testing[_-](?:unit|integration|functional|acceptance|regression|e2e)(?:[_-][a-z0-9]{1,20}){0,3}"
    # As .NET has them, a project for each kind.
    r"|(?:[a-z0-9_-]{1,40}\.){1,6}(?:(?:unit|integration|functional|acceptance|e2e)?tests?|[a-z]{0,20}testdata)"
    r"|tests?[_-][a-z0-9][a-z0-9_-]{1,30}|(?:[a-z0-9]{1,20}[_-]){1,3}fixtures"
    r"|(?:manual|load|smoke|stress|perf|acceptance|integration|e2e)[_-]tests?[_-][a-z0-9_-]{1,30}"
    r"|test(?:certs?|keys?|files?|yamls?|utils?|helpers?|assets?|cases?|suites?|libs?|resources?|env|support|apps?|servers?|bed|rig|harness))/"
    r"|/(?:fake|dummy|mock|stub)[ _-][a-z0-9][a-z0-9_-]{1,30}/"
    # At the top only: elsewhere what a program is integrated with is called so.
    r"|\A/(?:integration|unit)/|/acceptance/"
    # As Maven and Gradle have them beside `src/main`.
    r"|/src/(?:it|(?:int|integration|functional)test(?:fixtures)?|testfixtures)/"
    # What a server said to those who certified it.
    r"|/(?:internal|tests?|docs?)/certification/"
)
#: Every path that the expression fits has one of these in it, or begins with what is at the top only.
_TEST_WORDS: Final = ("test", "fixtures", "certification", "fake", "dummy", "mock", "stub", "acceptance", "src/it/")
#: As tests are called in the languages that find them by name; and what only tests are configured by.
_TEST: Final = (
    r"[._-](?:test|tests|spec|specs|e2e|cy|story|stories|mock|mocks|fixture|fixtures|bench|benchmark|benchmarks)\.[a-z]{1,10}\Z|\A(?:test|mock|fake|dummy|e2e(?:tests?)?)[_-].*\.[a-z]{1,4}\Z"
    # What is given to a chart, a stack or a program where CI tries it.
    r"|\A(?:docker-)?compose[._-](?:ci|cypress|playwright|testing|integration)[\w.-]{0,20}\.ya?ml\Z"
    r"|[._-]fixtures?\.tar(?:\.\w{2,3})?\Z"
    r"|\A(?:tests?|mocks?|fake|dummy)[_-]?data\.[a-z]{1,5}\Z"
    r"|\Atest(?!if|im)[a-z0-9]{3,30}\.(?:sh|bash|sql|ps1|bat|cmd)\Z"
    # Keys that are made to be seen say so.
    r"|[._-](?:test|tests|testing|dummy|fake|mock)[._-][\w.-]{0,40}\.(?:pem|key|crt|p8|p12|pfx|jks|keystore|ppk)\Z"
    r"|\A(?:tests?|insecure)[_-](?:[a-z0-9_-]{1,30}[_-])?(?:key|rsa|ed25519|ecdsa|dsa)(?:\.ppk)?\Z"
    r"|\Atest(?:key|cert|ca|server|client)\d{0,2}\.(?:pem|key|crt|p8|p12|pfx|jks|keystore|ppk)\Z"
    r"|\A(?:pruebas?|testes?|essais?)(?:[_-][\w.-]{1,40})?\.(?:pem|key|crt|p8|p12|pfx|jks|keystore|ppk)\Z"
    r"|\A[a-z]{2,16}\d{1,2}test\.(?:pem|key|crt|p8|p12|pfx|jks|keystore|ppk)\Z"
    r"|\A(?:tests?|spec|conftest|fixtures?|mocks?|stubs?)\.[a-z]{1,4}\Z(?<!env)|\A\.env\.(?:(?:unit|integration|functional|feature|e2e)-)?(?:tests?|testing|mock|e2e|ci|travis|integration)(?:\.|(?:-(?:ci|local|docker|unit|e2e))?\Z)|\A(?:ci|testing)\.env\Z|\Aphpunit\.|\.t\Z|\Atox\.ini\Z"
    r"|\Atest\.secret\.exs(?:\.txt)?\Z"
    r"|\A(?:factory\.exs?|factories\.(?:exs?|rb|py|[jt]sx?|php))\Z"
)
_TEST_CLASS: Final = (
    r"[a-z0-9](?:Tests?(?:Utils?|Helpers?|Data|Keys?|Certs?|Constants?|Base|Support|Fixtures?)?|TestCase|Spec|IT|Mocks?|Fixtures?"
    r"|Stubs?)\.[a-z]{1,6}\Z|\A(?:Mock|Fake|Stub)[A-Z]\w{1,60}\.[a-z]{1,6}\Z"
)
_LOCALES: Final = frozenset(
    "locale locales i18n l10n lang langs language languages translation translations intl".split()
)
#: As Android has them, and Compose on other systems.
_ANDROID: Final = r"/(?:compose)?res(?:ources)?/values-(?!v\d|night|land|port|sw\d|w\d|h\d)[a-z0-9+-]{2,20}/"
#: As Java's resource bundles are called, in the languages that programs speak.
_BUNDLE: Final = (
    r"_(?:ar|be|bg|bn|bs|ca|cs|cy|da|de|el|en|eo|es|et|eu|fa|fi|fr|ga|gl|he|hi|hr|hu|hy|id|in|is|it|iw|ja|ka|kk|ko|lt|lv|mk"
    r"|mr|ms|nb|nl|nn|no|pl|pt|ro|ru|sk|sl|sq|sr|sv|ta|te|th|tr|uk|ur|uz|vi|zh)(?:_[a-z]{2,4})?\.properties\Z"
    r"|\.resx\Z|\.strings\Z|\.xlf\Z|\.xliff\Z|\.arb\Z|\.ftl\Z|\Amessages\.properties\Z"
)
_BUNDLE_ENDINGS: Final = (".properties", ".resx", ".strings", ".xlf", ".xliff", ".arb", ".ftl")

#: Written to be copied and filled in: by how the name ends, or by a word in it.
_TEMPLATE_ENDINGS: Final = frozenset(
    "example examples sample template tmpl tpl dist dst default defaults schema j2 erb jinja jinja2 gotmpl "
    "mustache".split()
)
_TEMPLATE: Final = (
    r"(?:\A|[._-])(?:examples?|samples?|template|tmpl|tpl)(?:[._-]\w{1,12}){1,2}\Z"
    r"|\A(?:example|sample)[._-][\w.-]{1,60}\.(?:ya?ml|json|toml|ini|conf|cfg|properties|env)\Z|\.dist\.\w{1,8}\Z"
    r"|\A\w{0,20}[._-]?(?:example|sample|template|dist)\.env\Z|\A\.?env[_-](?:example|sample|template|dist)\Z"
    # Says what may stand in a file, with examples.
    r"|\.schema\.(?:json|ya?ml)\Z"
)
#: What other scanners look for, and what they pass over.
_RULES: Final = (
    *("gitleaks.toml", ".gitleaks", "betterleaks.toml", ".betterleaks", ".secrets.baseline", ".secretlintrc"),
    *(".trufflehog", "trufflehog.y", "trufflehog-", "kingfisher.y", ".trivyignore", ".ggshield", ".gitguardian"),
)
#: Long and random by nature, or written by a tool for itself: by how the name ends, or the whole name.
_LEFT_ALONE_ENDINGS: Final = frozenset("lock lockb map svg sum snap po pot mo tsbuildinfo pbxproj drawio".split())
_LEFT_ALONE: Final = frozenset(
    """
    package-lock.json npm-shrinkwrap.json pnpm-lock.yaml packages.lock.json project.assets.json checksums.txt
    sha256sums sha512sums .secrets.baseline .gitleaks.toml .gitleaksignore .trivyignore ca-bundle.crt cacert.pem
    ca-certificates.crt
    """.split()
)
_LEFT_ALONE_STARTS: Final = ("swagger", "openapi", ".secretlintrc")
_LEFT_ALONE_ENDS: Final = (".min.js", ".min.css", ".min.mjs", "-min.js", "-min.css")
#: Never text.
_NEVER_TEXT: Final = frozenset(
    """
    png jpg jpeg gif webp bmp ico tif tiff psd avif heic mp3 mp4 m4a mkv mov avi webm wav ogg flac woff woff2 ttf otf
    eot zip gz tgz bz2 xz zst 7z rar tar jar war ear whl egg apk aab ipa dmg iso img deb rpm so dylib dll exe bin o a
    lib obj class pyc pyo pyd wasm pdf doc docx xls xlsx ppt pptx odt ods odp pkl npy npz h5 onnx pt pth ckpt
    safetensors gguf parquet avro orc feather db sqlite sqlite3 pack idx rlib rmeta node swf blend fbx glb dat
    """.split()
)


#: Archives that can be looked into, as their names end.
ARCHIVES: Final = frozenset(
    "zip tar tgz gz bz2 tbz2 xz txz zst tzst jar war ear whl egg nupkg apk aab ipa vsix xpi crx".split()
)
_ARCHIVE_ENDS: Final = tuple(f".{end}" for end in sorted(ARCHIVES))


class Surroundings(NamedTuple):
    """What a directory says about all files in and below it; `inside` are the globs that count in it."""

    third_party: bool
    tools: bool
    own_tests: bool
    documentation: bool
    examples: bool
    local: bool
    locales: bool
    inside: tuple[SuffixGlob, ...]


@lru_cache(4096)
def surroundings(folder: str) -> Surroundings:
    """The place that a directory is, by its path with a slash at the end (``""``: the context)."""
    low = folder.lower()
    parts = low.split("/")
    told = index.words(low)
    deeper = not _DEEPER_WORDS.isdisjoint(told) and compiled(_THIRD_PARTY_DEEPER).search(f"/{low}") is not None
    return Surroundings(
        deeper or not _THIRD_PARTY.isdisjoint(parts),
        not _TOOLS.isdisjoint(parts),
        not _OWN_TESTS.isdisjoint(parts)
        or (
            (any(word in low for word in _TEST_WORDS) or low.startswith(("integration/", "unit/")))
            and _is_for_tests(folder)
        ),
        not _DOCUMENTATION.isdisjoint(parts),
        any(word in low for word in _EXAMPLE_WORDS) and compiled(_EXAMPLES).search(f"/{low}") is not None,
        any(word in low for word in _LOCAL_WORDS) and compiled(_LOCAL).search(f"/{low}") is not None,
        not _LOCALES.isdisjoint(parts) or ("values-" in low and compiled(_ANDROID).search(f"/{low}") is not None),
        folders_of(low),
    )


def _is_for_tests(folder: str) -> bool:
    """Whether a directory is called as those of tests are, its words parted by signs or by capitals."""
    low = folder.lower()
    if compiled(_TEST_FOLDER).search(f"/{low}"):
        return True
    return low != folder and bool(
        compiled(_TEST_FOLDER).search(f"/{compiled(r'(?<=[a-z0-9])(?=[A-Z])').sub('-', folder).lower()}")
    )


def place_of(path: str, *, named: bool = False) -> Surroundings:
    """What the directories of a file and its own name say about it. `named`: an instruction takes it by its name, so
    they excuse nothing."""
    low = path.lower()
    cut = low.rfind("/") + 1
    here = surroundings(path[:cut])
    if named:
        return here._replace(
            third_party=False,
            tools=False,
            own_tests=False,
            documentation=False,
            examples=False,
            local=False,
            locales=is_translated(low[cut:]),
        )
    if not here.own_tests and (is_test(path[cut:]) or is_chart_trial(low)):
        here = here._replace(own_tests=True)
    elif not here.own_tests and low.endswith(_COPIED) and is_test(path[cut : path.rfind(".")]):
        here = here._replace(own_tests=True)  # to be copied, and for tests when it is
    if low.endswith((".yaml", ".yml", ".json")) and (
        "openapi/" in low or "swagger/" in low or low.endswith(_DESCRIBED, 0, low.rfind("."))
    ):
        here = here._replace(documentation=True)
    if low.startswith(("defaults.", "default.env", "default_config.", "defaults_config."), cut) and compiled(
        _SHIPPED
    ).fullmatch(low[cut:]):
        here = here._replace(examples=True)
    if low.startswith(_RULES, cut):
        here = here._replace(documentation=True)
    if "-local" in low[cut:] and compiled(_LOCAL_SETTINGS).fullmatch(low[cut:]):
        here = here._replace(local=True)
    shown = not here.examples and low.endswith(_KEY_ENDINGS) and compiled(_SHOWN_KEY).search(low[cut:])
    if shown or (any(each in low[cut:] for each in _SEED_WORDS) and compiled(_SEED).search(low[cut:])):
        here = here._replace(examples=True)
    if not here.locales and is_translated(low[cut:]):
        here = here._replace(locales=True)
    return here


def screen(names: Sequence[str], above: str) -> list[str]:
    """Which of the names in one directory nominate their files; `above` is its path (``""``: the context).

    A name costs two look-ups, whatever the table holds; only what they find is looked at more closely.
    """
    exact, tails, vague, heads, _ = index.index()
    if above and not _telling().isdisjoint(index.words(above.lower())):
        here = surroundings(above + "/")
        if here.third_party:
            return []
        if here.inside:
            return [name for name in names if is_nominated(name, above)]
    text = "".join(names)
    folded = names if text == text.lower() else [name.lower() for name in names]
    found = {
        low
        for low in folded
        if (
            (tail := low[-TAIL:]) in tails
            and (low.endswith(tails[tail].ends) or (tail in vague and is_in(tails[tail], low)))
        )
        or (low[:HEAD] in heads and is_in(heads[low[:HEAD]], low))
    }
    if not exact.keys().isdisjoint(folded):
        path = above and above + "/"
        found.update(low for low in exact.keys() & set(folded) if rows_of(path + low))
    if not found:
        return []
    return [name for name, low in zip(names, folded, strict=True) if low in found and not is_template(low)]


@cache
def _telling() -> frozenset[str]:
    """A directory of others, or one where any name will do, has one of these words in its path."""
    words = {word for name in _THIRD_PARTY for word in index.words(name)} - {""}
    return frozenset(words | _DEEPER_WORDS | index.index().folders.keys())


def is_nominated(name: str, above: str) -> bool:
    """Whether one name in the directory `above` is in the table, and no template."""
    path = f"{above}/{name}" if above else name
    return not is_template(name.lower()) and bool(rows_of(path))


def rows_of(path: str) -> tuple[SecretRow, ...]:
    """The rows for a path, in the order of the table."""
    return index.rows_of(path.lower(), surroundings(path[: path.rfind("/") + 1]).inside)


def readable(path: str, size: int) -> bool:
    """Whether a file that was not nominated is worth opening all the same: small, text by its name, written here."""
    cut = path.rfind("/") + 1
    return 0 < size <= SMALL and bool(worth_opening([path[cut:]], path[:cut]))


def worth_opening(names: Iterable[str], folder: str) -> list[str]:
    """Those among the names of files in one directory that are text and written here, as far as names tell; `folder`
    is its path with a slash at the end (``""``: the context)."""
    return [name for name in names if not _is_no_text(name.lower())] if is_own(folder) else []


def archives_among(names: Sequence[str], folder: str) -> list[str]:
    """Those among the names of files in one directory that end as archives do; `folder` as for `worth_opening`."""
    found = [name for name in names if name.endswith(_ARCHIVE_ENDS)]
    return found if found and is_own(folder) else []


def is_archive(name: str) -> bool:
    """Whether a name ends as those of archives do that can be looked into."""
    return name.lower().endswith(_ARCHIVE_ENDS)


def is_own(folder: str) -> bool:
    """Whether what lies in a directory and below it was written here: not by a package manager, nor by a tool."""
    here = surroundings(folder)
    return not here.third_party and not here.tools


def third_party(path: str) -> bool:
    """Whether a path lies in a tree of dependencies: these are weighed as a whole and not looked into."""
    return surroundings(path[: path.rfind("/") + 1]).third_party


def own_tests(path: str) -> bool:
    """Whether a path lies among the project's own tests, where keys are made to be seen, or is called as a test is."""
    return place_of(path).own_tests


#: How templates end, behind the name that a copy has.
_COPIED: Final = (".example", ".sample", ".template", ".dist")
#: One of these is in the name of every test.
_TEST_NAMES: Final = (
    "t",
    "spec",
    "mock",
    "fake",
    "dummy",
    "stub",
    "fixture",
    "compose",
    "cy.",
    "e2e",
    ".env.",
    "ci.env",
    "insecure",
    "prueba",
    "essai",
    "bench",
)


def is_test(name: str) -> bool:
    """Whether a file of this name is a test, or what tests are configured by."""
    low = name.lower()
    return any(word in low for word in _TEST_NAMES) and (
        compiled(_TEST).search(low) is not None or compiled(_TEST_CLASS).search(name) is not None
    )


def is_chart_trial(path: str) -> bool:
    """Whether a path in lower case is of the values that the test of a chart is given: these lie in its `ci/`."""
    if not path.endswith((".yaml", ".yml")):
        return False
    folder, _, name = path.rpartition("/")
    return f"/{folder}".endswith("/ci") and "values" in name


def is_translated(name: str) -> bool:
    """Whether a file of this name, in lower case, holds what a program says in one language."""
    return name.endswith(_BUNDLE_ENDINGS) and compiled(_BUNDLE).search(name) is not None


def is_script(folder: str, name: str) -> bool:
    """Whether a file is made of command lines: a script, what makes or checks something; folder and name in lower
    case."""
    return (
        name[name.rfind(".") + 1 :] in _SCRIPT_ENDINGS
        or name in _SCRIPTS
        or name.startswith(_SCRIPT_STARTS)
        or (name.endswith((".yml", ".yaml")) and folder.endswith((".github/workflows/", ".circleci/", ".woodpecker/")))
    )


_SCRIPT_ENDINGS: Final = frozenset("sh bash zsh ksh fish bat cmd ps1 psm1 mk command txt log http rest".split())
_SCRIPTS: Final = frozenset(
    """
    makefile gnumakefile justfile jenkinsfile vagrantfile procfile package.json .gitlab-ci.yml .travis.yml .drone.yml
    bitbucket-pipelines.yml azure-pipelines.yml appveyor.yml cloudbuild.yaml buildspec.yml taskfile.yml rakefile crontab
    """.split()
)
_SCRIPT_STARTS: Final = ("makefile.", "jenkinsfile.", ".gitlab-ci")


def original(path: str) -> str:
    """What a file is a left-over of, by its path in lower case: `.env.bak` is judged as an `.env`. The path itself, if
    it is of nothing."""
    cut = path.rfind("/") + 1
    name = path[cut:]
    if name.startswith("#") and name.endswith("#") and len(name) > 2:
        return path[:cut] + name[1:-1]
    if not name.endswith(_LEFT_OVER_ENDS):
        return path
    return path[:cut] + compiled(_LEFT_OVER).sub("", name)


#: How editors, tools and people call what they leave behind.
_LEFT_OVER: Final = r"(?<=.)(?:\.(?:orig|bak|save|old|rej|backup|copy|prev|[1-9])|~|[_-](?:backup|copy|old|bak))\Z"
_LEFT_OVER_ENDS: Final = (
    *(".orig", ".rej", ".save", ".prev", "bak", "old", "backup", "copy", "~"),
    *(f".{number}" for number in range(1, 10)),
)


def is_template(name: str) -> bool:
    """Whether a file of this name, in lower case, is there to be copied and filled in: it holds no secrets, unless
    somebody pasted one."""
    if name[name.rfind(".") + 1 :] in _TEMPLATE_ENDINGS:
        return True
    # Every word of the pattern has one of these in it.
    telling = "mpl" in name or "tpl" in name or "dist" in name or ".schema." in name
    return telling and compiled(_TEMPLATE).search(name) is not None


def _is_no_text(name: str) -> bool:
    return name[name.rfind(".") + 1 :] in _NEVER_TEXT or is_left_alone(name)


def is_left_alone(name: str) -> bool:
    """Whether everything in a file of this name, in lower case, looks random by nature."""
    return (
        name[name.rfind(".") + 1 :] in _LEFT_ALONE_ENDINGS
        or name in _LEFT_ALONE
        or name.startswith(_LEFT_ALONE_STARTS)
        or name.endswith(_LEFT_ALONE_ENDS)
    )
