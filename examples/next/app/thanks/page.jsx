import { orders } from '../../lib/orders.js'

// The return page. Dodo Payments adds payment_id and status to the query, which anyone can forge. Only the webhook is reliable.
export default async function Page ({ searchParams }) {
  const { payment_id: id } = await searchParams
  return <main><h1>{orders.get(id) === 'paid' ? 'Thank you: it is paid' : 'We are waiting for your payment'}</h1></main>
}
