"""How a program is told what to measure, and how it says what it measured."""

from __future__ import annotations

import json
import platform
import sys
from dataclasses import dataclass, field

# The lab writes a few hundred bytes; anything longer is no task of the lab's.
MAX_TASK_CHARS = 16_384


@dataclass(frozen=True)
class Task:
    """One sample to take."""

    case: str
    subject: str
    variant: str
    sink_url: str
    seed: int
    calls: int


@dataclass
class Sample:
    """What one form of a case came to. Units are in the names of the metrics."""

    variant: str
    spans_sent: int
    metrics: dict[str, float] = field(default_factory=dict)
    note: str | None = None


def read_task() -> Task:
    """Reads the task from the first argument; a wrong one ends the program with a line that says why."""
    text = sys.argv[1] if len(sys.argv) > 1 else ""
    if not text or len(text) > MAX_TASK_CHARS:
        raise SystemExit("the first argument is the task as JSON")
    given = json.loads(text)
    return Task(
        case=str(given["case"]),
        subject=str(given["subject"]),
        variant=str(given.get("variant", "")),
        sink_url=str(given["sinkUrl"]),
        seed=int(given["seed"]),
        calls=int(given["calls"]),
    )


def write_line(message: dict[str, object]) -> None:
    """Writes one line of JSON at once: the lab may be waiting for it."""
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def write_samples(samples: list[Sample]) -> None:
    """Writes the result, as the last line on standard output."""
    write_line(
        {
            "type": "samples",
            "python": platform.python_version(),
            "samples": [
                {
                    "variant": sample.variant,
                    "spansSent": sample.spans_sent,
                    "metrics": sample.metrics,
                    **({} if sample.note is None else {"note": sample.note}),
                }
                for sample in samples
            ],
        }
    )
