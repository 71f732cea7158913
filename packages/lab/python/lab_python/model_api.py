"""A model behind OpenAI's client that answers at once, without a socket.

What the drop-in adds is a fraction of what a request over a socket varies by; the client builds and reads it all the
same.
"""

from __future__ import annotations

from typing import Any

_ANSWER = {
    "id": "chatcmpl-lab",
    "object": "chat.completion",
    "created": 1_760_000_000,
    "model": "lab",
    "choices": [
        {
            "index": 0,
            "finish_reason": "stop",
            "message": {"role": "assistant", "content": "Listen again, and say it slowly. " * 12},
        }
    ],
    "usage": {"prompt_tokens": 900, "completion_tokens": 90, "total_tokens": 990},
}


def client_options(is_async: bool) -> dict[str, Any]:
    """Arguments for OpenAI's client, or for what a library offers in its place."""
    import httpx

    transport = httpx.MockTransport(lambda _request: httpx.Response(200, json=_ANSWER))
    client = httpx.AsyncClient(transport=transport) if is_async else httpx.Client(transport=transport)
    return {"base_url": "http://model.invalid/v1", "api_key": "none", "max_retries": 0, "http_client": client}
