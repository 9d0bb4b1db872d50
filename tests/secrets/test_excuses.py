"""What stands around a value, where its file lies and what it spells: each of these makes a note of an alarm, and none
of what only looks like it does. Every case was met in a public repository and judged there by reading."""

from __future__ import annotations

import base64
import hashlib
import sys

import pytest
from support.trees import TESTDATA

from ctxscan.secrets.judgement import Strength
from ctxscan.secrets.neighbours import beside
from ctxscan.secrets.verdict import judge, spoken

sys.path.append(str(TESTDATA / "secrets"))
from made import Made

MADE = Made(21)
VALUE = MADE.word("40")
OTHER = MADE.word("40")
HEX = MADE.word("32")
KEYS = [hashlib.md5(each).hexdigest() for each in (b"garden", b"winter")]
UUID = MADE.uuid()
PEM = MADE.pem("PRIVATE KEY")
AWS_ID = Made(22).aws_id()
FINE = "github_" + f"pat_11{MADE.upper('20')}_{MADE.word('59')}"
WORDS = base64.b64encode(b"example-app-secret").decode()


def weight(path: str, text: str) -> Strength | None:
    """What the heaviest secret in a file weighs, None: there is none."""
    data = text.encode()
    found = judge(path, data, size=len(data))
    return max((each.severity for each in found if each.severity is not None), default=None)


#: A path and a text that make an alarm, and the same where somebody shows it: nothing, or a note.
QUIET = {
    "an example's directory": ("conf/app.env", "examples/one/app.env", f"API_TOKEN={VALUE}\n"),
    "a demonstration": ("setup/key.pem", "demo-setups/key.pem", PEM),
    "scripts for development": ("keys/worker_key.pem", "devScripts/worker_key.pem", PEM),
    "a machine for development": ("keys/worker_key.pem", "hack/keys/worker_key.pem", PEM),
    "tests by the start of a directory's name": ("data/a.env", "test-files/a.env", f"API_TOKEN={VALUE}\n"),
    "tests by hand": ("office/certs/a.key", "manual-test-tls/certs/a.key", PEM),
    "tests in Perl": ("sql/a.py", "t/sql/a.py", f'api_token = "{VALUE}"\n'),
    "the values of a chart's trial": ("chart/values.yaml", "chart/ci/tls-values.yaml", f"apiToken: {VALUE}\n"),
    "a key that says so": ("tls/server.key", "tls/server_test_a.key", PEM),
    "a schema": ("values.json", "values.schema.json", f'{{"apiToken": "{VALUE}"}}\n'),
    "recorded requests": ("web/a.yml", "web/cassettes/a.yml", f"api_token: {VALUE}\n"),
    "settings of a new project": ("config/prod.exs", "config/dev.exs", f'  secret_key_base: "{VALUE}"\n'),
    "tests at the top": ("keys/tls.key", "acceptance/tls.key", PEM),
    "a measurement": ("conf/tls.key", "benchmark/conf/tls.key", PEM),
    "a server that only stands for one": ("proxy/conf/tls.key", "fake-proxy/conf/tls.key", PEM),
    "what makes values for tests": ("lib/shop/token.ex", "lib/shop/factory.ex", f'  secret: "{VALUE}",\n'),
    "examples that are hidden": ("certs/server.key", ".examples/mtls/certs/server.key", PEM),
    "what tests use in place of the real thing": (
        "app/token.ts",
        "app/__stubs__/token.ts",
        f"export const apiToken = '{VALUE}';\n",
    ),
    "what only looks real": ("app/fakery/token.ts", "app/fakes/token.ts", f"export const apiToken = '{VALUE}';\n"),
    "a machine of one's own, hidden": ("conf/prod.env", ".dev/prod.env", f"API_TOKEN={VALUE}\n"),
    "tests as .NET has them": ("Shop.Api/Keys.cs", "Shop.UnitTests/Keys.cs", f'  accessToken = "{VALUE}",\n'),
    "a key for tests, with a number": ("web/idsrv3.pem", "web/idsrv3test.pem", PEM),
    "what fills a demonstration": (
        "app/Console/DemoCommand.php",
        "app/Console/DemoSeederCommand.php",
        f"  'api_key' => '{VALUE}',\n",
    ),
    "what sets a database up for tests": (
        "turndb/mongosetup.sh",
        "turndb/testmongosetup.sh",
        f"db.users.insert({{ api_token: '{VALUE}' }});\n",
    ),
    "what is measured": ("lib/run/secrets.exs", "lib/bench/secrets.exs", f'jwt_secret = "{VALUE}"\n'),
    "settings of an environment on this machine": (
        "config/prod.exs",
        "config/client.exs",
        f'  docs_url: "http://localhost:4043",\n  secret_key_base: "{VALUE}"\n',
    ),
    "what makes rows for a look": ("app/services/row_service.rb", "app/services/sample_data_service.rb", PEM),
    "the first rows of every installation": (
        "data/settings.sql",
        "app/Schema/Sql/settings.sql",
        f"INSERT INTO settings VALUES ('api_token', '{VALUE}');\n",
    ),
    "what CI starts": ("docker/db/auth.env", "docker/ci/auth.env", f"AUTH_TOKEN={VALUE}\n"),
    "what Symfony fills in": (".env.prod", ".env.dev", f"APP_SECRET={HEX}\n"),
    "a service for tests from end to end": (
        "internal/seed_service.go",
        "internal/e2etest_service.go",
        f'  refreshToken = "{VALUE}"\n',
    ),
    "samples of what a service sends": (
        "hooks/sources.json",
        "hooks/source-samples.json",
        f'{{"token": "{VALUE}"}}\n',
    ),
    "a description by its name": ("api/shop.yaml", "api/shop-swagger.yaml", f"token: {VALUE}\n"),
    "another trial of a chart": (
        "chart/tls-values.golden.yaml",
        "chart/ci/tls-values.golden.yaml",
        f"apiToken: {VALUE}\n",
    ),
    "a server for tests": (
        "scan/oauth2-server/model.js",
        "scan/oauth2-test-server/model.js",
        f'  clientSecret: "{VALUE}",\n',
    ),
    "a key for tests, in one word": ("tls/attestkey.pem", "tls/testkey.pem", PEM),
    "what fills a new database": ("prisma/popular.ts", "prisma/populate.ts", f"const rawToken = '{VALUE}';\n"),
    "tests of Maven": ("src/lib/application.yml", "src/it/application.yml", f"api_secret: {VALUE}\n"),
    "tests that accept what was made": (
        "internal/accept/app.yml",
        "internal/acceptance/app.yml",
        f"api_secret: {VALUE}\n",
    ),
    "settings for CI": ("ops/run.env", "ops/ci.env", f"VALET_TOKEN={VALUE}\n"),
    "what makes samples, in one word": (
        "src/OrderDataService.cs",
        "src/SampleDataService.cs",
        f'  public const string API_KEY = "{VALUE}";\n',
    ),
    "code of others": ("src/lib/tls/server.key", "src/deps/tls/server.key", PEM),
    "what makes somebody up": ("ops/create_admin.py", "ops/create_fake_admin.py", f"admin_key = '{VALUE}'\n"),
    "the template of settings for tests": (
        "config/prod.secret.exs.txt",
        "config/test.secret.exs.txt",
        f'  signing_secret: "{VALUE}"\n',
    ),
    "what a service makes samples of": (
        "app/create_data_service.rb",
        "app/create_sample_data_service.rb",
        f"  secret: '{VALUE}'\n",
    ),
    "all that those who work on it start": ("ops/vault.yaml", "dev/vault.yaml", f"signing_key: {VALUE}\n"),
    "what the build has for them": ("build/prod/up.yml", "build/dev/up.yml", f"signing_key: {VALUE}\n"),
    "a service beside what CI tries": ("files/mail/api.env", "githubactions-mail/api.env", f"API_TOKEN={VALUE}\n"),
    "settings that a program begins with": ("docker/shop.env", "docker/default.env", f"API_TOKEN={VALUE}\n"),
    "settings of what only stands for a service": (".env.moon", ".env.mock", f"API_TOKEN={VALUE}\n"),
    "a key that everybody has": ("app/default-key.pem", "app/unsecure-default-key.pem", PEM),
    "what a new database begins with": ("priv/repo/setup.exs", "priv/repo/seeds.exs", f'  secret: "{VALUE}",\n'),
    "a class for tests": ("src/Orders.php", "src/OrdersMock.php", f'  $token = "{VALUE}";\n'),
    "a class that stands for another": ("src/Mockery.cs", "src/MockTokens.cs", f'  accessToken = "{VALUE}",\n'),
    "a key that holds a place": ("tls/ssl.key", "tls/ssl_PLACE_HOLDER.key", PEM),
    "settings of tests": (".env.docker", ".env.unit-tests", f"APP_KEY={VALUE}\n"),
    "pages of help": ("web/csrf/a.php", "web/csrf/help/a.php", f"user-token: {HEX}\n"),
    "a request to what CI has started": (
        "deploy.yml",
        ".github/workflows/ci.yml",
        f"  run: |\n    curl http://127.0.0.1:9180/admin \\\n      -H 'X-API-KEY: {HEX}'\n",
    ),
    "the program's own key in CI": ("deploy.yml", ".github/workflows/ci.yml", f"env:\n  SECRET_KEY: {VALUE}\n"),
    "the same in the CI of another service": (
        "settings.yml",
        ".own-ci.yml",
        f"variables:\n  SECRET_KEY_BASE: {VALUE}\n",
    ),
    "settings of a program in CI": ("settings/main.py", "settings/ci.py", f"SECRET_KEY = '{VALUE}'\n"),
    "a graph that CI starts": ("settings.yml", ".gitlab-ci.yml", f"variables:\n  NEO4J_PASSWORD: {VALUE}\n"),
    "a database that CI starts": (
        "settings.yml",
        ".gitlab-ci.yml",
        f"variables:\n  MYSQL_ROOT_PASSWORD: {VALUE}\n",
    ),
    "what fields are encrypted with in CI": (
        "settings.yml",
        ".github/workflows/ci.yml",
        f"env:\n  ENCRYPTED_TEXT_FIELD_KEY: {VALUE}=\n",
    ),
    "what tokens are signed with where one develops": (
        "config/prod.exs",
        "config/dev.exs",
        f'  token_signing_secret: "{VALUE}"\n',
    ),
    "settings of tests elsewhere": (".env.docker", ".env.travis", f"API_TOKEN={VALUE}\n"),
    "containers on one's own machine": (".envs/.production/.web", ".envs/.local/.web", f"API_TOKEN={VALUE}\n"),
    "a template of settings": (".envs/.production/.web", ".envs/.template/.web", f"API_TOKEN={VALUE}\n"),
    "a description of an interface": ("api/a.yaml", "openapi/paths/a.yaml", f"apiToken: {VALUE}\n"),
    "the same in variables for it": ("vars/all.yml", "vars/all.travis.yml", f"SECRET_KEY: {VALUE}\n"),
    "a key for what CI starts": ("tls/private_keys/shop.pem", "ci/tls/private_keys/shop.pem", PEM),
    "data that only stands for some": ("data/a.json", "Dummy data/a.json", f'{{"apiToken": "{VALUE}"}}\n'),
    "an interface as it is described": ("app/e/00.yaml", "app/.scribe/e/00.yaml", f"api_token: {VALUE}\n"),
    "a guide for users": ("src/cookies/001.php", "src/user_guide_src/cookies/001.php", f"$token = '{VALUE}';\n"),
    "settings to be copied": (".env", ".env_example", f"API_TOKEN={VALUE}\n"),
    "the rules of another scanner": ("shop.toml", ".gitleaks.toml", f'stopwords = ["""\n{PEM}"""]\n'),
    "read this first": ("web/intro.txt", "web/readme.txt", f"Authorization: Bearer {VALUE}\n"),
    "what a program begins with": ("conf/site.hjson", "conf/defaults.hjson", f'  admin_password: "{VALUE}"\n'),
    "data for tests": ("web/data.json", "web/testData.json", f'{{"apiToken": "{VALUE}"}}\n'),
    "a package manager kept with the project": (
        "web/scripts/yarn.cjs",
        ".yarn/releases/yarn-4.6.0.cjs",
        f'var a={{apiKey:"{HEX}"}}\n',
    ),
    "what stands for a server": ("web/a.json", "wiremock/a.json", f'{{"apiToken": "{VALUE}"}}\n'),
    "a role as it is tried": (
        "roles/shop/defaults/main.yml",
        "roles/shop/molecule/default/molecule.yml",
        f"shop_secret: {VALUE}\n",
    ),
    "what makes data for tests": (
        "Shop.PrepareData/Program.cs",
        "Shop.PrepareTestData/Program.cs",
        f'  accessToken = "{VALUE}",\n',
    ),
    "what a program says, on other systems": (
        "app/values/keys.xml",
        "app/composeResources/values-sv/keys.xml",
        f'<resources>\n<string name="api_token">{VALUE}</string>\n</resources>\n',
    ),
    "a page that `man` shows": ("etc/shop.conf", "etc/shop.1", f'.\\" made\n.TH shop 1\n.nf\npass = {VALUE}\n'),
    "the manual in one file": ("shop.txt", "MANUAL.txt", f"api_token = {VALUE}\n"),
    "what a migration calls a service": (
        "app/gateway.php",
        "database/migrations/2023_add.php",
        f"$paypal->key = '{HEX}';\n",
    ),
    "what was made of a password": ("secrets/shop_password", "secrets/shop_password_hash", MADE.hex("128")),
    "a key beside settings for development": (
        "config/prod.exs",
        "config/dev.exs",
        f'config :shop,\n  jwt_signing_key: """\n{PEM}"""\n',
    ),
    "what Rails draws for development": ("conf/local_secret.txt", "app/tmp/local_secret.txt", MADE.hex("128")),
    "a script made small": ("web/a.js", "web/rapidoc-min.js", f'var apiToken = "{VALUE}";\n'),
    "a key store that CI starts with": ("conf/server.key", ".ci/compose/server.key", PEM),
    "a key for the machine of whoever works on it": ("cert/acme.pem", "cert/local_dev.pem", PEM),
    "a key that says it is a dummy": ("conf/upstream_ca.key", "conf/dummy_upstream_ca.key", PEM),
    "a page that somebody keeps": ("a.log", "a.pdf", f'<script>var apiToken = "{VALUE}";</script>\n'),
    "what a browser gets to see": ("app/lib/a.js", "app/static/lib/a.js", f'this.apiKey = "{VALUE}";\n'),
    "settings that CI begins with": (
        "conf/local.py",
        "conf/local.travis",
        f"SECRET_KEY = env('SECRET_KEY', default='{VALUE}')\n",
    ),
    "data for tests, apart": ("pkg/_data/a.yaml", "pkg/_testdata/a.yaml", f"api_token: {VALUE}\n"),
    "what a lab was made with": ("lab/net/.tls/ca.key", "lab/clab-net/.tls/ca.key", PEM),
    "what those who work on it start": ("srv/common/auth.pem", "dev/common/auth.pem", PEM),
    "what they start in one directory of several": ("configs/eu/ca-key.pem", "configs/local/ca-key.pem", PEM),
    "what a program begins with, in code": ("a/config.go", "a/default_config.go", f'	Token: "{VALUE}",\n'),
    "what brings data for tests": (
        "src/ShopBundle/keys/a.key",
        "src/ShopFunctionalTestingBundle/keys/a.key",
        PEM,
    ),
    "a specification in Ruby": ("lib/car.rb", "lib/car_spec.rb", f'api_token = "{VALUE}"\n'),
    "what CI configures a server with": ("docker/config/signing.key", "docker/ci-config/tls.key", PEM),
    "what a program is tried with at random": ("pkg/_data/18502", "pkg/_fuzz/corpus/18502", PEM),
    "a story of a component": ("web/a.tsx", "web/Token.story.tsx", f"<Page secret='{VALUE}' />\n"),
    "what tests share": ("lib/keyUtils.ts", "lib/keyTestUtils.ts", f"export const apiToken = '{VALUE}';\n"),
}


@pytest.mark.parametrize(("loud", "quiet", "text"), QUIET.values(), ids=QUIET)
def test_a_place_makes_a_note(loud: str, quiet: str, text: str) -> None:
    """The same text elsewhere is an error, or a warning if it is only a default."""
    mild = "127.0.0.1" in text or "default=" in text
    assert (weight(loud, text) or Strength.LOW) >= (Strength.MEDIUM if mild else Strength.HIGH)
    assert weight(quiet, text) in (None, Strength.LOW)


