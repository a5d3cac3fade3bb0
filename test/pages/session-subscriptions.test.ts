/** The hosted page of a checkout session that sells a subscription. */
import t from 'tap'
import { NEW, link, session, textOf, unescaped, type SessionBody } from './session-page.js'

const CLOCK = { clock: '2026-01-31T09:00:00Z', clockFrozen: 'on' as const }
const CARD = { method: 'card', number: '4242424242424242', expiry: '06/32', cvc: '123' }

const plan: SessionBody = { product_cart: [{ product_id: 'pdt_pro_monthly', quantity: 1 }] }

t.test('shows a subscription with its later charges, and sells it in two steps', async t => {
  const opened = await session(t, plan, { ...CLOCK })
  const shown = await opened.visit()
  t.equal(textOf(shown, 'amount-due'), '$12.00')
  t.equal(textOf(shown, 'recurrence'), 'Then $12.00 every month, next on 28 February 2026.')
  t.match(shown.text, /<dt>Due now<\/dt>/)
  const { location } = await opened.send(NEW)
  const checkout = await opened.visit(location)
  t.equal(textOf(checkout, 'recurrence'), 'Then $12.00 every month, next on 28 February 2026.')
  t.notMatch(checkout.text, /id="method-(?:ideal|klarna|amazon_pay)"/, 'only methods that recur are offered')
  const payment = await opened.payment()
  t.match(payment, { status: 'requires_payment_method', subscription_id: /^sub_/, checkout_session_id: opened.sessionId })
  t.match(await opened.get(`/subscriptions/${payment.subscription_id}`), { status: 'pending' })
})

t.test('a free trial charges nothing now and needs a payment method, on one page', async t => {
  const opened = await session(t, {
    ...plan,
    subscription_data: { trial_period_days: 14 },
    feature_flags: { single_page: true },
    return_url: 'https://shop.example/done?order=7'
  }, { ...CLOCK })
  const shown = await opened.visit()
  t.equal(textOf(shown, 'amount-due'), '$0.00')
  t.equal(textOf(shown, 'recurrence'), 'Free for 14 days. Then $12.00 every month, from 14 February 2026.')
  t.match(shown.text, />Start the free trial<\/button>/)
  t.match(await opened.send({ ...NEW, action: 'pay' }), { status: 422, text: 'There is a problem' }, 'without a card')
  const paid = await opened.send({ ...NEW, ...CARD, action: 'pay' })
  t.equal(paid.status, 303)
  const { subscription_id: id } = await opened.payment()
  t.match(await opened.get(`/subscriptions/${id}`), { status: 'active', trial_period_days: 14, payment_method_id: /^pm_/ })
  const status = await opened.visit(paid.location)
  t.match(unescaped(status.text), `https://shop.example/done?order=7&subscription_id=${id}&status=active&email=nina%40example.com`)
})

t.test('after a declined card, the session creates another subscription', async t => {
  const opened = await session(t, { ...plan, feature_flags: { single_page: true } }, { ...CLOCK })
  await opened.visit()
  const declined = await opened.send({ ...NEW, ...CARD, number: '4000000000000002', action: 'pay' })
  const status = await opened.visit(declined.location)
  t.match(status.text, new RegExp(`id="try-again" href="/session/${opened.sessionId}"`))
  t.equal((await opened.visit(`/session/${opened.sessionId}`)).status, 200)
  t.equal((await opened.send({ ...NEW, ...CARD, action: 'pay' })).status, 303)
  const payments = await opened.payments()
  t.strictSame(payments.map(payment => payment.status), ['succeeded', 'failed'])
  t.equal(new Set(payments.map(payment => payment.subscription_id)).size, 2)
  t.notMatch((await opened.visit(declined.location)).text, /try-again/, 'the session is completed now')
})

t.test('a static link sells a subscription', async t => {
  const opened = await link(t, '/buy/pdt_pro_monthly?quantity=3&redirect_url=https%3A%2F%2Fshop.example%2F')
  t.equal(textOf(await opened.visit(), 'amount-due'), '$36.00')
  t.equal((await opened.send(NEW)).status, 303)
  const { subscription_id: id } = await opened.payment()
  t.match(await opened.get(`/subscriptions/${id}`), { product_id: 'pdt_pro_monthly', quantity: 3 })
})
