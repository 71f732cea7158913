"""langfuse 3 and 5: OpenTelemetry's spans and batch thread, with captured values serialised by the caller."""

from __future__ import annotations

import os
from time import perf_counter_ns
from typing import Any

from ..model_api import client_options
from . import Subject, Work


class _LangfuseOtel(Subject):
    def __init__(self, has_current_trace: bool) -> None:
        self._has_current_trace = has_current_trace

    def start(self, sink_url: str) -> None:
        os.environ.update(
            LANGFUSE_HOST=sink_url,
            LANGFUSE_BASE_URL=sink_url,
            LANGFUSE_PUBLIC_KEY="pk-lf-lab",
            LANGFUSE_SECRET_KEY="sk-lf-lab",
        )
        from langfuse import Langfuse, observe

        self._client = Langfuse()
        self._observe = observe

    def low_level(self, payload: Any, answer: Any) -> dict[str, int]:
        begin = perf_counter_ns()
        root = self._client.start_observation(name="turn", as_type="span", input=payload, output=answer)
        after_root = perf_counter_ns()
        root.start_observation(name="load", as_type="span", input=payload).update(output=answer).end()
        after_span = perf_counter_ns()
        generation = root.start_observation(name="answer", as_type="generation", model="lab", input=payload)
        generation.update(output=answer, usage_details={"input": 900, "output": 90}).end()
        after_generation = perf_counter_ns()
        root.create_event(name="sent", input=answer)
        after_event = perf_counter_ns()
        root.end()
        return {
            "trace": after_root - begin + perf_counter_ns() - after_event,
            "span": after_span - after_root,
            "generation": after_generation - after_span,
            "event": after_event - after_generation,
        }

    def observe(self, work: Work, capture: bool = True) -> Work:
        wrapped: Work = self._observe(capture_input=capture, capture_output=capture)(work)
        return wrapped

    def inside(self, payload: Any, answer: Any) -> None:
        generation = self._client.start_observation(name="answer", as_type="generation", model="lab", input=payload)
        generation.update(output=answer).end()
        self.annotate({"next_action": "repeat"})

    def annotate(self, metadata: dict[str, Any]) -> None:
        self._client.update_current_span(metadata=metadata)

    def annotate_trace(self, metadata: dict[str, Any]) -> None:
        # From 4.0 there is no trace to update: what belongs to it is propagated to its spans, or set on the root.
        if self._has_current_trace:
            self._client.update_current_trace(metadata=metadata)
        else:
            self._client.update_current_span(metadata=metadata)

    def openai_client(self, is_async: bool) -> Any:
        import langfuse.openai as drop_in

        make = drop_in.AsyncOpenAI if is_async else drop_in.OpenAI
        return make(**client_options(is_async))

    def callback_handler(self) -> Any:
        from langfuse.langchain import CallbackHandler

        return CallbackHandler()

    def flush(self) -> None:
        self._client.flush()


def create(name: str) -> Subject:
    return _LangfuseOtel(has_current_trace=name == "langfuse-3")