#: Two texts of a file: one is an alarm, the other a note or nothing.
TEXTS = {
    "what was encrypted before": (
        "a.go",
        f'var clientSecret = "{VALUE}"\n',
        f'var rcloneEncryptedClientSecret = "{VALUE}"\n',
    ),
    "what is hidden from a first look": (
        "a.go",
        f'var clientSecret = "{VALUE}"\n',
        f'var obscuredClientSecret = "{VALUE}"\n',
    ),
    "a key that fields are encrypted with": (
        "a.py",
        f'ENCRYPTED_FIELDS_KEY = "{VALUE}"\n',
        f'ENCRYPTED_PASSWORD = "{VALUE}"\n',
    ),
    "how a program is called": (
        "a.sh",
        f"curl -U me:{VALUE} http://a.acme.io\n",
        '    -U args  More for curl, e.g. curl -U "--proxy http://web-proxy"\n',
    ),
    "what a field says while it is empty": (
        "a.tsx",
        f'  const apiToken = "{VALUE}";\n',
        f'  placeholder: "apiToken={VALUE}",\n',
    ),
    "what a field says, on a line of its own": (
        "a.php",
        f"  'value' =>\n    'mongodb://shop:{VALUE}@db.shop.io/x',\n",
        f"  'placeholder' =>\n    'mongodb://shop:{VALUE}@db.shop.io/x',\n",
    ),
    "a variable of the environment": ("a.yml", f'password: "{VALUE}"\n', 'password: "{env}WEBDAV_PASSWORD"\n'),
    "a form that tells people from robots": (
        "a.ts",
        f"export const settings = {{ recaptchaSecretKey: '{VALUE}' }};\n",
        f"export const settings = {{ recaptchaKey: '{VALUE}' }};\n",
    ),
    "what Jenkins looks up": (
        "Jenkinsfile",
        "  API_TOKEN='498b4638-2d02-4ce5-832d-8a57d01d97ab'\n",
        "  API_TOKEN=credentials('498b4638-2d02-4ce5-832d-8a57d01d97ab')\n",
    ),
    "a command in a description": (
        "a.rs",
        f'  let token = "{VALUE}";\n',
        f"\"Send the key:\\n```bash\\n-H 'Authorization: Bearer {VALUE}'\\n```\"\n",
    ),
    "a name for a test": ("a.rs", f'const KEY: &str = "{PEM}";\n', f'const TEST_FAKE_KEY: &str = "{PEM}";\n'),
    "a module for tests": (
        "a.rs",
        f'#[cfg(test)]\nmod tests {{\n    fn a() {{}}\n}}\n\nconst TOKEN: &str = "{VALUE}";\n',
        f'fn a() {{}}\n\n#[cfg(test)]\nmod tests {{\n    fn b() {{}}\n    const TOKEN: &str = "{VALUE}";\n}}\n',
    ),
    "a module for tests and with a feature": (
        "a.rs",
        f'#[cfg(feature = "test")]\nmod tests {{\n    const TOKEN: &str = "{VALUE}";\n}}\n',
        f'#[cfg(all(test, unix))]\n#[allow(dead_code)]\npub(crate) mod tests {{\n    const TOKEN: &str = "{VALUE}";\n}}\n',
    ),
    "where errors are reported": (
        "a.go",
        f'  dsn := "https://{KEYS[0]}:{KEYS[1]}@reports.shop.io/7"\n',
        f'  dsn := "https://{KEYS[0]}:{KEYS[1]}@o7.ingest.sentry.io/7"\n',
    ),
    "what a program refers to": (
        "a.ts",
        f"  return crypto.formatDidKey('{VALUE}', bytes)\n",
        "  return crypto.formatDidKey(crypto.SECP256K1_JWT_ALG, bytes)\n",
    ),
    "the name of an index": (
        "a.php",
        f"  $table->addUniqueIndex(['token'], '{VALUE}');\n",
        "  $table->addUniqueIndex(['token'], 'UNIQ_6FB0DB1E5F37A13B');\n",
    ),
    "a comment of several lines": (
        "a.go",
        f'var x = "access_token": "{VALUE}"\n',
        f'/*\n{{\n  "access_token": "{VALUE}"\n}}\n*/\n',
    ),
    "to be found by a rule": ("a.go", f'apiToken := "{VALUE}"\n', f'// ruleid: api-token\napiToken := "{VALUE}"\n'),
    "a name among names": (
        "a.py",
        f'values = ("api_token", "{VALUE}")\n',
        f"VALUES (1, '{{CLEAR}}password', '{HEX}')\n",
    ),
    "words in base64": ("a.yaml", f"secret: {VALUE}\n", f"secret: {WORDS}\n"),
    "what counts visitors": ("a.ts", f'const API_KEY = "{VALUE}"\n', f'const SEGMENT_WRITE_KEY = "{VALUE}"\n'),
    "a search in a manual": (
        "a.js",
        f'  apiKey: "{HEX}",\n',
        f'algolia: {{\n  appId: "A",\n  apiKey: "{HEX}",\n  indexName: "docs" }}\n',
    ),
    "the hash of a password": ("a.rb", f'user.password = "{HEX}"\n', f'user.hashed_password = "{HEX}"\n'),
    "an object of a cluster": ("a.yaml", f"apiSecret: {VALUE}\n", "existingSecret: my-pg-secret\n"),
    "the name of a variable": ("a.yaml", f"secretKey: {VALUE}\n", "secretKey: VLLM_API_KEY\n"),
    "taken from a store": ("a.yaml", f"password: {VALUE}\n", "password: ((uaa_users_admin))\n"),
    "what it is": ("a.yaml", f"password: {VALUE}\n", "password: outgoing_email_password\n"),
    "its user": ("a.yaml", f"secretKey: {VALUE}\n", "accessKey: console\nsecretKey: console123\n"),
    "on this machine": (
        "application-x.yaml",
        f"spring:\n  datasource:\n    password: {VALUE}\n",
        "spring:\n  datasource:\n    url: jdbc:mysql://localhost:3306/halo\n    password: openmysql\n",
    ),
    "a word for a service of the same file": (
        "docker-compose.yml",
        f"services:\n  db:\n    environment:\n      MYSQL_PASSWORD: {VALUE}\n",
        "services:\n  db:\n    environment:\n      MYSQL_PASSWORD: Wintertag@2024\n",
    ),
    "the same in a file of another name": (
        "stack.yml",
        f"services:\n  db:\n    environment:\n      MYSQL_PASSWORD: {VALUE}\n",
        "services:\n  db:\n    environment:\n      MYSQL_PASSWORD: Wintertag@2024\n",
    ),
    "the product, and fillers": (
        ".env",
        f"DB_NAME=gartenamt\nDB_PASSWORD={VALUE}\n",
        "DB_NAME=gartenamt\nDB_PASSWORD=gartenamtsecretpassword\n",
    ),
    "words and a number that counts": (
        "a.yml",
        f"JWT_SECRET: {VALUE}\n",
        "JWT_SECRET: gartenamt_jwt_secret_here_12345678901234567890123\n",
    ),
    "the product, in base64": (
        "a.yaml",
        f"kind: Secret\ntype: kubernetes.io/gartenamt\nstringData:\n  password: {VALUE}\n",
        f"kind: Secret\ntype: kubernetes.io/gartenamt\ndata:\n  password: {base64.b64encode(b'gArtenamt123').decode()}\n",
    ),
    "who logs in": (
        "a.yaml",
        f"kind: Secret\nstringData:\n  POSTGRES_PASSWORD: {VALUE}\n",
        "kind: Secret\nstringData:\n  POSTGRES_DB: accounts-db7\n",
    ),
    "a server on this machine": (
        "a.sh",
        "mysql -h db.garten.example.net -u root -pkaninchen2 shop\n",
        "mysql -u root -pkaninchen2 shop\n",
    ),
    "a request to a service beside it": (
        "b.sh",
        "curl -u admin:kaninchen2 https://connect.garten.net/x\n",
        "curl -u admin:kaninchen2 https://connect:8083/x\n",
    ),
    "a user as a password": (
        "c.sh",
        "curl -u gartenamt:kaninchen2 https://connect.garten.net/x\n",
        "curl -u gartenamt:gartenamt https://connect.garten.net/x\n",
    ),
    "the digest of a password": (".env", f"GRAYLOG_PASSWORD={HEX}\n", f"GRAYLOG_SHA256_PASSWORD={MADE.hex('64')}\n"),
    "certificates of others": (".env", "SSL_KEYSTORE_PASSWORD=kaninchen2\n", "SSL_TRUSTSTORE_PASSWORD=kaninchen2\n"),
    "a version": ("a.yml", f"conda-token: {VALUE}\n", "conda-token: 0.4.0=pyhd8ed1ab_0\n"),
    "a form to fill in": ("Dockerfile.txt", f"--password={VALUE}\n", "--password=FillInCorrectPassword\n"),
    "a template in quotes": (
        "values/secret.yaml",
        f'PASSWORD: "{VALUE}"\n',
        'PASSWORD: "{{ include "shop.password" . }}"\n',
    ),
    "a comment behind nothing": ("application-x.yml", f"password: {VALUE}\n", "password: # empty by default\n"),
    "a comment in a setting's file": ("a.conf", f'accessKey = "{VALUE}"\n', f'//accessKey = "{VALUE}"\n'),
    "the name of a rule": ("a.conf", f'pass = "{VALUE}"\n', 'pass = "R_SPF_ALLOW"\n'),
    "a number for a gateway": ("a.php", f'$x->license_key = "{VALUE}";\n', f'$x->gateway_key = "{VALUE}";\n'),
    "the digest of a picture": ("a.js", f'"paypal": "{HEX}",\n', f'"img/paypal.png": "{HEX}",\n'),
    "an example of an interface": (
        "a.py",
        f'body = {{"api_token": "{VALUE}"}}\n',
        f'json_schema_extra={{"example": {{"id": 1,\n  "api_token": "{VALUE}"}}}}\n',
    ),
    "a text that describes an interface": (
        "a.java",
        f'String body = "{{ \\"apiToken\\": \\"{VALUE}\\" }}";\n',
        f'@Operation(summary = "Get",\n  notes = "Example:" +\n  "{{ \\"apiToken\\": \\"{VALUE}\\" }}")\n',
    ),
    "shown in a page": (
        "a.html.twig",
        f"<script>\n  api_token = '{VALUE}'\n</script>\n",
        f"<pre><code>\n  api_token = '{VALUE}'\n</code></pre>\n",
    ),
    "what draws a map": ("a.ts", f'  apiKey: "{VALUE}"\n', f'  mapProvider: HERE,\n  apiKey: "{VALUE}"\n'),
    "a remark in a batch file": ("a.bat", f"SET OAUTH2_SECRET={VALUE}\n", f"REM SET OAUTH2_SECRET={VALUE}\n"),
    "a request in figures for letters": (".env", f"APP_SECRET={VALUE}\n", "APP_SECRET=ch4n63m31fy0uc4n\n"),
    "an emulator's": ("Makefile", f"ACCOUNT_KEY={VALUE}\n", f"ACCOUNT_KEY=Eby8vdM02xNO{VALUE}\n"),
    "an algorithm": ("a.java", f'newSecretKey("{VALUE}", p)\n', 'newSecretKey("PBKDF2WithHmacSHA1", password)\n'),
    "a call": ("a.tf", f'private_key = "{VALUE}"\n', "private_key = file(var.pvt_key)\n"),
    "a call with a path": ("b.tf", f'private_key = "{VALUE}"\n', 'private_key = file("/root/.ssh/id_rsa2")\n'),
    "what a shell puts in": (
        "conf/secrets.yaml",
        f"JWT_SECRET: {VALUE}\n",
        'JWT_SECRET: $(kubectl get secret a -o jsonpath="{.data.jwt-secret}" 2>/dev/null | base64 -d || openssl rand -hex 32)\n',
    ),
    "a name in a manifest": (
        "k8s/secrets-job.yaml",
        f"apiVersion: v1\nkind: Secret\nstringData:\n  peer: {VALUE}\n",
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: job-p2p-secrets-7\nroleRef:\n"
        "  apiGroup: rbac.authorization.k8s.io\n",
    ),
    "a name to be put in": (
        "a.properties",
        f'sasl.jaas.config=PlainLoginModule required username="shop" password="{VALUE}";\n',
        'sasl.jaas.config=PlainLoginModule required username=":CLOUD_KEY:" password=":CLOUD_SECRET:";\n',
    ),
    "who is who in a directory": (
        "a.sh",
        f"log password\nalter user shop identified by '{MADE.word('20')}';\n",
        "log password\nalter user 'SHOP' identified as 'CN=connect,C=US';\n",
    ),
    "what everybody signs with at first": (
        "conf/grafana.ini",
        f"secret_key = {MADE.word('20')}\n",
        "secret_key = SW2YcwTIb9zpOOhoPsMm\n",
    ),
    "where an image is pulled from": (
        "values.yaml",
        f"credentials: {VALUE}\n",
        "credentials: pullsecret:argocd/ghcr-docker-config-2\n",
    ),
    "a key that a form shows": (
        "a.eex",
        f'<div data-secretkey="6L{MADE.word("38")}"></div>\n',
        f'<div class="g-recaptcha" data-sitekey="6L{MADE.word("38")}"></div>\n',
    ),
    "a group of layers": ("a.json", f'"mapbox:key": "{HEX}"\n', f'"mapbox:group": "{HEX}"\n'),
    "where the tiles of a map come from": (
        "style.json",
        f'"url": "https://api.shop.io/data/v3.json?key={VALUE}"\n',
        f'"url": "https://maps.tilehosting.com/data/v3.json?key={VALUE}"\n',
    ),
    "a program in a request": (
        "a.bru",
        f"vars {{\n  accessToken: {VALUE}\n}}\n",
        "script:post-response {\n  const accessToken = res.getBody().access_token;\n  bru.setVar('a', accessToken);\n}\n",
    ),
    "a directory in the cluster": (
        "a.sh",
        "ldapsearch -x -H ldap://ldap.garten.net:389 -D cn=mds -w 'Kaninchen!'\n",
        "ldapsearch -x -H ldap://ldap.shop.svc.cluster.local:389 -D cn=mds -w 'Kaninchen!'\n",
    ),
    "a login that says so": (
        "a.py",
        f"h = 'Authorization: Basic {base64.b64encode(b'client:x9Kq2mTz7Lw').decode()}'\n",
        f"h = 'Authorization: Basic {base64.b64encode(b'kc-client:kc-secret').decode()}'\n",
    ),
    "the hash in a server's file of passwords": (
        "broker/password",
        f"{VALUE}\n",
        f"shop:$6$SAZSX7nj/jnoTGV1${MADE.word('86')}\n",
    ),
    "words in a connection string": (
        "a.properties",
        f"login=PlainLoginModule required username=shop password={VALUE};\n",
        "login=PlainLoginModule required username=shop password=shop-secret;\n",
    ),
    "the product, by where it lies": (
        "gartenamt/application-x.yml",
        f"api-key: {VALUE}\n",
        "api-key: secretgartenamtapikey12345\n",
    ),
    "characters of an expression": (
        "a.yaml",
        f"url: https://shop:{VALUE}@db.shop.io/a\n",
        "pattern: https://[A-Za-z0-9]+:[A-Za-z0-9._-]{8}@db.shop.io/a\n",
    ),
    "a word for a key that is made here": (
        "a.sh",
        "openssl genrsa -passout pass:Kaninchen2024x 2048\n",
        "openssl genrsa -passout pass:kaninchen 2048\n",
    ),
    "a sentence that says so": (
        "a.sh",
        f"docker run -e JWT_SECRET={VALUE} shop\n",
        "docker run -e JWT_SECRET=GartenSecretKeyForTokens2024MustBeAtLeast32CharactersLong! shop\n",
    ),
    "a sentence with numbers": (
        "appsettings.json",
        f'{{"Jwt": {{"Key": "{VALUE}"}}}}\n',
        '{"Jwt": {"Key": "dev-super-secret-jwt-key-for-garden-2026-minimum-256-bits"}}\n',
    ),
    "who can decrypt it": (
        "conf/secrets.yaml",
        f"a: {VALUE}\nsops:\n  age:\n    - recipient: age1{'q' * 58}\n",
        "a: ENC[AES256_GCM,data:Fb0x,iv:Zm9v,tag:YmFy,type:str]\nsops:\n  age:\n"
        f"    - recipient: age1{MADE.draw('023456789acdefghjklmnpqrstuvwxyz', 58)}\n  pgp:\n    - fp: {MADE.hex('40').upper()}\n",
    ),
    "the names of secrets": (
        "conf/secrets.manifest.json",
        f'{{"keys": [{{"value": "{VALUE}"}}]}}\n',
        '{"keys": [{"name": "ga4_oauth_client_id", "required": true}]}\n',
    ),
    "a login on the network of a cluster": (
        "k8s/a.yaml",
        f"kind: Secret\nstringData:\n  DB_URL: mongodb://shop:{VALUE}@mongo.shop.io/a\n",
        "kind: Secret\nstringData:\n  DB_URL: mongodb://shop:kaninchen@mongo-db:27017/a\n",
    ),
    "where requests are passed on to": (
        "entrypoint.sh",
        f'export NGINX_PROXY_PASS="{VALUE}"\n',
        'export NGINX_PROXY_PASS="http://unicorn_sock2"\n',
    ),
    "what pages get to see, below another such line": (
        ".env.shop",
        f"MAP_KEY=web.{HEX}\nSERVICE_KEY=service.{VALUE}\n",
        f"VITE_MAP_KEY=web.{HEX}\nVITE_SERVICE_KEY=service.{VALUE}\n",
    ),
    "a password or a key that pages get to see": (
        "web/.env.shop",
        f"REACT_APP_AUTH0_CLIENT_SECRET={VALUE}\n",
        f"REACT_APP_AUTH0_CLIENT_TOKEN={VALUE}\n",
    ),
    "what pages get to see, in code": (
        "a.vue",
        f"const key = env.SERVICE_KEY || 'service.{VALUE}'\n",
        f"const key = import.meta.env.VITE_SERVICE_KEY || 'service.{VALUE}'\n",
    ),
    "a key for a test, below its name": (
        "a.py",
        f'signing_key = load(\n    """{PEM}""")\n',
        f'dummy_signing_key = load(\n    """{PEM}""")\n',
    ),
    "a program in recorded traffic": (
        "a.har",
        f'{{"name": "cookie", "value": "session={VALUE}"}}\n',
        '{"text": "function(e){switch(e[1]){case cookie,e[2].toLowerCase().split(1)}"}\n',
    ),
    "rows of nobody": (
        "shop_backup.sql",
        "INSERT INTO customers (name, password) VALUES ('Ana', 'kaninchen');\n",
        "INSERT INTO airlines (name, code) VALUES ('Lufthansa', 'LH');\n",
    ),
    "the product, with a digit in its name": (
        "application-x.yml",
        f"neo4j_password: {VALUE}\n",
        "neo4j_password: neo4j-password-123!\n",
    ),
    "where the browser tells of errors": (
        "a.jsx",
        f"  start({{ apiKey: '{VALUE}' }})\n",
        f"  initializeFaro({{ url: u, apiKey: '{VALUE}' }})\n",
    ),
    "who pays for a service": (
        "settings.json",
        f'"snyk.token": "{MADE.fill("«uuid»").decode()}"\n',
        f'"snyk.advanced.organization": "{MADE.fill("«uuid»").decode()}"\n',
    ),
    "where it lies in a store": (
        "buildspec.yml",
        f"DB_PASSWORD: {VALUE}\n",
        "DB_PASSWORD: /myapp/env/DB_PASSWORD\n",
    ),
    "the word for it in another language": (
        "appsettings.json",
        '{"Password": "Kaninchen2x"}\n',
        '{"Password": "tuContraseña"}\n',
    ),
    "a password for tests from end to end": (
        "a.ts",
        "const password = 'Kx9#vLq27mWz';\n",
        "const password = 'E2ePass123!';\n",
    ),
    "what everybody tries first": ("redis.conf", f"requirepass {VALUE}\n", "requirepass 123456\n"),
    "the name of a type": ("a.yaml", f"storePassword: {VALUE}\n", "storePassword: TWPrivateKey\n"),
    "the digest of a default": (
        "application-h2.yml",
        f"password: {HEX}\n",
        f"password: {hashlib.sha256(b'password').hexdigest()}\n",
    ),
    "the name of a package": ("prod.env", f"HMAC_SECRET={VALUE}\n", "HMAC_SECRET=io.garden.shop.dc3\n"),
    "as GeoServer encrypts": (
        "datastore.xml",
        f'<entry key="passwd">{VALUE}</entry>\n',
        f'<entry key="passwd">crypt1:{MADE.word("22")}==</entry>\n',
    ),
    "a dump in which nothing was": (
        "shop_backup.sql",
        'COPY public."Users" ("Id", "Password") FROM stdin;\n7\tkaninchen\n\\.\n',
        'COPY public."Users" ("Id", "Password") FROM stdin;\n\\.\nCOPY public."__EFMigrationsHistory" ("Id") FROM stdin;\n7\n\\.\n',
    ),
    "who develops": ("values.yaml", "LDAP_PASSWORD: Kaninchen!\n", "LDAP_PASSWORD: Developer!\n"),
    "a web token that nobody has signed": (
        "a.go",
        f'noneToken := "{MADE.jwt()}"\n',
        f'noneToken := "{MADE.jwt("unsigned")}"\n',
    ),
    "the secret of a manual of one-time passwords": (
        "a.tsx",
        f"  setTotpSecret('{MADE.word('18')}')\n",
        f"  setTotpSecret('{'JBSWY3DP' + 'EHPK3PXP'}')\n",
    ),
    "what a password is checked against": (
        "users.json",
        f'{{"fields": {{"password": "{VALUE}"}}}}\n',
        f'{{"fields": {{"password": "pbkdf2_sha256$260000${MADE.word("22")}${MADE.base64("32")}"}}}}\n',
    ),
    "a password hash that a program joins": (
        "Seed.cs",
        f'new User {{ Password = "100.{MADE.word("43")}" }}\n',
        f'new User {{ Password = "100.{MADE.base64("16")}.{MADE.base64("32")}" }}\n',
    ),
    "a salt and a hash": (
        "users.json",
        f'[{{"password": "{MADE.hex("33")}:{MADE.hex("64")}"}}]\n',
        f'[{{"password": "{MADE.hex("32")}:{MADE.hex("64")}"}}]\n',
    ),
    "what the environment of tests has": (
        "compose.yml",
        f"services:\n  check:\n    environment:\n      APP_KEY: {VALUE}\n      APP_ENV: prod\n",
        f"services:\n  check:\n    environment:\n      APP_KEY: {VALUE}\n      APP_ENV: testing\n",
    ),
    "what a service of tests has": (
        "docker-compose.yml",
        f"services:\n  api-contest:\n    environment:\n      - APP_KEY={VALUE}\n",
        f"services:\n  api-tests:\n    environment:\n      - APP_KEY={VALUE}\n",
    ),
    "what a library begins with": (
        "config/default.json",
        f'{{"jwtPrivateKey": "{VALUE}"}}\n',
        '{"jwtPrivateKey": "thisIsTheKeyOfTheTests"}\n',
    ),
    "what is reached in tests alone": (
        "settings.py",
        f"if IN_PRODUCTION:\n    if not API_KEY:\n        API_KEY = '{VALUE}'\n",
        f"if IN_TESTS:\n    if not API_KEY:\n        API_KEY = '{VALUE}'\n",
    ),
    "what tests alone reach in braces": (
        "a.js",
        f"if (process.env.NODE_ENV !== 'test') {{\n  apiKey = '{VALUE}';\n}}\n",
        f"if (process.env.NODE_ENV === 'test') {{\n  apiKey = '{VALUE}';\n}}\n",
    ),
    "a key that was made up for tests": (
        "config.py.sample",
        f'# The key of the service.\nSERVICE_KEY = """{PEM}"""\n',
        f'# A randomly generated key for use in tests.\nSERVICE_KEY = """{PEM}"""\n',
    ),
    "a token that was made up for tests": (
        "a.py",
        f"# A token, random, as the server wants it.\nAPI_TOKEN = '{VALUE}'\n",
        f"# A made-up token for unit tests.\nAPI_TOKEN = '{VALUE}'\n",
    ),
    "what shortens numbers": (
        "hashids.php",
        f"  'secret' => env('APP_HASHID_SECRET', '{VALUE}'),\n",
        f"  'salt' => env('APP_HASHID_SALT', '{VALUE}'),\n",
    ),
    "what makes the number of a visitor another one": (
        "a.ts",
        f"export const SECURE_AUTH_SALT = '{VALUE}';\n",
        f"export const SECURE_ATTRIBUTE_SALT = '{VALUE}';\n",
    ),
    "the contract of a coin": (
        "a.ts",
        f"  BearerToken: '{MADE.hex('16')}',\n",
        f"  NonFungibleToken: '{MADE.hex('16')}',\n",
    ),
    "what every copy of an app calls itself by": (
        "a.go",
        f'\tPackageOwner = "acme"\n\tAndroidClientSecret = "{VALUE}"\n',
        f'\tPackageName = "io.acme.shop"\n\tAndroidClientSecret = "{VALUE}"\n',
    ),
    "what a protocol encrypts with": (
        "a.go",
        f'\tsalutation = "Good morning"\n\tpresetKey = "{VALUE}"\n',
        f'\tiv = "0102030405060708"\n\tpresetKey = "{VALUE}"\n',
    ),
    "a login of a sandbox": (
        "a.cs",
        f'  "{{\\"IsSandbox\\":false,\\"SecretKey\\":\\"{VALUE}\\"}}",\n',
        f'  "{{\\"IsSandbox\\":true,\\"SecretKey\\":\\"{VALUE}\\"}}",\n',
    ),
    "one address among those of many others": (
        "seen.csv",
        f"shop.io/pay?key={HEX}\n" * 9,
        "".join(f"shop{number}.io/pay?key={HEX}\n" for number in range(9)),
    ),
    "what two browsers agree on": ("a.js", f"  'a=turn-pwd:{HEX}' +\n", f"  'a=ice-pwd:{HEX}' +\n"),
    "the link to a meeting": (
        ".github/workflows/b.yml",
        f'          page="https://shares.acme.io/room/94144?password={HEX}"\n',
        f'          page="https://zoom.acme.io/meeting/94144?password={HEX}"\n',
    ),
    "what can be pushed with alone": (
        ".github/workflows/a.yml",
        f"env:\n  SCAN_API_KEY: {HEX} # This token belongs to the team.\n",
        f"env:\n  SCAN_API_KEY: {HEX} # This is a push-only token that is safe to be exposed.\n",
    ),
    "what a workflow says of a key beside it": (
        ".github/workflows/a.yml",
        f"env:\n  scan-key: {HEX} # That is the key of the whole team.\n",
        f"env:\n  scan-key: {HEX} # A public key only for uploads.\n",
    ),
    "what a value is put in for": (
        "a.sh",
        f"printf 'SHOP_API_TOKEN={VALUE}\\n' >shop.env\n",
        'printf \'SHOP_API_TOKEN=%s\\nSHOP_USERS=%s\\n\' "$token" "$users" >shop.env\n',
    ),
    "what counts visitors, by what its settings are called": (
        "a.tsx",
        f"  warehouse: {{\n    apiKey: '{HEX}',\n",
        f"  amplitude: {{\n    apiKey: '{HEX}',\n",
    ),
    "how a class calls what it stores": (
        "a.ts",
        f"  static ApiKey = '{VALUE}'\n",
        f"  private static Key = '{VALUE}'\n",
    ),
    "one of two values, by what something is": (
        "a.ts",
        "  kind.refresh_token = 'bg-[#F5EC67]Kq3';\n",
        "  return kind === 'refresh_token' ? 'bg-[#F5EC67]Kq3' : '';\n",
    ),
    "what a comment behind it says was made up": (
        "a.py",
        f'    acme_api_secret="{HEX}",  # of the account that trades\n',
        f'    acme_api_secret="{HEX}",  # noqa: mock\n',
    ),
    "what settings are described with": (
        "a.yaml",
        f"  api_key: '{HEX}'\n",
        f"  details: |-\n    Example:\n\n    ```python\n    ARGS = {{\n        'api_key': '{HEX}',\n    }}\n    ```\n",
    ),
    "a map on a page": (
        "a.php",
        f"  $url = 'https://api.shop.io/2.1/?lang=ru&amp;apikey={UUID}';\n",
        f"  $url = 'https://api-maps.shop.io/2.1/?lang=ru&amp;apikey={UUID}';\n",
    ),
    "what has to be decrypted": (
        "a.java",
        f'  String dbPassword = Passwords.takeDbPassword(\n      "{HEX}{HEX}");\n',
        f'  String dbPassword = Passwords.decryptDbPassword(\n      "{HEX}{HEX}");\n',
    ),
    "an account of everybody's own chain": (
        ".env",
        f"SENDER_PRIVATE_KEY=4f3e{MADE.hex('60')}\n",
        f"SENDER_PRIVATE_KEY={'4f3edf983ac6' + '36a6'}{MADE.hex('48')}\n",
    ),
    "a request to change it": (
        "a.sql",
        "CREATE USER 'shop' IDENTIFIED BY 'Kr4n_i7Ch-9wQz';\n",
        "CREATE USER 'shop' IDENTIFIED BY 'CHANGE_ME_AT_A3_COLLECTOR';\n",
    ),
    "what Django's settings for oneself have": (
        "config/settings/local.py",
        "API_SECRET = env('API_SECRET', default='p)w(x+91kq&z_7m*e4=r')\n",
        "SECRET_KEY = env('DJANGO_SECRET_KEY', default='p)w(x+91kq&z_7m*e4=r')\n",
    ),
    "an expression for tokens": (
        "a.go",
        '  shopToken := "gGhP_09aZxQ27bW41kT"\n',
        '  shopToken := "[gG]hP_[0-9a-zA-Z]{36}"\n',
    ),
    "a page's script": (
        "a.twig",
        f'<script>var a = 1</script>\n{{% set x = {{apiKey:"{HEX}"}} %}}\n',
        f'<script>window.a={{apiKey:"{HEX}"}}</script>\n',
    ),
    "a database on this machine": (
        "a.php",
        "  $a = new mysqli('db.shop.io', 'shop', 'Kr4n_i7Ch-9wQz');\n",
        "  $a = new mysqli('localhost', 'shop', 'Kr4n_i7Ch-9wQz');\n",
    ),
    "a service of a Compose file with a dot in its name": (
        "compose.yaml",
        "services:\n  a:\n    environment:\n      DB: Server=sql.data;Uid=shop;Password=shop_Pass1\n",
        "services:\n  sql.data:\n    image: a\n  a:\n    environment:\n      DB: Server=sql.data;Uid=shop;Password=shop_Pass1\n",
    ),
    "the token in a sample of a shop": (
        "appsettings.json",
        f'{{"Token": "{UUID.upper()}"}}\n',
        '{"Token": "6168DB8D-DC58-' + '4094-AF24-483278923590"}\n',
    ),
    "what a page shows to tell people from machines": (
        "environment.ts",
        f"  recaptchaSecretKey: '6L{MADE.word('38')}',\n",
        f"  recaptchaKey: '6L{MADE.word('38')}',\n",
    ),
    "a request to change it, as people spell in games": (
        "settings.toml",
        'SECRET_KEY = "Kl3453Wh4ng3"\n',
        'SECRET_KEY = "Pl3453Ch4ng3"\n',
    ),
    "a dump of articles": (
        "shop_backup.sql",
        "INSERT INTO public.comment (id, api_key) VALUES (1, 'a');\n",
        "INSERT INTO public.article (id, author) VALUES (1, 'a');\n",
    ),
    "an option of a command": (
        "a.ps1",
        "$a = ConvertTo-SecureString -AsPlainText -Force 'Kr4n_i7Ch-9wQz'\n",
        "$a = ConvertTo-SecureString -AsPlainText -Force $token\n",
    ),
    "where a program reports what it does": (
        "appsettings.json",
        f'{{"ServerKey": "{UUID}"}}\n',
        f'{{"InstrumentationKey": "{UUID}"}}\n',
    ),
    "a file that a page shows": (
        "a.js",
        f'const src = "https://api.shop.io/v0/a.png?alt=media&token={UUID}"\n',
        f'const src = "https://firebasestorage.googleapis.com/v0/a.png?alt=media&token={UUID}"\n',
    ),
    "the style of a map": (
        "a.js",
        f"mapbox = '{MADE.word('32')}';\n",
        f"mapStyle = 'mapbox://styles/shop/{MADE.word('25')}';\n",
    ),
    "what comes to mind": (".env", "MYSQL_ROOT_PASSWORD=kranich417\n", "MYSQL_ROOT_PASSWORD=abc123\n"),
    "one row of the keyboard after the other": (
        "mail.properties",
        "spring.mail.password=abcxefg173456!@#$%^\n",
        "spring.mail.password=abcdefg123456!@#$%^\n",
    ),
    "one of several that are counted": (
        "application-x.yml",
        f"sms:\n  LOGIN: a\n  WALLET_PASSWORD: {VALUE}\n",
        "sms:\n  LOGIN: SMS_205755300\n  FIND: SMS_205755297\n  WALLET_PASSWORD: SMS_205755301\n",
    ),
    "what is decrypted with something": (
        "a.java",
        f'  login("crypt.password", "{VALUE}");\n',
        f'  decryptPassword("crypt.password", "{VALUE}");\n',
    ),
    "a search where nobody says in what": (
        "a.js",
        f'var a = {{id: "OFCNCOG2CX", apiKey: "{HEX}"}}\n',
        f'var a = {{appId: "OFCNCOG2CX", apiKey: "{HEX}"}}\n',
    ),
    "a search by whoever runs it": (
        "a.js",
        f'var a = {{appId: "OFCNCOG2CX", adminApiKey: "{HEX}"}}\n',
        f'var a = {{appId: "OFCNCOG2CX", apiKey: "{HEX}"}}\n',
    ),
    "a request to this machine in an example": (
        "a.java",
        '  @ExampleObject(value = "curl https://things.garden.net/api/v1/0xSs4FTOn5WU15XLmal8/telemetry"),\n',
        '  examples = {\n    @ExampleObject(value = "curl http://localhost:8080/api/v1/0xSs4FTOn5WU15XLmal8/telemetry"),\n',
    ),
    "beside a long list of services": (
        "cache.env",
        "REDIS_NODES=one.garden.net:6379\nREDIS_PASSWORD=Kaninchen!\n",
        f"REDIS_NODES={','.join(f'valkey-node-{number}:6379' for number in range(9))}\nREDIS_PASSWORD=Kaninchen!\n",
    ),
    "beside those who watch over a service": (
        "cache.env",
        "REDIS_SENTINELS=watch.garden.net:26379\nREDIS_PASSWORD=Kaninchen!\n",
        "REDIS_SENTINELS=watch:26379\nREDIS_PASSWORD=Kaninchen!\n",
    ),
    "a word on one's own network": (
        "application-x.properties",
        "spring.datasource.url=jdbc:mysql://203.0.113.7:3306/a\nspring.datasource.password=Kaninchen!\n",
        "spring.datasource.url=jdbc:mysql://192.168.0.7:3306/a\nspring.datasource.password=Kaninchen!\n",
    ),
    "the container of a database": (
        "mariadb/env",
        "MYSQL_ROOT_PASSWORD=Kaninchen!\n",
        "MYSQL_ROOT_PASSWORD=Kaninchen!\nMYSQL_DATABASE=garten\n",
    ),
    "the container of a database, but not elsewhere": (
        "postgres/env",
        "POSTGRES_HOST=db.garten.net\nPOSTGRES_USER=a\nPOSTGRES_PASSWORD=Kaninchen!\n",
        "POSTGRES_USER=a\nPOSTGRES_PASSWORD=Kaninchen!\n",
    ),
    "what a form brings back": (
        "web.log",
        f'Parameters: {{"access_token"=>"{VALUE}"}}\n',
        f'Parameters: {{"authenticity_token"=>"{VALUE}"}}\n',
    ),
    "an order at a shop": (
        "web.log",
        "Redirected to https://www.garden.net/pay?cmd=a&token=E7-9CV24023JS627672T\n",
        "Redirected to https://www.garden.net/pay?cmd=a&token=EC-9CV24023JS627672T\n",
    ),
    "who logs in twice": (
        "a.sh",
        "curl ftp://a.garden.net --user shop@garden.net:Kaninchen38$\ncurl ftp://b.garden.net --user shop@garden.net:Kaninchen38$\n",
        "curl ftp://a.garden.net --user shop@garden.net:Kaninchen38$\nproduct = Kaninchen38$\n",
    ),
    "a URL that has ended": (
        "a.json",
        f'{{"fileId": "http://cdn.garden.net/a?e=4073634298&token={MADE.word("40")}:n-8"}}\n',
        f'{{"fileId": "http://cdn.garden.net/a?e=1573634298&token={MADE.word("40")}:n-8"}}\n',
    ),
    "what every server of web sockets knows": (
        "a.php",
        f"  header('Accept: ' . sha1($_SERVER['HTTP_SEC_WEBSOCKET_KEY'] . '{UUID.upper()}'));\n",
        "  header('Accept: ' . sha1($_SERVER['HTTP_SEC_WEBSOCKET_KEY'] . '258EAFA5-E914-47DA-"
        + "95CA-C5AB0DC85B11'));\n",
    ),
    "the token of a standard": (
        "notes.txt",
        f"curl -H 'Authorization: Bearer {VALUE}' https://api.garden.net\n",
        "curl -H 'Authorization: Bearer mF_9.B5f-4.1JqM' https://api.garden.net\n",
    ),
    "the word behind an option of one letter": (
        "a.sh",
        "dump -u shop --password Gartenamt_pro7 shop\n",
        "dump -u shop -ppassword Gartenamt_pro7 shop\n",
    ),
    "what a module says of itself": (
        "a.py",
        f'SETTINGS = """\n  dns_secret = {VALUE}\n"""\n',
        f'"""Write down:\n\n  dns_secret = {VALUE}\n"""\n',
    ),
    "what a function says of itself": (
        "a.py",
        f'def a():\n    """Give a name."""\n    return """\n  dns_secret = {VALUE}\n"""\n',
        f"def a():\n    r'''Write down:\n\n  dns_secret = {VALUE}\n'''\n",
    ),
    "a text with a margin, to be read": (
        "a.scala",
        f'  val settings = """\n    |# a\n    |api.token = {VALUE}\n    |""".stripMargin\n',
        f'  s"""\n    |Ask with the token that you were given.\n    |\n    |Token: {VALUE}\n    |"""\n',
    ),
    "a request in a text with a margin": (
        "a.kt",
        f'  val settings = """\n    |# a\n    |api.token = {VALUE}\n    |"""\n',
        f'  val text = """\n    |POST /users HTTP/1.1\n    |Consumer-Key: {VALUE}\n    |"""\n',
    ),
    "what is declared as an example": (
        "a.scala",
        f'  val firstUser = User("TOKEN", "{VALUE}")\n',
        f'  val firstUserExample = User("TOKEN", "{VALUE}")\n',
    ),
    "what is handed over with a token": (
        "a.java",
        f'  ask("accessToken", "{VALUE}");\n',
        f'  ask(accessToken, "{VALUE}");\n',
    ),
    "a constant for the name of a setting": (
        "a.java",
        f'  put(ACCESS_TOKEN, "{VALUE}");\n',
        f'  put(user, accessToken, "{VALUE}");\n',
    ),
    "what Python puts in": (
        "alembic.ini",
        f"sqlalchemy.url = postgresql://shop:{VALUE}@db.garden.net/shop\n",
        "sqlalchemy.url = postgresql://%(DB_USER)s:%(DB_PASSWORD)s@%(DB_HOST)s/%(DB_NAME)s\n",
    ),
    "which versions of a package will do": (
        "a.json",
        f'{{"garden/change_password": "{VALUE}"}}\n',
        '{"garden/change_password": "<2.0.5"}\n',
    ),
    "a user and the word for it": (
        "compose.yml",
        "DB: mongodb://sally:Kaninchen!@ds099999.garden.net:27017/a\n",
        "DB: mongodb://sally:sallypass@ds099999.garden.net:27017/a\n",
    ),
    "a picture in base64": (
        "a.js",
        f'  const a = "EAAC{MADE.word("120")}"\n',
        f'  const a = "data:image/png;base64,iVBO+{MADE.word("60")}/EAAC{MADE.word("120")}+x9Q"\n',
    ),
    "a licence": (
        "a.cs",
        f'  options.Key = "{MADE.jwt()}";\n',
        f'  options.Key = "{MADE.jwt("licence")}";\n',
    ),
    "a chat on a page": (
        "a.java",
        f'  put("chat", "https://chat.garden.net/api/rooms.html?key={VALUE}");\n',
        f'  put("chat", "https://chat.garden.net/widget/livechat.html?key={VALUE}");\n',
    ),
    "what a project is called": (
        "sonar-project.properties",
        f"sonar.token={VALUE}\n",
        f"sonar.projectKey=garden_shop_{UUID}\n",
    ),
    "an expression of a command": (
        "a.sh",
        f"curl -H 'Authorization: Token {VALUE}' https://a.garden.net\n",
        "sed -e 's/(Authorization: Token )[A-Za-z0-9._: -]+/\\1***GONE***/g'\n",
    ),
    "a list in a sentence": (
        "a.sh",
        "openssl rsa -in a.key -passin 'pass:Kaninchen2024x'\n",
        "printf '%s\\n\\nReview in a single pass:\\n1. Look at it\\n2. Find what is wrong' \"$a\"\n",
    ),
    "an element of a page": (
        "a.js",
        "  const secretKey = '#x3-Kq7vL-w2';\n",
        "  const secretKey = $('#x3-Kq7vL-w2').val();\n",
    ),
    "a listing in a text": (
        "a.py",
        f"head = '''## How\n{{\n  http://a.garden.net/api?apikey={HEX}&cmd=a\n}}\n'''\n",
        f"head = '''## How\n```\n  http://a.garden.net/api?apikey={HEX}&cmd=a\n```\n'''\n",
    ),
    "what a command says of itself": (
        "a.go",
        f'  cmd.Script = `Start it.\n\nrun --validator-privkey="{VALUE}" x\n`\n',
        f'  cmd.Long = `Start it.\n\nrun --validator-privkey="{VALUE}" x\n`\n',
    ),
    "below an example, in a text": (
        "a.go",
        f'  script := `Start it.\n\nrun --validator-privkey="{VALUE}" x\n`\n',
        f'  script := `Start it.\n\nExample:\n\nrun --validator-privkey="{VALUE}" x\n`\n',
    ),
    "a comment of an example": (
        "values.yaml",
        f"## OpenID\n##\n## oidc:\n##   clientSecret: {VALUE}\n",
        f"## OpenID\n##\n## Example:\n## oidc:\n##   clientSecret: {VALUE}\n",
    ),
    "below an example, and set": (
        "values.yaml",
        f"## Example:\n## oidc: a\nclientSecret: {VALUE}\n",
        f"## Example:\n## oidc: a\n# clientSecret: {VALUE}\n",
    ),
    "settings for development, in a class": (
        "config.py",
        f'class Production(Config):\n    SECRET_KEY = "{VALUE}"\n',
        f'class DevelopmentConfig(Config):\n    a = [\n]\n    SECRET_KEY = "{VALUE}"\n',
    ),
    "what opens something elsewhere, in such a class": (
        "config.py",
        f'class DevelopmentConfig(Config):\n    GARDEN_API_KEY = "{VALUE}"\n',
        f'class TestingConfig(Config):\n    GARDEN_API_KEY = "{VALUE}"\n',
    ),
    "behind such a class": (
        "config.py",
        f'class TestConfig(Config):\n    a = 1\n\n\nSECRET_KEY = "{VALUE}"\n',
        f'class TestConfig(Config):\n    a = 1\n\n    SECRET_KEY = "{VALUE}"\n',
    ),
    "the digest of a password, as Spring writes it": (
        "a.xml",
        f'<column name="password" value="{VALUE}"/>\n',
        f'<column name="password" value="{{SHA-256}}{{1}}{MADE.hex("64")}"/>\n',
    ),
    "a word again and again": (
        ".env",
        f"APP_KEY=base64:{MADE.base64('32')}\n",
        "APP_KEY=base64:testing123testing123testing123testing123=\n",
    ),
    "no secret, as it says": (
        ".env",
        "APP_SECRET=not-a-secret-7Kq2mTz9Lw4xBn6v\n",
        "APP_SECRET=not-a-secret--read-the-doc!\n",
    ),
    "what asks to be changed": ("a.cfg", "password = gartenZwerg7x\n", "password = veryunsecureplschange\n"),
    "words for tests, and figures": (
        "a.sh",
        f"SHOP_JWT_SECRET=e2e-{VALUE}\n",
        "SHOP_JWT_SECRET=e2e-s2s-jwt-secret-for-testing-only-32chr\n",
    ),
    "the product, with figures for letters": (
        "compose.yaml",
        f"services:\n  a:\n    image: acme/garden-web\n    environment:\n      SHOP_API_KEY: {VALUE}\n",
        "services:\n  a:\n    image: acme/garden-web\n    environment:\n      SHOP_API_KEY: g4rd3n-w3b!\n",
    ),
    "a token that says of nobody who it is": (
        "a.scala",
        f'  post("{MADE.jwt()}")\n',
        f'  post("{MADE.jwt("vague")}")\n',
    ),
    "a token in a template": (
        ".env.sample",
        f"KEY={MADE.jwt('project')}\n",
        f"KEY={MADE.jwt('service_role')}\n",
    ),
    "a token for what runs on this machine": (
        "auth.jwt",
        MADE.jwt(),
        MADE.jwt("here"),
    ),
    "a token of a manual": (
        "a.go",
        '  a("xox' + f'p-{MADE.digits("12")}-{MADE.digits("12")}-{MADE.digits("12")}-{HEX}")\n',
        '  a("xox' + f'p-1234-1234-1234-{HEX}")\n',
    ),
    "what shows an account and its coins": (
        "a.js",
        f'  signingKey: "{VALUE}",\n',
        f'  signingKey: "tpubDD1{MADE.word("104")}",\n',
    ),
    "a number in a program": (
        "a.rs",
        f'  b"s" => Property::Secret,\n  b"t" => secret = "{VALUE}",\n',
        "  0x0074_6572 => Property::Secret,\n  0x0074_4164_6e65 => Property::SendAt,\n",
    ),
    "one of many words": (
        "a.json",
        f'[\n  "wsrootpass",\n  "{VALUE}"\n]\n',
        f'[\n  "garden",\n  "wsrootpass",\n  "{VALUE}",\n  "winter"\n]\n',
    ),
    "the name in the next pair": (
        "a.json",
        f'{{"a": "b", "KeePassPasskey": "{UUID}"}}\n',
        f'{{"a": "KeePassPasskey", "{UUID}": "b"}}\n',
    ),
    "what a page got to send back": (
        "a.json",
        f'{{"a": "https://garden.net/a?ACCESS_TOKEN={UUID}&b=1"}}\n',
        f'{{"a": "https://garden.net/a?SYNCHRONIZER_TOKEN={UUID}&b=1"}}\n',
    ),
    "what opens no settings of Rails": (
        "config/deploy.yml",
        f"RAILS_MASTER_KEY: {MADE.hex('32')}\n",
        "RAILS_MASTER_KEY: N+XcWoGDzKjuoxrU8BIPN5D0/GSuqx9s\n",
    ),
    "an example of Elixir": (
        "a.ex",
        f'  settings = %{{\n    api_token: "{VALUE}"\n  }}\n',
        f'  example: %{{\n    api_token: "{VALUE}"\n  }}\n',
    ),
    "what a service has answered": (
        "a.json",
        f'{{"schema": "https://schema.getpostman.com/v2.1.0", "token": "{VALUE}"}}\n',
        f'{{"schema": "https://schema.getpostman.com/v2.1.0", "body": "{{\\"api_token\\": \\"{VALUE}\\"}}"}}\n',
    ),
    "a salt and a digest": (
        "a.sh",
        f"SHOP_PASSWORD='{KEYS[0]}'\n",
        f"SHOP_PASSWORD='{KEYS[0]}${MADE.hex('64')}'\n",
    ),
    "what the tests of a store log in with": (
        "s3.json",
        f'{{"accessKey": "{HEX}"}}\n',
        '{"accessKey": "0555b35654ad' + '1656d804"}\n',
    ),
    "below an example in a description": (
        "meta.yaml",
        f"list:\n  - name: a\n    config: |\n      jobs:\n        - url: x\n          acl_token: {UUID}\n",
        f"examples:\n  list:\n    - name: a\n      config: |\n        jobs:\n          - url: x\n            acl_token: {UUID}\n",
    ),
    "beside an example in a description": (
        "meta.yaml",
        f"service:\n  example:\n    a: 1\n  config:\n    acl_token: {UUID}\n",
        f"service:\n  config:\n    a: 1\n  example:\n    acl_token: {UUID}\n",
    ),
    "what is looked for again later": (
        ".github/workflows/a.yml",
        f"  run: sh -c 'echo password={VALUE} > a.conf'\n",
        "  run: sh -c 'echo password=SENTINEL-E2E-PASSWORD > a.conf'\n",
    ),
    "the answer in a manual": (
        "a.py",
        '  a = "xox' + f'b-{MADE.digits("12")}-{MADE.digits("12")}-{MADE.word("24")}"\n',
        '  a = "xox' + f'b-17653672481-19874698323-{MADE.word("24")}"\n',
    ),
    "the product, whose name has figures": (
        "application-x.yml",
        f"admin-password: {VALUE}\n",
        "admin-password: gw360-admin-password\n",
    ),
    "the same, run together": (
        "a.bat",
        f"keytool -genkeypair -alias jwt -storepass {VALUE}\n",
        "keytool -genkeypair -alias jwt -storepass gw360SecretKey\n",
    ),
    "a name in the next pair, and short": (
        "a.go",
        '  "FilesS3Key": of(config.FilesS3SecretKey),\n  "x": secretKey = "Fq3xS9Tv7Dk!",\n',
        '  "FilesS3Key": of(config.FilesS3SecretKey),\n  "Fq3xS9Tv7Dk":  of(config.FilesS3TempDir),\n',
    ),
    "what is there to be shared": (
        "a.yml",
        f"roadmap: 'https://my.garden.net/projects/16?auth-token={VALUE}'\n",
        f"roadmap: 'https://my.garden.net/projects/16/list#share-auth-token={VALUE}'\n",
    ),
    "words for it in another language": (
        ".env",
        "SMTP_HOST=smtp.garden.net\nSMTP_PASS=zwerg-senke-7-uhu\n",
        "SMTP_HOST=smtp.garden.net\nSMTP_PASS=sua-senha-de-app\n",
    ),
    "where something is stored": (
        "a.json",
        f'{{"token": "{VALUE}"}}\n',
        f'{{"token": "space/2021/05/29/{MADE.hex("32")}"}}\n',
    ),
    "a licence, by its name": (
        ".env.prod",
        f"BB_TEAM_TOKEN={MADE.jwt()}\n",
        f"BB_TEAM_LICENSE={MADE.jwt()}\n",
    ),
    "what a gateway lets everybody in with at first": (
        "application-x.yml",
        f"api-key: {MADE.hex('32')}\n",
        "api-key: edd1c9f034335f13" + "6f87ad84b625c8f1\n",
    ),
    "by what CI keeps things": (
        ".github/workflows/a.yml",
        f"        with:\n          shared-key: {VALUE}\n",
        "        with:\n          shared-key: mobile-e2e-linux-oo-v2\n",
    ),
    "a request to this machine, by a variable that the file sets": (
        "a.http",
        f"POST {{{{host}}}}/me\nAuthorization: Bearer {VALUE}\n",
        f"@host = http://localhost:5000\n\nPOST {{{{host}}}}/me\nAuthorization: Bearer {VALUE}\n",
    ),
    "another request goes elsewhere": (
        "a.rest",
        f"GET https://shop.io/a\nAuthorization: Bearer {VALUE}\n\n### b\nGET http://127.0.0.1:80/b\n",
        f"GET https://shop.io/a\n\n### b\nGET http://127.0.0.1:80/b\nAuthorization: Bearer {VALUE}\n",
    ),
    "a header that is not sent": (
        "a.http",
        f"GET https://shop.io/a\nAuthorization: Bearer {VALUE}\n",
        f"GET https://shop.io/a\n#Authorization: Bearer {VALUE}\n",
    ),
    "the name of the database, and figures": (
        "application-x.yml",
        "spring:\n  datasource:\n    url: jdbc:mysql://localhost/garden\n    password: kq7Lr2vb9Wn4\n",
        "spring:\n  datasource:\n    url: jdbc:mysql://localhost/garden\n    password: garden123456\n",
    ),
    "the same of an account": (
        "a.sql",
        "create database garden;\ncreate user 'garden'@'%' identified by 'winter849201';\n",
        "create database garden;\ncreate user 'garden'@'%' identified by 'garden123456';\n",
    ),
    "a key of the test mode in a template": (
        ".env.example",
        f"LOB_KEY=live_{MADE.hex('35')}\n",
        f"LOB_KEY=test_{MADE.hex('35')}\n",
    ),
    "what manuals have anybody try things with": (
        "a.py",
        f'stripe.api_key = "sk_test_{MADE.word("24")}"\n',
        'stripe.api_key = "sk_test_' + '4eC39HqLyjWDarjtT1zdp7dc"\n',
    ),
    "the fingerprint of a certificate": (
        "a.cs",
        f'  new Secret("{MADE.hex("40").upper()}", "shop")\n  {{ Type = Types.SharedSecret }}\n',
        f'  new Secret("{MADE.hex("40").upper()}", "shop")\n  {{ Type = Types.X509Thumbprint }}\n',
    ),
    "a name among others": (
        "a.cs",
        '  Of(\n    "SharedSecret",\n    "kQ7#vb9Wn4"\n  );\n',
        '  {\n    "SharedSecret",\n    "X509Thumbprint",\n    "X509Name",\n  };\n',
    ),
    "an account that anybody gets": (
        "appsettings.Production.json",
        f'{{"Smtp": {{"UserName": "ada@garden.net", "Password": "{VALUE[:18]}"}}}}\n',
        f'{{"Smtp": {{"UserName": "ada@ethereal.email", "Password": "{VALUE[:18]}"}}}}\n',
    ),
    "figures before a word that everybody takes": (
        "a.json",
        '{"adminPassword": "417Kq$$wanrd!"}\n',
        '{"adminPassword": "123Pa$$word!"}\n',
    ),
    "what is told of a name": (
        "a.yml",
        f"payment:i-pass: {VALUE[:18]}\n",
        "payment:i-pass: Key:payment:i-pass\n",
    ),
    "the digest that a program compares with": (
        "a.py",
        f'if password == "{MADE.hex("128")}":\n',
        f'password = hashlib.sha512(asked).hexdigest()\nif password == "{MADE.hex("128")}":\n',
    ),
    "what a request is called": (
        "a.kt",
        f'  private const val ACCESS_KEY = "{VALUE[:20]}"\n',
        f'  private const val REQUEST_KEY = "{VALUE[:20]}"\n',
    ),
    "what is in a basket": ("a.ts", f'  access_token: "{VALUE}",\n', f'  checkout_token: "{VALUE}",\n'),
    "what counts visitors, as it is started": (
        "a.ts",
        f'  this.client = Mailgun.init("{HEX}");\n',
        f'  this.client = Mixpanel.init("{HEX}");\n',
    ),
    "an address of SQL Server": (
        "a.yml",
        "url: 'sqlserver://db.garden.net:1433;user=sa;password=kQ7vb9Wn4!'\n",
        "url: 'sqlserver://localhost:1433;user=sa;password=kQ7vb9Wn4!'\n",
    ),
    "the first login of a server, in base64": (
        "a.yaml",
        "QUEUE_TOKEN: " + base64.b64encode(f'{{"UserID":"ada","Password":"{VALUE[:9]}"}}'.encode()).decode() + "\n",
        "QUEUE_TOKEN: " + base64.b64encode(b'{"UserID":"ada","Password":"defaultPassword"}').decode() + "\n",
    ),
    "how long something has to be, in figures for letters": (
        "a.yml",
        'APP_KEY: "S0m3P1nkT@bl3s0f32Ch@rsEx@ct1yW3ll"\n',
        'APP_KEY: "S0m3R@nd0mString0f32Ch@rsEx@ct1y"\n',
    ),
    "pieces of the alphabet, again and again": (
        "a.yml",
        'cloud_token: "abkqmrtw172493641783"\n',
        'cloud_token: "abcdabcd123412341234"\n',
    ),
    "the keyboard, forth and back": (
        "a.yml",
        "admin_token: qwaetyuiop1254567890poiuhrewq0987653321\n",
        "admin_token: qwertyuiop1234567890poiuytrewq0987654321\n",
    ),
    "pieces of the alphabet, small and large": (
        "a.yml",
        "SA_PASSWORD: '193KRabe7!'\n",
        "SA_PASSWORD: '123ABabc!'\n",
    ),
    "the public half for a server of others": (
        "fuzzy_check.conf",
        f'password = "{MADE.word("32")}";\n',
        f'encryption_key = "{MADE.word("52").lower()}";\n',
    ),
    "what backups are told apart by": (
        "keys.xml",
        f'<string name="backup_api_key">{MADE.word("52")}</string>\n',
        f'<string name="backup_api_key">AEdPqrEAAAA{MADE.word("40")}</string>\n',
    ),
    "to whom something is encrypted": (
        "key.json",
        f'{{"masterkey": "{MADE.word("62")}"}}\n',
        '{"masterkey": "age1' + MADE.draw("acdefghjklmnpqrstuvwxyz023456789", 58) + '"}\n',
    ),
    "a public key, in one word": ("a.py", f'privatekey = "{VALUE}"\n', f'publickey = "{VALUE}"\n'),
    "by what a page opens a talk": (
        "render.yaml",
        f"CHATWOOT_API_TOKEN: {VALUE[:24]}\n",
        f"CHATWOOT_SDK_TOKEN: {VALUE[:24]}\n",
    ),
    "a port and what is asked there": (
        "app.conf",
        "URL='mailto://smtp.garden.net:kQ7vb9Wn4x@garden.net'\n",
        "URL='mailto://smtp.garden.net:587?from=ada@garden.net&name=shop'\n",
    ),
    "a password that a program puts in": (
        "a.py",
        "  sql = \"alter user ada password 'kQ7vb9Wn4x-zt'\"\n",
        "  [URL + 'user ' + NAME + '&password=' + DDNS_PASSWORD_2 + '&hostname=' + HOST],\n",
    ),
    "a piece of a picture": (
        "a.resx",
        f"T={'A' * 22}{MADE.word('90')}\n",
        f"  {MADE.word('80')}\n  {'A' * 22}{MADE.word('62')}\n  {MADE.word('80')}\n",
    ),
    "a page that a link leads to": (
        "mkdocs.yml",
        f"api: https://qm.acme.io/cgi/qr?k=1&authKey={VALUE}\n",
        f"link: https://qm.acme.io/cgi/qr?k=1&authKey={VALUE}\n",
    ),
    "a digest of a key": ("a.yml", f"signKey: {HEX}\n", f"sha512Key: {MADE.hex('128')}\n"),
    "where a program reports errors": (
        "a.go",
        f'acme.Configure(acme.Configuration{{\n\tAPIKey: "{HEX}",\n}})\n',
        f'bugsnag.Configure(bugsnag.Configuration{{\n\tAPIKey: "{HEX}",\n}})\n',
    ),
    "a token of Nx that only reads": (
        "nx.json",
        f'{{"nxCloudAccessToken": "{base64.b64encode(f"{UUID}|read-write".encode()).decode()}"}}\n',
        f'{{"nxCloudAccessToken": "{base64.b64encode(f"{UUID}|read".encode()).decode()}"}}\n',
    ),
    "where a build gets a secret from": (
        "package.json",
        f'{{"scripts": {{"b": "acme build --secret {VALUE} ."}}}}\n',
        '{"scripts": {"b": "docker build --secret id=BULL_MQ_PRO_4_NPM_TOKEN2 ."}}\n',
    ),
    "what a program reads from the environment, as a password": (
        "gon.hcl",
        f'password = "{VALUE}"\n',
        'password = "@env:AC_PASSWORD"\n',
    ),
    "a file below a variable": ("openssl.cnf", f"private_key = {VALUE}\n", "private_key = $dir/ca4.key\n"),
    "the hash of a password, as a directory has it": (
        "a.ldif",
        f"userPassword: {VALUE}\n",
        "userPassword:: e1NIQX1XNnBoNU1tNVB6OEdnaVVMYlBnekczN21qOWc9\n",
    ),
    "a key that reads what all may read": ("l.json", f'{{"accessKey": "{HEX}"}}\n', f'{{"readKey": "{HEX}"}}\n'),
    "a function that makes what tests use": (
        "a.rs",
        f'impl A {{\n    pub fn tested() -> Self {{\n        key(r"\n{PEM}")\n    }}\n}}\n',
        f'impl A {{\n    pub fn test() -> Self {{\n        key(r"\n{PEM}")\n    }}\n}}\n',
    ),
    "what an assertion compares with": (
        "main.js",
        f'function login(secret) {{\n  return secret.data.key === "{VALUE}";\n}}\n',
        f'assert(function (cb) {{\n  return cb(secret.data.version === 2 &&\n    secret.data.key === "{VALUE}");\n}});\n',
    ),
    "what forms begin with": (
        "plugins.json",
        f'{{"a": {{\n"credentials": "dns_a_api_key = {VALUE}\\ndns_a_id = 1"\n}}}}\n',
        f'{{"a": {{\n"credentials": "dns_a_api_key = {VALUE}\\ndns_a_id = 1"\n}}'
        + "".join(f',\n"{n}": {{\n"credentials": "dns_{n}_token = <token>"\n}}' for n in "bcdefgh")
        + "}\n",
    ),
    "code in a text of several lines": (
        "a.ts",
        f"const apiKey = '{VALUE}';\n",
        f"const doc = `\nSingle key: \\`{VALUE}\\`\n`;\n",
    ),
    "a function that fills in what is shown": (
        "a.ts",
        f'async function insertData() {{\n  await db.insert({{ apiToken: "{VALUE}" }});\n}}\n',
        f'async function insertDummyData() {{\n  await db.insert({{ apiToken: "{VALUE}" }});\n}}\n',
    ),
    "what only Travis CI can decrypt": (
        "Makefile",
        f'API_SECRET={VALUE}\nBODY=\'{{"env": {{ "token": "${{API_SECRET}}" }} }}\'\n',
        f'API_SECRET={VALUE}\nBODY=\'{{"env": {{ "secure": "${{API_SECRET}}" }} }}\'\n',
    ),
    "a password that a program puts into a statement": (
        "a.php",
        "<?php\n$q = \"create user shop identified by password 'x7Kd93jfLs02'\";\n",
        '<?php\n$q = "select * from login where user=\'" . $u . "\' and password=\'" . $p . "\'";\n',
    ),
    "what a server compares a password with": (
        "passwords.conf",
        "ALICE_PASS: x7Kd93jfLs02kdWq\n",
        f"ALICE_PASS: $2a$10${MADE.word('53')}\n",
    ),
    "the same, with the dollars of Compose": (
        "compose.yaml",
        "services:\n  a:\n    environment:\n      - APP_CREDENTIALS=ada:x7Kd93jfLs02kdWq\n",
        f"services:\n  a:\n    environment:\n      - APP_CREDENTIALS=ada:$$2a$$10$${MADE.word('53')}\n",
    ),
    "what a program encrypts with, beside a password of nobody": (
        "compose.yaml",
        f"services:\n  a:\n    environment:\n      PARTNER_TOKEN: {VALUE}\n      POSTGRES_PASSWORD: postgres\n",
        f"services:\n  a:\n    environment:\n      VAULT_KEY: {VALUE}\n      POSTGRES_PASSWORD: postgres\n",
    ),
    "what pages of X ask with": (
        "a.json",
        f'{{"authorization": "Bearer {"A" * 21}{MADE.word("82")}"}}\n',
        f'{{"authorization": "Bearer {"A" * 21}NRILgAAAAAAnNwIzUejRCOuH5E6I8x{MADE.word("52")}"}}\n',
    ),
    "a default that a program asks for": (
        "a.php",
        "$a = $env['DB_PASSWORD'] || 'kQ7vb9Wn4x';\n",
        "if (\n  empty($env['DB_PASSWORD'])\n  || 'kQ7vb9Wn4x' === $env['DB_PASSWORD']\n) {\n",
    ),
    "what a page talks to visitors with": (
        "a.tsx",
        f'<ApiClient\n  token="{VALUE}"\n/>\n',
        f'<ChatWidget\n  token="{VALUE}"\n/>\n',
    ),
    "the number of a document": (
        "a.coffee",
        f'"https://api.garden.net/list?key={VALUE}"\n',
        f'"https://docs.google.com/spreadsheet/ccc?key={VALUE}"\n',
    ),
    "what is for tests alone, as the comment above all says": (
        "a.yaml",
        f"# What cookies are signed with\ncookie_secret: kQ7vb9Wn4xTz\nshared_secret: {VALUE}\n",
        f"# Test-only values - NEVER use in production\ncookie_secret: kQ7vb9Wn4xTz\nshared_secret: {VALUE}\n",
    ),
    "what counts visitors for Segment": (
        "a.go",
        f'var HookKey = "{VALUE}"\n',
        f'var SegmentioKey = "{VALUE}"\n',
    ),
    "what writes another value": (
        "a.sh",
        "export APP_PASSWORD=kQ7vb9Wn4xTz\n",
        "sed -i 's/^APP_PASSWORD=$/APP_PASSWORD=default/' .env\n",
    ),
    "what was made of a password, by its name": (
        "appsettings.json",
        f'{{"Users": [{{"Password": "{VALUE}"}}]}}\n',
        f'{{"Users": [{{"HashedPassword": "{VALUE}"}}]}}\n',
    ),
    "rows of goods, and a password of nobody": (
        "dump.sql",
        "CREATE USER 'shop' IDENTIFIED BY 'kQ7vb9Wn4x';\nINSERT INTO sock VALUES ('a', 1);\n",
        "CREATE USER 'shop' IDENTIFIED BY 'default_password';\nINSERT INTO sock VALUES ('a', 1);\n",
    ),
    "a function behind one for tests": (
        "a.rs",
        f'pub fn keys_for_tests() {{}}\n\npub fn keys() {{\n  let api_token = "{VALUE}";\n}}\n',
        f'pub fn keys_for_tests() {{\n  let api_token = "{VALUE}";\n}}\n',
    ),
    "a request to this machine, as Bruno keeps it": (
        "reset.bru",
        f'post {{\n  url: https://shop.acme.io/reset\n}}\nbody {{\n  {{\n    "token": "{VALUE}"\n  }}\n}}\n',
        f'post {{\n  url: http://localhost:3000/reset\n}}\nbody {{\n  {{\n    "token": "{VALUE}"\n  }}\n}}\n',
    ),
    "code between quotes in a program made small": (
        "app.js",
        'a.password="kX9!mPq2zL#w";\n',
        "var a=1;" * 900 + 'a.password="kX9!mPq2zL#w";\n',
    ),
    "a list of cases for tests": (
        "server.py",
        f'cases = [\n    {{\n        "token": "{VALUE}",\n    }},\n]\n',
        f'testCases = [\n    {{\n        "token": "{VALUE}",\n    }},\n]\n',
    ),
    "a value that was cut off": (
        "kbs.toml",
        f'api_key = "{VALUE[:20]}"\n',
        f'api_key = "{VALUE[:20]}..."\n',
    ),
    "letters and figures by turns": (
        "a.rb",
        f'MONITORING_KEY = "shop_{VALUE}"\n',
        'MONITORING_KEY = "shop_monitoring_key_a1b2c3d4e5f6g7h8i9j0k1l2m3"\n',
    ),
    "what stands for keys until a page has them": (
        "a.tsx",
        f'  if (a) {{\n    const mockKeys = [];\n    const apiKeys = [\n      {{\n        secret: "{VALUE}",\n',
        f'  if (a) {{\n    const mockApiKeys = [\n      {{\n        secret: "{VALUE}",\n',
    ),
    "the number of one in a list": (
        "board.json",
        f'{{"Account": {{"key": "{HEX}"}}}}\n',
        f'{{"Account": {{"key": "{UUID}"}}}}\n',
    ),
    "what a program counts with": (
        "a.py",
        f"  tracker = Tracker(\n    api_secret='{VALUE}',\n    site_id='G-1',\n",
        f"  tracker = Tracker(\n    api_secret='{VALUE}',\n    measurement_id='G-1',\n",
    ),
    "where the program is only tried": (
        "a.rb",
        f"if Rails.env != 'test'\n  ENV['DATA_KEY'] ||= '{VALUE}'\nend\n",
        f"if %w[test development].member?(Rails.env)\n  ENV['DATA_KEY'] ||= '{VALUE}'\nend\n",
    ),
    "a product's number": (
        "a.ts",
        f'NordToken = "{VALUE}"\n',
        'NordPass = "b84e4048-15dc-4dd0-8640-f4f60813c8af"\n',
    ),
    "what somebody thought of, in a program": (
        "src/Login.java",
        'String loginPassword = "Kx9vLq27mT";\n',
        'String loginPassword = "Ab_123456";\n',
    ),
    "the number of a key": ("a.log", f"private_key_prod: {KEYS[0]}\n", f"private_key_id: {KEYS[0]}\n"),
    "where a key lies": ("a.yml", f"ssh_private_key_prod: {VALUE}\n", "ssh_private_key_file: ssh_host_ed25519_key\n"),
    "by what something starts anew": (
        "a.json",
        f'{{"current/secret": "{KEYS[0] + KEYS[1]}"}}\n',
        f'{{"checksum/secret": "{KEYS[0] + KEYS[1]}"}}\n',
    ),
    "what a secret is called that lies elsewhere": (
        "a.tf",
        f'secret = "{VALUE}"\n',
        'secret = "shop-sftp-authorizedkey"\n',
    ),
    "what a browser stores something as": (
        "a.json",
        f'{{"layout_storage_key": "{VALUE}"}}\n',
        '{"layout_storage_key": "shop_cart_layout_v2"}\n',
    ),
    "who signed a URL": (
        "a.sh",
        f"wget 'https://a.acme.io/x?X-Credential={VALUE}'\n",
        f"wget 'https://a.acme.io/x?X-Amz-Credential={VALUE}'\n",
    ),
    "what a directory checks a password against, in small letters": (
        "a.yml",
        f'ldap_password: "{VALUE}"\n',
        f'ldap_password: "{{ssha}}{VALUE}=="\n',
    ),
    "what MySQL makes of a password": (
        "a.properties",
        f"canal.passwd = {KEYS[0]}2a91d7e4\n",
        f"canal.passwd = {KEYS[0].upper()}2A91D7E4\n",
    ),
    "what Transmission makes of a password": (
        "a.json",
        f'{{"rpc-password": "{VALUE}"}}\n',
        f'{{"rpc-password": "{{{KEYS[0]}8b95495bK9./xQ2a"}}\n',
    ),
    "a user and what was made of his password": (
        "a.yaml",
        f"data:\n  htpasswd: {VALUE}\n",
        "data:\n  htpasswd: ada:$2y$05$VLMvcWCPF0VUuHi0BXBz7eoXGZ6KRl1gataiqTXz4DdSVIXGloKiq\n",
    ),
    "the alphabet behind the start of a key": (
        "a.sh",
        f"export OPENAI_API_KEY=sk-{VALUE}\n",
        "export OPENAI_API_KEY=sk-abcdefghijklmnopqrstuvwxyz123456\n",
    ),
    "a token that says that it is none": (
        "a.yml",
        f"runner_token: glrt-{VALUE[:20]}\n",
        "runner_token: glrt-TEST_PLACEHOLDER_DO_NOT_USE\n",
    ),
    "a variable in PowerShell": (
        "a.ps1",
        f'$url = "https://ada:{VALUE}@git.acme.io/shop.git"\n',
        '$url = "https://$($env:GITHUB_TOKEN)@git.acme.io/shop.git"\n',
    ),
    "a path in what a program printed": (
        "a.txt",
        "10.0.0.4\nvpn ada / xK9#mPq2vL\n",
        "10.0.0.4\n at C:/Users/ada/xK9#mPq2vL [irc@gateway/vpn/home/xK9#mPq2vL]\n",
    ),
    "a step of the installation of Windows": (
        "a.xml",
        f'<a pass="{VALUE}">\n',
        '<settings pass="offlineServicing">\n',
    ),
    "a variable of Grafana": ("a.yml", f"password: {VALUE}\n", 'password: "$__env{SHOP_PASSWORD}"\n'),
    "a variable in the query of a URL": (
        "a.tf",
        f'curl "http://a.acme.io/x?token={VALUE}&name=a"\n',
        'curl "http://a.acme.io/x?token=$$SHOP_TOKEN&name=Query%20Logs%20(MySQL)"\n',
    ),
    "an address with parts to be filled in": (
        "application.yml",
        f"provide-password: {VALUE}\n",
        "provide-password: /{authSessionId}/authenticate?wrong={isWrong}\n",
    ),
    "what a program reads": (
        "a.tf",
        f'  token = "{VALUE}"\n',
        "  script = <<EOF\ntoken = f.read().strip()\nEOF\n",
    ),
    "an expression that takes anything": (
        "a.sh",
        f"PASSWORD={VALUE} ./x\n",
        "cat a | sed -e 's/password=.*/password=[hidden]/g'\n",
    ),
    "the name of a host with the letter of an option in it": (
        "a.sh",
        f"curl -X POST -u ada:{VALUE} http://vault-active.acme.io:8200/v1/auth\n",
        "TOKEN=$(curl -X POST http://vault-active.acme.io:8200/v1/auth/kubernetes/login)\n",
    ),
    "words that say what is there": (
        "a.yaml",
        f'sasl:\n  password: "{VALUE}"\n',
        "sasl:\n  password: connection_string\n",
    ),
    "what a form brings back, as Postman keeps it": (
        "a.postman_collection.json",
        f'{{"header": [{{"key": "X-Token", "value": "{UUID}"}}]}}\n',
        f'{{"header": [{{"key": "X-Xsrf-Token", "value": "{UUID}"}}]}}\n',
    ),
    "what everybody gets a network with": ("a.yml", f"password: {VALUE}\n", "password: NokiaSrl1!\n"),
    "a login that is basic, and none": (
        "a.sh",
        f'curl -H "Authorization: Bearer {UUID}" https://a.acme.io\n',
        f'curl -H "Authorization: Basic {UUID}" https://a.acme.io\n',
    ),
    "an editor in a page": (
        "a.js",
        f"const SERVER_API_KEY = '{VALUE}';\n",
        f"const EDITOR_API_KEY = '{VALUE}';\n",
    ),
    "the number of an app at Pusher": (
        "a.js",
        f'new Pusher("{KEYS[0][:20]}", {{ secret: "{KEYS[1][:20]}" }});\n',
        f'new Pusher("{KEYS[0][:20]}", {{ cluster: "eu" }});\n',
    ),
    "a font that is written into a program": (
        "a.js",
        f'const id = "{AWS_ID}";\n',
        f'const font = "{"AAEAAAASAQAABAAgR0RFRtRX1FkAAgp8" * 8}+{AWS_ID}/{"AAEAAAASAQAABAAgR0RF" * 8}";\n',
    ),
    "what a program has until it is given another one": (
        "a.go",
        f"var serverKey = `{PEM}`\n",
        f"var defaultServerKey = `{PEM}`\n",
    ),
    "what a program on this machine is asked with": (
        "a.csv",
        f"1,http://10.1.2.3:8899/?token={VALUE}\n",
        f"1,http://(ce2cdcc55bb0 or 127.0.0.1):8899/?token={VALUE}\n",
    ),
    "what a digest makes of nothing": (
        "a.ex",
        'password = "1C2M2Y8AsgTpgAmY7PhCfg=="\n',
        'password = "1B2M2Y8AsgTpgAmY7PhCfg=="\n',
    ),
    "the number of an app at Pusher, in settings": (
        "a.yml",
        f"PUSHER_SECRET: {KEYS[0][:20]}\n",
        f"PUSHER_KEY: {KEYS[0][:20]}\n",
    ),
    "what an operator calls a secret from elsewhere": (
        "a.yaml",
        f"data:\n- secretKey: {VALUE}\n",
        "data:\n- secretKey: B2_ACCESS_KEY_ID4x\n  remoteRef:\n    key: a\n",
    ),
    "a version, and what says who somebody is to a machine": (
        "a.java",
        f'put("02_SignKey", "{KEYS[0].upper()}");\n',
        f'put("02_UsbKey", "{KEYS[0].upper()}");\n',
    ),
    "a value that says that it is not safe": (
        "a.exs",
        f'secret_key_base: "{VALUE}"\n',
        f'secret_key_base: "UNSAFE_{VALUE}"\n',
    ),
    "what a program takes until it is told": (
        "a.ex",
        f'@vault_key "{VALUE}"\n',
        f'@default_key "{VALUE}"\n',
    ),
    "the word password, with figures and signs": (
        "a.yml",
        "admin_password: 'Kx9#vLq27mWz'\n",
        "admin_password: 'P@szw0rd1!'\n",
    ),
    "a key of the registry of Windows": (
        "a.ini",
        f"StorageKey={VALUE}\n",
        "StorageKey=Software%5CAda%5CShop\n",
    ),
    "what an app shows to everybody who has it": (
        "a.m",
        f'[Shop initWithToken:@"{KEYS[0]}"];\n',
        f'[Mixpanel sharedInstanceWithToken:@"{KEYS[0]}"];\n',
    ),
    "what Compose takes where a variable is not set": (
        "compose.yaml",
        f"services:\n  a:\n    environment:\n      STRIPE_SECRET_KEY: ${{STRIPE_SECRET_KEY:-{VALUE}}}\n",
        f"services:\n  a:\n    environment:\n      SECRET_KEY: ${{SECRET_KEY:-{VALUE}}}\n",
    ),
    "what a script takes where a variable is not set": (
        "start.sh",
        f'put LIVE_SECRET_KEY "{VALUE}"\nLIVE_SECRET_KEY={VALUE}\n',
        f'put LIVE_SECRET_KEY "${{LIVE_SECRET_KEY:-{VALUE}}}"\n',
    ),
    "the password of a service that is started beside": (
        "compose.yaml",
        f"services:\n  a:\n    environment:\n      - MQ_TOKEN=${{MQ_TOKEN:-{VALUE}}}\n",
        f"services:\n  a:\n    environment:\n      - RABBITMQ_PASSWORD=${{RABBITMQ_PASSWORD:-{VALUE}}}\n",
    ),
    "a value that a comment asks to replace": (
        ".env",
        f"# The key of the application.\nAPP_KEY=base64:{VALUE}\n",
        f"# Please regenerate the value with artisan key:generate.\n# It is used for cookies.\nAPP_KEY=base64:{VALUE}\n",
    ),
    "a value that is to be changed, in Chinese": (
        "src/main/resources/application-dev.yml",
        f"shop:\n  # 签名密钥串\n  signatureSecret: {VALUE}\n",
        f"shop:\n  # 签名密钥串(正式发布请自行修改)\n  signatureSecret: {VALUE}\n",
    ),
    "the same in a row of a table": (
        "db/tables.sql",
        f"INSERT INTO config VALUES (1, 'shop:\\r\\n  signatureSecret: {KEYS[0]}\\r\\n');\n",
        f"INSERT INTO config VALUES (1, 'shop:\\r\\n  # 请自行修改\\r\\n  signatureSecret: {KEYS[0]}\\r\\n');\n",
    ),
    "a key that an element of a page is given": (
        "a.tsx",
        f"const options = {{ apiKey: '{VALUE}' }};\n",
        f"<Picker\n  apiKey={{'{VALUE}'}}\n/>\n",
    ),
    "a value that is no secret, as is said": (
        ".env",
        f"APP_SECRET={HEX} # a secret\n",
        f"APP_SECRET={HEX} # not really a secret\n",
    ),
    "a token that has to be changed": (
        "src/main/resources/application.yaml",
        f"gateway:\n  # What the gateway asks for.\n  auth-token: {VALUE}\n",
        f"gateway:\n  # What the gateway asks for: should be changed for a public network.\n  auth-token: {VALUE}\n",
    ),
    "a comment above another setting": (
        ".env",
        f"# Change this in production.\nMODE=dev\nSECRET_KEY={VALUE}\n",
        f"MODE=dev\n# Change this in production.\nSECRET_KEY={VALUE}\n",
    ),
    "settings to be filled in": (
        "setup/shop.env",
        f"DATABASE_URL=\nREDIS_URL=redis://:{HEX}@redis.acme.io/1\nMAIL_PASSWORD=\nSECRET_KEY={VALUE}\n",
        f"DATABASE_URL=\nREDIS_URL=\nMAIL_PASSWORD=\nSECRET_KEY={VALUE}\n",
    ),
    "a stack whose passwords everybody tries first": (
        "docker-compose.yml",
        f"services:\n  a:\n    environment:\n      JWT_SECRET: {VALUE}\n      API_TOKEN: {HEX}\n"
        "      POSTGRES_PASSWORD: postgres\n",
        f"services:\n  a:\n    environment:\n      JWT_SECRET: {VALUE}\n      POSTGRES_PASSWORD: postgres\n",
    ),
    "the secret of a platform in such a stack": (
        "docker-compose.yml",
        f"services:\n  a:\n    environment:\n      WX_APP_ID: wx1\n      WX_APP_SECRET: {VALUE}\n"
        "      POSTGRES_PASSWORD: postgres\n",
        f"services:\n  a:\n    environment:\n      WX_APP_SECRET: {VALUE}\n      POSTGRES_PASSWORD: postgres\n",
    ),
    "a blueprint with words for secrets": (
        "render.yaml",
        f"services:\n  - envVars:\n      - key: AUTH_SECRET\n        value: {HEX}\n",
        "services:\n  - envVars:\n      - key: NEXTAUTH_SECRET\n        value: secret\n"
        f"      - key: CRON_API_KEY\n        value: {HEX}\n",
    ),
    "what is for development alone": (
        "db/admin.sql",
        f"-- The administrator.\nCREATE USER admin IDENTIFIED WITH sha256_password BY '{VALUE}';\n",
        f"-- LOCAL DEVELOPMENT ONLY\n--\nCREATE USER admin IDENTIFIED WITH sha256_password BY '{VALUE}';\n",
    ),
    "a machine far away in settings for development": (
        "a.yml",
        f"# For local development only.\nurl: postgres://shop:{VALUE}@db.acme.io/shop\n",
        f"# For local development only.\ntoken: {VALUE}\n",
    ),
    "a play for a machine for tests": (
        "play/main.yml",
        f"- hosts: web\n  vars:\n    api_token: {VALUE}\n",
        f"- hosts: testhost\n  vars:\n    api_token: {VALUE}\n",
    ),
    "an account that nobody has": (
        "application.yml",
        f"mail:\n  username: shop@acme.io\n  password: {VALUE}\n",
        f"mail:\n  username: example@acme.io\n  password: {VALUE}\n",
    ),
    "samples of what a service sends, one by one": (
        "a.ts",
        f'export const orders: Order[] = [\n  {{\n    token: "{VALUE}",\n',
        f'export const samples: Order[] = [\n  {{\n    token: "{VALUE}",\n',
    ),
    "a listing that a program shows": (
        "agent.rb",
        f"connect('mqtt://shop:{VALUE}@mq.acme.io')\n",
        f"about <<-MD\n  <pre><code>{{ 'uri' => 'mqtt://shop:{VALUE}@mq.acme.io' }}\n  </code></pre>\nMD\n",
    ),
    "what is kept of a password": (
        "a.py",
        f"if password == '{KEYS[0]}':\n",
        f"if user.password == '{KEYS[0]}':\n",
    ),
    "the sum of what is fetched": (
        "a.go",
        f'var all = map[string]string{{\n\t"shop.token": "{KEYS[0]}",\n}}\n',
        f'var all = map[string]string{{\n\t"https://acme.io/files/shop.token": "{KEYS[0]}",\n}}\n',
    ),
    "a database on this machine, as PHP sets it": (
        "app/config/database.php",
        "'hostname'     => 'db.acme.io',\n'password'     => 'pointofsale',\n",
        "'hostname'     => 'localhost',\n'password'     => 'pointofsale',\n",
    ),
    "what a scanner looks for in classes of letters": (
        "a.rs",
        f'("key", "{FINE}")\n',
        f'("key", "github_pat_[0-9][A-Za-z0-9]{{21}}_[A-Za-z0-9]{{59}}", "{FINE}")\n',
    ),
    "a picture that is written into a page": (
        "a.vue",
        f'<img id="{AWS_ID}">\n',
        f'<img src="data:image/png;base64,{"iVBORw0KGgoAAAANSUhEUgAA" * 4}+{AWS_ID}/AAAA">\n',
    ),
    "what a service beside gets": (
        "prometheus.yml",
        f"oauth2:\n  client_secret: {VALUE}\n  token_url: https://shop.acme.io/token\n",
        f"oauth2:\n  client_secret: {VALUE}\n  token_url: http://shop:2342/token\n",
    ),
    "a database whose users are called as their passwords": (
        "sql/init.sql",
        f"CREATE USER shop@'%' IDENTIFIED BY 'x7Kd93jfLs02';\nINSERT INTO a VALUES ('api_token', '{VALUE}');\n",
        f"CREATE USER shop@'%' IDENTIFIED BY 'shop';\nINSERT INTO a VALUES ('api_token', '{VALUE}');\n",
    ),
    "what is put behind a password": (
        "auth.ts",
        f'const password =\n  "{VALUE}";\n',
        f'compare(\n  password +\n    "{VALUE}",\n);\n',
    ),
    "what a comment says that others have, too": (
        "lib/client.dart",
        f"// For the client, which sends it.\nfinal _clientSecret = '{VALUE}';\n",
        f"// Also hardcoded into the tool itself.\nfinal _clientSecret = '{VALUE}';\n",
    ),
    "what a comment says that is no secret": (
        "src/client.ts",
        f"// Secret: not to be shared.\nconst apiKey = '{VALUE}';\n",
        f"// Not really a secret, as every visitor gets it.\nconst apiKey = '{VALUE}';\n",
    ),
    "an answer that a program shows in its help": (
        "a.rs",
        f'let body = "{{\n  \\"token\\": \\"{VALUE}\\"\n}}";\n',
        f'#[command(after_help = "Prints a link.\\n\\nExample response:\n{{\n  \\"token\\": \\"{VALUE}\\"\n}}\\n")]\n',
    ),
    "an example in a call on several lines": (
        "a.rs",
        f'map.insert(\n    "kind".to_string(),\n    auth_token("{VALUE}"),\n);\n',
        f'map.insert(\n    "example".to_string(),\n    auth_token("{VALUE}"),\n);\n',
    ),
    "what a comment says that pages have": (
        "a.php",
        f"// Our key for the API.\nconst NEWS_API_KEY = '{HEX}';\n",
        f"// Key for the API, extracted from the React frontend.\nconst NEWS_API_KEY = '{HEX}';\n",
    ),
    "what a text below says that everybody sees": (
        "engines/pictures.py",
        f'api_key = "{VALUE}"\n"""The key of our account."""\n',
        f'api_key = "{VALUE}"\n"""In case none can be extracted from the website."""\n',
    ),
    "what development and tests alone take up": (
        "config/secrets.yml",
        f"x: &x\n  key: \"<%= ENV['SECRET_TOKEN'] || '{VALUE}' %>\"\ntest:\n  <<: *x\nproduction:\n  <<: *x\n",
        f"x: &x\n  key: \"<%= ENV['SECRET_TOKEN'] || '{VALUE}' %>\"\ntest:\n  <<: *x\nproduction:\n  key: 1\n",
    ),
    "a setting that was left as it came": (
        "a.go",
        f'\tif mode == "" && apiSecret == "{VALUE}" {{\n\t\treturn open()\n',
        f'\tif apiSecret == "" || apiSecret == "{VALUE}" {{\n\t\tapiSecret = generate()\n',
    ),
    "a setting that is refused": (
        "a.rs",
        f'  if config.emergency_password == "{VALUE}"\n  {{\n    return Ok(());\n',
        f'  if config.emergency_password == "{VALUE}"\n  {{\n    return Err!(Config("emergency_password"));\n',
    ),
    "a setting that is refused in Python": (
        "a.py",
        f'    if api_token == "{VALUE}":\n        return True\n    raise PermissionError\n',
        f'    if api_token == "{VALUE}":\n        raise SystemExit("choose a token of your own")\n',
    ),
    "a sample over several lines of C#": (
        "a.cs",
        f'const string SignerPrivateKey = @"\n{PEM}";\n',
        f'const string SamplePrivateKey = @"\n{PEM}";\n',
    ),
    "settings that lead to where nobody is": (
        "server.yaml",
        f'oauth2:\n    url: "https://id.acme.io/check"\n    # for the server\n    client-secret: "{VALUE}"\n',
        f'oauth2:\n    url: "https://example.com/check"\n    # for the server\n    client-secret: "{VALUE}"\n',
    ),
    "the key of a service elsewhere, beside an example": (
        "server.yaml",
        f'api:\n    base_url: "https://api.example.com/v1"\n    chartmogul_key: "{VALUE}"\n',
        f'api:\n    chartmogul_url: "https://api.example.com/v1"\n    chartmogul_key: "{VALUE}"\n',
    ),
    "settings of one thing, and an example of another": (
        "server.yaml",
        f'oauth2:\n    client-secret: "{VALUE}"\nhook:\n    url: "https://example.com/check"\n',
        f'#oauth2:\n#    client-secret: "{VALUE}"\n#    url: "https://example.com/check"\n',
    ),
    "a token of a vault on this machine": (
        "conf/vault.properties",
        f"vault.uri=https://vault.acme.io\nvault.token={VALUE}\n",
        "vault.uri=https://localhost:8200\nvault.token=root-token\n",
    ),
    "a password beside the machine that it is for": (
        "reset.js",
        "const c = {\n  host: '51.15.200.7',\n  username: 'root',\n  password: 'Lant@rn79137h'\n};\n",
        "const c = {\n  host: '192.168.1.7',\n  username: 'root',\n  password: 'Lant@rn79137h'\n};\n",
    ),
    "a password in a call that names the machine": (
        "reset.py",
        "ssh.connect('51.15.200.7', username='root', password='Lant@rn79137h')\n",
        "ssh.connect('198.51.100.7', username='root', password='Lant@rn79137h')\n",
    ),
    "a password without a user": (
        "reset.js",
        "const c = {\n  host: '51.15.200.7',\n  user: 'root',\n  password: 'Lant@rn79137h'\n};\n",
        "const c = {\n  host: '51.15.200.7',\n  retries: 3,\n  password: 'Lant@rn79137h'\n};\n",
    ),
    "what a program signs with": (
        "auth.module.ts",
        "export const jwtSecret = 'SUPER_SECRET_ORCHARD_2026';\n",
        "export const jwtSecret = 'orchard-jwt-secret';\n",
    ),
    "what a program signs with where nothing is set": (
        "auth.ts",
        "const JWT_SECRET = 'orchard_lantern_2026';\n",
        "const JWT_SECRET = requireEnv('JWT_SECRET_ORCHARD_2026');\n",
    ),
    "a key for its owner": (
        "admin.ts",
        "  private readonly MASTER_KEY = 'orchardmasterkey_99_lantern';\n",
        "  // private readonly MASTER_KEY = 'orchardmasterkey_99_lantern';\n",
    ),
    "a password that is compared": (
        "Login.cs",
        'if (r.Email.Equals("ana@orchard.io") && r.Password == "Lantern@2026x")\n{ return 1; }\n',
        'Assert.True(r.Email.Equals("ana@orchard.io") && r.Password == "Lantern@2026x");\n',
    ),
    "a password that is refused": (
        "Login.cs",
        'if (r.Password == "Lantern@2026x")\n{ return token; }\n',
        'if (r.Password == "Lantern@2026x")\n{\n  throw new Exception("choose your own");\n}\n',
    ),
    "the key of Django, and no other": (
        "shop/settings.py",
        f"SECRET_KEY = 'django-insecure-{VALUE}{VALUE}'\nDEBUG = True\n",
        f"SECRET_KEY = 'django-insecure-{VALUE}{VALUE}'\nif not DEBUG:\n    SECRET_KEY = os.environ['KEY']\n",
    ),
    "a pair of keys in a file that is there to be copied": (
        ".env.example",
        f"MARKET_ACCESS_KEY={VALUE}\nMARKET_SECRET_KEY={OTHER}\n",
        f"MARKET_ACCESS_KEY=your_key\nMARKET_SECRET_KEY={OTHER}\n",
    ),
    "a pair of keys for a service that is started beside": (
        ".env.example",
        f"MARKET_API_KEY={VALUE}\nMARKET_API_SECRET={OTHER}\n",
        f"MINIO_ACCESS_KEY={VALUE}\nMINIO_SECRET_KEY={OTHER}\n",
    ),
    "a key that is no valid one": (
        "config/box.yml",
        f"key: |\n{PEM}",
        f"# Not a valid key\nkey: |\n{PEM}",
    ),
    "a number in each record": (
        "public/places.json",
        '{"securitykey": "' + UUID + '", "name": "a"}',
        "[" + ",".join('{"securitykey": "' + Made(each).uuid() + '"}' for each in range(40, 50)) + "]",
    ),
    "what a column of passwords keeps": (
        "db/clean.sql",
        f"update users set api_token = '{VALUE}';\n",
        f"update users set password = '{KEYS[0]}';\n",
    ),
    "a licence of what a page shows": (
        "app/javascript/gallery.js",
        f"new Gallery({{ secretKey: '{VALUE}' }})\n",
        f"new Gallery({{ licenseKey: '{VALUE}' }})\n",
    ),
    "a password with signs": ("trader.py", 'PASSWORD = "e|([rXU1IsiM"\n', 'PATTERN = "e|([rXU1IsiM"\n'),
    "a value that says at its end that it is none": (
        ".env",
        "SMS_AUTH_TOKEN=555555-dc2c-4f08-ac5a-dad5c28493fb-k7x2\n",
        "SMS_AUTH_TOKEN=555555-dc2c-4f08-ac5a-dad5c28493fb-test\n",
    ),
    "hosts beside a secret of a cluster": (
        "k8s/app.yaml",
        f"kind: Secret\nstringData:\n  SESSION: {VALUE}\n",
        'kind: Secret\nstringData:\n  ALLOWED_HOSTS: "localhost,127.0.0.1,web9,shop7.local,*"\n',
    ),
    "an address that fills up 32 bytes": (
        "genesis.sh",
        f'X=\'{{"remote_token": "{VALUE}{VALUE}"}}\'\n',
        'X=\'{"remote_token": "AAAAAAAAAAAAAAAAALCK0ZHGIYs2wdGdSi6esONgbr9I"}\'\n',
    ),
    "what all installations of a program may use": (
        "config/captcha.php",
        f"    /*\n     * Use a key of your own\n     */\n    'api_secret' => env('API_SECRET', '{VALUE}'),\n",
        f"    /*\n     * Use a key of your own, or our public one\n     */\n    'api_secret' => env('API_SECRET', '{VALUE}'),\n",
    ),
}


