"""The case of the shared interpreter: a FastAPI service under load, and when the exporter's thread was at work.

The lab's load generator is another process and knows the latencies; this one notes from when to when a batch was being
serialised or sent. Both use the wall clock, so that the lab can put the two together.
"""

from __future__ import annotations

import asyncio
import functools
import importlib
import socket
import sys
import threading
import time
from typing import Any, Callable

from . import payloads
from .subjects import Subject, load_subject
from .task import Task, read_task, write_line

SPANS_PER_REQUEST = 4
_PAYLOAD_KB = 6.0
#: A long conversation with its instructions and documents, as each step of an agent is given it.
_LARGE_CASE = "gil-large"
_LARGE_PAYLOAD_KB = 60.0
_READY = 64
_REDIS_SECONDS = 0.003
_MODEL_SECONDS = 0.006
#: Where each library's own thread works for its exports: module, class, method.
_EXPORTS: dict[str, list[tuple[str, str, str]]] = {
    "langfuse-2": [
        ("langfuse._task_manager.ingestion_consumer", "IngestionConsumer", "_truncate_item_in_place"),
        ("langfuse._task_manager.ingestion_consumer", "IngestionConsumer", "_upload_batch"),
        ("langfuse._task_manager.media_manager", "MediaManager", "process_media_in_event"),
    ],
    "langfuse-3": [("opentelemetry.exporter.otlp.proto.http.trace_exporter", "OTLPSpanExporter", "export")],
    "langfuse-5": [("langfuse._client.span_exporter", "LangfuseTransformingSpanExporter", "export")],
    "opentelemetry": [("opentelemetry.exporter.otlp.proto.http.trace_exporter", "OTLPSpanExporter", "export")],
}
# langfuse 2 works event by event; marks this close are one piece of work.
_MERGE_SECONDS = 0.005

Interval = list[float]


def _note_exports(subject: str) -> list[Interval]:
    """Wraps the methods in which batches are made and sent, with two readings of a clock each."""
    intervals: list[Interval] = []
    for module, owner, method in _EXPORTS.get(subject, []):
        kind = getattr(importlib.import_module(module), owner)
        setattr(kind, method, _timed(getattr(kind, method), intervals))
    return intervals


def _timed(method: Callable[..., Any], intervals: list[Interval]) -> Callable[..., Any]:
    @functools.wraps(method)
    def noted(*args: Any, **kwargs: Any) -> Any:
        begin = time.time()
        try:
            return method(*args, **kwargs)
        finally:
            _add(intervals, begin, time.time())

    return noted


def _add(intervals: list[Interval], begin: float, end: float) -> None:
    if intervals and begin - intervals[-1][1] < _MERGE_SECONDS:
        intervals[-1][1] = max(end, intervals[-1][1])
    else:
        intervals.append([begin, end])


def _create_service(subject: Subject, task: Task) -> tuple[Any, Callable[[], int]]:
    """The notes' kind of handler: state from Redis, an intent, an answer from a model; each step is traced."""
    from fastapi import FastAPI

    kilobytes = _LARGE_PAYLOAD_KB if task.case == _LARGE_CASE else _PAYLOAD_KB
    ready = [payloads.conversation(task.seed, call, kilobytes) for call in range(_READY)]
    served = 0

    def load_state(payload: Any) -> Any:
        return payloads.reply(task.seed, payload["turn"] % _READY)

    def find_intent(payload: Any) -> Any:
        return {"intent": "repeat", "turn": payload["turn"]}

    def answer(payload: Any) -> Any:
        return payloads.reply(task.seed, payload["turn"] % _READY + 1)

    load_state, find_intent, answer = subject.observe(load_state), subject.observe(find_intent), subject.observe(answer)

    async def turn(payload: Any) -> Any:
        load_state(payload)
        await asyncio.sleep(_REDIS_SECONDS)
        find_intent(payload)
        await asyncio.sleep(_MODEL_SECONDS)
        return answer(payload)

    turn = subject.observe(turn)
    app = FastAPI()

    @app.get("/turn")
    async def handle() -> Any:
        nonlocal served
        served += 1
        return await turn({**ready[served % _READY], "turn": served})

    return app, lambda: served


def _serve(app: Any) -> None:
    import uvicorn

    # asyncio turns Nagle's algorithm off only where the protocol is named; with it each answer waits 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, loop="asyncio", http="h11"))

    def stop_when_told() -> None:
        # A line, or the end of the lab's process.
        sys.stdin.readline()
        server.should_exit = True

    threading.Thread(target=stop_when_told, daemon=True).start()
    write_line({"type": "listening", "url": f"http://127.0.0.1:{listener.getsockname()[1]}/turn"})
    server.run(sockets=[listener])


def main() -> None:
    task = read_task()
    subject = load_subject(task.subject)
    intervals = _note_exports(task.subject)
    subject.start(task.sink_url)
    app, served = _create_service(subject, task)
    _serve(app)
    subject.flush()
    write_line(
        {
            "type": "served",
            "requests": served(),
            "spansSent": 0 if task.subject == "untraced" else served() * SPANS_PER_REQUEST,
            "exports": [[round(begin * 1e3, 2), round(end * 1e3, 2)] for begin, end in intervals],
        }
    )


if __name__ == "__main__":
    main()
