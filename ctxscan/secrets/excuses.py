"""What stands around a value and says that it is there to be seen: an example in a description, a name for a test, the
rules of a scanner for secrets and the lines that these are tried on.

Takes a text and a place in it. Nothing here looks at how random a value is. A comment by which another scanner is told
to pass a line over (`gitleaks:allow`) excuses nothing: a pull request could bring it along. A sentence that says why
everybody may know a value makes a note of it, which is seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate, takewhile
from typing import Final

from ..regex import compiled
from . import hosts
from .judgement import Strength

#: So much is looked at of the line before a value.
_LEFT: Final = 400
#: The start of a file tells what it is about.
_HEAD: Final = 1 << 16

#: The value is part of a text that is shown: of a description, of an example, of what a field says while it is empty.
_DESCRIBED: Final = (
    r"(?i)(?:\A|[\s{(,<.])[\"']?(?:placeholder|examples?|example_?values?|descriptions?|desc|help(?:_?text)?|hint|usage"
    r"|tooltip|summary|docs?|long|short)[\"']?[ \t]{0,4}(?::=|=>|[:=(])[ \t]{0,4}[\[({]{0,2}"
    r"(?:\[\]string\{|some\()?"
    r"[bruf]?(?:\"(?:[^\"\\\n]|\\.)*|'(?:[^'\\\n]|\\.)*|`[^`\n]*)\Z"
    r"|\A[ \t]*(?:- )?[\"']?(?:examples?|example_?values?|description|placeholder)[\"']?:[ \t]+[^\"'\n]*\Z"
)
#: The start of a text on a line of its own, and how the line above ends that gives it a name.
_OPENED: Final = r"[ \t]*[bruf]?[\"'`](?:(?:Bearer|Basic|Token) )?[^\s\"'`]*"
_GIVES: Final = ("=", "=>", ":", "(")
#: What a description has and a value has not: a command, a link or code in Markdown.
_WRITTEN: Final = r"```|\]\(https?://|<code>|\\`\Z"
#: The name that a value is given to.
_NAMED: Final = (
    r"([A-Za-z_][\w.-]{2,80})[\"'\])]{0,2}[ \t]{0,8}(?::[ \t]{0,4}&?[\w<>' \[\]]{1,24}[ \t]{0,4})?"
    r"(?::=|=>|->|[=:,(])[ \t]{0,8}"
    r"(?:[\w.:]{1,40}\()?[\[({]{0,3}[bruf@]?#?[\"'`]{0,3}(?:-----BEGIN )?\Z"
)
#: What a statement declares, whatever it is made of.
_DECLARED: Final = (
    r"[ \t]*(?:(?:export|private|protected|public|internal|static|final|implicit|lazy|readonly|override)[ \t]+){0,4}"
    r"(?:val|var|let|const|def|fn|static)[ \t]+(?:mut[ \t]+)?(\w{3,80})"
)
_WORDS: Final = r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+"
_FOR_TESTS: Final = frozenset(
    """
    test tests testing fake dummy mock mocks mocked fixture fixtures example examples sample samples stub stubs
    placeholder placeholders
    """.split()
)
#: What a program takes until it is given another one, which everybody has who has the program.
_DEFAULT: Final = r"(?:DEFAULT_|default_|default(?=[A-Z])|Default(?=[A-Z]))\w"
#: An attribute of a module, in Elixir.
_SET_ONCE: Final = r"@([a-z]\w{2,80})[ \t]{1,4}[\"']\Z"
#: Jenkins looks a secret up by its id: `credentials('4f0c…')`, `credentialsId: 'shop'`.
_LOOKED_UP: Final = r"\bcredentials(?:\(|Id[\"']?[ \t]{0,4}[:=])[ \t]{0,4}[\"']\Z"
_PIPELINES: Final = ("jenkinsfile", ".groovy", ".jenkins", ".jenkinsfile")
#: What a test file of a scanner for secrets says above each line that has to be found.
_TRIED: Final = r"(?:#|//|/\*|<!--|--|;)[ \t]{0,4}(?:todo)?ruleid: ?[\w.-]"
#: A play of Ansible for a machine that is there to try it.
_PLAYED: Final = r"(?m)^-?[ ]{1,2}hosts:[ ]*[\"']?test(?:[_-]?(?:hosts?|servers?|ing))?[\"']?[ ]*$"
_REMARK: Final = r"[ \t]*(?:#(?!define|!)|//|\*|--|;|%(?![\w~])|(?i:@?rem[ \t])|::)"
_CODE: Final = frozenset(
    """
    py pyi rb js mjs cjs ts mts cts tsx jsx vue svelte go rs java kt kts scala groovy c h cc cpp hpp cs fs php ex exs
    hs erl rbi swift m dart lua pl pm r jl sol zig nim cr clj sh bash sql
    bat cmd ps1 http rest
    """.split()
)


#: What pages are made of, and what stands in one as it is.
COMPONENTS: Final = (".vue", ".svelte", ".jsx", ".tsx", ".astro")
_ELEMENTS: Final = (*COMPONENTS, ".html")
_VALUE: Final = r"[\w.~+/=-]{8,200}"


def is_shown(text: str, start: int) -> bool:
    """Whether an element of the page shows the same value to whoever looks at it."""
    value = compiled(_VALUE).match(text, start)
    return value is not None and re.search(rf">\s{{0,40}}{re.escape(value[0])}\s{{0,40}}<", text) is not None


def most(name: str, text: str, start: int, *, issued: bool) -> Strength | None:
    """What a value at a place in a text weighs at the most, None: nothing excuses it. `name` is that of the file,
    `issued`: a service has given it out, and no comment makes it an example."""
    line = text.rfind("\n", max(0, start - _LEFT), start) + 1 or max(0, start - _LEFT)
    left = text[line:start]
    # What is written over several lines has its name above.
    blank = not left.strip(" \t\"'`bruf")
    if line and (blank or compiled(_OPENED).fullmatch(left)):
        start_above = text.rfind("\n", max(0, line - 1 - _LEFT), line - 1) + 1
        above = text[start_above : line - 1].rstrip()
        if blank or above.endswith(_GIVES):
            left = above + left.lstrip()
    if compiled(_DESCRIBED).search(left) or compiled(_WRITTEN).search(left):
        return Strength.LOW
    if name.endswith(_PIPELINES) and compiled(_LOOKED_UP).search(left):
        return Strength.LOW
    if name.endswith(".rs") and is_in_test_module(text, start):
        return Strength.LOW
    code = name[name.rfind(".") + 1 :] in _CODE
    if code and is_among_cases(text, start):
        return Strength.LOW
    if (
        code
        and not issued
        and (is_in_function_for_tests(text, start) or compiled(_ON_TRIAL).search(text, max(0, line - _LEFT), line))
    ):
        return Strength.LOW
    if is_in_example(text, start) or ((code or name.endswith(PAGES)) and is_in_listing(text, start)):
        # A bracket far above is easily left open: what a service has given out still needs a look.
        return Strength.MEDIUM if issued and not is_asked_here(text, line, start) else Strength.LOW
    if (named := compiled(_NAMED).search(left)) and _is_for_tests(named[1]):
        return Strength.LOW if code else Strength.MEDIUM
    set_ = named or compiled(_SET_ONCE).search(left)
    if code and not issued and set_ and compiled(_DEFAULT).match(set_[1]):
        return Strength.LOW
    if code and not issued and (compiled(_REMARK).match(left) or is_in_block_comment(text, start)):
        return Strength.LOW
    if not issued and is_made_for_tests(text, line, start):
        return Strength.LOW
    if not issued and is_said_to_be_public(text, line, start):
        return Strength.LOW
    if not issued and name.endswith(_ELEMENTS) and is_shown(text, start):
        return Strength.LOW
    sessions = not issued and name.endswith((".yaml", ".yml")) and compiled(_OF_SESSIONS).search(left)
    if sessions and is_for_development(text, line):
        return Strength.LOW
    if code and (declared := compiled(_DECLARED).match(left)) and _is_for_tests(declared[1]):
        return Strength.LOW
    if not issued and name.endswith((".py", ".pyi")) and is_in_docstring(text, start):
        return Strength.LOW
    if not issued and left.lstrip().startswith("|") and name.endswith(_MARGINED) and is_in_margined(text, line):
        return Strength.LOW
    if code and is_in_told_text(name, text, start):
        return Strength.MEDIUM if issued else Strength.LOW
    if not issued and name.endswith((".yaml", ".yml")) and is_beside_examples(text, line):
        return Strength.LOW
    if name.endswith((".yaml", ".yml")) and is_below_example(text, line):
        return Strength.MEDIUM if issued else Strength.LOW
    if name.endswith(".sql") and not issued and makes_accounts_for_developers(text):
        return Strength.LOW
    if not code and not issued and is_for_a_service_beside(text, line):
        return Strength.LOW
    if not code and is_in_example_comment(text, line):
        return Strength.MEDIUM if issued else Strength.LOW
    if (code or name.endswith((".yaml", ".yml"))) and "```" in text and is_in_fence(text, line):
        return Strength.MEDIUM if issued else Strength.LOW
    if not issued and name.endswith(".json") and compiled(_ANSWERED).search(left) and "getpostman.com" in text[:_HEAD]:
        return Strength.LOW
    if not issued and _is_of_nobody(text, start):
        return Strength.LOW
    if not issued and name.endswith(_REQUESTS) and is_requested_here(text, start):
        return Strength.LOW
    if name.endswith((".yml", ".yaml")) and compiled(_PLAYED).search(text, 0, _HEAD):
        return Strength.MEDIUM if issued else Strength.LOW
    if compiled(_TRIED).search(text, 0, _HEAD) or (not issued and is_for_one_machine(text, start)):
        return Strength.LOW
    if (code or name.endswith(_RULES)) and _is_scanner(text):
        return Strength.LOW
    if code and _is_looked_for(text, text[start : start + 4]):
        return Strength.LOW
    if named and "secure" in text and _is_sealed(text, named[1]):
        return Strength.LOW
    if not issued and (is_asserted(text, start) if code else name.endswith(".json") and is_form(text, start)):
        return Strength.LOW
    if code and not issued and is_below_guard_for_tests(text, line, start):
        return Strength.LOW
    return Strength.MEDIUM if not issued and (is_asked_here(text, line, start) or is_run_locally(text)) else None


#: What people say of a value that others have made public, or that everybody sees who looks.
_PUBLIC: Final = (
    r"(?i)\balso hard-?coded\b|\bhard-?coded (?:also|as well|in(?:to)? (?:the )?(?:official|upstream|original))\b"
    r"|\b(?:not|isn'?t|nothing|no) (?:really |actually |considered |an? )*(?:secret|confidential|sensitive)\b"
    r"|\bpublic (?:api |access |client )?(?:key|token) only\b|\bpublic (?:api|access|client) (?:key|token)\b"
    r"|\bnot an? (?:valid|real|actual) (?:private |api |access )?(?:key|secret|token|password|credential)s?\b"
    r"|\b(?:our|the) public (?:one|default)\b|\bit'?s safe here\b"
    r"|\bpublicly (?:known|available|documented|visible)\b"
    r"|\bsafe to (?:be )?(?:commit(?:ted)?|exposed?|publish(?:ed)?|shared?|public)\b"
    r"|\b(?:push|upload)-only (?:api )?(?:key|token)\b"
    r"|\b(?:extract|scrap|tak|found|copi|sniff)(?:ed|en|e|ing|s)?\b[^.\n]{0,80}?\b(?:from|on|in) "
    r"(?:the|their|its|an?) (?:\w+ ){0,2}(?:web ?site|web ?page|web (?:app|client|player)|front-?end|apk|bundle)\b"
)
#: The comment that ends a line, behind what it sets.
_BESIDE: Final = r"[^\n]{8,300}?[\s;,](?:#|//)[ \t]*([^\n]{8,200})"
#: How a text of Python begins that says what the name above it is.
_SAID_BELOW: Final = r"[^\n]*\n[ \t]*(?:\"{3}|'{3})([^\"']{0,300})"


def is_said_to_be_public(text: str, line: int, at: int) -> bool:
    """Whether the comments right above a line, the one that ends it, or the text right below, say that everybody may
    know what it sets."""
    above = text[max(0, line - _LEFT) : line].rpartition("\n\n")[2].split("\n")
    said = [each for each in above if compiled(_REMARK).match(each)]
    if (beside := compiled(_BESIDE).match(text, at)) is not None:
        said.append(beside[1])
    below = compiled(_SAID_BELOW).match(text, at)
    return compiled(_PUBLIC).search("\n".join((*said, below[1] if below else ""))) is not None


#: What a framework signs sessions with.
_OF_SESSIONS: Final = r"(?i)secret_?key_?base|secret_?token|salt"
#: What settings have for each place where a program runs, with the name by which others take it up.
_SECTION: Final = r"(?m)^([\w-]+):(?:[ \t]*&([\w-]+))?"
_WORKPLACES: Final = frozenset(("development", "test"))


def is_for_development(text: str, line: int) -> bool:
    """Whether a line of YAML is in the section for development or tests, beside one for production, or in one that
    none but these take up."""
    sections = [*compiled(_SECTION).finditer(text, 0, _HEAD)]
    own = next((each for each in reversed(sections) if each.start() <= line), None)
    if own is None or "production" not in [each[1] for each in sections]:
        return False
    if own[2] is None or own[1] in _WORKPLACES:
        return own[1] in _WORKPLACES
    ends = [*(each.start() for each in sections[1:]), len(text)]
    taking = {one[1] for one, end in zip(sections, ends, strict=True) if f"*{own[2]}\n" in text[one.start() : end]}
    return bool(taking) and taking <= _WORKPLACES


#: What opens an example in a description of an interface.
_EXAMPLE: Final = (
    r"(?i)(?:(?<![a-z])examples?|example_?values?|openapi_examples|(?:json_)?schema_extra|openapi_extra)[\"']?"
    r"[ \t]{0,4}(?::|=|=>)[ \t]{0,4}%?[\[{(]"
)
#: The line above names it, as what a description is made of in a call; an object below such words, in a text.
_EXAMPLE_ABOVE: Final = r"(?m)^[ \t]*\"examples?\"(?:\.(?:to_string|to_owned|into)\(\))?,[ \t]*\n[^\n]*\Z"
_ANSWER: Final = r"(?i)example(?: (?:response|request|payload|output|body))?:[\s\\n]{0,8}\{[^{}]{0,600}\Z"
#: A statement that is written to be read, with a text in it that has quotes of its own.
_QUOTED: Final = r"\\+\"[\w.-]{1,60}\\+\"[ \t]{0,4}:[ \t]{0,4}\\+\"[^\"\n]{0,400}\Z"
_SAID: Final = (
    r"(?i)@(?:Api|Operation|Schema|Parameter|ExampleObject)|description|example|markdown|\bnotes\b|openapi|swagger"
)
#: What was asked or answered, within a text of JSON.
_ANSWERED: Final = r"\\\"[\w.-]{1,60}\\\"[ \t]{0,4}:[ \t]{0,4}\\\"\Z"
#: So much is looked at of what is before a value.
_BEFORE: Final = 3000
PAGES: Final = (".php", ".twig", ".erb", ".vue", ".svelte", ".cshtml", ".ejs", ".hbs", ".jsp", ".jsx", ".tsx", ".njk")


def is_in_example(text: str, at: int) -> bool:
    """Whether a place is inside the brackets of an example, or in a text with quotes of its own in a statement that
    describes something."""
    least = max(0, at - _BEFORE)
    before = text[least:at]
    opened = [each.end() for each in compiled(_EXAMPLE).finditer(before) if not _is_remark(before, each.start())]
    if opened:
        inside = before[opened[-1] - 1 :]
        if sum(map(inside.count, "[{(")) > sum(map(inside.count, "]})")):
            return True
    if compiled(_EXAMPLE_ABOVE).search(before):
        return True
    if compiled(_QUOTED).search(before[-500:]) is None:
        return False
    if compiled(_ANSWER).search(before):
        return True
    # Statements of such texts have many lines, all but the last of which go on.
    ends = [before.rfind(f"{sign}\n") for sign in (";", "}", "{")]
    return compiled(_SAID).search(before, max(0, *ends)) is not None or text.count("DESCRIPTION", 0, _HEAD) > 9


#: What begins a module of Rust that is compiled for tests alone.
_TEST_MODULE: Final = (
    r"(?m)^([ \t]*)#\[cfg\((?:test\)|all\(test\b[^\n]*)\][ \t]*\n(?:[ \t]*(?:#\[|//)[^\n]*\n){0,8}\1"
    r"(?:pub(?:\([a-z]+\))? )?mod \w+ \{"
)


def is_in_test_module(text: str, at: int) -> bool:
    """Whether a place in a file of Rust is in a module for tests, which ends with a brace as deep as it began."""
    if "#[cfg(" not in text:
        return False
    module = compiled(_TEST_MODULE).search(text, 0, at)
    while module is not None:
        closed = text.find(f"\n{module[1]}}}", module.end() - 1, at)
        if closed < 0:
            # Nor may a brace elsewhere have closed it, or all of it be a comment. One that begins a line ends there.
            inside = text[module.end() : at]
            opened = _is_open(inside) and (not module[1] or len(inside) < _HEAD)
            return opened and not is_in_block_comment(text, module.start())
        module = compiled(_TEST_MODULE).search(text, closed, at)
    return False


def _is_open(text: str) -> bool:
    """Whether a brace before a text is still open at its end, as far as so long a text is looked at."""
    depths = accumulate(1 if brace == "{" else -1 for brace in compiled(r"[{}]").findall(text, 0, _HEAD))
    return min(depths, default=0) >= 0


#: The line above asks whether the program runs in a test, or where somebody works on it.
_ON_TRIAL: Final = (
    r"[ \t]*if[ (](?=[^\n]{0,120}(?:Rails\.env|RACK_ENV|NODE_ENV|APP_ENV|MIX_ENV))"
    r"(?![^\n]{0,120}(?:production|!=|!==|unless|not[ ]))[^\n]{0,120}\b(?:test|development)\b[^\n]{0,80}\n\Z"
)
#: What begins a function, with its name: where a line begins, so that the last one is what a place is in.
_FUNCTION: Final = (
    r"(?m)^[ \t]*"
    r"(?:(?:pub(?:\([a-z]+\))?|async|export|default|static|public|private|protected|internal|const|unsafe)[ ]){0,4}"
    r"(?:fn|def|func|function|fun)[ ](?:\([^()\n]{0,60}\)[ ])?(\w{1,80})"
)
_TRYING: Final = (
    r"test|\w+_for_(?:tests?|testing)|\w+ForTest(?:s|ing)?"
    r"|(?:\w+_)?(?:mock|fake|dummy|sample|seed)(?:_\w+)?|(?:\w*[a-z])?(?:Mock|Fake|Dummy|Sample|Seed)(?:[A-Z]\w*)?"
    r"|(?:mock|fake|dummy|sample|seed)[A-Z]\w*"
)


def is_made_for_tests(text: str, line: int, at: int) -> bool:
    """Whether the comment right above a line, or the one that ends it behind `at`, says that the value was made up for
    tests, or the one above all lines of its paragraph that these are for tests alone."""
    if (beside := compiled(_BESIDE).match(text, at)) and compiled(_MADE_UP_HERE).search(beside[1]):
        return True
    if "PreviewProps" in text and is_previewed(text, at):
        return True
    above = text[max(0, line - _LEFT) : line].split("\n")[:-1]
    if any(compiled(_REMARK).match(each) and compiled(_MADE_FOR_TESTS).search(each) for each in above[-1:]):
        return True
    paragraph = takewhile(str.strip, reversed(above))
    remarks = (each for each in paragraph if compiled(_REMARK).match(each))
    return any(compiled(_ONLY_FOR_TESTS).search(each) for each in remarks)


def is_previewed(text: str, at: int) -> bool:
    """Whether a place is in what a component is given where somebody looks at how it will be, as React Email has it."""
    begun: list[str] = compiled(r"(?m)^[^\s})\]][^\n]{0,200}").findall(text, max(0, at - 4 * _BEFORE), at)
    return bool(begun) and ".PreviewProps" in begun[-1]


#: What stands behind a value that was made up.
_MADE_UP_HERE: Final = r"(?i)\A(?:(?:noqa|nosec)[: ]+)?(?:a )?(?:dummy|fake|mock(?:ed)?|made[- ]up)\b"
_ONLY_FOR_TESTS: Final = (
    r"(?i)\btests?[- ]only (?:values?|keys?|secrets?|credentials?|passwords?|tokens?)\b"
    r"|\b(?:never|not|don'?t) (?:be )?used? (?:(?:this|these|them|it) )?(?:in|for) prod"
    r"|\b(?:defaults?|values|props)\b[^\n]{0,40}? only (?:used )?(?:for|in) (?:the |an? )?"
    r"(?:tests?|testing|e-?mail|previews?)\b"
)
_MADE_FOR_TESTS: Final = (
    r"(?i)(?=[^\n]*\b(?:generated|random|made.?up|dummy|fake|throw-?away|not (?:a )?real)\b)"
    r"[^\n]*\b(?:(?:for|in) (?:use in )?(?:unit |integration |the |our )?tests?|testing only|test key)\b"
)


def is_in_function_for_tests(text: str, at: int) -> bool:
    """Whether the function that begins last before a place says by its name that it makes what tests use."""
    begun: list[str] = compiled(_FUNCTION).findall(text, max(0, at - 2 * _BEFORE), at)
    return bool(begun) and compiled(_TRYING).fullmatch(begun[-1]) is not None


def is_below_guard_for_tests(text: str, line: int, at: int) -> bool:
    """Whether a line is only reached where a condition above it says that tests are running, by how far in both are."""
    deep = len(text[line:at]) - len(text[line:at].lstrip(" \t"))
    for above in reversed(text[max(0, line - _BEFORE) : line].split("\n")):
        bare = above.lstrip(" \t")
        if not bare or bare[0] in "#/)]}" or len(above) - len(bare) >= deep:
            continue
        deep = len(above) - len(bare)
        if compiled(_GUARD).match(bare) is not None and compiled(_NEGATED).search(bare) is None:
            return True
        if not deep:
            return False
    return False


_GUARD: Final = (
    r"(?:\}[ ]?)?(?:el(?:se )?)?if\b[^\n]{0,80}?(?:(?<![A-Za-z])(?:IN_|IS_|is_|in_|under_)?(?:TEST(?:S|ING|_MODE|_ENV)?"
    r"|(?<=_)tests?|testing|PYTEST\w*)(?![A-Za-z])|[\"']test(?:ing)?[\"']|pytest|env\.test\?)"
)
_NEGATED: Final = r"\bnot\b|!(?!==?[ ]?[\"']prod)|\bunless\b"
#: A list or a map that is open where a line begins, or anything else there.
_AT_MARGIN: Final = (
    r"(?m)^(?:(?:export |const |let |var |static ){0,3}(\w{3,80})(?:[ ]?:[^=\n]{1,60})?[ ]:?="
    r"[^\n]{0,200}[\[{(][ \t\r]*$"
    r"|(?![ \t\])}#\n])\S)"
)


def is_among_cases(text: str, at: int) -> bool:
    """Whether a place is in a list at the margin that is called after tests: what stands at the margin last before it
    opens that."""
    begun: list[str] = compiled(_AT_MARGIN).findall(text, max(0, at - 4 * _BEFORE), at)
    if begun and _is_for_tests(begun[-1]):
        return True
    # Deeper in a program, one whose brackets are still open.
    for each in compiled(_OPENING).finditer(text, max(0, at - _BEFORE), at):
        inside = text[each.end() - 1 : at]
        if _is_for_tests(each[1]) and sum(map(inside.count, "[{")) > sum(map(inside.count, "]}")):
            return True
    return False


#: A list or a map that a statement makes on the lines below.
_OPENING: Final = r"(?m)(?<!\w)(?:const|let|var|val)[ ](\w{3,80})(?:[ ]?:[^=\n]{1,60})?[ ]?=[ ]?[\[{](?=[ \t\r]*$)"


#: What a value is compared with by a test, and what begins that.
_EQUALS: Final = r"[!=]==?[ \t]{0,4}[\"'`]\Z"
_ASSERTING: Final = r"\b(?:assert|expect)(?:[A-Z_]\w{0,40})?\("


def is_asserted(text: str, at: int) -> bool:
    """Whether a value is compared with another one inside the brackets of an assertion, however many lines it has."""
    before = text[max(0, at - _BEFORE) : at]
    if compiled(_EQUALS).search(before) is None:
        return False
    begun = [each.end() for each in compiled(_ASSERTING).finditer(before)]
    inside = before[begun[-1] - 1 :] if begun else ""
    return inside.count("(") > inside.count(")")


#: A name of JSON, and a text of several settings that begins behind it.
_FORM: Final = r"[ \t]*(\"[\w-]{2,40}\"):[ \t]*\"[^\"\n]*\Z"
_MANY_FORMS: Final = 8


def is_form(text: str, at: int) -> bool:
    """Whether a value is in a text that lists settings to be filled in, one of many of one name: what forms of a
    program begin with."""
    line = text.rfind("\n", max(0, at - _BEFORE), at) + 1
    found = compiled(_FORM).match(text, line, at)
    if found is None or compiled(r"\w[ ]?=").search(text, found.end(1), at + 80) is None:
        return False
    return text.count(f"{found[1]}:") >= _MANY_FORMS


def is_in_listing(text: str, at: int) -> bool:
    """Whether a place in a page is between the marks of what is shown as it is."""
    marks = compiled(r"<(/?)(pre|code)[\s>]").findall(text, max(0, at - 2 * _BEFORE), at)
    last = {mark: closing for closing, mark in marks}
    return "" in last.values()


def is_in_docstring(text: str, at: int) -> bool:
    """Whether a place in a file of Python is in a string of several lines that nothing takes, which describes what it
    stands in."""
    for mark in ('"""', "'''"):
        opened = text.rfind(mark, 0, at)
        if opened >= 0 and text.count(mark, 0, at) % 2:
            line = text[text.rfind("\n", 0, opened) + 1 : opened].strip()
            # A call or a list that is open above takes it.
            above = text[max(0, opened - 200) : opened].rstrip(" \t\nrbuRBU")
            return line in ("", "r", "u") and above[-1:] not in ("(", ",", "=", "[", "+", "\\")
    return False


