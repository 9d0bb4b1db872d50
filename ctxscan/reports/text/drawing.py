"""What the parts of the report are drawn with: names, figures, bars, columns.

Nothing here knows what is shown. Widths are in columns of a terminal, where a character takes none, one or two.
"""

import re
from typing import Final, NamedTuple, TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ...printable import shown
from ..digest import figures
from ..digest.figures import count
from ..formats import Look

#: How the sign and the word of a severity are drawn. They say it without color: yellow and cyan are faint on white.
STYLES: Final = {"error": ("bold red", "bold red"), "warning": ("bold yellow", "bold"), "note": ("bold cyan", "bold")}


_LINES: Final = 25


def console_for(out: TextIO, columns: int, look: Look) -> Console:
    """A console that writes to `out`, in color or not, and changes nothing of what it is given."""
    return Console(
        file=out,
        width=columns,
        height=_LINES,  # of no consequence, and looked up for each line where it is not given
        force_terminal=look.color,
        color_system="standard" if look.color else None,
        no_color=not look.color,
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=False,
        legacy_windows=False,
    )


class Signs(NamedTuple):
    """`full` is a whole column of a bar, `parts` its growing fractions, `pale` a column of what is not certain;
    `branch`, `last` and `trunk` draw a tree, `edge` stands beside quoted source."""

    full: str
    parts: str
    pale: str
    more: str
    arrow: str
    error: str
    warning: str
    note: str
    fine: str
    between: str
    branch: str
    last: str
    trunk: str
    edge: str


_UNICODE: Final = Signs("█", "▏▎▍▌▋▊▉", "░", "…", "→", "✗", "!", "·", "✓", " · ", "├─ ", "└─ ", "│  ", "│")
_ASCII: Final = Signs("#", "", ".", "...", "->", "x", "!", "-", "+", "; ", "|- ", "`- ", "|  ", "|")
#: Stands for a blank at which no line is broken. No name from a tree has it: it would be escaped.
GLUE: Final = "\ue000"
#: Around what is a link, while columns are counted.
LINK: Final = ("\ue001", "\ue002")
_INSTRUCTION: Final = re.compile(
    r"\b(ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|FROM|HEALTHCHECK|LABEL|RUN|SHELL|USER|VOLUME|WORKDIR) (?=\S)"
)
_DOT: Final = re.compile(r" (?=\.(?:[ ,;:)]|$))")
#: Our own signs, and what is written for them in ASCII.
_PLAIN: Final = (("…", "..."), ("→", "->"), ("·", "-"))


def signs(look: Look) -> Signs:
    return _UNICODE if look.unicode else _ASCII


# --- names ----------------------------------------------------------------------------------------------------------


def name(text: str, look: Look) -> str:
    """What comes from the tree or the Dockerfile, fit to be shown where this report goes."""
    text = shown(text)
    return text if look.unicode else text.encode("ascii", "backslashreplace").decode()


def prose(text: str, look: Look) -> str:
    """A message: what it quotes fit to be shown, our own signs in what the stream takes, and no line broken within
    `COPY . .` or in front of a lone dot."""
    if not look.unicode:
        for sign, plain in _PLAIN:
            text = text.replace(sign, plain)
    return _DOT.sub(GLUE, _INSTRUCTION.sub(rf"\1{GLUE}", name(text, look)))


#: So much of the name of a directory tells it from others.
_TELLING: Final = 10


def shortened(path: str, width: int, look: Look) -> str:
    """A name in at most `width` columns, without what tells least: directories in the middle, else its own middle. Of a
    file that lies in one of many directories alike, as a Dockerfile does, the nearest of them tells most."""
    if cell_len(path) <= width:
        return path
    more = signs(look).more
    first, *parts = path.split("/")
    for at in range(1, len(parts)):
        short = "/".join((first, more, *parts[at:]))
        if cell_len(short) > width:
            continue
        room = width - cell_len(f"{more}//{parts[-1]}")
        if at == len(parts) - 1 and at and room >= _TELLING:
            return f"{more}/{middle(parts[-2], room, look)}/{parts[-1]}"
        return short
    return middle(path, width, look)


def middle(text: str, width: int, look: Look) -> str:
    """The two ends of a text in at most `width` columns."""
    if cell_len(text) <= width:
        return text
    more = signs(look).more
    room = max(0, width - cell_len(more))
    start = _prefix(text, room // 2)
    return start + more + _suffix(text, room - cell_len(start))


def cut(text: str, width: int, look: Look) -> str:
    """Words in at most `width` columns, without the last ones."""
    if cell_len(text) <= width:
        return text
    more = signs(look).more
    short = _prefix(text, max(0, width - cell_len(more)))
    return (short.rpartition(" ")[0].rstrip(",;:") or short) + more


def _prefix(text: str, width: int) -> str:
    end = 0
    while end < len(text) and (width := width - cell_len(text[end])) >= 0:
        end += 1
    return text[:end]


def _suffix(text: str, width: int) -> str:
    start = len(text)
    while start and (width := width - cell_len(text[start - 1])) >= 0:
        start -= 1
    # A mark that combines with a letter that is cut off would stand on the sign for what is left out.
    while start < len(text) and not cell_len(text[start]):
        start += 1
    return text[start:]


# --- figures --------------------------------------------------------------------------------------------------------


def amount(size: int, look: Look) -> str:
    return figures.amount(size, exact=look.verbose)


def amount_cell(size: int, look: Look) -> str:
    """The same for a column, where the last digits stand below each other, and the units."""
    text = amount(size, look)
    return text + " " * (text.endswith(" B") and not look.verbose)


def files_cell(number: int) -> str:
    return count(number, "file") + " " * (number == 1)


def bar(share: float, width: int, look: Look, *, pale: bool = False) -> str:
    """At most `width` columns, and something for the smallest share."""
    used = signs(look)
    if share <= 0:
        return ""
    if pale or not used.parts:
        return (used.pale if pale else used.full) * max(1, round(share * width))
    steps = len(used.parts) + 1
    eighths = max(1, round(share * width * steps))
    return used.full * (eighths // steps) + used.parts[eighths % steps - 1 : eighths % steps]


def bar_width(look: Look) -> int:
    """A fifth of the width, or less."""
    return 32 if look.width >= 140 else 20 if look.width >= 100 else 12 if look.width >= 76 else 8


# --- lines ----------------------------------------------------------------------------------------------------------


def grid() -> Table:
    return Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))


def indented(text: Text | Table, depth: int = 2) -> Padding:
    return Padding(text, (0, 0, 0, depth))


def heading(title: str, remark: str = "") -> Text:
    return Text.assemble((title, "bold"), (f"  {remark}" if remark else "", "dim"))


def more(number: int, look: Look, remark: str = "") -> Text:
    """The line for what is not shown."""
    return Text(f"{signs(look).more} {number:,} more{remark} (-v shows all)", "dim")


def fix(remedy: str, look: Look) -> Text:
    """What to do about a finding."""
    return Text.assemble(("fix: ", "green"), prose(remedy, look))
