"""Nothing: the base, and the noise of the machine."""

from __future__ import annotations

from . import Subject


def create(_name: str) -> Subject:
    return Subject()
