"""The Dockerfile with its manifests copied first: what is written, and that the image gets the same files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import projects
from support.dockerfile_cases import ALL, CASES, GO, GRADLE, MAVEN, NODE, PIP, PNPM, SPACES, UV_PACKAGE, N, P, package
from support.examples import examples

from ctxscan import scan
from ctxscan.checks.installs.reorder import reordered
from ctxscan.checks.reading import reading_of
from ctxscan.context.tree import Tree
from ctxscan.errors import CtxscanError
from ctxscan.image.layers import Dir
from ctxscan.opinions import review

HITS = {
    name: case
    for name, case in CASES["copy-before-install"].items()
    if case.lines and name not in ("in-a-stage-below", "npm-below-tools-for-it-in-a-stage")
}
#: Gradle has no command that gets packages alone, nor has Maven one for modules, or what is not understood: there nothing
#: moves.
STORED = {
    name: HITS.pop(name)
    for name in [*HITS]
    if name.startswith(
        ("gradle", "maven-modules", "dotnet-of-a-solution-with-an-import", "dotnet-of-a-directory-with-an-import")
    )
}
#: What is copied apart from its manifests is for the reader to write anew.
APART = {name: HITS.pop(name) for name in [*HITS] if name.endswith(("piece-by-piece", "sources-first", "in-one-copy"))}
#: What is tidied up between the COPY and the install stays where it is, for the reader to look at.
TIDIED = {name: HITS.pop(name) for name in [*HITS] if name.endswith("tidying")}
#: A Dockerfile, the tree, and what becomes of it.
WRITTEN = {
    "npm": (N + ALL + "RUN npm ci\nCMD [\"node\"]\n", NODE, N + "COPY package.json package-lock.json ./\nRUN npm ci\n" + ALL + "CMD [\"node\"]\n"),
    "with-the-build": (
        N + ALL + "RUN npm ci \\\n && npm run build\n", NODE,
        N + "COPY package.json package-lock.json ./\nRUN npm ci\n" + ALL + "RUN npm run build\n",
    ),
    "lines-and-comments-stay": (
        N + "# everything\n" + ALL + "ENV A=1\n# install\nRUN --mount=type=cache,target=/root/.npm \\\n    npm ci\n", NODE,
        N + "# everything\nCOPY package.json package-lock.json ./\nENV A=1\n# install\nRUN --mount=type=cache,target=/root/.npm \\\n    npm ci\n" + ALL,
    ),
    "owner": (
        N + "COPY --chown=node:node . /app\nRUN npm ci\n", NODE,
        N + "COPY --chown=node:node package.json package-lock.json /app/\nRUN npm ci\nCOPY --chown=node:node . /app\n",
    ),
    "workspace": (
        N + ALL + "RUN npm ci\n", SPACES,
        N + "COPY package.json package-lock.json ./\nCOPY packages/a/package.json packages/a/\nCOPY packages/b/package.json packages/b/\nRUN npm ci\n" + ALL,
    ),
    "another-directory": (
        "FROM node:22.1\nWORKDIR /srv\nCOPY . .\nWORKDIR /srv/api\nRUN npm ci\n", {f"api/{name}": text for name, text in NODE.items()},
        "FROM node:22.1\nWORKDIR /srv\nCOPY api/package.json api/package-lock.json api/\nWORKDIR /srv/api\nRUN npm ci\nCOPY . /srv/\n",
    ),
    "a-later-copy-goes-along": (
        N + ALL + "COPY docker/server.js src/server.js\nRUN npm ci\n", {**NODE, "docker/server.js": 9},
        N + "COPY package.json package-lock.json ./\nRUN npm ci\n" + ALL + "COPY docker/server.js src/server.js\n",
    ),
    "two-managers": (
        P + ALL + "RUN npm ci\nRUN pip install -r requirements.txt\n", {**NODE, **PIP},
        P + "COPY package.json package-lock.json ./\nCOPY requirements.txt ./\nRUN npm ci\nRUN pip install -r requirements.txt\n" + ALL,
    ),
    "uv": (
        P + ALL + "RUN uv sync --locked\n", UV_PACKAGE,
        P + "COPY pyproject.toml uv.lock ./\nRUN uv sync --locked --no-install-project\n" + ALL + "RUN uv sync --locked\n",
    ),
    "what-brings-the-program-that-installs": (
        P + ALL + "RUN pip install uv && uv sync --locked\n", UV_PACKAGE,
        P + "COPY pyproject.toml uv.lock ./\nRUN pip install uv && uv sync --locked --no-install-project\n" + ALL + "RUN uv sync --locked\n",
    ),
    "what-a-program-of-the-net-brings": (
        N + ALL + "RUN curl -fsSL https://get.example.org | bash -\nRUN npm ci\n", NODE,
        N + "COPY package.json package-lock.json ./\nRUN curl -fsSL https://get.example.org | bash -\nRUN npm ci\n" + ALL,
    ),
    "go": (
        "FROM golang:1.23\nWORKDIR /s\n" + ALL + "RUN CGO_ENABLED=0 go build -o /a .\n", GO,
        "FROM golang:1.23\nWORKDIR /s\nCOPY go.mod go.sum ./\nRUN go mod download\n" + ALL + "RUN CGO_ENABLED=0 go build -o /a .\n",
    ),
    "maven-wrapper": (
        "FROM eclipse-temurin:21\nWORKDIR /s\n" + ALL + "RUN ./mvnw -B package\n", {**MAVEN, "mvnw": 9, ".mvn/wrapper/x": 9},
        "FROM eclipse-temurin:21\nWORKDIR /s\nCOPY pom.xml mvnw ./\nCOPY .mvn .mvn/\nRUN ./mvnw -B dependency:go-offline\n" + ALL + "RUN ./mvnw -B package\n",
    ),
    "line-ends": (
        (N + ALL + "RUN npm ci\n").replace("\n", "\r\n"), NODE,
        (N + "COPY package.json package-lock.json ./\nRUN npm ci\n" + ALL).replace("\n", "\r\n"),
    ),
    "prisma": (
        N + ALL + "RUN npm ci\n", {**NODE, "package.json": package(dependencies={"@prisma/client": "6.0.0"}), "prisma/schema.prisma": 9},
        N + "COPY package.json package-lock.json ./\nCOPY prisma prisma/\nRUN npm ci\n" + ALL,
    ),
    "manifests-are-there": (
        N + "COPY package*.json ./\n" + ALL + "RUN npm ci\n", NODE,
        N + "COPY package*.json ./\nRUN npm ci\n" + ALL,
    ),
    "in-its-own-stage": (
        "FROM node:22.1 AS base\nCOPY . /app\nWORKDIR /app\nRUN npm ci\nFROM base\nRUN pip install -r requirements.txt\n", {**NODE, **PIP},
        "FROM node:22.1 AS base\nCOPY package.json package-lock.json /app/\nWORKDIR /app\nRUN npm ci\nCOPY . /app\nFROM base\nRUN pip install -r requirements.txt\n",
    ),
    "quotes-stay": (
        N + ALL + "RUN npm ci && echo 'a   b' > /etc/x\n", NODE,
        N + "COPY package.json package-lock.json ./\nRUN npm ci && echo 'a   b' > /etc/x\n" + ALL,
    ),
    "maven-wrapper-made-executable": (
        "FROM maven:3\nWORKDIR /s\n" + ALL + "RUN chmod +x ./mvnw\nRUN ./mvnw package\n", {**MAVEN, "mvnw": 9},
        "FROM maven:3\nWORKDIR /s\nCOPY pom.xml mvnw ./\nRUN chmod +x ./mvnw\nRUN ./mvnw -B dependency:go-offline\n" + ALL + "RUN chmod +x mvnw && ./mvnw package\n",
    ),
    "heredoc": (
        "FROM golang:1.23\nWORKDIR /s\n" + ALL + "RUN <<EOF\ngo build .\nEOF\n", GO,
        "FROM golang:1.23\nWORKDIR /s\nCOPY go.mod go.sum ./\nRUN go mod download\n" + ALL + "RUN <<EOF\ngo build .\nEOF\n",
    ),
    "names-with-blanks": (
        P + ALL + "RUN pip install -r 'my requirements.txt'\n", {"my requirements.txt": "flask\n", "a.py": 9},
        P + 'COPY ["my requirements.txt", "./"]\nRUN pip install -r \'my requirements.txt\'\n' + ALL,
    ),
    "two-stages": (
        "FROM node:22.1 AS b\nWORKDIR /a\n" + ALL + "RUN npm ci\n" + P + ALL + "RUN pip install -r requirements.txt\n", {**NODE, **PIP},
        "FROM node:22.1 AS b\nWORKDIR /a\n" + ALL + "RUN npm ci\n" + P + "COPY requirements.txt ./\nRUN pip install -r requirements.txt\n" + ALL,
    ),
}  # fmt: skip
#: Where lines alone cannot do it.
LEFT = {
    "in-a-stage-below": (CASES["copy-before-install"]["in-a-stage-below"].dockerfile, PNPM),
    "nothing-to-move": (N + "COPY package*.json ./\nRUN npm ci\n" + ALL, NODE),
    "a-manifest-laid-over": (N + ALL + "COPY docker/package.json ./\nRUN npm ci\n", {**NODE, "docker/package.json": 9}),
    "a-variable-between": (N + "ARG D=.\nCOPY . $D\nARG D=/x\nRUN npm ci\n", NODE),
    "names-with-wild-cards": (P + ALL + "RUN pip install -r 'a[1].txt'\n", {"a[1].txt": "flask\n", "a.py": 9}),
    "a-setting-is-written": (N + ALL + "RUN echo x > .npmrc && npm ci\n", NODE),
    "a-heredoc-that-does-more": (N + ALL + "RUN <<EOF\nnpm ci\nnpm run build\nEOF\n", NODE),
    "more-than-a-chain": (N + ALL + "RUN npm ci; npm run build\n", NODE),
}  # fmt: skip

#: Lines of all cases, those about installs first, and what breaks them.
LINES = [
    line
    for code in ("copy-before-install", *CASES)
    for case in CASES[code].values()
    for line in case.dockerfile.splitlines()
    if not line.startswith(("FROM", "ONBUILD"))
]
ODD = (
    "",
    " ",
    "'",
    '"',
    "\\",
    " && ",
    "; ",
    " | ",
    " $X",
    "$(x)",
    " <<E",
    " .",
    " *",
    " /",
    " --from=0",
    " é",
    "\t",
    "`",
)


def image(root: Path, text: bytes | None = None) -> dict[str, str | None]:
    """What is known to lie in the final stage, and the file of the context it is."""
    usage = scan(root, dockerfile_text=text).usage
    assert usage is not None
    found: dict[str, str | None] = {}
    todo: list[tuple[str, Dir]] = [("", usage.files)]
    while todo:
        above, directory = todo.pop()
        for name, node in directory.entries():
            if isinstance(node, Dir):
                todo.append((f"{above}/{name}", node))
            else:
                found[f"{above}/{name}"] = node.path
    return found


def rewritten(root: Path, text: bytes | None = None) -> bytes | None:
    reading = reading_of(scan(root, dockerfile_text=text), Tree(str(root)))
    assert reading is not None
    return reordered(reading)


@pytest.mark.parametrize("name", WRITTEN)
def test_the_lines_that_are_written(name: str, tmp_path: Path) -> None:
    """Manifests and their install come first, everything else stays in its place and words."""
    dockerfile, tree, expected = WRITTEN[name]
    (tmp_path / "Dockerfile").parent.mkdir(exist_ok=True)
    projects.write(tmp_path, tree)
    (tmp_path / "Dockerfile").write_bytes(dockerfile.encode())
    assert (rewritten(tmp_path) or b"").decode() == expected


@pytest.mark.parametrize("name", LEFT)
def test_what_is_left_alone(name: str, tmp_path: Path) -> None:
    """Nothing is written where it is not sure that the lines mean the same."""
    dockerfile, tree = LEFT[name]
    assert rewritten(projects.write(tmp_path, {"Dockerfile": dockerfile, **tree})) is None


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", HITS)
def test_the_image_is_the_same(name: str, tmp_path: Path) -> None:
    """The same files lie at the same places of the image, nothing is missing, and the lesson is learned."""
    case = HITS[name]
    root = projects.write(tmp_path, {"Dockerfile": case.dockerfile, **case.tree})
    text = rewritten(root)
    assert text is not None and text != case.dockerfile.encode()
    assert image(root, text) == image(root)
    codes = {each.code for each in review(scan(root, dockerfile_text=text)).findings or ()}
    assert not codes & {"copy-before-install", "missing-input"}
    assert rewritten(root, text) is None


@pytest.mark.parametrize("name", APART)
def test_lines_that_are_copied_apart(name: str, tmp_path: Path) -> None:
    """Written as the remedy says, the same files lie at the same places, and the lesson is learned."""
    case = APART[name]
    root = projects.write(tmp_path, {"Dockerfile": case.dockerfile + 'CMD ["/start"]\n', **case.tree})
    (found,) = (each for each in review(scan(root)).findings or () if each.code == "copy-before-install")
    head = case.dockerfile.partition("COPY")[0]
    way = re.sub(r"^exclude \S+, and ", "", found.remedy or "")  # there is none of that here
    lines = [head.rstrip(), *way.split(", then "), 'CMD ["/start"]', ""]
    text = "\n".join(lines).encode()
    assert image(root, text) == image(root)
    codes = {each.code for each in review(scan(root, dockerfile_text=text)).findings or ()}
    assert not codes & {"copy-before-install", "missing-input"}


@pytest.mark.parametrize("name", [*TIDIED, *STORED])
def test_nothing_moves_by_itself(name: str, tmp_path: Path) -> None:
    """The commands between a COPY and its install are for what it brought, or no command installs from manifests."""
    case = {**TIDIED, **STORED}[name]
    root = projects.write(tmp_path, {"Dockerfile": case.dockerfile, **case.tree})
    made = scan(root)
    reading = reading_of(made, Tree(str(root)))
    assert reading is not None
    assert reordered(reading) is None


@given(data=st.data())
@settings(max_examples=examples(300), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_lines_of_all_cases_mixed(data: st.DataObject, tmp_path: Path) -> None:
    """No Dockerfile makes a lesson fail, and one that is written anew gives the same image."""
    root = tmp_path / "mixed"
    if not root.exists():
        projects.write(root, {**PIP, **GO, **GRADLE, **MAVEN, **UV_PACKAGE, **NODE})
    drawn = data.draw(st.lists(st.sampled_from(LINES) | st.sampled_from(LINES[:40]), min_size=1, max_size=9))
    at = data.draw(st.integers(0, len(drawn[-1])))
    drawn[-1] = drawn[-1][:at] + data.draw(st.sampled_from(ODD)) + drawn[-1][at:]
    text = "\n".join(("FROM node:22.1", "WORKDIR /app", *drawn, "")).encode()
    try:
        found = scan(root, dockerfile_text=text)
    except CtxscanError:
        return  # the builder refuses it
    review(found)
    anew = rewritten(root, text)
    assert anew is None or image(root, anew) == image(root, text)
