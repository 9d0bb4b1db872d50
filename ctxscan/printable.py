"""Names from a stranger's tree, made fit to be shown.

A file name may hold anything but a slash and a zero byte: terminal escapes, line ends, bytes that are not UTF-8. Every
message and every report passes names through here; a format adds its own escapes.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

#: Unicode White_Space, which Go trims; Python's `str.strip` takes four control characters more.
WHITE_SPACE: Final = (
    " \t\n\v\f\r\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)


#: Two colons within a word (`std::string`), which a line that is folded there begins with as well: no command of a
#: runner then; and all others. Source: the workflow commands of GitHub Actions.
_COLONS: Final = (
    r"(?ai)(?<=\w)::(?=\w)(?!(?:error|warning|notice|debug|group|endgroup|echo|stop|set|save|add|remove|internal)"
    r"(?![a-z_]))|(::)"
)


def shown(path: str) -> str:
    """`path` on one line: control and formatting characters and stray bytes as escapes, all else as it is;
    but for what a CI runner that reads the line would take for a command."""
    if not (path.isascii() and path.isprintable()):
        path = "".join(c if _plain(c) else _escape(c) for c in path)
    if "::" in path:
        path = re.sub(_COLONS, lambda found: r":\x3a" if found[1] else "::", path)
    return path.replace("##", r"#\x23") if "##" in path else path


def raw(path: str) -> bytes:
    """The bytes of a path as they are on disk."""
    return path.encode(errors="surrogateescape")


def text(path: str) -> str:
    """The path as Unicode text, U+FFFD for what is not UTF-8."""
    return path if path.isascii() else raw(path).decode(errors="replace")


def _plain(c: str) -> bool:
    # Cf: marks that turn the direction of what follows, joiners, tags; Z*: blanks that look like one or are none.
    return c == " " or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs")


def _escape(c: str) -> str:
    if "\udc80" <= c <= "\udcff":
        return f"\\x{ord(c) - 0xDC00:02x}"
    return c.encode("unicode_escape", "surrogatepass").decode()
