"""How the names of archives end, where nobody has looked into them."""

from __future__ import annotations

from typing import Final

#: Files that are compressed, whatever is in them.
COMPRESSED: Final = (".gz", ".bz2", ".xz", ".zst")
#: Tar archives, plain and compressed.
TAR: Final = (".tar", ".tgz", ".tbz2", ".txz", ".tzst", *(f".tar{each}" for each in COMPRESSED))
#: What ADD may unpack.
UNPACKED: Final = (*TAR, *COMPRESSED)