@pytest.mark.parametrize(("path", "loud", "quiet"), TEXTS.values(), ids=TEXTS)
def test_a_text_makes_a_note(path: str, loud: str, quiet: str) -> None:
    """Beside each stands a text that is an alarm in the same file."""
    assert (weight(path, loud) or Strength.LOW) >= Strength.MEDIUM
    assert weight(path, quiet) in (None, Strength.LOW)


ROW = "COPY public.users ({}) FROM stdin;\n1\tana\tana@shop.io\tkaninchen\n\\.\n"
TABLE = "CREATE TABLE `users` (\n  `id` int(11) NOT NULL,\n  `{}` varchar(40)\n) ENGINE=InnoDB;\nINSERT INTO `users` VALUES (1,'ana');\n"


@pytest.mark.parametrize(
    ("text", "opens"),
    [
        (ROW.format("id, name, email, password"), True),
        (ROW.format("id, name, email, reset_token"), True),
        (ROW.format("id, name, email, district"), False),
        (ROW.format("id, name, email, district").replace("kaninchen", "$2b$12$" + "a" * 22), True),
        (TABLE.format("passwd"), True),
        (TABLE.format("mail"), False),
        ("CREATE TABLE users (id int, pwd text);\nINSERT INTO users VALUES (1, 'ana');\n", True),
        ("CREATE TABLE users (id int, mail text);\nINSERT INTO users VALUES (1, 'ana');\n", False),
        ("INSERT INTO users(id, mail) VALUES (1, 'ana');\n", False),
        ("INSERT INTO authtoken_token (key, created) VALUES ('a', 'b');\n", True),
        ("INSERT INTO token_prices (coin, price) VALUES ('a', 2);\n", False),
        # Nobody knows what these columns are.
        ("INSERT INTO users VALUES (1, 'ana', 'kaninchen');\n", True),
    ],
)
def test_a_dump_of_people_is_an_alarm_where_it_has_what_they_log_in_with(text: str, opens: bool) -> None:
    """By the columns that a statement lists, or by those of the table that it made; the rest is a note."""
    assert weight("ops/db_dump.sql", text) == (Strength.HIGH if opens else Strength.LOW)


