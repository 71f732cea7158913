"""Mistake 1.5: `Langfuse(...)` where `get_client()` was meant, and two clients that should sample differently."""

from __future__ import annotations

import os
import threading
import time
from typing import Any, Callable

from .clock import quantile
from .task import Sample, Task, read_task, write_samples

_KEYS = {"public_key": "pk-lf-lab", "secret_key": "sk-lf-lab"}
_LOOK_UPS = 200
# langfuse 2 makes a client with threads each time: a few say as much, and two hundred would be a fault of their own.
_LOOK_UPS_WITH_THREADS = 12
_TRACES_EACH = 200
_RARE = 0.05
_WORK_BATCH = 20


def _per_call_us(work: Callable[[], object], calls: int) -> float:
    """Per call, over batches: a single look-up is as short as the clock's own reading."""
    batch = min(_WORK_BATCH, calls)
    times: list[float] = []
    for _ in range(max(1, calls // batch)):
        begin = time.perf_counter_ns()
        for _ in range(batch):
            work()
        times.append((time.perf_counter_ns() - begin) / batch / 1e3)
    return quantile(times, 0.5)


def _construct_again(task: Task) -> Sample:
    from langfuse import Langfuse

    first = Langfuse(**_KEYS, host=task.sink_url, sample_rate=1.0)
    threads = threading.active_count()
    is_second = task.subject == "langfuse-2"
    look_ups = _LOOK_UPS_WITH_THREADS if is_second else _LOOK_UPS
    micros = _per_call_us(lambda: Langfuse(**_KEYS, host=task.sink_url, sample_rate=1.0), look_ups)
    threads_made = threading.active_count() - threads
    other = Langfuse(**_KEYS, host=task.sink_url, sample_rate=_RARE)
    kept = sum(_is_recorded(task.subject, other) for _ in range(_TRACES_EACH))
    metrics = {
        "lookUpMs": micros / 1e3,
        "threadsPerLookUp": threads_made / look_ups,
        # 1: both are one client inside, and what the second construction asked for went nowhere.
        "isSecondIgnored": float(kept > _TRACES_EACH // 2),
    }
    _flush(first, other)
    return Sample(task.variant, kept if not is_second else 0, metrics)


def _is_recorded(subject: str, client: Any) -> bool:
    """Whether a trace of this client would be kept; langfuse 2 decides that in its thread, by the client's own rate."""
    if subject == "langfuse-2":
        return False
    from opentelemetry import trace

    with client.start_as_current_observation(name="turn", input={"a": 1}):
        return bool(trace.get_current_span().is_recording())


def _get_again(task: Task) -> Sample:
    if task.subject == "langfuse-2":
        from langfuse.decorators import langfuse_context

        os.environ.update(LANGFUSE_HOST=task.sink_url, LANGFUSE_PUBLIC_KEY="pk-lf-lab", LANGFUSE_SECRET_KEY="sk-lf-lab")

        def look_up() -> object:
            return langfuse_context.client_instance

    else:
        from langfuse import Langfuse, get_client

        Langfuse(**_KEYS, host=task.sink_url)
        look_up = get_client
    look_up()
    threads = threading.active_count()
    metrics = {"lookUpMs": _per_call_us(look_up, _LOOK_UPS) / 1e3}
    metrics["threadsPerLookUp"] = float(threading.active_count() - threads)
    return Sample(task.variant, 0, metrics)


def _two_clients(task: Task) -> Sample:
    """Two projects, one sampled at 5 %, one whole: how many traces of each are kept."""
    from langfuse import Langfuse

    rare = Langfuse(public_key="pk-lf-rare", secret_key="sk-lf-lab", host=task.sink_url, sample_rate=_RARE)
    whole = Langfuse(public_key="pk-lf-whole", secret_key="sk-lf-lab", host=task.sink_url, sample_rate=1.0)
    if task.subject == "langfuse-2":
        for client in (rare, whole):
            for turn in range(_TRACES_EACH):
                client.trace(name="turn", input={"turn": turn}, output={"ok": True})
        _flush(rare, whole)
        # How many of the first are kept shows only at the sink; of the second none may be missing.
        return Sample(task.variant, _TRACES_EACH, {"askedOfFirst": _RARE, "askedOfSecond": 1.0})
    kept = [sum(_is_recorded(task.subject, client) for _ in range(_TRACES_EACH)) for client in (rare, whole)]
    _flush(rare, whole)
    metrics: dict[str, float] = {
        "askedOfFirst": _RARE,
        "keptOfFirst": kept[0] / _TRACES_EACH,
        "askedOfSecond": 1.0,
        "keptOfSecond": kept[1] / _TRACES_EACH,
    }
    return Sample(task.variant, sum(kept), metrics)


def _flush(*clients: Any) -> None:
    for client in clients:
        client.flush()


_VARIANTS: dict[str, Callable[[Task], Sample]] = {
    "bad": _construct_again,
    "good": _get_again,
    "two-clients": _two_clients,
}


def main() -> None:
    task = read_task()
    write_samples([_VARIANTS[task.variant](task)])
    # As in client_life.py: the sample is complete, and langfuse 2 would join the threads of each client in turn.
    os._exit(0)


if __name__ == "__main__":
    main()
