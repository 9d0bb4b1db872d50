"""`python -m ctxscan` and the `ctxscan` command."""

from __future__ import annotations

import sys


def main() -> None:
    # A lone --version is answered before anything is imported: scripts ask it often.
    if sys.argv[1:] in (["--version"], ["-V"]):
        from . import __version__

        print(f"ctxscan {__version__}")
        return
    # Nothing that is made by importing is garbage, and looking for some takes a tenth of the time.
    import gc

    gc.disable()
    from .cli import run

    gc.freeze()
    gc.enable()
    run()


if __name__ == "__main__":
    main()
