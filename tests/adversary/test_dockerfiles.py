"""Secrets planted in every part of a Dockerfile: each is found, at its line, and weighs what its stage weighs."""

from __future__ import annotations

import sys
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest
from support import projects
from support.trees import TESTDATA

from ctxscan.facts import scan
from ctxscan.findings import Finding
from ctxscan.opinions import review

sys.path.append(str(TESTDATA / "secrets"))
from made import Made

#: Where the plant is: `«…»` is replaced by a made-up value. Every stage here ends in the image.
PLANTS = {
    "run option": "FROM a\nRUN deploy --token «word:40»",
    "run option with equals": "FROM a\nRUN deploy --api-key=«word:40»",
    "run in quotes": "FROM a\nRUN deploy --password '«password:14»'",
    "run assignment": "FROM a\nRUN PGPASSWORD=«password:14» psql -h db -c 'select 1'",
    "run export": 'FROM a\nRUN export API_TOKEN="«word:40»" && make',
    "run curl user": "FROM a\nRUN curl -fsSL -u ci:«password:14» https://files.acme.io/x -o /x",
    "run header": 'FROM a\nRUN curl -H "Authorization: Bearer «word:40»" https://api.acme.io',
    "run private token": 'FROM a\nRUN curl --header "PRIVATE-TOKEN: «word:40»" https://git.acme.io',
    "run clone": "FROM a\nRUN git clone https://oauth2:«word:24»@git.acme.io/a/b.git",
    "run vendor token": "FROM a\nRUN echo «github» > /dev/null",
    "run escaped address": "FROM a\nRUN curl -o x https://files.acme.io/x\\?id\\=city\\&license_key\\=«word:20»\\&a\\=b",
    "run npm config": "FROM a\nRUN npm config set //npm.acme.io/:_authToken «word:36»",
    "run npmrc line": "FROM a\nRUN echo '//npm.acme.io/:_authToken=«word:36»' > .npmrc",
    "run pip index": "FROM a\nRUN pip install --extra-index-url https://ci:«word:24»@pypi.acme.io/simple x",
    "run mysql": "FROM a\nRUN mysql -h db.acme.io -u root -p«password:14» < /schema.sql",
    "run sshpass": "FROM a\nRUN sshpass -p «password:14» scp a@b.acme.io:/x /x",
    "run docker login": "FROM a\nRUN docker login -u ci -p «password:14» r.acme.io",
    "run netrc": 'FROM a\nRUN echo "machine git.acme.io login ci password «password:14»" > ~/.netrc',
    "run chpasswd": "FROM a\nRUN echo 'app:«password:14»' | chpasswd",
    "run query": "FROM a\nRUN wget 'https://files.acme.io/x?api_key=«word:40»'",
    "run key store": "FROM a\nRUN keytool -importkeystore -storepass «password:14» -x",
    "run cookie": "FROM a\nRUN curl -b 'session=«word:40»' https://app.acme.io",
    "run poetry": "FROM a\nRUN poetry config http-basic.acme ci «password:14»",
    "run bundle": "FROM a\nRUN bundle config set gems.acme.io ci:«password:14»",
    "run nuget": "FROM a\nRUN dotnet nuget add source https://nuget.acme.io -u ci -p «password:14»",
    "run maven": "FROM a\nRUN mvn -Dnexus.password=«password:14» deploy",
    "run gradle": "FROM a\nRUN ./gradlew -PsigningPassword=«password:14» build",
    "run openssl": "FROM a\nRUN openssl enc -d -aes-256-cbc -k «password:14» -in x",
    "run openssl passwd": "FROM a\nRUN useradd -p $(openssl passwd -6 «password:14») app",
    "run htpasswd": "FROM a\nRUN htpasswd -bc /etc/nginx/users ci «password:14»",
    "run htpasswd to output": "FROM a\nRUN htpasswd -nb ci «password:14» > /etc/nginx/users",
    "run samba": "FROM a\nRUN smbclient //files.acme.io/x -U ci%«password:14»",
    "env trimmed": "FROM a\nENV A=zz«github»\nENV B=${A#zz}",
    "run json": 'FROM a\nRUN ["deploy", "--token", "«word:40»"]',
    "run continued": "FROM a\nRUN true && \\\n    deploy \\\n  --token «word:40»",
    "run split by a continuation": "FROM a\nRUN echo «github/2»\\\n«github/2»",
    "run split by quotes": "FROM a\nRUN echo «github/2»''«github/2»",
    "run split over variables": 'FROM a\nENV A=«github/2» B=«github/2»\nRUN echo "$A$B"',
    "run split over shell variables": "FROM a\nRUN A=«github/2»; B=«github/2»; echo ${A}${B}",
    "run default": "FROM a\nRUN deploy --token ${TOKEN:-«word:40»}",
    "cmd": "FROM a\nCMD serve --password «password:14»",
    "cmd json": 'FROM a\nCMD ["serve", "--password=«password:14»"]',
    "entrypoint": 'FROM a\nENTRYPOINT ["sh", "-c", "API_KEY=«word:40» exec serve"]',
    "healthcheck": "FROM a\nHEALTHCHECK CMD curl -u probe:«password:14» https://app.acme.io/health",
    "add": "FROM a\nADD https://ci:«password:14»@files.acme.io/x.tgz /x/",
    "add query": "FROM a\nADD https://files.acme.io/x.tgz?token=«word:40» /x/",
    "onbuild run": "FROM a\nONBUILD RUN deploy --token «word:40»",
    "onbuild env": "FROM a\nONBUILD ENV API_TOKEN=«word:40»",
    "label": "FROM a\nLABEL io.acme.token=«word:40»",
    "label url": "FROM a\nLABEL source=https://ci:«password:14»@git.acme.io/a",
    "user": "FROM a\nUSER «github»",
    "shell": 'FROM a\nSHELL ["sh", "-c", "API_TOKEN=«word:40» sh"]',
    "env": "FROM a\nENV DB_PASSWORD=«password:14»",
    "env old form": "FROM a\nENV API_TOKEN «word:40»",
    "env url": "FROM a\nENV DATABASE_URL=postgres://app:«password:14»@db.acme.io/app",
    "env split": "FROM a\nARG A=«github/2»\nARG B=«github/2»\nENV NAME=$A$B",
    "env default": "FROM a\nENV API_TOKEN=${API_TOKEN:-«word:40»}",
    "env quotes": "FROM a\nENV API_TOKEN=\"«github/2»\"'«github/2»'",
    "arg": "FROM a\nARG API_TOKEN=«word:40»",
    "arg before from, taken up": "ARG API_TOKEN=«word:40»\nFROM a\nARG API_TOKEN\nRUN true",
    "heredoc dotenv": "FROM a\nCOPY <<EOF /app/.env\nA=1\nDB_PASSWORD=«password:14»\nEOF",
    "heredoc yaml": "FROM a\nCOPY <<EOF /app/config.yaml\ndb:\n  password: «password:14»\nEOF",
    "heredoc json": 'FROM a\nCOPY <<EOF /app/config.json\n{"db": {"password": "«password:14»"}}\nEOF',
    "heredoc pem": "FROM a\nCOPY <<EOF /key.pem\n«pem:PRIVATE KEY»\nEOF",
    "heredoc into a directory": "FROM a\nCOPY <<settings.yaml /app/\ndb:\n  password: «password:14»\nsettings.yaml",
    "heredoc netrc": "FROM a\nCOPY <<EOF /root/.netrc\nmachine git.acme.io login ci password «password:14»\nEOF",
    "heredoc below tests": "FROM a\nCOPY <<EOF /tests/.env\nDB_PASSWORD=«password:14»\nEOF",
    "heredoc of variables": "FROM a\nENV A=«github/2»\nENV B=«github/2»\nCOPY <<EOF /app/x\n$A$B\nEOF",
    "heredoc script": "FROM a\nRUN <<EOF\nset -e\ndeploy --token «word:40»\nEOF",
    "heredoc to a file": "FROM a\nRUN cat <<EOF > /app/config.yaml\ndb:\n  password: «password:14»\nEOF",
    "heredoc in a script": "FROM a\nRUN <<EOF\ncat > /app/config.yaml <<X\ndb:\n  password: «password:14»\nX\nEOF",
    "echo into a file": "FROM a\nRUN printf 'db:\\n  password: «password:14»\\n' > /app/config.yaml",
    "parent stage": "FROM a AS base\nENV DB_PASSWORD=«password:14»\nFROM base\nRUN true",
}  # fmt: skip