#: How a text over several lines begins that a program shows to people, and what is written above what it shows there.
_TELLS: Final = (
    r"(?i)(?:\A|[\s{(,<.])[\"']?(?:long|short|examples?|usage|help(?:_?text)?|descriptions?|desc|docs?|epilog|summary)[\"']?"
    r"[ \t]{0,4}(?::=|=>|[:=(])[ \t]{0,4}(?:[\w.]{1,40}\()?[bruf]?\Z"
)
_SHOWS: Final = r"(?im)^[ \t]*(?:#|//)?[ \t]*(?:for )?examples?(?: [a-z]{1,20}){0,4}[ \t]*:[ \t]*$"
_BACKTICKS: Final = (".go", ".js", ".mjs", ".cjs", ".ts", ".mts", ".tsx", ".jsx", ".vue")
_TRIPLED: Final = (".py", ".pyi", ".scala", ".kt", ".kts", ".java", ".groovy", ".swift", ".dart", ".ex", ".exs", ".cs")


def is_in_told_text(name: str, text: str, at: int) -> bool:
    """Whether a place in a program is in a text over several lines that describes something, or below an `Example:` in
    any such text."""
    marks = ("`",) if name.endswith(_BACKTICKS) else ('"""', "'''") if name.endswith(_TRIPLED) else ()
    for mark in marks:
        opened = text.rfind(mark, 0, at)
        if opened >= 0 and "\n" in text[opened:at] and text.count(mark, 0, at) % 2:
            head = text[text.rfind("\n", 0, opened) + 1 : opened][-_LEFT:]
            shown = compiled(_SHOWS).search(text, max(opened, at - _BEFORE), at)
            return compiled(_TELLS).search(head) is not None or shown is not None
    return False


