"""Forms of tokens that services give out: a prefix, an alphabet, a length, sometimes a sum.

One line a form: `prefixes` are literals one of which begins every token, `body` is what follows. Each says where the
form is written down: the vendor's documentation of its tokens, or for a few that document none, what its own client
checks. What has no prefix, only a length, is found by the name beside it (`literals`).
"""

# ruff: noqa: E501  (a form reads best on one line)

from __future__ import annotations

import re
from typing import Final

from ..regex import compiled
from . import checksums, placeholders
from .judgement import Strength
from .tokens import Opinion, Token, TokenCheck

MEDIUM, HIGH, CRITICAL = Strength.MEDIUM, Strength.HIGH, Strength.CRITICAL

_BEFORE: Final = r"(?<![0-9A-Za-z_.-])"
_BEHIND: Final = r"(?![0-9A-Za-z_-])"
_UUID: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_HEX: Final = r"[0-9a-fA-F]+"


def _random(severity: Strength, *, near: str = "") -> TokenCheck:
    """The body has the spread of a made-up value; `near`: the service is named in the text."""

    def check(match: re.Match[str]) -> Opinion:
        value = match["body"]
        bare = value.translate(_JOINTS)
        least = 2.6 if compiled(_HEX).fullmatch(bare) else 3.0
        if len(bare) < 20:
            least -= 0.4
        if placeholders.entropy(bare) < least or placeholders.is_sequence(bare):
            return None, "too regular"
        if near and near not in match.string.lower():
            return None, f"nothing about {near} around it"
        return severity, ""

    return check


_JOINTS: Final = str.maketrans("", "", "-_.")


def form(
    kind: str,
    prefixes: str,
    body: str,
    hit: str,
    miss: str,
    source: str,
    *,
    severity: Strength = HIGH,
    near: str = "",
    check: TokenCheck | None = None,
) -> Token:
    """A row for tokens that are one of the `prefixes`, which are words, and then `body`."""
    words = prefixes.split()
    start = "|".join(map(re.escape, words))
    return Token(
        kind=kind,
        severity=severity,
        hints=tuple(words),
        pattern=f"{_BEFORE}((?:{start})(?P<body>{body})){_BEHIND}",
        check=check or _random(severity, near=near),
        hits=(hit,),
        misses=(miss,),
        source=source,
    )


def shape(
    kind: str,
    hints: str,
    pattern: str,
    hit: str,
    miss: str,
    source: str,
    *,
    severity: Strength = HIGH,
    check: TokenCheck | None = None,
) -> Token:
    """A row for tokens that are not a prefix and a body; `pattern` has a group `body`, which is the secret."""
    return Token(
        kind=kind,
        severity=severity,
        hints=tuple(hints.split()),
        pattern=pattern,
        check=check or _random(severity),
        hits=(hit,),
        misses=(miss,),
        source=source,
    )


def _nats(match: re.Match[str]) -> Opinion:
    if checksums.fits_nkey(match[1]):
        return CRITICAL, "the checksum in it is right"
    return None, "the checksum in it is wrong"


def _docker(match: re.Match[str]) -> Opinion:
    """User and password with a colon between them."""
    user, colon, password = (checksums.unbase64(match["body"]) or b"").decode("utf-8", "replace").partition(":")
    if not colon or "\ufffd" in user + password or placeholders.is_placeholder(password) or not user.isprintable():
        return None, "no login inside"
    return HIGH, "a login inside"


def _jira(match: re.Match[str]) -> Opinion:
    """A number of twelve digits or so, a colon, and bytes at random."""
    number, colon, rest = (checksums.unbase64(match["body"]) or b"").partition(b":")
    drawn = len(rest) >= 20 and any(each > 127 for each in rest)
    return (HIGH, "a number and a key inside") if colon and number.isdigit() and drawn else (None, "no number inside")


def _discord(match: re.Match[str]) -> Opinion:
    """The first part is the number of the bot, in base64."""
    number = checksums.unbase64(match["body"].partition(".")[0])
    return (HIGH, "") if number is not None and number.isdigit() else (None, "no number inside")


#: How base64 begins where a number was encoded.
_DIGITS: Final = "MD MT Mj Mz ND NT Nj Nz OD OT"