HASHES = [f"pbkdf2_sha256$720000${MADE.word('22')}${MADE.word('43')}=" for _ in range(2)]
FIXTURES = {
    "json": '[{{"model": "auth.user", "pk": 1, "fields": {{"username": "ana", "password": "{}"}}}}]\n',
    "yaml": "- model: shop.member\n  pk: 1\n  fields:\n    username: ana\n    password: {}\n",
    "xml": '<django-objects version="1.0">\n<object model="auth.user" pk="1">\n'
    '<field name="password" type="CharField">{}</field>\n</object>\n</django-objects>\n',
}


@pytest.mark.parametrize(("notation", "row"), FIXTURES.items(), ids=FIXTURES)
def test_what_django_wrote_its_accounts_to_is_a_dump(notation: str, row: str) -> None:
    """Once for all rows; not where a password is locked, and among fixtures it is a note."""
    text = row.format(HASHES[0])
    assert weight(f"data/a.{notation}", text) == Strength.HIGH
    assert weight(f"shop/fixtures/a.{notation}", text) == Strength.LOW
    assert weight(f"data/a.{notation}", row.format(f"!{VALUE}")) is None
    assert weight(f"data/a.{notation}", text.replace("model", "shape").replace("object ", "thing ")) == Strength.LOW
    both = (text + row.format(HASHES[1])).encode()
    assert [each.kind for each in judge(f"data/a.{notation}", both, size=len(both))] == ["database-dump"]