def planted(text: str, seed: int = 3) -> tuple[str, list[str]]:
    """The text with its values filled in, and the values; `«github/2»` is half of one token, in order."""
    made = Made(seed)
    token = str(made.value("github"))
    halves = [token[:20], token[20:]]
    for half in halves:
        text = text.replace("«github/2»", half, 1)
    return made.fill(text).decode(), [*made.planted, token]


def findings(
    root: Path, dockerfile: str, files: dict[str, str | int] | None = None, **options: object
) -> list[Finding]:
    projects.write(root, {"Dockerfile": dockerfile, **(files or {})})
    found = review(scan(root, **options)).findings or ()  # type: ignore[arg-type]
    return [each for each in found if each.code.startswith("secret")]


@pytest.mark.sampled(3)
@pytest.mark.parametrize("text", PLANTS.values(), ids=PLANTS)
def test_a_plant_in_the_final_stage_is_an_error(text: str, tmp_path: Path) -> None:
    """The history of the image has it; the message shows no more than four characters."""
    dockerfile, values = planted(text)
    found = findings(tmp_path, dockerfile + "\n")
    errors = [each for each in found if each.severity == "error"]
    assert [each.code for each in errors][:1] == ["secret-in-dockerfile"]
    assert not [value for value in values if len(value) > 5 and value[:5] in repr(found)]


