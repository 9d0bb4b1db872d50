"""Files whose structure says what is secret in them: clusters, states, registries, build tools."""

from __future__ import annotations

from ...regex import compiled
from .. import assignments, checksums, hosts, placeholders, telling
from ..case import Case
from ..judgement import Strength
from ..pem import judge_armour
from ..row import SecretRow
from ..syntax.field import Field
from ..syntax.yaml import yaml
from .accounts import named_field
from .settings import fields, is_key, settings


def docker_auth(case: Case, row: SecretRow) -> None:
    """`auths.*.auth` is `user:password` in base64; helpers hold nothing."""
    for field in fields(case, row):
        if field.name == "auth":
            login = checksums.login(field.value)
            if login is not None and not placeholders.is_placeholder(login[1]):
                case.confirm(row.kind, row.severity, field.value, field.at, "a login of a registry")
        elif "auths" not in field.parents:
            # Many programs call their own settings so.
            assignments.judge_field(case, field, "assigned-secret", Strength.HIGH)
        elif field.name in ("identitytoken", "registrytoken", "password"):
            named_field(case, row, field)


def kubeconfig(case: Case, row: SecretRow) -> None:
    """Users with a key, a token or a password; a plugin that fetches them is none of these."""
    for field in fields(case, row):
        if field.name == "client-key-data":
            _encoded_key(case, field, row.kind)
        elif field.name in ("token", "password", "id-token", "refresh-token", "client-secret"):
            named_field(case, row, field)


def _encoded_key(case: Case, field: Field, kind: str) -> None:
    data = checksums.unbase64("".join(field.value.split()))
    if data is None:
        return
    if not judge_armour(case, data.decode("ascii", "replace"), at=field.at) and len(data) > 32:
        case.confirm(kind, Strength.HIGH, field.value, field.at, "a client key")


def kubernetes(case: Case) -> None:
    """Manifests of kind Secret: `data` in base64, `stringData` as it is."""
    if "kind" not in case.text or compiled(_SECRET).search(case.text) is None:
        return
    found = list(yaml(case.text))
    secrets = {
        field.document for field in found if not field.parents and (field.name, field.value) == ("kind", "Secret")
    }
    for field in found:
        if field.document not in secrets or not field.parents or field.parents[0] not in ("data", "stringData"):
            continue
        value = field.value
        if field.parents[0] == "data":
            decoded = checksums.unbase64("".join(value.split()))
            if decoded is None:
                continue
            value = decoded.decode("utf-8", "replace").strip()
        if "-----BEGIN" in value:
            judge_armour(case, value, at=field.at)
        elif not _is_kept(field.name, value):
            case.clear("kubernetes-secret", "only placeholders in it", at=field.at, length=len(field.value))
        else:
            reason = f"a value for {assignments.shown(field.name)}"
            severity = assignments.weighed(field.name, value, Strength.HIGH, text=case.text)
            if (login := compiled(_LOGIN).search(value)) is not None:
                weak = Strength.LOW if hosts.is_near(login[2]) else Strength.MEDIUM
                severity = severity if placeholders.is_random(login[1]) else weak
            case.confirm("kubernetes-secret", severity, field.value, field.at, reason)


#: A value that is this word and no more.
_SECRET = r"Secret(?<=[\s\"'`=]Secret)(?=[\s\"'`,;]|\Z)"
#: A URL with a password, and its host.
_LOGIN = r"://[^/\s:@]*:([^/\s@]{4,})@([\w.-]*)"


def _is_kept(name: str, value: str) -> bool:
    if placeholders.is_placeholder(value) or "://" in value:
        return compiled(_LOGIN).search(value) is not None and not placeholders.is_placeholder(value)
    if telling.announces(name) or is_key(name, "password pass key auth dockerconfigjson"):
        return placeholders.is_literal(value)
    # Beside a secret, manifests keep who logs in, and where.
    return compiled(_PLAIN).search(telling.spelt(name)) is None and placeholders.is_random(value)


_PLAIN = (
    r"(?:\A|_)(?:DB|DATABASE|NAME|USER|USERNAME|LOGIN|EMAIL|HOST|HOSTS|HOSTNAME|PORT|REGION|BUCKET|ID|ENDPOINT|DOMAIN"
    r"|DOMAINS|ORIGIN|ORIGINS|ENGINE|SCHEMA|OPTIONS|STORAGE)\Z"
)

