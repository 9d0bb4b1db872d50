"""Base images: what a reference pins, and what is known of families without asking a registry.

Beside the others of the package; tables and plain text, nothing of a scan. What no row knows is not guessed.
"""

import re
from typing import Final, NamedTuple

from ..regex import lazy
from .references import familiar
from .words import WordProblem


class Reference(NamedTuple):
    """`repository` is the shortest name, `tag` and `digest` as given, empty where there is none."""

    repository: str
    tag: str
    digest: str

    @property
    def path(self) -> str:
        """The repository without the host in front, if there is one: mirrors keep the rest of a name."""
        host, slash, rest = self.repository.partition("/")
        return rest if slash and (set(host) & {".", ":"} or host == "localhost") else self.repository


def reference(name: str) -> Reference | None:
    """The parts of what FROM names; None: it cannot be an image."""
    name, _, digest = name.partition("@")
    head, colon, tag = name.rpartition(":")
    if not colon or "/" in tag:
        head, tag = name, ""
    try:
        return Reference(familiar(head), tag, digest)
    except WordProblem:
        return None


# --- pinned ---------------------------------------------------------------------------------------------------------

#: Families whose first number alone spans releases that are not compatible, or that are one another's successors.
_BY_MINOR: Final = frozenset("alpine elixir perl php python ruby".split())
#: What distributions call their releases: as good as a number. `sid` is none: it is where the next ones are made.
_CODE_NAMES: Final = frozenset(
    "buzz rex bo hamm slink potato woody sarge etch lenny squeeze wheezy jessie stretch buster bullseye bookworm "
    "trixie forky hardy lucid precise trusty utopic vivid wily xenial yakkety zesty artful bionic cosmic disco "
    "eoan focal groovy hirsute impish jammy kinetic lunar mantic noble oracular plucky questing resolute".split()
)
#: What Node.js calls its releases with long support.
_LINES_OF_NODE: Final = frozenset("argon boron carbon dubnium erbium fermium gallium hydrogen iron jod krypton".split())
#: These publish under moving tags only: the release is in the name of the repository, or only a digest tells it.
_BY_REPOSITORY: Final = lazy(r"distroless/.*debian\d+$")
MOVING_ONLY: Final = ("distroless/", "chainguard/")


#: Whose major versions are not compatible with each other, and cannot read what the last one has written.
_BY_MAJOR: Final = frozenset(
    "node golang python ruby php openjdk eclipse-temurin rust perl elixir erlang swift denoland/deno oven/bun postgres "
    "mysql mariadb mongo".split()
)


#: Distributions that have no releases, or whose releases have none until they are done.
_ROLLING: Final = frozenset(
    "archlinux arch tumbleweed kali-rolling kali-bleeding-edge stage3 portage voidlinux void-linux void-glibc "
    "void-glibc-full void-musl void-musl-full manjarolinux blackarch cachyos chimera artixlinux solus".split()
)
_NEXT: Final = {
    "debian": ("sid", "unstable", "testing", "experimental"), "fedora": ("rawhide",), "alpine": ("edge",),
    "ubuntu": ("devel",),
}  # fmt: skip


def is_rolling(image: Reference) -> bool:
    """Whether an image is of a distribution that changes by the day: no version tells one state of it."""
    if any(map(str.isdigit, image.tag)):
        return False  # a day is one
    first = re.split(r"[-_.]", image.tag)[0]
    return first in _NEXT.get(plain_name(image), ()) or not _ROLLING.isdisjoint(image.path.split("/"))


#: A distribution with the number of its release, and what is in each of these.
_SYSTEM: Final = lazy(
    r"(?:^|(?<=-))(?:(?:alpine|debian|ubuntu)-?|ubi|oraclelinux|amazonlinux|fedora|"
    r"(?:nanoserver|windowsservercore)-(?:ltsc)?)[\d.]+"
)
_SYSTEMS: Final = ("alpine3", "alpine-", "debian", "ubi", "ubuntu", "linux", "fedora", "server")


def floating(image: Reference) -> str | None:
    """How far the same reference may lead tomorrow: to `any` image, another `release` or `minor`, or to the next state
    of what is `rolling`; None: to fixes."""
    if image.digest or _BY_REPOSITORY.fullmatch(image.path):
        return None
    if is_rolling(image):
        return "rolling"
    if image.path.startswith(MOVING_ONLY):
        return "release" if image.tag in ("", "latest") else None
    if image.tag in ("", "latest"):
        # With the major version in its name, as Red Hat does it.
        return "minor" if re.search(r"[a-z]\d+(?:/|$)", image.path) else "any"
    # The system below a language says nothing of the version of that, by a code name or a number.
    ours = image.path in _BY_MAJOR or image.tag.startswith("latest-")
    system = ours and any(each in image.tag for each in _SYSTEMS)
    words = re.split(r"[-_.]", _SYSTEM.sub("", image.tag) if system else image.tag)
    told = (_LINES_OF_NODE if image.path == "node" else frozenset()) if ours else _CODE_NAMES
    if not any(re.search(r"\d", word) for word in words) and told.isdisjoint(words):
        return "any" if ours and "lts" not in words else "release"
    if image.repository in _BY_MINOR and re.match(r"v?\d+(?:-|$)", image.tag):
        return "minor"
    return None


