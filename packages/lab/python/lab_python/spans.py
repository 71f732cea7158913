"""Mistakes 1.2, 1.3 and 1.4: too many nested spans, long JSON captured, and nothing in place of what is left out."""

from __future__ import annotations

import json
import time
from typing import Any, Callable

from . import payloads
from .clock import added, calls_made, measure, median_ms
from .subjects import Subject, load_subject
from .task import Sample, Task, read_task, write_samples

_LEVELS = 10
_TRACED_WHEN_GOOD = 2
_LARGE_KB = {"": 900.0, "small": 100.0}
_LARGE_CALLS = 6
_MESSAGE_CHARS = 200


def _nesting(task: Task) -> Sample:
    """A parent and ten steps: all of them traced, or the two that say something."""
    traced_steps = _LEVELS if task.variant == "bad" else _TRACED_WHEN_GOOD
    base = measure(_parent(Subject(), task, traced_steps, []), task.calls)
    subject = load_subject(task.subject)
    subject.start(task.sink_url)
    gaps: list[float] = []
    traced = measure(_parent(subject, task, traced_steps, gaps), task.calls)
    subject.flush()
    request = added(base, traced, 1)
    metrics = {
        **request,
        "addedPerSpanMs": request["addedMs"] / (traced_steps + 1),
        "parentMinusChildrenMs": median_ms(gaps),
    }
    return Sample(task.variant, calls_made(task.calls) * (traced_steps + 1), metrics)


def _parent(subject: Subject, task: Task, traced_steps: int, gaps: list[float]) -> Callable[[int], Any]:
    ready = [payloads.conversation(task.seed, call, 4.0) for call in range(32)]
    inside: list[int] = []

    def step(payload: Any) -> Any:
        begin = time.perf_counter_ns()
        answer = {"next_action": "repeat", "turn": payload["turn"]}
        inside.append(time.perf_counter_ns() - begin)
        return answer

    observed = subject.observe(step)
    steps = [observed if index < traced_steps else step for index in range(_LEVELS)]

    def parent(payload: Any) -> Any:
        inside.clear()
        begin = time.perf_counter_ns()
        answers = [each(payload) for each in steps]
        # What the page shows as the parent's own time: its duration less those of its children.
        gaps.append(time.perf_counter_ns() - begin - sum(inside))
        return answers[-1]

    observed_parent = subject.observe(parent)
    return lambda call: observed_parent({**ready[call % len(ready)], "turn": call})


def _capture(task: Task) -> Sample:
    """A step that loads a conversation's state, as from Redis: text is parsed and the whole state is returned."""
    is_captured = task.variant == "bad"
    plain, subject = Subject(), load_subject(task.subject)
    texts = {
        name: [json.dumps(payloads.conversation(task.seed, call, kilobytes)) for call in range(4)]
        for name, kilobytes in _LARGE_KB.items()
    }
    bases = {name: measure(_load_state(plain, of_size, True), _LARGE_CALLS) for name, of_size in texts.items()}
    subject.start(task.sink_url)
    metrics: dict[str, float] = {}
    for name, of_size in texts.items():
        traced = measure(_load_state(subject, of_size, is_captured), _LARGE_CALLS)
        subject.flush()
        for key, value in {**added(bases[name], traced, 1), "stepMs": median_ms(traced.wall_ns)}.items():
            metrics[key if name == "" else name + key[0].upper() + key[1:]] = value
    return Sample(task.variant, 2 * 2 * calls_made(_LARGE_CALLS), metrics)


def _load_state(subject: Subject, texts: list[str], is_captured: bool) -> Callable[[int], Any]:
    def load_state(key: str) -> Any:
        return json.loads(texts[hash(key) % len(texts)])

    observed = subject.observe(load_state, is_captured)

    def turn(key: str) -> Any:
        state = observed(key)
        return {"messages": len(state["messages"])}

    return _with_root(subject, turn)


def _with_root(subject: Subject, turn: Callable[[str], Any]) -> Callable[[int], Any]:
    observed_turn = subject.observe(turn)
    return lambda call: observed_turn(f"conversation:{call}")


def _metadata(task: Task) -> Sample:
    """Capture off: with nothing in its place, or with ids and the first 200 characters of the message."""
    is_described = task.variant == "good"
    ready = [payloads.conversation(task.seed, call, 4.0) for call in range(32)]

    def unit_of(subject: Subject) -> Callable[[int], Any]:
        def step(payload: Any) -> Any:
            if is_described:
                subject.annotate(_light(payload))
            return {"next_action": "repeat"}

        observed = subject.observe(step, False)

        def turn(payload: Any) -> Any:
            observed(payload)
            return "ok"

        root = subject.observe(turn, False)
        return lambda call: root({**ready[call % len(ready)], "turn": call})

    base = measure(unit_of(Subject()), task.calls)
    subject = load_subject(task.subject)
    subject.start(task.sink_url)
    traced = measure(unit_of(subject), task.calls)
    subject.flush()
    # In langfuse 2 the root is a trace without an output then, and the sink cannot see it end: the step is counted.
    spans = 1 if task.subject == "langfuse-2" else 2
    return Sample(task.variant, calls_made(task.calls) * spans, added(base, traced, 1))


def _light(payload: Any) -> dict[str, Any]:
    return {
        "conversation_id": payload["conversation_id"],
        "turn": payload["turn"],
        "message": payload["messages"][-1]["content"][:_MESSAGE_CHARS],
        "next_action": "repeat",
    }


_CASES: dict[str, Callable[[Task], Sample]] = {
    "mistake-1.2": _nesting,
    "mistake-1.3": _capture,
    "mistake-1.4": _metadata,
}


def main() -> None:
    task = read_task()
    sample = _CASES[task.case](task)
    if task.subject == "untraced":
        sample.spans_sent = 0
    write_samples([sample])


if __name__ == "__main__":
    main()
