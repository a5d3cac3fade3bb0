import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from dodopayments import DodoPayments
from shop import Shop


@pytest.fixture
def shop(dodo) -> Iterator[Shop]:
    """A shop with a webhook endpoint on a free port."""
    shop = Shop(DodoPayments(bearer_token=dodo.api_key, base_url=dodo.url))
    secret = ""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            shop.hear(body, {name.lower(): value for name, value in self.headers.items()}, secret)
            self.send_response(200)
            self.end_headers()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    endpoint = shop.client.webhooks.create(url=f"http://127.0.0.1:{server.server_port}/webhook")
    secret = shop.client.webhooks.retrieve_secret(endpoint.id).secret
    yield shop
    server.shutdown()
    server.server_close()


def test_a_paid_order_is_known_to_be_paid(dodo, shop):
    order = shop.sell(2)
    dodo.pay(order)
    event = dodo.wait_for_event("payment.succeeded", lambda body: body["data"]["checkout_session_id"] == order)
    assert event["data"]["status"] == "succeeded"
    dodo.idle()
    assert order in shop.paid


def test_a_declined_card_leaves_it_unpaid(dodo, shop):
    order = shop.sell(1)
    dodo.pay(order, card="4000000000000002")
    dodo.wait_for_event("payment.failed")
    dodo.idle()
    assert order not in shop.paid


def test_each_test_has_its_own_data(dodo, shop):
    assert shop.client.payments.list().items == []
