"""Langfuse's Python SDK, version 2: a background thread that posts events to the ingestion API."""

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path

from langfuse import Langfuse

story = json.loads(Path(__file__).parent.parent.joinpath("story.json").read_text(encoding="utf-8"))
told = {"spans": {}, "times": {}}

# Keys, address, environment and release are in the environment.
langfuse = Langfuse()
started = datetime.now(timezone.utc) - timedelta(seconds=10)


def at(milliseconds):
    return started + timedelta(milliseconds=milliseconds)


def tell(key, observation, **times):
    told["spans"][key] = observation.id
    told["times"][key] = {name: round(time.timestamp() * 1_000_000) for name, time in times.items()}


try:
    told["authCheck"] = langfuse.auth_check()
except Exception as error:
    told["authCheck"] = repr(error)

trace = langfuse.trace(
    name=story["traceName"],
    user_id=story["userId"],
    session_id=story["sessionId"],
    tags=story["tags"],
    version=story["version"],
    metadata=story["propagated"],
    input=story["question"],
    timestamp=at(0),
)
told["traceId"] = trace.id
tell("trace", trace, startUs=at(0))

lesson = trace.span(name="lesson", input=story["lessonInput"], start_time=at(0), version=story["version"])
search = lesson.span(name="search", input=story["query"], start_time=at(100), metadata={"nguồn": "từ điển"})
answer = search.generation(
    name="answer",
    model=story["model"],
    model_parameters=story["modelParameters"],
    input=story["messages"],
    start_time=at(150),
    completion_start_time=at(400),
    metadata=story["metadata"],
)
answer.end(
    output=story["answer"],
    usage_details=story["usage"],
    cost_details=story["cost"],
    level="WARNING",
    status_message=story["warning"],
    end_time=at(1_650),
)
tell("answer", answer, startUs=at(150), completionStartUs=at(400), endUs=at(1_650))
search.end(output=story["documents"], end_time=at(1_700))
tell("search", search, startUs=at(100), endUs=at(1_700))

unknown = lesson.span(name="unknown-lesson", start_time=at(1_800))
unknown.end(level="ERROR", status_message=story["error"], end_time=at(1_850))
tell("unknownLesson", unknown, startUs=at(1_800), endUs=at(1_850))

# A provider's own usage object, and no cost.
summary = lesson.generation(name="summary", model=story["model"], input=story["question"], start_time=at(1_900))
summary.end(output=story["question"], usage_details=story["openaiUsage"], end_time=at(2_900))
tell("summary", summary, startUs=at(1_900), endUs=at(2_900))

event = lesson.event(name="cache-miss", input=story["query"], level="DEBUG", start_time=at(2_950))
tell("cacheMiss", event, startUs=at(2_950), endUs=at(2_950))

lesson.end(output=story["lessonOutput"], metadata=story["metadata"], end_time=at(3_000))
tell("lesson", lesson, startUs=at(0), endUs=at(3_000))
trace.update(output=story["answer"]["content"])

lesson.score(name="correctness", value=0.75, comment=story["score"]["comment"], metadata={"judge": story["model"]})
trace.score(name="mood", value=story["score"]["category"], data_type="CATEGORICAL")

langfuse.flush()
print(json.dumps(told))
