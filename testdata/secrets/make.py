"""Writes a tree of 51 made-up files: in 25 there is a secret, 26 only look as if there were.

    python make.py DESTINATION

The same bytes on every run. `labels.json` beside this file says which is which, and why; only what is `strict` there
counts. Write the tree outside of any git work tree: it has a `.git/config`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from made import Made

SEED = 77031

#: Path and content; the marks are those of `made`.
WITH_A_SECRET = {
    ".env": 'PORT=8080\nSMTP_PASSWORD=«password:18»\nDATABASE_URL="mysql://recipes:«password:18»@10.2.0.4/recipes"\n',
    "backend/.env.local": "GITHUB_TOKEN=«github:s»\n",
    "tls/site.key": "«pem:PRIVATE KEY»",
    "tls/haproxy.pem": "«pem:RSA PRIVATE KEY»«pem:CERTIFICATE»",
    "id_rsa": "«openssh»",
    "android/release.keystore": "«jks:1»",
    "certs/mobile.pfx": "«pkcs12»",
    "home/.aws/credentials": "[ci]\naws_access_key_id=«aws-id»\naws_secret_access_key=«aws-secret»\n",
    "gcp-key.json": '{"type": "service_account", "project_id": "r-1", "private_key": "«json-pem:PRIVATE KEY»"}',
    "infra/terraform.tfstate.backup": '{"version": 4, "resources": [{"type": "random_password", "instances": '
    '[{"attributes": {"result": "«password:32»"}}]}]}',
    "home/.npmrc": "//npm.acme.internal/:_authToken=«npm»\n",
    "home/.netrc": "machine git.recipes.internal login ana password «password:22»\n",
    "home/.pypirc": "[pypi]\nusername: __token__\npassword: «pypi»\n",
    "home/.docker/config.json": '{"auths": {"registry.recipes.internal": {"auth": "«basic»"}}}',
    "home/.kube/config": "apiVersion: v1\nkind: Config\nusers:\n- name: ana\n  user:\n    token: «jwt»\n",
    "config/master.key": "«hex:32»\n",
    "web/.htpasswd": "ana:{SHA}«base64:20»\n",
    "worker/settings.py": "SLACK_TOKEN = 'xoxb-«digits:12»-«digits:13»-«word:24»'\nPAY = 'sk_live_«word:24»'\n",
    "Dockerfile.prod": 'FROM alpine:3.20\nENV API_SECRET="«password:30»"\nCOPY . .\n',
    "compose.yaml": "services:\n  api:\n    environment:\n      - JWT_SECRET=«word:44»\n",
    ".git/config": '[remote "origin"]\n\turl = https://ana:«github»@github.com/ana/recipes.git\n',
    "secrets/api_key": "«word:40»",
    "etc/pip.conf": "[global]\nextra-index-url = https://ana:«password»@pypi.recipes.internal/simple\n",
    "notes/session.txt": 'curl -H "Authorization: Bearer «jwt»" https://api.recipes.internal/\n',
    "java/settings.xml": "<settings><servers><server><id>r</id><password>«password»</password></server></servers>"
    "</settings>\n",
}
LOOK_ALIKES = {
    ".env.sample": "SMTP_PASSWORD=\nDATABASE_URL=mysql://root:root@127.0.0.1/recipes\nGITHUB_TOKEN=your-token-here\n",
    "backend/.env.defaults": "LOG_LEVEL=info\nCACHE_TTL=60\nFEATURE_TOKENS=true\n",
    "tls/ca-bundle.pem": "«pem:CERTIFICATE»",
    "tls/site.pub.pem": "«pem:PUBLIC KEY»",
    "id_rsa.pub": "«ssh-public»",
    "apt/docker.gpg.key": "«pgp-public»",
    "java/cacerts.jks": "«jks:2»",
    ".npmrc": "fund=false\naudit=false\nstrict-peer-dependencies=false\n",
    "ci/npmrc": "//npm.acme.internal/:_authToken=${NODE_AUTH_TOKEN}\n",
    "docker/config.json": '{"auths": {}, "credHelpers": {"public.ecr.aws": "ecr-login"}}',
    "Dockerfile": "FROM alpine:3.20\nARG GIT_TOKEN\nRUN --mount=type=secret,id=git_token cat /run/secrets/git_token\n",
    "compose.dev.yaml": "services:\n  api:\n    environment:\n      - JWT_SECRET=${JWT_SECRET}\n"
    "      - DB_PASSWORD_FILE=/run/secrets/db\n",
    "config/credentials/production.yml.enc": "«base64:100»--«base64:12»--«base64:16»",
    "infra/prod.tfvars": 'zone = "b"\nreplicas = 3\n',
    "k8s/secret-ref.yaml": "env:\n- name: PASSWORD\n  valueFrom: {secretKeyRef: {name: db, key: password}}\n",
    "src/secret_santa.py": "def draw(secret_names, token=None):\n    return sorted(secret_names)\n",
    "src/components/PasswordInput.vue": '<template><input type="password" v-model="password"></template>\n',
    "src/locale/de.json": '{"password": "Passwort", "api_key": "API-Schlüssel"}',
    "docs/auth.md": "Use `Authorization: Bearer <token>`; a token looks like `gh" + "p_" + "X" * 36 + "`.\n",
    "docs/keys.md": "-----BEGIN PRIVATE" + " KEY-----\n...\n-----END PRIVATE" + " KEY-----\n",
    "node_modules/ssh2/test/fixtures/id_rsa": "«pem:RSA PRIVATE KEY»",
    ".venv/lib/python3.11/site-packages/certifi/cacert.pem": "«pem:CERTIFICATE»«pem:CERTIFICATE»",
    "yarn.lock": '"x@^1":\n  version "1.0.0"\n  resolved "https://registry.yarnpkg.com/x/-/x-1.0.0.tgz#«hex:40»"\n'
    "  integrity sha512-«base64:64»\n",
    "assets/app.js": 'const h="«hex:64»";const css="data:font/woff2;base64,«base64:300»";\n',
    "secrets/.gitignore": "*\n!.gitignore\n",
    "tests/conftest.py": 'DB = "postgresql://postgres:postgres@localhost:5432/test"\nKEY = "not-a-real-key"\n',
}


def tree() -> dict[str, bytes]:
    """Every path with its content."""
    made = Made(SEED)
    return {path: made.fill(text) for path, text in (WITH_A_SECRET | LOOK_ALIKES).items()}


if __name__ == "__main__":
    for path, content in tree().items():
        full = Path(sys.argv[1], path)
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_bytes(content)
