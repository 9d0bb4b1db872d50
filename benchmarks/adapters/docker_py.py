"""docker-py as it packs a context: the paths that `exclude_paths` keeps, then each one's size."""

import os
import stat
import sys
from pathlib import Path

from docker.utils.build import exclude_paths

root = sys.argv[1]
# As `APIClient.build` reads it.
lines = Path(root, ".dockerignore").read_text().splitlines()
patterns = [line for line in map(str.strip, lines) if line and line[0] != "#"]
files = total = 0
for path in exclude_paths(root, patterns):
    status = os.lstat(f"{root}/{path}")
    if not stat.S_ISDIR(status.st_mode):
        files += 1
        total += status.st_size
print(files, total)