class Archived(NamedTuple):
    """A release whose packages are no longer where its images look for them: the programs that do, the host, the
    `archive` where they are now, and what has them look there, if something is known to. `living` are the releases of
    the runtime in the image that are also built on a system which gets updates, as far as that is known."""

    programs: tuple[str, ...]
    host: str
    archive: str
    remedy: str = ""
    living: tuple[str, ...] = ()


#: Stretch and what came before it: the last of the keys in their images has expired in May 2025, and apt takes nothing
#: from the archive that is signed with it. https://github.com/mlocati/docker-php-extension-installer/issues/1097
_OF_DEBIAN: Final = Archived(("apt-get", "apt"), "deb.debian.org", "archive.debian.org")
_OF_BUSTER: Final = _OF_DEBIAN._replace(
    remedy="sed -i -E 's/(deb|security).debian.org/archive.debian.org/' /etc/apt/sources.list"
)
_OF_UBUNTU: Final = Archived(
    ("apt-get", "apt"),
    "archive.ubuntu.com",
    "old-releases.ubuntu.com",
    "sed -i -E 's/(archive|security).ubuntu.com/old-releases.ubuntu.com/' /etc/apt/sources.list",
)
_OF_CENTOS: Final = Archived(
    ("yum", "dnf"),
    "mirrorlist.centos.org",
    "vault.centos.org",
    "sed -i 's/^mirrorlist/#&/; s|^#baseurl=http://mirror|baseurl=http://vault|' /etc/yum.repos.d/CentOS-*",
)
#: Releases that are gone, by what they are called, and by the numbers of images that are made of them. Buster was moved
#: in July 2025.
_GONE: Final = lazy(r"(?:.*-)?(squeeze|wheezy|jessie|stretch|buster)(?:-.*)?")
_BY_NAME: Final = {"buster": _OF_BUSTER}
_GONE_BY_NUMBER: Final = (
    ("debian", lazy(r"10(?:\.\d+)*(?:-slim)?"), _OF_BUSTER),
    ("debian", lazy(r"[6-9](?:\.\d+)*(?:-slim)?"), _OF_DEBIAN),
    ("node", lazy(r"(?:\d|1[0-4])(?:\.\d+)*(?:-slim)?"), _OF_DEBIAN),
    ("python", lazy(r"(?:2\.7|3\.[0-5])(?:\.\d+)*(?:-slim)?"), _OF_DEBIAN),
    ("php", lazy(r"(?:5\.\d|7\.[0-2])(?:\.\d+)*(?:-(?:cli|fpm|apache|zts))?"), _OF_DEBIAN),
    ("golang", lazy(r"1\.(?:\d|1[0-4])(?:\.\d+)*"), _OF_DEBIAN),
    # Fixes that no image was made of any more when Bullseye came, in August 2021.
    (
        "php",
        lazy(r"(?:7\.3\.(?:1[3-9]|2[0-8])|7\.4\.(?:1?\d|2[01])|8\.0\.[0-8])(?:-(?:cli|fpm|apache|zts))?"),
        _OF_BUSTER,
    ),
    ("php", lazy(r"7\.3\.(?:\d|1[0-2])(?:-(?:cli|fpm|apache|zts))?"), _OF_DEBIAN),
    ("python", lazy(r"3\.(?:6\.1[0-3]|7\.(?:[5-9]|10)|8\.(?:\d|10)|9\.[0-5])(?:-slim)?"), _OF_BUSTER),
    ("python", lazy(r"3\.(?:6\.\d|7\.[0-4])(?:-slim)?"), _OF_DEBIAN),
    ("golang", lazy(r"1\.(?:15\.(?:\d|1[0-4])|16\.[1-6])"), _OF_BUSTER),
    ("ruby", lazy(r"2\.(?:6\.[5-7]|7\.[0-3])(?:-slim)?|3\.0\.[01](?:-slim)?"), _OF_BUSTER),
    ("ruby", lazy(r"2\.6\.[0-4](?:-slim)?"), _OF_DEBIAN),
    ("ruby", lazy(r"2\.[0-5](?:\.\d+)*(?:-slim)?"), _OF_DEBIAN),
    ("ubuntu", lazy(r"1[78]\.10|19\.\d+|2[0-3]\.10|2[13]\.04"), _OF_UBUNTU),
    ("ubuntu", lazy(r"artful|cosmic|disco|eoan|groovy|hirsute|impish|kinetic|lunar|mantic"), _OF_UBUNTU),
    ("centos", lazy(r"(?:latest|(?:centos)?[5-8](?:\.[\d.]+)?)?"), _OF_CENTOS),
)


