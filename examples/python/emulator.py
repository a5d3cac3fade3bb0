"""An emulator for tests in Python. Runs the command in its own process, and acts as the customer through /_emulator."""

import json
import os
import shlex
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path


class Emulator:
    """`with Emulator() as emulator:`. Needs Node.js. DODO_EMULATOR replaces the command."""

    def __init__(self, *options: str) -> None:
        command = shlex.split(os.environ.get("DODO_EMULATOR", "npx dodo-emulator"))
        self._folder = tempfile.TemporaryDirectory()
        port_file = Path(self._folder.name, "port")
        arguments = ["start", "--port", "0", "--port-file", str(port_file), "--database", ":memory:", *options]
        self._process = subprocess.Popen([*command, *arguments], stdout=subprocess.DEVNULL)
        try:
            self.url = f"http://127.0.0.1:{self._port(port_file)}"
        except BaseException:
            self.close()
            raise

    def _port(self, port_file: Path) -> str:
        """Waits for the port file, which is written once requests are answered."""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            if self._process.poll() is not None:
                raise RuntimeError(f"the emulator ended with {self._process.returncode} instead of starting")
            if port_file.exists() and (port := port_file.read_text().strip()):
                return port
            time.sleep(0.05)
        raise TimeoutError("the emulator has not started after 30 s")

    def request(self, method: str, path: str, body: object = None) -> dict:
        """Calls /_emulator. Raises urllib.error.HTTPError if the call is refused."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"content-type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)

    def pay(self, payment_id: str, outcome: str = "succeeded", **more: object) -> dict:
        return self.request("POST", f"/_emulator/payments/{payment_id}/pay", {"outcome": outcome, **more})

    def idle(self) -> None:
        """Waits until the webhooks are delivered."""
        self.request("GET", "/_emulator/idle")

    def close(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._folder.cleanup()

    def __enter__(self) -> "Emulator":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
