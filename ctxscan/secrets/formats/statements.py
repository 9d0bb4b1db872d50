"""Settings of servers and devices that have a grammar of their own: by kind, the statements that hold a secret."""

from __future__ import annotations

from typing import Final

from ...regex import compiled
from .. import placeholders
from ..case import Case
from ..judgement import Strength
from ..row import SecretRow

#: A word, in quotes or not.
_WORD: Final = r"(?:\"([^\"\n]{1,200})\"|'([^'\n]{1,200})'|([^\s\"';{}]{1,200}+))"

#: How a router says in which form a password follows.
_FORM: Final = r"(?:(?:\d|sha512|ascii-text|local)[ \t]++)?"

#: Where the value is the last group that took part. A row of the name table has the kind.
_STATEMENTS: Final[dict[str, tuple[str, ...]]] = {
    # snmpd.conf(5), snmpd.examples(5)
    "snmp": (
        rf"(?im)^[ \t]*+r[ow]community6?[ \t]++{_WORD}",
        rf"(?im)^[ \t]*+createuser[ \t]++(?:-e[ \t]++\S++[ \t]++)?\S++[ \t]++(?:MD5|SHA[\w-]*+)[ \t]++{_WORD}",
        rf"(?im)^[ \t]*+com2sec6?[ \t]++(?:-Cn[ \t]++\S++[ \t]++)?\S++[ \t]++\S++[ \t]++{_WORD}",
        rf"(?im)^[ \t]*+(?:trap2?sink|informsink)[ \t]++\S++[ \t]++{_WORD}",
        rf"(?im)^[ \t]*+trapcommunity[ \t]++{_WORD}",
    ),
    # the Kickstart and preseed references of Red Hat and Debian
    "kickstart": (
        rf"(?m)^[ \t]*+rootpw[ \t]++(?>(?:--(?!iscrypted|lock)\w++[ \t]++)*)(?!--){_WORD}",
        rf"(?m)^[ \t]*+(?:user|autopart|part|raid|logvol)[ \t][^\n]{{0,400}}?--(?:password|passphrase)[= ]{_WORD}",
    ),
    "preseed": (
        rf"(?m)^[ \t]*+\S++[ \t]++\S{{1,80}}(?:password|passphrase)(?:-again)?[ \t]++password[ \t]++{_WORD}",
        rf"(?m)^[ \t]*+\S++[ \t]++\S{{1,80}}/psk[ \t]++string[ \t]++{_WORD}",
    ),
    # HAProxy's configuration manual: userlists, stats
    "haproxy": (
        rf"(?m)[ \t]insecure-password[ \t]++{_WORD}",
        rf"(?m)^[ \t]*+stats[ \t]++auth[ \t]++[^\s:]{{1,80}}+:{_WORD}",
    ),
    # pppd(8): client, server, secret, addresses
    "ppp": (rf"(?m)^[ \t]*+(?!#)(?:\"[^\"\n]*+\"|\S++)[ \t]++(?:\"[^\"\n]*+\"|\S++)[ \t]++(?!@){_WORD}",),
    # ipsec.secrets(5)
    "ipsec": (rf"(?m)^[^#\n]{{0,200}}?:[ \t]*+(?:PSK|XAUTH|EAP|NTLM|PIN)[ \t]++{_WORD}",),
    # Postfix: SASL_README; exim's passwd.client
    "mail-relay": (r"(?m)^[ \t]*+(?!#)\S++(?:[ \t]++|:)[^\s:]{1,120}+:(\S{1,200}+)",),
    # BIND: the key statement
    "dns-key": (rf"(?i)(?<![\w-])secret[ \t]++{_WORD}",),
    # FreeRADIUS: clients.conf
    "radius": (rf"(?m)^[^#\n]*?(?<![\w-])(?:secret|shared_secret)[ \t]*+=[ \t]*+{_WORD}",),
    # Cisco IOS, Arista, Juniper: passwords of users and modes, communities, keys of protocols
    "router": (
        rf"(?m)^[ \t]*+enable[ \t]++(?:secret|password)[ \t]++(?:level[ \t]++\d++[ \t]++)?{_FORM}{_WORD}",
        rf"(?m)^[ \t]*+username[ \t]++\S++[ \t][^\n]{{0,80}}?(?:secret|password)[ \t]++{_FORM}{_WORD}",
        rf"(?m)^[ \t]*+snmp-server[ \t]++community[ \t]++{_WORD}",
        rf"(?m)^[ \t]*+(?:tacacs-server|radius-server)[ \t][^\n]{{0,80}}?key[ \t]++(?:\d[ \t]++)?{_WORD}",
        rf"(?m)^[ \t]*+(?:password|crypto[ \t]++isakmp[ \t]++key|pre-shared-key)[ \t]++{_FORM}{_WORD}",
        rf"(?m)[ \t](?:encrypted-password|plain-text-password-value)[ \t]++{_WORD}",
    ),
    # proxychains: type, host, port, user, password
    "proxy-login": (rf"(?m)^[ \t]*+(?:socks4|socks5|http|raw)[ \t]++\S++[ \t]++\d++[ \t]++\S++[ \t]++{_WORD}",),
    # PgBouncer: the authentication file
    "pgbouncer": (r"(?m)^[ \t]*+\"[^\"\n]{1,80}+\"[ \t]++\"([^\"\n]{1,300}+)\"",),
    # rsyncd.conf(5): the secrets file
    "rsync": (r"(?m)^[ \t]*+@?[\w.-]{1,80}+:(\S{1,200}+)",),
}


def statements(case: Case, row: SecretRow) -> None:
    """Confirm what the statements of the row's kind hold, unless it only stands for a secret."""
    for pattern in _STATEMENTS[row.kind]:
        for match in compiled(pattern).finditer(case.text):
            group = match.lastindex or 0
            value = match[group]
            if _is_given(value):
                severity = row.severity if placeholders.is_random(value) else min(row.severity, Strength.MEDIUM)
                case.confirm(row.kind, severity, value, match.start(group), f"a secret in a setting of {row.kind}")


def _is_given(value: str) -> bool:
    """Whether a value is one, and no variable and no path; hashes begin with a `$`, too."""
    if compiled(r"\$[A-Za-z_{(]|[<{%]").match(value):
        return False
    return placeholders.is_literal(value) and not placeholders.is_path(value)