#: The releases of a runtime whose images are also built on Bullseye or on what came after it.
_LIVING: Final = {
    "node": tuple(map(str, range(12, 27))),
    "php": tuple("7.3 7.4 8.0 8.1 8.2 8.3 8.4 8.5".split()),
    "python": tuple(f"3.{minor}" for minor in range(6, 16)),
    "ruby": tuple("2.6 2.7 3.0 3.1 3.2 3.3 3.4 4.0".split()),
}


def archived(image: Reference) -> Archived | None:
    """How an image looks for packages that are gone; None: they are there, or it is not known."""
    name = plain_name(image)
    found = _GONE.fullmatch(image.tag) if name in _LIBRARY else None
    how = _BY_NAME.get(found[1], _OF_DEBIAN) if found is not None else None
    how = how or next((how for each, tag, how in _GONE_BY_NUMBER if each == name and tag.fullmatch(image.tag)), None)
    return how._replace(living=_LIVING.get(name, ())) if how is not None else None


#: Images of the library that get no updates any more, and what has taken their place. Source: their pages on the hub.
_RETIRED: Final = {
    "adoptopenjdk": "eclipse-temurin", "consul": "hashicorp/consul", "django": "python", "iojs": "node",
    "java": "eclipse-temurin", "jenkins": "jenkins/jenkins", "openjdk": "eclipse-temurin", "piwik": "matomo",
    "rails": "ruby", "vault": "hashicorp/vault",
}  # fmt: skip


def successor(image: Reference) -> str | None:
    """The image that has taken the place of one of the library which gets no updates any more; None: it does, or that
    is not known."""
    return _RETIRED.get(plain_name(image)) if "-ea" not in image.tag else None


#: Directories of all systems, and those that images bring besides.
_EVERYWHERE: Final = frozenset(
    "/etc /home /media /mnt /opt /root /srv /tmp /usr/local /usr/local/bin /var/lib /var/log".split()
)
_INITDB: Final = ("/docker-entrypoint-initdb.d",)
_DIRECTORIES: Final = {
    "postgres": _INITDB, "mysql": _INITDB, "mariadb": _INITDB, "mongo": _INITDB,
    "nginx": ("/etc/nginx/conf.d", "/usr/share/nginx/html"), "httpd": ("/usr/local/apache2/htdocs",),
    "node": ("/home/node",),
}  # fmt: skip


def has_directory(image: Reference, path: str) -> bool:
    """Whether it is known that an image has a directory."""
    name = plain_name(image)
    return path in _DIRECTORIES.get(name, ()) or (
        brings_no_project(image) and name != "busybox" and path in _EVERYWHERE
    )


#: Images in the library of the hub, whose names have no slash: any other such name is one that somebody built.
_LIBRARY: Final = frozenset(
    "adminer adoptopenjdk aerospike almalinux alpine alt amazoncorretto amazonlinux api-firewall arangodb archlinux "
    "backdrop bash "
    "bonita buildpack-deps busybox bun caddy cassandra centos chronograf cirros clearlinux clefos clickhouse clojure "
    "composer convertigo couchbase couchdb crate dart debian docker drupal eclipse-mosquitto eclipse-temurin eggdrop "
    "elasticsearch elixir emqx erlang express-gateway fedora flink fluentd friendica gazebo gcc geonetwork ghost "
    "golang gradle groovy haproxy haskell haxe hello-world hitch httpd hylang ibm-semeru-runtimes ibmjava influxdb "
    "iojs irssi java jenkins jetty jobber joomla jruby julia kapacitor kibana kong krakend liquibase logstash mageia "
    "mariadb "
    "matomo maven mediawiki memcached mongo mongo-express monica mono mysql nats nats-streaming neo4j neurodebian "
    "nextcloud nginx node notary odoo open-liberty openjdk oraclelinux orientdb percona perl phalconphp photon php "
    "php-zendserver phpmyadmin plone postfixadmin postgres postgrest pypy python r-base rabbitmq rakudo-star rapidoid "
    "redis redmine registry rethinkdb rocket.chat rockylinux ros ruby rust sapmachine scratch silverpeas sl solr "
    "sonarqube spark spiped storm swift swipl teamspeak telegraf thrift tomcat tomee traefik ubuntu unit valkey "
    "varnish vault consul websphere-liberty wordpress xwiki yourls znc zookeeper".split()
)
#: A registry of the machine itself.
_OWN_REGISTRY: Final = lazy(r"(?:localhost|127\.0\.0\.1)(?::\d+)?/")


def is_local(image: Reference) -> bool:
    """Whether a name can only mean an image that was built on the machine."""
    if _OWN_REGISTRY.match(image.repository):
        return True
    return "/" not in image.repository and image.repository not in _LIBRARY


