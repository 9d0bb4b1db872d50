"""`python -m ctxscan`, the `ctxscan` command, and the plugin that makes `docker ctxscan` of it."""

from __future__ import annotations

import sys


def main() -> None:
    # A lone --version is answered before anything is imported: scripts ask it often.
    if sys.argv[1:] in (["--version"], ["-V"]):
        from . import __version__

        print(f"ctxscan {__version__}")
        return
    _run("ctxscan", sys.argv[1:])


def plugin() -> None:
    """`docker-ctxscan`, as the docker client calls it: with its own options and `ctxscan` before those that count."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["docker-cli-plugin-metadata"]:
        import json

        from . import __version__

        summary = "Show what a build would send, and where each file ends up"
        about = {"SchemaVersion": "0.1.0", "Vendor": "ctxscan", "Version": __version__, "ShortDescription": summary}
        print(json.dumps(about))
    elif arguments[:1] in (["__complete"], ["__completeNoDesc"]):
        from .cli.completion import completed

        words = arguments[arguments.index("ctxscan") + 1 :] if "ctxscan" in arguments else arguments[1:]
        print(completed(words, described=arguments[0] == "__complete"))
    elif "ctxscan" in arguments:
        at = arguments.index("ctxscan")
        # `docker help ctxscan` arrives as it is.
        _run("docker ctxscan", ["--help"] if "help" in arguments[:at] else arguments[at + 1 :])
    else:
        _run("docker-ctxscan", arguments)


def _run(name: str, words: list[str]) -> None:
    # Nothing that is made by importing is garbage, and looking for some takes a tenth of the time.
    import gc

    gc.disable()
    from .cli.run import run

    gc.freeze()
    # Nor is there much afterwards: hardly anything refers to itself.
    gc.set_threshold(200_000)
    gc.enable()
    try:
        run(name, words)
    except SystemExit as end:
        if not isinstance(end.code, int) or sys.gettrace() or sys.getprofile():
            raise
        _leave(end.code)


def _leave(status: int) -> None:
    """End at once. All is written, and to take apart what is in memory takes up to a tenth of the time: the system
    frees it in one go."""
    import os
    from contextlib import suppress

    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, OSError, ValueError):  # there is none, or nobody reads it
            stream.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
