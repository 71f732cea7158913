"""langfuse 2: calls put events on a queue, a thread of the same interpreter serialises and sends them."""

from __future__ import annotations

import os
import sys
from time import perf_counter_ns
from typing import Any

from ..model_api import client_options
from . import Subject, Work


class _Langfuse2(Subject):
    traces_beside = 1

    def start(self, sink_url: str) -> None:
        os.environ.update(LANGFUSE_HOST=sink_url, LANGFUSE_PUBLIC_KEY="pk-lf-lab", LANGFUSE_SECRET_KEY="sk-lf-lab")
        from langfuse.decorators import langfuse_context, observe

        self._context = langfuse_context
        self._observe = observe
        # The decorators' client is the process's one client; asking for it makes it.
        self._client = langfuse_context.client_instance

    def low_level(self, payload: Any, answer: Any) -> dict[str, int]:
        begin = perf_counter_ns()
        trace = self._client.trace(name="turn", input=payload, output=answer)
        after_trace = perf_counter_ns()
        trace.span(name="load", input=payload).end(output=answer)
        after_span = perf_counter_ns()
        generation = trace.generation(name="answer", model="lab", input=payload)
        generation.end(output=answer, usage={"input": 900, "output": 90})
        after_generation = perf_counter_ns()
        trace.event(name="sent", input=answer)
        end = perf_counter_ns()
        return {
            "trace": after_trace - begin,
            "span": after_span - after_trace,
            "generation": after_generation - after_span,
            "event": end - after_generation,
        }

    def observe(self, work: Work, capture: bool = True) -> Work:
        wrapped: Work = self._observe(capture_input=capture, capture_output=capture)(work)
        return wrapped

    def inside(self, payload: Any, answer: Any) -> None:
        generation = self._client.generation(
            trace_id=self._context.get_current_trace_id(),
            parent_observation_id=self._context.get_current_observation_id(),
            name="answer",
            model="lab",
            input=payload,
        )
        generation.end(output=answer)
        self.annotate({"next_action": "repeat"})

    def annotate(self, metadata: dict[str, Any]) -> None:
        self._context.update_current_observation(metadata=metadata)

    def annotate_trace(self, metadata: dict[str, Any]) -> None:
        self._context.update_current_trace(metadata=metadata)

    def openai_client(self, is_async: bool) -> Any:
        import langfuse.openai as drop_in

        make = drop_in.AsyncOpenAI if is_async else drop_in.OpenAI
        return make(**client_options(is_async))

    def callback_handler(self) -> Any:
        from langfuse.callback import CallbackHandler

        self._handler = CallbackHandler()
        return self._handler

    def flush(self) -> None:
        handler = getattr(self, "_handler", None)
        if handler is not None:
            handler.flush()
        drop_in = sys.modules.get("langfuse.openai")
        if drop_in is not None:
            drop_in.openai.flush_langfuse()
        self._context.flush()


def create(_name: str) -> Subject:
    return _Langfuse2()