#: Commands that undo what hides a token: how it is written, and what comes of it.
DECODED: dict[str, tuple[str, Callable[[str], str]]] = {
    "base64": ("RUN echo {} | base64 -d > /t", lambda token: b64encode(token.encode()).decode()),
    "openssl": ("RUN echo '{}' | openssl base64 -d > /t", lambda token: b64encode(token.encode()).decode()),
    "hexadecimal": ("RUN printf {} | xxd -r -p > /t", lambda token: token.encode().hex()),
    "backwards": ("RUN echo {} | rev > /t", lambda token: token[::-1]),
    "octal": ("RUN printf '{}' > /t", lambda token: "".join(f"\\{ord(c):03o}" for c in token)),
    "escapes": ("RUN echo -e '{}' > /t", lambda token: "".join(f"\\x{ord(c):02x}" for c in token)),
    "replaced": ("ENV A={}\nENV B=${{A//-/_}}", lambda token: token.replace("_", "-")),
}


@pytest.mark.parametrize(("text", "hide"), DECODED.values(), ids=DECODED)
def test_what_a_command_decodes_is_an_error(text: str, hide: Callable[[str], str], tmp_path: Path) -> None:
    """The value is judged, not how it is spelled; what decodes to nothing of the kind is passed over."""
    token = str(Made(3).value("github"))
    found = findings(tmp_path / "a", f"FROM a\n{text.format(hide(token))}\n")
    assert [each.severity for each in found] == ["error"]
    assert token[:5] not in repr(found) and hide(token)[:9] not in repr(found)
    assert findings(tmp_path / "b", f"FROM a\n{text.format(hide('a-value-that-is-no-secret-at-all'))}\n") == []


SPILLS = {
    "copied": "RUN --mount=type=secret,id=npmrc cp /run/secrets/npmrc /root/.npmrc",
    "printed": "RUN --mount=type=secret,id=token cat /run/secrets/token > /app/token",
    "echoed": 'RUN --mount=type=secret,id=token echo "//r/:_authToken=$(cat /run/secrets/token)" >> .npmrc',
    "from a variable": "RUN --mount=type=secret,id=token,env=TOKEN printf 'token=%s' \"$TOKEN\" > /etc/app.conf",
    "target": "RUN --mount=type=secret,id=k,target=/k install -m 600 /k /root/.ssh/id_rsa",
    "settings": "RUN --mount=type=secret,id=t npm config set //r/:_authToken $(cat /run/secrets/t) && npm ci",
    "heredoc": "RUN --mount=type=secret,id=t <<EOF\ncat /run/secrets/t | tee /app/t\nEOF",
}
NO_SPILLS = {
    "used": "RUN --mount=type=secret,id=t deploy --token $(cat /run/secrets/t)",
    "removed": "RUN --mount=type=secret,id=t cp /run/secrets/t /root/.npmrc && npm ci && rm -f /root/.npmrc",
    "nowhere": "RUN --mount=type=secret,id=t cat /run/secrets/t > /dev/null",
    "mounted in place": "RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci > /var/log/ci",
    "another": "RUN --mount=type=secret,id=t make && cp /app/a /app/b",
}


