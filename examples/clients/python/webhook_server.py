"""A webhook endpoint on a free port. It accepts only what the client's own helper verifies."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from dodopayments import DodoPayments
from dodopayments.types import UnwrapWebhookEvent


class WebhookServer:
    def __init__(self, client: DodoPayments) -> None:
        self.events: list[UnwrapWebhookEvent] = []
        self.key: str | None = None
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                # The helper looks headers up in lower case.
                headers = {name.lower(): value for name, value in self.headers.items()}
                try:
                    receiver.events.append(client.webhooks.unwrap(body, headers=headers, key=receiver.key))
                    self.send_response(200)
                except Exception:
                    self.send_response(401)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/webhook"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
