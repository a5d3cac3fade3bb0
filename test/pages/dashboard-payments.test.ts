/** The payments of the dashboard: the list and its search, the page of a payment, and its forms. */
import t from 'tap'
import { paymentBody, type PaymentBody } from '../helper.js'
import { partOf, problemOf, visitor, type Shown, type Visitor } from './dashboard-visitor.js'

const idsOf = ({ html }: Shown) => [...html.matchAll(/<tr id="row-(pay_\w+)"/g)].map(([, id]) => id)

const CART = [{ product_id: 'pdt_ebook', quantity: 2 }, { product_id: 'pdt_course', quantity: 1 }]

async function create ({ pay, call }: Visitor, outcome: string | null, changes: Partial<PaymentBody> = {}): Promise<string> {
  const { payment_id: id } = await pay(paymentBody({ payment_link: true, product_cart: CART, ...changes }))
  if (outcome !== null) await call('POST', `/_emulator/payments/${id}/pay`, { body: { outcome } })
  return id
}

const urlOf = (id: string) => `/dashboard/payments/${id}`

t.test('the list', async t => {
  t.test('filters as the API does', async t => {
    const dashboard = visitor(t, { clock: '2026-03-10T12:00:00Z', clockFrozen: 'on' })
    const { visit, call } = dashboard
    const failed = await create(dashboard, 'failed')
    const paid = await create(dashboard, 'succeeded', { product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }] })
    await call('POST', '/_emulator/clock', { body: { now: '2026-03-12T00:00:00Z' } })
    const late = await create(dashboard, null, { customer: { customer_id: 'cus_grace' } })
    const found = async (query: string) => idsOf(await visit(`/dashboard/payments?${query}`))
    t.strictSame(await found(''), [late, paid, failed], 'newest first')
    t.strictSame(await found('status=failed'), [failed])
    t.strictSame(await found('status=&currency='), [late, paid, failed], 'an empty field filters nothing')
    t.strictSame(await found('product_id=pdt_course'), [late, failed])
    t.strictSame(await found('customer_id=cus_grace'), [late])
    t.strictSame(await found('currency=usd&status=succeeded'), [paid])
    t.strictSame(await found('until=2026-03-10'), [paid, failed], 'the whole day')
    t.strictSame(await found('from=2026-03-12'), [late], 'from midnight on')
    t.strictSame(await found('from=2026-03-11&until=2026-03-11'), [])
    const page = await visit('/dashboard/payments?status=cancelled')
    t.match(page.text, /No matching payments.*show all payments/s)
    t.match(page.html, /<option value="cancelled" selected>/)
    t.match(page.html, 'id="clear-filters"')
    t.match((await visit('/dashboard/payments?currency=EUR')).html, /<details class="fold rare" id="filters-rare" open>/)
  })

  t.test('searches by ids, e-mail, name and metadata', async t => {
    const dashboard = visitor(t)
    const { visit, call, get } = dashboard
    const one = await create(dashboard, 'succeeded', {
      customer: { email: 'One.Person@Shop.example', name: 'One' }, metadata: { order: 'A-17', note: 'says "50 %_off" \\ ünï' }
    })
    const two = await create(dashboard, 'failed', { customer: { email: 'two@shop.example', name: 'Two' }, metadata: { order: 'B-17' } })
    const found = async (text: string, more = '') => idsOf(await visit(`/dashboard/payments?q=${encodeURIComponent(text)}${more}`))
    const payment = await get<{ payment_link: string, customer: { customer_id: string } }>(`/payments/${one}`)
    const { json } = await call('POST', '/refunds', { body: { payment_id: one } })
    const address = { country: 'US', state: 'CA', city: 'San Francisco', street: '1 Market Street', zipcode: '94105' }
    const session = await call('POST', '/checkouts', {
      body: { product_cart: CART, customer: { customer_id: 'cus_ada' }, confirm: true, billing_address: address }
    })
    t.equal(session.status, 200, session.text)
    const { session_id: sessionId } = session.json as { session_id: string }
    const { items: [ofSession] } = await get<{ items: Array<{ payment_id: string }> }>('/payments?page_size=1')

    t.strictSame(await found(one), [one])
    t.strictSame(await found(`  ${one} `), [one], 'as it was copied')
    t.strictSame(await found(one.slice(0, -1)), [one], 'the beginning of an id')
    t.strictSame(await found('pay_'), [ofSession?.payment_id, two, one])
    t.strictSame(await found(payment.payment_link), [one])
    t.strictSame(await found(payment.payment_link.replace(/(\w+)$/, 'status/$1/succeeded')), [one], 'of the following page')
    t.strictSame(await found(payment.customer.customer_id), [one])
    t.strictSame(await found((json as { refund_id: string }).refund_id), [one])
    t.strictSame(await found(sessionId), [ofSession?.payment_id])
    t.strictSame(await found('a-17'), [one], 'metadata, in any case')
    t.strictSame(await found('-17'), [two, one])
    t.strictSame(await found('one.person@shop'), [one], 'a part of an e-mail address')
    t.strictSame(await found('shop.example'), [two, one])
    t.strictSame(await found('shop.example', '&status=failed'), [two], 'with a filter')
    t.strictSame(await found('-17', '&status=succeeded'), [one])
    t.strictSame(await found('pay_', '&status=failed'), [two])
    const odd = await dashboard.visit('/dashboard/payments?q=pay_&status=odd')
    t.equal(odd.status, 422, 'an unknown filter value')
    t.match(odd.html, 'status must be one of')
    for (const text of ['50 %_off', 'says "50', '\\ ü', 'ünï']) t.strictSame(await found(text), [one], text)
    for (const text of ['5% off', 'A_17', '%', 'nothing like it', 'ref_none', 'cks_none', 'pay_none', 'https://x.example/zzzzzzzz']) {
      t.strictSame(await found(text), text === '%' ? [one] : [], text)
    }
    t.match(await visit('/dashboard/payments?q=%22%3E%3Cb'), { status: 200, html: /value="&#34;&#62;&#60;b"/ })
  })

  t.test('finds the payments of very many customers', async t => {
    const dashboard = visitor(t)
    const { emulator: { sandbox } } = dashboard
    const first = await create(dashboard, null, { customer: { email: 'first@crowd.example', name: 'First' } })
    const now = sandbox.clock.now()
    await new Promise<void>(resolve => {
      sandbox.batch.run(() => {
        for (let n = 0; n < 1100; n++) {
          sandbox.customers.insert({
            customer_id: sandbox.ids.next('cus', now), email: `n${n}@crowd.example`, name: `N ${n}`, phone_number: null, metadata: {}, created_at: now
          })
        }
      }, () => { resolve() })
    })
    const last = await create(dashboard, 'failed', { customer: { email: 'last@crowd.example', name: 'Last' } })
    await create(dashboard, null)
    t.strictSame(idsOf(await dashboard.visit('/dashboard/payments?q=crowd.example')), [last, first])
    t.strictSame(idsOf(await dashboard.visit('/dashboard/payments?q=crowd.example&status=failed')), [last])
  })

  t.test('has pages that keep its filters', async t => {
    const dashboard = visitor(t)
    const { visit } = dashboard
    const ids: string[] = []
    for (let n = 0; n < 26; n++) ids.unshift(await create(dashboard, null, { metadata: { lot: 'x' } }))
    for (const query of ['status=requires_payment_method', 'q=x']) {
      const first = await visit(`/dashboard/payments?${query}`)
      t.strictSame(idsOf(first), ids.slice(0, 25))
      const older = /id="older" href="([^"]+)"/.exec(first.text)?.[1] ?? ''
      t.equal(older, `/dashboard/payments?${query}&page=2`)
      const second = await visit(older)
      t.strictSame(idsOf(second), ids.slice(25))
      t.notMatch(second.html, 'id="older"')
      t.equal(/id="newer" href="([^"]+)"/.exec(second.text)?.[1], `/dashboard/payments?${query}&page=1`)
    }
    t.match((await visit('/dashboard/payments?page=3')).text, 'Nothing on this page')
    const whole = visitor(t)
    for (let n = 0; n < 25; n++) await create(whole, null)
    t.notMatch((await whole.visit('/dashboard/payments')).html, 'id="older"', 'no link after a page that is exactly full')
  })
})

