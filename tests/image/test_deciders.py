"""Which command decides whether a file is in the image: the last that sees it in the stage it is taken from."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import projects

from ctxscan import scan
from ctxscan.explain import ending_words, explain, reach

FINAL = "FROM debian:12-slim\nRUN apt-get update && ./configure\n"
BUILD = "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\n"


@pytest.mark.parametrize(
    ("dockerfile", "step"),
    [
        pytest.param(BUILD + "RUN npm run build\n" + FINAL + "COPY --from=build /app/dist /srv\n", 4, id="builder"),
        pytest.param(BUILD + "RUN make\nRUN npm ci\nRUN strip x\n" + FINAL + "COPY --from=build /x /\n", 6, id="last"),
        pytest.param(BUILD + "RUN make\nRUN chmod +x a\n" + FINAL + "COPY --from=build /x /\n", 4, id="inert"),
        pytest.param(BUILD + "RUN cp -r . /out\n" + FINAL + "COPY --from=build /out /\n", 4, id="copied"),
        pytest.param(BUILD + "RUN cp src/a.js /b\nRUN mv /b /c\n" + FINAL + "COPY --from=build /c /\n", 4, id="file"),
        pytest.param(BUILD + "RUN cat src/a.js > /out\n" + FINAL + "COPY --from=build /out /\n", 4, id="written"),
        pytest.param(BUILD + "RUN rm -rf src\n" + FINAL + "COPY --from=build /app /srv\nWORKDIR /srv\nRUN make\n", 4, id="removed"),
        pytest.param(BUILD + "RUN make\nRUN rm -rf src\n" + FINAL + "COPY --from=build /app /srv\n", 4, id="made of and removed"),
        pytest.param(BUILD + "RUN rm -rf src\nRUN make\n" + FINAL + "COPY --from=build /app /srv\n", 4, id="removed first"),
        pytest.param(BUILD + "RUN rm -rf src && make\n" + FINAL + "COPY --from=build /app /srv\nWORKDIR /srv\nRUN make\n", 9, id="removed by what may do more"),
        pytest.param(BUILD + "RUN cp -r src /out\n" + FINAL + "COPY --from=build /out /srv\nWORKDIR /srv\nRUN make\n", 9, id="copied and seen"),
        pytest.param("FROM scratch\nWORKDIR /w\nRUN --mount=target=. ./build\nRUN x\n", 3, id="mount"),
        pytest.param(
            BUILD + "RUN make\nFROM alpine AS other\nCOPY --from=build /x /x\nRUN strip /x\n"
            "FROM scratch\nCOPY --from=other /x /\n", 4, id="two stages on",
        ),
    ],
)  # fmt: skip
def test_the_deciding_command(dockerfile: str, step: int, tmp_path: Path) -> None:
    """It is named by its line, and a directory gives the answer of what is in it."""
    projects.write(tmp_path, {"Dockerfile": dockerfile, "src/a.js": "1\n", "package.json": "{}\n"})
    found = scan(tmp_path)
    answer = reach(found, "src/a.js")
    assert answer.reach == "possible"
    assert ending_words(found, answer).startswith("possibly in the image: depends on RUN ")
    assert ending_words(found, answer).endswith(f"(Dockerfile:{step})")
    assert explain(found, "src").answer.reach == "possible"
    assert [each.line for each in found.deciding][:1] == [step]


def test_a_mount_is_no_part_of_the_sentence(tmp_path: Path) -> None:
    """What a RUN does is more telling than its caches."""
    run = "RUN --mount=type=cache,target=/root/.cache --network=none make all\n"
    dockerfile = BUILD + run + FINAL + "COPY --from=build /out /\n"
    projects.write(tmp_path, {"Dockerfile": dockerfile, "src/a.js": "1\n", "package.json": "{}\n"})
    found = scan(tmp_path)
    said = ending_words(found, reach(found, "src/a.js"))
    assert said == "possibly in the image: depends on RUN --network=none make all (Dockerfile:4)"


@pytest.mark.parametrize(
    ("dockerfile", "words"),
    [
        ("FROM scratch\nCOPY . /\nRUN make\n", "in the image"),
        (BUILD + "FROM scratch\nCOPY --from=build /app/package.json /\n", "sent to the builder, not in the image"),
        ("FROM alpine\nRUN --mount=target=/x apk add curl\n", "sent to the builder, not in the image"),
        ("FROM scratch\nCOPY package.json /\n", "kept, but not sent"),
    ],
)
def test_what_no_command_decides(dockerfile: str, words: str, tmp_path: Path) -> None:
    """Where COPY alone answers, no command is named."""
    projects.write(tmp_path, {"Dockerfile": dockerfile, "src/a.js": "1\n", "package.json": "{}\n"})
    found = scan(tmp_path)
    assert ending_words(found, reach(found, "src/a.js")) == words
    assert ending_words(found, explain(found, "src").answer) == words
