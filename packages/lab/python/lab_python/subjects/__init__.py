"""What is traced with: one module a library, behind one contract."""

from __future__ import annotations

import importlib
from typing import Any, Callable

from ..model_api import client_options

Work = Callable[..., Any]

# langfuse 3 and 5 share a module: their calls differ in a few names only.
_MODULES = {
    "untraced": "untraced",
    "langfuse-2": "langfuse_2",
    "langfuse-3": "langfuse_otel",
    "langfuse-5": "langfuse_otel",
    "opentelemetry": "opentelemetry_sdk",
    "multiprocessing": "other_process",
}


class Subject:
    """A way to trace. This one traces nothing; the libraries override what they do otherwise."""

    #: Records that `low_level` makes: a trace or root, a span, a generation, an event.
    low_level_records = 4
    #: Of the drop-in and of the callback handler: 1 where a call makes a trace beside its observations.
    traces_beside = 0

    def start(self, sink_url: str) -> None:
        """Imports the library and makes its client, as at the start of a service."""

    def low_level(self, payload: Any, answer: Any) -> dict[str, int]:
        """A trace, a span, a generation and an event by calls. Gives nanoseconds by kind where it can."""
        return {}

    def observe(self, work: Work, capture: bool = True) -> Work:
        """The function with the library's decorator around it."""
        return work

    def inside(self, payload: Any, answer: Any) -> None:
        """Low-level calls within a decorated function: one generation, and metadata on the current span."""

    def annotate(self, metadata: dict[str, Any]) -> None:
        """Metadata on the current span."""

    def annotate_trace(self, metadata: dict[str, Any]) -> None:
        """Metadata on the current trace, as a route does it; where there is no trace the library decides."""

    def openai_client(self, is_async: bool) -> Any:
        """The OpenAI client that the library offers in place of the original."""
        import openai

        make = openai.AsyncOpenAI if is_async else openai.OpenAI
        return make(**client_options(is_async))

    def callback_handler(self) -> Any | None:
        """The library's handler for LangChain."""
        return None

    def flush(self) -> None:
        """Returns when what was traced has been sent."""


def load_subject(name: str) -> Subject:
    """The subject of that name, not started yet."""
    module = importlib.import_module(f"{__name__}.{_MODULES[name]}")
    subject: Subject = module.create(name)
    return subject