t.test('a payment’s page', async t => {
  t.test('folds a long cart and a long timeline', async t => {
    const shop = visitor(t, { webhookRetrySchedule: '0,1h' })
    for (const name of ['one', 'two']) await shop.call('POST', '/webhooks', { body: { url: `http://127.0.0.1:9/${name}` } })
    const { payment_id: id } = await shop.pay({
      billing: { country: 'US' },
      customer: { customer_id: 'cus_ada' },
      product_cart: Array.from({ length: 100 }, () => ({ product_id: 'pdt_license', quantity: 1 }))
    })
    await shop.call('POST', `/_emulator/payments/${id}/pay`, { body: { outcome: 'succeeded' } })
    const page = await shop.visit(urlOf(id))
    t.match(partOf(page, 'facts'), '95 more products')
    t.equal(partOf(page, 'facts').split('1 × ').length, 101)
    t.match(partOf(page, 'timeline'), /Created: \$.* \d+ more entries .*With the latest 100 events. All events/)
    t.equal(page.html.split('data-testid="timeline-entry"').length, 1 + 102, 'none is left out')
    t.notMatch(partOf(page, 'timeline'), 'No webhook endpoint was subscribed', 'every event has its deliveries')
  })

  t.test('lists events and deliveries in order', async t => {
    const dashboard = visitor(t, { webhookRetrySchedule: '0,1h', refundDelay: '1h' })
    const { visit, call } = dashboard
    await call('POST', '/webhooks', { body: { url: 'http://127.0.0.1:9/hook' } })
    const id = await create(dashboard, null)
    const { payment_link: link } = (await call('GET', `/payments/${id}`)).json as { payment_link: string }
    await visit(new URL(link).pathname)
    await call('POST', `/_emulator/payments/${id}/pay`, { body: { outcome: 'failed' } })
    await call('POST', `/_emulator/payments/${id}/pay`, { body: { card: '4242424242424242' } })
    await visit(new URL(link).pathname) // // only the first time is shown
    await call('POST', '/refunds', { body: { payment_id: id, reason: 'Too large' } })
    await call('GET', '/_emulator/idle')
    const page = await visit(urlOf(id))
    t.equal(page.status, 200)
    t.match(partOf(page, 'timeline'), new RegExp([
      'Created: \\$', 'The customer opened the link', 'Attempt failed', 'GENERIC_DECLINE', 'Event payment.failed', 'waiting delivery 1 attempt to http://127.0.0.1:9/hook: ',
      'next in (?:1 hour|5\\d minutes)', 'Paid with Visa •••• 4242 \\(credit\\)', 'Event payment.succeeded', 'Refund of \\$.* pending', 'Too large'
    ].join('.*')))
    t.equal(page.text.split('opened the link').length, 2)
    t.match(page.html, /href="\/dashboard\/webhooks\/deliveries\/\w+"/)
    t.match(page.html, /href="\/dashboard\/webhooks\/events\/msg_\w+"/)
    t.match(partOf(page, 'requests'), /POST \/payments 200 .*POST \/refunds 200/)
    t.match(page.html, /href="\/dashboard\/requests\/\w+"/)
    const { text: explanation } = (await call('GET', `/_emulator/payments/${id}/explain`)).json as { text: string }
    for (const step of explanation.split('\n').slice(1)) t.ok(partOf(page, 'price').includes(step.replace(/^product_cart\[\d\] \w+: /, '')), step)
    const json = JSON.parse(/id="raw-text"[\s\S]*?data-copy="([^"]*)"/.exec(page.html)?.[1]?.replaceAll('&#34;', '"') ?? '') as object
    t.strictSame(json, (await visitorOfSame(dashboard, id)), 'the same as the API answers')
  })

  t.test('folds long metadata', async t => {
    const dashboard = visitor(t)
    const keys = (count: number) => ({ metadata: Object.fromEntries(Array.from({ length: count }, (_, key) => [`key${key}`, 'x'])) })
    const few = await dashboard.visit(urlOf(await create(dashboard, null, keys(12))))
    t.notMatch(few.html, '<details class="fold" id="metadata">')
    const many = await dashboard.visit(urlOf(await create(dashboard, null, keys(50))))
    t.match(many.html, '<details class="fold" id="metadata"><summary>50 keys</summary>')
    t.match(partOf(many, 'metadata'), 'key49 x')
  })

  t.test('offers possible actions, and no others', async t => {
    const dashboard = visitor(t, { linkLifetime: '1h', clockFrozen: 'on' })
    const { visit, call } = dashboard
    const actionsOf = ({ html }: Shown) => [...new Set([...html.matchAll(/name="action" value="([\w-]+)"/g)].map(([, name]) => name))]
    const at = async (outcome: string | null, changes: Partial<PaymentBody> = {}) => visit(urlOf(await create(dashboard, outcome, changes)))
    t.strictSame(actionsOf(await at(null)), ['pay', 'fail', 'cancel', 'expire'])
    t.strictSame(actionsOf(await at(null, { payment_link: false })), ['pay', 'fail', 'cancel'])
    t.strictSame(actionsOf(await at('failed')), ['pay', 'fail', 'cancel', 'expire'])
    t.strictSame(actionsOf(await at('requires_customer_action')), ['answer', 'pay', 'fail', 'cancel', 'expire'])
    t.strictSame(actionsOf(await at('processing')), [])
    t.match(partOf(await at('processing'), 'actions'), /decides 5 seconds after/)
    t.strictSame(actionsOf(await at('cancelled')), [])
    t.strictSame(actionsOf(await at('succeeded')), ['refund', 'refund-items'])
    const open = await create(dashboard, null)
    await call('POST', '/_emulator/clock', { body: { advance_ms: 3_600_001 } })
    const expired = await visit(urlOf(open))
    t.strictSame(actionsOf(expired), [])
    t.match(partOf(expired, 'timeline'), 'The link expired')
    t.match(partOf(expired, 'actions'), 'The link has expired')
  })
})