#: Attributes that providers fill with secrets, besides those whose names say so.
_ATTRIBUTES = (
    "password passphrase secret token private_key private_key_pem private_key_openssh result secret_string access_key"
    " secret_key client_secret api_key connection_string primary_key secondary_key account_key primary_access_key"
    " secondary_access_key kube_config_raw admin_password sas_token bearer_token auth_token key_base64"
    " ses_smtp_password_v4"
)


def terraform_state(case: Case, row: SecretRow) -> None:
    """Attributes and outputs in clear."""
    for field in fields(case, row):
        name = field.name
        if name == "value" and field.parents:
            name = field.parents[-1]
        if name in ("sensitive_attributes", "type", "mode"):
            continue
        if "-----BEGIN" in field.value:
            judge_armour(case, field.value, at=field.at)
        elif _is_kept_in_state(name, field.value):
            case.confirm(row.kind, row.severity, field.value, field.at, f"a value for {assignments.shown(name)}")


def _is_kept_in_state(name: str, value: str) -> bool:
    return (is_key(name, _ATTRIBUTES) or telling.announces(name)) and placeholders.is_literal(value)


def service_account(case: Case, row: SecretRow) -> None:
    """Keys of Google's cloud: the private key itself counts; without one only the tokens of a user do."""
    if '"service_account"' in case.text and judge_armour(case, case.text):
        return
    settings(case, row)


def oauth_client(case: Case, row: SecretRow) -> None:
    """A web client's secret; that of an installed application is in every copy of it."""
    for field in fields(case, row):
        if is_key(field.name, "client_secret"):
            if "installed" in field.parents:
                case.clear(
                    row.kind, "an installed application: its secret is none", at=field.at, length=len(field.value)
                )
            else:
                named_field(case, row, field)


def maven(case: Case, row: SecretRow) -> None:
    """Passwords of servers and proxies; `{…}` is encrypted, but for the master password itself."""
    for field in fields(case, row):
        name = field.name.lower()
        if name in ("password", "passphrase", "privatekeypassphrase"):
            named_field(case, row, field)
        elif name == "master" and compiled(r"\{[^{}$]{16,}\}").fullmatch(field.value):
            case.confirm(row.kind, row.severity, field.value, field.at, "the master password")


def nuget(case: Case, row: SecretRow) -> None:
    """`ClearTextPassword` of a source; what is encrypted is good on one machine only."""
    for field in fields(case, row):
        if field.name.lower() == "cleartextpassword":
            named_field(case, row, field)


def jenkins(case: Case, row: SecretRow) -> None:
    """Stored credentials: encrypted, with a key that lies beside them."""
    for field in fields(case, row):
        if field.name.rpartition(".")[2].lower() in (
            "password",
            "secret",
            "privatekey",
            "apitoken",
            "passphrase",
            "secretbytes",
        ):
            value = field.value.strip()
            if compiled(r"\{[A-Za-z0-9+/=]{16,}\}").fullmatch(value) or placeholders.is_literal(value):
                case.confirm(row.kind, row.severity, value, field.at, f"a stored {field.name.lower()}")


def composer(case: Case, row: SecretRow) -> None:
    """Tokens by host, and logins."""
    for field in fields(case, row):
        if field.name == "password" or {
            "github-oauth",
            "gitlab-token",
            "gitlab-oauth",
            "bearer",
            "custom-headers",
        } & set(field.parents):
            if field.name not in ("username", "consumer-key"):
                named_field(case, row, field)
        elif field.name == "consumer-secret":
            named_field(case, row, field)
    docker_auth(case, row)


def web_key(case: Case, row: SecretRow) -> None:
    """JSON Web Keys: `d` is the private half of a pair, `k` a symmetric key."""
    if '"kty"' in case.text:
        for field in fields(case, row):
            if field.name in ("d", "k") and placeholders.is_strong(field.value):
                case.confirm(row.kind, row.severity, field.value, field.at, f"the private part {field.name} of a key")


def published(case: Case, row: SecretRow) -> None:
    """Made to be shipped: what stands in it is public, unless a private key got into it."""
    judge_armour(case, case.text)
    if not case.found:
        case.clear(row.kind, "public by design")
        for match in compiled(r"AIza[\w-]{35}").finditer(case.text):
            case.clear(row.kind, "public by design", at=match.start(), length=39)
