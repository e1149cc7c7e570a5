"""What is sent, and what is made of what came back: the same for both clients, without any I/O."""

import random
import time
import uuid
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

import httpx

from .errors import AssayError, AssayUnreachable

FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 10.0
# A server that asks for a longer pause is not waited for: whoever calls is told.
LONGEST_ASKED_SECONDS = 300.0


@dataclass(frozen=True)
class Options:
    """``timeout`` is for one attempt, seconds; ``retries`` are attempts after the first."""

    url: str
    key: str | None = None
    timeout: float = 10.0
    retries: int = 5

    def __post_init__(self) -> None:
        if not self.url.startswith(("http://", "https://")):
            raise ValueError(f"url: {self.url!r} is not an http address")

    def __repr__(self) -> str:
        return f"Options(url={self.url!r}, key={'…' if self.key else None!r})"

    def httpx(self) -> dict[str, Any]:
        """What httpx's clients are made with."""
        headers = {"accept": "application/json"} | ({"x-api-key": self.key} if self.key else {})
        return {"base_url": self.url, "timeout": self.timeout, "headers": headers}


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    def httpx(self) -> dict[str, Any]:
        body = {} if self.body is None else {"json": self.body}
        return {"method": self.method, "url": self.path, "params": self.query, "headers": self.headers} | body


def asked(
    route: str,
    path: dict[str, str] | None = None,
    query: dict[str, Any] | None = None,
    body: Any = None,
    idempotency_key: str | None = None,
) -> Asked:
    """Each POST carries an Idempotency-Key, the same for its repetitions."""
    method, _, template = route.partition(" ")
    parts: list[str] = []
    for piece in template.split("/"):
        if piece.startswith("{"):
            value = (path or {}).get(piece[1:-1], "")
            if not value:
                raise ValueError(f"{route} needs path[{piece[1:-1]!r}]")
            piece = quote(value, safe="")
        parts.append(piece)
    key = idempotency_key or (str(uuid.uuid4()) if method == "POST" else None)
    given = {name: _word(value) for name, value in (query or {}).items() if value is not None}
    return Asked(method, "/".join(parts), given, body, {"idempotency-key": key} if key else {})


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def answered(response: httpx.Response) -> Any:
    """The answer's body; raises AssayError where there is a refusal."""
    is_json = "json" in response.headers.get("content-type", "")
    said = response.json() if is_json and response.content else (response.text or None)
    if response.is_success:
        # The page of a proxy is no decision.
        kind = response.headers.get("content-type", "")
        if said is not None and not is_json and not kind.startswith(("text/csv", "text/plain")):
            raise AssayUnreachable(f"{response.url} answered with what is no JSON: is something else in between?")
        return said
    raise AssayError(response.status_code, said if isinstance(said, dict) else {}, _seconds(response))


def unreachable(one: Asked, error: httpx.TransportError) -> AssayUnreachable:
    return AssayUnreachable(f"{one.method} {one.path} got no answer ({type(error).__name__}: {error}).")


def pause_before_next(options: Options, one: Asked, attempt: int, error: Exception) -> float | None:
    """Seconds to wait before this is sent again; None where it must not be, or not any more."""
    if attempt >= options.retries or not _may_repeat(one.method, error):
        return None
    told = error.retry_after_seconds if isinstance(error, AssayError) else None
    if told is not None and told > LONGEST_ASKED_SECONDS:
        return None
    pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0**attempt) * (0.5 + random.random() / 2)
    return max(told or 0.0, pause)


def _may_repeat(method: str, error: Exception) -> bool:
    repeatable = method in ("GET", "POST")
    if isinstance(error, AssayUnreachable):
        return repeatable
    if not isinstance(error, AssayError):
        return False
    if error.status == 429:
        return True
    # A 409 that says when to come again: an earlier attempt of the same key is still under way.
    return repeatable and (error.status >= 502 or (error.status == 409 and error.retry_after_seconds is not None))


def _seconds(response: httpx.Response) -> float | None:
    """Of Retry-After: seconds, or a date."""
    told = response.headers.get("retry-after", "")
    try:
        return float(told)
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(told).timestamp() - time.time())
    except (TypeError, ValueError):
        return None