#: The names of the library that are on everybody's fingers, and what people write for some of them.
_COMMON: Final = frozenset(
    "almalinux alpine amazoncorretto amazonlinux busybox caddy centos composer debian docker eclipse-temurin "
    "elasticsearch elixir fedora golang gradle haproxy httpd influxdb jenkins kibana logstash mariadb maven memcached "
    "mongo mysql nginx node openjdk perl php postgres python rabbitmq redis rockylinux ruby rust tomcat traefik ubuntu "
    "wordpress".split()
)
_SAID_FOR: Final = {
    "nodejs": "node", "python3": "python", "postgresql": "postgres", "mongodb": "mongo", "apache": "httpd",
    "apache2": "httpd", "temurin": "eclipse-temurin", "archlinuxarm": "archlinux",
}  # fmt: skip


def meant(image: Reference) -> str | None:
    """The image of the library that a name is a slip of the fingers for; None: it may well be one that somebody built.

    Two letters in each other's place, or one too many, too few or wrong; of short names the first alone, since `base`
    is not `bash`.
    """
    name = image.repository
    if not is_local(image) or "/" in name or image.digest:
        return None
    return _SAID_FOR.get(name) or next((each for each in sorted(_COMMON) if _slips(name, each)), None)


def _slips(name: str, other: str) -> bool:
    longer, shorter = sorted((name, other), key=len, reverse=True)
    first = next((at for at, (a, b) in enumerate(zip(longer, shorter, strict=False)) if a != b), len(shorter))
    if len(longer) == len(shorter):
        if (
            longer[first + 2 :] == shorter[first + 2 :]
            and longer[first : first + 2] == shorter[first : first + 2][::-1]
        ):
            return len(other) > 3
        return len(other) > 5 and name[first].isalpha() and longer[first + 1 :] == shorter[first + 1 :]
    if len(longer) - len(shorter) > 1 or len(other) < 5 or longer[first + 1 :] != shorter[first:]:
        return False
    # More of one kind, or the release of it, is a name as good as any.
    more = first == len(shorter) and longer[first] == "s" and longer[first - 1] != "s"
    return name is shorter or (longer[first].isalpha() and not more)


# --- slimmer --------------------------------------------------------------------------------------------------------


class Slimmer(NamedTuple):
    """A smaller image: its name, what the full one carries, and whether that is a toolchain, which nothing that is
    built needs any more."""

    name: str
    why: str
    sdk: bool


class Family(NamedTuple):
    """Images of a `repository` that have a smaller relative; with a slash in it, on any host.

    `full` matches their tags, `slim` is what to write (a template for `re.Match.expand`; a name of its own if it has a
    colon), `why` is what the full one carries.
    """

    repository: str
    full: re.Pattern[str]
    slim: str
    why: str


def _family(repository: str, full: str, slim: str, why: str) -> Family:
    return Family(repository, lazy(full), slim, why)


_VERSION: Final = r"(\d[\w.]*|lts|current|latest|)"
_DEBIAN: Final = r"(bullseye|bookworm|trixie)"
_COMPILERS: Final = "compilers, headers and version control"
_SDK: Final = "a compiler and its toolchain, which nothing needs once the program is built"
#: A Debian that has the C library such programs are linked with.
_RUNTIME: Final = "debian:bookworm-slim"
FAMILIES: Final = (
    _family("node", _VERSION, r"\1-slim", _COMPILERS),
    _family("node", rf"{_VERSION}-{_DEBIAN}", r"\1-\2-slim", _COMPILERS),
    _family("python", r"(\d[\w.]*|latest|)", r"\1-slim", _COMPILERS),
    _family("python", rf"(\d[\w.]*)-{_DEBIAN}", r"\1-slim-\2", _COMPILERS),
    _family("ruby", r"(\d[\w.]*|latest|)", r"\1-slim", _COMPILERS),
    _family("ruby", rf"(\d[\w.]*)-{_DEBIAN}", r"\1-slim-\2", _COMPILERS),
    _family("perl", r"(\d[\w.]*|latest|)", r"\1-slim", _COMPILERS),
    _family("perl", rf"(\d[\w.]*)-{_DEBIAN}", r"\1-slim-\2", _COMPILERS),
    _family("debian", rf"(\d[\d.]*|{_DEBIAN}|stable)", r"\1-slim", "manual pages and locales"),
    _family("golang", r".*", _RUNTIME, _SDK),
    _family("rust", r".*", _RUNTIME, _SDK),
    _family("openjdk", r"(8|11|17|21)(?:-jdk)?(?:-.*)?", r"eclipse-temurin:\1-jre", _SDK),
    _family("eclipse-temurin", r"(\d[\w.]*)(?:-jdk)?(-alpine|-noble|-jammy|)", r"\1-jre\2", _SDK),
    _family("maven", r".*(?:temurin|corretto|jdk)-(8|11|17|21|25)\b.*", r"eclipse-temurin:\1-jre", _SDK),
    _family("gradle", r".*jdk(8|11|17|21|25)\b.*", r"eclipse-temurin:\1-jre", _SDK),
    _family("dotnet/sdk", r"(\d+\.0(?:-[a-z].*)?)", r"dotnet/aspnet:\1", _SDK),
)


