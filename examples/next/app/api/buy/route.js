import { createClient } from '../../../lib/dodo.js'
import { orders } from '../../../lib/orders.js'

// Creates a payment and redirects the customer to its page.
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
    // Dodo Payments refuses mistakes of the buyer or of the shop: return its error.
    if (!(error.status >= 400 && error.status < 500)) throw error
    return Response.json({ error: error.error?.message ?? error.message }, { status: 422 })
  }
}
