"""Secrets that give themselves away: tokens with a prefix, a length or a checksum of their own, wherever they stand.

One row a kind: add one at the end of `TOKENS`, with its hits and misses. `search` says how they are searched for.
"""

# ruff: noqa: E501  (an example reads best on one line)

import re
from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeAlias

from ..regex import compiled
from . import checksums, hosts, placeholders
from .judgement import Strength

#: What a check says of a match: its weight, None where it is no secret after all; and why.
Opinion: TypeAlias = tuple[Strength | None, str]
TokenCheck: TypeAlias = Callable[["re.Match[str]"], Opinion]

LOW, MEDIUM, HIGH, CRITICAL = Strength

#: Moments before this version was made have passed, whatever the clock says: reports depend on no clock.
MADE: Final = 1_793_491_200  # 2026-11-01


class Token(NamedTuple):
    """`hints` are literals, one of which is in every match; `pattern` finds the value, in its first group if it has
    one; `check` weighs a match that is no placeholder, None: `severity` as it is. `hits` and `misses` are texts in
    which `«name»` stands for a value that only tests make. `source`: where the form is written down;
    `anywhere`: no run of letters and digits in it tells where to look; `beside`: names, one of which stands near.

    Where the pattern begins with all of the hints, as they are, few texts are searched for it."""

    kind: str
    severity: Strength
    hints: tuple[str, ...]
    pattern: str
    hits: tuple[str, ...]
    misses: tuple[str, ...]
    check: TokenCheck | None = None
    says: str = ""
    source: str = ""
    anywhere: bool = False
    beside: tuple[str, ...] = ()


# ---- checks --------------------------------------------------------------------------------------------------------


def _crc(prefix: int) -> TokenCheck:
    def check(match: re.Match[str]) -> Opinion:
        if checksums.fits_base62_crc(match[0], prefix=prefix):
            return CRITICAL, "the checksum in it is right"
        return None, "the checksum in it is wrong"

    return check


def _spread(least: float, severity: Strength = HIGH) -> TokenCheck:
    def check(match: re.Match[str]) -> Opinion:
        value = match[match.lastindex or 0]
        if placeholders.entropy(value) < least:
            return None, "too regular"
        return severity, ""

    return check


def _grafana(match: re.Match[str]) -> Opinion:
    if checksums.fits_grafana_crc(match[0]):
        return CRITICAL, "the checksum in it is right"
    return None, "the checksum in it is wrong"


def _age(match: re.Match[str]) -> Opinion:
    if checksums.fits_bech32(match[0]):
        return CRITICAL, "the checksum in it is right"
    return None, "the checksum in it is wrong"


def _aws_id(match: re.Match[str]) -> Opinion:
    if match[0].endswith("EXAMPLE") or placeholders.entropy(match[0][4:]) < 2.8:
        return None, "an example"
    near = match.string[max(0, match.start() - 400) : match.end() + 400]
    before = near[: match.start() - max(0, match.start() - 400)].count("\n")
    lines = near.split("\n")[max(0, before - 5) : before + 6]
    if any(_is_aws_secret(found[1]) for line in lines for found in compiled(_AWS_SECRET).finditer(line)):
        return CRITICAL, "an access key ID with its secret key"
    return (MEDIUM, "without its secret") if checksums.has_account(match[0]) else (LOW, "without its secret")


def _is_aws_secret(value: str) -> bool:
    return placeholders.entropy(value) >= 3.5 and not placeholders.is_placeholder(value)


def _aws_secret(match: re.Match[str]) -> Opinion:
    hexadecimal = compiled(r"[0-9a-f]+|[A-Za-z]+").fullmatch(match[1])
    return (None, "too regular") if hexadecimal or not _is_aws_secret(match[1]) else (CRITICAL, "")


_AWS_SECRET: Final = r"(?i:secret)[\w-]{0,10}(?i:key)[\w-]{0,10}[\"']?\s{0,4}(?:[=:]|=>|,)\s{0,4}[\"']?([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])"


def _macaroon(match: re.Match[str]) -> Opinion:
    if checksums.macaroon_location(match[0]) in ("pypi.org", "test.pypi.org"):
        return CRITICAL, "a macaroon of the index is inside"
    return None, "no macaroon inside"


