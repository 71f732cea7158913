"""What the parts of a tracing call cost on this machine, by micro-benchmarks alone: no tracing library is loaded.

Each constant is the median of several runs of a loop, less what the empty loop costs.
"""

from __future__ import annotations

import copy
import inspect
import json
import queue
import random
import ssl
import sys
import threading
import time
import uuid
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timezone
from typing import Any, Callable
from urllib.request import Request, urlopen

from . import payloads
from .clock import REST_SECONDS, quantile
from .task import read_task, write_line

_RUNS = 7
_RUN_SECONDS = 0.012
# Beyond what the C library keeps for itself when it is given back, so that each copy is into fresh pages.
_LARGE_BYTES = 40 << 20


def per_call_us(work: Callable[[], object]) -> float:
    """The median over runs, each long enough for the clock."""
    loops = 1
    while _timed(work, loops) < _RUN_SECONDS and loops < 1_000_000:
        loops *= 4
    return max(0.0, quantile([_timed(work, loops) - _timed(_nothing, loops) for _ in range(_RUNS)], 0.5) / loops * 1e6)


def _timed(work: Callable[[], object], loops: int) -> float:
    begin = time.perf_counter()
    for _ in range(loops):
        work()
    return time.perf_counter() - begin


def _nothing() -> None:
    return None


class _Record:
    """An object as spans are: a dozen attributes."""

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)
        self.a = self.b = self.c = self.d = self.e = self.f = None


class _Encoder(json.JSONEncoder):
    """A subclass, so that `json.dumps` makes an encoder on each call as it does for libraries that need one."""

    def default(self, o: Any) -> Any:
        return str(o)


def _walk(value: Any) -> Any:
    """Copies a value node by node after a chain of tests of its type, as serialisers for any value do."""
    if isinstance(value, (datetime, uuid.UUID, Exception, bytes, queue.Queue)):
        return str(value)
    if "Streaming" in type(value).__name__ or hasattr(type(value), "__dataclass_fields__"):
        return str(value)
    if isinstance(value, (str, float, int, type(None))):
        return value
    if isinstance(value, dict):
        return {_walk(key): _walk(item) for key, item in value.items()}
    return [_walk(item) for item in value]


def _walk_exact(value: Any) -> Any:
    """The same where exact built-in types are recognised first."""
    kind = type(value)
    if kind is str or value is None or kind is bool or kind is int or kind is float:
        return value
    if kind is dict:
        return {_walk_exact(key): _walk_exact(item) for key, item in value.items()}
    return [_walk_exact(item) for item in value]


def count_nodes(value: Any) -> int:
    """Keys and values, each container one."""
    if isinstance(value, dict):
        return 1 + sum(1 + count_nodes(item) for item in value.values())
    if isinstance(value, list):
        return 1 + sum(count_nodes(item) for item in value)
    return 1


@contextmanager
def _entered() -> Iterator[None]:
    yield


def _enter() -> None:
    with _entered():
        pass


def _bound(a: Any, b: Any, *, c: Any = None, d: Any = None, e: Any = None, f: Any = None, g: Any = None) -> None:
    return None


class _Span:
    """What a function of a tracing library touches."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.ended = False

    def set(self, key: str, *, value: Any = None, level: Any = None, version: Any = None) -> bool:
        """A call as libraries are made of: keyword arguments, a dict that is filtered, tests, an entry, a `try`."""
        given = {"value": value, "level": level, "version": version}
        try:
            for name, item in given.items():
                if item is not None:
                    self.values[name] = item
        finally:
            self.ended = key == "end"
        return self.ended


_CALLS_AFTER_REST = 300
_RESTS = 40


def after_rest_us(work: Callable[[], object]) -> float:
    """A call among some hundred after a rest, as a library's calls come after a request: caches are cold then."""
    times: list[float] = []
    for _ in range(_RESTS):
        time.sleep(REST_SECONDS)
        times.append(_timed(work, _CALLS_AFTER_REST) - _timed(_nothing, _CALLS_AFTER_REST))
    return max(0.0, quantile(times, 0.5) / _CALLS_AFTER_REST * 1e6)