#: A comment of which the setting is a part, and that it is there to be seen.
_SHOWN: Final = r"(?i)(?<![a-z])(?:examples?|e\.g\.|sample)(?![a-z])"
_SET: Final = r"[ \t]*#[# \t]*(?:- )?[\"']?[\w.-]{2,80}[\"']?[ \t]{0,8}[:=]"


def is_in_example_comment(text: str, line: int) -> bool:
    """Whether a line that a comment sets has in the comment around it, above, that this is an example."""
    if compiled(_SET).match(text, line) is None:
        return False
    for above in reversed(text[max(0, line - _BEFORE) : line].split("\n")[:-1]):
        if not above.lstrip().startswith("#"):
            return False
        if compiled(_SHOWN).search(above) and compiled(_SET + r"[ \t]*\S").match(above) is None:
            return True
    return False


#: A user of a database who is made, and his password.
_MADE_USER: Final = (
    r"(?i)\bcreate user (?:if not exists )?[\"'`]?([\w-]{1,60})[\"'`]?(?:@\S{1,60})? identified by '([^'\n]{1,100})'"
)


def makes_accounts_for_developers(text: str) -> bool:
    """Whether every password that a script of SQL gives a user is the name of that user."""
    made = compiled(_MADE_USER).findall(text, 0, _HEAD)
    return bool(made) and all(user == password for user, password in made)