def _web_token(match: re.Match[str]) -> Opinion:
    token = checksums.web_token(match[0])
    if token is None:
        return None, "does not decode"
    claims = token.claims
    if token.guessed or str(token.header["alg"]).lower() == "none" or match[0].endswith("."):
        return None, "unsigned, or signed with a secret that anybody guesses"
    if str(claims.get("sub")) == "1234567890" or claims.get("name") == "John Doe":
        return None, "an example"
    if str(token.header["alg"]).lower().startswith("ed25519") and isinstance(claims.get("nats"), dict):
        return LOW, "names keys, and lets nobody in without the seed of one"
    if claims.get("role") == "anon":
        return None, "public by design: the role is anon"
    if isinstance(end := claims.get("exp"), int | float) and end < MADE:
        return LOW, "expired"
    if any("licen" in claim.lower() for claim in claims) or "duendesoftware.com" in str(claims.get("iss")):
        return LOW, "the proof of a purchase, which logs nobody in"
    if not any(isinstance(said, dict) or compiled(_WHO).search(claim) for claim, said in claims.items()):
        return LOW, "it says of nobody that they may do anything"
    if (here := [*map(hosts.is_here, checksums.addresses(claims))]) and (all(here) or _is_of_here(claims)):
        return LOW if all(here) else MEDIUM, "for a service on this machine"
    return (CRITICAL, "a service role") if claims.get("role") == "service_role" else (HIGH, "")


def _is_of_here(claims: dict[str, Any]) -> bool:
    return any(map(hosts.is_here, checksums.addresses({"iss": claims.get("iss")})))


#: What a web token says of whom it lets in, or for how long.
_WHO: Final = (
    r"(?i)\A(?:iss|sub|aud|exp|azp|act|scp|grp|kid|org|app)\Z|(?:\A|[_-])u?u?ids?\Z|(?<=[a-z])I[Dd]s?\Z"
    r"|user|name|mail|role|scope|perm|auth|account|client|tenant|log|token|group|session|admin|key|right|grant|access"
    r"|phone|device|service|type|version|data|payload|state"
)


def _google_key(match: re.Match[str]) -> Opinion:
    """What a page or an app shows to everybody is restricted by where it is used from."""
    if placeholders.entropy(match[0]) < 3.5:
        return None, "too regular"
    around = match.string[max(0, match.start() - 600) : match.end() + 600].lower()
    shown = (
        "firebase",
        "authdomain",
        "maps.google",
        "googleapis.com/maps",
        "googlemap",
        "google-map",
        "mapprovider",
        "youtube",
        "public_",
        "current_key",
        "measurementid",
    )
    named = compiled(r"maps?[_.-]?(?:api|key|js|token|browser)|google[_.-]?maps?\b|geocod|places[_.-]?api|recaptcha")
    left = match.string[match.string.rfind("\n", 0, match.start()) + 1 : match.start()][-120:].lower()
    if any(word in around for word in shown) or named.search(left):
        return LOW, "shown to everybody"
    return MEDIUM, ""


def _storage_key(match: re.Match[str]) -> Opinion:
    data = checksums.unbase64(match[1])
    if match[1].startswith("Eby8vdM02xNO"):
        return None, "the published key of the storage emulator"
    return (CRITICAL, "64 bytes") if data is not None and len(data) == 64 else (None, "not 64 bytes")


def _bus_key(match: re.Match[str]) -> Opinion:
    data = checksums.unbase64(match[1])
    return (HIGH, "") if data is not None and len(data) in (32, 64) else (None, "not a key")


def _near(word: str) -> TokenCheck:
    def check(match: re.Match[str]) -> Opinion:
        return (HIGH, "") if word in match.string.lower() else (None, f"nothing about {word} around it")

    return check


def _mixed(match: re.Match[str]) -> Opinion:
    value = match[match.lastindex or 0]
    return (
        (HIGH, "") if placeholders.classes(value) >= 3 and placeholders.entropy(value) >= 3.2 else (None, "too regular")
    )


#: Storage, and the triggers of Logic Apps and Power Automate.
_SIGNED: Final = r"[?&;\"']sv=20\d\d-|(?:logic\.azure|powerplatform)\.com(?::443)?/"


def _signed_url(match: re.Match[str]) -> Opinion:
    around = match.string[max(0, match.start() - 400) : match.end() + 400]
    return (HIGH, "a signed URL") if compiled(_SIGNED).search(around) else (None, "no signed URL")


# ---- the table -----------------------------------------------------------------------------------------------------

_W: Final = r"(?<![0-9A-Za-z_-])"  # nothing of a word before
_E: Final = r"(?![0-9A-Za-z_-])"  # nothing of a word behind

