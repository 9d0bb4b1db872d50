"""Secrets: every row of both tables, the sample tree, and what a judgement may tell."""

from __future__ import annotations

import base64
import gzip
import json
import re
import sys

import pytest
from support.trees import TESTDATA

from ctxscan.secrets.assignments import bare_argument
from ctxscan.secrets.formats.readers import reader
from ctxscan.secrets.judgement import Judgement, Strength
from ctxscan.secrets.names import ROWS
from ctxscan.secrets.row import SecretRow
from ctxscan.secrets.runs import runs
from ctxscan.secrets.scope import readable, screen
from ctxscan.secrets.search import EVERY as TOKENS
from ctxscan.secrets.search import suspicious
from ctxscan.secrets.syntax import notations
from ctxscan.secrets.tokens import Token
from ctxscan.secrets.verdict import assignment, judge

sys.path.append(str(TESTDATA / "secrets"))
from made import Made
from make import tree


def found(path: str, data: bytes) -> list[Judgement]:
    """What the tool would report: a file is opened for its name or its kind, and then judged."""
    above, _, name = path.rpartition("/")
    if not screen([name], above) and not readable(path, len(data)):
        return []
    return [each for each in judge(path, data, size=len(data)) if each.verdict != "cleared"]


@pytest.fixture(scope="session")
def maker() -> Made:
    """To make keys takes a while."""
    return Made(5)


@pytest.fixture
def made(maker: Made) -> Made:
    """The same values for a test, whatever ran before it."""
    maker.random.seed(5)
    return maker


def fill(made: Made, text: str) -> bytes:
    """The same values for the same example, whatever came before it."""
    made.random.seed(5)
    return made.fill(text)


@pytest.mark.parametrize("row", [row for row in ROWS if row.hits], ids=lambda row: row.kind)
def test_the_hits_of_a_row_are_found(row: SecretRow, made: Made) -> None:
    """The name of each nominates the file, and its content proves the secret."""
    examples = [example.split(": ", 1) for example in row.hits]
    assert [path for path, _ in examples if not nominated(path)] == []
    assert [path for path, text in examples if not found(path, fill(made, text))] == []


def nominated(path: str) -> bool:
    above, _, name = path.rpartition("/")
    return screen([name], above) == [name]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.kind)
def test_the_misses_of_a_row_are_cleared(row: SecretRow, made: Made) -> None:
    """The name is not enough."""
    examples = [example.split(": ", 1) for example in row.misses]
    assert [path for path, text in examples if found(path, fill(made, text))] == []


@pytest.mark.parametrize("token", TOKENS, ids=lambda token: token.kind)
def test_the_hits_of_a_token_are_found(token: Token, made: Made) -> None:
    """Anywhere, and already the quick look lets them pass."""
    examples = [(text, fill(made, text)) for text in token.hits]
    assert [text for text, data in examples if not (suspicious(data) or any(runs(data)))] == []
    assert [text for text, data in examples if token.kind not in kinds(data)] == []


@pytest.mark.parametrize("token", TOKENS, ids=lambda token: token.kind)
def test_the_misses_of_a_token_are_cleared(token: Token, made: Made) -> None:
    """A wrong sum, a wrong length, a placeholder."""
    assert [text for text in token.misses if token.kind in kinds(fill(made, text))] == []


def kinds(data: bytes) -> set[str]:
    """What is found in a file of code."""
    return {each.kind for each in found("src/app.py", data)}


ENCODED = {
    "config/app.env": ("SETTINGS={}", "DB_HOST=db.shop.io\nDB_PASSWORD=«password:16»\n"),
    ".gitlab-ci.yml": ("variables:\n  DOTENV: {}", "DB_HOST=db.shop.io\nAPI_SECRET=«word:24»\n"),
    "main.tf": ('user_data = "{}"', "#!/bin/sh\nmysql -h db.shop.io -u root -p«word:14» shop\n"),
}


@pytest.mark.parametrize("path", ENCODED)
@pytest.mark.parametrize("layers", [1, 2])
def test_settings_in_base64_are_read(path: str, layers: int, made: Made) -> None:
    """As a variable carries a whole file, or a machine its first script; once, or encoded again."""
    around, text = ENCODED[path]
    inner = made.fill(text)
    for _ in range(layers):
        inner = base64.b64encode(inner)
    assert found(path, around.replace("{}", inner.decode()).encode())
    words = base64.b64encode(b"DB_HOST=db.shop.io\nDB_PASSWORD=changeme\nGREETING=hello\n").decode()
    assert found(path, around.replace("{}", words).encode()) == []


def test_packed_settings_in_base64_are_read(made: Made) -> None:
    """As the cloud's first script carries files; what is packed too tightly to be text is none."""
    packed = gzip.compress(made.fill("DB_HOST=db.shop.io\nDB_PASSWORD=«password:16»\n"))
    text = f"write_files:\n- encoding: gz+b64\n  content: {base64.b64encode(packed).decode()}\n"
    assert found("cloud-init.yml", text.encode())
    bomb = base64.b64encode(gzip.compress(b"\0" * (1 << 24))).decode()[:4000]
    assert found("cloud-init.yml", f"content: {bomb}\n".encode()) == []