#: Where a client gets a token for its secret.
_ASKS_FOR_TOKENS: Final = (
    r"(?i)[ \t\"'-]*(?:token|auth|issuer)_?(?:url|uri|endpoint)[\"']?[ \t]*[:=][ \t\"']*https?://([\w.-]+)"
)


def is_for_a_service_beside(text: str, line: int) -> bool:
    """Whether the lines right below, or above, say that a secret is for a service on the same network."""
    above = text[max(0, line - _LEFT) : line].splitlines()[-3:]
    below = text[line : line + 2 * _LEFT].splitlines()[1:4]
    found = (compiled(_ASKS_FOR_TOKENS).match(each) for each in (*above, *below))
    asked = [each[1] for each in found if each is not None]
    return bool(asked) and all(map(hosts.is_near, asked))


#: How a setting begins, in a comment too, and where it leads to.
_MARGIN: Final = r"[ \t]*#?[ \t]*"
_LEADS_TO: Final = r"[\w.-]{1,80}:[ ]{1,4}[\"']?[a-z]{2,8}://([\w.-]+)"
#: So many lines before and behind one are looked at.
_NEXT: Final = 16


def is_beside_examples(text: str, line: int) -> bool:
    """Whether all addresses among the settings of YAML beside a line, as deep as it, are of names that nobody has
    (RFC 2606), and the name that the line sets is of nothing else: `chartmogul_key` opens what is elsewhere."""
    margin = compiled(_MARGIN).match(text, line)
    deep = margin[0] if margin is not None else ""
    before = text[max(0, line - _BEFORE) : line].split("\n")[-2 : -_NEXT - 2 : -1]
    behind = text[line : line + _BEFORE].split("\n")[:_NEXT]
    found: list[re.Match[str]] = []
    for lines in (before, behind):
        for each in lines:
            bare = each.removeprefix(deep)
            if bare == each and deep and not each.lstrip().startswith("#"):
                break
            if (leading := compiled(_LEADS_TO).match(bare)) is not None:
                found.append(leading)
    if not found or not all(compiled(_NOBODYS).fullmatch(each[1]) for each in found):
        return False
    name = compiled(_SETS).match(text, line)
    proper = {word.lower() for word in compiled(_WORDS).findall(name[1] if name is not None else "")} - _COMMON
    beside = "\n".join(each[0].lower() for each in found)
    return not proper or any(word in beside for word in proper)


