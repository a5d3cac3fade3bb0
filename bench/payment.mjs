// The request that every server gets, with the same bytes and headers. It is a typical request of a
// shop: a payment link, two lines, two discount codes, a customer by e-mail, a billing country and
// metadata.

export const payment = {
  payment_link: true,
  billing: { country: 'US' },
  customer: { email: 'bench@example.com', name: 'Bench Customer' },
  product_cart: [
    { product_id: 'pdt_ebook', quantity: 1 },
    { product_id: 'pdt_course', quantity: 2 }
  ],
  discount_codes: ['SAVE10', 'STACK01'],
  metadata: { order_id: 'order_1001', source: 'bench' }
}

const authorization = { authorization: 'Bearer sk_test_bench' }

export const createPayment = {
  method: 'POST',
  path: '/payments',
  headers: { ...authorization, 'content-type': 'application/json' },
  body: JSON.stringify(payment)
}

export const listPayments = {
  method: 'GET',
  path: '/payments',
  headers: authorization,
  body: null
}
