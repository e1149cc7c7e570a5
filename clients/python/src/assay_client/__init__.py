"""A typed client of Assay, for programs and notebooks."""

from .client import Assay, AsyncAssay
from .errors import AssayError, AssayUnreachable, Fault
from .feed import FeedEvent
from .frames import pandas_frame, polars_frame
from .webhook import verify_webhook

__all__ = [
    "Assay",
    "AssayError",
    "AssayUnreachable",
    "AsyncAssay",
    "Fault",
    "FeedEvent",
    "pandas_frame",
    "polars_frame",
    "verify_webhook",
]