#: The name that a line of YAML sets, and words in such names that say nothing of whose the value is.
_SETS: Final = r"[ \t]*#?[ \t]*(?:- )?[\"']?([\w.-]{2,80})[\"']?:"
_COMMON: Final = frozenset(
    """
    access account admin api app application auth authorization aws base basic bearer bucket client code cookie
    credential credentials csrf database db default deploy email encryption form hash hmac hook http id internal jwt
    key keys ldap license login macaroon mail master my mysql o oauth oidc org pass passphrase password postgres
    private provider public pwd redis refresh registration rest root s saml salt secret secrets server service
    session shared sign signing smtp sso storage tls token tokens turn user value web webhook
    """.split()
)
_NOBODYS: Final = r"(?:[\w-]+\.)*(?:example\.(?:com|org|net)|example|invalid)"


def is_below_example(text: str, line: int) -> bool:
    """Whether a line of YAML is in what an `example:` has below it, told by how far lines are indented."""
    if "xample" not in text:
        return False
    own = compiled(_INDENT).match(text, line)
    depth = len(own[0]) if own is not None else 0
    for above in reversed(text[max(0, line - _DEEP) : line].split("\n")[:-1]):
        bare = above.lstrip(" ")
        indent = len(above) - len(bare)
        if not depth:
            return False
        if indent < depth and bare and not bare.startswith("#"):
            if compiled(_EXAMPLES).match(bare):
                return True
            depth = indent
    return False


