/** Express buttons on the hosted page of a session: the wallet brings the customer's details. */
import t from 'tap'
import { problemOf, session, type SessionBody } from './session-page.js'

const order: SessionBody = { product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }] }

t.test('a wallet pays an empty form, with its own name, e-mail address and address', async t => {
  const opened = await session(t, order)
  t.match((await opened.visit()).text, 'id="express-google_pay"')
  const { status, location } = await opened.send({ express: 'google_pay' })
  t.equal(status, 303)
  t.match(await opened.payment(), {
    status: 'requires_customer_action',
    payment_method_type: 'google_pay',
    customer: { name: 'Wallet Customer', email: 'wallet.customer@example.com' },
    billing: { country: 'US', street: '1 Wallet Street', zipcode: '94107' }
  })
  const approval = await opened.visit(location)
  t.match(approval.text, 'Approve the payment with Google Pay')
  t.match(approval.text, '$', 'with the total')
})

t.test('entered values stay', async t => {
  const opened = await session(t, { ...order, customer: { email: 'known@example.com', name: 'Known' } })
  const shown = await opened.visit()
  const total = /name="shown_total" value="([^"]*)"/.exec(shown.text)?.[1] ?? ''
  await opened.send({ express: 'google_pay', country: 'US', city: 'Reno', email: 'known@example.com', full_name: 'Known', shown_total: total })
  t.match(await opened.payment(), { customer: { name: 'Known', email: 'known@example.com' }, billing: { city: 'Reno', state: 'CA' } })
})

t.test('custom fields are still required', async t => {
  const opened = await session(t, {
    ...order, custom_fields: [{ key: 'size', label: 'Company size', field_type: 'text', required: true }]
  })
  await opened.visit()
  const refused = await opened.send({ express: 'google_pay' })
  t.equal(refused.status, 422)
  t.match(refused.text, 'Company size')
  t.notOk(problemOf(refused, 'email'))
  t.ok(problemOf(refused, 'custom-0'))
})
