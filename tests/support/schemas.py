"""The schemas that reports are held against, each read once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import jsonschema
from support.trees import TESTDATA

import ctxscan

#: The schema that comes with the package, of `--format json`.
REPORT: Final = jsonschema.Draft202012Validator(
    json.loads((Path(ctxscan.__file__).parent / "reports" / "schema.json").read_text(encoding="utf-8"))
)
#: The schema of SARIF, as its standard has it.
SARIF: Final = jsonschema.Draft4Validator(json.loads((TESTDATA / "sarif-schema.json").read_text(encoding="utf-8")))
