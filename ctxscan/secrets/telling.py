"""What names say of their values: that they are secrets, that they are public after all, that a program has them for
itself or for a service that is started with it."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from ..regex import compiled, compiled_bytes

#: What may come after a word that announces a secret; `_` between words, in capitals. What was taken is not given
#: back, so a longer word stands before its beginning.
_STAGES: Final = (
    r"(?>(?:_(?:PRODUCTION|PROD|STAGING|STAGE|LIVE|DEVELOPMENT|DEV|LOCAL|MAIN|PRIMARY|SECONDARY|OLD|NEW|PREVIOUS|CURRENT"
    r"|DEFAULT|BASE64|B64|RO|RW|V?[0-9]+))*)"
)
#: What a name ends in that announces a secret.
_ENDINGS: Final = (
    r"(?:PASSWORD|PASSWD|PASSPHRASE|PASS_PHRASE|PASSCODE|SECRET|TOKEN|SECRETS_?KEY|SECRET_?KEY|API_?KEY|API_?SECRET"
    r"|PRIVATE_?KEY|ACCESS_?KEY|AUTH_?KEY|ENCRYPTION_?KEY|ENC_KEY|CRYPTO_?KEY|SIGNING_?KEY|SIGNATURE_KEY|MASTER_?KEY"
    r"|ACCOUNT_?KEY|STORAGE_?KEY|SERVICE_(?:ROLE_)?KEY|SHARED_?KEY|LICENSE_KEY|JWT_?KEY|HMAC_?KEY|COOKIE_KEY|SESSION_KEY"
    r"|ADMIN_KEY|DEPLOY_KEY|STREAM_KEY|MONITORING_KEY|WEBHOOK_KEY|SERVER_KEY|KEY_?BASE|APP_?KEY|CREDENTIALS?"
    # Its number and where it lies are no secret.
    r"|PRIVATE_KEY_(?!(?:ID|FILE|FILENAME|PATH|DIR|DIRECTORY|NAME|TYPE|FORMAT|SIZE|LENGTH|URL|URI|ARN|REF)\Z)[A-Z]+"
    r"|(?:API|ACCESS|TOKEN|SECRET)_?KEYS"
    r"|(?:^|_|DB|SMTP|MAIL|SQL|USER|ROOT|ADMIN|SSH|FTP|PG|LDAP|REDIS)(?:PASS|PWD)|(?:^|_)(?:PW|SALT))"
    rf"{_STAGES}\Z"
)
#: What a string ends in that is such a name, in a text in lower case, with anything or nothing between its words.
_BETWEEN: Final = r'[^a-z0-9"\n]*+'
_STRING_ENDINGS: Final = (
    (
        r'(?:pass(?:w(?:or)?d|_phrase|code)?|pwd?|secret|token|salt|credentials?|key_base|key(?<=[^"\n]key)|(?:api|access|token|secret)_keys|private_key_[a-z]+)'
        rf'{_STAGES.lower()}\d{{0,2}}_(?:["\n]|\Z)'
    )
    .replace("_", _BETWEEN)
    .encode()
)
#: What a key in an object of its own may be one of.
_KEY_OF: Final = rb'"(?:jwt|api|auth|app|signing|encryption|master|server|account|storage)[a-z_-]{0,14}"\s*+:\s*+\{'
#: What makes it public after all.
PUBLIC: Final = (
    r"\A(?:(?:IMPORT_META_|PROCESS_)?ENV_)?"
    r"(?:VITE|NEXT_PUBLIC|NUXT_PUBLIC|REACT_APP|VUE_APP|EXPO_PUBLIC|GATSBY|STORYBOOK|NG_APP|PUBLIC)_"
    # That pages get to see it makes it no better.
    r"(?!\w{0,80}(?:CLIENT_SECRET|PASSWORD|PRIVATE_KEY)\Z)"
    r"|PUBLIC_?KEY\Z|(?:\A|_)(?:PUBLIC|PUBLISHABLE|ANON|NO|USE|ENABLE|REQUIRE|ALLOW|SHOW|HAS|CSRF|XSRF|SORT|CACHE)_"
    # What a cluster calls the object that holds a secret; what was made of one and cannot be turned back.
    r"|(?:EXISTING|PULL|TLS|CERT)_SECRET\Z|(?:\A|_)(?:HASHED|CRYPTED|SEALED|WRAPPED|DIGESTED|OBSCURED|OBFUSCATED)_|(?:\A|_)ENCRYPTED_KEY\Z"
    r"|(?:\A|_)ENCRYPTED_(?:\w{1,40}_)?(?:PASSWORD|PASSWD|SECRET|TOKEN|(?:ACCESS|PRIVATE)_KEY)\Z|(?:VERIFICATION|VERIFY|REPO|REPOSITORY)_?KEY\Z"
    # The contract of a coin, by its address.
    r"|FUNGIBLE_?TOKEN\Z|(?:\A|_)CONTRACT_(?:\w{1,40}_)?[A-Z]+_?TOKEN\Z"
    # By what something is told to start anew; whose key has signed a URL, and when.
    r"|(?:\A|_)CHECKSUM_|AMZ_CREDENTIAL\Z"
    # What a form brings back to the page that it came from.
    r"|(?:AUTHENTICITY|FORGERY|ANTIFORGERY|REQUEST_VERIFICATION)_TOKEN\Z"
    # The name by which a step of Woodpecker or Drone gets a secret.
    r"|\AFROM_SECRET\Z"
    # What two browsers agree on for one call.
    r"|(?:\A|_)ICE_PWD\Z"
    # What pages and repeats requests.
    r"|(?:NEXT|CONTINUATION|CLIENT|REQUEST|CHANGE|OUTPUT|INPUT|PAGE|SYNC|ACTION|CANCEL|CANCELLATION|START|STOP)_TOKEN\Z"
    r"|\A(?:PWD|OLDPWD|TOKENS?)\Z(?<!TOKEN)"
)
#: What signs and encrypts within the program itself: in the settings of CI, made for the program that is tried there.
OWN: Final = (
    r"\A(?!.*(?:AWS|S3|STRIPE|GCP|GOOGLE|AZURE|ALIYUN|CLOUD|TWILIO|CONSUMER|CLIENT|OAUTH|SLACK|ACCESS(?!_TOKEN_ENCRYPTION)))(?:\w{1,60}_)?"
    r"(?:SECRET_KEY(?:_BASE)?|KEY_BASE|APP_KEY|(?:JWT|SESSION|COOKIE|AUTH|NEXTAUTH|APP|RPC)_SECRET(?:_KEY)?|(?:ENCRYPTION|CIPHER|(?:VAULT|CLOAK)(?:_ENC)?)_KEY|SALT"
    r"|SIGNING_KEY|SIGNING_SECRET|SECRET_TOKEN|OIDC_TOKEN_KEY|ENCRYPTED_\w{1,40}_KEY|CRON_(?:SECRET|API_KEY)|(?<!RAILS_)MASTER_KEY)\Z"
)
#: What a Compose file sets for a service that it starts itself.
SERVICE: Final = (
    r"(?:\A|_)(?:POSTGRES|POSTGRESQL|PG|MYSQL|MARIADB|MONGO|MONGODB|INITDB|RABBITMQ|REDIS|VALKEY|MINIO|ELASTIC|ELASTICSEARCH"
    r"|OPENSEARCH|INFLUXDB|CLICKHOUSE|LDAP|KEYCLOAK|GRAFANA|SECURITY|NEO4J|DB|DATABASE|MSSQL|SA|GITLAB|COUCHDB|CASSANDRA)_"
    r"(?:\w{1,40}_)?(?:PASSWORD|PASS)\Z"
)


@lru_cache(4096)
def spelt(name: str) -> str:
    """A name in capitals with `_` between its words: `spring.mail.apiKey2` is SPRING_MAIL_API_KEY."""
    apart = compiled(r"(?<=[a-z])(?=[A-Z])|(?<=\d)(?=[A-Z][a-z])|(?<=[a-z]\d)(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])").sub(
        "_", name[-128:]
    )
    spelt = compiled(r"[^A-Za-z0-9]+").sub("_", apart).strip("_").upper()
    # The first or the second of a few is a key as any other.
    return compiled(r"(?<=KEY|ORD|SWD|ASS|PWD|RET|KEN)\d{1,2}\Z").sub("", spelt)


def announces(name: str) -> bool:
    """Whether a name says that its value is a secret."""
    low = name.lower()
    for word in ANNOUNCING:  # every name of a configuration comes here
        if word in low:
            return _announces(name)
    return False


#: Every name that announces a secret has one of these in it; most names have none.
ANNOUNCING: Final = ("key", "pass", "pw", "token", "secret", "salt", "credential")


@lru_cache(4096)
def _announces(name: str) -> bool:
    words = spelt(name)
    return compiled(_ENDINGS).search(words) is not None and compiled(PUBLIC).search(words) is None


def has_announcing_string(low: bytes) -> bool:
    """Whether a string in a text in lower case may be a name that says that its value is a secret: the quick look.

    Escapes, and what is not UTF-8, are left to the closer one.
    """
    if b'"' not in low:
        return False
    if b"\\" in low or b"\0" in low or compiled_bytes(_STRING_ENDINGS).search(low) is not None:
        return True
    return b'"key"' in low and compiled_bytes(_KEY_OF).search(low) is not None
