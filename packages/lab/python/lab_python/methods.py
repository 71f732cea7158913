"""Methods A1 to A5 of the notes, in a plain function and in a FastAPI handler, with tiny payloads and of 4 KB.

Each form is first run untraced in the same process, before the library is imported: what a method adds is the
difference, so that nothing of FastAPI's, LangChain's or OpenAI's own cost is counted.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Callable

from . import payloads
from .asgi import caller, create_app
from .clock import Timings, added, calls_made, measure, measure_async, median_ms
from .subjects import Subject, load_subject
from .task import Sample, Task, read_task, write_samples

Unit = Callable[[int], Any]
_PAYLOAD_KB = 4.0
_STEPS = 3


@dataclass(frozen=True)
class Method:
    """A form of a method: its name, its unit of work, and how many records a traced unit makes."""

    form: str
    make: Callable[[Subject, Task, Callable[[int], Any], bool], Unit]
    records: int


def _low_level(subject: Subject, task: Task, payload_of: Callable[[int], Any], _async: bool) -> Unit:
    def unit(call: int) -> None:
        subject.low_level(payload_of(call), payloads.reply(task.seed, call))

    return unit


def _steps(subject: Subject, task: Task, payload_of: Callable[[int], Any], with_calls: bool) -> Unit:
    """A root and two steps, each decorated, each with the payload as argument and an answer as result."""

    def load(payload: Any, call: int) -> Any:
        return payloads.reply(task.seed, call)

    def decide(payload: Any, call: int) -> Any:
        answer = payloads.reply(task.seed, call + 1)
        if with_calls:
            subject.inside(payload, answer)
        return answer

    observed_load, observed_decide = subject.observe(load), subject.observe(decide)

    def turn(payload: Any, call: int) -> Any:
        observed_load(payload, call)
        return observed_decide(payload, call)

    observed_turn = subject.observe(turn)
    return lambda call: observed_turn(payload_of(call), call)


def _observe(subject: Subject, task: Task, payload_of: Callable[[int], Any], _async: bool) -> Unit:
    return _steps(subject, task, payload_of, with_calls=False)


def _observe_with_calls(subject: Subject, task: Task, payload_of: Callable[[int], Any], _async: bool) -> Unit:
    return _steps(subject, task, payload_of, with_calls=True)


def _openai(subject: Subject, task: Task, payload_of: Callable[[int], Any], is_async: bool) -> Unit:
    client = subject.openai_client(is_async)

    def unit(call: int) -> Any:
        given = payload_of(call)
        # One message: the client takes a third of a millisecond for each, which would drown what the drop-in takes.
        content = "\n".join(message["content"] for message in given.get("messages", [])) or given["intent"]
        return client.chat.completions.create(model="lab", messages=[{"role": "user", "content": content}])

    return unit


def _chain(subject: Subject, task: Task, payload_of: Callable[[int], Any], _async: bool) -> Unit:
    """A prompt, a model that is a list of answers, and a parser, as one chain of local steps."""
    from langchain_core.language_models.fake_chat_models import FakeListChatModel
    from langchain_core.runnables import RunnableLambda

    answers = ["Listen again, and say it slowly. " * 12]
    prompt = RunnableLambda(lambda given: [("human", str(given))])
    parse = RunnableLambda(lambda message: {"answer": message.content})
    # Without a model's name langfuse logs a warning on each call, which would be most of what is measured.
    chain = prompt | FakeListChatModel(responses=answers).bind(model="lab") | parse
    handler = subject.callback_handler()
    config: Any = {} if handler is None else {"callbacks": [handler]}
    return lambda call: chain.invoke(payload_of(call), config=config)


_METHODS: dict[str, list[Method]] = {
    "method-A1": [Method("", _low_level, 4)],
    "method-A2": [Method("alone", _observe, _STEPS), Method("with-A1", _observe_with_calls, _STEPS + 1)],
    "method-A3": [Method("", _openai, 1)],
    "method-A4": [Method("", _chain, 4)],
    "method-A5": [Method("", _observe, _STEPS)],
}
_PAYLOADS = ("4kb", "tiny")


def _payload_of(task: Task, payload: str) -> Callable[[int], Any]:
    if payload == "tiny":
        return lambda call: payloads.tiny(task.seed, call)
    ready = [payloads.conversation(task.seed, call, _PAYLOAD_KB) for call in range(64)]
    # Making it would be most of an untraced call: the conversations are made before, and told apart by their turn.
    return lambda call: {**ready[call % len(ready)], "turn": call}


def _run(subject: Subject, task: Task, method: Method, payload: str, in_handler: bool) -> Timings:
    unit = method.make(subject, task, _payload_of(task, payload), in_handler)
    if not in_handler:
        return measure(unit, task.calls)
    return asyncio.run(measure_async(caller(create_app(unit)), task.calls))


def _forms(case: str) -> list[tuple[Method, bool]]:
    return [(method, in_handler) for method in _METHODS[case] for in_handler in (False, True)]


def _name(method: Method, in_handler: bool) -> str:
    place = "fastapi" if in_handler else "plain"
    return f"{method.form}-{place}" if method.form else place


def _kinds(subject: Subject, task: Task) -> dict[str, float]:
    """The time of each kind of low-level call, which is how the published figures are given."""
    payload_of = _payload_of(task, "4kb")
    times: dict[str, list[float]] = {}

    def unit(call: int) -> None:
        for kind, nanoseconds in subject.low_level(payload_of(call), payloads.reply(task.seed, call)).items():
            times.setdefault(kind, []).append(nanoseconds)

    measure(unit, task.calls)
    return {f"{kind}CallMs": median_ms(values) for kind, values in times.items()}


def _measure_form(
    subject: Subject, task: Task, method: Method, in_handler: bool, bases: dict[tuple[str, str], Timings]
) -> Sample:
    name = _name(method, in_handler)
    metrics: dict[str, float] = {}
    spans = 0
    for payload in _PAYLOADS:
        base = bases[(name, payload)]
        traced = _run(subject, task, method, payload, in_handler)
        subject.flush()
        spans += calls_made(task.calls) * (method.records + _traces_beside(subject, task))
        difference = added(base, traced, method.records)
        prefix = "" if payload == "4kb" else "tiny"
        metrics.update({_prefixed(prefix, key): value for key, value in difference.items()})
        metrics[_prefixed(prefix, "baseMs")] = median_ms(base.wall_ns)
    return Sample(variant=name, spans_sent=spans, metrics=metrics)


def _traces_beside(subject: Subject, task: Task) -> int:
    return subject.traces_beside if task.case in ("method-A3", "method-A4") else 0


def _prefixed(prefix: str, name: str) -> str:
    return name if prefix == "" else prefix + name[0].upper() + name[1:]


def main() -> None:
    task = read_task()
    forms = _forms(task.case)
    untraced = Subject()
    bases = {
        (_name(method, in_handler), payload): _run(untraced, task, method, payload, in_handler)
        for method, in_handler in forms
        for payload in _PAYLOADS
    }
    subject = load_subject(task.subject)
    subject.start(task.sink_url)
    samples = [_measure_form(subject, task, method, in_handler, bases) for method, in_handler in forms]
    if task.case == "method-A1" and task.subject != "untraced":
        samples[0].metrics.update(_kinds(subject, task))
        subject.flush()
        samples[0].spans_sent += calls_made(task.calls) * subject.low_level_records
    for sample in samples:
        if task.subject == "untraced":
            sample.spans_sent = 0
    write_samples(samples)


if __name__ == "__main__":
    main()
