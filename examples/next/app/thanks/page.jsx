import { orders } from '../../lib/orders.js'

// Where Dodo Payments sends the customer back to, with payment_id and status in the query. Anybody can type these: what counts is
// what the webhook has said.
export default async function Page ({ searchParams }) {
  const { payment_id: id } = await searchParams
  return <main><h1>{orders.get(id) === 'paid' ? 'Thank you: it is paid' : 'We are waiting for your payment'}</h1></main>
}