_INDENT: Final = r"[ ]*"
_EXAMPLES: Final = r"(?:- )?[\"']?(?:examples?|x-examples?|example_?values?)[\"']?:[ \t]*(?:[|>][+-]?)?[ \t\r]*\Z"
#: So far above a line what it is a part of may begin.
_DEEP: Final = 1 << 16


def is_in_fence(text: str, line: int) -> bool:
    """Whether a line is between fences of Markdown, in a text that a program shows."""
    fences = compiled(r"(?m)^[ \t]*(?:[#*|]|//)?[ \t]*```([\w-]*)[ \t]*$").findall(text[max(0, line - _BEFORE) : line])
    # One that names a language opens a listing.
    return bool(fences) and (bool(fences[-1]) or len(fences) % 2 == 1)


#: Languages in which a text over several lines may have a margin of bars.
_MARGINED: Final = (".scala", ".kt", ".kts", ".sc", ".groovy")
#: What a text has that is written to be read, line by line: a sentence, a request, a word for what follows.
_PROSE: Final = (
    r"[ \t]*\|[ \t]*(?:(?:GET|POST|PUT|DELETE|PATCH)[ ]+/|HTTP/[\d.]+[ ]\d|```|curl[ ]|[^|\n]{0,40}?(?i:examples?)[ :]"
    r"|[^|\n]{0,40}?[A-Za-z]{2,20}[,]?(?:[ ][a-z]{1,20}[,.]?){4})"
)


