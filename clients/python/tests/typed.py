"""Checked, not run: what does not fit the document is an error. Each line that must not pass says so, and mypy complains of those that say it in vain."""

from typing import assert_type

from assay_client import Assay, AsyncAssay

assay = Assay("http://x")
answer = assay.call("POST /api/transactions", body={"userId": "u", "amount": 1})
assert_type(answer["id"], str)
for row in assay.all("GET /api/transactions", query={"limit": 3}):
    assert_type(row["id"], str)
assay.call("GET /api/transactions/{id}", path={"id": "a"})
assay.call("POST /api/transactions", body={"amount": 1})  # type: ignore[call-overload]
assay.call("GET /api/transactions/{id}")  # type: ignore[call-overload]
assay.call("GET /api/nothing")  # type: ignore[call-overload]
assay.all("GET /health")  # type: ignore[call-overload]


async def awaited() -> str:
    return (await AsyncAssay("http://x").call("POST /api/transactions", body={"userId": "u", "amount": 1}))["id"]
