/** E-mails about checkouts and subscriptions: abandoned, failed, on hold, cancelled, and reminders on the sandbox's clock. */
import t from 'tap'
import { paymentBody, startEmulator, type TestEmulator } from '../helper.js'
import { ADDRESS } from '../control/checkout-sessions.js'
import { advance } from './grant-calls.js'

interface Email { email_id: string, type: string, subject: string, text: string, from: string }

const DAY_MS = 86_400_000
const FROZEN = { clock: '2026-01-31T09:00:00Z', clockFrozen: 'on' }

/** The e-mails, oldest first. */
async function emails ({ get }: TestEmulator, query = ''): Promise<Email[]> {
  const { items } = await get<{ items: Email[] }>(`/_emulator/emails?page_size=100&${query}`)
  return await Promise.all(items.reverse().map(({ email_id: id }) => get<Email>(`/_emulator/emails/${id}`)))
}

async function subscribe ({ call }: TestEmulator, productId: string, more: object = {}): Promise<string> {
  const { json } = await call('POST', '/subscriptions', {
    body: { product_id: productId, quantity: 1, customer: { customer_id: 'cus_ada' }, billing: { country: 'US' }, ...more }
  })
  const { subscription_id: id, payment_id: paymentId } = json as { subscription_id: string, payment_id: string }
  await call('POST', `/_emulator/payments/${paymentId}/pay`, { body: { card: '4242424242424242' } })
  return id
}

async function yearly ({ call }: TestEmulator): Promise<string> {
  const { json } = await call('POST', '/products', {
    body: {
      name: 'Yearly',
      tax_category: 'saas',
      price: {
        type: 'recurring_price',
        currency: 'USD',
        price: 12000,
        discount: 0,
        purchasing_power_parity: false,
        payment_frequency_count: 1,
        payment_frequency_interval: 'Year',
        subscription_period_count: 5,
        subscription_period_interval: 'Year'
      }
    }
  })
  return (json as { product_id: string }).product_id
}

t.test('an abandoned checkout, with a link that works', async t => {
  const emulate = startEmulator(t, FROZEN)
  const { json } = await emulate.call('POST', '/checkouts', { body: { product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }] } })
  const { session_id: session } = json as { session_id: string }
  await emulate.call('POST', `/_emulator/checkouts/${session}/abandon`, {
    body: { customer: { email: 'new@example.com', name: 'New' }, billing_address: ADDRESS }
  })
  const [mail] = await emails(emulate, 'type=abandoned_checkout&to=new@example.com')
  t.match(mail?.text, `/session/${session}`)
  const { payment_id: id } = await emulate.pay(paymentBody({ payment_link: true }))
  await emulate.call('POST', `/_emulator/payments/${id}/expire`)
  await emulate.call('POST', `/_emulator/payments/${id}/abandon`)
  t.notMatch((await emails(emulate, `payment_id=${id}`))[0]?.text, 'http', 'an expired link is left out')
})

t.test('abandoned checkouts by the clock, if the business wants it', async t => {
  const emulate = startEmulator(t, FROZEN)
  const MINUTE_MS = 60_000
  const types = async (id: string) =>
    (await emulate.get<{ items: Array<{ type: string }> }>(`/_emulator/events?payment_id=${id}`)).items.reverse().map(({ type }) => type)
  const open = async (more: object = {}) => (await emulate.pay(paymentBody({ payment_link: true, ...more }))).payment_id
  const pay = async (id: string, outcome: string) => {
    await emulate.call('POST', `/_emulator/payments/${id}/pay`, { body: { outcome } })
  }
  const unnoticed = await open()
  await advance(emulate, 120 * MINUTE_MS)
  t.strictSame(await types(unnoticed), [], 'off by default')

  await emulate.call('PATCH', '/_emulator/settings', { body: { abandoned_checkouts: true, abandoned_checkout_minutes: 45 } })
  const [left, declined, paid, cancelled, reported] = [await open(), await open(), await open(), await open(), await open()]
  const withoutLink = await open({ payment_link: false })
  await pay(paid, 'succeeded')
  await pay(cancelled, 'cancelled')
  await emulate.call('POST', `/_emulator/payments/${reported}/abandon`)
  await advance(emulate, 20 * MINUTE_MS)
  await pay(declined, 'failed')
  await advance(emulate, 25 * MINUTE_MS)
  t.strictSame([await types(left), await types(declined)], [['abandoned_checkout.detected'], ['payment.failed']])
  await advance(emulate, 20 * MINUTE_MS)
  t.strictSame(await types(declined), ['payment.failed', 'abandoned_checkout.detected'], 'counted from the last action')
  await pay(left, 'succeeded')
  t.strictSame(await types(left), ['abandoned_checkout.detected', 'payment.succeeded', 'abandoned_checkout.recovered'])
  await advance(emulate, 7 * DAY_MS)
  t.strictSame([await types(paid), await types(cancelled), await types(withoutLink), await types(reported)],
    [['payment.succeeded'], ['payment.cancelled'], [], ['abandoned_checkout.detected']])
  const mails = await emails(emulate, 'type=abandoned_checkout')
  t.equal(mails.length, 3, 'one for each report')
})

