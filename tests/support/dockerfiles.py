"""Trees with Dockerfiles of every kind, for real builders to build: random ones without commands, and ones that run some.

What a command needs is a static busybox in the context, under the name of each program.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

from support import projects
from support.examples import examples

RANDOM = range(examples(50))
APPLETS = ("sh", "cp", "mv", "rm", "cat", "mkdir", "find", "sort", "xargs", "sed", "tar")


def tree(root: Path) -> Path:
    """Files whose content is their path, so that a copy is known wherever it lies; links of every kind beside them."""
    paths = (
        "a.txt", "b.txt", "c.md", "app/main.py", "app/util.py", "app/data/x.csv", "app/data/y.csv", "conf/a.yml",
        "conf/prod/b.yml", "docs/guide.md", "docs/img/logo.svg", "src/lib/one.js", "src/lib/two.js", "src/index.js",
    )  # fmt: skip
    projects.write(root, {path: f"{path} {Random(path).getrandbits(200)}\n" for path in paths})
    for path, target in (("link", "app"), ("src/up", "../a.txt"), ("docs/abs", "/conf/a.yml"), ("chain", "link/data")):
        (root / path).symlink_to(target)
    return root


SOURCES = (
    "a.txt", "b.txt", "./c.md", "app", "app/", "app/data", "app/*.py", "*.txt", "conf/*", "conf/prod/b.yml", "docs", "/src",
    "src/lib/*.js", "link", "link/main.py", "src/up", "docs/abs", "chain/x.csv", "*/data", "app/../b.txt", "d*", "[ab].txt",
    "conf/?.yml", ".", "nothing*", "$DIR", "${DIR}/main.py", "${NONE:-a.txt}", "src/lib",
)  # fmt: skip
#: No rule that empties a directory of which something is asked: the older BuildKit sends it all the same.
RULES = ("", "", "docs\n", "**/*.md\n", "app/data\n!app/data/x.csv\n", "*\n!app\n!src\n", "conf/prod\n")


def random_dockerfile(number: int) -> tuple[str, str]:
    """Up to three stages that copy from the context and from each other, and an ignore file."""
    random = Random(f"dockerfile {number}")
    lines = ["ARG GLOBAL=app"] if random.random() < 0.3 else []
    stages = random.randint(1, 3)
    places: list[list[str]] = []
    for stage in range(stages):
        base = f"s{random.randrange(stage)}" if stage and random.random() < 0.3 else "scratch"
        lines.append(f"FROM {base} AS s{stage}")
        lines.append("ARG DIR=app")
        made: list[str] = []
        if random.random() < 0.3:
            lines.append(f"WORKDIR /w{stage}")
        for step in range(random.randint(1, 3)):
            if stage and random.random() < 0.5:
                origin = random.randrange(stage)
                source = random.choice(places[origin] or ["/"])
                lines.append(f"COPY --from=s{origin} {source} /from{stage}{step}/")
                made.append(f"/from{stage}{step}")
            else:
                chosen = random.sample(SOURCES, random.choice((1, 1, 1, 2)))
                keyword = random.choice(("COPY", "COPY", "ADD"))
                lines.append(f"{keyword} {' '.join(chosen)} /o{stage}{step}/")
                made.append(f"/o{stage}{step}")
        places.append(made)
    if random.random() < 0.2 and stages > 1:
        lines.append("FROM scratch")
        lines.append(f"COPY --from={stages - 1} / /")
    return "\n".join(lines) + "\n", random.choice(RULES)


#: Stages with commands: what each is about, and the Dockerfile behind the stage `base`, which has the commands.
STAGES = {
    "copy-one": "FROM base AS b\nCOPY . /w\nRUN cp /w/app/main.py /out.py\nFROM scratch\nCOPY --from=b /out.py /\n",
    "copy-directory": "FROM base AS b\nCOPY . /w\nRUN cp -r /w/conf /out\nFROM scratch\nCOPY --from=b /out /\n",
    "move": "FROM base AS b\nCOPY src /s\nRUN mv /s/lib /moved\nFROM scratch\nCOPY --from=b /moved /\n",
    "concatenate": "FROM base AS b\nCOPY src /s\nRUN cat /s/lib/*.js > /all.js\nFROM scratch\nCOPY --from=b /all.js /\n",
    "concatenate-found": (
        "FROM base AS b\nCOPY app /a\nCOPY a.txt /\nRUN find /a -type f | sort | xargs cat > /all\n"
        "FROM scratch\nCOPY --from=b /all /\n"
    ),
    "archive": "FROM base AS b\nCOPY . /w\nRUN tar cf /o.tar -C /w docs\nFROM scratch\nCOPY --from=b /o.tar /\n",
    "delete-in-image": "FROM base\nCOPY conf /c\nRUN rm -rf /c\n",
    "delete-in-builder": "FROM base AS b\nCOPY conf /c\nRUN rm /c/a.yml\nFROM scratch\nCOPY --from=b /c /c\n",
    "unused-by-command": "FROM base AS b\nCOPY . /w\nRUN mkdir /out\nFROM scratch\nCOPY --from=b /w/app /app\n",
    "working-directory": "FROM base AS b\nWORKDIR /w\nCOPY app app\nRUN cp app/util.py ..\nFROM scratch\nCOPY --from=b /util.py /\n",
    "two-steps": (
        "FROM base AS b\nCOPY docs /d\nRUN cp /d/guide.md /g && cat /g > /h\nFROM scratch\nCOPY --from=b /h /\n"
    ),
    "nothing-of-it": "FROM base AS b\nCOPY . /w\nRUN mkdir -p /out\nFROM scratch\nCOPY --from=b /out /\nCOPY a.txt /\n",
    "bind-and-copy": "FROM base\nRUN --mount=type=bind,source=app,target=/m cp /m/main.py /kept.py\n",
    "bind-and-read": "FROM base\nRUN --mount=type=bind,source=app,target=/m cat /m/main.py > /dev/null\n",
    "bind-of-a-stage": (
        "FROM scratch AS d\nCOPY docs /docs\nFROM base\nRUN --mount=type=bind,from=d,source=/docs,target=/m cp /m/guide.md /g\n"
    ),
    "chain-of-bases": "FROM base AS one\nCOPY a.txt /x/\nFROM one AS two\nCOPY b.txt /x/\nRUN rm /x/a.txt\nFROM two\nCOPY c.md /\n",
    "overwritten-below": "FROM base AS one\nCOPY a.txt /f\nFROM one\nCOPY b.txt /f\n",
    "overwritten-in-builder": "FROM scratch AS b\nCOPY a.txt /f\nCOPY b.txt /f\nFROM scratch\nCOPY --from=b /f /\n",
    "sed": "FROM base AS b\nCOPY conf /c\nRUN sed s/a/a/ /c/a.yml > /o\nFROM scratch\nCOPY --from=b /o /\n",
    "copied-on-twice": (
        "FROM base AS b\nCOPY src /s\nRUN cp -r /s/lib /l\nFROM base AS c\nCOPY --from=b /l /k\nRUN cp /k/one.js /z.js\n"
        "FROM scratch\nCOPY --from=c /z.js /\n"
    ),
}  # fmt: skip
#: What they are built on.
BASE = "FROM scratch AS base\n" + "".join(f"COPY busybox /bin/{applet}\n" for applet in APPLETS)
