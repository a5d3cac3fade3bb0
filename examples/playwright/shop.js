// The program under test. It contains no code for the emulator.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import DodoPayments from 'dodopayments'

/** Listens on a free port. `connect` sets what the environment sets in production. */
export async function openShop () {
  let client
  let paid = 0
  const pages = {
    async '/' (_request, response) {
      response.writeHead(200, { 'content-type': 'text/html' })
        .end(`<p>${paid} order is paid</p><form method="post" action="/buy"><button>Buy the e-book</button></form>`)
    },
    async '/buy' (_request, response) {
      const { checkout_url: url } = await client.checkoutSessions.create({ product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }] })
      response.writeHead(303, { location: url }).end()
    },
    async '/webhook' (request, response) {
      const event = client.webhooks.unwrap(await text(request), { headers: request.headers })
      if (event.type === 'payment.succeeded') paid++
      response.end()
    }
  }
  const server = createServer((request, response) => {
    const page = pages[request.url] ?? (async () => { response.writeHead(404).end() })
    page(request, response).catch(() => { response.writeHead(400).end() })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${server.address().port}`
  return {
    url,
    webhookUrl: `${url}/webhook`,
    connect ({ apiKey, url, webhookSecret }) {
      client = new DodoPayments({ bearerToken: apiKey, baseURL: url, webhookKey: webhookSecret })
    },
    close () {
      server.closeAllConnections()
      server.close()
    }
  }
}
