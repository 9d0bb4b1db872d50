"""Services that give out keys without a form of their own: the name of the service beside a drawn value tells.

Names only, in small letters and without what stands between their words. Each is rare in programs that have nothing to
do with the service; what is also an ordinary word (`box`, `linear`, `render`) is left to names that say `key` or
`token`. What has a prefix is in `vendors`.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Final

from ..regex import compiled

#: How long a key is, and who gives out such keys. The lengths are facts that open scanners for secrets search
#: by (gitleaks, TruffleHog, Kingfisher); not each was held to the documentation of its service.
_LENGTHS: Final = """
    15: dropbox
    16: coinlib confluent convertapi formcraft linkedin metrilo zapierwebhook
    17: airtable
    18: twitter
    19: twitter
    20: aeroworkflow artsy browserstack codacy easyinsight eventbrite finicity finnhub fleetbase freshdesk fxmarket
        getemail hiveage invoiceocean karmacrm mandrill nasdaq pagerduty pinata pusher statuscake tefter timezoneapi
        twitter
    21: carboninterface codacy databox mandrill twitter
    22: bugherd codacy convertkit ethplorer freshworks honeycomb mandrill myfreshworks proxycrawl splunk travisci
        twitter
    23: codacy mandrill twitter
    24: atlassian betterstack bitmex cexio clickhelp codacy etsy exchangerateapi flightapi happyscribe jiratoken kucoin
        mandrill oanda plaid replyio sendbird twitter vercel
    25: baremetrics cexio graphcms messagebird twitter vbout visualcrossing
    26: cexio mattermost sirv skybiometry timecamp
    27: cexio glassnode
    28: browshot cloverly fastforex geocode pollsapi tradier
    29: bulksms userflow
    30: centralstationcrm cloudimage customerguru nylas plaid scrapeowl textmagic twitch
    31: backblaze worldweather
    32: adafruit apilayer apimetrics asana assemblyai atera auth0 autoklose aviationstack axonaut bitbar bittrex
        calendarific chartmogul checkly clarifai cloudplan coinbase coinlayer countrylayer currencyfreaks
        currencylayer currencyscoop customerio datadog detectify detectlanguage dfuse diffbot droneci exchangeratesapi
        facebook fastly feedier financialmodelingprep finicity fixerio flickr geoapify geoipifi getresponse goodday
        gtmetrix infura ip2location ipapi ipgeolocation ipquality ipstack jenkins jotform knapsackpro languagelayer
        lemlist linkpreview logzio loyverse madkudu mailboxlayer mailerlite mailjet mapquest marketstack mediastack
        mixpanel moonclerk newsapi nightfall numverify nytimes onfleet opencagedata openuv openweather pastebin
        paydirtapp paymongo pdflayer pdfshift pepipost pipedream pivotaltracker positionstack postageapp prospectcrm
        rawg rebrandly route4me salescookie scraperapi scraperbox scrapestack scrapingant screenshotlayer
        securitytrails serpstack sherpadesk shodan signupgenius simfin speechtext spoonacular statuspal survicate
        taxjar theoddsapi ticketmaster toggltrack tomorrowio tomtom travelpayouts trello twelvedata twilio tyntec
        upcdatabase uplead upwave userstack vatlayer verimail veriphone vpnapi walkscore weatherbit weatherstack
        webscraping yousign zerobounce zerotier
    33: simvoly whoxy
    34: bscscan etherscan jenkins pixabay pushbullet
    35: clearbit craftmypdf iexcloud stitchdata worldcoinindex
    36: apify apptivo besttime cloudmersive codecov coinapi deepai graphhopper holidayapi imagekit insightly kontent
        kylas metabase mixmax nethunt saucelabs selectpdf sslmate statuspage tatumio urlscan vouchery vultr
        zonkafeedback
    37: cloudflare coveralls huggingface smartsheet
    38: yandex
    39: apitemplate blitapp fileio geocodio rocketreach
    40: airbrake beebole bitly brandfetch buddyns buttercms calorieninjas cicero circleci cloudflare cloudsmith cohere
        datadog datagov deepgram diggernaut docparser extractorapi fetchrss geocodify getgeoapi gitea gitter helpscout
        jumpcloud juro klipfolio launchdarkly loadmill lokalise meraki monkeylearn newrelic nicereply oopspam owlbot
        pandadoc parseur pipedrive plivo powrbot sendbird shotstack simplesat sonarcloud sparkpost stockdata
        stormboard supabase tiingo todoist versioneye weightsandbiases worksnaps zendesk zenrows
    42: okta skrappio
    43: bitcoinaverage bitfinex codemagic contentful eightxeight gumroad gyazo hybiscus leadfeeder linenotify luno
        meistertask mindmeister netlify newscatcher paralleldots storecove supernotesapi unsplash
    44: geckoboard intrinio netlify paymoapp ritekit
    45: netlify salesflare telegram
    46: voodoosms
    48: bitmex clockify currentsapi foursquare onesignal packagecloud restpack sigopt technicalanalysisapi
    50: customerguru dronahq dwolla lunchmoney overloop rapidapi twitter vyte
    51: asana pandascore stabilityai
    52: dyspatch
    54: optimizely
    57: lessannoyingcrm
    58: easypost telnyx
    59: typeform
    60: bitrise clustdoc dareboost intercom netlify serphouse sportsmonk webscraper workstack
    61: netlify
    62: netlify planyo
    63: netlify
    64: alienvault appsynergy auth0 besnappy boostnote campayn capsulecrm codequiry coinbase confluent cryptocompare
        dailyco digitalocean discord disqus dropbox frameio freshbooks groovehq hellosign iconfinder ipinfodb keenio
        mavenlink mesibo metaapi moralis netlify onelogin partnerstack peopledatalabs poloniex prodpad protocolsio
        qualaroo qubole reachmail rockset scrutinizer teletype tmetric trello unplugg virustotal wistia youneedabudget
        zipcodeapi
    68: getgist
    71: appoptics
    72: imagga
    73: stormglass
    75: omnisend snipcart
    76: jupiterone
    80: crowdin fulcrum kraken scrapingbee surveybot
    83: yandex
    86: signaturit vagrantcloud
    88: appointedd bombbomb fullstory sirv surveysparrow
    96: elasticemail
    128: chatfuel dynalist flatio instamojo poloniex yelp
    uuid: apptivo blazemeter blocknative bugsnag censys cliengo findl guardianapi heroku hubspot interseller loggly
        loginradius logzio moosend nftport onesignal opsgenie pinecone postmark railway salesmate scaleway
        smartystreets snyk squarespace transferwise wakatime zenscrape zipcodebase
    32,40,64: aeroworkflow aiven amadeus apacta apiflash apifonica apimatic appdynamics appfollow apptivo artsy
        autodesk avaza aylien ayrshare bannerbear billomat borgbase braintree budibase buildkite bulksms caflou
        captaindata cashboard cexio checio checkvist clickhelp clicksend clickup clinchpad clojars cloudconvert
        cloudinary codeclimate configcat currencycloud customerguru d7network deepseek dotdigital dovico dwolla
        eagleeyenetworks easyinsight ecostruxureit edamam edenai eightxeight elevenlabs everhour exoscale filestack
        flexport flightstats formbucket formsite freshworks geocodio gocanvas gocardless graphcms helpcrunch honeycomb
        hubspot hypertrack iexapis instabot instamojo invoiceocean ipifi ipinfo jiratoken kanbantool kickbox klaviyo
        lemonsqueezy lendflow lexigram liveagent magicbell mailchimp mailersend mailgun mailmodo mailsac mapbox
        maxmind microcms mixcloud mockaroo mojoauth mrticktock myexperiment myfreshworks myintervals nethunt nexmo
        nozbe nozbeteams nutritionix onedesk pagarme paperform parsehub paypal paystack pinata planetscale polymarket
        posthog postman pubnub pulumi purestake ravelry razorpay reallysimplesystems requestfinance rocketchat
        roninapp runrunit salesblink salesforce salesmate satismeter scrapersite scrapfly screenshotapi semaphoreci
        sendgrid sendinblue shipday shippo shopify shutterstock simplynoted sirv siteleaf skybiometry smartystreets
        snowflake sonarqube sourcegraph spotify squareup storyblok storychief strava stripo stytch sugester sumologic
        surveyanyplace swiftype tallyfy teamgate teamworkcrm teamworkdesk teamworkspaces textmagic thinkific
        tickettailor ubidots uclassify unifyid uploadcare uptimerobot viewneo voicegain vouchery webex websitepulse
        wepay workato workos wrike zenkitapi zenserp zeplin zipbooks zohocrm
