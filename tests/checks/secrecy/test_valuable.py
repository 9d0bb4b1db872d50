"""What is advised about a secret in a file: something that the reader can follow without breaking the build."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support import projects
from support.command import told
from support.trees import TESTDATA

from ctxscan import scan
from ctxscan.checks.secrecy.valuable import way_out
from ctxscan.git.index import Tracked
from ctxscan.opinions import review

sys.path.append(str(TESTDATA / "secrets"))
from made import Made

OUT, MOUNT, EITHER = "take the value out of", "RUN --mount=type=secret instead", "or exclude it if nothing reads it"


@pytest.mark.parametrize(
    ("path", "named", "words"),
    [
        ("app/models/user.rb", False, OUT),
        ("lib/shop/factory.ex", False, OUT),
        ("server/api/films.ts", False, OUT),
        ("package.json", False, OUT),
        ("src/settings.json", False, EITHER),
        ("src/main/resources/application.yml", False, OUT),
        ("api/appsettings.Production.json", False, EITHER),
        ("config/secrets.yml", False, EITHER),
        ("backend/plugins.json", False, EITHER),
        (".env", False, "exclude .env"),
        ("certs/server.key", False, "exclude certs/server.key"),
        ("spec/models/user_spec.rb", False, "exclude spec/models/user_spec.rb"),
        ("docker-compose.yml", False, "exclude docker-compose.yml"),
        (".github/workflows/release.yml", False, "exclude .github/workflows/release.yml"),
        (".env", True, MOUNT),
        ("conf/supervisord.conf", True, "excluding it would break the build"),
        ("app/main.py", True, OUT),
    ],
)
def test_what_is_advised(path: str, named: bool, words: str) -> None:
    """Source loses the value, a file that is there for secrets leaves, of the rest the reader decides."""
    said = way_out(path, named=named, tracked=Tracked([path.encode()]))
    assert words in said
    assert ("exclude " in said) is not (words in (OUT, MOUNT) or "break" in said)


@pytest.mark.parametrize(("path", "words"), [("db/init.sql", EITHER), ("prometheus.yml", "exclude prometheus.yml")])
def test_what_is_advised_without_git(path: str, words: str) -> None:
    """Nobody tells whether the project has written it: what people write may be read by something."""
    assert words in way_out(path, named=False, tracked=Tracked(None))


def test_source_is_not_to_be_excluded(tmp_path: Path) -> None:
    """The finding of a whole project says so, and a file that git does not track may go."""
    value = "".join(("vQ8mTz", "47xKpLw", "9sRb2c"))
    files = {"app/pay.py": f'API_KEY = "{value}"\n', "local.ini": f"api_key = {value}\n"}
    projects.write(tmp_path, {"Dockerfile": "FROM scratch\nCOPY . /\n", ".gitignore": "local.ini\n", **files})
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    subprocess.run(["git", "-C", str(tmp_path), "add", "."], check=True)
    found = {
        each.path: each.remedy or "" for each in review(scan(tmp_path)).findings or () if each.code == "secret-file"
    }
    assert found["app/pay.py"].startswith(OUT)
    assert found.get("local.ini", "exclude local.ini") == "exclude local.ini"


#: What follows the COPY of `certs/own.key`, and whether the container alone reads it.
AFTER = {
    "nothing": ("COPY certs/own.key /etc/tls/\n", True),
    "its owner": (
        "COPY certs/own.key /etc/tls/own.key\nRUN chown a /etc/tls/own.key && chmod 600 /etc/tls/own.key\n",
        True,
    ),
    "an install": ("COPY certs/own.key /etc/tls/\nRUN apt-get install -y nginx\n", True),
    "a command that reads it": ("COPY certs/own.key /etc/tls/\nRUN ssh -i /etc/tls/own.key git@a.example\n", False),
    "a script": ("COPY certs/own.key run.sh /etc/tls/\nRUN sh /etc/tls/run.sh own.key\n", False),
}


@pytest.mark.parametrize("case", AFTER)
def test_what_the_container_alone_reads_is_mounted_there(tmp_path: Path, case: str) -> None:
    """A mount for a step of the build would leave the program without it."""
    text, alone = AFTER[case]
    files = {"certs/own.key": Made(5).pem("PRIVATE KEY"), "run.sh": "true\n"}
    projects.write(tmp_path, {"Dockerfile": f"FROM debian:12\n{text}", **files})
    (found,) = [each for each in review(scan(tmp_path)).findings or () if each.code == "secret-file"]
    assert ("mount it at /etc/tls/own.key in the container" in (found.remedy or "")) is alone
    assert (MOUNT in (found.remedy or "")) is not alone


@pytest.mark.parametrize(("more", "alone"), [("", True), ("RUN npm run build\n", False)])
def test_settings_are_given_to_the_container(tmp_path: Path, more: str, alone: bool) -> None:
    """A step may read them unasked."""
    value = "".join(("vQ8mTz", "47xKpLw", "9sRb2c"))
    projects.write(tmp_path, {"Dockerfile": f"FROM node:22\nCOPY .env /app/\n{more}", ".env": f"API_TOKEN={value}\n"})
    (found,) = [each for each in review(scan(tmp_path)).findings or () if each.code == "secret-file"]
    assert ("docker run --env-file" in (found.remedy or "")) is alone


#: A source beside a key that git does not track, and whether its program opens it.
OPENED = {
    "a path": ("app.py", "key = open('conf/own.pem').read()\n", True),
    "another path": ("app.py", "key = open('lib/own.pem').read()\n", False),
    "a test": ("app_test.go", 'key := read("conf/own.pem")\n', False),
    "a remark": ("app.py", "# open('conf/own.pem')\n", False),
}


@pytest.mark.parametrize("case", OPENED)
def test_what_a_program_opens_is_mounted(tmp_path: Path, case: str) -> None:
    """Without its key it ends: no rule is proven, and the way out says how it gets the file."""
    name, text, opened = OPENED[case]
    key = Made(5).pem("PRIVATE KEY")
    projects.write(tmp_path, {"Dockerfile": "FROM python\nCOPY . /app\n", ".gitignore": "*.pem\n", name: text})
    projects.write(tmp_path, {"conf/own.pem": key, "conf/a.ini": "a = 1\n"})
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    subprocess.run(["git", "-C", str(tmp_path), "add", "."], check=True)
    made = review(scan(tmp_path))
    (found,) = [each for each in made.findings or () if each.code == "secret-file"]
    mounted = f", and mount it instead: it is named ({name}:1)" if opened else ""
    assert found.remedy == f"exclude conf/own.pem{mounted}"
    (rule,) = [each for each in made.proposals if "pem" in each.pattern]
    assert rule.applied is not opened


GIVEN = ", and give its values to the container (docker run --env-file, env_file in Compose): "
JULIA = "using DotEnv\nDotEnv.load!()\n"
FATAL = "package main\n\nfunc main() {\n\terr := godotenv.Load()\n\tif err != nil {\n\t\tlog.Fatal(err)\n\t}\n}\n"
COMPOSE = "services:\n  a:\n    build: .\n    environment:\n      - API_TOKEN\n"
#: A source beside a `.env`, whether git tracks that, what else is there, how the way out goes on, and whether a rule
#: for it is proven.
LOADED = {
    "a key": ("a.jl", JULIA + 'const key = ENV["API_TOKEN"]\n', True, {}, f"{GIVEN}the program needs API_TOKEN from it (a.jl:3)", False),
    "a key of python": ("a.py", "load_dotenv()\nKEY = os.environ['API_TOKEN']\n", True, {}, f"{GIVEN}the program needs API_TOKEN from it (a.py:2)", False),
    "a file": ("a.go", FATAL, True, {}, ", and mount it instead: the program ends without it (a.go:4)", False),
    "a file that is of this machine": ("a.go", FATAL, False, {}, ", and mount it instead: the program ends without it (a.go:4)", True),
    "a key that a pipeline has from elsewhere": ("a.jl", JULIA + 'const key = ENV["API_TOKEN"]\n', False, {}, f"{GIVEN}a.jl:2 loads it", True),
    "a key that a service is given": ("a.jl", JULIA + 'key = ENV["API_TOKEN"]\n', True, {"compose.yaml": COMPOSE}, f"{GIVEN}a.jl:2 loads it", True),
    "a default": ("a.jl", JULIA + 'key = get(ENV, "API_TOKEN", "")\n', True, {}, f"{GIVEN}a.jl:2 loads it", True),
    "a key that is set": ("a.jl", JULIA + 'ENV["API_TOKEN"] = "x"\n', True, {}, f"{GIVEN}a.jl:2 loads it", True),
    "another key": ("a.py", "load_dotenv()\nos.environ['OTHER']\n", True, {}, f"{GIVEN}a.py:1 loads it", True),
    "a key that is looked for": ("a.py", "load_dotenv()\nif 'API_TOKEN' in os.environ:\n    x = os.environ['API_TOKEN']\n", True, {}, f"{GIVEN}a.py:1 loads it", True),
    "a file that is looked for": ("a.go", FATAL.replace("\terr :=", '\tif os.Getenv("CI") != "" {\n\t\treturn\n\t}\n\terr :='), True, {}, f"{GIVEN}a.go:7 loads it", True),
    "a test": ("tests/a.py", "load_dotenv()\nos.environ['API_TOKEN']\n", True, {}, "", True),
    "nobody": ("a.py", "os.environ['API_TOKEN']\n", True, {}, "", True),
}  # fmt: skip


@pytest.mark.parametrize("case", LOADED)
def test_settings_that_a_program_loads_are_given_to_the_container(tmp_path: Path, case: str) -> None:
    """Most programs start without; a rule is not written by itself where that ends what comes with the project."""
    name, text, tracked, more, way, goes = LOADED[case]
    value = "".join(("vQ8mTz", "47xKpLw", "9sRb2c"))
    files = {"Dockerfile": "FROM a\nCOPY . /app\n", ".dockerignore": "x\n", name: text, **more}
    projects.write(tmp_path, {**files, ".env": f"API_TOKEN={value}\n", ".gitignore": "" if tracked else ".env\n"})
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    subprocess.run(["git", "-C", str(tmp_path), "add", "."], check=True)
    made = review(scan(tmp_path))
    (found,) = [each for each in made.findings or () if each.code == "secret-file"]
    replaced = "; replace the value as well: it stays in the Git history" * tracked
    assert found.remedy == f"exclude .env{way}{replaced}"
    (rule,) = [each for each in made.proposals if each.pattern == "/.env"]
    assert rule.applied is goes


INDEX = "<?php\nrequire_once dirname(__DIR__).'/vendor/autoload_runtime.php';\n"


@pytest.mark.parametrize(
    ("package", "more", "way"),
    [
        (
            "symfony/dotenv",
            {},
            "take the value out of app/.env (configuration at run time, or RUN --mount=type=secret)",
        ),
        ("symfony/dotenv", {"app/.env.dist": ""}, "exclude app/.env"),
        ("acme/web", {}, "exclude app/.env"),
    ],
)
def test_symfony_does_not_start_without_its_settings(
    package: str, more: dict[str, str], way: str, tmp_path: Path
) -> None:
    """As its `bootEnv` ends where there is no `.env`, whatever the container is given: the file stays."""
    value = "".join(("vQ8mTz", "47xKpLw", "9sRb2c"))
    files = {"app/composer.json": f'{{"require": {{"{package}": "^7"}}}}', "app/public/index.php": INDEX, **more}
    files |= {"Dockerfile": "FROM php:8.4\nCOPY app /app\n", "app/.env": f"API_TOKEN={value}\n"}
    projects.write(tmp_path, files)
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    subprocess.run(["git", "-C", str(tmp_path), "add", "."], check=True)
    made = review(scan(tmp_path))
    (found,) = [each for each in made.findings or () if each.code == "secret-file"]
    assert (found.remedy or "").startswith(way)
    if way.startswith("take"):
        assert "excluding it would break the build: Symfony ends without it (app/public/index.php:2)" in found.remedy
        assert not [each for each in made.proposals if each.applied and each.pattern.endswith(".env")]


TAKEN = "take the value out of .env.seed.small (configuration at run time, or RUN --mount=type=secret): "
MOUNTED = "exclude .env.seed.small, and mount it instead: the program may load it (a{}:1)"
#: A source beside a `.env.seed.small`, whether git tracks that, and the way out.
NAMED = {
    "ruby": ("a.rb", 'Dotenv.load!(".env.seed.#{type}")\n', True, f"{TAKEN}the program ends without it (a.rb:1)"),
    "ruby that goes on": ("a.rb", 'Dotenv.load(".env.seed.#{type}")\n', True, MOUNTED.format(".rb")),
    "node": ("a.js", "config({ path: `.env.${kind}` })\n", True, MOUNTED.format(".js")),
    "python": ("a.py", "load_dotenv(f'conf/.env.seed.{kind}')\n", True, MOUNTED.format(".py")),
    "no variable": ("a.py", "print('.env.seed.{kind}')\n", True, "exclude .env.seed.small"),
    "another name": ("a.rb", 'Dotenv.load!(".env.test.#{type}")\n', True, "exclude .env.seed.small"),
    "a file of this machine": ("a.rb", 'Dotenv.load!(".env.seed.#{type}")\n', False, "exclude .env.seed.small"),
}


@pytest.mark.parametrize("case", NAMED)
def test_a_file_whose_name_a_program_makes(tmp_path: Path, case: str) -> None:
    """A variable in a name stands for any of the files that it fits, which come with the project."""
    name, text, tracked, way = NAMED[case]
    value = "".join(("vQ8mTz", "47xKpLw", "9sRb2c"))
    files = {
        "Dockerfile": "FROM a\nCOPY . /app\n",
        ".dockerignore": "x\n",
        name: text,
        ".env.seed.small": f"API_TOKEN={value}\n",
    }
    projects.write(tmp_path, {**files, ".gitignore": "" if tracked else ".env.*\n"})
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    subprocess.run(["git", "-C", str(tmp_path), "add", "."], check=True)
    (found,) = [each for each in review(scan(tmp_path)).findings or () if each.code == "secret-file"]
    assert found.remedy == way + "; replace the value as well: it stays in the Git history" * tracked


def test_what_is_embedded_is_not_to_be_excluded(tmp_path: Path) -> None:
    """Whoever reads the file is named."""
    value = "".join(("vQ8mTz", "47xKpLw", "9sRb2c"))
    files = {
        "go.mod": "module example.com/x\n\ngo 1.23\n",
        "main.go": 'package main\n\nimport _ "embed"\n\n//go:embed keys.yml\nvar keys string\n\nfunc main() {}\n',
        "keys.yml": f"api_key: {value}\n",
    }
    projects.write(tmp_path, {"Dockerfile": "FROM golang:1.23\nCOPY . /src\nWORKDIR /src\nRUN go build .\n", **files})
    (found,) = [each for each in review(scan(tmp_path)).findings or () if each.code == "secret-file"]
    assert (found.remedy or "").startswith("take the value out of keys.yml")
    assert "go:embed (main.go)" in (found.remedy or "")


@pytest.mark.parametrize(
    ("reads", "speaks"), [("go build .", True), ('go build -ldflags "-X v=$(git describe)" .', False)]
)
def test_a_repository_that_makes_the_version_needs_no_ignore_file(reads: str, speaks: bool, tmp_path: Path) -> None:
    """Without it nothing else would be worth a word."""
    projects.write(
        tmp_path, {"Dockerfile": f"FROM golang:1.23\nCOPY . /src\nWORKDIR /src\nRUN {reads}\n", "main.go": "x"}
    )
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    subprocess.run(["git", "-C", str(tmp_path), "add", "."], check=True)
    assert ("no-ignore-file" in {each.code for each in review(scan(tmp_path)).findings or ()}) is speaks


@pytest.mark.parametrize(("tracked", "speaks"), [(True, False), (False, True)])
def test_settings_that_git_tracks_are_no_reason_for_an_ignore_file(tracked: bool, speaks: bool, tmp_path: Path) -> None:
    """Those of a front end hold no secret, and its build reads them."""
    projects.write(tmp_path, {"shop/Dockerfile": "FROM alpine:3\nCOPY . /src\n", "shop/.env": "VITE_URL=/api\n"})
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    subprocess.run(["git", "-C", str(tmp_path), "add", "." if tracked else "shop/Dockerfile"], check=True)
    assert ("no-ignore-file" in {each.code for each in review(scan(tmp_path / "shop")).findings or ()}) is speaks


def test_a_value_in_a_source_is_no_reason_for_an_ignore_file(tmp_path: Path) -> None:
    """It is compiled with the program, and no rule keeps it out."""
    value = "".join(("vQ8mTz", "47xKpLw", "9sRb2c"))
    projects.write(tmp_path, {"Dockerfile": "FROM alpine:3\nCOPY . /src\n", "pay.py": f'API_KEY = "{value}"\n'})
    found = {each.code for each in review(scan(tmp_path)).findings or ()}
    assert {"secret-file", "no-ignore-file"} & found == {"secret-file"}


@pytest.mark.parametrize(("path", "speaks"), [("conf/app.env", True), ("tests/data/app.env", False)])
def test_a_value_for_tests_is_no_reason_for_an_ignore_file(path: str, speaks: bool, tmp_path: Path) -> None:
    """Any project with tests has one."""
    value = "".join(("vQ8mTz", "47xKpLw", "9sRb2c"))
    projects.write(tmp_path, {"Dockerfile": "FROM alpine:3\nCOPY . /src\n", path: f"API_KEY={value}\n"})
    found = {each.code for each in review(scan(tmp_path)).findings or ()}
    assert {"secret-file", "no-ignore-file"} & found == (
        {"secret-file", "no-ignore-file"} if speaks else {"secret-file"}
    )


@pytest.mark.parametrize(("tracked", "speaks"), [(True, False), (False, True)])
def test_a_secret_that_no_rule_takes_is_no_reason_for_an_ignore_file(
    tracked: bool, speaks: bool, tmp_path: Path
) -> None:
    """Git tracks settings that the program may read: an ignore file would have them all the same."""
    text = 'FROM golang:1.23 AS a\nWORKDIR /a\nCOPY . .\nRUN make\nFROM scratch\nCOPY --from=a /a/b /b\nCMD ["/b"]\n'
    value = "".join(("vQ8mTz", "47xKpLw", "9sRb2c"))
    projects.write(tmp_path, {"shop/Dockerfile": text, "shop/main.go": "x", "shop/app.yaml": f"api_key: {value}\n"})
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    subprocess.run(["git", "-C", str(tmp_path), "add", "." if tracked else "shop/main.go"], check=True)
    found = {each.code for each in review(scan(tmp_path / "shop")).findings or ()}
    assert {"secret-file", "no-ignore-file"} & found == {"secret-file", *["no-ignore-file"] * speaks}


@pytest.mark.parametrize(("place", "speaks"), [("examples", False), ("services", True)])
def test_a_note_is_no_reason_for_an_ignore_file(place: str, speaks: bool, tmp_path: Path) -> None:
    """The key of an example weighs little, wherever it would go."""
    files = {f"{place}/a/Dockerfile": "FROM alpine:3\nCOPY . /src\n", f"{place}/a/a.key": Made(5).pem("PRIVATE KEY")}
    projects.write(tmp_path, files)
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    (build,) = told("--all", cwd=tmp_path)
    assert ("no-ignore-file" in {each["code"] for each in build["findings"]}) is speaks


@pytest.mark.parametrize(("name", "speaks"), [("screenshots", True), ("docs", False)])
def test_what_a_step_reads_is_no_weight(name: str, speaks: bool, tmp_path: Path) -> None:
    """`COPY . .` brings along a directory that the program embeds: that is no more than it needs."""
    files = {
        "go.mod": "module example.com/x\n\ngo 1.23\n", f"{name}/a.bin": 4_000_000,
        "main.go": 'package main\n\nimport "embed"\n\n//go:embed docs\nvar docs embed.FS\n\nfunc main() {}\n',
    }  # fmt: skip
    dockerfile = 'FROM golang:1.23\nWORKDIR /app\nCOPY . .\nRUN go build -o /x .\nCMD ["/x"]\n'
    projects.write(tmp_path, {"Dockerfile": dockerfile, **files})
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    subprocess.run(["git", "-C", str(tmp_path), "add", "."], check=True)
    assert ("broad-copy" in {each.code for each in review(scan(tmp_path)).findings or ()}) is speaks


def test_what_a_package_below_embeds_is_not_proposed(tmp_path: Path) -> None:
    """A secret may be any file: who embeds it is looked for above it, where nothing else looks like junk."""
    value = "".join(("vQ8mTz", "47xKpLw", "9sRb2c"))
    files = {
        "go.mod": "module example.com/x\n\ngo 1.23\n",
        "main.go": 'package main\n\nimport _ "example.com/x/in/a"\n\nfunc main() {}\n',
        "in/a/a.go": 'package a\n\nimport _ "embed"\n\n//go:embed login.txt\nvar login string\n',
        "in/a/login.txt": f"password={value}\n",
    }
    projects.write(tmp_path, {"Dockerfile": "FROM golang:1.23\nCOPY . /src\nWORKDIR /src\nRUN go build .\n", **files})
    made = review(scan(tmp_path))
    (found,) = [each for each in made.findings or () if each.code == "secret-file"]
    assert "go:embed (in/a/a.go)" in (found.remedy or "")
    assert not [each.pattern for each in made.proposals if "login" in each.pattern]


@pytest.mark.parametrize(
    ("text", "files", "speaks"),
    [
        ("FROM node:22\nCOPY . /a\n", {".env.example": "KEY=\n"}, True),
        ("FROM node:22\nCOPY . /a\n", {}, False),
        ("FROM node:22 AS a\nCOPY . /a\nFROM node:22\nCOPY --from=a /a/b /b\n", {".env.example": "KEY=\n"}, False),
    ],
)
def test_settings_that_people_are_told_to_write_are_a_reason_for_an_ignore_file(
    text: str, files: dict[str, str | int], speaks: bool, tmp_path: Path
) -> None:
    """The image of whoever has followed the instructions has them; the way out names the rule."""
    projects.write(tmp_path, {"Dockerfile": text, ".gitignore": ".env\n", "b": 1, **files})
    found = [each for each in review(scan(tmp_path)).findings or () if each.code == "no-ignore-file"]
    assert ["not even .env" in each.message and "**/.env" in (each.remedy or "") for each in found] == [True] * speaks


@pytest.mark.parametrize(("read", "speaks"), [("1", True), ("info.Main.Version", False)])
def test_a_history_that_may_be_needed_alone_is_no_reason_for_an_ignore_file(
    read: str, speaks: bool, tmp_path: Path
) -> None:
    """The version stamp is read, and nobody gets the repository itself."""
    text = 'FROM golang:1.23 AS a\nWORKDIR /a\nCOPY . .\nRUN go build -o /b .\nFROM scratch\nCOPY --from=a /b /b\nCMD ["/b"]\n'
    projects.write(tmp_path, {"Dockerfile": text, "go.mod": "module a\n", "main.go": f"package main\nvar V = {read}\n"})
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    assert ("no-ignore-file" in {each.code for each in review(scan(tmp_path)).findings or ()}) is speaks


def test_the_rule_that_somebody_may_miss_is_added_by_hand(tmp_path: Path) -> None:
    """It is not written by itself, and the reason is there."""
    text = "FROM python:3.12\nRUN apt-get update && apt-get install -y git\nCOPY . /a\n"
    projects.write(tmp_path, {"Dockerfile": text, "a.py": "", "README.md": 5000})
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    (found,) = [each for each in review(scan(tmp_path)).findings or () if each.code == "no-ignore-file"]
    assert "add .git, unless somebody needs it: git is installed" in (found.remedy or "")


@pytest.mark.parametrize(
    ("sent", "advised"),
    [
        (True, "move account.pfx out of the project"),
        (False, "exclude account.pfx, and mount it"),
    ],
)
def test_a_store_of_keys_is_moved(sent: bool, advised: str) -> None:
    """Nobody takes a value out of it, and what no step of this build has breaks nothing when it goes."""
    said = way_out(
        "account.pfx", named=False, tracked=Tracked([b"account.pfx"]), reader="an item (A.csproj)", sent=sent
    )
    assert said.startswith(advised)
    assert ("would break" in said) is sent


@pytest.mark.parametrize(("sent", "broken"), [(True, True), (False, False)])
def test_settings_that_are_not_sent(sent: bool, broken: bool) -> None:
    """A reader counts where a step of this build has the file."""
    tracked = Tracked([b"appsettings.json"])
    said = way_out("appsettings.json", named=False, tracked=tracked, reader="an item (A.csproj)", sent=sent)
    assert ("would break" in said) is broken


@pytest.mark.parametrize(("rest", "whole"), [("", True), ("\nand how to use it\n", False)])
def test_a_file_that_is_nothing_but_a_key(rest: str, whole: bool, tmp_path: Path) -> None:
    """No value can be taken out of it, whatever it is called; out of notes one can."""
    key = Made(7).pem("RSA PRIVATE KEY")
    files = {"Dockerfile": "FROM debian\nCOPY . /a\n", ".dockerignore": ".git\n", "dev-keys": key + rest}
    projects.write(tmp_path, files)
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    subprocess.run(["git", "-C", str(tmp_path), "add", "--all"], check=True)
    (found,) = [each for each in review(scan(tmp_path)).findings or () if each.code == "secret-file"]
    assert (found.remedy or "").startswith("exclude dev-keys; " if whole else "take the value out of dev-keys ")
    if whole:
        (tmp_path / ".dockerignore").write_text(".git\ndev-keys\n", encoding="utf-8")
        assert not [each for each in review(scan(tmp_path)).findings or () if each.code == "secret-file"]


@pytest.mark.parametrize(
    ("named", "reader", "advised"),
    [
        (False, None, "exclude dev-keys"),
        (False, "an item (A.csproj)", "move dev-keys out of the project"),
        (True, None, "RUN --mount=type=secret instead of copying dev-keys"),
    ],
)
def test_a_key_that_somebody_takes(named: bool, reader: str | None, advised: str) -> None:
    """As for other files of keys."""
    tracked = Tracked([b"dev-keys"])
    assert way_out("dev-keys", named=named, tracked=tracked, reader=reader, bare=True).startswith(advised)


def test_a_repository_of_which_nothing_is_sent_is_no_weight(tmp_path: Path) -> None:
    """Its directory alone adds nothing to the image."""
    text = 'FROM python:3.12\nWORKDIR /a\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\nCMD ["python", "a.py"]\n'
    files = {"Dockerfile": text, ".dockerignore": ".git/*\n", "requirements.txt": "a==1\n", "a.py": "", "docs/a.md": ""}
    projects.write(tmp_path, files)
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    subprocess.run(["git", "-C", str(tmp_path), "add", "."], check=True)
    assert "broad-copy" not in {each.code for each in review(scan(tmp_path)).findings or ()}
