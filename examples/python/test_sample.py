"""The published sample of POST /payments, unchanged, in its own process; and reading a whole list."""

import os
import subprocess
import sys
import unittest
from pathlib import Path

from dodopayments import DodoPayments
from dodopayments.types import PaymentListResponse
from emulator import Emulator

SAMPLE = Path(__file__).with_name("sample.py")


def every_payment(client: DodoPayments, page_size: int = 100) -> list[PaymentListResponse]:
    """Requests each page by its number, because the client's own iteration misses page 1, even from `page_number=0`."""
    found: list[PaymentListResponse] = []
    while items := client.payments.list(page_size=page_size, page_number=len(found) // page_size).items:
        found += items
    return found


class Sample(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.emulator = cls.enterClassContext(Emulator())
        cls.environment = {**os.environ, "DODO_PAYMENTS_BASE_URL": cls.emulator.url, "DODO_PAYMENTS_API_KEY": "test"}

    def test_the_published_sample_makes_a_payment(self) -> None:
        run = subprocess.run([sys.executable, SAMPLE], env=self.environment, capture_output=True, text=True, check=True)
        self.assertRegex(run.stdout, r"^pay_\w+\n$")

    def test_a_list_of_35_is_read_to_its_end(self) -> None:
        client = DodoPayments(bearer_token="sandbox_pages", base_url=self.emulator.url)
        cart = [{"product_id": "pdt_ebook", "quantity": 1}]
        for _ in range(35):
            client.payments.create(billing={"country": "US"}, customer={"customer_id": "cus_ada"}, product_cart=cart)
        self.assertEqual(len({payment.payment_id for payment in every_payment(client, 10)}), 35)
        self.assertEqual(len(list(client.payments.list(page_size=10, page_number=0))), 25, "the client's own iteration")


if __name__ == "__main__":
    unittest.main()