"""


@cache
def _services() -> dict[str, frozenset[str]]:
    """The lengths of the keys of each service, or `uuid`."""
    found: dict[str, set[str]] = {}
    lengths: list[str] = []
    for word in _LENGTHS.split():
        if word.endswith(":"):
            lengths = word[:-1].split(",")
        else:
            found.setdefault(word, set()).update(lengths)
    return {name: frozenset(each) for name, each in found.items()}


@cache
def _sizes() -> dict[str, tuple[int, ...]]:
    """How long the names are that begin with these letters, the longest first."""
    sizes: dict[str, set[int]] = {}
    for name in _services():
        sizes.setdefault(name[:_START], set()).add(len(name))
    return {start: tuple(sorted(each, reverse=True)) for start, each in sizes.items()}


#: No name is shorter.
_START: Final = 4


#: What may stand between the name of a service and its key, read from the value to the left.
_BETWEEN: Final = r"[\w \t\"'`=:>,.()\[{}|-]{0,60}+"
#: Words that say that something else stands there: a number, an address, a digest, what everybody may see.
_OTHER: Final = (
    r"(?i)(?<![a-z])(?:id|ids|uuid|guid|sha\d*|md5|hash|digest|checksum|commit|ref|revision|version|release|tag|image|url|uri"
    r"|host|name|user|username|account|organi[sz]ation|org|project|tenant|workspace|channel|domain|email|dsn|public|publishable|site|path|file"
    r"|groups?|layer|style|dataset|template"
    r"|import|require|from|package|class|integrity|fingerprint|etag|nonce|trace|span|request|session)(?![a-z])"
    r"|[a-z](?:Id|Sha|Hash|Url|Name|User|Version)(?![a-z])"
    r"|\.(?:png|svg|jpe?g|gif|webp|ico|css|[cm]?js|json|html?|ya?ml|woff2?|ttf|md|py|go|rs)(?![a-z])"
)
_UUID: Final = r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
#: What may be written behind the name without a sign.
_FOLLOWS: Final = r"key|token|secret|auth|pass|pwd|cred|bearer|api|private|access|old|new|prod|\d"


def named_before(left: str) -> str | None:
    """The service that is named shortly before the end of `left`, the start of a line up to a value, where nothing
    says that the value is no key of it; None: there is none."""
    tail = compiled(_BETWEEN).match(left[::-1])
    if tail is None or (found := _last(tail[0][::-1])) is None:
        return None
    name, between = found
    return None if compiled(_OTHER).search(between) else name


def is_key(name: str, value: str) -> bool:
    """Whether a value is as long as the keys of a service."""
    return _length(value) in _services()[name]


def is_any_key(value: str) -> bool:
    """Whether a value is as long as the keys of any service: what is asked first, since most values are no key."""
    return _length(value) in _all_lengths()


@cache
def _all_lengths() -> frozenset[str]:
    return frozenset().union(*_services().values())


def _length(value: str) -> str:
    return "uuid" if len(value) == 36 and compiled(_UUID).fullmatch(value) else str(len(value))


def _last(text: str) -> tuple[str, str] | None:
    """The last name of a service in a text, and what follows it there."""
    words = [(match[0], match.end()) for match in compiled(r"[\w-]+").finditer(text)]
    before = ""
    found = None
    for word, end in words:
        bare = word.lower().replace("_", "").replace("-", "")
        # Alone, or with the word before it: `new relic`.
        for candidate in (bare, before + bare):
            if (size := _begins(candidate)) is not None:
                found = candidate[:size], word[len(word) - len(candidate) + size :] + text[end:]
                break
        before = bare
    return found


@lru_cache(4096)
def _begins(word: str) -> int | None:
    """How long the name of a service is at the start of a word, where nothing follows it but what says that it is a
    key: `splunkToken`. None: no name is there."""
    for size in _sizes().get(word[:_START], ()):
        if word[:size] in _services() and (size == len(word) or compiled(_FOLLOWS).match(word, size)):
            return size
    return None
