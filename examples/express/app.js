// A shop that sells an e-book. It contains no code for the emulator.
import express from 'express'

export function createApp (client) {
  const orders = new Map()
  const app = express()

  app.post('/buy', express.json(), async (request, response) => {
    const { email, quantity = 1 } = request.body
    const { payment_id: id, payment_link: link, total_amount: total } = await client.payments.create({
      billing: { country: 'US' },
      customer: { email },
      product_cart: [{ product_id: 'pdt_ebook', quantity }],
      payment_link: true
    })
    orders.set(id, { id, total, status: 'open' })
    response.status(201).json({ order: id, pay_at: link })
  })

  app.get('/orders/:id', (request, response) => {
    const order = orders.get(request.params.id)
    if (order === undefined) return response.status(404).json({ error: 'no such order' })
    response.json(order)
  })

  // The signature covers the raw body, so do not use express.json() here.
  app.post('/webhook', express.raw({ type: 'application/json' }), (request, response) => {
    let event
    try {
      event = client.webhooks.unwrap(request.body.toString(), { headers: request.headers })
    } catch {
      return response.status(401).end()
    }
    const order = orders.get(event.data.payment_id)
    if (order !== undefined && event.type === 'payment.succeeded') order.status = 'paid'
    // A payment can succeed after a failed attempt, and events can be late.
    if (order?.status === 'open' && event.type === 'payment.failed') order.status = 'declined'
    response.end()
  })

  // Dodo Payments refuses mistakes of the buyer or of the shop: return its error.
  app.use((error, _request, response, next) => {
    if (!(error.status >= 400 && error.status < 500)) return next(error)
    response.status(422).json({ error: error.error?.message ?? error.message })
  })
  return app
}
