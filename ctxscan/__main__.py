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

        summary = "Tell what a build will be sent, and where it ends"
        about = {"SchemaVersion": "0.1.0", "Vendor": "ctxscan", "Version": __version__, "ShortDescription": summary}
        print(json.dumps(about))
    elif arguments[:1] in (["__complete"], ["__completeNoDesc"]):
        print(":0")  # nothing of our own: the shell completes files
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
    from .cli import run

    gc.freeze()
    # Nor is there much afterwards: hardly anything refers to itself.
    gc.set_threshold(200_000)
    gc.enable()
    try:
        run(name, words)
    finally:
        gc.freeze()  # or everything is looked at once more before the end


if __name__ == "__main__":
    main()
