// The plans of the application, and what Dodo Payments needs to know to sell them: two products and a webhook endpoint.
const PLANS = {
  monthly: { name: 'Team, monthly', price: 1200, payment_frequency_interval: 'Month' },
  yearly: { name: 'Team, yearly', price: 12000, payment_frequency_interval: 'Year' }
}

/** The published adapter refuses events that it does not know, so the endpoint asks only for those that the application uses. */
const EVENTS = [
  'payment.succeeded', 'subscription.active', 'subscription.renewed', 'subscription.plan_changed', 'subscription.on_hold',
  'subscription.cancelled', 'subscription.expired', 'subscription.failed'
]

/** Creates a product for each plan, once. Resolves to the ids of the products by plan. */
export async function createPlans (client) {
  const ids = {}
  for (const [plan, { name, price, payment_frequency_interval: interval }] of Object.entries(PLANS)) {
    const product = await client.products.create({
      name,
      tax_category: 'saas',
      price: {
        type: 'recurring_price',
        currency: 'USD',
        price,
        discount: 0,
        purchasing_power_parity: false,
        payment_frequency_count: 1,
        payment_frequency_interval: interval,
        subscription_period_count: 10,
        subscription_period_interval: 'Year'
      }
    })
    ids[plan] = product.product_id
  }
  return ids
}

/** Registers the webhook endpoint, once. Resolves to its secret. */
export async function createWebhook (client, url) {
  const { id } = await client.webhooks.create({ url, filter_types: EVENTS })
  const { secret } = await client.webhooks.retrieveSecret(id)
  return secret
}