TOKENS: Final[tuple[Token, ...]] = (
    Token(
        kind="github",
        severity=CRITICAL,
        hints=("ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
        pattern=r"(?<![0-9A-Za-z])(?:ghp_|gho_|ghu_|ghs_|ghr_)[0-9A-Za-z]{36}(?![0-9A-Za-z])",
        check=_crc(4),
        hits=(
            "token: «github»",
            "https://x-access-token:«github:o»@github.com/a/b",
            "export GH=«github:s»",
            "u=«github:u» r=«github:r»",
        ),
        misses=(
            "token: «github-badsum»",
            "`ghp_" + "X" * 36 + "`",
            "ghp_<your token>",
            "ghp_short",
        ),
    ),
    Token(
        kind="github",
        severity=CRITICAL,
        hints=("github_pat_",),
        pattern=_W + r"github_pat_[0-9A-Za-z]{22}_[0-9A-Za-z]{59}" + _E,
        hits=("GH_PAT=«github-fine»",),
        misses=("github_pat_«word:11»", "github_pat_" + "xxxxxxxxxxxxxxxxxxxxxx_" + "x" * 59),
    ),
    Token(
        kind="npm",
        severity=CRITICAL,
        hints=("npm_",),
        pattern=r"(?<![0-9A-Za-z])npm_[0-9A-Za-z]{36}(?![0-9A-Za-z])",
        check=_crc(4),
        hits=("export NPM_TOKEN=«npm»",),
        misses=("npm_«word:36»x", "npm_«badsum:36»", "npm_config_registry=https://registry.example.internal"),
    ),
    Token(
        kind="gitlab",
        severity=CRITICAL,
        hints=("glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-", "glsoat-", "glagent-", "glimt-", "glffct-"),
        pattern=_W
        + r"(?:glpat\-|gldt\-|glrt\-|glcbt\-|glptt\-|glft\-|glsoat\-|glagent\-|glimt\-|glffct\-)[\w-]{20,300}+(?:\.[0-9a-z]{2}\.[0-9a-z]{9})?",
        check=_spread(3.0, CRITICAL),
        hits=(
            "curl -H 'PRIVATE-TOKEN: glpat-«word:20»'",
            "token=gldt-«word:20»",
            "glrt-«word:20»",
            "glagent-«word:50»",
        ),
        misses=("glpat-xxxxxxxxxxxxxxxxxxxx", "glpat-<token>", "glpat-tooshort"),
    ),
    Token(
        kind="slack",
        severity=HIGH,
        hints=("xoxa-", "xoxb-", "xoxe-", "xoxo-", "xoxp-", "xoxr-", "xoxs-", "xoxe.xoxb-", "xoxe.xoxp-"),
        pattern=_W
        + r"(?:xoxa\-|xoxb\-|xoxe\-|xoxo\-|xoxp\-|xoxr\-|xoxs\-|xoxe\.xoxb\-|xoxe\.xoxp\-)(?!(?:1234|0{3,}|1{3,})-)(?:\d{1,20}-){1,4}[0-9A-Za-z]{18,200}",
        check=_spread(3.0),
        hits=(
            "SLACK='xoxb-«digits:12»-«digits:13»-«word:24»'",
            "xoxp-«digits:12»-«digits:12»-«digits:12»-«hex:32»",
            "xoxe.xoxp-1-«word:160»",
        ),
        misses=(
            "xoxb-123456789012-1234567890123-" + "x" * 24,
            "xoxb-your-bot-token",
            "xoxp-xxxxxxxxxxxx-xxxx",
            "import xoxb",
        ),
    ),
    Token(
        kind="slack",
        severity=HIGH,
        hints=("xapp-",),
        pattern=_W + r"xapp-\d-[A-Z0-9]{9,12}-\d{10,14}-[0-9a-f]{64}" + _E,
        hits=("app_token = 'xapp-1-A«upper:10»-«digits:13»-«hex:64»'",),
        misses=("xapp-1-A111-222-xyz", "xapp-1-«upper:10»-«digits:13»-" + "x" * 64),
    ),
    Token(
        kind="slack-webhook",
        severity=MEDIUM,
        hints=("hooks.slack.com/",),
        pattern=r"hooks\.slack\.com/(?:services/T[0-9A-Z]{7,12}/B[0-9A-Z]{7,12}|(?:workflows|triggers)/[0-9A-Z]{7,12}/[0-9A-Z]{7,14}(?:/\d{10,20})?)/([0-9A-Za-z]{20,40})(?![0-9A-Za-z])",
        check=_spread(3.0, MEDIUM),
        hits=(
            "https://hooks.slack.com/services/T«upper:8»/B«upper:10»/«word:24»",
            "https://hooks.slack.com/workflows/T«upper:9»/A«upper:9»/«digits:18»/«word:24»",
        ),
        misses=(
            "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
            "https://hooks.slack.com/services/",
            "https://hooks.slack.com/services/T«upper:8»",
        ),
    ),
    Token(
        kind="stripe",
        severity=CRITICAL,
        hints=("sk_live_", "rk_live_"),
        pattern=_W + r"(?:sk_live_|rk_live_)[0-9A-Za-z]{20,200}",
        check=_spread(3.0, CRITICAL),
        hits=("STRIPE=sk_live_«word:24»", "key: rk_live_«word:99»"),
        misses=("pk_live_«word:24»", "sk_live_xxxxxxxxxxxxxxxxxxxxxxxx", "sk_live_..."),
    ),
    Token(
        kind="stripe-test",
        severity=MEDIUM,
        hints=("sk_test_", "rk_test_"),
        pattern=_W + r"(?:sk_test_|rk_test_)[0-9A-Za-z]{20,200}",
        check=_spread(3.0, MEDIUM),
        says="a key of the test mode",
        hits=("stripe.api_key = 'sk_test_«word:24»'",),
        misses=("pk_test_«word:24»", "sk_test_XXXXXXXXXXXXXXXXXXXXXXXX"),
    ),
    Token(
        kind="mercadopago",
        severity=CRITICAL,
        hints=("APP_USR-",),
        pattern=_W + r"APP_USR-\d{12,17}-\d{6}-[0-9a-f]{32}(?:__[A-Z]{2}_[A-Z]{2}__)?-\d{6,12}",
        check=_spread(3.0, CRITICAL),
        hits=("token = 'APP_USR-«digits:16»-010203-«hex:32»-«digits:8»'",),
        misses=("public_key = 'APP_USR-«uuid»'", "APP_USR-xxxxxxxxxxxxxxxx"),
    ),
    Token(
        kind="mercadopago-test",
        severity=MEDIUM,
        hints=("TEST-",),
        pattern=_W + r"TEST-\d{12,17}-\d{6}-[0-9a-f]{32}(?:__[A-Z]{2}_[A-Z]{2}__)?-\d{6,12}",
        check=_spread(3.0, MEDIUM),
        says="a token of the test mode",
        hits=("access_token = 'TEST-«digits:16»-010203-«hex:32»__LC_LB__-«digits:8»'",),
        misses=("public_key = 'TEST-«uuid»'", "TEST-xxxxxxxxxxxxxxxx"),
    ),
    Token(
        kind="stripe-webhook",
        severity=MEDIUM,
        hints=("whsec_",),
        pattern=_W + r"whsec_[0-9A-Za-z+/]{32,64}=?" + _E,
        check=_spread(3.5, MEDIUM),
        hits=("STRIPE_WEBHOOK=whsec_«word:32»",),
        misses=("whsec_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "whsec_test_secret"),
    ),
    Token(
        kind="google-oauth",
        severity=HIGH,
        hints=("GOCSPX-",),
        pattern=_W + r"GOCSPX-[\w-]{28}" + _E,
        hits=('"client_secret": "GOCSPX-«word:28»"',),
        misses=("GOCSPX-your-client-secret-here-xx", "GOCSPX-short"),
    ),
    Token(
        kind="google-api-key",
        severity=MEDIUM,
        hints=("AIza",),
        pattern=_W + r"AIza[\w-]{35}" + _E,
        check=_google_key,
        hits=("MAPS=AIza«word:35»",),
        misses=("AIzaSyXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX", "AIzaSy-your-key"),
    ),
    Token(
        kind="google-access-token",
        severity=MEDIUM,
        hints=("ya29.",),
        pattern=_W + r"ya29\.[\w-]{30,1024}",
        check=_spread(3.5, MEDIUM),
        hits=("Bearer ya29.«word:60»",),
        misses=("ya29.a0example-" + "x" * 30, "ya29.token"),
    ),
    Token(
        kind="aws",
        severity=MEDIUM,
        hints=("AKIA", "ASIA"),
        pattern=r"(?<![0-9A-Za-z])(?:AKIA|ASIA)[A-Z2-7]{16}(?![0-9A-Za-z])",
        check=_aws_id,
        hits=("aws_access_key_id = «aws-id»", "id: «aws-id:ASIA»\nregion: eu\naws_secret_access_key: «aws-secret»"),
        misses=("aws_access_key_id = «aws-example-id»", "AKIA" + "A" * 16, "AKIA1234", "x«aws-id»"),
    ),
    Token(
        kind="aws",
        severity=CRITICAL,
        hints=("ecret",),
        pattern=_AWS_SECRET,
        check=_aws_secret,
        hits=(
            'secret_key = "«aws-secret»" # for «aws-id»',
            "AWS_SECRET_ACCESS_KEY=«aws-secret»\nAWS_ACCESS_KEY_ID=«aws-id»",
        ),
        misses=(
            "aws_secret_access_key = «aws-example-secret» # for «aws-example-id»",
            "secret_key: «hex:40» # no «aws-example-id»",
        ),
    ),
    Token(
        kind="azure-storage",
        severity=CRITICAL,
        hints=("AccountKey", "accountKey", "account_key", "ACCOUNT_KEY"),
        pattern=r"(?:[aA]ccountKey|account_key|ACCOUNT_KEY)[\s\"'`=:>,({\[\]|?]{1,60}([A-Za-z0-9+/]{86}==)(?![A-Za-z0-9+/=])",
        check=_storage_key,
        hits=(
            "DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=«base64:64»;EndpointSuffix=core.windows.net",
            'static const std::string AccountKey{\n    "«base64:64»"};',
            "const key = process.env.ACCOUNT_KEY ||\n  '«base64:64»';",
        ),
        misses=(
            "AccountName=devstoreaccount1;AccountKey=«azurite»;",
            "AccountKey=${KEY}",
            "AccountKey=«base64:48»",
            "AccountKey = read(); digest = '«base64:64»'",
        ),
        source="Azure Storage: manage account access keys (512 bits each)",
    ),
    Token(
        kind="azure-service-bus",
        severity=HIGH,
        hints=("SharedAccessKey=",),
        pattern=r"SharedAccessKey=([A-Za-z0-9+/]{42,86}={1,2})",
        check=_bus_key,
        hits=("Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=«base64:32»",),
        misses=("SharedAccessKey=<key>", "SharedAccessKey=«base64:20»"),
    ),
    Token(
        kind="azure-client-secret",
        severity=HIGH,
        hints=("Q~",),
        pattern=r"(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{31,34}(?![\w~.-])",
        check=_spread(3.5),
        hits=("AZURE_CLIENT_SECRET=«word:3»8Q~«word:34»",),
        misses=("abc8Q~tooshort", "xxx8Q~" + "x" * 34),
    ),
    Token(
        kind="azure-key",
        severity=HIGH,
        hints=("JQQJ99",),
        pattern=r"(?<![0-9A-Za-z])[0-9A-Za-z]{40,60}JQQJ99[0-9A-Za-z]{16,32}(?![0-9A-Za-z])",
        check=_spread(3.5),
        hits=("AZURE_OPENAI=«word:52»JQQJ99«word:26»",),
        misses=("JQQJ99«word:26»", "x" * 52 + "JQQJ99" + "x" * 26),
    ),
    Token(
        kind="azure-sas",
        severity=HIGH,
        hints=("sig=",),
        pattern=r"(?:[?&]|&amp;)sig=([A-Za-z0-9%+/_-]{43,96}=?)",
        check=_signed_url,
        hits=(
            "https://shop.blob.core.windows.net/c/f?sv=2023-11-03&se=2030-01-01&sp=r&sig=«urlbase64:32»%3D",
            "https://a.logic.azure.com:443/workflows/«hex:32»/triggers/manual/paths/invoke?sp=1&sig=«word:43»",
            "https://a.1.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows/«hex:32»/triggers/manual/paths/invoke?sig=«word:20»-«word:22»&sv=1.0",
        ),
        misses=("https://shop.internal/?sig=«urlbase64:32»", "?sv=2023-11-03&sig=REDACTED"),
    ),
    Token(
        kind="openai",
        severity=CRITICAL,
        hints=("T3BlbkFJ",),
        pattern=_W + r"sk-[\w-]{10,200}?T3BlbkFJ[\w-]{10,200}",
        hits=(
            "OPENAI=sk-«word:20»T3BlbkFJ«word:20»",
            "sk-proj-«word:74»T3BlbkFJ«word:74»",
            "sk-svcacct-«word:30»T3BlbkFJ«word:30»",
        ),
        misses=("sk-proj-«word:40»", "sk-your-T3BlbkFJ-key", "T3BlbkFJ«word:20»"),
    ),
    Token(
        kind="anthropic",
        severity=CRITICAL,
        hints=("sk-ant-",),
        pattern=_W + r"sk-ant-[a-z]{3,6}\d\d-[\w-]{93}AA" + _E,
        hits=("ANTHROPIC=sk-ant-api03-«word:93»AA", "sk-ant-admin01-«word:93»AA"),
        misses=("sk-ant-api03-«word:93»Ax", "sk-ant-api03-your-key", "sk-ant-api03-..."),
    ),
    Token(
        kind="huggingface",
        severity=HIGH,
        hints=("hf_",),
        pattern=_W + r"hf_[A-Za-z]{34}" + _E,
        check=_spread(3.5),
        hits=("HF=hf_«letters:34»",),
        misses=("hf_" + "x" * 34, "hf_hub_download(repo)", "hf_«digits:34»"),
    ),
    Token(
        kind="pypi",
        severity=CRITICAL,
        hints=("pypi-AgE",),
        pattern=_W + r"pypi-AgE[\w-]{77,1000}",
        check=_macaroon,
        hits=("TWINE_PASSWORD=«pypi»",),
        misses=("pypi-AgE«badsum:90»", "pypi-AgEIcHlwaS5vcmc..."),
    ),
    Token(
        kind="docker-hub",
        severity=CRITICAL,
        hints=("dckr_pat_", "dckr_oat_"),
        pattern=_W + r"(?:dckr_pat_|dckr_oat_)[\w-]{27,32}" + _E,
        check=_spread(3.0, CRITICAL),
        hits=("docker login -p dckr_pat_«word:27»", "dckr_oat_«word:32»"),
        misses=("dckr_pat_" + "x" * 27, "dckr_pat_short"),
    ),
    Token(
        kind="grafana",
        severity=CRITICAL,
        hints=("glsa_",),
        pattern=_W + r"glsa_[0-9A-Za-z]{32}_[0-9A-Fa-f]{8}" + _E,
        check=_grafana,
        hits=("GRAFANA=«grafana»",),
        misses=("glsa_«word:32»_00000000", "glsa_token"),
    ),
    Token(
        kind="grafana",
        severity=CRITICAL,
        hints=("glc_ey",),
        pattern=_W + r"glc_eyJ[0-9A-Za-z+/]{40,400}={0,2}",
        hits=("GRAFANA_CLOUD=glc_eyJ«word:80»",),
        misses=("glc_eyJ...", "glc_eyJxxxx" + "x" * 60),
    ),
    Token(
        kind="vault",
        severity=CRITICAL,
        hints=("hvs.", "hvb.", "hvr."),
        pattern=_W + r"(?:hvs\.|hvb\.|hvr\.)[\w-]{24,300}",
        check=_mixed,
        hits=("VAULT=hvs.«word:90»", "hvb.«word:138»"),
        misses=("hvs.your-token-goes-here-please", "hvs.some_attribute_of_an_object"),
    ),
    Token(
        kind="terraform-cloud",
        severity=CRITICAL,
        hints=(".atlasv1.",),
        pattern=_W + r"[0-9A-Za-z]{14}\.atlasv1\.[\w-]{60,100}",
        hits=('token = "«word:14».atlasv1.«word:67»"',),
        misses=("xxxxxxxxxxxxxx.atlasv1." + "z" * 67, "x.atlasv1.y"),
    ),
    Token(
        kind="digitalocean",
        severity=CRITICAL,
        hints=("dop_v1_", "doo_v1_", "dor_v1_"),
        pattern=_W + r"(?:dop_v1_|doo_v1_|dor_v1_)[0-9a-f]{64}" + _E,
        check=_spread(2.5, CRITICAL),
        hits=("DO=dop_v1_«hex:64»", "doo_v1_«hex:64»"),
        misses=("dop_v1_«hex:60»", "dop_v1_" + "0" * 64),
    ),
    Token(
        kind="shopify",
        severity=CRITICAL,
        hints=("shpat_", "shpca_", "shppa_", "shpss_"),
        pattern=_W + r"(?:shpat_|shpca_|shppa_|shpss_)(?:[0-9a-fA-F]{32}|[0-9a-zA-Z]{32,64})" + _E,
        check=_spread(2.5, CRITICAL),
        hits=("SHOPIFY=shpat_«hex:32»", "shpss_«hex:32»"),
        misses=("shpat_" + "0" * 32, "shpat_«hex:20»"),
    ),
    Token(
        kind="sendgrid",
        severity=HIGH,
        hints=("SG.",),
        pattern=_W + r"SG\.(?:[\w-]{22}\.[\w-]{43}|[\w.-]{66})" + _E,
        hits=("SENDGRID=SG.«word:22».«word:43»",),
        misses=("SG.xxxxxxxxxxxxxxxxxxxxxx." + "x" * 43, "SG.name.value"),
    ),
    Token(
        kind="telegram",
        severity=HIGH,
        hints=(":AA",),
        pattern=r"(?<!\d)\d{8,10}:AA[\w-]{33}" + _E,
        check=_spread(3.5),
        hits=("https://api.telegram.org/bot«digits:10»:AA«word:33»/getMe", "BOT=«digits:9»:AA«word:33»"),
        misses=("12345678:AA-short", "1234567890:AA" + "x" * 33),
    ),
    Token(
        kind="discord-webhook",
        severity=MEDIUM,
        hints=("/api/webhooks/",),
        pattern=r"discord(?:app)?\.com/api/(?:v\d+/)?webhooks/\d{17,20}/([\w-]{60,80})",
        check=_spread(3.5, MEDIUM),
        hits=(
            "https://discord.com/api/webhooks/«digits:18»/«word:68»",
            "https://discordapp.com/api/webhooks/«digits:19»/«word:68»",
        ),
        misses=(
            "https://discord.com/api/webhooks/«digits:18»/<token>",
            "https://discord.com/api/webhooks/«digits:18»/" + "x" * 68,
        ),
    ),
    Token(
        kind="databricks",
        severity=CRITICAL,
        hints=("dapi",),
        pattern=_W + r"dapi[0-9a-f]{32}(?:-\d)?" + _E,
        check=_spread(2.5, CRITICAL),
        hits=("DATABRICKS=dapi«hex:32»", "dapi«hex:32»-2"),
        misses=("dapi" + "0" * 32, "dapi«hex:20»"),
    ),
    Token(
        kind="rubygems",
        severity=CRITICAL,
        hints=("rubygems_",),
        pattern=_W + r"rubygems_[0-9a-f]{48}" + _E,
        check=_spread(2.5, CRITICAL),
        hits=("GEM_HOST_API_KEY=rubygems_«hex:48»",),
        misses=("rubygems_" + "0" * 48, "rubygems_api_key"),
    ),
    Token(
        kind="twilio",
        severity=HIGH,
        hints=("SK",),
        pattern=_W + r"SK[0-9a-f]{32}" + _E,
        check=_near("twilio"),
        hits=("TWILIO_API_KEY=SK«hex:32»",),
        misses=("checksum SK«hex:32»", "twilio SK«hex:20»"),
    ),
    Token(
        kind="jwt",
        severity=HIGH,
        hints=("eyJ",),
        pattern=_W + r"eyJ[\w-]{10,}+\.eyJ[\w-]{2,}+\.(?:[\w-]{20,}+|(?![\w-]))",
        check=_web_token,
        says="a JSON Web Token, by its form",
        hits=("Authorization: Bearer «jwt»", "old: «jwt:expired»", "SUPABASE=«jwt:service_role»"),
        misses=(
            "«jwt:none»",
            'noneToken := "«jwt:unsigned»"',
            "«jwt:john»",
            "«jwt:taught»",
            "### a request as another user\nX-JWT: «jwt:guessed»",
            "«jwt:anon»",
            "eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJlLWlzLWhlcmU",
        ),
    ),
    Token(
        kind="age",
        severity=CRITICAL,
        hints=("AGE-SECRET-KEY-1",),
        pattern=_W + r"AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}" + _E,
        check=_age,
        hits=("# public key: age1…\n«age»",),
        misses=("AGE-SECRET-KEY-1" + "Q" * 58, "AGE-SECRET-KEY-1..."),
    ),
    # What other services give out; the same shape again and again: a prefix, and a length.
    Token(
        kind="linear",
        severity=HIGH,
        hints=("lin_api_",),
        pattern=_W + r"lin_api_[0-9A-Za-z]{40}" + _E,
        check=_spread(3.5),
        hits=("LINEAR=lin_api_«word:40»",),
        misses=("lin_api_" + "x" * 40,),
    ),
    Token(
        kind="groq",
        severity=HIGH,
        hints=("gsk_",),
        pattern=_W + r"gsk_[0-9A-Za-z]{52}" + _E,
        check=_spread(3.5),
        hits=("GROQ=gsk_«word:52»",),
        misses=("gsk_" + "x" * 52,),
    ),
    Token(
        kind="replicate",
        severity=HIGH,
        hints=("r8_",),
        pattern=_W + r"r8_[0-9A-Za-z]{37}" + _E,
        check=_spread(3.5),
        hits=("REPLICATE=r8_«word:37»",),
        misses=("r8_" + "x" * 37,),
    ),
    Token(
        kind="supabase",
        severity=CRITICAL,
        hints=("sbp_",),
        pattern=_W + r"sbp_[0-9a-f]{40}" + _E,
        check=_spread(2.5, CRITICAL),
        hits=("SUPABASE=sbp_«hex:40»",),
        misses=("sbp_" + "0" * 40,),
    ),
    Token(
        kind="supabase",
        severity=CRITICAL,
        hints=("sb_secret_",),
        pattern=_W + r"sb_secret_[\w-]{31}" + _E,
        check=_spread(2.5, CRITICAL),
        hits=("sb_secret_«word:31»",),
        misses=("sb_publishable_«word:31»",),
    ),
    Token(
        kind="pulumi",
        severity=HIGH,
        hints=("pul-",),
        pattern=_W + r"pul-[0-9a-f]{40}" + _E,
        check=_spread(2.5),
        hits=("PULUMI=pul-«hex:40»",),
        misses=("pul-" + "0" * 40,),
    ),
    Token(
        kind="figma",
        severity=HIGH,
        hints=("figd_",),
        pattern=_W + r"figd_[\w-]{40}" + _E,
        check=_spread(3.5),
        hits=("FIGMA=figd_«word:40»",),
        misses=("figd_" + "x" * 40,),
    ),
    Token(
        kind="sentry",
        severity=HIGH,
        hints=("sntryu_",),
        pattern=_W + r"sntryu_[0-9a-f]{64}" + _E,
        check=_spread(2.5),
        hits=("SENTRY=sntryu_«hex:64»",),
        misses=("sntryu_" + "0" * 64,),
    ),
    Token(
        kind="sentry",
        severity=HIGH,
        hints=("sntrys_",),
        pattern=_W + r"sntrys_eyJ[0-9A-Za-z+/=]{40,400}_[0-9A-Za-z+/]{43}" + _E,
        check=_spread(2.5),
        hits=("sntrys_eyJ«word:80»_«word:43»",),
        misses=("sntrys_your_token",),
    ),
    Token(
        kind="atlassian",
        severity=HIGH,
        hints=("ATATT3xFfGF0",),
        pattern=_W + r"ATATT3xFfGF0[\w-]{60,300}(?:=[0-9A-F]{8})?" + _E,
        check=_spread(3.5),
        hits=("JIRA=ATATT3xFfGF0«word:172»",),
        misses=("ATATT3xFfGF0" + "x" * 172,),
    ),
    Token(
        kind="atlassian",
        severity=HIGH,
        hints=("ATBB",),
        pattern=_W + r"ATBB[0-9A-Za-z]{32}" + _E,
        check=_spread(3.5),
        hits=("bitbucket ATBB«word:32»",),
        misses=("ATBB" + "x" * 32,),
    ),
    Token(
        kind="postman",
        severity=HIGH,
        hints=("PMAK-",),
        pattern=_W + r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}" + _E,
        check=_spread(2.5),
        hits=("POSTMAN=PMAK-«hex:24»-«hex:34»",),
        misses=("PMAK-" + "0" * 24 + "-" + "0" * 34,),
    ),
    Token(
        kind="new-relic",
        severity=HIGH,
        hints=("NRAK-",),
        pattern=_W + r"NRAK-[0-9A-Z]{27}" + _E,
        check=_spread(3.0),
        hits=("NEW_RELIC=NRAK-«upper:27»",),
        misses=("NRAK-" + "X" * 27,),
    ),
    Token(
        kind="square",
        severity=HIGH,
        hints=("sq0atp-",),
        pattern=_W + r"sq0atp-[\w-]{22}" + _E,
        check=_spread(3.0),
        hits=("SQUARE=sq0atp-«word:22»",),
        misses=("sq0atp-" + "x" * 22, "sq0idp-«word:22»"),
    ),
    Token(
        kind="square",
        severity=HIGH,
        hints=("sq0csp-",),
        pattern=_W + r"sq0csp-[\w-]{43}" + _E,
        check=_spread(3.0),
        hits=("sq0csp-«word:43»",),
        misses=("sq0csp-" + "x" * 43,),
    ),
    Token(
        kind="planetscale",
        severity=HIGH,
        hints=("pscale_tkn_", "pscale_pw_"),
        pattern=_W + r"(?:pscale_tkn_|pscale_pw_)[\w.-]{32,64}",
        check=_spread(3.5),
        hits=("PSCALE=pscale_tkn_«word:43»",),
        misses=("pscale_pw_" + "x" * 43,),
    ),
    Token(
        kind="mailgun",
        severity=HIGH,
        hints=("key-",),
        pattern=_W + r"key-[0-9a-f]{32}" + _E,
        check=_near("mailgun"),
        hits=("MAILGUN_API_KEY=key-«hex:32»",),
        misses=("cache key-«hex:32»",),
    ),
    Token(
        kind="fly",
        severity=HIGH,
        hints=("fm2_",),
        pattern=_W + r"fm2_[0-9A-Za-z+/]{100,}+={0,3}",
        check=_spread(3.5),
        hits=("FLY_API_TOKEN='FlyV1 fm2_«word:160»'",),
        misses=("fm2_" + "x" * 160,),
    ),
    Token(
        kind="fly",
        severity=HIGH,
        hints=("fo1_",),
        pattern=_W + r"fo1_[\w-]{43}",
        check=_spread(3.5),
        hits=("fo1_«word:43»",),
        misses=("fo1_" + "x" * 43,),
    ),
    Token(
        kind="putty-private-key",
        severity=CRITICAL,
        hints=("PuTTY-User-Key-File-",),
        pattern=r"PuTTY-User-Key-File-[23]:(?:(?!PuTTY-User)[^\0]){20,8000}?Private-Lines: \d+\r?\n([A-Za-z0-9+/=]{20,80})",
        check=lambda match: (
            (CRITICAL, "not encrypted") if "Encryption: none" in match[0] else (MEDIUM, "protected by a pass phrase")
        ),
        hits=("«putty»", "«putty:aes256-cbc»"),
        misses=("PuTTY-User-Key-File-2: ssh-rsa\n...", "see PuTTY-User-Key-File-3:"),
    ),
)