def slimmer(image: Reference) -> Slimmer | None:
    """A smaller image of the same family; None: none is known."""
    for family in FAMILIES:
        hosted = "/" in family.repository
        name = image.path if hosted else image.repository
        found = family.full.fullmatch(image.tag) if family.repository == name else None
        if found is not None:
            slim = found.expand(family.slim).removeprefix("latest-").removeprefix("-")
            host = image.repository.removesuffix(image.path) if hosted else ""
            name = host + slim if "/" in slim or ":" in slim else f"{image.repository}:{slim}"
            return Slimmer(name, family.why, family.why == _SDK)
    return None


# --- who runs -------------------------------------------------------------------------------------------------------

#: Images that are known to start as root and to stay it: what they run is what the Dockerfile says.
_STARTS_AS_ROOT: Final = frozenset(
    "adoptopenjdk alpine almalinux amazoncorretto amazonlinux buildpack-deps busybox bun oven/bun centos debian "
    "denoland/deno "
    "eclipse-temurin elixir erlang fedora golang gradle haskell iojs java "
    "maven node openjdk oraclelinux perl python pypy "
    "rockylinux ruby rust swift ubuntu julia clojure dart tomcat archlinux r-base sapmachine ibm-semeru-runtimes "
    "crystallang/crystal hexpm/elixir hexpm/erlang nvidia/cuda pytorch/pytorch continuumio/miniconda3 "
    "continuumio/anaconda3 condaforge/miniforge3 astral-sh/uv lukemathwalker/cargo-chef rocker/r-ver "
    "azul/zulu-openjdk azul/zulu-openjdk-alpine azul/zulu-openjdk-debian bellsoft/liberica-openjdk-alpine "
    "bellsoft/liberica-openjdk-debian bellsoft/liberica-openjre-alpine bellsoft/liberica-openjre-debian "
    "bellsoft/liberica-runtime-container opensuse/leap opensuse/tumbleweed openjdk/jdk graalvm/jdk "
    "graalvm/jdk-community graalvm/native-image graalvm/native-image-community microsoft/dotnet microsoft/aspnetcore "
    "microsoft/aspnetcore-build mcr.microsoft.com/playwright playwright/python playwright/java playwright/dotnet "
    "sbtscala/scala-sbt hseeberger/scala-sbt tensorflow/tensorflow nikolaik/python-nodejs "
    "tiangolo/uvicorn-gunicorn tiangolo/uvicorn-gunicorn-fastapi".split()
)
#: Those of Red Hat that are a distribution and nothing else: those of a language have a user of their own.
_RED_HAT: Final = lazy(r"(?:redhat/)?ubi(?:[789]|10)?(?:[-/](?:ubi-)?(?:ubi|minimal|micro|init|base))?")
#: Where registries keep the library of the hub.
_MIRRORED: Final = lazy(r"(?:docker/|docker-hub/|dockerhub/|proxy/)?library/")
_ARCHITECTURES: Final = frozenset("amd64 arm32v5 arm32v6 arm32v7 arm64v8 i386 mips64le ppc64le riscv64 s390x".split())
#: Images of languages that run a shell or a prompt unless told otherwise, although they have users of their own.
_PROMPTS: Final = frozenset("composer crystallang/crystal nixos/nix alpine/git".split())
_DOTNET: Final = frozenset(
    f"dotnet/{core}{each}" for core in ("", "core/") for each in ("aspnet", "runtime", "runtime-deps", "sdk")
)


def starts_as_root(image: Reference) -> bool:
    """Whether a container of this image is root unless USER says otherwise, as far as that is known."""
    if image.path.startswith("distroless/"):
        return "nonroot" not in image.tag
    if "chiseled" in image.tag or "nonroot" in image.tag or "rootless" in image.tag:
        return False
    name = plain_name(image)
    if name == "php":
        return "fpm" not in image.tag and "apache" not in image.tag  # their workers are www-data
    return name in _STARTS_AS_ROOT or image.path in _DOTNET or _is_red_hat(image)


def _is_red_hat(image: Reference) -> bool:
    return "ubi" in image.path and _RED_HAT.fullmatch(image.path) is not None


def plain_name(image: Reference) -> str:
    """What an image is called in the library of the hub, wherever it comes from, and for which processor."""
    library = _MIRRORED.match(image.path) if "library/" in image.path else None
    if library is not None:
        return image.path[library.end() :]
    host, slash, name = image.repository.partition("/")
    # Of another registry a name with an owner tells as much; one without may be anybody's.
    return name if host in _ARCHITECTURES else image.path if slash and "/" in image.path else image.repository


