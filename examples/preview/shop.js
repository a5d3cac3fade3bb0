// A shop that sells an e-book. It contains no code for the emulator.
import express, { Router } from 'express'

export function createShop (client) {
  const paid = new Set()
  const shop = Router()
  shop.get('/', (_request, response) => {
    response.send(`<p>Orders paid: ${paid.size}</p><form method="post" action="/buy"><button>Buy the e-book</button></form>`)
  })
  shop.post('/buy', async (_request, response) => {
    const { checkout_url: url } = await client.checkoutSessions.create({ product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }] })
    response.redirect(303, url)
  })
  shop.post('/webhook', express.raw({ type: 'application/json' }), (request, response) => {
    const event = client.webhooks.unwrap(request.body.toString(), { headers: request.headers })
    if (event.type === 'payment.succeeded') paid.add(event.data.payment_id)
    response.end()
  })
  return shop
}
