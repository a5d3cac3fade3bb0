import { createClient } from '../../../lib/dodo.js'
import { orders } from '../../../lib/orders.js'

// A payment, and the customer is sent to the page where it is paid.
export async function POST (request) {
  const form = await request.formData()
  try {
    const { payment_id: id, payment_link: link } = await createClient().payments.create({
      billing: { country: 'US' },
      customer: { email: String(form.get('email')) },
      product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }],
      payment_link: true,
      return_url: new URL('/thanks', process.env.SHOP_URL ?? request.url).href
    })
    orders.set(id, 'open')
    return Response.redirect(link, 303)
  } catch (error) {
    // What Dodo Payments refuses is the buyer's mistake or ours: pass on which.
    if (!(error.status >= 400 && error.status < 500)) throw error
    return Response.json({ error: error.error?.message ?? error.message }, { status: 422 })
  }
}
