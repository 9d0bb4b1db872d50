"""What the logs of builds tell, as plain values for the formats that carry data."""

from __future__ import annotations

from typing import Any

from ..postbuild.timing import LogFacts
from ..printable import text


def log_data(log: LogFacts) -> dict[str, Any]:
    """`build_log` of the JSON report. Seconds are the median of all runs."""
    return {
        "logs": log.logs,
        "steps": [
            {
                "stage": each.stage,
                "line": each.line,
                "instruction": each.instruction,
                "text": text(each.text),
                "seconds": None if each.seconds is None else round(each.seconds, 3),
                "ran": len(each.runs),
                "cached": each.cached,
                "failed": each.failed,
            }
            for each in log.steps
        ],
        "unmatched": [text(each) for each in log.unmatched],
        "transferred": list(log.transferred),
        "foretold_transfer": log.foretold,
    }
