"""Mistake 1.6 in small: an event loop that should tick each 5 ms, while a batch of spans is exported and while none is.

No server and no load: what the exporter's thread takes from the loop, and nothing else.
"""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

from . import payloads
from .clock import quantile
from .subjects import Subject, load_subject
from .task import Sample, Task, read_task, write_samples

_TICK_SECONDS = 0.005
_TICKS = 160
_SPANS = 400
_PAYLOAD_KB = 8.0


async def _ticks(until: threading.Event) -> list[float]:
    """How late each tick is, in milliseconds, until the event is set; a tick is a short piece of a handler."""
    late: list[float] = []
    begin = time.perf_counter()
    number = 0
    while number < 20 or not until.is_set():
        number += 1
        planned = begin + number * _TICK_SECONDS
        await asyncio.sleep(max(0.0, planned - time.perf_counter()))
        sum(range(2_000))
        late.append((time.perf_counter() - planned) * 1e3)
    return late


def _run_ticks(until: threading.Event) -> list[float]:
    return asyncio.run(_ticks(until))


def _make_spans(subject: Subject, task: Task) -> None:
    ready = [payloads.conversation(task.seed, call, _PAYLOAD_KB) for call in range(32)]
    work = subject.observe(lambda payload: payloads.reply(task.seed, payload["turn"]))
    for call in range(_SPANS):
        work({**ready[call % len(ready)], "turn": call})


def _quiet(task: Task) -> list[float]:
    done = threading.Event()
    threading.Timer(_TICKS * _TICK_SECONDS, done.set).start()
    return _run_ticks(done)


def _while_exporting(subject: Subject, task: Task) -> list[float]:
    """The spans are made at once, before the loop runs; what is left to do then is the exporter's alone."""
    _make_spans(subject, task)
    done = threading.Event()

    def drain() -> None:
        subject.flush()
        done.set()

    threading.Thread(target=drain).start()
    return _run_ticks(done)


def main() -> None:
    task = read_task()
    subject: Any = load_subject(task.subject)
    subject.start(task.sink_url)
    quiet = _quiet(task)
    exporting = _while_exporting(subject, task)
    metrics = {
        "exportingP99Ms": quantile(exporting, 0.99),
        "exportingP50Ms": quantile(exporting, 0.5),
        "quietP99Ms": quantile(quiet, 0.99),
        "quietP50Ms": quantile(quiet, 0.5),
        "exportingForMs": len(exporting) * _TICK_SECONDS * 1e3,
    }
    metrics["addedP99Ms"] = metrics["exportingP99Ms"] - metrics["quietP99Ms"]
    write_samples([Sample(task.variant, 0 if task.subject == "untraced" else _SPANS, metrics)])


if __name__ == "__main__":
    main()
