"""The program under test. It contains no code for the emulator."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from dodopayments import DodoPayments


class Shop:
    def __init__(self, client: DodoPayments) -> None:
        self.client = client
        self.paid: set[str] = set()

    def sell(self, quantity: int) -> str:
        payment = self.client.payments.create(
            billing={"country": "US"},
            customer={"email": "nina@example.com", "name": "Nina"},
            product_cart=[{"product_id": "pdt_ebook", "quantity": quantity}],
            payment_link=True,
        )
        return payment.payment_id

    def receive(self, body: str, headers: dict[str, str]) -> None:
        """Handles a webhook. Raises if it is not signed with the client's key."""
        event = self.client.webhooks.unwrap(body, headers=headers)
        if event.type == "payment.succeeded":
            self.paid.add(event.data.payment_id)


def webhook_server(shop: Shop) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            try:
                shop.receive(body, {name.lower(): value for name, value in self.headers.items()})
                self.send_response(200)
            except Exception:
                self.send_response(401)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    return ThreadingHTTPServer(("127.0.0.1", 0), Handler)