def _fixed() -> dict[str, Callable[[], object]]:
    """Operations that cost the same whatever is captured."""
    variable: ContextVar[Any] = ContextVar("variable", default=None)
    lock, line, attributes = threading.Lock(), queue.Queue(), {}  # type: ignore[var-annotated]
    source = random.Random(1)
    now = datetime.now(timezone.utc)

    def set_and_reset() -> None:
        variable.reset(variable.set(1))

    def put_and_get() -> None:
        line.put(1)
        line.get()

    def take_and_release() -> None:
        with lock:
            pass

    def set_attribute() -> None:
        with lock:
            if isinstance("value", (bool, str, bytes, int, float)) and "key":
                attributes["langfuse.observation.type"] = "value"

    return {
        "contextVariableUs": set_and_reset,
        "contextManagerUs": _enter,
        "recordUs": lambda: _Record(name="turn", start=1, end=2, parent=None),
        "keywordCallUs": lambda: _bound(1, 2, c=3, d=4, e=5, f=6, g=7),
        "signatureUs": lambda: inspect.signature(_bound),
        "jsonCallUs": lambda: json.dumps("a", cls=_Encoder),
        "queuePutUs": put_and_get,
        "lockUs": take_and_release,
        "uuidUs": lambda: str(uuid.uuid4()),
        "randomIdUs": lambda: f"{source.getrandbits(128):032x}",
        "nowUs": lambda: datetime.now(timezone.utc),
        "isoTimeUs": now.isoformat,
        "clockUs": time.time_ns,
        "attributeUs": set_attribute,
    }


def _sized() -> dict[str, float]:
    """Operations that cost by what is captured, of a conversation: microseconds a kibibyte or a node."""
    given = payloads.conversation(1, 1, 8.0)
    text = json.dumps(given)
    kib, nodes = len(text) / 1024, count_nodes(given)
    data = text.encode()
    return {
        "nodesPerKib": nodes / kib,
        "jsonDumpsUsPerKib": per_call_us(lambda: json.dumps(given)) / kib,
        "jsonEscapedUsPerKib": per_call_us(lambda: json.dumps(text)) / kib,
        "jsonLoadsUsPerKib": per_call_us(lambda: json.loads(text)) / kib,
        "walkUsPerNode": per_call_us(lambda: _walk(given)) / nodes,
        "walkExactUsPerNode": per_call_us(lambda: _walk_exact(given)) / nodes,
        "deepCopyUsPerKib": per_call_us(lambda: copy.deepcopy(given)) / kib,
        "gzipUsPerKib": per_call_us(lambda: zlib.compress(data)) / kib,
        "largeCopyUsPerKib": _large_copy_us_per_kib(),
    }


def _large_copy_us_per_kib() -> float:
    """A copy of many megabytes into memory that the process did not have: pages cost more than the bytes."""
    source = bytes(bytearray(_LARGE_BYTES))
    return per_call_us(lambda: bytearray(source)) / (_LARGE_BYTES / 1024)


def _model_us() -> float:
    """A model of pydantic 1 with a dozen fields, made and turned into a dict: what an event of langfuse 2 is."""
    import pydantic.v1 as pydantic

    fields: dict[str, Any] = {f"field_{index}": (Any, None) for index in range(12)}
    model = pydantic.create_model("Event", **fields)
    values = {f"field_{index}": "value" for index in range(6)}
    return per_call_us(lambda: model(**values).dict(exclude_none=True))


def _client_parts(sink_url: str) -> dict[str, float]:
    """Parts of a client, in milliseconds: certificates are read for each HTTP client, threads are started."""
    import certifi

    path = certifi.where()

    def thread() -> None:
        started = threading.Thread(target=_nothing)
        started.start()
        started.join()

    def post() -> None:
        request = Request(f"{sink_url}/other", data=b"{}" * 2048, method="POST")
        with urlopen(request) as response:
            response.read()

    return {
        "certificatesMs": _median_ms(lambda: ssl.create_default_context(cafile=path), 7),
        "threadMs": _median_ms(thread, 20),
        "httpPostMs": _median_ms(post, 20),
    }


def _median_ms(work: Callable[[], object], runs: int) -> float:
    times: list[float] = []
    for _ in range(runs):
        begin = time.perf_counter()
        work()
        times.append((time.perf_counter() - begin) * 1e3)
    return quantile(times, 0.5)


def main() -> None:
    task = read_task()
    span = _Span()
    constants = {name: per_call_us(work) for name, work in _fixed().items()}
    constants["pythonCallUs"] = after_rest_us(lambda: span.set("key", value="value"))
    constants["builtinCallUs"] = after_rest_us(lambda: isinstance(span, dict))
    constants.update(_sized())
    constants["modelUs"] = _model_us()
    constants.update(_client_parts(task.sink_url))
    constants["switchIntervalMs"] = sys.getswitchinterval() * 1e3
    write_line({"type": "constants", "constants": constants})


if __name__ == "__main__":
    main()