#: Users that images run their own command as; of those with a slash at its end all that are below it.
_OWN_USERS: Final = {
    "apache/airflow": "airflow", "apache/superset": "superset", "bitnami/": "1001", "elasticsearch": "1000",
    "fluent/fluentd": "fluent", "fluentd": "fluent", "grafana/grafana": "grafana", "grafana/grafana-oss": "grafana",
    "grafana/loki": "10001", "haproxy": "haproxy", "jenkins/jenkins": "jenkins", "jenkins/agent": "jenkins",
    "jenkins/inbound-agent": "jenkins", "keycloak/keycloak": "1000", "kibana": "1000",
    "logstash": "1000", "mambaorg/micromamba": "$MAMBA_USER", "memcached": "memcache", "n8nio/n8n": "node",
    "nginxinc/nginx-unprivileged": "101", "nodered/node-red": "node-red", "prom/": "nobody", "selenium/": "1200",
    "solr": "solr", "sonarqube": "sonarqube", "varnish": "varnish",
}  # fmt: skip


#: Notebooks that are run as somebody; other images of the same owner run as root.
_NOTEBOOKS: Final = lazy(r"jupyter/(?:[\w-]+-notebook|docker-stacks-foundation)")


def own_user(image: Reference) -> str | None:
    """The user as whom an image runs its command, where that is not root; None: it is, or nobody knows."""
    if "jupyter" in image.path and _NOTEBOOKS.fullmatch(image.path):
        return "$NB_UID"
    return _OWN_USERS.get(image.path) or _OWN_USERS.get(image.path.partition("/")[0] + "/")


#: Of these the images that have had that user in all of their versions: others began as root.
_NEVER_ROOT: Final = (
    "apache/airflow", "apache/superset", "jenkins/", "mambaorg/micromamba", "nginxinc/nginx-unprivileged",
)  # fmt: skip


def builds_as(image: Reference) -> str | None:
    """The user as whom a RUN above an image runs, where that is known not to be root."""
    user = own_user(image)
    return user if image.path.startswith(_NEVER_ROOT) or user == "$NB_UID" else None


#: Releases of Node with npm 6 or older, which passes over `--omit`.
_WITHOUT_OMIT: Final = lazy(r"(?:[0-9]|1[0-4]|argon|boron|carbon|dubnium|erbium|fermium)(?:[.-].*)?")


def omits(image: Reference, command: str) -> str:
    """A command that installs what is locked, or leaves out what is for development, as the npm of an image takes
    it."""
    if plain_name(image) != "node":
        return command
    if "--omit=dev" in command and _WITHOUT_OMIT.fullmatch(image.tag):
        command = command.replace("--omit=dev", "--only=production")
    if "npm ci" in command and image.tag.startswith(_EARLY) and _WITHOUT_CI.fullmatch(image.tag):
        command = command.replace("npm ci --only=production", "npm install --only=production")
        if "npm ci" in command:
            return f"{command} (FROM node:8.12, 10.3 or newer, whose npm has it)"
    return command


#: Releases of Node whose npm is older than 5.7, which brought `npm ci`, and how their tags begin.
_WITHOUT_CI: Final = lazy(r"(?:[0-79]|8\.(?:[0-9]|1[01])|10\.[0-2]|argon|boron)(?:[.-].*)?")
_EARLY: Final = ("0", "4", "5", "6", "7", "8", "9", "10", "argon", "boron")


#: Releases of Ubuntu before 18.04.
_OLD_UBUNTU: Final = lazy(
    r"(?:[0-9]|1[0-7])\..*|(?:lucid|precise|trusty|utopic|vivid|wily|xenial|yakkety|zesty|artful).*"
)


#: The names of what adds a repository of packages, and brings their lists up to date in some images.
ADDS_REPOSITORY: Final = frozenset(("add-apt-repository", "apt-add-repository"))


def updates_with_repository(image: Reference) -> bool:
    """Whether `add-apt-repository` of an image brings the lists of packages up to date by itself."""
    return plain_name(image) == "ubuntu" and "$" not in image.tag and not _OLD_UBUNTU.fullmatch(image.tag)


def is_plain(image: Reference) -> bool:
    """Whether a container of this image only starts a shell or the prompt of a language unless it is told more."""
    name = plain_name(image)
    if name == "php":
        return "fpm" not in image.tag and "apache" not in image.tag
    if name == "tomcat":
        return False
    known = name in _STARTS_AS_ROOT or name in _PROMPTS or image.path in _DOTNET or _is_red_hat(image)
    return known or image.path.startswith("distroless/")


def ready_user(image: Reference) -> str | None:
    """The user that an image has ready for this."""
    if image.repository in ("node", "oven/bun", "denoland/deno"):
        return image.repository.rpartition("/")[2]
    if image.repository.startswith("mcr.microsoft.com/playwright"):
        return "pwuser"
    if image.path.startswith("dotnet/") and re.match(r"[89]\.|[1-9]\d", image.tag):
        return "$APP_UID"
    return None


#: Users that images bring beside those of their system, and the number of each and of its group, where all versions
#: have the same.
_BROUGHT: Final = {
    "bun": ("bun", "1000"), "gradle": ("gradle", "1000"), "nginx": ("nginx", ""),
    "nginxinc/nginx-unprivileged": ("nginx", ""), "node": ("node", "1000"), "oven/bun": ("bun", "1000"),
    "ubuntu": ("ubuntu", "1000"),
}  # fmt: skip
_UBUNTU_WITH_USER: Final = lazy(r"2[4-9]\.|noble|oracular|plucky|questing")


