"""Against a running server (ASSAY_URL, ASSAY_KEY) and a network that breaks in front of it (ASSAY_FAULTY_URL)."""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import io
import os
import re
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from pathlib import Path
from typing import Any

import httpx
from assay_client import Assay, AssayError, AssayUnreachable, AsyncAssay, pandas_frame, polars_frame, verify_webhook
from assay_client.request import Options, answered, asked, pause_before_next

URL, KEY = os.environ["ASSAY_URL"], os.environ["ASSAY_KEY"]
FAULTY = os.environ["ASSAY_FAULTY_URL"]
COUNT = int(os.environ.get("ASSAY_CLIENT_PAYMENTS", "60"))


def kept(user: str) -> list[float]:
    with Assay(URL, KEY) as assay:
        query: Any = {"userId": user, "limit": 200}
        return sorted(row["amount"] or 0 for row in assay.all("GET /api/transactions", query=query))


class Payments(unittest.TestCase):
    def test_each_is_decided_once_whatever_the_network_does(self) -> None:
        with Assay(FAULTY, KEY, timeout=1, retries=30) as assay, ThreadPoolExecutor(16) as pool:

            def pay(i: int) -> str:
                answer = assay.call("POST /api/transactions", body={"userId": "py_sync", "amount": i + 1})
                return answer["id"]

            ids = list(pool.map(pay, range(COUNT)))
        self.assertEqual(len(set(ids)), COUNT)
        self.assertEqual(kept("py_sync"), [i + 1 for i in range(COUNT)])

    def test_and_awaited(self) -> None:
        async def run() -> None:
            async with AsyncAssay(FAULTY, KEY, timeout=1, retries=30) as assay:
                places = asyncio.Semaphore(32)

                async def pay(i: int) -> None:
                    async with places:
                        await assay.call("POST /api/transactions", body={"userId": "py_async", "amount": i + 1})

                await asyncio.gather(*(pay(i) for i in range(COUNT)))
                rows = [row async for row in assay.all("GET /api/transactions", query={"userId": "py_async", "limit": 7})]
                self.assertEqual(sorted(row["amount"] or 0 for row in rows), [i + 1 for i in range(COUNT)])

        asyncio.run(run())


class Answers(unittest.TestCase):
    def test_the_page_of_a_proxy_is_no_answer(self) -> None:
        page = httpx.Response(200, html="<html>login</html>", request=httpx.Request("GET", URL))
        with self.assertRaises(AssayUnreachable):
            answered(page)

    def test_a_pause_is_asked_for_in_seconds_or_by_a_date_and_not_for_ever(self) -> None:
        one, options = asked("GET /health"), Options(URL)

        def pause(after: str) -> float | None:
            refused = httpx.Response(503, headers={"retry-after": after}, request=httpx.Request("GET", URL))
            try:
                answered(refused)
            except AssayError as error:
                return pause_before_next(options, one, 0, error)
            raise AssertionError

        self.assertEqual(pause("7"), 7.0)
        self.assertGreater(pause(formatdate(time.time() + 60, usegmt=True)) or 0, 30)
        self.assertIsNone(pause("3000000"))


class Errors(unittest.TestCase):
    def test_a_refusal_is_typed_and_sent_once(self) -> None:
        with Assay(URL, KEY) as assay, self.assertRaises(AssayError) as caught:
            assay.call("POST /api/transactions", body={"userId": "u"})
        error = caught.exception
        self.assertEqual((error.status, error.errors[0]["path"]), (422, "/amount"))
        self.assertTrue(error.request_id)
        with Assay(URL, "wrong") as assay, self.assertRaises(AssayError) as caught:
            assay.call("GET /api/transactions")
        self.assertEqual(caught.exception.status, 401)

    def test_no_answer_is_another_error(self) -> None:
        with Assay("http://127.0.0.1:1", retries=0) as assay, self.assertRaises(AssayUnreachable):
            assay.call("GET /health")
        with self.assertRaises(ValueError):
            Assay("127.0.0.1:3000")

    def test_names_in_paths_stay_names(self) -> None:
        with Assay(URL, KEY) as assay:
            name = "auth0|a/b c?d"
            assay.call("POST /api/users", body={"id": name, "name": "Ann", "email": "py@shop.example"})
            self.assertEqual(assay.call("GET /api/users/{id}", path={"id": name})["email"], "py@shop.example")
            with self.assertRaises(ValueError):
                assay.call("GET /api/users/{id}", path={"id": ""})
            self.assertNotIn(KEY, repr(assay._options))