/** The answer of the API on the origin of the page. */
async function visitorOfSame ({ emulator }: Visitor, id: string): Promise<unknown> {
  const answer = await emulator.app.inject({ url: `/payments/${id}`, headers: { authorization: 'Bearer test', host: 'localhost' } })
  return answer.json()
}

t.test('actions', async t => {
  t.test('act as the customer, the bank or the merchant', async t => {
    const dashboard = visitor(t, { refundDelay: '1h' })
    const { follow, get, visit } = dashboard
    const statusOf = async (id: string) => (await get<{ status: string }>(`/payments/${id}`)).status

    const id = await create(dashboard, null)
    const failed = await follow(urlOf(id), 'fail', { error_code: 'INSUFFICIENT_FUNDS' })
    t.match(partOf(failed, 'done'), 'The payment failed as requested.')
    t.match(partOf(failed, 'facts'), 'INSUFFICIENT_FUNDS')
    t.match(partOf(await follow(urlOf(id), 'pay', { card: '4000002760003184' }), 'actions'), 'Waiting for the customer')
    await follow(urlOf(id), 'answer', { outcome: 'failed' })
    t.equal(await statusOf(id), 'failed')
    await follow(urlOf(id), 'pay', { card: '4242424242424242' })
    t.equal(await statusOf(id), 'succeeded')

    await follow(urlOf(id), 'refund-items', { item: 'pdt_ebook', 'amount-pdt_ebook': '12.34', reason: 'Half of it' })
    const { refunds: [refund] } = await get<{ refunds: Array<Record<string, unknown>> }>(`/payments/${id}`)
    t.match(refund, { status: 'pending', amount: 1234, is_partial: true, reason: 'Half of it' })
    t.match(partOf(await visit(urlOf(id)), 'refunds'), /A refund of \$12\.34 is pending Succeed Fail/)
    const settled = await follow(urlOf(id), 'settle', { refund_id: String(refund?.['refund_id']), status: 'succeeded' })
    t.match(partOf(settled, 'refunds'), 'can be refunded')
    t.match(partOf(settled, 'head'), 'partially refunded')
    await follow(urlOf(id), 'refund')
    const { refunds } = await get<{ refunds: Array<{ amount: number }>, total_amount: number }>(`/payments/${id}`)
    const { total_amount: total } = await get<{ total_amount: number }>(`/payments/${id}`)
    t.equal(refunds.reduce((sum, { amount }) => sum + amount, 0), total)

    const cancelled = await create(dashboard, null)
    await follow(urlOf(cancelled), 'cancel')
    t.equal(await statusOf(cancelled), 'cancelled')
  })

  t.test('expire a link without moving the clock', async t => {
    const dashboard = visitor(t, { clock: '2026-03-10T12:00:00Z', clockFrozen: 'on' })
    const { visit, follow, get, send, call, pay } = dashboard
    const id = await create(dashboard, null)
    t.match(partOf(await follow(urlOf(id), 'expire'), 'actions'), 'The link has expired')
    t.match(await get('/_emulator/clock'), { now: '2026-03-10T12:00:00.000000Z' })
    const { payment_link: link } = await get<{ payment_link: string }>(`/payments/${id}`)
    t.equal((await visit(new URL(link).pathname)).status, 410)
    const again = await send(urlOf(id), 'expire')
    t.equal(again.status, 403, 'nothing is left to do, so the page has no token')
    const refusal = async (paymentId: string) => (await call('POST', `/_emulator/payments/${paymentId}/expire`)).json
    t.match(await refusal(id), { code: 'INVALID_REQUEST_PARAMETERS', message: /expired at/ })
    t.match(await refusal('pay_none'), { code: 'NOT_FOUND' })
    t.match(await refusal((await pay(paymentBody())).payment_id), { message: /has no link that can expire/ })
    t.match(await refusal(await create(dashboard, 'succeeded')), { message: /is succeeded/ })
    const { json } = await call('POST', `/_emulator/payments/${await create(dashboard, null)}/expire`)
    t.match(json, { status: 'requires_payment_method', payment_link: String })
  })

  t.test('are refused as by the API, at the field, with the typed values', async t => {
    const dashboard = visitor(t)
    const { send, stored } = dashboard
    const open = await create(dashboard, null)
    const noCard = await send(urlOf(open), 'pay', { card: '4111' })
    t.equal(noCard.status, 422)
    t.match(noCard.html, /<title>Error: \$/)
    t.match(partOf(noCard, 'error-summary'), 'Refused:')
    const noCode = await send(urlOf(open), 'fail', { error_code: 'BAD_MOOD' })
    t.match(problemOf(noCode, 'fail-error_code'), /BAD_MOOD is not an error code/)
    t.match(partOf(noCode, 'error-summary'), /BAD_MOOD/)
    t.match(noCode.html, '<a href="#fail-error_code">')
    t.notMatch(noCode.html, 'id="pay-card-problem"', 'and not at the other form')

    const paid = await create(dashboard, 'succeeded')
    const before = stored()
    const none = await send(urlOf(paid), 'refund-items', { reason: 'x' })
    t.equal(none.status, 422, 'for the API, no items mean all of them; for the form, none')
    t.match(none.text, 'Choose at least one item to refund')
    for (const [amount, message] of [['1000', /above the paid amount/], ['0', /too low/], ['abc', /must be an amount of USD/], ['1.234', /at most 2 decimals/], ['-1', /an amount of USD/]] as const) {
      const refused = await send(urlOf(paid), 'refund-items', { item: 'pdt_course', 'amount-pdt_course': amount, reason: 'Kept <b>' })
      t.equal(refused.status, 422, amount)
      t.match(problemOf(refused, 'refund-items-items-0'), message, amount)
      t.match(refused.html, `name="amount-pdt_course" autocomplete="off"\nvalue="${amount}"`)
      t.match(refused.html, 'value="Kept &#60;b&#62;"')
      t.match(refused.html, /name="item" value="pdt_course"\n? checked/)
      t.match(refused.html, '<details class="fold" id="by-item" open>')
    }
    const long = await send(urlOf(paid), 'refund', { reason: 'a'.repeat(3001) })
    t.match(problemOf(long, 'refund-reason'), /must not be longer than 3000/)
    const unknown = await send(urlOf(paid), 'settle', { refund_id: 'ref_none', status: 'succeeded' })
    t.equal(unknown.status, 422)
    t.match(unknown.text, 'there is no refund ref_none')
    t.strictSame(stored(), before, 'nothing was stored')
  })

  t.test('run once, even if the form is sent twice', async t => {
    const dashboard = visitor(t)
    const { send, get } = dashboard
    const id = await create(dashboard, 'succeeded')
    const [one, two] = await Promise.all([send(urlOf(id), 'refund'), send(urlOf(id), 'refund')])
    t.strictSame([one.status, two.status].sort(), [303, 422])
    t.match(await get(`/payments/${id}`), { refunds: { length: 1 } })
  })
})
