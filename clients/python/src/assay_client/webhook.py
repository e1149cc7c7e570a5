"""Deliveries that Assay signed (Standard Webhooks)."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

#: How old a delivery may be, seconds: older, it may be one that was overheard and is sent again.
TOLERANCE_SECONDS = 300


def verify_webhook(body: str | bytes, headers: Mapping[str, str], secret: str, now: float | None = None) -> Any:
    """The event of a delivery. ``body`` as it came, before anything parsed it. Raises ValueError that says why it is not believed."""
    lower = {name.lower(): value for name, value in headers.items()}
    missing = [name for name in ("webhook-id", "webhook-timestamp", "webhook-signature") if name not in lower]
    if missing:
        raise ValueError(f"The delivery has no {missing[0]}.")
    stamp = lower["webhook-timestamp"]
    if not stamp.isascii() or not stamp.isdigit() or abs((now or time.time()) - int(stamp)) > TOLERANCE_SECONDS:
        raise ValueError("The delivery is too old, or its time lies ahead.")
    raw = body.encode() if isinstance(body, str) else body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{lower['webhook-id']}.{stamp}.".encode() + raw
    wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    # While a secret is changed, a delivery carries two.
    given = [one.removeprefix("v1,") for one in lower["webhook-signature"].split(" ") if one.startswith("v1,")]
    if not any(hmac.compare_digest(one.encode(), wanted.encode()) for one in given):
        raise ValueError("The signature does not fit: the secret is another one, or the body was changed.")
    return json.loads(raw)