class Feed(unittest.TestCase):
    def test_it_goes_on_from_an_event(self) -> None:
        with Assay(URL, KEY) as assay:
            for i in range(4):
                assay.call("POST /api/transactions", body={"userId": "py_feed", "amount": i + 1})
            first = [event["seq"] for event, _ in zip(assay.feed(since=0), range(3))]
            self.assertEqual(next(iter(assay.feed(since=first[1])))["seq"], first[2])

            async def on() -> int:
                async with AsyncAssay(URL, KEY) as other:
                    async for event in other.feed(since=first[0]):
                        return event["seq"]
                raise AssertionError("the feed ended")

            self.assertEqual(asyncio.run(on()), first[1])
        with Assay(URL, "wrong") as assay, self.assertRaises(AssayError):
            next(iter(assay.feed()))


class Webhooks(unittest.TestCase):
    def test_believed_when_the_signature_fits_and_its_time_is_near(self) -> None:
        key = b"a secret of many bytes, made up"
        secret = "whsec_" + base64.b64encode(key).decode()
        body = b'{"seq":1}'

        def headers(at: float, key: bytes = key) -> dict[str, str]:
            stamp = str(int(at))
            sign = hmac.new(key, b"m." + stamp.encode() + b"." + body, hashlib.sha256).digest()
            signature = "v1,AAAA v1," + base64.b64encode(sign).decode()
            return {"Webhook-Id": "m", "webhook-timestamp": stamp, "webhook-signature": signature}

        now = time.time()
        self.assertEqual(verify_webhook(body, headers(now), secret), {"seq": 1})
        for given, sent in (
            (b'{"seq":2}', headers(now)),
            (body, headers(now, b"another")),
            (body, headers(now - 400)),
            (body, headers(now + 400)),
            (body, {**headers(now), "webhook-timestamp": "nan"}),
            (body, {}),
        ):
            with self.assertRaises(ValueError):
                verify_webhook(given, sent, secret)


class Notebook(unittest.TestCase):
    def test_lists_are_frames(self) -> None:
        with Assay(URL, KEY) as assay:
            assay.call("POST /api/transactions", body={"userId": "py_frame", "amount": 7, "metadata": {"a": 1}})
            assay.call("POST /api/transactions", body={"userId": "py_frame", "amount": 8, "country": "DE"})
            rows = list(assay.all("GET /api/transactions", query={"userId": "py_frame"}))
            series = assay.call("GET /api/transactions/stats", query={"window": "1h"})["series"]
        frame = pandas_frame(rows)
        self.assertEqual((frame["amount"].sum(), str(frame["createdAt"].dt.tz)), (15, "UTC"))
        other = polars_frame(rows)
        self.assertEqual(other["amount"].sum(), 15)
        self.assertEqual(str(other["createdAt"].dtype), "Datetime(time_unit='ms', time_zone='UTC')")
        self.assertGreaterEqual(polars_frame(series)["count"].sum(), 2)
        self.assertEqual((len(pandas_frame([])), len(polars_frame([]))), (0, 0))


class Readme(unittest.TestCase):
    def test_its_examples_run(self) -> None:
        text = (Path(__file__).parent.parent / "README.md").read_text()
        blocks = re.findall(r"```python\n(.*?)```", text, re.S)
        self.assertEqual(len(blocks), 4)
        said = io.StringIO()
        names: dict[str, Any] = {"__name__": "readme"}
        with contextlib.redirect_stdout(said):
            for block in blocks:
                exec(block, names)
        self.assertIn("404 not_found", said.getvalue())


if __name__ == "__main__":
    unittest.main()
