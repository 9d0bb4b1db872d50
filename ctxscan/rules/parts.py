"""An expression for paths, taken apart into what each component has to be, or written for Python's `re`.

Patterns of all grammars become expressions of `re2`. Most of them come apart at slashes, and the matcher compares a
name with a part instead of a path with an expression.
"""

import re
from typing import Final, Literal, NamedTuple

from .re2 import ANY, NOT_NEWLINE, NOT_SLASH, Alt, Assert, Cat, Chars, Repeat, Syntax, char


class Part(NamedTuple):
    """What one component of a path has to be.

    `literal`, `prefix` and `suffix` compare with `text`, `glob` is a regular expression for a whole name, `any` is any
    name; `dirs` is any number of components, none too, and `rest` at least one and all that follow. What a `glob`
    matches begins with one of `heads` and ends with one of `tails`, each all of one length, 0 if nothing is known.
    """

    kind: Literal["literal", "prefix", "suffix", "glob", "any", "dirs", "rest"]
    text: str = ""
    heads: tuple[str, ...] = ("",)
    tails: tuple[str, ...] = ("",)


#: No name is longer, so that there is no need to write out counts that ask for more.
MAX_CHARACTERS: Final = 1024

ANY_NAME: Final = Part("any")
DIRS: Final = Part("dirs")
REST: Final = Part("rest")

BEGIN: Final = Assert("begin")
END: Final = Assert("end")
SLASH: Final = char(47)
STAR: Final = Repeat(NOT_SLASH, 0, None)
#: What `**` is in a builder's expression, and in front of a slash: `.*`, which stops at a line end.
LINE: Final = Repeat(NOT_NEWLINE, 0, None)
ANY_DIRS: Final = Repeat(Cat((LINE, SLASH)), 0, 1)
#: What it is where line ends are ordinary characters.
ALL: Final = Repeat(ANY, 0, None)
ALL_DIRS: Final = Repeat(Cat((ALL, SLASH)), 0, 1)


def components(tree: Syntax) -> tuple[Part, ...] | None:
    """The parts of an expression for whole paths; None: it does not come apart at slashes."""
    if not isinstance(tree, Cat) or tree.items[0] != BEGIN or tree.items[-1] != END:
        return None
    items = tree.items[1:-1]
    parts: list[Part] = []
    name: list[Syntax] = []
    for at, item in enumerate(items):
        if item == SLASH:
            if not name:
                return None
            parts.append(name_part(name))
            name = []
        elif item in (ANY_DIRS, ALL_DIRS) and not name:
            parts.append(DIRS)
        elif item in (LINE, ALL) and not name and at == len(items) - 1:
            return (*parts, REST)
        elif item == STAR or _is_plain(item):
            name.append(item)
        elif isinstance(item, Repeat) and item.low == item.high and _is_plain(item.node):
            name += [item.node] * item.low
            if len(name) > MAX_CHARACTERS:
                return None
        else:
            return None
    return (*parts, name_part(name)) if name else None


def _is_plain(item: Syntax) -> bool:
    """Whether this is one character other than a slash."""
    return isinstance(item, Chars) and not item.holds(47) and not item.categories


def name_part(items: list[Syntax]) -> Part:
    """The part for a name that `items`, single characters and stars, match one after the other."""
    texts = [item.literal if isinstance(item, Chars) else None for item in items]
    stars = [item == STAR for item in items]
    if all(stars):
        return ANY_NAME
    if None not in texts:
        return Part("literal", "".join(filter(None, texts)))
    if stars[0] and None not in texts[1:]:
        return Part("suffix", "".join(filter(None, texts[1:])))
    if stars[-1] and None not in texts[:-1]:
        return Part("prefix", "".join(filter(None, texts[:-1])))
    # Between two stars the leftmost place is as good as any other, so what was found is never tried again: linear.
    pieces = [""]
    for item, star in zip(items, stars, strict=True):
        if star:
            pieces.append("")
        elif isinstance(item, Chars):
            pieces[-1] += python_class(item)
    first, *middle, last = (*pieces, "") if len(pieces) == 1 else pieces
    if len(pieces) > 1:
        first += "".join(f"(?>[^/]*?{piece})" for piece in middle if piece) + f"[^/]*{last}"
    tails = tuple(text[::-1] for text in _beginnings(items[::-1]))
    return Part("glob", first, _beginnings(items), tails)


def _beginnings(items: list[Syntax]) -> tuple[str, ...]:
    """The few texts with which all that `items` match begins."""
    found = [""]
    for item in items[:3]:
        if not isinstance(item, Chars) or item.negated or item.categories:
            break
        letters = [chr(code) for low, high in item.ranges for code in range(low, min(high, low + 16) + 1)]
        if len(found) * len(letters) > 16:
            break
        found = [text + letter for text in found for letter in letters]
    return tuple(found)


def python_class(chars: Chars) -> str:
    """One character of `chars`, in the syntax of `re`."""
    if (literal := chars.literal) is not None:
        return re.escape(literal)
    if chars == NOT_SLASH:
        return "[^/]"
    ranges = chars.ranges
    if chars.categories:
        ranges = tuple((code, code) for code in range(0x110000) if chars._replace(negated=False).holds(code))
    if not ranges:
        return r"[^\x00-\U0010ffff]" if not chars.negated else r"[\x00-\U0010ffff]"
    text = "".join(f"\\U{low:08x}-\\U{high:08x}" for low, high in ranges)
    return f"[{'^' * chars.negated}{text}]"


def python_expression(node: Syntax) -> str:
    """The same expression in the syntax of `re`."""
    if isinstance(node, Chars):
        return python_class(node)
    if isinstance(node, Cat):
        return "".join(map(python_expression, node.items))
    if isinstance(node, Alt):
        return "(?:" + "|".join(map(python_expression, node.items)) + ")"
    if isinstance(node, Repeat):
        return f"(?:{python_expression(node.node)}){{{node.low},{'' if node.high is None else node.high}}}"
    return {"begin": r"\A", "end": r"\Z", "word": r"(?a:\b)", "inside": r"(?a:\B)"}[node.kind]
