"""The program under test. It contains no code for the emulator."""

from dodopayments import DodoPayments


class Shop:
    def __init__(self, client: DodoPayments) -> None:
        self.client = client
        self.paid: set[str] = set()

    def sell(self, quantity: int) -> str:
        session = self.client.checkout_sessions.create(
            product_cart=[{"product_id": "pdt_ebook", "quantity": quantity}],
            customer={"email": "nina@example.com", "name": "Nina"},
            billing_address={"country": "DE", "city": "Berlin", "street": "Ring 1", "zipcode": "10117"},
        )
        return session.session_id

    def hear(self, body: str, headers: dict[str, str], key: str) -> None:
        """Handles a webhook. Raises if it is not signed with the key."""
        event = self.client.webhooks.unwrap(body, headers=headers, key=key)
        if event.type == "payment.succeeded":
            self.paid.add(event.data.checkout_session_id)