@pytest.mark.parametrize("text", SPILLS.values(), ids=SPILLS)
def test_a_build_secret_that_is_written_down_is_told(text: str, tmp_path: Path) -> None:
    """In the image it is an error, in a builder stage a warning."""
    final = findings(tmp_path, f"FROM a\n{text}\n")
    assert [each.severity for each in final if "build secret" in each.message] == ["error"]
    built = findings(tmp_path, f"FROM a AS b\n{text}\nFROM c\nCOPY --from=b /x /x\n")
    assert [each.severity for each in built if "build secret" in each.message] == ["warning"]


@pytest.mark.parametrize("text", NO_SPILLS.values(), ids=NO_SPILLS)
def test_a_build_secret_that_is_only_read_is_not(text: str, tmp_path: Path) -> None:
    """Or that is gone when the command ends."""
    assert not [each for each in findings(tmp_path, f"FROM a\n{text}\n") if "build secret" in each.message]


@pytest.mark.parametrize("declared", ["password", "password=", "password=''", 'password=""', "user=x password=''"])
def test_an_argument_that_becomes_a_variable_of_the_image_is_a_warning(declared: str, tmp_path: Path) -> None:
    """Whoever has the image reads it; in a builder stage nobody does. An empty default is none."""
    (final,) = findings(tmp_path, f"FROM a\nARG {declared}\nENV DB_PASS=$password\n")
    assert (final.severity, final.line) == ("warning", 3)
    built = findings(tmp_path, f"FROM a AS b\nARG {declared}\nENV DB_PASS=$password\nFROM c\nCOPY --from=b /x /\n")
    assert {each.severity for each in built} <= {"note"}


@pytest.mark.parametrize("declared", ["password=changeme", "password='${OTHER}'", "pass_file=''"])
def test_an_argument_with_a_default_is_there_for_something_else(declared: str, tmp_path: Path) -> None:
    """Also where that only holds a place; and a name that announces no secret stays silent without one."""
    name = declared.partition("=")[0]
    assert not findings(tmp_path, f"FROM a\nARG {declared}\nENV DB_PASS=${name}\n")


@pytest.mark.parametrize(
    ("run", "severity"),
    [
        ("aws configure set aws_secret_access_key $DEPLOY_KEY", "warning"),
        ('echo "//r/:_authToken=${DEPLOY_KEY}" > .npmrc && npm ci', "warning"),
        ('echo "//r/:_authToken=${DEPLOY_KEY}" > .npmrc && npm ci && rm .npmrc', "note"),
        ("deploy --key $DEPLOY_KEY", "note"),
        ("echo $DEPLOY_KEYS > /x", "note"),
    ],
)
def test_an_argument_that_a_command_writes_down_is_a_warning(run: str, severity: str, tmp_path: Path) -> None:
    """A layer of the image keeps it; in a builder stage it stays with whoever builds."""
    (final,) = findings(tmp_path, f"FROM a\nARG DEPLOY_KEY\nRUN {run}\n")
    assert (final.severity, final.line) == (severity, 3 if severity == "warning" else 2)
    assert not findings(tmp_path, f"FROM a AS b\nARG DEPLOY_KEY\nRUN {run}\nFROM c\nCOPY --from=b /x /\n")


