"""Every remedy, applied as it is written: the finding is gone, and every input is still found."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from support import projects
from support.dockerfile_cases import CASES, started
from support.mending import mended
from support.repositories import git

from ctxscan import scan
from ctxscan.findings import Finding
from ctxscan.opinions import review, reviews

Lines = list[str]
Apply = Callable[[Lines, Finding], None]
STEP = re.compile(r"(?:, )?then (?=[A-Z]+ |lines? \d)|, (?=COPY )")
#: What a person has to fill in.
BLANKS = {"<version>": "9.9", "<date>": "20260101", "<minor>": "9", "<digest>": "0" * 64}


def written(lines: Lines, at: int, new: Lines) -> None:
    lines[at : at + 1] = new


def copies(lines: Lines, finding: Finding) -> None:
    """The COPY lines that take the place of a broad one; what is to be excluded goes to the ignore file."""
    written(lines, (finding.line or 0) - 1, STEP.split(finding.remedy or ""))


def reordered(lines: Lines, finding: Finding) -> None:
    """The lines that take the place of the COPY; the RUN below, which they have, goes. Or its mount."""
    if (mount := re.fullmatch(r"RUN (--mount=\S+) on lines? ([\d, and]+)", finding.remedy or "")) is not None:
        for at in (int(each) - 1 for each in re.findall(r"\d+", mount[2])):
            written(lines, at, [lines[at].replace("RUN ", f"RUN {mount[1]} ", 1)])
        return
    remedy = re.sub(r"^exclude \S+, and ", "", finding.remedy or "")
    remedy = re.sub(r", which belongs below FROM on lines? [\d, and]+ as well", "", remedy)
    remedy = re.sub(r"COPY (\S+) and \d+ others", r"COPY \1", remedy)
    top = [each.removesuffix(" as the first line") for each in STEP.split(remedy) if each.startswith("# syntax=")]
    new = [each for each in STEP.split(remedy) if not each.startswith("# syntax=")]
    at = (finding.line or 0) - 1
    for number in map(int, re.findall(r" from line (\d+),", remedy)):
        lines[number - 1] = ""  # it has moved
    new = [re.sub(r" from line \d+$", "", each) for each in new]
    name = re.split(r"[\s;&]+", finding.message.partition(" re-runs")[0])[0]
    below = next(number for number in range(at + 1, len(lines)) if name in lines[number])
    left = dict(enumerate(lines[at + 1 : below], at + 2))
    made: Lines = []
    for each in new:
        if each.startswith("line"):
            numbers = [*map(int, re.findall(r"\d+", each.partition(" (")[0]))]
            made += [lines[number - 1] for number in numbers]
            left = {number: line for number, line in left.items() if number not in numbers}
        else:
            made.append(each)
            left = {number: line for number, line in left.items() if line != each}
    last = max(number for number, line in enumerate(made) if line.startswith(("COPY ", "ADD ")))
    lines[at : below + 1] = [*made[: last + 1], *left.values(), *made[last + 1 :]]
    lines[:0] = top


def user(lines: Lines, finding: Finding) -> None:
    """A user before the command, made if there is none."""
    remedy = re.sub(r" before the command.*| after the last step.*", "", finding.remedy or "")
    if re.search(r"USER \S+ at the end(?! of)|below line", finding.remedy or "") is not None:
        lines[:] = mended("\n".join(lines), finding.remedy or "").splitlines()
        return
    at = (finding.line or 0) - 1
    if (finding.remedy or "").endswith("after the last step that needs root"):
        lines.append(remedy)
        return
    if remedy.startswith("FROM "):
        base = max(number for number, line in enumerate(lines) if line.startswith("FROM "))
        written(lines, base, [remedy])
        return
    new = remedy.split(", then ")
    written(lines, at, new if lines[at].startswith("USER ") else [*new, lines[at]])


def command(lines: Lines, finding: Finding) -> None:
    """The command in another form; an init goes above it, and what installs that above both."""
    remedy = finding.remedy or ""
    at = (finding.line or 0) - 1
    if remedy.startswith("a script that "):
        written(lines, at, [f'{lines[at].split()[0]} ["/start.sh"]'])
        return
    install, _, rest = remedy.rpartition(" in a RUN, and ")
    if install:
        remedy = rest
        lines.insert(at, f"RUN {install}")
        at += 1
    written(lines, at, [remedy.partition(" above ")[0], lines[at]] if " above " in remedy else [remedy])


def base(lines: Lines, finding: Finding) -> None:
    """Another image in the same place."""
    remedy = re.split(r", or a digest|, and a ", finding.remedy or "")[0]
    for blank, text in BLANKS.items():
        remedy = remedy.replace(blank, text)
    at = (finding.line or 0) - 1
    elsewhere = re.fullmatch(r"(ARG .+) on line (\d+)", remedy)
    if elsewhere is not None:
        written(lines, int(elsewhere[2]) - 1, [elsewhere[1]])
        return
    if "from=" in remedy:
        name = remedy.partition("from=")[2]
        written(lines, at, [re.sub(r"from=[^\s,]+", f"from={name}", lines[at])])
        return
    alias = re.search(r" AS \w+", lines[at])
    written(lines, at, [remedy + (alias[0] if alias else "")])


def probe(lines: Lines, finding: Finding) -> None:
    """A health check at the end."""
    lines.append((finding.remedy or "").replace("with a command that probes port ", "curl -f http://localhost:"))


def owned(lines: Lines, finding: Finding) -> None:
    """The same COPY with an owner, or the one that is named in place of what gives it later; or only what is written
    to is given."""
    remedy = finding.remedy or ""
    at = (finding.line or 0) - 1
    flag = re.search(r"--ch(?:own|mod)=\S+", remedy)
    if flag is None:
        whole = re.search(r" instead of ([^\s,:]+)", remedy)
        assert whole is not None
        lines[at] = lines[at].replace(f" {whole[1]}", f" {whole[1]}/data").replace("RUN ", "RUN mkdir -p data && ", 1)
        return
    made = re.search(r" on lines? ([\d, and]+?)(?: instead$|, and no more than (.+) on line \d+$)", remedy)
    user = re.match(r"make (\S+) in a RUN above line \d+, and ", remedy)
    if made is not None:
        lines[at] = f"RUN {made[2] or 'true'}"
    copies = [int(each) - 1 for each in re.findall(r"\d+", made[1])] if made is not None else [at]
    for at in copies:
        given = re.sub(rf" {flag[0].partition('=')[0]}=\S+", "", lines[at])
        lines[at] = given.replace("COPY ", f"COPY {flag[0]} ", 1)
    if user is not None:
        lines[copies[0]] = f"RUN useradd {user[1]}\n{lines[copies[0]]}"


def installed(lines: Lines, finding: Finding) -> None:
    """Another command in the same RUN, below a COPY of the lock file if there is none."""
    remedy = finding.remedy or ""
    at = (finding.line or 0) - 1
    if (setting := re.match(r"(ENV \S+) above (.*):", remedy)) is not None:
        for number in sorted(map(int, re.findall(r"\d+", setting[2])), reverse=True):
            lines.insert(number - 1, setting[1])
        return
    if (named := re.match(r"write ((?:\S+@\S+ ?)+)", remedy)) is not None:
        for word in named[1].split():
            lines[at] = re.sub(
                rf" {re.escape(word.rpartition('@')[0])}(?:@latest)?(?=\s|$)", f" {word}", lines[at], count=1
            )
        return
    lock = re.match(r"COPY (\S+) as well, and ", remedy)
    said = re.split(r" beside | ships ", finding.message)[0]
    new = remedy[lock.end() :] if lock else remedy
    if said in lines[at]:
        lines[at] = lines[at].replace(said, new)
    else:  # in a heredoc, perhaps over several lines
        words = r"(?:\s|\\\n)+".join(map(re.escape, said.split()))
        lines[at:] = re.sub(words, lambda _: new, "\n".join(lines[at:]), count=1).split("\n")
    if lock:
        lines.insert(at, f"COPY {lock[1]} ./")


APPLIED: Mapping[str, Apply] = {
    "broad-copy": copies,
    "copy-before-install": reordered,
    "copy-ownership": owned,
    "fat-base": base,
    "dev-dependencies": installed,
    "missing-healthcheck": probe,
    "root-user": user,
    "shell-form-command": command,
    "unlocked-install": installed,
    "unpinned-base": base,
}
HITS = [(code, name) for code in APPLIED for name, case in CASES[code].items() if case.lines]


@pytest.mark.sampled(5)
@pytest.mark.parametrize(("code", "name"), HITS, ids=lambda part: part)
def test_a_remedy_mends_its_own_case(code: str, name: str, tmp_path: Path) -> None:
    """As often as there are findings, one after the other."""
    case = CASES[code][name]
    dockerfile = started(code, case.dockerfile)
    root = projects.write(tmp_path, {"Dockerfile": dockerfile, **case.tree})
    # An ENTRYPOINT that is mended brings its CMD to life.
    for _ in range(len(case.lines) + 1):
        findings = review(scan(root)).findings or ()
        mine = next((each for each in findings if each.code == code), None)
        if mine is None:
            break
        committed = re.match(r"commit the (\S+) that [\w ]+ writes(?:,(?: and)? )?", mine.remedy or "")
        if committed is not None:
            (root / committed[1]).write_text("{}\n", encoding="utf-8")
            mine = mine._replace(remedy=(mine.remedy or "")[committed.end() :])
        excluded = re.match(r"exclude ([^,]+?)(?:, and |$)", mine.remedy or "")
        if excluded is not None:
            with (root / ".dockerignore").open("a", encoding="utf-8") as stream:
                stream.write("\n".join(excluded[1].split()) + "\n")
        scripted = re.fullmatch(r"(.+) in (\S+\.sh)", mine.remedy or "")
        if scripted is not None:
            path = root / scripted[2]
            copy, comma, new = scripted[1].rpartition(" as well, and ")
            text = path.read_text(encoding="utf-8").replace(mine.message.partition(" beside ")[0], new)
            path.write_text(text, encoding="utf-8")
            mine = mine._replace(message="RUN beside it", remedy=f"{copy}{comma}RUN" if comma else None)
        if mine.remedy and (excluded is None or ", and " in mine.remedy):
            lines = (root / "Dockerfile").read_text(encoding="utf-8").splitlines()
            APPLIED[code](lines, mine)
            (root / "Dockerfile").write_text("\n".join(lines) + "\n", encoding="utf-8")
    left = review(scan(root)).findings or ()
    assert not [each for each in left if each.code == code], (root / "Dockerfile").read_text(encoding="utf-8")
    assert not [each for each in left if each.severity == "error"], left


APT = "RUN apt-get update && apt-get install -y git"
#: What COPY --exclude needs where no release is named.
NEWER = " (with # syntax=docker/dockerfile:1 as the first line)"
RULES = {"a": 9, "app.py": 9, "data/big.bin": 2_000_000, ".npmrc": 9}


@pytest.mark.parametrize(
    ("steps", "remedy", "mended"),
    [
        pytest.param(
            "RUN apt-get update && apt-get install -y jq\nRUN apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n",
            "merge the RUN instructions of lines 2 to 3 into one that removes it at its end",
            "RUN apt-get update && apt-get install -y jq && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n",
            id="index that is used",
        ),
        pytest.param(
            f"{APT}\nRUN apt-get update && apt-get install -y g++ && rm -rf /var/lib/apt/lists/*\n",
            "remove it in the same RUN, on line 2",
            f"{APT} && rm -rf /var/lib/apt/lists/*\n"
            "RUN apt-get update && apt-get install -y g++ && rm -rf /var/lib/apt/lists/*\n",
            id="index that is fetched again",
        ),
        pytest.param(
            "RUN apk update && apk add curl\nRUN apk add jq\nRUN rm -rf /var/cache/apk/*\n",
            "write apk add --no-cache, which takes no apk update",
            "RUN apk add --no-cache curl\nRUN apk add --no-cache jq\n", id="index that need not be kept",
        ),
        pytest.param(
            "RUN pip install flask==3.0.0\nRUN rm -rf /root/.cache/pip\n",
            "install with --no-cache-dir", "RUN pip install --no-cache-dir flask==3.0.0\n", id="cache of pip",
        ),
        pytest.param(
            f"{APT}\nRUN rm -rf /var/lib/apt/lists/*\n", "remove it in the same RUN, on line 2",
            f"{APT} && rm -rf /var/lib/apt/lists/*\n", id="cache",
        ),
        pytest.param(
            "RUN curl -o /t.tgz https://example.com/t.tgz\nRUN tar xf /t.tgz\nRUN rm /t.tgz\n",
            "merge the RUN instructions of lines 2 to 4 into one that removes it at its end",
            "RUN curl -o /t.tgz https://example.com/t.tgz && tar xf /t.tgz && rm /t.tgz\n", id="download",
        ),
        pytest.param(
            "RUN apt-get install -y gcc\nRUN make && apt-get purge -y gcc\n",
            "merge the RUN instructions of lines 2 to 3 into one that removes it at its end",
            "RUN apt-get install -y gcc && make && apt-get purge -y gcc\n", id="packages that are used",
        ),
        pytest.param(
            "COPY .npmrc /root/.npmrc\nRUN build\nRUN rm /root/.npmrc\n",
            "do not copy it: RUN --mount=type=secret,id=npmrc,target=/root/.npmrc on line 3, without the rm on line 4",
            "RUN --mount=type=secret,id=npmrc,target=/root/.npmrc build\n", id="settings with a token",
        ),
        pytest.param(
            "COPY data /data\nRUN rm -rf /data\n", "do not copy it", "RUN true\n",
            id="not needed",
        ),
        pytest.param(
            "COPY . /srv\nRUN rm -rf /srv/data\n", "do not copy it: exclude data, or COPY --exclude=data . /srv" + NEWER,
            "COPY --exclude=data . /srv\n", id="not needed of what is copied",
        ),
        pytest.param(
            "COPY data/big.bin /big.bin\nRUN load /big.bin && rm /big.bin\n",
            "do not copy it: RUN --mount=type=bind,source=data/big.bin,target=/big.bin on line 3, without its rm",
            "RUN --mount=type=bind,source=data/big.bin,target=/big.bin load /big.bin\n", id="needed once",
        ),
        pytest.param(
            "COPY . /srv\nWORKDIR /srv\nRUN load data && rm -rf data\n",
            f"COPY --exclude=data on line 2{NEWER}, and RUN --mount=type=bind,source=data,target=/srv/data,rw on line 4, without its rm"
            "; no rule of the ignore file may take it, or the mount finds nothing",
            "COPY --exclude=data . /srv\nWORKDIR /srv\nRUN --mount=type=bind,source=data,target=/srv/data,rw load data\n",
            id="a directory of what is copied",
        ),
        pytest.param(
            "RUN apt-get update && apt-get install -y git\nRUN apt-get update && apt-get install -y jq\nRUN rm -rf /var/lib/apt/lists/*\n",
            "remove it in the same RUN, on lines 2 and 3",
            f"{APT} && rm -rf /var/lib/apt/lists/*\nRUN apt-get update && apt-get install -y jq && rm -rf /var/lib/apt/lists/*\n",
            id="two lines that fill it",
        ),
        pytest.param(
            "RUN apt-get update && apt-get install -y git\nFROM alpine:3.20.3 AS b\nCOPY a /\nFROM debian:12.1-slim\n"
            "COPY --from=b /x/a.tgz /tmp/\nRUN tar xf /tmp/a.tgz && rm /tmp/a.tgz\n",
            "do not copy it: RUN --mount=type=bind,from=b,source=/x/a.tgz,target=/tmp/a.tgz on line 7, without its rm",
            "FROM alpine:3.20.3 AS b\nCOPY a /\nFROM debian:12.1-slim\nRUN --mount=type=bind,from=b,source=/x/a.tgz,target=/tmp/a.tgz tar xf /tmp/a.tgz\n",
            id="an archive of another stage",
        ),
        pytest.param(
            "FROM python:3.12.1 AS b\nRUN pip wheel -w /wheels flask==3.0.0\nFROM python:3.12.1-slim\n"
            "COPY --from=b /wheels /tmp/wheels\nRUN pip install --no-cache-dir /tmp/wheels/* && rm -rf /tmp/wheels\n",
            "do not copy it: RUN --mount=type=bind,from=b,source=/wheels,target=/tmp/wheels,rw on line 6, without its rm",
            "FROM python:3.12.1 AS b\nRUN pip wheel -w /wheels flask==3.0.0\nFROM python:3.12.1-slim\n"
            "RUN --mount=type=bind,from=b,source=/wheels,target=/tmp/wheels,rw pip install --no-cache-dir /tmp/wheels/*\n",
            id="wheels of another stage",
        ),
        pytest.param(
            "FROM debian:12.1 AS b\nCOPY . /src\nFROM debian:12.1-slim\nCOPY --from=b /src /srv\nRUN rm -rf /srv/data\n",
            f"COPY --exclude=data on line 5{NEWER}",
            "FROM debian:12.1 AS b\nCOPY . /src\nFROM debian:12.1-slim\nCOPY --exclude=data --from=b /src /srv\n",
            id="a part of what another stage has",
        ),
    ],
)  # fmt: skip
def test_clean_up_as_advised_leaves_nothing(steps: str, remedy: str, mended: str, tmp_path: Path) -> None:
    """The advice is that of the case, and followed by a person it ends the finding."""
    head = "FROM alpine:3.20.3\n" if "apk" in steps else "FROM debian:12.1-slim\n"
    end = 'USER 1000\nCMD ["/start"]\n'
    projects.write(tmp_path, {"Dockerfile": head + steps + end, **RULES})
    assert [each.remedy for each in review(scan(tmp_path)).findings or () if each.code == "split-cleanup"] == [remedy]
    projects.write(tmp_path, {"Dockerfile": head + mended + end})
    left = review(scan(tmp_path)).findings or ()
    assert not [each for each in left if each.code == "split-cleanup" or each.severity == "error"]


MOUNT = "--mount=type=bind,source=.git,target=/app/.git,rw"
KEPT = "; no rule of the ignore file may take it, or the mount finds nothing"


@pytest.mark.parametrize(
    ("first", "asks", "removes", "remedy"),
    [
        pytest.param("", "RUN python version.py", "find . -type d -name .git | xargs rm -rf", f"COPY --exclude=.git on line 3{NEWER}, and RUN {MOUNT} on line 4{KEPT}", id="a script that asks"),
        pytest.param("", "RUN git describe > v", "rm -rf .git", f"COPY --exclude=.git on line 3{NEWER}, and RUN {MOUNT} on line 4{KEPT}", id="the command itself"),
        pytest.param("", "RUN make", "rm -rf .git", f"COPY --exclude=.git on line 3{NEWER}, and RUN {MOUNT} on the RUN that asks git{KEPT}", id="a recipe"),
        pytest.param("", "RUN make other", "rm -rf .git", f"do not copy it: exclude .git, or COPY --exclude=.git . ./{NEWER}", id="nobody"),
        pytest.param("# syntax=docker/dockerfile:1.19\n", "RUN python version.py", "rm -rf .git", f"COPY --exclude=.git on line 4, and RUN {MOUNT} on line 5{KEPT}", id="a release that has it"),
        pytest.param("# syntax=docker/dockerfile:1.4\n", "RUN python version.py", "rm -rf .git", f"COPY --exclude=.git on line 4 (with # syntax=docker/dockerfile:1 instead of the release that is named), and RUN {MOUNT} on line 5{KEPT}", id="one that has not"),
    ],
)  # fmt: skip
def test_a_history_that_a_step_asks_is_mounted(
    first: str, asks: str, removes: str, remedy: str, tmp_path: Path
) -> None:
    """A rule for it would take it from the step as well; followed as it is written, the advice ends the finding."""
    text = (
        f'FROM python:3.12.1-slim\nWORKDIR /app\nCOPY . ./\n{asks}\nRUN {removes}\nUSER 1000\nCMD ["python", "a.py"]\n'
    )
    asking = 'import subprocess\nprint(subprocess.check_output(["git", "describe"]))\n'
    makes = "all:\n\techo $$(git describe --tags) > v\nother:\n\techo 1 > v\n"
    tree = {"Dockerfile": first + text, "a.py": "print(1)\n", "Makefile": makes}
    git(projects.write(tmp_path, tree | ({"version.py": asking} if "version" in asks else {})), "init", "-q")
    projects.write(tmp_path, {".git/objects/pack/a.pack": 3_000_000})

    def advised() -> list[str | None]:
        return [each.remedy for each in review(scan(tmp_path)).findings or () if each.code == "split-cleanup"]

    assert advised() == [remedy]
    mended = text.replace("COPY .", "COPY --exclude=.git .").replace(asks, asks.replace("RUN", f"RUN {MOUNT}"))
    projects.write(tmp_path, {"Dockerfile": "# syntax=docker/dockerfile:1\n" + mended})
    assert advised() == []


@pytest.mark.parametrize(
    ("build", "way"),
    [
        ("RUN apt-get install -y gcc", "remove it in the same RUN, on line 2, and write apt-get update && before the install on line 4"),
        ("RUN apt-get update && apt-get install -y gcc", "remove it in the same RUN, on line 2"),
    ],
)  # fmt: skip
def test_lists_that_another_stage_lives_on(build: str, way: str, tmp_path: Path) -> None:
    """It would find no package without them, unless it fetches its own."""
    base = "FROM debian:12.1-slim AS base\nRUN apt-get update && apt-get install -y git\n"
    stages = f"FROM base AS build\n{build}\nRUN apt-get install -y make\nFROM base\nRUN rm -rf /var/lib/apt/lists\n"
    if "update" not in build:
        stages = stages.replace("RUN apt-get install -y make\n", "RUN true\n")
    projects.write(tmp_path, {"Dockerfile": f'{base}{stages}COPY --from=build /a /\nUSER 1\nCMD ["/a"]\n'})
    assert [each.remedy for each in review(scan(tmp_path)).findings or () if each.code == "split-cleanup"] == [way]


@pytest.mark.parametrize(
    ("steps", "way", "mended"),
    [
        pytest.param(f"{APT}\n", "end the RUN on line 2 with rm -rf /var/lib/apt/lists/*", f"{APT} && rm -rf /var/lib/apt/lists/*\n", id="lists"),
        pytest.param(
            f"{APT}\nRUN apt-get install -y jq\n",
            "end the RUNs on lines 2 and 3 with rm -rf /var/lib/apt/lists/*, and write apt-get update && before the install on line 3",
            f"{APT} && rm -rf /var/lib/apt/lists/*\nRUN apt-get update && apt-get install -y jq && rm -rf /var/lib/apt/lists/*\n",
            id="lists for two",
        ),
        pytest.param(
            "RUN sudo apt-get update\nRUN sudo apt-get install -y jq\n",
            "write sudo apt-get update && before the install on line 3, end the RUN there with sudo rm -rf /var/lib/apt/lists/*, and remove line 2",
            "RUN sudo apt-get update && sudo apt-get install -y jq && sudo rm -rf /var/lib/apt/lists/*\n", id="an update alone",
        ),
        pytest.param(
            f"{APT}\nFROM b AS other\nRUN apt-get install -y jq\nFROM b\nCOPY --from=other /a /\n",
            "end the RUN on line 2 with rm -rf /var/lib/apt/lists/*, and write apt-get update && before the install on line 4",
            f"{APT} && rm -rf /var/lib/apt/lists/*\nFROM b AS other\nRUN apt-get update && apt-get install -y jq\nFROM b\nCOPY --from=other /a /\n",
            id="lists for another stage",
        ),
        pytest.param(
            "RUN apt-get update && apt-get install -y git sudo\n", "end the RUN on line 2 with rm -rf /var/lib/apt/lists/*",
            f"{APT} && rm -rf /var/lib/apt/lists/*\n", id="lists beside sudo",
        ),
        pytest.param("RUN yum install -y jq\n", "end the RUN on line 2 with yum clean all", "RUN yum install -y jq && yum clean all\n", id="yum"),
        pytest.param("RUN pip install poetry\nRUN rm -rf ~/.cache/pypoetry/artifacts\n", "install with --no-cache-dir, on line 2", "RUN pip install --no-cache-dir poetry\nRUN rm -rf ~/.cache/pypoetry/artifacts\n", id="pip beside poetry"),
        pytest.param(
            "COPY pyproject.toml poetry.lock ./\nRUN poetry install\n",
            "end the RUN on line 3 with rm -rf ~/.cache/pypoetry/artifacts ~/.cache/pypoetry/cache",
            "COPY pyproject.toml poetry.lock ./\nRUN poetry install && rm -rf ~/.cache/pypoetry/artifacts ~/.cache/pypoetry/cache\n",
            id="poetry",
        ),
        pytest.param("RUN uv pip install --link-mode copy numpy==2.1\n", "install with --no-cache, on line 2", "RUN uv pip install --no-cache --link-mode copy numpy==2.1\n", id="uv"),
        pytest.param("RUN pip install numpy==2.1\n", "install with --no-cache-dir, on line 2", "RUN pip install --no-cache-dir numpy==2.1\n", id="pip"),
    ],
)  # fmt: skip
def test_nothing_is_left_as_advised(steps: str, way: str, mended: str, tmp_path: Path) -> None:
    """The advice is that of the case, and followed by a person it ends the finding."""
    head, end = "FROM debian:12.1-slim AS b\n", 'USER 1000\nCMD ["/start"]\n'
    lock = '[[package]]\nname = "torch"\n'
    projects.write(tmp_path, {"Dockerfile": head + steps + end, "pyproject.toml": "", "poetry.lock": lock})
    assert [each.remedy for each in review(scan(tmp_path)).findings or () if each.code == "leftover-cache"] == [way]
    projects.write(tmp_path, {"Dockerfile": head + mended + end})
    left = {each.code for each in review(scan(tmp_path)).findings or ()}
    assert not left & {"leftover-cache", "split-cleanup", "split-update"}


@pytest.mark.parametrize(
    ("line", "way"),
    [
        ('CMD ["run", "{}"]', "hand it to the container when it starts"),
        (
            "ARG KEY_PASSWORD\nENV KEY=$KEY_PASSWORD",
            "docker run --env-file for the container, or RUN --mount=type=secret",
        ),
        ("ENV KEY={}", "docker run --env-file for the container, or RUN --mount=type=secret,id=key for a step"),
        ("ARG KEY={}\nENV APP_KEY=$KEY", "docker run --env-file for the container, or RUN --mount=type=secret,id="),
        ("RUN deploy --key {}", "RUN --mount=type=secret,id=token where it is needed"),
    ],
)
def test_who_reads_a_secret_gets_it(line: str, way: str, tmp_path: Path) -> None:
    """The container, or a step of the build."""
    token = "glpat-" + "x7Kd93jfLs02kdWq1zXa"
    projects.write(tmp_path, {"Dockerfile": f"FROM debian:12.1-slim\nUSER 1\n{line.format(token)}\n"})
    (found,) = [each for each in review(scan(tmp_path)).findings or () if each.code == "secret-in-dockerfile"]
    assert found.remedy is not None and found.remedy.startswith(way)


@pytest.mark.parametrize(
    ("command", "way"),
    [
        (
            "cp /run/secrets/login /root/.netrc",
            "mount it where it is read, with target=/root/.netrc, or remove the file",
        ),
        ('echo "https://$(cat /run/secrets/login)@git.acme.io" > ~/.git-credentials', "remove the file"),
        ("npm config set //npm.acme.io/:_authToken $(cat /run/secrets/login)", "remove it"),
        (
            "gpg --batch --import /run/secrets/login && mv /root/.gnupg /srv",
            "import it when the container starts, from a file that is mounted, or rm -rf ~/.gnupg",
        ),
    ],
    ids=["a copy", "a part", "what a program keeps", "a key"],
)
def test_only_a_copy_of_a_build_secret_can_be_mounted_in_its_place(command: str, way: str, tmp_path: Path) -> None:
    """A line that is made with it is not in it."""
    run = f"RUN --mount=type=secret,id=login {command}"
    projects.write(tmp_path, {"Dockerfile": f"FROM debian:12.1-slim\n{run}\nUSER 1\n"})
    (found,) = [each for each in review(scan(tmp_path)).findings or () if each.code == "secret-in-dockerfile"]
    assert found.remedy == f"{way} in the same RUN"


@pytest.mark.parametrize(
    "command",
    [
        "gpg --import /run/secrets/login && make && rm -rf $HOME/.gnupg",
        "export GNUPGHOME=/dev/shm/g && gpg --import /run/secrets/login && make",
        'echo "https://$(cat /run/secrets/login)@git.acme.io" > $HOME/.netrc && make && rm ~/.netrc',
    ],
)
def test_what_a_run_removes_again_is_no_leak(command: str, tmp_path: Path) -> None:
    """By whichever name its home has."""
    run = f"RUN --mount=type=secret,id=login {command}"
    projects.write(tmp_path, {"Dockerfile": f"FROM debian:12.1-slim\n{run}\nUSER 1\n"})
    assert not [each for each in review(scan(tmp_path)).findings or () if each.code == "secret-in-dockerfile"]


@pytest.mark.parametrize(
    ("below", "again"),
    [
        ("RUN make tests && rm ~/.git-credentials", ", and mount the secret on line 3 as well, which uses it"),
        ("RUN rm ~/.git-credentials", ""),
        ("RUN make tests", ""),
    ],
)
def test_a_later_run_needs_the_secret_too(below: str, again: str, tmp_path: Path) -> None:
    """It would miss a file that is removed where it was made."""
    run = "RUN --mount=type=secret,id=t echo https://$(cat /run/secrets/t)@git.acme.io > ~/.git-credentials"
    projects.write(tmp_path, {"Dockerfile": f"FROM debian:12.1-slim\n{run}\n{below}\nUSER 1\n"})
    (found,) = [each for each in review(scan(tmp_path)).findings or () if each.code == "secret-in-dockerfile"]
    assert found.remedy == f"remove the file in the same RUN{again}"


def test_a_word_of_the_dockerfile_stays_where_an_argument_has_it_too(tmp_path: Path) -> None:
    """Nobody has to be kept from what the Dockerfile says."""
    text = "ARG image=grafana\nFROM grafana/${image}:9.5.1\nUSER root\nRUN touch /usr/share/grafana/a\n"
    projects.write(tmp_path, {"Dockerfile": text})
    told = review(scan(tmp_path, build_args={"image": "grafana"})).findings or ()
    (found,) = [each for each in told if each.code == "root-user"]
    assert found.remedy == "USER grafana after the last step that needs root"


def test_a_secret_for_an_argument_that_is_not_there(tmp_path: Path) -> None:
    """It had better not be given, or the name is misspelled."""
    token = "glpat-" + "x7Kd93jfLs02kdWq1zXa"
    projects.write(tmp_path, {"Dockerfile": "FROM debian:12.1-slim\nARG DEPOLY_TOKEN\nUSER 1\n"})
    told = review(scan(tmp_path, build_args={"DEPLOY_TOKEN": token})).findings or ()
    (found,) = [each for each in told if each.code == "secret-in-dockerfile" and each.kind]
    meant = "unless ARG DEPOLY_TOKEN (line 2) is meant for it"
    assert found.remedy == f"do not give it to the build, which has no such argument, {meant}"


#: A step that uses what a Makefile or a compose file gives to the build.
CLONES = "ARG HUB_TOKEN\nRUN hub fetch https://hub:${HUB_TOKEN}@hub.acme.io/shop"
BUILDS = "image:\n\tdocker build -t acme/shop ."
ARGUMENT = "services:\n  shop:\n    build:\n      context: .\n      args:\n        HUB_TOKEN: ${TOKEN}\n"


@pytest.mark.parametrize(
    ("files", "lines", "says"),
    [
        ({"Makefile": BUILDS + " --build-arg HUB_TOKEN=$(TOKEN)\n"}, CLONES, ("warning", "Makefile:2")),
        ({"compose.yaml": ARGUMENT}, CLONES, ("warning", "compose.yaml:6")),
        ({"Makefile": BUILDS + "\n"}, CLONES, ("note", "what is given for it")),
        (
            {"Makefile": BUILDS + " --build-arg HUB_TOKEN\n"},
            "ARG HUB_TOKEN\nRUN hub fetch",
            ("note", "what is given for it"),
        ),
        ({"Makefile": BUILDS + " --build-arg HUB_TOKEN_FILE=a\n"}, CLONES, ("note", "what is given for it")),
    ],
    ids=["a makefile", "a compose file", "nobody", "no step that uses it", "another argument"],
)
def test_an_argument_that_somebody_gives_is_a_warning(
    files: dict[str, str], lines: str, says: tuple[str, str], tmp_path: Path
) -> None:
    """The history of the image shows it as a part of the step that uses it."""
    projects.write(tmp_path, {"Dockerfile": f'FROM debian:12.1-slim\n{lines}\nUSER 1\nCMD ["/start"]\n', **files})
    told = [each for each in review(scan(tmp_path)).findings or () if each.code == "secret-in-dockerfile"]
    assert [each.severity for each in told] == [says[0]]
    assert says[1] in told[0].message


@pytest.mark.parametrize(
    ("lines", "severity"),
    [
        ("ENV MYSQL_HOST=mysql MYSQL_PASSWORD=shop@acme", "note"),
        ("ENV MYSQL_HOST=db.acme.io MYSQL_PASSWORD=shop@acme", "warning"),
        ("ENV REDIS_HOST=redis MYSQL_PASSWORD=shop@acme", "warning"),
        ("ARG SHOP_TELEMETRY_KEY\nENV SHOP_TELEMETRY_KEY=$SHOP_TELEMETRY_KEY", None),
        ("ARG SHOP_API_KEY\nENV SHOP_API_KEY=$SHOP_API_KEY", "warning"),
        ("ENV MYSQL_ROOT_PASSWORD gordonpassword", "warning"),
        ("ENV MYSQL_HOST=mysql MYSQL_PASSWORD=gordonpassword", None),
        ("ARG MYSQL_PASSWORD=secret\nENV MYSQL_PASSWORD=$MYSQL_PASSWORD", "warning"),
        ("ARG MYSQL_PASSWORD=secret", None),
        ('ARG SHOP_PASSWORD=gordon\nRUN shop init --key "${SHOP_PASSWORD}"', "warning"),
        ("ARG SHOP_PASSWORD=gordon\nRUN shop init", None),
        ("ARG SHOP_PASSWORD=changeme\nRUN shop init --key $SHOP_PASSWORD", None),
        ('ARG SHOP_PASSWORD=gordonpass\nRUN echo "root:$SHOP_PASSWORD" | chpasswd', "warning"),
        ("RUN SECRET_KEY=x7Kd93jfLs02kdWq1zXaP0m4 python manage.py collectstatic --no-input", "note"),
        ("RUN SECRET_KEY=x7Kd93jfLs02kdWq1zXaP0m4 python manage.py createsuperuser", "error"),
        ("ENV KEYSTORE_PASSWORD=changeit RESET_PASSWORD=false DB_PASS=/run/secrets/db APP_PASSWORD=dummy", None),
    ],
    ids=[
        "a service beside",
        "far away",
        "another service",
        "what everybody gets",
        "a key",
        "a weak one",
        "a weak one of a service beside",
        "a default that stays",
        "a default of the build",
        "a default that a step uses",
        "a default that no step uses",
        "a default that stands in for another",
        "a default that is told where it is used",
        "a key that collecting files starts with",
        "a key that a step works with",
        "none",
    ],
)
def test_what_a_dockerfile_sets_weighs_as_much_as_it_opens(lines: str, severity: str | None, tmp_path: Path) -> None:
    """A word for a service that is started with the container is a note, and what every copy of a program has is
    none."""
    projects.write(tmp_path, {"Dockerfile": f'FROM debian:12.1-slim\nUSER 1\n{lines}\nCMD ["/start"]\n'})
    found = [each.severity for each in review(scan(tmp_path)).findings or () if each.code == "secret-in-dockerfile"]
    assert found == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("first", "then", "late"),
    [
        ("apk add -t deps gcc && make && apk del deps", "apk add -t deps g++ && make && apk del deps", False),
        ("apk add -t deps gcc && make", "apk add -t deps g++ && make && apk del deps", False),
        ("apk add gcc", "make && apk del gcc", True),
        ("apt-get install -y gcc && apt-get purge -y gcc", "apt-get purge -y gcc", False),
    ],
)
def test_packages_that_the_same_run_installs(first: str, then: str, late: bool, tmp_path: Path) -> None:
    """What one RUN installs and removes is not in its layer, whatever an earlier one did under that name."""
    projects.write(tmp_path, {"Dockerfile": f'FROM alpine:3.20\nRUN {first}\nRUN {then}\nCMD ["/start"]\n', **RULES})
    found = [each for each in review(scan(tmp_path)).findings or () if each.code == "split-cleanup"]
    assert bool(found) is late


def test_a_home_is_shown_as_it_is_written(tmp_path: Path) -> None:
    """Whose it is depends on who runs the step."""
    text = "FROM debian:12.1-slim\nRUN curl -o ~/a.deb https://acme.dev/a.deb\nRUN dpkg -i ~/a.deb && rm ~/a.deb\n"
    projects.write(tmp_path, {"Dockerfile": text + 'CMD ["/start"]\n', **RULES})
    found = [each for each in review(scan(tmp_path)).findings or () if each.code == "split-cleanup"]
    assert [each.message for each in found] == ["~/a.deb stays in the layer created by RUN on line 2"]


@pytest.mark.parametrize(
    ("name", "late"),
    [
        ("acme-cli_1.2_amd64.deb", True),
        ("acme-release_1.2.deb", False),
        ("packages-microsoft-prod.deb", False),
        ("acme-repo-2.noarch.rpm", False),
    ],
)
def test_a_package_that_says_where_others_are_is_small(name: str, late: bool, tmp_path: Path) -> None:
    """It is a list, and a key, of a few kB."""
    text = f"FROM debian:12.1-slim\nADD https://acme.dev/{name} /\nRUN install-it /{name} && rm /{name}\n"
    projects.write(tmp_path, {"Dockerfile": text + 'CMD ["/start"]\n', **RULES})
    found = [each for each in review(scan(tmp_path)).findings or () if each.code == "split-cleanup"]
    assert bool(found) is late


def test_a_word_that_an_argument_gives_as_well(tmp_path: Path) -> None:
    """What a line says itself is told as it says it, where the value tells nothing."""
    lines = 'ARG TAG=latest\nFROM acme/a:$TAG AS a\nFROM acme/b:latest\nCOPY --from=a /a /\nCMD ["/a"]\n'
    projects.write(tmp_path, {"Dockerfile": lines})
    found = review(scan(tmp_path, build_args={"TAG": "latest"})).findings or ()
    told = [each.message for each in found if each.code == "unpinned-base" and each.line == 3]
    assert told == ["FROM acme/b:latest: the tag latest"]


def test_a_name_that_an_argument_gives_as_well(tmp_path: Path) -> None:
    """Of a line that takes up no variable nothing is hidden that stands there."""
    lines = 'ARG NAME\nFROM acme/$NAME:1.2 AS a\nFROM shopworks/base:shopworks\nCOPY --from=a /a /\nCMD ["/a"]\n'
    projects.write(tmp_path, {"Dockerfile": lines})
    found = review(scan(tmp_path, build_args={"NAME": "shopworks"})).findings or ()
    told = [each.message for each in found if each.code == "unpinned-base"]
    assert told == ["FROM shopworks/base:shopworks: a tag without a version"]


def test_a_path_that_is_a_part_of_an_argument(tmp_path: Path) -> None:
    """What a line says itself is not told by the name of a value that has it in it; what is cut off of the value is."""
    flags = "-X example.org/acme/shopworks/version=1.2"
    run = "FROM golang:1.23\nARG FLAGS\nWORKDIR /go/src/example.org/acme/shopworks\n"
    run += 'COPY . /go/src/example.org/acme/shopworks\nRUN go build -o /out/shopworks -ldflags "$FLAGS" ./cmd\nCMD ["/out/shopworks"]\n'
    projects.write(
        tmp_path, {"Dockerfile": run, "go.mod": "module a\nrequire b.c/d v1.0.0\n", "go.sum": "b", "cmd/a.go": 9}
    )
    told = review(scan(tmp_path, build_args={"FLAGS": flags})).findings or ()
    (found,) = [each for each in told if each.code == "copy-before-install"]
    assert found.remedy is not None
    assert found.remedy.startswith("COPY go.mod go.sum /go/src/example.org/acme/shopworks/, then RUN go mod download")
    assert "COPY . /go/src/example.org/acme/shopworks" in found.remedy
    assert "-X example" not in found.message + found.remedy


@pytest.mark.parametrize(("contexts", "speaks"), [({}, True), ({"debian:12": "docker-image://acme/base"}, False)])
def test_a_plain_line_above_an_image_of_another_build(contexts: dict[str, str], speaks: bool, tmp_path: Path) -> None:
    """Nobody knows its shell."""
    projects.write(tmp_path, {"Dockerfile": "FROM debian:12\nCMD /start.py\n"})
    found = review(scan(tmp_path, build_contexts=contexts)).findings or ()
    assert ("shell-form-command" in {each.code for each in found}) is speaks


@pytest.mark.parametrize(
    ("other", "way"),
    [
        ("COPY . /app", "do not copy it: COPY --exclude=web . /app" + NEWER),
        ("COPY web/a.js /app", "do not copy it: COPY --exclude=web . /app" + NEWER),
        ("COPY a.js /app", "do not copy it: exclude web, or COPY --exclude=web . /app" + NEWER),
    ],
)
def test_what_another_build_takes_stays_in_the_context(other: str, way: str, tmp_path: Path) -> None:
    """Both read the same rules."""
    files = {"a.js": "", "web/a.js": "", "web/package.json": "{}", "web/film.mp4": 3_000_000}
    removes = 'FROM node:22-slim\nCOPY . /app\nRUN rm -rf /app/web\nCMD ["node", "/app/a.js"]\n'
    projects.write(tmp_path, {**files, "Dockerfile": removes, "web/Dockerfile": f"FROM node:22-slim\n{other}\n"})
    scans = [scan(tmp_path), scan(tmp_path, dockerfile=tmp_path / "web/Dockerfile")]
    found = [each for each in reviews(scans, configs=[None, None])[0].findings or () if each.code == "split-cleanup"]
    assert [each.remedy for each in found] == [way]


COMPILED = "FROM golang:1.23 AS b\nCOPY . .\nRUN go build -o /shop .\nFROM debian:12-slim AS web\nCOPY --from=b /shop /usr/bin/shop\n"


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        (f"{COMPILED}RUN mkdir /opt/s && mv /usr/bin/shop /opt/s\n", "COPY it to /opt/s/ itself, on line 5, without the mv"),
        (f"{COMPILED}RUN mv /usr/bin/shop /usr/bin/serve\n", "COPY it to /usr/bin/serve itself, on line 5, without the mv"),
        (f"{COMPILED}FROM web\nRUN mv /usr/bin/shop /opt/shop\n", "begin both stages with one that lacks the COPY on line 5, and here COPY it to /opt/shop"),
        ("FROM debian:12\nCOPY a.db /a.db\nRUN mv /a.db /srv/a.db\n", "COPY it to /srv/a.db itself, on line 2, without the mv"),
        # Nobody knows how large these are, or they are needed where they are, or written anew.
        ("FROM debian:12\nCOPY small /a\nRUN mv /a /srv/a\n", None),
        ("FROM alpine:3 AS b\nRUN apk add tini\nFROM debian:12\nCOPY --from=b /sbin/tini /bin/tini\nRUN mv /bin/tini /tini\n", None),
        (f"{COMPILED}RUN shop setup\nRUN mv /usr/bin/shop /opt/shop\n", None),
        (f"{COMPILED}RUN upx /usr/bin/shop && mv /usr/bin/shop /opt/shop\n", None),
        (f"{COMPILED}RUN curl -o /tmp/x https://example.com/x && mv /tmp/x /usr/bin/x\n", None),
        (f"{COMPILED}RUN mv /usr/bin/* /opt\n", None),
    ],
)  # fmt: skip
def test_what_is_moved_is_stored_twice(text: str, fix: str | None, tmp_path: Path) -> None:
    """It is to be copied to its place at once; in a stage upon another that has it, both need one without."""
    projects.write(
        tmp_path, {"Dockerfile": f'{text}CMD ["/x"]\n', "a.db": 4_000_000, "small": 9, ".dockerignore": "x\n"}
    )
    found = [each for each in review(scan(tmp_path)).findings or () if each.code == "split-cleanup"]
    assert [(each.severity, each.remedy) for each in found] == ([("warning", fix)] if fix else [])


def test_lists_that_are_fetched_alone_are_told_once(tmp_path: Path) -> None:
    """Whoever follows `split-update` leaves no lists behind."""
    lines = "RUN apt-get update || true\nRUN apt-get install -y jq && rm -rf /var/lib/apt/lists/*\n"
    projects.write(tmp_path, {"Dockerfile": f'FROM debian:12.1\n{lines}USER 1000\nCMD ["/start"]\n'})
    told = {"split-update", "split-cleanup", "leftover-cache"}
    assert [each.code for each in review(scan(tmp_path)).findings or () if each.code in told] == ["split-update"]