t.test('a failed renewal, the hold and the cancellation; none for a customer on the page', async t => {
  const emulate = startEmulator(t, FROZEN)
  const id = await subscribe(emulate, 'pdt_pro_monthly')
  await emulate.call('POST', `/_emulator/subscriptions/${id}/decline-next`, { body: { error_code: 'INSUFFICIENT_FUNDS' } })
  await emulate.call('POST', `/_emulator/subscriptions/${id}/renew`)
  const found = await emails(emulate, `subscription_id=${id}`)
  t.strictSame(found.map(({ type }) => type), ['payment_receipt', 'subscription_on_hold', 'payment_failed'])
  const [failed] = await emails(emulate, 'type=payment_failed')
  t.match(failed, { subject: 'Your payment of $12.00 did not go through', text: /\$12\.00 for Ledger Cloud Pro[^]*check your payment method/ })
  await emulate.call('PATCH', `/subscriptions/${id}`, { body: { status: 'cancelled' } })
  t.equal((await emails(emulate, `subscription_id=${id}`)).at(-1)?.type, 'subscription_cancelled')

  const { payment_id: paymentId } = await emulate.pay(paymentBody())
  await emulate.call('POST', `/_emulator/payments/${paymentId}/pay`, { body: { outcome: 'failed' } })
  t.strictSame(await emails(emulate, `payment_id=${paymentId}`), [])
})

t.test('reminders a week before a long period or a trial ends, once, and not after a cancellation', async t => {
  const emulate = startEmulator(t, FROZEN)
  const product = await yearly(emulate)
  const id = await subscribe(emulate, product)
  const cancelled = await subscribe(emulate, product, { customer: { customer_id: 'cus_grace' } })
  await emulate.call('PATCH', `/subscriptions/${cancelled}`, { body: { cancel_at_next_billing_date: true } })
  const monthly = await subscribe(emulate, 'pdt_pro_monthly', { trial_period_days: 14 })
  const reminders = async () => await emails(emulate, 'type=renewal_reminder')
  await advance(emulate, 6.9 * DAY_MS)
  t.strictSame(await reminders(), [])
  await advance(emulate, 0.1 * DAY_MS)
  t.match(await reminders(), [{ subject: /^Your trial of Ledger Cloud Pro ends on 14 Feb/, text: /We will charge \$12\.00\./ }])
  await advance(emulate, 350 * DAY_MS)
  t.strictSame((await reminders()).length, 1, 'no reminder of a month')
  await advance(emulate, 2 * DAY_MS)
  t.match((await reminders()).at(-1), { subject: /^Yearly renews on 31 Jan/, text: /We will charge \$120\.00\./ })
  await advance(emulate, 3 * DAY_MS)
  t.equal((await reminders()).length, 2)
  await advance(emulate, 365 * DAY_MS)
  const subjects = (await reminders()).map(({ subject }) => subject)
  t.equal(subjects.length, 3, 'again in the next year')
  const due = await emulate.get<{ items: Array<{ kind: string }> }>(`/_emulator/due?subject_id=${cancelled}`)
  t.notOk(due.items.some(({ kind }) => kind === 'subscription.remind'))
  t.ok(monthly !== id)
})
