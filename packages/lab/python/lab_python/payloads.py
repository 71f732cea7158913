"""What is traced: conversations as a service that talks to a language model has them, different on each call."""

from __future__ import annotations

import random
from typing import Any

_WORDS = (
    "lesson robot teacher answer phoneme listen repeat again slowly morning river orange window seven purple "
    "question intent webhook pupil letter sound picture correct almost message history profile"
).split()
_TEXT_CHARS = 340


def tiny(seed: int, call: int) -> dict[str, Any]:
    """A few fields, as of an intent that was found by a rule."""
    return {"conversation_id": f"c-{seed}-{call}", "intent": "repeat", "turn": call}


def conversation(seed: int, call: int, kilobytes: float) -> dict[str, Any]:
    """A conversation of about so many kilobytes of JSON: a list of messages, each with a few short fields."""
    source = random.Random(seed * 1_000_003 + call)
    count = max(1, round(kilobytes * 1024 / (_TEXT_CHARS + 80)))
    return {"conversation_id": f"c-{seed}-{call}", "turn": call, "messages": _messages(source, count)}


def _messages(source: random.Random, count: int) -> list[dict[str, Any]]:
    return [
        {"role": "user" if index % 2 else "assistant", "content": _text(source), "index": index, "final": True}
        for index in range(count)
    ]


def _text(source: random.Random) -> str:
    words: list[str] = []
    chars = 0
    while chars < _TEXT_CHARS:
        word = source.choice(_WORDS)
        words.append(word)
        chars += len(word) + 1
    return " ".join(words)


def reply(seed: int, call: int) -> dict[str, Any]:
    """What a step answers: a fifth of what it was asked, as answers are."""
    return conversation(seed, call + 500_000, 0.8)
