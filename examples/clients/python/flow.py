"""A shop's whole life with the published client: payments, refunds, checkouts, subscriptions, licences, webhooks.

Expects DODO_PAYMENTS_BASE_URL and DODO_PAYMENTS_API_KEY, which the client reads itself. Prints a line for each step.
"""

import json
import os
import urllib.error
import urllib.request

from dodopayments import DodoPayments, UnprocessableEntityError
from webhook_server import WebhookServer

DAY_MS = 86_400_000
ADA = {"customer_id": "cus_ada"}

# Replies that do not have the declared types raise an exception.
client = DodoPayments(_strict_response_validation=True)


def control(method: str, path: str, body: object = None) -> dict:
    """Calls the emulator's control API: what the customer and the clock do."""
    data = None if body is None else json.dumps(body).encode()
    url = os.environ["DODO_PAYMENTS_BASE_URL"] + path
    request = urllib.request.Request(url, data, {"content-type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)
    except urllib.error.HTTPError as refusal:
        raise RuntimeError(f"{method} {path}: {refusal.read().decode()}") from refusal


def done(step: str) -> None:
    print(f"ok {step}", flush=True)


def payments() -> None:
    created = client.payments.create(
        billing={"country": "US"},
        customer=ADA,
        product_cart=[{"product_id": "pdt_ebook", "quantity": 2}],
        discount_codes=["SAVE10"],
        metadata={"order": "17"},
        payment_link=True,
    )
    assert created.payment_link and created.metadata == {"order": "17"}, created
    assert created.total_amount == 2 * 1999 * 9 // 10, created
    done("create")

    # Page numbers begin at 0. The client's own iteration begins at 1, so it starts here from page 0, which is `items`.
    for _ in range(3):
        client.payments.create(billing={"country": "US"}, customer=ADA, product_cart=[{"product_id": "pdt_ebook", "quantity": 1}])
    everything, number = [], 0
    while items := client.payments.list(page_size=2, page_number=number).items:
        everything += items
        number += 1
    assert created.payment_id in [payment.payment_id for payment in everything], everything
    iterated = [payment.payment_id for payment in client.payments.list(page_size=2)]
    assert iterated == [payment.payment_id for payment in [*everything[:2], *everything[4:]]], "the client misses page 1"
    done("list")

    control("POST", f"/_emulator/payments/{created.payment_id}/pay", {"card": "4242424242424242"})
    done("pay")
    payment = client.payments.retrieve(created.payment_id)
    assert payment.status == "succeeded" and payment.card_last_four == "4242", payment
    done("read")
    lines = client.payments.retrieve_line_items(created.payment_id)
    assert [line.items_id for line in lines.items], lines
    done("line items")

    refund = client.refunds.create(payment_id=created.payment_id, items=[{"item_id": lines.items[0].items_id, "amount": 500}])
    assert client.refunds.retrieve(refund.refund_id).is_partial, refund
    control("POST", "/_emulator/clock", {"advance_ms": DAY_MS})  # a refund settles later
    assert client.payments.retrieve(created.payment_id).refund_status == "partial"
    done("refund")


def checkout() -> None:
    session = client.checkout_sessions.create(
        product_cart=[{"product_id": "pdt_ebook", "quantity": 1}],
        customer=ADA,
        billing_address={"country": "DE", "city": "Berlin", "street": "Ring 1", "zipcode": "10117"},
    )
    assert session.checkout_url, session
    control("POST", f"/_emulator/checkouts/{session.session_id}/pay", {"card": "4242424242424242"})
    assert client.checkout_sessions.retrieve(session.session_id).payment_status == "succeeded"
    done("checkout")


def subscription() -> None:
    created = client.subscriptions.create(
        billing={"country": "US"}, customer=ADA, product_id="pdt_pro_monthly", quantity=1, payment_link=True
    )
    control("POST", f"/_emulator/payments/{created.payment_id}/pay", {"card": "4242424242424242"})
    for _ in range(3):
        control("POST", "/_emulator/clock", {"until": {"subscription_id": created.subscription_id, "event": "renewed"}})
    read = client.subscriptions.retrieve(created.subscription_id)
    assert read.status == "active", read
    paid = client.payments.list(subscription_id=created.subscription_id).items
    assert [payment.status for payment in paid] == ["succeeded"] * 4, paid
    done("subscription")


def licence() -> None:
    created = client.payments.create(
        billing={"country": "US"}, customer=ADA, product_cart=[{"product_id": "pdt_license", "quantity": 1}], payment_link=True
    )
    control("POST", f"/_emulator/payments/{created.payment_id}/pay", {"card": "4242424242424242"})
    control("GET", "/_emulator/idle")
    [key] = client.license_keys.list(customer_id="cus_ada").items
    instance = client.licenses.activate(license_key=key.key, name="laptop")
    assert client.licenses.validate(license_key=key.key, license_key_instance_id=instance.id).valid
    client.licenses.deactivate(license_key=key.key, license_key_instance_id=instance.id)
    assert not client.licenses.validate(license_key="unknown").valid
    done("licence")


def refusal() -> None:
    try:
        client.payments.create(billing={"country": "US"}, customer=ADA, product_cart=[{"product_id": "pdt_none", "quantity": 1}])
    except UnprocessableEntityError as error:
        assert error.status_code == 422 and isinstance(error.body, dict) and error.body["code"], error
        print(f"   {error.body['code']}: {error.body['message']}")
        done("refusal")
    else:
        raise AssertionError("an unknown product was accepted")


def webhooks(server: WebhookServer) -> None:
    control("GET", "/_emulator/idle")
    received = {event.type for event in server.events}
    for type_ in ("payment.succeeded", "refund.succeeded", "subscription.renewed", "license_key.created"):
        assert type_ in received, received
    forged = urllib.request.Request(server.url, b"{}", {"webhook-id": "msg_1", "webhook-signature": "v1,AAAA"}, method="POST")
    try:
        urllib.request.urlopen(forged)
        raise AssertionError("a forged delivery was accepted")
    except urllib.error.HTTPError as refused:
        assert refused.code == 401, refused
    done("webhook")


def main() -> None:
    server = WebhookServer(client)
    endpoint = client.webhooks.create(url=server.url)
    server.key = client.webhooks.retrieve_secret(endpoint.id).secret
    payments()
    checkout()
    subscription()
    licence()
    refusal()
    webhooks(server)
    client.webhooks.delete(endpoint.id)
    server.close()


if __name__ == "__main__":
    main()