def test_a_made_up_password_is_one_wherever_it_is_for(tmp_path: Path) -> None:
    """A host out of a manual does not clear it, nor does a sum that does not fit a registry's token."""
    made = Made(3)
    text = f"FROM a\nRUN git clone https://oauth2:{made.hex('32')}@git.example.org/a/x\n"
    text += f'RUN echo "//npm.example.org/:_authToken=npm_{made.word("36")}" > /root/.npmrc\n'
    found = findings(tmp_path, text)
    assert [(each.severity, each.line) for each in found] == [("error", 2), ("error", 3)]


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", [name for name in PLANTS if name not in ("parent stage", "arg before from, taken up")])
def test_a_plant_in_a_builder_stage_is_a_warning(name: str, tmp_path: Path) -> None:
    """Only the build cache and its exports have it."""
    dockerfile, _ = planted(
        PLANTS[name].replace("FROM a", "FROM a AS build") + "\nFROM b\nCOPY --from=build /out /out\n"
    )
    found = findings(tmp_path, dockerfile)
    assert {each.severity for each in found} <= {"warning", "note"}
    assert any(each.severity == "warning" and "build cache" in each.message for each in found)


#: A plant, other files, and the severities of what is found.
PLACES = [
    pytest.param("ARG API_TOKEN=«word:40»\nFROM a\n", {}, ["warning"], id="an argument that no stage takes up"),
    pytest.param("FROM a\nRUN x --token «word:40»\nFROM b\n", {}, ["warning"], id="a stage that is not built"),
    pytest.param("# token: «github»\nFROM a\n", {}, ["warning"], id="a comment"),
    pytest.param("# token: «github»\nFROM a\nCOPY . /\n", {}, ["error"], id="a comment that is copied along"),
    pytest.param("FROM a\nRUN a \\\n # «github»\n b\nCOPY . /\n", {}, ["error"], id="a comment inside an instruction"),
    pytest.param("FROM a\n#DB_PASSWORD=«password:14»\nCOPY . /\n", {}, ["error"], id="a setting in a comment"),
    pytest.param("# «github»\nFROM a\nCOPY . /\n", {".dockerignore": "Dockerfile\n"}, ["warning"], id="an excluded Dockerfile"),
    pytest.param("FROM a AS b\nRUN x --token «word:40»\nFROM c\nCOPY . /\n", {}, ["error"], id="a builder stage, and the Dockerfile in the image"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "files", "severities"), PLACES)
def test_where_it_goes_decides(text: str, files: dict[str, str | int], severities: list[str], tmp_path: Path) -> None:
    """A comment goes where the Dockerfile goes; what is in no history is a warning."""
    assert [each.severity for each in findings(tmp_path, planted(text)[0], files)] == severities


def test_one_value_is_reported_once_where_it_goes_furthest(tmp_path: Path) -> None:
    """Not again in a builder stage, nor in a comment."""
    value = Made(1).word("40")
    text = f"# token {value}\nFROM a AS build\nARG API_TOKEN={value}\nFROM b\nENV API_TOKEN={value}\nRUN x --token {value}\n"
    assert [(each.line, each.severity) for each in findings(tmp_path, text)] == [(5, "error")]


#: What looks like one of the above and is none.
CLEAN = {
    "secret mount": "FROM a\nRUN --mount=type=secret,id=token deploy --token $(cat /run/secrets/token)",
    "variable": 'FROM a\nARG TOKEN\nRUN curl -H "Authorization: Bearer $TOKEN" https://api.acme.io',
    "reference": "FROM a\nRUN deploy --token ${TOKEN:?give one} --password-file /run/secrets/pw",
    "build key": "FROM a\nRUN SECRET_KEY=not-used-during-build python manage.py collectstatic",
    "ids": "FROM a\nRUN docker run -u 1000:1000 x && install -o app -g app x /x && chown app:app /x",
    "port": "FROM a\nRUN psql -h db -p 5432 -U app",
    "digest": "FROM a@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\nRUN true",
    "checksum": "FROM a\nENV NODE_SHA256=4f1b0bbf2fb0a7fd2fa9ff0e25d1fbf6c5de67a1bfd1b4a3f7dfc7d0f4f1f3c6\nRUN echo x",
    "keys": "FROM a\nRUN gpg --keyserver keys.acme.io --recv-keys 4ED778F539E3634C779C87C6D7062848A1AB005C",
    "whether there is one": "FROM a\nARG root_password\nENV ENABLE_SSHD=${root_password:+true}",
    "how a build gets one": 'FROM a\n# docker build --secret="id=sse_pgp_pkey4,src=./key" .\nRUN true',
    "default login": "FROM a\nENV DATABASE_URL=postgresql://user:pass@localhost/db",
    "flags": "FROM a\nRUN pip install --no-cache-dir --require-hashes -r requirements.txt && npm ci --ignore-scripts",
    "placeholder": "FROM a\nENV API_TOKEN=changeme DB_PASSWORD=<password>",
    "heredoc": "FROM a\nCOPY <<EOF /etc/nginx.conf\nserver { listen 80; proxy_set_header Authorization $http_authorization; }\nEOF",
}


