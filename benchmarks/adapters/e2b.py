"""e2b-dockerfile-utils: its matcher, BuildKit's in Python, in the plainest walk that asks it for each path."""

import os
import sys
from pathlib import Path

from e2b_dockerfile_utils.dockerignore import PatternMatcher

root = sys.argv[1]
lines = Path(root, ".dockerignore").read_text().splitlines()
matcher = PatternMatcher([line for line in map(str.strip, lines) if line and line[0] != "#"])
files = total = 0
below = [""]
while below:
    prefix = below.pop()
    with os.scandir(f"{root}/{prefix}") as entries:
        for entry in entries:
            path = prefix + entry.name
            excluded = matcher.matches(path)
            if entry.is_dir(follow_symlinks=False):
                if not excluded or matcher.may_match_under(path):
                    below.append(path + "/")
            elif not excluded:
                files += 1
                total += entry.stat(follow_symlinks=False).st_size
print(files, total)