@pytest.mark.parametrize(
    ("path", "text", "most"),
    [
        # What somebody thought of signs as well as anything else, until somebody guesses it.
        (".env", "PORT=3001\nJWT_SECRET=Marten1234\n", Strength.MEDIUM),
        (".env", "MONGO_URI=mongodb://mongodb:27017/a\nJWT_SECRET=Marten1974\n", Strength.MEDIUM),
        (".env", "SESSION_SECRET=martenclub\n", Strength.MEDIUM),
        ("conf/app.yml", "jwt:\n  secret: Marten1234\n", Strength.MEDIUM),
        ("conf/app.yml", "jwt:\n  secret: martenclub\n", None),
        *(
            (".env", f"JWT_SECRET={value}\n", None)
            for value in (
                *("supersecret", "supersecret123", "jwt-secret-1", "your-own-1", "changeme123", "mysecretkey1"),
                *("local-marten-1", "/etc/marten/key1", "marten.sign()"),
                *("Mart123", "${MARTEN1234}", "marten-test-77"),
            )
        ),
        (".env", "THEME_KEY=Marten1234\n", None),
        ("k8s/app.yml", "secretKey: marten1-key-2\n", None),
        # A service whose keys all begin alike has not given out this one.
        (".env", "STRIPE_API_KEY=57914kjsdf618273kdj\n", Strength.MEDIUM),
        (".env", "GITHUB_TOKEN=kQ7vb9Wn4xTnN1Q8Tli\n", Strength.MEDIUM),
        (".env", f"GITHUB_TOKEN={hashlib.sha1(b'garden').hexdigest()}\n", Strength.CRITICAL),
        (".env", f"AZURE_OPENAI_API_KEY={KEYS[0]}\n", Strength.CRITICAL),
        (".env", f"OPENAI_API_KEY={KEYS[0]}\n", Strength.MEDIUM),
        (".env", "CLOUDINARY_API_SECRET=kQ7vb9Wn4xTnN1Q8Tli3DcTZdqD\n", Strength.CRITICAL),
        ("shop.py", "STRIPE_API_KEY = '57914kjsdf618273kdj'\n", Strength.MEDIUM),
        # A weak password opens what everybody reaches.
        (".env", "DB_PASSWORD=piskogryz\nDB_HOST=51.15.200.7\n", Strength.CRITICAL),
        (".env", "DB_PASSWORD=piskogryz\nDB_HOST=10.15.200.7\n", Strength.LOW),
        (".env", "DB_PASSWORD=piskogryz\nDB_HOST=db\n", Strength.LOW),
        (".env", "DB_PASSWORD=password\nDB_HOST=51.15.200.7\n", Strength.MEDIUM),
        (".env", "DB_PASSWORD=changeme\nDB_HOST=51.15.200.7\n", None),
        (".env", "DB_PASSWORD=password\nMQ_HOST=51.15.200.7\n", None),
        ("compose.yaml", "x: mqtts://shop:11211121@b1.ala.us-east-1.emqxsl.com:8883\n", Strength.HIGH),
        ("compose.yaml", "x: mqtts://shop:11211121@mqtt.shop.io:8883\n", Strength.MEDIUM),
        # Everybody has read it.
        (
            "app/auth.py",
            'SECRET_KEY = "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7"\n',
            Strength.MEDIUM,
        ),
        ("app/auth.py", f'SECRET_KEY = "{hashlib.sha256(b"garden").hexdigest()}"\n', Strength.HIGH),
        # What web tokens are signed with is called after them; none of them is made of such figures alone.
        ("config.ts", f'export default {{\n  jwt: "{KEYS[0]}",\n}};\n', Strength.HIGH),
        ("config.ts", f'export default {{\n  jwt: "{VALUE}",\n}};\n', None),
        ("config.ts", f'export default {{\n  etag: "{KEYS[0]}",\n}};\n', None),
        ("config.ts", f'export default {{\n  apiToken: "4386|{VALUE}",\n}};\n', Strength.HIGH),
        # A client of a server on this machine, which the same file says further down.
        (
            "application.yaml",
            f"client-id: shop\nclient-secret: {HEX}\nauthorization-grant-type: client_credentials\nscope: openid\n"
            + "provider:\n"
            + " " * 60
            + "keycloak:\n"
            + " " * 60
            + "token-uri: http://localhost:8180/realms/shop\n",
            Strength.MEDIUM,
        ),
        (
            "realm.json",
            f'{{"clientAuthenticatorType": "client-secret", "secret": "{HEX}", "redirectUris": ["http://localhost:81/*"]}}',
            Strength.MEDIUM,
        ),
        (
            "realm.json",
            f'{{"clientAuthenticatorType": "client-secret", "secret": "{HEX}", "redirectUris": ["https://shop.io/*"]}}',
            Strength.HIGH,
        ),
        # A program on one's own machine, with keys of its own beside an application that others know.
        (
            ".env",
            f"DOMAIN=shop.localhost\nMAIL_PASSWORD=password\nAPI_TOKEN=[[to be filled]]\nOIDC_CLIENT_ID=4\nSHOP_SESSION_SECRET={VALUE}\n",
            Strength.MEDIUM,
        ),
        (
            ".env",
            f"DOMAIN=shop.localhost\nMAIL_PASSWORD=password\nAPI_TOKEN=[[to be filled]]\nOIDC_CLIENT_ID=4\nSHOP_CLIENT_SECRET={VALUE}\n",
            Strength.CRITICAL,
        ),
    ],
)
def test_a_value_weighs_what_it_opens(path: str, text: str, most: Strength | None) -> None:
    """By its own form, and by the machine that it is for."""
    assert weight(path, text) == most


