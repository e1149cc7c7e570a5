"""The live feed, taken up after the last event that was handed out."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any, TypedDict

from websockets.asyncio.client import connect as connect_async
from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.sync.client import connect

from .errors import AssayError
from .request import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, Options

MOST_BYTES = 16 * 1024 * 1024


class FeedEvent(TypedDict):
    seq: int
    type: str
    at: str
    data: dict[str, Any]


class _Place:
    """Where it stands, and how long it waits after a connection that was lost."""

    def __init__(self, options: Options, since: int | None) -> None:
        self.options = options
        self.since = since
        self.failures = 0

    def address(self) -> str:
        base = self.options.url.rstrip("/").replace("http", "ws", 1)
        return f"{base}/ws" if self.since is None else f"{base}/ws?since={self.since}"

    def given(self) -> dict[str, Any]:
        headers = {"x-api-key": self.options.key} if self.options.key else {}
        return {"additional_headers": headers, "open_timeout": self.options.timeout, "max_size": MOST_BYTES}

    def event(self, message: str | bytes) -> FeedEvent:
        event: FeedEvent = json.loads(message)
        self.since = event["seq"]
        self.failures = 0
        return event

    def pause(self) -> float:
        self.failures += 1
        return min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0 ** (self.failures - 1))


def _refusal(error: InvalidStatus) -> AssayError | None:
    """A key that is refused will be refused again."""
    status = error.response.status_code
    if status in (401, 403):
        return AssayError(status, {"detail": f"The feed is refused ({status})."}, None)
    return None


def follow(options: Options, since: int | None) -> Iterator[FeedEvent]:
    place = _Place(options, since)
    while True:
        try:
            with connect(place.address(), **place.given()) as socket:
                for message in socket:
                    yield place.event(message)
        except InvalidStatus as error:
            if refusal := _refusal(error):
                raise refusal from error
        except (OSError, WebSocketException):
            pass
        time.sleep(place.pause())


async def follow_async(options: Options, since: int | None) -> AsyncIterator[FeedEvent]:
    place = _Place(options, since)
    while True:
        try:
            async with connect_async(place.address(), **place.given()) as socket:
                async for message in socket:
                    yield place.event(message)
        except InvalidStatus as error:
            if refusal := _refusal(error):
                raise refusal from error
        except (OSError, WebSocketException):
            pass
        await asyncio.sleep(place.pause())