def brought_user(image: Reference) -> tuple[str, str] | None:
    """The user that an image makes itself, whose group is called the same, and the number of both, or ""."""
    name = plain_name(image)
    if name == "ubuntu" and not _UBUNTU_WITH_USER.match(image.tag):
        return None
    return None if "distroless" in image.tag else _BROUGHT.get(name)


#: Images of the library with a language or a system alone; of these the ones that set a WORKDIR.
_PROJECTLESS: Final = frozenset(
    "alpine amazonlinux archlinux bun busybox debian eclipse-temurin fedora golang gradle maven node openjdk perl php "
    "python ruby rust ubuntu".split()
)
_SETTLED: Final = frozenset("bun golang gradle php".split())


def brings_no_project(image: Reference) -> bool:
    """Whether an image has nothing that is like the files of a project."""
    return plain_name(image) in _PROJECTLESS


#: Systems of the family of Red Hat alone, with the users of that.
_SYSTEMS_OF_RED_HAT: Final = frozenset(
    "almalinux centos oraclelinux rockylinux azurelinux/base/core cbl-mariner/base/core".split()
)


def is_of_red_hat(image: Reference) -> bool:
    """Whether an image is a system of that family, and nothing besides."""
    return plain_name(image) in _SYSTEMS_OF_RED_HAT


def serves_files(image: Reference) -> bool:
    """Whether an image is that of a web server alone, with the users of its system and its own."""
    return plain_name(image) in ("nginx", "httpd", "nginxinc/nginx-unprivileged")


def starts_docker(image: Reference) -> bool:
    """Whether an image is there to start Docker's own server in, which only root may."""
    return plain_name(image) == "docker" and "dind" in image.tag and "rootless" not in image.tag


def works_in_root(image: Reference) -> bool:
    """Whether commands run in `/` where no WORKDIR says otherwise."""
    return plain_name(image) in _PROJECTLESS - _SETTLED


def is_alpine(image: Reference) -> bool:
    """Whether an image is built on Alpine, by its name or its tag."""
    return re.search(r"\balpine", f"{image.path}:{image.tag}") is not None


#: Images of the library with variants on Alpine and on Debian, and what the smaller of the latter are called.
_ON_BOTH: Final = {"golang": "", "node": "slim", "php": "", "python": "slim", "ruby": "slim", "rust": ""}
_ON_DEBIAN: Final = lazy(rf"(\d[\w.]*|lts|latest|)(-(?:cli|fpm|zts))?(?:-(?:slim|{_DEBIAN[1:-1]}))*|slim")
_ON_ALPINE: Final = lazy(r"(?:(\d[\w.]*|lts|)(-(?:cli|fpm|zts))?-)?alpine[\d.]*")


def on_the_other(image: Reference) -> str | None:
    """The same image on Alpine where it is on Debian, and the reverse; None: there is none, or it is not known."""
    small = _ON_BOTH.get(plain_name(image))
    found = (_ON_ALPINE if is_alpine(image) else _ON_DEBIAN).fullmatch(image.tag) if small is not None else None
    if found is None or image.digest:
        return None
    flavour = small if is_alpine(image) else "alpine"
    words = ((found[1] or "").replace("latest", ""), (found[2] or "")[1:], flavour)
    tag = "-".join(filter(None, words))
    return f"{image.repository}:{tag}" if tag else image.repository


#: Images of the library whose variants on Alpine have BusyBox alone, and those whose slim ones have neither program.
_WITH_BUSYBOX: Final = frozenset("alpine golang node python ruby".split())
_SLIM: Final = frozenset("node python ruby".split())
#: Of those on Alpine the ones without curl, by how their tags begin: Caddy has it since January 2026 (2.10 as it was
#: built then), Redis 8 while it is made, PHP and nginx always. Source: the Dockerfiles that they are built from, such
#: as github.com/caddyserver/caddy-docker, adoptium/containers and docker-library/postgres.
_WITHOUT_CURL: Final = {
    **dict.fromkeys((*_WITH_BUSYBOX, *"eclipse-temurin haproxy httpd memcached postgres rust".split()), ("",)),
    "caddy": tuple(f"2.{minor}{end}" for minor in range(10) for end in ".-"),
    "redis": tuple("34567"),
}
#: Images by Chainguard that are sure to have nothing besides what somebody adds.
_EMPTY: Final = ("chainguard/static", "chainguard/glibc-dynamic")