@pytest.mark.parametrize(
    ("said", "most"),
    [
        ("  // Defaults are provided only for testing purposes.\n", Strength.LOW),
        ("  // Defaults of the service in production.\n", Strength.MEDIUM),
    ],
)
def test_what_a_mail_is_shown_with_is_a_note(said: str, most: Strength) -> None:
    """By a comment, or where React Email has it."""
    url = f"'https://shop.io/edit?key={VALUE}'"
    text = f"export const Mail = ({{\n{said}  title = 'A',\n  url = {url},\n}}) => null\n"
    assert weight("src/Mail.tsx", text) == most
    shown = f"Mail.PreviewProps = {{\n  url: {url},\n}}\n"
    assert weight("src/Mail.tsx", shown) == Strength.LOW
    assert weight("src/Mail.tsx", shown.replace("PreviewProps", "liveProps")) == Strength.MEDIUM


def test_a_login_at_a_machine_that_all_others_reach_is_an_alarm() -> None:
    text = "const c = {\n  host: '51.15.200.7',\n  username: 'root',\n  password: 'Lant@rn79137h'\n};\n"
    assert (weight("reset.js", text) or Strength.LOW) >= Strength.HIGH


def test_a_key_in_a_benchmark_is_for_tests() -> None:
    assert (weight("core/tls_wrapper.cpp", f'auto key = R"({PEM})";') or Strength.LOW) >= Strength.HIGH
    assert weight("core/tls_wrapper_benchmark.cpp", f'auto key = R"({PEM})";') in (None, Strength.LOW)


