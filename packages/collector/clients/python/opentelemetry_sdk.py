"""OpenTelemetry's Python SDK by hand, with the names of the GenAI conventions. The argument is the exporter."""

import json
import sys
import time
from pathlib import Path

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, SpanKind, Status, StatusCode

# Address and headers are in the environment.
if sys.argv[1] == "grpc":
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
else:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

story = json.loads(Path(__file__).parent.parent.joinpath("story.json").read_text(encoding="utf-8"))
told = {"spans": {}, "times": {}}

provider = TracerProvider(
    resource=Resource.create(
        {
            "service.name": story["service"],
            "service.version": story["version"],
            "deployment.environment.name": story["environment"],
            "langfuse.release": story["release"],
        }
    )
)
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)
tracer = trace.get_tracer("robot-lesson.tracing", "0.9.0")

started_ms = time.time_ns() // 1_000_000 - 10_000


def at(milliseconds):
    return (started_ms + milliseconds) * 1_000_000


def start(key, name, start_ms, end_ms, parent=None, kind=SpanKind.INTERNAL, attributes=None, links=()):
    around = None if parent is None else trace.set_span_in_context(parent)
    span = tracer.start_span(
        name, context=around, kind=kind, attributes=attributes, links=links, start_time=at(start_ms)
    )
    told["spans"][key] = trace.format_span_id(span.get_span_context().span_id)
    told["times"][key] = {"startUs": at(start_ms) // 1_000, "endUs": at(end_ms) // 1_000}
    return span


lesson = start(
    "lesson",
    story["traceName"],
    0,
    3_000,
    kind=SpanKind.SERVER,
    attributes={
        "user.id": story["userId"],
        "session.id": story["sessionId"],
        "langfuse.trace.tags": story["tags"],
        "langfuse.trace.metadata.lesson_id": story["propagated"]["lesson_id"],
        "input.value": story["question"],
        "output.value": story["answer"]["content"],
        "__proto__": "một khoá",
    },
)
told["traceId"] = trace.format_trace_id(lesson.get_span_context().trace_id)

search = start(
    "search",
    "execute_tool search",
    100,
    1_700,
    parent=lesson,
    attributes={
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "search",
        "gen_ai.tool.call.id": "call_1",
        "gen_ai.tool.call.arguments": json.dumps({"query": story["query"]}),
        "gen_ai.tool.call.result": json.dumps(story["documents"]),
    },
)

usage = story["openaiUsage"]
chat = start(
    "answer",
    f"chat {story['model']}",
    150,
    1_650,
    parent=search,
    kind=SpanKind.CLIENT,
    links=[Link(lesson.get_span_context(), {"vì": "câu hỏi"})],
    attributes={
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": story["model"],
        "gen_ai.request.temperature": story["modelParameters"]["temperature"],
        "gen_ai.request.max_tokens": story["modelParameters"]["max_tokens"],
        "gen_ai.response.id": "chatcmpl-1",
        "gen_ai.response.model": story["model"],
        "gen_ai.response.finish_reasons": ["stop"],
        "gen_ai.system_instructions": json.dumps([{"type": "text", "content": story["messages"][0]["content"]}]),
        "gen_ai.input.messages": json.dumps(
            [{"role": "user", "parts": [{"type": "text", "content": story["messages"][1]["content"]}]}]
        ),
        "gen_ai.output.messages": json.dumps(
            [
                {
                    "role": "assistant",
                    "parts": [{"type": "text", "content": story["answer"]["content"]}],
                    "finish_reason": "stop",
                }
            ]
        ),
        "gen_ai.usage.input_tokens": usage["prompt_tokens"],
        "gen_ai.usage.output_tokens": usage["completion_tokens"],
        "gen_ai.usage.cache_read.input_tokens": usage["prompt_tokens_details"]["cached_tokens"],
        "gen_ai.usage.reasoning.output_tokens": usage["completion_tokens_details"]["reasoning_tokens"],
        "gen_ai.usage.cost": 0.0033,
        "lesson.kind": "động vật 🐘",
        "lesson.words": ["voi", "ngựa 🐎"],
        "lesson.level": 5,
        "lesson.ratio": 0.75,
        "lesson.repeated": False,
        "server.address": "api.example.com",
        "server.port": 443,
    },
)
chat.end(end_time=at(1_650))
search.end(end_time=at(1_700))

unknown = start("unknownLesson", "unknown-lesson", 1_800, 1_850, parent=lesson)
try:
    raise LookupError(story["error"])
except LookupError as error:
    unknown.record_exception(error, timestamp=at(1_840))
    unknown.set_status(Status(StatusCode.ERROR, str(error)))
unknown.end(end_time=at(1_850))

lesson.add_event("cache.miss", {"query": story["query"], "nested": ["một", "hai"]}, timestamp=at(2_950))
lesson.end(end_time=at(3_000))
told["eventNs"] = {"lesson": str(at(2_950)), "unknownLesson": str(at(1_840))}

provider.shutdown()
print(json.dumps(told))
