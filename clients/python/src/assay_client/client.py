"""The two clients: one that waits, and one that is awaited."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from types import TracebackType
from typing import Any, Self

import httpx

from ._api import AsyncRoutes, Routes
from .errors import AssayError, AssayUnreachable
from .feed import FeedEvent, follow, follow_async
from .request import Asked, Options, answered, asked, pause_before_next, unreachable


class Assay(Routes):
    """A client of one Assay: ``call`` a route of the document by its name, go through ``all`` of a list, follow the ``feed``.

    ``timeout`` is for one attempt, in seconds. What got no answer, or 429, 502, 503 or 504, is sent again up to ``retries`` times, a POST with the
    same Idempotency-Key, so that it is decided once. PUT and DELETE are repeated only where nothing was done (429).
    Raises AssayError where Assay refuses, AssayUnreachable where no answer came.
    """

    def __init__(self, url: str, key: str | None = None, *, timeout: float = 10.0, retries: int = 5) -> None:
        self._options = Options(url, key, timeout, retries)
        self._http = httpx.Client(**self._options.httpx())

    def _ask(self, route: str, **given: Any) -> Any:
        one = asked(route, **given)
        attempt = 0
        while True:
            try:
                return answered(self._send(one))
            except (AssayError, AssayUnreachable) as error:
                pause = pause_before_next(self._options, one, attempt, error)
                if pause is None:
                    raise
            time.sleep(pause)
            attempt += 1

    def _send(self, one: Asked) -> httpx.Response:
        try:
            return self._http.request(**one.httpx())
        except httpx.TransportError as error:
            raise unreachable(one, error) from error

    def _pages(self, route: str, query: dict[str, Any] | None = None, **given: Any) -> Iterator[Any]:
        cursor: dict[str, str] = {}
        while True:
            page = self._ask(route, query={**(query or {}), **cursor}, **given)
            yield from page["data"]
            if not page.get("nextCursor"):
                return
            cursor = {"cursor": page["nextCursor"]}

    def feed(self, since: int | None = None) -> Iterator[FeedEvent]:
        """Events as they come, for ever; after the one with ``seq`` ``since``, else from now on. A lost connection is taken up without a gap."""
        return follow(self._options, since)

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


class AsyncAssay(AsyncRoutes):
    """The same to be awaited; see Assay."""

    def __init__(self, url: str, key: str | None = None, *, timeout: float = 10.0, retries: int = 5) -> None:
        self._options = Options(url, key, timeout, retries)
        self._http = httpx.AsyncClient(**self._options.httpx())

    async def _ask(self, route: str, **given: Any) -> Any:
        one = asked(route, **given)
        attempt = 0
        while True:
            try:
                return answered(await self._send(one))
            except (AssayError, AssayUnreachable) as error:
                pause = pause_before_next(self._options, one, attempt, error)
                if pause is None:
                    raise
            await asyncio.sleep(pause)
            attempt += 1

    async def _send(self, one: Asked) -> httpx.Response:
        try:
            return await self._http.request(**one.httpx())
        except httpx.TransportError as error:
            raise unreachable(one, error) from error

    async def _pages(self, route: str, query: dict[str, Any] | None = None, **given: Any) -> AsyncIterator[Any]:
        cursor: dict[str, str] = {}
        while True:
            page = await self._ask(route, query={**(query or {}), **cursor}, **given)
            for one in page["data"]:
                yield one
            if not page.get("nextCursor"):
                return
            cursor = {"cursor": page["nextCursor"]}

    def feed(self, since: int | None = None) -> AsyncIterator[FeedEvent]:
        """As Assay.feed."""
        return follow_async(self._options, since)

    async def close(self) -> None:
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.close()
