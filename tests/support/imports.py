"""What a run of the command imports."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def loaded(*arguments: str, cwd: Path) -> set[str]:
    """What is in `sys.modules` after a run of the command."""
    program = (
        "import sys, ctxscan.__main__ as m\n"
        "def leave(status): sys.exit(status)\n"
        "m._leave = leave\n"
        f"sys.argv = ['ctxscan', *{arguments!r}]\n"
        "try: m.main()\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "print('\\n'.join(sys.modules), file=sys.stderr)"
    )
    environment = {key: value for key, value in os.environ.items() if not key.startswith("COV")}
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=cwd, capture_output=True, text=True, check=True, env=environment
    )
    return set(run.stderr.split())
