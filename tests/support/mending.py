"""A remedy for a command that runs as root, followed as it is written."""

import re
from collections.abc import Iterator

from ctxscan.dockerfile.shell import is_whole, pipes

_LINES = r"lines? (\d+(?:(?:, | and )\d+)*)"
_COPIES = re.compile(rf"COPY --chown=(\S+) on {_LINES}")
_INSTEAD = re.compile(r"(WORKDIR|COPY to) (\S+) instead of (\S+), which only root can enter, on line (\d+)")
_WITHOUT = re.compile(rf"no (--\w+) on {_LINES}")
_ABOVE = re.compile(r"((?:RUN|ENV) [^,]*?(?: and ENV \S+)?) above line (\d+)")
_BETWEEN = re.compile(
    rf"RUN ((?:(?! above ).)+) above line (\d+) and USER (\S+) above and USER root below (?:it|{_LINES}), or each start"
    r" loads again what they load(?:[,;] (?:and )?)?"
)
_BELOW = re.compile(r"^RUN (.+?) and USER (\S+) below line (\d+)")
_WORKDIR = r"(?:WORKDIR (\S+) for what (?:the script|it) writes and )?"
_RUN = re.compile(rf"(?:^| and |, and )RUN ((?:(?!, then ).)+), then {_WORKDIR}USER \S+ at the end")
_USER = re.compile(rf"{_WORKDIR}USER (\S+) at the end")


def advised(remedy: str) -> Iterator[str]:
    """The lines of shell in the RUN instructions that a remedy has."""
    yield from (each.removeprefix("RUN ") for each, _ in _ABOVE.findall(remedy) if each.startswith("RUN "))
    yield from (found[1] for pattern in (_BELOW, _RUN) if (found := pattern.search(remedy)) is not None)


def are_whole(remedy: str) -> bool:
    """Whether the shell can read each RUN of a remedy, and every word in it stands for itself."""
    try:
        words = [word for line in advised(remedy) for pipe in pipes(line) for each in pipe for word in each]
    except ValueError:
        return False
    return all(is_whole(word.removeprefix("$")) for word in words)


def mended(dockerfile: str, remedy: str) -> str:
    """The Dockerfile with what the remedy says, each at its place."""
    assert are_whole(remedy), remedy
    lines = dockerfile.rstrip("\n").split("\n")
    between = _BETWEEN.search(remedy)
    remedy = _BETWEEN.sub("", remedy).replace("then USER", ", then USER") if between else remedy
    for owner, numbers in _COPIES.findall(remedy):
        for number in re.findall(r"\d+", numbers):
            flagged = re.sub(r"^(COPY|ADD) ", rf"\1 --chown={owner} ", lines[int(number) - 1])
            assert flagged != lines[int(number) - 1], (lines, remedy)
            lines[int(number) - 1] = flagged
    for keyword, place, old, number in _INSTEAD.findall(remedy):
        assert f" {old}" in lines[int(number) - 1], (lines, remedy)
        before, _, after = lines[int(number) - 1].rpartition(f" {old}")
        lines[int(number) - 1] = f"{before} {place}{after if keyword != 'WORKDIR' else ''}"
    for option, numbers in _WITHOUT.findall(remedy):
        for number in re.findall(r"\d+", numbers):
            lines[int(number) - 1] = lines[int(number) - 1].replace(f" {option}", "")
    new: dict[int, list[str]] = {}
    below, run, user = _BELOW.search(remedy), _RUN.search(remedy), _USER.search(remedy)
    for said, number in _ABOVE.findall(remedy):
        new.setdefault(int(number) - 1, []).extend(re.split(r" and (?=ENV )", said))
    if below is not None:
        new.setdefault(int(below[3]), []).extend([f"RUN {below[1]}", f"USER {below[2]}"])
    else:
        assert user is not None, remedy
        place = [f"WORKDIR {user[1]}"] if user[1] else []
        new.setdefault(len(lines), []).extend([*([f"RUN {run[1]}"] if run else []), *place, f"USER {user[2]}"])
    if between is not None:
        first, user_there = int(between[2]), f"USER {between[3]}"
        new.setdefault(first - 1, []).append(f"RUN {between[1]}")
        for at in (int(each) for each in re.findall(r"\d+", between[4] or between[2])):
            new.setdefault(at - 1, []).append(user_there)
            new.setdefault(at, []).insert(0, "USER root")
    for at in sorted(new, reverse=True):
        lines[at:at] = new[at]
    return "\n".join([*lines, ""])
