import { createClient } from '../../../lib/dodo.js'
import { orders } from '../../../lib/orders.js'

export async function POST (request) {
  const body = await request.text() // the signature covers the raw body, so do not use request.json()
  let event
  try {
    event = createClient().webhooks.unwrap(body, { headers: Object.fromEntries(request.headers) })
  } catch {
    return new Response(null, { status: 401 })
  }
  if (event.type === 'payment.succeeded') orders.set(event.data.payment_id, 'paid')
  return new Response()
}