def is_in_margined(text: str, line: int) -> bool:
    """Whether the text with a margin of bars in which a line begins is written to be read."""
    lines = text[max(0, line - _BEFORE) : line].split("\n")[:-1]
    for above in reversed(lines):
        if not above.lstrip().startswith("|"):
            return False
        if compiled(_PROSE).match(above):
            return True
    return False


#: A program that sends a request, and where to.
_REQUEST: Final = r"(?<![\w.-])(?:curl|wget|httpie|https?(?= [A-Z]{3,6} )|grpcurl|websocat)[ \t]"
_ADDRESSED: Final = r"(?<![=:%])(?:https?|wss?)://(?:[^\s/@\"']{0,200}@)?(\[[0-9a-f:]+\]|[\w.-]+|\$)"


def is_asked_here(text: str, line: int, at: int) -> bool:
    """Whether a place is in a command that sends a request to this machine and to nowhere else. `line` is where its
    line begins; one that ends in a backslash goes on in the next one."""
    start, end = line, text.find("\n", at)
    while start > 0 and text.endswith(("\\\n", "\\\r\n"), 0, start) and at - start < _COMMAND:
        start = text.rfind("\n", 0, start - 1) + 1
    while 0 <= end < at + _COMMAND and text.endswith(("\\", "\\\r"), 0, end):
        end = text.find("\n", end + 1)
    command = text[start : end if 0 <= end < at + _COMMAND else at + _COMMAND]
    if not compiled(_REQUEST).search(command):
        return False
    asked: list[str] = compiled(_ADDRESSED).findall(command)
    return bool(asked) and all(map(hosts.is_here, asked))


#: So much of a command is looked at, before a value and behind it.
_COMMAND: Final = 1200


#: The account of a mail server that gives one to anybody, and delivers nothing; one that nobody has.
_ANYBODY: Final = (
    r"(?i)user(?:_?name|_?id)?[\"']?[ \t]{0,8}(?:=>|[:=,])[ \t]{0,8}[\"']?"
    r"(?:[\w.+-]{1,60}@(?:ethereal\.email|example\.(?:com|org|net))|(?:example|your[\w.-]{0,20})@[\w.-]{1,60})(?![\w.-])"
)