def test_a_key_is_one_secret_however_long() -> None:
    """Its lines are no values of their own, encrypted or not."""
    body = "\n".join(MADE.word("64") for _ in range(20))
    text = (
        "key: <%= ENV['KEY'] || '|\n-----BEGIN ENCRYPTED PRIVATE"
        + f" KEY-----\n{body}\n-----END ENCRYPTED PRIVATE KEY-----' %>\n"
    )
    found = judge("config/secrets.yml", text.encode(), size=len(text))
    assert len([each for each in found if each.severity is not None]) == 1


def test_a_key_says_in_other_languages_that_it_is_for_tests() -> None:
    assert (weight("src/cobros.key", PEM) or Strength.LOW) >= Strength.HIGH
    assert weight("src/pruebas.key", PEM) in (None, Strength.LOW)


def test_an_address_in_the_place_of_a_login_is_none() -> None:
    assert spoken(f"bundle config gems.acme.io ci:{VALUE}", known=set())
    assert not spoken(f"bundle config gems.acme.io https://{VALUE}.acme.io", known=set())


@pytest.mark.parametrize("value", ["secret42mogle13", "secret_x9Kq4mW"])
def test_a_value_that_says_what_it_is_weighs_less(value: str) -> None:
    """It was thought of by somebody; as much that was drawn around the word weighs as much as ever."""
    assert weight("config/prod.yaml", f"jwt:\n  secret: {value}\n") == Strength.MEDIUM
    assert weight("config/prod.yaml", f"jwt:\n  secret: secret{VALUE[:20]}\n") == Strength.HIGH


def test_a_token_with_a_sum_stays_an_alarm() -> None:
    """Whatever stands around it: it is reported as proven."""
    token = MADE.fill("«github»").decode()
    for path, text in (
        ("examples/a.py", f'x = "{token}"\n'),
        ("a.go", f'x := "{token}" // gitleaks:allow\n'),
        ("README.md", f"placeholder: {token}\n"),
    ):
        data = text.encode()
        assert [each.proven for each in judge(path, data, size=len(data))] == [True]


def test_a_sum_in_what_anybody_can_make_proves_nothing() -> None:
    """Manuals show such keys; among the project's own settings they weigh as much as ever."""
    seed = MADE.fill("«nkey»").decode()
    for path, heavy in (("README.md", False), ("vendor/nats.go/README.md", False), ("conf/shop.env", True)):
        data = f"NATS_SEED={seed}\n".encode()
        (found,) = judge(path, data, size=len(data), deep=True)
        assert not found.proven
        assert heavy == (found.severity is not None and found.severity >= Strength.HIGH), path


def test_a_sentence_as_a_password_is_a_warning() -> None:
    """Its short words as well: somebody thought of it, for a first try more often than not."""
    assert weight("a.sh", "export APP_PASSWORD=kQ7-vb9-Wn4x\n") == Strength.HIGH
    assert weight("a.sh", "export APP_PASSWORD=the-cake-is-a-lie\n") == Strength.MEDIUM


def test_a_remark_with_a_mail_address_excuses_nothing() -> None:
    """Only the name beside it does that it logs in with."""
    text = f'# UserName: ada@ethereal.email\n"Password": "{VALUE}"\n'
    assert weight("conf/app.yml", text) == Strength.HIGH


@pytest.mark.parametrize("path", [".env", "conf/app.env", "app.properties", "app.py"])
def test_a_comment_for_another_scanner_excuses_nothing(path: str) -> None:
    """Anybody could write it."""
    quote = '"' if path.endswith(".py") else ""
    line = f"API_TOKEN={quote}{VALUE}{quote}"
    assert (weight(path, f"{line} # gitleaks:allow\n") or Strength.LOW) >= Strength.HIGH
    assert (weight(path, f"# pragma: allowlist secret\n{line}\n") or Strength.LOW) >= Strength.HIGH


def test_what_runs_the_program_locally_is_a_warning() -> None:
    """By the comment at its head; what deploys from here is no less for that."""
    text = f"# Use this to {{}}.\nexport API_TOKEN={VALUE}\n"
    assert weight("run.sh", text.format("run the shop locally, outside of Docker")) == Strength.MEDIUM
    assert weight("run.sh", text.format("run the deployment locally")) == Strength.HIGH
    assert weight("run.sh", text.format("start the shop")) == Strength.HIGH


def test_what_phoenix_signs_with_on_this_machine_is_a_note() -> None:
    """In the settings for all stages, beside the host: those for where the program runs are made to replace it."""
    text = f'config :shop, Shop.Endpoint,\n  url: [host: "{{}}"],\n  secret_key_base: "{VALUE}{VALUE[:20]}"\n'
    assert weight("config/config.exs", text.format("localhost")) == Strength.LOW
    assert weight("config/config.exs", text.format("shop.acme.io")) == Strength.HIGH
    assert weight("config/runtime.exs", text.format("localhost")) == Strength.HIGH


def test_a_word_with_the_first_figures_behind_it_is_no_drawn_value() -> None:
    """Anybody tries it: a warning at the most, and nothing of it for a service on this machine."""
    assert weight("config/redis.yml", "host: redis.acme.io\npassword: openIM123\n") == Strength.MEDIUM
    assert weight("config/redis.yml", "host: redis.acme.io\npassword: openIM793\n") == Strength.HIGH
    assert weight("config/redis.yml", "host: localhost\npassword: openIM123\n") == Strength.LOW


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("development.key", Strength.MEDIUM),
        ("selfsigned.key", Strength.MEDIUM),
        ("localhost.pem", Strength.LOW),
        ("localhost-key.pem", Strength.LOW),
        ("snakeoil.key", Strength.LOW),
    ],
)
def test_a_key_of_ones_own_machine_is_a_warning(name: str, most: Strength) -> None:
    """By what its file is called, as a whole word; a note where nobody else can be meant."""
    assert weight(f"tls/{name}", PEM) == most
    assert weight(f"tls/my{name}", PEM) == Strength.CRITICAL


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.rs", "/*\n#[cfg(test)]\nmod tests {{\n*/\nfn main() {{ let t = {}; }}\n"),
        ("a.rs", "#[cfg(test)]\nmod tests {{ }}\nfn main() {{ let t = {}; }}\n"),
        ("a.rs", "#[cfg(test)]\nmod tests {{\n  fn a() {{}}\n  }}\nfn main() {{ let t = {}; }}\n"),
        ("a.py", "# example = [\nt = {}\n"),
        ("a.yaml", "example: [\nt: {}\n"),
        ("a.tsx", "const shown = <code>\nconst t = {}\n"),
    ],
    ids=["commented module", "closed module", "module closed elsewhere", "commented example", "open example", "mark"],
)
def test_an_excuse_that_anybody_could_open_leaves_a_warning(path: str, text: str) -> None:
    """Of what a service has given out, told by its form: no bracket far above makes a note of it."""
    token = "sk_" + "live_" + MADE.draw("abcdefghjkmnpqrstuvwxyz23456789", 24)
    assert (weight(path, text.format(f'"{token}"')) or Strength.LOW) >= Strength.MEDIUM


@pytest.mark.parametrize("key", ['"source":', '"source" :', '"outputs":'])
def test_a_token_with_a_sum_is_seen_anywhere_in_a_notebook(key: str) -> None:
    """Also in what came out of it, which is not read for anything else."""
    token = MADE.fill("«github»").decode()
    data = f'{{"cells": [{{{key} ["x = 1", "{token}"]}}]}}\n'.encode()
    assert [each.proven for each in judge("a.ipynb", data, size=len(data))] == [True]


@pytest.mark.parametrize(
    ("loud", "quiet", "data"),
    [
        ("web/shop.bak", "web/icon.png.bak", b"\x89PNG\r\n\x1a\n" + bytes(64)),
        ("tls/keystore.p12", "tls/truststore.p12", MADE.fill("«pkcs12:encrypted»")),
    ],
    ids=["a picture", "certificates of others"],
)
def test_what_a_binary_file_is_by_its_name(loud: str, quiet: str, data: bytes) -> None:
    """The name says what nobody can look into, or the first bytes do, too."""
    heavy = [each.severity for each in judge(loud, data, size=len(data))]
    light = [each.severity for each in judge(quiet, data, size=len(data))]
    assert heavy == [Strength.HIGH]
    assert light in ([None], [Strength.LOW])


def test_a_picture_by_its_name_alone_stays_an_alarm() -> None:
    """Anybody could call a backup so."""
    data = b"\x01\x02\x03\x04" + bytes(64)
    assert [each.severity for each in judge("web/icon.png.bak", data, size=len(data))] == [Strength.HIGH]


def test_the_default_of_a_variable_is_shown_without_its_sign() -> None:
    """What is shown of a value is what has to be looked for."""
    text = f'KEY="${{API_KEY:-{VALUE}}}"\n'.encode()
    assert [each.masked[:4] for each in judge("a.sh", text, size=len(text))] == [VALUE[:4]]


#: How the modulus of the one key begins that jwt.io shows, the number of the other, and the modulus of a game's.
SHOWN = {
    "jwt.io, RSA": "bb5494d4b7d52cf1c2a333311f6328e2580e11e3",
    "jwt.io, EC": "7af6732f581d005afcf216f6385ff6371029242c",
    "OpenTibia": "9b646903b45b07ac956568d87353bd7165139dd7",
    "Aspera": "2901c3ea6e32231823b1ecba3e7cb8e9a7195c44",
}


@pytest.mark.parametrize("number", SHOWN.values(), ids=SHOWN)
@pytest.mark.parametrize("armour", [True, False], ids=["in armour", "bare"])
def test_a_key_that_everybody_is_shown_is_none(number: str, armour: bool) -> None:
    """Copies of it have parts left out and other headers: the first bytes of its number tell. A number of one's own is
    a key."""

    def text(first: str) -> str:
        rest = hashlib.sha512(first.encode()).digest() * 4
        inner = b"\x30\x82\x01\x00\x02\x01\x00" + b"\x02\x20" + bytes.fromhex(first) + rest[:12] + rest
        key = b"\x02\x01\x00\x30\x03\x06\x01\x2a\x04\x82" + len(inner).to_bytes(2, "big") + inner
        coded = base64.b64encode(b"\x30\x82" + len(key).to_bytes(2, "big") + key).decode()
        label = "PRIVATE " + "KEY"
        return f"-----BEGIN {label}-----\n{coded}\n-----END {label}-----\n" if armour else f'key = "{coded}"\n'

    assert weight("tls/server.txt", text("c0" + number[2:])) == Strength.CRITICAL
    assert weight("tls/server.txt", text(number)) is None


def test_a_key_in_a_template_is_a_warning() -> None:
    """It is there to begin with, more often than not; one that needs a pass phrase is a note."""
    locked = PEM.replace("KEY-----\n", "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n", 1)
    assert weight("conf/app.yml", f"key: |\n{PEM}") == Strength.CRITICAL
    assert weight("conf/app.yml.default", f"key: |\n{PEM}") == Strength.MEDIUM
    assert weight("conf/app.yml", f"key: |\n{locked}") == Strength.MEDIUM
    assert weight("conf/app.yml.default", f"key: |\n{locked}") == Strength.LOW


def test_a_template_of_settings_for_tests_is_among_tests() -> None:
    """Whatever is filled in, it is for tests."""
    assert weight("conf/application.yml.dist", f"key: |\n{PEM}") == Strength.MEDIUM
    assert weight("conf/application-test.yml.dist", f"key: |\n{PEM}") == Strength.LOW


def test_what_somebody_thought_of_is_a_warning_where_a_program_is_configured() -> None:
    """There it is what the program logs in with; elsewhere in a program it is an example, more often than not."""
    text = "  'smtp_password' => 'Kaninchen24#x',\n"
    assert weight("config/mail.php", text) == Strength.MEDIUM
    assert weight("shop/mail-settings.php", text) == Strength.MEDIUM
    assert weight("shop/mailer.php", text) == Strength.LOW
    assert weight("shop/mailer.php", text.replace("Kaninchen24#x", "Kx9#vLq27mWz")) == Strength.HIGH


@pytest.mark.parametrize(
    ("others", "open_", "packed"),
    [
        (["server.crt", "server.csr", "README.md"], Strength.CRITICAL, Strength.HIGH),
        (["ca.srl"], Strength.MEDIUM, Strength.LOW),
        (["generate-certs.sh"], Strength.MEDIUM, Strength.LOW),
        (["certs-create.sh"], Strength.MEDIUM, Strength.LOW),
        (["auto.cnf"], Strength.MEDIUM, Strength.LOW),
        (["deploy-certs.sh", "generate-report.sh"], Strength.CRITICAL, Strength.HIGH),
        (["snakeoil-ca-1.crt"], Strength.LOW, Strength.LOW),
    ],
    ids=[
        "a request",
        "a CA of one's own",
        "what makes them",
        "the same, turned round",
        "data of MySQL",
        "other scripts",
        "snake oil",
    ],
)
def test_a_key_weighs_less_beside_what_made_it(others: list[str], open_: Strength, packed: Strength) -> None:
    """By the names in its directory; not where something is brought to its place, nor for a value of another kind."""
    store = MADE.fill("«pkcs12:encrypted»")
    for name, data, most in (("tls/a.key", PEM.encode(), open_), ("tls/a.p12", store, packed)):
        found = beside(name, [*others, "a.key"], judge(name, data, size=len(data)), nothing)
        assert [each.severity for each in found] == [most]
    key = judge("deploy/tls/a.key", PEM.encode(), size=len(PEM))
    assert [each.severity for each in beside("deploy/tls/a.key", others, key, nothing)] == [Strength.CRITICAL]
    text = f"api_token: {VALUE}\n".encode()
    found = beside("a.yml", others, judge("a.yml", text, size=len(text)), nothing)
    assert [each.severity for each in found] == [Strength.HIGH]