def lacks(image: Reference, program: str) -> bool:
    """Whether it is known that an image comes without `curl`, `wget` or `bash`."""
    name = plain_name(image)
    if is_alpine(image):
        tags = _WITHOUT_CURL.get(name, ()) if program == "curl" else ()
        return image.tag.startswith(tags) or (program == "bash" and name in _WITH_BUSYBOX)
    if program not in ("curl", "wget"):
        return False
    if name in ("debian", "ubuntu") or image.path in ("dotnet/aspnet", "dotnet/runtime"):
        return True
    if image.path.startswith("chainguard/"):
        return image.path in _EMPTY and "dev" not in image.tag
    return (is_bare(image) and "debug" not in image.tag) or (name in _SLIM and "slim" in image.tag)


#: Images of Debian 13 or what comes after it, by their tags: `adduser` is no part of that any more. Those with a
#: compiler may have it by way of another package. Source: docker-library/official-images, nginx/docker-nginx#1003.
_WITHOUT_ADDUSER: Final = {
    "debian": lazy(r"(?:|latest|(?:stable|testing|unstable|sid|forky|trixie|13(?:\.\d+)?)(?:-slim)?)"),
    "python": lazy(
        r"(?:(?:3(?:\.1[0-5])?|3\.14\.\d+|3\.13\.(?:[89]|\d\d)|3\.12\.(?:1[2-9]|\d{3})|3\.11\.1[4-9]|3\.10\.(?:19|2\d))-)?slim|"
        r"(?:[\d.]+-)?slim-trixie"
    ),
    "ruby": lazy(r"(?:[\d.]+-)?slim-trixie"),
    "nginx": lazy(r"(?:|latest|mainline|1\.29|1\.29\.[1-9])(?:-perl)?|(?:[\w.]+-)?trixie(?:-perl)?"),
}


def has_no_adduser(image: Reference) -> bool:
    """Whether it is known that an image comes without `adduser` and `addgroup`."""
    tags = _WITHOUT_ADDUSER.get(plain_name(image)) if not image.digest else None
    return tags is not None and tags.fullmatch(image.tag) is not None


#: Words in the names and tags of images of systems on which `sh` is bash, and of those on which it is dash.
_OF_BASH: Final = frozenset(
    "centos fedora rhel ubi rocky rockylinux alma almalinux oracle oraclelinux ol amazon amazonlinux amazoncorretto "
    "corretto opensuse suse sles leap tumbleweed archlinux azurelinux mariner manylinux".split()
)
_OF_DASH: Final = frozenset(
    "debian ubuntu stretch buster bullseye bookworm trixie xenial bionic focal jammy noble".split()
)
_OLD_JDK: Final = tuple("6 7 8 9 10 11".split())


def shell_of(image: Reference) -> str:
    """Which program `sh` is in an image: `ash`, `bash` or `dash`; empty: that is not known."""
    name = plain_name(image)
    words = {*"".join(each if each.isalpha() else " " for each in f"{image.path} {image.tag}").split()}
    if name == "busybox" or is_alpine(image):
        return "ash"
    if words & _OF_DASH:
        return "dash"
    if words & _OF_BASH or name == "mysql":
        return "bash"
    if name == "openjdk" and "slim" not in words and not image.tag.startswith(_OLD_JDK):
        return "bash"
    # What the library has is made of Debian or Ubuntu.
    return "dash" if "/" not in name or name in _STARTS_AS_ROOT or image.path in _DOTNET else ""


#: Scripts that images bring along to start what they are for, and that stay root.
_SCRIPTS: Final = {
    "tomcat": ("catalina.sh",), "tomee": ("catalina.sh",), "node": ("docker-entrypoint.sh",),
    "eclipse-temurin": ("__cacert_entrypoint.sh",), "maven": ("mvn-entrypoint.sh",), "php": ("docker-php-entrypoint",),
}  # fmt: skip


def brings_script(image: Reference, name: str) -> bool:
    """Whether a script of this name is the image's own, and stays root."""
    return name in _SCRIPTS.get(plain_name(image), ())


def has_compiler_of_c(image: Reference) -> bool:
    """Whether an image of Go brings a compiler of C."""
    return plain_name(image) == "golang" and not re.search(r"alpine|nanoserver|windows", image.tag)


def has_no_useradd(image: Reference) -> bool:
    """Whether an image comes without the programs that make users: BusyBox, and small ones of the family of Red
    Hat."""
    name = plain_name(image)
    if name == "busybox" or name.endswith("/base/core"):
        return True
    small = "minimal" in image.path or "micro" in image.path or re.search(r"minimal|slim|micro", image.tag) is not None
    if name in ("amazonlinux", "amazoncorretto") or ("corretto" in image.tag and name != "gradle"):
        return not any(word in image.tag for word in ("alpine", "debian"))
    known = name in ("rockylinux", "almalinux", "oraclelinux", "fedora") or _is_red_hat(image)
    return known and small


def is_bare(image: Reference) -> bool:
    """Whether there is no shell, nor any program to probe with."""
    return image.path.startswith(MOVING_ONLY) or "chiseled" in image.tag


def is_windows(base: str) -> bool:
    """Whether an image is one of Windows, by its name."""
    return any(word in base for word in ("windows", "nanoserver", "servercore"))
