require "dodopayments"

dodo_payments = Dodopayments::Client.new(
  bearer_token: "My Bearer Token",
  environment: "test_mode" # defaults to "live_mode"
)

payment = dodo_payments.payments.create(
  billing: {country: :AF},
  customer: {customer_id: "customer_id"},
  product_cart: [{product_id: "product_id", quantity: 0}]
)

puts(payment)