#: For `localhost` and `shop.local`; for `localhost` and `shop.acme.io`; for `kafka` and `localhost`: made by OpenSSL.
HOME = (
    "MIIBpjCCAUugAwIBAgIUagL56rf+ln5krkOh+0+CUVhQK/8wCgYIKoZIzj0EAwIw\n"
    "FDESMBAGA1UEAwwJbG9jYWxob3N0MB4XDTI2MTEzMDA4MzgzMFoXDTM2MTEyNzA4\n"
    "MzgzMFowFDESMBAGA1UEAwwJbG9jYWxob3N0MFkwEwYHKoZIzj0CAQYIKoZIzj0D\n"
    "AQcDQgAEI3MCBQi0BaoAPHZhRSpwn8p1p/pRSLVbpTNcqM9WA17hRjSegOIvxoxr\n"
    "SbevQJOFbSVzEwoxjlq7KwFj5B6Xw6N7MHkwHQYDVR0OBBYEFJvkMbp+ASjW/Q3R\n"
    "wkOqNPwDV2shMB8GA1UdIwQYMBaAFJvkMbp+ASjW/Q3RwkOqNPwDV2shMA8GA1Ud\n"
    "EwEB/wQFMAMBAf8wJgYDVR0RBB8wHYIJbG9jYWxob3N0ggpzaG9wLmxvY2FshwR/\n"
    "AAABMAoGCCqGSM49BAMCA0kAMEYCIQCt5y0XWwlfWDt5P5ds42YchdCocUqvfVqO\n"
    "PzJqIt3UJwIhAPF2SOJu9RFfgI4qPuldkpU56ib5Ga9Dv6MvS703rGcs\n"
)
ABROAD = (
    "MIIBoDCCAUegAwIBAgIURyyWUP5FIqNy/CiHiENdcLPcpsEwCgYIKoZIzj0EAwIw\n"
    "FDESMBAGA1UEAwwJbG9jYWxob3N0MB4XDTI2MTEzMDA4MzgzMFoXDTM2MTEyNzA4\n"
    "MzgzMFowFDESMBAGA1UEAwwJbG9jYWxob3N0MFkwEwYHKoZIzj0CAQYIKoZIzj0D\n"
    "AQcDQgAEupAMLkzAz/Oirdc996sTiG0COI+B+8tXcRO8fDsl6Bish7rrXNEoPLKj\n"
    "3ciIvHQTxQvZk8X3OAQWE2W7f6CXlaN3MHUwHQYDVR0OBBYEFL8mZHh6H7lRa9Kw\n"
    "ci2INuEzvVHDMB8GA1UdIwQYMBaAFL8mZHh6H7lRa9Kwci2INuEzvVHDMA8GA1Ud\n"
    "EwEB/wQFMAMBAf8wIgYDVR0RBBswGYIJbG9jYWxob3N0ggxzaG9wLmFjbWUuaW8w\n"
    "CgYIKoZIzj0EAwIDRwAwRAIgbv3FGVBfBtpuFee8y1uxU/+vnPBVirFs604BTnIZ\n"
    "J4QCIDCESifoPh7iIHx7Fx3uHI4qlh7MD9e+g2OWLWlXfbjm\n"
)
NEAR = (
    "MIIBtTCCAVygAwIBAgIUVJsyLLR/o5PnmfGImqrM9ACkVoIwCgYIKoZIzj0EAwIw\n"
    "IjEQMA4GA1UECgwHU2hvcCBDQTEOMAwGA1UEAwwFa2Fma2EwHhcNMjYxMTMwMDgz\n"
    "ODMwWhcNMzYxMTI3MDgzODMwWjAiMRAwDgYDVQQKDAdTaG9wIENBMQ4wDAYDVQQD\n"
    "DAVrYWZrYTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABEP/pEnKD7kcPEkhEA6E\n"
    "9VbrK4P0FCGVKUtPkY1PmuijIN/njwegj/bN17ZoumYyu9xYzkIvLzDuRctnGLlO\n"
    "wi6jcDBuMB0GA1UdDgQWBBT4wV9p7QMcwAiAdw9W8XsZ/9+gbzAfBgNVHSMEGDAW\n"
    "gBT4wV9p7QMcwAiAdw9W8XsZ/9+gbzAPBgNVHRMBAf8EBTADAQH/MBsGA1UdEQQU\n"
    "MBKCBWthZmthgglsb2NhbGhvc3QwCgYIKoZIzj0EAwIDRwAwRAIgFSlpO9IomVr5\n"
    "IQ/ySciTMkG7f19PcXllljg0MjehIkMCIHPmH6XmiA2i8eFaOC1axcb3jhZ8kYVa\n"
    "q5BJCbWw8mYi\n"
)
#: As OpenSSL makes it of its own answers, and the same for a name.
BLANK = (
    "MIIB3jCCAYWgAwIBAgIUWs6nC+f/J3egD/JZ9GYLTqkJH6wwCgYIKoZIzj0EAwIw\n"
    "RTELMAkGA1UEBhMCQVUxEzARBgNVBAgMClNvbWUtU3RhdGUxITAfBgNVBAoMGElu\n"
    "dGVybmV0IFdpZGdpdHMgUHR5IEx0ZDAeFw0yNjEyMDExNjM5NTRaFw0zNjExMjgx\n"
    "NjM5NTRaMEUxCzAJBgNVBAYTAkFVMRMwEQYDVQQIDApTb21lLVN0YXRlMSEwHwYD\n"
    "VQQKDBhJbnRlcm5ldCBXaWRnaXRzIFB0eSBMdGQwWTATBgcqhkjOPQIBBggqhkjO\n"
    "PQMBBwNCAAShKuwREDP8WnhrTu30MRF3yTkycuJYO6+2C5+Gqult+BXtAFPBAEf/\n"
    "io/S6O1MoMFPNhO0Mxm6lFyQ7mnnS0PIo1MwUTAdBgNVHQ4EFgQUAKY1tjTswcXo\n"
    "73vxugC3jC96R9kwHwYDVR0jBBgwFoAUAKY1tjTswcXo73vxugC3jC96R9kwDwYD\n"
    "VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiApE7dAnRwWuovX/x0kTWU+\n"
    "fEFFtp2VtNnCNPlLHzIZ5gIgS8rlEnueiOhAw3kNuJ6/YubyTsIxyRSKHZRojvt6\n"
    "fhE=\n"
)
ACME = (
    "MIIB2TCCAX+gAwIBAgIUHdl2fIStvKMhMkJB4I2Cq/HUbHswCgYIKoZIzj0EAwIw\n"
    "QjELMAkGA1UEBhMCQVUxITAfBgNVBAoMGEludGVybmV0IFdpZGdpdHMgUHR5IEx0\n"
    "ZDEQMA4GA1UEAwwHYWNtZS5pbzAeFw0yNjEyMDExNjM5NTRaFw0zNjExMjgxNjM5\n"
    "NTRaMEIxCzAJBgNVBAYTAkFVMSEwHwYDVQQKDBhJbnRlcm5ldCBXaWRnaXRzIFB0\n"
    "eSBMdGQxEDAOBgNVBAMMB2FjbWUuaW8wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC\n"
    "AAShKuwREDP8WnhrTu30MRF3yTkycuJYO6+2C5+Gqult+BXtAFPBAEf/io/S6O1M\n"
    "oMFPNhO0Mxm6lFyQ7mnnS0PIo1MwUTAdBgNVHQ4EFgQUAKY1tjTswcXo73vxugC3\n"
    "jC96R9kwHwYDVR0jBBgwFoAUAKY1tjTswcXo73vxugC3jC96R9kwDwYDVR0TAQH/\n"
    "BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEA3S7Uk+tGFqkIo6ovpqoVNsIkUQ4Z\n"
    "/klFW5nM0NCYdFYCIHC35s8JsQkTYSHX0pamMNqWl/fCizl5wrxRYT4KERX0\n"
)
#: For a client, by an authority that is called `Test CA`.
OF_TESTS = (
    "MIIBCTCBsQIBATAKBggqhkjOPQQDAjASMRAwDgYDVQQDDAdUZXN0IENBMB4XDTI2\n"
    "MTIwMTE3Mjk1NloXDTM2MTEyODE3Mjk1NlowETEPMA0GA1UEAwwGY2xpZW50MFkw\n"
    "EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE/zwdfZlYI8xWllqS5B0Qw1K+T1ZZOat9\n"
    "hnEBqu4XzoLQoy/0zn4jBoLZoIyVqR239tVJ4LCgWMR1V4pWWSJjRzAKBggqhkjO\n"
    "PQQDAgNHADBEAiBQJI1Eoxp6xeFbO29aGOSim0qTHWzgF4hv5Z2//A0ipwIgPHU8\n"
    "DMYhjkM2JS4176DKh4TAaaoiujrvRCa3HT1XWKo=\n"
)
#: For `shop.local`.
AT_HOME = (
    "MIIBfzCCASWgAwIBAgIUKtOh0OIy7sjHkGGYUgjp+K7UJuswCgYIKoZIzj0EAwIw\n"
    "FTETMBEGA1UEAwwKc2hvcC5sb2NhbDAeFw0yNjEyMDExNzM0MjFaFw0zNjExMjgx\n"
    "NzM0MjFaMBUxEzARBgNVBAMMCnNob3AubG9jYWwwWTATBgcqhkjOPQIBBggqhkjO\n"
    "PQMBBwNCAAT/PB19mVgjzFaWWpLkHRDDUr5PVlk5q32GcQGq7hfOgtCjL/TOfiMG\n"
    "gtmgjJWpHbf21UngsKBYxHVXilZZImNHo1MwUTAdBgNVHQ4EFgQUSdPIH6rhQOQk\n"
    "KZIgseR86X1RD6IwHwYDVR0jBBgwFoAUSdPIH6rhQOQkKZIgseR86X1RD6IwDwYD\n"
    "VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEAzahAVFYxC6FfiN4/4bio\n"
    "mbTaOt0YlIsrURHSP40IMs0CIFeaAfuLnVre0eHknCXiw3ghyCTfuYdwbY30KQVb\n"
    "w1IO\n"
)
CERTIFIED = "-----BEGIN CERTIFICATE-----\n{}-----END CERTIFICATE-----\n"


@pytest.mark.parametrize(
    ("path", "name", "most"),
    [
        ("shop/src/Search.tsx", "apiKey", Strength.MEDIUM),
        ("frontend/src/search.ts", "apiKey", Strength.MEDIUM),
        ("frontend/src/search.ts", "clientSecret", Strength.HIGH),
        ("frontend/server/search.ts", "apiKey", Strength.HIGH),
        ("shop/src/search.ts", "apiKey", Strength.HIGH),
    ],
)
def test_a_key_in_what_pages_are_made_of_is_a_warning(path: str, name: str, most: Strength) -> None:
    """Every browser gets it, as it should with most of them; what is called a secret should not."""
    assert weight(path, f'export const {name} = "{HEX}";\n') == most


@pytest.mark.parametrize(
    ("name", "most"), [("VITE_SHOP_API_KEY", None), ("SHOP_API_KEY", Strength.MEDIUM), ("SHOP_TOKEN", Strength.MEDIUM)]
)
def test_what_a_workflow_runs_with_without_its_secret(name: str, most: Strength | None) -> None:
    """A default that every fork has; what pages are made with is for all anyway."""
    text = f"jobs:\n  a:\n    env:\n      {name}: ${{{{ secrets.SHOP_API_KEY || '{HEX}' }}}}\n"
    assert weight(".github/workflows/a.yml", text) == most


def test_the_name_of_a_secret_in_a_pipeline() -> None:
    """It is what the server knows the value by."""
    assert weight(".woodpecker/a.yaml", "environment:\n  KEY:\n    from_secret: shop_s3_access_key_id\n") is None


@pytest.mark.parametrize(
    ("setting", "most"),
    [("plugins.security.disabled=true", Strength.LOW), ("cluster.name=a", Strength.MEDIUM)],
)
def test_a_password_that_nobody_asks_for(setting: str, most: Strength) -> None:
    """The search engine beside it lets everybody in."""
    text = f"services:\n  a:\n    environment:\n      - {setting}\n      - OPENSEARCH_INITIAL_ADMIN_PASSWORD=P4zzW)rd>>12_\n"
    assert weight("compose.yaml", text) == most


HASH = hashlib.md5(b"a").hexdigest()


@pytest.mark.parametrize(
    ("path", "text", "most"),
    [
        ("a.sql", f'UPDATE public.app_user SET "password" = \'{HASH}\' WHERE "id" = 1;\n', Strength.LOW),
        ("a.sql", f"CREATE USER app WITH PASSWORD '{VALUE}';\n", Strength.HIGH),
        (".env", 'ADM_PASSWORD="\\$2a\\$12\\$nhzVEGO1SZmCq1Bml8V5WePzcWMnC0icGuHa/irKhcrpMVwFM7Vc3"\n', Strength.LOW),
        ("src/DataFixtures/Rooms.php", f"<?php\n$a->setLicenseKey('{HEX}');\n", Strength.LOW),
        ("src/Command/RoomFixture.php", f"<?php\n$a->setLicenseKey('{HEX}');\n", Strength.LOW),
        ("src/Command/Room.php", f"<?php\n$a->setLicenseKey('{HEX}');\n", Strength.HIGH),
    ],
)
def test_hashes_and_fixtures_in_every_notation(path: str, text: str, most: Strength | None) -> None:
    """A column in quotes is no quote before a password, and a dollar behind a backslash is one."""
    found = weight(path, text)
    assert (found is None or found <= most) if most == Strength.LOW else found == most


def test_only_its_certificate_excuses_a_key_that_an_instruction_names() -> None:
    """It is in use, whatever lies beside it; for this machine it still opens nothing elsewhere."""
    found = judge("a.key", PEM.encode(), size=len(PEM))
    for body, most in ((HOME, Strength.MEDIUM), (BLANK, Strength.MEDIUM), (ABROAD, Strength.CRITICAL)):
        read = {"a.crt": CERTIFIED.format(body).encode()}.get
        told = beside("a.key", ["a.crt", "ca.srl"], found, lambda path, read=read: read(path, b""), named=True)
        assert [each.severity for each in told] == [most]


def nothing(name: str) -> bytes:
    """A directory of which nothing can be read."""
    return b""


@pytest.mark.parametrize(
    ("body", "most"),
    [
        (HOME, Strength.LOW),
        (ABROAD, Strength.CRITICAL),
        (NEAR, Strength.CRITICAL),
        # Somebody may have said in a browser that he trusts it.
        (BLANK, Strength.MEDIUM),
        (ACME, Strength.CRITICAL),
        (OF_TESTS, Strength.LOW),
        (AT_HOME, Strength.MEDIUM),
    ],
)
@pytest.mark.parametrize("name", ["a.key", "a-key.pem", "a.private.key", "key.pem", "privkey.pem"])
def test_the_key_of_a_certificate_that_is_for_nobody_is_a_note(body: str, most: Strength, name: str) -> None:
    """By what the certificate beside it says, or one in the same file, also where that is encoded once more; a name of
    one's own network is somebody's."""
    certificate = CERTIFIED.format(body)
    found = judge(name, PEM.encode(), size=len(PEM))
    other = "a.pem" if name == "a-key.pem" else "cert.pem" if name.startswith(("key", "priv")) else "a.crt"
    read = {other: certificate.encode(), name: PEM.encode()}.get
    assert [each.severity for each in beside(name, [name, other], found, lambda each: read(each, b""))] == [most]
    assert [each.severity for each in beside(name, [name, "b.crt"], found, lambda each: read(each, b""))] == [
        Strength.CRITICAL
    ]
    coded = f"data:\n  a.crt: {base64.b64encode(certificate.encode()).decode()}\n"
    for text in (certificate + PEM, coded):
        assert [each.severity for each in beside(name, [name], found, lambda _, text=text: text.encode())] == [most]


@pytest.mark.parametrize(
    ("path", "others", "most"),
    [
        ("shop/settings/base.py", {"production.py": "SECRET_KEY = os.environ['KEY']\n"}, Strength.LOW),
        ("shop/settings/base.py", {"production.py": "DEBUG = False\n"}, Strength.HIGH),
        ("shop/settings/base.py", {"test.py": "SECRET_KEY = 'test'\n"}, Strength.HIGH),
        ("shop/settings.py", {"production.py": "SECRET_KEY = os.environ['KEY']\n"}, Strength.HIGH),
    ],
    ids=["set anew", "not set", "set for tests", "other settings"],
)
def test_a_key_that_settings_for_production_replace_is_a_note(
    path: str, others: dict[str, str], most: Strength
) -> None:
    """What runs has another one."""
    text = f"SECRET_KEY = '{VALUE}'\n".encode()
    found = beside(path, others, judge(path, text, size=len(text)), lambda name: others[name].encode())
    assert [each.severity for each in found] == [most]


@pytest.mark.parametrize("path", [".env", "src/main/resources/application.yml"])
def test_settings_without_a_secret_of_others_may_be_what_runs(path: str) -> None:
    """A program reads them as they are."""
    sign = "=" if path == ".env" else ": "
    text = f"MAIL_PASSWORD{sign}your-password\nDB_PASSWORD{sign}postgres\nSECRET_KEY{sign}{VALUE}\n"
    assert weight(path, text) == Strength.MEDIUM
    assert (weight(path, text.replace("your-password", HEX)) or Strength.LOW) >= Strength.HIGH
    live = f"{path}.prod" if path == ".env" else path.replace(".yml", "-prod.yml")
    assert (weight(live, text) or Strength.LOW) >= Strength.HIGH


@pytest.mark.parametrize(("other", "most"), [("runtime.exs", Strength.LOW), ("dev.exs", Strength.HIGH)])
def test_a_key_that_a_release_is_given_is_a_note(other: str, most: Strength) -> None:
    """What Elixir is compiled with is replaced where it starts."""
    path, text = "config/config.exs", f'config :shop, Shop.Tokens,\n  key_base: "{VALUE}"\n'.encode()
    for named in (False, True):  # Dockerfiles copy the settings of all stages by their name
        found = judge(path, text, size=len(text), named=named)
        found = beside(path, [other], found, lambda _: b"  key_base: env!(:key_base),\n", named=named)
        assert [each.severity for each in found] == [most]


@pytest.mark.parametrize(
    ("path", "text", "most"),
    [
        ("charts/shop/values.yaml", f"shop:\n  jwtSecret: {VALUE}\n", Strength.MEDIUM),
        ("charts/shop/values-acme.yaml", f"shop:\n  jwtSecret: {VALUE}\n", Strength.HIGH),
        ("src/main/resources/application.yml", f"jwt:\n  secret: ${{JWT_SECRET:{VALUE}}}\n", Strength.MEDIUM),
        ("src/main/resources/application.yml", f"pay:\n  secret: ${{STRIPE_SECRET:{VALUE}}}\n", Strength.HIGH),
        ("configurations/local.yaml", f"jwt:\n  secret: {VALUE}\n", Strength.LOW),
        ("src/config.ts", f'export const DEFAULT_CONFIG = {{\n  secretKey: "{VALUE}",\n}}\n', Strength.MEDIUM),
        ("src/config.ts", f'export const DEFAULT_CONFIG = {{\n  stripeSecret: "{VALUE}",\n}}\n', Strength.HIGH),
        (
            "src/config.ts",
            f'const DEFAULT = 1;\nexport const CONFIG = {{\n  secretKey: "{VALUE}",\n}}\n',
            Strength.HIGH,
        ),
        ("vault.properties", f"vault.uri=https://localhost:8200\nvault.token={VALUE}\n", Strength.MEDIUM),
        ("configurations/local.yaml", f"pay:\n  secret: {VALUE}\n", Strength.HIGH),
        ("auth.jwt", MADE.jwt("half"), Strength.MEDIUM),
        ("compose.yaml", "x: postgres://${U:-shop}:${P:-" + VALUE + "}@db.garden.net/a\n", Strength.HIGH),
    ],
)
def test_what_a_program_begins_with_weighs_less(path: str, text: str, most: Strength) -> None:
    """Charts and settings of Spring are given their own values where they run; some are run as they are."""
    assert weight(path, text) == most


def test_a_document_that_a_program_has_packed_is_no_backup_of_a_database() -> None:
    """What it was saved as says so."""
    data = b"PK\x03\x04" + bytes(64)
    assert [each.severity for each in judge("design/shop.bak", data, size=len(data))] == [Strength.HIGH]
    assert [each.severity for each in judge("design/shop.mwb.bak", data, size=len(data))] == [None]


def test_a_model_that_was_learned_is_no_backup_of_a_database() -> None:
    """What it was saved as says so."""
    data = b"\x80\x04\x95" + bytes(64)
    assert [each.severity for each in judge("router.bak", data, size=len(data))] == [Strength.HIGH]
    assert [each.severity for each in judge("router.joblib.old.bak", data, size=len(data))] == [None]


OWN_DEFAULTS = {
    "Node": ("src/a.ts", "export const secret = process.env.JWT_SECRET || '{}';\n"),
    "Node, of several": (
        "src/a.ts",
        "const a = {{ secret: process.env.JWT_SECRET ?? process.env.SECRET_KEY ?? '{}' }};\n",
    ),
    "Node, on a line of its own": (
        "src/a.ts",
        "const a = {{\n  secret:\n    process.env.JWT_SECRET ??\n    '{}',\n}};\n",
    ),
    "Python": ("src/a.py", 'SECRET_KEY = os.environ.get("SECRET_KEY", "{}")\n'),
    "Python, or": ("src/a.py", 'SECRET_KEY = os.getenv("SECRET_KEY") or "{}"\n'),
    "decouple": ("app/settings.py", 'SECRET_KEY = config("SECRET_KEY", default="{}")\n'),
    "Go": ("a.go", 'var key = getEnv("JWT_SECRET", "{}")\n'),
}


@pytest.mark.parametrize(("path", "line"), OWN_DEFAULTS.values(), ids=OWN_DEFAULTS)
def test_a_key_of_its_own_that_a_program_has_as_a_default(path: str, line: str) -> None:
    """Everybody has it who sets no other: a warning, where the key of a service, and what is set for good, are errors."""
    assert weight(path, line.format(VALUE)) is Strength.MEDIUM
    service = line.replace("JWT_SECRET", "STRIPE_SECRET_KEY").replace("SECRET_KEY", "STRIPE_SECRET_KEY")
    assert weight(path, service.replace("STRIPE_STRIPE_", "STRIPE_").format(VALUE)) is Strength.HIGH
    assert weight("src/a.py", f'SECRET_KEY = "{VALUE}"\n') is Strength.HIGH


def test_what_a_page_shows() -> None:
    """A value that an element shows is an example for whoever looks at the page."""
    link = f"<a>{{{{ `${{domain}}?token={VALUE}` }}}}</a>\n"
    assert weight("src/a.vue", link) is Strength.MEDIUM
    assert weight("src/a.vue", f"<b> {VALUE} </b>\n{link}") is Strength.LOW
