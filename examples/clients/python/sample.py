import os
from dodopayments import DodoPayments

client = DodoPayments(
    bearer_token=os.environ.get("DODO_PAYMENTS_API_KEY"),  # This is the default and can be omitted
)
payment = client.payments.create(
    billing={
        "country": "AF"
    },
    customer={
        "customer_id": "customer_id"
    },
    product_cart=[{
        "product_id": "product_id",
        "quantity": 0,
    }],
)
print(payment.payment_id)
