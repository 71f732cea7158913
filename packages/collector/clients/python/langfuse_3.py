"""Langfuse's Python SDK, version 3: OpenTelemetry below, values of the trace by `update_current_trace`."""

import json
import time
from datetime import datetime, timezone
from pathlib import Path

from langfuse import get_client, observe

story = json.loads(Path(__file__).parent.parent.joinpath("story.json").read_text(encoding="utf-8"))
told = {"spans": {}, "times": {}}

# Keys, address, environment and release are in the environment.
langfuse = get_client()


@observe(name="search", as_type="retriever")
def search(query):
    told["spans"]["search"] = langfuse.get_current_observation_id()
    langfuse.update_current_span(metadata={"nguồn": "từ điển"})
    with langfuse.start_as_current_generation(
        name="answer",
        model=story["model"],
        model_parameters=story["modelParameters"],
        input=story["messages"],
        end_on_exit=False,
    ) as generation:
        told["spans"]["answer"] = generation.id
        first_token = datetime.now(timezone.utc)
        time.sleep(0.02)
        generation.update(
            output=story["answer"],
            usage_details=story["usage"],
            cost_details=story["cost"],
            completion_start_time=first_token,
            metadata=story["metadata"],
            level="WARNING",
            status_message=story["warning"],
        )
        end_ns = time.time_ns()
        generation.end(end_time=end_ns)
        told["times"]["answer"] = {
            "completionStartUs": round(first_token.timestamp() * 1_000_000),
            "endUs": end_ns // 1_000,
        }
    return story["documents"] if query == story["query"] else []


@observe(name="unknown-lesson", as_type="tool")
def unknown_lesson():
    told["spans"]["unknownLesson"] = langfuse.get_current_observation_id()
    raise LookupError(story["error"])


def lesson():
    with langfuse.start_as_current_observation(name="lesson", as_type="agent", input=story["lessonInput"]) as root:
        told["traceId"] = root.trace_id
        told["spans"]["lesson"] = root.id
        langfuse.update_current_trace(
            name=story["traceName"],
            user_id=story["userId"],
            session_id=story["sessionId"],
            tags=story["tags"],
            version=story["version"],
            metadata=story["propagated"],
        )
        root.update(metadata=story["metadata"], version=story["version"])
        search(story["query"])
        try:
            unknown_lesson()
        except LookupError as error:
            told["error"] = str(error)
        # A provider's own usage object, and no cost.
        summary = langfuse.start_generation(name="summary", model=story["model"], input=story["question"])
        time.sleep(0.03)
        summary.update(output=story["question"], usage_details=story["openaiUsage"]).end()
        told["spans"]["summary"] = summary.id
        event = langfuse.create_event(name="cache-miss", input=story["query"], level="DEBUG")
        told["spans"]["cacheMiss"] = event.id
        root.update(output=story["lessonOutput"])
        root.score(
            name="correctness", value=0.75, comment=story["score"]["comment"], metadata={"judge": story["model"]}
        )
        langfuse.score_current_trace(name="mood", value=story["score"]["category"], data_type="CATEGORICAL")


try:
    told["authCheck"] = langfuse.auth_check()
except Exception as error:
    told["authCheck"] = repr(error)
lesson()
langfuse.flush()
print(json.dumps(told))
