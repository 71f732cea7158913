"""Mistake 1.1: the client is made lazily, or for each call, against once at the start.

The two scripts of the notes differ in where the client is made; both have their `@observe` line commented out as
printed, so both are run in both forms. Without it there is no trace to update, and nothing arrives.
"""

from __future__ import annotations

import importlib
import os
import threading
import time
from typing import Any, Callable

from . import payloads
from .clock import median_ms, quantile
from .subjects import Subject, load_subject
from .task import Sample, Task, read_task, write_samples

_LATER_CALLS = 20
_CREATIONS = 8


def _script(task: Task, subject: Subject, is_observed: bool) -> Sample:
    """One script: a request handler that names its conversation on the trace, called 1 + 20 times."""
    is_lazy = task.variant.startswith("bad")
    before = time.perf_counter_ns()
    _import_library(task.subject)
    imported = time.perf_counter_ns()
    if not is_lazy:
        subject.start(task.sink_url)
    started = time.perf_counter_ns()
    times: list[float] = []
    for call in range(1 + _LATER_CALLS):
        begin = time.perf_counter_ns()
        if call == 0 and is_lazy:
            subject.start(task.sink_url)
        _handle(subject, task, call, is_observed)
        times.append(time.perf_counter_ns() - begin)
        time.sleep(0.005)
    subject.flush()
    metrics = {
        "firstCallMs": times[0] / 1e6,
        "laterCallMs": median_ms(times[1:]),
        "importMs": (imported - before) / 1e6,
        "startMs": 0.0 if is_lazy else (started - imported) / 1e6,
    }
    return Sample(task.variant, len(times) if is_observed else 0, metrics)


def _handle(subject: Subject, task: Task, call: int, is_observed: bool) -> None:
    def turn(payload: Any) -> Any:
        subject.annotate_trace({"conversation_id": payload["conversation_id"]})
        return {"status": "ok"}

    work = subject.observe(turn) if is_observed else turn
    work(payloads.tiny(task.seed, call))


def _import_library(subject: str) -> None:
    """Imports belong to the start of a process in both scripts; only making the client differs."""
    importlib.import_module("langfuse.decorators" if subject == "langfuse-2" else "langfuse")


def _creations(task: Task) -> Sample:
    """A client for each call, as where it is made inside the handler."""
    os.environ["LANGFUSE_HOST"] = os.environ["LANGFUSE_BASE_URL"] = task.sink_url
    _import_library(task.subject)
    from langfuse import Langfuse

    threads_before = threading.active_count()
    clients: list[Any] = []

    def create(number: int) -> None:
        # With one key langfuse 3 and 5 hand out parts of the first client again; another key is another client.
        clients.append(Langfuse(public_key=f"pk-lf-{number}", secret_key="sk-lf-lab", host=task.sink_url))

    times = _time_each(create, _CREATIONS)
    threads_after = threading.active_count()
    again = _time_each(lambda _: Langfuse(public_key="pk-lf-0", secret_key="sk-lf-lab", host=task.sink_url), _CREATIONS)
    metrics: dict[str, float] = {
        "firstCallMs": times[0] / 1e6,
        "creationMs": quantile(times[1:], 0.5) / 1e6,
        "sameKeyAgainMs": median_ms(again),
        "threadsPerClient": (threads_after - threads_before) / _CREATIONS,
    }
    return Sample(task.variant, 0, metrics)


def _time_each(work: Callable[[int], object], count: int) -> list[float]:
    times: list[float] = []
    for number in range(count):
        begin = time.perf_counter_ns()
        work(number)
        times.append(time.perf_counter_ns() - begin)
    return times


def main() -> None:
    task = read_task()
    if task.variant == "bad-per-call":
        sample = _creations(task)
    else:
        sample = _script(task, load_subject(task.subject), is_observed=task.variant.endswith("observe-on"))
    write_samples([sample])
    # Some versions wait for their threads as the interpreter ends; the sample is complete, and nothing is unsent.
    os._exit(0)


if __name__ == "__main__":
    main()
