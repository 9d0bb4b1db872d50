"""What a run of the command imports, and which of our regular expressions it compiles."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

#: An expression is one of ours if the first module above `re`, and what keeps expressions, is.
_PROGRAM = """
import re, sys
patterns = []
compiler = re._compiler
really = compiler.compile
def compile(pattern, flags=0):
    frame = sys._getframe(1)
    while frame.f_globals['__name__'] in ('re', 'ctxscan.regex'):
        frame = frame.f_back
    if frame.f_globals['__name__'].startswith('ctxscan.'):
        patterns.append(pattern)
    return really(pattern, flags)
compiler.compile = compile
import ctxscan.__main__ as m
def leave(status): sys.exit(status)
m._leave = leave
sys.argv = ['ctxscan', *{arguments!r}]
try: m.main()
except SystemExit as end: assert not end.code, end.code
print(*{wanted}, sep='\\n', file=sys.stderr)
"""


def loaded(*arguments: str, cwd: Path) -> set[str]:
    """What is in `sys.modules` after a run of the command."""
    return set(_told("sys.modules", arguments, cwd).split())


def compiled(*arguments: str, cwd: Path) -> list[str]:
    """Our regular expressions that a run of the command compiles, as Python writes them."""
    return _told("map(repr, patterns)", arguments, cwd).splitlines()


def _told(wanted: str, arguments: tuple[str, ...], cwd: Path) -> str:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("COV")}
    program = _PROGRAM.format(arguments=arguments, wanted=wanted)
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=cwd, capture_output=True, text=True, check=True, env=environment
    )
    return run.stderr
