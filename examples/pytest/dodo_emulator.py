"""A pytest plugin: one emulator per session, and a sandbox per test.

DODO_EMULATOR is the command, by default `npx dodo-emulator`. DODO_PAYMENTS_EMULATOR_URL uses a running emulator instead, such as a
container of the image.
"""

import itertools
import json
import os
import shlex
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator

import pytest


class EmulatorError(Exception):
    """The emulator refused a call. The message contains its reply."""


class Sandbox:
    """An isolated copy of the initial data. `url` is its base URL, and any text is its API key."""

    api_key = "test"

    def __init__(self, url: str) -> None:
        self.url = url

    def control(self, method: str, path: str, body: object = None) -> dict:
        """Calls /_emulator, as described on the emulator's page /docs."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_emulator{path}", data, {"content-type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return json.load(response)
        except urllib.error.HTTPError as refusal:
            raise EmulatorError(f"{method} {path}: {refusal.read().decode()}") from None

    def pay(self, subject_id: str, card: str = "4242424242424242", **more: object) -> dict:
        """Pays a payment or a checkout session, as its customer would."""
        kind = "checkouts" if subject_id.startswith("cks_") else "payments"
        return self.control("POST", f"/{kind}/{subject_id}/pay", {"card": card, **more})

    def advance(self, days: float) -> None:
        """Moves the clock. Everything that falls due happens, such as renewals."""
        self.control("POST", "/clock", {"advance_ms": round(days * 86_400_000)})

    def idle(self) -> None:
        """Waits until all webhooks that are due were sent."""
        self.control("GET", "/idle")

    def wait_for_event(self, type_: str, where: Callable[[dict], bool] = lambda body: True, timeout: float = 4) -> dict:
        """The body of the first event of a type, past or future, for which `where` holds."""
        end = time.monotonic() + timeout
        while True:
            events = self.control("GET", "/events?page_size=100")["items"]
            for event in reversed(events):
                if event["type"] == type_ and where(event["body"]):
                    return event["body"]
            if time.monotonic() > end:
                seen = ", ".join(event["type"] for event in reversed(events)) or "nothing"
                raise TimeoutError(f"no {type_} within {timeout} s; what happened: {seen}")
            time.sleep(0.05)


@pytest.fixture(scope="session")
def dodo_emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of the emulator of this session."""
    if url := os.environ.get("DODO_PAYMENTS_EMULATOR_URL"):
        yield url.rstrip("/")
        return
    port_file = tmp_path_factory.mktemp("dodo-emulator") / "port"
    command = shlex.split(os.environ.get("DODO_EMULATOR", "npx dodo-emulator"))
    options = ["start", "--port", "0", "--port-file", str(port_file), "--database", ":memory:"]
    process = subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL)
    try:
        for _ in range(600):
            if process.poll() is not None:
                raise RuntimeError(f"the emulator ended with {process.returncode} instead of starting")
            if port_file.exists() and (port := port_file.read_text().strip()):
                break
            time.sleep(0.05)
        else:
            raise TimeoutError("the emulator has not started after 30 s")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


_numbers = itertools.count(1)
_session = uuid.uuid4().hex[:8]


@pytest.fixture
def dodo(dodo_emulator: str) -> Iterator[Sandbox]:
    """The sandbox of this test. It is deleted afterwards, also with parallel workers."""
    name = f"pytest-{_session}-{next(_numbers)}"
    yield Sandbox(f"{dodo_emulator}/~{name}")
    Sandbox(dodo_emulator).control("DELETE", f"/sandboxes/{name}")