def _is_of_nobody(text: str, at: int) -> bool:
    """Whether what stands beside a value logs in where anybody gets an account to try things with."""
    found = compiled(_ANYBODY).search(text, max(0, at - 300), at + 300) if "@" in text else None
    return found is not None and not _is_remark(text, found.start())


#: Files of requests, which an editor sends one by one; what parts them, and the first line of each.
_REQUESTS: Final = (".http", ".rest", ".bru")
_PARTED: Final = "\n###"
_ASKED: Final = r"(?m)^(?:(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)[ ]+|[ \t]+url:[ ])?(\{\{ ?([\w.-]+) ?\}\}|https?://\S+|localhost:\S+)"


def is_requested_here(text: str, at: int) -> bool:
    """Whether a place in a file of requests is in one to this machine, or, where no request is around it, in a file
    that has none to anywhere else. Where a variable leads that the file does not set nobody knows."""
    end = text.find(_PARTED, at)
    asked = compiled(_ASKED).findall(text, max(0, text.rfind(_PARTED, 0, at)), end if end >= 0 else len(text))
    asked = asked or compiled(_ASKED).findall(text)
    return bool(asked) and all(_leads_here(address, variable, text) for address, variable in asked)


def _leads_here(address: str, variable: str, text: str) -> bool:
    if variable:
        found = compiled(rf"(?m)^@{re.escape(variable)}[ \t]*=[ \t]*(\S+)").search(text)
        address = found[1] if found else ""
    host = compiled(r"(?:https?://)?(\[[0-9a-f:]+\]|[\w.-]+)").match(address)
    return host is not None and hosts.is_here(host[1])


#: What a file begins with that is for the machine of whoever works on the program.
_FOR_ONE_MACHINE: Final = (
    r"(?i)(?<![a-z])(?:dev|development|testing)(?:[ ](?:use|purposes))?[ ]only(?![a-z])"
    r"|(?<![a-z])(?:do[ ]not|don't|never|not)[ ](?:be[ ])?(?:used?|run|meant|intended|suitable)(?:[ ](?:this|it))?"
    r"[ ](?:in|for)[ ]prod"
    r"|(?<![a-z])only[ ](?:for|used[ ](?:for|in))[ ](?:local[ ])?(?:dev|development|testing)(?![a-z])"
)


def is_for_one_machine(text: str, at: int) -> bool:
    """Whether the comment at the start of a file says that it is for development alone; what logs in on another machine
    is no less for that."""
    for line in _remarks_at_head(text):
        if compiled(_FOR_ONE_MACHINE).search(line):
            login = compiled(r"[^\s\"'@]{1,200}@([\w.-]{1,200})").match(text, at)
            return login is None or not hosts.is_remote(login[1])
    return False


def is_run_locally(text: str) -> bool:
    """Whether the comment at the start of a script says that it runs the program on one's own machine."""
    locally = r"(?i)\b(?:run|start|launch)\b(?![^\n]{0,80}\bdeploy)[^\n]{0,80}\blocally\b"
    return any(compiled(locally).search(line) for line in _remarks_at_head(text))


def _remarks_at_head(text: str) -> Iterator[str]:
    """The lines of the comment with which a file begins, up to twenty."""
    for line in text[:2000].split("\n")[:20]:
        if line.strip() and not line.startswith("#!") and compiled(_REMARK).match(line) is None:
            return
        yield line


def _is_for_tests(name: str) -> bool:
    return not _FOR_TESTS.isdisjoint(word.lower() for word in compiled(_WORDS).findall(name))


def _is_scanner(text: str) -> bool:
    """Whether a file is of the rules by which secrets are looked for, with what these are tried on."""
    return all(compiled(word).search(text, 0, _HEAD) for word in _SCANNER)


_RULES: Final = (".toml", ".yaml", ".yml")
_SCANNER: Final = (
    r"(?i)regex|pattern",
    r"(?i)rule_?id|\bdetectors?\b|\[\[rules\]\]",
    r"(?i)keywords|entropy",
    r"(?i)secret|token",
)


def _is_looked_for(text: str, start: str) -> bool:
    """Whether the text has an expression for values that begin like this one: `ghp_[0-9A-Za-z]{36}`."""
    if not compiled(r"[\w-]{4}").fullmatch(start):
        return False
    expression = compiled(rf"{re.escape(start)}[\w-]{{0,16}}(?:\[[^\]\n]{{2,40}}\]|\\[wdS]){{1,3}}(?:\{{\d|\+)")
    return expression.search(text, 0, _HEAD) is not None


def _is_sealed(text: str, name: str) -> bool:
    """Whether a variable is given to Travis CI as what only that can decrypt: `"secure": "${NAME}"`."""
    sealed = compiled(rf"\bsecure[\"']?[ \t]{{0,4}}:[ \t]{{0,4}}[\"']{{0,2}}\$[({{]?{re.escape(name)}(?!\w)")
    return sealed.search(text, 0, _HEAD) is not None


def _is_remark(text: str, at: int) -> bool:
    """Whether the line of a place begins as a comment does."""
    return compiled(_REMARK).match(text, text.rfind("\n", 0, at) + 1, at) is not None


def is_in_block_comment(text: str, at: int) -> bool:
    """Whether a place is in a comment of several lines, as C and its heirs have them."""
    opened = text.rfind("/*", 0, at)
    if opened < 0 or text.find("*/", opened, at) >= 0:
        return False
    return text[text.rfind("\n", 0, opened) + 1 : opened].strip() == ""