@pytest.mark.parametrize("text", CLEAN.values(), ids=CLEAN)
def test_what_is_no_secret_is_not_reported(text: str, tmp_path: Path) -> None:
    """References, mounts, digests and public values; an ARG that waits for a secret is a note."""
    assert [each for each in findings(tmp_path, text + "\n") if each.severity != "note"] == []


#: A Dockerfile, the argument that is given, and the severities of what is found.
GIVEN = [
    pytest.param("FROM a\nARG API_TOKEN\nRUN x\n", "error", id="taken up by the final stage"),
    pytest.param("FROM a AS b\nARG API_TOKEN\nRUN x\nFROM c\n", "warning", id="not built with"),
    pytest.param("FROM a AS b\nARG API_TOKEN\nRUN x\nFROM c\nCOPY --from=b /x /\n", "warning", id="only in a builder stage"),
    pytest.param("ARG API_TOKEN\nFROM a\n", "warning", id="only before the first FROM"),
    pytest.param("FROM a\n", "warning", id="declared nowhere"),
]  # fmt: skip


@pytest.mark.parametrize(("dockerfile", "severity"), GIVEN)
def test_the_value_of_an_argument_is_judged(dockerfile: str, severity: str, tmp_path: Path) -> None:
    """Whoever gives it, and wherever it is written down."""
    value = Made(1).word("40")
    found = findings(tmp_path, dockerfile, build_args={"API_TOKEN": value})
    judged = [each for each in found if each.severity != "note"]
    assert [each.severity for each in judged] == [severity]
    assert value[:5] not in repr(found)


def test_a_fingerprint_says_nothing_of_the_value(tmp_path: Path) -> None:
    """Two values at one place have one fingerprint, also where lines move; two places have two."""
    prints = []
    for at, seed in enumerate((1, 2)):
        root = tmp_path / str(at)
        value = Made(seed).word("40")
        text = "FROM a\n" + "\n" * at + f"ENV API_TOKEN={value} OTHER_TOKEN={value[::-1]}\nCOPY . /\n"
        found = findings(
            root, text, {".env": f"A_SECRET={value}\nB_SECRET={value[::-1]}\n", ".dockerignore": "Dockerfile\n"}
        )
        prints.append([(each.code, each.fingerprint) for each in found])
    assert prints[0] == prints[1]
    assert len(set(prints[0])) == len(prints[0]) >= 3


#: The first lines of a Dockerfile, and the line of a finding.
FRONTENDS = [
    ("# syntax=docker/dockerfile:1\n", None),
    ("# syntax=docker.io/docker/dockerfile:1.7-labs\n", None),
    ("# syntax=docker/dockerfile-upstream:master\n", None),
    ("# syntax=evil/dockerfile\n", 1),
    ("#escape=`\n#SYNTAX = evil.acme.io/docker/dockerfile:1\n", 2),
    ("# syntax=docker/dockerfile/x\n", 1),
    ("# a comment\n# syntax=evil/dockerfile\n", None),
]


@pytest.mark.parametrize(("head", "line"), FRONTENDS, ids=[each[0].strip()[-20:] for each in FRONTENDS])
def test_a_foreign_frontend_is_reported(head: str, line: int | None, tmp_path: Path) -> None:
    """Its rules may differ from all that is said; the classic builder knows none."""
    projects.write(tmp_path, {"Dockerfile": f"{head}FROM scratch\n"})
    for builder, expected in (("buildkit", [line] if line else []), ("classic", []), ("buildah", [])):
        found = review(scan(tmp_path, builder=builder)).findings or ()
        assert [each.line for each in found if each.code == "foreign-frontend"] == expected
    found = review(scan(tmp_path, build_args={"BUILDKIT_SYNTAX": "evil/x"})).findings or ()
    assert [each.code for each in found if each.code == "foreign-frontend"] == ["foreign-frontend"]
