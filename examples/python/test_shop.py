import threading
import unittest

from dodopayments import DodoPayments
from emulator import Emulator
from shop import Shop, webhook_server

KEY = "whsec_bm90IGEgc2VjcmV0LCBhIHRlc3Qh"


class Paying(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.shop = Shop(client=None)
        server = webhook_server(cls.shop)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        cls.addClassCleanup(server.server_close)
        cls.addClassCleanup(server.shutdown)
        url = f"http://127.0.0.1:{server.server_port}/webhook"
        cls.emulator = cls.enterClassContext(Emulator("--webhook-url", url, "--webhook-key", KEY))
        cls.shop.client = DodoPayments(bearer_token="test", base_url=cls.emulator.url, webhook_key=KEY)

    def test_a_paid_order_is_known_to_be_paid(self) -> None:
        order = self.shop.sell(2)
        self.emulator.pay(order)
        self.emulator.idle()
        self.assertIn(order, self.shop.paid)
        self.assertEqual(self.shop.client.payments.retrieve(order).total_amount, 3998)

    def test_a_declined_card_leaves_it_unpaid(self) -> None:
        order = self.shop.sell(1)
        self.emulator.pay(order, "failed", error_code="INSUFFICIENT_FUNDS")
        self.emulator.idle()
        self.assertNotIn(order, self.shop.paid)


if __name__ == "__main__":
    unittest.main()
