/** The hosted page of a checkout session that sells a subscription. */
import t from 'tap'
import { NEW, fieldsOf, link, problemOf, session, textOf, unescaped, type SessionBody } from './session-page.js'
import { injectForm } from './refilled.js'

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

t.test('shows the credits of a plan and of a pack', async t => {
  const opened = await session(t, {
    product_cart: [{ product_id: 'pdt_pro_monthly', quantity: 2 }, { product_id: 'pdt_ebook', quantity: 3 }]
  }, { ...CLOCK })
  t.equal(textOf(await opened.visit(), 'included-credits'), undefined)
  const { json } = await opened.call('POST', '/credit-entitlements', {
    body: { name: 'Tokens', unit: 'token', precision: 1, rollover_enabled: false, overage_enabled: false }
  })
  const credits = [{ credit_entitlement_id: (json as { id: string }).id, credits_amount: '100.5' }]
  for (const id of ['pdt_pro_monthly', 'pdt_ebook']) {
    await opened.call('PATCH', `/products/${id}`, { body: { credit_entitlements: credits } })
  }
  const shown = await opened.visit()
  t.equal(textOf(shown, 'included-credits'), 'Includes 201 Tokens every month.')
  t.equal(textOf(shown, 'pack-credits'), 'Includes 301.5 Tokens')
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
  const again = unescaped(/id="try-again" href="([^"]*)"/.exec(status.text)?.[1] ?? '')
  t.match(again, new RegExp(`^/session/${opened.sessionId}`))
  t.match(fieldsOf((await opened.visit(again)).text), { number: '4000000000000002', cvc: '', city: NEW['city'] }, 'nothing is typed twice')
  t.match(fieldsOf((await opened.visit(`/session/${opened.sessionId}`)).text), { city: NEW['city'] })
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

/** A session of a plan for 20 dollars, on one line or several, with two add-ons. One of them is in the cart. */
async function withAddons (test: Parameters<typeof session>[0], flags: object, lines = 1) {
  const opened = await link(test, '', CLOCK)
  const post = async (url: string, body: object) => (await opened.call('POST', url, { body })).json as Record<string, string>
  const addon = async (name: string, price: number) => String((await post('/addons', { name, price, currency: 'USD', tax_category: 'saas' }))['id'])
  const [seats, storage] = [await addon('Seats', 500), await addon('Storage', 300)]
  const price = {
    type: 'recurring_price',
    currency: 'USD',
    price: 2000,
    payment_frequency_count: 1,
    payment_frequency_interval: 'Month',
    subscription_period_count: 10,
    subscription_period_interval: 'Year'
  }
  const { product_id: product } = await post('/products', { name: 'Team', tax_category: 'saas', price, addons: [seats, storage] })
  const { checkout_url: url } = await post('/checkouts', {
    product_cart: Array(lines).fill({ product_id: product, quantity: 1, addons: [{ addon_id: seats, quantity: 1 }] }), feature_flags: flags
  })
  const path = new URL(String(url)).pathname
  const submit = async (fields: Record<string, string>) => {
    const { text } = await opened.visit(path)
    const { statusCode: status, body } = await injectForm(opened.emulator.app, {
      method: 'POST',
      url: path,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' },
      payload: new URLSearchParams({ ...fieldsOf(text), ...fields }).toString()
    })
    return { status, text: body, location: '', headers: {} }
  }
  return { ...opened, path, seats, storage, submit }
}

t.test('add-ons are chosen with steppers, which work without scripts', async t => {
  const { visit, submit, payment, get, path, seats, storage } = await withAddons(t, { allow_editing_addons: true })
  const shown = await visit(path)
  t.equal(textOf(shown, 'amount-due'), '$25.00')
  t.match(unescaped(shown.text), '$5.00 every month each')
  t.match(shown.text, new RegExp(`id="addon-0-${seats}" name="addon_0_${seats}" value="1"`))
  t.match(shown.text, new RegExp(`id="addon-0-${storage}" name="addon_0_${storage}" value="0"`))
  t.equal(textOf(await submit({ action: `more:0_${storage}` }), 'amount-due'), '$28.00')
  t.equal(textOf(await submit({ action: `fewer:0_${seats}` }), 'amount-due'), '$20.00')
  t.equal(textOf(await submit({ action: `fewer:0_${storage}` }), 'amount-due'), '$25.00', 'not below 0')
  t.equal(textOf(await submit({ action: 'reprice', [`addon_0_${seats}`]: '4' }), 'amount-due'), '$40.00')
  for (const quantity of ['-1', '1.5', '1000', 'many']) {
    for (const action of ['reprice', 'continue']) {
      const refused = await submit({ ...NEW, action, [`addon_0_${seats}`]: quantity })
      t.equal(refused.status, 422)
      t.equal(problemOf(refused, `addon-0-${seats}`), 'Enter a whole number from 0 to 999.')
    }
  }
  t.equal((await submit({ ...NEW, [`addon_0_${seats}`]: '3', [`addon_0_${storage}`]: '2' })).status, 303)
  const { total_amount: total, subscription_id: id } = await payment()
  t.equal(total, 2000 + 3 * 500 + 2 * 300)
  t.match(await get(`/subscriptions/${id}`), { addons: [{ addon_id: seats, quantity: 3 }, { addon_id: storage, quantity: 2 }] })
})

t.test('each subscription of a cart keeps its own add-ons, also after a declined card', async t => {
  const { visit, submit, get, path, seats, storage } = await withAddons(t, { allow_editing_addons: true, single_page: true }, 2)
  const fields = { ...NEW, ...CARD, [`addon_0_${seats}`]: '0', [`addon_0_${storage}`]: '2', [`addon_1_${seats}`]: '3' }
  t.equal((await submit({ ...fields, action: 'reprice' })).status, 200)
  const shown = '6100 USD' // 20 + 6 dollars, and 20 + 15
  await submit({ ...fields, number: '4000000000000002', action: 'pay', shown_total: shown })
  const again = await visit(path)
  t.equal(textOf(again, 'amount-due'), '$61.00')
  t.match(again.text, new RegExp(`name="addon_0_${storage}" value="2"`))
  t.match(again.text, new RegExp(`name="addon_1_${seats}" value="3"`))
  t.equal((await submit({ ...CARD, action: 'pay' })).status, 303)
  const { items } = await get<{ items: Array<{ status: string, total_amount: number, subscription_ids: string[] }> }>('/payments')
  t.match(items, [{ status: 'succeeded', total_amount: 6100 }, { status: 'failed', total_amount: 6100 }])
  const sold = await Promise.all((items[0]?.subscription_ids ?? []).map(async id => await get<{ addons: unknown[] }>(`/subscriptions/${id}`)))
  t.strictSame(sold.map(({ addons }) => addons), [[{ addon_id: storage, quantity: 2 }], [{ addon_id: seats, quantity: 3 }]])
})

t.test('without the flag, add-ons of the form are ignored', async t => {
  const { visit, submit, payment, get, path, seats } = await withAddons(t, {})
  t.notMatch((await visit(path)).text, 'addon_0')
  t.equal((await submit({ ...NEW, [`addon_0_${seats}`]: '9' })).status, 303)
  const { subscription_id: id } = await payment()
  t.match(await get(`/subscriptions/${id}`), { addons: [{ addon_id: seats, quantity: 1 }] })
})

t.test('an on-demand subscription has a tag, unless the session hides it', async t => {
  const onDemand = { ...plan, subscription_data: { on_demand: { mandate_only: true } } }
  const shown = await session(t, onDemand, { ...CLOCK })
  t.equal(textOf(await shown.visit(), 'on-demand'), 'On demand')
  const { location } = await shown.send(NEW)
  t.equal(textOf(await shown.visit(location), 'on-demand'), 'On demand', 'on the page of the payment too')
  const hidden = await session(t, { ...onDemand, customization: { show_on_demand_tag: false } }, { ...CLOCK })
  const page = await hidden.visit()
  t.equal(textOf(page, 'on-demand'), undefined)
  t.equal(textOf(page, 'recurrence'), 'Later payments are charged on demand.')
})
