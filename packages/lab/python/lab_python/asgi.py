"""Calls a FastAPI application as its server does, without a socket: the handler runs on the measured thread."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, Callable


def create_app(turn: Callable[[int], Any]) -> Any:
    """An application with one route, whose handler is an `async def` as in the notes."""
    from fastapi import FastAPI

    app = FastAPI()

    @app.get("/turn/{call}")
    async def handle(call: int) -> dict[str, bool]:
        result = turn(call)
        if hasattr(result, "__await__"):
            await result
        return {"ok": True}

    return app


def caller(app: Any) -> Callable[[int], Awaitable[None]]:
    """A function that sends one request through the application."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def call_once(call: int) -> None:
        status = 0

        async def send(message: dict[str, Any]) -> None:
            nonlocal status
            status = message.get("status", status)

        path = f"/turn/{call}"
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(b"host", b"localhost")],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        await app(scope, receive, send)
        if status != 200:
            raise RuntimeError(f"the handler answered {status}")

    return call_once
