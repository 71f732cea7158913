"""Times calls on the calling thread: wall clock and the thread's own CPU."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from typing import Callable

# A service is not in a loop: between two calls the library's thread may take the interpreter, as it does in life.
REST_SECONDS = 0.001
WARM_UP_CALLS = 12


@dataclass
class Timings:
    """One entry a call, in nanoseconds."""

    wall_ns: list[int] = field(default_factory=list)
    cpu_ns: list[int] = field(default_factory=list)


def measure(unit: Callable[[int], object], calls: int, rest_seconds: float = REST_SECONDS) -> Timings:
    """Calls a unit of work again and again, with a rest before each call; the first calls are not counted."""
    timings = Timings()
    for call in range(-min(WARM_UP_CALLS, calls), calls):
        time.sleep(rest_seconds)
        wall, cpu = time.perf_counter_ns(), time.thread_time_ns()
        unit(call)
        _record(timings, call, wall, cpu)
    return timings


async def measure_async(unit: Callable[[int], Awaitable[object]], calls: int) -> Timings:
    """The same on an event loop. The rest blocks the loop: nothing else is on it."""
    timings = Timings()
    for call in range(-min(WARM_UP_CALLS, calls), calls):
        time.sleep(REST_SECONDS)
        wall, cpu = time.perf_counter_ns(), time.thread_time_ns()
        await unit(call)
        _record(timings, call, wall, cpu)
    return timings


def calls_made(calls: int) -> int:
    """How often a unit ran for so many counted calls."""
    return calls + min(WARM_UP_CALLS, calls)


def _record(timings: Timings, call: int, wall: int, cpu: int) -> None:
    cpu_ns, wall_ns = time.thread_time_ns() - cpu, time.perf_counter_ns() - wall
    if call >= 0:
        timings.wall_ns.append(wall_ns)
        timings.cpu_ns.append(cpu_ns)


def quantile(values: Sequence[float], share: float) -> float:
    """With linear interpolation between the two nearest ranks, as in the rest of the lab."""
    ordered = sorted(values)
    rank = (len(ordered) - 1) * share
    below, above = ordered[int(rank)], ordered[min(int(rank) + 1, len(ordered) - 1)]
    return below + (above - below) * (rank - int(rank))


def median_ms(values_ns: Sequence[float]) -> float:
    return quantile(values_ns, 0.5) / 1e6


def added(base: Timings, traced: Timings, records: int) -> dict[str, float]:
    """What a record adds to its caller: the traced unit less the untraced one of the same process, a record."""

    def difference(name: str, share: float) -> float:
        of_traced, of_base = quantile(getattr(traced, name), share), quantile(getattr(base, name), share)
        return (of_traced - of_base) / records / 1e6

    return {
        "addedMs": difference("wall_ns", 0.5),
        "addedCpuMs": difference("cpu_ns", 0.5),
        "addedP99Ms": difference("wall_ns", 0.99),
    }
