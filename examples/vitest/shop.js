// The program under test. It contains no code for the emulator.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import DodoPayments from 'dodopayments'

/** Listens for webhooks on a free port. `connect` sets what the environment sets in production. */
export async function openShop () {
  let client
  const paid = new Set()
  const server = createServer(async (request, response) => {
    try {
      const event = client.webhooks.unwrap(await text(request), { headers: request.headers })
      if (event.type === 'payment.succeeded') paid.add(event.data.payment_id)
      response.writeHead(200).end()
    } catch {
      response.writeHead(400).end()
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    webhookUrl: `http://127.0.0.1:${server.address().port}/webhook`,
    connect ({ apiKey, url, webhookSecret }) {
      client = new DodoPayments({ bearerToken: apiKey, baseURL: url, webhookKey: webhookSecret })
    },
    sell: quantity => client.payments.create({
      billing: { country: 'US' },
      customer: { customer_id: 'cus_ada' },
      product_cart: [{ product_id: 'pdt_ebook', quantity }],
      payment_link: true
    }),
    status: async id => (await client.payments.retrieve(id)).status,
    isPaid: id => paid.has(id),
    close () {
      server.closeAllConnections()
      server.close()
    }
  }
}