# fmt: off
VENDORS: Final[tuple[Token, ...]] = (
    # ---- secret stores, clouds, hosting
    form("1password", "ops_eyJ", r"[A-Za-z0-9+/_-]{100,4000}+={0,3}", "OP=ops_eyJ«word:300»", "OP=ops_eyJ«word:20»", "1Password: service accounts, token", severity=CRITICAL),
    form("1password", "A3-", r"[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}", "key A3-«upper:6»-«upper:6»-«upper:5»-«upper:5»-«upper:5»-«upper:5»", "A3-«upper:6»-«upper:5»", "1Password: about your Secret Key", severity=CRITICAL),
    form("doppler", "dp.pt. dp.ct. dp.sa. dp.scim. dp.audit. dp.said.", r"[A-Za-z0-9]{40,44}", "T=dp.pt.«word:43»", "T=dp.pt.«word:12»", "Doppler: auth token formats", severity=CRITICAL),
    form("doppler", "dp.st.", r"(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}", "T=dp.st.prd.«word:43»", "T=dp.st.dev.key", "Doppler: auth token formats", severity=CRITICAL),
    form("heroku", "HRKU-AA", r"[\w-]{56,60}", "H=HRKU-AA«word:58»", "H=HRKU-AA«word:9»", "Heroku: platform API, token prefixes", severity=CRITICAL),
    form("alibaba", "LTAI", r"[A-Za-z0-9]{16,24}", "id: LTAI«word:20»", "id: LTAI«word:4»", "Alibaba Cloud: AccessKey pairs", severity=MEDIUM),
    form("aws-bedrock", "ABSK", r"[A-Za-z0-9+/]{109,269}={0,2}", "B=ABSK«word:120»", "B=ABSK«word:30»", "Amazon Bedrock: API keys", severity=CRITICAL),
    form("aws-bedrock", "bedrock-api-key-", r"[A-Za-z0-9+/]{28,4000}+={0,2}", "B=bedrock-api-key-«word:90»", "see bedrock-api-key-handling", "Amazon Bedrock: short-term API keys"),
    form("aws-mws", "amzn.mws.", _UUID, "m = amzn.mws.«uuid»", "amzn.mws.token", "Amazon MWS: auth tokens"),
    form("aws-appsync", "da2-", r"[a-z0-9]{26}", "API_KEY=da2-«hex:26»", "API_KEY=da2-" + "a" * 26, "AWS AppSync: API keys", severity=MEDIUM)._replace(anywhere=True),
    form("cloudflare", "v1.0-", r"[0-9a-f]{24}-[0-9a-f]{146}", "CF=v1.0-«hex:24»-«hex:146»", "tag v1.0-«hex:24»", "Cloudflare: origin CA keys", severity=CRITICAL),
    form("openshift", "sha256~", r"[\w-]{43}", "oc login --token=sha256~«word:43»", "sha256~«word:10»", "OpenShift: OAuth access tokens", severity=CRITICAL),
    form("render", "rnd_", r"[A-Za-z0-9]{28,32}", "R=rnd_«word:28»", "R=rnd_seed", "Render: API keys"),
    form("netlify", "nfp_ nfc_ nfo_ nfu_", r"[A-Za-z0-9]{36}", "N=nfp_«word:36»", "N=nfp_«word:8»", "Netlify: token formats"),
    form("vercel", "vcp_ vci_ vca_ vcr_ vck_", r"[A-Za-z0-9_-]{24,60}", "V=vck_«word:56»", "V=vcp_«word:6»", "Vercel: token formats"),
    form("scalingo", "tk-us-", r"[\w-]{48}", "S=tk-us-«word:48»", "S=tk-us-«word:8»", "Scalingo: API tokens"),
    form("yandex", "AQVN", r"[\w-]{35,38}", "Y=AQVN«word:36»", "Y=AQVN«word:5»", "Yandex Cloud: API keys"),
    form("yandex", "t1.", r"[\w-]+={0,2}\.[\w-]{86}={0,2}", "Y=t1.«word:40».«word:86»", "t1.a.b", "Yandex Cloud: IAM tokens"),
    form("yandex", "YC", r"[\w-]{38}", "yandex: YC«word:38»", "YC«word:38» of somebody", "Yandex Cloud: static keys", near="yandex"),
    form("yandex", "y0_ y1_ y2_ y3_", r"[\w-]{50,60}", "Y=y0_«word:55»", "Y=y0_«word:5»", "Yandex OAuth: tokens"),
    form("docker-swarm", "SWMTKN-1-", r"[a-z0-9]{50}-[a-z0-9]{25}", "docker swarm join --token SWMTKN-1-«hex:50»-«hex:25»", "SWMTKN-1-<token>", "Docker: swarm join tokens", severity=CRITICAL),
    form("upcloud", "ucat_", r"[0-9A-Z]{24,32}", "U=ucat_«upper:26»", "ucat_", "UpCloud: API tokens"),
    form("cloudsmith", "csa_", r"[0-9a-f]{30}[A-Za-z0-9]{6}", "C=csa_«hex:36»", "csa_«hex:9»", "Cloudsmith: API keys"),
    form("jfrog", "AKCp", r"[A-Za-z0-9]{68,70}", "J=AKCp8«word:68»", "AKCp8«word:8»", "JFrog: API keys", severity=CRITICAL),
    form("jfrog", "cmVmd", r"[A-Za-z0-9]{59}", "J=cmVmd«word:59»", "cmVmdA«word:20»", "JFrog: reference tokens (`reftkn:` in base64)", severity=CRITICAL),
    form("nuget", "oy2", r"[a-z0-9]{43}", "nuget push -k oy2a«hex:42»", "oy2a«hex:9»", "NuGet: API keys", severity=CRITICAL),
    form("crates-io", "cio", r"[A-Za-z0-9]{32}", "C=cio«word:32»", "cio«word:9»", "crates.io: token format", severity=CRITICAL),
    form("clojars", "CLOJARS_", r"[a-z0-9]{60}", "C=CLOJARS_«hex:60»", "CLOJARS_USERNAME", "Clojars: deploy tokens", severity=CRITICAL),
    form("nats", "SU SA SN SO SX SC", r"[A-Z2-7]{56}", "seed «nkey»", "seed SU«upper-hex:56»", "NATS: NKeys", severity=CRITICAL, check=_nats),
    form("mapbox", "sk.eyJ tk.eyJ", r"[\w-]{40,400}\.[\w-]{20,40}", "M=sk.eyJ«word:80».«word:22»", "M=pk.eyJ«word:80».«word:22»", "Mapbox: access tokens (`pk.` is public)"),
    form("maxmind", "", r"[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk", "L=«word:6»_«word:29»_mmk", "«word:6»_mmk", "MaxMind: license keys")._replace(hints=("_mmk",)),
    shape("sidekiq", "contribsys", r"//(?P<body>[0-9a-f]{8}:[0-9a-f]{8})@(?:gems|enterprise)\.contribsys\.com", "https://1f3a9c07:b7e2d841@gems.contribsys.com/", "https://gems.contribsys.com/", "Sidekiq: Pro and Enterprise installation", check=lambda match: (HIGH, ""))._replace(anywhere=True),
    # ---- code, packages, builds
    form("gitlab", "gloas- glrtr- glwt-", r"[\w-]{20,300}", "G=gloas-«word:64»", "gloas-«word:4»", "GitLab: token prefixes", severity=CRITICAL),
    form("gitlab", "GR1348941", r"[\w-]{20,60}", "--registration-token GR1348941«word:20»", "GR1348941«word:5»", "GitLab: runner registration tokens", severity=CRITICAL),
    shape("gitlab-session", "_gitlab_session=", r"_gitlab_session=(?P<body>[0-9a-z]{32})(?![\w-])", "Cookie: _gitlab_session=«hex:32»", "_gitlab_session=", "GitLab: the cookie of a session"),
    form("bitbucket", "BBDC-", r"[A-Za-z0-9+/@_-]{40,60}", "B=BBDC-«word:44»", "BBDC-" + "1" * 40, "Bitbucket Data Center: HTTP access tokens"),
    form("atlassian", "ATCTT3xFfGN0", r"[\w-]{60,300}(?:=[0-9A-F]{8})?", "A=ATCTT3xFfGN0«word:172»=«upper-hex:8»", "ATCTT3xFfGN0", "Atlassian: repository access tokens"),
    form("buildkite", "bkua_ bkpt_ bkpat_ bkps_ bkct_ bkar_ bkaa_ bkaj_", r"[\w-]{40,340}", "B=bkua_«hex:40»", "bkua_«hex:4»", "Buildkite: token formats"),
    form("circleci", "CCIPAT_ CCIPRJ_", r"[A-Za-z0-9]{22}_[0-9a-z]{40}", "C=CCIPAT_«word:22»_«hex:40»", "CCIPAT_«word:5»", "CircleCI: API tokens"),
    form("sonarqube", "squ_ sqp_ sqa_", r"[0-9a-f]{40}", "SONAR_TOKEN=squ_«hex:40»", "squ_" + "0" * 40, "SonarQube: token prefixes"),
    form("sourcegraph", "sgp_ sgd_ slk_", r"(?:[0-9a-fA-F]{16}_|local_)?[0-9a-fA-F]{40,64}", "S=sgp_«hex:16»_«hex:40»", "sgp_«hex:8»", "Sourcegraph: access token formats"),
    form("octopus", "API-", r"(?<!/API-)[A-Z0-9]{25,32}", "OCTOPUS=API-«upper:26»", "API-REFERENCE", "Octopus Deploy: API keys"),
    form("harness", "pat. sat.", r"[\w-]{22}\.[0-9a-f]{24}\.[A-Za-z0-9]{20}", "H=pat.«word:22».«hex:24».«word:20»", "pat.name.other", "Harness: API keys"),
    form("infracost", "ico-", r"[A-Za-z0-9]{32}", "INFRACOST_API_KEY=ico-«word:32»", "ico-«word:5»", "Infracost: API keys"),
    form("prefect", "pnu_ pnb_", r"[A-Za-z0-9]{36}", "P=pnu_«word:36»", "pnu_«word:6»", "Prefect: API keys"),
    form("scalr", "at-", r"[\w-]{26}\.[\w-]{40,60}", "scalr at-«word:26».«word:43»", "at-«word:26».«word:43» of somebody", "Scalr: tokens", near="scalr"),
    form("deno", "ddp_ ddo_ ddw_", r"[A-Za-z0-9]{36}", "D=ddp_«word:36»", "ddp_«word:6»", "Deno Deploy: access tokens"),
    form("dependency-track", "odt_", r"(?:[A-Za-z0-9]{8}_)?[A-Za-z0-9]{32,40}", "D=odt_«word:40»", "odt_«word:4»", "Dependency-Track: API keys"),
    form("readme", "rdme_", r"[a-z0-9]{70}", "R=rdme_«hex:70»", "rdme_«hex:7»", "ReadMe: API keys"),
    form("posthog", "phx_ phs_", r"[A-Za-z0-9_]{40,50}", "P=phx_«word:43»", "P=phc_«word:43»", "PostHog: personal API keys (`phc_` is public)"),
    form("langsmith", "lsv2_pt_ lsv2_sk_", r"[0-9a-f]{32}_[0-9a-f]{10}", "L=lsv2_pt_«hex:32»_«hex:10»", "lsv2_pt_«hex:8»", "LangSmith: API keys"),
    form("langfuse", "sk-lf-", _UUID, "L=sk-lf-«uuid»", "sk-lf-key", "Langfuse: API keys"),
    form("wandb", "wandb_v1_", r"[A-Za-z0-9_]{77}", "W=wandb_v1_«word:77»", "wandb_v1_«word:7»", "Weights & Biases: API keys"),
    form("intra42", "s-s4t2ud- s-s4t2af-", r"[0-9a-f]{64}", "s-s4t2ud-«hex:64»", "s-s4t2ud-«hex:4»", "Intra 42: application secrets"),
    # ---- models
    form("openrouter", "sk-or-v1-", r"[0-9a-f]{64}", "O=sk-or-v1-«hex:64»", "sk-or-v1-...", "OpenRouter: API keys", severity=CRITICAL),
    form("perplexity", "pplx-", r"[A-Za-z0-9]{48}", "P=pplx-«word:48»", "pplx-7b-online-model", "Perplexity: API keys"),
    form("xai", "xai-", r"[A-Za-z0-9]{70,120}", "X=xai-«word:80»", "xai-«word:8»", "xAI: API keys"),
    form("pinecone", "pcsk_", r"[A-Za-z0-9]{5,6}_[A-Za-z0-9]{60,66}", "P=pcsk_«word:6»_«word:63»", "pcsk_«word:6»", "Pinecone: API keys"),
    form("nvidia", "nvapi-", r"[\w-]{60,70}", "N=nvapi-«word:64»", "nvapi-«word:6»", "NVIDIA: API keys"),
    form("cerebras", "csk-", r"[a-z0-9]{48}", "C=csk-«hex:48»", "csk-«hex:8»", "Cerebras: API keys"),
    form("together", "tgp_v1_", r"[\w-]{43}", "T=tgp_v1_«word:43»", "tgp_v1_«word:4»", "Together AI: API keys"),
    form("huggingface", "api_org_", r"[A-Za-z]{34}", "H=api_org_«letters:34»", "api_org_settings", "Hugging Face: organization tokens")._replace(anywhere=True),
    form("tavily", "tvly-", r"(?:dev-|prod-)?[A-Za-z0-9]{32}", "T=tvly-«word:32»", "tvly-«word:5»", "Tavily: API keys"),
    form("jina", "jina_", r"[A-Za-z0-9_-]{60}", "J=jina_«word:60»", "jina_embeddings", "Jina: API keys"),
    form("elevenlabs", "sk_", r"[0-9a-f]{48}", "E=sk_«hex:48»", "sk_«hex:8»", "ElevenLabs: API keys"),
    form("firecrawl", "fc-", r"[0-9a-f]{32}", "F=fc-«hex:32»", "fc-«hex:8»", "Firecrawl: API keys"),
    form("e2b", "e2b_", r"[0-9a-f]{40}", "E=e2b_«hex:40»", "e2b_«hex:4»", "E2B: API keys"),
    form("apify", "apify_api_", r"[A-Za-z0-9]{34,38}", "A=apify_api_«word:36»", "apify_api_key", "Apify: API tokens"),
    form("runpod", "rpa_", r"[A-Z0-9]{40}[A-Za-z0-9]{6}", "R=rpa_«upper:46»", "rpa_«upper:6»", "RunPod: API keys"),
    form("deepseek", "sk-", r"[0-9a-f]{32}", "DEEPSEEK_KEY=sk-«hex:32»", "sk-«hex:8»", "DeepSeek: API keys"),
    # ---- databases, queues
    form("planetscale", "pscale_oauth_", r"[\w.-]{32,64}", "P=pscale_oauth_«word:43»", "pscale_oauth_«word:4»", "PlanetScale: token formats"),
    form("neon", "napi_", r"[a-z0-9]{64}", "N=napi_«hex:64»", "napi_create_function", "Neon: API keys"),
    form("xata", "xau_", r"[A-Za-z0-9]{32,60}", "X=xau_«word:40»", "xau_«word:4»", "Xata: API keys"),
    form("cockroach", "CCDB1_", r"[A-Za-z0-9]{22}_[A-Za-z0-9]{40}", "C=CCDB1_«word:22»_«word:40»", "CCDB1_«word:5»", "CockroachDB Cloud: API keys"),
    form("clickhouse", "4b1d", r"[A-Za-z0-9]{38}", "C=4b1d«word:38»", "4b1d«word:8»", "ClickHouse Cloud: API keys"),
    form("confluent", "cflt", r"[A-Za-z0-9+/]{60}", "C=cflt«word:60»", "cflt«word:6»", "Confluent Cloud: API keys"),
    form("airtable", "pat", r"[A-Za-z0-9]{14}\.[0-9a-f]{64}", "A=pat«word:14».«hex:64»", "pat«word:14».x", "Airtable: personal access tokens"),
    # ---- mail, messages
    form("brevo", "xkeysib- xsmtpsib-", r"[0-9a-f]{64}-[A-Za-z0-9]{16}", "B=xkeysib-«hex:64»-«word:16»", "xkeysib-«hex:6»", "Brevo: API keys"),
    form("mailersend", "mlsn.", r"[0-9a-f]{64}", "M=mlsn.«hex:64»", "mlsn.«hex:4»", "MailerSend: API tokens"),
    form("resend", "re_", r"[A-Za-z0-9]{8}_[A-Za-z0-9]{24}", "R=re_«word:8»_«word:24»", "re_compile", "Resend: API keys"),
    shape("mailchimp", "-us", r"(?<![0-9A-Za-z])(?P<body>[0-9a-f]{32})-us\d{1,2}(?![0-9A-Za-z-])", "M=«hex:32»-us14", "«hex:31»-us1", "Mailchimp: API keys"),
    shape("mailgun", "mailgun Mailgun MAILGUN", r"(?<![0-9A-Za-z-])(?P<body>[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8})(?![0-9A-Za-z-])", "MAILGUN=«hex:32»-«hex:8»-«hex:8»", "«hex:32»-«hex:8»-«hex:8»", "Mailgun: API keys"),
    form("slack", "xoxd-", r"[\w%/+-]{100,400}={0,2}", "d=xoxd-«word:140»", "xoxd-«word:9»", "Slack: cookies of a session"),
    form("slack", "xoxc-", r"(?:\d{9,15}-){2,3}[0-9a-f]{64}", "xoxc-«digits:12»-«digits:12»-«digits:12»-«hex:64»", "xoxc-«digits:12»", "Slack: tokens of a session"),
    shape("discord", _DIGITS, r"(?<![\w.-])(?P<body>(?:MD|MT|Mj|Mz|ND|NT|Nj|Nz|OD|OT)[A-Za-z0-9_-]{22,24}\.[\w-]{6}\.[\w-]{27,38})(?![\w.-])", "DISCORD=«discord»", "Nothing.really.here", "Discord: bot tokens", check=_discord),
    shape("teams-webhook", "IncomingWebhook/", rf"webhook(?:\.office\.com/webhookb2|/)[^\s\"'/]*/?[\w@-]*/IncomingWebhook/(?P<body>[0-9a-f]{{32}}/{_UUID})", "https://shop.webhook.office.com/webhookb2/«uuid»@«uuid»/IncomingWebhook/«hex:32»/«uuid»", "IncomingWebhook/name", "Microsoft Teams: incoming webhooks", severity=MEDIUM)._replace(anywhere=True),
    shape("zapier-webhook", "hooks.zapier.com/", r"hooks\.zapier\.com/hooks/catch/\d{5,9}/(?P<body>[a-z0-9]{6,12})(?![\w-])", "https://hooks.zapier.com/hooks/catch/«digits:7»/b7x2kqz", "hooks.zapier.com/hooks/catch/", "Zapier: webhooks", severity=MEDIUM)._replace(anywhere=True),
    # ---- money
    form("square", "EAAA", r"[\w-]{56,64}", "S=EAAA«word:60»", "EAAA«word:6»", "Square: access tokens", severity=CRITICAL),
    form("easypost", "EZAK EZTK", r"[A-Za-z0-9]{54}", "E=EZAK«word:54»", "EZAK«word:5»", "EasyPost: API keys"),
    form("flutterwave", "FLWSECK- FLWSECK_TEST-", r"[0-9a-z]{12,34}(?:-X)?", "F=FLWSECK-«hex:32»-X", "F=FLWPUBK-«hex:32»-X", "Flutterwave: API keys (`FLWPUBK` is public)", severity=CRITICAL),
    form("shippo", "shippo_live_ shippo_test_", r"[0-9a-fA-F]{40}", "S=shippo_live_«hex:40»", "shippo_live_«hex:4»", "Shippo: API tokens"),
    form("duffel", "duffel_live_ duffel_test_", r"[\w=-]{43}", "D=duffel_live_«word:43»", "duffel_live_«word:4»", "Duffel: access tokens"),
    form("lob", "live_ test_", r"[0-9a-f]{35}", "L=live_«hex:35»", "live_«hex:5»", "Lob: API keys"),
    form("paddle", "pdl_live_apikey_ pdl_sdbx_apikey_", r"[a-z0-9]{26}_[A-Za-z0-9]{22}_[A-Za-z0-9]{3}", "P=pdl_live_apikey_«hex:26»_«word:22»_«word:3»", "pdl_live_apikey_", "Paddle: API keys"),
    form("plaid", "access-sandbox- access-development- access-production-", _UUID, "P=access-production-«uuid»", "access-production-tokens", "Plaid: access tokens"),
    form("polar", "polar_at_ polar_oat_ polar_pat_", r"[\w-]{20,100}", "P=polar_oat_«word:40»", "polar_at_rest", "Polar: tokens"),
    form("razorpay", "rzp_live_", r"[A-Za-z0-9]{14}", "R=rzp_live_«word:14»", "rzp_live_key", "Razorpay: API keys", severity=MEDIUM)._replace(anywhere=True),
    shape("braintree", "access_token$production$", r"access_token\$production\$[0-9a-z]{16}\$(?P<body>[0-9a-f]{32})", "access_token$production$«hex:16»$«hex:32»", "access_token$production$x", "Braintree: access tokens", severity=CRITICAL),
    form("asaas", "aact_prod_ aact_hmlg_", r"[\w-]{20,120}", "A='$aact_prod_«word:80»'", "aact_prod_key", "Asaas: API keys"),
    # ---- people, work
    form("notion", "ntn_", r"\d{11}[A-Za-z0-9]{35}", "N=ntn_«digits:11»«word:35»", "ntn_«word:5»", "Notion: token formats"),
    form("notion", "secret_", r"[A-Za-z0-9]{43}", "NOTION=secret_«word:43»", "secret_«word:5»", "Notion: token formats, before 2024"),
    form("linear", "lin_oauth_", r"[0-9a-f]{64}", "L=lin_oauth_«hex:64»", "lin_oauth_client", "Linear: OAuth tokens"),
    form("figma", "figu_ figo_ figoh_ figuh_ figdr_ figur_ figor_", r"[\w-]{40,46}", "F=figu_«word:40»", "figu_«word:4»", "Figma: token formats"),
    form("hubspot", "pat-na1- pat-na2- pat-eu1- pat-ap1-", _UUID, "H=pat-na1-«uuid»", "pat-na1-token", "HubSpot: private app tokens"),
    form("typeform", "tfp_", r"[\w.=-]{40,60}", "T=tfp_«word:44»_«word:14»", "tfp_«word:4»", "Typeform: personal access tokens"),
    form("frameio", "fio-u-", r"[\w=-]{64}", "F=fio-u-«word:64»", "fio-u-«word:4»", "Frame.io: developer tokens"),
    form("adobe", "p8e-", r"[A-Za-z0-9]{32}", "A=p8e-«word:32»", "p8e-«word:3»", "Adobe: client secrets"),
    form("contentful", "CFPAT-", r"[\w-]{43,64}", "C=CFPAT-«word:43»", "CFPAT-«word:4»", "Contentful: management tokens"),
    form("configcat", "configcat-sdk-1/", r"[\w-]{22}/[\w-]{22}", "C=configcat-sdk-1/«word:22»/«word:22»", "configcat-sdk-1/x", "ConfigCat: SDK keys", severity=MEDIUM),
    form("asana", "0/ 1/ 2/ 3/ 4/ 5/ 6/ 7/ 8/ 9/", r"\d{15,17}(?:/\d{15,17})?:[0-9a-f]{32}", "ASANA=1/«digits:16»:«hex:32»", "1/«digits:16»", "Asana: personal access tokens"),
    form("salesforce", "00D", r"[A-Za-z0-9]{12}![\w.]{80,260}", "S=00D«word:12»!«word:96»", "00D«word:12»", "Salesforce: session IDs and access tokens"),
    form("salesforce", "3MVG9", r"[\w.]{80,90}", "S=3MVG9«word:80»", "3MVG9«word:8»", "Salesforce: consumer keys", severity=MEDIUM),
    form("settlemint", "sm_aat_ sm_pat_ sm_sat_", r"[A-Za-z0-9]{16}", "S=sm_pat_«word:16»", "sm_pat_key", "SettleMint: access tokens")._replace(anywhere=True),
    form("zuplo", "zpka_", r"[0-9a-z]{32}_[0-9a-f]{8}", "Z=zpka_«hex:32»_«hex:8»", "zpka_" + "0" * 32 + "_00000000", "Zuplo: API keys"),
    form("authress", "sc_ ext_ scauth_ authress_", r"[a-z0-9]{5,30}\.[a-z0-9]{4,6}\.acc[_-][a-z0-9-]{10,32}\.[A-Za-z0-9+/_=-]{30,120}", "A=sc_«hex:10».«hex:4».acc-«hex:12».«word:43»", "sc_«hex:10».x", "Authress: service client keys"),
    form("facebook", "EAAM EAAC EAAB EAAG EAAD EAAE", r"(?<![+/].{4})[A-Za-z0-9]{80,400}(?![+/=])", "F=EAAC«word:120»", "EAAC«word:9»", "Facebook: page access tokens"),
    shape("facebook", "|", r"(?<![\w|])(?P<body>\d{15,16}\|[\w-]{27})(?![\w|-])", "F=«digits:15»|«word:27»", "«digits:15»|«word:7»", "Facebook: app access tokens"),
    shape("twitter", "AAAAAAAAAAAAAAAAAAAA", r"(?<![0-9A-Za-z])A{20,24}(?P<body>[A-Za-z0-9%]{60,120})(?![0-9A-Za-z%])", "T=" + "A" * 22 + "«word:90»", "A" * 90, "X: app-only bearer tokens"),
    form("dropbox", "sl.", r"(?:u\.)?[\w-]{100,2000}", "D=sl.«word:136»", "sl.name", "Dropbox: short-lived access tokens"),
    shape("dropbox", "AAAAAAAAAA", r"(?<![0-9A-Za-z])(?P<body>[A-Za-z0-9_-]{11}A{10}[A-Za-z0-9_=-]{40,45})(?![0-9A-Za-z_-])", "D=«hex:11»AAAAAAAAAA«word:43»", "«hex:11»AAAAAAAAAA", "Dropbox: long-lived access tokens"),
    # ---- watching
    form("dynatrace", "dt0c01. dt0s01. dt0s02. dt0s16. dt0e01. dt0d01.", r"[A-Za-z0-9]{24}\.[A-Za-z0-9]{64}", "D=dt0c01.«upper:24».«upper:64»", "dt0c01.«upper:9»", "Dynatrace: access tokens"),
    form("new-relic", "NRII- NRAA- NRIQ- NRSP- NRRA-", r"[0-9A-Za-z_-]{25,40}", "N=NRII-«word:32»", "NRII-«word:3»", "New Relic: API keys"),
    shape("new-relic", "NRAL", r"(?<![0-9A-Za-z])(?P<body>[0-9a-f]{36}NRAL)(?![0-9A-Za-z])", "N=«hex:36»NRAL", "«hex:9»NRAL", "New Relic: license keys"),
    form("grafana", "glc_", r"[A-Za-z0-9+/]{32,400}={0,3}", "G=glc_«word:80»", "glc_«word:8»", "Grafana Cloud: access policy tokens", severity=CRITICAL),
    form("cloudflare-tunnel", "eyJhIjoi", r"(?:[MNOYZ][0-9A-Za-z+/]{3}){10}[MNOYZ][0-9A-Za-z+/]{100,240}={0,2}", "T=eyJhIjoi" + "M«word:3»" * 10 + "M«word:140»", "T=eyJhIjoiM«word:30»", "Cloudflare One: tunnels run by a token (`{\"a\":\"` and 32 digits of hexadecimal in base64)", severity=CRITICAL),
    form("grafana", "eyJrIjoi", r"[A-Za-z0-9+/]{40,400}={0,3}", "G=eyJrIjoi«word:80»", "eyJrIjoi«word:8»", "Grafana: API keys (`{\"k\":\"` in base64)"),
    form("checkly", "cu_", r"[0-9a-f]{32}", "C=cu_«hex:32»", "cu_«hex:3»", "Checkly: API keys"),
    form("rootly", "rootly_", r"[0-9a-f]{64}", "R=rootly_«hex:64»", "rootly_«hex:4»", "Rootly: API keys"),
    form("tailscale", "tskey-", r"[a-z]{3,9}-[A-Za-z0-9]{8,20}(?:CNTRL)?-[A-Za-z0-9]{16,40}", "T=tskey-auth-«word:11»CNTRL-«word:32»", "tskey-auth-x", "Tailscale: key formats", severity=CRITICAL),
    form("defined-networking", "dnkey-", r"[\w=-]{26}-[\w=-]{52}", "D=dnkey-«word:26»-«word:52»", "dnkey-«word:2»", "Defined Networking: API keys"),
    form("ngrok", "1 2", r"[A-Za-z0-9]{26}_[A-Za-z0-9]{18,24}", "ngrok authtoken 2«word:26»_«word:21»", "«word:26»_«word:21»", "ngrok: authtokens", near="ngrok")._replace(hints=("ngrok", "NGROK")),
    form("inngest", "signkey-prod- signkey-test-", r"[0-9a-f]{64}", "I=signkey-prod-«hex:64»", "signkey-prod-x", "Inngest: signing keys"),
    form("trigger", "tr_dev_ tr_prod_", r"[A-Za-z0-9]{20,24}", "T=tr_prod_«word:20»", "tr_prod_env", "Trigger.dev: API keys"),
    form("onfido", "api_live. api_live_us. api_live_ca. api_sandbox. api_sandbox_us. api_sandbox_ca.", r"[\w-]{11}\.[\w-]{32}", "O=api_live.«word:11».«word:32»", "api_live.example", "Onfido: API tokens"),
    form("postman", "PMAT-", r"[0-9A-Z]{26}", "P=PMAT-«upper:26»", "PMAT-«upper:2»", "Postman: collection access keys"),
    form("pubnub", "sec-c-", r"[A-Za-z0-9]{48}", "P=sec-c-«word:48»", "sec-c-x", "PubNub: secret keys"),
    form("telnyx", "KEY0", r"[0-9A-F]{31}_[A-Za-z0-9]{22}", "T=KEY0«upper-hex:31»_«word:22»", "KEY0", "Telnyx: API keys"),
    form("adafruit", "aio_", r"[A-Za-z0-9]{28}", "A=aio_«word:28»", "aio_write", "Adafruit IO: keys"),
    form("jenkins", "11", r"[0-9a-f]{32}", "JENKINS_TOKEN=11«hex:32»", "11«hex:32» of somebody", "Jenkins: API tokens", near="jenkins")._replace(beside=("jenkins", "JENKINS", "Jenkins")),
    form("okta", "00", r"[\w-]{40}", "okta: 00«word:40»", "00«word:40» of somebody", "Okta: API tokens", near="okta")._replace(beside=("okta", "OKTA", "Okta")),
    form("vault", "s.", r"[A-Za-z0-9]{24}", "VAULT_TOKEN=s.«hex:24»", "s.«word:24»", "Vault: token prefixes before 1.10", near="vault", severity=CRITICAL)._replace(beside=("vault", "VAULT", "Vault")),
    form("scaleway", "SCW", r"[A-Z0-9]{17}", "SCW_ACCESS_KEY=SCW«upper:17»", "SCW_ACCESS_KEY", "Scaleway: API keys", severity=MEDIUM),
    form("akamai", "akab-", r"[a-z0-9]{16}-[a-z0-9]{16}", "client_token = akab-«hex:16»-«hex:16»", "akab-x", "Akamai: EdgeGrid credentials"),
    form("twitch", "live_", r"\d{6,10}_[A-Za-z0-9]{30}", "key live_«digits:9»_«word:30»", "live_«digits:9»", "Twitch: stream keys"),
    # ---- keys that a service shows in its console, and what else answers to whoever knows it
    form("cloudflare", "cfat_ cfut_ cfk_", r"[A-Za-z0-9]{48}", "C=cfut_«word:48»", "cfut_«word:8»", "Cloudflare: token formats", severity=CRITICAL),
    form("clickup", "pk_", r"\d{6,9}_[0-9A-Z]{32}", "C=pk_«digits:8»_«upper:32»", "pk_«digits:8»", "ClickUp: personal API tokens"),
    form("cursor", "key_", r"[0-9a-f]{64}", "C=key_«hex:64»", "key_«hex:8»", "Cursor: API keys"),
    form("llamacloud", "llx-", r"[\w-]{48}", "L=llx-«word:48»", "llx-«word:8»", "LlamaCloud: API keys"),
    form("fivem", "cfxk_", r"[A-Za-z0-9]{20,24}_[A-Za-z0-9]{5,6}", "sv_licenseKey cfxk_«word:20»_«word:5»", "cfxk_«word:4»", "Cfx.re: server license keys"),
    form("aikido", "AIK_SECRET_", r"[A-Za-z0-9]{40,80}", "A=AIK_SECRET_«word:64»", "AIK_SECRET_«word:4»", "Aikido: API clients"),
    form("devcycle", "dvc_server_", r"[0-9a-f_]{30,60}", "D=dvc_server_«hex:40»", "dvc_server_key", "DevCycle: SDK keys"),
    form("devin", "apk_user_ apk_", r"[A-Za-z0-9+/]{60,260}={0,2}", "D=apk_«word:120»", "apk_«word:8»", "Devin: API keys"),
    form("elastic", "essu_", r"[A-Za-z0-9+/]{60,90}={0,2}", "E=essu_«word:70»", "essu_«word:7»", "Elastic Cloud: API keys", severity=CRITICAL),
    form("gc-notify", "gcntfy-", rf"[\w-]{{1,100}}-{_UUID}-{_UUID}", "N=gcntfy-shop-«uuid»-«uuid»", "gcntfy-shop", "GC Notify: API keys"),
    form("fullstory", "na1.", r"[A-Za-z0-9+/]{100}", "F=na1.«word:100»", "na1.«word:9»", "FullStory: API keys"),
    form("launchdarkly", "sdk-", r"[0-9a-z]{8}(?:-[0-9a-z]{4}){3}-[0-9a-z]{12}", "L=sdk-«uuid»", "sdk-version", "LaunchDarkly: SDK keys"),
    form("launchdarkly", "api-", r"[0-9a-z]{8}(?:-[0-9a-z]{4}){3}-[0-9a-z]{12}", "LAUNCHDARKLY_TOKEN=api-«uuid»", "{\"id\": \"api-«uuid»\"}", "LaunchDarkly: access tokens", near="launch"),
    form("mailsac", "k_", r"[0-9A-Za-z]{36,44}", "mailsac k_«word:38»", "k_«word:38» of somebody", "Mailsac: API keys", near="mailsac"),
    form("mongodb-atlas", "mdb_sa_sk_", r"[\w-]{40,64}", "M=mdb_sa_sk_«word:43»", "mdb_sa_sk_x", "MongoDB Atlas: service accounts", severity=CRITICAL),
    form("ionic", "ion_", r"[A-Za-z0-9]{42}", "I=ion_«word:42»", "ion_«word:4»", "Ionic: personal access tokens"),
    form("nightfall", "NF-", r"[A-Za-z0-9]{32}", "N=NF-«word:32»", "NF-«word:5»", "Nightfall: API keys"),
    form("pagarme", "ak_live_ ak_test_", r"[A-Za-z0-9]{30}", "P=ak_live_«word:30»", "ak_live_«word:3»", "Pagar.me: API keys"),
    form("pganalyze", "pgar_", r"[\w]{27}", "P=pgar_«word:27»", "pgar_«word:7»", "pganalyze: API keys"),
    form("rainforest-pay", "apikey_", r"[0-9a-f]{63,64}", "R=apikey_«hex:64»", "apikey_«hex:6»", "Rainforest: API keys"),
    form("salesblink", "key-", r"[A-Za-z0-9]{64}", "S=key-«word:64»", "key-«word:6»", "SalesBlink: API keys"),
    form("scrapfly", "scp-live- scp-test-", r"[0-9a-z]{32}", "S=scp-live-«hex:32»", "scp-live-«hex:3»", "Scrapfly: API keys"),
    form("segment", "sgp_", r"[A-Za-z0-9]{64}", "S=sgp_«word:64»", "sgp_«word:6»", "Segment: public API tokens"),
    form("spectral", "spu- spt-", r"[0-9a-f]{32}", "S=spu-«hex:32»", "spu-«hex:3»", "SpectralOps: API keys"),
    form("twist", "oauth2:", r"[0-9a-f]{40}", "TWIST=oauth2:«hex:40»", "oauth2:«hex:4»", "Twist: OAuth tokens"),
    form("wundergraph", "cosmo_", r"[0-9a-f]{32}", "W=cosmo_«hex:32»", "cosmo_«hex:3»", "WunderGraph Cosmo: API keys"),
    form("heroku", "HRKU-", rf"(?:{_UUID}|[\w-]{{58,64}})", "H=HRKU-«uuid»", "HRKU-x", "Heroku: platform API, token prefixes", severity=CRITICAL),
    form("alibaba", "STS.", r"[A-Za-z0-9]{20,26}", "id = STS.«word:24»", "STS.«word:4»", "Alibaba Cloud: temporary access keys", severity=MEDIUM),
    form("ebay", "PRD-", r"[0-9a-f]{12}(?:-[0-9a-f]{4}){4}|[0-9a-f]{8}(?:-[0-9a-f]{4}){4}", "E=PRD-«hex:12»-«hex:4»-«hex:4»-«hex:4»-«hex:4»", "PRD-«hex:4»", "eBay: application keys, the Cert ID"),
    form("rapidapi", "", r"[0-9a-z]{10}msh[0-9a-z]{15,16}p1[0-9a-z]{6}jsn[0-9a-z]{12}", "R=«hex:10»msh«hex:15»p1«hex:6»jsn«hex:12»", "x-msh-jsn", "RapidAPI: application keys")._replace(hints=("jsn",)),
    form("openai", "sk-", r"[A-Za-z0-9]{48}", "stability: sk-«word:48»", "sk-«word:8»", "Keys in the style of OpenAI's, as several services give out"),
    shape("truenas", "login_with_api_key", r"login_with_api_key\"[\s,\":\[a-z]{1,80}\"(?P<body>\d{1,4}-[A-Za-z0-9]{64})\"", '{"method": "auth.login_with_api_key", "params": ["8-«word:64»"]}', '{"method": "auth.login_with_api_key", "params": ["8-key"]}', "TrueNAS: API keys")._replace(anywhere=True),
    shape("freemius", "secret_key", r"secret_key[\"'][ \t]{0,4}=>[ \t]{0,4}[\"'](?P<body>sk_[^\s\"']{29})(?![^\s\"'])", "'secret_key' => 'sk_«word:29»',", "'secret_key' => 'sk_YOUR_SECRET_KEY'", "Freemius: the keys of its SDK for PHP")._replace(anywhere=True),
    shape("jira", _DIGITS, r"(?<![\w+/-])(?P<body>(?:MD|MT|Mj|Mz|ND|NT|Nj|Nz|OD|OT)[A-Za-z0-9+/]{42})(?![\w+/=-])", "confluence: «jira»", "MDAw«word:40»", "Atlassian Data Center: personal access tokens, a number and 20 bytes", check=_jira),
    shape("new-relic", "NRAL NRMA", r"(?<![0-9A-Za-z])(?P<body>(?:eu01xx)?[0-9a-f]{28,40}(?:FFFF)?(?:NRAL|-NRMA))(?![0-9A-Za-z])", "N=eu01xx«hex:30»FFFFNRAL", "eu01xx«hex:9»NRAL", "New Relic: license keys of the EU, mobile app tokens"),
    shape("tableau", "==:", r"(?<![\w+/])(?P<body>[A-Za-z0-9+/]{22}==:[A-Za-z0-9]{32})(?![\w+/=])", "pat «word:22»==:«word:32»", "«word:22»==:x", "Tableau: personal access tokens"),
    shape("azure-registry", "+ACR", r"(?<![\w+/])(?P<body>[A-Za-z0-9+/]{42}\+ACR[A-D][A-Za-z0-9]{5})(?![\w+/=])", "ACRPWD=«word:42»+ACRB«word:5»", "«word:42»+ACR", "Azure Container Registry: the mark in its passwords", severity=CRITICAL),
    shape("azure-devops", "AZDO", r"(?<![0-9A-Za-z])(?P<body>[0-9A-Za-z]{76}AZDO[0-9A-Za-z]{4})(?![0-9A-Za-z])", "PAT=«word:76»AZDO«word:4»", "«word:7»AZDO«word:4»", "Azure DevOps: the format of personal access tokens", severity=CRITICAL),
    shape("azure-app-configuration", ".azconfig.io", r"\.azconfig\.io;Id=[^;\s]{4,60};Secret=(?P<body>[A-Za-z0-9+/]{36,90}={0,2})", "Endpoint=https://shop.azconfig.io;Id=ab-c0:«word:20»;Secret=«word:43»=", "https://shop.azconfig.io;Id=x;Secret=y", "Azure App Configuration: connection strings", severity=CRITICAL),
    shape("teams-webhook", "webhook.office.com/", r"webhook\.office\.com/webhookb2/[\w-]{30,40}@[\w-]{30,40}/IncomingWebhook/(?P<body>[0-9a-zA-Z]{28,34}/[\w-]{32,40})", "https://shop.webhook.office.com/webhookb2/«uuid»@«uuid»/IncomingWebhook/«hex:32»/«uuid»", "https://shop.webhook.office.com/webhookb2/x", "Microsoft Teams: incoming webhooks", severity=MEDIUM),
    shape("zapier-webhook", "hooks.zapier.com/", r"hooks\.zapier\.com/hooks/catch/(?P<body>[A-Za-z0-9]{16})(?![\w/-])", "https://hooks.zapier.com/hooks/catch/«word:16»", "https://hooks.zapier.com/hooks/catch/x", "Zapier: webhooks", severity=MEDIUM)._replace(anywhere=True),
    shape("tines-webhook", ".tines.com/webhook/", r"\.tines\.com/webhook/[0-9a-z]{32}/(?P<body>[0-9a-z]{32})(?![0-9a-z])", "https://shop.tines.com/webhook/«hex:32»/«hex:32»", "https://shop.tines.com/webhook/x", "Tines: webhooks", severity=MEDIUM),
    shape("codeclimate", "CC_TEST_REPORTER_ID", r"CC_TEST_REPORTER_ID[\"']?[ \t]*[=:][ \t]*[\"']?(?P<body>[0-9a-f]{64})(?![0-9a-f])", "CC_TEST_REPORTER_ID: «hex:64»", "CC_TEST_REPORTER_ID: x", "Code Climate: test reporter IDs", severity=MEDIUM),
    shape("vault-unseal", "nseal", r"[uU]nseal(?: [kK]ey \d:)? (?P<body>[A-Za-z0-9+/]{44})(?![\w+/])", "Unseal Key 2: «word:44»", "Unseal Key 2: (hidden)", "Vault: operator init, unseal keys", severity=CRITICAL),
    shape("thingsboard", "/telemetry /attributes", r"/api/v1/(?P<body>[A-Za-z0-9]{20})/(?:telemetry|attributes)(?![\w-])", "https://iot.shop.io/api/v1/«word:20»/telemetry", "https://iot.shop.io/api/v1/$ACCESS_TOKEN/telemetry", "ThingsBoard: HTTP device API, access tokens"),
    shape("jenkins", "proceed", r"password to proceed to installation:\s{1,40}(?P<body>[0-9a-f]{32})(?![0-9a-f])", "Please use the following password to proceed to installation:\n\n«hex:32»", "password to proceed to installation: see the log", "Jenkins: unlocking it, the first password in its log", severity=MEDIUM)._replace(anywhere=True),
    form("teamwork", "tkn.v1_", r"[\w-]{60,100}={0,2}", "T=tkn.v1_«word:75»=", "tkn.v1_«word:9»", "Teamwork: app login flow, access tokens"),
    shape("docker-auth", "auth", r"[\"']auth\\*[\"'][ \t]*:[ \t]*\\*[\"'](?P<body>[A-Za-z0-9+/]{8,4000}+={0,2})\\*[\"']", "{\"auths\": {\"r.shop.io\": {\"auth\": \"«basic»\"}}}", "{\"auth\": \"«base64:24»\"}", "Docker: the configuration file of the command line", check=_docker),
    form("vault", "s. b. r.", r"(?:[A-Za-z0-9]{26}|[\w-]{90,120})", "VAULT_TOKEN=b.«word:26»", "b.«word:26»", "Vault: token prefixes before 1.10", near="vault", severity=CRITICAL)._replace(beside=("vault", "VAULT", "Vault")),
    form("telegram", "", r"\d{5,16}:A[\w-]{34}", "telegram: «digits:8»:Ab«word:33»", "«digits:8»:Ab«word:33» of somebody", "Telegram: bot tokens", near="telegr")._replace(hints=(":A",), beside=("telegr", "TELEGR", "Telegr")),
    form("flutterwave", "FLWSECK_TEST-", r"[0-9a-z]{12}", "F=FLWSECK_TEST-«hex:12»", "F=FLWSECK_TEST-«hex:5»", "Flutterwave: the encryption key of the test mode", severity=MEDIUM)._replace(anywhere=True),
    form("endor-labs", "endr+", r"[A-Za-z0-9-]{16}", "E=endr+«word:16»", "endr+«word:5»", "Endor Labs: API keys", severity=CRITICAL)._replace(anywhere=True),
    form("checkout", "sk_ sk_test_", _UUID, "C=sk_«uuid»", "sk_«hex:8»", "Checkout.com: API keys, the older form", severity=CRITICAL),
    form("devin", "cog_", r"[0-9a-z]{52}", "D=cog_«hex:52»", "cog_«hex:5»", "Devin: API keys of service users"),
    shape("azure-key", "AzSe AzFu ACDb APIM +ASt +ABa +AMC AzCa +ASb +AEh +ARm AIoT AzEG", r"(?<![\w+/])(?P<body>[A-Za-z0-9+/]{76}(?:\+ASt|\+ABa|\+AMC|ACDb|APIM)[A-Za-z0-9+/]{5}[AQgw]==|[A-Za-z0-9+/]{33}(?:AzCa|\+ASb|\+AEh|\+ARm|AIoT|AzEG)[A-P][A-Za-z0-9+/]{5}=|[A-Za-z0-9]{42}AzSe[A-D][A-Za-z0-9]{5}|[\w-]{44}AzFu[\w-]{5}[AQgw]==)(?![\w+/=])", "key: «word:76»+ASt«word:5»A==\nadmin: «word:42»AzSeA«word:5»", "«word:42»AzSe", "Microsoft: highly identifiable secrets, the marks in keys of Azure's services", severity=CRITICAL),
    shape("firefox-logins", "EEPgAAAAAAAAAAAAAAAAAAAE", r"\"encryptedPassword\"\s{0,4}:\s{0,4}\"(?P<body>M[A-Za-z0-9+/]{2,4}EEPgAAAAAAAAAAAAAAAAAAAE[A-Za-z0-9+/]{20,400}={0,2})\"", '{"encryptedPassword": "MDoEEPgAAAAAAAAAAAAAAAAAAAEwFAYIKoZIhvcNAwcECB«word:32»"}', '{"encryptedPassword": "«word:60»"}', "Mozilla NSS: what its secret decoder ring makes, in logins.json")._replace(says="logins that Firefox has saved, which key4.db beside them opens"),
    shape("slack-webhook", "hooks.slack.com/", r"hooks\.slack\.com/(?:services|workflows|triggers)/(?P<body>[A-Za-z0-9+/]{43,56})(?![\w+/])", "https://hooks.slack.com/services/«word:44»", "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX", "Slack: incoming webhooks", severity=MEDIUM),
)
# fmt: on