LAYOUTS = {
    "one line": {},
    "no spaces": {"separators": (",", ":")},
    "two spaces": {"indent": 2},
    "four spaces": {"indent": 4},
    "tabs": {"indent": "\t"},
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_an_account_in_base64_is_found_however_it_is_written(layout: str, line_end: str, made: Made) -> None:
    """As a pipeline carries it in a variable: nothing else in the file says that there is a key."""
    key = made.fill("«base64-pem:PRIVATE KEY»").decode()
    account = {"type": "service_account", "private_key": base64.b64decode(key).decode(), "client_email": "a@b.example"}
    text = json.dumps(account, **LAYOUTS[layout]).replace("\n", line_end)  # type: ignore[arg-type]
    data = f'ACCOUNT = "{base64.b64encode(text.encode()).decode()}"\n'.encode()
    assert suspicious(data)
    assert [each.kind for each in found("src/app.py", data)] == ["private-key"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.kind)
def test_every_glob_of_a_row_nominates(row: object) -> None:
    """Also in a directory of a hundred, and whatever the case; and the row names a reader that exists."""
    others = [f"module_{number}.py" for number in range(100)]
    for glob in row.globs.split():  # type: ignore[attr-defined]
        path = re.sub(r"\[([0-9a-f])[^]]*\]", r"\1", glob).replace("**/", "a/").replace("**", "ab").replace("*", "ab")
        above, _, name = path.replace("?", "a").rpartition("/")
        assert name.upper() in screen([name.upper(), *others], f"app/{above}".rstrip("/")), glob
    assert callable(reader(row.reader))  # type: ignore[attr-defined]
    assert not row.notation or callable(notations.reader(row.notation))  # type: ignore[attr-defined]


def test_there_is_no_row_without_examples() -> None:
    """Each says what it is there for, and what it must not take for it; in all some hundreds of either."""
    for row in ROWS:
        assert row.misses, row.kind
        assert row.hits or row.reader == "debug-store", row.kind
    assert all(token.hits and token.misses for token in TOKENS)
    assert sum(len(each.hits) for each in (*ROWS, *TOKENS)) + len(SETTINGS) >= 150
    assert sum(len(each.misses) for each in (*ROWS, *TOKENS)) + len(LOOK_ALIKES) >= 200


# ---- files that no row names ---------------------------------------------------------------------------------------

SETTINGS = {
    "src/store.go": 'var dsn = "shop:«word:16»@tcp(db.shop.io:3306)/shop"',
    "compose.yaml": "services:\n  db:\n    environment:\n      MYSQL_ROOT_PASSWORD: «password»",
    # The service above it is tried, and this one is not.
    "docker-compose.yml": "services:\n  api-tests:\n    environment:\n      APP_ENV: testing\n  contest:\n"
    "    environment:\n      APP_KEY: «word:40»\n      NODE_ENV: production",
    "src/appsettings.Production.json": '{"JwtSettings": {"Key": "«word:32»"}}',
    "config/default.json": '{"jwt": {"key": "«word:32»"}}',
    "Makefile": "DB_PASSWORD := «password:14»\nrun:\n\tdocker run web\n",
    "make/crontab": "* * * * * root DB_PASSWORD=«password:14» /run.sh",
    "WEB-INF/web.xml": "<c><param-name>dbPassword</param-name><param-value>«password»</param-value></c>",
    "conf/mail.env": "MAIL_PASSWORD='qzvk wmxr jhtb pfyd'",
    "conf/rotated.env": "API_KEYS=«word:32»",
    "notes/hosted.txt": '"DB": "postgres://app:Kran2417@shop.c0.eu-west-1.rds.amazonaws.com/app"',
    "docker-compose.prod.yml": "services:\n  a:\n    build:\n      args:\n        - NPM_TOKEN=«word:40»",
    "Dockerfile": "FROM a\nENV A=1 \\\n    API_TOKEN=«word:32»",
    "build/Dockerfile.prod": "FROM a\nARG DB_PASSWORD=«password»",
    "conf/changed.ini": "SECRET_KEY = change-me-«word:32»",
    "app.Dockerfile": "FROM a\nENV SECRET_KEY «word:32»",
    "Containerfile": "FROM a\nRUN <<EOF\nexport AUTH_TOKEN=«word:32»\nEOF",
    "deploy/Dockerfile": "FROM a\nCOPY <<EOF /app/.env\nDB_PASSWORD=«password»\nEOF",
    "k8s/db.yaml": "apiVersion: v1\nkind: Secret\ndata:\n  password: «base64-password»",
    "k8s/api.yaml": "kind: ConfigMap\n---\nkind: Secret\nstringData:\n  api-key: «word:32»",
    "k8s/tls.yaml": "kind: Secret\ndata:\n  tls.crt: «base64-pem:CERTIFICATE»\n  tls.key: «base64-pem:PRIVATE KEY»",
    "k8s/pod.yaml": "env:\n- name: DB_PASSWORD\n  value: «password»",
    "values.yaml": "postgresql:\n  auth:\n    password: «password»",
    ".gitlab-ci.yml": "variables:\n  DEPLOY_TOKEN: «word:32»",
    "config/production.json": '{"db": {"host": "h", "password": "«password»"}}',
    "ecs-task.json": '{"environment": [{"name": "API_SECRET", "value": "«word:32»"}]}',
    "conf/app.properties": "mail.password=«password»",
    "conf/app.ini": "[smtp]\npassword = «password»",
    "conf/app.toml": '[mail]\nclient_secret = "«word:32»"',
    "conf/app.json5": "{ mail: { clientSecret: '«word:32»', // of the shop\n} }",
    "sites/shop.conf": "<VirtualHost *:80>\n  SetEnv DB_PASSWORD «password»\n</VirtualHost>",
    "web/.htaccess": 'SetEnv API_TOKEN "«word:32»"',
    "conf.d/shop.conf": "location / {\n  fastcgi_param DB_PASSWORD «password»;\n}",
    "main.tf": 'provider "x" {\n  api_token = "«word:40»"\n}',
    "conf/hibernate.cfg.xml": '<property name="connection.password">«password»</property>',
    "conf/tomcat-users.xml": '<tomcat-users><user username="a" password="«password»"/></tomcat-users>',
    "app.service": "[Service]\nEnvironment=API_TOKEN=«word:32»",
    "src/db.py": 'URL = "postgresql://app:«password»@db.shop.io/app"',
    "src/key.ts": "export const key = `«pem:RSA PRIVATE KEY»`;",
    "src/Key.java": 'String k = "«json-pem:PRIVATE KEY»";',
    "notes/todo.txt": "the key:\n    «pem:EC PRIVATE KEY»",
    "app/log/app.log": "GET / Authorization: Bearer «jwt»",
    ".env.example": "GITHUB_TOKEN=«github»",
    "tests/fixtures/server.txt": "«pem:RSA PRIVATE KEY»",
    "tests/test_api.py": "TOKEN = '«npm»'",
    "keys/plain.txt": "«base64-der:pkcs8»",
    "config/key.yml": "signing: |\n  «base64-der:pkcs1»",
    "logs/build.log": "#6 0.245 -----BEGIN PRIVATE" + " KEY-----\n#6 0.245 «base64-der:pkcs8»\n#6 0.245 -----END",
    "logs/coloured.log": "connected as \x1b[94mana\x1b[0m with \x1b[1;94m«github»\x1b[0m",
    "src/curl.php": "curl_setopt($ch, CURLOPT_USERPWD, 'shop:«password:12»');",
    "src/curl.c": 'curl_easy_setopt(curl, CURLOPT_PROXYUSERPWD, "shop:«word:12»");',
    "scripts/netrc.sh": "cat > ~/.netrc <<EOF\nmachine git.shop.io\n  login ci\n  password «word:24»\nEOF",
    "scripts/escaped.sh": "printf 'machine git.shop.io\\n login ci\\n password «word:24»\\n' > ~/.netrc",
    "conf/short.ini": "[irc]\npassword = kites7",
    "conf/word.ini": "[irc]\npassword = kilimanjaro",
    "scripts/deploy.sh": "curl -X POST https://shop.io \\\n  -H 'A: b' \\\n  -u ana:«password:12»",
    "scripts/quoted.sh": "curl --user  ana:'«password:12»' https://shop.io",
    "deploy/run.bat": "psexec \\\\10.0.0.4 -u ana -p «password:12» cmd /c dir",
    "config/at.yml": "url: mongodb+srv://ana:«word:6»@«word:8»@a.b1.mongodb.net/shop",
    "src/remote.py": "URL = 'postgres://app:summer2019x@db.shop.io/app'",
    "config/cloud.yml": "url: cloudinary://715268876851676:«word:27»@shop",
    "config/backup.env.bak": "DB_PASSWORD=«password»",
    ".env.orig": "DB_PASSWORD=«password»",
    "#.env#": "DB_PASSWORD=«password»",
    "config/app.yml~": "db:\n  password: «password»",
    "infra/variables.tf": 'variable "db_password" {\n  type    = string\n  default = "«password:14»"\n}',
    "cloud/stack.yaml": "Parameters:\n  DBPassword:\n    Type: String\n    NoEcho: true\n    Default: «word:14»",
    "cloud/stack.json": '{"Parameters": {"DBPassword": {"Type": "String", "NoEcho": true, "Default": "«word:14»"}}}',
    "cloud/parameters.json": '[{"ParameterKey": "DBPassword", "ParameterValue": "«word:14»"}]',
    "azuredeploy.parameters.json": '{"parameters": {"adminPassword": {"value": "«password:14»"}}}',
    "jobs/build.xml": "<a><name>DB_PASSWORD</name><defaultValue>«word:14»</defaultValue></a>",
    "unattend.xml": "<AdministratorPassword><Value>«password:12»</Value></AdministratorPassword>",
    "data/accounts.csv": "user,email,password\nana,a@shop.io,«password:12»\n",
    "data/accounts.tsv": "user\tpassword\thost\nana\t«password:12»\tdb.shop.io\n",
    "conf/uwsgi.ini": "[uwsgi]\nenv = DB_PASSWORD=«word:14»",
    "supervisord.conf": '[program:a]\nenvironment=A="1",DB_PASSWORD="«word:14»"',
    "src/dsn.go": 'db, err := sql.Open("postgres", "host=pg.shop.io user=app password=«password:12» dbname=a")',
    "logs/trace.log": "java.sql.SQLException: jdbc:mysql://db.shop.io/a?user=app&password=«word:14»",
    "db/init.sql": "CREATE USER app WITH PASSWORD '«word:14»';",
    "db/grant.sql": "GRANT ALL ON a.* TO 'app'@'%' IDENTIFIED BY '«word:14»';",
    "notes/servers.txt": "staging db: 10.2.3.4\nuser: ana\npass: «password:12»",
    "TODO.txt": "vpn.shop.io login ana / «password:12»",
    "notebook.ipynb": (
        '{"cells": [{"outputs": [{"image/png": "«base64:90»"}], "source": [\n'
        '  "db = connect(host=\\"db.shop.io\\",\\n",\n  "  password=\\"«password:14»\\")\\n"\n]}]}'
    ),
    "fastlane/.env.default": "FASTLANE_PASSWORD=«password:14»",
    "scripts/key.sh": "curl -u '«word:24»:' https://api.shop.io",
    "scripts/mirror.sh": "lftp -u deploy,«word:12» ftp.shop.io",
    "scripts/chart.sh": "helm upgrade --set db.password=«word:14» app ./chart",
    "scripts/upload.sh": "twine upload -u ci -p «word:16» dist/*",
    "scripts/store.sh": "keytool -genkey -storepass «word:12» -alias a",
    "scripts/oracle.sh": "sqlplus ana/«word:12»@prod @a.sql",
    "scripts/push.sh": "echo «word:20» | docker login -u ci --password-stdin r.shop.io",
    "scripts/queue.sh": "mosquitto_pub -u dev -P «word:12» -t a -h mq.shop.io",
    "ci/values.json": '{"registry": "{\\"auths\\": {\\"r.shop.io\\": {\\"auth\\": \\"«basic»\\"}}}"}',
}

#: A drawn value under a telling name, in what is no configuration.
CODE = {
    "src/settings.py": "API_TOKEN = '«hex:20»'",
    "src/client.go": 'var adafruitToken string = "«word:24»"\nclient := New("«word:24»")',
    "src/Client.java": 'private static final String CLIENT_SECRET = "«hex:40»";',
    "src/client.ts": "const apiKey: string = process.env.API_KEY ?? '«word:32»'",
    "src/shop.rb": "token = ENV.fetch('SHOP_TOKEN', '«word:32»')",
    "src/client.php": "define('AUTH_KEY', '«word:40»');",
    "config/app.php": "  'key' => env('APP_KEY', 'base64:«base64:32»'),",
    "src/app.kt": 'System.setProperty("SHOP_TOKEN", "«word:24»")',
    "src/map.js": "module.exports = { 'shop': { 'client_secret': '«word:30»' } }",
    "lib/api.py": "headers = {'Authorization': 'Bearer «word:40»'}",
    "lib/url.py": "URL = 'https://api.shop.io/v1?api_key=«hex:32»'",
    "logs/app.log": "[DEBUG] Using API_KEY=«word:40»",
    "notes.txt": "shop license key - «word:30»",
    "Makefile": 'SHOP_TOKEN ::= "«word:32»"',
    "src/uuid.cs": 'string shopSecret = "«uuid»";',
    "src/letters.cs": 'string shopSecret = "«letters:40»";',
    "src/blank.js": "const token = ' «word:40» '",
    # The name of a service is as good as a telling one, where the value is as long as its keys.
    "src/beside.go": 'codacy := "«word:24»"',
    "src/camel.js": 'const newRelic = "«hex:40»"',
    "notes/console.txt": "splunk SECRET «word:22»",
    "logs/client.log": "[DEBUG] splunkToken «word:22»",
    "config/snyk.yml": 'snyk: "«uuid»"',
    "src/Login.cs": 'client.Credentials = new NetworkCredential("ana", "«word:27»");',
    # With signs in it, or shorter: beside a name that says password or secret.
    "src/pool.js": "const pool = mysql.createPool({\n  user: 'shop',\n  password: '«password:12»',\n})",
    "src/Db.java": 'class Db { static final String DB_PASSWORD = "«password:12»"; }',
    "src/mail.php": "<?php\n$mail->Password = '«password:10»';",
    "src/wifi.ino": 'const char* password = "«password:12»";',
    "src/login.vb": 'Dim password As String = "«password:12»"',
    "src/admin.py": 'if request.form["password"] == "«password:12»":\n    login()',
    "src/basic.py": "requests.get(url, auth=('admin', '«password:12»'))",
    "src/Sql.java": 'DriverManager.getConnection("jdbc:mysql://db.shop.io/a", "shop", "«password:12»");',
    "config/prod.exs": 'config :shop, Shop.Repo,\n  username: "shop",\n  password: "«password:12»"',
    "app/build.gradle": 'release {\n  storePassword "«password:12»"\n}',
    "ecosystem.config.js": "module.exports = { apps: [{ env: { DB_PASSWORD: '«password:14»' } }] }",
    "site/settings.py": "SECRET_KEY = '«word:20»$^k(a7ed(mp#b)3u2@m7o%s5a'",
    "src/small.py": "box_secret = '8ibd8oc1jqms3er'",
    # Short tokens of a service, right behind their name; the second could be spoken.
    "src/short.js": 'const linkedinToken = "w7hkqtx4s2dyzv";',
    "src/spoken.js": 'const dropboxToken = "4aexkft95sbtamu";',
    "notes/service.txt": "metrics token = 'xM98lZh20vZs'",
    "config/airtable.json": '{"airtable_key": "k3x7tu8sbnc44ewxq"}',
    # No sign between the name and its value, or another name.
    "src/instead.ts": "export const settings = { clientSecret: process.env.CS ?? '«word:32»' };",
    "lib/attribute.ex": '  @api_secret "«word:32»"',
    "src/define.c": '#define API_TOKEN "«word:32»"',
    "src/api.clj": '(def api-key "«word:32»")',
    "src/sign.js": "jwt.sign(payload, '«word:32»')",
    # One of a few; a number and a colon before it; under what it is a key of; as a vendor calls its own.
    "src/second.js": 'const shopKey2 = "«word:32»"',
    "config/second.json": '{"apiKey2": "«word:32»"}',
    "src/numbered.py": "shop_token = '869511423:«word:35»'",
    "config/nested.yml": "api:\n  base_url: https://api.shop.io\n  key: «word:24»",
    "django/settings.py": "SECRET_KEY = ')3e&&#5kho$n++t_t6ux043(yic7#y7gw*^(j6db^_a&d2e#v#'",
    "src/bytes.go": 'var jwtKey = []byte("«word:32»")',
    "src/bytes.cs": 'var secret = Encoding.UTF8.GetBytes("«word:32»");',
    # Read from base64 or hex.
    "src/Decoded.java": 'manager.setCipherKey(Base64.decode("«word:22»=="));',
    "src/Getter.java": 'byte[] aesKey = Base64.getDecoder().decode("«word:22»==");',
    "src/decoded.py": 'SIGNING_KEY = binascii.unhexlify("«hex:32»")',
    "src/decoded.go": 'hmacKey, _ := hex.DecodeString("«hex:32»")',
    "src/decoded.cs": 'var aesKey = Convert.FromBase64String("«word:22»==");',
    "src/decoded.php": '$secretKey = base64_decode("«word:22»==");',
    "src/decoded.rb": 'SECRET_KEY = Base64.strict_decode64("«word:22»==")',
    "src/Padded.java": 'String aesKey = "k/TQMnWbGqxd+v/fJVjhs3==";',
    "src/default.py": "token = config('API_TOKEN', default='«word:32»')",
    "src/short_default.py": "SECRET = config('APP_SECRET', default='«password:14»')",
    "src/login.py": "server.login('me@shop.io', '«word:14»x9')",
    "src/login.php": "$c = mysqli_connect('db.shop.io', 'shop', '«word:14»x9', 'shop');",
    "src/pdo.php": "$c = new PDO('mysql:host=db.shop.io;dbname=shop', 'shop', '«word:14»x9');",
    "src/sign_short.js": "const t = jwt.sign(payload, '«word:14»x9');",
    "src/fields.py": "ENCRYPTED_TEXT_FIELD_KEY = '«word:43»='",
    "src/mail.js": "auth: { user: 'shop@gmail.com', pass: 'qzvk wmxr jhtb pfyd' }",
    "src/Wrapped.java": 'String ACCOUNT_KEY\n    = "«word:40»";',
    "src/signs.py": "aiven_key = '«word:20»=«word:20»'",
    "src/pat.py": "azure_pat = '«word:52»'",
    "sonar.ps1": '$sonarLogin = "«hex:40»"',
    "src/okta.txt": "Authorization: SSWS «word:42»",
    "src/duo.py": "DUO_SKEY = '«word:40»'",
    "notes/short.txt": "ipinfo token = '«hex:14»'",
}

LOOK_ALIKES = {
    "src/word_token.js": 'const dropboxToken = "uploadfolder2024";',
    "src/short_token.js": 'const listToken = "w7hkqtx4s2";',
    "src/curl.php": "curl_setopt($ch, CURLOPT_USERPWD, 'shop:password');\n"
    "curl_setopt($ch, CURLOPT_USERPWD, \"$user:$password\");\ncurl_setopt($ch, CURLOPT_USERPWD, 'key:' . $secret);",
    "scripts/netrc.sh": "cat > ~/.netrc <<EOF\nmachine git.shop.io\n  login ci\n  password $TOKEN\nEOF\necho «hex:40»",
    "conf/web.ini": "SECRET_KEY = CHANGE-ME-OR-FAIL-TO-START",
    "src/keys.ts": "const cacheKey = '«word:32»'; const sortKey = '«hex:32»'; const primaryKey = '«uuid»'",
    "src/hash.py": "commit = '«hex:40»'\nsha256 = '«hex:64»'\ntoken_id = '«word:24»'\npublic_key = '«word:44»'",
    "src/second.js": "const cacheKey2 = '«word:32»'; const publicKey1 = '«word:44»'",
    "src/login.php": "$c = mysqli_connect('db.shop.io', 'shop', $password, 'shopDb12x');",
    "config/labels.json": '{"labels": {"key": "«word:32»"}}',
    "src/default.py": "name = config('APP_NAME', default='«word:32»')",
    "src/mail.js": "const a = { pass: 'your pass word here', passwordLabel: 'getuserpasswords' }",
    "notes/example.txt": '"DB": "postgres://app:Kran2417@db.shop.io/app"',
    "src/short.txt": "other token = '«hex:14»'",
    "config/nested.yml": "cache:\n  key: «word:24»\nlabels:\n  key: «word:24»",
    "src/numbered.py": "token_url = 'at:«word:35»'",
    "src/words.js": "const resetPasswordTokenV2 = 'reset-password-token-v2-2024'; const apiKey = 'user.settings.apiKey2.v1'",
    "src/comment.py": "# token = '«word:32»'",
    "src/camel.ts": "const tokenSecret = 'loadUserTokenFromHttpHeaderAndVerifyIt'",
    "src/services.go": 'codacy := "«word:25»"\ncodacyProjectId := "«word:24»"\nother := "«word:24»"',
    "src/release.sh": "echo heroku release «hex:40»; echo cloudsmith commit «hex:40»",
    "src/snyk.yml": "snyk:\n  id: «uuid»\nother: «uuid»",
    "keys/public.txt": "«base64-der:spki»",
    "keys/certificate.txt": "«base64-der:certificate»",
    "src/quoted.js": (
        "const a = { password: 'Enter1Password!', secretName: 'Xk9#mP2$vL5q', type: 'password' };"
        "const passwordError = 'auth/wrong-password-2'; t('password', 'Passw0rd!')"
    ),
    "src/hash.rs": 'let fallback_password = "$2b$12$«word:53»";',
    "infra/variables.tf": 'variable "db_password" {\n  sensitive = true\n}\nlocals {\n  default = "«word:20»"\n}',
    "data/names.csv": "id,name,token_count\n1,ana,Xk9mP2vL5q\n",
    "db/roles.sql": "CREATE ROLE app LOGIN PASSWORD :'password';\nCREATE USER b IDENTIFIED BY 'changeme';",
    "notes/story.txt": "The password is kept in the safe, see https://shop.io/wiki. Login / register are separate.",
    "empty.ipynb": '{"cells": [{"source": ["print(1)"], "outputs": [{"text": "password = \'«password:14»\'"}]}]}',
    "scripts/read.sh": 'docker login -u ci --password-stdin < token\nsqlplus "$USER/$PASS@prod"\nlftp -u "$U,$P" a.shop.io',
    "src/expression.go": 'var passwordPattern = "^[A-Z]{1}[0-9]{8}$"',
    "src/url.py": "URL = 'https://user:password1@example.com/a'\nDB = 'postgres://app:word@db.shop.io/a'",
    "conf/words.ini": "[ui]\npassword = Passwort\nreset_password = disabled\nask_password = required",
    "old/app.1": ".TH APP 1\npassword is asked for",
    "src/test_client.py": "TOKEN = '«word:32»'",
    "src/client.spec.ts": "const token = '«word:32»'",
    "docs/api.md": "token = '«word:32»'",
    "compose.yaml": "services:\n  db:\n    environment:\n      POSTGRES_PASSWORD: postgres\n      TOKEN: ${TOKEN:-}",
    "docker-compose.yml": "services:\n  db:\n    environment:\n      - MYSQL_ROOT_PASSWORD=mysecretpassword",
    "Dockerfile": "FROM a\nENV PASSWORD_FILE=/run/secrets/a TOKENIZERS_PARALLELISM=false\nARG TOKEN",
    "python/Dockerfile": "FROM a\nENV GPG_KEY «upper-hex:40»\nENV PYTHON_SHA256 «hex:64»",
    "umami/Dockerfile": 'FROM a\nENV DATABASE_URL="postgresql://user:pass@localhost:5432/dummy"',
    "k8s/sealed.yaml": "kind: SealedSecret\nspec:\n  encryptedData:\n    password: «base64:200»",
    "k8s/external.yaml": "kind: ExternalSecret\nspec:\n  data:\n  - secretKey: password\n    remoteRef:\n      key: shop/db",
    "k8s/ref.yaml": "env:\n- name: PASSWORD\n  valueFrom: {secretKeyRef: {name: db, key: password}}",
    "k8s/empty.yaml": "kind: Secret\ndata:\n  password: Y2hhbmdlbWU=",
    "templates/secret.yaml": "kind: Secret\ndata:\n  password: {{ .Values.password | b64enc | quote }}",
    "values.yaml": "auth:\n  existingSecret: shop-postgresql-credentials\n  secretKey: oauth2-proxy-cookie-secret",
    ".travis.yml": 'env:\n  global:\n    - secure: "«base64:128»"',
    ".github/workflows/ci.yml": "env:\n  NPM_TOKEN: ${{ secrets.NPM_TOKEN }}\n  PASSWORD: ${{ github.token }}",
    "cloud.yaml": "Parameters:\n  DbPassword: !Ref Password\n  Token: !Sub '{{resolve:secretsmanager:a}}'",
    "home/secrets.yaml": "password: !secret mail_password",
    "locales/de.yml": "de:\n  password: Passwort1x\n  token: Zugangs-Schlüssel9",
    "src/i18n/en.json": '{"password": "Your p4ssword", "reset_token": "Reset-Token"}',
    "openapi.json": '{"securitySchemes": {"token": "«word:16»"}}',
    "package.json": '{"name": "password-tool", "keywords": ["token", "secret"], "version": "1.0.0"}',
    "package-lock.json": '{"integrity": "sha512-«base64:64»", "token": "«word:40»"}',
    "go.sum": "example.com/a v1.0.0 h1:«base64:32»",
    "poetry.lock": 'token = "«word:40»"',
    "app.min.js": 'var t="sk_live_«word:24»"',
    "logo.svg": "<svg>ghp_«word:36»</svg>",
    "book.ipynb": '{"outputs": [{"data": {"image/png": "«base64:300»"}, "token": "«word:40»"}]}',
    "config/app.json": '{"password": "correct horse battery staple", "tokenUrl": "https://a.io/token?x=1Y2z"}',
    "config/routes.yml": "password_reset:\n  path: /reset/{token}\n  tokenName: csrf_token_9A",
    "conf/app.json5": "{ mail: { clientSecret: process.env.A, password: '${PASSWORD}' } }",
    "web/.htaccess": "SetEnv DB_PASSWORD ${DB_PASSWORD}\nSetEnvIf Authorization .+ HTTP_AUTHORIZATION=$0\nRewriteRule ^(.*)$ index.php?secret=$1",
    "conf.d/shop.conf": "fastcgi_param SCRIPT_FILENAME $document_root/9Kx2.php;\nfastcgi_param DB_PASSWORD $password;",
    "conf/app.ini": "[auth]\npassword_min_length = 12\ntoken_ttl = 3600\nsecret_name = shop/Db-9Kx",
    "conf/app.properties": "# db.password=«password»\ndb.password=${DB_PASSWORD}\nkeystore.password=changeit",
    "main.tf": 'resource "a" "b" {\n  password = var.db_password9\n  secret = random_password.a1.result\n}',
    "pyproject.toml": '[project.scripts]\nshop-passwd = "shop_server2.passwd:passwd"',
    "web.xml": '<input-param><name>password</name></input-param><a token="${csrf.Token9}"/>',
    "src/settings.py": "SECRET_KEY = os.environ['SECRET_KEY']\nAPI_TOKEN = 'settings-token-v2'\nSORT_KEY = '«word:24»'",
    "src/auth.go": 'password := r.FormValue("password")\ntoken, err := NewToken("«word:12»")',
    "docs/db.md": "Connect to postgres://app:«word:12»@db.shop.io/app",
    "docs/key.md": "-----BEGIN RSA PRIVATE" + " KEY-----\nMIIEpAIBAAKCAQEA...\n-----END RSA PRIVATE" + " KEY-----",
    "src/pem.py": 'MARK = "-----BEGIN PRIVATE' + ' KEY-----"\nEND = "-----END PRIVATE' + ' KEY-----"',
    "tests/conftest.py": 'DB = "postgresql://app:«word:12»@db.shop.io/test"\nT = "«jwt»"',
    "tests/compose.yaml": "services:\n  db:\n    environment:\n      MYSQL_ROOT_PASSWORD: «password»",
    "node_modules/ssh2/test/id_rsa": "«pem:RSA PRIVATE KEY»",
    ".venv/lib/python3.12/site-packages/x/.env": "DB_PASSWORD=«password»",
    "vendor/bundle/ruby/gems/x/key.pem": "«pem:PRIVATE KEY»",
    "web/vendor/acme/lib/tests/key.pem": "«pem:PRIVATE KEY»",
    "home/.cargo/registry/src/x/key.pem": "«pem:PRIVATE KEY»",
    "Pods/x/key.pem": "«pem:PRIVATE KEY»",
    "config/credentials.yml.enc": "«base64:100»--«base64:12»--«base64:16»",
    "vault.yml": "$ANSIBLE_VAULT;1.1;AES256\n«hex:80»",
    "crypt/secret.key": "\0GITCRYPT\0«binary:60»",
    "a.txt": "-----BEGIN PGP MESSAGE-----\n«base64:200»\n-----END PGP MESSAGE-----",
}


@pytest.mark.parametrize("start", ["#6 0.245 ", "2026-04-26 12:36:01 ", "web-1  | "])
def test_a_key_in_a_log_is_found(start: str, made: Made) -> None:
    """Whatever a log puts before each line of it, the last one too; a key without its first line is none."""
    key = made.fill("«pem:EC PRIVATE KEY»").decode().strip().split("\n")
    text = "".join(f"{start}{line}\n" for line in ("cat key.pem", *key, "done"))
    assert [each.kind for each in found("logs/build.log", text.encode())] == ["private-key"]
    cut = text.replace(key[1], key[1][:8])
    assert found("logs/build.log", cut.encode()) == []


@pytest.mark.parametrize(("path", "text"), SETTINGS.items(), ids=SETTINGS)
def test_a_secret_in_any_configuration_is_found(path: str, text: str, made: Made) -> None:
    """Whatever it is written in, by names and values; keys and tokens in any text."""
    assert found(path, made.fill(text))


@pytest.mark.parametrize(("path", "text"), CODE.items(), ids=CODE)
def test_a_drawn_value_under_a_telling_name_is_found(path: str, text: str) -> None:
    """In code, scripts, logs and notes."""
    assert [each.kind for each in found(path, Made(5).fill(text))] == ["assigned-secret"]


@pytest.mark.parametrize(("path", "text"), LOOK_ALIKES.items(), ids=LOOK_ALIKES)
def test_what_only_looks_like_a_secret_is_cleared(path: str, text: str, made: Made) -> None:
    """References, fillers, translations, lock files, code, manuals, what others wrote, what is encrypted."""
    assert found(path, made.fill(text)) == []


def test_on_the_sample_tree_nothing_is_missed_and_nothing_invented() -> None:
    """Recall and precision on the strict labels are 1."""
    labels = json.loads((TESTDATA / "secrets" / "labels.json").read_text(encoding="utf-8"))
    files = tree()
    assert files.keys() == labels.keys()
    assert files == tree(), "the same bytes on every run"
    strict = {path for path, label in labels.items() if label["strict"]}
    secret = {path for path in strict if labels[path]["secret"]}
    assert {path for path in strict if found(path, files[path])} == secret


# ---- assignments ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "severity"),
    [
        ("API_SECRET", "«word:30»", Strength.HIGH),
        ("dbPassword", "«password»", Strength.HIGH),
        *(
            (f"DB_PASSWORD_{stage}", "«password»", Strength.HIGH)
            for stage in ("PROD", "PRODUCTION", "DEVELOPMENT", "V2")
        ),
        ("GH", "«github»", Strength.CRITICAL),
        ("DATABASE_URL", "postgres://app:«password»@db.shop.io/a", Strength.HIGH),
        ("DATABASE_URL", "postgres://app:«password»@db/a", Strength.LOW),
        ("API_SECRET", "${API_SECRET}", None),
        ("API_SECRET_FILE", "«word:30»", None),
        ("SORT_KEY", "created_at_9", None),
        ("POSTGRES_PASSWORD", "postgres", None),
        ("GITHUB_TOKEN", "«github-badsum»", None),
        ("VERSION", "«word:30»", None),
    ],
)
def test_assignments(name: str, value: str, severity: Strength | None, made: Made) -> None:
    """NAME=VALUE is judged by both, or by a value that tells itself."""
    judged = assignment(name, made.fill(value).decode())
    assert (judged and judged.severity) == severity


@pytest.mark.parametrize(
    ("name", "is_secret"),
    [
        *((name, True) for name in ("TOKEN", "GIT_TOKEN", "NPM_AUTH", "DB_PASSWORD", "apiKey", "ACCESSTOKEN")),
        *(
            (name, False)
            for name in ("VERSION", "SORT_KEY", "PUBLIC_KEY", "TOKEN_FILE", "KEYRING", "GPG_KEY", "TELEMETRY_KEY")
        ),
        *((name, False) for name in ("VITE_FIREBASE_API_KEY", "NEXT_PUBLIC_API_KEY", "REACT_APP_TOKEN")),
        ("VITE_CLIENT_SECRET", True),
    ],
)
def test_bare_arguments(name: str, is_secret: bool) -> None:
    """An ARG that waits for a secret is known by its name."""
    assert bare_argument(name) is is_secret
