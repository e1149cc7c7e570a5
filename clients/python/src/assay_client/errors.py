"""What may come instead of an answer."""

from typing import Any, TypedDict


class Fault(TypedDict):
    """A part of a request that Assay refuses: where it is (a JSON pointer), and why."""

    path: str
    message: str


class AssayError(Exception):
    """What Assay refuses, as it says it (RFC 9457)."""

    def __init__(self, status: int, problem: dict[str, Any], retry_after_seconds: float | None) -> None:
        super().__init__(str(problem.get("detail") or problem.get("title") or f"Assay answered {status}."))
        self.status = status
        #: One of Assay's codes, such as ``card_number`` or ``conflict``.
        self.code = str(problem.get("code", "unknown"))
        self.errors: list[Fault] = problem.get("errors") or []
        #: What the operator of the server can look up in its log.
        self.request_id: str | None = problem.get("requestId")
        self.retry_after_seconds = retry_after_seconds


class AssayUnreachable(Exception):
    """No answer came, so that it is not known what was done: it timed out, or the connection broke. The cause says which."""
